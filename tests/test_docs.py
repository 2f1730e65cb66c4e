"""What the README shows is what happens: its sessions are run, its commands exist, its Python works; so of docstrings."""

import doctest
import importlib
import os
import pkgutil
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.test_architecture import sources

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
SESSION = re.compile(r"<!-- session: (?P<command>.+?) -->\n```\n(?P<shown>.*?)```", re.DOTALL)
SECONDS = re.compile(r"\d+\.\d\d s\b")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with the seeds, indexed."""
    place = tmp_path_factory.mktemp("readme")
    (place / "seeds").symlink_to(ROOT / "seeds")
    run(["qa", "index", "seeds"], place)
    return place


def run(arguments, place):
    code = "import sys; from qa.cli import main; sys.exit(main(sys.argv[1:]))"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "80", "QA_INDEX": "", "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(
        [sys.executable, "-c", code, *arguments[1:]], cwd=place, env=environment, capture_output=True, text=True, timeout=300,
        stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip


def timeless(text):
    return SECONDS.sub("0.00 s", text).strip()


def test_the_readme_says_what_it_is_and_how_to_start_before_line_40():
    top = README.split("\n")[:40]
    assert any(line.startswith("make ask") for line in top)
    assert any(line.startswith("make test") for line in top)
    assert sum("session:" in line for line in top) >= 1


@pytest.mark.parametrize("session", list(SESSION.finditer(README)), ids=lambda m: m["command"][:50])
def test_a_session_in_the_readme_is_what_the_program_prints(session, folder):
    assert timeless(run(shlex.split(session["command"]), folder).stdout) == timeless(session["shown"])


def test_every_command_the_readme_names_exists(folder):
    named = set(re.findall(r"^qa (\w+)", README, re.MULTILINE)) & {
        "index",
        "ask",
        "status",
        "check",
        "show",
        "export",
        "eval",
    }
    assert named == {"index", "ask", "status", "check", "show", "export", "eval"}
    for command in named:
        assert run(["qa", command, "--help"], folder).returncode == 0


def test_every_make_target_the_docs_name_exists():
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    docs = README + (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\bmake (\w+)", docs)) <= targets


def test_the_python_in_the_readme_runs(folder):
    [code] = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env=environment, capture_output=True, text=True, check=True
    )
    assert "Lavrov" in done.stdout


PAGES = [*ROOT.glob("*.md"), ROOT / "benchmarks" / "README.md", *sorted((ROOT / "docs" / "decisions").glob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_and_names_of_the_program_that_the_docs_name_exist(page):
    text = page.read_text(encoding="utf-8")
    for name in re.findall(r"`((?:docs|tests|benchmarks|qa|index|training|seeds)/[\w./-]*)`", text):
        assert (ROOT / name).exists(), f"{page} names {name}"
    for name in re.findall(r"`((?:index|qa|benchmarks|training)(?:\.\w+)+)`", text):
        assert named(name), f"{page} names {name}"


def named(name: str) -> object:
    """What a dotted name stands for: a module, or what is in one."""
    try:
        return pkgutil.resolve_name(name)
    except (ImportError, AttributeError):
        return None


@pytest.mark.parametrize("name", [name for name, source in sources().items() if ">>> " in source])
def test_the_examples_in_a_docstring_give_what_they_say(name):
    ran = doctest.testmod(importlib.import_module(name))
    assert (ran.failed, ran.attempted > 0) == (0, True)


def test_every_variable_a_make_target_sets_is_read_by_what_it_runs():
    """`make crash` is the long version only where the rig looks for what the Makefile says."""
    set_for = re.findall(r"^\t([A-Z_]+)=\S+ \S+ -m pytest (\S+)", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert set_for
    for variable, file in set_for:
        assert f'"{variable}"' in (ROOT / file).read_text(encoding="utf-8")
