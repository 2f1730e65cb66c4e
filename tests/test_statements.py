"""Promises of index/statements: what an article says was said, by whom, and how sure that is.

The examples are the files of tests/cases: a promise, an article and every statement that must be found in it, and no other.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.read import parse, read
from index.statements import canonical_key, extract
from index.statements.confidence import CLUES, NAMED, RESOLVED, RULES, confidence
from index.statements.markup import Plain
from index.statements.quotes import quotations
from index.statements.tokens import sentences
from index.types import Block, Document, Span, Statement
from tests.effort import calls

ROOT = Path(__file__).parent.parent
CASES = sorted((Path(__file__).parent / "cases").glob("*.txt"))
RULER = "\n----\n"
WRITTEN = [path for path in CASES if f"{RULER}@" not in path.read_text(encoding="utf-8")]
NAMELESS = {"far", "nobody", "silent", "who_is_who"}  # in them nobody who speaks is named
UNPAIRED = {"marks", "unclosed", "paragraphs", "quoted_turns"}  # their marks are the point


class Case(NamedTuple):
    promise: str
    article: Document
    expected: list[str]


def case(path: Path) -> Case:
    """A promise, an article (or ``@`` and the file that holds it) and a line for each statement, between rulers."""
    promise, article, expected = path.read_text(encoding="utf-8").split(RULER)
    whole = read(ROOT / article[1:]).documents[0] if article.startswith("@") else document(article)
    return Case(promise, whole, expected.strip().splitlines())


def document(text: str, headings: tuple[int, ...] = ()) -> Document:
    """Each line that is not blank as a paragraph; those of the given numbers as headings."""
    blocks: list[Block] = []
    at = 0
    for row in text.splitlines(keepends=True):
        body = row.strip()
        if body:
            start = at + row.index(body[0])
            blocks.append(Block(Span(start, start + len(body)), "heading" if len(blocks) in headings else "paragraph"))
        at += len(row)
    return Document("0" * 32, "/articles/a.txt", text, tuple(blocks))


def line(text: str, statement: Statement) -> str:
    """A statement as a case file has it."""
    cue = statement.cue.of(text) if statement.cue else "-"
    mention = statement.mention.of(text) if statement.mention else "-"
    body = " ... ".join(" ".join(part.of(text).split()) for part in statement.parts)
    flags = [f"via {statement.via}"] if statement.via else []
    flags += [name for name in ("negated", "modal") if getattr(statement, name)]
    return " | ".join([statement.kind, statement.speaker or "-", mention, cue, body, *flags])


def found(article: Document) -> list[str]:
    return [line(article.text, statement) for statement in extract(article)]


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_an_article_yields_exactly_the_statements_of_its_case(path: Path) -> None:
    promise, article, expected = case(path)
    assert found(article) == expected, promise


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_every_part_lies_inside_a_paragraph_and_is_no_mere_space(path: Path) -> None:
    article = case(path).article
    for statement in extract(article):
        for part in statement.parts:
            assert any(paragraph.covers(part) for paragraph in article.paragraphs())
            assert part.of(article.text) == part.of(article.text).strip() != ""


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.stem)
def test_white_space_between_paragraphs_changes_nothing(path: Path) -> None:
    article = case(path).article
    assert found(document("\n\n" + article.text.replace("\n", "\r\n\r\n"))) == found(article)


def curled(text: str) -> str:
    """Straight double marks as curly ones: what follows a space or nothing opens."""
    marked = text
    for before in ("\n", " ", "("):
        marked = marked.replace(before + '"', before + "“")
    return ("“" + marked[1:] if marked.startswith('"') else marked).replace('"', "”")


@pytest.mark.parametrize("path", [p for p in WRITTEN if p.stem not in UNPAIRED], ids=lambda path: path.stem)
def test_curly_marks_say_the_same_as_straight_ones(path: Path) -> None:
    article = case(path).article
    assert found(document(curled(article.text))) == [curled(row) for row in found(article)]


@pytest.mark.parametrize(
    "signs", [("**", "**"), ("_", "_"), ("[", "](https://example.org/a_b_(c))")], ids=lambda s: s[0]
)
@pytest.mark.parametrize("path", [p for p in WRITTEN if p.stem not in NAMELESS], ids=lambda path: path.stem)
def test_mark_up_around_those_who_speak_hides_nobody(path: Path, signs: tuple[str, str]) -> None:
    article = case(path).article

    def bare(row: str) -> str:
        return row.replace(signs[1], "").replace(signs[0], "")

    speakers = sorted({s.mention for s in extract(article) if s.mention}, reverse=True)
    text = article.text
    for span in speakers:
        text = text[: span.start] + span.of(text).join(signs) + text[span.end :]
    assert text != article.text
    rows = found(document(text))
    assert [bare(row) for row in rows] == [bare(row) for row in found(article)]
    assert {row.split(" | ")[1] for row in rows} == {row.split(" | ")[1] for row in found(article)}


def test_an_address_above_an_article_hides_no_surname_that_it_holds() -> None:
    article = parse(
        b"---\nurl: https://news.example/elwin-tarn-buys\n---\n\nElwin Tarn bought it.\n\nTarn said it was cheap.\n",
        "a.md",
        "0" * 32,
    ).documents[0]
    assert found(article) == ["indirect | Elwin Tarn | Tarn | said | it was cheap"]


def test_a_storm_that_is_called_by_its_name_alone_says_nothing() -> None:
    article = document('Mia Roth left. Hurricane Tarn came at noon. Tarn flooded the pier. "I saw water," she said.\n')
    assert found(article) == ['direct | Mia Roth | she | said | "I saw water,"']


def test_emphasis_links_and_notes_are_looked_past_and_what_is_shown_is_as_written() -> None:
    text = """Mill owner **Ann Lowe** said [the dam](https://example.org/dam "A dam") would *not* hold.[^1]
_“We go on,”_ said [Tom Hill](https://example.org/hill), who called it f*** nonsense.
![The dam, Hill said, is safe.](dam.png)
Mayor [**Mia Roth**](https://example.org/roth) said: "Not __now__."
"""
    assert found(document(text)) == [
        "indirect | Ann Lowe | Mill owner **Ann Lowe** | said"
        ' | [the dam](https://example.org/dam "A dam") would *not* hold',
        "direct | Tom Hill | Tom Hill | said | “We go on,”",
        "indirect | Tom Hill | who | called | it f*** nonsense",
        'direct | Mia Roth | Mayor [**Mia Roth**](https://example.org/roth) | said | "Not __now__."',
    ]


def test_a_heading_holds_no_statement() -> None:
    text = "The bridge is safe, Ann Lowe said\nThe bridge is safe, Tom Hill said."
    assert [s.speaker for s in extract(document(text, headings=(0,)))] == ["Tom Hill"]


ROUND_UP = """What four of our readers make of the bridge.
Ann Lowe: The river always wins
I have seen three bridges fall. Tom Hill said this one would not.
Steel tires.
Ann Lowe is an engineer at Tarn. She built the ferry.
Tom Hill, mayor
Photo by Tom Hill
We voted for the bridge and will pay for it.
The end of it all
It rained on Friday, and I stayed at home.
"""


@pytest.mark.parametrize("headings", [(1, 5, 6, 8), (5, 8)])
def test_what_stands_below_its_authors_name_is_his_until_he_is_spoken_of(headings: tuple[int, ...]) -> None:
    assert [row for row in found(document(ROUND_UP, headings)) if "always wins" not in row] == [
        "direct | Ann Lowe | Ann Lowe | - | I have seen three bridges fall. Tom Hill said this one would not.",
        "indirect | Tom Hill | Tom Hill | said | this one would not | via Ann Lowe",
        "direct | Ann Lowe | Ann Lowe | - | Steel tires.",
        "direct | Tom Hill | Tom Hill | - | We voted for the bridge and will pay for it.",
    ]


def test_names_above_what_is_told_of_them_are_no_authors() -> None:
    text = """Ann Lowe
Lowe built the ferry. It still runs.
Tom Hill
The mayor opened the bridge. He is ill.
Mia Roth
She sang at the opening.
"""
    assert found(document(text, headings=(0, 2, 4))) == []


def test_the_last_title_of_a_list_gives_nobody_a_voice() -> None:
    text = """Ann Lowe and Tom Hill wrote for us this week.
More to read:
Ann Lowe: I have seen three bridges fall
Tom Hill: We will pay for it
The council votes in June, and we will be there.
"""
    assert [row for row in found(document(text)) if row.startswith("direct")] == []


def test_a_heading_says_whose_words_follow_it() -> None:
    text = """🎙 Interview with Ambassador to Norway Tamm Rask (Oslo, 2 May)
Key points:
💬 The flood took three villages.
Help will come by ship.
"""
    assert found(document(text, headings=(0,))) == [
        "direct | Tamm Rask | Tamm Rask | - | The flood took three villages.",
        "direct | Tamm Rask | Tamm Rask | - | Help will come by ship.",
    ]


def test_a_heading_about_somebodys_words_gives_him_no_voice_below_it() -> None:
    text = "Ann Lowe's statement\nAnn Lowe spoke on Friday. The bridge is late.\nThe council votes in June."
    assert found(document(text, headings=(0,))) == []


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_no_statement_is_found_twice(path: Path) -> None:
    statements = extract(case(path).article)
    assert len({(s.parts, s.speaker, s.via) for s in statements}) == len(statements)


def test_a_name_broken_over_two_lines_is_one_name() -> None:
    text = "The plan of Ann\nLowe is ready. “We go,” Lowe said."
    article = Document("0" * 32, "/a.txt", text, (Block(Span(0, len(text)), "paragraph"),))
    assert [s.speaker for s in extract(article)] == ["Ann Lowe"]


def work_of(article: Document) -> int:
    return calls(lambda: extract(article))


def name(number: int) -> str:
    return f"Ann L{'aeiou'[number % 5]}k{'aeiou'[number // 5 % 5]}{number}r"


LONG = {
    "persons of one office": lambda n: (
        f"{name(n)}, the mayor of Rivertown, spoke. The mayor said it was late. Her lawyer said it was early.\n"
    ),
    "offices without a person": lambda n: (
        f"A New York judge said on day {n} that it was late. The director of the museum said it was early.\n"
    ),
    "credits between sentences": lambda n: "He *smiled*. Ann Lowe/Getty Images Hill **left** in the morning.\n",
    "plurals that own": lambda n: "‘a dogs’ ",
    "marks before the last one": lambda n: "‘ " if n else "a dog’",
    "quotations that are not closed": lambda n: f"“We will open it, he said. “They know {n} well.\n",
}


@pytest.mark.parametrize("kind", LONG)
def test_twice_the_article_takes_twice_the_work(kind: str) -> None:
    once, twice = (work_of(document("".join(map(LONG[kind], reversed(range(count)))))) for count in (200, 400))
    assert twice < 2.2 * once


def test_an_empty_article_says_nothing() -> None:
    assert extract(document("")) == []


PIECES = [
    *"aA.,:;!?-()[]'’‘“”\"«»„\n *_>\\",
    "](",
    "[^",
    "](b)",
    "said ",
    "Ann Lowe ",
    "that ",
    "he ",
    "told ",
    "We go. ",
]
PIECES += ["\nAnn Lowe: ", "\nQ: ", "\nA: ", "\nROE: ", "\n💬 ", "\n❓ ", "\nRemarks by Ann Lowe\n", "\n***\n"]


@given(st.lists(st.sampled_from(PIECES)).map("".join))
def test_any_text_is_read_and_every_statement_is_a_slice_of_it(text: str) -> None:
    article = document(text)
    for statement in extract(article):
        assert statement.parts
        assert 0.0 <= statement.confidence <= 1.0
        assert list(statement.parts) == sorted(statement.parts)
        assert all(any(p.covers(part) for p in article.paragraphs()) for part in statement.parts)


@given(st.lists(st.sampled_from(PIECES)).map("".join))
def test_what_is_left_without_mark_up_is_written_sign_by_sign_and_in_order(text: str) -> None:
    paragraphs = document(text).paragraphs()
    plain = Plain(text, paragraphs)
    end = 0
    for at, sign in enumerate(plain.text):
        written = plain.written(Span(at, at + 1))
        assert written.of(text) == sign
        assert end <= written.start
        end = written.end
    assert all(any(p.covers(plain.written(left)) for p in paragraphs) for left in plain.paragraphs)


@given(st.text(max_size=300))
def test_sentences_are_in_order_and_do_not_overlap(text: str) -> None:
    end = -1
    for sentence in sentences(text, 0, len(text), quotations(text, 0, len(text))):
        assert len(sentence.words) == len(sentence.tags) == len(sentence)
        for start, stop in zip(sentence.starts, sentence.ends, strict=True):
            assert end <= start < stop
            end = stop


@given(st.text(alphabet=st.sampled_from([*"ab .,\"'“”‘’«»„`"])))
def test_quotations_are_in_order_and_hold_their_inside(text: str) -> None:
    end = 0
    for quotation in quotations(text, 0, len(text)):
        assert end <= quotation.start <= quotation.inner_start <= quotation.inner_end <= quotation.end <= len(text)
        end = quotation.end


def test_extraction_remembers_nothing() -> None:
    text = "Ann Lowe met Tom Hill.\n“We go,” she said."
    assert extract(document(text)) == extract(document(text))


# Names -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Sergei Lavrov", "Sergey Lavrov"),
        ("Sergei Lavrov", "Mr. Sergei Lavrov"),
        ("Yury Ushakov", "Yuri Ushakov"),
        ("Mohammed Khatami", "Mohammed Hatami"),
        ("José Muñoz", "Jose Munoz"),
        ("President Vladimir Putin", "Vladimir Putin"),
        ("Martin Brown Jr.", "Martin Brown"),
        ("George W. Bush", "George Bush"),
        ("The White House", "White House"),
    ],
)
def test_spellings_of_one_name_share_a_key(one: str, other: str) -> None:
    assert canonical_key(one) == canonical_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Hillary Clinton", "Bill Clinton"), ("Clinton", "Bill Clinton"), ("North Korea", "South Korea")],
)
def test_different_people_do_not_share_a_key(one: str, other: str) -> None:
    assert canonical_key(one) != canonical_key(other)


# Confidence ------------------------------------------------------------------------------------------------------------


def test_a_quotation_with_its_speaker_is_surer_than_one_without() -> None:
    clues = frozenset({"quoted", "plain verb"})
    assert confidence("quote-first", "name", clues) > 0.9 > confidence("unattributed", "none", clues)


def test_a_description_that_two_persons_may_have_is_hardly_trusted() -> None:
    text = """Ann Lowe opened the bridge. “It will stand,” the senator said.
Ann Lowe opened the ferry in Tarn for Mia Roth. “It will float,” the congresswoman said.
"""
    one, two = (s for s in extract(document(text)))
    assert (one.speaker, two.speaker) == ("Ann Lowe", "Ann Lowe")
    assert one.confidence > 0.6 > two.confidence


def test_a_surname_that_two_persons_nearby_bear_is_hardly_trusted() -> None:
    text = """Ann Brandt came to the bridge with Joshua Brandt, her brother.
Ann Brandt said the bridge was late. The city paid for Joshua Brandt and Ann Brandt.
Workers waited in the rain for Joshua Brandt, and Brandt said the cables were loose.
"""
    sure = {s.mention.of(text): s.confidence for s in extract(document(text)) if s.mention}
    assert sure["Ann Brandt"] > 0.6 > 0.3 > sure["Brandt"]


def test_he_is_hardly_trusted_once_two_other_men_were_named() -> None:
    lead = "Tom Hill opened the bridge.\n"
    alone = lead + "He said the cables were loose.\n"
    crowded = lead + "Workers waited for John Reed and for Paul Brandt. He said the cables were loose.\n"
    (sure,) = extract(document(alone))
    (unsure,) = extract(document(crowded))
    assert (sure.speaker, unsure.speaker) == ("Tom Hill", "Tom Hill")
    assert sure.confidence > 0.6 > 0.3 > unsure.confidence


def test_what_two_are_said_to_say_at_once_is_trusted_less_than_what_one_says() -> None:
    one, two = (
        extract(document(f"Tom Hill met Ann Lowe.\n{subject} said the cables were loose.\n"))
        for subject in ("Tom Hill", "Both Tom Hill and Ann Lowe")
    )
    assert [s.confidence > 0.6 for s in (*one, *two)] == [True, False]


def test_an_adverb_before_its_subject_makes_a_statement_no_less_sure() -> None:
    plain, led = (
        extract(document(f"Tom Hill came.\n{start} said the cables were loose.\n")) for start in ("He", "So he")
    )
    assert [s.confidence for s in plain] == [s.confidence for s in led]


def test_whose_words_a_quotation_without_a_verb_are_is_no_more_than_likely() -> None:
    text = "“This is wrong,” Ann Lowe said. “You went to the papers to blame the crews” for all of it.\n"
    said, unclaimed = extract(document(text))
    assert said.confidence > 0.8 > 0.6 > unclaimed.confidence > 0.5


def test_confidence_is_a_chance() -> None:
    for rule in RULES:
        for how in RESOLVED:
            for clues in (frozenset(), frozenset(CLUES)):
                assert 0.0 <= confidence(rule, how, clues) <= 1.0


def test_what_is_relayed_is_never_asserted() -> None:
    assert all(confidence("nested", how, frozenset({"quoted", "plain verb"})) < 0.6 for how in NAMED)
