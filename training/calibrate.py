"""Fit the probability that an answer answers: prints the `Calibration`s of qa/confidence.py with their errors.

    python -m training.calibrate [FOLDER [SET ...]]

Two fits for each kind of question: that the corpus answers it, and that each of its first ten hits does. The questions are
those of `who_said` (125, of which 37 have no answer in their corpus), those over the articles written for the tests (47, 8
without), those of `news` (109 news-quiz questions, each asked of the corpus as it is and once more of an index without
their gold articles: what was answerable no longer is; both as of its day and without one), and every eighth of those of
`squad2` that are measured nowhere else. Each SET is one more folder, with `articles` and `questions.jsonl`, for questions about
somebody. Only numbers leave this script. The sets lie in ../shared/data and stay out of the repository. FOLDER
keeps the indexes between runs.

The model is a logistic regression with an L2 penalty on standardised evidence (Platt, "Probabilistic outputs for support
vector machines", 1999, fits its calibration the same way). The threshold is split-conformal in spirit: the highest one that
refuses at most LOST of the answerable questions of a kind, by leave-one-out predictions, so none is judged by a fit it was in.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.build import update
from index.encode import Encoder, load_encoder
from index.store import Filter, Snapshot, Store, open_store
from qa import answer, confidence, evaluate, question, retrieve, speakers
from qa.types import Citation
from tests.sets import laid_out

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT.parent / "shared" / "data"
GOLD = ROOT / "tests" / "gold"
PENALTY = 1.0  # leave-one-out AUROC is flat from 0.3 to 3
# As how many a question for facts counts. Those over an encyclopaedia are written against its text (another name, a denial),
# and are there for that: counted whole, they would flatten what tells the others apart. Those over some dozens of articles,
# where a first result stands out more, are few.
FEW = 3.0
COUNT = {"open": {"squad2": 0.5, "seeds": FEW, "polnear_dev": FEW, "written": FEW}}
# Of the answerable questions so many may be refused. To put words into somebody's mouth is worse than to miss some; a fact
# nobody can attribute to the wrong person is better shown as weak than withheld.
LOST = {"asked": 0.035, "open": 0.01}


@dataclass(frozen=True, slots=True)
class Example:
    """The evidence of a question's hits, whether the corpus answers it, and of each of its first hits whether that does."""

    kind: str
    corpus: str
    question: str
    evidence: dict[str, float]
    answerable: bool
    each: tuple[tuple[dict[str, float], bool], ...]


def examples(folder: Path, encoder: Encoder, sets: Sequence[Path] = ()) -> Iterator[Example]:
    """All examples; each corpus is indexed under ``folder`` first."""
    for more in sets:
        with _indexed(more.name, more / "articles", folder, encoder) as store, store.snapshot() as snapshot:
            for labelled in evaluate.load(more / "questions.jsonl"):
                found = _example(snapshot, replace(labelled, corpus=more.name), encoder)
                yield from (example for example in found if example.kind == "asked")
    said = evaluate.load(DATA / "who_said" / "questions.jsonl")
    written = evaluate.load(GOLD / "written.jsonl")
    for corpus, place in (("seeds", ROOT / "seeds"), ("polnear_dev", None), ("written", GOLD / "articles")):
        with _indexed(corpus, place, folder, encoder) as store, store.snapshot() as snapshot:
            for labelled in written if corpus == "written" else said:
                if labelled.corpus in (corpus, None):
                    yield from _example(snapshot, replace(labelled, corpus=corpus), encoder)
    [squad] = laid_out("squad2_rest", folder / "articles" / "squad2")
    with _indexed("squad2", squad.articles, folder, encoder) as store, store.snapshot() as snapshot:
        for labelled in evaluate.load(squad.questions):
            yield from _example(snapshot, replace(labelled, corpus="squad2"), encoder)
    quiz = [labelled for labelled in evaluate.load(DATA / "news" / "questions.jsonl") if labelled.answerable]
    for gold in (True, False):
        index = _indexed("news", None, folder, encoder) if gold else _without(quiz, folder, encoder)
        with index as store, store.snapshot() as snapshot:
            for labelled in quiz:
                for day in (labelled.as_of, None):
                    asked = replace(labelled, answerable=gold, as_of=day, corpus="news")
                    yield from _example(snapshot, asked, encoder)


