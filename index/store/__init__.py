"""The folder an index lives in: the only writer, snapshots for readers, checks and repairs.

Owns where an index is found, who may write to it, and what happens when the disk lies. Refuses to know how articles are
read, what a model is, or what a question means.

One SQLite file is the truth and the only commit point (`index.store.disk`, `index.store.schema`). It is changed in
batches, each in one transaction (`index.store.writer`), and read through snapshots that one commit left
(`index.store.snapshot`). Vector files are made from it, checked before they are used, and never needed for a right
answer.

>>> import tempfile
>>> with open_store(tempfile.mkdtemp(), create=True) as store, store.snapshot() as snapshot:
...     len(snapshot)
0
"""

from __future__ import annotations

import os
import threading
from functools import partial
from pathlib import Path

import apsw

from index.errors import NoIndexError, StorageError
from index.store import disk, schema
from index.store.cache import Cache
from index.store.check import FATAL, examine, indexed_paths
from index.store.records import (
    OWED,
    UNFINISHED,
    WAITING,
    Article,
    FileMark,
    Filter,
    Indexed,
    Model,
    Problem,
    Repair,
    Stats,
)
from index.store.snapshot import Snapshot
from index.store.writer import Writer, renew

__all__ = [
    "OWED",
    "UNFINISHED",
    "WAITING",
    "Article",
    "FileMark",
    "Filter",
    "Indexed",
    "Model",
    "Problem",
    "Repair",
    "Snapshot",
    "Stats",
    "Store",
    "Writer",
    "open_store",
]

_IDLE = 4  # connections kept between questions: opening one costs a millisecond and a cold page cache


def open_store(path: str | os.PathLike[str] | None = None, *, create: bool = False) -> Store:
    """The index in the folder ``path``; without it, the one QA_INDEX names, or ``.qa`` here or in a folder above.

    ``create`` makes it where there is none (without a path: ``.qa`` here). Raises NoIndexError where there is none,
    StorageError where the folder cannot be made, holds something else, or may be written by other users. Damage and
    other formats are found by the first snapshot or writer.
    """
    folder = _folder(path)
    if folder is None:
        if not create:
            raise NoIndexError(f"No index in {Path.cwd()} or above", "Type: qa index PATH")
        folder = Path.cwd() / disk.FOLDER
    if folder.exists() and not folder.is_dir():
        raise StorageError(f"{folder} is a file, and an index is a folder", "Name another folder, or an empty one.")
    if create:
        disk.create(folder, schema.SCHEMA)
    elif not (folder / disk.DATABASE).exists():
        raise NoIndexError(f"No index in {folder}", "Type: qa index PATH")
    disk.refuse_open_folder(folder)
    return Store(folder)


def _folder(path: str | os.PathLike[str] | None) -> Path | None:
    named = os.fspath(path) if path is not None else os.environ.get("QA_INDEX")
    if named:
        return Path(named).absolute()
    here = Path.cwd()
    places = (place / disk.FOLDER for place in (here, *here.parents))
    return next((place for place in places if (place / disk.DATABASE).exists()), None)


class Store:
    """An index on disk; a context manager. Any number of threads and processes may read, one at a time may write."""

    def __init__(self, folder: Path) -> None:
        """Made by `open_store`."""
        self.path = folder
        self._lock = threading.Lock()
        self._idle: list[apsw.Connection] = []
        self._identity: tuple[int, int] | None = None
        self._cache = Cache()
        self._closed = False

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of every connection that no snapshot holds; those follow when they are closed."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            disk.close(connection)

    def snapshot(self) -> Snapshot:
        """The index as the last commit left it. Raises NoIndexError, IndexDamagedError, StorageError."""
        while True:
            identity = disk.identity(self.path)
            connection = self._take(identity) or disk.connect(self.path, write=False)
            snapshot = Snapshot(self.path, connection, self._cache, partial(self._give_back, identity))
            try:
                if disk.identity(self.path) == identity:
                    return snapshot
            except NoIndexError:
                snapshot.close()
                raise
            snapshot.close()  # repaired just now: what was opened may be half the old index, half the new

    def _take(self, identity: tuple[int, int]) -> apsw.Connection | None:
        """An idle connection to the very file that is there; those to one that was there before are dropped."""
        with self._lock:
            if identity == self._identity:
                return self._idle.pop() if self._idle else None
            self._identity = identity
            self._cache = Cache()
            idle, self._idle = self._idle, []
        for connection in idle:
            disk.close(connection)
        return None

    def _give_back(self, identity: tuple[int, int], connection: apsw.Connection) -> None:
        try:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        except apsw.Error:
            disk.close(connection)
            return
        with self._lock:
            if not self._closed and identity == self._identity and len(self._idle) < _IDLE:
                self._idle.append(connection)
                return
        disk.close(connection)

    def writer(self, *, rebuild: bool = False) -> Writer:
        """The right to write, on entering. ``rebuild`` starts from nothing.

        A store that can be read is emptied by the first commit; one that cannot goes to quarantine/ at once.
        """
        return Writer(self.path, rebuild=rebuild)

    def check(self, deep: bool = False) -> list[Problem]:
        """Everything that is wrong with the index; ``deep`` also compares the source files. Empty: all is well.

        Looks at every page, tree and checksum, every span against its text, every vector's size, and every byte of the
        vector files. Raises NoIndexError, StorageError.
        """
        return examine(self.path, deep=deep)

    def repair(self) -> Repair:
        """Puts right what `check` calls repairable. Nothing is deleted: what is damaged goes to quarantine/.

        Word indexes and vector files are made again. A damaged database is set aside and an empty one put in its place;
        `Repair.reindex` then lists the files to index again, and the empty one follows what the other did, as far as they
        could be read. Raises IndexLockedError.
        """
        problems = self.check()
        kinds = {problem.kind for problem in problems if problem.repairable}
        if not kinds:
            return Repair((), ())
        if kinds & FATAL:
            return self._start_again()
        done = []
        with self.writer() as writer:
            if "words" in kinds:
                writer.rebuild_words()
                writer.publish()
                done.append("made the word index again")
            if "vectors" in kinds:
                place = self._set_vectors_aside()
                writer.publish(force=True)
                done.append(f"made the vector files again; the old ones are in {place}")
        return Repair(tuple(done), ())

    def _set_vectors_aside(self) -> Path:
        with disk.translated(self.path):
            return disk.set_aside(self.path, sorted((self.path / disk.VECTORS).glob("[gw]*.*")))

    def _start_again(self) -> Repair:
        with disk.Lock(self.path), disk.translated(self.path):
            if not {problem.kind for problem in self.check()} & FATAL:  # another process was faster
                return Repair((), ())
            paths = indexed_paths(self.path)
            place = renew(self.path)
        done = f"set the damaged index aside in {place} and began an empty one"
        return Repair((done,), tuple(paths))
