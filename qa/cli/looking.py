"""The commands that ask nothing: `qa status`, `qa check`, `qa show`, `qa export`.

Owns which article and paragraph a reference means. Refuses to know models; nothing here writes but `qa check --repair`.
"""

# ruff: noqa: T201 - printing is what this module is for
from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import IndexDamagedError, UsageError
from qa import account, config, wording
from qa.cli.session import open_index
from qa.cli.streams import look_of, print_json, write
from qa.export import KINDS
from qa.screen import tidy

if TYPE_CHECKING:
    from index.store import Snapshot
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
        write(account.status(body), sys.stdout)
    return 0


def check(args: argparse.Namespace, settings: config.Settings) -> int:
    """`qa check`."""
    with open_index(settings) as store:
        problems = store.check(deep=args.deep)
        for problem in problems:
            print(f"{problem.kind}: {tidy(problem.message)}")
        if problems and args.repair:
            repair = store.repair()
            for line in (*repair.done, *(f"to be indexed again: {path}" for path in repair.reindex)):
                print(tidy(line))
            if repair.reindex:
                print("type: qa index PATH, with the folders of these files")
            problems = store.check(deep=args.deep)
    damage = [problem for problem in problems if problem.kind != "source"]
    if damage:
        left = "left" if args.repair else "found"
        step = "type: qa index --rebuild PATH" if args.repair else "type: qa check --repair"
        raise IndexDamagedError(f"{left} in {store.path}: {wording.counted(len(damage), 'problem')}", step)
    if problems:  # the index is sound; it is only behind its articles
        print(
            f"{tidy(str(store.path))}: sound, but {wording.counted(len(problems), 'file')} changed; type: qa index PATH"
        )
        return 0
    print(f"{tidy(str(store.path))}: nothing wrong")
    return 0


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

    ref = " ".join(args.ref)
    place = _REF.fullmatch(ref)
    from qa.versions import versions

    with open_index(settings) as store, store.snapshot() as snapshot:
        document = _document(snapshot, ref)
        if document is not None:
            place = None
        elif place:
            # On the screen the outlet, the title and the date stand before the file.
            names = dict.fromkeys((place["name"], place["name"].rsplit(", ", 1)[-1]))
            document = next((found for name in names if (found := _document(snapshot, name))), None)
        others = versions(snapshot, document) if document and args.versions else []
    if document is None:
        raise UsageError(f"nothing in the index is called {ref!r}", "type: qa show PATH:START, or qa status")
    paragraphs = document.paragraphs() or [Span(0, len(document.text))]
    number = _paragraph(place, paragraphs, document) if place else 1
    span = paragraphs[number - 1]
    citation = Citation(1, document, Hit(Passage(document.id, span, (span,), number), 1.0), (), "strong")
    look = look_of(settings)
    if args.versions:
        fragments = render.versions(citation, others, look)
    else:
        fragments = render.article(citation, look, around=2 if place else None)
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


def _document(snapshot: Snapshot, name: str) -> Document | None:
    """The document of an id, a path, or the end of a path. Raises UsageError where several have that name."""
    ids = snapshot.document_ids()
    paths = {id_: {*snapshot.paths(id_), *snapshot.locations(id_)} for id_ in ids}
    full = os.path.abspath(name)  # noqa: PTH100 - resolve() would follow links: the index has the user's names
    for fits in (
        lambda id_: id_ == name,
        lambda id_: full in paths[id_],
        lambda id_: any(path.endswith(f"/{name}") for path in paths[id_]),
    ):
        found = [id_ for id_ in ids if fits(id_)]
        if len(found) > 1:
            raise UsageError(f"{len(found):,} articles are called {name}", f"say which, by id: {', '.join(found[:5])}")
        if found:
            return snapshot.documents(found)[found[0]]
    return None


def export(args: argparse.Namespace, settings: config.Settings) -> int:
    """`qa export`."""
    with open_index(settings) as store, store.snapshot() as snapshot:
        for row in KINDS[args.kind](snapshot):
            print_json(row)
    return 0
