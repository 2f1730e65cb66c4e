"""What one question leaves for the next: counts, names, files, articles, as long as the commit they are of is the latest.

Owns how much is kept and what goes first. Refuses to know what it is: whoever asks says how it is made.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

_T = TypeVar("_T")
_K = TypeVar("_K")
_V = TypeVar("_V")

CACHED = 64
"""Derived things kept between questions about one commit: counts, names, both kinds' tails, and the last filters."""


class Cache:
    """What one question leaves for the next, by the commit it was made from. Any number of threads may use it."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._commit = ""
        self._made: dict[Hashable, Any] = {}
        self._files: dict[str, tuple[Hashable, Any]] = {}

    def get(self, commit: str, key: Hashable, make: Callable[[], _T]) -> _T:
        """What was made for ``key``, now or before. What was not asked for longest goes where they are too many, all at
        another commit."""
        with self._lock:
            if commit != self._commit:
                self._commit = commit
                self._made.clear()
            value: _T = self._made.pop(key) if key in self._made else make()
            while len(self._made) >= CACHED:
                del self._made[next(iter(self._made))]
            self._made[key] = value
            return value

    def spoil(self, kind: str, key: Hashable) -> None:
        """The file of a kind turned out not to be usable."""
        with self._lock:
            self._files[kind] = (key, None)

    def file(self, kind: str, key: Hashable, load: Callable[[], _T | None]) -> _T | None:
        """The file of a kind: one is kept, the last that was asked for."""
        with self._lock:
            if kind not in self._files or self._files[kind][0] != key:
                self._files[kind] = (key, load())
            found: _T | None = self._files[kind][1]
            return found


class Links:
    """The row that each row of a table points to, by id, filled as it is asked for. Any number of threads may use it."""

    def __init__(self, highest: int) -> None:
        """``highest`` of the ids there are, from 1."""
        self._to = np.zeros(highest + 1, dtype=np.int64)  # takes memory only where something is written

    def get(self, ids: Sequence[int], load: Callable[[list[int]], Mapping[int, int]]) -> NDArray[np.int64]:
        """For each id what is known or what ``load`` gives for all those that are not, (len(ids),). Raises KeyError for one
        that it does not give."""
        wanted = np.array(ids, dtype=np.int64)
        if len(wanted) and not 0 < int(wanted.min()) <= int(wanted.max()) < len(self._to):
            raise KeyError("no row of that id")
        missing = np.unique(wanted[self._to[wanted] == 0])
        if len(missing):
            loaded = load(missing.tolist())
            self._to[missing] = [loaded[id_] for id_ in missing.tolist()]
        return self._to[wanted]

    def put(self, pairs: Iterable[tuple[int, int]]) -> None:
        """Fills in what is known of all rows, or of some."""
        known = np.array(list(pairs), dtype=np.int64).reshape(-1, 2)
        self._to[known[:, 0]] = known[:, 1]


class Kept(Generic[_K, _V]):
    """What was read last, by id, up to a weight in all. Any number of threads may use it."""

    def __init__(self, room: int, weigh: Callable[[_V], int] = lambda _: 1) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[_K, _V] = OrderedDict()
        self._room, self._weigh = room, weigh

    def get(self, ids: Iterable[_K], load: Callable[[list[_K]], Mapping[_K, _V]]) -> dict[_K, _V]:
        """For each id, in their order, what is kept or what ``load`` gives for all those that are not. Raises KeyError for
        one that it does not give, and what it raises."""
        wanted = list(dict.fromkeys(ids))
        with self._lock:
            found = {id_: self._kept[id_] for id_ in wanted if id_ in self._kept}
            for id_ in found:
                self._kept.move_to_end(id_)
        if len(found) == len(wanted):
            return found
        loaded = load([id_ for id_ in wanted if id_ not in found])
        with self._lock:
            for id_, value in loaded.items():
                if id_ not in self._kept:
                    self._kept[id_] = value
                    self._room -= self._weigh(value)
            while self._room < 0:
                self._room += self._weigh(self._kept.popitem(last=False)[1])
        return {id_: found[id_] if id_ in found else loaded[id_] for id_ in wanted}
