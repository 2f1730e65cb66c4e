"""A file becomes Documents: its text, its blocks, and the facts it states about itself.

Owns which formats are read, how bytes become characters, what is a paragraph, a heading or an aside, and where the
title, date, outlet, author, address and place stand. Refuses to know what a sentence, a passage or an index is. Every
result is a pure function of the file's bytes and its name: no clock, no network, no locale.

Three promises: offsets hold (for text and Markdown ``Document.text`` is the decoded file, newlines untouched); nothing
is lost in silence (what no block covers is white space or mark-up, and a file without text is a ReadError); time is
linear in the size of the file, whatever it holds. When in doubt a block is a paragraph: a lost paragraph is a lost
answer.
"""

from __future__ import annotations

import errno
import html
import json
import os
import re
import stat
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from email.utils import parsedate_to_datetime
from hashlib import blake2b
from itertools import islice, pairwise
from pathlib import PurePath
from typing import Any, Literal
from urllib.parse import urlsplit

from index.errors import ReadError
from index.types import Block, BlockKind, Document, Span

MAX_BYTES = 256 * 1024 * 1024  # a day of a news wire is under 1 MB; decoding needs up to 5 times this in memory
MAX_TREE_BYTES = 8 * 1024 * 1024  # a tree of HTML needs some 50 times its size; longer pages are read without one
MAX_FRONT_MATTER = 64 * 1024  # code points; a file that opens with a rule is not searched to its end for another
MAX_FACT = 500  # code points of a title, author, ... kept: they are shown on one line
LONGEST_NOISE = 400  # code points; a longer block is prose, whatever it starts with

Role = Literal["text", "heading", "item", "aside"]


def _words(text: str) -> list[str]:
    return text.split()


@dataclass(frozen=True, slots=True)
class Loaded:
    """The bytes of a regular file as they were at one moment. ``hash`` is their BLAKE2b-128 in hex."""

    data: bytes
    size: int
    mtime_ns: int
    hash: str


@dataclass(frozen=True, slots=True)
class Dateline:
    """``MOSCOW, January 30. /TASS/.``: the first ``end`` code points of a paragraph, and what they say.

    ``date`` is an ISO day, None where no year is written.
    """

    end: int
    place: str | None = None
    date: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class _Facts:
    title: str | None = None
    date: str | None = None
    source: str | None = None
    author: str | None = None
    url: str | None = None
    place: str | None = None

    def then(self, other: _Facts) -> _Facts:
        """These facts, and where there is none the other's."""
        return _Facts(*(getattr(self, f.name) or getattr(other, f.name) for f in fields(self)))


@dataclass(slots=True)
class _Piece:
    """A stretch of text before it is judged. ``level`` is that of a heading; ``lines`` says how many were joined."""

    start: int
    end: int
    role: Role = "text"
    level: int = 0
    lines: int = 1
    fixed: bool = False  # an aside by its form (a dateline, code), not by its words


# --------------------------------------------------------------------------------------------------------------- files


def read(path: str | os.PathLike[str]) -> list[Document]:
    """The articles in a file. Raises ReadError with the reason where there are none to be had."""
    loaded = load(path)
    return parse(loaded.data, path, loaded.hash)


def load(path: str | os.PathLike[str]) -> Loaded:
    """The bytes of a regular file, and its marks. Never blocks on a pipe or a device.

    Raises ReadError where the file is not regular, not readable, larger than MAX_BYTES, or twice changes while it is
    read.
    """
    try:
        for _ in range(2):
            loaded = _load_once(path)
            if loaded is not None:
                return loaded
    except (OSError, ValueError) as error:
        raise ReadError(_reason(path, error)) from error
    raise ReadError("changed while being read")


