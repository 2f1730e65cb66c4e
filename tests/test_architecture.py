"""The house holds: who may import whom, what may be heavy, and that every module says what it owns.

The order below is the one of ARCHITECTURE.md. A module may import from the groups to its left, never from its own group
and never from the right. A folder is one module under its own name; its files may import each other.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

ORDER = {
    "index": [
        ["types", "errors", "letters", "languages", "countries", "codes", "outlines"],
        ["read", "split", "statements", "encode", "dense", "copies", "walk"],
        ["store", "work"],
        ["intake"],
        ["build"],
    ],
    "qa": [
        ["types", "screen", "config", "wording", "days", "forms"],
        ["question"],
        ["highlight", "people", "rerank", "said"],
        ["offices"],
        ["pages", "speakers", "spelling"],
        ["retrieve", "dialogue", "refuse", "export", "versions", "account"],
        ["confidence"],
        ["answer"],
        ["render"],
        ["repl", "evaluate"],
        ["cli"],
    ],
}

# What qa may know of index: the nouns, the errors, the encoder (for the question), a snapshot. Only the doors that
# bring the index up to date know how it is built and which files lie where, and who words what a run did.
FROM_INDEX = {"types", "errors", "letters", "languages", "countries", "encode", "store"}
BUILDERS = {"cli", "repl", "account"}

# Take from a tenth of a second to many seconds to import, and most commands need none of them.
HEAVY = {
    "torch",
    "transformers",
    "sentence_transformers",
    "faiss",
    "onnx",
    "onnxruntime",
    "trafilatura",
    "lxml",
    "feedparser",
    "pypdfium2",
    "docx",
    "striprtf",
    "prompt_toolkit",
}
# The terminal is all that these are about; the prompt imports them, and nothing imports the prompt at the top.
HEAVY_AT_TOP = {
    ("qa.repl.complete", "prompt_toolkit"),
    ("qa.repl.history", "prompt_toolkit"),
    ("qa.repl.keys", "prompt_toolkit"),
    ("qa.repl.terminal", "prompt_toolkit"),
}


@dataclass(frozen=True)
class Import:
    """``from module import name`` in ``line``; ``name`` is empty for ``import module``."""

    module: str
    name: str
    line: int


def imports(source: str, *, deep: bool) -> Iterator[Import]:
    """The imports of a module, wherever they stand; unless ``deep``, only those that run when it is imported."""
    tree = parsed(source)
    for node in ast.walk(tree) if deep else at_import(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(alias.name, "", node.lineno)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield Import("." * node.level + (node.module or ""), alias.name, node.lineno)


@cache
def parsed(source: str) -> ast.Module:
    return ast.parse(source)


def at_import(node: ast.AST) -> Iterator[ast.AST]:
    """Every node below that runs when the module is imported: not functions, not what only a type checker reads."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(child, ast.If) and ast.unparse(child.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING"):
            continue
        yield child
        yield from at_import(child)


def module_name(path: Path, root: Path = ROOT) -> str:
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def sources(root: Path = ROOT) -> dict[str, str]:
    """Dotted name -> source of every module of both packages."""
    return {
        module_name(path, root): path.read_text(encoding="utf-8")
        for package in ORDER
        for path in sorted((root / package).rglob("*.py"))
    }


def place(package: str, module: str) -> int | None:
    """Which group of its package's order ``module`` is in."""
    return next((i for i, group in enumerate(ORDER[package]) if module in group), None)


def may_import(importer: str, imported: str) -> bool:
    """Whether one module (``package.module``) may import another."""
    here, one = importer.split(".")[:2]
    there, other = imported.split(".")[:2]
    if (here, one) == (there, other):
        return True
    if here == "qa" and there == "index":
        return other in FROM_INDEX or (other in {"build", "walk"} and one in BUILDERS)
    left, right = place(there, other), place(here, one)
    return here == there and left is not None and right is not None and left < right


def wrong_arrows(modules: dict[str, str]) -> list[str]:
    """Imports that point to the right, to a neighbour, or to a package instead of the module that defines the name."""
    found = []
    for name, source in modules.items():
        for item in imports(source, deep=True):
            where = f"{name}:{item.line} imports {item.name or 'all'} of {item.module}"
            target = item.module if "." in item.module else f"{item.module}.{item.name}"
            if item.module.startswith("."):
                found.append(f"{where}: write the whole name")
            elif item.module.split(".")[0] not in ORDER:
                continue
            elif target not in modules:
                found.append(f"{where}: name the module that defines it")
            elif "." in name and not may_import(name, target):
                found.append(f"{where}: not to its left")
    return found


def borrowed_names(modules: dict[str, str]) -> list[str]:
    """Imports of a name from a module that itself only imported it. A folder's own list of names is its front door."""
    found = []
    for name, source in modules.items():
        for item in imports(source, deep=True):
            target = modules.get(item.module)
            if target is None or not item.name or f"{item.module}.{item.name}" in modules:
                continue
            borrowed = {i.name: i.module for i in imports(target, deep=True) if i.name}
            if item.name in borrowed and not borrowed[item.name].startswith(item.module + "."):
                found.append(
                    f"{name}:{item.line} imports {item.name} of {item.module}, defined in {borrowed[item.name]}"
                )
    return found


