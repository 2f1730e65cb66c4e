"""The command that writes: `qa index`, once or for as long as the user wants.

Refuses to know how an index is built; how a run looks is `qa.cli.session`'s.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
from typing import TYPE_CHECKING

from index.errors import Interrupted, NoIndexError, UsageError
from index.walk import above
from qa import config
from qa.cli.arguments import addressed
from qa.cli.session import Bar, Stop, encoder_for, handling, open_index, place, tell, updated
from qa.cli.streams import say
from qa.screen import tidy
from qa.wording import typed

if TYPE_CHECKING:
    from index.build import Report
    from index.encode import Encoder
    from index.store import Store


def index(args: argparse.Namespace, settings: config.Settings) -> int:
    """`qa index`."""
    paths = args.paths if args.paths or args.remove else None
    try:
        opened = open_index(settings, args.paths)
    except NoIndexError as error:
        if paths is not None or args.rebuild:
            raise
        raise UsageError(
            f"there is nothing to index: {error.message[0].lower()}{error.message[1:]}", error.hint
        ) from None
    with opened as store:
        encoder = encoder_for(store, settings, online=args.online, rebuild=args.rebuild)
        report = updated(store, paths, encoder, settings, remove=args.remove, rebuild=args.rebuild)
        tell(report, sys.stdout, where=place(store))
        _tell_what_comes_back(store, args)
        if args.watch:
            _watch(store, encoder, settings)
    return int(args.strict and bool(report.skipped))


def _tell_what_comes_back(store: Store, args: argparse.Namespace) -> None:
    """Of what was taken out, what the next run would find again: it lies in a folder that stays followed."""
    with store.snapshot() as snapshot:
        roots = frozenset(snapshot.roots())
    for path in map(os.path.abspath, args.remove):
        followed = above(path, roots)
        if followed and os.path.lexists(path):
            step = (
                f"qa index brings it back, unless it is moved out of there before; qa index --remove {typed(followed)}"
            )
            say(
                f"{path} still lies in {followed}, which is followed",
                addressed(f"{step} leaves all of that.", args.index),
            )


def _watch(store: Store, encoder: Encoder, settings: config.Settings) -> None:
    """Follows the folders of the index until a signal comes."""
    from index.build import watch

    known: set[tuple[str, str]] = set()

    def told(report: Report) -> None:
        bar.clear()
        if report.added or report.updated or report.removed or not known.issuperset(report.skipped):
            tell(report, sys.stdout, known)
            sys.stdout.flush()
        known.clear()
        known.update(report.skipped)

    with store.snapshot() as snapshot:
        known.update(snapshot.stats().skipped)
        say(f"watching {', '.join(map(tidy, snapshot.roots())) or 'nothing'}; Ctrl-C ends it")
    stop = Stop()
    # Interrupted: what was committed is in the index, the rest is found by the next run.
    with (
        contextlib.suppress(Interrupted),
        handling(stop.heard, signal.SIGINT, signal.SIGTERM, signal.SIGHUP),
        Bar(settings.plain) as bar,
    ):
        watch(store, encoder, told, stop, progress=bar)
