"""A hit -> the words in it that answer: spans to mark, exact to the sentence.

Owns which sentences of a passage answer and how much of a question a text matches. Refuses to know where hits come from and
how marks look.

A sentence that repeats the question is the nearest to it and need not answer it. An answer adds something: the kind of words
asked for (`holds`), and, where an article is found for the question, what its title says beyond the question.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import TypeAlias

from index.letters import fold
from index.types import Span
from qa import days
from qa.question import content_words, stem, stems_of, words_of
from qa.types import Wants

# A sentence's score is its cosine plus this much of the question's weighted words. Between 0.2 and 0.8 the share of shown
# answers on news-quiz questions moves by one question in a hundred; without it, by five (docs/decisions/0002-ranking.md).
OVERLAP = 0.4
# … plus this much where it holds the kind of words asked for, and of what the title says beyond the question. Each brings
# three to five more of a hundred answers into the marked words; half or twice as much moves that by one in a hundred.
KIND, SUBJECT = 0.3, 0.2
# A second sentence is marked too when it scores within this of the best: answers of two sentences stay whole, and one of
# three passages gets a second mark. Where facts are asked for it may be farther behind: two of five passages get one, and
# three more of a hundred answers are marked; where words are, what is said stands for itself, and a sentence beside it.
MARGIN, MARGIN_OF_FACTS = 0.1, 0.15
MOST = 2

Stems: TypeAlias = frozenset[str]

_COUNTED = """one two three four five six seven eight nine ten eleven twelve dozen dozens hundred hundreds thousand thousands
    million millions billion billions trillion half twice once double triple daily weekly monthly yearly annual annually"""
_NUMBER = re.compile(rf"\d[\d.,]*|\b(?:{'|'.join(_COUNTED.split())})\b", re.IGNORECASE)
# Numbers with the units that what is asked for is counted in.
_AMOUNT = r"(?:\d[\d.,]*|" + "|".join(_COUNTED.split()) + r"|an?|several|few)"
_UNITS: tuple[tuple[Wants, str], ...] = (
    (
        "money",
        r"[$£€¥₹]\s?\d|\b\d[\d.,]*(?: (?:thousand|million|billion|trillion))? "
        r"(?:dollars?|pounds?|euros?|cents|pence|shillings?|yen|rou?bles?|rupees?|yuan|francs?|"
        r"crowns?|kron[aeo]r?|pesos?|lir[ae]s?|dinars?|riyals?)\b",
    ),
    (
        "share",
        r"\d[\d.,]*\s?(?:%|per ?cent|percentage points?)|\b(?:half|third|quarter|fifth|most of|majority|"
        r"(?:one|two|three|four|\d+) (?:in|of) (?:every )?(?:three|four|five|six|ten|\d+))\b",
    ),
    (
        "duration",
        rf"\b{_AMOUNT}(?:[ -](?:and a half|to \w+|or \w+))?[ -]"
        r"(?:seconds?|minutes?|hours?|days?|weeks?|weekends?|months?|years?|decades?|centur(?:y|ies))\b",
    ),
    (
        "measure",
        r"\b\d[\d.,]*[ -]?(?:°|(?:degrees?|miles?|mi|km|kilomet\w+|met(?:er|re)s?|feet|foot|ft|inch(?:es)?|cm|acres?|"
        r"hectares?|square|tons?|tonnes?|pounds?|lbs?|kg|kilograms?|grams?|micrograms?|mg|lit(?:er|re)s?|gallons?|"
        r"barrels?|mph|kph|knots?|megawatts?|points?|votes?|seats?)\b)",
    ),
)
_IN_UNITS = {kind: re.compile(pattern, re.IGNORECASE) for kind, pattern in _UNITS}
_CALENDAR = frozenset((*days.MONTHS, *days.WEEKDAYS))
_TIME = re.compile(
    rf"\b(?:{'|'.join(sorted(_CALENDAR))}|today|tonight|tomorrow|yesterday|(?:1\d|20)\d\d|"
    r"(?:next|last|this|coming) (?:week|weekend|month|year|spring|summer|fall|autumn|winter))\b",
    re.IGNORECASE,
)
_REASON = re.compile(
    r"\b(?:because|due to|amid|so that|in order to|thanks to|owing to|as a result|caused? by|over (?:the )?(?:concern|fear)s?|"
    r"citing|reasons?|blam\w+|cites?|cited|led to|since)\b",
    re.IGNORECASE,
)
# Words that deny: those of grammar, and the commonest verbs.
_DENIAL = re.compile(
    r"n['’]t\b|\b(?:not?|never|none|nobody|nothing|neither|nor|cannot|without|den(?:y|ies|ied)|"
    r"(?:fail|refus|reject|declin|lack)\w*)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_][\w&.'’-]*")
# The next word that does not begin with a small letter or a digit of English.
_CAPITAL = re.compile(r"(?:[a-z0-9][\w&.'’-]*+|[\W_])*+([^\W_a-z0-9][\w&.'’-]*)")
_OPENS = re.compile(r"[.!?:“”\"\n]\s*$")


@dataclass(frozen=True, slots=True)
class Sought:
    """What a sentence is searched for: the question's words by stem and what each says, its quoted phrases, the kind of
    words that would answer, and ``known``, the stems of the whole question, which are no news; ``names``, those of its words
    that mean one thing only, and whether it ``denies`` something; ``topical``, whether it asks for what is new."""

    rarity: Mapping[str, float]
    phrases: Sequence[str] = ()
    wants: Wants = "any"
    known: Stems = field(default_factory=frozenset)
    names: Stems = field(default_factory=frozenset)
    denies: bool = False
    topical: bool = False


def rarities(words: Sequence[str], frequencies: Mapping[str, int], total: int) -> dict[str, float]:
    """How much each word says: ln(1 + N / (1 + df)), by stem, where ``total`` is N, the number of passages."""
    return {stem(word): math.log(1 + total / (1 + frequencies.get(word, 0))) for word in words}


def coverage(there: Stems, rarity: Mapping[str, float]) -> float:
    """The share, in [0, 1], of the question's weighted words that are ``there``; 0 where the question has none."""
    if not there:
        return 0.0
    whole = sum(rarity.values())
    return sum([weight for word, weight in rarity.items() if word in there]) / whole if whole else 0.0


