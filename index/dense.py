"""Nearest vectors: one immutable file, exact to the last tie up to `OUTLINED_FROM` rows, and from there on all but exact.

Owns the layout of the vector file and the search in it. Refuses to know what an id stands for, where the bytes lie, or
which model made the vectors.

A file holds each vector twice: as it is stored (float16), and as a code (`index.codes`), a byte per number. The codes are
read into memory and scanned; what the scan proposes is read from the file as it is stored and scored again in float64, in
one fixed order of addition, and ranked by (score, lowest id). Every row that can be among the k best is proposed (some 300
for k = 200 of 43,000 news passages), so the answer is that of `exact_search`.

A file of more rows holds outlines (`index.outlines`) in the place of the codes, an eighth of their size, and what these
propose is scored in the same way: every score is the exact one, and so is the ranking of what was proposed; only a row
that was not proposed can be missing. No file is given to FAISS to read, which may scan either: its reader has a long
record of memory errors on crafted files.

What comes before the stored rows is the *head*; whoever stores the bytes keeps its checksum. Each stored row has a CRC-32
in the head and is compared with it whenever it is read.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from index import codes, outlines
from index.codes import Codes
from index.errors import IndexDamagedError, StorageError
from index.outlines import Outlines

Ids: TypeAlias = NDArray[np.int64]
Vectors: TypeAlias = NDArray[np.float32]
Halves: TypeAlias = NDArray[np.float16]
Read: TypeAlias = Callable[[int, int], bytes]

NOBODY = -1
"""The id in places that no vector fills: fewer than k match."""

MAX_DIM = 1 << 16
"""No sentence encoder comes near; a larger number in a header is damage."""

OUTLINED_FROM = 1 << 17
"""Rows from which on a file holds outlines: the exact scan of fewer takes 2 to 9 ms by FAISS, as the processor is, and 18 by
numpy, and both kinds of row are searched for a question that may take 40. The outlined search of as many takes 3."""

_LENGTH_TOLERANCE = 0.02
"""How far from 1 a row's length may be: rows that went through half precision are off by less than 0.001."""

_AT_ONCE = 1 << 28
"""Bytes asked of the system at once: it gives at most 2 GB."""

_CHUNK = 2048
"""Rows scored, or written, at once in float64: 6 MB at 384 dimensions, and some copies of them."""

_FEW = 1024
"""So few rows are read and scored without a scan."""

READ_AHEAD = 1 << 16
"""Rows of a file that are all read before anyone asks: 100 MB at 384 dimensions, a quarter of a second."""

