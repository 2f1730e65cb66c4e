"""E-mail: one message (.eml), or the messages of a mailbox (mbox), and what is attached to them.

Owns how a message comes apart: its headers as facts (From is the author, Subject the title, Date the date), which of
its parts is what it says (plain text before HTML), and which are files of their own. Refuses to know what an attached
file holds. Headers and bytes are taken as they come: a message that breaks the rules is read as far as it goes.

What a message quotes from an earlier one stays in its text, as an aside (`index.read.bodies.read_message` says why).
A picture that is part of the message's own page is passed over; any other part that cannot be read has its reason.
"""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.policy import compat32
from email.utils import getaddresses

from index.errors import ReadError
from index.read.article import Article, Parts
from index.read.bodies import read_body, read_message
from index.read.characters import decode
from index.read.facts import Facts, shaped
from index.read.page import declared_charset

_HEADERS = re.compile(rb"(?:[A-Za-z][A-Za-z-]{0,60}:[^\r\n]*(?:\r?\n[ \t][^\r\n]*){0,200}\r?\n){2,200}")
_KNOWN = re.compile(rb"^(?:From|Date|Subject|Message-ID|Received|Return-Path|MIME-Version|Delivered-To):", re.I | re.M)
_POSTMARK = re.compile(rb"^From [^\r\n]{3,200}(?:19|20)\d\d[^\r\n]{0,40}\r?\n(?=[A-Za-z-]{1,60}:)", re.M)
_ESCAPED = re.compile(rb"^>(>*From )", re.M)
_MOST_PARTS = 1_000  # of one message; a mailing list's digest has a hundred


def looks_like_mail(data: bytes) -> bool:
    """Whether bytes begin with headers, three of those every message has among them."""
    match = _HEADERS.match(data[: 1 << 16].removeprefix(b"\xef\xbb\xbf"))
    return match is not None and len({name.lower() for name in _KNOWN.findall(match[0])}) >= 3


def looks_like_mbox(data: bytes) -> bool:
    """Whether bytes begin with the line that stands before every message of a mailbox."""
    return _POSTMARK.match(data[:4096]) is not None


def read_mbox(data: bytes, parts: Parts) -> Iterator[Article]:
    """The messages of a mailbox, "message 1" the first. A line "From …" after an empty one begins the next."""
    starts = [match for match in _POSTMARK.finditer(data) if _after_empty_line(data, match.start())]
    if not starts:
        raise ReadError("no message in it: none of its lines begins one (From somebody, a date)")
    for number, start in enumerate(starts, 1):
        end = starts[number].start() if number < len(starts) else len(data)
        message = _ESCAPED.sub(rb"\1", data[start.end() : end])
        yield from parts.read("message.eml", message, label=f"message {number}", expands=False)


def _after_empty_line(data: bytes, at: int) -> bool:
    return at == 0 or data[max(0, at - 4) : at].endswith((b"\n\n", b"\n\r\n"))


def read_mail(data: bytes, parts: Parts) -> Iterator[Article]:
    """A message, then what is attached to it. Raises ReadError where there is neither."""
    try:
        message = email.message_from_bytes(data, policy=compat32)
        pieces = _pieces(message)
    except (MessageError, RecursionError, ValueError, LookupError, IndexError) as error:
        raise ReadError(f"not a message that can be read ({type(error).__name__})") from None
    facts = _facts(message)
    body = _body(pieces)
    failed = ""
    if body is not None:
        pieces.remove(body)
        try:
            yield _said(body, facts)
        except ReadError as error:
            failed = error.message
    attached = [piece for piece in pieces if not _is_decoration(piece)]
    for number, piece in enumerate(attached, 1):
        yield from _attached(piece, number, parts)
    if failed and attached:
        parts.skip("text", failed)
    elif failed or (body is None and not attached):
        raise ReadError(failed or "a message without text")


