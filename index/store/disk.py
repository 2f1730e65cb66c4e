"""The folder on disk: its names, its lock, how SQLite is opened and a file published, what a refusal means.

Owns every call that must be durable or may be refused, and the only translation of their errors. Refuses to know what
the tables hold.

    .qa/                    0700, its files 0600
      LOCK                  flock of the one writer; the text in it is for a message only; never unlinked
      store.db              SQLite with a checksum on every page: the only truth, the only commit point
      ann/g00000042.vectors immutable, named by exactly one row of store.db; derived, can always be made again
      quarantine/           what was damaged; never deleted by this program

Only this program may write to store.db: a tool without the checksum layer (``sqlite3``) would leave pages that are then
refused as damaged.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
import shutil
import stat
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import apsw
import apsw.sqlite_extra

from index.errors import IndexDamagedError, IndexLockedError, NoIndexError, QAError, StorageError

FOLDER = ".qa"
DATABASE = "store.db"
VECTORS = "ann"
QUARANTINE = "quarantine"
LOCK = "LOCK"

APPLICATION = 0x71612D31
"""SQLite's application_id of a store: "qa-1"."""

FORMAT = 4
"""SQLite's user_version. Raised when the tables change; there is no migration yet, an index is made again."""

RESERVED = 8
"""Bytes at the end of each page for its checksum: what the cksumvfs extension asks for."""

BUSY_MS = 5000
"""How long a statement waits for another process that recovers or resets the log. Readers and the writer do not block
each other otherwise."""

LOG_BYTES = 64 << 20
"""What the write-ahead log is cut back to after a checkpoint."""

CACHE_KIB = 16384
"""Page cache of a connection: holds the inner pages of some 100,000 passages."""

SAFE_SQLITE = (3, 51, 3)
SAFE_PATCHES = ((3, 44, 6), (3, 50, 7))
"""Releases before these can corrupt a database in WAL mode (sqlite.org/wal.html, the WAL-reset bug)."""

_REPAIR = "Type: qa check --repair"
_loading = threading.Lock()


# -------------------------------------------------------------------------------------------- errors, translated once


class OtherFormatError(StorageError):
    """The index was made by a version of this program whose tables are different."""


class NewerFormatError(OtherFormatError):
    """… which is newer: there is nothing wrong with the index."""


