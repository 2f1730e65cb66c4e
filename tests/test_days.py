"""What a question's words about time come to."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.days import Named, cut
from qa.question import parse

FRIDAY = date(2022, 3, 18)
COUNTED = (
    *(
        "today",
        "this morning",
        "yesterday",
        "last night",
        "this week",
        "earlier this week",
        "the past week",
        "last week",
    ),
    *(
        "this month",
        "last month",
        "this year",
        "last year",
        "in the last three days",
        "over the past 2 weeks",
        "the previous 6 months",
    ),
)


@pytest.mark.parametrize(
    ("words", "since", "until"),
    [
        ("today", "2022-03-18", "2022-03-18"),
        ("yesterday", "2022-03-17", "2022-03-17"),
        ("this week", "2022-03-11", "2022-03-18"),
        ("last week", "2022-03-07", "2022-03-13"),
        ("last month", "2022-02-01", "2022-02-28"),
        ("this year", "2022-01-01", "2022-03-18"),
        ("last year", "2021-01-01", "2021-12-31"),
        ("in the last three days", "2022-03-15", "2022-03-18"),
        ("over the past 2 weeks", "2022-03-04", "2022-03-18"),
        ("in the last week", "2022-03-11", "2022-03-18"),
        ("in the past month", "2022-02-16", "2022-03-18"),
        ("the past year", "2021-03-18", "2022-03-18"),
        ("during this week", "2022-03-11", "2022-03-18"),
    ],
)
def test_words_that_count_from_a_day_come_to_these_days(words, since, until):
    rest, named = cut(f"What did Roe say about the pier {words}?", FRIDAY)
    assert (named.since, named.until) == (since, until)
    assert rest == "What did Roe say about the pier?"


@pytest.mark.parametrize(
    ("words", "since", "until"),
    [
        ("since 2016", "2016-01-01", None), ("since March 2016", "2016-03-01", None), ("after 2016", "2017-01-01", None),
        ("after Dec. 2016", "2017-01-01", None), ("until 2016", None, "2016-12-31"), ("till Feb 2016", None, "2016-02-29"),
        ("before 2016", None, "2015-12-31"), ("before March 2016", None, "2016-02-29"),
        ("between 2015 and 2016", "2015-01-01", "2016-12-31"), ("from 2015 to 2016", "2015-01-01", "2016-12-31"),
        ("since 2016-03", "2016-03-01", None), ("in 2016-03", "2016-03-01", "2016-03-31"),
        ("until 2016-02", None, "2016-02-29"), ("after 2016-12", "2017-01-01", None),
        ("since 2016-03-05", "2016-03-05", None), ("before 2016-03-05", None, "2016-03-04"),
        ("by 2016-03-05", None, "2016-03-05"), ("in early 2016", "2016-01-01", "2016-12-31"),
        ("during March 2016", "2016-03-01", "2016-03-31"), ("between 2018 and 2016", "2016-01-01", "2018-12-31"),
        ("between March 2015 and 5 May 2016", "2015-03-01", "2016-05-05"),
        ("from 2015-03-01 until 2016-05-05", "2015-03-01", "2016-05-05"), ("in 2015 and in 2016", "2015-01-01", "2016-12-31"),
    ],
)  # fmt: skip
def test_words_that_bound_a_time_come_to_these_days(words, since, until):
    rest, named = cut(f"What did Roe say about the pier {words}?")
    assert (rest, named) == ("What did Roe say about the pier?", Named(since, until))


DAYS = st.dates(date(1900, 1, 2), date(2099, 12, 30))
WRITTEN = (
    "%Y-%m-%d",
    "%d %B %Y",
    "the %dth of %b, %Y",
    "%B %d, %Y",
    "%b. %dth %Y",
    "%A, %B %d, %Y",
    "%A the %dth of %B %Y",
)


@given(DAYS, st.sampled_from(WRITTEN))
def test_a_day_is_the_same_however_it_is_written(day, written):
    words = day.strftime(written)
    assert cut(f"What did Roe say on {words}?") == ("What did Roe say?", Named(day.isoformat(), day.isoformat()))


@given(DAYS, st.sampled_from(("%Y", "%B %Y", "%Y-%m", *WRITTEN)))
def test_before_ends_where_since_begins_and_after_begins_where_until_ends(day, written):
    words = day.strftime(written)
    before, since, until, after = (cut(f"said {word} {words}")[1] for word in ("before", "since", "until", "after"))
    assert date.fromisoformat(before.until) + timedelta(days=1) == date.fromisoformat(since.since) <= day
    assert date.fromisoformat(after.since) - timedelta(days=1) == date.fromisoformat(until.until) >= day
    assert cut(f"said during {words}")[1] == Named(since.since, until.until)


@pytest.mark.parametrize(
    ("time", "since"), [("In 2017", "2017-01-01"), ("Since May 2017", "2017-05-01"), ("This week", "2022-03-11")]
)
def test_a_time_may_stand_before_the_question(time, since):
    asked = parse(f"{time}, what did Roe say about the pier?", today=FRIDAY)
    assert (asked.speaker, asked.topic, asked.since) == ("Roe", "the pier", since)


@pytest.mark.parametrize(
    "words",
    [
        "by 2050",
        "after the 2020 election",
        "since 2016-13-40",
        "since he left",
        "in 2016-17",
        "in 2016-00",
        "in 2016's report",
    ],
)
def test_what_bounds_no_time_stays(words):
    text = f"What did Roe say about the pier {words}?"
    assert cut(text) == (text, Named())


@given(st.dates(date(1, 2, 1), date(9999, 12, 31)), st.sampled_from(COUNTED))
def test_such_days_are_in_order_and_never_after_the_day_they_count_from(day, words):
    _, named = cut(f"What happened {words}?", day)
    if named != Named():  # the last six months of the year 1 begin before there is a calendar
        assert named.counted
        assert named.since <= named.until <= day.isoformat()


@pytest.mark.parametrize(
    "text",
    [
        "What did Roe say about this year's budget?",
        "What did Roe say about last week’s vote?",
        "What did Roe say about the past week of talks?",
        "What did Roe say about the last 10 years of war?",
        "According to USA Today, who won?",
        "What did Roe tell Russia Today?",
    ],
)
def test_what_only_sounds_like_a_time_stays(text):
    assert cut(text, FRIDAY) == (text, Named())


@pytest.mark.parametrize("words", COUNTED)
@pytest.mark.parametrize("day", [date.min, date(1, 1, 3), date(1, 2, 1), date.max])
def test_where_the_calendar_ends_nothing_is_named_and_nothing_breaks(words, day):
    _, named = cut(f"What happened {words}?", day)
    assert named == Named() or named.since <= named.until <= day.isoformat()


@pytest.mark.parametrize("words", COUNTED)
def test_without_a_day_to_count_from_they_name_none(words):
    text = f"What did Roe say about the pier {words}?"
    assert cut(text) == (text, Named())


def test_a_day_that_is_named_outdoes_one_that_is_counted():
    _, named = cut("What did Roe say in January 2017 about this week?", FRIDAY)
    assert (named.since, named.counted) == ("2017-01-01", "")


def test_longer_than_the_calendar_is_no_time():
    assert cut("What happened in the last 999 years?", date(900, 1, 1))[1] == Named()


def test_what_happened_last_month_may_be_told_later_but_was_said_then():
    assert parse("Which town flooded last month?", today=FRIDAY).until == FRIDAY.isoformat()
    assert parse("What did Roe say about the flood last month?", today=FRIDAY).until == "2022-02-28"


def test_today_is_a_day_where_words_are_asked_for_and_else_may_be_these_times():
    assert parse("What did Roe say today?", today=FRIDAY).since == FRIDAY.isoformat()
    asked = parse("Why is the pier closed today?", today=FRIDAY)
    assert (asked.since, "today" in asked.topic) == (None, True)


def test_the_topic_is_without_its_time():
    assert parse("What did Roe say about the pier this week?", today=FRIDAY).topic == "the pier"
    assert (FRIDAY - timedelta(days=7)).isoformat() == parse("what did roe say this week", today=FRIDAY).since
