"""The only code that changes an index: batches of files, each in one transaction.

Owns what is written in which order. Refuses to know how a document came to be, what will be asked of it, and how the files
are made that are made from it (`index.store.derived`).

A batch is held in memory until `Writer.commit`, which writes it between BEGIN IMMEDIATE and COMMIT: documents,
passages, vectors, words and the marks of the files. After it returns, the batch survives kill -9 and a power cut;
before, nothing of it is there. A failed commit ends the writer: after a failed fsync the system may have thrown the
pages away, so a second try that succeeds would prove nothing.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import apsw
import numpy as np
from numpy.typing import NDArray

from index import copies
from index.errors import IndexDamagedError, ModelMismatchError, StorageError
from index.letters import searchable
from index.store import disk, schema
from index.store.derived import Derived
from index.store.fit import require_fit
from index.store.records import FileMark, Indexed, Model
from index.types import Document, Passage, Statement, homes

_MOUNTED = "mounted"  # the key of its row in meta: paths in hex, a space between
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
                Derived(self._folder, self._opened).sweep()
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
        self._pending.append(partial(self._put, file, self._fitting(documents), tuple(skipped_parts)))

    def extend(self, path: str, documents: Sequence[Indexed]) -> None:
        """The file of this ``path`` holds ``documents`` too, behind all that it held before. Unknown files are passed over.
        Raises as `put`."""
        self._pending.append(partial(self._extend, path, self._fitting(documents)))

    def _fitting(self, documents: Sequence[Indexed]) -> tuple[Indexed, ...]:
        if self._model is None:
            raise ValueError("say which model made the vectors before documents are put: Writer.identify")
        for indexed in documents:
            require_fit(indexed, self._model.dim)
        return tuple(documents)

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
            with disk.translated(self._folder), disk.transaction(self._connection):
                for change in self._pending:
                    self._record(change())
                self._sql("UPDATE meta SET value = value + 1 WHERE key = 'commits'")
        except BaseException:
            disk.close(self._connection)
            self._connection = None
            raise
        self._pending.clear()

    @property
    def _opened(self) -> apsw.Connection:
        assert self._connection is not None, "a writer is used inside its with block"
        return self._connection

    def _sql(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        return disk.rows(self._opened, sql, values)

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
        named = self._hold(source, 0, documents)
        return _joined("put", file.path, file.hash, *named, *(text for pair in skipped for text in pair))

    def _extend(self, path: str, documents: Sequence[Indexed]) -> bytes:
        named: list[str] = []
        sql = "SELECT id, (SELECT max(position) FROM source_document WHERE source = s.id) FROM source s WHERE path = ?"
        for source, last in self._sql(sql, (os.fsencode(path),)):
            named = self._hold(source, 0 if last is None else last + 1, documents)
        return _joined("extend", path, *named)

    def _hold(self, source: int, first: int, documents: Sequence[Indexed]) -> list[str]:
        """Puts documents into a file, the ``first`` at this position; their ids and parts."""
        for position, indexed in enumerate(documents, first):
            key, part = self._document(indexed), indexed.document.part
            self._insert("source_document", source=source, position=position, part=part, document=key)
        return [text for indexed in documents for text in (indexed.document.id, indexed.document.part)]

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
        held = [ids[home] for home in homes(indexed.statements, indexed.passages) if home is not None]  # all: they fit
        for passage, statement, vector in zip(held, indexed.statements, indexed.statement_vectors, strict=True):
            self._statement(key, passage, document.text, statement, vector)
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
        return self._opened.last_insert_rowid()

    # ------------------------------------------------------------------------------------------------ what is derived

    def publish(self, *, force: bool = False, behind: bool = False) -> None:
        """Commits, then makes the files anew that are made from the rows, where they are not current (with ``force``, always).

        ``behind`` lets them stay behind by what costs a question less than a millisecond or a tenth of all rows,
        whichever is more: a file is written as a whole, and a run that adds one article should not wait for it.
        """
        self.commit()
        with disk.translated(self._folder):
            Derived(self._folder, self._opened).publish(force=force, behind=behind)

    def rebuild_words(self) -> None:
        """Makes the word indexes anew from the documents, in one transaction. The word file is for `publish`."""
        with disk.translated(self._folder), disk.transaction(self._opened):
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


def _described(model: Model) -> str:
    return f"{model.name} ({model.fingerprint[:12]}, {model.dim} numbers)"


def _joined(*words: str) -> bytes:
    """Words as bytes that tell where each ends."""
    encoded = [word.encode("utf-8", "surrogatepass") for word in words]
    return b"".join(len(word).to_bytes(8, "little") + word for word in encoded)


def _plain(text: str) -> str:
    """Text SQLite can hold: a reason may quote a file name that is no Unicode."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
