"""Does what is to be written fit together? Asked of every document before anything of it is written.

Owns what must be true of a document with its passages, statements and vectors. Refuses to know how they are stored; of an
index on disk `index.store.check` asks the same.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from index.store.records import Indexed
from index.types import Span, homes

_UNIT_TOLERANCE = 0.01
"""Float32 rows that claim length 1 are off by 1e-6; a row that was never normalised is off by more."""


def require_fit(indexed: Indexed, dim: int) -> None:
    """Raises ValueError where the parts of a document do not fit together, or its vectors are not of ``dim`` numbers."""
    document = indexed.document
    where = f"document {document.id}"
    facts = (document.title, document.date, document.source, document.author, document.url, document.place)
    for text in (document.id, document.text, document.part, document.modified, document.language, *facts):
        _require(text is None or _is_unicode(text), f"{where}: text that is not Unicode")
    _check_spans(indexed, where)
    _require(len(indexed.parts) == len(indexed.passages), f"{where}: parts for each passage are needed")
    _check_rows(indexed.vectors, len(indexed.passages), dim, f"{where}: vectors")
    _check_rows(indexed.statement_vectors, len(indexed.statements), dim, f"{where}: statement vectors")
    if indexed.title_vector is not None:
        _check_rows(np.asarray(indexed.title_vector)[None], 1, dim, f"{where}: title vector")
    for passage, rows in zip(indexed.passages, indexed.parts, strict=True):
        _check_rows(rows, len(passage.sentences), dim, f"{where}: sentence vectors")


def _check_spans(indexed: Indexed, where: str) -> None:
    whole = Span(0, len(indexed.document.text))
    _require(all(whole.covers(block.span) for block in indexed.document.blocks), f"{where}: a block outside the text")
    _require(all(0 <= at <= whole.end for at in indexed.document.pages), f"{where}: a page outside the text")
    _require(
        all(one.span.end <= other.span.start for one, other in pairwise(indexed.passages)),
        f"{where}: passages that overlap, or are not in order",
    )
    for passage in indexed.passages:
        _require(passage.document == indexed.document.id, f"{where}: a passage of {passage.document}")
        _require(whole.covers(passage.span), f"{where}: a passage outside the text")
        _require(passage.heading is None or whole.covers(passage.heading), f"{where}: a heading outside the text")
        _require(all(passage.span.covers(s) for s in passage.sentences), f"{where}: a sentence outside its passage")
    for statement in indexed.statements:
        _require(statement.document == indexed.document.id, f"{where}: a statement of {statement.document}")
        spans = [*statement.parts, *(span for span in (statement.cue, statement.mention) if span)]
        _require(bool(statement.parts) and all(map(whole.covers, spans)), f"{where}: a statement outside the text")
        for name in (statement.speaker, statement.via):
            _require(name is None or _is_unicode(name), f"{where}: a name that is not Unicode")
    for statement, home in zip(indexed.statements, homes(indexed.statements, indexed.passages), strict=True):
        _require(home is not None, f"{where}: the statement at {statement.span} lies in no passage")


def _check_rows(rows: NDArray[np.float32], count: int, dim: int, what: str) -> None:
    _require(rows.shape == (count, dim), f"{what} are {rows.shape}, not {(count, dim)}")
    lengths = np.linalg.norm(np.asarray(rows, dtype=np.float32), axis=1)
    fits = (np.abs(lengths - 1.0) <= _UNIT_TOLERANCE) | (lengths == 0.0)  # false for what is not finite
    _require(bool(fits.all()), f"{what} must have length 1, or 0")


def _is_unicode(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise ValueError(otherwise)
