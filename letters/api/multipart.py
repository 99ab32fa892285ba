"""A picture with what was read on it, in one request: multipart/related (RFC 2387) or multipart/form-data.

It is taken apart in memory: no clear pixel touches the disk.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.message import Message
from email.parser import HeaderParser
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from letters.api.problems import TOO_BIG, Fault

SCAN_BYTES = 10 * 1024**2
#: A picture with its reading and the lines between them.
MULTIPART_BYTES = SCAN_BYTES + 64 * 1024
#: The types of a scan, with what each of them begins with.
SIGNATURES: Mapping[str, tuple[bytes, ...]] = {
    "application/pdf": (b"%PDF-",),
    "image/tiff": (b"II*\x00", b"MM\x00*"),
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
}
_MOST_PARTS = 8


@dataclass(frozen=True, slots=True)
class Upload:
    """What came in: the picture with the type that its first bytes say it has, and the reading, unchecked."""

    picture: bytes
    media_type: str
    reading: Any


class ScanParser(BaseParser):
    """Gives an Upload. Raises ParseError for what has no such parts, and Fault for too large a picture."""

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Upload:
        boundary = _parameter(media_type or "", "boundary")
        body = stream.read(MULTIPART_BYTES + 1)
        if len(body) > MULTIPART_BYTES:
            raise Fault(TOO_BIG)
        return _upload(list(_parts(body, boundary)))


class RelatedParser(ScanParser):
    media_type = "multipart/related"


class FormParser(ScanParser):
    media_type = "multipart/form-data"


def _parameter(header: str, name: str) -> str:
    message = Message()
    message["Content-Type"] = header
    found = message.get_param(name)
    if not isinstance(found, str) or not 1 <= len(found) <= 70 or not found.isascii():
        raise ParseError
    return found


def _parts(body: bytes, boundary: str) -> Iterator[tuple[Message, bytes]]:
    """The headers and the content of each part."""
    edge = b"\r\n--" + boundary.encode("ascii")
    pieces = (b"\r\n" + body).split(edge)
    if len(pieces) < 2 or len(pieces) > _MOST_PARTS + 2 or not pieces[-1].startswith(b"--"):
        raise ParseError
    for piece in pieces[1:-1]:
        head, found, content = piece.partition(b"\r\n\r\n")
        if not found:
            raise ParseError
        yield HeaderParser().parsestr(head.decode("latin-1").lstrip("\r\n")), content


def _upload(parts: list[tuple[Message, bytes]]) -> Upload:
    pictures: list[bytes] = []
    readings: list[Any] = []
    for headers, content in parts:
        name = headers.get_param("name", header="Content-Disposition")
        if headers.get_content_type() == "application/json" or name == "lezing":
            readings.append(_json(content))
        else:
            pictures.append(content)
    if len(pictures) != 1 or len(readings) > 1:
        raise ParseError
    if len(pictures[0]) > SCAN_BYTES:
        raise Fault(TOO_BIG)
    return Upload(pictures[0], media_type_of(pictures[0]), readings[0] if readings else {})


def _json(content: bytes) -> Any:
    try:
        return json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise ParseError from error


def media_type_of(picture: bytes) -> str:
    """What a file is by its first bytes, whatever the sender calls it; empty when it is none of ours."""
    for kind, signatures in SIGNATURES.items():
        if picture.startswith(signatures):
            return kind
    return ""
