"""The passages that one question reads: their articles, what is said in them, and which of its words they hold.

Owns what is read and what of it can be told without knowing how near anything is, so that it may be done while the question
is still being encoded. Refuses to score.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from index.store import Article, Snapshot
from index.types import Passage, Span, Statement
from qa import highlight
from qa.highlight import Sought, Stems
from qa.question import stems_in, words_of

# What is a word for certain, without its being folded.
_PLAIN_WORD = re.compile(r"\s[A-Za-z]+\s")
# Passages that are read at once ahead of time: half a millisecond, and no longer does who waits for the vectors wait.
_AT_ONCE = 6


class Pages:
    """Passages by id, each read once, by `open` or `read_ahead`. The other methods are asked about those that are read, and
    raise KeyError for any other."""

    def __init__(self, snapshot: Snapshot, sought: Sought, facts: bool) -> None:
        """``facts``: whether the question asks for facts, and not for somebody's words."""
        self.sought, self.facts = sought, facts
        self.passages: dict[int, Passage] = {}
        self.articles: dict[int, Article] = {}
        self._snapshot = snapshot
        self._subjects: dict[str, Stems] = {}
        self._stems: dict[int, list[Stems]] = {}
        self._held: dict[int, Stems] = {}
        self._kinds: dict[int, list[float]] = {}
        self._says: dict[int, list[float]] = {}
        self._said: dict[int, list[Statement]] = {}
        self._vectors: dict[int, NDArray[np.float32]] = {}

    def open(self, ids: Iterable[int]) -> None:
        """Reads passages with their articles, but those that are read."""
        missing = [id_ for id_ in ids if id_ not in self.passages]
        if not missing:
            return
        passages = self._snapshot.passages(missing)
        articles = self._snapshot.articles({passage.document for passage in passages})
        for passage in passages:
            self.passages[passage.id], self.articles[passage.id] = passage, articles[passage.document]

    def read_ahead(self, ids: Sequence[int], enough: Callable[[], bool]) -> None:
        """Reads passages, and what their words say, in the order of ``ids`` until it is ``enough``."""
        for start in range(0, len(ids), _AT_ONCE):
            if enough():
                return
            some = ids[start : start + _AT_ONCE]
            self.open(some)
            self.vectors(some)
            if not self.facts:
                self.said(some)
            for id_ in some:
                self.held(id_)
                if self.facts:
                    self.says(id_)  # where somebody is asked about, his statements come before the passages

    def said(self, ids: Sequence[int]) -> list[tuple[int, Statement]]:
        """The statements in which anything is said, each with its passage, in the order of ``ids`` and of the text."""
        missing = [id_ for id_ in ids if id_ not in self._said]
        if missing:
            for id_, statements in self._snapshot.statements_of(missing).items():
                self._said[id_] = [s for s in statements if has_a_word(s.parts, self.articles[id_].text)]
        return [(id_, statement) for id_ in ids for statement in self._said[id_]]

    def vectors(self, ids: Sequence[int]) -> list[NDArray[np.float32]]:
        """The sentence vectors of passages, (m, d) float32 unit rows each, in the order of ``ids``."""
        missing = [id_ for id_ in ids if id_ not in self._vectors]
        if missing:
            self._vectors |= zip(missing, self._snapshot.parts(missing), strict=True)
        return [self._vectors[id_] for id_ in ids]

    def text(self, passage: int) -> str:
        """The text of the article a passage is of."""
        return self.articles[passage].text

    def held(self, passage: int) -> Stems:
        """Of the stems of the question's words and of the article's subject those that stand in a passage."""
        if passage not in self._held:
            self._held[passage] = frozenset().union(*self.stems(passage))
        return self._held[passage]

    def stems(self, passage: int) -> list[Stems]:
        """The same of each of its sentences, (m,)."""
        if passage not in self._stems:
            article, sentences = self.articles[passage], self.passages[passage].sentences
            wanted = self.subject(article).union(self.sought.rarity)
            self._stems[passage] = stems_in(article.text, sentences, wanted)
        return self._stems[passage]

    def kinds(self, passage: int) -> list[float]:
        """How far each sentence of a passage holds the kind of words asked for, (m,)."""
        if passage not in self._kinds:
            self._kinds[passage] = highlight.kinds(self.text(passage), self.passages[passage].sentences, self.sought)
        return self._kinds[passage]

    def says(self, passage: int) -> list[float]:
        """What the words of each sentence of a passage say for it, (m,)."""
        if passage not in self._says:
            article, sentences = self.articles[passage], self.passages[passage].sentences
            kinds, subject, held = self.kinds(passage), self.subject(article), self.stems(passage)
            self._says[passage] = highlight.evidence(article.text, sentences, self.sought, kinds, subject, held)
        return self._says[passage]

    def subject(self, article: Article) -> Stems:
        """What an article's title says beyond the question, where that may answer: facts are asked for, and what is new, or a
        name, and the title has one. Who asks for a detail asks for what no title says."""
        if article.id not in self._subjects:
            may = self.facts and (self.sought.topical or self._named_in_title(article))
            found = highlight.subject(article.title, article.source, self.sought.known) if may else frozenset()
            self._subjects[article.id] = found
        return self._subjects[article.id]

    def _named_in_title(self, article: Article) -> bool:
        wanted = self.sought.wants == "name" and article.title is not None
        return wanted and highlight.holds(article.title or "", self.sought, article.text) > 0

    def share(self, passage: int) -> float:
        """How much a passage holds of its article's subject."""
        return highlight.share(self.held(passage), self.subject(self.articles[passage]))


def has_a_word(parts: Sequence[Span], text: str) -> bool:
    """Whether anything is said in ``parts``; of "updated 05:13 p.m." only "05:13 p.m." may be left."""
    return any(_PLAIN_WORD.search(text, part.start, part.end) for part in parts) or any(
        word.isalpha() for part in parts for word in words_of(part.of(text))
    )
