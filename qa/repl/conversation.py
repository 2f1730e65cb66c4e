"""What a line does: it asks, is a number or a command, and what comes of it is printed below.

Owns the commands, when a search is narrowed or goes on, and the words around an answer. Refuses to know where lines come from
and how they are drawn.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from index import languages as codes
from index.errors import Interrupted, QAError, StorageError, UsageError
from index.letters import fold
from qa import account, people, render
from qa.config import Settings
from qa.question import is_pronoun, outlets_of, parse
from qa.repl import files
from qa.repl.display import Display, typed_here
from qa.repl.doors import Doors, Facts
from qa.repl.lines import LONGEST_QUESTION
from qa.repl.memory import Memory
from qa.repl.work import Job, Worker
from qa.screen import Fragment, laid, tidy
from qa.types import ASKED, SHOWN
from qa.wording import counted, day, listed

if TYPE_CHECKING:
    from index.build import Progress, Report
    from index.store import Filter

LIKE = 0.65  # of difflib's ratio: with its 0.6 "Nobody Here" is like "Andy Beshear"
LISTED = 20  # speakers in one list: it stays on the screen
LEAVE = 2.0  # seconds an unfinished job gets when the user leaves

_NUMBERED = re.compile(r"(show|open|cite|copy|why|versions) +([0-9][0-9\[\], –-]*|\[[0-9\[\], –-]+)", re.IGNORECASE)

T = TypeVar("T")


class Leave(Exception):
    """The user wants to go."""


class Conversation:
    """Lines taken one after the other, and what was said before them."""

    def __init__(
        self,
        doors: Doors,
        settings: Settings,
        where: Filter,
        display: Display,
        *,
        speaker: str | None = None,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        """``changed`` is called, on any thread, when `facts` are new or the model is `loaded`."""
        self.memory = Memory(where, speaker)
        self.facts = Facts("")
        self._doors, self._display, self._changed = doors, display, changed
        self._shown, self._k = settings.k or SHOWN, max(settings.k or 0, ASKED)
        self._whole = settings.k is not None  # a number that was asked for holds, whatever the strength
        self._worker = Worker()
        self.learn()  # quick, so it goes before the model
        self._loading = self._worker.start(lambda _: self._load())

    @property
    def loaded(self) -> bool:
        """Whether the model is there."""
        return self._loading.wait(0)

    def learn(self) -> None:
        """Has `facts` read anew, in the background."""
        self._learning = self._worker.start(lambda _: self._learn())

    def close(self) -> None:
        """Ends the worker; no more is asked."""
        self._worker.close(LEAVE)

    def take(self, typed: str, *, cut: bool = False) -> None:
        """One line: a command, a number, or a question; ``cut`` where it lost text already. Raises QAError, Leave."""
        line = tidy(typed[:LONGEST_QUESTION]).strip()
        if cut or len(typed) > LONGEST_QUESTION:
            self._display.say(f"Only the first {LONGEST_QUESTION:,} characters are used.")
        if not line:
            return
        if re.fullmatch(r"\[?[0-9]{1,9}\]?", line):
            self.show(line)
        elif line in _WORDS:
            _WORDS[line](self, "")
        elif found := _NUMBERED.fullmatch(line):
            find_command(found[1]).run(self, found[2])
        elif line.startswith("/"):
            name = re.match(r"/([^\W\d]*)", line)[1]  # type: ignore[index]  # always matches; "/show2" is "/show 2"
            find_command(name).run(self, line[1 + len(name) :].strip())
        elif wanted := self.memory.command(line):  # in plain words
            self._say_what_it_means(f"/{' '.join(wanted)}".rstrip())
            find_command(wanted[0]).run(self, wanted[1])
        else:
            self.ask(line)

    def _say_what_it_means(self, line: str) -> None:
        """What a line stands for: nothing is done in secret."""
        self._display.say(f"{self._display.look().signs.arrow} {line}", dim=True)

    # -- the worker

    def _load(self) -> None:
        try:
            self._doors.load()
        finally:
            self._changed()

    def _learn(self) -> None:
        with suppress(QAError):  # the first question will say what is wrong
            self.facts = self._doors.facts()
        self._changed()

    def _known(self) -> Facts:
        """The facts, once they are there."""
        if not self._learning.wait(0):
            self._display.wait(self._learning, "Looking…")
        return self.facts

    def _looked_up(self, call: Callable[[], T]) -> T:
        """What a call of the doors gives, waited for."""
        return self._display.wait(self._worker.start(lambda _: call()), "Looking…")

    # -- asking

    def ask(self, text: str) -> None:
        """Searches and prints; Ctrl-C leaves the search to end by itself and drops what it finds."""
        memory, display = self.memory, self._display
        full = memory.in_full(text, self.facts.speakers)
        if full != text:
            self._say_what_it_means(full)
        where, speaker = memory.where, memory.speaker
        job = self._worker.start(lambda _: self._doors.ask(full, where=where, k=self._k, speaker=speaker))
        answer = display.wait(job, "Searching…")
        answer = answer if self._whole else answer.telling()
        notices = tuple(map(typed_here, answer.notices))
        answer = replace(answer, notices=notices, refusal=answer.refusal and typed_here(answer.refusal))
        memory.hear(answer, *render.split(answer, self._shown))
        fragments = render.terminal(answer, display.look(), shown=self._shown, first=memory.first)
        if memory.filters() and (not display.toolbar or self._asks_another(full)):
            display.say(f"Filters: {memory.filters()} (/clear removes them)")
        display.print([*fragments, *self._footer(memory.first)])

    def _asks_another(self, text: str) -> bool:
        """Whether a question names somebody who is not the one that the filter lets through."""
        named, only = parse(text).speaker, self.memory.speaker
        return bool(only and named and not is_pronoun(named) and not people.match(named, [only]))

    def more(self, _: str = "") -> None:
        """The next lines of a list, or the next results of the last answer."""
        memory = self.memory
        if memory.listed:
            self._list()
            return
        if not memory.rest:
            raise UsageError("There is nothing more." if memory.answer else "Ask a question first.")
        first, look = memory.last + 1, self._display.look()
        fragments: list[Fragment] = []
        for number, citation in enumerate(memory.more(self._shown), first):
            fragments += [*render.item(citation, number, look, shown=memory.above(number)), ("", "\n")]
        self._display.print([*fragments[:-1], *self._footer(first)])

    def _footer(self, first: int) -> list[Fragment]:
        """What to press next, below the results from number ``first`` on: "1-3 open · 1 more, 6 weaker: m · ? help"."""
        last, look = self.memory.last, self._display.look()
        if last < first or not self._display.attended:
            return []
        parts = [f"{first}-{last} open" if last > first else f"{last} open"]
        if waiting := [f"{n:,} {kind}" for n, kind in zip(self.memory.waiting, ("more", "weaker"), strict=True) if n]:
            parts.append(f"{', '.join(waiting)}: m")
        lines = laid(f" {look.signs.dot} ".join([*parts, "? help"]), look.columns)
        return [("", "\n"), *(("", f"{line}\n") for line in lines)]

    # -- results, by their numbers

    def show(self, argument: str) -> None:
        """The article around a citation."""
        number, citation = self.memory.pick(argument)
        self._display.print(render.article(citation, self._display.look(), number=number))

    def cite(self, argument: str) -> None:
        """Citations to paste, unwrapped, a line each."""
        look = self._display.look()
        cited = [render.cite(citation, look) for citation in self.memory.picked(argument).values()]
        self._display.print([("", f"{each}\n") for each in cited])

    def copy(self, argument: str) -> None:
        """Citations into the clipboard, through the terminal, a line each."""
        picked = self.memory.picked(argument)
        which = " ".join(map(str, picked))
        if not self._display.copy("\n".join(map(render.cite, picked.values()))):
            raise UsageError("This terminal cannot be asked to copy.", f"/cite {which} prints it.")
        sent = " ".join(f"[{number}]" for number in picked)
        self._display.say(f"Sent {sent} to the clipboard, where the terminal allows it; else /cite {which} prints it.")

    def why(self, argument: str) -> None:
        """Scores, ranks and the words that made the speaker."""
        number, citation = self.memory.pick(argument)
        look = replace(self._display.look(), explain=True)
        self._display.print(render.item(citation, number, look, best=True))

    def versions(self, argument: str) -> None:
        """The other articles that carry the story of a result, and how their words differ."""
        number, citation = self.memory.pick(argument)
        found = self._looked_up(lambda: self._doors.versions(citation.document))
        self._display.print(render.versions(citation, found, self._display.look(), number=number))

    def open(self, argument: str) -> None:
        """The file in the user's editor or pager, at the line where a text file has one; what is no text, and all where
        there is no editor, in the desktop's program for it."""
        _, citation = self.memory.pick(argument)
        if problem := files.moved(citation):
            self._display.say(problem)
        program = files.opener(citation)
        if program is None or program.beside:
            self._display.print([("", self._display.look().tidy(files.where(citation)) + "\n")])  # in one piece to copy
        if program and not program.run():
            self._display.say("No program for this kind of file could be started.")

    # -- filters

    def speaker(self, argument: str) -> None:
        """Only what one person said, until changed."""
        if not argument:
            raise UsageError("Whose statements?", "/speaker NAME; /speakers lists the names.")
        found = self._looked_up(lambda: self._doors.who(argument))
        if not found:
            names = list(islice(self._known().speakers, people.MERGED))
            raise UsageError(
                f"Nobody called {argument} is quoted.", _perhaps(argument, names, "/speakers lists the names.")
            )
        exact = [name for name in found if fold(name) == fold(argument)]
        found = exact or found
        if len(found) > 1:
            self._display.say(f"{argument} may be {' or '.join(found[:4])}: more of the name chooses one.")
        self.memory.speaker = speaker = found[0] if len(found) == 1 else argument
        if self._display.toolbar and fold(speaker) != fold(argument):
            self._display.say(f"Only {speaker}; /clear removes the filter.")
        self._filter()

    def speakers(self, argument: str) -> None:
        """Who is quoted, in how many statements, most first; with a text, those with a word that begins so, then those
        that hold it."""
        wanted, known = fold(argument), self._known().speakers
        rows = [(name, count) for name, count in known.items() if wanted in fold(name)]
        if not rows:
            names = list(islice(known, people.MERGED))
            told = f"Nobody with {argument} in the name is quoted." if argument else "Nobody is quoted."
            raise UsageError(told, _perhaps(argument, names, ""))
        rows.sort(key=lambda row: not re.search(rf"\b{re.escape(wanted)}", fold(row[0])))  # the order stays otherwise
        total = sum(count for _, count in rows)
        self._display.say(f"{counted(len(rows), 'speaker')}, {counted(total, 'statement')}")
        self.memory.listed = [f"{count:>7,}  {name}" for name, count in rows]
        self._list()

    def _list(self) -> None:
        """The next lines of a long list."""
        lines = self.memory.next_lines(LISTED)
        if left := len(self.memory.listed):
            lines.append(f"{left:,} more: m; /speakers TEXT looks for TEXT in the names")
        self._display.say("\n".join(lines))

    def source(self, argument: str) -> None:
        """Only one outlet, until changed; alone it lists them."""
        sources = self._known().sources
        if not argument:
            self._display.say(f"Outlets: {', '.join(sources) or 'none named'}")
            return
        found = outlets_of(argument, sources)
        if len(found) != 1:
            near = f"Did you mean {listed(found[:LISTED], 'or')}?" if found else ""
            hint = near or _perhaps(argument, sources, "/source lists the outlets.")
            raise UsageError(f"No article is from {argument}.", hint)
        self._filter(source=found[0])

    def language(self, argument: str) -> None:
        """Only one language, until changed; alone it lists them."""
        languages = self._known().languages
        if not argument:
            self._display.say(f"Languages: {', '.join(languages) or 'none known'}")
            return
        code = codes.code(argument)
        if code not in languages:
            raise UsageError(f"No article is in {argument}.", "/language lists the languages.")
        self._filter(language=code)

    def since(self, argument: str) -> None:
        """Only articles from this day on."""
        self._filter(since=day("since", argument, last=False))

    def until(self, argument: str) -> None:
        """Only articles up to this day."""
        self._filter(until=day("until", argument, last=True))

    def as_of(self, argument: str) -> None:
        """As the archive was on this day."""
        self._filter(as_of=day("as of", argument, last=True))

    def clear(self, _: str) -> None:
        """No filters."""
        self.memory.speaker = None
        self._filter(source=None, language=None, since=None, until=None, as_of=None)

    def _filter(self, **changes: str | None) -> None:
        self.memory.narrow(**changes)
        if not self._display.toolbar:
            self._display.say(f"Filters: {self.memory.filters() or 'none'}")

    # -- the index and files

    def status(self, _: str) -> None:
        """What is indexed."""
        self._display.say("\n".join(self._looked_up(self._doors.status)))

    def index(self, argument: str) -> None:
        """Adds or updates files and folders, or all that was indexed before; Ctrl-C keeps what is already in."""
        paths = files.paths_of(argument)
        latest: list[Progress] = []

        def work(job: Job[Report]) -> Report:
            try:
                return self._doors.index(paths, lambda seen: latest.__setitem__(slice(None), [seen]), job.stop.is_set)
            finally:
                self._learn()

        try:
            report = self._display.wait(
                self._worker.start(work),
                "Indexing…",
                lambda room: account.progress(latest[0], room) if latest and latest[0].total else "",
            )
        except KeyboardInterrupt:
            raise Interrupted("What was finished is in the index; the same command goes on from there.") from None
        self._display.say("\n".join(account.ran(report, all_of_them="/status")), hang=2)

    def save(self, argument: str) -> None:
        """The last answer as Markdown, into a new file."""
        answer = self.memory.answer
        paths = files.paths_of(argument)
        if answer is None:
            raise UsageError("There is no answer to save yet.")
        if len(paths) != 1:
            raise UsageError("Into which file?", "/save FILE.md")
        path = paths[0]
        try:
            with open(path, "x", encoding="utf-8") as file:
                file.write(render.markdown(answer))
        except FileExistsError:
            raise UsageError(f"{path} exists already.", "Give another name.") from None
        except (OSError, ValueError) as error:
            raise StorageError(f"Cannot write {path}: {getattr(error, 'strerror', None) or error}") from None
        self._display.say(f"Saved to {path}")

    def help(self, _: str) -> None:
        """What can be typed."""
        look = self._display.look()
        rows = [f"/{command.name} {command.argument}".ljust(16) + command.help for command in COMMANDS]
        marks = look.signs
        how = "bold and underlined" if look.colour else f"between {marks.opening} {marks.closing}, which are ours"
        self._display.say(
            "\n".join(
                [
                    "Type a question. A number opens that result, m shows more; “open 2” and “cite 1-3” need no stroke.",
                    "“and about Syria?”, “what about Annan?”, “who else?”, “and in 2016?”, “when?”, “where?”, “why?”, “compare"
                    " with Annan” go on from the last question; “the second one” and “anything else?” from its answer.",
                    f"The words that answer are {how}; all else is the source's, word for word.",
                    "",
                    *rows,
                    "",
                    "Tab completes, Ctrl-R searches what was typed before, Alt-Enter starts a new line, Ctrl-C cancels,"
                    " Ctrl-D leaves. A line that begins with a space is not kept.",
                ]
            )
        )

    def quit(self, _: str) -> None:
        """Leaves."""
        raise Leave


