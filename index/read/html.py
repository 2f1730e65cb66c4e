"""A page of HTML: its article as lines of text, and what its mark-up states about it.

Owns tags, character references, meta data, JSON-LD, and the choice between the extractor's article and what one pass
over the page found. Refuses to fetch, to run or to resolve anything. Offsets are those of the text made here, a line
per block: what a line is good for is judged elsewhere.
"""

from __future__ import annotations

import html
import json
import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from typing import Any

from index.errors import ReadError
from index.read.article import Article
from index.read.blocks import byline, finish
from index.read.characters import WORD, decode, require_text, scrub
from index.read.dates import iso_date
from index.read.facts import Facts, shaped, tidy
from index.read.lines import CLOSERS, FINAL, Piece, Role

MAX_TREE_BYTES = 8 * 1024 * 1024  # a tree of HTML needs some 50 times its size; longer pages are read without one

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
# Characters: below this trafilatura has found no article, or a very small one. A page of no more has nothing around an
# article to be told from it, and is read without: the extractor takes 6 ms however short it is, 20,000 in an archive 2 min.
_SHORT_EXTRACT = 250
_BYLINE_WITHIN = 5  # lines under the headline: a standfirst, a caption, the time stand before it
_LONGEST_TREE_TEXT = 400_000  # code points: trafilatura's time grows with their square, 0.6 s here,
_MOST_TREE_TAGS = 30_000  # and with that of the tags; an article of 2025 has 3,000


@dataclass(slots=True)
class _Page:
    """What one pass over the mark-up found, without a tree."""

    parts: list[tuple[Role, int, str]] = field(default_factory=list)  # role, heading level, text
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


def read_html(data: bytes) -> Article:
    """The article of a page, a line per block, its blocks and its facts. Raises ReadError where there is none."""
    source = decode(data, declared_charset(data)).replace("\0", "\ufffd")
    require_text(source)
    page = _scan(source.lstrip("\ufeff"))  # the mark is of the file, not of the text made here
    facts = _stated(page)
    parts = _extract(source, page, len(data)) or page.parts
    text, pieces = laid_out(parts)
    if not WORD.search(text):
        raise ReadError(f"no article text found in {len(data):,} bytes of HTML")
    return finish(text, 0, pieces, facts)


def declared_charset(data: bytes) -> str | None:
    """The charset a page declares in its mark-up."""
    declared = _DECLARED.search(data[:4096])
    return (declared[1] or declared[2]).decode("ascii") if declared else None


def read_fragment(source: str, facts: Facts) -> Article:
    """All blocks of a piece of HTML that holds one article and nothing else, as a feed or a message has it.

    ``facts`` go before what the text says. Raises ReadError where there is no text.
    """
    text, pieces = laid_out(_scan(source).parts)
    if not WORD.search(text):
        raise ReadError(f"no text in {len(source):,} characters of HTML")
    return finish(text, 0, pieces, facts)


def laid_out(parts: Iterable[tuple[Role, int, str]]) -> tuple[str, list[Piece]]:
    """The text of a page, a line per block, and the pieces in it."""
    lines: list[str] = []
    pieces: list[Piece] = []
    at = 0
    for role, level, written in parts:
        line = scrub(" ".join(written.split()))
        if line.strip("\ufeff"):
            pieces.append(Piece(at, at + len(line), role, level))
            lines.append(line)
            at += len(line) + 1
    return "\n".join(lines), pieces


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
        if name and tag in _RAW:
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


def _scan(source: str, around: frozenset[str] = _AROUND) -> _Page:
    """The visible text of a page block by block, its meta data and JSON-LD. Needs no tree, so no depth is too deep."""
    page = _Page()
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
        if name in around:
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
        return _scan(source, frozenset())
    return page


def _unescape(text: str) -> str:
    """Character references resolved; html.unescape would stumble over one of thousands of digits."""
    return html.unescape(_LONG_REFERENCE.sub("\ufffd", text)) if "&" in text else text


