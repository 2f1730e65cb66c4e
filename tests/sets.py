"""The labelled sets, each as folders of articles and the questions over them.

    python -m tests.sets squad2 FOLDER      # writes FOLDER/articles and FOLDER/questions.jsonl: qa index, then qa eval

Owns how a published set becomes articles. Refuses to know what is measured: that is `qa.evaluate`. The sets that may not lie in
the repository are looked for in ../shared/data; where one is absent, `Absent` says so.

*squad2* (Rajpurkar et al. 2018): every paragraph is an article; every tenth of the answerable questions, and every twentieth of
the others. *squad2_rest*, to fit by: every eighth of the questions which that leaves, without the subjects in KEPT_BACK.
*trec_qa* (Wang et al. 2007): for each question of its part "dev" the candidate sentences are a corpus of their own,
an article each; questions whose candidates all answer or all do not are left out, as in the "clean" version (Rao et al. 2016).
*mistyped* and *who_said_mistyped*: the questions of the seeds, of *written* and of *who_said* with a slip in one word of each.
"""

from __future__ import annotations

import gzip
import json
import random
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
DATA = ROOT.parent / "shared" / "data"
EVERY, EVERY_UNANSWERABLE, EVERY_OF_THE_REST = 10, 20, 8
# Subjects to judge by what was fitted elsewhere.
KEPT_BACK = {"Steam_engine", "French_and_Indian_War", "European_Union_law", "Force"}


class Absent(Exception):
    """A set that is not on this machine."""


@dataclass(frozen=True, slots=True)
class Part:
    """A folder of articles, and a file of questions over them."""

    articles: Path
    questions: Path


def laid_out(name: str, scratch: Path) -> list[Part]:
    """The parts of a set, written below ``scratch`` where they do not lie in the repository. Raises Absent."""
    return _SETS[name](scratch)


def _here(*names: str) -> Path:
    path = DATA.joinpath(*names)
    if not path.exists():
        raise Absent(f"../shared/data/{'/'.join(names)} is not on this machine")
    return path


