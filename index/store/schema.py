"""The tables, and how nouns become rows and rows nouns.

Owns the SQL that makes the tables and the layout of every blob. Refuses to know when rows are written or read.

Ids of passages and statements are AUTOINCREMENT: one that was given is never given again, so a vector file that is
behind can never point at another text. Vectors are float16, whose rounding moves a cosine of unit rows by less than
0.001. Sentence vectors are int8 with a scale per row: they only choose between the sentences of one passage.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import accumulate, starmap
from typing import Any, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from index.dense import unit
from index.store.records import Model
from index.types import Block, BlockKind, Document, Passage, Span, Statement

TOKENIZER = "porter unicode61 remove_diacritics 2"  # says, said's, Saïd: one stem, accents folded
_FTS = f"content = '', contentless_delete = 1, tokenize = '{TOKENIZER}'"  # the text itself is in document.text

SCHEMA = f"""
CREATE TABLE meta (key TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;

CREATE TABLE source (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  path BLOB NOT NULL UNIQUE,            -- os.fsencode: a name on disk need not be text
  size INTEGER NOT NULL,
  mtime_ns INTEGER NOT NULL,            -- FileMark.changed_ns
  hash TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('indexed', 'skipped')),
  reason TEXT NOT NULL DEFAULT '');

CREATE TABLE root (path BLOB PRIMARY KEY) WITHOUT ROWID;  -- what was asked to be indexed, and is followed

CREATE TABLE document (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  hash TEXT NOT NULL UNIQUE,            -- Document.id
  title TEXT, date TEXT, source TEXT, author TEXT, url TEXT, place TEXT, modified TEXT, language TEXT,
  indexed TEXT NOT NULL,                -- when its row was written, UTC
  blocks BLOB NOT NULL, pages BLOB NOT NULL,
  text TEXT NOT NULL);                  -- last: what comes before it is read without its pages
CREATE INDEX document_date ON document (substr(date, 1, 10));
CREATE INDEX document_source ON document (source COLLATE NOCASE);
CREATE INDEX document_language ON document (language);

CREATE TABLE skipped_part (             -- what inside an indexed file could not be read
  source INTEGER NOT NULL REFERENCES source ON DELETE CASCADE,
  position INTEGER NOT NULL,
  part TEXT NOT NULL, reason TEXT NOT NULL,
  PRIMARY KEY (source, position)) WITHOUT ROWID;

CREATE TABLE source_document (
  source INTEGER NOT NULL REFERENCES source ON DELETE CASCADE,
  position INTEGER NOT NULL,
  part TEXT NOT NULL,                   -- Document.part: another where rows before it came or went
  document INTEGER NOT NULL REFERENCES document,
  PRIMARY KEY (source, position)) WITHOUT ROWID;
CREATE INDEX source_document_document ON source_document (document);

CREATE TABLE sketch (id INTEGER PRIMARY KEY REFERENCES document ON DELETE CASCADE, hashes BLOB NOT NULL);
CREATE TABLE anchor (                   -- what copies of a document are looked up by
  hash INTEGER NOT NULL,
  document INTEGER NOT NULL REFERENCES document ON DELETE CASCADE,
  PRIMARY KEY (hash, document)) WITHOUT ROWID;
CREATE INDEX anchor_document ON anchor (document);

CREATE TABLE title_vector (id INTEGER PRIMARY KEY REFERENCES document ON DELETE CASCADE, vec BLOB NOT NULL);

CREATE TABLE passage (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  document INTEGER NOT NULL REFERENCES document ON DELETE CASCADE,
  start INTEGER NOT NULL, stop INTEGER NOT NULL,
  paragraph INTEGER NOT NULL, heading BLOB NOT NULL, sentences BLOB NOT NULL);
CREATE INDEX passage_document ON passage (document);
CREATE TABLE passage_vector (id INTEGER PRIMARY KEY REFERENCES passage ON DELETE CASCADE, vec BLOB NOT NULL);
CREATE TABLE passage_parts (id INTEGER PRIMARY KEY REFERENCES passage ON DELETE CASCADE, parts BLOB NOT NULL);
CREATE VIRTUAL TABLE passage_words USING fts5 (text, title, heading, {_FTS});
CREATE TRIGGER passage_gone AFTER DELETE ON passage BEGIN DELETE FROM passage_words WHERE rowid = old.id; END;

CREATE TABLE statement (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  document INTEGER NOT NULL REFERENCES document ON DELETE CASCADE,
  passage INTEGER NOT NULL REFERENCES passage ON DELETE CASCADE,
  parts BLOB NOT NULL, kind TEXT NOT NULL, cue BLOB NOT NULL, mention BLOB NOT NULL,
  speaker TEXT, described TEXT, via TEXT,
  confidence REAL NOT NULL, negated INTEGER NOT NULL, modal INTEGER NOT NULL);
