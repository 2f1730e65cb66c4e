"""Who is asked about decides; filters act inside; every score says where it came from."""

import threading
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.build import update
from index.store import Filter, open_store
from index.types import Span
from qa import people, question, retrieve
from qa.pages import has_a_word
from qa.question import words_of
from qa.retrieve import asks_for_facts, search
from qa.retrieve.deeds import deed
from qa.retrieve.reading import SPREAD, Reader
from qa.retrieve.weights import FACTS, NEWS, WORDS, Scale, fuse
from qa.speakers import KNOWN, who
from tests.toy import ToyEncoder

ARTICLES = {
    "harbour.txt": (
        "The council met on Monday to discuss the harbour plan.\n"
        "“The harbour plan will ruin the fishing fleet,” said Jane Roe, a fisherman.\n"
        "“The harbour plan will bring ships and work,” Mayor Tom Hill said.\n"
        "Hill said the harbour plan would cost nine million.\n"
        "Roe added that boats had left the harbour already.\n"
    ),
    "weather.txt": (
        "A storm closed the coast road on Tuesday.\n"
        "“Nobody was hurt in the storm,” Hill told reporters.\n"
        "The storm moved north in the evening and the road was opened again.\n"
    ),
}
ENCODER = ToyEncoder()


@contextmanager
def indexed(folder):
    """A snapshot of the articles in a folder."""
    with open_store(folder / ".qa", create=True) as store:
        update(store, [folder], ENCODER)
        with store.snapshot() as snapshot:
            yield snapshot


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory):
    folder = tmp_path_factory.mktemp("articles")
    for name, text in ARTICLES.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "tass.md").write_text(
        "---\nsource: TASS\ndate: 2017-01-30\n---\n\n“The harbour plan is a Russian plan,” Ivan Orlov said on Monday.\n",
        encoding="utf-8",
    )
    with indexed(folder) as snapshot:
        yield snapshot


def found(snapshot, text, **options):
    asked = question.parse(text)
    of_question, of_topic = ENCODER.questions([asked.text, asked.matter])
    return search(snapshot, asked, (of_question, of_topic), **options)


def words(snapshot, hit):
    text = snapshot.documents([hit.passage.document])[hit.passage.document].text
    return " … ".join(part.of(text) for part in hit.parts)


def test_what_somebody_says_comes_before_what_others_say_on_the_same_matter(snapshot):
    roe = found(snapshot, "What did Jane Roe say about the harbour plan?")
    hill = found(snapshot, "What did Hill say about the harbour plan?")
    assert "ruin the fishing fleet" in words(snapshot, roe[0])
    assert roe[0].statement.speaker == "Jane Roe"
    assert "Hill" in hill[0].statement.speaker


def test_the_words_of_others_are_no_answer_about_somebody_known(snapshot):
    hits = found(snapshot, "What did Jane Roe say about the harbour plan?")
    assert all(hit.statement is None or hit.statement.speaker in ("Jane Roe", None) for hit in hits)


def test_his_spokesman_is_no_other_but_not_himself(tmp_path):
    (tmp_path / "pier.txt").write_text(
        "The council met to discuss the pier law.\n"
        "Roe spokesman Tom Hill said on Friday that she would sign the pier law.\n"
        "“The pier law needs a vote,” said Ann Poe, a spokeswoman for Ms. Roe.\n"
        "“The pier law is a disgrace,” Ben Orr said.\n"
        "“I met Tom Hill and Ann Poe,” Jane Roe said.\n",
        encoding="utf-8",
    )
    with indexed(tmp_path) as snapshot:
        hits = found(snapshot, "What does Jane Roe say about the pier law?", k=20)
    fits = {hit.statement.speaker: hit.scores["speaker"] for hit in hits if hit.statement and hit.statement.speaker}
    assert fits == {"Jane Roe": 1.0, "Tom Hill": 0.0, "Ann Poe": 0.0}


