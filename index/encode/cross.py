"""Any cross-encoder, by name or folder, through sentence-transformers: question and text read together, one score.

Owns loading it and what its output must be. Refuses to know what is ranked, and by what else. As for an embedding model
(`index.encode.transformer`), its folder is looked at before any library may load it.
"""

from __future__ import annotations

import importlib
import threading
from collections.abc import Sequence
from typing import Any

import numpy as np

from index.encode import vet
from index.encode.base import Vectors, clean
from index.encode.transformer import find, quiet_library
from index.errors import ModelError, ModelRefusedError

_OTHERWISE = "Give the folder of a cross-encoder, or leave --rerank out."
_BATCH = 16
"""Pairs in a forward pass."""


class CrossEncoderReranker:
    """A cross-encoder with one output. Threads wait for each other.

    Raises as `index.encode.transformer.SentenceTransformerEncoder`, and ModelRefusedError for a model that gives more
    than one number for a pair, as those that tell contradiction from entailment do.
    """

    def __init__(self, name: str, *, online: bool = False) -> None:
        self.name = name
        folder = find(name, online=online, owner="cross-encoder", otherwise=_OTHERWISE)
        vet.check(folder)
        self._model = _load(str(folder), name)
        self._lock = threading.Lock()
        if self._model.num_labels != 1:
            raise ModelRefusedError(
                f"{name} gives {self._model.num_labels} numbers for a pair of texts; a reranker gives one.",
                "Take a cross-encoder that was trained to rank, such as cross-encoder/ms-marco-MiniLM-L6-v2.",
            )

    def scores(self, question: str, texts: Sequence[str]) -> Vectors:
        """See `Reranker.scores`: the model's raw outputs, without an activation. Pairs beyond its length are cut."""
        pairs = [(clean(question), clean(text)) for text in texts]
        if not pairs:
            return np.empty(0, dtype=np.float32)
        try:
            with self._lock:
                rows = self._model.predict(pairs, batch_size=_BATCH, show_progress_bar=False)
        except Exception as error:
            raise ModelError(f"{self.name} failed on {len(pairs)} pairs of texts: {error}") from error
        if not np.isfinite(rows).all():
            raise ModelError(f"{self.name} gives scores that are no numbers")
        return np.asarray(rows, dtype=np.float32)


def _load(folder: str, name: str) -> Any:  # noqa: ANN401 - CrossEncoder
    """From the folder alone. The activation is given, so that none is looked up under a name the folder holds."""
    library = quiet_library()
    try:
        return library.CrossEncoder(
            folder,
            device="cpu",
            local_files_only=True,
            trust_remote_code=False,
            activation_fn=importlib.import_module("torch").nn.Identity(),
            model_kwargs={"use_safetensors": True},
        ).eval()
    except Exception as error:
        raise ModelError(f"{name} in {folder} does not load as a cross-encoder: {error}") from error
