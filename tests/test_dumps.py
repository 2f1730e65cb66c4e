"""Files that hold many articles, mail, feeds and agencies' formats: each article whole, each bad one named, the rest in."""

from __future__ import annotations

import json
import mailbox
import unicodedata
import zipfile
from contextlib import suppress
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import build
from index.build import update
from index.errors import Interrupted, ReadError
from index.read import Reading, article, parse, read
from index.store import Store, reuse, writer
from index.types import Document
from qa.cli import main
from tests.toy import ToyEncoder

SAID = "The minister of fisheries said on Monday that the quota would stay as it is."
QUOTED = "“We have looked at the numbers,” she told reporters in Bergen."


def reading(data: str | bytes, name: str) -> Reading:
    return parse(data.encode() if isinstance(data, str) else data, name, "0" * 32)


def only(data: str | bytes, name: str) -> Document:
    (found,) = reading(data, name).documents
    return found


def paragraphs(found: Document) -> list[str]:
    return [span.of(found.text) for span in found.paragraphs()]


def asides(found: Document) -> list[str]:
    return [block.span.of(found.text) for block in found.blocks if block.kind == "aside"]


def reason(data: str | bytes, name: str) -> str:
    with pytest.raises(ReadError) as caught:
        reading(data, name)
    return caught.value.message


def facts(found: Document) -> tuple[str | None, ...]:
    return found.title, found.date, found.source, found.author, found.url, found.place


# --------------------------------------------------------------------------------------------------------------- tables

TABLE = f"""\
id,Headline,Published At,Body,Link,Outlet,By
1,Quota stays,2015-03-03T14:05:00Z,"{SAID}

{QUOTED}",https://harbour.example/1,Harbour News,By Ann Lee
2,Bridge closed,2015-03-04,The mayor said the bridge was closed.,https://harbour.example/2,Harbour News,
"""


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_a_table_is_an_article_a_row_with_the_facts_of_its_columns(sign: str):
    found = reading(TABLE.replace(",", sign).replace(f"numbers{sign}”", "numbers,”"), "a.csv")
    first, second = found.documents
    assert facts(first) == (
        "Quota stays",
        "2015-03-03T14:05:00+00:00",
        "Harbour News",
        "Ann Lee",
        "https://harbour.example/1",
        None,
    )
    assert paragraphs(first) == [SAID, QUOTED]
    assert first.text == f"{SAID}\n\n{QUOTED}"
    assert (second.title, second.date, second.author) == ("Bridge closed", "2015-03-04", None)
    assert found.skipped == ()
    assert found.notes == (
        "text from Body, title from Headline, date from Published At, url from Link, source from Outlet, author from By;"
        " not used: id",
    )


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_a_table_of_any_encoding_and_line_end_is_read(encoding: str):
    data = TABLE.replace("\n", "\r\n").encode(encoding)
    assert [found.title for found in reading(data, "a.csv").documents] == ["Quota stays", "Bridge closed"]


def test_a_carriage_return_inside_a_row_ends_a_line_and_no_run():
    assert [found.title for found in reading("\r" + TABLE.replace("\n", "\r"), "a.csv").documents] == [
        "Quota stays",
        "Bridge closed",
    ]


def test_columns_without_telling_names_are_told_by_what_is_in_them():
    rows = "".join(f"{n},https://h.example/{n},2015-03-{n:02} 10:00,{SAID}\n" for n in range(1, 9))
    found = reading("a,b,c,d\n" + rows, "a.csv")
    assert found.notes == ("text from d, date from c, url from b; not used: a",)
    assert found.documents[7].date == "2015-03-08T10:00:00"


@pytest.mark.parametrize(
    "heading",
    [
        "Titel,x,Volltext,Veröffentlicht am,Quelle,Autor,Sprache",
        "titre,x,texte,date de publication,source,auteur,langue",
        "Título,x,Contenido,Fecha de publicación,Medio,Autor,Idioma",
        "titulo,x,conteudo,data,fonte,autor,idioma",
        "titolo,x,testo,data,fonte,autore,lingua",
        "titel,x,tekst,datum,bron,auteur,taal",
        "Заголовок,x,Текст,Дата,Источник,Автор,Язык",
        "标题,x,正文,日期,来源,作者,语言",
    ],
)
def test_columns_are_known_by_their_names_in_other_languages(heading):
    """In any case, and with or without accents, however those are written."""
    for written in (heading, unicodedata.normalize("NFD", heading)):
        title, _, text, date, source, author, language = written.split(",")
        row = f"The bridge is closed,n,{SAID},2021-03-04,The Harbour Post,Jane Roe,en"
        found = reading(f"{written}\n{row}\n", "a.csv")
        told = {"text": text, "title": title, "date": date, "source": source, "author": author, "language": language}
        assert found.notes[0].partition("; not used")[0] == ", ".join(
            fact if fact == name else f"{fact} from {name}" for fact, name in told.items()
        )
        assert facts(found.documents[0])[:4] == ("The bridge is closed", "2021-03-04", "The Harbour Post", "Jane Roe")


