"""Hits -> the same hits in another order, after a model has read each passage together with the question.

Owns how many are read and how the model's word weighs against the ranking it was given. Refuses to know which model it
is and where hits come from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from index.encode import Reranker
from index.types import Document
from qa.types import Hit

# A right answer below the twentieth place is rare, and a cross-encoder of six layers reads about thirty passages a second.
READ = 20
# How much the model decides; published mixes of a first ranking with a cross-encoder's lie between .5 and .7.
SHARE = 0.6


def rerank(reranker: Reranker, question: str, hits: Sequence[Hit], documents: Mapping[str, Document]) -> list[Hit]:
    """``hits``, best first, the first READ of them in the order of both rankings.

    Both scores are spread over [0, 1] among those read and mixed (a convex combination, as in `qa.retrieve.weights.fuse`). The
    mix is put back on the scale of the hits' scores, so that they still fall over the whole list; the model's own word is
    in ``scores["rerank"]``. ``documents`` are the hits' by id. Raises ModelError where the model fails.
    """
    read, rest = hits[:READ], hits[READ:]
    if not read:
        return []
    texts = {hit.passage.id: hit.passage.span.of(documents[hit.passage.document].text) for hit in read}
    said = dict(zip(texts, reranker.scores(question, list(texts.values())).tolist(), strict=True))
    before = np.array([hit.score for hit in read])
    mixed = SHARE * _spread(np.array([said[hit.passage.id] for hit in read])) + (1 - SHARE) * _spread(before)
    scores = before.min() + mixed * np.ptp(before)
    order = np.argsort(-mixed, kind="stable")
    return [_told(read[i], float(scores[i]), said[read[i].passage.id]) for i in order] + list(rest)


def _spread(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """From 0 for the lowest to 1 for the highest; all 0 where they are the same."""
    spread: NDArray[np.float64] = (values - values.min()) / (np.ptp(values) or 1.0)
    return spread


def _told(hit: Hit, score: float, said: float) -> Hit:
    return replace(hit, score=score, scores=MappingProxyType({**hit.scores, "rerank": round(said, 6)}))
