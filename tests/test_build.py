"""index.build: what changed is found, what is found is accounted for, what is committed stays."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index import build, read
from index.build import Progress, Report, update
from index.errors import Interrupted, ModelMismatchError, ReadError, UsageError
from index.intake import marks
from index.intake.plan import NOT_MOUNTED, NOT_THERE
from index.store import OWED, FileMark, Store, open_store
from index.types import changed_ns
from index.walk import walk
from tests.toy import ToyEncoder

HOUSE = Path(__file__).parent.parent
ARTICLE = """The harbour stays open, the mayor says

"We shall keep the harbour open through the winter," Mayor Anna Berg said on Monday. Her deputy told reporters that the
ice would be broken every night.

Fishermen welcomed the plan. "It is what we asked for," said Olav Lund, who owns two boats.
"""


def other(number: int) -> str:
    """An article unlike the others."""
    return f"Report number {number}\n\nMinister Jane Roe said that bridge number {number} would be repaired in May.\n"


@pytest.fixture(autouse=True)
def _fine_clock(monkeypatch):
    """The clock of the file system the tests run on: else no file that they write had a time that can be trusted."""
    monkeypatch.setattr(marks, "RACY_NS", 0)


def write(path: Path, text: str = ARTICLE, age: float = 60.0) -> Path:
    """A file said to be last written ``age`` seconds ago."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    then = time.time() - age
    os.utime(path, (then, then))
    return path


def run(store: Store, *paths: Path, **options) -> Report:
    return update(store, paths, ToyEncoder(), **options)


def texts(store: Store) -> dict[str, str]:
    with store.snapshot() as snapshot:
        return {Path(d.path).name: d.text for d in snapshot.every_document()}


def sound(store: Store, report: Report) -> None:
    """The laws every run keeps."""
    assert report.found == report.indexed + len(report.skipped)
    assert report.indexed == report.unchanged + report.added + report.updated
    assert store.check() == []


# --- What is found ----------------------------------------------------------------------------------------------------


def test_a_folder_is_searched_through_and_every_file_accounted_for(store, folder):
    write(folder / "a.txt")
    write(folder / "deep" / "er" / "b.md", other(1))
    write(folder / "empty.txt", "")
    report = run(store, folder)
    sound(store, report)
    assert (report.found, report.added) == (3, 2)
    assert report.skipped == ((str(folder / "empty.txt"), "empty file"),)
    assert texts(store) == {"a.txt": ARTICLE, "b.md": other(1)}


def test_hidden_files_and_the_index_itself_are_not_counted(folder):
    write(folder / "a.txt")
    write(folder / ".secret.txt")
    write(folder / ".git" / "b.txt")
    with open_store(folder / "index", create=True) as store:
        first, second = run(store, folder), run(store, folder)
    assert (first.found, second.found) == (1, 1)


def test_a_hidden_file_that_is_named_is_taken(store, folder):
    assert run(store, write(folder / ".a.txt")).indexed == 1


def test_paths_that_overlap_count_once(store, folder):
    file = write(folder / "sub" / "a.txt")
    assert run(store, folder, folder / "sub", file, file).found == 1


def test_a_path_that_is_nowhere_is_an_error_before_anything_is_done(store, folder):
    write(folder / "a.txt")
    with pytest.raises(UsageError, match="nowhere"):
        run(store, folder, folder / "nowhere")
    assert texts(store) == {}


@pytest.mark.parametrize("path", ["", "a\0b"])
def test_what_cannot_be_a_path_is_an_error(store, path):
    with pytest.raises(UsageError, match="not a path"):
        update(store, [path], ToyEncoder())


def test_found_things_come_sorted_by_their_bytes(folder):
    for name in ("b.txt", "a/z.txt", "a.txt", "B.txt", "ä.txt"):
        write(folder / name)
    found = [os.fsencode(item.path) for item in walk([str(folder)]).found]
    assert found == sorted(found)
    assert len(found) == 5


# --- What changed -----------------------------------------------------------------------------------------------------


def test_files_as_they_were_are_neither_read_nor_written(store, folder, monkeypatch):
    write(folder / "a.txt")
    write(folder / "empty.txt", "")
    first = run(store, folder)
    with store.snapshot() as snapshot:
        before = snapshot.id
    monkeypatch.setattr(read, "load", lambda path: pytest.fail(f"{path} was read"))
    again = run(store, folder)
    sound(store, again)
    assert (again.unchanged, again.added, again.passages) == (1, 0, 0)
    assert again.skipped == first.skipped
    with store.snapshot() as snapshot:
        assert snapshot.id == before


