"""Where words stand on a page becomes the order they are read in, and lines become paragraphs.

Owns columns, rows, running heads and feet, what ends a paragraph, and how two lines are joined. Refuses to know a file
format: lines come in with their places on the page, in points, the origin at the lower left.

What the text made here changes of the page, and nothing else: a line break inside a paragraph is a space (nothing
between Chinese or Japanese characters); a word divided at a line's end is whole again; lines that stand at the same
edge of most pages, and page numbers, are left out. A hyphen at a line's end stays where the document writes the word
with it elsewhere, and not without.

The order is found from the white space alone, after Nagy and Seth's cuts ("Hierarchical representation of optically
scanned documents", ICPR 1984), with one restriction that news pages need: a page is cut into columns only where rows
that follow each other share a gutter, so that blank lines that happen to meet do not cut across two columns.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from index.read.characters import WORD
from index.read.lines import BULLET, CLOSERS, FINAL, Piece

# Lengths below are in ems: multiples of a line's height, which is about 1.2 times its font's size.
_GUTTER = 0.6  # the narrowest white space between columns; newspapers have about one em
_INDENT = 0.5  # a paragraph's first line stands at least so far in: an em as a rule, half an em in narrow columns
_CELL = 1.6  # words further apart are cells of a table: justified lines of narrow columns reach one em
_LOOSE = 1.3  # times the usual distance of lines: more of it divides paragraphs
_OTHER_SIZE = 0.12  # a share: fonts of one size differ in height by up to a tenth
_COLUMN_LINES = 3  # fewer lines side by side are a table, or a heading beside its number
_COLUMN_CHARACTERS = 15  # in the middle line of a column: cells of tables are shorter
_MOST_LINES = 3_000  # a page of a newspaper has some hundred; the time to find columns grows with their square
_EDGE = 3  # lines at the top and at the bottom of a page among which running heads and feet are looked for


@dataclass(frozen=True, slots=True)
class Line:
    """A stretch of text on one line of a page. ``lead`` is the width of its first word, ``cells`` how many wide gaps
    divide it, and one."""

    text: str
    left: float
    right: float
    bottom: float
    top: float
    lead: float
    bold: bool = False
    cells: int = 1

    @property
    def size(self) -> float:
        return self.top - self.bottom

    @property
    def final(self) -> bool:
        """Whether it ends as a sentence does."""
        return self.text.rstrip(CLOSERS)[-1:] in tuple(FINAL)


Column = list[Line]
Page = list[Column]


# ----------------------------------------------------------------------------------------------------- the reading order


def columns(lines: Sequence[Line]) -> Page:
    """The lines of a page in the order they are read, divided where a column, or what stands across them, ends."""
    rows = _rows(lines)
    if len(lines) > _MOST_LINES:
        return [[_merged(row) for row in rows]]
    found: Page = []
    across: Column = []
    at = 0
    while at < len(rows):
        end = _run(rows, at)
        group = [line for row in rows[at:end] for line in row]
        gutter = _gutter(group)
        if gutter is None:
            end = end if end - at > 2 * _COLUMN_LINES else at + 1  # a table; or the heading above columns
            across += map(_merged, rows[at:end])
        else:
            if across:
                found.append(across)
                across = []
            found += columns([line for line in group if line.right <= gutter])
            found += columns([line for line in group if line.right > gutter])
        at = end
    return [*found, across] if across else found


def _rows(lines: Sequence[Line]) -> list[list[Line]]:
    """Lines that stand beside each other, from the top of the page down, each row from left to right."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: (-line.bottom, line.left)):
        if rows and rows[-1][0].bottom - line.bottom < 0.4 * min(line.size, rows[-1][0].size):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda line: line.left) for row in rows]


def _merged(row: Sequence[Line]) -> Line:
    """One line of all that stands in a row."""
    if len(row) == 1:
        return row[0]
    gaps = sum(b.left - a.right > _CELL * a.size for a, b in pairwise(row))
    return Line(
        " ".join(line.text for line in row),
        row[0].left,
        max(line.right for line in row),
        max(row, key=lambda line: len(line.text)).bottom,
        max(row, key=lambda line: len(line.text)).top,
        row[0].lead,
        all(line.bold for line in row),
        gaps + sum(line.cells for line in row) - len(row) + 1,
    )


