"""No passage is encoded twice, and what is not encoded again is what it was."""

from __future__ import annotations

import numpy as np
import pytest

from index.build import update
from index.store import open_store
from index.store.reuse import Reusing
from index.types import Span
from tests.contracts import EncoderContract
from tests.test_build import ARTICLE, other, write
from tests.toy import ToyEncoder


class Counting(ToyEncoder):
    """The toy encoder, which also keeps the texts it was given."""

    def __init__(self, **how) -> None:
        super().__init__(**how)
        self.texts: list[str] = []

    def passages(self, texts, parts=(), progress=None):
        self.texts += texts
        return super().passages(texts, parts, progress)


class TestReusing(EncoderContract):
    @pytest.fixture
    def encoder(self):
        return Reusing(ToyEncoder())


LONG = (
    ARTICLE
    + "\n"
    + "\n\n".join(f"{other(n)} " + f"Pier {n} was painted, and crane {n} was sold. " * 30 for n in range(9))
)


def vectors(store):
    """Every vector as it is stored, by the text it stands for."""
    found = {}
    with store.snapshot() as snapshot:
        for document, text, title in snapshot.each("SELECT id, text, title FROM document"):
            rows = [("title", title, snapshot.each("SELECT vec FROM title_vector WHERE id = ?", (document,)))]
            for id_, start, stop in snapshot.each(
                "SELECT id, start, stop FROM passage WHERE document = ?", (document,)
            ):
                rows += [
                    (kind, text[start:stop], snapshot.each(sql, (id_,)))
                    for kind, sql in (
                        ("passage", "SELECT vec FROM passage_vector WHERE id = ?"),
                        ("parts", "SELECT substr(parts, 1 + length(parts) / 68 * 4) FROM passage_parts WHERE id = ?"),
                        (
                            "statements",
                            "SELECT v.vec FROM statement s JOIN statement_vector v ON v.id = s.id WHERE s.passage = ? "
                            "ORDER BY s.id",
                        ),
                    )
                ]
            found |= {(kind, text): list(blobs) for kind, text, blobs in rows}
    return found


def indexed(store, encoder, *paths, **how):
    report = update(store, paths, encoder, **how)
    assert store.check() == []
    return report


@pytest.fixture
def made(store, folder):
    """An index of some articles, and what it holds."""
    for number in range(30):
        write(folder / f"{number}.txt", other(number))
    write(folder / "long.txt", LONG)
    indexed(store, ToyEncoder(), folder)
    return vectors(store)


def test_a_rebuild_encodes_nothing_and_stores_the_same_vectors(store, folder, made):
    encoder = Counting()
    report = indexed(store, encoder, folder, rebuild=True)
    assert report.passages > 30
    assert encoder.texts == []
    assert vectors(store) == made


def test_of_an_edited_article_what_changed_is_encoded(store, folder, made):
    encoder = Counting()
    write(folder / "long.txt", LONG + "\n\nA postscript: the lighthouse was sold to Peter Vane.\n")
    indexed(store, encoder, folder)
    assert 1 <= len(encoder.texts) <= 2
    assert "lighthouse" in encoder.texts[-1]
    with open_store(folder / "afresh", create=True) as afresh:
        indexed(afresh, ToyEncoder(), folder / "long.txt")
        expected = vectors(afresh)
    assert {key: vectors(store)[key] for key in expected} == expected


def test_copies_are_encoded_once(store, folder):
    encoder = Counting()
    for number in range(4):
        write(folder / f"{number}.txt", LONG + f"\n\nCopy {number}.\n")
    indexed(store, encoder, folder)
    assert len(encoder.texts) == len(set(encoder.texts))
    assert len(encoder.texts) < 2 * len(LONG.split("\n\n"))


def test_vectors_of_another_model_are_not_taken(store, folder, made):
    encoder = Counting(dim=32)
    indexed(store, encoder, folder, rebuild=True)
    assert len(encoder.texts) > 30


def test_the_same_words_with_other_parts_are_another_passage():
    encoder = Counting()
    reusing = Reusing(encoder)
    text = "The mayor said so."
    first = reusing.passages([text], [[Span(0, 9)]])
    second = reusing.passages([text, text], [[Span(0, 9)], [Span(10, 18)]])
    assert encoder.texts == [text, text]
    assert np.array_equal(first.parts[0], second.parts[0])
    assert not np.array_equal(second.parts[0], second.parts[1])


def test_what_is_remembered_is_bounded(monkeypatch):
    monkeypatch.setattr("index.store.reuse.REMEMBERED", 3)
    encoder = Counting()
    reusing = Reusing(encoder)
    reusing.passages([f"text {number}" for number in range(9)])
    assert len(reusing._recent) == 3
    assert reusing.passages(["text 0"]).passages.shape == (1, encoder.dim)
