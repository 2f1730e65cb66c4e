"""Who is meant: which of an article's persons and organisations a speaker's words stand for.

Owns pronouns, roles and what the article spoke of before; knows nothing of how names are read, nor of cues and contents.
"""

from __future__ import annotations

import re
import string
from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import islice
from typing import Final

from index.countries import COUNTRIES
from index.statements.cast import (
    LANDS,
    OFFICES,
    REACH,
    Cast,
    Entity,
    Mention,
    bare_word,
    folded,
    may_be_a_person,
    roles_in,
    split_title,
)
from index.statements.lexicon import listed
from index.statements.names import (
    ANONYMOUS,
    DOCUMENTS,
    GENDER_OF_TITLE,
    GROUPS,
    HIGH_OFFICES,
    HUMANS,
    ISSUED,
    METONYMS,
    NAMED_LATER,
    PLACES,
    ROLES,
    TAKEN_UP,
    TITLES,
)
from index.statements.phrases import Phrases, Range
from index.statements.tokens import Sentence

_PRONOUNS: Final = {"he": "m", "she": "f", "his": "m", "her": "f"}
CROWD: Final = 2  # men named since he whom "he" should mean: one is mentioned in passing, of two either may be meant
SHORT: Final = 4  # letters of a name in capitals; fewer are initials
UNNAMED: Final = ""  # the name of a person whom the article does not name
FAR: Final = 1500  # code points: a pronoun seldom reaches further back than two or three paragraphs


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


