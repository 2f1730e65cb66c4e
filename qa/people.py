"""The name in a question -> the speakers of a corpus it may mean, each with a weight.

Owns when two spellings are one person ("Lavrov", "Sergey Lavrov", "Sergei Lavrov") and when they are two (Bill and Hillary
Clinton). Pure: the corpus's speakers are handed in. A name it cannot place costs the boost, nothing else.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from functools import cached_property, lru_cache
from itertools import islice

from index.countries import COUNTRIES
from index.letters import fold
from qa.forms import ROLES
from qa.wording import ranked

# What stands before a name and says whose somebody is, and not what he is: of "Russian officials" it is a part.
_WHOSE = frozenset(
    """former ex the a an of state house republican democrat democratic russian american british french german chinese syrian
        iranian turkish israeli ukrainian us uk un""".split()
)
# All words before a name that are no part of it. Roles are matched elsewhere, by how articles write them.
_TITLES = _WHOSE | frozenset(
    """mr mrs ms miss dr fm pm mp sir dame lord lady prof professor sen senator senators rep representative reps gov governor
        president vice prime minister foreign defense defence finance interior secretary attorney general chairman
        chairwoman chair judge justice mayor king queen prince princess pope chief executive officer director
        spokesman spokeswoman spokesperson and for speaker homeland security treasury police press candidate nominee
        congressman congresswoman lt col gen capt sgt retired ceo founder leader deputy ambassador commissioner
        aide""".split()
)
# Of these the ones that are surnames: Jim Justice, Kim Jong Un.
_SURNAMES = frozenset("king prince pope judge justice lord house french un us".split())
# Last words of organisations, or before "of". Their names are no surnames, though "State" and "House" are titles elsewhere.
_BODIES = frozenset(
    """department ministry house office senate committee council agency bank court commission parliament bureau university
        institute board administration fund""".split()
)
_OF_PERSONS = frozenset("mr mrs ms miss dr sir sen rep gov prof".split())
_ARTICLES = frozenset("the a an".split())
_NO_BODY = _ARTICLES | {"us"}  # what is no part of an organisation's name
_LINKS = frozenset("of for and".split())
SUFFIXES = frozenset(["jr", "sr", "ii", "iii", "iv"])
_GIVEN = {
    "bill": "william", "billy": "william", "will": "william", "bob": "robert", "rob": "robert", "bobby": "robert",
    "jim": "james", "jimmy": "james", "joe": "joseph", "mike": "michael", "tom": "thomas", "tim": "timothy",
    "steve": "steven", "stephen": "steven", "dan": "daniel", "danny": "daniel", "josh": "joshua", "chuck": "charles",
    "charlie": "charles", "larry": "lawrence", "ted": "edward", "ed": "edward", "dick": "richard", "rick": "richard",
    "tony": "anthony", "liz": "elizabeth", "beth": "elizabeth", "kate": "katherine", "bernie": "bernard",
    "don": "donald", "ron": "ronald", "ken": "kenneth", "jeff": "jeffrey", "greg": "gregory", "andy": "andrew",
    "matt": "matthew", "nick": "nicholas", "al": "albert", "alex": "alexander", "ben": "benjamin", "sam": "samuel",
    "pat": "patrick", "fred": "frederick", "dave": "david", "chris": "christopher", "len": "leonard", "jon": "jonathan",
}  # fmt: skip
_WORD = re.compile(r"[^\W_]+(?:[-'][^\W_]+)*")
_PIECE = re.compile(r"\w+")
_REST = r"[^\W_]*(?:[-'][^\W_]+)*"  # of a word after its first letter
# Two spellings of one surname: one letter in six may differ. "Ushakov"/"Usakov" pass, "Kerry"/"Perry" must not, so the
# first letter has to agree.
_TYPO = 0.83
_TYPO_LENGTH = 5
_TYPO_OF_TWO = 7  # letters of a name that two may be missing in: "Kelin" is not meant to be "Kremlin"
_ONE_PERSON = 0.8
_OTHER = 0.9  # what a "Jr." counts for where none was asked about
# What a person's name looks like: two or more capitalised words; a surname alone may follow titles.
_PERSON = re.compile(r"^(?:[A-Z][\w.'’-]*\s+)+(?:(?:al|bin|de|del|der|di|la|le|van|von)[ -])*[A-Z][\w'’.-]+$")
# And one that ends what somebody is called by: "a letter from Ann Poe".
_FULL = re.compile(_PERSON.pattern.removeprefix("^"))
_SURNAME = re.compile(r"^(?:[A-Z][\w.'’-]*\s+)*[A-Z][\w'’-]+$")
_ACRONYM = re.compile(r"^[A-Z]{3,6}$")
_ORGANISATION = frozenset(
    """department ministry party university times post house senate committee council agency office union bank fund court
    force forces army navy news television network institute association federation foundation commission authority company
    inc corp ltd group campaign administration government kremlin pentagon church club league board bureau centre center
    hospital school schools college society nations museum airport international public app index photo photos iii
    organization organisation""".split()
)
_MANY = _ORGANISATION | frozenset(
    """republicans democrats officials leaders lawmakers senators diplomats troops soldiers media military""".split()
)
# A surname that so many bear is a common word ("photos", "officials"): comparing all with all would cost more than it tells.
_FAMILY = 100
# Words that are looked for in all names at once, a third of a millisecond each where 16,000 speak, before the names are taken
# apart: as long as that takes.
_PATIENCE = 100
# So few names are compared one by one.
_FEW = 64
_SEVERAL = 8  # people asked about at once, of a screen that has room for one or two results of each
MERGED = 2_000  # names of which spellings are put together: the most frequent, beyond which each was heard a few times
_TOGETHER = re.compile(r"\s*,\s*(?:and\s+)?|\s*&\s*|\s+(?:and|or|vs\.?|versus|with|to)\s+(?:the\s+)?", re.IGNORECASE)
# Whose son somebody is tells who he is as an office does; alone it may be a surname.
KIN = frozenset("son daughter brother sister father mother".split())
# The same of others who are somebody's; whoever is one of them is nobody's but his.
_SPOUSES = frozenset(
    "husband wife widow widower girlfriend boyfriend fiance fiancee partner uncle aunt cousin nephew niece".split()
)
# "The mother of the boy", "a lawyer for Ann Poe".
_MAN_OF = re.compile(r"(?:the )?(?:[a-z-]+ )?(?P<post>[a-z-]+) (?:of|for|to) (?P<owner>.+)")
# "A nurse at Tarn Hospital" is described as one of many.
_ONE_OF = re.compile(
    r"(?:an?|one) (?P<what>[a-z][\w-]*(?: [a-z][\w-]*){0,3}?) (?:at|of|for|in|from|with) (?:the )?[A-Z]"
)
# What ends with a role, or begins with one, names nobody: "White House press secretary", "Roe's spokesman", "head of the bank".
_ROLE_OF = re.compile(
    rf"(?:the |former |ex-|then-)*(?:[\w-]+ )?(?:(?:{'|'.join(sorted(ROLES | KIN))}) (?:of|at|for|in)|"
    r"(?:ambassador|envoy|representative) to)\b"
    r"(?! (?:state|staff|defen[cs]e) \w)"  # "Secretary of State Roe"
)
# The last of them before a name begins the name: "Texas Senator Cruz", "Roe spokeswoman Ann Poe".
_ROLE_BEFORE = re.compile(rf"^.*\b(?:{'|'.join(sorted(ROLES))}|sen|rep|gov|mr|mrs|ms)\b\.? +(?=[^\W\d])", re.IGNORECASE)
# "actor Howard": what is not capitalised before a name that is.
_DESCRIBED = re.compile(r"^(?:[a-z][\w-]* +)+(?=[A-Z]\w*[a-z])")
# What somebody else does who is named by whom he is with: "a spokesman for Roe", "critics of Roe", "Poe and Roe".
_ANOTHER = re.compile(r"\b(?:of|for|to|on|and|or|with|in|by|about|against)\b|['’]s\b")
_NAMED_BY = 0.7
_HALF = 0.8  # half of a double surname that nobody bears alone: as sure as a surname where the given name was asked for
# "Apple's Tim Cook", "Pagliano's lawyer": whose he is, before who he is.
_POSSESSED = re.compile(r"^.*\w['’]s?\s+")


class Names(tuple[str, ...]):
    """The names of a corpus, equal to nothing but themselves: to compare as many one by one takes as long as to find one."""

    __slots__ = ()
    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        return self is other


def match(asked: str, names: Iterable[str]) -> dict[str, float]:
    """Which of ``names`` the name ``asked`` may mean, with a weight in (0, 1]. Nothing for what is no name but a description.

    >>> match("Lavrov", ["Sergei Lavrov", "Kofi Annan"])
    {'Sergei Lavrov': 1.0}
    >>> match("Bill Clinton", ["Hillary Clinton", "Clinton"])
    {'Clinton': 0.8}
    >>> match("Stein's spokeswoman", ["Jill Stein"])
    {}
    """
    asked = _POSSESSED.sub("", asked) if _names_somebody(asked) else asked
    names = names if isinstance(names, Names) else tuple(names)
    asked = _holder(asked, names) if is_role(asked) else asked
    if _POSSESSED.match(asked) or not asked:
        return {}
    whole = bare(asked)
    wanted = whole if _is_body(whole) else bare(_DESCRIBED.sub("", _ROLE_BEFORE.sub("", asked)))
    if not wanted:
        return {}
    alike = tuple(_alike(wanted, names))
    weights = {name: weight for name in alike if (weight := _same(wanted, name))}
    if _is_body(wanted):  # "a White House spokesperson"
        own = f" {' '.join(wanted)} "
        unnamed = (name for name in alike if name[0].islower() and own in f" {' '.join(_WORD.findall(fold(name)))} ")
        weights |= {name: _NAMED_BY for name in unnamed if name not in weights}
    weights = weights or {name: _HALF for name in alike if _by_half(wanted, bare(name))}
    for name in weights:
        if _ANOTHER.search(name) and bare(name) != wanted and not _is_body(bare(name)):
            weights[name] *= _NAMED_BY
    if junior(asked) and any(map(junior, weights)):
        same = {name for name in weights if _generation(name) == _generation(asked)}
        weights = {name: weight for name, weight in weights.items() if name in same or len(bare(name)) == 1}
    elif len(wanted) > 1:  # outlets write one man with "Jr." and without it; a father and his son are two
        weights = {name: weight * (_OTHER if junior(name) else 1.0) for name, weight in weights.items()}
    return weights or {
        name: weight for name in _beginning_alike(wanted, names) if (weight := _misspelt(wanted, bare(name)))
    }


def prepare(names: Names) -> None:
    """Takes ``names`` apart now, where they are many, and not after some have been looked for."""
    if len(names) >= _FEW:
        for lines in (_listed(names).folded, _listed(names).keyed):
            lines.prepare()


def _holder(asked: str, names: tuple[str, ...]) -> str:
    """Who holds the office, where one of ``names`` follows it: "prime minister of Norway Ann Poe"; else nothing."""
    run = _FULL.search(asked)
    words = run.group().split() if run else []
    tails = (words[at:] for at in range(1, len(words) - 1))
    return next((name for tail in tails if (name := " ".join(tail)) in names), "")


def _by_half(wanted: tuple[str, ...], there: tuple[str, ...]) -> bool:
    """Whether a double surname is asked for by one of its halves, or without its hyphen: "Cortez" of "Ann Ocasio-Cortez"."""
    halves = there[-1].split("-") if there else []
    if len(halves) < 2 or len(wanted[-1]) <= len("al"):
        return False
    own = wanted[-len(halves) :] if list(wanted[-len(halves) :]) == halves else wanted[-1:]
    given = wanted[: -len(own)]
    return set(own) <= set(halves) and (not given or (len(there) > 1 and _compatible(given[0], there[0])))


def _alike(wanted: tuple[str, ...], names: tuple[str, ...]) -> Iterable[str]:
    """Those of ``names`` that may be `_same` as ``wanted``, and some others, in their order.

    A word, a surname or initials agree, so something of ``wanted`` stands in the name: looked up among the words of all,
    where taking each name apart takes half a second.
    """
    if len(names) < _FEW:
        return names
    listed = _listed(names)
    found = listed.folded.holding(*wanted) | listed.keyed.holding(_key(wanted[-1]))
    if len(wanted) > 1:
        found |= listed.folded.holding(_initials(wanted))
    else:  # it may be initials
        letters = r"[^\n]*?".join(map(re.escape, wanted[0]))
        found |= _numbers(listed.heads, (match.start() for match in re.finditer(letters, listed.heads)))
    return [names[place] for place in sorted(found)]


def _beginning_alike(wanted: tuple[str, ...], names: tuple[str, ...]) -> Iterable[str]:
    """Those of ``names`` that may be `_misspelt` for ``wanted``, and some others, in their order.

    Some word of theirs begins with the same letter and may be mistyped: a name's last one, or any other.
    """
    if len(names) < _FEW:
        return names
    listed, surname = _listed(names).folded, wanted[-1]
    typos = [word for word in listed.beginning(surname[0]) if _mistyped(surname, word)]
    return [names[place] for place in sorted(listed.holding(*typos))]


class _Lines:
    """Lines of text, looked up by the words that stand in them: looked for in all of the text until that has taken as long as
    taking it apart does, so that one question in a fresh process never waits for that."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._searched = 0

    def holding(self, *words: str) -> set[int]:
        """The numbers of the lines in which one of ``words`` stands, between what is no letter and no digit."""
        self._searched += len(words)
        one = self.looked_for if self._searched <= _PATIENCE else self.looked_up
        return set().union(*(one(word) for word in words if word))

    def beginning(self, letter: str) -> Collection[str]:
        """The words that begin with a letter or digit, each once; with their hyphens, without "'s"."""
        self._searched += 1
        if self._searched > _PATIENCE:
            return self._begun.get(letter, ())
        first = re.escape(letter)
        return _words(re.finditer(rf"{first}(?<!\w{first}){_REST}", self.text))

    def prepare(self) -> None:
        """Takes the text apart now."""
        _ = self._held, self._begun  # made when they are asked for
        self._searched = _PATIENCE + 1

    def looked_for(self, word: str) -> set[int]:
        """The numbers of the lines in which ``word`` stands, out of the whole text."""
        # A pattern that begins with its letters is searched for much faster than one that begins with what must not be before.
        places = re.finditer(rf"{re.escape(word)}(?<!\w{re.escape(word)})\b", self.text)
        return _numbers(self.text, (match.start() for match in places))

    def looked_up(self, word: str) -> set[int]:
        """The same, among the words of each line."""
        pieces = _PIECE.findall(word)
        found = set.intersection(*(set(self._held.get(piece, ())) for piece in pieces)) if pieces else set()
        if pieces == [word]:
            return found
        whole = re.compile(rf"(?<!\w){re.escape(word)}\b")
        return {number for number in found if whole.search(self._lines[number])}

    @cached_property
    def _begun(self) -> dict[str, list[str]]:
        """All words by what they begin with."""
        begun: dict[str, list[str]] = defaultdict(list)
        for word in _words(re.finditer(rf"(?<!\w)\w{_REST}", self.text)):
            begun[word[0]].append(word)
        return begun

    @cached_property
    def _lines(self) -> list[str]:
        return self.text.split("\n")

    @cached_property
    def _held(self) -> dict[str, list[int]]:
        held: dict[str, list[int]] = defaultdict(list)
        for number, line in enumerate(self._lines):
            for piece in _PIECE.findall(line):
                held[piece].append(number)
        return held


