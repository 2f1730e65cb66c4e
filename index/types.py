"""The nouns of the index: Span, Block, Document, Passage, Statement.

Owns their shape, and what tells that a file is not the one it was; standard library only, so that every other module may
import it for free.

Offsets everywhere are code points (Python ``str`` indices), half-open, into ``Document.text`` *as it was read*: for a
text or Markdown file that is the decoded file itself, newlines untouched. A slice is therefore always verbatim.
"""

from __future__ import annotations

import os
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

BlockKind = Literal["paragraph", "heading", "aside"]
StatementKind = Literal["direct", "indirect", "mixed"]


@dataclass(frozen=True, slots=True, order=True, init=False)
class Span:
    """Half-open range of code points ``[start, end)``.

    >>> Span(0, 5).of("Hello, world")
    'Hello'
    """

    start: int
    end: int

    def __init__(self, start: int, end: int) -> None:
        """Raises ValueError where they are not in this order, or below 0."""
        if not 0 <= start <= end:
            raise ValueError(f"a span needs 0 <= start <= end, not [{start}, {end})")
        _set_start(self, start)
        _set_end(self, end)

    def __len__(self) -> int:
        return self.end - self.start

    def of(self, text: str) -> str:
        """The verbatim slice of ``text``."""
        return text[self.start : self.end]

    def covers(self, other: Span) -> bool:
        """Whether ``other`` lies wholly inside this span."""
        return self.start <= other.start and other.end <= self.end

    def overlap(self, other: Span) -> int:
        """How many code points both spans share."""
        return max(0, min(self.end, other.end) - max(self.start, other.start))


# As `object.__setattr__` sets them, in half the time: a question makes some two thousand spans.
_set_start, _set_end = (Span.__dict__[name].__set__ for name in ("start", "end"))


