"""Which files lie under these paths? Each once, sorted, and whatever is no regular file with its reason.

Owns what is hidden, what belongs to a saved page, how far symbolic links are followed, and which path lies under which.
Refuses to know what is in a file and whether it has changed.
"""

# A name on disk is bytes, which os.fsdecode gives as a str; a Path would tidy it:
# ruff: noqa: PTH114, PTH116, PTH120, PTH122

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Set
from dataclasses import dataclass, field

from index.types import changed_ns


@dataclass(frozen=True, slots=True)
class Found:
    """One thing the walk came across: a file with its size and time (`changed_ns`), or the ``reason`` why it cannot be one."""

    path: str
    size: int = 0
    changed_ns: int = 0
    reason: str = ""


@dataclass(slots=True)
class Walk:
    """What lies under the given paths: ``found`` sorted by path, ``closed`` the folders that could not be listed,
    ``missing`` the given paths that are not there. The rest is the walk's own memory."""

    found: list[Found] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    avoid: tuple[int, int] | None = None
    taken: set[str] = field(default_factory=set)
    files: set[tuple[int, int]] = field(default_factory=set)
    links: set[str] = field(default_factory=set)

    def add(self, found: Found) -> None:
        """Takes each path once, however many of the given paths lead to it."""
        if found.path not in self.taken:
            self.taken.add(found.path)
            self.found.append(found)


_SPECIAL = {
    stat.S_IFIFO: "a named pipe, not a file",
    stat.S_IFSOCK: "a socket, not a file",
    stat.S_IFCHR: "a device, not a file",
    stat.S_IFBLK: "a device, not a file",
}


def _reason(error: OSError) -> str:
    """An error of the file system as the reason for a skip, without its path and number."""
    return (error.strerror or type(error).__name__).lower()


def walk(paths: Iterable[str], avoid: str | os.PathLike[str] = "") -> Walk:
    """Every file at or under ``paths`` (absolute), once, sorted; nothing hidden, nothing under the folder ``avoid``.

    A hidden name (".git") is left out and not counted, unless it was given itself; so is the folder in which a browser
    keeps what belongs to a saved page ("story_files" beside "story.html"). Folders behind symbolic links are
    not entered, files behind them are taken once. All else that is found and is not a regular file is there with its
    reason.
    """
    seen = Walk(avoid=_identity(avoid))
    for root in sorted(set(paths)):
        try:
            status = os.stat(root)
        except (FileNotFoundError, NotADirectoryError):
            if os.path.islink(root):
                seen.links.add(root)
            else:
                seen.missing.append(root)
        except OSError as error:
            seen.add(Found(root, reason=_reason(error)))
        else:
            if stat.S_ISDIR(status.st_mode):
                _walk_folder(root, seen)
            else:
                _take(root, status, seen)
    for link in sorted(seen.links - seen.taken):
        seen.add(_follow(link, seen.files))
    seen.found.sort(key=lambda found: os.fsencode(found.path))
    return seen


def _identity(path: str | os.PathLike[str]) -> tuple[int, int] | None:
    """What tells a file or folder from every other, under whatever name."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _walk_folder(root: str, seen: Walk) -> None:
    """Adds what lies under a folder; links are only noted, so that a file wins over a link to it."""
    folders = [root]
    while folders:
        folder = folders.pop()
        if folder in seen.taken or (seen.avoid and _identity(folder) == seen.avoid):
            continue
        seen.taken.add(folder)
        try:
            with os.scandir(folder) as entries:
                listed = list(entries)
                pages = {os.path.splitext(e.name)[0] for e in listed if e.name.lower().endswith((".html", ".htm"))}
                for entry in listed:
                    if entry.name.startswith("."):
                        continue
                    if entry.name.endswith("_files") and entry.name.removesuffix("_files") in pages:
                        continue
                    if entry.is_symlink():
                        seen.links.add(entry.path)
                    elif entry.is_dir(follow_symlinks=False):
                        folders.append(entry.path)
                    else:
                        _take(entry.path, None, seen)
        except OSError as error:
            seen.closed.append(folder)
            seen.found.append(Found(folder, reason=f"folder: {_reason(error)}"))


def _take(path: str, status: os.stat_result | None, seen: Walk) -> None:
    """Adds one thing that is neither a folder nor a link."""
    try:
        status = status or os.lstat(path)
    except OSError as error:
        seen.add(Found(path, reason=_reason(error)))
        return
    if stat.S_ISREG(status.st_mode):
        seen.files.add((status.st_dev, status.st_ino))
    seen.add(_as_found(path, status))


def _as_found(path: str, status: os.stat_result) -> Found:
    reason = "" if stat.S_ISREG(status.st_mode) else _SPECIAL.get(stat.S_IFMT(status.st_mode), "not a regular file")
    return Found(path, status.st_size, changed_ns(status), reason)


def _follow(link: str, inodes: set[tuple[int, int]]) -> Found:
    """What a symbolic link leads to: a file not taken yet, or a reason."""
    try:
        status = os.stat(link)
    except FileNotFoundError:
        return Found(link, reason="a symbolic link to nothing")
    except OSError as error:
        return Found(link, reason=f"a symbolic link: {_reason(error)}")
    if stat.S_ISDIR(status.st_mode):
        return Found(link, reason="a symbolic link to a folder, not followed")
    identity = (status.st_dev, status.st_ino)
    if stat.S_ISREG(status.st_mode) and identity in inodes:
        return Found(link, reason="a symbolic link to a file already found")
    inodes.add(identity)
    return _as_found(link, status)


def above(path: str, roots: Set[str]) -> str | None:
    """The nearest of ``roots`` that ``path`` is or lies under; None where there is none."""
    while roots and path not in roots:
        parent = os.path.dirname(path)
        if parent == path:
            return None
        path = parent
    return path if roots else None


def outermost(paths: Set[str]) -> set[str]:
    """Those of ``paths`` that lie under no other."""
    return {path for path in paths if path == (outer := os.path.dirname(path)) or above(outer, paths) is None}
