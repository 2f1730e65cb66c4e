"""The fixed forms in which English asks about somebody's words: patterns, tried in order.

Owns the patterns, and what each of their parts stands for. Refuses to know any other build: those are clauses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from qa.forms.reading import AUX, NEGATED, Reading, about, compiled

_SAY = r"(?:say|said|says|saying|state|stated|claim|claimed|argue|argued|write|written|announce|announced|declare|declared)"
# "What was the kingdom's official state religion?", "who was said to have fled": after "is" what somebody says is "saying".
_SAYS = rf"(?!(?:is|was|are|were)\b(?!.*\b(?:say|stat|claim|argu|writ|talk|speak)ing\b)){AUX}"
_THINK = r"(?:think|thinks|thought|believe|believes|believed|feel|felt)"
_TELL = r"(?:suggest|reveal|tweet|explain|admit|warn|promise|predict|insist|recommend|propose)(?:s|d|ed|ted)?"
# Of these forms the one asked for is who acts: "which senators criticised …", not "which company is being accused of …".
_DOING = r"(?:did|does|do|has|have|had|will|would|can|could|(?:is|are|was|were)(?= \w+ing\b))"
_USE = r"use(?=[sd]? .*(?:[\"“‘']|\b(?:words?|terms?|phrases?|expression|name)\b))"
_WHICH = rf"which(?: (?!(?:be|being|been|{AUX})\b)[\w'’-]+){{1,4}}?"
_ABOUT = r"(?:about|abt|on|regarding|concerning|of|re|as to|with regard to|when asked about|in (?:response|reply|reaction) to)"
_ON = r"(?:on|of|about|to|toward|towards|regarding|concerning)"
_FOR = r"(?:on|of|about|to|toward|towards|for|against|over|with|regarding|concerning)"
_VIEW = (
    r"(?:(?:exact|very|own|precise|actual) )?"
    r"(?:position|view|views|opinion|opinions|stance|take|attitude|thoughts|reaction|response|reply|comment|comments|"
    r"remarks|statement|statements|words|quotes|line|message|answer)"
)
# To whom it is said only so that others read it: no part of what it is about.
_MEDIA = (
    r"(?:the )?(?:[\w.'’-]+ ){0,3}?(?:tv|television|radio|news|times|post|journal|magazine|podcast|show|press|media|newspaper|"
    r"reporters?|journalists?|interviewers?|twitter|facebook|instagram|bbc|cnn|msnbc|nbc|cbs|abc|cnbc|fox|npr|pbs|reuters|"
    r"bloomberg|ap|afp|tass)"
)
# What is welcomed or attacked with words, as no town and no guest is.
_MATTERS = (
    r"(?:rulings?|decisions?|plans?|deals?|moves?|news|verdicts?|announcements?|votes?|bills?|laws?|bans?|polic(?:y|ies)|"
    r"proposals?|ideas?|speech(?:es)?|remarks?|comments?|statements?|orders?|reports?|judge?ments?|legislation|measures?|"
    r"strategy|reforms?|budgets?|agreements?|settlements?|mergers?|takeovers?|resignations?|appointments?|nominations?|"
    r"mandates?|offers?|cuts?|sanctions)"
)
# What is had, or raised, in words: "who raised concerns about the pier".
_HELD = (
    r"(?:doubts?|concerns?|confidence|regrets?|criticisms?|fears?|hopes?|objections?|complaints?|praise|sympathy|misgivings|"
    r"reservations|alarm|outrage|anger|scepticism|skepticism)"
)
# What nobody refuses without a word, or does who refuses: "who refused to criticise the mayor".
_UTTERING = (
    r"(?:criticis|criticiz|condemn|comment|say|apologi|rule out|answer questions|discuss|endorse|support|back|blame|name|"
    r"speak|talk|call|confirm|den)"
)
_FROM_MANY = r"(?:(?:initial|first|public|international|global|world|general|political|popular|immediate|overall) )"
_AROUND = r"(?:colleagues|critics|supporters|allies|opponents|rivals|fans|peers)"
_QUOTES = r"(?:(?:all|any|some|the) )*(?:quotes?|quotations?|statements?|comments?|remarks?)"
# What a speaker has like others: "Roe's case against the pier" is made of words, "the city's plan for the pier" is a fact.
_DEED = (
    r"(?:explanation|criticisms?|arguments?|case|defen[cs]e|plans?|proposals?|assessment|account|warnings?|promises?|pledges?|"
    r"claims?|predictions?|advice|excuse|justification|verdict|feelings|beliefs?|concerns?|objections?|denial|complaints?|praise|"
    r"hopes?|fears?|doubts?|apology|beef|problem|reasons?|reasoning|thinking|threats?|demands?|forecast|estimate|theory|guess|"
    r"suggestions?|ideas?|description|comparison|interpretation|judge?ment|jokes?)"
)
_PASSIVE = r"(?:is|are|was|were|has|have|had)(?: been| being)? (?:said|written|reported)"
_OF_IT = r"(?: (?:about|of|on|to) (?:it|this|that))?"
_EVER = r"(?:(?:ever|also|already|publicly|really|actually) )?"
# Verbs of taking sides: "deny the leak".
_TAKES = (
    r"(?:support|back|favou?r|oppose|want|den(?:y|ies|ied)|accept|reject|agree|disagree|plan|intend|regret|endorse|approve|"
    r"confirm|hope|expect|fear|criticis|criticiz|condemn|attack|praise|defend|accuse|blame|demand|urge|dismiss|mock|threaten|"
    r"apologi[sz]|call|rule[ds]? out|explain|reveal|suggest|insist|admit|acknowledge|promise|pledge|vow|warn|predict|recommend|"
    r"propose)\w*"
)

# "In his words": how he sees or says it.
_EYES = r"(?:view|opinion|words|eyes|mind|judge?ment|telling)"
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


# In order; the first that matches wins. Groups: s the speaker, t the topic (h its head) or d (what was done, a verb, and with
# what), a the addressee, v who relayed it.
_FORMS = (
    _form("say", rf"what {AUX} (?P<s>.+?) tell (?P<a>.+?),? according to (?P<v>.+)"),
    _form("say", rf"what {AUX} (?P<s>.+?) {_SAY} {_ABOUT} (?P<t>.+?),? according to (?P<v>.+)"),
    _form("according", rf"(?:according to|in the {_EYES} of) (?P<s>[^,?]+?), (?P<t>.+)"),
    _form("according", rf"in (?P<s>[^,?]+?)['’]s? {_EYES}, (?P<t>.+)"),
    _form("according", r"from (?P<s>[^,?]+?)['’]s? (?:point of view|viewpoint|perspective|standpoint), (?P<t>.+)"),
    _form(
        "according",
        rf"in (?P<s>[^,?]+?)['’]s? {_EYES} (?P<t>(?:is|are|was|were|did|does|do|will|would|should)\b.+)",
    ),
    _form("according", r"(?P<h>(?:what|who|why|how)), according to (?P<s>[^,?]+?), (?P<t>.+)"),
    _form("according", r"according to (?P<s>[\w.'’ -]+?) (?P<t>(?:how|what|when|where|why|who|which)\b.+)"),
    _form("according", r"(?P<t>.+?),? according to (?P<s>[^,]+)"),
    _form("according", rf"(?P<t>.+?),? in the {_EYES} of (?P<s>[^,]+)"),
    _form(
        "according",
        rf"(?P<t>.+?),? in (?P<s>[^,]+?)['’]s? (?:own )?{_EYES}",
        known=True,
    ),
    _form(
        "according",
        r"(?P<t>(?:how|what|when|where|why|who|which|is|are|was|were|will|should)\b.+), "
        r"(?:says|said|thinks|believes|argues|claims) (?P<s>[^,]+)",
    ),
    # What it is about, in a sentence before.
    _form("say", rf"(?P<t>.+\?) what (?:did|does|do|has|is) (?P<s>.+?) (?:{_SAY}|{_THINK}|reply|answer){_OF_IT}"),
    _form("say", rf"(?P<t>.+\?) (?:what (?:is|was) )?(?P<s>[^?]+?)['’]s? {_VIEW}{_OF_IT}"),
    _form(
        "who",
        rf"who(?: else)?(?: {AUX})? (?:(?:said|say|says) (?:anything|something|what)|(?:any|some)thing to say|"
        rf"(?:been )?quoted) {_ABOUT} (?P<t>.+)",
    ),
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
        rf"who(?: else)? (?:is|was|are|were){NEGATED} an? (?:\w+ )?(?:fan|supporter|critic|admirer) of (?P<t>.+)",
    ),
    _form(
        "who", r"who(?: else)? (?:is|was|are|were|feels?|felt|want(?:s|ed)?) (?P<t>[\"“‘](?!the |an? )(?-i:[a-z]).+)"
    ),
    _form(
        "who",
        rf"(?:who|{_WHICH})(?: else)?(?: {_DOING})? want(?:s|ed)? "
        r"(?P<t>(?!to\b).+? to (?!the\b|an?\b)(?-i:[a-z]).*|.+ (?:\w{2,}ed|gone|out|dead|back|shut|cut))",
    ),
    _form(
        "who",
        rf"(?:who|{_WHICH})(?: else)?(?: {_DOING})? (?:has|had|(?:express|voice|raise|offer)(?:[sd]|es|ed)?) "
        rf"(?:[\w-]+ ){{0,2}}{_HELD} (?:about|over|in|on|for|of|at|to|with|that) (?P<t>.+)",
    ),
    _form("who", rf"(?:who|{_WHICH})(?: else)?(?: {_DOING})? (?:refuse|decline)[sd]? to (?P<d>{_UTTERING}\w*\b.*)"),
    _form("who", rf"(?:who|{_WHICH})(?: else)?(?: {_DOING})? (?P<d>(?:welcome|attack)\w* .*\b{_MATTERS}\b.*)"),
    _form(
        "who",
        rf"who(?: else)?(?: {_SAYS})?{NEGATED} (?:ever |also |publicly )?(?:{_SAY}|{_THINK}|claims|argues) (?:that )?(?P<t>.+)",
    ),
    _form(
        "who",
        rf"(?:who|{_WHICH})(?: else)?(?: {_DOING})? (?:ever |also |publicly )?(?P<d>(?:call|{_USE}|accuse|criticis|criticiz|"
        r"condemn|praise|deny|denie|warn|demand|urge|reject|dismiss|suggest|oppose|support|defend|blame|threaten|promise|"
        r"compare|describe|mention|question|predict|ask|comment|talk|speak|spoke|apologis|apologiz)\w*\b"
        r"(?! (?:\w+ (?:did|does|do)|was|were|is|are|by)\b).*)",
    ),
    _form(
        "say",
        rf"(?:when asked |asked )?(?:{_ABOUT}) (?P<t>.+?),? (?:what|how) {AUX} (?P<s>.+?) "
        rf"(?:{_SAY}|{_THINK}|respond|react|reply|answer|feel)",
    ),
    _form("say", rf"what {_PASSIVE} {_ABOUT} (?P<t>.+?) by (?P<s>.+)"),
    _form("say", rf"what {_PASSIVE} by (?P<s>.+?) {_ABOUT} (?P<t>.+)"),
    _form("say", rf"what {_PASSIVE} {_ABOUT} (?P<t>.+)"),
    _form(
        "say",
        rf"what(?: else)? {AUX} (?P<s>.+?) sa(?:y|id) (?:on|in|to) {_MEDIA} (?:about|regarding|concerning) (?P<t>.+)",
    ),
    _form(
        "say",
        rf"what(?: else)? {AUX} (?P<s>.+?) (?:{_SAY}|{_THINK}|{_TELL}|to say|talk|speak|know) {_ABOUT} "
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
    _form("say", rf"how {AUX} (?P<s>.+?) (?:differ|disagree|agree|compare) (?:on|about|over|regarding|in) (?P<t>.+)"),
    _form("say", r"(?P<s>.+? (?:vs\.?|versus) .+?) (?:on|about|over|regarding) (?P<t>.+)"),
    _form(
        "when",
        rf"(?:when|where|on what day) {_SAYS} (?P<s>.+?) (?:{_SAY}|talk|speak|comment) (?:that |{_ABOUT} )?(?P<t>.+)",
    ),
    _form(
        "say",
        rf"(?P<h>how (?:many|much|often|long|big|old)(?: .+?)?) {AUX} (?P<s>.+?) (?:{_SAY}|{_THINK}) (?:that )?(?P<t>.+)",
    ),
    _form(
        "say",
        rf"(?P<h>(?:which|what) (?!{AUX}\b|else\b)\w+(?: \w+)?) {AUX} (?P<s>.+?) "
        rf"(?:{_SAY}|{_THINK}) (?:that )?(?P<t>.+)",
        known=True,
    ),
    _form("say", rf"what(?: else)? {AUX} (?P<s>.+?) sa(?:y|id) to (?P<a>.+?) {_ABOUT} (?P<t>.+)"),
    _form("say", rf"what(?: else)? {AUX} (?P<s>.+?) (?:sa(?:y|id) (?:to|on|in)|tell|told) {_MEDIA}"),
    _form(
        "say",
        rf"what {AUX} (?P<s>.+?)(?<!['’]s) (?:say|reply|answer|respond)(?: to| when(?: asked (?:about|if|whether))?) (?P<t>.+)",
        known=True,
    ),
    _form("say", rf"what(?: else)? {AUX} (?P<s>.+?) (?:tell|told|ask|asked|warn|urge) (?P<a>.+?) {_ABOUT} (?P<t>.+)"),
    _form("say", rf"what {AUX} (?P<s>.+?) (?:tell|told|ask|asked|warn|urge) (?P<t>.+)"),
    _form(
        "comment",
        rf"{AUX}{NEGATED} (?P<s>.+?) {_EVER}(?:(?:comment|talk|respond|react)(?:ed)?|(?:spoken?|speak)(?: out)?|"
        r"weigh(?:ed)? in|repl(?:y|ied)) (?:on|about|to|against) (?P<t>.+)",
    ),
    _form(
        "comment",
        rf"{AUX}{NEGATED} (?P<s>.+?) (?:say|said|tell|told) (?:anything|something|a word) {_ABOUT} (?P<t>.+)",
    ),
    _form(
        "comment",
        rf"{AUX}{NEGATED} (?P<s>.+?) {_EVER}(?:mention|mentioned|address|addressed|discuss|discussed) (?P<t>.+)",
    ),
    _form("position", rf"(?:did|does|do|has|have|had){NEGATED} (?P<s>.+?) {_EVER}(?P<d>{_TAKES} .+)"),
    _form("comment", rf"{AUX}{NEGATED} (?P<s>.+?) {_EVER}(?:{_SAY}|{_THINK}) (?:that )?(?P<t>.+)"),
    _form(
        "comment",
        rf"(?:(?:(?:is|was|are|were) there )?any(?:thing| \w+)?|(?:is|was|are|were) there (?:an? )?{_QUOTES}) "
        rf"(?:from|by) (?P<s>.+?) {_ABOUT} (?P<t>.+)",
    ),
    _form(
        "comment", rf"(?:is|was|has|have){NEGATED} (?P<s>.+?) (?:been )?(?:quoted|cited) {_ABOUT} (?P<t>.+)", known=True
    ),
    _form(
        "position",
        rf"(?:is|was|are|were){NEGATED} (?P<s>.+?) (?P<t>{_SIDES} .+)",
        known=True,
    ),
    _form(
        "respond",
        rf"(?:how|what way) {AUX} (?P<s>.+?) (?:respond|react|reply|replie|answer)(?:d|ed|ing)? (?:to|on|about|"
        r"when(?: asked (?:about|if|whether))?|after) (?P<t>.+)",
    ),
    _form(
        "respond",
        rf"how {AUX} (?P<s>.+?) (?P<d>(?:describe|explain|justify|defend|characteri[sz]e|see|view|assess|rate|comment on|"
        r"feel about)\b.+)",
    ),
    _form("position", rf"where {AUX} (?P<s>.+?) stand (?:on|about|regarding|in) (?P<t>.+)"),
    _form(
        "position",
        rf"what(?: {AUX})? (?:been )?(?:the )?{_VIEW} of (?P<s>.+?) {_ON} (?P<t>.+)",
    ),
    _form(
        "position",
        rf"what(?: {AUX})? (?:been )?(?P<s>.+?)(?:['’]s|s['’]|s) {_VIEW} {_ON} (?P<t>.+)",
    ),
    _form(
        "position",
        rf"what(?: {AUX})? (?:been )?(?P<s>.+?) {_VIEW} {_ON} (?P<t>.+)",
        known=True,
    ),
    _form(
        "position",
        rf"(?:what {AUX} )?(?P<s>.+?)['’]s? (?:reaction|response|answer|reply) (?:when asked (?:about|if|whether)|when|after) "
        r"(?P<t>.+)",
    ),
    _form("position", rf"(?P<s>.+?)['’]s? {_VIEW} {_ON} (?P<t>.+)"),
    _form(
        "position",
        rf"(?:what {AUX} )?(?P<s>.+?)['’]s? {_DEED} {_FOR} (?P<t>.+)",
        known=True,
    ),
    _form("say", rf"what (?:reasons?|explanation|excuse) {AUX} (?P<s>.+?) (?:give|given|offer|offered) for (?P<t>.+)"),
    _form(
        "say",
        rf"what {_WORDS} (?:did|does|do|has|have|had) (?P<s>.+?) {_MAKES}(?: {_FOR}| to \w+| when)? (?P<t>.+)",
        known=True,
    ),
    _form("say", rf"what (?:else )?(?:did|does|do|has|have|had) (?P<s>.+?) {_OF_MIND} {_ABOUT} (?P<t>.+)", known=True),
    _form(
        "say",
        r"what (?:did|does|do|has|have|had) (?P<s>.+?) (?:make of|(?:have|got) against|dislike in|admire in) (?P<t>.+)",
        known=True,
    ),
    _form(
        "say",
        r"what (?:did|does|do) (?P<s>.+?) mean (?:by|when|with) (?:(?:he|she|they|it) )?"
        r"(?:(?:said|says?|saying|spoke|speaks?|called|calls|wrote|talked|mentioned)\b ?)?(?:(?:that|of|about) )?(?P<t>.+)",
        known=True,
    ),
    _form(
        "position",
        r"how (?:has|have|had|did|does|do) (?P<t>.+?) changed? (?P<s>.+?)['’]s? (?:views?|minds?|opinions?|thinking|attitudes?|"
        r"positions?|outlook|perspective)(?: (?:of|on|about) .+)?",
        known=True,
    ),
    _form("say", rf"(?:to )?whom? {AUX} (?P<s>.+?) (?P<d>(?:apologi[sz]e|compare|liken)\b.*?)(?: to)?", known=True),
    _form(
        "say",
        rf"what {AUX} (?P<s>.+?) (?:put|attribute|ascribe|liken|compare|chalk) (?P<t>.+?) (?:down to|up to|to|with)",
        known=True,
    ),
    _form(
        "say", rf"whom? {AUX} (?P<s>.+?) (?:hold|think|consider) (?:responsible|accountable) for (?P<t>.+)", known=True
    ),
    _form(
        "position",
        rf"{AUX}{NEGATED} (?P<s>.+?) buy(?:ing)? (?:into )?(?:the|that|this) (?:idea|argument|claim|notion|story|theory|line)"
        r"(?: that| of)? (?P<t>.+)",
        known=True,
    ),
    _form("say", r"what would (?P<s>.+?) do (?:about|with|for|against) (?P<t>.+)", known=True),
    _form("why", rf"why {AUX}{NEGATED} (?P<s>.+?) (?:{_SAY}|{_THINK}) (?:that )?(?:{_ABOUT} )?(?P<t>.+)"),
    _form(
        "why",
        rf"why (?:is|are|was|were){NEGATED} (?P<s>(?!the |an? ).+?) (?P<t>(?:{_SIDES}|for|supporting|opposing|backing|"
        r"endorsing|voting|refusing)\b.+)",
        known=True,
    ),
    _form("say", rf"{_QUOTES} (?:by|from|of) (?P<s>.+?) {_ABOUT} (?P<t>.+)"),
    _form("say", rf"{_QUOTES} (?:by|from|of) (?P<s>.+)", known=True),
    _form("who", rf"{_QUOTES} (?:about|on|regarding|concerning) (?P<t>.+)"),
    _form("say", rf"(?P<s>.+?)(?:['’]s)? (?:quotes|quotations)(?: {_ABOUT} (?P<t>.+))?", known=True),
    _form("say", rf"what (?P<s>.+?) (?:(?:has|have|had) )?(?:said|says|thinks|told \w+) {_ABOUT} (?P<t>.+)"),
    _form("say", rf"(?P<s>[\w.'’ -]+?) (?:said|says|saying) (?:what )?{_ABOUT} (?P<t>.+)"),
    _form("say", rf"what(?: else)? {_SAYS} (?P<s>.+?) (?:{_SAY}) (?P<t>.+)"),
    _form("say", rf"what(?: else)? {_SAYS} (?P<s>.+?) (?:{_SAY}|(?:talk|speak)(?: about)?)"),
    _form("who", rf"(?:what|how) {AUX} (?:been )?(?:the )?{_FROM_MANY}?(?:reactions?|responses?) to (?P<t>.+)"),
    _form("who", rf"how {AUX} (?P<t>.*\b{_MATTERS}\b.*?) (?:been )?received(?: by .+)?"),
    _form("who", rf"how {AUX} (?P<t>.+?)['’]s? {_AROUND} (?:react|respond)(?:ed|ing)?(?: to (?:it|that|this))?"),
    _form("say", r"(?P<s>[\w.'’-]+(?: [\w.'’-]+){0,4}?) (?:on|about|re) (?P<t>.+)", known=True),
)


def fixed(bare: str) -> Iterator[Reading]:
    """How the forms that fit a question read it; the likeliest first."""
    for form in _FORMS:
        match = compiled(form.pattern).match(bare)
        if match and not _goes_on(bare, match):
            groups = match.groupdict()
            matter = groups.get("t") or _matter_of(groups.get("d")) or groups.get("a")
            topic = " ".join(filter(None, (groups.get("h"), matter)))
            yield Reading(form.intent, groups.get("s"), topic, groups.get("v"), form.known)


def _goes_on(bare: str, match: re.Match[str]) -> bool:
    """Whether a name goes on where a form ends it: "the Islamic State" says nothing by its "State"."""
    name = match.groupdict().get("s")
    return bool(name) and str(name)[-1:].isalnum() and bare[match.end("s") :].lstrip()[:1].isupper()


def _matter_of(deed: str | None) -> str | None:
    """What somebody's deed is about: of "deny the leak", "the leak"; of "deny", that."""
    return deed and (about(deed.partition(" ")[2]) or deed)
