"""Hits -> how sure it is that they answer: a calibrated probability, a word for it, and where to refuse.

Owns the evidence, the fits and the thresholds. Refuses to know how hits were found and how a refusal is worded. Whether a hit
answers is judged in the company of the others: one that stands out says more than one among its equals.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qa.types import Hit, Question, Strength

STRONG, FAIR = 0.85, 0.6  # at the fits' error, nine and seven in ten of such first hits answer
# As far down as a reader looks; and those that the first of them has to stand out from.
_COMPANY, _RIVALS = 10, slice(1, 6)


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic regression from evidence to the probability that a hit answers, and below which probability to refuse.

    Fitted by `python -m training.calibrate`; docs/decisions/0003-abstention.md has the sets, the fits and their errors.
    """

    intercept: float
    weights: Mapping[str, float]
    refuse_below: float

    def probability(self, evidence: Mapping[str, float]) -> float:
        """The probability, in (0, 1)."""
        z = self.intercept + sum(weight * evidence[name] for name, weight in self.weights.items())
        return 1 / (1 + math.exp(-z))


# Where somebody is asked about, who speaks decides; elsewhere the words alone do.
ASKED = Calibration(
    intercept=-6.348, weights={"nearest": 5.508, "his": 4.749, "best": 6.91, "listed": 2.446}, refuse_below=0.341
)
OPEN = Calibration(intercept=-5.350, weights={"around": 2.906, "ahead": 6.357, "story": 4.755}, refuse_below=0.172)


def calibration(asked: Question) -> Calibration:
    """The fit for this kind of question."""
    return ASKED if asked.speaker else OPEN


def probabilities(asked: Question, hits: Sequence[Hit]) -> list[float]:
    """For each hit, best first, the calibrated probability that it answers the question."""
    fit = calibration(asked)
    return [fit.probability(found) for found in evidence(asked, hits)]


def evidence(asked: Question, hits: Sequence[Hit]) -> list[dict[str, float]]:
    """What speaks for each hit, best first.

    Where somebody is asked about: the cosine of the "nearest" passage; how near to the topic its words are, if they are
    surely "his"; the same of the "best" of the first hits; and how high up its passage is "listed" for its words.
    Elsewhere: the share of the topic's words held by the passage and the title "around" it; how far its score is "ahead" of
    the next ones; and its article's "story". More evidence (background z-scores, missing names, agreement of legs) moved
    the separation by less than the questions' own noise, or had a sign against sense.
    """
    company = hits[:_COMPANY]
    if not asked.speaker:
        rivals = [hit.score for hit in hits[_RIVALS]]
        usual = sum(rivals) / len(rivals) if rivals else 0.0
        return [
            {
                "around": hit.scores["around"],
                "ahead": hit.score - usual if rivals else 0.0,
                "story": hit.scores["story"],
            }
            for hit in hits
        ]
    nearest = max((hit.scores["dense"] for hit in company), default=0.0)
    best = max(map(_his, company), default=0.0)
    return [
        {
            "nearest": nearest,
            "his": _his(hit),
            "best": best,
            "listed": 1 / hit.ranks["lexical"] if "lexical" in hit.ranks else 0.0,
        }
        for hit in hits
    ]


def _his(hit: Hit) -> float:
    """How near to the topic a hit is, by its words and its vector, times how surely the one asked about said it."""
    if hit.statement is None:
        return 0.0
    sure = hit.scores["speaker"] * min(1.0, hit.statement.confidence + 0.2)
    return sure * (hit.scores["words"] + hit.scores["topic"]) / 2


def strength(probability: float) -> Strength:
    """The word for a probability."""
    if probability >= STRONG:
        return "strong"
    return "fair" if probability >= FAIR else "weak"
