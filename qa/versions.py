"""The same story in several articles: who else carries what a citation shows, how their words differ, which version holds.

Owns when two results are one, which article is named beside it, when one version of an article supersedes another, and the
comparison of two versions. Refuses to know how copies are found (the store does) and how differences look.

Of two copies one supersedes the other only where they have one address, or one outlet and one title; where it is later, or
says that it was corrected; and where it keeps most of what the other says. An article of its own that is called a
correction would be worse than a correction that is missed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Literal, get_args
from urllib.parse import urlsplit

from index.types import Document, Passage, Span, Statement, later
from qa.question import stems_of
from qa.types import Citation

if TYPE_CHECKING:
    from index.store import Snapshot

_WORD = re.compile(r"\w+")
# Two articles that share so much of what is shown took it from one another, or from one source; shorter words may agree by
# chance.
ALIKE, STEMS = 0.9, 6
LONGEST_COMPARED = 3_000  # paragraphs of both articles together; the comparison takes their product

RUN = 5  # words; copies are found by runs of so many
KEPT = 0.5  # of the older version's runs in one at its address, or one that says it was changed
KEPT_SILENTLY = 0.8  # … in one that only is later: with less it is a new story, or a cut one, which withdraws nothing
HOURS = 24  # within which an outlet sends a story again; weekly notices, too, have one title, and other numbers
DAYS = 30  # within which a correction that names no address is one of that article
TITLED = 0.7  # of the stems of the shorter title
ENDS = 4  # blocks at either end of an article, where it says that it was changed; in its midst that is said of something else
LONGEST_NOTE = 600  # characters; a longer paragraph is part of the story


@dataclass(frozen=True, slots=True)
class Change:
    """Paragraphs that one version has where the other has others, or none. ``words`` are those that differ in them."""

    before: tuple[Span, ...]
    after: tuple[Span, ...]
    words_before: tuple[Span, ...] = ()
    words_after: tuple[Span, ...] = ()


Kind = Literal["corrected", "clarified", "updated"]


@dataclass(frozen=True, slots=True)
class Revision:
    """That an article says it was changed: how, and where it says so; None where its title does."""

    kind: Kind
    note: Span | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """Another article that carries the story; ``changes`` lead from the cited one to it, in the order of the text.

    ``relation`` is what it is to the cited one: an earlier version, which that supersedes, a later one, or a copy.
    """

    document: Document
    changes: tuple[Change, ...]
    relation: Literal["earlier", "later", "copy"] = "copy"


def gather(snapshot: Snapshot, cited: Sequence[Citation], most: int, until: str | None = None) -> list[Citation]:
    """The first ``most`` results, each once: neither a statement that another article carries almost word for word, nor the
    same words in a copy of an article already cited, is another result.

    Each is cited from the newest version that has its words, and names as its copies all articles that carry them, oldest
    first. What only a superseded version says is marked so, and stands after what the newest one surely says. Of a day
    after ``until`` nothing is named and nothing supersedes: it was not asked for.
    """
    gathered: list[Citation] = []
    shown: dict[tuple[str, ...], list[str]] = {}
    copies_of = snapshot.copies_of({citation.document.id for citation in cited})
    for citation in _stated_once(snapshot, cited, until):
        if len(gathered) == most:
            break
        words, copies = _shown(citation), copies_of[citation.document.id]
        if not set(copies).isdisjoint(shown.get(words, ())):
            continue
        shown.setdefault(words, []).append(citation.document.id)
        story = {id_: copy for id_, copy in snapshot.documents(copies).items() if _is_there(copy, until)}
        carriers = {document.id: document for document in citation.copies}
        carriers |= {id_: copy for id_, copy in story.items() if _carries(copy, words)}
        citation = replace(citation, copies=tuple(sorted(carriers.values(), key=_age)))  # noqa: PLW2901
        gathered.append(_as_it_is_now(snapshot, citation, list(story.values())))
    return [replace(citation, rank=rank) for rank, citation in enumerate(_current_first(gathered), 1)]


def _is_there(document: Document, until: str | None) -> bool:
    """Whether this version is not of a day after ``until``."""
    return not (until and (_when(document) or "")[:10] > until)


def unwritten(snapshot: Snapshot, documents: Iterable[Document], until: str | None) -> set[str]:
    """The ids of those that came about on a day after ``until`` out of a version that was there on it. What was changed
    later and stands in the index only so is none of them: it is all there is of its article."""
    return {
        document.id
        for document in documents
        if not _is_there(document, until)
        and any(
            _is_there(copy, until) and supersedes(document, copy)
            for copy in snapshot.documents(snapshot.copies(document.id)).values()
        )
    }


def _stated_once(snapshot: Snapshot, cited: Sequence[Citation], until: str | None) -> list[Citation]:
    """Every statement as the first article has it, or a version that supersedes that article; the others that carry it are
    its copies."""
    once: list[Citation] = []
    said: list[frozenset[str]] = []
    for citation in cited:
        stems = _stems(citation) if citation.statement else frozenset()
        first = next((i for i, other in enumerate(once) if _restates(citation, other) and _alike(stems, said[i])), None)
        if first is None:
            once.append(citation)
            said.append(stems)
            continue
        kept, other = once[first], citation
        newer = _is_there(other.document, until) and supersedes(other.document, kept.document)
        if newer and other.document.id in snapshot.copies(kept.document.id):
            kept, other = other, kept
        once[first], said[first] = replace(kept, copies=(*once[first].copies, other.document)), _stems(kept)
    return once


def _restates(one: Citation, other: Citation) -> bool:
    """Whether two articles may carry one statement."""
    return one.document.id != other.document.id and one.statement is not None and other.statement is not None


def _stems(citation: Citation) -> frozenset[str]:
    return stems_of(" ".join(part.of(citation.document.text) for part in citation.highlights))


def _alike(here: frozenset[str], there: frozenset[str]) -> bool:
    """Whether they are one statement: nine in ten of the stems of both, of six or more."""
    fewer, more = sorted((len(here), len(there)))
    return fewer >= max(STEMS, ALIKE * more) and len(here & there) >= ALIKE * len(here | there)


def _as_it_is_now(snapshot: Snapshot, citation: Citation, story: Sequence[Document]) -> Citation:
    """A result out of the newest version of its article, the earlier ones named. Where that has other words, the result says
    which supersedes it, and is no strong one any more."""
    newest = _newest(citation.document, story)
    if newest is not None and not _carries(newest, _shown(citation)):
        strength = "fair" if citation.strength == "strong" else citation.strength
        return replace(citation, superseded_by=newest, strength=strength)
    copies = {document.id: document for document in citation.copies}
    if newest is not None and (moved := _moved(snapshot, citation, newest)):
        copies[citation.document.id] = citation.document
        citation = moved
    versions = {document.id: document for document in story} | copies
    earlier = [document for document in versions.values() if supersedes(citation.document, document)]
    gone = {citation.document.id, *(document.id for document in earlier)}
    others = [document for id_, document in copies.items() if id_ not in gone]
    return replace(citation, copies=tuple(sorted(others, key=_age)), earlier=tuple(sorted(earlier, key=_age)))


def _newest(document: Document, story: Sequence[Document]) -> Document | None:
    """The version of a story that supersedes a document, and that none of the others supersedes."""
    newer = [other for other in story if supersedes(other, document)]
    return next((one for one in newer if not any(supersedes(other, one) for other in newer)), None)


def _moved(snapshot: Snapshot, citation: Citation, to: Document) -> Citation | None:
    """The same words cited from another article that carries them; None where they are not found in one of its passages."""
    for passage in snapshot.passages_of(to.id):
        parts = _found(citation.document, citation.hit.parts or citation.passage.sentences, to, passage)
        if not parts:
            continue
        statement = citation.statement
        if statement is not None:
            said = snapshot.statements_of([passage.id])[passage.id]
            alike = (one for one in said if _same_parts(to, one, citation.document, statement))
            found = next(alike, None)
            if found is None:
                continue
            statement = replace(found, speaker=statement.speaker, via=statement.via)
        hit = replace(citation.hit, passage=passage, statement=statement, parts=parts if citation.hit.parts else ())
        return replace(citation, document=to, hit=hit, highlights=parts if citation.highlights else ())
    return None


def _same_parts(here: Document, one: Statement, there: Document, other: Statement) -> bool:
    words = (" ".join(_words(part.of(d.text)) for part in s.parts) for d, s in ((here, one), (there, other)))
    return len(set(words)) == 1


def _found(document: Document, parts: Sequence[Span], to: Document, within: Passage) -> tuple[Span, ...]:
    """Where the words of ``parts``, piece by piece and in order, stand in a passage; empty where not all do."""
    spans = _word_spans(to, [within.span])
    words = [_folded(span.of(to.text)) for span in spans]
    found: list[Span] = []
    at = 0
    for part in parts:
        piece = _words(part.of(document.text)).split()
        starts = range(at, len(words) - len(piece) + 1)
        start = next((i for i in starts if words[i : i + len(piece)] == piece), None) if piece else None
        if start is None:
            return ()
        at = start + len(piece)
        whole = _with_its_marks(to.text, Span(spans[start].start, spans[at - 1].end), part, document.text)
        found.append(Span(max(whole.start, within.span.start), min(whole.end, within.span.end)))
    return tuple(found)


def _with_its_marks(text: str, words: Span, part: Span, of: str) -> Span:
    """The span of a piece's words with the quotation marks and stops around them, as far as both texts have them."""
    original = part.of(of)
    found = list(_WORD.finditer(original))
    before, after = original[: found[0].start()], original[found[-1].end() :]
    start = words.start - len(before) if text[: words.start].endswith(before) else words.start
    end = words.end + len(after) if text.startswith(after, words.end) else words.end
    return Span(start, end)


