"""Which language an article is in, and when it was said, published, changed and indexed: from its file to the screen."""

from __future__ import annotations

import errno
import io
import json
import os
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import docx
import pytest
from reportlab.pdfgen.canvas import Canvas

from index.build import update
from index.errors import StorageError, UsageError
from index.read import language as telling
from index.read import language_of, parse
from index.read.language import SAMPLE, code
from index.store import Filter, Store, disk, open_store
from index.types import Block, Document, Span
from qa import cli, export, refuse, render
from qa.answer import ask
from tests.toy import ToyEncoder

SAID = "The harbour master said on Monday that the quay would be closed to heavy lorries until the end of the winter."
NEWS = {  # some sentences of a short report in each language: a declaration is not needed to tell them apart
    "en": SAID,
    "de": "Der Hafenmeister sagte am Montag, dass der Kai bis zum Ende des Winters für schwere Lastwagen gesperrt bleibe.",
    "fr": "Le maître du port a déclaré lundi que le quai serait fermé aux poids lourds jusqu’à la fin de l’hiver.",
    "es": "El jefe del puerto dijo el lunes que el muelle estará cerrado a los camiones pesados hasta el fin del invierno.",
    "it": "Il comandante del porto ha detto lunedì che la banchina resterà chiusa ai mezzi pesanti fino alla fine.",
    "pt": "O chefe do porto disse na segunda-feira que o cais ficará fechado aos caminhões pesados até ao fim do inverno.",
    "nl": "De havenmeester zei maandag dat de kade tot het einde van de winter gesloten blijft voor zware vrachtwagens.",
    "pl": "Kapitan portu powiedział w poniedziałek, że nabrzeże pozostanie zamknięte dla ciężarówek do końca zimy.",
    "sv": "Hamnkaptenen sade på måndagen att kajen kommer att vara stängd för tunga lastbilar till slutet av vintern.",
    "tr": "Liman başkanı pazartesi günü rıhtımın kış sonuna kadar ağır kamyonlara kapalı kalacağını söyledi.",
    "ru": "Капитан порта заявил в понедельник, что причал будет закрыт для тяжёлых грузовиков до конца зимы.",
    "uk": "Капітан порту заявив у понеділок, що причал буде закрито для важких вантажівок до кінця зими.",
    "el": "Ο λιμενάρχης είπε τη Δευτέρα ότι η προβλήτα θα μείνει κλειστή για τα βαριά φορτηγά ως το τέλος του χειμώνα.",
    "ar": "قال مدير الميناء يوم الاثنين إن الرصيف سيبقى مغلقا أمام الشاحنات الثقيلة حتى نهاية الشتاء.",
    "he": "מנהל הנמל אמר ביום שני שהרציף יהיה סגור למשאיות כבדות עד סוף החורף.",
    "zh": "港务长星期一表示，码头将对重型卡车关闭，直到冬季结束。渔民们对这一决定表示欢迎。",
    "ja": "港長は月曜日、埠頭は冬の終わりまで大型トラックに対して閉鎖されると述べた。漁師たちは歓迎している。",
    "ko": "항만장은 월요일 부두가 겨울이 끝날 때까지 대형 트럭에 대해 폐쇄될 것이라고 말했다.",
}


def only(data: str | bytes, name: str) -> Document:
    (found,) = parse(data.encode() if isinstance(data, str) else data, name, "0" * 32).documents
    return found


def plain(text: str) -> Document:
    return Document("0" * 32, "/a.txt", text, (Block(Span(0, len(text)), "paragraph"),) if text else ())


# ------------------------------------------------------------------------------------------------------------- language


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        *((same, "en") for same in ("en", "EN", "en-US", "en_GB", "eng", "English", "en, fr", " en ", "en-Latn-GB")),
        *((same, "de") for same in ("ger", "deu", "de-AT", "German", "de_DE.UTF-8")),
        *(("zh-Hant-TW", "zh"), ("nb-NO", "no"), ("iw", "he"), ("in", "id"), ("yue", "yue")),
        *((nothing, None) for nothing in ("", None, "und", "mul", "zxx", "x-default", "1033", "*", "{{ lang }}")),
    ],
)
def test_a_declared_language_is_its_two_letters(declared: str | None, expected: str | None):
    assert code(declared) == expected


@pytest.mark.parametrize("language", NEWS)
def test_a_sentence_of_the_news_is_told_by_its_words(language: str):
    assert language_of(plain(NEWS[language])) == language


@pytest.mark.parametrize("text", ["", "...", "42", "12,000 — 7 %", "Qx zw", "😀 😀"])
def test_where_there_is_nothing_to_go_by_no_language_is_guessed(text: str):
    assert language_of(plain(text)) is None


