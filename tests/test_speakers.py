"""Who a question asks about is who holds the office, and nobody beside him."""

import pytest

from index.build import update
from index.store import open_store
from qa.question import parse
from qa.speakers import KNOWN, who
from tests.toy import ToyEncoder

TEXT = """Port Authority director Ann Poe said the piers were safe.

Fred Hill, the mayor's ethics adviser, said that he left. A spokesman for Mayor Jim Roe said the mayor would stay.

Norwegian Foreign Minister Olav Berg said taxes on fish would fall. Danish Foreign Minister Mette Lund said that they would
rise. “They will not,” Foreign Minister Berg said after a call with the Prime Minister of Sweden Karin Holm. Danish ambassador
to Norway Jens Dahl said taxes were low. Former Danish President Nils Krog said taxes were high.

Ida Lind, a spokeswoman for the Bank of Tarn, said that interest would fall. Former Finnish Ambassador to the UN Ole Hauge
said that he had spoken. “We were late,” Finnish Ambassador to the UN Pia Strand said. Dr. Una Voss, president of the Eel
Club, said that eels were fish. “Children are cold,” said Tove Dale, a nurse at Tarn Hospital for Children.

Tarn finance minister Eva Moss said taxes would rise. “Who is the head of it?” John Kay asked.
"""
OTHER = """Tom Berg of the fish council said that the eels had left. “They will be back,” Berg said."""


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory):
    folder = tmp_path_factory.mktemp("articles")
    (folder / "a.txt").write_text(TEXT, encoding="utf-8")
    (folder / "b.txt").write_text(OTHER, encoding="utf-8")
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
        ("the Norwegian foreign minister", {"Olav Berg"}),
        ("Denmark's foreign minister", {"Mette Lund"}),
        ("the foreign minister of Iceland", set()),
        ("the Swedish prime minister", set()),  # she is named, but does not speak; whom she called is none
        ("the Danish ambassador to Norway", {"Jens Dahl"}),
        ("the Norwegian ambassador", set()),
        ("the Danish ambassador to Sweden", set()),
        ("the former Danish president", {"Nils Krog"}),
        ("the former Norwegian foreign minister", set()),
        ("Berg", {"Olav Berg", "Tom Berg"}),
        ("Berg of Norway", {"Olav Berg"}),
        ("Roe Jr.'s spokesman", set()),
        ("the Bank of Tarn", {"Ida Lind"}),
        ("bank of tarn", {"Ida Lind"}),
        ("a Bank of Tarn spokesperson", {"Ida Lind"}),
        ("the Finnish ambassador to the UN", {"Pia Strand"}),
        ("the former Finnish ambassador to the UN", {"Ole Hauge"}),
        ("the head of the Eel Club", {"Una Voss"}),
        ("a nurse at Tarn Hospital for Children", {"Tove Dale"}),
        ("Poe of the Port Authority", {"Ann Poe"}),
        ("Berg of the Eel Board", {"Olav Berg", "Tom Berg"}),
    ],
)
def test_an_office_means_who_holds_it(snapshot, speaker, meant):
    found = who(snapshot, parse(f"What did {speaker} say about taxes?")).names
    assert {name for name, fit in found.items() if fit >= KNOWN} == meant


def test_a_surname_is_not_his_whose_given_name_the_topic_has(snapshot):
    assert who(snapshot, parse("What did Berg say about Tom?")).names.keys() == {"Olav Berg"}
    assert who(snapshot, parse("What did Berg say about fish?")).names.keys() == {"Olav Berg", "Tom Berg"}
    assert who(snapshot, parse("What did Tom Berg say about Tom?")).names.keys() >= {"Tom Berg"}
