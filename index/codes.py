"""Rows as whole numbers: a byte for each number, scanned by numpy, and from some time on by FAISS.

Owns what a code is, how far it may be from its row, and which rows can be among the nearest to a query. Refuses to know
ids and files, and what a row really is: what it proposes is scored again by whoever has the rows.

A code is a row as whole numbers from -127 to 127 times one scale, the same for all. It stands for its row up to a residual
whose length is known, so by Cauchy and Schwarz no cosine is further from its estimate than the longest residual: the rows
that can be among the k best are proposed for certain, whichever scan proposes them.

The scan is numpy's until it has taken as long as importing FAISS and filling an index takes, or somebody has had the time to
`prepare`, and FAISS's from then on, which is two to three times as fast: one question in a fresh process never waits for FAISS.
"""

from __future__ import annotations

import importlib
import threading
from collections.abc import Iterable
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]
Vectors = NDArray[np.float32]

PATIENCE = 2_000_000
"""Rows numpy scans before FAISS takes over: at 0.14 microseconds each about what it takes to import FAISS and fill it."""

PREPARED_FROM = 16_384
"""Rows from which on FAISS is prepared ahead of any search: numpy scans fewer in less than a millisecond."""

_STEPS = 127

_CHUNK = 2048
"""Rows given to FAISS at once: of as many a copy is made."""

_BLOCK = 256
"""Rows widened at once: 400 kB, which stays in the processor's cache (measured: 64 and 1024 are a fifth slower)."""


def coded(rows: Iterable[Vectors], shape: tuple[int, ...], largest: float) -> tuple[NDArray[np.int8], float, float]:
    """The codes of unit rows of this ``shape`` (n, d), which come some at a time; their scale, and the longest residual.
    ``largest`` is the largest of all numbers, signs aside."""
    scale = largest / _STEPS if largest else 1.0
    codes = np.empty(shape, dtype=np.int8)
    start, residual = 0, 0.0
    for some in rows:
        wide = some.astype(np.float64)
        steps = np.rint(wide / scale)
        residual = max(residual, float(np.sqrt(((wide - steps * scale) ** 2).sum(axis=1)).max(initial=0.0)))
        codes[start : start + len(some)] = steps
        start += len(some)
    return codes, scale, residual


class Codes:
    """Codes that are scanned by any number of threads at once."""

    def __init__(self, codes: NDArray[np.int8], scale: float, residual: float) -> None:
        """As `coded` gave them: ``codes`` (n, d), their scale, and the longest residual."""
        self._codes, self._scale, self._residual = codes, scale, residual
        self._n, self._dim = codes.shape
        self._scanned = 0
        self._flat: Any = None
        self._filling = threading.Lock()

    def candidates(self, query: Vectors, k: int, places: Ids | None) -> Ids:
        """Places of rows that hold the k nearest to ``query`` (d,) for certain, of ``places`` (None: of all)."""
        if self._is_worth_filling(self._n if places is None else len(places)):
            return self._by_faiss(query, k, places)
        return self._by_numpy(query, k, places)

    def prepare(self) -> None:
        """Gives the codes to FAISS now, where they are many."""
        if self._n >= PREPARED_FROM:
            self._fill()

    def _margin(self, query: Vectors) -> float:
        """How far an estimate may be from the cosine: the residual, and the rounding of a float32 sum of d products of
        at most 127 * scale (Higham, Accuracy and Stability of Numerical Algorithms, 2002, section 3.1)."""
        length = float(np.linalg.norm(query.astype(np.float64)))
        rounding = (self._dim + 8) * 2.0**-24 * _STEPS * self._scale * float(np.abs(query).sum(dtype=np.float64))
        return float(length * self._residual + 2 * rounding + 1e-9)

    def _by_numpy(self, query: Vectors, k: int, places: Ids | None) -> Ids:
        query32 = np.ascontiguousarray(query, dtype=np.float32)
        codes = self._codes
        if len(codes) < self._n:  # another thread has just given them to FAISS
            return self._by_faiss(query, k, places)
        sparse = places is not None and 4 * len(places) < self._n
        if sparse:
            codes = codes[places]
        rough = np.empty(len(codes), dtype=np.float32)
        wide = np.empty((_BLOCK, self._dim), dtype=np.float32)
        for start in range(0, len(codes), _BLOCK):
            block = codes[start : start + _BLOCK]
            wide[: len(block)] = block
            np.dot(wide[: len(block)], query32, out=rough[start : start + len(block)])
        if places is not None and not sparse:
            rough = rough[places]
        reach = np.partition(rough, len(rough) - k)[len(rough) - k] - 2 * self._margin(query) / self._scale
        near = np.flatnonzero(rough >= reach)
        return near if places is None else places[near]

    def _by_faiss(self, query: Vectors, k: int, places: Ids | None) -> Ids:
        row = np.ascontiguousarray(query, dtype=np.float32)[None, :]
        parameters = _selected(places, self._n)
        possible = self._n if places is None else len(places)
        wanted, margin = 3 * k, 2 * self._margin(query) / self._scale
        _faiss().omp_set_num_threads(1)  # one query is one thread's work; the others would wait for it, spinning
        while True:
            wanted = min(wanted, possible)
            rough, found = self._flat.search(row, wanted, params=parameters)
            near: NDArray[np.bool_] = rough[0] >= rough[0, k - 1] - margin
            if wanted == possible or not near[-1]:
                return np.asarray(found[0][near], dtype=np.int64)
            wanted *= 4  # many near-duplicates

    def _is_worth_filling(self, rows: int) -> bool:
        """Whether FAISS is to scan; fills it where the time has come."""
        if self._flat is None:
            self._scanned += rows
            if self._scanned >= PATIENCE:
                self._fill()
        return self._flat is not None

    def _fill(self) -> None:
        """Gives the codes to FAISS, once."""
        with self._filling:
            if self._flat is None:
                self._flat = self._filled()
                self._codes = self._codes[:0]  # FAISS holds them now

    def _filled(self) -> Any:  # noqa: ANN401 - faiss.IndexScalarQuantizer
        """The codes as FAISS has them: whole numbers 128 higher, and the middle of a step for its value."""
        faiss = _faiss()
        flat = faiss.IndexScalarQuantizer(self._dim, faiss.ScalarQuantizer.QT_8bit_uniform, faiss.METRIC_INNER_PRODUCT)
        faiss.copy_array_to_vector(np.array([-128.5, 255.0], dtype=np.float32), flat.sq.trained)
        flat.is_trained = True
        for start in range(0, self._n, _CHUNK):
            flat.add_sa_codes(self._codes[start : start + _CHUNK].view(np.uint8) ^ np.uint8(128))
        return flat


def _selected(places: Ids | None, n: int) -> object:
    """FAISS search parameters that let only ``places`` be found, of rows 0 to n - 1."""
    if places is None:
        return None
    faiss = _faiss()
    mask = np.zeros(n, dtype=bool)
    mask[places] = True
    return faiss.SearchParameters(sel=faiss.IDSelectorBitmap(np.packbits(mask, bitorder="little")))


def _faiss() -> ModuleType:
    """FAISS, on first use."""
    return importlib.import_module("faiss")
