"""What changed, and what to do about it: compare, read, split, statements, encode, commit.

Owns the decision which files are new, changed, gone or as they were; the order of the work; the size of a batch; the
report. Refuses to know how files are found, a format is read, a sentence split, a vector made or a row stored.

Two stages: threads load the bytes of the changed files and have them taken apart (read, split, statements) by processes
that can be killed, a few files ahead; the calling thread takes the results in the order of the walk, encodes and
commits. What is committed is acknowledged and stays; what is not is found again by the next run, because a file's mark
is written in the same transaction as its passages.

A file as it was costs one stat. Size or time differ: its bytes decide. A file written less than two seconds before it
was read could change again within the same clock tick, so its mark carries no time and its bytes are compared once more
by the next run (git's "racily clean" entries).
"""

# A name on disk is bytes, which os.fsdecode gives as a str; a Path would tidy it:
# ruff: noqa: PTH100, PTH112, PTH120, PTH122

from __future__ import annotations

import importlib
import os
import threading
import time
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from index import work
from index.encode import Encoder, Later
from index.errors import IndexLockedError, Interrupted, ModelMismatchError, QAError, ReadError, UsageError
from index.store import FileMark, Indexed, Model
from index.store.reuse import Reusing
from index.store.writer import home
from index.types import Document, Span, inside
from index.walk import Found, walk
from index.work import Article, Taken, Task

if TYPE_CHECKING:
    from index.store import Snapshot, Store, Writer

PIPELINE = "7"
"""Raised by hand when reading, splitting, statements or words make something else of the same bytes: all is read again."""

BATCH_DOCUMENTS = 64  # a commit costs two fsyncs: well under 1% of the time to encode as many articles
BATCH_BYTES = 8 << 20  # text held in memory between two commits
BATCH_SECONDS = 5.0  # the most work a power cut can take away
GROUP_PASSAGES = 128  # encoded at once: enough to sort by length, short enough to stop within a second or two
LOOKED_THROUGH = 10  # one file in so many is new or changed: then all passages are looked through for what is the same
FILES_AHEAD = 16  # of the encoder: it never waits for a reader, and few files are in memory
WAIT_SECONDS = 0.1  # between two looks whether to stop, while a file takes long
WATCH_SECONDS = 2.0  # a saved article is there before one has typed a question about it
REST = 9.0  # times as long as a look took: watching costs at most a tenth of one core and of the disk
FEW = 8  # changed files for which, if they are harmless, no process is started: it would take longer than they do
RACY_NS = 2_000_000_000  # coarsest clock of a file system in use (FAT: 2 s)
NO_TIME = -1  # a mark's time that no file has: compare the bytes
LARGE = 512  # articles of one file that are encoded and committed before its next: a minute of work or two
UNFINISHED = -2  # a mark's size that no file has: some of its articles are in, the next run goes on with the others
OWED = -1  # a mark's size that no file has: read it whatever the bytes, in whichever run comes next


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is. ``done`` of ``total`` new or changed files are acknowledged: committed, they survive a crash.

    ``indexed`` + ``skipped`` = ``done``. ``passages`` counts those encoded so far, ``seconds`` since the run began,
    ``path`` is the file last worked on.
    """

    done: int
    total: int
    indexed: int
    skipped: int
    passages: int
    seconds: float
    path: str = ""

    @property
    def rate(self) -> float:
        """Files per second, 0.0 while unknown."""
        return self.done / self.seconds if self.seconds > 0 else 0.0

    @property
    def seconds_left(self) -> float | None:
        """The time the rest takes at this rate; None while unknown."""
        return (self.total - self.done) / self.rate if self.rate > 0 else None


@dataclass(frozen=True, slots=True)
class Report:
    """What a run found and did. ``found`` = ``indexed`` + ``len(skipped)``; ``indexed`` = unchanged + added + updated.

    ``removed`` counts files that are gone, or were to go, and are no longer in the index. ``passages`` and
    ``statements`` count what this run wrote. ``skipped`` are (path, reason) in the order of the walk; ``skipped_parts``
    likewise, of what lies inside the files this run read, such as a member of an archive, and is not in the index.
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


def _never() -> bool:
    return False


