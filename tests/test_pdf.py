"""PDF files: real ones, made here, their paragraphs, pages, furniture, facts and faults."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable

import pytest
from reportlab.lib import pdfencrypt
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from index.errors import ReadError
from index.read import Reading, parse
from index.types import Document

FIRST = (
    "The harbour master said on Monday that the quay would be closed to heavy lorries until the end of the winter, "
    "and that nobody had been able to tell him when the repairs were to begin."
)
SECOND = (
    "“We have asked the ministry three times and we have had no answer,” Anna Berg told the council. She added that the "
    "fishermen could not be expected to wait for another season while the quay was crumbling."
)
THIRD = (
    "Officials at the ministry did not dispute the account, but said that money for ports had been spent in the spring "
    "and that a new budget would not be passed before January."
)


def pdf(draw: Callable[[Canvas], None], **how: object) -> bytes:
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=(595, 842), invariant=1, **how)
    draw(canvas)
    canvas.save()
    return file.getvalue()


def wrapped(text: str, columns: int) -> list[str]:
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) >= columns:
            lines.append("")
        lines[-1] += (" " if lines[-1] else "") + word
    return lines


def write(
    canvas: Canvas, lines: Iterable[str], x: float, y: float, size: float = 10, font: str = "Times-Roman"
) -> float:
    """Lines from ``y`` downwards; gives where the next would stand."""
    canvas.setFont(font, size)
    for line in lines:
        canvas.drawString(x, y, line)
        y -= 1.2 * size
    return y


def document(data: bytes) -> Document:
    (only,) = parse(data, "/d/report.pdf", "0" * 32).documents
    return only


def paragraphs(data: bytes) -> list[str]:
    found = document(data)
    return [span.of(found.text) for span in found.paragraphs()]


def reason(data: bytes) -> str:
    with pytest.raises(ReadError) as caught:
        parse(data, "/d/report.pdf", "0" * 32)
    return caught.value.message


def prose(canvas: Canvas, *texts: str, y: float = 780) -> None:
    for text in texts:
        y = write(canvas, wrapped(text, 90), 50, y) - 8


# ------------------------------------------------------------------------------------------------------------ paragraphs


def test_lines_become_paragraphs_by_gaps():
    assert paragraphs(pdf(lambda canvas: prose(canvas, FIRST, SECOND, THIRD))) == [FIRST, SECOND, THIRD]


def test_lines_become_paragraphs_by_indents():
    def draw(canvas: Canvas) -> None:
        y = 780.0
        for text in (FIRST, SECOND, THIRD):
            first, *rest = wrapped(text, 60)
            y = write(canvas, rest, 50, write(canvas, [first], 62, y))

    assert paragraphs(pdf(draw)) == [FIRST, SECOND, THIRD]


@pytest.mark.parametrize("row_by_row", [False, True])
def test_columns_are_read_one_after_the_other_however_the_file_orders_them(row_by_row: bool):
    left, right = wrapped(f"{FIRST} {SECOND}", 42), wrapped(f"{THIRD} {FIRST}", 42)

    def draw(canvas: Canvas) -> None:
        write(canvas, ["Quay to stay closed all winter"], 50, 800, 20, "Times-Bold")
        if row_by_row:
            for row, lines in enumerate(zip(left, right[: len(left)], strict=False)):
                for x, line in zip((50, 310), lines, strict=True):
                    write(canvas, [line], x, 760 - 12 * row)
            write(canvas, left[len(right) :], 50, 760 - 12 * len(right))
        else:
            write(canvas, left, 50, 760)
            write(canvas, right, 310, 760)

    found = document(pdf(draw))
    assert found.title == "Quay to stay closed all winter"
    assert " ".join(span.of(found.text) for span in found.paragraphs()) == f"{FIRST} {SECOND} {THIRD} {FIRST}"


def test_a_table_is_read_row_by_row():
    rows = [("Oil", "5.3", "4.9"), ("Gas", "2.0", "2.2"), ("Coal", "1.1", "0.7"), ("Wind", "0.4", "0.9")]

    def draw(canvas: Canvas) -> None:
        prose(canvas, FIRST)
        for number, row in enumerate(rows):
            for x, cell in zip((50, 200, 300), row, strict=True):
                write(canvas, [cell], x, 700 - 12 * number)

    assert paragraphs(pdf(draw))[1:] == [" ".join(row) for row in rows]


def test_a_word_divided_at_the_end_of_a_line_is_whole_and_a_hyphen_that_belongs_stays():
    lines = ["The govern-", "ment met the co-", "operative's well-", "known head; a well-known man, he said, and left."]
    [text] = paragraphs(pdf(lambda canvas: (write(canvas, lines, 50, 780), None)[1]))
    assert text == "The government met the cooperative's well-known head; a well-known man, he said, and left."


def test_a_dash_at_the_end_of_a_line_stays_a_dash_and_a_compound_stays_whole():
    lines = ["The Anglo-", "American talks - which nobody had asked for -", "were held in 2016-", "2017, he said."]
    assert paragraphs(pdf(lambda canvas: (write(canvas, lines, 50, 780), None)[1])) == [
        "The Anglo-American talks - which nobody had asked for - were held in 2016-2017, he said."
    ]


def test_text_that_is_turned_is_read_too():
    def draw(canvas: Canvas) -> None:
        canvas.translate(560, 20)
        canvas.rotate(90)
        prose(canvas, FIRST, SECOND, y=500)

    assert paragraphs(pdf(draw)) == [FIRST, SECOND]


# ---------------------------------------------------------------------------------------------------------------- pages


def test_a_page_starts_where_its_first_word_stands_also_inside_a_paragraph_and_furniture_is_left_out():
    lines = wrapped(" ".join([FIRST, SECOND, THIRD]), 60)

    def draw(canvas: Canvas) -> None:
        for number, part in enumerate((lines[:3], lines[3:6], [], lines[6:]), 1):
            write(canvas, ["The Harbour Gazette, annual report"], 50, 815, 8)
            write(canvas, part, 50, 780)
            write(canvas, [f"- {number} -"], 290, 30, 8)
            canvas.showPage()

    found = document(pdf(draw))
    assert found.text == " ".join([FIRST, SECOND, THIRD])
    assert len(found.pages) == 4
    first, second, third, fourth = found.pages
    assert (first, third) == (0, fourth)
    assert found.text[second:].startswith(lines[3])
    assert found.text[fourth:].startswith(lines[6])
    assert [found.page(offset) for offset in (0, second - 1, second, fourth - 1, fourth, len(found.text))] == (
        [1, 1, 2, 2, 4, 4]
    )


def test_a_running_head_is_known_on_two_pages_and_one_page_has_none():
    def draw(canvas: Canvas, *texts: str) -> None:
        for text in texts:
            write(canvas, ["The Harbour Gazette, annual report"], 50, 815, 8)
            prose(canvas, text)
            canvas.showPage()

    assert paragraphs(pdf(lambda canvas: draw(canvas, FIRST, SECOND))) == [FIRST, SECOND]
    assert document(pdf(lambda canvas: draw(canvas, FIRST))).text == f"The Harbour Gazette, annual report\n{FIRST}"


def test_what_stands_on_most_pages_inside_the_text_stays():
    def draw(canvas: Canvas) -> None:
        for text in (FIRST, SECOND, THIRD):
            prose(canvas, text, text, "He said so.", text, text)
            canvas.showPage()

    assert paragraphs(pdf(draw)).count("He said so.") == 3


def scan(canvas: Canvas) -> None:
    from PIL import Image

    canvas.drawImage(ImageReader(Image.new("L", (60, 80), 200)), 0, 0, 595, 842)
    canvas.showPage()


def test_a_scan_is_refused_and_a_scanned_page_among_others_is_noted():
    def some(canvas: Canvas) -> None:
        prose(canvas, FIRST)
        canvas.showPage()
        scan(canvas)
        scan(canvas)
        prose(canvas, SECOND)

    assert reason(pdf(scan)) == "no text layer; run OCR first, e.g. ocrmypdf"
    found: Reading = parse(pdf(some), "/d/report.pdf", "0" * 32)
    assert found.skipped == (("pp. 2-3", "no text layer; run OCR first, e.g. ocrmypdf"),)
    assert found.documents[0].page(found.documents[0].text.index("“We")) == 4


# ---------------------------------------------------------------------------------------------------------------- facts


def test_title_author_and_day_come_from_the_file_and_a_dateline_knows_better():
    def draw(canvas: Canvas) -> None:
        canvas.setTitle("Quay closed")
        canvas.setAuthor("Jane Roe")
        prose(canvas, "Quay closed", "OSLO, January 30, 2017 (Reuters) - " + FIRST, SECOND)

    found = document(pdf(draw))
    assert (found.title, found.author, found.date, found.place) == ("Quay closed", "Jane Roe", "2017-01-30", "OSLO")
    undated = document(pdf(lambda canvas: (canvas.setTitle("Microsoft Word - a.doc"), prose(canvas, FIRST))[1]))
    assert (undated.title, undated.author) == (None, None)
    assert undated.date is not None
    assert undated.date.startswith("2000-01-01T")


# --------------------------------------------------------------------------------------------------------------- faults


def test_an_encrypted_file_is_refused_and_one_that_anybody_may_open_is_read():
    locked = pdfencrypt.StandardEncryption("secret", "owner", strength=128)
    assert reason(pdf(lambda canvas: prose(canvas, FIRST), encrypt=locked)) == (
        "encrypted PDF; open it with its password and save a copy without"
    )
    open_to_all = pdfencrypt.StandardEncryption("", "owner", strength=128)
    assert paragraphs(pdf(lambda canvas: prose(canvas, FIRST), encrypt=open_to_all)) == [FIRST]


def test_a_file_that_is_cut_off_or_none_is_refused():
    whole = pdf(lambda canvas: prose(canvas, FIRST))
    assert reason(whole[:300]) == "damaged PDF, or none"
    assert reason(b"Only some words.") == "damaged PDF, or none"
    assert reason(b"%PDF-1.7\n%%EOF") == "damaged PDF, or none"


def test_a_pdf_is_one_under_any_name():
    data = pdf(lambda canvas: prose(canvas, FIRST))
    assert parse(data, "report.txt", "0" * 32).documents[0].text == FIRST