def _without(quiz: list[evaluate.Labelled], folder: Path, encoder: Encoder) -> Store:
    """The news index, as it would be had the gold articles never been there."""
    place = folder / "index-news-without"
    if not place.exists():
        shutil.copytree(folder / "index-news", place)
    store = open_store(place)
    gold = {evaluate.slug(g.article) for labelled in quiz for g in labelled.gold}
    with store.snapshot() as snapshot:
        paths = [d.path for d in snapshot.every_document()]
    update(store, [], encoder, remove=[path for path in paths if evaluate.slug(Path(path).stem) in gold])
    return store


def _example(snapshot: Snapshot, labelled: evaluate.Labelled, encoder: Encoder) -> Iterator[Example]:
    """What a question's hits show; nothing where there are none."""
    known = partial(speakers.speaks, snapshot)
    today = date.fromisoformat(labelled.as_of) if labelled.as_of else None
    asked = question.parse(labelled.text, sources=tuple(snapshot.stats().sources), known=known, today=today)
    of_question, of_topic = encoder.questions([asked.text, asked.matter])
    where = Filter(as_of=labelled.as_of)
    hits = retrieve.search(snapshot, asked, (of_question, of_topic), where, k=answer.LOOKED_AT)
    if not hits:
        return
    documents = snapshot.documents({hit.passage.document for hit in hits})
    cited = [Citation(1, documents[hit.passage.document], hit, hit.parts, "weak") for hit in hits[:10]]
    right = [evaluate.answers(labelled, [citation]) for citation in cited]
    yield Example(
        "asked" if confidence.calibration(asked) is confidence.ASKED else "open",
        labelled.corpus or "",
        labelled.text,
        confidence.evidence(asked, hits),
        labelled.answerable,
        tuple(zip(confidence.evidence_of_each(asked, hits), right, strict=False)),
    )


def _indexed(corpus: str, place: Path | None, folder: Path, encoder: Encoder) -> Store:
    if place is None:
        place = folder / "articles" / corpus
        if not place.exists():
            subprocess.run([sys.executable, DATA / "unpack.py", corpus, place], check=True)  # noqa: S603 - our own data
    store = open_store(folder / f"index-{corpus}", create=True)
    update(store, [place], encoder)
    return store


def fit(
    rows: NDArray[np.float64], right: NDArray[np.float64], count: NDArray[np.float64], penalty: float = PENALTY
) -> NDArray[np.float64]:
    """Intercept and weights, shape (1 + d,), of a logistic regression by Newton's method. ``rows`` (n, d), ``right`` (n,);
    ``count`` (n,) says as how many each row counts."""
    design = np.c_[np.ones(len(rows)), rows]
    ridge = penalty * np.diag(np.r_[1e-9, np.ones(rows.shape[1])])
    weights = np.zeros(design.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-design @ weights))
        gradient = design.T @ (count * (p - right)) + ridge @ weights
        weights -= np.linalg.solve((design * (count * p * (1 - p))[:, None]).T @ design + ridge, gradient)
    return weights


def left_out(
    rows: NDArray[np.float64], right: NDArray[np.float64], count: NDArray[np.float64], group: NDArray[np.int64]
) -> NDArray[np.float64]:
    """For each row the probability by the fit to all of other groups, shape (n,); ``group`` (n,)."""
    p = np.zeros(len(rows))
    for one in np.unique(group):
        weights = fit(rows[group != one], right[group != one], count[group != one])
        p[group == one] = 1 / (1 + np.exp(-(weights[0] + rows[group == one] @ weights[1:])))
    return p


def calibration_error(p: NDArray[np.float64], right: NDArray[np.float64], bins: int = 10) -> float:
    """Expected calibration error over equally filled bins: Naeini, Cooper and Hauskrecht, AAAI 2015."""
    groups = np.array_split(np.argsort(p), bins)
    return float(sum(len(g) * abs(p[g].mean() - right[g].mean()) for g in groups) / len(p))


