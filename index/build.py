"""What changed, and what to do about it: compare, read, split, statements, encode, commit.

Owns the order of the work, the size of a batch, the report, and when to look again. Refuses to know how a change is seen
and a file read (`index.intake`), a vector made or a row stored.

Two stages: files are read and taken apart a few ahead; the calling thread takes them in the order of the walk, encodes
and commits. What is committed is acknowledged and stays; what is not is found again by the next run, because a file's
mark is written in the same transaction as its passages.
"""

# A name on disk is bytes, which os.fsdecode gives as a str; a Path would tidy it:
# ruff: noqa: PTH100

from __future__ import annotations

import os
import shlex
import time
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING

from index.encode import Encoder
from index.errors import IndexLockedError, Interrupted, ModelMismatchError, QAError, UsageError
from index.intake.encoding import encode, get_ready
from index.intake.marks import unread
from index.intake.plan import Plan, planned
from index.intake.reading import WAIT_SECONDS, Prepared, read_ahead
from index.store import OWED, UNFINISHED, WAITING, FileMark, Indexed, Model
from index.store.reuse import Reusing
from index.types import inside
from index.walk import Found, walk
from index.work import Article

if TYPE_CHECKING:
    from index.store import Store, Writer

PIPELINE = "11"
"""Raised by hand when reading, splitting, statements or words make something else of the same bytes: all is read again."""

