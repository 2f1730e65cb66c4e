"""The persons and organisations of one article: which names are one bearer's, and what each of them is.

Owns names, surnames, roles and where somebody is named; knows nothing of who speaks and what a pronoun means. Merging
persons over articles is another's business: :func:`canonical_key` is the seam for it.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from index.countries import COUNTRIES, as_word, renamed
from index.statements.lexicon import TAGS
from index.statements.names import (
    FAMILY_FIRST,
    GENDER_OF_NAME,
    GENDER_OF_TITLE,
    GROUPS,
    HIGH_OFFICES,
    INTRODUCED,
    KIN,
    METONYMS,
    NAME_PARTICLES,
    NATIONS,
    NICKNAMES,
    NO_GIVEN,
    NO_SURNAME,
    PARTIES,
    PLACES,
    PORTFOLIOS,
    ROLE_MODIFIERS,
    ROLE_OF_TITLE,
    ROLES,
    SAME_ROLE,
    STATES,
    STORMS,
    SUFFIXES,
    SURNAMES_ALONE,
    SURNAMES_TOO,
    TITLES,
)

_CAPITAL: Final = r"(?:[A-Z]\.(?:[A-Z]\.)*|(?:d['’](?=[A-Z]))?[^\W\d_a-zß-öø-ÿ]\w*(?:-\w+|['’](?=[^\W\d_a-z])\w+)*)"
_ABBREVIATED: Final = r"(?:(?:Mr|Mrs|Ms|Dr|Sen|Rep|Gov|Gen|Col|Lt|Sgt|Prof|Capt|Maj|Adm|Rev|Hon|Sens|Reps|St)\. )?"
_GAP: Final = r"(?: |\r?\n)"  # a name may be broken over two lines of its paragraph
_RUN: Final = re.compile(
    rf"\b{_ABBREVIATED}{_CAPITAL}"
    rf"(?:(?:,? (?=[JS]r\b)|{_GAP}){_ABBREVIATED}(?:(?:{NAME_PARTICLES})[ -])*{_CAPITAL})*"
)
_ROLE_AFTER: Final = re.compile(
    rf", (?:\d\d, )?(?:the |a |an )?((?:[\w.’'-]+ ){{0,5}}?(?:{'|'.join(sorted(ROLES))}))\b"
    r"(?= (?:of|for|at|in|with|who)\b|,|\.)",
    re.IGNORECASE,
)
_ROLE_BEHIND: Final = re.compile(
    r",[ \n](?:an?|the)(?: (?!(?:of|for|at|in|to|and|from|with|by|on|who)\b)[\w.’'-]+){0,4}?"
    rf" (?:{'|'.join(sorted(INTRODUCED))})\b"
    r"(?=,| (?:of|for|at|in|with|who|from|and|living|residing|based)\b)"
)
# "an attorney for Ann Lowe, [Tom Hill]", "Lowe's attorney, [Tom Hill]": the role, and whose or of what.
_ROLE_BEFORE: Final = re.compile(
    rf"(?:\b([A-Z][\w.-]*)['’]s? |\b(?:[Tt]he|[Aa]n?|[Hh]is|[Hh]er) )((?:[\w.-]+ ){{0,4}}?(?:{'|'.join(sorted(ROLES))}))"
    r"(?: (?:for|of|to|at|in) (?:the )?([A-Z][\w.’'-]*(?: [A-Z][\w.’'-]*){0,3}))?, $"
)
_COMPLEMENT: Final = re.compile(
    r" (?:for|of|to|at) (?:the )?([A-Z][\w.’'-]*(?: [A-Z][\w.’'-]*){0,3})(?<!['’]s)\b(?!['’]s)"
)
OFFICES: Final = frozenset(
    ("state", "staff", "defense", "defence", "treasury", "labor", "commerce", "justice", "education")
)
_OF_PLACE: Final = (" of ", " to ", " of the ", " to the ", " in ")
_LINKS: Final = frozenset(("of", "to", "for", "in", "the", "republic", "kingdom", "federation"))
BESIDE: Final = 80  # code points before a name that may hold what its bearer is
_COMMON: Final = re.compile(r"\b[a-z]\w+")
_HEADED: Final = frozenset(("Says", "Claims", "Warns", "Tells", "Announces", "Admits", "Calls"))  # in headlines
_MADE: Final = re.compile(r"\d|[A-Z]{3}")  # no person's name alone: "Rav4", "Delta CFO Ann Lowe"
_COMPOUND: Final = re.compile(r"-[a-z]{4,}$")
_WRAP: Final = re.compile(r"\s+")
_IN: Final = re.compile(r" (?:in|at) ")
_WHERE: Final = re.compile(
    r"\b(?:[Ii]n|[Aa]t|[Ff]rom|[Nn]ear|of|(?<!ccording )to|[Oo]utside|[Aa]round|[Aa]cross|[Tt]he)[ \n]$|, $"
)
_MARK: Final = re.compile(r"[.?!\n]")
_SENTENCE: Final = re.compile(r"[^.!?\n]+")
_IN_MARKS: Final = re.compile(r"[“\"][^”\"]*[”\"]?")
_BY_PRONOUN: Final = (
    ("m", re.compile(r"\b(?:he|his|himself)\b")),
    ("f", re.compile(r"\b(?:she|hers|herself)\b")),  # "her" may be another's: he told her
)
_AGED: Final = re.compile(r", \d\d?,")  # "Anna, 68,"
_OPENING: Final = re.compile(r"(?:^|\n|[.!?”\"] )$")
HEADLINE: Final = 120  # code points; a longer first paragraph tells already
NEAR: Final = 600  # code points: a paragraph or two, in which two persons of one surname are easily mistaken
REACH: Final = 100  # names or namesakes that are looked at before giving up
NO_NAME: Final = frozenset(
    ("both", "either", "neither", "enter", "meet", "consider", "take", "remember", "introducing", "courtesy")
)  # before the first of two names; to bring one on


LANDS: Final = frozenset(map(as_word, COUNTRIES.values()))
_SAID_OF: Final = frozenset(SAME_ROLE.get(word, word) for word in ROLES | ROLE_MODIFIERS | NATIONS) | ROLES


@dataclass(eq=False, slots=True)
class Entity:
    """A person or an organisation of one article; ``name`` is the fullest name, as first written.

    ``of`` are the words, in lower case, of whose lawyer, spokesman or minister somebody is.
    """

    name: str
    is_person: bool
    gender: str = ""
    roles: set[str] = field(default_factory=set)
    of: set[str] = field(default_factory=set)
    first: int = 0
    count: int = 1

    @property
    def surname(self) -> str:
        return _surname(self.name)


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in the text; what leads to it ("Foreign Minister") is left out of the span."""

    start: int
    end: int
    entity: Entity
    certain: bool = True  # not a bare surname that two persons nearby bear


