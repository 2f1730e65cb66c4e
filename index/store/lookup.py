"""Which passages hold these words, at one commit, and how well.

Owns the choice between the word file (`index.store.words`, scored by `index.store.bm25`) and FTS5, which says the same one
match after the other, and how a word is asked of FTS5. Refuses to know what the words were asked for.

Where the file is missing, or its bytes are not those its row names, FTS5 is asked: slower, the same answer, and a notice.
Without a notice it is asked where there is no file because passages are few, and where too many came after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from index import letters
from index.dense import OpenFile
from index.errors import QAError
from index.store import disk, schema, words
from index.store.bm25 import Found, Scorer, highest
from index.store.pinned import EVERYWHERE, Opened, Pinned, restriction
from index.store.records import Filter
from index.store.words import Layout, Tokenizer, WordFile

_Scored: TypeAlias = tuple[NDArray[np.int64], NDArray[np.float64], list[Found]]

_BM25 = f"-bm25(passage_words, {words.TEXT:.1f}, {words.TITLE:.1f}, {words.HEADING:.1f})"
"""FTS5's score of a passage, by the weights of its text, title and heading."""

WORDS_COUNTED = 4096
"""Words whose frequency is kept between questions about one commit."""

PHRASES = 256
"""Phrases whose places are kept so: FTS5 looks for them, which takes 10 ms for "U.S." in 43,000 passages."""

LAID_OUT = 20_000
"""Passages after the word file that are laid out in memory, once per commit: a second for so many, and FTS5 is asked
where there are more."""


