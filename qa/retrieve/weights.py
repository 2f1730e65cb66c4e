"""What each kind of evidence counts for, and what passages and units come to by it.

Owns the weights with what chose them, the sums they stand in, and how high a sum can still get before all is read. Refuses to
know how passages were found and which units compete.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from index.store import Article
from index.types import Passage, Span, Statement, hull
from qa import highlight, offices
from qa.pages import Pages
from qa.question import holds_verbatim, stems_among, uttered
from qa.retrieve.deeds import deed
from qa.retrieve.units import Unit
from qa.speakers import ASSERTED, Asked
from qa.types import Question

Scores = NDArray[np.float64]

# A text shorter than three usual passages is one story as a whole. On encyclopedia paragraphs that brings the right one to the
# first place three times more in a hundred; between 1,500 and 3,000 no measure moves by more than one question.
_SHORT = 1500  # code points
# The scale of ``lead``, in code points: about a paragraph.
_PARAGRAPH = 500


@dataclass(frozen=True, slots=True)
class Weights:
    """What each kind of evidence counts for. Chosen on labelled questions: docs/decisions/0002-ranking.md has the table.

    Each carries over from one half of the questions to the other, or is the same for both kinds of question.

    ``dense``, ``lexical`` and ``title`` fuse a passage's legs and are divided by their sum; ``context`` is what that fused
    score counts for a unit, ``whole`` how much of the passage's own cosine is left in it. ``near`` and ``topic``: the unit's
    cosine with the question and with its topic; ``words``: the share of the topic's words it holds. ``story``: the mean of
    its article's three best passages, since an article about the matter outdoes a passing mention. ``lead``: it stands early,
    where news puts what matters. ``kind``: it holds the kind of words asked for. ``subject``: the share its passage holds of
    what the article's title says beyond the question, where that may answer. ``named``: its article is of the outlet, or of
    the time, that the question names. That is no filter: an article may tell of January in March, and many have no date.

    A statement by the one asked about gains ``speaker``, and ``about`` times its topic cosine, and ``among`` times its
    passage's score (his words on another matter are no answer), all times ``trust`` plus the confidence of the attribution,
    at most 1; and ``direct`` where they are his very words. ``said``: it is a statement, ``told``: it is none; ``nameless`` is
    what it loses where "who" is asked and nobody can be named. Where it is asked of a deed (`qa.retrieve.deeds`), a statement
    that is told with such a verb gains ``deed``; by him to whom it was done, or denied, it loses ``victim``. By one of those
    of whom it is asked which it was ("which senator") it gains ``of_them``.
    ``another`` is what each of the first two results from an article among the first `SPREAD` gains over the next one: another
    article, or passage of one, may answer where the best does not.
    ``words``, ``kind``, ``subject``, ``near``, ``topic`` and ``lead`` are not negative: `Scale.most` rests on it.
    """

    dense: float = 1.0
    lexical: float = 0.7
    title: float = 0.3
    context: float = 1.0
    whole: float = 1.0
    near: float = 0.3
    topic: float = 0.6
    words: float = 0.15
    story: float = 0.3
    lead: float = 0.025
    speaker: float = 0.3
    about: float = 0.8
    among: float = 0.2
    trust: float = 0.5
    direct: float = 0.05
    said: float = 0.3
    told: float = 0.0
    nameless: float = 0.1
    deed: float = 0.3
    victim: float = 0.3
    of_them: float = 0.3
    kind: float = 0.0
    subject: float = 0.0
    named: float = 0.2
    another: float = 0.0


# Who said what is asked.
WORDS = Weights()
# What is new is asked for, which any sentence may tell, and news tells first.
NEWS = replace(
    WORDS, near=0.1, topic=0.0, words=0.05, said=0.0, told=0.27, nameless=0.0, kind=0.15, subject=0.2, another=0.04
)  # fmt: skip
# The same where other sentences stand beside the one that asks ("The pier burned. Who paid?"): whose words the answer repeats
# says less than what it is about.
CLUED = replace(NEWS, topic=0.2, words=0.0)
# A detail is asked for, which one sentence tells, wherever it stands: it, and not its passage, has to be near.
FACTS = replace(NEWS, near=0.7, whole=0.0, lead=0.0, another=0.02)


def weights_for(question: Question, facts: bool) -> Weights:
    """What counts for a question; ``facts``: whether it asks for facts, and not for somebody's words."""
    if not facts:
        return WORDS
    return CLUED if question.clued else NEWS if question.topical else FACTS


