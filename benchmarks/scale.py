"""How an index grows: `python -m benchmarks.scale INDEX`, 10,000 to 1,000,000 passages on this machine.

Owns the growing and the clock. The articles are those of an index, again and again, each time as other articles: every vector
of a passage or statement is turned by noise of half its length, so that none is another's (cosine to where it came from
about .9), and every passage gets a word of its own in the word file. The tables are multiplied in a copy of the index, the
vector files are written by the store's own writer, and everything is asked of a snapshot, in a process that has done nothing
else. Prints a table, and JSON as it goes. A million passages take about ten minutes and 9 GB in the temporary folder.

Recall is against all cosines in float32, for passages turned by noise of their own length and for statements as they are.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import apsw
import numpy as np
from numpy.typing import NDArray

from benchmarks.measure import quantile, rounded
from index import codes, dense
from index.encode import load_encoder
from index.letters import searchable
from index.store import Snapshot, Store, disk, open_store, schema, words
from index.store.derived import Derived
from qa import question, retrieve
from qa.answer import ask
from qa.retrieve import CANDIDATES, lexical_words

SIZES = (10_000, 100_000, 1_000_000)
QUESTIONS = 60
CHECKED = 30  # questions of each kind whose nearest are known
ABOUT = 4  # words of a statement that a question names
CUT_UPTO = 100_000  # passages that are cut into words one by one, as the writer does it: half a millisecond each
_CHUNK = 8192

_ID = {"id": "id + :{table}", "document": "document + :document", "passage": "passage + :passage"}
_COPIED = {
    "document": _ID | {"hash": "substr(hash, 5) || printf('%04x', :copy)"},
    "source": _ID | {"path": "CAST('/' || :copy || path AS BLOB)"},
    "source_document": _ID | {"source": "source + :source"},
    "title_vector": {"id": "id + :document"},
    "passage": _ID,
    "passage_parts": {"id": "id + :passage"},
    "statement": _ID,
}
"""What is multiplied in SQL, and the columns that are another's in a copy."""


# ------------------------------------------------------------------------------------------------------------- growing


def grow(index: str, folder: Path, size: int) -> None:
    """Writes an index of ``size`` passages into ``folder``, without its derived files."""
    folder.mkdir(mode=0o700)
    for name in (disk.DATABASE, f"{disk.DATABASE}-wal"):
        if (path := Path(index) / name).exists():
            shutil.copy(path, folder)
    connection = disk.connect(folder, write=True)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    base = _Base(connection)
    base.cut(size)
    for setting in ("journal_mode = OFF", "synchronous = OFF", "foreign_keys = OFF"):
        connection.execute(f"PRAGMA {setting}")
    with connection:
        connection.execute("DELETE FROM ann")
        connection.execute("DELETE FROM meta WHERE key = ?", (schema.WORDS,))
        for copy, start in enumerate(range(base.passages, size, base.passages), 1):
            base.copy(copy, min(base.passages, size - start))
    connection.execute("PRAGMA journal_mode = WAL")
    disk.close(connection)


