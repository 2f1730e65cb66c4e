"""What the reader promises: offsets that hold, blocks that cover, facts the file states, and a reason when not."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from datetime import datetime
from hashlib import blake2b
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from index.errors import ReadError
from index.read import SUFFIXES, UNSUPPORTED, Dateline, dateline, decode, iso_date, load, parse, read
from index.types import Document, changed_ns

SEEDS = Path(__file__).parent.parent / "seeds"
PROSE = (
    "The minister of fisheries said on Monday that the quota would stay as it is.",
    "“We have looked at the numbers, and the stocks have not come back,” she told reporters in Bergen.",
    "Two shipowners asked the court on Tuesday to suspend the rule until the spring.",
)


def document(text: str | bytes, name: str = "a.txt") -> Document:
    data = text.encode() if isinstance(text, str) else text
    (only,) = parse(data, name, "0" * 32).documents
    return only


def blocks(found: Document) -> list[tuple[str, str]]:
    return [(block.kind, block.span.of(found.text)) for block in found.blocks]


def kinds(found: Document, kind: str) -> list[str]:
    return [text for which, text in blocks(found) if which == kind]


def paragraphs(text: str | bytes, name: str = "a.txt") -> list[str]:
    return kinds(document(text, name), "paragraph")


def reason(data: bytes, name: str = "a.txt") -> str:
    with pytest.raises(ReadError) as caught:
        parse(data, name, "0" * 32)
    return caught.value.message


# -------------------------------------------------------------------------------------------------------- the two seeds


def test_first_seed_is_sixteen_paragraphs_and_nothing_else():
    (found,) = read(SEEDS / "000_aca22e1ab05da15b.txt").documents
    assert [kind for kind, _ in blocks(found)] == ["paragraph"] * 16
    assert found.paragraphs()[4].of(found.text) == (
        "“We are convinced that Iran should participate in that conference,” Lavrov said."
    )
    assert (found.title, found.date, found.source, found.place) == (None, None, None, None)


def test_second_seed_has_a_dateline_two_subheadings_and_a_list_of_links():
    (found,) = read(SEEDS / "003_a66a14f0af45c417.txt").documents
    assert (found.place, found.source, found.title, found.date) == ("MOSCOW", "TASS", None, None)
    assert kinds(found, "heading") == ["Cooperation with US", "Syrian talks"]
    asides = kinds(found, "aside")
    assert asides[0] == "MOSCOW, January 30. /TASS/."
    assert len(asides) == 8
    assert all(line in (SEEDS / "003_a66a14f0af45c417.txt").read_text("utf-8").split("- ", 1)[1] for line in asides[1:])
    assert len(found.paragraphs()) == 14
    assert kinds(found, "paragraph")[0].startswith("Russia believes that it may be possible")
    assert "willpower:" in kinds(found, "paragraph")[6]


@pytest.mark.parametrize("path", sorted(SEEDS.glob("*.txt")), ids=lambda path: path.name)
def test_text_of_a_seed_is_the_file_itself_and_its_id_the_hash_of_the_bytes(path: Path):
    (found,) = read(path).documents
    with open(path, encoding="utf-8", newline="") as file:
        assert found.text == file.read()
    assert found.id == blake2b(path.read_bytes(), digest_size=16).hexdigest()
    assert found.path == os.path.abspath(path)


# ----------------------------------------------------------------------------------------------------------------- laws

LINES = st.lists(
    st.one_of(
        st.sampled_from(
            [
                *PROSE,
                *("", " ", "\ufeff", "---", "title: A", "# Head", "- item one", "* b", "> quoted", "```", "| a | b |"),
                *("Short line", "MOSCOW, January 30. /TASS/. He said so.", "(CNN) He", "By Ann Lee", "Advertisement"),
                *("    indented prose that runs on", "https://example.org/a", "#Tag #Tag", "***", "===", "![a](b)"),
            ]
        ),
        st.text(max_size=40),
    ),
    max_size=14,
)
BREAKS = st.sampled_from(["\n", "\n\n", "\r\n", "\r", "\f", "\u2028", "\u2029", "\n \n", "\v", "\x85"])


@st.composite
def texts(draw: st.DrawFn) -> str:
    return "".join(line + draw(BREAKS) for line in draw(LINES))


MARK_UP = re.compile(r"[\s\ufeff]|[-+*•‣▪▸►◦●·>#=_]|\ufe0f")


@given(texts(), st.sampled_from(["a.txt", "a.md", "a.unknown"]))
def test_blocks_are_in_order_apart_inside_and_leave_only_white_space_and_mark_up(text: str, name: str):
    data = text.encode("utf-8", "surrogatepass")
    try:
        (found,) = parse(data, name, "id").documents
    except ReadError:
        return
    at, rest = 0, ""
    for block in found.blocks:
        assert at <= block.span.start < block.span.end <= len(found.text)
        assert not block.span.of(found.text)[0].isspace()
        assert not block.span.of(found.text)[-1].isspace()
        rest += found.text[at : block.span.start]
        at = block.span.end
    assert MARK_UP.sub("", rest + found.text[at:]) == ""


@given(texts(), st.sampled_from(["a.txt", "a.md"]))
def test_text_of_a_text_file_is_the_decoded_file_newlines_and_all(text: str, name: str):
    data = text.replace("\0", "").encode("utf-8", "replace")  # with NUL it would be no text
    try:
        (found,) = parse(data, name, "id").documents
    except ReadError:
        return
    assert found.text == data.decode("utf-8")


@given(
    st.binary(max_size=300),
    st.sampled_from([None, "utf-8", "utf-7", "koi8-r", "unicode_escape", "zlib", "no such", "\0"]),
)
def test_no_lone_surrogate_is_ever_decoded(data: bytes, declared: str | None):
    decode(data, declared).encode("utf-8")  # would raise


@settings(deadline=None)  # the first page imports the parser
@given(st.binary(max_size=400), st.sampled_from(["a.txt", "a.md", "a.html", "a"]))
def test_any_bytes_give_documents_or_a_reason(data: bytes, name: str):
    with suppress(ReadError):
        assert all(found.blocks and found.text for found in parse(data, name, "id").documents)


@given(st.text(max_size=300))
def test_a_dateline_ends_inside_its_text(text: str):
    found = dateline(text)
    assert found is None or 0 < found.end <= len(text)


@given(st.text(max_size=100) | st.from_regex(r"\A20\d\d-[01]\d-[0-3]\d[T ]\d\d:\d\d(:\d\d)?( ?[+-]\d\d:?\d\d|Z)?\Z"))
@example("2017-01-20T10:00:00+25:00")
@example("2017-01-20T10:00:00+23:60")
@example("Fri, 20 Jan 2017 10:00:00 +2500")
def test_a_date_is_iso_and_one_that_python_reads_or_none(text: str):
    found = iso_date(text) or "2000-01-01"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d([+-]\d\d:\d\d)?)?", found)
    assert datetime.fromisoformat(found)


# -------------------------------------------------------------------------------------------------------- files on disk


def test_load_gives_the_bytes_and_marks_of_the_file(tmp_path: Path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"One.\r\nTwo.")
    loaded = load(path)
    assert (loaded.data, loaded.size, loaded.changed_ns) == (b"One.\r\nTwo.", 10, changed_ns(path.stat()))
    assert loaded.hash == blake2b(b"One.\r\nTwo.", digest_size=16).hexdigest()


def test_a_name_that_is_not_utf_8_is_read(tmp_path: Path):
    path = os.fsdecode(os.fsencode(tmp_path) + b"/\xff.txt")
    try:
        Path(path).write_text(PROSE[0], encoding="utf-8")
    except OSError:
        pytest.skip("this file system takes only UTF-8 names")
    assert read(path).documents[0].path == path


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_is_refused_and_never_waited_for(tmp_path: Path):
    os.mkfifo(tmp_path / "a.txt")
    with pytest.raises(ReadError, match=r"not a regular file \(a pipe\)"):
        read(tmp_path / "a.txt")


def test_what_is_no_file_is_refused_with_its_kind(tmp_path: Path):
    with pytest.raises(ReadError, match=r"not a regular file \(a directory\)"):
        read(tmp_path)
    with pytest.raises(ReadError, match="no such file"):
        read(tmp_path / "gone.txt")
    with pytest.raises(ReadError, match="not a path"):
        read("a\0b.txt")
    with pytest.raises(ReadError, match="the name is too long"):
        read(tmp_path / ("x" * 5000))
    if os.path.exists("/dev/null"):
        with pytest.raises(ReadError, match=r"not a regular file \(a device\)"):
            read("/dev/null")


@pytest.mark.skipif(os.name == "nt", reason="needs symbolic links")
def test_links_are_followed_and_broken_ones_named(tmp_path: Path):
    (tmp_path / "real.txt").write_text(PROSE[0], encoding="utf-8")
    (tmp_path / "good.txt").symlink_to("real.txt")
    (tmp_path / "dangling.txt").symlink_to("nowhere.txt")
    (tmp_path / "loop.txt").symlink_to("loop.txt")
    assert read(tmp_path / "good.txt").documents[0].path == str(tmp_path / "good.txt")
    with pytest.raises(ReadError, match="dangling symbolic link"):
        read(tmp_path / "dangling.txt")
    with pytest.raises(ReadError, match="a loop of symbolic links"):
        read(tmp_path / "loop.txt")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_refused(tmp_path: Path):
    (tmp_path / "a.txt").write_text(PROSE[0], encoding="utf-8")
    (tmp_path / "a.txt").chmod(0)
    with pytest.raises(ReadError, match="permission denied"):
        read(tmp_path / "a.txt")


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="needs a file whose size is not what it says")
def test_a_file_that_is_not_as_long_as_it_says_is_not_trusted():
    with pytest.raises(ReadError, match="changed while being read"):
        read("/proc/self/status")


def test_a_file_beyond_the_cap_is_refused_by_its_size_without_reading_it(tmp_path: Path):
    with open(tmp_path / "a.txt", "wb") as file:
        file.truncate(300 * 1024 * 1024)  # a hole: it takes no disk
    with pytest.raises(ReadError, match=r"314,572,800 bytes are more than the 268,435,456"):
        read(tmp_path / "a.txt")


# --------------------------------------------------------------------------------------------------------- what is text


@pytest.mark.parametrize(
    ("data", "looks"),
    [
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "JPEG"),
        (b"\x89PNG\r\n\x1a\n\0", "PNG"),
        (b"7z\xbc\xaf\x27\x1c\0", "7z"),
        (b"\x28\xb5\x2f\xfd\0", "zstd"),
        (b"\x7fELF\x02\x01\x01\0", "a Linux program"),
        (b"SQLite format 3\0", "SQLite"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old or an encrypted Office file"),
        (b"\0\0\0\x18ftypmp42", "MP4"),
    ],
)
@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html", "a"])
def test_a_binary_file_is_named_whatever_its_suffix_says(data: bytes, looks: str, name: str):
    assert reason(data, name) == f"not text (looks like {looks})"


def test_a_text_that_starts_as_a_binary_may_is_still_text():
    assert paragraphs("BZh is a strange word, she said on Monday.") == ["BZh is a strange word, she said on Monday."]
    assert paragraphs("MZ Corp. said on Monday it would sell.") == ["MZ Corp. said on Monday it would sell."]


def test_no_bytes_no_words_and_nul_bytes_are_refused_with_their_reason():
    assert reason(b"") == "empty file"
    assert reason(b" \n\t\r\n") == "no text in 5 characters"
    assert reason(b"\xef\xbb\xbf\n***\n") == "no text in 6 characters"
    assert reason(b"He said so.\0And more.") == "not text (NUL at character 11)"
    assert reason(bytes(range(1, 32)) * 4 + b"words").startswith("not text (")


@pytest.mark.parametrize(("suffix", "name"), sorted(UNSUPPORTED.items()))
def test_formats_that_are_not_read_are_named(suffix: str, name: str):
    assert reason(b"whatever is in it", f"report{suffix.upper()}") == f"{name} is not supported yet"


def test_a_suffix_is_read_or_refused_never_both():
    assert not set(SUFFIXES) & set(UNSUPPORTED)


def test_a_name_without_a_known_suffix_is_plain_text_and_a_page_is_a_page_under_any_name():
    assert paragraphs("\n".join(PROSE), "README") == list(PROSE)
    page = "<!DOCTYPE html><html><body><article><p>" + "</p><p>".join(PROSE) + "</p></article></body></html>"
    assert paragraphs(page, "saved.txt") == list(PROSE)


# ----------------------------------------------------------------------------------------------------------- characters

SAMPLES = {
    "fr": "Le ministre a déclaré que l’été serait très difficile : « Nous sommes prêts à négocier », a-t-il ajouté.",
    "pl": "Premier powiedział we wtorek, że rząd będzie kontynuował rozmowy. Jesteśmy gotowi, dodał w Łodzi.",
    "lt": "Ministras antradienį sakė, kad derybos tęsis kitą savaitę. Šiuo metu daugiau nežadama, pridūrė jis.",
    "tr": "Dışişleri bakanı salı günü görüşmelerin önümüzdeki hafta İstanbul'da süreceğini söyledi.",
    "ru": "Министр иностранных дел заявил в понедельник, что переговоры по Сирии будут продолжены в Женеве.",
    "el": "Ο πρωθυπουργός δήλωσε την Τρίτη ότι οι διαπραγματεύσεις θα συνεχιστούν στην Αθήνα την επόμενη εβδομάδα.",
    "he": "ראש הממשלה אמר ביום שלישי כי השיחות יימשכו בשבוע הבא בירושלים והוסיף כי אין שינוי במדיניות.",
    "ar": "قال وزير الخارجية يوم الثلاثاء إن المحادثات ستستمر الأسبوع المقبل في جنيف وأضاف أن موقف بلاده لم يتغير.",
    "ja": "外務大臣は火曜日、来週ジュネーブで協議を続けると述べた。政府の立場は変わっていないと記者団に語った。",
    "zh": "外交部发言人星期二表示，谈判将于下周在日内瓦继续进行。他说，立场没有改变。",
    "tw": "外交部發言人星期二表示，談判將於下週在日內瓦繼續進行。他說，立場沒有改變。",
    "ko": "외무장관은 화요일 다음 주 제네바에서 협상을 계속할 것이라고 말했다. 정부의 입장은 변하지 않았다고 덧붙였다.",
}
ENCODINGS = [
    *[("fr", "cp1252"), ("pl", "cp1250"), ("pl", "iso8859-2"), ("lt", "cp1257"), ("tr", "cp1254"), ("ru", "cp1251")],
    *[("ru", "koi8-r"), ("ru", "cp866"), ("ru", "iso8859-5"), ("el", "cp1253"), ("he", "cp1255"), ("ar", "cp1256")],
    *[("ja", "shift_jis"), ("ja", "euc_jp"), ("ja", "iso2022_jp"), ("zh", "gb18030"), ("tw", "big5"), ("ko", "euc_kr")],
    *[("ru", "utf-8"), ("fr", "utf-16-le"), ("fr", "utf-16-be"), ("ru", "utf-16-le"), ("zh", "utf-32-le")],
]


@pytest.mark.parametrize(("language", "encoding"), ENCODINGS)
@pytest.mark.parametrize("known", [True, False], ids=["declared", "guessed"])
def test_a_text_comes_back_from_its_encoding(language: str, encoding: str, known: bool):
    text = (SAMPLES[language] + "\n\n") * 3
    assert decode(text.encode(encoding), encoding if known else None) == text


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_decides_and_stays_outside_every_block(encoding: str):
    found = document(SAMPLES["ru"].encode(encoding))
    assert found.text == "\ufeff" + SAMPLES["ru"]
    assert blocks(found) == [("paragraph", SAMPLES["ru"])]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html"])
@pytest.mark.parametrize("before", ["", "<div>" * 300], ids=["flat", "too deep for a tree"])
def test_a_mark_at_the_start_hides_no_dateline(encoding: str, name: str, before: str):
    text = f"MOSCOW, January 30, 2017. /TASS/. {PROSE[0]}\n\n{before if name == 'a.html' else ''}{PROSE[1]}"
    found, plain = document(text.encode(encoding), name), document(text, name)
    assert (found.place, found.date, found.source) == ("MOSCOW", "2017-01-30", "TASS")
    assert blocks(found) == blocks(plain)


@pytest.mark.parametrize(
    "text",
    ["首相は述べた。", "日銀、利上げ見送り", "大統領「戦争は終わった」", "国会は予算案を可決した。野党は反対した。"],
)
def test_a_few_words_of_japanese_are_not_taken_for_korean(text: str):
    assert decode(text.encode("euc_jp")) == text


@pytest.mark.parametrize("text", ["서울에서 대통령은 말했다.", "한국은행, 금리 동결"])
def test_a_few_words_of_korean_are_not_taken_for_japanese(text: str):
    assert decode(text.encode("euc_kr")) == text


def test_utf_8_with_a_few_broken_bytes_stays_utf_8():
    data = SAMPLES["ru"].encode() + b" \xff\xd0 " + SAMPLES["ru"].encode()
    assert decode(data) == SAMPLES["ru"] + " \ufffd\ufffd " + SAMPLES["ru"]


def test_a_wrong_declaration_does_not_spoil_utf_8():
    assert decode(SAMPLES["ru"].encode(), "koi8-r") == SAMPLES["ru"]


def test_look_alikes_and_odd_spaces_stay_as_they_are():
    text = "\u0421ommander Smith\u00a0said\u200b on\u2009Monday that the e\u0301lan was gone.\u00ad"
    assert document(text).text == text


# ----------------------------------------------------------------------------------------------------------- paragraphs

WRAPPED = """\
The harbour board of Port Ellery said on Monday it had
agreed to lease the north quay to a ferry company for ten
years from May.
    The company, which runs two ships, will pay a rent that
