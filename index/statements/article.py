"""An article's statements: sentence by sentence, with what carries over from one to the next.

Owns the walk over paragraphs: continued quotations, chains of relayed speech, and the making of Statements. What is
said inside one sentence is patterns' business, who is meant speakers'.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, replace
from typing import Final

from index.statements.cast import Cast
from index.statements.confidence import confidence
from index.statements.lexicon import SAY_FORMS, THINK_FORMS
from index.statements.markup import Plain
from index.statements.names import MEDIA
from index.statements.patterns import Attribution, attributions, introduction
from index.statements.phrases import Phrases, Range
from index.statements.quotes import Quotation, quotations
from index.statements.speakers import Resolution, Speakers
from index.statements.tokens import Sentence, sentences
from index.statements.voices import NOBODY, Voice, announcing, voices
from index.types import Document, Span, Statement, StatementKind

# Rules after which a quotation alone does not go on: what they report is no speech of its own.
SILENT: Final = frozenset(
    {"act", "opinion", "opinion-that", "opinion-first", "noun", "fragment", "nested", "colon", "headline"}
)
# Rules whose finds are no words that another could have carried.
_VIEWS: Final = frozenset({"opinion", "opinion-that", "noun"})
_REPORTING: Final = frozenset({*SAY_FORMS, *THINK_FORMS, "according", "clear", "explicit", "quoted", "record"})
# Subjects inside a quotation that are the quoted speaker's own, or nobody's.
_OWN_VOICE: Final = frozenset({"i", "we", "you", "who", "it", "that", "my", "our"})
_WORD: Final = re.compile(r"\w")
_LOWER_WORD: Final = re.compile(r"[a-z]+")
_SIGNATURE: Final = re.compile(r"[-–—~]{1,2} ?((?:[A-Z][\w.'’-]*)(?: [A-Z][\w.'’-]*){0,3})(?:, [^.!?]{1,60})?\.?")
PIECE: Final = 300  # code points of a turn that make one statement, in whole sentences: about what a passage holds


@dataclass(frozen=True, slots=True)
class Draft:
    """A statement in the making: with the rule that found it and how its speaker was resolved, for its confidence."""

    rule: str
    parts: tuple[Span, ...]
    kind: StatementKind
    resolution: Resolution
    cue: Span | None = None
    mention: Span | None = None
    via: str | None = None
    negated: bool = False
    modal: bool = False
    clues: frozenset[str] = frozenset()

    def statement(self, document: str, plain: Plain) -> Statement:
        """The finished statement, placed where ``plain`` has it written."""
        cue, mention = (span and plain.written(span) for span in (self.cue, self.mention))
        return Statement(
            document, tuple(map(plain.written, self.parts)), self.kind, cue, mention, self.resolution.name, self.via,
            confidence(self.rule, self.resolution.how, self.clues), self.negated, self.modal,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Speaker:
    """The speaker whom a following quotation may continue."""

    resolution: Resolution
    mention: Span | None
    paragraph: int
    open_quote: bool = False
    introduced: bool = False  # the cue still waits for its quotation: "He continued:"


def extract(document: Document) -> list[Statement]:
    """All statements of the document's paragraphs, in order of their first character."""
    headings = [block.span for block in document.blocks if block.kind == "heading"]
    plain = Plain(document.text, document.paragraphs(), headings)
    found = dict.fromkeys(draft.statement(document.id, plain) for draft in drafts(plain))
    return sorted(found, key=lambda s: (s.parts[0].start, -s.parts[-1].end))


def drafts(plain: Plain) -> list[Draft]:
    """What ``extract`` builds its statements from, in the order of finding."""
    return _Reader(plain).read()


