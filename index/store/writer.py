"""The only code that changes an index: batches of files, each in one transaction, and the vector files made from them.

Owns what is written in which order, and the proof that what is written fits together. Refuses to know how a document
came to be or what will be asked of it.

A batch is held in memory until `Writer.commit`, which writes it between BEGIN IMMEDIATE and COMMIT: documents,
passages, vectors, words and the marks of the files. After it returns, the batch survives kill -9 and a power cut;
before, nothing of it is there. A failed commit ends the writer: after a failed fsync the system may have thrown the
pages away, so a second try that succeeds would prove nothing.

A vector file is published in this order: write, fsync, rename, fsync of the folder, and then the row that names it is
committed. That commit is the switch; a file no row names is swept away by the next writer.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import apsw
import numpy as np
from numpy.typing import NDArray

from index import copies
from index.dense import head_size, write_vectors
from index.errors import IndexDamagedError, ModelMismatchError, StorageError
from index.letters import searchable
from index.store import disk, schema, words
from index.store.records import FileMark, Indexed, Model
from index.types import Document, Passage, Span, Statement

WORDS_FROM = 8192
"""Passages from which on a word file is made: with fewer, FTS5 takes less than 3 ms for a question."""

_MOUNTED = "mounted"  # the key of its row in meta: paths in hex, a space between
_ENDING = ".vectors"  # of vector files; earlier versions wrote others, which are not read any more
_BEHIND = 1024  # rows a vector file may be behind: read and searched without it in 5 ms, once per process
_FAR_BEHIND = 20_000  # … and at most, however many there are: 0.1 s for a first question, 30 MB
_UNIT_TOLERANCE = (
    0.01  # float32 rows that claim length 1 are off by 1e-6; a row that was never normalised is off by more
)
_DIGEST = 16  # bytes of the running hash that names a snapshot: no two contents of one index share it


class Writer:
    """Changes an index; a context manager that holds its lock. Leaving it forgets what was not committed.

    Every method that writes raises StorageError where the disk refuses, IndexDamagedError where the index is damaged.
    """

    def __init__(self, folder: Path, *, rebuild: bool = False) -> None:
        """Made by `Store.writer`. ``rebuild``: start from nothing, with the first commit."""
        self._folder = folder
        self._rebuild = rebuild
        self._lock = disk.Lock(folder)
        self._connection: apsw.Connection | None = None
        self._model: Model | None = None
        self._pipeline: str | None = None
        self._pending: list[Callable[[], bytes]] = []

    def __enter__(self) -> Writer:
        """Raises IndexLockedError at once where another process writes."""
        self._lock.__enter__()
        try:
            self._connection = self._open()
            with disk.translated(self._folder):
                self._read_identity()
                self._sweep()
            if self._rebuild:
                self.clear()
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._pending.clear()
        if self._connection is not None:
            # A reader in the way is not waited for: the log is as durable as the database, the next writer does it.
            with contextlib.suppress(apsw.Error):
                self._connection.set_busy_timeout(0)
                self._connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
        self._close()

    def _close(self) -> None:
        try:
            if self._connection is not None:
                disk.close(self._connection)
        finally:
            self._connection = None
            self._lock.__exit__()

    def _open(self) -> apsw.Connection:
        if not self._rebuild:
            return disk.connect(self._folder, write=True)
        try:
            return disk.connect(self._folder, write=True)
        except (IndexDamagedError, disk.OtherFormatError):
            with disk.translated(self._folder):
                renew(self._folder)
            return disk.connect(self._folder, write=True)

    # -------------------------------------------------------------------------------------------------- what is there

    @property
    def model(self) -> Model | None:
        """The model of the vectors here, as of the next commit."""
        return self._model

    @property
    def pipeline(self) -> str | None:
        """The version of what makes documents and statements of files, as of the next commit."""
        return self._pipeline

    def known(self) -> dict[bytes, FileMark]:
        """The mark of every committed file, indexed or skipped, by ``os.fsencode`` of its path."""
        with disk.translated(self._folder):
            rows = self._sql("SELECT path, size, mtime_ns, hash FROM source")
            return {path: FileMark(os.fsdecode(path), size, time, hash_) for path, size, time, hash_ in rows}

    def skipped(self) -> dict[str, str]:
        """Why each committed file that is not indexed was skipped."""
        with disk.translated(self._folder):
            rows = self._sql("SELECT path, reason FROM source WHERE status = 'skipped'")
            return {os.fsdecode(path): reason for path, reason in rows}

    def roots(self) -> set[str]:
        """The files and folders that were asked for, as of the last commit."""
        with disk.translated(self._folder):
            return {os.fsdecode(path) for (path,) in self._sql("SELECT path FROM root")}

    def mounted(self) -> set[str]:
        """Those of `roots` that were the place of a disk, as of the last commit."""
        with disk.translated(self._folder):
            rows = self._sql("SELECT value FROM meta WHERE key = ?", (_MOUNTED,))
            return {os.fsdecode(bytes.fromhex(path)) for (found,) in rows for path in found.split()}

    def holds(self, path: str) -> set[str]:
        """The ids of the documents a committed file holds; none for a file that is not known."""
        sql = """SELECT d.hash FROM document d JOIN source_document m ON m.document = d.id
            JOIN source s ON s.id = m.source WHERE s.path = ?"""
        with disk.translated(self._folder):
            return {hash_ for (hash_,) in self._sql(sql, (os.fsencode(path),))}

    def sharing(self) -> set[str]:
        """The committed files that hold a document which a file of other bytes holds too: a row of two dumps."""
        sql = """SELECT DISTINCT s.path FROM source s JOIN source_document m ON m.source = s.id WHERE m.document IN
            (SELECT n.document FROM source_document n JOIN source t ON t.id = n.source
            GROUP BY n.document HAVING count(DISTINCT t.hash) > 1)"""
        with disk.translated(self._folder):
            return {os.fsdecode(path) for (path,) in self._sql(sql)}

    def _read_identity(self) -> None:
        meta = dict(self._sql("SELECT key, value FROM meta"))
        self._pipeline = meta.get("pipeline")
        self._model = schema.model(meta)

    # -------------------------------------------------------------------------------------------------------- a batch

    def identify(self, model: Model, pipeline: str) -> None:
        """Says what makes the vectors (``model``) and the rows (``pipeline``) of all that follows.

        Raises ModelMismatchError where the index holds vectors of another model; its name and the pipeline may change.
        """
        if self._model is not None and (self._model.fingerprint, self._model.dim) != (model.fingerprint, model.dim):
            raise ModelMismatchError(
                f"{self._folder} holds vectors of {_described(self._model)}, not of {_described(model)}",
                "Type: qa index --rebuild",
            )
        if (self._model, self._pipeline) == (model, pipeline):
            return
        self._model, self._pipeline = model, pipeline
        self._pending.append(partial(self._identify, model, pipeline))

    def follow(self, roots: Collection[str], mounted: Collection[str] = ()) -> None:
        """From now on these are the files and folders that were asked for, ``mounted`` those of them that are a disk."""
        self._pending.append(partial(self._follow, *(sorted(map(os.fsencode, paths)) for paths in (roots, mounted))))

    def put(self, file: FileMark, documents: Sequence[Indexed], skipped_parts: Sequence[tuple[str, str]] = ()) -> None:
        """``file`` holds ``documents``, in this order; what it held before goes.

        ``skipped_parts`` are (name inside the file, reason) of what in it could not be read.

        A document another file holds too (same id, so same bytes) is kept once, as it is. So is one without passages
        that this file held before: `holds` says which there are. Raises ValueError, and takes
        nothing, where the parts do not fit together: vectors of another shape, spans outside the text, text that is not
        Unicode, no model named before.
        """
        if self._model is None:
            raise ValueError("say which model made the vectors before documents are put: Writer.identify")
        for indexed in documents:
            _check(indexed, self._model.dim)
        self._pending.append(partial(self._put, file, tuple(documents), tuple(skipped_parts)))

    def skip(self, file: FileMark, reason: str) -> None:
        """``file`` cannot be read, for ``reason``; what it held before goes."""
        self._pending.append(partial(self._skip, file, _plain(reason)))

    def remove(self, path: str) -> None:
        """``path`` is no longer a file of the index; its documents go with the last file that holds them."""
        self._pending.append(partial(self._remove, path))

    def touch(self, file: FileMark) -> None:
        """A committed file, of the same bytes, has another size or time on its mark. Unknown files are passed over."""
        self._pending.append(partial(self._touch, file))

    def clear(self) -> None:
        """Everything goes, with the next commit: all or nothing with what follows in that batch. Ids keep growing."""
        self._pending.clear()
        self._model = self._pipeline = None
        self._pending.append(self._clear)

    def commit(self) -> None:
        """Writes the batch in one transaction. When this returns, it is there for good. Nothing pending: does nothing.

        On an error the batch is not there (or, where only the last fsync failed, there as a whole), and the writer is
        good for nothing more.
        """
        if not self._pending:
            return
        if self._connection is None:
            raise StorageError(f"An earlier commit to {self._folder} failed; nothing more is written", "Run it again.")
        try:
            with disk.translated(self._folder), self._transaction():
                for change in self._pending:
                    self._record(change())
                self._sql("UPDATE meta SET value = value + 1 WHERE key = 'commits'")
        except BaseException:
            disk.close(self._connection)
            self._connection = None
            raise
        self._pending.clear()

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        self._sql("BEGIN IMMEDIATE")
        try:
            yield
            self._sql("COMMIT")
        except BaseException:
            with contextlib.suppress(Exception):  # the first error is the one to tell
                self._sql("ROLLBACK")
            raise

    def _sql(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        assert self._connection is not None, "a writer is used inside its with block"
        return disk.rows(self._connection, sql, values)

    def _record(self, change: bytes) -> None:
        """Folds a change into the running hash: equal histories give equal snapshot ids."""
        self._sql("INSERT OR IGNORE INTO meta VALUES ('commits', 0), ('chain', x'')")
        [(chain,)] = self._sql("SELECT value FROM meta WHERE key = 'chain'")
        digest = hashlib.blake2b(chain + change, digest_size=_DIGEST).digest()
        self._sql("UPDATE meta SET value = ? WHERE key = 'chain'", (digest,))

    def _identify(self, model: Model, pipeline: str) -> bytes:
        rows = {"model": model.name, "fingerprint": model.fingerprint, "dim": model.dim, "pipeline": pipeline}
        for key, value in rows.items():
            self._sql("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))
        return _joined("identify", *map(str, rows.values()))

    def _follow(self, roots: Sequence[bytes], mounted: Sequence[bytes]) -> bytes:
        self._sql("DELETE FROM root")
        for path in roots:
            self._insert("root", path=path)
        places = " ".join(path.hex() for path in mounted)
        self._sql("INSERT OR REPLACE INTO meta VALUES (?, ?)", (_MOUNTED, places))
        return _joined("follow", *map(os.fsdecode, roots), places)

    def _put(self, file: FileMark, documents: Sequence[Indexed], skipped: Sequence[tuple[str, str]]) -> bytes:
        source = self._mark(file, "indexed", "", keep={d.document.id for d in documents if not d.passages})
        for position, (part, reason) in enumerate(skipped):
            self._insert("skipped_part", source=source, position=position, part=_plain(part), reason=_plain(reason))
        for position, indexed in enumerate(documents):
            key, part = self._document(indexed), indexed.document.part
            self._insert("source_document", source=source, position=position, part=part, document=key)
        named = (text for indexed in documents for text in (indexed.document.id, indexed.document.part))
        return _joined("put", file.path, file.hash, *named, *(text for pair in skipped for text in pair))

    def _skip(self, file: FileMark, reason: str) -> bytes:
        self._mark(file, "skipped", reason)
        return _joined("skip", file.path, file.hash, reason)

    def _remove(self, path: str) -> bytes:
        rows = self._sql("SELECT id FROM source WHERE path = ?", (os.fsencode(path),))
        for (source,) in rows:
            self._empty(source)
            self._sql("DELETE FROM source WHERE id = ?", (source,))
        return _joined("remove", path)

    def _touch(self, file: FileMark) -> bytes:
        self._sql(
            "UPDATE source SET size = ?, mtime_ns = ?, hash = ? WHERE path = ?",
            (file.size, file.changed_ns, file.hash, os.fsencode(file.path)),
        )
        return _joined("touch", file.path, file.hash)

    def _clear(self) -> bytes:
        for table in ("source_document", "source", "document", "ann"):  # the rest goes with the documents
            self._sql(f"DELETE FROM {table}")  # noqa: S608 - names from the line above
        self._sql("DELETE FROM meta WHERE key NOT IN ('commits', 'chain')")
        return _joined("clear")

    def _mark(self, file: FileMark, status: str, reason: str, keep: Collection[str] = ()) -> int:
        """The id of the file's row, holding nothing yet; of what it held ``keep`` stays, to be held again."""
        [(source,)] = self._sql(
            """INSERT INTO source (path, size, mtime_ns, hash, status, reason) VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (path) DO UPDATE SET size = excluded.size, mtime_ns = excluded.mtime_ns, hash = excluded.hash,
              status = excluded.status, reason = excluded.reason RETURNING id""",
            (os.fsencode(file.path), file.size, file.changed_ns, file.hash, status, reason),
        )
        self._empty(source, keep)
        return int(source)

    def _empty(self, source: int, keep: Collection[str] = ()) -> None:
        """Takes its documents from a file; those no file holds any more go, and all of theirs with them."""
        self._sql("DELETE FROM skipped_part WHERE source = ?", (source,))
        sql = "SELECT DISTINCT d.id, d.hash FROM document d JOIN source_document m ON m.document = d.id WHERE m.source = ?"
        held = self._sql(sql, (source,))
        self._sql("DELETE FROM source_document WHERE source = ?", (source,))
        for key in (key for key, hash_ in held if hash_ not in keep):
            self._sql(
                "DELETE FROM document WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM source_document WHERE document = ?1)",
                (key,),
            )

    def _document(self, indexed: Indexed) -> int:
        """The row of a document, written if it is not there."""
        document = indexed.document
        for (key,) in self._sql("SELECT id FROM document WHERE hash = ?", (document.id,)):
            return int(key)
        key = self._insert(
            "document",
            hash=document.id,
            title=document.title,
            date=document.date,
            source=document.source,
            author=document.author,
            url=document.url,
            place=document.place,
            modified=document.modified,
            language=document.language,
            indexed=datetime.now(UTC).isoformat(timespec="seconds"),
            pages=schema.pack_offsets(document.pages),
            blocks=schema.pack_blocks(document.blocks),
            text=document.text,
        )
        self._sketch(key, document)
        if indexed.title_vector is not None:
            self._insert("title_vector", id=key, vec=schema.pack_vector(indexed.title_vector))
        ids = [
            self._passage(key, document, passage, vector, parts)
            for passage, vector, parts in zip(indexed.passages, indexed.vectors, indexed.parts, strict=True)
        ]
        places = homes(indexed.statements, indexed.passages)
        for statement, place, vector in zip(indexed.statements, places, indexed.statement_vectors, strict=True):
            self._statement(key, ids[place], document.text, statement, vector)
        return key

    def _sketch(self, key: int, document: Document) -> None:
        """What its copies are found by."""
        sketch = copies.sketch(document)
        self._insert("sketch", id=key, hashes=copies.pack(sketch))
        for anchor in copies.anchors(sketch):
            self._insert("anchor", hash=anchor, document=key)

    def _passage(
        self,
        document: int,
        whole: Document,
        passage: Passage,
        vector: NDArray[np.float32],
        parts: NDArray[np.float32],
    ) -> int:
        id_ = self._insert(
            "passage",
            document=document,
            start=passage.span.start,
            stop=passage.span.end,
            paragraph=passage.paragraph,
            heading=schema.pack_spans([passage.heading]),
            sentences=schema.pack_spans(passage.sentences),
        )
        self._insert("passage_vector", id=id_, vec=schema.pack_vector(vector))
        self._insert("passage_parts", id=id_, parts=schema.pack_parts(parts))
        self._passage_words(id_, whole.text, passage, whole.title)
        return id_

    def _passage_words(self, id_: int, text: str, passage: Passage, title: str | None) -> None:
        heading = passage.heading.of(text) if passage.heading else ""
        columns = {"text": passage.span.of(text), "title": title or "", "heading": heading}
        self._insert("passage_words", rowid=id_, **{name: searchable(words) for name, words in columns.items()})

    def _statement(
        self, document: int, passage: int, text: str, statement: Statement, vector: NDArray[np.float32]
    ) -> None:
        id_ = self._insert(
            "statement",
            document=document,
            passage=passage,
            parts=schema.pack_spans(statement.parts),
            kind=statement.kind,
            cue=schema.pack_spans([statement.cue]),
            mention=schema.pack_spans([statement.mention]),
            speaker=statement.speaker,
            described=schema.described(text, statement),
            via=statement.via,
            confidence=statement.confidence,
            negated=statement.negated,
            modal=statement.modal,
        )
        self._insert("statement_vector", id=id_, vec=schema.pack_vector(vector))
        self._statement_words(id_, text, statement)

    def _statement_words(self, id_: int, text: str, statement: Statement) -> None:
        said, mention = schema.said(text, statement), schema.described(text, statement)
        self._insert("statement_words", rowid=id_, text=searchable(said), mention=searchable(mention))

    def _insert(self, table: str, **row: object) -> int:
        """Adds a row; gives its rowid."""
        columns, places = ", ".join(row), ", ".join("?" * len(row))
        self._sql(f"INSERT INTO {table} ({columns}) VALUES ({places})", tuple(row.values()))  # noqa: S608 - constants
        assert self._connection is not None
        return self._connection.last_insert_rowid()

    # ------------------------------------------------------------------------------------------------ what is derived

    def publish(self, *, force: bool = False, behind: bool = False) -> None:
        """Commits, then writes the vector files anew where they are not current (with ``force``, always).

        ``behind`` lets them stay behind by what costs a question less than a millisecond or a tenth of all rows,
        whichever is more: a file is written as a whole, and a run that adds one article should not wait for it.
        """
        self.commit()
        with disk.translated(self._folder):
            for kind in schema.KINDS:
                if force or not self._is_current(kind, behind=behind):
                    self._publish(kind)
            if force or not self._words_are_current(behind=behind):
                self._publish_words()
            self._sweep()

    def rebuild_words(self) -> None:
        """Makes the word indexes anew from the documents, in one transaction. The word file is for `publish`."""
        with disk.translated(self._folder), self._transaction():
            self._sql("DELETE FROM meta WHERE key = ?", (schema.WORDS,))
            for kind in schema.KINDS:
                self._sql(f"INSERT INTO {kind}_words ({kind}_words) VALUES ('delete-all')")  # noqa: S608 - a constant
            for row in self._sql("SELECT id, hash, title FROM document"):
                self._rebuild_words_of(*row)

    def _rebuild_words_of(self, key: int, hash_: str, title: str | None) -> None:
        [(text,)] = self._sql("SELECT text FROM document WHERE id = ?", (key,))
        for row in self._sql(f"{schema.PASSAGE} WHERE d.hash = ?", (hash_,)):
            passage = schema.passage(row)
            self._passage_words(passage.id, text, passage, title)
        for row in self._sql(f"{schema.STATEMENT} WHERE d.hash = ?", (hash_,)):
            statement = schema.statement(row)
            self._statement_words(statement.id, text, statement)

    def _is_current(self, kind: str, *, behind: bool) -> bool:
        """Whether the vector file holds exactly the rows there are; its bytes are checked by who reads them.

        ``behind``: but for a few rows that came or went since. Every row of ``kind`` has one vector; they are not
        counted, because that would read every page of them.
        """
        [(count, last)] = self._sql(f"SELECT count(*), coalesce(max(id), 0) FROM {kind}")  # noqa: S608 - a constant
        rows = self._sql("SELECT file, bytes, n, upto FROM ann WHERE kind = ?", (kind,))
        if not rows or not count:
            return not rows and not count
        file, size, n, upto = rows[0]
        path = self._folder / disk.VECTORS / file
        if not path.exists() or path.stat().st_size != size or path.suffix != _ENDING:
            return False
        if not behind:
            return bool(n == count and upto >= last)
        [(tail,)] = self._sql(f"SELECT count(*) FROM {kind} WHERE id > ?", (upto,))  # noqa: S608 - a constant
        return _is_near(n, count, tail)

    def _words_are_current(self, *, behind: bool) -> bool:
        """`_is_current` for the word file."""
        [(count, last)] = self._sql("SELECT count(*), coalesce(max(id), 0) FROM passage")
        rows = self._sql("SELECT value FROM meta WHERE key = ?", (schema.WORDS,))
        if not rows or count < WORDS_FROM:
            return not rows and count < WORDS_FROM
        _, _, file, size, _, upto, n, _ = json.loads(rows[0][0])
        path = self._folder / disk.VECTORS / file
        if not path.exists() or path.stat().st_size != size:
            return False
        if not behind:
            return bool(n == count and upto >= last)
        [(tail,)] = self._sql("SELECT count(*) FROM passage WHERE id > ?", (upto,))
        return _is_near(n, count, tail)

    def _publish_words(self) -> None:
        """Writes the word file, as vector files are written; its row is one of meta. Few passages need none."""
        assert self._connection is not None, "a writer is used inside its with block"
        [(count,)] = self._sql("SELECT count(*) FROM passage")
        if count < WORDS_FROM:
            self._sql("DELETE FROM meta WHERE key = ?", (schema.WORDS,))
            return
        self._save_words(words.layouts(words.Tokenizer(self._connection), words.passages(self._connection)))

    def _save_words(self, layouts: Iterable[words.Layout]) -> None:
        with tempfile.TemporaryFile(prefix=".w", dir=self._folder / disk.VECTORS) as scratch:
            self._save_gathered(words.Gathered(layouts, scratch))

    def _save_gathered(self, gathered: words.Gathered) -> None:
        head, pieces = gathered.pieces()
        digest = _Digest(pieces, head)
        [(commits,)] = self._sql("SELECT value FROM meta WHERE key = 'commits'")
        file = f"w{commits:08d}.words"
        disk.publish(self._folder / disk.VECTORS, file, digest)
        row = (
            commits,
            schema.WORDS,
            file,
            digest.size,
            digest.of_head.hexdigest(),
            int(gathered.ids[-1]),
            len(gathered.ids),
            0,
        )
        self._sql("INSERT OR REPLACE INTO meta VALUES (?, ?)", (schema.WORDS, json.dumps(row)))

    def _publish(self, kind: str) -> None:
        assert self._connection is not None, "a writer is used inside its with block"
        vectors = _Stored(self._connection, kind, self._model.dim if self._model else 1)
        ids = vectors.ids
        if not len(ids):
            self._sql("DELETE FROM ann WHERE kind = ?", (kind,))
            return
        [(last,)] = self._sql("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'ann'")
        generation = last + 1
        file = f"g{generation:08d}{_ENDING}"
        folder = self._folder / disk.VECTORS
        folder.mkdir(mode=0o700, exist_ok=True)
        digest = _Digest(write_vectors(ids, vectors), head_size(*vectors.shape))
        disk.publish(folder, file, digest)
        with self._transaction():
            self._sql("DELETE FROM ann WHERE kind = ?", (kind,))
            self._insert(
                "ann",
                generation=generation,
                kind=kind,
                file=file,
                bytes=digest.size,
                sha256=digest.of_head.hexdigest(),
                upto=int(ids[-1]),
                n=len(ids),
                dim=vectors.shape[1],
            )

    def _sweep(self) -> None:
        """Removes vector files that no row names: what a killed writer or an earlier generation left."""
        named = {file for (file,) in self._sql("SELECT file FROM ann")}
        named |= {json.loads(row)[2] for (row,) in self._sql("SELECT value FROM meta WHERE key = ?", (schema.WORDS,))}
        folder = self._folder / disk.VECTORS
        with contextlib.suppress(FileNotFoundError):
            for path in list(folder.iterdir()):
                if path.name not in named and path.name.lstrip(".").startswith(("g", "w")):
                    with contextlib.suppress(OSError):  # it harms nobody; the next writer tries again
                        path.unlink()


