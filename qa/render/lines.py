"""How a line is drawn: on how many columns, with which marks, styles and links.

Owns the screen as a value (`Look`), the breaking of lines and what becomes of a style. Refuses to know what an answer is.

Styles are words that prompt_toolkit also knows (``bold``, ``underline``, ``ansigreen``); a ``link:URL`` word becomes an
OSC 8 hyperlink. Colour never says anything alone: where there is none, ⟦ ⟧ stand around the words that answer.
"""

from __future__ import annotations

from codecs import lookup
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from urllib.parse import quote, urlsplit

from qa.screen import Fragment, flow, tidy

MAX_WIDTH = 100  # longer lines are hard to read; the rest of a wide screen stays empty

ESCAPE = "[ZeroWidthEscape]"  # prompt_toolkit's name for what is written raw and takes no cell

NUMBER = "bold ansicyan"
NAME = "bold"
ANSWER = "bold underline"
NOTE = "ansiyellow"

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
# What typewriters had instead. A quotation whose marks show as \u201c is hardly one.
_TYPED = {"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "‚": "'", "–": "-", "—": "-", "…": "...", "\u00a0": " "}
_ASCII = Signs("-", "[...]", "...", "[[", "]]", "-", "->", ('"', '"'))


@dataclass(frozen=True, slots=True)
class Look:
    """How a screen is drawn on: its columns, whether it takes colour, what its encoding can write.

    ``explain`` adds scores and ranks to a result; ``links`` adds hyperlinks where ``colour`` is on.
    """

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
            marks.encode(_known(self.encoding))
        except UnicodeEncodeError:
            return _ASCII
        return _SIGNS

    def fit(self, text: str) -> str:
        """Clean ``text`` as the encoding can write it, before widths are counted: a punctuation mark it lacks as the one of
        ASCII, what else it lacks as ``\\u…``."""
        encoding = _known(self.encoding)
        return text.translate(_lacking(encoding)).encode(encoding, "backslashreplace").decode(encoding)

    def tidy(self, text: str) -> str:
        """Untrusted text on one line of this screen."""
        return self.fit(tidy(text))


def _known(encoding: str) -> str:
    """The encoding, or ASCII for one that Python does not know."""
    with suppress(LookupError):
        return lookup(encoding).name
    return "ascii"


@cache
def _lacking(encoding: str) -> dict[int, str]:
    """Punctuation marks that an encoding cannot write, and what stands for each."""
    return {ord(mark): plain for mark, plain in _TYPED.items() if not mark.encode(encoding, "ignore")}


def wrapped(fragments: Sequence[Fragment], look: Look, indent: str = "", *, hanging: bool = False) -> list[Fragment]:
    """Wrapped lines, each with ``indent`` before it and a line end after it; ``hanging``: not before the first."""
    lines: list[Fragment] = []
    for number, line in enumerate(flow(fragments, max(1, look.columns - len(indent)))):
        lines += [("", "" if hanging and not number else indent), *line, ("", "\n")]
    return styled(lines, look)


def under(text: str, look: Look, style: str = "") -> list[Fragment]:
    """A paragraph of untrusted ``text`` below the head of an item."""
    return wrapped([(style, look.tidy(text))], look, look.indent)


def styled(fragments: Iterable[Fragment], look: Look) -> list[Fragment]:
    """Fragments as the screen may have them: no styles without colour, links only where asked for."""
    drawn: list[Fragment] = []
    for style, text in fragments:
        if not text:
            continue
        link = style.removeprefix("link:") if style.startswith("link:") else ""
        if not look.colour:
            drawn.append(("", text))
        elif link and look.links:
            drawn += [(ESCAPE, f"\x1b]8;;{link}\x1b\\"), ("", text), (ESCAPE, "\x1b]8;;\x1b\\")]
        else:
            drawn.append(("" if link else style, text))
    return drawn


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
