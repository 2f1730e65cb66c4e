"""A paragraph -> sentences, as spans: where one ends, also inside and after quotations.

Owns the words and marks that tell. Refuses to know what a heading or a paragraph looks like in a file (the reader decided
that), and who said what.

The rules are lists of words, each with its reason, and small functions that ask one question each. Every look back or
ahead is bounded, or goes over a run that no other one visits again: time is linear in the text, whatever is in it.
"""

from __future__ import annotations

import re

from index.types import Span


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# --- Words ------------------------------------------------------------------------------------------------------------

# Stand before a name or a thing and never end a sentence.
_ALWAYS = _words(
    """
    Mr Mrs Ms Mx Messrs Mme Mlle Dr Drs Prof Profs Rev Fr Msgr Hon Sen Sens Rep Reps Gov Govs Gen Gens Lt Col
    Cols Capt Sgt Maj Cmdr Comdr Cdr Adm Cpl Pvt Brig Pfc Supt Insp Amb Pres Atty Asst Assoc Dept Mt Ft vs v cf
    viz ca approx Sra Srta Dra Sres Hr bzw ggf vgl им ул просп пер пос акад проф ген полк подп тов гр
    см напр
    """
)

# Stand before a number: "No. 2", "Sept. 11", "p. 3". Else they are ordinary words ("No. He stayed.").
_BEFORE_NUMBER = _words(
    """
    No Nos no nos Nr nr p pp vol Vol Art art Fig fig Figs Sec sec Ch ch Op op par Jan Feb Mar Apr Jun Jul Aug
    Sep Sept Oct Nov Dec Mon Tue Tues Wed Weds Thu Thur Thurs Fri Sat Sun № стр ст рис табл
    """
)

# May end a sentence or not: firms, places, degrees, units. A word that opens sentences tells ("... Corp. It said").
_PERHAPS = _words(
    """
    Inc Corp Ltd Co Cos Bros Mfg Intl Assn Univ Jr Sr St Ste Ave Blvd Rd Pl Sq Bldg Hwy Ala Ariz Ark Calif Colo
    Conn Del Fla Ga Ill Ind Kan Ky Md Mass Mich Minn Miss Mo Mont Neb Nev Okla Ore Pa Penn Tenn Tex Va Vt Wash
    Wis Wyo Ont Que Esq Ph al plc est ext bbl bbls Nat Natl Govt Det Cie Cia г гг в вв д т тыс млн млрд трлн руб
    долл др пр обл
    """
)

# Open a sentence, and hardly ever stand inside a name: after "U.S." or "Corp." they decide that a new sentence begins.
_OPENERS = _words(
    """
    The A An This That These Those He She It They We You I His Her Its Their Our My Your In On At By For From
    With As But And Or So Nor If When While After Before Since Because Although Though However Meanwhile Also
    There Here What Who Why How Where Which Whether Some Many Most Both Each Every Another Once Then Now
    According Still Yet Despite During Until Unless Even Just Only Let Instead Moreover Indeed Perhaps Asked
    Earlier Later Today Yesterday Tomorrow To Is Are Was Were Do Does Did Has Have Had Can Could Would Should
    Will Not Without Like Such Nearly About Among Between Through Per Neither None
    Nobody Nothing Everybody Everyone Somebody Someone В На По Он Она Оно Они Это Этот Эта Эти Но
    И А Как Когда Если Мы Вы Я Что Кто Так Также При Для Из От До За Об О С К У Der Die Das Er Sie Es Wir Ein
    Eine Im Am Und Aber Les Il Elle Ils Elles Un Une En Pero
    """
)

# Go on after "3 p.m.": days, months, zones. Any other capital there begins a new sentence.
_AFTER_HOUR = _words(
    """
    Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June July August
    September October November December Jan Feb Mar Apr Jun Jul Aug Sept Sep Oct Nov Dec Mon Tue Tues Wed Thu
    Thurs Fri Sat Sun ET EST EDT CT CST CDT MT MST MDT PT PST PDT GMT BST UTC CET CEST MSK IST AEST Eastern
    Central Mountain Pacific Moscow Greenwich London Beijing Paris Berlin Kiev Kyiv Tehran
    """
)

