"""The prompt itself: a line is a command, a number or a question, and each is printed below it.

Owns the commands, the numbers [n], the filters that stay, and the words around an answer.
"""

from __future__ import annotations

import base64
import difflib
import os
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from prompt_toolkit import print_formatted_text
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.input import Input
from prompt_toolkit.output import Output, create_output
from prompt_toolkit.utils import is_dumb_terminal

from index import languages as codes
from index.errors import Interrupted, QAError, StorageError, UsageError
from index.letters import fold
from qa import account, dialogue, people, render
from qa.config import Settings
from qa.question import is_pronoun, outlets_of, parse
from qa.render import Look
from qa.repl.complete import CommandCompleter
from qa.repl.doors import Doors, Facts
from qa.repl.files import handed_over, line_of, moved, paths_of, readable, system_viewer, viewer, where
from qa.repl.keys import PROMPT, Line
from qa.repl.lines import LONGEST_QUESTION, lines_of
from qa.repl.work import Job, Worker, typing_kept
from qa.screen import Fragment, laid, tidy, width, wrap
from qa.types import ASKED, SHOWN, Answer, Citation, Question
from qa.wording import counted, day, listed

if TYPE_CHECKING:
    from index.build import Progress, Report
    from index.store import Filter

LONGEST_COPY = 74_994  # bytes: what xterm and tmux accept in one OSC 52, after base64 100,000
PATIENCE = 0.3  # seconds before the screen says that it is searching
TICK = 0.05  # seconds between two looks at a running job
LIKE = 0.65  # of difflib's ratio: with its 0.6 "Nobody Here" is like "Andy Beshear"
LISTED = 20  # speakers in one list: it stays on the screen
LEAVE = 2.0  # seconds an unfinished job gets when the user leaves

BAR_LINES = 3  # of the toolbar in a narrow window, which hold all filters
_SHELL = re.compile(r"(?<!\S)qa (?=(?:index|status)\b(?! --))")  # the commands of the shell that the prompt has too

_NUMBERED = re.compile(r"(show|open|cite|copy|why|versions) +([0-9][0-9\[\], –-]*|\[[0-9\[\], –-]+)", re.IGNORECASE)

T = TypeVar("T")


# ---------------------------------------------------------------------------------------------------------- the prompt


class Leave(Exception):
    """The user wants to go."""


@dataclass(slots=True)
class _Talk:
    """What the conversation remembers."""

    numbered: list[Citation] = field(default_factory=list)  # [n] is item n - 1, for the whole session
    rest: list[Citation] = field(default_factory=list)  # of the last answer, not shown yet
    answer: Answer | None = None
    listed: list[str] = field(default_factory=list)  # lines of a list, not shown yet
    first: int = 1  # the number of the first result of the last answer

    @property
    def before(self) -> Question | None:
        """The last question that got an answer, for a follow-up to lean on."""
        return self.answer.question if self.answer else None

    @property
    def spoke(self) -> str | None:
        """Whom the last answer showed first."""
        said = [citation.statement for citation in self.answer.citations[:1]] if self.answer else []
        return said[0].speaker if said and said[0] else None


