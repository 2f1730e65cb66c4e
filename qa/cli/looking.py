"""The commands that ask nothing: `qa status`, `qa check`, `qa show`, `qa export`.

Owns which article and paragraph a reference means. Refuses to know models; nothing here writes but `qa check --repair`.
"""

# ruff: noqa: T201 - printing is what this module is for
from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import IndexDamagedError, UsageError
from index.types import inside
from index.walk import outermost
from qa import account, config, wording
from qa.cli.arguments import addressed
from qa.cli.session import not_whole, open_index
from qa.cli.streams import look_of, print_json, write
from qa.export import KINDS
from qa.screen import tidy

if TYPE_CHECKING:
    from index.store import Snapshot, Store
    from index.types import Document, Span


def status(args: argparse.Namespace, settings: config.Settings) -> int:
    """`qa status`."""
    with open_index(settings) as store, store.snapshot() as snapshot:
        body = account.facts(snapshot) | {"index": str(store.path)}
    if args.json:
        values = {name: getattr(settings, name) for name in settings.origin}
        body["settings"] = {
            name: {"value": str(value) if isinstance(value, Path) else value, "from": settings.origin[name]}
            for name, value in values.items()
        }
        print_json(body, indent=2)
    else:
        write([addressed(line, args.index) for line in account.status(body)], sys.stdout)
    return 0


def check(args: argparse.Namespace, settings: config.Settings) -> int:
    """`qa check`."""
    with open_index(settings) as store:
        problems = store.check(deep=args.deep)
        for problem in problems:
            print(f"{problem.kind}: {tidy(problem.message)}")
        lost: Sequence[str] = ()
        if problems and args.repair:
            repair = store.repair()
            for line in repair.done:
                print(tidy(line))
            lost = repair.reindex
            problems = store.check(deep=args.deep)
        name = tidy(str(store.path))
        state = f"{name}: nothing wrong" if problems else _nothing_wrong(store, name, lost)
    damage = [problem for problem in problems if problem.kind != "source"]
    if damage:
        left = "left" if args.repair else "found"
        step = "Type: qa index --rebuild PATH" if args.repair else "Type: qa check --repair"
        raise IndexDamagedError(f"{left} in {store.path}: {wording.counted(len(damage), 'problem')}", step)
    if problems:  # the index is sound; it is only behind its articles
        state = f"{name}: sound, but behind its articles: files changed or are gone; type: qa index"
    print(addressed(state, args.index))
    return 0


def _nothing_wrong(store: Store, name: str, lost: Sequence[str]) -> str:
    """That an index is sound; of one that is empty also how it comes by its articles, of which ``lost`` are files."""
    with store.snapshot() as snapshot:
        if snapshot.stats().found:
            return f"{name}: nothing wrong"
        folders = [] if snapshot.roots() else sorted(outermost({os.path.dirname(path) for path in lost}))  # noqa: PTH120
        where = "" if snapshot.roots() else " ".join(["", *map(wording.typed, folders)]) or " PATH"
    again = f", {wording.counted(len(lost), 'file')} to be indexed again" if lost else ""
    return f"{name}: nothing wrong, but empty{again}; type: qa index{where}"


_REF = re.compile(
    r"(?P<name>.+?)(?:,?\s+p(?:age|\.)\s*(?P<page>\d+)(?:,?\s+para(?:graph)?\s+(?P<on>\d+))?(?:\D.*)?"
    r"|,?\s+para(?:graph)?\s+(?P<para>\d+)(?:\D.*)?|:(?:p|para)(?P<p>\d+)|:(?P<start>\d+)(?:-\d+)?)",
    re.DOTALL | re.ASCII,
)


def show(args: argparse.Namespace, settings: config.Settings) -> int:
    """`qa show`: the whole article, or two paragraphs to each side of the place."""
    from index.types import Passage, Span
    from qa import render
    from qa.types import Citation, Hit
    from qa.versions import versions

    ref, look = " ".join(args.ref), look_of(settings)
    place = _REF.fullmatch(ref)
    with open_index(settings) as store, store.snapshot() as snapshot:
        # On the screen the outlet, the title and the date stand before the file.
        words = place["name"].split(", ") if place else []
        names = [", ".join(words[first:]) for first in range(len(words))]
        document, name = _document(snapshot, [ref, *names], look.tidy)
        if name == ref:
            place = None
        others = versions(snapshot, document) if args.versions else []
        notices = [addressed(wording.stale(file), args.index) for file in snapshot.changed([document.id])]
    paragraphs = document.paragraphs() or [Span(0, len(document.text))]
    number = _paragraph(place, paragraphs, document) if place else 1
    span = paragraphs[number - 1]
    citation = Citation(1, document, Hit(Passage(document.id, span, (span,), number), 1.0), (), "strong")
    if args.versions:
        fragments = render.versions(citation, others, look)
    else:
        fragments = render.article(citation, look, around=2 if place else None)
    fragments = render.notes(notices, look) + fragments
    print(render.to_ansi(fragments) if look.colour else render.to_plain(fragments), end="")
    return 0