def report(kind: str, found: list[Example]) -> None:
    """Fit one kind of question, and print what goes into qa/confidence.py."""
    right = np.array([float(e.answerable) for e in found])
    count = np.array([COUNT.get(kind, {}).get(e.corpus, 1.0) for e in found])
    question, corpus = _numbered([e.question for e in found]), _numbered([e.corpus for e in found])
    evidence = [e.evidence for e in found]
    p = _report(f"{kind}, {int(right.sum())} answerable", evidence, right, count, question)
    threshold = float(np.sort(p[right == 1])[int(LOST[kind] * right.sum())])
    print(f"  refuse_below={threshold:.3f}: {_refused(p, right, threshold)}")
    apart = left_out(_standardised(evidence)[0], right, count, corpus)
    for name, number in dict(zip((e.corpus for e in found), corpus.tolist(), strict=True)).items():
        of, ok = p[corpus == number], right[corpus == number]
        if 0 < ok.sum() < len(ok):
            others = _judged(apart[corpus == number], ok)
            print(f"    {name}: {_judged(of, ok)}; {_refused(of, ok, threshold)}; by the fit to the others {others}")
    odds = np.log(p / (1 - p))  # of each question by a fit without it, as it will be for questions to come
    rows = [{**shown, "odds": float(odds[i])} for i, e in enumerate(found) for shown, _ in e.each]
    answering = np.array([float(ok) for e in found for _, ok in e.each])
    of = np.repeat(np.arange(len(found)), [len(e.each) for e in found])
    p = _report(f"{kind}, each hit, {int(answering.sum())} answering", rows, answering, count[of], question[of])
    for low, high in ((0.0, confidence.FAIR), (confidence.FAIR, confidence.STRONG), (confidence.STRONG, 1.0)):
        inside = (p >= low) & (p < high)
        print(f"  of {int(inside.sum())} hits from {low} to {high}, {answering[inside].mean():.2f} answer")


def _report(
    what: str,
    evidence: list[dict[str, float]],
    right: NDArray[np.float64],
    count: NDArray[np.float64],
    question: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Prints a fit; returns for each row the probability by a fit without its question, shape (n,)."""
    rows, mean, scale = _standardised(evidence)
    p = left_out(rows, right, count, question)
    weights = fit(rows, right, count)
    print(f"{what}: {len(rows)} rows, each judged by a fit without its question:\n  {_judged(p, right)}")
    print(f"  intercept={float(weights[0] - (weights[1:] * mean / scale).sum()):.3f}")
    shown = zip(evidence[0], weights[1:] / scale, strict=True)
    print("  weights=" + json.dumps({name: round(float(weight), 3) for name, weight in shown}))
    return p


def _numbered(names: list[str]) -> NDArray[np.int64]:
    """The same number for the same name, shape (n,)."""
    return np.unique(names, return_inverse=True)[1].astype(np.int64)


def _standardised(evidence: list[dict[str, float]]) -> tuple[NDArray[np.float64], ...]:
    """The rows (n, d) with mean 0 and deviation 1, and what these were, (d,)."""
    raw = np.array([list(row.values()) for row in evidence])
    mean, scale = raw.mean(0), raw.std(0) + 1e-9
    return (raw - mean) / scale, mean, scale


def _judged(p: NDArray[np.float64], right: NDArray[np.float64]) -> str:
    separation = evaluate.auroc(list(p[right == 1]), list(p[right == 0])) or 0.0
    return f"AUROC {separation:.3f}, calibration error {calibration_error(p, right):.3f}"


def _refused(p: NDArray[np.float64], right: NDArray[np.float64], threshold: float) -> str:
    of_no, of_yes = float((p[right == 0] < threshold).mean()), float((p[right == 1] < threshold).mean())
    return f"{of_no:.3f} of the unanswerable and {of_yes:.3f} of the answerable refused"


def reports(found: list[Example]) -> None:
    """Both kinds."""
    for kind in LOST:
        report(kind, [e for e in found if e.kind == kind])


def main() -> None:
    encoder = load_encoder()
    if len(sys.argv) > 1:
        reports(list(examples(Path(sys.argv[1]), encoder, [Path(place) for place in sys.argv[2:]])))
        return
    with tempfile.TemporaryDirectory() as folder:
        reports(list(examples(Path(folder), encoder)))


if __name__ == "__main__":
    main()