class _Reader:
    """One pass over one article."""

    def __init__(self, plain: Plain) -> None:
        self.text = plain.text
        self.paragraphs = [(span.start, span.end) for span in plain.paragraphs]
        self.cast = Cast(self.text, sorted([*self.paragraphs, *announcing(self.text, plain.headings)]))
        self.cast.settle()
        self.speakers = Speakers(self.cast)
        self.found: list[Draft] = []
        self.last: _Speaker | None = None
        self.voices = voices(self.text, self.paragraphs, plain.headings, self.speakers)

    def read(self) -> list[Draft]:
        for number, (start, end) in enumerate(self.paragraphs):
            marks = quotations(self.text, start, end)
            before = len(self.found)
            waiting: list[Sentence] = []
            if voice := self.voices.get(number):
                self._speak(voice, end, marks)
                continue
            if self._signed(start, end):
                continue
            for sentence in sentences(self.text, start, end, marks):
                if sentence.tags.strip("Q.,-~&"):
                    self._sentence(sentence, number, marks)
                elif not self._continue(sentence, number):
                    waiting.append(sentence)
            self._attach(waiting, before, number)
            if self.last is not None and self.last.paragraph == number and marks and not marks[-1].closed:
                self.last = replace(self.last, open_quote=True)
        known = {name: Resolution(entity.name, "role", entity) for name, entity in self.speakers.disclosed().items()}
        return [_disclosed(draft, known) for draft in self.found] if known else self.found

    def _signed(self, start: int, end: int) -> bool:
        """A paragraph that only names who said the quotation before it: "- Ann Lowe, engineer"."""
        name = _SIGNATURE.fullmatch(self.text, start, end)
        last = self.found[-1] if self.found else None
        if name is None or last is None or last.rule != "unattributed" or self.text[last.parts[-1].end : start].strip():
            return False
        speaker = Span(*name.span(1))
        known = next((m.entity for m in self.cast.named(*name.span(1)) if m.entity.is_person), None)
        if known is None:
            return False
        self.found[-1] = replace(last, rule="label", resolution=Resolution(known.name, "name", known), mention=speaker)
        return True

    def _speak(self, voice: Voice, end: int, marks: list[Quotation]) -> None:
        """The words of a voice, a few whole sentences a statement."""
        mention = voice.mention
        colon = max(mention.end, self.text.rfind(":", mention.end, voice.start))
        cue = Span(colon, colon + 1) if voice.rule == "transcript" and colon < voice.start else None
        for piece in _pieces(sentences(self.text, voice.start, end, [q for q in marks if q.start >= voice.start])):
            draft = Draft(voice.rule, (piece,), "direct", voice.speaker, cue, mention)
            self.found.append(draft)
            self._inside(draft)
        self.last = None  # the next voice has its own label

    # one sentence ------------------------------------------------------------------------------------------------

    def _sentence(self, sentence: Sentence, number: int, marks: list[Quotation]) -> None:
        phrases = Phrases(sentence)
        found = attributions(phrases)
        main = phrases.first_subject()
        if main is not None:
            self.speakers.note_subject(sentence, main)
        parents = _parents(found, sentence)
        drafted = [
            self._draft(sentence, attribution, marks, relayed=parent is not None)
            for attribution, parent in zip(found, parents, strict=True)
        ]
        media = [d for d, f in zip(drafted, found, strict=True) if any(_carries(f, other, sentence) for other in found)]
        quoted = False
        for draft, parent in zip(drafted, parents, strict=True):
            if parent is not None:
                if draft.rule not in ("act", "fragment"):
                    self._add_relayed(draft, drafted[parent])
                continue
            carrier = next((m for m in media if m is not draft and m.parts[0].covers(draft.parts[0])), None)
            self.found.append(replace(draft, via=carrier.resolution.name) if carrier else draft)
            if draft.rule not in SILENT and draft not in media and (draft.kind == "direct" or not quoted):
                self.last = _Speaker(draft.resolution, draft.mention, number)
                quoted = draft.kind == "direct"  # he goes on, not whom the sentence cites besides
            if draft.kind == "direct":
                self._inside(draft)
            if draft.resolution.name is not None:
                self.speakers.note_issued(sentence, draft.resolution)
        if not found and (introduced := introduction(phrases)):
            subject, speaks = introduced
            resolution = self.speakers.resolve(sentence, subject)
            if speaks or resolution.entity is not None:
                colon = sentence.tags.endswith(":")
                self.last = _Speaker(resolution, _span(sentence, subject), number, colon, introduced=True)
        self._unclaimed(phrases, found, number)

    def _unclaimed(self, phrases: Phrases, found: list[Attribution], number: int) -> None:
        """The quotations of a sentence that are not what any of its cues reports."""
        asked = phrases.is_asked(0)
        for quote, quotation in phrases.quotes.items():
            if quotation.words < 4 or any(a <= quote < b for f in found for a, b in f.parts):
                continue
            if asked and found and quote < found[0].start:  # Asked "Why?" Hill said, "Why not?"
                self._add_quotation(quotation, _Speaker(NOBODY, None, number), "unattributed")
            else:
                self._goes_on(quotation, number)

    def _goes_on(self, quotation: Quotation, number: int) -> None:
        """A quotation that a sentence holds without a cue: whoever spoke before it in its paragraph still does."""
        last = self.last
        if last is None or last.paragraph != number or last.introduced:
            self._add_quotation(quotation, _Speaker(NOBODY, None, number), "unattributed")
        else:
            self._add_quotation(quotation, last, "goes on")

    def _draft(self, sentence: Sentence, found: Attribution, marks: list[Quotation], *, relayed: bool) -> Draft:
        mention: Span | None = None
        resolution = NOBODY
        if found.subject is not None:
            mention = _span(sentence, found.subject)
            resolution = self.speakers.resolve(sentence, found.subject, relayed=relayed)
        parts = tuple(_with_marks(self.text, marks, _span(sentence, part)) for part in found.parts)
        kind: StatementKind = "indirect"
        if all(sentence.tags[a:b].strip(",.") == "Q" for a, b in found.parts):
            kind = "direct"
        elif any(_marked(marks, part) for part in parts):
            kind = "mixed"
        headline = found.rule == "colon" and parts[0].start < self.paragraphs[0][1] and resolution.how == "name"
        return Draft(
            "headline" if headline else found.rule, parts, kind, resolution, _span(sentence, found.cue), mention, None,
            found.negated, found.modal, found.clues,
        )  # fmt: skip

    def _inside(self, outer: Draft) -> None:
        """Statements that a quotation relays: "Putin told us that ...," he said."""
        spoken_of = self.speakers.spoken_of()
        for part in outer.parts:
            start, end = _unquoted(self.text, part)
            if _REPORTING.isdisjoint(_LOWER_WORD.findall(self.text, start, end)):  # most quotations relay nothing
                continue
            for sentence in sentences(self.text, start, end, []):
                for attribution in attributions(Phrases(sentence)):
                    if attribution.subject is None or attribution.rule in ("act", "fragment", "colon", "object"):
                        continue
                    if sentence.words[attribution.subject[0]].lower() in _OWN_VOICE:
                        continue
                    self._add_relayed(self._draft(sentence, attribution, [], relayed=True), outer)
        self.speakers.back_to(spoken_of)  # whom a quotation mentions is not whom the article goes on to speak of

    def _add_relayed(self, inner: Draft, outer: Draft) -> None:
        if inner.resolution.name is None or inner.resolution.name != outer.resolution.name:  # not "he said he thinks"
            via = outer.resolution.name or (outer.mention.of(self.text) if outer.mention else None)
            self.found.append(_relayed(inner, outer, via))

    # quotations alone --------------------------------------------------------------------------------------------

    def _continue(self, sentence: Sentence, number: int) -> bool:
        """A sentence of quotation alone, after its speaker: he or she goes on."""
        last = self.last
        if last is None:
            return False
        if number == last.paragraph:
            rule = "introduced" if last.introduced else "continued"
        elif number - last.paragraph == 1 and last.open_quote:
            rule = "introduced" if last.introduced else "continued open"
        else:
            return False
        for quotation in sentence.quotes.values():
            self._add_quotation(quotation, last, rule)
        self.last = replace(last, paragraph=number, open_quote=False, introduced=False)
        return True

    def _attach(self, waiting: list[Sentence], before: int, number: int) -> None:
        """Quotations alone that no speaker preceded in their paragraph: the next one's, or the last paragraph's."""
        last = self.last
        for sentence in waiting:
            for quotation in sentence.quotes.values():
                if last is not None and last.paragraph == number and len(self.found) > before:
                    self._add_quotation(quotation, last, "looked ahead")
                elif last is not None and number - last.paragraph == 1 and not last.introduced:
                    self._add_quotation(quotation, last, "continued next")
                    self.last = replace(last, paragraph=number)
                else:
                    self._add_quotation(quotation, _Speaker(NOBODY, None, number), "unattributed")

    def _add_quotation(self, quotation: Quotation, speaker: _Speaker, rule: str) -> None:
        draft = Draft(
            rule, (Span(quotation.start, quotation.end),), "direct", speaker.resolution, None, speaker.mention
        )
        self.found.append(draft)
        if rule != "unattributed":
            self._inside(draft)


