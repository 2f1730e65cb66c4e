"""What the mark of a file says: as which bytes it was read, and whether that was all of it.

Owns what is written where a size or time would be and is not one. Refuses to know where marks are kept.
"""

# A name on disk is bytes, which os.fsdecode gives as a str; a Path would tidy it:
# ruff: noqa: PTH122

from __future__ import annotations

import os
import time
from typing import TypeAlias

from index.store import FileMark

RACY_NS = 2_000_000_000  # coarsest clock of a file system in use (FAT: 2 s)
NO_TIME = -1  # a mark's time that no file has: compare the bytes

Key: TypeAlias = tuple[str, str]


def marked(path: str, size: int, changed_ns: int, digest: str) -> FileMark:
    """The mark of a file read just now; without a time where it may yet change within this tick of the clock."""
    racy = changed_ns > time.time_ns() - RACY_NS
    return FileMark(path, size, NO_TIME if racy else changed_ns, digest)


def unread(path: str, size: int) -> FileMark:
    """The mark of a file whose bytes count for nothing; ``size`` may be `OWED`, `UNFINISHED` or `WAITING`."""
    return FileMark(path, size, NO_TIME, "")


def key(mark: FileMark) -> Key:
    """Files of equal keys are read alike: the same bytes, and the same ending, which chooses the reader."""
    return mark.hash, os.path.splitext(mark.path)[1].lower()