class Repl:
    """The prompt. ``source`` and ``output`` are prompt_toolkit's, the terminal's own where not given."""

    def __init__(
        self,
        doors: Doors,
        settings: Settings,
        where: Filter,
        *,
        speaker: str | None = None,
        source: Input | None = None,
        output: Output | None = None,
    ) -> None:
        self._doors, self._where, self._speaker = doors, where, speaker
        self._plain = settings.plain or is_dumb_terminal()
        self._colour = not self._plain and settings.colour is not False
        self._toolbar = settings.toolbar and not self._plain
        self._shown, self._k = settings.k or SHOWN, max(settings.k or 0, ASKED)
        self._whole = settings.k is not None  # a number that was asked for holds, whatever the strength
        self._output = output or create_output()
        self._talk = _Talk()
        self._facts = Facts("")
        self._cut = False  # whether the line being typed lost text
        self._open(settings, source)
        self._worker = Worker()
        self._learning = self._worker.start(lambda _: self._learn())  # quick, so it goes before the model
        self._loading = self._worker.start(lambda _: self._load())

    def run(self) -> int:
        """Until the user leaves: 0; 129 where the terminal went away."""
        self._say("Ask a question, or ? for help.")
        try:
            while True:
                with suppress(KeyboardInterrupt):
                    self._turn()
                self._learning = self._worker.start(lambda _: self._learn())  # another process may have written, too
        except (EOFError, Leave):
            return 0
        except OSError:  # the terminal is gone: there is nobody to tell
            return 129
        finally:
            self.close()

    def close(self) -> None:
        """Ends the worker; no more is asked."""
        self._worker.close(LEAVE)

    def _turn(self) -> None:
        """What was typed or pasted, line by line; of several each is said back, as its answer follows far below."""
        typed = self._line.read()
        waiting = lines_of(typed)
        several = len(waiting) if len(waiting) > 1 else 0
        if several and self._cut:
            self._cut = False
            self._say(f"Only the first {len(typed):,} characters are used.")
        while waiting:
            if several:
                self._say_back(waiting[0], first=len(waiting) == several)
            try:
                self._take(waiting.pop(0))
            except KeyboardInterrupt:
                break
            except QAError as error:
                self._say(str(error))
                if isinstance(error, Interrupted):
                    break
        if waiting:
            self._say(f"{counted(len(waiting), 'line')} after it left out.")

    def _say_back(self, line: str, *, first: bool) -> None:
        """A line that nobody types now, after the prompt it would have stood behind."""
        said = f"{PROMPT}{self._look().tidy(line.strip())}\n"
        self._print([("", "" if first else "\n"), ("bold" if self._colour else "", said)])

    # -- the line

    def _open(self, settings: Settings, source: Input | None) -> None:
        self._line = Line(
            settings,
            source,
            self._output,
            CommandCompleter(lambda: self._facts, [(each.name, each.argument, each.help) for each in COMMANDS]),
            self._bar if self._toolbar else None,
            self._lose,
            plain=self._plain,
            colour=self._colour,
        )

    def _lose(self) -> None:
        """The line that is being typed lost text."""
        self._cut = True

    def _bar(self) -> FormattedText:
        """The toolbar: filters, the index, and whether the model is still on its way; in a narrow window on some lines."""
        ready = "" if self._loading.wait(0) else "loading the model"
        text = tidy(" | ".join(part for part in (self._filters(), self._facts.line, ready) if part))
        lines = [span.of(text) for span in wrap(text, self._look().columns)]
        if len(lines) > BAR_LINES:
            lines[BAR_LINES - 1 :] = [_shortened(f"{lines[BAR_LINES - 1]} {lines[BAR_LINES]}", self._look().columns)]
        return FormattedText([("", "\n".join(lines))])

    def _filters(self) -> str:
        where = self._where
        named = [("speaker", self._speaker)]
        named += [(name, getattr(where, name)) for name in ("source", "language", "since", "until", "as_of")]
        return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in named if value)

    def _load(self) -> None:
        try:
            self._doors.load()
        finally:
            self._redraw()

    def _learn(self) -> None:
        with suppress(QAError):  # the first question will say what is wrong
            self._facts = self._doors.facts()
        self._redraw()

    def _known(self) -> Facts:
        """The facts, once they are there."""
        if not self._learning.wait(0):
            self._wait(self._learning, "Looking…")
        return self._facts

    def _redraw(self) -> None:
        self._line.redraw()

    def _take(self, typed: str) -> None:
        """One line: a command, a number, or a question."""
        cut, self._cut = self._cut or len(typed) > LONGEST_QUESTION, False
        line = tidy(typed[:LONGEST_QUESTION]).strip()
        if cut:
            self._say(f"Only the first {LONGEST_QUESTION:,} characters are used.")
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
        elif not self._do(line):
            self.ask(line)

    def _do(self, line: str) -> bool:
        """Whether the line asked, in plain words, for more or for one of the results, which is done."""
        talk = self._talk
        shown = len(talk.numbered) - talk.first + 1
        wanted = dialogue.command(line, shown, talk.before) if talk.answer else None
        if wanted is None:
            return False
        name, number = wanted
        which = str(-number if number < 0 else talk.first - 1 + number) if number else ""
        self._say(f"{self._look().signs.arrow} /{name} {which}".rstrip(), "dim" if self._colour else "")
        find_command(name).run(self, which)
        return True

    # -- asking

    def ask(self, text: str) -> None:
        """Searches and prints; Ctrl-C leaves the search to end by itself and drops what it finds."""
        text = self._in_full(text)
        where, k, speaker = self._where, self._k, self._speaker
        job = self._worker.start(lambda _: self._doors.ask(text, where=where, k=k, speaker=speaker))
        answer = self._wait(job, "Searching…")
        answer = answer if self._whole else answer.telling()
        notices = tuple(_SHELL.sub("/", notice) for notice in answer.notices)
        answer = replace(answer, notices=notices, refusal=answer.refusal and _SHELL.sub("/", answer.refusal))
        talk, first = self._talk, len(self._talk.numbered) + 1
        seen, rest = render.split(answer, self._shown)
        self._shown_answer(answer)
        talk.first, talk.listed = first, []
        talk.answer, talk.rest = answer, [*rest, *answer.weaker]
        talk.numbered += seen
        fragments = render.terminal(answer, self._look(), shown=self._shown, first=first)
        if self._filters() and (not self._toolbar or self._asks_another(text)):
            self._say(f"Filters: {self._filters()} (/clear removes them)")
        self._print([*fragments, *self._footer(first)])

    def _shown_answer(self, answer: Answer) -> None:
        """What else an answer is for: nothing at the prompt."""

    def _in_full(self, text: str) -> str:
        """The question that a follow-up stands for, which is shown: nothing is asked in secret."""
        talk = self._talk
        full = dialogue.resolve(text, talk.before, self._facts.speakers, talk.spoke, self._speaker)
        if full != text:
            self._say(f"{self._look().signs.arrow} {full}", "dim" if self._colour else "")
        return full

    def _asks_another(self, text: str) -> bool:
        """Whether a question names somebody who is not the one that the filter lets through."""
        named = parse(text).speaker
        return bool(self._speaker and named and not is_pronoun(named) and not people.match(named, [self._speaker]))

    def more(self, _: str = "") -> None:
        """The next results of the last answer."""
        talk = self._talk
        if talk.listed:
            self._list()
            return
        if not talk.rest:
            raise UsageError("There is nothing more." if talk.answer else "Ask a question first.")
        batch, talk.rest = talk.rest[: self._shown], talk.rest[self._shown :]
        first = len(talk.numbered) + 1
        talk.numbered += batch
        fragments: list[Fragment] = []
        for number, citation in enumerate(batch, first):
            above = talk.numbered[talk.first - 1 : number - 1]
            fragments += [*render.item(citation, number, self._look(), shown=above), ("", "\n")]
        self._print([*fragments[:-1], *self._footer(first)])

    def _footer(self, first: int) -> list[Fragment]:
        """ "1-3 open · 1 more, 6 weaker: m · ? help"."""
        last, dot = len(self._talk.numbered), self._look().signs.dot
        if last < first:
            return []
        parts = [f"{first}-{last} open" if last > first else f"{last} open"]
        if left := len(self._talk.rest):
            weaker = min(left, len(self._talk.answer.weaker)) if self._talk.answer else 0  # they come last
            waiting = [f"{left - weaker:,} more"] * (left > weaker) + [f"{weaker:,} weaker"] * (weaker > 0)
            parts.append(f"{', '.join(waiting)}: m")
        lines = laid(f" {dot} ".join([*parts, "? help"]), self._look().columns)
        return [("", "\n"), *(("", f"{line}\n") for line in lines)]

    def _wait(self, job: Job[T], doing: str, told: Callable[[int], str] = lambda _: "") -> T:
        """The job's result. ``told`` gives a line of progress of at most so many columns; Ctrl-C asks the job to stop and does
        not wait for it."""
        said = ""
        with typing_kept(self._line.input):
            try:
                if self._plain:
                    self._say(doing)
                elif not job.wait(PATIENCE):
                    said = self._note(doing, said)
                while not job.wait(TICK):
                    line = told(self._look().columns - len(doing) - 1)
                    if line and not self._plain:
                        said = self._note(f"{doing} {line}", said)
            except KeyboardInterrupt:
                job.stop.set()
                self._note("", said)
                self._say("Cancelled.")
                raise
        self._note("", said)
        return self._outcome(job)

    @staticmethod
    def _outcome(job: Job[T]) -> T:
        """What the job gave; a fault of the program becomes a line, and the prompt goes on."""
        try:
            return job.result()
        except (QAError, KeyboardInterrupt):
            raise
        except Exception as error:
            raise QAError(
                f"This is a fault of the program, please report it: {type(error).__name__}: {error}"
            ) from error

    def _note(self, text: str, before: str) -> str:
        """Writes ``text`` over ``before`` on the current line."""
        if text != before:
            self._output.write_raw("\r")
            self._output.erase_end_of_line()
            self._output.write(self._look().tidy(text)[: max(0, self._columns() - 1)])
            self._output.flush()
        return text

    # -- numbers

    def _pick(self, argument: str) -> tuple[int, Citation]:
        """The citation a number names; without one that of an answer which has no other."""
        [number, *more] = self._numbers(argument)
        if more:
            raise UsageError("One at a time, please.", "/cite and /copy take several.")
        return number, self._talk.numbered[number - 1]

    def _numbers(self, argument: str) -> list[int]:
        """The results that are named, each once: "2", "[1] [3]", "1, 3", "2-4"."""
        count = len(self._talk.numbered)
        if not count:
            raise UsageError("There are no results yet.", "Ask a question first.")
        if not argument and self._talk.first == count:
            return [count]
        named: list[int] = []
        for part in re.split(r"[,;\s]+|(?<=\])(?=\[)", argument.strip(" ,;")):
            found = re.fullmatch(r"\[?([0-9]{1,9})\]?(?:[-–]\[?([0-9]{1,9})\]?)?", part)
            first, last = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
            if not 1 <= first <= last <= count:
                so_far = f"the results so far are {f'1 to {count}' if count > 1 else '1 alone'}."
                raise UsageError(f"There is no [{part}]: {so_far}" if argument else f"Which one? T{so_far[1:]}")
            named += range(first, last + 1)
        return list(dict.fromkeys(named))

    def show(self, argument: str) -> None:
        """The article around a citation."""
        number, citation = self._pick(argument)
        self._print(render.article(citation, self._look(), number=number))

    def cite(self, argument: str) -> None:
        """Citations to paste, unwrapped, a line each."""
        cited = [render.cite(self._talk.numbered[number - 1], self._look()) for number in self._numbers(argument)]
        self._print([("", f"{each}\n") for each in cited])

    def copy(self, argument: str) -> None:
        """Citations into the clipboard, through the terminal (OSC 52), a line each."""
        numbers = self._numbers(argument)
        data = "\n".join(render.cite(self._talk.numbered[number - 1]) for number in numbers).encode("utf-8", "replace")
        which = " ".join(map(str, numbers))
        if self._plain or len(data) > LONGEST_COPY:
            raise UsageError("This terminal cannot be asked to copy.", f"/cite {which} prints it.")
        self._output.write_raw(f"\x1b]52;c;{base64.b64encode(data).decode()}\x07")
        self._output.flush()
        sent = " ".join(f"[{number}]" for number in numbers)
        self._say(f"Sent {sent} to the clipboard, where the terminal allows it; else /cite {which} prints it.")

    def why(self, argument: str) -> None:
        """Scores, ranks and the words that made the speaker."""
        number, citation = self._pick(argument)
        self._print(render.item(citation, number, replace(self._look(), explain=True), best=True))

    def versions(self, argument: str) -> None:
        """The other articles that carry the story of a result, and how their words differ."""
        number, citation = self._pick(argument)
        found = self._wait(self._worker.start(lambda _: self._doors.versions(citation.document)), "Looking…")
        self._print(render.versions(citation, found, self._look(), number=number))

    def open(self, argument: str) -> None:
        """The file in the user's editor or pager, at the line where a text file has one; what is no text, and all where
        there is no editor, in the desktop's program for it."""
        _, citation = self._pick(argument)
        path = citation.document.path
        problem = moved(citation)
        if problem:
            self._say(problem)
        if not self._on_terminal() or not Path(path).is_file():
            self._tell_where(citation)
            return
        command = viewer(path, line_of(citation)) if readable(path) else []
        window = [] if command else system_viewer(path)
        try:
            if command:
                subprocess.run(command, check=False)  # noqa: S603 (the user's own editor, no shell)
                return
            self._tell_where(citation)
            if window and not handed_over(window):
                self._say("No program for this kind of file could be started.")
        except OSError as error:
            program = (command or window)[0]
            raise StorageError(f"Cannot run {program}: {error.strerror}", f"The file is {path}") from None

    def _tell_where(self, citation: Citation) -> None:
        """The place of a citation, in one piece to copy."""
        self._print([("", self._look().tidy(where(citation)) + "\n")])

    @staticmethod
    def _on_terminal() -> bool:
        return sys.stdin.isatty() and sys.stdout.isatty()

    # -- filters

    def speaker(self, argument: str) -> None:
        """Only what one person said, until changed."""
        if not argument:
            raise UsageError("Whose statements?", "/speaker NAME; /speakers lists the names.")
        found = self._wait(self._worker.start(lambda _: self._doors.who(argument)), "Looking…")
        if not found:
            names = list(islice(self._known().speakers, people.MERGED))
            raise UsageError(
                f"Nobody called {argument} is quoted.", _perhaps(argument, names, "/speakers lists the names.")
            )
        exact = [name for name in found if fold(name) == fold(argument)]
        found = exact or found
        if len(found) > 1:
            self._say(f"{argument} may be {' or '.join(found[:4])}: more of the name chooses one.")
        self._speaker = found[0] if len(found) == 1 else argument
        if self._toolbar and fold(self._speaker) != fold(argument):
            self._say(f"Only {self._speaker}; /clear removes the filter.")
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
        self._say(f"{counted(len(rows), 'speaker')}, {counted(total, 'statement')}")
        self._talk.listed = [f"{count:>7,}  {name}" for name, count in rows]
        self._list()

    def _list(self) -> None:
        """The next lines of a long list."""
        talk = self._talk
        lines, talk.listed = talk.listed[:LISTED], talk.listed[LISTED:]
        if talk.listed:
            lines.append(f"{len(talk.listed):,} more: m; /speakers TEXT looks for TEXT in the names")
        self._say("\n".join(lines))

    def source(self, argument: str) -> None:
        """Only one outlet, until changed; alone it lists them."""
        sources = self._known().sources
        if not argument:
            self._say(f"Outlets: {', '.join(sources) or 'none named'}")
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
            self._say(f"Languages: {', '.join(languages) or 'none known'}")
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
        self._speaker = None
        self._filter(source=None, language=None, since=None, until=None, as_of=None)

    def _filter(self, **changes: str | None) -> None:
        self._where = replace(self._where, **changes)
        if not self._toolbar:
            self._say(f"Filters: {self._filters() or 'none'}")

    # -- the index and files

    def status(self, _: str) -> None:
        """What is indexed."""
        lines = self._wait(self._worker.start(lambda _: self._doors.status()), "Looking…")
        self._say("\n".join(lines))

    def index(self, argument: str) -> None:
        """Adds or updates files and folders, or all that was indexed before; Ctrl-C keeps what is already in."""
        paths = paths_of(argument)
        latest: list[Progress] = []

        def work(job: Job[Report]) -> Report:
            try:
                return self._doors.index(paths, lambda seen: latest.__setitem__(slice(None), [seen]), job.stop.is_set)
            finally:
                self._learn()

        try:
            report = self._wait(
                self._worker.start(work),
                "Indexing…",
                lambda room: account.progress(latest[0], room) if latest and latest[0].total else "",
            )
        except KeyboardInterrupt:
            raise Interrupted("What was finished is in the index; the same command goes on from there.") from None
        self._say("\n".join(account.ran(report, all_of_them="/status")), hang=2)

    def save(self, argument: str) -> None:
        """The last answer as Markdown, into a new file."""
        answer = self._talk.answer
        paths = paths_of(argument)
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
        self._say(f"Saved to {path}")

    def help(self, _: str) -> None:
        """What can be typed."""
        marks = self._look().signs
        rows = [f"/{command.name} {command.argument}".ljust(16) + command.help for command in COMMANDS]
        how = "bold and underlined" if self._colour else f"between {marks.opening} {marks.closing}, which are ours"
        self._say(
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

    # -- the screen

    def _columns(self) -> int:
        return max(1, self._output.get_size().columns)

    def _look(self) -> Look:
        encoding = self._output.encoding() or "utf-8"
        links = self._colour and os.environ.get("TERM") != "linux"  # older consoles print the address instead
        return Look(self._columns(), self._colour, links=links, encoding=encoding)

    def _say(self, text: str, style: str = "", *, hang: int = 0) -> None:
        """Our own lines, broken between words; what they quote is cleaned, and a command to type is the prompt's own."""
        look = self._look()
        fragments: list[Fragment] = []
        for line in _SHELL.sub("/", text).split("\n"):
            body = line.lstrip()
            clean = line[: len(line) - len(body)] + look.tidy(body.rstrip())
            fragments += [(style, f"{each}\n") for each in laid(clean, look.columns, hang)]
        self._print(fragments)

    def _print(self, fragments: Sequence[Fragment]) -> None:
        print_formatted_text(FormattedText(list(fragments)), output=self._output, end="")


# ------------------------------------------------------------------------------------------------------------ commands


@dataclass(frozen=True, slots=True)
class Command:
    """One `/command`: its name, what goes with it, a line of help, what it does."""

    name: str
    argument: str
    help: str
    run: Callable[[Repl, str], None]


COMMANDS = (
    Command("show", "N", "the article around result N", Repl.show),
    Command("open", "N", "the file of result N, in your editor or its own program", Repl.open),
    Command("cite", "N", "a citation to paste; of several: 1-3", Repl.cite),
    Command("copy", "N", "the same into the clipboard", Repl.copy),
    Command("why", "N", "scores and ranks of result N", Repl.why),
    Command("versions", "N", "how other articles word the story of result N", Repl.versions),
    Command("more", "", "more results of the last answer", Repl.more),
    Command("speaker", "NAME", "only what this person said", Repl.speaker),
    Command("speakers", "TEXT", "who is quoted, and how often", Repl.speakers),
    Command("source", "OUTLET", "only this outlet; alone: lists them", Repl.source),
    Command("language", "CODE", "only this language; alone: lists them", Repl.language),
    Command("since", "DATE", "only from this day, month or year on", Repl.since),
    Command("until", "DATE", "only up to this day, month or year", Repl.until),
    Command("asof", "DATE", "as on this day: nothing later, and “this week” counts from it", Repl.as_of),
    Command("clear", "", "no filters", Repl.clear),
    Command("index", "PATH", "adds or updates articles; alone: all that was indexed before", Repl.index),
    Command("status", "", "what is indexed", Repl.status),
    Command("save", "FILE", "the last answer as Markdown", Repl.save),
    Command("help", "", "this", Repl.help),
    Command("quit", "", "leaves, as Ctrl-D does", Repl.quit),
)

_WORDS: dict[str, Callable[[Repl, str], None]] = {
    "?": Repl.help, "help": Repl.help, "m": Repl.more, "more": Repl.more, "quit": Repl.quit, "exit": Repl.quit,
}  # fmt: skip


def _shortened(text: str, columns: int) -> str:
    """Clean text that does not fit, with a mark where it ends."""
    lines = wrap(text, max(1, columns - 1))
    return text if width(text) <= columns else f"{lines[0].of(text)}…"


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