class Speakers:
    """Whom the words of an article mean, read from its beginning to its end: what was spoken of is remembered."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self._history: list[tuple[int, Entity]] = []
        self._groups: list[tuple[int, str, bool]] = []  # where, name, whether several
        self._unnamed: dict[str, str] = {}  # "judge": "a New York judge"
        self._unnamed_at: dict[str, int] = {}  # where the latest of them was brought in
        self._issued: dict[str, tuple[int, Resolution]] = {}  # "statement": where the latest was mentioned, and whose
        self._described: list[_Described] = []
        self._strangers: dict[int, str] = {}  # where somebody without a name was brought in, and as what
        self._everyone = sorted(cast.entities, key=_by_first)
        self._holders: dict[str, list[Entity]] = {}  # by role; both in the order in which they are first named
        for entity in self._everyone:
            for role in entity.roles:
                self._holders.setdefault(role, []).append(entity)

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
        beside = self._apposed(sentence, subject, subject[1] - 1)
        if beside is not None and bare_word(sentence.words[subject[1] - 1]) in ROLES:
            # "the centre's president, Ann Lowe, spoke"
            self.note(beside.start, beside.entity)
            return
        if "'" in tags:  # the owner is not who it is about: "Ukraine's president Ann Lowe", not "Lowe's plan"
            end = sentence.ends[subject[1] - 1]
            named = self.cast.named(sentence.starts[subject[0]], end)[-1:]
            if named and named[0].end == end and named[0].entity.is_person and tags.endswith("X"):
                self.note(named[0].start, named[0].entity)
            return
        for mention in self.cast.named(sentence.starts[subject[0]], sentence.ends[subject[1] - 1]):
            if mention.entity.is_person:
                self.note(mention.start, mention.entity)
                return
        head = sentence.words[subject[0] + _head_end(tags) - 1]
        is_role = bare_word(head) in ROLES and (head.islower() or bare_word(head) in HIGH_OFFICES)  # the Queen
        if self._is_stranger(sentence, subject):
            self._note_stranger(sentence.starts[subject[0]], sentence.ends[subject[1] - 1])
        elif tags[0] == "D" and "&" not in tags and is_role:
            start = sentence.starts[subject[0]]
            found = self._by_role(sentence, subject, _head_end(tags), start, relayed=False)
            stranger = Entity(UNNAMED, True, GENDER_OF_TITLE.get(bare_word(head), ""), first=start)
            self.note(start, (found and found.entity) or stranger)

    def _note_stranger(self, start: int, end: int) -> None:
        text = " ".join(self.cast.text[start:end].split())
        self._strangers[start] = text[0].lower() + text[1:]
        self.note(start, Entity(UNNAMED, True, first=start))

    def _is_stranger(self, sentence: Sentence, subject: Range) -> bool:
        """Whether somebody is brought in who has no name, and no office: "a migrant from Norway"."""
        tags = sentence.tags[slice(*subject)]
        head = bare_word(sentence.words[subject[0] + _head_end(tags) - 1])
        return (
            "&" not in tags and head in HUMANS and sentence.words[subject[0]].lower() in ("a", "an", "one", "another")
        )

    def called(self, name: str, *, surely: bool = False) -> Resolution:
        """Who goes by ``name``, in whatever case: the labels of a transcript ("PENCE"). ``surely``: it is somebody's name,
        though the article may not have made clear that he is a person."""
        wanted = [_spelt(word) for word in split_title(name.split())[1]]
        last, first, initials = self._words

        def persons(found: list[Entity]) -> list[Entity]:
            return [entity for entity in found if entity.is_person or (surely and len(wanted) > 1)]

        meant = [e for e in persons(last[wanted[-1]]) if _goes_by([_spelt(word) for word in e.name.split()], wanted)][
            :1
        ]
        if not meant and len(wanted) == 1:
            short = name.isupper() and len(name) < SHORT
            meant = persons(first[wanted[0]] + (initials[name.replace(".", "")] if short else []))
        if len(meant) == 1:
            return Resolution(_capitalised(meant[0].name), "name", meant[0])
        return Resolution(_capitalised(name), "organisation")

    @cached_property
    def _words(self) -> tuple[defaultdict[str, list[Entity]], ...]:
        """The persons and organisations by their last word, by their first, and by their initials."""
        last, first, initials = (defaultdict[str, list[Entity]](list) for _ in range(3))
        for entity in self.cast.entities:
            words = entity.name.split()
            last[_spelt(words[-1])].append(entity)
            first[_spelt(words[0])].append(entity)
            initials["".join(word[0] for word in words)].append(entity)
        return last, first, initials

    def speaks(self, resolution: Resolution) -> None:
        """Remember that it is a person whose words the article gives, and by which name."""
        if resolution.entity is not None and resolution.name is not None:
            resolution.entity.is_person = True
            resolution.entity.name = resolution.name

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
        end = sentence.ends[antecedent[1] - 1]
        named = [m for m in self.cast.named(sentence.starts[antecedent[0]], end) if m.entity.is_person][-1:]
        if named and _OF_TOWN.fullmatch(self.cast.text, named[0].end, end):
            return Resolution(named[0].entity.name, "relative", named[0].entity)  # a word with Ann Lowe of Tarn, who
        if sentence.words[at].lower() == "who":
            antecedent = _nearer(sentence, antecedent)
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
            meant.entity.is_person, meant.entity.gender = True, _PRONOUNS[word]
            self.note(at, meant.entity)
        return meant

    def _meant(self, word: str, at: int) -> Resolution:
        """Whom "he" or "her" means at ``at``: the latest person spoken of, else the latest met, of that gender."""
        gender = _PRONOUNS[word]
        for position, entity in islice(reversed(self._history), REACH):
            if position < at and entity.gender in ("", gender):
                if entity.name == UNNAMED:
                    since = (m.entity for m in self.cast.named(position, at) if m.entity.is_person)
                    named = {id(one): one for one in since if one.gender == gender}
                    if len(named) == 1:
                        return Resolution((only := named.popitem()[1]).name, "pronoun guess", only)
                    entity.gender = gender
                    stranger = self._strangers.get(entity.first)
                    return Resolution(stranger, "pronoun guess" if stranger else "pronoun unknown")
                sure = "pronoun" if entity.gender == gender else "pronoun guess"
                if self._named_since(position, at, entity, gender) >= (CROWD if at - position < FAR else 1):
                    return Resolution(entity.name, "pronoun unclear", entity)
                return Resolution(entity.name, sure if at - position < FAR else "pronoun far", entity)
        for mention in self.cast.before(at):
            if mention.entity.is_person and mention.entity.gender in ("", gender):
                return Resolution(mention.entity.name, "pronoun met", mention.entity)
        return Resolution(None, "pronoun unknown")

    def _named_since(self, since: int, at: int, meant: Entity, gender: str) -> int:
        """How many others whom the pronoun may mean are named after ``since`` and before ``at``, ``meant`` not among them."""
        others = {
            id(mention.entity)
            for mention in self.cast.named(since, at)
            if mention.entity.is_person and mention.entity is not meant and mention.entity.gender == gender
        }
        return len(others)

    def _phrase(self, sentence: Sentence, subject: Range, start: int, end: int, relayed: bool) -> Resolution:
        tags = sentence.tags[subject[0] : subject[1]]
        words = sentence.words[subject[0] : subject[1]]
        titled = _two_titles(tags, words)
        head = len(tags) if titled else _head_end(tags)
        joint = "&" in tags and not titled and not _one_person(tags, words, head)
        person = None if joint else self._named_person(sentence, subject, head)
        if person is None and not joint and bare_word(words[head - 1]) in ROLES:
            if "&" in tags:
                head = len(tags)
            found = self._by_role(sentence, subject, head, start, relayed)
            if found is not None and found.entity is not None:
                self.note(start, found.entity)
                return found
        if person is None and not joint and (issuer := self._issuer(words, head, start)):
            return issuer
        if person is not None:
            self.note(start, person)
            return Resolution(person.name, "name" if self._certain(start, end, person) else "namesake", person)
        several = joint and any(mention.entity.is_person for mention in self.cast.named(start, end))
        if not joint and (maybe := self._perhaps(start, sentence.ends[subject[0] + head - 1])):
            self.note(start, maybe)
        unnamed = self._unnamed_speaker(sentence, subject, start, end)
        return replace(unnamed, how="joint") if several else unnamed

    def _perhaps(self, start: int, end: int) -> Entity | None:
        """Who speaks by a name that may be a person's: if "he" is said next, it is."""
        named = self.cast.named(start, end)[-1:]
        if not named or named[0].end != end or self.cast.text.endswith(("the ", "The "), 0, named[0].start):
            return None
        return named[0].entity if may_be_a_person(self.cast.text[named[0].start : end].split()) else None

    def _named_person(self, sentence: Sentence, subject: Range, head: int) -> Entity | None:
        """The person whose name ends the noun phrase ("aide Yury Ushakov") or stands in apposition to it."""
        at = subject[0] + head - 1
        for mention in self.cast.named(sentence.starts[subject[0]], sentence.ends[at]):
            dot = sentence.words[at].endswith(".")  # Hill Jr.
            named = mention.entity.is_person and bare_word(mention.entity.name) not in ROLES  # not "Prime Minister"
            if named and mention.end in (sentence.ends[at], sentence.ends[at] - dot):
                return mention.entity
        of = sentence.words[at + 1 : at + 2] in (["of"], ["for"], ["to"]) and bare_word(sentence.words[at]) in ROLES
        titled = "X" in sentence.tags[at] or OFFICES.intersection(sentence.words[at + 2 : at + 3])
        if of and (titled or self._holds_post(sentence, subject, at)):
            last = self.cast.named(sentence.starts[at], sentence.ends[subject[1] - 1])[-1:]
            if last and last[0].entity.is_person and not self.cast.text.endswith(_LEADING, 0, last[0].start):
                return last[0].entity  # Secretary of State John Kerry
        beside = self._apposed(sentence, subject, at)
        if beside is None:
            return None
        for role in set(roles_in(" ".join(sentence.words[slice(*subject)]))) - beside.entity.roles:
            beside.entity.roles.add(role)
            insort(self._holders.setdefault(role, []), beside.entity, key=_by_first)
        return beside.entity

    def _apposed(self, sentence: Sentence, subject: Range, head: int) -> Mention | None:
        """The person named between commas right behind a noun phrase whose head is no name."""
        beside = _APPOSED.match(sentence.tags, subject[1]) if sentence.tags[head] != "X" else None
        if beside is None:
            return None
        end = sentence.ends[beside.end(1) - 1]
        named = self.cast.named(sentence.starts[beside.start(1)], end)
        return next((mention for mention in named if mention.end == end and mention.entity.is_person), None)

    def _holds_post(self, sentence: Sentence, subject: Range, at: int) -> bool:
        """Whether whom the phrase ends with holds the office in it: "chairman of the House Committee Ann Lowe", but not "the
        director of Ann Lowe's film", "director of Mayor Ann Lowe"."""
        post = [bare_word(word) for word in sentence.words[at + 2 : subject[1]] if word != "the"]
        office = bare_word(sentence.words[at]) in NAMED_LATER and sentence.tags[subject[0]] != "D"
        return office and len(post) > 1 and post[0] not in TITLES | ROLES and "'" not in sentence.tags[at : subject[1]]

    def _certain(self, start: int, end: int, person: Entity) -> bool:
        return all(mention.certain for mention in self.cast.named(start, end) if mention.entity is person)

    def note_issued(self, sentence: Sentence, speaker: Resolution) -> None:
        """Remember who speaks "in a statement"."""
        for at, word in enumerate(sentence.words):
            if word in ISSUED and "in" in map(str.lower, sentence.words[max(0, at - 3) : at]):
                self._issued[word] = sentence.starts[at], speaker

    def _issuer(self, words: list[str], head: int, at: int) -> Resolution | None:
        """Who issued "the statement"."""
        if head != 2 or words[0].lower() != "the":
            return None
        if words[1] in ISSUED and words[head : head + 1] in (["from"], ["by"]) and words[head + 1 :]:
            issuer = " ".join(words[head + 1 :]).removeprefix("the ")
            self._issued[words[1]] = at, Resolution(self._organisation(issuer, at) or issuer, "role")
        issued = self._issued.get(words[1])
        return replace(issued[1], how="role") if issued and at - issued[0] < FAR else None

    def _unnamed_speaker(self, sentence: Sentence, subject: Range, start: int, end: int) -> Resolution:
        """Organisations without their article, unnamed persons as they are described."""
        tags, words = sentence.tags[slice(*subject)], sentence.words[slice(*subject)]
        head = _head_end(tags)
        text = " ".join(self.cast.text[start:end].split())
        text = re.sub(r"^An? ", lambda article: article.group().lower(), text)
        head_word = bare_word(words[head - 1])
        if head_word in ROLES:
            if words[0].lower() in ("the", "that", "this") and head == 2 and head_word in self._unnamed:
                return Resolution(self._unnamed[head_word], "role")
            if tags[0] != "D" or words[0].lower() in ("a", "an"):
                self._unnamed[head_word], self._unnamed_at[head_word] = text, start
            if "&" not in tags and (words[head - 1].islower() or words[0].lower() == "the"):
                owners = self._owners(sentence, subject, head, start)
                roles = frozenset(roles_in(" ".join(words[:head])))
                name = re.sub(r"^[Tt]he ", "", text)
                self._described.append(_Described(name, start, folded([head_word])[0], roles, owners))
        name = re.sub(r"^[Tt]he ", "", text)
        name = re.sub(r" (?:estimates|figures|data|statistics)$| in (?:19|20)\d\d$", "", name)
        name = re.sub(r"^(?:an? )?((?:.* )?[A-Z]\w+) (?:report|study|survey|analysis|review|poll)$", r"\1", name)
        if head == 2 and words[0].lower() == "the":
            name = self._organisation(words[1], start) or name
        name = METONYMS.get(name.lower(), name)
        if self._is_stranger(sentence, subject):
            self._note_stranger(start, end)
        if head_word not in ROLES and head_word not in DOCUMENTS:
            self._groups.append((start, name, "&" in tags or head_word.endswith("s") or head_word == "police"))
        return Resolution(name, "organisation" if tags[head - 1] == "X" else "phrase")

    def _organisation(self, noun: str, at: int) -> str | None:
        """The organisation that "the committee" takes up again: the latest whose name ends so, or has that before "of"."""
        spoken = ((place, name) for place, name, _ in islice(reversed(self._groups), REACH) if place < at)
        met = ((m.start, m.entity.name) for m in self.cast.before(at) if not m.entity.is_person)
        latest = (next((found for found in among if noun == _head_of(found[1])), None) for among in (spoken, met))
        return max(filter(None, latest), default=(0, None))[1]

    def _by_role(self, sentence: Sentence, subject: Range, head: int, at: int, relayed: bool) -> Resolution | None:
        """Whom "the foreign minister" or "her lawyer" means: the latest person with these roles."""
        words = [bare_word(word) for word in sentence.words[subject[0] : subject[0] + head]]
        if sentence.tags[subject[0]] not in "DX" or words[0] in ("a", "an", "another", "no") or words[-1] in ANONYMOUS:
            return None
        end = sentence.ends[subject[1] - 1]
        behind = self.cast.text[end : end + UNNAMED_REACH]
        if not _NOT_NAMED.isdisjoint(words) or _WITHOUT_A_NAME.match(behind):
            return None
        lately = max(self._unnamed_at.get(words[-1], -1), self._stranger_at(words, at))
        owners = self._owners(sentence, subject, head, at)
        rest = range(subject[0] + head, subject[1])  # mother of three, secretary of state
        after = [bare_word(word) for word in sentence.words[subject[0] + head : subject[1]]]
        alone = all(sentence.tags[at] in "f#" or sentence.words[at].lower() in OFFICES for at in rest)
        wanted, places = set(roles_in(" ".join(words))), _REGIONS.intersection(words)
        if (land := _land(after)) and words[-1] not in _TITLED_BY:
            wanted.add(land)  # the president of Russia; but not the Prince of Wales
        lands = wanted & LANDS
        for needed in (wanted, set(folded(words[-1:]))):
            fits: Iterable[Entity] = self._having(needed, wanted | places, at)
            how, narrowed = "role", bool(places or (lands and needed != wanted))
            if narrowed:
                fits, how = self._narrowed(list(fits), places, lands if needed != wanted else set(), words[-1], at)
            if owners or words[0] not in ("the", "that", "this"):
                fits = list(fits) if lands else fits
                there = [e for e in fits if lands & e.roles] if lands else []
                only = (there[0] if len(there) == 1 else None) if there else _only(fits, owners)
                return Resolution(only.name, how, only) if only and (alone or owners) else None
            if not alone:
                return None
            latest = next(iter(fits), None)
            if latest is None:
                continue
            for position, entity in islice(reversed(self._history), REACH):
                known = lately < position < at and entity.first < at
                if known and (entity in fits if narrowed else _has(entity, needed, wanted)):
                    return Resolution(entity.name, how, entity)
            # "the consultant": not the one who was named, where another was brought in since
            return Resolution(latest.name, how, latest) if latest.first > lately else None
        titled = sentence.words[subject[0] + head - 1][:1].isupper()  # "The Economist" is a paper
        others = "'" in sentence.tags[subject[0] : subject[0] + head]  # the company's founder
        if relayed or titled or others or words[-1] in self._unnamed or TAKEN_UP.isdisjoint(wanted):
            return None
        return self._spoken_of(wanted | places, at)

    def _stranger_at(self, words: list[str], at: int) -> int:
        """Where the latest that "the lawyer" may mean was mentioned without a name: "a lawyer", "her lawyer"; -1 where nowhere
        near, or it was said of somebody who has one ("Ann Lowe, a lawyer")."""
        if not 2 <= len(words) <= 3 or words[0] != "the":
            return -1
        text = self.cast.text
        for found in reversed(list(_stranger(words[-1]).finditer(text, max(0, at - FAR), at))):
            before = text[max(0, found.start() - 40) : found.start()]
            apposed = before[-2:-1] in ",—–-" and text[found.end() : found.end() + 1] in ",."
            if not apposed and not _TELLS_WHAT.search(before):
                return found.start()
        return -1

    def _narrowed(
        self, fits: list[Entity], places: Set[str], lands: Set[str], role: str, at: int
    ) -> tuple[list[Entity], str]:
        """Of those who have a role the ones who are from where it is said: "the Tarn senator", "the Russian leader"."""
        how = "role"
        if places:
            there = [e for e in fits if not places.isdisjoint(e.roles | e.of)]
            fits, how = (there, how) if there else (fits, "role unclear")
        if lands:
            known = [e for e in fits if lands & e.roles] or (self._leading(lands, at) if role == "leader" else [])
            fits, how = (known, how) if known else (fits if len(fits) == 1 else [], "role unclear")
        return fits, how

    def _leading(self, lands: Set[str], at: int) -> list[Entity]:
        """Whom "the Russian leader" means: who has the highest office there."""
        met = (e for land in sorted(lands) for e in self._having({land}, frozenset(), at))
        heads = (e for e in met if e.roles & _HEADS and "vice" not in e.roles and "former" not in e.roles)
        return sorted(heads, key=_by_first, reverse=True)

    def _having(self, needed: Set[str], wanted: Set[str], before: int) -> Iterator[Entity]:
        """The persons first named ahead of a place who have all roles that are ``needed``, and none at odds with one that is
        ``wanted``: the latest first."""
        holders = min((self._holders.get(role, []) for role in needed), key=len, default=self._everyone)
        for at in range(bisect_left(holders, before, key=_by_first) - 1, -1, -1):
            if _has(holders[at], needed, wanted):
                yield holders[at]

    def _spoken_of(self, wanted: set[str], at: int) -> Resolution | None:
        """The person whom "the congressman" takes up again, though the article has not said he is one."""
        genders = {"", *(GENDER_OF_TITLE.get(role, "") for role in wanted)}
        genders = genders if len(genders) > 1 else {"", "m", "f"}
        for position, entity in islice(reversed(self._history), REACH):
            if position >= at or not entity.name or not entity.is_person or entity.gender not in genders:
                continue
            if at - position >= FAR or _at_odds(wanted, entity.roles) or (wanted & LANDS) - entity.roles:
                return None
            others = (m.entity for m in self.cast.named(position, at) if m.entity.is_person and m.entity is not entity)
            alone = not any(other.gender in genders for other in others)
            return Resolution(entity.name, "role guess" if alone else "role unclear", entity)
        return None

    def _owners(self, sentence: Sentence, subject: Range, head: int, at: int) -> frozenset[str]:
        """Whose or of what: the words of "Ann Lowe" in "Ann Lowe's lawyer", "her lawyer", "a lawyer for Ann Lowe"."""
        words, tags = sentence.words[slice(*subject)], sentence.tags[slice(*subject)]
        if words[0].lower() in _PRONOUNS:
            meant = self._meant(words[0].lower(), at)
            return frozenset(meant.name.lower().split()) if meant.name else frozenset()
        named = [word for i, word in enumerate(words) if tags[i] == "X" and (i >= head or "'" in tags[i + 1 : i + 2])]
        return frozenset(map(bare_word, named))

    def disclosed(self) -> dict[str, Entity]:
        """Who those are whom the article lets speak before it names them: "a New York judge"."""
        known: dict[str, Entity] = {}
        for described in self._described:
            certain = described.owners or (len(described.roles) > 1 and not described.name.startswith(("a ", "an ")))
            if described.head not in NAMED_LATER and not certain:
                continue
            needed = (described.roles | {described.head}) - described.owners
            only = _only(self._having(needed, described.roles, len(self.cast.text)), described.owners)
            if only and (only.first > described.at or described.owners & only.of):
                known[described.name] = only
        return known


