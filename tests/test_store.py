"""The store: what it promises (the contract), and what this one does about disks, locks and damage."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from dataclasses import replace
from pathlib import Path

import apsw
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.errors import IndexDamagedError, IndexLockedError, NoIndexError, QAError, StorageError
from index.store import FileMark, Filter, Indexed, Problem, check, disk, open_store, schema
from index.types import Block, Document, Passage, Span, Statement
from tests.contracts_store import DIM, MODEL, QUERY, StoreContract, agrees, article, fill, unit

HOUSE = Path(__file__).parent.parent


@pytest.fixture
def folder(tmp_path):
    return tmp_path / ".qa"


@pytest.fixture
def store(folder):
    with open_store(folder, create=True) as store:
        yield store


class TestStore(StoreContract):
    def open(self, path):
        return open_store(path, create=True)


# --- laws ------------------------------------------------------------------------------------------------------------

CHANGES = st.lists(
    st.tuples(st.sampled_from(("put", "put", "put", "skip", "remove", "commit", "publish")), st.integers(0, 7)),
    max_size=25,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=CHANGES)
def test_after_any_changes_the_store_holds_what_a_dictionary_would(tmp_path_factory, changes):
    """Adds, updates, removals and shared bytes in any order: same files, same documents, same nearest passages."""
    files: dict[str, int] = {}
    with open_store(tmp_path_factory.mktemp("law") / ".qa", create=True) as store:
        with store.writer() as writer:
            writer.identify(MODEL, "1")
            for step, (change, number) in enumerate(changes):
                path = f"/articles/{number}.txt"
                if change == "put":
                    content = (number + step) % 5  # several files hold the same bytes
                    mark, indexed = article(content, path)
                    writer.put(replace(mark, path=path), [indexed])
                    files[path] = content
                elif change == "skip":
                    writer.skip(FileMark(path, 1, 1, ""), "not now")
                    files[path] = -1
                elif change == "remove":
                    writer.remove(path)
                    files.pop(path, None)
                else:
                    getattr(writer, change)()
            writer.commit()
        agrees(store, files)


@given(
    spans=st.lists(st.tuples(st.integers(0, 2**31), st.integers(0, 2**31)).map(sorted), max_size=9),
    kinds=st.data(),
)
def test_spans_and_blocks_survive_their_blobs(spans, kinds):
    spans = tuple(Span(*pair) for pair in spans)
    assert schema.unpack_spans(schema.pack_spans(spans)) == spans
    names = kinds.draw(
        st.lists(st.sampled_from(("paragraph", "heading", "aside")), min_size=len(spans), max_size=len(spans))
    )
    blocks = tuple(Block(span, kind) for span, kind in zip(spans, names, strict=True))
    assert schema.unpack_blocks(schema.pack_blocks(blocks)) == blocks


@given(rows=st.integers(0, 5), dim=st.integers(1, 40), seed=st.integers(0, 9))
def test_rounding_of_vectors_stays_below_what_is_promised(rows, dim, seed):
    vectors = unit(rows, seed, dim)
    halves = schema.unpack_vectors([schema.pack_vector(row) for row in vectors], dim)
    assert np.all(np.abs((halves * vectors).sum(axis=1) - 1) < 1e-3)
    [parts] = schema.unpack_parts([schema.pack_parts(vectors)], dim)
    assert np.all((parts * vectors).sum(axis=1) > 0.999)


def test_zero_rows_stay_zero():
    zero = np.zeros((2, DIM), np.float32)
    assert np.array_equal(schema.unpack_parts([schema.pack_parts(zero)], DIM)[0], zero)
    assert np.array_equal(schema.unpack_vectors([schema.pack_vector(row) for row in zero], DIM), zero)


# --- the folder ------------------------------------------------------------------------------------------------------


def test_the_folder_is_found_upwards_or_named_by_the_environment(tmp_path, monkeypatch):
    monkeypatch.delenv("QA_INDEX", raising=False)
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    monkeypatch.chdir(deep)
    with pytest.raises(NoIndexError, match="No index in") as caught:
        open_store()
    assert caught.value.hint == "Type: qa index PATH"
    assert caught.value.exit_code == 3
    open_store(tmp_path / ".qa", create=True).close()
    assert open_store().path == tmp_path / ".qa"
    monkeypatch.setenv("QA_INDEX", str(tmp_path / "elsewhere"))
    with pytest.raises(NoIndexError, match="elsewhere"):
        open_store()
    monkeypatch.delenv("QA_INDEX")
    monkeypatch.chdir(tmp_path.parent)
    assert open_store(tmp_path / "fresh", create=True).path == tmp_path / "fresh"


def test_an_index_is_made_here_when_asked_for_without_a_path(tmp_path, monkeypatch):
    monkeypatch.delenv("QA_INDEX", raising=False)
    monkeypatch.chdir(tmp_path)
    assert open_store(create=True).path == tmp_path / ".qa"


def test_nobody_else_may_look_into_the_folder(store, folder):
    fill(store, range(2))
    with store.writer():
        modes = {path: path.stat().st_mode & 0o777 for path in [folder, *folder.rglob("*")]}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o600}


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path):
    (tmp_path / "letters.txt").write_text("dear")
    with pytest.raises(StorageError, match="not empty"):
        open_store(tmp_path, create=True)
    assert [path.name for path in tmp_path.iterdir()] == ["letters.txt"]


def test_a_folder_others_may_write_to_is_refused(store, folder):
    folder.chmod(0o777)
    with pytest.raises(StorageError, match="Other users") as caught:
        open_store(folder)
    assert "chmod go-w" in caught.value.hint


@pytest.mark.parametrize(("version", "step"), [(1, "Type: qa index --rebuild"), (99, "Update this program")])
def test_another_format_is_a_named_error_and_a_rebuild_sets_it_aside(store, folder, version, step):
    """So does the repair of an older one; a newer one is left alone by it, for there is nothing wrong with it."""
    fill(store, range(3))
    store.close()
    with disk.connect(folder, write=True) as connection:
        connection.pragma("user_version", version)
    connection.close()
    with open_store(folder) as other:
        with pytest.raises(StorageError, match=f"format {version}") as caught:
            other.snapshot()
        assert caught.value.hint.startswith(step)
        if version == 99:
            with pytest.raises(StorageError, match="format 99"):
                other.repair()
        else:
            assert [problem.kind for problem in other.check()] == ["format"]
        assert not (folder / "quarantine").exists()
        with other.writer(rebuild=True) as writer:
            writer.identify(MODEL, "1")
            mark, indexed = article(1)
            writer.put(mark, [indexed])
            writer.publish()
        agrees(other, {mark.path: 1})
    assert list((folder / "quarantine").rglob("store.db"))


def test_a_file_that_is_no_store_is_called_damaged(folder):
    with open_store(folder, create=True) as store:
        (folder / "store.db").write_bytes(b"not a database at all" * 500)
        with pytest.raises(IndexDamagedError, match="damaged") as caught:
            store.snapshot()
        assert caught.value.hint == "Type: qa check --repair"
        (folder / "store.db").write_bytes(b"")
        with pytest.raises(IndexDamagedError):
            store.snapshot()


def test_a_store_of_sqlite_without_checksums_is_refused(folder):
    open_store(folder, create=True).close()
    (folder / "store.db").unlink()
    connection = apsw.Connection(str(folder / "store.db"))
    connection.execute(schema.SCHEMA)
    connection.pragma("application_id", disk.APPLICATION)
    connection.pragma("user_version", disk.FORMAT)
    connection.close()
    with open_store(folder) as store, pytest.raises(IndexDamagedError):
        store.snapshot()


ASK_AS_NOBODY = """
import os, sys
from index.errors import StorageError
from index.store import disk, open_store
disk.load_checksums()
if os.geteuid() == 0:  # root may write anywhere
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
with open_store(sys.argv[1]) as store:
    with store.snapshot() as snapshot:
        print(len(snapshot), len(snapshot.lexical(["bridge"], 99)), snapshot.notices)
    try:
        store.writer().__enter__()
    except StorageError as error:
        print(type(error).__name__, error.message)