def _load_once(path: str | os.PathLike[str]) -> Loaded | None:
    """The file, or None where it changed between its first byte and its last."""
    _require_regular(os.stat(path).st_mode)  # noqa: PTH116  # before opening: opening a device may already act on it
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOCTTY", 0)
    with os.fdopen(os.open(path, flags | getattr(os, "O_BINARY", 0)), "rb", buffering=0) as file:
        before = os.fstat(file.fileno())
        _require_regular(before.st_mode)  # again: the name may mean another file by now
        if before.st_size > MAX_BYTES:
            raise ReadError(f"{before.st_size:,} bytes are more than the {MAX_BYTES:,} that are read; split the file")
        data = _read_at_most(file.fileno(), before.st_size + 1)
        after = os.fstat(file.fileno())
    if len(data) != before.st_size or (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        return None
    return Loaded(data, before.st_size, before.st_mtime_ns, blake2b(data, digest_size=16).hexdigest())


def _read_at_most(descriptor: int, limit: int) -> bytes:
    parts = []
    while limit > 0 and (part := os.read(descriptor, min(limit, 1 << 22))):
        parts.append(part)
        limit -= len(part)
    return b"".join(parts)


_KINDS = (
    (stat.S_ISDIR, "a directory"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def _require_regular(mode: int) -> None:
    if not stat.S_ISREG(mode):
        kind = next((name for test, name in _KINDS if test(mode)), "something else")
        raise ReadError(f"not a regular file ({kind})")


def _reason(path: str | os.PathLike[str], error: OSError | ValueError) -> str:
    if not isinstance(error, OSError):
        return f"not a path ({error})"
    if error.errno == errno.ENOENT:
        return "dangling symbolic link" if os.path.islink(path) else "no such file"  # noqa: PTH114
    known = {
        errno.EACCES: "permission denied",
        errno.EPERM: "permission denied",
        errno.ELOOP: "a loop of symbolic links",
        errno.ENAMETOOLONG: "the name is too long",
        errno.ENOTDIR: "no such file",
        errno.EISDIR: "not a regular file (a directory)",
        errno.EIO: "the disk could not read it",
    }
    return known.get(error.errno or 0) or f"cannot be opened ({error.strerror or error})"


def parse(data: bytes, path: str | os.PathLike[str], hash: str) -> list[Document]:  # noqa: A002
    """The articles in ``data``, read as a file of this name would be. ``hash`` becomes the Document's id.

    Raises ReadError where the bytes are not text, not a format that is read, or hold no text.
    """
    name = os.path.abspath(os.fsdecode(path))  # noqa: PTH100  # resolve() would follow links: the user's name stays
    suffix = PurePath(name).suffix.lower()
    if not data:
        raise ReadError("empty file")
    if suffix in UNSUPPORTED:
        raise ReadError(f"{UNSUPPORTED[suffix]} is not supported yet")
    if looks := _magic(data):
        raise ReadError(f"not text (looks like {looks})")
    reader = SUFFIXES.get(suffix, _plain)
    if reader is not _html and _HTML_START.match(data, 3 if data.startswith(b"\xef\xbb\xbf") else 0):
        reader = _html
    text, blocks, facts = reader(data)
    return [Document(hash, name, text, tuple(blocks), **{f.name: _tidy(getattr(facts, f.name)) for f in fields(facts)})]


_HTML_START = re.compile(rb"\s*<(?:!doctype\s+html|html)[\s>]", re.I)


def _tidy(fact: str | None) -> str | None:
    """One line, no control characters, no lone surrogates; None where nothing is left."""
    line = " ".join(_CONTROL.sub(" ", _scrub(fact or "")).split())
    return line[:MAX_FACT].strip("\ufeff ") or None


_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xff\xd8\xff", "JPEG"),
    (0, b"\x89PNG\r\n", "PNG"),
    (0, b"GIF87a", "GIF"),
    (0, b"GIF89a", "GIF"),
    (0, b"%PDF-", "PDF"),
    (0, b"PK\x03\x04", "ZIP"),
    (0, b"PK\x05\x06", "ZIP"),
    (0, b"\x1f\x8b", "gzip"),
    (0, b"BZh", "bzip2"),
    (0, b"\xfd7zXZ\0", "xz"),
    (0, b"\x28\xb5\x2f\xfd", "zstd"),
    (0, b"7z\xbc\xaf\x27\x1c", "7z"),
    (0, b"Rar!\x1a\x07", "RAR"),
    (0, b"\x7fELF", "a Linux program"),
    (0, b"\xca\xfe\xba\xbe", "a program"),
    (0, b"\xcf\xfa\xed\xfe", "a program"),
    (0, b"\0asm", "WebAssembly"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office file"),
    (0, b"SQLite format 3\0", "SQLite"),
    (0, b"II*\0", "TIFF"),
    (0, b"MM\0*", "TIFF"),
    (0, b"{\\rtf", "RTF"),
    (0, b"%!PS", "PostScript"),
    (0, b"ID3", "MP3"),
    (0, b"OggS\0", "Ogg"),
    (0, b"fLaC\0", "FLAC"),
    (0, b"wOFF", "a font"),
    (0, b"wOF2", "a font"),
    (4, b"ftyp", "MP4"),
    (8, b"WEBP", "WebP"),
    (8, b"WAVE", "WAV"),
    (257, b"ustar", "tar"),
)
_NEEDS_NUL = {"bzip2", "MP3", "MP4", "WebP", "WAV", "a font", "tar"}  # their marks are letters: a text may start so


def _magic(data: bytes) -> str | None:
    """The binary format whose mark the data bear, if any."""
    binary = b"\0" in data[:4096]
    for at, mark, name in _MAGIC:
        if data.startswith(mark, at) and (binary or name not in _NEEDS_NUL):
            return name
    if binary and data.startswith((b"MZ", b"BM")):
        return "a Windows program" if data.startswith(b"MZ") else "BMP"
    return None


# ----------------------------------------------------------------------------------------------------------- characters

_MARKS = (
    (b"\xff\xfe\0\0", "utf-32-le"),  # before UTF-16, whose mark it starts with
    (b"\0\0\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9f]")
_RUBBISH = re.compile("[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f\ufffd]")

# What a page may declare. Python knows more codecs, but some of those run escapes or compress: never by a file's word.
_CODECS = frozenset(
    _words("""utf_8 utf_16 utf_16_le utf_16_be utf_32 ascii iso8859_1 iso8859_2 iso8859_3 iso8859_4 iso8859_5 iso8859_6
    iso8859_7 iso8859_8 iso8859_9 iso8859_10 iso8859_13 iso8859_14 iso8859_15 iso8859_16 cp1250 cp1251 cp1252 cp1253
    cp1254 cp1255 cp1256 cp1257 cp1258 cp866 cp874 koi8_r koi8_u mac_roman mac_cyrillic gb2312 gbk gb18030 big5
    big5hkscs euc_jp shift_jis cp932 iso2022_jp euc_kr cp949 johab tis_620""")
)
# As browsers do (WHATWG Encoding Standard, section 4.2): these names mean the larger set.
_WIDER = {"ascii": "cp1252", "iso8859_1": "cp1252", "iso8859_9": "cp1254", "gb2312": "gb18030", "gbk": "gb18030"}
_WIDER |= {"shift_jis": "cp932", "euc_kr": "cp949", "tis_620": "cp874", "big5": "big5hkscs"}


def decode(data: bytes, declared: str | None = None) -> str:
    """The characters of a text: byte order mark, UTF-8, the ``declared`` charset, then a guess from the bytes.

    A byte order mark stays as U+FEFF, newlines stay as they are, bytes that fit nothing become U+FFFD. Lone surrogates
    never come out. Raises ReadError where no encoding fits.
    """
    return _scrub(_decode(data, declared))


def _decode(data: bytes, declared: str | None) -> str:
    for mark, codec in _MARKS:
        if data.startswith(mark):
            return data.decode(codec, "replace")
    stated = _codec(declared)
    candidates = ["utf-8", stated]
    if stated == "iso2022_jp" or b"\x1b$" in data[: 1 << 16]:
        candidates.insert(0, "iso2022_jp")  # seven bits wide: it would pass for UTF-8
    if b"\0" in data and (wide := _wide(data)):
        candidates.insert(0, wide)
    for candidate in filter(None, candidates):
        if (text := _strictly(data, candidate)) is not None:
            return text
    mended = data.decode("utf-8", "replace")
    broken = mended.count("\ufffd")
    if len(mended) - len(mended.encode("ascii", "ignore")) >= 4 * broken:  # at least 3 good sequences to a bad one
        return mended
    return data.decode(_guess(data), "replace")


def _strictly(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except (UnicodeError, LookupError):
        return None


def _codec(name: str | None) -> str | None:
    """Python's name of a declared charset; None where it is unknown or no charset of texts."""
    import codecs

    label = re.sub(r"[^a-z0-9]", "", (name or "").lower())
    aliases = {"xsjis": "shift_jis", "windows31j": "cp932", "ksc56011987": "euc_kr", "unicode": "utf_16", "xgbk": "gbk"}
    try:
        found = codecs.lookup(aliases.get(label) or (name or "").strip()).name.replace("-", "_")
    except (LookupError, ValueError, UnicodeError):
        return None
    return _WIDER.get(found, found) if found in _CODECS else None


def _wide(data: bytes) -> str | None:
    """UTF-16 or UTF-32 without a mark: the NUL bytes of its spaces and newlines all fall on the same side."""
    if len(data) % 4 == 0:
        for codec in ("utf-32-le", "utf-32-be"):
            if _strictly(data, codec) is not None:
                return codec
    head = data[: 1 << 16]
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if len(data) % 2 or min(even, odd) > 0 or max(even, odd) * 40 < len(head):
        return None  # fewer than a space in twenty characters: a stray NUL
    return "utf-16-le" if odd else "utf-16-be"


_GUESSES = _words("""cp1252 cp1250 cp1251 koi8_r cp1253 cp1254 cp1255 cp1256 cp1257 iso8859_2 iso8859_5 iso8859_7 cp866
    cp932 euc_jp gb18030 big5 cp949""")


_ALPHABETS = {  # beyond ASCII, language by language: in the right encoding all the letters of a text are of one
    "cp1252": ("éèêëàâæçîïôœùûüÿ", "äöüß", "áéíóúüñ¿¡ªº", "ãõáâàéêíóôúç", "àèéìòù", "åäöæøéü"),
    "cp1250": ("ąćęłńóśźż", "áčďéěíňóřšťúůýžľĺŕôä", "áéíóöőúüű", "ăâîşţșț", "čćđšž"),
    "iso8859_2": ("ąćęłńóśźż", "áčďéěíňóřšťúůýžľĺŕôä", "áéíóöőúüű", "ăâîşţ", "čćđšž"),
    "cp1254": ("çğıiöşüâîû",),
    "cp1257": ("ąčęėįšųūž", "āčēģīķļņšūž", "äöõüšž"),
    "cp1255": ("אבגדהוזחטיךכלםמןנסעףפץצקרשת",),
    "cp1251": ("абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґў",),
    "koi8_r": ("абвгдеёжзийклмнопрстуфхцчшщъыьэюя",),
    "cp866": ("абвгдеёжзийклмнопрстуфхцчшщъыьэюя",),
    "iso8859_5": ("абвгдеёжзийклмнопрстуфхцчшщъыьэюя",),
}
_PUNCTUATION = frozenset("“”„’‘‚‹›«»–—…•·°§€£©®™№\u00a0\u00ad")


def _guess(data: bytes) -> str:
    """The most likely encoding of bytes that are not UTF-8: charset-normalizer's, unless the letters tell otherwise."""
    from charset_normalizer import from_bytes

    sample = _sample(data)
    best = from_bytes(sample, cp_isolation=_GUESSES).best()
    if best is not None and best.encoding not in _ALPHABETS:
        return best.encoding
    guess = best.encoding if best is not None else "cp1252"
    scores = {codec: _fit(sample, codec) for codec in _ALPHABETS}
    winner = max(scores, key=lambda codec: scores[codec])
    return winner if scores[winner] > max(0.95, scores[guess]) else guess


def _fit(sample: bytes, codec: str) -> float:
    """The share of the characters beyond ASCII that are letters of one language; 0 where some do not decode.

    Less where they are capitals, or stand next to ASCII letters and are of another script: texts are rarely so.
    """
    text = _strictly(sample, codec) or ""
    written = [char for char in text if char > "\x7f" and char not in _PUNCTUATION]
    beyond = Counter(char.lower()[0] for char in written)
    right = max(sum(beyond[letter] for letter in set(letters)) for letters in _ALPHABETS[codec])
    capitals = sum(char.isupper() for char in written)
    return (right - capitals / 10 - len(_TWO_SCRIPTS.findall(text))) / len(written) if written else 0.0


_TWO_SCRIPTS = re.compile(r"[A-Za-z][\u0370-\u06ff]|[\u0370-\u06ff][A-Za-z]")


def _sample(data: bytes, size: int = 1 << 16) -> bytes:
    """About 64 KB from the first byte above 127 on, cut at white space: enough to tell an encoding."""
    if len(data) <= size:
        return data
    high = re.search(rb"[\x80-\xff]", data)
    start = data.rfind(b"\n", 0, high.start()) + 1 if high else 0
    start = max(start, high.start() - size // 2 if high else 0)
    cut = max(data.rfind(b"\n", start, start + size), data.rfind(b" ", start, start + size))
    return data[start : cut if cut > start else start + size]


def _scrub(text: str) -> str:
    return _SURROGATE.sub("\ufffd", text)


def _require_text(text: str) -> None:
    """Raises ReadError where the characters are not those of a text."""
    if (at := text.find("\0")) >= 0:
        raise ReadError(f"not text (NUL at character {at:,})")
    rubbish = len(text) - len(_RUBBISH.sub("", text))
    if rubbish * 20 > len(text):  # 5%: what is left of a broken transfer stays below, a program is above
        raise ReadError(f"not text ({100 * rubbish // len(text)}% of it are control characters)")
    if not _WORD.search(text):
        raise ReadError(f"no text in {len(text):,} characters")


_WORD = re.compile(r"[^\W_]")


# ---------------------------------------------------------------------------------------------------------------- dates

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            *("jan january января", "feb february февраля", "mar march марта", "apr april апреля", "may мая"),
            *("jun june июня", "jul july июля", "aug august августа", "sep sept september сентября"),
            *("oct october октября", "nov november ноября", "dec december декабря"),
        ),
        start=1,
    )
    for name in names.split()
}
_MONTH = r"([A-Za-zА-Яа-я]{3,9})\.?"
_YEAR = r"((?:1[5-9]|20)\d\d)(?!\d)"
_DAY = r"(\d{1,2})(?:st|nd|rd|th)?"
_ORDERS = (  # a pattern, and which of its groups are year, month and day
    (re.compile(rf"(?<!\d){_YEAR}([-/.])(\d{{1,2}})\2(\d{{1,2}})(?!\d)"), (1, 3, 4)),
    (re.compile(r"(?<!\d)((?:1[5-9]|20)\d\d)([01]\d)([0-3]\d)(?!\d)"), (1, 2, 3)),
    (re.compile(rf"(?<!\d){_DAY}[ -]{{1,2}}(?:of )?{_MONTH},?[ -]{{1,2}}{_YEAR}"), (3, 2, 1)),
    (re.compile(rf"\b{_MONTH} {{1,2}}{_DAY},? {{1,2}}{_YEAR}"), (3, 1, 2)),
    (re.compile(rf"(?<!\d)(\d{{1,2}})\.(\d{{1,2}})\.{_YEAR}"), (3, 2, 1)),
)
_TIME = re.compile(
    r"(?<![\d:])([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d|60))?(?:[.,]\d+)?"
    r"(?:\s?([ap])\.?m\b\.?)?\s?(z\b|utc\b|gmt\b|[+-]\d\d:?\d\d(?!\d))?",
    re.I,
)


def iso_date(text: str | None) -> str | None:
    """The first date in ``text`` as ISO 8601: a day, or a time where one is given; None where none can be told.

    Reads ISO 8601, RFC 2822, "26-FEB-1987 15:18:06.67", "January 30, 2017", "30 January 2017", "2022/01/03" and
    "30.01.2017". 03/04/2017 is two days, so it is none. Fractions of a second are dropped; of the zones only an offset
    and UTC are kept.
    """
    text = " ".join((text or "")[:200].split())
    try:
        return (
            parsedate_to_datetime(text).isoformat()
            if re.match(r"(?:\w{3},? )?\d{1,2} \w{3} \d{4} \d", text)
            else _iso(text)
        )
    except (ValueError, TypeError, OverflowError):
        return _iso(text)


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
    [name] for name in _words("UPI BBC Xinhua Sputnik EFE ANSA Kyodo Yonhap PTI ANI IANS Bloomberg NPR IRNA KCNA")
]
_ALIASES += [
    [name] for name in ("ABC News", "Fox News", "Al Jazeera", "RT", "MarketWatch", "VOA", "RFE/RL", "Ukrinform")
]
_AGENCIES = {name.casefold(): names[0] for names in _ALIASES for name in names}
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
        source = _AGENCIES.get(last.casefold()) or source
        when = found.get("date") or found.get("then")
        return Dateline(match.end(), found.get("place"), iso_date(when), source or None)
    return None


# -------------------------------------------------------------------------------------------------------- front matter

_KEYS = {
    key: fact
    for fact, keys in {
        "title": "title headline",
        "date": "date published datepublished date_published publication_date pubdate publish_date created time",
        "source": "source outlet publisher site site_name sitename publication agency newspaper",
        "author": "author authors by byline creator",
        "url": "url link canonical canonical_url permalink source_url",
        "place": "place location city",
    }.items()
    for key in keys.split()
}
_PAIR = re.compile(r"([A-Za-z][\w .-]{0,40}):(?:[ \t]+(.*))?$")


def _front_matter(text: str) -> tuple[int, _Facts]:
    """Where the front matter at the start of ``text`` ends, and its facts; 0 where there is none.

    Flat ``key: value`` lines between two rules; lists become "A, B". Nothing is executed, nothing is resolved.
    """
    start = 1 if text.startswith("\ufeff") else 0
    head = text[start : start + MAX_FRONT_MATTER]
    opening = re.match(r"---[ \t]*(?:\r\n|[\n\r])", head)
    closing = opening and re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.M).search(head.replace("\r", "\n"), opening.end())
    if not opening or not closing:
        return 0, _Facts()
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
            return 0, _Facts()  # prose between two rules
    if not values:
        return 0, _Facts()
    found: dict[str, str] = {}
    for key, items in values.items():
        fact = _KEYS.get(key.replace(" ", "_"))
        if fact and items:
            found.setdefault(fact, ", ".join(items) if fact in ("author", "place") else items[0])
    return start + closing.end(), _facts(**found)


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
        return [value for item in written[1:-1].split(",") for value in _values(item)]
    if len(written) > 1 and written[0] == written[-1] == "'":
        return [written[1:-1].replace("''", "'")]
    return [re.split(r"\s#", written, maxsplit=1)[0].strip().strip('"')]


def _facts(**written: str | None) -> _Facts:
    """Facts as a file words them, brought into shape: an ISO date, a title without the outlet's name behind it."""
    facts = _Facts(**{key: value.strip() or None for key, value in written.items() if value})
    source = facts.source or (_host(facts.url) if facts.url else None)
    title = facts.title
    if title and facts.source:
        cut = max(title.rfind(mark) for mark in (" | ", " - ", " – ", " — ", " :: "))
        tail = title[cut + 3 :].strip(" |-–—:").casefold()
        if cut > 0 and tail.startswith(facts.source.casefold()) and len(tail) <= len(facts.source) + 12:
            title = title[:cut].rstrip()
    return replace(facts, title=title, source=source, date=iso_date(facts.date))


def _host(url: str) -> str | None:
    """The host of an address without its "www."; None where it is no address."""
    try:
        host = urlsplit(url).hostname
    except ValueError:
        return None
    return host.removeprefix("www.") if host else None


# --------------------------------------------------------------------------------------------------- lines to pieces

_BREAK = r"\n\r\v\f\x1c-\x1e\x85\u2028\u2029"
_LINE = re.compile(rf"[^\s\ufeff][^{_BREAK}]*")  # from its first visible character on
_BREAKS = re.compile(rf"\r\n|[{_BREAK}]")
_BULLET = re.compile(r"(?:[-*+•‣▪▸►◦●·]\ufe0f?|\(?\d{1,2}[.)])[ \t\u00a0]+(?=\S)")
_MARKER = re.compile(r"[-*+•‣▪▸►◦●·]\ufe0f?[ \t\u00a0]+(?=\S)")
_SIGN_OFF = re.compile(r"(?:REUTERS?|[Rr]euters?|MORE|More|ENDS|-30-|###)\.?$")
_FINAL = ".!?…:;。！？؟۔।։"
_CLOSERS = "\"'”’»›)]}*_ \u00a0"


@dataclass(slots=True)
class _Line:
    start: int
    end: int
    indent: int
    blank: bool  # an empty line stands before it
    bullet: bool
    final: bool  # it ends as a sentence does


def _lines(text: str, start: int) -> list[_Line]:
    """The visible lines of ``text`` from ``start`` on, without the white space around them."""
    lines = []
    previous = start
    for match in _LINE.finditer(text, start):
        begin = match.start()
        end = begin + len(match[0].rstrip())
        gap = text[previous:begin]
        breaks = _BREAKS.findall(gap)
        indent = len(gap) - 1 - max(gap.rfind(mark) for mark in breaks[-1:]) if breaks else len(gap)
        tail = text[max(begin, end - 8) : end].rstrip(_CLOSERS)
        bullet = _BULLET.match(text, begin, end) is not None
        blank = len(breaks) > 1 or "\u2029" in breaks
        lines.append(_Line(begin, end, indent, blank, bullet, tail[-1:] in _FINAL and tail != ""))
        previous = end
    return lines


def _first_word(text: str, line: _Line) -> int:
    """The length of a line's first word, up to 40."""
    return len(text[line.start : min(line.end, line.start + 40)].split(maxsplit=1)[0])


@dataclass(frozen=True, slots=True)
class _Layout:
    """How a text breaks its lines: ``width`` is the column it was wrapped at, 0 where each line is a paragraph."""

    width: int = 0
    margin: int = 0
    indented: bool = False  # a paragraph's first line stands further in


def _signs_off(text: str, line: _Line) -> bool:
    return line.end - line.start < 9 and _SIGN_OFF.match(text, line.start, line.end) is not None


def _layout(text: str, lines: Sequence[_Line]) -> _Layout:
    """Wrapped lines mostly stop inside a sentence, and mostly because the next word would not have fitted."""
    margin = min((line.indent for line in lines), default=0)
    indented = any(line.indent >= margin + 2 and not line.bullet for line in lines)
    joints = (
        (a, b) for a, b in pairwise(lines) if not (b.blank or b.bullet or b.indent >= margin + 2 or _signs_off(text, b))
    )
    pairs = list(islice(joints, 5000))
    if not pairs:
        return _Layout()
    widths = sorted(line.end - line.start + line.indent for pair in pairs for line in pair)
    width = widths[len(widths) * 9 // 10]
    opened = [(a, b) for a, b in pairs if not a.final]
    if width > (160 if len(pairs) > 2 else 80) or len(opened) * 2 < len(pairs):
        return _Layout()
    runs_on = sum(
        text[b.start].islower() or a.end - a.start + a.indent + 1 + _first_word(text, b) > 0.9 * width
        for a, b in opened
    )
    return _Layout(width, margin, indented) if runs_on * 2 >= len(opened) else _Layout()


def _continues(text: str, a: _Line, b: _Line, layout: _Layout) -> bool:
    """Whether line ``b`` goes on with the paragraph of line ``a``, the line before it."""
    if b.blank or b.bullet:
        return False
    runs_on = not a.final and text[b.start].islower()
    if not layout.width or a.bullet:
        return runs_on or (a.bullet and b.indent > a.indent)
    if b.indent >= layout.margin + 2:
        return runs_on and b.indent == a.indent
    if layout.indented:
        return True
    spare = layout.width - (a.end - a.start + a.indent + 1 + _first_word(text, b))
    if a.final:
        return spare < 0.25 * layout.width  # a sentence may end anywhere in a line, but a last line is short
    return runs_on or spare < 0.4 * layout.width  # else a heading


def _pieces(text: str, lines: Sequence[_Line], *, titled: bool, alone: frozenset[int] = frozenset()) -> list[_Piece]:
    """Lines joined into paragraphs; those that start at a place in ``alone`` stay by themselves.

    Where the title is known (``titled``) a short first line is the start of the text, and no headline.
    """
    layout = _layout(text, lines)
    pieces: list[_Piece] = []
    before: _Line | None = None
    for line in lines:
        apart = line.start in alone or _signs_off(text, line) or (before is not None and before.start in alone)
        leads = titled and layout.width > 0 and before is lines[0] and not (before.final or line.blank or line.bullet)
        if before and not apart and (leads or _continues(text, before, line, layout)):
            pieces[-1].end = line.end
            pieces[-1].lines += 1
            bullet, indent = before.bullet, before.indent if before.bullet else line.indent
            before = _Line(line.start, line.end, indent, line.blank, bullet, line.final)
            continue
        pieces.append(_Piece(line.start, line.end, "item" if line.bullet else "text"))
        before = line
    for piece in pieces:
        if piece.role == "item" and (marker := _MARKER.match(text, piece.start, piece.end)):
            piece.start = marker.end()
    return pieces


def _plain(data: bytes) -> tuple[str, list[Block], _Facts]:
    text = decode(data)
    _require_text(text)
    end, facts = _front_matter(text)
    pieces = _pieces(text, _lines(text, end), titled=facts.title is not None)
    return _finish(text, end, pieces, facts)


def _finish(text: str, end: int, pieces: list[_Piece], facts: _Facts) -> tuple[str, list[Block], _Facts]:
    """Front matter before, judged pieces behind."""
    front = 1 if end and text.startswith("\ufeff") else 0
    pieces, facts = _judge(text, pieces, facts)
    blocks = [Block(Span(front, end), "aside")] if end else []
    return text, blocks + [_block(piece) for piece in pieces], facts


def _block(piece: _Piece) -> Block:
    kinds: dict[Role, BlockKind] = {"heading": "heading", "aside": "aside"}
    return Block(Span(piece.start, piece.end), kinds.get(piece.role, "paragraph"))


# ------------------------------------------------------------------------------------------------------------ Markdown

_ATX = re.compile(r"(#{1,6})[ \t]+(\S.*?)(?:[ \t]+#+)?$")
_SETEXT = re.compile(r"(?:={2,}|-{2,})$")
_FENCE = re.compile(r"(?:`{3,}|~{3,})")
_BOLD = re.compile(r"(\*\*|__)([^*_]{1,100})\1$")
_QUOTED = re.compile(r"(?:>[ \t\u00a0]?)+[ \t\u00a0]*")
_LINK_ONLY = re.compile(r"!?\[[^\]\[]{0,300}\]\([^()\s]{0,500}(?:\s[^()]{0,200})?\)$")


def _markdown(data: bytes) -> tuple[str, list[Block], _Facts]:
    text = decode(data)
    _require_text(text)
    end, facts = _front_matter(text)
    lines = _unquoted(text, _lines(text, end))
    fenced = _fenced(text, lines)
    alone = {line.start for line in lines if text[line.start] in "#|" or _FENCE.match(text, line.start)}
    alone |= {line.start for line in lines if line.end - line.start < 200 and _SETEXT.match(text, line.start, line.end)}
    pieces = _pieces(text, lines, titled=facts.title is not None, alone=fenced | alone)
    kept: list[_Piece] = []
    for piece in pieces:
        if piece.start in fenced:
            piece.role, piece.fixed = "aside", True
        elif _is_underline(text, piece) and kept and kept[-1].role == "text" and _adjacent(text, kept[-1], piece):
            kept[-1].role, kept[-1].level = "heading", 1 if text[piece.start] == "=" else 2
            continue  # the underline is mark-up
        else:
            _mark_up(text, piece)
        kept.append(piece)
    first = next((piece for piece in kept if piece.role == "heading" and piece.level == 1), None)
    return _finish(text, end, kept, facts.then(_Facts(title=text[first.start : first.end] if first else None)))


def _unquoted(text: str, lines: Sequence[_Line]) -> list[_Line]:
    """The lines without the ``>`` of a block quotation before them; a line of nothing else counts as empty."""
    kept: list[_Line] = []
    blank = False
    for line in lines:
        if text[line.start] == ">" and (match := _QUOTED.match(text, line.start, line.end)):
            if match.end() < line.end:
                bullet = _BULLET.match(text, match.end(), line.end) is not None
                kept.append(replace(line, start=match.end(), blank=line.blank or blank, bullet=bullet))
            blank = match.end() == line.end
            continue
        kept.append(replace(line, blank=True) if blank else line)
        blank = False
    return kept


def _is_underline(text: str, piece: _Piece) -> bool:
    return piece.end - piece.start < 200 and _SETEXT.match(text, piece.start, piece.end) is not None


def _adjacent(text: str, a: _Piece, b: _Piece) -> bool:
    if text[b.start] == "-" and _is_final(text, a):
        return False  # a rule below a sentence
    return a.lines == 1 and a.end - a.start < 200 and len(_BREAKS.findall(text, a.end, b.start)) == 1


def _fenced(text: str, lines: Sequence[_Line]) -> frozenset[int]:
    """Where the lines of fenced code start, the fences with them; a fence that is never closed is none."""
    found: list[int] = []
    opened: list[int] = []
    mark = ""
    for line in lines:
        fence = _FENCE.match(text, line.start)
        if opened:
            opened.append(line.start)
            if fence and fence[0].startswith(mark) and fence.end() == line.end:
                found += opened
                opened = []
        elif fence:
            opened, mark = [line.start], fence[0]
    return frozenset(found)


def _mark_up(text: str, piece: _Piece) -> None:
    """Takes the signs of Markdown off a piece's ends and notes what they mean."""
    if piece.lines > 1 or piece.end - piece.start > LONGEST_NOISE:
        return
    if atx := _ATX.match(text, piece.start, piece.end):
        piece.start, piece.end = atx.span(2)
        piece.role, piece.level = "heading", len(atx[1])
    elif (bold := _BOLD.match(text, piece.start, piece.end)) and bold[2].rstrip()[-1:] not in _FINAL:
        piece.start, piece.end = bold.span(2)
    elif text.startswith(("![", "<!--"), piece.start):
        piece.role = (
            "aside"
            if _LINK_ONLY.match(text, piece.start, piece.end) or text[piece.end - 3 : piece.end] == "-->"
            else piece.role
        )


# ------------------------------------------------------------------------------------------- paragraph, heading, aside

_SITES = (
    r"(?:twitter|x|facebook|instagram|telegram|youtube|linkedin|threads|tiktok|whatsapp|bluesky|mastodon|vk|rutube"
    r"|ruptly)"
)
_PHOTO = (
    r"(?:getty(?: images)?|afp|ap|reuters|epa|shutterstock|zuma(?: press)?|alamy|adobe stock|usa today network"
    r"|instagram|nasa|tass)"
)
_NOISE = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        r"(?:(?:story|article) continues below )?advertise?ment\W*(?:(?:continue|scroll|story).{0,40})?$",
        r"(?:read|see|watch|listen|view|continue reading)\b.{0,60}\b(?:here|in full|below)\b\W*"
        r"(?:\([^()]{1,30}\)\W*)?$",
        r"(?:read|see) (?:more|also|next|the (?:rest|full|original)\b.{0,40})\W*$",
        r"(?:read|see|learn|watch|more)(?: (?:more|also|next))?\s?[:|»>].{1,160}$",
        r"more (?:on|from|about|coverage)\b.{1,50}[^.!?]$",
        r"(?:related|recommended|trending|most (?:read|popular|viewed)|you (?:may|might) (?:also )?like)"
        r"(?: (?:articles?|stor(?:y|ies)|content|links?|coverage|topics?|news|now|posts?))?\s?:?(?:$|\s?[:|].{0,160}$)",
        rf"\W{{0,3}}(?:follow|like|join|find|connect with)\b.{{0,80}}\bon {_SITES}\b.{{0,60}}$",
        r"(?:share|tweet|email|e-mail|print|comments?|save|copy link|subscribe|sign (?:in|up)|log ?in|menu|search|home"
        r"|up next|loading|watch live|live updates?|full text|abstract|(?:back to )?top|close|next|previous"
        r"|this just in)\W*$",
        r"share (?:this|on|via)\b.{0,60}[^.!?]$",
        r"\W?(?:you can get .{1,60}|sign up|subscribe|click here|tap here|download|get)\b.{0,160}"
        r"\b(?:newsletters?|alerts?|inbox|podcast|app)\b.{0,60}$",
        r"(?:would you like|sign up).{0,80}newsletter\s?\W*$",
        r"(?:©|\(c\)|copyright\b).{0,200}$",
        r".{0,120}\ball rights reserved\W*$",
        r"\(?(?:(?:file )?(?:photos?|images?|picture|photograph|illustration|video)(?: credits?)?|credits?)\s?[:/|]"
        r".{1,200}$",
        r"(?:photo|image|picture|video) (?:by|via|courtesy)\b.{1,120}$",
        rf".{{0,300}}[\w)](?:/| via |, via ){_PHOTO}\.?$",
        rf".{{0,300}}[.!?”\"] ?[^.!?]{{0,40}}\b{_PHOTO}(?: images| photo)\.?$",
        rf"{_PHOTO}\W{{0,3}}(?:{_PHOTO})?\W*$",
        rf".{{0,300}}\((?:photo|image|{_PHOTO})(?: photos?)?[ :/][^()]{{1,80}}\)$",
        r"[-–—\s]*(?:reuters?|more|ends|end|afp|upi|ap|tass)\W*$",
        r"\W?(?:reporting|additional reporting|writing|editing|edited|compiled|reported|written) by\b.{1,300}$",
        r"[-–—]*\s?(?:additional )?reporting (?:by|from)\b.{1,200}$",
        r"[^.]{2,160}\b(?:contributed (?:to this (?:report|story|article)|reporting))\W*$",
        r"this (?:story|article|post|report)(?: and headline)? (?:has|have|was|is) (?:been )?"
        r"(?:updated|corrected|revised)\b.{0,200}$",
        r"(?:\W*https?://\S+|www\.\S+)\s*$",
        r"(?:#\w+[\s,;|]*)+$",
        rf"{_SITES}(?: \([^()]{{1,30}}\))?(?: (?:page|channel|live|and {_SITES}|\| ?{_SITES}))*\W*$",
        r"[\w’' ]{0,30}\bwebsite\W*$",
        r"\d+\. how relevant is this ad to you\?$",
    )
)
_RELATED = re.compile(
    r"(?:related|read (?:more|also|next)|see also|more (?:on|from|about|stories)|recommended)\b.{0,60}$", re.I
)
_STAMP = re.compile(r"(?:first |last )?(?:published|updated|posted|modified)(?: on| at)?\b[^.!?]{0,12}\d.{0,80}$", re.I)
_NAME = r"[A-ZÀ-ÞА-Я][\w.'’-]*(?: (?:[A-ZÀ-ÞА-Я][\w.'’-]*|de|van|von|der|bin|al|el|la|da|di|le)){1,4}"
_BYLINE = re.compile(
    rf"(?:[Bb]y|BY|От|Автор:?) ({_NAME}(?:(?:, | and | AND | & |, and ){_NAME}){{0,5}})"
    r"(?:,? (?:[A-Z][\w.&'’-]*|the|of|for|and|in)){0,8}[,|]?$"
)
_SIGNED = re.compile(rf"[-–—―]{{1,2}}\s?(?:[Tt]he )?{_NAME}(?:(?:, | and |, and ){_NAME}){{0,3}}$")
_SPEECH = re.compile(r"\b(?:said|says|told|added)\b", re.I)
_ORNAMENT = re.compile(r"^[^\w\"'“‘«(\[#@©$€£<‚„—–―-]+")  # emoji and dots before the first word
_SAID = re.compile(
    r"(?:^|[,\s”\"’])(?:said|says|told|added|noted|stressed|recalled|explained|claimed|warned|asked|argued|wrote|tweeted)$",
    re.I,
)
_QUOTE_END = re.compile(r"[”\"»][.,!?]?$|[.,!?][’']$")
_STOP_INSIDE = re.compile(r"[^\W\d_A-Z]{3}[.!?] [A-ZА-Я]")
_INSIDE_END = re.compile(r"[.!?…][\"”] |[\w)][.!?…][’']? [\W_]*[—–―]")  # a quotation with its source
_SMALL = frozenset(
    _words("""
    a an and as at but by for from if in into is nor of off on or over per so than that the to up via vs with yet
    no not are be was its his her it this these how who""")
)


