"""Are copies told from articles on the same matter? `python -m benchmarks.copies FOLDER [--basil FILE]`.

FOLDER holds articles. Some of them are edited as newsrooms do: cut to a part, given another opening, corrected, or all
of these; that an edit is found with its original is recall, that nothing else is, is precision. FILE is articles.jsonl.gz
of BASIL (Fan et al. 2019): 300 articles, the same 100 events told by three outlets; no two of them are copies.

The corrected ones are also dated a day later: each supersedes its original where it is of the same outlet, none where it is
another's. Articles as they are that would supersede one another, were they a day apart, are listed by their titles.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from index.copies import alike, sketch_of
from index.errors import ReadError
from index.read import read
from index.types import Block, Document, Span
from qa.versions import supersedes

EDITED = 500
Paragraphs = Sequence[str]
Articles = Mapping[str, tuple[str, list[str]]]
Pairs = Collection[frozenset[str]]


def cut(paragraphs: Paragraphs, chance: random.Random) -> list[str]:
    """From the end, as for a smaller page: 35 to 80 in a hundred of the words stay."""
    left = chance.uniform(0.35, 0.8) * sum(len(p.split()) for p in paragraphs)
    kept: list[str] = []
    for paragraph in paragraphs:
        if left <= 0:
            break
        kept.append(paragraph)
        left -= len(paragraph.split())
    return kept


def headed(paragraphs: Paragraphs, chance: random.Random) -> list[str]:
    """Another outlet's first paragraph, in place of the first or before it, and a note at the end."""
    opening = "What follows reached our desk today, and this is what readers should know about it before all else."
    note = f"This story was first published elsewhere. It has been edited for length. Our desk, {chance.randrange(99)}."
    return [opening, *paragraphs[chance.randrange(2) :], note]


def corrected(paragraphs: Paragraphs, chance: random.Random) -> list[str]:
    """One word in forty is another, numbers more often; and the correction is said."""

    def other(match: re.Match[str]) -> str:
        word = match[0]
        if chance.random() > (0.2 if word.isdigit() else 0.025):
            return word
        return (
            str(chance.randrange(2000)) if word.isdigit() else chance.choice(("some", "reportedly", "nearly", "former"))
        )

    return [*(re.sub(r"\w+", other, p) for p in paragraphs), "Correction: an earlier version of this story was wrong."]


def all_three(paragraphs: Paragraphs, chance: random.Random) -> list[str]:
    return headed(corrected(cut(paragraphs, chance), chance), chance)


EDITS: dict[str, Callable[[Paragraphs, random.Random], list[str]]] = {
    "cut": cut,
    "headed": headed,
    "corrected": corrected,
    "all three": all_three,
}


def articles(folder: Path) -> dict[str, tuple[str, list[str]]]:
    """For each article its title and paragraphs; an article that is there twice, once."""
    found, seen = {}, set()
    for path in sorted(folder.iterdir()):
        try:
            [document] = read(path).documents
        except (ReadError, ValueError):
            continue
        paragraphs = [span.of(document.text) for span in document.paragraphs()]
        if paragraphs and tuple(paragraphs) not in seen and sum(len(p.split()) for p in paragraphs) >= 350:
            seen.add(tuple(paragraphs))
            found[path.name] = (document.title or path.name, paragraphs)
    return found


@dataclass(frozen=True, slots=True)
class Compared:
    """Articles and their edits by name, with their titles and texts, and which pairs of them were taken for copies."""

    texts: Mapping[str, tuple[str, str]]
    pairs: Pairs

    @property
    def made(self) -> Counter[str]:
        """How many edits there are of each kind."""
        return Counter(name.split("\t")[1] for name in self.texts if "\t" in name)

    @property
    def found(self) -> Counter[str]:
        """Of how many the original was found."""
        edits = (name.split("\t") for name in self.texts if "\t" in name)
        return Counter(kind for name, kind in edits if frozenset((name, f"{name}\t{kind}")) in self.pairs)

    @property
    def wrong(self) -> list[frozenset[str]]:
        """The pairs of two titles: an upper bound, since one story may have two."""
        return [pair for pair in self.pairs if len({self.texts[name][0] for name in pair}) > 1]


