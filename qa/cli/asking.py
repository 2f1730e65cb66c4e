"""The commands that answer: plain `qa`, `qa ask`, `qa eval`.

Owns which questions are meant (an argument, lines, JSON lines), within which filters, and in which form an answer leaves.
Refuses to know how it is found and worded.
"""

# ruff: noqa: T201 - printing is what this module is for
from __future__ import annotations

import argparse
import itertools
import json
import math
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from index import languages
from index.errors import UsageError
from qa import config, wording
from qa.cli.arguments import OVERVIEW, PARSERS, addressed
from qa.cli.session import loading, not_whole, open_index, reranker, session
from qa.cli.streams import look_of, print_json, say
from qa.screen import tidy
from qa.types import ASKED, SHOWN

if TYPE_CHECKING:
    from index.encode import Later
    from index.store import Filter, Store
    from qa.types import Answer


def converse(args: argparse.Namespace, settings: config.Settings) -> int:
    """Plain `qa`: the prompt on a terminal, a question per line elsewhere."""
    if args.version:
        return _version()
    for path in args.paths:
        if not os.path.lexists(path):
            raise UsageError(f"{path} is no command, file or folder", f"Did you mean: {_meant(args.paths)}")
    if sys.stdin is None or not sys.stdin.isatty():
        return _ask_lines(args, settings) if args.json or args.jsonl else _talk(args, settings)
    if sys.stdout is None or not sys.stdout.isatty():
        raise UsageError("the prompt needs a terminal to show it on", 'For one answer: qa ask "QUESTION"')
    for name in ("json", "jsonl"):
        if getattr(args, name):
            raise UsageError(f"--{name} is not for the prompt", f'Type: qa ask "QUESTION" --{name}')
    from qa import repl

    with session(args, settings) as (store, encoder):
        where = _where(store, vars(args))
        return repl.run(
            store,
            encoder=encoder.get,
            reranker=lambda: reranker(settings.rerank, args.online),
            settings=settings,
            where=where,
            speaker=args.speaker,
            explain=args.explain,
        )


def _meant(words: Sequence[str]) -> str:
    """The command that was perhaps mistyped, else the question."""
    import difflib

    near = difflib.get_close_matches(words[0], [name for name in PARSERS if name], n=1)
    return " ".join(["qa", near[0], *words[1:]]) if near else f'qa ask "{" ".join(words)}"'


def _talk(args: argparse.Namespace, settings: config.Settings) -> int:
    """The conversation of the prompt, from the lines of standard input."""
    lines = [text for _, text in itertools.islice(_numbered(sys.stdin), 1)]
    if not lines:
        raise UsageError("no question on standard input", OVERVIEW.rstrip())
    from qa import repl

    rest = (text for _, text in _numbered(sys.stdin))
    with session(args, settings) as (store, encoder):
        return repl.run_lines(
            store,
            itertools.chain(lines, rest),
            encoder=encoder.get,
            reranker=lambda: reranker(settings.rerank, args.online),
            settings=settings,
            where=_where(store, vars(args)),
            out=sys.stdout,
            look=look_of(settings, explain=args.explain),
            speaker=args.speaker,
        )


def _version() -> int:
    from importlib.metadata import PackageNotFoundError, version

    try:
        print(f"qa {version('verbatim-qa')}")
    except PackageNotFoundError:
        print("qa, not installed as a package")
    return 0


def ask(args: argparse.Namespace, settings: config.Settings) -> int:
    """`qa ask`: one question, or those of standard input."""
    if args.question == "-":
        return _ask_lines(args, settings)
    if not args.question.strip():
        raise UsageError("there is no question", 'Type: qa ask "What did … say about …?"')
    if args.paths and " " not in args.question and not any(os.sep in p or os.path.lexists(p) for p in args.paths):
        whole = " ".join([args.question, *args.paths])
        raise UsageError("a question of several words needs quotes around it", f'Type: qa ask "{whole}"')
    with session(args, settings, once=True) as (store, encoder):
        answer = _told(_answer(store, encoder, settings, vars(args)), settings, vars(args))
        _show_answer(answer, args, settings)
    return 0 if answer.answered else 1


