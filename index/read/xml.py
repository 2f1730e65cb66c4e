"""XML that news agencies write, NITF and NewsML-G2, and the SGML of Reuters-21578; an article an item.

Owns which element is the headline, the text, the dateline. Refuses entities, document types from elsewhere, the
network, and trees without end: the parser has all of that off, and a file that declares an entity is not read.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

from index.errors import ReadError
from index.read.article import Article, Parts
from index.read.blocks import finish
from index.read.bodies import read_body
from index.read.characters import WORD, decode, scrub
from index.read.facts import Facts, shaped
from index.read.lines import Role
from index.read.page import Part, laid_out

_PROLOGUE = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:\s+|<\?.{0,2000}?\?>|<!--.{0,20000}?-->|<!DOCTYPE[^\[\]<>]{0,500}(?:\[[^\]]{0,5000}\]\s*)?>)*",
    re.S,
)
_ROOT = re.compile(rb"<(?:[A-Za-z_][\w.-]{0,30}:)?([A-Za-z_][\w.-]{0,60})[\s/>]")
# A reference to half a pair of surrogates: libxml2 salvages it, and lxml fails where it comes to it.
_HALF = re.compile(
    r"&#(?:x0*d[89a-f][0-9a-f]{2}|0*(?:5529[6-9]|55[3-9]\d\d|56\d{3}|57[0-2]\d\d|573[0-3]\d|5734[0-3]));", re.I
)
_ENTITY = re.compile(rb"<!ENTITY|<\0!\0E\0N\0T\0I\0T\0Y|\0<\0!\0E\0N\0T\0I\0T\0Y", re.I)


def root_of(data: bytes) -> str:
    """The name of a file's first element, in small letters and without its prefix; empty where it has none.

    The bytes are not parsed: comments, declarations and a document type before it are passed over.
    """
    head = data[: 1 << 16]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = decode(head[: len(head) // 2 * 2]).encode("utf-8", "replace")
    prologue = _PROLOGUE.match(head)
    match = _ROOT.match(head, prologue.end() if prologue else 0)
    return match[1].decode("ascii").lower() if match else ""


def refuse_entities(data: bytes) -> None:
    """Raises ReadError where a document declares entities: a few lines of them expand to gigabytes."""
    if _ENTITY.search(data):
        raise ReadError("declares XML entities, which are not read")


def parsed(data: bytes) -> Any:  # noqa: ANN401  # lxml is untyped
    """The root of a document of strangers: no entity is resolved, nothing is fetched, and no tree is without end. Raises
    ValueError where it is not well formed."""
    return _parsed(data)


def salvaged(text: str) -> Any:  # noqa: ANN401
    """`parsed` as far as it goes, whatever encoding the text declares; None where that is nowhere. Raises ValueError."""
    return _parsed(_HALF.sub("\ufffd", text).encode(), recover=True, encoding="utf-8")


def _parsed(data: bytes, **how: object) -> Any:  # noqa: ANN401
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, **how)
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(" ".join(str(error).split())) from None


def looks_like_news(data: bytes) -> bool:
    """Whether the first element is one of NITF or NewsML-G2."""
    return root_of(data) in ("nitf", "newsitem", "newsmessage", "packageitem")


def looks_like_reuters(data: bytes) -> bool:
    """Whether a file is one of the collection Reuters-21578."""
    return re.match(rb"\s*(?:<!DOCTYPE lewis[^>]{0,100}>\s*)?<REUTERS\s", data[:1000]) is not None


# ------------------------------------------------------------------------------------------------------------------ XML


def read_news(data: bytes, parts: Parts) -> Iterator[Article]:
    """The items of a NITF or NewsML-G2 file; "item 2" is the second, a single one is the file itself."""
    refuse_entities(data)
    try:
        root = parsed(data)
    except ValueError as error:
        raise ReadError(f"not XML that can be read ({str(error)[:200]})") from None
    items = [root] if _tag(root) == "nitf" else [e for e in root.iter() if _tag(e) == "newsItem"]
    if not items:
        raise ReadError("no news item in it")
    for number, item in enumerate(items, 1):
        name = f"item {number}" if len(items) > 1 else ""
        try:
            article = _nitf(item) if _tag(item) == "nitf" else _news_item(item)
            yield Article(article.text, article.blocks, article.facts, name)
        except ReadError as error:
            if not name:
                raise
            parts.skip(name, error.message)


def _tag(element: Any) -> str:  # noqa: ANN401  # lxml is untyped
    """The name of an element without its namespace; empty for a comment, an entity, an instruction."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def elements(element: Any, *names: str) -> list[Any]:  # noqa: ANN401
    """Those of these names at and below an element, whatever their namespace, in order."""
    return [found for found in element.iter() if _tag(found) in names]