def _run(rows: Sequence[Sequence[Line]], start: int) -> int:
    """Where the rows from ``start`` on end that leave the same stretch of the page white between their outer edges.

    Not behind a wide gap after the last row with something on both sides: what follows stands below the columns.
    """
    taken: list[tuple[float, float]] = []
    end, last = start, start
    for end, row in enumerate(rows[start:], start):
        for line in row:
            taken = _covered(taken, line.left, line.right)
        if end > start and not any(b[0] - a[1] >= _GUTTER * row[0].size for a, b in pairwise(taken)):
            break
        last = end if len(row) > 1 else last
    else:
        end = len(rows)
    for after in range(last + 1, end):
        if rows[after - 1][0].bottom - rows[after][0].bottom > 2 * rows[after][0].size:
            return after
    return max(end, start + 1)


def _covered(taken: Sequence[tuple[float, float]], left: float, right: float) -> list[tuple[float, float]]:
    """The stretches of the x axis that are taken, in order and apart, with one more."""
    apart = [(a, b) for a, b in taken if b < left or a > right]
    touched = [(a, b) for a, b in taken if not (b < left or a > right)]
    return sorted([*apart, (min([left, *(a for a, _ in touched)]), max([right, *(b for _, b in touched)]))])


def _gutter(lines: Sequence[Line]) -> float | None:
    """The leftmost place at which lines are divided into two columns of text; None where there is none."""
    taken: list[tuple[float, float]] = []
    for line in lines:
        taken = _covered(taken, line.left, line.right)
    narrowest = _GUTTER * median(line.size for line in lines)
    for (_, left), (right, _) in pairwise(taken):
        one = [line for line in lines if line.right <= left]
        other = [line for line in lines if line.left >= right]
        if right - left >= narrowest and all(map(_is_column, (one, other))) and _overlap(one, other):
            return left
    return None


def _is_column(lines: Sequence[Line]) -> bool:
    rows = _rows(lines)
    widths = [sum(len(line.text) for line in row) for row in rows]
    return len(rows) >= _COLUMN_LINES and median(widths) >= _COLUMN_CHARACTERS


def _overlap(one: Sequence[Line], other: Sequence[Line]) -> bool:
    """Whether two columns stand beside each other, and not one above the other."""
    top, bottom = (
        min(max(line.top for line in side) for side in (one, other)),
        max(min(line.bottom for line in side) for side in (one, other)),
    )
    return top - bottom > _COLUMN_LINES * 0.6 * median(line.size for line in one)


# ------------------------------------------------------------------------------------------------------------- furniture

_NUMBERS = re.compile(r"\d+")
_FOLIO = re.compile(
    r"\W*(?:page |p\. ?|seite |стр\. ?)?(?:\d{1,4}|[ivxl]{1,7})(?: ?(?:/|of|von|из) ?\d{1,4})?\W*", re.I
)


