"""A PDF file: the words of its pages, and what it states about itself.

Owns PDFium: opening, the characters of a page with their places, meta data, and which pages are pictures. Refuses to
know in which order lines are read and how they become paragraphs, and to recognise letters in a picture.

The text is that of the file's text layer, in the order of layout.py, which says what it changes; beyond that, ligatures
are taken apart (the ligature for "fi" becomes f and i) and characters that print nothing are left out. Each page's start
is kept, so that a place has its page. PDFium reads the file; it runs no script and follows no link.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from ctypes import c_double
from dataclasses import replace
from itertools import pairwise
from math import pi
from typing import TYPE_CHECKING, Any

from index.errors import ReadError
from index.read.article import Article, Parts
from index.read.blocks import finish
from index.read.characters import CONTROL, WORD, scrub
from index.read.dates import iso_date
from index.read.facts import Facts, made_on, tidy
from index.read.layout import Line, columns, laid_out, paragraphs, without_furniture
from index.read.lines import Piece

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfTextPage

MAX_PAGES = 10_000  # the longest reports of inquiries have some 3,000
MAX_CHARACTERS = 50_000_000  # of all pages: 10,000 pages of small print; PDFium alone needs 40 bytes for each
_PICTURE = 0.5  # of a page: a picture that large, where there is no text, is a scan
_TORN = 0.2  # of the characters: where as many stand for no letter, the fonts do not say which letters they draw

_NO_TEXT = "no text layer; run OCR first, e.g. ocrmypdf"


def read_pdf(data: bytes, parts: Parts) -> tuple[Article, ...]:
    """The article in a PDF file. A page that is only a picture is noted as a part that was skipped.

    Raises ReadError where it is encrypted, damaged, too long, or has no text that could be read.
    """
    with closing(_opened(data)) as document:
        if len(document) > MAX_PAGES:
            raise ReadError(f"{len(document):,} pages are more than the {MAX_PAGES:,} that are read; split the file")
        pages = _pages(document)
        scans = [number for number, lines in enumerate(pages, 1) if not lines and _is_picture(document, number - 1)]
        stated = _stated(document)
    _require_text(pages)
    text, pieces, starts = laid_out(paragraphs([columns(lines) for lines in without_furniture(pages)]), len(pages))
    if not WORD.search(text):
        raise ReadError(_NO_TEXT)
    for run in _runs(scans):
        parts.skip(run, _NO_TEXT)
    title = _title(stated.title, text, pieces, starts)
    article = finish(text, 0, pieces, replace(stated, title=title, date=None))
    return (replace(article, facts=made_on(article.facts, stated.date), pages=starts),)


def _opened(data: bytes) -> PdfDocument:
    try:
        import pypdfium2
    except ImportError as error:
        raise ReadError("reading PDF needs pypdfium2; type: pip install pypdfium2") from error
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "assword" in str(error):
            raise ReadError("encrypted PDF; open it with its password and save a copy without") from error
        if "security" in str(error):
            raise ReadError("encrypted PDF, in a way that is not known") from error
        raise ReadError("damaged PDF, or none") from error


def _pages(document: PdfDocument) -> list[list[Line]]:
    """The lines of each page; none for one PDFium cannot load."""
    import pypdfium2

    pages: list[list[Line]] = []
    characters = 0
    for number in range(len(document)):
        try:
            with closing(document[number]) as page, closing(page.get_textpage()) as text:
                characters += text.count_chars()
                if characters > MAX_CHARACTERS:
                    raise ReadError(f"more than {MAX_CHARACTERS:,} characters; split the file")
                pages.append(list(_lines(text)))
        except pypdfium2.PdfiumError:
            pages.append([])
    return pages


def _lines(text: PdfTextPage) -> Iterator[Line]:
    """The stretches of text on a page, turned upright. What is written in another direction stands below the rest."""
    from pypdfium2 import raw

    characters = text.get_text_range()
    if len(characters) != text.count_chars():  # beyond the BMP one may count as two
        characters = "".join(chr(raw.FPDFText_GetUnicode(text, index)) for index in range(text.count_chars()))
    found = [
        line
        for match in _PRINTED.finditer(characters)
        if not match[0].isspace()
        for line in _segments(text, match[0], match.start())
    ]
    directions: dict[int, list[Line]] = {}
    for quarter, line in found:
        directions.setdefault(quarter, []).append(line)
    below = 0.0
    for lines in sorted(directions.values(), key=lambda lines: -sum(len(line.text) for line in lines)):
        drop = max(line.top for line in lines) - below if below else 0.0
        for line in lines:
            yield replace(line, bottom=line.bottom - drop, top=line.top - drop) if drop else line
        below = min(line.bottom for line in lines) - drop - 3 * lines[0].size


_PRINTED = re.compile(
    "[^\r\n\u0002\ufffe]+[\u0002\ufffe]?"
)  # PDFium's signs of a hyphen at a line's end, which it joins
_WORD = re.compile(r"\S+")
_LIGATURES = {0xFB00 + at: text for at, text in enumerate(("ff", "fi", "fl", "ffi", "ffl", "st", "st"))}
_SILENT = re.compile("\u00ad(?!$)|[\u200b\u2060\ufeff]")  # a soft hyphen counts only at a line's end
_WIDE = 1.2  # ems between words: further apart they may stand in two columns, or in two cells of a table


def _segments(text: PdfTextPage, line: str, start: int) -> Iterator[tuple[int, Line]]:
    """(quarters turned, a stretch of words without a wide gap) of what PDFium takes for a line."""
    quarter = _quarter(text, start + len(line) - len(line.lstrip()))
    words = []
    for match in _WORD.finditer(line):
        begin, end = (_box(text, start + at, quarter) for at in (match.start(), match.end() - 1))
        words.append((match[0], min(begin[0], end[0]), max(begin[1], end[1]), begin[2], begin[3]))
    cuts = [0, *(at for at, (a, b) in enumerate(pairwise(words), 1) if _apart(a, b)), len(words)]
    offsets = [start + match.start() for match in _WORD.finditer(line)]
    for first, last in pairwise(cuts):
        if first == last:
            continue
        run = words[first:last]
        written = _SILENT.sub("", " ".join(word for word, *_ in run).translate(_LIGATURES))
        written = scrub(CONTROL.sub("\ufffd", re.sub("[\u0002\ufffe]$", "-", written)))
        if not written.strip():
            continue
        bold = _weight(text, offsets[first]) >= 600 and _weight(text, offsets[last - 1]) >= 600
        bottom, top = min(word[3] for word in run), max(word[4] for word in run)
        yield quarter, Line(written, run[0][1], run[-1][2], bottom, top, run[0][2] - run[0][1], bold)


_Word = tuple[str, float, float, float, float]


def _apart(a: _Word, b: _Word) -> bool:
    """Whether two words that follow each other are not of one stretch: a wide gap, a step back, another height."""
    size = max(a[4] - a[3], 1.0)
    return b[1] - a[2] > _WIDE * size or b[1] < a[1] or abs(b[3] - a[3]) > size


def _box(text: PdfTextPage, index: int, quarter: int) -> tuple[float, float, float, float]:
    """(left, right, bottom, top) of a character in points, as high as its font, on a page turned by quarters."""
    from pypdfium2 import raw

    box = raw.FS_RECTF()
    raw.FPDFText_GetLooseCharBox(text, index, box)
    left, right, bottom, top = box.left, box.right, box.bottom, box.top
    if right - left == 0 == top - bottom:
        corners = [c_double() for _ in range(4)]
        raw.FPDFText_GetCharBox(text, index, *corners)
        left, right, bottom, top = (corner.value for corner in corners)
    return (
        (left, right, bottom, top),
        (-top, -bottom, left, right),
        (-right, -left, -top, -bottom),
        (bottom, top, -right, -left),
    )[quarter]


def _quarter(text: PdfTextPage, index: int) -> int:
    """How often a character is turned by a right angle, clockwise."""
    from pypdfium2 import raw

    return round(float(raw.FPDFText_GetCharAngle(text, index)) / (pi / 2)) % 4


def _weight(text: PdfTextPage, index: int) -> int:
    """The weight of a character's font: 400 is regular, 700 bold; -1 where it is not known."""
    from pypdfium2 import raw

    return int(raw.FPDFText_GetFontWeight(text, index))


