"""The conversation at the prompt: plain text asks, `/command` acts.

Owns the keys, the commands, the numbers [n] of the session, the history file and what the screen says while it waits.
Refuses to know how an answer is found or worded: it calls its `Doors` and prints what `qa.render` makes of them. The
only module that imports prompt_toolkit.

Everything that touches the index or the model runs on one worker thread, one job after the other, so that the prompt is
there at once, Ctrl-C gives it back within a tenth of a second, and no connection is used by two threads at a time.
"""

from __future__ import annotations

import base64
import difflib
import os
import queue
import re
import shlex
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from prompt_toolkit import PromptSession, print_formatted_text
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.completion import CompleteEvent, Completer, Completion, PathCompleter
from prompt_toolkit.document import Document as Typed
from prompt_toolkit.enums import EditingMode
from prompt_toolkit.filters import Condition
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.history import History
from prompt_toolkit.input import Input
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys
from prompt_toolkit.output import ColorDepth, Output, create_output
from prompt_toolkit.shortcuts import CompleteStyle
from prompt_toolkit.styles import Style
from prompt_toolkit.utils import is_dumb_terminal

from index.errors import Interrupted, QAError, StorageError, UsageError
from qa import dialogue, people, render
from qa.config import Settings
from qa.question import fold, parse
from qa.render import Look
from qa.screen import Fragment, clean, flow, tidy
from qa.types import Answer, Citation, Question

if TYPE_CHECKING:
    from index.build import Progress, Report
    from index.encode import Encoder
    from index.store import Filter, Store

LONGEST_QUESTION = 4_096  # characters; more is an article, pasted by mistake
LONGEST_COPY = 74_994  # bytes: what xterm and tmux accept in one OSC 52, after base64 100,000
HISTORY_LINES = 10_000
HISTORY_BYTES = 8 << 20  # read at most this much of a history file, its end
SHOWN, ASKED = 3, 10  # results on the screen at first, and asked for, unless `-k` says otherwise
PATIENCE = 0.3  # seconds before the screen says that it is searching
TICK = 0.05  # seconds between two looks at a running job
LISTED = 20  # speakers in one list: it stays on the screen
OFFERED = 20  # names that Tab offers
LEAVE = 2.0  # seconds an unfinished job gets when the user leaves

_EDITORS_WITH_LINE = frozenset(
    {"vi", "vim", "nvim", "nano", "emacs", "emacsclient", "micro", "kak", "joe", "less", "more"}
)
_WITH_LINES = frozenset({".txt", ".text", ".md", ".markdown"})  # here the text is the file, so its lines are the file's

_LABEL = re.compile(r"\S+(?: \S+)* {2,}(?=\S)")  # the first column of a table, with the gap after it

T = TypeVar("T")


# ----------------------------------------------------------------------------------------------------------- the doors


@dataclass(frozen=True, slots=True)
class Facts:
    """What the toolbar says of the index, its outlets, and how often each speaker is quoted, most frequent first."""

    line: str
    sources: tuple[str, ...] = ()
    speakers: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))


class Doors(Protocol):
    """What the prompt needs of the rest of the program. Called on one thread; each may raise QAError."""

    def load(self) -> None:
        """Makes the model ready."""

    def facts(self) -> Facts:
        """What is indexed, in one line."""

    def ask(self, text: str, *, where: Filter, k: int, speaker: str | None) -> Answer:
        """One question; with ``speaker``, only what that person said."""

    def who(self, name: str) -> list[str]:
        """The speakers a name or a description may mean, as they are shown, most frequent first."""

    def status(self) -> str:
        """What is indexed, in full."""

    def index(
        self, paths: Sequence[str], progress: Callable[[Progress], None], should_stop: Callable[[], bool]
    ) -> Report:
        """Brings the index up to date with ``paths``. Raises Interrupted where ``should_stop`` says so."""


