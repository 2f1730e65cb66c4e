"""Words and what they can be: the rules of statement extraction as data.

Owns word lists and the tag alphabet; knows nothing of documents, sentences or speakers. Every list is open to
additions; nothing here was taken from labelled articles.

A token is tagged with ONE character, so that a sentence is a string and a pattern over it is a regular expression:

====  =====================================  ====  =====================================
S s   speech verb: said, says / say          J     speech verb in -ing: adding
K k   opinion verb: believes / believe       C c   speech act: rejects / reject
V v   other verb, finite / base              E     other form in -ed (past or participle)
g     other form in -ing                     U     speech noun: statement, claim
B b   is, was / be, been, being              h     has, had, do, did
M     will, would                            n     not, never
P o   he, they / him, them                   W     who
w     which, whose                           H     what, how, whether, if
T     that                                   t     to
D L   the, his / some, many                  A     adjective that is never a noun
N X   noun, name                             #     number
'     possessive mark                        f i   of / other preposition
u     because, while                         &     and, or, but
R     adverb                                 Y     Monday, yesterday
Z     according to                           Q     a whole quotation
, ; : . - ( )   themselves; . also stands for ! and ?; ~ any other sign
====  =====================================  ====  =====================================
"""

from __future__ import annotations

from typing import Final


def listed(text: str) -> list[str]:
    """A word list, written as running text."""
    return text.split()


