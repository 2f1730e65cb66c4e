"""What a question sees: the index as one commit left it, whatever is written meanwhile.

Owns every read of the store and the choice between a vector file and the vectors in SQLite. Refuses to know what a
score is good for, and never writes.

Vectors are searched in two places: the vector file, for the ids up to the highest it holds, and the rows of SQLite for
those after it (the tail). Where the file is missing or its bytes are not those its row names, everything is tail:
slower, the same answer, and a notice. Scores come from the same float16 rows in the same order of addition either way
(`index.dense`), so publishing a file changes no answer.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

import apsw
import numpy as np
from numpy.typing import NDArray

from index import copies, letters
from index.dense import OpenFile, VectorIndex, cosines, exact_search, open_vectors
from index.errors import ModelMismatchError, QAError
from index.store import disk, schema, words
from index.store.cache import Cache, Kept
from index.store.records import Article, Filter, Model, Stats
from index.store.words import Scorer, WordFile, highest
from index.store.writer import model_of
from index.types import Document, Passage, Statement, inside

_T = TypeVar("_T")
_Scored = tuple[NDArray[np.int64], NDArray[np.float64], list[words.Found]]

_BM25 = f"-bm25(passage_words, {words.TEXT:.1f}, {words.TITLE:.1f}, {words.HEADING:.1f})"
"""FTS5's score of a passage, by the weights of its text, title and heading."""

FRESH_TRIES = 5
"""A vector file can be swept between reading its row and opening it; then a newer row is there. Five in a row cannot
be."""

READ_TO_COMPARE = 1 << 20
"""Files up to this many bytes are read to see whether they changed: a millisecond each, for the few an answer cites."""

WORDS_COUNTED = 4096
"""Words whose frequency is kept between questions about one commit."""

PHRASES = 256
"""Phrases whose places are kept so: FTS5 looks for them, which takes 10 ms for "U.S." in 43,000 passages."""

DOCUMENTS = 256
"""Documents that are kept from one reading to the next within a question: it cites some twenty."""

CHARACTERS = 1 << 24
"""Code points of articles that are kept between questions about one commit: some 3,000 of them."""

TITLES, COPIES = 4096, 4096
"""Titles whose vectors are kept so, 6 MB, and documents whose copies are."""

LAID_OUT = 20_000
"""Passages after the word file that are laid out in memory, once per commit: a second for so many, and FTS5 is asked
where there are more."""

ASIDE_FROM = 16_384
"""Rows from which on a search in a vector file is worth a thread of its own: it takes 0.3 ms, to hand it over 0.05."""

_ASIDE = ThreadPoolExecutor(thread_name_prefix="search")
_REPAIR = "Type: qa check --repair"
_NOWHERE = Filter()
_DAY = "substr(d.date, 1, 10)"
STATED = ("title", "date", "time", "modified", "source", "author", "url", "place", "language")
"""The facts whose share among the articles is counted; a time is a date that has one."""
_STATED = ", ".join(
    "count(iif(length(d.date) > 10, 1, NULL))" if fact == "time" else f"count(d.{fact})" for fact in STATED
)
_GIVEN = "(SELECT value FROM json_each(?))"  # a list of any length as one value


class _Generation:
    """A row of the table ann, or the like of the word file, and the file it names, opened: it can be read even when it
    is swept meanwhile."""

    def __init__(self, folder: Path, row: Sequence[Any]) -> None:
        """Raises FileNotFoundError where the file is not there."""
        self.number, self.kind, self.file, self.size, self.sha256, self.upto, self.n, self.dim = row
        self.handle = os.open(folder / disk.VECTORS / self.file, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)

    def words(self) -> WordFile | None:
        """The word file, or None where it is not the one that was written."""
        try:
            whole = OpenFile(self.handle)
            return WordFile(whole.read, whole.size, self._is_mine) if whole.size == self.size else None
        except (OSError, QAError):
            return None

    def _is_mine(self, head: bytes) -> bool:
        return bool(hashlib.sha256(head).hexdigest() == self.sha256)

    def load(self) -> VectorIndex | None:
        """The index in the file, or None where its bytes are not the ones that were written."""
        try:
            if os.fstat(self.handle).st_size != self.size:
                return None
            index = open_vectors(self.handle, self._is_mine)
        except (OSError, QAError):
            return None
        fits = len(index) == self.n and index.dim == self.dim and int(index.ids[-1]) == self.upto
        return index if fits else None


@dataclass(frozen=True, slots=True)
class _Search:
    """The ``k`` nearest to ``row`` (d,), under way: ``in_file`` gives what the vector file holds, which ends with the id
    ``upto``, in whatever thread; None where there is no file."""

    kind: str
    row: NDArray[np.float32]
    k: int
    allowed: NDArray[np.int64] | None
    upto: int
    in_file: Callable[[], tuple[NDArray[np.int64], NDArray[np.float32]]] | None


