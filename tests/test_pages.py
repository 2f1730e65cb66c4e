"""Saved pages: which of its words are the article, and what a page says of title, day and author where readers see it."""

from __future__ import annotations

import sys

import pytest

from index.read import parse
from index.read.dates import iso_date, only_day
from index.read.html import _within
from index.types import Document
from tests.test_read import reason

STORY = (
    "The harbour master said on Monday that the quay would be closed to heavy lorries until the end of the winter.",
    "“We have asked the ministry three times and we have had no answer,” Anna Berg told the council that evening.",
    "Jane Roe, who keeps the fish market, asked what the boats of the bay were to do with their catch until then.",
    "“Nobody has counted the cracks since the storm of last year,” she said, and the council promised to do so.",
)
TEASERS = (
    "Water jugs and batteries are not the only things to have at hand when the next storm comes in over the bay.",
    "Get a glimpse of the winter market with its eighty stalls by clicking through our gallery of the pictures.",
    "All you need to know about the new ferry, its fares and its hours is found in our guide to the islands.",
)
STANDFIRST = (
    "Lorries must take the road by the mill until spring, says the harbour master, while the ministry is silent."
)


def paragraphs(texts: tuple[str, ...]) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def page(head: str = "", above: str = "", body: str = paragraphs(STORY), below: str = "") -> Document:
    head = head if "<title>" in head else f"<title>Quay closed</title>{head}"
    source = f"<html><head>{head}</head><body>{above}<article>{body}</article>{below}</body></html>"
    [document] = parse(source.encode(), "/d/a.html", "0" * 32).documents
    return document


def lines(document: Document) -> list[str]:
    return [span.of(document.text) for span in document.paragraphs()]


# ------------------------------------------------------------------------------------------------------------ the text


@pytest.mark.parametrize("layout", ["<div class='teaser'>{}</div>", "<div id='rightcol'>{}</div>"])
def test_what_only_the_generous_pass_takes_for_the_article_is_left_out_behind_it(layout: str):
    assert lines(page(below=layout.format(paragraphs(TEASERS)))) == list(STORY)


def test_what_only_the_generous_pass_finds_between_two_sentences_of_both_is_kept():
    parts = [("text", 0, line) for line in ("Menu", *STORY, "No.", TEASERS[0])]
    careful = [("text", 0, line) for line in (STORY[0], *STORY[2:], "No.")]
    assert _within(parts, careful) == parts[1:6]
    assert _within(parts, [("text", 0, "Menu")]) == parts  # they share no sentence: the generous one has seen more
    assert _within([], careful) == careful


@pytest.mark.parametrize("key", ["name='description'", "property='og:description'"])
def test_the_standfirst_is_part_of_the_article_where_the_page_describes_itself_by_it(key: str):
    above = f"<header><h1>Quay closed</h1></header><div class='subtitle'><h2>{STANDFIRST}</h2></div>"
    assert lines(page(f"<meta {key} content='{STANDFIRST[:70]}…'>", above)) == [STANDFIRST, *STORY]
    assert STANDFIRST not in lines(page(above=above.replace("h2", "p")))  # or it may be a caption


def test_a_standfirst_the_extractor_kept_stands_there_once():
    head = f"<meta name='description' content='{STORY[0]}'>"
    assert lines(page(head)) == list(STORY)


def test_a_word_set_as_code_stays_in_its_sentence_and_a_listing_is_a_block():
    sentence = (
        "“The tide gauge writes <code>level_cm</code> into the log and nobody reads it,” Anna Berg told the council."
    )
    listing = "<pre><code>level_cm = 12\nlevel_cm = 14</code></pre>"
    found = lines(page(body=paragraphs((STORY[0], sentence, *STORY[1:])) + listing + paragraphs(TEASERS)))
    assert sentence.replace("<code>", "").replace("</code>", "") in found


def test_a_word_that_may_be_broken_is_one_word():
    broken = STORY[0].replace("harbour", "har&shy;bour").replace("lorries", "lor\u00adries")
    assert lines(page(body=paragraphs((broken, *STORY[1:])))) == list(STORY)


def test_headlines_listed_under_more_from_and_lines_that_ask_to_sign_up_are_no_answers():
    more = "<h2>More Must-Reads From The Ledger</h2><ul>" + "<li>The Winter Market in Pictures</li>" * 3 + "</ul>"
    ask = "<p>Want the harbour in your mail? Sign Up for The Tide</p><p>Write to Jane Roe at jane.roe@example.com</p>"
    assert lines(page(body=paragraphs(STORY) + more + ask)) == list(STORY)


def test_without_the_extractor_a_page_is_refused_not_read_with_its_menus(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "trafilatura", None)
    said = reason(f"<html><body>{paragraphs(STORY)}</body></html>".encode(), "a.html")
    assert said.startswith("reading HTML lacks a library")
    assert said.endswith("type: pip install trafilatura lxml_html_clean")


# ----------------------------------------------------------------------------------------------------------- the facts