def test_a_run_that_finds_nothing_new_loads_no_model_and_no_reader(tmp_path):
    """What a program costs that is started for nothing: it compares fingerprints, and never waits for a model."""
    write(tmp_path / "articles" / "a.txt")
    code = """
import sys
from index.intake import marks
from qa.cli import main
marks.RACY_NS = 0  # the file was written just now
assert main(["--index", "index", "index", "articles"]) == 0
heavy = "onnxruntime tokenizers torch faiss index.read index.split index.statements".split()
print([name for name in heavy if name in sys.modules])
"""
    for loaded in ("['onnxruntime', 'tokenizers', 'index.read', 'index.split', 'index.statements']", "[]"):
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(HOUSE)},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.splitlines()[-1] == loaded


def test_a_new_time_alone_changes_nothing_but_the_mark(store, folder):
    file = write(folder / "a.txt")
    run(store, folder)
    with store.snapshot() as snapshot:
        ids = [passage.id for passage in snapshot.every_passage()]
    os.utime(file, (1_000_000_000, 1_000_000_000))
    changed = changed_ns(file.stat())
    report = run(store, folder)
    assert (report.unchanged, report.updated, report.passages) == (1, 0, 0)
    with store.snapshot() as snapshot:
        assert [passage.id for passage in snapshot.every_passage()] == ids
    with store.writer() as writer:
        assert writer.known()[os.fsencode(file)].changed_ns == changed


def test_changed_bytes_replace_the_article(store, folder):
    write(folder / "a.txt")
    run(store, folder)
    write(folder / "a.txt", other(7), age=30)
    report = run(store, folder)
    sound(store, report)
    assert (report.updated, report.added) == (1, 0)
    assert texts(store) == {"a.txt": other(7)}


@pytest.mark.parametrize("replaced", [False, True])
def test_other_bytes_of_the_same_size_and_time_are_not_missed(store, folder, replaced):
    """A correction of one digit, in a file that bears the day of its article: written over, or put in its place."""
    file = write(folder / "a.txt", other(1))
    stamp = file.stat().st_mtime_ns
    run(store, folder)
    corrected = write(folder.parent / "b.txt", other(2)) if replaced else write(file, other(2))
    os.utime(corrected, ns=(stamp, stamp))
    corrected.rename(file)
    report = run(store, folder)
    sound(store, report)
    assert report.updated == 1
    assert texts(store) == {"a.txt": other(2)}
    assert store.check(deep=True) == []


def test_a_change_within_the_tick_of_the_clock_is_not_missed(store, folder, monkeypatch):
    """Same size, same time, other bytes: git calls the file racily clean."""
    monkeypatch.setattr(marks, "RACY_NS", 2_000_000_000)
    for module in ("index.walk", "index.read.files"):  # the clock stood still
        monkeypatch.setattr(f"{module}.changed_ns", lambda status: status.st_mtime_ns)
    file = write(folder / "a.txt", other(1), age=0)
    stamp = file.stat().st_mtime_ns
    run(store, folder)
    write(file, other(2))
    os.utime(file, ns=(stamp, stamp))
    assert run(store, folder).updated == 1
    assert texts(store) == {"a.txt": other(2)}


def test_a_file_from_the_future_is_compared_every_time(store, folder):
    write(folder / "a.txt", other(1), age=-3600)
    run(store, folder)
    with store.writer() as writer:
        assert next(iter(writer.known().values())).changed_ns == marks.NO_TIME
    assert run(store, folder).unchanged == 1


def test_files_that_are_gone_leave_the_index_and_files_elsewhere_stay(store, folder):
    write(folder / "one" / "a.txt")
    write(folder / "two" / "b.txt", other(1))
    run(store, folder)
    (folder / "one" / "a.txt").unlink()
    (folder / "two" / "b.txt").unlink()
    report = run(store, folder / "one")
    sound(store, report)
    assert (report.found, report.removed) == (0, 1)
    assert texts(store) == {"b.txt": other(1)}


def test_a_folder_that_is_gone_takes_its_articles_with_it(store, folder):
    file = write(folder / "sub" / "a.txt")
    run(store, folder)
    file.unlink()
    file.parent.rmdir()
    assert run(store, folder / "sub").removed == 1
    assert texts(store) == {}


