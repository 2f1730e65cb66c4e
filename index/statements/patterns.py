"""Who said what inside one sentence: the patterns that tie a speaker, a cue and a content together.

Owns the rules, one function a pattern. Knows one sentence at a time: no name is resolved here and nothing is remembered
from the sentence before.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from index.statements.lexicon import (
    ADDRESSED,
    BARE_CLAUSE,
    LABELS,
    MESSAGES,
    NOBODY,
    PLAIN_SPEECH,
    PREPOSITION_OF,
    PRINT_FORMS,
    PROMISES,
    REACTIONS,
    RELUCTANT,
    SELDOM_SPEECH,
    SILENT_FORMS,
    TAKES_OBJECT,
    inflect,
    lemma_of,
    listed,
)
from index.statements.names import ROLES, SPEAKERS
from index.statements.phrases import NP, Phrases, Range

_CUE: Final = re.compile(r"[SsJKkCcZU]")
_SOURCE: Final = re.compile(rf"{NP}(?:[AE][it]{NP})?|o|L(?:[if]{NP})?")
_TO_QUOTE: Final = re.compile(r"[^Q.;SKCBMhJ]{0,14}?[,:]?(?=Q)")  # said in a speech on Friday: Q
_NEXT_QUOTE: Final = re.compile(r"[,~&-]*Q")
_TO_REST: Final = re.compile(r"(?:[^Q.;SsJKC]{0,24}?[,:-]&?)?(?=Q)")  # Q, he said of her, Q
_CARRIED: Final = re.compile(rf"{NP}[RMhn]*S[.,iY]*$")  # ..., news agencies reported
_MAIN_VERB: Final = re.compile(r",(?=R?[VBMhSKC])")
_INTRODUCED: Final = re.compile(r"[SCKVEJ](?=[^QSCKV]{0,14}[.:]?$)")
# What is done according to a rule is reported by nobody.
_BY_RULE: Final = frozenset(
    listed("live lives lived living act acts acted acting behave behaved ranked sorted grouped divided paid")
)
_HOLDS_MORE: Final = re.compile("[M,Q]")
_NOT_CALLED: Final = frozenset(listed("off in up back"))  # the deal, the army
_CALLED: Final = frozenset(  # by telephone
    listed(
        "mother father wife husband son daughter brother sister parents family lawyer doctor friend friends police ambulance"
    )
)
_ACT_WHEN: Final = re.compile(r"(?:R|i?Y#?)+(?=[DLXNA#PoT])")
_NOUN_WHEN: Final = re.compile(r"[AY]*(B(?=T))?")  # his pledge last week to; her claim is that
_LOOSE: Final = re.compile(r",[&uDWwgE]|-|(?<!,)&(?=P)|u(?=P)")  # what follows may no longer be said by the speaker
_AFTER_QUOTE: Final = re.compile(rf",?({NP})R?([VEC])")
_ANY_VERB: Final = re.compile(r"[VECSKgcvh]")
_LABEL: Final = re.compile(rf"[-~]?({NP}):$")
_HEADLINE: Final = re.compile(rf"[-~]?({NP}):(?=[^,]{{3}})")
# "She said on Friday in Rivertown, Ohio, that"; "he complained - in a letter that leaked - that". After these words the
# clause tells of a thing: "said of the plans that failed".
_OF_WHAT: Final = frozenset(listed("about of between against toward towards regarding concerning"))
_FAR_THAT: Final = re.compile(
    r"(?=[iRY,-])(?:[^QSKCJskcVvBMhWwTH.;:-]{1,20},?|[^QSKCJskcVvBMhWwTH.;:-]{0,12}-[^-Q.;]{1,25}-)(?=T)"
)
_OBJECT_WHEN: Final = re.compile(r"(?:i?Y+#?|i#)(?=[Dt])")  # vowed on Tuesday to
_AND_THEN: Final = re.compile(rf",&(?={NP}[RMhBbn]*[VBMhSKC])")
_NOUN_AS_VERB: Final = re.compile(r"[NXUP]N(?=[DL])")  # the words | lump | the good with the bad
_OPENS_OBJECT: Final = frozenset("DLXNUA#togiPRE")
_OPENS_CLAUSE: Final = frozenset("DLPXNUA#gHEYRuQihJMZ~oB")
# "He has faced claims that ...": whoever hears or wards off what was said did not say it.
_HEARD: Final = frozenset(
    form
    for verb in listed(
        "face hear receive reject deny dismiss rebuff rebut ignore dispute escape survive field draw fuel prompt"
    )
    for form in (verb, *inflect(verb))
)
# What stands before "to say" where it may never have been said.
_ATTEMPTED: Final = frozenset(
    listed("were attempt attempts attempted attempting try tries tried trying seek seeks sought seeking")
)
_CAUSES: Final = frozenset(
    listed("make makes made making let lets letting help helps helped helping see saw hear heard watch")
)
_ASIDE: Final = re.compile(rf"({NP}),{NP}[hRn]*S[^,;Q]*,$")  # [Macron], Hill has told audiences, | asked
_DOING: Final = re.compile(rf"({NP})BR?g[^.;,Q]*&$")  # [a crowd] was waving flags and | chanting
# What opens a sentence whose main clause is still to come: "While", "A week after", "After all, while".
_SUBORDINATE: Final = re.compile(r"(?:.{0,2}|[DL]A*[NY]R?|[iR][^,Q.]{0,3},)[uH]")
# What opens a clause that tells when something was said.
_WHEN: Final = frozenset(listed("after before when while as until once"))
_CLAUSE_TOKENS: Final = 4  # more than these before ", he said." are a clause, with a verb that is not known as one
SPEECH_WORDS: Final = 3  # a quotation of fewer may be a title, where a verb follows that has an object of its own
FRAGMENT_REACH: Final = 16  # tokens between a verb and the quotation in its object
HEADLINE_TOKENS: Final = 40  # a longer sentence with a colon is no headline


@dataclass(frozen=True, slots=True)
class Attribution:
    """One "speaker, cue, content" inside a sentence; every range counts tokens.

    ``rule`` names the pattern that found it. ``subject`` is None where the sentence names no speaker ("was told that");
    ``shared`` says that it was taken from another verb of the sentence ("he laughed and said"). ``clues`` is what makes
    the find more or less certain, by the names of ``confidence.CLUES``.
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


