"""What is indexed, how far a run is and what it did, in words: for the shell and for the prompt.

Owns the names and the order of these facts. Refuses to know where the lines go and how long they may be.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from qa import people
from qa.screen import tidy
from qa.wording import counted, most, ranked, unread

if TYPE_CHECKING:
    from index.build import Progress, Report
    from index.store import Snapshot

SKIPPED_LISTED = 10  # skipped files named after a run; the status has them all

_WORDS = {"source": "outlet", "url": "address"}


def facts(snapshot: Snapshot) -> dict[str, Any]:
    """What is indexed, as `qa status --json` has it; outlets and speakers with their counts, most frequent first."""
    stats, model = snapshot.stats(), snapshot.model
    return {
        "version": 1,
        "documents": stats.documents,
        "passages": stats.passages,
        "statements": stats.statements,
        "found": stats.found,
        "unread": stats.unread,
        "skipped": [{"path": path, "reason": reason} for path, reason in stats.skipped],
        "skipped_parts": [{"path": path, "reason": reason} for path, reason in stats.skipped_parts],
        "stated": dict(stats.stated),
        "sources": ranked(stats.sources),
        "languages": ranked(stats.languages),
        "speakers": people.speakers(snapshot.speakers(), snapshot.spellings()),
        "earliest": stats.earliest,
        "latest": stats.latest,
        "model": model.name if model else None,
        "fingerprint": model.fingerprint if model else None,
        "dimension": model.dim if model else None,
        "bytes": snapshot.size(),
        "snapshot": snapshot.id,
        "folders": snapshot.roots(),
    }


def status(body: Mapping[str, Any], listed: int | None = None) -> list[str]:
    """`facts`, with the path of the "index", for a reader: clean lines, at most ``listed`` of what was skipped; JSON has every
    name."""
    skipped = body["skipped"]
    files = [f"skipped {tidy(file['path'])}: {tidy(file['reason'])}" for file in skipped]
    parts = [f"skipped inside {tidy(part['path'])}: {tidy(part['reason'])}" for part in body["skipped_parts"]]
    rows = {
        "index": body["index"],
        "folders": ", ".join(body["folders"]) or "none",
        "articles": f"{body['documents']:,}",
        "passages": f"{body['passages']:,}",
        "statements": f"{body['statements']:,}",
        "speakers": most(body["speakers"]),
        "outlets": most(body["sources"]),
        "languages": most(body["languages"]),
        "dates": f"{body['earliest']} to {body['latest']}" if body["earliest"] else "none given",
        "stated": _shares(body["stated"], body["documents"]),
        "model": f"{body['model']} ({body['dimension']} numbers)" if body["model"] else "none yet",
        "disk": f"{body['bytes'] / 1e6:,.1f} MB",
        "files": _sum(body["found"], len(skipped), body["unread"]),
    }
    return [
        *(f"{name:<11} {tidy(value)}" for name, value in rows.items()),
        *([f"  {unread(body['unread'])}"] if body["unread"] else []),
        *(f"  {line}" for line in _some(files, "more: `qa status` in a shell", listed)),
        *(f"  {line}" for line in _some(parts, "more inside files: `qa status` in a shell", listed)),
    ]


def _shares(stated: Mapping[str, int], documents: int) -> str:
    """The share of the articles that state each fact: "title 96%, date 100%, time 31%, outlet 88%, ..."."""
    if not documents:
        return "nothing yet"
    return ", ".join(f"{_WORDS.get(fact, fact)} {100 * count // documents}%" for fact, count in stated.items())


def _sum(found: int, skipped: int, waiting: int = 0) -> str:
    """The sum that must come out; ``waiting`` are not read yet."""
    left = f" + not read yet {waiting:,}" if waiting else ""
    return f"found {found:,} = indexed {found - skipped - waiting:,} + skipped {skipped:,}{left}"


def progress(so_far: Progress, columns: int) -> str:
    """One line of progress, "120 of 5,000 files, 900 passages, 34 files/s, 2 min left", without the rate and then the passages
    where it has not that many ``columns``."""
    files = f"{so_far.reached:,} of {counted(so_far.total, 'file')}"
    passages = counted(so_far.passages, "passage")
    rate = f"{so_far.rate:,.3g} files/s" if so_far.reached else ""
    going_on = so_far.seconds_left is not None and so_far.reached < so_far.total
    left = f"{_duration(so_far.seconds_left or 0.0)} left" if going_on else ""
    for parts in ((files, passages, rate, left), (files, passages, left), (files, left)):
        line = ", ".join(filter(None, parts))
        if len(line) <= columns:
            break
    return line[:columns]


def _duration(seconds: float) -> str:
    """A time to wait, as exact as it is useful: "40 s", "2 min", "1 h 5 min"."""
    if seconds < 60:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def ran(
    report: Report, known: Collection[tuple[str, str]] = (), *, where: str = "", all_of_them: str = "qa status"
) -> list[str]:
    """What a run found, as clean lines: the skipped files but for those ``known``, what changed, and the sum that must come
    out, with ``where`` it went. ``all_of_them`` is the command that lists what is left out here."""
    notes = [f"{tidy(path)}: {tidy(note)}" for path, note in report.notes]
    skipped = [
        f"skipped {tidy(path)}: {tidy(reason)}" for path, reason in report.skipped if (path, reason) not in known
    ]
    parts = [f"skipped inside {tidy(path)}: {tidy(reason)}" for path, reason in report.skipped_parts]
    reasons = Counter(tidy(reason) for _, reason in report.skipped).most_common(3)
    named = [reason if count == 1 else f"{count:,} x {reason}" for reason, count in reasons]
    if len(report.skipped) > sum(count for _, count in reasons):
        named.append("others")
    why = f" ({'; '.join(named)})" if named else ""  # a reason may have a comma
    return [
        *_some(notes, "more files whose columns were guessed"),
        *_some(skipped, f"more: {all_of_them}"),
        *_some(parts, f"more inside files: {all_of_them}"),
        f"{report.added:,} added, {report.updated:,} updated, {report.removed:,} removed, {report.unchanged:,} unchanged",
        f"{counted(report.passages, 'passage')} and {counted(report.statements, 'statement')} written in "
        f"{report.seconds:.1f} s",
        _sum(report.found, len(report.skipped)) + why + (f", in {tidy(where)}" if where else ""),
    ]


def _some(lines: list[str], more: str, listed: int | None = SKIPPED_LISTED) -> list[str]:
    """The first ``listed``, and how many there are beside them."""
    left = 0 if listed is None else len(lines) - listed
    return lines[:listed] + ([f"and {left:,} {more}"] if left > 0 else [])