def test_a_first_row_that_is_no_heading_is_an_article():
    rows = "".join(f"2015-03-{n:02},{SAID}\n" for n in range(1, 4))
    assert [found.date for found in reading(rows, "a.csv").documents] == ["2015-03-01", "2015-03-02", "2015-03-03"]


def test_days_and_months_in_figures_are_told_apart_by_the_column():
    table = "text,date\nHe said so.,{}\nShe said so.,{}\n"
    assert [d.date for d in reading(table.format("03/04/2015", "13/04/2015"), "a.csv").documents] == [
        "2015-04-03",
        "2015-04-13",
    ]
    assert [d.date for d in reading(table.format("03/04/2015", "03/14/2015"), "a.csv").documents] == [
        "2015-03-04",
        "2015-03-14",
    ]
    assert [d.date for d in reading(table.format("03/04/2015", "05/06/2015"), "a.csv").documents] == [None, None]


def test_a_broken_row_is_named_by_its_number_and_the_others_are_read():
    table = f"text,title,date\n{SAID},A,2015-03-03\none,two,three,four\n{QUOTED},C,2015-03-05\n,D,2015-03-06\n"
    found = reading(table.replace("numbers,”", "numbers”"), "a.csv")
    assert [document.title for document in found.documents] == ["A", "C"]
    assert found.skipped == (("row 3", "4 cells, not 3 (line 3)"), ("row 5", "no text"))


@pytest.mark.parametrize("last", ["yes,2015-03-05,A\n", "yes,2015-03-05,A"])
def test_a_quotation_mark_that_is_never_closed_takes_one_row_and_not_those_below(last: str):
    table = f'text,date,title\nHe said so.,2015-03-03,A\nShe said so.,2015-03-04,"B\nThey said {last}'
    found = reading(table, "a.csv")
    assert [document.date for document in found.documents] == ["2015-03-03", "2015-03-05"]
    assert [name for name, _ in found.skipped] == ["row 3"]


def test_broken_rows_are_read_anew_at_most_a_hundred_times():
    found = reading("text,date\nHe said so.,2015-03-03\n" + '"a\nb",c,d\n' * 300, "a.csv")
    assert len(found.documents) == 1
    assert len(found.skipped) == 100 * 2 + 200  # after a hundred, rows over two lines count as one


def test_a_table_without_prose_says_which_columns_it_has():
    assert reason("a,b\n1,2\n3,4\n", "a.csv") == "no column of text among a, b"
    assert reason("[1, 2]", "a.json").startswith("nothing in it can be read (item 1: no object")
    assert reason('{"version": 3, "dependencies": {"a": "1.0"}}', "a.json") == (
        "no column of text among version, dependencies"
    )


# ----------------------------------------------------------------------------------------------------------------- JSON


def test_json_lines_are_an_article_a_line_and_a_broken_one_is_named():
    lines = [
        json.dumps({"text": SAID, "created": 1425391500}),
        "{broken",
        "",
        json.dumps({"text": QUOTED, "created": None}),
    ]
    found = reading("\n".join(lines), "a.jsonl")
    assert [document.text for document in found.documents] == [SAID, QUOTED]
    assert found.documents[0].date == "2015-03-03T14:05:00+00:00"
    assert found.skipped == (("line 2", "not JSON (Expecting property name enclosed in double quotes, column 2)"),)


