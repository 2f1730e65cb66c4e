"""Who holds an office: what a description says somebody is, of what and where, and whom articles call so.

Owns the words of offices, which of them mean the same, and when what articles call somebody fits or contradicts a description.
Refuses to know names: when two are one person is for `qa.people` to tell. Pure.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from itertools import chain

from index.countries import COUNTRIES, as_word, countries, renamed
from index.letters import fold
from qa import people
from qa.forms import ROLES

_WORD = re.compile(r"[^\W_]+(?:[-'][^\W_]+)*")


# Words by which articles call the same office. Those by which they call the same country are `index.countries`'s.
_ALIKE = (
    "spokesman spokeswoman spokesperson", "chairman chairwoman chair chairperson", "governor gov", "senator sen",
    "congressman congresswoman representative rep", "adviser advisor", "lawyer attorney", "former ex onetime",
    "gunman shooter suspect attacker assailant", "head chief boss", "africa african", "europe european",
)  # fmt: skip
_OFFICE = {word: group.split()[0] for group in _ALIKE for word in group.split()}
# Of these words those that say what is held.
_HELD = frozenset(_OFFICE.get(role, role) for role in (*ROLES, *people.KIN, "mate", "attorney-general"))
_CALLED = {group.split()[0]: tuple(group.split()) for group in _ALIKE} | {
    "ceo": ("ceo", "executive"), "fed": ("fed", "federal reserve"), "mate": ("running mate",),
    "attorney-general": ("attorney general",), "envoy": ("envoy", "special representative"),
}  # fmt: skip
_COUNTRIES = {
    as_word(country): tuple(w for w, c in COUNTRIES.items() if c == country) for country in COUNTRIES.values()
}
_LONG_FORMS = (
    (re.compile(r"\battorneys? general\b"), "attorney-general"),  # nobody's lawyer
    (re.compile(r"\bchief executive(?: officer)?\b"), "ceo"),
    (re.compile(r"\bfederal reserve(?: board)?\b"), "fed"),
    (re.compile(r"\bvice[- ]presidential (?:nominee|candidate|pick)\b|\brunning mate\b"), "mate"),
    (re.compile(r"\bex-"), "former "),
    (re.compile(r"\bco-(?=(?:owner|founder|author|chair|host|leader|director|president)s?\b)"), ""),
    (re.compile(r"\bspecial representative\b"), "envoy"),
)
_ANY_POST = frozenset(("head", "leader", "official"))
_HEAD_OF = re.compile(
    r"(?:the )?(?:(?:head|boss|chief) of (?P<of>.+)|(?P<whose>.+?)(?:['’]s)? (?:head|boss|chief))", re.IGNORECASE
)
_HEADS = ("chief executive", "director", "director-general", "president", "chairman", "secretary-general")
# Who is sent somewhere, and where: "Russia's ambassador to Britain" is no British one.
_SENT = re.compile(r"\b(?:ambassador|envoy|representative|delegate|emissary|consul)s?\b.*? (?:to|in|at) (.*)")
_SENT_BY_NAME = re.compile(r"\b(un|nato|eu|osce|united nations|european union) (?:ambassador|envoy|representative)\b")
_SENT_TO = {"un": "un", "united nations": "un", "nato": "nato", "eu": "eu", "european union": "eu", "osce": "osce"}
_UNTOLD = 0.6  # whose country nobody tells is meant less surely than any who is asked about has to be
_FILLING = frozenset("the of to a an in for and at mr mrs ms".split())


def offices(text: str) -> list[str]:
    """The words of a description or of a mention, those that are one office or country spelt alike.

    >>> offices("Mexico's ex-president"), offices("former Mexican President Poe")
    (['mexico', 'former', 'president'], ['former', 'mexico', 'president', 'poe'])
    >>> offices("the South Korean president"), offices("the U.S. president")
    (['south-korea', 'president'], ['united-states', 'president'])
    """
    folded = renamed(fold(text), as_word)
    for long, short in _LONG_FORMS:
        folded = long.sub(short, folded)
    words = (re.sub(r"'s?$", "", word) for word in _WORD.findall(folded))
    return [_OFFICE.get(word, word) for word in words if word not in _FILLING]


def posts(words: Iterable[str]) -> frozenset[str]:
    """Of the words of a description those that say what is held: "spokesman", and not whose; nor "chief", as anybody may be
    called who heads something.

    >>> sorted(posts(offices("Boris Johnson's spokesman"))), sorted(posts(offices("Connecticut's tax chief")))
    (['spokesman'], [])
    """
    return _HELD.intersection(words) - _ANY_POST


def agrees(asked: str, name: str, mentions: Collection[str]) -> float:
    """How far somebody may be who is ``asked`` about who goes by ``name``, and whom articles call by ``mentions``: 0 if he is
    known to be of other countries, or to be sent to others, or where a former one is asked about and nothing tells that he is;
    less than 1 where a country is asked for and nothing tells of which he is.

    >>> agrees("the Norwegian president", "Ann Poe", ["Danish President Ann Poe"])
    0.0
    >>> agrees("Norway's ambassador", "Ann Poe", ["Danish ambassador to Norway Ann Poe"])
    0.0
    >>> agrees("the Norwegian president", "Ann Poe", ["Norwegian President Ann Poe"])
    1.0
    """
    if "former" in offices(asked) and not any("former" in offices(mention) for mention in mentions):
        return 0.0
    words = fold(name).split()
    own: Collection[str] = ()
    if people.is_person(name):  # Jordan Poe is of no country; "Norway Ann Poe" is
        own = COUNTRIES.keys() & words[1 if len(words) > 2 else 0 :]
    told: dict[bool, list[tuple[frozenset[str], frozenset[str]]]] = {True: [], False: []}
    for mention in (name, *mentions):
        held = fold(mention).split()
        told[words[-1] in held].append(_whose(" ".join(word for word in held if word not in own)))
    sure = 1.0
    for number, wanted in enumerate(_whose(fold(asked))):
        # what stands beside the name is sure; without it, whom it means was told from what the article said before
        known = _all(told[True], number) or _all(told[False], number)
        if wanted and known and wanted.isdisjoint(known):
            return 0.0
        sure *= _UNTOLD if wanted and not known else 1.0
    return sure


def _all(told: Iterable[tuple[frozenset[str], frozenset[str]]], number: int) -> frozenset[str]:
    return frozenset(chain.from_iterable(each[number] for each in told))


def _whose(described: str) -> tuple[frozenset[str], frozenset[str]]:
    """Which countries a folded description is of, and to which one it says somebody is sent."""
    sent = _SENT.search(described)
    of = described[: sent.start(1)] if sent else described
    if sent is None:
        return countries(of), frozenset(_SENT_TO[body] for body in _SENT_BY_NAME.findall(of))
    return countries(of), countries(sent[1]) | {
        body for name, body in _SENT_TO.items() if re.search(rf"\b{name}\b", sent[1])
    }


def titles_of_head(asked: str) -> list[str]:
    """What the head of something may be called instead.

    >>> titles_of_head("the head of the WHO")[:2]
    ['chief executive of the WHO', 'director of the WHO']
    """
    headed = _HEAD_OF.fullmatch(asked)
    return [f"{title} of {headed['of'] or headed['whose']}" for title in _HEADS] if headed else []


def called(office: str) -> tuple[str, ...]:
    """The words, or phrases, by which articles call what `offices` spells so."""
    return _CALLED.get(office) or _COUNTRIES.get(office) or (office,)


# Capitals in a row, which may end with a name: "Treasury Secretary Ann B. Poe".
_CAPITALS = re.compile(
    r"[A-Z][\w.'’-]*(?: (?:[A-Z][\w.'’-]*|al|bin|de|del|der|di|la|le|van|von)(?= [A-Z]))* [A-Z][\w'’-]*\w"
)
_CAPITAL_RUN = re.compile(rf"{_CAPITALS.pattern}|[A-Z][\w'’-]*\w")
_SENTENCES = re.compile(
    r"\n+|(?<=[a-z0-9)\"”’][.!?])[\"”’]?\s+(?=[A-Z\"“‘])(?<!\b(?:Mr|Ms|Dr|St)\.\s)(?<!\b(?:Mrs|Sen|Rep|Gov)\.\s)"
)
# Whose somebody is, or of what, in capitals: "Target's chief executive", "the head of the WHO". And what follows a name.
_OF_WHOM = re.compile(
    r"((?:[A-Z][\w.-]* )*[A-Z][\w.-]*)['’]s\b|\b(?:of|for|at|in) (?:the )?([A-Z][\w.'’-]*(?: [A-Z][\w.'’-]*)*)"
)
_NEXT = re.compile(r"(?:['’]s?)?(?: [\w-]+){0,2}")
_CAPITAL_WORD = re.compile(r"\b[A-Z][\w.'’-]*")
# Last words of places of two words: New York holds no office.
_PLACES = frozenset(
    """york jersey carolina dakota hampshire virginia mexico orleans angeles francisco diego vegas kong zealand africa korea
        arabia states kingdom city county street""".split()
)
_NO_ACRONYMS = frozenset(("who", "it"))  # but where they are written in capitals
_BESIDE = 8  # words between an office and who holds it
_WORDS = re.compile(rf"(?:\W*\w[\w'’-]*){{1,{_BESIDE}}}")
_TITLE = 40  # code points before a name that hold a title of a country: "Ukrainian President"
_POSTS = "|".join(sorted((*ROLES, "president", "minister"), key=len, reverse=True))
# An office with the name of who holds it: "Prime Minister of Norway Ann Poe". And who serves somebody: "aide to the president".
_TITLED = re.compile(
    rf"\b(?P<post>(?i:{_POSTS}))(?: (?:of|for|to|at) (?:the )?(?:[A-Z][\w-]+ )*?[A-Z][\w-]+)?"
    r" (?P<name>[A-Z][\w.-]+ [A-Z][\w-]+)\b(?! [A-Z])"
)
_HIS_MAN = re.compile(
    r"\b(?P<man>aide|advis[eo]r|assistant|spokes\w+|deputy|letter|counsel)s? (?:to|of|for) (?:the )?(?=\w)",
    re.IGNORECASE,
)
_SON_OF = re.compile(
    rf"\b(?:{'|'.join(sorted(people.KIN))}) of [\w .-]+['’]s ", re.IGNORECASE
)  # "the mother of Roe's son"


def introduced(
    asked: str, texts: Sequence[str], names: Collection[str], articles: Sequence[str] = ()
) -> dict[str, float]:
    """Those of ``names`` whom sentences of ``texts`` put beside the office in ``asked``, with how often and how near; each text
    holds all that is asked, the sentence itself counting more. Of ``articles``, one for each text, those that hold but one name
    that ends with a surname tell whose it is.

    >>> introduced("Rivertown's mayor", ["Ann Poe, the mayor of Rivertown, said so to John Hill."], {"Ann Poe", "John Hill"})
    {'Ann Poe': 1.0, 'John Hill': 0.25}
    """
    wanted, whose = frozenset(offices(asked)), _capitalised(" ".join(filter(None, chain(*_OF_WHOM.findall(asked)))))
    held = wanted & _HELD or frozenset(offices(people.described(asked))[-1:])
    lands = {as_word(land) for land in countries(fold(asked))}
    found: dict[str, float] = {}
    for number, text in enumerate(texts if held else ()):
        if not (wanted <= set(offices(text)) and whose <= _capitalised(text)):
            continue
        # where others are named too, of which country an office is has to stand beside it
        abroad = bool(lands) and len(countries(fold(text))) > len(lands)
        for sentence in _SENTENCES.split(_WRAPPED.sub(" ", text)):
            if not whose <= _capitalised(sentence) or held.isdisjoint(offices(sentence)):
                continue
            runs = list((_CAPITAL_RUN if articles else _CAPITALS).finditer(sentence))
            # "said that Hill told lawyer Ann Poe": the office is hers and not his, whoever she is
            titled = [run for run in runs if held.intersection(offices(_last_word(sentence[: run.start()])))]
            for capitals in titled or runs:
                words = capitals.group().split()
                name = next((n for i in range(len(words) - 1) if (n := " ".join(words[i:])) in names), None)
                name = name or (_in_full(words[-1], articles[number], names) if articles else None)
                if name is None:
                    continue
                person = name.rpartition(" ")[0] if people.junior(name) else name
                if not people.is_person(person) or fold(person).split()[-1] in _PLACES:
                    continue
                own = set(offices(name))
                others = offices(f"{sentence[: capitals.start()]} {sentence[capitals.end() :]}")
                if own <= wanted or not own & wanted <= set(others):  # nobody is his own husband, or lawyer
                    continue
                following = _NEXT.match(sentence, capitals.end())
                if following and not held.isdisjoint(offices(following.group())):
                    continue  # "Port Ellery council leader Ann Poe"
                start = capitals.end() - (len(name) if capitals.group().endswith(name) else len(words[-1]))
                before, after = _nearest(sentence[:start][::-1])[::-1], _nearest(sentence[capitals.end() :])
                sides = [(side, offices(side)[:: -1 if side is before else 1]) for side in (before, after)]
                there = {word for _, words in sides for word in words}
                if (lands - there and abroad) or (whose and not lands and countries(fold(before[-_TITLE:]))):
                    continue  # of the council: not "Ukrainian President Ann Poe"
                places = [
                    at - beside[:at].count("former")
                    for side, beside in sides
                    for at, word in enumerate(beside)
                    if word in held
                    and not _of_another(side, wanted, held)
                    and agrees(asked, name, [f"{side} {name}"]) > 0
                ]
                # by his surname, which others may bear: surely so, or not at all
                alone = not capitals.group().endswith(name)
                if places and not (alone and (min(places) > 0 or not wanted <= there)):
                    sure = 0.5 if "former" in there - wanted else 1.0
                    found[name] = found.get(name, 0.0) + sure * (1.0 if wanted <= there else 0.5) / (1 + min(places))
    return found


# Who is whose is told by a name beside: "Poe's mother, Ann", "Ann Poe, a lawyer for Roe", "the lawyer for Roe, Ann Poe".
_OWNING = re.compile(r"(?P<own>[^\s,“”\"]+(?: [^\s,“”\"]+)*?)['’]s? (?:[\w-]+ ){0,2}$")
_HIS = re.compile(r"\b(?:his|her|their) (?:[\w-]+ ){0,2}$", re.IGNORECASE)
_FOR_HIM = re.compile(
    r" (?:of|for|to) (?:the )?(?P<own>(?:[A-Z](?:[\w-]*\w|\.) )*(?:[JS]r\.|[A-Z][\w-]*\w|[a-z-]+))(?!['’\w])"
)
_SO_CALLED = re.compile(r"(?:,| is| was|, who is|, who was),? (?:an?|the|one of) (?:[\w-]+ ){0,2}$|, (?:[\w-]+ ){0,2}$")
# "Her son, Tim Roe": of the mother, whom the text told of last.
_CHILD = re.compile(r"\b([Hh]is|[Hh]er)(?: [\w-]+){0,2} (?:son|daughter),? ")
_PARENTS = {"her": ("mother", "parent"), "his": ("father", "parent")}
_PARENTS |= {whose.capitalize(): parents for whose, parents in _PARENTS.items()}
# A name of any length, with what it is called by in quotation marks: "Tim “Timmy” Roe".
_RUN = re.compile(
    r"[^\W\d_a-z][\w.'’-]*(?: (?:[“\"]\w+[”\"] )?(?:(?:al|bin|de|del|der|di|la|le|van|von) )?[^\W\d_a-z][\w.'’-]*)*"
)
_WRAPPED = re.compile(r"(?<!\n)\n(?!\n)")  # a line's end inside a paragraph
_NICKNAME = re.compile(r"[“\"]\w+[”\"] ")
# Words that begin a sentence, before a name and no part of it.
_OPENING = frozenset("when after as while but and in for if since the that before though".split())
_FAR = 100  # code points that hold a name and what leads to it
_LONGEST = 5  # words of a name


def belonging(owner: str, post: str, texts: Sequence[tuple[str, str]], names: Collection[str]) -> dict[str, int]:
    """Those of ``names`` whom sentences call the ``post`` of ``owner``, with how often: his mother, lawyer or attacker. Each of
    ``texts`` comes with all of its article, which has to hold all of his name: in the sentence any part of it will do.

    >>> text = "Jim Poe, Ann's father, left with Poe's lawyer, Tom Roe."
    >>> belonging("Ann Poe", "father", [(text, "Ann Poe went. " + text)], {"Jim Poe", "Tom Roe"})
    {'Jim Poe': 1}
    """
    holds, telling = _held_as(post), dict[str, bool]()
    found: Counter[str] = Counter()
    for text, article in texts:
        if not holds.search(text) and not _CHILD.search(text):
            continue
        start = article.find(text)
        end, whole = start + len(text), _WRAPPED.sub(" ", article)
        named = [_holding(whole, match, owner, names) for match in holds.finditer(whole, start, end)]
        children = (match for match in _CHILD.finditer(whole, start, end) if post in _PARENTS[match[1]])
        named += [_parent(whole, match, owner, names) for match in children]
        if any(named) and article not in telling:  # whoever is told of in few articles stands beside many a father
            telling[article] = holds_name(article, owner)
        found.update(named if telling.get(article) else ())
    return {name: often for name, often in found.items() if name and not _is_his(name, owner)}


def called_his(mention: str, owner: str, post: str) -> bool:
    """Whether a mention calls somebody the ``post`` of ``owner``, by any part of his name.

    >>> called_his("Poe’s mother", "Ann Poe", "mother"), called_his("Jill Poe’s mother", "Ann Poe", "mother")
    (True, False)
    """
    word = _held_as(post).search(mention)
    owning = _OWNING.search(mention[: word.start()]) if word else None
    return bool(owning and _ending(owning["own"], owner))


def _held_as(post: str) -> re.Pattern[str]:
    """A word, or words, by which articles call a post; an attorney general is nobody's attorney."""
    forms = "|".join(map(re.escape, called(_OFFICE.get(post, post))))
    return re.compile(rf"\b(?:{forms})\b(?! general\b)", re.IGNORECASE)


