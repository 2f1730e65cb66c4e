"""Feeds: RSS, Atom and RDF, an article an entry.

Owns which field of an entry is its text, and the facts of entry and feed. Refuses to fetch: what a feed links to is an
address, never opened. An entry is named by its place: "entry 3" is the third. One that has a title and no text is read
as its title: the headline is all the feed says.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from index.errors import ReadError
from index.read.article import Article, Parts
from index.read.bodies import read_body
from index.read.facts import shaped
from index.read.xml import refuse_entities, root_of

_FEEDS = frozenset("rss feed rdf channel".split())


def looks_like_feed(data: bytes) -> bool:
    """Whether the first element is that of a feed."""
    return root_of(data) in _FEEDS


def read_feed(data: bytes, parts: Parts) -> Iterator[Article]:
    """The entries of a feed. Raises ReadError where it has none."""
    import feedparser

    refuse_entities(data)
    try:
        feed: Any = feedparser.parse(io.BytesIO(data), response_headers={"content-type": "application/xml"})
    except Exception as error:  # of any kind: feedparser gives up on some damaged feeds in its own ways
        raise ReadError(f"not a feed that can be read ({type(error).__name__})") from None
    if not feed.entries:
        damage = feed.get("bozo_exception")
        raise ReadError(f"a feed without entries{f' ({type(damage).__name__})' if damage else ''}")
    outlet, spoken = _plain(feed.feed.get("title")), feed.feed.get("language") or ""
    for number, entry in enumerate(feed.entries, 1):
        try:
            yield _article(entry, outlet, spoken, f"entry {number}")
        except ReadError as error:
            parts.skip(f"entry {number}", error.message)


def _article(entry: Any, outlet: str, spoken: str, name: str) -> Article:  # noqa: ANN401  # feedparser is untyped
    """``spoken`` is the language of the feed; in Atom an entry's own goes before it."""
    contents = entry.get("content", ())
    text = max((content.get("value") or "" for content in contents), key=len, default="")
    if len(text) < len(entry.get("summary") or ""):
        text = entry["summary"]
    title = _plain(entry.get("title"))
    source = entry.get("source") or {}
    facts = shaped(
        title=title,
        date=entry.get("published") or "",
        modified=entry["updated"] if "updated" in entry else "",  # noqa: SIM401 - `get` may give that of publication
        language=next((content["language"] for content in contents if content.get("language")), spoken),
        author=entry.get("author") or "",
        source=_plain(source.get("title")) or outlet,
        url=link if (link := entry.get("link") or "").startswith(("http://", "https://")) else "",
    )
    if re.search(r"[^\W_]", re.sub(r"<[^<>]{0,500}>", "", text)):
        return read_body(text, facts, name)
    found = read_body(title, replace(facts, title=None), name, html=False)  # else it would be a heading, and no answer
    return replace(found, facts=facts)


def _plain(text: str | None) -> str:
    """A title without the mark-up some feeds put in it."""
    return " ".join(re.sub(r"<[^<>]{1,200}>", "", text or "").split())
