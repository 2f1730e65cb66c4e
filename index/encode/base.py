"""What every encoder is: texts in, unit vectors out; and what a reranker is: question and texts in, scores out.

Owns the protocols and the arithmetic that all encoders share. Refuses to know any model.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from index.types import Span

Vectors: TypeAlias = NDArray[np.float32]
Progress: TypeAlias = Callable[[int], None]

PASSAGE_TOKENS = 126
"""How many word pieces a passage should have at most. all-MiniLM-L6-v2 was trained on inputs of 128 with both special
tokens; it accepts 256, but those cost 2.1 times as much as 128 and say two things at once."""

_SURROGATES = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True, eq=False)
class Encoded:
    """Vectors of n texts. ``passages``: (n, d) float32 unit rows. ``parts``: for each text (m_i, d) float32 unit rows,
    in the order its spans were given; empty where no parts were asked for."""

    passages: Vectors
    parts: tuple[Vectors, ...] = ()


class Encoder(Protocol):
    """Texts -> unit vectors. Safe to use from several threads.

    ``fingerprint`` stands for everything that decides what a vector is: weights, tokenizer, pooling, prompts. Vectors
    with different fingerprints must not be compared. ``max_tokens`` is how many word pieces, special tokens not
    counted, a passage should have at most; no text within it is ever cut.
    """

    @property
    def name(self) -> str: ...
    @property
    def dim(self) -> int: ...
    @property
    def fingerprint(self) -> str: ...
    @property
    def max_tokens(self) -> int: ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Word pieces of each text, without special tokens and without truncation."""
        ...

    def passages(
        self, texts: Sequence[str], parts: Sequence[Sequence[Span]] = (), progress: Progress | None = None
    ) -> Encoded:
        """Vectors of passages, and of parts of them that know their surroundings.

        ``parts[i]`` are spans of code points within ``texts[i]``. Their vectors are pooled out of the forward pass of
        the whole text ("late pooling"), so "he said so" is near the one it speaks of. A part that has no token, or
        only tokens behind the model's limit, has the vector of its text. ``progress`` is told how many texts are done
        so far. Raises ValueError where parts do not fit texts, ModelError where the model fails.
        """
        ...

    def questions(self, texts: Sequence[str]) -> Vectors:
        """(n, d) float32 unit rows of questions."""
        ...


class Reranker(Protocol):
    """Reads a question and a text together and says how well the text answers. Safe to use from several threads."""

    @property
    def name(self) -> str: ...

    def scores(self, question: str, texts: Sequence[str]) -> Vectors:
        """(n,) float32: higher is better, on whatever scale the model has. Raises ModelError where the model fails."""
        ...


def clean(text: str) -> str:
    """Half a surrogate pair cannot be written as UTF-8: it becomes the replacement character, offsets stay."""
    return text if text.isascii() else _SURROGATES.sub("\ufffd", text)


def unit(rows: Vectors) -> Vectors:
    """``rows`` (n, d) at length 1; a row of zeros stays."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return (rows / np.where(lengths > 0, lengths, 1)).astype(np.float32, copy=False)


def check_parts(texts: Sequence[str], parts: Sequence[Sequence[Span]]) -> None:
    """Raises ValueError unless there is a list of spans for each text, inside it (or none at all)."""
    if parts and len(parts) != len(texts):
        raise ValueError(f"{len(texts)} texts, but parts of {len(parts)}")
    for text, spans in zip(texts, parts, strict=False):
        for span in spans:
            if span.end > len(text):
                raise ValueError(f"a part [{span.start}, {span.end}) of a text with {len(text)} characters")


def pool_parts(hidden: Vectors, offsets: NDArray[np.int64], spans: Sequence[Span], whole: Vectors) -> Vectors:
    """Unit means (m, d) of the tokens that overlap each of ``spans``.

    ``hidden`` (t, d): the last hidden states. ``offsets`` (t, 2): the code points each token stands for, ``whole``
    (d,): the vector of a span that no token overlaps.
    """
    edges = np.array([(span.start, span.end) for span in spans], dtype=np.int64).reshape(-1, 2)
    starts, ends = edges[:, :1], edges[:, 1:]
    touched = (offsets[:, 0] < ends) & (offsets[:, 1] > starts) & (starts < ends)
    pooled = unit(touched.astype(np.float32) @ hidden)
    return np.where(touched.any(axis=1, keepdims=True), pooled, whole).astype(np.float32, copy=False)
