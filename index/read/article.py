"""What a reader makes of a file: one article, or several where the file holds others.

Owns the shape of a reader's result, and how a file inside a file is read: as one of its name would be, with how deep,
how many and how much of it bounded. Refuses to know any format: it is told how bytes of a name become articles.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from index.errors import ReadError, unforeseen
from index.read.facts import Facts
from index.types import Block, inside

MAX_DEPTH = 3  # an attachment of a message in a mailbox in an archive; what lies deeper was made to be deep
MAX_PARTS = 20_000  # a year of a news wire in one archive; each part costs a sniff and a reader
MAX_EXPANDED = 1 << 30  # bytes of all parts together: four of the largest files that are read


class TooMuch(ReadError):
    """The parts of a file are more than is read: the file is refused as a whole, however deep it was noticed."""


@dataclass(frozen=True, slots=True)
class Article:
    """One article as its format gives it, before it becomes a Document.

    ``name`` is that of the part of the file it is ("inner/a.html", "3"), empty where it is the whole file. ``pages`` are
    the offsets in ``text`` at which the pages start, empty where there are none.
    """

    text: str
    blocks: tuple[Block, ...]
    facts: Facts
    name: str = ""
    pages: tuple[int, ...] = ()


@dataclass(slots=True)
class Parts:
    """Reads what lies inside a file. ``skipped`` gathers (name inside the file, reason) of what could not be read,
    ``notes`` what was guessed, for the user to see.

    ``reader`` is given bytes, a file's name and the Parts for what is inside that in turn. ``spent`` and ``count`` are
    what all parts have taken so far, however deep.
    """

    reader: Callable[[bytes, str, Parts], Iterable[Article]]
    name: str = ""  # of the file that is read
    skipped: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    depth: int = 0
    spent: int = 0
    count: int = 0

    def read(self, name: str, data: bytes, label: str | None = None, *, expands: bool = True) -> Iterator[Article]:
        """The articles in a part, read as a file called ``name`` would be; none, and a reason, where that fails.

        ``label`` is what the part is called, if not by ``name``; where it is empty the part is all there is, as in
        ``a.html.gz``. A part that stands in the file as it is, like a message in a mailbox, expands nothing and is not
        counted. Raises ReadError where the parts of the whole file are more than is read.
        """
        label = name if label is None else label
        if expands:
            self.spend(len(data))
        inner = Parts(self.reader, name, depth=self.depth + 1, spent=self.spent, count=self.count)
        try:
            if inner.depth > MAX_DEPTH:
                raise ReadError(f"more than {MAX_DEPTH} files inside each other")
            for article in self.reader(data, name, inner):
                yield replace(article, name=inside(label, article.name))
        except (TooMuch, MemoryError):
            raise
        except Exception as error:  # of any kind: one hostile part must not take the others with it
            if not label:
                raise
            self.skip(label, error.message if isinstance(error, ReadError) else unforeseen(error))
        finally:
            self.spent, self.count = inner.spent, inner.count
            for below, reason in inner.skipped:
                self.skip(inside(label, below), reason)
            for note in inner.notes:
                self.note(f"{label}: {note}" if label else note)

    def skip(self, name: str, reason: str) -> None:
        """Notes a part that is not read, and why."""
        self.skipped.append((name, reason))

    def note(self, text: str) -> None:
        """Notes what was guessed about the file, in words."""
        self.notes.append(text)

    def spend(self, size: int) -> None:
        """Counts a part of ``size`` bytes. Raises TooMuch where all together are more than is read."""
        self.count += 1
        self.spent += size
        if self.count > MAX_PARTS:
            raise TooMuch(f"more than {MAX_PARTS:,} files inside; unpack it")
        if self.spent > MAX_EXPANDED:
            raise TooMuch(f"expands past {MAX_EXPANDED:,} bytes; unpack it")