def compared(originals: Articles, chance: random.Random) -> Compared:
    """All pairs among the originals and the edits of some of them."""
    texts = {name: (title, " ".join(paragraphs)) for name, (title, paragraphs) in originals.items()}
    for name in chance.sample(sorted(originals), min(EDITED, len(originals))):
        title, paragraphs = originals[name]
        for kind, edit in EDITS.items():
            texts[f"{name}\t{kind}"] = (title, " ".join(edit(paragraphs, chance)))
    pairs = {frozenset(pair) for pair in alike((name, sketch_of(text)) for name, (_, text) in texts.items())}
    return Compared(texts, pairs)


def alike_in_basil(file: Path) -> tuple[int, int]:
    """How many pairs of its articles are taken for copies, and how many articles there are."""
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        told = [json.loads(line) for line in lines]
    sketches = [
        (f"{n} {one['source']} {one['triplet-uuid']}", sketch_of(" ".join(map(_joined, one["body-paragraphs"]))))
        for n, one in enumerate(told)
    ]
    return len(alike(sketches)), len(sketches)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--basil", type=Path)
    arguments = parser.parse_args()
    chance = random.Random(1)
    originals = articles(arguments.folder)
    result = compared(originals, chance)
    pairs, made, found = result.pairs, result.made, result.found
    for kind in EDITS:
        print(f"recall, {kind}: {found[kind] / made[kind]:.3f} of {made[kind]}")
    print(f"recall: {found.total() / made.total():.3f}")
    right = 1 - len(result.wrong) / len(pairs)
    print(f"precision, edits with all {len(originals)} articles: {right:.3f} of {len(pairs)} pairs")
    natural = [pair for pair in pairs if not any("\t" in name for name in pair)]
    unlike = [pair for pair in result.wrong if pair in natural]
    print(f"pairs among the articles as they are: {len(natural)}, of them {len(unlike)} of two titles")
    for pair in sorted(map(sorted, unlike)):
        print("  ", " | ".join(result.texts[name][0][:60] for name in pair))
    corrections = [pair for pair in pairs if any(name.endswith("\tcorrected") for name in pair)]
    superseding(originals, corrections, natural, chance)
    if arguments.basil:
        count, of = alike_in_basil(arguments.basil)
        print(f"BASIL: {count} pairs of {of} articles taken for copies; none is one")


def superseding(originals: Articles, corrections: Pairs, natural: Pairs, chance: random.Random) -> None:
    """Prints how many corrections supersede their original, and which articles would supersede others."""
    own = elsewhere = made = 0
    for name in sorted({name.split("\t")[0] for pair in corrections for name in pair}):
        title, paragraphs = originals[name]
        older = _document(name, title, paragraphs, "Harbour News", "2020-03-02")
        newer = _document(f"{name} 2", title, corrected(paragraphs, chance), "Harbour News", "2020-03-03")
        made += 1
        own += supersedes(newer, older)
        elsewhere += supersedes(replace(newer, source="Morning Post"), older)
    print(f"corrections that supersede their original: {own} of {made}; of another outlet: {elsewhere}")
    days = ("2020-03-02T10:00:00", "2020-03-03T10:00:00")
    taken = []
    for pair in map(sorted, natural):
        older, newer = (
            _document(name, *originals[name], "Harbour News", day) for name, day in zip(pair, days, strict=True)
        )
        if older.title != newer.title and supersedes(newer, older):
            taken.append((older.title or "", newer.title or ""))
    print(f"articles of two titles of which one would supersede the other, were they a day apart: {len(taken)}")
    for titles in sorted(taken):
        print("  ", " | ".join(title[:60] for title in titles))


def _document(name: str, title: str, paragraphs: Paragraphs, outlet: str, date: str) -> Document:
    text, blocks = "", []
    for paragraph in paragraphs:
        blocks.append(Block(Span(len(text), len(text) + len(paragraph)), "paragraph"))
        text += f"{paragraph}\n"
    return Document(name, f"/{name}", text, tuple(blocks), title=title, source=outlet, date=date)


def _joined(paragraph: object) -> str:
    return " ".join(map(str, paragraph)) if isinstance(paragraph, list) else str(paragraph)


if __name__ == "__main__":
    main()
