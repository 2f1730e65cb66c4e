"""A question -> an Answer, or an honest refusal. The one function every door calls.

Owns the decision: whether the corpus answers, how sure that is, in words and as a probability, and what to say when it does
not. Refuses to know about screens. Whatever it cites is a span of a stored document, never a sentence of its own.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from index.encode import DEFAULT_MODEL, Encoder, Reranker, load_encoder
from index.errors import ModelMismatchError, UsageError
from index.store import Filter, Snapshot, Stats, Store
from index.types import Document
from qa import confidence, days, people, question, refuse, retrieve, said, speakers, spelling, versions, wording
from qa.rerank import rerank
from qa.types import ASKED, NEAREST, Answer, Citation, Hit, Question, Searched, Strength

LOOKED_AT = 20  # hits, however few are wanted: how sure the first is depends on its company, never on ``k``
_ORDER: tuple[Strength, ...] = get_args(Strength)
_DESCRIBED = re.compile(r"['’]s? |\bof\b", re.IGNORECASE)  # "Roe's lawyer", "head of the board": not by name
_AHEAD = ThreadPoolExecutor(thread_name_prefix="encode")  # while a question is encoded, its words are looked up
# Seconds that it is left alone first: what comes before the model itself needs the interpreter, which whoever has it keeps
# for up to 5 ms. With 0 a question about somebody waits 3 ms longer, since to find out who that is takes so long.
_HEAD_START = 0.0006


def ask(
    store: Store | Snapshot,
    text: str,
    *,
    where: Filter | None = None,
    k: int = ASKED,
    speaker: str | None = None,
    encoder: Encoder | None = None,
    reranker: Reranker | None = None,
) -> Answer:
    """Answer ``text`` from what ``store`` holds: up to ``k`` citations, best first, or a refusal with the nearest misses.

    Where several people are asked about, each has his share of ``k``, one at least.

    ``where`` restricts the articles searched, ``speaker`` the answer to what that person said. "This week" counts from
    ``where.as_of``, else from today. A word that stands in no article is read as one that does (`qa.spelling`) where that gives
    an answer, and a notice says so; another where files of the index are not read yet. ``encoder`` must be the one the index
    was built with; None loads it. ``reranker`` rereads the best hits; None leaves their order. The same snapshot and question
    give the same Answer on the same day, but for ``seconds``. Raises UsageError for an empty question, ModelMismatchError where
    the encoder is another one, and what loading or running a model or reading the store raises.
    """
    with nullcontext(store) if isinstance(store, Snapshot) else store.snapshot() as snapshot:
        answer = _as_spelt(_Search(snapshot, where or Filter(), k, speaker, encoder, reranker), text)
        if unread := snapshot.stats().unread:
            answer = replace(answer, notices=(wording.unread(unread), *answer.notices))
        return answer


@dataclass(frozen=True, slots=True)
class _Search:
    """What `ask` was given beside the question."""

    snapshot: Snapshot
    where: Filter
    k: int
    speaker: str | None
    encoder: Encoder | None
    reranker: Reranker | None

    @property
    def today(self) -> date:
        """The day the question is asked on."""
        return date.fromisoformat(self.where.as_of) if self.where.as_of else date.today()


def _as_spelt(search: _Search, text: str) -> Answer:
    """The answer to what was typed; where words in it are mistyped, to what was meant, if that has one."""
    typed = question.bounded(text)
    words = spelling.respelt(typed, search.snapshot, partial(_is_word, search)) if len(search.snapshot) else {}
    if words:
        answer = _of_each(search, spelling.rewritten(typed, words))
        if answer.answered:
            read = (f"“{word}” is in no article; it is read as “{right}”." for word, right in words.items())
            asked = replace(answer.question, typed=typed)
            return replace(answer, question=asked, notices=(*read, *answer.notices))
    return _of_each(search, text)


def _is_word(search: _Search, word: str) -> bool:
    """Whether the encoder knows a word as one."""
    return _encoder_for(search).count_tokens([word]) == [1]


def _of_each(search: _Search, text: str) -> Answer:
    """The answer; where several people are asked about, that of each, the citations numbered through."""
    asked = _parsed(search, text)
    names: tuple[str, ...] = ()
    if asked.speaker and not search.speaker:
        names = people.several(asked.speaker, speakers.everybody(search.snapshot), apart=question.compares(asked))
    if not names:
        answer = _in_its_time(search, asked)
        return answer if answer.answered else _printed(search, asked) or answer
    about = f" about {asked.topic}" if asked.topic else ""
    parts: list[Answer] = []
    before = 0
    for number, name in enumerate(names):
        share = search.k // len(names) + (number < search.k % len(names))
        alone = _parsed(search, f"What did {name} say{about}?")
        of_one = replace(alone, since=asked.since, until=asked.until, month=asked.month)  # days of the whole question
        part = _in_its_time(replace(search, k=max(1, share)), of_one)
        parts.append(replace(part, citations=tuple(replace(c, rank=before + c.rank) for c in part.citations)))
        before += len(part.citations)
    answered = any(part.answered for part in parts)
    return Answer(
        question=asked,
        citations=tuple(citation for part in parts for citation in part.citations),
        confidence=max(part.confidence for part in parts),
        searched=parts[0].searched,
        refusal=None if answered else " ".join(dict.fromkeys(str(part.refusal) for part in parts)),
        nearest=() if answered else tuple(citation for part in parts for citation in part.nearest[:1]),
        seconds=sum(part.seconds for part in parts),
        notices=tuple(dict.fromkeys(notice for part in parts for notice in part.notices)),
        parts=tuple(parts),
    )


def _parsed(search: _Search, text: str) -> Question:
    known = partial(speakers.speaks, search.snapshot)
    return question.parse(text, sources=_outlets(search), known=known, today=search.today)


def _outlets(search: _Search) -> tuple[str, ...]:
    return tuple(search.snapshot.stats(search.where).sources)


def _printed(search: _Search, asked: Question) -> Answer | None:
    """What the articles of an outlet say, where it was asked what that outlet says and nobody quotes it; else None."""
    outlet = question.outlet_called(asked.speaker, _outlets(search))
    if outlet is None or search.speaker or search.where.source or asked.topic in ("", asked.text):
        return None
    about = replace(_parsed(search, asked.topic), since=asked.since, until=asked.until, month=asked.month)
    answer = _in_its_time(replace(search, where=replace(search.where, source=outlet)), about)
    told = f"{outlet} itself is not quoted on this; these are its articles."
    asked = replace(asked, source=outlet)
    return replace(answer, question=asked, notices=(told, *answer.notices)) if answer.answered else None


def _in_its_time(search: _Search, asked: Question) -> Answer:
    """The answer from articles of the days the question names; where those have none, from all, with a notice.

    No filter by itself: an article of 2017 may tell what was said in 2012.
    """
    where = search.where
    if not (asked.since or asked.until) or where.since or where.until:
        return _of_its_month(_ask(search, asked))
    dated = replace(where, since=asked.since, until=asked.until)
    if search.snapshot.stats(dated).passages:
        answer = _ask(replace(search, where=dated), asked)
        if answer.answered:
            return answer
    answer = _ask(search, asked)
    if not answer.answered:
        return answer
    by = f" by {wording.as_asked(answer.question.speaker, asked.text)}" if answer.question.speaker else ""
    told = f"No article {_days(asked)} has an answer{by}; these are of other days, or of none."
    return replace(_held_back(answer), notices=(told, *answer.notices))


def _of_its_month(answer: Answer) -> Answer:
    """The answer; with a notice where a month is named, of whichever year, that none of its articles is of."""
    month = answer.question.month
    if not month or any((cited.document.date or "")[5:7] == f"{month:02d}" for cited in answer.citations):
        return answer
    told = f"None of these articles is dated in {days.MONTHS[month - 1].capitalize()}."
    return replace(_held_back(answer), notices=(told, *answer.notices)) if answer.answered else answer


def _held_back(answer: Answer) -> Answer:
    """The answer where no article of the days that were asked for has one: a result that does not tell of them either is no
    strong one, and where somebody is asked about a weak one, below the others. Where none is left as strong as the best was,
    the answer is no surer than the best is now."""
    asked, somebody = answer.question, bool(answer.question.speaker)
    most: Strength = "weak" if somebody else "fair"

    def of_then(citation: Citation) -> bool:
        place = citation.document, citation.statement, citation.passage.span
        return said.tells_of(*place, asked.since, asked.until, asked.month)

    cited = [
        citation if of_then(citation) else replace(citation, strength=max(citation.strength, most, key=_ORDER.index))
        for citation in answer.citations
    ]
    before, best = (
        min((_ORDER.index(each.strength) for each in some), default=0) for some in (answer.citations, cited)
    )
    if somebody:
        cited.sort(key=lambda citation: _ORDER.index(citation.strength))
    ranked = tuple(replace(citation, rank=rank) for rank, citation in enumerate(cited, 1))
    most_sure = (1.0, confidence.STRONG, confidence.FAIR)[best if best > before else 0]
    return replace(answer, citations=ranked, confidence=min(answer.confidence, most_sure))


def _days(asked: Question) -> str:
    """The days a question names, in words."""
    if asked.since and asked.until:
        return f"of {wording.days(asked.since, asked.until)}"
    return f"since {asked.since}" if asked.since else f"until {asked.until}"


def _ask(search: _Search, asked: Question) -> Answer:
    """The answer to one question, from the articles that ``search.where`` lets pass."""
    started = time.perf_counter()
    if not asked.text.strip():
        raise UsageError("the question is empty", 'Type: qa ask "What did Lavrov say about Iran?"')
    snapshot, speaker = search.snapshot, search.speaker
    stats = snapshot.stats(search.where)
    searched = _searched(snapshot, stats)
    if speaker and asked.speaker and not _may_be_one(asked.speaker, speaker):
        reason = f"The question asks about {asked.speaker}, the filter lets only {speaker} speak."
        return Answer(asked, (), 0.0, searched, reason, seconds=time.perf_counter() - started)
    if speaker:
        asked = replace(asked, speaker=speaker)
    nothing = refuse.no_question(asked) if stats.passages else refuse.nothing_there(snapshot, search.where)
    if nothing:
        searched = replace(searched, documents=0, passages=0, statements=0, earliest=None, latest=None)
        return Answer(asked, (), 0.0, searched, nothing, seconds=time.perf_counter() - started)
    spelt, hits, documents = _hits(search, asked)
    last = min(filter(None, (search.where.until, search.where.as_of)), default=None)
    if later := versions.unwritten(snapshot, documents.values(), last):
        hits = [hit for hit in hits if hit.passage.document not in later]
    cited = _cite(documents, asked, hits)
    if (asked.speaker or question.uttered(asked.text)) and not search.reranker:
        cited = _surest_first(cited)
    shown = tuple(versions.gather(snapshot, cited, search.k, last))
    sure = confidence.answered(spelt, hits)
    held, quoted = snapshot.frequencies(asked.words), snapshot.frequencies(asked.phrases)
    foreign = refuse.other_script(asked, held, (citation.document.text for citation in shown))
    english = snapshot.model is not None and snapshot.model.name == DEFAULT_MODEL  # else it may know both languages
    firm = any(citation.strength != "weak" for citation in shown)  # the words are there, or nearly those
    unsaid = None if firm else refuse.said_by_nobody(asked, quoted)
    refused = (bool(foreign) and english) or unsaid is not None or sure < confidence.calibration(asked).refuse_below
    told = [
        None if unsaid else refuse.not_verbatim(asked, quoted),
        refuse.by_words_alone(asked, DEFAULT_MODEL) if english and not foreign else None,
    ]
    return Answer(
        question=asked,
        citations=() if refused else shown,
        confidence=sure,
        searched=searched,
        refusal=(foreign or unsaid or refuse.not_found(asked, held)) if refused else None,
        nearest=_missed(search, spelt, shown) if refused and (any(held.values()) or (foreign and not english)) else (),
        seconds=time.perf_counter() - started,
        notices=(*snapshot.notices, *_changed(snapshot, shown), *filter(None, told)),
    )


def _spelt_out(search: _Search, asked: Question) -> Question:
    """The question with the full name of whom it asks about, where the corpus knows but one who bears the surname: "Musk" and
    "Elon Musk" are to find the same."""
    surname = asked.speaker or ""
    if search.speaker or asked.text.count(surname) != 1:
        return asked
    full = people.spelt_out(surname, speakers.who(search.snapshot, asked).names)
    counts = search.snapshot.speakers() if len(full) > 1 else {}
    name = max(full, key=lambda spelling: counts.get(spelling, 0), default="")
    again = _parsed(search, asked.text.replace(surname, name)) if name else asked
    return again if again.topic == asked.topic else asked


def _hits(search: _Search, asked: Question) -> tuple[Question, Sequence[Hit], Mapping[str, Document]]:
    """The question as it is searched for, what may answer, best first, and the articles it is in."""
    encoding = _encoding(search, asked)
    spelt = _spelt_out(search, asked)  # one question in six asks by a surname for one whose full name is known
    if spelt is not asked:
        encoding = _encoding(search, spelt)
    most, only = max(2 * search.k, LOOKED_AT), search.speaker is not None
    hits = retrieve.search(search.snapshot, spelt, encoding, search.where, most, only=only)
    documents = search.snapshot.documents({hit.passage.document for hit in hits})
    return spelt, rerank(search.reranker, spelt.text, hits, documents) if search.reranker else hits, documents


def _encoding(search: _Search, asked: Question) -> Future[NDArray[np.float32]]:
    """The vectors (2, d) of a question and its matter, to be."""
    encoding = _AHEAD.submit(_encoder_for(search).questions, [asked.text, asked.matter])
    wait([encoding], _HEAD_START)
    return encoding


def _may_be_one(name: str, other: str) -> bool:
    """Whether the two names may be one person's; "he" is whoever is let through."""
    return question.is_pronoun(name) or bool(people.match(name, [other]) or people.match(other, [name]))


