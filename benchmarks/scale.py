"""How search grows: `python -m benchmarks.scale INDEX`, 10,000 to 1,000,000 passages on this machine.

Owns the growing and the clock. The passages are those of an index, again and again: each vector turned by noise of half
its length, so that none is another's (cosine to where it came from about .9), each text with a word of its own. Both
files are made, opened and searched as the store does it, each size in a process of its own. Prints a table and JSON.

Questions are passages of the index turned by noise of their own length. Recall is against all cosines in float32.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.measure import quantile, rounded
from index import dense
from index.store import open_store, words

SIZES = (10_000, 100_000, 1_000_000)
QUESTIONS, CHECKED = 60, 10
K = 200  # what a question lists
WORDS = 6
WORDS_UPTO = 200_000  # passages whose words are laid out too: half a millisecond each
_CHUNK = 8192


def real(index: str) -> tuple[NDArray[np.float32], list[words.Row]]:
    """Vectors and texts of an index."""
    with open_store(index) as store, store.snapshot() as snapshot:
        texts = {document.id: (document.text, document.title or "") for document in snapshot.every_document()}
        passages = list(snapshot.every_passage())
        vectors = snapshot.vectors("passage", [passage.id for passage in passages])
    return vectors, [(p.id, p.span.of(texts[p.document][0]), texts[p.document][1], "") for p in passages]


def turned(rows: NDArray[np.float32], noise: float, seed: int) -> NDArray[np.float32]:
    """Unit rows, each turned by a random row of length ``noise``."""
    more = np.random.default_rng(seed).normal(scale=noise / math.sqrt(rows.shape[1]), size=rows.shape)
    return dense.unit(rows + more)


def grown(vectors: NDArray[np.float32], size: int) -> NDArray[np.float16]:
    """``size`` rows as they would be stored."""
    halves = np.empty((size, vectors.shape[1]), dtype=np.float16)
    for start in range(0, size, _CHUNK):
        places = np.arange(start, min(start + _CHUNK, size)) % len(vectors)
        halves[start : start + len(places)] = turned(vectors[places], 0.5, start)
    return halves


def repeated(rows: list[words.Row], size: int) -> Iterator[words.Row]:
    for id_ in range(size):
        _, text, title, heading = rows[id_ % len(rows)]
        yield id_, f"{text} copy{id_}", title, heading


def clocked(work: Callable[[], Any]) -> tuple[Any, float]:
    started = time.perf_counter()
    return work(), time.perf_counter() - started


def laps(work: Callable[[Any], Any], items: list[Any], name: str) -> dict[str, float]:
    """Milliseconds, by the clock and of the processor; the first two are not counted."""
    wall, cpu = [], []
    for item in items:
        started, spent = time.perf_counter(), time.process_time()
        work(item)
        wall.append(1000 * (time.perf_counter() - started))
        cpu.append(1000 * (time.process_time() - spent))
    figures = {f"{name} p50 ms": quantile(wall[2:], 0.5), f"{name} p95 ms": quantile(wall[2:], 0.95)}
    return figures | {f"{name} CPU p50 ms": quantile(cpu[2:], 0.5)}


def resident() -> float:
    """MiB in memory now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def write(index: str, size: int, folder: Path) -> dict[str, float]:
    """Makes both files, and the right answers to a few questions."""
    vectors, rows = real(index)
    halves = grown(vectors, size)
    _, seconds = clocked(lambda: _save(folder / "vectors", dense.write_vectors(np.arange(size), halves)))
    questions = turned(vectors[np.random.default_rng(7).integers(0, len(vectors), QUESTIONS)], 1.0, 7)
    np.save(folder / "questions.npy", questions)
    np.save(folder / "right.npy", _right(halves, questions[:CHECKED]))
    if size > WORDS_UPTO:
        return {"write vectors s": seconds}
    with open_store(index) as store, store.snapshot() as snapshot:
        cut = snapshot.tokenizer()
        layout, laid_out = clocked(lambda: words.Layout(cut, repeated(rows, size)))
    _, pieces = layout.pieces()
    _, saved = clocked(lambda: _save(folder / "words", pieces))
    asked = [[w for w in cut(rows[i][1]) if len(w) > 3][:WORDS] for i in range(0, len(rows), len(rows) // QUESTIONS)]
    (folder / "asked.json").write_text(json.dumps(asked))
    return {"write vectors s": seconds, "write words s": laid_out + saved}


def _save(path: Path, pieces: Iterator[bytes]) -> None:
    with path.open("wb") as file:
        for piece in pieces:
            file.write(piece)


def _right(halves: NDArray[np.float16], questions: NDArray[np.float32]) -> NDArray[np.int64]:
    scores = np.concatenate([dense.unit(halves[a : a + _CHUNK]) @ questions.T for a in range(0, len(halves), _CHUNK)])
    return np.argsort(-scores, axis=0, kind="stable")[:10].T


def search(size: int, folder: Path) -> dict[str, float]:
    """Opens the files and asks, in a process that has done nothing else."""
    before = resident()
    with (folder / "vectors").open("rb") as opened:
        index, seconds = clocked(lambda: dense.open_vectors(opened.fileno(), _hashed))
    figures = {"open vectors s": seconds}
    questions = np.load(folder / "questions.npy")
    _, took = clocked(lambda: index.search(questions[:1], K))
    figures["first search ms"] = 1000 * took
    index._scan._scanned = dense.PATIENCE  # as in a session that has asked some questions
    figures |= laps(lambda row: index.search(row[None, :], K), list(questions), "search")
    found = [index.search(row[None, :], 10)[0][0] for row in questions[:CHECKED]]
    right = np.load(folder / "right.npy")
    figures["recall@10"] = float(
        np.mean([len(set(a.tolist()) & set(b.tolist())) / 10 for a, b in zip(found, right, strict=True)])
    )
    third = np.sort(np.random.default_rng(3).permutation(size)[: size // 3])
    figures |= laps(lambda row: index.search(row[None, :], K, third), list(questions[:20]), "a third allowed")
    figures["memory of vectors MiB"] = resident() - before
    figures["vectors MB"] = (folder / "vectors").stat().st_size / 1e6
    return figures | (_words(folder) if (folder / "words").exists() else {})


def _words(folder: Path) -> dict[str, float]:
    asked = json.loads((folder / "asked.json").read_text())
    with (folder / "words").open("rb") as opened:
        whole = dense.OpenFile(opened.fileno())
    file, seconds = clocked(lambda: words.WordFile(whole.read, whole.size, _hashed))
    scorer = words.Scorer([file.postings()])
    figures = laps(lambda sought: scorer.scores([scorer.find(word) for word in sought]), asked, "words")
    return {"open words s": seconds, **figures, "words MB": whole.size / 1e6}


def _hashed(head: bytes) -> bool:
    """What the store does to a head, without its row to compare with."""
    return len(hashlib.sha256(head).digest()) == 32


def exponents(table: dict[int, dict[str, float]]) -> dict[str, float]:
    """The slope of each figure on a log-log scale, by least squares: 1 grows as the corpus does, 0 does not grow."""
    found = {}
    for name in next(iter(table.values())):
        pairs = [(math.log(size), math.log(row[name])) for size, row in table.items() if row.get(name, 0) > 0]
        if len(pairs) > 1:
            found[name] = float(np.polyfit(*zip(*pairs, strict=True), 1)[0])
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("index", help="an index whose passages are multiplied")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--one", nargs=2, metavar=("STEP", "FOLDER"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        step, folder = options.one
        size = options.sizes[0]
        print(json.dumps(write(options.index, size, Path(folder)) if step == "write" else search(size, Path(folder))))
        return 0
    table: dict[int, dict[str, float]] = {}
    for size in options.sizes:
        table[size] = {}
        with tempfile.TemporaryDirectory() as folder:
            for step in ("write", "search"):
                command = [
                    sys.executable,
                    "-m",
                    "benchmarks.scale",
                    options.index,
                    "--sizes",
                    str(size),
                    "--one",
                    step,
                    folder,
                ]
                done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
                table[size] |= {name: rounded(figure) for name, figure in json.loads(done.stdout).items()}
        print(json.dumps({size: table[size]}), file=sys.stderr, flush=True)
    slopes = exponents(table)
    print("| | " + " | ".join(f"{size:,}" for size in table) + " | exponent |")
    print("| --- |" + " ---: |" * (len(table) + 1))
    for name in next(iter(table.values())):
        row = " | ".join(f"{figures[name]:g}" if name in figures else "–" for figures in table.values())
        print(f"| {name} | {row} | {f'{slopes[name]:.2f}' if name in slopes else ''} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