def test_it_does_not_count_how_often_the_one_who_speaks_is_named(tmp_path):
    """Two passages of as many words that say of the topic the same, one of them with his name for "he"."""
    words = "The pier at the old harbour was late, {} said on Monday.\n"
    for name in ("he", "Roe"):
        lead = "“We wait for rain,” said John Roe, a farmer.\n" + "The fields were dry in all of the valley then. " * 30
        (tmp_path / f"{name}.txt").write_text(f"{lead}\n{words.format(name)}", encoding="utf-8")
    with indexed(tmp_path) as snapshot:
        ids = [p.id for p in snapshot.every_passage()]
        asked = ("roe", "pier", "harbour", "late")
        vector = ENCODER.questions(["What did Roe say about the late pier at the harbour?"])[0]
        named, unnamed = (
            retrieve._legs(snapshot, ids, vector, asked, about, {})["lexical"] for about in ((), asked[1:])
        )
    said = [i for i, value in enumerate(unnamed) if value > 0.5]
    assert len(said) == 2
    assert abs(unnamed[said[0]] - unnamed[said[1]]) < abs(named[said[0]] - named[said[1]])


def test_only_leaves_nothing_but_the_speaker(snapshot):
    hits = found(snapshot, "What did Hill say about the storm?", only=True)
    assert hits
    assert all(hit.statement and "Hill" in hit.statement.speaker for hit in hits)


def test_who_questions_are_answered_by_anybody(snapshot):
    [first, *_] = found(snapshot, "Who said the harbour plan will bring ships?")
    assert first.statement
    assert "Hill" in first.statement.speaker


def test_who_else_names_each_speaker_before_one_of_them_again(tmp_path):
    (tmp_path / "a.txt").write_text(
        "“The harbour plan will work,” Tom Hill said.\n\n“The harbour plan will pay,” Tom Hill said.\n\n"
        "“The harbour plan will hold,” Tom Hill said.\n\n“No plan will help this harbour now,” said Jane Roe.\n",
        encoding="utf-8",
    )
    with indexed(tmp_path) as snapshot:
        first, second, *_ = found(snapshot, "Who else talked about the harbour plan?")
        assert {first.statement.speaker, second.statement.speaker} == {"Tom Hill", "Jane Roe"}


def test_who_holds_an_office_may_stand_in_another_paragraph_than_what_he_says(tmp_path):
    (tmp_path / "a.txt").write_text(
        "The mole of Lindau leaks. Ann Poe, for nine years the ex-mayor of Lindau, walked there.\n\n"
        "“The mole will hold,” Poe said. “No mole holds,” said Karl Ost.\n",
        encoding="utf-8",
    )
    with indexed(tmp_path) as snapshot:
        assert not people.match("former mayor of Lindau", snapshot.spellings())
        names = who(snapshot, question.parse("What did the former mayor of Lindau say about the mole?")).names
        assert names.keys() == {"Ann Poe"}
        assert not who(snapshot, question.parse("What did the former bishop of Lindau say about the mole?")).names


@pytest.mark.parametrize("asked", ["Poe's son", "Governor Poe's son", "the governor's son", "the son of Ann Poe"])
def test_a_son_who_is_named_once_is_found_by_whose_son_he_is(tmp_path, asked):
    (tmp_path / "a.txt").write_text(
        "Governor Ann Poe spoke of the bill, and of a critic of it: her son, Tom Poe.\n\n"
        "“The bill is a mistake,” Tom Poe said. “It is none,” said Karl Ost.\n",
        encoding="utf-8",
    )
    with indexed(tmp_path) as snapshot:
        names = who(snapshot, question.parse(f"What did {asked} say about the bill?")).names
        assert names.keys() == {"Tom Poe"}


def test_an_office_that_two_have_held_finds_both(tmp_path):
    (tmp_path / "a.txt").write_text("Rivertown mayor Ann Poe said that the mole leaks.\n", encoding="utf-8")
    (tmp_path / "b.txt").write_text(
        "Tom Hill, mayor of Rivertown since May, came.\n\n“The mole will hold,” Hill said.\n", encoding="utf-8"
    )
    with indexed(tmp_path) as snapshot:
        names = who(snapshot, question.parse("What did the mayor of Rivertown say about the mole?")).names
        assert names.keys() == {"Ann Poe", "Tom Hill"}


