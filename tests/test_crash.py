"""What was acknowledged is there, whole, after kill -9, a full disk or a power cut at any instant.

Each rig is first shown to find a planted mistake; without that, "no fault found" would mean nothing.
"""

from __future__ import annotations

import json
import os
import pickle
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.errors import QAError
from index.store import open_store
from tests.contracts_store import agrees
from tests.crash import rig

FULL = os.environ.get("QA_RIG") == "full"  # takes minutes
KILLS = 1000 if FULL else 120
POWER_CUTS = 3000 if FULL else 120
EVERY = 1 if FULL else 15  # of the writes; of all other changes, each one is tried
ROOT = Path(__file__).parent.parent


class Nursery:
    """The rig in another process: `run` a job, get how it ended."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.rig"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
        )

    def run(self, folder: Path, **job: object) -> dict:
        self._process.stdin.write(json.dumps({"folder": str(folder), **job}) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    nursery = Nursery()
    yield nursery
    nursery.close()


@pytest.fixture
def place(tmp_path) -> Iterator[Path]:
    """A folder in memory where there is one: it keeps what a killed process wrote, and a sync costs nothing."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=memory) as name:
        yield Path(name)


def fault(folder: Path, acknowledged: int) -> str:
    """What is wrong with the index in ``folder``, if anything: it must open, be sound, and hold the batches up to
    ``acknowledged`` or one more, all of each and nothing else."""
    try:
        with open_store(folder, create=True) as store:
            problems = store.check()
            if problems:
                return f"check: {problems}"
            there = rig.last_batch(store)
            if there not in (acknowledged, acknowledged + 1):
                return f"{acknowledged} batches were acknowledged, {there} are there"
            agrees(store, rig.state(there))
    except (QAError, AssertionError) as error:
        return f"{type(error).__name__}: {error}"
    return ""


def test_kill_at_random_instants_loses_nothing_acknowledged(nursery, place):
    """Indexing, updating, removing, publishing; each run starts from what the one before left."""
    chance = random.Random(1)
    kills = started = 0
    folder, acknowledged = place / "0" / ".qa", 0
    while kills < KILLS:
        if started % 25 == 0:
            folder, acknowledged = place / str(started) / ".qa", 0
            folder.parent.mkdir()
        started += 1
        ended = nursery.run(folder, batches=400, publish=chance.choice((0, 3)), after=chance.uniform(0.0, 0.12))
        assert ended["killed"], ended
        kills += 1
        acknowledged = max(acknowledged, ended["acknowledged"])
        assert fault(folder, acknowledged) == ""
        with open_store(folder, create=True) as store:
            acknowledged = rig.last_batch(store)
    assert acknowledged > 0


def instants(nursery: Nursery, folder: Path, **job: object) -> list[int]:
    """Numbers of the changes of files in a job: every sync, rename, creation and removal, and some of the writes."""
    log = folder.parent / "log"
    assert nursery.run(folder, mode="record", log=str(log), **job)["code"] == 0
    kinds = [operation[0] for operation in pickle.loads(log.read_bytes()) if operation[0] != "ack"]
    return [at for at, kind in enumerate(kinds, 1) if kind != "write" or at % EVERY == 0]


@pytest.mark.parametrize("mode", ["kill", "full"])
def test_kill_or_full_disk_before_a_change_of_a_file(nursery, place, mode):
    """From nothing: an index is made, two batches written, vector files published, the log folded in. Before each sync,
    rename, creation and removal in that: the process is killed, or the disk is full from there on."""
    (place / "whole").mkdir()
    points = instants(nursery, place / "whole" / ".qa", batches=2, publish=1)
    assert len(points) > 30
    for at in points:
        folder = place / str(at) / ".qa"
        folder.parent.mkdir()
        ended = nursery.run(folder, batches=2, publish=1, mode=mode, at=at)
        assert ended["killed"] if mode == "kill" else ended["code"] in (0, 3), (at, ended)
        assert fault(folder, ended["acknowledged"]) == "", at
        shutil.rmtree(folder.parent)


def test_kill_at_every_change_of_a_file_while_recovering(nursery, place):
    """A killed run left a full log and half a vector file; the next is killed at each step of its way too."""
    broken = place / "broken" / ".qa"
    broken.parent.mkdir()
    whole = nursery.run(broken, batches=3, publish=2, mode="count")
    shutil.rmtree(broken)
    left = nursery.run(broken, batches=3, publish=2, mode="kill", at=whole["count"] - 2)
    assert left["killed"]
    assert left["acknowledged"] == 3
    assert (broken / "store.db-wal").stat().st_size > 0
    (broken / "ann" / ".g00000007.vectors.tmp").write_bytes(b"half")
    copy = place / "copy" / ".qa"
    shutil.copytree(broken, copy)
    for at in instants(nursery, copy, batches=1, publish=1):
        shutil.rmtree(copy)
        shutil.copytree(broken, copy)
        ended = nursery.run(copy, batches=1, publish=1, mode="kill", at=at)
        assert ended["killed"]
        assert fault(copy, max(3, ended["acknowledged"])) == "", at


@pytest.mark.parametrize("bug", ["early", "autocommit"])
def test_the_kill_rig_finds_planted_mistakes(nursery, place, bug):
    """Acknowledging before the commit; writing rows without a transaction."""
    folder = place / ".qa"
    whole = nursery.run(folder, batches=2, mode="count", bug=bug)
    found = 0
    for at in range(whole["count"] // 2, whole["count"], 3):
        shutil.rmtree(folder)
        ended = nursery.run(folder, batches=2, mode="kill", at=at, bug=bug)
        found += bool(fault(folder, ended["acknowledged"]))
    assert found


def power_cuts(nursery: Nursery, place: Path, bug: str, cuts: int) -> list[str]:
    """The faults found in ``cuts`` folders as power cuts may leave them, at instants spread over one recorded run."""
    folder, log = place / "run" / ".qa", place / "log"
    folder.parent.mkdir()
    assert nursery.run(folder, batches=12, publish=3, mode="record", log=str(log), bug=bug)["code"] == 0
    operations = pickle.loads(log.read_bytes())
    chance = random.Random(3)
    instants = sorted(chance.choices(range(len(operations) + 1), k=cuts))
    disk, done, acknowledged, faults = rig.PowerCut(), 0, 0, []
    for number, instant in enumerate(instants):
        for operation in operations[done:instant]:
            if operation[0] == "ack":
                acknowledged = operation[1]
            else:
                disk.apply(operation)
        done = instant
        left = place / str(number) / ".qa"
        disk.leave(left, str(folder), chance)
        faults += [found for found in [fault(left, acknowledged)] if found]
        shutil.rmtree(left.parent)
    return faults


def test_a_power_cut_at_any_instant_loses_nothing_acknowledged(nursery, place):
    assert power_cuts(nursery, place, "", POWER_CUTS) == []


@pytest.mark.parametrize("bug", ["normal", "unsynced"])
def test_the_power_rig_finds_planted_mistakes(nursery, place, bug):
    """synchronous=NORMAL; vector files that are named before they are synced. Kills can never find these."""
    assert power_cuts(nursery, place, bug, 60)
