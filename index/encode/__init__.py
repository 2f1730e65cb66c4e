"""Texts -> unit vectors: one small protocol, a fast path for the default model, sentence-transformers for any other.

Owns which model a name means, and when it is loaded. Importing it costs numpy and nothing else; a model's libraries are
imported when it loads.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

from index.encode.base import PASSAGE_TOKENS, Encoded, Encoder, Progress, Reranker, Vectors
from index.types import Span

if TYPE_CHECKING:
    from index.encode.minilm import DefaultEncoder

__all__ = [
    "DEFAULT_MODEL",
    "PASSAGE_TOKENS",
    "Encoded",
    "Encoder",
    "Later",
    "Reranker",
    "load_encoder",
    "load_reranker",
]

DEFAULT_MODEL = "all-MiniLM-L6-v2"


def load_encoder(name: str | None = None, *, online: bool = False) -> Encoder:
    """The encoder of a model: None for the default, the name of a model on this machine, or a folder that holds one.

    ``online`` allows a model that is not on this machine to be downloaded. Raises ModelMissingError where it is not
    here, ModelRefusedError where loading it would be unsafe, ModelError where it does not load.
    """
    if built_in := own(name):
        return built_in()
    from index.encode.transformer import SentenceTransformerEncoder

    assert name is not None
    return SentenceTransformerEncoder(name, online=online)


def own(name: str | None) -> type[DefaultEncoder] | None:
    """The class that is a model of our own, and knows all about it before it loads; None for any other model."""
    if name not in (None, DEFAULT_MODEL, f"sentence-transformers/{DEFAULT_MODEL}"):
        return None
    from index.encode.minilm import DefaultEncoder

    return DefaultEncoder


def load_reranker(name: str, *, online: bool = False) -> Reranker:
    """The cross-encoder of a name or folder. ``online`` and errors as for `load_encoder`."""
    from index.encode.cross import CrossEncoderReranker

    return CrossEncoderReranker(name, online=online)


class Later:
    """An `Encoder` that loads in a thread of its own, from `start` on, or when something is asked that only it knows.

    Which model it is, is known of the default one before: nobody waits for it who only compares fingerprints. Whatever
    loading raises, those raise who need it.
    """

    def __init__(self, name: str | None = None, *, online: bool = False) -> None:
        """As `load_encoder`, which is what it will do."""
        self._given, self._online = name, online
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._result: Encoder | BaseException | None = None

    def start(self) -> None:
        """Begins to load, if it did not yet; does not wait."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._load, name="qa-model")
                self._thread.start()

    def _load(self) -> None:
        try:
            self._result = load_encoder(self._given, online=self._online)
        except BaseException as error:  # it belongs to whoever needs the encoder
            self._result = error

    def get(self) -> Encoder:
        """Waits for the encoder itself."""
        self.start()
        assert self._thread is not None
        self._thread.join()
        if isinstance(self._result, BaseException):
            raise self._result
        assert self._result is not None
        return self._result

    def _known(self) -> type[DefaultEncoder] | Encoder:
        return own(self._given) or self.get()

    @property
    def name(self) -> str:
        return self._known().name

    @property
    def dim(self) -> int:
        return self._known().dim

    @property
    def fingerprint(self) -> str:
        return self._known().fingerprint

    @property
    def max_tokens(self) -> int:
        return self._known().max_tokens

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """See `Encoder.count_tokens`."""
        return self.get().count_tokens(texts)

    def passages(
        self, texts: Sequence[str], parts: Sequence[Sequence[Span]] = (), progress: Progress | None = None
    ) -> Encoded:
        """See `Encoder.passages`."""
        return self.get().passages(texts, parts, progress)

    def questions(self, texts: Sequence[str]) -> Vectors:
        """See `Encoder.questions`."""
        return self.get().questions(texts)
