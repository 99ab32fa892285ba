"""The guarded process: `python -m letters.reading.child`. Reads files from its input until that ends.

It may take little memory, writes no file, opens none anew, and knows no secret: what a hostile file breaks in
here stays in here. An answer is a line of JSON, then the grey pages one after another.
"""

from __future__ import annotations

import json
import resource
import struct
import sys
from typing import BinaryIO

from letters.reading.codes import read_codes
from letters.reading.files import MAX_BYTES
from letters.reading.model import Fault, Refused
from letters.reading.pages import grey_pages

#: Memory that the process may ask for itself; with its libraries it stays under 300 MB.
MEMORY = 230 * 1024 * 1024
LENGTH = struct.Struct(">Q")


def answer(content: bytes) -> tuple[dict[str, object], list[bytes]]:
    """The pages of a file with their codes, or why it was refused."""
    pages, pixels = [], []
    try:
        for image in grey_pages(content):
            codes = [[code.text, code.corners] for code in read_codes(image)]
            pages.append({"width": image.width, "height": image.height, "codes": codes})
            pixels.append(image.tobytes())
    except Refused as refusal:
        return {"refused": refusal.fault.value}, []
    except MemoryError:
        return {"refused": Fault.TOO_HEAVY.value}, []
    return {"pages": pages}, pixels


def serve(source: BinaryIO, target: BinaryIO) -> None:
    """Answer each file: its length in eight bytes, then its bytes."""
    while len(head := source.read(LENGTH.size)) == LENGTH.size:
        (size,) = LENGTH.unpack(head)
        if size > MAX_BYTES:
            return
        told, pixels = answer(source.read(size))
        line = json.dumps(told).encode()
        target.write(LENGTH.pack(len(line)) + line)
        for page in pixels:
            target.write(page)
        target.flush()


def main() -> None:
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    serve(sys.stdin.buffer, sys.stdout.buffer)


if __name__ == "__main__":
    main()
