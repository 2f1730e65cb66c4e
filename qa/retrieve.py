"""A question -> hits: what the corpus holds that is nearest to it, and why.

Owns candidates, their scores and their order. Every score is a similarity and says which leg gave it. Refuses to decide
whether the best is good enough: that is `qa.answer`.

In two stages. *Passages* are found by dense and lexical search, each scored on every leg over the union of what either
listed, and fused by a convex combination of normalised scores, after Bruch, Gai and Ingber, "An Analysis of Fusion
Functions for Hybrid Retrieval" (TOIS 2023, arXiv 2210.11934), where it beats reciprocal rank fusion. Then *units* compete:
the statements in those passages and of the speaker who is asked about, and of each passage the sentence that answers best.
A statement is judged by what it says, by its passage (what it is about often stands a sentence earlier), and by its speaker.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import date
from itertools import accumulate
from types import MappingProxyType
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from index.store import Article, Filter, Snapshot
from index.types import Passage, Span, Statement, hull
from qa import highlight, people
from qa.pages import Pages
from qa.question import asks_for_everybody, content_words, stems_among, stems_of, words_of
from qa.types import Hit, Question

Vector = NDArray[np.float32]
Pair: TypeAlias = tuple[Vector, Vector]
Scores = NDArray[np.float64]

# Each leg lists this many. Deeper lists changed no measure by more than one question; shallower ones lost recall.
CANDIDATES = 200
# Passages whose sentences and statements compete. The right passage is below the fiftieth fused for one question in fifty.
READ = 60
# The best by words that are read while the question is encoded: three in four of them are among those that are read anyway.
AHEAD = 30
# Below this confidence no speaker is asserted: he would be the wrong one more than one time in three.
ASSERTED = 0.5
# But the one the question names is asserted from here on, and what is another's by as much is left out: to show it "without a
# clear speaker" under a question about somebody else would mislead. Of the statements that answered a labelled question and
# were his by an attribution this sure, 200 of 201 were his.
EXPECTED = 0.3
# From this confidence on, the sentence around another's words is no answer about the one who is asked about. Below it one
# attribution in four is wrong, and leaving the sentence out would lose right answers.
SURE = 0.7
# A name in the question that fits a speaker of the corpus at least this well is that speaker.
KNOWN = 0.6
# And this well where the question's form alone does not say that it asks about somebody: no spelling error, no given name.
SPELT = 0.8
# "Fallon, a spokesman for Mr. Roe": so far behind a speaker's name it says for whom he speaks.
BESIDE = 60  # code points
_SPOKESMAN = "spokes"  # -man, -woman, -person, -people
# Passages in which it is looked for who holds an office, and how well he then fits it.
INTRODUCING = 20
HOLDS = 0.85
HOLDERS = 3  # an office that so many seem to hold is none: "the study's lead author"
# What the one who speaks counts for where another is asked to have relayed it; and one of those whom "which senator" means.
RELAYED, AMONG = 0.8, 0.5
# Two units that share more than half of the shorter say the same words twice.
SAME = 0.5
# A quotation that goes on stays one answer while it keeps to the matter: its next piece is this near to the last one's cosine
# with the topic. Wider, the labelled highlights of wire stories get worse; narrower, those of newspaper articles.
KEPT_TO = 0.1
# Whatever it touches, so short a quotation is one answer. Marking it whole gains .02 and .04 of highlight F1 on two halves of
# newspaper articles; from 500 on, wire stories, whose labels part long pieces, lose.
BRIEF = 400  # code points
LONGEST = 1000  # code points of such an answer: a speech that goes on for pages is many
# A text shorter than three usual passages is one story as a whole. On encyclopedia paragraphs that brings the right one to the
# first place three times more in a hundred; between 1,500 and 3,000 no measure moves by more than one question.
SHORT = 1500  # code points
# Who asks for facts as of a day and names no other means the news of the days before it. They are nudged as by a day named
# in the question, not filtered. Chosen among seven, fourteen and thirty: docs/decisions/0002-ranking.md.
RECENT = 14
# Of somebody known to speak here so much of the score for words is that of the topic's words alone: where he is "he", or bears
# his surname only, he has said it all the same. Chosen among 0.3, 0.5, 0.7 and all: docs/decisions/0002-ranking.md.
UNNAMED = 0.3
# What a further result by somebody named already loses where everybody is asked for: between the first and the tenth result of
# such questions there is about twice as much.
AGAIN = 0.3
# Of how many first results those that come from one article stand apart: `Weights.another`.
SPREAD = 10


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
    what it loses where "who" is asked and nobody can be named.
    ``another`` is what each of the first two results from an article among the first `SPREAD` gains over the next one: another
    article, or passage of one, may answer where the best does not.
    ``words``, ``kind``, ``subject``, ``near``, ``topic`` and ``lead`` are not negative: `_Reader` rests on it.
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

# Units that are read before it is asked again which others can still come among the best.
_AT_ONCE = 8
# A bound and the score it bounds are added up alike; they differ in rounding by far less than this.
_ROUNDING = 1e-9

# The scale of ``lead``, in code points: about a paragraph.
_PARAGRAPH = 500


def _weights(question: Question, facts: bool) -> Weights:
    if not facts:
        return WORDS
    return CLUED if question.clued else NEWS if question.topical else FACTS


def asks_for_facts(question: Question, asked: Asked) -> bool:
    """Whether any sentence may answer: nobody's words are asked for, or of nobody known here ("according to experts")."""
    if question.intent == "why":
        return question.speaker is None
    return question.intent == "find" or (question.intent == "according" and not asked.names)


