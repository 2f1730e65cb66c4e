"""A question as typed -> what it asks for: speaker, topic, intent, dates, outlet, exact words.

Owns the forms in which people ask who said what, and the words worth matching. Pure: it knows no index; the
names of outlets and who speaks are handed in. A form that is not recognised costs nothing but the boost: the text is still
searched.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache

from index import letters
from index.letters import fold
from index.types import Span
from qa import days, forms
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
        else please anyone anybody everyone everybody someone somebody""".split()
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
_PIECE = re.compile(r"\w+")
_WHOLE_WORD = re.compile(rf"(?<!\w)(?<!\w[-.'’]){_WORD.pattern}")  # to be matched where one may begin
_POSSESSIVE = re.compile(r"['’]s?$")
_ENDING = re.compile(r"(?:ing|ed|es|ly|s|e)$")
_SHORT = 4  # a word this short is all stem

# What kind of words would answer, by how the question asks: the kind whose pattern matches first, of those that match at one
# place the one that stands first here.
_KINDS: tuple[tuple[Wants, str], ...] = (
    ("money", r"how much (?:money|cash)|how much\b.*\b(?:cost|pays?|paid|worth|spen[dt]|earn\w*|rais\w+|price|fine\w*|sells?|"
     r"sold|donat\w+|charge\w*|owe\w*|lose|lost|invest\w*)|(?:what|which) (?:price|cost|salary|amount)"),
    ("share", r"(?:what|which) (?:percentage|percent|share|proportion|fraction)|what (?:is|was) the percentage"),
    ("duration", r"how (?:long|old)|what age|how far (?:ahead|in advance)"),
    ("measure", r"how (?:far|big|large|high|tall|fast|deep|wide|heavy|hot|cold|warm|strong|steep|close|thick)"),
    ("number", r"how (?:many|much|often|well|likely|common|few)|(?:what|which) (?:number|magnitude|score|rate|age)|"
     r"what (?:is|was) the (?:magnitude|number|price|death toll|score|rate|margin)"),
    ("time", r"when|how soon|(?:what|which) (?:\w+ )?(?:day|date|year|month|time|century|decade)"),
    ("reason", r"why|how come"),
    ("name", r"who|whom|whose|where|(?:what|which)(?: \w+)? (?:is|was) (?:his|her|its|their|the) names?|(?:what|which) (?!is\b|"
     r"are\b|was\b|were\b|did\b|does\b|do\b|has\b|have\b|had\b|will\b|would\b|can\b|could\b|should\b|happen|else\b)\w+"),
    ("any", r"what|which|how"),
)  # fmt: skip
_WANTS: tuple[tuple[Wants, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE)) for kind, pattern in _KINDS
)
# Of what is new: who asks so asks for the news, and not for a detail of it.
_TOPICAL = re.compile(r"\b(?:(?:this|last) week|this month|recent(?:ly)?|just)\b", re.IGNORECASE)
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
    r"^(?:(?:so|and|but|ok|okay|well|please|(?:can|could) (?:you|anybody|anyone)|"
    r"(?:do|does) (?:you|we|anybody|anyone) know|any idea|remind me|i(?:['’]d| would)? (?:want|like|need) to know|i wonder|"
    r"i(?:['’]m| am) (?:looking for|wondering)|"
    r"(?:tell|show|give|find)(?: me)?(?: about)?|"
    r"(?:summari[sz]e|explain|describe)(?= (?:what|how|why) )|"
    r"quote(?= (?-i:[A-Z]))|i(?:['’]d| would)? (?:want|like|need)(?= (?-i:[A-Z])\S*(?: \S+){0,3}['’]s? )|"
    r"is there anything(?= (?:that )?\S.* (?:said|says)\b))[, ]+)+(?=\S)",
    re.IGNORECASE,
)
_SHORTENED = re.compile(r"^(what|where|who|how|why)['’]?s(?= )", re.IGNORECASE)
_MISTYPED = re.compile(r"^(?:wat|wut|waht|wht)(?= )", re.IGNORECASE)
_SHORTENED_DID = re.compile(r"^(what|where|who|how|why)['’]d(?= )", re.IGNORECASE)
# "What, if anything, did …", "How exactly did …": the form is the one without it.
_FILLED = re.compile(
    r"^(what|who|how|why|when|where),? (?:exactly|precisely|specifically|actually|really|if anything)(?:,|(?= ))",
    re.IGNORECASE,
)
_DAY_OF_WEEK = re.compile(
    rf"\b(?:on|last|this) (?:{'|'.join(days.WEEKDAYS)}) (?=(?:about|on|regarding|concerning)\b)",
    re.IGNORECASE,
)
_BEFORE_A_NAME = re.compile(
    r"^(?:(?:the|both|really|actually|ever|exactly|everything|anything|explain|describe|summari[sz]e)\s+)+",
    re.IGNORECASE,
)
_AFTER_A_NAME = re.compile(
    r"(?:\s+(?:really|actually|ever|also|else|even|now|then|once|have|been|publicly|recently|known|"
    r"(?-i:still|first|said|heard)|"  # with a capital a surname: Edward Said
    r"(?:quoted|cited|reported|heard) (?:as|to)|"
    r"(?:quoted|cited)))+$",
    re.IGNORECASE,
)
_PRONOUNS = frozenset("he she they him her them".split())
_ANYBODY = frozenset("nobody someone somebody anyone anybody everyone everybody people others".split())
# "Articles about the pier", "any news on the pier": nobody speaks there.
_MATERIAL = re.compile(
    r"(?:(?:all|any|some|more|other|recent|latest|new) )*"
    r"(?:articles?|news|stor(?:y|ies)|coverage|everything|anything|information|info|details|facts|quotes|statements)"
)
_NO_SPEAKER = frozenset(
    "not it this that there what who we you i how why where when which is was are were did does do has have had".split()
)
# Words of a name, and of an office: "director of the National Institute of Piers and of the Harbours of Tarn".
_NAME_WORDS, _OFFICE_WORDS = 9, 13
_ACRONYM = re.compile(r"[A-Z]{2,}\b")  # "the WHO", "the IT department"
_NO_SURNAME = frozenset("the a an to of in on at for with by as not his her their its my our and or when that".split())
# What belongs to the form: "Roe say he'd" is no name, the form is another.
_NO_NAME = frozenset("did does do has had say says saying think thinks thought talking asked".split())
_NOT_INSIDE = frozenset("his her their its him them once if because while that whether would any".split())
_HIS_OWN = re.compile(r",? (?:in (?:his|her|their|its) own words|exactly|precisely)$", re.IGNORECASE)
# "its president", of what is named before.
_ITS = re.compile(r"^(?:its|their|his|her) (?=\w)", re.IGNORECASE)
# What only leads to a matter, as "the subject of piers".
_MATTER_OF = re.compile(
    r"^(?:(?:the )?(?:subject|topic|matter|issue) of|questions? (?:about|on|regarding)) (?=\S)", re.IGNORECASE
)
_NAME = re.compile(r"(?<=\s)[A-Z][\w.-]*(?: [A-Z][\w.-]*)*")
_DANGLING = re.compile(r"\s+(?:about|on|of|regarding)$", re.IGNORECASE)  # what a date leaves: "about [in 2016]"
# What leads to the very words somebody said; but "who called the “Bee Line” bill …" so a thing.
_SAID = re.compile(
    r"\b(?:(?:sa(?:y|ys|id|ying)|state[sd]?|wr(?:ites?|ote)|tweet(?:ed)?)(?: that)?|"
    r"the (?:words?|phrase|term|expression)|call(?:ed|s|ing)?(?: [\w'’-]+){1,5}(?<! the)|"
    r"(?:sp(?:eaks?|oken?|eaking)|talk(?:s|ed|ing)?|warn(?:s|ed|ing)?|complain(?:s|ed|ing)?) (?:of|about)(?: an?| the)?|"
    r"(?:describ|dismiss|refer|denounc|condemn|prais|hail|brand|mock|see|saw|view|slam|blast)\w*(?: [\w'’-]+){1,8} "
    r"as(?: an?| the)?)[:,]? ?$",
    re.IGNORECASE,
)
_IS_FELT = re.compile(r"^\W*who(?: else)? (?:is|was|are|were|feels?|felt) $", re.IGNORECASE)
# So many words in quotation marks that begin with a small letter are no title but somebody's, where it is asked who: "Who
# wanted “to see the pier once more”?"
_SENTENCE_WORDS = 4
_QUOTED = re.compile(r"[\"“«„]([^\"“”«»„]{2,200})[\"”»“]|(?<!\w)['‘]((?:[^'‘’\"]|(?<=\w)['’](?=\w)){3,200})['’](?!\w)")


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


