"""What is nearest to a vector, at one commit, and how near.

Owns the choice between a vector file and the vectors in SQLite, and what is read where one has to do without the other.
Refuses to know what the vectors stand for, and what a score is good for.

Vectors are searched in two places: the vector file, for the ids up to the highest it holds, and the rows of SQLite for
those after it (the tail). Where the file is missing or its bytes are not those its row names, everything is tail:
slower, the same answer, and a notice. Scores come from the same float16 rows in the same order of addition either way
(`index.dense`), so publishing a file changes no answer.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from index.dense import VectorIndex, cosines, exact_search, open_vectors
from index.errors import ModelMismatchError, QAError
from index.store import schema
from index.store.cache import Kept
from index.store.pinned import Opened, Pinned
from index.store.records import Filter

Scored: TypeAlias = list[tuple[int, float]]
_Found: TypeAlias = tuple[NDArray[np.int64], NDArray[np.float32]]

ASIDE_FROM = 16_384
"""Rows from which on a search in a vector file is worth a thread of its own: it takes 0.3 ms, to hand it over 0.05."""

TITLES = 4096
"""Titles whose vectors are kept between questions about one commit, 6 MB."""

_ASIDE = ThreadPoolExecutor(thread_name_prefix="search")


class Nearness:
    """The vectors of passages, or of statements."""

    def __init__(self, pinned: Pinned, kind: str) -> None:
        self._pinned, self._kind = pinned, kind

    def begin(
        self,
        query: NDArray[np.float32],
        k: int,
        where: Filter,
        speakers: Collection[str] | None = None,
        *,
        aside: bool = False,
    ) -> Callable[[], Scored]:
        """Begins to look for the ``k`` >= 0 rows within ``where``, and of ``speakers``, nearest to ``query`` (d,).

        What comes back gives, once it is called, (id, cosine), best first. Where ``aside`` is asked for, a large file is
        searched meanwhile. Raises ModelMismatchError for a query of another dimension, ValueError for one that is not
        finite.
        """
        allowed = self._pinned.allowed(self._kind, where, speakers)
        total = self._pinned.count(self._kind) if allowed is None else len(allowed)
        if self._pinned.model is None or not total or not k:
            return list  # nothing
        row, k = _unit(query, self._pinned), min(k, total)
        file, upto = self.file()
        in_file: Callable[[], _Found] | None = None
        if file is not None:
            live = allowed if allowed is not None else self._pinned.live(self._kind, upto, len(file))
            in_file = partial(file.search, row[None, :], k, None if live is None else live[live <= upto])
            if aside and min(total, len(file)) >= ASIDE_FROM:
                in_file = _ASIDE.submit(in_file).result
        return partial(self._found, row, k, allowed, upto, in_file)

    def _found(
        self,
        row: NDArray[np.float32],
        k: int,
        allowed: NDArray[np.int64] | None,
        upto: int,
        in_file: Callable[[], _Found] | None,
    ) -> Scored:
        """The end of a search: what the file holds, which ends with ``upto``, and what came after it."""
        best: Scored = []
        if in_file is not None:
            try:
                best += _pairs(*in_file())
            except QAError:
                self._pinned.give_up(self._kind)
                upto = 0
        ids, vectors = self._tail(upto)
        if len(ids):
            best += _pairs(*exact_search(ids, vectors, row[None, :], k, allowed))
        return sorted(best, key=lambda pair: (-pair[1], pair[0]))[:k]

    def cosines(self, ids: list[int], *queries: NDArray[np.float32]) -> list[NDArray[np.float64]]:
        """The cosine of each row with each query, (len(ids),) each. Raises as `begin`."""
        rows = self.vectors(ids) if ids else np.empty((0, self._pinned.dim), np.float32)
        wide = rows.astype(np.float64)  # once for all queries
        return [cosines(wide, _unit(query, self._pinned)).astype(np.float64) for query in queries]

    def vectors(self, ids: list[int]) -> NDArray[np.float32]:
        """The unit rows (len(ids), d), from the vector file where all are in it."""
        file, upto = self.file()
        if file is not None and max(ids) <= upto:
            live = self._pinned.live(self._kind, upto, len(file))
            wanted = np.array(ids, np.int64)
            if live is None or bool(np.isin(wanted, live).all()):
                try:
                    return file.vectors(wanted)
                except QAError:
                    self._pinned.give_up(self._kind)
        sql = f"SELECT id, vec FROM {self._kind}_vector WHERE id"  # noqa: S608 - a constant
        found = dict(self._pinned.among(sql, ids))
        return schema.unpack_vectors([found[id_] for id_ in ids], self._pinned.dim)

    def file(self) -> tuple[VectorIndex | None, int]:
        """The vector file that may be used, and the highest id in it; (None, 0) where there is none."""
        return self._pinned.file(self._kind, _loaded)

    def read_ahead(self, enough: Callable[[], bool]) -> None:
        """Does now what searches would do bit by bit, where it is little, until it is ``enough``."""
        file, _ = self.file()
        if file is not None:
            file.read_ahead(enough)

    def _tail(self, upto: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Ids after ``upto`` (n,) and their rows (n, d)."""
        sql = f"SELECT id, vec FROM {self._kind}_vector WHERE id > ? ORDER BY id"  # noqa: S608 - a constant

        def load() -> _Found:
            rows = self._pinned.rows(sql, (upto,))
            vectors = schema.unpack_vectors([vec for _, vec in rows], self._pinned.dim)
            return np.array([id_ for id_, _ in rows], np.int64), vectors

        return self._pinned.kept(("tail", self._kind, upto), load)


