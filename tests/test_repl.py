"""qa.repl: typed at through a pipe, its screen read from a terminal emulator; once on a real pseudo-terminal."""

import base64
import io
import os
import re
import select
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyte
import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.data_structures import Size
from prompt_toolkit.document import Document as Typed
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output.vt100 import Vt100_Output

from index.build import Progress, Report
from index.errors import Interrupted, ModelMissingError
from index.store import Filter
from qa.config import Settings
from qa.question import parse
from qa.repl import Facts, conversation, files, history
from qa.repl.complete import CommandCompleter
from qa.repl.history import PrivateHistory
from qa.repl.lines import lines_of
from qa.repl.prompt import Repl
from qa.repl.terminal import PATIENCE
from qa.types import Answer
from qa.versions import Version, compare
from tests.answers import AMERICANS, CONVINCED, DRAFT, IRAN, THEME, answer, extract, find, refusal

REPORT = Report(
    found=3,
    indexed=2,
    unchanged=0,
    added=2,
    updated=0,
    removed=0,
    skipped=(("/x/b.jpg", "not text (looks like JPEG)"),),
    passages=14,
    statements=43,
    seconds=0.5,
)


FACTS = Facts(
    "2 articles, 43 statements",
    ("Rossiya 24", "TASS"),
    {"Sergei Lavrov": 30, "Kofi Annan": 2, "Bill Clinton": 2, "Hillary Clinton": 2, "State Department": 1, "An\x1b[2Ja Berg": 1,
     "friends and family": 1},
    ("en", "ru"),
)  # fmt: skip


FAIR = [replace(citation, strength="fair") for citation in (THEME, DRAFT)]


@dataclass
class Toy:
    """The edges of the program: answers made by hand, and a note of what was asked."""

    replies: list = field(default_factory=lambda: [answer(CONVINCED, AMERICANS, *FAIR, extract(IRAN, "12,000"))])
    asked: list = field(default_factory=list)
    speakers: list = field(default_factory=list)
    before_answer: Callable[[], None] = lambda: None
    load_error: Exception | None = None
    indexed: list = field(default_factory=list)
    known: Facts = FACTS

    def load(self):
        if self.load_error:
            raise self.load_error

    def facts(self):
        return self.known

    def who(self, name):
        return [each for each in FACTS.speakers if name.lower() in each.lower()]

    def ask(self, text, *, where, k, speaker):
        self.asked.append((text, where, k))
        self.speakers.append(speaker)
        self.before_answer()
        reply = self.replies[min(len(self.asked), len(self.replies)) - 1]
        if isinstance(reply, Exception):
            raise reply
        return reply

    def versions(self, document):
        other = replace(
            document, path="/news/other.txt", text=document.text.replace("convinced", "con\x1b[2Jfident", 1)
        )
        return [Version(other, compare(document, other))]

    def status(self):
        return ["articles    2", "files       found 3 = indexed 2 + skipped 1", "  skipped /x/b\x1b[2J.jpg: not text"]

    def index(self, paths, progress, should_stop):
        self.indexed.append(list(paths))
        progress(Progress(done=1, total=3, indexed=1, skipped=0, passages=3, seconds=0.5))
        self.before_answer()
        if should_stop():
            raise Interrupted("Stopped.")
        return REPORT


class Terminal(io.StringIO):
    """What prompt_toolkit writes, kept as bytes would be and shown on an emulated screen."""

    encoding = "utf-8"

    def __init__(self, columns=80, rows=400):
        super().__init__()
        self.size = Size(rows=rows, columns=columns)

    def isatty(self):
        return True

    def shown(self) -> str:
        """The screen after all that was written, without trailing space."""
        screen = pyte.Screen(self.size.columns, self.size.rows)
        screen.set_mode(pyte.modes.LNM)
        raw = re.sub("\x1b\\]8;;[^\x1b]*\x1b\\\\|\x1b\\[\\?2004[hl]|\x1b\\]52;[^\x07]*\x07", "", self.getvalue())
        pyte.Stream(screen).feed(raw)
        return "\n".join(line.rstrip() for line in screen.display).rstrip()


PLAIN = Settings(plain=True)


def flat(text: str) -> str:
    """On one line."""
    return re.sub(r"\s+", " ", text)


@pytest.fixture(autouse=True)
def _a_capable_terminal(monkeypatch):
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)


def talk(
    typed: str, doors: Toy | None = None, settings: Settings = PLAIN, columns: int = 80, **how: object
) -> Terminal:
    """A whole conversation: what is typed, then Ctrl-D. Gives the terminal it left behind."""
    terminal = Terminal(columns)
    output = Vt100_Output(terminal, lambda: terminal.size, term="xterm-256color", enable_cpr=False)
    with create_pipe_input() as pipe, create_app_session(input=pipe, output=output):
        threading.Thread(target=pipe.send_text, args=(f"{typed}\x04",), daemon=True).start()
        prompt = Repl(doors or Toy(), settings, Filter(), source=pipe, output=output, **how)
        assert prompt.run() == 0
    return terminal


# ---------------------------------------------------------------------------------------------------- asking, numbering


def test_a_question_is_answered_and_the_footer_says_what_next():
    shown = talk("What did Lavrov say about Iran?\r").shown()
    assert "Ask a question, or ? for help." in shown
    assert "3 statements by Sergei Lavrov (2 more results), 2 articles searched" in flat(shown)
    assert "    “⟦We are convinced that Iran should participate in that conference,⟧”" in shown
    assert "1-3 open · 2 more: m · ? help" in shown


def test_how_a_question_was_understood_is_said_at_the_prompt_where_that_is_wanted():
    asked = "What did Lavrov say about Iran?\r"
    assert "Understood: " in talk(asked, explain=True).shown()
    assert "Understood: " not in talk(asked).shown()


def test_numbers_run_on_through_the_session_and_stay_valid():
    doors = Toy([answer(CONVINCED, AMERICANS), answer(THEME, DRAFT)])
    shown = talk("one\rtwo\r/cite2\r[3]\r", doors).shown()
    assert re.findall(r"^\[(\d)\] \w+ \w+ ·", shown, re.M) == ["1", "2", "3", "4"]
    assert "3-4 open · ? help" in shown
    assert "“they had no problem talking directly to Iran,” — Sergei Lavrov" in shown
    assert "[3] Safe havens in Syria" in shown


