"""A question's words about time -> days: "in January 2017", "since 2019", "this week".

Owns the ways a question names days, and what they come to. Pure: the day it is asked on is handed in, and without one
"this week" names nothing. Refuses to decide what days mean for a search: articles also *mention* dates.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from typing import NamedTuple

MONTHS = """january february march april may june july august september october november december""".split()
_MONTH = "|".join(f"{m}|{m[:3]}" for m in MONTHS) + "|sept"
_NUMBERS = {name: n for n, name in enumerate("one two three four five six seven eight nine ten".split(), 1)}
_YEAR = r"(?:19|20)\d\d"
_PERIOD = rf"(?:(?P<m>{_MONTH})\.?,?\s+)?(?P<y>{_YEAR})\b(?!-)"
_DATES = (
    ("since", re.compile(r"\b(?:since|after|from)\s+(?P<d>\d{4}-\d\d-\d\d)\b", re.IGNORECASE)),
    ("until", re.compile(r"\b(?:until|till|before|by)\s+(?P<d>\d{4}-\d\d-\d\d)\b", re.IGNORECASE)),
    ("on", re.compile(r"\bon\s+(?P<d>\d{4}-\d\d-\d\d)\b", re.IGNORECASE)),
    ("month", re.compile(rf"\bin\s+(?P<m>{_MONTH})\.?,?\s+(?P<y>{_YEAR})\b", re.IGNORECASE)),
    ("day", re.compile(rf"\bon\s+(?P<m>{_MONTH})\.?\s+(?P<n>\d{{1,2}})(?:\w\w)?,?\s+(?P<y>{_YEAR})\b", re.IGNORECASE)),
    ("year", re.compile(rf"\bin\s+(?P<y>{_YEAR})\b(?!-\d)", re.IGNORECASE)),
    ("any-year", re.compile(rf"\bin\s+(?:early\s+|late\s+)?(?P<m>{_MONTH})\b\.?(?!\s*\d)", re.IGNORECASE)),
    ("between", re.compile(rf"\b(?:between|from)\s+(?P<y>{_YEAR})\s+(?:and|to)\s+(?P<z>{_YEAR})\b(?!-)", re.IGNORECASE)),
    *((word, re.compile(rf"\b{word}\s+{_PERIOD}", re.IGNORECASE)) for word in ("since", "after", "until", "till", "before")),
)  # fmt: skip
_ISO_MONTH = re.compile(
    rf"\b(in|since|after|until|till|before)\s+({_YEAR})-(0[1-9]|1[0-2])\b(?!-)", re.IGNORECASE
)  # as filters take it
_LAST = (
    rf"(?:(?:in|over|during|for|within) )?(?:the )?(?:past|last|previous) (?P<n>\d{{1,3}}|{'|'.join(_NUMBERS)}) "
    r"(?P<unit>day|week|month|year)s"
)
_SPAN = re.compile(rf"\b{_LAST}\b", re.IGNORECASE)
_LENGTHS = {"day": 1, "week": 7, "month": 30, "year": 365}

Days = tuple[date, date]


def _this_week(today: date) -> Days:
    """The seven days up to today: on a Monday, what happened on Friday was still "this week" to whoever asks."""
    return today - timedelta(days=7), today


def _last_week(today: date) -> Days:
    monday = today - timedelta(days=today.weekday())
    return monday - timedelta(days=7), monday - timedelta(days=1)


def _last_month(today: date) -> Days:
    last = today.replace(day=1) - timedelta(days=1)
    return last.replace(day=1), last


_COUNTING: tuple[tuple[str, Callable[[date], Days]], ...] = (
    (r"today|tonight|this (?:morning|afternoon|evening)", lambda day: (day, day)),
    (r"yesterday|last night", lambda day: (day - timedelta(days=1), day - timedelta(days=1))),
    (r"(?:earlier )?this week", _this_week),
    (r"(?:(?:in|over|during) )?the past week", _this_week),
    (r"(?:last|previous) week", _last_week),
    (r"(?:earlier )?this month", lambda day: (day.replace(day=1), day)),
    (r"(?:last|previous) month", _last_month),
    (r"(?:earlier )?this year", lambda day: (date(day.year, 1, 1), day)),
    (r"(?:last|previous) year", lambda day: (date(day.year - 1, 1, 1), date(day.year - 1, 12, 31))),
)
_RELATIVE = tuple((re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE), days) for pattern, days in _COUNTING)
COUNTED = "|".join([*(pattern for pattern, _ in _COUNTING), re.sub(r"\?P<\w+>", "?:", _LAST)])
"""A pattern of all words that count from the day of the question."""


class Named(NamedTuple):
    """The ISO days, inclusive, that a question names, and the month (1 to 12) where no year stands with it; of days ``counted``
    from that of the question the words, in small letters."""

    since: str | None = None
    until: str | None = None
    month: int | None = None
    counted: str = ""


def cut(text: str, today: date | None = None) -> tuple[str, Named]:
    """The question without its words about time, and the days they name.

    A day there is not ("February 31") is none. Where several are named, the first that begins and the first that ends hold.

    >>> cut("What did Lavrov say in January 2017?")
    ('What did Lavrov say?', Named(since='2017-01-01', until='2017-01-31', month=None, counted=''))
    >>> cut("What did Lavrov say yesterday?", date(2017, 1, 30))[1].since
    '2017-01-29'
    """
    since = until = month = None
    text = _ISO_MONTH.sub(lambda found: f"{found[1]} {MONTHS[int(found[3]) - 1]} {found[2]}", text)
    for kind, pattern in _DATES:
        match = pattern.search(text)
        if not match:
            continue
        if kind == "any-year":
            month = _month(match["m"])
        else:
            first, last = _days(kind, match.groupdict())
            if not all(map(_is_day, filter(None, (first, last)))):
                continue
            since, until = since or first, until or last
        text = _without(text, match)
    if today is not None and not (since or until) and (found := _relative(text, today)):
        match, (begin, end) = found
        return _without(text, match), Named(begin.isoformat(), end.isoformat(), month, match[0].lower())
    return text, Named(since, until, month)


def _relative(text: str, today: date) -> tuple[re.Match[str], Days] | None:
    """The words that count from the day of the question, and the days they come to."""
    with suppress(OverflowError, ValueError):  # before the year 1 there is no calendar
        for pattern, days in _RELATIVE:
            if match := next(filter(_is_about_time, pattern.finditer(text)), None):
                return match, days(today)
        if match := next(filter(_is_about_time, _SPAN.finditer(text)), None):
            number = _NUMBERS.get(match["n"].lower()) or int(match["n"])
            return match, (today - timedelta(days=number * _LENGTHS[match["unit"].lower()]), today)
    return None


def _is_about_time(match: re.Match[str]) -> bool:
    """Whether the words say when: not those of "this year's budget", "the past week of talks", "USA Today"."""
    before, after = match.string[: match.start()], match.string[match.end() :]
    return not re.match(r"['’]s\b|\s+of\b", after) and not (before.strip() and match[0][0].isupper())


def _without(text: str, match: re.Match[str]) -> str:
    text = " ".join((text[: match.start()] + " " + text[match.end() :]).split())
    return re.sub(r"\s+([?!.,])", r"\1", text)


def _month(name: str) -> int:
    """1 to 12, for a name or its first three letters."""
    return 1 + next(i for i, month in enumerate(MONTHS) if month.startswith(name.lower()[:3]))


def _is_day(day: str) -> bool:
    """Whether there is such a day: February has no 31st."""
    with suppress(ValueError):
        return bool(date.fromisoformat(day))
    return False


def _days(kind: str, groups: dict[str, str | None]) -> tuple[str | None, str | None]:
    """The first and the last day that a match of this kind names."""
    if day := groups.get("d"):
        return (None if kind == "until" else day), (None if kind == "since" else day)
    year, month = int(str(groups["y"])), _month(str(groups["m"])) if groups.get("m") else 0
    if number := groups.get("n"):
        day = f"{year}-{month:02d}-{int(number):02d}"
        return day, day
    first, last_month = date(year, month or 1, 1), month or 12
    last = date(int(groups.get("z") or year), last_month, monthrange(year, last_month)[1])
    if kind in {"since", "after"}:
        return (first if kind == "since" else last + timedelta(days=1)).isoformat(), None
    if kind in {"until", "till", "before"}:
        return None, (first - timedelta(days=1) if kind == "before" else last).isoformat()
    return first.isoformat(), last.isoformat()
