"""What every store promises: inherit `StoreContract`, say how yours is opened, and its tests are yours.

Also the small articles that the tests of the store are about, and the plain model they are compared with.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from index.errors import IndexLockedError, ModelMismatchError, UsageError
from index.store import Article, FileMark, Filter, Indexed, Model
from index.types import Block, Document, Passage, Span, Statement

DIM = 16
MODEL = Model("toy", "toy-16", DIM)
PEOPLE = ("Ana Lima", "Bo Berg", "Cai Ren")
OUTLETS = ("Harbour Post", "Valley Times")


def unit(n: int, seed: object, dim: int = DIM) -> np.ndarray:
    """(n, dim) float32 unit rows, the same for the same seed on every machine."""
    rows = np.random.default_rng(abs(hash_of(seed))).normal(size=(n, dim)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def hash_of(seed: object) -> int:
    value = 0
    for character in repr(seed):
        value = (value * 1_000_003 + ord(character)) % (1 << 61)
    return value


def article(number: int, path: str | None = None) -> tuple[FileMark, Indexed]:
    """A little article: a title, two paragraphs (a passage each), a statement. All of it follows from ``number``."""
    who, title = PEOPLE[number % 3], f"Bridge report {number}"
    first = f"{who} said the bridge number{number} will open in spring. Nobody objected."
    second = f"The café near pier{number % 7} stays shut, the mayor said later."
    second += " В Москве российские банки закрыты; 三日月 東京" if number % 4 == 3 else ""
    text = f"{title}\n\n{first}\n\n{second}"
    at, then = len(title) + 2, len(title) + len(first) + 4
    id_ = f"{number:032x}"
    blocks = (Block(Span(0, len(title)), "heading"), Block(Span(at, then - 2), "paragraph"))
    document = Document(
        id=id_,
        path=path or f"/articles/{number}.txt",
        text=text,
        blocks=(*blocks, Block(Span(then, len(text)), "paragraph")),
        title=title,
        date=f"2020-01-{number % 28 + 1:02d}" if number % 5 else None,
        source=OUTLETS[number % 2],
    )
    cut = at + first.index(". ") + 1
    passages = (
        Passage(id_, Span(at, then - 2), (Span(at, cut), Span(cut + 1, then - 2)), 1, Span(0, len(title))),
        Passage(id_, Span(then, len(text)), (Span(then, len(text)),), 2),
    )
    said = at + len(who) + 1
    content = Span(said + 5, cut - 1)
    statement = Statement(
        id_, (content,), "indirect", Span(said, said + 4), Span(at, said - 1), who, None, 0.9, modal=True
    )
    indexed = Indexed(
        document=document,
        passages=passages,
        vectors=unit(2, ("passages", number)),
        parts=(unit(2, ("first", number)), unit(1, ("second", number))),
        statements=(statement,),
        statement_vectors=unit(1, ("statement", number)),
        title_vector=unit(1, ("title", number))[0],
    )
    return FileMark(document.path, len(text), 1_000 + number, id_), indexed


QUERY = unit(1, "the question")[0]


def fill(store, numbers, *, publish: bool = True) -> None:
    """Articles by number, committed together."""
    with store.writer() as writer:
        writer.identify(MODEL, "1")
        for number in numbers:
            mark, indexed = article(number)
            writer.put(mark, [indexed])
        writer.commit()
        if publish:
            writer.publish()


def stored(rows: np.ndarray) -> np.ndarray:
    """Rows as half precision leaves them, made unit again: what a store may round to."""
    wide = rows.astype(np.float16).astype(np.float64)
    return wide / np.linalg.norm(wide, axis=1, keepdims=True)


def nearest(vectors: dict[int, np.ndarray], query: np.ndarray, k: int) -> list[int]:
    """The exact answer: ids by (cosine, lowest id)."""
    scores = {id_: float(stored(row[None])[0] @ query.astype(np.float64)) for id_, row in vectors.items()}
    return sorted(scores, key=lambda id_: (-scores[id_], id_))[:k]


def agrees(store, files: dict[str, int]) -> None:
    """The store holds exactly ``files`` (path to number of its article, -1 where skipped), and finds it exactly."""
    contents = sorted({number for number in files.values() if number >= 0})
    with store.snapshot() as snapshot:
        stats = snapshot.stats()
        assert stats.found == len(files)
        assert [path for path, _ in stats.skipped] == sorted(path for path, number in files.items() if number < 0)
        documents = {int(id_, 16): id_ for id_ in snapshot.document_ids()}
        assert sorted(documents) == contents
        places = snapshot.places()
        for number, id_ in documents.items():
            holders = sorted(path for path, held in files.items() if held == number)
            assert places[id_] == [(path, "") for path in holders]
            document = replace(article(number)[1].document, path=holders[0])
            assert snapshot.documents([id_])[id_] == document
            assert snapshot.articles([id_])[id_] == Article(
                id_, document.text, document.title, document.date, document.source
            )
        rows: dict[int, np.ndarray] = {}
        for passage in snapshot.every_passage():
            indexed = article(int(passage.document, 16))[1]
            rows[passage.id] = indexed.vectors[indexed.passages.index(replace(passage, id=0))]
        assert len(rows) == 2 * len(contents)
        found = snapshot.dense(QUERY, 100)
        assert [id_ for id_, _ in found] == nearest(rows, QUERY, 100)
        assert len(snapshot.lexical(["said"], 100)) == len(rows)
        assert snapshot.notices == []
    assert store.check() == []


class StoreContract:
    """A store of passages. Give `open(path)`: a context manager with writer(), snapshot() and check()."""

    def open(self, path):
        raise NotImplementedError

    @pytest.fixture
    def store(self, tmp_path):
        with self.open(tmp_path / "index") as store:
            yield store

    def test_an_empty_store_answers_with_nothing(self, store):
        with store.snapshot() as snapshot:
            assert (len(snapshot), snapshot.model, snapshot.document_ids(), snapshot.sources()) == (0, None, [], [])
            assert snapshot.dense(unit(1, 0)[0], 5) == snapshot.lexical(["bridge"], 5) == []
            assert snapshot.frequencies(["bridge"]) == {"bridge": 0}
            assert snapshot.stats().documents == 0

    def test_what_goes_in_comes_out_equal(self, store):
        fill(store, range(5))
        with store.snapshot() as snapshot:
            for number in range(5):
                _, indexed = article(number)
                assert snapshot.documents([indexed.document.id]) == {indexed.document.id: indexed.document}
            passages = list(snapshot.every_passage())
            wanted = [passage for number in range(5) for passage in article(number)[1].passages]
            assert [replace(passage, id=0) for passage in passages] == wanted
            statements = list(snapshot.every_statement())
            assert [replace(s, id=0) for s in statements] == [article(number)[1].statements[0] for number in range(5)]
            assert [d.id for d in snapshot.every_document()] == snapshot.document_ids()
            assert snapshot.passages([p.id for p in passages]) == passages
            assert snapshot.statements([s.id for s in statements]) == statements

    def test_nothing_is_there_before_commit_and_all_of_it_after(self, store):
        with store.writer() as writer:
            writer.identify(MODEL, "1")
            mark, indexed = article(1)
            writer.put(mark, [indexed])
            with store.snapshot() as snapshot:
                assert len(snapshot) == 0
            writer.commit()
            with store.snapshot() as snapshot:
                assert len(snapshot) == 2

    def test_a_snapshot_does_not_move_while_the_writer_does(self, store):
        fill(store, range(4))
        query = unit(1, "q")[0]
        with store.snapshot() as before:
            first = before.dense(query, 5), before.lexical(["bridge"], 5), before.document_ids(), before.stats()
            with store.writer() as writer:
                for number in (0, 1, 2):
                    writer.remove(article(number)[0].path)
                mark, indexed = article(9)
                writer.put(mark, [indexed])
                writer.publish()
            assert (before.dense(query, 5), before.lexical(["bridge"], 5), before.document_ids()) == first[:3]
            with store.snapshot() as after:
                assert after.id != before.id
                assert after.document_ids() == [article(3)[1].document.id, article(9)[1].document.id]

    def test_a_batch_left_without_commit_is_forgotten(self, store):
        with store.writer() as writer:
            writer.identify(MODEL, "1")
            mark, indexed = article(1)
            writer.put(mark, [indexed])
        with store.snapshot() as snapshot:
            assert len(snapshot) == 0

    def test_dense_is_the_exact_answer_and_publishing_does_not_change_it(self, store):
        fill(store, range(40), publish=False)
        query = unit(1, "question")[0]
        with store.snapshot() as snapshot:
            ids = [p.id for p in snapshot.every_passage()]
            rows = [row for number in range(40) for row in article(number)[1].vectors]
            unpublished = snapshot.dense(query, 7)
            assert [id_ for id_, _ in unpublished] == nearest(dict(zip(ids, rows, strict=True)), query, 7)
        with store.writer() as writer:
            writer.publish()
        with store.snapshot() as snapshot:
            assert snapshot.dense(query, 7) == unpublished
            assert np.array_equal(snapshot.cosines([id_ for id_, _ in unpublished], query), [s for _, s in unpublished])

    def test_equal_scores_go_by_lowest_id(self, store):
        with store.writer() as writer:
            writer.identify(MODEL, "1")
            for number in range(6):
                mark, indexed = article(number)
                writer.put(mark, [replace(indexed, vectors=np.repeat(unit(1, "same"), 2, axis=0))])
            writer.commit()
            with store.snapshot() as snapshot:
                assert [id_ for id_, _ in snapshot.dense(unit(1, "q")[0], 5)] == [1, 2, 3, 4, 5]
            writer.publish()
        with store.snapshot() as snapshot:
            assert [id_ for id_, _ in snapshot.dense(unit(1, "q")[0], 5)] == [1, 2, 3, 4, 5]

    def test_filters_act_inside_the_search(self, store):
        fill(store, range(30))
        query = unit(1, "filtered")[0]
        where = Filter(source=OUTLETS[1], since="2020-01-05", until="2020-01-09")
        with store.snapshot() as snapshot:
            documents = {d.id: d for d in snapshot.every_document()}
            fits = {
                p.id
                for p in snapshot.every_passage()
                if documents[p.document].source == OUTLETS[1]
                and "2020-01-05" <= (documents[p.document].date or "") <= "2020-01-09"
            }
            assert fits
            assert {id_ for id_, _ in snapshot.dense(query, len(fits), where)} == fits
            assert {id_ for id_, _ in snapshot.lexical(["said"], len(fits), where)} == fits
            assert snapshot.stats(where).passages == len(fits)
            assert snapshot.dense(query, 5, Filter(source="nobody")) == []

    def test_as_of_a_day_what_is_dated_later_is_not_there_and_what_has_no_date_is(self, store):
        fill(store, range(30))
        where = Filter(as_of="2020-01-09")
        with store.snapshot() as snapshot:
            documents = {d.id: d for d in snapshot.every_document()}
            there = {p.id for p in snapshot.every_passage() if (documents[p.document].date or "")[:10] <= "2020-01-09"}
            assert 0 < len(there) < len(snapshot)
            assert any(document.date is None for document in documents.values())
            assert {id_ for id_, _ in snapshot.dense(unit(1, "q")[0], len(snapshot), where)} == there
            assert snapshot.stats(where).passages == len(there)

    def test_words_find_passages_and_nothing_in_a_word_is_syntax(self, store):
        fill(store, range(8))
        with store.snapshot() as snapshot:
            [(best, score), *_] = snapshot.lexical(["number3"], 5)
            assert snapshot.passages([best])[0].document == article(3)[1].document.id
            assert score > 0
            assert [id_ for id_, _ in snapshot.lexical(["CAFE"], 20)] == [
                id_ for id_, _ in snapshot.lexical(["café"], 20)
            ]
            assert snapshot.lexical(["opening"], 9) == snapshot.lexical(["open"], 9) != []
            hostile = ['"', "a AND", "NEAR(", "text:x", "it's", "-x", "*", "\0", "", "\ud800", "(", "^a", "a\nb"]
            snapshot.lexical(hostile, 5)
            assert set(snapshot.frequencies(hostile)) == set(hostile)
            for word in hostile:
                snapshot.lexical([word], 5)
            assert snapshot.lexical([], 5) == []

    def test_a_word_with_a_space_is_a_phrase(self, store):
        fill(store, range(8))
        with store.snapshot() as snapshot:
            assert snapshot.frequencies(["bridge number3", "number3 bridge", "bridge"]) == {
                "bridge number3": 1,
                "number3 bridge": 0,
                "bridge": 16,
            }

    def test_bm25_of_given_passages_is_what_lexical_gives_them(self, store):
        fill(store, range(9))
        words = ["number3", "pier2", "mayor"]
        with store.snapshot() as snapshot:
            listed = dict(snapshot.lexical(words, 100))
            ids = [p.id for p in snapshot.every_passage()][::-1]
            assert np.allclose(snapshot.bm25(ids, words), [listed.get(id_, 0.0) for id_ in ids], rtol=1e-6, atol=0)
            assert 0 < len(listed) < len(ids)

    def test_statements_are_found_by_speaker_and_by_nearness(self, store):
        fill(store, range(12))
        query = unit(1, "s")[0]
        with store.snapshot() as snapshot:
            statements = {s.id: s for s in snapshot.every_statement()}
            assert snapshot.speakers() == dict.fromkeys(PEOPLE, 4)
            rows = {s.id: article(int(s.document, 16))[1].statement_vectors[0] for s in statements.values()}
            theirs = {id_: row for id_, row in rows.items() if statements[id_].speaker == PEOPLE[0]}
            found = snapshot.statements_dense(query, 3, speakers={PEOPLE[0]})
            assert [id_ for id_, _ in found] == nearest(theirs, query, 3)
            assert np.array_equal(
                snapshot.statement_cosines([id_ for id_, _ in found], query)[0], [s for _, s in found]
            )
            assert snapshot.statements_dense(query, 3, speakers=()) == []

    def test_a_speaker_is_found_by_what_the_article_calls_him_and_that_is_not_what_he_said(self, store):
        fill(store, range(4))
        with store.snapshot() as snapshot:
            assert snapshot.described("LIMA") == {PEOPLE[0]: [PEOPLE[0]]}
            assert snapshot.described("bridge") == snapshot.described('"') == {}

    def test_statements_and_passages_know_each_other(self, store):
        fill(store, range(3))
        with store.snapshot() as snapshot:
            passages = {p.id: p for p in snapshot.every_passage()}
            of = snapshot.statements_of(passages)
            assert sum(map(len, of.values())) == 3
            for id_, statements in of.items():
                assert all(passages[id_].span.covers(s.span) for s in statements)
                assert snapshot.statement_passages([s.id for s in statements]) == [id_] * len(statements)

    def test_what_a_speaker_says_is_all_he_says_within_a_filter(self, store):
        fill(store, range(6))
        with store.snapshot() as snapshot:
            said = list(snapshot.every_statement())
            for speakers in ([PEOPLE[0]], PEOPLE[:2], [], ["Nobody"]):
                expected = [s.id for s in said if s.speaker in speakers]
                assert snapshot.statements_by(speakers) == expected
                assert snapshot.statements_by(speakers, Filter(until="1000-01-01")) == []

    def test_sentence_and_title_vectors_are_there_for_each_passage(self, store):
        fill(store, range(3))
        with store.snapshot() as snapshot:
            ids = [p.id for p in snapshot.every_passage()]
            wanted = [rows for number in range(3) for rows in article(number)[1].parts]
            for rows, expected in zip(snapshot.parts(ids), wanted, strict=True):
                assert rows.shape == expected.shape
                assert np.all((rows * expected).sum(axis=1) > 0.999)
            query = unit(1, "t")[0]
            titles = [float(article(n)[1].title_vector @ query) for n in range(3) for _ in range(2)]
            assert np.allclose(snapshot.title_cosines(ids, query), titles, atol=2e-3)

    def test_ids_not_in_the_snapshot_are_an_error_not_a_guess(self, store):
        fill(store, range(2))
        with store.snapshot() as snapshot:
            for ask in (snapshot.passages, snapshot.statements, snapshot.parts, snapshot.statement_passages):
                with pytest.raises(KeyError):
                    ask([1, 999])
            with pytest.raises(KeyError):
                snapshot.cosines([999], unit(1, 0)[0])
            with pytest.raises(KeyError):
                snapshot.documents(["nothing"])

    def test_ids_are_never_given_twice(self, store):
        fill(store, range(3))
        with store.snapshot() as snapshot:
            before = {p.id for p in snapshot.every_passage()}, {s.id for s in snapshot.every_statement()}
        with store.writer() as writer:
            for number in range(3):
                writer.remove(article(number)[0].path)
            writer.commit()
            writer.clear()
            writer.commit()
        fill(store, range(3))
        with store.snapshot() as snapshot:
            assert min(p.id for p in snapshot.every_passage()) > max(before[0])
            assert min(s.id for s in snapshot.every_statement()) > max(before[1])

    def test_files_with_the_same_bytes_share_a_document_until_the_last_goes(self, store):
        first, indexed = article(1, "/articles/b.txt")
        second = replace(first, path="/articles/a.txt")
        with store.writer() as writer:
            writer.identify(MODEL, "1")
            writer.put(first, [indexed])
            writer.put(second, [replace(indexed, document=replace(indexed.document, path=second.path))])
            writer.commit()
        with store.snapshot() as snapshot:
            stats = snapshot.stats()
            assert (stats.found, stats.documents, stats.passages) == (2, 1, 2)
            assert snapshot.places() == {indexed.document.id: [(second.path, ""), (first.path, "")]}
        with store.writer() as writer:
            writer.remove(second.path)
            writer.commit()
        with store.snapshot() as snapshot:
            assert snapshot.documents([indexed.document.id])[indexed.document.id].path == first.path
        with store.writer() as writer:
            writer.skip(first, "unreadable now")
            writer.commit()
        with store.snapshot() as snapshot:
            assert (snapshot.stats().documents, len(snapshot)) == (0, 0)
            assert snapshot.stats().skipped == ((first.path, "unreadable now"),)

    def test_a_file_that_is_extended_holds_what_it_held_and_more_until_it_is_put_again(self, store):
        mark, first = article(1, "/articles/a.csv")
        others = [article(number, "/articles/a.csv")[1] for number in (2, 3)]
        with store.writer() as writer:
            writer.identify(MODEL, "1")
            writer.put(mark, [first])
            writer.extend(mark.path, [others[0]])
            writer.commit()
            writer.extend(mark.path, [others[1]])
            writer.extend("/articles/nowhere", [article(4, "/articles/nowhere")[1]])
            with pytest.raises(ValueError, match="length 1"):
                writer.extend(mark.path, [replace(first, vectors=2 * first.vectors)])
            writer.commit()
        agreed = [indexed.document.id for indexed in (first, *others)]
        with store.snapshot() as snapshot:
            assert snapshot.document_ids() == agreed
            assert (snapshot.stats().found, len(snapshot)) == (1, 6)
        with store.writer() as writer:
            writer.put(mark, [first])
            writer.commit()
        with store.snapshot() as snapshot:
            assert snapshot.document_ids() == agreed[:1]

    def test_a_part_of_a_file_keeps_its_name_and_its_pages_and_what_was_skipped_in_the_file_its_reason(self, store):
        mark, indexed = article(1, "/articles/a.zip")
        document = replace(indexed.document, part="inner/ä.pdf", pages=(0, 0, 7))
        skipped = ("inner/x.exe", "not text"), ("bad\udcff", "empty file")
        with store.writer() as writer:
            writer.identify(MODEL, "1")
            writer.put(mark, [replace(indexed, document=document)], skipped)
            writer.commit()
        with store.snapshot() as snapshot:
            assert snapshot.documents([document.id])[document.id] == document
            assert snapshot.places() == {document.id: [("/articles/a.zip", "inner/ä.pdf")]}
            assert snapshot.stats().skipped_parts == (
                ("/articles/a.zip/inner/x.exe", "not text"),
                ("/articles/a.zip/bad\\udcff", "empty file"),
            )
        with store.writer() as writer:
            writer.put(mark, [replace(indexed, document=document)])
            writer.commit()
        with store.snapshot() as snapshot:
            assert snapshot.stats().skipped_parts == ()

    def test_found_is_indexed_plus_skipped_and_the_mark_tells_what_is_known(self, store):
        marks = [FileMark(f"/articles/{name}", 3, 4, "") for name in ("x", "bad\udcff", "é")]
        fill(store, range(2))
        with store.writer() as writer:
            for mark in marks:
                writer.skip(mark, f"no text in {mark.path}")
            writer.touch(replace(article(0)[0], changed_ns=77))
            writer.commit()
            known = writer.known()
        assert known[b"/articles/bad\xff"] == marks[1]
        assert known[b"/articles/0.txt"] == replace(article(0)[0], changed_ns=77)
        with store.snapshot() as snapshot:
            stats = snapshot.stats()
            assert stats.found == 5 == 2 + len(stats.skipped)
            assert stats.sources == {OUTLETS[0]: 1, OUTLETS[1]: 1}

    def test_the_snapshot_id_changes_with_every_commit_and_is_equal_for_equal_histories(self, store, tmp_path):
        with self.open(tmp_path / "twin") as twin:
            seen = [set(), set()]
            for place, each in enumerate((store, twin)):
                for numbers in ((0, 1), (2,), (3,)):
                    fill(each, numbers)
                    with each.snapshot() as snapshot:
                        seen[place].add(snapshot.id)
        assert seen[0] == seen[1]
        assert len(seen[0]) == 3

    def test_one_writer_at_a_time_and_readers_are_not_in_its_way(self, store):
        fill(store, range(2))
        with store.writer() as writer:
            with pytest.raises(IndexLockedError, match=r"pid \d+"), store.writer():
                pass
            mark, indexed = article(5)
            writer.put(mark, [indexed])
            with store.snapshot() as snapshot:
                assert len(snapshot) == 4
            writer.commit()
        with store.writer() as writer:
            assert len(writer.known()) == 3

    def test_vectors_of_another_model_are_refused(self, store):
        fill(store, range(2))
        with store.writer() as writer, pytest.raises(ModelMismatchError, match="toy"):
            writer.identify(Model("toy", "other-16", DIM), "1")
        with store.snapshot() as snapshot, pytest.raises(ModelMismatchError):
            snapshot.dense(unit(1, 0, 7)[0], 3)

    def test_a_model_is_known_by_its_fingerprint_under_whatever_name(self, store):
        """A folder of a model that was moved."""
        fill(store, range(2))
        with store.writer() as writer:
            writer.identify(Model("/moved/toy", "toy-16", DIM), "1")
            writer.commit()
        with store.snapshot() as snapshot:
            assert snapshot.model == Model("/moved/toy", "toy-16", DIM)
            assert len(snapshot) == 4

    def test_rebuilding_is_one_step_from_the_old_index_to_the_new(self, store):
        fill(store, range(5))
        with store.writer(rebuild=True) as writer:
            writer.identify(Model("other", "x", DIM), "2")
            mark, indexed = article(7)
            writer.put(mark, [indexed])
            with store.snapshot() as snapshot:
                assert (snapshot.model, len(snapshot)) == (MODEL, 10)
            writer.publish()
        with store.snapshot() as snapshot:
            assert (snapshot.model.name, snapshot.pipeline, len(snapshot)) == ("other", "2", 2)
        assert store.check() == []

    def test_parts_that_do_not_fit_together_are_refused_and_leave_nothing(self, store):
        mark, good = article(1)
        outside = replace(good.passages[0], span=Span(10, 9_999))
        lost = replace(good.statements[0], parts=(Span(0, 3),))
        bad = [
            replace(good, vectors=unit(3, 0)),
            replace(good, vectors=unit(2, 0, 8)),
            replace(good, vectors=unit(2, 0) * 2),
            replace(good, vectors=unit(2, 0) * np.nan),
            replace(good, parts=good.parts[:1]),
            replace(good, statement_vectors=unit(2, 0)),
            replace(good, title_vector=unit(1, 0, 8)[0]),
            replace(good, passages=(outside, good.passages[1])),
            replace(good, passages=good.passages[::-1], parts=good.parts[::-1]),
            replace(good, statements=(lost,)),
            replace(good, document=replace(good.document, title="\ud800")),
            replace(good, document=replace(good.document, id="another")),
        ]
        with store.writer() as writer:
            with pytest.raises(ValueError, match="identify"):
                writer.put(mark, [good])
            writer.identify(MODEL, "1")
            for indexed in bad:
                with pytest.raises(ValueError, match="document"):
                    writer.put(mark, [good, indexed])
            writer.commit()
        with store.snapshot() as snapshot:
            assert len(snapshot) == 0

    def test_filters_that_are_no_days_are_refused(self):
        for day in ("yesterday", "2020-13-01", "2020", "20200101", ""):
            with pytest.raises(UsageError, match="day"):
                Filter(since=day)

    def test_queries_that_make_no_sense_are_refused(self, store):
        fill(store, range(2))
        with store.snapshot() as snapshot:
            with pytest.raises(ValueError, match="finite"):
                snapshot.dense(unit(1, 0)[0] * np.nan, 3)
            with pytest.raises(ValueError, match="negative"):
                snapshot.lexical(["bridge"], -1)
            assert snapshot.dense(unit(1, 0)[0], 0) == snapshot.lexical(["bridge"], 0) == []
