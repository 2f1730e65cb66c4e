"""The index as rows for other tools: statements, passages or documents, texts verbatim, offsets in code points.

Owns the fields of `qa export`. Refuses to know where the rows go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from index.store import Snapshot
    from index.types import Document, Span


def _documents(snapshot: Snapshot) -> Iterator[dict[str, Any]]:
    names = "id path title date modified indexed source author url place language part pages text".split()
    for document in snapshot.every_document():
        yield {name: getattr(document, name) for name in names}


def _passages(snapshot: Snapshot) -> Iterator[dict[str, Any]]:
    latest = _Latest(snapshot)
    for passage in snapshot.every_passage():
        document = latest.document(passage.document)
        yield {
            "document": {"id": document.id, "path": document.path},
            **_slice(passage.span, document.text),
            "id": passage.id,
            "paragraph": passage.paragraph,
            "sentences": [[span.start, span.end] for span in passage.sentences],
            "heading": _slice(passage.heading, document.text) if passage.heading else None,
        }


def _statements(snapshot: Snapshot) -> Iterator[dict[str, Any]]:
    from qa.said import said_on

    latest = _Latest(snapshot)
    for statement in snapshot.every_statement():
        document = latest.document(statement.document)
        day = said_on(document, statement)
        yield {
            "document": {"id": document.id, "path": document.path},
            "start": statement.span.start,
            "end": statement.span.end,
            "parts": [[part.start, part.end] for part in statement.parts],
            "text": statement.span.of(document.text),
            "kind": statement.kind,
            "speaker": statement.speaker,
            "speaker_as_written": _slice(statement.mention, document.text) if statement.mention else None,
            "cue": statement.cue.of(document.text) if statement.cue else None,
            "via": statement.via,
            "said_on": day and day.isoformat(),
            "confidence": round(statement.confidence, 6),
            "negated": statement.negated,
            "modal": statement.modal,
        }


class _Latest:
    """Documents by id, the last one kept: rows come document by document."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._document: Document | None = None

    def document(self, id_: str) -> Document:
        if self._document is None or self._document.id != id_:
            self._document = self._snapshot.documents([id_])[id_]
        return self._document


def _slice(span: Span, text: str) -> dict[str, Any]:
    return {"start": span.start, "end": span.end, "text": span.of(text)}


KINDS: Mapping[str, Callable[[Snapshot], Iterator[dict[str, Any]]]] = {
    "statements": _statements,
    "passages": _passages,
    "documents": _documents,
}
