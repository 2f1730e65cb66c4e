"""A page of HTML: its article as lines of text, and what its mark-up states about it.

Owns what of the extractor's two passes, of the standfirst it drops and of one pass over the mark-up becomes the article.
Refuses to fetch, to run or to resolve anything. Offsets are those of the text made here, a line per block: what a line is
good for is judged elsewhere.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from index.errors import ReadError
from index.read.article import Article
from index.read.blocks import finish
from index.read.characters import WORD, decode, letters, require_text
from index.read.dates import iso_date
from index.read.facts import Facts
from index.read.lines import CLOSERS, FINAL, Role
from index.read.page import Page, Part, declared_charset, laid_out, scan
from index.read.stated import stated

MAX_TREE_BYTES = 8 * 1024 * 1024  # a tree of HTML needs some 50 times its size; longer pages are read without one

# Characters: below this trafilatura has found no article, or a very small one. A page of no more has nothing around an
# article to be told from it, and is read without: the extractor takes 6 ms however short it is, 20,000 in an archive 2 min.
_SHORT_EXTRACT = 250
_SENTENCE = 40  # code points: a shorter line is rather a menu's, a headline's or a caption's
_SAME = 60  # letters that two texts start with when they are one: half of them are a sentence already
_LAST_DAY = "2100-01-01"  # htmldate's is today: what is read may not depend on the clock
_LONGEST_TREE_TEXT = 400_000  # code points: trafilatura's time grows with their square, 0.6 s here,
_MOST_TREE_TAGS = 30_000  # and with that of the tags; an article of 2025 has 3,000


def read_html(data: bytes) -> Article:
    """The article of a page, a line per block, its blocks and its facts. Raises ReadError where there is none."""
    source = decode(data, declared_charset(data)).replace("\0", "\ufffd")
    require_text(source)
    page = scan(source.lstrip("\ufeff"))  # the mark is of the file, not of the text made here
    facts = stated(page)
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


def read_fragment(source: str, facts: Facts) -> Article:
    """All blocks of a piece of HTML that holds one article and nothing else, as a feed or a message has it.

    ``facts`` go before what the text says. Raises ReadError where there is no text.
    """
    text, pieces = laid_out(scan(source).parts)
    if not WORD.search(text):
        raise ReadError(f"no text in {len(source):,} characters of HTML")
    return finish(text, 0, pieces, facts)


def _extract(source: str, page: Page, size: int) -> list[Part]:
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


def _with_standfirst(parts: list[Part], page: Page) -> list[Part]:
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