@dataclass(frozen=True, slots=True)
class _Cue:
    """A verb that reports, with its group; ``after`` is where what it reports may begin."""

    at: int
    tag: str
    lemma: str
    group: int
    after: int
    passive: bool
    subject: Range | None = None
    shared: bool = False
    inverted: bool = False

    @property
    def says(self) -> bool:
        return self.tag in "SsJ"


def attributions(p: Phrases) -> list[Attribution]:
    """All attributions of a sentence, in the order of their cues; one may lie inside another's content."""
    found: list[Attribution] = []
    for match in _CUE.finditer(p.tags):
        attribution = _at_cue(p, match.start(), found)
        if attribution is None or attribution.start >= attribution.end:
            continue
        if attribution.rule != "noun" or all(attribution.parts != f.parts for f in found):  # said in a statement that
            found.append(attribution)
    for quote in p.quotes:
        if not any(a <= quote < b for f in found for a, b in f.parts):
            beside = _labelled(p, quote) or _beside_after(p, quote) or _beside_before(p, quote, found)
            if beside is not None:
                found.append(beside)
    if not found and (headline := _headline(p)):
        found.append(headline)
    found = [f for f in found if f.subject is None or not _is_nobody(p, f.subject)]
    seen = [replace(f, clues=_clues(p, f)) for f in _clipped(found)]
    return [f for f in seen if "thing" not in f.clues or f.rule != "act"]  # the drone attacked


def introduction(p: Phrases) -> tuple[Range, bool] | None:
    """The subject of a verb that nothing said follows in its sentence, and whether the verb is one of speech.

    "He continued:", "She agreed.", "He shrugged.": a quotation may come next.
    """
    for match in _INTRODUCED.finditer(p.tags):
        cue = match.start()
        if p.tags[cue] == "J":
            subject = p.main_subject(cue)
        else:
            subject = p.subject_before(p.group_start(cue)) or (p.subject_after(cue + 1) if cue == 0 else None)
        speaks = p.tags[cue] in "SJCK"
        if subject is not None and (speaks or p.lead(subject) != "u"):  # not: she left since | Hill took office
            return subject, speaks
    return None


def _clipped(found: list[Attribution]) -> list[Attribution]:
    """A speaker named last spoke the whole clause: what earlier cues report ends where his or her content does."""
    ends = [(f.parts[0][1], f.cue[0]) for f in found if f.trails]
    clipped = []
    for one in found:
        end = min((e for e, cue in ends if one.start < e < one.end and cue >= one.cue[1]), default=0)
        clipped.append(replace(one, parts=((one.start, end),)) if end and not one.trails else one)
    return clipped


