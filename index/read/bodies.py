"""A text that is one field among others, a row's, a message's, an entry's, becomes an Article of its own.

Owns whether such a text is mark-up or plain, and how what its surroundings say of it goes before what it says itself.
Refuses to know what surrounds it: a reader hands in the text and the facts it has already.
"""

from __future__ import annotations

import re

from index.errors import ReadError
from index.read.article import Article
from index.read.blocks import finish
from index.read.characters import require_text, scrub
from index.read.facts import Facts
from index.read.html import read_fragment
from index.read.lines import Line, lines_of, pieces_of

_MARKED_UP = re.compile(
    r"</?(?:p|div|br|h[1-6]|ul|ol|li|span|article|section|blockquote|html|body|table|hl2)\b[^<>]{0,200}/?>", re.I
)
_QUOTED = re.compile(r"(?:>|\|\s?>)")
_INTRODUCES = re.compile(
    r"(?:(?:On|Am|Le|El|Op|Il|Em)\s.{6,200}(?:wrote|schrieb|a écrit|escribió|schreef|ha scritto|escreveu)\W{0,3}"
    r"|.{6,200}(?:писал(?:\(а\)|а)?|пишет)\W{0,3}"
    r"|-{2,}\s?(?:Original Message|Forwarded message|Исходное сообщение)\s?-{2,})$",
    re.I,
)
_SIGNATURE = re.compile(r"--\s?$")


def read_body(text: str, facts: Facts, name: str = "", *, html: bool | None = None) -> Article:
    """The article in a text, marked up or plain (``html``; unless said, its tags decide). ``facts`` go before its own.

    The text of plain prose stays as it is, sign by sign. Raises ReadError where no word is in it.
    """
    text = _required(text)
    if html or (html is None and _MARKED_UP.search(text)):
        found = read_fragment(text, facts)
    else:
        found = finish(text, 0, pieces_of(text, lines_of(text, 0), titled=facts.title is not None), facts)
    return Article(found.text, found.blocks, found.facts, name)


def read_message(text: str, facts: Facts) -> Article:
    """A plain message as `read_body` has it, with what it quotes from another, and its signature, as asides.

    Those lines stay in the text and can be shown, but are no answer: whose words they are, and of what day, stands in
    the message they come from. Where there is nothing else (a forwarded text), they are what the message says.
    """
    text = _required(text)
    lines = lines_of(text, 0)
    apart = _not_its_own(text, lines)
    if len(apart) == len(lines):
        apart = frozenset()
    pieces = pieces_of(text, lines, titled=facts.title is not None, alone=apart)
    for piece in pieces:
        if piece.start in apart:
            piece.role, piece.fixed = "aside", True
    return finish(text, 0, pieces, facts)


def _required(text: str) -> str:
    if not text.strip():
        raise ReadError("no text")
    text = scrub(text).replace("\0", "\ufffd")
    require_text(text)
    return text


def _not_its_own(text: str, lines: list[Line]) -> frozenset[int]:
    """Where the lines start that a message quotes, says whom it quotes, or signs with."""
    apart: set[int] = set()
    signed = False
    for line in lines:
        signed = signed or _SIGNATURE.fullmatch(text, line.start, line.end) is not None
        quoted = _QUOTED.match(text, line.start, line.end) is not None
        if signed or quoted or _INTRODUCES.match(text, line.start, min(line.end, line.start + 300)):
            apart.add(line.start)
    return frozenset(apart)
