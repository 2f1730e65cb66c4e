"""Labelled questions -> measures with intervals.

Owns the formats of labelled questions, what counts as right, and how sure a figure is. One runner serves `qa eval`,
`make gate` and the benchmarks, so that they cannot drift apart. A question that raises an error counts as a miss.

A line of a question file is JSON, in one of two forms; `id` and `answerable` (default true) are optional:

    {"question": "…", "gold": [{"article": "name", "start": 0, "end": 9, "speaker": "…", "grade": 2}], "answerable": true}
    {"question": "…", "answer": ["words", "that count"], "gold_articles": ["name", …]}

`article` is the file's name without its suffix. A span counts as found when it overlaps the gold by half of the shorter
of the two; an answer of the second form when a result from a gold article holds one of the words.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any

from index.errors import QAError, UsageError
from index.types import Span
from qa.question import fold
from qa.types import Answer, Citation

# Percentile bootstrap: 1,000 resamples put the ends of a 95 % interval within about half a point (Efron and Tibshirani,
# "An Introduction to the Bootstrap", 1993, ch. 19).
RESAMPLES = 1000
_SEED = 20120615


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


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one question: its measures (None where one does not apply), and the answer's confidence."""

    question: Labelled
    measures: Mapping[str, float | None]
    confidence: float
    error: str | None = None


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
    """The questions of a JSON-lines file. Raises UsageError with the line's number for a line of neither form."""
    questions = []
    try:
        lines = Path(path).read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read: {error}", "Name a file of JSON lines.") from error
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                questions.append(_labelled(json.loads(line), str(number)))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise UsageError(
                    f"{path}:{number}: not a labelled question: {error!r}", "`pydoc qa.evaluate` shows the two forms."
                ) from error
    return questions


def _labelled(row: Mapping[str, Any], number: str) -> Labelled:
    gold = tuple(_span_gold(g) for g in row["gold"]) if "gold" in row else _word_gold(row)
    return Labelled(
        id=str(row.get("id", number)),
        text=row["question"],
        gold=gold,
        answerable=bool(row.get("answerable", row.get("answer_in_gold", True))),
        form=row.get("form", "all"),
        corpus=row.get("corpus"),
    )


def _span_gold(row: Mapping[str, Any]) -> Gold:
    parts = tuple(Span(*part) for part in row.get("parts", []))
    span = Span(row["start"], row["end"])
    return Gold(row["article"], span, parts or (span,), row.get("speaker"), row.get("grade", 2))


def _word_gold(row: Mapping[str, Any]) -> tuple[Gold, ...]:
    words = tuple(fold(word) for word in row["answer"])
    return tuple(Gold(article, words=words) for article in row["gold_articles"])


def evaluate(ask: Callable[[str], Answer], questions: Iterable[Labelled]) -> Evaluation:
    """Ask every question and measure. ``ask`` gives at least ten results where there are as many."""
    outcomes = tuple(_outcome(ask, question) for question in questions)
    names = list(dict.fromkeys(name for outcome in outcomes for name in outcome.measures))
    measures = [measure(name, outcomes) for name in names]
    separation = auroc(
        [o.confidence for o in outcomes if o.question.answerable],
        [o.confidence for o in outcomes if not o.question.answerable],
    )
    if separation is not None:
        measures.append(_bootstrap_auroc(outcomes, separation))
    return Evaluation(outcomes, tuple(measures))


def _outcome(ask: Callable[[str], Answer], question: Labelled) -> Outcome:
    try:
        answer = ask(question.text)
    except QAError as error:
        missed = dict.fromkeys(_measures(question, ()), 0.0)
        return Outcome(question, missed, 0.0, str(error))
    measures: dict[str, float | None] = {}
    if question.answerable:
        measures = dict(_measures(question, answer.citations))
    measures["kept" if question.answerable else "refused"] = float(answer.answered == question.answerable)
    return Outcome(question, measures, answer.confidence)


def _measures(question: Labelled, shown: Sequence[Citation]) -> dict[str, float | None]:
    if any(gold.words for gold in question.gold):
        return _word_measures(question, shown)
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
    there = [slug(_name(c)) in articles for c in shown]
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
    }


def _found(citation: Citation, gold: Gold) -> bool:
    if gold.span is None or slug(_name(citation)) != slug(gold.article):
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
    words = re.findall(r"\w+", fold(name.split(",", maxsplit=1)[0]))
    return words[-1] if words else ""


def _overlap_f1(spans: Sequence[Span], gold: Sequence[Span]) -> float:
    """Character F1 of two sets of spans, each without overlaps in itself."""
    both = sum(a.overlap(b) for a in spans for b in gold)
    return 2 * both / (sum(map(len, spans)) + sum(map(len, gold))) if both else 0.0


def _name(citation: Citation) -> str:
    return PurePath(citation.document.part or citation.document.path).stem


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
    wins = sum((p > n) + 0.5 * (p == n) for p in positive for n in negative)
    return wins / (len(positive) * len(negative))


def _bootstrap_auroc(outcomes: Sequence[Outcome], value: float) -> Measure:
    rng = random.Random(_SEED)  # noqa: S311 - resampling, not secrets
    values = []
    for _ in range(RESAMPLES // 5):  # quadratic in the questions: fewer resamples, a slightly coarser interval
        sample = rng.choices(outcomes, k=len(outcomes))
        got = auroc(
            [o.confidence for o in sample if o.question.answerable],
            [o.confidence for o in sample if not o.question.answerable],
        )
        if got is not None:
            values.append(got)
    return Measure("AUROC", value, *_interval(sorted(values)), len(outcomes))


def _interval(ordered: Sequence[float]) -> tuple[float, float]:
    last = len(ordered) - 1
    return ordered[round(0.025 * last)], ordered[round(0.975 * last)]


def table(evaluation: Evaluation, *, by_form: bool = False) -> str:
    """The measures as plain text, one a line: name, value, interval, number of questions."""
    lines = [_line(m) for m in evaluation.measures]
    if by_form:
        for form in sorted({o.question.form for o in evaluation.outcomes}):
            outcomes = [o for o in evaluation.outcomes if o.question.form == form]
            lines.append(f"\n{form} ({len(outcomes)})")
            measures = (measure(m.name, outcomes) for m in evaluation.measures if m.name != "AUROC")
            lines += [_line(m) for m in measures if m.n]
    failed = [o for o in evaluation.outcomes if o.error]
    if failed:
        lines.append(f"\n{len(failed)} questions raised an error and count as misses; the first: {failed[0].error}")
    return "\n".join(lines)


def _line(m: Measure) -> str:
    return f"{m.name:14s} {m.value:.3f}   95 % {m.low:.3f}-{m.high:.3f}   n {m.n}"
