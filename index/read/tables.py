"""Dumps: rows of CSV or TSV, lines of JSON, arrays of JSON, ninjs; an article a row.

Owns how rows come apart, which column is the text, the title, the date, ... (guessed once for a file, from names and
from contents, and told), and what is wrong with a row. Refuses to know what an article's text is good for. A row that
cannot be read is skipped by its number; the others are not.

A row is named as its file counts: "row 17" is the 17th of a table with its heading counted, as a spreadsheet shows it,
"line 17" of JSON lines is that line of the file, "item 17" is the 17th of an array.
"""

from __future__ import annotations

import csv
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from statistics import mean
from typing import Any

from index.errors import ReadError
from index.read.article import Article, Parts
from index.read.bodies import read_body
from index.read.characters import decode, require_text
from index.read.dates import iso_date
from index.read.facts import Facts, shaped
from index.read.files import MAX_BYTES

_SAMPLE = 200  # rows looked at to guess the columns: the first of a dump are as the others
_RESTARTS = 100  # broken rows from which a table is read anew at the next line, so that the time stays linear
_NESTED = frozenset("_source attributes fields article node item".split())  # objects that hold the row they stand in
_NAMED = ("name", "value", "rendered", "main", "original", "title", "text", "#text", "$")  # the string an object is


def _column(name: str) -> str:
    """A name as it is compared: "Published At", "published_at" and "publishedAt" are one, with or without accents."""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKD", name.casefold()))


_COLUMNS = {
    fact: list(map(_column, names.split()))
    for fact, names in {
        "text": """text fulltext articletext articlebody maintext bodytext storytext body content contenttext article
            story message post tweet transcript bodyxhtml bodyhtml contenthtml html bodies
            volltext artikeltext texte texto testo tekst treść tresc metin текст текстстатьи 正文 全文 内容 本文
            النص inhalt artikel contenu corps contenido cuerpo artículo conteúdo corpo contenuto articolo inhoud innehåll
            indhold içerik содержание содержимое статья leadparagraph description summary abstract snippet caption
            zusammenfassung résumé resumen resumo riassunto описание""",
        "title": """title headline headlines headlinemain heading webtitle subject titel überschrift schlagzeile titre
            título titular kop titolo tytuł overskrift tittel otsikko název titulek başlık заголовок название 标题 標題
            タイトル 見出し 제목 العنوان""",
        "date": """date datetime datepublished publishedat published publisheddate publicationdate publishdate pubdate
            webpublicationdate firstcreated versioncreated createdat created creationdate timestamp time
            datum erscheinungsdatum veröffentlicht veröffentlichtam veröffentlichungsdatum datedepublication publiéle fecha
            fechapublicación fechadepublicación data datapublicação datadepublicação datadipubblicazione dato tarih дата
            датапубликации 日期 发布时间 時間 日付 날짜 التاريخ""",
        "url": """url link permalink href weburl articleurl sourceurl canonicalurl canonical uri guid lien enlace
            ссылка 链接 網址 リンク الرابط""",
        "source": """source outlet publisher publication sitename site newspaper newsoutlet sourcename agency media
            channel infosource provider domain quelle zeitung medium fuente medio periódico fonte jornal giornale bron krant
            źródło källa kilde kaynak источник издание джерело 来源 來源 出典 출처 المصدر""",
        "author": """author authors byline bylines by creator writer reporter from autor autoren verfasser auteur auteurs
            autora autores autore autori författare forfatter yazar автор авторы 作者 记者 著者 기자 الكاتب""",
        "place": "place placeofpublication located location city dateline ort lieu lugar luogo plaats miejsce место",
        "modified": """modified updated datemodified modifieddate lastmodified lastupdated updatedat modifiedat versioncreated
            aktualisiert geändert modifié misàjour actualizado atualizado aggiornato обновлено изменено""",
        "language": """language lang languagecode locale inlanguage sprache langue idioma língua taal język språk sprog
            dil язык мова 语言 語言 言語""",
    }.items()
}
_URL = re.compile(r"https?://[^\s|,]+$")
_SLASHED = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})(?!\d)")
_EPOCH = re.compile(r"\d{10}(?:\d{3})?(?:\.\d+)?$")
_PLACE = re.compile(r"([A-ZÀ-ÞА-Я][^,/(\n]{1,40}?)\s*(?:,|/|\(|--|[-–—]|$)")

_LINES = re.compile(r"[^\r\n]*(?:\r\n|[\r\n])|[^\r\n]+$")
_UNNAMED = "column 1"

_Row = Mapping[str, Any]


# ------------------------------------------------------------------------------------------------------------- formats