def fuse(legs: Mapping[str, Scores], weights: Weights = WORDS) -> Scores:
    """Convex combination of the passage legs, shape (n,)."""
    share = {"dense": weights.dense, "lexical": weights.lexical, "title": weights.title}
    fused: Scores = sum(w * legs[name] for name, w in share.items()) / sum(share.values())  # type: ignore[assignment]
    return fused


@dataclass(frozen=True, slots=True)
class Found:
    """What the legs say: the passages to read, and of all listed ones their places in the scores, and their ranks."""

    reading: list[int]
    place: Mapping[int, int]
    legs: Mapping[str, Scores]
    context: Scores
    ranks: Mapping[str, Mapping[int, int]]


@dataclass(frozen=True, slots=True)
class Read:
    """A unit that was read: its score, the share of the topic's words it holds, how far it holds the kind asked for, and who is
    named for it, if anybody."""

    unit: Unit
    score: float
    words: float
    kind: float
    span: Span
    speaker: str | None


class Scale:
    """What the passages that are read, and their units, score for one question."""

    def __init__(self, question: Question, asked: Asked, weights: Weights, found: Found, pages: Pages) -> None:
        """``pages`` has read all that ``found`` names to be read."""
        self._question, self._asked, self._weights, self._found, self._pages = question, asked, weights, found, pages
        self._facts, self._sought = pages.facts, pages.sought
        self._uttered = uttered(question.text)
        self._nameless = weights.nameless if question.intent == "who" else 0.0
        self._deed = None if self._facts else deed(question)
        self._which = offices.which(question.text) if question.intent == "who" and not self._facts else ""
        self._ones: dict[tuple[str, str], bool] = {}
        self._around: dict[str, str] = {}  # by article, what stands around the office that is asked for
        passages = {id_: pages.passages[id_] for id_ in found.reading}
        articles = {article.id: article for article in map(pages.articles.__getitem__, found.reading)}
        self._fused = {id_: float(found.context[found.place[id_]]) for id_ in found.reading}
        self._stories = _stories(passages, articles, self._fused)
        named = {id_: _named(question, article) for id_, article in articles.items()}
        self._named = {id_: named[passage.document] for id_, passage in passages.items()}
        own = (1 - weights.whole) * weights.dense / (weights.dense + weights.lexical + weights.title)
        self._grounds = {
            id_: weights.context * (self._fused[id_] - own * float(found.legs["dense"][found.place[id_]]))
            + weights.story * self._stories[id_]
            + weights.named * self._named[id_]
            for id_ in found.reading
        }

    def most(self, unit: Unit) -> float:
        """The most that a unit can score: what only reading tells is at most 1, and its weight not negative."""
        return self._score(unit, 1.0, *((1.0, 1.0) if self._facts else (0.0, 0.0)))

    def may_reach(self, unit: Unit, floor: float) -> bool:
        """Whether a unit can score as much as ``floor`` with what its passage gives, a sentence with no more words than all of
        it. The kind of its words, which takes longest to tell, is asked for last."""
        passage = unit.passage
        words = 1.0 if unit.statement else highlight.coverage(self._pages.held(passage), self._sought.rarity)
        if not self._facts:
            return self._score(unit, words, 0.0, 0.0) >= floor
        share = self._pages.share(passage)
        if self._score(unit, words, 1.0, share) < floor:
            return False
        return self._score(unit, words, max(self._pages.kinds(passage), default=0.0), share) >= floor

    def read(self, unit: Unit) -> Read:
        """A unit with all that its words tell."""
        text = self._pages.text(unit.passage)
        rarity = self._sought.rarity
        words = highlight.coverage(stems_among(" ".join(part.of(text) for part in unit.parts), rarity), rarity)
        speaker = unit.statement.speaker if unit.statement and _speaker_named(unit.statement) else None
        kind = self._kind(unit)
        score = self._score(unit, words, kind, self._pages.share(unit.passage))
        shown = self._asked.shown.get(speaker, speaker) if speaker else None
        return Read(unit, score, words, kind, hull(unit.parts), shown)

    def told(self, read: Read, statement: Statement | None) -> dict[str, float]:
        """Every score of a unit that is shown with ``statement``, by name, also those that its place does not hang on; none of
        what is not there to be judged, as the title of an article without one."""
        unit, sought, pages = read.unit, self._sought, self._pages
        id_, article = unit.passage, pages.articles[unit.passage]
        title, own = article.title or "", " ".join(part.of(article.text) for part in unit.parts)
        around = stems_among(title, sought.rarity) | pages.held(id_)
        named = stems_among(f"{title} {own}", sought.names) | {(article.date or "")[:4]}
        scores = {
            "near": unit.near,
            "topic": unit.topic,
            "words": read.words,
            "around": highlight.coverage(around, sought.rarity),
            "names": float(sought.names <= named),
            "agree": float(not sought.denies or highlight.denies(own)),
            "speaker": self._asked.weight(statement) if statement else 0.0,
            "context": self._fused[id_],
            "story": self._stories[id_],
            "kind": read.kind,
        }
        scores |= {leg: float(values[self._found.place[id_]]) for leg, values in self._found.legs.items()}
        if self._uttered:
            scores["verbatim"] = float(holds_verbatim(own, self._uttered))
        if article.title is None:
            del scores["title"]
        if pages.subject(article):
            scores["subject"] = pages.share(id_)
        if _can_be_named(self._question, article):
            scores["named"] = self._named[id_]
        return scores

    def _kind(self, unit: Unit) -> float:
        """How far the sentences that a unit is of hold the kind of words asked for, where facts are."""
        if not self._facts:
            return 0.0
        sentences = zip(self._pages.passages[unit.passage].sentences, self._pages.kinds(unit.passage), strict=True)
        return max((kind for span, kind in sentences if any(span.overlap(part) for part in unit.parts)), default=0.0)

    def _score(self, unit: Unit, words: float, kind: float, subject: float) -> float:
        """``words`` is the share of the topic's words that the unit holds, ``kind`` how far it holds the kind asked for, and
        ``subject`` the share of the article's that its passage holds."""
        w, passage, statement = self._weights, unit.passage, unit.statement
        score = self._grounds[passage] + w.words * words + w.near * unit.near + w.topic * unit.topic
        score += w.kind * kind + w.subject * subject
        score -= w.lead * math.log1p(unit.parts[0].start / _PARAGRAPH)
        score += w.told if statement is None else w.said
        if statement is not None and (speaker := self._asked.weight(statement)):
            gain = w.speaker + w.about * unit.topic + w.among * self._fused[passage]
            score += gain * speaker * min(1.0, w.trust + statement.confidence)
            score += w.direct * (statement.kind == "direct")
        if self._nameless and not _speaker_named(statement):
            score -= self._nameless
        if self._deed and statement:
            text = self._pages.text(passage)
            if self._deed.by_its_victim(statement) or self._deed.denied(statement, text):
                score -= w.victim
            elif _speaker_named(statement) and self._deed.done(statement, text):
                score += w.deed
        if self._which and statement and self._is_one(statement):
            score += w.of_them
        return score

    def _is_one(self, statement: Statement) -> bool:
        """Whether its article says of a statement's speaker that he is what "which senator" asks for."""
        if not statement.speaker:
            return False
        document, speaker = statement.document, statement.speaker
        if document not in self._around:
            article = next(article for article in self._pages.articles.values() if article.id == document)
            self._around[document] = offices.around(self._which, article.text)
        if (document, speaker) not in self._ones:
            self._ones[document, speaker] = offices.is_called(speaker, self._which, self._around[document])
        return self._ones[document, speaker]


