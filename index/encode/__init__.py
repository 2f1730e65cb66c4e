"""Texts -> unit vectors: one small protocol, a fast path for the default model, sentence-transformers for any other.

Owns which model a name means. Importing it costs numpy and nothing else; a model's libraries are imported when it
loads.
"""

from __future__ import annotations

from index.encode.base import PASSAGE_TOKENS, Encoded, Encoder

__all__ = ["DEFAULT_MODEL", "PASSAGE_TOKENS", "Encoded", "Encoder", "load_encoder"]

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