def holds_name(article: str, owner: str) -> bool:
    """Whether an article holds all of somebody's name, in any order."""
    return set(_alike(owner)) - people.SUFFIXES <= set(_alike(article))


def _alike(text: str) -> list[str]:
    """The words of ``text``, folded, those of one meaning spelt alike."""
    return [_OFFICE.get(word, word) for word in _WORD.findall(_NICKNAME.sub("", re.sub(r"['’]s\b|\.", "", fold(text))))]


def _holding(text: str, word: re.Match[str], owner: str, names: Collection[str]) -> str:
    """Who holds a post of ``owner`` where its ``word`` stands; empty where it is another's, or nobody is named beside it."""
    before, after = text[max(0, word.start() - 3 * _FAR) : word.start()], text[word.end() : word.end() + _FAR]
    owning, his, of = _OWNING.search(before[-_FAR:]), _HIS.search(before), _FOR_HIM.match(after)
    own = _ending(owning["own"], owner) if owning else 0
    if owning and own:
        ahead, left = before[-_FAR:][: owning.end("own") - own], after
    elif his and _is_his(_last_named(before[: his.start()], owner), owner):
        ahead, left = before[: his.start()], after
    elif of and _is_his(of["own"], owner):
        so_called = _SO_CALLED.search(before)
        ahead, left = f"{before[: so_called.start()]}, " if so_called else "", after[of.end() :]
    else:
        return ""
    beside = re.match(r",? ", left)
    introduced = re.search(r", (?:who (?:is|was) )?(?:the )?$", ahead)
    return (_named(left[beside.end() :], names, beside.group() == " ") if beside else "") or (
        _named_last(ahead[: introduced.start()], names) if introduced else ""
    )