def _words(found: Iterable[re.Match[str]]) -> set[str]:
    return {match.group().removesuffix("'s") for match in found}


class _Listed:
    """All names, a line each. ``folded``: as `bare` reads them; ``keyed``: by `_key`; ``heads``: the first letters of words."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self._spelt = "\n".join(re.sub(r"[\s_]", " ", fold(name)) for name in names)
        self.folded = _Lines(self._spelt.replace(".", ""))

    @cached_property
    def keyed(self) -> _Lines:
        return _Lines(_key.__wrapped__(self.folded.text))

    @cached_property
    def heads(self) -> str:
        return "".join(re.findall(r"\b\w|\n", self._spelt))


@lru_cache(maxsize=2)
def _listed(names: tuple[str, ...]) -> _Listed:
    """Made once for the names of a corpus."""
    return _Listed(names)


def _numbers(text: str, places: Iterable[int]) -> set[int]:
    """The numbers of the lines of ``text`` at ``places``, which ascend."""
    found: set[int] = set()
    number = before = 0
    for at in places:
        number += text.count("\n", before, at)
        before = at
        found.add(number)
    return found


def several(asked: str, names: Collection[str], *, apart: bool = False) -> tuple[str, ...]:
    """The people of ``asked``, each as it stands there or with the surname they share, where it names two to eight of
    ``names``; else nothing, and unless they are wanted ``apart`` nothing for who speaks under all of that as one name.

    >>> several("Lavrov and Kofi Annan", ["Sergei Lavrov", "Kofi Annan"])
    ('Lavrov', 'Kofi Annan')
    >>> several("Ann and Jim Poe", ["Ann Poe", "Jim Poe"])
    ('Ann Poe', 'Jim Poe')
    >>> several("Marks and Spencer", ["Marks and Spencer", "Marks", "Spencer"])
    ()
    >>> several("Roe and Poe", ["Roe and Poe", "Ann Roe", "Jim Poe"], apart=True)
    ('Roe', 'Poe')
    """
    parts = tuple(part for part in _TOGETHER.split(re.sub(r"^both\s+", "", asked.strip())) if part)
    if not 2 <= len(parts) <= _SEVERAL or (not apart and any(fold(name) == fold(asked) for name in names)):
        return ()
    parts = tuple(_with_surname(part, parts[-1], names) for part in parts)
    found = [frozenset(match(part, names)) for part in parts]
    return parts if all(found) and len(set(found)) == len(parts) else ()


def _with_surname(given: str, last: str, names: Iterable[str]) -> str:
    """A given name with the surname of whom is named ``last``, where somebody bears both: "Ann" of "Ann and Jim Poe"."""
    first, _, surname = last.rpartition(" ")
    whole = f"{given} {surname}"
    shared = bool(first) and " " not in given
    return whole if shared and any(len(bare(n)) > 1 and fit == 1 for n, fit in match(whole, names).items()) else given


def is_role(asked: str) -> bool:
    """Whether it is what somebody is, with whose or of what: "the Ohio governor", "head of the bank"; "governor" alone may be a
    name."""
    words = fold(asked).split()
    if described(asked):
        return True
    if len(words) > 1 and words[-1] in KIN:
        return words[-2].endswith(("'s", "s'"))
    return len(words) > 1 and (
        words[-1] in ROLES
        or words[-1].endswith("general")
        or _ROLE_OF.match(re.sub(r"^[\w -]+'s ", "", " ".join(words))) is not None
    )


def described(asked: str) -> str:
    """What somebody is of whom it is asked as one of many: of "a night nurse at Tarn Hospital", "night nurse"; else nothing.

    >>> described("a night nurse at Tarn Hospital"), described("a bank in Tarn"), described("Ann Poe of Tarn")
    ('night nurse', '', '')
    """
    one = _ONE_OF.match(asked)
    return "" if one is None or not _MANY.isdisjoint(fold(one["what"]).split()) else one["what"]


def is_body(asked: str) -> bool:
    """Whether a name is an organisation's: "Bank of Tarn"."""
    return not is_role(asked) and not _ORGANISATION.isdisjoint(_WORD.findall(fold(asked)))


