"""Sentences as strings of tags: one character a token, so that grammar can be written as regular expressions.

Owns tokens, tags and sentence ends; knows nothing of what a statement is. A quotation is one token, ``Q``, whatever is
inside it; quotation marks around mere terms leave no token.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import Final

from index.statements.lexicon import NOUN_LIKE, PHRASES, SPEECH_NOUNS, TAGS
from index.statements.quotes import Quotation

_TITLES: Final = (
    "Mr|Mrs|Ms|Dr|Gen|Sen|Rep|Gov|Col|Lt|Sgt|St|Prof|Jr|Sr|Capt|Maj|Adm|Sec|Rev|Sens|Reps|Hon|Cpl|Inc|Co|Corp|No|vs|v"
)
_MONTHS: Final = "Jan|Feb|Aug|Sept|Oct|Nov|Dec"
_PLACES: Final = (
    "Calif|Fla|Pa|Mich|Ill|Mass|Conn|Ariz|Wis|Minn|Va|Md|Colo|Tenn|Ala|Ga|Miss|Mo|Okla|Ore|Wash|Del|Nev|Kan|La|Vt|Mont"
    "|Wyo|Ark|Ky|Ind|Neb"
)
_PHRASES: Final = "|".join(sorted((f"[{p[0].upper()}{p[0]}]{p[1:]}" for p in PHRASES), key=len, reverse=True))
TOKEN: Final = re.compile(
    rf"(?:{_PHRASES})\b"
    r"|(?:[A-Z]\.)+(?:[A-Z]\b)?"
    rf"|(?:{_TITLES}|{_MONTHS}|{_PLACES})\."
    rf"|[DRI]-(?:(?:[A-Z]\.)+|(?:{_PLACES})\.)"
    r"|\d[\d,.]*\d(?:[-\w]+)*"
    r"|\w+(?:[-&/](?=\w)\w+|['’](?:[A-Z]\w+|t\b))*"
    r"|['’](?:s|S|re|ve|ll|d|m)\b"
    r"|(?<=[sz])['’](?=\s)"
    r"|--+|\.\.+|[^\w\s\"“”„‟«»‘’'`]"
)
PUNCTUATION: Final = {
    **{mark: mark for mark in ".,;:-()&'"},
    **dict.fromkeys("!?", "."),
    **dict.fromkeys(("—", "–", "--"), "-"),
    **{"[": "(", "]": ")", "$": "#", "€": "#", "£": "#"},
    **dict.fromkeys(("’", "'s", "’s", "'S", "’S"), "'"),
    **dict.fromkeys(("'d", "’d"), "M"),
}
_NEGATED: Final = re.compile(r"n['’]t$")
_NEGATED_AUX: Final = {"is": "B", "are": "B", "was": "B", "were": "B", "ai": "B"} | dict.fromkeys(
    ["do", "does", "did", "has", "have", "had"], "h"
)
_CLOSED_TAGS: Final = frozenset("LDoPWwHTtfiu&MBbhnRYZ")
_NAMES_THOUGH_CLOSED: Final = frozenset(("May", "March", "US", "IT", "Will", "WHO"))


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
    if first.isupper() and not _NEGATED.search(word):
        tag = TAGS.get(lower, "X")
        return tag if tag in _CLOSED_TAGS and word not in _NAMES_THOUGH_CLOSED else "X"
    if lower in NOUN_LIKE:
        return "z" if lower.endswith("s") and lower not in ("press", "address") else "y"
    return TAGS.get(lower) or _by_shape(lower)


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
        (r"(?<=[NX])'(?=[Dn]|g(?![,.;])|R[AEgD])", "B"),  # Trump's not, Trump's the, Trump's going
        (r"(?<=[if])T(?!P)", "D"),  # of that
        (r"T(?=[Y]|N[.,;]|U[i.,])", "D"),
        (r"D(?=[T,.Q;itPou-]|&[Po])|(?<=S)D(?=[DL])", "o"),  # told her that; told her the truth
        (r"(?<=[DA'])[SKC](?=[NXUA])", "A"),  # the alleged plan
        (r"(?<=[DA'])[skcv]|(?<=#)[cv]", "N"),  # the plan, a show of
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
    for match in _AFTER_NAME.finditer(tags):  # the Rivertown [deal]; but the Lowes deal
        at = match.end()
        if not words[at - 1].endswith("s") and not _JOINT.search(tags[:at]):
            tags = f"{tags[:at]}N{tags[at + 1 :]}"
    for pattern, tag in _CONTEXT:
        tags = pattern.sub(tag, tags)
    return tags


_AFTER_QUOTE: Final = re.compile(r"[Q,][DLXNA]+(?:i[DLXNA]+)?$")  # "...," the memo [states]
_APPOSED: Final = re.compile(r"&?X+,[^SKCVBMhsQ,]{2,40},$")  # Hill, an engineer, [notes]
_NAMED_NEXT: Final = re.compile(r"(?:D[XNA]*[XN]|X+)(?:[.,;]|$)")  # "...," [reports] The Times
_AFTER_VERB: Final = re.compile(r"[VESCKBh][DLA]*N$")  # showed subtle [hints]
_AFTER_NAME: Final = re.compile(r"(?<=[DA])X+(?=v)")
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
            noun = (
                before in "^DLAE'#fiu&("
                or (before == "," and after not in "DLPXoQ")
                or after in "SKCMBhVW"
                or (before == "N" and after in ",.&")
            )
            settled[at] = "N" if noun else "V"
            continue
        inverted = form == "z" and before in "Q," and _NAMED_NEXT.match(tags, at + 1) is not None
        third = form == "z" and _is_third_person(head, before, after)
        third = third and not _RELATIVE.match(tags, at + 1)
        verb = inverted or third or (form == "y" and _is_base(head, before, after, words[at - 1]))
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
    if before == "X" and after in "XN#iAt":
        return True
    if before == "," and after in "TDLPQHo" and _APPOSED.match(head):
        return True
    return after in ".," and _AFTER_QUOTE.search(head) is not None


def _is_base(head: str, before: str, after: str, word: str) -> bool:
    if before in "PWMtnhL":
        return True
    return before in "NXU" and after in "TDLPQHXo" and (word.endswith("s") or _JOINT.search(head) is not None)


class _Paragraph:
    """The tokens of one paragraph, gathered between its quotations, then cut into sentences."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.words: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.quotes: dict[int, Quotation] = {}
        self.tags = ""

    def add(self, start: int, end: int) -> None:
        """The tokens of ``text[start:end]``."""
        words, starts, ends = self.words, self.starts, self.ends
        for match in TOKEN.finditer(self.text, start, end):
            words.append(match.group())
            low, high = match.span()
            starts.append(low)
            ends.append(high)

    def add_quotation(self, quotation: Quotation) -> None:
        self.quotes[len(self.words)] = quotation
        self.words.append("")
        self.starts.append(quotation.start)
        self.ends.append(quotation.end)

    def sentences(self) -> list[Sentence]:
        self.tags = "".join([tag_of(word) if word else "Q" for word in self.words])
        edges = [0]
        edges.extend(m.end() for m in _STOP.finditer(self.tags) if self._is_boundary(m.start(), m.end()))
        edges.append(len(self.words))
        return [self._sentence(low, high) for low, high in pairwise(edges) if 0 < high - low <= MAX_TOKENS]

    def _sentence(self, low: int, high: int) -> Sentence:
        words, tags = self.words[low:high], self.tags[low:high]
        lowered = words[0].lower()
        if tags[0] == "X" and lowered in TAGS and not words[0].isupper():
            tag = tag_of(lowered)
            tags = _INITIAL.get(tag, tag) + tags[1:]
        elif tags[0] == "X" and tags[1:2] == "," and _ADVERB.search(lowered):  # Similarly, Hill
            tags = "R" + tags[1:]
        elif tags[0] == "X" and lowered.endswith("ed") and words[1:2] == ["by"]:  # Alarmed by the flood, Hill
            tags = "E" + tags[1:]
        at = tags.find("XR") + 1
        while at:  # Tim Long
            if words[at][0].isupper() and not words[at].isupper():
                tags = f"{tags[:at]}X{tags[at + 1 :]}"
            at = tags.find("XR", at) + 1
        quotes = {at: self.quotes[low + at] for at, tag in enumerate(tags) if tag == "Q"} if "Q" in tags else {}
        return Sentence(words, self.starts[low:high], self.ends[low:high], disambiguate(tags, words), quotes)

    def _is_boundary(self, mark: int, at: int) -> bool:
        """Whether a sentence ends with the token ``mark`` (and closing brackets) and the next begins at ``at``."""
        word, following = self.words[mark], self.text[self.starts[at]]
        if self.tags[mark] == "X":  # "in the U.S. He said"
            return word[1:2] == "." and word[-1] == "." and len(word) > 3 and following.isupper()
        if self.tags[mark] == ".":
            joined = following.isdigit() and self.starts[at] == self.ends[at - 1]  # Vol.2
            return self.tags[at] in "Q(" or not (following.isalpha() or joined) or following.isupper()
        quotation = self.quotes[mark]
        if _CUE_ALONE.match(self.tags, at):  # "It is over." Hill said.
            return False
        inner = self.text[max(quotation.inner_start, quotation.inner_end - 3) : quotation.inner_end].rstrip("’' )")
        if inner[-1:] not in (".", "?", "!", "…"):
            return False
        if self.tags[at] == "Q":  # two quotations side by side
            return True
        # “Is it?” Lavrov asked: a question does not end the sentence where a speech verb follows
        return following.isupper() and (inner.endswith(".") or _AFTER_QUOTE_CUE.match(self.tags, at) is None)


