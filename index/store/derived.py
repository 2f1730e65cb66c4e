"""The files that are made from the rows of an index: which of them are behind, and how each is made anew.

Owns when there is such a file, its name, and the order in which it and the row that names it come to be. Refuses to know
what is in it (`index.dense`, `index.store.words`), and when rows are written. For who holds the lock.

A file is published in this order: write, fsync, rename, fsync of the folder, and then the row that names it is committed.
That commit is the switch; a file no row names is swept away by the next writer.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import apsw
import numpy as np
from numpy.typing import NDArray

from index.dense import head_size, write_vectors
from index.store import disk, schema, words

WORDS_FROM = 8192
"""Passages from which on a word file is made: with fewer, FTS5 takes less than 3 ms for a question."""

_ENDINGS = dict.fromkeys(schema.KINDS, ".vectors") | {schema.WORDS: ".words"}  # earlier versions wrote others: not read
_BEHIND = 1024  # rows a file may be behind: read and searched without it in 5 ms, once per process
_FAR_BEHIND = 20_000  # … and at most, however many there are: 0.1 s for a first question, 30 MB


class Derived:
    """The files of one index. Raises errors of apsw and OSError: for use under `disk.translated`."""

    def __init__(self, folder: Path, connection: apsw.Connection) -> None:
        self._connection, self._folder = connection, folder / disk.VECTORS

    def publish(self, *, force: bool, behind: bool) -> None:
        """Makes those anew that are not current (with ``force``, all); ``behind`` lets them be so by a few rows."""
        for kind in _ENDINGS:
            if force or not self._is_current(kind, behind=behind):
                self.make(kind)
        self.sweep()

    def make(self, kind: str) -> None:
        """Makes the file of a kind anew; none where it would be empty, or of words where passages are few."""
        if kind == schema.WORDS:
            [(count,)] = self._rows("SELECT count(*) FROM passage")
            if count < WORDS_FROM:
                self._rows("DELETE FROM meta WHERE key = ?", (schema.WORDS,))
            else:
                self.make_words(words.layouts(words.Tokenizer(self._connection), words.passages(self._connection)))
        else:
            self._make_vectors(kind)

    def make_words(self, layouts: Iterable[words.Layout]) -> None:
        """Makes the word file of passages that are laid out."""
        with tempfile.TemporaryFile(prefix=".w", dir=self._folder) as scratch:
            gathered = words.Gathered(layouts, scratch)
            head, pieces = gathered.pieces()
            [(commits,)] = self._rows("SELECT value FROM meta WHERE key = 'commits'")
            row = self._written(schema.WORDS, commits, f"w{commits:08d}", pieces, head, gathered.ids, 0)
        self._rows("INSERT OR REPLACE INTO meta VALUES (?, ?)", (schema.WORDS, json.dumps(row)))

    def _make_vectors(self, kind: str) -> None:
        vectors = _Stored(self._connection, kind)
        if not len(vectors.ids):
            self._rows("DELETE FROM ann WHERE kind = ?", (kind,))
            return
        [(last,)] = self._rows("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'ann'")
        self._folder.mkdir(mode=0o700, exist_ok=True)
        pieces, head = write_vectors(vectors.ids, vectors), head_size(*vectors.shape)
        row = self._written(kind, last + 1, f"g{last + 1:08d}", pieces, head, vectors.ids, vectors.shape[1])
        with disk.transaction(self._connection):
            self._rows("DELETE FROM ann WHERE kind = ?", (kind,))
            places = ", ".join("?" * len(row))
            self._rows(f"INSERT INTO ann ({schema.FILE_COLUMNS}) VALUES ({places})", row)  # noqa: S608 - constants

    def _written(
        self,
        kind: str,
        generation: int,
        stem: str,
        pieces: Iterable[bytes],
        head: int,
        ids: NDArray[np.int64],
        dim: int,
    ) -> schema.File:
        """The row of a file of ``ids``, which is on the disk now; ``head`` are the bytes it begins with, to be checked."""
        name, digest = stem + _ENDINGS[kind], _Digest(pieces, head)
        disk.publish(self._folder, name, digest)
        return schema.File(generation, kind, name, digest.size, digest.of_head.hexdigest(), int(ids[-1]), len(ids), dim)

    def _is_current(self, kind: str, *, behind: bool) -> bool:
        """Whether the file of a kind holds exactly the rows there are; its bytes are checked by who reads them.

        ``behind``: but for a few rows that came or went since. Every row of a kind has one vector; they are not counted,
        because that would read every page of them.
        """
        table, least = ("passage", WORDS_FROM) if kind == schema.WORDS else (kind, 1)
        [(count, last)] = self._rows(f"SELECT count(*), coalesce(max(id), 0) FROM {table}")  # noqa: S608 - a constant
        file = self._named().get(kind)
        if file is None or count < least:
            return file is None and count < least
        path = self._folder / file.name
        if not path.exists() or path.stat().st_size != file.size or path.suffix != _ENDINGS[kind]:
            return False
        if not behind:
            return bool(file.n == count and file.upto >= last)
        [(tail,)] = self._rows(f"SELECT count(*) FROM {table} WHERE id > ?", (file.upto,))  # noqa: S608 - a constant
        return _is_near(file.n, count, tail)

    def sweep(self) -> None:
        """Removes files that no row names: what a killed writer or an earlier generation left."""
        named = {file.name for file in self._named().values()}
        with contextlib.suppress(FileNotFoundError):
            for path in list(self._folder.iterdir()):
                if path.name not in named and path.name.lstrip(".").startswith(("g", "w")):
                    with contextlib.suppress(OSError):  # it harms nobody; the next writer tries again
                        path.unlink()

    def _named(self) -> dict[str, schema.File]:
        """The files that rows name, by kind."""
        return {file.kind: file for file in schema.files(self._rows)}

    def _rows(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        return disk.rows(self._connection, sql, values)


def _is_near(n: int, count: int, tail: int) -> bool:
    """Whether a file of ``n`` rows may stay, where there are ``count`` now and ``tail`` of them came after it."""
    gone = n + tail - count
    return max(tail, gone) <= max(_BEHIND, min(n // 10, _FAR_BEHIND))


class _Stored:
    """The vectors of a kind by place, (n, d) float16 as they are stored: read when they are asked for."""

    def __init__(self, connection: apsw.Connection, kind: str) -> None:
        model = schema.model(dict(disk.rows(connection, "SELECT key, value FROM meta")))
        self._connection, self._dim = connection, model.dim if model else 0
        self._sql = f"SELECT vec FROM {kind}_vector WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id"  # noqa: S608
        found = disk.each(connection, f"SELECT id FROM {kind}_vector ORDER BY id")  # noqa: S608 - a constant
        self.ids = np.fromiter((id_ for (id_,) in found), np.int64)

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.ids), self._dim

    def __getitem__(self, places: NDArray[np.int64]) -> NDArray[np.float16]:
        """Those at ``places``, which ascend."""
        wanted = json.dumps(self.ids[places].tolist())
        return schema.halves([vec for (vec,) in disk.rows(self._connection, self._sql, (wanted,))], self._dim)


class _Digest:
    """Bytes on their way to a file: their number, and the SHA-256 of the first ``head`` of them."""

    def __init__(self, pieces: Iterable[bytes], head: int) -> None:
        self._pieces, self._head = pieces, head
        self.size = 0
        self.of_head = hashlib.sha256()

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            self.of_head.update(memoryview(piece)[: max(0, self._head - self.size)])
            self.size += len(piece)
            yield piece