def read_csv(data: bytes, parts: Parts) -> Iterator[Article]:
    """The rows of a table with a heading, its columns parted by commas, semicolons, tabs or bars."""
    text = decode(data).removeprefix("\ufeff")
    require_text(text)
    try:
        rows = list(_records(text, parts))
    except csv.Error as error:
        raise ReadError(f"not a table that can be read ({error})") from None
    yield from _articles(rows, parts)


def read_json_lines(data: bytes, parts: Parts) -> Iterator[Article]:
    """The objects of a file that has one on each line."""
    text = decode(data).removeprefix("\ufeff")
    require_text(text)
    rows: list[tuple[str, _Row]] = []
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            _take(f"line {number}", line, rows, parts)
    yield from _articles(rows, parts)


def read_json(data: bytes, parts: Parts) -> Iterator[Article]:
    """The objects of an array, of the longest array in an object, or the one object there is (ninjs)."""
    text = decode(data).removeprefix("\ufeff")
    try:
        loaded = _loads(text)
    except ReadError:
        if "\n{" not in text.strip():
            raise
        yield from read_json_lines(data, parts)
        return
    items = loaded if isinstance(loaded, list) else _longest(loaded)
    if items is None:
        rows = [("", _flat(loaded))] if isinstance(loaded, dict) else []
        yield from _articles(rows, parts)
        return
    rows = []
    for number, item in enumerate(items, 1):
        if isinstance(item, dict):
            rows.append((f"item {number}", _flat(item)))
        else:
            parts.skip(f"item {number}", "no object, so no article")
    yield from _articles(rows, parts)


def _take(name: str, line: str, rows: list[tuple[str, _Row]], parts: Parts) -> None:
    """Adds the object of one line, or the reason why it is none."""
    try:
        item = _loads(line)
    except ReadError as error:
        parts.skip(name, error.message)
        return
    if isinstance(item, dict):
        rows.append((name, _flat(item)))
    else:
        parts.skip(name, "no object, so no article")


def _loads(text: str) -> Any:  # noqa: ANN401  # what JSON holds is seen when it is there
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno:,}, column {error.colno:,}" if "\n" in text else f"column {error.colno:,}"
        raise ReadError(f"not JSON ({error.msg}, {where})") from None
    except RecursionError:
        raise ReadError("not JSON that can be read (nested too deep)") from None
    except ValueError as error:
        raise ReadError(f"not JSON that can be read ({error})") from None


def _longest(item: object, depth: int = 3) -> list[Any] | None:
    """The longest array of objects in an object, its own before those of the objects in it; None without any.

    None too where the object has itself what makes an article.
    """
    if not isinstance(item, dict) or not depth or _named(list(item), "text"):
        return None
    lists = [value for value in item.values() if isinstance(value, list) and any(isinstance(v, dict) for v in value)]
    if lists:
        return max(lists, key=len)
    inner = (_longest(value, depth - 1) for value in item.values())
    return max(filter(None, inner), key=len, default=None)


def _flat(item: dict[str, Any]) -> dict[str, Any]:
    """An object with what stands in the objects that only wrap it, as search engines and web services do: its own before
    theirs, the first before the next. Beside a ``_source`` the others of its own say nothing of the article."""
    inner = {key: value for key, value in item.items() if key in _NESTED and isinstance(value, dict)}
    own = {key: value for key, value in item.items() if key not in inner}
    flat: dict[str, Any] = inner.pop("_source", own)
    for wrapped in inner.values():
        flat = wrapped | flat
    return flat


# -------------------------------------------------------------------------------------------------------------- tables


def _records(text: str, parts: Parts) -> Iterator[tuple[str, _Row]]:
    """The rows below the heading by their names, the broken ones skipped.

    A quotation mark that is never closed takes the rows below into its own: they are read again from the next line on.
    """
    csv.field_size_limit(MAX_BYTES)
    lines = _LINES.findall(text)
    delimiter = _delimiter(lines)
    heading: list[str] = []
    at = number = restarts = 0
    while at < len(lines):
        again = 0
        for first, after, read in _rows(lines, at, delimiter):
            number += 1
            if not any(cell.strip() for cell in read):
                continue
            if not heading:
                heading = _heading(read)
                if heading[0] != _UNNAMED:
                    continue
            cells = _literal(lines[first:after], delimiter, len(heading)) or read
            reason = _wrong(cells, heading, lines[first:after], delimiter, last=after == len(lines))
            if not reason:
                yield f"row {number}", dict(zip(heading, cells, strict=False))
                continue
            parts.skip(f"row {number}", f"{reason} (line {first + 1:,})")
            if after - first > 1 and restarts < _RESTARTS:
                again, restarts = first + 1, restarts + 1
                break
        if not again:
            return
        at = again


