"""Files that hold files: ZIP and tar archives, and what gzip, bzip2 or xz has compressed.

Owns how their members come out: one at a time, counted as they are inflated (what a header says is not believed), under
names that stay inside. Refuses to write anything to a disk and to know what a member is: `Parts` reads it as a file of
its name. A member that cannot be had is noted with its reason, the others are read.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import PurePosixPath
from typing import IO, TYPE_CHECKING

from index.errors import ReadError
from index.read.article import MAX_EXPANDED, MAX_PARTS, Article, Parts, TooMuch
from index.read.files import MAX_BYTES

if TYPE_CHECKING:
    from tarfile import TarInfo
    from zipfile import ZipFile, ZipInfo

MAX_RATIO = 200  # times its compressed size: text reaches 10, a table of zeros 100; a bomb starts at 1,000
_SMALL = 1 << 20  # bytes: below this no ratio does harm
_TOO_MUCH = f"expands past {MAX_EXPANDED:,} bytes; unpack it"
_STEP = 1 << 18  # bytes inflated at a time


# ------------------------------------------------------------------------------------------------------------------ ZIP


def open_zip(data: bytes) -> ZipFile:
    """A ZIP archive. Raises ReadError where it is damaged or has too many members."""
    import zipfile

    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, UnicodeError) as error:
        raise ReadError("damaged ZIP archive, or cut off") from error
    if len(archive.infolist()) > MAX_PARTS:
        raise TooMuch(f"more than {MAX_PARTS:,} files inside; unpack it")
    return archive


def member(archive: ZipFile, info: ZipInfo | str, most: int = MAX_BYTES) -> bytes:
    """The bytes of a member. Raises ReadError where it is not there, encrypted, damaged, or larger than ``most``."""
    import zipfile
    import zlib
    from lzma import LZMAError

    try:
        info = archive.getinfo(info) if isinstance(info, str) else info
        if info.flag_bits & 1:
            raise ReadError("encrypted; unpack it with its password")
        with archive.open(info) as file:
            return _inflated(file, max(info.compress_size, 1), most)
    except KeyError as error:
        raise ReadError(f"{info} is missing in it") from error
    except (zipfile.BadZipFile, zlib.error, LZMAError, EOFError, OSError, ValueError, RuntimeError) as error:
        raise ReadError(f"damaged, or compressed in a way that is not known ({error})") from error


def _inflated(file: IO[bytes], compressed: int, most: int) -> bytes:
    """What comes out of a compressed file. Raises ReadError before there is too much of it, TooMuch where that is
    because of what others have taken."""
    parts: list[bytes] = []
    size = 0
    while part := file.read(_STEP):
        size += len(part)
        if size > most:
            if most < MAX_BYTES:
                raise TooMuch(_TOO_MUCH)
            raise ReadError(f"expands past {most:,} bytes")
        if size > max(_SMALL, MAX_RATIO * compressed):
            raise ReadError(f"expands to more than {MAX_RATIO} times its size")
        parts.append(part)
    return b"".join(parts)


def read_zip(data: bytes, parts: Parts) -> Iterator[Article]:
    """The articles in a ZIP archive, member by member in the order of the archive."""
    with open_zip(data) as archive:
        infos = [info for info in archive.infolist() if not info.is_dir()]
        pages = _pages(info.filename for info in infos)
        for info in infos:
            name = info.filename.replace("\\", "/")
            if _is_wanted(name, pages, parts):
                try:
                    data = member(archive, info, _most(parts))
                except TooMuch:
                    raise
                except ReadError as error:
                    parts.skip(name, error.message)
                else:
                    yield from parts.read(name, data)


def _most(parts: Parts) -> int:
    """How large the next member may be. Raises TooMuch where nothing more may come out."""
    if parts.spent >= MAX_EXPANDED:
        raise TooMuch(_TOO_MUCH)
    return min(MAX_BYTES, MAX_EXPANDED - parts.spent)


# ------------------------------------------------------------------------------------------------------------------ tar


def looks_like_tar(data: bytes) -> bool:
    return data.startswith(b"ustar", 257) and b"\0" in data[:512]


def read_tar(data: bytes, parts: Parts) -> Iterator[Article]:
    """The articles in a tar archive, member by member in its order."""
    import tarfile

    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
            infos = _bounded(archive)
            pages = _pages(info.name for info in infos)
            for info in infos:
                if info.isdir() or not _is_wanted(info.name, pages, parts):
                    continue
                file = archive.extractfile(info) if info.isreg() else None
                if file is None:
                    parts.skip(info.name, "a link or a device, not a file")
                    continue
                try:
                    data = _inflated(file, MAX_BYTES, _most(parts))
                except (tarfile.TarError, EOFError, OSError) as error:
                    parts.skip(info.name, f"damaged ({error})")
                except TooMuch:
                    raise
                except ReadError as error:
                    parts.skip(info.name, error.message)
                else:
                    yield from parts.read(info.name, data)
    except (tarfile.TarError, EOFError, ValueError, OSError) as error:
        raise ReadError("damaged tar archive, or cut off") from error


def _bounded(archive: Iterable[TarInfo]) -> list[TarInfo]:
    """The members of a tar archive. Raises TooMuch where there are too many."""
    infos = []
    for info in archive:
        infos.append(info)
        if len(infos) > MAX_PARTS:
            raise TooMuch(f"more than {MAX_PARTS:,} files inside; unpack it")
    return infos


# ---------------------------------------------------------------------------------------------------------- one file

_COMPRESSED = {b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\xfd7zXZ\0": "xz"}
_TAR_SUFFIXES = {".tgz", ".tbz", ".tbz2", ".txz"}


def looks_compressed(data: bytes) -> bool:
    """Whether bytes are compressed by gzip, bzip2 or xz."""
    if data.startswith(b"BZh"):
        return data[3:4].isdigit() and data[4:10] in (b"1AY&SY", b"\x17rE8P\x90")
    return data.startswith((b"\x1f\x8b", b"\xfd7zXZ\0"))


def read_compressed(data: bytes, parts: Parts) -> Iterator[Article]:
    """The articles in ``a.html.gz`` or ``2012.tar.xz``: what was compressed is read under the name that is left."""
    import bz2
    import gzip
    import lzma
    import zlib

    kind = next((kind for mark, kind in _COMPRESSED.items() if data.startswith(mark)), None)
    if kind is None:
        raise ReadError("not compressed, though its name says so")
    openers: dict[str, Callable[[IO[bytes]], IO[bytes]]] = {"gzip": gzip.open, "bzip2": bz2.open, "xz": lzma.open}  # type: ignore[dict-item]
    try:
        with openers[kind](io.BytesIO(data)) as file:
            inner = _inflated(file, len(data), _most(parts))
    except (zlib.error, lzma.LZMAError, EOFError, OSError, ValueError) as error:
        raise ReadError(f"damaged {kind} file, or cut off") from error
    if looks_compressed(inner):
        raise ReadError("compressed more than once; unpack it")
    path = PurePosixPath(parts.name)
    name = f"{path.stem}.tar" if path.suffix.lower() in _TAR_SUFFIXES else path.stem
    yield from parts.read(name, inner, label="")


# ---------------------------------------------------------------------------------------------------------------- names

_DRIVE = re.compile(r"[A-Za-z]:")


def _is_wanted(name: str, pages: frozenset[str], parts: Parts) -> bool:
    """Whether a member is an article's file: not hidden, not a saved page's pictures and scripts.

    One whose name leads out of the archive is noted: nothing is written here, but its name would be shown as a path.
    """
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or _DRIVE.match(name):
        parts.skip(name, "its name leads out of the archive")
        return False
    if any(part.startswith(".") for part in path.parts) or path.parts[:1] == ("__MACOSX",):
        return False
    return not any(str(folder) in pages for folder in path.parents)


def _pages(names: Iterable[str]) -> frozenset[str]:
    """The folders in which browsers keep what belongs to a saved page: ``story_files`` beside ``story.html``."""
    paths = (PurePosixPath(name.replace("\\", "/")) for name in names)
    return frozenset(str(path.with_name(f"{path.stem}_files")) for path in paths if path.suffix.lower() in PAGES)


PAGES = frozenset({".html", ".htm", ".xhtml"})