def _judge(text: str, pieces: list[_Piece], facts: _Facts) -> tuple[list[_Piece], _Facts]:
    """Decides what each piece is, takes datelines off paragraphs, and adds the facts that stand in the text."""
    judged, facts = _asides(text, pieces, facts)
    judged, facts = _datelined(text, judged, facts)
    facts = _titled(text, judged, facts)
    _subheadings(text, judged)
    _link_list(text, judged)
    if not any(piece.role in ("text", "item") for piece in judged):  # a caption, a list, a post: it is all there is
        for piece in judged:
            said = piece.role == "aside" and not piece.fixed and _WORD.search(text, piece.start, piece.end)
            piece.role = "text" if said else piece.role
    return judged, facts


def _asides(text: str, pieces: list[_Piece], facts: _Facts) -> tuple[list[_Piece], _Facts]:
    quoted = False  # the paragraph before ends in a quotation: "— A Name" below it names the speaker
    for index, piece in enumerate(pieces):
        if index in (1, 2) and piece.end - piece.start < 20 and text[piece.start : piece.end].casefold() in _AGENCIES:
            piece.role = "aside"
            name = text[pieces[index - 1].start : pieces[index - 1].end]
            if facts.title and len(name) < 60 and re.fullmatch(_NAME, name):  # a by-line without "by" above the outlet
                pieces[index - 1].role, facts = "aside", facts.then(_Facts(author=name))
        if piece.role in ("text", "item"):
            line = _ORNAMENT.sub("", text[piece.start : min(piece.end, piece.start + LONGEST_NOISE + 1)], count=1)
            line = line.replace("\u00a0", " ")
            early = index < 6
            if piece.end - piece.start <= LONGEST_NOISE and piece.lines == 1:
                byline = _BYLINE.match(line) if early and piece.end - piece.start <= 160 else None
                stamp = _STAMP.match(line) if len(line) <= 120 else None
                if byline or stamp or _is_noise(line, quoted):
                    piece.role = "aside"
                    facts = facts.then(
                        _Facts(author=byline[1] if byline else None, date=iso_date(line) if stamp else None)
                    )
            elif not _WORD.search(text, piece.start, piece.end):
                piece.role = "aside"
        quoted = _QUOTE_END.search(text[max(piece.start, piece.end - 4) : piece.end]) is not None
    return pieces, facts