def _rows(lines: Sequence[str], at: int, delimiter: str) -> Iterator[tuple[int, int, list[str]]]:
    """(line it starts at, line after it, cells) of each row from line ``at`` on, lines counted from 0."""
    reader = csv.reader(islice(lines, at, None), delimiter=delimiter)
    first = at
    for cells in reader:
        yield first, at + reader.line_num, cells
        first = at + reader.line_num


def _literal(lines: Sequence[str], delimiter: str, width: int) -> list[str]:
    """The cells of a row whose quotation marks cannot be those around cells, as in ``"We go," Hill said``: they are somebody's
    and stay. Nothing where they can, or where it does not come apart into so many cells."""
    if len(lines) > 1 or '"' not in lines[0]:
        return []
    try:
        list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error as error:
        cells = lines[0].rstrip("\r\n").split(delimiter)
        return cells if len(cells) == width and "expected after" in str(error) else []  # else it is cut off
    return []


def _delimiter(lines: Sequence[str]) -> str:
    """The sign between columns: the one that gives most rows of the heading's width, wider before narrower."""
    best, most = ",", (0, 0)
    for sign in ",\t;|":
        widths = [
            len(cells) for cells, _ in zip(csv.reader(lines[:500], delimiter=sign), range(50), strict=False) if cells
        ]
        if widths and widths[0] > 1:
            score = (sum(width == widths[0] for width in widths), widths[0])
            best, most = (sign, score) if score > most else (best, most)
    return best


def _heading(cells: Sequence[str]) -> list[str]:
    """The names of the columns, with its number where one has another's; numbers alone where the first row is no heading but a
    row like the others."""
    names = [" ".join(cell.split()) for cell in cells]
    if any(len(name) > 80 or _URL.match(name) or iso_date(name) for name in names):
        return [f"column {number}" for number in range(1, len(names) + 1)]
    first = {name: at for at, name in reversed(list(enumerate(names)))}
    return [name if name and first[name] == at else f"{name or 'column'} {at + 1}" for at, name in enumerate(names)]


def _wrong(cells: Sequence[str], heading: Sequence[str], lines: Sequence[str], delimiter: str, *, last: bool) -> str:
    """What is wrong with a row; nothing where it is whole, or lacks only cells at its end as some programs write it."""
    if len(cells) > len(heading) or len(cells) == 1 < len(heading) or (len(cells) < len(heading) and len(lines) > 1):
        return f"{len(cells)} cell{'' if len(cells) == 1 else 's'}, not {len(heading)}"
    if last and len(lines) > 1:
        try:
            list(csv.reader(lines, delimiter=delimiter, strict=True))
        except csv.Error:
            return "a quotation mark is not closed"
    return ""


# ------------------------------------------------------------------------------------------------------------- columns


@dataclass(frozen=True, slots=True)
class _Columns:
    """Which column each fact is in; ``days_first`` tells 03/04/2017 where the column itself does."""

    names: Mapping[str, str]
    days_first: bool | None = None

    def told(self, columns: Iterable[str]) -> str:
        """ "text from body, date from created; not used: id, views"."""
        used = ", ".join(fact if fact == name else f"{fact} from {name}" for fact, name in self.names.items())
        rest = [name for name in columns if name not in self.names.values()]
        return used + (f"; not used: {_listed(rest)}" if rest else "")


def _articles(rows: Sequence[tuple[str, _Row]], parts: Parts) -> Iterator[Article]:
    """An article a row. Raises ReadError where no column is a text."""
    if not rows:
        return
    columns = dict.fromkeys(key for _, row in rows[:_SAMPLE] for key in row)
    guessed = _guess([row for _, row in rows[:_SAMPLE]], list(columns))
    if "text" not in guessed.names:
        raise ReadError(f"no column of text among {_listed(list(columns))}")
    parts.note(guessed.told(columns))
    for name, row in rows:
        try:
            yield read_body(_text(row.get(guessed.names["text"])), _facts(row, guessed), name)
        except ReadError as error:
            if not name:
                raise
            parts.skip(name, error.message)