def _clues(p: Phrases, found: Attribution) -> frozenset[str]:
    tags, subject = p.tags, found.subject
    start, end = found.parts[-1]
    loose = None if found.trails else _LOOSE.search(tags, start + 3, end)
    lead = p.lead(subject) if subject else "^"
    if lead == "R" and subject:  # So he said
        lead = p.lead((subject[0] - 1, subject[1]))
    cue = tags[found.cue[0]]
    infinitive = tags[found.cue[0] - 1 : found.cue[0]] == "t"
    signs = {
        "shared": found.shared,
        "negated": found.negated and found.lemma != "deny",  # a denial is as plain as what it denies
        "modal": found.modal,
        "weak verb": found.lemma in TAKES_OBJECT or found.lemma in RELUCTANT,
        "plain verb": found.lemma in PLAIN_SPEECH,
        "loose": loose is not None and 10 * (loose.start() - start) < 6 * (end - start),
        "dash": "-" in tags[start:end],
        "buried": subject is not None and not found.shared and lead not in "^,Q.&-:;",
        "short": sum(b - a for a, b in found.parts) < 5 and "Q" not in tags[found.start : found.end],
        "quoted": "Q" in tags[found.start : found.end],
        "relative": subject is not None and tags[subject[0]] in "Ww",
        "several": len(found.parts) > 1,
        "infinitive": infinitive,
        "participle": cue == "J",
        "base": cue in "skc" and not infinitive,
        "question": p.word(p.size - 1) == "?",
        "thing": subject is not None and _is_thing(p, subject),
    }
    return frozenset(name for name, holds in signs.items() if holds)


def _is_nobody(p: Phrases, subject: Range) -> bool:
    """Whether the words only say that nobody spoke: "nobody", "none of them", "no minister"."""
    first, after = p.word(subject[0]), p.tags[subject[0] + 1 : subject[1]].strip("A")
    return first in NOBODY or (first == "no" and (after in ("N", "U") or p.word(subject[0] + 1) == "one"))


def _is_thing(p: Phrases, subject: Range) -> bool:
    """Whether the subject's noun is one of what does not speak: "the drone", "its success"."""
    end = next((at for at in range(subject[0] + 1, subject[1]) if p.tags[at] in "fit&,"), subject[1])
    head = p.word(end - 1)
    lower = p.words[end - 1].islower() and p.tags[end - 1] in "NUgAE"
    return lower and head not in SPEAKERS and head not in ROLES and head.rstrip("s") not in ROLES


# Cues ----------------------------------------------------------------------------------------------------------------


def _at_cue(p: Phrases, at: int, found: list[Attribution]) -> Attribution | None:
    tag = p.tags[at]
    if tag == "Z":
        return _according(p, at)
    if tag == "U":
        return _speech_noun(p, at)
    cue = _with_subject(p, at, tag, found)
    if cue is None:
        return None
    found_here = _content(p, cue)
    if found_here is None:
        return None
    helpers = p.words[cue.group : at]
    denied = cue.lemma == "deny" and p.tags[cue.after : cue.after + 1] in ("T", "h", "g", "J", "b")
    negated = denied or "n" in p.tags[cue.group : at] or any(word.lower().endswith(("n't", "n’t")) for word in helpers)
    return replace(found_here, negated=negated, modal="M" in p.tags[cue.group : at] or _is_supposed(p, cue))


def _is_supposed(p: Phrases, cue: _Cue) -> bool:
    """ "Should Hill announce it, ...", "if he were to announce it", "he attempted to claim it": not (yet) said."""
    if p.tags[cue.group - 1 : cue.group] == "t":
        return p.word(cue.group - 2) in _ATTEMPTED
    return cue.subject is not None and p.lead(cue.subject) == "M" and cue.tag in "skc" and p.word(p.size - 1) != "?"