def test_remove_takes_out_what_is_still_on_the_disk(store, folder):
    write(folder / "a.txt")
    write(folder / "sub" / "b.txt", other(1))
    run(store, folder)
    report = run(store, folder, remove=[folder / "sub"])
    sound(store, report)
    assert (report.found, report.removed) == (1, 1)
    assert texts(store) == {"a.txt": ARTICLE}


def test_removing_what_is_not_there_is_an_error(store, folder):
    with pytest.raises(UsageError, match="nothing in the index"):
        run(store, remove=[folder / "never"])


def test_a_renamed_file_keeps_its_passages(store, folder):
    file = write(folder / "a.txt")
    run(store, folder)
    with store.snapshot() as snapshot:
        ids = [passage.id for passage in snapshot.every_passage()]
    file.rename(folder / "b.txt")
    report = run(store, folder)
    sound(store, report)
    assert (report.added, report.removed, report.passages) == (1, 1, 0)
    assert texts(store) == {"b.txt": ARTICLE}
    with store.snapshot() as snapshot:
        assert [passage.id for passage in snapshot.every_passage()] == ids


def test_an_article_whose_folder_was_moved_is_cited_where_it_is(store, folder):
    """By a run that is told of the new folder alone. A copy that is there stays, and so do files that are nowhere now."""
    for name, text in (("a.txt", ARTICLE), ("b.txt", other(1))):
        write(folder / "one" / name, text)
    write(folder / "copy" / "a.txt")
    run(store, folder / "one", folder / "copy")
    (folder / "one").rename(folder / "two")
    (folder / "two" / "b.txt").unlink()
    report = run(store, folder / "two")
    sound(store, report)
    assert (report.found, report.added, report.removed) == (1, 1, 1)
    with store.snapshot() as snapshot:
        held = [os.fsdecode(path) for (path,) in snapshot.each("SELECT path FROM source ORDER BY path")]
    assert held == [str(folder / name) for name in ("copy/a.txt", "one/b.txt", "two/a.txt")]


def test_a_file_moved_to_another_folder_and_format_is_read_as_that_format(store, folder):
    page = "<html><body><p>Mayor Anna Berg said that the bridge would be repaired.</p></body></html>"
    file = write(folder / "one" / "a.txt", page)
    run(store, folder / "one")
    (folder / "two").mkdir()
    file.rename(folder / "two" / "a.html")
    report = run(store, folder / "two")
    sound(store, report)
    assert (report.added, report.removed) == (1, 1)
    assert texts(store) == {"a.html": "Mayor Anna Berg said that the bridge would be repaired."}


def test_a_file_renamed_to_another_format_is_read_as_that_format(store, folder):
    file = write(folder / "a.txt", "# Bridges\n\nMayor Anna Berg said that the bridge would be repaired.\n")
    run(store, folder)
    file.rename(folder / "a.md")
    report = run(store, folder)
    sound(store, report)
    assert (report.added, report.removed) == (1, 1)
    with store.snapshot() as snapshot:
        [document] = snapshot.every_document()
        assert [block.kind for block in document.blocks] == ["heading", "paragraph"]
        assert all(passage.span.start > 2 for passage in snapshot.every_passage())


def test_equal_bytes_are_stored_once_and_outlive_either_file(store, folder):
    write(folder / "a.txt")
    write(folder / "b.txt")
    report = run(store, folder)
    sound(store, report)
    assert report.indexed == 2
    assert texts(store) == {"a.txt": ARTICLE}
    (folder / "a.txt").unlink()
    run(store, folder)
    assert texts(store) == {"b.txt": ARTICLE}


def test_a_file_that_takes_over_the_bytes_of_one_that_changes_keeps_them(store, folder):
    """a.txt gets other bytes in the same run in which b.txt gets those a.txt had."""
    write(folder / "a.txt")
    run(store, folder)
    write(folder / "a.txt", other(3), age=30)
    write(folder / "b.txt", age=30)
    report = run(store, folder)
    sound(store, report)
    assert texts(store) == {"a.txt": other(3), "b.txt": ARTICLE}
    with store.snapshot() as snapshot:
        passages = {passage.document for passage in snapshot.every_passage()}
        assert passages == set(snapshot.document_ids())


def test_a_file_that_becomes_unreadable_is_skipped_and_comes_back(store, folder):
    file = write(folder / "a.txt")
    run(store, folder)
    file.write_bytes(b"\xff\xd8\xff\xe0\0\0JFIF" * 10)
    report = run(store, folder)
    sound(store, report)
    assert report.skipped == ((str(file), "not text (looks like JPEG)"),)
    assert texts(store) == {}
    write(file, age=30)
    assert run(store, folder).indexed == 1
    assert texts(store) == {"a.txt": ARTICLE}


