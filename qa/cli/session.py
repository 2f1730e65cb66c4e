"""The index while a command works with it: open, its encoder loading, brought up to date, ended by a signal.

Owns what the user sees of an update (the bar, what was found and skipped) and what a signal means. Refuses to know what
is asked, and how an index is built.
"""

# ruff: noqa: T201 - printing is what this module is for
from __future__ import annotations

import argparse
import contextlib
import functools
import gc
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, TextIO

from index.errors import IndexDamagedError, Interrupted, NoIndexError, StorageError, UsageError
from qa import account, config, wording
from qa.cli.streams import columns, write

if TYPE_CHECKING:
    from index.build import Progress, Report
    from index.encode import Encoder, Later, Reranker
    from index.store import Snapshot, Store


# --- The store and its encoder ---------------------------------------------------------------------------------------


def open_index(settings: config.Settings, paths: Sequence[str] = ()) -> Store:
    """The index; a new one where there is none and any of ``paths`` can go into it. Raises NoIndexError, UsageError where
    none of the paths is there, StorageError."""
    from index.store import open_store

    try:
        return open_store(settings.index, create=any(map(os.path.lexists, paths)))
    except NoIndexError:
        if not paths:
            raise
        raise UsageError(f"nothing on the disk at {', '.join(paths)}", "Check the path.") from None


def encoder_for(store: Store, settings: config.Settings, *, online: bool, rebuild: bool = False) -> Later:
    """Without a model in the settings the one of the index is meant; for a new index, and for a rebuild of one that cannot be
    read, the default."""
    from index.encode import Later

    held = None
    if not settings.model:
        unreadable = (IndexDamagedError, StorageError) if rebuild else ()
        with contextlib.suppress(*unreadable), store.snapshot() as snapshot:
            held = snapshot.model
    return Later(settings.model or (held.name if held else None), online=online)


def loading(store: Store, settings: config.Settings, *, online: bool) -> Later:
    """`encoder_for`, loading from the start: opening files and importing the rest goes on meanwhile."""
    encoder = encoder_for(store, settings, online=online)
    encoder.start()
    return encoder


def not_whole(snapshot: Snapshot) -> str:
    """A line below a hint where files of the index are not read yet: what is missed may be in them. Else empty."""
    left = snapshot.stats().unread
    return f"\n{wording.unread(left)}" if left else ""


@functools.cache
def reranker(name: str | None, online: bool) -> Reranker | None:
    """The cross-encoder of the settings, loaded once. Raises ModelError."""
    if name is None:
        return None
    from index.encode import load_reranker

    return load_reranker(name, online=online)


@contextlib.contextmanager
def session(
    args: argparse.Namespace, settings: config.Settings, *, once: bool = False
) -> Iterator[tuple[Store, Later]]:
    """The index, brought up to date with the paths that were given, and its encoder. ``once``: for one question, so that
    nothing is made ready for others."""
    with open_index(settings, args.paths) as store:
        encoder = loading(store, settings, online=args.online)
        if args.paths:
            tell(updated(store, args.paths, encoder, settings), sys.stderr, where=place(store))
        ended = threading.Event()
        if once:
            ended.set()
        index = threading.Thread(target=_prepare, args=(store, ended.is_set), name="qa-index")
        index.start()
        try:
            yield store, encoder
        finally:
            ended.set()
            index.join()


def _prepare(store: Store, ended: Callable[[], bool]) -> None:
    """Makes questions fast while the encoder loads, the prompt is drawn and the first one is typed, until it has ``ended``."""
    from qa import retrieve

    with contextlib.suppress(Exception), store.snapshot() as snapshot:  # who asks gets the error
        retrieve.prepare(snapshot, ended)
    gc.freeze()  # all that is here stays: looking through it for what does not would cost tens of milliseconds now and then


# --- Signals ---------------------------------------------------------------------------------------------------------