@pytest.mark.parametrize(
    "wrap",
    [
        lambda rows: rows,
        lambda rows: {"status": "ok", "articles": rows},
        lambda rows: {"response": {"results": rows, "tags": [{"id": 1}]}},
        lambda rows: {"hits": {"hits": [{"_id": n, "_source": row} for n, row in enumerate(rows)]}},
        lambda rows: {"data": [{"id": n, "attributes": row} for n, row in enumerate(rows)]},
    ],
    ids=["array", "news service", "inside a response", "search engine", "JSON:API"],
)
def test_an_array_is_found_where_services_put_it(wrap):
    rows = [
        {
            "title": {"rendered": "Quota stays"},
            "content": {"rendered": f"<p>{SAID}</p><p>{QUOTED}</p>"},
            "date": "2015-03-03",
        },
        {"title": {"rendered": "Bridge"}, "content": {"rendered": "<p>The mayor said so.</p>"}, "date": "2015-03-04"},
    ]
    first, second = reading(json.dumps(wrap(rows)), "a.json").documents
    assert (first.title, first.date, paragraphs(first)) == ("Quota stays", "2015-03-03", [SAID, QUOTED])
    assert paragraphs(second) == ["The mayor said so."]


@pytest.mark.parametrize("first", ["attributes", "fields", "article", "node", "item"])
def test_of_two_objects_that_wrap_a_row_the_first_counts_in_every_run(first):
    """What is read is a function of the bytes: no order but that of the file may decide."""
    second = "fields" if first != "fields" else "node"
    item = {first: {"title": "Quota stays", "text": SAID}, second: {"title": "Bridge", "author": "Ann Lee"}}
    [document] = reading(json.dumps([item]), "a.json").documents
    assert (document.title, document.author) == ("Quota stays", "Ann Lee")


def test_ninjs_is_one_article_with_its_facts():
    item = {
        "uri": "urn:x",
        "type": "text",
        "versioncreated": "2015-03-03T14:05:00Z",
        "headline": "Quota stays",
        "byline": "By Ann Lee",
        "located": "Bergen",
        "provider": "Harbour News",
        "body_xhtml": f"<p>{SAID}</p><p>{QUOTED}</p>",
    }
    found = only(json.dumps(item), "a.json")
    assert facts(found) == ("Quota stays", "2015-03-03T14:05:00+00:00", "Harbour News", "Ann Lee", None, "Bergen")
    assert paragraphs(found) == [SAID, QUOTED]
    assert found.id == "0" * 32


def test_a_text_cut_into_pieces_by_its_marks_is_put_together():
    text = ["The ", {"type": "bold", "text": "minister"}, " said so."]
    messages = [{"id": 1, "date": "2015-03-03T14:05:00", "from": "MFA", "text": text}]
    found = only(json.dumps({"name": "channel", "messages": messages}), "a.json")
    assert (found.text, found.author) == ("The minister said so.", "MFA")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[" * 100_000, "nested too deep"),
        ('{"text": ' + "9" * 5000 + "}", "not JSON that can be read"),
        ("{", "not JSON"),
    ],
)
def test_json_that_is_none_says_so(text: str, why: str):
    assert why in reason(text, "a.json")


# ----------------------------------------------------------------------------------------------------------------- mail

BODY = f"""\
{SAID}

{QUOTED}

On Mon, 2 Mar 2015 at 10:00, Bob Roe <bob@example.org> wrote:
> Did she say that the quota would go?
>> He says so.

No, she did not, a spokesman said.

--{" "}
Ann Lee
Harbour News
"""


def message(body: str = BODY, subtype: str = "plain") -> EmailMessage:
    made = EmailMessage()
    made["From"] = "Ann Lée <ann@example.org>"
    made["Date"] = "Tue, 03 Mar 2015 14:05:00 +0200"
    made["Subject"] = "Quota stays: рыба"
    made["Organization"] = "Harbour News"
    made.set_content(body, subtype=subtype)
    return made


def test_a_message_gives_its_text_and_its_headers():
    found = only(message().as_bytes(), "a.eml")
    assert facts(found) == ("Quota stays: рыба", "2015-03-03T14:05:00+02:00", "Harbour News", "Ann Lée", None, None)
    assert paragraphs(found) == [SAID, QUOTED, "No, she did not, a spokesman said."]


def test_what_a_message_quotes_and_its_signature_stay_in_it_as_asides():
    found = only(message().as_bytes(), "a.eml")
    assert found.text == BODY
    assert asides(found) == [
        "On Mon, 2 Mar 2015 at 10:00, Bob Roe <bob@example.org> wrote:",
        "> Did she say that the quota would go?",
        ">> He says so.",
        "--",
        "Ann Lee",
        "Harbour News",
    ]


