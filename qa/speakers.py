"""Who a question asks about: the speakers of a corpus that a name, an office or a description may mean.

Owns how well a speaker fits who is asked about, where a name is looked for, and how sure an attribution has to be before a
statement counts as his, as another's or as nobody's. Refuses to know what anybody said. When two spellings are one person is
for `qa.people` to tell.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from index.letters import fold
from index.store import Snapshot
from index.types import Statement
from qa import offices, people
from qa.question import words_of
from qa.types import Question

# Below this confidence no speaker is asserted: he would be the wrong one more than one time in three.
ASSERTED = 0.5
# But the one the question names is asserted from here on, and what is another's by as much is left out: to show it "without a
# clear speaker" under a question about somebody else would mislead. Of the statements that answered a labelled question and
# were his by an attribution this sure, 200 of 201 were his.
EXPECTED = 0.3
# From this confidence on, the sentence around another's words is no answer about the one who is asked about. Below it one
# attribution in four is wrong, and leaving the sentence out would lose right answers.
SURE = 0.7
# A name in the question that fits a speaker of the corpus at least this well is that speaker.
KNOWN = 0.6
# And this well where the question's form alone does not say that it asks about somebody: no spelling error, no given name.
SPELT = 0.8
# "Fallon, a spokesman for Mr. Roe": so far behind a speaker's name it says for whom he speaks.
_BESIDE = 60  # code points
_SPOKESMAN = "spokes"  # -man, -woman, -person, -people
# Passages in which it is looked for who holds an office, and how well he then fits it.
_INTRODUCING = 20
_HOLDS = 0.85
_ONCE = 0.3  # once, with two words between ("Ann Poe, who is mayor of Rivertown"): whoever stands farther off may be another
# The same of a relative, whom few passages name: those found after the first twenty are of an article that tells of him, too.
_BELONGING = 60
_CHILDREN = {"mother": ("son", "daughter"), "father": ("son", "daughter")}
_BYGONE = 0.8  # a former one, where the office is asked for: any who holds it is before him
_HOLDERS = 3  # an office that so many seem to hold is none: "the study's lead author"
# What the one who speaks counts for where another is asked to have relayed it; and one of those whom "which senator" means.
_RELAYED, _AMONG = 0.8, 0.5


_CAPITAL = re.compile(r"(?<!\w)[A-Z][\w-]+")


@dataclass(frozen=True, slots=True)
class Asked:
    """Who is asked about: the corpus's names it may mean with their weights, and the spelling to show for each."""

    names: Mapping[str, float]
    shown: Mapping[str, str]

    @property
    def known(self) -> bool:
        """Whether it surely is somebody who speaks in the corpus."""
        return max(self.names.values(), default=0.0) >= KNOWN

    def weight(self, statement: Statement) -> float:
        """How well a statement's speaker fits, in [0, 1]."""
        return self.names.get(statement.speaker, 0.0) if statement.speaker else 0.0

    def said(self, statement: Statement) -> bool:
        """Whether a statement is his, surely enough to be shown as his."""
        return bool(self.weight(statement)) and statement.confidence >= EXPECTED

    def another(self, statement: Statement, text: str) -> bool:
        """Whether somebody else speaks, in the ``text`` of an article. His spokesman is no other, though not himself."""
        return bool(statement.speaker) and not self.weight(statement) and not self._spoken_for(statement, text)

    def _spoken_for(self, statement: Statement, text: str) -> bool:
        """Whether a statement is by a spokesman of his, by what stands beside the speaker's name."""
        mention = statement.mention
        if mention is None:
            return False
        beside = text[mention.start : mention.end + _BESIDE]
        if _SPOKESMAN not in beside:  # most are none, and to cut all into words would take longer than all else here
            return False
        words = words_of(beside)
        return any(fit >= SPELT and last_word(name) in words for name, fit in self.names.items())


def who(snapshot: Snapshot, question: Question) -> Asked:
    """The speakers of the corpus that the question's speaker may be: by name, else by how articles describe them."""
    names: dict[str, float] = {}
    counts = snapshot.spellings()
    his = _AMONG if question.intent == "who" else _RELAYED if question.via else 1.0
    for asked, weight in ((question.via, 1.0), (question.speaker, his)):
        if asked:
            for name, fit in _may_be(snapshot, asked).items():
                names[name] = max(names.get(name, 0.0), fit * weight)
    names = _not_the_topic(names, question)
    shown = {name: people.canonical(name, names, counts) for name in names}
    return Asked(MappingProxyType(names), MappingProxyType(shown))


