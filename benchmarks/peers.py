"""The peers: who they are, how they get an environment of their own, and how a command is run in it.

    python -m benchmarks.peers                 which peers are there, which are not
    python -m benchmarks.peers install [NAME…] make their environments (all of them; torch is large)

Environments lie in QA_BENCH_PEERS, else in the user's cache folder; deleting one is how it is removed.
sentence-transformers needs none: it is a dependency of ours, and runs in the environment of the benchmark.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

DRIVER = Path(__file__).with_name("drive.py")


@dataclass(frozen=True, slots=True)
class Peer:
    """A program to stand beside. ``lexical``: it only knows words. The first of ``packages`` gives it its version."""

    name: str
    title: str
    packages: tuple[str, ...]
    own: bool = True
    lexical: bool = False

    @property
    def folder(self) -> Path:
        return environments() / self.name

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python" if self.own else Path(sys.executable)

    @property
    def _done(self) -> Path:
        """There only where the installation came to its end."""
        return self.folder / "installed"

    def missing(self) -> str | None:
        """Why it cannot take part; None where it can."""
        if not self.own or self._done.exists():
            return None
        return f"not installed: python -m benchmarks.peers install {self.name}"

    def command(self, *arguments: str | Path) -> list[str | Path]:
        """A command of `benchmarks.drive`. -P: nothing of this repository can be imported there."""
        return [self.python, "-P", DRIVER, self.name, *arguments]

    def install(self) -> None:
        """Makes its environment anew. Raises CalledProcessError where pip fails."""
        venv.create(self.folder, with_pip=True, clear=True)
        pip = [str(self.python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, *self.packages], check=True)
        self._done.touch()


# torch as pyproject.toml limits it, so that both sides of a comparison run the same kernels.
PEERS = (
    Peer(
        "sentence-transformers", "sentence-transformers semantic_search", ("sentence-transformers", "torch"), own=False
    ),
    Peer("txtai", "txtai hybrid", ("txtai", "torch<2.14")),
    Peer("haystack", "Haystack hybrid", ("haystack-ai", "sentence-transformers-haystack", "torch<2.14")),
    Peer(
        "langchain",
        "LangChain FAISS",
        ("langchain-community", "langchain-huggingface", "sentence-transformers", "faiss-cpu", "torch<2.14"),
    ),
    Peer("bm25s", "bm25s", ("bm25s", "PyStemmer"), lexical=True),
    Peer("tantivy", "tantivy", ("tantivy",), lexical=True),
)


def environments() -> Path:
    """The folder that holds the peers' environments."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(os.environ.get("QA_BENCH_PEERS") or cache / "qa" / "peers")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", nargs="?", choices=["list", "install"], default="list")
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these peers")
    options = parser.parse_args()
    known = [peer.name for peer in PEERS if peer.own]
    if unknown := set(options.names) - set(known):
        parser.error(f"no peer {', '.join(sorted(unknown))} to install; there are {', '.join(known)}")
    failed = 0
    for peer in PEERS:
        if options.command == "list":
            print(f"{peer.name}: {peer.missing() or 'installed'}")
        elif peer.own and (not options.names or peer.name in options.names):
            print(f"{peer.name}: installing {', '.join(peer.packages)} …", flush=True)
            try:
                peer.install()
            except subprocess.CalledProcessError as error:  # it must not cost the others their places
                print(f"{peer.name}: not installed, pip ended with {error.returncode}", file=sys.stderr)
                failed = 1
    return failed


if __name__ == "__main__":
    sys.exit(main())
