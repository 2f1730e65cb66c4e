"""The word file: to the last bit what FTS5 says, and no byte of it is trusted."""

from __future__ import annotations

import tempfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.store import Filter, bm25, derived, open_store
from index.store.bm25 import Scorer, highest
from index.store.words import Gathered, Layout, WordFile
from tests.contracts_store import article, fill

QUERIES = [
    ["mayor"],
    ["bridge", "café", "objected", "opening"],
    ["the", "of", "said", "report"],
    ["nowhere"],
    ["東京", "日月", "российского", "банк"],
    ["三日月", "mayor"],
    ["банк", "the mayor", "банка", "российского", "российский"],  # two cases of one word are one word
    ["said", "nowhere", "said", "Said"],
    ["the mayor"],
    ["the-mayor", "bridge", "mayor said later", "later mayor"],
    ["", "!", "\0", "\ud800", "spring"],
    [],
]
FILTERS = [Filter(), Filter(since="2020-01-20"), Filter(source="valley times"), Filter(source="nobody")]


@pytest.fixture
def folder(tmp_path):
    return tmp_path / ".qa"


def told(folder):
    """All that is asked of words, of a store opened afresh."""
    with open_store(folder) as store, store.snapshot() as snapshot:
        ids = [passage.id for passage in snapshot.every_passage()]
        vocabulary = sorted({word for document in snapshot.every_document() for word in document.text.split()})
        found = [
            (
                [snapshot.lexical(words, k, where) for where in FILTERS for k in (0, 3, 999)],
                snapshot.bm25(ids, words).tolist(),
                snapshot.frequencies(words),
            )
            for words in [*QUERIES, vocabulary, *([word] for word in vocabulary)]
        ]
        return found, list(snapshot.notices)


@pytest.fixture
def built(folder, monkeypatch):
    """Makes an index of some articles without a word file, and gives what it says; from then on there will be one."""

    def build():
        with open_store(folder, create=True) as store:
            fill(store, range(30))
        plain = told(folder)
        assert not list((folder / "ann").glob("*.words"))
        monkeypatch.setattr(derived, "WORDS_FROM", 1)
        return plain

    return build


def publish(folder):
    with open_store(folder) as store, store.writer() as opened:
        opened.publish()
    [path] = (folder / "ann").glob("*.words")
    return path


def test_the_word_file_says_what_fts5_says(folder, built):
    plain = built()
    publish(folder)
    assert told(folder) == plain
    assert any(found[0][2] for found in plain[0])


def test_passages_that_came_or_went_after_it_count_too(folder, built):
    built()
    publish(folder)
    with open_store(folder) as store, store.writer() as opened:
        for number in (3, 7, 29):
            opened.remove(article(number)[0].path)
        for number in (31, 32):
            mark, indexed = article(number)
            opened.put(mark, [indexed])
        opened.publish(behind=True)
    behind = told(folder)
    [path] = (folder / "ann").glob("*.words")
    with open_store(folder) as store, store.writer() as opened:
        opened._sql("DELETE FROM meta WHERE key = 'words'")
    assert told(folder) == behind
    with open_store(folder) as store:
        assert store.check() == []
    assert path.exists()


