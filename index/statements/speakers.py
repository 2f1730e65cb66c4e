"""Who is meant: the persons and organisations of one article, and which of them a speaker's words stand for.

Owns names, surnames, roles, pronouns and their resolution inside one article; knows nothing of cues and contents.
Merging persons over articles is another's business: :func:`canonical_key` is the seam for it.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Final

from index.statements.lexicon import TAGS, listed
from index.statements.names import (
    DOCUMENTS,
    FAMILY_FIRST,
    GENDER_OF_NAME,
    GENDER_OF_TITLE,
    GROUPS,
    HIGH_OFFICES,
    ISSUED,
    METONYMS,
    NAME_PARTICLES,
    NAMED_LATER,
    NATIONS,
    NICKNAMES,
    PLACES,
    PORTFOLIOS,
    ROLE_MODIFIERS,
    ROLE_OF_TITLE,
    ROLES,
    SAME_ROLE,
    SPEAKS_FOR_OTHERS,
    SUFFIXES,
    SURNAMES_TOO,
    TITLES,
)
from index.statements.phrases import Phrases, Range
from index.statements.tokens import Sentence

_CAPITAL: Final = r"(?:[A-Z]\.(?:[A-Z]\.)*|[^\W\d_a-zß-öø-ÿ]\w*(?:-\w+|['’](?=[^\W\d_a-z])\w+)*)"
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
# "an attorney for Ann Lowe, [Tom Hill]", "Lowe's attorney, [Tom Hill]": the role, and whose or of what.
_ROLE_BEFORE: Final = re.compile(
    rf"(?:\b([A-Z][\w.-]*)['’]s? |\b(?:[Tt]he|[Aa]n?|[Hh]is|[Hh]er) )((?:[\w.-]+ ){{0,4}}?(?:{'|'.join(sorted(ROLES))}))"
    r"(?: (?:for|of|to|at|in) (?:the )?([A-Z][\w.’'-]*(?: [A-Z][\w.’'-]*){0,3}))?, $"
)
_COMPLEMENT: Final = re.compile(r" (?:for|of|to|at) (?:the )?([A-Z][\w.’'-]*(?: [A-Z][\w.’'-]*){0,3})")
OFFICES: Final = frozenset(
    ("state", "staff", "defense", "defence", "treasury", "labor", "commerce", "justice", "education")
)
_OF_PLACE: Final = (" of ", " to ", " of the ", " to the ")
BESIDE: Final = 80  # code points before a name that may hold what its bearer is
_COMMON: Final = re.compile(r"\b[a-z]\w+")
_MADE: Final = re.compile(r"\d|[A-Z]{3}")  # no person's name alone: "Rav4", "Delta CFO Ann Lowe"
_COMPOUND: Final = re.compile(r"-[a-z]{4,}$")
_PRONOUNS: Final = {"he": "m", "she": "f", "his": "m", "her": "f"}
_OPENING: Final = re.compile(r"(?:^|\n|[.!?”\"] )$")
NEAR: Final = 600  # code points: a paragraph or two, in which two persons of one surname are easily mistaken
REACH: Final = 100  # names, speakers or namesakes that are looked at before giving up
CROWD: Final = 2  # men named since he whom "he" should mean: one is mentioned in passing, of two either may be meant
PAIRED: Final = frozenset(("both", "either", "neither"))  # before the first of two names
UNNAMED: Final = ""  # the name of a person whom the article does not name
FAR: Final = 1500  # code points: a pronoun seldom reaches further back than two or three paragraphs


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


@dataclass(frozen=True, slots=True)
class _Described:
    """Somebody who speaks unnamed: what the article calls him, where, with which roles and whose."""

    name: str
    at: int
    head: str
    roles: frozenset[str]
    owners: frozenset[str]


@dataclass(frozen=True, slots=True)
class Resolution:
    """Who is meant, and how that was found out (a key of ``confidence.RESOLVED``)."""

    name: str | None
    how: str
    entity: Entity | None = None


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
    last = _bare(words[-1])
    return last if last in SUFFIXES else ""


def _bare(word: str) -> str:
    return word.rstrip(".,").lower()


def split_title(words: list[str]) -> tuple[list[str], list[str]]:
    """What leads a name (roles, titles, nations) and the name itself.

    >>> split_title(["Russian", "Foreign", "Minister", "Sergei", "Lavrov"])
    (['russian', 'foreign', 'minister'], ['Sergei', 'Lavrov'])
    """
    cut = 0
    for at, word in enumerate(words[:-1]):
        bare = _bare(word)
        if bare in ROLES or bare in TITLES:
            cut = at + 1
    lead = [_bare(word) for word in words[:cut]]
    rest = words[cut:]
    while len(rest) > 2 and _bare(rest[0]) in NATIONS:
        lead.append(_bare(rest[0]))
        rest = rest[1:]
    return lead, rest


class Cast:
    """The persons and organisations of an article, in order of appearance, and where each is named.

    ``paragraphs`` are the spans to read names from.
    """

    def __init__(self, text: str, paragraphs: list[tuple[int, int]]) -> None:
        self.text = text
        self.entities: list[Entity] = []
        self.mentions: list[Mention] = []
        self._by_name: dict[str, Entity] = {}
        self._by_surname: dict[str, list[Entity]] = {}
        self._history: list[tuple[int, Entity]] = []
        self._groups: list[tuple[int, str, bool]] = []  # where, name, whether several
        self._unnamed: dict[str, str] = {}  # "judge": "a New York judge"
        self._issued: dict[str, tuple[int, Entity]] = {}  # "statement": where the latest was mentioned, and whose
        self._described: list[_Described] = []
        self._lead = paragraphs[0][1] if paragraphs else 0
        self._in_full: dict[int, int] = {}  # where an entity, by its id, was last named with a given name
        for start, end in paragraphs:
            for match in _RUN.finditer(text, start, end):
                run = match.group()
                if " " in run or "\n" in run or run.lower() not in TAGS:
                    self._meet(match.start(), match.end(), run.split())

    # names -------------------------------------------------------------------------------------------------------

    def _meet(self, start: int, end: int, words: list[str]) -> None:
        text = self.text
        while words and (words[0].lower() in PAIRED or TAGS.get(words[0].lower(), "X") in "DPHWTtifu&RMBbhYCcSs"):
            if len(words) > 1 and words[0].lower() in GENDER_OF_NAME and words[1][0].isupper():
                break
            start += len(words[0]) + 1
            words = words[1:]
        while len(words) > 1 and _COMPOUND.search(words[0]):  # "Pakistan-based"
            start += len(words[0]) + 1
            words = words[1:]
        if not words or TAGS.get(words[-1].lower(), "X") in ("Y",) or len(words[0]) == 1:
            return
        if len(words) > 2 and _bare(words[0]) in OFFICES and text.endswith(" of ", 0, start):
            start += len(words[0]) + 1
            words = words[1:]
        if len(words) > 2 and text.endswith(_OF_PLACE, 0, start) and words[0].lower() not in GENDER_OF_NAME:
            given = next((at for at, word in enumerate(words[:-1]) if word.lower() in GENDER_OF_NAME), 0)
            start += sum(len(word) + 1 for word in words[:given])  # "Ambassador to Norway | Ann Lowe"
            words = words[given:]
        start, words, office = self._without_office(start, words)
        lead, rest = split_title(words)
        lead += office
        name = " ".join(rest)
        if text[start - 1 : start] == " ":
            for word in map(_bare, reversed(text[max(0, start - 60) : start].split()[-4:])):
                if word == "of" and lead and lead[0] in OFFICES:  # Secretary of State
                    continue
                if word not in ROLES and word not in ROLE_MODIFIERS and word not in NATIONS:
                    break
                lead = [word, *lead]
        lead = _folded(lead)
        entity = self._entity(name, rest, lead, start)
        entity.roles.update(lead)
        if entity.is_person:
            for word in lead:
                entity.gender = GENDER_OF_TITLE.get(word, entity.gender)
            self._learn(entity, start, end)
        certain = len(rest) > 1 or self._alone(entity, lead, start)
        self.mentions.append(Mention(end - len(name), end, entity, certain))

    def _without_office(self, start: int, words: list[str]) -> tuple[int, list[str], list[str]]:
        """A name without what its bearer is minister for, and the role before that: "Minister for Climate Change | Hill"."""
        text = self.text
        if not text.endswith((" of ", " for "), 0, start) or not (held := _portfolio(words)):
            return start, words, []
        before = map(_bare, text[max(0, start - BESIDE) : start].split()[-2:-1])
        start += sum(len(word) + 1 for word in words[:held])
        return start, words[held:], [word for word in before if word in ROLES]

    def _learn(self, entity: Entity, start: int, end: int) -> None:
        """What stands beside the name, between commas: roles, and whose."""
        text = self.text
        if text[end : end + 2] == ", " and (after := _ROLE_AFTER.match(text, end)):
            entity.roles.update(_roles_in(after.group(1)))
            if of := _COMPLEMENT.match(text, after.end()):
                entity.of.update(_bare(word) for word in of.group(1).split())
        if text[start - 2 : start] == ", " and (before := _ROLE_BEFORE.search(text[max(0, start - BESIDE) : start])):
            owner, role, complement = before.groups()
            entity.roles.update(_roles_in(role))
            entity.of.update(_bare(word) for word in f"{owner or ''} {complement or ''}".split())

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
        entity = Entity(
            name,
            self._is_person(words, lead),
            GENDER_OF_NAME.get(words[0].lower(), "") if len(words) > 1 else "",
            first=at,
        )
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
            full = [entity for entity in candidates if " " in entity.name]
            wanted = {GENDER_OF_TITLE[word] for word in lead if word in GENDER_OF_TITLE}
            if wanted:
                full = [e for e in full if not e.gender or e.gender in wanted] or full
            titled = [e for e in full if lead and e.roles.issuperset(w for w in lead if w not in TITLES)]
            return self._bearer(titled or full, at)
        suffix = _suffix(words)
        if suffix and len(words) == 2:  # Trump Jr.
            return next((e for e in candidates if " " in e.name and _suffix(e.name.split()) == suffix), None)
        for entity in candidates:
            others = entity.name.split()
            if others[0] == words[0] and suffix != _suffix(others):
                continue  # father and son
            if len(others) == 1 or _compatible(others[0], words[0]) or self._headed(entity, words):
                return entity
        return None

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
        last = _bare(words[-1])
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
        common = set(_COMMON.findall(self.text))  # "Fight Terrorism": a word, no surname
        for entity in self.entities:
            if not entity.is_person and 2 <= len(entity.name.split()) <= 4:
                last = _bare(entity.surname)
                entity.is_person = (
                    entity.surname in self._by_name
                    and last not in GROUPS | PLACES | ROLES
                    and last.removesuffix("s") not in ROLES
                    and not entity.surname.isupper()
                    and last not in common
                    and self._by_name[entity.surname] is entity
                )

    def _settle_first_words(self) -> None:
        """A lone word that begins one person's full name, and is no given name and nobody's surname, is that person."""
        full: dict[str, list[Entity]] = {}
        for entity in self.entities:
            if entity.is_person and " " in entity.name and not _MADE.search(entity.name):
                full.setdefault(entity.name.split(maxsplit=1)[0], []).append(entity)
        meant: dict[int, Entity] = {}
        for alone in self.entities:
            bearers = full.get(alone.name, ())
            word = alone.name.lower()
            if len(bearers) != 1 or (word in GENDER_OF_NAME and word not in FAMILY_FIRST):
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

    # speaking ----------------------------------------------------------------------------------------------------

    def note(self, at: int, entity: Entity) -> None:
        """Remember that the article was speaking of ``entity`` at ``at``: what a pronoun may mean later."""
        self._history.append((at, entity))

    def spoken_of(self) -> int:
        """A mark in what is remembered, to go :meth:`back_to`."""
        return len(self._history)

    def back_to(self, mark: int) -> None:
        """Forget whom the article was speaking of since ``mark``."""
        del self._history[mark:]

    def note_subject(self, sentence: Sentence, subject: Range) -> None:
        """Remember the person a sentence is about."""
        tags = sentence.tags[subject[0] : subject[1]]
        if tags[0] == "P":
            return
        if "'" in tags:  # the owner is not who it is about: "Ukraine's president Ann Lowe", not "Lowe's plan"
            end = sentence.ends[subject[1] - 1]
            named = self.named(sentence.starts[subject[0]], end)[-1:]
            if named and named[0].end == end and named[0].entity.is_person and tags.endswith("X"):
                self.note(named[0].start, named[0].entity)
            return
        for mention in self.named(sentence.starts[subject[0]], sentence.ends[subject[1] - 1]):
            if mention.entity.is_person:
                self.note(mention.start, mention.entity)
                return
        head = sentence.words[subject[0] + _head_end(tags) - 1]
        if tags[0] == "D" and "&" not in tags and head.islower() and _bare(head) in ROLES:
            start = sentence.starts[subject[0]]
            found = self._by_role(sentence, subject, _head_end(tags), start, relayed=False)
            stranger = Entity(UNNAMED, True, GENDER_OF_TITLE.get(_bare(head), ""), first=start)
            self.note(start, (found and found.entity) or stranger)

    def called(self, name: str) -> Resolution:
        """Who goes by ``name``, in whatever case: the labels of a transcript ("PENCE")."""
        wanted = [word.lower() for word in split_title(name.split())[1]]
        for entity in self.entities:
            if entity.is_person and entity.name.lower().split()[-len(wanted) :] == wanted:
                return Resolution(entity.name, "name", entity)
        return Resolution(name.title(), "organisation")

    def named(self, start: int, end: int) -> list[Mention]:
        """The names inside ``[start, end)``."""
        low = bisect_left(self.mentions, start, key=lambda m: m.start)
        found = []
        while low < len(self.mentions) and self.mentions[low].end <= end:
            found.append(self.mentions[low])
            low += 1
        return found

    def resolve(self, sentence: Sentence, subject: Range, *, relayed: bool = False) -> Resolution:
        """Who the words ``subject`` of ``sentence`` stand for; ``relayed``: they are another speaker's words."""
        start, end = sentence.starts[subject[0]], sentence.ends[subject[1] - 1]
        words = sentence.words[subject[0] : subject[1]]
        if len(words) == 1 and sentence.tags[subject[0]] in "Ww":
            return self._relative(sentence, subject[0])
        if len(words) == 1 and sentence.tags[subject[0]] in "PDLo":
            return self._pronoun(words[0].lower(), sentence.tags[subject[0]], start)
        return self._phrase(sentence, subject, start, end, relayed)

    def _relative(self, sentence: Sentence, at: int) -> Resolution:
        """Who "who" is: the name or noun phrase right before it."""
        phrases = Phrases(sentence)
        antecedent = phrases.phrase_before(
            phrases.before_parenthesis(at - 1 if sentence.tags[at - 1 : at] == "," else at)
        )
        if antecedent is None:
            return Resolution(None, "pronoun unknown")
        found = self.resolve(sentence, antecedent)
        return Resolution(found.name, "relative", found.entity)

    def _pronoun(self, word: str, tag: str, at: int) -> Resolution:
        if word not in _PRONOUNS:
            if word in ("they", "it", "their", "its"):
                for position, name, several in islice(reversed(self._groups), REACH):
                    if position < at and at - position < FAR and (several or word not in ("they", "their")):
                        return Resolution(name, "group pronoun")
            if tag == "L":
                return Resolution(word, "phrase")
            return Resolution(None, "pronoun unknown")
        meant = self._meant(word, at)
        if meant.how == "pronoun met":
            return replace(meant, how="pronoun far")
        if meant.entity is not None:
            meant.entity.gender = _PRONOUNS[word]
            self.note(at, meant.entity)
        return meant

    def _meant(self, word: str, at: int) -> Resolution:
        """Whom "he" or "her" means at ``at``: the latest person spoken of, else the latest met, of that gender."""
        gender = _PRONOUNS[word]
        for position, entity in islice(reversed(self._history), REACH):
            if position < at and entity.is_person and entity.gender in ("", gender):
                if entity.name == UNNAMED:
                    return Resolution(None, "pronoun unknown")
                sure = "pronoun" if entity.gender == gender else "pronoun guess"
                if self._named_since(position, at, entity, gender) >= (CROWD if at - position < FAR else 1):
                    return Resolution(entity.name, "pronoun unclear", entity)
                return Resolution(entity.name, sure if at - position < FAR else "pronoun far", entity)
        before = bisect_left(self.mentions, at, key=lambda m: m.start)
        for mention in reversed(self.mentions[max(0, before - REACH) : before]):
            if mention.entity.is_person and mention.entity.gender in ("", gender):
                return Resolution(mention.entity.name, "pronoun met", mention.entity)
        return Resolution(None, "pronoun unknown")

    def _named_since(self, since: int, at: int, meant: Entity, gender: str) -> int:
        """How many others whom the pronoun may mean are named after ``since`` and before ``at``, ``meant`` not among them."""
        others = {
            id(mention.entity)
            for mention in self.named(since, at)
            if mention.entity.is_person and mention.entity is not meant and mention.entity.gender == gender
        }
        return len(others)

    def _phrase(self, sentence: Sentence, subject: Range, start: int, end: int, relayed: bool) -> Resolution:
        tags = sentence.tags[subject[0] : subject[1]]
        words = sentence.words[subject[0] : subject[1]]
        head = _head_end(tags)
        joint = "&" in tags and not _one_person(tags, words, head)
        person = None if joint else self._named_person(sentence, subject, head)
        if person is None and not joint and _bare(words[head - 1]) in ROLES:
            if "&" in tags:
                head = len(tags)
            found = self._by_role(sentence, subject, head, start, relayed)
            if found is not None and found.entity is not None:
                self.note(start, found.entity)
                return found
        if person is None and not joint and (issuer := self._issuer(words, head, start)):
            return Resolution(issuer.name, "role", issuer)
        if person is not None:
            self.note(start, person)
            return Resolution(person.name, "name" if self._certain(start, end, person) else "namesake", person)
        several = joint and any(mention.entity.is_person for mention in self.named(start, end))
        unnamed = self._unnamed_speaker(sentence, subject, start, end)
        return replace(unnamed, how="joint") if several else unnamed

    def _named_person(self, sentence: Sentence, subject: Range, head: int) -> Entity | None:
        """The person whose name ends the noun phrase ("aide Yury Ushakov") or stands in apposition to it."""
        at = subject[0] + head - 1
        for mention in self.named(sentence.starts[subject[0]], sentence.ends[at]):
            dot = sentence.words[at].endswith(".")  # Hill Jr.
            named = mention.entity.is_person and _bare(mention.entity.name) not in ROLES  # not "Prime Minister"
            if named and mention.end in (sentence.ends[at], sentence.ends[at] - dot):
                return mention.entity
        if (
            sentence.words[at + 1 : at + 2] in (["of"], ["for"])
            and _bare(sentence.words[at]) in ROLES
            and "X" in sentence.tags[at]
        ):
            last = self.named(sentence.starts[at], sentence.ends[subject[1] - 1])[-1:]
            if last and last[0].entity.is_person and not self.text.endswith((" of ", " for "), 0, last[0].start):
                return last[0].entity  # Secretary of State John Kerry
        beside = _APPOSED.match(sentence.tags, subject[1])
        if beside and "X" not in sentence.tags[at]:
            for mention in self.named(sentence.starts[beside.start(1)], sentence.ends[beside.end(1) - 1]):
                if mention.end == sentence.ends[beside.end(1) - 1] and mention.entity.is_person:
                    mention.entity.roles.update(_roles_in(" ".join(sentence.words[slice(*subject)])))
                    return mention.entity
        return None

    def _certain(self, start: int, end: int, person: Entity) -> bool:
        return all(mention.certain for mention in self.named(start, end) if mention.entity is person)

    def note_issued(self, sentence: Sentence, speaker: Entity) -> None:
        """Remember who speaks "in a statement"."""
        for at, word in enumerate(sentence.words):
            if word in ISSUED and "in" in map(str.lower, sentence.words[max(0, at - 3) : at]):
                self._issued[word] = sentence.starts[at], speaker

    def _issuer(self, words: list[str], head: int, at: int) -> Entity | None:
        """Who issued "the statement"."""
        issued = self._issued.get(words[head - 1]) if head == 2 and words[0].lower() == "the" else None
        return issued[1] if issued and at - issued[0] < FAR else None

    def _unnamed_speaker(self, sentence: Sentence, subject: Range, start: int, end: int) -> Resolution:
        """Organisations without their article, unnamed persons as they are described."""
        tags, words = sentence.tags[slice(*subject)], sentence.words[slice(*subject)]
        head = _head_end(tags)
        text = " ".join(self.text[start:end].split())
        text = re.sub(r"^An? ", lambda article: article.group().lower(), text)
        head_word = _bare(words[head - 1])
        if head_word in ROLES:
            if words[0].lower() in ("the", "that", "this") and head == 2 and head_word in self._unnamed:
                return Resolution(self._unnamed[head_word], "role")
            if tags[0] != "D" or words[0].lower() in ("a", "an"):
                self._unnamed[head_word] = text
            if "&" not in tags and (words[head - 1].islower() or words[0].lower() == "the"):
                owners = self._owners(sentence, subject, head, start)
                roles = frozenset(_roles_in(" ".join(words[:head])))
                name = re.sub(r"^[Tt]he ", "", text)
                self._described.append(_Described(name, start, _folded([head_word])[0], roles, owners))
        name = re.sub(r"^[Tt]he ", "", text)
        name = re.sub(r" (?:estimates|figures|data|statistics)$", "", name)
        name = re.sub(r"^(?:an? )?((?:.* )?[A-Z]\w+) (?:report|study|survey|analysis|review|poll)$", r"\1", name)
        if head == 2 and words[0].lower() == "the":
            name = self._organisation(words[1], start) or name
        name = METONYMS.get(name.lower(), name)
        if head_word not in ROLES and head_word not in DOCUMENTS:
            self._groups.append((start, name, "&" in tags or head_word.endswith("s") or head_word == "police"))
        return Resolution(name, "organisation" if tags[head - 1] == "X" else "phrase")

    def _organisation(self, noun: str, at: int) -> str | None:
        """The organisation that "the committee" takes up again: the latest whose name ends so."""
        before = bisect_left(self.mentions, at, key=lambda m: m.start)
        for mention in reversed(self.mentions[max(0, before - REACH) : before]):
            name = mention.entity.name
            if not mention.entity.is_person and " " in name and name.rsplit(" ", 1)[1].lower() == noun:
                return name
        return None

    def _by_role(self, sentence: Sentence, subject: Range, head: int, at: int, relayed: bool) -> Resolution | None:
        """Whom "the foreign minister" or "her lawyer" means: the latest person with these roles."""
        words = [_bare(word) for word in sentence.words[subject[0] : subject[0] + head]]
        if sentence.tags[subject[0]] not in "DX" or words[0] in ("a", "an", "another", "no"):
            return None
        owners = self._owners(sentence, subject, head, at)
        rest = range(subject[0] + head, subject[1])  # mother of three, secretary of state
        alone = all(sentence.tags[at] in "f#" or sentence.words[at].lower() in OFFICES for at in rest)
        wanted = set(_roles_in(" ".join(words)))
        for needed in (wanted, set(_folded(words[-1:]))):
            fits = [
                e
                for e in self.entities
                if e.is_person and e.first < at and needed <= e.roles and not _at_odds(wanted, e.roles)
            ]
            if owners or words[0] not in ("the", "that", "this"):
                fits = _owned(fits, owners)
                return Resolution(fits[0].name, "role", fits[0]) if len(fits) == 1 and (alone or owners) else None
            if not alone:
                return None
            for position, entity in islice(reversed(self._history), REACH):
                if position < at and entity in fits:
                    return Resolution(entity.name, "role", entity)
            if fits:
                latest = max(fits, key=lambda e: e.first)
                return Resolution(latest.name, "role", latest)
        titled = sentence.words[subject[0] + head - 1][:1].isupper()  # "The Economist" is a paper
        if relayed or titled or words[-1] in self._unnamed:
            return None
        return self._spoken_of(words[-1], wanted, at)

    def _spoken_of(self, role: str, wanted: set[str], at: int) -> Resolution | None:
        """The person whom "the congressman" takes up again, though the article has not said he is one."""
        if role in HIGH_OFFICES or role in SPEAKS_FOR_OTHERS or role.endswith("s"):
            return None
        gender = GENDER_OF_TITLE.get(role, "")
        for position, entity in islice(reversed(self._history), REACH):
            if (
                position >= at
                or not entity.name
                or not entity.is_person
                or (gender and entity.gender not in ("", gender))
            ):
                continue
            near = at - position < FAR
            return (
                Resolution(entity.name, "role guess", entity) if near and not _at_odds(wanted, entity.roles) else None
            )
        return None

    def _owners(self, sentence: Sentence, subject: Range, head: int, at: int) -> frozenset[str]:
        """Whose or of what: the words of "Ann Lowe" in "Ann Lowe's lawyer", "her lawyer", "a lawyer for Ann Lowe"."""
        words, tags = sentence.words[slice(*subject)], sentence.tags[slice(*subject)]
        if words[0].lower() in _PRONOUNS:
            meant = self._meant(words[0].lower(), at)
            return frozenset(meant.name.lower().split()) if meant.name else frozenset()
        named = [word for i, word in enumerate(words) if tags[i] == "X" and (i >= head or "'" in tags[i + 1 : i + 2])]
        return frozenset(map(_bare, named))

    def disclosed(self) -> dict[str, Entity]:
        """Who those are whom the article lets speak before it names them: "a New York judge"."""
        known: dict[str, Entity] = {}
        for described in self._described:
            certain = described.owners or (len(described.roles) > 1 and not described.name.startswith(("a ", "an ")))
            if described.head not in NAMED_LATER and not certain:
                continue
            fits = [
                e
                for e in self.entities
                if e.is_person
                and described.roles | {described.head} <= e.roles | described.owners
                and not _at_odds(set(described.roles), e.roles)
            ]
            fits = _owned(fits, described.owners)
            if len(fits) == 1 and (fits[0].first > described.at or described.owners & fits[0].of):
                known[described.name] = fits[0]
        return known


