"""From bytes to records, in constant memory whatever the file holds."""

import csv
import hashlib
import io
from collections.abc import Callable, Iterator
from typing import BinaryIO

from eligibility.intake.refusals import FileRefused, Rule

OpenStream = Callable[[], BinaryIO]

#: A record: the line it starts on (the header is on line 1) and its fields as they stand in the file.
Record = tuple[int, list[str]]

MAX_LINE = 64 * 1024
_CHUNK = 64 * 1024
_UTF_8 = frozenset({"utf-8", "utf-8-sig", "utf8"})


class GuardedStream(io.RawIOBase):
    """Passes bytes on; counts and hashes them, and refuses a NUL and a line of more than 64 KiB.

    It looks at most one chunk ahead, so that a line of a gigabyte is refused after its first 64 KiB.
    """

    def __init__(self, source: BinaryIO) -> None:
        super().__init__()
        self._source = source
        self._digest = hashlib.sha256()
        self._line_ends = 0
        self._unfinished = 0
        self._ends_in_return = False
        self.size = 0

    @property
    def sha256(self) -> str:
        """Of all bytes passed on so far, in hex."""
        return self._digest.hexdigest()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        chunk = self._source.read(min(len(buffer), _CHUNK))
        self._digest.update(chunk)
        self.size += len(chunk)
        self._refuse_nul(chunk)
        self._refuse_long_line(chunk)
        self._line_ends += self._count_line_ends(chunk)
        self._ends_in_return = chunk.endswith(b"\r")
        buffer[: len(chunk)] = chunk
        return len(chunk)

    def _refuse_nul(self, chunk: bytes) -> None:
        at = chunk.find(b"\0")
        if at >= 0:
            raise FileRefused(Rule.NUL_BYTE, 1 + self._line_ends + self._count_line_ends(chunk[:at]))

    def _refuse_long_line(self, chunk: bytes) -> None:
        """A line within one chunk is short enough; only the line that crosses into it can be too long."""
        first = min((at for at in (chunk.find(b"\n"), chunk.find(b"\r")) if at >= 0), default=len(chunk))
        if self._unfinished + first > MAX_LINE:
            raise FileRefused(Rule.LINE_TOO_LONG, 1 + self._line_ends)
        last = max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))
        self._unfinished = len(chunk) - last - 1 if last >= 0 else self._unfinished + len(chunk)

    def _count_line_ends(self, chunk: bytes) -> int:
        """A line ends in CR, LF or CR LF; that pair may lie across two chunks."""
        pairs = chunk.count(b"\r\n") + (self._ends_in_return and chunk.startswith(b"\n"))
        return chunk.count(b"\n") + chunk.count(b"\r") - pairs


class _BoundedLines:
    """The lines of a text for `csv`, which joins them to records; a record is at most 64 Ki characters.

    Without the bound one stray quote makes one record of the rest of the file. After the last line it
    gives one empty line more: a reader that makes that a record was still inside quotes.
    """

    def __init__(self, text: io.TextIOBase) -> None:
        self._text = text
        self.record_size = 0
        self.record_line = 1
        self.ended = False

    def __iter__(self) -> Iterator[str]:
        for line in self._text:
            self.record_size += len(line)
            if self.record_size > MAX_LINE:
                raise FileRefused(Rule.LINE_TOO_LONG, self.record_line)
            yield line
        self.ended = True
        yield "\n"


def csv_records(stream: io.RawIOBase, encoding: str, delimiter: str) -> Iterator[Record]:
    """The records of a CSV file, blank lines left out.

    Quotes are those of the csv module: a quoted field may hold delimiters and line ends. Raises
    FileRefused (encoding, NUL, a line too long, a quote that is never closed).
    """
    codec = "utf-8-sig" if encoding.lower() in _UTF_8 else encoding
    undecodable = False
    try:
        yield from _records(io.TextIOWrapper(io.BufferedReader(stream, _CHUNK), codec, newline=""), delimiter)
    except UnicodeDecodeError:
        # The error holds a piece of the file: it must not be the context of what is raised.
        undecodable = True
    if undecodable:
        raise FileRefused(Rule.ENCODING)


def _records(text: io.TextIOBase, delimiter: str) -> Iterator[Record]:
    lines = _BoundedLines(text)
    reader = csv.reader(lines, delimiter=delimiter)
    for fields in reader:
        line = lines.record_line
        lines.record_line = reader.line_num + 1
        lines.record_size = 0
        if fields:
            if lines.ended:
                raise FileRefused(Rule.OPEN_QUOTE, line)
            yield line, fields


def undecodable_line(open_stream: OpenStream, encoding: str) -> int | None:
    """The number of the first line that `encoding` cannot read; None when there is none.

    A second look at a file of which `csv_records` only knows that it is wrong somewhere.
    """
    codec = "utf-8" if encoding.lower() in _UTF_8 else encoding
    with open_stream() as source:
        for number, line in enumerate(_byte_lines(source), start=1):
            try:
                line.decode(codec)
            except UnicodeDecodeError:
                return number
    return None


def _byte_lines(source: BinaryIO) -> Iterator[bytes]:
    """Lines of bytes that end in CR, LF or both; the caller knows that none is long."""
    rest = b""
    while chunk := source.read(_CHUNK):
        lines = (rest + chunk).splitlines(keepends=True)
        # A CR at the very end may be half of a CR LF, so that line waits for the next chunk.
        rest = lines.pop()
        yield from lines
    if rest:
        yield rest
