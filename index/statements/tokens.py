"""Sentences as strings of tags: one character a token, so that grammar can be written as regular expressions.

Owns tokens, tags and sentence ends; knows nothing of what a statement is. A quotation is one token, ``Q``, whatever is
inside it; quotation marks around mere terms leave no token.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from index.statements.lexicon import NOUN_LIKE, PHRASES, SPEECH_NOUNS, TAGS
from index.statements.quotes import Quotation

_TITLES: Final = "Mr|Mrs|Ms|Dr|Gen|Sen|Rep|Gov|Col|Lt|Sgt|St|Prof|Jr|Sr|Capt|Maj|Adm|Sec|Rev|Sens|Reps|Hon|Cpl|Inc|Co|Corp|No|vs"
_MONTHS: Final = "Jan|Feb|Aug|Sept|Oct|Nov|Dec"
_PLACES: Final = "Calif|Fla|Pa|Mich|Ill|Mass|Conn|Ariz|Wis|Minn|Va|Md|Colo|Tenn|Ala|Ga|Miss|Mo|Okla|Ore|Wash|Del|Nev|Kan|La|Vt|Mont|Wyo|Ark|Ky|Ind|Neb"
_PHRASES: Final = "|".join(
    sorted((re.escape(p[0]).join("[]") + "" + re.escape(p[1:]) for p in PHRASES), key=len, reverse=True)
)
TOKEN: Final = re.compile(
    rf"(?:{_PHRASES}|According to|Such as|Because of|Even though)\b"
    r"|(?:[A-Z]\.)+(?:[A-Z]\b)?"
    rf"|(?:{_TITLES}|{_MONTHS}|{_PLACES})\."
    r"|\d[\d,.]*\d(?:[-\w]+)*"
    r"|\w+(?:[-&/](?=\w)\w+|['’](?:[A-Z]\w+|t\b))*"
    r"|['’](?:s|S|re|ve|ll|d|m)\b"
    r"|(?<=[sz])['’](?=\s)"
    r"|--+|\.\.+|[^\w\s\"“”„‟«»‘’'`]"
)
PUNCTUATION: Final = {
    **dict.fromkeys(".!?", "."), ",": ",", ";": ";", ":": ":", "—": "-", "–": "-", "--": "-", "-": "-", "(": "(", "[": "(",
    ")": ")", "]": ")", "'": "'", "’": "'", "'s": "'", "’s": "'", "’S": "'", "'S": "'", "'d": "M", "’d": "M", "$": "#", "€": "#",
    "£": "#", "&": "&",
}  # fmt: skip
_NEGATED: Final = re.compile(r"n['’]t$")
_NEGATED_AUX: Final = {"is": "B", "are": "B", "was": "B", "were": "B", "ai": "B"} | dict.fromkeys(
    ["do", "does", "did", "has", "have", "had"], "h"
)
_CLOSED_TAGS: Final = frozenset("LDoPWwHTtfiu&MBbhnRYZ")
TIME_NAMES: Final = frozenset(word for word, tag in TAGS.items() if tag == "Y")


@dataclass(frozen=True, slots=True)
class Sentence:
    """Tokens of one sentence: ``words[i]`` stands at ``[starts[i], ends[i])`` and is tagged ``tags[i]``.

    ``quotes`` maps the index of each ``Q`` token to its quotation.
    """

    words: list[str]
    starts: list[int]
    ends: list[int]
    tags: str
    quotes: dict[int, Quotation] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.tags)


@lru_cache(maxsize=1 << 16)
def tag_of(word: str) -> str:
    """The tag a word gets before its neighbours are looked at; capitals count as inside a sentence."""
    if word in PUNCTUATION:
        return PUNCTUATION[word]
    first = word[0]
    lower = word.lower()
    if first.isupper():
        tag = TAGS.get(lower)
        return tag if tag is not None and (tag in _CLOSED_TAGS and word not in ("May", "March", "US", "IT", "Will", "WHO")) else _upper(word)
    if lower in NOUN_LIKE:
        return "z" if lower.endswith("s") and lower not in ("press", "address") else "y"
    return TAGS.get(lower) or _by_shape(lower)


def _upper(word: str) -> str:
    return "Y" if word.lower() in TIME_NAMES else "X"


def _by_shape(word: str) -> str:
    first = word[0]
    if first.isdigit():
        return "A" if word[-1].isalpha() and "-" in word else "#"
    if not first.isalpha():
        return "~"
    if _NEGATED.search(word):
        return _NEGATED_AUX.get(word[:-3], "M")
    if word.endswith("ly") and len(word) > 4:
        return "R"
    if word.endswith("ing") and len(word) > 5:
        return "g"
    if word.endswith("ed") and len(word) > 4:
        return "E"
    if word.endswith(("ful", "ous", "ive", "able", "ible", "less")) and len(word) > 5:
        return "A"
    return "N"


# What neighbours change. Each rule replaces exactly one character; they run in order over the whole sentence.
_CONTEXT: Final = [
    (re.compile(pattern), tag)
    for pattern, tag in (
        (r"(?<=[PTHW])'", "B"),  # it's, that's, who's
        (r"(?<=[NX])'(?=[Dng]|R[AEgD])", "B"),  # Trump's not, Trump's the, Trump's going
        (r"(?<=[if])T(?!P)", "D"),  # of that
        (r"T(?=[Y]|N[.,;]|U[i.,])", "D"),
        (r"D(?=[T,.Q;itPou-]|&[Po])", "o"),  # told her that; "this," he said
        (r"(?<=[DA'])[SKC](?=[NXUA])", "A"),  # the alleged plan
        (r"(?<=[DA'#])[skcv]", "N"),  # the plan, a show of
        (r"(?<=[NXU])T(?=[VBMhSKC])", "w"),  # the man that was
        (r"(?<=t)U", "s"),
        (r"(?<=[hB])L(?=[ESKCRVMJg])", "R"),  # have both argued
    )
]
_AMBIGUOUS: Final = re.compile("[xzy]")


def disambiguate(tags: str, words: list[str]) -> str:
    """Settle tags by their neighbours. Same length in and out."""
    if _AMBIGUOUS.search(tags):
        tags = _settle_nouns(tags, words)
    for pattern, tag in _CONTEXT:
        tags = pattern.sub(tag, tags)
    return tags


_AFTER_QUOTE: Final = re.compile(r"[Q,][DLXNA]+(?:i[DLXNA]+)?$")  # "...," the memo [states]
_AFTER_VERB: Final = re.compile(r"[VESCKBh][DLA]*N$")  # showed subtle [hints]
_JOINT: Final = re.compile(r"^[DLXNA]+&[DLXNA]+$")  # Russia and China [claim]


def _settle_nouns(tags: str, words: list[str]) -> str:
    """Decide for each word that is a noun as often as a verb: x and z are third persons or plurals, y base forms."""
    settled = list(tags)
    for match in _AMBIGUOUS.finditer(tags):
        at, form = match.start(), match.group()
        before = settled[at - 1] if at else "^"
        if before == "R" and at > 1:
            before = settled[at - 2]
        after = tags[at + 1 : at + 2] or "."
        head = "".join(settled[:at])
        if form == "x":
            noun = before in "^DLAE'#fiu&,(" or after in "SKCMBhVW" or (before == "N" and after in ",.&")
            settled[at] = "N" if noun else "V"
            continue
        if form == "z":
            verb = _is_third_person(head, before, after)
        else:
            verb = _is_base(head, before, after, words[at - 1])
        lower = words[at].lower()
        if verb:
            settled[at] = TAGS.get(lower, "v").replace("U", "s")
        else:
            settled[at] = "U" if lower in SPEECH_NOUNS or lower.rstrip("s") in SPEECH_NOUNS else "N"
    return "".join(settled)


def _is_third_person(head: str, before: str, after: str) -> bool:
    if before in "PW":
        return True
    if before in "XN)" and after in "TDLPQHo:":
        return _AFTER_VERB.search(head) is None
    if before == "X" and after in "XN#iA":
        return True
    return after in ".," and _AFTER_QUOTE.search(head) is not None


def _is_base(head: str, before: str, after: str, word: str) -> bool:
    if before in "PWMtnhL":
        return True
    return before in "NXU" and after in "TDLPQHXo" and (word.endswith("s") or _JOINT.search(head) is not None)


def sentences(text: str, start: int, end: int, quotations: list[Quotation]) -> list[Sentence]:
    """The sentences of the paragraph ``text[start:end]``, every real quotation folded into one token."""
    words: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    quotes: dict[int, Quotation] = {}
    at = start
    for quotation in quotations:
        if quotation.is_term:
            continue
        _tokenise(text, at, quotation.start, words, starts, ends)
        quotes[len(words)] = quotation
        words.append("")
        starts.append(quotation.start)
        ends.append(quotation.end)
        at = quotation.end
    _tokenise(text, at, end, words, starts, ends)
    if not words:
        return []
    tags = "".join([tag_of(word) if word else "Q" for word in words])
    return _cut(text, words, starts, ends, tags, quotes)


def _tokenise(text: str, start: int, end: int, words: list[str], starts: list[int], ends: list[int]) -> None:
    for match in TOKEN.finditer(text, start, end):
        words.append(match.group())
        starts.append(match.start())
        ends.append(match.end())


# What a capitalised first word is taken for, where its lower-case tag would make it a finite verb without a subject.
_INITIAL: Final = {"S": "E", "K": "E", "C": "E", "x": "X", "z": "X", "y": "X"}
_STOP: Final = re.compile(r"\.[.)]*(?=[QXDLPiuHRTY#&WgN(A~MBhZUE])|Q(?=[QXDLPiuHRTY#&WZ(])|X(?=[PDLHu])")
_AFTER_QUOTE_CUE: Final = re.compile(r"[^Q.]{0,7}?[SsK]")


def _cut(
    text: str, words: list[str], starts: list[int], ends: list[int], tags: str, quotes: dict[int, Quotation]
) -> list[Sentence]:
    edges = [0]
    for match in _STOP.finditer(tags):
        at = match.end()
        if _is_boundary(text, words, starts, tags, quotes, match.start(), at):
            edges.append(at)
    edges.append(len(words))
    found = []
    for low, high in zip(edges, edges[1:], strict=False):
        if low == high:
            continue
        part = words[low:high]
        local = {at - low: quotes[at] for at in range(low, high) if at in quotes} if quotes else {}
        first = part[0]
        raw = tags[low:high]
        if raw[0] == "X" and (lowered := first.lower()) in TAGS and not first.isupper():
            raw = _INITIAL.get(tag_of(lowered), tag_of(lowered)) + raw[1:]
        found.append(Sentence(part, starts[low:high], ends[low:high], disambiguate(raw, part), local))
    return found


def _is_boundary(
    text: str, words: list[str], starts: list[int], tags: str, quotes: dict[int, Quotation], mark: int, at: int
) -> bool:
    following = text[starts[at]]
    if tags[mark] == "X":  # "in the U.S. He said"
        return words[mark].endswith(".") and len(words[mark]) > 3 and following.isupper() and words[mark][1] == "."
    if tags[mark] == ".":
        return tags[at] in "Q(" or following.isupper() or following.isdigit() or not following.isalpha()
    if tags[at] == "Q":  # two quotations side by side
        return _ends_sentence(text, quotes[mark])
    if not following.isupper() or not _ends_sentence(text, quotes[mark]):
        return False
    full_stop = text[quotes[mark].start : quotes[mark].end].rstrip("”\"»' ’").endswith(".")
    return full_stop or _AFTER_QUOTE_CUE.match(tags, at) is None


def _ends_sentence(text: str, quotation: Quotation) -> bool:
    return text[max(quotation.inner_start, quotation.inner_end - 3) : quotation.inner_end].rstrip("’' )")[-1:] in tuple(".?!…")
