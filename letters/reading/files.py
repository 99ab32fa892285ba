"""What kind of file it is, and what is refused before anything opens it.

A file is one kind and one kind only: it begins as that kind and ends as that kind. What hides a second file
(a polyglot), asks a password or brings a script is refused.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from enum import StrEnum

from letters.reading.model import Fault, Refused

#: Source: the contract with the vendor (10 MB, 200–300 dpi).
MAX_BYTES = 10 * 1024 * 1024
#: How much of one packed list of objects of a PDF is unpacked to look for a script.
_UNPACK = 2 * 1024 * 1024
_MOST_STREAMS = 2000


class Kind(StrEnum):
    """The kinds that a vendor may deliver, by their media type."""

    PDF = "application/pdf"
    TIFF = "image/tiff"
    PNG = "image/png"
    JPEG = "image/jpeg"


_STARTS = (
    (b"%PDF-1.", Kind.PDF),
    (b"%PDF-2.", Kind.PDF),
    (b"II*\0", Kind.TIFF),
    (b"MM\0*", Kind.TIFF),
    (b"\x89PNG\r\n\x1a\n", Kind.PNG),
    (b"\xff\xd8\xff", Kind.JPEG),
)
#: With what must follow the word: `<svg` alone comes about by chance in one picture of a thousand.
_HTML = re.compile(rb"<(?:script|html|!doctype html|\?php|svg)[\s>/]", re.IGNORECASE)
_NAME = re.compile(rb"/(?:[A-Za-z]|#[0-9A-Fa-f]{2})+")
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
#: What makes a PDF do something by itself, or carries another file. Each is too long to come about by chance
#: in the bytes of a picture; a script cannot do without the first.
_ACTIVE = frozenset({b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"/RichMedia", b"/SubmitForm"})
_PACKED = re.compile(rb"/ObjStm\b.{0,400}?stream\r?\n", re.DOTALL)


def kind_of(content: bytes) -> Kind:
    """The kind of a file, by its bytes. Raises Refused: too large, no kind of ours, two kinds, or active."""
    if len(content) > MAX_BYTES:
        raise Refused(Fault.TOO_LARGE)
    kind = next((kind for start, kind in _STARTS if content.startswith(start)), None)
    if kind is None:
        raise Refused(Fault.TYPE)
    if not _ends_as(kind, content) or _holds_another(kind, content):
        raise Refused(Fault.TWO_TYPES)
    if kind == Kind.PDF:
        _check_pdf(content)
    return kind


def _ends_as(kind: Kind, content: bytes) -> bool:
    if kind == Kind.PDF:
        end = content.rfind(b"%%EOF")
        return end >= 0 and not content[end + 5 :].strip(b"\r\n \t\0")
    if kind == Kind.PNG:
        return _end_of_png(content) == len(content)
    if kind == Kind.JPEG:
        return content.rstrip(b"\0").endswith(b"\xff\xd9")
    return True


def _end_of_png(content: bytes) -> int:
    """Where the last chunk of a PNG ends; 0 when the chunks make no sense."""
    at = 8
    while at + 12 <= len(content):
        size, name = struct.unpack(">I4s", content[at : at + 8])
        at += 12 + size
        if name == b"IEND":
            return at
    return 0


def _holds_another(kind: Kind, content: bytes) -> bool:
    if kind != Kind.PDF and b"%PDF-" in content:
        return True
    return zipfile.is_zipfile(io.BytesIO(content)) or _HTML.search(content) is not None


def _check_pdf(content: bytes) -> None:
    """Refuse a PDF that is encrypted, or that holds a script or another file, also in packed objects."""
    names = _names(content)
    for packed in _unpacked(content):
        names |= _names(packed)
    if b"/Encrypt" in names:
        raise Refused(Fault.ENCRYPTED)
    if names & _ACTIVE:
        raise Refused(Fault.SCRIPT)


def _names(content: bytes) -> set[bytes]:
    """The names in a PDF, with their escapes undone: `/J#61vaScript` is `/JavaScript`."""
    return {
        _ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), name) for name in set(_NAME.findall(content))
    }


def _unpacked(content: bytes) -> list[bytes]:
    found = []
    for number, match in enumerate(_PACKED.finditer(content)):
        if number == _MOST_STREAMS:
            raise Refused(Fault.TOO_HEAVY)
        try:
            found.append(zlib.decompressobj().decompress(content[match.end() :], _UNPACK))
        except zlib.error:
            continue
    return found