def _current_first(citations: Sequence[Citation]) -> list[Citation]:
    """The results, each that is superseded after what is cited from the version that supersedes it and is not weak."""
    ordered = list(citations)
    for old in citations:
        newest = old.superseded_by.id if old.superseded_by else None
        firm = [n for n, one in enumerate(ordered) if one.document.id == newest and one.strength != "weak"]
        at = next(n for n, one in enumerate(ordered) if one is old)
        if firm and firm[-1] > at:
            ordered.insert(firm[-1], ordered.pop(at))
    return ordered


# --------------------------------------------------------------------------------------------------- versions of an article


def supersedes(newer: Document, older: Document) -> bool:
    """Whether of two copies ``newer`` is a later or corrected version of ``older``, and not another article."""
    one_page = _address(newer) is not None and _address(newer) == _address(older)
    if newer.id == older.id or not (one_page or (_of_one_outlet(newer, older) and _titled_alike(newer, older))):
        return False
    revised, since, until = revision(newer), _when(older), _when(newer)
    if later(since, until) or not (later(until, since) or (revised and not revision(older))):
        return False
    if one_page:
        return _kept(older, newer) >= KEPT
    if revised:
        return _hours(since, until) <= 24 * DAYS and _kept(older, newer) >= KEPT
    timed = min(len(since or ""), len(until or "")) > len("2017-01-30")
    counted = [sorted(_NUMBER.findall(document.title or "")) for document in (newer, older)]  # prices at noon, at six
    return timed and counted[0] == counted[1] and _hours(since, until) <= HOURS and _kept(older, newer) >= KEPT_SILENTLY