def himself(asked: str) -> str:
    """A description without what it goes on to tell: "the Nevada committeewoman who backs Roe".

    >>> himself("the Nevada committeewoman who backs Roe")
    'the Nevada committeewoman'
    """
    return re.split(r" (?:who|that|which) ", asked, maxsplit=1)[0]


def owner(asked: str) -> str:
    """Whose he is who is only told of so; empty where it is not said, or where his name is.

    >>> owner("Ann Poe's attacker"), owner("Apple's Tim Cook"), owner("Ann Poe")
    ('Ann Poe', '', '')
    """
    whose, _, rest = asked.rpartition("'s ") if "'s " in asked else asked.rpartition("’s ")
    return whose if rest and not _names_somebody(asked) else ""


def belongs(asked: str) -> tuple[str, str]:
    """Whose he is, and as what, of whom it is asked by somebody's name: his relative, or any man of his; else nothing.

    >>> belongs("Ann Poe's literary agent"), belongs("mother of the boy"), belongs("Tarn's mayor")
    (('Ann Poe', 'agent'), ('boy', 'mother'), ('', ''))
    """
    of = _MAN_OF.fullmatch(asked)
    whose, post = (of["owner"], of["post"]) if of else (owner(asked), asked.rpartition(" ")[2])
    post, whose = fold(post), re.sub(r"^the ", "", whose)
    full = " " in whose and is_person(whose.title() if asked.islower() else whose)
    return (whose, post) if whose and (full or post in KIN | _SPOUSES) else ("", "")


