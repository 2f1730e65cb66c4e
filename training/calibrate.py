"""Fit the probability that an answer answers: prints the `Calibration`s of qa/confidence.py with their errors.

    python -m training.calibrate [FOLDER [SET ...]]

Two fits for each kind of question: that the corpus answers it, and that each of its first ten hits does. The questions are
those of `who_said` (125, of which 37 have no answer in their corpus), those over the articles written for the tests (47, 8
without), and those of `news` (109 news-quiz questions, each asked of the corpus as it is and once more of an index without
their gold articles: what was answerable no longer is). Each SET is one more folder, with `articles` and `questions.jsonl`, for
questions about somebody. Only numbers leave this script. The sets lie in ../shared/data and stay out of the repository. FOLDER
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
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.build import update
from index.encode import Encoder, load_encoder
from index.store import Snapshot, Store, open_store
from qa import answer, confidence, evaluate, question, retrieve
from qa.types import Citation

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT.parent / "shared" / "data"
GOLD = ROOT / "tests" / "gold"
PENALTY = 1.0  # leave-one-out AUROC is flat from 0.3 to 3
# Of the answerable questions so many may be refused. To put words into somebody's mouth is worse than to miss some; a fact
# nobody can attribute to the wrong person is better shown as weak than withheld.
LOST = {"asked": 0.03, "open": 0.02}


@dataclass(frozen=True, slots=True)
class Example:
    """The evidence of a question's hits, whether the corpus answers it, and of each of its first hits whether that does."""

    kind: str
    evidence: dict[str, float]
    answerable: bool
    each: tuple[tuple[dict[str, float], bool], ...]


def examples(folder: Path, encoder: Encoder, sets: Sequence[Path] = ()) -> Iterator[Example]:
    """All examples; each corpus is indexed under ``folder`` first."""
    for more in sets:
        with _indexed(more.name, more / "articles", folder, encoder) as store, store.snapshot() as snapshot:
            for labelled in evaluate.load(more / "questions.jsonl"):
                yield from (found for found in _example(snapshot, labelled, encoder) if found.kind == "asked")
    said = evaluate.load(DATA / "who_said" / "questions.jsonl")
    written = evaluate.load(GOLD / "written.jsonl")
    for corpus, place in (("seeds", ROOT / "seeds"), ("polnear_dev", None), ("written", GOLD / "articles")):
        with _indexed(corpus, place, folder, encoder) as store, store.snapshot() as snapshot:
            for labelled in written if corpus == "written" else said:
                if labelled.corpus in (corpus, None):
                    yield from _example(snapshot, labelled, encoder)
    quiz = [labelled for labelled in evaluate.load(DATA / "news" / "questions.jsonl") if labelled.answerable]
    for gold in (True, False):
        index = _indexed("news", None, folder, encoder) if gold else _without(quiz, folder, encoder)
        with index as store, store.snapshot() as snapshot:
            for labelled in quiz:
                yield from _example(snapshot, replace(labelled, answerable=gold), encoder)


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
    known = partial(retrieve.speaks, snapshot)
    asked = question.parse(labelled.text, sources=tuple(snapshot.stats().sources), known=known)
    of_question, of_topic = encoder.questions([asked.text, asked.matter])
    hits = retrieve.search(snapshot, asked, (of_question, of_topic), k=answer.LOOKED_AT)
    if not hits:
        return
    documents = snapshot.documents({hit.passage.document for hit in hits})
    cited = [Citation(1, documents[hit.passage.document], hit, hit.parts, "weak") for hit in hits[:10]]
    right = [evaluate.answers(labelled, [citation]) for citation in cited]
    yield Example(
        "asked" if asked.speaker else "open",
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


def fit(rows: NDArray[np.float64], right: NDArray[np.float64], penalty: float = PENALTY) -> NDArray[np.float64]:
    """Intercept and weights, shape (1 + d,), of a logistic regression by Newton's method. ``rows`` (n, d), ``right`` (n,)."""
    design = np.c_[np.ones(len(rows)), rows]
    ridge = penalty * np.diag(np.r_[1e-9, np.ones(rows.shape[1])])
    weights = np.zeros(design.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-design @ weights))
        gradient = design.T @ (p - right) + ridge @ weights
        weights -= np.linalg.solve((design * (p * (1 - p))[:, None]).T @ design + ridge, gradient)
    return weights


