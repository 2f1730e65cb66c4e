"""Promises of index/split: where sentences end, and how they are packed for an encoder."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from apsw.unicode import grapheme_next_break
from hypothesis import given
from hypothesis import strategies as st

from index.split import passages, sentences
from index.types import Block, Document, Span

SEEDS = sorted((Path(__file__).parent.parent / "seeds").glob("*.txt"))

# A paragraph, with | where one sentence ends and the next begins.
PARAGRAPHS = """
One sentence.
One sentence without its point
It rained. | It snowed.
The two sides met on Friday. | Nobody signed.

Mr. Peters met Mrs. Stone and Dr. Hale. | They spoke for an hour.
Sen. Ann Lowe and Rep. Tom Hill wrote to Gov. Mary Pike. | She did not answer.
Gen. Ivanov and Lt. Col. Brown inspected St. Petersburg and Ft. Worth. | Both were quiet.
Retired Col. Adams spoke.
The case is Stone v. Hale. | The other is Brown vs. Pike.
He bought shares of Acme Inc. and Coal Corp. on Monday. | They fell.
He works for Acme Corp. | He likes it.
She joined Acme Inc. | “Finally,” she said.
Acme Corp. Chairman Ann Lowe resigned.
Martin Brown Jr. and Tom Hill Sr. met. | Martin Brown Jr. Avenue is closed.
She lives in Denver, Colo., and he in Everett, Wash. | Neither moved.
Ann Lowe, D-Conn., and Tom Hill (R-Ariz.) voted no. | Mary Pike (D-Ore.) did not.
Sources, e.g. Reuters, i.e. agencies, agree. | Others, viz. blogs, etc., do not.
Books, maps, etc. | The rest was lost.

George W. Bush met J. Kerry and J.K. Rowling. | All left.
Robert A. Taft spoke. | John F. Kennedy listened.
Robert J. “Bob” Hill spoke.
They had a plan B. | The first had failed.
He is taller than I. | Tom is not.
It ended World War I. | Nobody had won.
В. В. Иванов встретился с А. С. Петровым. | Они молчали.

The U.S. and the U.K. voted. | The U.N. did not.
He left the U.S. | The others stayed.
He left the U.S. | He never came back.
The U.S. Department of State agreed with U.S. President Ann Lowe.
“We love the U.S.” | Ann Lowe had said so before.
They met at 3 p.m. | Tom was late.
They met at 3 p.m. Friday and at 9 a.m. ET on Sunday. | It ended at 11 p.m. E.T. with a song.
They have the singer will.i.am. | Her side has none.
She has a Ph.D. in law. | He has none.
It reads 5 a.m. (1300 GMT) there.

It cost $3.5 million, or 2.75 percent. | Prices rose 4.0 pct in Jan. | They had fallen.
It happened on Sept. 11 and on Jan. 3, 2001. | Nobody knew.
No. 10 is closed. | He is world No. 1. | No. | He stayed.
See vol. 2, pp. 3 and Fig. 4 of Vol. II. | Then stop.
Am 3. Oktober war es kalt. | Es regnete.
It was 2012. | The war went on.
1. The first point is clear. | 2. The second is not.
(a) The first point is clear. | (2) The second is not.
There are two reasons: 1. The cost is high. | It will rise.

He waited... and left. | She said … nothing.
He waited... | Then he left.
He waited. . . . | Then he left.
“It is worrying. | … Other groups, too, are worried.”
They use the term … Islamic here.
What?! | He left!!! | Why?
Yahoo! said it would buy Google.

See www.example.com or https://example.com/a.b?c=1. | Write to ann.lowe@example.com. | Thank you.
It must end. | <...> It will. | The site example.com fell. | Node.js and ASP.NET did not. | Amazon.Com did.
He said so. | “They did not.”

"We will go," he said. | "They won't."
“We will go,” he said. | “They won’t. | Nobody will.”
“Is it?” Petrov asked. | “No.”
“Is it over?” the minister asked. | “No.”
“Is it over?” Foreign Minister Ann Lowe asked on Friday. | “No.”
"Stop!" Mr. Hill shouted. | Nobody did.
“Who are you?” Petrov said, looking at the crowd.
“Who are you?” | Petrov said he would leave.
“Who are you?” | Petrov said that nobody knew.
“Who are you?” | He added: “And why?”
"They are part of it." Petrov said. | He left.
"They are part of it." | Petrov said on Friday that the talks would go on.
"They are part of it." | Petrov left.
"They are part of it." | Petrov added: "We are too."
“First. | Second. | Third,” Petrov told a television channel.
“First. | Second.” | Nobody answered.
He called it "a disaster." | Petrov did not.
He said: “I wonder. | Think of that.” | Then he left.
“Maybe, we can build it.” — Ann Lowe.
‘Go away!’ | The dog went.
«Мы поедем», — сказал Петров. | «Они не поедут». | Все молчали.
«Мы поедем?» — спросил он. | Никто не ответил.
„Wir gehen“, sagte er. | „Sie bleiben.“ | Er ging.
« Oui. » | Il est parti.
"It was late. | He was tired. | Nobody came
"It was late. | He was tired. " | Then he left.
(He had gone.) | Then she left. | [He came back.] | She did not.
It is known.[12] | It is not (see below). | It was.
**It is bold.** | *It is not.*
iPhone sales fell. | iPhone prices rose. | al-Qaida denied it.