"""


def test_a_read_only_folder_can_be_asked_but_not_changed():
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o755)
        folder = Path(place) / ".qa"
        with open_store(folder, create=True) as store:
            fill(store, range(3))
        things = [folder, *folder.rglob("*")]
        for path in things:
            path.chmod(0o555 if path.is_dir() else 0o444)
        try:
            done = subprocess.run(
                [sys.executable, "-c", ASK_AS_NOBODY, folder], capture_output=True, text=True, check=False
            )
        finally:
            folder.chmod(0o700)
            (folder / "ann").chmod(0o700)
    lines = done.stdout.splitlines()
    assert lines[:1] == ["6 6 []"], done.stderr
    assert lines[1].startswith("StorageError")
    assert "cannot be written" in lines[1]


# --- the lock --------------------------------------------------------------------------------------------------------


def test_a_second_process_is_told_who_writes_and_since_when(store, folder):
    code = """
import sys
from index.store import open_store
with open_store(sys.argv[1]).writer():
    print("here", flush=True)
    sys.stdin.read()
"""
    child = subprocess.Popen(
        [sys.executable, "-c", code, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with child:
        assert child.stdout.readline() == "here\n"
        with pytest.raises(IndexLockedError, match=rf"pid {child.pid}, started \d{{4}}-") as caught, store.writer():
            pass
        assert caught.value.exit_code == 4
        child.kill()
        child.wait()
        with store.writer():
            pass


def test_rubbish_in_the_lock_file_does_no_harm(store, folder):
    (folder / "LOCK").write_bytes(b"\xff\x00 rubbish")
    with store.writer() as writer:
        writer.skip(FileMark("/x", 1, 1, ""), "no")
        writer.commit()


# --- vector files ----------------------------------------------------------------------------------------------------


def answers(store) -> tuple:
    """All that a question may see of a store: searched, read and counted."""
    with store.snapshot() as snapshot:
        found = snapshot.dense(QUERY, 9), snapshot.statements_dense(QUERY, 9), snapshot.lexical(["bridge", "pier3"], 9)
        ids = [id_ for id_, _ in found[0]]
        return (
            found,
            snapshot.passages(ids),
            snapshot.documents(passage.document for passage in snapshot.passages(ids)),
            [rows.tobytes() for rows in snapshot.parts(ids)],
            snapshot.title_cosines(ids, QUERY).tobytes(),
            snapshot.statements_of(ids),
            snapshot.stats(),
        )


def vector_files(folder: Path) -> list[Path]:
    return sorted((folder / "ann").glob("*.vectors"))


def test_a_missing_or_damaged_vector_file_costs_time_and_a_notice_never_an_answer(store, folder):
    fill(store, range(20))
    right = answers(store)
    whole = {path: path.read_bytes() for path in vector_files(folder)}
    for spoil in (
        lambda path: path.unlink(),
        lambda path: path.write_bytes(path.read_bytes()[:-1]),
        lambda path: path.write_bytes(path.read_bytes() + b"x"),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(os.urandom(path.stat().st_size)),
    ):
        for path, data in whole.items():
            path.write_bytes(data)
        for path in whole:
            spoil(path)
        with open_store(folder) as fresh:
            assert answers(fresh) == right
            with fresh.snapshot() as snapshot:
                snapshot.dense(QUERY, 3)
                snapshot.statements_dense(QUERY, 3)
                assert len(snapshot.notices) == 2
                assert all("qa check --repair" in notice for notice in snapshot.notices)
            assert {problem.kind for problem in fresh.check()} == {"vectors"}
            done = fresh.repair()
            assert done.reindex == ()
            assert fresh.check() == []
            assert answers(fresh) == right
            whole = {path: path.read_bytes() for path in vector_files(folder)}


def test_a_vector_file_of_another_generation_under_the_right_name_is_not_believed(store, folder):
    fill(store, range(20))
    old = vector_files(folder)[0].read_bytes()
    fill(store, range(20, 40))
    vector_files(folder)[0].write_bytes(old)
    with store.snapshot() as snapshot:
        snapshot.dense(QUERY, 3)
        assert len(snapshot.notices) == 1


def test_publishing_what_is_current_writes_nothing_and_sweeps_what_no_row_names(store, folder):
    fill(store, range(5))
    before = vector_files(folder)
    (folder / "ann" / "g00009999.vectors").write_bytes(b"left by a killed writer")
    (folder / "ann" / ".g00009998.vectors.tmp").write_bytes(b"half")
    with store.writer() as writer:
        writer.publish()
    assert sorted((folder / "ann").iterdir()) == before
    with store.writer() as writer:
        for number in range(5):
            writer.remove(article(number)[0].path)
        writer.publish()
    assert vector_files(folder) == []
    assert store.check() == []


def test_a_reader_keeps_the_vector_file_that_a_writer_replaces(store):
    fill(store, range(5))
    with open_store(store.path) as other, other.snapshot() as snapshot:
        fill(store, range(5, 10))
        first = snapshot.dense(QUERY, 99)
        assert snapshot.notices == []
        assert len(first) == 10


def test_a_row_of_a_vector_file_that_is_not_as_it_was_written_is_not_believed(store, folder):
    fill(store, range(20))
    right = answers(store)
    passages, _ = vector_files(folder)
    data = bytearray(passages.read_bytes())
    for place in range(len(data) - 40 * 2 * DIM, len(data)):  # every stored row is damaged, and nothing else
        data[place] ^= 1
    passages.write_bytes(data)
    with open_store(folder) as fresh, fresh.snapshot() as snapshot:
        assert snapshot.notices == []
        snapshot.dense(QUERY, 3)
        assert len(snapshot.notices) == 1
        snapshot.statements_dense(QUERY, 3)
        assert len(snapshot.notices) == 1
    with open_store(folder) as fresh:
        assert answers(fresh) == right
        assert [problem.kind for problem in fresh.check()] == ["vectors"]


def test_a_run_that_adds_little_writes_no_vector_file_and_what_it_added_is_found(store, folder):
    fill(store, range(5))
    before = vector_files(folder)
    with store.writer() as writer:
        mark, indexed = article(5)
        writer.put(mark, [indexed])
        writer.remove(article(0)[0].path)
        writer.publish(behind=True)
    assert vector_files(folder) == before
    with store.snapshot() as snapshot:
        found = {passage.document for passage in snapshot.passages(i for i, _ in snapshot.dense(QUERY, 99))}
        assert indexed.document.id in found
        assert article(0)[1].document.id not in found
        assert snapshot.notices == []


def at_each_commit(monkeypatch, call) -> None:
    """``call`` is made as SQLite is about to commit, on each connection that is opened from here on."""

    def hook() -> bool:
        call()
        return False  # go on

    monkeypatch.setattr(apsw, "connection_hooks", [*apsw.connection_hooks, lambda opened: opened.set_commit_hook(hook)])


def test_a_vector_file_has_its_name_only_when_its_bytes_are_on_disk_and_its_row_only_after_that(store, monkeypatch):
    """The order, observed: fsync of the file, rename, fsync of the folder, and only then the commit of the row."""
    events: list[str] = []
    names = {}

    def spy(name, label):
        real = getattr(os, name)

        def call(*arguments, **named):
            done = real(*arguments, **named)
            if name == "open":
                names[done] = os.fspath(arguments[0])
            else:
                events.append(f"{label} {Path(names.get(arguments[0], str(arguments[0]))).name}")
            return done

        monkeypatch.setattr(os, name, call)

    for name, label in (("open", ""), ("fsync", "sync"), ("rename", "rename")):
        spy(name, label)
    at_each_commit(monkeypatch, lambda: events.append("COMMIT"))
    with store.writer() as writer:
        writer.identify(MODEL, "1")
        mark, indexed = article(1)
        writer.put(mark, [indexed])
        writer.publish()
    published = ["sync .g0000000{}.vectors.tmp", "rename .g0000000{}.vectors.tmp", "sync ann", "COMMIT"]
    assert events == ["COMMIT", *[e.format(1) for e in published], *[e.format(2) for e in published]]


# --- readers and writers together ------------------------------------------------------------------------------------


def test_readers_see_whole_batches_only(store):
    """Each batch replaces all ten files; a reader must never see two versions at once, nor a notice."""

    def batch(version: int) -> None:
        for number in range(10):
            mark, indexed = article(version * 10 + number, f"/articles/{number}.txt")
            writer.put(replace(mark, path=f"/articles/{number}.txt"), [indexed])
        writer.commit()
        if version % 2:
            writer.publish()

    wrong: list[object] = []
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            with store.snapshot() as snapshot:
                versions = {int(id_, 16) // 10 for id_ in snapshot.document_ids()}
                found = {int(p.document, 16) // 10 for p in snapshot.passages(i for i, _ in snapshot.dense(QUERY, 20))}
                if len(versions) != 1 or found != versions or snapshot.notices:
                    wrong.append((versions, found, snapshot.notices))

    with store.writer() as writer:
        writer.identify(MODEL, "1")
        batch(0)
        readers = [threading.Thread(target=read) for _ in range(3)]
        for reader in readers:
            reader.start()
        for version in range(1, 25):
            batch(version)
        stop.set()
        for reader in readers:
            reader.join()
    assert wrong == []


def test_a_long_question_does_not_hold_up_the_next_commits(store):
    fill(store, range(3))
    with store.snapshot() as snapshot:
        for number in range(3, 9):
            fill(store, [number])
        assert len(snapshot) == 6
    with store.snapshot() as snapshot:
        assert len(snapshot) == 18


# --- damage ----------------------------------------------------------------------------------------------------------


def test_no_flipped_bit_changes_an_answer_in_silence(tmp_path):
    """150 flips in the database, 60 in each vector file: every answer is the right one, or a named error."""
    folder = tmp_path / ".qa"
    with open_store(folder, create=True) as store:
        fill(store, range(60))
        right = answers(store)
    random = np.random.default_rng(5)
    caught = harmless = 0
    for path, flips in [(folder / "store.db", 150), *((path, 60) for path in vector_files(folder))]:
        whole = path.read_bytes()
        places = [*range(0, 100, 5), *random.integers(0, len(whole), flips - 20).tolist()]
        for place in places:
            spoilt = bytearray(whole)
            spoilt[place] ^= 1 << int(random.integers(8))
            path.write_bytes(spoilt)
            try:
                with open_store(folder) as store:
                    assert answers(store) == right, f"bit flipped at {place} of {path.name}"
                    noticed = bool(store.check())
            except IndexDamagedError:
                noticed = True
            caught, harmless = caught + noticed, harmless + (not noticed)
        path.write_bytes(whole)
        for side in ("-wal", "-shm"):
            (folder / f"store.db{side}").unlink(missing_ok=True)
    assert harmless < 0.05 * caught  # pages nobody uses


def test_without_checksums_the_same_flips_would_pass(tmp_path):
    """The control: a flip whose page has its checksum made right again is served, so it is the checksum that helps."""
    folder = tmp_path / ".qa"
    with open_store(folder, create=True) as store:
        fill(store, range(5))
    path = folder / "store.db"
    whole = bytearray(path.read_bytes())
    place = whole.index(b"Nobody objected")
    whole[place] ^= 1
    path.write_bytes(whole)
    with open_store(folder) as store:
        assert any(
            problem.kind == "database" and "does not match its checksum" in problem.message for problem in store.check()
        )
    page = place // 4096 * 4096
    whole[page + 4088 : page + 4096] = checksum(whole[page : page + 4088])
    path.write_bytes(whole)
    with open_store(folder) as store, store.snapshot() as snapshot:
        assert any("Oobody objected" in document.text for document in snapshot.every_document())


def checksum(data: bytes) -> bytes:
    """What cksumvfs writes at the end of a page: two 32-bit sums over little-endian words, each fed by the other."""
    words = np.frombuffer(bytes(data), dtype="<u4").tolist()
    one = two = 0
    for first, second in zip(words[::2], words[1::2], strict=True):
        one = (one + first + two) & 0xFFFFFFFF
        two = (two + second + one) & 0xFFFFFFFF
    return one.to_bytes(4, "little") + two.to_bytes(4, "little")


def test_a_truncated_store_is_damaged_and_repair_sets_it_aside_with_a_list_of_files(store, folder):
    fill(store, range(30))
    store.close()
    path = folder / "store.db"
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 8192 * 4096])
    with open_store(folder) as broken:
        problems = broken.check()
        assert problems[-1].kind == "database"
        done = broken.repair()
        assert set(done.reindex) <= {article(number)[0].path for number in range(30)}
        assert broken.check() == []
        with broken.snapshot() as snapshot:
            assert len(snapshot) == 0
        fill(broken, range(30))
        agrees(broken, {article(number)[0].path: number for number in range(30)})
    assert list((folder / "quarantine").rglob("store.db"))


def test_repair_keeps_the_list_of_files_where_it_can_be_read(store, folder):
    fill(store, range(30))
    store.close()
    path = folder / "store.db"
    spoilt = bytearray(path.read_bytes())
    spoilt[spoilt.index(b"Nobody objected")] ^= 1
    path.write_bytes(spoilt)
    with open_store(folder) as broken:
        assert sorted(broken.repair().reindex) == sorted(article(number)[0].path for number in range(30))


def test_repair_keeps_what_a_killed_run_had_committed_to_the_log_alone(store, folder):
    with store.writer() as opened:
        opened.follow({"/articles/one", "/articles/two"})
        opened.skip(FileMark("/articles/one/a.txt", 1, 1, "00" * 16), "no text found")
        opened.commit()
        killed = {name: (folder / name).read_bytes() for name in ("store.db", "store.db-wal")}
    assert len(killed["store.db-wal"]) > 4096
    store.close()
    (folder / "store.db-shm").unlink(missing_ok=True)
    for name, written in killed.items():
        (folder / name).write_bytes(written)
    with (folder / "store.db").open("r+b") as file:  # the last page, which the log has no newer one of
        file.seek(-4096, os.SEEK_END)
        file.write(bytes(64))
    with open_store(folder) as broken:
        assert broken.repair().reindex == ("/articles/one/a.txt",)
        with broken.snapshot() as snapshot:
            assert snapshot.roots() == ["/articles/one", "/articles/two"]


def test_a_reader_that_was_open_follows_a_repair_by_another(store, folder):
    fill(store, range(3))
    with open_store(folder) as reader:
        assert answers(reader)
        path = folder / "store.db"
        spoilt = bytearray(path.read_bytes())
        spoilt[spoilt.index(b"Nobody objected")] ^= 1
        path.write_bytes(spoilt)
        with open_store(folder) as other:
            other.repair()
            fill(other, range(5, 9))
            with reader.snapshot() as snapshot:
                assert len(snapshot) == 8
            reader.close()
            with other.snapshot() as snapshot:
                assert len(snapshot) == 8
            assert other.check() == []


def spoil(folder: Path, *statements: str) -> None:
    """Changes rows behind the store's back, checksums kept right."""
    connection = disk.connect(folder, write=True)
    for statement in statements:
        connection.execute(statement)
    connection.close()