# German dates: "am 3. Oktober".
_GERMAN_MONTHS = _words("Januar Februar März April Mai Juni Juli August September Oktober November Dezember")

# Dotted and never last: what they announce follows.
_DOTTED_ALWAYS = _words("e.g i.e u.a z.b d.h p.ex p.ej т.е")

# What is said after a quotation: '"Is it?" Lavrov asked.' A verb here, a subject before it, and it is one sentence.
_CUES = _words(
    """
    said says say asked asks told tells added adds replied replies wrote writes tweeted tweets answered answers
    responded responds shouted yelled cried exclaimed declared declares noted notes continued continues began
    explained explains quipped joked insisted insists remarked stated states warned warns wondered demanded
    concluded recalled argued argues observed mused retorted whispered muttered screamed chanted posted
    commented inquired queried snapped thundered
    """
)

# After the verb these begin what was said, not when or to whom: "Trump said he would leave" stands on its own.
_CONTENT = _words("that he she it they we you i there his her their its no if whether the a an")
_NOT_BEFORE_CUE = _words("that who which when if because but had has have would will nobody none not")
_TO_SOMEBODY = _words("told tells asked asks")  # these take a person first: "told the reporters"

# --- Characters -------------------------------------------------------------------------------------------------------

# Ends of sentences that nothing else uses, in scripts without capitals: CJK, Devanagari, Arabic and Urdu, Armenian,
# Ethiopic, Khmer, Burmese (Sentence_Terminal of Unicode, less the marks that also stand inside words).
_HARD = "。｡．！？।॥؟۔։።፧፨។៕။"
_QUOTES = "\"”“„‟’‘'»«›‹」』＂"
_OPENING = "“„‘«‹(["  # of the marks that may follow a full stop, those that open when a letter follows them
_CLOSING = _QUOTES + ")]}）】》〉*_\ufe0e\ufe0f"  # * and _ as in Markdown; U+FE0F makes a mark an emoji

# A possible end: a spaced ellipsis (". . ."), a run of marks, an empty line.
_MARK = re.compile(rf"\.(?:[ \u00a0]\.)+|[.!?…‼⁇⁈⁉{_HARD}]+|\n[^\S\n]*\n")
_CLOSERS = re.compile(rf"(?:[{re.escape(_CLOSING)}]|\[\d{{1,3}}\])*")  # also the note in "... .[1]"
_SPACED_QUOTE = re.compile(r"\s{1,2}[»”\"](?=\s|$)")  # French, and careless typing: 'go. "'
# What stands before the first word. One ellipsis at most: a row of them would be gone over again from each of them.
_BEFORE_WORD = r"[\s\"“”„‟‘’'«»‹›「『(\[{（【《〈*_•·¿¡]*"
_LEAD = re.compile(rf"{_BEFORE_WORD}(?:(?:\.\.\.|…){_BEFORE_WORD})?")
_SPACE = re.compile(r"\s*")
_LETTER = re.compile(r"\w")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_LAST_WORD = re.compile(r"(?:(?:[^\W\d_]{1,2}\.)*[^\W_]+|№)$")
_LIST_NUMBER = re.compile(r"[(\[]?(?:\d{1,3}|[ivxIVX]{1,5}|[A-Za-zА-Яа-я])[.)]+")  # 1.  (2).  iv.  a.
_ROMAN = re.compile(r"[IVXLC]{2,}|[VX]")
_ADDRESS = re.compile(r"://|www\.|[@=&#%/]", re.IGNORECASE)
_DOMAIN = re.compile(
    r"(?:com|org|net|gov|edu|info|biz|io|tv|co|uk|eu|ru|de|fr|ua|cn|js|py|html?|php|pdf)\b", re.IGNORECASE
)
_CHINESE_CUE = re.compile(r"[说說称稱道问問]|表示|指出|强调|強調|写|回答|告诉|告訴")
_CHINESE_STOP = re.compile(r"[，。、：；！？“「]")
_CLAUSE_STOP = re.compile(r"[.!?…:;\"“«]")