# Verbs that report speech: what follows or precedes them was said.
SAY: Final = listed("""
    say tell add note stress claim state announce declare argue insist warn explain confirm admit acknowledge
    concede assert allege reiterate emphasize emphasise underline underscore recall remark reply respond
    answer comment observe predict suggest report reveal maintain contend testify write tweet retweet quip
    joke conclude continue complain boast promise pledge vow swear agree ask estimate mention hint indicate
    lament muse recount proclaim caution counter retort interject exclaim specify clarify disclose elaborate
    inform remind repeat affirm advise assure brag confide deadpan echo gush intone opine reason scoff shout
    snap speculate surmise wonder whisper yell scream fume crow grumble gripe thunder summarize summarise
    stipulate signal imply profess preach volunteer attest avow posit marvel chide admonish apologize
    apologise plead cry chant mutter sneer sigh bemoan theorize rejoin certify recite reckon pronounce protest
    intimate convey blurt bellow relay enthuse prophesy divulge chime editorialize expound interrupt pontificate rant
    reaffirm reassure joke tease email text
""")
# Verbs of opinion: with a that-clause they report what somebody holds.
THINK: Final = listed("""
    believe think hope fear expect doubt feel know consider assume understand suspect worry realize realise
    recognize recognise imagine conclude learn find show see fret
""")
# Speech acts: what follows is not said word for word, but saying it was the act.
ACT: Final = listed("""
    deny reject dismiss criticize criticise condemn praise accuse blame urge demand propose welcome denounce
    slam blast defend oppose endorse describe refuse decline order threaten call support question dispute
    rebuff decry deride mock ridicule attack assail applaud hail laud label brand characterize characterise
    dub recommend request discuss refute rebuke castigate lambast lambaste implore encourage advocate support
    tout outline detail address back rip bash chastise disavow disparage favor favour invite
    compliment congratulate thank vouch credit cite compare liken liken demand instruct appeal beg beseech
    challenge contest repudiate renounce object resist
""")
# Verbs that report speech only when a quotation stands beside them.
BESIDE_QUOTE: Final = listed("""
    begin start finish offer laugh smile joke open close go ask call read nod shrug repeat tease describe
    explain refer denounce dismiss criticize blast slam praise mock label dub characterize reflect correct
    press post
""")
# Speech verbs whose object may be the person spoken to.
ADDRESSED: Final = frozenset(
    listed("""
    tell inform remind warn assure advise ask promise caution reassure admonish text email chide interrupt
    answer
""")
)
# Speech and opinion verbs that may take an object or an infinitive instead of a clause, and still report what was said.
TAKES_OBJECT: Final = frozenset(
    listed("""
    announce promise pledge vow agree suggest predict claim report reveal confirm acknowledge admit reiterate
    warn complain hint joke boast write tweet estimate threaten express mention note lament allege explain
    stress emphasize underscore recount repeat clarify state disclose assert ask swear hope expect fear doubt
    know want signal insist contend echo
""")
)
# Verbs that report what they speak of, for or against, and the words that lead to it.
PREPOSITION_OF: Final = {
    "warn": ("of", "about", "against"), "complain": ("of", "about"), "boast": ("of", "about"), "brag": ("of", "about"),
    "argue": ("for", "against"), "joke": ("about",), "comment": ("on", "about"), "hint": ("at",), "rant": ("about",),
    "protest": ("against",), "ask": ("for", "about"), "speculate": ("about",), "caution": ("against",), "gush": ("about",),
    "advise": ("against",), "apologize": ("for",), "apologise": ("for",), "plead": ("for",), "tell": ("of",),
    "agree": ("with",),
}  # fmt: skip
# Opinion verbs that report a view even without "that".
BARE_CLAUSE: Final = frozenset(listed("believe think hope fear expect doubt know feel suspect figure assume worry"))
# Nouns that carry what was said: "his claim that ...", "a statement by X that ...".
SPEECH_NOUNS: Final = listed("""
    claim assertion statement comment remark argument allegation accusation suggestion belief warning promise
    pledge vow report announcement contention insistence admission declaration assurance prediction proposal
    opinion view notion complaint acknowledgment acknowledgement revelation testimony rumor rumour speculation
    conclusion hope fear concern charge confirmation hint idea doubt threat conviction emphasis
""")
# Speech nouns that are followed by what somebody is to do.
PROMISES: Final = frozenset(listed("promise promises pledge pledges vow threat threats claim claims proposal offer"))
# Verbs that report a clause only with "that", a pronoun or a quotation: "it added 292,000 jobs" reports nothing.
RELUCTANT: Final = frozenset(
    listed("""
    continue conclude add protest joke boast advise reply respond answer comment recall write call apologize
    begin wonder agree promise claim convey complain predict suggest ask tease detail rant plead declare
""")
)
# The verbs that report speech and little else.
PLAIN_SPEECH: Final = frozenset(("say", "tell", "add", "note", "argue", "according to"))
# Seldom done in words: addressed the crowd, backed the bill, invited her. Of 24 that were taken for speech, 6 were.
SELDOM_SPEECH: Final = frozenset(listed("address back invite"))
# Verbs whose object is no speech, not even where words of it stand in quotation marks: he won the “peace prize of the year”.
SILENT_VERBS: Final = listed("""
    conduct come win lose hold sit stand stay arrive leave enter visit wear ride drive eat sleep live marry buy sell pay
    join carry catch kill throw watch film bring have take hit see make end begin get give include appear know title entitle
    lead become spawn
""")
# Verbs whose object speaks for itself: "the paper published a letter: ...".
PRINTS: Final = listed("publish print obtain carry run see review receive get find")
# Nouns after which "to" names who spoke or did first: "in reaction to Hill saying that".
REACTIONS: Final = frozenset(listed("reaction response reply answer objection reference contrast addition thanks"))
# Subjects that say that nobody said it.
NOBODY: Final = frozenset(listed("nobody none no-one neither"))
# What an article calls the words it has just reported: "..., a charge that she denied", "..., a reference to the vote".
GLOSSES: Final = frozenset(
    listed("""
    charge claim assertion accusation allegation contention argument suggestion statement remark comment line message
    sentiment prediction forecast assessment conclusion characterization characterisation description comparison position
    view stance request promise pledge vow threat warning boast taunt rebuttal retort rebuke point
""")
)
# And such words where nothing need say whose they are.
ALLUSIONS: Final = frozenset(
    listed("""
    reference allusion nod swipe jab dig acknowledgment acknowledgement admission concession departure reversal echo
    signal leap about-face u-turn
""")
)
# What is no place but a time or an occasion: "said the paper in the lead-up to the vote".
OCCASIONS: Final = frozenset(
    listed("""
    lead-up run-up wake aftermath interview interviews statement speech column editorial letter report article email
    e-mail tweet post posts message briefing conference podcast video days weeks months years hours minutes
""")
)
# What stands before a colon and is no speaker.
LABELS: Final = frozenset(
    listed("""
    latest plus twitter
    update updated watch exclusive breaking read video videos photo photos picture pictures image images question answer
    note notes correction source sources byline email related more live analysis opinion editor caption credit via tags
    topics category share follow subscribe contact location date time place when where what why how who key also see
    first updates disclosure pro con pros cons claim result score capital population
    here summary highlights background example result bonus tip tips warning reminder fact facts verdict rating
""")
)
# Things sent or spoken: "he sent a message saying ..." is said by him, "a sign saying ..." by the sign.
MESSAGES: Final = frozenset(
    listed("""
    statement statements message messages letter letters email emails e-mail e-mails tweet tweets post posts
    memo memos interview speech note notes release remarks comments testimony conference op-ed address filing
    response responses reply replies answer
""")
)
# Words that are plural nouns at least as often as verbs; the context decides (see tokens.disambiguate).
NOUN_LIKE: Final = frozenset(
    listed("""
    claims claim notes note states state reports report remarks remark comments comment answers answer
    estimates estimate promises promise pledges pledge vows hopes hope fears fear doubts doubt demands demand
    calls call orders order questions question attacks attack backs back supports support threatens charges
    credits favors favor requests request details detail addresses address challenges challenge appeals appeal
    objects object challenges labels label brands brand offers offer signals signal hints hint jokes joke
    tweets tweet texts text emails email echoes echo counters counter sighs cries cry protests protest
    complaints worries worry rips rants reason reasons praise welcome blame welcomes posts post boasts boast
    cautions caution vow repeats repeat snaps snap shouts shout screams scream suspects suspect contests
    contest champions champion approaches outlines outline scoffs finds find shows show sees see presses press
    opens starts start mocks marvels whispers replies reply retorts mention mentions advocates advocate
    approaches sign signs concern concerns quips quip thanks thank release releases
""")
)