@pytest.mark.parametrize("reason", ["changed while being read", "permission denied"])
def test_what_was_read_of_a_file_stays_where_it_cannot_be_read_again(store, folder, monkeypatch, reason):
    """A mailbox that mail comes into, or a disk with a fault: to read and encode all of it again would take hours."""
    file = write(folder / "a.txt")
    run(store, folder)
    write(file, ARTICLE + other(1))

    def refuse(path: str) -> None:
        raise ReadError(reason)

    for _ in range(2):
        with monkeypatch.context() as patched:
            patched.setattr(read, "load", refuse)
            report = run(store, folder)
        sound(store, report)
        assert report.skipped == ((str(file), f"{reason}; what was read of it before stays"),)
        assert texts(store) == {"a.txt": ARTICLE}
    report = run(store, folder)
    assert (report.updated, report.skipped, texts(store)) == (1, (), {"a.txt": ARTICLE + other(1)})


# --- What is remembered -----------------------------------------------------------------------------------------------


def roots(store: Store) -> list[str]:
    with store.snapshot() as snapshot:
        return snapshot.roots()


def test_what_was_asked_for_is_remembered_and_looked_at_again(store, folder):
    for name in ("one", "two"):
        write(folder / name / "a.txt", other(len(name)))
        run(store, folder / name)
    file = write(folder / "b.txt", other(9))
    run(store, file)
    assert roots(store) == sorted(map(str, (folder / "one", folder / "two", file)))
    write(folder / "two" / "c.txt", other(10))
    (folder / "one" / "a.txt").unlink()
    file.unlink()
    report = update(store, None, ToyEncoder())
    sound(store, report)
    assert (report.found, report.added, report.removed, report.unchanged) == (2, 1, 2, 1)
    assert set(texts(store)) == {"a.txt", "c.txt"}
    assert roots(store) == [str(folder / "one"), str(folder / "two")]


def test_a_folder_is_remembered_once_however_often_parts_of_it_are_asked_for(store, folder):
    write(folder / "sub" / "a.txt")
    run(store, folder / "sub")
    run(store, folder)
    run(store, folder / "sub" / "a.txt")
    assert roots(store) == [str(folder)]


def test_what_is_taken_out_is_followed_no_longer(store, folder):
    write(folder / "one" / "a.txt")
    write(folder / "two" / "b.txt", other(1))
    run(store, folder / "one", folder / "two")
    run(store, remove=[folder / "two"])
    assert update(store, None, ToyEncoder()).unchanged == 1
    assert roots(store) == [str(folder / "one")]


def test_the_articles_of_a_disk_that_is_unplugged_stay(store, folder):
    write(folder / "disk" / "a.txt")
    write(folder / "here" / "b.txt", other(1))
    run(store, folder / "disk", folder / "here")
    (folder / "disk").rename(folder / "away")
    for _ in range(2):
        report = update(store, None, ToyEncoder())
        sound(store, report)
        assert report.skipped == ((str(folder / "disk"), NOT_THERE),)
        assert (report.removed, set(texts(store))) == (0, {"a.txt", "b.txt"})
    (folder / "away").rename(folder / "disk")
    report = update(store, None, ToyEncoder())
    assert (report.unchanged, report.skipped) == (2, ())


@pytest.mark.parametrize("again", [False, True], ids=["alone", "by its name"])
def test_the_articles_of_a_disk_that_is_not_mounted_stay(store, folder, monkeypatch, again):
    """Where it is mounted lies an empty folder then, or none; `qa index` of all, and of that folder by its name."""
    place = folder / "disk"
    file = write(place / "a.txt")
    monkeypatch.setattr(os.path, "ismount", lambda path: path == str(place) and file.exists())
    run(store, place)
    asked = [place] if again else None
    file.rename(folder / "away.txt")
    for reason in (NOT_MOUNTED, NOT_MOUNTED, NOT_THERE):
        if reason == NOT_THERE:
            place.rmdir()
        report = update(store, asked, ToyEncoder())
        sound(store, report)
        assert report.skipped == ((str(place), reason),)
        assert (report.removed, set(texts(store))) == (0, {"a.txt"})
    place.mkdir()
    (folder / "away.txt").rename(file)
    assert update(store, asked, ToyEncoder()).unchanged == 1
    file.unlink()
    monkeypatch.setattr(os.path, "ismount", lambda path: path == str(place))
    assert update(store, asked, ToyEncoder()).removed == 1  # the disk is there, and the article is not


