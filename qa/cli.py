"""The `qa` command: arguments in, exit codes out.

Owns the commands, their options, standard input and output, signals, and the line between an error and a traceback.
Refuses to know how a question is answered or an index built: every command is a few calls into the modules that do.
Everything heavy is imported inside the command that needs it, so that `qa --help` costs what Python costs.

Standard output carries what was asked for and nothing else; progress, notes and errors go to standard error.
"""

# ruff: noqa: T201 - printing is what this module is for
from __future__ import annotations

import argparse
import contextlib
import errno
import functools
import gc
import io
import itertools
import json
import os
import re
import shutil
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

from index.errors import IndexDamagedError, Interrupted, NoIndexError, QAError, StorageError, UsageError
from qa import config, export, wording
from qa.screen import clean, tidy

if TYPE_CHECKING:
    from index.build import Progress, Report
    from index.encode import Encoder, Later, Reranker
    from index.store import Filter, Snapshot, Store
    from index.types import Document, Span
    from qa.render import Look
    from qa.types import Answer

INTERNAL_ERROR = 70  # EX_SOFTWARE of sysexits.h: a fault of this program, and no code that means something else
CLOSED_PIPE = 128 + signal.SIGPIPE

JSON_RESULTS = 10  # as many as `ask` gives unless told otherwise, and as `qa eval` measures
SCREEN_RESULTS = 3  # the screen has room for about as many
LISTED = 8  # outlets and speakers named by `qa status`
SKIPPED_LISTED = 10  # skipped files named after a run; `qa status` has them all

_OVERVIEW = """\
usage: qa [OPTIONS] [PATH ...]            ask at a prompt; with paths, index them first
       qa ask QUESTION [PATH ...]         one answer; "-" reads questions from standard input, a line each
       qa index [PATH ...]                add or update articles
       qa status                          what is indexed
       qa check                           verify the index, repair what can be repaired
       qa show REF                        print the article of a citation around its place
       qa export KIND                     statements, passages or documents as JSON lines
       qa eval QUESTIONS.jsonl            quality on labelled questions

Ask a pile of articles who said what. Every word shown is in a source, at a place you can open.
"""
_OVERVIEW_END = """\
`qa COMMAND --help` says more. Settings: config.toml, then QA_* in the environment, then options.
exit codes: 0 answered, 1 no answer (or files skipped under --strict), 2 usage, 3 disk or no index, 4 index locked,
5 index damaged, 6 model, 130 interrupted, 141 closed pipe
"""
_ASK_END = """\
With `-` and --jsonl a line is a question, or a JSON object: {"id": 7, "question": "…"}, which may also hold
"speaker", "source", "language", "since", "until", "as_of" and "k". For each line one line comes back, in order, with its
"id" (the number of the line where it gave none); for one that is not understood
{"version": 1, "id": …, "line": n, "error": "…"}.
exit code with `-`: 2 where a line was not understood, else 0 where any question was answered, else 1
"""


# --- Arguments -------------------------------------------------------------------------------------------------------


class _Parser(argparse.ArgumentParser):
    """argparse whose complaints are UsageErrors like all others."""

    def __init__(self, command: str, description: str, epilog: str = "") -> None:
        super().__init__(
            prog=f"qa {command}".strip(),
            description=description,
            epilog=epilog,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )

    def error(self, message: str) -> NoReturn:
        missing = message.removeprefix("the following arguments are required: ")
        if missing != message:
            wanted = missing.split(", ")[0]
            raise UsageError(f"{wanted} is missing", f"type: {self.prog} {wanted}; {self.prog} --help says more")
        raise UsageError(message, f"see: {self.prog} --help")


class _Overview(_Parser):
    """The parser of plain `qa`: its help begins with the commands."""

    def __init__(self) -> None:
        super().__init__("", "", _OVERVIEW_END)

    def format_help(self) -> str:
        return _OVERVIEW + super().format_help().partition("\n\n")[2].join(["\n", ""])


def _common(parser: argparse.ArgumentParser) -> None:
    """The options every command takes, before and after its name."""
    group = parser.add_argument_group("options of every command")
    group.add_argument("--index", metavar="DIR", help="the index folder (default: .qa here or in a folder above)")
    group.add_argument("--model", metavar="NAME", help="the embedding model: a name or a folder")
    group.add_argument(
        "--rerank", metavar="NAME", help="a cross-encoder that rereads the best results: a name or folder"
    )
    group.add_argument("--online", action="store_true", help="let a model be downloaded by its name")
    group.add_argument("--plain", action="store_true", default=None, help="no colour, nothing drawn over")
    group.add_argument("--no-color", dest="colour", action="store_const", const=False, help="no colour")
    group.add_argument("--threads", metavar="N", help="threads to compute with (default: all cores)")


def _asking(parser: argparse.ArgumentParser) -> None:
    """The options that choose what is searched and how it is shown."""
    group = parser.add_argument_group("what is searched, and how it is shown")
    group.add_argument("--speaker", metavar="NAME", help="only what this person said")
    group.add_argument("--source", metavar="OUTLET", help="only articles of this outlet")
    group.add_argument("--language", metavar="CODE", help="only articles in this language: en, ru, ...")
    group.add_argument("--since", metavar="DATE", help="only articles from this day on: YYYY, YYYY-MM or YYYY-MM-DD")
    group.add_argument("--until", metavar="DATE", help="only articles up to this day, month or year")
    group.add_argument("--as-of", metavar="DATE", help='as on this day: nothing later; "this week" counts from it')
    group.add_argument("-k", metavar="N", help=f"results (default: {SCREEN_RESULTS}, in JSON {JSON_RESULTS})")
    form = group.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="one JSON document")
    form.add_argument("--jsonl", action="store_true", help="one JSON document per line and question")
    group.add_argument("--explain", action="store_true", help="scores, ranks, and where each came from")


