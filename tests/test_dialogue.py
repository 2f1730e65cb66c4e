"""qa.dialogue: a follow-up becomes the full question it stands for, and a full question stays as it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.dialogue import command, resolve
from qa.question import parse
from tests.test_question import FORMS

SPEAKERS = ("Anna Berg", "Jane Roe", "Kofi Annan", "Sergei Lavrov", "Hillary Clinton", "Bill Clinton", "Russia", "Moscow",
            "White House", "State Department", "Syria", "Syrian government", "UN")  # fmt: skip
LAVROV = "What did Lavrov say about Iran?"


def follow(before: str | None, text: str, spoke: str | None = None) -> str:
    return resolve(text, None if before is None else parse(before), SPEAKERS, spoke)


@pytest.mark.parametrize(
    ("typed", "full"),
    [
        ("and about Syria?", "What did Lavrov say about Syria?"),
        ("about Syria?", "What did Lavrov say about Syria?"),
        ("what about Syria?", "What did Lavrov say about Syria?"),
        ("How about the safe havens", "What did Lavrov say about the safe havens?"),
        ("And Syria?", "What did Lavrov say about Syria?"),
        ("and on sanctions?", "What did Lavrov say about sanctions?"),
        ("and about Annan?", "What did Lavrov say about Annan?"),
        ("what about the White House?", "What did Lavrov say about the White House?"),
    ],
)
def test_a_new_topic_keeps_the_speaker(typed, full):
    assert follow(LAVROV, typed) == full


@pytest.mark.parametrize(
    ("typed", "full"),
    [
        ("what about Annan?", "What did Annan say about Iran?"),
        ("what about annan", "What did annan say about Iran?"),
        ("and Annan?", "What did Annan say about Iran?"),
        ("And Kofi Annan's?", "What did Kofi Annan say about Iran?"),
        ("what about Clinton?", "What did Clinton say about Iran?"),
        ("and what did Annan say?", "What did Annan say about Iran?"),
        ("But what did the minister say?", "What did the minister say about Iran?"),
    ],
)
def test_a_new_speaker_keeps_the_topic(typed, full):
    assert follow(LAVROV, typed) == full


@pytest.mark.parametrize(
    ("typed", "full"),
    [
        ("and this week?", "What did Lavrov say about Iran this week?"),
        ("and in the past three days?", "What did Lavrov say about Iran in the past three days?"),
        ("what about Annan last month?", "What did Annan say about Iran last month?"),
        ("what about Annan in 2016?", "What did Annan say about Iran in 2016?"),
        ("and yesterday", "What did Lavrov say about Iran yesterday?"),
        ("what about last week?", "What did Lavrov say about Iran last week?"),
        ("how about in 2016?", "What did Lavrov say about Iran in 2016?"),
        ("and in October?", "What did Lavrov say about Iran in October?"),
        ("what about Annan in October?", "What did Annan say about Iran in October?"),
        ("and before 2016?", "What did Lavrov say about Iran before 2016?"),
        ("after March 2017?", "What did Lavrov say about Iran after March 2017?"),
        ("and on 30 January 2017?", "What did Lavrov say about Iran on 30 January 2017?"),
        ("and between 2015 and 2016?", "What did Lavrov say about Iran between 2015 and 2016?"),
        ("what about Annan during 2016?", "What did Annan say about Iran during 2016?"),
    ],
)
def test_words_about_time_are_a_half_of_their_own(typed, full):
    assert follow(LAVROV, typed) == full
    assert (
        follow(full.replace(full.split("Iran")[1], " last year?"), "and yesterday?")
        == full.split("Iran")[0] + "Iran yesterday?"
    )


def test_a_new_speaker_and_a_new_topic_keep_nothing():
    assert follow(LAVROV, "what about Annan on Syria?") == "What did Annan say about Syria?"


def test_only_a_speaker_of_the_corpus_is_one():
    assert resolve("what about Annan?", parse(LAVROV), ["Sergei Lavrov"]) == "What did Lavrov say about Annan?"


def test_a_country_or_an_office_is_a_speaker_only_after_one():
    assert follow("How did Moscow react to the vote?", "what about Syria?") == "How did Syria react to the vote?"
    assert follow("How did Moscow react to the vote?", "and the White House?") == (
        "How did the White House react to the vote?"
    )
    assert follow("How did Lavrov react to the vote?", "and Russia?") == "How did Lavrov react to Russia?"


@pytest.mark.parametrize(
    ("before", "typed", "full"),
    [
        ("How did Moscow react to the vote?", "and to the strike?", "How did Moscow react to the strike?"),
        ("What is Lavrov's position on Iran?", "and on Syria?", "What is Lavrov's position on Syria?"),
        ("What is Lavrov's position on Iran?", "and Annan?", "What is Annan's position on Iran?"),
        ("Does Jane Roe want a new pier?", "what about Annan?", "Does Annan want a new pier?"),
        ("Does Jane Roe want a new pier?", "and about boats?", "What did Jane Roe say about boats?"),
        ("Why does Jane Roe think the pier failed?", "and about boats?", "What did Jane Roe say about boats?"),
        ("According to Jane Roe, what went wrong?", "and Annan?", "According to Annan, what went wrong?"),
        ("What was said about the pier by Jane Roe?", "and Annan?", "What was said about the pier by Annan?"),
        ("What was said about Iran?", "and about Syria?", "What was said about Syria?"),
        ("What was said about Iran?", "and Annan?", "What did Annan say about Iran?"),
        ("What did Jane Roe say about the pier in 2016?", "and boats?", "What did Jane Roe say about boats in 2016?"),
        ("What did the minister say about Iran?", "and Annan?", "What did Annan say about Iran?"),
        ("What did Lavrov say?", "and Annan?", "What did Annan say?"),
        ("What did Lavrov say?", "and about Syria?", "What did Lavrov say about Syria?"),
        ("Iran sanctions", "and Annan?", "What did Annan say about Iran sanctions?"),
    ],
)
def test_the_form_of_the_question_before_is_kept_where_it_can_be(before, typed, full):
    assert follow(before, typed) == full


@pytest.mark.parametrize(
    "typed", ["who else?", "Who else said so?", "and who else", "anyone else?", "who else said that?"]
)
def test_who_else_asks_everybody(typed):
    assert follow(LAVROV, typed) == "Who said something about Iran?"


@pytest.mark.parametrize(
    ("before", "typed", "full"),
    [
        ("Who said the pier is unsafe?", "who else?", "Who said the pier is unsafe?"),
        ("Who said the pier is unsafe?", "what about Annan?", "Did Annan say that the pier is unsafe?"),
        ("Who said the pier is unsafe?", "and about boats?", "Who said something about boats?"),
        ("Who said something about Iran?", "and Annan?", "What did Annan say about Iran?"),
        ("Who said something about Iran?", "and about Syria?", "Who said something about Syria?"),
        ("Who criticised the harbour plan?", "what about Annan?", "What did Annan say about the harbour plan?"),
        ("Who commented on the harbour plan?", "what about Annan?", "What did Annan say about the harbour plan?"),
    ],
)
def test_after_who_said_it_one_speaker_can_be_asked(before, typed, full):
    assert follow(before, typed) == full


@pytest.mark.parametrize(
    ("typed", "full"),
    [
        ("what did he say about Syria?", "What did Lavrov say about Syria?"),
        ("What did she say about Syria in 2016?", "What did Lavrov say about Syria in 2016?"),
        ("and what did they say about Syria?", "And what did Lavrov say about Syria?"),
        ("what did he say?", "What did Lavrov say about Iran?"),
        ("what else did he say?", "What did Lavrov say about Iran?"),
        ("Did he comment on Syria?", "Did Lavrov comment on Syria?"),
        ("Does he want war?", "Does Lavrov want war?"),
        ("What is his position on sanctions?", "What is Lavrov's position on sanctions?"),
        ("what did Annan say about it?", "What did Annan say about Iran?"),
        ("what did Annan say about him?", "What did Annan say about Lavrov?"),
        ("what did he say about it?", "What did Lavrov say about Iran?"),
    ],
)
def test_he_she_and_it_are_who_and_what_was_asked_about(typed, full):
    assert follow(LAVROV, typed) == full


def test_he_is_whom_the_answer_showed_where_nobody_was_named():
    asked = "Who said the pier is unsafe?"
    assert follow(asked, "what did he say about Iran?", "Kofi Annan") == "What did Kofi Annan say about Iran?"
    assert follow(asked, "what did he say about Iran?") == "what did he say about Iran?"


@pytest.mark.parametrize(
    "typed",
    [
        "how?", "really?", "so what?", "and then?", "what else?", "", "?", "and", "what about", "syria?",
        "Iran sanctions", "tell me about Syria", "what about him?", "and she?",
        "What is her view of him?", "what did Annan say?",
        "what about he?",
        "How many people were killed in Syria?", "and when was it opened?", "What about what Annan said?",
        "and Iran should be invited", "and Iran should be part of the solution, he said", "and Iran should be part of it now",
    ],
)  # fmt: skip
def test_what_is_no_follow_up_stays(typed):
    assert follow(LAVROV, typed) == typed


@pytest.mark.parametrize("typed", ["and about Syria?", "what about Annan?", "who else?", "what did he say about Iran?"])
def test_without_a_question_before_everything_stays(typed):
    assert follow(None, typed) == typed


@pytest.mark.parametrize("typed", ["and in Libya?", "what about Libya?", "what about Annan?", "who else?"])
def test_after_a_question_about_facts_nobody_and_nothing_is_kept(typed):
    assert follow("How many people were killed in Syria?", typed) == typed


FULL = [text for text, _, speaker, topic in FORMS if speaker and topic]


@pytest.mark.parametrize("before", FORMS, ids=lambda form: form[1])
@pytest.mark.parametrize("lead", ["", "And ", "but "])
def test_a_question_with_a_speaker_and_a_topic_of_its_own_is_never_touched(before, lead):
    for text in FULL:
        assert follow(before[0], lead + text, "Kofi Annan") == lead + text


@pytest.mark.parametrize(
    "text", ["What did Annan say about his position?", "Did Jane Roe comment on her remarks on boats?"]
)
def test_his_own_is_his_own(text):
    assert follow(LAVROV, text) == text


NAMES = st.sampled_from(
    ["Annan", "Kofi Annan", "the minister", "Moscow", "jane roe", "the State Department", "O’Brien"]
)
TOPICS = st.sampled_from(
    ["Iran", "safe havens", "the vote", "what went wrong", "Annan", "boats (and piers)", "a+b", "U.S. aid"]
)


@given(NAMES, TOPICS, NAMES, TOPICS)
def test_any_such_question_is_never_touched(speaker, topic, other, another):
    text = f"What did {speaker} say about {topic}?"
    assert follow(f"What did {other} say about {another}?", text) == text


@given(NAMES, TOPICS, TOPICS)
def test_a_new_topic_changes_nothing_but_the_topic(speaker, topic, other):
    before, full = (
        parse(f"What did {speaker} say about {topic}?"),
        follow(f"What did {speaker} say about {topic}?", f"and about {other.removeprefix('what ')}?"),
    )
    after = parse(full)
    assert (after.speaker, after.topic) == (before.speaker, other.removeprefix("what "))


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_text_after_any_question_is_a_question(before, text):
    full = resolve(text, parse(before), SPEAKERS, "Kofi Annan")
    assert full == text or parse(full).text


def test_a_follow_up_of_a_follow_up_is_one_of_its_question():
    asked = LAVROV
    for typed in ("and about Syria?", "what about Annan?", "and about the vote?", "who else?", "and Lavrov?"):
        asked = follow(asked, typed)
    assert asked == "What did Lavrov say about the vote?"


@pytest.mark.parametrize(
    ("typed", "full"),
    [
        ("and in 2016?", "What did Lavrov say about Iran in 2016?"),
        ("since 2016-03-01?", "What did Lavrov say about Iran since 2016-03-01?"),
        ("when?", "When did Lavrov speak about Iran?"),
        ("And when did he say that?", "When did Lavrov speak about Iran?"),
        ("but why?", "Why did Lavrov say that about Iran?"),
        ("Why did Annan say so?", "Why did Annan say that about Iran?"),
        ("who said that?", "Who said something about Iran?"),
        ("who is he?", "Who is Lavrov?"),
        ("compare with Annan", "Compare Lavrov and Annan on Iran"),
        ("did Annan agree?", "What did Annan say about Iran?"),
        ("did Annan say so too?", "What did Annan say about Iran?"),
        ("does Annan think the same?", "What did Annan say about Iran?"),
        ("and Annan on that?", "What did Annan say about Iran?"),
        ("does he support it?", "Does Lavrov support Iran?"),
        ("did Annan reject it?", "Did Annan reject Iran?"),
        ("Annan?", "What did Annan say about Iran?"),
        ("Syria?", "What did Lavrov say about Syria?"),
    ],
)
def test_a_short_word_goes_on_from_the_question_before(typed, full):
    assert follow(LAVROV, typed) == full


@pytest.mark.parametrize(
    ("asked", "typed", "full"),
    [
        ("What did Roe say about the pier?", "and in Geneva?", "What did Roe say about the pier in Geneva?"),
        ("What did Roe say about piers in Poland?", "what about in Peru?", "What did Roe say about piers in Peru?"),
        ("What did Roe say about the pier?", "and after the vote?", "What did Roe say about the pier after the vote?"),
        ("What did Roe say about the pier?", "and by the mayor?", "and by the mayor?"),
    ],
)
def test_a_place_or_an_occasion_is_no_topic(asked, typed, full):
    assert follow(asked, typed) == full


def test_why_and_when_of_a_whole_sentence_repeat_that_sentence():
    asked = "Did Roe say that the pier should close?"
    assert follow(asked, "why?") == "Why did Roe say that the pier should close?"
    assert follow(asked, "when?") == "When did Roe say that the pier should close?"


def test_what_a_why_was_about_is_asked_of_others():
    assert follow("Why did Lavrov say that about Iran?", "who said that?") == "Who said something about Iran?"


def test_two_people_are_not_he():
    assert follow("Compare Lavrov and Annan on Iran", "who is he?") == "who is he?"
    assert follow("Compare Lavrov and Annan on Iran", "and on Syria?") == "Compare Lavrov and Annan on Syria"


def test_another_year_takes_the_place_of_the_one_before():
    assert (
        follow("What did Lavrov say about Iran in 2016?", "and in 2017?") == "What did Lavrov say about Iran in 2017?"
    )


@pytest.mark.parametrize(
    ("typed", "full"),
    [
        ("and about trade?", "Compare Lavrov and Annan on trade"),
        ("what about Syria?", "Compare Lavrov and Annan on Syria"),
        ("what about Jane Roe?", "What did Jane Roe say about Iran?"),
    ],
)
def test_after_a_comparison_a_topic_is_compared_and_a_speaker_asked_alone(typed, full):
    assert follow("Compare Lavrov and Annan on Iran", typed, "Sergei Lavrov") == full


def test_names_that_are_compared_may_be_in_small_letters():
    asked = "Compare annan and lavrov on Iran"
    assert follow(asked, "what did he say about boats?", "Kofi Annan") == "What did Kofi Annan say about boats?"


def test_where_one_alone_may_speak_he_is_meant():
    full = resolve("what did he say about Syria?", parse(LAVROV), SPEAKERS, "Sergei Lavrov", "Kofi Annan")
    assert full == "What did Kofi Annan say about Syria?"


def test_nobody_is_compared_with_himself():
    assert follow(LAVROV, "compare with Sergei Lavrov") == "compare with Sergei Lavrov"


@pytest.mark.parametrize("typed", ["where?", "where did he say that?", "And where was that?"])
def test_where_it_was_said_is_asked_like_when(typed):
    assert follow(LAVROV, typed) == "Where did Lavrov speak about Iran?"


def test_a_result_alone_is_the_one_that_is_meant():
    assert command("open the article", 1) == ("open", 1)


@pytest.mark.parametrize("typed", ["compare with salt", "did it agree?", "in the harbour?", "when was the pier built?"])
def test_a_short_word_that_names_nobody_stays(typed):
    assert follow(LAVROV, typed) == typed


@pytest.mark.parametrize(
    ("typed", "does"),
    [
        ("more", ("more", 0)), ("show me more", ("more", 0)), ("anything else?", ("more", 0)), ("and then?", ("more", 0)),
        ("what else did he say?", ("more", 0)), ("the second one", ("show", 2)), ("Show me the 3rd result.", ("show", 3)),
        ("what about the first one?", ("show", 1)), ("open the last one", ("open", 3)), ("number 7", ("show", -7)),
        ("[2]", ("show", -2)), ("the first", ("show", 1)), ("open number 2", ("open", -2)),
        ("cite the second one", ("cite", 2)), ("copy the last", ("copy", 3)), ("quote [2]", ("cite", -2)),
        ("open it", ("open", 0)), ("show me the full article", ("show", 0)),
        ("open 2 harbours", None), ("Who asked to open it?", None), ("show me the article about boats", None),
        ("why", None), ("copy", None),
        ("Who was the first to speak?", None), ("the first lady", None),
        ("What did Lavrov say?", None), ("second thoughts", None),
        ("", None), ("more boats", None),
    ],
)  # fmt: skip
def test_plain_words_may_ask_for_a_result(typed, does):
    assert command(typed, 3) == does


@pytest.mark.parametrize(
    "typed",
    [
        "what else did Lavrov say about Iran?",
        "What else did he say about Iran",
        "and what more does Lavrov say about Iran?",
    ],
)
def test_what_else_on_the_same_matter_asks_for_the_next_results(typed):
    assert command(typed, 3, parse(LAVROV)) == ("more", 0)


@pytest.mark.parametrize(
    "typed", ["what else did Annan say about Iran?", "what else did Lavrov say about Syria?", LAVROV]
)
def test_what_else_on_another_matter_is_a_question(typed):
    assert command(typed, 3, parse(LAVROV)) is None
    assert command(typed, 3) is None


@pytest.mark.parametrize(
    ("asked", "typed", "full"),
    [
        (LAVROV, "who disagrees with him?", "Who disagrees with Lavrov?"),
        (LAVROV, "Who criticised his remarks?", "Who criticised Lavrov's remarks?"),
        (LAVROV, "who praised her for that?", "Who praised Lavrov for that?"),
        (LAVROV, "who opposes it?", "Who opposes Iran?"),
        ("Who criticised Annan?", "who defended him?", "Who defended Annan?"),
        ("Who criticised Annan over the vote?", "who defended him?", "Who defended Annan?"),
        ("Who said the pier is unsafe?", "who disagrees with him?", "Who disagrees with Jane Roe?"),
        ("Compare Lavrov and Annan on Iran", "who criticised them?", "Who criticised Lavrov and Annan?"),
        (LAVROV, "who said his wife was ill?", "who said his wife was ill?"),
    ],
)
def test_who_is_asked_about_him_or_it_means_whom_and_what_was_asked_about(asked, typed, full):
    assert follow(asked, typed, "Jane Roe") == full


def test_they_are_all_who_were_compared():
    asked = "Compare Lavrov and Annan on Iran"
    assert follow(asked, "what did they say about boats?", "Kofi Annan") == "Compare Lavrov and Annan on boats"
    assert follow(asked, "what did they say?", "Kofi Annan") == asked
    asked = "What did Lavrov and Annan say about Iran?"
    assert follow(asked, "what did they say about boats?", "Kofi Annan") == "What did Lavrov and Annan say about boats?"


@pytest.mark.parametrize("typed", ["and the others?", "what about the others?", "everyone else?"])
def test_the_others_are_everybody(typed):
    assert follow(LAVROV, typed) == "Who said something about Iran?"


@pytest.mark.parametrize("typed", ["who else?", "anyone else?", "and the others?"])
def test_who_else_after_who_asks_for_others_of_the_same_answer(typed):
    assert command(typed, 3, parse("Who criticised the pier?")) == ("others", 0)
    assert command(typed, 3, parse(LAVROV)) != ("others", 0)
    assert command(typed, 0, parse("Who criticised the pier?")) != ("others", 0)