@dataclass(frozen=True, slots=True)
class Asked:
    """Who is asked about: the corpus's names it may mean with their weights, and the spelling to show for each."""

    names: Mapping[str, float]
    shown: Mapping[str, str]

    def weight(self, statement: Statement) -> float:
        """How well a statement's speaker fits, in [0, 1]."""
        return self.names.get(statement.speaker, 0.0) if statement.speaker else 0.0


@dataclass(frozen=True, slots=True)
class _Unit:
    """Words that may answer: a statement, or a sentence of a passage."""

    passage: int
    parts: tuple[Span, ...]
    near: float
    topic: float
    statement: Statement | None = None

    @property
    def span(self) -> Span:
        return Span(self.parts[0].start, self.parts[-1].end)


def search(
    snapshot: Snapshot,
    question: Question,
    vectors: Pair | Future[NDArray[np.float32]],
    where: Filter | None = None,
    k: int = 10,
    weights: Weights | None = None,
    only: bool = False,
) -> list[Hit]:
    """The ``k`` best units for a question, best first, ties by place; no two of them the same words.

    ``vectors`` are the unit rows, shape (d,), of the question and of its topic, or will be: what the words find is read
    while they are not there. ``where`` acts inside each leg. ``only`` leaves out what the speaker of the question did not say.
    """
    where = where or Filter()
    asked = who(snapshot, question)
    facts = asks_for_facts(question, asked)
    weights = weights or _weights(question, facts)
    if facts and where.as_of and not (question.since or question.until or question.month):
        question = replace(question, since=_days_before(where.as_of, RECENT), until=where.as_of)
    words = lexical_words(question)
    lexical = snapshot.lexical(words, CANDIDATES, where) if words else []
    pages = Pages(snapshot, _sought(snapshot, question, facts), facts)
    if isinstance(vectors, Future):
        pages.read_ahead(_likely(snapshot, asked, where, [id_ for id_, _ in lexical]), vectors.done)
        vectors = tuple(vectors.result())
    if facts:  # any sentence may answer, and the nearest statements stand in passages that are found without them
        passages, statements = snapshot.dense(vectors[0], CANDIDATES, where), list[tuple[int, float]]()
    else:  # of the statements those of the speakers asked about, where there are any
        speakers = tuple(asked.names) or None
        passages, statements = snapshot.nearest(vectors[0], vectors[1], CANDIDATES, where, speakers)
    listed = {"dense": passages, "lexical": lexical, "statement": statements}
    said_in = _homes(snapshot, [id_ for id_, _ in listed["statement"]])
    named = _of_the_named(snapshot, question, vectors[0], words, where)
    ids = sorted({id_ for leg in ("dense", "lexical") for id_, _ in listed[leg]} | set(said_in.values()) | named)
    if not ids:
        return []
    legs = _legs(snapshot, ids, vectors[0], words, content_words(question.topic) if asked.names else (), dict(passages))
    context = fuse(legs, weights)
    reading = _to_read(ids, context, (list(said_in.values()) if asked.names else []) + sorted(named))
    found = _Found(reading, {id_: i for i, id_ in enumerate(ids)}, legs, context, _ranks(listed))
    return _Reader(snapshot, question, vectors, weights, asked, found, pages).rank(k, only)