def _repl_parser() -> argparse.ArgumentParser:
    parser = _Overview()
    parser.add_argument("paths", nargs="*", metavar="PATH", help="files and folders to bring the index up to date with")
    parser.add_argument("--version", action="store_true", help="print the version and leave")
    parser.add_argument("--vi", action="store_true", default=None, help="vi keys at the prompt")
    _asking(parser)
    return parser


def _ask_parser() -> argparse.ArgumentParser:
    parser = _Parser("ask", "Answer one question; `-` reads questions from standard input, a line each.", _ASK_END)
    parser.add_argument(
        "question", nargs="?", default="", metavar="QUESTION", help="the question, or - for standard input"
    )
    parser.add_argument("paths", nargs="*", metavar="PATH", help="files and folders to index first")
    _asking(parser)
    return parser


def _index_parser() -> argparse.ArgumentParser:
    parser = _Parser("index", "Add or update articles: new and changed files are read, those that are gone removed.")
    help_ = "files, and folders to search through (default: all that the index was made of)"
    parser.add_argument("paths", nargs="*", metavar="PATH", help=help_)
    parser.add_argument("--rebuild", action="store_true", help="read everything again, into an empty index")
    parser.add_argument("--remove", metavar="PATH", action="append", default=[], help="take this out of the index")
    parser.add_argument("--watch", action="store_true", help="then follow changes until Ctrl-C")
    parser.add_argument("--strict", action="store_true", help="exit with 1 where a file was skipped")
    return parser


def _status_parser() -> argparse.ArgumentParser:
    parser = _Parser("status", "What is indexed.")
    parser.add_argument("--json", action="store_true", help="as a JSON document")
    return parser


def _check_parser() -> argparse.ArgumentParser:
    parser = _Parser("check", "Verify the index against its checksums.")
    parser.add_argument("--repair", action="store_true", help="repair what can be repaired")
    parser.add_argument("--deep", action="store_true", help="compare with the source files too")
    return parser


def _show_parser() -> argparse.ArgumentParser:
    parser = _Parser("show", "Print the article of a citation around its place.")
    help_ = (
        "PATH:START (a character, as in JSON), 'PATH, para N' or 'PATH, p. N, para M' (as on the screen), PATH:pN, "
        "a path, or an id"
    )
    parser.add_argument("ref", metavar="REF", nargs="+", help=help_)
    parser.add_argument("--versions", action="store_true", help="how other articles word the same story, instead")
    return parser


def _export_parser() -> argparse.ArgumentParser:
    parser = _Parser("export", "The index as JSON lines.")
    parser.add_argument("kind", metavar="KIND", choices=tuple(export.KINDS), help=", ".join(export.KINDS))
    return parser


def _eval_parser() -> argparse.ArgumentParser:
    parser = _Parser("eval", "Quality on labelled questions, with intervals.")
    parser.add_argument("questions", metavar="QUESTIONS.jsonl", help="labelled questions, one JSON object per line")
    return parser


_VALUED = frozenset(
    "--index --model --rerank --threads --speaker --source --language --since --until --as-of -k".split()
)
"""The options that may stand before a command and take the next word."""


def _split_command(arguments: Sequence[str]) -> tuple[str, list[str]]:
    """The command's name ("" for plain `qa`) and the other arguments, so that options may stand before it too."""
    at = 0
    while at < len(arguments):
        word = arguments[at]
        if word in _COMMANDS:
            return word, [*arguments[:at], *arguments[at + 1 :]]
        if word == "--" or not word.startswith("-"):
            break
        at += 2 if word in _VALUED else 1
    return "", list(arguments)


# --- The store, its encoder, and bringing it up to date --------------------------------------------------------------


def _open(settings: config.Settings, *, create: bool = False) -> Store:
    from index.store import open_store

    return open_store(settings.index, create=create)


def _encoder(store: Store, settings: config.Settings, *, online: bool, rebuild: bool = False) -> Later:
    """Without a model in the settings the one of the index is meant; for a new index or a rebuild, the default."""
    from index.encode import Later

    held = None
    if not rebuild and not settings.model:
        with store.snapshot() as snapshot:
            held = snapshot.model
    return Later(settings.model or (held.name if held else None), online=online)


def _loading(store: Store, settings: config.Settings, *, online: bool) -> Later:
    """`_encoder`, loading from the start: opening files and importing the rest goes on meanwhile."""
    encoder = _encoder(store, settings, online=online)
    encoder.start()
    return encoder


@functools.cache
def _reranker(name: str | None, online: bool) -> Reranker | None:
    """The cross-encoder of the settings, loaded once. Raises ModelError."""
    if name is None:
        return None
    from index.encode import load_reranker

    return load_reranker(name, online=online)


@contextlib.contextmanager
def _session(args: argparse.Namespace, settings: config.Settings) -> Iterator[tuple[Store, Later]]:
    """The index, brought up to date with the paths that were given, and its encoder."""
    with _open(settings, create=bool(args.paths)) as store:
        encoder = _loading(store, settings, online=args.online)
        if args.paths:
            _tell(_update(store, args.paths, encoder, settings), sys.stderr)
        index = threading.Thread(target=_prepare, args=(store,), name="qa-index")
        index.start()
        try:
            yield store, encoder
        finally:
            index.join()


