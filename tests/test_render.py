"""qa.render: an answer on a screen of any width, as JSON, as Markdown, as a citation."""

import json
import re
import subprocess
import sys
from dataclasses import replace
from importlib import resources
from pathlib import Path
from types import MappingProxyType

import jsonschema
import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.types import Block, Document, Passage, Span, Statement
from qa import render
from qa.render import Look, lines, places, verdicts
from qa.screen import safe, width
from qa.types import Answer, Citation, Hit, Question
from tests.answers import (
    AMERICANS,
    CONVINCED,
    DRAFT,
    HAVENS,
    IRAN,
    SEARCHED,
    THEME,
    answer,
    article,
    extract,
    find,
    quotation,
    refusal,
)
from tests.test_screen import HOSTILE, TAGS, any_text

SCHEMA = json.loads((resources.files("qa") / "answer.schema.json").read_text(encoding="utf-8"))
VALID = jsonschema.Draft202012Validator(SCHEMA)

LINK = re.compile("\x1b]8;;([^\x1b\x07 ]*)\x1b\\\\")
SGR = re.compile("\x1b\\[[0-9;]*m")

THREE = answer(CONVINCED, AMERICANS, THEME)


def screen(what: Answer, look: Look | int = 80, **how: int) -> str:
    """The plain screen."""
    return render.to_plain(render.terminal(what, Look(look) if isinstance(look, int) else look, **how))


# ---------------------------------------------------------------------------------------------------------- the screen


def test_a_screen_of_80_columns():
    assert (
        screen(THREE)
        == """\
3 statements by Sergei Lavrov, 2 articles searched (2012-06-15 … 2017-01-30),
0.03 s

[1] Sergei Lavrov · direct quote                                         strong
    “⟦We are convinced that Iran should participate in that conference,⟧”
    Lavrov said.
    000_aca22e1ab05da15b.txt, para 5 · verbatim

[2] Sergei Lavrov · direct quote                                           fair
    “When the Americans had to ensure additional security for their troops in
    Iraq and Afghanistan ⟦they had no problem talking directly to Iran,⟧”
    Lavrov said, adding that it was crucial to prevent bloodshed in Syria by
    accepting the required makeup of conference participants.
    000_aca22e1ab05da15b.txt, para 7 · verbatim

[3] Sergei Lavrov · direct quote                                           weak
    "As far as the idea of creating safe havens in Syrian territory is
    concerned, in the process of our dialog with our US counterparts ⟦we will
    try to clear up this theme,⟧" Lavrov said.
    TASS, “Safe havens in Syria”, 2017-01-30, 003_a66a14f0af45c417.txt, para 2
    · verbatim
    https://example.org/politics/1
"""
    )


def test_a_screen_of_40_columns_has_what_is_about_a_result_on_lines_of_its_own():
    assert (
        screen(answer(CONVINCED), 40)
        == """\
1 statement by Sergei Lavrov, 2
articles searched (2012-06-15 …
2017-01-30), 0.03 s

[1] Sergei Lavrov
    direct quote · strong
    “⟦We are convinced that Iran should
    participate in that conference,⟧”
    Lavrov said.
    000_aca22e1ab05da15b.txt, para 5 ·
    verbatim
"""
    )


@pytest.mark.parametrize("columns", [1, 2, 3, 5, 8, 13, 20, 21, 39, 40, 59, 60, 61, 80, 100, 101, 300])
@pytest.mark.parametrize("colour", [False, True])
def test_every_width_has_all_words_and_no_line_beyond_it(columns, colour):
    fragments = render.terminal(THREE, Look(columns, colour=colour, explain=True, links=True))
    lines = render.to_plain(fragments).split("\n")
    assert max(map(width, lines)) <= max(1, columns - 1)
    wide = render.to_plain(render.terminal(THREE, Look(300, colour=colour, explain=True)))
    assert re.sub(r"[\s·]", "", "".join(lines)) == re.sub(r"[\s·]", "", wide)


def test_the_words_that_answer_are_bold_and_underlined_with_colour_and_bracketed_without():
    coloured = render.terminal(answer(CONVINCED), Look(80, colour=True))
    marked = "".join(text for style, text in coloured if style == "bold underline")
    assert marked == CONVINCED.highlights[0].of(IRAN.text)
    assert "⟦" not in render.to_plain(coloured)
    assert f"⟦{marked}⟧" in screen(answer(CONVINCED), 101)
    assert {style for style, _ in render.terminal(answer(CONVINCED), Look(80))} == {""}


def test_colour_uses_at_most_three_of_the_sixteen_and_never_speaks_alone():
    noted = replace(THREE, notices=("The vector index is being rebuilt.",))
    styles = {style for style, _ in render.terminal(noted, Look(80, colour=True))}
    assert {word for style in styles for word in style.split() if word.startswith("ansi")} == {
        "ansicyan",
        "ansigreen",
        "ansiyellow",
    }
    assert "Note: The vector index is being rebuilt." in screen(noted)


def test_only_the_first_results_are_shown_and_the_verdict_says_so():
    shown = screen(answer(CONVINCED, AMERICANS, THEME, DRAFT), shown=2)
    assert shown.startswith("2 statements by Sergei Lavrov (2 more results), ")
    assert "[2]" in shown
    assert "[3]" not in shown


def test_numbering_begins_where_the_session_stands():
    assert re.findall(r"^\[(\d+)\]", screen(THREE, first=41), re.M) == ["41", "42", "43"]