_BACK = 32  # how far back the word before a mark is looked for: longer than any abbreviation
_AHEAD = 120  # how far ahead an attribution may reach: about twenty words
_QUOTE_BACK = 5_000  # how far back an open quotation may have begun: the longest paragraph of speech in a newspaper


def sentences(text: str, span: Span) -> list[Span]:
    """The sentences of one paragraph, ``span`` of ``text``: in order, apart, trimmed, never empty.

    Together they hold every character of the paragraph that is not white space. Each sentence of a long quotation is a
    sentence; the last one keeps its attribution (``... do this," Lavrov said.``). A quotation left open ends with the
    paragraph. What holds no letter or digit (a stray quotation mark, ``***``) belongs to the sentence before it.
    """
    found: list[Span] = []
    start, letter = _begin(text, span.start, span.end)
    for mark in _MARK.finditer(text, start, span.end):
        if letter >= mark.start():
            continue  # this sentence has no word yet, or the mark was taken into the last one
        end = _end(text, mark, start, span)
        if end is not None:
            found.append(Span(start, end))
            start, letter = _begin(text, end, span.end)
    end = trim(text, start, span.end)
    if start < end and found and letter == span.end:
        found[-1] = Span(found[-1].start, end)
    elif start < end:
        found.append(Span(start, end))
    return found


def _begin(text: str, at: int, stop: int) -> tuple[int, int]:
    """Where the next sentence begins, and its first letter or digit (``stop`` where it has none)."""
    start = skip(text, at, stop)
    letter = _LETTER.search(text, start, stop)
    return start, letter.start() if letter else stop


def skip(text: str, at: int, stop: int) -> int:
    """The first character from ``at`` on that is not white space, or ``stop``."""
    return _past(_SPACE, text, at, stop)


def _past(pattern: re.Pattern[str], text: str, at: int, stop: int) -> int:
    """Where ``pattern``, found at ``at``, ends; ``at`` where it is not found."""
    match = pattern.match(text, at, stop)
    return match.end() if match else at


def trim(text: str, start: int, end: int) -> int:
    """``end`` without the white space before it."""
    while end > start and text[end - 1].isspace():
        end -= 1
    return end


# --- Does a sentence end here? ----------------------------------------------------------------------------------------


def _end(text: str, mark: re.Match[str], start: int, span: Span) -> int | None:
    """The end of the sentence that began at ``start``, if ``mark`` ends it; None if it goes on."""
    run, stop = mark.group(), span.end
    if run[0] == "\n":
        return trim(text, start, mark.start())
    end = _closed(text, mark.end(), start, span)
    after = skip(text, end, stop)
    if after == stop or _is_list_number(text, start, mark.end()):
        return None
    ends = (_ends_touching if after == end else _ends_spaced)(text, mark, start, end, stop)
    if ends and _has_quote(text, mark.end(), end) and _is_attribution(text, run, after, stop):
        return None
    return end if ends else None


def _closed(text: str, at: int, start: int, span: Span) -> int:
    """``at`` with the quotation marks and brackets that close there; one that opens the next sentence is left to it."""
    end = _past(_CLOSERS, text, at, span.end)
    low = max(span.start, at - _QUOTE_BACK)
    if at < end < span.end and text[end].isalnum():  # 'said."They': whose is the mark?
        inside = _in_quote(text, at, start, low)
        while end > at and (text[end - 1] in _OPENING or (text[end - 1] == '"' and not inside)):
            end -= 1
        return end
    spaced = _SPACED_QUOTE.match(text, end, span.end)
    if spaced and (spaced.group()[-1] != '"' or _in_quote(text, end, start, low)):
        return spaced.end()
    return end


def _in_quote(text: str, at: int, start: int, low: int) -> bool:
    """Whether ``"`` at ``at`` closes: the one before it stands where an opening one does, or begins the sentence."""
    last = text.rfind('"', low, at)
    return last >= 0 and (last in (start, low) or text[last - 1].isspace() or text[last - 1] in "([—–-")


