"""The same conversation from lines instead of keys: each is said back after the prompt, and answered below it.

Owns what the whole of it comes to, as the exit code. Refuses to know where the lines come from.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, TextIO

from index.errors import UsageError
from qa.config import Settings
from qa.render import Look
from qa.repl.conversation import Conversation, Leave
from qa.repl.display import Page
from qa.repl.doors import Doors

if TYPE_CHECKING:
    from index.store import Filter


class Script:
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
        self._lines, self._page = lines, Page(out, look)
        self._talk = Conversation(doors, settings, where, self._page, speaker=speaker)

    def run(self) -> int:
        """Until the lines end: 2 where one was not understood, else 0 where any question was answered, else 1.

        Raises QAError for what is wrong with more than a line, BrokenPipeError where nobody reads on.
        """
        answered = failed = False
        try:
            for number, line in enumerate(self._lines):
                self._page.say_back(line, first=number == 0)
                try:
                    self._talk.take(line)
                except UsageError as error:
                    failed = True
                    self._page.say(str(error))
                answered = answered or bool(self._talk.memory.answer and self._talk.memory.answer.answered)
        except Leave:
            pass
        finally:
            self._talk.close()
        return UsageError.exit_code if failed else int(not answered)
