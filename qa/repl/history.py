"""The history file of the prompt: what was typed before, for the user alone.

Owns the file, its rights and its size. Refuses to know what the lines mean.
"""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from prompt_toolkit.history import History

from qa.repl.lines import LONGEST_QUESTION, lines_of
from qa.screen import clean

HISTORY_LINES = 10_000  # years of questions, and read within a blink
HISTORY_BYTES = 8 << 20  # read at most this much of a history file, its end


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
        for line in lines_of(string):
            if not line.startswith(" ") and line not in self.get_strings()[-1:]:
                super().append_string(line)

    def load_history_strings(self) -> Iterable[str]:
        lines: list[str] = []
        with suppress(OSError):
            lines = self._read()
        return reversed(lines)

    def store_string(self, string: str) -> None:
        with suppress(OSError):
            self._append(clean(string)[:LONGEST_QUESTION])

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