def test_a_message_of_nothing_but_a_quotation_keeps_it():
    assert paragraphs(only(message("> The mayor said that it was closed.\n").as_bytes(), "a.eml")) == [
        "> The mayor said that it was closed."
    ]


def test_plain_text_goes_before_html_and_html_is_read_where_there_is_no_other():
    both = message()
    both.add_alternative("<p>Another wording.</p>", subtype="html")
    assert "Another" not in only(both.as_bytes(), "a.eml").text
    assert paragraphs(only(message(f"<p>{SAID}</p><p>{QUOTED}</p>", "html").as_bytes(), "a.eml")) == [SAID, QUOTED]


def test_attachments_are_read_as_files_of_their_names_and_those_that_cannot_be_are_named():
    made = message()
    made.add_attachment(f"<html><body><p>{QUOTED}</p></body></html>", subtype="html", filename="../../etc/page.html")
    made.add_attachment(b"\x89PNG\r\n\x1a\n" + bytes(50), maintype="image", subtype="png", filename="photo.png")
    made.add_attachment(message("The mayor said that it was closed."))
    found = reading(made.as_bytes(), "a.eml")
    assert [document.text for document in found.documents][1:] == [QUOTED, "The mayor said that it was closed.\n"]
    assert found.skipped == (("photo.png", "not text (looks like PNG)"),)
    assert len({document.id for document in found.documents}) == 3


def test_a_picture_in_the_page_of_a_message_is_no_file_of_its_own():
    made = message(f"<p>{SAID}</p><img src='cid:1'>", "html")
    made.add_related(b"\x89PNG\r\n\x1a\n" + bytes(50), "image", "png", cid="<1>")
    assert reading(made.as_bytes(), "a.eml").skipped == ()


def test_a_charset_that_does_not_exist_or_lies_is_no_end_of_a_message():
    for charset in ("no-such-thing", "us-ascii", "rot13"):
        data = (
            f"From: a@b.example\nSubject: x\nDate: x\nContent-Type: text/plain; charset={charset}\n\n{QUOTED}".encode()
        )
        assert only(data, "a.eml").text == QUOTED


def test_messages_inside_messages_end_somewhere():
    made = message("The innermost.")
    for _ in range(12):
        outer = message("A cover.")
        outer.add_attachment(made)
        made = outer
    found = reading(made.as_bytes(), "a.eml")
    assert 1 < len(found.documents) < 12
    assert "files inside each other" in found.skipped[0][1]


def test_parts_nested_without_end_are_a_reason():
    data = b"From: a@b.example\nSubject: x\nDate: y\n"
    for level in range(3000):
        data += b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (level, level)
    assert reason(data, "a.eml")


def test_a_mailbox_is_an_article_a_message(tmp_path: Path):
    box = mailbox.mbox(tmp_path / "inbox.mbox")
    box.add(mailbox.mboxMessage(message(f"{SAID}\n\nFrom here on it is quiet, he said.\n")))
    box.add(mailbox.mboxMessage(message("The mayor said so.\n")))
    box.add(b"Subject: empty\nFrom: a@b.example\n\n\n")
    box.close()
    found = read(tmp_path / "inbox.mbox")
    assert [paragraphs(document) for document in found.documents] == [
        [SAID, "From here on it is quiet, he said."],
        ["The mayor said so."],
    ]
    assert [document.part for document in found.documents] == ["message 1", "message 2"]
    assert found.skipped == (("message 3", "a message without text"),)


def test_a_mailbox_of_any_number_of_messages_is_read_and_one_of_too_many_parts_is_named(monkeypatch):
    monkeypatch.setattr(article, "MAX_PARTS", 3)
    postmark, text = b"From ann@example.org Tue Mar  3 14:05:00 2015\n", message("He said so.").as_bytes() + b"\n"
    assert len(reading((postmark + text) * 5, "a.mbox").documents) == 5
    many = b'From: a@b.example\nContent-Type: multipart/mixed; boundary="x"\n\n' + b"--x\n\ny\n" * 1_001 + b"--x--\n\n"
    found = reading(postmark + many + postmark + text, "a.mbox")
    assert [document.part for document in found.documents] == ["message 2"]
    assert found.skipped == (("message 1", "a message of more than 1,000 parts"),)


def test_a_message_and_a_mailbox_are_known_without_their_suffix():
    data = message().as_bytes()
    assert only(data, "17").title == "Quota stays: рыба"
    assert reading(b"From ann@example.org Tue Mar  3 14:05:00 2015\n" + data, "Inbox").documents[0].author == "Ann Lée"


