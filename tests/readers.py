"""Readers that do what a parser must not, for tests of the processes they run in. Each reads the good file well."""

from __future__ import annotations

import ctypes
import os
import sys
import time
from pathlib import Path

from index.read import Reading, parse


def hostile(data: bytes, path: str, hash: str) -> Reading:  # noqa: A002
    """Does what the file's name says."""
    kind = Path(path).stem.partition("_")[0]
    if kind == "hangs":
        _tell_who(path)
        time.sleep(3600)
    elif kind == "spins":
        _tell_who(path)
        print(10 ** (10**9))  # the interpreter is not given up in there
    elif kind == "swallows":
        hoard = []
        while True:
            hoard.append(bytearray(64 << 20))
    elif kind == "crashes":
        ctypes.string_at(0)
    elif kind == "aborts":
        os.abort()
    elif kind == "leaves":
        os._exit(3)
    elif kind == "prints":
        print("not for your ears", flush=True)
        os.write(1, b"nor this")
        sys.stderr.write("nor that")
    elif kind == "raises":
        raise RuntimeError("what now")
    elif kind == "recurses":
        return hostile(data, path, hash)
    elif kind == "keeps":
        _KEPT.append(bytearray(300 << 20))
    elif kind == "lies":
        os.write(WIRE, (5).to_bytes(8, "little") + b"wrong")
    elif kind == "runs":
        message = b"cos\nsystem\n(S'touch " + os.fsencode(path) + b".pwned'\ntR."
        os.write(WIRE, len(message).to_bytes(8, "little") + message)
    return parse(data, path, hash)


def _tell_who(path: str) -> None:
    """Leaves the number of this process beside the file."""
    who = Path(f"{path}.pid")
    who.with_suffix(".new").write_text(str(os.getpid()))
    who.with_suffix(".new").rename(who)


_KEPT: list[bytearray] = []
WIRE = 3  # the pipe to the parent, as a process that was taken over would find it
