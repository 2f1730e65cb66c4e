"""What a question sees: the index as one commit left it, whatever is written meanwhile.

Owns what may be asked of an index, and reads what is in its rows. Refuses to know how the nearest vectors
(`index.store.nearness`) and the passages that hold a word (`index.store.lookup`) are found, and what a score is good for.
It never writes.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

import apsw
import numpy as np
from numpy.typing import NDArray

from index import copies
from index.dense import READ_AHEAD
from index.store import disk, schema
from index.store.cache import Cache, Kept, Links
from index.store.lookup import Lookup
from index.store.nearness import Nearness, Titles
from index.store.pinned import DAY, EVERYWHERE, Pinned, restriction
from index.store.records import UNFINISHED, Article, Filter, Stats
from index.store.words import Tokenizer
from index.types import Document, Passage, Statement, changed_ns, inside

READ_AT_ONCE = 1 << 20
"""Files up to this many bytes are read for each answer to see whether they changed: a millisecond each, for the few it cites.
"""

CHARACTERS = 1 << 24
"""Code points of articles that are kept between questions about one commit: some 3,000 of them. Also of documents, which
share their texts with articles."""

_V = TypeVar("_V")

COPIES = 4096
"""Documents whose copies are kept so."""

PAIRS = 1 << 19
"""Pairs of documents with an anchor in common among which copies are looked for ahead of time: news has two or three for each
anchor, and 4,096 reports made from one template 400 million."""

_AT_ONCE = 256
"""Documents whose copies are looked for at once ahead of time: 20 ms."""

REMEMBERED = 256
"""Things that are made of a commit for a question, of each kind, and kept so."""

PASSAGES = 8192
"""Passages that are kept so with what is said in them, some 2 kB each: a third to a half of what a question reads, of
30,000 passages, was read for one of the hundred questions before."""

STATED = ("title", "date", "time", "modified", "source", "author", "url", "place", "language")
"""The facts whose share among the articles is counted; a time is a date that has one."""
_STATED = ", ".join(
    "count(iif(length(d.date) > 10, 1, NULL))" if fact == "time" else f"count(d.{fact})" for fact in STATED
)


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
        self._pinned = pinned = Pinned(folder, connection, cache, give_back)
        self._near = {kind: Nearness(pinned, kind) for kind in schema.KINDS}
        self._titles = Titles(pinned)
        self._words = Lookup(pinned)
        self.id, self.model, self.pipeline, self.notices = pinned.id, pinned.model, pinned.pipeline, pinned.notices

    def __enter__(self) -> Snapshot:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of the snapshot; a second time does nothing."""
        self._pinned.close()

    def __len__(self) -> int:
        """The number of passages."""
        return self._pinned.count("passage")

    def prepare(self) -> None:
        """Reads what the first question about a commit would wait for: the files, counts, names."""
        self.stats()
        self.spellings()
        self._words.scorer()
        for near in self._near.values():
            near.file()

    def read_ahead(self, enough: Callable[[], bool]) -> None:
        """Reads what the next hundred questions would read bit by bit, where it is little, until it is ``enough``: vectors,
        which article and passage they are of, and what copies articles have."""
        for kind, to in (("passage", "document"), ("statement", "passage")):
            if not enough() and self._pinned.count(kind) <= READ_AHEAD:
                self._links(kind, to).put(self._pinned.rows(f"SELECT id, {to} FROM {kind}"))  # noqa: S608 - constants
        if not enough():
            self._titles.read_ahead()
        for near in self._near.values():
            near.read_ahead(enough)
        few = not enough() and self._pinned.count("document") <= COPIES and self._held_together() <= PAIRS
        documents = self.document_ids() if few else []
        for start in range(0, len(documents), _AT_ONCE):
            if enough():
                return
            self.copies_of(documents[start : start + _AT_ONCE])

    # -------------------------------------------------------------------------------------------------- what there is

    def stats(self, where: Filter = EVERYWHERE) -> Stats:
        """Counts, within ``where`` as far as `Stats` says so."""
        return self._pinned.kept(("stats", where), lambda: self._stats(where))

    def size(self) -> int:
        """The bytes of the folder."""
        return disk.size(self._pinned.folder)

    def _stats(self, where: Filter) -> Stats:
        condition, values = restriction(where)
        rows = self._pinned.rows
        days = rows(f"SELECT count(*), min({DAY}), max({DAY}), {_STATED} FROM document d WHERE {condition}", values)  # noqa: S608 - constants
        outlets, languages = (
            rows(
                f"SELECT {fact}, count(*) FROM document d WHERE {fact} IS NOT NULL AND {condition} GROUP BY {fact}",  # noqa: S608 - constants
                values,
            )
            for fact in ("source", "language")
        )
        skipped = rows("SELECT path, reason FROM source WHERE status = 'skipped' AND size >= 0 ORDER BY path")
        parts = rows(
            "SELECT s.path, p.part, p.reason FROM skipped_part p JOIN source s ON s.id = p.source"
            " ORDER BY s.path, p.position"
        )
        [(found, unread)] = rows(
            "SELECT count(*), count(iif(size < 0 AND (status = 'skipped' OR size = ?), 1, NULL)) FROM source",
            (UNFINISHED,),
        )
        documents, earliest, latest, *stated = days[0]
        return Stats(
            documents=documents,
            passages=self._pinned.count("passage", where),
            statements=self._pinned.count("statement", where),
            found=found,
            skipped=tuple((os.fsdecode(path), reason) for path, reason in skipped),
            sources=MappingProxyType(dict(outlets)),
            earliest=earliest,
            latest=latest,
            skipped_parts=tuple((inside(os.fsdecode(path), part), reason) for path, part, reason in parts),
            stated=dict(zip(STATED, stated, strict=True)),
            languages=MappingProxyType(dict(languages)),
            unread=unread,
        )

    def sources(self) -> list[str]:
        """The outlets, sorted."""
        sql = "SELECT DISTINCT source FROM document WHERE source IS NOT NULL ORDER BY 1"
        return [name for (name,) in self._pinned.rows(sql)]

    def speakers(self) -> Mapping[str, int]:
        """How many statements each resolved speaker has."""
        sql = "SELECT speaker, count(*) FROM statement WHERE speaker IS NOT NULL GROUP BY speaker"
        return self._pinned.kept("speakers", lambda: MappingProxyType(dict(self._pinned.rows(sql))))

    def spellings(self) -> Mapping[str, int]:
        """In how many articles each resolved speaker speaks."""
        sql = """SELECT speaker, count(*) FROM (SELECT DISTINCT speaker, document FROM statement WHERE speaker IS NOT NULL)
            GROUP BY speaker"""  # goes through an index from its begin to its end
        return self._pinned.kept("spellings", lambda: MappingProxyType(dict(self._pinned.rows(sql))))

    def described(self, word: str) -> dict[str, list[str]]:
        """The speakers who are somewhere called by ``word`` ("minister"), each with the mentions that hold it.

        Case, accents and endings do not count. A mention is as written: "Russian Foreign Minister Sergei Lavrov".
        """
        return self._words.described(word)

    def mentions(self, speakers: Iterable[str]) -> dict[str, list[str]]:
        """What each of ``speakers`` is called by in articles, as written, sorted: "Russian Foreign Minister Sergei Lavrov"."""
        found: dict[str, list[str]] = {name: [] for name in speakers}
        sql = "SELECT DISTINCT speaker, described FROM statement WHERE described IS NOT NULL AND speaker"
        for speaker, mention in self._pinned.among(sql, list(found)):
            found[speaker].append(mention)
        return {name: sorted(mentions) for name, mentions in found.items()}

    def document_ids(self) -> list[str]:
        """The ids of all documents, in the order they came."""
        return [hash_ for (hash_,) in self._pinned.rows("SELECT hash FROM document ORDER BY id")]

    def remembered(self, what: str, key: str, make: Callable[[], _V]) -> _V:
        """What was made of this commit for ``key``, now or for a question before: the last `REMEMBERED` of each ``what``."""
        kept: Kept[str, _V] = self._pinned.kept(("remembered", what), lambda: Kept(REMEMBERED))
        return kept.get([key], lambda _: {key: make()})[key]

    def roots(self) -> list[str]:
        """The files and folders that were asked to be indexed, sorted."""
        return [os.fsdecode(path) for (path,) in self._pinned.rows("SELECT path FROM root ORDER BY path")]

    def places(self) -> dict[str, list[tuple[str, str]]]:
        """For each document, in the order they came, the files that hold it, sorted, each with the part of it that this is:
        the first are its `Document.path` and `Document.part`."""
        sql = """SELECT d.hash, s.path, m.part FROM document d JOIN source_document m ON m.document = d.id
            JOIN source s ON s.id = m.source ORDER BY d.id, s.path, m.position"""
        found: dict[str, list[tuple[str, str]]] = {}
        for id_, path, part in self._pinned.rows(sql):
            found.setdefault(id_, []).append((os.fsdecode(path), part))
        return found

    def copies(self, document: str) -> list[str]:
        """The ids of the other documents that carry the same story, ascending."""
        return self.copies_of([document])[document]

    def copies_of(self, documents: Iterable[str]) -> dict[str, list[str]]:
        """`copies` of each of ``documents``."""
        kept: Kept[str, list[str]] = self._pinned.kept("copies", lambda: Kept(COPIES))
        return {id_: list(found) for id_, found in kept.get(documents, self._copies).items()}

    def _copies(self, documents: list[str]) -> dict[str, list[str]]:
        sql = """SELECT here.document, there.document FROM document o JOIN anchor here ON here.document = o.id
            JOIN anchor there ON there.hash = here.hash AND there.document <> o.id
            WHERE o.hash IN (SELECT value FROM json_each(?)) GROUP BY 1, 2 HAVING count(*) >= ?"""
        pairs = self._pinned.rows(sql, (json.dumps(documents), copies.SHARED_ANCHORS))
        sql = "SELECT s.id, d.hash, s.hashes FROM sketch s JOIN document d ON d.id = s.id WHERE s.id"
        rows = self._pinned.among(sql, list({key for pair in pairs for key in pair}))
        names, sketches = ({row[0]: row[1] for row in rows}, {row[0]: copies.unpack(row[2]) for row in rows})
        found: dict[str, list[str]] = {id_: [] for id_ in documents}
        for one, other in pairs:
            if copies.is_copy(sketches[one], sketches[other]):
                found[names[one]].append(names[other])
        return {id_: sorted(others) for id_, others in found.items()}

    def _held_together(self) -> int:
        """How many pairs of documents there are by one anchor, itself and each order counted."""
        [(count,)] = self._pinned.rows("SELECT total(n * n) FROM (SELECT count(*) AS n FROM anchor GROUP BY hash)")
        return int(count)

    def changed(self, documents: Iterable[str]) -> list[str]:
        """The files of these documents that are no longer as they were indexed: gone, or of other bytes. Sorted.

        Equal size and time are taken for equal bytes, as when files are brought up to date; else the bytes are compared,
        those of a larger file once for each commit. Of a file that is to be read anew, or is not wholly read, it is only known
        whether it is there.
        """
        sql = """SELECT s.path, s.size, s.mtime_ns, s.hash FROM source s JOIN source_document m ON m.source = s.id
            JOIN document d ON d.id = m.document WHERE d.hash"""
        rows = self._pinned.among(sql, list(documents))
        return sorted({os.fsdecode(path) for path, *mark in rows if not self._is_as_indexed(path, *mark)})

    def _is_as_indexed(self, path: bytes, size: int, changed: int, digest: str) -> bool:
        file = os.fsdecode(path)
        try:
            status = os.stat(file)  # noqa: PTH116 - a name on disk is bytes; a Path would tidy it
            if size < 0:
                return True
            if status.st_size != size or changed_ns(status) == changed:
                return status.st_size == size
            if size <= READ_AT_ONCE:
                return disk.digest(file) == digest
            return self._pinned.kept((path, size, changed_ns(status)), lambda: disk.digest(file)) == digest
        except OSError:
            return False

    def each(self, sql: str, values: Sequence[object] = ()) -> Iterator[tuple[Any, ...]]:
        """The rows of a statement of this package, one in memory at a time, while the snapshot is open."""
        return self._pinned.each(sql, values)

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
        kept: Kept[str, Document] = self._pinned.kept("documents", lambda: Kept(CHARACTERS, _length))
        return kept.get(ids, self._read)

    def _read(self, documents: list[str]) -> dict[str, Document]:
        """Documents by id; their texts are mostly those of articles that are kept."""
        articles = self.articles(documents)
        rows = self._pinned.among(schema.DOCUMENT_BUT_TEXT + " WHERE d.hash", documents)
        return {id_: schema.document((id_, articles[id_].text, *rest), os.fsdecode(rest[-1])) for id_, *rest in rows}

    def articles(self, ids: Iterable[str]) -> dict[str, Article]:
        """What a question reads of documents, by id."""
        sql = "SELECT hash, text, title, date, source FROM document WHERE hash"

        def load(missing: list[str]) -> dict[str, Article]:
            return {row[0]: Article(*row) for row in self._pinned.among(sql, missing)}

        kept: Kept[str, Article] = self._pinned.kept("articles", lambda: Kept(CHARACTERS, _length))
        return kept.get(ids, load)

    def passages(self, ids: Iterable[int]) -> list[Passage]:
        """Passages by id, in the order of ``ids``."""
        wanted = _ints(ids)
        kept: Kept[int, Passage] = self._pinned.kept("passages", lambda: Kept(PASSAGES))
        found = kept.get(wanted, self._passages)
        return [found[id_] for id_ in wanted]

    def _passages(self, ids: list[int]) -> dict[int, Passage]:
        return {row[0]: schema.passage(row) for row in self._pinned.among(schema.PASSAGE + " WHERE p.id", ids)}

    def passages_of(self, document: str) -> list[Passage]:
        """The passages of a document, in the order of its text."""
        rows = self._pinned.rows(schema.PASSAGE + " WHERE d.hash = ? ORDER BY p.id", (document,))
        return [schema.passage(row) for row in rows]

    def statements(self, ids: Iterable[int]) -> list[Statement]:
        """Statements by id, in the order of ``ids``."""
        wanted = _ints(ids)
        rows = self._pinned.among(schema.STATEMENT + " WHERE s.id", wanted)
        found = {row[0]: schema.statement(row) for row in rows}
        return [found[id_] for id_ in wanted]

    def statements_of(self, passages: Iterable[int]) -> dict[int, list[Statement]]:
        """For each passage the statements that stand in it, in the order of the text."""
        kept: Kept[int, list[Statement]] = self._pinned.kept("said in", lambda: Kept(PASSAGES))
        return {id_: list(said) for id_, said in kept.get(_ints(passages), self._statements_of).items()}

    def _statements_of(self, passages: list[int]) -> dict[int, list[Statement]]:
        found: dict[int, list[Statement]] = {id_: [] for id_ in passages}
        for row in self._pinned.among(schema.STATEMENT + " WHERE s.passage", passages):
            found[row[-1]].append(schema.statement(row))
        for statements in found.values():
            statements.sort(key=lambda statement: (statement.span, statement.id))
        return found

    def statements_by(self, speakers: Collection[str], where: Filter = EVERYWHERE) -> list[int]:
        """The ids of what speakers say within ``where``, ascending (names as `Snapshot.speakers` gives them)."""
        found = self._pinned.allowed("statement", where, speakers)
        return [] if found is None else found.tolist()

    def statement_passages(self, ids: Iterable[int]) -> list[int]:
        """The passage each statement stands in, in the order of ``ids``."""
        found: list[int] = self._linked("statement", "passage", ids).tolist()
        return found

    def _linked(self, kind: str, to: str, ids: Iterable[int]) -> NDArray[np.int64]:
        """What the rows of a table point to, (len(ids),), each read once."""
        sql = f"SELECT id, {to} FROM {kind} WHERE id"  # noqa: S608 - constants

        def load(missing: list[int]) -> dict[int, int]:
            return dict(self._pinned.among(sql, missing))

        return self._links(kind, to).get(_ints(ids), load)

    def _links(self, kind: str, to: str) -> Links:
        sql = f"SELECT coalesce(max(id), 0) FROM {kind}"  # noqa: S608 - constants
        return self._pinned.kept((to, "of", kind), lambda: Links(self._pinned.rows(sql)[0][0]))

    def parts(self, ids: Iterable[int]) -> list[NDArray[np.float32]]:
        """The sentence vectors of passages, (m, d) float32 unit rows each, in the order of ``ids``."""
        wanted = _ints(ids)
        found = dict(self._pinned.among("SELECT id, parts FROM passage_parts WHERE id", wanted))
        return schema.unpack_parts([found[id_] for id_ in wanted], self._pinned.dim)

    # ---------------------------------------------------------------------------------------------------- by nearness

    def dense(self, query: NDArray[np.float32], k: int, where: Filter = EVERYWHERE) -> list[tuple[int, float]]:
        """The ``k`` passages within ``where`` nearest to ``query`` (d,): (id, cosine). Exact.

        Raises ModelMismatchError for a query of another dimension, ValueError for one that is not finite.
        """
        _check_k(k)
        return self._near["passage"].begin(query, k, where)()

    def statements_dense(
        self, query: NDArray[np.float32], k: int, where: Filter = EVERYWHERE, speakers: Collection[str] | None = None
    ) -> list[tuple[int, float]]:
        """`dense` over statements; with ``speakers``, only theirs (names as `Snapshot.speakers` gives them)."""
        _check_k(k)
        return self._near["statement"].begin(query, k, where, speakers)()

    def nearest(
        self,
        query: NDArray[np.float32],
        topic: NDArray[np.float32],
        k: int,
        where: Filter = EVERYWHERE,
        speakers: Collection[str] | None = None,
    ) -> tuple[list[tuple[int, float]], list[tuple[int, float]]]:
        """`dense` of ``query`` and `statements_dense` of ``topic``, side by side on two cores."""
        _check_k(k)
        statements = self._near["statement"].begin(topic, k, where, speakers, aside=True)
        passages = self._near["passage"].begin(query, k, where)()
        return passages, statements()

    def cosines(self, ids: Sequence[int], query: NDArray[np.float32]) -> NDArray[np.float64]:
        """The cosine of each passage with ``query``, (len(ids),): the score `dense` would give it."""
        return self._near["passage"].cosines(_ints(ids), query)[0]

    def statement_cosines(self, ids: Sequence[int], *queries: NDArray[np.float32]) -> list[NDArray[np.float64]]:
        """`cosines` for statements, with each query."""
        return self._near["statement"].cosines(_ints(ids), *queries)

    def title_cosines(self, ids: Sequence[int], query: NDArray[np.float32]) -> NDArray[np.float64]:
        """For each passage the cosine of its document's title with ``query``, (len(ids),); 0.0 without a title."""
        return self._titles.cosines(self._linked("passage", "document", ids), query)

    # ------------------------------------------------------------------------------------------------------- by words

    def lexical(self, words: Sequence[str], k: int, where: Filter = EVERYWHERE) -> list[tuple[int, float]]:
        """The ``k`` passages within ``where`` that hold any of ``words``, by BM25 (Robertson and Zaragoza, 2009) over
        text, title and heading: (id, score > 0). A word with a space in it is a phrase. Case, accents and endings do
        not count."""
        _check_k(k)
        return self._words.best(words, k, where)

    def bm25(self, ids: Sequence[int], words: Sequence[str]) -> NDArray[np.float64]:
        """The score `lexical` would give each passage, (len(ids),); 0.0 where it holds none of the words."""
        return self._words.scores(_ints(ids), words)

    def frequencies(self, words: Iterable[str]) -> dict[str, int]:
        """For each word or phrase, how many passages hold it, in text, title or heading."""
        return self._words.frequencies(list(words))

    def tokenizer(self) -> Tokenizer:
        """What cuts text into words as the word indexes do, while the snapshot is open."""
        return self._words.tokenizer()


def _length(text: Article | Document) -> int:
    return len(text.text)


def _ints(ids: Iterable[int]) -> list[int]:
    """Ids as Python numbers: they may come as numpy's."""
    return [int(id_) for id_ in ids]


def _check_k(k: int) -> None:
    if k < 0:
        raise ValueError(f"k must not be negative, not {k}")
