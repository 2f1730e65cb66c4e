"""What is marked is a sentence of the passage, and the one that answers."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.types import Span
from qa import highlight
from qa.highlight import _CAPITAL, _WORD, Sought, coverage, holds, join, kinds, rarities, share, subject
from qa.question import stems_in, stems_of

TEXT = "The pier is old. Roe said sanctions hurt boats. It rained. Nobody came."
SENTENCES = (Span(0, 16), Span(17, 47), Span(48, 58), Span(59, 71))


def mark(text, sentences, cosines, sought, about=frozenset()):
    held = stems_in(text, sentences, about.union(sought.rarity))
    says = highlight.evidence(text, sentences, sought, kinds(text, sentences, sought), about, held)
    return highlight.mark(text, sentences, cosines, says)


def test_rare_words_say_more_than_common_ones():
    rarity = rarities(("pier", "sanctions"), {"pier": 90, "sanctions": 1}, 100)
    assert rarity["sanction"] > rarity["pier"] > 0


def test_coverage_is_the_weighted_share_of_the_words_that_are_there():
    rarity = {"sanction": 3.0, "boat": 1.0}
    assert coverage(stems_of("Boats and sanctions."), rarity) == 1.0
    assert coverage(stems_of("A boat."), rarity) == 0.25
    assert coverage(stems_of("Nothing."), rarity) == 0.0
    assert coverage(stems_of("Nothing."), {}) == 0.0


def test_the_sentence_nearest_in_meaning_is_marked():
    assert mark(TEXT, SENTENCES, [0.1, 0.9, 0.0, 0.2], Sought({})) == (SENTENCES[1],)


def test_the_words_of_the_question_settle_a_near_tie():
    assert mark(TEXT, SENTENCES, [0.5, 0.5, 0.0, 0.0], Sought({"sanction": 2.0})) == (SENTENCES[1],)


def test_a_quoted_phrase_settles_it():
    assert mark(TEXT, SENTENCES, [0.9, 0.1, 0.1, 0.1], Sought({}, ("It rained",))) == (SENTENCES[2],)


def test_the_kind_of_words_asked_for_settles_a_near_tie():
    text = "It was opened in June. It was opened by Roe."
    sentences = (Span(0, 22), Span(23, 44))
    for wants, sentence in (("time", sentences[0]), ("name", sentences[1])):
        assert mark(text, sentences, [0.5, 0.5], Sought({}, wants=wants)) == (sentence,)


def test_the_sentence_that_names_what_the_title_names_settles_a_near_tie():
    about = subject("Rain on the pier - The Post", "The Post", stems_of("What fell on the pier?"))
    assert about == {"rain"}
    assert share(stems_of("It rained."), about) == 1.0
    assert mark(TEXT, SENTENCES, [0.3, 0.0, 0.3, 0.0], Sought({}), about) == (SENTENCES[2],)


HELD = [
    # wants, question, text, how far it holds such words
    ("number", "How many boats left?", "Nine boats left.", 1),
    ("number", "How many boats left in 2016?", "The boats left in 2016.", 0),
    ("money", "How much did it cost?", "It cost $9 million.", 1),
    ("money", "How much did it cost?", "It cost nine boats.", 0.5),
    ("money", "How much of the £5 is left?", "Of the £5 nothing is left.", 0),
    ("share", "What share of them left?", "Of the boats 40 percent left.", 1),
    ("share", "What share of them left?", "Nine boats left.", 0.5),
    ("duration", "How long did it take?", "It took nine months.", 1),
    ("duration", "How long did it take?", "It took 9 boats.", 0.5),
    ("measure", "How far is it?", "It is 9 miles away.", 1),
    ("measure", "How hot was it?", "It was 40°.", 1),
    ("measure", "How hot was it?", "It was hot.", 0),
    ("time", "When was the pier opened?", "It was opened in June.", 1),
    ("time", "When was the pier opened?", "Jane Roe opened it.", 0),
    ("reason", "Why was it shut?", "It was shut because of the storm.", 1),
    ("reason", "Why was it shut?", "It was shut.", 0),
    ("name", "Who opened the pier?", "The pier was opened by Roe.", 1),
    ("name", "Who opened the pier?", "The pier was opened on Monday.", 0),
    ("name", "Did Roe open it, and who else?", "It was Roe.", 0),
    ("name", "Who opened the pier?", "Nobody did.", 0),
    ("any", "What happened?", "Roe opened nine piers in June.", 0),
]


@pytest.mark.parametrize(("wants", "question", "text", "held"), HELD)
def test_an_answer_holds_words_of_the_kind_asked_for_that_the_question_does_not_hold(wants, question, text, held):
    assert holds(text, Sought({}, wants=wants, known=stems_of(question))) == held


def test_a_first_word_is_a_name_where_it_is_one_elsewhere():
    who = Sought({}, wants="name", known=stems_of("Who left?"))
    assert holds("Roe left.", who, "Roe left. Nobody saw Roe.")
    assert not holds("Boats left.", who, "Boats left. Nobody saw boats.")


@given(st.text("aBÉé5_.'’&- \n東", max_size=14))
def test_words_that_may_be_names_are_all_but_those_in_small_letters(text):
    found, end = [], 0
    while match := _CAPITAL.match(text, end):
        end = match.end()
        found.append(match.span(1))
    assert found == [word.span() for word in _WORD.finditer(text) if word.group()[0] not in "a5"]


def test_neighbours_that_answer_together_are_one_mark():
    assert mark(TEXT, SENTENCES, [0.0, 0.9, 0.85, 0.0], Sought({})) == (Span(17, 58),)
    assert mark(TEXT, SENTENCES, [0.9, 0.0, 0.0, 0.85], Sought({})) == (SENTENCES[0], SENTENCES[3])


@given(st.lists(st.floats(-1, 1), min_size=4, max_size=4))
def test_a_mark_lies_in_the_passage_and_marks_do_not_touch(cosines):
    marks = mark(TEXT, SENTENCES, cosines, Sought({"pier": 1.0}, wants="name"), frozenset({"roe"}))
    assert marks
    assert all(0 <= m.start < m.end <= len(TEXT) for m in marks)
    assert all(a.end < b.start for a, b in pairwise(marks))


def test_joining_keeps_what_words_separate_apart():
    assert join("aa bb cc", [Span(0, 2), Span(3, 5)]) == (Span(0, 5),)
    assert join("aa bb cc", [Span(0, 2), Span(6, 8)]) == (Span(0, 2), Span(6, 8))