def _parent(text: str, child: re.Match[str], owner: str, names: Collection[str]) -> str:
    """Of whom it was told last where ``owner`` is called "her son"."""
    called = _RUN.match(text, child.end())
    last = _last_named(text[max(0, child.start() - 3 * _FAR) : child.start()], owner)
    return last if called and last in names and _is_his(called.group(), owner) else ""


def _is_his(name: str, owner: str) -> bool:
    """Whether ``name`` may be a part of the name of ``owner``; a son's "Jr." is one that may not be left out."""
    words, own = people.bare(_NICKNAME.sub("", name)) if name else (), _alike(owner)
    if (
        not words
        or not {_OFFICE.get(word, word) for word in words} <= set(own)
        or people.junior(name) != people.junior(owner)
    ):
        return False
    named = people.is_person(owner) or (
        owner.islower() and name[0].isupper()
    )  # of whom one types in small letters, too
    return named or _OFFICE.get(words[-1], words[-1]) == own[-1]


def _ending(text: str, owner: str) -> int:
    """How many code points at the end of ``text`` are a part of the name of ``owner``, as long as can be; 0 where none are, or
    where it goes on as another's."""
    words = text.split(" ")
    tails = (" ".join(words[at:]) for at in range(max(0, len(words) - len(owner.split()) - 1), len(words)))
    longest = next((tail for tail in tails if _is_his(tail, owner)), "")
    ahead = text[: len(text) - len(longest)].rstrip().rpartition(" ")[2]
    stranger = _RUN.fullmatch(ahead) and fold(ahead) not in _OPENING and not _is_his(f"{ahead} {longest}", owner)
    return 0 if stranger else len(longest)  # "President Poe" may be he, "Jill Poe" is not


