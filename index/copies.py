"""Near-identical articles: a sketch of what an article says, and how much two sketches have in common.

Owns what of a text counts, and from when on two articles are one story carried twice. Refuses to know where sketches
are kept and what is done with copies.

A text is the set of its runs of five words (A. Broder, "On the resemblance and containment of documents", 1997). Of their
hashes every fourth is kept, chosen by its value, so that texts that share runs keep the same ones; the share of the
smaller sketch that the larger one has too estimates how much of the shorter text the longer one repeats. That is
containment: a story cut to a third is still a copy of the whole, which resemblance (MinHash) would not say.

A newspaper ends many articles with the same background or the same captions. So one of the two must also open with what
the other holds.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.types import Document

RUN = 5  # words; three are common to articles on one matter, and one corrected word spoils as many runs as it has
KEPT = 4  # one hash in so many is kept: 100 of an article of 400 words
ANCHORS = (
    24  # the smallest hashes, by which copies are looked up: a story cut to a third has about eight of the whole's
)
SHARED_ANCHORS = 2  # fewer come from a phrase or a notice that many articles end with
CONTAINED = 0.5  # of the shorter text: chosen by `python -m benchmarks.copies`
SHORTEST = 30  # hashes, about 120 words: a page of which only a notice was saved has less
OPENING = 160  # words; two or three paragraphs

Hashes = NDArray[np.uint32]
"""Ascending, each once."""


@dataclass(frozen=True, slots=True, eq=False)
class Sketch:
    """The hashes kept of a ``whole`` text and of its ``opening``."""

    whole: Hashes
    opening: Hashes


_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
_FACTORS = np.array(  # odd, and unlike each other: a run is told from its words in another order
    [0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x27D4EB2F165667C5, 0xD6E8FEB86659FD93], np.uint64
)
_MIX = np.uint64(0xBF58476D1CE4E5B9)  # splitmix64: then every bit of a hash counts


def words(text: str) -> list[str]:
    """The words of a text as they are compared: folded; where a script has no spaces, its characters."""
    return _WORD.findall(text.casefold())


def sketch(document: Document) -> Sketch:
    """Of the prose of an article. Its heading, its dateline and what surrounds it do not count."""
    return sketch_of(" ".join(span.of(document.text) for span in document.paragraphs()))


def sketch_of(text: str) -> Sketch:
    """Of a text. The same on every machine."""
    runs = _runs(words(text))
    return Sketch(_kept(runs), _kept(runs[: OPENING - RUN + 1]))


def _runs(of: list[str]) -> NDArray[np.uint64]:
    """The hash of each run of words, in their order."""
    hashes = np.array([zlib.crc32(word.encode("utf-8", "replace")) for word in of], dtype=np.uint64)
    count = max(0, len(hashes) - RUN + 1)
    runs = np.zeros(count, np.uint64)
    for place, factor in enumerate(_FACTORS):
        runs += hashes[place : place + count] * factor
    return (runs ^ (runs >> np.uint64(29))) * _MIX


def _kept(runs: NDArray[np.uint64]) -> Hashes:
    high = (runs >> np.uint64(32)).astype(np.uint32)
    return np.unique(high[high % KEPT == 0])


def anchors(of: Sketch) -> list[int]:
    """The hashes to look copies up by."""
    return [int(value) for value in of.whole[:ANCHORS]] if len(of.whole) >= SHORTEST else []


def is_copy(one: Sketch, other: Sketch) -> bool:
    """Whether two articles are one story."""
    return contained(one, other) >= CONTAINED and opens(one, other) >= CONTAINED


def contained(one: Sketch, other: Sketch) -> float:
    """How much of the shorter text the longer one repeats, in [0, 1]; 0 where it is too short to say."""
    shorter = min(len(one.whole), len(other.whole))
    return _shared(one.whole, other.whole) / shorter if shorter >= SHORTEST else 0.0


def opens(one: Sketch, other: Sketch) -> float:
    """How much of the opening of one is somewhere in the other; of the two answers the higher, in [0, 1]."""
    return max(_shared(a.opening, b.whole) / max(1, len(a.opening)) for a, b in ((one, other), (other, one)))


def _shared(one: Hashes, other: Hashes) -> int:
    return len(np.intersect1d(one, other, assume_unique=True))


def pack(of: Sketch) -> bytes:
    """Little-endian uint32: how many there are of the opening, these, and those of the whole."""
    return np.concatenate([[len(of.opening)], of.opening, of.whole]).astype("<u4").tobytes()


def unpack(blob: bytes) -> Sketch:
    """Raises ValueError where ``blob`` is not of `pack`."""
    count, *_ = numbers = np.frombuffer(blob, dtype="<u4").astype(np.uint32)
    return Sketch(numbers[1 + int(count) :], numbers[1 : 1 + int(count)])


def alike(sketches: Iterable[tuple[str, Sketch]]) -> list[tuple[str, str]]:
    """All pairs of copies among named sketches, as a store with its anchors finds them."""
    held: dict[int, list[str]] = {}
    seen: dict[str, Sketch] = {}
    pairs = []
    for name, of in sketches:
        shared: dict[str, int] = {}
        for anchor in anchors(of):
            for other in held.setdefault(anchor, []):
                shared[other] = shared.get(other, 0) + 1
            held[anchor].append(name)
        pairs += [(other, name) for other, n in shared.items() if n >= SHARED_ANCHORS and is_copy(seen[other], of)]
        seen[name] = of
    return pairs