# ---------------------------------------------------------------------------------------------------------------- feeds

RSS = f"""<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Harbour News</title>
<item><title>Quota &amp; fish</title><link>https://harbour.example/1</link><pubDate>Tue, 03 Mar 2015 14:05:00 GMT</pubDate>
<dc:creator>Ann Lee</dc:creator><description>Short.</description>
<content:encoded><![CDATA[<p>{SAID}</p><p>{QUOTED}</p>]]></content:encoded></item>
<item><title>The bridge is closed</title><link>https://harbour.example/2</link></item>
<item><guid>3</guid></item></channel></rss>"""


@pytest.mark.parametrize("name", ["a.rss", "a.xml", "feed"])
def test_a_feed_is_an_article_an_entry(name: str):
    found = reading(RSS, name)
    first, second = found.documents
    assert facts(first) == (
        "Quota & fish",
        "2015-03-03T14:05:00+00:00",
        "Harbour News",
        "Ann Lee",
        "https://harbour.example/1",
        None,
    )
    assert paragraphs(first) == [SAID, QUOTED]
    assert (second.title, paragraphs(second)) == ("The bridge is closed", ["The bridge is closed"])
    assert found.skipped == (("entry 3", "no text"),)


def test_atom_has_its_authors_and_times():
    atom = f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>Harbour News</title><entry><title>Quota</title><id>1</id>
    <updated>2015-03-03T14:05:00Z</updated><author><name>Ann Lee</name></author>
    <content type="html">&lt;p&gt;{SAID}&lt;/p&gt;</content></entry></feed>"""
    assert facts(only(atom, "a.atom")) == ("Quota", "2015-03-03T14:05:00+00:00", "Harbour News", "Ann Lee", None, None)


# ------------------------------------------------------------------------------------------------------ agencies' formats

NITF = f"""<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE nitf SYSTEM "nitf-3-4.dtd"><nitf><head><docdata>
<date.issue norm="20150303T140500Z"/></docdata><pubdata name="Harbour News"/></head><body><body.head>
<hedline><hl1>Quota stays</hl1></hedline><byline>By <person>Ann Lee</person></byline>
<dateline><location>Bergen</location></dateline></body.head><body.content><p>{SAID.replace("Monday", "<em>Monday</em>")}</p>
<hl2>Reaction</hl2><p>{QUOTED.replace(" in ", "&nbsp;in ")}</p><media><media-caption>A boat.</media-caption></media>
</body.content></body></nitf>"""

NEWSML = f"""<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="x"><itemMeta><provider literal="Agency"/>
<versionCreated>2015-03-03T14:05:00+01:00</versionCreated></itemMeta><contentMeta><by>By Ann Lee</by>
<creditline>Harbour News</creditline><located><name>Bergen</name></located><headline>Quota stays</headline></contentMeta>
<contentSet><inlineXML><html xmlns="http://www.w3.org/1999/xhtml"><head><title/></head><body><p>{SAID}</p><p>{QUOTED}</p>
</body></html></inlineXML></contentSet></newsItem>"""


@pytest.mark.parametrize(
    ("data", "name", "date"),
    [(NITF, "a.xml", "2015-03-03T14:05:00+00:00"), (NEWSML, "b", "2015-03-03T14:05:00+01:00")],
    ids=["NITF", "NewsML-G2"],
)
def test_an_agencys_item_has_its_facts_and_paragraphs(data: str, name: str, date: str):
    found = only(data, name)
    assert facts(found) == ("Quota stays", date, "Harbour News", "Ann Lee", None, "Bergen")
    assert paragraphs(found) == [SAID, QUOTED]


def test_a_message_of_several_items_is_an_article_an_item():
    inner = NEWSML.replace(' xmlns="http://iptc.org/std/nar/2006-10-01/"', "")
    empty = "<newsItem><contentMeta><headline>Only a picture</headline></contentMeta></newsItem>"
    items = f'<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><itemSet>{inner}{empty}{inner}</itemSet></newsMessage>'
    found = reading(items, "a.xml")
    assert [document.part for document in found.documents] == ["item 1", "item 3"]
    assert found.skipped == (("item 2", "a news item without text"),)


def test_stories_of_the_reuters_collection_have_their_numbers():
    story = f"""<REUTERS TOPICS="YES" NEWID="17"><DATE>26-FEB-1987 15:01:01.79</DATE>