def _prepare(store: Store) -> None:
    """Reads what the first question waits for, while the encoder loads and the prompt is drawn."""
    with contextlib.suppress(QAError), store.snapshot() as snapshot:  # who asks gets the error
        snapshot.prepare()
    gc.freeze()  # all that is here stays: looking through it for what does not would cost tens of milliseconds now and then


class _Ended(BaseException):
    """A signal ends the program now. No Exception: nothing on the way may take it for its own."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.exit_code = 128 + number


@contextlib.contextmanager
def _handling(handler: Callable[[int, FrameType | None], None], *numbers: int) -> Iterator[None]:
    """The signals handled this way inside; only the main thread may say so, and others are left in peace."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    old = {number: signal.signal(number, handler) for number in numbers}
    try:
        yield
    finally:
        for number, before in old.items():
            signal.signal(number, before)


class _Stop:
    """A wish to end, by Ctrl-C or another signal: noted the first time, obeyed at once the second time."""

    signal = 0

    def heard(self, number: int, _frame: FrameType | None) -> None:
        if self.signal:
            raise _Ended(number)
        self.signal = number

    def __call__(self) -> bool:
        return bool(self.signal)


def _update(
    store: Store,
    paths: Sequence[str] | None,
    encoder: Encoder,
    settings: config.Settings,
    *,
    remove: Sequence[str] = (),
    rebuild: bool = False,
) -> Report:
    """`index.build.update` with a bar, and stopped between two batches by a signal."""
    from index.build import update

    stop = _Stop()
    with _handling(stop.heard, signal.SIGINT, signal.SIGTERM, signal.SIGHUP), _Bar(settings.plain) as bar:
        try:
            return update(store, paths, encoder, remove=remove, rebuild=rebuild, progress=bar, should_stop=stop)
        except Interrupted as error:
            ended = Interrupted(f"stopped; {bar.last()} in the index", error.hint)
            ended.exit_code = 128 + stop.signal
            raise ended from None


class _Bar:
    """Progress on standard error: a line drawn over on a terminal, a few lines with --plain, nothing elsewhere."""

    EVERY = 0.1  # seconds between two drawings

    def __init__(self, plain: bool) -> None:
        self._shown = sys.stderr is not None and sys.stderr.isatty()
        self._lines = plain or os.environ.get("TERM") == "dumb"
        self._progress: Progress | None = None
        self._drawn = float("-inf")
        self._quarter = 0

    def __enter__(self) -> _Bar:
        return self

    def __exit__(self, *_: object) -> None:
        if self._shown and not self._lines and self._progress:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)

    def __call__(self, progress: Progress) -> None:
        self._progress = progress
        if not self._shown or not progress.total:
            return
        if self._lines:
            quarter = 4 * progress.done // progress.total
            if self._quarter < quarter < 4:
                print(f"{25 * quarter}%: {describe(progress)}", file=sys.stderr, flush=True)
            self._quarter = quarter
        elif time.monotonic() - self._drawn >= self.EVERY:
            self._drawn = time.monotonic()
            line = describe(progress)[: shutil.get_terminal_size().columns - 1]
            print(f"\r{line}\x1b[K", end="", file=sys.stderr, flush=True)

    def last(self) -> str:
        """How far it came, in words."""
        if self._progress is None:
            return "what was committed is"
        return f"{self._progress.done:,} of {self._progress.total:,} new or changed files are"


def describe(progress: Progress) -> str:
    """One line of progress: "120 of 5,000 files, 900 passages, 34 files/s, 2 min left"."""
    parts = [f"{progress.done:,} of {progress.total:,} files", f"{progress.passages:,} passages"]
    if progress.done:
        parts.append(f"{progress.rate:,.3g} files/s")
    if progress.seconds_left is not None and progress.done < progress.total:
        parts.append(f"{_duration(progress.seconds_left)} left")
    return ", ".join(parts)


def _duration(seconds: float) -> str:
    """A time to wait, as exact as it is useful: "40 s", "2 min", "1 h 5 min"."""
    if seconds < 60:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def _tell(report: Report, out: TextIO, known: Collection[tuple[str, str]] = ()) -> None:
    """What a run found: the skipped files but for those ``known``, what changed, and the sum that must come out."""
    skipped = [file for file in report.skipped if file not in known]
    for path, note in report.notes[:SKIPPED_LISTED]:
        print(f"{tidy(path)}: {tidy(note)}", file=out)
    if len(report.notes) > SKIPPED_LISTED:
        print(f"and {len(report.notes) - SKIPPED_LISTED:,} more files whose columns were guessed", file=out)
    for path, reason in skipped[:SKIPPED_LISTED]:
        print(f"skipped {tidy(path)}: {tidy(reason)}", file=out)
    if len(skipped) > SKIPPED_LISTED:
        print(f"and {len(skipped) - SKIPPED_LISTED:,} more: qa status", file=out)
    for path, reason in report.skipped_parts[:SKIPPED_LISTED]:
        print(f"skipped inside {tidy(path)}: {tidy(reason)}", file=out)
    if len(report.skipped_parts) > SKIPPED_LISTED:
        print(f"and {len(report.skipped_parts) - SKIPPED_LISTED:,} more inside files: qa status", file=out)
    print(
        f"{report.added:,} added, {report.updated:,} updated, {report.removed:,} removed, "
        f"{report.unchanged:,} unchanged",
        file=out,
    )
    print(
        f"{report.passages:,} passages and {report.statements:,} statements written in {report.seconds:.1f} s",
        file=out,
    )
    reasons = Counter(tidy(reason) for _, reason in report.skipped).most_common(3)
    named = [reason if count == 1 else f"{count:,} x {reason}" for reason, count in reasons]
    if len(report.skipped) > sum(count for _, count in reasons):
        named.append("others")
    why = f" ({'; '.join(named)})" if named else ""  # a reason may have a comma
    print(f"found {report.found:,} = indexed {report.indexed:,} + skipped {len(report.skipped):,}{why}", file=out)


