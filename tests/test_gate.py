"""The gate holds, and it can fail."""

import gzip
import json

import pytest

from index.encode import load_encoder
from index.letters import fold
from qa.evaluate import Evaluation, Measure, load
from tests import sets
from tests.gate import FLOORS, GOLD, complaints, digest, main, measured, raised
from tests.sets import ROOT, Part, laid_out

SPECS = json.loads(FLOORS.read_text(encoding="utf-8"))
SPEC = {"data": "abc", "noise": 0.01, "floors": {"P@1": 0.8}}


def result(value):
    return Evaluation((), (Measure("P@1", value, 0.0, 1.0, 10),))


@pytest.mark.parametrize("name", ["seeds", "written", "mistyped"])
def test_what_lies_in_the_repository_is_answered_as_well_as_it_was(name, tmp_path):
    parts = laid_out(name, tmp_path)
    assert list(complaints(SPECS[name], digest(parts), measured(parts, load_encoder()))) == []


@pytest.mark.parametrize(
    ("questions", "folder"), [("seeds.jsonl", ROOT / "seeds"), ("written.jsonl", GOLD / "articles")]
)
def test_the_gold_spans_are_verbatim(questions, folder):
    for line in (GOLD / questions).read_text(encoding="utf-8").splitlines():
        for gold in json.loads(line).get("gold", ()):
            [path] = folder.glob(f"{gold['article']}.*")
            assert path.read_bytes().decode()[gold["start"] : gold["end"]] == gold["text"]


def test_the_gold_words_stand_in_their_article():
    for question in load(GOLD / "written.jsonl"):
        for gold in question.gold:
            if gold.words:
                [path] = (GOLD / "articles").glob(f"{gold.article}.*")
                assert any(word in fold(path.read_text(encoding="utf-8")) for word in gold.words), question.text


def test_a_measure_below_its_floor_is_a_complaint():
    assert list(complaints(SPEC, "abc", result(0.8))) == []
    assert "below its floor" in next(complaints(SPEC, "abc", result(0.79)))


def test_data_that_changed_is_a_complaint():
    assert "the data is not" in next(complaints(SPEC, "abd", result(0.9)))


def test_data_changes_with_any_byte_of_any_article(tmp_path):
    questions = tmp_path / "questions.jsonl"
    questions.write_text("{}")
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "one.txt").write_text("one")
    before = digest([Part(folder, questions)])
    (folder / "one.txt").write_text("two")
    assert digest([Part(folder, questions)]) != before


def test_floors_rise_by_themselves_and_fall_only_when_told():
    assert raised(SPEC, result(0.9), regression=False) == {"P@1": pytest.approx(0.89)}
    assert raised(SPEC, result(0.5), regression=False) == {"P@1": 0.8}
    assert raised(SPEC, result(0.5), regression=True) == {"P@1": pytest.approx(0.49)}


def test_a_set_that_is_not_here_is_skipped_with_its_reason(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sets, "DATA", tmp_path / "nowhere")
    monkeypatch.setattr("sys.argv", ["gate", "news", "squad2", "trec_qa", "who_said", "who_said_mistyped"])
    assert main() == 0
    assert capsys.readouterr().out.count("is not on this machine") == 5


def test_every_set_has_floors_and_the_hash_of_its_data():
    assert set(SPECS) == {"seeds", "written", "mistyped", "who_said", "who_said_mistyped", "news", "squad2", "trec_qa"}
    for spec in SPECS.values():
        assert all(0 < floor <= 1 for floor in spec["floors"].values())
        assert len(spec["data"]) == 16


def squad(folder):
    """One subject of two paragraphs: an answerable question on the first, another kind on the second."""
    asked = {"id": "a", "question": "Who built it?", "is_impossible": False, "answers": [{"text": "Roe"}]}
    none = {"id": "b", "question": "Who sank it?", "is_impossible": True, "answers": []}
    paragraphs = [{"context": "Roe built it.", "qas": [asked]}, {"context": "It rained.", "qas": [none]}]
    (folder / "squad2").mkdir()
    with gzip.open(folder / "squad2" / "dev_part.json.gz", "wt") as file:
        json.dump({"data": [{"title": "Pier", "paragraphs": paragraphs}]}, file)


def test_a_paragraph_of_squad_is_an_article_and_its_questions_name_it(tmp_path, monkeypatch):
    squad(tmp_path)
    monkeypatch.setattr(sets, "DATA", tmp_path)
    [part] = laid_out("squad2", tmp_path / "out")
    assert sorted(path.name for path in part.articles.iterdir()) == ["Pier-000.txt", "Pier-001.txt"]
    first, second = load(part.questions)
    assert ([g.article for g in first.gold], first.answerable) == (["Pier-000"], True)
    assert (second.gold, second.answerable) == ((), False)


def test_a_fit_sees_no_question_of_squad_that_is_measured_nor_any_on_a_subject_kept_back(tmp_path, monkeypatch):
    def asked(name, none):
        return {"id": name, "question": "Who?", "is_impossible": none, "answers": [] if none else [{"text": "Roe"}]}

    subjects = [
        {"title": title, "paragraphs": [{"context": "Roe.", "qas": [asked(f"{title} {n}", n % 2) for n in range(400)]}]}
        for title in ("Pier", *sets.KEPT_BACK)
    ]
    (tmp_path / "squad2").mkdir()
    with gzip.open(tmp_path / "squad2" / "dev_part.json.gz", "wt") as file:
        json.dump({"data": subjects}, file)
    monkeypatch.setattr(sets, "DATA", tmp_path)
    measured_by, fitted = (
        {question.id for question in load(laid_out(name, tmp_path / name)[0].questions)}
        for name in ("squad2", "squad2_rest")
    )
    assert measured_by
    assert not measured_by & fitted
    assert {name.partition(" ")[0] for name in fitted} == {"Pier"}


def test_only_trec_questions_with_right_and_wrong_candidates_are_asked(tmp_path, monkeypatch):
    candidates = [
        {"label": 1, "sentence": "Roe built the pier ."},
        {"label": 0, "sentence": "It rained ( `` hard '' ) ."},
    ]
    rows = [
        {"id": "1", "split": "dev", "question": "Who built it ?", "candidates": candidates},
        {"id": "2", "split": "dev", "question": "Who built it ?", "candidates": candidates[:1]},
        {"id": "3", "split": "train", "question": "Who built it ?", "candidates": candidates},
    ]
    (tmp_path / "trec_qa").mkdir()
    with gzip.open(tmp_path / "trec_qa" / "questions.jsonl.gz", "wt") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    monkeypatch.setattr(sets, "DATA", tmp_path)
    [part] = laid_out("trec_qa", tmp_path / "out")
    assert (part.articles / "001.txt").read_text() == "It rained (“hard”).\n"
    [asked] = load(part.questions)
    assert (asked.text, [gold.article for gold in asked.gold]) == ("Who built it?", ["000"])
