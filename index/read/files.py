"""Files as bytes: opened without harm, read whole, and named by what they hold.

Owns what counts as a regular file, how much of one is read, the marks by which a change is noticed, and the signatures
of binary formats. Refuses to know what the bytes say: characters, formats of texts and articles are for others.
"""

from __future__ import annotations

import errno
import os
import stat
from dataclasses import dataclass
from hashlib import blake2b

from index.errors import ReadError
from index.types import changed_ns

MAX_BYTES = 256 * 1024 * 1024  # a day of a news wire is under 1 MB; decoding needs up to 5 times this in memory


@dataclass(frozen=True, slots=True)
class Loaded:
    """The bytes of a regular file as they were at one moment. ``hash`` is their BLAKE2b-128 in hex."""

    data: bytes
    size: int
    changed_ns: int
    hash: str


def load(path: str | os.PathLike[str]) -> Loaded:
    """The bytes of a regular file, and its marks. Never blocks on a pipe or a device.

    Raises ReadError where the file is not regular, not readable, larger than MAX_BYTES, or twice changes while it is
    read.
    """
    try:
        for _ in range(2):
            loaded = _load_once(path)
            if loaded is not None:
                return loaded
    except (OSError, ValueError) as error:
        raise ReadError(_reason(path, error)) from error
    raise ReadError("changed while being read")


def _load_once(path: str | os.PathLike[str]) -> Loaded | None:
    """The file, or None where it changed between its first byte and its last."""
    _require_regular(os.stat(path).st_mode)  # noqa: PTH116  # before opening: opening a device may already act on it
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOCTTY", 0)
    with os.fdopen(os.open(path, flags | getattr(os, "O_BINARY", 0)), "rb", buffering=0) as file:
        before = os.fstat(file.fileno())
        _require_regular(before.st_mode)  # again: the name may mean another file by now
        if before.st_size > MAX_BYTES:
            raise ReadError(f"{before.st_size:,} bytes are more than the {MAX_BYTES:,} that are read; split the file")
        data = _read_at_most(file.fileno(), before.st_size + 1)
        after = os.fstat(file.fileno())
    if len(data) != before.st_size or (before.st_size, changed_ns(before)) != (after.st_size, changed_ns(after)):
        return None
    return Loaded(data, before.st_size, changed_ns(before), blake2b(data, digest_size=16).hexdigest())


def _read_at_most(descriptor: int, limit: int) -> bytes:
    parts = []
    while limit > 0 and (part := os.read(descriptor, min(limit, 1 << 22))):
        parts.append(part)
        limit -= len(part)
    return b"".join(parts)


_KINDS = (
    (stat.S_ISDIR, "a directory"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def _require_regular(mode: int) -> None:
    if not stat.S_ISREG(mode):
        kind = next((name for test, name in _KINDS if test(mode)), "something else")
        raise ReadError(f"not a regular file ({kind})")


def _reason(path: str | os.PathLike[str], error: OSError | ValueError) -> str:
    if not isinstance(error, OSError):
        return f"not a path ({error})"
    if error.errno == errno.ENOENT:
        return "dangling symbolic link" if os.path.islink(path) else "no such file"  # noqa: PTH114
    known = {
        errno.EACCES: "permission denied",
        errno.EPERM: "permission denied",
        errno.ELOOP: "a loop of symbolic links",
        errno.ENAMETOOLONG: "the name is too long",
        errno.ENOTDIR: "no such file",
        errno.EISDIR: "not a regular file (a directory)",
        errno.EIO: "the disk could not read it",
    }
    return known.get(error.errno or 0) or f"cannot be opened ({error.strerror or error})"


_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xff\xd8\xff", "JPEG"),
    (0, b"\x89PNG\r\n", "PNG"),
    (0, b"GIF87a", "GIF"),
    (0, b"GIF89a", "GIF"),
    (0, b"%PDF-", "PDF"),
    (0, b"PK\x03\x04", "ZIP"),
    (0, b"PK\x05\x06", "ZIP"),
    (0, b"\x1f\x8b", "gzip"),
    (0, b"BZh", "bzip2"),
    (0, b"\xfd7zXZ\0", "xz"),
    (0, b"\x28\xb5\x2f\xfd", "zstd"),
    (0, b"7z\xbc\xaf\x27\x1c", "7z"),
    (0, b"Rar!\x1a\x07", "RAR"),
    (0, b"\x7fELF", "a Linux program"),
    (0, b"\xca\xfe\xba\xbe", "a program"),
    (0, b"\xcf\xfa\xed\xfe", "a program"),
    (0, b"\0asm", "WebAssembly"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old or an encrypted Office file"),
    (0, b"SQLite format 3\0", "SQLite"),
    (0, b"II*\0", "TIFF"),
    (0, b"MM\0*", "TIFF"),
    (0, b"{\\rtf", "RTF"),
    (0, b"%!PS", "PostScript"),
    (0, b"ID3", "MP3"),
    (0, b"OggS\0", "Ogg"),
    (0, b"fLaC\0", "FLAC"),
    (0, b"wOFF", "a font"),
    (0, b"wOF2", "a font"),
    (4, b"ftyp", "MP4"),
    (8, b"WEBP", "WebP"),
    (8, b"WAVE", "WAV"),
    (257, b"ustar", "tar"),
)
_NEEDS_NUL = {"bzip2", "MP3", "MP4", "WebP", "WAV", "a font", "tar"}  # their marks are letters: a text may start so


def binary_format(data: bytes) -> str | None:
    """The binary format whose mark the data bear, if any."""
    binary = b"\0" in data[:4096]
    for at, mark, name in _MAGIC:
        if data.startswith(mark, at) and (binary or name not in _NEEDS_NUL):
            return name
    if binary and data.startswith((b"MZ", b"BM")):
        return "a Windows program" if data.startswith(b"MZ") else "BMP"
    return None
