"""qa.refuse: where nothing is shown, the sentence says why, and what would help."""

from dataclasses import replace

import pytest

from index.build import update
from index.store import Filter, open_store
from qa import refuse, wording
from qa.answer import ask
from qa.question import parse
from tests.toy import ToyEncoder

ARTICLES = {
    "a.md": "---\ntitle: Harbour\nsource: Daily\ndate: 2012-06-15\n---\n\n“The harbour is safe,” Jane Roe said.\n",
    "b.md": "---\ntitle: Pier\nsource: Weekly\ndate: 2017-01-30\n---\n\n“The pier is not safe,” Anna Berg said.\n",
    "c.md": "---\ntitle: Boats\n---\n\n“Boats are late,” Jane Roe said.\n",
}


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    place = tmp_path_factory.mktemp("refuse")
    for name, text in ARTICLES.items():
        (place / name).write_text(text, encoding="utf-8")
    with open_store(place / ".qa", create=True) as store:
        update(store, [place], ToyEncoder())
        yield store


def reason(store, text, **how):
    return ask(store, text, encoder=ToyEncoder(), **how)


@pytest.mark.parametrize(
    "text", ["thanks", "Hello!", "ok", "Who are you?", "???", "what did he say?", "what about the"]
)
def test_what_asks_nothing_is_not_searched_for(store, text):
    answer = reason(store, text)
    assert "Ask what somebody said" in answer.refusal
    assert (answer.nearest, answer.searched.passages) == ((), 0)


@pytest.mark.parametrize(
    "text", ["safe", "Jane Roe", "What did Jane Roe say?", "Thanks to whom is the pier safe?", "2012"]
)
def test_a_word_or_a_name_is_a_question(text):
    assert refuse.no_question(parse(text)) is None


@pytest.mark.parametrize(
    ("whom", "another"),
    [("Mark Hill", "surely"), ("the mayor of Rivertown", "perhaps"), ("Hill's lawyer", "perhaps")],
)
def test_a_near_miss_says_that_it_is_by_somebody_else(store, whom, another):
    answer = reason(store, f"What did {whom} say about the harbour?")
    assert answer.refusal.startswith("No statement by ")
    assert {citation.another for citation in answer.nearest if citation.statement} == {another}


def test_whom_a_question_calls_by_his_office_keeps_its_article(store):
    assert reason(store, "What did the pope say about boats?").refusal.startswith(
        "No statement by the pope about boats"
    )
    assert reason(store, "What did Pope say about boats?").refusal.startswith("No statement by Pope about boats")


@pytest.mark.parametrize("asked", ["on Monday", "on the pier", "about the pier"])
def test_on_what_or_when_nothing_was_said_is_told_as_it_was_asked(asked):
    told = refuse.not_found(parse(f"What did Roe say {asked}?"), {"roe": 2, "monday": 1, "pier": 1})
    assert told == f"No statement by Roe {asked}."


def test_to_whom_nothing_was_said_is_told_in_english():
    asked = parse("What did Roe say to Berg?")
    assert refuse.not_found(asked, {"roe": 2, "berg": 1}) == "No statement by Roe to Berg."


def test_a_question_in_other_letters_is_told_so(store):
    answer = reason(store, "Что сказала Джейн Роу?")
    assert (
        answer.refusal == "The question is in Cyrillic letters, the articles are in Latin ones: ask in their language."
    )
    assert answer.nearest  # this model may know both languages
    assert "Chinese letters" in reason(store, "简·罗说了什么").refusal


@pytest.mark.parametrize("text", ["Qui a gagné ?", "Qu’a dit Jane Roe ?", "¿Qué dijo Jane Roe?", "Où est le port ?", "Wer?",
                                  "Warum brennt der Hafen?", "Chi parla?", "Quem falou?", "Quand ?"])  # fmt: skip
def test_a_question_word_of_another_language_tells_it(text):
    assert "knows English only" in refuse.by_words_alone(parse(text), "Model")


@pytest.mark.parametrize(
    "text",
    [
        "Who won?",
        "Queen Elizabeth",
        "Quincy Jones?",
        "What did Wen Jiabao say?",
        "Where?",
        "Quite so",
        "Comment on this",
    ],
)
def test_no_english_question_is_taken_for_another_language(text):
    assert refuse.by_words_alone(parse(text), "Model") is None