@pytest.mark.parametrize(
    ("kind", "statement"),
    [
        ("passage", "UPDATE passage SET stop = 99999 WHERE id = 3"),
        ("passage", "UPDATE passage_vector SET vec = x'00' WHERE id = 3"),
        ("passage", "DELETE FROM passage_parts WHERE id = 3"),
        ("statement", "UPDATE statement SET parts = x'00000000ffffff00' WHERE id = 2"),
        ("statement", "UPDATE statement SET passage = 1 WHERE id = 3"),
        ("document", "UPDATE document SET text = 'short' WHERE id = 1"),
        ("document", "UPDATE title_vector SET vec = x'00' WHERE id = 1"),
        ("document", "DELETE FROM source_document WHERE document = 2"),
        ("words", "DELETE FROM passage_words WHERE rowid = 2"),
        ("words", "INSERT INTO statement_words (rowid, text) VALUES (77, 'stray')"),
        ("vectors", "UPDATE ann SET sha256 = 'x' WHERE kind = 'passage'"),
        ("database", "PRAGMA foreign_keys = OFF; DELETE FROM document WHERE id = 2"),
    ],
)
def test_check_names_what_does_not_fit_and_repair_leaves_a_sound_index(store, folder, kind, statement):
    fill(store, range(4))
    assert store.check(deep=False) == []
    spoil(folder, statement)
    assert kind in {problem.kind for problem in store.check()}
    done = store.repair()
    assert done.done
    assert store.check() == []
    if kind in ("words", "vectors"):
        agrees(store, {article(number)[0].path: number for number in range(4)})
    else:
        assert len(done.reindex) == 4


