"""The second reading of a file: check, pseudonymise, seal, and COPY into the black box."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Protocol

import psycopg
from psycopg import sql

from eligibility.bronnen import LAYOUT_GBA_V
from eligibility.intake.counts import LoadResult, OnRefusals, Refusals
from eligibility.intake.encode import TABLE_COLUMNS, Work, copy_lines
from eligibility.intake.files import FileFacts, OnProgress, opened_records, source_rows
from eligibility.intake.gba_v import ELEMENT_OF
from eligibility.intake.layouts import Layout, check_agreed
from eligibility.intake.refusals import FileRefused, LoadFailed, RowRefusal, Rule
from eligibility.intake.streams import OpenStream

_BLOCK_LINES = 1000


class PseudonymKey(Protocol):
    """Gives the pseudonym of a BSN: 16 bytes, under the key of one cycle."""

    def pseudonym(self, bsn: str) -> bytes: ...


class SealKey(Protocol):
    """Seals a BSN so that the worker alone can read it again."""

    def seal(self, bsn: str) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Delivered:
    """A file that was examined, and where its rows go.

    `levering` is its number in the box, whose partition must exist. `allowed_columns` are those of the
    agreement; other columns are never looked at. `neighbourhoods` (postcode to buurtcode) serves
    `gba_v` alone.
    """

    levering: int
    layout: Layout
    facts: FileFacts
    open_stream: OpenStream
    allowed_columns: Collection[str]
    neighbourhoods: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Keys:
    """The two keys of a load: that of the cycle, and that of the worker."""

    pseudonymiser: PseudonymKey
    sealer: SealKey


def load(
    connection: psycopg.Connection,
    delivered: Delivered,
    keys: Keys,
    *,
    on_progress: OnProgress | None = None,
    on_refusals: OnRefusals | None = None,
) -> LoadResult:
    """Load the rows of one file in one transaction; nothing is stored when this raises.

    `on_progress` gets the rows read so far, `on_refusals` the refused rows in batches. Both run while
    the transaction is open, so they must use another connection, and what they wrote must go when this
    raises. Raises FileRefused (the agreement lacks the BSN; the file changed since it was examined) and
    LoadFailed (the database).
    """
    layout, facts = delivered.layout, delivered.facts
    check_agreed(layout, delivered.allowed_columns)
    result = LoadResult()
    work = Work(
        levering=delivered.levering,
        pseudonym=keys.pseudonymiser.pseudonym,
        seal=keys.sealer.seal,
        repeated=facts.repeated,
        result=result,
        refusals=Refusals(result, on_refusals or _drop),
        names=ELEMENT_OF if layout.name == LAYOUT_GBA_V else {},
    )
    blocks = _blocks(delivered, work)
    _copy(connection, layout.table, blocks, lambda: on_progress and on_progress(result.rows_read))
    return result


def _drop(_batch: list[RowRefusal]) -> None:
    """For a caller who wants the counts alone."""


def _blocks(delivered: Delivered, work: Work) -> Iterator[bytes]:
    """COPY text in pieces of a thousand lines. Raises FileRefused when the bytes are not those examined."""
    facts, layout = delivered.facts, delivered.layout
    opened = opened_records(delivered.open_stream, facts.kind, facts.encoding, facts.delimiter)
    with opened as (fingerprint, records):
        next(records, None)
        rows = source_rows(
            layout, facts.heading, records, delivered.allowed_columns, delivered.neighbourhoods
        )
        lines = copy_lines(layout, rows, work)
        while piece := list(islice(lines, _BLOCK_LINES)):
            yield "".join(piece).encode()
        if (fingerprint.sha256, fingerprint.size) != (facts.sha256, facts.size):
            raise FileRefused(Rule.FILE_CHANGED)
    work.refusals.flush()


def _copy(
    connection: psycopg.Connection, table: str, blocks: Iterator[bytes], after_block: Callable[[], None]
) -> None:
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT text, ENCODING 'UTF8')").format(
        sql.Identifier("blackbox", table), sql.SQL(", ").join(map(sql.Identifier, TABLE_COLUMNS[table]))
    )
    failed = None
    try:
        with connection.transaction(), connection.cursor() as cursor, cursor.copy(statement) as copy:
            for block in blocks:
                copy.write(block)
                after_block()
    except psycopg.Error as error:
        failed = LoadFailed(error.sqlstate)
    if failed:
        # Raised here, not above: as the context of this error PostgreSQL's would carry a line of the file.
        raise failed
