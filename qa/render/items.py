"""One result on a screen: its head, its text with the words that answer, its place; its article; its other versions.

Owns the layout of these. Refuses to know which results there are, and in which order.
"""

from __future__ import annotations

from collections.abc import Sequence

from index.types import Document, Span
from qa.render import names, places
from qa.render.lines import ANSWER, NAME, NOTE, NUMBER, Look, file_url, styled, under, web_url, wrapped
from qa.screen import Fragment, width
from qa.types import Citation
from qa.versions import Version, revision

NARROW = 60  # below it the strength has no corner of its own, and the kind goes under the name

_STRENGTH = {"strong": "ansigreen", "fair": "", "weak": ""}


def item(
    citation: Citation, number: int, look: Look, *, best: bool = False, shown: Sequence[Citation] = ()
) -> list[Fragment]:
    """One numbered result: head, text, where it stands. ``best`` shows its whole paragraph, else its sentences; of those that
    one of the results ``shown`` above it has already, only the words that are its own."""
    fragments = _head(citation, number, look)
    fragments += _excerpt(citation, places.extent(citation, best) if best else places.anew(citation, shown), look)
    fragments += _place(citation, look)
    if look.explain:
        fragments += under(_why(citation, look), look)
    return fragments


def _head(citation: Citation, number: int, look: Look) -> list[Fragment]:
    """ "[1] Sergei Lavrov · direct quote            strong"; in a narrow window on two lines."""
    dot = look.signs.dot
    name, kind = (look.tidy(text) for text in (names.title(citation), names.manner(citation)))
    label: Fragment = (NUMBER, f"[{number}]")
    strength: Fragment = (_STRENGTH[citation.strength], citation.strength)
    room = look.columns - width(f"[{number}] {name} {dot} {kind}") - len(citation.strength)
    if look.columns >= NARROW and room >= 2:
        line = [label, ("", " "), (NAME, name), ("", f" {dot} {kind}{' ' * room}"), strength]
        return styled([*line, ("", "\n")], look)
    fragments = wrapped([label, ("", " "), (NAME, name)], look, look.indent, hanging=True)
    return fragments + wrapped([("", f"{kind} {dot} "), strength], look, look.indent)


def _place(citation: Citation, look: Look, *, titled: bool = True) -> list[Fragment]:
    """The citation line: outlet, title unless it is not to be ``titled``, date, file, paragraph; then the URL and the copies
    where there are any."""
    document = citation.document
    name, comma = look.tidy(places.file_name(document)), ("", ", ")
    parts: list[Fragment] = []
    if document.source:
        parts += [("", look.tidy(document.source)), comma]
    if titled and document.title and citation.statement is not None:
        opening, closing = look.signs.quote
        parts += [("", f"{opening}{look.tidy(names.headline(document))}{closing}"), comma]
    if document.date:
        parts += [("", look.tidy(document.date[:10])), comma]
    where = f", {places.place(citation)} {look.signs.dot} verbatim"
    page = document.page(places.anchor(citation))
    target = file_url(document.path) + (f"#page={page}" if page else "")  # as viewers of PDF take it (RFC 8118)
    parts += [(f"link:{target}", name), ("", where)]
    fragments = wrapped(parts, look, look.indent)
    if document.url:
        web = web_url(document.url)
        fragments += under(document.url, look, f"link:{web}" if web else "")
    if citation.copies:
        fragments += under(names.copies(citation), look)
    if citation.earlier:
        fragments += under(names.earlier(citation), look)
    if citation.superseded_by is not None:
        fragments += under(names.superseded(citation.superseded_by), look, NOTE)
    return fragments


def _why(citation: Citation, look: Look) -> str:
    """Scores and ranks of every leg, and how the speaker was found."""
    hit = citation.hit
    legs = [
        name
        + (f" {hit.scores[name]:.3f}" if name in hit.scores else "")
        + (f" (#{hit.ranks[name]})" if name in hit.ranks else "")
        for name in dict.fromkeys((*hit.scores, *hit.ranks))
    ]
    parts = [f"score {hit.score:.3f}", *legs]
    statement = citation.statement
    if statement is not None:
        text = citation.document.text
        parts.append(f"statement confidence {statement.confidence:.2f}")
        parts += [
            f"{label} {look.signs.quote[0]}{span.of(text)}{look.signs.quote[1]}"
            for label, span in (("speaker as written", statement.mention), ("cue", statement.cue))
            if span is not None
        ]
    span = citation.passage.span
    parts.append(f"characters {span.start}-{span.end}")
    return f" {look.signs.dot} ".join(parts)