def canonical_key(name: str) -> str:
    """A key under which the spellings of one person's or organisation's name fall together, over articles.

    Titles, accents, case and common differences of transliteration are folded; given names stay, so that two Clintons
    differ. A bare surname keeps its own key.

    >>> canonical_key("Sergei Lavrov") == canonical_key("Mr. Sergey Lavrov")
    True
    """
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c)).lower()
    words = re.findall(r"[^\W_]+", plain.replace("’", "'").replace("'s ", " ").replace(".", ""))
    while len(words) > 1 and (words[0] in TITLES or words[0] in ROLES or words[0] == "the"):
        words = words[1:]
    words = [word for word in words if word not in SUFFIXES and (len(word) > 1 or len(words) < 3)]
    return " ".join(_fold_sounds(word) for word in words)


def _fold_sounds(word: str) -> str:
    for pattern, sound in _SOUNDS:
        word = pattern.sub(sound, word)
    return word


_SOUNDS: Final = [
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"(?:ei|ey|ai|ay|iy|ij|yi|ii)$", "i"),
        (r"y$", "i"),
        (r"^(?:yu|iu|ju)", "u"),
        (r"^(?:ye|ie|je)", "e"),
        (r"(?<=[^aeiou])(?:ya|ia|ja)", "a"),
        (r"kh", "h"),
        (r"(?:tch|tsch)", "ch"),
        (r"(?:ff|v|w)", "v"),
        (r"ks", "x"),
        (r"(?:ph)", "f"),
        (r"(.)\1", r"\1"),
    )
]