def _not_the_topic(names: dict[str, float], question: Question) -> dict[str, float]:
    """Whom a surname means, without those whom the topic calls by their given names: "What did Roe say about Ann?"."""
    asked = words_of(question.speaker or "")
    if len(asked) != 1 or question.via:
        return names
    given = {fold(word) for word in _CAPITAL.findall(question.topic)}
    others = {name: fit for name, fit in names.items() if len(own := people.bare(name)) == 1 or own[0] not in given}
    return others if any(asked[0] == last_word(name) for name in others) else names


def speaks(snapshot: Snapshot, name: str) -> bool:
    """Whether somebody of that very name, or so described, speaks in the corpus."""
    return max(_may_be(snapshot, name).values(), default=0.0) >= SPELT


def asserted(statement: Statement, fit: float) -> bool:
    """Whether a statement is surely enough its speaker's for him to be named, who fits the one asked about so well, 0 to 1."""
    return statement.confidence >= (EXPECTED if fit >= KNOWN else ASSERTED)


def everybody(snapshot: Snapshot) -> people.Names:
    """Everybody who speaks in the corpus."""
    found: people.Names = snapshot.remembered("names", "", lambda: people.Names(snapshot.spellings()))
    return found


def _may_be(snapshot: Snapshot, asked: str) -> Mapping[str, float]:
    """Asked of every name twice: where the question is parsed, and where its speaker is looked for."""
    return snapshot.remembered("may be", asked, lambda: _looked_up(snapshot, asked))


def _looked_up(snapshot: Snapshot, asked: str) -> dict[str, float]:
    asked, names = people.himself(asked), everybody(snapshot)
    named, alone = people.match(asked, names), _of_those(snapshot, asked)
    best = max(named.values(), default=0.0)
    if best < 1 and max(alone.values(), default=0.0) >= SPELT:
        return alone  # "Ann Poe of the harbour board", "Poe of the board"
    if best >= KNOWN:
        return named
    described = {} if named and not people.is_role(asked) else _described(snapshot, asked)
    return described or _spokesmen(snapshot, asked) or named


def _spokesmen(snapshot: Snapshot, asked: str) -> dict[str, float]:
    """Who speaks for an organisation that nobody quotes by its name."""
    return _introduced(snapshot, f"spokesperson for {asked}") if people.is_body(asked) else {}


def _of_those(snapshot: Snapshot, asked: str) -> dict[str, float]:
    """Who goes by a name, with where he is from or what he is with: of several those in whose articles that stands."""
    alone = people.alone(asked)
    named = people.match(alone, everybody(snapshot))
    surely = {name for name, fit in named.items() if fit >= SPELT and people.is_person(name)}
    if len(surely) < 2 or " " in alone:
        return named
    passages = snapshot.passages([id_ for id_, _ in snapshot.lexical(words_of(asked), _INTRODUCING)])
    articles = snapshot.articles({passage.document for passage in passages}).values()
    found = {name for article in articles for name in surely if offices.stands_with(name, asked, article.text)}
    return {name: named[name] for name in found} or named


def _described(snapshot: Snapshot, asked: str) -> dict[str, float]:
    """Speakers whose mentions hold the words of a description ("the Russian foreign minister", "Connecticut's tax chief").

    More than half of its words must be there ("minister" alone names nobody); the weight is their share, at most 0.9 for
    what is not a name. Whose spokesman is asked about is not his own spokesman. Of an office also whoever articles put
    beside it elsewhere: "Ann Poe, mayor of Rivertown since May".
    """
    words = offices.offices(asked)
    found, so_called = _called(snapshot, asked)
    if his := _belonging(snapshot, asked):  # and whom articles call so without a name: "a spokesman for Ann Poe"
        return his | {name: fit for name, fit in found.items() if fit >= SPELT and not people.is_person(name)}
    owner = people.owner(asked)
    if not owner and not people.is_role(asked):
        return found
    owners = people.match(owner or " ".join(asked.split()[:-1]), found)
    himself = {name for name, fit in owners.items() if fit >= SPELT} - so_called
    found = {name: fit for name, fit in found.items() if name not in himself}
    if len(words) > 1:  # an office has several holders, over the years
        surely = {name: fit for name, fit in found.items() if fit >= SPELT}
        beside = ({} if surely else _by_another_title(snapshot, asked)) or _introduced(snapshot, asked)
        return beside | surely or found
    return found