def test_more_shows_the_rest_in_batches_and_then_says_so():
    shown = talk("q\rm\r/more\r").shown()
    assert "4-5 open · ? help" in shown
    assert "[5] 000_aca22e1ab05da15b.txt · passage" in shown
    assert "There is nothing more." in shown


def test_results_can_be_asked_for_in_plain_words():
    doors = Toy()
    shown = talk("q\rq2\rthe second one\ranything else?\rthe ninth\r", doors).shown()
    assert [asked[0] for asked in doors.asked] == ["q", "q2"]
    assert "→ /show 5" in shown
    assert "7>  " in shown
    assert "→ /more" in shown
    assert "7-8 open" in shown
    assert "→ /show 12" in shown
    assert "There is no [12]: the results so far are 1 to 8." in shown


def test_who_else_shows_first_who_has_not_been_seen():
    another = replace(THEME, hit=replace(THEME.hit, statement=replace(CONVINCED.statement, speaker="Jane Roe")))
    reply = answer(CONVINCED, AMERICANS, *FAIR, another)
    doors = Toy([replace(reply, question=parse("Who spoke about Iran?"))])
    shown = talk("who spoke about Iran?\rwho else?\r", doors).shown()
    assert len(doors.asked) == 1
    assert "→ /more" in shown
    assert "Jane Roe" in shown.partition("[4]")[2].partition("[5]")[0]


def test_weaker_results_are_left_for_more():
    shown = talk("q\rm\r", Toy([answer(CONVINCED, AMERICANS, THEME, DRAFT)])).shown()
    assert "2 statements by Sergei Lavrov (2 weaker), 2 articles searched" in flat(shown)
    assert "1-2 open · 2 weaker: m · ? help" in shown
    assert "3-4 open · ? help" in shown


def test_what_the_verdict_leaves_out_is_what_the_footer_has_more_of():
    reply = answer(CONVINCED, AMERICANS, *FAIR, extract(IRAN, "12,000"), THEME, DRAFT)
    shown = talk("q\rm\r", Toy([reply])).shown()
    assert "(2 more results, 2 weaker)" in flat(shown)
    assert "1-3 open · 2 more, 2 weaker: m · ? help" in shown
    assert "4-6 open · 1 weaker: m · ? help" in shown


def test_weaker_results_are_shown_where_their_number_was_asked_for():
    shown = talk("q\r", Toy([answer(CONVINCED, THEME, AMERICANS)]), replace(PLAIN, k=3)).shown()
    assert "1-3 open · ? help" in shown


def test_a_refusal_shows_the_nearest_and_they_can_be_opened():
    shown = talk("q\r/show 1\r", Toy([refusal(AMERICANS)])).shown()
    assert "No statement by Kofi Annan about safe havens. Searched 2 articles" in shown
    assert "1 open · ? help" in shown
    assert "7>  “When the Americans" in shown


def test_k_of_the_settings_is_what_is_asked_for_and_shown():
    doors = Toy()
    shown = talk("q\r", doors, replace(PLAIN, k=4)).shown()
    assert doors.asked[0][2] == 10
    assert "1-4 open · 1 more: m" in shown
    doors = Toy()
    talk("q\r", doors, replace(PLAIN, k=50))
    assert doors.asked[0][2] == 50


def test_a_number_that_does_not_exist_is_explained():
    shown = talk("/show\rq\r9\r/show\r/cite x\r").shown()
    assert "There are no results yet." in shown
    assert "There is no [9]: the results so far are 1 to 3." in shown
    assert "Which one? The results so far are 1 to 3." in shown
    assert "There is no [x]: the results so far are 1 to 3." in shown


def test_an_empty_line_asks_nothing_and_the_line_is_trimmed_and_cleaned():
    doors = Toy()
    talk("\r   \r  Iran\x1b\x1b[200~ and\x9b the\r\nrest\x1b[201~ \r", doors)
    assert [text for text, _, _ in doors.asked] == ["Iran and\ufffd the rest"]


def test_alt_enter_starts_a_line_and_it_stays_one_question():
    doors = Toy()
    talk("one\x1b\rtwo\r", doors)
    assert [text for text, _, _ in doors.asked] == ["one two"]


def test_a_paste_of_a_megabyte_is_one_question_of_4096_characters():
    doors = Toy()
    shown = talk("\x1b[200~" + "word \r\n" * 150_000 + "\x1b[201~\r", doors).shown()
    [(text, _, _)] = doors.asked
    assert text == ("word " * 1_000)[:4_096]
    assert "Only the first 4,096 characters are used." in shown


def test_that_a_line_lost_text_is_not_said_of_the_one_after_it():
    doors = Toy()
    shown = talk(f"{'x' * 5_000}\x03short\r", doors).shown()
    assert [text for text, _, _ in doors.asked] == ["short"]
    assert "Only the first" not in shown


def pasted(text: str) -> str:
    """What a terminal sends for a paste, and Enter after it."""
    return f"\x1b[200~{text}\x1b[201~\r"


def test_pasted_lines_are_asked_one_after_the_other_each_said_back_before_its_answer():
    doors = Toy()
    typed = pasted("What did Lavrov say about Iran?\r\nWho criticised it?\n\n/status\n")
    shown = talk(typed, doors, columns=200).shown()
    assert [text for text, _, _ in doors.asked] == ["What did Lavrov say about Iran?", "Who criticised it?"]
    for before, after in (
        ("qa> What did Lavrov say", "[1]"),
        ("qa> Who criticised", "[4]"),
        ("qa> /status", "articles    2"),
    ):
        assert shown.rindex(before) < shown.index(after)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("What did Lavrov\nsay about Iran?", ["What did Lavrov say about Iran?"]),
        ("What did Lavrov say\nabout Iran\n/status", ["What did Lavrov say about Iran", "/status"]),
        (
            "What did Lavrov say about Iran\nWho criticised it\n",
            ["What did Lavrov say about Iran", "Who criticised it"],
        ),
        (
            "What did Lavrov say about what\nthe United States did",
            ["What did Lavrov say about what the United States did"],
        ),
        ("and about Syria\nwhat about Annan\nm", ["and about Syria", "what about Annan", "m"]),
        ("m\nwhat did lavrov say\nwho criticised it", ["m", "what did lavrov say", "who criticised it"]),
        ("The plan was bad.\nWho criticised it?", ["The plan was bad. Who criticised it?"]),
        ("Did he say “why?”\nand about Syria?\nm\n", ["Did he say “why?”", "and about Syria?", "m"]),
        ("1\n[2]\n/cite 1\nWhat about Annan\n", ["1", "[2]", "/cite 1", "What about Annan"]),
        ("What happened in\n2016\nin the file\n/tmp/a.txt", ["What happened in 2016 in the file /tmp/a.txt"]),
        ("イランについて何と言いましたか？\nシリアは？", ["イランについて何と言いましたか？", "シリアは？"]),
        (" kept apart\n \n", [" kept apart"]),
        ("\n", []),
    ],
)
def test_a_line_end_separates_questions_and_commands_and_inside_a_sentence_is_a_space(text, lines):
    assert lines_of(text) == lines
    assert lines_of("\n".join(lines)) == lines