def alone(asked: str) -> str:
    """A name without where he is from or what he is with: "Poe of Rivertown"; empty where there is nothing to leave out.

    >>> alone("Poe of Rivertown"), alone("Poe"), alone("mayor of Rivertown")
    ('Poe', '', '')
    """
    name, _, rest = asked.partition(" of ")
    is_name = name[:1].isupper() and not is_role(asked) and _ORGANISATION.isdisjoint(_WORD.findall(fold(name)))
    return name if rest and is_name else ""  # and not "Bank" of that of Tarn


def _names_somebody(asked: str) -> bool:
    """Whether a name follows the possessive: "Apple's Tim Cook", but not "Apple's chief executive", "Apple's CEO", or "Apple's
    envoy to Tarn"."""
    named = _POSSESSED.sub("", asked)
    return bool(re.search(r"[A-Z]\w+$", named)) and fold(named) not in ROLES and not _ROLE_OF.match(fold(named))


@lru_cache(maxsize=65536)
def bare(name: str) -> tuple[str, ...]:
    """The words of a name without titles and suffixes; all its words where nothing else is left.

    >>> bare("Russian Foreign Minister Sergei Lavrov"), bare("the US State Department"), bare("the Russian officials")
    (('sergei', 'lavrov'), ('state', 'department'), ('russia', 'officials'))
    """
    words = [re.sub(r"'s$", "", w) for w in _WORD.findall(fold(name.split(",", maxsplit=1)[0]).replace(".", ""))]
    if _is_body(words):
        return tuple(w for w in words if w not in _NO_BODY)
    while len(words) > 1 and words[-1] in SUFFIXES:
        words.pop()
    own = [word for word in words[:-1] if word not in SUFFIXES] + words[-1:]
    titles = _TITLES.intersection(own[:-1] if own[-1:] and own[-1] in _SURNAMES else own)
    kept = [word for word in own if word not in titles]
    if kept and "white" not in own and titles <= _WHOSE and own[-1] == kept[-1] and _is_common(kept[-1], name):
        return tuple(COUNTRIES.get(word, word) for word in own if word not in _ARTICLES)
    return tuple(kept or words)