def _is_noise(line: str, quoted: bool) -> bool:
    """Whether a line is furniture of the page: share buttons, credits, addresses, ornaments."""
    if not _WORD.search(line):
        return True
    if _SPEECH.search(line):
        return False
    if not quoted and len(line) <= 80 and _SIGNED.match(line):
        return True
    return any(pattern.match(line) for pattern in _NOISE)


def _datelined(text: str, pieces: list[_Piece], facts: _Facts) -> tuple[list[_Piece], _Facts]:
    """The dateline of the first paragraphs, as an aside of its own."""
    result: list[_Piece] = []
    tried = 0
    for piece in pieces:
        found = (
            dateline(text[piece.start : min(piece.end, piece.start + 160)])
            if piece.role == "text" and tried < 4
            else None
        )
        pin = text[piece.start] == "📍"  # a pin stands where it likes
        tried += piece.role == "text"
        if found is None or (tried > 2 and not pin and found.source is None):
            result.append(piece)
            continue
        facts = facts.then(_Facts(place=found.place, date=found.date, source=found.source))
        tried += 4
        result.append(_Piece(piece.start, piece.start + found.end, "aside", fixed=True))
        rest = _LINE.search(text, piece.start + found.end, piece.end)
        if rest:
            result.append(replace(piece, start=rest.start()))
    return result, facts


