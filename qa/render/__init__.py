"""An Answer as somebody reads it: styled lines for a terminal, plain text, JSON, Markdown, a citation to paste.

Owns the wording and the layout. Decides nothing: what answers, how strong it is and what is refused stand in the
Answer. Every text that comes from an article, a file name or a question goes through `qa.screen` on its way to a
screen; JSON keeps it verbatim and escapes what a terminal would obey.

The files, each importing only those before it: lines (how one is drawn) and places (which stretch of a document), names
(what a result is called), verdicts (what was found) and items (a result on a screen), then data (JSON) and paste
(Markdown, a citation).
"""

from __future__ import annotations

from qa.render import verdicts
from qa.render.data import dumps, json
from qa.render.items import article, item, versions
from qa.render.lines import NAME, Look, to_ansi, to_plain, wrapped
from qa.render.paste import cite, markdown
from qa.render.verdicts import notes, split
from qa.screen import Fragment
from qa.types import SHOWN, Answer

__all__ = [
    "Look", "article", "cite", "dumps", "item", "json", "markdown", "notes", "split", "terminal", "to_ansi", "to_plain",
    "versions",
]  # fmt: skip


def terminal(answer: Answer, look: Look, *, shown: int = SHOWN, first: int = 1) -> list[Fragment]:
    """The answer as styled fragments, lines ending in ``\\n``: what was found, notices, ``shown`` numbered results.

    Numbering starts at ``first``. A refusal shows its nearest misses, numbered likewise.
    """
    fragments = verdicts.headline(answer, look, shown)
    if answer.answered and answer.parts:
        return fragments + _sides(answer, look, shown, first)
    seen = verdicts.results(answer)[: verdicts.visible(answer, shown)]
    for offset, citation in enumerate(seen):
        best = offset == 0 and answer.answered
        fragments += [("", "\n"), *item(citation, first + offset, look, best=best, shown=seen[:offset])]
    return fragments


def _sides(answer: Answer, look: Look, shown: int, first: int) -> list[Fragment]:
    """What each of several people said, under a line that says whose it is."""
    fragments: list[Fragment] = []
    for part in answer.parts:
        seen = part.citations[: verdicts.share(answer, shown)]
        told = verdicts.verdict(part, len(seen)) if part.answered else str(part.refusal)
        if part.answered and " by " not in told:
            told = f"{part.question.speaker}: {told}"
        fragments += [("", "\n"), *wrapped([(NAME, look.tidy(f"{look.signs.dash} {told}"))], look)]
        for offset, citation in enumerate(seen):
            fragments += [("", "\n"), *item(citation, first + offset, look, shown=seen[:offset])]
        first += len(seen)
    return fragments