def _has_quote(text: str, start: int, end: int) -> bool:
    return any(text[i] in _QUOTES for i in range(start, min(end, start + _BACK)))


def _is_list_number(text: str, start: int, end: int) -> bool:
    """Whether all of the sentence so far is the number of a list item: ``1.``, ``(a).``"""
    return end - start <= 8 and _LIST_NUMBER.fullmatch(text, start, end) is not None


def _ends_touching(text: str, mark: re.Match[str], start: int, end: int, stop: int) -> bool:
    """A mark with no white space after it: ends in scripts that use none, and where it was forgotten (``so.The``)."""
    if text[mark.end() - 1] in _HARD:
        number = text[mark.start() - 1].isdigit() and text[end].isdigit()  # a wide decimal point
        return not number and text[end] not in ",;:，、；：" and is_grapheme_break(text, end)
    after = _WORD.match(text, end + (text[end] in _OPENING + '"'), stop)
    if after is None:
        return False
    first, second = after.group()[0], after.group()[1:2]
    if not (_is_caseless(first) or (first.isupper() and second.islower())):
        return False
    before = _last_word(text, start, mark.start())
    if len(before) < 2 or "." in before:
        return False
    if _is_caseless(first) or _DOMAIN.match(text, end, stop):
        return _is_caseless(first) and _is_caseless(before[-1])
    if _ADDRESS.search(text[max(start, mark.start() - _BACK) : mark.start()].rpartition(" ")[2]):
        return False
    return before.islower() or end > mark.end() or (before.isalnum() and _opens(after))


def _ends_spaced(text: str, mark: re.Match[str], start: int, end: int, stop: int) -> bool:
    """A mark, perhaps closing quotation marks up to ``end``, and white space."""
    run = mark.group()
    lead = _past(_LEAD, text, end, stop)
    if lead == stop or text[lead] in ",;:.!?…/&%—–―":
        return False  # nothing follows, or what follows goes on; a dash after a quotation names who is quoted
    if run[-1] in _HARD:
        return True
    after = _WORD.match(text, lead, stop)
    if after and after.group()[0].islower() and after.group().islower():
        return False  # but "iPhone" and "al-Qaida" may begin a sentence
    if "…" in run or (len(run) > 2 and run[0] == "."):
        return not text[mark.start() - 1].isspace() or (after is not None and _opens(after))
    if run != ".":
        return True
    # A quotation mark on either side settles it: "... in the U.S." Clinton; ... Smith Jr. "Obviously ..."
    quoted = _has_quote(text, mark.end(), end) or _has_quote(text, end, lead)
    return not _is_abbreviation(text, start, mark.start(), after, quoted)


def _is_caseless(letter: str) -> bool:
    return letter.isalpha() and letter.lower() == letter.upper()


def is_grapheme_break(text: str, at: int) -> bool:
    """Whether a character as the reader sees it ends before ``at``, seen from the code point before it."""
    from apsw.unicode import grapheme_next_break

    return bool(grapheme_next_break(text[at - 1 : at + 1]) == 1)


def _last_word(text: str, start: int, at: int) -> str:
    """The word that ends at ``at``, with the points inside it: ``U.S``. Empty where there is none."""
    found = _LAST_WORD.search(text[max(start, at - _BACK) : at].rpartition(" ")[2])
    return found.group() if found else ""


def _opens(word: re.Match[str]) -> bool:
    """Whether this word tells that a sentence begins. A single letter with a point is an initial ("Robert A. Taft")."""
    head = re.split(r"['’-]", word.group(), maxsplit=1)[0]
    return head in _OPENERS and not _is_letter_with_point(word)


def _is_letter_with_point(word: re.Match[str]) -> bool:
    return word.end() == word.start() + 1 < word.endpos and word.string[word.end()] == "."


# --- Is the point an abbreviation's? ----------------------------------------------------------------------------------


