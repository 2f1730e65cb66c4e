"""No passage is encoded twice: an encoder that looks first among the vectors that are there.

Owns when a vector may be taken for another text: the same model, the same characters, the same parts to pool. Refuses
to know how vectors are made. What an index held when the run began is read through one snapshot of it, also while a
rebuild empties it; what the run itself encoded is remembered for a while, for the copies of agency articles.

Vectors come back as they are stored, so what is written again is what was written before.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from index.encode import Encoded, Encoder
from index.encode.base import Progress
from index.errors import QAError
from index.store import schema
from index.store.snapshot import Snapshot
from index.types import Span, hull

Made = tuple[NDArray[np.float32], NDArray[np.float32]]

REMEMBERED = 2048
"""Passages of this run that are remembered: 20 MB, and copies of an article arrive close together."""


class Reusing:
    """An `index.encode.Encoder`, in front of another. For one thread."""

    def __init__(self, encoder: Encoder, snapshot: Snapshot | None = None, paths: Iterable[str] | None = None) -> None:
        """``snapshot``: where vectors may be taken from; None: nowhere. ``paths``: of these files only (None: all), since
        looking through a large index takes longer than encoding one article."""
        self._encoder = encoder
        self._snapshot = snapshot
        self._passages: dict[bytes, int] = {}
        self._titles: dict[bytes, int] = {}
        self._recent: dict[bytes, Made] = {}
        if snapshot and snapshot.model and snapshot.model.fingerprint == encoder.fingerprint:
            with contextlib.suppress(QAError):  # what cannot be read is encoded
                self._look(snapshot, paths)

    @property
    def name(self) -> str:
        return self._encoder.name

    @property
    def dim(self) -> int:
        return self._encoder.dim

    @property
    def fingerprint(self) -> str:
        return self._encoder.fingerprint

    @property
    def max_tokens(self) -> int:
        return self._encoder.max_tokens

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """See `Encoder.count_tokens`."""
        return self._encoder.count_tokens(texts)

    def questions(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See `Encoder.questions`."""
        return self._encoder.questions(texts)

    def passages(
        self, texts: Sequence[str], parts: Sequence[Sequence[Span]] = (), progress: Progress | None = None
    ) -> Encoded:
        """See `Encoder.passages`. ``progress`` begins with those that need no encoding."""
        if parts and len(parts) != len(texts):
            return self._encoder.passages(texts, parts, progress)  # which says what is wrong with that
        keys = [_key(text, parts[place] if parts else ()) for place, text in enumerate(texts)]
        made = self._known(keys)
        missing = {key: place for place, key in reversed(list(enumerate(keys))) if key not in made}
        places = sorted(missing.values())
        ready = len(texts) - len(places)
        if ready and progress:
            progress(ready)
        fresh = self._encoder.passages(
            [texts[place] for place in places],
            [parts[place] for place in places] if parts else (),
            (lambda done: progress(ready + done)) if progress else None,
        )
        none = np.empty((0, self.dim), dtype=np.float32)
        for row, place in enumerate(places):
            made[keys[place]] = (fresh.passages[row], fresh.parts[row] if parts else none)
        self._remember(made)
        vectors = np.array([made[key][0] for key in keys], dtype=np.float32).reshape(len(keys), self.dim)
        return Encoded(vectors, tuple(made[key][1] for key in keys) if parts else ())

    def _remember(self, made: dict[bytes, Made]) -> None:
        self._recent |= made
        while len(self._recent) > REMEMBERED:
            del self._recent[next(iter(self._recent))]

    def _known(self, keys: Sequence[bytes]) -> dict[bytes, Made]:
        """What needs no encoding."""
        made = {key: self._recent[key] for key in keys if key in self._recent}
        none = np.empty((0, self.dim), dtype=np.float32)
        with contextlib.suppress(QAError):
            ids = {key: self._passages[key] for key in keys if key in self._passages and key not in made}
            made |= dict(zip(ids, self._stored(list(ids.values())), strict=True))
            titles = {key: self._titles[key] for key in keys if key in self._titles and key not in made}
            made |= {key: (row, none) for key, row in zip(titles, self._stored_titles(titles.values()), strict=True)}
        return made

    # ------------------------------------------------------------------------------------------------ what is there

    def _look(self, snapshot: Snapshot, paths: Iterable[str] | None) -> None:
        """Notes the keys of all passages and titles."""
        chosen, values = "", list[str]()
        if paths is not None:
            chosen = """WHERE d.id IN (SELECT m.document FROM source s JOIN source_document m ON m.source = s.id
                WHERE s.path IN (SELECT unhex(value) FROM json_each(?)))"""
            values = [json.dumps([os.fsencode(path).hex() for path in paths])]
        sql = (
            f"SELECT d.id, d.text, iif(v.id, d.title, '') FROM document d LEFT JOIN title_vector v USING (id) {chosen}"  # noqa: S608
        )
        for document, text, title in snapshot.each(sql, values):
            if title:
                self._titles[_key(title, ())] = document
            for id_, key in _keys_of(snapshot, document, text):
                self._passages[key] = id_

    def _stored(self, ids: list[int]) -> list[Made]:
        """The vector of each passage, and of its sentences and then its statements."""
        if not ids or self._snapshot is None:
            return []
        given = (json.dumps(ids),)
        rows = self._snapshot.each(
            """SELECT v.id, v.vec, p.parts FROM passage_vector v JOIN passage_parts p ON p.id = v.id
            WHERE v.id IN (SELECT value FROM json_each(?))""",
            given,
        )
        made = {id_: (self._halves([vec])[0], [schema.raw_parts(parts, self.dim)]) for id_, vec, parts in rows}
        said = self._snapshot.each(
            """SELECT s.passage, v.vec FROM statement s JOIN statement_vector v ON v.id = s.id
            WHERE s.passage IN (SELECT value FROM json_each(?)) ORDER BY s.id""",
            given,
        )
        for id_, vec in said:
            made[id_][1].append(self._halves([vec]))
        return [(made[id_][0], np.concatenate(made[id_][1])) for id_ in ids]

    def _stored_titles(self, documents: Iterable[int]) -> list[NDArray[np.float32]]:
        wanted = list(documents)
        if not wanted or self._snapshot is None:
            return []
        sql = "SELECT id, vec FROM title_vector WHERE id IN (SELECT value FROM json_each(?))"
        rows = {id_: self._halves([vec])[0] for id_, vec in self._snapshot.each(sql, (json.dumps(wanted),))}
        return [rows[id_] for id_ in wanted]

    def _halves(self, blobs: list[bytes]) -> NDArray[np.float32]:
        return schema.halves(blobs, self.dim).astype(np.float32)


def _keys_of(snapshot: Snapshot, document: int, text: str) -> Iterator[tuple[int, bytes]]:
    """The id and key of every passage of a document, with the parts that were pooled when it was indexed."""
    said: dict[int, list[Span]] = {}
    sql = "SELECT passage, parts FROM statement WHERE document = ? ORDER BY id"
    for passage, parts in snapshot.each(sql, (document,)):
        said.setdefault(passage, []).append(hull(schema.unpack_spans(parts)))
    sql = "SELECT id, start, stop, sentences FROM passage WHERE document = ? ORDER BY id"
    for id_, start, stop, sentences in snapshot.each(sql, (document,)):
        spans = [*schema.unpack_spans(sentences), *said.get(id_, ())]
        within = [Span(max(span.start, start) - start, min(span.end, stop) - start) for span in spans]
        yield id_, _key(text[start:stop], within)


def _key(text: str, parts: Sequence[Span]) -> bytes:
    """Stands for a text with its parts."""
    data = text.encode("utf-8", "surrogatepass")
    return hashlib.blake2b(
        schema.pack_spans(parts) + data, digest_size=16, salt=len(parts).to_bytes(8, "little")
    ).digest()
