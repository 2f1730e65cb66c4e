"""qa.cli: the commands as a user meets them. Arguments in, text and exit codes out, and nothing heavy for `--help`."""

from __future__ import annotations

import fcntl
import io
import json
import os
import pty
import re
import shlex
import signal
import struct
import subprocess
import sys
import termios
from email.message import EmailMessage
from pathlib import Path

import jsonschema
import pytest

import index.encode
from index.build import Progress, Report
from index.errors import IndexLockedError
from index.store import disk, open_store
from qa import account, cli
from qa.cli import session, streams
from qa.cli.arguments import PARSERS
from qa.repl import Index
from tests.toy import ToyEncoder

HOUSE = Path(__file__).parent.parent
SEEDS = HOUSE / "seeds"
LAVROV = SEEDS / "000_aca22e1ab05da15b.txt"
QUESTION = "What did Lavrov say about Iran?"
SCHEMA = json.loads((HOUSE / "qa" / "answer.schema.json").read_text(encoding="utf-8"))
VALID = jsonschema.Draft202012Validator(SCHEMA)


@pytest.fixture
def here(tmp_path: Path, monkeypatch) -> Path:
    """An empty current folder, a home without settings, and the toy encoder where a model is asked for."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("QA_") or name in {"NO_COLOR", "XDG_CONFIG_HOME"}]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setattr(index.encode, "own", lambda name: ToyEncoder)
    return tmp_path


@pytest.fixture
def qa(here, capsys, monkeypatch):
    """Runs the command in this process: (exit code, standard output, standard error)."""

    def run(*arguments: str | Path, stdin: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        code = cli.main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


@pytest.fixture
def indexed(qa):
    """`qa` with the seeds indexed."""
    assert qa("index", SEEDS)[0] == 0
    return qa


def command(*arguments: str | Path, cwd: Path, **options) -> subprocess.CompletedProcess[str]:
    """The command as a process of its own, with the default model."""
    env = {"PATH": os.environ["PATH"], "HOME": str(cwd), "PYTHONPATH": str(HOUSE), "QA_THREADS": "1"}
    env |= options.pop("env", {})
    if cache := os.environ.get("XDG_CACHE_HOME") or (Path.home() / ".cache"):
        env["XDG_CACHE_HOME"] = str(cache)
    streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.run(
        [sys.executable, "-m", "qa.cli", *map(str, arguments)],
        cwd=cwd,
        env=env,
        encoding="utf-8",
        check=False,
        **(streams | options),
    )


# --- Help, and what it costs ------------------------------------------------------------------------------------------


HEAVY = """numpy onnxruntime onnx tokenizers torch transformers sentence_transformers faiss apsw prompt_toolkit lxml wcwidth
    asyncio multiprocessing qa.render""".split()


def loaded(*arguments: object, cwd: Path) -> tuple[set[str], int]:
    """What heavy modules a command leaves loaded in a fresh interpreter, and its exit code."""
    program = (
        "import sys\nfrom qa.cli import main\ncode = main(sys.argv[1:])\n"
        f"print(*(name for name in {HEAVY} if name in sys.modules), code, sep='\\n', file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(HOUSE)},
        capture_output=True,
        text=True,
        check=True,
    )
    *names, code = done.stderr.split()
    return set(names), int(code)


def test_help_imports_nothing_heavy(tmp_path):
    assert loaded("--help", cwd=tmp_path) == (set(), 0)


@pytest.mark.parametrize(
    ("arguments", "needed"),
    [(["status"], set()), (["export", "statements"], {"qa.render"}), (["show", LAVROV], {"qa.render", "wcwidth"})],
)
def test_looking_at_an_index_loads_what_reads_it_and_nothing_that_answers(indexed, here, arguments, needed):
    """numpy reads the rows of the store, apsw the store."""
    assert loaded(*arguments, cwd=here) == ({"numpy", "apsw"} | needed, 0)


@pytest.mark.parametrize("name", ["ask", "index", "status", "check", "show", "export", "eval"])
def test_every_command_has_help_and_stands_in_the_overview(qa, name):
    code, out, err = qa(name, "--help")
    assert (code, err) == (0, "")
    assert out.startswith(f"usage: qa {name}")
    assert f"qa {name}" in qa("--help")[1]


def test_version(qa):
    code, out, _ = qa("--version")
    assert code == 0
    assert out.startswith("qa")


# --- Usage ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["ask"], 'there is no question\nType: qa ask "What did'),
        (["show"], "REF is missing\nType: qa show REF"),
        (["idx", "seeds"], "Did you mean: qa index seeds"),
        (["ask", "What", "did", "Lavrov", "say"], 'Type: qa ask "What did Lavrov say"'),
        (["ask", "  "], "there is no question"),
        (["ask", "x", "-k", "0"], "qa: -k must be a whole number from 1 to 1000"),
        (["--threads", "many", "status"], "qa: --threads must be a whole number from 1 to 256, not 'many'"),
        (["ask", "x", "--json", "--jsonl"], "not allowed with"),
        (["ask", "x", "--sinc", "2012"], "unrecognized arguments: --sinc"),
        (["index"], "nothing to index"),
        (["index", "nowhere"], "nowhere"),
        (["export", "everything"], "invalid choice"),
        (["--frobnicate"], "unrecognized arguments"),
        (["--index"], "expected one argument"),
    ],
)
def test_a_wrong_argument_is_a_line_on_standard_error_and_code_2(qa, arguments, said):
    code, out, err = qa(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith("qa: ")
    assert said in err
    assert "Traceback" not in err


def test_free_words_that_are_no_path_are_met_with_the_command_that_was_meant(qa):
    code, _, err = qa("what", "about", "Iran?")
    assert code == 2
    assert 'Did you mean: qa ask "what about Iran?"' in err


def test_without_an_index_the_code_is_3_and_the_next_step_is_named(qa):
    for arguments in (["status"], ["ask", "x"], ["check"], ["show", "x"], ["export", "passages"]):
        code, _, err = qa(*arguments)
        assert code == 3
        assert "qa index PATH" in err


def test_the_next_step_is_about_the_index_that_was_named(qa, here):
    (here / "my index").mkdir()
    for arguments in (["status"], ["ask", "x"], ["show", "x"]):
        code, _, err = qa(*arguments, "--index", "my index")
        assert code == 3
        assert "Type: qa --index 'my index' index PATH" in err


def test_a_path_that_is_not_there_begins_no_index(qa, here):
    for arguments in (["index", "gone"], ["ask", "x", "./gone"]):
        code, out, err = qa(*arguments)
        assert (code, out) == (2, "")
        assert "nothing on the disk at " in err
    assert list(here.iterdir()) == []


@pytest.mark.parametrize("arguments", [["status"], ["index", "articles"], ["ask", QUESTION]])
def test_a_current_folder_that_is_gone_is_code_3_and_said_so(qa, here, monkeypatch, arguments):
    (here / "gone").mkdir()
    monkeypatch.chdir(here / "gone")
    (here / "gone").rmdir()
    code, out, err = qa(*arguments)
    assert (code, out) == (3, "")
    assert err == "qa: the current folder is not there any more\nChange to one that is.\n"


@pytest.mark.parametrize("arguments", [["--index", "there", "status"], ["status", "--index", "there"]])
def test_options_may_stand_before_the_command_and_after_it(qa, arguments):
    assert qa("index", LAVROV, "--index", "there")[0] == 0
    assert qa(*arguments)[0] == 0


def test_a_bad_setting_in_the_file_is_named(qa, here):
    file = here / "home" / ".config" / "qa" / "config.toml"
    file.parent.mkdir(parents=True)
    file.write_text("kay = 3\n")
    code, _, err = qa("status")
    assert code == 2
    assert str(file) in err
    assert "'kay'" in err


# --- Indexing ---------------------------------------------------------------------------------------------------------


def test_index_says_what_it_found_and_the_sum_comes_out(qa, here):
    (here / "a").mkdir()
    (here / "a" / "x.txt").write_bytes(LAVROV.read_bytes())
    (here / "a" / "x.jpg").write_bytes(b"\xff\xd8\xff\xe0\0\0")
    (here / "a" / "y.txt").write_bytes(b"")
    code, out, err = qa("index", "a")
    assert (code, err) == (0, "")
    assert out.endswith("found 3 = indexed 1 + skipped 2 (not text (looks like JPEG); empty file)\n")
    assert "1 added, 0 updated, 0 removed, 0 unchanged" in out
    assert qa("index", "a", "--strict")[0] == 1
    code, out, _ = qa("index", "--remove", "a")
    assert code == 0
    assert out.endswith("found 0 = indexed 0 + skipped 0\n")


def test_many_skipped_files_are_counted_by_reason(capsys):
    skipped = tuple((f"/f{n}", "empty file" if n < 12 else f"reason {n}") for n in range(15))
    session.tell(Report(15, 0, 0, 0, 0, 0, skipped, 0, 0, 0.1), sys.stdout)
    out = capsys.readouterr().out
    assert "and 5 more: qa status" in out
    assert out.endswith("found 15 = indexed 0 + skipped 15 (12 x empty file; reason 12; reason 13; others)\n")


def test_the_status_of_the_prompt_is_that_of_the_shell_but_for_skipped_files_beyond_a_screen(indexed, here):
    for number in range(25):
        (here / f"empty{number:02}.txt").touch()
    assert indexed("index", str(here))[0] == 0
    shell = indexed("status")[1].splitlines()
    with open_store(here / ".qa") as store:
        prompt = Index(store, ToyEncoder, lambda: None).status()
    listed = [number for number, line in enumerate(shell) if line.startswith("  skipped ")]
    assert len(listed) == 25
    assert prompt == [*shell[: listed[20]], "  and 5 more: `qa status` in a shell", *shell[listed[-1] + 1 :]]


def test_a_locked_index_is_code_4(indexed, here):
    with open_store(here / ".qa") as store, store.writer():
        code, _, err = indexed("index", LAVROV)
    assert code == IndexLockedError.exit_code == 4
    assert err.startswith("qa: ")


def test_another_model_is_code_6_and_names_both_ways_out(indexed, monkeypatch):
    class Other(ToyEncoder):
        fingerprint = "another model"

    monkeypatch.setattr(index.encode, "own", lambda name: Other)
    for arguments in (["index", SEEDS], ["ask", QUESTION]):
        code, _, err = indexed(*arguments)
        assert code == 6
        assert "--rebuild" in err
        assert "--model" in err
    assert indexed("index", "--rebuild", SEEDS)[0] == 0


def test_a_rebuild_keeps_the_model_unless_another_is_named_or_the_index_cannot_be_read(indexed, here, monkeypatch):
    meant: list[str | None] = []

    def own(name: str | None) -> type[ToyEncoder]:
        meant.append(name)
        return ToyEncoder

    monkeypatch.setattr(index.encode, "own", own)
    for given, name in (([], ToyEncoder.name), (["--model", "other"], "other")):
        assert indexed("index", "--rebuild", *given)[0] == 0
        assert set(meant) == {name}
        meant.clear()
    (here / ".qa" / "store.db").write_bytes(b"damaged")
    assert indexed("index", "--rebuild", SEEDS)[0] == 0
    assert set(meant) == {None}


def test_a_damaged_index_is_code_5_and_never_a_traceback(indexed, here):
    [database] = [p for p in (here / ".qa").iterdir() if p.is_file() and p.stat().st_size > 50_000]
    data = bytearray(database.read_bytes())
    for at in range(8192, len(data), 4096):
        data[at : at + 64] = b"\xaa" * 64
    database.write_bytes(data)
    code, _, err = indexed("check")
    assert code == 5
    assert "qa check --repair" in err
    assert "Traceback" not in err


def test_progress_in_one_line():
    progress = Progress(done=100, total=5000, indexed=99, skipped=1, passages=900, seconds=4.0, encoded=20)
    assert account.progress(progress, 79) == "120 of 5,000 files, 900 passages, 30 files/s, 3 min left"
    assert account.progress(Progress(0, 9, 0, 0, 1, 0.0), 79) == "0 of 9 files, 1 passage"
    assert account.progress(Progress(9, 9, 9, 0, 20, 3.0), 79) == "9 of 9 files, 20 passages, 3 files/s"
    for left, told in ((0.2, "1 s"), (59, "59 s"), (61, "1 min"), (3700, "1 h 2 min")):
        assert account.progress(Progress(1, 2, 1, 0, 5, seconds=left), 79).endswith(f", {told} left")


def test_where_a_line_of_progress_does_not_fit_the_rate_goes_first_and_nothing_is_half_a_word():
    progress = Progress(done=120, total=5000, indexed=119, skipped=1, passages=900, seconds=4.0)
    assert account.progress(progress, 50) == "120 of 5,000 files, 900 passages, 3 min left"
    assert account.progress(progress, 39) == "120 of 5,000 files, 3 min left"
    assert account.progress(progress, 5) == "120 o"


def test_what_is_taken_out_of_a_folder_that_is_followed_is_said_to_come_back(qa, here):
    (here / "m 2").mkdir()
    for name in ("a.txt", "note.md"):
        (here / "m 2" / name).write_text(f"Mayor Anna Berg said that {name} would be repaired.\n")
    assert qa("index", "m 2", "--index", "there")[0] == 0
    code, _, err = qa("index", "--remove", "m 2/note.md", "--index", "there")
    assert code == 0
    assert err == (
        f"qa: {here}/m 2/note.md still lies in {here}/m 2, which is followed\n"
        "qa --index there index brings it back, unless it is moved out of there before; "
        f"qa --index there index --remove '{here}/m 2' leaves all of that.\n"
    )
    assert "1 added, 0 updated, 0 removed, 1 unchanged" in qa("index", "--index", "there")[1]
    (here / "m 2" / "note.md").unlink()
    assert qa("index", "--remove", "m 2/note.md", "--index", "there")[2] == ""
    assert "0 added, 0 updated, 0 removed, 1 unchanged" in qa("index", "--index", "there")[1]
    assert qa("index", "--remove", "m 2", "--index", "there")[2] == ""


def test_index_says_where_it_wrote_if_not_here(qa, here, monkeypatch):
    (here / "a.txt").write_text("Mayor Anna Berg said that the bridge would be repaired.\n")
    out = qa("index", "a.txt")[1]
    assert "\n1 passage and 1 statement written in " in out
    assert out.endswith("found 1 = indexed 1 + skipped 0\n")
    (here / "below").mkdir()
    monkeypatch.chdir(here / "below")
    assert qa("index")[1].endswith(f"found 1 = indexed 1 + skipped 0, in {here}/.qa\n")
    assert qa("index", "../a.txt", "--index", "there")[1].endswith(f", in {here}/below/there\n")


def test_an_index_that_is_a_file_is_code_3_and_says_so(qa, here):
    (here / "file").write_text("")
    for arguments in (["status"], ["index", "."], ["ask", "x"]):
        code, out, err = qa("--index", "file", *arguments)
        assert (code, out) == (3, "")
        assert f"qa: {here}/file is a file, and an index is a folder" in err


def test_help_says_where_the_settings_are_and_what_every_exit_code_means(qa):
    told = qa("--help")[1]
    assert "~/.config/qa/config.toml" in told
    for code in (0, 1, 2, 3, 4, 5, 6, cli.INTERNAL_ERROR, 130, cli.CLOSED_PIPE, 128 + signal.SIGTERM):
        assert re.search(rf"\b{code} \w", told)


# --- Asking -----------------------------------------------------------------------------------------------------------


def test_an_answer_in_json_is_one_document_whose_words_are_in_the_file(indexed):
    code, out, err = indexed("ask", QUESTION, "--json")
    answer = json.loads(out)
    assert (code, err, answer["answered"]) == (0, "", True)
    result = answer["results"][0]
    text = Path(result["document"]["path"]).read_bytes().decode("utf-8")
    assert text[result["passage"]["start"] : result["passage"]["end"]] == result["passage"]["text"]


def test_k_is_how_many_there_are_at_most(indexed):
    assert len(json.loads(indexed("ask", QUESTION, "--json", "-k", "2")[1])["results"]) == 2
    assert "[3]" in indexed("ask", QUESTION)[1]
    assert "[3]" not in indexed("ask", QUESTION, "-k", "2")[1]


def test_no_answer_is_code_1_and_says_what_was_searched(indexed):
    code, out, _ = indexed("ask", "zebra quantum zygote")
    assert code == 1
    assert "2 articles" in out


def test_ask_with_paths_indexes_first_and_keeps_standard_output_for_the_answer(qa):
    code, out, err = qa("ask", QUESTION, SEEDS, "--json")
    assert code == 0
    assert json.loads(out)["searched"]["documents"] == 2
    assert "found 2 = indexed 2 + skipped 0" in err


@pytest.mark.parametrize(("columns", "widest"), [("40", 39), ("", 79), ("nonsense", 79), ("0", 79), ("500", 100)])
def test_a_pipe_is_as_wide_as_columns_says(indexed, monkeypatch, columns, widest):
    monkeypatch.setenv("COLUMNS", columns)
    lines = indexed("ask", QUESTION)[1].splitlines()
    assert widest - 12 < max(map(len, lines)) <= widest  # a line ends with a whole word


def test_a_pipe_gets_neither_colour_nor_control_characters(indexed):
    assert "\x1b" not in indexed("ask", QUESTION)[1]


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--since", "yesterday", "since 'yesterday' is not a date"),
        ("--until", "2012-13", "until '2012-13' is not a date"),
        ("--until", "2012-02-30", "until '2012-02-30' is not a date"),
        ("--since", "0000", "since '0000' is not a date"),
        ("--since", "２０１２", "since '２０１２' is not a date"),
        ("--source", "TSAS", "There are: TASS"),
        ("--language", "fr", "There are: en"),
        ("--speaker", "Serge Lavrof", "There are: Sergei Lavrov"),
        ("--speaker", "Qqqq", ", and 3 more"),
        ("--speaker", "Nobody Atall", "nobody called 'Nobody Atall' is quoted"),
    ],
)
def test_a_filter_that_cannot_hold_is_code_2(indexed, option, value, said):
    code, out, err = indexed("ask", QUESTION, option, value)
    assert (code, out) == (2, "")
    assert said in err


@pytest.mark.parametrize("outlet", ["TASS", "tass", "the TASS", " Tass "])
def test_an_outlet_is_named_in_any_case_and_with_its_article_or_without(indexed, outlet):
    assert indexed("ask", QUESTION, "--source", outlet)[0] == 1  # found, and without an answer


def test_as_of_is_a_day_from_which_the_archive_is_looked_at(indexed):
    assert indexed("ask", QUESTION, "--as-of", "1999")[0] == 0  # the seeds have no year: they are there on any day
    code, _, err = indexed("ask", QUESTION, "--as-of", "soon")
    assert code == 2
    assert "as-of 'soon' is not a date" in err
    line = json.dumps({"question": QUESTION, "as_of": "2013-05"})
    assert json.loads(indexed("ask", "--jsonl", "-", stdin=line)[1])["answered"]


def test_since_after_until_is_code_2(indexed):
    code, _, err = indexed("ask", QUESTION, "--since", "2013", "--until", "2012-06")
    assert code == 2
    assert "since 2013 is after until 2012-06" in err


def test_a_speaker_restricts_the_answer_to_what_that_person_said(indexed):
    code, out, _ = indexed("ask", "What about Iran?", "--speaker", "Lavrov", "--json")
    assert code in {0, 1}
    said = [result["statement"] for result in json.loads(out)["results"]]
    assert all(statement and "Lavrov" in statement["speaker"] for statement in said)


def test_every_json_line_follows_the_schema(indexed):
    for line in indexed("ask", "--jsonl", "-", stdin=f"{QUESTION}\nWho said it?\nzebra quantum zygote\n")[
        1
    ].splitlines():
        VALID.validate(json.loads(line))


def test_the_prompt_begins_with_the_filters_of_the_command_line(indexed, monkeypatch):
    begun = []
    monkeypatch.setattr("qa.repl.run", lambda store, **given: begun.append(given) or 0)
    monkeypatch.setattr("sys.stdin", type("Tty", (io.StringIO,), {"isatty": lambda self: True})())
    monkeypatch.setattr("sys.stdout", type("Tty", (io.StringIO,), {"isatty": lambda self: True})())
    assert cli.main(["--speaker", "Lavrov", "--since", "2012"]) == 0
    assert (begun[0]["speaker"], begun[0]["where"].since) == ("Lavrov", "2012-01-01")


def test_an_outlet_is_known_in_any_case(indexed):
    assert indexed("ask", "What did Peskov say?", "--source", "tass")[0] in {0, 1}


# --- Questions from standard input ------------------------------------------------------------------------------------


def test_each_line_gets_one_answer_in_order_with_its_id(indexed):
    lines = [
        QUESTION,
        "",
        json.dumps({"id": "b", "question": QUESTION, "k": 1}),
        '{"id": 7, "question": "What did Peskov say?", "source": "TASS"}',
    ]
    code, out, err = indexed("ask", "--jsonl", "-", stdin="\ufeff" + "\n".join(lines))
    answers = [json.loads(line) for line in out.splitlines()]
    assert (code, err) == (0, "")
    assert [answer["id"] for answer in answers] == [1, "b", 7]
    assert [list(answer)[:2] for answer in answers] == [["version", "id"]] * 3
    assert len(answers[1]["results"]) == 1
    assert {result["document"]["source"] for result in answers[2]["results"]} <= {"TASS"}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "not a JSON object"),
        ('{"id": 1}', "no question"),
        ('{"question": " "}', "no question"),
        ('{"question": 3}', "question cannot be 3"),
        ('{"question": "x", "k": "3"}', "k cannot be"),
        ('{"question": "x", "k": 0}', "k must be"),
        ('{"question": "x", "k": true}', "k cannot be true"),
        ('{"question": "x", "since": "soon"}', "since 'soon' is not a date"),
        ('{"question": "x", "colour": 1}', "no field 'colour'"),
        ('{"question": "x", "id": [1]}', "id cannot be [1]"),
        ('{"question": "x", "id": NaN}', "id cannot be NaN"),
        ('{"question": "x", "since": 2023}', 'since cannot be 2023; it must be text, like "2023"'),
        ('{"question": ' + "[" * 100_000, "not a JSON object"),
    ],
)
def test_a_line_that_is_not_understood_is_an_object_in_its_place_and_code_2(indexed, line, said):
    code, out, _ = indexed("ask", "--jsonl", "-", stdin=f"{QUESTION}\n{line}\n{QUESTION}\n")
    first, failed, last = (json.loads(answer) for answer in out.splitlines())
    assert code == 2
    assert said in failed["error"]
    assert failed["line"] == 2
    VALID.validate(failed)
    assert first["answered"]
    assert last["answered"]


@pytest.mark.parametrize("id_", ["x7", 5, 2.5, 10**400, "\ud800"])
@pytest.mark.parametrize(
    "rest",
    [
        {"question": "x", "since": "soon"},
        {"question": ""},
        {},
        {"question": 3},
        {"colour": 1},
        {"question": "x", "k": 0},
    ],
)
def test_a_failed_line_keeps_the_id_it_gave(indexed, id_, rest):
    code, out, err = indexed("ask", "--jsonl", "-", stdin=f"{QUESTION}\n{json.dumps({'id': id_} | rest)}\n")
    failed = json.loads(out.splitlines()[1])
    assert (code, err, failed["id"], failed["line"]) == (2, "", id_, 2)
    VALID.validate(failed)


def test_no_line_answered_is_code_1(indexed):
    assert indexed("ask", "-", stdin="zebra quantum zygote\n")[0] == 1


def test_json_takes_exactly_one_question(indexed):
    assert json.loads(indexed("ask", "-", "--json", stdin=f"{QUESTION}\n")[1])["question"] == QUESTION
    code, out, err = indexed("ask", "-", "--json", stdin=f"{QUESTION}\n{QUESTION}\n")
    assert (code, out) == (2, "")
    assert "--jsonl" in err


def test_plain_qa_answers_the_lines_of_a_pipe(indexed):
    code, out, _ = indexed(stdin=f"{QUESTION}\nand about Iran?\n/cite 1\n")
    assert code == 0
    assert out.count("2 articles searched") == 2
    assert f"qa> {QUESTION}\n" in out
    assert "qa> and about Iran?\n" in out
    assert "qa> /cite 1\n" in out
    assert "? help" not in out


def test_a_line_of_a_pipe_that_is_not_understood_is_told_and_the_rest_goes_on(indexed):
    code, out, _ = indexed(stdin=f"/nothing\n{QUESTION}\n")
    assert code == 2
    assert "There is no command /nothing." in out
    assert "[1]" in out
    assert indexed(stdin="zebra quantum zygote\n")[0] == 1
    assert indexed(stdin=f"/quit\n{QUESTION}\n")[:2] == (1, "qa> /quit\n")


def test_plain_qa_with_nothing_on_standard_input_is_code_2_with_the_usage(qa):
    code, out, err = qa(stdin=" \n\n")
    assert (code, out) == (2, "")
    assert "no question on standard input" in err
    assert "qa ask QUESTION" in err
    assert qa("--index", "there", stdin="")[2] == qa("ask", "-", "--index", "there", stdin="")[2] == qa(stdin="")[2]


# --- Status, show, export, eval ---------------------------------------------------------------------------------------


def test_status_counts_and_says_where_settings_come_from(indexed, monkeypatch):
    monkeypatch.setenv("QA_K", "4")
    code, out, _ = indexed("status", "--json")
    status = json.loads(out)
    assert code == 0
    assert (status["documents"], status["found"], status["skipped"], status["model"]) == (2, 2, [], "toy")
    assert status["settings"]["k"] == {"value": 4, "from": "environment QA_K"}
    assert status["sources"] == {"TASS": 1}
    assert list(status["speakers"].values()) == sorted(status["speakers"].values(), reverse=True)
    assert sum("Lavrov" in name for name in status["speakers"]) == 1  # Sergei in one article, Sergey in the other
    plain = indexed("status")[1]
    assert "found 2 = indexed 2 + skipped 0" in plain


@pytest.mark.parametrize(
    "ref",
    [
        "000_aca22e1ab05da15b.txt, para 5",
        "000_aca22e1ab05da15b.txt, para 5 · verbatim",
        "TASS, “Iran at the talks”, 2012-06-15, 000_aca22e1ab05da15b.txt, para 5 · verbatim",
        "seeds/000_aca22e1ab05da15b.txt:p5",
        f"{LAVROV}:para5",
        "ID, para 5",
        "ID:START",
        f"{LAVROV}:START",
        f"{LAVROV}:START-END",
    ],
)
def test_show_finds_a_place_however_it_is_written(indexed, here, ref):
    text = LAVROV.read_text(encoding="utf-8")
    with open_store(here / ".qa") as store, store.snapshot() as snapshot:
        document = next(d for d in snapshot.every_document() if d.path == str(LAVROV))
    span = document.paragraphs()[4]
    ref = ref.replace("START", str(span.start)).replace("END", str(span.end)).replace("ID", document.id)
    code, out, _ = indexed("show", *ref.split(" "))
    assert code == 0
    [marked] = [line for line in out.splitlines() if line.startswith("5>")]
    assert span.of(text)[:20] in marked


def test_a_note_on_a_file_says_whether_it_changed_or_is_gone_and_can_be_typed(qa, here):
    """By `qa ask` and by `qa show`; the command quotes the path and is about the index that was named."""
    file = here / "my file.txt"
    file.write_text("Mayor Anna Berg said that the bridge would be repaired.\n")
    given = ("--index", "my index")
    assert qa("index", file, *given)[0] == 0
    asked, shown = ("ask", "What did Anna Berg say?", *given), ("show", "my file.txt, para 1", *given)
    for command in (asked, shown):
        assert "Note:" not in qa(*command)[1]
    assert json.loads(qa(*asked, "--json")[1])["notices"] == []
    file.write_text("Mayor Anna Berg said nothing.\n")
    [notice] = json.loads(qa(*asked, "--jsonl")[1])["notices"]
    assert notice.startswith(
        "my file.txt has changed since it was indexed; shown is the text as it was. Type: qa --index "
    )
    for command in (asked, shown):
        told = " ".join(qa(*command)[1].split())
        assert "Note: my file.txt has changed since it was indexed; shown is the text as it was." in told
        typed = f"Type: qa --index 'my index' index '{file}'"  # a path longer than the line is cut
        assert "".join(typed.split()) in "".join(told.split())
    file.unlink()
    for command in (asked, shown):
        told = " ".join(qa(*command)[1].split())
        assert "Note: my file.txt is not there any more; shown is the text as it was." in told
        assert "Type: qa --index 'my index' index" in told
        assert "changed" not in told
    assert qa("index", *given)[0] == 0  # what the note says to type
    assert qa("show", "my file.txt", *given)[0] == 2


def test_a_note_on_the_index_is_about_the_index_that_was_named(qa, here):
    (here / "a.txt").write_text("Mayor Anna Berg said that the bridge would be repaired.\n")
    assert qa("index", "a.txt", "--index", "there")[0] == 0
    for file in (here / "there" / "ann").iterdir():
        file.unlink()
    told = " ".join(qa("ask", "What did Anna Berg say?", "--index", "there")[1].split())
    assert "is missing or damaged" in told
    assert told.count("Type: qa --index there check --repair") == told.count("Type: ") > 0


def test_show_without_a_place_prints_the_whole_article(indexed, here):
    with open_store(here / ".qa") as store, store.snapshot() as snapshot:
        document = next(d for d in snapshot.every_document() if d.path == str(LAVROV))
    for ref in (document.id, "000_aca22e1ab05da15b.txt"):
        code, out, _ = indexed("show", ref)
        assert code == 0
        words = "".join(out.split())
        assert all("".join(p.of(document.text).split()) in words for p in document.paragraphs())


def test_index_alone_looks_at_all_it_was_made_of_again(qa, here):
    (here / "one").mkdir()
    (here / "one" / "a.txt").write_text("Jane Roe said that the bridge would be repaired.\n")
    assert qa("index", "one")[0] == 0
    (here / "one" / "b.txt").write_text("John Doe said that the harbour would stay open.\n")
    code, out, _ = qa("index")
    assert code == 0
    assert "1 added, 0 updated, 0 removed, 1 unchanged" in out
    assert f"folders     {here / 'one'}" in qa("status")[1]


def test_watching_tells_what_is_new_and_ends_cleanly_at_ctrl_c(tmp_path):
    """A file that cannot be read is news once, also where nothing else changed."""
    (tmp_path / "old.txt").write_text("")
    (tmp_path / "a.txt").write_text("Jane Roe said that the bridge would be repaired.\n")
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONPATH": str(HOUSE), "QA_THREADS": "1"}
    environment["XDG_CACHE_HOME"] = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    arguments = [sys.executable, "-m", "qa.cli", "index", "--watch", str(tmp_path)]
    streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(arguments, cwd=tmp_path, env=environment, encoding="utf-8", **streams) as child:
        told = child.stderr.readline()
        (tmp_path / "b.txt").write_text("John Doe said that the harbour would stay open.\n")
        lines = iter(child.stdout.readline, "")
        assert any("1 added, 0 updated, 0 removed, 1 unchanged" in line for line in lines)
        (tmp_path / "empty.txt").write_text("")
        skipped = next(line for line in lines if line.startswith("skipped "))
        assert skipped == f"skipped {tmp_path / 'empty.txt'}: empty file\n"
        child.send_signal(signal.SIGINT)
        assert child.wait(60) == 0
        assert child.stderr.read() == ""
    assert told == f"qa: watching {tmp_path}; Ctrl-C ends it\n"


def test_show_versions_compares_with_the_articles_that_carry_the_same_story(indexed, here):
    text = LAVROV.read_text(encoding="utf-8")
    (here / "cut.txt").write_text(
        text[: len(text) * 2 // 3].replace("We are convinced", "We are sure"), encoding="utf-8"
    )
    assert indexed("index", "cut.txt")[0] == 0
    code, out, _ = indexed("show", LAVROV.name, "--versions")
    assert code == 0
    assert "cut.txt" in out
    assert "sure" in out.split("+ ", 1)[1]
    code, out, _ = indexed("show", "003_a66a14f0af45c417.txt", "--versions")
    assert "No other article carries it." in out


@pytest.mark.parametrize("ref", ["nothing.txt", "000_aca22e1ab05da15b.txt:p99", "000_aca22e1ab05da15b.txt:999999"])
def test_show_of_what_is_not_there_is_code_2(indexed, ref):
    code, out, err = indexed("show", ref)
    assert (code, out) == (2, "")
    assert err.startswith("qa: ")


def test_show_of_a_name_that_several_have_lists_their_ids(qa, here):
    for name in ("one", "two"):
        (here / name).mkdir()
        (here / name / "a.txt").write_text(f"Mayor {name} said that the harbour was open.\n")
    qa("index", "one", "two")
    code, _, err = qa("show", "a.txt")
    assert code == 2
    assert "2 articles are called a.txt" in err
    assert qa("show", "one/a.txt")[0] == 0


def test_a_name_means_the_article_itself_before_what_lies_in_it(qa, here):
    """A message and its attachment; the citation that is printed opens what it was printed for."""
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "Anna Berg <anna@b.example>", "The bridge"
    mail.set_content("Mayor Anna Berg said that the bridge would be repaired.\n")
    mail.add_attachment("The engineer said that the pier had cracks.\n", filename="report.txt")
    (here / "mail.eml").write_bytes(mail.as_bytes())
    assert qa("index", "mail.eml")[0] == 0
    for ref, word in (("mail.eml, para 1", "bridge"), ("mail.eml/report.txt, para 1", "pier")):
        code, out, err = qa("show", ref)
        assert (code, err) == (0, "")
        [marked] = [line for line in out.splitlines() if line.startswith("1>")]
        assert word in marked


def test_where_a_name_means_several_each_is_told_with_its_place_and_title(qa, here):
    rows = "".join(f"News {n},Mayor Anna Berg said that bridge {n} would be repaired.\n" for n in range(12))
    (here / "news.csv").write_text("title,text\n" + rows)
    assert qa("index", "news.csv")[0] == 0
    code, _, err = qa("show", "news.csv")
    assert code == 2
    first, *lines, last = err.splitlines()[1:]
    assert (first, last, len(lines)) == ("Say which, by id: qa show ID", "and 4 more", 8)
    for line in lines:
        id_, file, row, number, *_ = line.split()
        assert (file, row) == (f"{here}/news.csv", "row")
        assert f"“News {int(number) - 2}”" in line
        assert qa("show", id_)[1] == qa("show", f"news.csv row {number}")[1]


@pytest.mark.parametrize("name", [b"two\nlines.txt", b"not \xff utf-8.txt", b"a, b.txt", b"\xe2\x80\x8fmarked.txt"])
def test_what_is_printed_of_a_name_is_accepted(qa, here, name):
    """The file's name as a screen shows it, with the outlet and the title before it or without."""
    file = os.fsdecode(name)
    (here / file).write_text("MOSCOW, January 30. /TASS/. Mayor Anna Berg said that the bridge would be repaired.\n")
    assert qa("index", file)[0] == 0
    printed = qa("show", file)[1].splitlines()
    place = next(line for line in printed if "verbatim" in line).strip()
    assert place.startswith("TASS, ")
    for ref in (place, place.removeprefix("TASS, "), place.removesuffix(" · verbatim")):
        code, out, err = qa("show", ref)
        assert (code, err) == (0, "")
        assert "1>  " in out