def test_a_mixed_answer_counts_both_kinds_and_names_no_common_speaker():
    other = quotation(IRAN, "Iran should be part of the solution,", speaker="Kofi Annan", cue=None, mention=None)
    passage = extract(HAVENS, "armed opposition")
    assert screen(answer(CONVINCED, other, passage)).startswith("2 statements and 1 passage, 2 articles searched")


ANNAN = quotation(IRAN, "Iran should be part of the solution,", 2, speaker="Kofi Annan", cue=None, mention=None)
PUTIN = quotation(
    IRAN, "it was unacceptable to remove Assad,", 3, speaker="Vladimir Putin", via="Yury Ushakov", mention=None
)
NOBODY = quotation(IRAN, "No, that information is not true,", 3, speaker=None)


def verdict(
    *citations: Citation, intent: str = "say", text: str = "What did Lavrov say about Iran?", **how: object
) -> str:
    """The verdict, up to what was searched."""
    what = replace(answer(*citations), question=Question(text, intent=intent))
    return re.sub(r"\s+", " ", screen(what, 300, **how)).partition(", 2 articles")[0]


def of_the_one(citation: Citation, fit: float = 1.0) -> Citation:
    """The citation, by the speaker who was asked about."""
    return replace(citation, hit=replace(citation.hit, scores=MappingProxyType({"speaker": fit})))


def test_the_verdict_counts_what_is_shown_and_names_the_one_who_said_all_of_it():
    assert verdict(CONVINCED, AMERICANS) == "2 statements by Sergei Lavrov"
    assert verdict(CONVINCED, AMERICANS, ANNAN, shown=2) == "2 statements by Sergei Lavrov (1 more result)"
    assert verdict(CONVINCED, ANNAN) == "2 statements"
    assert verdict(CONVINCED, NOBODY) == "2 statements"
    assert verdict(NOBODY) == "1 statement"
    assert verdict(extract(IRAN, "12,000")) == "1 passage"


def test_the_verdict_is_about_the_one_who_was_asked_about_where_others_follow():
    assert verdict(of_the_one(CONVINCED), AMERICANS, ANNAN) == "2 statements by Sergei Lavrov (1 other result shown)"
    assert (
        verdict(of_the_one(CONVINCED), ANNAN, THEME, DRAFT, shown=2)
        == "1 statement by Sergei Lavrov (1 other result shown, 2 more results)"
    )
    assert verdict(of_the_one(CONVINCED), extract(IRAN, "12,000")) == "1 statement by Sergei Lavrov and 1 passage"
    assert verdict(of_the_one(CONVINCED, 0.7), ANNAN) == "2 statements"


def test_what_is_known_through_another_is_said_to_be():
    direct = replace(PUTIN, hit=replace(PUTIN.hit, statement=replace(PUTIN.statement, via=None)))
    through = replace(PUTIN, hit=replace(PUTIN.hit, statement=replace(PUTIN.statement, via="David Cameron")))
    assert verdict(PUTIN) == "1 statement by Vladimir Putin, according to Yury Ushakov"
    assert verdict(direct, PUTIN) == "2 statements by Vladimir Putin, 1 of them according to Yury Ushakov"
    assert verdict(PUTIN, through) == "2 statements by Vladimir Putin, according to others"
    assert verdict(CONVINCED, PUTIN, through, intent="who") == (
        "Said by Sergei Lavrov and Vladimir Putin (according to others): 3 statements"
    )
    assert verdict(PUTIN, direct, intent="who") == "Said by Vladimir Putin: 2 statements"


def test_who_said_it_is_answered_with_their_names_in_the_order_of_the_results():
    assert verdict(ANNAN, CONVINCED, PUTIN, intent="who") == (
        "Said by Kofi Annan, Sergei Lavrov and Vladimir Putin (according to Yury Ushakov): 3 statements"
    )
    assert verdict(ANNAN, intent="who") == "Said by Kofi Annan: 1 statement"
    assert verdict(ANNAN, NOBODY, THEME, extract(IRAN, "12,000"), intent="who") == (
        "Said by Kofi Annan: 1 statement (2 other results shown, 1 more result)"
    )
    assert (
        verdict(ANNAN, AMERICANS, intent="who") == "Said by Kofi Annan: 1 statement (1 other result shown)"
    )  # the other fair
    assert verdict(AMERICANS, intent="who") == "Said by Sergei Lavrov: 1 statement"
    many = [
        replace(ANNAN, hit=replace(ANNAN.hit, statement=replace(ANNAN.statement, speaker=each))) for each in "ABCDEFG"
    ]
    assert verdict(*many, intent="who", shown=9) == "Said by A, B, C, D, E and 2 others: 7 statements"


@pytest.mark.parametrize("facts", [{"negated": True}, {"modal": True}, {"speaker": None}])
def test_a_denial_or_a_guess_is_not_said_to_have_been_said(facts):
    doubtful = replace(CONVINCED, hit=replace(CONVINCED.hit, statement=replace(CONVINCED.statement, **facts)))
    asked = "Did Lavrov comment on Iran?"
    assert "Said by" not in verdict(doubtful, intent="who")
    assert "Yes" not in verdict(of_the_one(doubtful), intent="comment", text=asked)
    assert "Yes" not in verdict(of_the_one(THEME), intent="comment", text=asked)  # weak
    assert "Said by" not in verdict(THEME, intent="who")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Did Lavrov comment on Iran?", "Yes: 2 statements by Sergei Lavrov (1 other result shown)"),
        ("has Lavrov said anything about Iran", "Yes: 2 statements by Sergei Lavrov (1 other result shown)"),
        ("Did Lavrov say that Iran should be left out?", "2 statements by Sergei Lavrov (1 other result shown)"),
    ],
)
def test_whether_somebody_commented_is_answered_and_whether_he_said_just_that_is_not(text, said):
    first = of_the_one(CONVINCED)
    assert verdict(first, AMERICANS, ANNAN, intent="comment", text=text) == said


