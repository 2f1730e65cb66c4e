"""On which day was it said? "on Thursday", in an article of a known day, is a day of its own.

Owns the words by which a sentence dates its saying, the calendar that makes a day of them, and whether what an article tells
is of days that are asked for. Refuses to guess: where the words beside the verb name no day, or the article has none to count
from, the answer is None. It is the day as the article has it; when the article was published, and when it was indexed, are
other days.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta

from index.types import Document, Span, Statement
from qa.days import MONTHS, NUMBERS, WEEKDAYS

FARTHEST = 90  # code points between the verb and its day; "said at a news conference in Geneva late on Thursday" has 46
BESIDE = 5  # words between a day and the verb after it, where the day does not open the sentence: the subject's
OPENING = 10  # and where it does
REACH = 400  # code points looked at to each side of the verb: longer sentences are lists

_WEEKDAYS = {name: number for number, day in enumerate(WEEKDAYS) for name in (day, day[:3])}
_WEEKDAYS |= {"tues": 1, "thur": 3, "thurs": 3, "weds": 2}
_WEEKDAYS |= {"понедельник": 0, "вторник": 1, "среду": 2, "четверг": 3, "пятницу": 4, "субботу": 5, "воскресенье": 6}
_RUSSIAN = "января февраля марта апреля мая июня июля августа сентября октября ноября декабря".split()
_MONTHS = {"sept": 9} | {
    name: number
    for number, (month, russian) in enumerate(zip(MONTHS, _RUSSIAN, strict=True), start=1)
    for name in (month, month[:3], russian)
}
_NUMBERS = NUMBERS | {"a": 1}


def _any(words: dict[str, int]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_MONTH = rf"(?P<month>{_any(_MONTHS)})\b\.?"
_YEAR = r"(?:,? (?P<year>(?:1[5-9]|20)\d\d)\b)?"
_TIME = re.compile(
    rf"""
      (?P<iso>\b(?:19|20)\d\d-\d\d-\d\d\b)
    | \b{_MONTH}\ (?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\d|:\d|%)(?:{_YEAR})
    | \b(?P<first>\d{{1,2}})(?:st|nd|rd|th)?\ (?:of\ )?{_MONTH.replace("month", "then")}(?:{_YEAR.replace("year", "in")})
    | \b(?:(?P<which>last|next|this|coming|following|previous|every|each|past)\ )?(?P<weekday>{_any(_WEEKDAYS)})\b\.?
    | \b(?P<before>the\ day\ before\ yesterday|позавчера)\b
    | \b(?P<yesterday>yesterday|last\ night|вчера)\b
    | \b(?P<today>today|tonight|this\ (?:morning|afternoon|evening)|сегодня)\b
    | \b(?P<count>\d{{1,2}}|{_any(_NUMBERS)})\ (?P<unit>days?|weeks?)\ (?:ago|earlier)\b
    """.replace(r"(?:,? (?P", r"(?:,?\ (?P"),
    re.X | re.I,
)
_OCCASION = re.compile(
    r"['’]s? (?:[\w-]+ ){0,2}(?:conference|briefing|interview|statement|speech|address|hearing|remarks|broadcast|debate|"
    r"rally|meeting|session|testimony|programme?|show|call|appearance|report|edition)\b"
)
_ELSEWHERE = re.compile(  # what is dated after these words is another thing than the saying
    r"\b(?:who|whom|whose|which|where|when|after|before|since|until|till|ahead|by|following|from|despite|because|if|that|"
    r"between|through|for|scheduled|due|expected|planned|would|will|to be|killed|died|который|которая|после|according|what)\b",
    re.I,
)
_ANOTHER_CLAUSE = re.compile(r"\b(?:and|but|as|while|или|но|и)\b|[–—;:]", re.I)
_LEADS_ELSEWHERE = re.compile(
    r"\b(?:since|until|till|before|ahead of|by|prior to|from|for|between|through|of|scheduled for|due|next|every|in the|"
    r"ended|ending|starting|beginning|effective|record|pay|payable|после|до|с)(?: the)? (?:(?:early|late|mid) )?$",
    re.I,
)
_YEARS = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
_TOMORROW = 6  # days back to a weekday that is also the next day: the article was brought up to date, or means that one
_END = re.compile(r"[.!?…][\"”’»)]*\s+(?=[\"“‘«(\[]?[A-ZÀ-ÞА-Я0-9])|\n\s*\n|\n(?=\s*[-•*])")
_ABBREVIATION = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|Gen|Col|Lt|Sgt|Capt|Sen|Rep|Gov|St|Jr|Sr|No|vs|Inc|Ltd|Co|Corp|Jan|Feb|Mar|Apr|Jun|Jul|Aug"
    r"|Sept?|Oct|Nov|Dec|Mon|Tues?|Wed|Thurs?|Fri|Sat|Sun|a\.m|p\.m)|\b[A-Z](?:\.[A-Z])*)\.$"
)


def said_on(document: Document, statement: Statement) -> date | None:
    """The day on which the article says this was said; None where it names none, or has itself no day.

    Only words of the verb's own clause count, never the words that were said: "He said on Monday that the vote on
    Sunday was fair" was said on a Monday. A weekday is the last one before the article's day, or that day itself; a day
    without a year is the last such.
    """
    if statement.cue is None or not document.date or statement.modal:
        return None
    try:
        published = date.fromisoformat(document.date[:10])
    except ValueError:
        return None
    text = document.text
    clause = _clause(text, statement.cue, statement.parts)
    return day_in(
        clause.of(text), Span(statement.cue.start - clause.start, statement.cue.end - clause.start), published
    )


def tells_of(
    document: Document,
    statement: Statement | None,
    around: Span,
    since: str | None,
    until: str | None,
    month: int | None = None,
) -> bool:
    """Whether an article tells there of the days, inclusive, or of the ``month`` of any year that are asked for: it is of them
    itself, or of no day at all; it was said then; or the passage ``around`` it, or the title, names that year or month."""
    if not document.date:
        return True
    first, last = since or "0001", until or "9999-99"
    of_one = month or (int(first[5:7]) if since and first[:7] == last[:7] else None)
    day = said_on(document, statement) if statement is not None else None
    known = {document.date[:10], day.isoformat() if day else document.date[:10]}
    if any(first <= each <= last and (not month or int(each[5:7] or 0) == month) for each in known):
        return True
    text = f"{document.title or ''} {around.of(document.text)}"
    years = {int(year) for year in _YEARS.findall(text)}
    named = any(int(first[:4]) <= year <= int(last[:4]) for year in years)
    if not of_one:
        return named
    name = MONTHS[of_one - 1].capitalize()
    here = re.search(rf"\b(?:{name}|{name[:3]}\b\.?)", text) is not None
    return here and (bool(month) or named or document.date[:4] == first[:4])


def day_in(clause: str, cue: Span, published: date) -> date | None:
    """The day beside the verb at ``cue`` in ``clause``: the nearest one, those after the verb before those ahead of it.

    >>> day_in("Lavrov said on Monday", Span(7, 11), date(2017, 2, 2))
    datetime.date(2017, 1, 30)
    """
    ranked = sorted(_candidates(clause, cue), key=lambda found: (found[0], found[1].start()))
    for _, match in ranked:
        return _day(match, published)
    return None


def _clause(text: str, cue: Span, parts: tuple[Span, ...]) -> Span:
    """The sentence around the verb, as far as it is not what was said."""
    start, end = max(0, cue.start - REACH), min(len(text), cue.end + REACH)
    for stop in _END.finditer(text, start, end):
        if _ABBREVIATION.search(text, max(0, stop.start() - 8), stop.start() + 1):
            continue
        if stop.end() <= cue.start:
            start = stop.end()
        elif stop.start() >= cue.end:
            end = stop.start()
            break
    for part in parts:
        if part.end <= cue.start:
            start = max(start, part.end)
        elif part.start >= cue.end:
            end = min(end, part.start)
    return Span(min(start, cue.start), max(end, cue.end))


def _candidates(clause: str, cue: Span) -> Iterator[tuple[int, re.Match[str]]]:
    """The days a clause names that may be the verb's, each with its distance from it."""
    for match in _TIME.finditer(clause):
        name = match["weekday"] or match["month"] or match["then"] or ""
        if name.isascii() and name.islower():  # may, sun, march
            continue
        if match["weekday"] and _is_a_name(clause, match):
            continue
        if match["today"] and match.start() and match[0][0].isupper():  # Entertainment Tonight
            continue
        after = match.start() >= cue.end
        between = clause[cue.end : match.start()] if after else clause[match.end() : cue.start]
        if len(between) > FARTHEST or _LEADS_ELSEWHERE.search(clause, 0, match.start()) or _ELSEWHERE.search(between):
            continue
        opens = len(clause[: match.start()].split()) <= 2  # "Late on Monday, the minister of fisheries of Norway said"
        if not after and (_ANOTHER_CLAUSE.search(between) or len(between.split()) > (OPENING if opens else BESIDE)):
            continue
        if clause[match.end() : match.end() + 1] in ("'", "’") and not _OCCASION.match(clause, match.end()):
            continue
        yield len(between) + (0 if after else FARTHEST // 2), match


def _is_a_name(clause: str, match: re.Match[str]) -> bool:
    """Whether a weekday is part of one: The Sun, the Sunday Express."""
    before = clause[max(0, match.start() - 6) : match.start()].lower()
    if (
        len(match["weekday"]) < 6
        and match["weekday"].lower() not in WEEKDAYS
        and not before.endswith(("on ", "late ", "early "))
    ):
        return match["weekday"].isascii()
    return before.endswith("the ") and re.match(r" [A-Z]", clause[match.end() :]) is not None


def _day(match: re.Match[str], published: date) -> date | None:
    """The day a match means, seen from the day of the article; None where it is none, or not yet."""
    found = match.groupdict()
    try:
        if found["iso"]:
            return date.fromisoformat(found["iso"])
        if found["month"] or found["then"]:
            month = _MONTHS[(found["month"] or found["then"]).lower()]
            return _dated(int(found["day"] or found["first"]), month, found["year"] or found["in"], published)
    except ValueError:
        return None
    if found["weekday"]:
        if (found["which"] or "").lower() in ("next", "coming", "following", "every", "each"):
            return None
        back = (published.weekday() - _WEEKDAYS[found["weekday"].lower()]) % 7
        if (found["which"] or "").lower() in ("last", "previous", "past"):
            return published - timedelta(back or 7)
        return None if back == _TOMORROW else published - timedelta(back)
    if found["count"]:
        count = _NUMBERS.get(found["count"].lower()) or int(found["count"])
        return published - timedelta(count * (7 if found["unit"].lower().startswith("week") else 1))
    return published - timedelta(2 if found["before"] else 1 if found["yesterday"] else 0)


def _dated(day: int, month: int, year: str | None, published: date) -> date | None:
    """A day of a month; without a year the last such up to the day after the article's, whose clock may be behind."""
    if year:
        return date(int(year), month, day)
    for candidate in range(published.year + 1, published.year - 8, -1):  # eight years hold a 29th of February
        with suppress(ValueError):
            if (then := date(candidate, month, day)) <= published + timedelta(1):
                return then
    return None
