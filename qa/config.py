"""What the user prefers: config file, then environment, then flags; the later one wins.

Owns the list of settings, their spelling in each of the three places, their checks, and where every value came from.
Refuses to know what they are used for, and reads no file but the one it names. Standard library only: `qa --help` pays
for it.

    $XDG_CONFIG_HOME/qa/config.toml   k = 5            (~/.config where XDG_CONFIG_HOME is not set)
    environment                       QA_K=5           (an empty variable counts as not set)
    flags                             -k 5
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from index.errors import StorageError, UsageError

K_LIMIT = 1000  # results asked for at once; more is an export, not an answer
THREADS_LIMIT = 256  # a typing error, not a machine
_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off"})


@dataclass(frozen=True, slots=True)
class Settings:
    """The values in force.

    ``index`` is the index folder, None to look for `.qa` upwards. ``model`` is a name or a folder, None for the index's
    own model. ``rerank`` is the name or folder of a cross-encoder that rereads the best results, None for none. ``k`` is
    how many results, None for the door's default. ``colour`` None follows the terminal. ``threads`` None uses all
    cores. ``history`` is the file of the prompt's history, None keeps none. ``origin`` says for every name where its
    value came from: "default", a file, "environment QA_K", "option -k".
    """

    index: Path | None = None
    model: str | None = None
    rerank: str | None = None
    k: int | None = None
    colour: bool | None = None
    plain: bool = False
    vi: bool = False
    toolbar: bool = True
    threads: int | None = None
    history: Path | None = None
    origin: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


def _switch(value: object) -> bool:
    """true or false, as TOML or as one of the usual words."""
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if isinstance(value, str) and word in _TRUE | _FALSE:
        return word in _TRUE
    raise ValueError("true or false")


def _number(low: int, high: int) -> Callable[[object], int]:
    """A parser of whole numbers from ``low`` to ``high``."""

    def parse(value: object) -> int:
        wanted = f"a whole number from {low} to {high}"
        if isinstance(value, bool) or not isinstance(value, (int, str)):
            raise ValueError(wanted)
        try:
            number = int(value)
        except ValueError:
            raise ValueError(wanted) from None
        if not low <= number <= high:
            raise ValueError(wanted)
        return number

    return parse


def _auto_switch(value: object) -> bool | None:
    """true, false, or "auto": as the terminal is."""
    if isinstance(value, str) and value.strip().lower() == "auto":
        return None
    try:
        return _switch(value)
    except ValueError:
        raise ValueError("true, false or auto") from None


def _name(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("a name")
    return value.strip()


def _path(value: object) -> Path:
    if not isinstance(value, (str, Path)) or not str(value) or "\0" in str(value):
        raise ValueError("a path")
    try:
        return Path(value).expanduser()
    except RuntimeError:
        raise ValueError("a path whose home folder exists") from None


def _history(value: object) -> Path | Literal[True] | None:
    """A path; false for none; true for the usual place, which `load` knows."""
    try:
        return True if _switch(value) else None
    except ValueError:
        return _path(value)


_PARSERS: Mapping[str, Callable[[object], Any]] = MappingProxyType(
    {
        "index": _path,
        "model": _name,
        "rerank": _name,
        "k": _number(1, K_LIMIT),
        "colour": _auto_switch,
        "plain": _switch,
        "vi": _switch,
        "toolbar": _switch,
        "threads": _number(1, THREADS_LIMIT),
        "history": _history,
    }
)


_OPTIONS = {"k": "-k", "colour": "--no-color"}
"""The options that are not called by two hyphens and their setting."""


def _base_folder(variable: str, fallback: str, environ: Mapping[str, str]) -> Path | None:
    """A base folder of the XDG specification: a relative one is to be ignored, says the same specification."""
    given = environ.get(variable, "")
    if os.path.isabs(given):  # noqa: PTH117 - a string, perhaps empty
        return Path(given)
    home = environ.get("HOME", "")
    return Path(home) / fallback if home else None


def config_file(environ: Mapping[str, str] | None = None) -> Path | None:
    """Where the configuration is looked for; None where there is no home folder."""
    base = _base_folder("XDG_CONFIG_HOME", ".config", os.environ if environ is None else environ)
    return base / "qa" / "config.toml" if base else None


def history_file(environ: Mapping[str, str] | None = None) -> Path | None:
    """Where the prompt keeps its history unless told otherwise; None where there is no home folder."""
    base = _base_folder("XDG_STATE_HOME", ".local/state", os.environ if environ is None else environ)
    return base / "qa" / "history" if base else None


def parse(name: str, value: object, origin: str) -> Any:  # noqa: ANN401 - what its parser gives
    """``value`` as the setting ``name`` has it. Raises UsageError that names ``origin``."""
    try:
        return _PARSERS[name](value)
    except ValueError as error:
        named = origin if origin.startswith("-") else f"{origin}: {name}"  # an option bears the name of its setting
        raise UsageError(f"{named} must be {error}, not {value!r}") from None


def _from_file(path: Path | None) -> dict[str, tuple[Any, str]]:
    """The settings of a TOML file: {name: (value, origin)}. A file that is not there has none."""
    if path is None:
        return {}
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise StorageError(f"cannot read {path}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError(f"{path} is not TOML: {error}", "Write lines such as: k = 5") from None
    for key in table:
        if key not in _PARSERS:
            raise UsageError(f"{path}: there is no setting {key!r}", _suggestion(key))
    return {key: (parse(key, value, str(path)), str(path)) for key, value in table.items()}


def _suggestion(key: str) -> str:
    near = difflib.get_close_matches(key, _PARSERS, n=1)
    return f"Did you mean {near[0]}?" if near else f"The settings are {', '.join(_PARSERS)}"


def _from_environment(environ: Mapping[str, str]) -> dict[str, tuple[Any, str]]:
    """The settings of QA_INDEX, QA_MODEL, …, and NO_COLOR (any value but an empty one: no-color.org)."""
    found: dict[str, tuple[Any, str]] = {}
    if environ.get("NO_COLOR"):
        found["colour"] = (False, "environment NO_COLOR")
    for name in _PARSERS:
        variable = f"QA_{name.upper()}"
        if environ.get(variable):
            origin = f"environment {variable}"
            found[name] = (parse(name, environ[variable], origin), origin)
    return found


def load(flags: Mapping[str, object] | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """The settings in force.

    ``flags`` are those the user gave, by setting name, None where not given. ``environ`` is `os.environ` unless given.
    Raises UsageError for an unknown key or a bad value, naming the place; StorageError where the file cannot be read.
    """
    environ = os.environ if environ is None else environ
    defaults = Settings(history=history_file(environ))
    found: dict[str, tuple[Any, str]] = {name: (getattr(defaults, name), "default") for name in _PARSERS}
    found |= _from_file(config_file(environ)) | _from_environment(environ)
    for name, value in (flags or {}).items():
        if value is not None:
            option = _OPTIONS.get(name, f"--{name}")
            found[name] = (parse(name, value, option), f"option {option}")
    if found["history"][0] is True:
        found["history"] = (defaults.history, found["history"][1])
    origin = MappingProxyType({name: where for name, (_, where) in found.items()})
    return Settings(**{name: value for name, (value, _) in found.items()}, origin=origin)