def _surname(name: str) -> str:
    words = name.split()
    while len(words) > 1 and words[-1].rstrip(".").lower() in SUFFIXES:
        words.pop()
    return words[-1].rstrip(",")


def _suffix(words: list[str]) -> str:
    """ "jr" of "Frank Hill Jr."; empty where there is none."""
    last = bare_word(words[-1])
    return last if last in SUFFIXES else ""


def bare_word(word: str) -> str:
    """In lower case, without the full stop of an abbreviation or a comma."""
    return word.rstrip(".,").lower()


def split_title(words: list[str]) -> tuple[list[str], list[str]]:
    """What leads a name (roles, titles, nations) and the name itself.

    >>> split_title(["Russian", "Foreign", "Minister", "Sergei", "Lavrov"])
    (['russian', 'foreign', 'minister'], ['Sergei', 'Lavrov'])
    """
    cut = 0
    for at, word in enumerate(words[:-1]):
        bare = bare_word(word)
        if bare in ROLES or bare in TITLES:
            cut = at + 1
    lead = [bare_word(word) for word in words[:cut]]
    rest = words[cut:]
    while len(rest) > 2 and (bare_word(rest[0]) in NATIONS or _of_party(rest)):
        lead.append(bare_word(rest[0]))
        rest = rest[1:]
    return lead, rest


