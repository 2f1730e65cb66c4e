"""Bytes become characters: byte order marks, declared charsets, and a guess where there is neither.

Owns which encodings a file may be in, how one is told from its letters, and which characters make a text at all.
Refuses to know what the text is: no lines, no formats, no facts. Text comes out as it was written, newlines included.
"""

from __future__ import annotations

import re
from collections import Counter

from index.errors import ReadError

_MARKS = (
    (b"\xff\xfe\0\0", "utf-32-le"),  # before UTF-16, whose mark it starts with
    (b"\0\0\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_SURROGATE = re.compile("[\ud800-\udfff]")
CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9f]")
_RUBBISH = re.compile("[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f\ufffd]")

# What a page may declare. Python knows more codecs, but some of those run escapes or compress: never by a file's word.
_CODECS = frozenset(
    """utf_8 utf_16 utf_16_le utf_16_be utf_32 ascii iso8859_1 iso8859_2 iso8859_3 iso8859_4 iso8859_5 iso8859_6
    iso8859_7 iso8859_8 iso8859_9 iso8859_10 iso8859_13 iso8859_14 iso8859_15 iso8859_16 cp1250 cp1251 cp1252 cp1253
    cp1254 cp1255 cp1256 cp1257 cp1258 cp866 cp874 koi8_r koi8_u mac_roman mac_cyrillic gb2312 gbk gb18030 big5
    big5hkscs euc_jp shift_jis cp932 iso2022_jp euc_kr cp949 johab tis_620""".split()
)
# As browsers do (WHATWG Encoding Standard, section 4.2): these names mean the larger set.
_WIDER = {"ascii": "cp1252", "iso8859_1": "cp1252", "iso8859_9": "cp1254", "gb2312": "gb18030", "gbk": "gb18030"}
_WIDER |= {"shift_jis": "cp932", "euc_kr": "cp949", "tis_620": "cp874", "big5": "big5hkscs"}


def decode(data: bytes, declared: str | None = None) -> str:
    """The characters of a text: byte order mark, UTF-8, the ``declared`` charset, then a guess from the bytes.

    A byte order mark stays as U+FEFF, newlines stay as they are, bytes that fit nothing become U+FFFD. Lone surrogates
    never come out. Raises ReadError where no encoding fits.
    """
    return scrub(_decode(data, declared))


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


_GUESSES = """cp1252 cp1250 cp1251 koi8_r cp1253 cp1254 cp1255 cp1256 cp1257 iso8859_2 iso8859_5 iso8859_7 cp866
    cp932 euc_jp gb18030 big5 cp949""".split()


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
    if _is_euc_jp(sample):
        return "euc_jp"
    best = from_bytes(sample, cp_isolation=_GUESSES).best()
    if best is not None and best.encoding not in _ALPHABETS:
        return best.encoding
    guess = best.encoding if best is not None else "cp1252"
    scores = {codec: _fit(sample, codec) for codec in _ALPHABETS}
    winner = max(scores, key=lambda codec: scores[codec])
    return winner if scores[winner] > max(0.95, scores[guess]) else guess


_KANA = re.compile("[\u3041-\u3096\u30a1-\u30fc]")


def _is_euc_jp(sample: bytes) -> bool:
    """Whether bytes are Japanese in EUC-JP: a fifth or more of the characters beyond ASCII are kana there.

    In EUC-KR the bytes of kana are single letters of Hangul and Roman numerals, which hardly occur in a text, so
    charset-normalizer's guess, which is Korean, is not asked. GB 18030 has kana at the same places: Japanese written in
    it is taken for EUC-JP.
    """
    text = _strictly(sample, "euc_jp") or ""
    beyond = len(text) - len(text.encode("ascii", "ignore"))
    return beyond > 1 and len(_KANA.findall(text)) * 5 >= beyond


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


def _sample(data: bytes) -> bytes:
    """About 64 KB from the first byte above 127 on, cut at white space: enough to tell an encoding."""
    size = 1 << 16
    if len(data) <= size:
        return data
    high = re.search(rb"[\x80-\xff]", data)
    start = data.rfind(b"\n", 0, high.start()) + 1 if high else 0
    start = max(start, high.start() - size // 2 if high else 0)
    cut = max(data.rfind(b"\n", start, start + size), data.rfind(b" ", start, start + size))
    return data[start : cut if cut > start else start + size]


def scrub(text: str) -> str:
    """The text with U+FFFD for every lone surrogate, which no encoding could write."""
    return _SURROGATE.sub("\ufffd", text)


def require_text(text: str) -> None:
    """Raises ReadError where the characters are not those of a text."""
    if (at := text.find("\0")) >= 0:
        raise ReadError(f"not text (NUL at character {at:,})")
    rubbish = len(text) - len(_RUBBISH.sub("", text))
    if rubbish * 20 > len(text):  # 5%: what is left of a broken transfer stays below, a program is above
        raise ReadError(f"not text ({100 * rubbish // len(text)}% of it are control characters)")
    if not WORD.search(text):
        raise ReadError(f"no text in {len(text):,} characters")


WORD = re.compile(r"[^\W_]")


def letters(text: str) -> str:
    """The letters and digits of a text in lower case: two texts with the same ones differ in marks and spaces alone."""
    return "".join(WORD.findall(text)).casefold()
