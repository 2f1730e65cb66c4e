"""Pieces become blocks: paragraph, heading or aside, and the facts that stand among them.

Owns what furniture of a page looks like (credits, share buttons, by-lines, lists of links), what a headline and a
sub-heading are, and where a dateline ends and the paragraph begins. Refuses to know which format the text had: it is
given pieces and their roles so far. When in doubt a block is a paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from index.read.article import Article
from index.read.characters import WORD, letters
from index.read.dates import AGENCIES, dateline, iso_date, only_day
from index.read.facts import Facts
from index.read.lines import CLOSERS, FINAL, LINE, Piece, Role, is_final
from index.types import Block, BlockKind, Span

LONGEST_NOISE = 400  # code points; a longer block is prose, whatever it starts with

LINK_ONLY = re.compile(r"!?\[[^\]\[]{0,300}\]\([^()\s]{0,500}(?:\s[^()]{0,200})?\)$")
_SITES = (
    r"(?:twitter|x|facebook|instagram|telegram|youtube|linkedin|threads|tiktok|whatsapp|bluesky|mastodon|vk|rutube"
    r"|ruptly)"
)
_PHOTO = (
    r"(?:getty(?: images)?|afp|ap|reuters|epa|shutterstock|zuma(?: press)?|alamy|adobe stock|usa today network"
    r"|instagram|nasa|tass)"
)
_NOISE = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        r"(?:(?:story|article) continues below )?advertise?ment\W*(?:(?:continue|scroll|story).{0,40})?$",
        r"(?:read|see|watch|listen|view|continue reading)\b.{0,60}\b(?:here|in full|below)\b\W*"
        r"(?:\([^()]{1,30}\)\W*)?$",
        r"(?:read|see) (?:more|also|next|the (?:rest|full|original)\b.{0,40})\W*$",
        r"(?:read|see|learn|watch|more)(?: (?:more|also|next))?\s?[:|»>].{1,160}$",
        r"more (?:on|from|about|coverage)\b.{1,50}[^.!?]$",
        r"(?:\d{1,6} ?)?(?:comments?|kommentare?|commentaires?|comentarios?)\W{0,3}\d{0,6}\W{0,3}$",
        r"(?:write to|contact|e-?mail|reach|follow) .{1,80} (?:at|via) \S+@\S+$",
        r".{0,100}\bsign up for\b.{0,60}[^.!?]$",
        r"(?:related|recommended|trending|most (?:read|popular|viewed)|you (?:may|might) (?:also )?like)"
        r"(?: (?:articles?|stor(?:y|ies)|content|links?|coverage|topics?|news|now|posts?))?\s?:?(?:$|\s?[:|].{0,160}$)",
        rf"\W{{0,3}}(?:follow|like|join|find|connect with)\b.{{0,80}}\bon {_SITES}\b.{{0,60}}$",
        r"(?:share|tweet|email|e-mail|print|comments?|save|copy link|subscribe|sign (?:in|up)|log ?in|menu|search|home"
        r"|up next|loading|watch live|live updates?|full text|abstract|(?:back to )?top|close|next|previous"
        r"|this just in)\W*$",
        r"share (?:this|on|via)\b.{0,60}[^.!?]$",
        r"\W?(?:you can get .{1,60}|sign up|subscribe|click here|tap here|download|get)\b.{0,160}"
        r"\b(?:newsletters?|alerts?|inbox|podcast|app)\b.{0,60}$",
        r"(?:would you like|sign up).{0,80}newsletter\s?\W*$",
        r"(?:©|\(c\)|copyright\b).{0,200}$",
        r".{0,120}\ball rights reserved\W*$",
        r"\(?(?:(?:file )?(?:photos?|images?|picture|photograph|illustration|video)(?: credits?)?|credits?)\s?[:/|]"
        r".{1,200}$",
        r"(?:photo|image|picture|video) (?:by|via|courtesy)\b.{1,120}$",
        rf".{{0,300}}[\w)](?:/| via |, via ){_PHOTO}\.?$",
        rf".{{0,300}}[.!?”\"] ?[^.!?]{{0,40}}\b{_PHOTO}(?: images| photo)\.?$",
        rf"{_PHOTO}\W{{0,3}}(?:{_PHOTO})?\W*$",
        rf".{{0,300}}\((?:photo|image|{_PHOTO})(?: photos?)?[ :/][^()]{{1,80}}\)$",
        r"[-–—\s]*(?:reuters?|more|ends|end|afp|upi|ap|tass)\W*$",
        r"\W?(?:reporting|additional reporting|writing|editing|edited|compiled|reported|written) by\b.{1,300}$",
        r"[-–—]*\s?(?:additional )?reporting (?:by|from)\b.{1,200}$",
        r"[^.]{2,160}\b(?:contributed (?:to this (?:report|story|article)|reporting))\W*$",
        r"this (?:story|article|post|report)(?: and headline)? (?:has|have|was|is) (?:been )?"
        r"(?:updated|corrected|revised)\b.{0,200}$",
        r"(?:\W*https?://\S+|www\.\S+)\s*$",
        r"(?:#\w+[\s,;|]*)+$",
        rf"{_SITES}(?: \([^()]{{1,30}}\))?(?: (?:page|channel|live|and {_SITES}|\| ?{_SITES}))*\W*$",
        r"[\w’' ]{0,30}\bwebsite\W*$",
        r"\d+\. how relevant is this ad to you\?$",
        r"(?:video )?ad feedback\b.{1,300}\d?\d:\d\d(?: ?[-–•|] ?source\b.{0,300})?$",  # another video, with its length
        r"just watched\b.{1,200}\breplay\b.{0,300}$",
    )
)
_RELATED = re.compile(
    r"(?:related|read (?:more|also|next)|see also|more (?:[\w-]+ ){0,2}(?:on|from|about|stories)|recommended)\b.{0,60}$",
    re.I,
)
_STAMP = re.compile(
    r"(?:(?:first |last )?(?:published|updated|posted|modified)(?: on| at)?|(?:veröffentlicht|aktualisiert)(?: am)?"
    r"|(?:publié|mis à jour)(?: le)?|(?:publicado|actualizado)(?: el)?)\b[^.!?]{0,12}\d.{0,80}$",
    re.I,
)
_CHANGED = re.compile(r"\b(?:updated|modified|aktualisiert|mis à jour|actualizado)\b", re.I)
_NAME = r"[A-ZÀ-ÞА-Я][\w.'’-]*(?: (?:[A-ZÀ-ÞА-Я][\w.'’-]*|de|van|von|der|bin|al|el|la|da|di|le)){1,4}"
_DAY = r"(?:(?:Published|Updated|Posted):? )?(?:[A-Z][a-z]{2,8},? )?(?:\d|[A-Z][a-z]{2,8}\.? \d)[^!?]{0,12}\d\d.{0,40}"
_BYLINE = re.compile(
    rf"(?:[Bb]y|BY|[Vv]on|Par|Por|От|Автор:?) ({_NAME}(?:(?:, | and | AND | & |, and | und | et | y ){_NAME}){{0,5}})"
    r"(?:,? (?:[A-Z][\w.&'’-]*|the|of|for|and|in)){0,8}(?:[,|]|(?:,| ?[|·•—–-]| on| am| posted) ?" + _DAY + ")?$"
)
LONGEST_STAMP = 60  # code points: a weekday, a day, an hour and its zone
LONGEST_BYLINE = 160  # code points: six names and their desks
_SIGNED = re.compile(rf"[-–—―]{{1,2}}\s?(?:[Tt]he )?{_NAME}(?:(?:, | and |, and ){_NAME}){{0,3}}$")
_SPEECH = re.compile(r"\b(?:said|says|told|added)\b", re.I)
_ORNAMENT = re.compile(r"^[^\w\"'“‘«(\[#@©$€£<‚„—–―-]+")  # emoji and dots before the first word
_SAID = re.compile(
    r"(?:^|[,\s”\"’])(?:said|says|told|added|noted|stressed|recalled|explained|claimed|warned|asked|argued|wrote|tweeted)$",
    re.I,
)
_QUOTE_END = re.compile(r"[”\"»][.,!?]?$|[.,!?][’']$")
_STOP_INSIDE = re.compile(r"[^\W\d_A-Z]{3}[.!?] [A-ZА-Я]")
_INSIDE_END = re.compile(r"[.!?…][\"”] |[\w)][.!?…][’']? [\W_]*[—–―]")  # a quotation with its source
_SMALL = frozenset(
    """
    a an and as at but by for from if in into is nor of off on or over per so than that the to up via vs with yet
    no not are be was its his her it this these how who""".split()
)


def byline(line: str) -> str | None:
    """Who wrote it, where that is all a line says, perhaps with the day behind it.

    >>> byline("By Jane Roe and John Doe | January 2, 2022"), byline("By John Doe, who left in 2016")
    ('Jane Roe and John Doe', None)
    """
    found = _BYLINE.match(line) if len(line) <= LONGEST_BYLINE else None
    return found[1] if found else None


def finish(text: str, end: int, pieces: list[Piece], facts: Facts) -> Article:
    """A whole file as an article: front matter (all before ``end``) as an aside, then the judged pieces as blocks."""
    front = 1 if end and text.startswith("\ufeff") else 0
    pieces, facts = _judge(text, pieces, facts)
    blocks = [Block(Span(front, end), "aside")] if end else []
    return Article(text, (*blocks, *map(_block, pieces)), facts)


def _block(piece: Piece) -> Block:
    kinds: dict[Role, BlockKind] = {"heading": "heading", "aside": "aside"}
    return Block(Span(piece.start, piece.end), kinds.get(piece.role, "paragraph"))


def _judge(text: str, pieces: list[Piece], facts: Facts) -> tuple[list[Piece], Facts]:
    """Decides what each piece is, takes datelines off paragraphs, and adds the facts that stand in the text."""
    judged, facts = _asides(text, pieces, facts)
    judged, facts = _datelined(text, judged, facts)
    facts = _titled(text, judged, facts)
    _subheadings(text, judged)
    _link_list(text, judged)
    if not any(piece.role in ("text", "item") for piece in judged):  # a caption, a list, a post: it is all there is
        for piece in judged:
            said = piece.role == "aside" and not piece.fixed and WORD.search(text, piece.start, piece.end)
            piece.role = "text" if said else piece.role
    return judged, facts


def _asides(text: str, pieces: list[Piece], facts: Facts) -> tuple[list[Piece], Facts]:
    quoted = False  # the paragraph before ends in a quotation: "— A Name" below it names the speaker
    for index, piece in enumerate(pieces):
        if index in (1, 2) and piece.end - piece.start < 20 and text[piece.start : piece.end].casefold() in AGENCIES:
            piece.role = "aside"
            name = text[pieces[index - 1].start : pieces[index - 1].end]
            if facts.title and len(name) < 60 and re.fullmatch(_NAME, name):  # a by-line without "by" above the outlet
                pieces[index - 1].role, facts = "aside", facts.then(Facts(author=name))
        if piece.role in ("text", "item"):
            line = _ORNAMENT.sub("", text[piece.start : min(piece.end, piece.start + LONGEST_NOISE + 1)], count=1)
            line = line.replace("\u00a0", " ")
            early = index < 6
            if piece.end - piece.start <= LONGEST_NOISE and piece.lines == 1:
                author = byline(line) if early else None
                stamp = _STAMP.match(line) if len(line) <= 120 else None
                day = only_day(line) if not stamp and early and len(line) <= LONGEST_STAMP else None
                if author or stamp or day or _is_noise(line, quoted):
                    piece.role = "aside"
                    facts = facts.then(replace(_stamped(line) if stamp else Facts(date=day), author=author))
            elif not WORD.search(text, piece.start, piece.end):
                piece.role = "aside"
        quoted = _QUOTE_END.search(text[max(piece.start, piece.end - 4) : piece.end]) is not None
    return pieces, facts


def _stamped(line: str) -> Facts:
    """The days in "Published January 2, 2022 10:15, updated January 3, 2022"."""
    published, _, changed = _CHANGED.sub("\n", line, count=1).partition("\n")
    return Facts(date=iso_date(published), modified=iso_date(changed))


def _is_noise(line: str, quoted: bool) -> bool:
    """Whether a line is furniture of the page: share buttons, credits, addresses, ornaments."""
    if not WORD.search(line):
        return True
    if _SPEECH.search(line):
        return False
    if not quoted and len(line) <= 80 and _SIGNED.match(line):
        return True
    return any(pattern.match(line) for pattern in _NOISE)


def _datelined(text: str, pieces: list[Piece], facts: Facts) -> tuple[list[Piece], Facts]:
    """The dateline of the first paragraphs, as an aside of its own."""
    result: list[Piece] = []
    tried = 0
    for piece in pieces:
        found = (
            dateline(text[piece.start : min(piece.end, piece.start + 160)])
            if piece.role == "text" and tried < 4
            else None
        )
        pin = text[piece.start] == "📍"  # a pin stands where it likes
        tried += piece.role == "text"
        if found is None or (tried > 2 and not pin and found.source is None):
            result.append(piece)
            continue
        facts = facts.then(Facts(place=found.place, date=found.date, source=found.source))
        tried += 4
        result.append(Piece(piece.start, piece.start + found.end, "aside", fixed=True))
        rest = LINE.search(text, piece.start + found.end, piece.end)
        if rest:
            result.append(replace(piece, start=rest.start()))
    return result, facts


def _titled(text: str, pieces: list[Piece], facts: Facts) -> Facts:
    """The title where the first line is one: it becomes a heading."""
    live = [piece for piece in pieces[:12] if piece.role != "aside"][:2]
    if not live or live[0].role not in ("text", "item") or live[0].end - live[0].start > 250:
        return facts
    first = text[live[0].start : live[0].end]
    if facts.title and letters(first) == letters(facts.title):
        live[0].role = "heading"
    elif not facts.title and len(live) > 1 and live[0].role == "text" and _is_headline(first, live[0].lines):
        live[0].role, live[0].level = "heading", 1
        return replace(facts, title=first)
    return facts


def _is_headline(line: str, lines: int) -> bool:
    """Whether a first line is a title: All Its Longer Words Capitalised, or short and without a final stop."""
    words = line.split()
    if lines > 2 or not 2 <= len(words) <= 25 or len(line) > 200 or line[-1] in ",:;—–-" or _speaks(line):
        return False
    if len(words) >= 4 and _all_capitals(words) and not _STOP_INSIDE.search(line):
        return True
    return lines == 1 and len(line) <= 110 and line.rstrip(CLOSERS)[-1:] not in FINAL and _looks_titled(line)


def _all_capitals(words: Iterable[str]) -> bool:
    """Whether every longer word of a line starts with a capital or a digit."""
    bare = [word.strip("\"'“”‘’«»()[],.:;?!") for word in words]
    longer = [word for word in bare if word and word.lower() not in _SMALL]
    return len(longer) >= 3 and not any(word[0].islower() for word in longer)


def _speaks(line: str) -> bool:
    """Whether a line attributes words to somebody, and so may be an answer."""
    bare = line.rstrip(CLOSERS + ".!")
    return _SAID.search(bare) is not None or re.search(r",[”\"] ?\w", line) is not None


def _looks_titled(line: str) -> bool:
    """Starts as a title does, and is mostly letters."""
    visible = line.replace(" ", "")
    count = sum(char.isalpha() for char in visible)
    start = _ORNAMENT.sub("", line, count=1).lstrip("\"'“‘«(")[:1]
    return count >= 0.6 * len(visible) and (start.isdigit() or (start.isalpha() and not start.islower()))


def _may_head(text: str, piece: Piece) -> bool:
    """Whether a piece, by itself, could be a sub-heading."""
    size = piece.end - piece.start
    numbered = piece.role == "item" and text[piece.start].isdigit()
    if not (piece.role == "text" or numbered) or piece.lines > 1 or not 2 <= size <= 90:
        return False
    line = text[piece.start : piece.end]
    if line.rstrip(CLOSERS)[-1:] in FINAL or line[-1] in ",-–—" or line[0] in "-–—―#@<" or "@" in line:
        return False
    if line[0] in '“"«' and line[-1] in '”"»':  # all of it quoted: somebody's words
        return False
    if _speaks(line) or _STOP_INSIDE.search(line) or _INSIDE_END.search(line) or len(line.split()) > 14:
        return False
    digits = sum(char.isdigit() for char in line.lstrip("0123456789"))
    return _looks_titled(line) and digits * 5 <= size


def _subheadings(text: str, pieces: list[Piece]) -> None:
    """Short lines without a final stop between paragraphs: at most two in a row, and prose must follow."""
    live = [piece for piece in pieces if piece.role != "aside"]
    heads = [_may_head(text, piece) for piece in live]
    run: list[int] = []
    for index, piece in enumerate(live):
        if heads[index]:
            run.append(index)
            continue
        prose = piece.role in ("text", "item") and (piece.end - piece.start > 120 or is_final(text, piece))
        if len(run) <= 2 and (prose or piece.role == "heading"):
            for which in run:
                live[which].role = "heading"
        run = []


def _link_list(text: str, pieces: list[Piece]) -> None:
    """Headlines of other articles, listed at the end: three or more short items without a final stop."""
    run: list[Piece] = []
    before: Piece | None = None
    for piece in reversed(pieces):
        if piece.role == "aside" and not run:
            continue
        if piece.role != "item":
            before = piece
            break
        run.append(piece)
    related = before is not None and _RELATED.match(text[before.start : min(before.end, before.start + 80)]) is not None
    introduced = before is not None and text[before.end - 1] == ":" and not related
    open_ended = [piece for piece in run if _is_link(text, piece)]
    if introduced or len(run) < (1 if related else 3) or len(open_ended) * 5 < len(run) * 4:
        return
    for piece in run:
        piece.role = "aside"
    if related and before is not None:
        before.role = "aside"


def _is_link(text: str, piece: Piece) -> bool:
    line = text[piece.start : min(piece.end, piece.start + 400)]
    if piece.end - piece.start < 400 and LINK_ONLY.match(line):
        return True
    return piece.end - piece.start <= 160 and line.rstrip(CLOSERS)[-1:] not in ".…" and not _speaks(line)