class Cast:
    """The persons and organisations of an article, in order of appearance, and where each is named.

    ``paragraphs`` are the spans to read names from.
    """

    def __init__(self, text: str, paragraphs: list[tuple[int, int]]) -> None:
        self.text = text
        self._paragraphs = paragraphs
        self.entities: list[Entity] = []
        self.mentions: list[Mention] = []
        self._by_name: dict[str, Entity] = {}
        self._by_surname: dict[str, list[Entity]] = {}
        # Where the headline ends, which may name somebody by less than his name.
        self._lead = paragraphs[0][1] if paragraphs and paragraphs[0][1] - paragraphs[0][0] <= HEADLINE else 0
        self._with_kin: set[int] = set()  # entities, by their ids, that go by the surname, their kin by full names
        self._in_full: dict[int, int] = {}  # where an entity, by its id, was last named with a given name
        for start, end in paragraphs:
            for match in _RUN.finditer(text, start, end):
                run = match.group()
                if " " in run or "\n" in run or run.lower() not in TAGS:
                    self._meet(match.start(), match.end(), run.split())

    def _meet(self, start: int, end: int, words: list[str]) -> None:
        text = self.text
        while words and (words[0].lower() in NO_NAME or TAGS.get(words[0].lower(), "X") in "DLPHWTtifu&RMBbhYCcSs"):
            given = len(words) > 1 and words[0].lower() in GENDER_OF_NAME and words[1][0].isupper()
            if given and not (words[0] == "Will" and self._asks_of(words[-1], end)):
                break
            start += len(words[0]) + 1
            words = words[1:]
        while len(words) > 1 and _COMPOUND.search(words[0]):  # "Pakistan-based"
            start += len(words[0]) + 1
            words = words[1:]
        while len(words) > 1 and words[-1] in _HEADED:  # Former Doctor | Says
            end -= len(words[-1]) + 1
            words = words[:-1]
        if not words or TAGS.get(words[-1].lower(), "X") in ("Y",) or len(words[0]) == 1 or words[-1] in _HEADED:
            return
        if len(words) > 2 and bare_word(words[0]) in OFFICES and text.endswith(" of ", 0, start):
            start += len(words[0]) + 1
            words = words[1:]
        start, words, office = self._without_post(start, words)
        lead, rest = split_title(words)
        lead += office
        if lead[-1:] == ["miss"] and len(rest) > 2 and rest[0].lower() not in GENDER_OF_NAME:
            rest = rest[rest[1].lower() in GENDER_OF_NAME :]  # Miss Tarn | Ann Lowe
        name = " ".join(rest)
        lead = folded([*self._led(start, lead), *lead])
        entity = self._entity(name, rest, lead, start)
        entity.roles.update(lead)
        aged = len(rest) == 1 and may_be_a_person(rest) and _AGED.match(text, end)
        entity.is_person = entity.is_person or bool(aged) or self._is_introduced(rest, start, end)
        if entity.is_person:
            for word in lead:
                entity.gender = GENDER_OF_TITLE.get(word, entity.gender)
            self._learn(entity, start, end)
        certain = len(rest) > 1 or self._alone(entity, lead, start)
        self.mentions.append(Mention(end - len(name), end, entity, certain))

    def _led(self, start: int, lead: list[str]) -> list[str]:
        """What leads to a name before its capitals, which begin at ``start`` with ``lead``: "the former prime | Minister"."""
        led: list[str] = []
        before = self.text[max(0, start - BESIDE) : start]
        if not before.endswith(" "):
            return led
        for written in reversed(before[before.rfind("\n\n") + 1 :].split()[-4:]):
            word = bare_word(written)
            if written[-1] in ".?!" and word not in ROLE_OF_TITLE and "." not in written[:-1]:
                break  # "It was late. Hill spoke"; but "Gov. Hill", "U.S. Senator Hill"
            if written[-1] in ",;:" and not HIGH_OFFICES.isdisjoint((*led, *lead)):
                break  # "an official, President Hill"; but "the chairwoman, Rep. Ann Hill"
            if word == "of" and OFFICES.intersection((led or lead)[:1]):  # Secretary of State
                continue
            if word not in ROLES and word not in ROLE_MODIFIERS and word not in NATIONS:
                break
            led = [word, *led]
        return led

    def _asks_of(self, surname: str, end: int) -> bool:
        """Whether it is asked what somebody of that name will do, who has been named before: "Will Hill resign?"."""
        mark = _MARK.search(self.text, end)
        known = [e for e in self._by_surname.get(surname, ()) if not e.name.startswith("Will ")]
        return bool(known) and mark is not None and mark.group() == "?"

    def _without_post(self, start: int, words: list[str]) -> tuple[int, list[str], list[str]]:
        """A name without what its bearer is minister for or ambassador to, and the role before that: "Ambassador to Norway |
        Ann Lowe", "Minister for Climate Change | Hill"."""
        skipped, office = 0, False
        before = _WRAP.sub(" ", self.text[max(0, start - BESIDE) : start])
        if len(words) > 2 and before.endswith(_OF_PLACE) and words[0].lower() not in GENDER_OF_NAME:
            skipped = next(
                (at for at, word in enumerate(words[:-1]) if word.lower() in GENDER_OF_NAME), _of_place(words)
            )
            office = skipped == _of_place(words)  # not "the husband of Speaker | Ann Lowe"
        if not skipped and before.endswith((" of ", " for ", "’s ", "'s ")):
            skipped, office = _portfolio(words), True
            if before[-2] == "s" and words[skipped].lower() not in GENDER_OF_NAME:  # Norway's Interior | Minister
                skipped = 0
        roles = _post(before) if skipped and office else []
        if roles and before.endswith((" of ", " of the ")):  # where he holds it; an ambassador is sent to Norway
            roles += [bare_word(word) for word in words[:skipped]]
        return start + sum(len(word) + 1 for word in words[:skipped]), words[skipped:], roles

    def _is_introduced(self, words: list[str], start: int, end: int) -> bool:
        """Whether the words, of which none may be a given name known here, stand between commas beside what somebody is:
        "Norway's ambassador, Tamm Rask,", "Tamm Rask, the ambassador,"."""
        text = self.text
        if not may_be_a_person(words):
            return False
        before = text[max(0, start - BESIDE) : start]
        if _ROLE_BEHIND.match(text, end) and not _WHERE.search(before):  # not "in South Rask, the mayor of Tarn"
            return True
        role = _ROLE_BEFORE.search(before) if text[end : end + 1] in (",", ".") else None
        return role is not None and not _IN.search(role.group())  # "a mayor in Tarn, South Rask,"

    def _learn(self, entity: Entity, start: int, end: int) -> None:
        """What stands beside the name, between commas: roles, and whose."""
        text = self.text
        if text[end : end + 2] == ", " and (after := _ROLE_AFTER.match(text, end)):
            of = _COMPLEMENT.match(text, after.end())
            roles = frozenset(roles_in(after.group(1)))
            entity.roles.update(roles if of else roles - KIN)  # "the mother of two" is not "her mother"
            if of:
                entity.of.update(bare_word(word) for word in of.group(1).split())
        if text[start - 2 : start] == ", " and (before := _ROLE_BEFORE.search(text[max(0, start - BESIDE) : start])):
            owner, role, complement = before.groups()
            entity.roles.update(roles_in(role))
            entity.of.update(bare_word(word) for word in f"{owner or ''} {complement or ''}".split())

    def _entity(self, name: str, words: list[str], lead: list[str], at: int) -> Entity:
        known = self._by_name.get(name) if len(words) > 1 else None
        known = known or self._namesake(words, lead, at) or self._by_name.get(name)
        if known is not None:
            known.count += 1
            self._by_name[name] = known
            if len(words) > 1:
                self._in_full[id(known)] = at
            if (
                len(words) > 1
                and known.surname == _surname(name)
                and (" " not in known.name or self._headed(known, words))
            ):
                known.name = name
                known.gender = known.gender or GENDER_OF_NAME.get(words[0].lower(), "")
            known.is_person = known.is_person or self._is_person(words, lead)
            return known
        gender = GENDER_OF_NAME.get(words[0].lower(), "") if len(words) > 1 or may_be_a_person(words) else ""
        entity = Entity(name, self._is_person(words, lead), gender, first=at)
        self.entities.append(entity)
        self._by_name[name] = entity
        self._by_surname.setdefault(entity.surname, []).append(entity)
        return entity

    def _namesake(self, words: list[str], lead: list[str], at: int) -> Entity | None:
        surname = _surname(" ".join(words))
        bare = surname.lower()
        candidates = self._by_surname.get(surname, [])[-REACH:]
        if (bare in GROUPS and bare not in SURNAMES_TOO) or bare in PLACES or bare in NATIONS:
            return None
        if len(words) == 1:
            alone = self._by_name.get(surname)
            if id(alone) in self._with_kin:
                return alone
            full = [entity for entity in candidates if " " in entity.name]
            wanted = {GENDER_OF_TITLE[word] for word in lead if word in GENDER_OF_TITLE}
            if wanted:
                full = [e for e in full if not e.gender or e.gender in wanted]
            titled = [e for e in full if lead and e.roles.issuperset(w for w in lead if w not in TITLES)]
            return self._bearer(titled or full, at)
        suffix = _suffix(words)
        if suffix and len(words) == 2:  # Trump Jr.
            return next((e for e in candidates if " " in e.name and _suffix(e.name.split()) == suffix), None)
        for entity in candidates:
            others = entity.name.split()
            if entity.is_person and others[-len(words) :] == words:  # Lopez Obrador
                return entity
            if others[0] == words[0] and suffix != _suffix(others):
                continue  # father and son
            if len(others) == 1 and self._is_kin(entity, words, lead):
                self._with_kin.add(id(entity))
                continue
            if len(others) == 1 or _compatible(others[0], words[0]) or self._headed(entity, words):
                return entity
        return None

    def _is_kin(self, entity: Entity, words: list[str], lead: list[str]) -> bool:
        """Whether a full name is that of a relative of ``entity``, whom the article calls by the surname alone: "his wife, Ann
        Hill", "Frank Hill Jr.", or "Ann Hill" where it is "Mr. Hill"."""
        gender = GENDER_OF_NAME.get(words[0].lower(), "")
        relative = bool(_suffix(words)) or not KIN.isdisjoint(lead)
        return (relative and entity.first >= self._lead) or {entity.gender, gender} == {"m", "f"}

    def _headed(self, entity: Entity, words: list[str]) -> bool:
        """Whether ``entity`` is ``words`` as the headline has it: "Former AG Hill" of Frank Hill."""
        return (
            entity.first < self._lead
            and words[0].lower() in GENDER_OF_NAME
            and entity.name.split(maxsplit=1)[0].lower() not in GENDER_OF_NAME
        )

    def _bearer(self, namesakes: list[Entity], at: int) -> Entity | None:
        """Whom a bare surname means: the one just introduced, else the one named most."""
        new = [e for e in namesakes if e.is_person and at - self._in_full.get(id(e), e.first) < NEAR and self._opens(e)]
        return max(new, key=lambda e: self._in_full.get(id(e), e.first), default=None) or max(
            namesakes, key=lambda e: e.count, default=None
        )

    def _opens(self, entity: Entity) -> bool:
        """Whether the latest full name of ``entity`` opens its sentence, as that of a subject does."""
        at = self._in_full.get(id(entity), entity.first)
        return _OPENING.search(self.text, max(0, at - 2), at) is not None

    def _alone(self, entity: Entity, lead: list[str], at: int) -> bool:
        """Whether a bare surname can hardly mean anybody but ``entity``: by a title, or as no namesake is near."""
        others = [
            e
            for e in self._by_surname.get(entity.surname, [])[-REACH:]
            if e is not entity and e.is_person and " " in e.name
        ]
        if not others or lead:
            return True
        latest = max(self._in_full.get(id(e), e.first) for e in others)
        return at - latest > NEAR or self._in_full.get(id(entity), entity.first) > latest

    def _is_person(self, words: list[str], lead: list[str]) -> bool:
        last = bare_word(words[-1])
        given = len(words) > 1 and words[0].rstrip(".").lower() in GENDER_OF_NAME
        if last in SURNAMES_TOO and (given or not TITLES.isdisjoint(lead)):
            return True
        if last in GROUPS or last in PLACES or (len(words) > 1 and last in ROLES):
            return False
        if any(word in TITLES or word in ROLES for word in lead):
            return True
        return given

    def settle(self) -> None:
        """Once all names are met: a capitalised pair that later goes by its last word is a person, or by its first one."""
        self._settle_first_words()
        # "Fight Terrorism": a word, no surname; an address above the article holds surnames in lower case
        common = {word for start, end in self._paragraphs for word in _COMMON.findall(self.text, start, end)}
        for entity in self.entities:
            if not entity.is_person and 2 <= len(entity.name.split()) <= 4:
                last = bare_word(entity.surname)
                entity.is_person = (
                    entity.surname in self._by_name
                    and last not in GROUPS | PLACES | ROLES
                    and last.removesuffix("s") not in ROLES
                    and not entity.surname.isupper()
                    and bare_word(entity.name.split(maxsplit=1)[0]) not in STORMS | STATES
                    and last not in common
                    and self._by_name[entity.surname] is entity
                )
        self._settle_genders()

    def _settle_genders(self) -> None:
        """The only person of a sentence is whom "he" or "she" in it means, where it is always the same: of 1,200 persons whose
        given names tell, 93 in a hundred are."""
        seen: dict[int, set[str]] = {}
        for start, end in self._paragraphs:
            for sentence in _SENTENCE.finditer(self.text, start, end):
                persons = [mention for mention in self.named(*sentence.span()) if _may_be(mention.entity)]
                if len({id(mention.entity) for mention in persons}) == 1 and not persons[0].entity.gender:
                    rest = _IN_MARKS.sub(" ", self.text[persons[0].end : sentence.end()])
                    told = seen.setdefault(id(persons[0].entity), set())
                    told.update(gender for gender, words in _BY_PRONOUN if words.search(rest))
        for entity in self.entities:
            told = seen.get(id(entity), set())
            entity.gender = entity.gender or (min(told) if len(told) == 1 else "")

    def _settle_first_words(self) -> None:
        """A lone word that begins one person's full name, and is nobody's surname, is that person; a given name where he was
        named in full before."""
        full: dict[str, list[Entity]] = {}
        for entity in self.entities:
            if entity.is_person and " " in entity.name and not _MADE.search(entity.name):
                full.setdefault(entity.name.split(maxsplit=1)[0], []).append(entity)
        meant: dict[int, Entity] = {}
        for alone in self.entities:
            bearers = full.get(alone.name, ())
            word = alone.name.lower()
            given = word in GENDER_OF_NAME and word not in FAMILY_FIRST
            if len(bearers) != 1 or (given and bearers[0].first > alone.first):
                continue
            if alone.name.isupper() or any(word in others for others in (PLACES, NATIONS, GROUPS, ROLES, METONYMS)):
                continue
            if all(" " not in namesake.name for namesake in self._by_surname.get(alone.name, ())):
                (meant[id(alone)],) = bearers
                bearers[0].roles |= alone.roles
                bearers[0].count += alone.count
                bearers[0].first = min(bearers[0].first, alone.first)
                self._by_name[alone.name] = bearers[0]
        if meant:
            self.entities = [entity for entity in self.entities if id(entity) not in meant]
            self.mentions = [
                replace(m, entity=meant[id(m.entity)]) if id(m.entity) in meant else m for m in self.mentions
            ]

    def named(self, start: int, end: int) -> list[Mention]:
        """The names inside ``[start, end)``."""
        low = bisect_left(self.mentions, start, key=lambda m: m.start)
        found = []
        while low < len(self.mentions) and self.mentions[low].end <= end:
            found.append(self.mentions[low])
            low += 1
        return found

    def before(self, at: int) -> Iterator[Mention]:
        """The names before ``at``, the latest first; no more than ``REACH``."""
        end = bisect_left(self.mentions, at, key=lambda m: m.start)
        return reversed(self.mentions[max(0, end - REACH) : end])