def _called(snapshot: Snapshot, asked: str) -> tuple[dict[str, float], set[str]]:
    """Speakers whose mentions hold more than half of the words of a description, what is held among them, with the share; and
    those in whose mentions its last word stands ("chief")."""
    words = offices.offices(asked)
    found: dict[str, float] = {}
    so_called: set[str] = set()
    posts = offices.posts(words)
    suffix = next((at for at, word in enumerate(words) if word in people.SUFFIXES), 0)
    son = {*words[suffix - 1 : suffix + 1]} if suffix else set()
    for word in words:
        for spelt in offices.called(word):
            described = snapshot.described(spelt)
            so_called |= described.keys() if word == words[-1] else set()
            for name, mentions in described.items():
                shares = (
                    sum(w in held for w in words)
                    / len(words)
                    * (_BYGONE if "former" in held and "former" not in words else 1)
                    for held in map(offices.offices, mentions)
                    if son <= set(held) and (not posts or not posts.isdisjoint(held))
                )
                if (share := max(shares, default=0.0)) > 0.5:
                    found[name] = max(found.get(name, 0.0), 0.9 * share)
    return _agreeing(snapshot, asked, found), so_called


def _agreeing(
    snapshot: Snapshot, asked: str, found: Mapping[str, float], told: tuple[str, ...] = ()
) -> dict[str, float]:
    """Those of whom nothing that articles call them by speaks against a description, each as sure as that makes him. ``told``:
    what else is known of them all."""
    called = snapshot.mentions(found)
    sure = {name: offices.agrees(asked, name, [*called[name], *told]) for name in found}
    return {name: fit * sure[name] for name, fit in found.items() if sure[name]}


def _by_another_title(snapshot: Snapshot, asked: str) -> dict[str, float]:
    """Who heads what is asked for, and is called its director or president."""
    found: dict[str, float] = {}
    for title in offices.titles_of_head(asked):
        called, _ = _called(snapshot, title)
        found |= {name: fit for name, fit in called.items() if fit >= SPELT}
    introduced = (_introduced(snapshot, title) for title in offices.titles_of_head(asked))
    return found or next(filter(None, introduced), {})


def _introduced(snapshot: Snapshot, asked: str) -> dict[str, float]:
    """Whom the passages that hold the words of a description put beside its office."""
    spelt = tuple(spelt for word in offices.offices(asked) for spelt in offices.called(word))
    passages = snapshot.passages([id_ for id_, _ in snapshot.lexical(spelt, _INTRODUCING)])
    articles = snapshot.articles({passage.document for passage in passages})
    texts = [
        f"{articles[passage.document].title or ''}\n\n{passage.span.of(articles[passage.document].text)}"
        for passage in passages
    ]
    whole = [articles[passage.document].text for passage in passages]
    found = offices.introduced(asked, texts, snapshot.spellings().keys(), whole)
    best = max(found.values(), default=0.0)
    held = [name for name, often in found.items() if 2 * often > best]
    if best < _ONCE or len(held) > _HOLDERS:
        return {}
    named = {name: _HOLDS * fit for one in held for name, fit in people.match(one, everybody(snapshot)).items()}
    agreeing = _agreeing(snapshot, asked, named, ("former",))  # that he was it, they have told
    return {name: named[name] for name in agreeing}


def _belonging(snapshot: Snapshot, asked: str) -> dict[str, float]:
    """Whom articles that hold all of somebody's name call his relative, lawyer or attacker: "Jim Poe, Ann's father"."""
    owner, post = people.belongs(asked)
    if not owner:
        return {}
    spelt = offices.called(offices.offices(post)[0])
    words = tuple(dict.fromkeys((*words_of(owner), *spelt, *_CHILDREN.get(post, ()))))
    passages = snapshot.passages([id_ for id_, _ in snapshot.lexical(words, _BELONGING)])
    articles = snapshot.articles({passage.document for passage in passages})
    whole = {id_: f"{article.title or ''}\n{article.text}" for id_, article in articles.items()}
    texts = [(passage.span.of(articles[passage.document].text), whole[passage.document]) for passage in passages]
    named = offices.belonging(owner, post, texts, snapshot.spellings().keys())
    found = {
        name: _HOLDS * fit
        for one in named
        for name, fit in people.match(one, everybody(snapshot)).items()
        if " " in one
    }
    found |= dict.fromkeys(named, _HOLDS)
    so_called = {
        name
        for word in spelt
        for name, mentions in snapshot.described(word).items()
        if name not in found and any(offices.called_his(mention, owner, post) for mention in mentions)
    }
    for name in so_called:
        homes = snapshot.passages(set(snapshot.statement_passages(snapshot.statements_by([name]))))
        if any(
            offices.holds_name(article.text, owner)
            for article in snapshot.articles({p.document for p in homes}).values()
        ):
            found[name] = _HOLDS
    return found


def last_word(name: str) -> str:
    """The word that a name is known by, as `words_of` gives words; empty where there is none."""
    words = words_of(name)
    return words[-1] if words else ""