def _note(page: _Page, tag: str, written: str) -> None:
    """The content of a <title>, and of a <script> that is JSON-LD."""
    if tag == "title":
        page.meta.setdefault("<title>", _unescape(written[:2000]))
    elif tag == "script" and page.linked_data:
        try:
            page.data.append(json.loads(written))
        except (ValueError, RecursionError):
            return  # damaged data: the page's text is what counts


def _remember(page: _Page, tag: str, attributes: str) -> None:
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


_META = {
    "title": "og:title twitter:title dc.title headline parsely-title",
    "date": """article:published_time og:published_time datepublished date parsely-pub-date sailthru.date dc.date.issued
        dc.date dcterms.created pubdate publishdate publish-date publication_date article.published
        <published> <time>""",
    "source": "og:site_name application-name dc.publisher publisher copyright",
    "author": "author article:author parsely-author sailthru.author dc.creator byl twitter:creator",
    "url": "<canonical> og:url twitter:url parsely-link",
    "modified": """article:modified_time og:updated_time datemodified dcterms.modified dc.date.modified lastmod
        article.updated <changed>""",
    "language": "inlanguage <lang> dc.language dcterms.language og:locale content-language",
}


def _stated(page: _Page) -> Facts:
    """What the page says about itself: JSON-LD first (it has the time), then meta tags, the first H1 and <title>."""
    linked = next((Facts(**facts) for item in _linked(page.data) if (facts := _article_facts(item))), Facts())
    named = {fact: [page.meta.get(key, "") for key in keys.split()] for fact, keys in _META.items()}
    named["author"] = [re.sub(r"^[Bb]y\s+", "", name) for name in named["author"] if not name.startswith(("http", "@"))]
    named["url"] = [url for url in named["url"] if url.startswith(("http://", "https://"))]
    headline = next((line for role, level, line in page.parts if role == "heading" and level == 1), None)
    meta = Facts(**{fact: next(filter(None, values), None) for fact, values in named.items()})
    merged = linked.then(meta).then(Facts(title=headline or page.meta.get("<title>"), author=_signed(page.parts)))
    dates = [iso_date(date) for date in (linked.date, *named["date"])]
    best = next((date for date in dates if date and len(date) > 10), next(filter(None, dates), None))
    changed = next(filter(None, map(iso_date, (linked.modified, *named["modified"]))), None)
    told = {f.name: tidy(getattr(merged, f.name)) for f in fields(merged)}
    return shaped(**told | {"date": best, "modified": changed})


def _signed(parts: list[tuple[Role, int, str]]) -> str | None:
    """The by-line under the headline: the extractor takes it for furniture, which it is, but for the name."""
    heads = [number for number, (role, level, _) in enumerate(parts) if role == "heading" and level == 1]
    below = parts[heads[0] + 1 : heads[0] + 1 + _BYLINE_WITHIN] if heads else []
    return next(filter(None, (byline(" ".join(line.split())) for _, _, line in below)), None)


def _linked(data: list[Any]) -> Iterator[dict[str, Any]]:
    """Every object in JSON-LD, outermost first, at most 2,000."""
    queue = deque(data)
    for _ in range(2000):
        if not queue:
            return
        item = queue.popleft()
        if isinstance(item, dict):
            yield item
            queue.extend(item.values())
        elif isinstance(item, list):
            queue.extend(item)


def _article_facts(item: dict[str, Any]) -> dict[str, str | None] | None:
    """The facts of one JSON-LD object; None where it is no article."""
    types = item.get("@type")
    names = [types] if isinstance(types, str) else types if isinstance(types, list) else []
    if not any(isinstance(name, str) and name.endswith(("Article", "BlogPosting", "Report")) for name in names):
        return None
    url = item.get("url") or item.get("mainEntityOfPage")
    return {
        "title": _named(item.get("headline") or item.get("name")),
        "date": _named(item.get("datePublished") or item.get("dateCreated")),
        "source": _named(item.get("publisher")),
        "author": _named(item.get("author")),
        "url": _named(url, "@id") if _named(url, "@id", "url").startswith("http") else None,
        "place": None,
        "modified": _named(item.get("dateModified")),
        "language": _named(item.get("inLanguage"), "alternateName"),
    }


