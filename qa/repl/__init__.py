"""The conversation at the prompt: plain text asks, `/command` acts.

Owns the keys, the commands, the numbers [n] of the session, the history file and what the screen says while it waits.
Refuses to know how an answer is found or worded: it calls its `Doors` and prints what `qa.render` makes of them. The
only module that imports prompt_toolkit.

Everything that touches the index or the model runs on one worker thread, one job after the other, so that the prompt is
there at once, Ctrl-C gives it back within a tenth of a second, and no connection is used by two threads at a time.

The files, each importing only those before it: doors (what is asked of the program), work (the thread), lines (of what is
typed or pasted), memory (the numbers, the last answer, the filters), files (from a citation to its file), display (what it is
printed on), conversation (what a line does: the commands), script (lines that nobody types); and for those that somebody types
terminal, history, complete (Tab), keys (the line being typed), prompt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TextIO

from qa.config import Settings
from qa.render import Look
from qa.repl.doors import Doors, Facts, Index
from qa.repl.script import Script

if TYPE_CHECKING:
    from index.encode import Encoder, Reranker
    from index.store import Filter, Store

__all__ = ["Doors", "Facts", "Index", "Script", "run", "run_lines"]


def run(
    store: Store,
    *,
    encoder: Callable[[], Encoder],
    reranker: Callable[[], Reranker | None],
    settings: Settings,
    where: Filter,
    speaker: str | None = None,
    explain: bool = False,
) -> int:
    """The prompt over an open store until the user leaves: the exit code of `qa`.

    ``encoder`` and ``reranker`` load their models on the first call, on a background thread. ``where`` and ``speaker`` are
    the filters to begin with; ``explain``: answers come with how they were found. Needs a terminal on both sides.
    """
    from qa.repl.prompt import Repl  # prompt_toolkit takes longer than all else here, and lines need none

    return Repl(Index(store, encoder, reranker), settings, where, speaker=speaker, explain=explain).run()


def run_lines(
    store: Store,
    lines: Iterable[str],
    *,
    encoder: Callable[[], Encoder],
    reranker: Callable[[], Reranker | None],
    settings: Settings,
    where: Filter,
    out: TextIO,
    look: Look,
    speaker: str | None = None,
) -> int:
    """The same conversation where nobody types: a line each, printed on ``out``. The exit code, as of `qa ask -`."""
    return Script(Index(store, encoder, reranker), settings, where, lines, out, look, speaker=speaker).run()
