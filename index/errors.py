"""What can go wrong, drawn as a tree. Each error says what happened, with the path, and what to type next.

    QAError                       the base: `except QAError` catches all that this program raises on purpose
    ├── UsageError            2   a wrong argument, filter, date or question
    ├── StorageError          3   disk full, read-only, I/O
    │   └── NoIndexError      3   there is no index here
    ├── IndexLockedError      4   another process is writing to the index
    ├── IndexDamagedError     5   a checksum or an invariant does not hold
    ├── ModelError            6   the embedding model
    │   ├── ModelMissingError     not on this machine
    │   ├── ModelRefusedError     there, but not safe or not right to load (pickles, code, wrong weights)
    │   └── ModelMismatchError    not the model the index was built with
    ├── Interrupted         130   the user stopped it; what was acknowledged is kept
    └── ReadError                 one file cannot be read: skipped with this reason, never ends a run

Foreign errors (apsw, OSError, faiss, onnxruntime, lxml) are translated into these once, at the edge of the module that
calls the library. The number is the exit code of the `qa` command.
"""

from __future__ import annotations


class QAError(Exception):
    """The base. ``hint`` is the command or the step that helps, on a line of its own."""

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n{self.hint}" if self.hint else self.message


class UsageError(QAError):
    """The caller asked for something that does not exist or does not parse."""

    exit_code = 2


class StorageError(QAError):
    """The disk refused: full, read-only, permission, I/O."""

    exit_code = 3


class NoIndexError(StorageError):
    """There is no index where one was looked for."""


class IndexLockedError(QAError):
    """Another process holds the writer's lock."""

    exit_code = 4


class IndexDamagedError(QAError):
    """A checksum failed or an invariant of the store does not hold."""

    exit_code = 5


class ModelError(QAError):
    """Something about the embedding model."""

    exit_code = 6


class ModelMissingError(ModelError):
    """The model is not on this machine."""


class ModelRefusedError(ModelError):
    """The model is there, but loading it would be unsafe or would not give the vectors it promises."""


class ModelMismatchError(ModelError):
    """The index holds vectors of another model."""


class Interrupted(QAError):
    """Stopped by the user between two batches; all that was acknowledged is in the index."""

    exit_code = 130


class ReadError(QAError):
    """One file that cannot be read. The message is the reason shown to the user."""


def unforeseen(error: Exception) -> str:
    """Why a file or a part of one is skipped whose reader failed in a way that it does not know."""
    return f"could not be taken apart ({type(error).__name__}: {error})"
