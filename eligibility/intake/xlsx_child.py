"""Reads a workbook from standard input and writes its rows to standard output, one JSON value a line.

Run as a script by `xlsx.py` in an isolated interpreter, and never imported: a hostile workbook gets
512 MB of memory and 20 seconds of one core, and nothing of ours. Output is `[row number, [text, ...]]`
per row that is not empty, then `{"done": true}`; or `{"rule": ..., "line": ..., "column": ...}`.
"""

import datetime
import io
import json
import resource
import sys
import zipfile
import zlib
from collections.abc import Iterator
from xml.parsers import expat

import python_calamine

MEMORY_BYTES = 512 * 1024 * 1024
CPU_SECONDS = 20
MAX_MEMBERS = 200
MAX_UNPACKED = 256 * 1024 * 1024
MAX_RATIO = 100
MAX_ROWS = 100_000
MAX_COLUMNS = 100
_PIECE = 64 * 1024
# Small members (styles, relations) may pack better than any bomb needs to.
_RATIO_FROM = 1024 * 1024


class Refused(Exception):
    """The rule by its wire name, and where."""

    def __init__(self, rule: str, line: int | None = None, column: str | None = None) -> None:
        super().__init__(rule)
        self.report = {"rule": rule, "line": line, "column": column}


class SheetScan:
    """Walks through the XML of one member; a sheet may hold no formula and no more than its bounds.

    calamine gives the value that a formula had when the file was saved, and sizes its memory by the
    outermost cell, so both are looked at before it sees the file.
    """

    def __init__(self) -> None:
        self.is_sheet = False
        self.has_cells = False
        self._depth = 0
        self._row = 0
        self._column = 0
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartDoctypeDeclHandler = self._doctype

    def feed(self, piece: bytes, *, last: bool) -> None:
        self._parser.Parse(piece, last)

    def _doctype(self, *_ignored: object) -> None:
        raise Refused("xlsx_bom")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(":")[2]
        if self._depth == 0:
            self.is_sheet = tag == "worksheet"
        self._depth += 1
        if not self.is_sheet:
            return
        if tag == "row":
            self._row = _number(attributes.get("r"), self._row + 1)
            self._column = 0
        elif tag == "c":
            self._cell(attributes.get("r", ""))
        elif tag == "f":
            raise Refused("xlsx_formule", self._row, _letters(self._column))
        elif tag in ("v", "t"):
            self.has_cells = True

    def _end(self, _name: str) -> None:
        self._depth -= 1

    def _cell(self, reference: str) -> None:
        letters = reference.rstrip("0123456789")
        self._row = _number(reference[len(letters) :], self._row)
        self._column = _column_number(letters) if letters else self._column + 1
        # One row more than the rows of the list: the header.
        if self._row > MAX_ROWS or self._column > MAX_COLUMNS:
            raise Refused("xlsx_te_groot")


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and len(text) < 9 and text.isascii() and text.isdigit() else otherwise


def _column_number(letters: str) -> int:
    if len(letters) > 3 or not letters.isascii() or not letters.isalpha():
        raise Refused("xlsx_kapot")
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def _letters(number: int) -> str:
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def check_sizes(archive: zipfile.ZipFile) -> None:
    """Refuse a bomb by what the zip says about itself, before anything is unpacked."""
    members = archive.infolist()
    if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_UNPACKED:
        raise Refused("xlsx_bom")
    for member in members:
        if member.file_size > max(member.compress_size * MAX_RATIO, _RATIO_FROM):
            raise Refused("xlsx_bom")


def check_members(archive: zipfile.ZipFile) -> None:
    """Unpack every member and count again, since a header can lie; look through each sheet."""
    unpacked = filled = sheets = 0
    for member in archive.infolist():
        scan = SheetScan() if member.filename.lower().endswith(".xml") else None
        with archive.open(member) as unzipped:
            while piece := unzipped.read(_PIECE):
                unpacked += len(piece)
                if unpacked > MAX_UNPACKED:
                    raise Refused("xlsx_bom")
                if scan:
                    scan.feed(piece, last=False)
        if scan and member.file_size:
            scan.feed(b"", last=True)
            sheets += scan.is_sheet
            filled += scan.is_sheet and scan.has_cells
    if not sheets:
        raise Refused("bestandssoort")
    if filled > 1:
        raise Refused("xlsx_bladen")


def cell_text(value: object) -> str:
    """What a cell says, as the CSV of the same list would: `00`-less dates and whole numbers."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "WAAR" if value else "ONWAAR"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e16:
        return str(int(value))
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return f"{value:%Y%m%d}"
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return f"{value:%Y%m%d}"
    return str(value)


def rows(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """The rows of the first sheet that holds something, with their numbers in the sheet."""
    workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    for index in range(len(workbook.sheet_names)):
        sheet = workbook.get_sheet_by_index(index)
        if sheet.start is None:
            continue
        for number, cells in enumerate(sheet.to_python(skip_empty_area=False), start=1):
            texts = [cell_text(cell) for cell in cells]
            while texts and not texts[-1].strip():
                texts.pop()
            if any("\0" in text for text in texts):
                raise Refused("nul_teken", number)
            if texts:
                yield number, texts
        return


def tell(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        check_sizes(archive)
        check_members(archive)
    for number, texts in rows(content):
        sys.stdout.write(json.dumps([number, texts]) + "\n")
    sys.stdout.write('{"done": true}\n')


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        tell(sys.stdin.buffer.read())
    except Refused as refused:
        sys.stdout.write(json.dumps(refused.report) + "\n")
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
        MemoryError,
        expat.ExpatError,
        python_calamine.CalamineError,
    ):
        # Encrypted, truncated, lying or not a workbook at all: one answer, and never its text.
        sys.stdout.write(json.dumps(Refused("xlsx_kapot").report) + "\n")


if __name__ == "__main__":
    main()