def _ask_lines(args: argparse.Namespace, settings: config.Settings) -> int:
    """Answers every line of standard input. 2 where one was not understood, else 0 where any was answered, else 1."""
    lines = _numbered(sys.stdin)
    first = next(lines, None)
    if first is None:
        raise UsageError("no question on standard input", OVERVIEW.rstrip())
    if args.json and (second := next(lines, None)):
        raise UsageError(f"--json is one document, and line {second[0]} is a second question", "Use --jsonl.")
    answered = failed = False
    with session(args, settings) as (store, encoder):
        _where(store, vars(args))  # filters that cannot hold are one error, not one for every line
        for number, line in itertools.chain([first], lines):
            request: dict[str, Any] = {"id": number}
            try:
                given = _object(line) if args.jsonl else {"question": line}
                request |= _id(given)  # first: it comes back also where the rest is not understood
                request |= _request(given) if args.jsonl else given
                answer = _told(_answer(store, encoder, settings, vars(args) | request), settings, vars(args) | request)
            except UsageError as error:
                failed = True
                _show_failure(error, number, request["id"], args)
                continue
            answered = answered or answer.answered
            if not args.json and not args.jsonl:
                print(f"qa> {tidy(line)}")
            _show_answer(answer, args, settings, request["id"])
    return UsageError.exit_code if failed else int(not answered)


def _numbered(lines: Iterable[str] | None) -> Iterator[tuple[int, str]]:
    """The lines that hold anything, with their numbers from 1."""
    for number, line in enumerate(lines or (), 1):
        if text := line.removeprefix("\ufeff").strip():
            yield number, text


_FIELDS: Mapping[str, type] = dict.fromkeys(
    ("question", "speaker", "source", "language", "since", "until", "as_of"), str
) | {"k": int}
"""What a JSON line may hold, beside its id."""

_MUST_BE = dict.fromkeys(("since", "until", "as_of"), 'text, like "2023" or "2023-01-31"') | {"k": "a whole number"}
"""What a field must be, in words, where that is not simply text."""


def _object(line: str) -> Mapping[str, Any]:
    """A line of --jsonl: a JSON object, or else the question itself. Raises UsageError."""
    if not line.startswith("{"):
        return {"question": line}
    try:
        given: dict[str, Any] = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"not a JSON object: {error}") from None
    return given


def _id(given: Mapping[str, Any]) -> dict[str, Any]:
    """The id of a line, where it gives one that an answer can bear: text, or a number that JSON can write."""
    id_ = given.get("id")
    return {"id": id_} if type(id_) in (str, int) or (isinstance(id_, float) and math.isfinite(id_)) else {}


def _request(given: Mapping[str, Any]) -> dict[str, Any]:
    """What a line asks for, beside its id. Raises UsageError for what it may not hold."""
    if given.get("id") is not None and not _id(given):
        raise UsageError(f"id cannot be {json.dumps(given['id'])[:40]}; it must be text or a number")
    wanted = {name: value for name, value in given.items() if name != "id"}
    for name, value in wanted.items():
        if name not in _FIELDS:
            raise UsageError(f"there is no field {name!r}; the fields are id, {', '.join(_FIELDS)}")
        if value is not None and type(value) is not _FIELDS[name]:
            right = _MUST_BE.get(name, "text")
            raise UsageError(f"{name} cannot be {json.dumps(value)[:40]}; it must be {right}")
    if not (wanted.get("question") or "").strip():
        raise UsageError("there is no question in the line")
    return {name: value for name, value in wanted.items() if value is not None}


def measure(args: argparse.Namespace, settings: config.Settings) -> int:
    """`qa eval`."""
    from qa import evaluate

    questions = evaluate.load(args.questions)
    with open_index(settings) as store:
        encoder = loading(store, settings, online=args.online)
        wanted = {"k": settings.k, "json": True, "online": args.online}
        result = evaluate.evaluate(
            lambda q: _answer(store, encoder, settings, wanted | {"question": q.text, "as_of": q.as_of}), questions
        )
        with store.snapshot() as snapshot:
            unknown = evaluate.strangers(questions, snapshot.every_document())
    print(evaluate.table(result))
    if unknown:
        named = wording.counted(len(unknown), "article")
        say(f"{named} named as right cannot be found: not in the index by that name; the first: {unknown[0]}")
    return 0


# --- One question ----------------------------------------------------------------------------------------------------


def _answer(store: Store, encoder: Later, settings: config.Settings, wanted: Mapping[str, Any]) -> Answer:
    """The answer to the question of ``wanted``, within its filters. Raises UsageError for filters that cannot hold."""
    from qa.answer import ask

    where = _where(store, wanted)
    k = settings.k or ASKED if wanted.get("k") is None else config.parse("k", wanted["k"], "in the line")
    if not wanted.get("json") and not wanted.get("jsonl"):
        k = max(k, ASKED)  # the screen shows fewer, and says how many there are
    return ask(
        store,
        wanted["question"],
        where=where,
        k=k,
        speaker=wanted.get("speaker"),
        encoder=encoder.get(),
        reranker=reranker(settings.rerank, wanted["online"]),
    )


