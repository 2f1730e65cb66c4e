"""What a page of HTML states about itself: JSON-LD, meta data, the headline and the by-line under it.

Owns which of these counts, and how a fact is told from the outlet's name around it. Refuses to know how mark-up is read.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from index.read.blocks import byline
from index.read.characters import letters
from index.read.dates import AGENCIES, iso_date
from index.read.facts import Facts, host, shaped, tidy
from index.read.page import Page, Part

_BYLINE_WITHIN = 5  # lines under the headline: a standfirst, a caption, the time stand before it
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


def stated(page: Page) -> Facts:
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
