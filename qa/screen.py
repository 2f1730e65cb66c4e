"""Untrusted text on a terminal: the one filter it goes through, how wide it is, and where its lines may break.

Owns three things. `clean` turns every character that could move the cursor, hide text or reorder it into one visible
character, so that lengths and offsets stay as they were. `width` counts terminal cells. `wrap`, `flow` and `laid` break text
into lines without cutting what a reader sees as one character (a grapheme cluster, UAX #29), and where a line may break
(UAX #14) as long as a word fits, with the style of every piece kept. Refuses to know what an article or an answer is,
and which colours exist.

The filter looks at single code points and denies by Unicode category: no escape *sequence* is parsed, for a terminal
that parses it differently would be fooled (CVE-2022-46663, CVE-2012-1095).
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import lru_cache

from index.types import Span

REPLACEMENT = "\ufffd"

Fragment = tuple[str, str]
"""A style and a text, as in prompt_toolkit: ``("bold underline", "Iran")``. Style names are those of `qa.render`."""

# Line ends and tabs become one space each; a soft hyphen shows as a hyphen, which is what most terminals draw for it.
_SHOWN_AS = {"\t": " ", "\n": " ", "\r": " ", "\u00ad": "-"}

# Cc: C0, DEL, C1. Cf: bidi controls, tags, joiners. Cs: lone surrogates. Zl, Zp: line and paragraph separators.
_DENIED = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})

# The format characters that scripts and emoji cannot do without: zero-width space (Thai, Khmer), ZWNJ and ZWJ, the
# implicit direction marks (each acts like one letter and cannot reorder others), and number signs, which are visible.
_KEPT = frozenset("\u200b\u200c\u200d\u200e\u200f\u061c\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u08e2")

# Tags spell out hidden text. Most are Cf; the unassigned ones between them are denied with them.
_TAGS = ("\U000e0000", "\U000e007f")

_SPACES = re.compile(r"[ \t\r\n]*[\t\r\n][ \t\r\n]*")


@lru_cache(maxsize=4096)
def _shown(char: str) -> str:
    """The one character that stands for ``char`` on a screen."""
    if char in _SHOWN_AS:
        return _SHOWN_AS[char]
    if char in _KEPT:
        return char
    if unicodedata.category(char) in _DENIED or _TAGS[0] <= char <= _TAGS[1]:
        return REPLACEMENT
    return char


def clean(text: str) -> str:
    """``text`` with nothing in it that a terminal obeys: one code point for each, so that offsets still hold.

    Line ends and tabs become spaces (whoever wants lines splits before), other controls U+FFFD. Idempotent.

    >>> clean("a\\x1b[2Jb\\n")
    'a\ufffd[2Jb '
    """
    if text.isprintable():  # none of the denied categories is printable
        return text
    return "".join(map(_shown, text))


def safe(char: str) -> bool:
    """Whether `clean` leaves this one character alone."""
    return _shown(char) == char


def tidy(text: str) -> str:
    """`clean`, with each run of white space that holds a line end or a tab as one space. Changes the length."""
    return clean(_SPACES.sub(" ", text))


@lru_cache(maxsize=8192)
def _cells(char: str) -> int:
    """Cells one code point may take. VS16 makes the emoji before it wide in some terminals and in others not."""
    from wcwidth import wcwidth

    return 1 if char == "\ufe0f" else max(0, wcwidth(char))


def width(text: str) -> int:
    """Terminal cells that cleaned ``text`` takes at most.

    Code points are counted one by one: a terminal that draws a family emoji as one glyph takes fewer cells, none takes
    more, and a line that is too short does less harm than one that is too long.

    >>> width("東京"), width("Iran")
    (4, 4)
    """
    return len(text) if text.isascii() else sum(map(_cells, text))


def _edges(text: str) -> frozenset[int] | range:
    """The offsets in ``text`` between grapheme clusters, with 0 and its length."""
    if text.isascii() and "\r" not in text:
        return range(len(text) + 1)
    from apsw.unicode import grapheme_next_break

    edges = {0}
    at = 0
    while at < len(text):
        at = grapheme_next_break(text, at)
        edges.add(at)
    return frozenset(edges)


def snap(text: str, spans: Iterable[Span]) -> list[Span]:
    """``spans`` of ``text`` widened to whole grapheme clusters, in order, empty ones dropped, touching ones joined."""
    edges = _edges(text)
    snapped: list[Span] = []
    for span in sorted(spans):
        start, end = min(span.start, len(text)), min(span.end, len(text))
        if start >= end:
            continue
        while start not in edges:
            start -= 1
        while end not in edges:
            end += 1
        if snapped and start <= snapped[-1].end:
            start, end = snapped[-1].start, max(end, snapped.pop().end)
        snapped.append(Span(start, end))
    return snapped


def _segments(text: str, edges: frozenset[int] | range) -> Iterable[Span]:
    """The stretches between two places where a line may break (UAX #14), never inside a cluster."""
    from apsw.unicode import line_break_next_break

    start = at = 0
    while at < len(text):
        at = line_break_next_break(text, at)
        if at in edges:
            yield Span(start, at)
            start = at


def _cut(text: str, span: Span, columns: int, edges: frozenset[int] | range) -> Iterable[Span]:
    """A word too long for a line, in pieces of whole clusters; a cluster wider than the line stands alone."""
    start, used, at = span.start, 0, span.start
    while at < span.end:
        end = at + 1
        while end not in edges:
            end += 1
        cells = width(text[at:end])
        if used + cells > columns and at > start:
            yield Span(start, at)
            start, used = at, 0
        used += cells
        at = end
    yield Span(start, span.end)


def _trim(text: str, span: Span, edges: frozenset[int] | range) -> Span:
    """``span`` without the spaces at its ends; a space that carries an accent is a character like others."""
    start, end = span.start, span.end
    while start < end and text[start] == " " and start + 1 in edges:
        start += 1
    while end > start and text[end - 1] == " " and end - 1 in edges:
        end -= 1
    return Span(start, end)


def wrap(text: str, columns: int) -> list[Span]:
    """The lines of one paragraph: spans of cleaned ``text``, in order, at most ``columns`` cells each.

    What lies between two lines is spaces; no line is empty; no grapheme cluster is cut, and one that is wider than
    ``columns`` has a line to itself. Takes time linear in the text. Raises ValueError where ``columns`` is below 1.
    """
    if columns < 1:
        raise ValueError(f"a line needs at least 1 column, not {columns}")
    edges = _edges(text)
    lines: list[Span] = []
    start, end, used = 0, 0, 0

    for segment in _segments(text, edges):
        word = _trim(text, Span(segment.start, segment.end), edges)
        reach = width(text[segment.start : word.end]) if word else 0
        if used and used + reach > columns:
            lines.append(Span(start, end))
            start, used = segment.start, 0
            reach = width(text[word.start : word.end])
        if reach > columns:
            *whole, last = _cut(text, word, columns, edges)
            lines.extend(whole)
            start, used = last.start, width(text[last.start : segment.end])
        else:
            used += width(text[segment.start : segment.end])
        end = segment.end
    lines.append(Span(start, end))
    return [line for line in (_trim(text, line, edges) for line in lines) if line]


_LABEL = re.compile(r"\S+(?: \S+)* {2,}(?=\S)")  # the first column of a table, with the gap after it


def laid(line: str, columns: int, hang: int = 0) -> list[str]:
    """The lines of one clean line of ours, broken between words. An indent is kept, and the second column of a table stays a
    column; where there is neither, ``hang`` spaces stand before what is broken. One without a space, a path, is left whole.

    >>> laid("disk        2.1 MB", 80), laid("found 2 = indexed 2", 16, hang=2)
    (['disk        2.1 MB'], ['found 2 =', '  indexed 2'])
    """
    body = line.lstrip(" ")
    indent = line[: len(line) - len(body)]
    if width(line) <= columns or " " not in body:
        return [line]
    label = _LABEL.match(body)
    if label and width(indent + label[0]) <= columns // 2:
        head, rest = label[0], body[label.end() :]
    else:
        head, rest, hang = "", body, 2 if indent or label else hang
    after = indent + " " * (width(head) if head else min(hang, columns // 8))
    lines = [span.of(rest) for span in wrap(rest, max(1, columns - len(after)))]
    return [(f"{indent}{head}" if not number else after) + each for number, each in enumerate(lines)]


def flow(fragments: Sequence[Fragment], columns: int) -> list[list[Fragment]]:
    """`wrap` for styled text: the lines of one paragraph, each as the pieces of ``fragments`` that fall into it.

    The texts must be clean. A style never begins or ends inside a grapheme cluster: the cluster takes the style of its
    first character. Raises ValueError where ``columns`` is below 1.
    """
    text = "".join(piece for _, piece in fragments)
    edges = _edges(text)
    starts: list[tuple[int, str]] = []
    at = 0
    for style, piece in fragments:
        begin = at
        at += len(piece)
        while begin < at and begin not in edges:
            begin += 1
        if begin < at:
            starts.append((begin, style))
    return [_styled(text, line, starts) for line in wrap(text, columns)]


def _styled(text: str, line: Span, starts: Sequence[tuple[int, str]]) -> list[Fragment]:
    """The pieces of one line, ``starts`` saying where each style begins."""
    pieces: list[Fragment] = []
    number = max(0, bisect_right(starts, line.start, key=lambda item: item[0]) - 1)
    while number < len(starts) and starts[number][0] < line.end:
        begin = max(line.start, starts[number][0])
        end = starts[number + 1][0] if number + 1 < len(starts) else len(text)
        pieces.append((starts[number][1], text[begin : min(end, line.end)]))
        number += 1
    return pieces
