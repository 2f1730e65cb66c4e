"""What Tab offers at the prompt: commands and what goes with them, and speakers inside a question.

Owns which beginnings are completed with what. Refuses to know what a command does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from prompt_toolkit.completion import CompleteEvent, Completer, Completion, PathCompleter
from prompt_toolkit.document import Document as Typed

from index.letters import fold
from qa.repl.doors import Facts
from qa.screen import clean

OFFERED = 20  # names that Tab offers

# What stands before a name: "What did La", "according to An".
_BEFORE_NAME = re.compile(r"\b(?:did|does|has|by|according to)\s+(?=\S)", re.IGNORECASE)
_LETTERS = 2  # of a name inside a question, before any is offered


class CommandCompleter(Completer):
    """Commands and what goes with them (speakers, outlets, languages, files), and speakers inside a question."""

    def __init__(self, facts: Callable[[], Facts], commands: Sequence[tuple[str, str, str]]) -> None:
        """``commands`` are names without the slash, what goes with each, and a line of help."""
        self._facts, self._commands = facts, commands
        self._paths = PathCompleter(expanduser=True)

    def get_completions(self, document: Typed, complete_event: CompleteEvent) -> Iterator[Completion]:
        text = document.text_before_cursor
        if not text.startswith("/"):
            yield from self._in_question(text)
            return
        name, space, argument = text.partition(" ")
        if not space:
            yield from self._named(name)
        elif name == "/speaker":
            yield from self._speakers(argument.lstrip())
        elif name in {"/source", "/language"}:
            facts = self._facts()
            for known in facts.sources if name == "/source" else facts.languages:
                if known.casefold().startswith(argument.casefold()):
                    yield Completion(clean(known), -len(argument))
        elif name in {"/index", "/save"}:
            inner = Typed(argument, len(argument))
            for found in self._paths.get_completions(inner, complete_event):
                yield Completion(found.text, found.start_position, display=clean(found.display_text))

    def _named(self, typed: str) -> Iterator[Completion]:
        """The commands that begin so."""
        for name, argument, told in self._commands:
            if name.startswith(typed[1:]):
                yield Completion(f"/{name}" + " " * bool(argument), -len(typed), display_meta=told)

    def _in_question(self, text: str) -> Iterator[Completion]:
        """Names for what was typed since the first "did", "by", … that a name begins with."""
        for found in _BEFORE_NAME.finditer(text):
            typed = text[found.end() :]
            names = list(self._speakers(typed)) if len(typed) >= _LETTERS else []
            if names:
                yield from names
                return

    def _speakers(self, typed: str) -> Iterator[Completion]:
        """The speakers whose name, or a capital word of it, begins as ``typed`` does, most frequent first."""
        wanted = fold(typed)
        fitting = ((name, n) for name, n in self._facts().speakers.items() if _begins(name, wanted))
        for name, count in islice(fitting, OFFERED):
            yield Completion(clean(name), -len(typed), display_meta=f"{count:,}")


def _begins(name: str, wanted: str) -> bool:
    """Whether the folded ``wanted`` is the beginning of a name or of what follows its first words."""
    if wanted not in fold(name):
        return False
    starts = [0, *(found.start() for found in re.finditer(r"(?<=[\s-])[^\W_a-z]", name))]
    return any(fold(name[start:]).startswith(wanted) for start in starts)