<TEXT>&#2;<TITLE>FISH &lt;FSH> QUOTA</TITLE>
<AUTHOR>    By Ann Lee, Reuters</AUTHOR><DATELINE>    BERGEN, Feb 26 - </DATELINE><BODY>{SAID}
&#3;</BODY></TEXT></REUTERS>\n"""
    found = only('<!DOCTYPE lewis SYSTEM "lewis.dtd">\n' + story, "a.sgm")
    assert facts(found) == ("FISH <FSH> QUOTA", "1987-02-26T15:01:01", "Reuters", "Ann Lee", None, "BERGEN")
    assert (paragraphs(found), found.part) == ([SAID], "story 17")


LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>'


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (NITF.replace('<!DOCTYPE nitf SYSTEM "nitf-3-4.dtd">', LAUGHS).replace(SAID[:4], "&c;"), "a.nitf"),
        (RSS.replace('<?xml version="1.0"?>', LAUGHS), "a.rss"),
        (NITF.replace('"nitf-3-4.dtd">', '"x" [<!ENTITY % p SYSTEM "file:///etc/hostname"> %p;]>'), "a.xml"),
    ],
    ids=["NITF", "RSS", "from a file"],
)
def test_entities_are_refused(data: str, name: str):
    assert reason(data, name) == "declares XML entities, which are not read"
    assert reason(data.replace(' encoding="UTF-8"', "").encode("utf-16"), name)


def test_xml_of_no_known_kind_and_xml_that_is_none_say_so():
    assert reason("<svg><p>text</p></svg>", "a.xml") == "XML is not supported yet"
    assert reason("<nitf><body>", "a.nitf").startswith("not XML that can be read")
    assert reason("<nitf>" + "<a>" * 5000 + "</a>" * 5000 + "</nitf>", "a.nitf").startswith("not XML that can be read")


# ----------------------------------------------------------------------------------------------------------------- laws

NAMES = st.sampled_from("a.csv a.tsv a.json a.jsonl a.eml a.mbox a.rss a.atom a.nitf a.xml a.sgm a".split())
WHOLE = (TABLE, json.dumps([{"text": SAID}, {"text": QUOTED}]), message().as_string(), RSS, NITF, NEWSML)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    data = draw(st.sampled_from(WHOLE)).encode()
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(data)))
        data = data[:at] + draw(st.binary(max_size=6)) + data[at + draw(st.integers(0, 40)) :]
    return data


@settings(deadline=None)
@given(damaged(), NAMES)
def test_damaged_files_give_documents_whose_blocks_lie_in_their_texts_or_a_reason(data: bytes, name: str):
    with suppress(ReadError):
        for found in reading(data, name).documents:
            at = 0
            assert found.blocks
            for block in found.blocks:
                assert at <= block.span.start < block.span.end <= len(found.text)
                at = block.span.end


# ------------------------------------------------------------------------------------------------------------ the index


def rows(*titles: str) -> str:
    return "title,text\n" + "".join(f"{title},The minister said that {title} was closed.\n" for title in titles)


def indexed(store: Store) -> dict[str, tuple[str, list[int]]]:
    """For each title where its article is, and the ids of its passages."""
    with store.snapshot() as snapshot:
        passages = list(snapshot.every_passage())
        return {
            str(document.title): (
                Path(document.location).name,
                [passage.id for passage in passages if passage.document == document.id],
            )
            for document in snapshot.every_document()
        }


def test_a_row_that_comes_or_goes_leaves_the_passages_of_the_others_as_they_were(store: Store, folder: Path):
    table = folder / "a.csv"
    table.write_text(rows("north", "south"))
    update(store, [folder], ToyEncoder())
    before = indexed(store)
    assert [place for place, _ in before.values()] == ["a.csv row 2", "a.csv row 3"]
    table.write_text(rows("harbour", "north", "south"))
    report = update(store, [folder], ToyEncoder())
    after = indexed(store)
    assert (report.updated, report.passages) == (1, 1)
    assert {title: place for title, (place, _) in after.items()} == {
        "harbour": "a.csv row 2",
        "north": "a.csv row 3",
        "south": "a.csv row 4",
    }
    assert all(after[title][1] == before[title][1] for title in before)
    table.write_text(rows("harbour", "south"))
    assert update(store, [folder], ToyEncoder()).passages == 0
    assert list(indexed(store)) == ["south", "harbour"]
    assert store.check(deep=True) == []