def test_repairing_the_word_index_brings_every_search_back(store, folder):
    fill(store, range(9))
    right = answers(store)
    spoil(folder, "DELETE FROM passage_words WHERE rowid < 9", "DELETE FROM statement_words WHERE rowid < 5")
    assert answers(store) != right
    store.repair()
    assert answers(store) == right


def test_repair_of_a_sound_index_does_nothing(store):
    fill(store, range(3))
    done = store.repair()
    assert (done.done, done.reindex) == ((), ())


def test_a_check_takes_no_more_memory_for_all_that_stands_in_one_long_article(store, folder):
    """Its text is read once, not for each of a thousand passages and statements: those would be three gigabytes."""
    count, long = 1_000, 3_000
    text = ("x" * (long - 2) + "\n\n") * count
    spans = [Span(start, start + long - 2) for start in range(0, len(text), long)]
    rows = unit(count, "long")
    long_one = Indexed(
        document=Document("f" * 32, "/long.txt", text, tuple(Block(span, "paragraph") for span in spans)),
        passages=tuple(Passage("f" * 32, span, (span,), number) for number, span in enumerate(spans, 1)),
        vectors=rows,
        parts=tuple(row[None] for row in rows),
        statements=tuple(Statement("f" * 32, (span,), "direct") for span in spans),
        statement_vectors=rows,
    )
    with store.writer() as writer:
        writer.identify(MODEL, "1")
        writer.put(FileMark("/long.txt", len(text), 1, "f" * 32), [long_one])
        writer.commit()
    store.close()
    program = """if True:
        import resource, sys
        from index.store import open_store
        with open_store(sys.argv[1]) as store:
            store.snapshot().close()
            resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
            print(store.check())"""
    done = subprocess.run(
        [sys.executable, "-c", program, str(folder)], capture_output=True, text=True, check=False, cwd=HOUSE
    )
    assert done.stdout == "[]\n", done.stderr


