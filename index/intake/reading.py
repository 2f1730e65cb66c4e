"""Files are loaded and taken apart, a few ahead of whoever takes them.

Owns how many are read at once and how far ahead, and what of a file need not be cut because it is in the index already.
Refuses to know how a format is read, and what becomes of an article.

Threads load the bytes and have them taken apart (read, split, statements) by processes that can be killed; what they
make comes in the order of the walk.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from typing import TypeAlias

from index import work
from index.encode import Encoder
from index.errors import ReadError
from index.intake.marks import Key, key, marked, unread
from index.intake.plan import Plan
from index.store import FileMark
from index.walk import Found
from index.work import Article, Taken, Task

FILES_AHEAD = 16  # of the encoder: it never waits for a reader, and few files are in memory
BYTES_AHEAD = (
    64 << 20
)  # of those files together, where they are more than one: taken apart they are some times as large
WAIT_SECONDS = 0.1  # between two looks whether to stop, while a file takes long
FEW = 8  # changed files for which, if they are harmless, no process is started: it would take longer than they do

_TakeApart: TypeAlias = Callable[[Task], Taken]


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is made of one file before it is encoded: articles, or a reason why there are none; neither where its bytes are as
    they were. ``same``: what the index holds of it stays, also where a reason says why it could not be read again. ``more``:
    so does what is known of it, and the articles come to those it holds."""

    mark: FileMark
    articles: tuple[Article, ...] = ()
    skipped_parts: tuple[tuple[str, str], ...] = ()
    reason: str = ""
    same: bool = False
    more: bool = False
    notes: tuple[str, ...] = ()


@contextmanager
def read_ahead(
    plan: Plan, encoder: Encoder, processes: int | None, waiting: Callable[[], None]
) -> Iterator[Iterator[Prepared]]:
    """The files of a plan, in its order, read and cut for ``encoder``; until this is left.

    ``processes`` take them apart (None: as many as are worth it; 0: this one, whatever a file does to it). ``waiting`` is
    called now and then while no file is ready, and may raise.
    """
    with _taking_apart(plan.todo, encoder, processes) as (take_apart, threads):
        stage = _Reading(take_apart, encoder.max_tokens, plan)
        with closing(_ahead(stage.prepare, plan.todo, threads, waiting)) as prepared:
            yield map(stage.settle, prepared)


class _Reading:
    """What is done to one file, as the plan has it, by what takes one apart into passages of at most ``limit`` tokens."""

    def __init__(self, take_apart: _TakeApart, limit: int, plan: Plan) -> None:
        self._take_apart, self._limit, self._plan = take_apart, limit, plan
        self._seen: set[Key] = set()

    def prepare(self, found: Found) -> Prepared:
        """One file, read and cut; from any thread. Never raises for what is in it."""
        path = found.path
        if found.reason:
            return Prepared(marked(path, found.size, found.changed_ns, ""), reason=found.reason)
        from index.read import load

        try:
            loaded = load(path)
        except ReadError as error:  # of bytes nobody saw nothing is known: the next run looks again
            if known := self._plan.indexed.get(path):
                return Prepared(known, reason=f"{error.message}; what was read of it before stays", same=True)
            return Prepared(unread(path, found.size), reason=error.message)
        mark = marked(path, loaded.size, loaded.changed_ns, loaded.hash)
        if path in self._plan.indexed and self._plan.indexed[path].hash == loaded.hash:
            return Prepared(mark, same=True)
        cut = key(mark) not in self._plan.stored  # what is there already is not cut again
        taken = self._take_apart(Task(loaded.data, path, loaded.hash, self._limit, cut))
        return Prepared(mark, taken.articles, taken.skipped_parts, taken.reason, notes=taken.notes)

    def settle(self, prepared: Prepared) -> Prepared:
        """What is left to do, seen in the order of the walk: articles that an earlier file holds too are not encoded
        again, and a file without any passage has no text."""
        reading = key(prepared.mark)
        if not prepared.articles or reading in self._plan.stored:
            empty = not (prepared.reason or prepared.same or prepared.articles)
            return replace(prepared, reason="no text found") if empty else prepared
        if reading in self._seen:
            return replace(prepared, articles=tuple(Article(article.document) for article in prepared.articles))
        if not any(article.passages for article in prepared.articles):
            return replace(prepared, articles=(), reason="no text found")
        self._seen.add(reading)
        return prepared


def _ahead(
    prepare: Callable[[Found], Prepared], items: Sequence[Found], threads: int, waiting: Callable[[], None]
) -> Generator[Prepared]:
    """``prepare`` of every item, in order, by threads that are at most FILES_AHEAD items and BYTES_AHEAD bytes, or one item,
    ahead of whoever takes the results. ``waiting`` is called now and then while there is none."""
    rest, ahead = deque(items), deque[tuple[int, Future[Prepared]]]()
    pool = ThreadPoolExecutor(threads, thread_name_prefix="qa-read")

    def go_on() -> None:
        room = BYTES_AHEAD - sum(size for size, _ in ahead)
        while rest and len(ahead) < FILES_AHEAD and (not ahead or rest[0].size <= room):
            item = rest.popleft()
            ahead.append((item.size, pool.submit(prepare, item)))
            room -= item.size

    try:
        go_on()
        while ahead:
            while not wait([ahead[0][1]], timeout=WAIT_SECONDS).done:
                waiting()
            _, prepared = ahead.popleft()
            go_on()
            yield prepared.result()
            del prepared  # which may be large, while the next is waited for
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


@contextmanager
def _taking_apart(todo: Sequence[Found], encoder: Encoder, processes: int | None) -> Iterator[tuple[_TakeApart, int]]:
    """What takes a file apart, and how many threads may call it at once."""

    def here(task: Task) -> Taken:
        return work.take_apart(task, encoder.count_tokens)

    if processes == 0:
        yield here, 1
        return
    few = processes is None and len(todo) <= FEW
    with work.Pool(processes or work.processes(), encoder.count_tokens) as pool:
        yield (lambda task: (here if few and work.harmless(task) else pool.take_apart)(task)), pool.size
