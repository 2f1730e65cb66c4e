"""Two versions of one article: the newer is cited, the older named, and what only that says is not shown as if it held."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest

from index.build import update
from index.store import Filter, Store
from index.types import Block, Document, Span
from qa import render
from qa.answer import ask
from qa.types import Answer, Citation
from qa.versions import revision, supersedes, versions
from tests.test_copies import story as filler
from tests.toy import ToyEncoder

BEFORE = "“The ferry carried fifty-four people over the old harbour when it sank,” Jane Roe told reporters on Monday."
AFTER = "“The ferry carried forty-five people over the old harbour when it sank,” Jane Roe told reporters on Monday."
ALONE = "“Nobody on the bridge was sober that night,” Jane Roe said."
SAME = "“We shall raise the wreck of the ferry before the winter storms begin,” John Doe said on Monday."
CORRECTION = "Correction: An earlier version of this article misstated how many people were on the ferry."


def document(paragraphs: list[str], id_: str = "a", **facts: str | None) -> Document:
    text = "\n\n".join(paragraphs)
    blocks, at = [], 0
    for paragraph in paragraphs:
        blocks.append(Block(Span(at, at + len(paragraph)), "paragraph"))
        at += len(paragraph) + 2
    return Document(id_ * 32, f"/{id_}.md", text, tuple(blocks), **facts)


STORY = filler(1, 8)
FACTS = {"title": "Ferry sinks in the harbour", "source": "Harbour News"}
OLD = document([BEFORE, *STORY], **FACTS, date="2015-03-02T10:00:00+00:00")
NEW = document([AFTER, *STORY], "b", **FACTS, date="2015-03-02T15:00:00+00:00")
NOTED = document([AFTER, *STORY, CORRECTION], "c", **FACTS, date="2015-03-04")


# ---------------------------------------------------------------------------------------------- which supersedes which


def test_an_outlets_later_or_corrected_version_supersedes_the_earlier():
    assert supersedes(NEW, OLD)
    assert supersedes(NOTED, OLD)
    assert supersedes(NOTED, NEW)
    assert supersedes(replace(NOTED, date=OLD.date), OLD)  # of one time, the one that says it was corrected
    assert supersedes(replace(NEW, title="CORRECTED-UPDATE 2-Ferry sinks in the harbour"), OLD)


PAGE = "https://www.harbour.example/2015/ferry"


@pytest.mark.parametrize("address", [PAGE, f"{PAGE}/", f"{PAGE}?utm_source=x#top", "http://harbour.example/2015/ferry"])
def test_what_stands_at_one_address_is_one_article_whatever_its_title(address: str):
    newer = replace(NEW, title="Ferry: what we know", url=address, source=None, date="2015-04-02")
    assert supersedes(newer, replace(OLD, url=PAGE))


def test_the_day_of_the_change_counts_where_it_is_known():
    first = replace(OLD, url=PAGE)
    assert supersedes(replace(first, id="x" * 32, modified="2015-03-03"), first)
    assert not supersedes(first, replace(first, id="x" * 32, modified="2015-03-03"))


@pytest.mark.parametrize(
    ("why", "newer"),
    [
        ("another outlet", replace(NEW, source="Morning Post")),
        ("no outlet", replace(NEW, source=None)),
        ("another site under one name", replace(NEW, url="https://other.example/ferry")),
        ("another title", replace(NEW, title="Council debates the budget of the port")),
        ("no title", replace(NEW, title=None)),
        ("other numbers in the title", replace(NEW, title="Ferry sinks in the harbour at 15")),
        ("no later than the other", replace(NEW, date=OLD.date)),
        ("no date", replace(NEW, date=None)),
        ("a day without a time", replace(NEW, date="2015-03-03")),
        ("weeks later", replace(NEW, date="2015-03-24T10:00:00+00:00")),
        ("a correction months later", replace(NOTED, date="2015-08-04")),
        ("cut to a half", document([AFTER, *STORY[:4]], "d", **FACTS, date=NEW.date)),
        ("mostly new", document([AFTER, *STORY[:3], *filler(9, 8)], "d", **FACTS, date=NEW.date)),
        ("a correction that keeps little", document([CORRECTION, *STORY[:3]], "d", **FACTS, date=NEW.date)),
        ("itself", OLD),
    ],
)
def test_whatever_may_be_an_article_of_its_own_supersedes_nothing(why: str, newer: Document):
    """Better a correction that is missed than an article that is taken for one."""
    older = replace(OLD, url=PAGE) if newer.url else OLD
    assert not supersedes(newer, older), why


def test_no_two_supersede_each_other_and_nothing_itself():
    chance = random.Random(3)
    made = [
        document(
            chance.choice(([BEFORE, *STORY], [AFTER, *STORY], [AFTER, *STORY, CORRECTION])),
            f"{number:x}",
            source=chance.choice(("Harbour News", "Morning Post")),
            title=chance.choice((FACTS["title"], f"UPDATE 1-{FACTS['title']}")),
            date=chance.choice((None, "2015-03-02", "2015-03-02T10:00:00", "2015-03-02T10:00:00+00:00", "2015-03-03")),
            modified=chance.choice((None, "2015-03-03T10:00:00+00:00", "2015-03-04")),
            url=chance.choice((None, PAGE)),
        )
        for number in range(16)
    ]
    pairs = [(one, other) for one in made for other in made if supersedes(one, other)]
    assert len(pairs) > 10
    assert not [pair for pair in pairs if supersedes(*reversed(pair))]


# ------------------------------------------------------------------------------------------ what an article says of itself


@pytest.mark.parametrize(
    ("note", "kind"),
    [
        (CORRECTION, "corrected"),
        ("CORRECTION (March 4, 2015): The ferry carried 45 people.", "corrected"),
        ("Editor’s note: This story has been corrected to give the right number.", "corrected"),
        ("This article has been updated to correct the number of people.", "corrected"),
        ("A previous version of this report incorrectly gave the number of people.", "corrected"),
        ("(Corrects number of people in paragraph 1)", "corrected"),
        ("Исправление: на пароме было 45 человек.", "corrected"),
        ("Clarification: The ferry was not in service.", "clarified"),
        ("This story has been updated with additional details.", "updated"),
        ("(Updates with comment of the mayor)", "updated"),
        ("UPDATE: The mayor has resigned.", "updated"),
    ],
)
def test_a_note_at_either_end_says_how_an_article_was_changed(note: str, kind: str):
    for paragraphs in ([note, *STORY], [*STORY, note]):
        found = revision(document(paragraphs))
        assert (found.kind, found.note.of("\n\n".join(paragraphs))) == (kind, note)
    assert (
        revision(document([*STORY[:4], *filler(5, 4), note, *STORY])) is None
    )  # in its midst it is the story's matter


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("CORRECTED - Ferry sinks", "corrected"),
        ("(Corrected) Ferry sinks", "corrected"),
        ("REFILE-Ferry sinks", "corrected"),
        ("UPDATE 3-Ferry sinks", "updated"),
        ("Clarification: Ferry sinks", "clarified"),
        ("Correction officers strike", None),
        ("Updated rules for ferries", None),
        ("RPT-Ferry sinks", None),
        (None, None),
    ],
)
def test_a_title_may_say_it_too(title: str | None, kind: str | None):
    found = revision(document(STORY, title=title))
    assert (found and found.kind) == kind


@pytest.mark.parametrize(
    "line",
    [
        "Updated: March 4, 2015, 10:15 a.m.",
        "Last updated 4 March 2015",
        "The ministry issued a correction on Monday and said that the number was wrong.",
        "Corrections officers said that the story was wrong.",
        "The mayor said that this story had never been told.",
        "Mr. Smith said an earlier version of this bill was wrong.",
    ],
)
def test_what_is_no_note_of_a_change_is_none(line: str):
    assert revision(document([*STORY, line])) is None


# ------------------------------------------------------------------------------------------------------------- in an answer


@pytest.fixture
def archive(store: Store, folder: Path) -> Store:
    """An article, its corrected version two days later, and the first one as another outlet carried it."""
    made = {
        "first.md": ("Harbour News", "2015-03-02", [BEFORE, SAME, ALONE, *STORY]),
        "second.md": ("Harbour News", "2015-03-04", [AFTER, SAME, *STORY, CORRECTION]),
        "post.md": ("Morning Post", "2015-03-03", [BEFORE, SAME, ALONE, *STORY]),
    }
    for name, (outlet, day, paragraphs) in made.items():
        head = f"---\ntitle: {FACTS['title']}\nsource: {outlet}\ndate: {day}\n---\n\n"
        (folder / name).write_text(head + "\n\n".join(paragraphs) + "\n", encoding="utf-8")
    update(store, [folder], ToyEncoder())
    return store


def cited(store: Store, question: str) -> tuple[Answer, list[Citation]]:
    answer = ask(store, question, encoder=ToyEncoder())
    return answer, list(answer.citations or answer.nearest)


def name(found: Document) -> str:
    return Path(found.path).name


def shown(citation: Citation) -> str:
    text = citation.document.text
    return " ".join(span.of(text) for span in citation.highlights)


def test_what_both_versions_say_is_cited_from_the_newest(archive: Store):
    _, found = cited(archive, "What did John Doe say about the wreck?")
    (citation,) = [one for one in found if "raise the wreck" in shown(one)]
    assert name(citation.document) == "second.md"
    assert [name(version) for version in citation.earlier] == ["first.md"]
    assert [name(copy) for copy in citation.copies] == ["post.md"]
    assert citation.superseded_by is None
    assert citation.passage.document == citation.document.id == citation.statement.document
    assert citation.passage.span.covers(citation.highlights[0])
    assert citation.statement.speaker == "John Doe"


def test_a_statement_is_cited_as_corrected(archive: Store):
    """The two wordings are nine tenths the same: one result, in the words that hold."""
    _, found = cited(archive, "What did Jane Roe say about the people on the ferry?")
    carried = [one for one in found if "people over the old harbour" in shown(one)]
    assert [name(one.document) for one in carried][:1] == ["second.md"]
    assert "forty-five" in shown(carried[0])
    for one in carried[1:]:  # what other outlets, or the first version, said is not lost, and marked where it is known
        assert one.superseded_by is not None or name(one.document) == "post.md"


def test_what_only_the_superseded_version_says_is_marked(store: Store, folder: Path):
    for file, day, paragraphs in (
        ("first.md", "2015-03-02", [ALONE, SAME, *STORY]),
        ("second.md", "2015-03-04", [SAME, *STORY, CORRECTION]),
    ):
        head = f"---\ntitle: {FACTS['title']}\nsource: Harbour News\ndate: {day}\n---\n\n"
        (folder / file).write_text(head + "\n\n".join(paragraphs) + "\n", encoding="utf-8")
    update(store, [folder], ToyEncoder())
    _, found = cited(store, "What did Jane Roe say about who was sober on the bridge?")
    (citation,) = [one for one in found if "sober" in shown(one)]
    assert (name(citation.document), name(citation.superseded_by)) == ("first.md", "second.md")
    assert citation.strength != "strong"
    answer = replace(ask(store, "What did Jane Roe say?", encoder=ToyEncoder()), refusal=None, citations=(citation,))
    (row,) = render.json(answer)["results"]
    assert row["superseded_by"]["path"].endswith("second.md")
    look = render.Look(width=80)
    told = render.to_plain(render.item(citation, 1, look))
    assert "superseded: no more in second.md, corrected on 2015-03-04" in " ".join(told.split())
    assert "superseded: no more in second.md, corrected on 2015-03-04, " in render.cite(citation)
    assert "1 statement by Jane Roe, superseded" in render.to_plain(render.terminal(answer, look))


def test_firm_results_of_the_newest_version_stand_before_what_it_supersedes(archive: Store):
    for question in ("What did Jane Roe say?", "What was said about the ferry?", "Who was sober on the bridge?"):
        _, found = cited(archive, question)
        assert [one.rank for one in found] == list(range(1, len(found) + 1))
        for at, one in enumerate(found):
            if one.superseded_by is not None:
                newest = [later for later in found[at:] if later.document.id == one.superseded_by.id]
                assert all(later.strength == "weak" for later in newest)


def test_every_span_of_a_result_is_of_the_article_it_names(archive: Store):
    for question in ("What did Jane Roe say?", "What did John Doe say?", "the wreck of the ferry", "harbour storms"):
        for one in cited(archive, question)[1]:
            assert one.passage.document == one.document.id
            assert all(one.passage.span.covers(span) for span in one.highlights)
            if one.statement is not None:
                assert one.statement.document == one.document.id
            assert one.document not in (*one.copies, *one.earlier)


def test_versions_name_the_earlier_one_and_say_when_it_was_corrected(archive: Store):
    with archive.snapshot() as snapshot:
        documents = {name(found): found for found in snapshot.every_document()}
        of_new = versions(snapshot, documents["second.md"])
        of_old = versions(snapshot, documents["first.md"])
    assert [(name(one.document), one.relation) for one in of_new] == [("first.md", "earlier"), ("post.md", "copy")]
    assert [(name(one.document), one.relation) for one in of_old] == [("post.md", "copy"), ("second.md", "later")]
    (citation,) = [one for one in cited(archive, "What did John Doe say about the wreck?")[1] if "wreck" in shown(one)]
    for width in (40, 80):
        lines = render.to_plain(render.versions(citation, of_new, render.Look(width=width), number=1))
        assert max(map(len, lines.splitlines())) < width
        told = " ".join(lines.split())
        assert f"corrected on 2015-03-04: “{CORRECTION}”" in told
        assert "first.md earlier version - " in told
        assert "“The ferry carried ⟦fifty-four⟧ people" in told


def test_the_place_of_a_result_names_the_earlier_version(archive: Store):
    (citation,) = [one for one in cited(archive, "What did John Doe say about the wreck?")[1] if "wreck" in shown(one)]
    told = " ".join(render.to_plain(render.item(citation, 1, render.Look(width=80))).split())
    assert "corrected on 2015-03-04; replaces first.md of 2015-03-02" in told
    assert "also in Morning Post, first by Morning Post on 2015-03-03" in told


def test_a_restored_older_copy_changes_nothing_for_another_outlet(archive: Store, folder: Path):
    """Without its newer version the first article is cited as before."""
    (folder / "second.md").unlink()
    update(archive, [folder], ToyEncoder())
    _, found = cited(archive, "What did John Doe say about the wreck?")
    (citation,) = [one for one in found if "wreck" in shown(one)]
    assert (citation.earlier, citation.superseded_by) == ((), None)
    assert sorted([name(citation.document), *map(name, citation.copies)]) == ["first.md", "post.md"]


def changed_later(archive: Store, folder: Path) -> None:
    """The second version has the day of the first, and says that it was changed two days later."""
    second = folder / "second.md"
    head = "date: 2015-03-02\nmodified: 2015-03-04"
    second.write_text(second.read_text(encoding="utf-8").replace("date: 2015-03-04", head), encoding="utf-8")
    update(archive, [folder], ToyEncoder())


def test_as_of_a_day_what_was_changed_or_carried_later_is_not_named(archive: Store, folder: Path):
    changed_later(archive, folder)
    question = "What did John Doe say about the wreck?"
    answer = ask(archive, question, where=Filter(as_of="2015-03-02"), encoder=ToyEncoder())
    found = answer.citations or answer.nearest
    assert {name(one.document) for one in found} == {"first.md"}  # as the article stood on that day
    assert all(one.superseded_by is None for one in found)
    assert all(name(copy) != "post.md" for one in found for copy in one.copies)


def test_as_of_a_day_an_article_that_is_only_there_as_changed_later_is_found(archive: Store, folder: Path):
    (folder / "first.md").unlink()
    (folder / "post.md").unlink()
    changed_later(archive, folder)
    question = "What did John Doe say about the wreck?"
    answer = ask(archive, question, where=Filter(as_of="2015-03-02"), encoder=ToyEncoder())
    assert {name(one.document) for one in answer.citations or answer.nearest} == {"second.md"}


@pytest.mark.parametrize("where", [Filter(until="2015-03-03"), Filter(as_of="2015-03-03")], ids=["until", "as of"])
def test_a_version_after_the_days_that_were_asked_for_supersedes_nothing(archive: Store, where: Filter):
    answer = ask(archive, "What did John Doe say about the wreck?", where=where, encoder=ToyEncoder())
    found = answer.citations or answer.nearest
    assert {name(one.document) for one in found} <= {"first.md", "post.md"}
    assert {(one.earlier, one.superseded_by) for one in found} == {((), None)}