def test_what_was_read_ahead_is_not_read_again(store, folder):
    fill(store, range(9))

    def asked(snapshot):
        ids, statements = ([id_ for (id_,) in snapshot.each(f"SELECT id FROM {kind}")] for kind in schema.KINDS)
        return lambda: (
            [rows.tolist() for rows in (snapshot.title_cosines(ids, QUERY), snapshot.cosines(ids, QUERY))],
            [rows.tolist() for rows in snapshot.statement_cosines(statements, QUERY)],
            snapshot.statement_passages(statements),
            snapshot.copies_of(snapshot.document_ids()),
        )

    with store.snapshot() as snapshot:
        right = asked(snapshot)()
    with open_store(folder) as other, other.snapshot() as snapshot:
        snapshot.nearest(QUERY, QUERY, 1)
        snapshot.read_ahead(lambda: False)
        ask, documents = asked(snapshot), snapshot.document_ids()
        snapshot.document_ids = lambda: documents
        snapshot._pinned.rows = None  # whoever reads a row fails
        assert ask() == right


def test_nothing_is_read_ahead_when_it_is_enough(store, folder):
    fill(store, range(9))
    with open_store(folder) as other, other.snapshot() as snapshot:
        read = []
        snapshot._pinned.rows = lambda *sql: read.append(sql) or []
        snapshot.read_ahead(lambda: True)
        assert read == []


