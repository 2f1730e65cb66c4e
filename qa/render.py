"""An Answer as somebody reads it: styled lines for a terminal, plain text, JSON, Markdown, a citation to paste.

Owns the wording and the layout. Decides nothing: what answers, how strong it is and what is refused stand in the
Answer. Every text that comes from an article, a file name or a question goes through `qa.screen` on its way to a
screen; JSON keeps it verbatim and escapes what a terminal would obey.

Styles are words that prompt_toolkit also knows (``bold``, ``underline``, ``ansigreen``); a ``link:URL`` word becomes an
OSC 8 hyperlink. Colour never says anything alone: where there is none, ⟦ ⟧ stand around the words that answer.
"""

from __future__ import annotations

import json as _json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from index.types import Document, Span, Statement, inside
from qa import people
from qa.said import said_on
from qa.screen import Fragment, flow, safe, snap, tidy, width
from qa.types import Answer, Citation, Searched
from qa.versions import Version, revision
from qa.wording import counted

VERSION = 1  # of the JSON; a new field keeps it, a changed or removed one does not

MAX_WIDTH = 100  # longer lines are hard to read; the rest of a wide screen stays empty
NARROW = 60  # below it the strength has no corner of its own, and the kind goes under the name
SIDE = 2  # results for each, where several people are asked about
NEAREST = 2  # misses shown under a refusal
NAMED_COPIES = 3  # articles named beside a result; where there are more, they are counted
NAMED = 5  # speakers named by a verdict; the others are counted
MERGED = 2_000  # names of which spellings are put together: the most frequent, beyond which each was heard a few times
LONGEST = 4_000  # characters of one piece of an article on the screen: two screens full, whatever the file holds

ESCAPE = "[ZeroWidthEscape]"  # prompt_toolkit's name for what is written raw and takes no cell

_NUMBER = "bold ansicyan"
_NAME = "bold"
_ANSWER = "bold underline"
_STRENGTH = {"strong": "ansigreen", "fair": "", "weak": ""}
_NOTE = "ansiyellow"

_KINDS = {"direct": "direct quote", "indirect": "paraphrase", "mixed": "partly quoted"}

# From this fit on a speaker is the one who was asked about: not for a given name alone, a typing error, half a description.
THE_ONE = 0.8
# "Did he comment on it?" is answered by any statement on it; "did he say that it sank?" is not.
_ASKED_WHETHER = re.compile(
    r"\b(?:comment|speak|spoken|talk|weigh|respond|react|mention|address|discuss|anything|something|a word)",
    re.IGNORECASE,
)

_SGR = {"bold": "1", "underline": "4", "ansicyan": "36", "ansigreen": "32", "ansiyellow": "33"}


@dataclass(frozen=True, slots=True)
class Signs:
    """The marks that are ours and not the source's."""

    dot: str
    gap: str
    to: str
    opening: str
    closing: str
    dash: str
    arrow: str
    quote: tuple[str, str]


# The white square brackets stand in no article, where «», ‹›, [] and ** do.
_SIGNS = Signs("·", "[…]", "…", "⟦", "⟧", "—", "→", ("“", "”"))
_ASCII = Signs("-", "[...]", "...", "[[", "]]", "-", "->", ('"', '"'))