def stems_in(text: str, spans: Sequence[Span], wanted: Iterable[str]) -> list[frozenset[str]]:
    """`stems_among` each of ``spans`` of ``text``, which ascend: between them stands no word. All are searched at once.

    >>> text = "Iran agreed. Sanctions end."
    >>> [sorted(found) for found in stems_in(text, [Span(0, 12), Span(13, 27)], ["iran", "sanction"])]
    [['iran'], ['sanction']]
    """
    start = spans[0].start if spans else 0
    folded = letters.folded_in_place(text[start : spans[-1].end]) if spans else ""
    if folded is None:
        return [stems_among(span.of(text), wanted) for span in spans]
    ends = [span.end - start for span in spans]
    found: list[set[str]] = [set() for _ in spans]
    for stem_ in wanted:
        at = folded.find(stem_)
        while at >= 0:
            here = bisect_right(ends, at)
            if _begins(folded, at, stem_):
                found[here].add(stem_)
                at = ends[here] - 1  # once in each is enough
            at = folded.find(stem_, at + 1)
    return list(map(frozenset, found))


def _has_stem(folded: str, wanted: str) -> bool:
    at = folded.find(wanted)
    while at >= 0:
        if _begins(folded, at, wanted):
            return True
        at = folded.find(wanted, at + 1)
    return False


