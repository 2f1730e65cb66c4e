"""Processes with what they took, and figures with their spread.

Owns the clock. Seconds of a process are counted from its start to its end by whoever started it, CPU seconds and peak
memory are the kernel's (wait4), with those of the children it waited for. Linux counts the starter's own memory into the
peak of what it starts, so nothing heavy is imported here or in `benchmarks.run`.
"""

from __future__ import annotations

import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
_MIB = 1024 if sys.platform != "darwin" else 1024 * 1024  # ru_maxrss: KiB on Linux, bytes on macOS
_TAIL = 800  # characters of a failed process's last words that are shown


class Failed(Exception):
    """A process ended badly; the message holds its code and its last words."""


@dataclass(frozen=True, slots=True)
class Run:
    """One process: seconds by the clock, CPU seconds, peak memory in MiB, and what it printed."""

    wall: float
    cpu: float
    peak: float
    out: str

    def told(self) -> dict[str, Any]:
        """The JSON object in the last line it printed."""
        return dict(json.loads(self.out.rstrip().rsplit("\n", 1)[-1]))


def environment(scratch: Path) -> dict[str, str]:
    """The same for all: no settings of ours or of this user, no limits on threads, no network.

    OpenMP's threads sleep while they wait: on a machine that others use too, torch's otherwise spin for a thread that is
    not running (measured with two cores and a load of five: 66 instead of 26 ms of CPU for a question, 12 instead of 28
    passages a second).
    """
    ours = ("QA_", "OMP_", "MKL_", "OPENBLAS_", "TORCH")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return {
        **kept,
        "HF_HUB_OFFLINE": "1",
        "TRANSFORMERS_OFFLINE": "1",
        "HAYSTACK_TELEMETRY_ENABLED": "False",
        "OMP_WAIT_POLICY": "PASSIVE",
        "XDG_CONFIG_HOME": str(scratch),
    }


def run(command: Sequence[str | Path], env: Mapping[str, str], ok: Sequence[int] = (0,)) -> Run:
    """Runs a process to its end. Raises Failed where it does not start, or its exit code is not one of ``ok``."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        started = time.perf_counter()
        try:
            process = subprocess.Popen(command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=err)
        except OSError as error:
            raise Failed(f"does not start: {error.strerror}") from error
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        if process.returncode not in ok:
            raise Failed(f"exit code {process.returncode}: {err.read().decode(errors='replace')[-_TAIL:]}")
        return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / _MIB, out.read().decode(errors="replace"))


class Server:
    """A process that answers questions, a line each; a context manager. ``peak`` (MiB) is known after it ended."""

    def __init__(self, command: Sequence[str | Path], env: Mapping[str, str]) -> None:
        self.peak = 0.0
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, cwd=ROOT, env=env, stdin=pipe, stdout=pipe, stderr=self._errors)
        try:
            self._line()
        except Failed:
            self.__exit__()
            raise

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *exception: object) -> None:
        for stream in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(BrokenPipeError):  # it ended before
                if stream:
                    stream.close()
        _, status, usage = os.wait4(self._process.pid, 0)
        self._process.returncode = os.waitstatus_to_exitcode(status)
        self.peak = usage.ru_maxrss / _MIB
        self._errors.close()

    def ask(self, question: str) -> dict[str, Any]:
        """What it answers, with the seconds it measured itself. Raises Failed where it ended instead."""
        assert self._process.stdin
        try:
            self._process.stdin.write(json.dumps({"question": question}).encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # its last words say more
        return self._line()

    def _line(self) -> dict[str, Any]:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            self._errors.seek(0)
            raise Failed(f"ended: {self._errors.read().decode(errors='replace')[-_TAIL:]}")
        return dict(json.loads(line))


def spread(values: Sequence[float]) -> dict[str, float]:
    """The median, the lowest and the highest, each with four digits that count, and how many there are.

    >>> spread([3.0, 1.0, 2.0])
    {'median': 2.0, 'low': 1.0, 'high': 3.0, 'n': 3}
    """
    figures = {"median": statistics.median(values), "low": min(values), "high": max(values)}
    return {**{name: rounded(figure) for name, figure in figures.items()}, "n": len(values)}


def rounded(figure: float) -> float:
    """Four digits that count.

    >>> rounded(0.123456), rounded(1234.56), rounded(7)
    (0.1235, 1235.0, 7)
    """
    return figure if isinstance(figure, int) else float(f"{figure:.4g}")


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least ``share`` of them do not exceed.

    >>> quantile([5, 1, 4, 2, 3], 0.5), quantile(range(1, 101), 0.95)
    (3, 95)
    """
    ordered = sorted(values)
    return ordered[max(0, -int(-share * len(ordered) // 1) - 1)]


def size(folder: Path) -> int:
    """Bytes of all files in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
