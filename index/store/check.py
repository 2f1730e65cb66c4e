"""Does the index hold what it should? Looks at everything, changes nothing.

Owns the list of what must be true of an index on disk. Refuses to know how it is put right (`Store.repair`).
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import apsw

from index.dense import OpenFile, open_vectors
from index.errors import IndexDamagedError, QAError
from index.store import disk, schema
from index.store.records import Problem
from index.store.words import WordFile
from index.types import Span

FATAL = frozenset({"database", "format", "document", "passage", "statement"})
"""Kinds of problem where the store is set aside and indexed again. What can be derived is made again instead."""

_SHOWN = 20  # problems of one kind that are listed before the rest is only counted


def examine(folder: Path, *, deep: bool) -> list[Problem]:
    """All that is wrong. ``deep`` also reads every source file again. Raises NoIndexError, StorageError (also for an index of
    a newer version of this program)."""
    try:
        connection = disk.connect(folder, write=False)
    except disk.NewerFormatError:
        raise
    except disk.OtherFormatError as error:
        return [Problem("format", error.message, repairable=True)]
    except IndexDamagedError as error:
        return [Problem("database", error.message, repairable=True)]
    try:
        connection.execute("BEGIN")
        return _problems(folder, connection, deep)
    finally:
        disk.close(connection)


def _problems(folder: Path, connection: apsw.Connection, deep: bool) -> list[Problem]:
    problems: list[Problem] = []
    checks = [_database, _links, _documents, _titles, _passages, _statements, _words, _word_file, _vectors]
    for check in checks:
        try:
            with disk.translated(folder):
                found = check(folder, connection, deep)
                problems += _first(found)
        except IndexDamagedError as error:
            return [*problems, Problem("database", error.message, repairable=True)]
    if deep:
        problems += _first(_sources(connection))
    return problems


def _first(found: Iterator[Problem]) -> list[Problem]:
    listed: list[Problem] = []
    more = 0
    for problem in found:
        if len(listed) < _SHOWN:
            listed.append(problem)
        else:
            more += 1
    if more:
        listed.append(Problem(listed[-1].kind, f"and {more} more like these", listed[-1].repairable))
    return listed


def _database(_: Path, connection: apsw.Connection, deep: bool) -> Iterator[Problem]:
    """Every page (and so its checksum), every tree, every index, both word indexes."""
    for (line,) in disk.each(connection, "PRAGMA integrity_check" if deep else "PRAGMA quick_check"):
        if line != "ok":
            kind = "words" if "_words" in line else "database"
            yield Problem(kind, line, repairable=True)
    for table, row, parent, _ in disk.each(connection, "PRAGMA foreign_key_check"):
        yield Problem("database", f"row {row} of {table} names a {parent} that is not there", repairable=True)


def _links(_: Path, connection: apsw.Connection, deep: bool) -> Iterator[Problem]:
    """Files and documents belong together."""
    lonely = "SELECT hash FROM document WHERE id NOT IN (SELECT document FROM source_document)"
    for (hash_,) in disk.each(connection, lonely):
        yield Problem("document", f"document {hash_} belongs to no file", repairable=True)
    empty = "SELECT path FROM source WHERE (status = 'indexed') != (id IN (SELECT source FROM source_document))"
    for (path,) in disk.each(connection, empty):
        yield Problem("document", f"{os.fsdecode(path)}: its mark and its documents disagree", repairable=True)


def _documents(_: Path, connection: apsw.Connection, deep: bool) -> Iterator[Problem]:
    for hash_, text, blocks in disk.each(connection, "SELECT hash, text, blocks FROM document"):
        whole, end = Span(0, len(text)), 0
        for block in schema.unpack_blocks(blocks):
            if not whole.covers(block.span) or block.span.start < end:
                yield Problem("document", f"document {hash_}: a block at {block.span} does not fit", repairable=True)
            end = block.span.end


def _titles(_: Path, connection: apsw.Connection, deep: bool) -> Iterator[Problem]:
    sql = "SELECT d.hash FROM title_vector v JOIN document d ON d.id = v.id WHERE length(v.vec) != ?"
    for (hash_,) in disk.each(connection, sql, (2 * _dim(connection),)):
        yield Problem("document", f"document {hash_} has a title vector of another size", repairable=True)


def _dim(connection: apsw.Connection) -> int:
    rows = disk.rows(connection, "SELECT value FROM meta WHERE key = 'dim'")
    return int(rows[0][0]) if rows else 0


def _texts(connection: apsw.Connection) -> Iterator[tuple[int, str, Span]]:
    """Each document: its row, its id and the span of its text, which is read once, however much is in it."""
    for key, hash_, text in disk.each(connection, "SELECT id, hash, text FROM document ORDER BY id"):
        yield key, hash_, Span(0, len(text))


def _passages(_: Path, connection: apsw.Connection, deep: bool) -> Iterator[Problem]:
    """Spans inside their text, a vector for each, a row of sentence vectors for each sentence."""
    dim = _dim(connection)
    sql = """SELECT p.id, ?, p.start, p.stop, p.sentences, p.paragraph, p.heading, v.vec, x.parts FROM passage p
        LEFT JOIN passage_vector v ON v.id = p.id LEFT JOIN passage_parts x ON x.id = p.id WHERE p.document = ?"""
    for key, hash_, whole in _texts(connection):
        for *row, vec, parts in disk.each(connection, sql, (hash_, key)):
            passage = schema.passage(row)
            inside = whole.covers(passage.span) and all(passage.span.covers(sentence) for sentence in passage.sentences)
            if not inside or not (passage.heading is None or whole.covers(passage.heading)):
                yield Problem("passage", f"passage {passage.id} lies outside its text", repairable=True)
            if vec is None or len(vec) != 2 * dim or parts is None or len(parts) != (4 + dim) * len(passage.sentences):
                yield Problem("passage", f"passage {passage.id} has vectors of another size", repairable=True)


def _statements(_: Path, connection: apsw.Connection, deep: bool) -> Iterator[Problem]:
    dim = _dim(connection)
    sql = """SELECT s.id, ?, s.parts, s.kind, s.cue, s.mention, s.speaker, s.via, s.confidence, s.negated, s.modal, s.passage,
        v.vec, p.document, p.start, p.stop FROM statement s JOIN passage p ON p.id = s.passage
        LEFT JOIN statement_vector v ON v.id = s.id WHERE s.document = ?"""
    for key, hash_, whole in _texts(connection):
        for *row, vec, owner, start, stop in disk.each(connection, sql, (hash_, key)):
            statement = schema.statement(row)
            spans = [*statement.parts, *(span for span in (statement.cue, statement.mention) if span)]
            home = owner == key and Span(start, stop).overlap(statement.span) > 0
            if not statement.parts or not all(map(whole.covers, spans)) or not home:
                yield Problem(
                    "statement", f"statement {statement.id} lies outside its text or passage", repairable=True
                )
            if vec is None or len(vec) != 2 * dim:
                yield Problem("statement", f"statement {statement.id} has a vector of another size", repairable=True)


def _words(_: Path, connection: apsw.Connection, deep: bool) -> Iterator[Problem]:
    """The word indexes hold the passages and statements there are, no fewer and no others."""
    for kind in schema.KINDS:
        sql = f"""SELECT (SELECT count(*) FROM {kind} WHERE id NOT IN (SELECT id FROM {kind}_words_docsize)),
            (SELECT count(*) FROM {kind}_words_docsize WHERE id NOT IN (SELECT id FROM {kind}))"""  # noqa: S608 - constants
        [(missing, stray)] = disk.each(connection, sql)
        if missing or stray:
            message = f"the word index of the {kind}s lacks {missing} and holds {stray} that are gone"
            yield Problem("words", message, repairable=True)


def _vectors(folder: Path, connection: apsw.Connection, deep: bool) -> Iterator[Problem]:
    """Every vector file is, byte for byte, the one its row names, and holds every row up to its highest id."""
    sql = "SELECT kind, file, bytes, sha256, upto, n FROM ann ORDER BY kind"
    for kind, file, size, sha256, upto, n in disk.rows(connection, sql):
        path = folder / disk.VECTORS / file
        try:
            with path.open("rb") as whole:
                index = open_vectors(whole.fileno(), partial(_is, sha256))
            if path.stat().st_size != size:
                raise disk.damaged(folder, f"{path} holds {path.stat().st_size} bytes of {size}")
            index.check()
        except (OSError, QAError) as error:
            message = error.message if isinstance(error, QAError) else f"{path}: {error.strerror}"
            yield Problem("vectors", message, repairable=True)
            continue
        live = {id_ for (id_,) in disk.each(connection, f"SELECT id FROM {kind} WHERE id <= ?", (upto,))}  # noqa: S608
        if len(index) != n or not live <= set(index.ids.tolist()):
            yield Problem("vectors", f"{path} lacks some of the {kind}s it should hold", repairable=True)


def _word_file(folder: Path, connection: apsw.Connection, deep: bool) -> Iterator[Problem]:
    """The word file is, byte for byte, the one its row names."""
    for (row,) in disk.rows(connection, "SELECT value FROM meta WHERE key = ?", (schema.WORDS,)):
        _, _, file, size, sha256, _, n, _ = json.loads(row)
        path = folder / disk.VECTORS / file
        try:
            with path.open("rb") as opened:
                whole = OpenFile(opened.fileno())
                found = WordFile(whole.read, whole.size, partial(_is, sha256))
            if whole.size != size or len(found.ids) != n:
                raise disk.damaged(folder, f"{path} holds {whole.size} bytes of {size}")
            found.check()
        except (OSError, QAError) as error:
            message = error.message if isinstance(error, QAError) else f"{path}: {error.strerror}"
            yield Problem("words", message, repairable=True)


def _is(sha256: str, data: bytes) -> bool:
    return hashlib.sha256(data).hexdigest() == sha256


def _sources(connection: apsw.Connection) -> Iterator[Problem]:
    """Every file that was indexed is still there with the same bytes."""
    sql = "SELECT path, hash FROM source WHERE status = 'indexed' AND hash != '' ORDER BY path"
    for raw, hash_ in disk.each(connection, sql):
        path = os.fsdecode(raw)
        try:
            now = disk.digest(path)
        except FileNotFoundError:
            yield Problem("source", f"{path} is not there any more", repairable=False)
            continue
        except OSError as error:
            yield Problem("source", f"{path} cannot be read: {error.strerror}", repairable=False)
            continue
        if now != hash_:
            yield Problem("source", f"{path} has changed since it was indexed", repairable=False)


def indexed_paths(folder: Path) -> list[str]:
    """The files of a store that may be damaged, as far as they can still be read."""
    return sorted(map(os.fsdecode, disk.rescued_paths(folder, "source")))