BATCH_DOCUMENTS = 64  # a commit costs two fsyncs: well under 1% of the time to encode as many articles
BATCH_BYTES = 8 << 20  # text held in memory between two commits
BATCH_SECONDS = 5.0  # the most work a power cut can take away
GROUP_PASSAGES = 128  # encoded at once: enough to sort by length, short enough to stop within a second or two
LARGE = 512  # articles of one file that are encoded and committed before its next: a minute of work or two
LOOKED_THROUGH = 10  # one file in so many is new or changed: then all passages are looked through for what is the same
NOT_YET = "not read yet; run `qa index` again"  # why a file has no articles, as long as nobody came to it
WATCH_SECONDS = 2.0  # a saved article is there before one has typed a question about it
REST = 9.0  # times as long as a look took: watching costs at most a tenth of one core and of the disk


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is. ``done`` of ``total`` new or changed files are acknowledged: committed, they survive a crash.

    ``indexed`` + ``skipped`` = ``done``. ``passages`` counts those encoded so far, ``seconds`` since the run began,
    ``path`` is the file last worked on. ``encoded`` more files are worked through and wait for their commit.
    """

    done: int
    total: int
    indexed: int
    skipped: int
    passages: int
    seconds: float
    path: str = ""
    encoded: int = 0

    @property
    def reached(self) -> int:
        """Files worked through, committed or not."""
        return self.done + self.encoded

    @property
    def rate(self) -> float:
        """Files worked through per second, 0.0 while unknown."""
        return self.reached / self.seconds if self.seconds > 0 else 0.0

    @property
    def seconds_left(self) -> float | None:
        """The time the rest takes at this rate; None while unknown."""
        return (self.total - self.reached) / self.rate if self.rate > 0 else None


@dataclass(frozen=True, slots=True)
class Report:
    """What a run found and did. ``found`` = ``indexed`` + ``len(skipped)``; ``indexed`` = unchanged + added + updated.

    ``removed`` counts files that are gone, or were to go, and are no longer in the index. ``passages`` and
    ``statements`` count what this run wrote. ``skipped`` are (path, reason) in the order of the walk; ``skipped_parts``
    likewise, of what lies inside the files this run read, such as a member of an archive, and is not in the index. A file
    that could not be read again counts as skipped, and what the index holds of it stays.
    ``notes`` are (path, what was guessed about the file in words), of those this run read.
    """

    found: int
    indexed: int
    unchanged: int
    added: int
    updated: int
    removed: int
    skipped: tuple[tuple[str, str], ...]
    passages: int
    statements: int
    seconds: float
    skipped_parts: tuple[tuple[str, str], ...] = ()
    notes: tuple[tuple[str, str], ...] = ()


# --- Encoding and committing ------------------------------------------------------------------------------------------


class _Batches:
    """Takes the files of a plan as they are read, and hands them to the writer. ``same``, ``added``, ... count those that
    are committed, ``moved`` those that left because their bytes lie elsewhere now; ``passages`` and ``statements`` what was
    written."""

    def __init__(
        self,
        writer: Writer,
        encoder: Encoder,
        plan: Plan,
        progress: Callable[[Progress], None] | None,
        should_stop: Callable[[], bool],
    ) -> None:
        self._writer, self._encoder, self._plan = writer, encoder, plan
        self._progress, self._should_stop = progress, should_stop
        self._leaving = dict(plan.leaving)
        self._staying: dict[str, list[str]] = {}  # the other files in the index, by the hash of their bytes
        leaving = set(plan.removed)
        for mark in plan.indexed.values() if plan.todo else ():
            if mark.path not in leaving:
                self._staying.setdefault(mark.hash, []).append(mark.path)
        self._started = self._committed = time.monotonic()
        self._waiting: list[Prepared] = []  # read, not encoded
        self._ready: list[tuple[Prepared, list[Indexed]]] = []  # encoded, not committed
        self._new_files = [found.path for found in plan.todo if os.fsencode(found.path) not in plan.known]
        self._encoded = 0
        self._ends: list[int] = []  # of each whole file that waits, the count of passages at which it is encoded
        self.same = self.added = self.updated = self.moved = self.passages = self.statements = 0
        self.skipped: list[tuple[str, str]] = []
        self.skipped_parts: list[tuple[str, str]] = []
        self.notes: list[tuple[str, str]] = []

    def take_all(self, stream: Iterator[Prepared]) -> None:
        """Encodes and commits everything in ``stream``. Raises Interrupted, with what was encoded committed."""
        self._tell("")
        try:
            for prepared in chain.from_iterable(_shares(self._new(file)) for file in stream):
                self.stop_if_asked()
                self._waiting.append(prepared)
                if sum(len(article.passages) for file in self._waiting for article in file.articles) >= GROUP_PASSAGES:
                    self._encode()
                if self._full():
                    self._encode()
                    self._note_the_rest()
                    self._commit()
            self._encode()
        except Interrupted:
            if self._ready:
                self._note_the_rest()
                self._commit()
            raise
        self._commit()

    def _note_the_rest(self) -> None:
        """Once there is something to ask, the new files that come later are in the index too, as waiting: who asks meanwhile,
        or after a stop, learns that they are not read yet."""
        ready = {prepared.mark.path for prepared, _ in self._ready}
        for path in self._new_files:
            if path not in ready:
                self._writer.skip(unread(path, WAITING), NOT_YET)
        self._new_files = []

    def stop_if_asked(self) -> None:
        if self._should_stop():
            raise Interrupted("Stopped; what was committed is in the index", "Run the same command again to go on.")

    def _full(self) -> bool:
        """Whether what is not committed yet is as much as one transaction should hold."""
        files = [*(prepared for prepared, _ in self._ready), *self._waiting]
        articles = [article for prepared in files for article in prepared.articles]
        return (
            max(len(files), len(articles)) >= BATCH_DOCUMENTS
            or sum(len(article.document.text) for article in articles) >= BATCH_BYTES
            or time.monotonic() - self._committed >= BATCH_SECONDS
        )

    def _encode(self) -> None:
        """Moves what waits to what is ready, with vectors; a few articles at a time, so that a large dump fits too."""
        articles = [article for prepared in self._waiting for article in prepared.articles]
        end = self._encoded
        for prepared in self._waiting:
            end += sum(len(article.passages) for article in prepared.articles)
            if prepared.mark.size != UNFINISHED:
                self._ends.append(end)
        indexed: list[Indexed] = []
        for group in _groups(articles):
            indexed += encode(group, self._encoder, self._heard)
            self._encoded += sum(len(article.passages) for article in group)
        rest = iter(indexed)
        self._ready += [(prepared, [next(rest) for _ in prepared.articles]) for prepared in self._waiting]
        self._waiting, self._ends = [], []

    def _new(self, prepared: Prepared) -> Prepared:
        """A file's articles, those without passages that it held before: other rows of a dump may have changed."""
        mark = self._plan.known.get(os.fsencode(prepared.mark.path))
        if self._plan.again or mark is None or mark.size == OWED or len(prepared.articles) < 2:
            return prepared
        held = self._writer.holds(prepared.mark.path)
        articles = tuple(Article(a.document) if a.document.id in held else a for a in prepared.articles)
        return replace(prepared, articles=articles)

    def _heard(self, passages: int) -> None:
        """Between two batches of the encoder: the bar moves, and a wish to stop is obeyed."""
        self._tell(self._waiting[-1].mark.path, passages)
        self.stop_if_asked()

    def _commit(self) -> None:
        """One transaction for all that is ready; only then is it counted as done."""
        for prepared, indexed in self._ready:
            self._write(prepared, indexed)
        self._writer.commit()
        for prepared, indexed in self._ready:
            self._count(prepared, indexed)
        path = self._ready[-1][0].mark.path if self._ready else ""
        self._ready = []
        self._committed = time.monotonic()
        self._tell(path)

    def _write(self, prepared: Prepared, indexed: list[Indexed]) -> None:
        if prepared.same:
            self._writer.touch(prepared.mark)
        elif prepared.more:
            self._writer.extend(prepared.mark.path, indexed)
        elif prepared.reason:
            self._writer.skip(prepared.mark, prepared.reason)
        else:
            if any(article.passages for article in prepared.articles):
                for path in self._leaving.pop(prepared.mark.hash, ()):  # else its reading of these bytes would stay
                    self._writer.remove(path)
            if prepared.mark.hash:
                self._follow_moved(prepared.mark.hash)
            self._writer.put(prepared.mark, indexed, prepared.skipped_parts)

    def _follow_moved(self, digest: str) -> None:
        """Files that are nowhere on the disk are where their bytes were found: no article is cited at a place that nobody
        can open. Where only a disk is missing, a run with it adds them again."""
        for path in self._staying.pop(digest, ()):
            if not os.path.lexists(path):  # before the other is put: else its reading of these bytes would stay
                self._writer.remove(path)
                self.moved += 1

    def _count(self, prepared: Prepared, indexed: list[Indexed]) -> None:
        self.passages += sum(len(article.passages) for article in indexed)
        self.statements += sum(len(article.statements) for article in indexed)
        if prepared.mark.size == UNFINISHED:
            return
        if prepared.reason:
            self.skipped.append((prepared.mark.path, prepared.reason))
        elif prepared.same:
            self.same += 1
        else:
            before = self._plan.known.get(os.fsencode(prepared.mark.path))
            fresh = before is None or before.size == WAITING
            self.added, self.updated = self.added + fresh, self.updated + (not fresh)
        self.skipped_parts += [(inside(prepared.mark.path, part), reason) for part, reason in prepared.skipped_parts]
        self.notes += [(prepared.mark.path, note) for note in prepared.notes]

    def _tell(self, path: str, more: int = 0) -> None:
        if self._progress is None:
            return
        indexed, skipped = self.same + self.added + self.updated, len(self.skipped)
        seconds, passages = time.monotonic() - self._started, self._encoded + more
        ready = sum(prepared.mark.size != UNFINISHED for prepared, _ in self._ready)
        self._progress(
            Progress(
                done=indexed + skipped,
                total=len(self._plan.todo),
                indexed=indexed,
                skipped=skipped,
                passages=passages,
                seconds=seconds,
                path=path,
                encoded=ready + bisect_right(self._ends, passages),
            )
        )