IRREGULAR: Final[dict[str, tuple[str, ...]]] = {
    # lemma: third person, past, participle, -ing
    "say": ("says", "said", "said", "saying"),
    "tell": ("tells", "told", "told", "telling"),
    "write": ("writes", "wrote", "written", "writing"),
    "swear": ("swears", "swore", "sworn", "swearing"),
    "think": ("thinks", "thought", "thought", "thinking"),
    "feel": ("feels", "felt", "felt", "feeling"),
    "know": ("knows", "knew", "known", "knowing"),
    "understand": ("understands", "understood", "understood", "understanding"),
    "see": ("sees", "saw", "seen", "seeing"),
    "find": ("finds", "found", "found", "finding"),
    "show": ("shows", "showed", "shown", "showing"),
    "begin": ("begins", "began", "begun", "beginning"),
    "go": ("goes", "went", "gone", "going"),
    "read": ("reads", "read", "read", "reading"),
    "be": ("is", "was", "been", "being"),
    "become": ("becomes", "became", "become", "becoming"),
    "bring": ("brings", "brought", "brought", "bringing"),
    "build": ("builds", "built", "built", "building"),
    "buy": ("buys", "bought", "bought", "buying"),
    "catch": ("catches", "caught", "caught", "catching"),
    "choose": ("chooses", "chose", "chosen", "choosing"),
    "come": ("comes", "came", "come", "coming"),
    "cost": ("costs", "cost", "cost", "costing"),
    "cut": ("cuts", "cut", "cut", "cutting"),
    "deal": ("deals", "dealt", "dealt", "dealing"),
    "draw": ("draws", "drew", "drawn", "drawing"),
    "drive": ("drives", "drove", "driven", "driving"),
    "eat": ("eats", "ate", "eaten", "eating"),
    "fall": ("falls", "fell", "fallen", "falling"),
    "fight": ("fights", "fought", "fought", "fighting"),
    "flee": ("flees", "fled", "fled", "fleeing"),
    "fly": ("flies", "flew", "flown", "flying"),
    "forget": ("forgets", "forgot", "forgotten", "forgetting"),
    "get": ("gets", "got", "gotten", "getting"),
    "give": ("gives", "gave", "given", "giving"),
    "grow": ("grows", "grew", "grown", "growing"),
    "hang": ("hangs", "hung", "hung", "hanging"),
    "hear": ("hears", "heard", "heard", "hearing"),
    "hit": ("hits", "hit", "hit", "hitting"),
    "hold": ("holds", "held", "held", "holding"),
    "keep": ("keeps", "kept", "kept", "keeping"),
    "lay": ("lays", "laid", "laid", "laying"),
    "lead": ("leads", "led", "led", "leading"),
    "leave": ("leaves", "left", "left", "leaving"),
    "let": ("lets", "let", "let", "letting"),
    "lose": ("loses", "lost", "lost", "losing"),
    "make": ("makes", "made", "made", "making"),
    "mean": ("means", "meant", "meant", "meaning"),
    "meet": ("meets", "met", "met", "meeting"),
    "pay": ("pays", "paid", "paid", "paying"),
    "put": ("puts", "put", "put", "putting"),
    "ride": ("rides", "rode", "ridden", "riding"),
    "rise": ("rises", "rose", "risen", "rising"),
    "run": ("runs", "ran", "run", "running"),
    "seek": ("seeks", "sought", "sought", "seeking"),
    "sell": ("sells", "sold", "sold", "selling"),
    "send": ("sends", "sent", "sent", "sending"),
    "set": ("sets", "set", "set", "setting"),
    "shake": ("shakes", "shook", "shaken", "shaking"),
    "shoot": ("shoots", "shot", "shot", "shooting"),
    "sit": ("sits", "sat", "sat", "sitting"),
    "speak": ("speaks", "spoke", "spoken", "speaking"),
    "spend": ("spends", "spent", "spent", "spending"),
    "stand": ("stands", "stood", "stood", "standing"),
    "steal": ("steals", "stole", "stolen", "stealing"),
    "stick": ("sticks", "stuck", "stuck", "sticking"),
    "strike": ("strikes", "struck", "struck", "striking"),
    "take": ("takes", "took", "taken", "taking"),
    "teach": ("teaches", "taught", "taught", "teaching"),
    "throw": ("throws", "threw", "thrown", "throwing"),
    "wear": ("wears", "wore", "worn", "wearing"),
    "win": ("wins", "won", "won", "winning"),
    "withdraw": ("withdraws", "withdrew", "withdrawn", "withdrawing"),
}
# Frequent verbs that report nothing; known, so that a clause can be told from a phrase.
OTHER_VERBS: Final = listed("""
    accept achieve act affect allow appear apply arrest arrive avoid base beat become begin bring build buy
    carry cause catch change choose close come concern contain contribute control cost create cross cut deal
    decide depend deserve destroy develop die disappear draw drive drop eat emerge enjoy enter exist expand
    face fail fall fight fill fire flee fly focus follow force forget get give go grow handle hang happen hate
    hear help hit hold hurt ignore include increase intend involve join keep kill lack laugh launch lay lead
    lean leave let lie like live look lose love make matter mean meet move need occur offer open own pass pay
    perform plan play prefer prepare prevent produce protect prove provide publish pull push put raise reach
    read receive reduce refer reflect release rely remain remember remove represent require ride rise run seek
    seem sell send serve set settle shake share shoot sit solve speak spend stand start stay steal stick stop
    strike succeed suffer take talk teach tend throw travel treat trust try turn use visit vote wait walk want
    watch wear win wish withdraw work face sign stem lie strengthen belong seem tend cease cross
    approve disapprove champion
""")

