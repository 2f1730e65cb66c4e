"""The values that go into and come out of the store.

Owns their shape, and what a filter may say. Refuses to know about disks and databases.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from index.errors import UsageError
from index.types import Document, Passage, Statement


@dataclass(frozen=True, slots=True)
class Filter:
    """Which documents a search may find: an outlet, the first and last ISO day, inclusive, and a language by its code.

    Letters of an outlet match in either case, as far as they are ASCII.
    A document without a date is found only where no such day is asked for. ``as_of`` is the day from which the archive is
    looked at: what was published later is not there yet, what has no date is. Raises UsageError for what is not a day.
    """

    source: str | None = None
    since: str | None = None
    until: str | None = None
    as_of: str | None = None
    language: str | None = None

    def __post_init__(self) -> None:
        for name, day in (("since", self.since), ("until", self.until), ("as_of", self.as_of)):
            if day is not None and not _is_day(day):
                raise UsageError(f"{name} is not a day: {day!r}", "Write it as 2012-06-15.")

    def __bool__(self) -> bool:
        """Whether it restricts anything."""
        return self != Filter()


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


OWED = -1
"""A mark's size that no file has: read it whatever the bytes, in whichever run comes next."""
UNFINISHED = -2
"""A mark's size that no file has: some of its articles are in, the next run goes on with the others."""
WAITING = -3
"""A mark's size that no file has: it is to be read for the first time, by the run that found it or the next one there."""


@dataclass(frozen=True, slots=True)
class FileMark:
    """A file as it was read: its absolute path, as os.fsdecode gives it, when it was last changed (`index.types.changed_ns`),
    and the BLAKE2b-128 of its bytes in hex."""

    path: str
    size: int
    changed_ns: int
    hash: str


@dataclass(frozen=True, slots=True, eq=False)
class Indexed:
    """A document with all that is searched for in it.

    ``passages`` are apart, and in the order of the text. ``vectors`` (n, d) float32 unit rows, one per passage; ``parts``:
    per passage (m_i, d) float32, one row per sentence; ``statement_vectors`` (s, d) float32; ``title_vector`` (d,), None
    without a title, or without passages. A row may be all zero: it is near to nothing.
    """

    document: Document
    passages: tuple[Passage, ...]
    vectors: NDArray[np.float32]
    parts: tuple[NDArray[np.float32], ...]
    statements: tuple[Statement, ...]
    statement_vectors: NDArray[np.float32]
    title_vector: NDArray[np.float32] | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """What a question reads of a `Document`: no more than it takes to find words in it and to say when and by whom."""

    id: str
    text: str
    title: str | None
    date: str | None
    source: str | None


@dataclass(frozen=True, slots=True)
class Model:
    """Which model made the vectors: its name, a fingerprint of all that decides them, their dimension."""

    name: str
    fingerprint: str
    dim: int


@dataclass(frozen=True, slots=True)
class Stats:
    """What a snapshot holds. ``documents`` counts articles, ``found`` files: indexed, ``skipped`` with a reason, or ``unread``
    so far, or not wholly read, because a run is under way or was stopped.

    ``sources`` counts articles by outlet, ``languages`` by language. ``earliest`` and ``latest`` are ISO days.
    ``skipped_parts`` are (path and name inside the file, reason) of what could not be read in
    files that are indexed. ``stated`` counts the articles that have a date, a time, an outlet (source), an author, ... by
    the name of the fact. With a filter, ``documents``, ``passages``, ``statements``, ``sources``, ``languages``, ``stated``
    and the days are those within it.
    """

    documents: int
    passages: int
    statements: int
    found: int
    skipped: tuple[tuple[str, str], ...]
    sources: Mapping[str, int]
    earliest: str | None
    latest: str | None
    skipped_parts: tuple[tuple[str, str], ...] = ()
    stated: Mapping[str, int] = field(default_factory=dict)
    languages: Mapping[str, int] = field(default_factory=dict)
    unread: int = 0


@dataclass(frozen=True, slots=True)
class Problem:
    """Something a check found. ``kind`` is what it concerns: database, format, document, passage, statement, words,
    vectors or source. ``repairable`` says whether `Store.repair` does something about it."""

    kind: str
    message: str
    repairable: bool


@dataclass(frozen=True, slots=True)
class Repair:
    """What a repair did, in words, and the files that have to be indexed again."""

    done: tuple[str, ...]
    reindex: tuple[str, ...]