@dataclass(frozen=True, slots=True)
class Look:
    """How a screen is drawn on: its columns, whether it takes colour, what its encoding can write."""

    width: int = 80
    colour: bool = False
    explain: bool = False
    links: bool = False
    encoding: str = "utf-8"

    @property
    def columns(self) -> int:
        """Columns used for text, at least 1. The last one stays free: some terminals wrap as soon as it is written."""
        return max(1, min(self.width - 1, MAX_WIDTH))

    @property
    def indent(self) -> str:
        """What stands before an item's text."""
        return " " * min(4, self.columns // 8)

    @property
    def signs(self) -> Signs:
        """Our marks, in ASCII where the encoding lacks one of them."""
        marks = "".join(
            (_SIGNS.dot, _SIGNS.gap, _SIGNS.opening, _SIGNS.closing, _SIGNS.dash, _SIGNS.arrow, *_SIGNS.quote)
        )
        try:
            marks.encode(self.encoding)
        except (UnicodeEncodeError, LookupError):
            return _ASCII
        return _SIGNS

    def fit(self, text: str) -> str:
        """Clean ``text`` with what the encoding cannot write as ``\\u…``, before widths are counted."""
        try:
            return text.encode(self.encoding, "backslashreplace").decode(self.encoding)
        except LookupError:
            return text.encode("ascii", "backslashreplace").decode("ascii")

    def tidy(self, text: str) -> str:
        """Untrusted text on one line of this screen."""
        return self.fit(tidy(text))


# ---------------------------------------------------------------------------------------------------------- the screen


def terminal(
    answer: Answer,
    *,
    width: int,
    colour: bool,
    shown: int = 3,
    explain: bool = False,
    first: int = 1,
    links: bool = False,
    encoding: str = "utf-8",
) -> list[Fragment]:
    """The answer as styled fragments, lines ending in ``\\n``: what was found, notices, ``shown`` numbered results.

    ``width`` is in columns; numbering starts at ``first``; ``explain`` adds scores and ranks; ``links`` adds hyperlinks
    where ``colour`` is on. A refusal shows its nearest misses, numbered likewise.
    """
    look = Look(width, colour, explain, links, encoding)
    fragments = headline(answer, look, shown)
    if answer.answered and answer.parts:
        return fragments + _sides(answer, look, shown, first)
    for offset, citation in enumerate(results(answer)[: visible(answer, shown)]):
        fragments += [("", "\n"), *item(citation, first + offset, look, best=offset == 0 and answer.answered)]
    return fragments


def _sides(answer: Answer, look: Look, shown: int, first: int) -> list[Fragment]:
    """What each of several people said, under a line that says whose it is."""
    fragments: list[Fragment] = []
    for part in answer.parts:
        seen = part.citations[: _share(answer, shown)]
        told = _verdict(part, len(seen)) if part.answered else str(part.refusal)
        if part.answered and " by " not in told:
            told = f"{part.question.speaker}: {told}"
        fragments += [("", "\n"), *_paragraph([(_NAME, look.tidy(f"{look.signs.dash} {told}"))], look)]
        for number, citation in enumerate(seen, first):
            fragments += [("", "\n"), *item(citation, number, look)]
        first += len(seen)
    return fragments


def _share(answer: Answer, shown: int) -> int:
    """How many results of each of several people are shown at first."""
    return max(SIDE, -(-shown // len(answer.parts)))


def split(answer: Answer, shown: int) -> tuple[list[Citation], list[Citation]]:
    """The results the screen shows at first, in their order there, and the others."""
    if answer.answered and answer.parts:
        share = _share(answer, shown)
        seen = [citation for part in answer.parts for citation in part.citations[:share]]
        return seen, [citation for part in answer.parts for citation in part.citations[share:]]
    found, count = list(results(answer)), visible(answer, shown)
    return found[:count], found[count:]


def results(answer: Answer) -> tuple[Citation, ...]:
    """What can be numbered and opened: the citations, or the nearest misses of a refusal."""
    return answer.citations if answer.answered else answer.nearest


def visible(answer: Answer, shown: int) -> int:
    """How many results the screen shows at first."""
    return min(len(results(answer)), max(0, shown) if answer.answered else min(NEAREST, max(0, shown)))


def headline(answer: Answer, look: Look, shown: int = 3) -> list[Fragment]:
    """The verdict, what was searched and the notices: all that stands above the results."""
    if answer.answered:
        verdict = _of_several(answer) if answer.parts else _verdict(answer, shown)
        text = f"{verdict}, {_searched(answer.searched, look)}"
    else:
        text = str(answer.refusal)
        if answer.searched.passages:
            text += f" Searched {_searched(answer.searched, look, verb='')}"
    if answer.searched.passages:
        text += f", {answer.seconds:.2f} s" + (f", confidence {answer.confidence:.2f}" if look.explain else "")
        text += "" if answer.answered else "; nearest:" if visible(answer, shown) else "."
    fragments = _paragraph([(_NAME, look.tidy(text))], look)
    for notice in answer.notices:
        fragments += _paragraph([(_NOTE, look.tidy(f"Note: {notice}"))], look)
    return fragments


def _of_several(answer: Answer) -> str:
    """ "3 of 4 people asked about answer"."""
    found = sum(part.answered for part in answer.parts)
    return f"{found} of {len(answer.parts)} who were asked about: {counted(len(answer.citations), 'result')}"


def _verdict(answer: Answer, shown: int) -> str:
    """What is on the screen, in words, and no more than that.

    "3 statements by Sergei Lavrov (7 more results)"; "Yes: 2 statements by Sergei Lavrov" where it was asked whether he
    commented; "Said by Kofi Annan and Sergei Lavrov: 3 statements" where it was asked who did.
    """
    seen = answer.citations[: shown if shown > 0 else None]
    form = {"comment": _yes, "who": _said_by_whom, "when": _when}.get(answer.question.intent)
    text, told = (form(answer, seen) if form else None) or _by_the_one(seen) or _count(seen)
    old = sum(citation.superseded_by is not None for citation in seen)
    if old:
        text += ", superseded" if old == len(seen) else f", {old} of the results superseded"
    if seen and all(citation.strength == "weak" for citation in answer.citations):
        text = f"Only weak results: {text}"
    left = len(answer.citations) - told
    noun = "more result" if told == len(seen) else "other result"
    beside = [counted(left, noun)] * bool(left) + [f"{len(answer.weaker):,} weaker"] * bool(answer.weaker)
    return text + (f" ({', '.join(beside)})" if beside else "")


Told = tuple[str, int]
"""A verdict, and how many results it is about."""


def _count(seen: Sequence[Citation]) -> Told:
    """ "3 statements by Sergei Lavrov", "4 statements and 2 passages"."""
    said = [citation.statement for citation in seen if citation.statement is not None]
    parts = [counted(len(said), "statement") + _by(said)] if said else []
    if len(said) < len(seen) or not said:
        parts.append(counted(len(seen) - len(said), "passage"))
    return " and ".join(parts), len(seen)


def _by_the_one(seen: Sequence[Citation]) -> Told | None:
    """The statements of the one who was asked about, where others spoke too."""
    own = _of(_the_one(seen), (citation.statement for citation in seen))
    if not own or all(citation.statement is None or citation.statement in own for citation in seen):
        return None
    return counted(len(own), "statement") + _by(own), len(own)


def _yes(answer: Answer, seen: Sequence[Citation]) -> Told | None:
    """The verdict where it was asked whether somebody spoke about something, and the first result is that he did."""
    if not seen or not _ASKED_WHETHER.search(answer.question.text) or not _asserted(seen[0]):
        return None
    own = _of(_the_one(seen), map(_asserted, seen))
    return (f"Yes: {counted(len(own), 'statement')}{_by(own)}", len(own)) if own else None


def _said_by_whom(_: Answer, seen: Sequence[Citation]) -> Told | None:
    """The verdict where it was asked who said something: those shown to have, in that order, and beside strong results
    nobody of a lesser one, who may have said something else."""
    likely = [citation for citation in seen if _asserted(citation)]
    strong = [citation for citation in likely if citation.strength == "strong"]
    own = [citation.statement for citation in strong or likely if citation.statement is not None]
    if not own:
        return None
    names = []
    for name in dict.fromkeys(statement.speaker for statement in own):
        through = _through(_of(name, own))
        names.append(f"{name}{f' ({through})' if through else ''}")
    if len(names) > NAMED:
        names[NAMED:] = [f"{len(names) - NAMED} others"]
    listed = " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
    return f"Said by {listed}: {counted(len(own), 'statement')}", len(own)


def _when(_: Answer, seen: Sequence[Citation]) -> Told | None:
    """The verdict where it was asked when somebody said something: the days of the articles that say so."""
    days = sorted({citation.document.date[:10] for citation in seen if citation.document.date})
    if not days or not any(map(_asserted, seen)):
        return None
    text, told = _by_the_one(seen) or _count(seen)
    span = days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"
    return f"{text}, in articles of {span}", told


def _the_one(seen: Sequence[Citation]) -> str | None:
    """Who was asked about, where the first result is by that person."""
    if not seen or seen[0].statement is None or seen[0].hit.scores.get("speaker", 0.0) < THE_ONE:
        return None
    return seen[0].statement.speaker


def _of(speaker: str | None, said: Iterable[Statement | None]) -> list[Statement]:
    """What of ``said`` is by ``speaker``."""
    return [statement for statement in said if speaker and statement is not None and statement.speaker == speaker]


def _asserted(citation: Citation) -> Statement | None:
    """The statement of a result that says of somebody that he said this: no denial, no condition, no guess, and nothing
    that a later version took back."""
    said = citation.statement
    if said is None or said.speaker is None or said.negated or said.modal or citation.strength == "weak":
        return None
    if citation.superseded_by is not None:
        return None
    return said


def _by(said: Sequence[Statement]) -> str:
    """ " by Vladimir Putin, 1 of them according to Yury Ushakov"; nothing where there are several speakers, or none."""
    speakers = {statement.speaker for statement in said}
    [speaker] = speakers if len(speakers) == 1 else [None]
    if speaker is None:
        return ""
    relayed = [statement for statement in said if statement.via]
    if not relayed:
        return f" by {speaker}"
    share = "" if len(relayed) == len(said) else f"{len(relayed)} of them "
    return f" by {speaker}, {share}{_through(relayed)}"


def _through(said: Sequence[Statement]) -> str:
    """ "according to Yury Ushakov" where nothing of this is known without somebody else; else empty."""
    relays = list(dict.fromkeys(statement.via for statement in said))
    if not all(relays):
        return ""
    return f"according to {relays[0] if len(relays) == 1 else 'others'}"


def speakers(counts: Mapping[str, int], articles: Mapping[str, int]) -> dict[str, int]:
    """How many statements each speaker of a corpus has, the spellings of a name together, most statements first.

    ``articles`` says in how many articles each spelling stands: the commonest is shown.

    >>> speakers({"Sergei Lavrov": 2, "Kofi Annan": 2, "Sergey Lavrov": 1}, {"Sergei Lavrov": 1, "Sergey Lavrov": 3})
    {'Sergey Lavrov': 3, 'Kofi Annan': 2}
    """
    ranked = sorted(counts, key=lambda name: (-counts[name], name))
    shown = people.merge({name: articles.get(name, 0) for name in ranked[:MERGED]})
    merged: dict[str, int] = {}
    for name in ranked:
        spelling = shown.get(name, name)
        merged[spelling] = merged.get(spelling, 0) + counts[name]
    return dict(sorted(merged.items(), key=lambda pair: (-pair[1], pair[0])))


def _searched(searched: Searched, look: Look, verb: str = " searched") -> str:
    """ "2 articles searched (2012-06-15 … 2017-01-30), 1 file unreadable"."""
    text = counted(searched.documents, "article") + verb
    days = [day[:10] for day in (searched.earliest, searched.latest) if day]
    if days:
        text += f" ({f' {look.signs.to} '.join(dict.fromkeys(days))})"
    if searched.unreadable:
        text += f", {counted(searched.unreadable, 'file')} unreadable"
    return text


def item(citation: Citation, number: int, look: Look, *, best: bool = False) -> list[Fragment]:
    """One numbered result: head, text, where it stands. ``best`` shows its whole paragraph, else its sentences."""
    fragments = _head(citation, number, look)
    fragments += _excerpt(citation, _extent(citation, best), look)
    fragments += _place(citation, look)
    if look.explain:
        fragments += _paragraph([("", look.tidy(_why(citation, look)))], look, look.indent)
    return fragments


def _head(citation: Citation, number: int, look: Look) -> list[Fragment]:
    """ "[1] Sergei Lavrov · direct quote            strong"; in a narrow window on two lines."""
    dot = look.signs.dot
    name, kind = (look.tidy(text) for text in (_title(citation), _kind(citation)))
    label: Fragment = (_NUMBER, f"[{number}]")
    strength: Fragment = (_STRENGTH[citation.strength], citation.strength)
    room = look.columns - width(f"[{number}] {name} {dot} {kind}") - len(citation.strength)
    if look.columns >= NARROW and room >= 2:
        line = [label, ("", " "), (_NAME, name), ("", f" {dot} {kind}{' ' * room}"), strength]
        return _styled([*line, ("", "\n")], look)
    fragments = _paragraph([label, ("", " "), (_NAME, name)], look, look.indent, hanging=True)
    return fragments + _paragraph([("", f"{kind} {dot} "), strength], look, look.indent)


def _title(citation: Citation) -> str:
    """Who said it, or what the passage is of."""
    statement = citation.statement
    if statement is None:
        return citation.document.title or file_name(citation.document)
    return said_by(statement)


def said_by(statement: Statement) -> str:
    """The speaker and who relayed it; a speaker who is not clear is not asserted."""
    if statement.speaker is None:
        verb = "reports" if statement.kind == "indirect" else "quotes"
        return f"The article {verb} this without a clear speaker"
    return statement.speaker + (f", according to {statement.via}" if statement.via else "")


def _kind(citation: Citation) -> str:
    """ "direct quote", "paraphrase, negated", "passage", "passage, superseded"."""
    statement, superseded = citation.statement, ", superseded" * (citation.superseded_by is not None)
    if statement is None:
        return "passage" + superseded
    kind = _KINDS[statement.kind] + ", negated" * statement.negated + ", hypothetical" * statement.modal
    return kind + superseded


def file_name(document: Document) -> str:
    """The file's name, and inside a file that holds others the part: "2012.zip/inner/a.html", "dump.csv row 3"."""
    name = os.path.basename(document.path)  # noqa: PTH119 (a str in, a str out)
    return inside(name, document.part)


def _place(citation: Citation, look: Look) -> list[Fragment]:
    """The citation line: outlet, title, date, file, paragraph; then the URL and the copies where there are any."""
    document = citation.document
    name, comma = look.tidy(file_name(document)), ("", ", ")
    parts: list[Fragment] = []
    if document.source:
        parts += [("", look.tidy(document.source)), comma]
    if document.title and citation.statement is not None:
        opening, closing = look.signs.quote
        parts += [("", f"{opening}{look.tidy(document.title)}{closing}"), comma]
    if document.date:
        parts += [("", look.tidy(document.date[:10])), comma]
    where = f", {place(citation)} {look.signs.dot} verbatim"
    page = document.page(_anchor(citation))
    target = file_url(document.path) + (f"#page={page}" if page else "")  # as viewers of PDF take it (RFC 8118)
    parts += [(f"link:{target}", name), ("", where)]
    fragments = _paragraph(parts, look, look.indent)
    if document.url:
        web = web_url(document.url)
        fragments += _paragraph([(f"link:{web}" if web else "", look.tidy(document.url))], look, look.indent)
    if citation.copies:
        fragments += _paragraph([("", look.tidy(_copies(citation)))], look, look.indent)
    if citation.earlier:
        fragments += _paragraph([("", look.tidy(_earlier(citation)))], look, look.indent)
    if citation.superseded_by is not None:
        fragments += _paragraph([(_NOTE, look.tidy(_superseded(citation.superseded_by)))], look, look.indent)
    return fragments


def _superseded(newest: Document) -> str:
    """ "superseded: no more in a.html, corrected on 2017-01-31"."""
    return f"superseded: no more in {file_name(newest)}, {_changed(newest)}"


def _earlier(citation: Citation) -> str:
    """ "corrected on 2017-01-31; replaces a.html of 2017-01-30"."""
    named = [" of ".join(filter(None, (file_name(one), (one.date or "")[:10]))) for one in citation.earlier]
    told = " and ".join(named) if len(named) < NAMED_COPIES else f"{len(named):,} versions, the first {named[0]}"
    return f"{_changed(citation.document)}; replaces {told}"


def _changed(document: Document) -> str:
    """ "corrected on 2017-01-31"; of a version that does not say how it differs, "version of 2017-01-31"."""
    revised, day = revision(document), (document.modified or document.date or "")[:10]
    return f"{revised.kind}{f' on {day}' * bool(day)}" if revised else f"version of {day}"


def _copies(citation: Citation) -> str:
    """ "also in TASS and b.txt", "also carried by 6 others, first by TASS on 2017-01-29"."""
    copies = citation.copies
    names = list(dict.fromkeys(copy.source or file_name(copy) for copy in copies))
    listed = " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
    told = f"also in {listed}" if len(names) <= NAMED_COPIES else f"also carried by {counted(len(copies), 'other')}"
    day, first = min(((copy.date or "~", copy) for copy in copies), key=lambda pair: (pair[0], pair[1].path))
    if day[:10] < (citation.document.date or "~")[:10]:
        told += f", first by {first.source or file_name(first)} on {day[:10]}"
    return told


def versions(citation: Citation, found: Sequence[Version], look: Look, *, number: int | None = None) -> list[Fragment]:
    """How the other articles that carry a story differ from the one that is cited: what only it has, after "-", what
    only the other has, after "+"; the words that differ are marked."""
    document = citation.document
    label: list[Fragment] = [(_NUMBER, f"[{number}] ")] if number is not None else []
    fragments = _paragraph([*label, (_NAME, look.tidy(_titled(document)))], look) + _revised(document, look)
    if not found:
        fragments += _paragraph([("", "No other article carries it.")], look, look.indent)
    for version in found:
        other = version.document
        fragments += [("", "\n"), *_paragraph([(_NAME, look.tidy(_titled(other)))], look, look.indent)]
        if version.relation != "copy":
            fragments += _paragraph([("", f"{version.relation} version")], look, look.indent)
        fragments += _revised(other, look)
        if not version.changes:
            fragments += _paragraph([("", "the same words")], look, look.indent)
        for change in version.changes:
            for sign, text, spans, words in (
                ("-", document.text, change.before, change.words_before),
                ("+", other.text, change.after, change.words_after),
            ):
                for span in spans:
                    near = next((word.start for word in words if span.covers(word)), span.start)
                    body = _clipped(text, _near(span, near), span, words, look)
                    fragments += _paragraph([("", f"{sign} "), *body], look, look.indent)
    return fragments


def _revised(document: Document, look: Look) -> list[Fragment]:
    """ "corrected on 2017-01-31: “Correction: An earlier version …”", where an article says so; else nothing."""
    revised = revision(document)
    if revised is None:
        return []
    opening, closing = look.signs.quote
    told = _changed(document)
    told += f": {opening}{revised.note.of(document.text)}{closing}" if revised.note else ", as its title says"
    return _paragraph([("", look.tidy(told))], look, look.indent)


def _titled(document: Document) -> str:
    """Outlet, title, day and file, as far as there are any."""
    day = (document.date or "")[:10]
    return ", ".join(filter(None, (document.source, document.title, day, file_name(document))))


def place(citation: Citation) -> str:
    """Where the words that answer begin: "para 7"; where there are pages, the page and the paragraph on it."""
    document, anchor = citation.document, _anchor(citation)
    page = document.page(anchor)
    if page is None:
        return f"para {paragraph(citation)}"
    numbered = enumerate(document.paragraphs(page), 1)
    return f"p. {page}" + "".join(f", para {number}" for number, span in numbered if _holds(span, anchor))


def _holds(span: Span, offset: int) -> bool:
    return span.start <= offset < span.end


def paragraph(citation: Citation) -> int:
    """The number of the paragraph the words that answer begin in, from 1."""
    anchor = _anchor(citation)
    for number, span in enumerate(citation.document.paragraphs(), 1):
        if _holds(span, anchor):
            return number
    return citation.passage.paragraph


def _anchor(citation: Citation) -> int:
    """Where the words that answer begin."""
    if citation.statement is not None:
        return citation.statement.span.start
    return citation.highlights[0].start if citation.highlights else citation.passage.span.start


def _why(citation: Citation, look: Look) -> str:
    """Scores and ranks of every leg, and how the speaker was found."""
    hit = citation.hit
    legs = [
        name
        + (f" {hit.scores[name]:.3f}" if name in hit.scores else "")
        + (f" (#{hit.ranks[name]})" if name in hit.ranks else "")
        for name in dict.fromkeys((*hit.scores, *hit.ranks))
    ]
    parts = [f"score {hit.score:.3f}", *legs]
    statement = citation.statement
    if statement is not None:
        text = citation.document.text
        parts.append(f"statement confidence {statement.confidence:.2f}")
        parts += [
            f"{label} {look.signs.quote[0]}{span.of(text)}{look.signs.quote[1]}"
            for label, span in (("speaker as written", statement.mention), ("cue", statement.cue))
            if span is not None
        ]
    span = citation.passage.span
    parts.append(f"characters {span.start}-{span.end}")
    return f" {look.signs.dot} ".join(parts)


# ------------------------------------------------------------------------------------------------- the text of a result


def _extent(citation: Citation, best: bool) -> list[Span]:
    """What of the document is shown: its paragraphs for the best result, else the sentences that answer."""
    wanted = _wanted(citation)
    if best:
        inside = [span for span in citation.document.paragraphs() if any(span.overlap(w) for w in wanted)]
        clipped = [_meet(span, citation.passage.span) for span in inside]
        chosen = [span for span in clipped if len(span)] or [citation.passage.span]
    else:
        chosen = [span for span in citation.passage.sentences if any(span.overlap(w) for w in wanted)]
    return _union([*chosen, *wanted], citation.document.text)


def _wanted(citation: Citation) -> list[Span]:
    """The words that must be on the screen: the statement with who said it, the highlights, else the passage."""
    wanted = list(citation.highlights)
    statement = citation.statement
    if statement is not None:
        wanted += [*statement.parts, *(span for span in (statement.cue, statement.mention) if span is not None)]
    return wanted or [citation.passage.span]


def _meet(one: Span, other: Span) -> Span:
    """What both share, empty where nothing."""
    start = max(one.start, other.start)
    return Span(start, max(start, min(one.end, other.end)))


def _union(spans: Iterable[Span], text: str) -> list[Span]:
    """``spans`` in order, joined where only white space lies between."""
    joined: list[Span] = []
    for span in sorted(spans):
        if joined and (span.start <= joined[-1].end or not text[joined[-1].end : span.start].strip()):
            last = joined.pop()
            span = Span(last.start, max(last.end, span.end))  # noqa: PLW2901 (the two become one)
        joined.append(span)
    return joined


def _excerpt(citation: Citation, spans: Sequence[Span], look: Look) -> list[Fragment]:
    """The text of ``spans`` with its highlights, one screen paragraph for each of the document's."""
    fragments: list[Fragment] = []
    line: list[Fragment] = []
    text = citation.document.text
    before: int | None = None
    for span in spans:
        for number, piece in enumerate(_pieces(citation.document, span)):
            if before is not None:
                if not number and text[before : piece.start].strip():
                    line.append(("", f" {look.signs.gap} "))
                if number or "\n" in text[before : piece.start]:
                    fragments += _paragraph(line, look, look.indent)
                    line = []
            line += _clipped(text, _near(piece, _anchor(citation)), piece, citation.highlights, look)
            before = piece.end
    return fragments + _paragraph(line, look, look.indent)


def _pieces(document: Document, span: Span) -> Iterator[Span]:
    """``span`` cut where one block ends and the next begins; white space between is dropped."""
    start = span.start
    for block in document.blocks:
        if start < block.span.start < span.end:
            yield from _filled(document.text, Span(start, block.span.start))
            start = block.span.start
    yield from _filled(document.text, Span(start, span.end))


def _filled(text: str, span: Span) -> Iterator[Span]:
    """``span`` without white space at its ends, if anything is left."""
    inside = span.of(text)
    body = inside.strip()
    if body:
        start = span.start + len(inside) - len(inside.lstrip())
        yield Span(start, start + len(body))


def _marked(text: str, piece: Span, highlights: Sequence[Span], look: Look) -> list[Fragment]:
    """One piece of a document as fragments: the words that answer styled, or between our brackets without colour."""
    inside = piece.of(text)
    local = [Span(m.start - piece.start, m.end - piece.start) for h in highlights if len(m := _meet(h, piece))]
    fragments: list[Fragment] = []
    at = 0
    for mark in snap(inside, local):
        words = look.tidy(mark.of(inside))
        if not look.colour:
            words = f"{look.signs.opening}{words}{look.signs.closing}"
        fragments += [("", look.tidy(inside[at : mark.start])), (_ANSWER, words)]
        at = mark.end
    return [*fragments, ("", look.tidy(inside[at:]))]


def _near(span: Span, anchor: int) -> Span:
    """``span``, or as much of it around ``anchor`` as a screen can bear."""
    if len(span) <= LONGEST:
        return span
    start = min(max(span.start, anchor - LONGEST // 4), span.end - LONGEST)
    return Span(start, start + LONGEST)


def _clipped(text: str, piece: Span, whole: Span, highlights: Sequence[Span], look: Look) -> list[Fragment]:
    """`_marked`, with a gap where ``piece`` begins after ``whole`` or ends before it."""
    before = [("", f"{look.signs.gap} ")] if piece.start > whole.start else []
    after = [("", f" {look.signs.gap}")] if piece.end < whole.end else []
    return [*before, *_marked(text, piece, highlights, look), *after]


def article(citation: Citation, look: Look, *, around: int | None = 2, number: int | None = None) -> list[Fragment]:
    """The article of a citation around its place: ``around`` paragraphs on each side, or all of it where None."""
    document = citation.document
    here = paragraph(citation)
    label: list[Fragment] = [(_NUMBER, f"[{number}] ")] if number is not None else []
    title = look.tidy(document.title or file_name(document))
    fragments = _paragraph([*label, (_NAME, title)], look) + _place(citation, look)
    paragraphs = document.paragraphs() or [Span(0, len(document.text))]
    low, high = (0, len(paragraphs)) if around is None else (max(0, here - 1 - around), here + around)
    shown, first = None, 1  # the page whose number was shown last, and which paragraph of the document is its first
    for position, span in enumerate(paragraphs[low:high], low + 1):
        fragments.append(("", "\n"))
        page = document.page(span.start)
        if page is not None and page != shown:
            fragments += _paragraph([("", f"p. {page}")], look)
            shown, first = page, position - document.paragraphs(page).index(span)
        label = [("", f"{position - first + 1}{'>' if position == here else '.'} ".ljust(len(look.indent)))]
        body = _clipped(document.text, _near(span, _anchor(citation)), span, citation.highlights, look)
        fragments += _paragraph([*label, *body], look, look.indent, hanging=True)
    return fragments


# ------------------------------------------------------------------------------------------------------ lines and links


def _paragraph(fragments: Sequence[Fragment], look: Look, indent: str = "", *, hanging: bool = False) -> list[Fragment]:
    """Wrapped lines, each with ``indent`` before it and a line end after it; ``hanging``: not before the first."""
    lines: list[Fragment] = []
    for number, line in enumerate(flow(fragments, max(1, look.columns - len(indent)))):
        lines += [("", "" if hanging and not number else indent), *line, ("", "\n")]
    return _styled(lines, look)


def _styled(fragments: Iterable[Fragment], look: Look) -> list[Fragment]:
    """Fragments as the screen may have them: no styles without colour, links only where asked for."""
    styled: list[Fragment] = []
    for style, text in fragments:
        if not text:
            continue
        link = style.removeprefix("link:") if style.startswith("link:") else ""
        if not look.colour:
            styled.append(("", text))
        elif link and look.links:
            styled += [(ESCAPE, f"\x1b]8;;{link}\x1b\\"), ("", text), (ESCAPE, "\x1b]8;;\x1b\\")]
        else:
            styled.append(("" if link else style, text))
    return styled


def to_plain(fragments: Iterable[Fragment]) -> str:
    """The text alone."""
    return "".join(text for style, text in fragments if style != ESCAPE)


def to_ansi(fragments: Iterable[Fragment]) -> str:
    """The text with SGR codes around what is styled; each style ends where its text ends, before a line end."""
    out = []
    for style, text in fragments:
        codes = ";".join(_SGR[word] for word in style.split() if word in _SGR)
        out.append(f"\x1b[{codes}m{text}\x1b[0m" if codes and text.strip("\n") else text)
    return "".join(out)


def file_url(path: str) -> str:
    """``file://`` with every byte that is not plain in an absolute path percent-encoded."""
    return "file://" + quote(path.encode("utf-8", "replace" if _is_torn(path) else "surrogateescape"), safe="/-._~")


def _is_torn(path: str) -> bool:
    """Whether ``path`` holds half a surrogate pair, which no file name can give."""
    return any("\ud800" <= char < "\udc80" or "\udcff" < char <= "\udfff" for char in path)


def web_url(url: str) -> str | None:
    """``url`` percent-encoded for a hyperlink, or None where it is not http or https with a host."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        return None
    return quote(url.encode("utf-8", "replace"), safe="/-._~:?#[]@!$&'()*+,;=%")


# ---------------------------------------------------------------------------------------------------------------- JSON


def json(answer: Answer) -> dict[str, Any]:
    """The answer as a JSON object, version 1 (``qa/answer.schema.json``): texts verbatim, offsets in code points.

    A path below the current folder is given relative to it, any other absolute.
    """
    searched = answer.searched
    body: dict[str, Any] = {
        "version": VERSION,
        "question": answer.question.text,
        "answered": answer.answered,
        "confidence": _rounded(answer.confidence),
        "reason": answer.refusal,
        "searched": {
            "documents": searched.documents,
            "passages": searched.passages,
            "unreadable": searched.unreadable,
            "snapshot": searched.snapshot,
        },
        "results": [_result(citation) for citation in answer.citations] if answer.answered else [],
    }
    if answer.parts:
        body["parts"] = [_part(part) for part in answer.parts]
    if not answer.answered:
        body["nearest"] = [_result(citation) for citation in answer.nearest]
    return body


def _part(part: Answer) -> dict[str, Any]:
    """What was asked about one of several people, and which of the results answer it."""
    return {
        "question": part.question.text,
        "speaker": part.question.speaker,
        "answered": part.answered,
        "confidence": _rounded(part.confidence),
        "reason": part.refusal,
        "ranks": [citation.rank for citation in part.citations],
    }


def dumps(body: Mapping[str, Any], *, indent: int | None = None, ascii_only: bool = False) -> str:
    """JSON text that no terminal obeys: what `qa.screen` would replace is escaped, so `json.loads` gives it back.

    >>> dumps({"text": "a\\x9b2J"})
    '{"text": "a\\\\u009b2J"}'
    """
    text = _json.dumps(body, ensure_ascii=ascii_only, indent=indent, allow_nan=False)
    return "".join(map(_escaped, text))


def _escaped(char: str) -> str:
    """One character of JSON text. A line end is ours, of an indented document; DEL is the one control JSON leaves."""
    return char if char == "\n" or safe(char) else _json.dumps(char)[1:-1].replace("\x7f", "\\u007f")


def _article(document: Document) -> dict[str, Any]:
    return {
        "id": document.id,
        "path": shown_path(document.path),
        "part": document.part or None,
        "title": document.title,
        "date": document.date,
        "modified": document.modified,
        "indexed": document.indexed,
        "source": document.source,
        "url": document.url,
        "language": document.language,
    }


def _result(citation: Citation) -> dict[str, Any]:
    document, statement, text = citation.document, citation.statement, citation.document.text
    return {
        "rank": citation.rank,
        "strength": citation.strength,
        "document": _article(document),
        "copies": [_article(copy) for copy in citation.copies],
        "earlier": [_article(version) for version in citation.earlier],
        "superseded_by": citation.superseded_by and _article(citation.superseded_by),
        "page": document.page(_anchor(citation)),
        "paragraph": paragraph(citation),
        "passage": _slice(citation.passage.span, text),
        "highlights": [_slice(span, text) for span in citation.highlights],
        "statement": None if statement is None else _said(statement, document),
        "score": _rounded(citation.hit.score),
        "ranks": {name: int(rank) for name, rank in citation.hit.ranks.items()},
    }


def _said(statement: Statement, document: Document) -> dict[str, Any]:
    text, day = document.text, said_on(document, statement)
    return {
        **_slice(statement.span, text),
        "parts": [[part.start, part.end] for part in statement.parts],
        "speaker": statement.speaker,
        "speaker_as_written": None if statement.mention is None else statement.mention.of(text),
        "kind": statement.kind,
        "cue": None if statement.cue is None else statement.cue.of(text),
        "via": statement.via,
        "said_on": day and day.isoformat(),
        "confidence": _rounded(statement.confidence),
        "negated": statement.negated,
        "modal": statement.modal,
    }


def _slice(span: Span, text: str) -> dict[str, Any]:
    return {"start": span.start, "end": span.end, "text": span.of(text)}


def _rounded(value: float) -> float:
    """Six digits: more would differ between machines (the order of additions) and mean nothing."""
    return round(float(value), 6)


def shown_path(path: str) -> str:
    """``path`` relative to the current folder when it lies in it, else as it is."""
    try:
        return str(Path(path).relative_to(Path.cwd()))
    except (ValueError, OSError):  # elsewhere, or the current folder is gone
        return path


# ------------------------------------------------------------------------------------------- Markdown and the citation


def markdown(answer: Answer) -> str:
    """The answer as Markdown: the question as a heading, the verdict, each result with its text as a quotation."""
    look = Look()
    verdict = to_plain(headline(answer, Look(width=MAX_WIDTH), len(results(answer)))).replace("\n", " ").strip()
    lines = [f"## {_markup(tidy(answer.question.text))}", "", _markup(verdict), ""]
    for number, citation in enumerate(results(answer), 1):
        lines += [f"{number}. **{_markup(tidy(_title(citation)))}** ({_kind(citation)}, {citation.strength})", ""]
        for span in _extent(citation, best=number == 1 and answer.answered):
            for piece in _pieces(citation.document, span):
                lines += [f"   > {_quoted(citation, piece)}", "   >"]
        lines[-1:] = ["", f"   {_markup(source(citation, look))}", ""]
    return "\n".join(lines)


def _quoted(citation: Citation, piece: Span) -> str:
    """One piece of a document in Markdown, the words that answer bold."""
    inside = piece.of(citation.document.text)
    local = [Span(m.start - piece.start, m.end - piece.start) for h in citation.highlights if len(m := _meet(h, piece))]
    out, at = "", 0
    for mark in snap(inside, local):
        words = _markup(tidy(mark.of(inside)).strip())
        out += _markup(tidy(inside[at : mark.start])) + (f"**{words}**" if words else "")
        at = mark.end
    return out + _markup(tidy(inside[at:]))


def _markup(text: str) -> str:
    """``text`` with what Markdown or HTML would read as markup escaped."""
    text = re.sub(r"([\\`*_\[\]<>&|~#])", r"\\\1", text)
    return re.sub(r"^(\s*)([-+=]|\d+[.)])", r"\1\\\2", text)


def _dates(citation: Citation) -> list[str]:
    """ "said 2017-01-27", "published 2017-01-30 12:00 +03:00", "modified 2017-01-31", "indexed 2026-11-26"."""
    document, statement = citation.document, citation.statement
    said = said_on(document, statement) if statement is not None else None
    told = {
        "said": said and said.isoformat(),
        "published": document.date,
        "modified": document.modified,
        "indexed": document.indexed and document.indexed[:10],
    }
    return [f"{name} {moment(date)}" for name, date in told.items() if date]


def moment(date: str) -> str:
    """An ISO day, or a time to the minute with its zone.

    >>> moment("2017-01-30"), moment("2017-01-30T12:00:07"), moment("2017-01-30T12:00:00+00:00")
    ('2017-01-30', '2017-01-30 12:00', '2017-01-30 12:00 UTC')
    """
    day, _, clock = date.partition("T")
    return " ".join(filter(None, (day, clock[:5], clock[8:].replace("+00:00", "UTC"))))


def source(citation: Citation, look: Look | None = None) -> str:
    """Where a citation stands, in full: title, outlet, author, dates, URL or path, paragraph, characters, file hash."""
    look = look or Look()
    document = citation.document
    opening, closing = look.signs.quote
    start, end = _cited(citation)
    parts = [
        f"{opening}{document.title}{closing}" if document.title else None,
        document.source,
        document.author,
        *_dates(citation),
        citation.superseded_by and _superseded(citation.superseded_by),
        document.url or document.location,
        place(citation),
        f"characters {start}-{end}",
        f"BLAKE2b-128 of the {'article' if document.part else 'file'} {document.id}",
    ]
    return look.tidy(", ".join(part for part in parts if part))


_QUOTES = frozenset("\"'“”„«»‘’")  # a quotation brings its own marks


def cite(citation: Citation, look: Look | None = None) -> str:
    """One line to paste: the words, who said them, and `source`.

    A statement in several parts is quoted with a gap between them; a passage by the words that answer.
    """
    look = look or Look()
    text = citation.document.text
    statement = citation.statement
    spans = statement.parts if statement is not None else citation.highlights or (citation.passage.span,)
    words = f" {look.signs.gap} ".join(look.tidy(span.of(text)).strip() for span in spans)
    opening, closing = ("", "") if words[:1] in _QUOTES and words[-1:] in _QUOTES else look.signs.quote
    who = "" if statement is None else f"{look.tidy(said_by(statement))} ({_kind(citation)}), "
    return f"{opening}{words}{closing} {look.signs.dash} {who}{source(citation, look)}"


def _cited(citation: Citation) -> tuple[int, int]:
    """From the first to the last character that `cite` quotes."""
    if citation.statement is not None:
        return citation.statement.span.start, citation.statement.span.end
    spans = citation.highlights or (citation.passage.span,)
    return spans[0].start, spans[-1].end