# Nouns that end like adjectives.
NOUNS: Final = listed("""
    executive representative detective operative relative native initiative alternative objective directive incentive
    perspective narrative archive motive captive fugitive executives representatives hearing hearings meeting meetings
    briefing briefings gathering ruling rulings filing filings
""")

_DOUBLED: Final = frozenset(
    listed("admit quip slam rebut rip tag drop stop plan prefer refer occur permit compel chat nod")
)


def inflect(lemma: str) -> tuple[str, str, str, str]:
    """The third person, past, participle and -ing form of a verb.

    >>> inflect("deny")
    ('denies', 'denied', 'denied', 'denying')
    """
    if lemma in IRREGULAR:
        third, past, participle, ing = IRREGULAR[lemma]
        return third, past, participle, ing
    stem = lemma + lemma[-1] if lemma in _DOUBLED else lemma
    if lemma.endswith("e"):
        return lemma + "s", lemma + "d", lemma + "d", (lemma if lemma.endswith("ee") else lemma[:-1]) + "ing"
    if lemma.endswith("y") and lemma[-2] not in "aeiou":
        return lemma[:-1] + "ies", lemma[:-1] + "ied", lemma[:-1] + "ied", lemma + "ing"
    if lemma.endswith(("s", "sh", "ch", "x", "z")):
        return lemma + "es", stem + "ed", stem + "ed", stem + "ing"
    return lemma + "s", stem + "ed", stem + "ed", stem + "ing"


