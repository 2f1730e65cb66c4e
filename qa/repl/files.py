"""From a citation to its file: the line it stands in, whether the file is still that one, and what opens it.

Owns paths as they are typed at the prompt. Refuses to know what is shown.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
from hashlib import blake2b
from pathlib import Path

from qa.types import Citation

_EDITORS_WITH_LINE = frozenset(
    {"vi", "vim", "nvim", "nano", "emacs", "emacsclient", "micro", "kak", "joe", "less", "more"}
)
_WITH_LINES = frozenset({".txt", ".text", ".md", ".markdown"})  # here the text is the file, so its lines are the file's


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
    start = citation.statement.span.start if citation.statement else citation.passage.span.start
    if citation.statement is None and citation.highlights:
        start = citation.highlights[0].start
    return len(re.findall(r"\r\n|\r|\n", document.text[:start])) + 1


def moved(citation: Citation) -> str:
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


def viewer(path: str, line: int | None) -> list[str]:
    """The user's editor or pager with its arguments, empty where there is none."""
    wanted = next((os.environ[name] for name in ("VISUAL", "EDITOR", "PAGER") if os.environ.get(name)), "")
    command = _words(wanted)
    if not command or shutil.which(command[0]) is None:
        return []
    at = [f"+{line}"] if line and Path(command[0]).name in _EDITORS_WITH_LINE else []
    return [*command, *at, path]