# ------------------------------------------------------------------------------------------------------------ helpers


def renew(folder: Path) -> Path:
    """Moves the store aside and puts an empty one in its place; for who holds the lock. Gives where the old one is.

    What that was made of is remembered, as far as it can be read.
    """
    roots = disk.rescued_paths(folder, "root")
    followed = "".join(f"INSERT INTO root VALUES (x'{path.hex()}');\n" for path in roots)  # noqa: S608 - digits
    names = (disk.DATABASE, f"{disk.DATABASE}-wal", f"{disk.DATABASE}-shm", disk.VECTORS)
    place = disk.set_aside(folder, [folder / name for name in names])
    (folder / disk.VECTORS).mkdir(mode=0o700, exist_ok=True)
    disk.create_locked(folder, schema.SCHEMA + followed)
    return place


def homes(statements: Iterable[Statement], passages: Sequence[Passage]) -> list[int]:
    """For each statement which of ``passages``, in the order of the text, holds most of it, the first of equals. Raises
    ValueError for one that none holds any of."""
    starts, ends = [passage.span.start for passage in passages], [passage.span.end for passage in passages]
    found = []
    for statement in statements:
        span = statement.span  # the hull of its parts, reckoned once
        first, last = bisect_right(ends, span.start), bisect_left(starts, span.end)
        shared = [passage.span.overlap(span) for passage in passages[first:last]]
        if not any(shared):
            raise ValueError(f"document {statement.document}: the statement at {span} lies in no passage")
        found.append(first + shared.index(max(shared)))
    return found


