"""A hit -> the words in it that answer: spans to mark, exact to the sentence.

Owns which sentences of a passage answer and how much of a question a text matches. Refuses to know where hits come from and
how marks look.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from index.types import Span
from qa.question import fold, stem, stems_of

# A sentence's score is its cosine plus this much of the question's weighted words. Between 0.2 and 0.8 the share of shown
# answers on news-quiz questions moves by one question in a hundred; without it, by five (docs/decisions/0002-fusion.md).
OVERLAP = 0.4
# A second sentence is marked too when it scores within this of the best: answers of two sentences stay whole, and one of
# three passages gets a second mark.
MARGIN = 0.1
MOST = 2


def rarities(words: Sequence[str], frequencies: Mapping[str, int], total: int) -> dict[str, float]:
    """How much each word says: ln(1 + N / (1 + df)), by stem, where ``total`` is N, the number of passages."""
    return {stem(word): math.log(1 + total / (1 + frequencies.get(word, 0))) for word in words}


def coverage(text: str, rarity: Mapping[str, float]) -> float:
    """The share, in [0, 1], of the question's weighted words that ``text`` holds; 0 where the question has none."""
    whole = sum(rarity.values())
    if not whole:
        return 0.0
    there = stems_of(text)
    return sum(weight for word, weight in rarity.items() if word in there) / whole


def mark(
    text: str,
    sentences: Sequence[Span],
    cosines: NDArray[np.float32],
    rarity: Mapping[str, float],
    phrases: Sequence[str] = (),
) -> tuple[Span, ...]:
    """The sentences of a passage that answer, in order, neighbours joined.

    ``sentences`` are spans of the document ``text``; ``cosines`` (m,) are theirs with the question. A quoted phrase of the
    question settles it for the sentences that hold the phrase.
    """
    scores = np.array(
        [
            float(cosine) + OVERLAP * coverage(s.of(text), rarity) + sum(fold(p) in fold(s.of(text)) for p in phrases)
            for s, cosine in zip(sentences, cosines, strict=True)
        ]
    )
    if not len(scores):
        return ()
    near = [i for i in np.argsort(-scores, kind="stable") if scores[i] >= scores.max() - MARGIN][:MOST]
    return join(text, [sentences[i] for i in sorted(near)])


def join(text: str, spans: Sequence[Span]) -> tuple[Span, ...]:
    """Spans in order, those with nothing but white space between them joined into one."""
    joined: list[Span] = list(spans[:1])
    for before, span in pairwise(spans):
        if text[before.end : span.start].strip():
            joined.append(span)
        else:
            joined[-1] = Span(joined[-1].start, span.end)
    return tuple(joined)