# --- One file's way ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Prepared:
    """What the reading stage made of one file: articles, or a reason, or neither where its bytes are as they were."""

    mark: FileMark
    articles: tuple[Article, ...] = ()
    skipped_parts: tuple[tuple[str, str], ...] = ()
    reason: str = ""
    same: bool = False
    notes: tuple[str, ...] = ()


def _mark(path: str, size: int, mtime_ns: int, digest: str) -> FileMark:
    """The mark of a file read just now; without a time where it may yet change within this tick of the clock."""
    racy = mtime_ns > time.time_ns() - RACY_NS
    return FileMark(path, size, NO_TIME if racy else mtime_ns, digest)


_Key = tuple[str, str]


def _key(mark: FileMark) -> _Key:
    """Files of equal keys are read alike: the same bytes, and the same ending, which chooses the reader."""
    return mark.hash, os.path.splitext(mark.path)[1].lower()


class _Reading:
    """The reading stage. ``indexed``: the marks of the files in the index; ``stored``: readings sure to stay there."""

    def __init__(
        self,
        take_apart: Callable[[Task], Taken],
        limit: int,
        indexed: Mapping[str, FileMark],
        stored: frozenset[_Key],
    ) -> None:
        self._take_apart, self._limit, self._indexed, self._stored = take_apart, limit, indexed, stored
        self._seen: set[_Key] = set()

    def prepare(self, found: Found) -> _Prepared:
        """One file, read and cut; from any thread. Never raises for what is in it."""
        path = found.path
        if found.reason:
            return _Prepared(_mark(path, found.size, found.mtime_ns, ""), reason=found.reason)
        from index.read import load

        try:
            loaded = load(path)
        except ReadError as error:  # of bytes nobody saw nothing is known: the next run looks again
            return _Prepared(FileMark(path, found.size, NO_TIME, ""), reason=error.message)
        mark = _mark(path, loaded.size, loaded.mtime_ns, loaded.hash)
        if path in self._indexed and self._indexed[path].hash == loaded.hash:
            return _Prepared(mark, same=True)
        cut = _key(mark) not in self._stored  # what is there already is not cut again
        taken = self._take_apart(Task(loaded.data, path, loaded.hash, self._limit, cut))
        return _Prepared(mark, taken.articles, taken.skipped_parts, taken.reason, notes=taken.notes)

    def settle(self, prepared: _Prepared) -> _Prepared:
        """What is left to do, seen in the order of the walk: articles that an earlier file holds too are not encoded
        again, and a file without any passage has no text."""
        key = _key(prepared.mark)
        if not prepared.articles or key in self._stored:
            empty = not (prepared.reason or prepared.same or prepared.articles)
            return replace(prepared, reason="no text found") if empty else prepared
        if key in self._seen:
            return replace(prepared, articles=tuple(Article(article.document) for article in prepared.articles))
        if not any(article.passages for article in prepared.articles):
            return replace(prepared, articles=(), reason="no text found")
        self._seen.add(key)
        return prepared


def _homes(article: Article) -> list[int]:
    """For each statement the number of the passage that holds most of it."""
    starts, ends = [p.span.start for p in article.passages], [p.span.end for p in article.passages]
    found = []
    for statement in article.statements:
        first, last = bisect_right(ends, statement.span.start), bisect_left(starts, statement.span.end)
        found.append(first + home(statement, article.passages[first:last]))
    return found


def _parts(article: Article) -> list[list[Span]]:
    """For each passage the spans to pool, counted from its start: its sentences, then its statements clipped to it."""
    parts = [[_within(sentence, passage.span) for sentence in passage.sentences] for passage in article.passages]
    for statement, at in zip(article.statements, _homes(article), strict=True):
        parts[at].append(_within(statement.span, article.passages[at].span))
    return parts


def _within(span: Span, outer: Span) -> Span:
    return Span(max(span.start, outer.start) - outer.start, min(span.end, outer.end) - outer.start)


def _encode(articles: Sequence[Article], encoder: Encoder, heard: Callable[[int], None]) -> list[Indexed]:
    """Articles with their vectors, from one forward pass per passage. ``heard`` is told how many passages are done."""
    texts = [passage.span.of(article.document.text) for article in articles for passage in article.passages]
    parts = [spans for article in articles for spans in _parts(article)]
    encoded = encoder.passages(texts, parts, heard) if texts else None
    titles = _titles(articles, encoder)
    indexed, at = [], 0
    for article in articles:
        end = at + len(article.passages)
        vectors = encoded.passages[at:end] if encoded else np.zeros((0, encoder.dim), np.float32)
        rows = encoded.parts[at:end] if encoded else ()
        indexed.append(_indexed(article, vectors, rows, titles.get(article.document.title), encoder.dim))
        at = end
    return indexed