# ------------------------------------------------------------------------------------------------------------ commands


@dataclass(frozen=True, slots=True)
class Command:
    """One `/command`: its name, what goes with it, a line of help, what it does."""

    name: str
    argument: str
    help: str
    run: Callable[[Conversation, str], None]


COMMANDS = (
    Command("show", "N", "the article around result N", Conversation.show),
    Command("open", "N", "the file of result N, in your editor or its own program", Conversation.open),
    Command("cite", "N", "a citation to paste; of several: 1-3", Conversation.cite),
    Command("copy", "N", "the same into the clipboard", Conversation.copy),
    Command("why", "N", "scores and ranks of result N", Conversation.why),
    Command("versions", "N", "how other articles word the story of result N", Conversation.versions),
    Command("more", "", "more results of the last answer", Conversation.more),
    Command("speaker", "NAME", "only what this person said", Conversation.speaker),
    Command("speakers", "TEXT", "who is quoted, and how often", Conversation.speakers),
    Command("source", "OUTLET", "only this outlet; alone: lists them", Conversation.source),
    Command("language", "CODE", "only this language; alone: lists them", Conversation.language),
    Command("since", "DATE", "only from this day, month or year on", Conversation.since),
    Command("until", "DATE", "only up to this day, month or year", Conversation.until),
    Command("asof", "DATE", "as on this day: nothing later, and “this week” counts from it", Conversation.as_of),
    Command("clear", "", "no filters", Conversation.clear),
    Command("index", "PATH", "adds or updates articles; alone: all that was indexed before", Conversation.index),
    Command("status", "", "what is indexed", Conversation.status),
    Command("save", "FILE", "the last answer as Markdown", Conversation.save),
    Command("help", "", "this", Conversation.help),
    Command("quit", "", "leaves, as Ctrl-D does", Conversation.quit),
)

_WORDS: dict[str, Callable[[Conversation, str], None]] = {
    "?": Conversation.help, "help": Conversation.help, "m": Conversation.more, "more": Conversation.more,
    "quit": Conversation.quit, "exit": Conversation.quit,
}  # fmt: skip


def find_command(name: str) -> Command:
    """The command of that name, or the only one that begins so. Raises UsageError with what was perhaps meant."""
    names = {command.name: command for command in COMMANDS}
    begin = [command for command in COMMANDS if command.name.startswith(name.lower())] if name else []
    if name.lower() in names or len(begin) == 1:
        return names.get(name.lower()) or begin[0]
    near = [command.name for command in begin] or difflib.get_close_matches(name.lower(), names, n=2)
    hint = f"Did you mean {' or '.join(f'/{each}' for each in near)}?" if near else "/help lists the commands."
    raise UsageError(f"There is no command /{name}.", hint)


def _perhaps(given: str, names: Sequence[str], otherwise: str) -> str:
    """A hint with the nearest of ``names``, else what to type instead."""
    folded = {name.casefold(): name for name in names}
    near = difflib.get_close_matches(given.casefold(), folded, n=1, cutoff=LIKE)
    return f"Did you mean {folded[near[0]]}?" if near else otherwise
