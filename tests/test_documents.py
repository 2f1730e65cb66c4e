"""Word files, OpenDocument, RTF, e-books, saved pages and archives: real ones, made here, and hostile ones."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import re
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterable
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path

import docx
import pytest
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn

from index.build import update
from index.errors import ReadError
from index.read import FORMATS, SUFFIXES, Format, Reading, archive, article, parse
from index.types import Document
from tests.effort import calls
from tests.toy import ToyEncoder

FIRST = "The harbour master said on Monday that the quay would be closed to heavy lorries until the end of the winter."
SECOND = "“We have asked the ministry three times and we have had no answer,” Anna Berg told the council."
PAGE = f"<!DOCTYPE html><html><body><article><h1>Quay closed</h1><p>{FIRST}</p><p>{SECOND}</p></article></body></html>"

README = Path(__file__).parents[1] / "README.md"

Files = Iterable[tuple[str, bytes | str]]


def zipped(files: Files, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as out:
        for name, data in files:
            out.writestr(name, data)
    return file.getvalue()


def tarred(files: Files) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as out:
        for name, data in files:
            info = tarfile.TarInfo(name)
            content = data.encode() if isinstance(data, str) else data
            info.size = len(content)
            out.addfile(info, io.BytesIO(content))
    return file.getvalue()


def read(data: bytes, name: str) -> Reading:
    found = parse(data, f"/d/{name}", "0" * 32)
    for document in found.documents:
        for block in document.blocks:
            assert block.span.of(document.text).strip() == block.span.of(document.text) != ""
    return found


def only(data: bytes, name: str) -> Document:
    (found,) = read(data, name).documents
    return found


def blocks(found: Document) -> list[tuple[str, str]]:
    return [(block.kind, block.span.of(found.text)) for block in found.blocks]


def reason(data: bytes, name: str) -> str:
    with pytest.raises(ReadError) as caught:
        parse(data, f"/d/{name}", "0" * 32)
    return caught.value.message


def skipped(data: bytes, name: str) -> dict[str, str]:
    return dict(read(data, name).skipped)


# ----------------------------------------------------------------------------------------------------------------- Word


def saved(made: docx.document.Document) -> bytes:
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def word() -> docx.document.Document:
    made = docx.Document()
    made.core_properties.author = "Jane Roe"
    made.core_properties.title = "A title nobody sees"
    made.core_properties.created = datetime(2017, 1, 30, 14, 22)
    return made


def test_a_word_file_is_headings_paragraphs_items_and_rows():
    made = word()
    made.add_heading("Quay closed", 0)
    made.add_paragraph(FIRST)
    made.add_heading("What comes next", 1)
    made.add_paragraph("The council has asked for a survey.", style="List Bullet")
    for row, cells in zip(made.add_table(2, 2).rows, (("Oil", "5.3 million tonnes"), ("Gas", "2.0")), strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    made.add_paragraph(SECOND)
    found = only(saved(made), "a.docx")
    assert blocks(found) == [
        ("heading", "Quay closed"),
        ("paragraph", FIRST),
        ("heading", "What comes next"),
        ("paragraph", "The council has asked for a survey."),
        ("paragraph", "Oil 5.3 million tonnes"),
        ("paragraph", "Gas 2.0"),
        ("paragraph", SECOND),
    ]
    assert (found.title, found.author, found.date) == ("Quay closed", "Jane Roe", "2017-01-30T14:22:00+00:00")


def test_word_text_has_what_was_inserted_and_linked_and_not_what_was_deleted():
    made = word()
    paragraph = made.add_paragraph("She said ")
    for tag, holder, words in (
        ("w:ins", "w:t", "yes"),
        ("w:del", "w:delText", "maybe"),
        ("w:hyperlink", "w:t", " to the plan."),
    ):
        change, run, text = (OxmlElement(name) for name in (tag, "w:r", holder))
        text.text = words
        text.set(qn("xml:space"), "preserve")
        run.append(text)
        change.append(run)
        paragraph._p.append(change)
    assert only(saved(made), "a.docx").text == "She said yes to the plan."


def test_a_text_box_in_a_text_box_is_read_once():
    inner = ""
    for number in (3, 2, 1):
        box = f"<w:r><w:pict><w:txbxContent>{inner or '<w:p/>'}</w:txbxContent></w:pict></w:r>"
        inner = f"<w:p><w:r><w:t>The mayor opened bridge {number}.</w:t></w:r>{box}</w:p>"
    made = word()
    made.element.body.insert(0, parse_xml(inner.replace("<w:p>", f"<w:p {nsdecls('w')}>", 1)))
    expected = [f"The mayor opened bridge {number}." for number in (1, 2, 3)]
    assert [text for _, text in blocks(only(saved(made), "a.docx"))] == expected


def test_a_layout_made_with_a_table_is_paragraphs_and_footnotes_stand_at_the_end():
    made = word()
    cell = made.add_table(1, 1).rows[0].cells[0]
    cell.text = FIRST + " " + FIRST
    cell.add_paragraph(SECOND)
    with zipfile.ZipFile(io.BytesIO(saved(made))) as source:
        files = [(name, source.read(name)) for name in source.namelist()]
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    notes = (
        f'<w:footnotes {space}><w:footnote w:type="separator" w:id="0"><w:p/></w:footnote><w:footnote w:id="1">'
        f"<w:p><w:r><w:t>The survey was made in 2016, she said.</w:t></w:r></w:p></w:footnote></w:footnotes>"
    )
    assert [text for _, text in blocks(only(zipped([*files, ("word/footnotes.xml", notes)]), "a.docx"))] == [
        f"{FIRST} {FIRST}",
        SECOND,
        "The survey was made in 2016, she said.",
    ]


def test_what_a_library_makes_up_for_a_word_file_is_not_cited():
    """The file states no title, author and day, or those of the template of python-docx; read, it would get them."""
    made = docx.Document()
    made.add_paragraph(FIRST)
    with zipfile.ZipFile(io.BytesIO(saved(made))) as source:
        files = {name: source.read(name) for name in source.namelist() if name != "docProps/core.xml"}
    links = files["_rels/.rels"].decode()
    files["_rels/.rels"] = re.sub(r"<Relationship [^>]*core-properties[^>]*>", "", links).encode()
    assert "core-properties" in links
    for data in (saved(made), zipped(files.items())):
        found = only(data, "a.docx")
        assert (found.title, found.author, found.date) == (None, None, None)


def test_word_files_that_are_cut_off_empty_or_declare_entities_have_their_reason():
    made = word()
    made.add_paragraph(FIRST)
    whole = saved(made)
    assert reason(whole[:-200], "a.docx") == "damaged ZIP archive, or cut off"
    assert reason(saved(word()), "a.docx") == "no text in it"
    with zipfile.ZipFile(io.BytesIO(whole)) as source:
        files = {name: source.read(name) for name in source.namelist()}
    bomb = b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    body = files["word/document.xml"].partition(b"?>")[2].replace(b"The harbour", b"&a;")
    for text in (bomb + body, (bomb + body).decode().encode("utf-16")):
        declared = zipped(
            [*(item for item in files.items() if item[0] != "word/document.xml"), ("word/document.xml", text)]
        )
        assert reason(declared, "a.docx") == "word/document.xml has a DOCTYPE, which such files must not have"
    without = zipped([item for item in files.items() if item[0] != "word/styles.xml"])
    assert reason(without, "a.docx").startswith("damaged Word file (")


# -------------------------------------------------------------------------------------------------- OpenDocument and RTF

ODT = """<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
><office:body><office:text><text:tracked-changes><text:p>Deleted.</text:p></text:tracked-changes>
<text:h text:outline-level="1">Quay closed</text:h><text:p>{first}<text:note><text:note-citation>1</text:note-citation>
<text:note-body><text:p>The survey was made in 2016.</text:p></text:note-body></text:note></text:p>
<text:list><text:list-item><text:p>The council<text:s/><text:span>has asked</text:span> for a survey.</text:p></text:list-item>
</text:list><table:table><table:table-row><table:table-cell><text:p>Oil</text:p></table:table-cell><table:table-cell>
<text:p>5.3</text:p></table:table-cell></table:table-row></table:table></office:text></office:body>
</office:document-content>"""
META = """<office:document-meta xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0"><office:meta><meta:initial-creator>Jane Roe</meta:initial-creator>
<meta:creation-date>2017-01-30T14:22:33</meta:creation-date></office:meta></office:document-meta>"""


def odt(*more: tuple[str, str]) -> bytes:
    kind = "application/vnd.oasis.opendocument.text"
    return zipped([("mimetype", kind), ("content.xml", ODT.format(first=FIRST)), ("meta.xml", META), *more], 0)


def test_an_opendocument_text_is_read_as_a_word_file_is():
    found = only(odt(), "a.odt")
    assert blocks(found) == [
        ("heading", "Quay closed"),
        ("paragraph", FIRST),
        ("paragraph", "The council has asked for a survey."),
        ("paragraph", "Oil 5.3"),
        ("paragraph", "The survey was made in 2016."),
    ]
    assert (found.title, found.author, found.date) == ("Quay closed", "Jane Roe", "2017-01-30T14:22:33")
    locked = odt(("META-INF/manifest.xml", "<a><manifest:encryption-data/></a>"))
    assert reason(locked, "a.odt") == "encrypted; open it with its password and save a copy without"


def test_rtf_is_text_with_its_facts():
    source = (
        r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Times;}}{\info{\title Quay closed}{\author Jane Roe}"
        r"{\creatim\yr2017\mo1\dy30\hr14\min2}}\f0 " + FIRST + r"\par\par Caf\'e9 \u8220?yes\u8221?, she said.\par}"
    )
    found = only(source.encode(), "a.rtf")
    assert [text for kind, text in blocks(found) if kind == "paragraph"] == [FIRST, "Café “yes”, she said."]
    assert (found.title, found.author, found.date) == ("Quay closed", "Jane Roe", "2017-01-30")
    assert reason(b"no mark-up", "a.rtf") == "not RTF, though its name says so"


# ------------------------------------------------------------------------------------------------ e-books, saved pages

CONTAINER = '<container><rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>'
OPF = """<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>
<dc:title>The Harbour Years</dc:title><dc:creator>Jane Roe</dc:creator><dc:creator>John Doe</dc:creator><dc:date>2016-05-01
</dc:date></metadata><manifest><item id="n" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
<item id="c" href="cover.xhtml" media-type="application/xhtml+xml"/><item id="a" href="a%20b.xhtml"
media-type="application/xhtml+xml"/><item id="z" href="z.xhtml" media-type="application/xhtml+xml"/>
<item id="g" href="gone.xhtml" media-type="application/xhtml+xml"/></manifest>
<spine><itemref idref="n"/><itemref idref="c"/><itemref idref="z"/><itemref idref="a"/><itemref idref="g"/></spine></package>"""
NAV = '<html xmlns="http://www.w3.org/1999/xhtml"><body><nav><a href="z.xhtml#s">1. The quay</a></nav></body></html>'


def chapter(text: str, head: str = "") -> str:
    return f'<html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title></head><body>{head}<p>{text}</p></body></html>'


def epub(*more: tuple[str, str]) -> bytes:
    return zipped(
        [
            ("mimetype", "application/epub+zip"),
            ("META-INF/container.xml", CONTAINER),
            ("OEBPS/book.opf", OPF),
            ("OEBPS/nav.xhtml", NAV),
            ("OEBPS/cover.xhtml", "<html><body><img src='c.png'/></body></html>"),
            ("OEBPS/a b.xhtml", chapter(SECOND, "<h1>The council</h1>")),
            ("OEBPS/z.xhtml", chapter(FIRST)),
            *more,
        ],
        0,
    )


def test_the_chapters_of_a_book_are_articles_in_the_order_of_its_spine():
    found = read(epub(), "a.epub")
    assert [(d.part, d.title, d.source, d.author, d.date) for d in found.documents] == [
        ("OEBPS/z.xhtml", "1. The quay", "The Harbour Years", "Jane Roe, John Doe", "2016-05-01"),
        ("OEBPS/a b.xhtml", "The council", "The Harbour Years", "Jane Roe, John Doe", "2016-05-01"),
    ]
    assert found.documents[0].location == "/d/a.epub/OEBPS/z.xhtml"
    assert [d.paragraphs()[0].of(d.text) for d in found.documents] == [FIRST, SECOND]
    assert found.skipped == (("OEBPS/gone.xhtml", "OEBPS/gone.xhtml is missing in it"),)


@pytest.mark.parametrize("half", ["&#xD800;", "&#57343;", "&#x0dfff;"])
def test_what_is_no_character_in_the_contents_of_a_book_costs_that_character_alone(half):
    contents = NAV.replace("1. The quay", f"1. The {half}quay")
    package = OPF.replace("Jane Roe", f"Jane{half} Roe")
    files = {"OEBPS/nav.xhtml": contents, "OEBPS/book.opf": package}
    with zipfile.ZipFile(io.BytesIO(epub())) as whole:
        data = zipped([(name, files.get(name, whole.read(name))) for name in whole.namelist()], 0)
    [first, _] = read(data, "a.epub").documents
    assert re.fullmatch("1. The \ufffd+quay", first.title)
    assert re.fullmatch("Jane\ufffd+ Roe, John Doe", first.author)


def test_a_book_the_shop_has_encrypted_is_refused_and_one_with_encrypted_fonts_is_read():
    entry = (
        '<encryption><EncryptedData><EncryptionMethod Algorithm="{}"/><CipherData><CipherReference URI="{}"/></CipherData>'
        "</EncryptedData></encryption>"
    )
    locked = entry.format("http://www.w3.org/2001/04/xmlenc#aes128-cbc", "OEBPS/z.xhtml")
    assert reason(epub(("META-INF/encryption.xml", locked)), "a.epub") == "encrypted by the shop that sold it (DRM)"
    fonts = entry.format("http://www.idpf.org/2008/embedding", "OEBPS/f.otf")
    assert len(read(epub(("META-INF/encryption.xml", fonts)), "a.epub").documents) == 2


def work_of(data: bytes, name: str) -> int:
    return calls(lambda: parse(data, f"/d/{name}", "0" * 32))


def book(chapters: int) -> bytes:
    """A book whose every chapter is a sentence."""
    names = range(chapters)
    items = "".join(f'<item id="i{n}" href="{n}.xhtml" media-type="application/xhtml+xml"/>' for n in names)
    spine = "".join(f'<itemref idref="i{n}"/>' for n in names)
    contents = "".join(f'<a href="{n}.xhtml">{n}</a>' for n in names)
    nav = '<item id="n" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>'
    opf = f"<package><manifest>{nav}{items}</manifest><spine>{spine}</spine></package>"
    return zipped(
        [
            ("mimetype", "application/epub+zip"),
            ("META-INF/container.xml", CONTAINER.replace("OEBPS/", "")),
            ("book.opf", opf),
            ("nav.xhtml", f"<html><body><nav>{contents}</nav></body></html>"),
            *((f"{n}.xhtml", chapter(f"{FIRST} {n}")) for n in names),
        ],
        0,
    )


def pages(number: int) -> bytes:
    return zipped([(f"{n}.xhtml", "<p>The quay is closed.") for n in range(number)])


@pytest.mark.parametrize(("made", "name"), [(book, "a.epub"), (pages, "a.zip")])
def test_twice_as_many_chapters_or_pages_take_twice_the_work(made, name):
    work_of(made(3), name)  # what is imported at first
    once, twice = work_of(made(200), name), work_of(made(400), name)
    assert 1.5 < twice / once < 2.1


def test_a_page_too_short_to_hold_anything_around_its_article_is_read_without_the_extractor():
    program = """if True:
        import sys
        from index.read import parse
        [found] = parse(b"<html><body><h1>Quay closed</h1><p>The quay is closed.</p></body></html>", "a.html", "0").documents
        print(found.text.split(chr(10)), "trafilatura" in sys.modules)
    """
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "['Quay closed', 'The quay is closed.'] False\n"


def test_a_page_saved_into_one_file_is_the_page():
    message = EmailMessage()
    message["MIME-Version"] = "1.0"
    message["Snapshot-Content-Location"] = "https://example.org/quay"
    message.set_content(PAGE, subtype="html")
    message.make_related()
    message.add_related(b"\x89PNG", "image", "png")
    found = only(message.as_bytes(), "a.mhtml")
    assert blocks(found) == [("heading", "Quay closed"), ("paragraph", FIRST), ("paragraph", SECOND)]
    assert found.url == "https://example.org/quay"


# ------------------------------------------------------------------------------------------------------------- archives

MEMBERS = [("inner/a.html", PAGE), ("b.txt", FIRST), ("inner/empty.txt", ""), ("picture.jpg", b"\xff\xd8\xff\xe0\0")]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("x.zip", zipped(MEMBERS)),
        ("x.tar", tarred(MEMBERS)),
        ("x.tar.gz", gzip.compress(tarred(MEMBERS))),
        ("x.tgz", gzip.compress(tarred(MEMBERS))),
        ("x.tar.bz2", bz2.compress(tarred(MEMBERS))),
        ("x.tar.xz", lzma.compress(tarred(MEMBERS))),
        ("x", zipped(MEMBERS)),
    ],
)
def test_members_are_documents_named_by_their_archive_and_those_that_are_not_have_their_reason(name: str, data: bytes):
    found = read(data, name)
    assert [(d.location, d.path) for d in found.documents] == [
        (f"/d/{name}/inner/a.html", f"/d/{name}"),
        (f"/d/{name}/b.txt", f"/d/{name}"),
    ]
    assert len({d.id for d in found.documents}) == 2
    assert dict(found.skipped) == {"inner/empty.txt": "empty file", "picture.jpg": "not text (looks like JPEG)"}


@pytest.mark.parametrize("packed", [zipped, tarred])
def test_a_member_at_which_a_reader_fails_in_an_unforeseen_way_does_not_take_the_others_with_it(packed, monkeypatch):
    def fails(_data, _parts):
        raise ValueError("nobody thought of this")

    monkeypatch.setitem(SUFFIXES, ".md", Format("Markdown", "md", fails))
    found = read(packed([("a.txt", FIRST), ("b.md", SECOND), ("c.txt", SECOND)]), f"a.{packed.__name__[:3]}")
    assert [document.part for document in found.documents] == ["a.txt", "c.txt"]
    assert found.skipped == (("b.md", "could not be taken apart (ValueError: nobody thought of this)"),)


def test_a_compressed_file_is_read_under_the_name_that_is_left():
    found = only(gzip.compress(PAGE.encode()), "a.html.gz")
    assert blocks(found)[0] == ("heading", "Quay closed")
    assert found.location == "/d/a.html.gz"


def test_archives_inside_archives_are_read_three_deep():
    data: bytes = zipped([("a.txt", FIRST)])
    for name in ("one.zip", "two.zip"):
        data = zipped([(name, data), (f"beside-{name}.txt", SECOND)])
    assert "two.zip/one.zip/a.txt" in [d.part for d in read(data, "x.zip").documents]
    deep = zipped([("three.zip", data)])
    assert skipped(deep, "x.zip") == {"three.zip/two.zip/one.zip/a.txt": "more than 3 files inside each other"}


def test_hidden_files_and_what_belongs_to_a_saved_page_are_left_out():
    members = [
        ("s/story.html", PAGE),
        ("s/story_files/ad.html", PAGE),
        ("__MACOSX/._a.txt", "x"),
        (".git/a.txt", FIRST),
    ]
    found = read(zipped(members), "x.zip")
    assert [d.part for d in found.documents] == ["s/story.html"]
    assert found.skipped == ()


@pytest.mark.parametrize("name", ["../../etc/cron.d/x.txt", "/etc/x.txt", "C:\\x.txt", "a\\..\\..\\x.txt"])
def test_a_member_whose_name_leads_out_is_not_read(name: str):
    assert list(skipped(zipped([(name, FIRST), ("b.txt", FIRST)]), "x.zip").values()) == (
        ["its name leads out of the archive"]
    )


def test_links_in_a_tar_archive_are_not_followed():
    file = io.BytesIO(tarred([("b.txt", FIRST)]))
    with tarfile.open(fileobj=file, mode="a") as out:
        link = tarfile.TarInfo("passwd.txt")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        out.addfile(link)
    assert skipped(file.getvalue(), "x.tar") == {"passwd.txt": "a link or a device, not a file"}


def test_a_bomb_is_not_inflated():
    bomb = zipped([("a.txt", b"a" * (64 << 20)), ("b.txt", FIRST)])
    assert skipped(bomb, "x.zip") == {"a.txt": "expands to more than 200 times its size"}
    assert reason(gzip.compress(b"a" * (64 << 20)), "a.txt.gz") == "expands to more than 200 times its size"
    assert reason(gzip.compress(gzip.compress(FIRST.encode())), "a.txt.gz") == "compressed more than once; unpack it"
    assert reason(zipped([("word/document.xml", b"a" * (64 << 20))]), "a.docx") == (
        "expands to more than 200 times its size"
    )


def test_a_size_that_a_header_lies_about_is_not_believed():
    data = zipped([("a.txt", b"a" * (8 << 20)), ("b.txt", FIRST)])
    lying = data.replace((8 << 20).to_bytes(4, "little"), (100).to_bytes(4, "little"))
    assert set(skipped(lying, "x.zip")) == {"a.txt"}


def test_more_than_is_read_is_refused_as_a_whole(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(article, "MAX_EXPANDED", 150)
    monkeypatch.setattr(archive, "MAX_EXPANDED", 150)
    inner = zipped([("a.txt", FIRST), ("b.txt", SECOND)])
    assert reason(inner, "x.zip").startswith("expands past ")
    monkeypatch.setattr(article, "MAX_PARTS", 1)
    assert reason(zipped([("a.txt", "Yes."), ("b.txt", "No.")]), "x.zip") == "more than 1 files inside; unpack it"


def test_encrypted_damaged_and_empty_archives_have_their_reason():
    data = bytearray(zipped([("a.txt", FIRST), ("b.txt", FIRST)], 0))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + at] |= 1
    assert skipped(bytes(data), "x.zip") == {"a.txt": "encrypted; unpack it with its password"}
    torn = bytearray(zipped([("a.txt", FIRST), ("b.txt", FIRST)], 0))
    torn[torn.index(b"harbour")] ^= 1
    assert skipped(bytes(torn), "x.zip")["a.txt"].startswith("damaged, or compressed")
    assert reason(zipped([("a.txt", FIRST)])[:-30], "x.zip") == "damaged ZIP archive, or cut off"
    assert reason(gzip.compress(FIRST.encode())[:-12], "a.txt.gz") == "damaged gzip file, or cut off"
    assert reason(zipped([]), "x.zip") == "nothing to read in it"
    assert reason(zipped([("a.exe", b"MZ\0\0"), ("b.exe", b"MZ\0\0")]), "x.zip") == (
        "nothing in it can be read (a.exe: not text (looks like a Windows program); and 1 more)"
    )


# -------------------------------------------------------------------------------------------------------------- a folder


def test_a_run_indexes_them_all_and_says_what_was_skipped_inside(store, tmp_path: Path):
    made = word()
    made.add_paragraph(FIRST)
    (tmp_path / "a.docx").write_bytes(saved(made))
    (tmp_path / "x.zip").write_bytes(zipped(MEMBERS))
    (tmp_path / "b.epub").write_bytes(epub())
    (tmp_path / "story.htm").write_text(PAGE)
    (tmp_path / "story_files").mkdir()
    (tmp_path / "story_files" / "frame.html").write_text(PAGE)
    report = update(store, [tmp_path], ToyEncoder())
    assert (report.found, report.indexed, report.skipped) == (4, 4, ())
    assert len(report.skipped_parts) == 3
    with store.snapshot() as snapshot:
        assert snapshot.stats().skipped_parts == tuple(sorted(report.skipped_parts))
        assert f"{tmp_path}/x.zip/inner/a.html" in {d.location for d in snapshot.every_document()}
    assert store.check() == []


def test_the_readme_lists_every_format_with_its_suffixes():
    rows = [line.split("|")[1:3] for line in README.read_text("utf-8").splitlines() if line.startswith("| .")]
    listed = {suffix.strip(" `") for suffixes, _ in rows for suffix in suffixes.split()}
    assert listed == set(SUFFIXES)
    named = " ".join(name for _, name in rows)
    assert [row.name for row in FORMATS if row.name not in named] == []