# --- Asking ----------------------------------------------------------------------------------------------------------


def _repl(args: argparse.Namespace, settings: config.Settings) -> int:
    """Plain `qa`: the prompt on a terminal, a question per line elsewhere."""
    if args.version:
        return _version()
    for path in args.paths:
        if not os.path.lexists(path):
            raise UsageError(f"{path} is no command, file or folder", f"did you mean: {_meant(args.paths)}")
    if sys.stdin is None or not sys.stdin.isatty():
        return _ask_lines(args, settings) if args.json or args.jsonl else _talk(args, settings)
    if sys.stdout is None or not sys.stdout.isatty():
        raise UsageError("the prompt needs a terminal to show it on", 'for one answer: qa ask "QUESTION"')
    for name in ("json", "jsonl"):
        if getattr(args, name):
            raise UsageError(f"--{name} is not for the prompt", f'type: qa ask "QUESTION" --{name}')
    from qa import repl

    with _session(args, settings) as (store, encoder):
        where = _where(store, vars(args))
        return repl.run(
            store,
            encoder=encoder.get,
            reranker=lambda: _reranker(settings.rerank, args.online),
            settings=settings,
            where=where,
            speaker=args.speaker,
        )


def _meant(words: Sequence[str]) -> str:
    """The command that was perhaps mistyped, else the question."""
    import difflib

    near = difflib.get_close_matches(words[0], [name for name in _COMMANDS if name], n=1)
    return " ".join(["qa", near[0], *words[1:]]) if near else f'qa ask "{" ".join(words)}"'


def _talk(args: argparse.Namespace, settings: config.Settings) -> int:
    """The conversation of the prompt, from the lines of standard input."""
    lines = [text for _, text in itertools.islice(_numbered(sys.stdin), 1)]
    if not lines:
        raise UsageError("no question on standard input", _OVERVIEW.rstrip())
    from qa import repl

    rest = (text for _, text in _numbered(sys.stdin))
    with _session(args, settings) as (store, encoder):
        return repl.run_lines(
            store,
            itertools.chain(lines, rest),
            encoder=encoder.get,
            reranker=lambda: _reranker(settings.rerank, args.online),
            settings=settings,
            where=_where(store, vars(args)),
            out=sys.stdout,
            look=_look(settings),
            speaker=args.speaker,
        )


def _version() -> int:
    from importlib.metadata import PackageNotFoundError, version

    try:
        print(f"qa {version('verbatim-qa')}")
    except PackageNotFoundError:
        print("qa, not installed as a package")
    return 0


def _ask(args: argparse.Namespace, settings: config.Settings) -> int:
    """`qa ask`: one question, or those of standard input."""
    if args.question == "-":
        return _ask_lines(args, settings)
    if not args.question.strip():
        raise UsageError("there is no question", 'type: qa ask "What did … say about …?"')
    if args.paths and " " not in args.question and not any(os.sep in p or os.path.lexists(p) for p in args.paths):
        whole = " ".join([args.question, *args.paths])
        raise UsageError("a question of several words needs quotes around it", f'type: qa ask "{whole}"')
    with _session(args, settings) as (store, encoder):
        answer = _told(_answer(store, encoder, settings, vars(args)), settings, vars(args))
        _show_answer(answer, args, settings)
    return 0 if answer.answered else 1


def _ask_lines(args: argparse.Namespace, settings: config.Settings) -> int:
    """Answers every line of standard input. 2 where one was not understood, else 0 where any was answered, else 1."""
    lines = _numbered(sys.stdin)
    first = next(lines, None)
    if first is None:
        raise UsageError("no question on standard input", _OVERVIEW.rstrip())
    if args.json and (second := next(lines, None)):
        raise UsageError(f"--json is one document, and line {second[0]} is a second question", "use --jsonl")
    answered = failed = False
    with _session(args, settings) as (store, encoder):
        _where(store, vars(args))  # filters that cannot hold are one error, not one for every line
        for number, line in itertools.chain([first], lines):
            request: dict[str, Any] = {"id": number}
            try:
                request |= _request(line) if args.jsonl else {"question": line}
                answer = _told(_answer(store, encoder, settings, vars(args) | request), settings, vars(args) | request)
            except UsageError as error:
                failed = True
                _show_failure(error, number, request["id"], args)
                continue
            answered = answered or answer.answered
            if not args.json and not args.jsonl:
                print(f"qa> {tidy(line)}")
            _show_answer(answer, args, settings, request["id"])
    return UsageError.exit_code if failed else int(not answered)


def _numbered(lines: Iterable[str] | None) -> Iterator[tuple[int, str]]:
    """The lines that hold anything, with their numbers from 1."""
    for number, line in enumerate(lines or (), 1):
        if text := line.removeprefix("\ufeff").strip():
            yield number, text


_FIELDS: Mapping[str, type] = dict.fromkeys(
    ("question", "speaker", "source", "language", "since", "until", "as_of"), str
) | {"k": int}
"""What a JSON line may hold, beside its id."""


