"""The prompt itself: a line is typed, and what comes of it is printed below, until the user leaves.

Owns when the next line is read and what the toolbar says. Refuses to know what a line does.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from index.errors import Interrupted, QAError
from qa.config import Settings
from qa.repl.complete import CommandCompleter
from qa.repl.conversation import COMMANDS, Conversation, Leave
from qa.repl.doors import Doors
from qa.repl.keys import Line
from qa.repl.lines import lines_of
from qa.repl.terminal import Terminal
from qa.screen import tidy, width, wrap
from qa.wording import counted

if TYPE_CHECKING:
    from prompt_toolkit.input import Input
    from prompt_toolkit.output import Output

    from index.store import Filter

BAR_LINES = 3  # of the toolbar in a narrow window, which hold all filters


class Repl:
    """The prompt. ``source`` and ``output`` are prompt_toolkit's, the terminal's own where not given."""

    def __init__(
        self,
        doors: Doors,
        settings: Settings,
        where: Filter,
        *,
        speaker: str | None = None,
        explain: bool = False,
        source: Input | None = None,
        output: Output | None = None,
    ) -> None:
        self._terminal = Terminal(settings, source, output, explain=explain)
        completer = CommandCompleter(
            lambda: self._talk.facts, [(each.name, each.argument, each.help) for each in COMMANDS]
        )
        self._line = Line(settings, self._terminal, completer, self._bar)
        self._talk = Conversation(doors, settings, where, self._terminal, speaker=speaker, changed=self._line.redraw)

    def run(self) -> int:
        """Until the user leaves: 0; 129 where the terminal went away."""
        self._terminal.say("Ask a question, or ? for help.")
        try:
            while True:
                with suppress(KeyboardInterrupt):
                    self._turn()
                self._talk.learn()  # another process may have written, too
        except (EOFError, Leave):
            return 0
        except OSError:  # the terminal is gone: there is nobody to tell
            return 129
        finally:
            self.close()

    def close(self) -> None:
        """Ends the conversation; no more is asked."""
        self._talk.close()

    def _turn(self) -> None:
        """What was typed or pasted, line by line; of several each is said back, as its answer follows far below."""
        typed = self._line.read()
        waiting = lines_of(typed)
        several = len(waiting) if len(waiting) > 1 else 0
        if several and self._line.cut:
            self._terminal.say(f"Only the first {len(typed):,} characters are used.")
        while waiting:
            if several:
                self._terminal.say_back(waiting[0], first=len(waiting) == several)
            try:
                self._talk.take(waiting.pop(0), cut=self._line.cut and not several)
            except KeyboardInterrupt:
                break
            except QAError as error:
                self._terminal.say(str(error))
                if isinstance(error, Interrupted):
                    break
        if waiting:
            self._terminal.say(f"{counted(len(waiting), 'line')} after it left out.")

    def _bar(self) -> str:
        """The toolbar: filters, the index, and whether the model is still on its way; in a narrow window on some lines."""
        ready, columns = "" if self._talk.loaded else "loading the model", self._terminal.look().columns
        text = tidy(" | ".join(part for part in (self._talk.memory.filters(), self._talk.facts.line, ready) if part))
        lines = [span.of(text) for span in wrap(text, columns)]
        if len(lines) > BAR_LINES:
            lines[BAR_LINES - 1 :] = [_shortened(f"{lines[BAR_LINES - 1]} {lines[BAR_LINES]}", columns)]
        return "\n".join(lines)


def _shortened(text: str, columns: int) -> str:
    """Clean text that does not fit, with a mark where it ends."""
    lines = wrap(text, max(1, columns - 1))
    return text if width(text) <= columns else f"{lines[0].of(text)}…"