def _begins(folded: str, at: int, wanted: str) -> bool:
    """Whether at this place a word begins whose stem is ``wanted``."""
    word = _WHOLE_WORD.match(folded, at)
    return word is not None and stem(_POSSESSIVE.sub("", word.group())) == wanted


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
    return tuple(w for w in dict.fromkeys(words_of(text)) if w and not is_form(w))


def is_form(word: str) -> bool:
    """Whether a word carries the form of a question, in any language."""
    return word in _FUNCTION_WORDS or word in _SPEECH_WORDS or (not word.isascii() and word in _FOREIGN_FORM)


def bounded(text: str) -> str:
    """A question as typed, in one line, no longer than `MAX_CHARACTERS`."""
    return " ".join(text[:MAX_CHARACTERS].split())


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
    text = bounded(text)
    question = Question(
        text=text,
        topic=text,
        words=content_words(text),
        phrases=quoted(text),
        asks=asking(text),
        wants=wants(text),
        topical=_TOPICAL.search(text) is not None,
    )
    rest, named = days.cut(text, today)
    bare = _DANGLING.sub("", _LEADING.sub("", rest).strip().rstrip("?!. ").strip())
    bare = _MISTYPED.sub("what", bare)
    bare = _DAY_OF_WEEK.sub("", _FILLED.sub(r"\1", _HIS_OWN.sub("", bare)))
    bare = _SHORTENED_DID.sub(r"\1 did", _SHORTENED.sub(r"\1 is", bare))
    for reading in forms.readings(bare):
        found = _understood(question, reading)
        if found and (not reading.known or (known and found.speaker and _is_known(found.speaker, known))):
            question = found
            break
    source = _source(text, sources)
    outlet = outlet_called(question.speaker, sources)
    if outlet and (question.intent == "according" or not (known and known(str(question.speaker)))):
        # "According to TASS, …" asks what its articles say, not for words of a person of that name.
        source = outlet
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


def outlet_called(name: str | None, outlets: Iterable[str]) -> str | None:
    """The outlet of that name, "The" and capitals aside."""
    called = _outlet(name or "")
    return next((each for each in outlets if called and _outlet(each) == called), None)


def outlets_of(given: str, outlets: Iterable[str]) -> list[str]:
    """Which of ``outlets`` may be meant: the one of that name, "The" and capitals aside, else all with these words in it.

    >>> outlets_of("week", ["The Week", "TASS"]), outlets_of("MFA", ["Russian MFA"]), outlets_of("post", ["A Post", "B Post"])
    (['The Week'], ['Russian MFA'], ['A Post', 'B Post'])
    """
    outlets, name = list(outlets), _outlet(given.strip())
    same = given if given in outlets else outlet_called(given.strip(), outlets)
    return [same] if same else [each for each in outlets if name and re.search(rf"\b{re.escape(name)}\b", fold(each))]


def wants(text: str) -> Wants:
    """What kind of words would answer, as the last question in ``text`` asks for it.

    >>> wants("Gas is dear again. How much does a gallon cost?"), wants("Who won when the pier burned?")
    ('money', 'name')
    """
    last = _FILLED.sub(r"\1", _SENTENCE.split(asking(text))[-1])
    found = ((match.start(), kind) for kind, pattern in _WANTS if (match := pattern.search(last)))
    return min(found, key=lambda place: place[0], default=(0, "any"))[1]


def asking(text: str) -> str:
    """The sentences of ``text`` that ask; all of it where none does.

    >>> asking("Gas is dear again. How much does a gallon cost? The record is of May.")
    'How much does a gallon cost?'
    """
    return " ".join(sentence for sentence in _SENTENCE.split(text) if sentence.endswith("?")) or text