def _titled(text: str, pieces: list[_Piece], facts: _Facts) -> _Facts:
    """The title where the first line is one: it becomes a heading."""
    live = [piece for piece in pieces[:12] if piece.role != "aside"][:2]
    if not live or live[0].role not in ("text", "item") or live[0].end - live[0].start > 250:
        return facts
    first = text[live[0].start : live[0].end]
    if facts.title and _letters(first) == _letters(facts.title):
        live[0].role = "heading"
    elif not facts.title and len(live) > 1 and live[0].role == "text" and _is_headline(first, live[0].lines):
        live[0].role, live[0].level = "heading", 1
        return replace(facts, title=first)
    return facts


def _letters(text: str) -> str:
    return "".join(_WORD.findall(text)).casefold()


def _is_headline(line: str, lines: int) -> bool:
    """Whether a first line is a title: All Its Longer Words Capitalised, or short and without a final stop."""
    words = line.split()
    if lines > 2 or not 2 <= len(words) <= 25 or len(line) > 200 or line[-1] in ",:;—–-" or _speaks(line):
        return False
    if len(words) >= 4 and _all_capitals(words) and not _STOP_INSIDE.search(line):
        return True
    return lines == 1 and len(line) <= 110 and line.rstrip(_CLOSERS)[-1:] not in _FINAL and _looks_titled(line)