def test_a_check_beside_a_run_that_replaces_a_vector_file_finds_nothing_wrong(store, folder, monkeypatch):
    fill(store, range(3))

    def meanwhile(connection, words=check._words):
        with open_store(folder) as other, other.writer() as opened:
            mark, indexed = article(7)
            opened.put(mark, [indexed])
            opened.publish(force=True)
        return words(connection)

    before = set((folder / "ann").iterdir())
    monkeypatch.setattr(check, "_words", meanwhile)
    assert store.check() == []
    assert not before & set((folder / "ann").iterdir())


def test_a_deep_check_reads_the_sources_again(store, tmp_path):
    path = tmp_path / "one.txt"
    path.write_bytes(b"as it was")
    digest = hashlib.blake2b(b"as it was", digest_size=16).hexdigest()
    _, indexed = article(1)
    with store.writer() as writer:
        writer.identify(MODEL, "1")
        writer.put(FileMark(str(path), 9, 1, digest), [indexed])
        writer.commit()
    assert store.check(deep=True) == []
    path.write_bytes(b"as it is!")
    assert store.check(deep=True) == [Problem("source", f"{path} has changed since it was indexed", repairable=False)]
    assert store.check() == []
    path.unlink()
    assert store.check(deep=True)[0].message == f"{path} is not there any more"
    os.mkfifo(path)  # which nobody waits for
    assert store.check(deep=True)[0].message == f"{path} cannot be read: not a regular file"
    assert store.repair().done == ()


