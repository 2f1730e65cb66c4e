"""What was found, in words: the line above the results, and which of them it is about.

Owns how many results a screen shows and what may be claimed of them: a "yes", a "said by", a "superseded". Refuses to
know how a single result looks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from index.letters import fold
from index.types import Statement
from qa import wording
from qa.days import MONTHS
from qa.render.lines import NAME, NOTE, Look, wrapped
from qa.screen import Fragment
from qa.types import NEAREST, SHOWN, Answer, Citation, Question, Searched
from qa.wording import as_asked, counted, listed, short

SIDE = 2  # results for each, where several people are asked about
NAMED = 5  # speakers named by a verdict; the others are counted

# From this fit on a speaker is the one who was asked about: not for a given name alone, a typing error, half a description.
THE_ONE = 0.8
# "Did he comment on it?" is answered by any statement on it; "did he say that it sank?" is not.
_ASKED_WHETHER = re.compile(
    r"\b(?:comment|speak|spoken|talk|weigh|respond|react|mention|address|discuss|anything|something|a word)",
    re.IGNORECASE,
)


def results(answer: Answer) -> tuple[Citation, ...]:
    """What can be numbered and opened: the citations, or the nearest misses of a refusal."""
    return answer.citations if answer.answered else answer.nearest


def visible(answer: Answer, shown: int) -> int:
    """How many results the screen shows at first."""
    return min(len(results(answer)), max(0, shown) if answer.answered else min(NEAREST, max(0, shown)))


def split(answer: Answer, shown: int) -> tuple[list[Citation], list[Citation]]:
    """The results the screen shows at first, in their order there, and the others."""
    if answer.answered and answer.parts:
        each = share(answer, shown)
        seen = [citation for part in answer.parts for citation in part.citations[:each]]
        return seen, [citation for part in answer.parts for citation in part.citations[each:]]
    found, count = list(results(answer)), visible(answer, shown)
    return found[:count], found[count:]


def share(answer: Answer, shown: int) -> int:
    """How many results of each of several people are shown at first."""
    return max(SIDE, -(-shown // len(answer.parts)))


def headline(answer: Answer, look: Look, shown: int = SHOWN) -> list[Fragment]:
    """The verdict, what was searched and the notices: all that stands above the results."""
    nearest = not answer.answered and visible(answer, shown) > 0
    if answer.answered:
        told = _of_several(answer) if answer.parts else verdict(answer, shown)
        text = f"{told}, {_searched(answer.searched, look)}"
    else:
        text = str(answer.refusal)
        if answer.searched.passages:
            text += f" Searched {_searched(answer.searched, look, verb='')}"
    if answer.searched.passages:
        text += f", {answer.seconds:.2f} s" + (f", confidence {answer.confidence:.2f}" if look.explain else "")
        between = bool(answer.notices) or look.explain
        text += "" if answer.answered else "; nearest:" if nearest and not between else "."
    fragments = wrapped([(NAME, look.tidy(text))], look) + notes(answer.notices, look)
    if look.explain:
        told = f" {look.signs.dot} ".join(understood(answer.question))
        fragments += wrapped([("", look.tidy(f"Understood: {told}"))], look)
    if nearest and (answer.notices or look.explain):
        fragments += wrapped([(NAME, "Nearest:")], look)
    return fragments


def understood(asked: Question) -> list[str]:
    """How a question was understood: whose words, about what, of which days, and what is asked of them."""
    about = "all of the question" if asked.topic == asked.text else asked.topic
    told = {
        "read as": asked.text if asked.typed else None,
        "speaker": asked.speaker or "anybody",
        "through": asked.via,
        "topic": about or "anything",
        "days": _days(asked),
        "outlet": asked.source,
        "intent": asked.intent,
    }
    return [f"{name} {short(value)}" for name, value in told.items() if value]


def _days(asked: Question) -> str:
    """ "2016", "since 2016-01-01", "any June", "any"."""
    if asked.since and asked.until:
        return wording.days(asked.since, asked.until)
    if asked.since or asked.until:
        return f"since {asked.since}" if asked.since else f"until {asked.until}"
    return f"any {MONTHS[asked.month - 1].capitalize()}" if asked.month else "any"


def notes(notices: Iterable[str], look: Look) -> list[Fragment]:
    """What is not as it should be, a line each."""
    return [piece for notice in notices for piece in wrapped([(NOTE, look.tidy(f"Note: {notice}"))], look)]


def _of_several(answer: Answer) -> str:
    """ "12 results for 3 of the 4 asked about", "4 results for both"."""
    found, asked = sum(part.answered for part in answer.parts), len(answer.parts)
    whom = f"{found} of the {asked} asked about" if found < asked else "both" if asked == 2 else f"all {asked}"
    return f"{counted(len(answer.citations), 'result')} for {whom}"


def _searched(searched: Searched, look: Look, verb: str = " searched") -> str:
    """ "2 articles searched (2012-06-15 … 2017-01-30), 1 file skipped"."""
    text = counted(searched.documents, "article") + verb
    days = [day[:10] for day in (searched.earliest, searched.latest) if day]
    if days:
        text += f" ({f' {look.signs.to} '.join(dict.fromkeys(days))})"
    if searched.unreadable:
        text += f", {counted(searched.unreadable, 'file')} skipped"
    return text


def verdict(answer: Answer, shown: int) -> str:
    """What is on the screen, in words, and no more than that.

    "3 statements by Sergei Lavrov (7 more results)"; "Yes: 2 statements by Sergei Lavrov" where it was asked whether he
    commented; "Said by Kofi Annan and Sergei Lavrov: 3 statements" where it was asked who did.
    """
    seen = answer.citations[: shown if shown > 0 else None]
    form = {"comment": _yes, "who": _said_by_whom, "when": _when}.get(answer.question.intent)
    text, told = (form(answer, seen) if form else None) or _by_the_one(seen) or _count(seen)
    asked = answer.question
    printed = fold(asked.speaker or "") in fold(asked.source or "")  # in its articles: an outlet was asked about
    if asked.speaker and seen and not printed and not any(map(_is_his, seen)):
        text += f", not clearly by {as_asked(asked.speaker, asked.text)}"
    old = sum(citation.superseded_by is not None for citation in seen)
    if old:
        text += ", superseded" if old == len(seen) else f", {old} of the results superseded"
    if seen and all(citation.strength == "weak" for citation in answer.citations):
        text = f"Only weak results: {text}"
    others, left = len(seen) - told, len(answer.citations) - len(seen)
    beside = [f"{counted(others, 'other result')} shown"] * bool(others) + [counted(left, "more result")] * bool(left)
    beside += [f"{len(answer.weaker):,} weaker"] * bool(answer.weaker)
    return text + (f" ({', '.join(beside)})" if beside else "")


Told = tuple[str, int]
"""A verdict, and how many results it is about."""


def _count(seen: Sequence[Citation]) -> Told:
    """ "3 statements by Sergei Lavrov", "4 statements and 2 passages"."""
    said = [citation.statement for citation in seen if citation.statement is not None]
    parts = [counted(len(said), "statement") + _by(said)] if said else []
    if len(said) < len(seen) or not said:
        parts.append(counted(len(seen) - len(said), "passage"))
    return " and ".join(parts), len(seen)


def _by_the_one(seen: Sequence[Citation]) -> Told | None:
    """The statements of the one who was asked about, where others spoke too."""
    own = _of(_the_one(seen), (citation.statement for citation in seen))
    if not own or all(citation.statement is None or citation.statement in own for citation in seen):
        return None
    return counted(len(own), "statement") + _by(own), len(own)


def _yes(answer: Answer, seen: Sequence[Citation]) -> Told | None:
    """The verdict where it was asked whether somebody spoke about something, and the first result is that he did."""
    if not seen or not _ASKED_WHETHER.search(answer.question.text) or not _asserted(seen[0]):
        return None
    own = _of(_the_one(seen), map(_asserted, seen))
    return (f"Yes: {counted(len(own), 'statement')}{_by(own)}", len(own)) if own else None


def _said_by_whom(_: Answer, seen: Sequence[Citation]) -> Told | None:
    """The verdict where it was asked who said something: those shown to have, in that order, and beside strong results
    nobody of a lesser one, who may have said something else."""
    likely = [citation for citation in seen if _asserted(citation)]
    strong = [citation for citation in likely if citation.strength == "strong"]
    own = [citation.statement for citation in strong or likely if citation.statement is not None]
    if not own:
        return None
    names = []
    for name in dict.fromkeys(statement.speaker for statement in own):
        through = _through(_of(name, own))
        names.append(f"{name}{f' ({through})' if through else ''}")
    if len(names) > NAMED:
        names[NAMED:] = [f"{len(names) - NAMED} others"]
    return f"Said by {listed(names)}: {counted(len(own), 'statement')}", len(own)


def _when(_: Answer, seen: Sequence[Citation]) -> Told | None:
    """The verdict where it was asked when somebody said something: the days of the articles that say so."""
    days = sorted({citation.document.date[:10] for citation in seen if citation.document.date})
    if not days or not any(map(_asserted, seen)):
        return None
    text, told = _by_the_one(seen) or _count(seen)
    span = days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"
    return f"{text}, in articles of {span}", told


def _is_his(citation: Citation) -> bool:
    """Whether a result may be by the one who was asked about."""
    return bool(citation.statement and citation.statement.speaker and citation.hit.scores.get("speaker", 1.0))


def _the_one(seen: Sequence[Citation]) -> str | None:
    """Who was asked about, where the first result is by that person."""
    if not seen or seen[0].statement is None or seen[0].hit.scores.get("speaker", 0.0) < THE_ONE:
        return None
    return seen[0].statement.speaker


def _of(speaker: str | None, said: Iterable[Statement | None]) -> list[Statement]:
    """What of ``said`` is by ``speaker``."""
    return [statement for statement in said if speaker and statement is not None and statement.speaker == speaker]


def _asserted(citation: Citation) -> Statement | None:
    """The statement of a result that says of somebody that he said this: no denial, no condition, no guess, and nothing
    that a later version took back."""
    said = citation.statement
    if said is None or said.speaker is None or said.negated or said.modal or citation.strength == "weak":
        return None
    if citation.superseded_by is not None:
        return None
    return said


def _by(said: Sequence[Statement]) -> str:
    """ " by Vladimir Putin, 1 of them according to Yury Ushakov"; nothing where there are several speakers, or none."""
    speakers = {statement.speaker for statement in said}
    [speaker] = speakers if len(speakers) == 1 else [None]
    if speaker is None:
        return ""
    relayed = [statement for statement in said if statement.via]
    if not relayed:
        return f" by {speaker}"
    share = "" if len(relayed) == len(said) else f"{len(relayed)} of them "
    return f" by {speaker}, {share}{_through(relayed)}"


def _through(said: Sequence[Statement]) -> str:
    """ "according to Yury Ushakov" where nothing of this is known without somebody else; else empty."""
    relays = list(dict.fromkeys(statement.via for statement in said))
    if not all(relays):
        return ""
    return f"according to {relays[0] if len(relays) == 1 else 'others'}"