def test_nobody_else_makes_it_a_yes():
    asked = "Did Kerry comment on Iran?"
    assert verdict(CONVINCED, intent="comment", text=asked) == "1 statement by Sergei Lavrov"
    assert verdict(of_the_one(CONVINCED, 0.7), intent="comment", text=asked) == "1 statement by Sergei Lavrov"
    assert verdict(extract(IRAN, "12,000"), of_the_one(CONVINCED), intent="comment", text=asked).startswith(
        "1 statement"
    )


def test_a_passage_is_headed_by_its_title_or_its_file():
    titled, untitled = screen(answer(extract(HAVENS, "Astana"), extract(IRAN, "12,000 people"))).split("\n\n")[1:]
    assert titled.startswith("[1] Safe havens in Syria · passage")
    assert untitled.startswith("[2] 000_aca22e1ab05da15b.txt · passage")


def test_the_best_passage_shows_its_paragraph_and_the_others_the_sentences_that_answer():
    text = "One is here. Two is there. Three is gone. Four is left."
    document = article(text)
    passage = Passage(document.id, Span(0, len(text)), (Span(0, 12), Span(13, 26), Span(27, 41), Span(42, 55)), 1)
    citation = Citation(1, document, Hit(passage, 0.5), (find(document, "One"), find(document, "gone")), "fair")
    first, second = screen(answer(citation, citation)).split("\n\n")[1:]
    assert "    ⟦One⟧ is here. Two is there. Three is ⟦gone⟧. Four is left.\n" in first
    assert "    ⟦One⟧ is here. […] Three is ⟦gone⟧.\n" in second


def test_hard_wrapped_lines_are_joined_and_paragraphs_are_not():
    text = "First line\r\nof one.\r\n\r\nAnother one."
    document = Document("d", "/a.txt", text, (Block(Span(0, 19), "paragraph"), Block(Span(23, 35), "paragraph")))
    citation = Citation(1, document, Hit(Passage("d", Span(0, 35), (Span(0, 35),), 1), 0.5), (), "fair")
    assert "    First line of one.\n    Another one.\n" in screen(answer(citation))


@pytest.mark.parametrize(
    ("facts", "head"),
    [
        ({"speaker": None}, "The article quotes this without a clear speaker · direct quote"),
        ({"speaker": None, "kind": "indirect"}, "The article reports this without a clear speaker · paraphrase"),
        ({"speaker": "Vladimir Putin", "via": "Yury Ushakov"}, "Vladimir Putin, according to Yury Ushakov · direct"),
        ({"kind": "mixed"}, "Sergei Lavrov · partly quoted"),
        ({"kind": "indirect", "negated": True}, "Sergei Lavrov · paraphrase, negated"),
        ({"kind": "indirect", "modal": True}, "Sergei Lavrov · paraphrase, hypothetical"),
    ],
)
def test_who_said_it_and_how_is_said_in_words(facts, head):
    said = quotation(IRAN, "We are convinced that Iran should participate in that conference,", **facts)
    assert f"[1] {head}" in screen(answer(said))


def test_the_article_of_a_result_has_its_title_once():
    titled = replace(THEME, document=replace(THEME.document, title="Safe havens"), hit=CONVINCED.hit)
    shown = render.to_plain(render.article(titled, render.Look(), number=1))
    assert shown.count("Safe havens") == 1


def test_a_refusal_says_what_was_searched_and_numbers_the_nearest():
    shown = screen(replace(refusal(AMERICANS, THEME, DRAFT), searched=replace(SEARCHED, unreadable=1)))
    assert shown.startswith(
        "No statement by Kofi Annan about safe havens. Searched 2 articles (2012-06-15 …\n"
        "2017-01-30), 1 file skipped, 0.03 s; nearest:\n\n[1] Sergei Lavrov"
    )
    assert re.findall(r"^\[(\d+)\]", shown, re.M) == ["1", "2"]


def test_a_near_miss_by_somebody_else_says_so_wherever_it_is_shown():
    told = refusal(replace(AMERICANS, another="surely"), replace(THEME, another="perhaps"))
    wide, narrow = screen(told), screen(told, Look(width=40))
    assert re.search(r"\[1\] Sergei Lavrov · another speaker, direct quote +fair\n", wide)
    assert re.search(r"\[2\] Sergei Lavrov · not known as such, direct quote +weak\n", wide)
    assert "[1] Sergei Lavrov\n    another speaker, direct quote ·\n    fair\n" in narrow
    assert "(another speaker, direct quote, fair)" in render.markdown(told)
    body = render.json(told)
    VALID.validate(body)
    assert [near["another"] for near in body["nearest"]] == [True, True]
    assert render.json(answer(CONVINCED))["results"][0]["another"] is False


def test_a_refusal_with_nothing_near_ends_there():
    searched = replace(SEARCHED, documents=1, earliest=None, latest="2017-01-30T10:00")
    assert screen(replace(refusal(reason="Nothing."), searched=searched)) == (
        "Nothing. Searched 1 article (2017-01-30), 0.03 s.\n"
    )


