"""Rows from afar: half a byte for every four numbers, so that a million rows are looked over in two milliseconds.

Owns what an outline is, how it is drawn, and which outlines are nearest to a query. Refuses to know ids and files, and what a
row really is: what it proposes is scored again by whoever has the rows.

Product quantisation (Jégou, Douze and Schmid, "Product Quantization for Nearest Neighbor Search", PAMI 2011): a row is cut
into pieces of four numbers, and each piece is replaced by the nearest of sixteen in a *book* learnt from the rows. A query
is compared with sixteen pieces once, and then with all rows by looking up in registers (André, Kermarrec and Le Scouarnec,
"Cache locality is not enough", VLDB 2015), which FAISS does. docs/decisions/0008-outlines.md has what it was chosen from.

An outline has no bound that would prove the answer right: recall is measured, and where everything is looked at the answer is
exact. A filter lets rows in before the nearest are taken, so that it never thins the answer out.
"""

from __future__ import annotations

import importlib
import threading
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]
Vectors = NDArray[np.float32]
Outline = NDArray[np.uint8]

PIECE = 4
"""Numbers in a piece. With 3 fewer of the nearest 200 are missed (.998 for .992 where 1,000 are looked at) and a scan takes
three times as long; with 6 it takes two thirds, and .964 are left."""

KINDS_OF_PIECE = 16
"""Half a byte; what fits in a register."""

LEARNT_FROM = 1 << 16
"""Rows a book is learnt from, evenly drawn: a second, and four thousand for each kind of piece."""

LOOKED_AT = 6
AT_LEAST = 1024
"""Rows that are proposed for each that is wanted, and at least. Of 34,022 passages and 54,488 statements with real ones of the
other kind as questions, 1,000 proposed held all of the nearest ten and 99.2 % of the nearest 200."""

SPARSE = 20
"""Where fewer than one in so many rows are allowed, their outlines are gathered and scanned alone, 75 ns each; else all are
scanned, and more are taken: of a million with a tenth allowed 2.8 instead of 8.8 ms, with a fiftieth 5.8 instead of 0.8."""


def fits(dim: int) -> bool:
    """Whether rows of ``dim`` numbers can be outlined. FAISS adds pieces up in 16 bits, which is exact for 256 of them."""
    return dim % (2 * PIECE) == 0 and dim <= 256 * PIECE


def width(dim: int) -> int:
    """Bytes of an outline."""
    return dim // PIECE // 2


def learnt(rows: Vectors) -> Vectors:
    """The book for rows like these (n, d), n >= 16: (d / 4, 16, 4)."""
    index = _index(rows.shape[1])
    index.pq.cp.min_points_per_centroid = 1
    index.train(np.ascontiguousarray(rows))
    book = _faiss().vector_to_array(index.pq.centroids)
    return np.asarray(book, dtype=np.float32).reshape(-1, KINDS_OF_PIECE, PIECE)


def drawn(book: Vectors, rows: Vectors) -> Outline:
    """The outlines (n, d / 8) of rows (n, d)."""
    return np.asarray(_index(rows.shape[1], book).sa_encode(np.ascontiguousarray(rows)), dtype=np.uint8)


class Outlines:
    """Outlines that are searched by any number of threads at once."""

    def __init__(self, book: Vectors, outlines: Outline) -> None:
        """``outlines`` (n, d / 8) as `drawn` with ``book``. FAISS is loaded when they are first scanned."""
        self._book, self._outlines = book, outlines
        self._packing = threading.Lock()
        self._packed: Any = None

    def candidates(self, query: Vectors, k: int, places: Ids | None) -> Ids:
        """Places of rows, ascending, that are likely to hold the ``k`` nearest to ``query`` (d,), of ``places`` (ascending;
        None: of all). Where so few are allowed that all are looked at, certain to."""
        n, wanted = len(self._outlines), max(AT_LEAST, LOOKED_AT * k)
        possible = n if places is None else len(places)
        if possible <= wanted or not query.any():  # to a query of length 0 all are equally near: the first win
            return np.arange(min(possible, wanted)) if places is None else places[:wanted]
        if places is None:
            found = self._nearest(self._whole(), query, wanted)
        elif SPARSE * possible < n:
            found = places[self._nearest(self._pack(self._outlines[places]), query, wanted)]
        else:
            found = self._nearest_allowed(query, wanted, places)
        if len(found) < wanted:  # FAISS passes over what is farthest in every piece: all rows, where all are equal
            rest = np.setdiff1d(np.arange(n) if places is None else places, found)
            found = np.concatenate((found, rest[: wanted - len(found)]))
        return np.sort(found)

    def _nearest_allowed(self, query: Vectors, wanted: int, places: Ids) -> Ids:
        n = len(self._outlines)
        allowed = np.zeros(n, dtype=bool)
        allowed[places] = True
        look = (
            wanted * n // len(places) + wanted
        )  # a little more than it takes where nearness and filter are independent
        while True:
            found = self._nearest(self._whole(), query, min(look, n))
            found = found[allowed[found]]
            if len(found) >= wanted or look >= n:
                return found[:wanted]
            look *= 4

    def _nearest(self, packed: Any, query: Vectors, wanted: int) -> Ids:  # noqa: ANN401 - faiss.IndexPQFastScan
        """The best first."""
        _, found = packed.search(np.ascontiguousarray(query, dtype=np.float32)[None, :], wanted)
        return np.asarray(found[0][found[0] >= 0], dtype=np.int64)

    def _whole(self) -> Any:  # noqa: ANN401 - faiss.IndexPQFastScan
        with self._packing:
            if self._packed is None:
                self._packed = self._pack(self._outlines)
            return self._packed

    def _pack(self, outlines: Outline) -> Any:  # noqa: ANN401 - faiss.IndexPQFastScan
        """As FAISS scans them, 32 rows side by side."""
        faiss = _faiss()
        index = _index(self._book.shape[0] * PIECE, self._book)
        faiss.copy_array_to_vector(np.ascontiguousarray(outlines).ravel(), index.codes)
        index.ntotal = len(outlines)
        return faiss.IndexPQFastScan(index)


def _index(dim: int, book: Vectors | None = None) -> Any:  # noqa: ANN401 - faiss.IndexPQ
    faiss = _faiss()
    index = faiss.IndexPQ(dim, dim // PIECE, 4, faiss.METRIC_INNER_PRODUCT)
    if book is not None:
        faiss.copy_array_to_vector(np.ascontiguousarray(book, dtype=np.float32).ravel(), index.pq.centroids)
        index.is_trained = True
    return index


def _faiss() -> ModuleType:
    """FAISS, on first use."""
    return importlib.import_module("faiss")