def test_each_pasted_line_is_in_the_history_by_itself(tmp_path):
    path = tmp_path / "history"
    talk(pasted("Who said so?\n secret?\n/status"), settings=replace(PLAIN, history=path))
    assert path.read_text(encoding="utf-8") == "Who said so?\n/status\n"


def test_an_error_in_one_pasted_line_leaves_the_others_and_ctrl_c_says_how_many_it_leaves_out():
    doors = Toy()
    assert "There is no command /sohw." in talk(pasted("/sohw\nWho said so?"), doors).shown()
    assert len(doors.asked) == 1
    doors = Toy()
    doors.before_answer = interrupt
    shown = talk(pasted("Who said so?\nWhy?\n/status"), doors).shown()
    assert "Cancelled.\n2 lines after it left out." in shown
    assert len(doors.asked) == 1
    shown = talk(pasted("/index a\n/status"), doors).shown()
    assert "What was finished is in the index" in shown
    assert "1 line after it left out." in shown
    assert "articles" not in shown


def test_of_too_many_pasted_lines_the_first_are_taken_and_it_is_said():
    doors = Toy()
    shown = talk(pasted(f"Who said {'so ' * 1_000}?\n" * 20), doors).shown()
    assert [len(text) for text, _, _ in doors.asked] == [3_010] * 5 + [1_328]
    assert "Only the first 16,384 characters are used." in shown


def test_more_keys_than_a_question_may_have_are_dropped():
    doors = Toy()
    shown = talk("x" * 4_200 + "\r", doors).shown()
    assert doors.asked[0][0] == "x" * 4_096
    assert "Only the first 4,096 characters are used." in shown


# -------------------------------------------------------------------------------------------------------------- errors


def test_an_error_is_shown_with_its_hint_and_the_prompt_goes_on():
    doors = Toy(
        [ModelMissingError("The model x\x1b[2J is not on this machine.", "Put it in models/."), answer(CONVINCED)]
    )
    shown = talk("one\rtwo\r", doors).shown()
    assert "The model x\ufffd[2J is not on this machine.\nPut it in models/." in shown
    assert "[1] Sergei Lavrov" in shown


def test_what_to_type_next_is_the_prompts_own_command_where_it_has_one():
    hints = ["Type: qa status", "Type: qa index /a.txt", "Type: qa index --rebuild PATH", "Type: qa check --repair"]
    shown = talk("a\rb\rc\rd\r", Toy([ModelMissingError("no", hint) for hint in hints])).shown()
    for hint in ("Type: /status", "Type: /index /a.txt", "Type: qa index --rebuild PATH", "Type: qa check --repair"):
        assert f"\n{hint}\n" in shown
    noted = replace(answer(CONVINCED), notices=("a.txt has changed. Type: qa index /a.txt",))
    assert "Note: a.txt has changed. Type: /index /a.txt" in talk("q\r", Toy([noted])).shown()


def test_a_fault_of_the_program_is_a_line_and_not_the_end():
    shown = talk("one\rtwo\r", Toy([ZeroDivisionError("division by zero"), answer(CONVINCED)])).shown()
    assert "This is a fault of the program, please report it: ZeroDivisionError: division by zero" in flat(shown)
    assert "[1] Sergei Lavrov" in shown


def test_a_model_that_does_not_load_leaves_the_prompt():
    assert "[1]" in talk("one\r", Toy(load_error=ModelMissingError("no model"))).shown()


def test_ctrl_c_while_searching_gives_the_prompt_back_and_the_answer_is_dropped():
    """The signal comes while the search hangs; the prompt is back while it still does."""
    still_hanging = threading.Event()
    doors = Toy([answer(CONVINCED), answer(THEME)])

    def hang() -> None:
        if len(doors.asked) == 1:
            interrupt()
            still_hanging.wait(20)

    doors.before_answer = hang
    released = []

    def release(_: str) -> None:
        released.append(not still_hanging.is_set())
        still_hanging.set()

    with patched_word("release", release):
        shown = talk("one\rrelease\rtwo\r", doors).shown()
    assert "Cancelled." in shown
    assert released == [True]
    assert "We are convinced" not in shown
    assert "[1] Sergei Lavrov" in shown  # of the second question
    assert "theme" in shown


def interrupt() -> None:
    """Ctrl-C on the keyboard, once the prompt waits for what the worker does."""
    time.sleep(0.3)
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(0.3)


@contextmanager
def patched_word(word: str, action: Callable[[str], None]) -> Iterator[None]:
    """A bare word that does something in the middle of a conversation."""
    conversation._WORDS[word] = lambda _, argument: action(argument)
    try:
        yield
    finally:
        del conversation._WORDS[word]


def test_ctrl_c_at_the_prompt_drops_the_line():
    doors = Toy()
    talk("half a question\x03whole\r", doors)
    assert [text for text, _, _ in doors.asked] == ["whole"]


def test_quit_leaves_in_every_spelling():
    for word in ("/quit", "/q", "quit", "exit"):
        doors = Toy()
        talk(f"{word}\rnever asked\r", doors)
        assert doors.asked == []


# ------------------------------------------------------------------------------------------------------------ commands