def _when(document: Document) -> str | None:
    """When this version came about."""
    return document.modified or document.date


def _hours(since: str | None, until: str | None) -> float:
    """Between two dates, at least; 0 where one is not known."""
    if not since or not until:
        return 0.0
    first, second = (datetime.fromisoformat(date) for date in (since, until))
    if (first.tzinfo is None) != (second.tzinfo is None):
        first, second = first.replace(tzinfo=None), second.replace(tzinfo=None)
    return abs((second - first).total_seconds()) / 3600


_NUMBER = re.compile(r"\d+")
_PASSED_ON = re.compile(r"(?:utm_\w+|fbclid|gclid|ref|src|cmpid|smid|ocid)(?:=|$)")  # of a query: who sent the reader


def _address(document: Document) -> str | None:
    """The address of an article without what only says how one came there; None for that of a whole site."""
    try:
        parts = urlsplit(document.url or "")
        host = re.sub(r"^(?:www|m|amp)\.", "", parts.hostname or "")
    except ValueError:
        return None
    query = "&".join(pair for pair in parts.query.split("&") if pair and not _PASSED_ON.match(pair))
    path = parts.path.rstrip("/")
    return f"{host}{path}?{query}" if host and (path or query) else None


def _of_one_outlet(one: Document, other: Document) -> bool:
    """Whether both name one outlet; what agencies send to others stands at other addresses."""
    hosts = {(_address(document) or "").partition("/")[0] for document in (one, other)} - {""}
    return (
        bool(one.source and other.source)
        and _folded(one.source or "") == _folded(other.source or "")
        and len(hosts) < 2
    )


