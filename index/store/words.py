"""The words of passages, laid out to be scored in bulk (`index.store.bm25`): where each stands, and how often.

Owns the layout of the word file, and what is a word: passages are cut by FTS5's own tokenizer, which is the truth, and the
words of weightier columns are counted several times. Refuses to know where the file lies, and what a score is.

Like the vector file, it begins with a *head*, which whoever stores the bytes keeps a checksum of; each word's rows have a
CRC-32 in the head and are compared with it when they are read. Passages that came after the file are laid out the same
way in memory.
"""

from __future__ import annotations

import os
import struct
import zlib
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import merge
from itertools import chain, count, groupby, islice, pairwise, repeat
from operator import itemgetter
from typing import BinaryIO

import apsw
import numpy as np
from numpy.typing import NDArray

from index import letters
from index.errors import IndexDamagedError
from index.store import schema

Places = NDArray[np.uint32]
Counts = NDArray[np.uint32]
Row = tuple[int, str, str, str]
Read = Callable[[int, int], bytes]

TEXT, TITLE, HEADING = 1, 2, 1
"""bm25 weights of the columns: a word of the title counts twice, as in multi-field BM25 on BEIR."""

AT_ONCE = 1 << 14
"""Passages that are laid out in memory before they are put by: some 40 MB."""

_MAGIC = b"qa-wrd-1"
_HEADER = struct.Struct("<8sqqqq")  # magic, passages, words, pairs of place and count, bytes of the words


@dataclass(frozen=True, slots=True)
class Postings:
    """Where words stand. ``ids`` (n,) of the passages, ascending; ``lengths`` (n,) in words, title and heading included.

    ``find`` gives for a word, as the tokenizer has it, the places in ``ids`` that hold it, ascending, and its weighted
    counts there. It raises IndexDamagedError where they are not as they were written, StorageError.
    """

    ids: NDArray[np.int64]
    lengths: NDArray[np.uint32]
    find: Callable[[str], tuple[Places, Counts]]


_NOWHERE = (np.empty(0, np.uint32), np.empty(0, np.uint32))


class Tokenizer:
    """FTS5's own, given what the word indexes are given."""

    def __init__(self, connection: apsw.Connection) -> None:
        name, *arguments = schema.TOKENIZER.split()
        self._cut = connection.fts5_tokenizer(name, arguments)

    def __call__(self, text: str, *, query: bool = False) -> list[str]:
        flags = apsw.FTS5_TOKENIZE_QUERY if query else apsw.FTS5_TOKENIZE_DOCUMENT
        data = letters.searchable(text).encode("utf-8", "replace")
        return [str(word) for word in self._cut(data, flags, None, include_offsets=False, include_colocated=False)]


def passages(connection: apsw.Connection, after: int = 0) -> Iterator[Row]:
    """Id, text, title and heading of every passage with an id higher than ``after``, by id."""
    sql = """SELECT p.id, p.document, p.start, p.stop, p.heading FROM passage p WHERE p.id > ? ORDER BY p.id"""
    document, text, title = 0, "", ""
    for id_, key, start, stop, heading in connection.execute(sql, (after,)):
        if key != document:
            [(text, title)] = connection.execute("SELECT text, coalesce(title, '') FROM document WHERE id = ?", (key,))
            document = key
        above = schema.unpack_spans(heading)
        yield id_, text[start:stop], title, above[0].of(text) if above else ""


def layouts(tokenizer: Tokenizer, rows: Iterable[Row]) -> Iterator[Layout]:
    """Passages, `AT_ONCE` at a time."""
    rows = iter(rows)
    for first in rows:
        yield Layout(tokenizer, chain([first], islice(rows, AT_ONCE - 1)))