class _Index:
    """The doors of an open store."""

    def __init__(self, store: Store, encoder: Callable[[], Encoder]) -> None:
        self._store, self._encoder = store, encoder

    def load(self) -> None:
        self._encoder()

    def facts(self) -> Facts:
        with self._store.snapshot() as snapshot:
            stats = snapshot.stats()
            line = f"{stats.documents:,} articles, {stats.statements:,} statements"
            speakers = render.speakers(snapshot.speakers(), snapshot.spellings())
            return Facts(line, tuple(snapshot.sources()), MappingProxyType(speakers))

    def ask(self, text: str, *, where: Filter, k: int, speaker: str | None) -> Answer:
        from qa.answer import ask

        return ask(self._store, text, where=where, k=k, speaker=speaker, encoder=self._encoder())

    def who(self, name: str) -> list[str]:
        from qa import retrieve

        with self._store.snapshot() as snapshot:
            counts = snapshot.spellings()
            shown = retrieve.who(snapshot, Question(name, speaker=name)).shown
        return sorted(set(shown.values()), key=lambda each: (-counts[each], each))

    def status(self) -> str:
        with self._store.snapshot() as snapshot:
            stats, model = snapshot.stats(), snapshot.model
            speakers = render.speakers(snapshot.speakers(), snapshot.spellings())
        outlets = dict(sorted(stats.sources.items(), key=lambda item: (-item[1], item[0])))
        lines = [
            f"articles    {stats.documents:,}",
            f"passages    {stats.passages:,}",
            f"statements  {stats.statements:,}",
            f"dates       {f'{stats.earliest} to {stats.latest}' if stats.earliest else 'none given'}",
            f"outlets     {_most(outlets)}",
            f"speakers    {_most(speakers)}",
            f"model       {model.name if model else '-'}",
            f"index       {self._store.path}",
            f"skipped     {len(stats.skipped):,}",
            *(f"  {path}: {reason}" for path, reason in stats.skipped[:20]),
        ]
        return "\n".join(lines)

    def index(
        self, paths: Sequence[str], progress: Callable[[Progress], None], should_stop: Callable[[], bool]
    ) -> Report:
        from index.build import update

        return update(self._store, paths, self._encoder(), progress=progress, should_stop=should_stop)


def run(
    store: Store,
    *,
    encoder: Callable[[], Encoder],
    settings: Settings,
    where: Filter,
    speaker: str | None = None,
) -> int:
    """The prompt over an open store until the user leaves: the exit code of `qa`.

    ``encoder`` loads the model on its first call, on a background thread. ``where`` and ``speaker`` are the filters to begin
    with. Needs a terminal on both sides.
    """
    return Repl(_Index(store, encoder), settings, where, speaker=speaker).run()


# ------------------------------------------------------------------------------------------------------- worker thread


class Job(Generic[T]):
    """A call on the worker thread: wait for it, or walk away from it."""

    def __init__(self, call: Callable[[Job[T]], T]) -> None:
        self._call = call
        self._ended = threading.Event()
        self._result: T | None = None
        self._error: BaseException | None = None
        self.stop = threading.Event()

    def run(self) -> None:
        """On the worker thread: nothing raised here may end it."""
        try:
            if not self.stop.is_set():
                self._result = self._call(self)
        except BaseException as error:  # whatever it is, whoever waits gets it
            self._error = error
        self._ended.set()

    def wait(self, seconds: float) -> bool:
        """Whether it ended within ``seconds``."""
        return self._ended.wait(seconds)

    def result(self) -> T:
        """What the call gave; what it raised is raised here."""
        if self._error is not None:
            raise self._error
        return self._result  # type: ignore[return-value]  # None only where T allows it, or for a job that was stopped


class Worker:
    """One daemon thread, one job after the other."""

    def __init__(self) -> None:
        self._jobs: queue.SimpleQueue[Job[Any] | None] = queue.SimpleQueue()
        self._last: Job[Any] | None = None
        self._thread = threading.Thread(target=self._work, name="qa-worker", daemon=True)
        self._thread.start()

    def start(self, call: Callable[[Job[T]], T]) -> Job[T]:
        """Queues ``call`` behind what is running."""
        self._last = job = Job(call)
        self._jobs.put(job)
        return job

    def close(self, seconds: float) -> None:
        """No more jobs; asks the last one to stop and waits ``seconds`` for it."""
        if self._last is not None:
            self._last.stop.set()
        self._jobs.put(None)
        self._thread.join(seconds)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job.run()