def _is_common(word: str, name: str) -> bool:
    """Whether the last ``word`` of a name is what many are called: "officials", or what stands in small letters there."""
    return word in _MANY or (not name.islower() and f"{word} " in f"{name} ")


def _is_body(words: Sequence[str]) -> bool:
    """Whether all words of a name are one organisation's, none of them a title: "the State Department", "House of Commons"."""
    if len(words) < 2 or words[0] in _OF_PERSONS:
        return False
    after = words[next((at for at, word in enumerate(words) if word == "of"), 0) :]
    ends = words[-1] in _BODIES or (len(after) < len(words) and words[-len(after) - 1] in _BODIES)
    return ends and ROLES.isdisjoint(after[1:-1] if words[-1] in _BODIES else after)


def junior(name: str) -> str:
    """ "jr" of "Frank Hill Jr."; empty where there is none."""
    words = _WORD.findall(fold(name))
    return words[-1] if words and words[-1] in SUFFIXES else ""


def _generation(name: str) -> str:
    """ "jr" of "Frank Hill II", who is one."""
    return {"ii": "jr"}.get(junior(name), junior(name))


def canonical(name: str, names: Iterable[str], counts: Mapping[str, int]) -> str:
    """The spelling to show for ``name``: the full one among ``names`` that is the same person's and stands in most articles.

    ``counts`` are articles: one that quotes somebody twenty times has spelt him once. A surname alone stays alone where
    two people bear it.

    >>> canonical("Sergey Lavrov", ["Sergei Lavrov", "Lavrov"], {"Sergei Lavrov": 9})
    'Sergei Lavrov'
    >>> canonical("Clinton", ["Hillary Clinton", "Bill Clinton"], {})
    'Clinton'
    """
    own = bare(name)
    if _ACRONYM.match(name):
        spelt_out = [n for n in names if len(bare(n)) > 1 and _initials(tuple(_WORD.findall(fold(n)))) == fold(name)]
        return min(spelt_out, key=lambda n: (-counts.get(n, 0), n), default=name)
    if not (_PERSON.match(name) or (len(own) == 1 and _SURNAME.match(name))) or not _ORGANISATION.isdisjoint(
        _WORD.findall(fold(name))
    ):
        return name
    full = [n for n in names if len(bare(n)) > 1 and is_person(n) and _same(own, n) >= _ONE_PERSON]
    if len(own) > 1 and any(bare(n) == own and junior(n) != junior(name) for n in full):
        full = [n for n in full if junior(n) == junior(name)]
    if len(own) > 1:
        full.append(name)
    if not full or any(not _same(bare(a), b) for a in full for b in full):
        return name
    best = min(full, key=lambda n: (-counts.get(n, 0), len(n), n))
    # Articles give the full name once at least: a word alone that is more frequent is another name ("Britain").
    return name if len(own) == 1 and counts.get(best, 0) < counts.get(name, 0) else best


