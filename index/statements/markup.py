"""What is written into a text and is none of its sentences: emphasis, links, notes, credits. The text without it, and the
way back.

Owns which signs of Markdown stand for no words; texts of other formats hold them too. And which words between two sentences
name who took a picture: whoever copies a page with its captions gets "He smiled. Ann Lowe/Getty Images Hill left", where Hill
is no "Getty Images Hill". Refuses to render, and knows nothing of statements. No library for Markdown gives the offsets of
what stands inside a line.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from index.types import Span

_SIGNS: Final = ("*", "_", "](", "[^", "\\", "\n>")  # where none of them stands there is no mark-up
_TARGET: Final = r"\(<?[^()\s]*(?:\([^()\s]*\)[^()\s]*)*>?(?:\s+(?:\"[^\"\n]*\"|'[^'\n]*'))?\)"
_MARK: Final = re.compile(
    r"(?P<alone>\\(?=[^\w\s])"  # an escape: its sign stays
    rf"|!\[[^\[\]]*\]{_TARGET}"  # a picture
    r"|\[\^[^\[\]\s]+\]"  # the number of a note
    r"|(?<=\n)(?:>[ \t]?)+)"  # the sign of a quoted line
    rf"|(?P<opens>\[)|(?P<closes>\]{_TARGET})|\]"
    r"|(?P<stress>\*{1,3}|_{1,3})"
)
_WORD: Final = re.compile(r"\w")
_AGENCY: Final = (
    r"(?:Getty Images|Getty|AFP|AP Photo|AP|Reuters|REUTERS|EPA(?:-EFE)?|EFE|Shutterstock|Zuma(?: Press)?|Redux(?: Pictures)?|"
    r"Alamy(?: Stock Photo)?|Adobe Stock|NurPhoto|Anadolu(?: Agency)?|Xinhua|TASS|Sipa(?: USA)?|Bloomberg|Magnum(?: Photos)?|"
    r"WireImage|FilmMagic|CNN|NPR|(?:The )?(?:New York Times|Washington Post)|USA Today Network|Handout|Pool)"
)
_WHO: Final = r"[A-Z][\w.&'’-]*(?:,? (?:(?:and|de|van|von|bin|al|el|la|le|of) )?[A-Z][\w.&'’-]*){0,6}"
_CREDIT: Final = re.compile(
    rf"(?<=[.!?”\"’)] )(?:{_WHO}(?:/{_WHO}){{0,3}}?/|(?:Courtesy )?{_WHO} (?:via|for) (?=CNN|NPR|Getty|AP|AFP|Reuters))"
    rf"{_AGENCY}(?:/{_AGENCY}| (?:via|for) {_AGENCY}| Images| Photo)*(?: (?=[*_\[]{{0,3}}[A-Z“\"\d])| ?$)"
)


@dataclass(frozen=True, slots=True)
class _Cut:
    """What is left out, ``[start, end)``; of a pair of marks also where the other one starts."""

    start: int
    end: int
    other: int = -1


class Plain:
    """``text`` is the written text without the mark-up of its ``paragraphs`` and ``headings``, which are spans of what is left.

    >>> plain = Plain("**Ann Lowe** said", [Span(0, 17)])
    >>> plain.text, plain.written(Span(0, 8))
    ('Ann Lowe said', Span(start=2, end=10))
    """

    def __init__(self, text: str, paragraphs: Sequence[Span], headings: Sequence[Span] = ()) -> None:
        marked = any(sign in text for sign in _SIGNS)
        blocks = sorted((*paragraphs, *headings))
        self._cuts = [cut for block in blocks for cut in _cuts(text, block)] if marked else []
        self._cuts = sorted([*self._cuts, *_credits(text, paragraphs, self._cuts)], key=lambda cut: cut.start)
        if not self._cuts:
            self.text, self.paragraphs, self.headings = text, list(paragraphs), list(headings)
            return
        # Where what is kept begins, in the written text and in this one.
        self._begins = [0, *(cut.end for cut in self._cuts)]
        kept = [
            text[start:end] for start, end in zip(self._begins, [*(c.start for c in self._cuts), None], strict=True)
        ]
        self._places = [0, *accumulate(map(len, kept[:-1]))]
        self.text = "".join(kept)
        self.paragraphs, self.headings = self._bare(paragraphs), self._bare(headings)

    def _bare(self, blocks: Sequence[Span]) -> list[Span]:
        """Where those of ``blocks`` stand in this text of which anything is left."""
        bare = (Span(self._place(span.start), self._place(span.end)) for span in blocks)
        return [span for span in bare if not span.of(self.text).isspace() and span.start < span.end]

    def _place(self, written: int) -> int:
        at = bisect_right(self._begins, written) - 1
        end = self._places[at + 1] if at < len(self._cuts) else len(self.text)
        return min(self._places[at] + written - self._begins[at], end)

    def written(self, span: Span) -> Span:
        """Where ``span``, which is not empty, is written: without the marks around it, unless it holds the other of a pair."""
        if not self._cuts:
            return span
        first, last = (bisect_right(self._places, at) - 1 for at in (span.start, span.end - 1))
        start = self._begins[first] + span.start - self._places[first]
        end = self._begins[last] + span.end - self._places[last]
        while first and self._cuts[first - 1].end == start and start <= self._cuts[first - 1].other < end:
            first -= 1
            start = self._cuts[first].start
        while last < len(self._cuts) and self._cuts[last].start == end and start <= self._cuts[last].other < end:
            end = self._cuts[last].end
            last += 1
        return Span(start, end)


def _cuts(text: str, paragraph: Span) -> list[_Cut]:
    """The mark-up of a paragraph, in order; a mark whose other one is missing is none."""
    cuts: list[_Cut] = []
    open_links: list[re.Match[str]] = []
    stressed: dict[str, re.Match[str]] = {}
    for mark in _MARK.finditer(text, paragraph.start, paragraph.end):
        if mark["alone"]:
            cuts.append(_Cut(*mark.span()))
        elif mark["opens"]:
            open_links.append(mark)
        elif not mark["stress"]:
            opening = open_links.pop() if open_links else None
            if opening and mark["closes"]:
                cuts += _pair(opening, mark)
        else:
            before, after = text[mark.start() - 1 : mark.start()], text[mark.end() : mark.end() + 1]
            ends = len(mark[0]) > 1 or (before.strip() and _WORD.match(after) is None)  # "**Ann Lowe **said" is met too
            if ends and mark[0] in stressed:
                cuts += _pair(stressed.pop(mark[0]), mark)
            elif after.strip() and _WORD.match(before) is None and before not in ("@", "/"):
                stressed[mark[0]] = mark
    return sorted(cuts, key=lambda cut: cut.start)


def _credits(text: str, paragraphs: Sequence[Span], cuts: Sequence[_Cut]) -> list[_Cut]:
    """Who took the pictures, between the sentences of paragraphs; none in which something else is left out."""
    found = [match.span() for span in paragraphs for match in _CREDIT.finditer(text, span.start, span.end)]
    ends = [0, *(cut.end for cut in cuts)]  # of those that begin before a place, the last ends last
    return [
        _Cut(start, end) for start, end in found if ends[bisect_left(cuts, end, key=lambda cut: cut.start)] <= start
    ]


def _pair(one: re.Match[str], other: re.Match[str]) -> tuple[_Cut, _Cut]:
    return _Cut(*one.span(), other.start()), _Cut(*other.span(), one.start())