def _shares(prepared: Prepared) -> Iterator[Prepared]:
    """A file as it is; one of very many articles in shares, each committed before the next, then whole.

    What is there already comes without passages: with the first share, else it would go, and with the last, which gives all
    their order and alone bears the file's own mark, so that a run that is stopped before it is gone on with by the next.
    """
    articles = prepared.articles
    news = [number for number, article in enumerate(articles) if article.passages]
    done = 0
    for last in news[LARGE - 1 : -1 : LARGE]:
        share = [a for a in articles[done : last + 1] if a.passages]
        share += [] if done else [a for a in articles if not a.passages]
        yield Prepared(unread(prepared.mark.path, UNFINISHED), tuple(share), more=done > 0)
        done = last + 1
    yield replace(prepared, articles=tuple(Article(a.document) for a in articles[:done]) + articles[done:])


def _groups(articles: Sequence[Article]) -> Iterator[list[Article]]:
    """The articles in order, in runs of about GROUP_PASSAGES passages."""
    group: list[Article] = []
    size = 0
    for article in articles:
        group.append(article)
        size += len(article.passages)
        if size >= GROUP_PASSAGES:
            yield group
            group, size = [], 0
    if group:
        yield group


# --- The run ----------------------------------------------------------------------------------------------------------


def _never() -> bool:
    return False


