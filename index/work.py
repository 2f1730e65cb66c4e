"""Files taken apart by processes that may hang, swell or crash without harm: parsing, splitting, statements.

Owns what becomes of a file's bytes before they are encoded, the processes in which that happens, and what each may take
of memory and time. Refuses to know which files there are, how their bytes came here, what counts tokens, and what is
done with an article.

A parser is a large program that reads what a stranger wrote: it is given one file at a time, in a process of its own.
When the time is over the process is killed; when the memory is used up, or the parser crashes, it ends by itself; in
each case that file has a reason, the next one a new process. A process that loses its parent ends: at once, or where a
library holds the interpreter, when its own alarm rings.

What reads files is imported where a file is read: a tenth of a second, which a run that finds nothing new does not pay.

The conversation is frames of pickles in two pipes. What comes out of a process is taken as data from a stranger: the
only classes it may name are the nouns of `index.types` and the one below. Token counts are asked of the parent, so that
no process loads a model.
"""

from __future__ import annotations

import contextlib
import io
import os
import pickle
import queue
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, BinaryIO

from index import types
from index.errors import ReadError, StorageError, unforeseen
from index.types import Document, Passage, Statement, homes

if TYPE_CHECKING:
    from index.read import Reading
    from index.split import Counter

SECONDS = 30.0  # 300 times what a news article takes; an archive of a few bytes that unfolds without end stops here
SECONDS_PER_MB = 60.0  # a long text is read about four times as fast on an old machine
MEMORY = 1 << 30  # bytes over those of an idle process: a page of 10 MB as a tree takes about 200 MB
MEMORY_PER_BYTE = 8  # decoding needs up to five times the file (`read.MAX_BYTES`)
SWOLLEN = 256 << 20  # a process that kept this much is replaced, so that no file pays for the one before it
GRACE = 5.0  # seconds after which a process whose parent did not end it ends itself
START_SECONDS = 60.0  # until a process is there: usually a quarter of one
MOST_PROCESSES = 4  # encoding takes three times as long as reading: more would only wait
LARGEST_FRAME = 2 << 30  # bytes; the largest file as an article is a quarter of it
PROGRAM = "from index.work import serve; serve()"  # what a process runs; tests have other parsers

_Parse = Callable[[bytes, str, str], "Reading"]


@dataclass(frozen=True, slots=True)
class Task:
    """A file's bytes, to be read as a file of this ``path`` would be, into passages of at most ``limit`` tokens.

    Not to ``cut`` it: its documents are wanted, not what is in them.
    """

    data: bytes
    path: str
    hash: str
    limit: int
    cut: bool = True


@dataclass(frozen=True, slots=True)
class Article:
    """A document with its passages and its statements, each of which lies at least partly in a passage."""

    document: Document
    passages: tuple[Passage, ...] = ()
    statements: tuple[Statement, ...] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a file: its articles, or the ``reason`` why there are none. ``skipped_parts`` are (name inside the
    file, reason) of what in it could not be read, ``notes`` what was guessed."""

    articles: tuple[Article, ...] = ()
    reason: str = ""
    skipped_parts: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()


# --- The work ---------------------------------------------------------------------------------------------------------


def take_apart(task: Task, count_tokens: Counter) -> Taken:
    """The task done here and now, without limits. Never raises for what is in the file."""
    said: list[tuple[str, Any]] = []
    reason = _work(task, _parse, count_tokens, lambda kind, value: said.append((kind, value)))
    return _taken(said, reason)


def _taken(said: Sequence[tuple[str, Any]], reason: str) -> Taken:
    """What became of a file, from all that was said of it."""
    if reason:
        return Taken(reason=reason)
    articles, skipped, notes = (
        tuple(value for kind, value in said if kind == wanted) for wanted in ("article", "skipped", "note")
    )
    return Taken(articles, "", skipped, notes)


def _parse(data: bytes, path: str, hash_: str) -> Reading:
    from index.read import parse

    return parse(data, path, hash_)


def _work(
    task: Task,
    parse: _Parse,
    count_tokens: Counter,
    say: Callable[[str, Any], None],
) -> str:
    """Says, article by article, how long it is and what it is; before, which parts were skipped. The reason, where not
    all could be done."""
    try:
        reading = parse(task.data, task.path, task.hash)
        for part in reading.skipped:
            say("skipped", part)
        for note in reading.notes:
            say("note", note)
        for document in reading.documents:
            say("begins", len(document.text))
            say("article", _cut(document, count_tokens, task.limit) if task.cut else Article(document))
    except ReadError as error:
        return error.message
    except MemoryError:
        raise
    except Exception as error:  # one hostile file must not end the run; its reason says what happened
        return unforeseen(error)
    return ""


def _cut(document: Document, count_tokens: Counter, limit: int) -> Article:
    """A document's passages and statements. A statement outside every passage could not be shown and is left out."""
    from index.split import passages as split_passages
    from index.statements import extract

    passages = tuple(split_passages(document, count_tokens, limit))
    statements = extract(document) if passages else ()
    kept = (said for said, home in zip(statements, homes(statements, passages), strict=True) if home is not None)
    return Article(document, passages, tuple(kept))


