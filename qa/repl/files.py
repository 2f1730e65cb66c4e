"""From a citation to its file: the line it stands in, whether the file is still that one, and what opens it.

Owns paths as they are typed at the prompt, and which program shows what. Refuses to know what is said of it.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b, file_digest
from pathlib import Path

from index.errors import StorageError
from qa.render.places import anchor
from qa.types import Citation

_EDITORS_WITH_LINE = frozenset(
    {"vi", "vim", "nvim", "nano", "emacs", "emacsclient", "micro", "kak", "joe", "less", "more"}
)
_WITH_LINES = frozenset({".txt", ".text", ".md", ".markdown"})  # here the text is the file, so its lines are the file's
_SIGNED = (b"%PDF-", b"{\\rtf", b"PK\x03\x04")  # formats an editor shows as gibberish although a file may hold no NUL
_SOON = 2.0  # seconds after which a program that opens a file is taken to have opened it
_LOOKED_AT = 8192  # bytes: what git reads of a file to call it binary


def _words(argument: str) -> list[str]:
    """Paths as a shell would split them; one path where its quotes do not close."""
    try:
        return shlex.split(argument)
    except ValueError:
        return [argument]


def paths_of(argument: str) -> list[str]:
    """`_words`, with ``~`` as the home folder."""
    return [os.path.expanduser(word) for word in _words(argument)]  # noqa: PTH111 (leaves an unknown ~user as it is)


def line_of(citation: Citation) -> int | None:
    """The line of the file a citation begins in, from 1; None where the text is not the file itself."""
    document = citation.document
    if Path(document.path).suffix.lower() not in _WITH_LINES:
        return None
    return len(re.findall(r"\r\n|\r|\n", document.text[: anchor(citation)])) + 1


def where(citation: Citation) -> str:
    """What the user needs to find the place by hand: the file, and the line, the page or the part inside it."""
    document, line, page = citation.document, line_of(citation), citation.document.page(anchor(citation))
    if line:
        return f"{document.path}:{line}"
    return document.location + (f", p. {page:,}" if page else "")


def moved(citation: Citation) -> str:
    """Why the file may not show what was cited: gone, or not the one that was indexed. Empty where all is well."""
    path = citation.document.path
    try:
        with open(path, "rb") as file:
            now = file_digest(file, lambda: blake2b(digest_size=16)).hexdigest()
    except OSError as error:
        return f"The file cannot be read: {error.strerror}"
    if not citation.document.part and now != citation.document.id:  # of a part the id says only itself
        return "The file has changed since it was indexed; the place may be another one. /index brings it up to date."
    return ""


@dataclass(frozen=True, slots=True)
class Opener:
    """A program that shows a file: ``beside`` the prompt, in a window of its own, or in its place until the user leaves it."""

    command: tuple[str, ...]
    beside: bool

    def run(self) -> bool:
        """Whether it seems to have opened the file. Raises StorageError where it cannot be run."""
        program, path = self.command[0], self.command[-1]
        try:
            if self.beside:
                return handed_over(self.command)
            subprocess.run(self.command, check=False)  # noqa: S603 (the user's own editor, no shell)
        except OSError as error:
            raise StorageError(f"Cannot run {program}: {error.strerror}", f"The file is {path}") from None
        return True


def opener(citation: Citation) -> Opener | None:
    """The user's editor or pager, at the line where a text file has one; for what is no text, and where there is no editor, the
    desktop's program for it. None where there is neither, no file, or nobody at a terminal."""
    path = citation.document.path
    if not (sys.stdin.isatty() and sys.stdout.isatty() and Path(path).is_file()):
        return None
    if readable(path) and (command := viewer(path, line_of(citation))):
        return Opener(tuple(command), beside=False)
    window = system_viewer(path)
    return Opener(tuple(window), beside=True) if window else None


def readable(path: str) -> bool:
    """Whether an editor would show this file as text; a file that cannot be read it may at least complain about."""
    if Path(path).suffix.lower() in _WITH_LINES:  # UTF-16 has NULs, and editors know it
        return True
    try:
        with open(path, "rb") as file:
            head = file.read(_LOOKED_AT)
    except OSError:
        return True
    return b"\0" not in head and not head.startswith(_SIGNED)


def system_viewer(path: str) -> list[str]:
    """The command that opens a file in the program the desktop has for it, empty where there is no desktop."""
    name = "open" if sys.platform == "darwin" else "xdg-open"
    desktop = sys.platform == "darwin" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    return [name, path] if desktop and shutil.which(name) else []


def viewer(path: str, line: int | None) -> list[str]:
    """The user's editor or pager with its arguments, empty where there is none."""
    wanted = next((os.environ[name] for name in ("VISUAL", "EDITOR", "PAGER") if os.environ.get(name)), "")
    command = _words(wanted)
    if not command or shutil.which(command[0]) is None:
        return []
    at = [f"+{line}"] if line and Path(command[0]).name in _EDITORS_WITH_LINE else []
    return [*command, *at, path]


def handed_over(command: Sequence[str]) -> bool:
    """Starts a program with a window of its own; whether it seems to have opened it. Raises OSError where it cannot be run."""
    with open(os.devnull, "r+b") as nowhere:
        program = subprocess.Popen(  # noqa: S603 (the desktop's own opener, no shell)
            command, stdin=nowhere, stdout=nowhere, stderr=nowhere, start_new_session=True
        )
    try:
        return program.wait(_SOON) == 0
    except subprocess.TimeoutExpired:  # an opener that stays as long as its window: it goes on without us
        threading.Thread(target=program.wait, daemon=True).start()
        return True