def _titles(articles: Sequence[Article], encoder: Encoder) -> dict[str | None, NDArray[np.float32]]:
    """The vector of every title among ``articles``."""
    titles = list(dict.fromkeys(t for article in articles if (t := article.document.title)))
    return dict(zip(titles, encoder.passages(titles).passages, strict=True)) if titles else {}


def _indexed(
    article: Article,
    vectors: NDArray[np.float32],
    parts: Sequence[NDArray[np.float32]],
    title: NDArray[np.float32] | None,
    dim: int,
) -> Indexed:
    """Deals the pooled vectors of each passage out to its sentences and, after them, its statements."""
    counts = [len(passage.sentences) for passage in article.passages]
    sentences = tuple(part[:count] for part, count in zip(parts, counts, strict=True))
    said = np.zeros((len(article.statements), dim), np.float32)
    for row, at in enumerate(_homes(article)):
        said[row] = parts[at][counts[at]]
        counts[at] += 1
    return Indexed(_in_a_language(article), article.passages, vectors, sentences, article.statements, said, title)


def _get_ready_for_languages() -> None:
    with suppress(Exception):  # it is raised where a language is asked for
        from index.read.language import get_ready

        get_ready()


def _in_a_language(article: Article) -> Document:
    """The document of an article, if that is new with its language. Asked for when its passages are encoded: by then the
    model that tells languages is read."""
    from index.read import language_of

    document = article.document
    return replace(document, language=language_of(document)) if article.passages else document


# --- The stages -------------------------------------------------------------------------------------------------------


def _ahead(
    work: Callable[[Found], _Prepared], items: Sequence[Found], threads: int, waiting: Callable[[], None]
) -> Generator[_Prepared]:
    """``work`` of every item, in order, by threads that are at most FILES_AHEAD of whoever takes the results.
    ``waiting`` is called now and then while there is none."""
    rest = iter(items)
    pool = ThreadPoolExecutor(threads, thread_name_prefix="qa-read")
    try:
        ahead = deque(pool.submit(work, item) for item in islice(rest, FILES_AHEAD))
        while ahead:
            while not wait([ahead[0]], timeout=WAIT_SECONDS).done:
                waiting()
            yield ahead.popleft().result()
            ahead.extend(pool.submit(work, item) for item in islice(rest, 1))
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