def _with_subject(p: Phrases, at: int, tag: str, found: list[Attribution]) -> _Cue | None:
    """The cue at ``at`` with its subject; None where it reports nothing or nobody."""
    group = p.group_start(at)
    helpers = p.tags[group:at]
    lead = p.tags[group - 1] if group else "^"
    passive = tag in "SKC" and ("B" in helpers or "b" in helpers)
    cue = _Cue(at, tag, lemma_of(p.words[at]), group, at + 1, passive)
    if passive:
        return _passive(p, cue)
    if tag == "J" and "B" not in helpers:
        if p.word(group - 1) in ("for", "of", "from", "about", "with", "without"):
            return None
        subject = _participle_subject(p, group, found)
        return replace(cue, subject=subject, shared=True) if subject else None
    if tag in "skc" and lead == "t":
        subject = None if tag == "k" else p.main_subject(group - 1)
        return replace(cue, subject=subject, shared=True) if subject else None
    if subject := p.subject_before(group):
        made = tag in "skc" and p.word(subject[0] - 1) in _CAUSES  # to make Hill testify
        return None if made else replace(cue, subject=subject)
    if tag in "SJ" and lead in "Q,-:;." and (subject := p.subject_after(at + 1)):
        return replace(cue, subject=subject, inverted=True, after=subject[1])
    if lead == "," and (told := _ASIDE.match(p.tags[:group])):
        return replace(cue, subject=told.span(1), shared=True)
    if lead in "&,-R" and (subject := _earlier_subject(found) or p.main_subject(group)):
        return replace(cue, subject=subject, shared=True)
    return None


def _passive(p: Phrases, cue: _Cue) -> _Cue | None:
    """ "was told that", "was asked by her whether": a report without a speaker, or with one after "by"."""
    after = p.tags[cue.after : cue.after + 1]
    if cue.tag != "S" or after not in ("T", "H", "i", ",", "Q", ":"):
        return None
    if after != "i":
        return cue
    by = p.phrase_at(cue.after + 1) if p.word(cue.after) == "by" else None
    return replace(cue, subject=by, after=by[1]) if by else None


def _participle_subject(p: Phrases, group: int, found: list[Attribution]) -> Range | None:
    """Who is "adding that": what stands right before it (a sign saying), else who spoke or acted before."""
    if p.word(group - 1) == "as" and (quoted := _quoted(p, group - 1)):
        return quoted
    if group and p.tags[group - 1] in "NXUA":
        phrase = p.phrase_before(group)
        if phrase and (reacted := _reacted_to(p, phrase)):
            return reacted
        if phrase and MESSAGES.isdisjoint(word.lower() for word in p.words[slice(*phrase)]):
            return phrase
    if (doing := _DOING.search(p.tags[:group])) is not None:
        return doing.span(1)
    if earlier := _earlier_subject(found):
        return earlier
    subject = p.main_subject(group, beside=p.tags[group - 1 : group] == ",")
    near = p.nearest_subject(group) if subject and _is_thing(p, subject) else None
    return near if near and p.lead(near) == "u" else subject  # his words came after Hill left, | saying


def _quoted(p: Phrases, end: int) -> Range | None:
    """ "the paper quoted | her letter | as saying": the object of a verb."""
    phrase = p.phrase_before(end)
    if phrase is None:
        return None
    if p.tags[phrase[0]] == "E" and end - phrase[0] > 1:
        return phrase[0] + 1, end
    return phrase if p.lead(phrase) in "VCSJgE" else None


def _reacted_to(p: Phrases, phrase: Range) -> Range | None:
    """ "in reaction to | Hill": who spoke first."""
    to = p.tags.rfind("t", *phrase)
    return (to + 1, phrase[1]) if to > phrase[0] and p.word(to - 1) in REACTIONS else None


def _earlier_subject(found: list[Attribution]) -> Range | None:
    return next((f.subject for f in reversed(found) if f.subject is not None and f.rule not in ("act", "noun")), None)


def _report(cue: _Cue, rule: str, *parts: Range) -> Attribution:
    return Attribution(rule, parts, cue.subject, (cue.at, cue.at + 1), cue.lemma, cue.shared)


# Content before the cue ----------------------------------------------------------------------------------------------


