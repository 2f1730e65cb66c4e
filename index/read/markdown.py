"""Files written by hand: plain text, and Markdown, which is plain text with signs.

Owns what in Markdown is mark-up (headings, fences, quotations, bold lines) and takes it off the ends of pieces.
Refuses to render: the text stays the decoded file, sign by sign, so that every offset holds. How lines join and what a
piece is are known elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from index.read.article import Article
from index.read.blocks import LINK_ONLY, LONGEST_NOISE, finish
from index.read.characters import decode, require_text
from index.read.facts import Facts, front_matter
from index.read.lines import BREAKS, BULLET, FINAL, Line, Piece, is_final, lines_of, pieces_of

_ATX = re.compile(r"(#{1,6})[ \t]+(\S.*?)(?:[ \t]+#+)?$")
_SETEXT = re.compile(r"(?:={2,}|-{2,})$")
_FENCE = re.compile(r"(?:`{3,}|~{3,})")
_BOLD = re.compile(r"(\*\*|__)([^*_]{1,100})\1$")
_QUOTED = re.compile(r"(?:>[ \t\u00a0]?)+[ \t\u00a0]*")


def read_plain(data: bytes) -> Article:
    """The text of a plain file, its blocks and its facts. Raises ReadError where it is no text."""
    text = decode(data)
    require_text(text)
    end, facts = front_matter(text)
    pieces = pieces_of(text, lines_of(text, end), titled=facts.title is not None)
    return finish(text, end, pieces, facts)


def read_markdown(data: bytes) -> Article:
    """The text of a Markdown file, its blocks and its facts. Raises ReadError where it is no text."""
    text = decode(data)
    require_text(text)
    end, facts = front_matter(text)
    lines = _unquoted(text, lines_of(text, end))
    fenced = _fenced(text, lines)
    alone = {line.start for line in lines if text[line.start] in "#|" or _FENCE.match(text, line.start)}
    alone |= {line.start for line in lines if line.end - line.start < 200 and _SETEXT.match(text, line.start, line.end)}
    pieces = pieces_of(text, lines, titled=facts.title is not None, alone=fenced | alone)
    kept: list[Piece] = []
    for piece in pieces:
        if piece.start in fenced:
            piece.role, piece.fixed = "aside", True
        elif _is_underline(text, piece) and kept and kept[-1].role == "text" and _adjacent(text, kept[-1], piece):
            kept[-1].role, kept[-1].level = "heading", 1 if text[piece.start] == "=" else 2
            continue  # the underline is mark-up
        else:
            _mark_up(text, piece)
        kept.append(piece)
    first = next((piece for piece in kept if piece.role == "heading" and piece.level == 1), None)
    return finish(text, end, kept, facts.then(Facts(title=text[first.start : first.end] if first else None)))


def _unquoted(text: str, lines: Sequence[Line]) -> list[Line]:
    """The lines without the ``>`` of a block quotation before them; a line of nothing else counts as empty."""
    kept: list[Line] = []
    blank = False
    for line in lines:
        if text[line.start] == ">" and (match := _QUOTED.match(text, line.start, line.end)):
            if match.end() < line.end:
                bullet = BULLET.match(text, match.end(), line.end) is not None
                kept.append(replace(line, start=match.end(), blank=line.blank or blank, bullet=bullet))
            blank = match.end() == line.end
            continue
        kept.append(replace(line, blank=True) if blank else line)
        blank = False
    return kept


def _is_underline(text: str, piece: Piece) -> bool:
    return piece.end - piece.start < 200 and _SETEXT.match(text, piece.start, piece.end) is not None


def _adjacent(text: str, a: Piece, b: Piece) -> bool:
    if text[b.start] == "-" and is_final(text, a):
        return False  # a rule below a sentence
    return a.lines == 1 and a.end - a.start < 200 and len(BREAKS.findall(text, a.end, b.start)) == 1


def _fenced(text: str, lines: Sequence[Line]) -> frozenset[int]:
    """Where the lines of fenced code start, the fences with them; a fence that is never closed is none."""
    found: list[int] = []
    opened: list[int] = []
    mark = ""
    for line in lines:
        fence = _FENCE.match(text, line.start)
        if opened:
            opened.append(line.start)
            if fence and fence[0].startswith(mark) and fence.end() == line.end:
                found += opened
                opened = []
        elif fence:
            opened, mark = [line.start], fence[0]
    return frozenset(found)


def _mark_up(text: str, piece: Piece) -> None:
    """Takes the signs of Markdown off a piece's ends and notes what they mean."""
    if piece.lines > 1 or piece.end - piece.start > LONGEST_NOISE:
        return
    if atx := _ATX.match(text, piece.start, piece.end):
        piece.start, piece.end = atx.span(2)
        piece.role, piece.level = "heading", len(atx[1])
    elif (bold := _BOLD.match(text, piece.start, piece.end)) and bold[2].rstrip()[-1:] not in FINAL:
        piece.start, piece.end = bold.span(2)
    elif text.startswith(("![", "<!--"), piece.start):
        piece.role = (
            "aside"
            if LINK_ONLY.match(text, piece.start, piece.end) or text[piece.end - 3 : piece.end] == "-->"
            else piece.role
        )
