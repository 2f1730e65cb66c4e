"""Quality, held to its floors: `make gate`.

Every set of floors.json is indexed with the default model, asked, and measured by `qa.evaluate`, the runner that `qa eval`
and the benchmarks use. A measure below its floor, or data that is not the data the floor was taken on, fails. A set whose
articles are not on this machine is skipped with its reason; the seeds' set is always there.

`python -m tests.gate --update` writes the measured figures as new floors (less the noise named in the file). It lowers
none unless `--allow-regression` says so.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from index.build import update
from index.encode import Encoder, load_encoder
from index.store import open_store
from qa.answer import ask
from qa.evaluate import Evaluation, evaluate, load

GOLD = Path(__file__).parent / "gold"
FLOORS = GOLD / "floors.json"
ROOT = GOLD.parent.parent


def measured(spec: Mapping[str, Any], folder: Path, encoder: Encoder) -> Evaluation:
    """Index ``folder`` afresh and ask the set's questions."""
    with tempfile.TemporaryDirectory() as scratch, open_store(Path(scratch) / "index", create=True) as store:
        update(store, [folder], encoder)
        questions = [q for q in load(ROOT / spec["questions"]) if q.corpus == spec.get("corpus")]
        return evaluate(lambda text: ask(store, text, encoder=encoder), questions)


def articles(spec: Mapping[str, Any], scratch: Path) -> tuple[Path | None, str]:
    """The folder with the set's articles, or None and the reason."""
    if "folder" in spec:
        return ROOT / spec["folder"], ""
    unpack = ROOT / spec["unpack"][0]
    if not unpack.exists():
        return None, f"{spec['unpack'][0]} is not on this machine"
    subprocess.run([sys.executable, unpack, spec["unpack"][1], scratch], check=True, stdout=subprocess.DEVNULL)
    return scratch, ""


def digest(spec: Mapping[str, Any], folder: Path) -> str:
    """One hash over the questions and every article, so that the data cannot change unseen."""
    sha = hashlib.sha256((ROOT / spec["questions"]).read_bytes())
    for path in sorted(folder.iterdir()):
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
            folder, reason = articles(spec, Path(scratch))
            if folder is None:
                print(f"{name}: skipped, {reason}")
                continue
            data, result = digest(spec, folder), measured(spec, folder, encoder)
        print(f"{name}:", *(f"{m.name} {m.value:.3f} [{m.low:.3f}, {m.high:.3f}]" for m in result.measures), sep="\n  ")
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
