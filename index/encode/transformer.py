"""Any other embedding model, by name or folder, through sentence-transformers.

Owns finding it on this machine, the order of looking before loading, prompts, and late pooling where the model allows
it. Refuses to know which model it is. Importing sentence-transformers takes seconds: it comes after everything that
can be refused without it.
"""

from __future__ import annotations

import hashlib
import importlib
import logging
import os
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.encode import vet
from index.encode.base import PASSAGE_TOKENS, Encoded, Progress, Vectors, check_parts, clean, pool_parts, unit
from index.errors import ModelError, ModelMissingError
from index.types import Span

_VERSION = 1
"""Raise it when this module would give other vectors for the same model."""
_BATCH = 16
"""Texts in a forward pass."""
_WINDOW = 256
"""Texts whose token vectors are in memory at once: 50 MB at 128 tokens of 384 dimensions."""
_DEFAULT_LENGTH = 512
"""Tokens of a model that does not say how many it takes."""
_QUERY, _PASSAGE = ("query", "question"), ("document", "passage", "corpus")
"""What models call their prompts in config_sentence_transformers.json."""
_DOWNLOADED = ["*.json", "*.txt", "*.model", "*.safetensors"]
"""No code and no pickles are even fetched."""


class SentenceTransformerEncoder:
    """A model through sentence-transformers. Threads wait for each other.

    ``max_tokens`` leaves room for special tokens and the passage prompt. Late pooling needs a model that ends in the
    mean over all tokens and a tokenizer that knows offsets; with any other, a part is encoded alone, as a text of its
    own.

    Raises ModelMissingError where the model is not on this machine (and ``online`` is not set, or it cannot be
    downloaded), ModelRefusedError where its folder holds what should not be loaded, ModelError where it does not load.
    """

    def __init__(self, name: str, *, online: bool = False) -> None:
        folder = find(name, online=online)
        self.name = str(_folder(name) or name)  # whoever works elsewhere later means the same folder
        vet.check(folder)
        self.fingerprint = hashlib.sha256(f"{_VERSION} {vet.fingerprint(folder)}".encode()).hexdigest()
        self._model = _load(folder, name)
        self._lock = threading.Lock()
        self._query, self._passage = (_prompt(self._model, names) for names in (_QUERY, _PASSAGE))
        self.dim = len(self._forward([""], "")[0]["sentence_embedding"])
        self._length = min(self._model.max_seq_length or _DEFAULT_LENGTH, 1 << 20)
        overhead = len(self._model.tokenizer(self._passage, truncation=False)["input_ids"])
        self.max_tokens = max(1, min(PASSAGE_TOKENS, self._length - overhead))
        self._late = _pools_late(self._model)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """See `Encoder.count_tokens`."""
        counts: list[int] = []
        for start in range(0, len(texts), _WINDOW):
            window = [clean(text) for text in texts[start : start + _WINDOW]]
            with self._lock:
                pieces = self._model.tokenizer(window, add_special_tokens=False, truncation=False, verbose=False)
            counts += [len(ids) for ids in pieces["input_ids"]]
        return counts

    def questions(self, texts: Sequence[str]) -> Vectors:
        """See `Encoder.questions`, with the model's prompt for queries before each text."""
        return self._vectors(texts, self._query)

    def passages(
        self, texts: Sequence[str], parts: Sequence[Sequence[Span]] = (), progress: Progress | None = None
    ) -> Encoded:
        """See `Encoder.passages`, with the model's prompt for passages before each text. A part's prompt is its
        passage's."""
        check_parts(texts, parts)
        vectors = np.empty((len(texts), self.dim), dtype=np.float32)
        pooled: list[Vectors] = []
        for start in range(0, len(texts), _WINDOW):
            window = texts[start : start + _WINDOW]
            spans = parts[start : start + _WINDOW] if parts else [()] * len(window)
            states = self._forward(window, self._passage)
            rows = unit(np.stack([_row(state["sentence_embedding"]) for state in states]))
            vectors[start : start + len(window)] = rows
            if parts:
                pooled += [self._parts(*each) for each in zip(window, spans, rows, states, strict=True)]
            if progress:
                progress(start + len(window))
        return Encoded(vectors, tuple(pooled))

    def _parts(self, text: str, spans: Sequence[Span], whole: Vectors, state: dict[str, Any]) -> Vectors:
        """Vectors (m, d) of parts of one text."""
        if not spans:
            return np.empty((0, self.dim), dtype=np.float32)
        offsets = self._offsets(text, state) if self._late else None
        if offsets is not None:
            return pool_parts(_row(state["token_embeddings"]), offsets, spans, whole)
        alone = self._vectors([span.of(text) for span in spans], self._passage)
        said = np.array([bool(span.of(text).strip()) for span in spans])
        return np.where(said[:, None], alone, whole).astype(np.float32, copy=False)

    def _offsets(self, text: str, state: dict[str, Any]) -> NDArray[np.int64] | None:
        """Code points (t, 2) in ``text`` of each row of the token vectors; special tokens, padding and the prompt
        overlap no part. None where the tokens seen are not those that our own look gives."""
        with self._lock:
            pieces = self._model.tokenizer(
                self._passage + clean(text), truncation=True, max_length=self._length, return_offsets_mapping=True
            )
        kept = _row(state["attention_mask"]).astype(bool)
        if list(pieces["input_ids"]) != _row(state["input_ids"])[kept].astype(int).tolist():
            return None
        offsets = np.full((len(kept), 2), -1, dtype=np.int64)
        offsets[kept] = np.array(pieces["offset_mapping"], dtype=np.int64).reshape(-1, 2)
        silent = offsets[:, 0] == offsets[:, 1]  # special tokens stand for no characters
        offsets[~silent] -= len(self._passage)
        offsets[silent] = -1
        return offsets

    def _vectors(self, texts: Sequence[str], prompt: str) -> Vectors:
        rows = [_row(state["sentence_embedding"]) for state in self._forward(texts, prompt)]
        return unit(np.stack(rows)) if rows else np.empty((0, self.dim), dtype=np.float32)

    def _forward(self, texts: Sequence[str], prompt: str) -> list[dict[str, Any]]:
        """What the model's last module gives for each text, token vectors included."""
        if not texts:
            return []
        try:
            with self._lock:
                return list(
                    self._model.encode(
                        [clean(text) for text in texts],
                        prompt=prompt,
                        batch_size=_BATCH,
                        output_value=None,
                        show_progress_bar=False,
                    )
                )
        except Exception as error:
            raise ModelError(f"{self.name} failed on {len(texts)} texts: {error}") from error


