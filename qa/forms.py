"""In which builds does English ask about somebody's words? A question without its dates -> how it may be read.

Owns the verbs, nouns and adjectives of speaking and holding, the fixed forms, and the order of words around them. Pure: who
speaks in the corpus it does not know, so a reading that other questions have too says so, and is for the caller to check.

Two accounts. The *fixed forms* are patterns, tried in order. What fits none is read as a *clause*: what is asked for ("how
confident", "which plan"), an auxiliary, somebody, and a verb of speaking or holding with what it is about; or the same around
"is" and an adjective, or with him as the object of what moves him ("what won Roe over"); or "who" and such a verb. Which words
are such verbs is a list, and not part of any pattern: a new verb is one word more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import NamedTuple

_SAY = r"(?:say|said|says|saying|state|stated|claim|claimed|argue|argued|write|written|announce|announced|declare|declared)"
_THINK = r"(?:think|thinks|thought|believe|believes|believed|feel|felt)"
_TELL = r"(?:suggest|reveal|tweet|explain|admit|warn|promise|predict|insist|recommend|propose)(?:s|d|ed|ted)?"
_AUX = r"(?:wont|dont|doesnt|didnt|isnt|did|does|do|has|have|had|is|was|are|were|will|would|can|could)"
# Of these forms the one asked for is who acts: "which senators criticised …", not "which company is being accused of …".
_DOING = r"(?:did|does|do|has|have|had|will|would|can|could|(?:is|are|was|were)(?= \w+ing\b))"
_WHICH = rf"which(?: (?!(?:be|being|been|{_AUX})\b)[\w'’-]+){{1,4}}?"
_ABOUT = (
    r"(?:about|on|regarding|concerning|of|re|as to|with regard to|when asked about|in (?:response|reply|reaction) to)"
)
_ON = r"(?:on|of|about|to|toward|towards|regarding|concerning)"
_FOR = r"(?:on|of|about|to|toward|towards|for|against|over|with|regarding|concerning)"
_VIEW = (
    r"(?:position|view|views|opinion|opinions|stance|take|attitude|thoughts|reaction|response|reply|comment|comments|"
    r"remarks|statement|statements|words|quotes|line|message|answer)"
)
_QUOTES = r"(?:(?:all|any|some|the) )*(?:quotes?|quotations?|statements?|comments?|remarks?)"
# What a speaker has like others: "Roe's case against the pier" is made of words, "the city's plan for the pier" is a fact.
_DEED = (
    r"(?:explanation|criticisms?|arguments?|case|defen[cs]e|plans?|proposals?|assessment|account|warnings?|promises?|pledges?|"
    r"claims?|predictions?|advice|excuse|justification|verdict|feelings|beliefs?|concerns?|objections?|denial|complaints?|praise|"
    r"hopes?|fears?|doubts?|apology|beef|problem|reasons?|reasoning|thinking|threats?|demands?|forecast|estimate|theory|guess|"
    r"suggestions?|ideas?|description|comparison|interpretation|judge?ment|jokes?)"
)
_NEGATED = r"(?:n['’]?t|\s+not)?"
_OF_IT = r"(?: (?:about|of|on|to) (?:it|this|that))?"
_EVER = r"(?:(?:ever|also|already|publicly|really|actually) )?"
# Verbs of taking sides: "deny the leak".
_TAKES = (
    r"(?:support|back|favou?r|oppose|want|den(?:y|ies|ied)|accept|reject|agree|disagree|plan|intend|regret|endorse|approve|"
    r"confirm|hope|expect|fear|criticis|criticiz|condemn|attack|praise|defend|accuse|blame|demand|urge|dismiss|mock|threaten|"
    r"apologi[sz]|call|rule[ds]? out|explain|reveal|suggest|insist|admit|acknowledge|promise|pledge|vow|warn|predict|recommend|"
    r"propose)\w*"
)

_SIDES = r"(?:in favou?r of|for or against|against|opposed to|in support of)"
# What one says, holds or feels of a matter; and what is said by making it: "what point did Roe make about the pier".
_OF_MIND = (
    r"(?:report|testify|learn|find out|joke|complain|boast|brag|worry|care|like|dislike|hate|love|admire|post|lie|ask)"
)
_WORDS = (
    r"(?:words?|arguments?|points?|concerns?|complaints?|claims?|allegations?|accusations?|charges?|jokes?|questions?|"
    r"promises?|pledges?|warnings?|suggestions?|proposals?|comments?|remarks?|statements?|criticisms?|objections?|predictions?|"
    r"excuses?|advice|answers?|examples?)"
)
_MAKES = r"(?:make|made|have|(?:raise|voice|issue|use)d?|(?:offer|express|ask)(?:ed)?|give|given)"


class _Form(NamedTuple):
    intent: str
    pattern: str
    known: bool


def _form(intent: str, pattern: str, *, known: bool = False) -> _Form:
    """``known``: the form is one of other questions too, and counts only where the speaker is one of the corpus."""
    return _Form(intent, rf"^{pattern}$", known)


@cache  # when the first question asks: to compile all takes longer than `qa status` does
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


# In order; the first that matches wins. Groups: s the speaker, t the topic (h its head) or d (what was done, a verb, and with
# what), a the addressee, v who relayed it.
_FORMS = (
    _form("say", rf"what {_AUX} (?P<s>.+?) tell (?P<a>.+?),? according to (?P<v>.+)"),
    _form("say", rf"what {_AUX} (?P<s>.+?) {_SAY} {_ABOUT} (?P<t>.+?),? according to (?P<v>.+)"),
    _form("according", r"(?:according to|in the (?:view|opinion|words) of) (?P<s>[^,?]+?), (?P<t>.+)"),
    _form("according", r"in (?P<s>[^,?]+?)['’]s? (?:view|opinion|words|eyes|telling), (?P<t>.+)"),
    _form("according", r"from (?P<s>[^,?]+?)['’]s? (?:point of view|viewpoint|perspective|standpoint), (?P<t>.+)"),
    _form(
        "according",
        r"in (?P<s>[^,?]+?)['’]s? (?:view|opinion|eyes) (?P<t>(?:is|are|was|were|did|does|do|will|would|should)\b.+)",
    ),
    _form("according", r"(?P<h>(?:what|who|why|how)), according to (?P<s>[^,?]+?), (?P<t>.+)"),
    _form("according", r"according to (?P<s>[\w.'’ -]+?) (?P<t>(?:how|what|when|where|why|who|which)\b.+)"),
    _form("according", r"(?P<t>.+?),? according to (?P<s>[^,]+)"),
    _form("according", r"(?P<t>.+?),? in the (?:words|eyes|view|opinion|mind|judge?ment|telling) of (?P<s>[^,]+)"),
    _form(
        "according",
        r"(?P<t>.+?),? in (?P<s>[^,]+?)['’]s? (?:own )?(?:words|eyes|view|opinion|mind|judge?ment|telling)",
        known=True,
    ),
    # What it is about, in a sentence before.
    _form("say", rf"(?P<t>.+\?) what (?:did|does|do|has|is) (?P<s>.+?) (?:{_SAY}|{_THINK}|reply|answer){_OF_IT}"),
    _form("say", rf"(?P<t>.+\?) (?:what (?:is|was) )?(?P<s>[^?]+?)['’]s? {_VIEW}{_OF_IT}"),
    _form("who", rf"who(?: else)?(?: {_AUX})? (?:said|say|says) (?:anything|something|what) {_ABOUT} (?P<t>.+)"),
    _form(
        "who",
        rf"who(?: else)?(?: has| have| had)? (?:told|tells) (?:[\w.'’-]+ ){{1,4}}?(?:that|{_ABOUT}) (?P<t>.+)",
    ),
    _form("who", r"who(?: else)? (?:is|was|were|are) (?:quoted|cited|reported) (?:as|to) \w+(?: that)? (?P<t>.+)"),
    _form(
        "who",
        rf"who(?: else)? (?:is|was|were|are) (?P<t>{_SIDES} .+)",
    ),
    _form(
        "who",
        rf"who(?: else)?(?: {_AUX})?{_NEGATED} (?:ever |also |publicly )?(?:{_SAY}|{_THINK}|claims|argues) (?:that )?(?P<t>.+)",
    ),
    _form(
        "who",
        rf"(?:who|{_WHICH})(?: else)?(?: {_DOING})? (?:ever |also |publicly )?(?P<d>(?:call|use(?!r)|accuse|criticis|criticiz|"
        r"condemn|praise|deny|denie|warn|demand|urge|reject|dismiss|suggest|oppose|support|defend|blame|threaten|promise|"
        r"compare|describe|mention|question|predict|ask|comment|talk|speak|spoke|apologis|apologiz)\w*\b"
        r"(?! \w+ (?:did|does|do)\b).*)",
    ),
    _form(
        "say",
        rf"(?:when asked |asked )?(?:{_ABOUT}) (?P<t>.+?),? (?:what|how) {_AUX} (?P<s>.+?) "
        rf"(?:{_SAY}|{_THINK}|respond|react|reply|answer|feel)",
    ),
    _form(
        "say",
        rf"what(?: else)?(?: exactly)? {_AUX} (?P<s>.+?) (?:{_SAY}|{_THINK}|{_TELL}|to say|talk|speak|know) {_ABOUT} "
        r"(?P<t>.+)",
    ),
    _form(
        "who",
        r"(?:(?:list|name|show|give|find|who are)(?: me)? )?"
        r"(?:everyone|everybody|anyone|all|the|those|people|speakers)\b[\w ]*? "
        rf"(?:who|that|to)(?: have| has| had)? (?:(?:{_SAY}|spoken?|talk(?:ed)?|comment(?:ed)?|{_THINK})(?: \w+thing)? "
        rf"{_ABOUT}|discuss(?:ed)?|mention(?:ed)?|address(?:ed)?) (?P<t>.+)",
    ),
    _form("say", r"(?:compare|contrast) (?P<s>.+?) (?:on|about|over|regarding|concerning) (?P<t>.+)"),
    _form("say", rf"how {_AUX} (?P<s>.+?) (?:differ|disagree|agree|compare) (?:on|about|over|regarding|in) (?P<t>.+)"),
    _form("say", r"(?P<s>.+? (?:vs\.?|versus) .+?) (?:on|about|over|regarding) (?P<t>.+)"),
    _form(
        "when",
        rf"(?:when|where|on what day) {_AUX} (?P<s>.+?) (?:{_SAY}|talk|speak|comment) (?:that |{_ABOUT} )?(?P<t>.+)",
    ),
    _form(
        "say",
        rf"(?P<h>how (?:many|much|often|long|big|old)(?: .+?)?) {_AUX} (?P<s>.+?) (?:{_SAY}|{_THINK}) (?:that )?(?P<t>.+)",
    ),
    _form(
        "say",
        rf"(?P<h>(?:which|what) (?!{_AUX}\b|else\b|exactly\b)\w+(?: \w+)?) {_AUX} (?P<s>.+?) "
        rf"(?:{_SAY}|{_THINK}) (?:that )?(?P<t>.+)",
        known=True,
    ),
    _form(
        "say",
        rf"what {_AUX} (?P<s>.+?) (?:say|reply|answer|respond)(?: to| when(?: asked (?:about|if|whether))?) (?P<t>.+)",
        known=True,
    ),
    _form("say", rf"what(?: else)? {_AUX} (?P<s>.+?) say to (?P<a>.+?) {_ABOUT} (?P<t>.+)"),
    _form("say", rf"what(?: else)? {_AUX} (?P<s>.+?) (?:tell|told|ask|asked|warn|urge) (?P<a>.+?) {_ABOUT} (?P<t>.+)"),
    _form("say", rf"what {_AUX} (?P<s>.+?) (?:tell|told|ask|asked|warn|urge) (?P<t>.+)"),
    _form("say", rf"what (?:was|is|has been|were|are) (?:said|written|reported) {_ABOUT} (?P<t>.+?) by (?P<s>.+)"),
    _form("say", rf"what (?:was|is|has been|were|are) (?:said|written|reported) by (?P<s>.+?) {_ABOUT} (?P<t>.+)"),
    _form("say", rf"what (?:was|is|has been|were|are) (?:said|written|reported) {_ABOUT} (?P<t>.+)"),
    _form(
        "who",
        rf"{_AUX}{_NEGATED} (?:any|some|every|no)(?:one|body)(?: else)? {_EVER}"
        rf"(?P<d>(?:comment|speak|spoke|talk|respond|react|say|said|mention|discuss|{_TAKES})\w*\b.+)",
    ),
    _form(
        "comment",
        rf"{_AUX}{_NEGATED} (?P<s>.+?) {_EVER}(?:(?:comment|talk|respond|react)(?:ed)?|(?:spoken?|speak)(?: out)?|"
        r"weigh(?:ed)? in|repl(?:y|ied)) (?:on|about|to|against) (?P<t>.+)",
    ),
    _form(
        "comment",
        rf"{_AUX}{_NEGATED} (?P<s>.+?) (?:say|said|tell|told) (?:anything|something|a word) {_ABOUT} (?P<t>.+)",
    ),
    _form(
        "comment",
        rf"{_AUX}{_NEGATED} (?P<s>.+?) {_EVER}(?:mention|mentioned|address|addressed|discuss|discussed) (?P<t>.+)",
    ),
    _form("position", rf"(?:did|does|do|has|have|had){_NEGATED} (?P<s>.+?) {_EVER}(?P<d>{_TAKES} .+)"),
    _form("comment", rf"{_AUX}{_NEGATED} (?P<s>.+?) {_EVER}(?:{_SAY}|{_THINK}) (?:that )?(?P<t>.+)"),
    _form(
        "comment",
        rf"(?:(?:is|was|are|were) there )?any(?:thing| \w+)? (?:from|by) (?P<s>.+?) {_ABOUT} (?P<t>.+)",
    ),
    _form(
        "position",
        rf"(?:is|was|are|were) (?P<s>.+?) (?P<t>{_SIDES} .+)",
        known=True,
    ),
    _form(
        "respond",
        rf"(?:how|what way) {_AUX} (?P<s>.+?) (?:respond|react|reply|replie|answer)(?:d|ed|ing)? (?:to|on|about|"
        r"when(?: asked (?:about|if|whether))?|after) (?P<t>.+)",
    ),
    _form(
        "respond",
        rf"how {_AUX} (?P<s>.+?) (?P<d>(?:describe|explain|justify|defend|characteri[sz]e|see|view|assess|rate|comment on|"
        r"feel about)\b.+)",
    ),
    _form("position", rf"where {_AUX} (?P<s>.+?) stand (?:on|about|regarding|in) (?P<t>.+)"),
    _form(
        "position",
        rf"what(?: {_AUX})? (?:been )?(?:the )?{_VIEW} of (?P<s>.+?) {_ON} (?P<t>.+)",
    ),
    _form(
        "position",
        rf"what(?: {_AUX})? (?:been )?(?P<s>.+?)(?:['’]s|s['’]|s)? {_VIEW} {_ON} (?P<t>.+)",
    ),
    _form(
        "position", rf"(?:what {_AUX} )?(?P<s>.+?)['’]s? (?:reaction|response|answer|reply) (?:when|after) (?P<t>.+)"
    ),
    _form("position", rf"(?P<s>.+?)['’]s? {_VIEW} {_ON} (?P<t>.+)"),
    _form(
        "position",
        rf"(?:what {_AUX} )?(?P<s>.+?)['’]s? {_DEED} {_FOR} (?P<t>.+)",
        known=True,
    ),
    _form("say", rf"what (?:reasons?|explanation|excuse) {_AUX} (?P<s>.+?) (?:give|given|offer|offered) for (?P<t>.+)"),
    _form(
        "say",
        rf"what {_WORDS} (?:did|does|do|has|have|had) (?P<s>.+?) {_MAKES}(?: {_FOR}| to \w+| when)? (?P<t>.+)",
        known=True,
    ),
    _form("say", rf"what (?:else )?(?:did|does|do|has|have|had) (?P<s>.+?) {_OF_MIND} {_ABOUT} (?P<t>.+)", known=True),
    _form(
        "say",
        r"what (?:did|does|do|has|have|had) (?P<s>.+?) (?:make of|(?:have|got) against|mean by|dislike in|admire in) (?P<t>.+)",
        known=True,
    ),
    _form("say", r"what would (?P<s>.+?) do (?:about|with|for|against) (?P<t>.+)", known=True),
    _form("why", rf"why {_AUX}{_NEGATED} (?P<s>.+?) (?:{_SAY}|{_THINK}) (?:that )?(?P<t>.+)"),
    _form(
        "why",
        rf"why (?:is|are|was|were){_NEGATED} (?P<s>(?!the |an? ).+?) (?P<t>(?:{_SIDES}|for|supporting|opposing|backing|"
        r"endorsing|voting|refusing)\b.+)",
        known=True,
    ),
    _form("say", rf"{_QUOTES} (?:by|from|of) (?P<s>.+?) {_ABOUT} (?P<t>.+)"),
    _form("say", rf"{_QUOTES} (?:by|from|of) (?P<s>.+)", known=True),
    _form("who", rf"{_QUOTES} (?:about|on|regarding|concerning) (?P<t>.+)"),
    _form("say", r"(?P<s>.+?)(?:['’]s)? (?:quotes|quotations)", known=True),
    _form("say", rf"what (?P<s>.+?) (?:said|says|thinks|told \w+) {_ABOUT} (?P<t>.+)"),
    _form("say", rf"(?P<s>[\w.'’ -]+?) (?:said|says|saying) (?:what )?{_ABOUT} (?P<t>.+)"),
    _form("say", rf"what(?: else)? {_AUX} (?P<s>.+?) (?:{_SAY}) (?P<t>.+)"),
    _form("say", rf"what(?: else)? {_AUX} (?P<s>.+?) (?:{_SAY}|(?:talk|speak)(?: about)?)"),
    _form("say", r"(?P<s>[\w.'’-]+(?: [\w.'’-]+){0,4}?) (?:on|about|re) (?P<t>.+)", known=True),
)


class Reading(NamedTuple):
    """One way to read a question: what is asked, of whom, about what. All but ``intent`` is as typed, None where not there.

    ``known``: other questions are built so too, and it counts only where the speaker is one of the corpus.
    """

    intent: str
    speaker: str | None = None
    topic: str | None = None
    addressee: str | None = None
    via: str | None = None
    known: bool = False


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
    welcome embrace challenge dispute object protest refuse decline press grill wish refute rebut contest disavow"""
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
    sympathy"""
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
    left"""