def _told(answer: Answer, settings: config.Settings, wanted: Mapping[str, Any]) -> Answer:
    """As it is told: on a screen without its weak end, unless a number of results was asked for; JSON has the strength of
    each result and leaves none out. What it says to type is about the index that was named."""
    whole = settings.k or wanted.get("k") is not None or wanted.get("json") or wanted.get("jsonl")
    answer = replace(
        answer,
        notices=tuple(addressed(notice, wanted["index"]) for notice in answer.notices),
        refusal=answer.refusal and addressed(answer.refusal, wanted["index"]),
    )
    return answer if whole else answer.telling()


def _where(store: Store, wanted: Mapping[str, Any]) -> Filter:
    """The filters as the store takes them: whole days, an outlet and a language it has. Raises UsageError for one that
    cannot hold, also for a speaker whom no article quotes."""
    from index.store import Filter

    since, until = wanted.get("since"), wanted.get("until")
    first = wording.day("since", since, last=False) if since else None
    last = wording.day("until", until, last=True) if until else None
    if first and last and first > last:
        raise UsageError(f"since {since} is after until {until}", "Swap them.")
    if wanted.get("speaker"):
        _require_speaker(store, wanted["speaker"])
    source, language, as_of = wanted.get("source"), wanted.get("language"), wanted.get("as_of")
    return Filter(
        source=_outlet(store, source) if source else None,
        since=first,
        until=last,
        language=_language(store, language) if language else None,
        as_of=wording.day("as-of", as_of, last=True) if as_of else None,
    )


def _outlet(store: Store, wanted: str) -> str:
    """The outlet as the index spells it. Raises UsageError, with those there are, for one it does not have."""
    from qa.question import outlets_of

    with store.snapshot() as snapshot:
        outlets, left = snapshot.sources(), not_whole(snapshot)
    found = outlets_of(wanted, outlets)
    if len(found) == 1:
        return found[0]
    known = f"There are: {', '.join(found)}" if found else _there_are(wanted, outlets)
    raise UsageError(f"no article is of the outlet {wanted!r}", (known or "No article names one.") + left)


def _require_speaker(store: Store, wanted: str) -> None:
    """Raises UsageError, with those of a like name, for somebody whom no article quotes."""
    from qa import people, speakers
    from qa.types import Question

    with store.snapshot() as snapshot:
        if speakers.who(snapshot, Question(wanted, speaker=wanted)).names:
            return
        names = list(itertools.islice(people.speakers(snapshot.speakers(), snapshot.spellings()), people.MERGED))
        left = not_whole(snapshot)
    raise UsageError(f"nobody called {wanted!r} is quoted", (_there_are(wanted, names) or "Nobody is quoted.") + left)


def _there_are(wanted: str, names: Iterable[str]) -> str:
    """The names that are like ``wanted``, else the first of all, as a hint; empty where there is none."""
    import difflib

    spelled = {name.casefold(): name for name in names}
    near = difflib.get_close_matches(wanted.strip().casefold(), spelled, n=5, cutoff=0.4)
    told = [spelled[key] for key in near] or list(itertools.islice(spelled.values(), wording.LISTED))
    more = f", and {len(spelled) - len(told):,} more" if len(told) < len(spelled) else ""
    return f"There are: {', '.join(told)}{more}" if told else ""


def _language(store: Store, wanted: str) -> str:
    """The code of a language that some article is in. Raises UsageError, with those there are, for any other."""
    with store.snapshot() as snapshot:
        codes, left = wording.ranked(snapshot.stats().languages), not_whole(snapshot)
    code = languages.code(wanted)
    if code and code in codes:
        return code
    known = _there_are(wanted, codes) or "No article's is known."
    raise UsageError(f"no article is in the language {wanted!r}", known + left)


def _show_answer(answer: Answer, args: argparse.Namespace, settings: config.Settings, id_: object = None) -> None:
    """One answer on standard output, in the form that was asked for."""
    from qa import render

    if args.json or args.jsonl:
        body = render.json(answer)
        if args.jsonl and id_ is not None:
            body = {"version": body.pop("version"), "id": id_} | body
        print_json(body, indent=2 if args.json else None)
        return
    look = look_of(settings, explain=args.explain)
    fragments = render.terminal(answer, look, shown=settings.k or SHOWN)
    print(render.to_ansi(fragments) if look.colour else render.to_plain(fragments), flush=True)


def _show_failure(error: UsageError, number: int, id_: object, args: argparse.Namespace) -> None:
    """A line that is not a question: an object in its place, or a word on standard error."""
    if args.jsonl:
        print_json({"version": 1, "id": id_, "line": number, "error": error.message})
    else:
        say(f"line {number}: {error.message}", error.hint)