def test_help_lists_every_command_and_explains_the_marks():
    shown = talk("?\r").shown()
    for command in conversation.COMMANDS:
        assert f"/{command.name} {command.argument}".rstrip() in shown
    assert "between ⟦ ⟧, which are ours" in shown


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("/sohw 1", "There is no command /sohw.\nDid you mean /show?"),
        ("/sta", "articles    2"),
        ("/s", "Did you mean /show or /speaker or /speakers or /source or /since or /status or /save?"),
        ("/spea", "Did you mean /speaker or /speakers?"),
        ("/zzz", "/help lists the commands."),
        ("/", "There is no command /."),
    ],
)
def test_a_command_may_be_shortened_and_a_wrong_one_is_explained(typed, said):
    assert said in talk(f"{typed}\r", columns=100).shown()


def test_filters_stick_are_shown_and_can_be_cleared():
    doors = Toy()
    shown = talk("/source tass\r/since 2012\r/until 2016-02\rone\r/clear\rtwo\r", doors).shown()
    assert "Filters: source TASS, since 2012-01-01, until 2016-02-29" in shown
    assert [where for _, where, _ in doors.asked] == [Filter("TASS", "2012-01-01", "2016-02-29"), Filter()]


def test_a_speaker_sticks_is_shown_and_can_be_cleared():
    doors = Toy()
    shown = talk("/speaker lavrov\rWhat about Iran?\r/clear\rWhat about Syria?\r", doors).shown()
    assert doors.speakers == ["Sergei Lavrov", None]
    assert "Filters: speaker Sergei Lavrov\n" in shown
    assert "Filters: speaker Sergei Lavrov (/clear removes them)" in shown
    assert "Filters: none" in shown


def test_the_prompt_can_begin_with_a_speaker():
    doors = Toy()
    talk("What about Iran?\r", doors, speaker="Kofi Annan")
    assert doors.speakers == ["Kofi Annan"]


def test_a_question_about_somebody_else_says_that_the_filter_holds():
    bar = replace(PLAIN, plain=False)
    asked = "What did Annan say about Iran?\r"
    assert "Filters: speaker Sergei Lavrov (/clear" in talk(f"/speaker Sergei Lavrov\r{asked}", settings=bar).shown()
    assert "Filters:" not in talk(f"/speaker Kofi Annan\r{asked}", settings=bar).shown()
    assert "Only Kofi Annan; /clear removes the filter." in talk("/speaker annan\r", settings=bar).shown()


def test_a_name_that_several_bear_is_kept_as_typed_and_they_are_named():
    doors = Toy()
    shown = talk("/speaker clinton\rone\r", doors).shown()
    assert "clinton may be Bill Clinton or Hillary Clinton: more of the name chooses one." in flat(shown)
    assert doors.speakers == ["clinton"]


def test_a_speaker_nobody_is_called_is_refused_with_the_nearest_one():
    doors = Toy()
    shown = talk("/speaker Kofi Anan\r/speaker zzz\r/speaker\rone\r", doors).shown()
    assert "Nobody called Kofi Anan is quoted.\nDid you mean Kofi Annan?" in shown
    assert "Nobody called zzz is quoted.\n/speakers lists the names." in shown
    assert "Whose statements?\n/speaker NAME; /speakers lists the names." in shown
    assert doors.speakers == [None]


def test_the_speakers_are_there_while_the_model_is_still_loading():
    loaded = threading.Event()
    doors = Toy()
    doors.load = lambda: loaded.wait(30)
    with patched_word("loaded", lambda _: loaded.set()):
        assert "Sergei Lavrov" in talk("/speakers\rloaded\r", doors).shown()


def test_speakers_are_listed_with_their_statements_and_can_be_looked_through(monkeypatch):
    assert "\n     30  Sergei Lavrov\n      2  Kofi Annan\n" in talk("/speakers\r").shown()
    shown = talk("/speakers AN\r/speakers zzz\r").shown()
    assert "      2  Kofi Annan\n      1  An\ufffd[2Ja Berg\n      1  friends and family\n" in shown
    assert "Lavrov" not in shown
    assert "Nobody with zzz in the name is quoted." in shown
    monkeypatch.setattr(conversation, "LISTED", 2)
    shown = talk("/speakers\rm\rq\rm\r").shown()
    assert (
        f"{len(FACTS.speakers):,} speakers, {sum(FACTS.speakers.values()):,} statements\n     30  Sergei Lavrov"
        in shown
    )
    assert "\n5 more: m; /speakers TEXT looks for TEXT in the names\n" in shown
    assert "\n3 more: m;" in shown
    assert "4-5 open · ? help" in shown  # a question ends the list


# ---------------------------------------------------------------------------------------------------------- follow-ups


def asked_about(text: str) -> Answer:
    """An answer to ``text`` as it is understood."""
    return replace(answer(CONVINCED), question=parse(text))


def test_a_follow_up_is_asked_in_full_and_shown_so():
    doors = Toy([asked_about("What did Lavrov say about Iran?"), asked_about("What did Lavrov say about Syria?")])
    shown = talk("What did Lavrov say about Iran?\rand about Syria?\rwhat about Annan?\r", doors).shown()
    assert [text for text, _, _ in doors.asked] == [
        "What did Lavrov say about Iran?",
        "What did Lavrov say about Syria?",
        "What did Annan say about Syria?",
    ]
    assert "\nqa> and about Syria?\n→ What did Lavrov say about Syria?\nSearching…\n1 statement by" in shown
    assert shown.count("→") == 2


def test_he_is_whom_the_last_answer_showed():
    doors = Toy([asked_about("Who said it is unsafe?")])
    talk("Who said it is unsafe?\rwhat did he say about Iran?\r", doors)
    assert doors.asked[1][0] == "What did Sergei Lavrov say about Iran?"


def test_a_cancelled_question_is_none_to_go_on_from():
    doors = Toy([asked_about("What did Lavrov say about Iran?")])
    doors.before_answer = lambda: interrupt() if len(doors.asked) == 1 else None
    talk("What did Lavrov say about Iran?\rand about Syria?\r", doors)
    assert doors.asked[1][0] == "and about Syria?"


def test_an_outlet_nobody_has_is_refused_with_the_nearest_one():
    doors = Toy()
    shown = talk("/source TAS\r/source\rone\r", doors).shown()
    assert "No article is from TAS.\nDid you mean TASS?" in shown
    assert "Outlets: Rossiya 24, TASS" in shown
    assert doors.asked[0][1] == Filter()


