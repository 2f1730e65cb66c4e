"""Words that may answer, and where two stretches of them are one answer.

Owns which pieces of a quotation go together, and which spans say the same words twice. Pure. Refuses to know what is asked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from index.types import Span, Statement

# Two units that share more than half of the shorter say the same words twice.
_SAME = 0.5
# A quotation that goes on stays one answer while it keeps to the matter: its next piece is this near to the last one's cosine
# with the topic. Wider, the labelled highlights of wire stories get worse; narrower, those of newspaper articles.
_KEPT_TO = 0.1
# Whatever it touches, so short a quotation is one answer. Marking it whole gains .02 and .04 of highlight F1 on two halves of
# newspaper articles; from 500 on, wire stories, whose labels part long pieces, lose.
_BRIEF = 400  # code points
_LONGEST = 1000  # code points of such an answer: a speech that goes on for pages is many


@dataclass(frozen=True, slots=True)
class Unit:
    """Words that may answer: a statement, or a sentence of a passage."""

    passage: int
    parts: tuple[Span, ...]
    near: float
    topic: float
    statement: Statement | None = None

    @property
    def span(self) -> Span:
        return Span(self.parts[0].start, self.parts[-1].end)


def whole(units: Iterable[Unit]) -> list[Unit]:
    """The pieces of a quotation as one unit: after the first they have no cue, and its mention of their speaker.

    "We will go," he said. "It is late.": one answer, as near as the nearest of its pieces.
    """
    joined: list[Unit] = []
    for unit in sorted(units, key=_in_the_text):
        first, piece = (joined[-1].statement if joined else None), unit.statement
        if first is None or piece is None or not _goes_on(first, piece, abs(unit.topic - joined[-1].topic)):
            joined.append(unit)
            continue
        last = joined.pop()
        parts = (*last.parts, *unit.parts)
        near, topic = max(last.near, unit.near), max(last.topic, unit.topic)
        joined.append(Unit(last.passage, parts, near, topic, replace(first, parts=parts)))
    return joined


def _in_the_text(unit: Unit) -> tuple[str, int, int]:
    return unit.statement.document if unit.statement else "", unit.parts[0].start, unit.parts[-1].end


def _goes_on(first: Statement, piece: Statement, apart: float) -> bool:
    """Whether ``piece`` is more of ``first``; ``apart`` is how far their cosines with the topic are."""
    if piece.cue is not None or not piece.mention == first.mention is not None or piece.document != first.document:
        return False
    same = first.kind == piece.kind == "direct" and piece.span.start >= first.span.end
    return same and piece.span.end - first.span.start <= (_LONGEST if apart <= _KEPT_TO else _BRIEF)


def same_words(a: Span, b: Span) -> bool:
    """Whether two spans of one article are the same words twice."""
    return a.overlap(b) > _SAME * min(len(a), len(b))