def test_numbers_are_shown_only_when_asked_for():
    assert not re.search(r"0\.8|0\.97|0\.93|#1", screen(answer(CONVINCED)))
    explained = re.sub(r"\s+", " ", screen(answer(CONVINCED), Look(explain=True)))
    assert ", 0.03 s, confidence 0.93 Understood: " in explained
    assert "score 0.812 · dense 0.710 (#1) · lexical 12.250 (#2) · statement confidence 0.97" in explained
    assert "speaker as written “Lavrov” · cue “said”" in explained


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        (
            {"speaker": "Roe", "topic": "the pier", "intent": "say"},
            "speaker Roe · topic the pier · days any · intent say",
        ),
        ({"topic": "Who?"}, "speaker anybody · topic all of the question · days any · intent find"),
        ({"speaker": "Roe", "month": 6, "intent": "say"}, "speaker Roe · topic anything · days any June · intent say"),
        (
            {
                "speaker": "Roe",
                "via": "Poe",
                "since": "2016-01-01",
                "until": "2016-12-31",
                "source": "TASS",
                "typed": "who?",
            },
            "read as Who? · speaker Roe · through Poe · topic anything · days 2016 · outlet TASS · intent find",
        ),
        ({"since": "2016-01-01"}, "speaker anybody · topic anything · days since 2016-01-01 · intent find"),
    ],
)
def test_how_a_question_was_understood_is_explained_and_in_json(facts, told):
    asked = Question("Who?", **facts)
    for one in (replace(answer(CONVINCED), question=asked), replace(refusal(THEME), question=asked)):
        assert "Understood" not in screen(one)
        explained = re.sub(r"\s+", " ", screen(one, Look(width=40, explain=True)))
        assert f"Understood: {told} " in explained
        body = render.json(one)
        VALID.validate(body)
        assert body["understood"] == {
            "text": "Who?", "intent": "find", "speaker": None, "via": None, "topic": None, "since": None, "until": None,
            "month": None, "source": None,
        } | {name: value for name, value in facts.items() if name != "typed"}  # fmt: skip
    assert explained.index("Understood") < explained.index("Nearest:") < explained.index("[1]")


def test_copies_are_named_and_the_rest_counted():
    copies = tuple(article("x", f"/news/{name}.txt") for name in "abcde")
    assert "also in a.txt, b.txt and c.txt\n" in screen(answer(replace(CONVINCED, copies=copies[:3])))
    assert "also carried by 5 others\n" in screen(answer(replace(CONVINCED, copies=copies)))


def test_a_copy_that_is_older_is_said_to_be_the_first():
    older, newer = (replace(article("x", f"/news/{day}.txt"), date=day) for day in ("1999-01-02", "2030-01-02"))
    told = screen(answer(replace(CONVINCED, copies=(older, newer))))
    assert "also in 1999-01-02.txt and 2030-01-02.txt, first by 1999-01-02.txt on 1999-01-02" in " ".join(told.split())


def test_an_article_of_a_dump_has_its_number():
    dump = replace(article("Some words here.", "/news/dump.jsonl"), part="line 12")
    assert "dump.jsonl line 12, para 1 · verbatim" in screen(answer(extract(dump, "words")))


def test_the_paragraph_is_the_one_in_which_the_words_begin():
    document = article("One.\n\nTwo.\n\nThree.")
    citation = Citation(1, document, Hit(Passage(document.id, Span(0, 18), (Span(0, 18),), 1), 1.0), (), "weak")
    assert places.paragraph(citation) == 1
    assert places.paragraph(replace(citation, highlights=(find(document, "Three"),))) == 3


def test_a_giant_paragraph_is_shown_around_its_place():
    text = "word " * 100_000 + "needle" + " word" * 100_000
    shown = screen(answer(extract(article(text), "needle")))
    assert "⟦needle⟧" in shown
    assert len(shown) < 2 * places.LONGEST
    assert shown.count("[…]") == 2


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "no-such-encoding"])
def test_a_terminal_that_cannot_write_our_marks_gets_ascii_and_escapes(encoding):
    shown = screen(THREE, Look(encoding=encoding))
    target = "ascii" if encoding == "no-such-encoding" else encoding
    shown.encode(target)
    assert "[1] Sergei Lavrov - direct quote" in shown
    assert "[[We are convinced" in shown
    assert max(map(width, shown.split("\n"))) <= 79
    assert ("“" in shown) == (encoding == "cp1252")  # which has quotation marks, but not our brackets
    assert '"[[We are convinced' in shown or encoding == "cp1252"


def test_what_an_encoding_lacks_is_a_plain_mark_or_the_number_of_the_character():
    text = "“It’s – well… ‘1\u00a0000 €’,” said Жук"
    assert Look(encoding="ascii").fit(text) == "\"It's - well... '1 000 \\u20ac',\" said \\u0416\\u0443\\u043a"
    assert Look(encoding="cp1252").fit(text) == text.replace("Жук", "\\u0416\\u0443\\u043a")
    assert Look(encoding="latin-1").fit("1\u00a0000") == "1\u00a0000"
    assert Look().fit(text) == text


def test_links_are_only_our_own_encoded_urls():
    document = replace(HAVENS, path="/news/a b\udcff\x1b]é#?.txt", url="https://example.org/\x1b\\\x07 x")
    shown = render.to_ansi(
        render.terminal(answer(replace(THEME, document=document)), Look(80, colour=True, links=True))
    )
    assert LINK.findall(shown) == [
        "file:///news/a%20b%FF%1B%5D%C3%A9%23%3F.txt",
        "",
        "https://example.org/%1B%5C%07%20x",
        "",
    ]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "file:///etc/passwd", "http:///x", "http://[x", "x", ""])
def test_no_link_to_anything_but_the_web(url):
    assert lines.web_url(url) is None