def test_what_stands_around_an_article_does_not_count_for_its_language():
    page = "By Ann Lee | Share this on Facebook\nMore on this story\n"
    text = page + NEWS["de"]
    found = Document(
        "0" * 32, "/a", text, (Block(Span(0, len(page)), "aside"), Block(Span(len(page), len(text)), "paragraph"))
    )
    assert language_of(found) == "de"


def test_a_text_of_any_length_is_guessed_by_its_beginning():
    long = NEWS["fr"] * (2 * SAMPLE // len(NEWS["fr"]))
    assert language_of(plain(long + NEWS["ru"] * 10_000)) == "fr"


def test_what_is_declared_holds_unless_the_words_surely_are_of_another_language():
    """A template may say "en" over German; a few words, or a near relative, do not overrule it."""
    long = {language: plain(f"{text} " * 4) for language, text in NEWS.items()}
    assert language_of(replace(long["de"], language="en")) == "de"
    assert language_of(replace(long["en"], language="fr")) == "en"
    assert language_of(replace(plain(NEWS["de"]), language="en")) == "en"
    assert language_of(replace(long["es"], language="gl")) == "gl"
    assert language_of(replace(long["zh"], language="yue")) == "yue"
    for language, document in long.items():
        assert language_of(replace(document, language=language)) == language


def test_where_there_is_no_room_for_temporary_files_it_is_said_so_and_the_next_run_goes_on(tmp_path, monkeypatch):
    """The model that tells languages is unpacked into one."""

    def full(*_args: object, **_options: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    (tmp_path / "a.txt").write_text(SAID)
    with open_store(tmp_path / "index", create=True) as store:
        with monkeypatch.context() as patched:
            telling._read_model.cache_clear()
            patched.setattr("tempfile.TemporaryFile", full)
            with pytest.raises(StorageError, match="temporary file: No space left on device") as caught:
                update(store, [tmp_path / "a.txt"], ToyEncoder())
        assert "TMPDIR=" in caught.value.hint
        assert update(store, [tmp_path / "a.txt"], ToyEncoder()).added == 1


def html(head: str = "", lang: str = "", text: str = SAID) -> str:
    return f"<!DOCTYPE html><html {lang}><head>{head}</head><body><article><h1>Quay</h1><p>{text}</p></article></body></html>"


def linked(**facts: object) -> str:
    about = {"@type": "NewsArticle", "headline": "Quay", **facts}
    return f'<script type="application/ld+json">{json.dumps(about)}</script>'


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (html(lang='lang="fr-CA"'), "fr"),
        (html(lang='xml:lang="de"'), "de"),
        (html('<meta property="og:locale" content="es_ES">'), "es"),
        (html('<meta name="DC.Language" content="ita">'), "it"),
        (html('<meta http-equiv="Content-Language" content="nl">'), "nl"),
        (html(linked(inLanguage="pt-BR"), lang='lang="en"'), "pt"),
        (html(linked(inLanguage={"@type": "Language", "name": "German", "alternateName": "de"})), "de"),
        (html(), None),
        (html(lang='lang=""'), None),
    ],
)
def test_a_page_declares_its_language(page: str, expected: str | None):
    assert only(page, "a.html").language == expected


@pytest.mark.parametrize("language", ["ru", "el", "ar", "zh", "ja"])
def test_a_declaration_in_other_letters_than_the_text_is_not_believed(language: str):
    """A template says "en" over everything."""
    assert only(html(lang='lang="en"', text=NEWS[language]), "a.html").language is None
    assert only(html(lang=f'lang="{language}"', text=SAID), "a.html").language is None
    assert only(html(lang=f'lang="{language}"', text=NEWS[language]), "a.html").language == language


def test_a_language_of_two_alphabets_is_believed_in_either():
    for text in (SAID, NEWS["ru"]):
        assert only(html(lang='lang="sr"', text=text), "a.html").language == "sr"


def mail() -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"], message["Date"] = "a@b.example", "Quay", "Mon, 02 Mar 2015 10:00:00 +0000"
    message.set_content(SAID)
    message["Content-Language"] = "de-DE"
    return bytes(message)


def word() -> bytes:
    made, file = docx.Document(), io.BytesIO()
    made.core_properties.language = "fr-FR"
    made.core_properties.created = datetime(2015, 3, 2, 10)
    made.core_properties.modified = datetime(2026, 3, 2, 10)
    made.add_paragraph(SAID)
    made.save(file)
    return file.getvalue()


