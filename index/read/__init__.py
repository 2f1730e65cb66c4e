"""A file becomes Documents: its text, its blocks, and the facts it states about itself.

Owns which formats are read, how bytes become characters, what is a paragraph, a heading or an aside, and where the
title, dates, outlet, author, address, place and language stand. Refuses to know what a sentence, a passage or an index
is. Every result is a pure function of the file's bytes and its name: no clock, no network, no locale.

Three promises: offsets hold (for text and Markdown ``Document.text`` is the decoded file, newlines untouched); nothing
is lost in silence (what no block covers is white space or mark-up, and a file without text is a ReadError); time is
linear in the size of the file, whatever it holds. When in doubt a block is a paragraph: a lost paragraph is a lost
answer.

The files, each importing only those before it: files (bytes), characters, dates, language, facts, lines (joined into
pieces), article (what a reader makes), blocks (pieces judged), page and stated (of HTML: its lines, its facts), then one for
each format. Here: the table of formats, and which of them a file is.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from hashlib import blake2b
from pathlib import PurePath

from index.errors import ReadError
from index.read.archive import looks_compressed, looks_like_tar, read_compressed, read_tar, read_zip
from index.read.article import Article, Parts
from index.read.blocks import LONGEST_NOISE
from index.read.characters import decode
from index.read.dates import Dateline, dateline, iso_date
from index.read.epub import looks_like_epub, looks_like_mhtml, read_epub, read_mhtml
from index.read.facts import MAX_FACT, MAX_FRONT_MATTER, settled, tidy
from index.read.feeds import looks_like_feed, read_feed
from index.read.files import MAX_BYTES, Loaded, binary_format, load
from index.read.html import MAX_TREE_BYTES, read_html
from index.read.language import language_of, opening
from index.read.lines import Role
from index.read.mail import looks_like_mail, looks_like_mbox, read_mail, read_mbox
from index.read.markdown import read_markdown, read_plain
from index.read.office import looks_like_docx, looks_like_odt, looks_like_rtf, read_docx, read_odt, read_rtf
from index.read.pdf import read_pdf
from index.read.tables import read_csv, read_json, read_json_lines
from index.read.xml import looks_like_news, looks_like_reuters, read_news, read_reuters
from index.types import Document

__all__ = [
    "FORMATS",
    "LONGEST_NOISE",
    "MAX_BYTES",
    "MAX_FACT",
    "MAX_FRONT_MATTER",
    "MAX_TREE_BYTES",
    "SUFFIXES",
    "UNSUPPORTED",
    "Dateline",
    "Format",
    "Loaded",
    "Reading",
    "Role",
    "dateline",
    "decode",
    "iso_date",
    "language_of",
    "load",
    "parse",
    "read",
]

_Reader = Callable[[bytes, Parts], Iterable[Article]]


@dataclass(frozen=True, slots=True)
class Format:
    """A row of the table of formats. ``suffixes`` are without their dots, a space between.

    ``read`` is given a file's bytes and the Parts by which it reads what is inside. ``looks`` says whether bytes are
    unmistakably of this format, whatever the file is called; a format without it is chosen by the suffix alone.
    """

    name: str
    suffixes: str
    read: _Reader
    looks: Callable[[bytes], bool] | None = None


def _one(reader: Callable[[bytes], Article]) -> _Reader:
    """A reader of files that hold one article."""
    return lambda data, _: (reader(data),)


def _starts(*marks: bytes) -> Callable[[bytes], bool]:
    return lambda data: data.startswith(marks)


def _looks_html(data: bytes) -> bool:
    return _HTML_START.match(data, 3 if data.startswith(b"\xef\xbb\xbf") else 0) is not None


_HTML_START = re.compile(rb"\s*<(?:!doctype\s+html|html)[\s>]", re.I)

FORMATS: tuple[Format, ...] = (
    Format("plain text", "txt text", _one(read_plain)),
    Format("Markdown", "md markdown mdown", _one(read_markdown)),
    Format("HTML", "html htm xhtml", _one(read_html), _looks_html),
    Format("PDF", "pdf", read_pdf, _starts(b"%PDF-")),
    Format("Word", "docx docm", _one(read_docx), looks_like_docx),
    Format("OpenDocument", "odt", _one(read_odt), looks_like_odt),
    Format("RTF", "rtf", _one(read_rtf), looks_like_rtf),
    Format("EPUB", "epub", read_epub, looks_like_epub),
    Format("MHTML", "mht mhtml", _one(read_mhtml), looks_like_mhtml),
    Format("ZIP", "zip", read_zip, _starts(b"PK\x03\x04", b"PK\x05\x06")),
    Format("tar", "tar", read_tar, looks_like_tar),
    Format("gzip, bzip2 or xz", "gz tgz bz2 tbz tbz2 xz txz", read_compressed, looks_compressed),
    Format("e-mail", "eml", read_mail, looks_like_mail),
    Format("mailbox", "mbox", read_mbox, looks_like_mbox),
    Format("RSS or Atom", "rss atom rdf", read_feed, looks_like_feed),
    Format("NITF or NewsML-G2", "nitf newsml", read_news, looks_like_news),
    Format("Reuters-21578", "sgm", read_reuters, looks_like_reuters),
    Format("CSV", "csv tsv", read_csv),
    Format("JSON", "json", read_json),
    Format("JSON lines", "jsonl ndjson", read_json_lines),
)
"""The formats that are read. Of those that a file looks like, its suffix chooses, else the first; a text that looks
like none and has no suffix of theirs is plain text."""

SUFFIXES: Mapping[str, Format] = {f".{suffix}": row for row in FORMATS for suffix in row.suffixes.split()}
"""Which format a file's suffix stands for."""

