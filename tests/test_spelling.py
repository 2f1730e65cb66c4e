"""qa.spelling: what stands in no article is read as what does, a slip away, and nothing else is touched."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.build import update
from index.encode import load_encoder
from index.store import open_store
from qa.answer import ask
from qa.render.data import json
from qa.spelling import respelt, rewritten
from tests.toy import ToyEncoder

ARTICLES = {
    "harbour.md": "---\ntitle: Harbour closed\n---\n\n“The harbour is silting up,” Greta Lindqvist said. "
    "Mosko's letter answers the NAACP and PolitiFact. Madam Secretary signed for peace, and tested the space.\n",
    "lgbt.md": "The LGBT festival was borrowing tables. The sterling fell. Label it.\n",
}
SEEDS = Path(__file__).parent.parent / "seeds"
ENGLISH = {"towel", "harbor", "unseal", "seal", "read"}


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory):
    place = tmp_path_factory.mktemp("spelling")
    for name, text in ARTICLES.items():
        (place / name).write_text(text, encoding="utf-8")
    with open_store(place / ".qa", create=True) as store:
        update(store, [place], ToyEncoder())
        with store.snapshot() as opened:
            yield opened


def meant(snapshot, text):
    return dict(respelt(text, snapshot, ENGLISH.__contains__))


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("What did Msoko say about the harbour?", {"Msoko": "Mosko"}),  # two exchanged
        ("What did Lindqist say about the harbour?", {"Lindqist": "Lindqvist"}),  # one left out
        ("What did Lindqqvist say about the harbour?", {"Lindqqvist": "Lindqvist"}),  # one put in
        ("What did Lindqvast say about the harbour?", {"Lindqvast": "Lindqvist"}),  # one for another
        ("what did lindqist say about the harbuor?", {"lindqist": "lindqvist", "harbuor": "harbour"}),
        ("What did Lindqist's aide say about Lindqist?", {"Lindqist": "Lindqvist"}),
        ("What did the NAAPC say about tables?", {"NAAPC": "NAACP"}),
        ("What did PolitFact say about tables?", {"PolitFact": "PolitiFact"}),
        ("What was the festival borowing?", {"borowing": "borrowing"}),
        ("waht did Lindqvist say abuot the harbour?", {"waht": "what", "abuot": "about"}),
        ("How did Lindqvist renct to the festival?", {"renct": "react"}),
        ("What did Lindqvist sya of the harbour?", {"sya": "say"}),
    ],
)
def test_one_slip_in_a_word_is_seen(snapshot, typed, right):
    assert meant(snapshot, typed) == right


@pytest.mark.parametrize(
    "typed",
    [
        "What did Lindqvist say about the harbour?",
        "What did Lindqvist say about the towels?",  # in no article, but English
        "What did Lindqvist say of the unsealed harbour?",
        "What did Lindqvist say about “Msoko”?",  # as it is quoted
        "What did Tester say about the harbour?",  # no "tested", which is no name
        "What did Pence say about the harbour?",  # no "peace"
        "what did pence say about the harbour?",
        "What did McAdam say about the harbour?",  # no "Madam"
        "What did SpaceX say about the harbour?",  # no "space"
        "What did the LGBTQ festival say about tables?",
        "What did Merry say about the harbour?",  # another first letter: no "Ferry"
        "whos the one who didnt say it, and why wont Lindqvist",
        "Was sagte Lindqist zum Hafen von Oslo?",  # most of it is no English
        "e-mial to Lindqvist@harbuor.se about 2012",
        "",
    ],
)
def test_what_may_be_meant_so_stays(snapshot, typed):
    assert meant(snapshot, typed) == {}


@given(st.text(max_size=80))
def test_what_is_read_stands_in_an_article_or_carries_the_form(snapshot, text):
    words = meant(snapshot, text)
    corpus = " ".join(ARTICLES.values()).casefold()
    assert all(meant(snapshot, f"What did {right} say?") == {} for right in words.values())
    assert all(right.casefold() in corpus or len(right) < 12 for right in words.values())
    assert rewritten(text, {}) == text


@pytest.fixture(scope="module")
def seeds(tmp_path_factory):
    with open_store(tmp_path_factory.mktemp("spelt") / "index", create=True) as store:
        update(store, [SEEDS], load_encoder())
        yield store


@pytest.mark.parametrize(
    "typed",
    [
        "What did Larvov say about Iran's participation?",
        "What did Lavov say about Iran's participation?",
        "What did Lavrov say abuot Iran's participation?",
        "What did Lavrov say about Irna's participation?",
        "What did Lavrov say about Iran's particpiation?",
        "What did Lavrov say about Iran's parricipation?",
        "Waht did Lavrov say about Iran's participation?",
    ],
)
def test_a_slip_gives_the_same_answer_and_a_note_that_says_so(seeds, typed):
    right = "What did Lavrov say about Iran's participation?"
    answer, expected = ask(seeds, typed), ask(seeds, right)
    assert answer.answered
    assert [c.highlights for c in answer.citations] == [c.highlights for c in expected.citations]
    assert answer.question.typed == typed
    assert answer.question.text == right
    assert json(answer)["question"] == typed
    assert sum("it is read as" in notice for notice in answer.notices) == 1


def test_where_what_was_meant_has_no_answer_either_the_refusal_is_of_what_was_typed(seeds):
    answer = ask(seeds, "What did Anann say about Lavorv's zeppelins?")
    assert not answer.answered
    assert answer.question.typed is None
    assert "zeppelins" in str(answer.refusal)
