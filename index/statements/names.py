"""Given names, titles, roles and nations: what tells a person from an organisation, and a man from a woman.

Word lists only.
"""

from __future__ import annotations

from typing import Final

from index.statements.lexicon import listed

_MEN: Final = """
    aaron abdel abdul abdullah abraham abu adam adel adrian ahmad ahmed al alan albert alberto alec
    aleksandr aleksei alejandro alex alexander alexei alfred ali allan allen alvin amir anatoly anders andre
    andrei andrew andrey andrzej andy angus anthony antoine anton antonio antony ari arif arnold arthur
    ashton asif austin avi ban barack barney barry bart bashar ben benedict benjamin benny bernard bernie
    bill billy bob bobby boris boyd brad bradley brandon brendan brent brett brian bruce bruno bryan byron
    calvin cameron carl carlos carson carter cesar chad charles charlie chester chris christian christopher
    chuck clarence clark claude clay clayton cliff clifford clint clive clyde cody colin conor corey cory
    craig curt curtis cyrus dale damian dan daniel danny darrell darren dave david dean denis dennis denny
    derek derrick desmond devin dick diego dimitri dirk dmitri dmitriy dmitry dominic don donald donnie doug
    douglas drew duncan dustin dwayne dwight earl ed eddie edgar eduardo edward edwin eli elijah elliot
    emilio emmanuel enrique eric erik ernest ernesto ethan eugene evan fadi farid faisal felipe felix
    fernando floyd francis francisco francois frank franklin fred freddie frederick gabriel gareth garrett
    garry gary gavin gene geoff geoffrey george gerald gerard gerhard gerry gilbert giovanni glenn gordon
    graham grant greg gregg gregory guillermo gus guy hamid hank hans harold harrison harry harvey hassan
    hector henri henry herb herbert herman hisham hosni howard hugh hugo hussein ian ibrahim igor ilya imran
    irving isaac ismail ivan jack jacob jacques jake jamal james jamie jan jared jason javad javier jay jean
    jeb jeff jeffrey jens jeremy jerome jerry jesse jim jimmy joaquin joe joel johan john johnny jon
    jonathan jordan jorge jose josef joseph josh joshua juan jules julian julio justin kareem karl kamal
    keith ken kenneth kenny kent kevin khaled khalid kim kirk kofi konstantin kurt kyle lance larry lars
    laurence laurent lawrence lee len leo leon leonard leonid leroy leslie lester levi lewis liam lindsey
    lionel lloyd logan lou louis lucas luis luke lyndon mahmoud malcolm manuel marc marcel marco marcos
    marcus mario mark markus marshall martin martyn marvin mathew matt matthew maurice max maxim mehdi
    mehmet mel michael michel miguel mike mikhail miles milton mitch mitt mo mohamed mohammad mohammed
    morgan moshe muhammad murray mustafa nabil naftali narendra nate nathan nathaniel ned neil nelson newt
    nicholas nick nicolas nigel nikolai noah noel norman oleg oliver omar oscar osama owen pablo pat patrick
    paul pavel pedro perry pete peter petr petro phil philip philippe phillip pierre preston rafael rahm raj
    ralph ramon ramzan rand randal randall randy raul ray raymond recep reggie reince reinhold reuben rex
    rich richard rick ricky rob robby robert roberto robin rod roderick rodney rodrigo roger roland roman
    ron ronald ronnie ross roy ruben rudolph rudy rupert rush russ russell ryan saad salman sam samir samuel
    saul scott sean sebastian serge sergei sergey sergio seth shane shaun shawn sheldon shinzo sidney silvio
    simon spencer stan stanley staffan stefan stephen sterling steve steven stewart stuart tad tariq ted
    terrence terry theodore thomas tim timothy vicente enrique tobias todd tom tomas tommy tony travis trent trevor trey
    tyler vadim valery vance vernon victor viktor vince vincent vitaly vladimir volodymyr wade walid wallace
    walt walter warren wayne wendell wesley will willem william willie wolf wolfgang woody yitzhak yousef
    yuri yury yusuf zachary zoran xi jinping sayyid qasem berhanu jeh tayyip jens antonio gianni paolo
    matteo emmerson cyril robertas edgars petteri
"""
_WOMEN: Final = """
    abby abigail ada adele adriana agnes aisha alexandra alexis alice alicia alina alison allison alyssa
    amanda amber amelia amy ana anastasia andrea angela angelina anita ann anna annabel anne annette annie
    april ariana ashley audrey aung ava barbara beata beatrice becky benazir bernadette beth betsy betty
    beverly bonnie brenda bridget brigitte britney brittany brooke camille candace carla carly carmen carol
    carole caroline carolyn carrie catherine cathy cecilia celia charlene charlotte chelsea cheryl chloe
    christiane christie christina christine cindy claire clara claudia clara colleen condoleezza condi
    connie courtney crystal cristina cynthia daisy dana danielle daria darlene dawn debbie deborah debra
    deirdre delia denise diana diane dianne dina dolores donna dora doris dorothy edith eileen elaine
    eleanor elena elise elizabeth ella ellen elsa emily emma erica erika erin esther eva eve evelyn fatima
    federica fiona florence frances gabriela gabrielle gail georgia geraldine gina ginny gloria grace greta
    gretchen gwen hannah harriet hazel heather heidi helen helena hilary hillary hope huma ida ilana imelda
    inga ingrid irene irina iris isabel isabella ivanka ivy jackie jacqueline jan jane janet janice janine
    jasmine jean jeanette jeanine jeanne jenna jennifer jenny jessica jill joan joann joanna joanne jocelyn
    jodi josephine joy joyce juanita judith judy julia juliana julie june kaitlyn kara karen karin karine
    kate katherine kathleen kathryn kathy katie katrina kay kayla kayleigh kellyanne kelly kelsey kerry kim
    kimberly kirsten kirstjen kristen kristin kristina krystal laila lana lara laura lauren laurie leah
    leila lena lesley leticia lily linda lindsay lisa liz liza lois loretta lori lorraine louise lucia lucy
    luisa lydia lynn lynne mabel madeleine madeline maggie maia mandy marcia margaret margarita maria marian
    marianne marie marilyn marina marine marion marissa marjorie marlene marsha martha mary maureen maya meg
    megan meghan megyn melania melinda melissa mercedes meredith mia michele michelle mildred mimi miriam
    molly monica nadia nancy naomi natalia natalie natasha nicola nicole nikki nina nora norma olga olivia
    paige pam pamela patricia patty paula pauline penelope penny phyllis priscilla rachel ramona rebecca
    regina renee rhonda rita roberta robyn rosa rosalynn rose roseann rosemary roxanne ruth sabrina sally
    samantha samira sandra sara sarah sasha selena shannon sharon sheila shelley sheri sheryl shirley simone
    sonia sophia sophie stacey stacy stella stephanie sue summer susan susana susanna suzanne svetlana
    sylvia tamara tammy tanya tara tatiana teresa terri theresa therese tiffany tina toni tonya tracy tricia
    tulsi ursula valentina valerie vanessa vera veronica vicki vicky victoria viola violet virginia vivian
    wanda wendy whitney yasmin yolanda yvette yvonne zoe melezia debbie nabila sahra
"""
GENDER_OF_NAME: Final[dict[str, str]] = dict.fromkeys(_WOMEN.split(), "f") | dict.fromkeys(_MEN.split(), "m")
# Names that men and women bear alike: a person, of either gender.
for _either in listed("""
    alex ashton cameron carson carter chris dana drew jackie jamie jan jean jordan kelly kerry kim lee leslie
    lindsey morgan pat robin sasha shannon spencer terry tracy taylor jesse jess sam casey riley hope summer
    april grant grace logan
"""):  # fmt: skip
    GENDER_OF_NAME[_either] = ""