def spelt_out(surname: str, names: Iterable[str]) -> list[str]:
    """The full name of whom ``surname`` means, if ``names`` hold but one person's, in all its spellings; in order.

    >>> spelt_out("Lavrov", ["Sergey Lavrov", "Sergei Lavrov", "Lavrov", "Lavrov's plan"])
    ['Sergei Lavrov', 'Sergey Lavrov']
    >>> spelt_out("Clinton", ["Bill Clinton", "critics of Hillary Clinton"])
    []
    """
    if is_role(surname) or _POSSESSED.match(surname):  # "Lavrov's spokeswoman" is another
        return []
    wanted = bare(surname)
    named = {tail.group() for name in names if (tail := _FULL.search(name))}
    full = sorted(name for name in named if len(bare(name)) > 1 and wanted in (bare(name)[-1:], bare(name)[:1]))
    several = any(bare(name)[-1:] != wanted or not _same(bare(name), other) for name in full for other in full)
    return [] if several else full


def is_person(name: str) -> bool:
    return bool(_PERSON.match(name)) and _ORGANISATION.isdisjoint(_WORD.findall(fold(name)))


def _same(wanted: tuple[str, ...], name: str) -> float:
    there = bare(name)
    if "-".join(wanted) == "-".join(there):  # "Kim Jong-un" is Kim Jong Un
        return 1.0
    if not there:
        return 0.0
    if _is_body(wanted) or _is_body(there):
        return _same_body(wanted, there)
    if _key(wanted[-1]) == _key(there[-1]):
        return _by_surname(wanted, there)
    if len(wanted) == 1 and len(there) > 1:
        if wanted[0] == there[0]:
            return 0.7  # a given name alone: "Hillary"
        if _initials(there) == wanted[0] or _acronym(name) == wanted[0]:
            return 0.9  # "imf", "gao"
    if len(there) == 1 and len(wanted) > 1 and there[0] == _initials(wanted) and there[0] not in SUFFIXES:
        return 0.9
    shorter, longer = sorted((set(wanted), set(there)), key=len)
    return 0.6 if len(shorter) > 1 and shorter <= longer else 0.0


