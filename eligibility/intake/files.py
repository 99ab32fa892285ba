"""The first reading of a file, from end to end, before one row of it is stored."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from eligibility.bronnen import LAYOUT_GBA_V
from eligibility.intake.counts import RepeatedNumbers
from eligibility.intake.gba_v import Persoonslijsten
from eligibility.intake.layouts import Heading, Layout, read_heading
from eligibility.intake.refusals import FileRefused, Rule
from eligibility.intake.rows import SourceRow, flat_rows
from eligibility.intake.streams import GuardedStream, OpenStream, Record, csv_records, undecodable_line
from eligibility.intake.xlsx import read_workbook, xlsx_records

OnProgress = Callable[[int], None]

DEFAULT_ENCODINGS = ("utf-8", "cp1252")
_PROGRESS_ROWS = 10_000
_BOM = b"\xef\xbb\xbf"
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"


class FileKind(StrEnum):
    """What the first bytes say the file is; a CSV cannot begin as a workbook does."""

    CSV = "csv"
    XLSX = "xlsx"


class Fingerprint(Protocol):
    """What was read so far: the sha256 of the bytes in hex and their number."""

    @property
    def sha256(self) -> str: ...

    @property
    def size(self) -> int: ...


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What the first reading found. `rows` counts records under the header (of `gba_v`: lists).

    `repeated` are the BSNs on more than one row. They are clear: this object stays in memory and its
    text does not show them.
    """

    sha256: str
    size: int
    kind: FileKind
    encoding: str
    delimiter: str
    heading: Heading
    rows: int
    repeated: frozenset[str] = field(repr=False)


def examine(
    layout: Layout,
    open_stream: OpenStream,
    *,
    delimiter: str = ";",
    encodings: Sequence[str] = DEFAULT_ENCODINGS,
    on_progress: OnProgress | None = None,
) -> FileFacts:
    """Read the whole file once, in constant memory. Raises FileRefused.

    `encodings` are tried in turn on the whole file, each strictly; `utf-8` is with or without BOM, and
    a file with that BOM is in no other encoding. `on_progress` gets the rows read so far.
    """
    start = _first_bytes(open_stream)
    if not start:
        raise FileRefused(Rule.EMPTY_FILE)
    if start.startswith(_OLE):
        raise FileRefused(Rule.FILE_KIND)
    if start.startswith(_ZIP):
        return _examine_as(layout, open_stream, FileKind.XLSX, "", "", on_progress)
    tried = [name for name in encodings if not start.startswith(_BOM) or name.lower().startswith("utf")]
    for encoding in tried:
        facts = _examine_csv(layout, open_stream, encoding, delimiter, on_progress)
        if facts:
            return facts
    raise FileRefused(Rule.ENCODING, undecodable_line(open_stream, tried[-1]) if tried else 1)


def _first_bytes(open_stream: OpenStream) -> bytes:
    with open_stream() as source:
        return source.read(len(_ZIP))


def _examine_csv(
    layout: Layout, open_stream: OpenStream, encoding: str, delimiter: str, on_progress: OnProgress | None
) -> FileFacts | None:
    """The facts; None when the file is not in this encoding."""
    try:
        return _examine_as(layout, open_stream, FileKind.CSV, encoding, delimiter, on_progress)
    except FileRefused as refused:
        if refused.rule is not Rule.ENCODING:
            raise
    return None


def _examine_as(
    layout: Layout,
    open_stream: OpenStream,
    kind: FileKind,
    encoding: str,
    delimiter: str,
    on_progress: OnProgress | None,
) -> FileFacts:
    with opened_records(open_stream, kind, encoding, delimiter) as (fingerprint, records):
        header = next(records, None)
        if header is None:
            raise FileRefused(Rule.EMPTY_FILE)
        heading = read_heading(layout, header, delimiter)
        rows, repeated = _count_rows(_numbers(layout, heading, records), on_progress)
        if not rows:
            raise FileRefused(Rule.NO_ROWS)
        return FileFacts(
            fingerprint.sha256, fingerprint.size, kind, encoding, delimiter, heading, rows, repeated
        )


def _numbers(layout: Layout, heading: Heading, records: Iterator[Record]) -> Iterator[SourceRow]:
    """Rows of which only the BSN, their first value, is looked at."""
    columns = layout.columns if layout.name == LAYOUT_GBA_V else layout.columns[:1]
    return source_rows(layout, heading, records, columns)


def _count_rows(rows: Iterator[SourceRow], on_progress: OnProgress | None) -> tuple[int, frozenset[str]]:
    numbers = RepeatedNumbers()
    count = 0
    for _line, values in rows:
        count += 1
        if isinstance(values, tuple):
            numbers.add(values[0])
        if on_progress and not count % _PROGRESS_ROWS:
            on_progress(count)
    return count, numbers.found()


def source_rows(
    layout: Layout,
    heading: Heading,
    records: Iterator[Record],
    allowed: Collection[str],
    neighbourhoods: Mapping[str, str] | None = None,
) -> Iterator[SourceRow]:
    """The rows under the header in the order of the layout (`gba_v`: of the flat `brp` layout).

    Columns that are not `allowed` are empty. `neighbourhoods` gives the buurtcode of a postcode.
    """
    if layout.name == LAYOUT_GBA_V:
        return Persoonslijsten(heading, frozenset(allowed), neighbourhoods or {}).rows(records)
    return flat_rows(records, heading.width, heading.order(layout.columns, allowed))


@contextmanager
def opened_records(
    open_stream: OpenStream, kind: FileKind, encoding: str, delimiter: str
) -> Iterator[tuple[Fingerprint, Iterator[Record]]]:
    """The records of a file, header first, and the fingerprint of what was read so far."""
    with open_stream() as source:
        if kind is FileKind.XLSX:
            workbook = read_workbook(source)
            with xlsx_records(workbook) as records:
                yield workbook, records
        else:
            guarded = GuardedStream(source)
            yield guarded, csv_records(guarded, encoding, delimiter)