def _disclosed(draft: Draft, known: dict[str, Resolution]) -> Draft:
    """With the names of those whom the article names only later."""
    resolution = known.get(draft.resolution.name or "", draft.resolution)
    via = known[draft.via].name if draft.via in known else draft.via
    return replace(draft, resolution=resolution, via=via)


def _pieces(turn: list[Sentence]) -> list[Span]:
    """Runs of whole sentences of about ``PIECE`` code points."""
    pieces: list[Span] = []
    for sentence in turn:
        if not any(word[:1].isalpha() for word in sentence.words) and not sentence.quotes:
            continue  # <...>; a count: "Roe: 46."
        start, end = sentence.starts[0], sentence.ends[-1]
        if pieces and end - pieces[-1].start <= PIECE:
            pieces[-1] = Span(pieces[-1].start, end)
        else:
            pieces.append(Span(start, end))
    return pieces


def _span(sentence: Sentence, tokens: Range) -> Span:
    return Span(sentence.starts[tokens[0]], sentence.ends[tokens[1] - 1])


def _marked(marks: list[Quotation], part: Span) -> bool:
    """Whether any quotation mark, of a term too, lies inside ``part``."""
    before = bisect_left(marks, part.end, key=lambda q: q.start)
    return before > 0 and marks[before - 1].end > part.start


