"""A file in an answer: whole, a piece of it, or only its size. Source: RFC 9110 section 14, RFC 9530.

One range of bytes at a time; several at once, as the RFC allows, are answered with the whole.
"""

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.http import parse_etags

from letters.api.problems import RANGE, Fault

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)


@dataclass(frozen=True, slots=True)
class File:
    """A file by what is known of it before it is read. `read` gives all its bytes."""

    name: str
    media_type: str
    size: int
    sha256: str
    read: Callable[[], bytes]

    @property
    def etag(self) -> str:
        """Strong: the same bytes have the same tag and no others do."""
        return f'"{self.sha256}"'


def serve(request: HttpRequest, file: File) -> HttpResponse:
    """The answer to GET or HEAD. Raises Fault for a range outside the file."""
    if file.etag in (known := parse_etags(request.headers.get("If-None-Match", ""))) or known == ["*"]:
        return _described(HttpResponse(status=304), file)
    piece = _piece(request, file) if request.method == "GET" else None
    if request.method == "HEAD":
        response = HttpResponse(content_type=file.media_type)
        response["Content-Length"] = str(file.size)
        return _described(response, file)
    content = file.read()
    if piece is None:
        return _described(HttpResponse(content, content_type=file.media_type), file)
    first, last = piece
    response = HttpResponse(content[first : last + 1], status=206, content_type=file.media_type)
    response["Content-Range"] = f"bytes {first}-{last}/{file.size}"
    return _described(response, file)


def _described(response: HttpResponse, file: File) -> HttpResponse:
    digest = base64.b64encode(bytes.fromhex(file.sha256)).decode("ascii")
    response["ETag"] = file.etag
    response["Repr-Digest"] = f"sha-256=:{digest}:"
    response["Accept-Ranges"] = "bytes"
    response["Content-Disposition"] = f'attachment; filename="{file.name}"'
    return response


def _piece(request: HttpRequest, file: File) -> tuple[int, int] | None:
    """The first and last byte that are asked; None for the whole, also when the file is another by now."""
    match = _RANGE.fullmatch(request.headers.get("Range", "").replace(" ", ""))
    condition = request.headers.get("If-Range")
    if match is None or match.group(0) == "bytes=-" or (condition is not None and condition != file.etag):
        return None
    begin, end = match.groups()
    if begin and end and int(end) < int(begin):
        return None
    first = int(begin) if begin else max(file.size - int(end), 0)
    last = min(int(end), file.size - 1) if begin and end else file.size - 1
    if first >= file.size or (not begin and int(end) == 0):
        raise Fault(RANGE, headers={"Content-Range": f"bytes */{file.size}"})
    return first, last
