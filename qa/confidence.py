"""Hits -> how sure it is that the corpus answers, and that each hit does: probabilities, words for them, and where to refuse.

Owns the evidence, the fits and the thresholds. Refuses to know how hits were found and how a refusal is worded. Whether a hit
answers is judged in the company of the others: one that stands out says more than one among its equals.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qa.question import content_words
from qa.types import Hit, Question, Strength

# Of results so probable eight or nine in ten and one in two answer; of the weak, one in sixteen.
STRONG, FAIR = 0.8, 0.4
# Where very words are asked for ("Who said “…”?"), who says them there is the one, as surely as he speaks; where nobody clearly
# does, they stand there at least. Looked for as far down as results are put in the order of their strength.
VERBATIM, PRINTED = 0.9, 0.5
_DOWN = 20
# As far down as a reader looks; and those that the first of them has to stand out from.
_COMPANY, _RIVALS = 10, slice(1, 6)
_LONG = 10  # words of a topic that count: text that was pasted is no better known
# Much as the ranking weighs them. A mean, and not a sum: an article without a title, or a question that names no time, is
# judged by the rest, so that one threshold serves all corpora.
_WEIGHED = {"dense": 0.5, "lexical": 0.35, "title": 0.15, "story": 0.3, "subject": 0.2, "named": 0.2}


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic regression from evidence to a probability, and below which to refuse.

    Fitted by `python -m training.calibrate`, but the weight of "agree", which is 3.0 by questions made to mislead a reader and
    little by those that people ask, and the threshold beside it; docs/decisions/0003-abstention.md has the sets, the fits and
    their errors.
    """

    intercept: float
    weights: Mapping[str, float]
    refuse_below: float = 0.0

    def log_odds(self, evidence: Mapping[str, float]) -> float:
        """The logarithm of the odds."""
        return self.intercept + sum(weight * evidence[name] for name, weight in self.weights.items())

    def probability(self, evidence: Mapping[str, float]) -> float:
        """The probability, in (0, 1)."""
        return 1 / (1 + math.exp(-self.log_odds(evidence)))


# Where somebody is asked about, who speaks decides; elsewhere the words alone do.
ASKED = Calibration(
    intercept=-6.082, weights={"nearest": 5.757, "his": 7.062, "best": 5.896, "listed": 0.925}, refuse_below=0.309
)
ASKED_EACH = Calibration(intercept=-1.844, weights={"odds": 0.339, "behind": -3.526, "his": 2.06})
OPEN = Calibration(
    intercept=-8.945,
    weights={"near": 8.795, "ahead": 2.682, "around": 0.494, "names": 0.601, "agree": 1.7},
    refuse_below=0.115,
)
OPEN_EACH = Calibration(intercept=-1.595, weights={"odds": 0.836, "behind": -6.077, "around": 1.533})


def calibration(asked: Question) -> Calibration:
    """The fit for this kind of question: whether the corpus answers it."""
    return ASKED if _of_one(asked) else OPEN


def answered(asked: Question, hits: Sequence[Hit]) -> float:
    """The calibrated probability that the corpus answers the question; 0 where nothing was found.

    "What did Lavrov say?" has no topic to miss: whatever is his answers it, as surely as it is his.
    """
    if _anything(asked):
        return max((_whose(hit) for hit in hits[:_COMPANY]), default=0.0)
    if not hits:
        return 0.0
    quoted = max(_verbatim(asked, hit) for hit in hits[:_DOWN])
    return max(quoted, calibration(asked).probability(evidence(asked, hits)))


def probabilities(asked: Question, hits: Sequence[Hit]) -> list[float]:
    """For each hit, best first, the calibrated probability that it answers the question."""
    if _anything(asked):
        return [_whose(hit) for hit in hits]
    fit = ASKED_EACH if _of_one(asked) else OPEN_EACH
    each = zip(hits, evidence_of_each(asked, hits), strict=True)
    return [max(fit.probability(found), _verbatim(asked, hit)) for hit, found in each]


