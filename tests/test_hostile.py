"""Files nobody would call articles: each is indexed or skipped with a reason, and none ends a run."""

from __future__ import annotations

import gzip
import io
import os
import socket
import sys
import threading
import time
import zipfile
from pathlib import Path

import pytest

import index.encode
from index import build, read
from index.build import Report, update
from index.store import Store
from index.walk import walk
from qa import cli
from tests.toy import ToyEncoder

ARTICLE = "Mayor Anna Berg said that the bridge would be repaired before the winter.\n"
RUSSIAN = "«Мост будет отремонтирован до зимы, и мы за этим проследим», — сказала мэр Анна Берг в понедельник.\n" * 4
GREEK = (
    "Η δήμαρχος είπε ότι η γέφυρα θα επισκευαστεί πριν από τον χειμώνα και ότι οι εργασίες αρχίζουν τη Δευτέρα.\n" * 4
)
FRENCH = (
    "« Le pont sera réparé avant l’hiver », a déclaré la maire Anne Berge, « et l’été prochain nous fêterons ».\n" * 4
)
POLISH = "Burmistrz powiedziała, że most zostanie naprawiony przed zimą, a roboty zaczną się już w święta wiosną.\n" * 4
JAPANESE = "市長は月曜日の記者会見で、橋は冬の前に修理されるだろうと述べた。漁師たちはこの計画を歓迎している。\n" * 4
CHINESE = "市长星期一在记者会上表示，这座桥将在冬天之前修好。渔民们对这一计划表示欢迎，希望工程早日开始。\n" * 4
TAIWANESE = "市長星期一在記者會上表示，這座橋將在冬天之前修好。漁民們對這一計劃表示歡迎，希望工程早日開始。\n" * 4
KOREAN = "시장은 월요일 기자회견에서 다리가 겨울 전에 수리될 것이라고 말했다. 어부들은 이 계획을 환영했다.\n" * 4


def run(store: Store, *paths: Path | str) -> Report:
    """A run that keeps the law, beside a good article that must come through whatever else is there."""
    report = update(store, paths, ToyEncoder())
    assert report.found == report.indexed + len(report.skipped)
    assert all(reason.strip() for _, reason in report.skipped)
    assert not [reason for _, reason in report.skipped if "taken apart" in reason]
    assert store.check() == []
    return report


def reasons(report: Report) -> dict[str, str]:
    return {os.path.basename(path): reason for path, reason in report.skipped}


def shown(store: Store) -> dict[str, str]:
    """The text of every indexed file by its name."""
    with store.snapshot() as snapshot:
        return {Path(path).name: d.text for d in snapshot.every_document() for path, _ in snapshot.places()[d.id]}


# --- Bytes ------------------------------------------------------------------------------------------------------------

BINARY = {
    "empty.txt": (b"", "empty file"),
    "blank.txt": (b" \n\t \r\n" * 50, "no text"),
    "nul.txt": (ARTICLE.encode() + b"\0" + ARTICLE.encode(), "not text"),
    "noise.txt": (bytes(range(256)) * 64, "not text"),
    "photo.txt": (b"\xff\xd8\xff\xe0\0\x10JFIF" + bytes(500), "looks like JPEG"),
    "program.txt": (b"\x7fELF\2\1\1" + bytes(500), "looks like a Linux program"),
    "zip.html": (b"PK\x03\x04" + bytes(500), "damaged ZIP archive"),
    "tags.html": (b"<html><body><script>1</script></body></html>", "no article text"),
    "dots.txt": (b"... --- ... !!!\n" * 40, "no text"),
}


@pytest.mark.parametrize("name", BINARY)
def test_what_is_not_an_article_is_skipped_and_says_why(store, folder, name):
    data, reason = BINARY[name]
    (folder / name).write_bytes(data)
    (folder / "good.txt").write_text(ARTICLE)
    report = run(store, folder)
    assert report.indexed == 1
    assert reason in reasons(report)[name]


