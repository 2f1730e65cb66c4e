"""Standard input and output, whatever they are: a terminal, a pipe that closes, a full disk, nothing at all.

Owns how an output is drawn on, JSON on it, the words on standard error, and what the disk refused. Refuses to know what
is written.
"""

# ruff: noqa: T201 - printing is what this module is for
from __future__ import annotations

import contextlib
import errno
import io
import os
import shutil
import sys
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, TextIO

from index.errors import StorageError
from qa import config
from qa.screen import clean, laid, tidy

if TYPE_CHECKING:
    from qa.render import Look


def prepare() -> None:
    """No character ends the program: what an output cannot write is escaped, what an input cannot be is replaced."""
    for stream, errors in ((sys.stdin, "replace"), (sys.stdout, "backslashreplace"), (sys.stderr, "backslashreplace")):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=errors)


def flush() -> None:
    """Standard output on its way, while an error can still be told."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        mute()
        raise refused(error) from None


def refused(error: OSError) -> StorageError:
    """What the disk refused, in words."""
    if isinstance(error, FileNotFoundError) and not error.filename:  # nothing else is looked for without a name
        return StorageError("the current folder is not there any more", "Change to one that is.")
    where = os.fsdecode(error.filename) if isinstance(error.filename, (str, bytes)) else "the output"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        folder = os.path.dirname(os.path.abspath(where)) if error.filename else ""  # noqa: PTH100, PTH120 - a string
        free = ""
        with contextlib.suppress(OSError):
            free = f" ({shutil.disk_usage(folder).free / 1e6:,.1f} MB are free in {folder})" if folder else ""
        hint = "Free some space or write elsewhere, then run it again; what the index held before it still holds."
        return StorageError(f"the disk is full: {where} cannot be written{free}", hint)
    return StorageError(f"{where} cannot be used: {error.strerror or error}", "Check the path, and who may use it.")


def mute() -> None:
    """What cannot be written goes nowhere, so that Python does not try once more on its way out."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def say(message: str, hint: str = "") -> None:
    """A message and what to do next, on standard error. The hint may have lines."""
    if sys.stderr is None:
        return
    with contextlib.suppress(OSError):
        write([f"qa: {tidy(message)}"], sys.stderr)
        print("\n".join(map(clean, hint.splitlines())), end="\n" * bool(hint), file=sys.stderr, flush=True)


def columns(out: TextIO) -> int:
    """Columns of a terminal for text: the last one stays free, for some wrap as soon as it is written."""
    width = 0
    with contextlib.suppress(OSError, ValueError):
        width = os.get_terminal_size(out.fileno()).columns  # not standard output's, which may be a pipe
    return max(1, (width if width and "COLUMNS" not in os.environ else shutil.get_terminal_size().columns) - 1)


def write(lines: Iterable[str], out: TextIO) -> None:
    """Clean lines of ours; on a terminal broken between words, and what is broken hangs."""
    room = columns(out) if out.isatty() else 0
    for line in lines:
        print("\n".join(laid(line, room, hang=2)) if room else line, file=out)


def look_of(settings: config.Settings, *, explain: bool = False) -> Look:
    """How standard output is drawn on: as wide and colourful as the terminal, plain elsewhere."""
    from qa.render import Look

    drawable = sys.stdout is not None and sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
    colour = (drawable if settings.colour is None else settings.colour) and not settings.plain
    width = shutil.get_terminal_size().columns  # COLUMNS where it is set, the terminal's, else 80
    return Look(width, colour, explain, links=drawable and colour, encoding=_encoding())


def _encoding() -> str:
    return (sys.stdout.encoding if sys.stdout is not None else None) or "ascii"


def print_json(body: Mapping[str, Any], indent: int | None = None) -> None:
    """JSON in ASCII where the output could not write it otherwise: its own escapes, not Python's."""
    from qa.render import dumps

    unicode = _encoding().lower().replace("_", "-") in {"utf-8", "utf8"}
    print(dumps(body, indent=indent, ascii_only=not unicode), flush=True)