def _request(line: str) -> dict[str, Any]:
    """A line of --jsonl: a JSON object, or else the question itself. Raises UsageError."""
    if not line.startswith("{"):
        return {"question": line}
    try:
        given = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"not a JSON object: {error}") from None
    for name, value in given.items():
        if name != "id" and name not in _FIELDS:
            raise UsageError(f"there is no field {name!r}; the fields are id, {', '.join(_FIELDS)}")
        wanted = (str, int, float) if name == "id" else _FIELDS[name]
        if value is not None and (not isinstance(value, wanted) or isinstance(value, bool)):
            raise UsageError(f"{name} cannot be {json.dumps(value)[:40]}")
    if not (given.get("question") or "").strip():
        raise UsageError("there is no question in the line")
    return {name: value for name, value in given.items() if value is not None}


def _answer(store: Store, encoder: Later, settings: config.Settings, wanted: Mapping[str, Any]) -> Answer:
    """The answer to the question of ``wanted``, within its filters. Raises UsageError for filters that cannot hold."""
    from qa.answer import ask

    where = _where(store, wanted)
    k = settings.k or JSON_RESULTS if wanted.get("k") is None else config.parse("k", wanted["k"], "-k")
    if not wanted.get("json") and not wanted.get("jsonl"):
        k = max(k, JSON_RESULTS)  # the screen shows fewer, and says how many there are
    return ask(
        store,
        wanted["question"],
        where=where,
        k=k,
        speaker=wanted.get("speaker"),
        encoder=encoder.get(),
        reranker=_reranker(settings.rerank, wanted["online"]),
    )


def _told(answer: Answer, settings: config.Settings, wanted: Mapping[str, Any]) -> Answer:
    """As it is told: on a screen without its weak end, unless a number of results was asked for; JSON has the strength of
    each result and leaves none out."""
    whole = settings.k or wanted.get("k") is not None or wanted.get("json") or wanted.get("jsonl")
    return answer if whole else answer.telling()


def _where(store: Store, wanted: Mapping[str, Any]) -> Filter:
    """The filters as the store takes them: whole days, an outlet and a language it has."""
    from index.store import Filter

    since, until = wanted.get("since"), wanted.get("until")
    first = _day("since", since, last=False) if since else None
    last = _day("until", until, last=True) if until else None
    if first and last and first > last:
        raise UsageError(f"since {since} is after until {until}", "swap them")
    source, language, as_of = wanted.get("source"), wanted.get("language"), wanted.get("as_of")
    return Filter(
        source=_outlet(store, source) if source else None,
        since=first,
        until=last,
        language=_language(store, language) if language else None,
        as_of=_day("as-of", as_of, last=True) if as_of else None,
    )


def _day(name: str, text: str, *, last: bool) -> str:
    """The first or ``last`` day that ``text`` means. Raises UsageError."""
    if day := wording.iso_day(text, last=last):
        return day
    raise UsageError(f"{name} is not a date: {text!r}", "write 2012, 2012-06 or 2012-06-15")


def _outlet(store: Store, wanted: str) -> str:
    """The outlet as the index spells it. Raises UsageError, with those there are, for one it does not have."""
    with store.snapshot() as snapshot:
        spelled = {outlet.casefold(): outlet for outlet in snapshot.sources()}
    key = wanted.strip().casefold()
    if key in spelled:
        return spelled[key]
    import difflib

    near = difflib.get_close_matches(key, spelled, n=5, cutoff=0.4) or sorted(spelled)[:LISTED]
    known = ", ".join(spelled[name] for name in near)
    raise UsageError(
        f"no article is of the outlet {wanted!r}", f"there are: {known}" if known else "no article names one"
    )


def _language(store: Store, wanted: str) -> str:
    """The code of a language that some article is in. Raises UsageError, with those there are, for any other."""
    with store.snapshot() as snapshot:
        codes = wording.ranked(snapshot.stats().languages)
    code = wording.language(wanted)
    if code in codes:
        return code
    known = ", ".join(itertools.islice(codes, LISTED))
    raise UsageError(
        f"no article is in the language {wanted!r}", f"there are: {known}" if known else "no article's is known"
    )


def _show_answer(answer: Answer, args: argparse.Namespace, settings: config.Settings, id_: object = None) -> None:
    """One answer on standard output, in the form that was asked for."""
    from qa import render

    if args.json or args.jsonl:
        body = render.json(answer)
        if args.jsonl and id_ is not None:
            body = {"version": body.pop("version"), "id": id_} | body
        _print_json(body, indent=2 if args.json else None)
        return
    look = _look(settings, explain=args.explain)
    shown = settings.k or SCREEN_RESULTS
    fragments = render.terminal(
        answer,
        width=look.width,
        colour=look.colour,
        shown=shown,
        explain=look.explain,
        links=look.links,
        encoding=look.encoding,
    )
    print(render.to_ansi(fragments) if look.colour else render.to_plain(fragments), flush=True)


def _look(settings: config.Settings, *, explain: bool = False) -> Look:
    """How standard output is drawn on: as wide and colourful as the terminal, plain elsewhere."""
    from qa.render import Look

    drawable = sys.stdout is not None and sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
    colour = (drawable if settings.colour is None else settings.colour) and not settings.plain
    width = shutil.get_terminal_size().columns  # COLUMNS where it is set, the terminal's, else 80
    return Look(width, colour, explain, links=drawable and colour, encoding=_encoding())