def test_the_folder_vanishing_under_a_reader_is_a_missing_index(store, folder):
    fill(store, range(2))
    shutil.rmtree(folder)
    with pytest.raises(NoIndexError):
        store.snapshot()


# --- the disk refuses ------------------------------------------------------------------------------------------------


def test_after_a_failed_commit_the_writer_is_done_and_the_index_is_as_before(store, monkeypatch):
    def full():
        raise apsw.FullError("database or disk is full")

    fill(store, range(3))
    at_each_commit(monkeypatch, full)
    with store.writer() as writer:
        mark, indexed = article(5)
        writer.put(mark, [indexed])
        with pytest.raises(StorageError, match=r"disk is full: [\d,.]+ MB are free") as caught:
            writer.commit()
        assert caught.value.exit_code == 3
        assert caught.value.hint
        with pytest.raises(StorageError, match="earlier commit"):
            writer.commit()
    agrees(store, {article(number)[0].path: number for number in range(3)})


def test_every_error_of_sqlite_becomes_one_of_ours(folder):
    for name in (name for name in dir(apsw) if isinstance(getattr(apsw, name), type)):
        error = getattr(apsw, name)
        if issubclass(error, apsw.Error):
            with pytest.raises(QAError), disk.translated(folder):
                raise error("what SQLite says")


def test_a_filter_that_names_nothing_restricts_nothing():
    assert not Filter()
    assert Filter(source="x")