class _Run:
    """The encoding and committing stage: takes prepared files, hands batches to the writer, keeps the tally."""

    def __init__(
        self,
        *,
        writer: Writer,
        encoder: Encoder,
        known: Mapping[bytes, FileMark],
        total: int,
        leaving: dict[str, list[str]],
        again: bool,
        progress: Callable[[Progress], None] | None,
        should_stop: Callable[[], bool],
    ) -> None:
        self._writer, self._encoder, self._known, self._total = writer, encoder, known, total
        self._leaving, self._again, self._progress, self._should_stop = leaving, again, progress, should_stop
        self._started = self._committed = time.monotonic()
        self._waiting: list[_Prepared] = []  # read, not encoded
        self._ready: list[tuple[_Prepared, list[Indexed]]] = []  # encoded, not committed
        self._encoded = 0
        self.same = self.added = self.updated = self.passages = self.statements = 0
        self.skipped: list[tuple[str, str]] = []
        self.skipped_parts: list[tuple[str, str]] = []
        self.notes: list[tuple[str, str]] = []

    def take_all(self, stream: Iterator[_Prepared]) -> None:
        """Encodes and commits everything in ``stream``. Raises Interrupted, with what was encoded committed."""
        self._tell("")
        try:
            for prepared in chain.from_iterable(_shares(self._new(file)) for file in stream):
                self.stop_if_asked()
                self._waiting.append(prepared)
                if (
                    sum(len(article.passages) for waiting in self._waiting for article in waiting.articles)
                    >= GROUP_PASSAGES
                ):
                    self._encode()
                if self._full():
                    self._encode()
                    self._commit()
            self._encode()
        except Interrupted:
            if self._ready:
                self._commit()
            raise
        self._commit()

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
        indexed: list[Indexed] = []
        for group in _groups(articles):
            indexed += _encode(group, self._encoder, self._heard)
            self._encoded += sum(len(article.passages) for article in group)
        rest = iter(indexed)
        self._ready += [(prepared, [next(rest) for _ in prepared.articles]) for prepared in self._waiting]
        self._waiting = []

    def _new(self, prepared: _Prepared) -> _Prepared:
        """A file's articles, those without passages that it held before: other rows of a dump may have changed."""
        mark = self._known.get(os.fsencode(prepared.mark.path))
        if self._again or mark is None or mark.size == OWED or len(prepared.articles) < 2:
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

    def _write(self, prepared: _Prepared, indexed: list[Indexed]) -> None:
        if prepared.reason:
            self._writer.skip(prepared.mark, prepared.reason)
        elif prepared.same:
            self._writer.touch(prepared.mark)
        else:
            if any(article.passages for article in prepared.articles):
                for path in self._leaving.pop(prepared.mark.hash, ()):  # else its reading of these bytes would stay
                    self._writer.remove(path)
            self._writer.put(prepared.mark, indexed, prepared.skipped_parts)

    def _count(self, prepared: _Prepared, indexed: list[Indexed]) -> None:
        self.passages += sum(len(article.passages) for article in indexed)
        self.statements += sum(len(article.statements) for article in indexed)
        if prepared.mark.size == UNFINISHED:
            return
        if prepared.reason:
            self.skipped.append((prepared.mark.path, prepared.reason))
        elif prepared.same:
            self.same += 1
        elif os.fsencode(prepared.mark.path) in self._known:
            self.updated += 1
        else:
            self.added += 1
        self.skipped_parts += [(inside(prepared.mark.path, part), reason) for part, reason in prepared.skipped_parts]
        self.notes += [(prepared.mark.path, note) for note in prepared.notes]

    def _tell(self, path: str, more: int = 0) -> None:
        if self._progress is None:
            return
        indexed, skipped = self.same + self.added + self.updated, len(self.skipped)
        seconds = time.monotonic() - self._started
        self._progress(Progress(indexed + skipped, self._total, indexed, skipped, self._encoded + more, seconds, path))


