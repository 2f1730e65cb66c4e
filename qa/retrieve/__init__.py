"""A question -> hits: what the corpus holds that is nearest to it, and why.

Owns candidates, their scores and their order. Every score is a similarity and says which leg gave it. Refuses to know who is
asked about, which is told by `qa.speakers`, and to decide whether the best is good enough: that is `qa.answer`.

In two stages. *Passages* are found by dense and lexical search, each scored on every leg over the union of what either
listed, and fused by a convex combination of normalised scores, after Bruch, Gai and Ingber, "An Analysis of Fusion
Functions for Hybrid Retrieval" (TOIS 2023, arXiv 2210.11934), where it beats reciprocal rank fusion. Then *units* compete:
the statements in those passages and of the speaker who is asked about, and of each passage the sentence that answers best.
A statement is judged by what it says, by its passage (what it is about often stands a sentence earlier), and by its speaker.

The files, each importing only those before it: units (words that may answer, and which of them are one answer), deeds (who did
what to whom), weights (what evidence counts for), reading (units compete), and this one (which passages are read, and what each
leg says of them).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from index.store import Filter, Snapshot
from qa import highlight, people
from qa.pages import Pages
from qa.question import content_words, stems_of
from qa.retrieve.reading import Pair, Reader, Vector
from qa.retrieve.weights import Found, Scores, Weights, fuse, weights_for
from qa.speakers import Asked, everybody, who
from qa.types import Hit, Question

# Each leg lists this many. Deeper lists changed no measure by more than one question; shallower ones lost recall.
CANDIDATES = 200
# Passages whose sentences and statements compete. The right passage is below the fiftieth fused for one question in fifty.
READ = 60
# The best by words that are read while the question is encoded: three in four of them are among those that are read anyway.
AHEAD = 30
# Who asks for facts as of a day and names no other means the news of the days before it. They are nudged as by a day named
# in the question, not filtered. Chosen among seven, fourteen and thirty: docs/decisions/0002-ranking.md.
RECENT = 14
# Of somebody known to speak here so much of the score for words is that of the topic's words alone: where he is "he", or bears
# his surname only, he has said it all the same. Chosen among 0.3, 0.5, 0.7 and all: docs/decisions/0002-ranking.md.
UNNAMED = 0.3


def asks_for_facts(question: Question, asked: Asked) -> bool:
    """Whether any sentence may answer: nobody's words are asked for, or of nobody known here ("according to experts")."""
    if question.intent == "why":
        return question.speaker is None
    return question.intent == "find" or (question.intent == "according" and not asked.names)


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
    weights = weights or weights_for(question, facts)
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
    found = Found(reading, {id_: i for i, id_ in enumerate(ids)}, legs, context, _ranks(listed))
    return Reader(snapshot, question, vectors, weights, asked, found, pages).rank(k, only)


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


def prepare(snapshot: Snapshot, enough: Callable[[], bool]) -> None:
    """Reads and makes ready what the first question waits for; then, until it is ``enough``, what the next ones would."""
    snapshot.prepare()
    if not enough():
        people.prepare(everybody(snapshot))
        snapshot.read_ahead(enough)


def lexical_words(question: Question) -> tuple[str, ...]:
    """What the lexical leg looks for: the words worth matching, then the quoted phrases, which must match as a whole."""
    return question.words + tuple(p for p in question.phrases if " " in p)


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
    """What knows no upper bound, divided by the best of the candidates, its lower bound being 0: the theoretical-minimum
    normalisation of Bruch et al., section 3. Cosines are taken as they are."""
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
