"""A question's words about time -> days: "in January 2017", "since 2019", "this week".

Owns the ways a question names days, and what they come to. Pure: the day it is asked on is handed in, and without one
"this week" names nothing. Refuses to decide what days mean for a search: articles also *mention* dates.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date, timedelta
from typing import NamedTuple

MONTHS = """january february march april may june july august september october november december""".split()
WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
NUMBERS = {name: n for n, name in enumerate("one two three four five six seven eight nine ten".split(), 1)}
_MONTH = "|".join(f"{m}|{m[:3]}" for m in MONTHS) + "|sept"
# "2017", "January 2017", "2017-01", "January 30, 2017", "Monday the 30th of January 2017", "2017-01-30".
_PERIOD = (
    rf"(?:(?:{'|'.join(WEEKDAYS)}),?\s+)?(?:(?P<iso>\d{{4}}-\d\d-\d\d)\b|"
    rf"(?:(?:(?:the\s+)?(?P<first>\d\d?)(?:\w\w)?\s+(?:of\s+)?)?(?P<month>{_MONTH})\.?,?\s+(?:(?P<second>\d\d?)(?:\w\w)?,?\s+)?)?"
    r"(?P<year>(?:19|20)\d\d)(?:-(?P<number>0[1-9]|1[0-2]))?\b(?!-\d|['’]s))"
)
_TO_PERIOD = rf"(?:and|or|to|until|till|through)\s+(?:in\s+)?{_PERIOD.replace('?P<', '?P<to_')}"
_PART = r"(?:(?:early|late|mid)[\s-]+)?"
_DATES = tuple(
    (kind, re.compile(rf"\b(?:{words})\s+{period}", re.IGNORECASE))
    for kind, words, period in (
        ("span", "between|from|in", rf"{_PERIOD}\s+{_TO_PERIOD}"),
        ("on", "on", _PERIOD),
        ("in", "in|during|throughout", _PART + _PERIOD),
        ("any-year", "in", rf"{_PART}(?P<month>{_MONTH})\b\.?(?!\s*\d)"),
        ("from", "from", _PERIOD),
        ("by", "by", _PERIOD),
        ("since", "since", _PERIOD),
        ("after", "after", _PERIOD),
        ("until", r"until|till|up\s+to", _PERIOD),
        ("before", r"before|prior\s+to", _PERIOD),
    )
)
_OF_DAYS = frozenset(("on", "from", "by"))  # with a year alone they say something else: "views on 2016", "by 2050"
_DURING = r"(?:in|over|during|for|within) "
_LAST = (
    rf"(?:{_DURING})?(?:the )?(?:past|last|previous) (?P<n>\d{{1,3}}|{'|'.join(NUMBERS)}) (?P<unit>day|week|month|year)s|"
    rf"(?:(?:{_DURING})?the past|{_DURING}the last) (?P<one>week|month|year)"
)
_SPAN = re.compile(rf"\b(?:{_LAST})\b", re.IGNORECASE)
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
    (rf"(?:{_DURING}|earlier )?this week", _this_week),
    (r"(?:last|previous) week", _last_week),
    (rf"(?:{_DURING}|earlier )?this month", lambda day: (day.replace(day=1), day)),
    (r"(?:last|previous) month", _last_month),
    (rf"(?:{_DURING}|earlier )?this year", lambda day: (date(day.year, 1, 1), day)),
    (r"(?:last|previous) year", lambda day: (date(day.year - 1, 1, 1), date(day.year - 1, 12, 31))),
)
_RELATIVE = tuple((re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE), days) for pattern, days in _COUNTING)
_SOME_DAY = date(2000, 1, 1)


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
    for kind, pattern in _DATES:
        match = pattern.search(text)
        if not match:
            continue
        if kind == "any-year":
            month = _month(match["month"])
        elif bounds := _bounds(kind, match.groupdict()):
            since, until = since or bounds[0], until or bounds[1]
        else:
            continue
        text = _without(text, match)
    if today is not None and not (since or until) and (found := _relative(text, today)):
        match, (begin, end) = found
        return _without(text, match), Named(begin.isoformat(), end.isoformat(), month, match[0].lower())
    return text, Named(since, until, month)


def without(text: str) -> str:
    """The question without its words about time, which these are on any day.

    >>> without("What did Lavrov say last week?")
    'What did Lavrov say?'
    """
    return cut(text, _SOME_DAY)[0]


def are_all(text: str) -> bool:
    """Whether there are no other words in ``text`` than those about time.

    >>> are_all("in the last three days"), are_all("in Geneva")
    (True, False)
    """
    return bool(text) and not without(text)


def _relative(text: str, today: date) -> tuple[re.Match[str], Days] | None:
    """The words that count from the day of the question, and the days they come to."""
    with suppress(OverflowError, ValueError):  # before the year 1 there is no calendar
        if match := next(filter(_is_about_time, _SPAN.finditer(text)), None):
            number = NUMBERS.get((match["n"] or "one").lower()) or int(match["n"])
            length = number * _LENGTHS[(match["unit"] or match["one"]).lower()]
            return match, (today - timedelta(days=length), today)
        for pattern, days in _RELATIVE:
            if match := next(filter(_is_about_time, pattern.finditer(text)), None):
                return match, days(today)
    return None


def _is_about_time(match: re.Match[str]) -> bool:
    """Whether the words say when: not those of "this year's budget", "the past week of talks", "USA Today"."""
    before, after = match.string[: match.start()], match.string[match.end() :]
    return not re.match(r"['’]s\b|\s+of\b", after) and not (before.strip() and match[0][0].isupper())


def _without(text: str, match: re.Match[str]) -> str:
    text = " ".join((text[: match.start()] + " " + text[match.end() :]).split())
    return re.sub(r"^,\s*|,(?=[?!.,])", "", re.sub(r"\s+([?!.,])", r"\1", text))


def _month(name: str) -> int:
    """1 to 12, for a name or its first three letters."""
    return 1 + next(i for i, month in enumerate(MONTHS) if month.startswith(name.lower()[:3]))


def _bounds(kind: str, groups: Mapping[str, str | None]) -> tuple[str | None, str | None] | None:
    """The first and the last day that a match of this kind names, None where it is open to that side; None for no days."""
    with suppress(ValueError, OverflowError):  # a day that is none: February has no 31st
        first, last = _days(groups)
        if kind == "span":
            ends = _days({name.removeprefix("to_"): text for name, text in groups.items() if name.startswith("to_")})
            first, last = min(first, ends[0]), max(last, ends[1])
        if kind in _OF_DAYS and first != last:
            return None
        if kind in {"since", "from"}:
            return first.isoformat(), None
        if kind == "after":
            return (last + timedelta(days=1)).isoformat(), None
        if kind in {"until", "by"}:
            return None, last.isoformat()
        if kind == "before":
            return None, (first - timedelta(days=1)).isoformat()
        return first.isoformat(), last.isoformat()
    return None


def _days(groups: Mapping[str, str | None]) -> Days:
    """The first and the last day of a period. Raises ValueError where the calendar has none."""
    if day := groups["iso"]:
        return date.fromisoformat(day), date.fromisoformat(day)
    year, month = int(groups["year"] or 0), _month(groups["month"]) if groups["month"] else int(groups["number"] or 0)
    if number := groups["first"] or groups["second"]:
        return date(year, month, int(number)), date(year, month, int(number))
    last_month = month or 12
    return date(year, month or 1, 1), date(year, last_month, monthrange(year, last_month)[1])
