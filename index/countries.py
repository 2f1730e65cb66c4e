"""Which country a word means: its name, its people's, its adjective.

Owns the list. Refuses to know what stands beside the word, and capitals that speak for their country ("Moscow").
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import groupby
from operator import itemgetter
from types import MappingProxyType

# A country a line, by the name that stands for it here first. Of several words only where one of them alone says less.
_LINES = """
afghanistan, afghan | albania, albanian | algeria, algerian | angola, angolan | argentina, argentine, argentinian
armenia, armenian | australia, australian | austria, austrian | azerbaijan, azerbaijani, azeri | bahrain, bahraini
bangladesh, bangladeshi | belarus, belarusian, belarussian, byelorussian | belgium, belgian | benin, beninese
bhutan, bhutanese | bolivia, bolivian | bosnia, bosnian | botswana | brazil, brazilian | brunei, bruneian | bulgaria, bulgarian
burkina faso, burkinabe | burundi, burundian | cambodia, cambodian | cameroon, cameroonian | canada, canadian
cape verde, cape verdean | central african republic, central african | chad, chadian | chile, chilean
china, chinese, prc | colombia, colombian | comoros, comorian | congo, congolese, drc | costa rica, costa rican
croatia, croatian, croat | cuba, cuban | cyprus, cypriot | czech republic, czech, czechia | denmark, danish
djibouti, djiboutian | dominican republic, dominican | ecuador, ecuadorian, ecuadorean | egypt, egyptian
el salvador, salvadoran | england, english | equatorial guinea, equatoguinean | eritrea, eritrean | estonia, estonian
eswatini, swaziland | ethiopia, ethiopian | fiji, fijian | finland, finnish | france, french | gabon, gabonese
gambia, gambian | georgia, georgian | germany, german | ghana, ghanaian | greece, greek | grenada, grenadian
guatemala, guatemalan | guinea-bissau | guinea, guinean | guyana, guyanese | haiti, haitian | honduras, honduran
hungary, hungarian | iceland, icelandic | india, indian | indonesia, indonesian | iran, iranian, islamic republic of iran
iraq, iraqi | ireland, irish | israel, israeli | italy, italian | ivory coast, ivorian, cote d'ivoire | jamaica, jamaican
japan, japanese | jordan, jordanian | kazakhstan, kazakh, kazakhstani | kenya, kenyan | kosovo, kosovar, kosovan
kuwait, kuwaiti | kyrgyzstan, kyrgyz | laos, laotian | latvia, latvian | lebanon, lebanese | lesotho | liberia, liberian
libya, libyan | liechtenstein | lithuania, lithuanian | luxembourg | madagascar, malagasy | malawi, malawian
malaysia, malaysian | maldives, maldivian | mali, malian | malta, maltese | mauritania, mauritanian | mauritius, mauritian
mexico, mexican | moldova, moldovan | monaco | mongolia, mongolian | montenegro, montenegrin | morocco, moroccan
mozambique, mozambican | myanmar, burma, burmese | namibia, namibian | nepal, nepali, nepalese
netherlands, dutch, holland | new zealand | nicaragua, nicaraguan | niger, nigerien | nigeria, nigerian
north korea, north korean, dprk | north macedonia, macedonia, macedonian | northern ireland, northern irish
norway, norwegian | oman, omani | pakistan, pakistani | palestine, palestinian | panama, panamanian | papua new guinea
paraguay, paraguayan | peru, peruvian | philippines, philippine, filipino | poland, polish | portugal, portuguese
qatar, qatari | romania, romanian | russia, russian, russian federation | rwanda, rwandan | saudi arabia, saudi
scotland, scottish | senegal, senegalese | serbia, serbian, serb | seychelles | sierra leone | singapore, singaporean
slovakia, slovak, slovakian | slovenia, slovenian, slovene | somalia, somali | south africa, south african
south korea, south korean, korea, korean | south sudan, south sudanese | soviet union, soviet, ussr | spain, spanish
sri lanka, sri lankan | sudan, sudanese | suriname, surinamese | sweden, swedish | switzerland, swiss | syria, syrian
taiwan, taiwanese | tajikistan, tajik | tanzania, tanzanian | thailand, thai | togo, togolese | trinidad, trinidadian
tunisia, tunisian | turkey, turkish, turkiye | turkmenistan, turkmen | uganda, ugandan | ukraine, ukrainian
united arab emirates, uae, emirates, emirati | united kingdom, uk, u.k, great britain, britain, british
united states, us, u.s, u.s.a, usa, america, american | uruguay, uruguayan | uzbekistan, uzbek | vatican, vatican city
venezuela, venezuelan | vietnam, vietnamese | wales, welsh | yemen, yemeni | zambia, zambian | zimbabwe, zimbabwean
"""

COUNTRIES: Mapping[str, str] = MappingProxyType(
    {
        word: country
        for line in re.split(r"[|\n]", _LINES.strip())
        for country, *_ in [line.strip().split(", ")]
        for word in line.strip().split(", ")
    }
)
"""Every word, in small letters and without accents, with the country it means."""

# By their first letters: one after the other they would take five times as long.
_LISTED = (
    f"{letter}(?:{'|'.join(re.escape(word[1:]) for word in sorted(words, key=len, reverse=True))})"
    for letter, words in groupby(sorted(COUNTRIES), key=itemgetter(0))
)
_NAMED = re.compile(rf"(?<![\w-])(?:{'|'.join(_LISTED)})(?![\w-])")


def renamed(text: str, name: Callable[[str], str]) -> str:
    """``text``, in small letters and without accents, with each country called by the ``name`` of what stands for it here.

    >>> renamed("the u.s. and polish presidents", str.upper)
    'the UNITED STATES. and POLAND presidents'
    """
    return _NAMED.sub(lambda match: name(COUNTRIES[match.group()]), text)


def as_word(country: str) -> str:
    """A country's name without spaces: one word among the others of a description."""
    return country.replace(" ", "-")


def countries(text: str) -> frozenset[str]:
    """The countries that ``text``, in small letters and without accents, names, each by one name.

    >>> sorted(countries("the south korean president's visit to the u.s."))
    ['south korea', 'united states']
    """
    return frozenset(COUNTRIES[word] for word in _NAMED.findall(text))