def without_furniture(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """The lines of each page without running heads and feet, and without page numbers.

    A line is furniture where, its numbers aside, it stands among the outermost lines at the same height of at least
    three pages (of both, where there are two), and of two in five from the first of them to the last: left and right
    pages differ, and so do chapters. A number alone is where it stands at the edge of two.
    """
    edges = [_edges(lines) for lines in pages]
    seen: dict[tuple[str, int], list[int]] = {}
    folios: Counter[str] = Counter()
    for number, edge in enumerate(edges):
        for text, height in set(edge.values()):
            for step in (-1, 0, 1):
                seen.setdefault((text, height + step), []).append(number)
            folios[text] += _FOLIO.fullmatch(text.replace("#", "1")) is not None

    def is_furniture(key: tuple[str, int]) -> bool:
        on = sorted(set(seen[key]))
        return folios[key[0]] > 1 or (len(on) >= min(3, max(2, len(pages))) and len(on) >= 0.4 * (on[-1] - on[0] + 1))

    furniture = {key for key in {key for edge in edges for key in edge.values()} if is_furniture(key)}
    return [
        [line for line in lines if edge.get(line) not in furniture] for lines, edge in zip(pages, edges, strict=True)
    ]


def _edges(lines: Sequence[Line]) -> dict[Line, tuple[str, int]]:
    """The outermost lines of a page: (words without their numbers, height in steps of 6 points)."""
    rows = _rows(lines)
    outer = [line for row in (*rows[:_EDGE], *rows[-_EDGE:]) for line in row]
    return {line: (_NUMBERS.sub("#", line.text.casefold()), round(line.bottom / 6)) for line in outer}


# ------------------------------------------------------------------------------------------------------------ paragraphs


@dataclass(slots=True)
class Paragraph:
    """Lines that belong together, each with the number of its page, from 0."""

    lines: list[tuple[int, Line]] = field(default_factory=list)

    @property
    def first(self) -> Line:
        return self.lines[0][1]

    @property
    def last(self) -> Line:
        return self.lines[-1][1]


def paragraphs(pages: Sequence[Page]) -> list[Paragraph]:
    """The paragraphs of a document, in order; one may go on in the next column or on the next page."""
    found: list[Paragraph] = []
    body = body_size(line for page in pages for column in page for line in column)
    before: _Measure | None = None
    for number, page in enumerate(pages):
        for column in page:
            measure = _measure(column)
            fresh = True
            for line in column:
                if not found or not (
                    _flows_on(found[-1], line, before, measure, body)
                    if fresh
                    else _continues(found[-1], line, measure, body)
                ):
                    found.append(Paragraph())
                found[-1].lines.append((number, line))
                fresh = False
            before = measure
    return found


def body_size(lines: Iterable[Line]) -> float:
    """The height of most characters."""
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[round(line.size * 2) / 2] += len(line.text)
    return max(sizes, key=lambda size: (sizes[size], size), default=1.0)


@dataclass(frozen=True, slots=True)
class _Measure:
    """A column's edges, and the usual distance of its lines."""

    left: float
    right: float
    pitch: float


def _measure(column: Column) -> _Measure:
    pitches = sorted(a.bottom - b.bottom for a, b in pairwise(column) if a.bottom > b.bottom)
    rights = sorted(line.right for line in column)
    pitch = pitches[len(pitches) // 4] if pitches else 1.2 * column[0].size
    return _Measure(min(line.left for line in column), rights[(len(rights) - 1) * 19 // 20], pitch)


def _continues(before: Paragraph, b: Line, measure: _Measure, body: float) -> bool:
    """Whether a line goes on with the paragraph above it in the same column."""
    a = before.last
    if _differ(a, b) or BULLET.match(b.text) or min(a.cells, b.cells) > 1:
        return False
    if a.bottom - b.bottom > max(_LOOSE * measure.pitch, measure.pitch + 0.2 * b.size):
        return False
    if is_large(a, body) or (_hyphened(a.text) and b.text[:1].islower()):
        return True
    runs_on = not a.final and b.text[:1].islower()
    if b.left > a.left + _INDENT * b.size:
        hangs = before.first is a and (BULLET.match(a.text) is not None or (not a.final and _is_full(a, b, measure)))
        return runs_on or hangs
    return runs_on or _is_full(a, b, measure)


def _flows_on(before: Paragraph, b: Line, old: _Measure | None, new: _Measure, body: float) -> bool:
    """Whether the first line of a column goes on with the last paragraph of the column before it."""
    a = before.last
    if (
        old is None
        or a.final
        or _differ(a, b)
        or BULLET.match(b.text)
        or is_large(a, body)
        or max(a.cells, b.cells) > 1
    ):
        return False
    indented = b.left > new.left + _INDENT * b.size
    return b.text[:1].islower() or (_is_full(a, b, old) and not indented)


def _differ(a: Line, b: Line) -> bool:
    return abs(a.size - b.size) > _OTHER_SIZE * max(a.size, b.size) or a.bold != b.bold


def is_large(line: Line, body: float) -> bool:
    """Whether a line is set larger than the text."""
    return line.size > (1 + _OTHER_SIZE) * body


def _is_full(a: Line, b: Line, measure: _Measure) -> bool:
    """Whether the next line's first word would not have fitted on this one."""
    return measure.right - a.right < b.lead + 0.25 * a.size


# ------------------------------------------------------------------------------------------------------------- the text

_HYPHENS = "-\u00ad\u2010"
_DIVIDED = re.compile(rf"(?:^|[^\w])?([^\W\d_]{{2,}})[{_HYPHENS}]$")
_FIRST_WORD = re.compile(r"[^\W\d_]+")
_WORDS = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


def _hyphened(text: str) -> bool:
    return text[-1:] in tuple(_HYPHENS) and _DIVIDED.search(text) is not None


def laid_out(found: Sequence[Paragraph], pages: int) -> tuple[str, list[Piece], tuple[int, ...]]:
    """The text, a line per paragraph, its pieces, and where in it each of the pages starts."""
    known = Counter(
        word.casefold() for paragraph in found for _, line in paragraph.lines for word in _WORDS.findall(line.text)
    )
    body = body_size(line for paragraph in found for _, line in paragraph.lines)
    parts: list[str] = []
    pieces: list[Piece] = []
    starts: dict[int, int] = {}
    at = 0
    for paragraph in found:
        begin = at
        for page, line in paragraph.lines:
            if at > begin:
                last, glue = _joined(parts[-1], line.text, known)
                at += len(last) + len(glue) - len(parts[-1])
                parts[-1] = last
                parts.append(glue)
            starts.setdefault(page, at)
            parts.append(line.text)
            at += len(line.text)
        pieces.append(_piece(paragraph, "".join(parts[-2 * len(paragraph.lines) + 1 :]), begin, body))
        parts.append("\n")
        at += 1
    text = "".join(parts[:-1])
    offsets = []
    following = len(text)
    for page in reversed(range(pages)):
        following = min(starts.get(page, following), len(text))
        offsets.append(following)
    return text, pieces, tuple(reversed(offsets))


def _joined(line: str, more: str, known: Counter[str]) -> tuple[str, str]:
    """What is left of a line before the next one, and what goes between them."""
    divided = _DIVIDED.search(line)
    if divided and more[0].islower() and (rest := _FIRST_WORD.match(more)):
        whole, kept = (divided[1] + glue + rest[0] for glue in ("", "-"))
        belongs = line[-1] != "\u00ad" and not known[whole.casefold()] and known[kept.casefold()]
        return line[:-1] + "-" * bool(belongs), ""
    if line[-1] in _HYPHENS and not line[-2:-1].isspace() and len(line) > 1:
        return line[:-1] + "-", ""
    return line, "" if _unspaced(line[-1]) and _unspaced(more[0]) else " "


def _unspaced(char: str) -> bool:
    """Whether a character is of a script without spaces between words: Chinese, Japanese, their punctuation."""
    return "\u2e80" <= char <= "\u9fff" or "\uff00" <= char <= "\uffef" or "\U00020000" <= char <= "\U0003ffff"


def _piece(paragraph: Paragraph, written: str, start: int, body: float) -> Piece:
    first, lines = paragraph.first, len(paragraph.lines)
    piece = Piece(start, start + len(written), lines=lines)
    if marker := BULLET.match(written):
        piece.role = "item"
        piece.start += marker.end() if not written[0].isdigit() and written[0] != "(" else 0
    elif len(written) <= 300 and WORD.search(written) and is_large(first, body):
        piece.role, piece.level = "heading", 1 if first.size > 1.5 * body else 2
    elif first.bold and lines <= 2 and len(written) <= 120 and not paragraph.last.final and not first.cells > 1:
        piece.role, piece.level = "heading", 3
    return piece