def _same_body(wanted: tuple[str, ...], there: tuple[str, ...]) -> float:
    """Organisations go by all of their words, in either order ("Department of Justice"), by all but one, or initials; nothing
    but "the court" may be this one."""
    own, other = set(wanted) - _LINKS, set(there) - _LINKS
    if own == other:
        return 1.0
    if len(there) == 1 and there[0] in _BODIES & own:
        return 0.5
    for short, long in ((wanted, there), (there, wanted)):
        if len(short) == 1 and len(short[0]) > len("us") and short[0] in (_initials(long), "".join(w[0] for w in long)):
            return 0.9
    return 0.6 if min(len(own), len(other)) > 1 and len(own ^ other) == 1 else 0.0


def _by_surname(wanted: tuple[str, ...], there: tuple[str, ...]) -> float:
    if len(there) == 1 and len(wanted) > 1:
        return 0.8  # the article gives the surname alone: most likely, not certain
    if len(wanted) == 1 or set(wanted) <= set(there):
        return 1.0
    if wanted[-1] in _MANY:  # all of its words tell whose it is
        return float(set(there) <= set(wanted))
    if _compatible(wanted[0], there[0]):
        return 1.0
    # Middle names serve as given names ("Seyyed Mojtaba Hosseini"); middle initials do not ("Lyndon B.", "Boris").
    return float(any(len(a) > 1 and len(b) > 1 and _compatible(a, b) for a in wanted[:-1] for b in there[:-1]))


