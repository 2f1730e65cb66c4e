"""What is marked is a sentence of the passage, and the one that answers."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from index.types import Span
from qa.highlight import coverage, join, mark, rarities

TEXT = "The pier is old. Roe said sanctions hurt boats. It rained. Nobody came."
SENTENCES = (Span(0, 16), Span(17, 47), Span(48, 58), Span(59, 71))


def test_rare_words_say_more_than_common_ones():
    rarity = rarities(("pier", "sanctions"), {"pier": 90, "sanctions": 1}, 100)
    assert rarity["sanction"] > rarity["pier"] > 0


def test_coverage_is_the_weighted_share_of_the_words_that_are_there():
    rarity = {"sanction": 3.0, "boat": 1.0}
    assert coverage("Boats and sanctions.", rarity) == 1.0
    assert coverage("A boat.", rarity) == 0.25
    assert coverage("Nothing.", rarity) == 0.0
    assert coverage("Nothing.", {}) == 0.0


def test_the_sentence_nearest_in_meaning_is_marked():
    assert mark(TEXT, SENTENCES, np.array([0.1, 0.9, 0.0, 0.2]), {}) == (SENTENCES[1],)


def test_the_words_of_the_question_settle_a_near_tie():
    assert mark(TEXT, SENTENCES, np.array([0.5, 0.5, 0.0, 0.0]), {"sanction": 2.0}) == (SENTENCES[1],)


def test_a_quoted_phrase_settles_it():
    assert mark(TEXT, SENTENCES, np.array([0.9, 0.1, 0.1, 0.1]), {}, ("It rained",)) == (SENTENCES[2],)


def test_neighbours_that_answer_together_are_one_mark():
    assert mark(TEXT, SENTENCES, np.array([0.0, 0.9, 0.85, 0.0]), {}) == (Span(17, 58),)
    assert mark(TEXT, SENTENCES, np.array([0.9, 0.0, 0.0, 0.85]), {}) == (SENTENCES[0], SENTENCES[3])


@given(st.lists(st.floats(-1, 1), min_size=4, max_size=4))
def test_a_mark_lies_in_the_passage_and_marks_do_not_touch(cosines):
    marks = mark(TEXT, SENTENCES, np.array(cosines), {"pier": 1.0})
    assert marks
    assert all(0 <= m.start < m.end <= len(TEXT) for m in marks)
    assert all(a.end < b.start for a, b in pairwise(marks))


def test_joining_keeps_what_words_separate_apart():
    assert join("aa bb cc", [Span(0, 2), Span(3, 5)]) == (Span(0, 5),)
    assert join("aa bb cc", [Span(0, 2), Span(6, 8)]) == (Span(0, 2), Span(6, 8))
