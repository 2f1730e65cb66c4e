"""What is kept is what would be made again, and never more than there is room for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.store.cache import Kept, Links

IDS = st.lists(st.integers(0, 9), max_size=6)


@given(st.lists(IDS), st.integers(0, 20))
def test_kept_things_are_those_that_reading_gives_and_fit_in(wanted, room):
    kept = Kept[int, str](room, len)
    for ids in wanted:
        loaded: list[int] = []

        def load(missing):
            loaded.extend(missing)  # noqa: B023 - called at once
            return {id_: "x" * id_ for id_ in missing}

        found = kept.get(ids, load)
        assert found == {id_: "x" * id_ for id_ in ids}
        assert list(found) == list(dict.fromkeys(ids))
        assert len(loaded) == len(set(loaded))
        assert sum(map(len, kept._kept.values())) + kept._room == room
        assert kept._room >= 0


def test_what_was_not_asked_for_longest_goes_first():
    kept = Kept[int, int](2)
    for ids in ([1], [2], [1], [3]):
        kept.get(ids, lambda missing: dict.fromkeys(missing, 0))
    assert list(kept._kept) == [1, 3]


def test_what_cannot_be_read_is_an_error_and_is_asked_for_again():
    kept = Kept[int, int](2)
    with pytest.raises(KeyError):
        kept.get([7], lambda _: {})
    assert kept.get([7], lambda _: {7: 1}) == {7: 1}


@given(st.lists(IDS))
def test_a_link_is_read_once_and_is_what_reading_gives(wanted):
    links, loaded = Links(10), []

    def load(missing):
        loaded.extend(missing)
        return {id_: 100 + id_ for id_ in missing}

    for ids in wanted:
        assert links.get([1 + id_ for id_ in ids], load).tolist() == [101 + id_ for id_ in ids]
    assert len(loaded) == len(set(loaded))


@pytest.mark.parametrize("unknown", [0, -1, 7, 10])
def test_a_link_of_a_row_that_is_not_there_is_an_error(unknown):
    links = Links(9)
    with pytest.raises(KeyError):
        links.get([1, unknown], lambda missing: {id_: 5 for id_ in missing if id_ != 7})
    assert links.get([1], lambda missing: dict.fromkeys(missing, 5)).tolist() == [5]