def _forms(lemmas: list[str]) -> dict[str, str]:
    return {form: lemma for lemma in lemmas for form in (lemma, *inflect(lemma))}


# Phrases that act as one verb or preposition; matched as one token. The value is the tag and the lemma to report.
PHRASES: Final[dict[str, tuple[str, str]]] = {
    "according to": ("Z", "according to"),
    "continue to": ("h", "do"),  # what somebody goes on to do, and not to say
    "continues to": ("h", "do"),
    "continued to": ("h", "do"),
    "went on record as saying": ("S", "say"),
    "goes on record as saying": ("S", "say"),
    "was quoted as saying": ("S", "say"),
    "were quoted as saying": ("S", "say"),
    "is quoted as saying": ("S", "say"),
    "been quoted as saying": ("S", "say"),
    "went so far as to say": ("S", "say"),
    "went on to say": ("S", "say"),
    "goes on to say": ("S", "say"),
    "went on to add": ("S", "add"),
    "went as far as to say": ("S", "say"),
    "is of the opinion": ("K", "believe"),
    "has been explicit": ("S", "say"),
    "was explicit": ("S", "say"),
    "has been clear": ("S", "say"),
    "made it clear": ("S", "say"),
    "makes it clear": ("S", "say"),
    "make it clear": ("s", "say"),
    "making it clear": ("J", "say"),
    "made clear": ("S", "say"),
    "makes clear": ("S", "say"),
    "make clear": ("s", "say"),
    "making clear": ("J", "say"),
    "pointed out": ("S", "point out"),
    "points out": ("S", "point out"),
    "point out": ("s", "point out"),
    "pointing out": ("J", "point out"),
    "spelled out": ("S", "spell out"),
    "summed up": ("S", "sum up"),
    "chimed in": ("S", "chime in"),
    "wrote back": ("S", "write"),
    "called on": ("C", "call on"),
    "calls on": ("C", "call on"),
    "called out": ("C", "call out"),
    "calls out": ("C", "call out"),
    "called for": ("C", "call for"),
    "calls for": ("C", "call for"),
    "took to": ("V", "take to"),
    "editor in chief": ("N", ""),
    "commander in chief": ("N", ""),
    "as well as": ("&", ""),
    "such as": ("i", ""),
    "because of": ("i", ""),
    "as if": ("u", ""),
    "as though": ("u", ""),
    "even though": ("u", ""),
    "so that": ("u", ""),
    "now that": ("u", ""),
    "at least": ("R", ""),
    "each other": ("o", ""),
}

