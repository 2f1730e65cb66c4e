"""How people write a number of things, a day, a language, and what is told first. Owns these; refuses to know who asks.

Apart from `qa.render` so that a command that prints one line need not load it.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from contextlib import suppress
from datetime import date

_DAY = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?", re.ASCII)


def counted(number: int, noun: str) -> str:
    """How many of what.

    >>> counted(1, "article"), counted(3012, "article")
    ('1 article', '3,012 articles')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def iso_day(text: str, *, last: bool) -> str | None:
    """A year, a month or a day as an ISO day: the first one it means, or the ``last``; None for what is none of these.

    >>> iso_day("2016-2", last=False), iso_day("2016-2", last=True), iso_day("soon", last=True)
    ('2016-02-01', '2016-02-29', None)
    """
    if found := _DAY.fullmatch(text.strip()):
        with suppress(ValueError):
            year, month = int(found[1]), int(found[2] or (12 if last else 1))
            return date(year, month, int(found[3] or (monthrange(year, month)[1] if last else 1))).isoformat()
    return None


def ranked(counts: Mapping[str, int]) -> dict[str, int]:
    """What there is most of first, else by name.

    >>> ranked({"de": 1, "en": 2, "ar": 1})
    {'en': 2, 'ar': 1, 'de': 1}
    """
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