@pytest.mark.parametrize(
    "title",
    ["Quay closed for lorries - The Ledger", "The Ledger | Quay closed for lorries", "Quay closed for lorries"],
)
def test_the_title_is_the_headline_that_the_page_title_is_made_of(title: str):
    heads = "<h1>The Ledger</h1>", "<h1>Quay closed  for lorries</h1>"
    assert page(f"<title>{title}</title>", "".join(heads)).title == "Quay closed for lorries"
    assert page(f"<title>{title}</title>", "".join(reversed(heads))).title == "Quay closed for lorries"


@pytest.mark.parametrize("mark", ["|", "–", "›", "«"])
def test_the_name_of_the_site_is_cut_off_a_title_also_where_only_its_address_names_it(mark: str):
    head = (
        f"<title>Quay closed for lorries {mark} Ledger</title><link rel=canonical href='https://www.ledger.example/a'>"
    )
    assert page(head).title == "Quay closed for lorries"


@pytest.mark.parametrize(
    ("line", "author"),
    [
        ("Von Anna Berg", "Anna Berg"),
        ("von Anna Berg-Roe am 14. Mai 2014, 15:40 Uhr", "Anna Berg-Roe"),
        ("Par Anna Berg, Jane Roe", "Anna Berg, Jane Roe"),
        ("By Anna Berg on June 29, 2014 08:08 pm 76 Comments", "Anna Berg"),
        ("By Anna Berg posted Aug 18th 2010 7:30PM", "Anna Berg"),
        ("By Anna Berg and the sea", None),
    ],
)
def test_the_by_line_under_a_headline_names_the_author(line: str, author: str | None):
    assert page(above=f"<h1>The Ledger</h1><p>Menu</p><h1>Quay closed</h1><div>{line}</div>").author == author


@pytest.mark.parametrize("written", ["Ledger", "ledger.example", "http://ledger.example/desk", "@ledger"])
def test_the_outlet_is_no_author_and_the_by_line_goes_before_it(written: str):
    head = f"<meta name=author content='{written}'><meta property='og:site_name' content='Ledger'>"
    head += "<link rel=canonical href='https://ledger.example/a'>"
    assert page(head).author is None
    assert page(head, "<h1>Quay closed</h1><p>By Anna Berg</p>").author == "Anna Berg"
    assert page(head.replace(f"'{written}'", "'By  Anna Berg, Reuters'")).author == "Anna Berg"


@pytest.mark.parametrize(
    ("shown", "day"),
    [
        ("<span class='published'>March 4, 2016</span>", "2016-03-04"),
        ("<time datetime='2016-03-04T08:30:00Z'>4 March</time>", "2016-03-04T08:30:00+00:00"),
        ("<p>Updated</p>", None),
    ],
)
def test_a_day_that_only_readers_see_is_the_day_of_the_article(shown: str, day: str | None):
    assert page(above=f"<h1>Quay closed</h1><div class='meta'>{shown}</div>").date == day


def test_a_day_the_page_states_goes_before_the_one_it_shows_and_that_before_another_in_its_text():
    shown = "<div class='meta'><span class='published'>March 4, 2016</span></div>"
    stated = "<meta name='pub_date' content='2016-03-03'>"
    late = paragraphs((*STORY, "The storm of 7 January 2018 was forgotten."))
    assert page(stated, shown, late).date == "2016-03-03"
    assert page("", shown, late).date == "2016-03-04"
    assert page("", "", late).date is None


def test_a_line_that_is_nothing_but_a_day_is_no_answer_and_one_that_says_more_is():
    document = page(body=paragraphs(("Freitag, 4. März 2016, 10:22 Uhr", *STORY)))
    assert (document.date, lines(document)) == ("2016-03-04T10:22:00", list(STORY))
    more = "On 4 March 2016 the quay was closed."
    assert lines(page(body=paragraphs((more, *STORY)))) == [more, *STORY]


@pytest.mark.parametrize(
    "written",
    [
        "4. März 2016",
        "le 4 mars 2016",
        "4 de marzo de 2016",
        "4 марта 2016",
        "4 March 2016",
        "March 4th, 2016",
        "04.03.2016",
    ],
)
def test_days_are_read_in_five_languages(written: str):
    assert iso_date(written) == "2016-03-04"
    assert only_day(written) == "2016-03-04"
    assert only_day(f"{written} in the harbour") is None


@pytest.mark.parametrize(
    "empty",
    [
        "<title/>",
        '<script src="a.js"/>',
        "<style />",
        "<iframe src='b'/>",
        "<svg/>",
        '<nav class="top" />',
        "<textarea/>",
    ],
)
def test_an_element_that_closes_itself_takes_nothing_of_what_follows(empty):
    said = "".join(f"<p>{line}</p>" for line in STORY)
    page = f'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body><h1>Quay closed</h1>{{}}{said}</body></html>'
    assert (
        parse(page.format(empty).encode(), "a.xhtml", "0").documents
        == parse(page.format("").encode(), "a.xhtml", "0").documents
    )


def test_a_script_whose_address_ends_in_a_slash_is_still_no_text():
    page = "<html><body><script src=https://a.example/>var hidden = 1</script><p>The pier is closed.</p></body></html>"
    assert parse(page.encode(), "a.html", "0").documents[0].text == "The pier is closed."