def test_exported_spans_are_slices_of_the_file(indexed):
    for kind, at_least in (("statements", 10), ("passages", 4), ("documents", 2)):
        code, out, _ = indexed("export", kind)
        rows = [json.loads(line) for line in out.splitlines()]
        assert code == 0
        assert len(rows) >= at_least
        for row in rows:
            path = row["path"] if kind == "documents" else row["document"]["path"]
            text = Path(path).read_bytes().decode("utf-8")
            assert row["text"] == (text if kind == "documents" else text[row["start"] : row["end"]])
            if kind == "statements" and row["speaker_as_written"]:
                written = row["speaker_as_written"]
                assert text[written["start"] : written["end"]] == written["text"]


def test_an_exported_statement_has_the_promised_fields(indexed):
    row = json.loads(indexed("export", "statements")[1].splitlines()[0])
    promised = "document start end parts text kind speaker speaker_as_written cue via said_on confidence negated modal"
    assert " ".join(row) == promised
    assert list(row["document"]) == ["id", "path"]


def test_eval_prints_measures_with_intervals(indexed, here):
    gold = {"question": QUESTION, "gold": [{"article": LAVROV.stem, "start": 0, "end": 10_000}]}
    (here / "q.jsonl").write_text(json.dumps(gold) + "\n")
    code, out, err = indexed("eval", "q.jsonl")
    assert (code, err) == (0, "")
    assert "P@1" in out
    gold["gold"][0]["article"] = "000_misspelt"
    (here / "q.jsonl").write_text(json.dumps(gold) + "\n")
    code, out, err = indexed("eval", "q.jsonl")
    assert (code, "P@1            0.000" in out) == (0, True)
    assert err.startswith(
        "qa: 1 article named as right cannot be found: not in the index by that name; the first: 000_missp"
    )
    assert indexed("eval", "nowhere.jsonl")[0] == 2