def test_which_of_them_said_so_prefers_those_who_are_so_called_and_leaves_nobody_out(snapshot):
    asked = question.parse("Which mayor said the harbour plan will ruin the fishing fleet?")
    names = who(snapshot, replace(asked, speaker="Rivertown mayor Tom Hill")).names
    assert 0.0 < max(names.values()) < KNOWN
    assert "ruin the fishing fleet" in words(snapshot, found(snapshot, asked.text)[0])


@pytest.mark.parametrize(
    ("asked", "first", "never_first"),
    [
        ("Who criticised Roe over the pier?", "Ann Poe", {"Tom Roe", "a spokesman for Tom Roe"}),
        ("Who spoke out against Roe?", "Ann Poe", {"Tom Roe", "a spokesman for Tom Roe"}),
        ("Who called Roe a thug?", "Eve Lowe", {"Jim Hill", "Tom Roe"}),
        ("Which law professor spoke of the pier?", "Karl Ost", {"Tom Roe", "Ann Poe"}),
    ],
)
def test_who_did_it_is_not_the_one_to_whom_it_was_done_nor_who_denies_it(tmp_path, asked, first, never_first):
    """He speaks of nothing else, in the very words of the question; and of those who are asked for one is preferred."""
    text = """Mayor Tom Roe said the pier over which they criticised Roe was safe. “I know who criticised Roe over the pier,” a
spokesman for Tom Roe said. “I don’t think Roe is a thug at all,” said Jim Hill. “Roe is a thug,” said Eve Lowe, who fishes.

Ann Poe criticised Roe for the pier.

“The pier is a matter for a court,” said Karl Ost, a Tarn University law professor. He left.
"""
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    with indexed(tmp_path) as snapshot:
        hits = [hit for hit in found(snapshot, asked) if hit.statement]
        assert hits[0].statement.speaker == first
        assert hits[0].statement.speaker not in never_first


@pytest.mark.parametrize(
    ("asked", "whom", "called"),
    [
        ("Who criticised Roe?", "Roe", ""),
        ("Who else has criticised Ann Roe's plan?", "Ann Roe", ""),
        ("Which mayor called President Roe a cold fish?", "Roe", "fish"),
        ("Who apologized to the Hill family over the pier?", "Hill family", ""),
    ],
)
def test_a_deed_is_read_with_to_whom_it_was_done(asked, whom, called):
    told = deed(question.parse(asked))
    assert told is not None
    assert (told.whom, told.called) == (whom, called)


@pytest.mark.parametrize(
    "asked",
    [
        "Who said the pier was safe?",
        "Who warned that Roe would go?",
        "Who called for Roe to go?",
        "Who does Roe blame?",
    ],
)
def test_what_asks_for_no_deed_is_read_as_none(asked):
    assert deed(question.parse(asked)) is None


def test_a_fact_that_the_one_in_the_question_tells_is_told_as_his_own(tmp_path):
    (tmp_path / "a.txt").write_text(
        "Tom Hill said that the old ferry needs a new engine.\n\nThe old ferry, Jane Roe said, is for sale.\n",
        encoding="utf-8",
    )
    with indexed(tmp_path) as snapshot:
        [asked, *_] = found(snapshot, "Which engine does Hill need for the old ferry?")
        assert (asked.statement.speaker, words(snapshot, asked)[:8]) == ("Tom Hill", "Tom Hill")
        assert all(hit.statement is None for hit in found(snapshot, "Which engine does the old ferry need?"))


def test_the_spokesman_of_somebody_is_not_himself(snapshot):
    assert set(who(snapshot, question.parse("What did Mayor Tom Hill say?")).names) >= {"Tom Hill"}
    assert not who(snapshot, question.parse("What did Mayor Tom Hill's spokesman say?")).names


def test_where_it_is_asked_who_what_is_nobodys_stands_back(snapshot):
    weights = replace(WORDS, nameless=100.0)
    hits = found(snapshot, "Who talked about the harbour plan?", weights=weights)
    named = [hit.statement is not None and hit.statement.speaker is not None for hit in hits]
    assert named == sorted(named, reverse=True)
    assert len(set(named)) == 2