def hull(spans: Sequence[Span]) -> Span:
    """The smallest span that covers all of ``spans``. Raises ValueError where there are none."""
    if not spans:
        raise ValueError("no spans to cover")
    return spans[0] if len(spans) == 1 else Span(min(s.start for s in spans), max(s.end for s in spans))


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of a document's text and what it is good for.

    ``paragraph`` is prose (also a list item that is prose): it may answer. ``heading`` gives context to what follows and is
    never an answer. ``aside`` is neither: front matter, link lists, datelines, bylines, share buttons.
    """

    span: Span
    kind: BlockKind


@dataclass(frozen=True, slots=True)
class Document:
    """One article.

    ``id`` is the BLAKE2b-128 of the file's bytes in hex; of a part of a file, that of the article. ``blocks`` are in order
    and do not overlap; what no block covers is white space. ``date`` is when it was published and ``modified``, where that
    is later, when it was last changed: ISO 8601, a day or a time. ``source`` is the outlet, ``language`` a code of ISO 639-1.
    ``indexed`` is when the store took it, in UTC; None until then, and no part of what an article is.
    ``path`` is that of the file, absolute, as ``os.fsdecode`` gives it; ``part`` names the file inside that file which it
    was read from ("inner/a.html" in an archive, "row 17" of a table), and is empty where it is the whole file. ``pages``
    are the offsets at which its pages start, ascending; empty where the format has none. A page without text starts where
    the next does.
    """

    id: str
    path: str
    text: str
    blocks: tuple[Block, ...]
    title: str | None = None
    date: str | None = None
    source: str | None = None
    author: str | None = None
    url: str | None = None
    place: str | None = None
    part: str = ""
    pages: tuple[int, ...] = ()
    modified: str | None = None
    language: str | None = None
    indexed: str | None = field(default=None, compare=False)

    @property
    def location(self) -> str:
        """The path, and inside a file that holds others the part: "/news/2012.zip/inner/a.html", "/news/dump.csv row 3"."""
        return inside(self.path, self.part)

    def page(self, offset: int) -> int | None:
        """The number of the page, from 1, on which the character at ``offset`` stands; None where there are none."""
        return bisect_right(self.pages, offset) or 1 if self.pages else None

    def paragraphs(self, page: int | None = None) -> list[Span]:
        """The spans of the paragraph blocks, in order: paragraph n on the screen is item n - 1.

        With a ``page``, from 1, those of which at least a part stands on it; none where there is no such page.
        """
        spans = [block.span for block in self.blocks if block.kind == "paragraph"]
        if page is None:
            return spans
        start, end = (*self.pages, len(self.text))[page - 1 : page + 1] if 0 < page <= len(self.pages) else (0, 0)
        return [span for span in spans if span.start < end and start < span.end]


def later(one: str | None, other: str | None) -> bool:
    """Whether one date of a document is surely after another; of two on one day, only one with a time, the one that has it.

    >>> later("2017-01-31", "2017-01-30T12:00:00"), later("2017-01-30T12:00:00", "2017-01-30"), later("2017-01-30", None)
    (True, True, False)
    >>> later("2017-01-31T01:00:00+03:00", "2017-01-30T23:00:00+00:00")
    False
    """
    if not one or not other or one == other:
        return False
    first, second = datetime.fromisoformat(one), datetime.fromisoformat(other)
    if len(one) > 10 and len(other) > 10 and (first.tzinfo is None) == (second.tzinfo is None):
        return first > second
    return one[:10] > other[:10] or (one[:10] == other[:10] and len(other) == 10)


def changed_ns(status: os.stat_result) -> int:
    """When a file was last changed, in nanoseconds: written to, or put there under its name.

    The time it was written can be set to any other, and archives, mirrors and exports set it to the day of the article; so
    the later of it and the time its entry changed, which nobody can set.
    """
    return max(status.st_mtime_ns, status.st_ctime_ns)


_COUNTED = re.compile(r"(?:row|line|item|message|entry|story|attachment) \d")


def inside(outer: str, part: str) -> str:
    """A part of a file by its name, as a reader would say it: what is counted is parted by a space.

    >>> inside("2012.zip", "inner/a.html"), inside("posts.csv", "row 17"), inside("a.txt", "")
    ('2012.zip/inner/a.html', 'posts.csv row 17', 'a.txt')
    """
    if not part or not outer:
        return outer or part
    return f"{outer} {part}" if _COUNTED.match(part) else f"{outer}/{part}"


@dataclass(frozen=True, slots=True)
class Passage:
    """A few whole sentences that fit the encoder: what is embedded and found.

    ``paragraph`` is the 1-based number of the paragraph it starts in; ``heading`` is the nearest heading above it.
    ``id`` is 0 until the store has given one; an id is never reused.
    """

    document: str
    span: Span
    sentences: tuple[Span, ...]
    paragraph: int
    heading: Span | None = None
    id: int = 0


@dataclass(frozen=True, slots=True)
class Statement:
    """What somebody said, as the article gives it.

    ``parts`` are the content, verbatim, in order (several where a quotation is split: "We will," he said, "go on").
    ``mention`` is the speaker as written there ("he", "the minister"), ``speaker`` the resolved name or None where the
    article does not make it clear, ``via`` who relayed it. ``confidence`` in [0, 1] is that of content and speaker together.
    """

    document: str
    parts: tuple[Span, ...]
    kind: StatementKind
    cue: Span | None = None
    mention: Span | None = None
    speaker: str | None = None
    via: str | None = None
    confidence: float = 0.0
    negated: bool = False
    modal: bool = False
    id: int = 0

    @property
    def span(self) -> Span:
        """From the first character of the content to its last."""
        return hull(self.parts)


def homes(statements: Iterable[Statement], passages: Sequence[Passage]) -> list[int | None]:
    """For each statement the place among ``passages`` of the one that holds most of it, the first of equals; None where none
    holds any of it. The passages are apart, and in the order of the text."""
    starts, ends = [passage.span.start for passage in passages], [passage.span.end for passage in passages]
    found: list[int | None] = []
    for span in (statement.span for statement in statements):
        near = range(bisect_right(ends, span.start), bisect_left(starts, span.end))
        shared = [passages[place].span.overlap(span) for place in near]
        found.append(near[shared.index(max(shared))] if any(shared) else None)
    return found
