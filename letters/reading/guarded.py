"""Opening a file of a stranger in a process that may not do much, kept ready for the next one."""

from __future__ import annotations

import atexit
import json
import os
import select
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import IO

from PIL import Image

from letters.reading.child import LENGTH
from letters.reading.files import MAX_BYTES
from letters.reading.model import LONG_SIDE, MAX_PAGES, Fault, Refused, SeenCode, SeenPage

#: A page takes a fifth of a second; what takes this long was made to.
SECONDS = 20
#: After so many files the process begins anew, so that memory it lost comes back.
_MOST_FILES = 500
_LONGEST_LINE = 1_000_000
_ROOT = Path(__file__).resolve().parents[2]


class _Broke(Exception):
    """The child ended, hung, or said something that it never says."""


class _Child:
    def __init__(self) -> None:
        self.owner = os.getpid()
        self.files = 0
        self.process = subprocess.Popen(
            [sys.executable, "-m", "letters.reading.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=_ROOT,
            env={"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8", "MALLOC_ARENA_MAX": "2"},
        )

    @property
    def usable(self) -> bool:
        """Not that of the process we were forked from, not ended, not worn."""
        return self.owner == os.getpid() and self.process.poll() is None and self.files < _MOST_FILES

    def ask(self, content: bytes) -> list[SeenPage]:
        self.files += 1
        until = time.monotonic() + SECONDS
        source, target = self.process.stdin, self.process.stdout
        if source is None or target is None:
            raise _Broke
        try:
            _write_all(source, LENGTH.pack(len(content)) + content, until)
            (size,) = LENGTH.unpack(_read_all(target, LENGTH.size, until))
            if size > _LONGEST_LINE:
                raise _Broke
            told = json.loads(_read_all(target, size, until))
            if "refused" in told:
                raise Refused(Fault(told["refused"]))
            return [_page(one, target, until) for one in told["pages"][:MAX_PAGES]]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise _Broke from error

    def end(self) -> None:
        for pipe in (self.process.stdin, self.process.stdout):
            with suppress(OSError):
                if pipe:
                    pipe.close()
        if self.owner == os.getpid():
            self.process.kill()
            self.process.wait()


_ready: list[_Child] = []


def open_scan(content: bytes) -> list[SeenPage]:
    """The pages of a scan with the codes on them. Raises Refused.

    A file that breaks the process, or takes longer than SECONDS, is too heavy.
    """
    if len(content) > MAX_BYTES:
        raise Refused(Fault.TOO_LARGE)
    child = _take()
    try:
        pages = child.ask(content)
    except _Broke:
        child.end()
        raise Refused(Fault.TOO_HEAVY) from None
    except Refused:
        _ready.append(child)
        raise
    _ready.append(child)
    if not pages:
        raise Refused(Fault.DAMAGED)
    return pages


def close() -> None:
    """End the process that is kept ready."""
    while _ready:
        _ready.pop().end()


atexit.register(close)


def _take() -> _Child:
    while _ready:
        child = _ready.pop()
        if child.usable:
            return child
        child.end()
    return _Child()


def _page(told: dict, target: IO[bytes], until: float) -> SeenPage:
    width, height = int(told["width"]), int(told["height"])
    if not (0 < width <= LONG_SIDE and 0 < height <= LONG_SIDE):
        raise _Broke
    pixels = _read_all(target, width * height, until)
    codes = []
    for text, corners in told["codes"]:
        one, two, three, four = ((float(x), float(y)) for x, y in corners)
        codes.append(SeenCode(str(text), (one, two, three, four)))
    return SeenPage(Image.frombytes("L", (width, height), pixels), tuple(codes))


def _write_all(pipe: IO[bytes], content: bytes, until: float) -> None:
    view, number = memoryview(content), pipe.fileno()
    os.set_blocking(number, False)
    while view:
        _, ready, _ = select.select([], [number], [], _left(until))
        if not ready:
            raise _Broke
        view = view[os.write(number, view[:65536]) :]


def _read_all(pipe: IO[bytes], size: int, until: float) -> bytes:
    found, number = bytearray(), pipe.fileno()
    while len(found) < size:
        ready, _, _ = select.select([number], [], [], _left(until))
        piece = os.read(number, min(size - len(found), 1 << 20)) if ready else b""
        if not piece:
            raise _Broke
        found += piece
    return bytes(found)


def _left(until: float) -> float:
    return max(0.0, until - time.monotonic())
