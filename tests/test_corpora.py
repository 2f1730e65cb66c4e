"""What holds over whole corpora of real articles, which cannot lie in the repository: skipped where they are absent."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from benchmarks.copies import alike_in_basil, articles, compared
from index.build import update
from index.store import Store
from tests.sets import DATA, Absent, unpacked
from tests.toy import ToyEncoder

pytestmark = [pytest.mark.corpus, pytest.mark.slow]


def corpus(name: str, scratch: Path, most: int) -> Path:
    try:
        return unpacked(name, scratch, most)
    except Absent as absent:
        pytest.skip(str(absent))


@pytest.mark.parametrize("name", ["news", "reuters", "mfa"])
def test_every_article_has_its_day_its_outlet_and_its_language(store: Store, tmp_path: Path, name: str):
    """Tables of earnings and posts of three words are in no language that could be told."""
    folder = corpus(name, tmp_path, 300)
    report = update(store, [folder], ToyEncoder())
    assert (report.indexed, report.skipped) == (300, ())
    with store.snapshot() as snapshot:
        stats = snapshot.stats()
    assert (stats.stated["date"], stats.stated["source"]) == (300, 300)
    assert set(stats.languages) == {"en"}
    assert stats.languages["en"] >= 0.9 * 300


def test_copies_are_told_from_articles_on_one_matter(tmp_path: Path):
    """The precision and recall of `python -m benchmarks.copies`, over a part of its articles."""
    result = compared(articles(corpus("news", tmp_path, 500)), random.Random(1))
    assert result.made.total() > 1_000
    assert result.found.total() >= 0.95 * result.made.total()
    assert len(result.wrong) <= 0.02 * len(result.pairs)


def test_one_event_told_by_three_outlets_is_no_copy():
    file = DATA / "basil" / "articles.jsonl.gz"
    if not file.exists():
        pytest.skip("../shared/data/basil is not on this machine")
    assert alike_in_basil(file)[0] == 0