def _content(p: Phrases, cue: _Cue) -> Attribution | None:
    """What a verb reports: before it, after it, or on both sides."""
    if _is_stranded(p, cue):
        return None
    if cue.tag in "Cc":
        return _act(p, cue)
    relative = cue.subject is not None and p.tags[cue.subject[0]] in "Ww"
    backward = None if cue.shared or relative else _backward(p, cue)
    if backward is None:
        return _forward(p, cue)
    held = p.tags[slice(*backward)]
    quoted = held.endswith("Q")
    if (not quoted or p.is_asked(backward[0])) and _frames_a_quote(p, cue, backward):
        return _forward(p, cue)
    if held != "Q" and not _ends_here(p, cue.after):
        forward = _forward(p, cue)
        if forward is not None and forward.rule != "object" and not _tells_when(p, backward, forward):
            return (
                replace(forward, parts=(backward, *forward.parts)) if p.word(backward[0]) in ("if", "to") else forward
            )
        if p.is_frame(backward) or (cue.tag in "sk" and "Q" not in held):  # if it were, she would advise buying it
            return forward
        if not cue.says and not quoted:  # although he confessed, he showed no remorse
            return forward
    ended = cue.says and p.tags[cue.after : cue.after + 1] in (".", "") and len(held) > _CLAUSE_TOKENS
    complete = held == "Q" or p.has_verb(*backward) or (ended and not p.is_frame(backward))
    rest = _rest(p, cue, quoted, complete)
    if complete or (rest is None and "Q" in held):
        rule = "opinion-first" if not cue.says else "quote-first" if quoted else "clause-first"
        return _report(cue, rule, backward, *([rest] if rest else []))
    return _report(cue, "split", backward, rest) if rest and cue.says else _forward(p, cue)


def _backward(p: Phrases, cue: _Cue) -> Range | None:
    """The content that ends right before the speaker: a quotation, or a clause closed by a comma."""
    left = cue.at if cue.inverted else cue.subject[0] if cue.subject else cue.group
    if left < 1 or p.tags[left - 1] not in "Q,-":
        return None
    start, end = p.trimmed(p.tags.rfind(";", 0, left) + 1, left)
    if end - start > 1 and p.tags[end - 2 : end] == ":Q":
        return end - 1, end
    return (start, end) if start < end else None


def _is_stranded(p: Phrases, cue: _Cue) -> bool:
    """ "the bridge they are asking for, she said": what is asked for stands before, and is no content."""
    ends = p.tags[cue.after + 1 : cue.after + 2] in ("", ",", ".", ";")
    return ends and p.word(cue.after) in PREPOSITION_OF.get(cue.lemma, ())


def _frames_a_quote(p: Phrases, cue: _Cue, left: Range) -> bool:
    """ "Asked about it, she said, Q", "Asked Q, she said, Q": what precedes is no content."""
    told = _TO_QUOTE.match(p.tags, cue.after)
    if told is None or p.has_verb(cue.after, told.end()) or p.quotes_verb(told.end()):
        return False
    return p.is_frame(left) or not p.has_verb(*left) or p.is_asked(left[0])


def _tells_when(p: Phrases, left: Range, forward: Attribution) -> bool:
    """Whether what follows the cue is no content, but when or where it was said: "The bridge is safe, she said after it
    shook", "The bridge “is safe,” she told us at a dinner held there"."""
    if forward.rule != "clause" or p.is_frame(left):
        return False
    if p.tags[forward.start] == "i":
        return p.tags[left[1] - 1] == "Q"
    whole = p.content_end(forward.start, subordinate=True) == forward.end
    return p.word(forward.start) in _WHEN and p.has_verb(*left) and whole


def _ends_here(p: Phrases, after: int) -> bool:
    """Whether nothing follows the cue that could be said: the sentence's end, or adjuncts and then a comma."""
    of = p.phrase_at(after + 1) if p.tags[after : after + 1] == "f" else None  # he said of the plan
    at = p.skip_adjuncts(of[1] if of else after)
    return any(x >= p.size or p.tags[x] in ",.;-" for x in (after, at))


def _rest(p: Phrases, cue: _Cue, quoted: bool, complete: bool) -> Range | None:
    """The rest of a content that the speaker interrupts: "We will," he said, "go on"."""
    after = cue.after
    if match := _TO_REST.match(p.tags, after):
        return match.end(), p.content_end(match.end())
    if quoted:
        return None
    if cue.inverted:
        main = _MAIN_VERB.search(p.tags, after)
        return (main.end(), p.content_end(main.end())) if main else None
    if not complete:  # These employees, he told them in May, were
        after = p.skip_adjuncts(p.skip_object(after) if cue.lemma in ADDRESSED else after)
    if p.tags[after : after + 1] != "," or after + 3 >= p.size:
        return None
    if p.tags[after + 1] in "SJgWwu" and p.word(after + 1) != "because":
        return None
    if complete and p.tags[after + 1] == "E":  # ..., he said, speaking of
        return None
    if _CARRIED.match(p.tags, after + 1):
        return None
    return after + 1, p.content_end(after + 1)


# Content after the cue -----------------------------------------------------------------------------------------------