def _paragraph(place: re.Match[str], paragraphs: Sequence[Span], document: Document) -> int:
    """The number of the paragraph a reference means. Raises UsageError where the article ends before it."""
    if place["start"]:
        start = int(place["start"])
        if start >= len(document.text):
            raise UsageError(f"{document.path} has {len(document.text):,} characters; there is no number {start:,}")
        return max(1, sum(span.start <= start for span in paragraphs))
    if place["page"]:
        return _on_page(int(place["page"]), int(place["on"] or 1), paragraphs, document)
    number = int(place["para"] or place["p"])
    if not 1 <= number <= len(paragraphs):
        raise UsageError(f"{document.path} has {len(paragraphs):,} paragraphs; there is no number {number:,}")
    return number


def _on_page(page: int, number: int, paragraphs: Sequence[Span], document: Document) -> int:
    """The number in the document of a paragraph counted on its page. Raises UsageError where there is none."""
    on_page = document.paragraphs(page)
    if not 1 <= number <= len(on_page):
        what = (
            f"{len(on_page):,} paragraphs on p. {page:,} of {len(document.pages):,}" if document.pages else "no pages"
        )
        raise UsageError(f"{document.location} has {what}; there is no p. {page:,}, para {number:,}")
    return paragraphs.index(on_page[number - 1]) + 1


def _document(snapshot: Snapshot, names: Sequence[str], shown: Callable[[str], str]) -> tuple[Document, str]:
    """The article that the first of ``names`` means that means any, and that name: an id, a path, or the end of a path, as
    the disk has it or else as a screen shows it. Raises UsageError where none means any, or where several have the name."""
    held = snapshot.places()
    if named := next((name for name in names if name in held), None):
        return snapshot.documents([named])[named], named
    # An article itself comes before the file that holds it, perhaps among others.
    articles = {id_: [inside(path, part) for path, part in places] for id_, places in held.items()}
    files = {id_: [path for path, _ in places] for id_, places in held.items()}
    for written in (str, shown):
        known = [{id_: list(map(written, paths)) for id_, paths in some.items()} for some in (articles, files)]
        for name in names:
            found = _called(written(name), written(os.path.abspath(name)), known)  # noqa: PTH100 - resolve() follows links
            if len(found) > 1:
                raise _several(snapshot, name, found, shown)
            if found:
                return snapshot.documents(found)[found[0]], name
    hint = "Type: qa show PATH:START, or qa status" + not_whole(snapshot)
    raise UsageError(f"nothing in the index is called {names[0]!r}", hint)


def _called(name: str, full: str, known: Sequence[Mapping[str, Sequence[str]]]) -> list[str]:
    """The ids of the articles whose path is ``full``; else of those whose path ends with ``name``."""
    end = f"/{name}"
    for fits in (full.__eq__, lambda path: f"/{path}".endswith(end)):
        for places in known:
            if found := [id_ for id_, paths in places.items() if any(map(fits, paths))]:
                return found
    return []


def _several(snapshot: Snapshot, name: str, found: Sequence[str], shown: Callable[[str], str]) -> UsageError:
    """The error where several articles are called so, with what tells them apart."""
    documents = snapshot.documents(found[: wording.LISTED])
    lines = ["Say which, by id: qa show ID"]
    for id_ in found[: wording.LISTED]:
        title = documents[id_].title
        lines.append(shown(" ".join(filter(None, (id_, documents[id_].location, title and f"“{title}”")))))
    if len(found) > wording.LISTED:
        lines.append(f"and {len(found) - wording.LISTED:,} more")
    return UsageError(f"{len(found):,} articles are called {name}", "\n".join(lines))


def export(args: argparse.Namespace, settings: config.Settings) -> int:
    """`qa export`."""
    with open_index(settings) as store, store.snapshot() as snapshot:
        for row in KINDS[args.kind](snapshot):
            print_json(row)
    return 0