class Ended(BaseException):
    """A signal ends the program now. No Exception: nothing on the way may take it for its own."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.exit_code = 128 + number


@contextlib.contextmanager
def handling(handler: Callable[[int, FrameType | None], None], *numbers: int) -> Iterator[None]:
    """The signals handled this way inside; only the main thread may say so, and others are left in peace."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    old = {number: signal.signal(number, handler) for number in numbers}
    try:
        yield
    finally:
        for number, before in old.items():
            signal.signal(number, before)


class Stop:
    """A wish to end, by Ctrl-C or another signal: noted the first time, obeyed at once the second time."""

    signal = 0

    def heard(self, number: int, _frame: FrameType | None) -> None:
        if self.signal:
            raise Ended(number)
        self.signal = number

    def __call__(self) -> bool:
        return bool(self.signal)


# --- Bringing it up to date ------------------------------------------------------------------------------------------


def updated(
    store: Store,
    paths: Sequence[str] | None,
    encoder: Encoder,
    settings: config.Settings,
    *,
    remove: Sequence[str] = (),
    rebuild: bool = False,
) -> Report:
    """`index.build.update` with a bar, and stopped between two batches by a signal."""
    from index.build import update

    stop = Stop()
    with handling(stop.heard, signal.SIGINT, signal.SIGTERM, signal.SIGHUP), Bar(settings.plain) as bar:
        try:
            return update(store, paths, encoder, remove=remove, rebuild=rebuild, progress=bar, should_stop=stop)
        except Interrupted as error:
            # A rebuild that has begun is not begun again, and one that has not left the index as it was.
            hint = "Type: qa index, which goes on from here." if rebuild and bar.begun else error.hint
            ended = Interrupted(f"stopped; {bar.last()} in the index", hint)
            ended.exit_code = 128 + stop.signal
            raise ended from None


class Bar:
    """Progress on standard error: a line drawn over on a terminal, a few lines with --plain, nothing elsewhere."""

    EVERY = 0.1  # seconds between two drawings

    def __init__(self, plain: bool) -> None:
        self._shown = sys.stderr is not None and sys.stderr.isatty()
        self._lines = plain or os.environ.get("TERM") == "dumb"
        self._progress: Progress | None = None
        self._drawn = float("-inf")
        self._quarter = 0

    def __enter__(self) -> Bar:
        return self

    def __exit__(self, *_: object) -> None:
        self.clear()

    def clear(self) -> None:
        """Leaves the line empty, for whoever writes next."""
        if self._shown and not self._lines and self._progress:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)

    def __call__(self, progress: Progress) -> None:
        self._progress = progress
        if not self._shown or not progress.total:
            return
        if self._lines:
            quarter = 4 * progress.reached // progress.total
            if self._quarter < quarter < 4:
                write([f"{25 * quarter}%: {account.progress(progress, columns(sys.stderr))}"], sys.stderr)
            self._quarter = quarter
        elif time.monotonic() - self._drawn >= self.EVERY:
            self._drawn = time.monotonic()
            line = account.progress(progress, columns(sys.stderr))
            print(f"\r{line}\x1b[K", end="", file=sys.stderr, flush=True)

    @property
    def begun(self) -> bool:
        """Whether anything was committed."""
        return self._progress is not None and self._progress.done > 0

    def last(self) -> str:
        """How far it came, in words."""
        if self._progress is None:
            return "what was committed is"
        return f"{self._progress.done:,} of {self._progress.total:,} new or changed files are"


def place(store: Store) -> str:
    """The folder of an index that is not the one of the current folder; else empty."""
    from index.store import disk

    with contextlib.suppress(OSError):  # the current folder is gone
        if store.path == Path.cwd() / disk.FOLDER:
            return ""
    return str(store.path)


def tell(report: Report, out: TextIO, known: Collection[tuple[str, str]] = (), where: str = "") -> None:
    """What a run found, `account.ran`."""
    write(account.ran(report, known, where=where), out)
