"""A question as typed -> what it asks for: speaker, topic, intent, dates, outlet, exact words.

Owns the forms in which people ask who said what, and the words worth matching. Pure: it knows no index; the
names of outlets and who speaks are handed in. A form that is not recognised costs nothing but the boost: the text is still
searched.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import date
from functools import cache, lru_cache
from typing import NamedTuple

from index import letters
from index.letters import fold
from qa import days
from qa.types import Question, Wants

# Longer questions are cut: a question is one or two sentences, and FTS and the encoder would both drown in more.
MAX_CHARACTERS = 4096

# Words that carry the form of a question, not its matter. Kept out of the lexical leg: each matches half of all passages.
_FUNCTION_WORDS = frozenset(
    """a an the of in on at to for from by with about as into upon over after before during between against among
        through is are was were be been being am do does did done has have had having will would can could should may
        might must shall this that these those it its he she they them his her hers their theirs him i me my we us our
        you your who whom whose which what when where why how and or nor but if then than so not no yes there here
        some any such own same too very just also only ever s t ll re ve d m anything something everything nothing
        else please""".split()
)
# The same of other languages, folded, and the pairs of characters they are in Chinese and Japanese.
_FOREIGN_FORM = frozenset(
    """что кто где когда почему зачем как какие какои какая какое чем о об обо в во на по с со к ко у от до за из и а но или не
        ли же бы это сказал сказала сказали говорил говорит думает считает про для при
        ماذا ما من متى اين كيف لماذا هل في على عن الى ان و قال قالت يقول
        什么 为什 么时 怎么 谁说 说了 了什 如何 关于 對於 对于 是什 哪些 甚麼 什麼 何を 何と
        なに なぜ いつ どこ だれ 誰が のか です ます
        した""".split()
)
_SPEECH_WORDS = frozenset(
    """say says said saying tell tells told telling talk talks talked speak speaks spoke think thinks thought believe
        believes believed comment comments commented remark remarks remarked respond responds responded response react
        reacts reacted reaction reply replied mention mentions mentioned describe describes described claim claims
        claimed state stated statement statements position view views opinion stance stand according quote quotes
        quoted regarding concerning""".split()
)
_WORD = re.compile(r"\w+(?:[-.'’]\w+)*", re.UNICODE)
_WHOLE_WORD = re.compile(rf"(?<!\w)(?<!\w[-.'’]){_WORD.pattern}")  # to be matched where one may begin
_POSSESSIVE = re.compile(r"['’]s?$")
_ENDING = re.compile(r"(?:ing|ed|es|ly|s|e)$")
_SHORT = 4  # a word this short is all stem

_SAY = r"(?:say|said|says|saying|state|stated|claim|claimed|argue|argued|write|written|announce|announced|declare|declared)"
_THINK = r"(?:think|thinks|thought|believe|believes|believed|feel|felt)"
_TELL = r"(?:suggest|reveal|tweet|explain|admit|warn|promise|predict|insist|recommend|propose)(?:s|d|ed|ted)?"
_AUX = r"(?:wont|dont|doesnt|didnt|isnt|did|does|do|has|have|had|is|was|are|were|will|would|can|could)"
# Of these forms the one asked for is who acts: "which senators criticised …", not "which company is being accused of …".
_DOING = r"(?:did|does|do|has|have|had|will|would|can|could|(?:is|are|was|were)(?= \w+ing\b))"
_WHICH = r"which(?: (?!is\b|are\b|was\b|were\b|be\b|being\b|been\b)[\w'’-]+){1,4}?"
_ABOUT = (
    r"(?:about|on|regarding|concerning|of|re|as to|with regard to|when asked about|in (?:response|reply|reaction) to)"
)
_ON = r"(?:on|of|about|to|toward|towards|regarding|concerning)"
_FOR = r"(?:on|of|about|to|toward|towards|for|against|over|with|regarding|concerning)"
_VIEW = (
    r"(?:position|view|views|opinion|opinions|stance|take|attitude|thoughts|reaction|response|reply|comment|comments|"
    r"remarks|statement|statements|words|quotes|line|message|answer)"
)
# What a speaker has like others: "Roe's case against the pier" is made of words, "the city's plan for the pier" is a fact.
_DEED = (
    r"(?:explanation|criticisms?|arguments?|case|defen[cs]e|plans?|proposals?|assessment|account|warnings?|promises?|pledges?|"
    r"claims?|predictions?|advice|excuse|justification|verdict|feelings|beliefs?|concerns?|objections?|denial|complaints?|praise)"
)
_NEGATED = r"(?:n['’]?t|\s+not)?"
_EVER = r"(?:(?:ever|also|already|publicly|really|actually) )?"
# Verbs of taking sides, which belong to what is asked: "deny the leak".
_TAKES = (
    r"(?:support|back|favou?r|oppose|want|den(?:y|ies|ied)|accept|reject|agree|disagree|plan|intend|regret|endorse|approve|"
    r"confirm|hope|expect|fear|criticis|criticiz|condemn|attack|praise|defend|accuse|blame|demand|urge|dismiss|mock|threaten|"
    r"apologi[sz]|call|rule[ds]? out|explain|reveal|suggest|insist|admit|acknowledge|promise|pledge|vow|warn|predict|recommend|"
    r"propose)\w*"
)

_SIDES = (
    r"(?:in favou?r of|for or against|against|opposed to|in support of|(?:worried|concerned|optimistic) about|critical of|"
    r"(?:un)?happy with|angry (?:about|at|with|over)|upset (?:about|by|with|over))"
)
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


# In order; the first that matches wins. Groups: s the speaker, t the topic (h its head), a the addressee, v who relayed it.
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
        rf"(?:who|{_WHICH})(?: else)?(?: {_DOING})? (?:ever |also |publicly )?(?P<t>(?:call|use(?!r)|accuse|criticis|criticiz|"
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
        rf"(?P<t>(?:comment|speak|spoke|talk|respond|react|say|said|mention|discuss|{_TAKES})\w*\b.+)",
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
    _form("position", rf"(?:did|does|do|has|have|had){_NEGATED} (?P<s>.+?) {_EVER}(?P<t>{_TAKES} .+)"),
    _form("comment", rf"{_AUX}{_NEGATED} (?P<s>.+?) {_EVER}(?:{_SAY}|{_THINK}) (?:that )?(?P<t>.+)"),
    _form(
        "comment",
        rf"(?:(?:is|was|are|were) there )?any(?:thing| \w+)? (?:from|by) (?P<s>.+?) {_ABOUT} (?P<t>.+)",
    ),
    _form(
        "position",
        rf"(?:is|was|are|were) (?P<s>.+?) (?P<t>(?:{_SIDES}|planning to|open to|willing to) .+)",
        known=True,
    ),
    _form(
        "respond",
        rf"(?:how|what way) {_AUX} (?P<s>.+?) (?:respond|react|reply|replie|answer)(?:d|ed|ing)? (?:to|on|about|"
        r"when(?: asked (?:about|if|whether))?|after) (?P<t>.+)",
    ),
    _form(
        "respond",
        rf"how {_AUX} (?P<s>.+?) (?P<t>(?:describe|explain|justify|defend|characteri[sz]e|see|view|assess|rate|comment on|"
        r"feel about)\b.+)",
    ),
    _form(
        "respond",
        rf"how {_AUX} (?P<s>.+?) (?P<t>(?:plan|intend|want|propose|hope|expect|promise|criticis[ei]|criticiz[ei]|attack|praise|"
        r"dismiss|interpret)\b.+)",
        known=True,
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
        r"what (?:did|does|do|has|have|had) (?P<s>.+?) (?:make of|have against|mean by|dislike in|admire in) (?P<t>.+)",
        known=True,
    ),
    _form(
        "say",
        r"what (?P<t>(?:worr|upset|bother|anger|annoy|pleas|concern|frighten|surpris)\w*) (?P<s>.+?) (?:about|in|at) (?P<h>.+)",
        known=True,
    ),
    _form("say", rf"what(?: else)? (?:did|does|do) (?P<s>.+?) {_THINK} (?P<t>.+)", known=True),
    _form(
        "say",
        rf"(?P<h>how(?: \w+)?|whom?) (?:did|does|do|has|have) (?P<s>.+?) (?:{_SAY}|{_THINK}) (?:that )?(?P<t>.+)",
        known=True,
    ),
    _form("say", r"what would (?P<s>.+?) do (?:about|with|for|against) (?P<t>.+)", known=True),
    _form("say", rf"what (?:else )?(?:did|does|do|has|have) (?P<s>.+?) (?P<t>(?:ask|{_TAKES})\b.*)", known=True),
    _form("say", rf"whom? (?:did|does|do|has|have) (?P<s>.+?) (?P<t>{_TAKES}\b.*)", known=True),
    _form("why", rf"why {_AUX}{_NEGATED} (?P<s>.+?) (?:{_SAY}|{_THINK}) (?:that )?(?P<t>.+)"),
    _form(
        "why",
        rf"why (?:did|does|do|has|have|had|would|wo|wont|dont|doesnt|didnt){_NEGATED} (?P<s>(?!the |an? ).+?) "
        rf"(?P<t>(?:{_TAKES}|prefer|vote|like|dislike|trust|refuse)\b.+)",
        known=True,
    ),
    _form(
        "why",
        rf"why (?:is|are|was|were){_NEGATED} (?P<s>(?!the |an? ).+?) (?P<t>(?:{_SIDES}|for|supporting|opposing|backing|"
        r"endorsing|voting|refusing)\b.+)",
        known=True,
    ),
    _form("say", rf"(?:quotes?|statements?|comments?|remarks?) (?:by|from|of) (?P<s>.+?) {_ABOUT} (?P<t>.+)"),
    _form("say", rf"what (?P<s>.+?) (?:said|says|thinks|told \w+) {_ABOUT} (?P<t>.+)"),
    _form("say", rf"(?P<s>[\w.'’ -]+?) (?:said|says|saying) (?:what )?{_ABOUT} (?P<t>.+)"),
    _form("say", rf"what(?: else)? {_AUX} (?P<s>.+?) (?:{_SAY}) (?P<t>.+)"),
    _form("say", rf"what(?: else)? {_AUX} (?P<s>.+?) (?:{_SAY}|talk about|speak about)"),
    _form("why", rf"why {_AUX}{_NEGATED} (?P<t>.+)"),
    _form("say", r"(?P<s>[\w.'’-]+(?: [\w.'’-]+){0,4}?) (?:on|about|re) (?P<t>.+)", known=True),
)

# What kind of words would answer, by how the question asks; in order, the first that is found.
_KINDS: tuple[tuple[Wants, str], ...] = (
    ("number", r"how (?:many|much|often|long|old|far|big|large|high|tall|fast|deep|wide|heavy)|(?:what|which) (?:percentage|"
     r"percent|share|number|magnitude|age|price|amount)|what (?:is|was) the (?:magnitude|number|price|percentage|death toll)"),
    ("time", r"when|how soon|(?:what|which) (?:day|date|year|month|time|century|decade)"),
    ("reason", r"why"),
    ("name", r"who|whom|whose|where|(?:what|which)(?: \w+)? (?:is|was) (?:his|her|its|their|the) names?|(?:what|which) (?!is\b|"
     r"are\b|was\b|were\b|did\b|does\b|do\b|has\b|have\b|had\b|will\b|would\b|can\b|could\b|should\b|happen|else\b)\w+"),
)  # fmt: skip
_WANTS: tuple[tuple[Wants, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE)) for kind, pattern in _KINDS
)
_EVERYBODY = re.compile(
    r"\b(?:everyone|everybody|who else|all (?:the )?(?:people|speakers|those)|list|which people)\b", re.IGNORECASE
)
# Where a sentence ends: not after the point of "Roe v. Wade", "Sen. Roe", "J. Roe".
_SENTENCE = re.compile(
    r"(?<=[.?!])(?<!\b[A-Zv]\.)(?<!\b(?:Mr|Ms|Dr|St|Lt|Jr|Sr|vs)\.)(?<!\b(?:Mrs|Sen|Rep|Gov|Gen|Col|Rev)\.)\s+(?=[A-Z\"“'‘])"
)
# "According to a new poll" names nobody whose words could be looked for.
_UNNAMED = re.compile(
    r"(?:an?|some|new|recent|the latest) |(?:.* )?(?:polls?|surveys?|stud(?:y|ies)|reports?|rulings?|data|figures|tradition)$"
)

_LEADING = re.compile(
    r"^(?:(?:so|and|but|ok|okay|well|please|(?:can|could) you|do you know|i(?:['’]d| would)? (?:want|like|need) to know|"
    r"(?:tell|show|give|find)(?: me)?(?: about)?|is there anything(?= (?:that )?\S.* (?:said|says)\b))[, ]+)+(?=\S)",
    re.IGNORECASE,
)
_SHORTENED = re.compile(r"^(what|where|who|how|why)['’]?s(?= )", re.IGNORECASE)
_SHORTENED_DID = re.compile(r"^(what|where|who|how|why)['’]d(?= )", re.IGNORECASE)
_BEFORE_A_NAME = re.compile(
    r"^(?:(?:the|really|actually|ever|exactly|everything|anything|explain|describe|summari[sz]e)\s+)+", re.IGNORECASE
)
_AFTER_A_NAME = re.compile(
    r"(?:\s+(?:really|actually|ever|also|have|been|publicly|recently|said|known|(?:quoted|cited|reported|heard) (?:as|to)|"
    r"(?:quoted|cited|heard)))+$",
    re.IGNORECASE,
)
_PRONOUNS = frozenset("he she they him her them someone somebody people".split())
_NO_SPEAKER = frozenset("not it this that there what who we you i how why where when which".split())
_NO_SURNAME = frozenset("the a an to of in on at for with by as not his her their its my our and or when that".split())
# What belongs to the form: "Roe say he'd" is no name, the form is another.
_NO_NAME = frozenset("did does do has had say says saying think thinks thought talking asked".split())
_DANGLING = re.compile(r"\s+(?:about|on|of|regarding)$", re.IGNORECASE)  # what a date leaves: "about [in 2016]"
_QUOTED = re.compile(r"[\"“«„]([^\"“”«»„]{2,200})[\"”»“]|(?<!\w)['‘]([^'‘’\"]{3,200})['’](?!\w)")


def words_of(text: str) -> list[str]:
    """All words of ``text``, folded, possessives off, in order.

    >>> words_of("Lavrov’s Iran")
    ['lavrov', 'iran']
    """
    folded = fold(text)
    words: list[str] = _WORD.findall(folded)
    if letters.unspaced(folded):
        words = [piece for word in words for piece in letters.pieces(word)]
    return [_POSSESSIVE.sub("", word) if "'" in word else word for word in words] if "'" in folded else words


def stems_of(text: str) -> frozenset[str]:
    """The stems of all words of ``text``."""
    return frozenset(map(stem, words_of(text)))


def stems_among(text: str, wanted: Iterable[str]) -> frozenset[str]:
    """`stems_of` ``text``, those that are ``wanted``: a word begins with its stem, so these are looked for one by one, which
    takes a third of the time where they are few.

    >>> sorted(stems_among("Tehran's sanctions on Iran", ["iran", "sanction", "rus"]))
    ['iran', 'sanction']
    """
    folded = fold(text)
    if letters.unspaced(folded):
        return stems_of(text).intersection(wanted)
    return frozenset(stem_ for stem_ in wanted if _has_stem(folded, stem_))


def _has_stem(folded: str, wanted: str) -> bool:
    at = folded.find(wanted)
    while at >= 0:
        word = _WHOLE_WORD.match(folded, at)
        if word and stem(_POSSESSIVE.sub("", word.group())) == wanted:
            return True
        at = folded.find(wanted, at + 1)
    return False


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """A folded word without its commonest English endings: enough to match "sanctions" with "sanctioned".

    >>> stem("sanctions") == stem("sanctioned")
    True
    """
    if not word.isascii():
        word = letters.stem(word)
    return _ENDING.sub("", word) if len(word) > _SHORT else word


def content_words(text: str) -> tuple[str, ...]:
    """The words of ``text`` worth matching, folded, each once, in order.

    >>> content_words("What did Lavrov say about Iran's participation?")
    ('lavrov', 'iran', 'participation')
    """
    return tuple(w for w in dict.fromkeys(words_of(text)) if w and not _is_form(w))


def _is_form(word: str) -> bool:
    """Whether a word carries the form of a question, in any language."""
    return word in _FUNCTION_WORDS or word in _SPEECH_WORDS or (not word.isascii() and word in _FOREIGN_FORM)


def parse(
    text: str,
    *,
    sources: Collection[str] = (),
    known: Callable[[str], bool] | None = None,
    today: date | None = None,
) -> Question:
    """Understand a question.

    ``sources`` are the outlets of the corpus, so that one named in the question is recognised. ``known`` tells whether somebody
    of that name speaks in the corpus: "Lavrov on Iran" asks what he says, "war on Iran" does not. Days are read as `qa.days`
    does, those that count from ``today`` ("this week") only where it is given; what they mean for a search is the caller's
    decision. Where facts are asked for, what happened then may be told from then on, up to ``today``.
    Never raises: what is not understood stays in ``topic``.
    """
    text = " ".join(text[:MAX_CHARACTERS].split())
    question = Question(
        text=text,
        topic=text,
        words=content_words(text),
        phrases=_phrases(text),
        asks=asking(text),
        wants=wants(text),
    )
    rest, named = days.cut(text, today)
    bare = _DANGLING.sub("", _LEADING.sub("", rest).strip().rstrip("?!. ").strip())
    bare = _SHORTENED_DID.sub(r"\1 did", _SHORTENED.sub(r"\1 is", bare))
    for form in _FORMS:
        match = _compiled(form.pattern).match(bare)
        if match and (found := _understood(question, form.intent, match)):
            if form.known and not (
                known and found.speaker and fold(found.speaker) not in _PRONOUNS and known(found.speaker)
            ):
                continue
            question = found
            break
    source = _source(text, sources)
    if source and question.intent == "according" and _outlet(question.speaker or "") == _outlet(source):
        # "According to TASS, …" asks what its articles say, not for words of a person of that name.
        question = replace(question, intent="find", speaker=None, topic=question.text)
    if named.counted == "today" and question.speaker is None:
        return parse(text, sources=sources, known=known)  # "What is it called today?": nowadays
    if today and named.counted and question.intent == "find":
        named = named._replace(until=today.isoformat())
    return replace(question, since=named.since, until=named.until, month=named.month, source=source)


def _outlet(name: str) -> str:
    """An outlet's name for comparing.

    >>> _outlet("The Pier Post")
    'pier post'
    """
    return re.sub(r"^the\s+", "", fold(name))


def wants(text: str) -> Wants:
    """What kind of words would answer, as the last question in ``text`` asks for it.

    >>> wants("Gas is dear again. How much does a gallon cost?")
    'number'
    """
    last = _SENTENCE.split(asking(text))[-1]
    return next((kind for kind, pattern in _WANTS if pattern.search(last)), "any")


def asking(text: str) -> str:
    """The sentences of ``text`` that ask; all of it where none does.

    >>> asking("Gas is dear again. How much does a gallon cost? The record is of May.")
    'How much does a gallon cost?'
    """
    return " ".join(sentence for sentence in _SENTENCE.split(text) if sentence.endswith("?")) or text


def _understood(question: Question, intent: str, match: re.Match[str]) -> Question | None:
    groups = match.groupdict()
    speaker = _speaker(groups.get("s"))
    if groups.get("s") and speaker is None:
        return None
    if speaker and intent == "according" and not _is_name(speaker):
        # "According to reports, …" names nobody; but "according to the GAO" does.
        return None
    addressee = _speaker(groups.get("a"))
    topic = " ".join(filter(None, (groups.get("h"), groups.get("t") or groups.get("a"))))
    return replace(
        question,
        intent=intent,
        speaker=speaker,
        addressee=addressee,
        via=_speaker(groups.get("v")),
        topic=topic.strip(),
    )


def _speaker(raw: str | None) -> str | None:
    """The speaker's name as typed, without what only fills ("the", "really"), or None where it cannot be one."""
    if raw is None:
        return None
    name = _BEFORE_A_NAME.sub("", raw.strip(" ,"))
    name = _AFTER_A_NAME.sub("", name)
    words = fold(name).split()
    if (
        not words
        or len(words) > 9
        or words[0] in _NO_SPEAKER
        or words[-1] in _NO_SURNAME
        or not _NO_NAME.isdisjoint(words)
    ):
        return None
    return name


