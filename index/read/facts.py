"""What a file states about itself: title, dates, outlet, author, address, place and language.

Owns the facts, how those of two places are merged and brought into shape, and the front matter of a text. Refuses to
know where else facts may stand: mark-up, by-lines and datelines are read by those who own them. A fact is what the file
words, shortened to one line: nothing is looked up, nothing is inferred.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, fields, replace
from urllib.parse import urlsplit

from index.read.characters import CONTROL, scrub
from index.read.dates import iso_date
from index.read.language import believed
from index.types import later

MAX_FRONT_MATTER = 64 * 1024  # code points; a file that opens with a rule is not searched to its end for another
MAX_FACT = 500  # code points of a title, author, ... kept: they are shown on one line


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known so far; None where the file does not say. ``date``, ``modified`` and ``language`` may still be worded
    as the file has them.

    ``date`` is when it was published, ``modified`` when the article was last changed. When a file was last saved (of PDF,
    Word, OpenDocument) is neither: whoever keeps a copy saves it.
    """

    title: str | None = None
    date: str | None = None
    source: str | None = None
    author: str | None = None
    url: str | None = None
    place: str | None = None
    modified: str | None = None
    language: str | None = None

    def then(self, other: Facts) -> Facts:
        """These facts, and where there is none the other's."""
        return Facts(*(getattr(self, f.name) or getattr(other, f.name) for f in fields(self)))


def tidy(fact: str | None) -> str | None:
    """One line, no control characters, no lone surrogates; None where nothing is left."""
    line = " ".join(CONTROL.sub(" ", scrub(fact or "")).split())
    return line[:MAX_FACT].strip("\ufeff ") or None


def shaped(**written: str | None) -> Facts:
    """Facts as a file words them, brought into shape: ISO dates, a title without the outlet's name behind it."""
    facts = Facts(**{key: value.strip() or None for key, value in written.items() if value})
    source = facts.source or host(facts.url)
    title = facts.title
    outlet = (facts.source or _site(source)).casefold()
    if title and outlet:
        cut = max(title.rfind(mark) for mark in (" | ", " - ", " – ", " — ", " :: ", " « ", " » ", " ‹ ", " › "))
        tail = title[cut + 3 :].strip(" |-–—:").casefold()
        if cut > 0 and tail.startswith(outlet) and len(tail) <= len(outlet) + 12:
            title = title[:cut].rstrip()
    return replace(facts, title=title, source=source, date=iso_date(facts.date), modified=iso_date(facts.modified))


def settled(facts: Facts, text: str) -> Facts:
    """The facts of an article that begins with this ``text``, once all are gathered: the language by its code, as far as
    it is believed, and both dates told apart.

    The day of the last change stands in for that of publication where only it is given; it is none of its own where it
    is not later.
    """
    date = facts.date or facts.modified
    modified = facts.modified if later(facts.modified, date) else None
    return replace(facts, date=date, modified=modified, language=believed(facts.language, text))


def made_on(facts: Facts, date: str | None) -> Facts:
    """Facts to which the day on which the file was made is that of the article, if it names none."""
    return facts if facts.modified else facts.then(Facts(date=date))


def host(url: str | None) -> str | None:
    """The host of an address without its "www."; None where it is no address."""
    try:
        found = urlsplit(url or "").hostname
    except ValueError:
        return None
    return found.removeprefix("www.") if found else None


def _site(name: str | None) -> str:
    """What a host is called by: "cnn" of edition.cnn.com; empty where it has no name of two parts."""
    return ((name or "").split(".")[-2:-1] or [""])[0]


_KEYS = {
    key: fact
    for fact, keys in {
        "title": "title headline",
        "date": "date published datepublished date_published publication_date pubdate publish_date created time",
        "source": "source outlet publisher site site_name sitename publication agency newspaper",
        "author": "author authors by byline creator",
        "url": "url link canonical canonical_url permalink source_url",
        "place": "place location city",
        "modified": "modified updated lastmod last_modified last_updated date_modified datemodified updated_at",
        "language": "language lang locale",
    }.items()
    for key in keys.split()
}
_PAIR = re.compile(r"([A-Za-z][\w .-]{0,40}):(?:[ \t]+(.*))?$")


def front_matter(text: str) -> tuple[int, Facts]:
    """Where the front matter at the start of ``text`` ends, and its facts; 0 where there is none.

    Flat ``key: value`` lines between two rules; lists become "A, B". Nothing is executed, nothing is resolved.
    """
    start = 1 if text.startswith("\ufeff") else 0
    head = text[start : start + MAX_FRONT_MATTER]
    opening = re.match(r"---[ \t]*(?:\r\n|[\n\r])", head)
    closing = opening and re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.M).search(head.replace("\r", "\n"), opening.end())
    if not opening or not closing:
        return 0, Facts()
    values: dict[str, list[str]] = {}
    key = ""
    for raw in head[opening.end() : closing.start()].splitlines():
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        pair = _PAIR.match(line)
        if pair and not raw[0].isspace():
            key = pair[1].strip().lower().replace("-", "_")
            values.setdefault(key, []).extend(_values(pair[2] or ""))
        elif key and (raw[0].isspace() or line.startswith("-")):  # a list's item, or more of the value above
            item = re.sub(r"^-\s+(?:name:\s*)?|^-$", "", line)
            values[key].extend(_values(item))
        else:
            return 0, Facts()  # prose between two rules
    if not values:
        return 0, Facts()
    found: dict[str, str] = {}
    for key, items in values.items():
        fact = _KEYS.get(key.replace(" ", "_"))
        if fact and items:
            found.setdefault(fact, ", ".join(items) if fact in ("author", "place") else items[0])
    return start + closing.end(), shaped(**found)


def _values(written: str) -> list[str]:
    """A scalar, or the items of ``[a, b]``, without their quotation marks."""
    written = written.strip()
    if written in ("", "|", ">", "|-", ">-", "null", "~"):
        return []
    try:
        loaded = json.loads(written) if written[0] in '"[' else None
    except (ValueError, RecursionError):
        loaded = None
    if isinstance(loaded, str):
        return [loaded]
    if isinstance(loaded, list):
        return [str(item) for item in loaded if isinstance(item, str | int | float)]
    if written[0] == "[" and written[-1] == "]":
        return [value for item in written[1:-1].split(",") for value in _values(item.strip("[] \t"))]
    if len(written) > 1 and written[0] == written[-1] == "'":
        return [written[1:-1].replace("''", "'")]
    return [re.split(r"\s#", written, maxsplit=1)[0].strip().strip('"')]
