"""Where the words that answer stand, and what around them is shown: file, page, paragraph, sentences.

Owns which stretches of a document a result is read in. Refuses to know how they look, and what is said about them.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from index.types import Document, Span, inside
from qa.screen import snap
from qa.types import Citation

LONGEST = 4_000  # characters of one piece of an article on the screen: two screens full, whatever the file holds


def file_name(document: Document) -> str:
    """The file's name, and inside a file that holds others the part: "2012.zip/inner/a.html", "dump.csv row 3"."""
    name = os.path.basename(document.path)  # noqa: PTH119 (a str in, a str out)
    return inside(name, document.part)


def shown_path(path: str) -> str:
    """``path`` relative to the current folder when it lies in it, else as it is."""
    try:
        return str(Path(path).relative_to(Path.cwd()))
    except (ValueError, OSError):  # elsewhere, or the current folder is gone
        return path


def anchor(citation: Citation) -> int:
    """Where the words that answer begin."""
    if citation.statement is not None:
        return citation.statement.span.start
    return citation.highlights[0].start if citation.highlights else citation.passage.span.start


def paragraph(citation: Citation) -> int:
    """The number of the paragraph the words that answer begin in, from 1."""
    return _number(citation.document.paragraphs(), anchor(citation)) or citation.passage.paragraph


def place(citation: Citation) -> str:
    """Where the words that answer begin: "para 7"; where there are pages, the page and the paragraph on it."""
    document, start = citation.document, anchor(citation)
    page = document.page(start)
    if page is None:
        return f"para {paragraph(citation)}"
    number = _number(document.paragraphs(page), start)
    return f"p. {page}" + (f", para {number}" if number else "")


def _number(paragraphs: Sequence[Span], offset: int) -> int | None:
    """Which of ``paragraphs`` holds ``offset``, from 1."""
    return next((number for number, span in enumerate(paragraphs, 1) if span.start <= offset < span.end), None)


def extent(citation: Citation, best: bool) -> list[Span]:
    """What of the document is shown: its paragraphs for the best result, else the sentences that answer."""
    wanted = _wanted(citation)
    if best:
        inside = [span for span in citation.document.paragraphs() if any(span.overlap(w) for w in wanted)]
        clipped = [_meet(span, citation.passage.span) for span in inside]
        chosen = [span for span in clipped if len(span)] or [citation.passage.span]
    else:
        chosen = [span for span in citation.passage.sentences if any(span.overlap(w) for w in wanted)]
    return _union([*chosen, *wanted], citation.document.text)


def anew(citation: Citation, shown: Iterable[Citation]) -> list[Span]:
    """`extent`, but of a statement whose sentences one of the results ``shown`` has already only itself and who said it: of
    "He said the pier is safe, and warned that the boats are not" the second is "He […] warned that the boats are not"."""
    spans = extent(citation, best=False)
    for other in shown if citation.statement else ():
        theirs = extent(other, best=False) if other.document.id == citation.document.id else []
        if all(any(their.covers(span) for their in theirs) for span in spans):
            return _union(_wanted(citation), citation.document.text)
    return spans


def _wanted(citation: Citation) -> list[Span]:
    """The words that must be on the screen: the statement with who said it, the highlights, else the passage."""
    wanted = list(citation.highlights)
    statement = citation.statement
    if statement is not None:
        wanted += [*statement.parts, *(span for span in (statement.cue, statement.mention) if span is not None)]
    return wanted or [citation.passage.span]


def _meet(one: Span, other: Span) -> Span:
    """What both share, empty where nothing."""
    start = max(one.start, other.start)
    return Span(start, max(start, min(one.end, other.end)))


def _union(spans: Iterable[Span], text: str) -> list[Span]:
    """``spans`` in order, joined where only white space lies between."""
    joined: list[Span] = []
    for span in sorted(spans):
        if joined and (span.start <= joined[-1].end or not text[joined[-1].end : span.start].strip()):
            last = joined.pop()
            span = Span(last.start, max(last.end, span.end))  # noqa: PLW2901 (the two become one)
        joined.append(span)
    return joined


def pieces(document: Document, span: Span) -> Iterator[Span]:
    """``span`` cut where one block ends and the next begins; white space between is dropped."""
    start = span.start
    for block in document.blocks:
        if start < block.span.start < span.end:
            yield from _filled(document.text, Span(start, block.span.start))
            start = block.span.start
    yield from _filled(document.text, Span(start, span.end))


def _filled(text: str, span: Span) -> Iterator[Span]:
    """``span`` without white space at its ends, if anything is left."""
    inside = span.of(text)
    body = inside.strip()
    if body:
        start = span.start + len(inside) - len(inside.lstrip())
        yield Span(start, start + len(body))


def bearable(span: Span, offset: int) -> Span:
    """``span``, or as much of it around ``offset`` as a screen can bear."""
    if len(span) <= LONGEST:
        return span
    start = min(max(span.start, offset - LONGEST // 4), span.end - LONGEST)
    return Span(start, start + LONGEST)


def marked(text: str, piece: Span, highlights: Iterable[Span]) -> Iterator[tuple[str, bool]]:
    """``piece`` of ``text`` as the strings it consists of, each with whether its words answer, cut between whole
    characters as a reader sees them."""
    inside = piece.of(text)
    met = [common for span in highlights if len(common := _meet(span, piece))]
    at = 0
    for mark in snap(inside, [Span(span.start - piece.start, span.end - piece.start) for span in met]):
        yield inside[at : mark.start], False
        yield mark.of(inside), True
        at = mark.end
    yield inside[at:], False