def _row(tensor: Any) -> Vectors:  # noqa: ANN401 - torch.Tensor
    row: Vectors = tensor.detach().float().cpu().numpy()
    return row


def _prompt(model: Any, names: Sequence[str]) -> str:  # noqa: ANN401 - SentenceTransformer
    prompts = model.prompts or {}
    for name in (*names, model.default_prompt_name):
        if prompts.get(name):
            return str(prompts[name])
    return ""


def _pools_late(model: Any) -> bool:  # noqa: ANN401 - SentenceTransformer
    """Whether the mean of a part's token vectors lies in the space of the model's sentence vectors."""
    modules = list(model)
    kinds = [type(module).__name__ for module in modules]
    if kinds not in (["Transformer", "Pooling"], ["Transformer", "Pooling", "Normalize"]):
        return False
    settings = modules[1].get_config_dict()
    modes = {key for key, value in settings.items() if key.startswith("pooling_mode_") and value is True}
    mean = settings.get("pooling_mode") == "mean" or modes == {"pooling_mode_mean_tokens"}  # release 6, 5
    return mean and bool(getattr(model.tokenizer, "is_fast", False))


_OTHERWISE = (
    "Give its folder, --model FOLDER, or take the default, which needs no download: --model all-MiniLM-L6-v2, with "
    "qa index --rebuild where the index holds another's vectors."
)


def find(name: str, *, online: bool, owner: str = "sentence-transformers", otherwise: str = _OTHERWISE) -> Path:
    """The folder of a model: the name itself, or its snapshot in the Hugging Face cache, downloaded if that is
    allowed. A name without an owner is looked for under ``owner`` first. Raises ModelMissingError, which says what to do
    ``otherwise``."""
    folder = _folder(name)
    if folder is not None:
        return folder
    missing = ModelMissingError(f"Model {name} is not on this machine.", otherwise)
    names = [name] if "/" in name else [f"{owner}/{name}", name]
    library = hub(online=online)
    try:
        for repository in names:
            for file in ("modules.json", "config.json"):
                found = library.try_to_load_from_cache(repository, file)
                if isinstance(found, str):
                    return Path(found).parent
    except ValueError:  # not a name that a repository can have
        raise missing from None
    if not online:
        raise missing
    try:
        return Path(library.snapshot_download(names[0], allow_patterns=_DOWNLOADED))
    except Exception as error:
        raise ModelMissingError(f"Model {name} is not on this machine and cannot be downloaded: {error}") from error


def _folder(name: str) -> Path | None:
    try:
        folder = Path(name).expanduser()
    except RuntimeError:  # a home of nobody
        return None
    return folder.resolve() if name.strip() and folder.is_dir() else None


def hub(*, online: bool) -> Any:  # noqa: ANN401 - huggingface_hub
    """The variables are read when these libraries are first imported: nothing is looked up, nothing is reported
    home."""
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    if not online:
        os.environ["HF_HUB_OFFLINE"] = os.environ["TRANSFORMERS_OFFLINE"] = "1"
    try:
        return importlib.import_module("huggingface_hub")
    except ImportError as error:
        raise ModelError(f"huggingface_hub cannot be loaded: {error}", "Type: pip install huggingface_hub") from error


def quiet_library() -> Any:  # noqa: ANN401 - sentence_transformers
    """sentence-transformers, which from here on fetches nothing, whatever ``online`` said, and draws no bars."""
    hub(online=False)
    try:
        library = importlib.import_module("sentence_transformers")
    except ImportError as error:
        raise ModelError(
            f"sentence-transformers cannot be loaded: {error}", "Type: pip install sentence-transformers"
        ) from error
    logging.getLogger("sentence_transformers").setLevel(logging.ERROR)
    importlib.import_module("transformers").utils.logging.disable_progress_bar()
    return library


def _load(folder: Path, name: str) -> Any:  # noqa: ANN401 - SentenceTransformer
    """From the folder alone: no code or pickle of its own is run."""
    library = quiet_library()
    try:
        return library.SentenceTransformer(
            str(folder),
            local_files_only=True,
            trust_remote_code=False,
            model_kwargs={"use_safetensors": True},
        ).eval()
    except Exception as error:
        raise ModelError(f"{name} in {folder} does not load: {error}") from error