_TEXT = {".txt", ".text", ".md", ".markdown", ".mdown"}
_HARMLESS_BYTES = 1 << 18  # half a second's work, an ordinary article fifty times over


def harmless(task: Task) -> bool:
    """Whether a file is a small plain text: then nothing but our own linear code reads it, and no process is needed."""
    opening = task.data[:1024]
    return (
        PurePath(task.path).suffix.lower() in _TEXT
        and len(task.data) <= _HARMLESS_BYTES
        and not _MARKED.search(opening)
        and opening.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] not in (b"<", b"{", b"[")
    )


_MARKED = re.compile(rb"[\0-\x08\x0e-\x1f]|%PDF-|MIME-Version|\APK|\AFrom ", re.I)  # another format under this name


# --- The conversation -------------------------------------------------------------------------------------------------

_NOUNS = {
    (noun.__module__, noun.__name__): noun
    for noun in (Article, *vars(types).values())
    if isinstance(noun, type) and noun.__module__ in (__name__, types.__name__)
}


class _Stranger(pickle.Unpickler):
    """Unpickles data and the nouns, and nothing that could run."""

    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401 - a class
        try:
            return _NOUNS[module, name]
        except KeyError:
            raise pickle.UnpicklingError(f"{module}.{name} is no noun") from None


def _send(out: BinaryIO, message: object) -> None:
    body = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    out.write(len(body).to_bytes(8, "little"))
    out.write(body)
    out.flush()


def _receive(stream: BinaryIO) -> bytes:
    """The next frame's bytes. Raises EOFError where there is none."""
    length = int.from_bytes(_exactly(stream, 8), "little")
    if length > LARGEST_FRAME:
        raise pickle.UnpicklingError(f"a frame of {length} bytes")
    return _exactly(stream, length)


def _exactly(stream: BinaryIO, count: int) -> bytes:
    data = stream.read(count)
    if len(data) < count:
        raise EOFError
    return data


# --- In the process ---------------------------------------------------------------------------------------------------


def serve(parse: _Parse = _parse) -> None:
    """The life of a process: tasks in by standard input, articles out by standard output, until there are no more."""
    from index import read, split, statements  # noqa: F401 - so that no task pays for them

    inbox: queue.SimpleQueue[Any] = queue.SimpleQueue()
    with open(os.dup(1), "wb") as out, open(os.devnull, "wb") as nowhere, open(0, "rb", closefd=False) as stream:
        os.dup2(nowhere.fileno(), 1)  # a library that prints does not speak for us
        _settle()
        threading.Thread(target=_listen, args=(stream, inbox), daemon=True).start()
        asleep = _size()
        _send(out, ("ready", None))
        while True:
            task, seconds = inbox.get()
            reason = _serve(task, parse, out, inbox, seconds)
            worn = reason == _too_much(len(task.data)) or _size() - asleep > SWOLLEN
            _send(out, ("last" if worn else "end", reason))


