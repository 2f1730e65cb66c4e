"""Nearest vectors: one immutable block of bytes, searched by FAISS, exact to the last tie.

Owns the layout of the vector file and the search in it. Refuses to know what an id stands for, where the bytes lie, or
which model made the vectors.

The bytes are a FAISS ``IndexIDMap2`` over ``IndexFlatIP`` with the rows sorted by id, so ``faiss.read_index`` opens the
file too. FAISS's own reader is not used here: it has a long record of memory errors on crafted files, and it does not
notice a changed header. The two headers are compared with the only values they can have, the size must fit to the byte,
and FAISS is then handed plain numbers. Whoever stores the bytes keeps a checksum of them: a flipped bit inside a vector
cannot be seen from here.

Scores are inner products of unit rows, which are cosines. FAISS proposes candidates in float32, whose rounding depends
on the size of the batch; every candidate is then scored again in float64, in one fixed order of addition, and ranked by
(score, lowest id). So the answer is that of `exact_search`, for every batch size and number of threads.
"""

from __future__ import annotations

import importlib
import os
import struct
from pathlib import Path
from types import ModuleType
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from index.errors import IndexDamagedError, StorageError

Ids: TypeAlias = NDArray[np.int64]
Vectors: TypeAlias = NDArray[np.float32]

NOBODY = -1
"""The id in places that no vector fills: fewer than k match."""

MAX_DIM = 1 << 16
"""No sentence encoder comes near; a larger number in a header is damage."""

_SLACK = 32
"""Candidates beyond k. A closer race than the rounding of FAISS goes to a second, exact look (see `_candidates`)."""

_LENGTH_TOLERANCE = 0.02
"""How far from 1 a row's length may be: rows that went through half precision are off by less than 0.001."""

_CHUNK = 8192
"""Rows scored at once in float64: 25 MB at 384 dimensions."""

# What faiss writes: name of the type, dimension, number of rows, two unused words, is_trained, metric (0: product).
_HEADER = struct.Struct("<4siqqqBi")
_COUNT = struct.Struct("<Q")
_UNUSED = 1 << 20
_PREFIX = 2 * _HEADER.size + _COUNT.size


def build_flat(ids: Ids, vectors: Vectors) -> bytes:
    """The bytes of an index over ``vectors`` (n, d) float32, unit rows, with ``ids`` (n,) int64, unique and >= 0.

    The same rows in another order give the same bytes. Raises ValueError for rows that break what is said here.
    """
    ids, vectors = _checked(ids, vectors)
    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors, dtype=np.float64))
    if np.any((np.abs(lengths - 1.0) > _LENGTH_TOLERANCE) & (lengths > 0)):
        raise ValueError("rows must have length 1 (or 0)")
    order = np.argsort(ids, kind="stable")
    n, dim = vectors.shape
    return b"".join(
        (
            _header(b"IxM2", n, dim) + _header(b"IxFI", n, dim) + _COUNT.pack(n * dim),
            np.ascontiguousarray(vectors[order], dtype="<f4").tobytes(),
            _COUNT.pack(n),
            np.ascontiguousarray(ids[order], dtype="<i8").tobytes(),
        )
    )


def open_flat(data: bytes | bytearray | memoryview | str | os.PathLike[str]) -> VectorIndex:
    """The index that `build_flat` gave as bytes, or the file that holds them. The bytes are not needed afterwards.

    Raises IndexDamagedError where the bytes are not such an index, StorageError where the file cannot be read.
    """
    if isinstance(data, (str, os.PathLike)):
        try:
            data = Path(data).read_bytes()
        except OSError as error:
            raise StorageError(f"cannot read the vector file {os.fspath(data)!s}: {error.strerror}") from error
    view = memoryview(data).cast("B")
    n, dim = _shape(view)
    vectors = np.frombuffer(view, dtype="<f4", count=n * dim, offset=_PREFIX).reshape(n, dim)
    ids = np.frombuffer(view, dtype="<i8", count=n, offset=_PREFIX + 4 * n * dim + _COUNT.size).astype(np.int64)
    if n and (ids[0] < 0 or np.any(np.diff(ids) <= 0)):
        raise IndexDamagedError("the vector file is damaged: its ids are not in order")
    return VectorIndex(ids, vectors)


