"""What every back end promises: inherit the class, say how yours is made, and its tests are yours."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from index.types import Span


def _unit(n: int, dim: int = 8, seed: int = 0) -> np.ndarray:
    rows = np.random.default_rng(seed).normal(size=(n, dim)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


class VectorIndexContract:
    """Nearest vectors by id. Give `build(ids, vectors)`; it may keep them in half precision."""

    def build(self, ids, vectors):
        raise NotImplementedError

    def test_a_row_is_nearest_to_itself_and_scores_are_cosines(self):
        vectors = _unit(50)
        ids, scores = self.build(np.arange(50), vectors).search(vectors, 3)
        assert ids[:, 0].tolist() == list(range(50))
        assert np.allclose(scores[:, 0], 1.0, atol=1e-3)
        assert np.allclose(scores, np.sort(vectors @ vectors.T)[:, :-4:-1], atol=1e-3)
        assert (ids.dtype, scores.dtype) == (np.int64, np.float32)

    def test_ties_go_to_the_lowest_id(self):
        vectors = np.repeat(_unit(1), 60, axis=0)
        ids, _ = self.build(np.arange(60)[::-1].copy(), vectors).search(vectors[:1], 5)
        assert ids.tolist() == [[0, 1, 2, 3, 4]]

    def test_more_asked_for_than_there_is_leaves_places_empty(self):
        ids, scores = self.build(np.array([4, 9]), _unit(2)).search(_unit(1), 5)
        assert ids[0, 2:].tolist() == [-1, -1, -1]
        assert np.all(scores[0, 2:] == -np.inf)

    def test_a_filter_is_applied_inside_the_search(self):
        vectors = _unit(200)
        index = self.build(np.arange(200), vectors)
        worst = np.sort(np.argsort(vectors @ vectors[0])[:40])
        ids, _ = index.search(vectors[:1], 40, worst)
        assert sorted(ids[0].tolist()) == worst.tolist()
        ids, _ = index.search(vectors[:1], 3, np.array([-5, 17, 500]))
        assert ids.tolist() == [[17, -1, -1]]
        ids, _ = index.search(vectors[:1], 3, np.array([], dtype=np.int64))
        assert ids.tolist() == [[-1, -1, -1]]

    def test_an_empty_index_finds_nothing(self):
        index = self.build(np.empty(0, np.int64), np.empty((0, 8), np.float32))
        assert (len(index), index.dim) == (0, 8)
        assert index.search(_unit(2), 2)[0].tolist() == [[-1, -1], [-1, -1]]
        assert index.search(_unit(1), 1, np.array([3]))[0].tolist() == [[-1]]

    def test_no_queries_and_no_places_are_answers_too(self):
        index = self.build(np.arange(3), _unit(3))
        assert index.search(np.empty((0, 8), np.float32), 2)[0].shape == (0, 2)
        assert index.search(_unit(2), 0)[0].shape == (2, 0)

    def test_vectors_come_back_as_they_went_in(self):
        vectors = _unit(6)
        index = self.build(np.array([5, 3, 9, 1, 7, 2]), vectors)
        assert np.allclose(index.vectors(np.array([9, 5, 9])), vectors[[2, 0, 2]], atol=1e-3)
        with pytest.raises(KeyError):
            index.vectors(np.array([5, 4]))

    def test_queries_that_make_no_sense_are_refused(self):
        index = self.build(np.arange(3), _unit(3))
        for queries, k in ((_unit(1, dim=7), 1), (_unit(1)[0], 1), (_unit(1), -1), (_unit(1) * np.nan, 1)):
            with pytest.raises(ValueError, match=r"."):
                index.search(queries, k)


SENTENCES = [
    "The mayor said on Monday that the harbour would stay closed until the storm had passed.",
    "Yes.",
    "“We were not asked,” she told reporters — “and we shall not pay.”",
    "Президент заявил, что переговоры продолжатся.",
    "Zoë's café 🙂 opened; 東京で会談が行われた。",
    "The committee heard four witnesses and put off its vote on the budget to the spring session, its chairman wrote.",
]


def nearness(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Cosine of each pair of unit rows."""
    return np.einsum("ij,ij->i", left, right, dtype=np.float64)


