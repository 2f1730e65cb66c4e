"""Answers over the two seed articles, made by hand: what `qa.answer` would give, without a model or an index."""

from __future__ import annotations

import hashlib
import itertools
import re
from pathlib import Path
from types import MappingProxyType

from index.types import Block, Document, Passage, Span, Statement
from qa.types import Answer, Citation, Hit, Question, Searched

SEEDS = Path(__file__).parent.parent / "seeds"
SEARCHED = Searched(2, 14, 43, 0, "s1", "2012-06-15", "2017-01-30")


def article(text: str, path: str = "/news/a.txt", id_: str = "", **facts: str | None) -> Document:
    """A document whose paragraphs are its non-empty lines."""
    blocks = tuple(Block(Span(*match.span()), "paragraph") for match in re.finditer(r"[^\n]+", text))
    id_ = id_ or hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
    return Document(id_, path, text, blocks, **facts)


def seed(name: str, **facts: str | None) -> Document:
    """A seed article as it lies on the disk."""
    path = SEEDS / name
    return article(path.read_bytes().decode(), str(path), **facts)


IRAN = seed("000_aca22e1ab05da15b.txt")
HAVENS = seed(
    "003_a66a14f0af45c417.txt",
    title="Safe havens in Syria",
    source="TASS",
    date="2017-01-30T12:00:00",
    url="https://example.org/politics/1",
)


def find(document: Document, text: str, after: int = 0) -> Span:
    """Where ``text`` stands in the document."""
    start = document.text.index(text, after)
    return Span(start, start + len(text))


def passage_at(document: Document, place: Span) -> Passage:
    """The paragraph around ``place`` as a passage; every sentence ends with a full stop and a space."""
    number, span = next((n, s) for n, s in enumerate(document.paragraphs(), 1) if s.start <= place.start < s.end)
    ends = [span.start + m.end() for m in re.finditer(r"\. ", span.of(document.text))]
    edges = [span.start, *ends, span.end]
    sentences = tuple(Span(a, b) for a, b in itertools.pairwise(edges) if b > a)
    return Passage(document.id, span, sentences, number)


def quotation(document: Document, words: str, rank: int = 1, strength: str = "strong", **facts: object) -> Citation:
    """A citation of a statement of ``words``; the next "said" is its cue, the next "Lavrov" whoever said it."""
    place = find(document, words)
    cue = find(document, "said", place.end)
    said = {"kind": "direct", "speaker": "Sergei Lavrov", "confidence": 0.97, "cue": cue, **facts}
    if "mention" not in said:
        said["mention"] = find(document, "Lavrov", place.end)
    statement = Statement(document.id, (place,), **said)
    ranks = MappingProxyType({"dense": rank, "lexical": 2})
    scores = MappingProxyType({"dense": 0.71, "lexical": 12.25})
    hit = Hit(passage_at(document, place), 0.8125, scores, ranks, statement)
    return Citation(rank, document, hit, (place,), strength)


def extract(document: Document, words: str, rank: int = 1, strength: str = "strong") -> Citation:
    """A citation of a passage, ``words`` in it highlighted."""
    place = find(document, words)
    return Citation(rank, document, Hit(passage_at(document, place), 0.5), (place,), strength)


CONVINCED = quotation(IRAN, "We are convinced that Iran should participate in that conference,")
AMERICANS = quotation(IRAN, "they had no problem talking directly to Iran,", 2, "fair")
THEME = quotation(HAVENS, "we will try to clear up this theme,", 3, "weak")
DRAFT = quotation(HAVENS, "It is clear that the dialogue is at the very beginning,", 4, "weak")


def answer(*citations: Citation, text: str = "What did Lavrov say about Iran?", **facts: object) -> Answer:
    """An answer with these citations."""
    return Answer(Question(text), citations, 0.93, SEARCHED, **{"seconds": 0.03, **facts})


def refusal(*nearest: Citation, reason: str = "No statement by Kofi Annan about safe havens.") -> Answer:
    """An honest zero with these misses."""
    question = Question("What did Annan say about safe havens?")
    return Answer(question, (), 0.07, SEARCHED, refusal=reason, nearest=nearest, seconds=0.03)