def _encoder_for(search: _Search) -> Encoder:
    model = search.snapshot.model
    if model is None:
        raise ModelMismatchError("the index names no model", "Type: qa index --rebuild PATH")
    encoder = search.encoder or load_encoder(model.name)
    if encoder.fingerprint != model.fingerprint:
        raise ModelMismatchError(
            f"the index was built with {model.name} ({model.fingerprint[:12]}), not with {encoder.name} "
            f"({encoder.fingerprint[:12]})",
            f"Type: qa --model {wording.typed(model.name)} … to ask with that model, or qa index --rebuild --model "
            f"{wording.typed(encoder.name)} to index with this one.",
        )
    return encoder


def _cite(documents: Mapping[str, Document], asked: Question, hits: Sequence[Hit]) -> list[Citation]:
    """A citation for each hit, in rank order."""
    cited: list[Citation] = []
    for rank, (hit, sure) in enumerate(zip(hits, confidence.probabilities(asked, hits), strict=True), 1):
        shown = _asserting(hit)
        strength = confidence.strength(sure)
        if strength == "strong" and shown is not hit:
            strength = "fair"  # words whose speaker cannot be named are no strong answer
        cited.append(Citation(rank, documents[hit.passage.document], shown, hit.parts, strength))
    return cited


def _surest_first(cited: Sequence[Citation]) -> list[Citation]:
    """The same, no weak result of somebody's words above a strong one: a hit's score is more about the topic, its strength
    also about whose words they are; among equals first what holds the very words that are asked for. Always as many are
    looked at, so that the first do not depend on ``k``."""

    def place(citation: Citation) -> tuple[int, bool]:
        return _ORDER.index(citation.strength), not citation.hit.scores.get("verbatim")

    return [*sorted(cited[:LOOKED_AT], key=place), *cited[LOOKED_AT:]]


