"""The same conversation from lines instead of keys: each is said back after the prompt, and answered below it.

Owns what is left out where nobody types: hints on what to press, "Searching…", the history, the model loading behind the
prompt. Refuses to know where the lines come from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, TextIO, TypeVar

from index.errors import UsageError
from qa import render
from qa.config import Settings
from qa.render import Look
from qa.repl.doors import Doors
from qa.repl.prompt import Leave, Repl
from qa.repl.work import Job
from qa.screen import Fragment
from qa.types import Answer

if TYPE_CHECKING:
    from index.store import Filter

T = TypeVar("T")


class Script(Repl):
    """A conversation read from ``lines`` and printed on ``out`` as ``look`` says."""

    def __init__(
        self,
        doors: Doors,
        settings: Settings,
        where: Filter,
        lines: Iterable[str],
        out: TextIO,
        look: Look,
        *,
        speaker: str | None = None,
    ) -> None:
        self._lines, self._out, self._drawn = iter(lines), out, look
        self._answered = self._failed = False
        super().__init__(doors, settings, where, speaker=speaker)
        self._toolbar, self._colour, self._plain = False, look.colour, True

    def run(self) -> int:
        """Until the lines end: 2 where one was not understood, else 0 where any question was answered, else 1.

        Raises QAError for what is wrong with more than a line, BrokenPipeError where nobody reads on.
        """
        try:
            for number, line in enumerate(self._lines):
                self._say_back(line, first=number == 0)
                try:
                    self._take(line)
                except UsageError as error:
                    self._failed = True
                    self._say(str(error))
        except Leave:
            pass
        finally:
            self.close()
        return UsageError.exit_code if self._failed else int(not self._answered)

    def _open(self, settings: Settings, source: object) -> None:
        """No keys are read."""

    def _redraw(self) -> None:
        """No prompt stands open."""

    def _wait(self, job: Job[T], doing: str, told: Callable[[int], str] = lambda _: "") -> T:
        while not job.wait(1.0):
            pass
        return self._outcome(job)

    def _shown_answer(self, answer: Answer) -> None:
        self._answered = self._answered or answer.answered

    def _footer(self, first: int) -> list[Fragment]:
        return []

    def _columns(self) -> int:
        return self._drawn.width

    def _look(self) -> Look:
        return self._drawn

    def _print(self, fragments: Sequence[Fragment]) -> None:
        self._out.write(render.to_ansi(fragments) if self._drawn.colour else render.to_plain(fragments))
        self._out.flush()