def _show_failure(error: UsageError, number: int, id_: object, args: argparse.Namespace) -> None:
    """A line that is not a question: an object in its place, or a word on standard error."""
    if args.jsonl:
        _print_json({"version": 1, "id": id_, "line": number, "error": error.message})
    else:
        _say(f"line {number}: {error.message}", error.hint)


def _encoding() -> str:
    return (sys.stdout.encoding if sys.stdout is not None else None) or "ascii"


def _print_json(body: Mapping[str, Any], indent: int | None = None) -> None:
    """JSON in ASCII where the output could not write it otherwise: its own escapes, not Python's."""
    from qa.render import dumps

    unicode = _encoding().lower().replace("_", "-") in {"utf-8", "utf8"}
    print(dumps(body, indent=indent, ascii_only=not unicode), flush=True)


# --- The other commands ----------------------------------------------------------------------------------------------


def _index(args: argparse.Namespace, settings: config.Settings) -> int:
    """`qa index`."""
    paths = args.paths if args.paths or args.remove else None
    try:
        opened = _open(settings, create=bool(args.paths))
    except NoIndexError as error:
        if paths is not None or args.rebuild:
            raise
        raise UsageError(
            f"there is nothing to index: {error.message[0].lower()}{error.message[1:]}", error.hint
        ) from None
    with opened as store:
        encoder = _encoder(store, settings, online=args.online, rebuild=args.rebuild)
        report = _update(store, paths, encoder, settings, remove=args.remove, rebuild=args.rebuild)
        _tell(report, sys.stdout)
        if args.watch:
            _watch(store, encoder, settings)
    return int(args.strict and bool(report.skipped))


def _watch(store: Store, encoder: Encoder, settings: config.Settings) -> None:
    """Follows the folders of the index until a signal comes."""
    from index.build import watch

    known: set[tuple[str, str]] = set()

    def told(report: Report) -> None:
        if report.added or report.updated or report.removed or not known.issuperset(report.skipped):
            _tell(report, sys.stdout, known)
            sys.stdout.flush()
        known.clear()
        known.update(report.skipped)

    with store.snapshot() as snapshot:
        known.update(snapshot.stats().skipped)
        _say(f"watching {', '.join(map(tidy, snapshot.roots())) or 'nothing'}; Ctrl-C ends it")
    stop = _Stop()
    # Interrupted: what was committed is in the index, the rest is found by the next run.
    with (
        contextlib.suppress(Interrupted),
        _handling(stop.heard, signal.SIGINT, signal.SIGTERM, signal.SIGHUP),
        _Bar(settings.plain) as bar,
    ):
        watch(store, encoder, told, stop, progress=bar)


def _status(args: argparse.Namespace, settings: config.Settings) -> int:
    """`qa status`."""
    with _open(settings) as store, store.snapshot() as snapshot:
        body = _facts(snapshot) | {"index": str(store.path)}
    if args.json:
        values = {name: getattr(settings, name) for name in settings.origin}
        body["settings"] = {
            name: {"value": str(value) if isinstance(value, Path) else value, "from": settings.origin[name]}
            for name, value in values.items()
        }
        _print_json(body, indent=2)
    else:
        _print_status(body)
    return 0


def _facts(snapshot: Snapshot) -> dict[str, Any]:
    """What is indexed, as `qa status --json` has it; outlets and speakers with their counts, most frequent first."""
    from qa import render

    stats, model = snapshot.stats(), snapshot.model
    return {
        "version": 1,
        "documents": stats.documents,
        "passages": stats.passages,
        "statements": stats.statements,
        "found": stats.found,
        "skipped": [{"path": path, "reason": reason} for path, reason in stats.skipped],
        "skipped_parts": [{"path": path, "reason": reason} for path, reason in stats.skipped_parts],
        "stated": dict(stats.stated),
        "sources": wording.ranked(stats.sources),
        "languages": wording.ranked(stats.languages),
        "speakers": render.speakers(snapshot.speakers(), snapshot.spellings()),
        "earliest": stats.earliest,
        "latest": stats.latest,
        "model": model.name if model else None,
        "fingerprint": model.fingerprint if model else None,
        "dimension": model.dim if model else None,
        "bytes": stats.bytes,
        "snapshot": snapshot.id,
        "folders": snapshot.roots(),
    }


def _print_status(body: Mapping[str, Any]) -> None:
    """The status for a reader; --json has every name."""
    skipped = body["skipped"]
    rows = {
        "index": body["index"],
        "folders": ", ".join(body["folders"]) or "none",
        "articles": f"{body['documents']:,}",
        "passages": f"{body['passages']:,}",
        "statements": f"{body['statements']:,}",
        "speakers": _most(body["speakers"]),
        "outlets": _most(body["sources"]),
        "languages": _most(body["languages"]),
        "dates": f"{body['earliest']} to {body['latest']}" if body["earliest"] else "none given",
        "stated": _shares(body["stated"], body["documents"]),
        "model": f"{body['model']} ({body['dimension']} numbers)" if body["model"] else "none yet",
        "disk": f"{body['bytes'] / 1e6:,.1f} MB",
        "files": f"found {body['found']:,} = indexed {body['found'] - len(skipped):,} + skipped {len(skipped):,}",
    }
    for name, value in rows.items():
        print(f"{name:<11} {tidy(value)}")
    for file in skipped:
        print(f"  skipped {tidy(file['path'])}: {tidy(file['reason'])}")
    for part in body["skipped_parts"]:
        print(f"  skipped inside {tidy(part['path'])}: {tidy(part['reason'])}")


