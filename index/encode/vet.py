"""What a model's folder may hold before any library is allowed to load it.

Owns the rules. Refuses to load anything: it reads names and JSON, and imports the standard library alone.

Loading a model can run what its folder says: Python files beside it, classes named in ``modules.json``, ``auto_map``
and attention kernels named in ``config.json``, pickles under the name of weights. Libraries guard against each of
these in some release and have been bypassed in others; here a folder that needs any of them is refused as it stands.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

from index.errors import ModelRefusedError

_MAX_FILES = 1000
"""A model has some twenty files; a folder with more is something else, like a home."""
_PREFIX = r"sentence_transformers\.(models|base\.modules|sentence_transformer\.modules)\."
_MODULE = re.compile(_PREFIX + r"(\w+\.)?(Transformer|Pooling|Normalize|Dense|LayerNorm|Dropout)")
"""The classes a plain text encoder is made of, under the names that releases 2 to 6 write. Not among them: Router and
WordEmbeddings, whose own configuration names further classes."""
_ACTIVATION = re.compile(r"torch\.nn(\.\w+)*\.\w+")
_PICKLES = (".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".joblib")
_CODE = (".py", ".pyc", ".so", ".pyd", ".dll")
_KEYS = ("auto_map", "_attn_implementation_internal", "trust_remote_code", "custom_pipelines")
"""Entries of a configuration that name code to run."""
_DATA = ("tokenizer.json", "vocab.json")
"""Vocabulary, megabytes of it, in which any word may be a key."""
_MATTERS = (".safetensors", ".json", ".txt", ".model")
"""Files that decide what a vector is."""


def check(folder: Path) -> None:
    """Raises ModelRefusedError with the reason where loading ``folder`` could run code, or where it is no text
    encoder."""
    if not (folder / "config.json").is_file() and not (folder / "modules.json").is_file():
        raise _refused(folder, "it has neither modules.json nor config.json")
    for path in _files(folder):
        if path.suffix.lower() in _CODE:
            raise _refused(folder, f"it holds program code, {path.relative_to(folder)}")
        if path.name == "adapter_config.json":
            raise _refused(folder, "it is an adapter and loads another model; merge both and save the result")
        if path.suffix == ".json" and path.name not in _DATA:
            _check_settings(folder, path, _parsed(folder, path))
    for part in _parts(folder):
        _check_weights(folder, part)


def fingerprint(folder: Path) -> str:
    """SHA-256 over the names and contents of all files that decide what a vector is."""
    total = hashlib.sha256()
    for part in sorted(_parts(folder)):
        for path in sorted(part.iterdir()):
            if path.suffix in _MATTERS and path.is_file():
                with path.open("rb") as file:
                    digest = hashlib.file_digest(file, "sha256").hexdigest()
                total.update(f"{path.relative_to(folder).as_posix()} {digest}\n".encode())
    return total.hexdigest()


def _refused(folder: Path, reason: str) -> ModelRefusedError:
    return ModelRefusedError(
        f"{folder} is not loaded as a model: {reason}.",
        "Take a model saved by sentence-transformers with safetensors weights and without code of its own.",
    )


def _files(folder: Path) -> Iterator[Path]:
    for number, path in enumerate(folder.rglob("*")):
        if number >= _MAX_FILES:
            raise _refused(folder, f"it holds more than {_MAX_FILES} files")
        if path.is_file():
            yield path


def _parsed(folder: Path, path: Path) -> object:
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise _refused(folder, f"{path.relative_to(folder)} is not JSON ({error})") from error


def _check_settings(folder: Path, path: Path, settings: object) -> None:
    """No entry, however deep, that names code."""
    todo = [settings]
    while todo:
        value = todo.pop()
        if isinstance(value, dict):
            for key, inner in value.items():
                kernel = "attn_implementation" in key and isinstance(inner, str) and "/" in inner
                if (key in _KEYS or kernel) and inner not in (None, False, {}, []):
                    raise _refused(folder, f"{path.relative_to(folder)} asks for code to be run ({key})")
                if key == "activation_function" and not (isinstance(inner, str) and _ACTIVATION.fullmatch(inner)):
                    raise _refused(folder, f"{path.relative_to(folder)} names an activation outside torch.nn ({inner})")
            todo += value.values()
        elif isinstance(value, list):
            todo += value


def _parts(folder: Path) -> list[Path]:
    """The folder itself and those of its modules. Raises ModelRefusedError for modules that are not plain ones."""
    listing = folder / "modules.json"
    parts = {folder}
    if not listing.is_file():
        return [folder]
    modules = _parsed(folder, listing)
    if not isinstance(modules, list):
        raise _refused(folder, "modules.json is not a list")
    for module in modules:
        kind, path = (module.get(key) for key in ("type", "path")) if isinstance(module, dict) else (None, None)
        if not (isinstance(kind, str) and _MODULE.fullmatch(kind)):
            raise _refused(folder, f"modules.json names {kind}, which is not a module of a plain text encoder")
        if not isinstance(path, str) or Path(path).is_absolute() or ".." in Path(path).parts:
            raise _refused(folder, f"modules.json points outside the folder ({path})")
        if (folder / path).is_dir():
            parts.add(folder / path)
    return sorted(parts)


def _check_weights(folder: Path, part: Path) -> None:
    names = sorted(path.name for path in part.iterdir())
    pickles = [name for name in names if name.lower().endswith(_PICKLES)]
    if pickles and not any(name.endswith(".safetensors") for name in names):
        raise _refused(folder, f"its weights are a pickle, {(part / pickles[0]).relative_to(folder)}, not safetensors")
