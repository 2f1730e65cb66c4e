"""One way to read a question, and what every account of them needs: auxiliaries, and what only leads to a matter.

Owns the shape of a reading. Refuses to know how a question comes to one.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

AUX = r"(?:wont|dont|doesnt|didnt|isnt|did|does|do|has|have|had|is|was|are|were|will|would|can|could)"
NEGATED = r"(?:n['’]?t|\s+not)?"
_LEAD = (
    r"^(?:(?:that|whether|if|to|about|on|upon|of|at|with|over|for|towards?|regarding|concerning|by|from|against|"
    r"in response to|as to|when asked (?:about|if|whether)|"
    r"(?:out|anything|something)(?= (?:about|on|against|for|regarding|concerning) ))\s+)+(?=\S)"
)


class Reading(NamedTuple):
    """One way to read a question: what is asked, of whom, about what, through whom. All but ``intent`` is as typed, None where
    not there.

    ``known``: other questions are built so too, and it counts only where the speaker is one of the corpus.
    """

    intent: str
    speaker: str | None = None
    topic: str | None = None
    via: str | None = None
    known: bool = False


@cache  # when the first question asks: to compile all takes longer than `qa status` does
def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern that takes letters in either case."""
    return re.compile(pattern, re.IGNORECASE)


def about(rest: str) -> str:
    """Without the words that lead to it: of "about the pier", "the pier"."""
    return compiled(_LEAD).sub("", rest)
