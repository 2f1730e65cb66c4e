"""BM25 over words that are laid out: what FTS5 says, twenty times sooner.

Owns the formula and how the best are found. Refuses to know how words are laid out, and what a filter is.

FTS5 is the truth: scores are those of its ``bm25()`` to the last bit (Robertson and Zaragoza, 2009, k1 = 1.2, b = 0.75), in
its order of operations. But it walks through the matches one by one; here a word is two rows of numbers, where it stands and
how often, and numpy does the rest. Of many matches only those are ranked that can be among the best: the k-th score among
the passages that hold the rarest word is one that the best reach.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from index.store.cache import Kept
from index.store.words import Postings

Found = tuple[NDArray[np.int64], NDArray[np.float64]]
"""Places of passages, ascending, and what a word adds to the score of each."""

K1, B = 1.2, 0.75
"""FTS5's own, which cannot be set."""

_RARE = 1e-6
"""FTS5's weight of a word that stands in more than half of all passages."""

KEPT = 4_000_000
"""Places of words that are kept from one question to the next, with what the word adds there: 64 MB."""


class Scorer:
    """BM25 over passages in several layouts, as one commit has them. Any number of threads may use it."""

    def __init__(self, parts: Iterable[Postings], alive: NDArray[np.bool_] | None = None) -> None:
        """``parts``: layouts whose ids ascend from one to the next. ``alive`` (n,) says which passages are still there
        (None: all)."""
        self._parts, self._alive = list(parts), alive
        self.ids = np.concatenate([part.ids for part in self._parts])
        lengths = np.concatenate([part.lengths for part in self._parts]).astype(np.float64)
        self._n = len(self.ids) if alive is None else int(alive.sum())
        total = float(lengths.sum() if alive is None else lengths[alive].sum())
        self._norm = K1 * (1 - B + B * lengths / (total / self._n if self._n else 1.0))
        self._kept: Kept[str, Found] = Kept(KEPT, lambda found: 1 + len(found[0]))

    def find(self, word: str) -> Found:
        """Places in ``ids`` of the living passages that hold a token, ascending, and what it adds to the score of each."""
        return self._kept.get([word], lambda _: {word: self._read(word)})[word]

    def _read(self, word: str) -> Found:
        found, offset = [], 0
        for part in self._parts:
            at, often = part.find(word)
            found.append((at.astype(np.int64) + offset, often))
            offset += len(part.ids)
        places, counts = (np.concatenate(column) for column in zip(*found, strict=True))
        if self._alive is not None:
            places, counts = places[self._alive[places]], counts[self._alive[places]]
        often = counts.astype(np.float64)
        return places, self.rarity(len(places)) * ((often * (K1 + 1.0)) / (often + self._norm[places]))

    def from_scores(self, ids: NDArray[np.int64], scores: NDArray[np.float64]) -> Found:
        """`find` for a phrase, out of the scores FTS5 gives it alone: they are what it adds."""
        return np.searchsorted(self.ids, ids), scores

    def rarity(self, held: int) -> float:
        """The weight of a word that ``held`` passages hold."""
        weight = float(np.log((self._n - held + 0.5) / (held + 0.5)))
        return weight if weight > 0 else _RARE

    def scores(self, found: Iterable[Found]) -> NDArray[np.float64]:
        """The score of each passage in ``ids`` (n,), given where words stand; 0.0 where it holds none."""
        total = np.zeros(len(self.ids), dtype=np.float64)
        for places, gains in found:
            total[places] += gains
        return total


def highest(
    scores: NDArray[np.float64], found: Iterable[Found], k: int, allowed: NDArray[np.bool_] | None
) -> list[int]:
    """The ``k`` places of the highest ``scores`` (n,) above 0, best first, the lowest of equals; of those ``allowed`` (n,)."""
    places = np.flatnonzero(scores >= _floor(scores, found, k, allowed)) if k else np.empty(0, np.int64)
    if allowed is not None:
        places = places[allowed[places]]
    if k < len(places):
        held = scores[places]
        places = places[held >= np.partition(held, len(held) - k)[len(held) - k]]
    order: list[int] = places[np.lexsort((places, -scores[places]))][:k].tolist()
    return order


def _floor(scores: NDArray[np.float64], found: Iterable[Found], k: int, allowed: NDArray[np.bool_] | None) -> float:
    """A score above 0 that the k best reach: the k-th of those that hold one word, the rarest that so many hold."""
    for places, _ in sorted(found, key=lambda pair: len(pair[0])):
        held = scores[places if allowed is None else places[allowed[places]]]
        if len(held) >= k:
            return float(np.partition(held, len(held) - k)[len(held) - k])
    return float(np.nextafter(0.0, 1.0))