def _words(element: Any) -> str:  # noqa: ANN401
    """The text in an element, a character reference that no document type explains as HTML has it."""
    pieces: list[str] = []
    for part in element.iter():
        if isinstance(part.tag, str):
            pieces.append(part.text or "")
        elif (part.text or "").startswith("&"):
            pieces.append(html.unescape(part.text))
        if part is not element:
            pieces.append(part.tail or "")
    return " ".join("".join(pieces).split())


def _first(element: Any, *names: str) -> str:  # noqa: ANN401
    """The text of the first element of one of these names that has any, the names in order."""
    return next((text for name in names for found in elements(element, name) if (text := _words(found))), "")


def _attribute(element: Any, name: str, attribute: str) -> str:  # noqa: ANN401
    return next((found.get(attribute) for found in elements(element, name) if found.get(attribute)), "")


_LINES = {"hl1": "heading", "hl2": "heading", "h1": "heading", "h2": "heading", "h3": "heading", "h4": "heading"}
_LINES |= {"p": "text", "li": "item", "dd": "text", "dt": "text", "pre": "text", "bq": "text", "blockquote": "text"}
_APART = frozenset("media table tagline caption figure aside nav script style".split())


def _nitf(item: Any) -> Article:  # noqa: ANN401
    """An item of NITF 3: the paragraphs of body.content, the facts of head and body.head."""
    content = next(iter(elements(item, "body.content")), None)
    head = next(iter(elements(item, "body.head")), item)
    byline, dateline = (next(iter(elements(head, tag)), None) for tag in ("byline", "dateline"))
    author = "" if byline is None else _first(byline, "person") or _words(byline)
    facts = shaped(
        title=_first(head, "hl1", "headline") or _first(item, "title"),
        date=_attribute(item, "date.issue", "norm")
        or _attribute(item, "story.date", "norm")
        or _attribute(item, "pubdata", "date.publication")
        or _first(head, "story.date"),
        source=_attribute(item, "pubdata", "name")
        or _first(head, "distributor", "org")
        or _attribute(item, "doc.copyright", "holder"),
        author=re.sub(r"^by\s+", "", author, flags=re.I),
        place=_first(dateline, "location") if dateline is not None else "",
        url=_attribute(item, "pubdata", "ex-ref"),
        modified=max((found.get("norm") or "" for found in elements(item, "revision-history")), default=""),
        language=_spoken(item) or _spoken(next(iter(elements(item, "body")), item)),
    )
    return _article(content, facts)


def _spoken(element: Any) -> str:  # noqa: ANN401
    return str(element.get("{http://www.w3.org/XML/1998/namespace}lang") or "")