def _pieces(message: Message) -> list[Message]:
    """The parts of a message that hold something themselves, in order; a message inside stays whole."""
    found: list[Message] = []
    waiting = [message]
    while waiting:
        part = waiting.pop(0)
        payload = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(payload, list):
            waiting[:0] = [inner for inner in payload if isinstance(inner, Message)]
        else:
            found.append(part)
        if len(found) + len(waiting) > _MOST_PARTS:
            raise ReadError(f"a message of more than {_MOST_PARTS:,} parts")
    return found


def _body(pieces: list[Message]) -> Message | None:
    """What the message itself says: its first plain text, else its first HTML."""
    own = [part for part in pieces if not _is_file(part)]
    for kind in ("text/plain", "text/html"):
        for part in own:
            if part.get_content_type() == kind and _bytes(part).strip():
                return part
    return None


def _is_file(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or bool(_file_name(part))


def _is_decoration(part: Message) -> bool:
    """Whether a part is no file of its own: the HTML of what was read as text, a picture in it, a signature's key."""
    if _is_file(part) and not (part.get_content_maintype() == "image" and part.get("Content-ID")):
        return False
    inside = part.get_content_maintype() in ("image", "text") or part.get_content_subtype().endswith("signature")
    return inside or not _bytes(part).strip()


def _said(part: Message, facts: Facts) -> Article:
    data, charset = _bytes(part), part.get_content_charset()
    if part.get_content_type() == "text/html":
        return read_body(decode(data, charset or declared_charset(data)), facts, html=True)
    return read_message(decode(data, charset), facts)


def _attached(part: Message, number: int, parts: Parts) -> Iterator[Article]:
    """What is in an attached file, or in a message that was attached whole."""
    payload = part.get_payload()
    if isinstance(payload, list):  # message/rfc822
        try:
            inner = b"\n".join(piece.as_bytes() for piece in payload if isinstance(piece, Message))
        except (MessageError, RecursionError, ValueError, LookupError, IndexError, TypeError, AttributeError) as error:
            parts.skip(f"message {number}", f"not a message that can be read ({type(error).__name__})")
            return
        yield from parts.read("message.eml", inner, label=_file_name(part) or f"attachment {number}")
        return
    name = _file_name(part) or f"attachment {number}"
    yield from parts.read(name, _bytes(part), label=name)


def _bytes(part: Message) -> bytes:
    """The bytes of a part, its transfer encoding undone as far as it can be."""
    try:
        payload = part.get_payload(decode=True)
    except (ValueError, LookupError, TypeError, AttributeError):
        return b""
    return payload if isinstance(payload, bytes) else b""


def _file_name(part: Message) -> str:
    """What an attached file is called, without the folders its sender may have put before it."""
    try:
        name = part.get_filename() or ""
    except (ValueError, LookupError, TypeError):
        return ""
    return " ".join(re.split(r"[/\\]", _words(name))[-1].replace("\0", "").split()).strip(".")


# -------------------------------------------------------------------------------------------------------------- headers


def _facts(message: Message) -> Facts:
    """What the headers say; the outlet is the organisation or the mailing list, where one is named."""
    header = {name.lower(): value for name, value in reversed(message.items())}  # the first of a name counts
    sender = getaddresses([_words(header.get("from", ""))])
    outlet = _words(header.get("organization", "")) or re.sub(r"\s*<.*$", "", _words(header.get("list-id", ""))).strip(
        '" '
    )
    where = re.search(r"https?://[^\s<>]+", str(header.get("archived-at", "")) or "")
    return shaped(
        title=_words(header.get("subject", "")),
        date=str(header.get("date", "")),
        author=next((name or address for name, address in sender if name or address), ""),
        source=outlet,
        url=where[0] if where else "",
        language=_words(header.get("content-language", "")),
    )


def _words(value: object) -> str:
    """A header as it is read: encoded words decoded, folded lines joined."""
    text = str(value)
    try:
        pieces = decode_header(text)
    except (MessageError, ValueError, IndexError):
        return " ".join(text.split())
    words = [piece if isinstance(piece, str) else decode(piece, charset) for piece, charset in pieces]
    return " ".join("".join(words).split())
