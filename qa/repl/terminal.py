"""The terminal that somebody types at and reads from.

Owns what it can do (colour, links, its clipboard) and what stands on its last line while one waits. Refuses to know what is
asked. The line being typed is `qa.repl.keys`.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Callable, Sequence
from typing import TypeVar

from prompt_toolkit import print_formatted_text
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.input import Input, create_input
from prompt_toolkit.output import Output, create_output
from prompt_toolkit.utils import is_dumb_terminal

from qa.config import Settings
from qa.render import Look
from qa.repl.display import Display
from qa.repl.work import Job, typing_kept
from qa.screen import Fragment

LONGEST_COPY = 74_994  # bytes: what xterm and tmux accept in one OSC 52, after base64 100,000
PATIENCE = 0.3  # seconds before the screen says what it waits for
TICK = 0.05  # seconds between two looks at a running job

T = TypeVar("T")


class Terminal(Display):
    """Both sides of it, as prompt_toolkit has them; ``plain`` where it is to be read out, or can do nothing but print.
    ``explain``: answers come with how they were found."""

    attended = True

    def __init__(
        self, settings: Settings, source: Input | None = None, output: Output | None = None, *, explain: bool = False
    ) -> None:
        """The terminal of the process where ``source`` and ``output`` are not given."""
        self.input, self.output = source or create_input(), output or create_output()
        self.plain = settings.plain or is_dumb_terminal()
        self.colour = not self.plain and settings.colour is not False
        self.toolbar = settings.toolbar and not self.plain
        self._explain = explain

    def look(self) -> Look:
        columns = max(1, self.output.get_size().columns)
        links = self.colour and os.environ.get("TERM") != "linux"  # older consoles print the address instead
        return Look(columns, self.colour, self._explain, links=links, encoding=self.output.encoding() or "utf-8")

    def print(self, fragments: Sequence[Fragment]) -> None:
        print_formatted_text(FormattedText(list(fragments)), output=self.output, end="")

    def copy(self, text: str) -> bool:
        """Asks for it (OSC 52); not every terminal does it."""
        data = text.encode("utf-8", "replace")
        if self.plain or len(data) > LONGEST_COPY:
            return False
        self.output.write_raw(f"\x1b]52;c;{base64.b64encode(data).decode()}\x07")
        self.output.flush()
        return True

    def wait(self, job: Job[T], doing: str, told: Callable[[int], str] = lambda _: "") -> T:
        """Ctrl-C asks the job to stop and does not wait for it: KeyboardInterrupt."""
        said = ""
        with typing_kept(self.input):
            try:
                if self.plain:
                    self.say(doing)
                elif not job.wait(PATIENCE):
                    said = self._note(doing, said)
                while not job.wait(TICK):
                    line = told(self.look().columns - len(doing) - 1)
                    if line and not self.plain:
                        said = self._note(f"{doing} {line}", said)
            except KeyboardInterrupt:
                job.stop.set()
                self._note("", said)
                self.say("Cancelled.")
                raise
        self._note("", said)
        return job.result()

    def _note(self, text: str, before: str) -> str:
        """Writes ``text`` over ``before`` on the current line."""
        if text != before:
            look = self.look()
            self.output.write_raw("\r")
            self.output.erase_end_of_line()
            self.output.write(look.tidy(text)[: max(0, look.width - 1)])
            self.output.flush()
        return text
