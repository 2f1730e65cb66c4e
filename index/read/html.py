"""A page of HTML: its article as lines of text, and what its mark-up states about it.

Owns tags, character references, meta data, JSON-LD, and what of the extractor's two passes, of the standfirst it drops
and of one pass over the mark-up becomes the article. Refuses to fetch, to run or to resolve anything. Offsets are those
of the text made here, a line per block: what a line is good for is judged elsewhere.
"""

from __future__ import annotations

import html
import json
import logging
import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields, replace
from typing import Any

from index.errors import ReadError
from index.read.article import Article
from index.read.blocks import byline, finish
from index.read.characters import WORD, decode, letters, require_text, scrub
from index.read.dates import AGENCIES, iso_date
from index.read.facts import Facts, host, shaped, tidy
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
_SILENT = {
    0xAD: None,
    0x2060: None,
}  # where a word may be broken and may not: no part of it, and searched for by nobody
_BYLINE_WITHIN = 5  # lines under the headline: a standfirst, a caption, the time stand before it
_SENTENCE = 40  # code points: a shorter line is rather a menu's, a headline's or a caption's
_SAME = 60  # letters that two texts start with when they are one: half of them are a sentence already
_LAST_DAY = "2100-01-01"  # htmldate's is today: what is read may not depend on the clock
_LONGEST_TREE_TEXT = 400_000  # code points: trafilatura's time grows with their square, 0.6 s here,
_MOST_TREE_TAGS = 30_000  # and with that of the tags; an article of 2025 has 3,000


Part = tuple[Role, int, str]
"""Role, heading level, text."""


@dataclass(slots=True)
class _Page:
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