rises with the number of passengers, the board said.
    "We did not want a fixed sum," said its chairman, Ann
Teller, who signed.
 Reuter"""


def test_one_paragraph_a_line():
    assert paragraphs("\n".join(PROSE)) == list(PROSE)


@pytest.mark.parametrize("gap", ["\n\n", "\r\n\r\n", "\r\r", " \n \n ", "\f", "\u2028", "\u2029", "\r\n", "\r"])
def test_any_kind_of_newline_parts_paragraphs(gap: str):
    assert paragraphs(gap.join(PROSE)) == list(PROSE)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_lines_wrapped_by_hand_are_joined_and_an_indented_line_begins_a_paragraph(newline: str):
    found = document(WRAPPED.replace("\n", newline))
    assert [" ".join(text.split()) for text in kinds(found, "paragraph")] == [
        "The harbour board of Port Ellery said on Monday it had agreed to lease the north quay to a ferry company for "
        "ten years from May.",
        "The company, which runs two ships, will pay a rent that rises with the number of passengers, the board said.",
        '"We did not want a fixed sum," said its chairman, Ann Teller, who signed.',
    ]
    assert kinds(found, "aside") == ["Reuter"]


def test_wrapped_lines_parted_by_empty_lines_are_joined():
    wrapped = WRAPPED.replace("\n    ", "\n\n").replace("\n Reuter", "")
    assert len(paragraphs(wrapped)) == 3


def test_a_line_that_breaks_off_and_goes_on_in_small_letters_is_one_paragraph():
    text = "\n".join([PROSE[0], "The board met with the two", "shipowners in Oslo.", *PROSE[1:]])
    assert "The board met with the two\nshipowners in Oslo." in paragraphs(text)


def test_a_subheading_is_a_short_line_without_a_stop_between_paragraphs():
    found = document("\n".join([PROSE[0], "The numbers", PROSE[1], "In court", PROSE[2]]))
    assert kinds(found, "heading") == ["The numbers", "In court"]


@pytest.mark.parametrize(
    "line",
    [
        "She added:",
        "“We will go on”",
        "“It was a mess.” ― Ann Teller, shipowner",
        "Nobody asked me, Teller said",
        "Why not?",
        "1,200 tons 1,400 tons 35 ships",
        "that was all",
        "Boats in the harbour of Bergen. Courtesy Ann Teller",
    ],
)
def test_a_short_line_that_may_be_an_answer_stays_a_paragraph(line: str):
    assert line in paragraphs("\n\n".join([PROSE[0], line, PROSE[1]]))


def test_rows_of_a_table_and_last_lines_are_no_headings():
    rows = ["Cod", "Haddock", "Saithe", "Herring"]
    assert kinds(document("\n\n".join([PROSE[0], *rows, PROSE[1], "Ann Teller"])), "heading") == []


# --------------------------------------------------------------------------------------------------------------- titles


@pytest.mark.parametrize(
    "line",
    [
        "Minister Keeps Cod Quota as Stocks Fail to Return.",
        "Minister keeps the cod quota",
        "Who Owns the North Quay? A Guide to Port Ellery",
    ],
)
def test_a_headline_on_the_first_line_is_the_title_and_a_heading(line: str):
    found = document("\n\n".join([line, *PROSE]))
    assert found.title == line
    assert blocks(found)[0] == ("heading", line)


@pytest.mark.parametrize(
    "line", [PROSE[0], "The minister keeps the quota.", "“We keep it,” she said", "Nobody asked me, Teller said"]
)
def test_prose_on_the_first_line_is_no_title(line: str):
    found = document("\n\n".join([line, *PROSE[1:]]))
    assert found.title is None
    assert blocks(found)[0] == ("paragraph", line)


def test_a_single_line_is_a_paragraph_however_short():
    assert blocks(document("Quota Stays As It Is")) == [("paragraph", "Quota Stays As It Is")]


# --------------------------------------------------------------------------------------------------------------- asides


@pytest.mark.parametrize(
    "line",
    [
        "Advertisement",
        "Story continues below advertisement",
        "Read the rest here.",
        "Read more",
        "📄 Read in\u00a0full",
        "Read more: Minister opens fish market",
        "Follow Ann Lee on Twitter @annlee.",
        "Share this on Facebook",
        "Sign up for our morning newsletter here",
        "© 2016 Port Ellery Press. All rights reserved.",
        "Photo: Ann Lee",
        "(Image credit: Ann Lee/Getty Images)",
        "Boats in the harbour of Bergen in 2011. Ann Lee/AFP/Getty Images",
        "(Reporting by Ann Lee; Editing by Bob Ray)",
        "— Ann Lee contributed to this report.",
        "– Ann Lee, Bob Ray",
        "https://example.org/fish",
        "#Fish #Quota",
        "***",
        "Reuter",
        "This story has been updated with additional details.",
        "Video Ad Feedback Mayor explains why she will not resign 02:18 - Source: PNN",
        "JUST WATCHED Mayor explains why she stays Replay More Videos ... MUST WATCH Mayor explains why she stays 02:18",
    ],
)
def test_furniture_of_a_page_is_an_aside(line: str):
    found = document("\n\n".join([PROSE[0], PROSE[2], line]))
    assert blocks(found)[2] == ("aside", line)


@pytest.mark.parametrize(
    "line",
    [
        "Read the numbers again, the minister told them.",
        "By Monday the ships had left the harbour.",
        "More from the sea was what they wanted, she said.",
        "Share prices fell on Tuesday after the ruling.",
        "Photo: the minister said she would not resign.",
        "Follow the money, said Teller.",
        "Ends do not justify means, the court found.",
        "“That is enough,” she said. Ann Lee/AFP/Getty Images",
        "-- and then they left the room",
        "Ad feedback came at 02:18 in the morning, when nobody was awake.",
        "Just watched a film about the harbour, and would again.",
    ],
)
def test_a_sentence_that_only_looks_like_furniture_stays_a_paragraph(line: str):
    assert line in paragraphs("\n\n".join([PROSE[0], line, PROSE[2]]))


def test_the_source_below_a_quotation_is_not_thrown_away():
    assert "— Ann Teller" in paragraphs("\n\n".join([PROSE[0], "“I would not sell.”", "— Ann Teller", PROSE[2]]))


def test_a_byline_gives_the_author():
    found = document("\n\n".join(["By Ann Lee and Bob Ray", *PROSE]))
    assert found.author == "Ann Lee and Bob Ray"
    assert blocks(found)[0] == ("aside", "By Ann Lee and Bob Ray")


def test_headlines_listed_at_the_end_are_an_aside_and_listed_sentences_are_not():
    links = ["- Minister opens fish market", "- Two ships collide off Bergen", "- Who owns the north quay?"]
    points = ["- The quota stays as it is.", "- The court will hear the owners.", "- The rent rises."]
    assert [kind for kind, _ in blocks(document("\n".join([*PROSE, *links])))] == ["paragraph"] * 3 + ["aside"] * 3
    assert paragraphs("\n".join([*PROSE, *points])) == [*PROSE, *(point[2:] for point in points)]
    assert len(paragraphs("\n".join([*PROSE, "She gave three reasons:", *links]))) == 7
    assert len(paragraphs("\n".join([*links, *PROSE]))) == 6
    assert len(paragraphs("\n".join([*PROSE, *links[:2]]))) == 5


def test_a_file_of_nothing_but_furniture_keeps_its_words():
    assert paragraphs("- Ships collide\n- Market opens\n- Court rules") == [
        "Ships collide",
        "Market opens",
        "Court rules",
    ]


# ------------------------------------------------------------------------------------------------------------ datelines


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("MOSCOW, January 30. /TASS/. Russia", Dateline(27, "MOSCOW", None, "TASS")),
        ("WASHINGTON (AP) — The", Dateline(17, "WASHINGTON", None, "AP")),
        ("CNN —", Dateline(5, None, None, "CNN")),
        ("LONDON, March 3 (Reuters) - Oil", Dateline(27, "LONDON", None, "Reuters")),
        ("LONDON, March 3, 2016 (Reuters) - Oil", Dateline(33, "LONDON", "2016-03-03", "Reuters")),
        ("New York (CNN) - He", Dateline(16, "New York", None, "CNN")),
        ("(CNN) The", Dateline(5, None, None, "CNN")),
        ("Washington, DC CNN Business — Oil", Dateline(29, "Washington, DC", None, "CNN")),
        ("МОСКВА, 30 января. /ТАСС/. Он", Dateline(26, "МОСКВА", None, "TASS")),
        ("HEMPSTEAD, N.Y., Sept. 26 (UPI) — A", Dateline(33, "HEMPSTEAD, N.Y.", None, "UPI")),
        ("DAMASCUS, 22 June (SANA) - A", Dateline(26, "DAMASCUS", None, "SANA")),
        ("WASHINGTON — President", Dateline(12, "WASHINGTON", None, None)),
        ("📍 Cairo, December 19", Dateline(20, "Cairo", None, None)),
        ("NATO — the alliance — said", None),
        ("JOHN SMITH (R-Ohio) — said", None),
        ("The Food and Drug Administration (FDA) — which", None),
        ("On Monday — a holiday — he left", None),
        ("", None),
    ],
)
def test_datelines(text: str, expected: Dateline | None):
    assert dateline(text) == expected


def test_a_dateline_is_an_aside_before_its_paragraph_and_gives_its_facts():
    found = document("OSLO, March 3, 2016 (Reuters) - " + PROSE[0] + "\n" + PROSE[1])
    assert blocks(found) == [
        ("aside", "OSLO, March 3, 2016 (Reuters) -"),
        ("paragraph", PROSE[0]),
        ("paragraph", PROSE[1]),
    ]
    assert (found.place, found.date, found.source) == ("OSLO", "2016-03-03", "Reuters")


# ---------------------------------------------------------------------------------------------------------------- dates


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("2022-01-03", "2022-01-03"),
        ("2025-12-19T15:06:58+00:00", "2025-12-19T15:06:58+00:00"),
        ("2022-01-03T10:00:00-0500", "2022-01-03T10:00:00-05:00"),
        ("2017-01-30T10:05:00.123Z", "2017-01-30T10:05:00+00:00"),
        ("2017-01-30 10:05", "2017-01-30T10:05:00"),
        ("20170130", "2017-01-30"),
        ("26-FEB-1987 15:18:06.67", "1987-02-26T15:18:06"),
        (" 9-MAR-1987 09:17:32.30", "1987-03-09T09:17:32"),
        ("Mon, 30 Jan 2017 10:00:00 +0300", "2017-01-30T10:00:00+03:00"),
        ("January 30, 2017", "2017-01-30"),
        ("Jan. 30, 2017 at 10:05 p.m.", "2017-01-30T22:05:00"),
        ("30 January 2017", "2017-01-30"),
        ("1st of May 2020", "2020-05-01"),
        ("30 января 2017", "2017-01-30"),
        ("2022/01/03", "2022-01-03"),
        ("30.01.2017", "2017-01-30"),
        ("03/04/2017", None),
        ("2017-13-45", None),
        ("February 30, 2017", None),
        ("yesterday", None),
        ("2017-01", None),
        ("", None),
    ],
)
def test_dates(written: str, iso: str | None):
    assert iso_date(written) == iso


# ------------------------------------------------------------------------------------------------------------- Markdown


def test_front_matter_gives_the_facts_and_is_an_aside():
    front = (
        '---\ntitle: "Quota \\"stays\\" | The Ledger"\ndate: "26-FEB-1987 15:18:06.67"\nsource: "The Ledger"\n'
        "authors:\n  - Ann Lee\n  - 'Bob O''Ray'\nurl: https://example.org/a?b=c#d\ntags: [fish, sea]\nid: 7\n---"
    )
    found = document(front + "\n\n" + "\n\n".join(PROSE) + "\n", "a.md")
    assert (found.title, found.date) == ('Quota "stays"', "1987-02-26T15:18:06")
    assert (found.source, found.author) == ("The Ledger", "Ann Lee, Bob O'Ray")
    assert found.url == "https://example.org/a?b=c#d"
    assert blocks(found) == [("aside", front), *(("paragraph", text) for text in PROSE)]


@pytest.mark.parametrize(
    ("line", "author"),
    [
        ("author: Ann Lee", "Ann Lee"),
        ('author: ["Ann Lee", "Bob Ray"]', "Ann Lee, Bob Ray"),
        ("author: [Ann Lee, Bob Ray]", "Ann Lee, Bob Ray"),
        ("author: [Ann Lee, [Bob Ray]]", "Ann Lee, Bob Ray"),
        (f"author: {'[' * 5000}Ann Lee{']' * 5000}", "Ann Lee"),
        ("author: Ann Lee # the editor", "Ann Lee"),
        ("author:\n- name: Ann Lee\n- name: Bob Ray", "Ann Lee, Bob Ray"),
        ("author: null", None),
        ("author: !!python/object/apply:os.system ['true']", "!!python/object/apply:os.system ['true']"),
        ('author: "\\ud800"', "\ufffd"),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_values_of_front_matter_are_text_and_never_run(line: str, author: str | None, newline: str):
    text = f"---\n{line}\nkey: x\n---\n{PROSE[0]}".replace("\n", newline)
    assert document(text, "a.md").author == author
    assert document("\ufeff" + text, "a.txt").author == author


def test_a_text_between_two_rules_is_no_front_matter():
    assert paragraphs(f"---\n{PROSE[0]}\n---\n{PROSE[1]}", "a.md") == [PROSE[0], PROSE[1]]


def test_marks_of_markdown_stand_outside_the_blocks():
    source = "\n\n".join(
        [
            "# Quota stays",
            PROSE[0],
            "## The numbers ##",
            "> " + PROSE[1].replace(" and ", "\n> and "),
            "In court\n--------",
            PROSE[2],
            "**The rent**",
            "* It rises with the number of passengers.\n  It will not fall.",
            "```\nprint('no prose')\n```",
            "![Boats](boats.png)",
        ]
    )
    found = document(source, "a.md")
    assert found.title == "Quota stays"
    assert blocks(found) == [
        ("heading", "Quota stays"),
        ("paragraph", PROSE[0]),
        ("heading", "The numbers"),
        ("paragraph", PROSE[1].replace(" and ", "\n> and ")),
        ("heading", "In court"),
        ("paragraph", PROSE[2]),
        ("heading", "The rent"),
        ("paragraph", "It rises with the number of passengers.\n  It will not fall."),
        ("aside", "```"),
        ("aside", "print('no prose')"),
        ("aside", "```"),
        ("aside", "![Boats](boats.png)"),
    ]


def test_a_post_of_a_channel_has_its_place_and_tags_set_apart():
    post = (
        '---\ndate: "2025-12-19T15:06:58+00:00"\n---\n\n'
        "🤝 The two ministers met on the sidelines of the forum.\n \n 📍 Cairo, December 19 \n \n #Fish"
    )
    found = document(post, "a.md")
    assert kinds(found, "paragraph") == ["🤝 The two ministers met on the sidelines of the forum."]
    assert (found.place, found.date) == ("Cairo", "2025-12-19T15:06:58+00:00")
    assert kinds(found, "aside")[1:] == ["📍 Cairo, December 19", "#Fish"]


# ----------------------------------------------------------------------------------------------------------------- HTML

PAGE = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Quota stays - The Ledger</title>
<link rel="canonical" href="https://ledger.example/quota"><meta property="og:site_name" content="The Ledger">
<script type="application/ld+json">{"@context": "https://schema.org", "@graph": [{"@type": "WebSite", "name": "X"},
{"@type": "NewsArticle", "headline": "Quota stays as it is", "datePublished": "2016-03-03T10:05:00+01:00",
"author": [{"@type": "Person", "name": "Ann Lee"}, {"@type": "Person", "name": "Bob Ray"}]}]}</script></head>
<body><nav><ul><li><a href="/">Home</a></li><li><a href="/sea">Sea</a></li></ul></nav>
<article><h1>Quota stays as it is</h1><p>OSLO (AP) — BODY0</p><h2>The numbers</h2><p>BODY1</p><ul><li>BODY2</li></ul>
<p>A third of the fleet will stay in the harbour until April, &amp; the rest may fish for saithe, the board said.</p>
</article><footer>All rights reserved</footer><script>var x = "<p>not text</p>";</script></body></html>"""
for number, sentence in enumerate(PROSE):
    PAGE = PAGE.replace(f"BODY{number}", sentence)