class VectorIndex:
    """Vectors by id, in memory, read-only: any number of threads may search at once."""

    def __init__(self, ids: Ids, vectors: Vectors) -> None:
        """Made by `open_flat`. ``ids`` ascend; ``vectors`` (n, d) are copied into FAISS."""
        faiss = _faiss()
        n, self.dim = vectors.shape
        self.ids = ids
        self._flat: Any = faiss.IndexFlatIP(self.dim)
        for start in range(0, n, _CHUNK):
            self._flat.add(np.ascontiguousarray(vectors[start : start + _CHUNK], dtype=np.float32))
        # A view of the rows FAISS holds, so that they are in memory once. It lives as long as self._flat does.
        rows = faiss.rev_swig_ptr(self._flat.get_xb(), n * self.dim) if n else np.empty(0, np.float32)
        self._rows: Vectors = rows.reshape(n, self.dim)
        self._rows.flags.writeable = False
        self.ids.flags.writeable = False

    def __len__(self) -> int:
        return len(self.ids)

    def vectors(self, ids: Ids) -> Vectors:
        """The rows of ``ids``, (len(ids), d) float32. Raises KeyError for an id that is not here."""
        wanted = np.asarray(ids, dtype=np.int64)
        places = np.searchsorted(self.ids, wanted)
        here = places < len(self.ids)
        here[here] = self.ids[places[here]] == wanted[here]
        if not here.all():
            raise KeyError(int(wanted[~here][0]))
        return self._rows[places]

    def search(self, queries: Vectors, k: int, allowed: Ids | None = None) -> tuple[Ids, Vectors]:
        """The ``k`` nearest to each of ``queries`` (q, d): ids (q, k) int64 and cosines (q, k) float32, best first.

        Equal scores go by lowest id. ``allowed`` (ascending int64) restricts what may be found, inside the search: k
        come back if k match. Places that nothing fills hold `NOBODY` and minus infinity. Raises ValueError for queries
        of another dimension, queries that are not finite, or k < 0.
        """
        queries = _queries(queries, self.dim, k)
        places = None if allowed is None else _places(self.ids, allowed)
        found = np.full((len(queries), k), NOBODY, dtype=np.int64)
        scores = np.full((len(queries), k), -np.inf, dtype=np.float32)
        if k:
            for row, candidates in enumerate(self._candidates(queries, k, places)):
                best, cosines = _best(self.ids[candidates], self._rows[candidates], queries[row], k)
                found[row, : len(best)], scores[row, : len(best)] = best, cosines
        return found, scores

    def _candidates(self, queries: Vectors, k: int, places: Ids | None) -> list[Ids]:
        """For each query, places of rows that hold the k best ones for certain.

        Two float32 sums of d products of unit vectors differ from the exact value by at most (d + 2) * 2**-24 each
        (Higham, Accuracy and Stability of Numerical Algorithms, 2002, section 3.1, with Cauchy-Schwarz). Only where
        more rows than asked for lie within that of the k-th, which takes many near-duplicates, are all of them fetched.
        """
        possible = len(self) if places is None else len(places)
        if possible <= k + _SLACK:
            everyone = np.arange(possible) if places is None else places
            return [everyone] * len(queries)
        parameters = _selected(places, len(self))
        rough, rows = self._flat.search(queries, k + _SLACK, params=parameters)
        margins = 2.0 * (self.dim + 8) * 2.0**-24 * (1 + _LENGTH_TOLERANCE) * np.linalg.norm(queries, axis=1) + 1e-12
        candidates: list[Ids] = list(rows)
        for row in np.flatnonzero(rough[:, -1] >= rough[:, k - 1] - margins):
            reach = float(rough[row, k - 1] - margins[row])
            candidates[row] = self._flat.range_search(queries[row : row + 1], reach, params=parameters)[2]
        return candidates


def exact_search(
    ids: Ids, vectors: Vectors, queries: Vectors, k: int, allowed: Ids | None = None
) -> tuple[Ids, Vectors]:
    """`VectorIndex.search` over ``ids`` (n,) and ``vectors`` (n, d) in any order, without FAISS and without an index.

    The definition that the index is tested against, and the way to search a few thousand rows that are in no index yet.
    """
    ids, vectors = _checked(ids, vectors)
    queries = _queries(queries, vectors.shape[1], k)
    if allowed is not None:
        kept = np.isin(ids, allowed)
        ids, vectors = ids[kept], vectors[kept]
    found = np.full((len(queries), k), NOBODY, dtype=np.int64)
    scores = np.full((len(queries), k), -np.inf, dtype=np.float32)
    for row, query in enumerate(queries):
        best, cosines = _best(ids, vectors, query, k)
        found[row, : len(best)], scores[row, : len(best)] = best, cosines
    return found, scores


