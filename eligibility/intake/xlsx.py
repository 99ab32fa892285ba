"""Workbooks (XLSX), for lists under 100,000 rows, read in a child process with limits of its own."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, BinaryIO

from eligibility.intake.refusals import FileRefused, Rule
from eligibility.intake.streams import Record

MAX_BYTES = 32 * 1024 * 1024
_CHILD = Path(__file__).with_name("xlsx_child.py")

#: What the child may report; anything else from it is a broken workbook.
_REPORTS = {
    rule.value: rule
    for rule in (
        Rule.XLSX_BROKEN,
        Rule.XLSX_BOMB,
        Rule.XLSX_TOO_BIG,
        Rule.XLSX_FORMULA,
        Rule.XLSX_SHEETS,
        Rule.FILE_KIND,
        Rule.NUL_BYTE,
    )
}


@dataclass(frozen=True, slots=True)
class Workbook:
    """The bytes of a workbook: at most 32 MB, in memory, since a zip must be read back and forth."""

    content: bytes = field(repr=False)
    sha256: str

    @property
    def size(self) -> int:
        return len(self.content)


def read_workbook(source: BinaryIO) -> Workbook:
    """Read it whole. Raises FileRefused when it is over 32 MB."""
    pieces: list[bytes] = []
    room = MAX_BYTES
    while piece := source.read(min(room + 1, 1 << 20)):
        room -= len(piece)
        if room < 0:
            raise FileRefused(Rule.XLSX_TOO_BIG)
        pieces.append(piece)
    content = b"".join(pieces)
    return Workbook(content, hashlib.sha256(content).hexdigest())


@contextmanager
def xlsx_records(workbook: Workbook) -> Iterator[Iterator[Record]]:
    """The rows of the one sheet that holds data, as a CSV file would give them; empty rows left out.

    A whole number is its digits, a date without a time is `yyyymmdd`. Rows are filled up to the width
    of the header, since a sheet does not store empty cells. The line is the number of the row in the sheet.

    Leaving the context ends the child. Its environment is empty, so it holds no password, and its
    error output, which may quote a cell, goes nowhere.
    """
    child = subprocess.Popen(
        [sys.executable, "-I", str(_CHILD)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},
        cwd="/",
    )
    with child:
        try:
            _give(child.stdin, workbook.content)
            yield _records(child.stdout)
        finally:
            child.kill()


def _give(child_input: IO[bytes] | None, content: bytes) -> None:
    """Hand over the bytes. A child that dies of them leaves its output unfinished, which `_messages` sees."""
    if child_input is None:
        raise RuntimeError("the child has no input")
    with suppress(BrokenPipeError), child_input:
        child_input.write(content)


def _records(child_output: IO[bytes] | None) -> Iterator[Record]:
    width = 0
    for line, values in _messages(child_output):
        width = width or len(values)
        yield line, values + [""] * (width - len(values))


def _messages(output: IO[bytes] | None) -> Iterator[Record]:
    """Rows until the child says that it has told all. One that dies before that could not read the file."""
    for text in output or ():
        message = json.loads(text)
        if isinstance(message, list):
            yield message[0], message[1]
        elif message.get("rule") in _REPORTS:
            raise FileRefused(_REPORTS[message["rule"]], message["line"], message["column"])
        elif message.get("done"):
            return
    raise FileRefused(Rule.XLSX_BROKEN)