LAST = "A third of the fleet will stay in the harbour until April, & the rest may fish for saithe, the board said."


def test_a_page_gives_its_article_and_what_it_says_about_itself():
    found = document(PAGE, "a.html")
    assert (found.title, found.date) == ("Quota stays as it is", "2016-03-03T10:05:00+01:00")
    assert (found.source, found.author) == ("The Ledger", "Ann Lee, Bob Ray")
    assert (found.url, found.place) == ("https://ledger.example/quota", "OSLO")
    assert blocks(found) == [
        ("heading", "Quota stays as it is"),
        ("aside", "OSLO (AP) —"),
        ("paragraph", PROSE[0]),
        ("heading", "The numbers"),
        ("paragraph", PROSE[1]),
        ("paragraph", PROSE[2]),
        ("paragraph", LAST),
    ]
    assert found.text.splitlines()[1] == "OSLO (AP) — " + PROSE[0]


def test_a_page_without_json_ld_is_dated_by_its_meta_tags():
    head = (
        '<meta content="2016-03-03" name="date"><meta property="article:published_time" content="2016-03-03T10:05:00Z">'
    )
    page = f"<html><head>{head}<title>Quota | Ledger</title></head><body><p>{'</p><p>'.join(PROSE)}</p></body></html>"
    found = document(page, "a.htm")
    assert (found.title, found.date) == ("Quota | Ledger", "2016-03-03T10:05:00+00:00")


