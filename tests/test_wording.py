"""A day, a month or a year as people write it means its days; a long list is counted and cut."""

import os
import re
import shutil
import subprocess

import pytest

from index.errors import UsageError
from qa.wording import LISTED, day, most, typed


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2012", "2012-01-01", "2012-12-31"),
        ("2012-02", "2012-02-01", "2012-02-29"),
        ("2016-2", "2016-02-01", "2016-02-29"),
        ("1900-02", "1900-02-01", "1900-02-28"),
        (" 2012-06-15 ", "2012-06-15", "2012-06-15"),
    ],
)
def test_a_year_or_a_month_is_its_first_or_last_day(text, first, last):
    assert (day("since", text, last=False), day("until", text, last=True)) == (first, last)


@pytest.mark.parametrize("text", ["yesterday", "2012-13", "2015-02-29", "12", "2012-06-15x", "0000", "２０１２", " "])
def test_a_day_that_is_none_is_refused_by_the_name_of_what_it_was_for(text):
    with pytest.raises(UsageError, match=rf"^until {re.escape(repr(text))} is not a date"):
        day("until", text, last=False)


def test_no_day_at_all_is_asked_for():
    with pytest.raises(UsageError, match=r"^since needs a date"):
        day("since", "", last=False)


def test_a_long_list_names_its_first_and_counts_them_all():
    counts = {f"outlet {number}": 1_000 - number for number in range(LISTED + 1)}
    assert most(counts).startswith(f"{LISTED + 1}: outlet 0 1,000, outlet 1 999, ")
    assert most(counts).endswith(", ...")
    assert f"outlet {LISTED}" not in most(counts)


@pytest.mark.parametrize(
    "path",
    [
        b"a.txt",
        b"my file.txt",
        b"it's $HOME;.txt",
        b"two\nlines",
        b"\xff\xfe",
        b"back\\slash\n'a'",
        "ü\u200f1".encode(),
        b"",
    ],
)
def test_a_shell_reads_a_typed_path_as_the_path_it_is(path):
    shell = shutil.which("bash") or pytest.skip("no bash here")
    words = typed(os.fsdecode(path))
    assert words.isprintable()
    done = subprocess.run([shell, "-c", f"printf %s {words}"], capture_output=True, check=True)
    assert done.stdout == path
