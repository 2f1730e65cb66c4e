"""Results as Markdown: the tables of README.md.

Owns which figures are shown and how they are rounded; the JSON has all of them. No figure is made here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

BEGIN, END = "<!-- results: written by `make bench` -->", "<!-- end of results -->"
OURS = "qa"
NONE = "–"
QUALITY = (
    "P@1", "success@5", "recall@10", "speaker@1", "highlight F1", "article@1", "answer@1", "answer@5", "kept", "refused",
    "AUROC",
)  # fmt: skip
OURS_ALONE = {"speaker@1", "highlight F1", "kept", "refused"}  # no peer here names speakers, marks words or refuses

Results = Mapping[str, Any]
Figure = Callable[[str], str]


def renewed(page: str, tables: str) -> str:
    """``page`` with ``tables`` between its markers. Raises ValueError where it has none."""
    head, begin, rest = page.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"the page has no place for tables: it needs the lines {BEGIN} and {END}")
    return f"{head}{BEGIN}\n\n{tables}\n{END}{tail}"


def tables(results: Results) -> str:
    """Everything between the markers."""
    parts = [_where(results), _updates(results["updates"])]
    for name, corpus in results["corpora"].items():
        parts += [_title(name, corpus), _whole(corpus), _ours_alone(corpus), _encoder(corpus["encoder"])]
        if len(corpus["lexical"]) > 1:
            parts += ["Words alone (BM25 over the same passages, the question's words):", _lexical(corpus)]
    if results["skipped"]:
        parts.append("Left out: " + "; ".join(f"{name} ({why})" for name, why in results["skipped"].items()) + ".")
    return "\n\n".join(parts) + "\n"


def _where(results: Results) -> str:
    machine, load = results["machine"], results["load"]
    versions = "; ".join(
        f"{name}: " + ", ".join(f"{package} {version}" for package, version in of.items())
        for name, of in results["versions"].items()
    )
    return (
        f"{results['date']}, commit {results['commit']}. {machine['cpu']}, {machine['cores']} cores, "
        f"{machine['memory GiB']} GiB, {machine['system']}, Python {machine['python']}; load {load['before']} before and "
        f"{load['after']} after. Versions: {versions}."
    )


def _updates(updates: Results) -> str:
    times = ", ".join(f"{name} {_spread(updates[name]['seconds'])}" for name in ("nothing new", "one added"))
    return f"`qa index` over {updates['files']:,} short files in a fresh process, s: {times}."


def _title(name: str, corpus: Results) -> str:
    return (
        f"### {name}: {corpus['articles']:,} articles, {corpus['passages']:,} passages, "
        f"{corpus['statements']:,} statements, {corpus['questions']} questions"
    )


def _whole(corpus: Results) -> str:
    cold, warm, indexing, quality = (corpus[key] for key in ("cold", "warm", "indexing", "quality"))
    rows: list[tuple[str, Figure]] = [
        ("**first answer of a fresh process**, s", lambda n: _spread(cold[n]["seconds"])),
        ("… times ours", lambda n: _spread(cold[n]["times ours"], ours=n == OURS)),
        ("… CPU s", lambda n: _spread(cold[n]["cpu seconds"])),
        ("… peak memory, MiB", lambda n: f"{cold[n]['peak MiB']:.0f}"),
        ("**warm answer**, p50 / p95 ms", lambda n: f"{warm[n]['p50 ms']:.1f} / {warm[n]['p95 ms']:.1f}"),
        ("… CPU p50, ms", lambda n: f"{warm[n]['cpu p50 ms']:.1f}"),
        ("**indexing**, passages/s", lambda n: _spread(indexing[n]["passages per second"])),
        ("… its time, times ours", lambda n: _spread(indexing[n]["times ours"], ours=n == OURS)),
        ("… CPU ms per passage", lambda n: _spread(indexing[n]["cpu ms per passage"])),
        ("… peak memory, MiB", lambda n: f"{indexing[n]['peak MiB']:.0f}"),
        ("… on disk, MiB", lambda n: f"{corpus['bytes'][n] / 2**20:.2f}"),
    ]
    rows += [(f"**{m}**", _measure(quality, m)) for m in QUALITY if m in quality[OURS]]
    return _table(list(warm), rows)


def _lexical(corpus: Results) -> str:
    lexical, indexing = corpus["lexical"], corpus["indexing"]
    rows: list[tuple[str, Figure]] = [
        ("**search**, p50 / p95 ms", lambda n: f"{lexical[n]['p50 ms']:.2f} / {lexical[n]['p95 ms']:.2f}"),
        ("building the index, s", lambda n: f"{sum(indexing[n]['seconds']):.2f}"),
    ]
    measures = [m for m in QUALITY if m in corpus["quality"][OURS] and m not in OURS_ALONE]
    rows += [(f"**{m}**", _measure(corpus["quality"], m)) for m in measures]
    return _table(list(lexical), rows)


def _ours_alone(corpus: Results) -> str:
    shown = ("python -c pass", "qa --help", "qa index, nothing new")
    return "Fresh processes, s: " + "; ".join(f"`{n}` {_spread(corpus['cold'][n]['seconds'])}" for n in shown) + "."


def _encoder(rate: Results) -> str:
    figures = {name: _spread(rate[f"{name} GFLOP/s"]) for name in ("encoder", "matrix")}
    return (
        f"The encoder: {figures['encoder']} GFLOP/s on passages of {rate['tokens per passage']} tokens, "
        f"{_spread(rate['share'])} of what {rate['threads']} threads reach multiplying matrices ({figures['matrix']})."
    )


def _measure(quality: Results, name: str) -> Figure:
    def figure(contestant: str) -> str:
        if name in OURS_ALONE and contestant != OURS:
            return NONE
        m = quality[contestant][name]
        return f"{m['value']:.2f} ({m['low']:.2f}–{m['high']:.2f})"

    return figure


def _spread(figures: Results, *, ours: bool = False) -> str:
    """Median and, between brackets, the lowest and the highest."""
    if ours:
        return "1"
    return f"{_short(figures['median'])} ({_short(figures['low'])}–{_short(figures['high'])})"


def _short(figure: float) -> str:
    return f"{figure:.0f}" if figure >= 100 else f"{figure:.1f}" if figure >= 10 else f"{figure:.2f}"


def _table(columns: Sequence[str], rows: Sequence[tuple[str, Figure]]) -> str:
    lines = ["| | " + " | ".join(columns) + " |", "| --- |" + " ---: |" * len(columns)]
    for name, figure in rows:
        lines.append(f"| {name} | " + " | ".join(_or_none(figure, column) for column in columns) + " |")
    return "\n".join(lines)


def _or_none(figure: Figure, column: str) -> str:
    try:
        return figure(column)
    except KeyError:  # this contestant has no such figure: it dropped out, or it does not apply
        return NONE
