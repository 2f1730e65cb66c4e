"""The vector index: exactly the brute-force answer, and no byte is trusted."""

from __future__ import annotations

import contextlib

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index import codes, dense, outlines
from index.dense import cosines, exact_search, head_size, open_vectors, write_vectors
from index.errors import IndexDamagedError, StorageError
from tests.contracts import VectorIndexContract

DIM = 8


def unit(rows):
    rows = np.asarray(rows, dtype=np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def some(n, seed=0, dim=DIM):
    return unit(np.random.default_rng(seed).normal(size=(n, dim)))


def built(ids, vectors):
    """An index over ``vectors`` as float16 holds them, and those rows."""
    halves = np.asarray(vectors, dtype=np.float16)
    return open_vectors(b"".join(write_vectors(ids, halves))), dense.unit(halves)


@pytest.fixture(params=["numpy", "faiss"], autouse=True)
def scan(request, monkeypatch):
    """Every promise holds whichever scans, and where there are few rows."""
    monkeypatch.setattr(codes, "PATIENCE", 0 if request.param == "faiss" else 1 << 60)
    monkeypatch.setattr(dense, "_FEW", 8)


class TestVectorIndex(VectorIndexContract):
    def build(self, ids, vectors):
        return built(ids, vectors)[0]


@st.composite
def worlds(draw):
    """Few directions over many rows, so that duplicates and ties are everywhere, also across the k-th place."""
    directions = some(draw(st.integers(1, 6)), seed=draw(st.integers(0, 9)))
    n = draw(st.integers(0, 120))
    rng = np.random.default_rng(draw(st.integers(0, 1000)))
    vectors = directions[rng.integers(0, len(directions), n)]
    ids = rng.permutation(400)[:n].astype(np.int64)
    allowed = None
    if draw(st.booleans()):
        allowed = np.sort(rng.permutation(400)[: draw(st.integers(0, 400))]).astype(np.int64)
    queries = np.concatenate([directions[:1], some(draw(st.integers(0, 3)), seed=5), np.zeros((1, DIM), np.float32)])
    return ids, vectors, queries, draw(st.integers(0, 150)), allowed


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(worlds())
def test_the_index_gives_exactly_what_comparing_everything_gives(world):
    ids, vectors, queries, k, allowed = world
    index, rows = built(ids, vectors)
    got, expected = index.search(queries, k, allowed), exact_search(ids, rows, queries, k, allowed)
    assert np.array_equal(got[0], expected[0])
    assert np.array_equal(got[1], expected[1])


def test_the_oracle_agrees_with_a_plain_loop():
    ids, vectors, query = np.arange(30)[::-1].astype(np.int64), some(30), some(1, seed=3)
    vectors[7] = vectors[20]
    loop = [
        (-float(np.float32(sum(float(a) * float(b) for a, b in zip(v, query[0], strict=True)))), int(i))
        for i, v in zip(ids, vectors, strict=True)
    ]
    found, scores = exact_search(ids, vectors, query, 30)
    assert [int(i) for i in found[0]] == [i for _, i in sorted(loop)]
    assert np.allclose(scores[0], [-s for s, _ in sorted(loop)], atol=1e-7)


def test_a_thousand_equal_rows_give_the_lowest_ids_first():
    vectors = np.repeat(some(1), 1000, axis=0)
    found, scores = built(np.arange(1000) * 3, vectors)[0].search(vectors[:1], 10)
    assert found[0].tolist() == [0, 3, 6, 9, 12, 15, 18, 21, 24, 27]
    assert len(set(scores[0].tolist())) == 1


@pytest.mark.parametrize("noise", [3e-4, 0.01, 1.0])
def test_rows_nearer_to_each_other_than_the_scan_can_tell_are_ranked_exactly(noise):
    rng, base = np.random.default_rng(2), some(1, seed=1, dim=384)
    ids = rng.permutation(3000)
    index, rows = built(ids, unit(base + rng.normal(scale=noise, size=(3000, 384))))
    for allowed in (None, np.arange(0, 3000, 2), np.arange(0, 3000, 9)):
        for k in (5, 200):
            got, expected = index.search(base, k, allowed), exact_search(ids, rows, base, k, allowed)
            assert np.array_equal(got[0], expected[0])
            assert np.array_equal(got[1], expected[1])


def test_a_search_reads_few_of_the_stored_rows():
    """What is proposed for the second look is little more than what was asked for."""
    index, _ = built(np.arange(5000), some(5000, dim=384))
    assert 50 <= len(index._candidates(some(1, seed=3, dim=384)[0], 50, None)) < 500


def test_numpy_is_relieved_when_it_has_scanned_enough(monkeypatch):
    monkeypatch.setattr(codes, "PATIENCE", 1000)
    index, _ = built(np.arange(400), some(400))
    for scans in range(4):
        assert (index._scan._flat is not None) == (scans >= 3)
        index.search(some(1), 5)


@pytest.mark.parametrize("rows", [399, 400])
def test_who_has_time_prepares_it_where_rows_are_many(monkeypatch, rows):
    monkeypatch.setattr(codes, "PREPARED_FROM", 400)
    monkeypatch.setattr(codes, "PATIENCE", 1 << 60)
    index, _ = built(np.arange(rows), some(rows))
    before = index.search(some(1), 5)
    index.read_ahead(lambda: False)
    assert (index._scan._flat is not None) == (rows == 400)
    assert all(np.array_equal(*pair) for pair in zip(index.search(some(1), 5), before, strict=True))


def test_scores_do_not_depend_on_how_many_queries_are_asked_at_once():
    index, queries = built(np.arange(300), some(300))[0], some(40, seed=9)
    together = index.search(queries, 7)
    for row in range(40):
        alone = index.search(queries[row : row + 1], 7)
        assert np.array_equal(alone[0][0], together[0][row])
        assert np.array_equal(alone[1][0], together[1][row])


def test_equal_rows_have_equal_cosines_wherever_they_stand():
    vectors = some(9001, dim=5)
    vectors[[0, 17, 8191, 8192, 9000]] = vectors[3]
    assert len(set(cosines(vectors, vectors[1])[[0, 3, 17, 8191, 8192, 9000]].tolist())) == 1


def written(ids, vectors):
    return b"".join(write_vectors(np.asarray(ids), np.asarray(vectors, dtype=np.float16)))


def test_the_order_in_which_rows_arrive_does_not_change_a_byte():
    ids, vectors = np.arange(20), some(20)
    order = np.random.default_rng(1).permutation(20)
    assert written(ids, vectors) == written(ids[order], vectors[order])


class Told:
    """Rows that tell how many were asked for at once."""

    def __init__(self, halves):
        self.halves, self.shape, self.asked = halves, halves.shape, []

    def __getitem__(self, places):
        self.asked.append(len(places))
        return self.halves[places]


@pytest.mark.parametrize("outlined_from", [1 << 17, 100])
def test_rows_are_written_some_thousand_at_a_time(monkeypatch, outlined_from):
    monkeypatch.setattr(dense, "OUTLINED_FROM", outlined_from)
    monkeypatch.setattr(dense, "_CHUNK", 64)
    monkeypatch.setattr(outlines, "LEARNT_FROM", 64)
    rows = Told(some(1000, dim=16).astype(np.float16))
    assert b"".join(write_vectors(np.arange(1000), rows)) == written(np.arange(1000), rows.halves)
    assert max(rows.asked) == 64


def test_the_head_is_what_the_stored_rows_follow():
    data = written(np.arange(5), some(5))
    assert len(data) - head_size(5, DIM) == 5 * 2 * DIM


def test_no_flipped_bit_and_no_cut_passes():
    """A bit of the head spoils its checksum, a bit of a row its own, and a cut the size."""
    data = written(np.arange(4), some(4))
    head = data[: head_size(4, DIM)]
    for place in range(len(data)):
        broken = bytearray(data)
        broken[place] ^= 1 << place % 8
        with pytest.raises(IndexDamagedError):
            open_vectors(broken, lambda found: found == head).check()
    for broken in (*(data[:size] for size in range(len(data))), data + b"\0"):
        with pytest.raises(IndexDamagedError):
            open_vectors(broken)


def test_a_damaged_row_is_refused_when_it_is_read_not_before():
    data = bytearray(written(np.arange(4), some(4)))
    data[-1] ^= 1
    index = open_vectors(data)
    assert index.vectors(np.arange(3)).shape == (3, DIM)
    searched = (lambda: index.vectors(np.array([3])), lambda: index.search(some(1), 4))
    for read in (*searched, index.check, lambda: index.read_ahead(lambda: False)):
        with pytest.raises(IndexDamagedError, match="row"):
            read()


@pytest.mark.parametrize(("most", "enough", "read"), [(300, False, True), (300, True, False), (299, False, False)])
def test_rows_that_are_read_ahead_are_not_read_again(monkeypatch, most, enough, read):
    monkeypatch.setattr(dense, "READ_AHEAD", most)
    index, rows = built(np.arange(300), some(300))
    index.read_ahead(lambda: enough)
    monkeypatch.setattr(index._stored, "_read", None)
    with contextlib.nullcontext() if read else pytest.raises(TypeError):
        assert np.array_equal(index.vectors(np.arange(300)), rows)


def test_files_of_faiss_and_ids_out_of_order_are_refused():
    import faiss

    with pytest.raises(IndexDamagedError):
        open_vectors(faiss.serialize_index(faiss.index_factory(DIM, "IDMap2,Flat")).tobytes())
    data = bytearray(written(np.arange(3), some(3)))
    data[40:48] = data[48:56]
    with pytest.raises(IndexDamagedError, match="order"):
        open_vectors(data)


def test_an_open_file_is_searched_like_its_bytes_also_when_it_was_closed_and_removed(tmp_path):
    path = tmp_path / "v.vectors"
    path.write_bytes(written(np.arange(300), some(300)))
    with path.open("rb") as file:
        index = open_vectors(file.fileno())
    path.unlink()
    expected = open_vectors(written(np.arange(300), some(300))).search(some(3, seed=8), 7)
    assert all(map(np.array_equal, index.search(some(3, seed=8), 7), expected))


def test_what_is_no_open_file_says_so():
    with pytest.raises(StorageError, match="a file of the index"):
        open_vectors(1 << 20)


@pytest.mark.parametrize(
    ("ids", "vectors"),
    [
        ([1, 1], some(2)),
        ([-1, 1], some(2)),
        ([1], some(2)),
        ([1, 2], some(2) * 2),
        ([1, 2], some(2) * np.nan),
        ([], np.empty((0, 0))),
    ],
)
def test_rows_that_cannot_be_indexed_are_refused(ids, vectors):
    with pytest.raises(ValueError, match=r"."):
        written(np.array(ids, dtype=np.int64), vectors)
