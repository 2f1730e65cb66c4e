"""The nouns of a question's way: Question, Hit, Citation, Searched, Answer.

Owns their shape and nothing else. A refusal is an Answer too: one without citations, with the reason and what was searched.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Literal

from index.types import Document, Passage, Span, Statement, hull

Strength = Literal["strong", "fair", "weak"]
Wants = Literal["name", "number", "money", "share", "duration", "measure", "time", "reason", "any"]
WEAK_SHOWN = 3  # results that are all weak: one in two or three of such lists holds the answer, most often at its head
ASKED = 10  # results, unless one says otherwise: as many as JSON gives and `qa eval` measures
SHOWN = 3  # of these on a screen at first: it has room for about as many
NEAREST = 2  # misses shown with a refusal: enough to judge it by, few enough not to look like an answer


def _nothing() -> Mapping[str, float]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Question:
    """A question as understood. ``text`` is what was typed, or what is read for ``typed``; the rest was found in it.

    ``topic`` is the text without its speaker, form words and dates ("Iran"); ``words`` are the words worth matching, folded,
    in order; ``phrases`` are the strings the user put in quotation marks. ``asks`` is what asks, without the sentences that
    only tell ("The pier burned. Who paid?"); ``wants`` is the kind of words that would answer; ``topical``, whether it says of
    what it asks about that it is new ("this week").
    ``since`` and ``until`` are ISO days, inclusive; ``month`` (1 to 12) was named without a year.
    """

    text: str
    topic: str = ""
    words: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    speaker: str | None = None
    intent: str = "find"
    via: str | None = None
    source: str | None = None
    since: str | None = None
    until: str | None = None
    month: int | None = None
    asks: str = ""
    wants: Wants = "any"
    topical: bool = False
    typed: str | None = None

    @property
    def clued(self) -> bool:
        """Whether sentences that only tell stand beside what asks, and no topic was found in them."""
        return self.topic == self.text and self.asks not in {"", self.text}

    @property
    def matter(self) -> str:
        """What the second vector of a question stands for: what asks, where it is ``clued``, else its topic or all of it."""
        return self.asks if self.clued else self.topic or self.text


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a question, or a statement with the passage it stands in.

    ``parts`` are the words in it that answer: of the statement, or the best sentences. ``score`` is the fused similarity,
    higher is nearer. ``scores`` and ``ranks`` say what each leg (dense, lexical, title, statement) gave; ranks start at 1,
    and a leg that did not list the passage among its best has no rank.
    """

    passage: Passage
    score: float
    scores: Mapping[str, float] = field(default_factory=_nothing)
    ranks: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    statement: Statement | None = None
    parts: tuple[Span, ...] = ()

    @property
    def span(self) -> Span:
        """From the first character that answers to the last; the passage's span where none is marked."""
        return hull(self.parts) if self.parts else self.passage.span


@dataclass(frozen=True, slots=True)
class Citation:
    """One numbered result: where it stands, what in it answers, and how sure that is.

    ``highlights`` are spans of ``document.text``, in order, not overlapping: the words that answer. They lie inside
    ``passage.span``, but where a statement begins before it or goes on past it.
    ``strength`` is the calibrated word for this result. ``copies`` are documents that carry the same words; ``earlier`` are
    versions of the article which it supersedes, whether they carry them or not. ``superseded_by`` is the version that
    supersedes it and does not have these words. ``another``: a near miss that somebody else said than was asked about,
    "perhaps" where that was a description and he is not known to answer to it.
    """

    rank: int
    document: Document
    hit: Hit
    highlights: tuple[Span, ...]
    strength: Strength
    copies: tuple[Document, ...] = ()
    earlier: tuple[Document, ...] = ()
    superseded_by: Document | None = None
    another: Literal["surely", "perhaps"] | None = None

    @property
    def passage(self) -> Passage:
        return self.hit.passage

    @property
    def statement(self) -> Statement | None:
        return self.hit.statement


@dataclass(frozen=True, slots=True)
class Searched:
    """What an answer, or a refusal, was looked for in: counts after the filters, and the snapshot that held them.

    ``unreadable`` and ``unread`` count files of the whole index: those that cannot be read, and those that a run which is under
    way, or was stopped, has not read yet.
    """

    documents: int
    passages: int
    statements: int
    unreadable: int
    snapshot: str
    earliest: str | None = None
    latest: str | None = None
    unread: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """Citations in rank order, or a refusal.

    ``confidence`` in [0, 1] is the probability that the corpus answers the question. ``refusal`` is None where it does, else
    one sentence that says what was not found; ``nearest`` then holds the closest misses. ``seconds`` is the time it took.
    ``weaker`` are results set aside by `telling`. ``parts`` are the answers for each where several people were asked about;
    ``citations`` are then theirs, one after the other.
    """

    question: Question
    citations: tuple[Citation, ...]
    confidence: float
    searched: Searched
    refusal: str | None = None
    nearest: tuple[Citation, ...] = ()
    seconds: float = 0.0
    notices: tuple[str, ...] = ()
    weaker: tuple[Citation, ...] = ()
    parts: tuple[Answer, ...] = ()

    def telling(self) -> Answer:
        """The answer without its weak end: what stands below the last result that is not weak goes to ``weaker``; of nothing
        but weak results the first few stay. Where it is asked who spoke, all stay: a list is wanted."""
        if self.question.intent == "who":
            return self
        if self.parts:
            parts = tuple(part.telling() for part in self.parts)
            left = tuple(citation for part in parts for citation in part.weaker)
            return replace(self, parts=parts, citations=tuple(c for part in parts for c in part.citations), weaker=left)
        firm = [number for number, citation in enumerate(self.citations, 1) if citation.strength != "weak"]
        kept = firm[-1] if firm else WEAK_SHOWN
        return replace(self, citations=self.citations[:kept], weaker=self.weaker + self.citations[kept:])

    @property
    def answered(self) -> bool:
        return self.refusal is None