def _all_capitals(words: Iterable[str]) -> bool:
    """Whether every longer word of a line starts with a capital or a digit."""
    bare = [word.strip("\"'“”‘’«»()[],.:;?!") for word in words]
    longer = [word for word in bare if word and word.lower() not in _SMALL]
    return len(longer) >= 3 and not any(word[0].islower() for word in longer)


def _speaks(line: str) -> bool:
    """Whether a line attributes words to somebody, and so may be an answer."""
    bare = line.rstrip(_CLOSERS + ".!")
    return _SAID.search(bare) is not None or re.search(r",[”\"] ?\w", line) is not None


def _looks_titled(line: str) -> bool:
    """Starts as a title does, and is mostly letters."""
    visible = line.replace(" ", "")
    letters = sum(char.isalpha() for char in visible)
    start = _ORNAMENT.sub("", line, count=1).lstrip("\"'“‘«(")[:1]
    return letters >= 0.6 * len(visible) and (start.isdigit() or (start.isalpha() and not start.islower()))


def _may_head(text: str, piece: _Piece) -> bool:
    """Whether a piece, by itself, could be a sub-heading."""
    size = piece.end - piece.start
    numbered = piece.role == "item" and text[piece.start].isdigit()
    if not (piece.role == "text" or numbered) or piece.lines > 1 or not 2 <= size <= 90:
        return False
    line = text[piece.start : piece.end]
    if line.rstrip(_CLOSERS)[-1:] in _FINAL or line[-1] in ",-–—" or line[0] in "-–—―#@<" or "@" in line:
        return False
    if line[0] in '“"«' and line[-1] in '”"»':  # all of it quoted: somebody's words
        return False
    if _speaks(line) or _STOP_INSIDE.search(line) or _INSIDE_END.search(line) or len(line.split()) > 14:
        return False
    digits = sum(char.isdigit() for char in line.lstrip("0123456789"))
    return _looks_titled(line) and digits * 5 <= size