def unpacked(corpus: str, scratch: Path, most: int | None = None) -> Path:
    """A folder with the articles of a corpus, the first ``most`` of them. Raises Absent."""
    folder = scratch / "articles"
    command = [sys.executable, str(_here("unpack.py")), corpus, str(folder)]
    command += [] if most is None else ["-n", str(most)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return folder


def _seeds(_: Path) -> list[Part]:
    return [Part(ROOT / "seeds", ROOT / "tests" / "gold" / "seeds.jsonl")]


def _written_here(_: Path) -> list[Part]:
    return [Part(ROOT / "tests" / "gold" / "articles", ROOT / "tests" / "gold" / "written.jsonl")]


def _mistyped(scratch: Path) -> list[Part]:
    return [_slipped(part, scratch / part.questions.name) for part in _seeds(scratch) + _written_here(scratch)]


def _who_said_mistyped(scratch: Path) -> list[Part]:
    [part] = _who_said(scratch)
    return [_slipped(part, scratch / "mistyped.jsonl")]


def _slipped(part: Part, path: Path) -> Part:
    """The same questions with a slip in one of the longer words of each."""
    rows = map(json.loads, part.questions.read_text(encoding="utf-8").splitlines())
    return Part(part.articles, _written([row | {"question": slip(row["question"], row["id"])} for row in rows], path))


def slip(text: str, seed: str) -> str:
    """``text`` with one of the four slips of Damerau (1964) in a word of five letters or more, its first letter as it was."""
    chance = random.Random(seed)
    words = list(re.finditer(r"[^\W\d_]{5,}", text))
    if not words:
        return text
    word = chance.choice(words)
    at = chance.randrange(word.start() + 1, word.end() - 1)
    before, here, after = text[:at], text[at], text[at + 1 :]
    slips = (before + after, before + here + here + after, before + after[0] + here + after[1:])
    return chance.choice((*slips, before + chance.choice("aeioustnrl") + after))


def _who_said(scratch: Path) -> list[Part]:
    lines = _here("who_said", "questions.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [row for row in map(json.loads, lines) if row["corpus"] == "polnear_dev"]
    return [Part(unpacked("polnear_dev", scratch), _written(rows, scratch / "questions.jsonl"))]


def _news(scratch: Path) -> list[Part]:
    lines = _here("news", "questions.jsonl").read_text(encoding="utf-8").splitlines()
    # Where no gold article holds the answer's words, nothing can be said about a result.
    rows = [row for row in map(json.loads, lines) if row["answer_in_gold"]]
    return [Part(unpacked("news", scratch), _written(rows, scratch / "questions.jsonl"))]


def _squad2(scratch: Path) -> list[Part]:
    folder, asked, _ = _squad(scratch)
    return [Part(folder, _written(asked, scratch / "questions.jsonl"))]


def _squad2_rest(scratch: Path) -> list[Part]:
    folder, _, rest = _squad(scratch)
    return [Part(folder, _written(rest[::EVERY_OF_THE_REST], scratch / "questions.jsonl"))]


def _squad(scratch: Path) -> tuple[Path, list[dict[str, Any]], list[dict[str, Any]]]:
    """The folder of the paragraphs, the questions that are asked of them, and those that may be fitted by."""
    with gzip.open(_here("squad2", "dev_part.json.gz"), "rt", encoding="utf-8") as file:
        subjects = json.load(file)["data"]
    folder = scratch / "articles"
    folder.mkdir(parents=True, exist_ok=True)
    rows: dict[bool, list[dict[str, Any]]] = {True: [], False: []}
    kept_back = set()
    for subject in subjects:
        for number, paragraph in enumerate(subject["paragraphs"]):
            name = f"{subject['title']}-{number:03d}"
            (folder / f"{name}.txt").write_text(paragraph["context"] + "\n", encoding="utf-8", newline="")
            for row in _squad_rows(name, paragraph["qas"]):
                rows[row["answerable"]].append(row)
                kept_back |= {row["id"]} if subject["title"] in KEPT_BACK else set()
    asked = rows[True][::EVERY] + rows[False][::EVERY_UNANSWERABLE]
    elsewhere = kept_back | {row["id"] for row in asked}
    return folder, asked, [row for row in rows[True] + rows[False] if row["id"] not in elsewhere]


def _squad_rows(article: str, questions: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for asked in questions:
        answers = sorted({answer["text"] for answer in asked["answers"]})
        yield {
            "id": asked["id"],
            "question": asked["question"].strip(),
            "answer": answers,
            "gold_articles": [article] if answers else [],
            "answerable": not asked["is_impossible"],
        }


def _trec_qa(scratch: Path) -> list[Part]:
    parts = []
    with gzip.open(_here("trec_qa", "questions.jsonl.gz"), "rt", encoding="utf-8") as file:
        for row in map(json.loads, file):
            labels = [candidate["label"] for candidate in row["candidates"]]
            if row["split"] == "dev" and 0 < sum(labels) < len(labels):
                parts.append(_trec_part(row, scratch / row["id"]))
    return parts


def _trec_part(row: Mapping[str, Any], scratch: Path) -> Part:
    folder = scratch / "articles"
    folder.mkdir(parents=True)
    gold = []
    for number, candidate in enumerate(row["candidates"]):
        name = f"{number:03d}"
        (folder / f"{name}.txt").write_text(_plain(candidate["sentence"]) + "\n", encoding="utf-8")
        gold += [name] if candidate["label"] else []
    asked = {"id": row["id"], "question": _plain(row["question"]), "gold_articles": gold}
    return Part(folder, _written([asked], scratch / "questions.jsonl"))


def _plain(tokens: str) -> str:
    """Penn Treebank tokens as they were written, nearly."""
    for token, written in (("-LRB-", "("), ("-RRB-", ")"), ("`` ", "“"), (" ''", "”"), (" n't", "n't"), (" '", "'")):
        tokens = tokens.replace(token, written)
    for mark in ",.;:?!)":
        tokens = tokens.replace(f" {mark}", mark)
    return tokens.replace("( ", "(")


def _written(rows: Iterable[Mapping[str, Any]], path: Path) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


_SETS = {
    "seeds": _seeds,
    "written": _written_here,
    "mistyped": _mistyped,
    "who_said": _who_said,
    "who_said_mistyped": _who_said_mistyped,
    "news": _news,
    "squad2": _squad2,
    "squad2_rest": _squad2_rest,
    "trec_qa": _trec_qa,
}


def main() -> int:
    name, folder = sys.argv[1:]
    for part in laid_out(name, Path(folder)):
        print(part.articles, part.questions)
    return 0


if __name__ == "__main__":
    sys.exit(main())