def test_check_finds_nothing_wrong_with_a_sound_index(indexed):
    code, out, _ = indexed("check", "--deep")
    assert code == 0
    assert "nothing wrong" in out


def test_an_article_that_changed_or_is_gone_is_not_damage(qa, here):
    for name in ("changed", "gone"):
        (here / f"{name}.txt").write_text(f"The pier is {name}. Nobody came.", encoding="utf-8")
    assert qa("index", "changed.txt", "gone.txt")[0] == 0
    (here / "changed.txt").write_text("The pier is new. Everybody came.", encoding="utf-8")
    (here / "gone.txt").unlink()
    code, out, _ = qa("check", "--deep")
    assert code == 0
    assert out == (
        f"source: {here}/changed.txt has changed since it was indexed\n"
        f"source: {here}/gone.txt is not there any more\n"
        f"{here}/.qa: sound, but behind its articles: files changed or are gone; type: qa index\n"
    )
    assert qa("check")[0] == 0
    assert qa("index")[0] == 0
    assert qa("check", "--deep")[1] == f"{here}/.qa: nothing wrong\n"


def test_damage_is_code_5_with_the_command_that_mends_it(qa, here):
    (here / "one.txt").write_text("The pier is old. Nobody came.", encoding="utf-8")
    assert qa("index", "one.txt")[0] == 0
    [file] = (here / ".qa" / "ann").glob("*.vectors")
    file.write_bytes(file.read_bytes()[:-1] + b"!")
    code, _, err = qa("check")
    assert code == 5
    assert "1 problem" in err
    assert "qa check --repair" in err
    assert qa("check", "--repair")[0] == 0
    assert qa("check")[0] == 0