今天下雨。明天下雪！后天呢？没人知道。
Он приехал в 2012 г. и уехал. | Это было давно.
Он сказал, т.е. написал. | Это стоит 3 млн руб. в год.
هل انتهت؟ | لا أحد يعرف. | سنرى.
وہ چلا گیا۔ | وہ واپس آیا۔
वह चला गया। | वह लौट आया॥ | ठीक है।
"""

TOUCHING = [
    ["He said so.", "The others did not."],
    ["But why?", "They never said."],
    ["He said so.", '"They did not."'],
    ['"It was so."', "The others left."],
    ["انتهت الحرب.", "عاد الناس."],
    ["今天下雨。", "明天下雪！", "后天呢？", "没人知道。"],
    ["“真的吗？”他问。", "没人回答。"],
    ["“我们走。”部长说，“他们不走。”", "会议结束了。"],
    ["“我们走。”", "会议结束了。"],
    ["「行きます。」と大臣は述べた。", "会議は終わった。"],
    ["价格是3．5元。", "很贵。"],
]


def pieces(text: str, span: Span | None = None) -> list[str]:
    return [found.of(text) for found in sentences(text, span or Span(0, len(text)))]


@pytest.mark.parametrize("line", [line for line in PARAGRAPHS.splitlines() if line and "。" not in line])
def test_sentences_end_where_a_reader_ends_them(line: str) -> None:
    wanted = line.split(" | ")
    assert pieces(" ".join(wanted)) == wanted


@pytest.mark.parametrize("wanted", TOUCHING)
def test_sentences_end_where_no_space_follows(wanted: list[str]) -> None:
    assert pieces("".join(wanted)) == wanted


def test_a_stray_mark_belongs_to_the_sentence_before_it() -> None:
    assert pieces('He left. " \n') == ['He left. "']
    assert pieces("He left. ***") == ["He left. ***"]
    assert pieces(" *** ") == ["***"]
    assert pieces(" \n ") == []


def test_an_empty_line_ends_a_sentence_without_a_point() -> None:
    assert pieces("The first line \n \n the second line\nand the third.") == [
        "The first line",
        "the second line\nand the third.",
    ]


def test_an_open_quotation_ends_with_its_paragraph() -> None:
    text = '"It was late.\nHe said so. "Then they left."'
    assert pieces(text, Span(14, len(text))) == ["He said so.", '"Then they left."']


# --- Laws -------------------------------------------------------------------------------------------------------------

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"  # four people joined
FLAG, ACCENT, JAMO, ZALGO = "\U0001f1e9\U0001f1ea", "e\u0301\u0323", "\u1112\u1161\u11ab", "o" + "\u0308" * 9
JOINED = [FAMILY, FLAG, ACCENT, JAMO, ZALGO]
MARKS = [*".?!…\"“”‘’'«»(),:;—-*_。！？」「؟।\n\u00a0\u0301\u200d\ufe0f", "...", "[1]", "\n\n"]
SPACES = [" ", " ", " ", "  "]
WORDS = """a b 3 The He U.S Mr p.m Inc J No said asked Ann it that www.x.com 他说 的 でした حرب""".split()
PARTS = st.sampled_from([*MARKS, *SPACES, *WORDS, *JOINED])
TEXTS = st.one_of(
    st.lists(PARTS, max_size=60).map("".join),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=80),
)


def ink(text: str) -> str:
    return "".join(text.split())


def breaks(text: str) -> set[int]:
    """Where characters as a reader sees them begin."""
    found, at = {0}, 0
    while at < len(text):
        at = grapheme_next_break(text, at)
        found.add(at)
    return found


@given(TEXTS, TEXTS, TEXTS)
def test_sentences_are_trimmed_ordered_apart_and_lose_nothing(before: str, text: str, after: str) -> None:
    whole = before + text + after
    span = Span(len(before), len(before) + len(text))
    found = sentences(whole, span)
    assert "".join(ink(s.of(whole)) for s in found) == ink(text)
    assert all(s.of(whole) and s.of(whole) == s.of(whole).strip() for s in found)
    assert all(span.covers(s) for s in found)
    assert all(a.end <= b.start for a, b in pairwise(found))


@given(TEXTS, TEXTS, TEXTS)
def test_sentences_depend_on_their_paragraph_alone(before: str, text: str, after: str) -> None:
    inside = sentences(before + text + after, Span(len(before), len(before) + len(text)))
    alone = sentences(text, Span(0, len(text)))
    assert [Span(s.start - len(before), s.end - len(before)) for s in inside] == alone


@given(TEXTS)
def test_a_sentence_split_again_is_itself(text: str) -> None:
    for found in sentences(text, Span(0, len(text))):
        assert sentences(text, found) == [found]


@given(TEXTS)
def test_no_character_as_a_reader_sees_it_is_cut_between_two_sentences(text: str) -> None:
    found = sentences(text, Span(0, len(text)))
    whole = breaks(text)
    assert all(b.start in whole for a, b in pairwise(found) if a.end == b.start)


# --- Passages ---------------------------------------------------------------------------------------------------------


def quarters(texts) -> list[int]:
    """Four letters are a word piece: never more for a whole than for its parts."""
    return [sum(-(-len(word) // 4) for word in text.split()) for text in texts]


def article(*blocks: tuple[str, str]) -> Document:
    """A document of (kind, text) blocks, with an empty line between them."""
    text, made = "", []
    for kind, content in blocks:
        made.append(Block(Span(len(text), len(text) + len(content)), kind))
        text += content + "\n\n"
    return Document("d", "/d.txt", text, tuple(made))


def paragraphs(*texts: str) -> Document:
    return article(*(("paragraph", text) for text in texts))


def shown(document: Document, limit: int) -> list[str]:
    return [p.span.of(document.text) for p in passages(document, quarters, limit)]


def sentence(words: int) -> str:
    """A sentence of that many word pieces."""
    return " ".join(["Word", *["word"] * (words - 2), "end."])


DOCUMENTS = st.lists(
    st.tuples(st.sampled_from(["paragraph", "paragraph", "paragraph", "heading", "aside"]), TEXTS.filter(str.strip)),
    max_size=8,
).map(lambda blocks: article(*blocks))


@given(DOCUMENTS, st.integers(1, 40))
def test_passages_hold_every_character_of_the_paragraphs_once_and_nothing_else(document: Document, limit: int) -> None:
    found = passages(document, quarters, limit)
    wanted = "".join(ink(span.of(document.text)) for span in document.paragraphs())
    assert "".join(ink(s.of(document.text)) for p in found for s in p.sentences) == wanted
    assert "".join(ink(p.span.of(document.text)) for p in found) == wanted


@given(DOCUMENTS, st.integers(1, 40))
def test_no_passage_is_over_the_limit(document: Document, limit: int) -> None:
    found = passages(document, quarters, limit)
    assert all(count <= limit for count in quarters([p.span.of(document.text) for p in found]))


@given(DOCUMENTS, st.integers(1, 40))
def test_a_passage_runs_from_its_first_sentence_to_its_last(document: Document, limit: int) -> None:
    spans = document.paragraphs()
    for found in passages(document, quarters, limit):
        assert found.document == document.id
        assert found.span == Span(found.sentences[0].start, found.sentences[-1].end)
        assert list(found.sentences) == sorted(found.sentences)
        assert spans[found.paragraph - 1].covers(found.sentences[0])


@given(DOCUMENTS, st.integers(1, 40))
def test_the_same_document_gives_the_same_passages(document: Document, limit: int) -> None:
    assert passages(document, quarters, limit) == passages(document, quarters, limit)


@given(DOCUMENTS, st.integers(4, 40))
def test_no_character_as_a_reader_sees_it_is_cut_unless_it_is_over_the_limit_alone(
    document: Document, limit: int
) -> None:
    text, whole = document.text, breaks(document.text)
    parts = [s for p in passages(document, quarters, limit) for s in p.sentences]
    for a, b in pairwise(parts):
        if a.end == b.start and b.start not in whole:
            start, end = max(at for at in whole if at < b.start), min(at for at in whole if at > b.start)
            assert quarters([text[start:end]])[0] > limit


@pytest.mark.parametrize("character", JOINED)
@pytest.mark.parametrize("count", [1, 7, 500])
def test_a_row_of_joined_characters_is_cut_between_them(character: str, count: int) -> None:
    text = character * count
    for found in passages(paragraphs(text), quarters, 4):
        assert len(found.span) % len(character) == 0


def test_short_paragraphs_share_a_passage_and_long_ones_are_cut_evenly() -> None:
    short, long = sentence(5), " ".join([sentence(10)] * 5)
    assert shown(paragraphs(short, short), 40) == [f"{short}\n\n{short}"]
    assert [len(text.split()) for text in shown(paragraphs(long), 40)] == [30, 20]


def test_a_passage_ends_with_its_paragraph_where_it_can() -> None:
    two = f"{sentence(14)} {sentence(14)}"
    assert shown(paragraphs(two, two, two), 40) == [two, two, two]


def test_no_short_sentence_is_left_alone_where_its_paragraph_can_be_divided_better() -> None:
    text = " ".join([sentence(19), sentence(19), sentence(2)])
    assert [len(t.split()) for t in shown(paragraphs(text), 39)] == [19, 21]


def test_a_heading_or_an_aside_ends_a_passage_and_is_in_none() -> None:
    document = article(
        ("paragraph", "Before it."),
        ("heading", "First head"),
        ("paragraph", "One."),
        ("paragraph", "Two."),
        ("aside", "Share this"),
        ("paragraph", "Three."),
        ("heading", "Second head"),
        ("paragraph", "Four."),
    )
    found = passages(document, quarters, 40)
    heads = [p.heading and p.heading.of(document.text) for p in found]
    assert [p.span.of(document.text) for p in found] == ["Before it.", "One.\n\nTwo.", "Three.", "Four."]
    assert heads == [None, "First head", "First head", "Second head"]
    assert [p.paragraph for p in found] == [1, 2, 4, 5]


def test_text_between_two_paragraphs_is_in_no_passage() -> None:
    text = "One.\n* Two."
    document = Document("d", "/d", text, (Block(Span(0, 4), "paragraph"), Block(Span(7, 11), "paragraph")))
    assert shown(document, 40) == ["One.", "Two."]


def test_a_long_sentence_is_cut_after_a_comma_then_at_a_space_then_anywhere() -> None:
    clauses = ", ".join(["word word word word"] * 6)
    assert all(
        text.endswith(("word,", "word")) and len(text.split()) % 4 == 0 for text in shown(paragraphs(clauses), 10)
    )
    assert all(set(text.split()) == {"word"} for text in shown(paragraphs(" ".join(["word"] * 50)), 10))
    assert "".join(shown(paragraphs("x" * 1000), 10)) == "x" * 1000


def test_the_counter_is_asked_once_unless_a_sentence_is_too_long() -> None:
    calls = []

    def counted(texts):
        calls.append(list(texts))
        return quarters(texts)

    passages(paragraphs("One here. Two here.", "Three."), counted, 10)
    assert calls == [["One here.", "Two here.", "Three."]]


def test_the_counter_never_sees_a_text_far_over_the_limit() -> None:
    longest = 0

    def counted(texts):
        nonlocal longest
        longest = max(longest, *map(len, texts))
        return quarters(texts)

    passages(paragraphs("x" * 100_000), counted, 10)
    assert longest < 1000


def test_a_document_without_paragraphs_has_no_passages() -> None:
    assert passages(article(("heading", "Alone")), quarters, 10) == []
    assert passages(Document("d", "/d", "", ()), quarters, 10) == []


def test_a_limit_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="not 0"):
        passages(paragraphs("One."), quarters, 0)


UNITS = [
    "x",
    ".",
    "a.",
    '"',
    '."',
    ". ",
    ".A",
    'aa."Bb',
    " ",
    "\n",
    "的",
    "的。",
    FLAG,
    "\u0301",
    FAMILY,
    "Ab. ",
    "U.S. A ",
]
UNITS += ['a? " ', "… ", "... ", "-—", "( ", "a, ", "aa! Ann Ann Ann "]


@pytest.mark.parametrize("unit", UNITS)
def test_one_thing_over_and_over_is_split_before_anybody_grows_old(unit: str) -> None:
    """Each is a trap for a scan that begins again at every mark: its time would grow with the square."""
    text = "a" + unit * (50_000 // len(unit))
    found = passages(paragraphs(text), quarters, 64)
    assert sum(len(ink(s.of(text))) for p in found for s in p.sentences) == len(ink(text))


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.stem[:3])
def test_the_sample_articles_pack_into_passages_of_whole_sentences(path: Path) -> None:
    text = path.read_bytes().decode()
    lines, at = [], 0
    for line in text.splitlines(keepends=True):
        lines.append(Span(at, at + len(line)))
        at += len(line)
    document = Document("d", str(path), text, tuple(Block(line, "paragraph") for line in lines))
    every = [s for line in lines for s in sentences(text, line)]
    found = passages(document, quarters, 300)
    assert [s for p in found for s in p.sentences] == every
    assert all(s.of(text).count("“") == s.of(text).count("”") for s in every)