def _with_marks(text: str, marks: list[Quotation], part: Span) -> Span:
    """``part`` with both marks of a term that it ends or begins with: he is “angry”, “anger” is the word."""
    start, end = part.start, part.end
    at = bisect_left(marks, end, key=lambda q: q.start) - 1 if marks else -1
    if at < 0:
        return part
    last = marks[at]
    if start <= last.inner_start and end < last.end and last.closed and not _WORD.search(text, end, last.end):
        end = last.end
    while at > 0 and marks[at].start >= start:
        at -= 1
    first = marks[at]
    if first.inner_start == start and first.end <= end:
        start = first.start
    return Span(start, end)


def _unquoted(text: str, part: Span) -> tuple[int, int]:
    inner = part.of(text)
    left = len(inner) - len(inner.lstrip("“\"«„'‘`"))
    right = len(inner) - len(inner.rstrip("”\"»'’,"))
    return part.start + left, max(part.start + left, part.end - right)


def _relayed(inner: Draft, outer: Draft, via: str | None) -> Draft:
    """``inner`` as reported by the speaker of ``outer``, cut to what ``outer`` covers."""
    end = outer.parts[-1].end
    parts = tuple(Span(p.start, min(p.end, end)) for p in inner.parts if p.start < end)
    return replace(inner, rule="nested", parts=parts or inner.parts, via=via)


def _parents(found: list[Attribution], sentence: Sentence) -> list[int | None]:
    """For each attribution the index of the one whose content holds its cue; None for what the article itself says."""
    parents: list[int | None] = []
    for inner in found:
        parent: int | None = None
        for at, outer in enumerate(found):
            if outer is inner or not _holds(outer, inner) or _carries(outer, inner, sentence):
                continue
            if parent is None or found[parent].start < outer.start:
                parent = at
        parents.append(parent)
    return parents


def _holds(outer: Attribution, inner: Attribution) -> bool:
    return any(a <= inner.cue[0] and inner.cue[1] <= b for a, b in outer.parts)


def _carries(outer: Attribution, inner: Attribution, sentence: Sentence) -> bool:
    """Whether ``outer`` only carried what ``inner`` reports: "..., he said, news agencies reported", "According to the paper,
    he said ..."."""
    if outer.subject is None or not _holds(outer, inner) or inner.rule in ("act", "object", "fragment"):
        return False
    if outer.rule == "according":
        return inner.subject is not None and inner.subject[0] == outer.start and inner.rule not in _VIEWS
    if not outer.trails:
        return False
    if outer.rule == "according-after":
        return inner.rule not in _VIEWS
    return any(word.lower() in MEDIA for word in sentence.words[outer.subject[0] : outer.subject[1]])
