"""Does the index hold what it should? Looks at everything, changes nothing.

Owns the list of what must be true of an index on disk. Refuses to know how it is put right (`Store.repair`).
"""

from __future__ import annotations

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
    checks = (
        partial(_database, deep=deep),
        *(_links, _documents, _titles, _passages, _statements, _words),
        partial(_files, folder),
    )
    for check in checks:
        try:
            with disk.translated(folder):
                problems += _first(check(connection))
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


def _database(connection: apsw.Connection, *, deep: bool) -> Iterator[Problem]:
    """Every page (and so its checksum), every tree, every index, both word indexes."""
    for (line,) in disk.each(connection, "PRAGMA integrity_check" if deep else "PRAGMA quick_check"):
        if line != "ok":
            kind = "words" if "_words" in line else "database"
            yield Problem(kind, line, repairable=True)
    for table, row, parent, _ in disk.each(connection, "PRAGMA foreign_key_check"):
        yield Problem("database", f"row {row} of {table} names a {parent} that is not there", repairable=True)


def _links(connection: apsw.Connection) -> Iterator[Problem]:
    """Files and documents belong together."""
    lonely = "SELECT hash FROM document WHERE id NOT IN (SELECT document FROM source_document)"
    for (hash_,) in disk.each(connection, lonely):
        yield Problem("document", f"document {hash_} belongs to no file", repairable=True)
    empty = "SELECT path FROM source WHERE (status = 'indexed') != (id IN (SELECT source FROM source_document))"
    for (path,) in disk.each(connection, empty):
        yield Problem("document", f"{os.fsdecode(path)}: its mark and its documents disagree", repairable=True)


def _documents(connection: apsw.Connection) -> Iterator[Problem]:
    for hash_, text, blocks in disk.each(connection, "SELECT hash, text, blocks FROM document"):
        whole, end = Span(0, len(text)), 0
        for block in schema.unpack_blocks(blocks):
            if not whole.covers(block.span) or block.span.start < end:
                yield Problem("document", f"document {hash_}: a block at {block.span} does not fit", repairable=True)
            end = block.span.end


def _titles(connection: apsw.Connection) -> Iterator[Problem]:
    sql = "SELECT d.hash FROM title_vector v JOIN document d ON d.id = v.id WHERE length(v.vec) != ?"
    for (hash_,) in disk.each(connection, sql, (2 * _dim(connection),)):
        yield Problem("document", f"document {hash_} has a title vector of another size", repairable=True)


def _dim(connection: apsw.Connection) -> int:
    rows = disk.rows(connection, "SELECT value FROM meta WHERE key = 'dim'")
    return int(rows[0][0]) if rows else 0


def _texts(connection: apsw.Connection) -> Iterator[tuple[int, Span]]:
    """Each document: its row and the span of its text, which is read once, however much is in it."""
    for key, text in disk.each(connection, "SELECT id, text FROM document ORDER BY id"):
        yield key, Span(0, len(text))


def _passages(connection: apsw.Connection) -> Iterator[Problem]:
    """Spans inside their text, a vector for each, a row of sentence vectors for each sentence."""
    dim = _dim(connection)
    sql = f"""SELECT {schema.PASSAGE_COLUMNS}, v.vec, x.parts FROM document d JOIN passage p ON p.document = d.id
        LEFT JOIN passage_vector v ON v.id = p.id LEFT JOIN passage_parts x ON x.id = p.id
        WHERE d.id = ?"""  # noqa: S608 - constants
    for key, whole in _texts(connection):
        for *row, vec, parts in disk.each(connection, sql, (key,)):
            passage = schema.passage(row)
            inside = whole.covers(passage.span) and all(passage.span.covers(sentence) for sentence in passage.sentences)
            if not inside or not (passage.heading is None or whole.covers(passage.heading)):
                yield Problem("passage", f"passage {passage.id} lies outside its text", repairable=True)
            if vec is None or len(vec) != 2 * dim or parts is None or len(parts) != (4 + dim) * len(passage.sentences):
                yield Problem("passage", f"passage {passage.id} has vectors of another size", repairable=True)