def _may_be(entity: Entity) -> bool:
    return entity.is_person or may_be_a_person(entity.name.split())


def may_be_a_person(words: list[str]) -> bool:
    """Whether two or three words, whose first is no given name known here, may be somebody's name; or a given name alone."""
    if len(words) == 1:
        word = words[0].lower()
        known = word in GENDER_OF_NAME and word not in TAGS and word not in SURNAMES_ALONE
        return known and word not in NO_SURNAME and not words[0].isupper()
    first, last = bare_word(words[0]), bare_word(words[-1])
    made = _MADE.search(" ".join(words)) or words[-1].isupper() or last in TAGS or first in NO_GIVEN
    return 2 <= len(words) <= 3 and not made and not any(one in NO_SURNAME for one in (last, last.removesuffix("s")))


def folded(words: list[str]) -> list[str]:
    """Roles by one name each: titles spelt out, synonyms as one, and countries by what they are called in `LANDS`."""
    words = renamed(" ".join(part for word in words for part in _parted(word)), as_word).split()
    if "attorney" in words and "general" in words:
        return [ROLE_OF_TITLE.get(word, word) for word in words]
    return [SAME_ROLE.get(role, role) for role in (ROLE_OF_TITLE.get(word, word) for word in words)]


def roles_in(phrase: str) -> list[str]:
    """The roles of a description, `folded`."""
    words = folded([bare_word(word) for word in phrase.split()])
    return [word for word in words if word in _SAID_OF or word in LANDS]