def test_a_row_of_two_files_outlives_either(store: Store, folder: Path):
    (folder / "a.csv").write_text(rows("north", "south"))
    (folder / "b.csv").write_text(rows("south", "west"))
    update(store, [folder], ToyEncoder())
    with store.snapshot() as snapshot:
        [south] = [document for document in snapshot.every_document() if document.title == "south"]
        held = [(Path(path).name, part) for path, part in snapshot.places()[south.id]]
        assert held == [("a.csv", "row 3"), ("b.csv", "row 2")]
    (folder / "a.csv").unlink()
    update(store, [folder], ToyEncoder())
    assert {title: place for title, (place, _) in indexed(store).items()} == {
        "south": "b.csv row 2",
        "west": "b.csv row 3",
    }
    assert store.check(deep=True) == []


def test_of_columns_of_one_name_the_first_is_read():
    found = reading(f"title,text,text,\nNorth,{SAID},,\nSouth,{SAID},other,x\n", "a.csv")
    assert [document.text for document in found.documents] == [SAID, SAID]
    assert found.notes == ("text, title; not used: text 3, column 4",)


@pytest.mark.parametrize("sign", ["\t", ";"])
def test_quotation_marks_that_are_not_around_a_cell_are_somebodys_and_stay(sign: str):
    said = ['"We go," Hill said on Monday.', 'She said: "We stay."', '"We go."', '"We go," he said, "and stay."']
    plain = "".join(f"{number}{sign}{text}\n" for number, text in enumerate(said))
    found = reading(f"title{sign}text\n{plain}", "a.csv")
    assert [document.text for document in found.documents] == [*said[:2], "We go.", said[3]]
    quoted = "".join('{}{}"{}"\n'.format(number, sign, text.replace('"', '""')) for number, text in enumerate(said))
    assert [d.text for d in reading(f"title{sign}text\n{quoted}", "a.csv").documents] == said


def test_equal_rows_of_a_file_are_one_article(store: Store, folder: Path):
    (folder / "a.csv").write_text(rows("north", "north"))
    update(store, [folder], ToyEncoder())
    assert list(indexed(store)) == ["north"]
    assert store.check(deep=True) == []


def test_a_new_pipeline_reads_every_row_anew_also_one_of_two_files(store: Store, folder: Path, monkeypatch):
    (folder / "a.csv").write_text(rows("north", "south"))
    (folder / "b.csv").write_text(rows("south", "west"))
    update(store, [folder], ToyEncoder())
    before = indexed(store)
    monkeypatch.setattr(build, "PIPELINE", "another")
    update(store, [folder], ToyEncoder())
    after = indexed(store)
    assert after.keys() == before.keys()
    assert all(set(after[title][1]).isdisjoint(before[title][1]) for title in before)


def test_found_is_indexed_and_skipped_by_file_and_bad_rows_are_told_apart(store: Store, folder: Path):
    (folder / "good.csv").write_text(rows("north") + "a,b,c\n")
    (folder / "bad.csv").write_text("a,b\n1,2\n")
    report = update(store, [folder], ToyEncoder())
    assert (report.found, report.indexed) == (2, 1)
    assert [(Path(path).name, why) for path, why in report.skipped] == [("bad.csv", "no column of text among a, b")]
    assert [(Path(path).name, why) for path, why in report.skipped_parts] == [
        ("good.csv row 3", "3 cells, not 2 (line 3)")
    ]


def test_the_guessed_columns_are_told_after_a_run_and_the_status_counts_what_is_stated(
    folder: Path, monkeypatch, capsys
):
    (folder / "a.csv").write_text(
        "title,body,when,outlet\n"
        "North,The minister said that it was closed.,2015-03-03 10:00,Harbour News\n"
        "South,The mayor said that it was open.,2015-03-04,\n"
    )
    monkeypatch.chdir(folder.parent)
    assert main(["index", "articles"]) == 0
    assert "a.csv: text from body, title, source from outlet, date from when\n" in capsys.readouterr().out
    assert main(["status"]) == 0
    shown = capsys.readouterr().out
    told = "title 100%, date 100%, time 50%, modified 0%, outlet 50%, author 0%, address 0%, place 0%, language 100%"
    assert f"stated      {told}\n" in shown
    assert "languages   1: en 2\n" in shown
    assert main(["status", "--json"]) == 0
    stated = json.loads(capsys.readouterr().out)["stated"]
    counts = {"title": 2, "date": 2, "time": 1, "modified": 0, "source": 1, "author": 0, "url": 0, "place": 0}
    assert stated == counts | {"language": 2}
    assert main(["show", "a.csv row 3"]) == 0
    assert "The mayor said that it was open." in capsys.readouterr().out