def _subheadings(text: str, pieces: list[_Piece]) -> None:
    """Short lines without a final stop between paragraphs: at most two in a row, and prose must follow."""
    live = [piece for piece in pieces if piece.role != "aside"]
    heads = [_may_head(text, piece) for piece in live]
    run: list[int] = []
    for index, piece in enumerate(live):
        if heads[index]:
            run.append(index)
            continue
        prose = piece.role in ("text", "item") and (piece.end - piece.start > 120 or _is_final(text, piece))
        if len(run) <= 2 and (prose or piece.role == "heading"):
            for which in run:
                live[which].role = "heading"
        run = []


def _is_final(text: str, piece: _Piece) -> bool:
    tail = text[max(piece.start, piece.end - 8) : piece.end].rstrip(_CLOSERS)
    return tail[-1:] in _FINAL and tail != ""


def _link_list(text: str, pieces: list[_Piece]) -> None:
    """Headlines of other articles, listed at the end: three or more short items without a final stop."""
    run: list[_Piece] = []
    before: _Piece | None = None
    for piece in reversed(pieces):
        if piece.role == "aside" and not run:
            continue
        if piece.role != "item":
            before = piece
            break
        run.append(piece)
    related = before is not None and _RELATED.match(text[before.start : min(before.end, before.start + 80)]) is not None
    introduced = before is not None and text[before.end - 1] == ":" and not related
    open_ended = [piece for piece in run if _is_link(text, piece)]
    if introduced or len(run) < (1 if related else 3) or len(open_ended) * 5 < len(run) * 4:
        return
    for piece in run:
        piece.role = "aside"
    if related and before is not None:
        before.role = "aside"


def _is_link(text: str, piece: _Piece) -> bool:
    line = text[piece.start : min(piece.end, piece.start + 400)]
    if piece.end - piece.start < 400 and _LINK_ONLY.match(line):
        return True
    return piece.end - piece.start <= 160 and line.rstrip(_CLOSERS)[-1:] not in ".…" and not _speaks(line)


# ---------------------------------------------------------------------------------------------------------------- HTML

_DECLARED = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})|<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([\w.:-]{2,40})",
    re.I,
)
_OPENING = re.compile(r"<(?=[a-zA-Z!?]|/[a-zA-Z])")
_TAG_NAME = re.compile(r"/?([a-zA-Z][a-zA-Z0-9:-]{0,30})")
_ATTRIBUTE = re.compile(r"([^\s=\"'<>/]{1,60})\s{0,4}=\s{0,4}(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_RAW = {
    name: re.compile(rf"</{name}[\s>/]", re.I)
    for name in ("script", "style", "textarea", "title", "noscript", "iframe")
}
_TAG_SIGN = re.compile("[\"'>]")
_AROUND = frozenset(_words("nav footer aside button select svg template dialog menu"))
_BLOCKS = frozenset(
    _words("""
    p div section article main blockquote ul ol li dl dt dd table tr td th caption h1 h2 h3 h4 h5 h6 pre figure
    figcaption address hr body header footer nav aside form center fieldset details summary""")
)
_LONG_REFERENCE = re.compile(r"&#[0-9a-fA-FxX]{9,};?")
_SHORT_EXTRACT = 250  # characters: below this trafilatura has found no article, or a very small one
_LONGEST_TREE_TEXT = 400_000  # code points: trafilatura's time grows with their square, 0.6 s here,
_MOST_TREE_TAGS = 30_000  # and with that of the tags; an article of 2025 has 3,000


@dataclass(slots=True)
class _Page:
    """What one pass over the mark-up found, without a tree."""

    parts: list[tuple[Role, int, str]] = field(default_factory=list)  # role, heading level, text
    meta: dict[str, str] = field(default_factory=dict)
    data: list[Any] = field(default_factory=list)  # JSON-LD
    linked_data: bool = False  # whether the script that is open is JSON-LD
    tags: int = 0
    prose: int = 0  # code points inside <p>

    def add(self, role: Role, level: int, text: list[str], prose: bool) -> None:
        """Takes the text gathered for a block, if there is any, and empties the list."""
        line = _unescape("".join(text))
        text.clear()
        if not line.isspace() and line:
            self.parts.append((role, level, line))
            self.prose += len(line) if prose else 0


def _html(data: bytes) -> tuple[str, list[Block], _Facts]:
    declared = _DECLARED.search(data[:4096])
    source = decode(data, (declared[1] or declared[2]).decode("ascii") if declared else None).replace("\0", "\ufffd")
    _require_text(source)
    page = _scan(source)
    facts = _stated(page)
    parts = _extract(source, page, len(data)) or page.parts
    text, pieces = _laid_out(parts)
    if not _WORD.search(text):
        raise ReadError(f"no article text found in {len(data):,} bytes of HTML")
    return _finish(text, 0, pieces, facts)


def _laid_out(parts: Iterable[tuple[Role, int, str]]) -> tuple[str, list[_Piece]]:
    """The text of a page, a line per block, and the pieces in it."""
    lines: list[str] = []
    pieces: list[_Piece] = []
    at = 0
    for role, level, written in parts:
        line = _scrub(" ".join(written.split()))
        if line.strip("\ufeff"):
            pieces.append(_Piece(at, at + len(line), role, level))
            lines.append(line)
            at += len(line) + 1
    return "\n".join(lines), pieces


def _tokens(source: str) -> Iterator[tuple[str, str, str]]:
    """(text, tag name with a slash where it closes, attributes), each character looked at a bounded number of times."""
    at, size = 0, len(source)
    while at < size:
        found = _OPENING.search(source, at)
        if found is None:
            yield source[at:], "", ""
            return
        opening = found.start()
        name = _TAG_NAME.match(source, opening + 1)
        if name:
            end = _tag_end(source, name.end())
            tag = ("/" if source[opening + 1] == "/" else "") + name[1].lower()
            yield source[at:opening], tag, source[name.end() : end]
        elif source.startswith("<!--", opening):
            end = source.find("-->", opening + 4)
            end = size if end < 0 else end + 2
            yield source[at:opening], "", ""
        else:
            end = source.find(">", opening)
            end = size if end < 0 else end
            yield source[at:opening], "", ""
        at = end + 1
        if name and tag in _RAW:
            close = _RAW[tag].search(source, at)
            yield source[at : close.start()] if close else "", "=" + tag, ""
            at = close.start() if close else size


def _tag_end(source: str, at: int) -> int:
    """Where the ``>`` of a tag is; one inside quotation marks does not count, within 8,192 characters."""
    mark = ""
    for match in _TAG_SIGN.finditer(source, at, at + 8192):
        if match[0] == mark:
            mark = ""
        elif not mark and match[0] == ">":
            return match.start()
        elif not mark:
            mark = match[0]
    end = source.find(">", at)
    return end if end >= 0 else len(source)