def update(
    store: Store,
    paths: Iterable[str | os.PathLike[str]] | None,
    encoder: Encoder,
    *,
    remove: Iterable[str | os.PathLike[str]] = (),
    rebuild: bool = False,
    progress: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] = _never,
    processes: int | None = None,
) -> Report:
    """Makes the index agree with the files at and under ``paths``; those at and under ``remove`` leave it.

    The index remembers ``paths``; None stands for all that it remembers. A path it remembers that is not there now is
    reported, and its articles stay: a disk may be unplugged.

    New and changed files are read, those that are gone are removed, those as they were are left alone. ``rebuild``
    starts from an empty index and reads all again, also the files the index knows from elsewhere. ``processes`` is how
    many take files apart; the index does not depend on it, and 0 is for who cannot start any: then nothing guards
    against a file that makes its reader hang or crash. Raises UsageError for
    a path that is neither on the disk nor in the index, ModelMismatchError where the index holds another model's
    vectors and ``rebuild`` is not asked for, Interrupted when ``should_stop`` said so (asked between files and between
    batches of the encoder), and what the store raises (IndexLockedError, StorageError, IndexDamagedError).
    """
    started = time.monotonic()
    asked, gone = None if paths is None else set(map(_absolute, paths)), set(map(_absolute, remove))
    with store.writer(rebuild=rebuild) as writer:
        known, remembered, mounted = writer.known(), writer.roots(), writer.mounted()
        if asked is None and not (remembered or (rebuild and known)):
            raise UsageError("there is nothing to index", f"Type: qa index {'--rebuild ' * rebuild}PATH")
        again = rebuild or (bool(known) and writer.pipeline != PIPELINE)
        _identify(writer, encoder)
        if again:
            _owe(writer, known.values(), kept=not rebuild)
        skipped = {} if again else writer.skipped()
        plan = planned(known, skipped, remembered, asked, gone, mounted=mounted, again=again, avoid=store.path)
        if plan.todo:
            get_ready(encoder)
        if plan.follow != remembered or plan.mounted != mounted:
            writer.follow(plan.follow, plan.mounted)
        with _reusing(store, encoder, plan) as sparing:
            batches = _Batches(writer, sparing, plan, progress, should_stop)
            with read_ahead(plan, encoder, processes, batches.stop_if_asked) as files:
                batches.take_all(files)
        for path in plan.removed:
            writer.remove(path)
        writer.publish(behind=True)
    return _report(plan, batches, time.monotonic() - started)


