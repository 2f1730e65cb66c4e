"""Quality, held to its floors: `make gate`.

Every set of floors.json is indexed with the default model, asked, and measured by `qa.evaluate`, the runner that `qa eval`
and the benchmarks use. A measure below its floor, or data that is not the data the floor was taken on, fails. A set whose
articles are not on this machine is skipped with its reason; the seeds and the articles written for the purpose always run.

`python -m tests.gate --update` writes the measured figures as new floors (less the noise named in the file). It lowers
none unless `--allow-regression` says so.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from index.build import update
from index.encode import Encoder, load_encoder
from index.store import Filter, Store, open_store
from qa.answer import ask
from qa.evaluate import Evaluation, Labelled, Outcome, evaluate, load, summary, table
from qa.question import parse
from qa.retrieve import search
from qa.types import Answer, Citation, Searched
from tests.sets import Absent, Part, laid_out

GOLD = Path(__file__).parent / "gold"
FLOORS = GOLD / "floors.json"


def measured(parts: Sequence[Part], encoder: Encoder) -> Evaluation:
    """Index each part afresh and ask its questions; all their outcomes together."""
    outcomes: list[Outcome] = []
    for part in parts:
        with tempfile.TemporaryDirectory() as scratch, open_store(Path(scratch) / "index", create=True) as store:
            update(store, [part.articles], encoder)
            questions = load(part.questions)
            ranked = all(gold.span is None and not gold.words for q in questions for gold in q.gold)
            door = partial(everything if ranked else asking, store, encoder)
            outcomes += evaluate(door, questions).outcomes
    return summary(outcomes)


def asking(store: Store, encoder: Encoder, labelled: Labelled) -> Answer:
    """As `qa ask` does."""
    return ask(store, labelled.text, where=Filter(as_of=labelled.as_of), encoder=encoder)


def everything(store: Store, encoder: Encoder, labelled: Labelled) -> Answer:
    """All of a small corpus in the order of a question, nothing refused: for sets that judge the order alone."""
    asked = parse(labelled.text)
    vectors = encoder.questions([asked.text, asked.matter])
    with store.snapshot() as snapshot:
        hits = search(snapshot, asked, (vectors[0], vectors[1]), k=10 * len(snapshot))
        documents = snapshot.documents({hit.passage.document for hit in hits})
    citations = [Citation(n, documents[hit.passage.document], hit, hit.parts, "weak") for n, hit in enumerate(hits, 1)]
    return Answer(asked, tuple(citations), 1.0, Searched(len(documents), 0, 0, 0, ""))


def digest(parts: Sequence[Part]) -> str:
    """One hash over the questions and every article, so that the data cannot change unseen."""
    sha = hashlib.sha256()
    for part in parts:
        sha.update(part.questions.read_bytes())
        for path in sorted(part.articles.iterdir()):
            sha.update(path.name.encode() + b"\0" + path.read_bytes())
    return sha.hexdigest()[:16]


def complaints(spec: Mapping[str, Any], data: str, result: Evaluation) -> Iterator[str]:
    """What is below its floor, in words."""
    if data != spec["data"]:
        yield f"the data is not what the floors were taken on ({data} instead of {spec['data']}): run with --update"
    for name, floor in spec["floors"].items():
        if result[name].value < floor:
            yield f"{name} {result[name].value:.3f} is below its floor {floor:.3f}"


def raised(spec: Mapping[str, Any], result: Evaluation, *, regression: bool) -> dict[str, float]:
    """The floors that ``result`` allows."""
    floors = dict(spec["floors"])
    for name, floor in floors.items():
        new = math.floor(1000 * max(0.0, result[name].value - spec["noise"])) / 1000
        floors[name] = new if regression else max(floor, new)
    return floors


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*", help="only these sets")
    parser.add_argument("--update", action="store_true", help="write what was measured as floors")
    parser.add_argument("--allow-regression", action="store_true", help="with --update: floors may fall")
    options = parser.parse_args()
    floors = json.loads(FLOORS.read_text(encoding="utf-8"))
    encoder = load_encoder()
    failed = False
    for name, spec in floors.items():
        if options.sets and name not in options.sets:
            continue
        with tempfile.TemporaryDirectory() as scratch:
            try:
                parts = laid_out(name, Path(scratch))
            except Absent as absent:
                print(f"{name}: skipped, {absent}")
                continue
            data, result = digest(parts), measured(parts, encoder)
        print(f"{name}:\n{table(result)}\n")
        if options.update:
            spec.update(data=data, floors=raised(spec, result, regression=options.allow_regression))
            continue
        for complaint in complaints(spec, data, result):
            print(f"  FAILED: {complaint}")
            failed = True
    if options.update:
        FLOORS.write_text(json.dumps(floors, indent=2) + "\n", encoding="utf-8")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