def _forward(p: Phrases, cue: _Cue) -> Attribution | None:
    told = p.skip_object(cue.after) if cue.lemma in ADDRESSED else cue.after
    start = p.skip_adjuncts(told)
    that = _that(p, cue.after, start) or _far_that(p, told)
    if that is not None:
        return _clause(p, cue, "that" if cue.says else "opinion-that", that)
    if _is_as_told(p, cue):
        return _clause(p, cue, "as", p.tags.find(",", cue.after) + 1)
    if cue.says:
        quote = _TO_QUOTE.match(p.tags, cue.after)
        if quote and not p.has_strong_verb(p.skip_object(cue.after), quote.end()):
            return _to_quote(p, cue, start, quote.end())
    elif p.tags[cue.after : cue.after + 1] == "Q":
        return _clause(p, cue, "opinion", cue.after)
    for begin in dict.fromkeys((start, told)):
        if (
            p.word(begin) == "when"
            and cue.lemma == "say"
            and not _HOLDS_MORE.search(p.tags, begin, p.content_end(begin))
        ):
            return None  # that was what she said when she resigned; but: said when it would open
        if p.tags[begin : begin + 1] == "H":
            return _clause(p, cue, "question", begin)
        if _opens_content(p, cue, begin):
            return _clause(p, cue, "clause" if cue.says else "opinion", begin)
    return _object(p, cue)


def _object(p: Phrases, cue: _Cue) -> Attribution | None:
    """What a verb reports with an object for a clause: "promised a bridge", "vowed on Friday to go", "warned of a delay"."""
    if p.word(cue.after) in PREPOSITION_OF.get(cue.lemma, ()):
        return _clause(p, cue, "object", cue.after + 1)
    if cue.lemma in TAKES_OBJECT:
        when = _OBJECT_WHEN.match(p.tags, cue.after)
        start = when.end() if when else cue.after
        if p.tags[start : start + 1] in _OPENS_OBJECT:
            return _clause(p, cue, "object", start)
    return None


def _that(p: Phrases, after: int, start: int) -> int | None:
    """Where a that-clause begins, if one follows the cue, the person spoken to and adjuncts."""
    for at in (after, start, p.skip_adjuncts(p.skip_object(after))):
        begin = at + 1 if p.tags[at : at + 2] == ",T" else at
        if p.tags[begin : begin + 2] == "BT":  # what he told her is that
            return begin + 2
        if p.tags[begin : begin + 1] == "T":
            return begin if p.tags[begin + 1 : begin + 2] == "B" else begin + 1
    return None


def _far_that(p: Phrases, told: int) -> int | None:
    """The same, where more stands before it than the usual adjuncts."""
    far = _FAR_THAT.match(p.tags, told)
    return far.end() + 1 if far and p.word(told) not in _OF_WHAT else None


def _is_as_told(p: Phrases, cue: _Cue) -> bool:
    """ "As Clinton told the paper, taxes ...": the content follows the comma."""
    if cue.subject is None or cue.shared or p.word(cue.subject[0] - 1) != "as" or p.lead(cue.subject) != "u":
        return False
    if cue.subject[0] > 1 and p.tags[cue.subject[0] - 2] not in "&(,-":
        return False
    comma = p.tags.find(",", cue.after)
    return comma > 0 and p.has_verb(comma, p.size) and not p.has_verb(cue.after, comma)


def _opens_content(p: Phrases, cue: _Cue, begin: int) -> bool:
    """Whether a clause begins at ``begin`` that the cue can report without "that"."""
    if cue.says and cue.subject and p.lead(cue.subject) in "Ww" and p.tags[begin : begin + 1] in ("V", "v", "E"):
        return p.content_end(begin) - begin > 2  # which he argued help
    if p.tags[begin : begin + 1] not in _OPENS_CLAUSE or p.tags[begin : begin + 2] in ("iJ", "ig"):
        return False
    if not cue.says and cue.lemma not in BARE_CLAUSE:
        return False
    if p.tags[begin] in "BMh" and (cue.subject is None or p.lead(cue.subject) not in "WwT"):  # which he said was
        return False
    end = p.content_end(begin)
    if end - begin < 3 or not (
        p.has_verb(begin, end) or (cue.lemma == "say" and _NOUN_AS_VERB.search(p.tags, begin, end))
    ):
        return False
    return (cue.says and cue.lemma not in RELUCTANT and cue.lemma not in TAKES_OBJECT) or p.is_clause(begin)


