"""How people write a number of things, a day, a path to type, and what is told first. Owns these; refuses to know who asks.

Apart from `qa.render` so that a command that prints one line need not load it.
"""

from __future__ import annotations

import os
import re
import shlex
from calendar import monthrange
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date
from itertools import islice

from index.errors import UsageError

LINE = 80  # characters of a question or a topic that is said back
LISTED = 8  # outlets, speakers and languages named on a line; `qa status --json` has them all

_DAY = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?", re.ASCII)


def counted(number: int, noun: str) -> str:
    """How many of what.

    >>> counted(1, "article"), counted(3012, "article")
    ('1 article', '3,012 articles')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def listed(names: Sequence[str], last: str = "and") -> str:
    """One after the other, that word before the last; empty where there is none.

    >>> listed(["TASS"]), listed(["TASS", "Interfax", "RIA"]), listed(["TASS", "RIA"], "or")
    ('TASS', 'TASS, Interfax and RIA', 'TASS or RIA')
    """
    return f" {last} ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def as_asked(name: str, text: str) -> str:
    """A name with the article that the question ``text`` gave it.

    >>> as_asked("pope", "What did the pope say?"), as_asked("Annan", "What did Annan say?")
    ('the pope', 'Annan')
    """
    return f"the {name}" if re.search(rf"\bthe {re.escape(name)}(?!\w)", text, re.IGNORECASE) else name


def short(text: str, longest: int = LINE) -> str:
    """``text`` in no more than so many characters, cut between words where it can be.

    >>> short("word " * 40)[-10:]
    'ord word …'
    """
    if len(text) <= longest:
        return text
    head = text[: longest - 2]
    return f"{head.rpartition(' ')[0] or head} …"


def day(name: str, text: str, *, last: bool) -> str:
    """A year, a month or a day as an ISO day: the first one it means, or the ``last``. Raises UsageError, which says that
    ``name`` is none.

    >>> day("since", "2016-2", last=False), day("until", "2016-2", last=True)
    ('2016-02-01', '2016-02-29')
    """
    if found := _DAY.fullmatch(text.strip()):
        with suppress(ValueError):
            year, month = int(found[1]), int(found[2] or (12 if last else 1))
            return date(year, month, int(found[3] or (monthrange(year, month)[1] if last else 1))).isoformat()
    wrong = f"{name} {text!r} is not a date" if text else f"{name} needs a date"
    raise UsageError(wrong, "Write 2012, 2012-06 or 2012-06-15.")


def days(since: str, until: str) -> str:
    """The year, the month or the day that two ISO days bound, or both days.

    >>> days("2016-01-01", "2016-12-31"), days("2016-02-01", "2016-02-29"), days("2016-02-01", "2017-02-28")
    ('2016', '2016-02', '2016-02-01 to 2017-02-28')
    """
    for long in (4, 7, 10):
        named = since[:long]
        if (day("since", named, last=False), day("until", named, last=True)) == (since, until):
            return named
    return f"{since} to {until}"


def typed(path: str) -> str:
    """A path as a shell takes it, also one whose characters no screen shows as they are.

    >>> print(typed("a.txt"), typed("my file.txt"), typed("two\\nlines.txt"))
    a.txt 'my file.txt' $'two\\x0alines.txt'
    """
    if path.isprintable():
        return shlex.quote(path)
    bare = (char if char.isprintable() and char not in "'\\" else _bytes(char) for char in path)
    return f"$'{''.join(bare)}'"


def _bytes(char: str) -> str:
    """A character of a path within $'…': the bytes it is on the disk."""
    return "".join(f"\\x{byte:02x}" for byte in os.fsencode(char))


def stale(path: str) -> str:
    """The note on an article whose file is not as it was indexed: which file, what is shown, what to type."""
    gone = not os.path.exists(path)  # noqa: PTH110 - a str in, as the index has it
    told = "is not there any more" if gone else "has changed since it was indexed"
    step = "qa index" if gone else f"qa index {typed(path)}"
    return f"{os.path.basename(path)} {told}; shown is the text as it was. Type: {step}"  # noqa: PTH119


def unread(files: int) -> str:
    """The note that an index is not whole yet: how many of its files are missing, and what to type.

    >>> unread(2244)
    '2,244 files are not read yet; unless a run is under way, type: qa index'
    """
    return f"{counted(files, 'file')} {'is' if files == 1 else 'are'} not read yet; unless a run is under way, type: qa index"


def ranked(counts: Mapping[str, int]) -> dict[str, int]:
    """What there is most of first, else by name.

    >>> ranked({"de": 1, "en": 2, "ar": 1})
    {'en': 2, 'ar': 1, 'de': 1}
    """
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def most(counts: Mapping[str, int]) -> str:
    """How many there are, and the first few with their counts.

    >>> most({"TASS": 1204, "Interfax": 3}), most({})
    ('2: TASS 1,204, Interfax 3', '0')
    """
    named = [f"{name} {count:,}" for name, count in islice(counts.items(), LISTED)]
    return f"{len(counts):,}" + (f": {', '.join(named)}" if named else "") + (", ..." if len(counts) > LISTED else "")