# Of what is thought or said to come, or to be, it may be asked when and where.
_FORESEEING = """say think believe expect predict claim estimate forecast suggest fear suspect reckon see"""
# After "who" these verbs of speaking ask who did it, as "who announced the opening",
_MAKING = """announce declare reveal write know understand state claim label report rate define address view observe call
    imagine discuss describe consider understood"""
# and of those of holding only these ask who spoke: others, as "approve", are done without a word.
_VOICING = """criticise criticize condemn praise accuse blame dismiss mock denounce slam blast ridicule deride applaud hail laud
    credit congratulate compliment demand apologise apologize regret deny hope oppose disagree"""
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
    rf"^(?:(?P<h>{_BEFORE}{_ASKING}\b(?: (?!{_AUX}\b)[\w'’%-]+){{0,5}}?) )?(?P<x>{_AUX}|might|may|must|should)"
    r"(?:n['’]?t| not)? (?P<r>.+)$"
)
_INDIRECT = r"^(?P<h>how come|how|why|whether)(?P<x>) (?P<r>.+)$"  # "how Roe feels about the pier"
_BARE = rf"^{_BEFORE}{_ASKING}(?: else| exactly| much| come)?$|^whether$"
_WHO = r"^(?P<w>who|which)(?: else)?\s(?P<r>.+)$"
_MOVED = r"^(?:what|why)(?: has| have| had| is| was)?(?: most| so| really)? (?P<v>\w+)(?P<o> over| off)? (?P<r>.+)$"
_BY_WHOM = (
    r"^by whom (?:is|was|are|were) (?P<a>.+?) (?P<v>\w+ed)\b(?P<r>.*)$|"
    r"^(?P<b>.+?) (?:is|was|are|were) (?P<w>\w+ed)\b.* by whom$"
)
_WHY = rf"^why {_AUX}{_NEGATED} (?P<t>.+)$"
_LEAD = (
    r"^(?:(?:that|whether|if|to|about|on|upon|of|at|with|over|for|towards?|regarding|concerning|by|from|against|"
    r"in response to|as to|when asked (?:about|if|whether))\s+)+(?=\S)"
)
_TOLD = r"^(?:[\w.'’-]+ ){1,4}?that "  # "told reporters that …"
_JUDGED = r"^it [\w-]+ "  # "find it strange that …"
_TURNING = frozenset(["won", "put", "turned"])
_SAID = (("let", "slip"), ("let", "on"), ("make", "clear"), ("made", "clear"), ("point", "out"))


