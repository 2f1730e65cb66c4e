"""The words of passages, laid out to be scored in bulk: what FTS5 says, twenty times sooner.

Owns the layout of the word file and BM25 over it. Refuses to know where the file lies, and what a filter is.

FTS5 is the truth and says what a word is: passages are cut by its own tokenizer, and scores are those of its ``bm25()``
to the last bit (Robertson and Zaragoza, 2009, k1 = 1.2, b = 0.75, columns weighted by counting their words several
times), in its order of operations. But it walks through the matches one by one; here a word is two rows of numbers,
where it stands and how often, and numpy does the rest. Of many matches only those are ranked that can be among the best:
the k-th score among the passages that hold the rarest word is one that the best reach.

Like the vector file, it begins with a *head*, which whoever stores the bytes keeps a checksum of; each word's rows have a
CRC-32 in the head and are compared with it when they are read. Passages that came after the file are laid out the same
way in memory.
"""

from __future__ import annotations

import struct
import zlib
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import apsw
import numpy as np
from numpy.typing import NDArray

from index import letters
from index.errors import IndexDamagedError
from index.store import schema

Places = NDArray[np.uint32]
Counts = NDArray[np.uint32]
Found = tuple[NDArray[np.int64], NDArray[np.float64]]
Row = tuple[int, str, str, str]
Read = Callable[[int, int], bytes]

TEXT, TITLE, HEADING = 1, 2, 1
"""bm25 weights of the columns: a word of the title counts twice, as in multi-field BM25 on BEIR."""

K1, B = 1.2, 0.75
"""FTS5's own, which cannot be set."""

_RARE = 1e-6
"""FTS5's weight of a word that stands in more than half of all passages."""

KEPT = 4_000_000
"""Places of words that are kept from one question to the next, with what the word adds there: 64 MB."""

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
            for word, count in counts.items():
                places, often = self._words.setdefault(word, (array("I"), array("I")))
                places.append(place)
                often.append(count)
            ids.append(id_)
            lengths.append(sum(len(words) for words, _ in columns))
        self.ids, self.lengths = np.array(ids, dtype=np.int64), np.array(lengths, dtype=np.uint32)

    def postings(self) -> Postings:
        return Postings(self.ids, self.lengths, self._find)

    def _find(self, word: str) -> tuple[Places, Counts]:
        found = self._words.get(word)
        return _NOWHERE if found is None else (np.array(found[0], np.uint32), np.array(found[1], np.uint32))

    def pieces(self) -> tuple[int, Iterator[bytes]]:
        """The bytes of a word file, piece by piece, and how many of them are its head."""
        words = sorted(word.encode() for word in self._words)
        pairs = [self._words[word.decode()] for word in words]
        rows = [np.array(places, "<u4").tobytes() + np.array(counts, "<u4").tobytes() for places, counts in pairs]
        ends = np.cumsum([0, *map(len, words)], dtype="<i8")
        begins = np.cumsum([0, *(len(places) for places, _ in pairs)], dtype="<i8")
        head = (
            _HEADER.pack(_MAGIC, len(self.ids), len(words), int(begins[-1]), int(ends[-1])),
            self.ids.astype("<i8").tobytes(),
            self.lengths.astype("<u4").tobytes(),
            ends.tobytes(),
            begins.tobytes(),
            np.array([zlib.crc32(row) for row in rows], "<u4").tobytes(),
            b"".join(words),
        )
        return sum(map(len, head)), iter((*head, *rows))


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


class Scorer:
    """BM25 over passages in several layouts, as one commit has them. Any number of threads may use it."""

    def __init__(self, parts: Iterable[Postings], alive: NDArray[np.bool_] | None = None) -> None:
        """``parts``: layouts whose ids ascend from one to the next. ``alive`` (n,) says which passages are still there
        (None: all)."""
        self._parts, self._alive = list(parts), alive
        self.ids = np.concatenate([part.ids for part in self._parts])
        lengths = np.concatenate([part.lengths for part in self._parts]).astype(np.float64)
        self._n = len(self.ids) if alive is None else int(alive.sum())
        total = float(lengths.sum() if alive is None else lengths[alive].sum())
        self._norm = K1 * (1 - B + B * lengths / (total / self._n if self._n else 1.0))
        self._kept: dict[str, Found] = {}

    def find(self, word: str) -> Found:
        """Places in ``ids`` of the living passages that hold a token, ascending, and what it adds to the score of each."""
        found = self._kept.get(word)
        if found is None:
            found = self._read(word)
            if sum(len(places) for places, _ in list(self._kept.values())) + len(found[0]) > KEPT:
                self._kept = {}
            self._kept[word] = found
        return found

    def _read(self, word: str) -> Found:
        found, offset = [], 0
        for part in self._parts:
            at, often = part.find(word)
            found.append((at.astype(np.int64) + offset, often))
            offset += len(part.ids)
        places, counts = (np.concatenate(column) for column in zip(*found, strict=True))
        if self._alive is not None:
            places, counts = places[self._alive[places]], counts[self._alive[places]]
        often = counts.astype(np.float64)
        return places, self.rarity(len(places)) * ((often * (K1 + 1.0)) / (often + self._norm[places]))

    def from_scores(self, ids: NDArray[np.int64], scores: NDArray[np.float64]) -> Found:
        """`find` for a phrase, out of the scores FTS5 gives it alone: they are what it adds."""
        return np.searchsorted(self.ids, ids), scores

    def rarity(self, held: int) -> float:
        """The weight of a word that ``held`` passages hold."""
        weight = float(np.log((self._n - held + 0.5) / (held + 0.5)))
        return weight if weight > 0 else _RARE

    def scores(self, found: Iterable[Found]) -> NDArray[np.float64]:
        """The score of each passage in ``ids`` (n,), given where words stand; 0.0 where it holds none."""
        total = np.zeros(len(self.ids), dtype=np.float64)
        for places, gains in found:
            total[places] += gains
        return total


def highest(
    scores: NDArray[np.float64], found: Iterable[Found], k: int, allowed: NDArray[np.bool_] | None
) -> list[int]:
    """The ``k`` places of the highest ``scores`` (n,) above 0, best first, the lowest of equals; of those ``allowed`` (n,)."""
    places = np.flatnonzero(scores >= _floor(scores, found, k, allowed)) if k else np.empty(0, np.int64)
    if allowed is not None:
        places = places[allowed[places]]
    if k < len(places):
        held = scores[places]
        places = places[held >= np.partition(held, len(held) - k)[len(held) - k]]
    order: list[int] = places[np.lexsort((places, -scores[places]))][:k].tolist()
    return order


def _floor(scores: NDArray[np.float64], found: Iterable[Found], k: int, allowed: NDArray[np.bool_] | None) -> float:
    """A score above 0 that the k best reach: the k-th of those that hold one word, the rarest that so many hold."""
    for places, _ in sorted(found, key=lambda pair: len(pair[0])):
        held = scores[places if allowed is None else places[allowed[places]]]
        if len(held) >= k:
            return float(np.partition(held, len(held) - k)[len(held) - k])
    return float(np.nextafter(0.0, 1.0))