def _excerpt(citation: Citation, spans: Sequence[Span], look: Look) -> list[Fragment]:
    """The text of ``spans`` with its highlights, one screen paragraph for each of the document's."""
    fragments: list[Fragment] = []
    line: list[Fragment] = []
    text = citation.document.text
    before: int | None = None
    for span in spans:
        for number, piece in enumerate(places.pieces(citation.document, span)):
            if before is not None:
                if not number and text[before : piece.start].strip():
                    line.append(("", f" {look.signs.gap} "))
                if number or "\n" in text[before : piece.start]:
                    fragments += wrapped(line, look, look.indent)
                    line = []
            line += _marked(text, piece, places.anchor(citation), citation.highlights, look)
            before = piece.end
    return fragments + wrapped(line, look, look.indent)


def article(citation: Citation, look: Look, *, around: int | None = 2, number: int | None = None) -> list[Fragment]:
    """The article of a citation around its place: ``around`` paragraphs on each side, or all of it where None."""
    document = citation.document
    here = places.paragraph(citation)
    label: list[Fragment] = [(NUMBER, f"[{number}] ")] if number is not None else []
    title = look.tidy(document.title or places.file_name(document))
    fragments = wrapped([*label, (NAME, title)], look, look.indent, hanging=True)
    fragments += _place(citation, look, titled=False)
    paragraphs = document.paragraphs() or [Span(0, len(document.text))]
    low, high = (0, len(paragraphs)) if around is None else (max(0, here - 1 - around), here + around)
    shown, first = None, 1  # the page whose number was shown last, and which paragraph of the document is its first
    for position, span in enumerate(paragraphs[low:high], low + 1):
        fragments.append(("", "\n"))
        page = document.page(span.start)
        if page is not None and page != shown:
            fragments += wrapped([("", f"p. {page}")], look)
            shown, first = page, position - document.paragraphs(page).index(span)
        label = [("", f"{position - first + 1}{'>' if position == here else '.'} ".ljust(len(look.indent)))]
        body = _marked(document.text, span, places.anchor(citation), citation.highlights, look)
        fragments += wrapped([*label, *body], look, look.indent, hanging=True)
    return fragments


def versions(citation: Citation, found: Sequence[Version], look: Look, *, number: int | None = None) -> list[Fragment]:
    """How the other articles that carry a story differ from the one that is cited: what only it has, after "-", what
    only the other has, after "+"; the words that differ are marked."""
    document = citation.document
    label: list[Fragment] = [(NUMBER, f"[{number}] ")] if number is not None else []
    fragments = wrapped([*label, (NAME, look.tidy(names.titled(document)))], look, look.indent, hanging=True)
    fragments += _revised(document, look)
    if not found:
        fragments += under("No other article carries it.", look)
    for version in found:
        other = version.document
        fragments += [("", "\n"), *under(names.titled(other), look, NAME)]
        if version.relation != "copy":
            fragments += under(f"{version.relation} version", look)
        fragments += _revised(other, look)
        if not version.changes:
            fragments += under("the same words", look)
        for change in version.changes:
            for sign, text, spans, words in (
                ("-", document.text, change.before, change.words_before),
                ("+", other.text, change.after, change.words_after),
            ):
                for span in spans:
                    near = next((word.start for word in words if span.covers(word)), span.start)
                    body = _marked(text, span, near, words, look)
                    fragments += wrapped([("", f"{sign} "), *body], look, look.indent)
    return fragments


def _revised(document: Document, look: Look) -> list[Fragment]:
    """ "corrected on 2017-01-31: “Correction: An earlier version …”", where an article says so; else nothing."""
    revised = revision(document)
    if revised is None:
        return []
    opening, closing = look.signs.quote
    told = names.changed(document)
    told += f": {opening}{revised.note.of(document.text)}{closing}" if revised.note else ", as its title says"
    return under(told, look)


def _marked(text: str, span: Span, offset: int, highlights: Sequence[Span], look: Look) -> list[Fragment]:
    """``span`` of ``text``, or as much of it around ``offset`` as a screen can bear, with a gap where it is cut: the words
    that answer styled, or between our brackets without colour."""
    shown = places.bearable(span, offset)
    fragments = [("", f"{look.signs.gap} ")] * (shown.start > span.start)
    for piece, answers in places.marked(text, shown, highlights):
        words = look.tidy(piece)
        if answers and not look.colour:
            words = f"{look.signs.opening}{words}{look.signs.closing}"
        fragments.append((ANSWER if answers else "", words))
    return fragments + [("", f" {look.signs.gap}")] * (shown.end < span.end)