def left_out(
    rows: NDArray[np.float64], right: NDArray[np.float64], group: NDArray[np.int64] | None = None
) -> NDArray[np.float64]:
    """For each row the probability by the fit to all others, shape (n,); ``group`` (n,): to all of other groups."""
    group = np.arange(len(rows)) if group is None else group
    p = np.zeros(len(rows))
    for one in np.unique(group):
        weights = fit(rows[group != one], right[group != one])
        p[group == one] = 1 / (1 + np.exp(-(weights[0] + rows[group == one] @ weights[1:])))
    return p


def calibration_error(p: NDArray[np.float64], right: NDArray[np.float64], bins: int = 10) -> float:
    """Expected calibration error over equally filled bins: Naeini, Cooper and Hauskrecht, AAAI 2015."""
    groups = np.array_split(np.argsort(p), bins)
    return float(sum(len(g) * abs(p[g].mean() - right[g].mean()) for g in groups) / len(p))


def report(kind: str, found: list[Example]) -> None:
    """Fit one kind of question, and print what goes into qa/confidence.py."""
    right = np.array([float(e.answerable) for e in found])
    p = _report(f"{kind}, {int(right.sum())} answerable", [e.evidence for e in found], right)
    threshold = float(np.sort(p[right == 1])[int(LOST[kind] * right.sum())])
    refused, lost = float((p[right == 0] < threshold).mean()), float((p[right == 1] < threshold).mean())
    print(f"  refuse_below={threshold:.3f} refuses {refused:.3f} of the unanswerable and {lost:.3f} of the answerable")
    odds = np.log(p / (1 - p))  # of each question by a fit without it, as it will be for questions to come
    rows = [{**shown, "odds": float(odds[i])} for i, e in enumerate(found) for shown, _ in e.each]
    answering = np.array([float(ok) for e in found for _, ok in e.each])
    group = np.array([i for i, e in enumerate(found) for _ in e.each])
    p = _report(f"{kind}, each hit, {int(answering.sum())} answering", rows, answering, group)
    for low, high in ((0.0, confidence.FAIR), (confidence.FAIR, confidence.STRONG), (confidence.STRONG, 1.0)):
        inside = (p >= low) & (p < high)
        print(f"  of {int(inside.sum())} hits from {low} to {high}, {answering[inside].mean():.2f} answer")


def _report(
    what: str, evidence: list[dict[str, float]], right: NDArray[np.float64], group: NDArray[np.int64] | None = None
) -> NDArray[np.float64]:
    """Prints a fit; returns for each row the probability by a fit without its group, shape (n,)."""
    names = list(evidence[0])
    raw = np.array([[row[name] for name in names] for row in evidence])
    mean, scale = raw.mean(0), raw.std(0) + 1e-9
    rows = (raw - mean) / scale
    p = left_out(rows, right, group)
    separation = evaluate.auroc(list(p[right == 1]), list(p[right == 0])) or 0.0
    weights = fit(rows, right)
    print(f"{what}: {len(rows)} rows, each judged by a fit without its question:")
    print(f"  AUROC {separation:.3f}, calibration error {calibration_error(p, right):.3f}")
    print(f"  intercept={float(weights[0] - (weights[1:] * mean / scale).sum()):.3f}")
    print("  weights=" + json.dumps({n: round(float(w), 3) for n, w in zip(names, weights[1:] / scale, strict=True)}))
    return p


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