def subject(title: str | None, outlet: str | None, known: Stems) -> Stems:
    """What a title says beyond the question: the stems of its words without those ``known`` and the outlet's name.

    >>> sorted(subject("Amazon splits its stock - CNN", "CNN", frozenset({"stock", "split"})))
    ['amazon']
    """
    return frozenset(map(stem, content_words(title or ""))) - known - stems_of(outlet or "")


def share(there: Stems, subject: Stems) -> float:
    """The share, in [0, 1], of a title's ``subject`` that is ``there``; 0 where there is none."""
    return len(subject & there) / len(subject) if subject else 0.0


def names(text: str) -> Stems:
    """The stems of the words of a question that mean one thing only: with a capital where no sentence begins, and numbers.

    >>> sorted(names("It rained in Oslo. Who met Ida Roe of P&G in 1985?"))
    ['1985', 'g', 'ida', 'oslo', 'p', 'roe']
    """
    found: set[str] = set()
    for match in _WORD.finditer(text):
        word, before = match.group(), text[max(0, match.start() - 4) : match.start()]
        if word[0].isdigit():
            found |= stems_of(word)
        elif before and not _OPENS.search(before) and _name(word):
            found |= stems_of(word)  # of "P&G" two
    return frozenset(found)


def denies(text: str) -> bool:
    """Whether ``text`` says of something that it is not so.

    >>> denies("Who didn't vote?"), denies("Who noted the vote?")
    (True, False)
    """
    return _DENIAL.search(text) is not None


def holds(text: str, sought: Sought, passage: str = "") -> float:
    """How far ``text`` holds words of the kind asked for that the question does not hold itself: 1, 0, or a half for a number
    in another unit than the one asked for, or in none.

    ``passage`` is what it stands in: a sentence's first word is a name only where it is written so elsewhere too.

    >>> price = Sought({}, wants="money")
    >>> [holds(text, price) for text in ("It cost $5.", "Five were sold.", "It was dear.")]
    [1.0, 0.5, 0.0]
    """
    if sought.wants == "number" or sought.wants in _IN_UNITS:
        if all(_is_known(m.group(), sought.known) for m in _NUMBER.finditer(text)):
            return 0.0
        return 1.0 if sought.wants == "number" or _IN_UNITS[sought.wants].search(text) else 0.5
    if sought.wants == "time":
        return float(any(not stems_of(m.group()) <= sought.known for m in _TIME.finditer(text)))
    if sought.wants == "reason":
        return float(_REASON.search(text) is not None)
    return float(sought.wants == "name" and _has_name(text, sought.known, passage))