def _guess(rows: Sequence[_Row], columns: Sequence[str]) -> _Columns:
    """The column of each fact: by its name, and where no name tells, by what is in it."""
    filled = {c: [text for row in rows if (text := _string(row.get(c)))] for c in columns}
    present = [column for column in columns if filled[column]]
    names: dict[str, str] = {}
    if prose := _text_column(present, filled, rows):
        names["text"] = prose
    for fact in ("title", "date", "url", "source", "author", "place", "modified", "language"):
        free = [column for column in present if column not in names.values()]
        named = [column for column in _named(free, fact) if _fits(fact, filled[column])]
        if named:
            names[fact] = named[0]
    for fact in ("date", "url"):
        if fact not in names:
            free = [
                column
                for column in present
                if column not in names.values() and _fits(fact, filled[column], strict=True)
            ]
            names |= {fact: free[0]} if free else {}
    slashed = [match for value in filled.get(names.get("date", ""), []) if (match := _SLASHED.match(value))]
    first, second = (max((int(match[n]) for match in slashed), default=0) for n in (1, 2))
    return _Columns(names, first > 12 if (first > 12) != (second > 12) else None)


def _text_column(columns: Sequence[str], filled: Mapping[str, list[str]], rows: Sequence[_Row]) -> str | None:
    """The column of the text: the first by name that is no mere excerpt of another, else the one of longest prose."""
    length = {c: sum(map(len, filled[c])) / len(rows) for c in columns}
    named = [
        column for column in _named(columns, "text") if any(re.search(r"[^\W\d_]", text) for text in filled[column])
    ]
    longest = max((length[column] for column in named), default=0)
    for column in named:
        if length[column] * 4 >= longest:
            return column
    prose = [c for c in columns if mean(len(text.split()) for text in filled[c]) >= 8 and not _named([c], "title")]
    return max(prose, key=lambda column: length[column], default=None)


def _named(columns: Sequence[str], fact: str) -> list[str]:
    """The columns whose names stand for a fact, the plainest name first."""
    known = _COLUMNS[fact]
    return sorted((c for c in columns if _column(c) in known), key=lambda column: known.index(_column(column)))


def _fits(fact: str, values: Sequence[str], *, strict: bool = False) -> bool:
    """Whether what is in a column may be this fact; ``strict``: nothing else."""
    if fact in ("date", "modified"):
        good = sum(len(value) < 60 and _when(value, True) is not None for value in values)
        return good * 10 >= len(values) * (9 if strict else 5) and not (strict and any(map(_EPOCH.match, values)))
    if fact == "url":
        return sum(bool(_URL.match(value)) for value in values) * 10 >= len(values) * (9 if strict else 5)
    if fact in ("source", "author", "place"):
        return any(re.search(r"[^\W\d_]", value) for value in values) and mean(map(len, values)) <= 120
    return True


def _facts(row: _Row, columns: _Columns) -> Facts:
    found: dict[str, str | None] = {
        fact: text for fact, column in columns.names.items() if fact != "text" and (text := _string(row.get(column)))
    }
    date, url, place, author = (found.get(fact) for fact in ("date", "url", "place", "author"))
    if date:
        found["date"] = _when(date, columns.days_first)
    if changed := found.get("modified"):
        found["modified"] = _when(changed, columns.days_first)
    if url and not _URL.match(url):
        found["url"] = None
    if place and _column(columns.names["place"]) == "dateline":
        match = _PLACE.match(place)
        found["place"] = match[1] if match else None
    if author:
        found["author"] = re.sub(r"^by\s+", "", author, flags=re.I)
    return shaped(**found)


def _when(value: str, days_first: bool | None) -> str | None:
    """A cell as an ISO date: written out, or the seconds or milliseconds since 1970."""
    value = value.strip()
    if _EPOCH.match(value):
        seconds = float(value) if len(value.partition(".")[0]) == 10 else int(value[:13]) / 1000
        return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
    if days_first is not None and (match := _SLASHED.match(value)):
        day, month = (int(match[1]), int(match[2])) if days_first else (int(match[2]), int(match[1]))
        value = f"{match[3]}-{month:02}-{day:02}{value[match.end() :]}"
    return iso_date(value)


def _string(value: object) -> str:
    """A cell as one line of text; of an object its name, of several their names."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, dict):
        return next((_string(value[key]) for key in _NAMED if isinstance(value.get(key), str)), "")
    if isinstance(value, list):
        return ", ".join(dict.fromkeys(filter(None, (_string(v) for v in value[:20] if not isinstance(v, list)))))
    return ""


def _text(value: object) -> str:
    """The text of a cell: a string, paragraphs, or a string cut into pieces with and without marks (Telegram)."""
    if not isinstance(value, list):
        return _string(value) if not isinstance(value, str) else value
    pieces = [item if isinstance(item, str) else _string(item) for item in value if not isinstance(item, list)]
    return ("\n\n" if all(isinstance(item, type(value[0])) for item in value) else "").join(pieces)


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:8])
    return f"{shown} and {len(names) - 8:,} more" if len(names) > 8 else shown
