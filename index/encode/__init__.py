"""Texts -> unit vectors: one small protocol, a fast path for the default model, sentence-transformers for any other.

Owns which model a name means. Importing it costs numpy and nothing else; a model's libraries are imported when it
loads.
"""

from __future__ import annotations

from index.encode.base import PASSAGE_TOKENS, Encoded, Encoder, Reranker

__all__ = ["DEFAULT_MODEL", "PASSAGE_TOKENS", "Encoded", "Encoder", "Reranker", "load_encoder", "load_reranker"]

DEFAULT_MODEL = "all-MiniLM-L6-v2"


def load_encoder(name: str | None = None, *, online: bool = False) -> Encoder:
    """The encoder of a model: None for the default, the name of a model on this machine, or a folder that holds one.

    ``online`` allows a model that is not on this machine to be downloaded. Raises ModelMissingError where it is not
    here, ModelRefusedError where loading it would be unsafe, ModelError where it does not load.
    """
    if name in (None, DEFAULT_MODEL, f"sentence-transformers/{DEFAULT_MODEL}"):
        from index.encode.minilm import DefaultEncoder

        return DefaultEncoder()
    from index.encode.transformer import SentenceTransformerEncoder

    assert name is not None
    return SentenceTransformerEncoder(name, online=online)


def load_reranker(name: str, *, online: bool = False) -> Reranker:
    """The cross-encoder of a name or folder. ``online`` and errors as for `load_encoder`."""
    from index.encode.cross import CrossEncoderReranker

    return CrossEncoderReranker(name, online=online)