_TITLE_NOTE = re.compile(
    r"\W*(?:(?P<corrected>correct(?:ed|ion|s)|refile)|(?P<clarified>clarif(?:ied|ication))|(?P<updated>updated?(?: \d+)?)"
    r"|rpt|repeat)\s?\)?\s?(?:[-–—:]|(?<=\))\s)\s*",
    re.I,
)
_ARTICLE = r"(?:story|article|post|report|column|piece|page|dispatch|headline|transcript)"
_NOTES: dict[Kind, re.Pattern[str]] = {
    "corrected": re.compile(
        r"\W*(?:corrections?|corrected|errat(?:a|um)|исправление|поправка)\b\s?(?:\([^()]{1,60}\)\s?)?[:.—–-]"
        r"|\W*(?:this (?:story|version) )?corrects\b"
        rf"|.{{0,60}}\bthis {_ARTICLE}\b.{{0,40}}\b(?:has|have|was) (?:been )?(?:updated (?:and|to) )?(?:later )?"
        r"correct(?:ed)?\b"
        rf"|.{{0,60}}\b(?:earlier|previous|original) versions? of this {_ARTICLE}\b.{{0,200}}\b(?:mis[a-z]{{4,}}|incorrect|"
        r"inaccurate|wrong|erroneous|mistaken|error)",
        re.I,
    ),
    "clarified": re.compile(
        rf"\W*clarifications?\b\s?[:.—–-]|.{{0,60}}\bthis {_ARTICLE} (?:has been|was) clarified\b|\W*уточнение\s?[:.—–-]",
        re.I,
    ),
    "updated": re.compile(
        rf"\W*\((?:updates|adds|recasts)\b|\W*updated?\s?:(?!.{{0,30}}\d)"
        rf"|.{{0,60}}\bthis {_ARTICLE} (?:has been|was) (?:last )?updated\b(?!.{{0,20}}\d)",
        re.I,
    ),
}


def revision(document: Document) -> Revision | None:
    """What an article says of its own change, in its title or at its ends; None where it says nothing.

    The day of the last update, which many sites put under every headline, is nothing said.
    """
    blocks = document.blocks if len(document.blocks) <= 2 * ENDS else document.blocks[:ENDS] + document.blocks[-ENDS:]
    titled = _TITLE_NOTE.match(document.title or "")
    for kind in get_args(Kind):
        if titled and titled[kind]:
            return Revision(kind)
        for span in (block.span for block in blocks if len(block.span) <= LONGEST_NOTE):
            if _NOTES[kind].match(span.of(document.text)):
                return Revision(kind, span)
    return None