def _likely(snapshot: Snapshot, asked: Asked, where: Filter, lexical: list[int]) -> list[int]:
    """The passages to read ahead: those where the one asked about speaks, as far as they will all be read, or the words
    have found them; then the best by words. Of whom more is said than is listed, the words alone tell."""
    said = snapshot.statements_by(asked.names, where) if asked.names else []
    spoken = set(snapshot.statement_passages(said)) if len(said) <= CANDIDATES else set()
    first = sorted(spoken) if len(spoken) <= READ else [id_ for id_ in lexical if id_ in spoken][:AHEAD]
    return list(dict.fromkeys(first + lexical[:AHEAD]))


def _sought(snapshot: Snapshot, question: Question, facts: bool) -> highlight.Sought:
    words = content_words(question.topic) or question.words
    rarity = highlight.rarities(words, snapshot.frequencies(words), max(len(snapshot), 1))
    asks = question.asks or question.text
    for phrase in question.phrases:  # "Who voted for the “Don't Turn Around” bill?" denies nothing
        asks = asks.replace(phrase, " ")
    return highlight.Sought(
        rarity,
        question.phrases,
        question.wants if facts else "any",
        known=stems_of(question.text),
        names=highlight.names(question.text) & rarity.keys(),
        denies=facts and highlight.denies(asks),
        topical=question.topical or question.clued,
    )