UNSUPPORTED: Mapping[str, str] = {
    f".{suffix}": name
    for name, suffixes in {
        "Word": "doc dot",
        "OpenDocument": "ods odp",
        "Kindle": "mobi azw azw3",
        "PowerPoint": "ppt pptx",
        "Excel": "xls xlsx",
        "XML": "xml svg",
        "Outlook mail": "msg pst",
        "a web archive": "warc",
        "a compressed archive": "zst 7z rar",
    }.items()
    for suffix in suffixes.split()
}
"""Formats that are known and not read: their text would be found in pieces, or not at all."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file holds: its articles, and (name inside the file, reason) of each part that could not be read.

    ``notes`` say what was guessed: which column of a table is the text, and the like.
    """

    documents: tuple[Document, ...]
    skipped: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()


def read(path: str | os.PathLike[str]) -> Reading:
    """What a file holds. Raises ReadError with the reason where there is no article to be had."""
    loaded = load(path)
    return parse(loaded.data, path, loaded.hash)


def parse(data: bytes, path: str | os.PathLike[str], hash: str) -> Reading:  # noqa: A002
    """What ``data`` holds, read as a file of this name would be.

    ``hash`` becomes the Document's id; of one that is a part of the file the id is a hash of the article alone, so that
    it stays the same while the rest of the file changes. Raises ReadError where the bytes are not text, not a format
    that is read, or hold no text.
    """
    name = os.path.abspath(os.fsdecode(path))  # noqa: PTH100  # resolve() would follow links: the user's name stays
    parts = Parts(_articles, name)
    articles = list(_articles(data, name, parts))
    if not articles:
        raise ReadError(_nothing_in(parts.skipped))
    documents = (
        _document(article, name, _id(article) if article.name or number else hash)
        for number, article in enumerate(articles)
    )
    return Reading(tuple(documents), tuple(parts.skipped), tuple(parts.notes))


def _id(article: Article) -> str:
    """The BLAKE2b-128, in hex, of all there is to an article but its name: its text, blocks, facts and pages."""
    blocks = [(block.span.start, block.span.end, block.kind) for block in article.blocks]
    told = [article.text, blocks, astuple(article.facts), article.pages]
    return blake2b(json.dumps(told).encode(), digest_size=16).hexdigest()


def _nothing_in(skipped: Sequence[tuple[str, str]]) -> str:
    """Why a file that holds others has no article."""
    if not skipped:
        return "nothing to read in it"
    (name, reason), others = skipped[0], len(skipped) - 1
    return f"nothing in it can be read ({name}: {reason}{f'; and {others:,} more' if others else ''})"


def _articles(data: bytes, name: str, parts: Parts) -> Iterable[Article]:
    """The articles in a file, or in a file inside another."""
    if not data:
        raise ReadError("empty file")
    return _format(data, PurePath(name).suffix.lower()).read(data, parts)


def _format(data: bytes, suffix: str) -> Format:
    """How a file is read. Raises ReadError where it is none of the formats."""
    named = SUFFIXES.get(suffix)
    if named and named.looks and named.looks(data):
        return named
    for row in FORMATS:
        if row.looks and row.looks(data):
            return row
    if suffix in UNSUPPORTED:
        raise ReadError(f"{UNSUPPORTED[suffix]} is not supported yet")
    if looks := binary_format(data):
        raise ReadError(f"not text (looks like {looks})")
    return named or FORMATS[0]


def _document(article: Article, path: str, id_: str) -> Document:
    told = settled(article.facts, opening(article.text, article.blocks))
    facts = {f.name: tidy(getattr(told, f.name)) for f in fields(told)}
    return Document(
        id_, path, article.text, article.blocks, **facts, part=tidy(article.name) or "", pages=article.pages
    )
