"""An encoder for tests: no model, no files, instantaneous, the same on every machine.

A text is the sum of its words' directions, so texts that share words are near each other, and more so the rarer letters
of a common stem they share ("negotiate", "negotiations"). Function words weigh next to nothing.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np

from index.encode import Encoded
from index.encode.base import check_parts
from index.types import Span

DIM = 64
_WORD = re.compile(r"\w+")
_COMMON = frozenset(
    re.findall(
        r"\w+",
        "a about an and are as at be been but by did do does for from had has have he her his i in is it its not of on "
        "or say said says she that the their they this to told was we were what when where which who will with would",
    )
)


class ToyEncoder:
    """Meets the Encoder protocol. As a model of our own does, the class has the facts of its encoders."""

    name = "toy"
    dim = DIM
    fingerprint = f"toy-{DIM}"
    max_tokens = 128

    def __init__(self, dim: int = DIM, max_tokens: int = 128) -> None:
        if dim != DIM:
            self.dim, self.fingerprint = dim, f"toy-{dim}"
        self.max_tokens = max_tokens

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """A word is a token."""
        return [len(_WORD.findall(text)) for text in texts]

    def passages(
        self,
        texts: Sequence[str],
        parts: Sequence[Sequence[Span]] = (),
        progress: Callable[[int], None] | None = None,
    ) -> Encoded:
        """A part is pooled from its words alone; one without words has the vector of its text."""
        check_parts(texts, parts)
        whole = self.questions(texts)
        pooled = (
            tuple(
                np.stack([_vector(span.of(text), self.dim, default) for span in spans]) if spans else _none(self.dim)
                for text, spans, default in zip(texts, parts, whole, strict=True)
            )
            if parts
            else ()
        )
        if progress:
            progress(len(texts))
        return Encoded(whole, pooled)

    def questions(self, texts: Sequence[str]) -> np.ndarray:
        """(n, dim) float32 unit rows."""
        nothing = _direction("", self.dim)
        return np.stack([_vector(text, self.dim, nothing) for text in texts]) if texts else _none(self.dim)


def _none(dim: int) -> np.ndarray:
    return np.empty((0, dim), dtype=np.float32)


def _vector(text: str, dim: int, default: np.ndarray) -> np.ndarray:
    words = list(map(str.casefold, _WORD.findall(text)))
    if not words:
        return default.astype(np.float32)
    total = np.sum([_direction(_stem(word), dim) * (0.05 if word in _COMMON else 1.0) for word in words], axis=0)
    return (total / np.linalg.norm(total)).astype(np.float32)


def _stem(word: str) -> str:
    """Enough to bring "meeting", "meetings" and "negotiate", "negotiations" together: the first six letters, less
    endings."""
    stem = re.sub(r"(?:'s|ing|ies|ed|es|s|y)$", "", word) if len(word) > 4 else word
    return stem[:6]


@lru_cache(maxsize=100_000)
def _direction(stem: str, dim: int) -> np.ndarray:
    seed = int.from_bytes(hashlib.blake2b(stem.encode(), digest_size=8).digest())
    row = np.random.default_rng(seed).normal(size=dim)
    return row / np.linalg.norm(row)