def test_an_outlet_may_be_named_by_a_word_of_its_name_that_no_other_has():
    doors = Toy(known=replace(FACTS, sources=("Russia Today", "Rossiya 24", "The Week", "USA Today")))
    talk("/source week\ra\r/source russia\rb\r/source today\rc\r", doors)
    assert [where.source for _, where, _ in doors.asked] == ["The Week", "Russia Today", "Russia Today"]


def test_a_word_that_several_outlets_have_chooses_none():
    doors = Toy(known=replace(FACTS, sources=("Harbour Post", "Pier Post")))
    assert (
        "No article is from post.\nDid you mean Harbour Post or Pier Post?" in talk("/source post\ra\r", doors).shown()
    )
    assert doors.asked[0][1] == Filter()


def test_the_line_below_an_answer_is_broken_between_words():
    shown = talk("q\r", Toy([answer(CONVINCED, AMERICANS, *[THEME] * 9)]), columns=20).shown()
    assert "\n1-2 open · 9\nweaker: m · ? help\n" in shown


def test_he_is_nobody_else_than_the_filter_lets_speak():
    assert "(/clear removes them)" not in talk("/speaker annan\rwhat did he say\r", settings=Settings()).shown()
    assert "(/clear removes them)" in talk("/speaker annan\rwhat did Lavrov say\r", settings=Settings()).shown()


@pytest.mark.parametrize("unlike", ["/speaker Nobody Here", "/source Gazette"])
def test_nobody_is_suggested_who_is_not_alike(unlike):
    doors = Toy(known=replace(FACTS, speakers={"Andy Beshear": 3}))
    assert "Did you mean" not in talk(f"{unlike}\r", doors).shown()


def test_a_language_is_a_filter_as_an_outlet_is():
    doors = Toy()
    shown = talk("/language fr\r/language\r/lang RU-ru\rone\r/clear\rtwo\r", doors).shown()
    assert "No article is in fr." in shown
    assert "Languages: en, ru" in shown
    assert [where.language for _, where, *_ in doors.asked] == ["ru", None]


def test_why_gives_the_numbers_that_answers_do_not():
    shown = talk("q\r/why 1\r").shown()
    assert shown.count("score 0.812") == 1


def test_versions_shows_how_another_article_words_the_story():
    terminal = talk("q\r/versions 1\r")
    before, after = terminal.shown().split("other.txt")[1].split("+ ", 1)
    assert "- " in before
    assert "convinced" in before
    assert "fident" in after
    assert "\x1b[2J" not in terminal.getvalue()


def test_copy_sends_the_citation_to_the_terminal_only_on_command():
    terminal = talk("q\r/copy 1\r", settings=Settings())
    [data] = re.findall("\x1b\\]52;c;([^\x07]*)\x07", terminal.getvalue())
    assert base64.b64decode(data).decode().startswith("“We are convinced that Iran")
    assert "\x1b]52" not in talk("q\r", settings=Settings()).getvalue()


@pytest.mark.parametrize("typed", ["1 3", "1,3", "[1] [3]", "[1][3]", "1, 3", "1 1 3"])
def test_several_results_are_cited_at_once(typed):
    shown = talk(f"q\r/cite {typed}\r", columns=400).shown()
    cited = [line for line in shown.splitlines() if "BLAKE2b-128" in line]
    assert len(cited) == 2
    assert cited == [line for n in (1, 3) for line in talk(f"q\r/cite {n}\r", columns=400).shown().splitlines()
                     if "BLAKE2b-128" in line]  # fmt: skip


def test_a_range_of_results_is_copied_a_line_each():
    terminal = talk("q\r/copy 1-3\r", settings=Settings())
    [data] = re.findall("\x1b\\]52;c;([^\x07]*)\x07", terminal.getvalue())
    assert len(base64.b64decode(data).decode().splitlines()) == 3
    assert "Sent [1] [2] [3] to the clipboard" in terminal.shown()


@pytest.mark.parametrize("wrong", ["1-9", "3-1", "x", "2147483648-3", "0-1"])
def test_numbers_that_name_no_result_are_told(wrong):
    assert f"There is no [{wrong}]: " in talk(f"q\r/cite 1 {wrong}\r").shown()


def test_what_shows_one_result_takes_one_number():
    shown = talk("q\r/show 1 2\r").shown()
    assert "One at a time" in shown


def test_the_only_result_of_an_answer_needs_no_number():
    assert "5>" in talk("q\r/show\r", Toy([answer(CONVINCED)])).shown()
    assert "5>" in talk("q\ropen it\rshow it\r", Toy([answer(CONVINCED)])).shown()
    assert "Which one? The results so far are 1 to 3." in talk("q\r/show\ropen it\r").shown()


@pytest.mark.parametrize("typed", ["cite 1-2", "Cite 1, 2", "cite [1] [2]"])
def test_a_command_that_takes_a_number_needs_no_stroke(typed):
    doors = Toy()
    shown = talk(f"q\r{typed}\rshow 2\rwhy 1\r", doors, columns=400).shown()
    assert shown.count("BLAKE2b-128") == 2
    assert "7>" in shown
    assert "score 0.812" in shown
    assert [text for text, *_ in doors.asked] == ["q"]


def test_what_only_begins_like_a_command_is_a_question():
    doors = Toy()
    talk("why 9/11?\ropen 24 hours\rshow business\r", doors)
    assert [text for text, *_ in doors.asked] == ["why 9/11?", "open 24 hours", "show business"]


def test_copy_in_plain_mode_points_to_cite():
    terminal = talk("q\r/copy 2\r")
    assert "\x1b]52" not in terminal.getvalue()
    assert "/cite 2 prints it." in terminal.shown()


def test_save_writes_markdown_once_and_never_over_a_file(tmp_path):
    target = tmp_path / "an answer.md"
    shown = talk(
        f"/save x\rq\r/save\r/save '{target}'\r/save '{target}'\r/save {tmp_path}/no/a.md\r", columns=300
    ).shown()
    assert target.read_text(encoding="utf-8").startswith("## What did Lavrov say about Iran?\n")
    assert "There is no answer to save yet." in shown
    assert "Into which file?" in shown
    assert f"Saved to {target}" in shown
    assert f"{target} exists already." in shown
    assert f"Cannot write {tmp_path}/no/a.md: No such file or directory" in flat(shown)


