"""What the prompt needs of the rest of the program, and how an open store gives it.

Owns the protocol between the prompt and the index. Refuses to know about screens and keys.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

from qa import people
from qa.types import Answer, Question
from qa.wording import most, ranked

if TYPE_CHECKING:
    from index.build import Progress, Report
    from index.encode import Encoder, Reranker
    from index.store import Filter, Store
    from index.types import Document
    from qa.versions import Version


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

    def status(self) -> str:
        """What is indexed, in full."""

    def index(
        self, paths: Sequence[str], progress: Callable[[Progress], None], should_stop: Callable[[], bool]
    ) -> Report:
        """Brings the index up to date with ``paths``. Raises Interrupted where ``should_stop`` says so."""


class Index:
    """The doors of an open store."""

    def __init__(self, store: Store, encoder: Callable[[], Encoder], reranker: Callable[[], Reranker | None]) -> None:
        self._store, self._encoder, self._reranker = store, encoder, reranker

    def load(self) -> None:
        self._encoder()
        self._reranker()

    def facts(self) -> Facts:
        with self._store.snapshot() as snapshot:
            stats = snapshot.stats()
            line = f"{stats.documents:,} articles, {stats.statements:,} statements"
            speakers = people.speakers(snapshot.speakers(), snapshot.spellings())
            languages = tuple(ranked(stats.languages))
            return Facts(line, tuple(snapshot.sources()), MappingProxyType(speakers), languages)

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
        from qa import retrieve

        with self._store.snapshot() as snapshot:
            counts = snapshot.spellings()
            shown = retrieve.who(snapshot, Question(name, speaker=name)).shown
        return sorted(set(shown.values()), key=lambda each: (-counts[each], each))

    def versions(self, document: Document) -> list[Version]:
        from qa.versions import versions

        with self._store.snapshot() as snapshot:
            return versions(snapshot, document)

    def status(self) -> str:
        with self._store.snapshot() as snapshot:
            stats, model = snapshot.stats(), snapshot.model
            speakers = people.speakers(snapshot.speakers(), snapshot.spellings())
        lines = [
            f"articles    {stats.documents:,}",
            f"passages    {stats.passages:,}",
            f"statements  {stats.statements:,}",
            f"dates       {f'{stats.earliest} to {stats.latest}' if stats.earliest else 'none given'}",
            f"outlets     {most(ranked(stats.sources))}",
            f"languages   {most(ranked(stats.languages))}",
            f"speakers    {most(speakers)}",
            f"model       {model.name if model else '-'}",
            f"index       {self._store.path}",
            f"skipped     {len(stats.skipped):,}",
            *(f"  {path}: {reason}" for path, reason in stats.skipped[:20]),
        ]
        return "\n".join(lines)

    def index(
        self, paths: Sequence[str], progress: Callable[[Progress], None], should_stop: Callable[[], bool]
    ) -> Report:
        from index.build import update

        return update(self._store, paths, self._encoder(), progress=progress, should_stop=should_stop)