def test_no_links_unless_asked_for_or_without_colour():
    assert "\x1b]" not in render.to_ansi(render.terminal(THREE, Look(80, colour=True)))
    assert "\x1b" not in render.to_ansi(render.terminal(THREE, Look(80, links=True)))


# ----------------------------------------------------------------------------------------------------------- hostility


def poisoned(text: str) -> tuple[Answer, Answer]:
    """An answer and a refusal with ``text`` in every field that comes from outside."""
    body = f"Before {text} it {text}was{text} said {text} after."
    document = Document(
        f"00#{text}", f"/news/{text}.txt", body, (Block(Span(0, len(body)), "paragraph"),),
        title=text, date=text, source=text, author=text, url=f"https://example.org/{text}", place=text,
    )  # fmt: skip
    place, said = find(document, f"it {text}was{text}"), find(document, "said")
    statement = Statement(document.id, (place,), "direct", said, said, speaker=f"A{text}", via=f"B{text}")
    legs = MappingProxyType({f"dense{text}": 1})
    passage = Passage(document.id, Span(0, len(body)), (Span(0, len(body)),), 1)
    citations = [
        Citation(rank, document, Hit(passage, 0.5, legs, legs, found), (place,), "fair", (document,))
        for rank, found in enumerate((statement, None), 1)
    ]
    question = Question(f"Who{text}?", speaker=text)
    return (
        Answer(question, tuple(citations), 0.5, SEARCHED, notices=(text,)),
        Answer(question, (), 0.1, SEARCHED, refusal=f"Nothing{text}.", nearest=tuple(citations)),
    )


def every_screen(what: Answer, columns: int) -> list[str]:
    """All that can be printed of an answer."""
    look = Look(columns, colour=True, explain=True, links=True)
    citation = verdicts.results(what)[0]
    return [
        render.to_ansi(render.terminal(what, look)),
        render.to_ansi(render.terminal(what, Look(columns))),
        render.to_ansi(render.article(citation, look, number=1)),
        render.cite(citation) + "\n",
        render.markdown(what),
        render.dumps(render.json(what), indent=2),
    ]


@pytest.mark.parametrize("char", sorted({*HOSTILE} - {*TAGS[1:-1]}), ids=lambda char: f"U+{ord(char):04X}")
def test_nothing_from_an_article_reaches_the_terminal_as_a_control(char):
    """After our own styles and links are taken away, only line ends are left; each link and style is closed."""
    for what in poisoned(f"{char}[2J{char}]0;title\a{char}"):
        for shown in every_screen(what, 40):
            bare = LINK.sub("", SGR.sub("", shown))
            assert [each for each in bare if each != "\n" and not safe(each)] == []
            assert len(LINK.findall(shown)) % 2 == 0
            assert len(re.findall("\x1b\\[0m", shown)) * 2 == len(SGR.findall(shown))


@pytest.mark.parametrize("columns", [40, 80])
@pytest.mark.parametrize(
    "char", ["\x1b", "\x9b", "\x9d", "\x90", "\x07", "\x08", "\x0c", "\x0e", "\r", "\x84", "\u202e"]
)
def test_a_terminal_shows_a_hostile_article_and_is_as_before(char, columns):
    text = f"{char}[2J{char}[31m{char}]0;title\x07{char}(0{char}[5;5H{char}c"
    for what in poisoned(text):
        for shown in every_screen(what, columns)[:3]:
            lines = LINK.sub("", SGR.sub("", shown)).split("\n")
            terminal, fresh = pyte.Screen(columns, len(lines) + 1), pyte.Screen(columns, 1)
            for each in (terminal, fresh):
                each.set_mode(pyte.modes.LNM)  # a line end goes to the first column, as the tty does it
            pyte.Stream(terminal).feed(LINK.sub("", shown))  # pyte knows no OSC 8
            assert [line.rstrip() for line in terminal.display] == [*(line.rstrip() for line in lines), ""]
            assert (terminal.cursor.x, terminal.cursor.y) == (0, len(lines) - 1)
            assert (terminal.mode, terminal.title, terminal.charset) == (fresh.mode, "", fresh.charset)
            assert terminal.cursor.attrs == fresh.cursor.attrs


def test_wide_and_joined_characters_stay_within_the_lines():
    text = "東京で安倍首相は「日本は協力する」と述べた。👨‍👩‍👧 قال الوزير है क्षि " * 5
    document = article(text, "/ニュース/東京.txt", title="東京" * 30)
    for columns in (20, 40, 80):
        lines = screen(answer(extract(document, "日本は協力する")), columns).split("\n")
        assert max(map(width, lines)) < columns
        assert "⟦日本は協力する⟧" in "".join(line.strip() for line in lines)


# ---------------------------------------------------------------------------------------------------------------- JSON


@pytest.mark.parametrize("what", [THREE, answer(extract(HAVENS, "Astana")), refusal(AMERICANS), refusal()])
def test_json_follows_its_schema(what):
    VALID.validate(render.json(what))
    VALID.validate({"id": 7, **render.json(what)})


def test_the_schema_itself_is_valid_and_says_no():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    body = render.json(THREE)
    assert not VALID.is_valid({**body, "version": 2})
    assert not VALID.is_valid({**body, "surprise": 1})
    assert not VALID.is_valid({**body, "answered": False})
    assert not VALID.is_valid({**render.json(refusal()), "reason": None})
    assert not VALID.is_valid({**body, "results": [{**body["results"][0], "strength": "certain"}]})
    assert not VALID.is_valid({**body, "error": "both an answer and a failure"})
    for parts in ([], [[1]], [[1, 2, 3]], [["1", "2"]]):
        result = json.loads(json.dumps(body["results"][0]))
        result["statement"]["parts"] = parts
        assert not VALID.is_valid({**body, "results": [result]})