def _of_the_named(
    snapshot: Snapshot, question: Question, vector: Vector, words: tuple[str, ...], where: Filter
) -> set[int]:
    """The best passages, by meaning and by words, of the outlet and the days the question names; empty where it names none."""
    since = max(filter(None, (where.since, question.since)), default=None)
    until = min(filter(None, (where.until, question.until)), default=None)
    narrow = replace(where, source=where.source or question.source, since=since, until=until)
    if narrow == where:
        return set()
    found = snapshot.dense(vector, READ // 2, narrow) + (snapshot.lexical(words, READ // 2, narrow) if words else [])
    return {id_ for id_, _ in found}


def _days_before(day: str, days: int) -> str:
    return date.fromordinal(max(1, date.fromisoformat(day).toordinal() - days)).isoformat()


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


def who(snapshot: Snapshot, question: Question) -> Asked:
    """The speakers of the corpus that the question's speaker may be: by name, else by how articles describe them."""
    names: dict[str, float] = {}
    counts = snapshot.spellings()
    his = AMONG if question.intent == "who" else RELAYED if question.via else 1.0
    for asked, weight in ((question.via, 1.0), (question.speaker, his)):
        if asked:
            for name, fit in _may_be(snapshot, asked).items():
                names[name] = max(names.get(name, 0.0), fit * weight)
    shown = {name: people.canonical(name, names, counts) for name in names}
    return Asked(MappingProxyType(names), MappingProxyType(shown))


def speaks(snapshot: Snapshot, name: str) -> bool:
    """Whether somebody of that very name, or so described, speaks in the corpus."""
    return max(_may_be(snapshot, name).values(), default=0.0) >= SPELT


def prepare(snapshot: Snapshot, enough: Callable[[], bool]) -> None:
    """Reads and makes ready what the first question waits for; then, until it is ``enough``, what the next ones would."""
    snapshot.prepare()
    people.prepare(everybody(snapshot))
    snapshot.read_ahead(enough)


def everybody(snapshot: Snapshot) -> people.Names:
    """Everybody who speaks in the corpus."""
    found: people.Names = snapshot.remembered("names", "", lambda: people.Names(snapshot.spellings()))
    return found


def _may_be(snapshot: Snapshot, asked: str) -> Mapping[str, float]:
    """Asked of every name twice: where the question is parsed, and where its speaker is looked for."""
    return snapshot.remembered("may be", asked, lambda: _looked_up(snapshot, asked))


def _looked_up(snapshot: Snapshot, asked: str) -> dict[str, float]:
    asked, names = people.himself(asked), everybody(snapshot)
    return people.match(asked, names) or _described(snapshot, asked) or people.match(people.alone(asked), names)


def _described(snapshot: Snapshot, asked: str) -> dict[str, float]:
    """Speakers whose mentions hold the words of a description ("the Russian foreign minister", "Connecticut's tax chief").

    More than half of its words must be there ("minister" alone names nobody); the weight is their share, at most 0.9 for
    what is not a name. Whose spokesman is asked about is not his own spokesman. Of an office also whoever articles put
    beside it elsewhere: "Ann Poe, mayor of Rivertown since May".
    """
    words = people.offices(asked)
    found: dict[str, float] = {}
    so_called: set[str] = set()  # by the last word: "chief"
    for word in words:
        for spelt in people.called(word):
            described = snapshot.described(spelt)
            so_called |= described.keys() if word == words[-1] else set()
            for name, mentions in described.items():
                share = max(sum(w in held for w in words) / len(words) for held in map(people.offices, mentions))
                if share > 0.5:
                    found[name] = max(found.get(name, 0.0), 0.9 * share)
    if not people.is_role(asked):
        return found
    owners = people.match(" ".join(asked.split()[:-1]), found)
    himself = {name for name, fit in owners.items() if fit >= SPELT} - so_called
    found = {name: fit for name, fit in found.items() if name not in himself}
    if len(words) > 1:  # an office has several holders, over the years
        return _introduced(snapshot, asked, words) | {n: fit for n, fit in found.items() if fit >= SPELT} or found
    return found


def _introduced(snapshot: Snapshot, asked: str, words: Sequence[str]) -> dict[str, float]:
    """Whom the passages that hold the words of a description put beside its office."""
    spelt = tuple(spelt for word in words for spelt in people.called(word))
    passages = snapshot.passages([id_ for id_, _ in snapshot.lexical(spelt, INTRODUCING)])
    articles = snapshot.articles({passage.document for passage in passages})
    texts = (
        f"{articles[passage.document].title or ''}\n{passage.span.of(articles[passage.document].text)}"
        for passage in passages
    )
    found = people.introduced(asked, texts, snapshot.spellings().keys())
    best = max(found.values(), default=0.0)
    held = [name for name, often in found.items() if 2 * often > best]
    if len(held) > HOLDERS:
        return {}
    return {name: HOLDS * fit for one in held for name, fit in people.match(one, everybody(snapshot)).items()}


def lexical_words(question: Question) -> tuple[str, ...]:
    """What the lexical leg looks for: the words worth matching, then the quoted phrases, which must match as a whole."""
    return question.words + tuple(p for p in question.phrases if " " in p)


def fuse(legs: Mapping[str, Scores], weights: Weights = WORDS) -> Scores:
    """Convex combination of the passage legs, shape (n,).

    Cosines are taken as they are. BM25, which knows no upper bound, is divided by the best of the candidates, its lower
    bound being 0: the theoretical-minimum normalisation of Bruch et al., section 3.
    """
    share = {"dense": weights.dense, "lexical": weights.lexical, "title": weights.title}
    fused: Scores = sum(w * legs[name] for name, w in share.items()) / sum(share.values())  # type: ignore[assignment]
    return fused


def _homes(snapshot: Snapshot, statements: Sequence[int]) -> dict[int, int]:
    return dict(zip(statements, snapshot.statement_passages(statements), strict=True))


def _legs(
    snapshot: Snapshot,
    ids: list[int],
    vector: Vector,
    words: tuple[str, ...],
    about: tuple[str, ...],
    dense: dict[int, float],
) -> dict[str, Scores]:
    """What each leg says of all passages that any listed; ``dense`` are the scores that were listed, ``about`` the topic's
    words where somebody known to speak is asked about."""
    bm25 = snapshot.bm25(ids, words) if words else np.zeros(len(ids))
    lexical = _of_the_best(bm25)
    if about:
        lexical = (1 - UNNAMED) * lexical + UNNAMED * _of_the_best(snapshot.bm25(ids, about))
    others = [id_ for id_ in ids if id_ not in dense]
    cosines = dense | dict(zip(others, snapshot.cosines(others, vector).tolist(), strict=True))
    return {
        "dense": np.array([cosines[id_] for id_ in ids]),
        "lexical": lexical,
        "title": np.asarray(snapshot.title_cosines(ids, vector), dtype=np.float64),
        "bm25": bm25,
    }


def _of_the_best(bm25: Scores) -> Scores:
    """Divided by the highest, where that is above 0."""
    best = float(bm25.max(initial=0.0))
    return bm25 / best if best > 0 else bm25


def _to_read(ids: list[int], context: Scores, homes: Sequence[int]) -> list[int]:
    """The passages whose units compete: the best fused, and those where the one asked about speaks."""
    best = [ids[i] for i in np.lexsort((np.array(ids), -context))[:READ]]
    score = dict(zip(ids, context.tolist(), strict=True))
    spoken = sorted(set(homes), key=lambda id_: (-score[id_], id_))[:READ]
    return sorted(set(best) | set(spoken))


def _ranks(listed: Mapping[str, list[tuple[int, float]]]) -> dict[str, dict[int, int]]:
    return {leg: {id_: rank for rank, (id_, _) in enumerate(found, 1)} for leg, found in listed.items()}


@dataclass(frozen=True, slots=True)
class _Found:
    """What the legs say: the passages to read, and of all listed ones their places in the scores, and their ranks."""

    reading: list[int]
    place: Mapping[int, int]
    legs: Mapping[str, Scores]
    context: Scores
    ranks: Mapping[str, Mapping[int, int]]


@dataclass(frozen=True, slots=True)
class _Read:
    """A unit that was read: its score, the share of the topic's words it holds, how far it holds the kind asked for, and who is
    named for it, if anybody."""

    unit: _Unit
    score: float
    words: float
    kind: float
    span: Span
    speaker: str | None


class _Reader:
    """Reads passages closely for one question, and of their units only those that can be among the best."""

    def __init__(
        self,
        snapshot: Snapshot,
        question: Question,
        vectors: Pair,
        weights: Weights,
        asked: Asked,
        found: _Found,
        pages: Pages,
    ) -> None:
        self.snapshot, self.question, self.vectors = snapshot, question, vectors
        self.weights, self.asked, self.found, self.pages = weights, asked, found, pages
        self.facts, self.sought = pages.facts, pages.sought
        self.nameless = weights.nameless if question.intent == "who" else 0.0
        pages.open(found.reading)
        self.passages = {id_: pages.passages[id_] for id_ in found.reading}
        articles = {article.id: article for article in map(pages.articles.__getitem__, found.reading)}
        self.nearness = self._nearness()
        self.fused = {id_: float(found.context[found.place[id_]]) for id_ in found.reading}
        self.stories = _stories(self.passages, articles, self.fused)
        named = {id_: _named(question, article) for id_, article in articles.items()}
        self.named = {id_: named[passage.document] for id_, passage in self.passages.items()}
        own = (1 - weights.whole) * weights.dense / (weights.dense + weights.lexical + weights.title)
        self.grounds = {
            id_: weights.context * (self.fused[id_] - own * float(found.legs["dense"][found.place[id_]]))
            + weights.story * self.stories[id_]
            + weights.named * self.named[id_]
            for id_ in found.reading
        }

    def rank(self, k: int, only: bool) -> list[Hit]:
        """The ``k`` best hits. Units are read in the order of the most they can score, until no other can come among them."""
        said = self._statement_units() if only or self._statements_count() else []
        others = _Others({}, {})
        if only:
            said = [unit for unit in said if unit.statement and self._expected(unit.statement)]
        elif max(self.asked.names.values(), default=0.0) >= KNOWN:
            said, others = self._not_by_others(said)
        units = said if only else said + self._sentence_units()
        best = sorted(((self._most(unit), unit) for unit in units), key=lambda pair: -pair[0])
        wanted = max(k, SPREAD if self.weights.another else 1)
        read: list[_Read] = []
        first: list[_Read] = []
        while best:
            floor = first[-1].score - _ROUNDING if len(first) == wanted else -math.inf
            at_once = _AT_ONCE if read else wanted
            possible = [unit for most, unit in best[:at_once] if most >= floor]
            if not possible:
                break
            del best[:at_once]
            marked = [self._marked(unit) for unit in possible if self._may_reach(unit, floor)]
            read += [self._read(unit) for unit in marked if unit.statement or not others.said(unit)]
            first = self._distinct(sorted(self._among_themselves(read), key=_place), wanted)
        shown = self._spread(first)[:k]
        if self.facts:
            self.pages.said([one.unit.passage for one in shown])  # all at once, for `_his_own`
        return [self._hit(one) for one in shown]

    def _among_themselves(self, read: list[_Read]) -> list[_Read]:
        """What of the units read so far stays, and with which score; it never rises."""
        if self.facts:
            read = _best_of_each(read)
        return _each_speaker_first(read) if asks_for_everybody(self.question) else read

    def _spread(self, first: Sequence[_Read]) -> list[_Read]:
        """The same results, the first `SPREAD` of them in the order of what they score with what `Weights.another` adds."""
        before: Counter[str] = Counter()
        gained = []
        for one in first[:SPREAD]:
            document = self.passages[one.unit.passage].document
            gained.append(replace(one, score=one.score + self.weights.another * max(0, 2 - before[document])))
            before[document] += 1
        return sorted(gained, key=_place) + list(first[SPREAD:])

    def _distinct(self, read: Sequence[_Read], k: int) -> list[_Read]:
        """The first ``k`` that do not repeat the words of a better one."""
        kept: list[_Read] = []
        shown: dict[str, list[Span]] = {}
        for one in read:
            if len(kept) == k:
                break
            others = shown.setdefault(self.passages[one.unit.passage].document, [])
            if not any(_same_words(one.span, other) for other in others):
                kept.append(one)
                others.append(one.span)
        return kept

    def _statements_count(self) -> bool:
        """Whether statements compete. Where facts are asked for, of nobody, the sentences that they stand in do."""
        return not self.facts or bool(self.asked.names)

    def _statement_units(self) -> list[_Unit]:
        found = self.pages.said(self.found.reading)
        near, topic = self.snapshot.statement_cosines([s.id for _, s in found], *self.vectors)
        return _whole(
            _Unit(passage, s.parts, n, t, s)
            for (passage, s), n, t in zip(found, near.tolist(), topic.tolist(), strict=True)
        )

    def _nearness(self) -> dict[int, tuple[list[float], list[float]]]:
        """Of each passage the cosines of its m sentences with the question and with its topic."""
        rows = self.pages.vectors(self.found.reading)
        ends = list(accumulate(map(len, rows)))
        # Not by BLAS, which for so little wakes its threads.
        near, topic = (np.einsum("ij,j->i", np.concatenate(rows), vector).tolist() for vector in self.vectors)
        spans = zip(self.found.reading, [0, *ends], ends, strict=False)
        return {passage: (near[start:end], topic[start:end]) for passage, start, end in spans}

    def _sentence_units(self) -> list[_Unit]:
        """Each passage, as near as its nearest sentence; `_marked` says which sentences answer."""
        return [
            _Unit(passage, self.passages[passage].sentences, max(near), max(topic))
            for passage, (near, topic) in self.nearness.items()
            if near
        ]

    def _marked(self, unit: _Unit) -> _Unit:
        """Of a passage the sentence, or two, that answer best; a statement as it is."""
        if unit.statement:
            return unit
        passage, article = self.passages[unit.passage], self.pages.articles[unit.passage]
        near, topic = self.nearness[unit.passage]
        cosines = topic if self.question.clued else near
        says = self.pages.says(unit.passage)
        margin = highlight.MARGIN_OF_FACTS if self.facts else highlight.MARGIN
        parts = highlight.mark(article.text, passage.sentences, cosines, says, margin)
        inside = [i for i, sentence in enumerate(passage.sentences) if any(part.covers(sentence) for part in parts)]
        return _Unit(passage.id, parts, max(near[i] for i in inside), max(topic[i] for i in inside))

    def _expected(self, statement: Statement) -> bool:
        return bool(self.asked.weight(statement)) and statement.confidence >= EXPECTED

    def _not_by_others(self, said: list[_Unit]) -> tuple[list[_Unit], _Others]:
        """Where somebody known is asked about: all statements but those that are surely another's, and where both speak. His
        spokesman is no other."""
        others = _Others({}, {})
        kept = []
        for unit in said:
            statement = unit.statement
            assert statement is not None
            if statement.speaker and not self.asked.weight(statement) and not self._speaks_for_him(unit):
                if statement.confidence >= SURE:
                    others.theirs.setdefault(unit.passage, []).append(unit.span)
                if statement.confidence >= EXPECTED:
                    continue
            kept.append(unit)
            if self.asked.weight(statement):
                others.own.setdefault(unit.passage, []).append(unit.span)
        return kept, others

    def _speaks_for_him(self, unit: _Unit) -> bool:
        """Whether a statement is by a spokesman of the one asked about, by how the text beside the speaker's name puts it:
        that is no other's word on the matter, though not his own."""
        mention = unit.statement.mention if unit.statement else None
        if mention is None:
            return False
        beside = self.pages.text(unit.passage)[mention.start : mention.end + BESIDE]
        if _SPOKESMAN not in beside:  # most are none, and to cut all into words would take longer than all else here
            return False
        words = words_of(beside)
        return any(fit >= SPELT and _last_word(name) in words for name, fit in self.asked.names.items())

    def _most(self, unit: _Unit) -> float:
        """The most that a unit can score: what only reading tells is at most 1, and its weight not negative."""
        return self._score(unit, 1.0, *((1.0, 1.0) if self.facts else (0.0, 0.0)))

    def _may_reach(self, unit: _Unit, floor: float) -> bool:
        """Whether a unit can score as much as ``floor`` with what its passage gives, a sentence with no more words than all of
        it. The kind of its words, which takes longest to tell, is asked for last."""
        passage = unit.passage
        words = 1.0 if unit.statement else highlight.coverage(self.pages.held(passage), self.sought.rarity)
        if not self.facts:
            return self._score(unit, words, 0.0, 0.0) >= floor
        share = self.pages.share(passage)
        if self._score(unit, words, 1.0, share) < floor:
            return False
        return self._score(unit, words, max(self.pages.kinds(passage), default=0.0), share) >= floor

    def _read(self, unit: _Unit) -> _Read:
        text = self.pages.text(unit.passage)
        rarity = self.sought.rarity
        words = highlight.coverage(stems_among(" ".join(part.of(text) for part in unit.parts), rarity), rarity)
        speaker = unit.statement.speaker if unit.statement and _speaker_named(unit.statement) else None
        kind = self._kind(unit)
        score = self._score(unit, words, kind, self.pages.share(unit.passage))
        shown = self.asked.shown.get(speaker, speaker) if speaker else None
        return _Read(unit, score, words, kind, hull(unit.parts), shown)

    def _kind(self, unit: _Unit) -> float:
        """How far the sentences that a unit is of hold the kind of words asked for, where facts are."""
        if not self.facts:
            return 0.0
        sentences = zip(self.passages[unit.passage].sentences, self.pages.kinds(unit.passage), strict=True)
        return max((kind for span, kind in sentences if any(span.overlap(part) for part in unit.parts)), default=0.0)

    def _score(self, unit: _Unit, words: float, kind: float, subject: float) -> float:
        """``words`` is the share of the topic's words that the unit holds, ``kind`` how far it holds the kind asked for, and
        ``subject`` the share of the article's that its passage holds."""
        w, passage, statement = self.weights, unit.passage, unit.statement
        score = self.grounds[passage] + w.words * words + w.near * unit.near + w.topic * unit.topic
        score += w.kind * kind + w.subject * subject
        score -= w.lead * math.log1p(unit.parts[0].start / _PARAGRAPH)
        score += w.told if statement is None else w.said
        if statement is not None and (speaker := self.asked.weight(statement)):
            gain = w.speaker + w.about * unit.topic + w.among * self.fused[passage]
            score += gain * speaker * min(1.0, w.trust + statement.confidence)
            score += w.direct * (statement.kind == "direct")
        if self.nameless and not _speaker_named(statement):
            score -= self.nameless
        return score

    def _his_own(self, unit: _Unit) -> Statement | None:
        """Where a sentence that gives a fact is mostly that somebody says something, and the question names him, what he says:
        "What is Roe waiting for?" is answered in Roe's words."""
        if not self.facts or len(unit.parts) > 1:
            return None
        text, named = self.pages.text(unit.passage), self.question.words
        most, own = len(unit.span) / 2, None
        for _, s in self.pages.said([unit.passage]):
            if s.speaker is None or s.mention is None or s.confidence < ASSERTED:
                continue
            share = sum(unit.span.overlap(part) for part in (*s.parts, s.mention, *filter(None, [s.cue])))
            if share > most and (_last_word(s.speaker) in named or _last_word(s.mention.of(text)) in named):
                most, own = share, s
        return own

    def _hit(self, read: _Read) -> Hit:
        """As it is given out: every score told, also those that its place does not hang on; none of what is not there to be
        judged, as the title of an article without one."""
        unit, ranks = read.unit, self.found.ranks
        statement = unit.statement or self._his_own(unit)
        passage, article = self.passages[unit.passage], self.pages.articles[unit.passage]
        title, own = article.title or "", " ".join(part.of(article.text) for part in unit.parts)
        around = stems_among(title, self.sought.rarity) | self.pages.held(passage.id)
        named = stems_among(f"{title} {own}", self.sought.names) | {(article.date or "")[:4]}
        scores = {
            "near": unit.near,
            "topic": unit.topic,
            "words": read.words,
            "around": highlight.coverage(around, self.sought.rarity),
            "names": float(self.sought.names <= named),
            "agree": float(not self.sought.denies or highlight.denies(own)),
            "speaker": self.asked.weight(statement) if statement else 0.0,
            "context": self.fused[passage.id],
            "story": self.stories[passage.id],
            "kind": read.kind,
        }
        scores |= {leg: float(values[self.found.place[passage.id]]) for leg, values in self.found.legs.items()}
        if article.title is None:
            del scores["title"]
        if self.pages.subject(article):
            scores["subject"] = self.pages.share(passage.id)
        if _can_be_named(self.question, article):
            scores["named"] = self.named[passage.id]
        if statement and statement.speaker and statement.speaker in self.asked.shown:
            statement = replace(statement, speaker=self.asked.shown[statement.speaker])
        keys = {"dense": passage.id, "lexical": passage.id, "statement": statement.id if statement else 0}
        return Hit(
            passage=passage,
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

    def said(self, unit: _Unit) -> bool:
        """Whether a sentence is another's words and not also his."""
        return not any(unit.span.overlap(span) for span in self.own.get(unit.passage, ())) and any(
            _same_words(unit.span, span) for span in self.theirs.get(unit.passage, ())
        )


def _whole(units: Iterable[_Unit]) -> list[_Unit]:
    """The pieces of a quotation as one unit: after the first they have no cue, and its mention of their speaker.

    "We will go," he said. "It is late.": one answer, as near as the nearest of its pieces.
    """
    whole: list[_Unit] = []
    for unit in sorted(units, key=_in_the_text):
        first, piece = (whole[-1].statement if whole else None), unit.statement
        if first is None or piece is None or not _goes_on(first, piece, abs(unit.topic - whole[-1].topic)):
            whole.append(unit)
            continue
        last = whole.pop()
        parts = (*last.parts, *unit.parts)
        near, topic = max(last.near, unit.near), max(last.topic, unit.topic)
        whole.append(_Unit(last.passage, parts, near, topic, replace(first, parts=parts)))
    return whole


def _in_the_text(unit: _Unit) -> tuple[str, int, int]:
    return unit.statement.document if unit.statement else "", unit.parts[0].start, unit.parts[-1].end


def _goes_on(first: Statement, piece: Statement, apart: float) -> bool:
    """Whether ``piece`` is more of ``first``; ``apart`` is how far their cosines with the topic are."""
    if piece.cue is not None or not piece.mention == first.mention is not None or piece.document != first.document:
        return False
    same = first.kind == piece.kind == "direct" and piece.span.start >= first.span.end
    return same and piece.span.end - first.span.start <= (LONGEST if apart <= KEPT_TO else BRIEF)


def _last_word(name: str) -> str:
    words = words_of(name)
    return words[-1] if words else ""


def _speaker_named(statement: Statement | None) -> bool:
    return statement is not None and statement.speaker is not None and statement.confidence >= ASSERTED


def _stories(
    passages: Mapping[int, Passage], articles: Mapping[str, Article], fused: Mapping[int, float]
) -> dict[int, float]:
    """For each passage, of its document a third of the sum of the three best; of a short one the mean of those there are."""
    scores: dict[str, list[float]] = {}
    for passage in passages.values():
        scores.setdefault(passage.document, []).append(fused[passage.id])
    best = {document: sorted(found)[-3:] for document, found in scores.items()}
    story = {id_: sum(found) / (len(found) if len(articles[id_].text) < SHORT else 3) for id_, found in best.items()}
    return {id_: story[passage.document] for id_, passage in passages.items()}


def _each_speaker_first(read: Sequence[_Read]) -> list[_Read]:
    """All; those whose speaker a better one names already have lost `AGAIN`."""
    named: set[str] = set()
    found = []
    for one in sorted(read, key=_place):
        found.append(replace(one, score=one.score - AGAIN) if one.speaker in named else one)
        named |= {one.speaker} if one.speaker else set()
    return found


def _place(read: _Read) -> tuple[float, int, Span]:
    return -read.score, read.unit.passage, read.span


def _best_of_each(read: Sequence[_Read]) -> list[_Read]:
    """Of each passage the best unit, best first."""
    best: dict[int, _Read] = {}
    for one in sorted(read, key=_place):
        best.setdefault(one.unit.passage, one)
    return list(best.values())


def _same_words(a: Span, b: Span) -> bool:
    return a.overlap(b) > SAME * min(len(a), len(b))