def _statements(connection: apsw.Connection) -> Iterator[Problem]:
    dim = _dim(connection)
    sql = f"""SELECT {schema.STATEMENT_COLUMNS}, v.vec, p.document, p.start, p.stop
        FROM document d JOIN statement s ON s.document = d.id JOIN passage p ON p.id = s.passage
        LEFT JOIN statement_vector v ON v.id = s.id WHERE d.id = ?"""  # noqa: S608 - constants
    for key, whole in _texts(connection):
        for *row, vec, owner, start, stop in disk.each(connection, sql, (key,)):
            statement = schema.statement(row)
            spans = [*statement.parts, *(span for span in (statement.cue, statement.mention) if span)]
            home = owner == key and Span(start, stop).overlap(statement.span) > 0
            if not statement.parts or not all(map(whole.covers, spans)) or not home:
                message = f"statement {statement.id} lies outside its text or passage"
                yield Problem("statement", message, repairable=True)
            if vec is None or len(vec) != 2 * dim:
                yield Problem("statement", f"statement {statement.id} has a vector of another size", repairable=True)


def _words(connection: apsw.Connection) -> Iterator[Problem]:
    """The word indexes hold the passages and statements there are, no fewer and no others."""
    for kind in schema.KINDS:
        sql = f"""SELECT (SELECT count(*) FROM {kind} WHERE id NOT IN (SELECT id FROM {kind}_words_docsize)),
            (SELECT count(*) FROM {kind}_words_docsize WHERE id NOT IN (SELECT id FROM {kind}))"""  # noqa: S608 - constants
        [(missing, stray)] = disk.each(connection, sql)
        if missing or stray:
            message = f"the word index of the {kind}s lacks {missing} and holds {stray} that are gone"
            yield Problem("words", message, repairable=True)


def _files(folder: Path, connection: apsw.Connection) -> Iterator[Problem]:
    """Every file is, byte for byte, the one its row names, and holds every row up to its highest id."""
    for row in schema.files(partial(disk.rows, connection)):
        path, words = folder / disk.VECTORS / row.name, row.kind == schema.WORDS
        kind, table = ("words", "passage") if words else ("vectors", row.kind)
        try:
            with path.open("rb") as file:
                held = _held(file.fileno(), row)
            if path.stat().st_size != row.size:
                raise disk.damaged(folder, f"{path} holds {path.stat().st_size} bytes of {row.size}")
        except (OSError, QAError) as error:
            if isinstance(error, FileNotFoundError) and not _is_named(folder, row):
                continue  # a run has replaced it since this check began
            message = error.message if isinstance(error, QAError) else f"{path}: {error.strerror}"
            yield Problem(kind, message, repairable=True)
            continue
        live = {id_ for (id_,) in disk.each(connection, f"SELECT id FROM {table} WHERE id <= ?", (row.upto,))}  # noqa: S608
        if len(held) != row.n or not live <= held:
            yield Problem(kind, f"{path} lacks some of the {table}s it should hold", repairable=True)


def _is_named(folder: Path, row: schema.File) -> bool:
    """Whether the last commit still names a file."""
    connection = disk.connect(folder, write=False)
    try:
        return any(found.name == row.name for found in schema.files(partial(disk.rows, connection)))
    finally:
        disk.close(connection)


def _held(descriptor: int, row: schema.File) -> set[int]:
    """The ids in an open file, every byte of which is looked at. Raises IndexDamagedError, StorageError."""
    if row.kind == schema.WORDS:
        whole = OpenFile(descriptor)
        words = WordFile(whole.read, whole.size, row.begins)
        words.check()
        return set(words.ids.tolist())
    vectors = open_vectors(descriptor, row.begins)
    vectors.check()
    return set(vectors.ids.tolist())


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