def _owned(persons: list[Entity], owners: frozenset[str]) -> list[Entity]:
    """Of ``persons`` those that are known to be somebody's of ``owners``, else those of whom it is not known whose."""
    return [e for e in persons if e.of & owners] or [e for e in persons if not e.of and _bare(e.surname) not in owners]


def _folded(words: list[str]) -> list[str]:
    """Roles by one name each: titles spelt out, synonyms as one."""
    if "attorney" in words and "general" in words:
        return [ROLE_OF_TITLE.get(word, word) for word in words]
    return [SAME_ROLE.get(role, role) for role in (ROLE_OF_TITLE.get(word, word) for word in words)]


def _roles_in(phrase: str) -> list[str]:
    words = [_bare(word) for word in phrase.split()]
    return _folded([word for word in words if word in ROLES or word in ROLE_MODIFIERS or word in NATIONS])


def _portfolio(words: list[str]) -> int:
    """How many of the words name an office before the name of who holds it: "Climate Change | Ann Lowe"."""
    held = 0
    while held < len(words) and (words[held].lower() in PORTFOLIOS or words[held].lower() in ROLE_MODIFIERS):
        held += 1
    return held if len(words) - held > 1 else 0


def _one_person(tags: str, words: list[str], head: int) -> bool:
    """ "the former secretary and current nominee": two roles, one bearer."""
    second = tags[tags.find("&") :]
    return (
        words[0].lower() == "the"
        and "D" not in second
        and _bare(words[head - 1]) in ROLES
        and _bare(words[-1]) in ROLES
        and tags.count("&") == 1
    )