def test_one_word_of_the_articles_is_enough_to_search(store):
    assert "letters" not in (reason(store, "Что сказала Jane Roe?").refusal or "")


def test_a_word_no_article_holds_is_said_so(store):
    assert reason(store, "asdf").refusal == "No article holds “asdf”; is it spelt as the articles spell it?"
    assert reason(store, "What did Qwertz say about Asdf's plan?").refusal == (
        "No article holds “Qwertz”, “Asdf” or “plan”; are they spelt as the articles spell them?"
    )


def test_of_a_refusal_the_words_that_stand_nowhere_are_told():
    """Words of the form of a question, which half of all articles hold, are never among them."""
    held = {"anna": 1, "berg": 1, "pire": 0}
    told = refuse.not_found(parse("What did Anna Berg say about the pire?"), held)
    assert told == "No statement by Anna Berg about the pire; no article holds “pire”."
    assert refuse.not_found(parse("Is the pire safe?"), {"pire": 0, "safe": 1}).endswith("; no article holds “pire”.")
    many = {f"w{n}": 0 for n in range(9)} | {"safe": 1}
    told = refuse.not_found(parse(" ".join(many)), many)
    assert told.endswith("; no article holds “w0”, “w1”, “w2”, “w3”, “w4” or 4 more of its words.")


def test_with_a_filter_the_refusal_says_whose_statements_were_looked_for():
    assert refuse.not_found(parse("What did Anna Berg say?"), {"anna": 1}) == "No statement by Anna Berg."
    told = refuse.not_found(replace(parse("boats"), speaker="Anna Berg"), {"boats": 1})
    assert told == "No statement by Anna Berg that answers “boats”."


@pytest.mark.parametrize("day", ["on 2012-06-15", "on June 15, 2012", "in June 2012", "since 2012", "before June 2012"])
def test_a_day_that_is_named_is_no_word_that_is_looked_for(day):
    asked = parse(f"What burned {day}?")
    assert "no article holds" not in refuse.not_found(asked, {word: word == "burned" for word in asked.words})


@pytest.mark.parametrize("he", ["he", "She", "they"])
def test_who_he_is_must_be_said(store, he):
    answer = reason(store, f"What did {he} say about the pier?")
    assert answer.refusal.startswith(f"“What did {he} say about the pier?” does not say who “{he}” is.")


def test_words_in_quotation_marks_that_stand_nowhere_are_told_with_and_without_an_answer(store):
    """Found in meaning is not found word for word."""
    told = "No article holds “the pier is no longer safe” word for word."
    assert told in reason(store, "Who said “the pier is no longer safe”?").notices
    assert reason(store, "Who said “The PIER is not safe”?").notices == ()
    assert "No article holds “b c” or “d e” word for word." in reason(store, "a “b c” and “d e” and “pier”").notices


@pytest.mark.parametrize("who", ["Who", "Which mayor"])
def test_who_said_words_that_nobody_said_is_refused_unless_they_are_nearly_somebodys(store, who):
    answer = reason(store, f"{who} said “boats of cheese will set us free”?")
    assert answer.refusal == "No article holds “boats of cheese will set us free” word for word."
    assert answer.refusal not in answer.notices
    assert reason(store, f"{who} said “boats are late”?").answered
    assert reason(store, f"{who} said “the pier is no longer safe”?").answered


def test_a_topic_that_is_a_verb_is_not_what_something_is_about():
    told = refuse.not_found(parse("Did Jane Roe deny it?"), {"roe": 1})
    assert told == "No statement by Jane Roe that answers “Did Jane Roe deny it?”."
    assert (
        refuse.not_found(parse("What did Jane Roe say about it?"), {"roe": 1}) == "No statement by Jane Roe about it."
    )


def test_a_filter_that_lets_nothing_through_says_how_much_each_part_does(store):
    answer = reason(store, "Is the pier safe?", where=Filter("Daily", since="2016-01-01"))
    assert answer.refusal == (
        "No article passes the filters: 1 article of Daily, 1 article since 2016-01-01, none is both; the index holds "
        "3 articles, dated 2012-06-15 to 2017-01-30 (1 without a date), of Daily, Weekly."
    )


def test_a_long_question_is_not_said_back_in_full():
    long = "What did Jane Roe say about " + "the long and winding road " * 20
    told = refuse.not_found(parse(long), {"long": 1})
    assert len(told) < 130
    assert told.endswith(" ….")
    assert len(wording.short("x" * 500)) == wording.LINE
