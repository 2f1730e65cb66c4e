"""Documents of word processors: Word (docx), OpenDocument (odt) and RTF.

Owns what in their mark-up is a heading, an item, a row of a table or a footnote, and where their properties stand.
Refuses pictures, running heads, comments and what tracked changes have deleted; what they inserted is text. A line of
the text made here is a paragraph or a row of a table, its cells parted by a space; footnotes stand at the end.

These files are ZIP archives of XML, which needs no DOCTYPE: one that has it is refused, and with it every entity.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from index.errors import ReadError
from index.read.archive import member, open_zip
from index.read.article import Article
from index.read.blocks import finish
from index.read.characters import WORD
from index.read.dates import iso_date
from index.read.facts import Facts, made_on
from index.read.lines import Role
from index.read.markdown import read_plain
from index.read.page import Part, laid_out
from index.read.xml import parsed

if TYPE_CHECKING:
    from zipfile import ZipFile

MAX_XML = (
    64 * 1024 * 1024
)  # bytes of one part: War and Peace is 20 MB in Word's mark-up; a tree needs ten times as much
_LONG_CELL = 200  # characters: such a cell is a column of a layout, not of a table; its paragraphs stand for themselves
_DOCTYPE = re.compile(rb"<\0?!\0?D\0?O\0?C\0?T\0?Y\0?P\0?E", re.I)


def _finished(parts: Iterator[Part], stated: Facts) -> Article:
    """An article of lines. A day that the text names goes before the one on which the file was made."""
    listed = list(parts)
    text, pieces = laid_out(listed)
    if not WORD.search(text):
        raise ReadError("no text in it")
    titled = next((" ".join(line.split()) for role, level, line in listed if role == "heading" and level == 0), None)
    first = next((" ".join(line.split()) for role, level, line in listed if role == "heading" and level == 1), None)
    article = finish(text, 0, pieces, replace(stated, title=titled or stated.title or first, date=None))
    return replace(article, facts=made_on(article.facts, stated.date))


def _checked(archive: ZipFile) -> None:
    """Raises ReadError where a part is too large, encrypted, damaged, or declares entities."""
    for info in archive.infolist():
        data = member(archive, info)
        if info.filename.lower().endswith((".xml", ".rels")):
            if len(data) > MAX_XML:
                raise ReadError(f"{info.filename} expands past {MAX_XML:,} bytes")
            if _DOCTYPE.search(data):
                raise ReadError(f"{info.filename} has a DOCTYPE, which such files must not have")


def _tree(data: bytes) -> Any:  # noqa: ANN401  # lxml is untyped
    try:
        return parsed(data)
    except ValueError as error:
        raise ReadError("damaged: its XML does not parse") from error


# ----------------------------------------------------------------------------------------------------------------- Word

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STYLED = re.compile(r"(?:heading ([1-9])|(title))$", re.I)
_MADE_UP = frozenset(("", "Word Document", "python-docx"))
"""The title and the author that python-docx gives a file without any."""
_TEMPLATE = datetime(2013, 12, 23, 23, 15)  # of the template it begins every file with, whatever the day
_GONE = frozenset(_W + tag for tag in ("del", "moveFrom", "instrText", "delText", "pPr", "rPr", "txbxContent"))
_SIGNS = {_W + "tab": "\t", _W + "br": "\n", _W + "cr": "\n", _W + "noBreakHyphen": "\u2011"}


def looks_like_docx(data: bytes) -> bool:
    return data.startswith(b"PK\x03\x04") and b"word/document.xml" in data


def read_docx(data: bytes) -> Article:
    """The article in a Word file. Raises ReadError where it is encrypted, damaged, or holds no text."""
    try:
        import docx
    except ImportError as error:
        raise ReadError("reading Word files needs python-docx; type: pip install python-docx") from error
    import io

    from lxml import etree

    with open_zip(data) as archive:
        _checked(archive)
        notes = [
            info.filename for info in archive.infolist() if info.filename in ("word/footnotes.xml", "word/endnotes.xml")
        ]
        footnotes = [_tree(member(archive, name)) for name in notes]
    try:
        opened = docx.Document(io.BytesIO(data))
        styles = {style.style_id: (style.name or "").lower() for style in opened.styles}
        properties = opened.core_properties
        created = properties.created
        stated = Facts(
            title=properties.title if properties.title not in _MADE_UP else None,
            author=properties.author if properties.author not in _MADE_UP else None,
            date=iso_date(created.isoformat()) if created and created.replace(tzinfo=None) != _TEMPLATE else None,
            language=properties.language or None,
        )
        body = opened.element.body
    except (KeyError, ValueError, TypeError, AttributeError, etree.LxmlError) as error:
        raise ReadError(f"damaged Word file ({error})") from error
    except docx.opc.exceptions.OpcError as error:
        raise ReadError(f"damaged Word file ({error})") from error
    return _finished(_word_parts(body, footnotes, styles), stated)


def _word_parts(body: Any, footnotes: list[Any], styles: dict[str, str]) -> Iterator[Part]:  # noqa: ANN401
    yield from _word_blocks(body, styles)
    for tree in footnotes:
        for note in tree:
            if note.get(_W + "type") is None:  # separators have one
                yield "text", 0, " ".join(_word_text(paragraph) for paragraph in note.iter(_W + "p"))


def _word_blocks(parent: Any, styles: dict[str, str]) -> Iterator[Part]:  # noqa: ANN401
    """The paragraphs and tables below an element, also those in content controls and inserted ones."""
    for element in parent:
        if element.tag == _W + "p":
            yield _word_paragraph(element, styles)
            for box in element.iter(_W + "txbxContent"):
                spare = any(a.tag.endswith("}Fallback") for a in box.iterancestors() if isinstance(a.tag, str))
                if (
                    not spare and next(box.iterancestors(_W + "p")) is element
                ):  # else it comes with the box it stands in
                    yield from _word_blocks(box, styles)
        elif element.tag == _W + "tbl":
            yield from _word_table(element, styles)
        elif element.tag not in _GONE:
            yield from _word_blocks(element, styles)


def _word_table(table: Any, styles: dict[str, str]) -> Iterator[Part]:  # noqa: ANN401
    for row in table.iter(_W + "tr"):
        if next(row.iterancestors(_W + "tbl")) is not table:
            continue  # of a table inside a cell, which comes with the cell
        cells = [
            list(_word_blocks(cell, styles))
            for cell in row.iter(_W + "tc")
            if next(cell.iterancestors(_W + "tr")) is row
        ]
        if any(len(text) > _LONG_CELL for cell in cells for _, _, text in cell):
            for cell in cells:
                yield from cell
        else:
            yield "text", 0, " ".join(text for cell in cells for _, _, text in cell if text.strip())


def _word_paragraph(paragraph: Any, styles: dict[str, str]) -> Part:  # noqa: ANN401
    text = _word_text(paragraph)
    style = paragraph.find(f"{_W}pPr/{_W}pStyle")
    name = styles.get(style.get(_W + "val"), "") if style is not None else ""
    if heading := _STYLED.match(name):
        return "heading", int(heading[1] or 0), text
    listed = paragraph.find(f"{_W}pPr/{_W}numPr") is not None or name.startswith("list")
    return "item" if listed else "text", 0, text


def _word_text(paragraph: Any) -> str:  # noqa: ANN401
    """The text of a paragraph as it is read: insertions with it, deletions and field codes without."""
    words: list[str] = []
    waiting = [iter(paragraph)]
    while waiting:
        element = next(waiting[-1], None)
        if element is None:
            waiting.pop()
        elif element.tag == _W + "t":
            words.append(element.text or "")
        elif element.tag in _SIGNS:
            words.append(_SIGNS[element.tag])
        elif element.tag not in _GONE and not str(element.tag).endswith("}Fallback"):
            waiting.append(iter(element))
    return "".join(words)


# --------------------------------------------------------------------------------------------------------- OpenDocument

_OFFICE, _TEXT, _TABLE, _META, _DC = (
    f"{{{name}}}"
    for name in (
        *(f"urn:oasis:names:tc:opendocument:xmlns:{kind}:1.0" for kind in ("office", "text", "table", "meta")),
        "http://purl.org/dc/elements/1.1/",
    )
)
_ASIDE = frozenset(
    (_OFFICE + "annotation", _TEXT + "tracked-changes", _TEXT + "note", _OFFICE + "forms", _TEXT + "table-of-content")
)


def looks_like_odt(data: bytes) -> bool:
    return data.startswith(b"PK\x03\x04") and b"application/vnd.oasis.opendocument.text" in data[:200]


def read_odt(data: bytes) -> Article:
    """The article in an OpenDocument text. Raises ReadError where it is encrypted, damaged, or holds no text."""
    with open_zip(data) as archive:
        _checked(archive)
        names = set(archive.namelist())
        if "META-INF/manifest.xml" in names and b"encryption-data" in member(archive, "META-INF/manifest.xml"):
            raise ReadError("encrypted; open it with its password and save a copy without")
        content = _tree(member(archive, "content.xml"))
        meta = _tree(member(archive, "meta.xml")) if "meta.xml" in names else None
    found = (
        {}
        if meta is None
        else {str(e.tag): (e.text or "").strip() or None for e in meta.iter() if isinstance(e.tag, str)}
    )
    stated = Facts(
        title=found.get(_DC + "title"),
        author=found.get(_META + "initial-creator") or found.get(_DC + "creator"),
        date=iso_date(found.get(_META + "creation-date") or found.get(_DC + "date")),
        language=found.get(_DC + "language"),
    )
    body = content.find(f"{_OFFICE}body/{_OFFICE}text")
    if body is None:
        raise ReadError("damaged: it has no body")
    return _finished(_odt_parts(body), stated)


def _odt_parts(body: Any) -> Iterator[Part]:  # noqa: ANN401
    yield from _odt_blocks(body, "text")
    for note in body.iter(_TEXT + "note-body"):
        yield "text", 0, " ".join(_odt_text(paragraph) for paragraph in note.iter(_TEXT + "p"))


def _odt_blocks(parent: Any, role: Role) -> Iterator[Part]:  # noqa: ANN401
    for element in parent:
        if element.tag == _TEXT + "h":
            level = element.get(_TEXT + "outline-level") or "1"
            yield "heading", int(level) if level.isdigit() else 1, _odt_text(element)
        elif element.tag == _TEXT + "p":
            titled = (element.get(_TEXT + "style-name") or "") == "Title"
            yield "heading" if titled else role, 0, _odt_text(element)
        elif element.tag == _TABLE + "table-row":
            cells = [list(_odt_blocks(cell, "text")) for cell in element]
            if any(len(text) > _LONG_CELL for cell in cells for _, _, text in cell):
                for cell in cells:
                    yield from cell
            else:
                yield "text", 0, " ".join(text for cell in cells for _, _, text in cell if text.strip())
        elif element.tag not in _ASIDE:
            yield from _odt_blocks(element, "item" if element.tag == _TEXT + "list-item" else role)


_ODT_SIGNS = {_TEXT + "s": " ", _TEXT + "tab": "\t", _TEXT + "line-break": "\n"}


def _odt_text(element: Any) -> str:  # noqa: ANN401
    words = [element.text or "", _ODT_SIGNS.get(element.tag, "")]
    for child in element:
        words += [_odt_text(child) if child.tag not in _ASIDE and isinstance(child.tag, str) else "", child.tail or ""]
    return "".join(words)


# ------------------------------------------------------------------------------------------------------------------ RTF

_INFO = re.compile(r"\{\\(title|author)\s([^{}\\]{1,500})\}")
_CREATED = re.compile(r"\{\\creatim\\yr(\d{4})\\mo(\d{1,2})\\dy(\d{1,2})")


def looks_like_rtf(data: bytes) -> bool:
    return data.startswith(b"{\\rtf")


def read_rtf(data: bytes) -> Article:
    """The article in an RTF file. Raises ReadError where it is damaged or holds no text."""
    try:
        from striprtf.striprtf import rtf_to_text
    except ImportError as error:
        raise ReadError("reading RTF needs striprtf; type: pip install striprtf") from error
    if not looks_like_rtf(data):
        raise ReadError("not RTF, though its name says so")
    source = data.decode("latin-1")  # the mark-up is ASCII; letters beyond it are written as escapes
    try:
        text = rtf_to_text(source, errors="replace")
    except (ValueError, IndexError, KeyError, LookupError, RecursionError, OverflowError) as error:
        raise ReadError(f"damaged RTF ({type(error).__name__})") from error
    article = read_plain(text.encode("utf-8", "replace"))
    head = source[: 1 << 16]
    stated = {key: value.strip() for key, value in _INFO.findall(head)}
    made = _CREATED.search(head)
    date = f"{made[1]}-{int(made[2]):02}-{int(made[3]):02}" if made else None
    facts = Facts(title=stated.get("title"), author=stated.get("author"))
    return replace(article, facts=made_on(facts.then(article.facts), iso_date(date)))