def _understood(question: Question, reading: forms.Reading) -> Question | None:
    """The question as it is read; None where what would be the speaker's name cannot be one."""
    speaker = _speaker(reading.speaker)
    if reading.speaker and speaker is None:
        return None
    if speaker and reading.intent == "according" and not _is_name(speaker):
        # "According to reports, …" names nobody; but "according to the GAO" does.
        return None
    if speaker and _ITS.match(speaker) and (name := _NAME.search(reading.topic or "")):
        speaker = f"{name.group()}'s {_ITS.sub('', speaker)}"
    anybody = fold(speaker or "") in _ANYBODY and reading.topic
    topic = _MATTER_OF.sub("", (reading.topic or "").strip())
    return replace(
        question,
        intent="who" if anybody else reading.intent,
        speaker=None if anybody else speaker,
        via=_speaker(reading.via),
        topic=topic,
    )


def _is_known(speaker: str, known: Callable[[str], bool]) -> bool:
    return not is_pronoun(speaker) and known(speaker)


def is_pronoun(speaker: str) -> bool:
    """Whether what stands where a speaker's name would is "he", "she" or "they"."""
    return fold(speaker) in _PRONOUNS


def _speaker(raw: str | None) -> str | None:
    """The speaker's name as typed, without what only fills ("the", "really"), or None where it cannot be one."""
    if raw is None:
        return None
    name = _BEFORE_A_NAME.sub("", raw.strip(" ,"))
    name = _beside(_AFTER_A_NAME.sub("", name))
    words = fold(name).split()
    if (
        not words
        or len(words) > (_NAME_WORDS if forms.ROLES.isdisjoint(words) else _OFFICE_WORDS)
        or (words[0] in _NO_SPEAKER and not _ACRONYM.match(name))
        or _MATERIAL.fullmatch(" ".join(words))
        or words[-1] in _NO_SURNAME
        or not _NO_NAME.isdisjoint(words)
        or not _NOT_INSIDE.isdisjoint(words[1:])
        or forms.holds_a_verb(name.split())
    ):
        return None
    return name


def _beside(name: str) -> str:
    """A name without what he is, which stands beside it: of "Roe, the mayor" that is "Roe", of "the mayor, Roe" too."""
    before, comma, after = name.partition(", ")
    if not comma or "," in after or " and " in after:
        return name
    roles = [forms.ROLES.isdisjoint(fold(part).split()[-1:]) for part in (before, after)]
    return name if roles[0] == roles[1] else before if roles[0] else after


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


def compares(question: Question) -> bool:
    """Whether what several people say is to be set side by side.

    >>> compares(parse("Compare Lavrov and Annan on Iran")), compares(parse("What did Lavrov and Annan say about Iran?"))
    (True, False)
    """
    return re.match(r"\W*(?:compare|contrast)\b", question.text, re.IGNORECASE) is not None


def quoted(text: str) -> tuple[str, ...]:
    """What ``text`` has in quotation marks."""
    return tuple(a or b for a, b in _QUOTED.findall(text))


def uttered(text: str) -> str | None:
    """The words, two or more, that a question quotes as somebody's; None where it quotes none so. Where it asks who, several
    that begin like no title are.

    >>> [uttered(f"Who {asked}?") for asked in ("said “it is safe”", "called it a “cover-up”", "called the “Bee” bill bad")]
    ['it is safe', 'cover-up', None]
    >>> [uttered(f"Who {asked}?") for asked in ("spoke of a “sea of mud”", "wants “to see it all”", "sang “To See It All”")]
    ['sea of mud', 'to see it all', None]
    """
    asks = re.match(r"\W*(?:who|which)\b", text, re.IGNORECASE)
    for match in _QUOTED.finditer(text):
        words = match[1] or match[2]
        long, before = len(_PIECE.findall(words)), text[: match.start()]
        no_name = asks and words[:1].islower() and not words.startswith(("the ", "a ", "an "))
        said = _SAID.search(before) or (no_name and (long >= _SENTENCE_WORDS or _IS_FELT.match(before)))
        if said and long > 1:
            return words
    return None


def holds_verbatim(text: str, words: str) -> bool:
    """Whether ``text`` holds these ``words`` one after the other; letter case and punctuation do not count.

    >>> holds_verbatim("“The pier,” he said, “is safe.”", "the pier"), holds_verbatim("The pier was safe.", "pier is safe")
    (True, False)
    """
    return f" {' '.join(words_of(words))} " in f" {' '.join(words_of(text))} "


def _source(text: str, sources: Iterable[str]) -> str | None:
    """The outlet the question names as where something stands or was said ("in The Week", "told CNN")."""
    for source in sorted(sources, key=len, reverse=True):
        name = re.escape(re.sub(r"^the\s+", "", source, flags=re.IGNORECASE))
        if re.search(rf"\b(?:in|by|from|at|tell|told|to)\s+(?:the\s+)?{name}\b", text, re.IGNORECASE):
            return source
    return None