def _to_quote(p: Phrases, cue: _Cue, start: int, quote: int) -> Attribution:
    """A quotation after the cue: alone, or inside a clause that begins before it."""
    end = p.content_end(quote)
    if p.tags[quote - 1] not in ",:" and start < quote and cue.after != quote:
        return _report(cue, "quote-inside", (start, end))
    last = quote + 1
    while last < end and (found := _NEXT_QUOTE.match(p.tags, last)):
        last = found.end()
    runs_on = last < end and p.tags[last] not in ",.;:-(J"  # the sentence goes on without a pause
    return _report(cue, "quote-after", (quote, end if runs_on else last))


def _clause(p: Phrases, cue: _Cue, rule: str, start: int) -> Attribution | None:
    start += p.tags[start : start + 1] == ","  # that, she said in May, it
    first = cue.subject[0] if cue.subject and not cue.shared else cue.at
    subordinate = _SUBORDINATE.fullmatch(p.tags, 0, first) is not None
    end = p.content_end(start, subordinate=subordinate)
    if cue.subject and p.tags[cue.subject[0]] in "Ww" and (main := _MAIN_VERB.search(p.tags, start + 1, end)):
        end = main.start()
    if rule in ("act", "object") and (clause := _AND_THEN.search(p.tags, start, end)):  # refused, and the bridge fell
        end = clause.start()
    return _report(cue, rule, (start, end)) if start < end else None


def _act(p: Phrases, cue: _Cue) -> Attribution | None:
    """A speech act and its object: "dismissed the objections"."""
    if cue.subject is None or cue.after >= p.size - 1 or p.tags[cue.after] in ",.&:;)w" or cue.lemma in SELDOM_SPEECH:
        return None
    if cue.shared and p.tags[cue.at - 1] == "t":
        return None
    if p.word(cue.after) == "by" or (cue.lemma == "call" and p.tags[cue.after] == "#"):  # praised by; dialled a number
        return None
    if cue.lemma == "call" and (p.word(cue.after) in _NOT_CALLED or _is_phoned(p, cue.after)):
        return None
    if cue.lemma == "hail" and p.word(cue.after) == "from":  # hails from Rivertown
        return None
    if p.words[cue.after : cue.after + 2] == ["to", "comment"] and p.tags[cue.after + 2 : cue.after + 3] in (
        "",
        ".",
        ",",
        ";",
    ):
        return None
    when = _ACT_WHEN.match(p.tags, cue.after)
    return _clause(p, cue, "act", when.end() if when else cue.after)


def _is_phoned(p: Phrases, at: int) -> bool:
    """ "called | his mother": and not what he called her."""
    ends = p.tags[at + 2 : at + 3] in ("", ".", ",", ";", "&", "i", "u")
    whose = p.word(at) in ("his", "her", "their", "the", "my") and p.word(at + 1) in _CALLED
    return ends and (whose or (p.word(at) in ("several", "many", "some") and p.word(at + 1) == "people"))


# Cues that are no verbs ----------------------------------------------------------------------------------------------


def _according(p: Phrases, cue: int) -> Attribution | None:
    source = _SOURCE.match(p.tags, cue + 1 + (p.tags[cue + 1 : cue + 2] == "R"))  # recently hacked documents
    if source is None or p.word(cue - 1) in _BY_RULE:
        return None
    after = source.end()
    before = p.trimmed(0, cue)
    ends = p.tags[cue - 1] == "," and p.tags[after : after + 1] in (".", "")
    stated = before[1] - before[0] >= 2 and ("Q" in p.tags[:cue] or p.has_verb(*before) or (ends and before[1] > 5))
    parts = [before] if stated else []
    if not stated or (p.tags[cue - 1] in ",-" and p.tags[after : after + 1] == ","):
        mark = re.compile("[,:Q]").search(p.tags, after)
        start = (mark.end() - (mark.group() == "Q")) if mark else p.size
        end = p.content_end(start) if start < p.size else start
        if start < end and (not stated or p.has_verb(start, end)):
            parts.append((start, end))
    if not parts:
        return None
    rule = "according" if cue < parts[0][0] else "according-after"
    return Attribution(rule, tuple(parts), (cue + 1, after), (cue, cue + 1), "according to")