SILENT_FORMS: Final = _forms(SILENT_VERBS) | {"has": "have", "had": "have"}
PRINT_FORMS: Final = _forms(PRINTS)
SAY_FORMS: Final = _forms(SAY)
THINK_FORMS: Final = _forms(THINK)
ACT_FORMS: Final = _forms(ACT)
BESIDE_FORMS: Final = _forms(BESIDE_QUOTE)

_CLOSED: Final = {
    "D": "the a an this these every any no another his her its their our my your other such",
    "L": "some many most few several both all each those others",
    "P": "he she it they we i you there",
    "o": "him them me us himself herself themselves itself myself ourselves yourself",
    "W": "who",
    "w": "which whose whom",
    "H": "what how why whether if where when whatever",
    "T": "that",
    "t": "to",
    "f": "of",
    "i": """
    in on at by for with from about into over under against during between through per via amid despite
    toward towards among without within upon across behind beyond near inside outside around off up down out
    along like including regarding concerning throughout beside besides above below
""",
    "u": "because although though while since until unless as after before than once whereas lest",
    "&": "and or but nor yet &",
    "M": "will would can could may might must shall should ought cannot 'll ’ll wo ca",
    "B": "is are was were am 're ’re 'm ’m",
    "b": "be been being",
    "h": "has have had do does did having 've ’ve",
    "n": "not n't n’t never",
    "R": """
    also later then however nevertheless nonetheless further repeatedly again previously earlier recently already
    still often just
    simply even now personally too instead meanwhile moreover therefore only ever almost perhaps maybe very
    quite so far thus once always first long sometimes soon here away else more less rather pretty well indeed
""",
    "Y": """
    monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun january february
    march april june july august september october november december jan feb mar apr jun jul aug sept oct
    nov dec today yesterday tomorrow tonight afternoon morning evening weekend week month year ago
""",
    "A": """last next late new old good bad great big small large high low little own same different public able full free clear
            ready sure important real true false wrong right strong likely possible recent single entire young wide
            due unable willing glad sorry happy proud concerned confident optimistic""",
    "#": "one two three four five six seven eight nine ten half dozen dozens hundred hundreds thousand thousands",
}


def _build() -> dict[str, str]:
    tags: dict[str, str] = {}
    for lemma in OTHER_VERBS + BESIDE_QUOTE:
        third, past, participle, ing = inflect(lemma)
        past_tag = "E" if past.endswith("ed") or past == participle else "V"
        tags |= {lemma: "v", third: "x", ing: "g", participle: "E", past: past_tag}
    tags |= {
        "made": "V",
        "had": "h",
        "held": "V",
        "left": "V",
        "met": "V",
        "put": "V",
        "led": "V",
        "got": "V",
        "lost": "V",
        "sent": "V",
        "sat": "V",
        "stood": "V",
        "won": "V",
        "spent": "V",
        "kept": "V",
        "heard": "V",
        "meant": "V",
    }
    tags |= dict.fromkeys(NOUNS, "N")
    for noun in SPEECH_NOUNS:
        tags[noun] = tags[noun + "s"] = "U"
    for lemmas, finite, base in ((ACT, "C", "c"), (THINK, "K", "k"), (SAY, "S", "s")):
        for lemma in lemmas:
            third, past, participle, ing = inflect(lemma)
            tags |= {lemma: base, third: finite, participle: "E", past: finite, ing: "J" if finite == "S" else "g"}
    for tag, words in _CLOSED.items():
        for word in words.split():
            tags[word] = tag
    tags |= {phrase: tag for phrase, (tag, _) in PHRASES.items()}
    return tags


TAGS: Final = _build()


def lemma_of(word: str) -> str:
    """The verb a cue form belongs to, or the word itself.

    >>> lemma_of("Told")
    'tell'
    """
    word = word.lower()
    if word in PHRASES:
        return PHRASES[word][1]
    return SAY_FORMS.get(word) or THINK_FORMS.get(word) or ACT_FORMS.get(word) or BESIDE_FORMS.get(word) or word