def _settle() -> None:
    """A crash leaves no memory on the disk; the alarm ends the process, whatever its parent did with it."""
    if hasattr(signal, "SIGALRM"):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
    with contextlib.suppress(ImportError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


def _listen(stream: BinaryIO, inbox: queue.SimpleQueue[Any]) -> None:
    """Passes on what the parent says; ends the process when it says no more, whatever else is going on."""
    try:
        while True:
            inbox.put(pickle.loads(_receive(stream)))  # noqa: S301 - our own parent
    finally:
        os._exit(0)


def _serve(task: Task, parse: _Parse, out: BinaryIO, inbox: queue.SimpleQueue[Any], seconds: float) -> str:
    """One task, told in frames: count these, an article of this length begins, here it is. The reason, if any."""

    def count(texts: Sequence[str]) -> list[int]:
        _ring(0)  # the parent's time is not ours
        _send(out, ("count", list(texts)))
        counts: list[int] = inbox.get()
        _ring(seconds + GRACE)
        return counts

    def say(kind: str, value: Any) -> None:  # noqa: ANN401 - as in _KINDS
        nonlocal seconds
        if kind == "begins":
            seconds = seconds_for(value)
        _ring(seconds + GRACE)
        _send(out, (kind, value))

    _ring(seconds + GRACE)
    _bound(memory_for(len(task.data)))
    try:
        return _work(task, parse, count, say)
    except MemoryError:
        return _too_much(len(task.data))
    finally:
        _bound(None)
        _ring(0)


def _ring(seconds: float) -> None:
    """The system ends this process after so long, whoever holds the interpreter; 0 takes it back."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _size() -> int:
    """Bytes of address space in use; 0 where the system does not say."""
    try:
        return int(Path("/proc/self/statm").read_bytes().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def _bound(more: int | None) -> None:
    """From here on this process gets so much more address space; None: as much as there is. Where the system does not
    say how much is in use (macOS), or has no limits (Windows), only the time is limited."""
    used = _size()
    if not used:
        return
    import resource

    most = resource.getrlimit(resource.RLIMIT_AS)[1]
    wanted = most if more is None else used + more
    if more is not None and most != resource.RLIM_INFINITY:
        wanted = min(wanted, most)
    resource.setrlimit(resource.RLIMIT_AS, (wanted, most))


# --- In the parent ----------------------------------------------------------------------------------------------------


def seconds_for(size: int) -> float:
    """How long ``size`` bytes or characters may take, until the next sign of life."""
    return SECONDS + SECONDS_PER_MB * size / 1e6


def memory_for(size: int) -> int:
    """How much memory, in bytes, a file of ``size`` bytes may need."""
    return MEMORY + MEMORY_PER_BYTE * size


def _too_much(size: int) -> str:
    return f"needed more than {memory_for(size) / (1 << 30):.2g} GB of memory; if it is whole, split it"


def processes() -> int:
    """How many to use here: half of the cores, since the encoder wants them too."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(MOST_PROCESSES, cores // 2))


class Pool:
    """Processes that take files apart, for ``size`` threads at once; a context manager. None is there before the first
    file."""

    def __init__(self, size: int, count_tokens: Counter) -> None:
        self.size = size
        self._count_tokens = count_tokens
        self._places: queue.SimpleQueue[_Process | None] = queue.SimpleQueue()
        for _ in range(size):
            self._places.put(None)
        self._lock = threading.Lock()
        self._there: set[_Process] = set()
        self._closed = False

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        """Ends the processes, whatever they are doing; threads that wait for one get a StorageError."""
        with self._lock:
            self._closed = True
            there = list(self._there)
        for process in there:
            process.end()

    def take_apart(self, task: Task) -> Taken:
        """The task done by a process; waits for a free one. Never raises for what is in the file.

        Raises StorageError where no process can be started, or the pool is closed meanwhile, and what counting raises.
        """
        process = self._places.get()
        fit = False
        try:
            process = process or self._start()
            taken, fit = process.do(task, self._count_tokens)
            self._require_open()
            return taken
        finally:
            if process and not fit:
                process.end()
                with self._lock:
                    self._there.discard(process)
            self._places.put(process if fit else None)

    def _start(self) -> _Process:
        with self._lock:
            self._require_open()
            process = _Process()
            self._there.add(process)
        process.wait()
        return process

    def _require_open(self) -> None:
        if self._closed:
            raise StorageError("stopped while a file was read")


class _Lost(Exception):
    """A process is no more, or is not to be heard any longer. ``why`` it is not, where its exit code does not say."""

    def __init__(self, why: str = "") -> None:
        super().__init__(why)
        self.why = why


class _Process:
    """One process, as its parent sees it."""

    def __init__(self) -> None:
        """In a session of its own: Ctrl-C at the terminal is for the parent. Its modules are found where the parent's
        are. Raises StorageError where the system refuses."""
        program = f"import sys; sys.path[:] = sys.argv[1:]; {PROGRAM}"
        try:
            self._popen = subprocess.Popen(  # noqa: S603 - ourselves
                [sys.executable, "-P", "-c", program, *sys.path],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError as error:
            raise StorageError(f"no process to read files in can be started: {error.strerror}") from error

    def end(self) -> int:
        """Kills it if need be. The exit code, negative for a signal."""
        self._popen.kill()
        code = self._popen.wait()
        for pipe in (self._popen.stdin, self._popen.stdout):
            with contextlib.suppress(OSError):
                assert pipe is not None
                pipe.close()
        return code

    def wait(self) -> None:
        """Until it is there. Raises StorageError where it does not come."""
        try:
            self._exchange(START_SECONDS)
        except _Lost:
            raise StorageError(
                f"the process that reads files does not start (it ended with {self.end()})",
                f"Type: {sys.executable} -c 'import index.work'",
            ) from None

    def do(self, task: Task, count_tokens: Counter) -> tuple[Taken, bool]:
        """What became of the task, and whether the process is fit for another."""
        said: list[tuple[str, Any]] = []
        seconds = seconds_for(len(task.data))
        say: tuple[object, ...] = ((task, seconds),)
        try:
            while True:
                kind, value = self._exchange(seconds, *say)
                say = ()
                if kind == "count":
                    say = (count_tokens(value),)
                elif kind == "begins":
                    seconds = seconds_for(value)
                elif kind in ("article", "skipped", "note"):
                    said.append((kind, value))
                else:
                    return _taken(said, value), kind == "end"
        except _Lost as lost:
            code = self.end()
            crash = f"its reader crashed ({f'signal {-code}' if code < 0 else f'exit code {code}'})"
            return Taken(reason=lost.why or crash), False

    def _exchange(self, seconds: float, *say: object) -> tuple[str, Any]:
        """Says something, if anything, and hears the next frame, both within so many seconds. Raises _Lost."""
        late = threading.Event()

        def kill() -> None:
            late.set()
            self._popen.kill()

        assert self._popen.stdin is not None
        assert self._popen.stdout is not None
        timer = threading.Timer(seconds, kill)
        timer.daemon = True
        timer.start()
        took_longer = f"took longer than {seconds:.0f} s to read"
        try:
            for message in say:
                _send(self._popen.stdin, message)  # type: ignore[arg-type]
            heard = _understood(_receive(self._popen.stdout))  # type: ignore[arg-type]
        except Exception as error:  # whatever bytes of a stranger lead to
            if late.is_set():
                raise _Lost(took_longer) from error
            gone = isinstance(error, EOFError | OSError)
            raise _Lost("" if gone else "its reader said what no reader says") from error
        finally:
            timer.cancel()
            timer.join()
        if late.is_set():  # it answered just then, and is no more
            raise _Lost(took_longer)
        return heard


_KINDS: dict[str, type] = {
    "ready": type(None),
    "count": list,
    "skipped": tuple,
    "note": str,
    "begins": int,
    "article": Article,
    "end": str,
    "last": str,
}
"""What is said with each: "last" is the end of a process that should not go on too."""


def _understood(body: bytes) -> tuple[str, Any]:
    """A frame of a process as a kind and its value. Raises UnpicklingError, or what wrong bytes lead to."""
    kind, value = _Stranger(io.BytesIO(body)).load()
    if not isinstance(value, _KINDS[kind]):
        raise pickle.UnpicklingError(f"{kind} is no {type(value).__name__}")
    return kind, value
