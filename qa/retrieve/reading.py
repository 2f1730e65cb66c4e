"""Passages read closely for one question: what is said in them and their sentences compete, and the best are the hits.

Owns which units compete, which are left out as another's words or as the words of a better one, their order, and that no more
are read than can come among the best. Refuses to know how the passages were found and what evidence counts for.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from types import MappingProxyType
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from index.store import Snapshot
from index.types import Span, Statement
from qa import highlight
from qa.pages import Pages
from qa.question import asks_for_everybody
from qa.retrieve.units import Unit, same_words, whole
from qa.retrieve.weights import Found, Read, Scale, Weights
from qa.speakers import ASSERTED, EXPECTED, SURE, Asked, last_word
from qa.types import Hit, Question

Vector = NDArray[np.float32]
Pair: TypeAlias = tuple[Vector, Vector]

# What a further result by somebody named already loses where everybody is asked for: between the first and the tenth result of
# such questions there is about twice as much.
_AGAIN = 0.3
# Of how many first results those that come from one article stand apart: `Weights.another`.
SPREAD = 10
# Units that are read before it is asked again which others can still come among the best.
_AT_ONCE = 8
# A bound and the score it bounds are added up alike; they differ in rounding by far less than this.
_ROUNDING = 1e-9


class Reader:
    """Reads passages closely for one question, and of their units only those that can be among the best."""

    def __init__(
        self,
        snapshot: Snapshot,
        question: Question,
        vectors: Pair,
        weights: Weights,
        asked: Asked,
        found: Found,
        pages: Pages,
    ) -> None:
        self._snapshot, self._question, self._vectors = snapshot, question, vectors
        self._weights, self._asked, self._found, self._pages = weights, asked, found, pages
        self._facts = pages.facts
        pages.open(found.reading)
        self._cosines = self._nearness()
        self._scale = Scale(question, asked, weights, found, pages)

    def rank(self, k: int, only: bool) -> list[Hit]:
        """The ``k`` best hits. Units are read in the order of the most they can score, until no other can come among them."""
        said = self._statement_units() if only or self._statements_count() else []
        others = _Others({}, {})
        if only:
            said = [unit for unit in said if unit.statement and self._asked.said(unit.statement)]
        elif self._asked.known:
            said, others = self._not_by_others(said)
        units = said if only else said + self._sentence_units()
        best = sorted(((self._scale.most(unit), unit) for unit in units), key=lambda pair: -pair[0])
        wanted = max(k, SPREAD if self._weights.another else 1)
        read: list[Read] = []
        first: list[Read] = []
        while best:
            floor = first[-1].score - _ROUNDING if len(first) == wanted else -math.inf
            at_once = _AT_ONCE if read else wanted
            possible = [unit for most, unit in best[:at_once] if most >= floor]
            if not possible:
                break
            del best[:at_once]
            marked = [self._marked(unit) for unit in possible if self._scale.may_reach(unit, floor)]
            read += [self._scale.read(unit) for unit in marked if unit.statement or not others.said(unit)]
            first = self._distinct(sorted(self._among_themselves(read), key=_place), wanted)
        shown = self._spread(first)[:k]
        if self._facts:
            self._pages.said([one.unit.passage for one in shown])  # all at once, for `_his_own`
        return [self._hit(one) for one in shown]

    def _among_themselves(self, read: list[Read]) -> list[Read]:
        """What of the units read so far stays, and with which score; it never rises."""
        if self._facts:
            read = _best_of_each(read)
        return _each_speaker_first(read) if asks_for_everybody(self._question) else read

    def _spread(self, first: Sequence[Read]) -> list[Read]:
        """The same results, the first `SPREAD` of them in the order of what they score with what `Weights.another` adds."""
        before: Counter[str] = Counter()
        gained = []
        for one in first[:SPREAD]:
            document = self._pages.passages[one.unit.passage].document
            gained.append(replace(one, score=one.score + self._weights.another * max(0, 2 - before[document])))
            before[document] += 1
        return sorted(gained, key=_place) + list(first[SPREAD:])

    def _distinct(self, read: Sequence[Read], k: int) -> list[Read]:
        """The first ``k`` that do not repeat the words of a better one."""
        kept: list[Read] = []
        shown: dict[str, list[Span]] = {}
        for one in read:
            if len(kept) == k:
                break
            others = shown.setdefault(self._pages.passages[one.unit.passage].document, [])
            if not any(same_words(one.span, other) for other in others):
                kept.append(one)
                others.append(one.span)
        return kept

    def _statements_count(self) -> bool:
        """Whether statements compete. Where facts are asked for, of nobody, the sentences that they stand in do."""
        return not self._facts or bool(self._asked.names)

    def _statement_units(self) -> list[Unit]:
        found = self._pages.said(self._found.reading)
        near, topic = self._snapshot.statement_cosines([s.id for _, s in found], *self._vectors)
        return whole(
            Unit(passage, s.parts, n, t, s)
            for (passage, s), n, t in zip(found, near.tolist(), topic.tolist(), strict=True)
        )

    def _nearness(self) -> dict[int, tuple[list[float], list[float]]]:
        """Of each passage the cosines of its m sentences with the question and with its topic."""
        rows = self._pages.vectors(self._found.reading)
        ends = list(accumulate(map(len, rows)))
        # Not by BLAS, which for so little wakes its threads.
        near, topic = (np.einsum("ij,j->i", np.concatenate(rows), vector).tolist() for vector in self._vectors)
        spans = zip(self._found.reading, [0, *ends], ends, strict=False)
        return {passage: (near[start:end], topic[start:end]) for passage, start, end in spans}

    def _sentence_units(self) -> list[Unit]:
        """Each passage, as near as its nearest sentence; `_marked` says which sentences answer."""
        return [
            Unit(passage, self._pages.passages[passage].sentences, max(near), max(topic))
            for passage, (near, topic) in self._cosines.items()
            if near
        ]

    def _marked(self, unit: Unit) -> Unit:
        """Of a passage the sentence, or two, that answer best; a statement as it is."""
        if unit.statement:
            return unit
        passage, article = self._pages.passages[unit.passage], self._pages.articles[unit.passage]
        near, topic = self._cosines[unit.passage]
        cosines = topic if self._question.clued else near
        says = self._pages.says(unit.passage)
        margin = highlight.MARGIN_OF_FACTS if self._facts else highlight.MARGIN
        parts = highlight.mark(article.text, passage.sentences, cosines, says, margin)
        inside = [i for i, sentence in enumerate(passage.sentences) if any(part.covers(sentence) for part in parts)]
        return Unit(passage.id, parts, max(near[i] for i in inside), max(topic[i] for i in inside))

    def _not_by_others(self, said: list[Unit]) -> tuple[list[Unit], _Others]:
        """Where somebody known is asked about: all statements but those that are surely another's, and where both speak."""
        others = _Others({}, {})
        kept = []
        for unit in said:
            statement = unit.statement
            assert statement is not None
            if self._asked.another(statement, self._pages.text(unit.passage)):
                if statement.confidence >= SURE:
                    others.theirs.setdefault(unit.passage, []).append(unit.span)
                if statement.confidence >= EXPECTED:
                    continue
            kept.append(unit)
            if self._asked.weight(statement):
                others.own.setdefault(unit.passage, []).append(unit.span)
        return kept, others

    def _his_own(self, unit: Unit) -> Statement | None:
        """Where a sentence that gives a fact is mostly that somebody says something, and the question names him, what he says:
        "What is Roe waiting for?" is answered in Roe's words."""
        if not self._facts or len(unit.parts) > 1:
            return None
        text, named = self._pages.text(unit.passage), self._question.words
        most, own = len(unit.span) / 2, None
        for _, s in self._pages.said([unit.passage]):
            if s.speaker is None or s.mention is None or s.confidence < ASSERTED:
                continue
            share = sum(unit.span.overlap(part) for part in (*s.parts, s.mention, *filter(None, [s.cue])))
            if share > most and (last_word(s.speaker) in named or last_word(s.mention.of(text)) in named):
                most, own = share, s
        return own

    def _hit(self, read: Read) -> Hit:
        """As it is given out."""
        unit, ranks = read.unit, self._found.ranks
        statement = unit.statement or self._his_own(unit)
        scores = self._scale.told(read, statement)
        if statement and statement.speaker and statement.speaker in self._asked.shown:
            statement = replace(statement, speaker=self._asked.shown[statement.speaker])
        keys = {"dense": unit.passage, "lexical": unit.passage, "statement": statement.id if statement else 0}
        return Hit(
            passage=self._pages.passages[unit.passage],
            score=read.score,
            scores=MappingProxyType({name: round(value, 6) for name, value in scores.items()}),
            ranks=MappingProxyType({leg: ranks[leg][key] for leg, key in keys.items() if key in ranks[leg]}),
            statement=statement,
            parts=unit.parts,
        )


@dataclass(frozen=True, slots=True)
class _Others:
    """Where, by passage, the one asked about speaks himself, and where surely another does."""

    own: dict[int, list[Span]]
    theirs: dict[int, list[Span]]

    def said(self, unit: Unit) -> bool:
        """Whether a sentence is another's words and not also his."""
        return not any(unit.span.overlap(span) for span in self.own.get(unit.passage, ())) and any(
            same_words(unit.span, span) for span in self.theirs.get(unit.passage, ())
        )


def _each_speaker_first(read: Sequence[Read]) -> list[Read]:
    """All; those whose speaker a better one names already have lost `_AGAIN`."""
    named: set[str] = set()
    found = []
    for one in sorted(read, key=_place):
        found.append(replace(one, score=one.score - _AGAIN) if one.speaker in named else one)
        named |= {one.speaker} if one.speaker else set()
    return found


def _place(read: Read) -> tuple[float, int, Span]:
    return -read.score, read.unit.passage, read.span


def _best_of_each(read: Sequence[Read]) -> list[Read]:
    """Of each passage the best unit, best first."""
    best: dict[int, Read] = {}
    for one in sorted(read, key=_place):
        best.setdefault(one.unit.passage, one)
    return list(best.values())