class Lookup:
    """The words of passages; what was looked up for a question is at hand for the rest of it."""

    def __init__(self, pinned: Pinned) -> None:
        self._pinned = pinned
        self._tokenizer: Tokenizer | None = None
        self._places: dict[str, Found] = {}
        self._latest: tuple[tuple[str, ...], _Scored] | None = None

    def best(self, wanted: Sequence[str], k: int, where: Filter) -> list[tuple[int, float]]:
        """The ``k`` >= 0 passages within ``where`` that hold any of the words: (id, BM25 > 0), best first."""
        scored = self._scored(wanted)
        if scored is None:
            return self._matching(wanted, k, where)
        ids, scores, found = scored
        places = highest(scores, found, k, self._allowed_places(ids, where))
        return list(zip(ids[places].tolist(), scores[places].tolist(), strict=True))

    def _allowed_places(self, ids: NDArray[np.int64], where: Filter) -> NDArray[np.bool_] | None:
        """Which of ``ids``, those of the scorer, are within ``where``; None where all."""
        allowed = self._pinned.allowed("passage", where)
        return None if allowed is None else self._pinned.kept(("places", where), lambda: np.isin(ids, allowed))

    def scores(self, ids: list[int], wanted: Sequence[str]) -> NDArray[np.float64]:
        """The score `best` would give each passage, (len(ids),); 0.0 where it holds none of the words."""
        scored = self._scored(wanted)
        if scored is None or not len(scored[0]):
            return self._bm25(ids, wanted)
        held, scores, _ = scored
        given = np.array(ids, dtype=np.int64)
        places = np.minimum(np.searchsorted(held, given), len(held) - 1)
        found: NDArray[np.float64] = np.where(held[places] == given, scores[places], 0.0)
        return found

    def frequencies(self, wanted: Sequence[str]) -> dict[str, int]:
        """For each word or phrase, how many passages hold it."""
        standing = self._standing(wanted)
        if standing is None:
            return self._counted(wanted)
        return {word: len(places) for word, (places, _) in zip(wanted, standing[1], strict=True)}

    def described(self, word: str) -> dict[str, list[str]]:
        """The speakers in whose mentions a word stands, each with these mentions."""
        sql = """SELECT DISTINCT s.speaker, s.described FROM statement_words w CROSS JOIN statement s ON s.id = w.rowid
            WHERE statement_words MATCH ? AND s.speaker IS NOT NULL ORDER BY 1, 2"""
        found: dict[str, list[str]] = {}
        for speaker, mention in self._pinned.rows(sql, (f"mention : ({_match([word])})",)):
            found.setdefault(speaker, []).append(mention)
        return found

    def tokenizer(self) -> Tokenizer:
        """What cuts text into words as the word indexes do."""
        self._tokenizer = self._tokenizer or Tokenizer(self._pinned.connection)
        return self._tokenizer

    # -------------------------------------------------------------------------------------------------- the word file

    def scorer(self) -> Scorer | None:
        """BM25 over the word file and the passages that came after it; None where FTS5 has to be asked."""
        file, upto = self._pinned.file(schema.WORDS, _loaded)
        return None if file is None else self._pinned.kept("scorer", lambda: self._made_scorer(file, upto))

    def _made_scorer(self, file: WordFile, upto: int) -> Scorer | None:
        if self._pinned.rows("SELECT 1 FROM passage WHERE id > ? LIMIT 1 OFFSET ?", (upto, LAID_OUT)):
            return None
        with disk.translated(self._pinned.folder):
            tail = Layout(self.tokenizer(), words.passages(self._pinned.connection, upto))
        live = self._pinned.live("passage", upto, len(file.ids))
        alive = (
            None if live is None else np.isin(np.concatenate((file.ids, tail.ids)), np.concatenate((live, tail.ids)))
        )
        return Scorer([file.postings(), tail.postings()], alive)

    def _scored(self, wanted: Sequence[str]) -> _Scored | None:
        """Ids of all passages, ascending, their scores, and where each word stands; None where FTS5 has to say so."""
        key = tuple(_distinct(wanted).values())
        if self._latest is None or self._latest[0] != key:
            standing = self._standing(key)
            if standing is None:
                return None
            scorer, found = standing
            self._latest = (key, (scorer.ids, scorer.scores(found), found))
        return self._latest[1]

    def _standing(self, wanted: Sequence[str]) -> tuple[Scorer, list[Found]] | None:
        """The scorer, and where each word stands; None where FTS5 has to say so."""
        scorer = self.scorer()
        if scorer is None:
            return None
        try:
            return scorer, [self._found(scorer, word) for word in wanted]
        except QAError:
            self._pinned.give_up(schema.WORDS)
            return None

    def _found(self, scorer: Scorer, word: str) -> Found:
        """Where a word or phrase stands; read once for a question."""
        if word not in self._places:
            self._places[word] = self._looked_up(scorer, word)
        return self._places[word]

    def _looked_up(self, scorer: Scorer, word: str) -> Found:
        with disk.translated(self._pinned.folder):
            tokens = self.tokenizer()(_plain(word), query=True)
        if len(tokens) < 2:
            return scorer.find("".join(tokens))
        phrases: dict[str, Found] = self._pinned.kept("phrases", dict)
        found = phrases.get(word)
        if found is None:
            pairs = sorted(self._matching([word], -1, EVERYWHERE))
            ids, scores = (np.array(column) for column in (zip(*pairs, strict=True) if pairs else ((), ())))
            found = scorer.from_scores(ids.astype(np.int64), scores.astype(np.float64))
            if len(phrases) >= PHRASES:
                phrases.clear()
            phrases[word] = found
        return found

    # ----------------------------------------------------------------------------------------------------------- FTS5

    def _matching(self, wanted: Sequence[str], k: int, where: Filter) -> list[tuple[int, float]]:
        """`best`; all where ``k`` is negative."""
        condition, values = restriction(where)
        joined = "CROSS JOIN passage t ON t.id = w.rowid CROSS JOIN document d ON d.id = t.document" if values else ""
        sql = f"""SELECT w.rowid, {_BM25} AS score FROM passage_words w {joined}
            WHERE passage_words MATCH ? AND {condition} ORDER BY score DESC, w.rowid LIMIT ?"""  # noqa: S608 - constants
        return [(int(id_), float(score)) for id_, score in self._pinned.rows(sql, (_match(wanted), *values, k))]

    def _bm25(self, ids: list[int], wanted: Sequence[str]) -> NDArray[np.float64]:
        """`scores`."""
        # The plus keeps SQLite from running the whole match once per id.
        sql = f"SELECT rowid, {_BM25} FROM passage_words WHERE passage_words MATCH ? AND +rowid"  # noqa: S608 - constants
        found = dict(self._pinned.among(sql, ids, (_match(wanted),)))
        return np.array([found.get(id_, 0.0) for id_ in ids], dtype=np.float64)

    def _counted(self, wanted: Sequence[str]) -> dict[str, int]:
        """`frequencies`."""
        sql = "SELECT count(*) FROM passage_words WHERE passage_words MATCH ?"
        known: dict[str, int] = self._pinned.kept("frequencies", dict)
        found: dict[str, int] = {}
        for word in dict.fromkeys(wanted):
            count = known.get(word)
            if count is None:
                count = int(self._pinned.rows(sql, (_match([word]),))[0][0])
                if len(known) >= WORDS_COUNTED:
                    known.clear()
                known[word] = count
            found[word] = count
        return found


def _loaded(file: Opened) -> WordFile:
    return WordFile(OpenFile(file.handle).read, file.row.size, file.row.begins)


def _match(wanted: Sequence[str]) -> str:
    """Words as a query of FTS5: each one quoted, any of them. Nothing in a word is syntax."""
    return " OR ".join('"' + word.replace('"', '""') + '"' for word in _distinct(wanted)) or '""'


def _distinct(wanted: Sequence[str]) -> dict[str, str]:
    """Of words that are looked for as one, as the cases of a Russian noun are, the first: by what is looked for, in order."""
    found: dict[str, str] = {}
    for word in wanted:
        found.setdefault(letters.searchable(_plain(word)), word)
    return found


def _plain(word: str) -> str:
    """A word as SQL can hold it."""
    return word.encode("utf-8", "replace").decode("utf-8").replace("\0", " ")
