"""Whose words a paragraph is where no verb says so: turns of talk, words given whole, sections under their author's name.

Owns labels ("SMITH: ..."), announcements ("Remarks by Jane Roe"), bylines ("Jane Roe: Close the bridge"), and how far the
voice that each of them opens goes on. Knows nothing of cues; whom a name means is speakers' business.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Final

from index.statements.cast import Entity, Mention, bare_word
from index.statements.lexicon import LABELS
from index.statements.names import GENDER_OF_NAME, GROUPS, PLACES
from index.statements.quotes import quotations
from index.statements.speakers import Resolution, Speakers
from index.types import Span

NOBODY: Final = Resolution(None, "none")
# Labels of those who only ask, and of whom they ask: a transcript does not name them.
ASKING: Final = frozenset(("Question", "Q", "Reporter", "Moderator", "Interviewer", "Audience"))
ANSWERING: Final = frozenset(("Answer", "A"))
UNNAMED: Final = ASKING | ANSWERING
_WORD: Final = r"[^\W\d_a-zß-öø-ÿ][\w.’'/-]*"
_NAME: Final = rf"{_WORD}(?: (?:[a-z]{{2,3}} )?{_WORD})"
_SIGN: Final = r"[^\w\s\"“”'‘’(\[]+ ?"  # a picture, a bullet
_TIME: Final = r"(?:[\[(]?\d{1,2}:\d\d(?::\d\d)?[\])]?\s+(?:[–—-]\s+)?)?"  # [00:12:30]
# The label of a turn: a sign or none, a name, a colon. One with a small letter needs more to be a label than its colon.
_CAPITALS: Final = re.compile(rf"{_TIME}[\"“]?()([A-Z][A-Z.'’-]+(?: [A-Z][A-Z.'’-]+){{0,2}}):\s+(?=[\w“\"‘'\[(])")
_LABEL: Final = re.compile(rf"{_TIME}[\"“]?({_SIGN})?({_NAME}{{0,3}}) ?:\s+(?=[\w“\"‘'\[(])")
_DESCRIBED: Final = re.compile(rf"({_NAME}{{1,3}}), [^:.?!\n]{{2,80}}:\s+(?=[A-Z“\"‘])")  # Jane Roe, 34, teacher:
_STYLED: Final = re.compile(rf"{_SIGN}([A-Z][^:.?!“\"\n]{{3,160}}?) ?:(?: +|$)")  # what he is, and his name
_LETTER: Final = re.compile(r"([QA])(?:[.)]|\s?[–—-])\s+(?=[^\W_a-z]|[“\"‘])")  # "Q. Was it hard?"; or "A. Lowe"
_LATER: Final = re.compile(rf"💬\W*({_NAME}{{0,3}}) ?:\s+(?=\w)")  # below a heading that was lost in the paragraph
_ASKED: Final = re.compile(r"❓\W*")
_BYLINE: Final = re.compile(rf"({_NAME}{{1,3}})(?:: \S.*|, [^.!?:]{{3,90}})?")
LINE: Final = 160  # code points of a line that stands above somebody's words
_KINDS: Final = (
    r"(?:remarks|statement|speech|address|comment(?:s|ary)?|interview|answers?|response|reply|briefing|message|letter"
    r"|testimony|greetings|congratulations|condolences|eulogy|op-ed|article)"
)
_KIND: Final = re.compile(rf"\b{_KINDS}\b", re.IGNORECASE)
_BY: Final = re.compile(rf"\b{_KINDS}\s(?:by|of|from|with)\s", re.IGNORECASE)
_OWNS: Final = re.compile(rf"\s?['’]s?\s(?:[\w-]+\s){{0,3}}{_KINDS}\b", re.IGNORECASE)
_ANNOUNCING: Final = re.compile(
    rf"\W*(?:[\w-]+ ){{0,3}}{_BY.pattern}|(?:{_SIGN}.{{0,100}}?|(?:\S+ ){{0,3}}\S+?){_OWNS.pattern}", re.IGNORECASE
)
_TOLD: Final = re.compile(r"[.?!…”\"]\W*$")  # ends as what is told does, and not what is announced
# Ends as a sentence does, and no caption or title.
_ENDED: Final = re.compile(r"[.?!…;:”\"’'>—]\W*$")
_SENTENCE: Final = re.compile(rf"{_ENDED.pattern}|[a-z]\)$")  # "(Laughs)"
_PICTURES: Final = re.compile(r"(?:[\u25a0-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff\ufe0f\u200d]\s*)+(?=\S)")
_BRACKETED: Final = re.compile(r"[\"“]?[(\[]")
_LETTERS: Final = re.compile(r"[^\W\d_]{2}")
_RULE: Final = re.compile(r"\n[ \t]*(?:(?:\*[ \t]*){3,}|-{3,}|_{3,})\s*\n")  # parts one thing from the next
_FIRST_PERSON: Final = re.compile(r"\b(?:I|[Ww]e|[Oo]ur|us|my|My|me)\b(?!\.)")
_QUESTION: Final = re.compile(r"[^.?!]+\?")  # a title between two turns, where no label asks
_SHORT_QUESTION: Final = re.compile(r"(?:[^\s.?!]+ ){0,12}[^\s.?!]+\?")  # and where one does
QUOTING: Final = ("“", '"', "‘")
LONG: Final = 200  # code points; who leaves out the full stop of so much wrote no caption
BRIEF: Final = 40  # code points of "Key points:", between an announcement and the words
BRIDGED: Final = 2  # paragraphs without "I" or "we" between two that say it
FEW: Final = 4  # one paragraph in so many says "I" or "we", where somebody's words are given whole
AGAIN: Final = 2  # turns of whom nothing but his label is known; more are no chance
ANSWERS: Final = 3  # an interview; fewer are readers' questions
MOSTLY: Final = 2  # sections for each heading of another kind
SECTIONS: Final = 2  # who write one below the other: a single byline heads no round-up


@dataclass(frozen=True, slots=True)
class Voice:
    """Whose words a paragraph is, from ``start`` on. ``rule`` is a key of ``confidence.RULES``; ``mention`` is where the name
    stands that opened the voice: in this paragraph before ``start``, or above it."""

    speaker: Resolution
    mention: Span
    start: int
    rule: str


@dataclass(frozen=True, slots=True)
class _Label:
    """A name and a colon that open a paragraph; ``start`` is where the words begin."""

    name: str
    span: Span
    start: int
    signed: bool = False
    capitals: bool = False
    described: bool = False  # with what he is: others are, too, and most say "I"
    lettered: bool = False  # "Q.": twice at least, and its "A." too, else it is an initial

    @property
    def key(self) -> str:
        return _key(self.name)


def _key(name: str) -> str:
    """What the labels of one person share: the last name."""
    return name.rsplit(" ", 1)[-1].casefold()


def announcing(text: str, headings: list[Span]) -> list[tuple[int, int]]:
    """Those of the headings that may say that somebody's words follow: his name has to be read there."""
    lines = [(heading.start, heading.end) for heading in headings]
    return [line for line in lines if _ANNOUNCING.match(text, *line)]


