"""Phrases of one sentence, read off its tags: noun phrases, verb groups, subjects, the edges of clauses.

Owns the regular expressions over tag strings that say what a phrase is. Knows nothing of who said what: patterns builds
on it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from index.statements.lexicon import ALLUSIONS, GLOSSES, OCCASIONS, listed
from index.statements.names import ROLES
from index.statements.tokens import Sentence

Range = tuple[int, int]  # of tokens, half-open

# A noun phrase read forwards and, because a subject is looked for leftwards from its verb, backwards.
_UNIT: Final = r"(?:(?:[DL]R?)?[AEg#]*[NXU#][NXA#U]*|[DL]g(?![DLPXTQ])|LE)"
_UNIT_BACK: Final = r"(?:[NXA#U]*[NXU#][AEg#]*(?:R?[DL])?|gD|EL)"
NP: Final = rf"(?:P|{_UNIT}(?:(?:'|f|&|(?<=N)i){_UNIT})*|Lf[o#]|L)"
NOUN_PHRASE: Final = re.compile(NP)
_NOUN_PHRASE_BACK: Final = re.compile(rf"P|{_UNIT_BACK}(?:(?:'|[fi&]|t(?=[NXA#U]))(?:{_UNIT_BACK}|L))*|of[L#]|L")
# Read backwards: "obtained by the newspaper", "released last year", "travelling with the president".
_DESCRIBED_BACK: Final = re.compile(rf"(?:R|Y[AD]*i?|{_UNIT_BACK}(?:[f']{_UNIT_BACK})*[it])*(?:E|(?<=[it])g)(?=[NXU])")
_RELATIVE: Final = re.compile(r"WR?[VEBMhCSK][^,;:QWwTSKCH-]*")  # with one verb, and nothing said in it
_OBJECT: Final = re.compile(rf"o|P|{_UNIT}(?:(?:'|&){_UNIT})*")
_VERB_GROUP_BACK: Final = re.compile(r"(?:[RMhBbn]|#?Y+[DA]?i?)*")
# A finite verb for certain, or where what precedes it can be its subject; STRONG also looks at what follows.
_FINITE: Final = re.compile(r"[VBMhSKC]|(?<=[PWNXRUYn&#Q)])[Evskc]|(?<=,)E(?=[DLPXo])")
_FINITE_WORDS: Final = frozenset(
    listed("is was are were has had have will would can could may might must should did does do")
)
_STRONG: Final = re.compile(r"[VBMhSKC]|(?<=[PW])[Evskc]|(?<=[NXU])[Evskc](?=[DPXoT])")
_ADJUNCTS: Final = re.compile(
    r"(?:R|D?A?Y"
    rf"|,?[iu](?:o|Y|#|D?Y|[DL]?[AEg#]*[NXU#][NXA#U]*(?:(?:'|f|&){_UNIT})*)"
    rf"|t{_UNIT}(?:'{_UNIT})*|E(?=i)|g(?=[iY])|,(?=[iRY]))+"
)
_VERB: Final = r"[RMhBbn]*[VBMhSKCE]"
_CLAUSE: Final = re.compile(
    rf"(?:[iu](?:{_UNIT}|Y|#),?)?R?{NP}(?:i{_UNIT}|Y)*(?:,[^,Q]{{1,20}},)?R?(?:[VBMhSKC]|n|[Evskc](?=[DPXoTiRt,]))"
)
_MAIN_CLAUSE: Final = re.compile(rf"&?R?i?{NP}{_VERB}")
# What the article tells after a quotation: "...," and he left; "...," while trying to.
_GOES_ON: Final = re.compile(rf"{_MAIN_CLAUSE.pattern}|u[gE]|u{NP}{_VERB}")
_NEW_CLAUSE: Final = re.compile(rf",&?(?={NP}{_VERB})")
_OPENING: Final = re.compile(r"[-~(]*&?R?(?:[uiEgRYHt][^,Q.]{0,25},)?R?")
_FRAME: Final = re.compile(r"[RnA#NY&X]{0,3}[uigE]|[YH]")
# Where content ends: the same speaker's next verb ("and added that"), another's, "adding", ";", "according to".
_CONTENT_STOP: Final = re.compile(
    rf"[,-]?[&u]R?{NP}[RMhnBb]*S(?=[TDLPXNQHo,])|,&R?PR?C(?=[DLXNA])"
    r"|,?(?:&|,)R?(?:h?R?)S(?=,?:?[TDLPXNQHo])|(?:,|(?<=Q))R?J|,?iJ(?=[TDLPXNQH])|;|,?Z|&J(?=[TDLPXNQH])"
    r"|&R?[sk](?=T)"  # some fear that ... and warn that
    r"|,u(?=[hM])|,uP[hM]ns"  # as has her rival; though he did not say
    r"|,wPR*S(?=[BMhVEv])|,[wW]PR*C"  # a rule which he said was; Reed, whom he called
)
_GLOSS: Final = re.compile(r",D[RAEg#NXU]{0,3}?[NUXscvk](?=[^NXU])")
_TAKEN_UP_BY: Final = frozenset(
    listed(
        "that which he she they his her its denied rejected disputed dismissed endorsed echoed shared made repeated not likely"
    )
)
_CLAUSE_OPENERS: Final = ",&:;TQ-u(~.gJwH"
_SUBORDINATORS: Final = "uWwHTiSsKkJ"  # before a subject: its clause hangs on something else
_OPENS: Final = {",": ",", ")": "(", "-": "-"}
APPOSITION_REACH: Final = 45  # tokens; a longer insertion between subject and verb is a misreading


class Phrases:
    """The phrases of a sentence. Positions count tokens; ``before`` and ``after`` look from a gap between two."""

    def __init__(self, sentence: Sentence) -> None:
        self.words = sentence.words
        self.quotes = sentence.quotes
        self.tags = sentence.tags
        self.size = len(sentence.tags)
        self._back = sentence.tags[::-1]

    def word(self, at: int) -> str:
        """The token at ``at`` in lower case; nothing outside the sentence."""
        return self.words[at].lower() if 0 <= at < self.size else ""

    # noun phrases and subjects -----------------------------------------------------------------------------------

    def phrase_before(self, end: int) -> Range | None:
        """The noun phrase that ends right before ``end``."""
        match = _NOUN_PHRASE_BACK.match(self._back, self.size - end)
        return None if match is None or match.end() == match.start() else (self.size - match.end(), end)

    def phrase_at(self, start: int) -> Range | None:
        """The noun phrase that begins at ``start``."""
        match = NOUN_PHRASE.match(self.tags, start)
        return match.span() if match else None

    def subject_before(self, end: int) -> Range | None:
        """The subject of a verb group that begins at ``end``, over an apposition or a relative clause between them."""
        if end <= 0:
            return None
        tag = self.tags[end - 1]
        if tag in "Ww":
            return end - 1, end
        if tag not in _OPENS:
            phrase = self._over_participle(end) or self._over_relative(end) or self.phrase_before(end)
            return self._unclosed(phrase) or phrase
        over = self._over_apposition(end - 1)
        if tag == "," and (named := self.phrase_before(self.before_parenthesis(end - 1))) and named[1] < end - 1:
            return over if over and over[1] < named[0] and self.tags[named[0]] in "DN" else named
        named = self.phrase_before(self.before_parenthesis(over[0] - 1)) if over and self.lead(over) == "," else None
        apposed = named is not None and self.tags[named[1] - 1] == "X" and self._opens_clause(named[0])
        return named if apposed else over  # Ann Lowe, Democrat of Ohio -- where she was born --

    def _unclosed(self, phrase: Range | None) -> Range | None:
        """The name before an apposition whose second comma was forgotten: "Q," | Ann Lowe, manager at a bank told."""
        if phrase is None or self.lead(phrase) != "," or self.tags[phrase[0]] not in "NA":
            return None
        named = self.phrase_before(phrase[0] - 1)
        described = any(bare in ROLES for bare in map(self.word, range(*phrase)))
        is_name = named is not None and self.tags[slice(*named)].strip("X") == "" and named[1] - named[0] > 1
        return named if named and is_name and described and self.lead(named) in "^Q" else None

    def _over_participle(self, end: int) -> Range | None:
        """The noun phrase that a participle describes: "a memo obtained by the newspaper | says"."""
        match = _DESCRIBED_BACK.match(self._back, self.size - end)
        phrase = self.phrase_before(self.size - match.end()) if match else None
        return phrase if phrase and self._opens_clause(phrase[0]) else None

    def _over_relative(self, end: int) -> Range | None:
        """The noun phrase that a clause without commas describes: "officials who spoke with the newspaper | said"."""
        who = self.tags.rfind("W", 0, end)
        if who <= 0 or _RELATIVE.fullmatch(self.tags, who, end) is None:
            return None
        phrase = self.phrase_before(who)
        if phrase is None or not self._opens_clause(phrase[0]):
            return None
        named = self.phrase_before(phrase[0] - 1) if self.lead(phrase) == "," else None
        apposed = named is not None and self.tags[named[1] - 1] == "X" and self._opens_clause(named[0])
        return named if apposed else phrase  # Ann Lowe, the guru who founded it | said

    def _over_apposition(self, close: int) -> Range | None:
        """The noun phrase before the insertion that ends with ``close``: the outermost comma that can open it."""
        opener = _OPENS[self.tags[close]]
        best: Range | None = None
        described = False  # by a relative clause; what stands before it is asked only for the sentence's own subject
        for at in range(close - 2, max(close - APPOSITION_REACH, 0), -1):
            if self.tags[at] in ".;Q" and self.tags[at + 1] != ")":
                break
            if self.tags[at] != opener:
                continue
            relative = self.tags[at + 1] in "Ww"
            if not relative and self._holds_main_verb(at + 1, close):
                break
            phrase = self.phrase_before(self.before_parenthesis(at))
            if phrase and self._opens_clause(phrase[0]) and self.tags[phrase[1] - 1] in "XN":
                if not described or (phrase[0] == 0 and self.tags[phrase[1] - 1] == "X"):
                    best = phrase
                if opener == "(":
                    break
                if relative and not described:
                    described, close = True, at
        return best

    def _holds_main_verb(self, start: int, end: int) -> bool:
        verb = _STRONG.search(self.tags, start, end)
        return verb is not None and not any(tag in "WwH" for tag in self.tags[start : verb.start()])

    def before_parenthesis(self, at: int) -> int:
        """``at``, or where a parenthesis that ends there begins: "Sen. Claire Moss (D-Mo.), who"."""
        if at and self.tags[at - 1] == ")":
            opening = self.tags.rfind("(", 0, at)
            return opening if opening > 0 else at
        return at

    def _opens_clause(self, at: int) -> bool:
        at -= at > 0 and self.tags[at - 1] == "R"  # even China
        return at == 0 or self.tags[at - 1] in _CLAUSE_OPENERS

    def subject_after(self, start: int) -> Range | None:
        """The noun phrase of an inverted "said the minister", if what follows it allows that reading."""
        phrase = self._without_occasion(self.phrase_at(start))
        if phrase is None or (phrase[1] < self.size and self.tags[phrase[1]] not in ",.:-QiutWwRYgJ(;&AE"):
            return None
        return phrase

    def _without_occasion(self, phrase: Range | None) -> Range | None:
        """ "the paper | in the lead-up": without when or where it spoke."""
        at = self.tags.find("i", *phrase) if phrase else -1
        return (phrase[0], at) if phrase and at > 0 and self.word(phrase[1] - 1) in OCCASIONS else phrase

    def first_subject(self) -> Range | None:
        """Whom the sentence speaks of: the noun phrase that opens it, or that follows an opening "On Friday,"."""
        opening = _OPENING.match(self.tags)
        return self.phrase_at(opening.end() if opening else 0)

    def main_subject(self, before: int, *, beside: bool = False) -> Range | None:
        """The subject of the nearest earlier verb that is not inside a subordinate clause.

        ``beside``: of whom the sentence is about, not of the clause that describes a thing in it: "Hill left the pier that
        fell, | arguing".
        """
        fallback: Range | None = None
        for verb in reversed(list(_FINITE.finditer(self.tags, 0, before))):
            group = self.group_start(verb.start())
            subject = self.subject_before(group)
            if subject is None or subject[0] >= group:
                continue
            if beside and self.tags[subject[0]] in "Ww" and self.lead(subject) not in ",-":  # a bill that allows
                continue
            lead = self.lead(subject)
            if lead in "Cc" and self.tags[verb.start()] in "EVSK":  # praised the plan | presented, held
                continue
            if lead not in _SUBORDINATORS:
                return subject
            fallback = fallback or (subject if lead not in "iu" else None)
        if fallback is None and (opening := NOUN_PHRASE.match(self.tags)) and opening.end() < before:
            return opening.span()
        return fallback

    def nearest_subject(self, before: int) -> Range | None:
        """The subject of the nearest earlier verb that has one, in whatever clause."""
        for verb in reversed(list(_FINITE.finditer(self.tags, 0, before))):
            if subject := self.subject_before(self.group_start(verb.start())):
                return subject
        return None

    def lead(self, tokens: Range) -> str:
        """The tag right before ``tokens``; ``^`` at the sentence's beginning."""
        return self.tags[tokens[0] - 1] if tokens[0] else "^"

    # verbs and clauses -------------------------------------------------------------------------------------------

    def group_start(self, verb: int) -> int:
        """Where the verb group of ``verb`` begins: "has not yet | said"."""
        match = _VERB_GROUP_BACK.match(self._back, self.size - verb)
        return self.size - match.end() if match else verb

    def has_verb(self, start: int, end: int) -> bool:
        """Whether a finite verb stands between."""
        return _FINITE.search(self.tags, start, end) is not None

    def has_strong_verb(self, start: int, end: int) -> bool:
        """Whether a word that can only be a finite verb stands between."""
        return _STRONG.search(self.tags, start, end) is not None

    def is_clause(self, start: int) -> bool:
        """Whether a subject and its finite verb begin at ``start``."""
        return _CLAUSE.match(self.tags, start) is not None

    def quotes_verb(self, at: int) -> bool:
        """Whether the quotation at ``at`` begins with a finite verb: "The bridge," she said, "is safe"."""
        quotation = self.quotes.get(at)
        return quotation is not None and quotation.opens_with in _FINITE_WORDS

    def is_asked(self, at: int) -> bool:
        """Whether a clause that begins at ``at`` tells what somebody was asked: "Asked about it", "When asked Q"."""
        return "asked" in (self.word(at), self.word(at + 1) if self.word(at) == "when" else "")

    def is_frame(self, tokens: Range) -> bool:
        """Whether the words are only the frame of what follows: "While he waited", "In a speech"."""
        return _FRAME.match(self.tags, *tokens) is not None and _NEW_CLAUSE.search(self.tags, *tokens) is None

    def trimmed(self, start: int, end: int) -> Range:
        """Without punctuation and conjunctions in front, and without punctuation behind."""
        while start < end and self.tags[start] in "-~,)&":
            start += 1
        return start, self.trim(start, end)

    def trim(self, start: int, end: int) -> int:
        """``end`` without closing punctuation, and without a bracket that was opened before ``start``."""
        while end > start and (
            self.tags[end - 1] in ",-;:." or (self.tags[end - 1] == ")" and "(" not in self.tags[start:end])
        ):
            end -= 1
        return end

    def skip_object(self, at: int) -> int:
        """Past the person spoken to, if one is named at ``at``."""
        match = _OBJECT.match(self.tags, at)
        return match.end() if match else at

    def skip_adjuncts(self, at: int) -> int:
        """Past "on Friday", "in a letter to him", "later"."""
        match = _ADJUNCTS.match(self.tags, at)
        return match.end() if match else at

    def glosses(self, start: int, end: int) -> Iterator[Range]:
        """Where the article has a word of its own on what was said, ", a charge that she denied": the comma and the noun."""
        for found in _GLOSS.finditer(self.tags, start, end):
            noun, after = self.word(found.end() - 1), self.word(found.end())
            if self.word(found.start() + 1) in ("a", "an", "another") and (
                noun in ALLUSIONS or (noun in GLOSSES and after in _TAKEN_UP_BY)
            ):
                yield found.start(), found.end() - 1

    def content_end(self, start: int, *, subordinate: bool = False) -> int:
        """Where content that begins at ``start`` ends: before the next attribution, or with the sentence.

        ``subordinate`` content stands in a clause that the main clause follows: "While he said that ..., she left".
        """
        stop = _CONTENT_STOP.search(self.tags, start + 1)
        end = stop.start() if stop else self.size
        if self.tags.count("-", 1, start) % 2 and (dash := self.tags.find("-", start)) > 0:  # -- which he called so --
            end = min(end, dash)
        if subordinate and (clause := _NEW_CLAUSE.search(self.tags, start + 1, end)):
            end = clause.start()
        end = next((comma for comma, _ in self.glosses(start + 1, end)), end)
        for quote, quotation in self.quotes.items():
            if start <= quote < end - 1 and quotation.comma and _GOES_ON.match(self.tags, quote + 1):
                end = quote + 1
                break
        return self.trim(start, end)