class Titles:
    """The vectors of titles, which no file holds: a document has one at most."""

    def __init__(self, pinned: Pinned) -> None:
        self._pinned = pinned

    def cosines(self, documents: NDArray[np.int64], query: NDArray[np.float32]) -> NDArray[np.float64]:
        """The cosine of each document's title with ``query``, (len(documents),); 0.0 without a title. Raises as
        `Nearness.begin`."""
        row = _unit(query, self._pinned)
        if not len(documents):
            return np.zeros(0)
        distinct, places = np.unique(documents, return_inverse=True)
        titles = np.array(list(self._kept().get(distinct.tolist(), self._rows).values()))
        return cosines(titles, row).astype(np.float64)[places]

    def read_ahead(self) -> None:
        """Reads now those of as many documents as are kept."""
        self._kept().get(self._pinned.ids("SELECT id FROM document LIMIT ?", (TITLES,)).tolist(), self._rows)

    def _kept(self) -> Kept[int, NDArray[np.float32]]:
        return self._pinned.kept("titles", lambda: Kept(TITLES))

    def _rows(self, documents: list[int]) -> dict[int, NDArray[np.float32]]:
        """The unit row of each title (d,); zeros where there is none."""
        rows = dict(self._pinned.among("SELECT id, vec FROM title_vector WHERE id", documents))
        vectors = schema.unpack_vectors(list(rows.values()), self._pinned.dim)
        nothing = np.zeros(self._pinned.dim, dtype=np.float32)
        return dict.fromkeys(documents, nothing) | dict(zip(rows, vectors, strict=True))


def _loaded(file: Opened) -> VectorIndex | None:
    """The index in a vector file, if it holds what its row says."""
    index, row = open_vectors(file.handle, file.row.begins), file.row
    fits = len(index) == row.n and index.dim == row.dim and int(index.ids[-1]) == row.upto
    return index if fits else None


def _unit(query: NDArray[np.float32], pinned: Pinned) -> NDArray[np.float32]:
    """A query as a unit row of the right dimension."""
    row = np.asarray(query, dtype=np.float32)
    if row.shape != (pinned.dim,):
        name = pinned.model.name if pinned.model else "no model"
        raise ModelMismatchError(
            f"the index holds vectors of {pinned.dim} numbers ({name}), the question has {row.shape}",
            "Type: qa index --rebuild",
        )
    if not np.isfinite(row).all():
        raise ValueError("the query must be finite")
    length = float(np.linalg.norm(row.astype(np.float64)))
    return (row / np.float32(length)) if length else row


def _pairs(ids: NDArray[np.int64], scores: NDArray[np.float32]) -> Scored:
    """The first row of a search, without the places that nothing filled."""
    return [(id_, score) for id_, score in zip(ids[0].tolist(), scores[0].tolist(), strict=True) if id_ >= 0]