ENCODINGS = [
    ("utf-8", RUSSIAN),
    ("utf-8-sig", RUSSIAN),
    ("utf-16", RUSSIAN),
    ("utf-16-le", FRENCH),
    ("utf-16-be", FRENCH),
    ("utf-32", GREEK),
    ("cp1251", RUSSIAN),
    ("koi8-r", RUSSIAN.replace("«", '"').replace("»", '"').replace("—", "-")),
    ("cp866", RUSSIAN.replace("«", '"').replace("»", '"').replace("—", "-")),
    ("cp1252", FRENCH),
    ("cp1250", POLISH),
    ("iso8859-2", POLISH),
    ("cp1253", GREEK),
    ("iso8859-7", GREEK),
    ("shift_jis", JAPANESE),
    ("utf-32-be", JAPANESE),
    ("iso2022-jp", JAPANESE),
    ("gb18030", CHINESE),
    ("big5", TAIWANESE),
    ("euc-kr", KOREAN),
]


@pytest.mark.parametrize(("codec", "text"), ENCODINGS, ids=[codec for codec, _ in ENCODINGS])
def test_a_text_in_one_of_twenty_encodings_is_indexed_as_it_was_written(store, folder, codec, text):
    data = text.encode(codec, "ignore")  # a few signs of typography are in no old encoding
    (folder / "a.txt").write_bytes(data)
    run(store, folder)
    assert shown(store)["a.txt"].removeprefix("\ufeff") == data.decode(codec).removeprefix("\ufeff")


@pytest.mark.parametrize("depth", [100, 5_000, 100_000])
def test_html_of_any_depth_is_read_or_refused_but_never_silently_empty(store, folder, depth):
    (folder / "deep.html").write_text(f"<html><body>{'<div>' * depth}<p>{ARTICLE}</p>{'</div>' * depth}</body></html>")
    report = run(store, folder)
    if report.indexed:
        assert "bridge would be repaired" in shown(store)["deep.html"]
    else:
        assert reasons(report)["deep.html"]


def test_one_word_of_a_megabyte_is_cut_into_passages(store, folder):
    (folder / "word.txt").write_text("a" * 1_000_000)
    (folder / "good.txt").write_text(ARTICLE)
    report = run(store, folder)
    assert report.found == 2
    assert "good.txt" in shown(store)


def test_control_characters_and_bidi_overrides_keep_offsets_true(store, folder):
    text = f"{ARTICLE}\u202eevil\u2066 \x1b[2Jtext {ARTICLE}"
    (folder / "a.txt").write_text(text)
    run(store, folder)
    with store.snapshot() as snapshot:
        [document] = snapshot.every_document()
        assert document.text == text
        assert all(passage.span.of(text) for passage in snapshot.every_passage())


# --- Files made to hurt their reader ----------------------------------------------------------------------------------