def test_no_two_hits_show_the_same_words(snapshot):
    hits = found(snapshot, "What did Hill say about the harbour plan?")
    for i, hit in enumerate(hits):
        for other in hits[:i]:
            if hit.passage.document == other.passage.document:
                assert hit.span.overlap(other.span) * 2 <= min(len(hit.span), len(other.span))


def test_what_answers_lies_inside_its_passage_and_is_verbatim(snapshot):
    for hit in found(snapshot, "What happened to the coast road?"):
        if hit.statement is None:
            assert hit.passage.span.covers(hit.span)
        assert words(snapshot, hit).strip()


def test_a_filter_is_never_broken_and_does_not_hide_what_passes_it(snapshot):
    hits = found(snapshot, "Who talked about the harbour plan?", where=Filter(source="TASS"))
    documents = snapshot.documents({hit.passage.document for hit in hits})
    assert {document.source for document in documents.values()} == {"TASS"}
    assert found(snapshot, "Who talked about the harbour plan?", where=Filter(since="2018-01-01")) == []


def test_scores_fall_and_say_where_they_came_from(snapshot):
    hits = found(snapshot, "What did Hill say about the harbour plan?")
    assert [h.score for h in hits] == sorted((h.score for h in hits), reverse=True)
    assert {"dense", "lexical", "near", "topic", "words", "speaker", "context"} <= set(hits[0].scores)
    assert hits[0].ranks["lexical"] >= 1


def test_the_same_question_gives_the_same_hits(snapshot):
    assert found(snapshot, "Who was hurt in the storm?") == found(snapshot, "Who was hurt in the storm?")


PIER = "The council met to discuss the pier. The pier will be built of oak, the council decided.\n"


@pytest.mark.parametrize(
    "text",
    [
        "What did Hill say about the harbour plan?",
        "When was the coast road closed?",
        "A storm closed the coast road. Where did it move?",
        "harbour",
    ],
)
def test_what_is_left_unread_would_not_have_come_among_the_first(snapshot, text):
    everything = found(snapshot, text, k=1000)
    for k in range(1, len(everything) + 1):
        assert found(snapshot, text, k=k) == everything[:k]


@pytest.mark.parametrize(
    "text", ["What did Hill say about the harbour plan?", "Who was hurt?", "When was the road closed?"]
)
def test_nothing_scores_more_than_it_was_said_it_could_before_it_was_read(snapshot, monkeypatch, text):
    read, scores = Scale.read, []

    def held(scale, unit):
        scores.append((scale.most(unit), read(scale, unit).score))
        assert scale.may_reach(unit, scores[-1][1] - 1e-9)
        return read(scale, unit)

    monkeypatch.setattr(Scale, "read", held)
    assert found(snapshot, text, k=1000)
    assert all(most >= score - 1e-9 for most, score in scores)
    assert any(most > score for most, score in scores)


def test_a_clue_finds_the_place_and_the_question_beside_it_the_sentence(snapshot):
    clue = "The coast road was closed."
    told = found(snapshot, clue)[0]
    asked = found(snapshot, f"{clue} Where did the storm move in the evening?")[0]
    assert asked.passage == told.passage
    assert "closed the coast road" in words(snapshot, told)
    assert "The storm moved north in the evening" in words(snapshot, asked)
    assert "closed the coast road" not in words(snapshot, asked)


def test_results_of_one_article_are_put_apart_without_changing_the_first_or_which_ten_there_are(tmp_path):
    places = "harbour lighthouse market chapel station bridge mill school".split()
    for name, said in (("one", "is old"), ("two", "is old and dear")):
        text = "".join(f"# {place}\n\nThe pier of oak {said}, and the {place} is near.\n\n" for place in places)
        (tmp_path / f"{name}.md").write_text(text, encoding="utf-8")
    with indexed(tmp_path) as snapshot:
        plain, apart = (
            found(snapshot, "How old is the pier of oak?", k=16, weights=replace(NEWS, another=gain))
            for gain in (0.0, 0.04)
        )
    articles = [[hit.passage.document for hit in hits] for hits in (plain, apart)]
    assert len(set(articles[0][:3])) < len(set(articles[1][:3]))
    assert apart[0].passage == plain[0].passage
    assert {hit.passage.id for hit in apart[:SPREAD]} == {hit.passage.id for hit in plain[:SPREAD]}
    assert apart[SPREAD:] == plain[SPREAD:]
    scores = [hit.score for hit in apart]
    assert scores == sorted(scores, reverse=True)