def _missed(search: _Search, asked: Question, shown: Sequence[Citation]) -> tuple[Citation, ...]:
    """The nearest misses; those by somebody else than was asked about say so."""
    nearest = tuple(shown[:NEAREST])
    if not asked.speaker or asked.intent == "who":
        return nearest
    his = speakers.who(search.snapshot, asked)
    kind: Literal["surely", "perhaps"] = "perhaps" if _DESCRIBED.search(asked.speaker) else "surely"
    kind = "perhaps" if people.is_role(asked.speaker) else kind
    return tuple(
        replace(citation, another=kind)
        if citation.statement and his.another(citation.statement, citation.document.text)
        else citation
        for citation in nearest
    )


def _asserting(hit: Hit) -> Hit:
    """The hit, without the speaker of its statement where he is not sure enough to be named."""
    if hit.statement is None or speakers.asserted(hit.statement, hit.scores["speaker"]):
        return hit
    return replace(hit, statement=replace(hit.statement, speaker=None, via=None))


def _changed(snapshot: Snapshot, shown: Sequence[Citation]) -> list[str]:
    """A notice for every cited file that is not as it was indexed."""
    return [wording.stale(file) for file in snapshot.changed({citation.document.id for citation in shown})]


def _searched(snapshot: Snapshot, stats: Stats) -> Searched:
    return Searched(
        documents=stats.documents,
        passages=stats.passages,
        statements=stats.statements,
        unreadable=len(stats.skipped),
        snapshot=snapshot.id,
        earliest=stats.earliest,
        latest=stats.latest,
        unread=stats.unread,
    )
