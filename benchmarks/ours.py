"""Drives this project in its own process, with the commands and the lines of `benchmarks.drive`.

Owns nothing but that: the calls are those of the library's users. One question in a fresh process is not here, because
the `qa` command itself is what is measured there.

    python -m benchmarks.ours index FOLDER EXPORT ARTICLES…   # brings the index up to date, exports what is new
    python -m benchmarks.ours serve FOLDER
    python -m benchmarks.ours lexical FOLDER                  # FTS5 alone; a question is words with blanks between
"""

from __future__ import annotations

import gc
import json
import sys
from pathlib import Path
from typing import Any

from benchmarks.drive import TOP, own_output, serve, timed
from index.build import update
from index.encode import load_encoder
from index.store import Store, open_store
from index.types import Document, Passage
from qa import retrieve
from qa.answer import ask
from qa.types import Answer, Citation


def index(folder: str, export: str, articles: list[str]) -> None:
    """Indexes, says what it took, and writes the passages of this run, and all documents, for the peers to use."""
    out = own_output()
    encoder = load_encoder()
    encoder.questions(["Warm."])
    with open_store(folder, create=True) as store:
        with store.snapshot() as snapshot:
            before = max((passage.id for passage in snapshot.every_passage()), default=0)
        report, took = timed(lambda: update(store, articles, encoder))
        _export(store, Path(export), before)
        with store.snapshot() as snapshot:
            stats = snapshot.stats()
    told = {
        "passages": report.passages,
        "statements": report.statements,
        "all passages": stats.passages,
        "all statements": stats.statements,
        "articles": stats.documents,
        "skipped": len(report.skipped),
    }
    print(json.dumps({**took, **told}), file=out, flush=True)


def _export(store: Store, folder: Path, before: int) -> None:
    with store.snapshot() as snapshot:
        documents = {document.id: document for document in snapshot.every_document()}
        rows = [_row(passage, documents[passage.document]) for passage in snapshot.every_passage()]
    _write(folder / "documents.jsonl", [{"id": d.id, "path": d.path, "text": d.text} for d in documents.values()])
    _write(folder / "passages.jsonl", rows)
    _write(folder / "new.jsonl", [row for row in rows if int(row["id"]) > before])


def _row(passage: Passage, document: Document) -> dict[str, Any]:
    span = passage.span
    return {"id": passage.id, "document": document.id, "span": [span.start, span.end], "text": span.of(document.text)}


def _write(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def told(answer: Answer) -> dict[str, Any]:
    """An answer in numbers: enough to measure it by, in the process that asked."""
    return {
        "answered": answer.answered,
        "confidence": answer.confidence,
        "citations": [_citation(citation) for citation in answer.citations],
    }


def _citation(citation: Citation) -> dict[str, Any]:
    said = citation.statement
    return {
        "passage": citation.passage.id,
        "highlights": [[span.start, span.end] for span in citation.highlights],
        "parts": [[span.start, span.end] for span in said.parts] if said else None,
        "speaker": said.speaker if said else None,
    }


def main(command: str, folder: str, *rest: str) -> None:
    if command == "index":
        index(folder, rest[0], list(rest[1:]))
        return
    with open_store(folder) as store:
        if command == "lexical":
            with store.snapshot() as snapshot:
                serve(lambda words: snapshot.lexical(words.split(), TOP))
        else:
            encoder = load_encoder()
            with store.snapshot() as snapshot:  # as the prompt does
                retrieve.prepare(snapshot, lambda: False)
            gc.freeze()
            serve(lambda question: told(ask(store, question, k=TOP, encoder=encoder)))


if __name__ == "__main__":
    main(*sys.argv[1:])