def zipped(members: dict[str, bytes], repeat: int = 1) -> bytes:
    """An archive; each member ``repeat`` times over."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            with archive.open(name, "w") as member:
                for _ in range(repeat):
                    member.write(content)
    return data.getvalue()


def nested(depth: int) -> bytes:
    """An archive in an archive in an archive, the innermost of zeros."""
    data = bytes(10_000_000)
    for _ in range(depth):
        data = zipped({f"{n}.zip": data for n in range(4)} if _ else {"a.txt": data})
    return data


def understated() -> bytes:
    """An archive whose member says it unfolds to ten bytes, and unfolds to ten million."""
    data = bytearray(zipped({"word/document.xml": bytes(10_000_000)}))
    at = data.rindex(b"PK\x01\x02")
    data[at + 24 : at + 28] = (10).to_bytes(4, "little")
    return bytes(data)


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
LAUGHING = f'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY l0 "ha">{LAUGHS}]><r><p>&l9;</p></r>'.encode()
STEALING = b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r><p>&x;</p></r>'
WORD = b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body/></w:document>'
LOOPING_PDF = b"""%PDF-1.4
1 0 obj <</Type/Catalog/Pages 2 0 R/Outlines 4 0 R>> endobj
2 0 obj <</Type/Pages/Kids[2 0 R 3 0 R]/Count 999999999>> endobj
3 0 obj <</Type/Page/Parent 2 0 R/Contents 3 0 R>> endobj
4 0 obj <</First 4 0 R/Next 4 0 R/Parent 4 0 R>> endobj
xref
0 1
0000000000 65535 f
trailer <</Root 1 0 R/Size 5/Prev 0>>
startxref
0
%%EOF
"""
HURTFUL = {
    "bomb.zip": lambda: zipped({"a.txt": bytes(1 << 20)}, 256),
    "nested.zip": lambda: nested(3),
    "escaping.zip": lambda: zipped({"../../outside.txt": ARTICLE.encode(), "/etc/outside.txt": ARTICLE.encode()}),
    "bomb.docx": lambda: zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<a>" * (1 << 20)}, 32),
    "laughs.docx": lambda: zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": LAUGHING}),
    "understated.docx": understated,
    "hollow.docx": lambda: zipped({"word/document.xml": WORD}),
    "bomb.epub": lambda: zipped({"mimetype": b"application/epub+zip", "a.xhtml": b"<p>" * (1 << 20)}, 32),
    "many.epub": lambda: zipped({f"{n}.xhtml": b"<p>" for n in range(1_000)}),
    "bomb.txt.gz": lambda: gzip.compress(bytes(256 << 20), 9),
    "half.gz": lambda: gzip.compress(ARTICLE.encode() * 100)[:-20],
    "bomb.tar.gz": lambda: gzip.compress(b"a.txt".ljust(124, b"\0") + b"77777777777\0" + bytes(10_000_000), 9),
    "laughs.xml": lambda: LAUGHING,
    "laughs.xhtml": lambda: LAUGHING.replace(b"<r>", b"<html><body>").replace(b"</r>", b"</body></html>"),
    "laughs.rss": lambda: LAUGHING.replace(b"<r>", b"<rss><channel>").replace(b"</r>", b"</channel></rss>"),
    "stealing.xml": lambda: STEALING,
    "deep.xml": lambda: b"<a>" * 1_000_000,
    "looping.pdf": lambda: LOOPING_PDF,
    "cut.pdf": lambda: LOOPING_PDF[:40],
    "noise.pdf": lambda: b"%PDF-1.7\n" + bytes(range(256)) * 400,
    "parts.eml": lambda: (
        b"Content-Type: multipart/mixed; boundary=a\n\n" + b"--a\nContent-Type: multipart/mixed\n" * 5_000
    ),
    "deep.json": lambda: b"[" * 1_000_000,
    "wide.json": lambda: b'{"text": 1' + b"0" * 1_000_000 + b"}",
    "wide.csv": lambda: b"title,text\n" + b"a," * 1_000_000,
    "quote.csv": lambda: b'title,text\n"' + b"a\n" * 500_000,
    "attributes.html": lambda: b"<p " + b"a=1 " * 500_000 + b">" + ARTICLE.encode(),
    "unclosed.html": lambda: b"<div><table><tr><td>" * 20_000,
    "tables.html": lambda: b"<table>" * 20_000 + ARTICLE.encode(),
    "comments.html": lambda: b"<!--" * 500_000,
    "script.html": lambda: b"<html><script>" + b"<" * 1_000_000,
    "refers.html": lambda: (
        b'<html><link href="http://127.0.0.1:9/"><img src="file:///etc/passwd"><p>' + ARTICLE.encode()
    ),
    "line.md": lambda: b"a " * 200_000,
    "brackets.md": lambda: b"[" * 200_000,
    "stars.md": lambda: b"*a **b " * 100_000,
    "quotes.txt": lambda: b'"said ' * 20_000,
    "owners.txt": lambda: "‘a dogs’ ".encode() * 20_000,
}


@pytest.mark.slow
def test_files_made_to_hurt_are_indexed_or_skipped_and_the_rest_is_read(store, folder):
    """Bombs, loops, depths: each within the limits of a process, so that none of them is what ends it."""
    for name, make in HURTFUL.items():
        (folder / name).write_bytes(make())
    (folder / "good.txt").write_text(ARTICLE)
    report = run(store, folder)
    assert report.found == len(HURTFUL) + 1
    ended = {
        name: why for name, why in reasons(report).items() if "crashed" in why or "longer" in why or "needed" in why
    }
    assert ended == {}
    with store.snapshot() as snapshot:
        texts = [document.text for document in snapshot.every_document()]
    assert ARTICLE in texts
    assert not any("root:" in text for text in texts), "a file outside was read"
    assert not (folder.parent.parent / "outside.txt").exists()


# --- Things that are no files -----------------------------------------------------------------------------------------


def test_pipes_sockets_and_devices_are_named_and_never_opened(store, folder):
    os.mkfifo(folder / "pipe.txt")
    listening = socket.socket(socket.AF_UNIX)
    try:
        listening.bind(os.path.relpath(folder / "socket.txt"))
    except OSError as error:
        pytest.skip(f"no socket can be made here: {error}")
    with listening:
        report = run(store, folder, "/dev/null")
    assert reasons(report) == {
        "pipe.txt": "a named pipe, not a file",
        "socket.txt": "a socket, not a file",
        "null": "a device, not a file",
    }


def test_symbolic_links_are_followed_to_files_once_and_to_folders_never(store, folder):
    (folder / "a.txt").write_text(ARTICLE)
    (folder / "b").mkdir()
    (folder / "b" / "loop").symlink_to(folder)
    (folder / "Again.txt").symlink_to("a.txt")
    (folder / "self.txt").symlink_to("self.txt")
    (folder / "gone.txt").symlink_to("nowhere.txt")
    outside = folder.parent / "outside.txt"
    outside.write_text(ARTICLE.replace("Berg", "Lund"))
    (folder / "one.txt").symlink_to(outside)
    (folder / "two.txt").symlink_to(outside)
    first, second = run(store, folder), run(store, folder)
    assert reasons(first) == {
        "Again.txt": "a symbolic link to a file already found",
        "gone.txt": "a symbolic link to nothing",
        "loop": "a symbolic link to a folder, not followed",
        "self.txt": "a symbolic link: too many levels of symbolic links",
        "two.txt": "a symbolic link to a file already found",
    }
    assert set(shown(store)) == {"a.txt", "one.txt"}
    assert (second.found, second.indexed, second.skipped) == (7, 2, first.skipped)


def test_a_folder_reached_through_a_link_that_was_given_is_walked(store, folder):
    (folder / "a.txt").write_text(ARTICLE)
    link = folder.parent / "link"
    link.symlink_to(folder)
    assert run(store, link).indexed == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything, so nothing is unreadable here")
def test_what_may_not_be_read_is_skipped_until_it_may(store, folder):
    for name in ("a.txt", "sub/b.txt"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(ARTICLE)
    run(store, folder)
    (folder / "a.txt").chmod(0)
    os.utime(folder / "a.txt", (1, 1))
    (folder / "sub").chmod(0)
    try:
        report = run(store, folder)
        assert reasons(report) == {"a.txt": "permission denied", "sub": "folder: permission denied"}
        assert report.removed == 0
    finally:
        (folder / "sub").chmod(0o700)
        (folder / "a.txt").chmod(0o600)
    assert run(store, folder).skipped == ()


def test_a_folder_that_cannot_be_listed_takes_no_article_with_it(store, folder, monkeypatch):
    """As when a disk is unplugged halfway: what was not seen is not gone."""
    (folder / "sub").mkdir()
    (folder / "sub" / "b.txt").write_text(ARTICLE)
    run(store, folder)
    scandir = os.scandir

    def refuse(path):
        if str(path).endswith("sub"):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(build.os, "scandir", refuse)
    report = run(store, folder)
    assert reasons(report) == {"sub": "folder: permission denied"}
    assert report.removed == 0
    assert set(shown(store)) == {"b.txt"}


def test_a_file_that_never_stops_changing_is_skipped_or_read_whole(store, folder):
    """Whatever was read is a state the file was in, with its own hash: never half of one and half of another."""
    file = folder / "a.txt"
    states = [f"{ARTICLE}The number {n} was given {n} times. " * 400 for n in range(8)]
    file.write_text(states[0])
    stop = threading.Event()

    def rewrite() -> None:
        while not stop.is_set():
            for state in states:
                file.with_suffix(".new").write_text(state)
                file.with_suffix(".new").replace(file)

    writer = threading.Thread(target=rewrite)
    writer.start()
    try:
        for _ in range(3):
            report = update(store, [file], ToyEncoder())
            assert report.found == report.indexed + len(report.skipped) == 1
            assert set(shown(store).values()) <= set(states)
    finally:
        stop.set()
        writer.join()
    run(store, file)
    assert shown(store) == {"a.txt": file.read_text()}


def test_a_file_that_goes_between_being_found_and_being_read_is_mentioned(store, folder, monkeypatch):
    for name in ("a.txt", "b.txt"):
        (folder / name).write_text(ARTICLE + name)
    load = read.load

    def vanish(path):
        (folder / "a.txt").unlink(missing_ok=True)
        return load(path)

    monkeypatch.setattr(read, "load", vanish)
    report = run(store, folder)
    assert reasons(report) == {"a.txt": "no such file"}
    assert set(shown(store)) == {"b.txt"}
    monkeypatch.setattr(read, "load", load)
    assert (run(store, folder).found, set(shown(store))) == (1, {"b.txt"})


# --- Names ------------------------------------------------------------------------------------------------------------

NAMES = [
    b"line\nbreak.txt",
    b"escape\x1b[2J\x07.txt",
    b"not\xffutf8.txt",
    "right\u202eto\u2066left.txt".encode(),
    b"-rf.txt",
    b"--help",
    b" space .txt",
    b"quote'\"`$(x).txt",
    b"%s%n{0}.txt",
    "e\u0301.txt".encode(),
    b"a" * 251 + b".txt",
]


@pytest.mark.skipif(sys.platform == "darwin", reason="this file system takes only names in UTF-8")
def test_a_file_of_any_name_is_found_kept_and_found_again(store, folder):
    for number, name in enumerate(NAMES):
        with open(os.path.join(os.fsencode(folder), name), "wb") as file:
            file.write(f"{ARTICLE} Number {number}.\n".encode())
    report = run(store, folder)
    assert (report.found, report.indexed) == (len(NAMES), len(NAMES))
    assert {os.fsencode(name) for name in shown(store)} == set(NAMES)
    again = run(store, folder)
    assert (again.unchanged, again.removed) == (len(NAMES), 0)
    os.unlink(os.path.join(os.fsencode(folder), NAMES[2]))
    assert run(store, folder).removed == 1


@pytest.mark.skipif(sys.platform == "darwin", reason="this file system takes only names in UTF-8")
def test_no_name_reaches_a_terminal_as_it_is(folder, monkeypatch, capsys):
    """Skipped files, status, errors and JSON: nothing a terminal obeys comes out of a file's name."""
    monkeypatch.chdir(folder)
    monkeypatch.setenv("HOME", str(folder / "home"))
    monkeypatch.setattr(index.encode, "own", lambda name: ToyEncoder)
    for name in NAMES[:4]:
        with open(os.path.join(os.fsencode(folder), name), "wb") as file:
            file.write(b"\xff\xd8\xff\xe0")
    with open(os.path.join(os.fsencode(folder), b"good\x1b]0;x\x07\xff.txt"), "wb") as file:
        file.write(ARTICLE.encode())
    arguments = [
        ["index", "."],
        ["status"],
        ["status", "--json"],
        ["export", "documents"],
        ["show", "good\x1b[2J"],
        ["index", "no\x1b[2J\nsuch"],
        ["ask", "bridge", "--source", "\x1b[2J"],
        ["ask", "What did Anna Berg say about the bridge?"],
        ["ask", "What did Anna Berg say about the bridge?", "--json"],
        ["\x1b[2J"],
    ]
    for words in arguments:
        cli.main(words)
        captured = capsys.readouterr()
        output = captured.out + captured.err
        assert output
        bad = [c for c in output if (ord(c) < 32 and c != "\n") or 127 <= ord(c) < 160 or c in "\u202e\u2066"]
        assert bad == [], words


def test_ten_thousand_small_files_are_walked_in_order_and_in_time(folder):
    """A walk is one pass: no time limit is stated, but a quadratic one would not come back."""
    for number in range(100):
        (folder / f"{number:02}").mkdir()
        for file in range(100):
            (folder / f"{number:02}" / f"{file:02}.txt").touch()
    found = walk([str(folder)]).found
    assert len(found) == 10_000
    assert [item.path for item in found] == sorted(item.path for item in found)


def test_a_very_deep_folder_is_walked_or_named(store, folder):
    deep = folder
    for _ in range(60):
        deep = deep / ("d" * 50)
    deep.mkdir(parents=True)
    (deep / "a.txt").write_text(ARTICLE)
    os.utime(deep / "a.txt", (time.time() - 60, time.time() - 60))
    assert run(store, folder).indexed == 1