class EncoderContract:
    """Texts -> unit vectors. Give a fixture `encoder`."""

    @pytest.fixture
    def encoder(self):
        raise NotImplementedError

    def test_rows_are_float32_of_length_one(self, encoder):
        encoded = encoder.passages(SENTENCES, [[Span(0, 3), Span(1, 4)]] * len(SENTENCES))
        for rows in (encoded.passages, encoder.questions(SENTENCES), *encoded.parts):
            assert rows.dtype == np.float32
            assert rows.shape[1] == encoder.dim
            assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)

    def test_it_says_who_it_is(self, encoder):
        assert encoder.name
        assert len(encoder.fingerprint) >= 5
        assert encoder.max_tokens >= 1

    def test_a_text_has_the_same_vector_alone_and_in_company(self, encoder):
        texts = SENTENCES * 3 + ["A long one. " * 40]
        together = encoder.passages(texts).passages
        alone = np.concatenate([encoder.passages([text]).passages for text in texts])
        assert nearness(together, alone).min() >= 0.99999
        assert (
            nearness(encoder.questions(texts), np.concatenate([encoder.questions([t]) for t in texts])).min() > 0.99999
        )

    def test_the_order_of_texts_is_the_order_of_rows(self, encoder):
        order = [3, 0, 5, 1, 4, 2]
        straight, mixed = encoder.passages(SENTENCES).passages, encoder.passages([SENTENCES[i] for i in order]).passages
        assert nearness(straight[order], mixed).min() >= 0.99999
        assert nearness(straight, mixed).min() < 0.9999

    def test_parts_are_as_many_as_asked_for(self, encoder):
        parts = [[], [Span(0, 3)], [Span(0, 5), Span(2, 9), Span(0, 5)], [], [Span(0, 5)], []]
        encoded = encoder.passages(SENTENCES, parts)
        assert [len(rows) for rows in encoded.parts] == [0, 1, 3, 0, 1, 0]
        assert np.allclose(encoded.parts[2][0], encoded.parts[2][2])
        assert not np.allclose(encoded.parts[2][0], encoded.parts[2][1], atol=1e-3)
        assert encoder.passages(SENTENCES).parts == ()

    def test_asking_for_parts_does_not_change_the_passages(self, encoder):
        with_parts = encoder.passages(SENTENCES, [[Span(0, 2)]] * len(SENTENCES)).passages
        assert nearness(with_parts, encoder.passages(SENTENCES).passages).min() >= 0.99999

    def test_a_part_with_nothing_in_it_has_the_vector_of_its_text(self, encoder):
        encoded = encoder.passages(["word   word", ""], [[Span(5, 6), Span(3, 3)], [Span(0, 0)]])
        assert np.allclose(encoded.parts[0], encoded.passages[[0, 0]], atol=1e-5)
        assert np.allclose(encoded.parts[1], encoded.passages[[1]], atol=1e-5)

    def test_parts_that_fit_no_text_are_refused(self, encoder):
        with pytest.raises(ValueError, match="parts of 2"):
            encoder.passages(SENTENCES, [[], []])
        with pytest.raises(ValueError, match="with 3 characters"):
            encoder.passages(["abc"], [[Span(1, 4)]])

    def test_tokens_are_counted_to_the_end(self, encoder):
        assert encoder.count_tokens([]) == []
        one, many, none = encoder.count_tokens(["word", "word " * 2000, ""])
        assert encoder.count_tokens(["", "word"] * 600) == [none, one] * 600
        assert one >= 1
        assert (many, none) == (2000 * one, 0)

    def test_progress_counts_up_to_all(self, encoder):
        told: list[int] = []
        encoder.passages(SENTENCES * 10, progress=told.append)
        assert told == sorted(set(told))
        assert told[-1] == 60

    def test_nothing_in_nothing_out(self, encoder):
        encoded = encoder.passages([])
        assert (encoded.passages.shape, encoded.parts) == ((0, encoder.dim), ())
        assert encoder.questions([]).shape == (0, encoder.dim)

    def test_any_string_has_a_vector(self, encoder):
        texts = ["", " ", "\n", "\ud800", "a\udfffb", "\x00", "\u202e", "x" * 5000, "e\u0301" * 400]
        assert np.isfinite(encoder.passages(texts, [[Span(0, len(text))] for text in texts]).passages).all()
        assert len(encoder.count_tokens(texts)) == len(texts)

    def test_threads_do_not_disturb_each_other(self, encoder):
        expected = encoder.questions(SENTENCES)
        with ThreadPoolExecutor(4) as pool:
            for rows in pool.map(lambda _: encoder.questions(SENTENCES), range(8)):
                assert nearness(rows, expected).min() >= 0.99999