def sentences(text: str, start: int, end: int, quotations: list[Quotation]) -> list[Sentence]:
    """The sentences of the paragraph ``text[start:end]``, every real quotation folded into one token.

    What runs on for more than ``MAX_TOKENS`` tokens without an end is a table, not prose, and is left out.
    """
    paragraph = _Paragraph(text)
    at = start
    for quotation in quotations:
        if not quotation.is_term:
            paragraph.add(at, quotation.start)
            paragraph.add_quotation(quotation)
            at = quotation.end
    paragraph.add(at, end)
    return paragraph.sentences()


MAX_TOKENS: Final = 400
_RELATIVE: Final = re.compile(r"T(?:[hMBVE]|N[DPXo])")  # the protests | that swept the city
_INITIAL: Final = {
    "S": "E",
    "K": "E",
    "C": "E",
    "x": "X",
    "z": "X",
    "y": "X",
}  # a capitalised first word is no finite verb
_STOP: Final = re.compile(
    r"(?<!\.)(?<!\.\))\.[.)]*+(?=[QXDLPiuHRTY#&WgN(A~MBhZUEn])|Q(?=[QXDLPiuHRTY#&WZMBhn(])|X(?=[PDLHu])"
)
_ADVERB: Final = re.compile(r"(?:al|ar|ent|ant|ing|ed|ous|ive|ate|ful|less)ly$")
_CUE_ALONE: Final = re.compile(r"(?:X{1,3}|P)S\.")
_AFTER_QUOTE_CUE: Final = re.compile(r"[^Q.]{0,7}?[SsK]")