def test_index_brings_paths_in_and_reports_what_was_skipped():
    doors = Toy()
    shown = talk("/index\r/index a 'b c' ~/d\r", doors).shown()
    assert doors.indexed == [[], ["a", "b c", str(Path.home() / "d")]]  # alone: all that was indexed before
    assert "skipped /x/b.jpg: not text (looks like JPEG)\n2 added, 0 updated, 0 removed, 0 unchanged\n" in shown
    assert "found 3 = indexed 2 + skipped 1 (not text (looks like JPEG))\n" in shown


def test_while_indexing_the_files_and_passages_so_far_are_told_in_a_line_that_fits():
    doors = Toy()
    doors.before_answer = lambda: time.sleep(PATIENCE * 2)
    assert "Indexing… 1 of 3 files, 3 passages, 2 files/s, 1 s left" in talk("/index a\r", doors, Settings()).getvalue()
    narrow = talk("/index a\r", doors, Settings(), columns=40).getvalue()
    assert "Indexing… 1 of 3 files, 1 s left\r" in narrow.replace("\x1b[K", "")


def test_ctrl_c_while_indexing_asks_it_to_stop_and_says_what_is_kept():
    doors = Toy()
    doors.before_answer = interrupt
    shown = talk("/index a\r", doors).shown()
    assert "What was finished is in the index" in shown


def test_status_is_printed_clean():
    shown = talk("/status\r").shown()
    assert "articles    2\nfiles       found 3 = indexed 2 + skipped 1\n  skipped /x/b\ufffd[2J.jpg: not text" in shown


def test_a_place_to_open_is_in_one_piece_to_copy():
    deep = replace(CONVINCED, document=replace(IRAN, path=f"/news/a folder/{'long-' * 12}name.txt"))
    terminal = talk("q\r/open 1\r", Toy([answer(deep)]), columns=40)
    assert f"{deep.document.path}:5\r\n" in terminal.getvalue()


def test_open_without_a_terminal_says_where_to_look():
    shown = talk("q\r/open 1\r", columns=200).shown()
    assert f"{IRAN.path}:5" in shown
    assert "changed" not in shown


def test_open_says_when_the_file_is_not_the_one_that_was_indexed(tmp_path):
    file = tmp_path / "a.txt"
    file.write_text("Other words.", encoding="utf-8")
    moved = replace(CONVINCED, document=replace(IRAN, path=str(file)))
    gone = replace(CONVINCED, document=replace(IRAN, path=str(tmp_path / "b.txt")))
    shown = talk("q\r/open 1\r/open 2\r", Toy([answer(moved, gone)]), columns=300).shown()
    assert "The file has changed since it was indexed" in shown
    assert "The file cannot be read: No such file or directory" in shown


@pytest.mark.parametrize(
    ("name", "editor", "command"),
    [
        ("a.txt", "less -R", ["less", "-R", "+7"]),
        ("a.html", "less", ["less"]),
        ("a.txt", "cat", ["cat"]),
        ("a.txt", "", []),
    ],
)
def test_the_editor_gets_the_line_only_where_both_know_lines(monkeypatch, name, editor, command):
    monkeypatch.setattr("shutil.which", lambda program: f"/bin/{program}")
    for variable in ("VISUAL", "PAGER"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("EDITOR", editor)
    citation = replace(AMERICANS, document=replace(IRAN, path=f"/news/{name}"))
    expected = [*command, f"/news/{name}"] if command else []
    assert files.viewer(citation.document.path, files.line_of(citation)) == expected


@pytest.mark.parametrize(
    ("name", "content", "text"),
    [
        ("a.html", b"<p>Words</p>", True),
        ("a.txt", "Words".encode("utf-16"), True),
        ("a.pdf", b"%PDF-1.4\n", False),
        ("a.docx", b"PK\x03\x04", False),
        ("a.gz", b"\x1f\x8b\x08\x00", False),
    ],
)
def test_an_editor_gets_only_what_is_text(tmp_path, name, content, text):
    (tmp_path / name).write_bytes(content)
    assert files.readable(str(tmp_path / name)) is text


def test_a_place_on_a_page_and_one_inside_a_file_are_named_so():
    paged = replace(IRAN, path="/news/a.pdf", pages=(0, AMERICANS.passage.span.start))
    assert files.where(replace(AMERICANS, document=paged)) == "/news/a.pdf, p. 2"
    assert files.where(replace(AMERICANS, document=replace(IRAN, path="/b.zip", part="c.txt"))) == "/b.zip/c.txt"


@pytest.mark.parametrize(
    ("platform", "environment", "command"),
    [
        ("linux", {"DISPLAY": ":0"}, ["xdg-open", "/a.pdf"]),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, ["xdg-open", "/a.pdf"]),
        ("linux", {}, []),
        ("darwin", {}, ["open", "/a.pdf"]),
    ],
)
def test_only_a_desktop_has_a_program_for_a_pdf(monkeypatch, platform, environment, command):
    monkeypatch.setattr("shutil.which", lambda program: f"/bin/{program}")
    monkeypatch.setattr("sys.platform", platform)
    for variable in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(variable, raising=False)
    for variable, value in environment.items():
        monkeypatch.setenv(variable, value)
    assert files.system_viewer("/a.pdf") == command


def test_line_ends_of_all_kinds_count_as_one_line():
    text = "one\r\ntwo\rthree\nfour"
    document = replace(IRAN, text=text)
    place = find(document, "four")
    passage = replace(CONVINCED.passage, span=place)
    citation = replace(
        CONVINCED, document=document, highlights=(place,), hit=replace(CONVINCED.hit, passage=passage, statement=None)
    )
    assert files.line_of(citation) == 4


# ----------------------------------------------------------------------------------------------------- keys and screen


def completions(typed: str) -> list[str]:
    """What Tab offers after ``typed``."""
    completer = CommandCompleter(
        lambda: replace(FACTS, sources=("Rossiya 24", "TASS", "Ta\x1bnjug")),
        [(c.name, c.argument, c.help) for c in conversation.COMMANDS],
    )
    return [found.text for found in completer.get_completions(Typed(typed, len(typed)), CompleteEvent())]


