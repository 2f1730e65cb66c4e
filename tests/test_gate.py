"""The gate holds, and it can fail."""

import json
from pathlib import Path

import pytest

from index.encode import load_encoder
from qa.evaluate import Evaluation, Measure
from tests.gate import FLOORS, GOLD, ROOT, articles, complaints, digest, measured, raised

SPECS = json.loads(FLOORS.read_text(encoding="utf-8"))
SPEC = {"data": "abc", "noise": 0.01, "floors": {"P@1": 0.8}}


def result(value):
    return Evaluation((), (Measure("P@1", value, 0.0, 1.0, 10),))


def test_the_seeds_are_answered_as_well_as_they_were():
    spec = SPECS["seeds"]
    folder = ROOT / spec["folder"]
    found = measured(spec, folder, load_encoder())
    assert list(complaints(spec, digest(spec, folder), found)) == []


def test_the_gold_spans_of_the_seeds_are_verbatim():
    for line in (GOLD / "seeds.jsonl").read_text(encoding="utf-8").splitlines():
        for gold in json.loads(line)["gold"]:
            text = (ROOT / "seeds" / f"{gold['article']}.txt").read_text(encoding="utf-8")
            assert text[gold["start"] : gold["end"]] == gold["text"]


def test_a_measure_below_its_floor_is_a_complaint():
    assert list(complaints(SPEC, "abc", result(0.8))) == []
    assert "below its floor" in next(complaints(SPEC, "abc", result(0.79)))


def test_data_that_changed_is_a_complaint():
    assert "the data is not" in next(complaints(SPEC, "abd", result(0.9)))


def test_data_changes_with_any_byte_of_any_article(tmp_path):
    spec = {"questions": "tests/gold/seeds.jsonl"}
    (tmp_path / "one.txt").write_text("one")
    before = digest(spec, tmp_path)
    (tmp_path / "one.txt").write_text("two")
    assert digest(spec, tmp_path) != before


def test_floors_rise_by_themselves_and_fall_only_when_told():
    assert raised(SPEC, result(0.9), regression=False) == {"P@1": pytest.approx(0.89)}
    assert raised(SPEC, result(0.5), regression=False) == {"P@1": 0.8}
    assert raised(SPEC, result(0.5), regression=True) == {"P@1": pytest.approx(0.49)}


def test_a_set_whose_articles_are_absent_is_skipped_with_its_reason(tmp_path):
    folder, reason = articles({"unpack": ["nowhere/unpack.py", "news"]}, tmp_path)
    assert folder is None
    assert "nowhere/unpack.py is not on this machine" in reason


def test_every_set_names_its_questions_and_floors():
    for spec in SPECS.values():
        assert spec["floors"]
        assert spec["questions"].endswith(".jsonl")
        assert Path(ROOT / spec.get("folder", ".")).exists()
