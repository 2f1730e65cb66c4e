"""A file becomes Documents: its text, its blocks, and the facts it states about itself.

Owns which formats are read, how bytes become characters, what is a paragraph, a heading or an aside, and where the
title, date, outlet, author, address and place stand. Refuses to know what a sentence, a passage or an index is. Every
result is a pure function of the file's bytes and its name: no clock, no network, no locale.

Three promises: offsets hold (for text and Markdown ``Document.text`` is the decoded file, newlines untouched); nothing
is lost in silence (what no block covers is white space or mark-up, and a file without text is a ReadError); time is
linear in the size of the file, whatever it holds. When in doubt a block is a paragraph: a lost paragraph is a lost
answer.

The files, each importing only those before it: files (bytes), characters, dates, facts, lines (joined into pieces),
blocks (pieces judged), markdown and html (the formats). Here: which of the formats a file is.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from pathlib import PurePath

from index.errors import ReadError
from index.read.blocks import LONGEST_NOISE
from index.read.characters import decode
from index.read.dates import Dateline, dateline, iso_date
from index.read.facts import MAX_FACT, MAX_FRONT_MATTER, Facts, tidy
from index.read.files import MAX_BYTES, Loaded, binary_format, load
from index.read.html import MAX_TREE_BYTES, read_html
from index.read.lines import Role
from index.read.markdown import read_markdown, read_plain
from index.types import Block, Document

__all__ = [
    "LONGEST_NOISE",
    "MAX_BYTES",
    "MAX_FACT",
    "MAX_FRONT_MATTER",
    "MAX_TREE_BYTES",
    "SUFFIXES",
    "UNSUPPORTED",
    "Dateline",
    "Loaded",
    "Role",
    "dateline",
    "decode",
    "iso_date",
    "load",
    "parse",
    "read",
]

_Reader = Callable[[bytes], tuple[str, list[Block], Facts]]

SUFFIXES: Mapping[str, _Reader] = {
    ".txt": read_plain,
    ".text": read_plain,
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".mdown": read_markdown,
    ".html": read_html,
    ".htm": read_html,
    ".xhtml": read_html,
}
"""Which reader a file's suffix chooses. Any other suffix is read as plain text, if it is text."""

UNSUPPORTED: Mapping[str, str] = {
    f".{suffix}": name
    for name, suffixes in {
        "PDF": "pdf",
        "Word": "doc docx docm dot",
        "OpenDocument": "odt ods odp",
        "RTF": "rtf",
        "EPUB": "epub",
        "Kindle": "mobi azw azw3",
        "PowerPoint": "ppt pptx",
        "Excel": "xls xlsx",
        "CSV": "csv tsv",
        "JSON": "json jsonl ndjson",
        "XML": "xml rss atom nitf newsml svg",
        "e-mail": "eml mbox msg",
        "a web archive": "warc mht mhtml",
        "a compressed archive": "zip gz tgz bz2 xz zst 7z rar tar",
    }.items()
    for suffix in suffixes.split()
}
"""Formats that are known and not read: their text would be found in pieces, or not at all."""


def read(path: str | os.PathLike[str]) -> list[Document]:
    """The articles in a file. Raises ReadError with the reason where there are none to be had."""
    loaded = load(path)
    return parse(loaded.data, path, loaded.hash)


def parse(data: bytes, path: str | os.PathLike[str], hash: str) -> list[Document]:  # noqa: A002
    """The articles in ``data``, read as a file of this name would be. ``hash`` becomes the Document's id.

    Raises ReadError where the bytes are not text, not a format that is read, or hold no text.
    """
    name = os.path.abspath(os.fsdecode(path))  # noqa: PTH100  # resolve() would follow links: the user's name stays
    suffix = PurePath(name).suffix.lower()
    if not data:
        raise ReadError("empty file")
    if suffix in UNSUPPORTED:
        raise ReadError(f"{UNSUPPORTED[suffix]} is not supported yet")
    if looks := binary_format(data):
        raise ReadError(f"not text (looks like {looks})")
    reader = SUFFIXES.get(suffix, read_plain)
    if reader is not read_html and _HTML_START.match(data, 3 if data.startswith(b"\xef\xbb\xbf") else 0):
        reader = read_html
    text, blocks, facts = reader(data)
    return [Document(hash, name, text, tuple(blocks), **{f.name: tidy(getattr(facts, f.name)) for f in fields(facts)})]


_HTML_START = re.compile(rb"\s*<(?:!doctype\s+html|html)[\s>]", re.I)