def readings(bare: str) -> Iterator[Reading]:
    """How the question ``bare``, one line without its mark, may be read; the likeliest first."""
    for form in _FORMS:
        match = _compiled(form.pattern).match(bare)
        if match and not _goes_on(bare, match):
            groups = match.groupdict()
            matter = groups.get("t") or _matter_of(groups.get("d")) or groups.get("a")
            topic = " ".join(filter(None, (groups.get("h"), matter)))
            yield Reading(form.intent, groups.get("s"), topic, groups.get("a"), groups.get("v"), form.known)
    yield from _clauses(bare)
    yield from _who_speaks(bare)
    yield from _by_whom(bare)
    yield from _moved(bare)
    if match := _compiled(_WHY).match(bare):
        yield Reading("why", topic=match["t"])


def _goes_on(bare: str, match: re.Match[str]) -> bool:
    """Whether a name goes on where a form ends it: "the Islamic State" says nothing by its "State"."""
    name = match.groupdict().get("s")
    return bool(name) and str(name)[-1:].isalnum() and bare[match.end("s") :].lstrip()[:1].isupper()


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


def _clauses(bare: str) -> Iterator[Reading]:
    """ "How confident is Roe that …", "Does Roe mind …": somebody after an auxiliary, and before what he says or holds."""
    match = _compiled(_CLAUSE).match(bare) or _compiled(_INDIRECT).match(bare)
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
    kind, worded, minded = _verbs().get(verb), _forms_of(_WORDED), _forms_of(_MINDED)
    if asked[:1] == ["how"] and asked[-1] in minded:
        return _about(" ".join(words))  # "how confident is Roe [that …]"
    if auxiliary in _BE:
        if verb in minded:
            return _about(rest)  # "is Roe worried [about …]"
        if not verb.endswith("ing"):
            return None
    elif auxiliary in _DO and verb not in _bases():
        return None
    if not rest or (asked[:1] in (["who"], ["whom"]) and low[1] in {"to", "with"}):  # "whom did Roe speak to": a fact
        return None
    if asked[1:] and asked[-1] in worded and (kind or verb in _forms_of(_GIVING)):
        return _about(rest)  # "what reason did Roe give [for …]"
    when = not _WHENCE.isdisjoint(asked[:2])
    gives = verb in _forms_of(_GIVING) and not when
    said = next((place for place, word in enumerate(low[1:4], 2) if gives and word in worded), 0)
    if said or tuple(low[:2]) in _SAID:
        return _about(" ".join(words[said or 2 :]))  # "did Roe voice any regret [over …]", "let slip [that …]"
    if verb in {"find", "found", "deem"} and low[1] == "it":
        return _about(_compiled(_JUDGED).sub("", rest))
    if kind is None or (when and verb not in _forms_of(_FORESEEING)):
        return None
    return f"{'' if _compiled(_BARE).match(head) else head} {_about(rest)}".strip()