class Layout:
    """Passages, cut into words and counted, in memory."""

    def __init__(self, tokenizer: Tokenizer, rows: Iterable[Row]) -> None:
        """``rows``: id, text, title and heading of passages, ids ascending."""
        ids, lengths = array("q"), array("I")
        self._words: dict[str, tuple[array[int], array[int]]] = {}
        titles: dict[str, list[str]] = {"": []}
        for place, (id_, text, title, heading) in enumerate(rows):
            if title not in titles:
                titles = {"": [], title: tokenizer(title)}
            columns = (
                (tokenizer(text), TEXT),
                (titles[title], TITLE),
                (tokenizer(heading) if heading else [], HEADING),
            )
            counts: Counter[str] = Counter()
            for words, weight in columns:
                for word in words:
                    counts[word] += weight
            for word, held in counts.items():
                places, often = self._words.setdefault(word, (array("I"), array("I")))
                places.append(place)
                often.append(held)
            ids.append(id_)
            lengths.append(sum(len(words) for words, _ in columns))
        self.ids, self.lengths = np.array(ids, dtype=np.int64), np.array(lengths, dtype=np.uint32)

    def postings(self) -> Postings:
        return Postings(self.ids, self.lengths, self._find)

    def _find(self, word: str) -> tuple[Places, Counts]:
        found = self._words.get(word)
        return _NOWHERE if found is None else (np.array(found[0], np.uint32), np.array(found[1], np.uint32))

    def words(self) -> list[bytes]:
        """The words as a word file has them, in its order."""
        return sorted(word.encode() for word in self._words)

    def found(self, word: bytes) -> tuple[Places, Counts]:
        """Where one of `words` stands, as `Postings.find`."""
        return self._find(word.decode())


@dataclass(frozen=True, slots=True)
class _Part:
    """What was put by of a layout: its words, one after the other, where each ends, and where its pairs end, all from 0;
    ``at`` is where its rows begin in the file, and ``first`` the place of its first passage among all."""

    words: bytes
    ends: NDArray[np.int64]
    pairs: NDArray[np.int64]
    at: int
    first: int

    def __iter__(self) -> Iterator[bytes]:
        """Its words, ascending."""
        return (self.words[start:end] for start, end in pairwise(self.ends.tolist()))


