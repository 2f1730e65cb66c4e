"""Labelled questions -> measures with intervals.

Owns the formats of labelled questions, what counts as right, and how sure a figure is. One runner serves `qa eval`,
`make gate` and the benchmarks, so that they cannot drift apart. A question whose answer crashes counts as a miss.

A line of a question file is JSON, in one of three forms; `id`, `form`, `answerable` (default true) and `date`, the day it was
asked on, are optional:

    {"question": "…", "gold": [{"article": "name", "start": 0, "end": 9, "speaker": "…", "grade": 2}], "answerable": true}
    {"question": "…", "answer": ["words", "that count"], "gold_articles": ["name", …]}
    {"question": "…", "gold_articles": ["name", …]}

`article` is the file's name without its suffix. A span counts as found when it overlaps the gold by half of the shorter
of the two; an answer of the second form when a result from a gold article holds one of the words; one of the third form when
it is from a gold article.

Measures by stage, each the mean over the questions it applies to. *Retrieval*: P@1, success@5, recall@10, speaker@1;
article@1, answer@1, answer@5 (a gold article, a passage of it with the answer, among so many results); MAP, MRR over articles.
*Highlight*: highlight F1 (characters, where the first result is right), shown@1 (the answer is in the marked words), sentence@1
(the same, where the first article is right). *Abstention*: kept and refused; AUROC of the confidence; and, of the first
result, shown or withheld, ECE (expected calibration error) and AURC (area under the risk-coverage curve): less is better.
"""

from __future__ import annotations

import json
import random
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path, PurePath
from typing import Any

from index.errors import UsageError
from index.letters import fold
from index.types import Document, Span
from qa.people import SUFFIXES
from qa.types import Answer, Citation

# Percentile bootstrap: 1,000 resamples put the ends of a 95 % interval within about half a point (Efron and Tibshirani,
# "An Introduction to the Bootstrap", 1993, ch. 19).
RESAMPLES = 1000
_SEED = 20120615  # any will do; the same one gives the same intervals
BINS = 10  # of equally many questions each: of equal width, some would be empty
STAGES = {
    "highlight F1": "highlight", "shown@1": "highlight", "sentence@1": "highlight",
    "kept": "abstention", "refused": "abstention", "AUROC": "abstention", "ECE": "abstention", "AURC": "abstention",
}  # fmt: skip
"""What a measure judges, where it is not retrieval."""