def _is_abbreviation(text: str, start: int, at: int, after: re.Match[str] | None, quoted: bool) -> bool:
    """Whether the point at ``at`` belongs to the word before it and the sentence goes on with ``after``."""
    word = _last_word(text, start, at)
    following = after.group() if after else ""
    opens = after is not None and _opens(after)
    plain = word.rpartition(".")[2]
    name = plain.capitalize() if plain.isupper() and len(plain) > 1 else plain
    if plain.isdigit():
        return following in _GERMAN_MONTHS or _numbers_an_item(text, start, at - len(plain))
    if name in _ALWAYS or word.lower() in _DOTTED_ALWAYS:
        return True
    if name in _BEFORE_NUMBER and "." not in word:
        return following[:1].isdigit() or _ROMAN.fullmatch(following) is not None
    if word.lower() in ("a.m", "p.m"):
        zone = after is not None and _is_letter_with_point(after)  # E.T.
        return following in _AFTER_HOUR or following[:1].isdigit() or zone
    dotted = "." in word and len(plain) <= 2 and (len(plain) == 1 or not word.islower())  # U.S, Ph.D; not will.i.am
    if name in _PERHAPS or dotted:
        return not (opens or quoted)
    return len(word) == 1 and not opens and _is_initial(text, word, start, at)


def _numbers_an_item(text: str, start: int, at: int) -> bool:
    """Whether the number at ``at`` counts items in running text: "for two reasons: 1. The cost ..."."""
    return text[max(start, at - 2) : at].strip() in (":", ";")


def _is_initial(text: str, letter: str, start: int, at: int) -> bool:
    """A single letter: "George W. Bush", "Д. Медведев"; but "taller than I.", "World War I." end."""
    if letter != "I":
        return not letter.islower() and not letter.isdigit()
    before = text[max(start, at - _BACK) : at - 1].split()
    return not before or (before[-1][:1].isupper() and before[-1] != "War")


# --- Does an attribution follow? --------------------------------------------------------------------------------------


def _is_attribution(text: str, run: str, after: int, stop: int) -> bool:
    """Whether the words after a quotation say who said it: ``"Is it?" Lavrov asked.``

    After a question or an exclamation a subject and a verb of speech are enough, unless something else that was said
    follows ("Trump said he would leave"). After a full stop, where a comma would be usual, only a clause that says
    nothing more counts: ``"... solution." Annan said on Friday.``
    """
    window = text[after : min(stop, after + _AHEAD)].partition("\n\n")[0]
    if _is_caseless(window[0]):
        return _is_attribution_east_asian(window)
    words = window.split()
    for i, word in enumerate(words[:8]):
        bare = word.rstrip(',.:;!?…"”')
        if i and bare.lower() in _CUES:
            said = window.split(None, i)[i][len(word.rstrip('.!?…:;"”')) :]
            return _names_only(bare.lower(), said, full_stop=run == ".")
        if bare.lower() in _NOT_BEFORE_CUE or (
            bare != word and not (word[-1] == "." and (bare in _ALWAYS or len(bare) == 1))
        ):
            return False
    return False


def _names_only(cue: str, rest: str, full_stop: bool) -> bool:
    """Whether ``rest``, after the verb ``cue``, adds when, where and to whom, not something else that was said."""
    stop = _CLAUSE_STOP.search(rest)
    clause = rest[: stop.start()] if stop else rest
    ending = stop.group() if stop else "."
    words = clause.split()
    if ending == ":" or (words and words[0].lower() in _CONTENT and cue not in _TO_SOMEBODY):
        return False
    return not full_stop or (ending in ".!?" and len(words) <= 4)


def _is_attribution_east_asian(window: str) -> bool:
    """Japanese closes a quotation with と or って; Chinese names the speaker in a few characters and a verb."""
    if window.startswith(("と", "って")):
        return True
    stop = _CHINESE_STOP.search(window[:16])
    return stop is not None and stop.group() in "，。" and _CHINESE_CUE.search(window[: stop.start()]) is not None
