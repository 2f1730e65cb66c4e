"""Fit the probability that an answer answers: prints the two `Calibration`s of qa/confidence.py with their errors.

    python -m training.calibrate [FOLDER]

Examples are the best hits of labelled questions: over `who_said` (125 questions, 37 without an answer in their corpus),
over the articles written for the tests (47, 8 without), and over `news` (109 news-quiz questions, each asked of the corpus
as it is and once more of an index without their gold articles: what was answerable no longer is). Only numbers leave this
script. The sets lie in ../shared/data and stay out of the repository. FOLDER keeps the indexes between runs.

The model is a logistic regression with an L2 penalty on standardised evidence (Platt, "Probabilistic outputs for support
vector machines", 1999, fits its calibration the same way). The threshold is split-conformal in spirit: the highest one that
refuses at most LOST of the answerable who-said questions, by leave-one-out predictions, so none is judged by a fit it was in.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.build import update
from index.encode import Encoder, load_encoder
from index.store import Snapshot, Store, open_store
from qa import answer, confidence, evaluate, question, retrieve

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT.parent / "shared" / "data"
GOLD = ROOT / "tests" / "gold"
PENALTY = 1.0  # leave-one-out AUROC is flat from 0.3 to 3
# Of the answerable questions so many may be refused. To put words into somebody's mouth is worse than to miss some; a fact
# nobody can attribute to the wrong person is better shown as weak than withheld.
LOST = {"asked": 0.055, "open": 0.02}


@dataclass(frozen=True, slots=True)
class Example:
    """The evidence of a question's best hit, and whether the corpus answers the question."""

    kind: str
    evidence: dict[str, float]
    answerable: bool


def examples(folder: Path, encoder: Encoder) -> Iterator[Example]:
    """All examples; each corpus is indexed under ``folder`` first."""
    said = evaluate.load(DATA / "who_said" / "questions.jsonl")
    written = evaluate.load(GOLD / "written.jsonl")
    for corpus, place in (("seeds", ROOT / "seeds"), ("polnear_dev", None), ("written", GOLD / "articles")):
        with _indexed(corpus, place, folder, encoder) as store, store.snapshot() as snapshot:
            for labelled in written if corpus == "written" else said:
                if labelled.corpus in (corpus, None) and (found := _evidence(snapshot, labelled.text, encoder)):
                    yield Example(*found, labelled.answerable)
    quiz = [labelled for labelled in evaluate.load(DATA / "news" / "questions.jsonl") if labelled.answerable]
    for gold in (True, False):
        index = _indexed("news", None, folder, encoder) if gold else _without(quiz, folder, encoder)
        with index as store, store.snapshot() as snapshot:
            for labelled in quiz:
                if found := _evidence(snapshot, labelled.text, encoder):
                    yield Example(*found, gold)


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


def _evidence(snapshot: Snapshot, text: str, encoder: Encoder) -> tuple[str, dict[str, float]] | None:
    """The kind of a question and the evidence of its best hit, if it has any."""
    asked = question.parse(text)
    of_question, of_topic = encoder.questions([asked.text, asked.topic or asked.text])
    hits = retrieve.search(snapshot, asked, (of_question, of_topic), k=answer.LOOKED_AT)
    return ("asked" if asked.speaker else "open", confidence.evidence(asked, hits)[0]) if hits else None


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


def left_out(rows: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.float64]:
    """For each row the probability by the fit to all others, shape (n,)."""
    chosen = ~np.eye(len(rows), dtype=bool)
    weights = [fit(rows[keep], right[keep]) for keep in chosen]
    return np.array([1 / (1 + np.exp(-(w[0] + row @ w[1:]))) for w, row in zip(weights, rows, strict=True)])


def calibration_error(p: NDArray[np.float64], right: NDArray[np.float64], bins: int = 10) -> float:
    """Expected calibration error over equally filled bins: Naeini, Cooper and Hauskrecht, AAAI 2015."""
    groups = np.array_split(np.argsort(p), bins)
    return float(sum(len(g) * abs(p[g].mean() - right[g].mean()) for g in groups) / len(p))


def report(kind: str, found: list[Example]) -> None:
    """Fit one kind of question, and print what goes into qa/confidence.py."""
    names = list(found[0].evidence)
    raw = np.array([[e.evidence[n] for n in names] for e in found])
    right = np.array([float(e.answerable) for e in found])
    mean, scale = raw.mean(0), raw.std(0) + 1e-9
    rows = (raw - mean) / scale
    p = left_out(rows, right)
    separation = evaluate.auroc(list(p[right == 1]), list(p[right == 0])) or 0.0
    threshold = float(np.sort(p[right == 1])[int(LOST[kind] * right.sum())])
    refused, lost = float((p[right == 0] < threshold).mean()), float((p[right == 1] < threshold).mean())
    weights = fit(rows, right)
    print(f"{kind}: {len(found)} examples, {int(right.sum())} answerable; each judged by a fit without it:")
    print(f"  AUROC {separation:.3f}, calibration error {calibration_error(p, right):.3f}")
    print(f"  refuse_below={threshold:.3f} refuses {refused:.3f} of the unanswerable and {lost:.3f} of the answerable")
    print(f"  intercept={float(weights[0] - (weights[1:] * mean / scale).sum()):.3f}")
    print("  weights=" + json.dumps({n: round(float(w), 3) for n, w in zip(names, weights[1:] / scale, strict=True)}))


def reports(found: list[Example]) -> None:
    """Both kinds."""
    for kind in LOST:
        report(kind, [e for e in found if e.kind == kind])


def main() -> None:
    encoder = load_encoder()
    if len(sys.argv) > 1:
        reports(list(examples(Path(sys.argv[1]), encoder)))
        return
    with tempfile.TemporaryDirectory() as folder:
        reports(list(examples(Path(folder), encoder)))


if __name__ == "__main__":
    main()
