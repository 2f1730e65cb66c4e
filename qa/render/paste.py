"""What is pasted elsewhere: an Answer as Markdown, a citation on one line.

Owns both forms, and what Markdown would take for markup. Refuses to know screens: nothing is wrapped or styled.
"""

from __future__ import annotations

import re

from index.types import Span
from qa.render import names, places, verdicts
from qa.render.lines import MAX_WIDTH, Look, to_plain
from qa.screen import tidy
from qa.types import Answer, Citation

_QUOTES = frozenset("\"'“”„«»‘’")  # a quotation brings its own marks


def markdown(answer: Answer) -> str:
    """The answer as Markdown: the question as a heading, the verdict, each result with its text as a quotation."""
    look = Look()
    found = verdicts.results(answer)
    verdict = to_plain(verdicts.headline(answer, Look(width=MAX_WIDTH), len(found))).replace("\n", " ").strip()
    lines = [f"## {_markup(tidy(answer.question.text))}", "", _markup(verdict), ""]
    for number, citation in enumerate(found, 1):
        title, kind = _markup(tidy(names.title(citation))), names.manner(citation)
        lines += [f"{number}. **{title}** ({kind}, {citation.strength})", ""]
        for span in places.extent(citation, best=number == 1 and answer.answered):
            for piece in places.pieces(citation.document, span):
                lines += [f"   > {_quoted(citation, piece)}", "   >"]
        lines[-1:] = ["", f"   {_markup(source(citation, look))}", ""]
    return "\n".join(lines)


def _quoted(citation: Citation, piece: Span) -> str:
    """One piece of a document in Markdown, the words that answer bold."""
    out = ""
    for words, answers in places.marked(citation.document.text, piece, citation.highlights):
        shown = _markup(tidy(words).strip() if answers else tidy(words))
        out += f"**{shown}**" if answers and shown else shown
    return out


def _markup(text: str) -> str:
    """``text`` with what Markdown or HTML would read as markup escaped."""
    text = re.sub(r"([\\`*_\[\]<>&|~#])", r"\\\1", text)
    return re.sub(r"^(\s*)([-+=]|\d+[.)])", r"\1\\\2", text)


def cite(citation: Citation, look: Look | None = None) -> str:
    """One line to paste: the words, whose they are, and `source`.

    A statement in several parts is quoted with a gap between them; a passage by the words that answer.
    """
    look = look or Look()
    text = citation.document.text
    statement = citation.statement
    spans = statement.parts if statement is not None else citation.highlights or (citation.passage.span,)
    words = f" {look.signs.gap} ".join(look.tidy(span.of(text)).strip() for span in spans)
    opening, closing = ("", "") if words[:1] in _QUOTES and words[-1:] in _QUOTES else look.signs.quote
    whose = look.tidy(names.attribution(citation))
    return f"{opening}{words}{closing} {look.signs.dash} {f'{whose}, ' if whose else ''}{source(citation, look)}"


def _cited(citation: Citation) -> tuple[int, int]:
    """From the first to the last character that `cite` quotes."""
    if citation.statement is not None:
        return citation.statement.span.start, citation.statement.span.end
    spans = citation.highlights or (citation.passage.span,)
    return spans[0].start, spans[-1].end


def source(citation: Citation, look: Look | None = None) -> str:
    """Where a citation stands, in full: title, outlet, author, dates, URL or path, paragraph, characters, file hash."""
    look = look or Look()
    document = citation.document
    opening, closing = look.signs.quote
    start, end = _cited(citation)
    parts = [
        f"{opening}{document.title}{closing}" if document.title else None,
        document.source,
        document.author,
        *names.dates(citation),
        citation.superseded_by and names.superseded(citation.superseded_by),
        document.url or document.location,
        places.place(citation),
        f"characters {start}-{end}",
        f"BLAKE2b-128 of the {'article' if document.part else 'file'} {document.id}",
    ]
    return look.tidy(", ".join(part for part in parts if part))