@lru_cache(maxsize=256)
def _stranger(role: str) -> re.Pattern[str]:
    """Somebody with that role who is not named there, nor beside it."""
    return re.compile(
        rf"\b(?:an?|another|his|her|their|whose|one) (?:[\w-]+ ){{0,2}}?{re.escape(role)}\b"
        r"(?!,? [A-Z])(?! (?:named|called|who)\b)"
    )


def _nearer(sentence: Sentence, phrase: Range) -> Range:
    """The last persons of a phrase whose noun is none: "(drew) scrutiny from | lawmakers", who."""
    tags = sentence.tags[slice(*phrase)]
    last = phrase[0] + 1 + max(tags.rfind("i"), tags.rfind("f"))
    head, end = sentence.words[phrase[0] + _head_end(tags) - 1], sentence.words[phrase[1] - 1]
    persons = sentence.tags[phrase[1] - 1] == "N" and (end.endswith("s") or _is_human(end))
    nearer = (
        last > phrase[0] and persons and head.islower() and not _is_human(head) and "X" not in tags[: last - phrase[0]]
    )
    return (last, phrase[1]) if nearer else phrase


def _is_human(noun: str) -> bool:
    word = bare_word(noun)
    return any(word in humans or word.removesuffix("s") in humans for humans in (HUMANS, ROLES))