def _stories(
    passages: Mapping[int, Passage], articles: Mapping[str, Article], fused: Mapping[int, float]
) -> dict[int, float]:
    """For each passage, of its document a third of the sum of the three best; of a short one the mean of those there are."""
    scores: dict[str, list[float]] = {}
    for passage in passages.values():
        scores.setdefault(passage.document, []).append(fused[passage.id])
    best = {document: sorted(found)[-3:] for document, found in scores.items()}
    story = {id_: sum(found) / (len(found) if len(articles[id_].text) < _SHORT else 3) for id_, found in best.items()}
    return {id_: story[passage.document] for id_, passage in passages.items()}


def _named(question: Question, article: Article) -> float:
    """How many of outlet and time the question names and the article has: 0 to 2."""
    outlet = bool(question.source and article.source and question.source.casefold() == article.source.casefold())
    day = (article.date or "")[:10]
    span = (question.since or "") <= day <= (question.until or "9") and bool(question.since or question.until)
    month = question.month is not None and day[5:7] == f"{question.month:02d}"
    return float(outlet) + float(bool(day) and (span or month))


def _can_be_named(question: Question, article: Article) -> bool:
    """Whether the question names an outlet or a time, and the article has one."""
    time = question.since or question.until or question.month
    return bool((question.source and article.source) or (time and article.date))


def _speaker_named(statement: Statement | None) -> bool:
    return statement is not None and statement.speaker is not None and statement.confidence >= ASSERTED