def voices(text: str, paragraphs: list[tuple[int, int]], headings: list[Span], speakers: Speakers) -> dict[int, Voice]:
    """The voices of those paragraphs that are somebody's words, by the number of the paragraph."""
    return _Listener(text, paragraphs, headings, speakers).heard()


class _Listener:
    """One article."""

    def __init__(self, text: str, paragraphs: list[tuple[int, int]], headings: list[Span], speakers: Speakers) -> None:
        self.text = text
        self.paragraphs = paragraphs
        self.speakers = speakers
        self.cast = speakers.cast
        self.headed: dict[int, list[Span]] = defaultdict(list)  # by the paragraph below
        for heading in headings:
            self.headed[bisect_left(paragraphs, heading.end, key=lambda p: p[0])].append(heading)
        self.lines: set[int] = set()  # paragraphs that only say whose words follow
        self.turns: dict[int, Voice] = {}
        self.interview = False
        self.asks = False  # whether a label asks in it
        self.quoted: set[str | None] = set()  # whose turns stand in marks
        self.announced = self._announcements()
        self.sections = self._sections()
        self._turns()

    def heard(self) -> dict[int, Voice]:
        found = dict(self.turns)
        for number, turn in self.turns.items():
            self._go_on(found, turn, self._after_turn(number, turn))
        for number, voice in self.announced.items():
            self._go_on(found, voice, self._whole(number, voice))
        for number, voice in self.sections.items():
            self._go_on(found, voice, self._run(number, voice)[0])
        for voice in found.values():
            self.speakers.speaks(voice.speaker)
        return found

    def _go_on(self, found: dict[int, Voice], voice: Voice, numbers: list[int]) -> None:
        rule = "transcript on" if voice.rule == "transcript" else voice.rule
        for number in numbers:
            start, end = self.paragraphs[number]
            picture = _PICTURES.match(self.text, start, end)
            found.setdefault(number, replace(voice, start=picture.end() if picture else start, rule=rule))

    # how far a voice goes ----------------------------------------------------------------------------------------

    def _run(self, first: int, voice: Voice) -> tuple[list[int], int]:
        """The paragraphs from ``first`` on that may be the voice's, and where they end: where something else begins, or
        where he is told of."""
        run: list[int] = []
        number = first
        while number < len(self.paragraphs) and number not in self.turns and number not in self.lines:
            parted = run and _RULE.search(self.text, self.paragraphs[number - 1][1], self.paragraphs[number][0])
            if parted or (number > first and number in self.headed):
                break
            if self._is_prose(number):
                if self._tells_of(number, voice.speaker.entity):
                    break
                run.append(number)
            number += 1
        return run, number

    def _is_prose(self, number: int) -> bool:
        """No caption, no title, no remark in brackets, no title that asks."""
        start, end = self.paragraphs[number]
        ended = end - start > LONG or _ENDED.search(self.text, max(start, end - 4), end)
        if _BRACKETED.match(self.text, start, end) or not ended:
            return False
        brief = self.text[end - 1] == ":" and end - start < BRIEF
        noted = _CAPITALS.match(self.text, start, end) or _LABEL.match(self.text, start, end)
        if noted and _key(noted[2]) in LABELS:
            return False
        title = _SHORT_QUESTION if self.asks else _QUESTION
        return not brief and not (number + 1 in self.turns and title.fullmatch(self.text, start, end))

    def _tells_of(self, number: int, entity: Entity | None) -> bool:
        """Whether a paragraph names the speaker as others do: "I am a Lowe" is her own."""
        if entity is None or not any(mention.entity is entity for mention in self.cast.named(*self.paragraphs[number])):
            return False
        return not self._says_i(number)

    def _says_i(self, number: int) -> bool:
        """Whether a paragraph says "I" or "we" outside quotation marks, if anything stands outside them."""
        start, end = self.paragraphs[number]
        if not _FIRST_PERSON.search(self.text, start, end):
            return False
        edges = [start, *(edge for mark in quotations(self.text, start, end) for edge in (mark.start, mark.end)), end]
        outside = [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if self.text[a:b].strip()]
        return any(_FIRST_PERSON.search(self.text, a, b) for a, b in outside or [(start, end)])

    # turns -------------------------------------------------------------------------------------------------------

    def _turns(self) -> None:
        """Notes the paragraphs that open with the label of somebody who speaks."""
        labels = self._labels()
        keys, names = (Counter(map(attrgetter(what), labels.values())) for what in ("key", "name"))
        questions = Counter(label.key for n, label in labels.items() if "?" in self.text[slice(*self.paragraphs[n])])
        self.asks = any(questions[key] > 1 and 2 * questions[key] >= count for key, count in keys.items())
        untitled = [n for n in labels if n and n - 1 not in labels and self.text[self.paragraphs[n - 1][1] - 1] == "?"]
        self.interview = self.asks or len(untitled) > 1
        answers = self._interviewed(self.paragraphs[min(labels)][0], keys) if labels else NOBODY
        beside: dict[int, Voice] = {}
        for number, label in labels.items():
            again, asked = keys[label.key] > 1, self.asks and names[label.name] > 1
            speaker = NOBODY if label.name in ASKING else answers
            if label.name not in UNNAMED:
                speaker = self.speakers.called(label.name, surely=label.signed or label.described or asked)
            voice = Voice(speaker, label.span, label.start, "transcript")
            sure = label.capitals or label.signed or label.described or again
            known = speaker.entity is not None and sure
            given = label.key in GENDER_OF_NAME and names[label.name] > AGAIN
            if label.name in UNNAMED or known or given or asked or (again and label.capitals):  # not "UPDATE: ..."
                self.turns[number] = voice
            elif speaker.entity is not None or keys[label.key] > AGAIN:
                beside[number] = voice
        self.turns |= {n: voice for n, voice in beside.items() if {n - 1, n + 1} & self.turns.keys()}
        own = Counter(voice.speaker.name for voice in self.turns.values())
        quoted = Counter(
            voice.speaker.name for voice in self.turns.values() if self.text.startswith(QUOTING, voice.start)
        )
        self.quoted = {name for name, count in quoted.items() if 2 * count > own[name]}

    def _labels(self) -> dict[int, _Label]:
        """The labels of paragraphs: no titles of a list, no initials of names."""
        labels = {n: label for n, p in enumerate(self.paragraphs) if n not in self.lines and (label := self._label(*p))}
        letters = Counter(label.name for label in labels.values() if label.lettered)
        keys = Counter(label.key for label in labels.values())
        told = Counter(
            label.key
            for n, label in labels.items()
            if label.signed or _SENTENCE.search(self.text, self.paragraphs[n][1] - 4, self.paragraphs[n][1])
        )
        described = [n for n, label in labels.items() if label.described]
        alone = len(described) < SECTIONS or 2 * sum(map(self._says_i, described)) < len(described)
        initial = min(letters["Q"], letters["A"]) < AGAIN
        return {
            n: label
            for n, label in labels.items()
            if 2 * told[label.key] >= keys[label.key]
            and not (label.lettered and initial)
            and not (label.described and alone)
        }

    def _label(self, start: int, end: int) -> _Label | None:
        label = _CAPITALS.match(self.text, start, end) or _LABEL.match(self.text, start, end)
        if asked := _ASKED.match(self.text, start, end):
            name, words = (label.span(2), label.end()) if label else (asked.span(), asked.end())
            return _Label("Question", Span(*name), words, signed=True)
        if label and _LETTERS.search(self.text, label.end(), end):  # no count: "Roe: 46."
            named = label[2].capitalize() if label[2].capitalize() in UNNAMED else label[2]  # MODERATOR
            signed, capitals = self._is_picture(label.start(1)), label.re is _CAPITALS
            found = _Label(named, Span(*label.span(2)), label.end(), signed, capitals)
            return None if found.key in LABELS and found.name not in UNNAMED else found
        if described := _DESCRIBED.match(self.text, start, end):
            return _Label(described[1], Span(*described.span(1)), described.end(), described=True)
        if letter := _LETTER.match(self.text, start, end):
            return _Label(letter[1], Span(*letter.span(1)), letter.end(), signed=True, lettered=True)
        if later := _LATER.search(self.text, start, min(end, start + 2 * LINE)):
            return _Label(later[1], Span(*later.span(1)), later.end(), signed=True)
        styled = _STYLED.match(self.text, start, end)
        mention = self._styled(*styled.span(1)) if styled and styled.end() < end else None
        if styled is None or mention is None:
            return None
        return _Label(mention.entity.name, Span(mention.start, mention.end), styled.end(), signed=True)

    def _is_picture(self, at: int) -> bool:
        """Whether a picture stands there, as before words: 💬."""
        return at >= 0 and unicodedata.category(self.text[at]) == "So"

    def _styled(self, start: int, end: int) -> Mention | None:
        """The name in "Jane Roe, Ambassador to Norway" or "Ambassador of Norway Jane Roe"."""
        for mention in self.cast.named(start, end):
            last = bare_word(mention.entity.surname)
            opens = mention.start == start and self.text[mention.end] == "," and mention.entity.is_person
            if opens or (mention.end == end and " " in mention.entity.name and last not in GROUPS | PLACES):
                return mention
        return None

    def _interviewed(self, before: int, labels: Counter[str]) -> Resolution:
        """Who answers, where a label says only that: who is announced, else who is named most before the first turn."""
        for voice in self.announced.values():
            return replace(voice.speaker, how="role")
        persons = Counter(m.entity for m in self.cast.named(0, before) if m.entity.is_person)
        for entity, _ in persons.most_common(1) if max(labels[_key(name)] for name in ANSWERING) >= ANSWERS else ():
            return Resolution(entity.name, "role", entity)
        return NOBODY

    def _after_turn(self, number: int, turn: Voice) -> list[int]:
        """What the voice of a turn adds: all up to the next turn, or to where it last says "I" or "we"."""
        if turn.speaker.name in self.quoted:
            return self._while_open(number)
        run, end = self._run(number + 1, turn)
        if following := self.turns.get(end):
            unasked = following.speaker == turn.speaker  # who asks has no label
            return [n for n in run if not (unasked and self.text[self.paragraphs[n][1] - 1] == "?")]
        if self.interview or turn.speaker.name in (voice.speaker.name for voice in self.announced.values()):
            return run
        kept = 0
        for at, other in enumerate(run, 1):
            if self._says_i(other):
                kept = at
            elif at - kept > BRIDGED:
                break
        return run[:kept]

    def _while_open(self, number: int) -> list[int]:
        """The paragraphs over which a quotation goes on that is not closed."""
        run: list[int] = []
        while number + 1 < len(self.paragraphs) and number + 1 not in self.turns:
            marks = quotations(self.text, *self.paragraphs[number])
            if not marks or marks[-1].closed:
                break
            number += 1
            run.append(number)
        return run

    # announcements -----------------------------------------------------------------------------------------------

    def _announcements(self) -> dict[int, Voice]:
        """What says that somebody's words follow, "Remarks by Jane Roe", "Read her letter in full:": by the paragraph below."""
        found: dict[int, Voice] = {}
        for number, (start, end) in enumerate(self.paragraphs):
            for heading in self.headed.get(number, ()):
                if mention := self._announced(heading.start, heading.end):
                    found[number] = self._opened(mention)
            if end - start > 2 * LINE or _TOLD.search(self.text, end - 4, end):
                continue
            styled = _STYLED.fullmatch(self.text, start, end)
            if mention := self._announced(start, end) or (styled and self._styled(*styled.span(1))):
                self.lines.add(number)
                found[number + 1] = self._opened(mention)
        return found

    def _opened(self, mention: Mention) -> Voice:
        words = mention.entity.name.split()
        skipped = next((at for at in range(len(words) - 2, 0, -1) if bare_word(words[at - 1]) in GROUPS), 0)
        name = " ".join(words[skipped:])  # "Foreign Ministry | Jane Roe"
        span = Span(mention.end - len(name) if skipped else mention.start, mention.end)
        return Voice(Resolution(name, "name", mention.entity), span, span.end, "announced")

    def _announced(self, start: int, end: int) -> Mention | None:
        """The name of whose words a line announces."""
        persons = [m for m in self.cast.named(start, end) if m.entity.is_person and " " in m.entity.name]
        for mention in persons:
            if _OWNS.match(self.text, mention.end, end):
                return mention
        if by := _BY.search(self.text, start, end):
            return next((mention for mention in persons if mention.start >= by.end()), None)
        if self.text[end - 1] != ":" or not _KIND.search(self.text, start, end):
            return None
        above = bisect_left(self.paragraphs, start, key=lambda p: p[0]) - 1  # of whom "Read his remarks:" speaks
        persons += self.cast.named(*self.paragraphs[above]) if above >= 0 else []
        return next((mention for mention in persons if mention.entity.is_person), None)

    def _whole(self, number: int, voice: Voice) -> list[int]:
        """The words that were announced, if a picture shows that they are or enough of them say "I" or "we"."""
        run, _ = self._run(number, voice)
        if not run or self.text.startswith(QUOTING, self.paragraphs[run[0]][0]):  # marks say whose words these are
            return []
        shown = any(self._is_picture(self.paragraphs[n][0]) for n in (number, run[0]))
        return run if shown or sum(map(self._says_i, run)) * FEW >= len(run) else []

    # sections ----------------------------------------------------------------------------------------------------

    def _sections(self) -> dict[int, Voice]:
        """Where several write below their names, one after the other: whose the words are, by their first paragraph."""
        headed: dict[int, Voice] = {}
        lines: dict[int, int] = {}
        for number, paragraph in enumerate(self.paragraphs):
            for heading in self.headed.get(number, ()):
                if voice := self._byline(heading.start, heading.end):
                    headed.setdefault(number, voice)
            if (voice := self._byline(*paragraph)) and ":" in self.text[slice(*paragraph)]:
                headed[number + 1] = voice
                lines[number + 1] = number
        if len(headed) < SECTIONS:
            return {}
        self.lines |= set(lines.values())
        runs = {first: self._run(first, voice)[0] for first, voice in headed.items()}
        written = [n for n in runs if runs[n] and runs.get(n - 1) != []]  # not the last one of a list of links
        own = sum(any(map(self._says_i, runs[n])) for n in written)
        other = len(self.headed.keys() - set(written))
        if own < SECTIONS or own * FEW < len(written) or len(written) < MOSTLY * other or 2 * len(written) < len(runs):
            self.lines -= set(lines.values())
            return {}
        return {n: headed[n] for n in written}

    def _byline(self, start: int, end: int) -> Voice | None:
        """The voice of those words that a line heads with their author's name."""
        line = _BYLINE.fullmatch(self.text, start, end) if end - start <= LINE else None
        if line is None or line[0].endswith(".") or "/" in line[1]:
            return None
        speaker = self.speakers.called(line[1], surely=True)
        if speaker.entity is None and line[1].split(maxsplit=1)[0].lower() not in GENDER_OF_NAME:
            return None
        return Voice(replace(speaker, how="name"), Span(*line.span(1)), end, "section")
