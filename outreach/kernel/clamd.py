"""A client of clamd, the virus scanner of ClamAV: a stream goes in, and only its plain "OK" is a yes.

Source: man 8 clamd, INSTREAM. Whatever else happens (no answer, a strange one, a file that is larger than
StreamMaxLength of clamd) raises ClamdFailed, and whoever asked lets nothing through.
"""

import logging
import re
import socket
import struct
import time
from typing import BinaryIO
from urllib.parse import urlsplit

from django.conf import settings

_CHUNK = 256 * 1024
_MOST_ANSWER = 4096
_FOUND = re.compile(r"stream: ([\x21-\x7e]{1,200}) FOUND")
_logger = logging.getLogger(__name__)


class ClamdFailed(Exception):
    """clamd said neither yes nor no. `str()` names the reason and nothing of the file."""


def is_clean(stream: BinaryIO) -> bool:
    """Whether clamd at `settings.CLAMD_ADDRESS` finds nothing in the stream. Raises ClamdFailed."""
    try:
        with _connected() as line:
            answer = _asked(line, stream)
    except OSError as error:
        raise ClamdFailed(f"clamd: {type(error).__name__}") from error
    if answer == "stream: OK":
        return True
    found = _FOUND.fullmatch(answer)
    if found is None:
        _logger.warning("clamd gave no yes or no: %r", answer[:200])
        raise ClamdFailed("clamd gave no yes or no")
    _logger.warning("clamd found %s", found[1])
    return False


def _connected() -> socket.socket:
    """A line to clamd; each step on it may take `settings.CLAMD_SECONDS` at most. Raises OSError."""
    address = urlsplit(settings.CLAMD_ADDRESS)
    if address.scheme == "tcp" and address.hostname and address.port:
        return socket.create_connection((address.hostname, address.port), timeout=settings.CLAMD_SECONDS)
    if address.scheme != "unix":
        raise ClamdFailed("CLAMD_ADDRESS must be unix:/path/of/clamd.ctl or tcp://host:3310")
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    line.settimeout(settings.CLAMD_SECONDS)
    try:
        line.connect(address.path)
    except OSError:
        line.close()
        raise
    return line


def _asked(line: socket.socket, stream: BinaryIO) -> str:
    """Send the whole stream and read the one answer. clamd hangs up in the middle when it is too large."""
    try:
        line.sendall(b"zINSTREAM\0")
        while chunk := stream.read(_CHUNK):
            line.sendall(struct.pack("!L", len(chunk)))
            line.sendall(chunk)
        line.sendall(struct.pack("!L", 0))
    except (BrokenPipeError, ConnectionResetError) as hung_up:
        # Why, it may have said before. It is never a yes: the file was not whole.
        raise ClamdFailed("clamd hung up before the end: is its StreamMaxLength too small?") from hung_up
    return _answer(line)


def _answer(line: socket.socket) -> str:
    """What stands before the closing NUL, within the time for one step."""
    until = time.monotonic() + settings.CLAMD_SECONDS
    heard = b""
    while not heard.endswith(b"\0"):
        line.settimeout(max(until - time.monotonic(), 0.001))
        part = line.recv(_MOST_ANSWER)
        heard += part
        if not part or len(heard) > _MOST_ANSWER:
            raise ClamdFailed("clamd broke off its answer")
    return heard[:-1].decode("ascii", "replace").strip()