def circle(modules: dict[str, str]) -> list[str]:
    """A circle of modules each of which imports the next one, where there is any."""
    graph = {
        name: {target for item in imports(source, deep=True) if (target := imported(item, modules)) != name}
        for name, source in modules.items()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def imported(item: Import, modules: dict[str, str]) -> str:
    """The module an import is of: ``from index.store import disk`` is of ``index.store.disk``."""
    return whole if (whole := f"{item.module}.{item.name}") in modules else item.module


def heavy_imports(modules: dict[str, str]) -> list[str]:
    """Heavy libraries imported when the module is, instead of when they are needed."""
    return [
        f"{name}:{item.line} imports {item.module}"
        for name, source in modules.items()
        for item in imports(source, deep=False)
        if (library := item.module.split(".")[0]) in HEAVY and (name, library) not in HEAVY_AT_TOP
    ]


def test_every_module_imports_only_from_its_left() -> None:
    assert wrong_arrows(sources()) == []


def test_every_name_is_imported_from_the_module_that_defines_it() -> None:
    assert borrowed_names(sources()) == []


def test_modules_never_import_each_other_in_a_circle() -> None:
    """Within a folder too, where the order above says nothing."""
    assert circle(sources()) == []


def test_no_module_imports_a_heavy_library_before_it_is_needed() -> None:
    assert heavy_imports(sources()) == []


def test_every_module_has_its_place() -> None:
    strays = [name for name in sources() if "." in name and place(*name.split(".")[:2]) is None]
    assert strays == []


def test_the_map_draws_these_arrows_and_has_a_line_for_every_module() -> None:
    page = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    for package, groups in ORDER.items():
        [drawn] = re.findall(rf"^    {package}: +(.+)$", page, re.MULTILINE)
        assert [set(group.split(", ")) for group in drawn.split(" | ")] == [set(group) for group in groups]
        [part] = re.findall(rf"^## {package}/: .+?(?=^## )", page, re.MULTILINE | re.DOTALL)
        assert set(re.findall(r"^- \*\*(\w+)\*\*: ", part, re.MULTILINE)) == {
            name for group in groups for name in group
        }


def test_every_module_says_what_it_owns() -> None:
    assert [name for name, source in sources().items() if "." in name and not ast.get_docstring(parsed(source))] == []


def test_the_packages_themselves_import_nothing() -> None:
    """So that the nouns and the errors are free for everyone."""
    modules = sources()
    assert [(name, *imports(modules[name], deep=True)) for name in ORDER] == [(name,) for name in ORDER]


def test_importing_every_module_loads_no_heavy_library() -> None:
    """What the source says, seen in a fresh interpreter: nothing comes in through a library either."""
    terminal = {"qa.repl.prompt", *(name for name, _ in HEAVY_AT_TOP)}
    wanted = [name for name in sources() if name not in terminal and not name.endswith("__main__")]
    program = (
        "import importlib, sys\n"
        f"for name in {wanted!r}: importlib.import_module(name)\n"
        f"print(sorted({HEAVY!r} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")


# --- The checks see what they look for --------------------------------------------------------------------------------

ROOMS = """
    index index.types index.read index.split index.store index.store.disk index.build
    qa qa.types qa.question qa.retrieve qa.answer qa.cli qa.repl
"""
HOUSE = dict.fromkeys(ROOMS.split(), "")


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("index.types", "from index.read import read"),
        ("index.split", "from index.read import read"),
        ("index.read", "def f():\n    from index.store import Store"),
        ("index.store", "import qa.types"),
        ("index.store.disk", "from index.build import update"),
        ("qa.question", "from qa.retrieve import search"),
        ("qa.answer", "from index.build import update"),
        ("qa.cli", "from index.read import read"),
        ("qa.answer", "from index import Span"),
        ("qa.answer", "import index"),
        ("qa.answer", "from .types import Answer"),
        ("qa.answer", "if TYPE_CHECKING:\n    from qa.cli import main"),
    ],
)
def test_a_wrong_arrow_is_seen(module: str, line: str) -> None:
    assert len(wrong_arrows({**HOUSE, module: line})) == 1


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("index.store", "from index.store import disk"),
        ("index.store.disk", "from index.types import Span"),
        ("index.build", "from index.store.disk import lock"),
        ("qa.cli", "from index.build import update"),
        ("qa.answer", "from qa import retrieve"),
        ("qa.answer", "import index.types"),
        ("qa.answer", "import json\nfrom pathlib import Path"),
    ],
)
def test_a_right_arrow_is_left_alone(module: str, line: str) -> None:
    assert wrong_arrows({**HOUSE, module: line}) == []


@pytest.mark.parametrize("line", ["from index.store import disk", "def f():\n    from index.store.disk import lock"])
def test_a_circle_is_seen(line: str) -> None:
    house = {**HOUSE, "index.store.disk": "from index.store.words import rank"}
    assert circle({**house, "index.store.words": "from index.types import Span"}) == []
    assert set(circle({**house, "index.store.words": line})) == {"index.store.disk", "index.store.words"}


def test_a_borrowed_name_is_seen() -> None:
    house = {**HOUSE, "index.read": "from index.types import Span", "index.build": "from index.read import Span"}
    assert len(borrowed_names(house)) == 1
    front = {**HOUSE, "index.store": "from index.store.disk import lock", "index.build": "from index.store import lock"}
    assert borrowed_names(front) == []


@pytest.mark.parametrize(
    ("module", "line", "seen"),
    [
        ("index.read", "import lxml.html", 1),
        ("index.read", "try:\n    import torch\nexcept ImportError:\n    torch = None", 1),
        ("index.read", "class A:\n    import faiss", 1),
        ("index.read", "def f():\n    import lxml.html", 0),
        ("index.read", "if TYPE_CHECKING:\n    import torch", 0),
        ("qa.repl.keys", "from prompt_toolkit import prompt", 0),
        ("qa.cli", "from prompt_toolkit import prompt", 1),
    ],
)
def test_a_heavy_import_is_seen_where_it_runs_at_import(module: str, line: str, seen: int) -> None:
    assert len(heavy_imports({module: line})) == seen
