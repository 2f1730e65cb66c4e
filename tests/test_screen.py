"""qa.screen: what a terminal may be given, how wide it is, where it may be broken."""

import itertools
import unicodedata

import pyte
import pytest
from apsw.unicode import grapheme_iter
from hypothesis import given
from hypothesis import strategies as st

from index.types import Span
from qa.screen import REPLACEMENT, clean, flow, laid, safe, snap, tidy, width, wrap

C0 = [chr(n) for n in range(0x20) if chr(n) not in "\t\n\r"]
C1 = [chr(n) for n in range(0x7F, 0xA0)]
BIDI = list("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u206a\u206f")
TAGS = [chr(n) for n in range(0xE0000, 0xE0080)]
OTHERS = ["\u2028", "\u2029", "\ufeff", "\u2060", "\ufff9", "\ud800", "\udcff", "\udfff"]
HOSTILE = [*C0, *C1, *BIDI, *TAGS, *OTHERS]
KEPT = ["\u200c", "\u200d", "\u200e", "\u200f", "\u061c", "\u200b", "\u0600", "\ufe0f", "\u00a0", "\u3000"]

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
FLAG = "\U0001f1eb\U0001f1f7"

any_text = st.text(st.characters(exclude_categories=()))
odd_text = st.text(st.sampled_from([*HOSTILE, *KEPT, *"ab .-/“”é東は한क्षि\u0301", *FAMILY, *FLAG, "❤", " "]))
texts = any_text | odd_text | st.text(st.sampled_from("ab  c“”-"))
columns = st.integers(1, 40)


@pytest.mark.parametrize("char", HOSTILE, ids=lambda char: f"U+{ord(char):04X}")
def test_whatever_a_terminal_obeys_becomes_one_visible_character(char):
    assert clean(f"a{char}b") == f"a{REPLACEMENT}b"
    assert not safe(char)


def test_line_ends_and_tabs_become_spaces_and_a_soft_hyphen_a_hyphen():
    assert clean("a\tb\r\nc\u00add") == "a b  c-d"


@pytest.mark.parametrize("char", KEPT, ids=lambda char: f"U+{ord(char):04X}")
def test_what_scripts_and_emoji_need_is_kept(char):
    assert clean(char) == char
    assert safe(char)


@given(texts)
def test_cleaning_keeps_the_length_is_idempotent_and_leaves_no_control(text):
    cleaned = clean(text)
    assert len(cleaned) == len(text)
    assert clean(cleaned) == cleaned
    assert not {unicodedata.category(char) for char in cleaned} & {"Cc", "Cs", "Zl", "Zp"}
    cleaned.encode("utf-8")


@given(texts, texts)
def test_cleaning_looks_at_single_characters(one, other):
    """So an offset into the text is an offset into what is shown."""
    assert clean(one + other) == clean(one) + clean(other)


@given(st.sampled_from(HOSTILE), st.text(st.sampled_from("[]0123456789;?hlmJHcPX\\^_Aa"), max_size=12))
def test_no_sequence_moves_a_real_terminal(char, rest):
    """A terminal emulator that is fed the cleaned text has done nothing but write it."""
    screen, plain = pyte.Screen(80, 4), pyte.Screen(80, 4)
    pyte.Stream(screen).feed(clean(f"{char}{rest}"))
    pyte.Stream(plain).feed(f"{REPLACEMENT}{rest}")
    assert screen.display == plain.display
    assert (screen.cursor.x, screen.cursor.y, screen.mode, screen.title) == (len(rest) + 1, 0, plain.mode, "")


def test_tidy_makes_one_line_of_many():
    assert tidy("one  two \r\n\r\n\t three\x1b") == f"one  two three{REPLACEMENT}"


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("", 0),
        ("Iran", 4),
        ("东京", 4),
        ("한국", 4),
        ("e\u0301", 1),
        ("❤\ufe0f", 2),
        (FAMILY, 6),
        (FLAG, 4),
        ("\ufffd", 1),
    ],
)
def test_width_is_the_most_that_a_terminal_takes(text, cells):
    assert width(text) == cells


@given(texts, texts)
def test_width_adds_up(one, other):
    assert width(clean(one + other)) == width(clean(one)) + width(clean(other))


def edges_of(text):
    """Where grapheme clusters begin and end."""
    edges, at = {0}, 0
    for cluster in grapheme_iter(text):
        at += len(cluster)
        edges.add(at)
    return edges


@given(texts, columns)
def test_no_line_is_too_wide_and_no_character_is_cut(text, room):
    text = clean(text)
    edges = edges_of(text)
    for line in wrap(text, room):
        assert line.start in edges
        assert line.end in edges
        assert width(line.of(text)) <= room or len(list(grapheme_iter(line.of(text)))) == 1