def test_a_run_that_is_stopped_inside_a_dump_goes_on_where_it_was(store: Store, folder: Path, monkeypatch):
    monkeypatch.setattr(build, "LARGE", 5)
    monkeypatch.setattr(build, "BATCH_DOCUMENTS", 5)
    monkeypatch.setattr(build, "GROUP_PASSAGES", 1)
    (folder / "a.csv").write_text(rows(*(f"street {number}" for number in range(23))))
    told: list[int] = []

    def stop() -> bool:
        with store.snapshot() as snapshot:
            told.append(snapshot.stats().documents)
        return told[-1] >= 10

    with pytest.raises(Interrupted):
        update(store, [folder], ToyEncoder(), should_stop=stop)
    assert sorted(set(told)) == [0, 5, 10]
    report = update(store, [folder], ToyEncoder())
    assert (report.found, report.updated, report.passages) == (1, 1, 13)
    assert [place for place, _ in indexed(store).values()] == [f"a.csv row {number}" for number in range(2, 25)]
    assert update(store, [folder], ToyEncoder()).passages == 0
    assert store.check(deep=True) == []


def test_rows_that_come_before_many_others_in_several_shares_leave_those_as_they_were(
    store: Store, folder: Path, monkeypatch
):
    monkeypatch.setattr(build, "LARGE", 5)
    old, new = [f"street {n}" for n in range(23)], [f"road {n}" for n in range(12)]
    (folder / "a.csv").write_text(rows(*old))
    update(store, [folder], ToyEncoder())
    before = indexed(store)
    (folder / "a.csv").write_text(rows(*new, *old))
    assert update(store, [folder], ToyEncoder()).passages == 12
    after = indexed(store)
    assert {title: after[title][1] for title in old} == {title: before[title][1] for title in old}
    assert [after[title][0] for title in [*new, *old]] == [f"a.csv row {number}" for number in range(2, 37)]
    assert store.check(deep=True) == []


def test_a_dump_in_many_shares_costs_each_row_a_few_writes_and_its_title_one_encoding(
    store: Store, folder: Path, monkeypatch
):
    encoded: list[str] = []
    written: list[int] = []

    class Counting(ToyEncoder):
        def passages(self, texts, parts=(), progress=None):
            encoded.extend(texts)
            return super().passages(texts, parts, progress)

    def counted(indexed, dim, require_fit=writer.require_fit):
        written.append(dim)
        require_fit(indexed, dim)

    monkeypatch.setattr(build, "LARGE", 5)
    monkeypatch.setattr(reuse, "REMEMBERED", 1)
    monkeypatch.setattr(writer, "require_fit", counted)
    titles = [f"street {number}" for number in range(200)]
    (folder / "a.csv").write_text(rows(*titles))
    update(store, [folder], Counting())
    assert sorted(text for text in encoded if text in titles) == sorted(titles)
    assert len(written) < 3 * len(titles)
    assert [place for place, _ in indexed(store).values()] == [f"a.csv row {number}" for number in range(2, 202)]
    update(store, [folder], Counting(), rebuild=True)
    assert len(encoded) == 2 * len(titles)
    assert store.check(deep=True) == []


def test_a_title_without_an_article_below_it_takes_no_vector_from_the_article_of_that_title(
    store: Store, folder: Path, monkeypatch
):
    monkeypatch.setattr(build, "GROUP_PASSAGES", 1)  # not encoded together
    with zipfile.ZipFile(folder / "a.zip", "w") as archive:
        archive.writestr("a.md", f"# North\n\n{SAID}\n")
        archive.writestr("b.md", "# North\n")
    update(store, [folder], ToyEncoder())
    with store.snapshot() as snapshot:
        assert (snapshot.stats().documents, len(snapshot)) == (2, 1)
        north = ToyEncoder().questions(["North"])[0]
        assert snapshot.title_cosines([p.id for p in snapshot.every_passage()], north).tolist() == pytest.approx([1.0])
    update(store, [folder], ToyEncoder(), rebuild=True)
    assert store.check(deep=True) == []