@pytest.fixture(scope="module")
def papers(tmp_path_factory):
    """The same news, by other outlets on other days; only the last words of each tell them apart."""
    folder = tmp_path_factory.mktemp("papers")
    for source, date in (("TASS", "2016-03-01"), ("The Pier Post", "2017-01-30"), ("Reuters", "2017-05-02")):
        head = f"---\nsource: {source}\ndate: {date}\n---\n\n"
        (folder / f"{date}.md").write_text(head + PIER, encoding="utf-8")
    with indexed(folder) as snapshot:
        yield snapshot


@pytest.mark.parametrize(
    ("asked", "source"),
    [
        ("According to TASS, what will the pier be built of?", "TASS"),
        ("In the Pier Post articles, what will the pier be built of?", "The Pier Post"),
        ("What did the council decide about the pier in May 2017?", "Reuters"),
        ("What did the council decide about the pier in 2016?", "TASS"),
        ("What did the council decide about the pier in January?", "The Pier Post"),
        ("What was said about the pier since 2017-02-01?", "Reuters"),
    ],
)
def test_what_a_question_names_comes_first_and_the_rest_stays(papers, asked, source):
    parsed = question.parse(asked, sources=papers.sources())
    vectors = ENCODER.questions([parsed.text, parsed.matter])
    hits = search(papers, parsed, (vectors[0], vectors[1]))
    documents = papers.documents({hit.passage.document for hit in hits})
    assert documents[hits[0].passage.document].source == source
    assert len(documents) == 3


def test_what_a_question_names_never_breaks_a_filter(papers):
    parsed = question.parse("What will the pier be built of in 2016?")
    vectors = ENCODER.questions([parsed.text, parsed.topic])
    hits = search(papers, parsed, (vectors[0], vectors[1]), Filter(since="2017-01-01"))
    documents = papers.documents({hit.passage.document for hit in hits})
    assert {document.source for document in documents.values()} == {"The Pier Post", "Reuters"}


def test_a_role_finds_its_bearer(snapshot):
    assert {"Tom Hill"} <= set(who(snapshot, question.parse("What did Mayor Tom Hill say about work?")).names)


def test_a_clock_time_between_two_items_is_nobodys_words(tmp_path):
    (tmp_path / "a.txt").write_text(
        "Ann Lee says the pier is old.\n\n___.\n\n6:05 p.m.\n\nTom Hill is demanding a new pier.\n", encoding="utf-8"
    )
    with indexed(tmp_path) as snapshot:
        hits = found(snapshot, "Who talked about the pier?")
        assert hits
        assert "05 p.m" not in [words(snapshot, hit) for hit in hits]


def test_a_short_article_is_its_own_story_and_a_long_one_three_passages(tmp_path):
    about = "The pier at Vesterby was built of oak.\n"
    (tmp_path / "short.txt").write_text(about, encoding="utf-8")
    (tmp_path / "long.txt").write_text(about + "\nNobody came to see the trams on Monday.\n" * 60, encoding="utf-8")
    with indexed(tmp_path) as snapshot:
        hits = found(snapshot, "What was the pier at Vesterby built of?")
        paths = {id_: document.path for id_, document in snapshot.documents({h.passage.document for h in hits}).items()}
    [short] = [hit for hit in hits if paths[hit.passage.document].endswith("short.txt")]
    long = max((hit for hit in hits if hit is not short), key=lambda hit: hit.scores["context"])
    assert short.scores["story"] == short.scores["context"]
    assert long.scores["story"] < long.scores["context"]


