"""What a result is called: who said it and through whom, how, on which day, in which version, where else.

Owns these words. Refuses to know where on a page they stand and how wide it is.
"""

from __future__ import annotations

from index.types import Document, Statement
from qa.render import places
from qa.said import said_on
from qa.types import Citation
from qa.versions import revision
from qa.wording import counted, listed, short

LONGEST = 160  # characters of a title beside a result, two lines: some pages have a whole paragraph for one
NAMED_COPIES = 3  # articles named beside a result; where there are more, they are counted

_ANOTHER = {"surely": "another speaker, ", "perhaps": "not known as such, "}
_KINDS = {"direct": "direct quote", "indirect": "paraphrase", "mixed": "partly quoted"}


def title(citation: Citation) -> str:
    """Who said it, or what the passage is of."""
    statement = citation.statement
    if statement is None:
        return headline(citation.document) or places.file_name(citation.document)
    return said_by(statement)


def headline(document: Document) -> str:
    """The title, the end of a long one left out; empty where there is none."""
    return short(document.title or "", LONGEST)


def said_by(statement: Statement) -> str:
    """The speaker and who relayed it; a speaker who is not clear is not asserted."""
    if statement.speaker is None:
        verb = "reports" if statement.kind == "indirect" else "quotes"
        return f"The article {verb} this without a clear speaker"
    return statement.speaker + (f", according to {statement.via}" if statement.via else "")


def kind(citation: Citation) -> str:
    """ "direct quote", "paraphrase, negated", "passage", "passage, superseded"."""
    statement, superseded = citation.statement, ", superseded" * (citation.superseded_by is not None)
    if statement is None:
        return "passage" + superseded
    said = _KINDS[statement.kind] + ", negated" * statement.negated + ", hypothetical" * statement.modal
    return said + superseded


def manner(citation: Citation) -> str:
    """How it was said, and of a near miss that somebody else said it, as far as is known: "another speaker, direct quote"."""
    return _ANOTHER.get(citation.another or "", "") + kind(citation)


def attribution(citation: Citation) -> str:
    """Whose the quoted words are: "Sergei Lavrov (direct quote)", but a paraphrase is the source's, in the source's words: "the
    source, paraphrasing Sergei Lavrov (negated)". Empty for a passage."""
    statement = citation.statement
    if statement is None:
        return ""
    if statement.kind != "indirect" or statement.speaker is None:
        return f"{said_by(statement)} ({kind(citation)})"
    _, _, more = kind(citation).partition(", ")
    return f"the source, paraphrasing {said_by(statement)}" + (f" ({more})" if more else "")


def titled(document: Document) -> str:
    """Outlet, title, day and file, as far as there are any."""
    day = (document.date or "")[:10]
    return ", ".join(filter(None, (document.source, document.title, day, places.file_name(document))))


def copies(citation: Citation) -> str:
    """ "also in TASS and b.txt", "also carried by 6 others, first by TASS on 2017-01-29"."""
    carried, own = citation.copies, citation.document.source
    names = list(dict.fromkeys((copy.source != own and copy.source) or places.file_name(copy) for copy in carried))
    told = (
        f"also in {listed(names)}"
        if len(names) <= NAMED_COPIES
        else f"also carried by {counted(len(carried), 'other')}"
    )
    day, first = min(((copy.date or "~", copy) for copy in carried), key=lambda pair: (pair[0], pair[1].path))
    if day[:10] < (citation.document.date or "~")[:10]:
        told += f", first by {first.source or places.file_name(first)} on {day[:10]}"
    return told


def earlier(citation: Citation) -> str:
    """ "corrected on 2017-01-31; replaces a.html of 2017-01-30"."""
    named = [" of ".join(filter(None, (places.file_name(one), (one.date or "")[:10]))) for one in citation.earlier]
    told = " and ".join(named) if len(named) < NAMED_COPIES else f"{len(named):,} versions, the first {named[0]}"
    return f"{changed(citation.document)}; replaces {told}"


def superseded(newest: Document) -> str:
    """ "superseded: no more in a.html, corrected on 2017-01-31"."""
    return f"superseded: no more in {places.file_name(newest)}, {changed(newest)}"


def changed(document: Document) -> str:
    """ "corrected on 2017-01-31"; of a version that does not say how it differs, "version of 2017-01-31"."""
    revised, day = revision(document), (document.modified or document.date or "")[:10]
    return f"{revised.kind}{f' on {day}' * bool(day)}" if revised else f"version of {day}"


def dates(citation: Citation) -> list[str]:
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
