"""index.intake: each file there is or was is read, left alone or taken out, for a reason one can say in a sentence."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from itertools import accumulate, pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.intake import reading
from index.intake.marks import NO_TIME, unread
from index.intake.plan import planned
from index.store import OWED, FileMark
from index.types import Passage, Span, Statement, changed_ns, homes
from index.walk import Found, above, outermost

FOLDERS = ("north", "south")
REASON = "no text found"


@dataclass(frozen=True)
class File:
    """A file before a run: whether it is ``there``, what is ``known`` of it, whether it is to go."""

    there: bool
    known: str
    gone: bool


FILES = st.builds(
    File,
    st.booleans(),
    st.sampled_from(["not", "as it is", "otherwise", "skipped as it is", "skipped otherwise", "owed"]),
    st.booleans(),
)


def written(folder: Path, files: list[File]) -> dict[str, File]:
    """The files, every second in the other folder, by path."""
    for name in FOLDERS:
        (folder / name).mkdir()
    paths = {str(folder / FOLDERS[number % 2] / f"{number}.txt"): file for number, file in enumerate(files)}
    for path, file in paths.items():
        if file.there:
            Path(path).write_text(path)
    return paths


def mark(path: str, file: File) -> FileMark:
    if file.known == "owed":
        return unread(path, OWED)
    if file.known.endswith("otherwise") or not file.there:
        return FileMark(path, 7, NO_TIME, f"hash of {path}")
    status = os.stat(path)
    return FileMark(path, status.st_size, changed_ns(status), f"hash of {path}")


@settings(deadline=None)  # it writes files
@given(st.lists(FILES, max_size=8), st.sets(st.sampled_from(FOLDERS)), st.booleans())
def test_a_file_is_read_left_alone_or_taken_out_as_the_disk_and_its_mark_say(files, asked, again):
    with tempfile.TemporaryDirectory() as name:
        paths = written(Path(name), files)
        known = {os.fsencode(p): mark(p, file) for p, file in paths.items() if file.known != "not"}
        skipped = {p: REASON for p, file in paths.items() if file.known.startswith("skipped")}
        gone = {p for p, file in paths.items() if file.gone and file.known != "not"}
        roots = {str(Path(name) / folder) for folder in asked}
        plan = planned(known, {} if again else skipped, set(), roots, gone, again=again, avoid="")

        def is_looked_at(path: str, file: File) -> bool:
            """It lies in what was asked for, or it has to be read whatever was asked for."""
            return Path(path).parent.name in asked or file.known == "owed" or (again and file.known != "not")

        def is_as_it_was(file: File) -> bool:
            return not again and file.known.endswith("as it is")

        looked_at = {p: file for p, file in paths.items() if is_looked_at(p, file) and p not in gone}
        todo = [found.path for found in plan.todo]
        assert todo == sorted(p for p, file in looked_at.items() if file.there and not is_as_it_was(file))
        alone = {p for p, file in looked_at.items() if file.there and is_as_it_was(file)}
        assert dict(plan.skipped) == {p: REASON for p in alone if p in skipped}
        assert plan.unchanged == len(alone - set(skipped))
        lost = {p for p, file in looked_at.items() if not file.there and file.known != "not"}
        assert sorted(plan.removed) == sorted(lost | gone)
        assert plan.follow == roots
        leaving = {path for paths in plan.leaving.values() for path in paths}
        assert leaving == (set() if again else (lost | gone) - set(skipped))


@given(
    st.lists(st.integers(1, 6), min_size=1, max_size=12),
    st.lists(st.tuples(st.integers(0, 45), st.integers(0, 20)), max_size=12),
)
def test_a_statement_is_at_home_where_most_of_it_stands(lengths: list[int], said: list[tuple[int, int]]) -> None:
    """Passages and gaps between them in turn; the first of equals, and nowhere where no passage holds any of it."""
    edges = list(accumulate(lengths, initial=0))
    passages = [Passage("x", Span(*edge), (Span(*edge),), 1) for edge in list(pairwise(edges))[::2]]
    statements = [Statement("x", (Span(start, start + length),), "indirect") for start, length in said]
    for statement, home in zip(statements, homes(statements, passages), strict=True):
        shared = [passage.span.overlap(statement.span) for passage in passages]
        assert home == (shared.index(max(shared)) if max(shared) else None)


PATHS = st.lists(st.sampled_from(["a", "b", "ab"]), max_size=4).map(lambda parts: "/" + "/".join(parts))


@given(PATHS, st.frozensets(PATHS, max_size=6))
def test_which_path_lies_under_which_is_what_its_folders_say(path: str, roots: frozenset[str]) -> None:
    holding = [root for root in roots if Path(path).is_relative_to(root)]
    assert above(path, roots) == max(holding, key=len, default=None)
    others = {one: roots - {one} for one in roots}
    assert outermost(roots) == {one for one in roots if not any(map(Path(one).is_relative_to, others[one]))}


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 100), max_size=30))
def test_files_are_read_ahead_in_order_up_to_a_number_and_a_size_or_one_that_is_larger(sizes):
    items = [Found(str(number), size) for number, size in enumerate(sizes)]
    begun: list[Found] = []
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(reading, "FILES_AHEAD", 4)
        patched.setattr(reading, "BYTES_AHEAD", 100)
        found = reading._ahead(lambda item: begun.append(item) or item, items, 1, lambda: None)
        for taken, one in enumerate(found, 1):
            assert one is items[taken - 1]
            ahead = [item.size for item in items[taken : len(begun)]]
            assert len(ahead) <= 4
            assert sum(ahead) <= 100 or len(ahead) == 1
    assert begun == items
