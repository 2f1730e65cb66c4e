"""What may be typed after `qa`: the commands, their options and their help.

Owns every parser and the words of every `--help`. Refuses to know what a command does, and imports nothing that costs.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import NoReturn

from index.errors import UsageError
from qa import wording
from qa.export import KINDS
from qa.types import ASKED, SHOWN

COLUMN = 30  # a narrower second column of a help is put below the first

OVERVIEW = """\
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
`qa COMMAND --help` says more. Settings: $XDG_CONFIG_HOME/qa/config.toml (else ~/.config/qa/config.toml) with lines such
as k = 5, then QA_* in the environment, then options; `qa status --json` shows them, and where each came from.
exit codes: 0 answered, 1 no answer (or files skipped under --strict), 2 usage, 3 disk or no index, 4 index locked,
5 index damaged, 6 model, 70 a fault of this program, 130 interrupted, 141 closed pipe, 143 terminated
"""
_ASK_END = """\
With `-` and --jsonl a line is a question, or a JSON object: {"id": 7, "question": "…"}, which may also hold
"speaker", "source", "language", "since", "until", "as_of" and "k". For each line one line comes back, in order, with its
"id" (the number of the line where it gave none); for one that is not understood
{"version": 1, "id": …, "line": n, "error": "…"}.
exit code with `-`: 2 where a line was not understood, else 0 where any question was answered, else 1
"""


_EVAL_END = """\
A line is a JSON object, in one of these forms:
  {"question": "…", "gold_articles": ["name", …]}
  {"question": "…", "gold_articles": ["name", …], "answer": ["words", "any of which answers", …]}
  {"question": "…", "gold": [{"article": "name", "start": 0, "end": 9, "speaker": "…", "grade": 2}, …]}
"name" is a file's without its suffix; start and end count characters of its text; speaker and grade (2: it must be found)
may be left out. Each may hold "id", "date" (YYYY-MM-DD: the day it was asked on), "form" (the kind of question), and
"answerable": false, with "gold": [], where the articles have no answer.
"""


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

    def format_help(self) -> str:
        return _fitted(super().format_help())

    def error(self, message: str) -> NoReturn:
        missing = message.removeprefix("the following arguments are required: ")
        if missing != message:
            wanted = missing.split(", ")[0]
            raise UsageError(f"{wanted} is missing", f"Type: {self.prog} {wanted}; {self.prog} --help says more")
        raise UsageError(message, f"See: {self.prog} --help")


def _fitted(text: str) -> str:
    """Help as a narrow terminal can show it, broken between words; elsewhere as it is."""
    columns = shutil.get_terminal_size().columns - 1
    if sys.stdout is None or not sys.stdout.isatty() or max(map(len, text.splitlines())) <= columns:
        return text
    lines = re.sub(
        r"(?m)^(?!usage)(\S.*[^.:\n])\n(?=\S)", r"\1 ", text
    ).splitlines()  # a paragraph runs on to its full stop
    return "".join(f"{each}\n" for line in lines for each in _broken(line, columns))


def _broken(line: str, columns: int) -> list[str]:
    """The lines of a line: the second column of a table stays a column where it has room, and what is indented hangs."""
    indent = len(re.match(r"(?:usage:)? *", line)[0])  # type: ignore[index]  # always matches
    label = re.match(r" *\S+(?: \S+)* {2,}(?=\S)", line)
    hang = len(label[0]) if label and columns - len(label[0]) >= COLUMN else indent + 2 if indent else 0
    return textwrap.wrap(line, columns, subsequent_indent=" " * hang, break_on_hyphens=False) or [""]


class _Overview(_Parser):
    """The parser of plain `qa`: its help begins with the commands."""

    def __init__(self) -> None:
        super().__init__("", "", _OVERVIEW_END)

    def format_help(self) -> str:
        return _fitted(OVERVIEW) + super().format_help().partition("\n\n")[2].join(["\n", ""])


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
    group.add_argument("-k", metavar="N", help=f"results (default: {SHOWN}, in JSON {ASKED})")
    form = group.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="one JSON document")
    form.add_argument("--jsonl", action="store_true", help="one JSON document per line and question")
    group.add_argument(
        "--explain", action="store_true", help="how the question was understood, scores, ranks, where it came from"
    )


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
    help_ = "take this out of the index; where it lies in a folder that stays followed, the next run finds it again"
    parser.add_argument("--remove", metavar="PATH", action="append", default=[], help=help_)
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
    parser.add_argument("kind", metavar="KIND", choices=tuple(KINDS), help=", ".join(KINDS))
    return parser


def _eval_parser() -> argparse.ArgumentParser:
    parser = _Parser("eval", "Quality on labelled questions, with intervals.", _EVAL_END)
    parser.add_argument("questions", metavar="QUESTIONS.jsonl", help="labelled questions, one JSON object per line")
    return parser


PARSERS: Mapping[str, Callable[[], argparse.ArgumentParser]] = {
    "": _repl_parser,
    "ask": _ask_parser,
    "index": _index_parser,
    "status": _status_parser,
    "check": _check_parser,
    "show": _show_parser,
    "export": _export_parser,
    "eval": _eval_parser,
}
"""The commands; plain `qa` is the one without a name."""

_COMMAND = re.compile(rf"(?<!\S)qa (?=(?:{'|'.join(filter(None, PARSERS))})\b)")

_VALUED = frozenset(
    "--index --model --rerank --threads --speaker --source --language --since --until --as-of -k".split()
)
"""The options that may stand before a command and take the next word."""


def parse(arguments: Sequence[str]) -> tuple[str, argparse.Namespace]:
    """The command's name ("" for plain `qa`) and its options, which may stand before the name too.

    Raises UsageError, and SystemExit after --help.
    """
    command, rest = _split_command(arguments)
    parser = PARSERS[command]()
    _common(parser)
    return command, parser.parse_intermixed_args(rest)


def addressed(text: str, index: str | None) -> str:
    """A text whose commands to type are about the index folder that was named, where one was; but the table of all commands."""
    named = index and not text.startswith("usage:")
    return _COMMAND.sub(lambda _: f"qa --index {wording.typed(str(index))} ", text) if named else text


def _split_command(arguments: Sequence[str]) -> tuple[str, list[str]]:
    """The command's name and the other arguments."""
    at = 0
    while at < len(arguments):
        word = arguments[at]
        if word in PARSERS:
            return word, [*arguments[:at], *arguments[at + 1 :]]
        if word == "--" or not word.startswith("-"):
            break
        at += 2 if word in _VALUED else 1
    return "", list(arguments)