@pytest.mark.parametrize("roots", [True, False])
def test_a_repair_that_empties_the_index_names_one_command_that_fills_it_again(qa, here, roots):
    """The folders that were followed are still; where that cannot be read, the command names those of the files."""
    for name in ("first folder", "second", "second/inner"):
        (here / name).mkdir()
        (here / name / "a.txt").write_text(f"Mayor Anna Berg said that the {name} would be repaired.\n")
    assert qa("index", "first folder", "second")[0] == 0
    connection = disk.connect(here / ".qa", write=True)
    connection.execute("UPDATE document SET text = 'short' WHERE id = 1")
    if not roots:
        connection.execute("DELETE FROM root")
    connection.close()
    assert qa("check")[0] == 5
    code, out, err = qa("check", "--repair")
    assert (code, err) == (0, "")
    typed = "qa index" if roots else f"qa index '{here}/first folder' {here}/second"
    assert out.endswith(f"{here}/.qa: nothing wrong, but empty, 3 files to be indexed again; type: {typed}\n")
    code, out, _ = qa("ask", "What did Anna Berg say?")
    assert code == 1
    assert f"The index is empty. Type: qa index{'' if roots else ' PATH'}\n" in out
    code, out, _ = qa(*shlex.split(typed)[1:])
    assert (code, out.splitlines()[-1]) == (0, "found 3 = indexed 3 + skipped 0")
    assert qa("check")[1] == f"{here}/.qa: nothing wrong\n"