def test_a_line_that_was_not_understood_has_a_form_too():
    failure = {"version": 1, "id": "x7", "line": 3, "error": "there is no question in the line"}
    VALID.validate(failure)
    for wrong in ({"line": 0}, {"error": ""}, {"version": 2}, {"results": []}):
        assert not VALID.is_valid({**failure, **wrong})
    assert not VALID.is_valid({name: value for name, value in failure.items() if name != "line"})


def test_json_of_an_answer():
    body = render.json(answer(CONVINCED))
    [result] = body.pop("results")
    assert body == {
        "version": 1,
        "question": "What did Lavrov say about Iran?",
        "understood": dict.fromkeys(["speaker", "via", "topic", "since", "until", "month", "source"])
        | {"text": "What did Lavrov say about Iran?", "intent": "find"},
        "answered": True,
        "confidence": 0.93,
        "reason": None,
        "notices": [],
        "searched": {"documents": 2, "passages": 14, "unreadable": 0, "unread": 0, "snapshot": "s1"},
    }
    place = CONVINCED.highlights[0]
    quoted = {"start": place.start, "end": place.end, "text": place.of(IRAN.text)}
    assert result["highlights"] == [quoted]
    assert result["statement"] == {
        **quoted,
        "speaker": "Sergei Lavrov",
        "speaker_as_written": "Lavrov",
        "kind": "direct",
        "cue": "said",
        "via": None,
        "said_on": None,
        "confidence": 0.97,
        "parts": [[place.start, place.end]],
        "negated": False,
        "modal": False,
    }
    assert (result["rank"], result["strength"], result["paragraph"]) == (1, "strong", 5)
    assert (result["score"], result["ranks"]) == (0.8125, {"dense": 1, "lexical": 2})


def test_several_people_are_shown_one_after_the_other_and_numbered_through():
    lavrov, nobody = answer(CONVINCED, AMERICANS, replace(AMERICANS, rank=3)), refusal(THEME)
    annan = answer(replace(CONVINCED, rank=4))
    citations = lavrov.citations + annan.citations
    whole = replace(lavrov, citations=citations, parts=(lavrov, nobody, annan)).telling()
    shown = screen(whole, shown=3)
    assert shown.startswith("4 results for 2 of the 3 asked about, ")
    assert screen(replace(whole, parts=(lavrov, annan)), shown=3).startswith("4 results for both, ")
    heads = re.findall(r"^(?:\[\d\]|—).{0,24}", shown, re.M)
    assert [head[:20].rstrip() for head in heads] == [
        "— 2 statements by Se", "[1] Sergei Lavrov ·", "[2] Sergei Lavrov ·", "— No statement by Ko",
        "— 1 statement by Ser", "[3] Sergei Lavrov ·",
    ]  # fmt: skip
    seen, rest = render.split(whole, 3)
    assert seen == [*lavrov.citations[:2], *annan.citations]
    assert rest == [lavrov.citations[2]]
    body = render.json(whole)
    VALID.validate(body)
    assert [part["ranks"] for part in body["parts"]] == [[1, 2, 3], [], [4]]


def test_when_somebody_said_it_is_answered_with_days():
    asked = replace(answer(CONVINCED), question=Question("When did Lavrov say it?", intent="when"))
    dated = replace(CONVINCED, document=replace(CONVINCED.document, date="2012-06-15"))
    assert screen(replace(asked, citations=(dated,))).startswith(
        "1 statement by Sergei Lavrov, in articles of 2012-06-15, "
    )
    assert screen(asked).startswith("1 statement by Sergei Lavrov, 2 articles searched")


def test_the_weak_end_of_a_list_is_left_out_and_counted():
    told = answer(CONVINCED, AMERICANS, THEME, DRAFT).telling()
    assert told.citations == (CONVINCED, AMERICANS)
    assert screen(told).startswith("2 statements by Sergei Lavrov (2 weaker), ")


def test_no_result_is_left_out_above_a_better_one():
    assert answer(CONVINCED, THEME, AMERICANS, DRAFT).telling().citations == (CONVINCED, THEME, AMERICANS)


def test_results_that_are_all_weak_are_called_so_and_are_few():
    told = answer(*[replace(THEME, rank=rank) for rank in range(1, 11)]).telling()
    assert [citation.rank for citation in told.citations] == [1, 2, 3]
    assert screen(told).startswith("Only weak results: 3 statements by Sergei Lavrov (7 weaker), ")


def test_results_none_of_which_is_by_the_one_asked_about_are_not_called_his():
    """Neither another's words nor those of nobody in particular; one that may be his is enough to say no such thing."""
    asked = Question("What did Annan say about Iran?", speaker="Annan")
    others = of_the_one(THEME, 0.0)
    nobody = replace(DRAFT, hit=replace(DRAFT.hit, statement=replace(DRAFT.statement, speaker=None)))
    told = screen(replace(answer(others, nobody, extract(IRAN, "12,000", strength="weak")), question=asked))
    assert told.startswith("Only weak results: 2 statements and 1 passage, not clearly by Annan, ")
    his = of_the_one(AMERICANS, 0.9)
    assert "not clearly" not in screen(replace(answer(his, others), question=asked))