@pytest.mark.parametrize("encoding", ["koi8-r", "windows-1251", "iso-8859-5"])
def test_a_page_is_decoded_as_it_declares(encoding: str):
    page = f'<html><head><meta charset="{encoding}"></head><body><p>{SAMPLES["ru"]}</p></body></html>'
    assert paragraphs(page.encode(encoding), "a.html") == [SAMPLES["ru"]]


def test_xhtml_with_a_declaration_is_read():
    page = f'<?xml version="1.0" encoding="utf-8"?><html><body><p>{"</p><p>".join(PROSE)}</p></body></html>'
    assert paragraphs(page, "a.xhtml") == list(PROSE)


@pytest.mark.parametrize("depth", [100, 300, 3000, 100_000])
@pytest.mark.parametrize("closed", [True, False])
def test_a_page_nested_deeper_than_the_parser_goes_keeps_its_text(depth: int, closed: bool):
    page = "<html><body>" + "<div>" * depth + f"<p>{'</p><p>'.join(PROSE)}</p>" + "</div>" * depth * closed
    assert paragraphs(page, "a.html") == list(PROSE)


def test_a_node_of_text_larger_than_the_parser_takes_keeps_its_text():
    sentence = PROSE[0] + " "
    page = f"<html><body><p>{sentence * 150_000}</p></body></html>"
    assert len(document(page, "a.html").text) == len(sentence) * 150_000 - 1