def _capitalised(name: str) -> str:
    """A name in capitals as it is written elsewhere: "PENCE", but not "CNN"."""
    return name if not name.isupper() or name.lower() in GROUPS or len(name) < SHORT else string.capwords(name)


def _spelt(word: str) -> str:
    return word.lower().replace("’", "'")


def _goes_by(name: list[str], wanted: list[str]) -> bool:
    """Whether a full name may be written ``wanted``: its last words, or with one of its names left out."""
    return name[-len(wanted) :] == wanted or (len(wanted) > 1 and [name[0], name[-1]] == [wanted[0], wanted[-1]])


def _head_of(name: str) -> str:
    """The noun that an organisation's name may be taken up by, the last word of it or the one before "of"; empty where it has
    none, or is a description: "a union", "the dispute with the union"."""
    words = name.split()
    described = name.islower() or len(words) < 2 or words[0] in _DETERMINERS or not _PLACED.isdisjoint(words)
    if described or ("of" in words and words[-1].islower()):
        return ""
    return (words[words.index("of") - 1] if "of" in words[1:] else words[-1]).lower()


def _by_first(entity: Entity) -> int:
    return entity.first


def _has(entity: Entity, needed: Set[str], wanted: Set[str]) -> bool:
    """Whether it is a person with all roles that are ``needed``, and none at odds with one that is ``wanted``."""
    other = any(GENDER_OF_TITLE[role] != entity.gender for role in needed & _SEXED) if entity.gender else False
    return entity.is_person and not other and needed <= entity.roles and not _at_odds(wanted, entity.roles)