def _report(plan: Plan, batches: _Batches, seconds: float) -> Report:
    """What the plan left alone and what was done, together."""
    skipped = sorted([*plan.skipped, *batches.skipped], key=lambda item: os.fsencode(item[0]))
    unchanged = plan.unchanged + batches.same
    return Report(
        found=unchanged + batches.added + batches.updated + len(skipped),
        indexed=unchanged + batches.added + batches.updated,
        unchanged=unchanged,
        added=batches.added,
        updated=batches.updated,
        removed=len(plan.removed) + batches.moved,
        skipped=tuple(skipped),
        passages=batches.passages,
        statements=batches.statements,
        seconds=seconds,
        skipped_parts=tuple(batches.skipped_parts),
        notes=tuple(batches.notes),
    )


@contextmanager
def _reusing(store: Store, encoder: Encoder, plan: Plan) -> Iterator[Reusing]:
    """The encoder, sparing what the index as it was before this run has vectors of."""
    changed = [found.path for found in plan.todo if os.fsencode(found.path) in plan.known]
    few = not plan.again and LOOKED_THROUGH * len(plan.todo) < len(plan.known)
    with ExitStack() as opened:
        snapshot = None
        if plan.known and (changed or not few):
            with suppress(QAError):  # what cannot be read is encoded
                snapshot = opened.enter_context(store.snapshot())
        yield Reusing(encoder, snapshot, changed if few else None)


def _identify(writer: Writer, encoder: Encoder) -> None:
    """Tells the writer which model and pipeline write from now on."""
    old = writer.model
    try:
        writer.identify(Model(encoder.name, encoder.fingerprint, encoder.dim), PIPELINE)
    except ModelMismatchError as error:
        name = old.name if old else ""
        raise ModelMismatchError(
            error.message,
            f"Type: qa index --rebuild --model {shlex.quote(encoder.name)}, or use the other: --model {shlex.quote(name)}",
        ) from None


def _owe(writer: Writer, known: Iterable[FileMark], *, kept: bool) -> None:
    """Marks all known files as to be read again, so that a run that is stopped halfway leaves no file behind.

    ``kept``: their documents stay until then. Of files with the same bytes only the first keeps them, because the store
    leaves a document as it is while any file holds it; of files that share a row none does.
    """
    seen: set[str] = set()
    sharing = writer.sharing() if kept else set()
    for mark in known:
        owed = unread(mark.path, OWED)
        if kept and mark.hash not in seen and mark.path not in sharing:
            writer.touch(owed)
        else:
            writer.skip(owed, NOT_YET)
        seen.add(mark.hash)


def _absolute(path: str | os.PathLike[str]) -> str:
    """The path as the index names it: absolute, its links kept. Raises UsageError for what cannot be a path."""
    name = os.fsdecode(path)
    if not name or "\0" in name:
        raise UsageError(f"not a path: {name!r}")
    return os.path.abspath(name)


# --- Following --------------------------------------------------------------------------------------------------------


def watch(
    store: Store,
    encoder: Encoder,
    told: Callable[[Report], None],
    should_stop: Callable[[], bool],
    *,
    progress: Callable[[Progress], None] | None = None,
    seconds: float = WATCH_SECONDS,
) -> None:
    """Keeps the index in agreement with all it remembers until ``should_stop`` says so, which ends it between two
    updates; within one it raises Interrupted as `update` does. ``told`` is given the report of each update.

    It looks every ``seconds``, and on a slow disk less often: most of the time it rests. Looking costs one stat for each
    file, and needs no service of the system, which would not tell of changes on a network disk. While another process
    writes to the index it waits.
    """
    before: frozenset[Found] | None = None
    while not should_stop():
        started = time.monotonic()
        with store.snapshot() as snapshot:
            roots = snapshot.roots()
        now = frozenset(walk(roots, avoid=store.path).found)
        if now != before:
            try:
                told(update(store, None, encoder, progress=progress, should_stop=should_stop))
                before = now
            except IndexLockedError:
                before = None
        rest = max(seconds, REST * (time.monotonic() - started))
        until = time.monotonic() + rest
        while time.monotonic() < until and not should_stop():
            time.sleep(min(WAIT_SECONDS, rest))
