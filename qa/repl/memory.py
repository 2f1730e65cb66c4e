"""What a conversation remembers: its results by number, its last answer, what is not shown yet, and the filters that stay.

Owns which result a number means, for the whole session, and what a line leans on that is about the last answer. Refuses to know
how anything is asked, done or drawn.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from index.errors import UsageError
from qa import dialogue
from qa.types import Answer, Citation

if TYPE_CHECKING:
    from index.store import Filter


@dataclass(slots=True)
class Memory:
    """``where`` and ``speaker`` are the filters; result [n] is ``numbered[n - 1]``, the last answer's first one [``first``]."""

    where: Filter
    speaker: str | None = None
    answer: Answer | None = None
    numbered: list[Citation] = field(default_factory=list)
    first: int = 1
    rest: list[Citation] = field(default_factory=list)  # of the last answer, not shown yet; the weaker ones come last
    listed: list[str] = field(default_factory=list)  # lines of a list, not shown yet

    @property
    def last(self) -> int:
        """The number of the newest result; 0 where there is none."""
        return len(self.numbered)

    @property
    def waiting(self) -> tuple[int, int]:
        """How many results of the last answer are not shown yet: those that are no weaker, and the weaker ones."""
        weaker = min(len(self.rest), len(self.answer.weaker)) if self.answer else 0
        return len(self.rest) - weaker, weaker

    def hear(self, answer: Answer, seen: Sequence[Citation], rest: Sequence[Citation]) -> None:
        """Takes an answer, of whose results those that are ``seen`` get numbers. It ends any list."""
        self.first, self.listed = self.last + 1, []
        self.answer, self.rest = answer, [*rest, *answer.weaker]
        self.numbered += seen

    def more(self, count: int) -> list[Citation]:
        """The next results of the last answer, which get numbers."""
        batch, self.rest = self.rest[:count], self.rest[count:]
        self.numbered += batch
        return batch

    def put_others_first(self) -> None:
        """Of what is not shown yet, puts first whoever has not been seen to speak, then what nobody clearly says."""
        seen = {_speaker(citation) for citation in self.numbered[self.first - 1 :]}
        self.rest.sort(key=lambda citation: 1 if not (who := _speaker(citation)) else 2 * (who in seen))

    def above(self, number: int) -> list[Citation]:
        """The results of the last answer before one of them."""
        return self.numbered[self.first - 1 : number - 1]

    def next_lines(self, count: int) -> list[str]:
        """The next lines of the list."""
        lines, self.listed = self.listed[:count], self.listed[count:]
        return lines

    def in_full(self, text: str, speakers: Iterable[str]) -> str:
        """The question that a follow-up on the last answer stands for; ``speakers`` are the corpus's."""
        said = [citation.statement for citation in self.answer.citations[:1]] if self.answer else []
        spoke = said[0].speaker if said and said[0] else None
        return dialogue.resolve(text, self.answer.question if self.answer else None, speakers, spoke, self.speaker)

    def command(self, line: str) -> tuple[str, str] | None:
        """The command that a line in plain words stands for ("show me the second one") and the number that goes with it, or
        nothing. None for a question."""
        wanted = dialogue.command(line, self.last - self.first + 1, self.answer.question) if self.answer else None
        if wanted is None:
            return None
        name, which = wanted
        if name == "others":
            self.put_others_first()
            name = "more"
        return name, str(-which if which < 0 else self.first - 1 + which) if which else ""

    def pick(self, argument: str) -> tuple[int, Citation]:
        """The one result that is named, with its number. Raises UsageError."""
        [one, *more] = self.picked(argument).items()
        if more:
            raise UsageError("One at a time, please.", "/cite and /copy take several.")
        return one

    def picked(self, argument: str) -> dict[int, Citation]:
        """The results that are named, each once, by number: "2", "[1] [3]", "1, 3", "2-4"; where nothing is, that of an answer
        which has but one. Raises UsageError where there is no such."""
        if not self.last:
            raise UsageError("There are no results yet.", "Ask a question first.")
        if not argument and self.first == self.last:
            return {self.last: self.numbered[-1]}
        named: list[int] = []
        for part in re.split(r"[,;\s]+|(?<=\])(?=\[)", argument.strip(" ,;")):
            found = re.fullmatch(r"\[?([0-9]{1,9})\]?(?:[-–]\[?([0-9]{1,9})\]?)?", part)
            first, last = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
            if not 1 <= first <= last <= self.last:
                so_far = f"the results so far are {f'1 to {self.last}' if self.last > 1 else '1 alone'}."
                raise UsageError(f"There is no [{part}]: {so_far}" if argument else f"Which one? T{so_far[1:]}")
            named += range(first, last + 1)
        return {number: self.numbered[number - 1] for number in named}

    def narrow(self, **changes: str | None) -> None:
        """Other filters on the articles."""
        self.where = replace(self.where, **changes)

    def filters(self) -> str:
        """The filters, in words; empty where there are none."""
        named = [("speaker", self.speaker)]
        named += [(name, getattr(self.where, name)) for name in ("source", "language", "since", "until", "as_of")]
        return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in named if value)


def _speaker(citation: Citation) -> str | None:
    return citation.statement.speaker if citation.statement else None