def test_where_nothing_can_be_read_any_more_the_command_says_path(qa, here):
    (here / "a.txt").write_text("Mayor Anna Berg said that the bridge would be repaired.\n")
    assert qa("index", "a.txt", "--index", "there")[0] == 0
    (here / "there" / "store.db").write_bytes(b"nothing of a database" * 1000)
    code, out, _ = qa("check", "--repair", "--index", "there")
    assert code == 0
    assert out.endswith("there: nothing wrong, but empty; type: qa --index there index PATH\n")


# --- The process ------------------------------------------------------------------------------------------------------


def test_the_default_model_indexes_and_answers_from_a_shell(tmp_path):
    done = command("index", SEEDS, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("found 2 = indexed 2 + skipped 0\n")
    done = command("ask", QUESTION, "--json", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Iran" in json.loads(done.stdout)["results"][0]["passage"]["text"]
    ascii_only = command("ask", QUESTION, "--json", cwd=tmp_path, env={"PYTHONIOENCODING": "ascii"})
    assert json.loads(ascii_only.stdout)["results"] == json.loads(done.stdout)["results"]


def test_a_closed_pipe_is_silence_and_code_141(indexed, here):
    reading, writing = os.pipe()
    os.close(reading)
    done = command("export", "documents", cwd=here, stdout=writing)
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, "")


def test_a_full_disk_behind_standard_output_is_code_3(indexed, here):
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    with open("/dev/full", "w") as full:
        done = command("status", cwd=here, stdout=full)
    assert done.returncode == 3
    assert "the disk is full: the output cannot be written" in done.stderr
    assert "Traceback" not in done.stderr


def test_closed_standard_streams_are_no_traceback(here):
    script = f"{sys.executable} -m qa.cli <&- >&-; echo $? >&2"
    env = os.environ | {"PYTHONPATH": str(HOUSE)}
    done = subprocess.run(["sh", "-c", script], cwd=here, env=env, capture_output=True, text=True, check=True)
    assert done.stderr.endswith("2\n")
    assert "Traceback" not in done.stderr


SLOW = """
import sys, time
import index.encode
from qa import cli
from tests.toy import ToyEncoder

class Slow(ToyEncoder):
    def passages(self, *args):
        print("encoding", flush=True)
        time.sleep(0.3)
        return super().passages(*args)

from index import build
build.GROUP_PASSAGES = build.BATCH_DOCUMENTS = 1
index.encode.own = lambda name: Slow
sys.exit(cli.main(sys.argv[1:]))
"""


def indexing(folder: Path, *given: object) -> subprocess.Popen[str]:
    """`qa index` in a process of its own that takes its time, once it is at its third article."""
    child = subprocess.Popen(
        [sys.executable, "-c", SLOW, "index", *map(str, given)],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(HOUSE)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    for _ in range(3):
        child.stdout.readline()
    return child


@pytest.mark.parametrize(
    ("number", "code", "given", "hint"),
    [
        (signal.SIGINT, 130, [], "Run the same command again"),
        (signal.SIGTERM, 143, [], "Run the same command again"),
        (signal.SIGINT, 130, ["--rebuild"], "Type: qa index, which goes on from here."),
    ],
)
def test_a_signal_while_indexing_keeps_what_is_done_and_says_how_to_go_on(qa, here, number, code, given, hint):
    for article in range(30):
        (here / f"{article:02}.txt").write_text(f"Mayor Anna Berg said that bridge {article} would be repaired.\n")
    child = indexing(here, *given, here)
    child.send_signal(number)
    _, err = child.communicate(timeout=60)
    assert child.returncode == code
    assert "of 30 new or changed files are in the index" in err
    assert hint in err
    assert "Traceback" not in err
    with open_store(here / ".qa") as store, store.snapshot() as snapshot:
        done = snapshot.stats().documents
    assert 2 <= done < 30
    assert f"{30 - done} added, 0 updated, 0 removed, {done} unchanged" in qa("index", str(here))[1]


def test_while_files_are_not_read_yet_whatever_is_asked_says_how_many_and_what_to_type(qa, here):
    """While another process makes the index anew, and after it was stopped; no file of them is called skipped."""
    place, named = here / "pier", ("--index", here / "ix")
    place.mkdir()
    for article in range(30):
        (place / f"{article:02}.txt").write_text(f"Mayor Anna Berg said that bridge {article} would be repaired.\n")
    assert qa("index", place, *named)[0] == 0
    asked = "What did Berg say about the bridge?", "What did Roe say about Mars?", "thanks"
    assert not any("not read yet" in qa("ask", text, *named)[1] for text in asked)
    for article in range(30):
        (place / f"{article:02}.txt").write_text(f"Mayor Anna Berg said that pier {article} would be repaired.\n")
    child = indexing(here, "--rebuild", place, *named)

    def told() -> list[int]:
        """How many are missing, by each answer and refusal."""
        lines = [qa("ask", text, *named)[1] for text in asked]
        lines += [qa(*named, stdin="What did Berg say about the pier?\nthanks\n")[1]]
        found = [
            re.search(r"(\d+) files are not read yet; unless a run is under way, type: (.+)", out) for out in lines
        ]
        assert all(found)
        assert found[-1][2] == "/index"
        assert all(step[2].startswith("qa --index") for step in found[:-1])
        assert not any("skipped" in out for out in lines)
        assert "not read yet" in qa("ask", "x", "--speaker", "Poe", *named)[2]
        assert "not read yet" in qa("show", "poe.txt", *named)[2]
        return [int(each[1]) for each in found]

    assert all(0 < left < 30 for left in told())
    child.send_signal(signal.SIGINT)
    child.communicate(timeout=60)
    [left] = set(told())
    body = json.loads(qa("ask", asked[1], "--json", *named)[1])
    assert (body["searched"]["unread"], body["searched"]["unreadable"]) == (left, 0)
    assert body["searched"]["documents"] == 30 - left
    assert body["notices"][0].startswith(f"{left} files are not read yet")
    status = json.loads(qa("status", "--json", *named)[1])
    assert (status["found"], status["unread"], status["skipped"]) == (30, left, [])
    assert f"found 30 = indexed {30 - left} + skipped 0 + not read yet {left}\n" in qa("status", *named)[1]
    assert qa("index", *named)[0] == 0
    assert not any("not read yet" in qa("ask", text, *named)[1] for text in asked)


LATE = """
import sys, threading, time
from index.intake import encoding
looked_for = threading.Event()
class Slow:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name == "index.read" and threading.current_thread().name != "qa-language":
            looked_for.set()
            time.sleep(0.3)
sys.meta_path.insert(0, Slow)
at_once = encoding._get_ready_for_languages
encoding._get_ready_for_languages = lambda: looked_for.wait(9) and at_once()
from qa.cli import main
sys.exit(main(sys.argv[1:]))
"""
"""The thread that reads the language model comes just when the package it is part of is being imported elsewhere."""


def test_no_two_threads_wait_for_each_others_import(here):
    env = os.environ | {"PYTHONPATH": str(HOUSE)}
    arguments = [sys.executable, "-c", LATE, "index", str(SEEDS)]
    done = subprocess.run(arguments, cwd=here, env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("fault")) == (0, 0)


@pytest.mark.parametrize("columns", [40, 80])
@pytest.mark.parametrize("command", list(PARSERS))
def test_help_fits_a_terminal_and_breaks_no_word(command, columns, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(columns))
    parser = PARSERS[command]()
    whole = parser.format_help()
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    lines = parser.format_help().splitlines()
    assert max(map(len, lines)) < columns
    assert " ".join(lines).split() == whole.split()


def test_on_a_narrow_terminal_what_is_indexed_is_broken_between_words_and_in_a_pipe_it_is_not():
    lines = [f"skipped {'/long' * 4}/a file of {n} words.txt: not text (looks like JPEG)" for n in range(2)]
    piped = io.StringIO()
    streams.write(lines, piped)
    assert piped.getvalue().splitlines() == lines
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 40, 0, 0))
    with open(theirs, "w", encoding="utf-8") as terminal:
        streams.write([*lines, "outlets     3: The Daily Example, The Weekly Example"], terminal)
        terminal.flush()
        written = b""
        while b"Weekly Example" not in written:  # it comes through in pieces
            written += os.read(ours, 65536)
    os.close(ours)
    shown = written.decode().splitlines()
    assert max(map(len, shown)) < 40
    assert shown[:3] == ["skipped /long/long/long/long/a file", "  of 0 words.txt: not text (looks like", "  JPEG)"]
    assert shown[-2:] == ["outlets     3: The Daily Example, The", "            Weekly Example"]