def _only(persons: Iterable[Entity], owners: frozenset[str]) -> Entity | None:
    """The only one of ``persons`` who is known to be somebody's of ``owners``, else the only one of whom it is not known whose;
    None where there is none, or there are several."""
    theirs, anyones = list[Entity](), list[Entity]()
    for entity in persons:
        if entity.of & owners:
            theirs.append(entity)
        elif not entity.of and bare_word(entity.surname) not in owners:
            anyones.append(entity)
        if len(theirs) > 1 or (not owners and len(anyones) > 1):
            return None
    found = theirs or anyones
    return found[0] if len(found) == 1 else None


def _two_titles(tags: str, words: list[str]) -> bool:
    """ "coordinator and senior adviser Ann Lowe": two roles before one name."""
    titled = _TITLED.fullmatch(tags)
    return titled is not None and all(words[at - 1] in ROLES for at in (titled.end(1), titled.start(2)))


def _one_person(tags: str, words: list[str], head: int) -> bool:
    """ "the former secretary and current nominee": two roles, one bearer."""
    second = tags[tags.find("&") :]
    return (
        words[0].lower() == "the"
        and "D" not in second
        and bare_word(words[head - 1]) in ROLES
        and bare_word(words[-1]) in ROLES
        and tags.count("&") == 1
    )


