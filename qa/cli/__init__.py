"""The `qa` command: arguments in, exit codes out.

Owns the commands, their options, standard input and output, signals, and the line between an error and a traceback.
Refuses to know how a question is answered or an index built: every command is a few calls into the modules that do.
Everything heavy is imported inside the command that needs it, so that `qa --help` costs what Python costs.

Standard output carries what was asked for and nothing else; progress, notes and errors go to standard error.

The files, each importing only those before it: arguments (the parsers), streams (standard input and output), session
(the index while a command works with it), and, apart from each other, asking, indexing, looking (the commands).
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from types import FrameType

from index.errors import QAError, StorageError
from qa import config
from qa.cli import asking, indexing, looking
from qa.cli.arguments import addressed, parse
from qa.cli.session import Ended, handling
from qa.cli.streams import flush, mute, prepare, refused, say

__all__ = ["CLOSED_PIPE", "INTERNAL_ERROR", "main"]

INTERNAL_ERROR = 70  # EX_SOFTWARE of sysexits.h: a fault of this program, and no code that means something else
CLOSED_PIPE = 128 + signal.SIGPIPE

_COMMANDS: Mapping[str, Callable[[argparse.Namespace, config.Settings], int]] = {
    "": asking.converse,
    "ask": asking.ask,
    "index": indexing.index,
    "status": looking.status,
    "check": looking.check,
    "show": looking.show,
    "export": looking.export,
    "eval": asking.measure,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command of ``arguments`` (those of the process unless given) and gives its exit code.

    Raises nothing: an error is a line on standard error, and under QA_DEBUG its traceback.
    """
    try:
        code = _run(sys.argv[1:] if arguments is None else arguments)
        flush()
    except BrokenPipeError:  # who read our output has left: nothing to say, and nobody to say it to
        mute()
        return CLOSED_PIPE
    except SystemExit as leaving:  # argparse, after --help
        return leaving.code if isinstance(leaving.code, int) else 0
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except Ended as ended:
        return ended.exit_code
    except Exception as error:
        return _complain(error)
    return code


def _run(arguments: Sequence[str]) -> int:
    prepare()
    command, args = parse(arguments)
    flags = {
        name: getattr(args, name, None)
        for name in ("index", "model", "rerank", "k", "colour", "plain", "vi", "threads")
    }
    settings = config.load(flags)
    if settings.threads is not None:
        os.environ["QA_THREADS"] = str(settings.threads)  # where the encoder looks, also in its own processes

    def end(number: int, _frame: FrameType | None) -> None:
        raise Ended(number)

    try:
        with handling(end, signal.SIGTERM, signal.SIGHUP):
            return _COMMANDS[command](args, settings)
    except QAError as error:
        error.hint = addressed(error.hint, args.index)
        raise


def _complain(error: Exception) -> int:
    """The error in words on standard error, with its traceback only under QA_DEBUG; gives the exit code."""
    with contextlib.suppress(OSError, QAError):
        flush()
    if os.environ.get("QA_DEBUG"):
        import traceback

        traceback.print_exception(error)
    if isinstance(error, QAError):
        say(error.message, error.hint)
        return error.exit_code
    if isinstance(error, OSError):
        told = refused(error)
        say(told.message, told.hint)
        return told.exit_code
    if isinstance(error, MemoryError):
        say("not enough memory", "Close other programs, or index smaller files.")
        return StorageError.exit_code
    say(f"a fault of this program: {type(error).__name__}: {error}", "QA_DEBUG=1 shows where; please report it")
    return INTERNAL_ERROR