def _shares(prepared: _Prepared) -> Iterator[_Prepared]:
    """A file as it is; one of very many articles in growing shares, each committed before the next, then whole.

    What is there already, also from an earlier share, comes without passages, and with every share: else it would go.
    Only the last bears the file's own mark, so that a run that is stopped before it is gone on with by the next.
    """
    articles = prepared.articles
    news = [number for number, article in enumerate(articles) if article.passages]
    done = 0
    for last in news[LARGE - 1 : -1 : LARGE]:
        bare = tuple(Article(article.document) for article in articles[:done])
        mark = FileMark(prepared.mark.path, UNFINISHED, NO_TIME, "")
        there = tuple(article for article in articles[last + 1 :] if not article.passages)
        yield replace(prepared, mark=mark, articles=bare + articles[done : last + 1] + there)
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

    The index remembers ``paths``; None stands for all that it remembers. One of those that is not there now is reported,
    and its articles stay: a disk may be unplugged.

    New and changed files are read, those that are gone are removed, those as they were are left alone. ``rebuild``
    starts from an empty index and reads all again, also the files the index knows from elsewhere. ``processes`` is how
    many take files apart; the index does not depend on it, and 0 is for who cannot start any: then nothing guards
    against a file that makes its reader hang or crash. Raises UsageError for
    a path that is neither on the disk nor in the index, ModelMismatchError where the index holds another model's
    vectors and ``rebuild`` is not asked for, Interrupted when ``should_stop`` said so (asked between files and between
    batches of the encoder), and what the store raises (IndexLockedError, StorageError, IndexDamagedError).
    """
    started = time.monotonic()
    roots, gone = {_absolute(path) for path in paths or ()}, {_absolute(path) for path in remove}
    with store.writer(rebuild=rebuild) as writer, ExitStack() as opened:
        known, remembered = writer.known(), writer.roots()
        if paths is None:
            roots = remembered
            if not (remembered or (rebuild and known)):
                raise UsageError("there is nothing to index", f"Type: qa index {'--rebuild ' * rebuild}PATH")
        again = rebuild or (bool(known) and writer.pipeline != PIPELINE)
        _identify(writer, encoder)
        if again:
            _owe(writer, known.values(), kept=not rebuild)
        lost = {root for root in roots if paths is None and not os.path.lexists(root)}
        absent = {root for root in lost if not _was_deleted(root, known)}
        plan = _plan(store, known, roots, gone, {} if again else writer.skipped(), again=again, absent=absent)
        if plan.todo:  # while files are read
            if isinstance(encoder, Later):
                encoder.start()
            importlib.import_module("index.read")  # whole, before two threads want parts of it and wait for each other
            threading.Thread(target=_get_ready_for_languages, name="qa-language", daemon=True).start()
        follow = _to_follow((remembered | roots) - (lost - absent), gone)
        if follow != remembered:
            writer.follow(follow)
        changed = [found.path for found in plan.todo if os.fsencode(found.path) in known]
        few = not again and LOOKED_THROUGH * len(plan.todo) < len(known)
        old = opened.enter_context(_as_it_was(store)) if known and (changed or not few) else None
        run = _Run(
            writer=writer,
            encoder=Reusing(encoder, old, changed if few else None),
            known=known,
            total=len(plan.todo),
            leaving=plan.leaving,
            again=again,
            progress=progress,
            should_stop=should_stop,
        )
        with _taking_apart(plan.todo, encoder, processes) as (take_apart, threads):
            reading = _Reading(take_apart, encoder.max_tokens, plan.indexed, frozenset(plan.stored))
            with closing(_ahead(reading.prepare, plan.todo, threads, run.stop_if_asked)) as prepared:
                run.take_all(map(reading.settle, prepared))
        opened.close()
        for path in plan.removed:
            writer.remove(path)
        writer.publish(behind=True)
    return _report(plan, run, time.monotonic() - started)


def _report(plan: _Plan, run: _Run, seconds: float) -> Report:
    """What the plan left alone and what the run did, together."""
    skipped = sorted([*plan.skipped, *run.skipped], key=lambda item: os.fsencode(item[0]))
    unchanged = plan.unchanged + run.same
    return Report(
        found=unchanged + run.added + run.updated + len(skipped),
        indexed=unchanged + run.added + run.updated,
        unchanged=unchanged,
        added=run.added,
        updated=run.updated,
        removed=len(plan.removed),
        skipped=tuple(skipped),
        passages=run.passages,
        statements=run.statements,
        seconds=seconds,
        skipped_parts=tuple(run.skipped_parts),
        notes=tuple(run.notes),
    )


def _to_follow(roots: set[str], gone: set[str]) -> set[str]:
    """The paths to remember: none that left, and of one inside another only the outer."""
    staying = {root for root in roots if not _under(root, gone)}
    return {root for root in staying if not _under(os.path.dirname(root), staying - {root})}


@contextmanager
def _as_it_was(store: Store) -> Iterator[Snapshot | None]:
    """The index before this run; None where it cannot be read."""
    try:
        snapshot = store.snapshot()
    except QAError:
        yield None
        return
    with snapshot:
        yield snapshot


@contextmanager
def _taking_apart(
    todo: Sequence[Found], encoder: Encoder, processes: int | None
) -> Iterator[tuple[Callable[[Task], Taken], int]]:
    """What takes a file apart, and how many threads may call it at once."""

    def here(task: Task) -> Taken:
        return work.take_apart(task, encoder.count_tokens)

    if processes == 0:
        yield here, 1
        return
    few = processes is None and len(todo) <= FEW
    with work.Pool(processes or work.processes(), encoder.count_tokens) as pool:
        yield (lambda task: (here if few and work.harmless(task) else pool.take_apart)(task)), pool.size


@dataclass(slots=True)
class _Plan:
    """What is to be done: files to read, files as they were, files to take out.

    ``indexed`` are the marks of the files in the index by path. ``stored`` are the readings that stay there while
    others are read: held by a file as it was, or by one that leaves only afterwards. ``leaving`` are those, by hash.
    """

    todo: list[Found] = field(default_factory=list)
    unchanged: int = 0
    skipped: list[tuple[str, str]] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    indexed: dict[str, FileMark] = field(default_factory=dict)
    stored: set[_Key] = field(default_factory=set)
    leaving: dict[str, list[str]] = field(default_factory=dict)


def _plan(
    store: Store,
    known: Mapping[bytes, FileMark],
    roots: set[str],
    gone: set[str],
    skipped: Mapping[str, str],
    *,
    again: bool,
    absent: set[str],
) -> _Plan:
    """Compares what is known with what the walk finds; of what is under ``absent`` nothing is known. Raises UsageError
    for a path neither knows."""
    owed = {mark.path for mark in known.values() if again or mark.size == OWED}
    seen = walk((roots | owed) - absent, avoid=store.path)
    for root in absent:
        seen.add(Found(root, reason="not there; nothing in it was looked at"))
        seen.closed.append(root)
    paths = [mark.path for mark in known.values()]
    for root in sorted(gone | (roots & set(seen.missing))):
        if not any(_under(path, {root}) for path in paths):
            where = "in the index" if root in gone else "on the disk or in the index"
            raise UsageError(f"nothing {where} at {root}", "Type: qa status")
    plan = _Plan()
    if not again:
        plan.indexed = {mark.path: mark for mark in known.values() if mark.path not in skipped}
    for found in seen.found:
        if not _under(found.path, gone):
            _sort(found, known.get(os.fsencode(found.path)), skipped, plan, again=again)
    there = {found.path for found in seen.found}
    closed = set(seen.closed)
    for path in paths:
        vanished = path not in there and _under(path, roots | owed) and not _under(path, closed)
        if vanished or _under(path, gone):
            plan.removed.append(path)
            if path in plan.indexed:
                mark = plan.indexed[path]
                plan.stored.add(_key(mark))
                plan.leaving.setdefault(mark.hash, []).append(path)
    return plan


def _sort(found: Found, mark: FileMark | None, skipped: Mapping[str, str], plan: _Plan, *, again: bool) -> None:
    """Puts one thing that was found where it belongs in the plan."""
    was = skipped.get(found.path, "")
    if mark is None or again:
        plan.todo.append(found)
    elif found.reason:
        if found.reason == was:
            plan.skipped.append((found.path, was))
        else:
            plan.todo.append(found)
    elif (mark.size, mark.mtime_ns) != (found.size, found.mtime_ns):
        plan.todo.append(found)
    elif found.path in skipped:
        plan.skipped.append((found.path, was))
    else:
        plan.unchanged += 1
        plan.stored.add(_key(mark))


def _under(path: str, roots: set[str]) -> bool:
    """Whether ``path`` is one of ``roots`` or lies under one."""
    if not roots:
        return False
    while path not in roots:
        parent = os.path.dirname(path)
        if parent == path:
            return False
        path = parent
    return True


def _was_deleted(root: str, known: Mapping[bytes, FileMark]) -> bool:
    """Whether a path that is not there was a file, out of a folder that is still there; a folder may be on a disk."""
    mark = known.get(os.fsencode(root))
    return mark is not None and mark.hash != "" and os.path.isdir(os.path.dirname(root))


def _identify(writer: Writer, encoder: Encoder) -> None:
    """Tells the writer which model and pipeline write from now on."""
    old = writer.model
    try:
        writer.identify(Model(encoder.name, encoder.fingerprint, encoder.dim), PIPELINE)
    except ModelMismatchError as error:
        name = old.name if old else ""
        raise ModelMismatchError(
            error.message, f"Type: qa index --rebuild --model {encoder.name}, or use the other: --model {name}"
        ) from None


def _owe(writer: Writer, known: Iterable[FileMark], *, kept: bool) -> None:
    """Marks all known files as to be read again, so that a run that is stopped halfway leaves no file behind.

    ``kept``: their documents stay until then. Of files with the same bytes only the first keeps them, because the store
    leaves a document as it is while any file holds it; of files that share a row none does.
    """
    seen: set[str] = set()
    sharing = writer.sharing() if kept else set()
    for mark in known:
        owed = FileMark(mark.path, OWED, NO_TIME, "")
        if kept and mark.hash not in seen and mark.path not in sharing:
            writer.touch(owed)
        else:
            writer.skip(owed, "not read yet; run `qa index` again")
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
