"""How people, files and libraries write a language -> its code.

Owns the codes and names there are for one language. Refuses to know where one is declared, and what a text is in.

A code is that of ISO 639-1, two small letters ("en"), without region or script: what one filters by. Where 639-1 has
none, it is the three letters of 639-3.
"""

from __future__ import annotations

import re

_TAG = re.compile(r"([A-Za-z]{2,3})(?=$|[-_.@ ])")
# ISO 639-2 as libraries, EPUB and word processors write it, both of its codes where there are two; and names in dumps.
_OTHERS = {
    other: code
    for code, others in {
        "ar": "ara arabic", "bg": "bul bulgarian", "cs": "ces cze czech", "da": "dan danish", "de": "deu ger german",
        "el": "ell gre greek", "en": "eng english", "es": "spa spanish", "et": "est estonian", "fa": "fas per persian",
        "fi": "fin finnish", "fr": "fra fre french", "he": "heb iw hebrew", "hi": "hin hindi", "hr": "hrv croatian",
        "hu": "hun hungarian", "hy": "hye arm armenian", "id": "ind in indonesian", "it": "ita italian",
        "ja": "jpn japanese", "ka": "kat geo georgian", "kk": "kaz kazakh", "ko": "kor korean", "lt": "lit lithuanian",
        "lv": "lav latvian", "nl": "nld dut dutch", "no": "nor nob nno nb nn norwegian", "pl": "pol polish",
        "pt": "por portuguese", "ro": "ron rum mo romanian", "ru": "rus russian", "sk": "slk slo slovak",
        "sl": "slv slovenian", "sr": "srp serbian", "sv": "swe swedish", "th": "tha thai", "tr": "tur turkish",
        "uk": "ukr ukrainian", "ur": "urd urdu", "vi": "vie vietnamese", "zh": "zho chi cmn chinese",
    }.items()
    for other in others.split()
}  # fmt: skip
_NONE = frozenset("und zxx mul mis".split())  # 639-2's words for "not said"


def code(declared: str | None) -> str | None:
    """The code in what a file declares ("en-US", "EN_us", "eng", "English", "ru_RU.UTF-8"); None where there is none.

    Of several ("en, fr") it is the first.

    >>> code("en-US"), code("ger"), code("Russian"), code("x-default"), code("und")
    ('en', 'de', 'ru', None, None)
    """
    words = (declared or "").replace(",", " ").split()
    word = words[0].lower() if words else ""
    tag = _TAG.match(word)
    found = _OTHERS.get(word) or (tag and _OTHERS.get(tag[1], tag[1]))
    return found if found and found not in _NONE else None