# ------------------------------------------------------------------------------------------------------------- history


class PrivateHistory(History):
    """Questions typed before, one per line in a file only the user may read.

    The file is opened without following a link and must be a regular one, mode 0600 in a folder 0700; where that
    fails the history lives in memory alone. A line that begins with a space is not kept, as in shells; control
    characters are replaced; beyond HISTORY_LINES the oldest go.
    """

    def __init__(self, path: Path | None) -> None:
        super().__init__()
        self._path = path

    def append_string(self, string: str) -> None:
        if string.strip() and not string.startswith(" ") and string not in self.get_strings()[-1:]:
            super().append_string(string)

    def load_history_strings(self) -> Iterable[str]:
        lines: list[str] = []
        with suppress(OSError):
            lines = self._read()
        return reversed(lines)

    def store_string(self, string: str) -> None:
        with suppress(OSError):
            self._append(tidy(string)[:LONGEST_QUESTION])

    def _read(self) -> list[str]:
        if self._path is None:
            return []
        with os.fdopen(self._open(os.O_RDONLY), "rb") as file:
            size = os.fstat(file.fileno()).st_size
            file.seek(max(0, size - HISTORY_BYTES))
            lines = file.read(HISTORY_BYTES).decode("utf-8", "replace").split("\n")
        if size > HISTORY_BYTES:
            lines = lines[1:]  # the first one is cut
        kept = [clean(line)[:LONGEST_QUESTION] for line in lines if line.strip()]
        if len(kept) > HISTORY_LINES or size > HISTORY_BYTES:
            kept = kept[-HISTORY_LINES:]
            self._rewrite(kept)
        return kept

    def _open(self, flags: int) -> int:
        """A descriptor of the file, a regular one of mode 0600. Raises OSError for anything else."""
        assert self._path is not None
        safety = os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK  # not blocked by a pipe somebody put there
        descriptor = os.open(self._path, flags | safety, 0o600)
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise OSError(f"{self._path} is not a regular file")
            if stat.S_IMODE(status.st_mode) != 0o600:
                os.fchmod(descriptor, 0o600)
        except OSError:
            os.close(descriptor)
            raise
        return descriptor

    def _append(self, line: str) -> None:
        if self._path is None:
            return
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = self._open(os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        try:
            os.write(descriptor, f"{line}\n".encode("utf-8", "replace"))  # one write: two prompts do not mix lines
        finally:
            os.close(descriptor)

    def _rewrite(self, lines: Sequence[str]) -> None:
        assert self._path is not None
        descriptor, temporary = tempfile.mkstemp(dir=self._path.parent, prefix=".history-")  # mode 0600
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace") as file:
                file.writelines(f"{line}\n" for line in lines)
            Path(temporary).replace(self._path)
        except OSError:
            with suppress(OSError):
                Path(temporary).unlink()
            raise


# ---------------------------------------------------------------------------------------------------------- completion


# What stands before a name: "What did La", "according to An".
_BEFORE_NAME = re.compile(r"\b(?:did|does|has|by|according to)\s+(?=\S)", re.IGNORECASE)
_LETTERS = 2  # of a name inside a question, before any is offered


class CommandCompleter(Completer):
    """Commands and what goes with them (speakers, outlets, files), and speakers inside a question."""

    def __init__(self, facts: Callable[[], Facts]) -> None:
        self._facts = facts
        self._paths = PathCompleter(expanduser=True)

    def get_completions(self, document: Typed, complete_event: CompleteEvent) -> Iterator[Completion]:
        text = document.text_before_cursor
        if not text.startswith("/"):
            yield from self._in_question(text)
            return
        name, space, argument = text.partition(" ")
        if not space:
            yield from _commands(name)
        elif name == "/speaker":
            yield from self._speakers(argument.lstrip())
        elif name == "/source":
            for source in self._facts().sources:
                if source.casefold().startswith(argument.casefold()):
                    yield Completion(clean(source), -len(argument))
        elif name in {"/index", "/save"}:
            inner = Typed(argument, len(argument))
            for found in self._paths.get_completions(inner, complete_event):
                yield Completion(found.text, found.start_position, display=clean(found.display_text))

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


def _commands(typed: str) -> Iterator[Completion]:
    for command in COMMANDS:
        if command.name.startswith(typed[1:]):
            whole = f"/{command.name}" + " " * bool(command.argument)
            yield Completion(whole, -len(typed), display_meta=command.help)


# ---------------------------------------------------------------------------------------------------------- the prompt


class _Leave(Exception):
    """The user wants to go."""


@dataclass(slots=True)
class _Talk:
    """What the conversation remembers."""

    numbered: list[Citation] = field(default_factory=list)  # [n] is item n - 1, for the whole session
    rest: list[Citation] = field(default_factory=list)  # of the last answer, not shown yet
    answer: Answer | None = None

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
        self._output = output or create_output()
        self._talk = _Talk()
        self._facts = Facts("")
        self._cut = False  # whether the line being typed lost text
        self._session = self._prompt_session(settings, source)
        self._worker = Worker()
        self._learning = self._worker.start(lambda _: self._learn())  # quick, so it goes first
        self._loading = self._worker.start(lambda _: self._load())

    def run(self) -> int:
        """Until the user leaves: 0; 129 where the terminal went away."""
        self._say("Ask a question, or ? for help.")
        try:
            while True:
                with suppress(KeyboardInterrupt):
                    self._turn()
        except (EOFError, _Leave):
            return 0
        except OSError:  # the terminal is gone: there is nobody to tell
            return 129
        finally:
            self._worker.close(LEAVE)

    def _turn(self) -> None:
        """One line read and done."""
        try:
            self._take(self._session.prompt())
        except QAError as error:
            self._say(str(error))

    # -- the line

    def _prompt_session(self, settings: Settings, source: Input | None) -> PromptSession[str]:
        return PromptSession(
            "qa> ",
            input=source,
            output=self._output,
            history=PrivateHistory(settings.history),
            completer=CommandCompleter(lambda: self._facts),
            complete_while_typing=False,
            complete_style=CompleteStyle.READLINE_LIKE if self._plain else CompleteStyle.COLUMN,
            auto_suggest=None if self._plain else AutoSuggestFromHistory(),  # a screen reader would read them out
            enable_history_search=True,
            enable_open_in_editor=True,
            enable_suspend=True,
            editing_mode=EditingMode.VI if settings.vi else EditingMode.EMACS,
            key_bindings=self._keys(),
            bottom_toolbar=self._bar if self._toolbar else None,
            color_depth=None if self._colour else ColorDepth.DEPTH_1_BIT,
            style=Style([("bottom-toolbar", "noreverse")]),
            reserve_space_for_menu=4,
        )

    def _keys(self) -> KeyBindings:
        keys = KeyBindings()

        @keys.add("escape", "enter")
        def _newline(event: KeyPressEvent) -> None:
            event.current_buffer.insert_text("\n")

        @keys.add(Keys.BracketedPaste)
        def _paste(event: KeyPressEvent) -> None:
            room = max(0, LONGEST_QUESTION - len(event.current_buffer.text))
            text = tidy(event.data[: 4 * LONGEST_QUESTION])  # many lines are one question
            self._cut = self._cut or len(text) > room or len(event.data) > 4 * LONGEST_QUESTION
            event.current_buffer.insert_text(text[:room])

        @keys.add(Keys.Any, filter=Condition(self._is_full))
        def _ignore(event: KeyPressEvent) -> None:
            self._cut = True

        return keys

    def _is_full(self) -> bool:
        return len(self._session.default_buffer.text) >= LONGEST_QUESTION

    def _bar(self) -> FormattedText:
        """The toolbar: filters, the index, and whether the model is still on its way."""
        ready = "" if self._loading.wait(0) else "loading the model"
        parts = [part for part in (self._filters(), self._facts.line, ready) if part]
        return FormattedText([("", tidy(" | ".join(parts)))])

    def _filters(self) -> str:
        where = self._where
        named = (("speaker", self._speaker), ("source", where.source), ("since", where.since), ("until", where.until))
        return ", ".join(f"{name} {value}" for name, value in named if value)

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
        self._session.app.invalidate()  # from any thread; nothing where no prompt is open

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
        elif line.startswith("/"):
            name = re.match(r"/([^\W\d]*)", line)[1]  # type: ignore[index]  # always matches; "/show2" is "/show 2"
            find_command(name).run(self, line[1 + len(name) :].strip())
        else:
            self.ask(line)

    # -- asking

    def ask(self, text: str) -> None:
        """Searches and prints; Ctrl-C leaves the search to end by itself and drops what it finds."""
        text = self._in_full(text)
        where, k, speaker = self._where, self._k, self._speaker
        job = self._worker.start(lambda _: self._doors.ask(text, where=where, k=k, speaker=speaker))
        answer = self._wait(job, "Searching…")
        talk, first = self._talk, len(self._talk.numbered) + 1
        found = render.results(answer)
        count = render.visible(answer, self._shown)
        talk.answer, talk.rest = answer, list(found[count:])
        talk.numbered += found[:count]
        look = self._look()
        fragments = render.terminal(
            answer,
            width=look.width,
            colour=look.colour,
            shown=self._shown,
            first=first,
            links=look.links,
            encoding=look.encoding,
        )
        if self._filters() and (not self._toolbar or self._asks_another(text)):
            self._say(f"Filters: {self._filters()} (/clear removes them)")
        self._print([*fragments, *self._footer(first)])

    def _in_full(self, text: str) -> str:
        """The question that a follow-up stands for, which is shown: nothing is asked in secret."""
        talk = self._talk
        full = dialogue.resolve(text, talk.before, self._facts.speakers, talk.spoke)
        if full != text:
            self._say(f"{self._look().signs.arrow} {full}", "dim" if self._colour else "")
        return full

    def _asks_another(self, text: str) -> bool:
        """Whether a question names somebody who is not the one that the filter lets through."""
        named = parse(text).speaker
        return bool(self._speaker and named and not people.match(named, [self._speaker]))

    def more(self, _: str = "") -> None:
        """The next results of the last answer."""
        talk = self._talk
        if not talk.rest:
            raise UsageError("There is nothing more." if talk.answer else "Ask a question first.")
        batch, talk.rest = talk.rest[: self._shown], talk.rest[self._shown :]
        first = len(talk.numbered) + 1
        talk.numbered += batch
        fragments: list[Fragment] = []
        for number, citation in enumerate(batch, first):
            fragments += [*render.item(citation, number, self._look()), ("", "\n")]
        self._print([*fragments[:-1], *self._footer(first)])

    def _footer(self, first: int) -> list[Fragment]:
        """ "1-3 open · 7 more: m · ? help"."""
        last, dot = len(self._talk.numbered), self._look().signs.dot
        if last < first:
            return []
        parts = [f"{first}-{last} open" if last > first else f"{last} open"]
        if self._talk.rest:
            parts.append(f"{len(self._talk.rest):,} more: m")
        return [("", f"\n{f' {dot} '.join([*parts, '? help'])}\n")]

    def _wait(self, job: Job[T], doing: str, told: Callable[[], str] = str) -> T:
        """The job's result. ``told`` gives a line of progress; Ctrl-C asks the job to stop and does not wait for it."""
        said = ""
        try:
            if self._plain:
                self._say(doing)
            elif not job.wait(PATIENCE):
                said = self._note(doing, said)
            while not job.wait(TICK):
                line = told()
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
        """The citation a number names."""
        digits = argument.strip().strip("[]")
        count = len(self._talk.numbered)
        if not count:
            raise UsageError("There are no results yet.", "Ask a question first.")
        if not re.fullmatch(r"[0-9]{1,9}", digits) or not 1 <= int(digits) <= count:
            what = f"There is no [{argument}]" if argument else "Which one?"
            raise UsageError(f"{what}: the results so far are 1 to {count}.")
        return int(digits), self._talk.numbered[int(digits) - 1]

    def show(self, argument: str) -> None:
        """The article around a citation."""
        number, citation = self._pick(argument)
        self._print(render.article(citation, self._look(), number=number))

    def cite(self, argument: str) -> None:
        """A citation to paste, unwrapped."""
        _, citation = self._pick(argument)
        self._print([("", render.cite(citation, self._look()) + "\n")])

    def copy(self, argument: str) -> None:
        """The citation into the clipboard, through the terminal (OSC 52)."""
        number, citation = self._pick(argument)
        data = render.cite(citation).encode("utf-8", "replace")
        if self._plain or len(data) > LONGEST_COPY:
            raise UsageError("This terminal cannot be asked to copy.", f"/cite {number} prints it.")
        self._output.write_raw(f"\x1b]52;c;{base64.b64encode(data).decode()}\x07")
        self._output.flush()
        self._say(f"Sent [{number}] to the clipboard, where the terminal allows it; else /cite {number} prints it.")

    def why(self, argument: str) -> None:
        """Scores, ranks and the words that made the speaker."""
        number, citation = self._pick(argument)
        self._print(render.item(citation, number, replace(self._look(), explain=True), best=True))

    def open(self, argument: str) -> None:
        """The file in the user's editor or pager, at the line where a text file has one."""
        _, citation = self._pick(argument)
        path = citation.document.path
        line = _line_of(citation)
        problem = _moved(citation)
        if problem:
            self._say(problem)
        command = _viewer(path, line)
        if not command or not self._on_terminal() or not Path(path).is_file():
            self._say(f"{path}:{line}" if line else path)
            return
        try:
            subprocess.run(command, check=False)  # noqa: S603 (the user's own editor, no shell)
        except OSError as error:
            raise StorageError(f"Cannot run {command[0]}: {error.strerror}", f"The file is {path}") from None

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
            names = list(islice(self._known().speakers, render.MERGED))
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
        """Who is quoted, and how often; with a text, those with it in the name."""
        wanted = fold(argument)
        rows = [(name, count) for name, count in self._known().speakers.items() if wanted in fold(name)]
        if not rows:
            raise UsageError(f"Nobody with {argument} in the name is quoted." if argument else "Nobody is quoted.")
        lines = [f"{count:>7,}  {name}" for name, count in rows[:LISTED]]
        if len(rows) > LISTED:
            lines.append(f"and {len(rows) - LISTED:,} more; /speakers TEXT lists those with TEXT in the name")
        self._say("\n".join(lines))

    def source(self, argument: str) -> None:
        """Only one outlet, until changed; alone it lists them."""
        sources = self._known().sources
        if not argument:
            self._say(f"Outlets: {', '.join(sources) or 'none named'}")
            return
        exact = [name for name in sources if name.casefold() == argument.casefold()]
        if not exact:
            raise UsageError(
                f"No article is from {argument}.", _perhaps(argument, sources, "/source lists the outlets.")
            )
        self._filter(source=exact[0])

    def since(self, argument: str) -> None:
        """Only articles from this day on."""
        self._filter(since=_day(argument, last=False))

    def until(self, argument: str) -> None:
        """Only articles up to this day."""
        self._filter(until=_day(argument, last=True))

    def clear(self, _: str) -> None:
        """No filters."""
        self._speaker = None
        self._filter(source=None, since=None, until=None)

    def _filter(self, **changes: str | None) -> None:
        self._where = replace(self._where, **changes)
        if not self._toolbar:
            self._say(f"Filters: {self._filters() or 'none'}")

    # -- the index and files

    def status(self, _: str) -> None:
        """What is indexed."""
        self._say(self._wait(self._worker.start(lambda _: self._doors.status()), "Looking…"))

    def index(self, argument: str) -> None:
        """Adds or updates files and folders; Ctrl-C keeps what is already in."""
        paths = _paths(argument)
        if not paths:
            raise UsageError("Which files or folders?", "/index PATH …")
        latest: list[Progress] = []

        def work(job: Job[Report]) -> Report:
            try:
                return self._doors.index(paths, lambda seen: latest.__setitem__(slice(None), [seen]), job.stop.is_set)
            finally:
                self._learn()

        try:
            report = self._wait(self._worker.start(work), "Indexing…", lambda: _progress(latest))
        except KeyboardInterrupt:
            raise Interrupted("What was finished is in the index; the same command goes on from there.") from None
        self._say(_summary(report))

    def save(self, argument: str) -> None:
        """The last answer as Markdown, into a new file."""
        answer = self._talk.answer
        paths = _paths(argument)
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
                    "Type a question. A number opens that result, m shows more.",
                    "“and about Syria?”, “what about Annan?” and “who else?” go on from the last question.",
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
        raise _Leave

    # -- the screen

    def _columns(self) -> int:
        return max(1, self._output.get_size().columns)

    def _look(self) -> Look:
        encoding = self._output.encoding() or "utf-8"
        links = self._colour and os.environ.get("TERM") != "linux"  # older consoles print the address instead
        return Look(self._columns(), self._colour, links=links, encoding=encoding)

    def _say(self, text: str, style: str = "") -> None:
        """Our own lines, wrapped; what they quote is cleaned. One without a space, a path, is left in one piece."""
        look = self._look()
        fragments: list[Fragment] = []
        for line in text.split("\n"):
            body = line.lstrip()
            for indent, pieces in _wrapped(look.tidy(body.rstrip()), len(line) - len(body), style, look.columns):
                fragments += [("", " " * indent), *pieces, ("", "\n")]
        self._print(fragments)

    def _print(self, fragments: Sequence[Fragment]) -> None:
        print_formatted_text(FormattedText(list(fragments)), output=self._output, end="")


def _wrapped(line: str, indent: int, style: str, columns: int) -> Iterator[tuple[int, list[Fragment]]]:
    """The lines of one clean line of ours, with the indent of each; the second column of a table stays a column."""
    label = _LABEL.match(line)
    hang = label.end() if label and label.end() <= columns // 2 else 0
    whole = [(style, line)]
    lines = flow([(style, line[hang:])], max(1, columns - indent - hang)) if " " in line else [whole]
    for number, pieces in enumerate(lines or [[]]):
        yield (indent, [(style, line[:hang]), *pieces]) if number == 0 else (indent + hang, pieces)


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
    Command("open", "N", "the file of result N, in your editor", Repl.open),
    Command("cite", "N", "a citation to paste", Repl.cite),
    Command("copy", "N", "the citation into the clipboard", Repl.copy),
    Command("why", "N", "scores and ranks of result N", Repl.why),
    Command("more", "", "more results of the last answer", Repl.more),
    Command("speaker", "NAME", "only what this person said", Repl.speaker),
    Command("speakers", "TEXT", "who is quoted, and how often", Repl.speakers),
    Command("source", "OUTLET", "only this outlet; alone: lists them", Repl.source),
    Command("since", "DATE", "only from this day, month or year on", Repl.since),
    Command("until", "DATE", "only up to this day, month or year", Repl.until),
    Command("clear", "", "no filters", Repl.clear),
    Command("index", "PATH", "adds or updates articles", Repl.index),
    Command("status", "", "what is indexed", Repl.status),
    Command("save", "FILE", "the last answer as Markdown", Repl.save),
    Command("help", "", "this", Repl.help),
    Command("quit", "", "leaves, as Ctrl-D does", Repl.quit),
)