def test_tab_completes_commands_outlets_and_paths_and_leaves_questions_alone(tmp_path, monkeypatch):
    assert completions("/s") == ["/show ", "/speaker ", "/speakers ", "/source ", "/since ", "/status", "/save "]
    assert completions("/source ta") == ["TASS", "Ta\ufffdnjug"]
    (tmp_path / "articles").mkdir()
    monkeypatch.chdir(tmp_path)
    assert completions("/index art") == ["icles"]
    assert completions("/since 20") == []
    assert completions("/language r") == ["ru"]
    assert completions("source ta") == []


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("/speaker ", list(FACTS.speakers)),
        ("/speaker la", ["Sergei Lavrov"]),
        ("/speaker an", ["Kofi Annan", "An\x1b[2Ja Berg"]),
        ("/speaker sergei l", ["Sergei Lavrov"]),
        ("/speaker avrov", []),
        ("What did La", ["Sergei Lavrov"]),
        ("what did cli", ["Bill Clinton", "Hillary Clinton"]),
        ("Has Bill Cl", ["Bill Clinton"]),
        ("What was said about Iran by Ko", ["Kofi Annan"]),
        ("What did Lavrov say that was denied by the An", []),
        ("What did Lavrov say that was denied by An", ["Kofi Annan", "An\x1b[2Ja Berg"]),
        ("according to st", ["State Department"]),
        ("What does L", []),
        ("What about La", []),
        ("Standby La", []),
    ],
)
def test_tab_completes_speakers_after_the_words_that_stand_before_one(typed, offered):
    assert completions(typed) == [name.replace("\x1b", "\ufffd") for name in offered]


def test_the_toolbar_can_be_switched_off():
    for settings in (Settings(toolbar=False), PLAIN):
        doors = Toy()
        loaded = threading.Event()
        doors.load = loaded.set
        with patched_word("wait", lambda _, loaded=loaded: loaded.wait(10)):
            assert "43 statements" not in talk("wait\rq\r", doors, settings).getvalue()


def bar(columns: int, where: Filter, **how: str) -> list[str]:
    """The lines of the toolbar with these filters."""
    terminal = Terminal(columns)
    output = Vt100_Output(terminal, lambda: terminal.size, term="xterm-256color", enable_cpr=False)
    with create_pipe_input() as pipe, create_app_session(input=pipe, output=output):
        repl = Repl(Toy(), Settings(), where, source=pipe, output=output, **how)
        repl._talk._loading.wait(10)
        shown = repl._bar()
        repl.close()
    return shown.split("\n")


def test_a_narrow_toolbar_has_all_filters_on_more_lines_and_says_where_it_is_cut():
    where = Filter("CNN", "2016-01-01", "2016-12-31", language="en", as_of="2017-01-31")
    lines = bar(40, where, speaker="Vladimir Putin")
    assert all(len(line) < 40 for line in lines)
    told = "speaker Vladimir Putin, source CNN, language en, since 2016-01-01, until 2016-12-31, as of 2017-01-31"
    assert " ".join(lines).startswith(told)
    assert lines[-1].endswith("…")
    assert bar(40, Filter(), speaker="Vladimir Putin") == ["speaker Vladimir Putin | 2 articles, 43", "statements"]


def test_the_toolbar_follows_what_another_process_indexes():
    doors = Toy()
    shown = []

    def grow(_: str) -> None:
        doors.known = replace(FACTS, line="3 articles, 50 statements")

    def look(_: str) -> None:
        shown.append(terminal_of())

    terminal = Terminal(80)
    output = Vt100_Output(terminal, lambda: terminal.size, term="xterm-256color", enable_cpr=False)
    with create_pipe_input() as pipe, create_app_session(input=pipe, output=output):
        repl = Repl(doors, Settings(), Filter(), source=pipe, output=output)

        def terminal_of() -> str:
            repl._talk._learning.wait(10)
            return repl._talk.facts.line

        with patched_word("grow", grow), patched_word("look", look):
            pipe.send_text("look\rgrow\rlook\r\x04")
            assert repl.run() == 0
    assert shown == ["2 articles, 43 statements", "3 articles, 50 statements"]


def test_plain_mode_writes_no_colour_no_link_and_says_that_it_searches_once():
    terminal = talk("q\r")
    assert terminal.shown().count("Searching…") == 1
    assert "\x1b]8" not in terminal.getvalue()
    assert not re.search("\x1b\\[[0-9;]*(3[0-7]|4[0-7]|;1|;4)m", terminal.getvalue())


def test_a_terminal_gets_colour_links_and_marks_by_style():
    terminal = talk("q\r", settings=Settings())
    assert "\x1b]8;;file:///" in terminal.getvalue()
    assert "⟦" not in terminal.shown()
    assert "“We are convinced that Iran should participate in that conference,”" in terminal.shown()
    assert "⟦We are convinced" in talk("q\r", settings=Settings(colour=False)).shown()


def test_a_slow_search_is_announced_and_the_note_goes_away():
    doors = Toy()
    doors.before_answer = lambda: time.sleep(PATIENCE * 2)
    terminal = talk("q\r", doors, Settings())
    assert "Searching…" in terminal.getvalue()
    assert "Searching…" not in terminal.shown()


@pytest.mark.parametrize("columns", [1, 20, 40])
def test_a_narrow_terminal_works(columns):
    assert "[1]" in talk("q\r1\r/why 1\r?\r", columns=columns).getvalue().replace("\r\n", "")


def test_vi_keys_when_asked_for():
    doors = Toy()
    talk("xIran\x1b0x\r", doors, replace(PLAIN, vi=True))
    assert [text for text, _, _ in doors.asked] == ["Iran"]


# ------------------------------------------------------------------------------------------------------------- history


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_history_is_for_the_user_alone_and_comes_back(tmp_path):
    path = tmp_path / "state" / "qa" / "history"
    old = os.umask(0)
    try:
        talk("first\r secret\rsec\x9bond\rsec\x9bond\r", settings=replace(PLAIN, history=path))
    finally:
        os.umask(old)
    assert path.read_text(encoding="utf-8") == "first\nsec\ufffdond\n"
    assert (mode(path), mode(path.parent)) == (0o600, 0o700)
    doors = Toy()
    talk("\x1b[A\x1b[A\r", doors, replace(PLAIN, history=path))
    assert doors.asked[0][0] == "first"