@pytest.mark.parametrize("there", [True, False])
def test_a_folder_without_articles_can_be_forgotten(store, folder, there):
    write(folder / "one" / "a.txt")
    (folder / "two").mkdir()
    run(store, folder / "one", folder / "two")
    if not there:
        (folder / "two").rmdir()
    report = run(store, remove=[folder / "two"])
    sound(store, report)
    assert (roots(store), report.removed) == ([str(folder / "one")], 0)
    with pytest.raises(UsageError, match="nothing in the index"):
        run(store, remove=[folder / "two"])


def test_nothing_remembered_is_an_error(store):
    with pytest.raises(UsageError, match="nothing to index"):
        update(store, None, ToyEncoder())


def test_a_rebuild_of_what_is_remembered_keeps_it_remembered(store, folder):
    write(folder / "a.txt")
    run(store, folder)
    write(folder / "b.txt", other(1))
    assert update(store, None, ToyEncoder(), rebuild=True).indexed == 2
    assert roots(store) == [str(folder)]


def test_watching_follows_changes_and_stops_when_told(store, folder):
    """Each change is made when the one before has been told; waiting for the next look is all that takes time."""
    write(folder / "a.txt")
    run(store, folder)
    changes: list[Callable[[], object]] = [
        lambda: write(folder / "b.txt", other(1)),
        lambda: write(folder / "a.txt", other(2), age=30),
        (folder / "b.txt").unlink,
    ]
    told: list[tuple[int, int, int]] = []

    def hear(report: Report) -> None:
        told.append((report.added, report.updated, report.removed))
        if changes:
            changes.pop(0)()

    build.watch(store, ToyEncoder(), hear, lambda: len(told) == 4, seconds=0.01)
    assert told == [(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1)]
    assert texts(store) == {"a.txt": other(2)}


def test_watching_waits_while_another_process_writes(store, folder):
    write(folder / "a.txt")
    run(store, folder)
    write(folder / "b.txt", other(1))
    asked, told = [], []

    def stop() -> bool:
        asked.append(None)
        if len(asked) == 3:
            writer.__exit__(None, None, None)
        return bool(told)

    writer = store.writer()
    writer.__enter__()
    build.watch(store, ToyEncoder(), told.append, stop, seconds=0.01)
    assert [report.added for report in told] == [1]


# --- What belongs together --------------------------------------------------------------------------------------------


def test_every_statement_is_in_the_passage_that_holds_most_of_it(store, folder):
    run(store, write(folder / "a.txt"))
    with store.snapshot() as snapshot:
        statements, passages = list(snapshot.every_statement()), list(snapshot.every_passage())
        homes = snapshot.statement_passages([statement.id for statement in statements])
    assert statements
    for statement, at in zip(statements, homes, strict=True):
        most = max(passage.span.overlap(statement.span) for passage in passages)
        assert next(p for p in passages if p.id == at).span.overlap(statement.span) == most > 0


def test_vectors_are_those_of_the_texts_they_stand_for(store, folder):
    """Passages, sentences and statements each get their own row: found by asking with the very same words."""
    encoder = ToyEncoder()
    update(store, [write(folder / "a.txt")], encoder)
    with store.snapshot() as snapshot:
        [document] = snapshot.every_document()
        for passage in snapshot.every_passage():
            query = encoder.questions([passage.span.of(document.text)])[0]
            assert snapshot.cosines([passage.id], query)[0] == pytest.approx(1, abs=0.01)
            rows = encoder.questions([sentence.of(document.text) for sentence in passage.sentences])
            [parts] = snapshot.parts([passage.id])
            assert (parts * rows).sum(axis=1) == pytest.approx(1, abs=0.02)
        for statement in snapshot.every_statement():
            query = encoder.questions([statement.span.of(document.text)])[0]
            assert snapshot.statement_cosines([statement.id], query)[0] == pytest.approx(1, abs=0.01)


# --- One model, one pipeline ------------------------------------------------------------------------------------------


def test_another_model_is_refused_with_both_ways_out(store, folder):
    run(store, write(folder / "a.txt"))
    with pytest.raises(ModelMismatchError) as caught:
        update(store, [folder], ToyEncoder(dim=32))
    assert "--rebuild" in caught.value.hint
    assert "--model toy" in caught.value.hint


