"""The day on which something was said: only from words beside the verb, counted from the article's day, else none."""

from __future__ import annotations

from datetime import date

import pytest

from index.types import Block, Document, Span, Statement
from qa.said import said_on

THURSDAY = "2017-02-02T18:00:00+03:00"


def day(sentence: str, published: str | None = THURSDAY, *, modal: bool = False) -> str | None:
    """When the sentence says it was said: ``_`` stands on both sides of the verb, ``<`` and ``>`` around what was said."""
    text = ""
    marks: dict[str, list[int]] = {"_": [], "<": [], ">": []}
    for char in sentence:
        if char in marks:
            marks[char].append(len(text))
        else:
            text += char
    parts = tuple(Span(start, end) for start, end in zip(marks["<"], marks[">"], strict=True))
    document = Document("id", "/a.txt", text, (Block(Span(0, len(text)), "paragraph"),), date=published)
    cue = Span(*marks["_"]) if marks["_"] else None
    found = said_on(document, Statement("id", parts, "indirect", cue, modal=modal))
    return found and found.isoformat()


@pytest.mark.parametrize(
    ("sentence", "iso"),
    [
        ("Lavrov _said_ on Monday that <it was over>.", "2017-01-30"),
        ("Lavrov _said_ Thursday <it was over>.", "2017-02-02"),
        ("Lavrov _told_ reporters in Geneva late on Wednesday that <it was over>.", "2017-02-01"),
        ("<“It is over,”> he _said_ last Thursday.", "2017-01-26"),
        ("<“It is over,”> he _said_ yesterday, <“and for good.”>", "2017-02-01"),
        ("On Tuesday, the minister of fisheries _said_ <it was over>.", "2017-01-31"),
        ("The minister on Tuesday _said_ <it was over>.", "2017-01-31"),
        ("Speaking to parliament this morning, he _said_ <it was over>.", "2017-02-02"),
        ("He _said_ at Monday’s news conference that <it was over>.", "2017-01-30"),
        ("He _said_ three days ago that <it was over>.", "2017-01-30"),
        ("He _said_ on December 30 that <it was over>.", "2016-12-30"),
        ("He _said_ on 3 May 2015 that <it was over>.", "2015-05-03"),
        ("He _said_ on Feb. 29 that <it was over>.", "2016-02-29"),
        ("Министр _заявил_ в среду, что <всё кончено>.", "2017-02-01"),
    ],
)
def test_a_day_beside_the_verb_is_the_day_it_was_said(sentence: str, iso: str):
    assert day(sentence) == iso


@pytest.mark.parametrize(
    "sentence",
    [
        "Lavrov _said_ <it was over>.",
        "Lavrov _said_ that <the vote on Sunday was fair>.",
        "<“We meet on Monday,”> he _said_.",
        "He arrived on Monday. He _said_ <it was over>.",
        "He _said_ <it was over>. On Monday he left.",
        "<It was over>, _said_ Bob Roe, who met Kerry on Monday.",
        "He _said_ ahead of Sunday’s vote that <it was over>.",
        "Talks opened on Monday and the minister _said_ <it was over>.",
        "For the quarter ended January 31, the bank _reported_ <a loss>.",
        "He _said_ in March 2015 that <it was over>.",
        "He _said_ on Friday that <it was over>.",  # the day after the article's: or six days before it?
        "A source _told_ The Sun that <it was over>.",
        "He _said_, may 3 people hear it, <it was over>.",
    ],
)
def test_other_days_are_not_taken_for_it(sentence: str):
    assert day(sentence) is None


@pytest.mark.parametrize("published", [None, "", "2017", "soon", "2017-13-01"])
def test_without_a_day_of_the_article_there_is_none(published: str | None):
    assert day("Lavrov _said_ on Monday that <it was over>.", published) is None


def test_what_was_not_said_yet_and_what_has_no_verb_has_no_day():
    assert day("Lavrov would _say_ on Monday that <it was over>.", modal=True) is None
    assert day("<“It is over.”> On Monday.") is None


def test_the_clock_of_the_article_does_not_move_its_day():
    for clock in ("", "T00:00:01", "T23:59:59-05:00"):
        assert day("He _said_ today that <it was over>.", f"2017-02-02{clock}") == "2017-02-02"


def test_a_verb_in_an_endless_sentence_is_read_around_and_no_further():
    long = "and so on " * 200_000
    assert day(f"{long} on Monday he _said_ <it was over> {long}") == date(2017, 1, 30).isoformat()
