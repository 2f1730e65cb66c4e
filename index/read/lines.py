"""Lines become pieces: which of them are one paragraph, whether the text was wrapped, indented or neither.

Owns what a line and a line break are, what marks an item of a list, and the layout of a text. Refuses to know what a
piece is good for: whether it is prose, a heading or an aside is judged elsewhere. Every piece is a stretch of the text
as it stands; in doubt two lines stay two pieces.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Literal

Role = Literal["text", "heading", "item", "aside"]


@dataclass(slots=True)
class Piece:
    """A stretch of text before it is judged. ``level`` is that of a heading; ``lines`` says how many were joined."""

    start: int
    end: int
    role: Role = "text"
    level: int = 0
    lines: int = 1
    fixed: bool = False  # an aside by its form (a dateline, code), not by its words


_BREAK = r"\n\r\v\f\x1c-\x1e\x85\u2028\u2029"
LINE = re.compile(rf"[^\s\ufeff][^{_BREAK}]*")  # from its first visible character on
BREAKS = re.compile(rf"\r\n|[{_BREAK}]")
BULLET = re.compile(r"(?:[-*+•‣▪▸►◦●·]\ufe0f?|\(?\d{1,2}[.)])[ \t\u00a0]+(?=\S)")
_MARKER = re.compile(r"[-*+•‣▪▸►◦●·]\ufe0f?[ \t\u00a0]+(?=\S)")
_SIGN_OFF = re.compile(r"(?:REUTERS?|[Rr]euters?|MORE|More|ENDS|-30-|###)\.?$")
FINAL = ".!?…:;。！？؟۔।։"
CLOSERS = "\"'”’»›)]}*_ \u00a0"


@dataclass(slots=True)
class Line:
    """A visible line: ``[start, end)`` without the white space around it, ``indent`` in code points."""

    start: int
    end: int
    indent: int
    blank: bool  # an empty line stands before it
    bullet: bool
    final: bool  # it ends as a sentence does


def lines_of(text: str, start: int) -> list[Line]:
    """The visible lines of ``text`` from ``start`` on, without the white space around them."""
    lines = []
    previous = start
    for match in LINE.finditer(text, start):
        begin = match.start()
        end = begin + len(match[0].rstrip())
        gap = text[previous:begin]
        breaks = BREAKS.findall(gap)
        indent = len(gap) - 1 - max(gap.rfind(mark) for mark in breaks[-1:]) if breaks else len(gap)
        tail = text[max(begin, end - 8) : end].rstrip(CLOSERS)
        bullet = BULLET.match(text, begin, end) is not None
        blank = len(breaks) > 1 or "\u2029" in breaks
        lines.append(Line(begin, end, indent, blank, bullet, tail[-1:] in FINAL and tail != ""))
        previous = end
    return lines


def _first_word(text: str, line: Line) -> int:
    """The length of a line's first word, up to 40."""
    return len(text[line.start : min(line.end, line.start + 40)].split(maxsplit=1)[0])


@dataclass(frozen=True, slots=True)
class _Layout:
    """How a text breaks its lines: ``width`` is the column it was wrapped at, 0 where each line is a paragraph."""

    width: int = 0
    margin: int = 0
    indented: bool = False  # a paragraph's first line stands further in


def _signs_off(text: str, line: Line) -> bool:
    return line.end - line.start < 9 and _SIGN_OFF.match(text, line.start, line.end) is not None


def _layout(text: str, lines: Sequence[Line]) -> _Layout:
    """Wrapped lines mostly stop inside a sentence, and mostly because the next word would not have fitted."""
    margin = min((line.indent for line in lines), default=0)
    indented = any(line.indent >= margin + 2 and not line.bullet for line in lines)
    joints = (
        (a, b) for a, b in pairwise(lines) if not (b.blank or b.bullet or b.indent >= margin + 2 or _signs_off(text, b))
    )
    pairs = list(islice(joints, 5000))
    if not pairs:
        return _Layout()
    widths = sorted(line.end - line.start + line.indent for pair in pairs for line in pair)
    width = widths[len(widths) * 9 // 10]
    opened = [(a, b) for a, b in pairs if not a.final]
    if width > (160 if len(pairs) > 2 else 80) or len(opened) * 2 < len(pairs):
        return _Layout()
    runs_on = sum(
        text[b.start].islower() or a.end - a.start + a.indent + 1 + _first_word(text, b) > 0.9 * width
        for a, b in opened
    )
    return _Layout(width, margin, indented) if runs_on * 2 >= len(opened) else _Layout()


def _continues(text: str, a: Line, b: Line, layout: _Layout) -> bool:
    """Whether line ``b`` goes on with the paragraph of line ``a``, the line before it."""
    if b.blank or b.bullet:
        return False
    runs_on = not a.final and text[b.start].islower()
    if not layout.width or a.bullet:
        return runs_on or (a.bullet and b.indent > a.indent)
    if b.indent >= layout.margin + 2:
        return runs_on and b.indent == a.indent
    if layout.indented:
        return True
    spare = layout.width - (a.end - a.start + a.indent + 1 + _first_word(text, b))
    if a.final:
        return spare < 0.25 * layout.width  # a sentence may end anywhere in a line, but a last line is short
    return runs_on or spare < 0.4 * layout.width  # else a heading


def pieces_of(text: str, lines: Sequence[Line], *, titled: bool, alone: frozenset[int] = frozenset()) -> list[Piece]:
    """Lines joined into paragraphs; those that start at a place in ``alone`` stay by themselves.

    Where the title is known (``titled``) a short first line is the start of the text, and no headline.
    """
    layout = _layout(text, lines)
    pieces: list[Piece] = []
    before: Line | None = None
    for line in lines:
        apart = line.start in alone or _signs_off(text, line) or (before is not None and before.start in alone)
        leads = titled and layout.width > 0 and before is lines[0] and not (before.final or line.blank or line.bullet)
        if before and not apart and (leads or _continues(text, before, line, layout)):
            pieces[-1].end = line.end
            pieces[-1].lines += 1
            bullet, indent = before.bullet, before.indent if before.bullet else line.indent
            before = Line(line.start, line.end, indent, line.blank, bullet, line.final)
            continue
        pieces.append(Piece(line.start, line.end, "item" if line.bullet else "text"))
        before = line
    for piece in pieces:
        if piece.role == "item" and (marker := _MARKER.match(text, piece.start, piece.end)):
            piece.start = marker.end()
    return pieces


def is_final(text: str, piece: Piece) -> bool:
    """Whether a piece ends as a sentence does, closing quotation marks aside."""
    tail = text[max(piece.start, piece.end - 8) : piece.end].rstrip(CLOSERS)
    return tail[-1:] in FINAL and tail != ""