def _scan(source: str, around: frozenset[str] = _AROUND) -> _Page:
    """The visible text of a page block by block, its meta data and JSON-LD. Needs no tree, so no depth is too deep."""
    page = _Page()
    text: list[str] = []
    inside: Counter[str] = Counter()  # the open elements that stand around an article
    role: Role = "text"
    level = 0
    prose = False
    for written, tag, attributes in _tokens(source):
        if tag.startswith("="):
            _note(page, tag[1:], written)
            continue
        if not inside:
            text.append(written)
        name = tag.lstrip("/")
        if name in _BLOCKS or name == "br":
            page.add(role, level, text, prose)
        if name in around:
            inside[name] += -1 if tag[0] == "/" else 1
            inside = +inside  # without those that are closed
        elif tag in ("article", "main"):
            inside.clear()  # whatever was left open before
        elif tag in ("meta", "link", "time", "script"):
            _remember(page, tag, attributes)
        if name in _BLOCKS:
            prose = tag == "p"
            heads = len(tag) == 2 and tag[0] == "h" and tag[1].isdigit()
            role, level = ("heading", int(tag[1])) if heads else ("item" if tag == "li" else "text", 0)
        page.tags += 1
    page.add(role, level, text, prose)
    if not page.parts and around:
        return _scan(source, frozenset())
    return page


def _unescape(text: str) -> str:
    """Character references resolved; html.unescape would stumble over one of thousands of digits."""
    return html.unescape(_LONG_REFERENCE.sub("\ufffd", text)) if "&" in text else text


def _note(page: _Page, tag: str, written: str) -> None:
    """The content of a <title>, and of a <script> that is JSON-LD."""
    if tag == "title":
        page.meta.setdefault("<title>", _unescape(written[:2000]))
    elif tag == "script" and page.linked_data:
        try:
            page.data.append(json.loads(written))
        except (ValueError, RecursionError):
            return  # damaged data: the page's text is what counts


def _remember(page: _Page, tag: str, attributes: str) -> None:
    """The facts in a tag's attributes; the first of a kind counts."""
    found = {
        match[1].lower(): _unescape(match[2] or match[3] or match[4] or "")
        for match in _ATTRIBUTE.finditer(attributes[:8192])
    }
    if tag == "script":
        page.linked_data = "ld+json" in found.get("type", "").lower()
    elif tag == "time":
        page.meta.setdefault("<time>", found.get("datetime", ""))
    elif tag == "link" and found.get("rel", "").lower() == "canonical":
        page.meta.setdefault("<canonical>", found.get("href", ""))
    elif tag == "meta":
        key = found.get("property") or found.get("name") or found.get("itemprop") or ""
        if found.get("content", "").strip():
            page.meta.setdefault(key.lower(), found["content"])


_META = {
    "title": "og:title twitter:title dc.title headline parsely-title",
    "date": """article:published_time og:published_time datepublished date parsely-pub-date sailthru.date dc.date.issued
        dc.date dcterms.created pubdate publishdate publish-date publication_date article.published
        <time>""",
    "source": "og:site_name application-name dc.publisher publisher copyright",
    "author": "author article:author parsely-author sailthru.author dc.creator byl twitter:creator",
    "url": "<canonical> og:url twitter:url parsely-link",
}


def _stated(page: _Page) -> _Facts:
    """What the page says about itself: JSON-LD first (it has the time), then meta tags, the first H1 and <title>."""
    linked = next((_Facts(**facts) for item in _linked(page.data) if (facts := _article_facts(item))), _Facts())
    named = {fact: [page.meta.get(key, "") for key in keys.split()] for fact, keys in _META.items()}
    named["author"] = [re.sub(r"^[Bb]y\s+", "", name) for name in named["author"] if not name.startswith(("http", "@"))]
    named["url"] = [url for url in named["url"] if url.startswith(("http://", "https://"))]
    headline = next((line for role, level, line in page.parts if role == "heading" and level == 1), None)
    meta = _Facts(**{fact: next(filter(None, values), None) for fact, values in named.items()})
    merged = linked.then(meta).then(_Facts(title=headline or page.meta.get("<title>")))
    dates = [iso_date(date) for date in (linked.date, *named["date"])]
    best = next((date for date in dates if date and len(date) > 10), next(filter(None, dates), None))
    return _facts(**{f.name: _tidy(getattr(merged, f.name)) for f in fields(merged)} | {"date": best})


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


def _extract(source: str, page: _Page, size: int) -> list[tuple[Role, int, str]]:
    """The article of a page by trafilatura; nothing where it finds none, gives up, or the page is too much for it."""
    characters = sum(len(line) for _, _, line in page.parts)
    if size > MAX_TREE_BYTES or characters > _LONGEST_TREE_TEXT or page.tags > _MOST_TREE_TAGS:
        return []
    try:
        body = _article_tree(source)
        parts = list(_flatten(body)) if body is not None else []
    except Exception:  # of any kind: the parser and the extractor run on whatever the web has brought forth
        return []
    found = sum(len(line) for _, _, line in parts)
    return [] if found < _SHORT_EXTRACT and page.prose > 3 * found else parts


def _article_tree(source: str) -> Any:  # noqa: ANN401  # lxml is untyped
    """The article as a tree of trafilatura's few tags; None where the page is too deep for libxml2, or has none."""
    import logging

    import lxml.etree
    import lxml.html
    import trafilatura

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # it reports what is reported here in another way
    parser = lxml.html.HTMLParser(no_network=True, encoding="utf-8", remove_comments=True, remove_pis=True)
    tree = lxml.html.document_fromstring(source.encode("utf-8"), parser=parser)
    if any(entry.level == lxml.etree.ErrorLevels.FATAL for entry in parser.error_log):
        return None  # text was dropped: past 255 nested elements libxml2 stops, and says so only here
    found = trafilatura.bare_extraction(tree, with_metadata=False, include_comments=False, favor_recall=True)
    return found.body if found is not None else None


_TREE_BLOCKS = frozenset(_words("head p item quote row code fw ab div list table main body graphic"))


def _flatten(body: Any) -> Iterator[tuple[Role, int, str]]:  # noqa: ANN401
    """The blocks of trafilatura's tree, in order."""
    import lxml.etree

    text: list[str] = []
    role: Role = "text"
    level = 0
    for event, element in lxml.etree.iterwalk(body, events=("start", "end")):
        tag = element.tag if isinstance(element.tag, str) else ""
        if tag in _TREE_BLOCKS or (
            tag == "lb" and event == "start" and "".join(text[-2:]).rstrip(_CLOSERS)[-1:] in tuple(_FINAL)
        ):
            yield role, level, "".join(text)
            text.clear()
        if tag in _TREE_BLOCKS:
            rend = element.get("rend") or ""
            heads = event == "start" and tag == "head"
            role = "heading" if heads else "item" if event == "start" and tag == "item" else "text"
            level = int(rend[1]) if heads and rend[1:2].isdigit() else 0
        text.append((element.text if event == "start" else element.tail) or "")
        if tag in ("lb", "cell"):
            text.append(" ")
    yield role, level, "".join(text)


# -------------------------------------------------------------------------------------------------------------- formats

_Reader = Callable[[bytes], tuple[str, list[Block], _Facts]]

SUFFIXES: Mapping[str, _Reader] = {
    ".txt": _plain,
    ".text": _plain,
    ".md": _markdown,
    ".markdown": _markdown,
    ".mdown": _markdown,
    ".html": _html,
    ".htm": _html,
    ".xhtml": _html,
}
"""Which reader a file's suffix chooses. Any other suffix is read as plain text, if it is text."""

UNSUPPORTED: Mapping[str, str] = {
    f".{suffix}": name
    for name, suffixes in {
        "PDF": "pdf",
        "Word": "doc docx docm dot",
        "OpenDocument": "odt ods odp",
        "RTF": "rtf",
        "EPUB": "epub",
        "Kindle": "mobi azw azw3",
        "PowerPoint": "ppt pptx",
        "Excel": "xls xlsx",
        "CSV": "csv tsv",
        "JSON": "json jsonl ndjson",
        "XML": "xml rss atom nitf newsml svg",
        "e-mail": "eml mbox msg",
        "a web archive": "warc mht mhtml",
        "a compressed archive": "zip gz tgz bz2 xz zst 7z rar tar",
    }.items()
    for suffix in suffixes.split()
}
"""Formats that are known and not read: their text would be found in pieces, or not at all."""