def test_a_sentence_that_stands_above_is_not_repeated_around_another_statement_of_it():
    """What is left out is on the screen; the same sentence of another article is not."""
    text = "Ann Lavrov said the pier is safe, and warned that the boats are not, he said."
    one = article(text)
    who = find(one, "Lavrov")
    first = quotation(one, "the pier is safe", mention=who)
    second = quotation(one, "the boats are not", 2, "fair", mention=who, cue=find(one, "warned"))
    shown = screen(answer(first, second))
    assert "    Ann Lavrov said ⟦the pier is safe⟧, and warned that the boats are not, he\n    said.\n" in shown
    assert "    Lavrov […] warned […] ⟦the boats are not⟧\n" in shown
    elsewhere = replace(second, document=replace(one, id="0" * 32))
    assert screen(answer(first, elsewhere)).count("Ann Lavrov said") == 2
    assert "Ann Lavrov said" in screen(answer(second))


def test_a_paraphrase_is_cited_as_words_of_the_source():
    """What stands in quotation marks before a name would be taken for that person's words."""
    told = replace(CONVINCED.statement, kind="indirect")
    cited = render.cite(replace(CONVINCED, hit=replace(CONVINCED.hit, statement=told)))
    assert " — the source, paraphrasing Sergei Lavrov, " in cited
    denied = replace(told, negated=True, via="Kofi Annan")
    cited = render.cite(replace(CONVINCED, hit=replace(CONVINCED.hit, statement=denied)))
    assert " — the source, paraphrasing Sergei Lavrov, according to Kofi Annan (negated), " in cited
    assert " — Sergei Lavrov (direct quote), " in render.cite(CONVINCED)


def test_the_nearest_follow_the_word_nearest_also_below_a_note():
    shown = screen(replace(refusal(AMERICANS), notices=("No article holds “x y” word for word.",)))
    assert shown.index("Note: ") < shown.index("Nearest:\n") < shown.index("[1]")
    assert screen(refusal(AMERICANS)).index("nearest:") < screen(refusal(AMERICANS)).index("[1]")
    assert "earest" not in screen(replace(refusal(), notices=("So.",)))


def test_a_copy_of_the_same_outlet_is_named_by_its_file():
    """ "CNN, … also in CNN" would not lead anybody to it."""
    copies = tuple(
        replace(HAVENS, path=f"/news/{name}.txt", source=outlet) for name, outlet in [("a", "TASS"), ("b", "RIA")]
    )
    assert "also in a.txt and RIA\n" in screen(answer(replace(THEME, copies=copies)))


def test_a_title_as_long_as_a_paragraph_is_cut_beside_a_result_and_whole_elsewhere():
    endless = replace(HAVENS, title="many words " * 99 + "the end")
    said, passage = replace(THEME, document=endless), extract(endless, "safe havens")
    shown = screen(answer(said, passage))
    assert shown.count("many words …") == 2
    assert "the end" not in shown
    assert "the end" in " ".join(render.lines.to_plain(render.article(said, Look())).split())
    assert "the end" in render.cite(said)


def test_json_names_who_wrote_an_article():
    [result] = render.json(answer(replace(THEME, document=replace(HAVENS, author="Ada Quill"))))["results"]
    assert result["document"]["author"] == "Ada Quill"
    assert render.json(answer(CONVINCED))["results"][0]["document"]["author"] is None


def test_a_long_title_over_an_article_goes_on_below_itself_and_not_below_its_number():
    long = replace(THEME, document=replace(HAVENS, title="a title of many words " * 5))
    for shown in (render.article(long, Look(40), number=7), render.versions(long, [], Look(40), number=7)):
        first, second, *_ = render.lines.to_plain(shown).splitlines()
        assert first.startswith("[7] ")
        assert second.startswith("    ")


def test_json_of_a_refusal_has_a_reason_no_results_and_the_nearest_in_the_same_shape():
    body = render.json(refusal(AMERICANS))
    assert (body["answered"], body["results"]) == (False, [])
    assert body["reason"] == "No statement by Kofi Annan about safe havens."
    assert body["nearest"] == render.json(answer(AMERICANS))["results"]


def test_every_text_in_the_json_is_the_slice_of_the_file_it_names():
    body = json.loads(render.dumps(render.json(THREE)))
    for result in body["results"]:
        with open(result["document"]["path"], encoding="utf-8", newline="") as file:
            text = file.read()
        for part in (result["passage"], result["statement"], *result["highlights"]):
            assert text[part["start"] : part["end"]] == part["text"]