def evidence(asked: Question, hits: Sequence[Hit]) -> dict[str, float]:
    """What says that the corpus answers; ``hits``, best first, are one or more.

    Where somebody is asked about: the cosine of the "nearest" passage; how near to the topic the words of the first hit
    are, if they are surely "his"; the same of the "best" of the first hits; and how high up its passage is "listed" for its
    words, as far as these are the topic's, and by how many these are: a share of ten says more than the same share of two.
    Elsewhere: how "near" the passage and the article of the first hit are; how far its score is "ahead" of the next ones;
    the share of the topic's words held by the passage and the title "around" it; whether the first hit's own words, its
    title or its date hold all "names" and numbers of the question, since words about another one are no answer; and whether
    they "agree": words that deny nothing do not answer what denies. More evidence (docs/decisions/0003-abstention.md) moved
    the separation by less than the questions' own noise, or had a sign against sense.
    """
    first, company = hits[0], hits[:_COMPANY]
    if _of_one(asked):
        length = min(_LONG, len(content_words(asked.topic)))
        listed = first.scores["around"] / first.ranks["lexical"] if "lexical" in first.ranks else 0.0
        return {
            "nearest": max(hit.scores["dense"] for hit in company),
            "his": _his(first),
            "best": max(map(_his, company)),
            "listed": math.sqrt(listed * length),
        }
    rivals = [hit.score for hit in hits[_RIVALS]]
    ahead = first.score - sum(rivals) / len(rivals) if rivals else 0.0
    return {
        "near": _near(first),
        "ahead": ahead,
        **{name: first.scores[name] for name in ("around", "names", "agree")},
    }


def evidence_of_each(asked: Question, hits: Sequence[Hit]) -> list[dict[str, float]]:
    """What says, of each hit, that it answers: the log odds that the corpus does; how far it is "behind" the first; and, where
    somebody is asked about, how near to the topic his words are, elsewhere the share of the topic's words around it."""
    odds = calibration(asked).log_odds(evidence(asked, hits)) if hits else 0.0
    return [
        {
            "odds": odds,
            "behind": hits[0].score - hit.score,
            **({"his": _his(hit)} if _of_one(asked) else {"around": hit.scores["around"]}),
        }
        for hit in hits
    ]


def _near(hit: Hit) -> float:
    """How near a hit's passage and article are: the weighted mean of what there is to judge by."""
    weighed = {name: weight for name, weight in _WEIGHED.items() if name in hit.scores}
    return sum(weight * hit.scores[name] for name, weight in weighed.items()) / sum(weighed.values())


def _his(hit: Hit) -> float:
    """How near to the topic a hit is, by its words and its vector, times how surely the one asked about said it."""
    return _whose(hit) * (hit.scores["words"] + hit.scores["topic"]) / 2


def _verbatim(asked: Question, hit: Hit) -> float:
    """How probable the very words that are asked for make a hit; 0 where it does not hold them, or none are asked for."""
    if not hit.scores.get("verbatim"):
        return 0.0
    return VERBATIM * _whose(hit) if _of_one(asked) else max(PRINTED, VERBATIM * _surely(hit))


def _whose(hit: Hit) -> float:
    """How surely the one asked about said it, in [0, 1]."""
    return hit.scores["speaker"] * _surely(hit)


def _surely(hit: Hit) -> float:
    """How surely it was said by whoever is named for it, in [0, 1]."""
    return min(1.0, hit.statement.confidence + 0.2) if hit.statement else 0.0


def _of_one(asked: Question) -> bool:
    """Whether somebody is asked about, and not who it was: "which senator" says of whom to look, no more."""
    return bool(asked.speaker) and asked.intent != "who"


def _anything(asked: Question) -> bool:
    """Whether all that somebody said is asked for."""
    return _of_one(asked) and not asked.topic


def strength(probability: float) -> Strength:
    """The word for a probability."""
    if probability >= STRONG:
        return "strong"
    return "fair" if probability >= FAIR else "weak"