def _compatible(a: str, b: str) -> bool:
    """Whether two given names can be one person's: equal, an initial, a short form, another spelling."""
    a, b = _GIVEN.get(a, a), _GIVEN.get(b, b)
    return _key(a) == _key(b) or (min(len(a), len(b)) == 1 and a[0] == b[0])


@lru_cache(maxsize=65536)
def _key(word: str) -> str:
    """A word with the letters folded that transliterations disagree on: Sergei and Sergey, Yury and Yuri.

    >>> _key("sergei") == _key("sergey")
    True
    """
    word = re.sub(r"(?:ei|ey|ai|ay|iy|ij|yi|y)", "i", word)
    word = re.sub(r"kh", "h", word).replace("ja", "ia").replace("ya", "ia").replace("yu", "iu")
    return re.sub(r"(.)\1", r"\1", word)


def _acronym(name: str) -> str:
    """The initials of a name all of whose words have capitals; empty for others: "White House official" is no WHO."""
    words = [word for word in _WORD.findall(name) if word not in _LINKS | {"the"}]
    return fold("".join(word[0] for word in words)) if all(word[0].isupper() for word in words) else ""


def _initials(words: tuple[str, ...]) -> str:
    """ "aoc" of Alexandria Ocasio-Cortez."""
    return "".join(piece[0] for word in words if word not in {"of", "the", "for", "and"} for piece in word.split("-"))


def _misspelt(wanted: tuple[str, ...], there: tuple[str, ...]) -> float:
    """How likely the surname was mistyped; 0 where it was not, or where the given names are two people's."""
    if not there:
        return 0.0
    a, b = wanted[-1], there[-1]
    if _key(a) == _key(b) or min(len(a), len(b)) < _TYPO_LENGTH or a[0] != b[0]:
        return 0.0
    if len(wanted) > 1 and len(there) > 1 and not _by_surname(wanted, there):
        return 0.0
    return _mistyped(a, b)


def _mistyped(a: str, b: str) -> float:
    """How likely ``a`` was meant to be ``b``, by their letters alone."""
    if a == b + "s":
        return 0.9  # "trumps tweets", "christies position": an apostrophe left out
    shorter, longer = sorted((len(a), len(b)))
    if 2 * shorter / (shorter + longer) < _TYPO or (shorter < _TYPO_OF_TWO and longer - shorter > 1):
        return 0.0
    shared = sum(min(a.count(letter), b.count(letter)) for letter in set(b))  # no more can match in order
    return 0.7 if 2 * shared / (len(a) + len(b)) >= _TYPO <= SequenceMatcher(None, a, b).ratio() else 0.0


def speakers(counts: Mapping[str, int], articles: Mapping[str, int]) -> dict[str, int]:
    """How many statements each speaker of a corpus has, the spellings of a name together, most statements first.

    ``articles`` says in how many articles each spelling stands: the commonest is shown.

    >>> speakers({"Sergei Lavrov": 2, "Kofi Annan": 2, "Sergey Lavrov": 1}, {"Sergei Lavrov": 1, "Sergey Lavrov": 3})
    {'Sergey Lavrov': 3, 'Kofi Annan': 2}
    """
    frequent = ranked(counts)
    shown = merge({name: articles.get(name, 0) for name in islice(frequent, MERGED)})
    merged: Counter[str] = Counter()
    for name, count in frequent.items():
        merged[shown.get(name, name)] += count
    return ranked(merged)


def merge(counts: Mapping[str, int]) -> dict[str, str]:
    """The spelling to show for every speaker of a corpus: names of one person, or one organisation, get one.

    >>> merge({"Sergei Lavrov": 2, "Sergey Lavrov": 3, "Lavrov": 1})["Lavrov"]
    'Sergey Lavrov'
    >>> merge({"Hillary Clinton": 2, "Bill Clinton": 3, "Clinton": 1})["Clinton"]
    'Clinton'
    """
    families: dict[str, list[str]] = {}
    for name in counts:
        words = bare(name)
        if words:
            families.setdefault(_key(words[-1]), []).append(name)
    shown = dict(zip(counts, counts, strict=True))
    for family in families.values():
        for name in family if len(family) <= _FAMILY else ():
            shown[name] = canonical(name, family, counts)
    return shown
