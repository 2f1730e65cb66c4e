"""Who did it, to whom: what "who criticised Roe" says of whoever answers.

Owns the verbs by which people take sides, those that mean the same, and whether a statement may be the deed that is asked for:
it is not by the one to whom it was done, nor his spokesman's, and denies nothing. Pure. Refuses to know what that counts for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from index.letters import fold
from index.types import Statement
from qa import people
from qa.question import stem, words_of
from qa.types import Question

# Verbs of one meaning, in the forms that stand after "who" and in articles.
_KINDS = tuple(
    frozenset(map(stem, kind.split()))
    for kind in (
        """criticise criticised criticize criticized condemn condemned denounce denounced slam slammed blast blasted attack
        attacked rip ripped scold scolded rebuke rebuked lambast lambasted mock mocked ridicule ridiculed decry decried deride
        derided skewer skewered chide chided deplore deplored""",
        "oppose opposed reject rejected resist resisted object objected",
        "support supported back backed endorse endorsed favour favoured favor favored welcome welcomed champion championed",
        """praise praised hail hailed applaud applauded laud lauded compliment complimented commend commended congratulate
        congratulated thank thanked""",
        "apologise apologised apologize apologized sorry",
        "blame blamed fault faulted",
        "accuse accused",
        "defend defended",
        "urge urged implore implored",
        "warn warned",
        "threaten threatened",
        "call called describe described label labelled labeled dub dubbed brand branded liken likened compare compared",
    )
)
_VERB = rf"(?:{'|'.join(sorted(frozenset().union(*_KINDS)))})(?:e|ed|d|es|s|ing)?"
_DEED = re.compile(
    r"(?:who|(?:which|what) [\w'’ -]+?)(?: else)?(?: (?:has|have|had|also|publicly|openly|ever|is|are|was|were)){0,2} "
    rf"(?P<verb>{_VERB})(?! that\b| (?:on|off)\b)(?!(?<=called) for\b)"
    r"(?: (?:to|at|against|for|with))?(?: (?:the|president|rep\.?|sen\.?))* (?P<whom>\w.*)",
    re.IGNORECASE,
)
_SPEAKS_OUT = re.compile(r"\b(?:spoke|speaks?|spoken|came|comes?|speaking) out against\b", re.IGNORECASE)
# Where the name of whom it was done to ends: "Roe's trip", "Roe over the pier", "Roe a thug".
_ENDS = re.compile(
    r"['’]s?\b|[,?]| (?:over|for|about|on|in|at|as|of|after|when|because|a|an|the|to|with|and|or)\b", re.IGNORECASE
)
_CALLED = re.compile(r"\b(?:a|an) (?:[\w-]+ )*?(?P<what>\w+)\W*$", re.IGNORECASE)
_DENIES = r"(?:n['’]t|\bnot|\bnever|\bno)\b(?:\W+\w+){0,5}?\W+"
_MINE = re.compile(r"\b(?:I|[Ww]e)\b(?:['’]\w+)?(?: \w+){0,3}")
_FAMILY = re.compile(
    r"['’]s? (?:family|parents|relatives|loved ones|mother|father|widow|wife|husband|brother|sister)\b"
)
_SERVANT = re.compile(r"\b(?:spokes\w+|administration|aides?|campaign|office|lawyers?|attorneys?|team)\b")


@dataclass(frozen=True, slots=True)
class Deed:
    """What was done, by the stems of the verbs that mean it; to whom, as the question names him; and what he was called."""

    verbs: frozenset[str]
    whom: str
    called: str
    family: bool

    def by_its_victim(self, statement: Statement) -> bool:
        """Whether he speaks to whom it was done, or who speaks for him."""
        speaker = statement.speaker
        if not speaker or not self.whom:
            return False
        if self.family and people.is_person(speaker):
            return people.bare(self.whom)[-1:] == people.bare(speaker)[-1:]
        if people.is_person(speaker) or " " not in speaker:
            return bool(people.match(self.whom, [speaker]))
        return _SERVANT.search(fold(speaker)) is not None and words_of(self.whom)[-1] in words_of(speaker)

    def denied(self, statement: Statement, text: str) -> bool:
        """Whether a statement in ``text`` says that it was not done, or is not so: "I don't think he's a thug"."""
        if statement.negated:
            return True
        own = " ".join(part.of(text) for part in statement.parts)
        return bool(self.called) and re.search(rf"{_DENIES}{re.escape(self.called)}", own, re.IGNORECASE) is not None

    def done(self, statement: Statement, text: str) -> bool:
        """Whether a statement is told with a verb of this meaning and of him, says so itself ("we oppose it"), or calls him
        what is asked."""
        own = " ".join(part.of(text) for part in statement.parts)
        if self.called:
            return re.search(rf"\b{re.escape(self.called)}\b", own, re.IGNORECASE) is not None
        of_him = not self.whom or words_of(self.whom)[-1] in words_of(own)
        cue = statement.cue.of(text) if statement.cue and of_him else ""
        mine = _MINE.findall(own)
        return not self.verbs.isdisjoint(stem(word) for words in (cue, *mine) for word in words_of(words))


def deed(question: Question) -> Deed | None:
    """What a question that asks who did something to somebody says of it; None of any other.

    >>> deed(Question("Who slammed Ann Roe's plan?", intent="who")).whom
    'Ann Roe'
    >>> deed(Question("Which mayor called Roe a cold fish?", intent="who")).called
    'fish'
    """
    if question.intent != "who":
        return None
    match = _DEED.match(_SPEAKS_OUT.sub("criticised", question.text.strip()))
    if match is None:
        return None
    verb = stem(fold(match["verb"]))
    whom = _ENDS.split(match["whom"], maxsplit=1)[0].strip(" ?!.")
    family = _FAMILY.match(match["whom"], len(whom)) is not None
    called = _CALLED.search(match["whom"].rstrip("?!. "))
    return Deed(next(kind for kind in _KINDS if verb in kind), whom, called["what"] if called else "", family)