GENDER_OF_TITLE: Final[dict[str, str]] = {
    **dict.fromkeys(
        listed("""
    mr sir lord king prince spokesman chairman congressman businessman father bishop pope imam rabbi sheikh
    sultan emir husband brother son fiancé fiance boyfriend grandfather grandson uncle nephew stepfather stepson
    councilman assemblyman alderman anchorman salesman policeman baron duke
    cardinal monsignor senor herr monsieur
"""),
        "m",
    ),
    **dict.fromkeys(
        listed("""
    mrs ms miss lady queen princess spokeswoman chairwoman congresswoman businesswoman wife sister daughter
    mother fiancée fiancee girlfriend grandmother granddaughter aunt niece stepmother stepdaughter councilwoman
    assemblywoman actress baroness duchess madame senora frau dame
"""),
        "f",
    ),
}
# Words for what a person is; they stand before a name ("Foreign Minister Sergei Lavrov") or alone ("the minister").
ROLES: Final = frozenset(
    listed("""
    poet novelist playwright clerk photographer painter sculptor composer musician guitarist drummer chef footballer
    midfielder striker quarterback midwife biologist chemist geologist astronomer virologist epidemiologist meteorologist
    climatologist ecologist anthropologist campaigner rapper architect firefighter paramedic librarian linguist
    philosopher theologian
    editor-in-chief commander-in-chief coordinator coauthor co-author
    president minister premier prime secretary general chancellor senator congressman congresswoman councillor
    representative governor mayor spokesman spokeswoman spokesperson aide adviser advisor ambassador envoy
    director chief head chairman chairwoman chairperson chair leader official commander diplomat analyst
    expert lawyer attorney judge justice king queen prince princess sheikh colonel captain major lieutenant
    sergeant admiral officer deputy vice coach professor doctor candidate nominee counterpart speaker founder
    executive billionaire mogul journalist reporter correspondent columnist activist bishop archbishop
    cardinal pope imam rabbi father mother author economist strategist pollster lawmaker legislator chairman
    manager operative consultant historian scientist researcher scholar fellow host anchor editor producer
    writer pastor priest sheriff detective prosecutor commissioner superintendent marshal treasurer
    comptroller boss advocate counsel organiser solicitor barrister technician trader
    comptroller councilman councilwoman delegate ceo cofounder co-founder co-chair businessman businesswoman
    tycoon investor banker actor actress singer director-general secretary-general
    undersecretary strongman whip frontrunner front-runner
    rival running-mate veteran resident voter neighbor owner worker teacher student nurse physician surgeon
    psychologist psychiatrist sociologist lobbyist organizer volunteer supporter critic politician premier-
    designate negotiator mediator observer inspector investigator spokesmen congressperson star comedian
    filmmaker engineer physicist entrepreneur developer senator-elect president-elect congressman-elect
    governor-elect widow wife husband brother sister son daughter fiancé fiancée fiance fiancee girlfriend boyfriend
    grandmother grandfather grandson granddaughter aunt uncle cousin niece nephew stepfather stepmother stepson stepdaughter
""")
)
# Who is a person, and told from others by nothing that lasts: "a migrant", of whom "she" may be said next.
HUMANS: Final = frozenset(
    listed("""
    man men woman women people children girl boy person those teenager teen child kid student passenger customer client
    patient tourist traveler traveller migrant refugee survivor witness victim friend colleague classmate roommate
    neighbour protester demonstrator marcher sailor soldier marine pilot driver farmer fisherman shopkeeper waitress
    waiter employee staffer member user viewer reader caller participant attendee parent grandparent relative juror
    inmate prisoner detainee suspect defendant plaintiff gunman shooter attacker buyer seller vendor tenant homeowner
    landlord bystander onlooker local native insider source donor
""")
)
# Words that stand between or before role words without being roles alone.
ROLE_MODIFIERS: Final = frozenset(
    listed("""
    foreign defense defence interior finance economy economic state press presidential former acting top
    senior first national security campaign republican democratic democrat gop conservative liberal
    independent longtime veteran assistant associate interim incoming outgoing late retired then ex chief
    deputy vice executive managing communications trade health education energy justice treasury homeland
    police fire county city district federal supreme high house senate white attorney lead special political
    transport agriculture environment housing
    policy legal medical military army navy air force marine intelligence counterterrorism human rights
    affairs public relations real estate media party committee majority minority prime
""")
)
# Beside ROLE_MODIFIERS, what ministers are ministers of: "Minister for Climate Change Ann Lowe".
PORTFOLIOS: Final = frozenset(
    listed("""
    climate change water culture sport sports tourism science technology research families youth women infrastructure
    industry employment food fisheries forestry home social welfare digital innovation higher planning internal external
    """)
)
# Family names that stand before the given one, and are given names elsewhere: "Xi" is Xi Jinping.
FAMILY_FIRST: Final = frozenset(listed("xi kim ban"))
SURNAMES_ALONE: Final = FAMILY_FIRST | {"lee"}  # given names too, but alone they are surnames
TITLES: Final = frozenset(
    listed("""
    mr mrs ms miss dr sir lord lady fm pm mp sen sens rep reps gov col gen lt prof capt maj adm sgt rev hon cpl dame
    sec atty
""")
)
NATIONS: Final = frozenset(
    listed("""
    russian american british syrian iranian french german chinese israeli turkish european soviet iraqi afghan
    ukrainian japanese korean indian pakistani egyptian saudi canadian mexican italian spanish greek polish
    dutch swedish norwegian danish finnish belgian austrian swiss hungarian czech slovak romanian bulgarian
    serbian croatian bosnian albanian jordanian lebanese palestinian libyan tunisian algerian moroccan
    nigerian kenyan ethiopian eritrean somali sudanese south north brazilian argentine chilean cuban
    venezuelan colombian australian armenian azerbaijani georgian belarusian kazakh uzbek tajik kyrgyz
    moldovan estonian latvian lithuanian vietnamese thai indonesian malaysian philippine filipino qatari
    emirati kuwaiti bahraini yemeni omani u.s. us uk u.k. un u.n. eu irish scottish welsh english western arab
""")
)
# Others who speak, for others or as one; and what speaks in print.
SPEAKERS: Final = frozenset(
    listed("""
    people man woman men women person child children boy girl parent parents family families relative relatives friend
    friends colleague colleagues source sources insider insiders ally allies leadership official officials authorities
    police officers prosecutors lawyers attorneys lawmakers senators democrats republicans conservatives liberals
    progressives voters supporters critics opponents opponent advocates activists protesters protestors demonstrators
    experts analysts economists scientists researchers scholars historians observers strategists pollsters advisers aides
    members member participants witnesses witness victims victim survivors survivor residents locals citizens users readers
    viewers fans workers employees employers teachers students doctors nurses patients customers owners managers executives
    investors traders bankers diplomats ministers leaders presidents governors mayors judges justices jurors jury soldiers
    troops commanders generals veterans militants rebels fighters refugees migrants immigrants neighbors organizers
    volunteers journalists reporters editors writers authors bloggers commentators columnists hosts guests others one
    everyone everybody anyone somebody someone nobody many some most few several both pair couple trio duo two three team
    staff crew group groups organization organisation organizations company companies firm firms bank banks agency agencies
    department ministry government governments administration council committee commission court courts union unions party
    campaign campaigns coalition opposition network networks station channel newspaper newspapers paper magazine outlet
    outlets media press website site blog industry church university college school hospital institute foundation charity
    association federation board bureau office embassy army military navy force forces regime country countries nation
    nations state states city county side sides delegation panel body watchdog regulator regulators airline maker
    manufacturer retailer developer developers publisher owner landlord tenant buyer seller producers consumers taxpayers
    ad ads video clip narrator caption headline sign signs banner poster letter statement memo email e-mail post tweet
    tweets message report reports study studies survey poll polls document documents filing filings complaint lawsuit
    indictment affidavit article story stories editorial op-ed book note release transcript bill law order ruling
    resolution declaration constitution treaty agreement plan proposal forecast estimate figures data statistics records
    evidence analysis review investigation audit guidelines rules text chapter verse tradition legend rumors rumours
    billionaire mogul politician candidate nominee senator hero star teen teenager youth guy lady gentleman
    """)
)
# Words for one role; they fall together.
SAME_ROLE: Final = {
    "attorney": "lawyer", "justice": "judge", "advisor": "adviser", "physician": "doctor", "cofounder": "founder",
    "co-founder": "founder", "boss": "chief", "gop": "republican", "democrat": "democratic",
}  # fmt: skip
# Roles of those whom an article lets speak before it names them: "a New York judge". Other unnamed speakers stay unnamed.
NAMED_LATER: Final = frozenset(
    listed("""
    judge prosecutor commissioner governor mayor minister senator congressman congresswoman sheriff ambassador director
    bishop archbishop cardinal founder ceo secretary treasurer superintendent comptroller chairman chairwoman commander
    chief coach inspector
""")
)
# What only those are called whom an article does not name: "the official" is nobody who was.
ANONYMOUS: Final = frozenset(listed("official"))
# Roles that are known from elsewhere: where nobody in the article has one, nobody in it is meant.
HIGH_OFFICES: Final = frozenset(listed("president pope king queen premier chancellor prime secretary speaker"))
# What a person of the news is called again, though the article has not said he is one: "the congressman". Other trades and
# offices ("the judge", "the director") are mostly another's: of such guesses, judged by eye, 22 were wrong and 5 right.
TAKEN_UP: Final = frozenset(
    listed("""
    candidate nominee frontrunner front-runner senator congressman congresswoman congressperson representative lawmaker
    legislator mayor governor politician leader founder
    mogul businessman businesswoman tycoon billionaire developer entrepreneur
    actor actress star singer comedian filmmaker author novelist poet rapper veteran mother father
    footballer midfielder striker quarterback coach
    """)
)
# What somebody issues: "the statement said" is said by whoever issued it.
ISSUED: Final = frozenset(listed("statement letter memo email e-mail post tweet message op-ed release posting"))
# What speaks and is nobody: never "they".
DOCUMENTS: Final = frozenset(
    listed("""
    statement letter memo email e-mail post tweet message op-ed release report complaint complaints indictment study
    survey poll polls reports documents emails statements letters article articles book paper papers review story
    stories lawsuit filing filings transcript video ad tape website ruling order bill law laws results figures data
""")
)
# Titles that stand for a role.
ROLE_OF_TITLE: Final = {
    "gov": "governor", "sen": "senator", "rep": "representative", "gen": "general", "col": "colonel",
    "lt": "lieutenant",
    "sgt": "sergeant", "capt": "captain", "maj": "major", "adm": "admiral", "dr": "doctor", "prof": "professor",
    "rev": "reverend", "atty": "attorney",
}  # fmt: skip
# Last words of names that are no persons.
GROUPS: Final = frozenset(
    listed("""
    house government leadership ministry department agency party committee council commission office company
    bank court army kremlin pentagon senate congress group union institute university report study survey poll
    administration police campaign militants rebels opposition authorities states state kingdom nations
    service services association foundation center centre journal times post news tribune herald magazine
    network radio television press corporation corp inc llc ltd co organization organisation federation league
    coalition alliance forum society board bureau force forces guard guards intelligence team club church
    school college hospital museum society fund trust assembly parliament duma knesset republicans democrats
    americans russians officials democrats conservatives liberals voters gop rnc dnc isis isil nato fbi cia
    nsa irs epa reuters cnn nbc cbs abc fox msnbc bbc tass interfax afp ap twitter facebook google conference
    convention project initiative international budget act bill amendment treaty agreement street avenue city
    county island islands river beach airport square park tower hotel industries airlines motors systems
    technologies partners research capital securities exchange network watch action america pac medicaid
    medicare week day united district championship championships crown cup prize library academy images
""")
)
# Of these, the ones that are surnames as well: a given name or a title before them makes a person.
SURNAMES_TOO: Final = frozenset(
    listed("""
    fox church park tower day post club guard hill young street beach week watch bill island
    king pope bishop prince judge major marshal star coach priest pastor
    """)
)
PLACES: Final = frozenset(
    listed("""
    russia syria iran britain france germany china israel turkey america ukraine moscow washington london
    paris berlin beijing tehran damascus ankara kiev kyiv brussels iraq afghanistan pakistan india japan korea
    egypt saudi arabia qatar libya mexico canada cuba europe africa asia texas florida california ohio iowa
    norway sweden finland denmark poland spain portugal italy greece hungary romania bulgaria serbia croatia slovakia
    slovenia austria switzerland belgium netherlands ireland scotland england wales iceland estonia latvia lithuania belarus
    moldova armenia azerbaijan kazakhstan uzbekistan tajikistan kyrgyzstan turkmenistan mongolia thailand vietnam indonesia
    malaysia philippines singapore australia brazil argentina peru colombia venezuela bolivia ecuador uruguay paraguay
    nicaragua guatemala honduras panama haiti jamaica nigeria ethiopia eritrea somalia sudan uganda tanzania rwanda burundi
    zimbabwe zambia mozambique angola namibia botswana senegal ghana cameroon algeria morocco tunisia lebanon yemen kuwait
    bahrain emirates bangladesh nepal lanka myanmar cambodia taiwan
    york jersey hampshire carolina dakota virginia georgia nevada michigan pennsylvania wisconsin colorado
    arizona illinois massachusetts indiana minnesota missouri oregon utah vermont maine alabama alaska
    arkansas connecticut delaware hawaii idaho kansas kentucky louisiana maryland mississippi montana nebraska
    oklahoma tennessee wyoming chicago boston miami philadelphia cleveland geneva vienna astana minsk baghdad
    kabul benghazi jerusalem gaza tokyo seoul pyongyang delhi islamabad cairo riyadh doha states kingdom union
    nations
""")
)
# A capital that speaks is its country.
METONYMS: Final[dict[str, str]] = {
    "moscow": "Russia", "tehran": "Iran", "beijing": "China",
    "damascus": "Syria", "ankara": "Turkey", "berlin": "Germany",
    "paris": "France", "kiev": "Ukraine", "kyiv": "Ukraine", "pyongyang": "North Korea", "seoul": "South Korea",
    "tokyo": "Japan", "riyadh": "Saudi Arabia", "doha": "Qatar", "baghdad": "Iraq", "kabul": "Afghanistan",
    "islamabad": "Pakistan",
}  # fmt: skip
# News agencies and other carriers: "..., news agencies reported" relays a statement, it does not make one.
MEDIA: Final = frozenset(
    listed("""
    agency agencies media newspaper newspapers reuters tass interfax afp outlet outlets channel daily website
    broadcaster ria novosti xinhua website websites transcript
""")
)
NAME_PARTICLES: Final = "de|van|von|der|den|la|le|du|da|dos|al|el|bin|ibn|di|del|ter"
SUFFIXES: Final = frozenset(listed("jr sr ii iii iv"))
# Short forms of given names.
NICKNAMES: Final = dict(
    zip(
        listed("bill bob rob bobby dick rick jim jack ted ed chuck joe mike tom liz kate tony larry beth"),
        listed("""
        william robert robert robert richard richard james john edward edward charles joseph michael thomas
        elizabeth katherine anthony lawrence elizabeth
        """),
        strict=True,
    )
)
# What no company, and no town, is said to be: "[Tamm Rask], a professor of history", "the mayor of Tarn,".
INTRODUCED: Final = ROLES - frozenset(
    listed("""
    advocate adviser advisor backer boss chair chief consultant counterpart critic developer executive founder general head
    host investor justice leader lobbyist major mediator mogul observer official operative organiser organizer owner prime
    producer resident rival speaker star state supporter trader tycoon veteran vice
""")
)
PARTIES: Final = frozenset(listed("democrat republican independent conservative labour"))
STATES: Final = frozenset(listed("us u.s uk u.k eu un"))  # before what is no person: the US TikTok
STORMS: Final = frozenset(listed("hurricane typhoon cyclone storm tropical"))  # they bear given names
# What no person's name begins or ends with: "Daily Post", "Rivertown Council", "Harbour Advisers".
NO_GIVEN: Final = (STORMS | STATES | PARTIES | PLACES | NATIONS).union(
    listed("daily business national senate house operation press")
)
NO_SURNAME: Final = (GROUPS | PLACES | NATIONS | ROLES | HUMANS).union(
    listed("""
    york jersey carolina dakota hampshire orleans angeles francisco diego vegas kong zealand sports elementary high
    wellness advisors mps
""")
)
KIN: Final = frozenset(
    listed("""
    wife husband widow son daughter brother sister father mother lady fiancé fiancée fiance fiancee girlfriend boyfriend
    grandmother grandfather grandson granddaughter aunt uncle cousin niece nephew stepfather stepmother stepson
    stepdaughter
""")
)