def test_a_rebuild_takes_the_new_model_and_every_known_file(store, folder):
    write(folder / "one" / "a.txt")
    write(folder / "two" / "b.txt", other(1))
    run(store, folder)
    report = update(store, [folder / "one"], ToyEncoder(dim=32), rebuild=True)
    sound(store, report)
    assert report.indexed == 2
    with store.snapshot() as snapshot:
        assert snapshot.model is not None
        assert snapshot.model.dim == 32
    assert texts(store) == {"a.txt": ARTICLE, "b.txt": other(1)}


def test_a_new_pipeline_reads_every_known_file_again(store, folder, monkeypatch):
    write(folder / "one" / "a.txt")
    write(folder / "one" / "copy.txt")
    write(folder / "two" / "b.txt", other(1))
    run(store, folder)
    monkeypatch.setattr(build, "PIPELINE", "another")
    report = run(store, folder / "one")
    sound(store, report)
    assert (report.found, report.updated) == (3, 3)
    again = run(store, folder)
    assert (again.unchanged, again.updated) == (3, 0)


@pytest.mark.parametrize("rebuild", [True, False])
def test_a_run_that_stops_halfway_through_a_new_pipeline_leaves_no_file_behind(store, folder, monkeypatch, rebuild):
    for number in range(6):
        write(folder / str(number) / "a.txt", other(number))
    run(store, folder)
    monkeypatch.setattr(build, "PIPELINE", "another")
    monkeypatch.setattr(build, "BATCH_DOCUMENTS", 2)
    with pytest.raises(Interrupted):
        run(store, folder, rebuild=rebuild, should_stop=after(3))
    report = run(store, folder / "0")
    sound(store, report)
    with store.snapshot() as snapshot:
        assert sorted(Path(d.path).parent.name for d in snapshot.every_document()) == list("012345")
        assert snapshot.stats().skipped == ()


# --- Progress and stopping --------------------------------------------------------------------------------------------


def after(times: int) -> Callable[[], bool]:
    """Says stop once it has been asked that often."""
    asked = iter(range(10**6))
    return lambda: next(asked) >= times


def test_progress_ends_with_everything_done(store, folder, monkeypatch):
    monkeypatch.setattr(build, "BATCH_DOCUMENTS", 2)
    for number in range(5):
        write(folder / f"{number}.txt", other(number))
    write(folder / "empty.txt", "")
    told: list[Progress] = []
    run(store, folder, progress=told.append)
    assert [p.done for p in told] == sorted(p.done for p in told)
    assert all(p.done == p.indexed + p.skipped <= p.total == 6 for p in told)
    assert (told[-1].done, told[-1].indexed, told[-1].skipped) == (6, 5, 1)


def test_progress_is_told_only_of_what_another_reader_can_already_see(store, folder, monkeypatch):
    monkeypatch.setattr(build, "BATCH_DOCUMENTS", 2)
    for number in range(5):
        write(folder / f"{number}.txt", other(number))

    def check(progress: Progress) -> None:
        with store.snapshot() as snapshot:
            assert snapshot.stats().found >= progress.done

    run(store, folder, progress=check)


def test_files_that_are_encoded_are_reached_before_they_are_committed(store, folder, monkeypatch):
    monkeypatch.setattr(build, "GROUP_PASSAGES", 1)
    for number in range(12):
        write(folder / f"{number:02}.txt", other(number))
    told: list[Progress] = []
    run(store, folder, progress=told.append)
    assert [p.reached for p in told if not p.done] == list(range(13))
    assert (told[-1].done, told[-1].encoded) == (12, 0)


def test_of_the_files_encoded_together_as_many_are_reached_as_the_passages_so_far_make(store, folder):
    class Slow(ToyEncoder):
        def passages(self, texts, parts=(), progress=None):
            for number in range(len(texts) if progress else 0):
                progress(number + 1)
            return super().passages(texts, parts)

    for number in range(12):
        write(folder / f"{number:02}.txt", other(number))
    told: list[Progress] = []
    update(store, [folder], Slow(), progress=told.append)
    assert [p.reached for p in told] == [0, *range(1, 13), 12]


def test_a_large_file_is_reached_only_with_its_last_article(store, folder, monkeypatch):
    monkeypatch.setattr(build, "LARGE", 3)
    write(folder / "dump.jsonl", "".join(json.dumps({"title": f"t{n}", "text": other(n)}) + "\n" for n in range(10)))
    told: list[Progress] = []
    run(store, folder, progress=told.append)
    passages = told[-1].passages
    assert passages >= 10
    assert all(p.reached == 0 for p in told if p.passages < passages)
    assert told[-1].reached == 1


