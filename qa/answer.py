"""A question -> an Answer, or an honest refusal. The one function every door calls.

Owns the decision: whether the corpus answers, how sure that is, in words and as a probability, and what to say when it does
not. Refuses to know about screens. Whatever it cites is a span of a stored document, never a sentence of its own.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from index.encode import DEFAULT_MODEL, Encoder, Reranker, load_encoder
from index.errors import ModelMismatchError, UsageError
from index.store import Filter, Snapshot, Stats, Store
from index.types import Document
from qa import confidence, people, question, refuse, retrieve, versions
from qa.question import stems_of
from qa.rerank import rerank
from qa.types import Answer, Citation, Hit, Question, Searched

# Two articles that share so much of what is shown took it from one another, or from one source; shorter words may agree by
# chance.
_ALIKE, _WORDS = 0.9, 6
LOOKED_AT = 20  # hits, however few are wanted: how sure the first is depends on its company, never on ``k``
NEAREST = 2  # misses shown with a refusal: enough to judge it by, few enough not to look like an answer


def ask(
    store: Store | Snapshot,
    text: str,
    *,
    where: Filter | None = None,
    k: int = 10,
    speaker: str | None = None,
    encoder: Encoder | None = None,
    reranker: Reranker | None = None,
) -> Answer:
    """Answer ``text`` from what ``store`` holds: up to ``k`` citations, best first, or a refusal with the nearest misses.

    ``where`` restricts the articles searched, ``speaker`` the answer to what that person said. ``encoder`` must be the one
    the index was built with; None loads it. ``reranker`` rereads the best hits; None leaves their order. The same snapshot
    and question give the same Answer, but for ``seconds``. Raises UsageError for an empty question, ModelMismatchError where
    the encoder is another one, and what loading or running a model or reading the store raises.
    """
    if isinstance(store, Snapshot):
        return _of_each(store, text, where or Filter(), k, speaker, _Models(encoder, reranker))
    with store.snapshot() as snapshot:
        return _of_each(snapshot, text, where or Filter(), k, speaker, _Models(encoder, reranker))


@dataclass(frozen=True, slots=True)
class _Models:
    """What `ask` was given to read with."""

    encoder: Encoder | None
    reranker: Reranker | None


def _of_each(snapshot: Snapshot, text: str, where: Filter, k: int, speaker: str | None, models: _Models) -> Answer:
    """The answer; where several people are asked about, that of each, the citations numbered through."""
    asked = question.parse(text)
    names = people.several(asked.speaker, snapshot.spellings()) if asked.speaker and not speaker else ()
    if not names:
        return _in_its_time(snapshot, asked, where, k, speaker, models)
    about = f" about {asked.topic}" if asked.topic else ""
    share = -(-k // len(names))
    parts: list[Answer] = []
    for name in names:
        part = _ask(snapshot, f"What did {name} say{about}?", where, share, None, models)
        before = sum(len(each.citations) for each in parts)
        parts.append(replace(part, citations=tuple(replace(c, rank=before + c.rank) for c in part.citations)))
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


def _in_its_time(
    snapshot: Snapshot, asked: Question, where: Filter, k: int, speaker: str | None, models: _Models
) -> Answer:
    """The answer from articles of the days the question names; where those have none, from all, with a notice.

    No filter by itself: an article of 2017 may tell what was said in 2012.
    """
    if not (asked.since or asked.until) or where.since or where.until:
        return _ask(snapshot, asked.text, where, k, speaker, models)
    dated = replace(where, since=asked.since, until=asked.until)
    if snapshot.stats(dated).passages:
        answer = _ask(snapshot, asked.text, dated, k, speaker, models)
        if answer.answered:
            return answer
    answer = _ask(snapshot, asked.text, where, k, speaker, models)
    days = " to ".join(dict.fromkeys(day for day in (asked.since, asked.until) if day))
    told = f"No article of {days} answers; these are of other days, or of none."
    return replace(answer, notices=(told, *answer.notices)) if answer.answered else answer


def _ask(snapshot: Snapshot, text: str, where: Filter, k: int, speaker: str | None, models: _Models) -> Answer:
    started = time.perf_counter()
    if not text.strip():
        raise UsageError("the question is empty", 'Type: qa ask "What did Lavrov say about Iran?"')
    stats = snapshot.stats(where)
    asked = question.parse(text, sources=tuple(stats.sources))
    searched = _searched(snapshot, stats)
    if speaker and asked.speaker and not _may_be_one(asked.speaker, speaker):
        reason = f"The question asks about {asked.speaker}, the filter lets only {speaker} speak."
        return Answer(asked, (), 0.0, searched, reason, seconds=time.perf_counter() - started)
    if speaker:
        asked = replace(asked, speaker=speaker)
    nothing = refuse.no_question(asked) if stats.passages else refuse.nothing_there(snapshot, where)
    if nothing:
        searched = replace(searched, documents=0, passages=0, statements=0, earliest=None, latest=None)
        return Answer(asked, (), 0.0, searched, nothing, seconds=time.perf_counter() - started)
    of_question, of_topic = _encoder_for(snapshot, models.encoder).questions([asked.text, asked.topic or asked.text])
    hits = retrieve.search(
        snapshot, asked, (of_question, of_topic), where, max(2 * k, LOOKED_AT), only=speaker is not None
    )
    documents = snapshot.documents({hit.passage.document for hit in hits})
    if models.reranker:
        hits = rerank(models.reranker, asked.text, hits, documents)
    shown = tuple(versions.gather(snapshot, _cite(documents, asked, hits), k))
    sure = confidence.answered(asked, hits)
    # "What did Lavrov say?" has no topic to miss: whatever is surely his answers it.
    any_of_his = bool(asked.speaker) and not asked.topic and bool(hits) and hits[0].scores["speaker"] >= retrieve.KNOWN
    if any_of_his:
        sure = max(sure, confidence.FAIR)
    held = snapshot.frequencies(asked.words)
    foreign = refuse.other_script(asked, held, (citation.document.text for citation in shown))
    english = snapshot.model is not None and snapshot.model.name == DEFAULT_MODEL  # else it may know both languages
    refused = (bool(foreign) and english) or sure < confidence.calibration(asked).refuse_below
    told = refuse.by_words_alone(asked, DEFAULT_MODEL) if english and not foreign else None
    return Answer(
        question=asked,
        citations=() if refused else shown,
        confidence=sure,
        searched=searched,
        refusal=(foreign or refuse.not_found(asked, held)) if refused else None,
        nearest=shown[:NEAREST] if refused and (any(held.values()) or (foreign and not english)) else (),
        seconds=time.perf_counter() - started,
        notices=(*snapshot.notices, *_changed(snapshot, shown), *filter(None, [told])),
    )


def _may_be_one(name: str, other: str) -> bool:
    return bool(people.match(name, [other]) or people.match(other, [name]))


def _encoder_for(snapshot: Snapshot, encoder: Encoder | None) -> Encoder:
    model = snapshot.model
    if model is None:
        raise ModelMismatchError("the index names no model", "Type: qa index --rebuild PATH")
    encoder = encoder or load_encoder(model.name)
    if encoder.fingerprint != model.fingerprint:
        raise ModelMismatchError(
            f"the index was built with {model.name} ({model.fingerprint[:12]}), not with {encoder.name} "
            f"({encoder.fingerprint[:12]})",
            f"Type: qa --model {model.name} … to ask with that model, or qa index --rebuild PATH to index with this one.",
        )
    return encoder


def _cite(documents: Mapping[str, Document], asked: Question, hits: Sequence[Hit]) -> list[Citation]:
    """Citations in rank order; a statement that several articles carry is one."""
    cited: list[Citation] = []
    for hit, sure in zip(hits, confidence.probabilities(asked, hits), strict=True):
        document = documents[hit.passage.document]
        same = next((i for i, other in enumerate(cited) if _carries(document, hit, other)), None)
        if same is not None:
            cited[same] = replace(cited[same], copies=(*cited[same].copies, document))
            continue
        shown = _asserting(hit)
        strength = confidence.strength(sure)
        if strength == "strong" and shown is not hit:
            strength = "fair"  # words whose speaker cannot be named are no strong answer
        cited.append(Citation(len(cited) + 1, document, shown, hit.parts, strength))
    return cited


def _carries(document: Document, hit: Hit, other: Citation) -> bool:
    """Whether another article carries the same statement again: nine in ten of the stems of both, of six or more."""
    if document.id == other.document.id or hit.statement is None or other.statement is None:
        return False
    here = stems_of(" ".join(part.of(document.text) for part in hit.parts))
    there = stems_of(" ".join(part.of(other.document.text) for part in other.highlights))
    return min(len(here), len(there)) >= _WORDS and len(here & there) >= _ALIKE * len(here | there)


def _asserting(hit: Hit) -> Hit:
    """The hit, without the speaker of its statement where he is not sure enough to be named."""
    floor = retrieve.EXPECTED if hit.scores["speaker"] >= retrieve.KNOWN else retrieve.ASSERTED
    if hit.statement is None or hit.statement.confidence >= floor:
        return hit
    return replace(hit, statement=replace(hit.statement, speaker=None, via=None))


def _changed(snapshot: Snapshot, shown: Sequence[Citation]) -> list[str]:
    """A notice for every cited file that is not as it was indexed."""
    files = snapshot.changed({citation.document.id for citation in shown})
    told = "has changed since it was indexed; shown is the text as it was."
    return [f"{Path(file).name} {told} Type: qa index {file}" for file in files]


def _searched(snapshot: Snapshot, stats: Stats) -> Searched:
    return Searched(
        documents=stats.documents,
        passages=stats.passages,
        statements=stats.statements,
        unreadable=len(stats.skipped),
        snapshot=snapshot.id,
        earliest=stats.earliest,
        latest=stats.latest,
    )