def _speech_noun(p: Phrases, cue: int) -> Attribution | None:
    """ "comments by Cameron that", "his claim that", "the pledge to"; not "..., a charge that she denied"."""
    if any(noun == cue for _, noun in p.glosses(0, p.size)):
        return None
    by = p.phrase_at(cue + 2) if p.word(cue + 1) in ("by", "from") else None
    when = _NOUN_WHEN.match(p.tags, by[1] if by else cue + 1)
    at = when.end() if when else cue + 1
    opener = p.tags[at : at + 1]
    if opener != "T" and not (opener == "t" and p.word(cue) in PROMISES):
        return None
    subject, shared = by or _owner(p, cue), False
    if subject is None:
        subject, shared = p.main_subject(cue), True
    if subject is None or (shared and any(word.lower() in _HEARD for word in p.words[subject[1] : cue])):
        return None
    start = at + 2 if p.tags[at + 1 : at + 2] == "," else at + 1
    # "After his claim that ..., she said", "Asked about it, ...": the main clause follows
    framed = 0 < subject[0] <= 3 and p.tags[0] in "uiEgJ"
    end = p.content_end(start, subordinate=framed and not shared)
    return Attribution("noun", ((start, end),), subject, (cue, cue + 1), p.word(cue), shared)


def _owner(p: Phrases, noun: int) -> Range | None:
    """Whose claim it is: "Clinton's", "his"."""
    start = noun
    while start and p.tags[start - 1] in "AER#NXYgC":
        start -= 1
    if start and p.tags[start - 1] == "'":
        return p.phrase_before(start - 1)
    return (start - 1, start) if p.word(start - 1) in ("his", "her", "their", "my", "our") else None


# Quotations that no cue has claimed ----------------------------------------------------------------------------------


def _labelled(p: Phrases, quote: int) -> Attribution | None:
    """A speaker and a colon before a quotation: Hill: "We go"."""
    match = _LABEL.match(p.tags[:quote])
    if match is None or p.word(match.end(1) - 1) in LABELS:
        return None
    return Attribution("label", ((quote, quote + 1),), match.span(1), (quote - 1, quote), ":")


def _beside_after(p: Phrases, quote: int) -> Attribution | None:
    """A verb that reports speech only because a quotation stands before it: "Q," he laughed; "Q," she implored the council."""
    match = _AFTER_QUOTE.match(p.tags, quote + 1)
    if match is None or (p.tags[match.start(2)] == "C" and not _holds_speech(p, quote, match.start(2))):
        return None
    return Attribution("beside", ((quote, quote + 1),), match.span(1), match.span(2), lemma_of(p.words[match.start(2)]))


def _holds_speech(p: Phrases, quote: int, verb: int) -> bool:
    """Whether the quotation is speech, and his own: not on "Night Desk," she mocked it; "Q," the paper cited her as saying."""
    return p.quotes[quote].words >= SPEECH_WORDS and lemma_of(p.words[verb]) != "cite"


def _beside_before(p: Phrases, quote: int, found: list[Attribution]) -> Attribution | None:
    """A verb before a quotation: after a colon or comma it is what was said, else a part of the verb's object."""
    for match in reversed(list(_ANY_VERB.finditer(p.tags, max(0, quote - FRAGMENT_REACH), quote))):
        verb = match.start()
        group = p.group_start(verb)
        if "B" in p.tags[group:verb]:
            return None
        own = p.subject_before(group)
        told = next((f for f in found if f.cue[0] == verb), None)
        subject = told.subject if told else own or p.main_subject(group)
        if subject is None:
            continue
        cue = _Cue(verb, "V", lemma_of(p.words[verb]), group, verb + 1, False, subject, own is None)
        if p.tags[quote - 1] in ":,":
            printed = p.phrase_at(verb + 1) if p.word(verb) in PRINT_FORMS else None
            if printed and not MESSAGES.isdisjoint(map(str.lower, p.words[slice(*printed)])):
                cue = replace(cue, subject=printed)  # the paper published a letter: Q
            return _report(cue, "beside", (quote, quote + 1))
        if p.word(verb) in SILENT_FORMS:
            return None
        start = max(verb + 1, subject[1] if told else 0)
        start += 2 * (p.tags[start : start + 2] == ",T")  # ..., said Hill, that Q
        return _report(cue, "fragment", p.trimmed(start, max(p.content_end(quote), quote + 1)))
    return None


def _headline(p: Phrases) -> Attribution | None:
    """A speaker, a colon and what was said, as headlines and lists have it."""
    match = _HEADLINE.match(p.tags)
    if match is None or p.size > HEADLINE_TOKENS:
        return None
    colon = match.end() - 1
    if p.word(colon - 1) in LABELS:
        return None
    end = p.trim(colon + 1, p.size)
    return (
        Attribution("colon", ((colon + 1, end),), match.span(1), (colon, colon + 1), ":") if colon + 1 < end else None
    )
