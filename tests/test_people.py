"""A name in a question finds its speaker in any spelling, and nobody else."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa import offices, people
from qa.offices import introduced
from qa.people import canonical, match, merge, spelt_out

NAMES = ["Sergei Lavrov", "Sergey Lavrov", "Kofi Annan", "Hillary Clinton", "Bill Clinton", "Clinton", "Tim Cook",
         "International Monetary Fund", "Jill Stein", "John Kerry", "Katy Perry", "Chris Christie", "Donald Trump"]  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("Lavrov", {"Sergei Lavrov", "Sergey Lavrov"}),
        ("sergei lavrov", {"Sergei Lavrov", "Sergey Lavrov"}),
        ("Russian Foreign Minister Sergey Lavrov", {"Sergei Lavrov", "Sergey Lavrov"}),
        ("Mr. Annan", {"Kofi Annan"}),
        ("Hillary Clinton", {"Hillary Clinton", "Clinton"}),
        ("William Clinton", {"Bill Clinton", "Clinton"}),
        ("clinton", {"Hillary Clinton", "Bill Clinton", "Clinton"}),
        ("Apple's Tim Cook", {"Tim Cook"}),
        ("the IMF", {"International Monetary Fund"}),
        ("Lavrof", {"Sergei Lavrov", "Sergey Lavrov"}),
        ("chris christies", {"Chris Christie"}),
        ("Texas Senator Kerry", {"John Kerry"}),
        ("Stein spokeswoman Katy Perry", {"Katy Perry"}),
        ("pollster Annan", {"Kofi Annan"}),
        ("Annan's old friend Lavrov", {"Sergei Lavrov", "Sergey Lavrov"}),
        ("J. Kerry", {"John Kerry"}),
    ],
)
def test_a_name_finds_all_its_spellings(asked, found):
    assert set(match(asked, NAMES)) == found


@pytest.mark.parametrize(
    "asked", ["Ocasio", "Cortez", "Rep. Cortez", "ann cortez", "Ann Ocasio Cortez", "Ocasio Cortez", "Ocasio-Cortez"]
)
def test_half_of_a_double_surname_asks_for_its_bearer(asked):
    assert "Ann Ocasio-Cortez" in match(asked, ["Ann Ocasio-Cortez", "Kofi Annan", "Bashar al-Assad"])


def test_half_of_a_double_surname_is_who_bears_it_alone():
    assert match("Smith", ["Mary Smith-Jones", "John Smith"]) == {"John Smith": 1.0}
    assert match("John Jones", ["Mary Smith-Jones"]) == {}
    assert match("al", ["Bashar al-Assad"]) == {}


def test_an_office_with_the_name_of_its_holder_is_the_holder():
    names = ["Jonas Berg", "Norway", "New Zealand"]
    assert match("Prime Minister of Norway Jonas Berg", names) == {"Jonas Berg": 1.0}
    assert match("Prime Minister of New Zealand", names) == {}
    assert match("Prime Minister of Norway Ann Poe", names) == {}


@pytest.mark.parametrize("other", ["Hillary Clinton", "aides to Hillary Clinton", "Clinton Byrd"])
def test_a_surname_is_spelt_out_where_it_means_one_person(other):
    assert people.spelt_out("Clinton", ["Bill Clinton", "Clinton", "Clinton's spokesman"]) == ["Bill Clinton"]
    assert people.spelt_out("Clinton", ["Bill Clinton", other]) == []


@pytest.mark.parametrize(
    "asked",
    [
        "the Lavrov spokesman",
        "Stein spokeswoman",
        "Cook Islands governor",
        "Merkel",
        "Jill Stein's spokeswoman",
        "Jim Perry",
        "Melania Trump",
        "",
        "the",
        "?!",
    ],
)
def test_a_name_that_is_not_there_finds_nobody(asked):
    assert match(asked, NAMES) == {}


@pytest.mark.parametrize(
    "asked",
    [
        "the Ohio governor",
        "mayor of Rivertown",
        "head of the harbour board",
        "Mexico's ex-president",
        "lead author",
        "Poe's son",
        "the son of Poe",
    ],
)
def test_an_office_is_no_name(asked):
    assert people.is_role(asked)
    assert match(asked, ["Ohio Rivertown", "Rivertown", "Mexico", "Board", "Author"]) == {}


@pytest.mark.parametrize(
    "asked", ["governor", "Lavrov", "Secretary of State Kerry", "Duke of Rivertown", "Son", "Aki Son"]
)
def test_a_name_is_no_office(asked):
    assert not people.is_role(asked)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Mexico's ex-president", "former Mexican President"),
        ("Lindau's chief executive", "Lindau CEO"),
        ("the chairwoman of the board", "Board Chair"),
        ("Roe's running mate", "Roe vice-presidential nominee"),
    ],
)
def test_an_office_has_several_names(one, other):
    assert sorted(offices.offices(one)) == sorted(offices.offices(other))


BESIDE = [
    "Ann Poe, who has been mayor of Rivertown since May, met Harbour Minister John Hill.",
    "The mayor of Rivertown, Ann Poe, left.",
    "Nobody in Rivertown knew who would be mayor. John Hill went home.",
]


def test_who_holds_an_office_is_whom_articles_put_beside_it():
    found = offices.introduced("Rivertown's mayor", BESIDE, {"Ann Poe", "John Hill"})
    assert max(found, key=found.__getitem__) == "Ann Poe"
    assert found["Ann Poe"] > 4 * found.get("John Hill", 0.0)
    assert offices.introduced("Rivertown's mayor", BESIDE, {"John Hill"}).keys() <= {"John Hill"}
    assert offices.introduced("Rivertown's bishop", BESIDE, {"Ann Poe", "John Hill"}) == {}


def test_whoever_is_called_by_an_office_holds_it_and_nobody_beside_him():
    names = {"Ann Poe", "Tom Roe", "Karl Ost"}
    assert offices.introduced("Roe's lawyer", ["Ann Poe told lawyer Tom Roe to lie."], names) == {}
    assert offices.introduced("Roe's lawyer", ["Roe came with lawyer Karl Ost, Ann Poe said."], names).keys() == {
        "Karl Ost"
    }
    assert offices.introduced("Roe's lawyer", ["Roe heard Attorney General Karl Ost."], names) == {}


def test_a_third_of_his_name_is_a_person_too():
    assert offices.introduced("Roe's lawyer", ["Roe came with lawyer Karl Ost III."], {"Karl Ost III"}).keys() == {
        "Karl Ost III"
    }


def test_nobody_is_his_own_husband():
    text = "Ann Poe's husband John Poe waved. Ann Poe, wife and mayor, waved back to her husband."
    assert offices.introduced("Ann Poe's husband", [text], {"Ann Poe", "John Poe"}).keys() == {"John Poe"}


FAMILY = """Ann Poe, 12, was found on the pier. Jim Poe, Ann’s father, thanked them all. “She was brave,” Poe’s mother,
Mary Hill Lowe, said. Jill Roe, the mother of Poe’s son, wept. Poe was silent, her agent, Tom Kay, said. A lawyer for Ann Poe,
Karl Ost, came late. “Nobody knows,” said Eva Moss, an attorney for Poe. Jan Berg, Roe’s lawyer, and Attorney General Nils Krog
left."""


@pytest.mark.parametrize(
    ("owner", "post", "found"),
    [
        ("Ann Poe", "father", {"Jim Poe"}),  # though he bears her surname, and she only her given name
        ("Ann Poe", "mother", {"Mary Hill Lowe"}),  # and not that of her son
        ("Ann Poe", "agent", {"Tom Kay"}),
        ("Ann Poe", "lawyer", {"Karl Ost", "Eva Moss"}),
        ("ann poe", "father", {"Jim Poe"}),
        ("Eve Poe", "father", set()),  # of whom the article tells nothing
        ("Ann Poe", "husband", set()),
    ],
)
def test_a_relative_may_be_told_by_any_part_of_a_name_that_the_article_holds(owner, post, found):
    names = "Ann Poe,Jim Poe,Mary Hill Lowe,Jill Roe,Tom Kay,Karl Ost,Eva Moss,Jan Berg,Nils Krog,Poe".split(",")
    for paragraph in (FAMILY, FAMILY.replace("\n", " ")):
        assert offices.belonging(owner, post, [(paragraph, paragraph)], names).keys() == found


def test_a_juniors_lawyer_is_not_his_fathers():
    text = "Frank Hill’s attorney Tom Kay left. Hill Jr.’s attorney, Karl Ost, stayed. Jan Berg, a lawyer for Hill Jr., slept."
    names = ("Tom Kay", "Karl Ost", "Jan Berg", "Frank Hill", "Frank Hill Jr")
    assert offices.belonging("Frank Hill Jr.", "attorney", [(text, text)], names).keys() == {"Karl Ost", "Jan Berg"}
    assert offices.belonging("Frank Hill", "attorney", [(text, text)], names).keys() == {"Tom Kay"}


def test_whose_son_is_told_of_next_to_her_is_his_mother():
    text = "Eve Lowe said the town was sad. Years ago, her small son, Tim “Timmy” Roe, was hurt."
    assert offices.belonging("Tim Roe", "mother", [(text, text)], {"Eve Lowe"}).keys() == {"Eve Lowe"}
    assert offices.belonging("Tim Roe", "father", [(text, text)], {"Eve Lowe"}) == {}


def test_whose_office_it_is_may_be_told_beside_a_surname_that_the_article_has_in_full():
    text = "It is late, said Poe, author of “The New Piers”. Lowe came, and the author."
    article = f"Ann Poe came. Eve Lowe and Tom Lowe did not. {text}"
    names = {"Ann Poe", "Eve Lowe", "Tom Lowe"}
    assert introduced("author of The New Piers", [text], names, [article]).keys() == {"Ann Poe"}
    assert introduced("author of The New Piers", [text], names, [f"Jim Poe came. {article}"]).keys() == {"Ann Poe"}
    assert introduced("author of The New Piers", [text], {*names, "Jim Poe"}, [f"Jim Poe came. {article}"]) == {}


def test_a_junior_is_not_the_third_of_his_name():
    assert match("Frank Hill Jr.", ["Frank Hill Jr", "Frank B. Hill III", "Hill"]).keys() == {"Frank Hill Jr", "Hill"}


def test_a_surname_alone_is_less_sure_than_the_full_name():
    weights = match("Hillary Clinton", NAMES)
    assert weights["Clinton"] < weights["Hillary Clinton"] == 1.0


def test_who_is_named_only_by_whom_he_speaks_for_is_less_sure_than_the_person():
    weights = match("Roe", ["Ann Roe", "a spokesman for Ann Roe", "critics of Roe"])
    assert weights["Ann Roe"] == 1.0
    assert 0.0 < max(weights["a spokesman for Ann Roe"], weights["critics of Roe"]) < 1.0


def test_a_surname_two_people_bear_is_not_given_to_either():
    assert canonical("Clinton", NAMES, {"Hillary Clinton": 99}) == "Clinton"


def test_one_person_gets_one_spelling_and_two_people_keep_two():
    shown = merge(
        {"Sergei Lavrov": 11, "Sergey Lavrov": 19, "Lavrov": 3, "Hillary Clinton": 5, "Bill Clinton": 4, "Clinton": 9}
    )
    assert {shown["Sergei Lavrov"], shown["Sergey Lavrov"], shown["Lavrov"]} == {"Sergey Lavrov"}
    assert (shown["Hillary Clinton"], shown["Bill Clinton"], shown["Clinton"]) == (
        "Hillary Clinton",
        "Bill Clinton",
        "Clinton",
    )


def test_merging_twice_changes_nothing():
    names = dict.fromkeys(NAMES, 1)
    once = merge(names)
    assert all(merge(names)[shown] == shown for shown in once.values())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Justice Department", "Labor Department"),
        ("CNN", "a statement to CNN"),
        ("Lyndon B. Johnson", "Boris Johnson"),
        ("Ukraine", "Air Force of the Armed Forces of Ukraine"),
        ("Charles III", "Andrew Charles"),
        ("officials", "Senior officials"),
    ],
)
def test_what_is_not_one_person_is_not_merged(one, other):
    shown = merge({one: 1, other: 2})
    assert shown == {one: one, other: other}


def test_an_acronym_is_spelt_out_where_the_articles_do():
    assert canonical("IMF", NAMES, {}) == "International Monetary Fund"
    assert canonical("GAO", NAMES, {}) == "GAO"


def test_initials_count_both_halves_of_a_double_name():
    assert match("ACP", ["Ann Cole-Poe", "Ann Poe"]).keys() == {"Ann Cole-Poe"}


def test_a_word_more_frequent_than_the_full_name_is_another_name():
    assert merge({"Britain": 30, "Evan Brittain": 1})["Britain"] == "Britain"
    assert merge({"Lavrov": 2, "Sergey Lavrov": 5})["Lavrov"] == "Sergey Lavrov"


def test_an_abbreviated_office_is_no_part_of_a_name():
    assert merge({"FM Sergey Lavrov": 1, "Sergey Lavrov": 5, "PM Boris Johnson": 1, "Boris Johnson": 2}) == {
        "FM Sergey Lavrov": "Sergey Lavrov",
        "Sergey Lavrov": "Sergey Lavrov",
        "PM Boris Johnson": "Boris Johnson",
        "Boris Johnson": "Boris Johnson",
    }


def test_a_family_too_large_to_compare_is_left_as_it_is():
    names = {f"{a}{b} Officials": 1 for a in "BCDFGHJKLM" for b in "aeiouylrnt" for _ in range(1)}
    names |= {f"{name[0]}o{name}": 1 for name in names}
    assert merge(names) == {name: name for name in names}


def test_a_father_and_his_son_of_the_same_name_are_two_where_both_speak():
    names = ["Frank Hill", "Frank Hill Jr.", "Hill"]
    assert match("frank hill jr", names) == {"Frank Hill Jr.": 1.0, "Hill": 0.8}
    father = match("Frank Hill", names)
    assert father["Frank Hill"] > father["Frank Hill Jr."] > 0
    assert canonical("Frank Hill Jr.", names, {"Frank Hill": 9, "Frank Hill Jr.": 1}) == "Frank Hill Jr."
    assert match("Hill", names) == dict.fromkeys(names, 1.0)


def test_names_that_were_prepared_are_not_taken_apart_by_whoever_asks_first(monkeypatch):
    names = people.Names(f"Ann Roe{number}" for number in range(2 * people._FEW))
    people.prepare(names)
    monkeypatch.setattr(people, "_PIECE", None)  # what takes them apart
    monkeypatch.setattr(people._Lines, "looked_up", lambda lines, word: {len(lines._held)})
    assert people._listed(names).folded.holding("roe7") == {2 * people._FEW + 1}


WORDS = """Lavrov Lavrof Sergei Sergey S. Jean-Pierre O'Brien O’Brian al-Assad Assad Clinton Clintons Hillary of the for U.S.
    US State Department Dr. Mr Jr. Kowalski Kowalsky Müller Muller Ёлкин IMF International Monetary Fund X_Y Smith's Smith
    Kovalsky-- -Smith l.a A.B.C.""".split()  # fmt: skip


@pytest.mark.parametrize("seed", range(60))
def test_whom_a_name_finds_among_many_is_whom_it_finds_one_by_one(seed, monkeypatch):
    chance = random.Random(seed)
    monkeypatch.setattr(people, "_PATIENCE", chance.choice([0, 1000]))
    names = list({" ".join(chance.choices(WORDS, k=chance.randint(1, 4))) for _ in range(2 * people._FEW)})
    asked = [" ".join(chance.choices(WORDS, k=chance.randint(1, 3))) for _ in range(8)] + chance.sample(names, 8)
    asked += [name[:-2] + name[-1:] for name in asked] + ["imf", "us", "abc", "_", "k"]
    if chance.random() < 0.3:
        people.prepare(names := people.Names(names))
    among_many = [list(match(name, names).items()) for name in asked]
    monkeypatch.setattr(people, "_FEW", len(names) + 1)
    assert among_many == [list(match(name, names).items()) for name in asked]


@pytest.mark.parametrize(
    ("asked", "meant"),
    [("Zelenksy", "Zelensky"), ("Lavrof", "Lavrov"), ("Zelenskyy", "Zelensky"), ("Usakov", "Ushakov")],
)
def test_a_typing_error_is_forgiven(asked, meant):
    assert match(asked, [meant])


@pytest.mark.parametrize(("asked", "other"), [("Kelin", "Kremlin"), ("Allan", "Allgaen"), ("Kerry", "Perry")])
def test_a_short_name_is_not_another_by_two_letters(asked, other):
    assert not match(asked, [other])


def test_spellings_of_a_speaker_are_counted_together_under_the_commonest():
    counts = {"Kofi Annan": 4, "Sergey Lavrov": 5, "Sergei Lavrov": 2, "UN": 1}
    articles = {"Kofi Annan": 1, "Sergey Lavrov": 1, "Sergei Lavrov": 2, "UN": 1}
    assert list(people.speakers(counts, articles).items()) == [("Sergei Lavrov", 7), ("Kofi Annan", 4), ("UN", 1)]


PIECES = st.sampled_from(["al", "assad", "al-assad", "o'brien", "brien", "a", "b2", "ö", "u", "la la"])


@given(st.lists(st.lists(PIECES, max_size=3).map(" ".join), max_size=6), PIECES, st.sampled_from(["-", " ", ", "]))
def test_a_word_is_looked_up_where_it_is_looked_for(lines, word, gap):
    found = people._Lines("\n".join(line.replace(" ", gap) for line in lines))
    assert found.looked_up(word) == found.looked_for(word)


def test_whose_spokesman_is_asked_about_is_not_asked_about_himself():
    assert spelt_out("Lavrov's spokeswoman", ["Sergei Lavrov", "Lavrov", "a spokeswoman for Sergei Lavrov"]) == []
    assert match("Harbour's CEO", ["CEO", "Tim Poe"]) == {}


def test_who_speaks_for_a_company_says_what_it_says():
    assert match("Tarncorp", ["Ellerycorp spokesperson", "Tarncorp spokesperson"]) == {"Tarncorp spokesperson": 1.0}


BODIES = ["White House", "Betty White", "State Department", "Justice Department", "US Department of Justice", "Department",
          "a White House aide", "White House official", "World Health Organization", "Tarn school board", "board",
          "general", "Ohio Supreme Court"]  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("the White House", {"White House": 1.0, "a White House aide": 0.7}),
        ("the State Department", {"State Department": 1.0, "Department": 0.5}),
        ("Justice Department", {"Justice Department": 1.0, "US Department of Justice": 1.0, "Department": 0.5}),
        ("the Department of Justice", {"Justice Department": 1.0, "US Department of Justice": 1.0, "Department": 0.5}),
        ("the WHO", {"World Health Organization": 0.9}),
        ("Ellery school board", {"board": 0.5}),
        ("the Supreme Court", {"Ohio Supreme Court": 0.6}),
        ("the surgeon general", {}),
    ],
)
def test_an_organisation_goes_by_all_of_its_words(asked, meant):
    assert match(asked, BODIES) == meant


@pytest.mark.parametrize(
    ("asked", "text", "found"),
    [
        ("head of the WHO", "Ann Poe, head of the WHO in Tarn, said so.", {"Ann Poe"}),
        ("head of the WHO", "Ann Poe, the head of the navy, who came late, said so.", set()),
        ("Target's chief executive", "Ann Poe, the chief executive of Target, said so.", {"Ann Poe"}),
        ("Target's chief executive", "Ann Poe, chief executive of a fund, made it a target.", set()),
        ("Tarn's press secretary", "Tarn House press secretary Ann Poe said so.", {"Ann Poe"}),
        ("mayor of tarn", "Ann Poe, the mayor of Tarn, said so.", {"Ann Poe"}),
        ("a spokesperson for the Bank of Tarn", "Ann Poe, a spokeswoman for the Bank of Tarn, said so.", {"Ann Poe"}),
        ("the owner of the Tarn Eels", "Ann Poe, co-owner of the Tarn Eels, said so.", {"Ann Poe"}),
        (
            "a night nurse at Tarn Hospital",
            "Ann Poe, a nurse at Tarn Hospital on the night shift, said so.",
            {"Ann Poe"},
        ),
        (
            "Tarn's deputy envoy for fish",
            "Ann Poe, deputy special representative of Tarn for fish, said so.",
            {"Ann Poe"},
        ),
        ("Roe's mother", "Ann Poe, the mother of Roe’s son, said so.", set()),
        (
            "principal of the school in Tarn",
            "Ann Poe, principal at Ellery Harbour High School in Tarn, said so.",
            {"Ann Poe"},
        ),
    ],
)
def test_an_office_is_held_by_whom_a_text_puts_beside_it(asked, text, found):
    assert set(introduced(asked, [text], {"Ann Poe", "Tarn House"})) == found


@pytest.mark.parametrize(
    ("asked", "other", "same"),
    [
        ("Ukrainian officials", "Russian officials", "senior Ukrainian officials"),
        ("ukrainian officials", "Russian officials", "Ukrainian officials"),
        ("the Syrian government", "British government", "Syrian government"),
        ("Republican Party", "Democratic Party", "the Republican Party"),
        ("House Republicans", "Senate Republicans", "Some House Republicans"),
        ("Chinese state media", "Russian state media", "Chinese state media"),
        ("former US officials", "former Russian officials", "former U.S. officials"),
        ("World Health Organization", "World Weather Organization", "the World Health Organization"),
        ("Ukrainian military", "Russian military", "Ukraine’s military"),
        ("American diplomats", "British diplomats", "U.S. diplomats"),
        ("Kim Jong Un", "Kim Yo Jong", "Kim Jong-un"),
        ("Jim Justice", "Jim Roe", "Governor Jim Justice"),
        ("Norwegian officials", "Danish officials", "Norway’s officials"),
    ],
)
def test_whose_officials_they_are_tells_them_apart(asked, other, same):
    assert match(asked, [other, same]) == {same: 1.0}
    assert match(other, [asked, other]) == {other: 1.0}


@pytest.mark.parametrize("title", ["Russian", "former", "Republican", "russian president", "the former House speaker"])
def test_whose_somebody_is_does_not_tell_him_from_himself(title):
    assert match(f"{title} Roe", ["Ann Roe"]) == {"Ann Roe": 1.0}
    assert match(f"{title} Roe".lower(), ["Ann Roe"]) == {"Ann Roe": 1.0}