_CODES, _OUTLINES = b"qa-vec-1", b"qa-vec-2"
_HEADER = struct.Struct("<8sqqdd")  # magic, dimension, rows; of codes the scale and the longest residual, else 1 and 0


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where in the file the parts begin: header, ids (n,) int64, the book of the outlines, the codes (n, d) int8 or the
    outlines (n, d / 8) uint8, CRCs (n,) uint32, rows (n, d)."""

    n: int
    dim: int
    outlined: bool

    @property
    def book(self) -> int:
        return _HEADER.size + 8 * self.n

    @property
    def scanned(self) -> int:
        return self.book + (4 * outlines.KINDS_OF_PIECE * self.dim if self.outlined else 0)

    @property
    def sums(self) -> int:
        return self.scanned + self.n * (outlines.width(self.dim) if self.outlined else self.dim)

    @property
    def rows(self) -> int:
        """Also the length of the head."""
        return self.sums + 4 * self.n

    @property
    def size(self) -> int:
        return self.rows + 2 * self.n * self.dim


def unit(rows: NDArray[np.floating[Any]]) -> Vectors:
    """Rows (n, d) divided by their lengths, added up in float64 and in the same order wherever a row stands."""
    found = np.empty(rows.shape, dtype=np.float32)
    for start in range(0, len(rows), _CHUNK):
        wide = rows[start : start + _CHUNK].astype(np.float64)
        lengths = np.sqrt((wide * wide).sum(axis=1, keepdims=True))
        found[start : start + _CHUNK] = wide / np.where(lengths > 0, lengths, 1.0)
    return found


def head_size(n: int, dim: int) -> int:
    """Bytes of the head of a file of ``n`` rows: what a checksum has to cover."""
    return _Layout(n, dim, _is_outlined(n, dim)).rows


def _is_outlined(n: int, dim: int) -> bool:
    return n >= OUTLINED_FROM and outlines.fits(dim)


class Rows(Protocol):
    """Rows (n, d) float16 that are read some thousand at a time, and more than once: an array, or what a database holds."""

    @property
    def shape(self) -> tuple[int, ...]: ...

    def __getitem__(self, places: Ids, /) -> Halves: ...


def write_vectors(ids: Ids, halves: Rows) -> Iterator[bytes]:
    """The bytes of a vector file, piece by piece, for ``halves`` (n, d) float16, as stored, and ``ids`` (n,) int64.

    What is searched are the rows at length 1, `unit` of ``halves``. ``ids`` are unique and >= 0; the same rows in
    another order give the same bytes. In memory is a byte per number, and of `OUTLINED_FROM` rows and more no more than the
    outlines are learnt from. Raises ValueError for rows that break what is said here.
    """
    ids = _checked_ids(ids, halves.shape)
    order = np.argsort(ids, kind="stable")
    chunks = [order[start : start + _CHUNK] for start in range(0, len(order), _CHUNK)]
    largest = 0.0
    for chunk in chunks:
        rows = halves[chunk]
        lengths = np.sqrt((rows.astype(np.float64) ** 2).sum(axis=1))
        if not np.isfinite(lengths).all():
            raise ValueError("vectors must be finite")
        if np.any((np.abs(lengths - 1.0) > _LENGTH_TOLERANCE) & (lengths > 0)):
            raise ValueError("rows must have length 1 (or 0)")
        largest = max(largest, float(np.abs(unit(rows)).max(initial=0.0)))
    n, dim = halves.shape
    if _is_outlined(n, dim):
        book = outlines.learnt(unit(halves[order[:: -(-n // outlines.LEARNT_FROM)]]))
        yield _HEADER.pack(_OUTLINES, dim, n, 1.0, 0.0)
        yield ids[order].astype("<i8").tobytes()
        yield book.astype("<f4").tobytes()
        for chunk in chunks:
            yield outlines.drawn(book, unit(halves[chunk])).tobytes()
    else:
        coded, scale, residual = codes.coded((unit(halves[chunk]) for chunk in chunks), halves.shape, largest)
        yield _HEADER.pack(_CODES, dim, n, scale, residual)
        yield ids[order].astype("<i8").tobytes()
        yield coded.tobytes()
    for chunk in chunks:
        yield np.array([zlib.crc32(row) for row in halves[chunk].astype("<f2")], dtype="<u4").tobytes()
    for chunk in chunks:
        yield halves[chunk].astype("<f2").tobytes()


def open_vectors(
    source: bytes | bytearray | memoryview | int, check: Callable[[bytes], bool] | None = None
) -> VectorIndex:
    """The index in the bytes that `write_vectors` gave, or in the file open as descriptor ``source``.

    The descriptor is duplicated, and read again by every search. ``check`` is given the head, and says whether it is
    the one that was written. Raises IndexDamagedError where the bytes are not such an index, StorageError where the
    file cannot be read.
    """
    if isinstance(source, int):
        file = OpenFile(source)
        read, size = file.read, file.size
    else:
        view = memoryview(source).cast("B")
        read, size = (lambda at, count: bytes(view[at : at + count])), len(view)
    layout, scale, residual = _header(read(0, _HEADER.size), size)
    head = read(0, layout.rows)
    if check and not check(head):
        raise IndexDamagedError("the vector file is damaged: its checksum does not hold")
    ids = np.frombuffer(head, "<i8", layout.n, _HEADER.size).astype(np.int64)
    if layout.n and (ids[0] < 0 or np.any(np.diff(ids) <= 0)):
        raise IndexDamagedError("the vector file is damaged: its ids are not in order")
    sums = np.frombuffer(head, "<u4", layout.n, layout.sums)
    return VectorIndex(ids, _scanned(head, layout, scale, residual), _Stored(read, layout, sums))


def _scanned(head: bytes, layout: _Layout, scale: float, residual: float) -> Codes | Outlines:
    """What a search goes through before it reads rows."""
    n, dim = layout.n, layout.dim
    if not layout.outlined:
        return Codes(np.frombuffer(head, np.int8, n * dim, layout.scanned).reshape(n, dim), scale, residual)
    book = np.frombuffer(head, "<f4", outlines.KINDS_OF_PIECE * dim, layout.book).astype(np.float32)
    wide = outlines.width(dim)
    drawn = np.frombuffer(head, np.uint8, n * wide, layout.scanned).reshape(n, wide)
    return Outlines(book.reshape(-1, outlines.KINDS_OF_PIECE, outlines.PIECE), drawn)


def _header(data: bytes, size: int) -> tuple[_Layout, float, float]:
    if len(data) < _HEADER.size:
        raise IndexDamagedError(f"the vector file is damaged: {len(data)} bytes are too few for a header")
    magic, dim, n, scale, residual = _HEADER.unpack(data)
    known = magic == _CODES or (magic == _OUTLINES and outlines.fits(dim))
    if not known or not 0 < dim <= MAX_DIM or n < 0 or not (0 < scale <= 1.0) or not (0 <= residual <= 1.0):
        raise IndexDamagedError("the vector file is damaged: its header is not one this program writes")
    layout = _Layout(n, dim, magic == _OUTLINES)
    if size != layout.size:
        raise IndexDamagedError(f"the vector file is damaged: {size} bytes, its header promises {layout.size}")
    return layout, scale, residual


class OpenFile:
    """An open file, read by place. Not mapped: a disk that fails raises OSError instead of ending the process."""

    def __init__(self, descriptor: int) -> None:
        try:
            self._own = os.dup(descriptor)
            self.size = os.fstat(self._own).st_size
        except OSError as error:
            raise StorageError(f"cannot read a file of the index: {error.strerror}") from error

    def __del__(self) -> None:
        if hasattr(self, "_own"):
            os.close(self._own)

    def read(self, at: int, count: int) -> bytes:
        """``count`` bytes, fewer at the end of the file. Raises StorageError."""
        chunks, end = [], at + count
        try:
            if count <= _AT_ONCE and len(whole := os.pread(self._own, count, at)) == count:
                return whole
            while at < end and (chunk := os.pread(self._own, min(end - at, _AT_ONCE), at)):
                chunks.append(chunk)
                at += len(chunk)
        except OSError as error:
            raise StorageError(f"cannot read a file of the index: {error.strerror}") from error
        return chunks[0] if len(chunks) == 1 else b"".join(chunks)


class _Stored:
    """The rows as they are stored: each is checked when it is read, and where they are few it is kept at length 1."""

    def __init__(self, read: Read, layout: _Layout, sums: NDArray[np.uint32]) -> None:
        self._read, self._layout, self._sums = read, layout, sums
        self.dim, self.kept = layout.dim, not layout.outlined
        kept = layout.n if self.kept else 0
        self._rows = np.empty((kept, layout.dim), dtype=np.float32)  # takes memory only where something is written
        self._here = np.zeros(kept, dtype=bool)

    def __getitem__(self, places: Ids) -> Vectors:
        """Unit rows (len(places), d). Raises IndexDamagedError where one is not as it was written, StorageError."""
        if not self.kept:
            return unit(self.halves(places))
        missing = places[~self._here[places]]
        if len(missing):
            self._rows[missing] = unit(self.halves(missing))
            self._here[missing] = True  # only now: another thread may be reading them too
        return self._rows[places]

    def halves(self, places: Ids) -> Halves:
        """The rows as they are in the file. Raises as `__getitem__`."""
        read, width, start = self._read, 2 * self._layout.dim, self._layout.rows
        return self._intact([read(start + width * place, width) for place in places.tolist()], places)

    def read_ahead(self, enough: Callable[[], bool]) -> None:
        """Reads all rows that will be kept, where they are few, until it is ``enough``. Raises as `__getitem__`."""
        for places, halves in self._all() if 0 < len(self._here) <= READ_AHEAD else ():
            if enough():
                return
            self._rows[places], self._here[places] = unit(halves), True

    def check(self) -> None:
        """Reads every row. Raises as `__getitem__`."""
        for _ in self._all():
            pass

    def _all(self) -> Iterator[tuple[Ids, Halves]]:
        """Places of rows one after the other, with the rows, some thousand at a time."""
        width = 2 * self._layout.dim
        for start in range(0, self._layout.n, _CHUNK):
            places = np.arange(start, min(start + _CHUNK, self._layout.n))
            read = self._read(self._layout.rows + width * start, width * len(places))
            yield places, self._intact([read[at : at + width] for at in range(0, width * len(places), width)], places)

    def _intact(self, rows: Sequence[bytes], places: Ids) -> Halves:
        if [zlib.crc32(row) for row in rows] != self._sums[places].tolist():
            raise IndexDamagedError("the vector file is damaged: a row is not as it was written")
        return np.frombuffer(b"".join(rows), "<f2").reshape(len(places), self._layout.dim)


class VectorIndex:
    """Vectors by id, read-only: any number of threads may search at once."""

    def __init__(self, ids: Ids, scan: Codes | Outlines, stored: _Stored) -> None:
        """Made by `open_vectors`."""
        self.ids, self.dim = ids, stored.dim
        self._scan, self._stored = scan, stored
        self.ids.flags.writeable = False

    def __len__(self) -> int:
        return len(self.ids)

    def read_ahead(self, enough: Callable[[], bool]) -> None:
        """Does now what would else be done after some searches, to make the others faster, and reads what they would read row
        by row, until it is ``enough``. Raises as `check`."""
        if isinstance(self._scan, Codes) and not enough():
            self._scan.prepare()
        self._stored.read_ahead(enough)

    def check(self) -> None:
        """Compares every stored row with its checksum. Raises IndexDamagedError, StorageError."""
        self._stored.check()

    def vectors(self, ids: Ids) -> Vectors:
        """The unit rows of ``ids``, (len(ids), d) float32. Raises KeyError for an id that is not here."""
        wanted = np.asarray(ids, dtype=np.int64)
        places = np.searchsorted(self.ids, wanted)
        here = places < len(self.ids)
        here[here] = self.ids[places[here]] == wanted[here]
        if not here.all():
            raise KeyError(int(wanted[~here][0]))
        return self._stored[places]

    def search(self, queries: Vectors, k: int, allowed: Ids | None = None) -> tuple[Ids, Vectors]:
        """The ``k`` nearest to each of ``queries`` (q, d): ids (q, k) int64 and cosines (q, k) float32, best first.

        Equal scores go by lowest id. ``allowed`` (ascending int64) restricts what may be found, inside the search: k
        come back if k match. Places that nothing fills hold `NOBODY` and minus infinity. Raises ValueError for queries
        of another dimension, queries that are not finite, or k < 0; IndexDamagedError where a row is not as it was
        written, StorageError where the file cannot be read.
        """
        queries = _queries(queries, self.dim, k)
        places = None if allowed is None else _places(self.ids, allowed)
        found = np.full((len(queries), k), NOBODY, dtype=np.int64)
        scores = np.full((len(queries), k), -np.inf, dtype=np.float32)
        for row, query in enumerate(queries if k else ()):
            candidates = self._candidates(query, k, places)
            candidates, rows = self._nearer(candidates, query, k)
            best, near = _best(self.ids[candidates], rows, query, k)
            found[row, : len(best)], scores[row, : len(best)] = best, near
        return found, scores

    def _candidates(self, query: Vectors, k: int, places: Ids | None) -> Ids:
        """Places of rows that hold the k best ones: for certain, but where there are outlines."""
        possible = len(self) if places is None else len(places)
        if possible <= max(k, min(_FEW, 2 * k)):
            return np.arange(possible) if places is None else places
        return self._scan.candidates(query, k, places)

    def _nearer(self, candidates: Ids, query: Vectors, k: int) -> tuple[Ids, Vectors]:
        """Those of ``candidates`` that can be among the k best by cosines in float32, and their unit rows.

        A float32 cosine of d products is off by at most (2 d + 16) * 2**-24, sum, length and rounding of the row taken
        together (Higham, Accuracy and Stability of Numerical Algorithms, 2002, section 3.1).
        """
        if len(candidates) <= k:
            return candidates, self._stored[candidates]
        rows = self._stored[candidates] if self._stored.kept else self._stored.halves(candidates)
        wide = rows.astype(np.float32, copy=False)
        lengths = np.sqrt(np.einsum("ij,ij->i", wide, wide))
        # Not by BLAS: for so little it wakes its threads, and on a machine that others use waits 20 ms for them.
        rough = np.einsum("ij,j->i", wide, query.astype(np.float32)) / np.where(lengths > 0, lengths, 1)
        margin = (2 * self.dim + 16) * 2.0**-24 * float(np.linalg.norm(query.astype(np.float64))) + 1e-12
        near = rough >= np.partition(rough, len(rough) - k)[len(rough) - k] - 2 * margin
        return candidates[near], rows[near] if self._stored.kept else unit(rows[near])


def exact_search(
    ids: Ids, vectors: Vectors, queries: Vectors, k: int, allowed: Ids | None = None
) -> tuple[Ids, Vectors]:
    """`VectorIndex.search` over ``ids`` (n,) and ``vectors`` (n, d) in any order, without a file and without a scan.

    The definition that the index is tested against, and the way to search a few thousand rows that are in no file yet.
    """
    ids, vectors = _checked(ids, np.asarray(vectors, dtype=np.float32))
    queries = _queries(queries, vectors.shape[1], k)
    if allowed is not None:
        kept = np.isin(ids, allowed)
        ids, vectors = ids[kept], vectors[kept]
    found = np.full((len(queries), k), NOBODY, dtype=np.int64)
    scores = np.full((len(queries), k), -np.inf, dtype=np.float32)
    for row, query in enumerate(queries):
        best, near = _best(ids, vectors, query, k)
        found[row, : len(best)], scores[row, : len(best)] = best, near
    return found, scores


def _best(ids: Ids, vectors: Vectors, query: Vectors, k: int) -> tuple[Ids, Vectors]:
    """The k best of a few rows, exactly."""
    scores = cosines(vectors, query)
    order = np.lexsort((ids, -scores))[:k]
    return ids[order], scores[order]


def cosines(vectors: NDArray[np.floating[Any]], query: Vectors) -> Vectors:
    """Inner products of ``vectors`` (n, d), numbers of float32, with ``query`` (d,), (n,): the one place where scores come
    from.

    The products of two float32 are exact in float64, and each row is added up in the same order wherever it stands, so
    equal rows have equal scores.
    """
    wide = query.astype(np.float64)
    scores = np.empty(len(vectors), dtype=np.float32)
    for start in range(0, len(vectors), _CHUNK):
        products = np.ascontiguousarray(vectors[start : start + _CHUNK], dtype=np.float64) * wide
        scores[start : start + _CHUNK] = products.sum(axis=1)
    return scores


def _places(ids: Ids, allowed: Ids) -> Ids:
    """Where the ids of ``allowed`` stand in ``ids`` (both ascend); ids that are not there are passed over."""
    wanted = np.asarray(allowed, dtype=np.int64)
    if wanted.ndim != 1 or np.any(np.diff(wanted) < 0):
        raise ValueError("the allowed ids must be one ascending row")
    if not len(ids):
        return np.empty(0, dtype=np.int64)
    if 8 * len(wanted) > len(ids):
        return np.flatnonzero(np.isin(ids, wanted))  # by a table where the ids lie close together
    places = np.searchsorted(ids, wanted)
    places = places[ids[np.minimum(places, len(ids) - 1)] == wanted]
    return np.asarray(places[np.diff(places, prepend=-1) > 0], dtype=np.int64)


def _checked(ids: Ids, vectors: NDArray[Any]) -> tuple[Ids, NDArray[Any]]:
    ids = _checked_ids(ids, vectors.shape)
    if not all(np.isfinite(vectors[start : start + _CHUNK]).all() for start in range(0, len(vectors), _CHUNK)):
        raise ValueError("vectors must be finite")
    return ids, vectors


def _checked_ids(ids: Ids, shape: tuple[int, ...]) -> Ids:
    """``ids`` of as many rows as an array of this ``shape`` has."""
    ids = np.asarray(ids, dtype=np.int64)
    if len(shape) != 2 or ids.shape != shape[:1] or not 0 < shape[1] <= MAX_DIM:
        raise ValueError(f"ids (n,) and vectors (n, d) do not fit together: {ids.shape} and {shape}")
    if len(ids) and (ids.min() < 0 or len(np.unique(ids)) != len(ids)):
        raise ValueError("ids must be unique and not negative")
    return ids


def _queries(queries: Vectors, dim: int, k: int) -> Vectors:
    queries = np.ascontiguousarray(queries, dtype=np.float32)
    if queries.ndim != 2 or queries.shape[1] != dim:
        raise ValueError(f"queries must be (q, {dim}), not {queries.shape}")
    if not np.isfinite(queries).all():
        raise ValueError("queries must be finite")
    if k < 0:
        raise ValueError(f"k must not be negative, not {k}")
    return queries