# ------------------------------------------------------------------------------------------------------- what is missing


def _require_text(pages: Sequence[Sequence[Line]]) -> None:
    """Raises ReadError where there are no letters, or too many that are none."""
    written = "".join(line.text for lines in pages for line in lines)
    if not WORD.search(written):
        raise ReadError(_NO_TEXT)
    torn = sum(char == "\ufffd" or "\ue000" <= char <= "\uf8ff" for char in written)
    if torn > _TORN * len(written):
        raise ReadError("its fonts do not say which letters they draw; run OCR first, e.g. ocrmypdf --force-ocr")


def _is_picture(document: PdfDocument, number: int) -> bool:
    """Whether a picture covers most of a page."""
    import pypdfium2

    try:
        with closing(document[number]) as page:
            width, height = page.get_size()
            for found in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE], max_depth=3):
                left, bottom, right, top = found.get_bounds()
                if (right - left) * (top - bottom) > _PICTURE * width * height:
                    return True
    except pypdfium2.PdfiumError:
        return False
    return False


def _runs(numbers: Sequence[int]) -> Iterator[str]:
    """Page numbers as they are cited: "p. 3", "pp. 5-7"."""
    start = 0
    for at in range(1, len(numbers) + 1):
        if at == len(numbers) or numbers[at] != numbers[at - 1] + 1:
            first, last = numbers[start], numbers[at - 1]
            yield f"p. {first}" if first == last else f"pp. {first}-{last}"
            start = at


