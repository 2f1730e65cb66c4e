"""Near-identical articles: found whatever a newsroom did to them, told from others on the same matter."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from index import copies
from index.build import update
from index.copies import alike, contained, is_copy, pack, sketch_of, unpack
from index.store import open_store, snapshot
from qa.answer import ask
from qa.versions import compare, versions
from tests.toy import ToyEncoder

WORDS = [f"{a}{b}{c}" for a in "bdfglmnprst" for b in "aeiou" for c in "klmnrst"]
SAID = "“The old harbour must never be filled in with concrete, whatever it costs us,” Jane Roe said on Monday."


def story(seed: int, paragraphs: int = 12) -> list[str]:
    """Paragraphs that no other seed has."""
    chance = random.Random(seed)
    return [" ".join(chance.choices(WORDS, k=40)).capitalize() + "." for _ in range(paragraphs)]


def text(paragraphs: list[str]) -> str:
    return "\n\n".join(paragraphs)


EDITS = {
    "cut": lambda p: p[:5],
    "cut from the front": lambda p: p[6:],
    "another opening": lambda p: ["Our desk has learnt this today from people who know.", *p[1:]],
    "a note at the end": lambda p: [*p, "This story was corrected. An earlier version was wrong."],
    "a word in fifty": lambda p: [" ".join("other" if n % 50 == 7 else w for n, w in enumerate(q.split())) for q in p],
    "capitals and space": lambda p: [q.upper().replace(" ", "  ") for q in p],
}


@pytest.mark.parametrize("edit", EDITS)
def test_an_edited_story_is_a_copy_of_it(edit):
    original = story(1)
    assert is_copy(sketch_of(text(original)), sketch_of(text(EDITS[edit](original))))


def test_other_stories_are_no_copies_and_neither_is_one_that_quotes_or_shares_its_end():
    one, other = story(1), story(2)
    assert contained(sketch_of(text(one)), sketch_of(text(other))) == 0
    assert not is_copy(sketch_of(text(one)), sketch_of(text([*other[:6], one[3], one[4], *other[6:]])))
    background = story(3, 20)  # the same under both, and longer than either
    assert not is_copy(sketch_of(text(one + background)), sketch_of(text(other + background)))


def test_what_is_too_short_to_say_is_no_copy():
    assert not is_copy(sketch_of(SAID), sketch_of(SAID))
    assert contained(sketch_of(""), sketch_of("")) == 0


def test_words_in_scripts_without_spaces_are_compared_too():
    chance = random.Random(4)
    one = "".join(chance.choices("市長星期一在記者會上表示這座橋將冬天之前修好漁民們對計劃歡迎希望工程早日開始", k=900))
    assert is_copy(sketch_of(one), sketch_of(one[:500]))


def test_a_sketch_is_stored_as_it_was():
    of = sketch_of(text(story(5)))
    again = unpack(pack(of))
    assert (again.whole.tolist(), again.opening.tolist()) == (of.whole.tolist(), of.opening.tolist())
    assert set(of.opening.tolist()) <= set(of.whole.tolist())
    assert of.whole.tolist()[:3] == [10842032, 104114404, 104172488], (
        "another hash: the format of the index has changed"
    )


def test_looking_up_by_anchors_finds_what_comparing_all_finds():
    chance = random.Random(6)
    texts = {}
    for seed in range(30):
        original = story(seed)
        texts[f"{seed}"] = original
        texts[f"{seed} cut"] = original[: chance.randrange(4, 12)]
        texts[f"{seed} late"] = original[chance.randrange(8) :]
    sketches = {name: sketch_of(text(paragraphs)) for name, paragraphs in texts.items()}
    names = list(sketches)
    every = {(a, b) for n, b in enumerate(names) for a in names[:n] if is_copy(sketches[a], sketches[b])}
    assert set(alike(sketches.items())) == every
    assert len(every) > 60


# --- In an index ------------------------------------------------------------------------------------------------------


@pytest.fixture
def carried(store, folder):
    """A story in four articles: as it was, cut, re-headed, with its quotation corrected; and another story."""
    base = [SAID, *story(7)]
    made = {
        "wire.md": ("2020-03-02", base),
        "cut.md": ("2020-03-03", base[:7]),
        "headed.md": ("2020-03-01", ["Our desk has learnt this from people who know.", *base]),
        "corrected.md": ("2020-03-04", [SAID.replace("whatever it costs", "if it can be paid for by"), *base[1:]]),
        "other.md": ("2020-03-05", story(8)),
    }
    for name, (day, paragraphs) in made.items():
        title = name.removesuffix(".md").capitalize()
        (folder / name).write_text(f"---\ntitle: {title}\ndate: {day}\n---\n\n{text(paragraphs)}\n", encoding="utf-8")
    update(store, [folder], ToyEncoder())
    return store


def names(documents) -> list[str]:
    return [Path(document.path).name for document in documents]


def by_name(snapshot, name: str):
    return next(document for document in snapshot.every_document() if Path(document.path).name == name)


def test_the_store_knows_the_copies_of_an_article(carried):
    with carried.snapshot() as snapshot:
        ids = {Path(document.path).name: document.id for document in snapshot.every_document()}
        group = {"wire.md", "cut.md", "headed.md", "corrected.md"}
        for name in group:
            assert snapshot.copies(ids[name]) == sorted(ids[other] for other in group - {name})
        assert snapshot.copies(ids["other.md"]) == []
        assert snapshot.copies("0" * 32) == []


@pytest.mark.parametrize(("reports", "ahead"), [(5, True), (40, False)])
def test_of_reports_from_one_template_copies_are_looked_for_only_when_asked(store, folder, monkeypatch, reports, ahead):
    monkeypatch.setattr(snapshot, "PAIRS", 1000)
    compared: list[bool] = []
    monkeypatch.setattr(copies, "is_copy", lambda *both: compared.append(True) or is_copy(*both))
    for number in range(reports):
        (folder / f"{number}.txt").write_text(text([f"This is the report of day {number}.", *story(1)]))
    update(store, [folder], ToyEncoder())
    with store.snapshot() as opened:
        opened.read_ahead(lambda: False)
        assert bool(compared) == ahead
        assert all(len(opened.copies(id_)) == reports - 1 for id_ in opened.document_ids())


def test_a_removed_article_is_no_copy_any_more(carried, folder):
    (folder / "cut.md").unlink()
    update(carried, [folder], ToyEncoder())
    with carried.snapshot() as snapshot:
        found = snapshot.documents(snapshot.copies(by_name(snapshot, "wire.md").id))
        assert sorted(names(found.values())) == ["corrected.md", "headed.md"]
    assert carried.check() == []


def test_one_answer_names_all_who_carry_its_words_oldest_first(carried):
    answer = ask(carried, "What did Jane Roe say about the harbour?", encoder=ToyEncoder())
    cited = answer.citations or answer.nearest  # how sure the toy encoder makes an answer is not the matter here
    first = cited[0]
    carriers = [*names(first.copies), Path(first.document.path).name]
    assert sorted(carriers)[-3:] == ["cut.md", "headed.md", "wire.md"] or "corrected.md" in carriers
    days = [copy.date for copy in first.copies]
    assert days == sorted(days)
    shown = [(c.document.id, c.highlights) for c in cited]
    assert len(shown) == len(set(shown))
    assert [c.rank for c in cited] == list(range(1, len(shown) + 1))


def test_versions_say_which_words_differ_and_nothing_else(carried):
    with carried.snapshot() as snapshot:
        document = by_name(snapshot, "wire.md")
        found = {Path(version.document.path).name: version for version in versions(snapshot, document)}
    assert list(found) == ["headed.md", "cut.md", "corrected.md"]
    [change] = found["corrected.md"].changes
    other = found["corrected.md"].document
    assert [span.of(document.text) for span in change.before] == [SAID]
    assert [span.of(document.text) for span in change.words_before] == ["whatever", "costs"]
    assert [span.of(other.text) for span in change.words_after] == ["if", "can be paid for by"]
    [added] = found["headed.md"].changes
    assert (added.before, added.after[0].of(found["headed.md"].document.text)[:8]) == ((), "Our desk")
    [gone] = found["cut.md"].changes
    assert (len(gone.before), gone.after) == (6, ())


def test_an_article_is_no_other_version_of_itself(carried):
    with carried.snapshot() as snapshot:
        document = by_name(snapshot, "wire.md")
        assert compare(document, document) == ()


def test_copies_survive_a_second_opening(carried, tmp_path):
    with open_store(tmp_path / "index") as again, again.snapshot() as snapshot:
        assert len(snapshot.copies(by_name(snapshot, "wire.md").id)) == 3
    assert copies.RUN == 5