def test_rate_and_time_left():
    halfway = Progress(done=50, total=200, indexed=50, skipped=0, passages=0, seconds=10.0)
    assert (halfway.rate, halfway.seconds_left) == (5.0, 30.0)
    assert replace(halfway, encoded=50).seconds_left == 10.0
    start = Progress(done=0, total=200, indexed=0, skipped=0, passages=0, seconds=0.0)
    assert (start.rate, start.seconds_left) == (0.0, None)


def test_stopping_keeps_what_was_done_and_the_next_run_goes_on(store, folder, monkeypatch):
    monkeypatch.setattr(build, "BATCH_DOCUMENTS", 2)
    for number in range(7):
        write(folder / f"{number}.txt", other(number))
    told: list[Progress] = []
    with pytest.raises(Interrupted, match="Stopped"):
        run(store, folder, progress=told.append, should_stop=after(6))
    kept = len(texts(store))
    assert 0 < kept < 7
    assert kept == told[-1].done
    report = run(store, folder)
    sound(store, report)
    assert (report.unchanged, report.added) == (kept, 7 - kept)


@pytest.mark.parametrize("rebuild", [False, True])
def test_files_that_a_run_has_not_read_are_counted_while_it_goes_on_and_after_it_was_stopped(
    store, folder, monkeypatch, rebuild
):
    monkeypatch.setattr(build, "BATCH_DOCUMENTS", 2)
    for number in range(7):
        write(folder / f"{number}.txt", other(number))
    if rebuild:
        run(store, folder)

    def check(progress: Progress) -> None:
        if progress.done:
            with store.snapshot() as snapshot:
                stats = snapshot.stats()
            assert (stats.found, stats.unread, stats.skipped) == (7, 7 - progress.done, ())

    with pytest.raises(Interrupted):
        run(store, folder, rebuild=rebuild, progress=check, should_stop=after(6))
    with store.snapshot() as snapshot:
        stats = snapshot.stats()
        assert snapshot.changed(snapshot.document_ids()) == []
    assert 0 < stats.unread == 7 - stats.documents
    update(store, None, ToyEncoder())
    with store.snapshot() as snapshot:
        assert (snapshot.stats().unread, snapshot.stats().documents) == (0, 7)


def test_a_dump_that_is_read_in_part_is_not_read_yet_and_has_not_changed(store, folder, monkeypatch):
    monkeypatch.setattr(build, "LARGE", 3)
    rows = [json.dumps({"title": f"t{n}", "text": other(n)}) for n in range(10)]
    dump = write(folder / "dump.jsonl", "\n".join(rows))
    monkeypatch.setattr(build, "BATCH_DOCUMENTS", 3)
    with pytest.raises(Interrupted):
        run(store, folder, should_stop=after(5))
    with store.snapshot() as snapshot:
        assert (snapshot.stats().unread, 0 < snapshot.stats().documents < 10) == (1, True)
        assert snapshot.changed(snapshot.document_ids()) == []
        dump.unlink()
        assert snapshot.changed(snapshot.document_ids()) == [str(dump)]


def test_the_rest_of_a_folder_that_was_stopped_waits_for_a_run_that_is_asked_for_it(store, folder, monkeypatch):
    monkeypatch.setattr(build, "BATCH_DOCUMENTS", 2)
    for number in range(7):
        write(folder / "many" / f"{number}.txt", other(number))
    with pytest.raises(Interrupted):
        run(store, folder / "many", should_stop=after(6))
    with store.snapshot() as snapshot:
        left = snapshot.stats().unread
    report = run(store, write(folder / "one.txt"))
    assert (report.found, report.added) == (1, 1)
    with store.snapshot() as snapshot:
        assert snapshot.stats().unread == left > 0
    (folder / "many" / "6.txt").unlink()
    report = run(store, folder / "many")
    assert (report.added, report.removed) == (left - 1, 1)
    update(store, [], ToyEncoder(), remove=[folder / "many"])
    with store.snapshot() as snapshot:
        assert (snapshot.stats().found, snapshot.stats().unread) == (1, 0)


def test_stopping_before_anything_is_done_leaves_a_rebuild_undone(store, folder):
    run(store, write(folder / "a.txt"))
    with pytest.raises(Interrupted):
        run(store, folder, rebuild=True, should_stop=lambda: True)
    assert texts(store) == {"a.txt": ARTICLE}


