"""Every format of the README's table, whole and broken, beside the files made to hurt, in one run of real processes."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from index import work
from index.read import FORMATS, SUFFIXES
from tests.test_documents import epub, odt, saved, tarred, word, zipped
from tests.test_hostile import HURTFUL
from tests.test_pdf import pdf

SAID = "The harbour master said on Monday that the quay would be closed to heavy lorries until the end of the winter."
HTML = f"<!DOCTYPE html><html><body><h1>Quay</h1><p>{SAID}</p></body></html>"
MAIL = (
    f"From: a@b.example\r\nSubject: Quay\r\nDate: Mon, 2 Mar 2015 10:00:00 +0000\r\nMessage-ID: <1>\r\n\r\n{SAID}\r\n"
)
MHTML = (
    'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="b"\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n'
    f"{HTML}\r\n--b--\r\n"
)
NITF = f"<nitf><body><body.head/><body.content><p>{SAID}</p></body.content></body></nitf>"
NEWSML = f"<newsItem><contentSet><inlineXML><html><body><p>{SAID}</p></body></html></inlineXML></contentSet></newsItem>"
SGM = (
    f'<REUTERS NEWID="1"><DATE>2-MAR-1987 10:00:00</DATE><TEXT><TITLE>QUAY</TITLE><BODY>{SAID}</BODY></TEXT></REUTERS>'
)
FEEDS = {
    "rss": f"<rss><channel><item><description>{SAID}</description></item></channel></rss>",
    "atom": f'<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>Quay</title><content>{SAID}</content></entry></feed>',
    "rdf": '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
    f"<item><title>Quay</title><description>{SAID}</description></item></rdf:RDF>",
}
PRESSED: dict[str, Callable[[bytes], bytes]] = {"g": gzip.compress, "b": bz2.compress, "x": lzma.compress}


def pressed(suffix: str) -> bytes:
    """A text, or for "tgz" and its like an archive of one, compressed."""
    if suffix[0] == "t":
        return PRESSED[suffix[1]](tarred([("a.txt", SAID)]))
    return PRESSED[suffix[0]](SAID.encode())


def written() -> bytes:
    made = word()
    made.add_paragraph(SAID)
    return saved(made)


def page() -> bytes:
    return pdf(lambda canvas: [canvas.drawString(72, 700 - 14 * n, SAID[60 * n :][:60]) for n in range(2)])


# How a file of each format is made, given its suffix; and one that is broken, and why it is skipped.
WHOLE: dict[str, Callable[[str], bytes | str]] = {
    "plain text": lambda _: SAID,
    "Markdown": lambda _: f"# Quay\n\n{SAID}\n",
    "HTML": lambda _: HTML,
    "PDF": lambda _: page(),
    "Word": lambda _: written(),
    "OpenDocument": lambda _: odt(),
    "RTF": lambda _: rf"{{\rtf1\ansi {SAID}\par}}",
    "EPUB": lambda _: epub(),
    "MHTML": lambda _: MHTML,
    "ZIP": lambda _: zipped([("a.txt", SAID)]),
    "tar": lambda _: tarred([("a.txt", SAID)]),
    "gzip, bzip2 or xz": pressed,
    "e-mail": lambda _: MAIL,
    "mailbox": lambda _: f"From a@b.example Mon Mar  2 10:00:00 2015\r\n{MAIL}",
    "RSS or Atom": lambda suffix: FEEDS[suffix],
    "NITF or NewsML-G2": lambda suffix: NITF if suffix == "nitf" else NEWSML,
    "Reuters-21578": lambda _: SGM,
    "CSV": lambda suffix: f"title,body\nQuay,{SAID}\n".replace(",", "\t" if suffix == "tsv" else ","),
    "JSON": lambda _: json.dumps({"headline": "Quay", "body_text": SAID}),
    "JSON lines": lambda _: json.dumps({"title": "Quay", "text": SAID}) + "\n",
}
BROKEN: dict[str, tuple[bytes, str]] = {
    "plain text": (bytes(range(256)) * 8, "not text"),
    "Markdown": (b"---\ntitle: Quay\n---\n\n---\n", "no text"),
    "HTML": (b"<html><body><script>1</script></body></html>", "no article text"),
    "PDF": (page()[:200], "damaged PDF"),
    "Word": (written()[:-60], "damaged"),
    "OpenDocument": (odt()[:-60], "damaged"),
    "RTF": (SAID.encode(), "not RTF"),
    "EPUB": (epub()[:-60], "damaged"),
    "MHTML": (MHTML.replace("text/html", "image/png").encode(), "saved page without a page"),
    "ZIP": (zipped([("a.txt", SAID)])[:-30], "damaged ZIP"),
    "tar": (tarred([("a.txt", SAID)])[:300], "tar"),
    "gzip, bzip2 or xz": (gzip.compress(SAID.encode())[:-12], "damaged"),
    "e-mail": (MAIL.partition("\r\n\r\n")[0].encode() + b"\r\n\r\n", "without text"),
    "mailbox": (SAID.encode(), "no message"),
    "RSS or Atom": (b"<rss><channel></channel></rss>", "without entries"),
    "NITF or NewsML-G2": (NITF[:-20].encode(), "not XML"),
    "Reuters-21578": (SAID.encode(), "no story"),
    "CSV": (b"a,b\n1,2\n3,4\n", "no column of text"),
    "JSON": (b'{"text": ', "not JSON"),
    "JSON lines": (b"[1]\n2\n", "no object"),
}

RUN = """
import json, resource, sys
from index.build import update
from index.store import open_store
from tests.toy import ToyEncoder
with open_store(sys.argv[1], create=True) as store:
    report = update(store, [sys.argv[2]], ToyEncoder(), processes=2)
    with store.snapshot() as snapshot:
        texts = [(path, d.text) for d in snapshot.every_document() for path, _ in snapshot.places()[d.id]]
    problems = [problem.message for problem in store.check()]
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(json.dumps([report.found, report.indexed, report.skipped, texts, problems, peak]))
"""


def test_each_format_has_a_whole_and_a_broken_sample():
    assert list(WHOLE) == list(BROKEN) == [row.name for row in FORMATS]


@pytest.mark.slow
def test_whatever_lies_in_an_archive_is_indexed_or_skipped_with_its_reason(tmp_path: Path):
    """More than ninety files of all formats, thirty-five of them made to hurt, and no process beyond its memory."""
    folder = tmp_path / "archive"
    folder.mkdir()
    expected = {}
    for suffix, row in SUFFIXES.items():
        made = WHOLE[row.name](suffix[1:])
        compressed = row.name == "gzip, bzip2 or xz" and suffix[1] != "t"
        name = f"whole{'.txt' * compressed}{suffix}"
        (folder / name).write_bytes(made.encode() if isinstance(made, str) else made)
    for row in FORMATS:
        data, reason = BROKEN[row.name]
        name = f"broken.{row.suffixes.split()[0]}"
        (folder / name).write_bytes(data)
        expected[name] = reason
    for name, make in HURTFUL.items():
        (folder / f"hurtful-{name}").write_bytes(make())
    ran = subprocess.run(
        [sys.executable, "-c", RUN, str(tmp_path / "index"), str(folder)], capture_output=True, check=True, text=True
    )
    found, indexed, skipped, texts, problems, peak = json.loads(ran.stdout)
    assert found == indexed + len(skipped) == len(SUFFIXES) + len(FORMATS) + len(HURTFUL)
    assert (found >= 60, len(HURTFUL) >= 25, problems) == (True, True, [])
    reasons = {Path(path).name: reason for path, reason in skipped}
    assert {name for name in reasons if name.startswith("whole")} == set()
    said = {Path(path).name for path, text in texts if "harbour master said" in " ".join(text.split())}
    assert {path.name for path in folder.glob("whole*")} - said == set()
    assert {name: reason for name, reason in expected.items() if reason not in reasons.get(name, "")} == {}
    assert all(reason.strip() and "taken apart" not in reason for reason in reasons.values())
    if sys.platform == "linux":
        assert peak * 1024 < work.memory_for(max(path.stat().st_size for path in folder.iterdir()))
