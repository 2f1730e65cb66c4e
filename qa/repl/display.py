"""What a conversation prints on, whether somebody sits before it or not, and our own lines as they stand there.

Owns how those lines are broken and cleaned. Refuses to know what they say. A terminal is `qa.repl.terminal`.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import TextIO, TypeVar

from qa import render
from qa.render import Look
from qa.repl.work import Job
from qa.screen import Fragment, laid

PROMPT = "qa> "

_SHELL = re.compile(r"(?<!\S)qa (?=(?:index|status)\b(?! --))")  # the commands of the shell that the prompt has too

T = TypeVar("T")


def typed_here(text: str) -> str:
    """``text`` with the commands that it names as they are typed at the prompt."""
    return _SHELL.sub("/", text)


class Display(ABC):
    """Where a conversation is printed. ``attended``: whether somebody may press a key; ``toolbar``: whether one shows the
    filters."""

    attended = False
    toolbar = False

    @abstractmethod
    def look(self) -> Look:
        """How to draw on it, as it is now."""

    @abstractmethod
    def print(self, fragments: Sequence[Fragment]) -> None:
        """Prints what is clean and broken into lines already."""

    @abstractmethod
    def wait(self, job: Job[T], doing: str, told: Callable[[int], str] = lambda _: "") -> T:
        """The job's result, meanwhile saying that one is ``doing`` it; ``told`` gives a line of progress of at most so many
        columns. Raises what the job raises."""

    def copy(self, text: str) -> bool:
        """Puts ``text`` into the clipboard; False where that is not to be had."""
        return False

    def say(self, text: str, *, dim: bool = False, hang: int = 0) -> None:
        """Our own lines, broken between words; what they quote is cleaned, and a command to type is the prompt's own."""
        look = self.look()
        style = "dim" if dim and look.colour else ""
        fragments: list[Fragment] = []
        for line in typed_here(text).split("\n"):
            body = line.lstrip()
            clean = line[: len(line) - len(body)] + look.tidy(body.rstrip())
            fragments += [(style, f"{each}\n") for each in laid(clean, look.columns, hang)]
        self.print(fragments)

    def say_back(self, line: str, *, first: bool) -> None:
        """A line that nobody types now, after the prompt it would have stood behind."""
        look = self.look()
        said = f"{PROMPT}{look.tidy(line.strip())}\n"
        self.print([("", "" if first else "\n"), ("bold" if look.colour else "", said)])


class Page(Display):
    """``out``, which is written from top to bottom."""

    def __init__(self, out: TextIO, look: Look) -> None:
        self._out, self._look = out, look

    def look(self) -> Look:
        return self._look

    def print(self, fragments: Sequence[Fragment]) -> None:
        self._out.write(render.to_ansi(fragments) if self._look.colour else render.to_plain(fragments))
        self._out.flush()

    def wait(self, job: Job[T], doing: str, told: Callable[[int], str] = lambda _: "") -> T:
        while not job.wait(1.0):
            pass
        return job.result()