_LEADING: Final = (" of ", " for ", " to ")  # to whose man somebody is
_TITLED: Final = re.compile(r"([NXAE]*N)&[NXAE]*N(X+)")
_APPOSED: Final = re.compile(r",([X'f]*X),")
# Roles that exclude each other: who is one is not the other.
_CONTRARY: Final = (("democratic", "republican"),)


# What stands before "a lawyer" where it says what somebody is: "she was not only | a lawyer".
_TELLS_WHAT: Final = re.compile(
    r"\b(?:is|are|was|were|am|be|been|being|as|like|became|remains?)(?: (?:not|just|only|also|still|once))* $"
)
_OF_TOWN: Final = re.compile(r"(?: of [A-Z][\w.-]+(?: [A-Z][\w.-]+)*)?")
# "the local mayor", "the owner, who did not want his name used": nobody whom the article names.
_NOT_NAMED: Final = frozenset(listed("local other fellow unnamed anonymous unidentified"))
UNNAMED_REACH: Final = 100  # code points behind an office that may say that its holder is not named
_WITHOUT_A_NAME: Final = re.compile(r",? who [^.]{0,70}?\b(?:names?|named|identif\w+|anonym\w+)\b")
_DETERMINERS: Final = frozenset(listed("a an another one some many several most two three four his her their its all"))
_PLACED: Final = frozenset(listed("in at on by for with from to over like about and"))
_TITLED_BY: Final = frozenset(("prince", "princess", "duke", "duchess"))
_SEXED: Final = GENDER_OF_TITLE.keys() & {
    "king",
    "queen",
    "prince",
    "princess",
    "father",
    "mother",
    "husband",
    "wife",
    "son",
    "daughter",
}
_HEADS: Final = HIGH_OFFICES - {"speaker", "secretary", "pope"}
_REGIONS: Final = PLACES - COUNTRIES.keys()
_ALSO_OF_STATES: Final = frozenset(listed("senator representative lawmaker legislator"))  # and of the whole country