def _is_near(n: int, count: int, tail: int) -> bool:
    """Whether a file of ``n`` rows may stay, where there are ``count`` now and ``tail`` of them came after it."""
    gone = n + tail - count
    return max(tail, gone) <= max(_BEHIND, min(n // 10, _FAR_BEHIND))


class _Stored:
    """The vectors of a kind by place, (n, d) float16 as they are stored: read when they are asked for."""

    def __init__(self, connection: apsw.Connection, kind: str, dim: int) -> None:
        self._connection, self._dim = connection, dim
        self._sql = f"SELECT vec FROM {kind}_vector WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id"  # noqa: S608
        found = disk.each(connection, f"SELECT id FROM {kind}_vector ORDER BY id")  # noqa: S608 - a constant
        self.ids = np.fromiter((id_ for (id_,) in found), np.int64)

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.ids), self._dim

    def __getitem__(self, places: NDArray[np.int64]) -> NDArray[np.float16]:
        """Those at ``places``, which ascend."""
        wanted = json.dumps(self.ids[places].tolist())
        return schema.halves([vec for (vec,) in disk.rows(self._connection, self._sql, (wanted,))], self._dim)


class _Digest:
    """Bytes on their way to a file: their number, and the SHA-256 of the first ``head`` of them."""

    def __init__(self, pieces: Iterable[bytes], head: int) -> None:
        self._pieces, self._head = pieces, head
        self.size = 0
        self.of_head = hashlib.sha256()

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            self.of_head.update(memoryview(piece)[: max(0, self._head - self.size)])
            self.size += len(piece)
            yield piece


def _described(model: Model) -> str:
    return f"{model.name} ({model.fingerprint[:12]}, {model.dim} numbers)"


def _joined(*words: str) -> bytes:
    """Words as bytes that tell where each ends."""
    encoded = [word.encode("utf-8", "surrogatepass") for word in words]
    return b"".join(len(word).to_bytes(8, "little") + word for word in encoded)


def _plain(text: str) -> str:
    """Text SQLite can hold: a reason may quote a file name that is no Unicode."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _check(indexed: Indexed, dim: int) -> None:
    """Raises ValueError where the parts of a document do not fit together."""
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
    for one, other in pairwise(passage.span for passage in indexed.passages):
        _require(one.start <= other.start and one.end <= other.end, f"{where}: passages out of order")
    homes(indexed.statements, indexed.passages)


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