def _named(text: str, names: Collection[str], beside: bool) -> str:
    """Which of ``names``, all of it, ``text`` begins with; one word only ``beside`` what he is. Empty where it is none."""
    run = _RUN.match(text)
    words = run.group().split() if run else []
    ends = [count for count in range(len(words), 0, -1) if count == len(words) or words[count - 1].endswith(".")]
    parts = (re.sub(r"['’]s?$", "", " ".join(words[:count])) for count in ends if beside or count > 1)
    return next((part for each in parts for part in (each, each.rstrip(".")) if part in names), "")


def _named_last(text: str, names: Collection[str]) -> str:
    """Which of ``names``, two words or more and all of it, ``text`` ends with; empty where it is none."""
    words = text.split()[-_LONGEST:]
    parts = (" ".join(words[at:]).lstrip('“"(') for at in range(len(words) - 1))
    return next(
        (part for each in parts for part in (each, each.rstrip(".")) if part in names and people.is_person(part)), ""
    )


def _last_named(text: str, owner: str) -> str:
    """The last name of a person in ``text``, given and family name, or a part of that of ``owner``; empty where it has none."""
    runs = (run.group().rstrip(".,") for run in _RUN.finditer(text))
    return next((run for run in reversed(list(runs)) if people.is_person(run) or _is_his(run, owner)), "")