def _news_item(item: Any) -> Article:  # noqa: ANN401
    """An item of NewsML-G2: what its contentSet holds, as NITF, XHTML or plain text."""
    meta = next(iter(elements(item, "contentMeta")), item)
    by = next(iter(elements(meta, "by")), None)
    creators = [_first(found, "name") or found.get("literal") or "" for found in elements(meta, "creator")]
    located = next(iter(elements(meta, "located")), None)
    provider = next(iter(elements(item, "provider")), None)
    created = _first(meta, "contentCreated") or _first(item, "firstCreated")
    changed = item.get("version", "1") != "1"
    facts = shaped(
        title=_first(meta, "headline") or _first(item, "title"),
        date=created,
        modified=_first(meta, "contentModified") or (_first(item, "versionCreated") if changed or not created else ""),
        language=_attribute(meta, "language", "tag") or _spoken(item),
        author=re.sub(r"^by\s+", "", _words(by), flags=re.I) if by is not None else ", ".join(filter(None, creators)),
        source=_first(meta, "creditline")
        or ("" if provider is None else _first(provider, "name") or provider.get("literal") or ""),
        place="" if located is None else _first(located, "name") or located.get("literal") or "",
    )
    content = next(iter(elements(item, "contentSet")), None)
    if content is None:
        raise ReadError("a news item without text")
    nitf = next(iter(elements(content, "nitf")), None)
    if nitf is not None:
        inner = _nitf(nitf)
        return Article(inner.text, inner.blocks, facts.then(inner.facts))
    plain = elements(content, "inlineData")
    if plain and not elements(content, "p"):
        return read_body("\n\n".join(filter(None, ("".join(found.itertext()) for found in plain))), facts)
    return _article(next(iter(elements(content, "body")), content), facts)


def _article(content: Any, facts: Facts) -> Article:  # noqa: ANN401
    """The lines of an element: its paragraphs and headings, or all of its text where it has neither."""
    if content is None:
        raise ReadError("a news item without text")
    parts: list[Part] = list(_lines(content))
    if not parts:
        parts = [("text", 0, _words(content))]
    text, pieces = laid_out(parts)
    if not WORD.search(text):
        raise ReadError("a news item without text")
    return finish(text, 0, pieces, facts)


def _lines(content: Any) -> Iterator[Part]:  # noqa: ANN401
    """The outermost elements that are a line each; what stands beside the text (pictures, tables) is left out."""
    waiting = list(content)[::-1]
    while waiting:
        element = waiting.pop()
        tag = _tag(element)
        if tag in _LINES and not any(_tag(inner) in _LINES for inner in element.iterdescendants()):
            role: Role = "heading" if _LINES[tag] == "heading" else "item" if _LINES[tag] == "item" else "text"
            yield role, 2 if role == "heading" else 0, scrub(_words(element))
        elif tag not in _APART:
            waiting += list(element)[::-1]


# ----------------------------------------------------------------------------------------------------------------- SGML

_FIELDS = "DATE TITLE AUTHOR DATELINE BODY TEXT".split()
_TAG = re.compile(r"<[A-Z/][^<>]{0,100}>")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


def read_reuters(data: bytes, parts: Parts) -> Iterator[Article]:
    """The stories of a file of Reuters-21578: "story 17" has that number (NEWID) in the collection."""
    source = decode(data)
    opening = source.find("<REUTERS")
    if opening < 0:
        raise ReadError("no story in it")
    for count, story in enumerate(source[opening:].split("<REUTERS")[1:], 1):
        number = re.search(r'NEWID="(\d{1,9})"', story[:500])
        name = f"story {number[1] if number else count}"
        field = {tag: _between(story, tag) for tag in _FIELDS}
        place = re.match(r"\s*([^,\n]{2,60}),", field["DATELINE"])
        facts = shaped(
            title=field["TITLE"],
            date=field["DATE"],
            source="Reuters",
            author=re.sub(r"^\s*by\s+|,\s*Reuters\s*$", "", field["AUTHOR"], flags=re.I),
            place=place[1] if place else "",
        )
        try:
            yield read_body(field["BODY"] or _TAG.sub("", field["TEXT"]), facts, name, html=False)
        except ReadError as error:
            parts.skip(name, error.message)


def _between(source: str, tag: str) -> str:
    """What stands in the first element of this name, its references resolved; empty where it does not end."""
    opening = re.search(rf"<{tag}\b[^>]{{0,100}}>", source)
    end = source.find(f"</{tag}>", opening.end()) if opening else -1
    return _CONTROL.sub("", html.unescape(source[opening.end() : end])) if opening and end >= 0 else ""