_APPOSED: Final = re.compile(r",([X'f]*X),")
# Roles that exclude each other: who is one is not the other.
_PORTFOLIO: Final = ROLE_MODIFIERS - frozenset(listed("former then late top senior prime first"))
_CONTRARY: Final = (("democratic", "republican"), ("democrat", "republican"))


def _at_odds(wanted: set[str], roles: set[str]) -> bool:
    if ("vice" in wanted) != ("vice" in roles) and wanted & {"president", "presidential", "nominee", "candidate"}:
        return True
    if (
        "minister" in wanted
        and "prime" in roles
        and "prime" not in wanted
        and not _PORTFOLIO.isdisjoint(wanted - roles)
    ):
        return True
    if "former" in wanted and "former" not in roles and wanted & HIGH_OFFICES:
        return True
    nations = wanted & NATIONS
    if nations and roles & NATIONS and not nations & roles:
        return True
    return any(
        (a in wanted and b in roles and a not in roles) or (b in wanted and a in roles and b not in roles)
        for a, b in _CONTRARY
    )


def _head_end(tags: str) -> int:
    """Where the head of a noun phrase ends: before its first "of", "for" or comma."""
    for at, tag in enumerate(tags):
        if at and tag in "fit&":
            return at
    return len(tags)


def _compatible(first: str, second: str) -> bool:
    """Whether two given names may be one: equal, an initial, or a short form."""
    one, two = _bare(first), _bare(second)
    if one == two or NICKNAMES.get(one, one) == NICKNAMES.get(two, two):
        return True
    return one[:1] == two[:1] and (min(len(one), len(two)) <= 1 or one.startswith(two[:3]) or two.startswith(one[:3]))
