"""An answer is verbatim and belongs to its speaker; a refusal says what was not found and what was searched."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from index.build import update
from index.encode import load_encoder
from index.errors import ModelMismatchError, UsageError
from index.store import Filter, open_store
from qa.answer import ask
from qa.confidence import calibration, probabilities
from qa.question import holds_verbatim
from qa.render.verdicts import verdict
from qa.speakers import ASSERTED, EXPECTED, KNOWN
from tests.toy import ToyEncoder

SEEDS = Path(__file__).resolve().parent.parent / "seeds"
IRAN = "“We are convinced that Iran should participate in that conference,”"


@pytest.fixture(scope="module")
def encoder():
    return load_encoder()


@pytest.fixture(scope="module")
def store(tmp_path_factory, encoder):
    with open_store(tmp_path_factory.mktemp("seeds") / ".qa", create=True) as store:
        update(store, [SEEDS], encoder)
        yield store


def test_what_lavrov_says_about_iran_is_what_lavrov_says(store, encoder):
    answer = ask(store, "What did Lavrov say about Iran?", encoder=encoder)
    first = answer.citations[0]
    assert first.highlights[0].of(first.document.text) == IRAN
    assert first.statement.speaker == "Sergei Lavrov"
    assert first.passage.paragraph <= 5
    for citation in answer.citations:
        assert citation.statement is None or citation.statement.speaker in ("Sergei Lavrov", None)


def test_an_outlet_that_nobody_quotes_on_it_is_asked_for_what_its_articles_say(tmp_path, encoder):
    articles = {
        "a.md": "---\nsource: Harbour Post\n---\n\nThe old pier of Rivertown burned down on Monday.\n",
        "b.md": "---\nsource: Daily\n---\n\nThe price of bread doubled, the Harbour Post reported.\n",
    }
    for name, text in articles.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    with open_store(tmp_path / ".qa", create=True) as store:
        update(store, [tmp_path], encoder)
        said = ask(store, "What did the Harbour Post report about the price of bread?", encoder=encoder)
        assert (said.citations[0].statement.speaker, said.notices) == ("Harbour Post", ())
        printed = ask(store, "What did the Harbour Post report about the old pier of Rivertown?", encoder=encoder)
        assert {citation.document.source for citation in printed.citations} == {"Harbour Post"}
        assert printed.notices == ("Harbour Post itself is not quoted on this; these are its articles.",)
        assert "not clearly by" not in verdict(printed, 3)
        assert not ask(store, "What did the Harbour Post report about the capital of Peru?", encoder=encoder).answered


def test_what_annan_says_about_iran_is_what_annan_says(store, encoder):
    answer = ask(store, "what did annan say about iran?", encoder=encoder)
    assert [c.statement.speaker for c in answer.citations[:2]] == ["Kofi Annan", "Kofi Annan"]


@pytest.mark.parametrize("about", ["about Iran", "about safe havens", "about the capital of Peru", "on Monday"])
@pytest.mark.parametrize("build", ["What did {} say {}?", "What does {} think {}?", "{} {}"])
def test_a_surname_finds_what_the_full_name_finds_where_one_person_bears_it(store, encoder, about, build):
    short, full = (ask(store, build.format(name, about), encoder=encoder) for name in ("Annan", "Kofi Annan"))
    assert (short.answered, short.confidence) == (full.answered, full.confidence)
    assert [c.hit for c in short.citations + short.nearest] == [c.hit for c in full.citations + full.nearest]
    assert "Kofi" not in f"{short.question.text} {short.refusal}"


def test_a_name_and_a_topic_ask_what_he_says_where_he_speaks(store, encoder):
    answer = ask(store, "lavrov on iran", encoder=encoder)
    assert (answer.question.speaker, answer.citations[0].statement.speaker) == ("lavrov", "Sergei Lavrov")
    assert ask(store, "war on iran", encoder=encoder).question.speaker is None


def test_what_was_relayed_says_through_whom(store, encoder):
    answer = ask(store, "What did Putin tell Cameron about Assad?", encoder=encoder)
    relayed = {(c.statement.speaker, c.statement.via) for c in answer.citations[:3] if c.statement}
    assert ("Vladimir Putin", "Yury Ushakov") in relayed


def test_every_word_shown_is_in_its_source(store, encoder):
    for text in (
        "What did Lavrov say about safe havens?",
        "How many people have been killed in Syria?",
        "Who is Assad?",
    ):
        answer = ask(store, text, encoder=encoder)
        for citation in answer.citations + answer.nearest:
            source = Path(citation.document.path).read_text(encoding="utf-8")
            assert source == citation.document.text
            assert all(h.of(source).strip() for h in citation.highlights)


@pytest.mark.parametrize(
    "text",
    ["What did Annan say about safe havens?", "What did Angela Merkel say about Iran?", "What is the capital of Peru?"],
)
def test_what_nobody_said_is_refused_with_what_was_searched(store, encoder, text):
    answer = ask(store, text, encoder=encoder)
    assert not answer.answered
    assert answer.citations == ()
    assert answer.refusal
    assert answer.searched.documents == 2
    assert len(answer.nearest) <= 2
    assert bool(answer.nearest) == ("Peru" not in text)  # of which no article holds a word
    assert answer.confidence < calibration(answer.question).refuse_below


def test_a_refusal_names_the_speaker_and_the_topic(store, encoder):
    assert (
        ask(store, "What did Annan say about safe havens?", encoder=encoder).refusal
        == "No statement by Annan about safe havens."
    )


def test_a_speaker_can_be_set_from_outside(store, encoder):
    answer = ask(store, "safe havens", speaker="Lavrov", encoder=encoder)
    assert answer.citations
    assert {c.statement.speaker for c in answer.citations} <= {"Sergei Lavrov", None}


def test_a_filter_that_leaves_nothing_says_so(store, encoder):
    answer = ask(store, "What did Lavrov say about Iran?", where=Filter(source="Reuters"), encoder=encoder)
    assert answer.refusal.startswith("No article passes the filters: 0 articles of Reuters; the index holds 2 articles")
    assert answer.searched.documents == 0


def test_two_people_are_asked_one_after_the_other(store, encoder):
    answer = ask(store, "What did Annan and Lavrov say about Iran?", encoder=encoder)
    annan, lavrov = answer.parts
    assert [part.question.speaker for part in answer.parts] == ["Annan", "Lavrov"]
    assert annan.citations[0].statement.speaker == "Kofi Annan"
    assert lavrov.citations[0].statement.speaker == "Sergei Lavrov"
    assert answer.citations == annan.citations + lavrov.citations
    assert [citation.rank for citation in answer.citations] == list(range(1, len(answer.citations) + 1))


def test_all_who_are_asked_about_are_asked(store, encoder):
    answer = ask(store, "What did Putin, Lavrov, Annan, Cameron and Ushakov say about Syria?", encoder=encoder)
    assert [part.question.speaker for part in answer.parts] == ["Putin", "Lavrov", "Annan", "Cameron", "Ushakov"]


def test_the_year_that_several_people_are_asked_about_holds_for_each(store, encoder):
    answer = ask(store, "What did Annan and Lavrov say about Iran in 1999?", encoder=encoder)
    assert [part.question.since for part in answer.parts] == ["1999-01-01", "1999-01-01"]
    told = "No article of 1999 has an answer by {}; these are of other days, or of none."
    assert answer.notices == (told.format("Annan"), told.format("Lavrov"))


@pytest.fixture(scope="module")
def ferry(tmp_path_factory, encoder):
    """The same speaker in two years, and once without a day."""
    folder = tmp_path_factory.mktemp("ferry")
    for name, day, said in (
        ("old", "2012-06-15", "too slow"),
        ("new", "2017-01-30", "too dear"),
        ("undated", "", "too old"),
    ):
        front = f"---\ndate: {day}\n---\n\n" if day else ""
        (folder / f"{name}.md").write_text(f"{front}“The ferry is {said},” Jane Roe said in the harbour town.\n")
    with open_store(folder / ".qa", create=True) as store:
        update(store, [folder], encoder)
        yield store


@pytest.mark.parametrize("when", ["in 2014", "on March 5, 2014", "last week", "in August 2012"])
def test_what_was_said_on_other_days_than_asked_is_no_strong_answer(ferry, encoder, when):
    answer = ask(ferry, f"What did Roe say about the ferry {when}?", where=Filter(as_of="2019-05-05"), encoder=encoder)
    assert any("of other days, or of none" in notice for notice in answer.notices)
    found = [(Path(cited.document.path).stem, cited.strength) for cited in answer.citations]
    assert found[0][0] == "undated"
    assert [strength for stem, strength in found if stem != "undated"] == ["weak", "weak"]
    assert [cited.rank for cited in answer.citations] == [1, 2, 3]


@pytest.mark.parametrize(
    ("told", "when", "firm"),
    [
        ("Jane Roe said in 2014 that the ferry was too slow for the harbour.", "in 2014", True),
        ("Jane Roe said in 2014 that the ferry was too slow for the harbour.", "in 2013", False),
        ("Jane Roe said on March 5, 2014 that the ferry was too slow for the harbour.", "on March 5, 2014", True),
        ("Jane Roe said that the ferry was too slow for the harbour.", "in March 2014", False),
        ("Jane Roe said that the ferry was too slow for the harbour.", "in March", False),
        ("Jane Roe said back in March that the ferry was too slow for the harbour.", "in March", True),
    ],
)
def test_a_later_article_may_tell_what_was_said_on_the_days_asked_for(tmp_path, encoder, told, when, firm):
    (tmp_path / "a.md").write_text(f"---\ndate: 2016-06-15\n---\n\n{told}\n", encoding="utf-8")
    with open_store(tmp_path / ".qa", create=True) as store:
        update(store, [tmp_path], encoder)
        plain = ask(store, "What did Jane Roe say about the ferry?", encoder=encoder)
        answer = ask(store, f"What did Jane Roe say about the ferry {when}?", encoder=encoder)
    assert plain.citations[0].strength == "strong"
    assert (answer.citations[0].strength == "strong") == firm
    assert firm or (answer.citations[0].strength, answer.confidence <= 0.4) == ("weak", True)
    assert answer.notices


def from_files(answer):
    return {Path(citation.document.path).stem for citation in answer.citations}


def test_as_of_a_day_later_articles_are_not_searched_and_undated_ones_are(ferry, encoder):
    answer = ask(ferry, "What did Roe say about the ferry?", where=Filter(as_of="2016-12-31"), encoder=encoder)
    assert from_files(answer) == {"old", "undated"}
    assert answer.searched.documents == 2


def test_this_week_counts_from_the_day_it_is_asked_on(ferry, encoder):
    question = "What did Roe say about the ferry this week?"
    then = ask(ferry, question, where=Filter(as_of="2017-02-01"), encoder=encoder)
    assert (from_files(then), then.notices) == ({"new"}, ())
    now = ask(ferry, question, encoder=encoder)
    assert now.answered
    assert "No article of" in now.notices[0]


@pytest.mark.parametrize(
    ("when", "told"), [("since 2030", "since 2030-01-01"), ("before 1999-05-02", "until 1999-05-01")]
)
def test_days_that_no_article_answers_for_are_named(store, encoder, when, told):
    answer = ask(store, f"What did Lavrov say about Iran {when}?", encoder=encoder)
    assert answer.answered
    assert f"No article {told} has an answer by Lavrov" in answer.notices[0]


def test_a_day_that_does_not_exist_is_no_error(store, encoder):
    assert ask(store, "What did Lavrov say about Iran on February 31, 2012?", encoder=encoder).searched.documents == 2


@pytest.mark.parametrize(("k", "shares"), [(5, [3, 2]), (1, [1, 1])])
def test_several_people_share_the_results_that_are_wanted(store, encoder, k, shares):
    answer = ask(store, "What did Annan and Lavrov say about Iran?", k=k, encoder=encoder)
    assert [len(part.citations) for part in answer.parts] == shares


def test_k_limits_the_citations_and_the_first_stay_the_same(store, encoder):
    many = ask(store, "What did Lavrov say about Syria?", k=10, encoder=encoder)
    few = ask(store, "What did Lavrov say about Syria?", k=3, encoder=encoder)
    assert few.citations == many.citations[:3]


def test_the_same_question_gives_the_same_answer(store, encoder):
    first, second = (ask(store, "What did Lavrov say about Iran?", encoder=encoder) for _ in range(2))
    assert replace(first, seconds=0.0) == replace(second, seconds=0.0)


def test_a_speaker_who_is_not_sure_enough_is_not_named(store, encoder):
    for text in ("What did Lavrov say about Syria?", "Who said Iran cannot be invited?", "What did Russia say?"):
        for citation in ask(store, text, encoder=encoder).citations:
            said = citation.statement
            asked = citation.hit.scores["speaker"] >= KNOWN
            assert said is None or said.speaker is None or said.confidence >= (EXPECTED if asked else ASSERTED)


def test_an_empty_question_is_a_usage_error(store, encoder):
    with pytest.raises(UsageError):
        ask(store, "  \n ", encoder=encoder)


def test_another_model_is_refused_with_the_command_to_type(store):
    with pytest.raises(ModelMismatchError, match="--rebuild"):
        ask(store, "What did Lavrov say about Iran?", encoder=ToyEncoder())


def test_an_empty_index_answers_that_it_is_empty(tmp_path, encoder):
    with open_store(tmp_path / ".qa", create=True) as store:
        assert ask(store, "What?", encoder=encoder).refusal == "The index is empty. Type: qa index PATH"


@pytest.mark.parametrize(
    ("text", "leg"),
    [("What did Lavrov say about Iran?", "dense"), ("How many people have been killed in Syria?", "story")],
)
def test_nearer_hits_are_more_probable(store, encoder, text, leg):
    answer = ask(store, text, encoder=encoder)
    hits = [citation.hit for citation in answer.citations]
    further = [replace(hit, scores={**hit.scores, leg: hit.scores[leg] - 0.3}) for hit in hits]
    pairs = zip(probabilities(answer.question, further), probabilities(answer.question, hits), strict=True)
    assert all(0 < less < more < 1 for less, more in pairs)


@pytest.mark.parametrize("text", ["What did Lavrov say about Iran?", "How many people have been killed in Syria?"])
def test_how_sure_an_answer_is_does_not_depend_on_how_many_results_are_wanted(store, encoder, text):
    assert len({ask(store, text, encoder=encoder, k=k).confidence for k in (1, 3, 10)}) == 1


def test_the_same_words_in_two_articles_are_one_citation_with_a_copy(tmp_path, encoder):
    said = "“The old harbour must never be filled in with concrete,” Jane Roe said on Monday.\n"
    (tmp_path / "one.txt").write_text("The council met.\n" + said, encoding="utf-8")
    (tmp_path / "two.txt").write_text("Boats lay idle in the rain.\n" + said + "It rained on.\n", encoding="utf-8")
    with open_store(tmp_path / ".qa", create=True) as store:
        update(store, [tmp_path], encoder)
        first, *others = ask(store, "What did Jane Roe say about the harbour?", encoder=encoder).citations
    assert [Path(copy.path).name for copy in first.copies] in (["one.txt"], ["two.txt"])
    assert all(c.statement is None or "concrete" not in c.highlights[0].of(c.document.text) for c in others)


@pytest.mark.parametrize(
    "text", ["What did Lavrov say about Iran?", "What did Lavrov say?", "What did Putin say about Syria?"]
)
def test_of_somebodys_words_no_weaker_result_stands_above_a_stronger_one(store, encoder, text):
    for k in (3, 10, 30):
        cited = ask(store, text, encoder=encoder, k=k).citations
        order = [("strong", "fair", "weak").index(citation.strength) for citation in cited[:20]]
        assert order == sorted(order)
        assert [c.rank for c in cited] == list(range(1, len(cited) + 1))
    first = [ask(store, text, encoder=encoder, k=k).citations[0].highlights for k in (1, 3, 30)]
    assert first[0] == first[1] == first[2]


def test_a_month_that_none_of_the_articles_is_of_is_told(tmp_path, encoder):
    said = "---\ndate: 2016-06-15\n---\n\n“The old harbour must never be filled in,” Jane Roe said.\n"
    (tmp_path / "a.md").write_text(said, encoding="utf-8")
    with open_store(tmp_path / ".qa", create=True) as store:
        update(store, [tmp_path], encoder)
        in_june, in_october = (
            ask(store, f"What did Jane Roe say about the harbour in {month}?", encoder=encoder)
            for month in ("June", "October")
        )
    assert in_june.citations
    assert in_october.citations
    assert in_june.notices == ()
    assert in_october.notices == ("None of these articles is dated in October.",)


def test_two_who_once_spoke_together_are_compared_apart(tmp_path, encoder):
    said = ("Jane Roe and Jim Poe said the pier was old.", "“It is safe,” Jane Roe said.", "“It sinks,” Jim Poe said.")
    (tmp_path / "a.txt").write_text("\n\n".join(said), encoding="utf-8")
    with open_store(tmp_path / ".qa", create=True) as store:
        update(store, [tmp_path], encoder)
        asked = ask(store, "Compare Jane Roe and Jim Poe on the pier", encoder=encoder)
    assert [part.question.speaker for part in asked.parts] == ["Jane Roe", "Jim Poe"]


def test_a_question_without_a_topic_is_answered_with_whatever_is_his(store, encoder):
    answer = ask(store, "What did Lavrov say?", encoder=encoder)
    assert answer.answered
    assert answer.citations[0].statement.speaker == "Sergei Lavrov"
    assert not ask(store, "What did Merkel say?", encoder=encoder).answered


def test_a_filter_on_another_speaker_is_no_answer(store, encoder):
    answer = ask(store, "What did Lavrov say about Iran?", speaker="Annan", encoder=encoder)
    assert answer.refusal == "The question asks about Lavrov, the filter lets only Annan speak."
    assert ask(store, "What did Lavrov say about Iran?", speaker="Sergei Lavrov", encoder=encoder).answered


@pytest.mark.parametrize("he", ["he", "He", "they", "somebody"])
def test_with_a_filter_he_is_whoever_it_lets_speak(store, encoder, he):
    answer = ask(store, f"what did {he} say about Iran?", speaker="Kofi Annan", encoder=encoder)
    assert answer.citations[0].statement.speaker == "Kofi Annan"


def test_a_file_that_changed_since_is_told(tmp_path, encoder):
    article = tmp_path / "one.txt"
    said = "The council met on Monday.\n“The old harbour must never be filled in,” Jane Roe said.\n"
    article.write_text(said, encoding="utf-8")
    with open_store(tmp_path / ".qa", create=True) as store:
        update(store, [article], encoder)
        assert ask(store, "What did Jane Roe say about the harbour?", encoder=encoder).notices == ()
        article.write_text(said.replace("harbour", "airport"), encoding="utf-8")
        changed = ask(store, "What did Jane Roe say about the harbour?", encoder=encoder)
        assert changed.answered
        assert "one.txt has changed since it was indexed" in changed.notices[0]
        article.write_text(said, encoding="utf-8")
        assert ask(store, "What did Jane Roe say about the harbour?", encoder=encoder).notices == ()


@pytest.mark.parametrize("at_once", [0, 1 << 20])
def test_a_file_of_whatever_size_is_told_to_have_changed_by_its_bytes(tmp_path, encoder, monkeypatch, at_once):
    """Not by its time, which a copy or a change of rights alters; and other bytes that bear the old time are told."""
    monkeypatch.setattr("index.store.snapshot.READ_AT_ONCE", at_once)
    article = tmp_path / "one.txt"
    said = "The council met on Monday.\n“The old harbour must never be filled in,” Jane Roe said.\n"
    article.write_text(said, encoding="utf-8")
    then = article.stat().st_mtime_ns

    def notices() -> tuple[str, ...]:
        return ask(store, "What did Jane Roe say about the harbour?", encoder=encoder).notices

    with open_store(tmp_path / ".qa", create=True) as store:
        update(store, [article], encoder)
        os.utime(article, (1, 1))
        article.chmod(0o600)
        assert notices() == ()
        article.write_text(said.replace("never", "often"), encoding="utf-8")
        os.utime(article, ns=(then, then))
        assert "one.txt has changed since it was indexed" in notices()[0]


@pytest.mark.parametrize(
    "text",
    ["Who said “part of the solution”?", 'Who said: "Part of the solution"?', 'Did Annan say that "part of the solution"?',
     "When did Annan say 'part of the solution'?"],
)  # fmt: skip
def test_who_says_the_very_words_that_are_asked_for_stands_first(store, encoder, text):
    answer = ask(store, text, encoder=encoder)
    first = answer.citations[0]
    assert "part of the solution" in first.statement.span.of(first.document.text)
    assert (first.statement.speaker, first.strength) == ("Kofi Annan", "strong")


def test_any_words_that_stand_in_a_statement_are_found_by_themselves(store, encoder):
    with store.snapshot() as snapshot:
        said = [
            statement for statement in snapshot.every_statement() if statement.kind == "direct" and statement.speaker
        ]
        texts = snapshot.documents({statement.document for statement in said})
        for statement in said:
            words = statement.parts[0].of(texts[statement.document].text).strip('“”"., ').split()
            quoted = " ".join(words[len(words) // 2 :][:4]).strip('“”".,')
            answer = ask(snapshot, f"Who said “{quoted}”?", encoder=encoder)
            assert answer.answered, quoted
            first = answer.citations[0]
            assert holds_verbatim(" ".join(span.of(first.document.text) for span in first.highlights), quoted)


def test_words_that_nobody_says_are_not_made_somebodys(store, encoder):
    answer = ask(store, "Who said “the pier is made of chocolate”?", encoder=encoder)
    assert not answer.answered