CREATE INDEX statement_document ON statement (document);
CREATE INDEX statement_passage ON statement (passage);
CREATE INDEX statement_speaker ON statement (speaker, document);
CREATE TABLE statement_vector (id INTEGER PRIMARY KEY REFERENCES statement ON DELETE CASCADE, vec BLOB NOT NULL);
CREATE VIRTUAL TABLE statement_words USING fts5 (text, mention, {_FTS});  -- text is asked by nobody: goes with the next format
CREATE TRIGGER statement_gone AFTER DELETE ON statement BEGIN DELETE FROM statement_words WHERE rowid = old.id; END;

CREATE TABLE ann (                      -- the vector files: one row names one file
  generation INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL UNIQUE CHECK (kind IN ('passage', 'statement')),
  file TEXT NOT NULL, bytes INTEGER NOT NULL, sha256 TEXT NOT NULL,
  upto INTEGER NOT NULL,                -- the highest id in it; higher ids are the tail
  n INTEGER NOT NULL, dim INTEGER NOT NULL);
"""  # noqa: S608 - constants

WORDS = "words"
"""The kind of the word file, and the key of its row in meta: a `File` as JSON."""

KINDS = ("passage", "statement")
"""What has vectors and words: the tables ``<kind>``, ``<kind>_vector``, ``<kind>_words``."""

_PAIR, _TRIPLE = struct.Struct("<II"), struct.Struct("<III")
_BLOCKS: tuple[BlockKind, ...] = get_args(BlockKind)

_PLACE = "FROM source_document m JOIN source s ON s.id = m.source WHERE m.document = d.id ORDER BY s.path, m.position LIMIT 1"
_FACTS = f"""d.blocks, d.title, d.date, d.source, d.author, d.url, d.place,
  (SELECT m.part {_PLACE}), d.pages, d.modified, d.language, d.indexed, (SELECT s.path {_PLACE}) FROM document d"""  # noqa: S608 - constants
DOCUMENT = f"SELECT d.hash, d.text, {_FACTS}"
DOCUMENT_BUT_TEXT = f"SELECT d.hash, {_FACTS}"
PASSAGE_COLUMNS = "p.id, d.hash, p.start, p.stop, p.sentences, p.paragraph, p.heading"
PASSAGE = f"SELECT {PASSAGE_COLUMNS} FROM passage p JOIN document d ON d.id = p.document"  # noqa: S608 - constants
STATEMENT_COLUMNS = """s.id, d.hash, s.parts, s.kind, s.cue, s.mention, s.speaker, s.via, s.confidence,
  s.negated, s.modal, s.passage"""
STATEMENT = f"SELECT {STATEMENT_COLUMNS} FROM statement s JOIN document d ON d.id = s.document"  # noqa: S608 - constants


FILE_COLUMNS = "generation, kind, file, bytes, sha256, upto, n, dim"


class File(NamedTuple):
    """A row of `FILE_COLUMNS` that names a file: of the table ann for vectors, of meta for words.

    ``head`` is the SHA-256, in hex, of the bytes it begins with, which cover all others by their checksums; ``upto`` the
    highest id in it, ``n`` how many there are, ``dim`` the numbers of each (0 of words).
    """

    generation: int
    kind: str
    name: str
    size: int
    head: str
    upto: int
    n: int
    dim: int

    def begins(self, head: bytes) -> bool:
        """Whether the file that was written began with these bytes."""
        return hashlib.sha256(head).hexdigest() == self.head


def files(rows: Callable[[str, Sequence[object]], Sequence[Sequence[Any]]]) -> list[File]:
    """The files that rows name, by kind; ``rows`` gives those of a statement with its values."""
    vectors = rows(f"SELECT {FILE_COLUMNS} FROM ann ORDER BY kind", ())  # noqa: S608 - constants
    words = rows("SELECT value FROM meta WHERE key = ?", (WORDS,))
    return [File(*row) for row in (*vectors, *(json.loads(row) for (row,) in words))]


def model(meta: Mapping[str, Any]) -> Model | None:
    """From the rows of the table meta."""
    return Model(meta["model"], meta["fingerprint"], meta["dim"]) if "model" in meta else None


def document(row: Sequence[Any], path: str) -> Document:
    """From a row of DOCUMENT; ``path`` is its last column, decoded."""
    hash_, text, blocks, *stated, part, pages, modified, language, indexed, _ = row
    facts = dict(zip(("title", "date", "source", "author", "url", "place"), stated, strict=True))
    return Document(
        hash_,
        path,
        text,
        unpack_blocks(blocks),
        **facts,
        part=part,
        pages=unpack_offsets(pages),
        modified=modified,
        language=language,
        indexed=indexed,
    )


def passage(row: Sequence[Any]) -> Passage:
    """From a row of PASSAGE."""
    id_, hash_, start, stop, sentences, paragraph, heading = row
    return Passage(hash_, Span(start, stop), unpack_spans(sentences), paragraph, _perhaps(heading), id_)


def statement(row: Sequence[Any]) -> Statement:
    """From a row of STATEMENT; its last column is the passage it stands in."""
    id_, hash_, parts, kind, cue, mention, speaker, via, confidence, negated, modal, _ = row
    spans = unpack_spans(parts)
    return Statement(
        hash_, spans, kind, _perhaps(cue), _perhaps(mention), speaker, via, confidence, bool(negated), bool(modal), id_
    )


def described(text: str, statement: Statement) -> str:
    """The speaker as the article describes him there: "presidential aide Yury Ushakov", "he"; empty without one."""
    return " ".join(statement.mention.of(text).split()) if statement.mention else ""


def said(text: str, statement: Statement) -> str:
    """The words of a statement as they are indexed: its parts, a space between."""
    return " ".join(part.of(text) for part in statement.parts)


def pack_spans(spans: Iterable[Span | None]) -> bytes:
    """Pairs of little-endian uint32; None is no pair."""
    return np.array([(span.start, span.end) for span in spans if span is not None], dtype="<u4").tobytes()


def unpack_spans(blob: bytes) -> tuple[Span, ...]:
    return tuple(starmap(Span, _PAIR.iter_unpack(blob)))


def pack_offsets(offsets: Iterable[int]) -> bytes:
    """Little-endian uint32."""
    return np.array(list(offsets), dtype="<u4").tobytes()


def unpack_offsets(blob: bytes) -> tuple[int, ...]:
    return tuple(np.frombuffer(blob, dtype="<u4").tolist())


def _perhaps(blob: bytes) -> Span | None:
    return unpack_spans(blob)[0] if blob else None


def pack_blocks(blocks: Sequence[Block]) -> bytes:
    """Triples of little-endian uint32: start, end, number of the kind."""
    rows = [(block.span.start, block.span.end, _BLOCKS.index(block.kind)) for block in blocks]
    return np.array(rows, dtype="<u4").tobytes()


def unpack_blocks(blob: bytes) -> tuple[Block, ...]:
    return tuple(Block(Span(start, end), _BLOCKS[kind]) for start, end, kind in _TRIPLE.iter_unpack(blob))


def pack_vector(row: NDArray[np.float32]) -> bytes:
    blob: bytes = np.asarray(row, dtype="<f2").tobytes()
    return blob


def halves(blobs: Sequence[bytes], dim: int) -> NDArray[np.float16]:
    """Stored vectors as they are, (n, d)."""
    return np.frombuffer(b"".join(blobs), dtype="<f2").reshape(len(blobs), dim)


def unpack_vectors(blobs: Sequence[bytes], dim: int) -> NDArray[np.float32]:
    """Stored vectors as (n, d) float32 rows of length 1: float16 moved their length a little. Zero rows stay zero."""
    return unit(halves(blobs, dim))


def pack_parts(rows: NDArray[np.float32]) -> bytes:
    """(m, d) as m float32 scales, then m * d int8: value = scale * int."""
    rows = np.asarray(rows, dtype=np.float32)
    scales = np.abs(rows).max(axis=1, initial=0.0) / 127.0
    steps = np.rint(rows / np.where(scales > 0, scales, 1.0)[:, None])
    return bytes(scales.astype("<f4").tobytes() + steps.astype(np.int8).tobytes())


def raw_parts(blob: bytes, dim: int) -> NDArray[np.float32]:
    """What `pack_parts` was given, as it was rounded: packed again, it gives the same numbers."""
    count = len(blob) // (4 + dim)
    steps = np.frombuffer(blob, dtype=np.int8, offset=4 * count).reshape(count, dim)
    rows: NDArray[np.float32] = steps.astype(np.float32) * np.frombuffer(blob, dtype="<f4", count=count)[:, None]
    return rows


def unpack_parts(blobs: Sequence[bytes], dim: int) -> list[NDArray[np.float32]]:
    """For each of what `pack_parts` gave (m, d) float32 rows of length 1 (zero rows stay zero)."""
    counts = [len(blob) // (4 + dim) for blob in blobs]
    scales = b"".join(blob[: 4 * count] for blob, count in zip(blobs, counts, strict=True))
    steps = b"".join(blob[4 * count :] for blob, count in zip(blobs, counts, strict=True))
    rows = np.frombuffer(steps, dtype=np.int8).reshape(-1, dim).astype(np.float32)
    rows = unit(rows * np.frombuffer(scales, dtype="<f4")[:, None])
    ends = list(accumulate(counts))
    return [rows[end - count : end] for end, count in zip(ends, counts, strict=True)]
