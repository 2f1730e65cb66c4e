"""Who a question asks about is who holds the office, and nobody beside him."""

import pytest

from index.build import update
from index.store import open_store
from qa.question import parse
from qa.speakers import KNOWN, who
from tests.toy import ToyEncoder

TEXT = """Port Authority director Ann Poe said the piers were safe.

Fred Hill, the mayor's ethics adviser, said that he left. A spokesman for Mayor Jim Roe said the mayor would stay.

Tarn finance minister Eva Moss said taxes would rise. “Who is the head of it?” John Kay asked.
"""


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory):
    folder = tmp_path_factory.mktemp("articles")
    (folder / "a.txt").write_text(TEXT, encoding="utf-8")
    with open_store(folder / ".qa", create=True) as store:
        update(store, [folder], ToyEncoder())
        with store.snapshot() as snapshot:
            yield snapshot


@pytest.mark.parametrize(
    ("speaker", "meant"),
    [
        ("the head of the Port Authority", {"Ann Poe"}),
        ("the Port Authority director", {"Ann Poe"}),
        ("Jim Roe's spokesman", {"a spokesman for Mayor Jim Roe"}),
        ("the Tarn finance minister", {"Eva Moss"}),
        ("the head of the WHO", set()),
    ],
)
def test_an_office_means_who_holds_it(snapshot, speaker, meant):
    found = who(snapshot, parse(f"What did {speaker} say about taxes?")).names
    assert {name for name, fit in found.items() if fit >= KNOWN} == meant
