"""A question that leans on the one before -> the full question it stands for.

Owns the forms of a follow-up ("and about Syria?", "what about Annan?", "who else?", "what did he say about Iran?") and which
half of the question before each of them keeps. Pure: the question before and the speakers of the corpus are handed in, and
what comes out is text, which whoever asks can show, so that nothing is understood in secret. A question that has a speaker
and a topic of its own is never touched, and neither is a form that is not recognised.

Where it can, the question before is written again with the one half changed, and parsed again to see that only that half
has: "How did Moscow react to the vote?" and "what about Annan?" make "How did Annan react to the vote?".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice

from index.letters import fold
from qa import days, people
from qa.question import compares, parse
from qa.types import Question

# A name that fits a speaker of the corpus this well is that speaker: a surname, a given name alone, a typing error.
_KNOWN = 0.7
# "and Annan?" is a follow-up, "and Iran should be part of the solution" is not: more words than this are a sentence.
_FEW = 5
# A name stands once or twice in a question; each place costs a parse.
_PLACES = 4

# Names that end or begin like this are no person's. "What about the White House?" after a question about a person asks that
# person about the White House; after one about the State Department it asks the White House.
_BODIES = frozenset(
    """government ministry department council union nations states kingdom house party agency group army committee court
    bank office campaign police company university church administration commission congress senate parliament league
    organization organisation association institute force forces media news report reports officials experts sources
    critics agencies authorities leadership opposition embassy kremlin moscow washington
    state times post press journal watch international rights republic emirates arabia korea africa zealand""".split()
)

_AND = r"(?:(?:and|but|so|then|ok|okay|well)\b[, ]*)*"
_ON = r"(?:about|on|regarding|concerning)"
_WHAT_ABOUT = re.compile(rf"{_AND}(?:what|how) {_ON} (?P<x>.+)", re.IGNORECASE)
_ABOUT = re.compile(rf"{_AND}(?:{_ON}|to|of) (?P<x>.+)", re.IGNORECASE)
_AND_X = re.compile(r"(?:and|but|or)\b[, ]*(?P<x>.+)", re.IGNORECASE)
_WHAT_DID = re.compile(
    rf"(?P<and>{_AND})what(?: else| more| exactly)? (?:did|does|do|has|have) (?P<x>.+?) (?:say|said|think|thought)"
    r"(?: else| more| exactly)?",
    re.IGNORECASE,
)
_WHO_ELSE = re.compile(
    rf"{_AND}(?:(?:who|anyone|anybody|someone) else(?: (?:said|says|say)(?: (?:so|that|it|this|anything|something))?)?"
    r"|(?:(?:what|how) about |did )?(?:all )?(?:the others|everyone else|everybody else)(?: say)?)",
    re.IGNORECASE,
)
_WHO_SAID = re.compile(
    r"who(?: else)?(?: has| had)? (?:ever |also |publicly )?(?:said|says|thinks|thought|claims|claimed) (?:that )?(?P<t>.+)",
    re.IGNORECASE,
)
_OF_ON = re.compile(rf"(?P<s>.+?) {_ON} (?P<t>.+)", re.IGNORECASE)
_ASKING = re.compile(
    r"(?:what|who|whom|whose|which|when|where|why|how|did|does|do|is|are|was|were|has|have|had|can|could|will|would|should"
    r"|really|not|no|yes|then|also|else)\b",
    re.IGNORECASE,
)
_SAYING = re.compile(
    r"\b(?:sa(?:y|ys|id|ying)|tells?|told|thinks?|thought|according|is|are|was|were|has|have|had|did|does|will|would|should"
    r"|must|can|could)\b",
    re.IGNORECASE,
)
_THAT = frozenset({"it", "that", "this", "the same", "the same thing", "the matter", "the subject"})
_HE = frozenset({"he", "she", "they"})
_HIM = frozenset({"him", "her"})
# Whom a question who spoke leans on: "who defended him?", "who attacked her remarks?"; and what it leans on, at its end.
_OF_HIM = re.compile(
    r"\b(?:(?P<him>him|her(?=$|[,?.!]| (?:about|on|over|for|as|when|after|before|in|at|and|too|then|publicly)\b))"
    r"|(?P<his>his|her))\b",
    re.IGNORECASE,
)
_OF_IT = re.compile(r"\b(?:it|that|this|them)$", re.IGNORECASE)
_HIS = re.compile(
    rf"(?P<what>{_AND}what(?:['’]s| is| are| was| were) )(?:his|her|their)(?= (?:\w+ )?(?:position|views?|opinions?|stance|take"
    r"|attitude|thoughts|reaction|response|reply|comments?|remarks|statements?|answer)\b)",
    re.IGNORECASE,
)
_SOMETHING = re.compile(rf"(?:something|anything) {_ON} ", re.IGNORECASE)


_WHEN_WHY = re.compile(
    rf"{_AND}(?P<w>when|where|why)(?: (?:was|is) (?:that|it|this)(?: said)?| (?:did|does|has) (?P<x>.+?) (?:say|think|said)"
    r"(?: (?:so|that|it|this))?)?",
    re.IGNORECASE,
)
_WHO_IT = re.compile(rf"{_AND}who(?: else)? (?:said|says|claimed) (?:it|that|this|so)", re.IGNORECASE)
_WHO_IS = re.compile(rf"{_AND}who (?P<is>is|was) (?:he|she|that|they)", re.IGNORECASE)
_TOO = re.compile(
    rf"{_AND}(?:did|does|do|has|have) (?P<x>.+?) (?:(?:agree|disagree|comment|respond|react|reply|answer)(?:ed)?"
    r"|(?:say|said|think|thought) (?:so|the same(?: thing)?))(?: too| also| as well)?",
    re.IGNORECASE,
)
_COMPARE = re.compile(rf"{_AND}compare (?:(?:him|her|them|that|it|this) )?(?:with|to|and) (?P<x>.+)", re.IGNORECASE)
_THEN = re.compile(rf"{_AND}(?P<when>.+)", re.IGNORECASE)
# "and in Geneva?", "and after the vote?": in the place of what the same word led before, or beside it. Others lead to no topic.
_PLACE = re.compile(r"(?P<at>in|at|during|before|after|since|until) .+", re.IGNORECASE)
_LED = re.compile(r"(?:by|from|with|for|against) ", re.IGNORECASE)
# Between names; those that are compared may be in small letters.
_SEVERAL = [re.compile(rf"(?:,|&| and | vs\.? | versus ) ?(?={name})") for name in ("[A-Z]", r"\S")]
_IT_LAST = re.compile(r"\b(?:it|that|this)$", re.IGNORECASE)
_NAME = re.compile(r"(?:the )?[A-Z][\w.'’-]*(?: [A-Z][\w.'’-]*){0,2}")  # "Syria?", "the White House?"
_SHORT = 6  # words of "does he support it?"; a longer one says more than the pronoun

_MORE = re.compile(
    rf"{_AND}(?:(?:please )?(?:show|tell|give)(?: me| us)? (?:some )?more|more(?: please| results?)?"
    r"|(?:anything|what|something|any) (?:else|more)"
    r"|what else (?:did|does|has) (?:he|she|they) (?:say|said)|go on|continue|next|keep going|and then)",
    re.IGNORECASE,
)
_WHAT_ELSE = re.compile(rf"{_AND}what (?:else|more) (?P<did>(?:did|does|do|has|have) .+)", re.IGNORECASE)
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_NTH = "|".join((*_ORDINALS, "last", *(f"{n}(?:st|nd|rd|th)" for n in range(1, 11))))
_DOING = {"open": "open", "cite": "cite", "quote": "cite", "copy": "copy"}
_THE_NTH = re.compile(
    rf"{_AND}(?P<do>(?:please )?(?:show|open|see|read|give|tell|what|how|cite|quote|copy)(?: me)?(?: more)?(?: about)? )?"
    rf"(?:the )?(?:(?P<nth>{_NTH})(?: (?:one|result|statement|quote|quotation|article|passage|source))?"
    r"|(?:number|no\.?|result|#|\[) ?(?P<n>\d{1,3})\]?)",
    re.IGNORECASE,
)
# Where several are on the screen it is for whoever asks to say which.
_DO_IT = re.compile(
    r"(?:please )?(?P<do>show|open|read|cite|quote|copy)(?: me)? "
    r"(?:it|that|this|(?:the|this|that) (?:full |whole )?(?:article|source|file|context|quote|result|passage|story))",
    re.IGNORECASE,
)


def command(text: str, shown: int, before: Question | None = None) -> tuple[str, int] | None:
    """What a line in plain words asks to be done with the answer to ``before``, of which ``shown`` results are on the screen.

    ("more", 0), ("others", 0) for more of it by others, or the name of a command and n, for the n-th of them; for a number as
    typed n is negative, and 0 where it is not said which. None for a question.

    >>> command("show me the second one", 3), command("cite number 7", 3), command("anything else?", 3), command("the last", 3)
    (('show', 2), ('cite', -7), ('more', 0), ('show', 3))
    >>> command("open it", 1), command("open it", 3)
    (('open', 1), ('open', 0))
    """
    bare = text.strip().rstrip("?!. ").strip()
    if _MORE.fullmatch(bare) or (before and _asks_on(bare, before)):
        return "more", 0
    if shown and before and before.intent == "who" and _WHO_ELSE.fullmatch(bare):
        return "others", 0
    found = _THE_NTH.fullmatch(bare) or _DO_IT.fullmatch(bare)
    if not found:
        return None
    given = found.groupdict()
    do = next((name for word, name in _DOING.items() if word in fold(given["do"] or "").split()), "show")
    if number := given.get("n"):
        return do, -int(number)
    nth = fold(given.get("nth") or "")
    if not nth:
        return do, int(shown == 1)
    number = shown if nth == "last" else _ORDINALS.index(nth) + 1 if nth in _ORDINALS else int(re.sub(r"\D", "", nth))
    return (do, number) if number else None


def _asks_on(bare: str, before: Question) -> bool:
    """Whether it asks for more of what was asked before: "what else did Lavrov say about Iran?"."""
    found = _WHAT_ELSE.fullmatch(bare)
    asked = parse(resolve(f"what {found['did']}?", before)) if found else before
    return bool(found and asked.speaker) and _both(asked) == _both(before)


def _both(asked: Question) -> tuple[str, str]:
    return fold(asked.speaker or ""), fold(asked.topic)


def resolve(
    text: str,
    before: Question | None,
    speakers: Iterable[str] = (),
    spoke: str | None = None,
    only: str | None = None,
) -> str:
    """The full question that ``text`` stands for after the question ``before``; ``text`` itself where it stands alone.

    ``speakers`` are names known to the corpus: a name among them is asked about, anything else is a topic. ``spoke`` is whom
    the answer before showed, for "he" and "she" where the question before named nobody; ``only`` is who alone may speak now.

    >>> before = parse("What did Lavrov say about Iran?")
    >>> resolve("and about Syria?", before)
    'What did Lavrov say about Syria?'
    >>> resolve("what about Annan?", before, ["Sergei Lavrov", "Kofi Annan"])
    'What did Annan say about Iran?'
    >>> resolve("How did Annan react to the vote?", before)
    'How did Annan react to the vote?'
    """
    if before is None:
        return text
    full = _Turn(before, tuple(speakers), spoke, only).resolve(text)
    return text if full is None or full == text else full[:1].upper() + full[1:]


class _Turn:
    """One follow-up to one question."""

    def __init__(self, before: Question, speakers: tuple[str, ...], spoke: str | None, only: str | None) -> None:
        self.before, self.speakers = before, speakers
        self.speaker, self.only = before.speaker, only
        self.names = _SEVERAL[compares(before)].split(before.speaker or "")
        self.he = only or (spoke if len(self.names) > 1 else before.speaker or spoke)
        self.topic = _topic(before)

    def resolve(self, text: str) -> str | None:
        bare = text.strip().rstrip("?!. ").strip()
        if _WHO_ELSE.fullmatch(bare) or _WHO_IT.fullmatch(bare):
            return self._who()
        if (found := _THEN.fullmatch(bare)) and days.are_all(found["when"]):
            return self._dated(found["when"])
        if found := _WHEN_WHY.fullmatch(bare):
            return self._when_why(found["w"], found["x"])
        if (found := _WHO_IS.fullmatch(bare)) and self.he:
            return f"Who {found['is']} {self.he}?"
        if found := _COMPARE.fullmatch(bare):
            return self._compare(found["x"])
        if (found := _TOO.fullmatch(bare)) and self._is_speaker(found["x"]):
            return self._by(found["x"])
        if found := _WHAT_ABOUT.fullmatch(bare):
            return self._either(found["x"])
        if found := _ABOUT.fullmatch(bare):
            return self._about(found["x"]) if _is_noun(found["x"]) else None
        if found := _WHAT_DID.fullmatch(bare):
            return self._what_did(found["x"], begun=bool(found["and"]))
        asked = parse(text)
        if whole := self._whole(text, bare, asked):
            return whole
        if (found := _AND_X.fullmatch(bare)) and len(found["x"].split()) <= _FEW:
            return self._either(found["x"])
        if text.rstrip().endswith("?") and _NAME.fullmatch(bare) and (self.speaker or self._is_speaker(bare)):
            return self._either(bare)
        return None

    # -- the forms

    def _dated(self, date: str) -> str | None:
        """The question before, of another time."""
        return f"{days.without(self.before.text).rstrip('?!. ')} {date}?"

    def _placed(self, place: str, at: str) -> str:
        """The question before, of another place or occasion."""
        bare = self.before.text.rstrip("?!. ")
        return f"{re.sub(rf' {at} (?:(?! {at} ).)+$', '', bare, flags=re.IGNORECASE)} {place}?"

    def _when_why(self, word: str, speaker: str | None) -> str | None:
        """ "when?", "where was that?", "why did he say that?": of what was asked before."""
        who = self.he if speaker is None or fold(speaker) in _HE else speaker
        if not who or not self.topic:
            return None
        if _SAYING.search(self.topic):  # "Iran should attend"
            return f"{word} did {who} say that {self.topic}?"
        said = "say that" if fold(word) == "why" else "speak"
        return f"{word} did {who} {said} about {self.topic}?"

    def _compare(self, other: str) -> str | None:
        if not self.he or not self.topic or not self._is_speaker(other) or people.match(other, [self.he]):
            return None
        return f"Compare {self.he} and {other} on {self.topic}"

    def _either(self, given: str) -> str | None:
        """ "what about X?", "and X?": X is a speaker where the corpus knows it as one, else a topic."""
        words = given.split()
        ends = (" ".join(words[at:]) for at in range(len(words)))
        if date := next(filter(days.are_all, ends), ""):
            if date == given:
                return self._dated(date)
            again = self._either(given.removesuffix(date).rstrip())
            return again and f"{again.rstrip('?')} {date}?"
        if found := _PLACE.fullmatch(given):
            return self._placed(given, found["at"]) if self.speaker or self.before.intent == "who" else None
        given = re.sub(r"['’]s$", "", given)
        if not _is_noun(given):
            return None
        both = _OF_ON.fullmatch(given)
        if both and self._is_speaker(both["s"]):
            return self._by(both["s"]) if fold(both["t"]) in _THAT else _said(both["s"], both["t"])
        return self._by(given) if self._is_speaker(given) else self._about(given)

    def _who(self) -> str | None:
        if self.before.intent == "who":
            return self.before.text
        return f"Who said something about {self.topic}?" if self.topic else None

    def _whole(self, text: str, bare: str, asked: Question) -> str | None:
        """A question that names, or asks for, who spoke."""
        if asked.speaker and asked.topic != asked.text:
            return self._leaning(text, asked)
        return self._who_leaning(bare) if asked.intent == "who" else None

    def _who_leaning(self, bare: str) -> str | None:
        """ "Who disagrees with him?", "who opposes it?": in a question of its own one word is of the one before. He who is said
        to have said it may speak of himself: "who said his wife was ill"."""
        found, him = _OF_HIM.search(bare), self._him()
        if found and him and not (found["his"] and _WHO_SAID.fullmatch(bare)):
            return f"{bare[: found.start()]}{him if found['him'] else _possessive(him)}{bare[found.end() :]}?"
        if found or not self.topic or not _OF_IT.search(bare):
            return None
        several = fold(bare).endswith(" them") and len(self.names) > 1
        return f"{_OF_IT.sub(str(self.speaker) if several else self.topic, bare)}?"

    def _him(self) -> str | None:
        """Who "him" is: whom the question before asked about, or who, by its topic, was spoken about; else who spoke."""
        if self.speaker or self.only:
            return self.he
        about = _NAME.match(self.topic)
        return about.group() if about and self._is_speaker(about.group()) else self.he

    def _what_did(self, speaker: str, *, begun: bool) -> str | None:
        """ "and what did Annan say?", "what did he say?": the topic of before. Without the "and" a name asks for itself."""
        if fold(speaker) in _HE:
            he = self._he(speaker)
            return self.before.text if he != self.he and compares(self.before) else self._by(he) if he else None
        return self._by(speaker) if begun else None

    def _leaning(self, text: str, asked: Question) -> str | None:
        """A whole question in which a half is a pronoun. One that is both "he" and "him" stays: they are two people."""
        full = self._named(text, asked)
        asked = parse(full)
        topic = fold(asked.topic)
        if topic in _THAT and self.topic and (again := _swapped(full, asked, topic=self.topic)):
            return again
        if topic in _HIM and self.he:
            return _swapped(text, asked, topic=self.he) if full == text else None
        bare = full.rstrip("?!. ")
        if self.topic and len(bare.split()) <= _SHORT and _IT_LAST.search(bare):
            return _IT_LAST.sub(self.topic, bare) + "?"
        return full

    def _named(self, text: str, asked: Question) -> str:
        """``text`` with the speaker's name for "he" and "his"."""
        he = self._he(asked.speaker or "")
        if he is None:
            return text
        if found := _HIS.match(text):
            return found["what"] + _possessive(he) + text[found.end() :]
        if fold(asked.speaker or "") not in _HE:
            return text
        if he != self.he and compares(self.before):  # surnames alone are told apart only there
            return f"Compare {he} on {asked.topic}"
        return _swapped(text, asked, speaker=he) or text

    def _he(self, pronoun: str) -> str | None:
        """Who "he" is, or "she", or "they": all who were asked about, where these are several."""
        return self.speaker if fold(pronoun) == "they" and len(self.names) > 1 and not self.only else self.he

    # -- one half kept

    def _about(self, topic: str) -> str | None:
        """The question before, about something else."""
        if fold(topic) in _HIM | _HE:
            return None
        if again := _swapped(self.before.text, self.before, topic=topic):
            return again
        if self.speaker:
            return _said(self.speaker, topic)
        return f"Who said something about {topic}?" if self.before.intent == "who" else None

    def _by(self, speaker: str) -> str | None:
        """The question before, to somebody else."""
        if len(self.names) > 1 and self.topic:
            return _said(speaker, self.topic)
        if self.speaker and (again := _swapped(self.before.text, self.before, speaker=speaker)):
            return again
        if self.before.intent == "who":
            return self._by_one(speaker)
        if self.topic:
            return _said(speaker, self.topic)
        return f"What did {speaker} say?" if self.speaker else None

    def _by_one(self, speaker: str) -> str | None:
        """ "Who said the pier is unsafe?" and "Who criticised the plan?", of one speaker."""
        if found := _WHO_SAID.fullmatch(self.before.text.rstrip("?!. ")):
            if about := _SOMETHING.match(found["t"]):
                return _said(speaker, found["t"][about.end() :])
            return f"Did {speaker} say that {found['t']}?"
        return _said(speaker, self.topic) if self.topic else None

    # -- speaker or topic

    def _is_speaker(self, name: str) -> bool:
        """Whether a person of the corpus is meant; or, after a question about a country or an office, one of those."""
        found = [known for known, fit in people.match(name, self.speakers).items() if fit >= _KNOWN]
        if any(map(_is_person, found)):
            return True
        return bool(found) and bool(self.speaker) and not any(map(self._is_person_here, self.names))

    def _is_person_here(self, name: str) -> bool:
        return _is_person(name) or any(map(_is_person, people.match(name, self.speakers)))