def _bare(title: str) -> str:
    """A title without "CORRECTED-UPDATE 2-" before it."""
    while note := _TITLE_NOTE.match(title):
        title = title[note.end() :]
    return title


def _titled_alike(one: Document, other: Document) -> bool:
    here, there = (stems_of(_bare(document.title or "")) for document in (one, other))
    return len(here & there) >= TITLED * max(1, min(len(here), len(there)))


def _kept(older: Document, newer: Document) -> float:
    """How much of the wording of one version the other has, in [0, 1]."""
    old, new = (frozenset(_runs(document)) for document in (older, newer))
    return len(old & new) / max(1, len(old))


def _runs(document: Document) -> Iterator[tuple[str, ...]]:
    words = _words(" ".join(span.of(document.text) for span in document.paragraphs())).split()
    return zip(*(words[n:] for n in range(RUN)), strict=False)


# ------------------------------------------------------------------------------------------------------- how words differ


def versions(snapshot: Snapshot, document: Document) -> list[Version]:
    """The other articles that carry the story of this one, oldest first."""
    found = snapshot.documents(snapshot.copies(document.id)).values()
    return [Version(other, compare(document, other), _relation(document, other)) for other in sorted(found, key=_age)]


def _relation(document: Document, other: Document) -> Literal["earlier", "later", "copy"]:
    if supersedes(document, other):
        return "earlier"
    return "later" if supersedes(other, document) else "copy"


def compare(one: Document, other: Document) -> tuple[Change, ...]:
    """What is not the same in two articles, paragraph by paragraph: letter case, punctuation and space are not looked
    at. Spans are of the text each belongs to."""
    old, new = one.paragraphs(), other.paragraphs()
    if len(old) + len(new) > LONGEST_COMPARED:
        return (Change(tuple(old), tuple(new)),)
    here, there = [_words(span.of(one.text)) for span in old], [_words(span.of(other.text)) for span in new]
    changes = []
    for kind, a, b, c, d in SequenceMatcher(None, here, there, autojunk=False).get_opcodes():
        if kind != "equal":
            changes.append(_change(one, other, old[a:b], new[c:d]))
    return tuple(changes)


def _change(one: Document, other: Document, before: Sequence[Span], after: Sequence[Span]) -> Change:
    """With the words that differ, where there are words on both sides."""
    if not before or not after:
        return Change(tuple(before), tuple(after))
    old, new = _word_spans(one, before), _word_spans(other, after)
    here, there = [_folded(span.of(one.text)) for span in old], [_folded(span.of(other.text)) for span in new]
    matched = SequenceMatcher(None, here, there, autojunk=False).get_opcodes()
    changed = [(a, b, c, d) for kind, a, b, c, d in matched if kind != "equal"]
    return Change(
        tuple(before),
        tuple(after),
        tuple(Span(old[a].start, old[b - 1].end) for a, b, _, _ in changed if b > a),
        tuple(Span(new[c].start, new[d - 1].end) for _, _, c, d in changed if d > c),
    )


def _word_spans(document: Document, paragraphs: Sequence[Span]) -> list[Span]:
    return [
        Span(match.start(), match.end())
        for span in paragraphs
        for match in _WORD.finditer(document.text, span.start, span.end)
    ]


def _shown(citation: Citation) -> tuple[str, ...]:
    """The words of a citation that answer, piece by piece; of a passage of which none is marked, all."""
    text = citation.document.text
    return tuple(_words(span.of(text)) for span in citation.hit.parts or (citation.passage.span,))


def _carries(document: Document, words: tuple[str, ...]) -> bool:
    whole = f" {_words(document.text)} "
    return all(f" {piece} " in whole for piece in words)


def _words(text: str) -> str:
    return _folded(" ".join(_WORD.findall(text)))


def _folded(words: str) -> str:
    return words.casefold()


def _age(document: Document) -> tuple[str, str]:
    """By date; those that give none last."""
    return document.date or "~", document.path
