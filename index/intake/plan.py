"""Which files are new, changed, gone, or as they were?

Owns that decision, and which paths the index remembers after it. Refuses to know what becomes of a file, and writes
nothing.
"""

# A name on disk is bytes, which os.fsdecode gives as a str; a Path would tidy it:
# ruff: noqa: PTH112, PTH120, PTH208

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

from index.errors import UsageError
from index.intake.marks import Key, key
from index.store import OWED, FileMark
from index.walk import Found, Walk, above, outermost, walk

NOT_THERE = "not there; what is known of it stays until it is taken out (--remove)"
NOT_MOUNTED = "the disk that was mounted here is not; what is known of it stays until it is taken out (--remove)"


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done: files to read (``todo``), files as they were (``unchanged``, and ``skipped`` with their
    reasons), files to take out (``removed``), paths to remember (``follow``), those of them that are a disk (``mounted``).

    ``known`` are the marks there were, by ``os.fsencode`` of the path, ``indexed`` those of the files in the index, by
    path; ``again`` says that all is read whatever they say. ``stored`` are the readings that stay there while others are
    read: held by a file as it was, or by one that leaves only afterwards. ``leaving`` are those, by hash.
    """

    known: Mapping[bytes, FileMark]
    again: bool
    todo: tuple[Found, ...]
    unchanged: int
    skipped: tuple[tuple[str, str], ...]
    removed: tuple[str, ...]
    follow: frozenset[str]
    mounted: frozenset[str]
    indexed: Mapping[str, FileMark]
    stored: frozenset[Key]
    leaving: Mapping[str, Sequence[str]]


def planned(
    known: Mapping[bytes, FileMark],
    skipped: Mapping[str, str],
    remembered: Set[str],
    asked: Set[str] | None,
    gone: Set[str],
    *,
    mounted: Set[str] = frozenset(),
    again: bool,
    avoid: str | os.PathLike[str],
) -> Plan:
    """Compares the files that are ``known``, some of them ``skipped`` for a reason, with what lies at and under the paths
    that are ``asked`` for (None: those that are ``remembered``); what lies at and under ``gone`` leaves.

    Of a path that is remembered and not there, or is empty where a disk was ``mounted``, what is known stays: the disk may be
    unplugged. ``again``: nothing is as it was. ``avoid`` is the folder of the index. Raises UsageError for a path that is
    neither there nor known.
    """
    roots = remembered if asked is None else asked
    paths = [mark.path for mark in known.values()]
    lost = {root for root in roots & remembered if not os.path.lexists(root)}
    absent = dict.fromkeys((root for root in lost if not _was_deleted(root, known)), NOT_THERE)
    absent |= dict.fromkeys((root for root in roots & mounted - gone if _is_empty_place(root)), NOT_MOUNTED)
    searched = roots | {mark.path for mark in known.values() if again or mark.size == OWED}
    seen = walk(searched - absent.keys(), avoid=avoid)
    for root, why in absent.items():
        seen.add(Found(root, reason=why))
        seen.closed.append(root)
    _refuse_unknown([*paths, *remembered], gone, roots & set(seen.missing))

    staying = [found for found in seen.found if not above(found.path, gone)]
    todo, as_before, same = _compared(staying, {} if again else known, skipped)
    removed = _removed(paths, seen, searched, gone)
    indexed = {} if again else {mark.path: mark for mark in known.values() if mark.path not in skipped}
    left = [indexed[path] for path in removed if path in indexed]
    follow = _to_follow((remembered | roots) - (lost - absent.keys()), gone)
    return Plan(
        known=known,
        again=again,
        todo=tuple(todo),
        unchanged=len(same),
        skipped=tuple(as_before),
        removed=removed,
        follow=follow,
        mounted=frozenset(root for root in follow if os.path.ismount(root) or (root in mounted and root in absent)),
        indexed=indexed,
        stored=frozenset(map(key, (*same, *left))),
        leaving=_by_hash(left),
    )


def _compared(
    found: Iterable[Found], known: Mapping[bytes, FileMark], skipped: Mapping[str, str]
) -> tuple[list[Found], list[tuple[str, str]], list[FileMark]]:
    """What has to be read; and of what is as it was the skipped files with their reasons, and the marks of the others."""
    todo, as_before, same = list[Found](), list[tuple[str, str]](), list[FileMark]()
    for one in found:
        mark, reason = known.get(os.fsencode(one.path)), skipped.get(one.path)
        if mark is None or not _is_as_it_was(one, mark, reason):
            todo.append(one)
        elif reason is not None:
            as_before.append((one.path, reason))
        else:
            same.append(mark)
    return todo, as_before, same


def _by_hash(marks: Iterable[FileMark]) -> dict[str, list[str]]:
    """The paths of marks by their bytes."""
    found: dict[str, list[str]] = {}
    for mark in marks:
        found.setdefault(mark.hash, []).append(mark.path)
    return found


def _refuse_unknown(known: Collection[str], gone: Set[str], missing: Set[str]) -> None:
    for root in sorted(gone | missing):
        if not any(above(path, {root}) for path in known):
            where = "in the index" if root in gone else "on the disk or in the index"
            raise UsageError(f"nothing {where} at {root}", "Type: qa status")


def _is_as_it_was(found: Found, mark: FileMark, reason: str | None) -> bool:
    """Whether a file has nothing new to say; ``reason`` is why it was skipped."""
    return found.reason == reason if found.reason else (mark.size, mark.changed_ns) == (found.size, found.changed_ns)


def _removed(known: Collection[str], seen: Walk, searched: Set[str], gone: Set[str]) -> tuple[str, ...]:
    """The known files that were to be seen and were not, and those that are to go."""
    there, closed = {found.path for found in seen.found}, set(seen.closed)
    return tuple(
        path
        for path in known
        if above(path, gone) or (path not in there and above(path, searched) and not above(path, closed))
    )


def _to_follow(roots: Set[str], gone: Set[str]) -> frozenset[str]:
    """The paths to remember: none that left, and of one inside another only the outer."""
    return frozenset(outermost({root for root in roots if not above(root, gone)}))


def _was_deleted(root: str, known: Mapping[bytes, FileMark]) -> bool:
    """Whether a path that is not there was a file, out of a folder that is still there; a folder may be on a disk."""
    mark = known.get(os.fsencode(root))
    return mark is not None and mark.hash != "" and os.path.isdir(os.path.dirname(root))


def _is_empty_place(root: str) -> bool:
    """Whether no disk is mounted at a path and nothing is in it."""
    try:
        return not os.path.ismount(root) and not os.listdir(root)
    except OSError:
        return False