def test_a_history_that_others_could_read_is_closed_to_them(tmp_path):
    path = tmp_path / "history"
    path.write_text("old\n", encoding="utf-8")
    path.chmod(0o644)
    PrivateHistory(path).store_string("new")
    assert mode(path) == 0o600
    assert list(PrivateHistory(path).load_history_strings()) == ["new", "old"]


def test_history_follows_no_link_and_waits_for_no_pipe(tmp_path):
    target, link, pipe = tmp_path / "target", tmp_path / "link", tmp_path / "pipe"
    target.write_text("private\n", encoding="utf-8")
    link.symlink_to(target)
    os.mkfifo(pipe)
    for path in (link, pipe, tmp_path):
        history = PrivateHistory(path)
        assert list(history.load_history_strings()) == []
        history.append_string("question")  # in memory
    assert target.read_text(encoding="utf-8") == "private\n"


def test_history_keeps_the_newest_lines_of_too_many(tmp_path, monkeypatch):
    monkeypatch.setattr(history, "HISTORY_LINES", 3)
    path = tmp_path / "history"
    path.write_text("".join(f"{n}\n" for n in range(10)), encoding="utf-8")
    assert list(PrivateHistory(path).load_history_strings()) == ["9", "8", "7"]
    assert path.read_text(encoding="utf-8") == "7\n8\n9\n"
    assert mode(path) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["history"]


def test_a_huge_history_is_read_from_its_end_and_damage_in_it_is_harmless(tmp_path, monkeypatch):
    monkeypatch.setattr(history, "HISTORY_BYTES", 100)
    path = tmp_path / "history"
    path.write_bytes(b"x" * 1_000 + b"\nlast \xff\x1b[2J one\n")
    assert list(PrivateHistory(path).load_history_strings()) == ["last \ufffd\ufffd[2J one"]


def test_no_history_where_none_is_wanted():
    history = PrivateHistory(None)
    history.append_string("question")
    assert list(history.load_history_strings()) == []


# ---------------------------------------------------------------------------------------------- a real pseudo-terminal

PROGRAM = """
import fcntl, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)  # so that Ctrl-C and a hang-up reach it
from index.store import Filter
from qa.config import Settings
from qa.repl import conversation
from qa.repl.prompt import Repl
from tests.test_repl import Toy

def hang(talk, argument):
    talk._display.wait(talk._worker.start(lambda job: job.stop.wait(60)), "Working…")

conversation.COMMANDS += (conversation.Command("hang", "", "", hang),)
sys.exit(Repl(Toy(), Settings(), Filter()).run())
"""


class Pty:
    """A program on a pseudo-terminal, its screen in an emulator that also answers its questions."""

    def __init__(self, columns: int = 80, rows: int = 40, **environment: str) -> None:
        import fcntl
        import pty
        import struct
        import termios

        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.screen = pyte.Screen(columns, rows)
        self.screen.write_process_input = lambda data: os.write(self.master, data.encode())
        self.stream = pyte.Stream(self.screen)
        self.program = subprocess.Popen(
            [sys.executable, "-c", PROGRAM], stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
            cwd=Path(__file__).parent.parent, env={**os.environ, "TERM": "xterm", **environment},
        )  # fmt: skip
        os.close(slave)

    def type(self, text: str) -> None:
        os.write(self.master, text.encode())

    def until(self, text: str) -> str:
        """Reads until ``text`` is on the screen, which it gives."""
        deadline = time.monotonic() + 60
        while text not in "\n".join(self.screen.display):
            assert time.monotonic() < deadline, f"no {text!r} on:\n" + "\n".join(self.screen.display)
            if select.select([self.master], [], [], 0.5)[0]:
                data = os.read(self.master, 65536).decode("utf-8", "replace")
                self.stream.feed(re.sub("\x1b\\]8;;[^\x1b]*\x1b\\\\", "", data))
        return "\n".join(line.rstrip() for line in self.screen.display)

    def close(self) -> None:
        os.close(self.master)
        self.program.kill()
        self.program.wait()


@pytest.fixture
def terminal():
    opened = []

    def start(**environment: str) -> Pty:
        opened.append(Pty(**environment))
        return opened[-1]

    yield start
    for each in opened:
        each.close()


def test_a_conversation_on_a_real_terminal(terminal, tmp_path):
    """Asks, opens a result in an editor, which gets the line and the file, and leaves with Ctrl-D."""
    editor, note = tmp_path / "vi", tmp_path / "note"
    editor.write_text(f'#!/bin/sh\necho "$@" > {note}\n', encoding="utf-8")
    editor.chmod(0o755)
    session = terminal(VISUAL=str(editor))
    session.until("qa> ")
    session.type("What did Lavrov say about Iran?\r")
    shown = session.until("2 more: m")
    assert "[1] Sergei Lavrov · direct quote" in shown
    highlighted = [char for row in session.screen.buffer.values() for char in row.values() if char.underscore]
    assert "".join(char.data for char in highlighted).startswith("We are convinced that Iran")
    session.type("/open 2\r/status\r")
    session.until("articles    2")
    assert note.read_text(encoding="utf-8") == f"+7 {IRAN.path}\n"
    session.type("/since 2012\r")
    session.until("since 2012-01-01 | 2 articles, 43 statements")
    session.type("\x04")
    assert session.program.wait(30) == 0


def test_what_is_typed_while_it_works_is_not_shown_there_and_is_at_the_next_prompt(terminal):
    """Also after Ctrl-C, at which a terminal by itself forgets it."""
    session = terminal()
    session.until("qa> ")
    session.type("/hang\r")
    session.until("Working…")
    session.type("/status")
    time.sleep(0.3)
    session.type("\x03")
    shown = session.until("qa> /status")
    assert "Cancelled." in shown
    assert shown.count("/status") == 1


def test_a_terminal_that_goes_away_ends_the_program(terminal):
    session = terminal()
    session.until("qa> ")
    os.close(session.master)
    assert session.program.wait(30) != 0
    session.master = os.open(os.devnull, os.O_RDONLY)