def test_a_fault_of_the_encoder_ends_the_run_and_keeps_the_batches_before(store, folder, monkeypatch):
    monkeypatch.setattr(build, "BATCH_DOCUMENTS", 2)
    for number in range(6):
        write(folder / f"{number}.txt", other(number))

    class Failing(ToyEncoder):
        def passages(self, texts, *rest):
            if any("number 4" in text for text in texts):
                raise RuntimeError("no more")
            return super().passages(texts, *rest)

    with pytest.raises(RuntimeError, match="no more"):
        update(store, [folder], Failing())
    assert len(texts(store)) == 4
    assert run(store, folder).added == 2


KILLED = """
import os, sys, time
from index import build
from index.intake import marks
from index.intake.plan import NOT_MOUNTED, NOT_THERE
from index.store import open_store
from tests.toy import ToyEncoder

marks.RACY_NS = 0

class Slow(ToyEncoder):
    def passages(self, *args):
        time.sleep(0.01)
        return super().passages(*args)

build.BATCH_DOCUMENTS = build.GROUP_PASSAGES = 1
with open_store(sys.argv[1], create=True) as store:
    build.update(store, [sys.argv[2]], Slow(), progress=lambda p: print(p.done, p.path, flush=True))
"""


def test_what_was_acknowledged_survives_kill_9_and_is_not_done_again(tmp_path, folder):
    for number in range(40):
        write(folder / f"{number:02}.txt", other(number))
    acknowledged = 0
    command = [sys.executable, "-c", KILLED, str(tmp_path / "index"), str(folder)]
    for kill_after in (3, 5, 8, 2):
        child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=HOUSE)
        assert child.stdout is not None
        done = [int(line.split()[0]) for line, _ in zip(child.stdout, range(kill_after + 1), strict=False)]
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
        acknowledged += done[-1]
        with open_store(tmp_path / "index") as store:
            assert len(texts(store)) >= acknowledged
            acknowledged = len(texts(store))
    with open_store(tmp_path / "index") as store:
        report = run(store, folder)
        sound(store, report)
        assert (report.unchanged, report.added) == (acknowledged, 40 - acknowledged)
        assert len(texts(store)) == 40


# --- The law ----------------------------------------------------------------------------------------------------------

names = st.sampled_from(["a.txt", "b.md", "c.html", "d", "e.json"])
contents = st.one_of(st.sampled_from(["", ARTICLE, other(1), "\0\1\2", "   \n"]), st.text(max_size=80))
files = st.dictionaries(st.tuples(st.sampled_from(["", "x", "x/y", "z"]), names), contents, max_size=6)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=files, then=files)
def test_found_is_indexed_plus_skipped_for_any_tree_and_any_change_of_it(tmp_path_factory, before, then):
    """And after any two runs the index says the same as one made from nothing."""
    top = tmp_path_factory.mktemp("law")
    with open_store(top / "index", create=True) as store, open_store(top / "fresh", create=True) as fresh:
        for tree in (before, then):
            for old in [path for path in (top / "t").rglob("*") if path.is_file()]:
                old.unlink()
            (top / "t").mkdir(exist_ok=True)
            for (where, name), text in tree.items():
                # The same bytes under two endings at once have one reading, that of whichever came first.
                end = name[1:] if text.strip() and "\0" not in text else ""
                write(top / "t" / where / name, (text + end).encode("utf-8", "replace").decode(), age=0)
            report = run(store, top / "t", processes=0)  # to start some for every example would take most of the time
            sound(store, report)
            assert report.found == len(tree)
        run(fresh, top / "t", processes=0)
        with store.snapshot() as one, fresh.snapshot() as two:
            assert one.stats().skipped == two.stats().skipped
            assert sorted(one.document_ids()) == sorted(two.document_ids())
            assert sorted((p.document, p.span) for p in one.every_passage()) == sorted(
                (p.document, p.span) for p in two.every_passage()
            )


def test_a_mark_owed_by_an_earlier_run_is_paid_by_any_run(store, folder):
    """A file marked as to be read again is read by a run that was asked for something else."""
    here, there = write(folder / "one" / "a.txt"), write(folder / "two" / "b.txt", other(1))
    run(store, folder)
    with store.writer() as writer:
        writer.touch(FileMark(str(there), OWED, marks.NO_TIME, ""))
        writer.commit()
    assert run(store, here).updated == 1