def _named(value: object, *keys: str) -> str:
    """A string, the name of an object, or the names in a list of these; empty where there is none."""
    if isinstance(value, list):
        return ", ".join(
            filter(None, dict.fromkeys(_named(item, *keys) for item in value[:20] if not isinstance(item, list)))
        )
    if isinstance(value, dict):
        value = next((value[key] for key in (*keys, "name") if isinstance(value.get(key), str)), "")
    return value if isinstance(value, str) else ""


def _extract(source: str, page: _Page, size: int) -> list[tuple[Role, int, str]]:
    """The article of a page by trafilatura; nothing where it finds none, gives up, or the page is too much for it."""
    characters = sum(len(line) for _, _, line in page.parts)
    if size > MAX_TREE_BYTES or not _SHORT_EXTRACT <= characters <= _LONGEST_TREE_TEXT or page.tags > _MOST_TREE_TAGS:
        return []
    try:
        body = _article_tree(source)
        parts = list(_flatten(body)) if body is not None else []
    except Exception:  # of any kind: the parser and the extractor run on whatever the web has brought forth
        return []
    found = sum(len(line) for _, _, line in parts)
    return [] if found < _SHORT_EXTRACT and page.prose > 3 * found else parts


def _article_tree(source: str) -> Any:  # noqa: ANN401  # lxml is untyped
    """The article as a tree of trafilatura's few tags; None where the page is too deep for libxml2, or has none."""
    import logging

    import lxml.etree
    import lxml.html
    import trafilatura

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # it reports what is reported here in another way
    parser = lxml.html.HTMLParser(no_network=True, encoding="utf-8", remove_comments=True, remove_pis=True)
    tree = lxml.html.document_fromstring(source.encode("utf-8"), parser=parser)
    if any(entry.level == lxml.etree.ErrorLevels.FATAL for entry in parser.error_log):
        return None  # text was dropped: past 255 nested elements libxml2 stops, and says so only here
    for quotation in [e for e in tree.iter("blockquote") if next(e.iterancestors("td"), None) is not None]:
        quotation.tag = "div"  # in a table that lays out a page the extractor would drop it
    found = trafilatura.bare_extraction(tree, with_metadata=False, include_comments=False, favor_recall=True)
    return found.body if found is not None else None


_TREE_BLOCKS = frozenset("head p item quote row code fw ab div list table main body graphic".split())


def _flatten(body: Any) -> Iterator[tuple[Role, int, str]]:  # noqa: ANN401
    """The blocks of trafilatura's tree, in order."""
    import lxml.etree

    text: list[str] = []
    role: Role = "text"
    level = 0
    for event, element in lxml.etree.iterwalk(body, events=("start", "end")):
        tag = element.tag if isinstance(element.tag, str) else ""
        if tag in _TREE_BLOCKS or (
            tag == "lb" and event == "start" and "".join(text[-2:]).rstrip(CLOSERS)[-1:] in tuple(FINAL)
        ):
            yield role, level, "".join(text)
            text.clear()
        if tag in _TREE_BLOCKS:
            rend = element.get("rend") or ""
            heads = event == "start" and tag == "head"
            role = "heading" if heads else "item" if event == "start" and tag == "item" else "text"
            level = int(rend[1]) if heads and rend[1:2].isdigit() else 0
        text.append((element.text if event == "start" else element.tail) or "")
        if tag in ("lb", "cell"):
            text.append(" ")
    yield role, level, "".join(text)