def pdf() -> bytes:
    file = io.BytesIO()
    canvas = Canvas(file, lang="fr-FR", invariant=1)
    canvas.drawString(72, 700, SAID[:80])
    canvas.save()
    return file.getvalue()


def zipped(**files: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as out:
        for name, data in files.items():
            out.writestr(name.replace("__", "/"), data)
    return file.getvalue()


DUBLIN = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'
EPUB = {
    "mimetype": "application/epub+zip",
    "META-INF/container.xml": '<container><rootfiles><rootfile full-path="c.opf"/></rootfiles></container>',
    "c.opf": f"""<package><metadata {DUBLIN}><dc:title>Quays</dc:title><dc:language>it-IT</dc:language></metadata>
<manifest><item id="a" href="a.xhtml" media-type="application/xhtml+xml"/></manifest>
<spine><itemref idref="a"/></spine></package>""",
    "a.xhtml": f"<html><body><p>{SAID}</p></body></html>",
}
TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
ODT = {
    "mimetype": "application/vnd.oasis.opendocument.text",
    "content.xml": f'<o:document-content xmlns:o="{OFFICE}" xmlns:t="{TEXT}"><o:body><o:text><t:p>{SAID}</t:p></o:text>'
    "</o:body></o:document-content>",
    "meta.xml": f'<o:meta xmlns:o="{OFFICE}" {DUBLIN}><dc:language>es-ES</dc:language></o:meta>',
}
NITF = f"""<nitf xml:lang="sv-SE"><head><docdata><date.issue norm="20150302T100000Z"/></docdata>
<revision-history norm="20150302T110000Z"/><revision-history norm="20150303T090000Z"/></head>
<body><body.head><hedline><hl1>Quay</hl1></hedline></body.head><body.content><p>{SAID}</p></body.content></body></nitf>"""


def newsml(version: int, dates: str, language: str = '<language tag="pl"/>') -> str:
    return f"""<newsItem version="{version}" xml:lang="en"><itemMeta><versionCreated>2015-03-03T09:00:00Z</versionCreated>
</itemMeta><contentMeta>{dates}{language}<headline>Quay</headline></contentMeta><contentSet><inlineXML><html><body>
<p>{SAID}</p></body></html></inlineXML></contentSet></newsItem>"""


@pytest.mark.parametrize(
    ("data", "name", "expected"),
    [
        (f"---\ntitle: Quay\nlang: fr\n---\n{SAID}\n", "a.md", "fr"),
        (f"---\ntitle: Quay\nlanguage: German\n---\n{SAID}\n", "a.txt", "de"),
        (mail(), "a.eml", "de"),
        (word(), "a.docx", "fr"),
        (pdf(), "a.pdf", "fr"),
        (zipped(**EPUB), "a.epub", "it"),
        (zipped(**ODT), "a.odt", "es"),
        (NITF, "a.nitf", "sv"),
        (newsml(1, ""), "a.newsml", "pl"),
        (newsml(1, "", ""), "a.newsml", "en"),
        (f"title,body,lang\nQuay,{SAID},da\n", "a.csv", "da"),
        (json.dumps({"headline": "Quay", "body_text": SAID, "language": "nb"}), "a.json", "no"),
        (f"<rss><channel><language>hu-hu</language><item><description>{SAID}</description></item></channel></rss>",
         "a.rss", "hu"),
        (f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><entry xml:lang="fi"><title>Quay</title>'
         f"<content>{SAID}</content></entry></feed>", "a.atom", "fi"),
    ],
)  # fmt: skip
def test_every_format_declares_it_in_its_way(data: str | bytes, name: str, expected: str):
    assert only(data, name).language == expected


# ---------------------------------------------------------------------------------------------------------------- dates


@pytest.mark.parametrize(
    ("published", "changed", "expected"),
    [
        ("2015-03-02", "2015-03-04", ("2015-03-02", "2015-03-04")),
        ("2015-03-02", "2015-03-02", ("2015-03-02", None)),
        ("2015-03-02", "2015-03-01", ("2015-03-02", None)),
        ("2015-03-02", "2015-03-02T18:00:00Z", ("2015-03-02", "2015-03-02T18:00:00+00:00")),
        ("2015-03-02T10:00:00Z", "2015-03-02", ("2015-03-02T10:00:00+00:00", None)),
        ("2015-03-02T23:00:00-05:00", "2015-03-03T03:30:00Z", ("2015-03-02T23:00:00-05:00", None)),
        ("2015-03-02T23:00:00-05:00", "2015-03-03T04:30:00Z",
         ("2015-03-02T23:00:00-05:00", "2015-03-03T04:30:00+00:00")),
        ("", "2015-03-04T09:00:00Z", ("2015-03-04T09:00:00+00:00", None)),
        ("2015-03-02", "soon", ("2015-03-02", None)),
        ("", "", (None, None)),
    ],
)  # fmt: skip
def test_a_change_is_told_where_it_is_later_than_publication(published: str, changed: str, expected: tuple[str, str]):
    """Where only the change has a day, it stands in for the other."""
    for page in (
        html(linked(datePublished=published, dateModified=changed)),
        html(
            f'<meta property="article:published_time" content="{published}">'
            f'<meta property="article:modified_time" content="{changed}">'
        ),
    ):
        found = only(page, "a.html")
        assert (found.date, found.modified) == expected


@pytest.mark.parametrize(
    ("data", "name", "expected"),
    [
        (f"---\ndate: 2015-03-02\nupdated: 2015-03-04\n---\n{SAID}\n", "a.md", ("2015-03-02", "2015-03-04")),
        (f"---\nlastmod: 2015-03-04\n---\n{SAID}\n", "a.md", ("2015-03-04", None)),
        (NITF, "a.nitf", ("2015-03-02T10:00:00+00:00", "2015-03-03T09:00:00+00:00")),
        (newsml(2, "<contentCreated>2015-03-02</contentCreated>"), "a.newsml",
         ("2015-03-02", "2015-03-03T09:00:00+00:00")),
        (newsml(1, "<contentCreated>2015-03-02</contentCreated>"), "a.newsml", ("2015-03-02", None)),
        (newsml(1, ""), "a.newsml", ("2015-03-03T09:00:00+00:00", None)),
        (json.dumps({"body_text": SAID, "firstcreated": "2015-03-02T10:00:00Z", "versioncreated": "2015-03-04T10:00:00Z"}),
         "a.json", ("2015-03-02T10:00:00+00:00", "2015-03-04T10:00:00+00:00")),
        (f"body,published,updated_at\n{SAID},2015-03-02,2015-03-04\n", "a.csv", ("2015-03-02", "2015-03-04")),
        (f'<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>Quay</title><published>2015-03-02T10:00:00Z</published>'
         f"<updated>2015-03-04T10:00:00Z</updated><content>{SAID}</content></entry></feed>", "a.atom",
         ("2015-03-02T10:00:00+00:00", "2015-03-04T10:00:00+00:00")),
        (f"<rss><channel><item><pubDate>Mon, 02 Mar 2015 10:00:00 GMT</pubDate><description>{SAID}</description></item>"
         "</channel></rss>", "a.rss", ("2015-03-02T10:00:00+00:00", None)),
        (mail(), "a.eml", ("2015-03-02T10:00:00+00:00", None)),
        (word(), "a.docx", ("2015-03-02T10:00:00+00:00", None)),  # when a file was last saved says nothing of the article
        (f"Quay closed\n\nPublished March 2, 2015, updated March 4, 2015\n\n{SAID}\n", "a.txt",
         ("2015-03-02", "2015-03-04")),
        (f"Quay closed\n\nLast updated: March 4, 2015\n\n{SAID}\n", "a.txt", ("2015-03-04", None)),
        (html('<meta name="lastmod" content="2015-03-04"><meta name="date" content="2015-03-02">'), "a.html",
         ("2015-03-02", "2015-03-04")),
        (html(text=f'<time class="updated" datetime="2015-03-04">x</time> <time class="entry-date published" '
              f'datetime="2015-03-02">y</time> {SAID}'), "a.html", ("2015-03-02", "2015-03-04")),
    ],
)  # fmt: skip
def test_every_format_says_when_it_was_published_and_changed(data: str | bytes, name: str, expected: tuple):
    found = only(data, name)
    assert (found.date, found.modified) == expected


# ------------------------------------------------------------------------------------------- in the index, and after it


@pytest.fixture
def archive(store: Store, folder: Path) -> Store:
    """An English article that was changed, and a German one without a word about itself."""
    (folder / "a.md").write_text(
        f"---\ntitle: Quay closed\ndate: 2015-03-02T10:00:00Z\nupdated: 2015-03-04\nlang: en\n---\n{SAID}\n"
    )
    (folder / "b.txt").write_text(NEWS["de"] + "\n")
    update(store, [folder], ToyEncoder())
    return store


def test_the_index_tells_what_it_read_and_guesses_the_rest(archive: Store):
    with archive.snapshot() as snapshot:
        english, german = snapshot.every_document()
        stats = snapshot.stats()
    assert (english.language, english.date, english.modified) == ("en", "2015-03-02T10:00:00+00:00", "2015-03-04")
    assert (german.language, german.date, german.modified) == ("de", None, None)
    assert stats.languages == {"en": 1, "de": 1}
    assert (stats.stated["modified"], stats.stated["language"]) == (1, 2)
    for document in (english, german):
        assert datetime.now(UTC) - datetime.fromisoformat(document.indexed) < timedelta(minutes=5)


def test_the_day_of_indexing_is_no_part_of_what_an_article_is(archive: Store, folder: Path):
    with archive.snapshot() as snapshot:
        stored = next(snapshot.every_document())
    (read,) = parse((folder / "a.md").read_bytes(), stored.path, stored.id).documents
    assert (stored.indexed is not None, read.indexed) == (True, None)
    assert stored == read


def test_a_language_filters_like_an_outlet(archive: Store):
    for language, name in (("en", "a.md"), ("de", "b.txt")):
        answer = ask(archive, "Hafenmeister harbour master", where=Filter(language=language), encoder=ToyEncoder())
        cited = answer.citations or answer.nearest
        assert {Path(citation.document.path).name for citation in cited} == {name}
        assert answer.searched.documents == 1
    with archive.snapshot() as snapshot:
        told = refuse.nothing_there(snapshot, Filter(language="de", since="2015-01-01"))
    assert told.startswith("No article passes the filters: 1 article in de, 1 article since 2015-01-01, none is both")


def test_json_export_and_citation_keep_the_dates_apart(archive: Store):
    answer = ask(archive, "What did the harbour master say?", where=Filter(language="en"), encoder=ToyEncoder())
    (citation, *_) = answer.citations or answer.nearest
    document = citation.document
    body = render.json(answer)
    (result, *_) = body["results"] or body["nearest"]
    for row in (result["document"], next(export.KINDS["documents"](archive.snapshot()))):
        told = [row[name] for name in ("date", "modified", "indexed", "language")]
        assert told == ["2015-03-02T10:00:00+00:00", "2015-03-04", document.indexed, "en"]
    cited = render.cite(citation)
    assert f"published 2015-03-02 10:00 UTC, modified 2015-03-04, indexed {document.indexed[:10]}, " in cited


def test_the_command_takes_a_language_as_people_write_it(archive: Store, folder: Path, tmp_path: Path, capsys):
    index = ["--index", str(tmp_path / "again")]
    assert cli.main(["index", str(folder), *index]) == 0
    capsys.readouterr()
    for written in ("de", "DE", "de-AT", "de_AT", "German", "ger"):
        cli.main(["ask", "--json", "--language", written, "Hafenmeister Kai", *index])
        assert json.loads(capsys.readouterr().out)["searched"]["documents"] == 1
    assert cli.main(["ask", "--language", "fr", "Hafenmeister", *index]) == UsageError.exit_code
    assert "no article is in the language 'fr' There are: de, en" in " ".join(capsys.readouterr().err.split())
    assert cli.main(["status", *index]) == 0
    assert "languages   2: de 1, en 1\n" in capsys.readouterr().out


def age(store: Store) -> None:
    """Makes an index look as if an older version had made it."""
    connection = disk.connect(store.path, write=True)
    connection.execute(f"PRAGMA user_version = {disk.FORMAT - 1}")
    disk.close(connection)


def test_an_index_of_an_older_format_says_what_to_type_and_that_makes_it_again(archive: Store, folder: Path):
    with archive.snapshot() as snapshot:
        before = list(snapshot.every_document())
    age(archive)
    with open_store(archive.path) as aged, pytest.raises(disk.OtherFormatError) as caught:
        aged.snapshot()
    assert "older version" in caught.value.message
    assert caught.value.hint == "Type: qa index --rebuild"
    assert cli.main(["index", "--rebuild", "--index", str(archive.path)]) == 0
    with open_store(archive.path) as again, again.snapshot() as snapshot:
        assert list(snapshot.every_document()) == before
        assert snapshot.roots() == [str(folder)]


def test_an_older_index_of_which_nothing_is_known_asks_for_a_path(tmp_path: Path):
    with open_store(tmp_path / "index", create=True) as store:
        age(store)
        with pytest.raises(UsageError) as caught:
            update(store, None, ToyEncoder(), rebuild=True)
    assert caught.value.hint == "Type: qa index --rebuild PATH"


def test_reading_files_loads_no_language_model():
    """A process that reads a file may use little memory; and asking a question needs none."""
    program = (
        "import sys; from index.read import parse; from qa.answer import ask;"
        f"parse({SAID.encode()!r}, 'a.txt', '0' * 32); sys.exit('py3langid' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
