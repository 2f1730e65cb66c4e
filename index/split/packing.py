"""Sentences -> passages that fit an encoder, as spans.

Owns how sentences are packed, and where one that fits no encoder is cut. Refuses to know which encoder that is: it is given
a function that counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from index.split.boundaries import is_grapheme_break, sentences, skip, trim
from index.types import Document, Passage, Span

Counter = Callable[[Sequence[str]], list[int]]

# A passage without a sentence end (a table, a list, base64) is cut by its length before anybody counts its word pieces:
# counting 100 MB at once costs gigabytes. English has 4 to 5 characters a piece, the longest words about 16.
_LONGEST_PIECE = 16

# Sentences in a passage. More than this in one passage is a list of scores; it also bounds the packing's work.
_MOST = 32

# What it costs to end a passage inside a paragraph, where an empty passage costs 1: paragraphs are the author's units.
_BROKEN_PARAGRAPH = 1

# A character as a reader sees it, in code points: nothing people write is longer (Unicode's Stream-Safe Text Format,
# UAX #15 section 13, stops at 30 combining marks). What is longer is cut inside.
_LONGEST_CHARACTER = 256

_CLAUSE = re.compile(r"[,;:—–)\]”»\"](?=\s)|[،؛、，；：]|\s[—–-](?=\s)")
_GAP = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class _Item:
    """A sentence, or a piece of one that is too long."""

    span: Span
    section: int
    paragraph: int  # from 1
    tokens: int = -1  # not yet counted
    torn: bool = False  # the next item goes on without white space between

    def counted(self, tokens: int) -> _Item:
        return _Item(self.span, self.section, self.paragraph, tokens, self.torn)


def passages(document: Document, count_tokens: Counter, limit: int) -> list[Passage]:
    """Whole consecutive sentences of the document's paragraphs, packed into passages of at most ``limit`` word pieces.

    ``count_tokens`` gives the word pieces of each text, without special tokens and without truncation. It is called
    once, and again, in batches, only where a sentence is longer than ``limit``. What is kept under the limit is the sum
    over the sentences: for a tokenizer that splits at white space and punctuation first, as word piece models do, that
    is the count of the whole.

    A heading, an aside, or anything else but white space between two paragraphs ends a passage. Within such a section
    the division is the one that wastes the fewest word pieces, squared, and breaks the fewest paragraphs: so no passage
    is left with one short sentence where another division avoids it. A sentence over the limit is cut, at best after a
    comma or the like, else at a space, else between two characters as a reader sees them; its pieces stand as
    sentences. Only a single such character over the limit is cut inside; a single code point over it stays over it.

    Raises ValueError where ``limit`` is not positive.
    """
    if limit < 1:
        raise ValueError(f"a passage needs room for at least one word piece, not {limit}")
    text = document.text
    headings, paragraphs = _sections(document)
    items = [
        _Item(sentence, section, number)
        for number, (section, span) in enumerate(paragraphs, start=1)
        for sentence in sentences(text, span)
    ]
    found: list[Passage] = []
    for section, members in groupby(_fit(text, items, count_tokens, limit), key=lambda item: item.section):
        for group in _pack(list(members), limit):
            spans = tuple(item.span for item in group)
            whole = Span(spans[0].start, spans[-1].end)
            found.append(Passage(document.id, whole, spans, group[0].paragraph, headings[section]))
    return found


def _sections(document: Document) -> tuple[list[Span | None], list[tuple[int, Span]]]:
    """The heading of each section, and each paragraph with the number of its section."""
    headings: list[Span | None] = []
    paragraphs: list[tuple[int, Span]] = []
    heading: Span | None = None
    end: int | None = None  # of the paragraph just before, in the same section
    for block in document.blocks:
        if block.kind != "paragraph":
            heading, end = (block.span if block.kind == "heading" else heading), None
            continue
        if end is None or document.text[end : block.span.start].strip():
            headings.append(heading)
        paragraphs.append((len(headings) - 1, block.span))
        end = block.span.end
    return headings, paragraphs


def _pack(items: Sequence[_Item], limit: int) -> list[Sequence[_Item]]:
    """Divide the items of a section into passages at the least cost, by dynamic programming.

    A passage costs the square of the word pieces it leaves unused, and ``_BROKEN_PARAGRAPH`` more if it ends inside a
    paragraph. The squares even out the lengths. The method is the one of Knuth and Plass, "Breaking Paragraphs into
    Lines" (1981), with sentences for words.
    """
    tokens = [max(1, item.tokens) for item in items]
    cost, begin = [0], [0]  # of the best division of the first j items; where its last passage begins
    for j in range(1, len(items) + 1):
        broken = j < len(items) and items[j].paragraph == items[j - 1].paragraph
        least, at, total = -1, j - 1, 0
        for i in range(j - 1, max(-1, j - 1 - _MOST), -1):
            total += tokens[i]
            if i < j - 1 and (total > limit or items[i].torn):
                break
            here = cost[i] + (limit - total) ** 2 * (total < limit)
            if least < 0 or here < least:
                least, at = here, i
        cost.append(least + broken * _BROKEN_PARAGRAPH * limit**2)
        begin.append(at)
    groups: list[Sequence[_Item]] = []
    j = len(items)
    while j > 0:
        groups.append(items[begin[j] : j])
        j = begin[j]
    return groups[::-1]


# --- Sentences that are too long --------------------------------------------------------------------------------------


def _fit(text: str, items: list[_Item], count_tokens: Counter, limit: int) -> list[_Item]:
    """The items with their word pieces counted; those over ``limit`` replaced by pieces that are not."""
    longest = limit * _LONGEST_PIECE
    items = [part for item in items for part in _divide(text, item, -(-len(item.span) // longest))]
    while any(item.tokens < 0 for item in items):
        counts = iter(count_tokens([item.span.of(text) for item in items if item.tokens < 0]))
        items = [item if item.tokens >= 0 else item.counted(next(counts)) for item in items]
        # A quarter more pieces than needed: they are cut where the sentence allows, so not all are equally long.
        items = [part for item in items for part in _divide(text, item, -(-5 * item.tokens // (4 * limit)), limit)]
    return items


def _divide(text: str, item: _Item, pieces: int, limit: int = 0) -> list[_Item]:
    """The item in about ``pieces`` pieces, not yet counted; itself where it is within ``limit`` or one code point."""
    if pieces < 2 or item.tokens in range(limit + 1) or len(item.span) < 2:
        return [item]
    cuts = _cuts(text, item.span, min(pieces, len(item.span)))
    spans = [Span(start, trim(text, start, end)) for a, end in pairwise(cuts) if (start := skip(text, a, end)) < end]
    ends = [following.start for following in spans[1:]]
    torn = [span.end == end for span, end in zip(spans, ends, strict=False)] + [item.torn]
    return [_Item(span, item.section, item.paragraph, torn=t) for span, t in zip(spans, torn, strict=True)]


def _cuts(text: str, span: Span, pieces: int) -> list[int]:
    """Where to cut ``span`` into about equal pieces, its start and end included. There is at least one cut inside."""
    reach = len(span) * 2 // (5 * pieces)  # under half a piece, so that two cuts cannot meet
    cuts = [span.start]
    for i in range(1, pieces):
        at = span.start + i * len(span) // pieces
        if at > cuts[-1]:
            cuts.append(_cut(text, cuts[-1], at, reach, span.end))
    inside = [cut for cut in cuts[1:] if cut < span.end] or [span.start + len(span) // 2]
    return [span.start, *inside, span.end]


def _cut(text: str, last: int, at: int, reach: int, stop: int) -> int:
    """The best place near ``at`` and after ``last``: the end of a clause, else of a word, else of a character."""
    for pattern in (_CLAUSE, _GAP):
        found = pattern.finditer(text, max(last + 1, at - reach), at + reach)
        ends = (match.end() for match in found if is_grapheme_break(text, match.end()))
        nearest = min(ends, key=lambda end: abs(end - at), default=None)
        if nearest is not None:
            return nearest
    return _grapheme_cut(text, last, at, stop)


def _grapheme_cut(text: str, last: int, at: int, stop: int) -> int:
    """The last break between extended grapheme clusters (UAX #29) in ``(last, at]``, else the next one, up to ``stop``.

    In the midst of a cluster that is longer than any people write it is ``at`` itself.
    """
    from apsw.unicode import grapheme_next_break

    anchor = last  # a break from which to count; nearer where two ASCII characters give one away
    for i in range(at - 1, max(last, at - 64), -1):
        if text[i].isascii() and text[i - 1].isascii():
            anchor = i
            break
    end = min(stop, at + _LONGEST_CHARACTER)
    window = text[anchor:end]
    best, here = anchor, anchor
    while here < at:
        here = anchor + grapheme_next_break(window, here - anchor)
        best = here if here <= at else best
    if best > last:
        return best
    return here if here < end or end == stop else at