def _topic(question: Question) -> str:
    """What a question is about; empty where it was not understood, unless it is no more than a few key words."""
    if question.topic != question.text:
        return re.sub(rf"^{_ON} ", "", _SOMETHING.sub("", question.topic), flags=re.IGNORECASE)
    bare = question.text.rstrip("?!. ")
    return bare if len(bare.split()) <= _FEW and _is_noun(bare) else ""


def _is_noun(text: str) -> bool:
    """Whether it can be a name or a topic, and is no question or sentence of its own."""
    return not (_ASKING.match(text) or _LED.match(text) or _SAYING.search(text))


def _is_person(name: str) -> bool:
    """Whether a speaker is a person: two capital words or more, none of them an office's. "Moscow" alone is not."""
    words = people.bare(name)
    capitals = [word for word in name.split() if word[:1].isupper()]
    return len(words) > 1 and len(capitals) > 1 and name[:1].isupper() and not _BODIES & set(words)


def _possessive(name: str) -> str:
    return name if re.search(r"['’]s?$", name) else f"{name}’s" if "’" in name else f"{name}'s"


def _said(speaker: str, topic: str) -> str:
    return f"What did {speaker} say about {topic}?"


def _swapped(text: str, asked: Question, *, speaker: str | None = None, topic: str | None = None) -> str | None:
    """``text``, which was understood as ``asked``, with another speaker or topic in its place; None where that cannot be.

    A topic is only put where a preposition stands before it: "Does Roe want a new pier?" cannot be asked about boats.
    """
    old, new = (asked.speaker, speaker) if speaker is not None else (asked.topic, topic)
    if not old or not new or (topic is not None and asked.topic == asked.text):
        return None
    before = (
        r"(?<!\w)(?:the )?" if speaker is not None else r"(?:(?<=\babout )|(?<=\bon )|(?<=\bto )|(?<=\bof )|(?<=ing ))"
    )
    for place in islice(re.finditer(rf"{before}{re.escape(old)}(?!\w)", text, re.IGNORECASE), _PLACES):
        whole = text[: place.start()] + new + text[place.end() :]
        again = parse(whole)
        want_speaker, want_topic = (new, asked.topic) if speaker is not None else (asked.speaker, new)
        if _same(again.speaker, want_speaker) and _same(again.topic, want_topic) and again.intent == asked.intent:
            return whole
    return None


def _same(one: str | None, other: str | None) -> bool:
    """Whether two halves of questions are the same, "the" and fillers aside."""
    return one == other or (bool(one) and bool(other) and fold(str(one)) == re.sub(r"^the ", "", fold(str(other))))
