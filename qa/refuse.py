"""Why a question gets no answer, in words: it asks nothing, its letters are others, no article passes, nothing was found.

Owns these sentences and when each is true. Refuses to know how good a result must be: that is `qa.answer`.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping

from index.letters import fold
from index.store import Filter, Snapshot
from qa import days
from qa.question import is_pronoun, uttered, words_of
from qa.types import Question
from qa.wording import as_asked, counted, listed, short

NAMED = 5  # outlets named, the commonest; words named, the first
SAMPLE = 500  # characters of a text: enough to see its script

_SMALL_TALK = frozenset(
    """hello|hi|hey|hi there|hello there|good morning|good afternoon|good evening|good day|good night|how are you|thanks
    |thanks a lot|thank you|thank you very much|many thanks|thx|cheers|ok|okay|k|yes|no|yep|nope|sure|fine|great|cool|nice
    |good|perfect|wow|lol|bye|bye bye|goodbye|good bye|see you|please|sorry|really|is that so|why not|how so|i see
    |test|testing|who are you|what are you
    |what can you do|what can i ask|what do you do""".replace("\n", "")
    .replace("    ", "")
    .split("|")
)
_ON = re.compile(r"\b(?:about|on|of|over|to|toward|towards|regarding|concerning)\b", re.IGNORECASE)
_LED = re.compile(r"(?:to|with|toward|towards|against|after|before|in|at|for|during)\b", re.IGNORECASE)  # "to Annan"
# Unicode's name of a letter begins with its script; where that is no word for readers, another one.
_SCRIPTS = {"CJK": "Chinese", "HIRAGANA": "Japanese", "KATAKANA": "Japanese", "HANGUL": "Korean"}
# Question words, folded, that no English question begins with.
_FOREIGN = re.compile(
    r"\W*(?:qui|que|qu(?=')|quoi|quels?|quelles?|ou|pourquoi|combien|quand|quien(?:es)?|cuando|donde|cuant[oa]s?|cual(?:es)?|"
    r"wer|wen|wem|wie|wo|wann|warum|wieviele?|welche[rsmn]?|chi|dove|quant[oaie]|perche|qual[ei]?|quem|onde|quando|quais)\b"
)
_AS_IN = "Ask what somebody said, as in: What did … say about …?"


def no_question(asked: Question) -> str | None:
    """Why there is nothing to search for in what was typed; None where there is."""
    bare = " ".join(re.findall(r"\w+", fold(asked.text)))
    if not bare:
        return f"There is no word in “{short(asked.text)}”. {_AS_IN}"
    if bare in _SMALL_TALK:
        return f"“{short(asked.text)}” asks for nothing that articles could answer. {_AS_IN}"
    if asked.words and asked.speaker and is_pronoun(asked.speaker):
        return f"“{short(asked.text)}” does not say who “{asked.speaker}” is. {_AS_IN}"
    if not asked.words and not uttered(asked.text) and (not asked.speaker or is_pronoun(asked.speaker)):
        return f"“{short(asked.text)}” names neither who spoke nor what about. {_AS_IN}"
    return None


def other_script(asked: Question, held: Mapping[str, int], texts: Iterable[str]) -> str | None:
    """That the question is in letters the articles do not use; None where they share a word or the letters.

    ``held`` says in how many passages each word of the question stands; ``texts`` are of the articles nearest to it.
    """
    if any(held.values()):
        return None
    theirs = Counter(script for text in texts for script in _scripts(text[:SAMPLE]).elements())
    own = _scripts(asked.text)
    if not own or not theirs or any(theirs[script] for script in own):
        return None
    [(mine, _)], [(other, _)] = own.most_common(1), theirs.most_common(1)
    return f"The question is in {mine} letters, the articles are in {other} ones: ask in their language."


def by_words_alone(asked: Question, model: str) -> str | None:
    """That ``model``, which knows English only, does not know the language of the question; None where it may.

    The letters tell, and the word that a question in French, Spanish, German, Italian or Portuguese begins with.
    """
    own = _scripts(asked.text)
    if not own or (2 * own["Latin"] >= own.total() and not _FOREIGN.match(fold(asked.text))):
        return None
    return f"{model} knows English only: this was searched by its words, not by their meaning (README: another model)."


def _scripts(text: str) -> Counter[str]:
    """How many letters of each script there are: "Latin", "Cyrillic", "Chinese"."""
    names = (unicodedata.name(char, "").partition(" ")[0] for char in text if char.isalpha())
    return Counter(_SCRIPTS.get(name, name.capitalize()) for name in names if name)


def not_found(asked: Question, held: Mapping[str, int]) -> str:
    """What was not found, and which words of the question stand in no article: what is misspelt is often among them.

    ``held`` says in how many passages each word of the question stands.
    """
    timeless = words_of(days.cut(asked.text)[0])  # articles of a day need not name it
    absent = _as_typed(asked, [word for word in asked.words if held.get(word) == 0 and word in timeless])
    absent[NAMED:] = [f"{len(absent) - NAMED:,} more of its words"] if len(absent) > NAMED else []
    nowhere = listed(absent, "or")
    if nowhere and not any(held.values()):
        they, them, are = ("they", "them", "are") if len(absent) > 1 else ("it", "it", "is")
        return f"No article holds {nowhere}; {are} {they} spelt as the articles spell {them}?"
    matter = short(asked.topic) if asked.topic and asked.topic != asked.text else ""
    led = "on " if re.search(rf"\bon {re.escape(matter)}", asked.text) else "about "
    about = matter and (f" {matter}" if _LED.match(matter) else f" {led}{matter}")
    speaker = asked.speaker and as_asked(asked.speaker, asked.text)
    if speaker and (not asked.topic or (about and _ON.search(asked.text))):
        told = f"No statement by {speaker}{about}"
    elif speaker:  # "about deny it" is no English
        told = f"No statement by {speaker} that answers “{short(asked.text)}”"
    else:
        told = f"Nothing found{about}" if about else f"Nothing found that answers “{short(asked.text)}”"
    return f"{told}; no article holds {nowhere}." if nowhere else f"{told}."


def not_verbatim(asked: Question, held: Mapping[str, int]) -> str | None:
    """That words the question quotes stand in no article as they are quoted; None where they do, or it quotes none.

    ``held`` says in how many passages each of its phrases stands.
    """
    absent = [f"“{short(phrase)}”" for phrase in asked.phrases if held.get(phrase) == 0]
    return f"No article holds {listed(absent, 'or')} word for word." if absent else None


def said_by_nobody(asked: Question, held: Mapping[str, int]) -> str | None:
    """That the very words whose speaker is asked for stand nowhere; None where they do, or where one person is asked about, who
    may have said it in other words. ``held`` as in `not_verbatim`.
    """
    words = uttered(asked.text) if asked.intent == "who" else None
    return f"No article holds “{short(words)}” word for word." if words and held.get(words) == 0 else None


def _as_typed(asked: Question, words: Iterable[str]) -> list[str]:
    """Folded words of a question as it has them, in quotation marks, each once."""
    pieces = [re.sub(r"['’]s$", "", piece) for piece in re.findall(r"\w+(?:[-.'’]\w+)*", asked.text)]
    typed = {word: piece for piece in reversed(pieces) for word in words_of(piece)}
    return list(dict.fromkeys(f"“{short(typed.get(word, word))}”" for word in words))


def nothing_there(snapshot: Snapshot, where: Filter) -> str:
    """Why there is nothing to search: which filter lets how many articles through, and what the index holds."""
    stats = snapshot.stats()
    if not stats.found:
        return f"The index is empty. Type: qa index{'' if snapshot.roots() else ' PATH'}"
    if not stats.passages or not where:
        return "The index holds no article with text to search."
    kept = [f"{counted(snapshot.stats(alone).documents, 'article')} {told}" for told, alone in _each(where)]
    held = f"the index holds {counted(stats.documents, 'article')}"
    if stats.earliest and stats.latest:
        dated = snapshot.stats(Filter(since=stats.earliest[:10])).documents
        held += f", dated {stats.earliest[:10]} to {stats.latest[:10]}"
        held += f" ({stats.documents - dated:,} without a date)" if dated < stats.documents else ""
    elif where.since or where.until:
        held += ", none with a date"
    outlets = sorted(stats.sources, key=lambda name: (-stats.sources[name], name))
    if outlets:
        more = f" and {len(outlets) - NAMED:,} more" if len(outlets) > NAMED else ""
        held += f", of {', '.join(outlets[:NAMED])}{more}"
    both = "" if len(kept) == 1 else ", none is both" if len(kept) == 2 else ", none is all of these"
    return f"No article passes the filters: {', '.join(kept)}{both}; {held}."


def _each(where: Filter) -> Iterable[tuple[str, Filter]]:
    """Every part of a filter alone, in words."""
    told = {"source": "of", "language": "in", "since": "since", "until": "until", "as_of": "as of"}
    for name, word in told.items():
        if value := getattr(where, name):
            yield f"{word} {value}", Filter(**{name: value})
