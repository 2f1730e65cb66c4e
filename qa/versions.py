"""The same story in several articles: who else carries what a citation shows, and how their words differ.

Owns when two results are one, which article is named beside it, and the comparison of two versions. Refuses to know how
copies are found (the store does) and how differences look.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from index.types import Document, Span
from qa.question import stems_of
from qa.types import Citation

if TYPE_CHECKING:
    from index.store import Snapshot

_WORD = re.compile(r"\w+")
# Two articles that share so much of what is shown took it from one another, or from one source; shorter words may agree by
# chance.
ALIKE, STEMS = 0.9, 6
LONGEST_COMPARED = 3_000  # paragraphs of both articles together; the comparison takes their product


@dataclass(frozen=True, slots=True)
class Change:
    """Paragraphs that one version has where the other has others, or none. ``words`` are those that differ in them."""

    before: tuple[Span, ...]
    after: tuple[Span, ...]
    words_before: tuple[Span, ...] = ()
    words_after: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Version:
    """Another article that carries the story; ``changes`` lead from the cited one to it, in the order of the text."""

    document: Document
    changes: tuple[Change, ...]


def gather(snapshot: Snapshot, cited: Sequence[Citation], most: int) -> list[Citation]:
    """The first ``most`` results, each once: neither a statement that another article carries almost word for word, nor the
    same words in a copy of an article already cited, is another result.

    Each names as its copies all articles that carry its words, oldest first.
    """
    gathered: list[Citation] = []
    shown: dict[tuple[str, ...], list[str]] = {}
    for citation in _stated_once(cited):
        if len(gathered) == most:
            break
        words, copies = _shown(citation), snapshot.copies(citation.document.id)
        if not set(copies).isdisjoint(shown.get(words, ())):
            continue
        shown.setdefault(words, []).append(citation.document.id)
        carriers = {document.id: document for document in citation.copies}
        carriers |= {id_: copy for id_, copy in snapshot.documents(copies).items() if _carries(copy, words)}
        gathered.append(replace(citation, rank=len(gathered) + 1, copies=tuple(sorted(carriers.values(), key=_age))))
    return gathered


def _stated_once(cited: Sequence[Citation]) -> list[Citation]:
    """Every statement as the first article has it; the others that carry it are its copies."""
    once: list[Citation] = []
    said: list[frozenset[str]] = []
    for citation in cited:
        stems = _stems(citation)
        first = next((i for i, other in enumerate(once) if _restates(citation, other) and _alike(stems, said[i])), None)
        if first is None:
            once.append(citation)
            said.append(stems)
        else:
            once[first] = replace(once[first], copies=(*once[first].copies, citation.document))
    return once


def _restates(one: Citation, other: Citation) -> bool:
    """Whether two articles may carry one statement."""
    return one.document.id != other.document.id and one.statement is not None and other.statement is not None


def _stems(citation: Citation) -> frozenset[str]:
    return stems_of(" ".join(part.of(citation.document.text) for part in citation.highlights))


def _alike(here: frozenset[str], there: frozenset[str]) -> bool:
    """Whether they are one statement: nine in ten of the stems of both, of six or more."""
    return min(len(here), len(there)) >= STEMS and len(here & there) >= ALIKE * len(here | there)


def versions(snapshot: Snapshot, document: Document) -> list[Version]:
    """The other articles that carry the story of this one, oldest first."""
    found = snapshot.documents(snapshot.copies(document.id)).values()
    return [Version(other, compare(document, other)) for other in sorted(found, key=_age)]


def compare(one: Document, other: Document) -> tuple[Change, ...]:
    """What is not the same in two articles, paragraph by paragraph: letter case, punctuation and space are not looked
    at. Spans are of the text each belongs to."""
    old, new = one.paragraphs(), other.paragraphs()
    if len(old) + len(new) > LONGEST_COMPARED:
        return (Change(tuple(old), tuple(new)),)
    here, there = [_words(span.of(one.text)) for span in old], [_words(span.of(other.text)) for span in new]
    changes = []
    for kind, a, b, c, d in SequenceMatcher(None, here, there, autojunk=False).get_opcodes():
        if kind != "equal":
            changes.append(_change(one, other, old[a:b], new[c:d]))
    return tuple(changes)


def _change(one: Document, other: Document, before: Sequence[Span], after: Sequence[Span]) -> Change:
    """With the words that differ, where there are words on both sides."""
    if not before or not after:
        return Change(tuple(before), tuple(after))
    old, new = _word_spans(one, before), _word_spans(other, after)
    here, there = [_folded(span.of(one.text)) for span in old], [_folded(span.of(other.text)) for span in new]
    matched = SequenceMatcher(None, here, there, autojunk=False).get_opcodes()
    changed = [(a, b, c, d) for kind, a, b, c, d in matched if kind != "equal"]
    return Change(
        tuple(before),
        tuple(after),
        tuple(Span(old[a].start, old[b - 1].end) for a, b, _, _ in changed if b > a),
        tuple(Span(new[c].start, new[d - 1].end) for _, _, c, d in changed if d > c),
    )


def _word_spans(document: Document, paragraphs: Sequence[Span]) -> list[Span]:
    return [
        Span(match.start(), match.end())
        for span in paragraphs
        for match in _WORD.finditer(document.text, span.start, span.end)
    ]


def _shown(citation: Citation) -> tuple[str, ...]:
    """The words of a citation that answer, piece by piece; of a passage of which none is marked, all."""
    text = citation.document.text
    return tuple(_words(span.of(text)) for span in citation.hit.parts or (citation.passage.span,))


def _carries(document: Document, words: tuple[str, ...]) -> bool:
    whole = f" {_words(document.text)} "
    return all(f" {piece} " in whole for piece in words)


def _words(text: str) -> str:
    return _folded(" ".join(_WORD.findall(text)))


def _folded(words: str) -> str:
    return words.casefold()


def _age(document: Document) -> tuple[str, str]:
    """By date; those that give none last."""
    return document.date or "~", document.path