class _Base:
    """The rows an index has before it is multiplied."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._sql = connection
        self._last = {
            kind: self._one(f"SELECT max(id) FROM {kind}") for kind in ("document", "source", "passage", "statement")
        }
        self.passages = self._one("SELECT count(*) FROM passage")
        self._dim = self._one("SELECT value FROM meta WHERE key = 'dim'")
        texts = dict(connection.execute("SELECT hash, text FROM document"))
        said = [
            (texts[row[1]], schema.statement(row)) for row in connection.execute(schema.STATEMENT + " ORDER BY s.id")
        ]
        self._words: dict[str, list[tuple[Any, ...]]] = {
            "passage": [(row[0], *map(searchable, row[1:])) for row in words.passages(connection)],
            "statement": [(s.id, searchable(schema.said(t, s)), searchable(schema.described(t, s))) for t, s in said],
        }

    def _one(self, sql: str, *values: object) -> Any:  # noqa: ANN401 - what SQLite holds
        return self._sql.execute(sql, values).fetchall()[0][0]

    def copy(self, copy: int, passages: int) -> None:
        """One more time the articles, up to so many passages."""
        last = self._ends(passages)
        steps = {kind: copy * step for kind, step in self._last.items()} | {"copy": copy}
        for table, other in _COPIED.items():
            names = [row[1] for row in self._sql.execute(f"PRAGMA table_info({table})")]
            own = table.split("_")[0] if table.split("_")[0] in last else "source"
            taken = ", ".join(other.get(name, name).replace("{table}", own) for name in names)
            key = "document" if table == "source_document" else "id"
            until = last["document" if key == "document" else own]
            values = {name: value for name, value in steps.items() if f":{name}" in taken}
            self._sql.execute(f"INSERT INTO {table} SELECT {taken} FROM {table} WHERE {key} <= {until}", values)
        for kind in schema.KINDS:
            self._copy_vectors(kind, last[kind], steps[kind])
            rows = [row for row in self._words[kind] if row[0] <= last[kind]]
            columns = "text, title, heading" if kind == "passage" else "text, mention"
            sql = f"INSERT INTO {kind}_words (rowid, {columns}) VALUES (?{', ?' * len(rows[0][1:])})"
            self._sql.executemany(sql, ((row[0] + steps[kind], *row[1:]) for row in rows))

    def _ends(self, passages: int) -> dict[str, int]:
        """The highest id of each kind, where there are only so many passages."""
        passage = self._one("SELECT id FROM passage ORDER BY id LIMIT 1 OFFSET ?", passages - 1)
        document = self._one("SELECT document FROM passage WHERE id = ?", passage)
        statement = self._one("SELECT max(id) FROM statement WHERE passage <= ?", passage)
        source = self._one("SELECT max(source) FROM source_document WHERE document <= ?", document)
        return {"passage": passage, "document": document, "statement": statement, "source": source}

    def _copy_vectors(self, kind: str, last: int, step: int) -> None:
        for start in range(1, last + 1, _CHUNK):
            sql = f"SELECT id, vec FROM {kind}_vector WHERE id BETWEEN ? AND ?"
            rows = self._sql.execute(sql, (start, min(start + _CHUNK - 1, last))).fetchall()
            more = turned(schema.unpack_vectors([vec for _, vec in rows], self._dim), 0.5, start + step)
            packed = ((id_ + step, schema.pack_vector(row)) for (id_, _), row in zip(rows, more, strict=True))
            self._sql.executemany(f"INSERT INTO {kind}_vector VALUES (?, ?)", packed)

    def cut(self, passages: int) -> None:
        """Takes away what there is more than so many passages."""
        if passages >= self.passages:
            return
        last = self._ends(passages)
        for table, key in (
            ("passage", "id"),
            ("source_document", "document"),
            ("source", "id"),
            ("document", "id"),
        ):
            own = "document" if key == "document" else table
            self._sql.execute(f"DELETE FROM {table} WHERE {key} > ?", (last[own],))


def turned(rows: NDArray[np.float32], noise: float, seed: int) -> NDArray[np.float32]:
    """Unit rows, each turned by a random row of length ``noise``."""
    more = np.random.default_rng(seed).standard_normal(rows.shape, dtype=np.float32)
    return dense.unit(rows + more * np.float32(noise / math.sqrt(rows.shape[1])))


class Multiplied(words.Layout):
    """The layout of ``ids``, those of the passages of another one again and again, with a word of its own in each."""

    def __init__(self, layout: words.Layout, ids: NDArray[np.int64]) -> None:
        size, n = len(ids), len(layout.ids)
        offsets = np.arange(0, size, n)[:, None]
        self.ids, self.lengths = ids, np.resize(layout.lengths, size) + 1
        self._words: dict[str, Any] = {}
        for word, (places, counts) in layout._words.items():
            again = (np.asarray(places)[None] + offsets).ravel()
            kept = again < size
            if kept.any():
                self._words[word] = again[kept], np.tile(counts, len(offsets))[kept]
        self._words |= {f"copy{place}": ((place,), (1,)) for place in range(size)}


def write(index: str, size: int, folder: Path) -> dict[str, float]:
    """Makes the index, its derived files, questions, and the right answers to some of them."""
    with open_store(index) as store, store.snapshot() as snapshot:
        layout = words.Layout(snapshot.tokenizer(), _texts(snapshot)) if size > CUT_UPTO else None
        (folder / "asked.json").write_text(json.dumps(_questions(snapshot)))
        queries = _queries(snapshot)
    grow(index, folder / "index", size)
    figures = {}
    with disk.Lock(folder / "index"), closing(disk.connect(folder / "index", write=True)) as connection:
        files = Derived(folder / "index", connection)
        for kind in schema.KINDS:
            _, figures[f"writing the vectors of {kind}s, s"] = clocked(lambda kind=kind: files.make(kind))
        if layout is None:
            _, figures["writing the words, s"] = clocked(lambda: files.make(schema.WORDS))
        else:
            ids = np.array([id_ for (id_,) in disk.rows(connection, "SELECT id FROM passage ORDER BY id")], np.int64)
            files.make_words([Multiplied(layout, ids)])
    with open_store(folder / "index") as store, store.snapshot() as snapshot:
        np.savez(folder / "queries.npz", queries=queries, right=_right(snapshot, queries))
    return figures


def _texts(snapshot: Snapshot) -> Iterator[words.Row]:
    documents = {document.id: document for document in snapshot.every_document()}
    for passage in snapshot.every_passage():
        document = documents[passage.document]
        heading = passage.heading.of(document.text) if passage.heading else ""
        yield passage.id, passage.span.of(document.text), document.title or "", heading


def _queries(snapshot: Snapshot) -> NDArray[np.float32]:
    """Passages turned by noise, and as many statements as they are (2 * CHECKED, d)."""
    random, found = np.random.default_rng(7), []
    for kind, noise in (("passage", 1.0), ("statement", 0.0)):
        ids = [id_ for (id_,) in snapshot.each(f"SELECT id FROM {kind}")]
        chosen = [ids[place] for place in random.integers(0, len(ids), CHECKED).tolist()]
        found.append(turned(snapshot._near[kind].vectors(chosen), noise, 7))
    return np.concatenate(found)


def _right(snapshot: Snapshot, queries: NDArray[np.float32]) -> NDArray[np.int64]:
    """The ids of the K nearest passages to each query, by all cosines."""
    rows = snapshot.each("SELECT id, vec FROM passage_vector ORDER BY id")
    ids, scores = [], []
    while part := [row for row, _ in zip(rows, range(_CHUNK), strict=False)]:
        ids += [id_ for id_, _ in part]
        scores.append(queries @ schema.unpack_vectors([vec for _, vec in part], queries.shape[1]).T)
    nearest = np.argsort(-np.concatenate(scores, axis=1), axis=1, kind="stable")[:, :CANDIDATES]
    return np.array(ids)[nearest]


def _questions(snapshot: Snapshot) -> list[str]:
    """What somebody said about some of the words he used, and every other time who it was."""
    documents = {document.id: document.text for document in snapshot.every_document()}
    statements, found = list(snapshot.every_statement()), []
    for place in np.random.default_rng(1).permutation(len(statements)).tolist():
        statement = statements[place]
        said = question.content_words(schema.said(documents[statement.document], statement))
        about = " ".join([word for word in said if len(word) > 3][:ABOUT])
        if statement.speaker and about.count(" ") == ABOUT - 1:
            who = len(found) % 2
            found.append(f"Who spoke about {about}?" if who else f"What did {statement.speaker} say about {about}?")
        if len(found) == QUESTIONS:
            break
    return found


# -------------------------------------------------------------------------------------------------------------- asking


def clocked(work: Callable[[], Any]) -> tuple[Any, float]:
    started = time.perf_counter()
    return work(), time.perf_counter() - started


def laps(work: Callable[[Any], Any], items: Iterable[Any], name: str) -> dict[str, float]:
    """Milliseconds, by the clock and of the processor; the first five are not counted."""
    wall, cpu = [], []
    for item in items:
        started, spent = time.perf_counter(), time.process_time()
        work(item)
        wall.append(1000 * (time.perf_counter() - started))
        cpu.append(1000 * (time.process_time() - spent))
    figures = {f"{name}, CPU p50 ms": quantile(cpu[5:], 0.5), f"{name}, CPU p95 ms": quantile(cpu[5:], 0.95)}
    return figures | {f"{name}, p50 ms": quantile(wall[5:], 0.5), f"{name}, p95 ms": quantile(wall[5:], 0.95)}


def resident() -> float:
    """MiB in memory now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def search(folder: Path) -> dict[str, float]:
    """Opens the index and asks, in a process that has done nothing else."""
    kept = np.load(folder / "queries.npz")
    queries, right, asked = kept["queries"], kept["right"], json.loads((folder / "asked.json").read_text())
    encoder = load_encoder()
    encoder.questions(asked[:1])
    before = resident()
    with open_store(folder / "index") as store:
        figures = _opened(store)
        with store.snapshot() as snapshot:
            figures |= _legs(snapshot, list(queries), right, asked)
        _, took = clocked(lambda: ask(store, asked[0], encoder=encoder))
        figures["first question after opening, ms"] = 1000 * took
        figures |= laps(lambda text: ask(store, text, encoder=encoder), asked, "a whole question")
        figures["memory of the index, MiB"] = resident() - before
        figures["memory of the process, at most, MiB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    derived = sum(path.stat().st_size for path in (folder / "index" / disk.VECTORS).iterdir())
    figures["store.db, MB"] = (folder / "index" / disk.DATABASE).stat().st_size / 1e6
    return figures | {"vector and word files, MB": derived / 1e6}


def _opened(store: Store) -> dict[str, float]:
    """From nothing to the files in memory, and then to all that the prompt makes ready."""

    def files() -> None:
        with store.snapshot() as snapshot:
            snapshot._words.scorer()
            for near in snapshot._near.values():
                near.file()

    def rest() -> None:
        with store.snapshot() as snapshot:
            retrieve.prepare(snapshot, lambda: False)

    figures: dict[str, float] = {}
    for name, work in (("opening the files", files), ("making ready", rest)):
        spent = time.process_time()
        figures[f"{name}, s"] = clocked(work)[1]
        figures[f"{name}, CPU s"] = time.process_time() - spent
    return figures


def _legs(
    snapshot: Snapshot, queries: list[NDArray[np.float32]], right: NDArray[np.int64], asked: Sequence[str]
) -> dict[str, float]:
    file, _ = snapshot._near["passage"].file()
    assert file is not None
    figures: dict[str, float] = {}
    if isinstance(file._scan, codes.Codes):
        file._scan._scanned = codes.PATIENCE  # as in a session that has asked some questions
    for kind, nearest in (("passages", snapshot.dense), ("statements", snapshot.statements_dense)):
        figures |= laps(lambda row, nearest=nearest: nearest(row, CANDIDATES), queries, f"nearest {kind}")
    found = [np.array([id_ for id_, _ in snapshot.dense(row, CANDIDATES)]) for row in queries]
    for name, part in (("passages", slice(CHECKED)), ("statements", slice(CHECKED, None))):
        for k in (10, CANDIDATES):
            shares = [len(np.intersect1d(a[:k], b[:k])) / k for a, b in zip(found[part], right[part], strict=True)]
            figures[f"recall@{k}, {name} as questions"] = float(np.mean(shares))
    third = file.ids[np.random.default_rng(3).random(len(file)) < 1 / 3]
    figures |= laps(
        lambda row: file.search(row[None, :], CANDIDATES, third), queries, "a third of the passages allowed"
    )
    sought = [lexical_words(question.parse(text)) for text in asked]
    return figures | laps(lambda words: snapshot.lexical(words, CANDIDATES), sought, "passages by words")


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
        made = write(options.index, options.sizes[0], Path(folder)) if step == "write" else search(Path(folder))
        print(json.dumps(made))
        return 0
    table: dict[int, dict[str, float]] = {}
    for size in options.sizes:
        table[size] = {}
        with tempfile.TemporaryDirectory() as folder:
            for step in ("write", "search"):
                module = [sys.executable, "-m", "benchmarks.scale", options.index]
                command = [*module, "--sizes", str(size), "--one", step, folder]
                done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
                table[size] |= {name: rounded(figure) for name, figure in json.loads(done.stdout).items()}
        print(json.dumps({size: table[size]}), file=sys.stderr, flush=True)
    slopes = exponents(table)
    print("| passages | " + " | ".join(f"{size:,}" for size in table) + " | exponent |")
    print("| --- |" + " ---: |" * (len(table) + 1))
    for name in dict.fromkeys(name for figures in table.values() for name in figures):
        row = " | ".join(f"{figures[name]:g}" if name in figures else "–" for figures in table.values())
        print(f"| {name} | {row} | {f'{slopes[name]:.2f}' if name in slopes else ''} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
