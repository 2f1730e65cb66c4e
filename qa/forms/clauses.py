"""A question that fits no fixed form, read as a clause: who, a verb of speaking or holding, and what it is about.

What is asked for ("how confident", "which plan"), an auxiliary, somebody, and such a verb; or the same around "is" and an
adjective, or with him as the object of what moves him ("what won Roe over"); or "who" and such a verb. Owns the verbs, nouns
and adjectives of speaking and holding, and the order of words around them. Which words are such is a list, and no part of any
pattern: a new verb is one word more.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import chain, pairwise

from qa.forms.reading import AUX, NEGATED, Reading, about, compiled

# Verbs with which something is said, held or asked: what it is about follows them, and they are no part of that.
_SPEAKING = """say tell state claim argue write announce declare think believe feel suggest reveal tweet explain admit warn
    promise predict insist recommend describe justify characterize characterise view assess rate consider regard
    reckon suppose guess assume figure expect fear doubt suspect know understand imagine maintain contend assert
    allege note observe remark comment mention stress emphasize emphasise underline reply respond answer react wonder
    inquire complain lament boast brag joke quip acknowledge concede confess disclose divulge confide hint imply
    indicate estimate forecast foresee conclude advise counsel caution pledge vow swear guarantee assure reassure
    testify speak talk discuss address elaborate clarify define interpret compare liken dub call label phrase report
    recall recount repeat reiterate summarize summarise ask question urge"""
# Verbs of taking sides, of wishing and of feeling.
_HOLDING = """support back favor favour oppose want deny accept reject agree disagree plan intend regret endorse approve
    disapprove confirm hope criticise criticize condemn attack praise defend accuse blame demand dismiss mock threaten
    apologise apologize propose denounce slam blast ridicule deride applaud hail laud credit thank congratulate
    compliment fault like dislike hate love admire respect prefer trust mistrust distrust worry care resent mind
    welcome embrace challenge dispute object protest refuse decline press grill wish refute rebut contest disavow scold
    rebuke chide berate lambast"""
# The past and other forms that no rule gives.
_IRREGULAR = """said told written thought felt known understood foresaw spoke spoken swore sworn forecast"""
# What one is who holds something, after "is"; what it is about follows.
_MINDED = """confident certain sure worried concerned afraid fearful scared nervous optimistic pessimistic hopeful happy
    unhappy glad sad sorry angry mad upset furious outraged proud ashamed embarrassed sceptical skeptical doubtful
    convinced persuaded surprised shocked alarmed disappointed dismayed pleased delighted satisfied dissatisfied
    frustrated annoyed excited enthusiastic critical dismissive supportive wary suspicious tired jealous envious
    grateful thankful willing unwilling ready keen eager reluctant open opposed committed serious ambivalent undecided"""
# What moves somebody, who is its object: "what worries Roe about the pier".
_MOVING = """worry upset bother anger annoy please concern frighten scare surprise shock alarm trouble puzzle irk offend
    delight impress convince persuade inspire motivate disappoint infuriate outrage dismay amuse reassure embarrass
    frustrate excite unsettle"""
# What is given, made or had that is made of words: "what reason did Roe give", "did Roe voice any regret".
_WORDED = """advice argument answer accusation allegation apology assessment assurance blame caution charge claim comment
    comparison complaint concern condition conclusion confidence criticism defence defense demand denial doubt
    estimate example excuse explanation fear forecast guess hope idea interpretation joke judgement judgment
    justification lesson message objection opinion point praise prediction pledge plan position promise proposal
    question rationale reaction reason regret remark reply response solution statement suggestion support theory
    thought threat vow view warning word explanations verdict recommendation description disagreement issue fault
    sympathy tip evidence percentage figure timetable deadline"""
# The same of what is only given: "what name did Roe give the pier", but not "what name did Roe reject".
_NAMES = "name nickname label"
# What somebody is, with whose or of what: "the Ohio governor"; "governor" alone may be a name.
ROLES = frozenset(
    """spokesman spokeswoman spokesperson secretary minister chairman chairwoman chair director officer governor senator
    representative congressman congresswoman ambassador commissioner aide nominee candidate speaker leader chief mayor
    president adviser advisor lawyer attorney strategist manager official expert analyst economist professor scientist
    researcher author doctor judge principal executive founder owner head boss ceo committeewoman committeeman
    delegate pollster columnist lawmaker legislator husband wife coach mate premier chancellor ex-president
    envoy sheriff""".split()
)
# The verbs that give it. They may also give what is made of something else.
_GIVING = """give gave given make made offer offered express voice raise cite cited draw drew drawn take took taken have had
    has show showed shown find found use used issue put provide voiced expressed raised issued provided leave
    left level levelled leveled aim aimed"""
# Of what is thought or said to come, or to be, it may be asked when and where.
_FORESEEING = """say think believe expect predict claim estimate forecast suggest fear suspect reckon see"""
# After "who" these verbs of speaking ask who did it, as "who announced the opening",
_MAKING = """announce declare reveal write know understand state claim label report rate define address view observe call
    imagine discuss describe consider understood"""
# and of those of holding only these ask who spoke: others, as "approve", are done without a word.
_VOICING = """criticise criticize condemn praise accuse blame dismiss mock denounce slam blast ridicule deride applaud hail laud
    credit congratulate compliment demand apologise apologize regret deny hope oppose disagree scold rebuke chide berate
    lambast"""
# Of two words: "who ruled out a deal", though nobody speaks who ruled the land; "who agreed with", but not "who agreed to buy".
_VOICED_WITH = {"rule": "out", "agree": "with"}
# Whom "which" may ask for that speaks, beside the roles.
_SPEAKERS = ROLES | frozenset(
    """general admiral actor actress singer star musician comedian athlete player justice politician critic survivor victim
    witness activist campaigner celebrity billionaire investor philosopher historian bishop priest pastor cardinal rabbi nurse
    teacher student veteran journalist reporter presenter host newspaper magazine ministry union company agency charity
    spokespeople""".split()
)
# Those of them who attack with words only.
_IN_WORDS = frozenset(
    """senator representative congressman congresswoman lawmaker legislator minister secretary commissioner mayor governor
    attorney politician critic columnist economist analyst expert professor activist campaigner journalist newspaper
    magazine celebrity actor actress singer""".split()
)
# After these it is somebody who speaks, whatever he is; but not what is written.
_TELLING = frozenset("say says said saying told tells argue argues argued".split())
_WRITTEN = frozenset(
    """law act article amendment treaty bill book bible verse study document constitution clause section rule poem song sign
    line letter text chapter passage proverb myth legend principle theorem theory hypothesis poll survey report word
    religion gospel scripture manuscript inscription""".split()
)
# What makes or does something, and is no word: here it is one where who does it has an office.
_PUBLISHING = frozenset("announce announces announced announcing".split())
# The same of what somebody is: "who was angry about", but not "who is committed to".
_FEELING = """confident worried concerned afraid optimistic pessimistic hopeful happy unhappy glad sad sorry angry furious
    outraged proud ashamed sceptical skeptical doubtful convinced surprised shocked alarmed disappointed dismayed
    pleased delighted frustrated annoyed upset critical dismissive wary suspicious"""
# What asks for a time or a place: of other verbs it asks for a fact, "when did Roe attack the fort".
_WHENCE = frozenset("when where year month day date age case".split())
# Where these stand before the verb of a "who", it may still be he who acts: "who has never said …".
_AUXILIARIES = frozenset("has have had did does do is was are were".split())
_BE = frozenset("is was are were".split())
# After these a verb stands as a dictionary has it.
_DO = frozenset("did does do didnt doesnt dont will would wont can could may might must should".split())
_ADVERBS = frozenset(
    """ever also already publicly really actually still even just first then truly honestly personally only once again
    recently initially originally now always never not finally apparently currently been so much most""".split()
)
# What no name and no description of somebody has inside: there the clause goes on, and the name ended before.
_BREAKS = frozenset(
    """he she it they we i you him them me us his her their your my there that this these those because if when while once
    after before since than as whether how why what which whose did does do has had have is are was were be been will
    would can could should not say says said think thinks thought by about""".split()
)
# Small words between the capitals of one name.
_JOINING = frozenset("of and & the de del della di la le von van bin al for in at on".split())
_LONGEST = 9  # words of a name or a description
_BEFORE = r"(?:(?:about|on|to|with|for|from|in|of|by|against|at|after) )?"
_ASKING = r"(?:whom?|whose|what|which|why|when|where|how)"
_CLAUSE = (
    rf"^(?:(?P<h>{_BEFORE}{_ASKING}\b(?: (?!{AUX}\b)[\w'’%-]+){{0,5}}?) )?(?P<x>{AUX}|might|may|must|should)"
    r"(?:n['’]?t| not)? (?P<r>.+)$"
)
_INDIRECT = r"^(?P<h>how come|how|why|whether)(?P<x>) (?P<r>.+)$"  # "how Roe feels about the pier"
_BARE = rf"^{_BEFORE}{_ASKING}(?: else| much| come)?$|^whether$"
_WHO = r"^(?P<w>who|which)(?: else)?\s(?P<r>.+)$"
_MOVED = r"^(?:what|why)(?: has| have| had| is| was)?(?: most| so| really)? (?P<v>\w+)(?P<o> over| off)? (?P<r>.+)$"
_BY_WHOM = (
    r"^by whom (?:is|was|are|were) (?P<a>.+?) (?P<v>\w+ed)\b(?P<r>.*)$|"
    r"^(?P<b>.+?) (?:is|was|are|were) (?P<w>\w+ed)\b.* by whom$"
)
_WHY = rf"^why {AUX}{NEGATED} (?P<t>.+)$"
_TOLD = r"^(?:out |(?:[\w.'’-]+ ){1,4}?that )"  # "told reporters that …"
_JUDGING = frozenset("find found consider deem".split())
_JUDGED = r"^it [\w-]+ "  # "find it strange that …"
_TURNING = frozenset(["won", "put", "turned"])
_SAID = (("let", "slip"), ("let", "on"), ("make", "clear"), ("made", "clear"), ("point", "out"))


# What somebody may do with no word about what: "what does Roe demand?". Of some verbs whatever he says may tell it, of others
# it has to be about that.
_ANYTHING = tuple("announce argue claim believe think explain reply respond answer state declare".split())
_THIS = tuple(
    """fear regret wish deny hope apologize apologise blame criticise criticize praise condemn doubt threaten demand propose
    recommend suggest urge want expect predict warn promise advise ask conclude admit reveal call""".split()
)
_LEFT = r"(?:^| )(?:for|of|to|with)$"  # "accuse Poe of [what]"
_NOT_JUDGED = frozenset("there here out first it them him her inside outside left".split())


def clauses(bare: str) -> Iterator[Reading]:
    """How a question is read as a clause; the likeliest first."""
    yield from _spoken(bare)
    yield from _who_speaks(bare)
    yield from _by_whom(bare)
    yield from _moved(bare)
    yield from _key_words(bare)
    if match := compiled(_WHY).match(bare):
        yield Reading("why", topic=match["t"])


def holds_a_verb(words: list[str]) -> bool:
    """Whether a verb of speaking or holding stands between names: "Roe doubt the tone of Poe" is none."""
    words = words[: max((i for i, word in enumerate(words) if word[:1].isupper()), default=0)]
    return any(one[:1].isupper() and not _owns(one) and two in _verbs() for one, two in pairwise(words))


@cache
def _verbs() -> dict[str, str]:
    """Every form of the verbs, and whether it is of "speaking" or of "holding"."""
    found = dict.fromkeys(_IRREGULAR.split(), "speaking")
    for kind, verbs in (("holding", _HOLDING), ("speaking", _SPEAKING)):
        found |= dict.fromkeys(_forms_of(verbs), kind)
    return found


@cache
def _bases() -> frozenset[str]:
    """What may follow "did": verbs as a dictionary has them."""
    return frozenset(f"{_SPEAKING} {_HOLDING} {_GIVING} let point deem".split())


@cache
def _forms_of(words: str) -> frozenset[str]:
    return frozenset(form for word in words.split() for form in _inflected(word))


def _inflected(verb: str) -> tuple[str, ...]:
    """The forms of a regular verb, and some that do not exist: nobody types them.

    >>> _inflected("deny")
    ('deny', 'denys', 'denying', 'denies', 'denied')
    """
    if verb.endswith("e"):
        return verb, verb + "s", verb + "d", verb[:-1] + "ing"
    if verb.endswith("y"):
        return verb, verb + "s", verb + "ing", verb[:-1] + "ies", verb[:-1] + "ied"
    last = verb[-1]
    return verb, verb + "s", verb + "es", verb + "ed", verb + "ing", verb + last + "ed", verb + last + "ing"


def _words(text: str) -> tuple[list[str], list[str]]:
    """The words of a clause, and the same as they are looked up."""
    words = text.split()
    return words, [word.lower().strip(",;:") for word in words]


def _spoken(bare: str) -> Iterator[Reading]:
    """ "How confident is Roe that …", "Does Roe mind …": somebody after an auxiliary, and before what he says or holds."""
    match = compiled(_CLAUSE).match(bare) or compiled(_INDIRECT).match(bare)
    if not match:
        return
    head, auxiliary = match["h"] or "", match["x"].lower()
    words, low = _words(match["r"])
    for end in range(1, min(len(words), _LONGEST + 1)):
        if low[end - 1] in _BREAKS:
            return
        if words[end][:1].isupper():
            continue
        at = next(place for place in range(end, len(low)) if place == len(low) - 1 or low[place] not in _ADVERBS)
        why = head.lower() == "why"
        topic = _matter(head, auxiliary, words[at:], low[at:])
        if topic is not None and (bare.islower() or _proper(words[:end], why)):
            alone = "position" if _verbs().get(low[at]) == "holding" else "comment"
            yield Reading("why" if why else "say" if head else alone, " ".join(words[:end]), topic, known=True)


def _matter(head: str, auxiliary: str, words: list[str], low: list[str]) -> str | None:
    """What is asked about whoever stands before ``words``; None where they begin with no verb of speaking or holding."""
    asked, verb, rest = head.lower().split(), low[0], " ".join(words[1:])
    if asked[:1] == ["what"]:
        rest = compiled(_LEFT).sub("", rest)
    kind, minded = _verbs().get(verb), _forms_of(_MINDED)
    if asked[:1] == ["how"] and asked[-1] in minded:
        return about(" ".join(words))  # "how confident is Roe [that …]"
    if auxiliary in _BE and verb in minded:
        return about(rest)  # "is Roe worried [about …]"
    if auxiliary == "would" and not head and verb not in _bases():
        return " ".join(words) if rest else None  # "would Roe ban the trams"
    if (auxiliary in _BE and not verb.endswith("ing")) or (auxiliary in _DO and verb not in _bases()):
        return None
    noun = _noun(head, verb, rest)
    if noun or not rest:
        return noun or _alone(head, verb, " ".join(words))
    if asked[:1] in (["who"], ["whom"]) and low[1] in {"to", "with"}:  # "whom did Roe speak to": a fact
        return None
    when = not _WHENCE.isdisjoint(asked[:2])
    gives = verb in _forms_of(_GIVING) and not when
    said = next((place for place, word in enumerate(low[1:4], 2) if gives and word in _forms_of(_WORDED)), 0)
    if said or tuple(low[:2]) in _SAID:
        return about(" ".join(words[said or 2 :]))  # "did Roe voice any regret [over …]", "let slip [that …]"
    if verb in _JUDGING and (low[1] == "it" or (asked == ["what"] and len(low) == 2 and low[1] not in _NOT_JUDGED)):
        return about(compiled(_JUDGED).sub("", rest))
    if kind is None or (when and verb not in _forms_of(_FORESEEING)):
        return None
    return f"{'' if compiled(_BARE).match(head) else head} {about(rest)}".strip()


def _noun(head: str, verb: str, rest: str) -> str | None:
    """What "what reason did Roe give for the delay" and "what criticism of the delay did Roe voice" are about; None where
    ``head`` asks for nothing that is made of words, or that is not told."""
    words, gives = head.split(), verb in _forms_of(_GIVING)
    if not gives and verb not in _verbs():
        return None
    nouns = _forms_of(f"{_WORDED} {_NAMES}") if gives else _forms_of(_WORDED)
    at = next((place for place, word in enumerate(words) if place and word.lower() in nouns), 0)
    return about(" ".join([*words[at + 1 :], rest]).strip()) or None if at else None


def _alone(head: str, verb: str, done: str) -> str | None:
    """What is asked about whoever stands before a verb that nothing follows but "for"; None where that may be no matter of
    words."""
    asked = head.split()
    said = next((base for base in (*_ANYTHING, *_THIS) if verb in _inflected(base)), None)
    if said is None or head.partition(" ")[0].lower() not in {"what", "which"}:
        return None
    if asked[1:]:
        return f"{' '.join(asked[1:])} {said}"  # "which country did Roe blame"
    return "" if said in _ANYTHING else done


def _proper(words: list[str], why: bool) -> bool:
    """Whether the words are a name, or of somebody's or something's that has one, or, unless it is asked ``why``, a role: "the
    judge" is any judge, and what "the ban" does is no matter of words.

    What stands between its capitals goes on with it: "Governor of Ohio", "Roe's former press secretary Poe", but not "Roe stop
    the tone of Poe". What follows "who" describes further, and may be anything.
    """
    if _owns(words[-1]):
        return False
    words = words[: next((i for i, word in enumerate(words) if i and word == "who"), None)]
    capitals = [place for place, word in enumerate(words) if word[:1].isupper()]
    whole = all(
        after - place == 1 or words[after - 1] in ROLES or _JOINING.issuperset(words[place + 1 : after])
        for place, after in pairwise(capitals)
    )
    return whole and (bool(capitals) or (not why and words[-1].lower() in ROLES))


def _owns(word: str) -> bool:
    return word.endswith(("'s", "’s"))


def _who_speaks(bare: str) -> Iterator[Reading]:
    """ "Who predicted …", "Which of Roe's aides thought …", "Who at the bank admitted …"."""
    match = compiled(_WHO).match(bare)
    if not match:
        return
    words, low = _words(match["r"])
    which = match["w"].lower() == "which"
    among = which or low[0] in {"at", "of", "in", "from", "among"}
    for end in range(1, min(len(words) - 1, _LONGEST)) if among else (0,):
        if among and low[end - 1] in _BREAKS:
            return
        at = next(i for i in range(end, len(low)) if i == len(low) - 1 or low[i] not in _AUXILIARIES | _ADVERBS)
        asked = frozenset(chain(low[:end], (_singular(word) for word in low[:end]))) if which else frozenset[str]()
        if which and not _may_say(asked, low[at]):
            continue
        be = not _BE.isdisjoint(low[end:at])
        voiced = _voiced(low[at], be=be) or (not be and _says_with(asked, low[at], low[at + 1 :]))
        if not voiced or at == len(low) - 1:
            continue
        topic = about(compiled(_TOLD).sub("", " ".join(words[at + 1 :])))
        them = compiled("^(?:of|at|in|from|among) ").sub("", " ".join(words[:end]))
        if which and end > 1:
            yield Reading("who", them, topic)
        yield Reading("who", topic=f"{them} {topic}".strip())
        return


def _singular(word: str) -> str:
    return f"{word[:-3]}y" if word.endswith("ies") else word.removesuffix("s")


def _may_say(asked: frozenset[str], verb: str) -> bool:
    """Whether "which" of those who are called by these words may ask who speaks."""
    return not _SPEAKERS.isdisjoint(asked) or (verb in _TELLING and _WRITTEN.isdisjoint(asked))


def _says_with(asked: frozenset[str], verb: str, after: list[str]) -> bool:
    """Whether a verb is one of speaking by what follows it, or by who does it."""
    base = next((base for base in _VOICED_WITH if verb in _forms_of(base)), "")
    if base:
        return after[:1] == [_VOICED_WITH[base]]
    if verb in {"wrote", "write", "writes"}:
        return after[:1] == ["that"] or (bool(asked) and after[:1] == ["about"])
    if verb in _PUBLISHING:
        return not ROLES.isdisjoint(asked)
    return verb in _forms_of("attack") and not _IN_WORDS.isdisjoint(asked)


def _voiced(verb: str, be: bool) -> bool:
    """Whether "who" asks for a speaker before this verb, or, after ``be``, this adjective."""
    if be and verb in _FEELING.split():
        return True
    kind = _verbs().get(verb)
    voiced = verb in _forms_of(_VOICING) if kind == "holding" else kind is not None and verb not in _forms_of(_MAKING)
    return voiced and (not be or verb.endswith("ing"))


def _by_whom(bare: str) -> Iterator[Reading]:
    """ "By whom was the plan criticised?", "The plan was criticised by whom?"."""
    match = compiled(_BY_WHOM).match(bare)
    if match and (match["v"] or match["w"]).lower() in _verbs():
        yield Reading("who", topic=f"{match['a'] or match['b']}{match['r'] or ''}")


def _key_words(bare: str) -> Iterator[Reading]:
    """ "Roe pier quotes": somebody, what about, and that his words are wanted; where the name ends is not said."""
    *words, last = bare.split() or [""]
    for end in (2, 1, 3) if last.lower() in {"quote", "quotes", "quotation", "quotations"} else ():
        if len(words) > end:
            yield Reading("say", " ".join(words[:end]), " ".join(words[end:]), known=True)


def _moved(bare: str) -> Iterator[Reading]:
    """ "What worries Roe about the pier?", "What won Roe over?": he is the object of what moved him."""
    match = compiled(_MOVED).match(bare)
    if not match:
        return
    verb = match["v"].lower()
    words, low = _words(match["r"])
    # "won Roe over", "made Roe angry": what the verb needs after him
    needed = (
        _forms_of("over off") if verb in _TURNING else _forms_of(_MINDED) if verb in {"makes", "made"} else frozenset()
    )
    complete = verb in _forms_of(_MOVING) or (verb in _TURNING and match["o"])
    if not complete and needed.isdisjoint(low):
        return
    longest = next((i for i, word in enumerate(low) if word in needed or word in _BREAKS), len(words))
    for end in range(min(longest, _LONGEST), 0, -1):
        following = words[end : end + 1]
        if (following and following[0][:1].isupper()) or not (bare.islower() or _proper(words[:end], why=False)):
            continue
        rest = words[end + (low[end : end + 1] != [] and low[end] in needed) :]
        yield Reading("say", " ".join(words[:end]), about(" ".join(rest)), known=True)
