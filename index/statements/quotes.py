"""Quotation marks: where a quotation begins and ends inside one paragraph.

Owns the state machine over marks and the test that tells speech from scare quotes and titles. Knows nothing of
speakers, cues or sentences. State never leaks out of a paragraph: a mark left open ends with it, as the convention for
quotations of several paragraphs wants.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from typing import Final

from index.statements.lexicon import listed

# A mark that can only open, and the marks that may close what it opened.
CLOSERS: Final = {"“": '”“"', "„": "“”", "«": "»", "‟": "”", "``": "''”", '"': '"”“', "''": "''", "”": "”"}
MARK: Final = re.compile(r"[“”„‟«»\"]|``|''")
ANY_MARK: Final = re.compile(r"[“”„‟«»\"‘]|``|''|(?<![\w.,!?])'")
SINGLE_OPEN: Final = re.compile(r"(?<![\w’'.,!?])(?:‘|'(?=\w))(?!\d0s\b|[Tt]is\b|[Tt]was\b|em\b|til\b)")
SINGLE_CLOSE: Final = re.compile(r"(?<=[\w.,!?…])['’](?!\w)")
WORD: Final = re.compile(r"\w[\w’'-]*")
TERM_WORDS: Final = 2  # up to two words without closing punctuation: a scare quote
TITLE_WORDS: Final = 9  # up to nine words, every longer one capitalised: the title of a work
SMALL_WORDS: Final = frozenset(listed("a an and at by for from in of on or the to vs with"))  # lower case in titles
# What leads to a work's title, whose marks then hold the full stop of the sentence: he said on the paper's "Night Desk."
LEADS_TO_TITLE: Final = re.compile(
    r"(?:['’]s|[sS]['’]|\b(?:on|with|podcast|show|series|program(?:me)?|film|movie|book|song|album)) $"
)
SINGLE_MIN_WORDS: Final = 3  # fewer words between single marks are a term, or an apostrophe gone astray


@dataclass(frozen=True, slots=True)
class Quotation:
    """A quotation with its marks, ``[start, end)`` in the document; ``inner`` leaves the marks out.

    ``is_term`` says that the marks hold a term, a nickname or a title rather than speech; ``closed`` that the closing
    mark was there.
    """

    start: int
    end: int
    inner_start: int
    inner_end: int
    closed: bool
    is_term: bool
    words: int
    comma: bool = False  # whether the quotation ends with a comma of the sentence around it
    opens_with: str = ""  # its first word, in lower case where it is written so


def quotations(text: str, start: int, end: int) -> list[Quotation]:
    """The quotations of the paragraph ``text[start:end]``, in order, outermost only.

    >>> [text[q.start:q.end] for text in ['He said: "We go." She did not.'] for q in quotations(text, 0, len(text))]
    ['"We go."']
    """
    if ANY_MARK.search(text, start, end) is None:
        return []
    found = _double(text, start, end)
    edges = [start, *(edge for q in found for edge in (q.start, q.end)), end]
    for left, right in zip(edges[::2], edges[1::2], strict=True):
        found.extend(_single(text, left, right))
    found.sort(key=lambda q: q.start)
    return found


def _double(text: str, start: int, end: int) -> list[Quotation]:
    found: list[Quotation] = []
    opened: tuple[int, str] | None = None  # where, and with which mark
    for match in MARK.finditer(text, start, end):
        mark, at = match.group(), match.start()
        before = text[at - 1] if at > start else " "
        after = text[match.end()] if match.end() < end else " "
        if _is_measure(mark, before, after, opened is not None):
            continue
        if opened is None:
            if _can_open(mark, before, after):
                opened = (at, mark)
            elif not found and _leads(text, start, at):  # a closing mark whose opening one is missing
                found.append(_make(text, (start, match.end()), (start, at)))
        elif mark in CLOSERS[opened[1]] and not _reopens(mark, before, after):
            found.append(_make(text, (opened[0], match.end()), (opened[0] + len(opened[1]), at)))
            opened = None
        elif mark == opened[1] and _reopens(mark, before, after):  # the closing mark was forgotten
            cut = opened[0] + len(text[opened[0] : at].rstrip())
            found.append(_make(text, (opened[0], cut), (opened[0] + len(opened[1]), cut), closed=False))
            opened = (at, mark)
    if opened is not None:
        last = end - (len(text[start:end]) - len(text[start:end].rstrip()))
        if last > opened[0] + len(opened[1]):
            found.append(_make(text, (opened[0], last), (opened[0] + len(opened[1]), last), closed=False))
    return found


def _single(text: str, start: int, end: int) -> list[Quotation]:
    found: list[Quotation] = []
    opening = SINGLE_OPEN.search(text, start, end)
    if opening is None:
        return found
    closings = [match.start() for match in SINGLE_CLOSE.finditer(text, opening.end(), end)]
    sure = [at for at in closings if text[at - 1] != "s"]  # no plural possessives
    while opening is not None and (first := bisect_left(closings, opening.end())) < len(closings):
        later = bisect_left(sure, closings[first])
        closing = sure[later] if later < len(sure) else closings[first]
        quotation = _make(text, (opening.start(), closing + 1), (opening.end(), closing))
        spoken = quotation.words >= SINGLE_MIN_WORDS
        if spoken:
            found.append(quotation)
        # Of too few words, those that open later and close with the same mark have no more.
        opening = SINGLE_OPEN.search(text, closing + spoken, end)
    return found


def _is_measure(mark: str, before: str, after: str, inside: bool) -> bool:
    """Inches and seconds: 6'2", a 12" pipe."""
    return mark == '"' and before.isdigit() and not inside and not after.isalnum()


def _can_open(mark: str, before: str, after: str) -> bool:
    if mark in "“„«‟" or mark == "``":
        return True
    spaced = not before.isalnum() and before not in ".,!?%…" and not after.isspace()
    return mark in ('"', "''", "”") and spaced


def _reopens(mark: str, before: str, after: str) -> bool:
    """Whether a mark met inside a quotation looks like a new beginning: a space before it and a word after it."""
    return mark in ('"', "“", "''") and (before.isspace() or before == "(") and (after.isalnum() or after == "[")


def _leads(text: str, start: int, at: int) -> bool:
    """Whether what stands before a stray closing mark reads like the rest of a quotation: it ends as one."""
    return at - start > 3 and text[at - 1] in ".,!?…"


def _make(text: str, outer: tuple[int, int], inner: tuple[int, int], *, closed: bool = True) -> Quotation:
    body = text[slice(*inner)]
    words = WORD.findall(body)
    return Quotation(
        *outer,
        *inner,
        closed,
        closed and _is_term(body, words, LEADS_TO_TITLE.search(text, max(0, outer[0] - 12), outer[0]) is not None),
        len(words),
        body.endswith(","),
        words[0] if words else "",
    )


def _is_term(inner: str, words: list[str], led: bool) -> bool:
    """``led``: what stands before the marks leads to a title."""
    last = inner.rstrip()[-1:]
    if last in (".", "!", "?", "…") and not (led and last == "."):
        return False
    names = [word for word in words if word not in SMALL_WORDS]
    title = 1 < len(words) <= TITLE_WORDS and bool(names) and all(not word[0].islower() for word in names)
    title = title and not inner.isupper() and not re.search(r"[.!?] ", inner)
    if last == ".":
        return title and len(names) > 1
    if last == ",":  # American usage puts the sentence's comma inside the marks of a title
        return (title and len(names) > 1) or (len(words) <= TERM_WORDS and inner[:1].islower())
    return title or len(words) <= TERM_WORDS