def test_fusing_is_the_weighted_mean_of_the_legs():
    legs = {
        name: np.array([a, b])
        for name, (a, b) in {"dense": (1.0, 0.0), "lexical": (0.0, 1.0), "title": (0.0, 0.0)}.items()
    }
    fused = fuse(legs)
    total = WORDS.dense + WORDS.lexical + WORDS.title
    assert fused == pytest.approx([WORDS.dense / total, WORDS.lexical / total])


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("When was the pier opened?", True),
        ("According to tradition, what does a shadow mean?", True),
        ("According to Jane Roe, what went wrong?", False),
        ("What did Jane Roe say about the harbour?", False),
        ("Who said the harbour is full?", False),
    ],
)
def test_a_question_for_facts_is_told_from_one_for_words(snapshot, text, facts):
    asked = question.parse(text)
    assert asks_for_facts(asked, who(snapshot, asked)) is facts


@given(st.text("aZé5.'’- \n東\u0301", max_size=12), st.integers(0, 12), st.integers(0, 12))
def test_a_word_is_there_where_folding_and_cutting_finds_one(text, one, other):
    span = Span(*sorted((min(one, len(text)), min(other, len(text)))))
    assert has_a_word([span], text) is any(word.isalpha() for word in words_of(span.of(text)))


def test_vectors_that_come_later_give_the_same_hits(snapshot):
    asked = question.parse("What did Hill say about the harbour plan?")
    vectors = tuple(ENCODER.questions([asked.text, asked.topic]))
    later = Future()
    threading.Timer(0.05, later.set_result, [np.array(vectors)]).start()
    assert search(snapshot, asked, later) == search(snapshot, asked, vectors)


@pytest.mark.parametrize(
    "text", ["Who was hurt in the storm?", "What did the boats leave already? When?", "how much would the plan cost"]
)
def test_leaving_statements_out_where_facts_are_asked_for_changes_no_hit(snapshot, monkeypatch, text):
    assert asks_for_facts(question.parse(text), who(snapshot, question.parse(text)))
    without = found(snapshot, text)
    assert without
    monkeypatch.setattr(Reader, "_statements_count", lambda _: True)
    assert found(snapshot, text) == without


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("Who opened the pier?", True),
        ("Which ship left the harbour?", True),
        ("What happened at the harbour this week?", True),
        ("How long is the pier?", False),
        ("What is the pier built of?", False),
    ],
)
def test_a_title_counts_where_what_is_new_is_asked_for_or_a_name_that_it_has(tmp_path, text, counts):
    (tmp_path / "pier.md").write_text(
        "---\ntitle: Jane Roe and the Blue Tern at the pier\n---\n\nThe pier at the harbour was opened by Jane Roe.\n",
        "utf-8",
    )
    with indexed(tmp_path) as snapshot:
        [hit, *_] = found(snapshot, text)
    assert ("subject" in hit.scores) is counts


def test_a_detail_is_told_by_the_sentence_that_is_near_not_by_the_passage(tmp_path):
    filler = "The harbour of the town has boats and a market, and ships come to the town from far away. " * 3
    (tmp_path / "one.txt").write_text(f"{filler}The oak for the pier came from Vesterby.\n", encoding="utf-8")
    (tmp_path / "two.txt").write_text(
        "The pier was built of oak. Oak for boats came from there too.\n", encoding="utf-8"
    )
    text = "where did the oak for the pier come from"
    with indexed(tmp_path) as snapshot:
        for weights, best in ((FACTS, "came from Vesterby"), (NEWS, "was built of oak")):
            assert best in words(snapshot, found(snapshot, text, weights=weights)[0])


@pytest.mark.parametrize(("filler", "parts"), [("", 2), ("and a pier of stone and a wall of oak " * 8, 1)])
def test_a_short_quotation_is_one_answer_whatever_it_goes_on_to_touch(tmp_path, filler, parts):
    text = (
        f"“The harbour plan will ruin the fishing fleet,” Jane Roe said. “Nobody asked my old mother {filler}once.”\n"
    )
    (tmp_path / "one.txt").write_text(text, encoding="utf-8")
    with indexed(tmp_path) as snapshot:
        assert len(found(snapshot, "What did Jane Roe say about the harbour plan?")[0].parts) == parts