def test_a_damaged_word_file_costs_time_and_a_notice_never_an_answer(folder, built):
    plain, _ = built()
    path = publish(folder)
    data = path.read_bytes()
    for place in (0, 20, 100, len(data) // 2, len(data) - 1):
        broken = bytearray(data)
        broken[place] ^= 1
        path.write_bytes(broken)
        found, notices = told(folder)
        assert found == plain
        assert ["qa check --repair" in notice for notice in notices] == [True]
        with open_store(folder) as store:
            assert [problem.kind for problem in store.check()] == ["words"]
    path.unlink()
    assert told(folder)[0] == plain
    with open_store(folder) as store:
        assert [problem.kind for problem in store.check()] == ["words"]
        store.repair()
        assert store.check() == []
    assert told(folder) == (plain, [])


def test_a_reader_that_met_the_damaged_file_uses_the_one_that_a_repair_made(folder, built):
    built()
    path = publish(folder)
    with open_store(folder) as reader:
        whole = path.read_bytes()
        path.write_bytes(bytes([whole[0] ^ 1]) + whole[1:])
        with reader.snapshot() as snapshot:
            assert snapshot.lexical(["mayor"], 3)
            assert len(snapshot.notices) == 1
        with open_store(folder) as other:
            other.repair()
        with reader.snapshot() as snapshot:
            assert snapshot.lexical(["mayor"], 3)
            assert snapshot.notices == []


def test_words_are_counted_that_come_one_at_a_time_also_where_the_file_is_given_up_among_them(folder, built):
    built()
    path = publish(folder)
    with open_store(folder) as store, store.snapshot() as snapshot:
        words = sorted({word for document in snapshot.every_document() for word in document.text.split()})
        whole = snapshot.frequencies(words)
    data = bytearray(path.read_bytes())
    data[-1] ^= 1  # what is said of the last word
    path.write_bytes(data)
    with open_store(folder) as store, store.snapshot() as snapshot:
        assert snapshot.frequencies(iter(words)) == whole
        assert len(snapshot.notices) == 1


def test_it_goes_when_too_few_passages_are_left_and_with_what_a_rebuild_clears(folder, built):
    built()
    publish(folder)
    with open_store(folder) as store, store.writer() as opened:
        for number in range(30):
            opened.remove(article(number)[0].path)
        opened.publish()
    assert not list((folder / "ann").glob("*.words"))


def cut(text, *, query=False):
    return text.split()


def written(rows, at_once):
    with tempfile.TemporaryFile() as scratch:
        layouts = (Layout(cut, rows[start : start + at_once]) for start in range(0, len(rows), at_once))
        head, pieces = Gathered(layouts, scratch).pieces()
        return head, b"".join(pieces)


@settings(deadline=None)  # it writes files
@given(st.lists(st.lists(st.sampled_from(["a", "b", "é", "zz", "a\0b"]), max_size=6), max_size=12), st.integers(1, 5))
def test_however_many_are_in_memory_at_once_the_word_file_has_the_same_bytes_and_says_where_words_stand(texts, at_once):
    rows = [(7 * place + 1, " ".join(text), "a" if place % 3 else "", "") for place, text in enumerate(texts)]
    head, data = written(rows, at_once)
    assert (head, data) == written(rows, 99)
    file = WordFile(lambda at, size: data[at : at + size], len(data), lambda found: found == data[:head])
    whole = Layout(cut, rows).postings()
    assert file.ids.tolist() == [row[0] for row in rows]
    assert np.array_equal(file.lengths, whole.lengths)
    for word in ("a", "b", "é", "zz", "a\0b", "none"):
        assert all(map(np.array_equal, file.postings().find(word), whole.find(word)))
    file.check()


def test_a_word_counts_twice_in_a_title():
    postings = Layout(cut, [(1, "a b a", "a", ""), (4, "c", "", "b b")]).postings()
    assert [row.tolist() for row in postings.find("a")] == [[0], [4]]
    assert [row.tolist() for row in postings.find("b")] == [[0, 1], [1, 2]]


@st.composite
def worlds(draw):
    """Words over a few passages, with many equal scores, and what may be found."""
    rng, n = np.random.default_rng(draw(st.integers(0, 10_000))), draw(st.integers(1, 40))
    found = []
    for _ in range(draw(st.integers(0, 5))):
        places = np.flatnonzero(rng.random(n) < rng.random())
        found.append((places, rng.choice([0.25, 0.5, 3.0], len(places))))
    return n, found, draw(st.integers(0, 50)), rng.random(n) < 0.5 if draw(st.booleans()) else None


@given(worlds())
def test_the_best_are_those_of_sorting_all(world):
    n, found, k, allowed = world
    scores = np.zeros(n)
    for places, gains in found:
        scores[places] += gains
    every = [place for place in range(n) if scores[place] > 0 and (allowed is None or allowed[place])]
    assert highest(scores, found, k, allowed) == sorted(every, key=lambda place: (-scores[place], place))[:k]


def test_what_is_kept_of_words_does_not_grow_without_end_and_changes_nothing(monkeypatch):
    layout = Layout(cut, [(i, f"a b{i}", "", "") for i in range(50)])
    monkeypatch.setattr(bm25, "KEPT", 60)
    scorer, fresh = Scorer([layout.postings()]), Scorer([layout.postings()])
    for word in ["a", *(f"b{i}" for i in range(30)), "a", *(f"nowhere{i}" for i in range(70))]:
        assert all(map(np.array_equal, scorer.find(word), fresh._read(word)))
        assert sum(1 + len(places) for places, _ in scorer._kept._kept.values()) <= 60