_WORDS: dict[str, Callable[[Repl, str], None]] = {
    "?": Repl.help, "help": Repl.help, "m": Repl.more, "more": Repl.more, "quit": Repl.quit, "exit": Repl.quit,
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
    near = difflib.get_close_matches(given.casefold(), folded, n=1)
    return f"Did you mean {folded[near[0]]}?" if near else otherwise


def _most(counts: Mapping[str, int]) -> str:
    """The first eight names with their counts, and how many there are."""
    named = ", ".join(f"{name} ({count:,})" for name, count in islice(counts.items(), 8))
    return f"{len(counts):,}: {named}" + (", …" if len(counts) > 8 else "") if counts else "-"


def _words(argument: str) -> list[str]:
    """Paths as a shell would split them; one path where its quotes do not close."""
    try:
        return shlex.split(argument)
    except ValueError:
        return [argument]


def _paths(argument: str) -> list[str]:
    """`_words`, with ``~`` as the home folder."""
    return [os.path.expanduser(word) for word in _words(argument)]  # noqa: PTH111 (leaves an unknown ~user as it is)


def _day(text: str, *, last: bool) -> str:
    """An ISO day; of a month or a year its first or ``last`` one. Raises UsageError."""
    match = re.fullmatch(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?", text.strip(), re.ASCII)
    if match:
        year, month, day = (int(part) if part else None for part in match.groups())
        with suppress(ValueError):
            month = month or (12 if last else 1)
            most = monthrange(year or 0, month)[1]
            day = day or (most if last else 1)
            if year and day <= most:
                return f"{year:04}-{month:02}-{day:02}"
    raise UsageError(f"Not a day: {text or 'nothing given'}", "Write it as 2012-06-15, 2012-06 or 2012.")


def _line_of(citation: Citation) -> int | None:
    """The line of the file a citation begins in, from 1; None where the text is not the file itself."""
    document = citation.document
    if Path(document.path).suffix.lower() not in _WITH_LINES:
        return None
    start = citation.statement.span.start if citation.statement else citation.passage.span.start
    if citation.statement is None and citation.highlights:
        start = citation.highlights[0].start
    return len(re.findall(r"\r\n|\r|\n", document.text[:start])) + 1


def _moved(citation: Citation) -> str:
    """Why the file may not show what was cited: gone, or not the one that was indexed. Empty where all is well."""
    path = citation.document.path
    try:
        with open(path, "rb") as file:
            digest = blake2b(digest_size=16)
            while block := file.read(1 << 20):
                digest.update(block)
    except OSError as error:
        return f"The file cannot be read: {error.strerror}"
    if not citation.document.part and digest.hexdigest() != citation.document.id:  # of a part the id says only itself
        return "The file has changed since it was indexed; the place may be another one. /index brings it up to date."
    return ""


def _viewer(path: str, line: int | None) -> list[str]:
    """The user's editor or pager with its arguments, empty where there is none."""
    wanted = next((os.environ[name] for name in ("VISUAL", "EDITOR", "PAGER") if os.environ.get(name)), "")
    command = _words(wanted)
    if not command or shutil.which(command[0]) is None:
        return []
    at = [f"+{line}"] if line and Path(command[0]).name in _EDITORS_WITH_LINE else []
    return [*command, *at, path]


def _progress(latest: Sequence[Progress]) -> str:
    """ "12 of 300 files, 4.0 files/s"."""
    if not latest:
        return ""
    seen = latest[0]
    left = seen.seconds_left
    return f"{seen.done:,} of {seen.total:,} files, {seen.rate:.1f} files/s" + (f", {left:.0f} s left" if left else "")


def _summary(report: Report) -> str:
    """What a run of `/index` did; found = indexed + skipped."""
    skipped = [f"  {path}: {reason}" for path, reason in report.skipped[:10]]
    if len(report.skipped) > len(skipped):
        skipped.append(f"  and {len(report.skipped) - len(skipped):,} more: /status")
    head = f"Found {report.found:,} files: {report.indexed:,} indexed, {len(report.skipped):,} skipped."
    return "\n".join([head, *skipped])
