"""What the prompt needs of the rest of the program, and how an open store gives it.

Owns the protocol between the prompt and the index. Refuses to know about screens and keys.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

from qa import account, people
from qa.types import Answer, Question
from qa.wording import counted, ranked

if TYPE_CHECKING:
    from index.build import Progress, Report
    from index.encode import Encoder, Reranker
    from index.store import Filter, Store
    from index.types import Document
    from qa.versions import Version

SKIPPED_LISTED = 20  # skipped files on the screen at once


@dataclass(frozen=True, slots=True)
class Facts:
    """What the toolbar says of the index, its outlets, how often each speaker is quoted, and its languages, both most
    frequent first."""

    line: str
    sources: tuple[str, ...] = ()
    speakers: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    languages: tuple[str, ...] = ()


class Doors(Protocol):
    """What the prompt needs of the rest of the program. Called on one thread; each may raise QAError."""

    def load(self) -> None:
        """Makes the model ready."""

    def facts(self) -> Facts:
        """What is indexed, in one line."""

    def ask(self, text: str, *, where: Filter, k: int, speaker: str | None) -> Answer:
        """One question; with ``speaker``, only what that person said."""

    def who(self, name: str) -> list[str]:
        """The speakers a name or a description may mean, as they are shown, most frequent first."""

    def versions(self, document: Document) -> list[Version]:
        """The other articles that carry the story of this one."""

    def status(self) -> list[str]:
        """What is indexed, in full, as lines."""

    def index(
        self, paths: Sequence[str], progress: Callable[[Progress], None], should_stop: Callable[[], bool]
    ) -> Report:
        """Brings the index up to date with ``paths``, or with all it was made of where there are none. Raises Interrupted
        where ``should_stop`` says so."""


class Index:
    """The doors of an open store."""

    def __init__(self, store: Store, encoder: Callable[[], Encoder], reranker: Callable[[], Reranker | None]) -> None:
        self._store, self._encoder, self._reranker = store, encoder, reranker
        self._facts: tuple[str, Facts] | None = None  # of the last snapshot that was asked about, with its name

    def load(self) -> None:
        self._encoder()
        self._reranker()

    def facts(self) -> Facts:
        with self._store.snapshot() as snapshot:
            if self._facts and self._facts[0] == snapshot.id:
                return self._facts[1]
            stats = snapshot.stats()
            line = f"{counted(stats.documents, 'article')}, {counted(stats.statements, 'statement')}"
            line += f", {counted(stats.unread, 'file')} not read yet" if stats.unread else ""
            speakers = people.speakers(snapshot.speakers(), snapshot.spellings())
            languages = tuple(ranked(stats.languages))
            facts = Facts(line, tuple(snapshot.sources()), MappingProxyType(speakers), languages)
            self._facts = snapshot.id, facts
        return facts

    def ask(self, text: str, *, where: Filter, k: int, speaker: str | None) -> Answer:
        from qa.answer import ask

        return ask(
            self._store,
            text,
            where=where,
            k=k,
            speaker=speaker,
            encoder=self._encoder(),
            reranker=self._reranker(),
        )

    def who(self, name: str) -> list[str]:
        from qa import speakers

        with self._store.snapshot() as snapshot:
            counts = snapshot.spellings()
            shown = speakers.who(snapshot, Question(name, speaker=name)).shown
        return sorted(set(shown.values()), key=lambda each: (-counts[each], each))

    def versions(self, document: Document) -> list[Version]:
        from qa.versions import versions

        with self._store.snapshot() as snapshot:
            return versions(snapshot, document)

    def status(self) -> list[str]:
        with self._store.snapshot() as snapshot:
            return account.status(account.facts(snapshot) | {"index": str(self._store.path)}, listed=SKIPPED_LISTED)

    def index(
        self, paths: Sequence[str], progress: Callable[[Progress], None], should_stop: Callable[[], bool]
    ) -> Report:
        from index.build import update

        return update(self._store, paths or None, self._encoder(), progress=progress, should_stop=should_stop)
