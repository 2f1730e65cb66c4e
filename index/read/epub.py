"""E-books and saved pages that are packed into one file: EPUB and MHTML.

Owns the order of a book's files, the names of its chapters, and which part of a packed page is the page. Refuses to
know HTML: what it finds is read as a page, or as a piece of one.

Each file of a book's spine is an article of its own, named by its file and titled by the table of contents; the book is
its outlet. So a place reads "chapter, paragraph 12", as a reader finds it, and not "paragraph 4,310 of the book", and
who "she" is, is looked for in the chapter and not in another writer's.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from index.errors import ReadError
from index.read.archive import member, open_zip
from index.read.article import Article, Parts
from index.read.characters import decode
from index.read.dates import iso_date
from index.read.facts import Facts, tidy
from index.read.html import read_fragment, read_html
from index.read.page import declared_charset
from index.read.xml import elements, salvaged

if TYPE_CHECKING:
    from zipfile import ZipFile

_PAGES = ("application/xhtml+xml", "text/html", "application/x-dtbook+xml")
_FONTS = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")


def looks_like_epub(data: bytes) -> bool:
    return data.startswith(b"PK\x03\x04") and b"application/epub+zip" in data[:200]


def read_epub(data: bytes, parts: Parts) -> Iterator[Article]:
    """The chapters of a book, in the order they are read. Raises ReadError where it is encrypted or damaged."""
    with open_zip(data) as archive:
        package = _package(archive)
        root = _tree(member(archive, package))
        folder = posixpath.dirname(package)
        items = {item.get("id"): item for item in elements(root, "item")}
        book = _book(root)
        names = _chapters(archive, folder, list(items.values()))
        locked = _locked(archive)
        for reference in elements(root, "itemref"):
            item = items.get(reference.get("idref"))
            if item is None or item.get("media-type") not in _PAGES or "nav" in (item.get("properties") or "").split():
                continue
            name = _inside(folder, item.get("href") or "")
            if name in locked:
                raise ReadError("encrypted by the shop that sold it (DRM)")
            try:
                page = member(archive, name)
            except ReadError as error:
                parts.skip(name, error.message)
                continue
            parts.spend(len(page))
            article = _chapter(page, Facts(title=names.get(name)), book)
            if article is not None:  # a cover, or a page with a picture
                yield replace(article, name=name)


def _chapter(page: bytes, facts: Facts, book: Facts) -> Article | None:
    source = decode(page, declared_charset(page)).replace("\0", "\ufffd")
    body = source[max(0, source.find("<body")) :]
    try:
        article = read_fragment(body, facts)
    except ReadError:
        return None
    own = replace(article.facts, source=None, date=None, author=None, modified=None)  # chapters have no by-lines
    first = next(iter(article.blocks), None)
    heading = first.span.of(article.text) if first is not None and first.kind == "heading" else None
    return replace(article, facts=own.then(Facts(title=heading)).then(book).then(Facts(title=book.source)))


def _tree(data: bytes) -> Any:  # noqa: ANN401  # lxml is untyped
    try:
        root = salvaged(decode(data, declared_charset(data)))
    except ValueError as error:
        raise ReadError("damaged: its XML does not parse") from error
    if root is None:
        raise ReadError("damaged: its XML does not parse")
    return root


def _said(root: Any, name: str) -> list[str]:  # noqa: ANN401
    return [text for e in elements(root, name) if (text := tidy("".join(e.itertext())))]


def _package(archive: ZipFile) -> str:
    """Where the package document stands."""
    for found in elements(_tree(member(archive, "META-INF/container.xml")), "rootfile"):
        if found.get("full-path"):
            return str(found.get("full-path"))
    raise ReadError("damaged e-book: nothing says where its contents are")


def _book(root: Any) -> Facts:  # noqa: ANN401
    titles, authors, dates, languages = (_said(root, name) for name in ("title", "creator", "date", "language"))
    return Facts(
        source=next(iter(titles), None),
        author=", ".join(authors) or None,
        date=iso_date(next(iter(dates), None)),
        language=next(iter(languages), None),
    )


def _inside(folder: str, href: str) -> str:
    return posixpath.normpath(posixpath.join(folder, unquote(href.partition("#")[0])))


def _chapters(archive: ZipFile, folder: str, items: list[Any]) -> dict[str, str]:
    """The titles in the table of contents, by the file they lead to; the first of a file counts."""
    found: dict[str, str] = {}
    for item in items:
        name = _inside(folder, item.get("href") or "")
        nav = "nav" in (item.get("properties") or "").split()
        if not nav and item.get("media-type") != "application/x-dtbncx+xml":
            continue
        try:
            root = _tree(member(archive, name))
        except ReadError:
            continue  # a book without one is read too
        base = posixpath.dirname(name)
        for entry in elements(root, "a" if nav else "navPoint"):
            label = "".join(entry.itertext()) if nav else next(iter(_said(entry, "text")), "")
            href = entry.get("href") if nav else next((e.get("src") for e in elements(entry, "content")), None)
            if href and tidy(label):
                found.setdefault(_inside(base, href), tidy(label) or "")
    return found


def _locked(archive: ZipFile) -> frozenset[str]:
    """The files that are encrypted; fonts may be, to no harm."""
    if "META-INF/encryption.xml" not in archive.namelist():
        return frozenset()
    found: set[str] = set()
    for entry in elements(_tree(member(archive, "META-INF/encryption.xml")), "EncryptedData"):
        method = next((e.get("Algorithm") for e in elements(entry, "EncryptionMethod")), None)
        if method not in _FONTS:
            found.update(unquote(e.get("URI") or "") for e in elements(entry, "CipherReference"))
    return frozenset(found)


# ---------------------------------------------------------------------------------------------------------------- MHTML

_RELATED = re.compile(rb"^content-type:\s*multipart/related\b", re.I | re.M)


def looks_like_mhtml(data: bytes) -> bool:
    head = data[:8192].replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    return _RELATED.search(head) is not None and b"\nmime-version:" in b"\n" + head.lower()


def read_mhtml(data: bytes) -> Article:
    """The page in a page that a browser saved into one file. Raises ReadError where there is none."""
    from email import message_from_bytes
    from email.policy import compat32

    message = message_from_bytes(data, policy=compat32)
    for part in message.walk():
        if part.get_content_type() in ("text/html", "application/xhtml+xml"):
            page = part.get_payload(decode=True)
            if not isinstance(page, bytes):
                break
            charset = part.get_content_charset()
            if charset and declared_charset(page) is None:
                page = decode(page, charset).encode()
            article = read_html(page)
            address = tidy(str(message.get("Snapshot-Content-Location") or part.get("Content-Location") or ""))
            url = address if address and address.startswith(("http://", "https://")) else None
            return replace(article, facts=article.facts.then(Facts(url=url)))
    raise ReadError("a saved page without a page in it")
