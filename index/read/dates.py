"""Dates and datelines: when, where and by which agency, as newspapers write it.

Owns the ways a date is written out, the clock and its zones, the agencies that sign, and the shapes of a dateline.
Refuses to know what a file, a block or a format is: a string comes in, what it says comes out, None where it says
nothing. No clock and no locale: a date without a year is no date.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime


@dataclass(frozen=True, slots=True)
class Dateline:
    """``MOSCOW, January 30. /TASS/.``: the first ``end`` code points of a paragraph, and what they say.

    ``date`` is an ISO day, None where no year is written.
    """

    end: int
    place: str | None = None
    date: str | None = None
    source: str | None = None


# ---------------------------------------------------------------------------------------------------------------- dates

_MONTHS = {  # English, Russian, German, French, Spanish
    name: number
    for number, names in enumerate(
        (
            *("jan january января januar jänner janvier enero ene", "feb february февраля februar février fév febrero"),
            *("mar march марта märz mär mars marzo", "apr april апреля avril avr abril abr", "may мая mai mayo"),
            *(
                "jun june июня juni juin junio",
                "jul july июля juli juillet julio",
                "aug august августа août agosto ago",
            ),
            "sep sept september сентября septembre septiembre",
            *("oct october октября oktober okt octobre octubre", "nov november ноября novembre noviembre"),
            "dec december декабря dezember dez décembre déc diciembre dic",
        ),
        start=1,
    )
    for name in names.split()
}
_MONTH = r"([^\W\d_]{3,10})\.?"
_YEAR = r"((?:1[5-9]|20)\d\d)(?!\d)"
_DAY = r"(\d{1,2})(?:st|nd|rd|th|er|\.)?"
_ORDERS = (  # a pattern, and which of its groups are year, month and day
    (re.compile(rf"(?<!\d){_YEAR}([-/.])(\d{{1,2}})\2(\d{{1,2}})(?!\d)"), (1, 3, 4)),
    (re.compile(r"(?<!\d)((?:1[5-9]|20)\d\d)([01]\d)([0-3]\d)(?!\d)"), (1, 2, 3)),
    (re.compile(rf"(?<!\d){_DAY}[ -]{{1,2}}(?:of |de )?{_MONTH},?[ -]{{1,2}}(?:de )?{_YEAR}"), (3, 2, 1)),
    (re.compile(rf"\b{_MONTH} {{1,2}}{_DAY},? {{1,2}}{_YEAR}"), (3, 1, 2)),
    (re.compile(rf"(?<!\d)(\d{{1,2}})\.(\d{{1,2}})\.{_YEAR}"), (3, 2, 1)),
)
_TIME = re.compile(
    r"(?<![\d:])([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d|60))?(?:[.,]\d+)?"
    r"(?:\s?([ap])\.?m\b\.?)?\s?(z\b|utc\b|gmt\b|[+-]\d\d:?\d\d(?!\d))?",
    re.I,
)
_COMPACT = re.compile(r"\b(\d{8})T(\d\d)(\d\d)(\d\d)(?!\d)")  # ISO 8601's basic format


_AROUND_A_DAY = frozenset(  # what a line may say besides, and still be nothing but a day
    """monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun
    montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag mo di mi do fr sa so
    lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes miércoles jueves viernes sábado domingo
    published updated posted modified veröffentlicht aktualisiert stand publié mis jour publicado actualizado
    of de the on at am um à le el den uhr h a p m pm st nd rd th er t z
    gmt utc est edt et cst cdt ct mst mdt mt pst pdt pt bst cet cest mez mesz ist jst kst hkt msk""".split()
)


def only_day(line: str) -> str | None:
    """The date, where a line says nothing but a day and perhaps its hour.

    >>> only_day("Freitag, 13. April 2012, 10:22 Uhr"), only_day("On 13 April 2012 the pier was closed")
    ('2012-04-13T10:22:00', None)
    """
    words = re.findall(r"[^\W\d_]+", line.casefold())
    return iso_date(line) if all(word in _MONTHS or word in _AROUND_A_DAY for word in words) else None


def iso_date(text: str | None) -> str | None:
    """The first date in ``text`` as ISO 8601: a day, or a time where one is given; None where none can be told.

    Reads ISO 8601 in both its formats, RFC 2822, "26-FEB-1987 15:18:06.67", "January 30, 2017", "30. Januar 2017",
    "2022/01/03" and "30.01.2017". 03/04/2017 is two days, so it is none. Fractions of a second are dropped; of the
    zones only an offset and UTC are kept.
    """
    text = _COMPACT.sub(r"\1T\2:\3:\4", " ".join((text or "")[:200].split()))
    try:
        found = (
            parsedate_to_datetime(text).isoformat()
            if re.match(r"(?:\w{3},? )?\d{1,2} \w{3} \d{4} \d", text)
            else _iso(text)
        )
    except (ValueError, TypeError, OverflowError):
        found = _iso(text)
    return found if found is None or _is_time(found) else found[:10]


def _is_time(text: str) -> bool:
    """Whether Python reads it: an offset of a day or more is none, and what stands before it may be wrong too."""
    try:
        return bool(datetime.fromisoformat(text))
    except ValueError:
        return False


def _iso(text: str) -> str | None:
    for pattern, order in _ORDERS:
        for match in pattern.finditer(text):
            year, month, day = (match[group] for group in order)
            number = int(month) if month.isdigit() else _MONTHS.get(month.lower(), 0)
            try:
                date = datetime(int(year), number, int(day))
            except ValueError:
                continue
            rest = text[match.end() :] if _TIME.search(text, match.end()) else text[: match.start()]
            return (
                f"{date:%Y-%m-%d}" if date.year >= 1000 and not (clock := _clock(rest)) else f"{date:%Y-%m-%d}{clock}"
            )
    return None


def _clock(text: str) -> str:
    match = _TIME.search(text)
    if match is None:
        return ""
    hour, minute, second, half, zone = match.groups()
    hours = int(hour) % 12 + (12 if half.lower() == "p" else 0) if half else int(hour)
    offset = ""
    if zone:
        digits = re.sub(r"\D", "", zone)
        offset = f"{zone[0]}{digits[:2]}:{digits[2:]}" if digits else "+00:00"
    return f"T{hours:02}:{minute}:{min(int(second or 0), 59):02}{offset}"


# ------------------------------------------------------------------------------------------------------------ datelines

_ALIASES = [  # agencies and outlets that sign datelines: a name a line, as it is shown, then its other names
    line.strip().split("=")
    for line in """
        TASS=ITAR-TASS=ТАСС=ИТАР-ТАСС
        Reuters=Reuter=REUTERS=Рейтер
        AP=The AP=Associated Press=The Associated Press
        AFP=Agence France-Presse
        Interfax=Интерфакс
        RIA Novosti=RIA=РИА Новости
        CNN=CNN Business=CNN Politics=CNNMoney
        USA TODAY=USA Today
        Anadolu=AA
        Politico=POLITICO
        CBS=CBS News
        NBC=NBC News
        dpa=DPA
    """.strip().splitlines()
]
_ALIASES += [
    [name] for name in "UPI BBC Xinhua Sputnik EFE ANSA Kyodo Yonhap PTI ANI IANS Bloomberg NPR IRNA KCNA".split()
]
_ALIASES += [
    [name] for name in ("ABC News", "Fox News", "Al Jazeera", "RT", "MarketWatch", "VOA", "RFE/RL", "Ukrinform")
]
AGENCIES = {name.casefold(): names[0] for names in _ALIASES for name in names}
_KNOWN = "|".join(sorted((re.escape(name) for names in _ALIASES for name in names), key=len, reverse=True))
_WHERE = r"(?P<place>[A-ZА-ЯÀ-Þ][\w.'’]*(?:(?:, ?|[ /-])[A-ZА-ЯÀ-Þ][\w.'’]*){0,6})"
_LOUD = r"(?P<place>[A-ZА-ЯÀ-Þ][A-ZА-ЯÀ-Þ.'’]+(?:(?:, ?|[ /-])[A-ZА-ЯÀ-Þ][\w.'’]*){0,4}?)"  # its first word in capitals
_WHEN = r"(?P<date>(?:[A-Z][a-z]{2,8}\.? \d{1,2}(?:, ?\d{4})?|\d{1,2} (?:[A-Z][a-z]{2,8}|[а-я]{3,8})\.?(?: \d{4})?))"
_DASH = r"[ \u00a0]{0,3}(?:--|[-–—―])(?=\s|$|[\"“A-Z])"
_DATELINES = tuple(
    re.compile(pattern)
    for pattern in (
        # MOSCOW, January 30. /TASS/.
        rf"{_LOUD}(?:, {_WHEN})?\.? /(?P<source>[^/\n]{{2,60}})/(?: ?[-–—]|\.)",
        # LONDON, March 3 (Reuters) -    WASHINGTON (AP) —
        rf"{_LOUD}(?:, {_WHEN})? ?\((?P<source>[^()\n]{{2,40}})\){_DASH}",
        # New York (CNN) -    Uzhhorod, Ukraine (CNN) First lady
        rf"{_WHERE}(?:, {_WHEN})? ?\((?P<source>{_KNOWN})\)(?:{_DASH})?",
        # Washington, DC CNN Business —
        rf"{_WHERE} (?P<source>CNN(?: Business)?){_DASH}",
        # CNN —    (CNN) The    AP -
        rf"(?:\((?P<source>{_KNOWN})\)(?:{_DASH})?|(?P<bare>{_KNOWN}){_DASH})",
        # NEW YORK, March 3 —    WASHINGTON —
        rf"{_LOUD}(?:, {_WHEN})?[ \u00a0]{{1,3}}(?:--|[–—―])(?=\s+[\"“‘'A-ZА-Я]|\s*$)",
        # 📍 Cairo, December 19
        rf"📍\ufe0f?\s?(?:{_WHEN}, )?{_WHERE}(?:, {_WHEN.replace('<date>', '<then>')})?\s*$",
    )
)
_PARTY = re.compile(r"[RDI](?:-|$)")  # "JOHN SMITH (R-Ohio) —" is a senator, not an agency


def dateline(text: str) -> Dateline | None:
    """The dateline a paragraph starts with: "WASHINGTON (AP) —", "(CNN)", "MOSCOW, January 30. /TASS/."; or None.

    >>> dateline("LONDON, March 3, 2016 (Reuters) - Oil fell.")
    Dateline(end=33, place='LONDON', date='2016-03-03', source='Reuters')
    """
    head = text[:160]
    for pattern in _DATELINES:
        match = pattern.match(head)
        if match is None:
            continue
        found: dict[str, str | None] = match.groupdict()
        source = (found.get("source") or found.get("bare") or "").strip()
        if source and _PARTY.match(source):
            continue
        last = source.rpartition(", ")[2]  # /Ivan Petrov, Interfax/
        source = AGENCIES.get(last.casefold()) or source
        when = found.get("date") or found.get("then")
        return Dateline(match.end(), found.get("place"), iso_date(when), source or None)
    return None
