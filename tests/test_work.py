"""index.work: a file is taken apart within its limits or has a reason, and whatever it did, the next one is read."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from index import work
from index.build import update
from index.errors import Interrupted, StorageError
from index.intake import reading
from index.read import load
from index.work import Pool, Task
from tests.toy import ToyEncoder

ROOT = Path(__file__).parent.parent
ARTICLE = b'"We shall repair the bridge before the winter," Mayor Anna Berg said on Monday. Nobody objected.\n'
HOSTILE = """
from index import work
from tests.readers import hostile
work.MEMORY, work.GRACE = 512 << 20, 0.5
work.serve(hostile)
"""


@pytest.fixture
def hostile(monkeypatch):
    """Processes whose parser does what the file's name says, and may take half a minute."""
    monkeypatch.setattr(work, "PROGRAM", HOSTILE)


def task(name: str, data: bytes = ARTICLE, *, cut: bool = True) -> Task:
    return Task(data, f"/articles/{name}.txt", f"{hash(name) & 0xFFFFFFFF:032x}", 128, cut)


def pool() -> Pool:
    return Pool(1, ToyEncoder().count_tokens)


def gone(pid: int) -> bool:
    """Whether a process ends; waits for it as long as a slow machine may need."""
    for _ in range(300):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        if (
            Path(f"/proc/{pid}/stat").exists()
            and Path(f"/proc/{pid}/stat").read_text().rsplit(")")[-1].split()[0] == "Z"
        ):
            return True  # it ended; who adopted it has not asked yet
        time.sleep(0.1)
    return False


def told(path: Path) -> int:
    """The number that a reader left beside its file."""
    for _ in range(600):
        if path.exists():
            return int(path.read_text())
        time.sleep(0.1)
    pytest.fail(f"{path} was never written")


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html"])
def test_a_process_makes_of_a_file_what_is_made_of_it_here(tmp_path, name):
    file = tmp_path / name
    file.write_bytes(b"# Bridges\n\n" + ARTICLE * 40 if name != "a.html" else b"<html><p>" + ARTICLE * 40)
    loaded, encoder = load(file), ToyEncoder()
    asked = Task(loaded.data, str(file), loaded.hash, 64)
    here = work.take_apart(asked, encoder.count_tokens)
    assert here.articles[0].passages
    assert here.articles[0].statements
    with pool() as readers:
        assert readers.take_apart(asked) == here


HASHED = """
import hashlib, json, sys
from pathlib import Path
from index import work
from tests.toy import ToyEncoder
digest = hashlib.sha256()
for path in sorted(Path(folder) for folder in sys.argv[1:]):
    for file in sorted(path.iterdir()):
        task = work.Task(file.read_bytes(), str(file), "0" * 32, 64)
        digest.update(repr(work.take_apart(task, ToyEncoder().count_tokens)).encode())
print(digest.hexdigest())
"""


def test_what_is_made_of_a_file_does_not_depend_on_how_python_hashes(tmp_path):
    """Sets of words are walked through in another order in every process; what is read, cut and said is the same."""
    rows = [
        {kind: {"title": kind, "text": ARTICLE.decode()} for kind in order}
        for order in (("fields", "node"), ("node", "item"))
    ]
    (tmp_path / "rows.json").write_text(json.dumps(rows))
    told = set()
    for seed in ("1", "2", "3"):
        command = [
            sys.executable,
            "-c",
            HASHED,
            str(tmp_path),
            str(ROOT / "seeds"),
            str(ROOT / "tests" / "gold" / "articles"),
        ]
        environment = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        told.add(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout)
    assert len(told) == 1


REASONS = {
    "crashes": "its reader crashed (signal 11)",
    "aborts": "its reader crashed (signal 6)",
    "leaves": "its reader crashed (exit code 3)",
    "raises": "could not be taken apart (RuntimeError: what now)",
    "recurses": "could not be taken apart (RecursionError: maximum recursion depth exceeded",
    "lies": "its reader said what no reader says",
    "runs": "its reader said what no reader says",
}


@pytest.mark.parametrize("kind", REASONS)
def test_what_a_reader_does_is_the_reason_and_the_next_file_is_read(hostile, tmp_path, kind):
    with pool() as readers:
        taken = readers.take_apart(Task(ARTICLE, str(tmp_path / f"{kind}.txt"), "0" * 32, 128))
        assert (taken.articles, taken.reason[: len(REASONS[kind])]) == ((), REASONS[kind])
        assert readers.take_apart(task("good")).articles
    assert list(tmp_path.iterdir()) == []  # nothing of what it said was run


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="this system does not say how much memory is in use")
def test_a_reader_that_eats_memory_is_stopped_at_its_limit(hostile):
    with pool() as readers:
        assert (
            readers.take_apart(task("swallows")).reason == "needed more than 0.5 GB of memory; if it is whole, split it"
        )
        assert readers.take_apart(task("good")).articles


@pytest.mark.parametrize("kind", ["hangs", "spins"])
def test_a_reader_that_hangs_is_killed(hostile, monkeypatch, tmp_path, kind):
    """Also one that holds the interpreter, so that nothing inside its process could stop it."""
    with pool() as readers:
        assert readers.take_apart(task("good")).articles
        monkeypatch.setattr(work, "SECONDS", 3.0)
        taken = readers.take_apart(Task(ARTICLE, str(tmp_path / f"{kind}.txt"), "0" * 32, 128))
        assert taken.reason == "took longer than 3 s to read"
        assert gone(told(tmp_path / f"{kind}.txt.pid"))
        monkeypatch.undo()
        monkeypatch.setattr(work, "PROGRAM", HOSTILE)
        assert readers.take_apart(task("good")).articles