def _parted(word: str) -> list[str]:
    return ["former", word.removeprefix("ex-")] if word.startswith("ex-") else [word]


def _of_party(words: list[str]) -> bool:
    """ "Democrat Ann Lowe", but not "Republican National Committee"."""
    return bare_word(words[0]) in PARTIES and words[1].lower() in GENDER_OF_NAME


def _portfolio(words: list[str]) -> int:
    """How many of the words name an office before the name of who holds it: "Climate Change | Ann Lowe"."""
    held = 0
    while held < len(words) and (words[held].lower() in PORTFOLIOS or words[held].lower() in ROLE_MODIFIERS):
        held += 1
    return held if len(words) - held > 1 else 0


def _post(before: str) -> list[str]:
    """The role before "of Russia to the", if there is one."""
    for word in map(bare_word, reversed(before.split())):
        if word in ROLES:
            return [word]
        if word not in _LINKS and word not in PLACES:
            break
    return []


def _of_place(words: list[str]) -> int:
    """How many of the words name a country before the name of who is posted there: "South Africa | Tamm Rask"."""
    for at in range(len(words) - 1, 0, -1):
        if all(
            word in LANDS or word in PLACES or word in NATIONS
            for word in folded([bare_word(word) for word in words[:at]])
        ):
            return at
    return 0


def _compatible(first: str, second: str) -> bool:
    """Whether two given names may be one: equal, an initial, or a short form."""
    one, two = bare_word(first), bare_word(second)
    if one == two or NICKNAMES.get(one, one) == NICKNAMES.get(two, two):
        return True
    return one[:1] == two[:1] and (min(len(one), len(two)) <= 1 or one.startswith(two[:3]) or two.startswith(one[:3]))
