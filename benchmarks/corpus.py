"""The articles and the questions of a run.

Owns which articles are taken and where they lie during the run. The seeds are always there; the other sets are those of
`tests.gate`, need articles that cannot lie in the repository, and are skipped with a reason where they are not at hand.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import ROOT
from qa.evaluate import Labelled, load, slug

DATA = ROOT.parent / "shared" / "data"
PARTS = 3  # indexed one after another, so that each contestant's rounds lie close together in time


@dataclass(frozen=True, slots=True)
class Corpus:
    """Articles in folders, indexed one folder after another, and questions they answer, or are known not to."""

    name: str
    parts: tuple[Path, ...]
    questions: tuple[Labelled, ...]


def seeds(_scratch: Path, _articles: int) -> Corpus:
    return Corpus("seeds", (ROOT / "seeds",), tuple(load(ROOT / "tests" / "gold" / "seeds.jsonl")))


def news(scratch: Path, articles: int) -> Corpus:
    """News-quiz questions over ``articles`` articles: those that answer first, then others, chosen by their hash."""
    found = _unpacked("news", scratch)
    asked = [question for question in load(DATA / "news" / "questions.jsonl") if question.answerable]
    gold = {slug(g.article) for question in asked for g in question.gold}
    paths = sorted(found, key=lambda path: (slug(path.stem) not in gold, _hash(path)))[:articles]
    there = {slug(path.stem) for path in paths}
    asked = [question for question in asked if there.intersection(slug(g.article) for g in question.gold)]
    return Corpus("news", _dealt(paths, scratch), tuple(asked))


def who_said(scratch: Path, articles: int) -> Corpus:
    """Questions about who said what. Their labels cover all the articles of the set, so all are taken."""
    del articles
    asked = [q for q in load(DATA / "who_said" / "questions.jsonl") if q.corpus == "polnear_dev"]
    return Corpus("who_said", _dealt(_unpacked("polnear_dev", scratch), scratch), tuple(asked))


CORPORA = {"seeds": seeds, "news": news, "who_said": who_said}


def gather(name: str, scratch: Path, articles: int) -> Corpus | str:
    """A corpus by name, or the reason why it is not there."""
    if name != "seeds" and not (DATA / "unpack.py").exists():
        return "its articles are not on this machine"
    return CORPORA[name](scratch, articles)


def _unpacked(name: str, scratch: Path) -> list[Path]:
    folder = scratch / "all"
    subprocess.run([sys.executable, DATA / "unpack.py", name, folder], check=True, stdout=subprocess.DEVNULL)
    return sorted(folder.iterdir(), key=_hash)


def _dealt(paths: Sequence[Path], scratch: Path) -> tuple[Path, ...]:
    folders = tuple(scratch / f"part-{number}" for number in range(PARTS))
    for number, path in enumerate(paths):
        folders[number % PARTS].mkdir(exist_ok=True)
        shutil.move(path, folders[number % PARTS])
    return tuple(folder for folder in folders if folder.exists())


def _hash(path: Path) -> str:
    return hashlib.sha256(path.name.encode()).hexdigest()