def which(question: str) -> str:
    """Of which people a question asks which it was: "which law professor called it safe"; empty where of none of an office.

    >>> which("Which law professor called the mayor's plan safe?"), which("Which plan did the mayor call safe?")
    ('law professor', '')
    """
    match = re.match(
        r"(?:which|what) (?P<them>(?:(?!(?:did|does|do|the|is|was|has) )[\w'’-]+ ){1,4})", question, re.IGNORECASE
    )
    words = match["them"].split() if match else []
    held = [not _HELD.isdisjoint(offices(word)) or fold(word) == "general" for word in words]
    if not any(held):
        return ""
    first = held.index(True)
    return " ".join(words[: held.index(False, first) if False in held[first:] else len(words)])


def is_called(name: str, office: str, article: str) -> bool:
    """Whether an article puts an office beside a name, all of it or a surname: "Ann Poe, a law professor in Tarn".

    >>> is_called("Ann Poe", "law professor", "Poe, who is a law professor, slept. Jim Roe did not.")
    True
    """
    wanted = set(offices(office))
    for at in re.finditer(rf"\b{re.escape(name.rsplit(maxsplit=1)[-1])}\b(?!['’]s)", article):
        before = _nearest(article[max(0, at.start() - _FAR) : at.start()][::-1])[::-1]
        after = _nearest(article[at.end() : at.end() + _FAR])
        if any(wanted <= set(offices(side)) for side in (_SENTENCES.split(before)[-1], _SENTENCES.split(after)[0])):
            return True
    return False


