"""A writer that is killed, or whose disk refuses, at an instant of our choosing; a disk that forgets what it may.

Run as a program it is a nursery: it imports everything once and forks a child per job (a line of JSON on stdin), so
that a trial costs milliseconds. The child writes batches and says which are acknowledged; what a batch is follows from
its number, so whoever checks the index afterwards knows what must be in it.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import pickle
import random
import select
import signal
import sys
import time
import traceback
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import apsw

from index.errors import QAError
from index.store import FileMark, disk, open_store
from tests.contracts_store import MODEL, article

MARK = "/batch"  # a skipped "file" whose time is the number of the last batch: written with it, or not


def changes(batch: int) -> list[tuple[str, str, int]]:
    """What batch number ``batch`` does: (change, path, number of the article)."""
    chance = random.Random(batch)
    made = []
    for _ in range(chance.randint(1, 4)):
        path = f"/articles/{chance.randrange(12)}.txt"
        change = chance.choice(("put", "put", "put", "remove", "skip"))
        made.append((change, path, chance.randrange(40)))
    return made


def state(batches: int) -> dict[str, int]:
    """The files after that many batches: path to number of the article, -1 where skipped."""
    files: dict[str, int] = {MARK: -1} if batches else {}
    for batch in range(1, batches + 1):
        for change, path, number in changes(batch):
            if change == "remove":
                files.pop(path, None)
            else:
                files[path] = number if change == "put" else -1
    return files


def last_batch(store: Any) -> int:
    """The number of the last batch that is in the index."""
    with store.snapshot() as snapshot:
        rows = list(snapshot.each("SELECT mtime_ns FROM source WHERE path = ?", (MARK.encode(),)))
    return rows[0][0] if rows else 0


def work(folder: str, batches: int, publish_every: int, bug: str, acknowledge: Any) -> None:
    """Writes the next ``batches`` batches."""
    with open_store(folder, create=True) as store, store.writer() as writer:
        if bug == "normal":
            writer._sql("PRAGMA synchronous = NORMAL")
        writer.identify(MODEL, "1")
        known = writer.known().get(MARK.encode())
        first = known.changed_ns + 1 if known else 1
        for batch in range(first, first + batches):
            for change, path, number in changes(batch):
                mark, indexed = article(number, path)
                if change == "put":
                    writer.put(replace(mark, path=path), [indexed])
                elif change == "skip":
                    writer.skip(FileMark(path, 1, 1, ""), "not now")
                else:
                    writer.remove(path)
            writer.skip(FileMark(MARK, 0, batch, ""), "marks the batch")
            if bug == "early":
                acknowledge(batch)
            writer.commit()
            if bug != "early":
                acknowledge(batch)
            if publish_every and batch % publish_every == 0:
                writer.publish()


# --- a disk that is watched ------------------------------------------------------------------------------------------


class Disk:
    """Sees every change of a file, by SQLite or by Python, before it happens. At number ``at`` it does what ``mode``
    says: kill this process, or refuse as a full disk does. ``log`` keeps all of them for the power cut."""

    def __init__(self, at: int, mode: str) -> None:
        self.at, self.mode, self.count, self.log = at, mode, 0, []
        self._paths: dict[int, str] = {}

    def before(self, *operation: Any) -> bool:
        """Counts. Whether this one is to be refused."""
        self.count += 1
        if self.mode == "record":
            self.log.append(operation)
        if self.count == self.at and self.mode == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        return self.count >= self.at > 0 and self.mode == "full"

    def install(self) -> None:
        """Under SQLite (before the checksum layer is loaded on top) and under the functions of ``os``."""
        watch = self

        class File(apsw.VFSFile):
            def __init__(self, name: Any, flags: list[int]) -> None:
                self.path = name.filename() if isinstance(name, apsw.URIFilename) else name
                if self.path and not os.path.exists(self.path):
                    # SQLite syncs the folder with the first sync of a log or journal it has made.
                    own = flags[0] & (apsw.SQLITE_OPEN_WAL | apsw.SQLITE_OPEN_MAIN_JOURNAL)
                    if watch.before("create", self.path, bool(own)):
                        raise apsw.FullError("full")
                super().__init__("unix", name, flags)

            def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802 - SQLite's name
                if watch.before("write", self.path, offset, bytes(data)):
                    raise apsw.FullError("full")
                super().xWrite(data, offset)

            def xTruncate(self, size: int) -> None:  # noqa: N802
                watch.before("truncate", self.path, size)
                super().xTruncate(size)

            def xSync(self, flags: int) -> None:  # noqa: N802
                if watch.before("sync", self.path):
                    raise apsw.FullError("full")
                super().xSync(flags)

        class System(apsw.VFS):
            def __init__(self) -> None:
                super().__init__("watched", "unix", makedefault=True)

            def xOpen(self, name: Any, flags: list[int]) -> File:  # noqa: N802
                return File(name, flags)

            def xDelete(self, name: str, sync: bool) -> None:  # noqa: N802
                watch.before("delete", name)
                super().xDelete(name, sync)
                if sync:
                    watch.before("syncdir", os.path.dirname(name))

        self.system = System()
        self._install_os()

    def _install_os(self) -> None:
        real = {name: getattr(os, name) for name in ("open", "write", "fsync", "rename", "unlink")}

        def refuse(*operation: Any) -> None:
            if self.before(*operation):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        def opened(path: Any, flags: int, *rest: Any, **named: Any) -> int:
            if flags & os.O_CREAT and not os.path.exists(path):
                refuse("create", os.fspath(path), False)
            handle = real["open"](path, flags, *rest, **named)
            self._paths[handle] = os.fspath(path)
            return handle

        def written(handle: int, data: Any) -> int:
            path = self._paths.get(handle)
            if path:
                refuse("write", path, os.lseek(handle, 0, os.SEEK_CUR), bytes(data))
            return real["write"](handle, data)

        def synced(handle: int) -> None:
            path = self._paths[handle]
            refuse("syncdir" if os.path.isdir(path) else "sync", path)
            real["fsync"](handle)

        def renamed(old: Any, new: Any, **named: Any) -> None:
            refuse("rename", os.fspath(old), os.fspath(new))
            real["rename"](old, new, **named)

        def unlinked(path: Any, **named: Any) -> None:
            if os.path.exists(path):
                self.before("delete", os.fspath(path))
            real["unlink"](path, **named)

        os.open, os.write, os.fsync, os.rename, os.unlink = opened, written, synced, renamed, unlinked


# --- a power cut -----------------------------------------------------------------------------------------------------


@dataclass
class _File:
    safe: bytearray = field(default_factory=bytearray)  # as of its last sync
    loose: list[tuple] = field(default_factory=list)  # writes and truncations since
    own: bool = False  # its first sync syncs its folder


class PowerCut:
    """The folder as it may be found after the power failed at some point of a log: what was synced is there; of
    the rest, any part may be; changes of names reach the disk in order, as late as the next sync of their folder."""

    def __init__(self) -> None:
        self.files: dict[str, _File] = {}  # by today's name
        self.names: dict[str, _File] = {}  # by the name that is safe
        self.moves: list[tuple] = []  # changes of names that are not

    def apply(self, operation: tuple) -> None:
        kind, path, *rest = operation
        if kind == "create":
            self.files[path] = _File(own=rest[0])
            self.moves.append(("set", path, self.files[path]))
        elif kind in ("write", "truncate"):
            self.files[path].loose.append((kind, *rest))
        elif kind == "sync":
            file = self.files[path]
            for change in file.loose:
                _change(file.safe, change)
            file.loose.clear()
            if file.own:
                self._settle(os.path.dirname(path))
        elif kind == "syncdir":
            self._settle(path)
        elif kind == "rename":
            self.files[rest[0]] = self.files.pop(path)
            self.moves += [("move", path, rest[0], self.files[rest[0]])]
        elif kind == "delete":
            self.files.pop(path, None)
            self.moves.append(("del", path))

    def _settle(self, folder: str) -> None:
        """The file system journals names in order: with this folder's, all earlier ones are safe."""
        last = max((i for i, move in enumerate(self.moves) if os.path.dirname(move[1]) == folder), default=-1)
        for move in self.moves[: last + 1]:
            _rename(self.names, move)
        del self.moves[: last + 1]

    def leave(self, folder: Path, root: str, chance: random.Random) -> None:
        """Writes one such folder; ``root`` is what it was called in the log."""
        names = dict(self.names)
        for move in self.moves[: chance.randint(0, len(self.moves))]:
            _rename(names, move)
        (folder / "ann").mkdir(parents=True, mode=0o700)
        folder.chmod(0o700)
        luck = chance.choice((0.0, 0.5, 1.0))
        for path, file in names.items():
            if path.startswith(root) and not path.endswith(("-shm", "LOCK")):
                data = bytearray(file.safe)
                for change in file.loose:
                    if chance.random() < luck:
                        _change(data, change)
                    elif change[0] == "write" and chance.random() < 0.2:
                        _change(data, ("write", change[1], change[2][: len(change[2]) // 2]))  # torn
                (folder / os.path.relpath(path, root)).write_bytes(data)


def _change(data: bytearray, change: tuple) -> None:
    if change[0] == "truncate":
        del data[change[1] :]
        data.extend(bytes(change[1] - len(data)))
    else:
        _, offset, written = change
        data.extend(bytes(max(0, offset - len(data))))
        data[offset : offset + len(written)] = written


def _rename(names: dict[str, _File], move: tuple) -> None:
    if move[0] == "set":
        names[move[1]] = move[2]
    elif move[0] == "del":
        names.pop(move[1], None)
    else:
        names.pop(move[1], None)
        names[move[2]] = move[3]


# --- the nursery -----------------------------------------------------------------------------------------------------


def _plant(bug: str) -> None:
    """Mistakes the rig must find, or its zeros mean nothing."""
    if bug == "autocommit":

        @contextlib.contextmanager
        def none(connection: Any) -> Any:
            yield

        disk.transaction = none
    if bug == "unsynced":
        disk._sync = lambda handle: None


def _child(job: dict, pipe: int) -> int:
    watched = Disk(job.get("at", 0), job.get("mode", ""))
    write = os.write
    if watched.mode:
        watched.install()
    _plant(job.get("bug", ""))

    def acknowledge(batch: int) -> None:
        write(pipe, b"%d\n" % batch)
        watched.log.append(("ack", batch))

    code = 0
    try:
        work(job["folder"], job["batches"], job.get("publish", 0), job.get("bug", ""), acknowledge)
    except QAError as error:
        code = error.exit_code
    write(pipe, b"count %d\n" % watched.count)
    if job.get("log"):
        Path(job["log"]).write_bytes(pickle.dumps(watched.log))
    return code


def _run(job: dict) -> dict:
    """One child, killed after ``after`` seconds if given. What it acknowledged, how it ended, what it counted."""
    reading, writing_end = os.pipe()
    child = os.fork()
    if child == 0:
        code = 99
        try:
            os.close(reading)
            code = _child(job, writing_end)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    os.close(writing_end)
    deadline = time.monotonic() + job.get("after", 60.0)
    said = b""
    while True:
        ready, _, _ = select.select([reading], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            os.kill(child, signal.SIGKILL)
            deadline = time.monotonic() + 60
            continue
        chunk = os.read(reading, 65536)
        if not chunk:
            break
        said += chunk
    os.close(reading)
    _, status = os.waitpid(child, 0)
    lines = said.decode().split("\n")
    acknowledged = [int(line) for line in lines if line.isdigit()]
    count = next((int(line[6:]) for line in lines if line.startswith("count ")), 0)
    return {
        "acknowledged": acknowledged[-1] if acknowledged else 0,
        "killed": os.WIFSIGNALED(status),
        "code": os.waitstatus_to_exitcode(status),
        "count": count,
    }


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(_run(json.loads(line))), flush=True)
