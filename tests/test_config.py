"""qa.config: file, then environment, then flags; every value knows where it came from; mistakes name their place."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.errors import StorageError, UsageError
from qa import config
from qa.config import Settings, load


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """An environment with nothing in it but a home folder."""
    return {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / "conf")}


def write(home: dict[str, str], text: str) -> Path:
    path = Path(home["XDG_CONFIG_HOME"]) / "qa" / "config.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_without_anything_the_defaults_hold(home, tmp_path):
    settings = load({}, home)
    history = tmp_path / ".local" / "state" / "qa" / "history"
    assert settings == Settings(history=history, origin=settings.origin)
    assert set(settings.origin.values()) == {"default"}


def test_file_then_environment_then_flags_and_each_knows_its_place(home):
    path = write(home, 'k = 4\nmodel = "from-file"\nvi = true\n')
    settings = load({"k": "7", "plain": None}, home | {"QA_MODEL": "from-environment", "QA_K": "5"})
    assert (settings.k, settings.model, settings.vi, settings.plain) == (7, "from-environment", True, False)
    assert settings.origin["k"] == "option -k"
    assert settings.origin["model"] == "environment QA_MODEL"
    assert settings.origin["vi"] == str(path)
    assert settings.origin["plain"] == "default"


def test_every_setting_has_an_origin_and_no_other_name_has(home):
    assert set(load({}, home).origin) == set(Settings.__slots__) - {"origin"}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("colour = 'blue'", "colour must be true, false or auto, not 'blue'"),
        ("k = 0", "k must be a whole number from 1 to 1000, not 0"),
        ("k = true", "k must be a whole number"),
        ("k = 1.5", "k must be a whole number"),
        ("threads = 0", "threads must be"),
        ("model = ''", "model must be a name"),
        ("model = 3", "model must be a name"),
        ("index = 7", "index must be a path"),
        ("plain = 1", "plain must be true or false, not 1"),
        ("history = 3", "history must be a path"),
    ],
)
def test_a_bad_value_names_the_file_the_setting_and_what_is_wanted(home, text, named):
    path = write(home, text)
    with pytest.raises(UsageError) as caught:
        load({}, home)
    assert str(path) in caught.value.message
    assert named in caught.value.message


def test_an_unknown_key_names_the_file_and_what_was_meant(home):
    path = write(home, "color = false\n")
    with pytest.raises(UsageError) as caught:
        load({}, home)
    assert str(path) in caught.value.message
    assert "'color'" in caught.value.message
    assert caught.value.hint == "Did you mean colour?"


def test_an_unknown_key_like_no_other_gets_the_list(home):
    write(home, "zzz = 1\n")
    with pytest.raises(UsageError, match=r"The settings are index, model, rerank, k"):
        load({}, home)


@pytest.mark.parametrize("data", [b"k =", b"[[[", b"\xff\xfe", b"k = 1\nk = 2"])
def test_what_is_not_toml_names_the_file(home, data):
    path = write(home, "")
    path.write_bytes(data)
    with pytest.raises(UsageError, match="is not TOML") as caught:
        load({}, home)
    assert str(path) in caught.value.message


def test_a_file_that_cannot_be_read_is_no_silent_default(home):
    path = write(home, "")
    path.unlink()
    path.mkdir()
    with pytest.raises(StorageError, match="cannot read"):
        load({}, home)


@pytest.mark.parametrize(("word", "value"), [("1", True), ("ON", True), ("yes", True), ("0", False), ("off", False)])
def test_switches_understand_the_usual_words(home, word, value):
    assert load({}, home | {"QA_VI": word}).vi is value


def test_an_empty_variable_counts_as_not_set(home):
    assert load({}, home | {"QA_K": "", "QA_MODEL": ""}).origin["k"] == "default"


def test_a_bad_variable_is_named(home):
    with pytest.raises(UsageError, match="environment QA_K: k must be"):
        load({}, home | {"QA_K": "many"})


def test_no_color_turns_colour_off_and_qa_colour_and_flags_win_over_it(home):
    assert load({}, home | {"NO_COLOR": "1"}).colour is False
    assert load({}, home | {"NO_COLOR": ""}).colour is None
    assert load({}, home | {"NO_COLOR": "1", "QA_COLOUR": "auto"}).colour is None
    assert load({"colour": False}, home | {"QA_COLOUR": "on"}).colour is False


def test_history_is_a_path_or_off_or_the_usual_place(home, tmp_path):
    usual = tmp_path / ".local" / "state" / "qa" / "history"
    assert load({}, home | {"QA_HISTORY": "off"}).history is None
    assert load({}, home | {"QA_HISTORY": "/x/y"}).history == Path("/x/y")
    write(home, "history = false\n")
    assert load({}, home).history is None
    assert load({}, home | {"QA_HISTORY": "on"}).history == usual


def test_relative_base_folders_are_ignored_and_no_home_is_no_error(tmp_path):
    assert config.config_file({"HOME": str(tmp_path), "XDG_CONFIG_HOME": "conf"}) == tmp_path / ".config/qa/config.toml"
    assert config.history_file({"XDG_STATE_HOME": "/s"}) == Path("/s/qa/history")
    assert config.config_file({}) is None
    assert load({}, {}).history is None


def test_a_tilde_is_the_home_folder(home, monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert load({"index": "~/news"}, home).index == tmp_path / "news"


def test_a_mark_at_the_start_of_the_file_is_no_error(home):
    write(home, "\ufeffk = 2\n")
    assert load({}, home).k == 2