def test_a_path_is_relative_below_the_current_folder_and_absolute_elsewhere(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert places.shown_path(str(Path.cwd() / "seeds" / "a.txt")) == "seeds/a.txt"
    assert places.shown_path("/elsewhere/a.txt") == "/elsewhere/a.txt"


@given(any_text, st.booleans(), st.sampled_from([None, 2]))
def test_dumped_json_gives_the_text_back_and_holds_nothing_a_terminal_obeys(text, ascii_only, indent):
    dumped = render.dumps({"text": text}, ascii_only=ascii_only, indent=indent)
    assert json.loads(dumped) == {"text": text}
    assert all(char == "\n" or safe(char) for char in dumped)
    assert ("\n" in dumped) == (indent is not None)
    dumped.encode("ascii" if ascii_only else "utf-8")


# ----------------------------------------------------------------------------------------------- Markdown, citations


def test_markdown():
    assert render.markdown(answer(CONVINCED)).replace(IRAN.path, "FILE").replace(
        IRAN.path.replace("_", "\\_"), "FILE"
    ) == (
        "## What did Lavrov say about Iran?\n\n"
        "1 statement by Sergei Lavrov, 2 articles searched (2012-06-15 … 2017-01-30), 0.03 s\n\n"
        "1. **Sergei Lavrov** (direct quote, strong)\n\n"
        "   > “**We are convinced that Iran should participate in that conference,**” Lavrov said.\n\n"
        "   FILE, para 5, characters 994-1059, BLAKE2b-128 of the file 99f885c6e2c938aa86943e4c182aca8a\n"
    )


def test_markdown_takes_no_markup_from_an_article():
    document = article("# *Bold* <b>tags</b> [a](http://x) `code` and **words** | & ~~.", title="1. _x_\n# y")
    shown = render.markdown(answer(extract(document, "words")))
    assert "> \\# \\*Bold\\* \\<b\\>tags\\</b\\> \\[a\\](http://x) \\`code\\` and \\*\\***words**\\*\\* \\|" in shown
    assert "**1\\. \\_x\\_ \\# y**" in shown or "**\\1. \\_x\\_ \\# y**" in shown


def test_a_citation_has_the_words_the_speaker_and_the_place():
    place = THEME.statement.span
    assert render.cite(THEME) == (
        "“we will try to clear up this theme,” — Sergei Lavrov (direct quote), “Safe havens in Syria”, TASS, "
        f"published 2017-01-30 12:00, https://example.org/politics/1, para 2, characters {place.start}-{place.end}, "
        f"BLAKE2b-128 of the file {HAVENS.id}"
    )
    assert render.cite(extract(IRAN, "12,000 people")).startswith(
        f"“12,000 people” — {IRAN.path}, para 16, characters "
    )


def test_a_quotation_in_parts_is_cited_with_a_gap():
    parts = find(HAVENS, "There is the unanimity"), find(HAVENS, "The more so")
    citation = replace(THEME, hit=replace(THEME.hit, statement=replace(THEME.statement, parts=parts)))
    assert render.cite(citation).startswith("“There is the unanimity […] The more so” — ")


PAGED = replace(IRAN, path="/d/report.pdf", pages=(0, 0, IRAN.paragraphs()[5].start + 9, IRAN.paragraphs()[7].start))
"""The third page begins inside paragraph 6, the fourth with paragraph 8; the first is empty."""


def test_a_place_on_a_page_is_the_page_the_words_begin_on_and_the_paragraph_counted_there():
    first, torn, third = PAGED.paragraphs()[0], PAGED.paragraphs()[5], PAGED.paragraphs()[6]
    found = {
        places.place(extract(PAGED, PAGED.text[start : start + 25])): PAGED.text[start : start + 25]
        for start in (first.start, torn.start, torn.start + 20, third.start)
    }
    assert list(found) == ["p. 2, para 1", "p. 2, para 6", "p. 3, para 1", "p. 3, para 2"]
    assert "report.pdf, p. 3, para 2" in render.to_plain(
        render.article(extract(PAGED, found["p. 3, para 2"]), Look(), around=0)
    )


def test_the_link_of_a_paged_document_opens_its_page_and_json_names_it():
    shown = answer(extract(PAGED, PAGED.text[slice(PAGED.paragraphs()[7].start, PAGED.paragraphs()[7].end)]))
    assert "file:///d/report.pdf#page=4" in render.to_ansi(render.terminal(shown, Look(80, colour=True, links=True)))
    [result] = render.json(shown)["results"]
    assert (result["page"], result["paragraph"]) == (4, 8)


def test_paragraphs_of_a_paged_article_are_numbered_page_by_page():
    seventh = PAGED.paragraphs()[6]
    shown = render.to_plain(render.article(extract(PAGED, seventh.of(PAGED.text)), Look(), around=None))
    assert re.findall(r"^(p\. \d+|\d+[.>])", shown, re.M)[:10] == (
        ["p. 2", "1.", "2.", "3.", "4.", "5.", "6.", "p. 3", "2>", "p. 4"]
    )


def test_a_member_of_an_archive_is_named_with_its_archive():
    document = replace(HAVENS, path="/d/2017.zip", part="inner/a.html", url=None)
    citation = extract(document, "clear up this theme")
    assert "2017.zip/inner/a.html, para 2" in screen(answer(citation), 200)
    assert "/d/2017.zip/inner/a.html, para 2, characters" in render.cite(citation)
    assert render.json(answer(citation))["results"][0]["document"]["part"] == "inner/a.html"


def test_the_article_is_shown_around_the_place_with_its_paragraphs_numbered():
    shown = render.to_plain(render.article(AMERICANS, Look(), around=1, number=2))
    assert shown.startswith(
        "[2] 000_aca22e1ab05da15b.txt\n    000_aca22e1ab05da15b.txt, para 7 · verbatim\n\n6.  The United"
    )
    assert re.findall(r"^(\d+[.>])", shown, re.M) == ["6.", "7>", "8."]
    assert "⟦they had no problem talking directly to Iran,⟧" in shown
    everything = render.to_plain(render.article(AMERICANS, Look(), around=None))
    assert len(re.findall(r"^\d+[.>]", everything, re.M)) == len(IRAN.paragraphs())


def test_importing_the_module_costs_little():
    """No library but our own modules: `qa ask` pays only for what it uses."""
    code = (
        "import qa.render, sys; print(*({'prompt_toolkit', 'apsw', 'wcwidth', 'numpy', 'asyncio'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "\n"


def test_a_quotation_is_cited_in_its_own_marks_only():
    words = "“We are convinced that Iran should participate in that conference,”"
    assert render.cite(quotation(IRAN, words)).startswith(words + " — ")
