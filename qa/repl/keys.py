"""The line that is being typed: its keys, what is pasted into it, what Tab and history offer, how it is drawn.

Owns the session of prompt_toolkit, and how long a line may grow. Refuses to know what a line does.
"""

from __future__ import annotations

from collections.abc import Callable

from prompt_toolkit import PromptSession
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.completion import Completer
from prompt_toolkit.enums import EditingMode
from prompt_toolkit.filters import Condition
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys
from prompt_toolkit.output import ColorDepth
from prompt_toolkit.shortcuts import CompleteStyle
from prompt_toolkit.styles import Style

from qa.config import Settings
from qa.repl.display import PROMPT
from qa.repl.history import PrivateHistory
from qa.repl.lines import LONGEST_PASTE, LONGEST_QUESTION, lines_of
from qa.repl.terminal import Terminal


class Line:
    """What stands behind the prompt, one line after the other."""

    def __init__(self, settings: Settings, terminal: Terminal, completer: Completer, bar: Callable[[], str]) -> None:
        """``bar`` gives the toolbar, where the terminal has one."""
        self.cut = False  # whether the line lost text, because it is too long
        self._session: PromptSession[str] = PromptSession(
            PROMPT,
            input=terminal.input,
            output=terminal.output,
            history=PrivateHistory(settings.history),
            completer=completer,
            complete_while_typing=False,
            complete_style=CompleteStyle.READLINE_LIKE if terminal.plain else CompleteStyle.COLUMN,
            auto_suggest=None if terminal.plain else AutoSuggestFromHistory(),  # a screen reader would read them out
            enable_history_search=True,
            enable_open_in_editor=True,
            enable_suspend=True,
            editing_mode=EditingMode.VI if settings.vi else EditingMode.EMACS,
            key_bindings=self._keys(),
            bottom_toolbar=(lambda: FormattedText([("", bar())])) if terminal.toolbar else None,
            color_depth=None if terminal.colour else ColorDepth.DEPTH_1_BIT,
            style=Style([("bottom-toolbar", "noreverse")]),
            reserve_space_for_menu=4,
        )

    def read(self) -> str:
        """The next line, which `cut` is about.

        Raises EOFError at Ctrl-D, KeyboardInterrupt at Ctrl-C, OSError where the terminal is gone.
        """
        self.cut = False
        return self._session.prompt()

    def redraw(self) -> None:
        """Draws it anew with its toolbar; from any thread, and nothing where no line is being typed."""
        self._session.app.invalidate()

    def _keys(self) -> KeyBindings:
        keys = KeyBindings()

        @keys.add("escape", "enter")
        def _newline(event: KeyPressEvent) -> None:
            event.current_buffer.insert_text("\n")

        @keys.add(Keys.BracketedPaste)
        def _paste(event: KeyPressEvent) -> None:
            lines = lines_of(event.data[:LONGEST_PASTE])
            longest = LONGEST_QUESTION if len(lines) == 1 else LONGEST_PASTE
            text, room = "\n".join(lines), max(0, longest - len(event.current_buffer.text))
            if len(text) > room or len(event.data) > LONGEST_PASTE:
                self.cut = True
            event.current_buffer.insert_text(text[:room])

        @keys.add(Keys.Any, filter=Condition(self._is_full))
        def _ignore(_: KeyPressEvent) -> None:
            self.cut = True

        return keys

    def _is_full(self) -> bool:
        return len(self._session.default_buffer.text) >= LONGEST_QUESTION