@contextlib.contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turns errors of SQLite and of the operating system into ours; ``path`` is the index folder."""
    try:
        yield
    except apsw.Error as error:
        raise _from_sqlite(error, path) from error
    except OSError as error:
        raise _from_system(error, path) from error


def _from_sqlite(error: apsw.Error, path: Path) -> QAError:
    code = getattr(error, "extendedresult", 0)
    if code == apsw.SQLITE_IOERR_DATA:  # SQLite calls it a disk I/O error
        return damaged(path, "a page does not match its checksum")
    if isinstance(error, (apsw.CorruptError, apsw.NotADBError)) or code in (
        apsw.SQLITE_IOERR_SHORT_READ,
        apsw.SQLITE_IOERR_CORRUPTFS,
    ):
        return damaged(path, _first_line(error))
    if isinstance(error, apsw.FullError):
        return _full(path)
    if isinstance(error, (apsw.BusyError, apsw.LockedError)):
        return IndexLockedError(f"{path} is held by another process ({_first_line(error)})", "Try again in a moment.")
    if isinstance(error, (apsw.ReadOnlyError, apsw.CantOpenError, apsw.PermissionsError, apsw.AuthError)):
        return StorageError(
            f"{path} cannot be opened or written: {_first_line(error)}", f"Check who may write to {path}."
        )
    if isinstance(error, apsw.IOError):
        return StorageError(f"The disk refused an operation on {path}: {_first_line(error)}", _kept())
    if isinstance(error, apsw.NoMemError):
        return StorageError(f"Not enough memory for an operation on {path}")
    if isinstance(error, (apsw.SQLError, apsw.FormatError)):  # our SQL is constant: the tables are not those we made
        return damaged(path, _first_line(error))
    return StorageError(f"SQLite refused an operation on {path}: {_first_line(error)}", _kept())


def _from_system(error: OSError, path: Path) -> QAError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return _full(path)
    where = os.fsdecode(error.filename) if isinstance(error.filename, (str, bytes)) else str(path)
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return StorageError(f"{where} cannot be written: {error.strerror}", f"Check who may write to {path}.")
    return StorageError(f"The disk refused an operation on {where}: {error.strerror or error}", _kept())


def damaged(path: Path, what: str) -> IndexDamagedError:
    """The error for an index whose checksums or invariants do not hold."""
    return IndexDamagedError(f"The index {path} is damaged: {what}. Your articles are not affected.", _REPAIR)


def _full(path: Path) -> StorageError:
    free = "?"
    with contextlib.suppress(OSError):
        free = f"{shutil.disk_usage(path).free / 1e6:,.1f}"
    return StorageError(
        f"The disk is full: {free} MB are free at {path}.", f"{_kept()} Free some space, then run it again."
    )


def _kept() -> str:
    return "What was acknowledged before is in the index; the batch in hand is not."


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__


# ------------------------------------------------------------------------------------------------------------- SQLite


def connect(folder: Path, *, write: bool) -> apsw.Connection:
    """A connection to the store in ``folder``, ready to use.

    Without ``write`` it can change nothing; where the folder is read-only it opens the file as it lies. Raises
    NoIndexError, IndexDamagedError, StorageError (also for a store of another format).
    """
    database = folder / DATABASE
    with translated(folder):
        identity(folder)
        connection = _open_as_it_lies(folder, database) if not write else _open(database, write=True)
        try:
            _check_kind(folder, connection)
        except BaseException:
            close(connection)
            raise
    return connection


def _open(database: Path, *, write: bool, immutable: bool = False) -> apsw.Connection:
    load_checksums()
    name = database.absolute().as_uri() + ("?immutable=1" if immutable else "")
    flags = apsw.SQLITE_OPEN_URI | (apsw.SQLITE_OPEN_READONLY if immutable else apsw.SQLITE_OPEN_READWRITE)
    connection = apsw.Connection(name, flags=flags, vfs="cksmvfs")
    try:
        connection.set_busy_timeout(BUSY_MS)
        for setting in (
            "synchronous = FULL",  # NORMAL loses acknowledged commits when the power fails
            "foreign_keys = ON",
            "temp_store = MEMORY",  # nothing of the articles in /tmp
            "mmap_size = 0",  # mapped pages would pass by the checksum
            f"cache_size = -{CACHE_KIB}",
            f"journal_size_limit = {LOG_BYTES}",
        ):
            connection.execute(f"PRAGMA {setting}")
        if not write:
            connection.execute("PRAGMA query_only = ON")
            # On closing, SQLite would delete the log by its name: of another store, where this one was set aside.
            connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
    except BaseException:
        close(connection)
        raise
    return connection


def _open_as_it_lies(folder: Path, database: Path) -> apsw.Connection:
    """For reading. SQLite cannot share memory in a read-only folder; but then there is no writer to share it with."""
    try:
        connection = _open(database, write=False)
        try:
            connection.execute("SELECT count(*) FROM sqlite_schema").fetchall()
        except BaseException:
            close(connection)
            raise
        return connection
    except (apsw.CantOpenError, apsw.ReadOnlyError):
        log = database.with_name(DATABASE + "-wal")
        if log.exists() and log.stat().st_size:
            raise StorageError(
                f"{folder} is read-only and holds the unfinished work of an interrupted run",
                "Open it once where it can be written: qa status",
            ) from None
    return _open(database, write=False, immutable=True)


def _check_kind(folder: Path, connection: apsw.Connection) -> None:
    kind = connection.pragma("application_id")
    version = connection.pragma("user_version")
    if kind != APPLICATION or connection.reserve_bytes() != RESERVED:
        raise damaged(folder, f"{DATABASE} does not begin like a store of this program")
    if version != FORMAT:
        kind, age, step = OtherFormatError, "an older", "Type: qa index --rebuild"
        if version > FORMAT:
            kind, age, step = (
                NewerFormatError,
                "a newer",
                "Update this program, or begin again: qa index --rebuild",
            )
        raise kind(
            f"{folder} was made by {age} version of this program: format {version}, this one reads {FORMAT}", step
        )


def rescued_paths(folder: Path, table: str) -> list[bytes]:
    """The paths in a table (source or root) of a store of any format, as far as they can still be read; sorted.

    With its log, which holds what was committed last where a run was killed, and as the file lies, where the log is what is
    broken.
    """
    paths: set[bytes] = set()
    for immutable in (False, True):
        with contextlib.suppress(Exception):  # whatever is broken: what was read before it counts
            connection = _open(folder / DATABASE, write=False, immutable=immutable)
            try:
                for (path,) in each(connection, f"SELECT path FROM {table}"):  # noqa: S608 - a constant
                    paths.add(path)
            finally:
                close(connection)
    return sorted(paths)


def close(connection: apsw.Connection) -> None:
    """Closes it. SQLite may fold its log in here and fail; then the next one does it, from a log that is as durable."""
    with contextlib.suppress(apsw.Error):
        connection.close()


def rows(connection: apsw.Connection, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
    """All rows of a statement. Raises errors of apsw: for use under `translated`."""
    found: list[tuple[Any, ...]] = connection.execute(sql, tuple(values)).fetchall()
    return found


def each(connection: apsw.Connection, sql: str, values: Sequence[object] = ()) -> Iterator[tuple[Any, ...]]:
    """`rows`, one in memory at a time."""
    yield from connection.execute(sql, tuple(values))


@contextlib.contextmanager
def transaction(connection: apsw.Connection) -> Iterator[None]:
    """All that is written inside, on the disk when this is left; or, after any error, nothing of it. For use under
    `translated`."""
    rows(connection, "BEGIN IMMEDIATE")
    try:
        yield
        rows(connection, "COMMIT")
    except BaseException:
        with contextlib.suppress(Exception):  # the first error is the one to tell
            rows(connection, "ROLLBACK")
        raise


def load_checksums() -> None:
    """Registers the page checksum layer with SQLite, once per process. Raises StorageError where it cannot be had."""
    with _loading:
        if "cksmvfs" in apsw.vfs_names():
            return
        version = tuple(int(part) for part in apsw.sqlite_lib_version().split(".")[:3])
        patched = any(version[:2] == safe[:2] and version >= safe for safe in SAFE_PATCHES)
        if version < SAFE_SQLITE and not patched:
            raise StorageError(
                f"SQLite {apsw.sqlite_lib_version()} can corrupt an index; 3.51.3 or later is needed",
                "Type: pip install --upgrade apsw",
            )
        default = apsw.vfs_names()[0]
        connection = apsw.Connection(":memory:")
        try:
            apsw.sqlite_extra.load(connection, "cksumvfs")
        except (LookupError, apsw.sqlite_extra.NotAvailable, apsw.Error) as error:
            raise StorageError(
                f"This installation of apsw has no page checksums ({error})",
                "Type: pip install --force-reinstall --only-binary apsw apsw",
            ) from error
        finally:
            close(connection)
        apsw.set_default_vfs(default)  # the extension made itself the default for everybody in this process


def create(folder: Path, script: str) -> None:
    """Makes the folder and, in one rename, a store with the tables of ``script``. Does nothing where there is one.

    Raises StorageError where the folder holds something else, IndexLockedError where another process is at it.
    """
    with translated(folder):
        if (folder / DATABASE).exists():
            return
        if folder.exists() and not _is_ours(folder):
            raise StorageError(f"{folder} is not empty and holds no index", "Name another folder, or an empty one.")
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / VECTORS).mkdir(mode=0o700, exist_ok=True)
        with Lock(folder):
            if not (folder / DATABASE).exists():
                create_locked(folder, script)


def create_locked(folder: Path, script: str) -> None:
    """`create` for who holds the lock. A log lying there is of a store that is gone, and must not be replayed."""
    leftovers = [folder / f"{DATABASE}{end}" for end in ("-wal", "-shm") if (folder / f"{DATABASE}{end}").exists()]
    if leftovers:
        set_aside(folder, leftovers)
    fresh = folder / f".{DATABASE}.new"
    for end in ("", "-wal", "-shm", "-journal"):
        fresh.with_name(fresh.name + end).unlink(missing_ok=True)
    os.close(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600))
    connection = _open(fresh, write=True)
    try:
        connection.reserve_bytes(reserve=RESERVED)
        with connection:
            connection.execute(script)
            connection.pragma("application_id", APPLICATION)
            connection.pragma("user_version", FORMAT)
        connection.pragma("journal_mode", "wal")  # only now: what is committed lies in this one file
    finally:
        close(connection)
    sync_file(fresh)
    fresh.rename(folder / DATABASE)
    sync_folder(folder)


def _is_ours(folder: Path) -> bool:
    """Whether the folder is empty but for what a store leaves in it."""
    ours = {LOCK, VECTORS, QUARANTINE}
    names = [path.name for path in folder.iterdir()]
    return all(name in ours or DATABASE in name for name in names)


def refuse_open_folder(folder: Path) -> None:
    """Raises StorageError where other users may write to the folder: what it holds would not be what was indexed."""
    with translated(folder):
        mode = folder.stat().st_mode
    if mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise StorageError(f"Other users may write to the index {folder}", f"Type: chmod go-w {folder}")


# --------------------------------------------------------------------------------------------------------------- lock


class Lock:
    """The right to write, held by one process at a time; the system gives it back when that ends, however it ends."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / LOCK
        self._file = -1

    def __enter__(self) -> Lock:
        """Raises IndexLockedError at once where another holds it, StorageError where the folder cannot be written."""
        with translated(self._path.parent):
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                holder = os.pread(self._file, 200, 0).decode("utf-8", "replace")
                self._close()
                raise self._locked(holder) from None
            except BaseException:
                self._close()
                raise
            os.ftruncate(self._file, 0)
            started = time.strftime("%Y-%m-%d %H:%M:%S")
            with contextlib.suppress(OSError):  # for a message only: a full disk must not take the lock away
                os.pwrite(self._file, f"{os.getpid()} {started}\n".encode(), 0)
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def _close(self) -> None:
        os.close(self._file)
        self._file = -1

    def _locked(self, holder: str) -> IndexLockedError:
        pid, _, started = holder.strip().partition(" ")
        who = f"pid {pid}, started {started}" if pid.isdigit() else "it has just begun"
        return IndexLockedError(
            f"Another run ({who}) is writing to {self._path.parent}", "Wait until it has ended, then try again."
        )


