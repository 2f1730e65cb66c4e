"""One commit of the index, held while a question reads it: its rows, and the files that its rows name.

Owns the transaction that pins it, the opened files, what the user is told where one of them cannot be used, and which
rows a filter leaves. Refuses to know what is in a row or a file, and what is asked of them.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Collection, Hashable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import apsw
import numpy as np
from numpy.typing import NDArray

from index.errors import QAError
from index.store import disk, schema
from index.store.cache import Cache
from index.store.records import Filter, Model
from index.store.schema import File

_T = TypeVar("_T")

FRESH_TRIES = 5
"""A vector file can be swept between reading its row and opening it; then a newer row is there. Five in a row cannot
be."""

EVERYWHERE = Filter()
DAY = "substr(d.date, 1, 10)"
_REPAIR = "Type: qa check --repair"


class Opened:
    """A file that a row names, opened: it can be read even when it is swept meanwhile."""

    def __init__(self, folder: Path, row: File) -> None:
        """Raises FileNotFoundError where the file is not there."""
        self.row = row
        self.handle = os.open(folder / disk.VECTORS / row.name, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)

    @property
    def key(self) -> Hashable:
        """What tells it from the files of its kind before and after it, also from one that a repair made of the same bytes."""
        return self.row.generation, self.row.head, os.fstat(self.handle).st_ino

    def loaded(self, load: Callable[[Opened], _T | None]) -> _T | None:
        """What ``load`` makes of the file; None where its bytes are not the ones that were written."""
        try:
            return load(self) if os.fstat(self.handle).st_size == self.row.size else None
        except (OSError, QAError):
            return None


class Pinned:
    """The index at one commit, for one thread, until it is closed.

    ``id`` names the content, ``model`` what made its vectors, ``pipeline`` what made its rows; ``notices`` are told to
    the user. What reads rows raises IndexDamagedError and StorageError.
    """

    def __init__(
        self, folder: Path, connection: apsw.Connection, cache: Cache, give_back: Callable[[apsw.Connection], None]
    ) -> None:
        """``give_back`` is given the connection when this is closed, also where it could not be opened."""
        self.folder = folder
        self._connection: apsw.Connection | None = connection
        self._cache = cache
        self._give_back = give_back
        self._files: dict[str, Opened] = {}
        self.notices: list[str] = []
        try:
            self._begin()
            meta: dict[str, Any] = dict(self.rows("SELECT key, value FROM meta"))
        except BaseException:
            self.close()
            raise
        self.id = f"{meta.get('commits', 0)}-{meta.get('chain', b'').hex()[:12] or 'empty'}"
        self.model: Model | None = schema.model(meta)
        self.pipeline: str | None = meta.get("pipeline")

    def close(self) -> None:
        """Lets go of it; a second time does nothing."""
        for file in self._files.values():
            os.close(file.handle)
        self._files.clear()
        connection, self._connection = self._connection, None
        if connection is not None:
            self._give_back(connection)

    def _begin(self) -> None:
        """Pins the commit, and opens the files its rows name."""
        for attempt in range(FRESH_TRIES):
            self.rows("BEGIN")
            missing = [row for row in schema.files(self.rows) if not self._open(row)]
            if not missing:
                return
            if attempt + 1 < FRESH_TRIES:
                self.rows("ROLLBACK")
        self.notices += [_unusable(row.kind) for row in missing]

    def _open(self, row: File) -> bool:
        old = self._files.pop(row.kind, None)
        if old is not None:
            os.close(old.handle)
        try:
            self._files[row.kind] = Opened(self.folder, row)
        except OSError:
            return False
        return True

    @property
    def dim(self) -> int:
        """Numbers of a vector; 0 where there are none."""
        return self.model.dim if self.model else 0

    @property
    def connection(self) -> apsw.Connection:
        """For what only SQLite can do, under `disk.translated`."""
        assert self._connection is not None, "a snapshot is used before it is closed"
        return self._connection

    def kept(self, key: Hashable, make: Callable[[], _T]) -> _T:
        """What was made for ``key`` of this commit, now or for a question before."""
        return self._cache.get(self.id, key, make)

    # ----------------------------------------------------------------------------------------------------------- rows

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """All rows of a statement."""
        with disk.translated(self.folder):
            return disk.rows(self.connection, sql, values)

    def among(
        self, sql: str, ids: Sequence[int] | Sequence[str], values: Sequence[object] = ()
    ) -> list[tuple[Any, ...]]:
        """All rows of a statement whose last condition names a column: where that is one of ``ids``, however many."""
        sql += " IN (SELECT value FROM json_each(?))"
        return self.rows(sql, (*values, json.dumps(ids))) if ids else []

    def ids(self, sql: str, values: Sequence[object]) -> NDArray[np.int64]:
        """The only column of a statement (n,)."""
        return np.array([id_ for (id_,) in self.rows(sql, values)], dtype=np.int64)

    def each(self, sql: str, values: Sequence[object] = ()) -> Iterator[tuple[Any, ...]]:
        """`rows`, one in memory at a time, until it is closed."""
        cursor = self.connection.cursor()
        with contextlib.closing(cursor):
            with disk.translated(self.folder):
                cursor.execute(sql, tuple(values))
            while True:
                with disk.translated(self.folder):
                    row = next(cursor, None)
                if row is None:
                    return
                yield row

    # ------------------------------------------------------------------------------------------- which rows there are

    def count(self, kind: str, where: Filter = EVERYWHERE) -> int:
        """How many rows of a kind are within ``where``."""
        condition, values = restriction(where)
        join = "JOIN document d ON d.id = t.document" if values else ""
        sql = f"SELECT count(*) FROM {kind} t {join} WHERE {condition}"  # noqa: S608 - constants
        return self.kept(("count", kind, where), lambda: int(self.rows(sql, values)[0][0]))

    def allowed(
        self, kind: str, where: Filter = EVERYWHERE, speakers: Collection[str] | None = None
    ) -> NDArray[np.int64] | None:
        """The ids of a kind within ``where``, of statements only those of ``speakers``, ascending; None where all."""
        if not where and speakers is None:
            return None
        names = None if speakers is None else tuple(sorted(set(speakers)))
        condition, values = restriction(where, names)
        join = "JOIN document d ON d.id = t.document" if where else ""
        sql = f"SELECT t.id FROM {kind} t {join} WHERE {condition} ORDER BY t.id"  # noqa: S608 - constants
        return self.kept(("allowed", kind, where, names), lambda: self.ids(sql, values))

    def live(self, kind: str, upto: int, in_file: int) -> NDArray[np.int64] | None:
        """The ids up to ``upto`` that are still there, or None where those are all that a file of ``in_file`` rows holds.

        Ids are never given twice, so the rows up to ``upto`` are a subset of the file's, and equal counts mean equal
        sets.
        """
        up_to = f"FROM {kind} WHERE id <= ?"

        def load() -> NDArray[np.int64] | None:
            [(count,)] = self.rows("SELECT count(*) " + up_to, (upto,))
            return None if count == in_file else self.ids(f"SELECT id {up_to} ORDER BY id", (upto,))

        return self.kept(("live", kind, upto), load)

    # ---------------------------------------------------------------------------------------------------------- files

    def file(self, kind: str, load: Callable[[Opened], _T | None]) -> tuple[_T | None, int]:
        """What ``load`` made of the file of a kind, and the highest id in it; (None, 0) where none may be used."""
        opened = self._files.get(kind)
        if opened is None:
            return None, 0
        file = self._cache.file(kind, opened.key, partial(opened.loaded, load))
        if file is None:
            self._tell(kind)
            return None, 0
        return file, opened.row.upto

    def give_up(self, kind: str) -> None:
        """Something in a file is not as it was written: it is used no more."""
        self._cache.spoil(kind, self._files[kind].key)
        self._tell(kind)

    def _tell(self, kind: str) -> None:
        notice = _unusable(kind)
        self.notices += [] if notice in self.notices else [notice]


def restriction(where: Filter, speakers: Collection[str] | None = None) -> tuple[str, list[object]]:
    """A filter as SQL over document d (and statement t), with its values. No values: it restricts nothing."""
    terms: list[tuple[str, object | None]] = [
        ("d.source = ? COLLATE NOCASE", where.source),
        (f"{DAY} >= ?", where.since),
        (f"{DAY} <= ?", where.until),
        (f"ifnull({DAY} <= ?, 1)", where.as_of),
        ("d.language = ?", where.language),
        ("t.speaker IN (SELECT value FROM json_each(?))", None if speakers is None else json.dumps(sorted(speakers))),
    ]
    given = [(term, value) for term, value in terms if value is not None]
    return " AND ".join(term for term, _ in given) or "1", [value for _, value in given]


def _unusable(kind: str) -> str:
    if kind == schema.WORDS:
        return "The word file is missing or damaged; words are looked up without it, which is slower. " + _REPAIR
    return f"The vector file of the {kind}s is missing or damaged; they are searched without it, which is slower. {_REPAIR}"