def test_a_page_without_text_says_so_with_its_size():
    page = (
        b"<html><head><title>App</title></head><body><div id=root></div><script>var a = 'text';</script></body></html>"
    )
    assert reason(page, "a.html") == f"no article text found in {len(page)} bytes of HTML"


@pytest.mark.parametrize(
    "junk",
    [
        "<" * 50_000,
        "<a " * 20_000,
        "<a \"'>" * 10_000,
        "<!--" * 20_000,
        "<script>" * 10_000,
        "<nav>" * 20_000,
        "&#" * 20_000,
        "&#" + "9" * 20_000 + ";",
        "<li>x" * 8_000,
        "</nav>" * 20_000,
        "<script type='application/ld+json'>" + "[" * 100_000 + "</script>",
        "<meta content='" + "x" * 100_000,
    ],
    ids=lambda junk: junk[:8],
)
def test_broken_pages_give_their_text_or_a_reason(junk: str):
    page = f"<html><body><p>{PROSE[0]}</p>{junk}".encode()
    assert PROSE[0] in document(page, "a.html").text


# ------------------------------------------------------------------------------------------------------- size and shape


@pytest.mark.parametrize(
    "text",
    [
        "x" * 2_000_000,
        "word " * 300_000,
        '"' * 300_000 + "x",
        "-" * 300_000 + " x",
        "#" * 300_000 + " x",
        "![" * 150_000 + "x",
        "\n" * 300_000 + "x",
        " \n" * 150_000 + "x",
        ("Aa " * 130 + "\n\n") * 300,
        ("a/" + "." * 390 + "\n\n") * 300,
        "---\n" + "a: b\n" * 5_000,
        "AB " * 100_000,
        "> " * 100_000 + "x",
    ],
    ids=lambda text: repr(text[:6]),
)
@pytest.mark.parametrize("name", ["a.txt", "a.md"])
def test_strange_shapes_are_read_whole(text: str, name: str):
    found = document(text, name)
    assert found.text == text
    assert found.blocks[-1].span.end == len(text.rstrip())


def test_who_wrote_a_page_is_read_under_its_headline_where_no_mark_up_says_so():
    body = "".join(
        f"<p>The harbour master told the council that pier {n} would be closed in winter.</p>" for n in range(9)
    )
    page = f"<html><body><h1>Piers closed</h1><div class='byline'>By Jane Roe, 2022-01-02</div>{body}</body></html>"
    assert document(page, "a.html").author == "Jane Roe"
    assert (
        document(page.replace("By Jane Roe, 2022-01-02", "By Jane Roe | January 2, 2022 8:30 AM"), "a.html").author
        == "Jane Roe"
    )
    assert document(page.replace("By Jane Roe, 2022-01-02", "By Jane Roe, who left in 2022"), "a.html").author is None


def test_what_is_quoted_in_a_page_laid_out_by_a_table_is_kept():
    around = "".join(
        f"<p>The harbour master told the council that pier {n} would close in winter.</p>" for n in range(9)
    )
    quoted = "<blockquote><p>“We have asked three times,” Anna Berg told them.</p></blockquote>"
    page = f"<html><body><table><tr><td>Sections</td><td>{around}{quoted}{around}</td></tr></table></body></html>"
    assert "“We have asked three times,” Anna Berg told them." in document(page, "a.html").text
