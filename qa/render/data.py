"""An Answer as JSON, version 1 (``qa/answer.schema.json``).

Owns the names and the shape of the fields. Texts are verbatim and offsets count code points of the document; what a
terminal would obey is escaped. Refuses to know screens.
"""

from __future__ import annotations

import json as _json
from collections.abc import Mapping
from typing import Any

from index.types import Document, Span, Statement
from qa.render import places
from qa.said import said_on
from qa.screen import safe
from qa.types import Answer, Citation, Question

VERSION = 1  # of the JSON; a new field keeps it, a changed or removed one does not


def json(answer: Answer) -> dict[str, Any]:
    """The answer as a JSON object, version 1 (``qa/answer.schema.json``): texts verbatim, offsets in code points.

    A path below the current folder is given relative to it, any other absolute.
    """
    searched = answer.searched
    body: dict[str, Any] = {
        "version": VERSION,
        "question": answer.question.typed or answer.question.text,
        "understood": _understood(answer.question),
        "answered": answer.answered,
        "confidence": _rounded(answer.confidence),
        "reason": answer.refusal,
        "notices": list(answer.notices),
        "searched": {
            "documents": searched.documents,
            "passages": searched.passages,
            "unreadable": searched.unreadable,
            "unread": searched.unread,
            "snapshot": searched.snapshot,
        },
        "results": [_result(citation) for citation in answer.citations] if answer.answered else [],
    }
    if answer.parts:
        body["parts"] = [_part(part) for part in answer.parts]
    if not answer.answered:
        body["nearest"] = [_result(citation) for citation in answer.nearest]
    return body


def _understood(asked: Question) -> dict[str, Any]:
    """What was found in the words of a question; null where it names none."""
    return {
        "text": asked.text,
        "intent": asked.intent,
        "speaker": asked.speaker,
        "via": asked.via,
        "topic": asked.topic or None,
        "since": asked.since,
        "until": asked.until,
        "month": asked.month,
        "source": asked.source,
    }


def _part(part: Answer) -> dict[str, Any]:
    """What was asked about one of several people, and which of the results answer it."""
    return {
        "question": part.question.text,
        "speaker": part.question.speaker,
        "answered": part.answered,
        "confidence": _rounded(part.confidence),
        "reason": part.refusal,
        "ranks": [citation.rank for citation in part.citations],
    }


def _article(document: Document) -> dict[str, Any]:
    return {
        "id": document.id,
        "path": places.shown_path(document.path),
        "part": document.part or None,
        "title": document.title,
        "date": document.date,
        "modified": document.modified,
        "indexed": document.indexed,
        "source": document.source,
        "author": document.author,
        "url": document.url,
        "language": document.language,
    }


def _result(citation: Citation) -> dict[str, Any]:
    document, statement, text = citation.document, citation.statement, citation.document.text
    return {
        "rank": citation.rank,
        "strength": citation.strength,
        "document": _article(document),
        "copies": [_article(copy) for copy in citation.copies],
        "earlier": [_article(version) for version in citation.earlier],
        "superseded_by": citation.superseded_by and _article(citation.superseded_by),
        "page": document.page(places.anchor(citation)),
        "paragraph": places.paragraph(citation),
        "passage": _slice(citation.passage.span, text),
        "highlights": [_slice(span, text) for span in citation.highlights],
        "statement": None if statement is None else _said(statement, document),
        "another": citation.another is not None,
        "score": _rounded(citation.hit.score),
        "ranks": {name: int(rank) for name, rank in citation.hit.ranks.items()},
    }


def _said(statement: Statement, document: Document) -> dict[str, Any]:
    text, day = document.text, said_on(document, statement)
    return {
        **_slice(statement.span, text),
        "parts": [[part.start, part.end] for part in statement.parts],
        "speaker": statement.speaker,
        "speaker_as_written": None if statement.mention is None else statement.mention.of(text),
        "kind": statement.kind,
        "cue": None if statement.cue is None else statement.cue.of(text),
        "via": statement.via,
        "said_on": day and day.isoformat(),
        "confidence": _rounded(statement.confidence),
        "negated": statement.negated,
        "modal": statement.modal,
    }


def _slice(span: Span, text: str) -> dict[str, Any]:
    return {"start": span.start, "end": span.end, "text": span.of(text)}


def _rounded(value: float) -> float:
    """Six digits: more would differ between machines (the order of additions) and mean nothing."""
    return round(float(value), 6)


def dumps(body: Mapping[str, Any], *, indent: int | None = None, ascii_only: bool = False) -> str:
    """JSON text that no terminal obeys: what `qa.screen` would replace is escaped, so `json.loads` gives it back.

    >>> dumps({"text": "a\\x9b2J"})
    '{"text": "a\\\\u009b2J"}'
    """
    text = _json.dumps(body, ensure_ascii=ascii_only, indent=indent, allow_nan=False)
    return "".join(map(_escaped, text))


def _escaped(char: str) -> str:
    """One character of JSON text. A line end is ours, of an indented document; DEL is the one control JSON leaves."""
    return char if char == "\n" or safe(char) else _json.dumps(char)[1:-1].replace("\x7f", "\\u007f")
