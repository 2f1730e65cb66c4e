"""Outlines: what they propose is scored exactly, a filter never thins it out, and little of the nearest is missed."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index import codes, dense, outlines
from index.dense import exact_search, head_size, open_vectors, write_vectors
from index.errors import IndexDamagedError
from index.store import open_store
from tests.contracts import VectorIndexContract
from tests.contracts_store import QUERY, StoreContract, article, fill
from tests.test_dense import built, some, worlds, written

EVERYTHING = 1 << 30


@pytest.fixture(autouse=True)
def few(monkeypatch):
    """Sixteen rows are enough to be outlined."""
    monkeypatch.setattr(dense, "OUTLINED_FROM", outlines.KINDS_OF_PIECE)
    monkeypatch.setattr(dense, "_FEW", 8)


class TestOutlinedIndex(VectorIndexContract):
    def build(self, ids, vectors):
        return built(ids, vectors)[0]


class TestStoreOfOutlines(StoreContract):
    def open(self, path):
        return open_store(path, create=True)


def near_topics(n, topics=300, dim=64, seed=0):
    """Rows around some directions, as articles lie around matters."""
    rng = np.random.default_rng(seed)
    return dense.unit(some(topics, seed, dim)[rng.integers(0, topics, n)] + rng.normal(scale=0.08, size=(n, dim)))


def proposing(monkeypatch, least, each=0):
    monkeypatch.setattr(outlines, "AT_LEAST", least)
    monkeypatch.setattr(outlines, "LOOKED_AT", each)


without_fixture_checks = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@without_fixture_checks
@given(worlds())
def test_where_everything_is_looked_at_the_answer_is_that_of_comparing_everything(monkeypatch, world):
    proposing(monkeypatch, EVERYTHING)
    ids, vectors, queries, k, allowed = world
    index, rows = built(ids, vectors)
    assert all(map(np.array_equal, index.search(queries, k, allowed), exact_search(ids, rows, queries, k, allowed)))


@without_fixture_checks
@given(worlds(), st.sampled_from([1, outlines.SPARSE, EVERYTHING]))
def test_what_is_proposed_is_ranked_as_comparing_everything_would_and_is_never_too_little(monkeypatch, world, sparse):
    """As many as are wanted, only what is allowed, and of what was proposed exactly the best, to the last bit."""
    proposing(monkeypatch, 5, 1)
    monkeypatch.setattr(outlines, "SPARSE", sparse)
    ids, vectors, queries, k, allowed = world
    index, rows = built(ids, vectors)
    found, scores = index.search(queries, k, allowed)
    possible = len(ids) if allowed is None else int(np.isin(ids, allowed).sum())
    places = None if allowed is None else dense._places(index.ids, allowed)
    for row, query in enumerate(queries):
        assert (found[row] >= 0).sum() == min(k, possible)
        proposed = index.ids[index._candidates(query, k, places)] if k else []
        assert allowed is None or np.isin(proposed, allowed).all()
        expected = exact_search(ids, rows, query[None], k, np.sort(proposed))
        assert np.array_equal(found[row], expected[0][0])
        assert np.array_equal(scores[row], expected[1][0])


@pytest.mark.parametrize("share", [1.0, 0.5, 0.1, 0.02])
def test_the_ten_nearest_are_hardly_ever_missed_however_few_are_allowed(monkeypatch, share):
    """Recall of .98 where 400 rows, and at most half of those allowed, are scored exactly."""
    n = 20_000
    vectors = near_topics(n)
    index, rows = built(np.arange(n), vectors)
    queries = dense.unit(vectors[:50] + np.random.default_rng(9).normal(scale=0.05, size=(50, 64)))
    allowed = np.flatnonzero(np.random.default_rng(4).random(n) < share)
    proposing(monkeypatch, min(400, len(allowed) // 2))
    found = index.search(queries, 10, allowed)[0]
    right = exact_search(np.arange(n), rows, queries, 10, allowed)[0]
    assert np.mean([len(np.intersect1d(a, b)) / 10 for a, b in zip(found, right, strict=True)]) >= 0.98


def test_a_search_reads_what_is_proposed_and_no_more(monkeypatch):
    proposing(monkeypatch, 40, 2)
    index, _ = built(np.arange(5000), near_topics(5000))
    read, plain = [], index._stored._read
    monkeypatch.setattr(index._stored, "_read", lambda at, count: read.append(at) or plain(at, count))
    index.search(some(1, dim=64), 10)
    assert len(set(read)) == len(read) == 40


def test_a_filter_proposes_the_same_whether_its_outlines_are_gathered_or_all_are_scanned(monkeypatch):
    proposing(monkeypatch, 100, 1)
    index, _ = built(np.arange(5000), near_topics(5000))
    allowed = np.flatnonzero(np.random.default_rng(2).random(5000) < 0.3)
    for query in some(20, seed=8, dim=64):
        proposed = []
        for sparse in (1, EVERYTHING):
            monkeypatch.setattr(outlines, "SPARSE", sparse)
            proposed.append(index._candidates(query, 5, allowed))
        assert len(np.intersect1d(*proposed)) >= 98  # outlines that are equally near may change places at the end


def test_the_same_file_gives_the_same_answer(monkeypatch):
    proposing(monkeypatch, 50)
    data = written(np.arange(3000), near_topics(3000))
    first, again = (open_vectors(data).search(some(9, seed=5, dim=64), 7) for _ in range(2))
    assert all(map(np.array_equal, first, again))


def test_the_order_in_which_rows_arrive_does_not_change_a_byte():
    ids, vectors = np.arange(400), near_topics(400)
    order = np.random.default_rng(1).permutation(400)
    assert written(ids, vectors) == written(ids[order], vectors[order])


def test_no_flipped_bit_and_no_cut_passes():
    """A bit of the head spoils its checksum, a bit of a row its own, and a cut the size."""
    data = written(np.arange(20), some(20))
    head = data[: head_size(20, 8)]
    assert len(data) == len(head) + 20 * 2 * 8
    for place in range(len(data)):
        broken = bytearray(data)
        broken[place] ^= 1 << place % 8
        with pytest.raises(IndexDamagedError):
            open_vectors(broken, lambda found: found == head).check()
    for broken in (*(data[:size] for size in range(0, len(data), 7)), data + b"\0"):
        with pytest.raises(IndexDamagedError):
            open_vectors(broken)


@pytest.mark.parametrize("dim", [6, 12, 2048])
def test_rows_that_cannot_be_outlined_are_searched_exactly_however_many(dim):
    index, rows = built(np.arange(100), some(100, dim=dim))
    assert not outlines.fits(dim)
    assert isinstance(index._scan, codes.Codes)
    query = some(1, seed=4, dim=dim)
    assert all(map(np.array_equal, index.search(query, 9), exact_search(np.arange(100), rows, query, 9)))


def test_below_the_threshold_a_file_is_what_it_was(monkeypatch):
    monkeypatch.undo()
    data = written(np.arange(50), some(50))
    assert data.startswith(b"qa-vec-1")
    assert isinstance(open_vectors(data)._scan, codes.Codes)


def test_a_file_of_either_kind_is_read_wherever_the_threshold_lies_now(monkeypatch):
    outlined = written(np.arange(50), some(50))
    monkeypatch.setattr(dense, "OUTLINED_FROM", EVERYTHING)
    exact = written(np.arange(50), some(50))
    assert exact[:8] != outlined[:8]
    assert all(map(np.array_equal, *(open_vectors(data).search(some(3, seed=2), 5) for data in (exact, outlined))))


def test_faiss_is_not_loaded_before_outlines_are_scanned(tmp_path):
    (tmp_path / "file").write_bytes(b"".join(write_vectors(np.arange(50), some(50).astype(np.float16))))
    code = """if True:
        import sys, numpy, index.dense
        found = index.dense.open_vectors(open(sys.argv[1], "rb").read())
        found.search(numpy.ones((1, 8), numpy.float32), 5)
        print(type(found._scan).__name__, "faiss" in sys.modules)"""
    told = subprocess.run([sys.executable, "-c", code, tmp_path / "file"], capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["Outlines", "False"]


# --- in the store ----------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path):
    return tmp_path / ".qa"


def told(folder, k=60):
    with open_store(folder) as store, store.snapshot() as snapshot:
        return snapshot.dense(QUERY, k), snapshot.statements_dense(QUERY, k), list(snapshot.notices)


def test_what_came_or_went_after_the_file_counts_too(folder, monkeypatch):
    """The newest rows are compared one by one, and what is gone is not found: as if the file were written anew."""
    proposing(monkeypatch, 200)
    with open_store(folder, create=True) as store:
        fill(store, range(60))
        before = {path.name for path in (folder / "ann").iterdir()}
        with store.writer() as writer:
            for number in (3, 7, 59):
                writer.remove(article(number)[0].path)
            for number in (61, 62):
                mark, indexed = article(number)
                writer.put(mark, [indexed])
            writer.publish(behind=True)
        assert {path.name for path in (folder / "ann").iterdir()} == before
        behind = told(folder)
        with store.writer() as writer:
            writer.publish()
    assert {path.name for path in (folder / "ann").iterdir()} != before
    assert told(folder) == behind
    assert behind[2] == []


def test_a_damaged_file_is_left_aside_with_a_notice_and_everything_is_compared(folder):
    with open_store(folder, create=True) as store:
        fill(store, range(60))
    right = told(folder)
    path = min((folder / "ann").glob("*.vectors"))
    data = path.read_bytes()
    assert data.startswith(b"qa-vec-2")
    head = head_size(120, 16)
    rows = bytearray(data)
    rows[head:] = bytes(len(data) - head)
    for place in (0, 41, 1100, head - 500, head - 1):
        broken = bytearray(data)
        broken[place] ^= 4
        path.write_bytes(broken)
        found = told(folder)
        assert found[:2] == right[:2]
        assert ["qa check --repair" in notice for notice in found[2]] == [True]
    for broken in (rows, data[:-1]):
        path.write_bytes(broken)
        assert told(folder)[:2] == right[:2]
        with open_store(folder) as store:
            assert [problem.kind for problem in store.check()] == ["vectors"]
    with open_store(folder) as store:
        store.repair()
        assert store.check() == []
    assert told(folder) == right