def _at_odds(wanted: Set[str], roles: Set[str]) -> bool:
    if ("vice" in wanted) != ("vice" in roles) and wanted & {"president", "presidential", "nominee", "candidate"}:
        return True
    if "minister" in wanted and "prime" in roles and "prime" not in wanted:
        return True
    if "former" in wanted and "former" not in roles and wanted & HIGH_OFFICES:
        return True
    if "state" in wanted and "state" not in roles and wanted & roles & _ALSO_OF_STATES:
        return True
    for homes in (LANDS, _REGIONS):
        if wanted & homes and roles & homes and not wanted & roles & homes:
            return True
    return any(
        (a in wanted and b in roles and a not in roles) or (b in wanted and a in roles and b not in roles)
        for a, b in _CONTRARY
    )


def _land(after: list[str]) -> str:
    """The country in "of Russia", "of the United States"; empty where it is "in" one, or of something else."""
    land = folded([word for word in after[1:] if word != "the"])
    return land[0] if after[:1] == ["of"] and len(land) == 1 and land[0] in LANDS else ""


def _head_end(tags: str) -> int:
    """Where the head of a noun phrase ends: before its first "of", "for" or comma."""
    for at, tag in enumerate(tags):
        if at and tag in "fit&":
            return at
    return len(tags)
