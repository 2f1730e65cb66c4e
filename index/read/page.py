"""A page of HTML by one pass over its mark-up: its lines, and what its head says, as it stands.

Owns tags, character references and what an element does to a line. Refuses to know which of the lines are the article, and
what is a fact. Needs no tree, so no depth is too deep; each character is looked at a bounded number of times.
"""

from __future__ import annotations

import html
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from index.read.characters import scrub
from index.read.lines import Piece, Role

_DECLARED = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})|<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([\w.:-]{2,40})",
    re.I,
)
_OPENING = re.compile(r"<(?=[a-zA-Z!?]|/[a-zA-Z])")
_TAG_NAME = re.compile(r"/?([a-zA-Z][a-zA-Z0-9:-]{0,30})")
_ATTRIBUTE = re.compile(r"([^\s=\"'<>/]{1,60})\s{0,4}=\s{0,4}(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_RAW = {
    name: re.compile(rf"</{name}[\s>/]", re.I)
    for name in ("script", "style", "textarea", "title", "noscript", "iframe")
}
_TAG_SIGN = re.compile("[\"'>]")
_AROUND = frozenset("nav footer aside button select svg template dialog menu".split())
_BLOCKS = frozenset(
    """
    p div section article main blockquote ul ol li dl dt dd table tr td th caption h1 h2 h3 h4 h5 h6 pre figure
    figcaption address hr body header footer nav aside form center fieldset details summary""".split()
)
_LONG_REFERENCE = re.compile(r"&#[0-9a-fA-FxX]{9,};?")
_SILENT = {
    0xAD: None,
    0x2060: None,
}  # where a word may be broken and may not: no part of it, and searched for by nobody

Part = tuple[Role, int, str]
"""Role, heading level, text."""


@dataclass(slots=True)
class Page:
    """What one pass over the mark-up found, without a tree."""

    parts: list[Part] = field(default_factory=list)
    meta: dict[str, str] = field(default_factory=dict)
    data: list[Any] = field(default_factory=list)  # JSON-LD
    linked_data: bool = False  # whether the script that is open is JSON-LD
    tags: int = 0
    prose: int = 0  # code points inside <p>

    def add(self, role: Role, level: int, text: list[str], prose: bool) -> None:
        """Takes the text gathered for a block, if there is any, and empties the list."""
        line = _unescape("".join(text))
        text.clear()
        if not line.isspace() and line:
            self.parts.append((role, level, line))
            self.prose += len(line) if prose else 0


def declared_charset(data: bytes) -> str | None:
    """The charset a page declares in its mark-up."""
    declared = _DECLARED.search(data[:4096])
    return (declared[1] or declared[2]).decode("ascii") if declared else None


def laid_out(parts: Iterable[Part]) -> tuple[str, list[Piece]]:
    """The text of a page, a line per block, and the pieces in it."""
    lines: list[str] = []
    pieces: list[Piece] = []
    at = 0
    for role, level, written in parts:
        line = scrub(" ".join(written.translate(_SILENT).split()))
        if line.strip("\ufeff"):
            pieces.append(Piece(at, at + len(line), role, level))
            lines.append(line)
            at += len(line) + 1
    return "\n".join(lines), pieces


def scan(source: str, around: frozenset[str] = _AROUND) -> Page:
    """The visible text of a page block by block, its meta data and JSON-LD. Needs no tree, so no depth is too deep."""
    page = Page()
    text: list[str] = []
    inside: Counter[str] = Counter()  # the open elements that stand around an article
    role: Role = "text"
    level = 0
    prose = False
    for written, tag, attributes in _tokens(source):
        if tag.startswith("="):
            _note(page, tag[1:], written)
            continue
        if not inside:
            text.append(written)
        name = tag.lstrip("/")
        if name in _BLOCKS or name == "br":
            page.add(role, level, text, prose)
        if name in around and not _is_closed(attributes):
            inside[name] += -1 if tag[0] == "/" else 1
            inside = +inside  # without those that are closed
        elif tag in ("article", "main"):
            inside.clear()  # whatever was left open before
        elif tag in ("meta", "link", "time", "script", "html"):
            _remember(page, tag, attributes)
        if name in _BLOCKS:
            prose = tag == "p"
            heads = len(tag) == 2 and tag[0] == "h" and tag[1].isdigit()
            role, level = ("heading", int(tag[1])) if heads else ("item" if tag == "li" else "text", 0)
        page.tags += 1
    page.add(role, level, text, prose)
    if not page.parts and around:
        return scan(source, frozenset())
    return page