_WORDS = {"source": "outlet", "url": "address"}


def _shares(stated: Mapping[str, int], documents: int) -> str:
    """The share of the articles that state each fact: "title 96%, date 100%, time 31%, outlet 88%, ..."."""
    if not documents:
        return "nothing yet"
    return ", ".join(f"{_WORDS.get(fact, fact)} {100 * count // documents}%" for fact, count in stated.items())


def _most(counts: Mapping[str, int]) -> str:
    """How many there are, and the first few with their counts."""
    named = [f"{name} {count:,}" for name, count in itertools.islice(counts.items(), LISTED)]
    return f"{len(counts):,}" + (f": {', '.join(named)}" if named else "") + (", ..." if len(counts) > LISTED else "")


def _check(args: argparse.Namespace, settings: config.Settings) -> int:
    """`qa check`."""
    with _open(settings) as store:
        problems = store.check(deep=args.deep)
        for problem in problems:
            print(f"{problem.kind}: {tidy(problem.message)}")
        if problems and args.repair:
            repair = store.repair()
            for line in (*repair.done, *(f"to be indexed again: {path}" for path in repair.reindex)):
                print(tidy(line))
            if repair.reindex:
                print("type: qa index PATH, with the folders of these files")
            problems = store.check(deep=args.deep)
    damage = [problem for problem in problems if problem.kind != "source"]
    if damage:
        left = "left" if args.repair else "found"
        step = "type: qa index --rebuild PATH" if args.repair else "type: qa check --repair"
        raise IndexDamagedError(f"{left} in {store.path}: {wording.counted(len(damage), 'problem')}", step)
    if problems:  # the index is sound; it is only behind its articles
        print(
            f"{tidy(str(store.path))}: sound, but {wording.counted(len(problems), 'file')} changed; type: qa index PATH"
        )
        return 0
    print(f"{tidy(str(store.path))}: nothing wrong")
    return 0


_REF = re.compile(
    r"(?P<name>.+?)(?:,?\s+p(?:age|\.)\s*(?P<page>\d+)(?:,?\s+para(?:graph)?\s+(?P<on>\d+))?(?:\D.*)?"
    r"|,?\s+para(?:graph)?\s+(?P<para>\d+)(?:\D.*)?|:(?:p|para)(?P<p>\d+)|:(?P<start>\d+)(?:-\d+)?)",
    re.DOTALL | re.ASCII,
)


def _show(args: argparse.Namespace, settings: config.Settings) -> int:
    """`qa show`: the whole article, or two paragraphs to each side of the place."""
    from index.types import Passage, Span
    from qa import render
    from qa.types import Citation, Hit

    ref = " ".join(args.ref)
    place = _REF.fullmatch(ref)
    from qa.versions import versions

    with _open(settings) as store, store.snapshot() as snapshot:
        document = _document(snapshot, ref)
        if document is not None:
            place = None
        elif place:
            # On the screen the outlet, the title and the date stand before the file.
            names = dict.fromkeys((place["name"], place["name"].rsplit(", ", 1)[-1]))
            document = next((found for name in names if (found := _document(snapshot, name))), None)
        others = versions(snapshot, document) if document and args.versions else []
    if document is None:
        raise UsageError(f"nothing in the index is called {ref!r}", "type: qa show PATH:START, or qa status")
    paragraphs = document.paragraphs() or [Span(0, len(document.text))]
    number = _paragraph(place, paragraphs, document) if place else 1
    span = paragraphs[number - 1]
    citation = Citation(1, document, Hit(Passage(document.id, span, (span,), number), 1.0), (), "strong")
    look = _look(settings)
    if args.versions:
        fragments = render.versions(citation, others, look)
    else:
        fragments = render.article(citation, look, around=2 if place else None)
    print(render.to_ansi(fragments) if look.colour else render.to_plain(fragments), end="")
    return 0


def _paragraph(place: re.Match[str], paragraphs: Sequence[Span], document: Document) -> int:
    """The number of the paragraph a reference means. Raises UsageError where the article ends before it."""
    if place["start"]:
        start = int(place["start"])
        if start >= len(document.text):
            raise UsageError(f"{document.path} has {len(document.text):,} characters; there is no number {start:,}")
        return max(1, sum(span.start <= start for span in paragraphs))
    if place["page"]:
        return _on_page(int(place["page"]), int(place["on"] or 1), paragraphs, document)
    number = int(place["para"] or place["p"])
    if not 1 <= number <= len(paragraphs):
        raise UsageError(f"{document.path} has {len(paragraphs):,} paragraphs; there is no number {number:,}")
    return number


def _on_page(page: int, number: int, paragraphs: Sequence[Span], document: Document) -> int:
    """The number in the document of a paragraph counted on its page. Raises UsageError where there is none."""
    on_page = document.paragraphs(page)
    if not 1 <= number <= len(on_page):
        what = (
            f"{len(on_page):,} paragraphs on p. {page:,} of {len(document.pages):,}" if document.pages else "no pages"
        )
        raise UsageError(f"{document.location} has {what}; there is no p. {page:,}, para {number:,}")
    return paragraphs.index(on_page[number - 1]) + 1


