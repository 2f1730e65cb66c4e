"""A question's words as the articles spell them: what stands in none, where a slip of the keys away stands one that does.

Owns which words may be mistyped, and what for. Refuses to know what is asked, and whether it has an answer: the caller does,
who also says how it was read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from index.letters import fold
from index.store import Snapshot
from qa import question

# Four misspelt words of five have one slip in them (Damerau, 1964): a letter left out, put in, taken for another, or two
# exchanged. The first letter is right in most, and another one makes another word: "Kerry", "Perry".
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_SHORTEST = 4  # letters; of three, every word is a slip away from some other
_SHORTEST_FORM = 3  # of a word that carries the form, with two letters exchanged ("teh", "sya"): there are few
_ANOTHER = 5  # letters from which on one may be taken for another: form is no "from", Iran no "Iraq"
_ANOTHER_NAME = 7  # the same where it may be a name: Pence is no "Peace", Maher no "Mater"
# A question of which more words are unknown is in another language, or on another matter.
_UNKNOWN = 0.5
_TRIED = 3  # candidates that are looked for in the articles
_READ = 20  # passages in which one is looked for: those where its stem counts most, as it does where it is no rare form

# "Roe's", but no part of "e-mail", "didn't", "who.int".
_WORD = re.compile(r"(?<![\w'’.@/-])[^\W\d_]+(?![\w@/-]|[.'’]\w\w)")
_PREFIX = re.compile(r"(?:anti|counter|dis|inter|mis|non|out|over|pre|re|un|under)(?=\w{3})")


def respelt(text: str, snapshot: Snapshot, is_word: Callable[[str], bool]) -> Mapping[str, str]:
    """What words of ``text`` were mistyped for, each as typed; empty where none was, or most are unknown.

    Only a word that stands in no article can be, if ``is_word`` does not know it as one of the language, and it is not in
    quotation marks. What it was mistyped for stands in an article, or carries the form of a question; of several, what stands
    in most passages. Raises what reading the store raises.
    """
    quoted = " ".join(question.quoted(text))
    typed = {match.group(): match.start() > 0 for match in _WORD.finditer(text) if match.group() not in quoted}
    in_capitals = any(within and not word.islower() for word, within in typed.items())  # as names are, where any is
    counts = snapshot.frequencies([fold(word) for word in typed if not _is_form(fold(word))])
    unknown = [word for word in typed if counts.get(fold(word)) == 0 and not _is_known(fold(word), is_word)]
    if not unknown or len(unknown) > _UNKNOWN * len(typed):
        return {}
    meant = {word: _meant(word, word.islower() or not typed[word], in_capitals, snapshot) for word in unknown}
    return {word: right for word, right in meant.items() if right}


def rewritten(text: str, words: Mapping[str, str]) -> str:
    """``text`` with its ``words`` replaced.

    >>> rewritten("What did Lavorv say of Lavorv's trip?", {"Lavorv": "Lavrov"})
    "What did Lavrov say of Lavrov's trip?"
    """
    return _WORD.sub(lambda match: words.get(match.group(), match.group()), text)


def _is_form(word: str) -> bool:
    """Whether a folded word carries the form of a question, also one without its apostrophe: "whos", "didnt"."""
    return question.is_form(word) or word in {"wont", "cant"} or question.is_form(re.sub(r"(?:nt|s)$", "", word))


def _is_known(word: str, is_word: Callable[[str], bool]) -> bool:
    """Whether a folded word is one of the language, with or without its ending and what is put before it."""
    bare = _PREFIX.sub("", word)
    return any(map(is_word, dict.fromkeys((word, question.stem(word), bare, question.stem(bare)))))


def _meant(typed: str, plain: bool, in_capitals: bool, snapshot: Snapshot) -> str | None:
    """What a word was mistyped for, in its case; None where that is none. ``plain``: no capital says that it is a name, which
    says that it is none where other words are ``in_capitals``."""
    word = fold(typed)
    if not word.isascii() or len(word) < _SHORTEST_FORM:
        return None
    if plain and (form := next(filter(question.is_form, _slips(word, _ANOTHER)), None)):
        return _in_case(typed, form)
    another = _ANOTHER if plain and in_capitals else _ANOTHER_NAME
    near = list(dict.fromkeys(_exchanged(word) if typed.isupper() else _slips(word, another)))  # LGBTQ is no "LGBT"
    counts = snapshot.frequencies(near) if len(word) >= _SHORTEST else {}
    held = sorted(filter(counts.__getitem__, counts), key=lambda one: -counts[one])
    found = (written for one in held[:_TRIED] for written in _written(one, snapshot) if _fits(typed, plain, written))
    right = next(found, None)
    return right and _in_case(typed, right)


def _fits(typed: str, plain: bool, written: str) -> bool:
    """Whether a word has capitals where what was ``typed`` has some: SpaceX is no "Space"."""
    return _capitals(written) == "inside" if _capitals(typed) == "inside" else plain or written[0].isupper()


def _in_case(typed: str, written: str) -> str:
    """A word with the capitals of what was ``typed``; where it has some inside, as it is ``written``.

    >>> _in_case("Lavorv", "lavrov"), _in_case("NAAPC", "NAACP"), _in_case("irna", "Iran"), _in_case("PolitFact", "PolitiFact")
    ('Lavrov', 'NAACP', 'iran', 'PolitiFact')
    """
    return {"none": written.lower(), "first": written.capitalize(), "all": written.upper(), "inside": written}[
        _capitals(typed)
    ]


def _capitals(word: str) -> str:
    """Where a word has capitals."""
    kinds = {"none": str.lower, "first": str.capitalize, "all": str.upper}
    return next((kind for kind, made in kinds.items() if made(word) == word), "inside")


def _exchanged(word: str) -> Iterator[str]:
    """``word`` with two neighbouring letters exchanged."""
    return (word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(1, len(word) - 1))


def _slips(word: str, another: int) -> Iterator[str]:
    """The words that ``word`` may be mistyped for, from ``another`` letters on with one of them for another; where letters are
    equal, also itself."""
    inner = range(1, len(word))
    yield from _exchanged(word)
    if len(word) >= _SHORTEST:
        yield from (word[:at] + word[at + 1 :] for at in inner)
        yield from (word[:at] + letter + word[at:] for at in (*inner, len(word)) for letter in _LETTERS)
    if len(word) >= another:
        yield from (word[:at] + letter + word[at + 1 :] for at in inner for letter in _LETTERS)


def _written(word: str, snapshot: Snapshot) -> Iterator[str]:
    """A folded word as articles write it, wherever it stands itself, and not only another form of it."""
    passages = snapshot.passages(id_ for id_, _ in snapshot.lexical([word], _READ))
    articles = snapshot.articles({passage.document for passage in passages})
    texts = [passage.span.of(articles[passage.document].text) for passage in passages]
    texts += [article.title or "" for article in articles.values()]
    return (written for text in texts for written in _WORD.findall(text) if fold(written) == word)