class Snapshot:
    """The index at one commit; a context manager, for one question and one thread.

    Every method may raise IndexDamagedError where a checksum fails, StorageError where the disk does. Results are
    ordered best first, equal scores by lowest id, and never longer than ``k``. Methods that are given ids raise
    KeyError for one that is not in this snapshot.

    ``id`` names the content: another after every commit, the same for the same history. ``notices`` are sentences for
    the user about what is not as it should be and was worked around.
    """

    def __init__(
        self, folder: Path, connection: apsw.Connection, cache: Cache, give_back: Callable[[apsw.Connection], None]
    ) -> None:
        """Made by `Store.snapshot`."""
        self._folder = folder
        self._connection: apsw.Connection | None = connection
        self._cache = cache
        self._give_back = give_back
        self._generations: dict[str, _Generation] = {}
        self._tokenizer: words.Tokenizer | None = None
        self._documents: dict[str, Document] = {}
        self._places: dict[str, words.Found] = {}
        self._latest: tuple[tuple[str, ...], _Scored] | None = None
        self.notices: list[str] = []
        try:
            with disk.translated(folder):
                self._begin()
                self._meta: dict[str, Any] = dict(self._sql("SELECT key, value FROM meta"))
        except BaseException:
            self.close()
            raise
        self.id = f"{self._meta.get('commits', 0)}-{self._meta.get('chain', b'').hex()[:12] or 'empty'}"
        self.model: Model | None = model_of(self._meta)
        self.pipeline: str | None = self._meta.get("pipeline")

    def __enter__(self) -> Snapshot:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of the snapshot; a second time does nothing."""
        for generation in self._generations.values():
            os.close(generation.handle)
        self._generations.clear()
        connection, self._connection = self._connection, None
        if connection is not None:
            self._give_back(connection)

    def __len__(self) -> int:
        """The number of passages."""
        return self._count("passage")

    def _begin(self) -> None:
        """Pins the snapshot, and opens the vector files its rows name."""
        for attempt in range(FRESH_TRIES):
            self._sql("BEGIN")
            rows = self._sql("SELECT generation, kind, file, bytes, sha256, upto, n, dim FROM ann ORDER BY kind")
            named = self._sql("SELECT value FROM meta WHERE key = ?", (schema.WORDS,))
            rows += [tuple(json.loads(row)) for (row,) in named]
            missing = [row for row in rows if not self._open(row)]
            if not missing:
                return
            if attempt + 1 < FRESH_TRIES:
                self._sql("ROLLBACK")
        self.notices += [self._unusable(row[1]) for row in missing]

    def _open(self, row: Sequence[Any]) -> bool:
        old = self._generations.pop(row[1], None)
        if old is not None:
            os.close(old.handle)
        try:
            self._generations[row[1]] = _Generation(self._folder, row)
        except OSError:
            return False
        return True

    def prepare(self) -> None:
        """Reads what the first question about a commit would wait for: the files, counts and names."""
        self.stats()
        self.spellings()
        self._scorer()
        for kind in schema.KINDS:
            self._file(kind)

    # -------------------------------------------------------------------------------------------------- what there is

    def stats(self, where: Filter = _NOWHERE) -> Stats:
        """Counts, within ``where`` as far as `Stats` says so."""
        made = self._cache.get(self.id, ("stats", where), lambda: self._stats(where))
        return replace(made, bytes=disk.size(self._folder))

    def _stats(self, where: Filter) -> Stats:
        condition, values = _condition(where)
        with disk.translated(self._folder):
            days = self._sql(
                f"SELECT count(*), min({_DAY}), max({_DAY}), {_STATED} FROM document d WHERE {condition}",  # noqa: S608 - constants
                values,
            )
            outlets, languages = (
                self._sql(
                    f"SELECT {fact}, count(*) FROM document d WHERE {fact} IS NOT NULL AND {condition} GROUP BY {fact}",  # noqa: S608 - constants
                    values,
                )
                for fact in ("source", "language")
            )
            skipped = self._sql("SELECT path, reason FROM source WHERE status = 'skipped' ORDER BY path")
            parts = self._sql(
                "SELECT s.path, p.part, p.reason FROM skipped_part p JOIN source s ON s.id = p.source"
                " ORDER BY s.path, p.position"
            )
            [(found,)] = self._sql("SELECT count(*) FROM source")
        documents, earliest, latest, *stated = days[0]
        return Stats(
            documents=documents,
            passages=self._count("passage", where),
            statements=self._count("statement", where),
            found=found,
            skipped=tuple((os.fsdecode(path), reason) for path, reason in skipped),
            sources=MappingProxyType(dict(outlets)),
            earliest=earliest,
            latest=latest,
            bytes=0,
            skipped_parts=tuple((inside(os.fsdecode(path), part), reason) for path, part, reason in parts),
            stated=dict(zip(STATED, stated, strict=True)),
            languages=MappingProxyType(dict(languages)),
        )

    def sources(self) -> list[str]:
        """The outlets, sorted."""
        return [
            name for (name,) in self._rows("SELECT DISTINCT source FROM document WHERE source IS NOT NULL ORDER BY 1")
        ]

    def speakers(self) -> Mapping[str, int]:
        """How many statements each resolved speaker has."""
        sql = "SELECT speaker, count(*) FROM statement WHERE speaker IS NOT NULL GROUP BY speaker"
        return self._cache.get(self.id, "speakers", lambda: MappingProxyType(dict(self._rows(sql))))

    def spellings(self) -> Mapping[str, int]:
        """In how many articles each resolved speaker speaks."""
        sql = """SELECT speaker, count(*) FROM (SELECT DISTINCT speaker, document FROM statement WHERE speaker IS NOT NULL)
            GROUP BY speaker"""  # goes through an index from its begin to its end
        return self._cache.get(self.id, "spellings", lambda: MappingProxyType(dict(self._rows(sql))))

    def described(self, word: str) -> dict[str, list[str]]:
        """The speakers who are somewhere called by ``word`` ("minister"), each with the mentions that hold it.

        Case, accents and endings do not count. A mention is as written: "Russian Foreign Minister Sergei Lavrov".
        """
        sql = """SELECT DISTINCT s.speaker, s.described FROM statement_words w CROSS JOIN statement s ON s.id = w.rowid
            WHERE statement_words MATCH ? AND s.speaker IS NOT NULL ORDER BY 1, 2"""
        found: dict[str, list[str]] = {}
        for speaker, mention in self._rows(sql, (f"mention : ({_match([word])})",)):
            found.setdefault(speaker, []).append(mention)
        return found

    def document_ids(self) -> list[str]:
        """The ids of all documents, in the order they came."""
        return [hash_ for (hash_,) in self._rows("SELECT hash FROM document ORDER BY id")]

    def roots(self) -> list[str]:
        """The files and folders that were asked to be indexed, sorted."""
        return [os.fsdecode(path) for (path,) in self._rows("SELECT path FROM root ORDER BY path")]

    def paths(self, document: str) -> list[str]:
        """The files that hold a document, sorted: the first is its `Document.path`."""
        sql = """SELECT DISTINCT s.path FROM source s JOIN source_document m ON m.source = s.id
            JOIN document d ON d.id = m.document WHERE d.hash = ? ORDER BY 1"""
        return [os.fsdecode(path) for (path,) in self._rows(sql, (document,))]

    def copies(self, document: str) -> list[str]:
        """The ids of the other documents that carry the same story, ascending."""
        return self.copies_of([document])[document]

    def copies_of(self, documents: Iterable[str]) -> dict[str, list[str]]:
        """`copies` of each of ``documents``."""
        kept: Kept[str, list[str]] = self._cache.get(self.id, "copies", lambda: Kept(COPIES))
        return {id_: list(found) for id_, found in kept.get(documents, self._copies).items()}

    def _copies(self, documents: list[str]) -> dict[str, list[str]]:
        sql = """SELECT own.hash, d.hash, mine.hashes, s.hashes FROM (
            SELECT here.document AS one, there.document AS other FROM document o JOIN anchor here ON here.document = o.id
            JOIN anchor there ON there.hash = here.hash AND there.document <> o.id
            WHERE o.hash IN (SELECT value FROM json_each(?1)) GROUP BY 1, 2 HAVING count(*) >= ?2)
            JOIN document own ON own.id = one JOIN document d ON d.id = other
            JOIN sketch mine ON mine.id = one JOIN sketch s ON s.id = other"""
        found: dict[str, list[str]] = {id_: [] for id_ in documents}
        for one, other, mine, theirs in self._rows(sql, (json.dumps(documents), copies.SHARED_ANCHORS)):
            if copies.is_copy(copies.unpack(mine), copies.unpack(theirs)):
                found[one].append(other)
        return {id_: sorted(others) for id_, others in found.items()}

    def locations(self, document: str) -> list[str]:
        """As `paths`, with the part of the file behind each: the first is its `Document.location`."""
        sql = """SELECT s.path, m.part FROM source s JOIN source_document m ON m.source = s.id
            JOIN document d ON d.id = m.document WHERE d.hash = ? ORDER BY s.path, m.position"""
        return [inside(os.fsdecode(path), part) for path, part in self._rows(sql, (document,))]

    def changed(self, documents: Iterable[str]) -> list[str]:
        """The files of these documents that are no longer as they were indexed: gone, or of other bytes. Sorted.

        Equal size and time are taken for equal bytes, as when files are brought up to date; a larger file whose time
        differs is taken for changed without reading it.
        """
        sql = """SELECT s.path, s.size, s.mtime_ns, s.hash FROM source s JOIN source_document m ON m.source = s.id
            JOIN document d ON d.id = m.document WHERE d.hash IN (SELECT value FROM json_each(?))"""
        rows = self._rows(sql, (json.dumps(list(documents)),))
        return sorted({os.fsdecode(path) for path, *mark in rows if not _is_as_indexed(path, *mark)})

    def every_document(self) -> Iterator[Document]:
        """All documents in the order they came, one in memory at a time, while the snapshot is open."""
        for row in self.each(schema.DOCUMENT + " ORDER BY d.id"):
            yield schema.document(row, os.fsdecode(row[-1]))

    def every_passage(self) -> Iterator[Passage]:
        """All passages by id, as `every_document`."""
        for row in self.each(schema.PASSAGE + " ORDER BY p.id"):
            yield schema.passage(row)

    def every_statement(self) -> Iterator[Statement]:
        """All statements by id, as `every_document`."""
        for row in self.each(schema.STATEMENT + " ORDER BY s.id"):
            yield schema.statement(row)

    def documents(self, ids: Iterable[str]) -> dict[str, Document]:
        """Documents by id."""
        wanted = list(dict.fromkeys(ids))
        if not wanted:
            return {}
        missing = [id_ for id_ in wanted if id_ not in self._documents]
        rows = self._rows(schema.DOCUMENT + " WHERE d.hash IN " + _GIVEN, (json.dumps(missing),)) if missing else []
        fresh = {row[0]: schema.document(row, os.fsdecode(row[-1])) for row in rows}
        found = {id_: fresh[id_] if id_ in fresh else self._documents[id_] for id_ in wanted}
        self._documents = found if len(found) <= DOCUMENTS else {}  # an answer cites what was just read
        return found

    def articles(self, ids: Iterable[str]) -> dict[str, Article]:
        """What a question reads of documents, by id."""
        sql = f"SELECT hash, text, title, date, source FROM document WHERE hash IN {_GIVEN}"  # noqa: S608 - constants

        def load(missing: list[str]) -> dict[str, Article]:
            return {row[0]: Article(*row) for row in self._rows(sql, (json.dumps(missing),))}

        kept: Kept[str, Article] = self._cache.get(self.id, "articles", lambda: Kept(CHARACTERS, _length))
        return kept.get(ids, load)

    def passages(self, ids: Iterable[int]) -> list[Passage]:
        """Passages by id, in the order of ``ids``."""
        return self._nouns(schema.PASSAGE + " WHERE p.id IN " + _GIVEN, ids, schema.passage)

    def passages_of(self, document: str) -> list[Passage]:
        """The passages of a document, in the order of its text."""
        return [
            schema.passage(row) for row in self._rows(schema.PASSAGE + " WHERE d.hash = ? ORDER BY p.id", (document,))
        ]

    def statements(self, ids: Iterable[int]) -> list[Statement]:
        """Statements by id, in the order of ``ids``."""
        return self._nouns(schema.STATEMENT + " WHERE s.id IN " + _GIVEN, ids, schema.statement)

    def statements_of(self, passages: Iterable[int]) -> dict[int, list[Statement]]:
        """For each passage the statements that stand in it, in the order of the text."""
        wanted = _ints(passages)
        sql = schema.STATEMENT + " WHERE s.passage IN " + _GIVEN + " ORDER BY s.id"
        rows = self._rows(sql, (json.dumps(wanted),))
        found: dict[int, list[Statement]] = {id_: [] for id_ in wanted}
        for row in rows:
            found[row[-1]].append(schema.statement(row))
        for statements in found.values():
            statements.sort(key=lambda statement: (statement.span, statement.id))
        return found

    def statement_passages(self, ids: Iterable[int]) -> list[int]:
        """The passage each statement stands in, in the order of ``ids``."""
        return self._values(f"SELECT id, passage FROM statement WHERE id IN {_GIVEN}", ids)  # noqa: S608 - constants

    def parts(self, ids: Iterable[int]) -> list[NDArray[np.float32]]:
        """The sentence vectors of passages, (m, d) float32 unit rows each, in the order of ``ids``."""
        sql = f"SELECT id, parts FROM passage_parts WHERE id IN {_GIVEN}"  # noqa: S608 - constants
        return schema.unpack_parts(self._values(sql, ids), self._dim())

    # ---------------------------------------------------------------------------------------------------- by nearness

    def dense(self, query: NDArray[np.float32], k: int, where: Filter = _NOWHERE) -> list[tuple[int, float]]:
        """The ``k`` passages within ``where`` nearest to ``query`` (d,): (id, cosine). Exact.

        Raises ModelMismatchError for a query of another dimension, ValueError for one that is not finite.
        """
        return self._found_by(self._begun("passage", query, k, self._allowed("passage", where, None)))

    def statements_dense(
        self, query: NDArray[np.float32], k: int, where: Filter = _NOWHERE, speakers: Collection[str] | None = None
    ) -> list[tuple[int, float]]:
        """`dense` over statements; with ``speakers``, only theirs (names as `Snapshot.speakers` gives them)."""
        return self._found_by(self._begun("statement", query, k, self._allowed("statement", where, speakers)))

    def nearest(
        self,
        query: NDArray[np.float32],
        topic: NDArray[np.float32],
        k: int,
        where: Filter = _NOWHERE,
        speakers: Collection[str] | None = None,
    ) -> tuple[list[tuple[int, float]], list[tuple[int, float]]]:
        """`dense` of ``query`` and `statements_dense` of ``topic``, side by side on two cores."""
        statements = self._begun("statement", topic, k, self._allowed("statement", where, speakers), aside=True)
        passages = self._found_by(self._begun("passage", query, k, self._allowed("passage", where, None)))
        return passages, self._found_by(statements)

    def cosines(self, ids: Sequence[int], query: NDArray[np.float32]) -> NDArray[np.float64]:
        """The cosine of each passage with ``query``, (len(ids),): the score `dense` would give it."""
        return self._cosines("passage", ids, query)[0]

    def statement_cosines(self, ids: Sequence[int], *queries: NDArray[np.float32]) -> list[NDArray[np.float64]]:
        """`cosines` for statements, with each query."""
        return self._cosines("statement", ids, *queries)

    def title_cosines(self, ids: Sequence[int], query: NDArray[np.float32]) -> NDArray[np.float64]:
        """For each passage the cosine of its document's title with ``query``, (len(ids),); 0.0 without a title."""
        row, wanted = self._query(query), _ints(ids)
        sql = f"SELECT id, document FROM passage WHERE id IN {_GIVEN}"  # noqa: S608 - constants
        of = self._values(sql, wanted)
        kept: Kept[int, NDArray[np.float32] | None] = self._cache.get(self.id, "titles", lambda: Kept(TITLES))
        titles = {document: vector for document, vector in kept.get(of, self._titles).items() if vector is not None}
        if not titles:
            return np.zeros(len(wanted))
        found = dict(zip(titles, cosines(np.array(list(titles.values())), row).tolist(), strict=True))
        return np.array([found.get(document, 0.0) for document in of], dtype=np.float64)

    def _titles(self, documents: list[int]) -> dict[int, NDArray[np.float32] | None]:
        """The unit row of each document's title (d,), None where it has none."""
        sql = f"SELECT id, vec FROM title_vector WHERE id IN {_GIVEN}"  # noqa: S608 - constants
        rows = dict(self._rows(sql, (json.dumps(documents),)))
        vectors = schema.unpack_vectors(list(rows.values()), self._dim())
        return dict.fromkeys(documents) | dict(zip(rows, vectors, strict=True))

    def _begun(
        self, kind: str, query: NDArray[np.float32], k: int, allowed: NDArray[np.int64] | None, *, aside: bool = False
    ) -> _Search | None:
        """All of a search that needs SQLite is done, and, where it is ``aside``, that of a large file goes on meanwhile. None
        where nothing can be found."""
        _check_k(k)
        total = self._count(kind) if allowed is None else len(allowed)
        if self.model is None or not total or not k:
            return None
        row, k = self._query(query), min(k, total)
        file, upto = self._file(kind)
        if file is None:
            return _Search(kind, row, k, allowed, upto, None)
        live = allowed if allowed is not None else self._live(kind, upto, len(file))
        in_file: Callable[[], tuple[NDArray[np.int64], NDArray[np.float32]]]
        in_file = partial(file.search, row[None, :], k, None if live is None else live[live <= upto])
        if aside and len(file) >= ASIDE_FROM:
            in_file = _ASIDE.submit(in_file).result
        return _Search(kind, row, k, allowed, upto, in_file)

    def _found_by(self, search: _Search | None) -> list[tuple[int, float]]:
        """What a search finds, in the file and after it."""
        if search is None:
            return []
        best: list[tuple[int, float]] = []
        upto = search.upto
        if search.in_file is not None:
            try:
                best += _pairs(*search.in_file())
            except QAError:
                upto = self._give_up(search.kind)
        ids, vectors = self._tail(search.kind, upto)
        if len(ids):
            best += _pairs(*exact_search(ids, vectors, search.row[None, :], search.k, search.allowed))
        return sorted(best, key=lambda pair: (-pair[1], pair[0]))[: search.k]

    def _file(self, kind: str) -> tuple[VectorIndex | None, int]:
        """The vector file that may be used, and the highest id in it; (None, 0) where there is none."""
        generation = self._generations.get(kind)
        if generation is None:
            return None, 0
        file = self._cache.file(kind, (generation.number, generation.sha256), generation.load)
        if file is None:
            self._tell(kind)
            return None, 0
        return file, generation.upto

    def _give_up(self, kind: str) -> int:
        """Something in a file is not as it was written: it is used no more. Gives the highest id to be found in it."""
        generation = self._generations[kind]
        self._cache.spoil(kind, (generation.number, generation.sha256))
        self._tell(kind)
        return 0

    def _tell(self, kind: str) -> None:
        notice = self._unusable(kind)
        self.notices += [] if notice in self.notices else [notice]

    def _unusable(self, kind: str) -> str:
        if kind == schema.WORDS:
            return "The word file is missing or damaged; words are looked up without it, which is slower. " + _REPAIR
        return (
            f"The vector file of the {kind}s is missing or damaged; they are searched without it, which is slower."
            f" {_REPAIR}"
        )

    def _live(self, kind: str, upto: int, in_file: int) -> NDArray[np.int64] | None:
        """The ids up to ``upto`` that are still there, or None where those are all the file holds.

        Ids are never given twice, so the rows up to ``upto`` are a subset of the file's, and equal counts mean equal
        sets.
        """
        up_to = f"FROM {kind} WHERE id <= ?"

        def load() -> NDArray[np.int64] | None:
            [(count,)] = self._rows("SELECT count(*) " + up_to, (upto,))
            return None if count == in_file else self._ids(f"SELECT id {up_to} ORDER BY id", (upto,))

        return self._cache.get(self.id, ("live", kind, upto), load)

    def _tail(self, kind: str, upto: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Ids after ``upto`` (n,) and their rows (n, d)."""
        dim = self._dim()

        def load() -> tuple[NDArray[np.int64], NDArray[np.float32]]:
            rows = self._rows(f"SELECT id, vec FROM {kind}_vector WHERE id > ? ORDER BY id", (upto,))  # noqa: S608
            return np.array([id_ for id_, _ in rows], np.int64), schema.unpack_vectors([vec for _, vec in rows], dim)

        return self._cache.get(self.id, ("tail", kind, upto), load)

    def _allowed(self, kind: str, where: Filter, speakers: Collection[str] | None) -> NDArray[np.int64] | None:
        """The ids a search may find, ascending; None where all."""
        if not where and speakers is None:
            return None
        names = None if speakers is None else tuple(sorted(set(speakers)))
        condition, values = _condition(where, names)
        join = "JOIN document d ON d.id = t.document" if where else ""
        sql = f"SELECT t.id FROM {kind} t {join} WHERE {condition} ORDER BY t.id"  # noqa: S608 - constants
        return self._cache.get(self.id, ("allowed", kind, where, names), lambda: self._ids(sql, values))

    def _cosines(self, kind: str, ids: Sequence[int], *queries: NDArray[np.float32]) -> list[NDArray[np.float64]]:
        wanted = _ints(ids)
        rows = self.vectors(kind, wanted) if wanted else np.empty((0, self._dim()), np.float32)
        return [cosines(rows, self._query(query)).astype(np.float64) for query in queries]

    def vectors(self, kind: str, wanted: list[int]) -> NDArray[np.float32]:
        """The unit rows (len(wanted), d) of passages or statements, from the vector file where all are in it."""
        file, upto = self._file(kind)
        if file is not None and max(wanted) <= upto:
            live = self._live(kind, upto, len(file))
            ids = np.array(wanted, np.int64)
            if live is None or bool(np.isin(ids, live).all()):
                try:
                    return file.vectors(ids)
                except QAError:
                    self._give_up(kind)
        sql = f"SELECT id, vec FROM {kind}_vector WHERE id IN {_GIVEN}"  # noqa: S608 - constants
        return schema.unpack_vectors(self._values(sql, wanted), self._dim())

    def _query(self, query: NDArray[np.float32]) -> NDArray[np.float32]:
        """A query as a unit row of the right dimension."""
        row = np.asarray(query, dtype=np.float32)
        if row.shape != (self._dim(),):
            name = self.model.name if self.model else "no model"
            raise ModelMismatchError(
                f"the index holds vectors of {self._dim()} numbers ({name}), the question has {row.shape}",
                "Type: qa index --rebuild",
            )
        if not np.isfinite(row).all():
            raise ValueError("the query must be finite")
        length = float(np.linalg.norm(row.astype(np.float64)))
        return (row / np.float32(length)) if length else row

    # ------------------------------------------------------------------------------------------------------- by words

    def lexical(self, words: Sequence[str], k: int, where: Filter = _NOWHERE) -> list[tuple[int, float]]:
        """The ``k`` passages within ``where`` that hold any of ``words``, by BM25 (Robertson and Zaragoza, 2009) over
        text, title and heading: (id, score > 0). A word with a space in it is a phrase. Case, accents and endings do
        not count."""
        _check_k(k)
        scored = self._scored(words)
        if scored is None:
            return self._matching(words, k, where)
        ids, scores, found = scored
        places = highest(scores, found, k, self._allowed_places(ids, where))
        return list(zip(ids[places].tolist(), scores[places].tolist(), strict=True))

    def _allowed_places(self, ids: NDArray[np.int64], where: Filter) -> NDArray[np.bool_] | None:
        """Which of ``ids``, those of the scorer, are within ``where``; None where all."""
        allowed = self._allowed("passage", where, None)
        return None if allowed is None else self._cache.get(self.id, ("places", where), lambda: np.isin(ids, allowed))

    def bm25(self, ids: Sequence[int], words: Sequence[str]) -> NDArray[np.float64]:
        """The score `lexical` would give each passage, (len(ids),); 0.0 where it holds none of the words."""
        scored = self._scored(words)
        if scored is None or not len(scored[0]):
            return self._bm25(ids, words)
        held, scores, _ = scored
        wanted = np.array(_ints(ids), dtype=np.int64)
        places = np.minimum(np.searchsorted(held, wanted), len(held) - 1)
        found: NDArray[np.float64] = np.where(held[places] == wanted, scores[places], 0.0)
        return found

    def frequencies(self, words: Iterable[str]) -> dict[str, int]:
        """For each word or phrase, how many passages hold it, in text, title or heading."""
        scorer = self._scorer()
        if scorer is not None:
            with contextlib.suppress(QAError):
                return {word: len(self._found(scorer, word)[0]) for word in words}
            self._give_up(schema.WORDS)
        sql = "SELECT count(*) FROM passage_words WHERE passage_words MATCH ?"
        known: dict[str, int] = self._cache.get(self.id, "frequencies", dict)
        found: dict[str, int] = {}
        for word in dict.fromkeys(words):
            count = known.get(word)
            if count is None:
                count = int(self._rows(sql, (_match([word]),))[0][0])
                if len(known) >= WORDS_COUNTED:
                    known.clear()
                known[word] = count
            found[word] = count
        return found

    def _scored(self, wanted: Sequence[str]) -> _Scored | None:
        """Ids of all passages, ascending, their scores, and where each word stands; None where FTS5 has to say so."""
        key = tuple(dict.fromkeys(wanted))
        if self._latest is None or self._latest[0] != key:
            scorer = self._scorer()
            if scorer is None:
                return None
            try:
                found = [self._found(scorer, word) for word in key]
            except QAError:
                self._give_up(schema.WORDS)
                return None
            self._latest = (key, (scorer.ids, scorer.scores(found), found))
        return self._latest[1]

    def _scorer(self) -> Scorer | None:
        """BM25 over the word file and the passages that came after it, where there is one that may be used."""
        generation = self._generations.get(schema.WORDS)
        if generation is None or self._connection is None:
            return None
        file = self._cache.file(schema.WORDS, (generation.number, generation.sha256), generation.words)
        if file is None:
            self._tell(schema.WORDS)
            return None
        return self._cache.get(self.id, "scorer", lambda: self._made_scorer(file, generation.upto))

    def _made_scorer(self, file: WordFile, upto: int) -> Scorer | None:
        assert self._connection is not None, "a snapshot is used before it is closed"
        if self._rows("SELECT 1 FROM passage WHERE id > ? LIMIT 1 OFFSET ?", (upto, LAID_OUT)):
            return None
        with disk.translated(self._folder):
            tail = words.Layout(words.Tokenizer(self._connection), words.passages(self._connection, upto))
        live = self._live("passage", upto, len(file.ids))
        alive = (
            None if live is None else np.isin(np.concatenate((file.ids, tail.ids)), np.concatenate((live, tail.ids)))
        )
        return Scorer([file.postings(), tail.postings()], alive)

    def tokenizer(self) -> words.Tokenizer:
        """What cuts text into words as the word indexes do, while the snapshot is open."""
        assert self._connection is not None, "a snapshot is used before it is closed"
        self._tokenizer = self._tokenizer or words.Tokenizer(self._connection)
        return self._tokenizer

    def _found(self, scorer: Scorer, word: str) -> words.Found:
        """Where a word or phrase stands; read once for a question."""
        if word not in self._places:
            self._places[word] = self._looked_up(scorer, word)
        return self._places[word]

    def _looked_up(self, scorer: Scorer, word: str) -> words.Found:
        with disk.translated(self._folder):
            tokens = self.tokenizer()(_plain(word), query=True)
        if len(tokens) < 2:
            return scorer.find("".join(tokens))
        phrases: dict[str, words.Found] = self._cache.get(self.id, "phrases", dict)
        found = phrases.get(word)
        if found is None:
            pairs = sorted(self._matching([word], -1, _NOWHERE))
            ids, scores = (np.array(column) for column in (zip(*pairs, strict=True) if pairs else ((), ())))
            found = scorer.from_scores(ids.astype(np.int64), scores.astype(np.float64))
            if len(phrases) >= PHRASES:
                phrases.clear()
            phrases[word] = found
        return found

    def _matching(self, words: Sequence[str], k: int, where: Filter) -> list[tuple[int, float]]:
        """`lexical` by FTS5; all where ``k`` is negative."""
        condition, values = _condition(where)
        joined = "CROSS JOIN passage t ON t.id = w.rowid CROSS JOIN document d ON d.id = t.document" if values else ""
        sql = f"""SELECT w.rowid, {_BM25} AS score FROM passage_words w {joined}
            WHERE passage_words MATCH ? AND {condition} ORDER BY score DESC, w.rowid LIMIT ?"""  # noqa: S608 - constants
        return [(int(id_), float(score)) for id_, score in self._rows(sql, (_match(words), *values, k))]

    def _bm25(self, ids: Sequence[int], words: Sequence[str]) -> NDArray[np.float64]:
        """`bm25` by FTS5."""
        wanted = _ints(ids)
        # The plus keeps SQLite from running the whole match once per id.
        sql = f"""SELECT rowid, {_BM25} FROM passage_words
            WHERE passage_words MATCH ? AND +rowid IN {_GIVEN}"""  # noqa: S608 - constants
        found = dict(self._rows(sql, (_match(words), json.dumps(wanted)))) if wanted else {}
        return np.array([found.get(id_, 0.0) for id_ in wanted], dtype=np.float64)

    # ------------------------------------------------------------------------------------------------------------ SQL

    def _sql(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        assert self._connection is not None, "a snapshot is used before it is closed"
        return disk.rows(self._connection, sql, values)

    def _rows(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        with disk.translated(self._folder):
            return self._sql(sql, values)

    def each(self, sql: str, values: Sequence[object] = ()) -> Iterator[tuple[Any, ...]]:
        """The rows of a statement of this package, one in memory at a time, while the snapshot is open."""
        assert self._connection is not None, "a snapshot is used before it is closed"
        cursor = self._connection.cursor()
        with contextlib.closing(cursor):
            with disk.translated(self._folder):
                cursor.execute(sql, tuple(values))
            while True:
                with disk.translated(self._folder):
                    row = next(cursor, None)
                if row is None:
                    return
                yield row

    def _ids(self, sql: str, values: Sequence[object]) -> NDArray[np.int64]:
        return np.array([id_ for (id_,) in self._rows(sql, values)], dtype=np.int64)

    def _nouns(self, sql: str, ids: Iterable[int], make: Callable[[Sequence[Any]], _T]) -> list[_T]:
        """What ``make`` gives for the row of each id, in the order of ``ids``. Raises KeyError where there is none."""
        wanted = _ints(ids)
        found = {row[0]: make(row) for row in self._rows(sql, (json.dumps(wanted),))} if wanted else {}
        return [found[id_] for id_ in wanted]

    def _values(self, sql: str, ids: Iterable[int]) -> list[Any]:
        """`_nouns` for rows of an id and one value: that."""
        wanted = _ints(ids)
        found = dict(self._rows(sql, (json.dumps(wanted),))) if wanted else {}
        return [found[id_] for id_ in wanted]

    def _count(self, kind: str, where: Filter = _NOWHERE) -> int:
        condition, values = _condition(where)
        join = "JOIN document d ON d.id = t.document" if values else ""
        sql = f"SELECT count(*) FROM {kind} t {join} WHERE {condition}"  # noqa: S608 - constants
        return self._cache.get(self.id, ("count", kind, where), lambda: int(self._rows(sql, values)[0][0]))

    def _dim(self) -> int:
        return self.model.dim if self.model else 0


def _length(article: Article) -> int:
    return len(article.text)


def _is_as_indexed(path: bytes, size: int, mtime_ns: int, digest: str) -> bool:
    file = Path(os.fsdecode(path))
    try:
        status = file.stat()
        if status.st_size != size:
            return False
        if status.st_mtime_ns == mtime_ns or size > READ_TO_COMPARE:
            return status.st_mtime_ns == mtime_ns
        return hashlib.blake2b(file.read_bytes(), digest_size=16).hexdigest() == digest
    except OSError:
        return False


def _condition(where: Filter, speakers: Collection[str] | None = None) -> tuple[str, list[object]]:
    """A filter as SQL over document d (and statement t), with its values. No values: it restricts nothing."""
    terms: list[tuple[str, object | None]] = [
        ("d.source = ? COLLATE NOCASE", where.source),
        (f"{_DAY} >= ?", where.since),
        (f"{_DAY} <= ?", where.until),
        (f"ifnull({_DAY} <= ?, 1)", where.as_of),
        ("d.language = ?", where.language),
        ("t.speaker IN (SELECT value FROM json_each(?))", None if speakers is None else json.dumps(sorted(speakers))),
    ]
    given = [(term, value) for term, value in terms if value is not None]
    return " AND ".join(term for term, _ in given) or "1", [value for _, value in given]


def _match(words: Sequence[str]) -> str:
    """Words as a query of FTS5: each one quoted, any of them. Nothing in a word is syntax."""
    plain = dict.fromkeys(letters.searchable(_plain(word)) for word in words)
    return " OR ".join('"' + word.replace('"', '""') + '"' for word in plain) or '""'


def _plain(word: str) -> str:
    """A word as SQL can hold it."""
    return word.encode("utf-8", "replace").decode("utf-8").replace("\0", " ")


def _pairs(ids: NDArray[np.int64], scores: NDArray[np.float32]) -> list[tuple[int, float]]:
    """The first row of a search, without the places that nothing filled."""
    return [(id_, score) for id_, score in zip(ids[0].tolist(), scores[0].tolist(), strict=True) if id_ >= 0]


def _ints(ids: Iterable[int]) -> list[int]:
    """Ids as Python numbers: they may come as numpy's."""
    return [int(id_) for id_ in ids]


def _check_k(k: int) -> None:
    if k < 0:
        raise ValueError(f"k must not be negative, not {k}")