def _is_name(speaker: str) -> bool:
    """Whether what stands after "according to" names somebody: with capitals, described, or short and not "a new poll"."""
    folded = fold(speaker)
    if _UNNAMED.match(folded):
        return False
    if any(c.isupper() for c in speaker) or re.match(r"(?:people|officials|experts)", folded):
        return True
    return len(folded.split()) <= 3 and folded not in {"media"}


def asks_for_everybody(question: Question) -> bool:
    """Whether as many speakers as there are answer better than one at length.

    >>> asks_for_everybody(parse("Who else spoke about the pier?")), asks_for_everybody(parse("Who built the pier?"))
    (True, False)
    """
    return question.intent == "who" and _EVERYBODY.search(question.text) is not None


def _phrases(text: str) -> tuple[str, ...]:
    return tuple(a or b for a, b in _QUOTED.findall(text))


def _source(text: str, sources: Iterable[str]) -> str | None:
    """The outlet the question names as where something stands or was said ("in The Week", "told CNN")."""
    for source in sorted(sources, key=len, reverse=True):
        name = re.escape(re.sub(r"^the\s+", "", source, flags=re.IGNORECASE))
        if re.search(rf"\b(?:in|by|from|at|tell|told|to)\s+(?:the\s+)?{name}\b", text, re.IGNORECASE):
            return source
    return None
