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
import shutil
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, TextIO

from index.errors import Interrupted, NoIndexError, UsageError
from qa import config
from qa.screen import tidy
from qa.wording import counted

if TYPE_CHECKING:
    from index.build import Progress, Report
    from index.encode import Encoder, Later, Reranker
    from index.store import Store

SKIPPED_LISTED = 10  # skipped files named after a run; `qa status` has them all


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
    """Without a model in the settings the one of the index is meant; for a new index or a rebuild, the default."""
    from index.encode import Later

    held = None
    if not rebuild and not settings.model:
        with store.snapshot() as snapshot:
            held = snapshot.model
    return Later(settings.model or (held.name if held else None), online=online)


def loading(store: Store, settings: config.Settings, *, online: bool) -> Later:
    """`encoder_for`, loading from the start: opening files and importing the rest goes on meanwhile."""
    encoder = encoder_for(store, settings, online=online)
    encoder.start()
    return encoder


@functools.cache
def reranker(name: str | None, online: bool) -> Reranker | None:
    """The cross-encoder of the settings, loaded once. Raises ModelError."""
    if name is None:
        return None
    from index.encode import load_reranker

    return load_reranker(name, online=online)


@contextlib.contextmanager
def session(args: argparse.Namespace, settings: config.Settings) -> Iterator[tuple[Store, Later]]:
    """The index, brought up to date with the paths that were given, and its encoder."""
    with open_index(settings, args.paths) as store:
        encoder = loading(store, settings, online=args.online)
        if args.paths:
            tell(updated(store, args.paths, encoder, settings), sys.stderr, where=place(store))
        index = threading.Thread(target=_prepare, args=(store,), name="qa-index")
        index.start()
        try:
            yield store, encoder
        finally:
            index.join()


def _prepare(store: Store) -> None:
    """Reads what the first question waits for, while the encoder loads and the prompt is drawn."""
    with contextlib.suppress(Exception), store.snapshot() as snapshot:  # who asks gets the error
        snapshot.prepare()
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
            ended = Interrupted(f"stopped; {bar.last()} in the index", error.hint)
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
            quarter = 4 * progress.done // progress.total
            if self._quarter < quarter < 4:
                print(f"{25 * quarter}%: {describe(progress)}", file=sys.stderr, flush=True)
            self._quarter = quarter
        elif time.monotonic() - self._drawn >= self.EVERY:
            self._drawn = time.monotonic()
            line = describe(progress)[: shutil.get_terminal_size().columns - 1]
            print(f"\r{line}\x1b[K", end="", file=sys.stderr, flush=True)

    def last(self) -> str:
        """How far it came, in words."""
        if self._progress is None:
            return "what was committed is"
        return f"{self._progress.done:,} of {self._progress.total:,} new or changed files are"


def describe(progress: Progress) -> str:
    """One line of progress: "120 of 5,000 files, 900 passages, 34 files/s, 2 min left"."""
    parts = [f"{progress.done:,} of {progress.total:,} files", f"{progress.passages:,} passages"]
    if progress.done:
        parts.append(f"{progress.rate:,.3g} files/s")
    if progress.seconds_left is not None and progress.done < progress.total:
        parts.append(f"{_duration(progress.seconds_left)} left")
    return ", ".join(parts)


def _duration(seconds: float) -> str:
    """A time to wait, as exact as it is useful: "40 s", "2 min", "1 h 5 min"."""
    if seconds < 60:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def place(store: Store) -> str:
    """The folder of an index that is not the one of the current folder; else empty."""
    from index.store import disk

    with contextlib.suppress(OSError):  # the current folder is gone
        if store.path == Path.cwd() / disk.FOLDER:
            return ""
    return str(store.path)


def tell(report: Report, out: TextIO, known: Collection[tuple[str, str]] = (), where: str = "") -> None:
    """What a run found: the skipped files but for those ``known``, what changed, and the sum that must come out; with
    ``where`` it went."""
    skipped = [file for file in report.skipped if file not in known]
    for path, note in report.notes[:SKIPPED_LISTED]:
        print(f"{tidy(path)}: {tidy(note)}", file=out)
    if len(report.notes) > SKIPPED_LISTED:
        print(f"and {len(report.notes) - SKIPPED_LISTED:,} more files whose columns were guessed", file=out)
    for path, reason in skipped[:SKIPPED_LISTED]:
        print(f"skipped {tidy(path)}: {tidy(reason)}", file=out)
    if len(skipped) > SKIPPED_LISTED:
        print(f"and {len(skipped) - SKIPPED_LISTED:,} more: qa status", file=out)
    for path, reason in report.skipped_parts[:SKIPPED_LISTED]:
        print(f"skipped inside {tidy(path)}: {tidy(reason)}", file=out)
    if len(report.skipped_parts) > SKIPPED_LISTED:
        print(f"and {len(report.skipped_parts) - SKIPPED_LISTED:,} more inside files: qa status", file=out)
    print(
        f"{report.added:,} added, {report.updated:,} updated, {report.removed:,} removed, "
        f"{report.unchanged:,} unchanged",
        file=out,
    )
    print(
        f"{counted(report.passages, 'passage')} and {counted(report.statements, 'statement')} written in"
        f" {report.seconds:.1f} s",
        file=out,
    )
    reasons = Counter(tidy(reason) for _, reason in report.skipped).most_common(3)
    named = [reason if count == 1 else f"{count:,} x {reason}" for reason, count in reasons]
    if len(report.skipped) > sum(count for _, count in reasons):
        named.append("others")
    why = f" ({'; '.join(named)})" if named else ""  # a reason may have a comma
    into = f", in {tidy(where)}" if where else ""
    print(f"found {report.found:,} = indexed {report.indexed:,} + skipped {len(report.skipped):,}{why}{into}", file=out)
