"""The vector index: exactly the brute-force answer, and no byte is trusted."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.dense import build_flat, cosines, exact_search, open_flat
from index.errors import IndexDamagedError, StorageError
from tests.contracts import VectorIndexContract

DIM = 8


def unit(rows):
    rows = np.asarray(rows, dtype=np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def some(n, seed=0, dim=DIM):
    return unit(np.random.default_rng(seed).normal(size=(n, dim)))


class TestFlat(VectorIndexContract):
    def build(self, ids, vectors):
        return open_flat(build_flat(ids, vectors))


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


@settings(max_examples=150, deadline=None)
@given(worlds())
def test_the_index_gives_exactly_what_comparing_everything_gives(world):
    ids, vectors, queries, k, allowed = world
    got = open_flat(build_flat(ids, vectors)).search(queries, k, allowed)
    expected = exact_search(ids, vectors, queries, k, allowed)
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
    found, scores = open_flat(build_flat(np.arange(1000) * 3, vectors)).search(vectors[:1], 10)
    assert found[0].tolist() == [0, 3, 6, 9, 12, 15, 18, 21, 24, 27]
    assert len(set(scores[0].tolist())) == 1


def test_rows_nearer_to_each_other_than_float32_sums_can_tell_are_ranked_exactly():
    rng, base = np.random.default_rng(2), some(1, seed=1, dim=384)
    vectors = (base + rng.normal(scale=3e-8, size=(3000, 384))).astype(np.float32)
    ids = rng.permutation(3000)
    index = open_flat(build_flat(ids, vectors))
    for allowed in (None, np.arange(0, 3000, 2)):
        got, expected = index.search(base, 5, allowed), exact_search(ids, vectors, base, 5, allowed)
        assert np.array_equal(got[0], expected[0])
        assert np.array_equal(got[1], expected[1])


def test_scores_do_not_depend_on_how_many_queries_are_asked_at_once():
    index, queries = open_flat(build_flat(np.arange(300), some(300))), some(40, seed=9)
    together = index.search(queries, 7)
    for row in range(40):
        alone = index.search(queries[row : row + 1], 7)
        assert np.array_equal(alone[0][0], together[0][row])
        assert np.array_equal(alone[1][0], together[1][row])


def test_equal_rows_have_equal_cosines_wherever_they_stand():
    vectors = some(9001, dim=5)
    vectors[[0, 17, 8191, 8192, 9000]] = vectors[3]
    assert len(set(cosines(vectors, vectors[1])[[0, 3, 17, 8191, 8192, 9000]].tolist())) == 1


def test_the_order_in_which_rows_arrive_does_not_change_a_byte():
    ids, vectors = np.arange(20), some(20)
    order = np.random.default_rng(1).permutation(20)
    assert build_flat(ids, vectors) == build_flat(ids[order], vectors[order])


def test_the_bytes_are_those_that_faiss_writes_and_reads():
    import faiss

    ids, vectors = np.arange(5, 25), some(20)
    theirs = faiss.IndexIDMap2(faiss.IndexFlatIP(DIM))
    theirs.add_with_ids(vectors, ids)
    ours = build_flat(ids, vectors)
    assert ours == faiss.serialize_index(theirs).tobytes()
    assert faiss.deserialize_index(np.frombuffer(ours, np.uint8)).search(vectors[:1], 1)[1] == [[5]]


def test_no_changed_header_byte_and_no_cut_passes():
    data = build_flat(np.arange(4), some(4))
    heads = [*range(82), *range(82 + 4 * 4 * DIM, 90 + 4 * 4 * DIM)]
    for place in heads:
        for bit in range(8):
            broken = bytearray(data)
            broken[place] ^= 1 << bit
            with pytest.raises(IndexDamagedError):
                open_flat(broken)
    for size in range(len(data)):
        with pytest.raises(IndexDamagedError):
            open_flat(data[:size])
    with pytest.raises(IndexDamagedError):
        open_flat(data + b"\0")


def test_other_kinds_of_faiss_index_are_refused():
    import faiss

    for kind in ("Flat", "IDMap,Flat", "HNSW8", "IDMap2,SQ8", "IVF1,Flat"):
        other = faiss.index_factory(DIM, kind, faiss.METRIC_INNER_PRODUCT)
        other.train(some(64))
        with pytest.raises(IndexDamagedError):
            open_flat(faiss.serialize_index(other).tobytes())


def test_ids_out_of_order_are_damage():
    data = bytearray(build_flat(np.arange(3), some(3)))
    data[-8:] = data[-16:-8]
    with pytest.raises(IndexDamagedError, match="order"):
        open_flat(data)


def test_a_file_opens_like_its_bytes_and_a_missing_one_says_so(tmp_path):
    path = tmp_path / "v.faiss"
    path.write_bytes(build_flat(np.arange(3), some(3)))
    assert len(open_flat(path)) == len(open_flat(str(path))) == 3
    with pytest.raises(StorageError, match=r"gone\.faiss"):
        open_flat(tmp_path / "gone.faiss")


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
        build_flat(np.array(ids, dtype=np.int64), vectors)