def test_what_a_library_prints_is_not_taken_for_an_answer(hostile):
    with pool() as readers:
        assert readers.take_apart(task("prints")).articles


def test_a_process_that_keeps_memory_serves_no_other_file(hostile):
    with pool() as readers:
        for _ in range(3):  # together they would be more than one may have
            assert readers.take_apart(task("keeps")).articles


def test_larger_files_may_take_more_time_and_memory():
    assert work.seconds_for(0) == work.SECONDS < work.seconds_for(1_000_000) < work.seconds_for(2_000_000)
    assert work.memory_for(0) == work.MEMORY < work.memory_for(1_000_000)


def test_a_process_that_does_not_start_is_an_error_that_says_how_to_see_why(monkeypatch):
    monkeypatch.setattr(work, "PROGRAM", "raise SystemExit(9)")
    with pool() as readers, pytest.raises(StorageError, match=r"does not start \(it ended with 9\)"):
        readers.take_apart(task("good"))


def test_a_fault_of_counting_is_not_the_files(hostile):
    def refuse(_):
        raise RuntimeError("no counting")

    with Pool(1, refuse) as readers, pytest.raises(RuntimeError, match="no counting"):
        readers.take_apart(task("good"))


# --- No orphans -------------------------------------------------------------------------------------------------------

PARENT = f"""
import sys
from index import work
from tests.toy import ToyEncoder
work.PROGRAM, work.SECONDS = {HOSTILE!r}, 2
with work.Pool(1, ToyEncoder().count_tokens) as pool:
    pool.take_apart(work.Task(b"x", sys.argv[1], "0" * 32, 128))
    input()
"""


@pytest.mark.parametrize("kind", ["hangs", "spins"])
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_process_outlives_its_parent(tmp_path, kind, number):
    """Killed, ended, interrupted, while a process is at work: also at work that nothing in it can interrupt."""
    file = tmp_path / f"{kind}.txt"
    command = [sys.executable, "-c", PARENT, str(file)]
    parent = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
    child = told(Path(f"{file}.pid"))
    parent.send_signal(number)
    parent.communicate()
    assert gone(child)


def test_a_wish_to_stop_is_heard_while_a_reader_hangs(hostile, store, folder):
    (folder / "hangs.txt").write_bytes(ARTICLE)
    who = folder / "hangs.txt.pid"
    with pytest.raises(Interrupted):
        update(store, [folder / "hangs.txt"], ToyEncoder(), should_stop=who.exists, processes=1)
    assert gone(told(who))


# --- In a run ---------------------------------------------------------------------------------------------------------


def test_one_hostile_file_of_each_kind_does_not_end_a_run(hostile, monkeypatch, store, folder):
    monkeypatch.setattr(work, "SECONDS", 5.0)
    kinds = ["hangs", "spins", "swallows", "prints", *REASONS]
    for number, kind in enumerate([*kinds, *(f"good_{n}" for n in range(10))]):
        (folder / f"{kind}.txt").write_bytes(ARTICLE + f"Number {number}.".encode())
    report = update(store, [folder], ToyEncoder(), processes=2)
    reasons = {Path(path).stem: reason for path, reason in report.skipped}
    assert set(reasons) == set(kinds) - {"prints"}
    assert (report.found, report.indexed) == (len(kinds) + 10, 11)
    assert store.check() == []
    again = update(store, [folder], ToyEncoder(), processes=2)  # none of them is tried again until it changes
    assert (again.skipped, again.unchanged) == (report.skipped, 11)


def test_the_index_does_not_depend_on_how_many_processes_made_it(tmp_path, folder):
    from index.store import open_store

    for number in range(30):
        text = f"Report {number}\n\nMinister Jane Roe said that bridge {number % 25} would be repaired in May.\n"
        (folder / f"{number:02}.txt").write_text(text * (1 + number % 7))
        (folder / f"{number:02}.html").write_text(f"<html><body><p>{text * 3}</p></body></html>")
    (folder / "copy.txt").write_bytes((folder / "00.txt").read_bytes())
    (folder / "empty.txt").touch()
    made = []
    for processes in (0, 1, 3, None):
        with open_store(tmp_path / str(processes), create=True) as store:
            report = update(store, [folder], ToyEncoder(), processes=processes)
            with store.snapshot() as snapshot:
                passages, statements = list(snapshot.every_passage()), list(snapshot.every_statement())
                made.append((snapshot.id, passages, statements, report.passages, report.statements, report.skipped))
    assert made[0] == made[1] == made[2] == made[3]
    assert made[0][1]


def test_a_few_small_texts_need_no_process_and_all_else_does(monkeypatch, store, folder):
    monkeypatch.setattr(work, "PROGRAM", "raise SystemExit(9)")
    for number in range(reading.FEW):
        (folder / f"{number}.txt").write_bytes(ARTICLE + str(number).encode())
    assert update(store, [folder], ToyEncoder()).indexed == reading.FEW
    (folder / "page.txt").write_bytes(b"<html><p>" + ARTICLE)
    with pytest.raises(StorageError, match="does not start"):
        update(store, [folder], ToyEncoder())
