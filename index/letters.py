"""Which spellings are one word: letters without their marks, and the words of scripts that put no spaces between them.

Owns what search makes equal: case, accents, widths, ligatures, the vowel signs of Arabic and Hebrew, the endings of Russian
and its neighbours, and, for Chinese and Japanese, the pairs of characters that stand for words. Refuses to know English
endings (the word indexes have Porter's), which words say nothing, and what an index is. For comparing, never for showing.

What an index holds and what is looked for in it go through the same function, or they would not meet: SQLite's own
tokenizer folds Latin letters only, cuts Arabic words at their vowel signs, and takes a Chinese sentence for one word.
"""

from __future__ import annotations

import re
import unicodedata

_KANA = "\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff"
_UNSPACED = re.compile(f"[{_KANA}\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")
# Letters that SQLite's tokenizer does not fold: sharp s, marks of their own, all beyond Latin, ligatures, full width.
_FOREIGN = re.compile(
    "[\u00df\u0300-\u1dff\u2c00-\ud7ff\uf900-\ufdff\ufe70-\uffdc\U00010000-\U0001cfff\U00020000-\U0003ffff]"
)
# Where all marks are; what English text holds beyond ASCII, dashes and quotation marks, is elsewhere.
_MAY_BE_MARK = re.compile("[\u0300-\u1fff\u20d0-\u20ff\u2c00-\U0010ffff]")
_TATWEEL = "\u0640"  # only draws an Arabic word out

# Cases of nouns and adjectives, after Dolamic and Savoy, "Indexing and Searching Strategies for the Russian Language"
# (JASIST 2009), whose light stemmer does as well as Snowball's; in folded letters, where й is и and ё is е. Ukrainian's too.
_ENDINGS = """иями ями ами его ого ему ому ыми ими иях иам ием ией иеи ею ою ее ые ие ое ая яя ых их ым им ом ем ам ям ах ях
    ев ов еи ои ии ыи ия ию ья ью ые ую юю уи а я о е и ы у ю ь і ї є ію ія ії ові еві"""
_CYRILLIC = re.compile("[\u0400-\u04ff]{4,}")
_ENDING = re.compile(f"(?<=[\u0400-\u04ff]{{3}})(?:{'|'.join(sorted(_ENDINGS.split(), key=len, reverse=True))})$")


def fold(text: str) -> str:
    """Lower case without accents and vowel signs, widths and ligatures undone, apostrophes straight.

    >>> fold("Señor O’Brien"), fold("Москвой"), fold("كِتَابٌ"), fold("ガス")
    ("senor o'brien", 'москвои', 'كتاب', 'ガス')
    """
    if (same := folded_in_place(text)) is not None:
        return same
    apart = unicodedata.normalize("NFKD", text.replace("’", "'"))
    if _MAY_BE_MARK.search(apart):
        apart = "".join(c for c in apart if not _is_mark(c))
    return unicodedata.normalize("NFC", apart.casefold())


def folded_in_place(text: str) -> str | None:
    """`fold` ``text`` where that leaves every character in its place: nothing in it is beyond English print; else None.

    >>> folded_in_place("O’Brien"), folded_in_place("Señor")
    ("o'brien", None)
    """
    return text.replace("’", "'").lower() if _is_english(text) else None


def _is_english(text: str) -> bool:
    """Whether all of it is ASCII but for the quotation marks and dashes of English print: asked of every sentence."""
    if text.isascii():
        return True
    for mark in "’“”–—":
        text = text.replace(mark, "")
    return text.isascii()


def _is_mark(char: str) -> bool:
    """Whether a word without it is the same word, by its combining class: accents (200 and more), the vowel signs of
    Hebrew and Arabic (10 to 35). Not those that make a kana or an Indian letter another one."""
    place = unicodedata.combining(char)
    return place >= 200 or 10 <= place <= 35 or char == _TATWEEL


def unspaced(text: str) -> bool:
    """Whether some of it is in a script that puts no spaces between words."""
    return not _is_english(text) and _UNSPACED.search(text) is not None


def pieces(word: str) -> list[str]:
    """A folded word as what is looked for: itself, or the pairs of characters it has in a script without spaces.

    >>> pieces("東京都の"), pieces("iran"), pieces("2016年")
    (['東京', '京都', '都の'], ['iran'], ['2016', '年'])
    """
    return _UNSPACED.sub(_paired, word).split() if _UNSPACED.search(word) else [word]


def _paired(run: re.Match[str]) -> str:
    """A run of characters as its pairs, spaces around; one that stands alone is itself."""
    text = run.group()
    return f" {' '.join(text[i : i + 2] for i in range(max(1, len(text) - 1)))} "


def stem(word: str) -> str:
    """A folded Cyrillic word without its ending, any other as it is.

    >>> stem("санкциями") == stem("санкции"), stem("iran")
    (True, 'iran')
    """
    return _ENDING.sub("", word)


def searchable(text: str) -> str:
    """``text`` as SQLite's tokenizer is to be given it, to be indexed or to be looked for.

    What is all Latin is left to it as it is: it lowers case and folds accents itself, in C.
    """
    if not _FOREIGN.search(text):
        return text
    whole = _UNSPACED.sub(_paired, fold(text))
    return _CYRILLIC.sub(lambda word: stem(word.group()), whole)
