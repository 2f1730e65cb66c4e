"""How sure a fact is follows from what its passage and its words say: another name, or a denial, is another question."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.build import update
from index.store import open_store
from index.types import Passage, Span
from qa import question
from qa.confidence import ASKED, OPEN, OPEN_EACH, answered, evidence
from qa.retrieve import search
from qa.types import Hit
from tests.toy import ToyEncoder
from training.calibrate import fit

ARTICLES = {
    "ferry.md": "---\ntitle: The ferry of Norholm sails again\ndate: 2016-03-14\n---\n\n"
    "The Lindau Line owns the ferry of Norholm since March. Harbour master Ida Brandt owns a boat.\n"
    "A ticket for the ferry costs nine crowns.\n",
    "strike.txt": "The welders of Vesterby never joined the strike of the dockers. It lasted nine days.\n",
}
ENCODER = ToyEncoder()


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory):
    folder = tmp_path_factory.mktemp("articles")
    for name, text in ARTICLES.items():
        (folder / name).write_text(text, encoding="utf-8")
    with open_store(folder / ".qa", create=True) as store:
        update(store, [folder], ENCODER)
        with store.snapshot() as snapshot:
            yield snapshot


def shown(snapshot, text):
    """The question, its hits, and what is known of the first."""
    asked = question.parse(text)
    vectors = ENCODER.questions([asked.text, asked.matter])
    hits = search(snapshot, asked, (vectors[0], vectors[1]), k=20)
    return asked, hits, evidence(asked, hits)


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("Who owns the ferry?", True),  # names nobody
        ("Who owns the ferry of Norholm?", True),
        ("Who owns the ferry of Vesterby?", False),
        ("Since when does the Lindau Line own the ferry of Norholm?", True),
        ("Do 9 sailors own the ferry of Norholm?", False),
        ("Who owns the ferry of Norholm in 2016?", True),  # the year it was written in
    ],
)
def test_words_about_another_are_no_answer_about_the_one_named(snapshot, text, held):
    assert shown(snapshot, text)[2]["names"] == held


def test_the_title_may_name_what_the_words_do_not(snapshot):
    _, hits, found = shown(snapshot, "What does a ticket cost in Norholm?")
    text = snapshot.documents([hits[0].passage.document])[hits[0].passage.document].text
    assert "Norholm" not in " ".join(part.of(text) for part in hits[0].parts)
    assert found["names"] == 1.0


@pytest.mark.parametrize(
    ("text", "agree"),
    [
        ("Who owns the ferry of Norholm?", True),
        ("Who does not own the ferry of Norholm?", False),
        ("Who refused to own the ferry of Norholm?", False),
        ("Who owns the ferry “Never Late” of Norholm?", True),  # a name
        ("Which welders didn't join the strike?", True),  # the article denies it too
        ("Which welders joined the strike?", True),  # what is not so may be the answer
    ],
)
def test_what_denies_is_not_answered_by_words_that_deny_nothing(snapshot, text, agree):
    assert shown(snapshot, text)[2]["agree"] == agree


@pytest.mark.parametrize("other", ["Who owns the ferry of Vesterby?", "Who doesn't own the ferry of Norholm?"])
def test_another_name_or_a_denial_makes_an_answer_less_sure(snapshot, other):
    asked, hits, _ = shown(snapshot, "Who owns the ferry of Norholm?")
    changed, less, _ = shown(snapshot, other)
    assert answered(changed, less) < answered(asked, hits)


def test_what_an_article_or_a_question_lacks_is_no_evidence(snapshot):
    _, [untitled, *_], _ = shown(snapshot, "How many days did the strike last?")
    _, [titled, *_], _ = shown(snapshot, "What did a ticket cost this week?")
    assert not {"title", "subject", "named"} & set(untitled.scores)
    assert {"title", "subject"} <= set(titled.scores)
    assert "named" not in titled.scores
    assert "named" in shown(snapshot, "What did a ticket cost in March 2016?")[1][0].scores


@given(value=st.floats(0, 1), lacking=st.sets(st.sampled_from(["title", "subject", "named"])))
def test_how_near_a_hit_is_does_not_depend_on_how_much_there_is_to_judge_by(value, lacking):
    names = {"dense", "lexical", "title", "story", "subject", "named", "around", "names", "agree"} - lacking
    hit = Hit(Passage("a", Span(0, 1), (Span(0, 1),), 1), 1.0, dict.fromkeys(names, value))
    assert evidence(question.parse("Why?"), [hit])["near"] == pytest.approx(value)


@given(
    st.sampled_from(["dense", "lexical", "title", "story", "subject", "around", "names", "agree"]), st.floats(0, 0.5)
)
def test_no_evidence_for_an_answer_makes_it_less_probable(name, more):
    scores = dict.fromkeys(("dense", "lexical", "title", "story", "subject", "around", "names", "agree"), 0.5)
    less, nearer = (
        Hit(Passage("a", Span(0, 1), (Span(0, 1),), 1), 1.0, scores | {name: 0.5 + by}) for by in (0.0, more)
    )
    asked = question.parse("Why?")
    assert answered(asked, [less]) <= answered(asked, [nearer])
    assert answered(asked, [less, replace(less, score=0.5)]) >= answered(asked, [less, less])


def test_every_piece_of_evidence_speaks_for_an_answer():
    assert all(weight > 0 for fit in (ASKED, OPEN) for weight in fit.weights.values())
    assert OPEN_EACH.weights["behind"] < 0 < OPEN_EACH.weights["odds"]


def test_a_question_that_counts_twice_counts_as_two():
    rows, right = np.array([[0.1, 1.0], [0.4, -1.0], [0.9, 0.5], [0.7, 0.2]]), np.array([0.0, 0.0, 1.0, 1.0])
    twice = fit(rows, right, np.array([1.0, 2.0, 1.0, 1.0]))
    assert twice == pytest.approx(fit(np.vstack([rows, rows[1:2]]), np.append(right, 0.0), np.ones(5)))