def _is_known(number: str, known: Stems) -> bool:
    return stem(fold(number.strip(".,"))) in known


def _has_name(text: str, known: Stems, passage: str) -> bool:
    end, first = 0, _WORD.search(text)
    while found := _CAPITAL.match(text, end):
        start, end = found.span(1)
        name = _name(found[1])
        if not name or name in known:
            continue
        if first and first.start() < start and not _OPENS.search(text[max(0, start - 4) : start]):
            return True
        following = _WORD.search(text, end)
        if following and following.group()[0].isupper() and text[end : following.start()] == " ":
            return True
        if _inside(found[1], passage):
            return True
    return False


def _inside(word: str, passage: str) -> bool:
    """Whether ``word`` stands anywhere in ``passage`` after a small letter or a comma, so not at the start of a sentence."""
    at = passage.find(" " + word)
    while at > 0:
        end = at + 1 + len(word)
        if (passage[at - 1].islower() or passage[at - 1] == ",") and not passage[end : end + 1].isalnum():
            return True
        at = passage.find(" " + word, at + 1)
    return False


@lru_cache(maxsize=1 << 14)  # the words of one question's passages, and of the next question's
def _name(word: str) -> str | None:
    """The stem of a word that begins with a capital and may be a name; None for others, and for days and months."""
    if not word[0].isupper() or not content_words(word):
        return None
    folded = "".join(words_of(word))
    return None if len(folded) < 2 or folded in _CALENDAR else stem(folded)


def mark(
    text: str, sentences: Sequence[Span], cosines: Sequence[float], says: Sequence[float], margin: float = MARGIN
) -> tuple[Span, ...]:
    """The sentences of a passage that answer, in order, neighbours joined.

    ``sentences`` are spans of the document ``text``; ``cosines`` (m,) are theirs with the question; ``says`` (m,), what
    `evidence` gives for them; ``margin``, how far behind the best a second one may be.
    """
    if not len(sentences):
        return ()
    scores = [float(cosine) + said for cosine, said in zip(cosines, says, strict=True)]
    best = sorted(range(len(scores)), key=lambda i: -scores[i])[:MOST]
    return join(text, [sentences[i] for i in sorted(best) if scores[i] >= scores[best[0]] - margin])


def kinds(text: str, sentences: Sequence[Span], sought: Sought) -> list[float]:
    """How far each sentence of a passage `holds` words of the kind asked for, (m,)."""
    passage = text[sentences[0].start : sentences[-1].end] if len(sentences) else ""
    return [holds(span.of(text), sought, passage) for span in sentences]


def evidence(
    text: str, sentences: Sequence[Span], sought: Sought, kinds: Sequence[float], subject: Stems, held: Sequence[Stems]
) -> list[float]:
    """What the words of each sentence of a passage, as in `mark`, say for it, (m,); its cosine comes to that.

    ``kinds`` (m,) is what `kinds` gives for them; ``subject``, what the document's title says beyond the question; ``held``
    (m,), of the question's words and of the ``subject`` what each holds. A quoted phrase of the question settles it for the
    sentences that hold the phrase.
    """
    phrases = [fold(phrase) for phrase in sought.phrases]
    found = []
    for span, kind, there in zip(sentences, kinds, held, strict=True):
        score = OVERLAP * coverage(there, sought.rarity) + SUBJECT * share(there, subject) + KIND * kind
        found.append(score + (sum(phrase in fold(span.of(text)) for phrase in phrases) if phrases else 0))
    return found


def join(text: str, spans: Sequence[Span]) -> tuple[Span, ...]:
    """Spans in order, those with nothing but white space between them joined into one."""
    joined: list[Span] = list(spans[:1])
    for before, span in pairwise(spans):
        if text[before.end : span.start].strip():
            joined.append(span)
        else:
            joined[-1] = Span(joined[-1].start, span.end)
    return tuple(joined)