def _best(ids: Ids, vectors: Vectors, query: Vectors, k: int) -> tuple[Ids, Vectors]:
    """The k best of a few rows, exactly."""
    scores = cosines(vectors, query)
    order = np.lexsort((ids, -scores))[:k]
    return ids[order], scores[order]


def cosines(vectors: Vectors, query: Vectors) -> Vectors:
    """Inner products of ``vectors`` (n, d) with ``query`` (d,), (n,) float32: the one place where scores come from.

    The products of two float32 are exact in float64, and each row is added up in the same order wherever it stands, so
    equal rows have equal scores.
    """
    wide = query.astype(np.float64)
    scores = np.empty(len(vectors), dtype=np.float32)
    for start in range(0, len(vectors), _CHUNK):
        products = vectors[start : start + _CHUNK].astype(np.float64, order="C") * wide
        scores[start : start + _CHUNK] = products.sum(axis=1)
    return scores


def _places(ids: Ids, allowed: Ids) -> Ids:
    """Where the ids of ``allowed`` stand in ``ids`` (both ascend); ids that are not there are passed over."""
    wanted = np.asarray(allowed, dtype=np.int64)
    if wanted.ndim != 1 or np.any(np.diff(wanted) < 0):
        raise ValueError("the allowed ids must be one ascending row")
    if not len(ids):
        return np.empty(0, dtype=np.int64)
    places = np.searchsorted(ids, wanted)
    places = places[ids[np.minimum(places, len(ids) - 1)] == wanted]
    return np.unique(places)


def _selected(places: Ids | None, n: int) -> object:
    """FAISS search parameters that let only ``places`` be found, of rows 0 to n - 1."""
    if places is None:
        return None
    faiss = _faiss()
    mask = np.zeros(n, dtype=bool)
    mask[places] = True
    return faiss.SearchParameters(sel=faiss.IDSelectorBitmap(np.packbits(mask, bitorder="little")))


def _faiss() -> ModuleType:
    """FAISS, on first use: most of what imports this module never searches."""
    return importlib.import_module("faiss")


def _checked(ids: Ids, vectors: Vectors) -> tuple[Ids, Vectors]:
    ids, vectors = np.asarray(ids, dtype=np.int64), np.asarray(vectors, dtype=np.float32)
    if vectors.ndim != 2 or ids.shape != vectors.shape[:1] or not 0 < vectors.shape[1] <= MAX_DIM:
        raise ValueError(f"ids (n,) and vectors (n, d) do not fit together: {ids.shape} and {vectors.shape}")
    if not np.isfinite(vectors).all():
        raise ValueError("vectors must be finite")
    if len(ids) and (ids.min() < 0 or len(np.unique(ids)) != len(ids)):
        raise ValueError("ids must be unique and not negative")
    return ids, vectors


def _queries(queries: Vectors, dim: int, k: int) -> Vectors:
    queries = np.ascontiguousarray(queries, dtype=np.float32)
    if queries.ndim != 2 or queries.shape[1] != dim:
        raise ValueError(f"queries must be (q, {dim}), not {queries.shape}")
    if not np.isfinite(queries).all():
        raise ValueError("queries must be finite")
    if k < 0:
        raise ValueError(f"k must not be negative, not {k}")
    return queries


def _header(kind: bytes, n: int, dim: int) -> bytes:
    return _HEADER.pack(kind, dim, n, _UNUSED, _UNUSED, 1, 0)


def _shape(view: memoryview) -> tuple[int, int]:
    """Rows and dimension, after every byte that is not a vector or an id was compared with what it must be."""
    if len(view) < _PREFIX + _COUNT.size:
        raise IndexDamagedError(f"the vector file is damaged: {len(view)} bytes are too few for a header")
    _, dim, n, *_ = _HEADER.unpack_from(view)
    if not 0 < dim <= MAX_DIM or n < 0:
        raise IndexDamagedError("the vector file is damaged: its header is not one this program writes")
    size = _PREFIX + 4 * n * dim + _COUNT.size + 8 * n
    if len(view) != size:
        raise IndexDamagedError(f"the vector file is damaged: {len(view)} bytes, its header promises {size}")
    expected = _header(b"IxM2", n, dim) + _header(b"IxFI", n, dim) + _COUNT.pack(n * dim)
    if view[:_PREFIX] != expected or view[_PREFIX + 4 * n * dim :][: _COUNT.size] != _COUNT.pack(n):
        raise IndexDamagedError("the vector file is damaged: its header is not one this program writes")
    return n, dim