@given(texts, columns)
def test_nothing_but_spaces_is_left_out_of_the_lines(text, room):
    text = clean(text)
    at, left_out = 0, ""
    for line in wrap(text, room):
        assert line.start >= at
        assert line.end > line.start
        left_out += text[at : line.start]
        at = line.end
    assert not (left_out + text[at:]).strip(" ")


@given(st.lists(st.text("abc", min_size=1, max_size=8)), st.integers(8, 30))
def test_a_word_that_fits_is_not_cut_and_lines_are_filled(words, room):
    """The lines are those of the greedy algorithm, written here the short way."""
    expected: list[str] = []
    for word in words:
        if expected and len(expected[-1]) + 1 + len(word) <= room:
            expected[-1] += f" {word}"
        else:
            expected.append(word)
    text = " ".join(words)
    assert [line.of(text) for line in wrap(text, room)] == expected


def test_a_line_breaks_between_ideographs_but_not_before_a_full_stop():
    assert [line.of("東京は。東京") for line in wrap("東京は。東京", 6)] == ["東京", "は。東", "京"]


def test_a_character_wider_than_the_screen_has_a_line_to_itself():
    text = f"ab{FAMILY}c"
    assert [line.of(text) for line in wrap(text, 3)] == ["ab", FAMILY, "c"]


def test_a_line_of_no_columns_is_refused():
    with pytest.raises(ValueError, match="at least 1 column, not 0"):
        wrap("a", 0)


def test_a_long_text_without_a_place_to_break_is_cut_all_the_same():
    assert [len(line) for line in wrap("x" * 200_000, 80)] == [80] * 2_500


@given(st.sampled_from(["", "  ", "skipped ", "dates       "]), texts, columns, st.integers(0, 4))
def test_a_line_of_ours_keeps_its_words_and_is_too_wide_only_where_it_is_one_word(start, text, room, hang):
    line = start + clean(text)
    lines = laid(line, room, hang)
    assert "".join("".join(lines).split(" ")) == "".join(line.split(" "))
    for each in lines:
        assert width(each) <= room or " " not in line.lstrip(" ") or len(list(grapheme_iter(each.strip(" ")))) <= 1


def test_a_table_keeps_its_second_column_and_a_list_hangs():
    assert laid("outlets     3: TASS, Interfax", 26) == ["outlets     3: TASS,", "            Interfax"]
    assert laid("  skipped a.txt: not text", 20) == ["  skipped a.txt:", "    not text"]
    assert laid("outlets     3: TASS, Interfax", 12) == ["outlets", " 3: TASS,", " Interfax"]


pieces = st.lists(st.tuples(st.sampled_from(["", "bold", "underline"]), texts), max_size=6)


@given(pieces, columns)
def test_styles_stay_on_their_characters_through_wrapping(pieces, room):
    """Each cluster keeps the style of its first character, wherever its line begins."""
    pieces = [(style, clean(text)) for style, text in pieces]
    text = "".join(piece for _, piece in pieces)
    of_code_point = [style for style, piece in pieces for _ in piece]
    expected, at = [], 0
    for cluster in grapheme_iter(text):
        expected += [of_code_point[at]] * len(cluster)
        at += len(cluster)
    lines = flow(pieces, room)
    assert ["".join(piece for _, piece in line) for line in lines] == [line.of(text) for line in wrap(text, room)]
    for line, span in zip(lines, wrap(text, room), strict=True):
        assert [style for style, piece in line for _ in piece] == expected[span.start : span.end]


def test_a_mark_grows_to_whole_characters_and_joins_what_it_touches():
    text = f"ae\u0301b{FAMILY}c"
    assert snap(text, [Span(2, 3), Span(5, 6)]) == [Span(1, 3), Span(4, 9)]
    assert snap(text, [Span(0, 2), Span(2, 3), Span(4, 4)]) == [Span(0, 3)]


@given(texts, st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30))))
def test_marks_cover_what_they_covered_on_character_edges_in_order(text, pairs):
    spans = [Span(min(pair), max(pair)) for pair in pairs]
    edges = edges_of(text)
    marks = snap(text, spans)
    assert all(mark.start in edges and mark.end in edges and len(mark) for mark in marks)
    assert all(one.end < other.start for one, other in itertools.pairwise(marks))
    covered = {n for mark in marks for n in range(mark.start, mark.end)}
    assert {n for span in spans for n in range(span.start, min(span.end, len(text)))} <= covered