def read_html(data: bytes) -> Article:
    """The article of a page, a line per block, its blocks and its facts. Raises ReadError where there is none."""
    source = decode(data, declared_charset(data)).replace("\0", "\ufffd")
    require_text(source)
    page = _scan(source.lstrip("\ufeff"))  # the mark is of the file, not of the text made here
    facts = _stated(page)
    parts = _extract(source, page, len(data))
    text, pieces = laid_out(_with_standfirst(parts, page) if parts else page.parts)
    if not WORD.search(text):
        raise ReadError(f"no article text found in {len(data):,} bytes of HTML")
    article = finish(text, 0, pieces, facts)
    if article.facts.date is None:
        day, timed = _seen_day(source, facts.url) if parts else None, iso_date(page.meta.get("<time>"))
        seen = timed if not day or (timed and timed.startswith(day)) else day
        return replace(article, facts=replace(article.facts, date=seen))
    return article


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
        dc.date dcterms.created pubdate publishdate publish-date publication_date article.published pub_date publish_date
        og:article:published_time <published>""",
    "source": "og:site_name application-name dc.publisher publisher copyright",
    "author": "author article:author parsely-author sailthru.author dc.creator byl byline search.byline twitter:creator",
    "url": "<canonical> og:url twitter:url parsely-link",
    "modified": """article:modified_time og:updated_time datemodified dcterms.modified dc.date.modified lastmod
        article.updated <changed>""",
    "language": "inlanguage <lang> dc.language dcterms.language og:locale content-language",
}


def _stated(page: _Page) -> Facts:
    """What the page says about itself: JSON-LD first (it has the time), then meta tags, then the headline and by-line."""
    linked = next((Facts(**facts) for item in _linked(page.data) if (facts := _article_facts(item))), Facts())
    named = {fact: [page.meta.get(key, "") for key in keys.split()] for fact, keys in _META.items()}
    named["url"] = [url for url in named["url"] if url.startswith(("http://", "https://"))]
    meta = Facts(**{fact: next(filter(None, values), None) for fact, values in named.items()})
    headlines = [line for role, level, line in page.parts if role == "heading" and level == 1]
    merged = linked.then(meta).then(Facts(title=next(iter(headlines), page.meta.get("<title>"))))
    title = _headline(headlines, page.meta.get("<title>", ""), meta.title or "") or merged.title
    signed = _signed(page.parts, title or "")
    author = next(filter(None, (_person(name, merged) for name in (linked.author, *named["author"], signed))), None)
    dates = [iso_date(date) for date in (linked.date, *named["date"])]
    best = next((date for date in dates if date and len(date) > 10), next(filter(None, dates), None))
    changed = next(filter(None, map(iso_date, (linked.modified, *named["modified"]))), None)
    told = {f.name: getattr(merged, f.name) for f in fields(merged)} | {"title": title, "author": author}
    return shaped(**{fact: tidy(value) for fact, value in told.items()} | {"date": best, "modified": changed})


def _headline(headlines: list[str], *titles: str) -> str | None:
    """The headline that a title of the page is made of, the outlet's name or a section's before or behind it."""
    for line in headlines:
        shown = letters(line)
        for title in map(letters, titles):
            if len(title) < 2 * len(shown) and (title.startswith(shown) or title.endswith(shown)):
                return line
    return None


def _person(name: str | None, facts: Facts) -> str | None:
    """An author as a page names him, without the agency or outlet behind the name; None where it names nothing else."""
    name = re.sub(r"^[Bb]y\s+", "", " ".join((name or "").split()))
    before, _, last = name.rpartition(", ")
    outlets = {letters(outlet) for outlet in (facts.source, host(facts.url)) if outlet}
    if before and (last.casefold() in AGENCIES or letters(last) in outlets):
        name = before
    return None if name.startswith(("http", "@")) or letters(name) in outlets else name


def _signed(parts: list[Part], title: str) -> str | None:
    """The by-line under a headline: the extractor takes it for furniture, which it is, but for the name."""
    for number, (role, level, line) in enumerate(parts):
        if role == "heading" and (level == 1 or letters(line) == letters(title)):
            below = (" ".join(line.split()) for _, _, line in parts[number + 1 : number + 1 + _BYLINE_WITHIN])
            if found := next(filter(None, map(byline, below)), None):
                return found
    return None


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


def _extract(source: str, page: _Page, size: int) -> list[Part]:
    """The article of a page by trafilatura; nothing where it finds none, gives up, or the page is too much for it.

    Raises ReadError where trafilatura is not installed: without it menus and teasers would pass for the article.
    """
    characters = sum(len(line) for _, _, line in page.parts)
    if size > MAX_TREE_BYTES or not _SHORT_EXTRACT <= characters <= _LONGEST_TREE_TEXT or page.tags > _MOST_TREE_TAGS:
        return []
    try:
        parts = _within(_article(source, generous=True), _article(source, generous=False))
    except ReadError:
        raise
    except Exception:  # of any kind: the parser and the extractor run on whatever the web has brought forth
        return []
    found = sum(len(line) for _, _, line in parts)
    return [] if found < _SHORT_EXTRACT and page.prose > 3 * found else parts


def _within(generous: list[Part], careful: list[Part]) -> list[Part]:
    """What the generous pass found from the first to the last sentence that the careful one found too.

    What it alone has there is the article's; before and behind stand teasers, menus and comments. Where the two share
    hardly a part, the generous one has seen more.
    """
    sure = set(careful)
    shared = [part in sure for part in generous]
    lengths = [len(line) for _, _, line in generous]
    at = [number for number, length in enumerate(lengths) if shared[number] and length >= _SENTENCE]
    if not at or 2 * sum(length for length, both in zip(lengths, shared, strict=True) if both) < sum(lengths):
        return generous or careful
    first, last = at[0], at[-1]
    while first and shared[first - 1]:  # a headline, a short answer
        first -= 1
    while last + 1 < len(generous) and shared[last + 1]:
        last += 1
    return generous[first : last + 1]


def _article(source: str, *, generous: bool) -> list[Part]:
    """The parts that trafilatura takes for the article, by its pass that misses little or by the one that lets little in.

    The latter without its fallbacks: so a page is read in 1.8 times the time one pass takes, not 2.3, and no worse.
    """
    try:
        import trafilatura
    except ImportError as error:
        raise ReadError(
            f"reading HTML lacks a library ({error}); type: pip install trafilatura lxml_html_clean"
        ) from error

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # it reports what is reported here in another way
    if (tree := _tree(source)) is None:
        return []
    found = trafilatura.bare_extraction(
        tree, with_metadata=False, include_comments=False, favor_recall=generous, fast=not generous
    )
    return [part for part in _flatten(found.body) if part[2].strip()] if found else []


def _tree(source: str) -> Any:  # noqa: ANN401  # lxml is untyped
    """The page as lxml has it; None where it is too deep for libxml2."""
    import lxml.etree
    import lxml.html

    parser = lxml.html.HTMLParser(no_network=True, encoding="utf-8", remove_comments=True, remove_pis=True)
    tree = lxml.html.document_fromstring(source.encode("utf-8"), parser=parser)
    if any(entry.level == lxml.etree.ErrorLevels.FATAL for entry in parser.error_log):
        return None  # text was dropped: past 255 nested elements libxml2 stops, and says so only here
    for quotation in [e for e in tree.iter("blockquote") if next(e.iterancestors("td"), None) is not None]:
        quotation.tag = "div"  # in a table that lays out a page the extractor would drop it
    return tree


def _with_standfirst(parts: list[Part], page: _Page) -> list[Part]:
    """The article with the lines under its headline that sum it up; the extractor takes them for furniture.

    They are told from captions and teasers by the page's description of itself, which is the same words.
    """
    keys = ("og:description", "description", "twitter:description")
    told = {words for key in keys if len(words := letters(page.meta.get(key, "")[:120])[:_SAME]) > _SAME // 2}
    for _, level, line in page.parts if told else ():
        start = letters(line[:120])[:_SAME] if level != 1 and len(line) > _SAME // 2 else ""
        if len(start) > _SAME // 2 and any(start[: len(words)] == words[: len(start)] for words in told):
            if any(start in letters(line[:300]) for _, _, line in parts):
                break
            after = 1 if parts[0][0] == "heading" else 0
            return [*parts[:after], ("text", 0, line), *parts[after:]]
    return parts


def _seen_day(source: str, url: str | None) -> str | None:
    """The day a page shows without stating it for machines, by htmldate: near the headline, in its address; or None.

    Only its sure ways: the thorough ones take any day in the text.
    """
    import htmldate

    logging.getLogger("htmldate").setLevel(logging.CRITICAL)
    try:
        return iso_date(
            htmldate.find_date(_tree(source), url=url, original_date=True, extensive_search=False, max_date=_LAST_DAY)
        )
    except Exception:  # of any kind, as above
        return None


_TREE_BLOCKS = frozenset("head p item quote row code fw ab div list table main body graphic".split())


def _flatten(body: Any) -> Iterator[Part]:  # noqa: ANN401
    """The blocks of trafilatura's tree, in order."""
    import lxml.etree

    text: list[str] = []
    role: Role = "text"
    level = 0
    for event, element in lxml.etree.iterwalk(body, events=("start", "end")):
        tag = element.tag if isinstance(element.tag, str) else ""
        block = tag in _TREE_BLOCKS and not _within_a_line(element)
        if block or (tag == "lb" and event == "start" and "".join(text[-2:]).rstrip(CLOSERS)[-1:] in tuple(FINAL)):
            yield role, level, "".join(text)
            text.clear()
        if block:
            rend = element.get("rend") or ""
            heads = event == "start" and tag == "head"
            role = "heading" if heads else "item" if event == "start" and tag == "item" else "text"
            level = int(rend[1]) if heads and rend[1:2].isdigit() else 0
        text.append((element.text if event == "start" else element.tail) or "")
        if tag in ("lb", "cell"):
            text.append(" ")
    yield role, level, "".join(text)


def _within_a_line(element: Any) -> bool:  # noqa: ANN401
    """Whether it is a word set as code in a sentence, not a listing."""
    above = element.getparent()
    return (
        element.tag == "code"
        and above is not None
        and above.tag in ("p", "item", "cell", "quote")
        and ("\n" not in (element.text or "").strip())
    )