@dataclass(frozen=True, slots=True)
class Gold:
    """One right answer: a span of an article, or, with ``words``, any passage of the article that holds one of them."""

    article: str
    span: Span | None = None
    parts: tuple[Span, ...] = ()
    speaker: str | None = None
    grade: int = 2
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Labelled:
    """A question and its right answers; none where the corpus does not answer it."""

    id: str
    text: str
    gold: tuple[Gold, ...]
    answerable: bool = True
    form: str = "all"
    corpus: str | None = None
    as_of: str | None = None
    """The ISO day on which it was asked."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one question: its measures (None where one does not apply), and the answer's confidence."""

    question: Labelled
    measures: Mapping[str, float | None]
    confidence: float
    error: str | None = None
    right: bool = False
    """Whether the first result, shown or withheld, answers."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A mean over ``n`` questions with its 95 % bootstrap interval."""

    name: str
    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All outcomes and the measures over them."""

    outcomes: tuple[Outcome, ...]
    measures: tuple[Measure, ...] = field(default=())

    def __getitem__(self, name: str) -> Measure:
        return next(measure for measure in self.measures if measure.name == name)


def load(path: str | Path) -> list[Labelled]:
    """The questions of a JSON-lines file. Raises UsageError, with the line's number and what is wrong, for a line of no
    form, and where there is none."""
    questions = []
    try:
        lines = Path(path).read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or error
        raise UsageError(f"{path}: cannot be read: {why}", "Name a file of JSON lines.") from error
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                questions.append(_labelled(json.loads(line), str(number)))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                why = f"the field {error} is missing" if isinstance(error, KeyError) else error
                why = f"not JSON ({error.msg})" if isinstance(error, json.JSONDecodeError) else why
                raise UsageError(
                    f"{path}:{number}: not a labelled question: {why}", "qa eval --help lists the fields."
                ) from error
    if not questions:
        raise UsageError(f"{path} holds no question", "qa eval --help says what a line holds.")
    return questions


_KINDS: Mapping[type, str] = {
    str: "is no text",
    list: "is no list",
    bool: "is neither true nor false",
    int: "is no whole number",
}
_FIELDS: Mapping[str, type] = {
    **dict.fromkeys(("question", "form", "corpus", "date"), str),
    **dict.fromkeys(("gold", "gold_articles", "answer"), list),
    **dict.fromkeys(("answerable", "answer_in_gold"), bool),
}
_GOLD: Mapping[str, type] = {"article": str, "start": int, "end": int, "parts": list, "speaker": str, "grade": int}


def _fields(row: object, kinds: Mapping[str, type], what: str) -> dict[str, Any]:
    """What an object holds but null; raises TypeError where it is none, or a field of it is of another kind."""
    if not isinstance(row, dict):
        raise TypeError(f"{what} is no JSON object")
    given = {name: value for name, value in row.items() if value is not None}
    for name, value in given.items():
        if name in kinds and type(value) is not kinds[name]:
            raise TypeError(f"the field {name!r} {_KINDS[kinds[name]]}")
    return given


def _texts(row: Mapping[str, Any], name: str) -> list[str]:
    """A list of texts; raises TypeError for another."""
    for text in row[name]:
        if not isinstance(text, str):
            raise TypeError(f"the field {name!r} holds what is no text: {json.dumps(text)}")
    return list(row[name])


def _labelled(line: object, number: str) -> Labelled:
    row = _fields(line, _FIELDS, "the line")
    gold = tuple(map(_span_gold, row["gold"])) if "gold" in row else _word_gold(row)
    answerable = row.get("answerable", row.get("answer_in_gold", True))
    if not row["question"].strip():
        raise ValueError("the question is empty")
    if answerable and not gold:
        raise ValueError('it names no right answer; where the articles have none, it says "answerable": false')
    return Labelled(
        id=str(row.get("id", number)),
        text=row["question"],
        gold=gold,
        answerable=answerable,
        form=row.get("form", "all"),
        corpus=row.get("corpus"),
        as_of=_day(row["date"]) if row.get("date") else None,
    )


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text.replace("/", "-")).isoformat()
    except ValueError:
        raise ValueError(f"the field 'date' is no day like 2022-07-08: {text!r}") from None


def _span_gold(gold: object) -> Gold:
    row = _fields(gold, _GOLD, "what is right")
    for part in row.get("parts", ()):
        if not (isinstance(part, list) and len(part) == 2 and all(type(end) is int for end in part)):
            raise TypeError(f"the field 'parts' holds what is no start and end: {json.dumps(part)}")
    parts = tuple(Span(*part) for part in row.get("parts", ()))
    span = Span(row["start"], row["end"])
    return Gold(row["article"], span, parts or (span,), row.get("speaker"), row.get("grade", 2))


def _word_gold(row: Mapping[str, Any]) -> tuple[Gold, ...]:
    words = tuple(map(fold, _texts(row, "answer"))) if "answer" in row else ()
    return tuple(Gold(article, words=words) for article in _texts(row, "gold_articles"))


def strangers(questions: Iterable[Labelled], documents: Iterable[Document]) -> list[str]:
    """The articles named as right that are none of ``documents``: misspelt, or not indexed. A question can but miss them."""
    asked = [question for question in questions if question.answerable]
    wanted = {slug(gold.article): gold.article for question in asked for gold in question.gold}
    for document in documents:
        wanted.pop(slug(_name(document)), None)
        if not wanted:
            break
    return list(wanted.values())


def evaluate(ask: Callable[[Labelled], Answer], questions: Iterable[Labelled]) -> Evaluation:
    """Ask every question and measure. ``ask`` gives at least ten results where there are as many."""
    return summary([_outcome(ask, question) for question in questions])


def summary(outcomes: Sequence[Outcome]) -> Evaluation:
    """The measures over outcomes, of one corpus or of several."""
    names = list(dict.fromkeys(name for outcome in outcomes for name in outcome.measures))
    measures = [measure(name, outcomes) for name in names]
    return Evaluation(tuple(outcomes), tuple(measures) + _of_confidence(outcomes))


def _outcome(ask: Callable[[Labelled], Answer], question: Labelled) -> Outcome:
    kind = "kept" if question.answerable else "refused"
    try:
        answer = ask(question)
    except Exception as error:  # whatever goes wrong, this question was not answered and the others go on
        missed = dict.fromkeys(_measures(question, ()), 0.0) if question.answerable else {}
        return Outcome(question, missed | {kind: 0.0}, 0.0, f"{type(error).__name__}: {error}")
    measures = dict(_measures(question, answer.citations)) if question.answerable else {}
    measures[kind] = float(answer.answered == question.answerable)
    return Outcome(question, measures, answer.confidence, right=answers(question, answer.citations or answer.nearest))


def answers(question: Labelled, best: Sequence[Citation]) -> bool:
    """Whether the first of the results answers: a gold span, or a passage with the answer."""
    if not (question.answerable and question.gold):
        return False
    measures = _measures(question, best[:1])
    return bool(next(measures[name] for name in ("P@1", "answer@1", "article@1") if name in measures))


def _measures(question: Labelled, shown: Sequence[Citation]) -> dict[str, float | None]:
    if question.gold and not any(gold.span for gold in question.gold):
        return _word_measures(question, shown) if question.gold[0].words else _article_measures(question, shown)
    right = [[g for g in question.gold if _found(c, g)] for c in shown]
    wanted = [g for g in question.gold if g.grade >= 2]
    first = right[0] if right else []
    return {
        "P@1": float(bool(first)),
        "success@5": float(any(right[:5])),
        "recall@10": sum(any(g in r for r in right[:10]) for g in wanted) / len(wanted) if wanted else None,
        "speaker@1": _speaker_right(shown, first) if any(g.speaker for g in question.gold) else None,
        "highlight F1": max(_overlap_f1(shown[0].highlights, g.parts) for g in first) if first else None,
    }


def _word_measures(question: Labelled, shown: Sequence[Citation]) -> dict[str, float | None]:
    articles = {slug(gold.article) for gold in question.gold}
    there = [slug(_name(c.document)) in articles for c in shown]
    words = question.gold[0].words

    def holds(texts: Iterable[str]) -> bool:
        return any(word in fold(" … ".join(texts)) for word in words)

    answers = [ok and holds([c.passage.span.of(c.document.text)]) for ok, c in zip(there, shown, strict=True)]
    marked = [ok and holds([h.of(c.document.text) for h in c.highlights]) for ok, c in zip(there, shown, strict=True)]
    return {
        "article@1": float(any(there[:1])),
        "answer@1": float(any(answers[:1])),
        "answer@5": float(any(answers[:5])),
        "shown@1": float(any(marked[:1])),
        "sentence@1": float(any(marked[:1])) if any(there[:1]) else None,
    }


def _article_measures(question: Labelled, shown: Sequence[Citation]) -> dict[str, float | None]:
    gold = {slug(gold.article) for gold in question.gold}
    ranked = [name in gold for name in dict.fromkeys(slug(_name(c.document)) for c in shown)]
    places = [place for place, there in enumerate(ranked, 1) if there]
    return {
        "article@1": float(any(ranked[:1])),
        "MAP": sum(found / place for found, place in enumerate(places, 1)) / len(gold),
        "MRR": 1 / places[0] if places else 0.0,
    }


def _found(citation: Citation, gold: Gold) -> bool:
    if gold.span is None or slug(_name(citation.document)) != slug(gold.article):
        return False
    shown = _shown(citation)
    shorter = min(len(shown), len(gold.span))
    return shorter > 0 and 2 * shown.overlap(gold.span) >= shorter


def _shown(citation: Citation) -> Span:
    if citation.statement is not None:
        return citation.statement.span
    if citation.highlights:
        return Span(citation.highlights[0].start, citation.highlights[-1].end)
    return citation.passage.span


def _speaker_right(shown: Sequence[Citation], right: Sequence[Gold]) -> float:
    named = shown[0].statement.speaker if shown and shown[0].statement else None
    return float(named is not None and any(g.speaker and _surname(g.speaker) == _surname(named) for g in right))


def _surname(name: str) -> str:
    words = [word for word in re.findall(r"\w+", fold(name.split(",", maxsplit=1)[0])) if word not in SUFFIXES]
    return words[-1] if words else ""


def _overlap_f1(spans: Sequence[Span], gold: Sequence[Span]) -> float:
    """Character F1 of two sets of spans, each without overlaps in itself."""
    both = sum(a.overlap(b) for a in spans for b in gold)
    return 2 * both / (sum(map(len, spans)) + sum(map(len, gold))) if both else 0.0


def _name(document: Document) -> str:
    return PurePath(document.part or document.path).stem


def slug(name: str) -> str:
    """An article's name as a file name has it: identifiers may hold slashes, and file systems cap a name's length."""
    return re.sub(r"\W+", "-", name)[-120:].strip("-")


def measure(name: str, outcomes: Sequence[Outcome]) -> Measure:
    """The mean of one measure with its interval, over the questions it applies to."""
    values = [v for o in outcomes if (v := o.measures.get(name)) is not None]
    if not values:
        return Measure(name, 0.0, 0.0, 0.0, 0)
    rng = random.Random(_SEED)  # noqa: S311 - resampling, not secrets
    means = sorted(sum(rng.choices(values, k=len(values))) / len(values) for _ in range(RESAMPLES))
    return Measure(name, sum(values) / len(values), *_interval(means), len(values))


def auroc(positive: Sequence[float], negative: Sequence[float]) -> float | None:
    """The probability that an answerable question gets the higher confidence; ties count half. None without both kinds.

    The Mann-Whitney statistic: Hanley and McNeil, "The meaning and use of the area under a ROC curve", Radiology 1982.
    """
    if not positive or not negative:
        return None
    ordered = sorted(negative)
    wins = sum(bisect_left(ordered, p) + bisect_right(ordered, p) for p in positive) / 2
    return wins / (len(positive) * len(negative))


def calibration_error(outcomes: Sequence[Outcome]) -> float:
    """How far the confidence is from the share of first results that answer, over bins of equally many questions.

    Expected calibration error with equal-mass bins: Nguyen and O'Connor, "Posterior calibration and exploratory analysis for
    natural language processing models", EMNLP 2015.
    """
    ordered = sorted(outcomes, key=lambda o: o.confidence)
    bins = [ordered[i * len(ordered) // BINS : (i + 1) * len(ordered) // BINS] for i in range(BINS)]
    return sum(abs(sum(o.right for o in b) - sum(o.confidence for o in b)) for b in bins) / len(ordered)


def risk(outcomes: Sequence[Outcome]) -> float:
    """The area under the risk-coverage curve: the mean, over all thresholds, of the share of wrong first results above it.

    El-Yaniv and Wiener, "On the foundations of noise-free selective classification", JMLR 2010.
    """
    wrong = 0
    risks = []
    for shown, outcome in enumerate(sorted(outcomes, key=lambda o: -o.confidence), 1):
        wrong += not outcome.right
        risks.append(wrong / shown)
    return sum(risks) / len(risks)


def _separation(outcomes: Sequence[Outcome]) -> float | None:
    return auroc(
        [o.confidence for o in outcomes if o.question.answerable],
        [o.confidence for o in outcomes if not o.question.answerable],
    )


def _of_confidence(outcomes: Sequence[Outcome]) -> tuple[Measure, ...]:
    """What the confidence is worth, where some questions have no answer."""
    if _separation(outcomes) is None:
        return ()
    found = []
    for name, function in (("AUROC", _separation), ("ECE", calibration_error), ("AURC", risk)):
        rng = random.Random(_SEED)  # noqa: S311 - resampling, not secrets
        samples = (function(rng.choices(outcomes, k=len(outcomes))) for _ in range(RESAMPLES // 5))
        values = sorted(value for value in samples if value is not None)
        found.append(Measure(name, function(outcomes) or 0.0, *_interval(values), len(outcomes)))
    return tuple(found)


def _interval(ordered: Sequence[float]) -> tuple[float, float]:
    last = len(ordered) - 1
    return ordered[round(0.025 * last)], ordered[round(0.975 * last)]


def table(evaluation: Evaluation) -> str:
    """The measures as plain text by stage, one a line: name, value, interval, number of questions; then by form of question."""
    lines = _by_stage(evaluation.measures)
    forms = sorted({o.question.form for o in evaluation.outcomes})
    for form in forms if len(forms) > 1 else ():
        outcomes = [o for o in evaluation.outcomes if o.question.form == form]
        names = dict.fromkeys(name for outcome in outcomes for name in outcome.measures)
        lines.append(f"\n{form} ({len(outcomes)})")
        lines += [_line(m) for m in (measure(name, outcomes) for name in names) if m.n]
    failed = [o for o in evaluation.outcomes if o.error]
    if failed:
        lines.append(f"\n{len(failed)} questions raised an error and count as misses; the first: {failed[0].error}")
    return "\n".join(lines)


def _by_stage(measures: Sequence[Measure]) -> list[str]:
    lines = []
    measures = [m for m in measures if m.n]
    for stage in dict.fromkeys(STAGES.get(m.name, "retrieval") for m in measures):
        lines.append(f"{stage}:")
        lines += [_line(m) for m in measures if STAGES.get(m.name, "retrieval") == stage]
    return lines


def _line(m: Measure) -> str:
    return f"{m.name:14s} {m.value:.3f}   95 % {m.low:.3f}-{m.high:.3f}   n {m.n}"
