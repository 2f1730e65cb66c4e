"""Articles and their vectors, from one forward pass for each passage.

Owns which parts of a passage are pooled, and whose vector each of them is. Refuses to know how a vector is made, how many
articles are encoded at once, and what becomes of them.
"""

from __future__ import annotations

import importlib
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from index.encode import Encoder, Later
from index.store import Indexed
from index.types import Document, Span, homes
from index.work import Article


def get_ready(encoder: Encoder) -> None:
    """Loads what encoding needs, while files are read."""
    if isinstance(encoder, Later):
        encoder.start()
    importlib.import_module("index.read")  # whole, before two threads want parts of it and wait for each other
    threading.Thread(target=_get_ready_for_languages, name="qa-language", daemon=True).start()


def _get_ready_for_languages() -> None:
    with suppress(Exception):  # it is raised where a language is asked for
        from index.read import language

        language.get_ready()


def encode(articles: Sequence[Article], encoder: Encoder, heard: Callable[[int], None]) -> list[Indexed]:
    """Articles with their vectors, from one forward pass per passage. ``heard`` is told how many passages are done."""
    texts = [passage.span.of(article.document.text) for article in articles for passage in article.passages]
    parts = [spans for article in articles for spans in _parts(article)]
    encoded = encoder.passages(texts, parts, heard) if texts else None
    titles = _titles(articles, encoder)
    indexed, at = [], 0
    for article in articles:
        end = at + len(article.passages)
        vectors = encoded.passages[at:end] if encoded else np.zeros((0, encoder.dim), np.float32)
        rows = encoded.parts[at:end] if encoded else ()
        indexed.append(_indexed(article, vectors, rows, titles.get(article.document.title), encoder.dim))
        at = end
    return indexed


def _titles(articles: Sequence[Article], encoder: Encoder) -> dict[str | None, NDArray[np.float32]]:
    """The vector of every title among ``articles``, but of those without passages, by which nobody looks for them."""
    titles = list(dict.fromkeys(t for article in articles if article.passages and (t := article.document.title)))
    return dict(zip(titles, encoder.passages(titles).passages, strict=True)) if titles else {}


def _indexed(
    article: Article,
    vectors: NDArray[np.float32],
    parts: Sequence[NDArray[np.float32]],
    title: NDArray[np.float32] | None,
    dim: int,
) -> Indexed:
    """Deals the pooled vectors of each passage out to its sentences and, after them, its statements."""
    counts = [len(passage.sentences) for passage in article.passages]
    sentences = tuple(part[:count] for part, count in zip(parts, counts, strict=True))
    said = np.zeros((len(article.statements), dim), np.float32)
    for row, at in zip(said, _homes(article), strict=True):
        row[:] = parts[at][counts[at]]
        counts[at] += 1
    return Indexed(_in_a_language(article), article.passages, vectors, sentences, article.statements, said, title)


def _in_a_language(article: Article) -> Document:
    """The document of an article, if that is new with its language. Asked for when its passages are encoded: by then the
    model that tells languages is read."""
    from index.read import language_of

    document = article.document
    return replace(document, language=language_of(document)) if article.passages else document


def _homes(article: Article) -> list[int]:
    """For each statement the number of the passage that holds most of it: each of an article lies in one."""
    return [home for home in homes(article.statements, article.passages) if home is not None]


def _parts(article: Article) -> list[list[Span]]:
    """For each passage the spans to pool, counted from its start: its sentences, then its statements clipped to it."""
    parts = [[_within(sentence, passage.span) for sentence in passage.sentences] for passage in article.passages]
    for statement, at in zip(article.statements, _homes(article), strict=True):
        parts[at].append(_within(statement.span, article.passages[at].span))
    return parts


def _within(span: Span, outer: Span) -> Span:
    return Span(max(span.start, outer.start) - outer.start, min(span.end, outer.end) - outer.start)