def _tokens(source: str) -> Iterator[tuple[str, str, str]]:
    """(text, tag name with a slash where it closes, attributes), each character looked at a bounded number of times."""
    at, size = 0, len(source)
    while at < size:
        found = _OPENING.search(source, at)
        if found is None:
            yield source[at:], "", ""
            return
        opening = found.start()
        name = _TAG_NAME.match(source, opening + 1)
        if name:
            end = _tag_end(source, name.end())
            tag = ("/" if source[opening + 1] == "/" else "") + name[1].lower()
            yield source[at:opening], tag, source[name.end() : end]
        elif source.startswith("<!--", opening):
            end = source.find("-->", opening + 4)
            end = size if end < 0 else end + 2
            yield source[at:opening], "", ""
        else:
            end = source.find(">", opening)
            end = size if end < 0 else end
            yield source[at:opening], "", ""
        at = end + 1
        if name and tag in _RAW and not _is_closed(source[name.end() : end]):
            close = _RAW[tag].search(source, at)
            yield source[at : close.start()] if close else "", "=" + tag, ""
            at = close.start() if close else size


def _tag_end(source: str, at: int) -> int:
    """Where the ``>`` of a tag is; one inside quotation marks does not count, within 8,192 characters."""
    mark = ""
    for match in _TAG_SIGN.finditer(source, at, at + 8192):
        if match[0] == mark:
            mark = ""
        elif not mark and match[0] == ">":
            return match.start()
        elif not mark:
            mark = match[0]
    end = source.find(">", at)
    return end if end >= 0 else len(source)


def _is_closed(attributes: str) -> bool:
    """Whether a tag closes itself, as in XHTML every empty element may: ``<title/>``. Not where the slash ends an address
    without quotation marks, as in ``<script src=https://a.example/>``."""
    return attributes[-1:] == "/" and attributes[-2:-1] in ("", " ", "\t", "\r", "\n", '"', "'")


def _unescape(text: str) -> str:
    """Character references resolved; html.unescape would stumble over one of thousands of digits."""
    return html.unescape(_LONG_REFERENCE.sub("\ufffd", text)) if "&" in text else text


def _note(page: Page, tag: str, written: str) -> None:
    """The content of a <title>, and of a <script> that is JSON-LD."""
    if tag == "title":
        page.meta.setdefault("<title>", _unescape(written[:2000]))
    elif tag == "script" and page.linked_data:
        try:
            page.data.append(json.loads(written))
        except (ValueError, RecursionError):
            return  # damaged data: the page's text is what counts


def _remember(page: Page, tag: str, attributes: str) -> None:
    """The facts in a tag's attributes; the first of a kind counts."""
    found = {
        match[1].lower(): _unescape(match[2] or match[3] or match[4] or "")
        for match in _ATTRIBUTE.finditer(attributes[:8192])
    }
    if tag == "script":
        page.linked_data = "ld+json" in found.get("type", "").lower()
    elif tag == "html":
        page.meta.setdefault("<lang>", found.get("lang") or found.get("xml:lang") or "")
    elif tag == "time":
        said = f"{found.get('itemprop', '')} {found.get('class', '')}".lower()
        if "publish" in said:
            page.meta.setdefault("<published>", found.get("datetime", ""))
        elif "updated" in said or "modified" in said:
            page.meta.setdefault("<changed>", found.get("datetime", ""))
        page.meta.setdefault("<time>", found.get("datetime", ""))  # the first may be all there is
    elif tag == "link" and found.get("rel", "").lower() == "canonical":
        page.meta.setdefault("<canonical>", found.get("href", ""))
    elif tag == "meta":
        key = found.get("property") or found.get("name") or found.get("itemprop") or found.get("http-equiv") or ""
        if found.get("content", "").strip():
            page.meta.setdefault(key.lower(), found["content"])