def test_on_a_terminal_the_bar_is_drawn_and_gone_at_the_end(here):
    (here / "a.txt").write_text("Mayor Anna Berg said that the bridge would be repaired.\n")
    ours, theirs = pty.openpty()
    env = os.environ | {"PYTHONPATH": str(HOUSE), "TERM": "xterm"}
    done = subprocess.run(
        [sys.executable, "-c", SLOW, "index", str(here)],
        cwd=here,
        env=env,
        stdout=subprocess.PIPE,
        stderr=theirs,
        text=True,
        check=True,
    )
    os.close(theirs)
    seen = os.read(ours, 65536).decode()
    os.close(ours)
    assert "of 1 file" in seen
    assert seen.endswith("\r\x1b[K")
    assert done.stdout.endswith("found 1 = indexed 1 + skipped 0\n")


def test_while_watching_on_a_terminal_every_line_begins_on_a_line_of_its_own(here):
    """What is told comes after the bar is wiped away: both are written to the same terminal."""
    (here / "a.txt").write_text("Mayor Anna Berg said that the bridge would be repaired.\n")
    ours, theirs = pty.openpty()
    env = os.environ | {"PYTHONPATH": str(HOUSE), "TERM": "xterm"}
    arguments = [sys.executable, "-c", SLOW.replace('print("encoding", flush=True)', ""), "index", "--watch", str(here)]
    with subprocess.Popen(
        arguments, cwd=here, env=env, stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs
    ) as child:
        seen = ""
        while "watching" not in seen:
            seen += os.read(ours, 65536).decode()
        (here / "b.txt").write_text("John Doe said that the harbour would stay open.\n")
        seen = ""
        while "found 2" not in seen:
            seen += os.read(ours, 65536).decode()
        child.send_signal(signal.SIGINT)
        assert child.wait(60) == 0
    os.close(theirs)
    os.close(ours)
    bar, _, told = seen.partition("1 added, ")
    assert re.search(r"of \d files?", bar)
    assert bar.endswith("\r\x1b[K")
    assert "files/s" not in told


def test_an_unforeseen_fault_is_a_line_and_a_code_of_its_own_and_debug_shows_it(indexed, monkeypatch):
    def broken(*_args, **_options):
        raise ZeroDivisionError("odd\x1b[2J")

    monkeypatch.setitem(cli._COMMANDS, "status", broken)
    code, _, err = indexed("status")
    assert code == cli.INTERNAL_ERROR
    assert "Traceback" not in err
    assert "\x1b" not in err
    monkeypatch.setenv("QA_DEBUG", "1")
    assert "Traceback" in indexed("status")[2]


def test_an_ascii_terminal_gets_escapes_and_no_traceback(here, tmp_path):
    done = command("ask", "Ärger über Öl", tmp_path / "ü", cwd=here, env={"PYTHONIOENCODING": "ascii"})
    assert done.returncode == 2
    assert "\\xfc" in done.stderr