# ---------------------------------------------------------------------------------------------------------------- facts

_NO_TITLE = re.compile(
    r"(?:microsoft \w+ - )?[^\s]*\.\w{2,5}|(?:untitled|document|slide)\W*\d*|\(?unspecified\)?|\W*", re.I
)
_NO_AUTHOR = re.compile(r"\(?(?:unspecified|anonymous|unknown|user|admin|administrator|owner)\)?|\W*", re.I)
_LONGEST_LANGUAGE = 256  # bytes; a tag of BCP 47 has some ten letters
_DATE = re.compile(r"(?:D:)?(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?(?:(Z)|([+-]\d\d)'?(\d\d)?'?)?")


def _stated(document: PdfDocument) -> Facts:
    """Title, author and the day it was made, as the file's producer wrote them; placeholders are none."""
    import pypdfium2

    try:
        stated: dict[str, Any] = document.get_metadata_dict(skip_empty=True)
    except (pypdfium2.PdfiumError, UnicodeError):
        return Facts()
    title, author = tidy(stated.get("Title")), tidy(stated.get("Author"))
    return Facts(
        title=None if title is None or _NO_TITLE.fullmatch(title) else title,
        author=None if author is None or _NO_AUTHOR.fullmatch(author) else author,
        date=_date(stated.get("CreationDate") or ""),
        language=_language(document),
    )


def _language(document: PdfDocument) -> str | None:
    """The /Lang of the file's catalog."""
    from pypdfium2 import raw

    size = raw.FPDFCatalog_GetLanguage(document.raw, None, 0)  # bytes of UTF-16, with the zero at its end
    if not 2 < size <= _LONGEST_LANGUAGE:
        return None
    buffer = (ctypes.c_ushort * (size // 2))()
    raw.FPDFCatalog_GetLanguage(document.raw, buffer, size)
    return tidy(bytes(buffer).decode("utf-16-le", "replace").rstrip("\0"))


def _date(written: str) -> str | None:
    """``D:20170130142233+03'00'`` in ISO 8601."""
    found = _DATE.match(written)
    if found is None:
        return None
    year, month, day, hour, minute, second, utc, zone, more = found.groups()
    time = f" {hour}:{minute}:{second or '00'}" if hour else ""
    return iso_date(f"{year}-{month}-{day}{time}{utc or ''}{f'{zone}:{more or chr(48) * 2}' if time and zone else ''}")


def _title(stated: str | None, text: str, pieces: Sequence[Piece], starts: Sequence[int]) -> str | None:
    """The title the file states, where its first two pages show it; else what is set largest on its first page."""
    second, third = (*starts[1:3], len(text), len(text))[:2]
    headings = [piece for piece in pieces if piece.role == "heading" and piece.level == 1 and piece.start < second]
    letters, shown = ("".join(WORD.findall(words)).casefold() for words in (stated or "", text[:third]))
    if (letters and letters in shown) or not headings:
        return stated
    return text[headings[0].start : headings[0].end]