# -------------------------------------------------------------------------------------------------------------- files


def publish(folder: Path, name: str, pieces: Iterable[bytes]) -> None:
    """Puts an immutable file there, whole and durable, or nothing: its name appears only after its bytes are on disk.

    Raises OSError; what was begun is then removed.
    """
    temporary = folder / f".{name}.tmp"
    temporary.unlink(missing_ok=True)
    handle = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        try:
            for piece in pieces:
                view = memoryview(piece)
                while view:
                    view = view[os.write(handle, view) :]
            _sync(handle)
        finally:
            os.close(handle)
        temporary.rename(folder / name)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(folder)


def sync_file(path: Path) -> None:
    """Waits until the bytes of ``path`` are on disk."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        _sync(handle)
    finally:
        os.close(handle)


def sync_folder(folder: Path) -> None:
    """Waits until the names in ``folder`` are on disk."""
    sync_file(folder)


def _sync(handle: int) -> None:
    """fsync; on macOS that stops at the drive's cache, F_FULLFSYNC goes through it."""
    full = getattr(fcntl, "F_FULLFSYNC", None)
    if full is not None:
        with contextlib.suppress(OSError):  # not every file system has it
            fcntl.fcntl(handle, full)
            return
    os.fsync(handle)


def set_aside(folder: Path, paths: list[Path]) -> Path:
    """Moves what is there of ``paths`` into a new folder under quarantine/, and gives that."""
    stamp = time.strftime("%Y%m%dT%H%M%S")
    (folder / QUARANTINE).mkdir(mode=0o700, exist_ok=True)
    for attempt in range(1000):
        place = folder / QUARANTINE / (f"{stamp}-{attempt}" if attempt else stamp)
        with contextlib.suppress(FileExistsError):
            place.mkdir(mode=0o700)
            break
    for path in paths:
        with contextlib.suppress(FileNotFoundError):
            path.rename(place / path.name)
    sync_folder(place)
    sync_folder(folder)
    return place


def digest(path: str) -> str:
    """The BLAKE2b-128 of a file's bytes in hex, as its mark has it. Raises OSError, also for what is no file any more: a pipe
    would be waited for."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    with open(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, "not a regular file", path)
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()


def identity(folder: Path) -> tuple[int, int]:
    """Which file store.db is at this moment. Raises NoIndexError."""
    try:
        status = (folder / DATABASE).stat()
    except FileNotFoundError:
        raise NoIndexError(f"No index in {folder}", "Type: qa index PATH") from None
    return status.st_dev, status.st_ino


def size(folder: Path) -> int:
    """Bytes of the index, without what lies in quarantine."""
    total = 0
    for place in (folder, folder / VECTORS):
        with contextlib.suppress(OSError), os.scandir(place) as entries:
            for entry in entries:
                with contextlib.suppress(OSError):
                    total += entry.stat().st_size if entry.is_file(follow_symlinks=False) else 0
    return total