def _document(snapshot: Snapshot, name: str) -> Document | None:
    """The document of an id, a path, or the end of a path. Raises UsageError where several have that name."""
    ids = snapshot.document_ids()
    paths = {id_: {*snapshot.paths(id_), *snapshot.locations(id_)} for id_ in ids}
    full = os.path.abspath(name)  # noqa: PTH100 - resolve() would follow links: the index has the user's names
    for fits in (
        lambda id_: id_ == name,
        lambda id_: full in paths[id_],
        lambda id_: any(path.endswith(f"/{name}") for path in paths[id_]),
    ):
        found = [id_ for id_ in ids if fits(id_)]
        if len(found) > 1:
            raise UsageError(f"{len(found):,} articles are called {name}", f"say which, by id: {', '.join(found[:5])}")
        if found:
            return snapshot.documents(found)[found[0]]
    return None


def _export(args: argparse.Namespace, settings: config.Settings) -> int:
    """`qa export`."""
    with _open(settings) as store, store.snapshot() as snapshot:
        for row in export.KINDS[args.kind](snapshot):
            _print_json(row)
    return 0


def _eval(args: argparse.Namespace, settings: config.Settings) -> int:
    """`qa eval`."""
    from qa import evaluate

    questions = evaluate.load(args.questions)
    with _open(settings) as store:
        encoder = _loading(store, settings, online=args.online)
        wanted = {"k": settings.k, "json": True, "online": args.online}
        result = evaluate.evaluate(
            lambda q: _answer(store, encoder, settings, wanted | {"question": q.text, "as_of": q.as_of}), questions
        )
    print(evaluate.table(result))
    return 0


_Command = tuple[Callable[[], argparse.ArgumentParser], Callable[[argparse.Namespace, config.Settings], int]]
_COMMANDS: Mapping[str, _Command] = {
    "": (_repl_parser, _repl),
    "ask": (_ask_parser, _ask),
    "index": (_index_parser, _index),
    "status": (_status_parser, _status),
    "check": (_check_parser, _check),
    "show": (_show_parser, _show),
    "export": (_export_parser, _export),
    "eval": (_eval_parser, _eval),
}


# --- The program -----------------------------------------------------------------------------------------------------


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command of ``arguments`` (those of the process unless given) and gives its exit code.

    Raises nothing: an error is a line on standard error, and under QA_DEBUG its traceback.
    """
    try:
        code = _run(sys.argv[1:] if arguments is None else arguments)
        _flush()
    except BrokenPipeError:  # who read our output has left: nothing to say, and nobody to say it to
        _mute()
        return CLOSED_PIPE
    except SystemExit as leaving:  # argparse, after --help
        return leaving.code if isinstance(leaving.code, int) else 0
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except _Ended as ended:
        return ended.exit_code
    except Exception as error:
        return _complain(error)
    return code


def _run(arguments: Sequence[str]) -> int:
    _prepare_streams()
    command, rest = _split_command(arguments)
    make, do = _COMMANDS[command]
    parser = make()
    _common(parser)
    args = parser.parse_intermixed_args(rest)
    flags = {
        name: getattr(args, name, None)
        for name in ("index", "model", "rerank", "k", "colour", "plain", "vi", "threads")
    }
    settings = config.load(flags)
    if settings.threads is not None:
        os.environ["QA_THREADS"] = str(settings.threads)  # where the encoder looks, also in its own processes

    def end(number: int, _frame: FrameType | None) -> None:
        raise _Ended(number)

    with _handling(end, signal.SIGTERM, signal.SIGHUP):
        return do(args, settings)


def _prepare_streams() -> None:
    """No character ends the program: what an output cannot write is escaped, what an input cannot be is replaced."""
    for stream, errors in ((sys.stdin, "replace"), (sys.stdout, "backslashreplace"), (sys.stderr, "backslashreplace")):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=errors)


def _flush() -> None:
    """Standard output on its way, while an error can still be told."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        _mute()
        raise _refused(error) from None


def _refused(error: OSError) -> StorageError:
    """What the disk refused, in words."""
    where = os.fsdecode(error.filename) if isinstance(error.filename, (str, bytes)) else "the output"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        folder = os.path.dirname(os.path.abspath(where)) if error.filename else ""  # noqa: PTH100, PTH120 - a string
        free = ""
        with contextlib.suppress(OSError):
            free = f" ({shutil.disk_usage(folder).free / 1e6:,.1f} MB are free in {folder})" if folder else ""
        hint = "Free some space or write elsewhere, then run it again; what the index held before it still holds."
        return StorageError(f"the disk is full: {where} cannot be written{free}", hint)
    return StorageError(f"{where} cannot be used: {error.strerror or error}", "check the path, and who may use it")


def _mute() -> None:
    """What cannot be written goes nowhere, so that Python does not try once more on its way out."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _complain(error: Exception) -> int:
    """The error in words on standard error, with its traceback only under QA_DEBUG; gives the exit code."""
    with contextlib.suppress(OSError, QAError):
        _flush()
    if os.environ.get("QA_DEBUG"):
        import traceback

        traceback.print_exception(error)
    if isinstance(error, QAError):
        _say(error.message, error.hint)
        return error.exit_code
    if isinstance(error, OSError):
        refused = _refused(error)
        _say(refused.message, refused.hint)
        return refused.exit_code
    if isinstance(error, MemoryError):
        _say("not enough memory", "close other programs, or index smaller files")
        return StorageError.exit_code
    _say(f"a fault of this program: {type(error).__name__}: {error}", "QA_DEBUG=1 shows where; please report it")
    return INTERNAL_ERROR


def _say(message: str, hint: str = "") -> None:
    """A message and what to do next, on standard error. The hint may have lines."""
    with contextlib.suppress(OSError):
        print("\n".join([f"qa: {tidy(message)}", *map(clean, hint.splitlines())]), file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