class Gathered:
    """Layouts on their way into one word file. Only one of them is in memory at a time: its words' rows are put by in
    ``scratch``, to be read again word by word, and what is kept of it are its words."""

    def __init__(self, layouts: Iterable[Layout], scratch: BinaryIO) -> None:
        """``layouts``: of passages whose ids ascend from one to the next. ``scratch``: an empty file. Raises OSError."""
        ids, lengths, first = [np.empty(0, np.int64)], [np.empty(0, np.uint32)], 0
        self._scratch, self._parts = scratch, list[_Part]()
        for layout in layouts:
            self._parts.append(self._put_by(layout, first))
            ids.append(layout.ids)
            lengths.append(layout.lengths)
            first += len(layout.ids)
        scratch.flush()
        self.ids, self.lengths = np.concatenate(ids), np.concatenate(lengths)

    def _put_by(self, layout: Layout, first: int) -> _Part:
        at, held, words = self._scratch.tell(), array("q", [0]), layout.words()
        for word in words:
            places, counts = layout.found(word)
            self._scratch.write((places + np.uint32(first)).astype("<u4").tobytes() + counts.astype("<u4").tobytes())
            held.append(len(places))
        return _Part(b"".join(words), _ends(words), np.cumsum(held, dtype=np.int64), at, first)

    def pieces(self) -> tuple[int, Iterator[bytes]]:
        """The bytes of a word file, piece by piece, and how many of them are its head. Raises OSError, now and later."""
        words, counts, sums = list[bytes](), array("q", [0]), array("I")
        for word, row in self._rows():
            words.append(word)
            counts.append(len(row) // 8)
            sums.append(zlib.crc32(row))
        ends, begins = _ends(words), np.cumsum(counts, dtype="<i8")
        head = (
            _HEADER.pack(_MAGIC, len(self.ids), len(words), int(begins[-1]), int(ends[-1])),
            self.ids.astype("<i8").tobytes(),
            self.lengths.astype("<u4").tobytes(),
            ends.astype("<i8").tobytes(),
            begins.tobytes(),
            np.array(sums, "<u4").tobytes(),
            b"".join(words),
        )
        return sum(map(len, head)), chain(head, (row for _, row in self._rows()))

    def _rows(self) -> Iterator[tuple[bytes, bytes]]:
        """Every word, ascending, with its rows in the word file."""
        numbered = (zip(part, repeat(number), count()) for number, part in enumerate(self._parts))
        for word, found in groupby(merge(*numbered), key=itemgetter(0)):
            rows = [self._read(self._parts[number], place) for _, number, place in found]
            whole = rows[0] if len(rows) == 1 else np.concatenate(rows, axis=1)
            yield word, whole.tobytes()

    def _read(self, part: _Part, number: int) -> NDArray[np.uint32]:
        """The rows (2, n) of one of its words."""
        begin, end = part.pairs[number : number + 2].tolist()
        data = os.pread(self._scratch.fileno(), 8 * (end - begin), part.at + 8 * begin)
        return np.frombuffer(data, "<u4").reshape(2, end - begin)


def _ends(words: Sequence[bytes]) -> NDArray[np.int64]:
    """0, and where each word ends where they stand one after the other."""
    return np.cumsum([0, *map(len, words)], dtype=np.int64)


class WordFile:
    """A word file, its head in memory."""

    def __init__(self, read: Read, size: int, check: Callable[[bytes], bool]) -> None:
        """``read`` gives bytes of the file by place and number, ``check`` says whether a head is the one that was
        written. Raises IndexDamagedError, and what ``read`` raises."""
        header = read(0, _HEADER.size)
        if len(header) < _HEADER.size:
            raise IndexDamagedError("the word file is damaged: it is too short")
        magic, n, m, pairs, letters = _HEADER.unpack(header)
        sizes = (_HEADER.size, 8 * n, 4 * n, 8 * (m + 1), 8 * (m + 1), 4 * m, letters)
        if magic != _MAGIC or min(n, m, pairs, letters) < 0 or size != sum(sizes) + 8 * pairs:
            raise IndexDamagedError("the word file is damaged: its header is not one this program writes")
        head = read(0, sum(sizes))
        if not check(head):
            raise IndexDamagedError("the word file is damaged: its checksum does not hold")
        at = np.cumsum(sizes)
        self.ids = np.frombuffer(head, "<i8", n, int(at[0])).astype(np.int64)
        self.lengths = np.frombuffer(head, "<u4", n, int(at[1])).astype(np.uint32)
        self._ends = np.frombuffer(head, "<i8", m + 1, int(at[2]))
        self._begins = np.frombuffer(head, "<i8", m + 1, int(at[3]))
        self._sums = np.frombuffer(head, "<u4", m, int(at[4]))
        self._words = head[int(at[5]) :]
        self._read, self._start = read, len(head)

    def postings(self) -> Postings:
        return Postings(self.ids, self.lengths, self._find)

    def check(self) -> None:
        """Compares every word's rows with their checksum. Raises IndexDamagedError, and what reading raises."""
        for number in range(len(self._sums)):
            self._rows(number)

    def _find(self, word: str) -> tuple[Places, Counts]:
        wanted = word.encode("utf-8", "replace")
        low, high = 0, len(self._sums)
        while low < high:
            middle = (low + high) // 2
            if self._word(middle) < wanted:
                low = middle + 1
            else:
                high = middle
        return self._rows(low) if low < len(self._sums) and self._word(low) == wanted else _NOWHERE

    def _word(self, number: int) -> bytes:
        return self._words[self._ends[number] : self._ends[number + 1]]

    def _rows(self, number: int) -> tuple[Places, Counts]:
        begin, end = int(self._begins[number]), int(self._begins[number + 1])
        data = self._read(self._start + 8 * begin, 8 * (end - begin))
        if zlib.crc32(data) != int(self._sums[number]):
            raise IndexDamagedError("the word file is damaged: a word is not as it was written")
        rows = np.frombuffer(data, "<u4").reshape(2, end - begin)
        return rows[0], rows[1]