def around(office: str, article: str) -> str:
    """What stands around the words of an office in an article: all that `is_called` need look at."""
    forms = "|".join(map(re.escape, called(offices(office)[-1])))
    places = re.finditer(rf"\b(?:{forms})", article, re.IGNORECASE)
    return "\n\n".join(article[max(0, at.start() - 2 * _FAR) : at.end() + 2 * _FAR] for at in places)


def stands_with(name: str, asked: str, text: str) -> bool:
    """Whether a text holds a name, and all words with a capital of a description."""
    return name in text and _capitalised(asked) <= _capitalised(text)


_BEFORE_SURNAME = re.compile(r"(?:\b[A-Z][\w.-]* ){1,3}$")


def _in_full(surname: str, article: str, names: Collection[str]) -> str | None:
    """The only one of ``names``, in full, that an article gives for a surname; None where there are none, or several."""
    ended: set[str] = set()
    for at in re.finditer(rf"\b{re.escape(surname)}\b", article):
        if before := _BEFORE_SURNAME.search(article[max(0, at.start() - _FAR) : at.start()]):
            ended.add(before.group() + surname)
    full = {
        next((n for i in range(len(w) - 1) if (n := " ".join(w[i:])) in names), None) for w in map(str.split, ended)
    }
    found = full - {None}
    return found.pop() if len(found) == 1 else None


def _nearest(text: str) -> str:
    """The first `_BESIDE` words of ``text``, and what is between them."""
    match = _WORDS.match(text)
    return match.group() if match else ""


def _of_another(side: str, wanted: frozenset[str], held: frozenset[str]) -> bool:
    """Whether the office beside a name is another's: "met the president of Norway Ann Poe", "an aide to the president"."""
    titled = (match["name"] for match in _TITLED.finditer(side) if not held.isdisjoint(offices(match["post"])))
    if _SON_OF.search(side):
        return True
    serves = (offices(match["man"]) for match in _HIS_MAN.finditer(side))
    return any(held.isdisjoint(man) for man in serves) or any(
        people.is_person(name) and wanted.isdisjoint(offices(name)) for name in titled
    )


def _last_word(before: str) -> str:
    return before.rstrip(" ,").rpartition(" ")[2]


def _capitalised(text: str) -> frozenset[str]:
    """The words of a description, or of a text, that are written with a capital: the WHO is not "who"."""
    found: set[str] = set()
    for word in _CAPITAL_WORD.findall(text):
        found |= {word} if word.isupper() and fold(word) in _NO_ACRONYMS else set(offices(word))
    return frozenset(found)
