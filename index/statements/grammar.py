"""Who said what inside one sentence, as patterns over its tags.

Owns noun phrases, verb groups, clauses and the patterns that tie a speaker, a cue and a content together. Knows one
sentence at a time: no names are resolved here and nothing is remembered from the sentence before.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from index.statements.lexicon import ADDRESSED, BARE_CLAUSE, MESSAGES, PROMISES, RELUCTANT, TAKES_OBJECT, lemma_of
from index.statements.tokens import Sentence

Range = tuple[int, int]  # of tokens, half-open


@dataclass(frozen=True, slots=True)
class Attribution:
    """One "speaker, cue, content" inside a sentence; every range counts tokens.

    ``rule`` names the pattern that found it. ``subject`` is None where the sentence does not name a speaker ("was told
    that"); ``shared`` says that it was taken from another verb of the sentence ("he laughed and said").
    """

    rule: str
    parts: tuple[Range, ...]
    subject: Range | None
    cue: Range
    lemma: str
    shared: bool = False
    negated: bool = False
    modal: bool = False
    clues: frozenset[str] = frozenset()

    @property
    def start(self) -> int:
        return self.parts[0][0]

    @property
    def end(self) -> int:
        return self.parts[-1][1]

    @property
    def trails(self) -> bool:
        """Whether the speaker and the cue follow (a part of) the content."""
        return self.start < self.cue[0]


# A noun phrase read forwards and, because a subject is looked for leftwards from its verb, backwards.
_UNIT: Final = r"(?:(?:[DL]R?)?[AEg#]*[NXU#][NXA#U]*|[DL]g(?![DLPXTQ])|LE)"
_UNIT_BACK: Final = r"(?:[NXA#U]*[NXU#][AEg#]*(?:R?[DL])?|gD|EL)"
NOUN_PHRASE: Final = re.compile(rf"P|{_UNIT}(?:(?:'|f|&|(?<=N)i){_UNIT})*|Lf[o#]|L")
NOUN_PHRASE_BACK: Final = re.compile(rf"P|{_UNIT_BACK}(?:(?:'|[fi&]|t(?=[NXA#U]))(?:{_UNIT_BACK}|L(?=f)))*|of[L#]|L")
SOURCE: Final = re.compile(rf"{NOUN_PHRASE.pattern}|o|L(?:[if]{_UNIT})?")
OBJECT: Final = re.compile(rf"o|P|{_UNIT}(?:(?:'|&){_UNIT})*")
VERB_GROUP_BACK: Final = re.compile(r"(?:[RMhBbn]|#?Y[DA]?)*")
FINITE: Final = re.compile(r"[VBMhSKC]|(?<=[PWNXRUYn&#Q)])[Evskc]")
STRONG_FINITE: Final = re.compile(r"[VBMhSKC]|(?<=[PW])[Evskc]|(?<=[NXU])[Evskc](?=[DPXoT])")
CUE: Final = re.compile(r"[SsJKkCcZU]")
_ADJUNCTS: Final = re.compile(rf"(?:R|D?A?Y|,?[iu](?:o|Y|#|D?Y|[DL]?[AEg#]*[NXU#][NXA#U]*(?:(?:'|f|&){_UNIT})*)|t{_UNIT}|E(?=i)|g(?=[iY])|,(?=[iRY]))+")
_THAT: Final = re.compile(r"[^QT.;:SKCVBMPWsJ]{0,16}?T")
_CLAUSE: Final = re.compile(rf"(?:[iu](?:{_UNIT}|Y|#),?)?R?(?:P|{NOUN_PHRASE.pattern})(?:i{_UNIT}|Y)*(?:,[^,Q]{{1,20}},)?R?(?:[VBMhSKC]|n|[Evskc](?=[DPXoTiRt,]))")
_MAIN_CLAUSE: Final = re.compile(rf"&?R?i?(?:{NOUN_PHRASE.pattern})[RMhBbn]*[VBMhSKCE]")
_NEW_CLAUSE: Final = re.compile(rf",&?(?={NOUN_PHRASE.pattern}[RMhBbn]*[VBMhSKCE])")
_TO_QUOTE: Final = re.compile(r"[^Q.;SKCBMhJ]{0,14}?[,:]?(?=Q)")
_NEXT_QUOTE: Final = re.compile(r"[,~&-]*Q")
_OPENING: Final = re.compile(r"[-~(]*&?R?(?:[uiEgRYHt][^,Q.]{0,25},)?R?")
_INTRODUCED: Final = re.compile(r"[SCKVEJ](?=[^QSCKV]{0,14}[.:]?$)")
_ACT_WHEN: Final = re.compile(r"(?:R|i?Y#?)+(?=[DLXNA#PoT])")
_WHEN: Final = re.compile(r"[AY]*")
_FRAME: Final = re.compile(r"[RnA#NY&X]{0,3}[uigE]|[YH]")
_LOOSE: Final = re.compile(r",[&uDWwgE]|-|(?<!,)&(?=P)|u(?=P)")
_MAIN_VERB: Final = re.compile(r",(?=R?[VBMhSKC])")
_TO_REST: Final = re.compile(r"(?:[^Q.;SsJKC]{0,24}?[,:-]&?)?(?=Q)")
_CLOSING: Final = ",-;:."


class Grammar:
    """The attributions of one sentence. A throw-away reader over its tags: build one, call ``attributions`` once."""

    def __init__(self, sentence: Sentence) -> None:
        self.sentence = sentence
        self.tags = sentence.tags
        self.back = sentence.tags[::-1]
        self.size = len(sentence.tags)

    # noun phrases ------------------------------------------------------------------------------------------------

    def phrase_before(self, end: int) -> Range | None:
        """The noun phrase that ends right before token ``end``."""
        match = NOUN_PHRASE_BACK.match(self.back, self.size - end)
        if match is None or match.end() == match.start():
            return None
        return self.size - match.end(), end

    def subject_before(self, end: int) -> Range | None:
        """The subject of a verb group that starts at ``end``, over an apposition or a relative clause if there is one."""
        if end <= 0:
            return None
        tag = self.tags[end - 1]
        if tag in "Ww":
            return end - 1, end
        if tag == "," and (named := self.phrase_before(self.before_parenthesis(end - 1))) and named[1] < end - 1:
            return named
        if tag in ",)-":
            return self._over_apposition(end - 1)
        return self.phrase_before(end)

    def _over_apposition(self, close: int) -> Range | None:
        opener = {",": ",", ")": "(", "-": "-"}[self.tags[close]]
        best: Range | None = None
        for at in range(close - 2, max(close - 45, 0), -1):
            tag = self.tags[at]
            if tag in ".;Q":
                break
            if tag != opener:
                continue
            relative = self.tags[at + 1] in "Ww"
            if not relative and STRONG_FINITE.search(self.tags, at + 1, close) and not self._has_relative(at + 1, close):
                break
            phrase = self.phrase_before(self.before_parenthesis(at))
            if phrase is None or not self._opens_clause(phrase[0]) or self.tags[phrase[1] - 1] not in "XN":
                continue
            best = phrase
            if relative or opener == "(":
                break
        return best

    def before_parenthesis(self, at: int) -> int:
        """``at``, or where a parenthesis that ends there begins: "Sen. Claire Moss (D-Mo.), who"."""
        if at and self.tags[at - 1] == ")":
            opening = self.tags.rfind("(", 0, at)
            return opening if opening > 0 else at
        return at

    def _has_relative(self, start: int, end: int) -> bool:
        found = STRONG_FINITE.search(self.tags, start, end)
        return found is not None and any(tag in "WwH" for tag in self.tags[start : found.start()])

    def _opens_clause(self, at: int) -> bool:
        return at == 0 or self.tags[at - 1] in ",&:;TQ-u(~.gJ"

    def subject_after(self, start: int) -> Range | None:
        """The noun phrase of an inverted "said the minister", if what follows it allows that reading."""
        match = NOUN_PHRASE.match(self.tags, start)
        if match is None:
            return None
        end = match.end()
        if end < self.size and self.tags[end] not in ",.?!:-QiutWwRYgJ(;&AE":
            return None
        return start, end

    def first_subject(self) -> Range | None:
        """Whom the sentence speaks of: the noun phrase that opens it, or that follows an opening "On Friday,"."""
        opening = _OPENING.match(self.tags)
        match = NOUN_PHRASE.match(self.tags, opening.end() if opening else 0)
        return match.span() if match else None

    def main_subject(self, before: int) -> Range | None:
        """The subject of the nearest earlier verb that is not inside a subordinate clause."""
        fallback: Range | None = None
        for match in reversed(list(FINITE.finditer(self.tags, 0, before))):
            group = self.group_start(match.start())
            subject = self.subject_before(group)
            if subject is None or subject[0] >= group:
                continue
            lead = self.tags[subject[0] - 1] if subject[0] else "^"
            if lead not in "uWwHTiSsKkJ":
                return subject
            fallback = fallback or (subject if lead not in "iu" else None)
        if fallback is None and (opening := NOUN_PHRASE.match(self.tags)) and opening.end() < before:
            return 0, opening.end()
        return fallback

    def group_start(self, verb: int) -> int:
        match = VERB_GROUP_BACK.match(self.back, self.size - verb)
        assert match is not None
        return self.size - match.end()

    # clauses -----------------------------------------------------------------------------------------------------

    def has_verb(self, start: int, end: int) -> bool:
        return FINITE.search(self.tags, start, end) is not None

    def trim(self, start: int, end: int) -> int:
        """``end`` without closing punctuation."""
        while end > start and self.tags[end - 1] in _CLOSING:
            end -= 1
        return end

    def skip_addressee(self, at: int) -> int:
        match = OBJECT.match(self.tags, at)
        return match.end() if match else at

    def skip_adjuncts(self, at: int) -> int:
        match = _ADJUNCTS.match(self.tags, at)
        return match.end() if match else at

    def content_end(self, start: int, *, subordinate: bool = False) -> int:
        """Where content that begins at ``start`` ends: before the next attribution, or with the sentence.

        ``subordinate`` content stands in a clause that the main clause follows: "While he said that ..., she left".
        """
        stop = _CONTENT_STOP.search(self.tags, start + 1)
        end = stop.start() if stop else self.size
        if subordinate and (clause := _NEW_CLAUSE.search(self.tags, start + 1, end)):
            end = clause.start()
        for quote, quotation in self.sentence.quotes.items():
            if start < quote + 1 < end and quotation.comma and _MAIN_CLAUSE.match(self.tags, quote + 1):
                end = quote + 1
                break
        return self.trim(start, end)

    # attributions ------------------------------------------------------------------------------------------------

    def attributions(self) -> list[Attribution]:
        found: list[Attribution] = []
        for match in CUE.finditer(self.tags):
            attribution = self._at_cue(match.start(), found)
            if attribution is not None and attribution.start < attribution.end:
                found.append(attribution)
        if not found or self._open_quotes(found):
            found.extend(self._beside_quotes(found))
        if not found:
            found.extend(self._headline())
        return [replace(f, clues=self._clues(f)) for f in self._clipped(found)]

    def _clues(self, found: Attribution) -> frozenset[str]:
        """What makes this find more or less certain; the names are those of ``confidence.CLUES``."""
        tags, subject = self.tags, found.subject
        start, end = found.parts[-1]
        loose = _LOOSE.search(tags, start + 3, end) if found.start >= found.cue[0] else None
        lead = tags[subject[0] - 1] if subject and subject[0] else "^"
        signs = {
            "shared": found.shared,
            "negated": found.negated,
            "modal": found.modal,
            "weak verb": found.lemma in TAKES_OBJECT or found.lemma in RELUCTANT,
            "say": found.lemma in ("say", "according to", "tell", "add", "note", "argue"),
            "loose": loose is not None and 10 * (loose.start() - start) < 6 * (end - start),
            "dash": "-" in tags[start:end],
            "buried": subject is not None and not found.shared and lead not in "^,Q.&-:;",
            "subordinate": lead in "uHWwT",
            "long subject": subject is not None and subject[1] - subject[0] > 7,
            "short": sum(b - a for a, b in found.parts) < 5 and "Q" not in tags[found.start : found.end],
            "quoted": "Q" in tags[found.start : found.end],
            "relative": subject is not None and tags[subject[0]] in "Ww",
            "several": len(found.parts) > 1,
            "infinitive": found.cue[0] > 0 and tags[found.cue[0] - 1] == "t",
            "participle": tags[found.cue[0]] == "J",
            "base": tags[found.cue[0]] in "skc" and tags[found.cue[0] - 1] != "t",
            "clause": "T" in tags[found.cue[1] : found.cue[1] + 1],
            "question": self.size > 0 and self.sentence.words[-1] == "?",
        }
        return frozenset(name for name, holds in signs.items() if holds)

    def _clipped(self, found: list[Attribution]) -> list[Attribution]:
        """A speaker named last spoke the whole clause: what earlier cues report ends where his or her content does."""
        ends = [(f.parts[0][1], f.cue[0]) for f in found if f.trails]
        clipped = []
        for attribution in found:
            end = min((e for e, cue in ends if attribution.start < e < attribution.end and cue >= attribution.cue[1]), default=0)
            if end and not attribution.trails:
                attribution = replace(attribution, parts=((attribution.start, end),))
            clipped.append(attribution)
        return clipped

    def introduces(self) -> Attribution | None:
        """A speaker and a speech verb that no content follows here: "He continued:", "She agreed."."""
        for match in _INTRODUCED.finditer(self.tags):
            cue = match.start()
            if self.tags[cue] == "J":
                subject = self.main_subject(cue)
                return Attribution("introduced", (), subject, (cue, cue + 1), lemma_of(self.sentence.words[cue])) if subject else None
            subject = self.subject_before(self.group_start(cue)) or (self.subject_after(cue + 1) if cue == 0 else None)
            if subject is not None:
                return Attribution("introduced", (), subject, (cue, cue + 1), lemma_of(self.sentence.words[cue]))
        return None

    def _at_cue(self, cue: int, found: list[Attribution]) -> Attribution | None:
        tag = self.tags[cue]
        if tag == "Z":
            return self._according(cue)
        if tag == "U":
            return self._speech_noun(cue)
        return self._verb(cue, tag, found)

    def _according(self, cue: int) -> Attribution | None:
        tags = self.tags
        match = SOURCE.match(tags, cue + 1)
        if match is None:
            return None
        subject, after = (cue + 1, match.end()), match.end()
        before = self._lead(0, cue)
        parts = [before] if before[1] - before[0] >= 2 and ("Q" in tags[: cue] or self.has_verb(*before)) else []
        if not parts or (cue and tags[cue - 1] in ",-" and tags[after : after + 1] == ","):
            mark = re.compile("[,:Q]").search(tags, after)
            start = mark.end() - (mark.group() == "Q") if mark else self.size
            end = self.content_end(start) if start < self.size else start
            if end - start >= 1 and (not parts or self.has_verb(start, end)):
                parts.append((start, end))
        if not parts:
            return None
        return Attribution("according" if cue < parts[0][0] else "according-after", tuple(parts), subject, (cue, cue + 1), "according to")

    def _lead(self, start: int, end: int) -> Range:
        """What stands between ``start`` and ``end``, without punctuation and conjunctions at its edges."""
        while start < end and self.tags[start] in "-~,)&":
            start += 1
        return start, self.trim(start, end)

    def _speech_noun(self, cue: int) -> Attribution | None:
        tags = self.tags
        by = NOUN_PHRASE.match(tags, cue + 2) if tags[cue + 1 : cue + 2] == "i" and self.sentence.words[cue + 1] in ("by", "from") else None
        at = by.end() if by else cue + 1
        at = _WHEN.match(tags, at).end()  # type: ignore[union-attr]
        if tags[at : at + 2] == "BT":
            at += 1
        if tags[at : at + 1] != "T" and not (tags[at : at + 1] == "t" and self.sentence.words[cue].lower() in PROMISES):
            return None
        subject: Range | None = (cue + 2, by.end()) if by else None
        if subject is None:
            start = cue
            while start and tags[start - 1] in "AER#NXYgC":
                start -= 1
            if start and tags[start - 1] == "'":
                subject = self.phrase_before(start - 1)
            elif start and self.sentence.words[start - 1].lower() in ("his", "her", "their", "my", "our"):
                subject = (start - 1, start)
        shared = False
        if subject is None:
            subject, shared = self.main_subject(cue), True
        if subject is None:
            return None
        word = self.sentence.words[cue].lower()
        start = at + 2 if tags[at + 1 : at + 2] == "," else at + 1
        return Attribution("noun", ((start, self.content_end(start)),), subject, (cue, cue + 1), word, shared)

    def _verb(self, cue: int, tag: str, found: list[Attribution]) -> Attribution | None:
        words, tags = self.sentence.words, self.tags
        lemma = lemma_of(words[cue])
        group = self.group_start(cue)
        helpers = tags[group:cue]
        after = cue + 1
        negated = "n" in helpers or any(word.lower().endswith(("n't", "n’t")) for word in words[group:cue])
        modal = "M" in helpers
        passive = tag in "SKC" and ("B" in helpers or "b" in helpers)
        subject, shared, inverted = None, False, False
        if passive:
            if tag != "S" or self.tags[after : after + 1] not in ("T", "H", "i", ",", "Q", ":") or (
                tags[after] == "i" and words[after].lower() != "by"
            ):
                return None
            if words[after].lower() == "by" and (by := NOUN_PHRASE.match(tags, after + 1)):
                subject, after = (after + 1, by.end()), by.end()
        elif tag == "J" and "B" not in helpers:
            subject, shared = self._participle_subject(group, found), True
        elif tag in "skc" and group and tags[group - 1] == "t":
            if tag == "k":
                return None
            subject, shared = self.main_subject(group - 1), True
        else:
            subject = self.subject_before(group) if group else None
            if subject is None and tag in "SJ" and self._may_invert(group):
                subject = self.subject_after(after)
                if subject is not None:
                    inverted, after = True, subject[1]
            if subject is None and group and tags[group - 1] in "&,-R":
                subject, shared = self._earlier_subject(found) or self.main_subject(group), True
        if subject is None and not passive:
            return None
        if tag == "J" and group and words[group - 1].lower() in ("for", "of", "from", "about", "with", "without"):
            return None
        base = Attribution("", (), subject, (cue, cue + 1), lemma, shared, negated, modal)
        left = cue if inverted else (subject[0] if subject and not shared else group)
        return self._content(base, tag, left, after)

    def _participle_subject(self, group: int, found: list[Attribution]) -> Range | None:
        if group and self.tags[group - 1] in "NXUA":
            phrase = self.phrase_before(group)
            if phrase and MESSAGES.isdisjoint(word.lower() for word in self.sentence.words[phrase[0] : phrase[1]]):
                return phrase
        return self._earlier_subject(found) or self.main_subject(group)

    def _earlier_subject(self, found: list[Attribution]) -> Range | None:
        return next((f.subject for f in reversed(found) if f.subject is not None and f.rule not in ("act", "noun")), None)

    def _may_invert(self, group: int) -> bool:
        return group > 0 and self.tags[group - 1] in "Q,-:;."

    # content -----------------------------------------------------------------------------------------------------

    def _content(self, base: Attribution, tag: str, left: int, after: int) -> Attribution | None:
        says = tag in "SsJ"
        if tag in "Cc":
            return self._act(base, after)
        if base.shared or not (says or tag in "Kk") or (base.subject and self.tags[base.subject[0]] in "Ww"):
            return self._forward(base, says, after)
        backward = self._backward(left)
        if backward is None:
            return self._forward(base, says, after)
        quoted = self.tags[backward[1] - 1] == "Q"
        held = self.tags[backward[0] : backward[1]]
        told = _TO_QUOTE.match(self.tags, after) if not quoted else None
        if told and (self._is_adjunct(backward) or not self.has_verb(*backward)) and not self.has_verb(after, told.end()):
            return self._forward(base, says, after)
        if held != "Q" and not self._ends_here(after):
            forward = self._forward(base, says, after)
            if forward is not None and forward.rule != "object":
                if self.sentence.words[backward[0]].lower() in ("if", "to"):
                    return replace(forward, parts=(backward, *forward.parts))
                return forward
            if self._is_adjunct(backward):
                return forward
        inverted = left == base.cue[0]
        rest = self._second_part(after, inverted, quoted)
        whole = held == "Q" or self.has_verb(*backward) or (rest is None and "Q" in held)
        if not whole and (rest is None or not says):
            return self._forward(base, says, after)
        if not whole:
            return replace(base, rule="split", parts=(backward, rest or backward))
        rule = ("quote-first" if quoted else "clause-first") if says else "opinion-first"
        return replace(base, rule=rule, parts=(backward, rest) if rest else (backward,))

    def _is_adjunct(self, tokens: Range) -> bool:
        """Whether the words are only the frame of what follows: "While he waited", "In a speech"."""
        if _FRAME.match(self.tags, *tokens) is None:
            return False
        return _NEW_CLAUSE.search(self.tags, *tokens) is None

    def _ends_here(self, after: int) -> bool:
        """Whether nothing follows the cue that could be said: the sentence's end, or adjuncts and then a comma."""
        at = self.skip_adjuncts(after)
        return after >= self.size or self.tags[after] in ",.;-" or at >= self.size or self.tags[at] in ",.;-"

    def _backward(self, left: int) -> Range | None:
        """The content that ends right before the speaker: a quotation, or a clause closed by a comma."""
        tags = self.tags
        if left < 1 or tags[left - 1] not in "Q,-":
            return None
        start, end = self._lead(tags.rfind(";", 0, left) + 1, left)
        if end <= start:
            return None
        if tags[end - 1] == "Q":
            if end - 1 > start and tags[end - 2] == ":":
                return end - 1, end
            return start, end
        return start, end

    def _second_part(self, after: int, inverted: bool, quoted: bool) -> Range | None:
        """The rest of a content that the speaker interrupts: "We will," he said, "go on"."""
        tags = self.tags
        match = _TO_REST.match(tags, after)
        if match:
            return match.end(), self.content_end(match.end())
        if quoted:
            return None
        if inverted:
            main = _MAIN_VERB.search(tags, after)
            return (main.end(), self.content_end(main.end())) if main else None
        if tags[after : after + 1] != "," or after + 3 >= self.size or tags[after + 1] in "JgWwuE":
            return None
        return after + 1, self.content_end(after + 1)

    def _forward(self, base: Attribution, says: bool, after: int) -> Attribution | None:
        tags, lemma = self.tags, base.lemma
        at = self.skip_addressee(after) if lemma in ADDRESSED else after
        start = self.skip_adjuncts(at)
        that = self._that(after, start)
        if that is not None:
            return self._clause(base, "that" if says else "opinion-that", that)
        if self._told_as(base):
            return self._clause(base, "as", tags.find(",", after) + 1)
        if says:
            quote = _TO_QUOTE.match(tags, after)
            if quote and not STRONG_FINITE.search(tags, self.skip_addressee(after), quote.end()):
                return self._quote_after(base, after, quote.end())
        elif tags[after : after + 1] == "Q":
            return self._clause(base, "opinion", after)
        for begin in dict.fromkeys((start, at)):
            if tags[begin : begin + 1] == "H":
                return self._clause(base, "question", begin)
            if self._opens_content(base, says, begin):
                return self._clause(base, "clause" if says else "opinion", begin)
        if lemma in TAKES_OBJECT and after < self.size and tags[after] in "DLXNUA#togiPRE":
            return self._clause(base, "object", after)
        return None

    def _that(self, after: int, start: int) -> int | None:
        """Where a that-clause begins, if one follows the cue, an addressee and adjuncts."""
        tags = self.tags
        for at in (after, start, self.skip_adjuncts(self.skip_addressee(after))):
            if tags[at : at + 1] == "," and tags[at + 1 : at + 2] == "T":
                at += 1
            if tags[at : at + 2] == "BT":  # what he told her is that
                return at + 2
            if tags[at : at + 1] == "T":
                return at if tags[at + 1 : at + 2] == "B" else at + 1
        return None

    def _told_as(self, base: Attribution) -> bool:
        """"As Clinton told the paper, taxes ...": the content follows the comma."""
        if base.subject is None or base.shared or base.subject[0] != 1 or self.sentence.words[0].lower() != "as":
            return False
        comma = self.tags.find(",", base.cue[1])
        return comma > 0 and self.has_verb(comma, self.size) and not self.has_verb(base.cue[1], comma)

    def _opens_content(self, base: Attribution, says: bool, begin: int) -> bool:
        """Whether a clause begins at ``begin`` that the cue can report without "that"."""
        if begin >= self.size or self.tags[begin] not in "DLPXNUA#gHEYRuQihJMZ~oB" or not (says or base.lemma in BARE_CLAUSE):
            return False
        if self.tags[begin] in "BMh" and (base.subject is None or self.tags[base.subject[0] - 1 : base.subject[0]] not in ("W", "w", "T")):
            return False
        if self.tags[begin : begin + 2] in ("iJ", "ig"):
            return False
        end = self.content_end(begin)
        if end - begin < 3 or not self.has_verb(begin, end):
            return False
        if not says or base.lemma in RELUCTANT or base.lemma in TAKES_OBJECT:
            return _CLAUSE.match(self.tags, begin) is not None
        return True

    def _quote_after(self, base: Attribution, after: int, quote: int) -> Attribution:
        at = self.skip_adjuncts(self.skip_addressee(after) if base.lemma in ADDRESSED else after)
        end = self.content_end(quote)
        if self.tags[quote - 1] in ",:" or at >= quote or after == quote:
            last = quote + 1
            while last < end and (found := _NEXT_QUOTE.match(self.tags, last)):
                last = found.end()
            return replace(base, rule="quote-after", parts=((quote, max(last, self._quote_tail(last, end))),))
        return replace(base, rule="quote-inside", parts=((at, end),))

    def _quote_tail(self, last: int, end: int) -> int:
        """A quotation that is not closed by punctuation goes on in the speaker's sentence."""
        return last if last >= end or self.tags[last] in ",.;:-(J" else end

    def _clause(self, base: Attribution, rule: str, start: int) -> Attribution | None:
        end = self.content_end(start, subordinate=self._is_subordinate(base))
        if base.subject and self.tags[base.subject[0]] in "Ww" and (main := _MAIN_VERB.search(self.tags, start + 1, end)):
            end = main.start()
        if end - start < 1:
            return None
        return replace(base, rule=rule, parts=((start, end),))

    def _is_subordinate(self, base: Attribution) -> bool:
        """Whether the cue's clause opens the sentence under "while", "although", "when": the main clause is still to come."""
        first = base.subject[0] if base.subject and not base.shared else base.cue[0]
        return 0 < first <= 3 and self.tags[first - 1] in "uH"

    def _act(self, base: Attribution, after: int) -> Attribution | None:
        if base.subject is None or after >= self.size - 1 or self.tags[after] in ",.&:;)w":
            return None
        if base.shared and self.tags[base.cue[0] - 1] == "t":
            return None
        when = _ACT_WHEN.match(self.tags, after)
        return self._clause(base, "act", when.end() if when else after)

    # quotations that no cue has claimed --------------------------------------------------------------------------

    def _open_quotes(self, found: list[Attribution]) -> list[int]:
        return [q for q in self.sentence.quotes if not any(a <= q < b for f in found for a, b in f.parts)]

    def _beside_quotes(self, found: list[Attribution]) -> list[Attribution]:
        """Verbs that report speech only because a quotation stands beside them: "Q," he laughed; he called it Q."""
        extra: list[Attribution] = []
        for quote in self._open_quotes(found):
            if any(a <= quote < b for f in extra for a, b in f.parts):
                continue
            attribution = self._beside_after(quote) or self._beside_before(quote)
            if attribution is not None:
                extra.append(attribution)
        return extra

    def _beside_after(self, quote: int) -> Attribution | None:
        match = re.compile(rf",?({NOUN_PHRASE.pattern})[R]?([VE])").match(self.tags, quote + 1)
        if match is None:
            return None
        return Attribution("beside", ((quote, quote + 1),), match.span(1), match.span(2), lemma_of(self.sentence.words[match.start(2)]))

    def _beside_before(self, quote: int) -> Attribution | None:
        for match in reversed(list(re.finditer(r"[VECSKgcvh]", self.tags[:quote]))):
            verb = match.start()
            if quote - verb > 16:
                break
            group = self.group_start(verb)
            if "B" in self.tags[group:verb]:
                return None
            subject, shared = self.subject_before(group), False
            if subject is None:
                subject, shared = self.main_subject(group), True
            if subject is None:
                continue
            end = self.content_end(quote)
            colon = self.tags[quote - 1] in ":,"
            rule = "beside" if colon else "fragment"
            start = quote if colon else verb + 1
            return Attribution(rule, ((start, quote + 1 if colon else max(end, quote + 1)),), subject, (verb, verb + 1), lemma_of(self.sentence.words[verb]), shared)
        return None

    def _headline(self) -> list[Attribution]:
        """A speaker, a colon and what was said, as headlines and lists have it."""
        match = re.match(rf"[-~]?({NOUN_PHRASE.pattern}):(?=[^,]{{3}})", self.tags)
        if match is None or self.size > 40:
            return []
        return [Attribution("colon", ((match.end(), self.trim(match.end(), self.size)),), match.span(1), (match.end() - 1, match.end()), ":")]


_CONTENT_STOP: Final = re.compile(
    rf"[,-]?[&u]R?(?:{NOUN_PHRASE.pattern})[RMhnBb]*S(?=[TDLPXNQHo,])|"
    r",?(?:&|,)R?(?:h?R?)S(?=,?:?[TDLPXNQHo])|,R?[J]|,?[i]J(?=[TDLPXNQH])|;|,Z|Z|&J(?=[TDLPXNQH])"
)