def _matter_of(deed: str | None) -> str | None:
    """What somebody's deed is about: of "deny the leak", "the leak"; of "deny", that."""
    return deed and (_about(deed.partition(" ")[2]) or deed)


def _about(rest: str) -> str:
    """Without the words that lead to it: of "about the pier", "the pier"."""
    return _compiled(_LEAD).sub("", rest)


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
    match = _compiled(_WHO).match(bare)
    if not match:
        return
    words, low = _words(match["r"])
    which = match["w"].lower() == "which"
    among = which or low[0] in {"at", "of", "in", "from", "among"}
    for end in range(1, min(len(words) - 1, _LONGEST)) if among else (0,):
        if among and low[end - 1] in _BREAKS:
            return
        if which and not any(word.removesuffix("s") in ROLES for word in low[:end]):
            continue
        at = next(i for i in range(end, len(low)) if i == len(low) - 1 or low[i] not in _AUXILIARIES | _ADVERBS)
        if not _voiced(low[at], be=not _BE.isdisjoint(low[end:at])) or at == len(low) - 1:
            continue
        topic = _about(_compiled(_TOLD).sub("", " ".join(words[at + 1 :])))
        them = _compiled("^(?:of|at|in|from|among) ").sub("", " ".join(words[:end]))
        if which and end > 1:
            yield Reading("who", them, topic)
        yield Reading("who", topic=f"{them} {topic}".strip())
        return


def _voiced(verb: str, be: bool) -> bool:
    """Whether "who" asks for a speaker before this verb, or, after ``be``, this adjective."""
    if be and verb in _FEELING.split():
        return True
    kind = _verbs().get(verb)
    voiced = verb in _forms_of(_VOICING) if kind == "holding" else kind is not None and verb not in _forms_of(_MAKING)
    return voiced and (not be or verb.endswith("ing"))


def _by_whom(bare: str) -> Iterator[Reading]:
    """ "By whom was the plan criticised?", "The plan was criticised by whom?"."""
    match = _compiled(_BY_WHOM).match(bare)
    if match and (match["v"] or match["w"]).lower() in _verbs():
        yield Reading("who", topic=f"{match['a'] or match['b']}{match['r'] or ''}")


def _moved(bare: str) -> Iterator[Reading]:
    """ "What worries Roe about the pier?", "What won Roe over?": he is the object of what moved him."""
    match = _compiled(_MOVED).match(bare)
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
        yield Reading("say", " ".join(words[:end]), _about(" ".join(rest)), known=True)
