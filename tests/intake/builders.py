"""Files, numbers and loads for the tests of the intake."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, BinaryIO

import psycopg
from psycopg.rows import dict_row

from eligibility.bronnen import BRP_COLUMNS
from eligibility.intake.counts import LoadResult
from eligibility.intake.files import examine
from eligibility.intake.layouts import LAYOUTS
from eligibility.intake.load import Delivered, Keys, load
from eligibility.intake.refusals import RowRefusal
from outreach.kernel.keys import Pseudonymiser, Sealer

PSEUDONYMISER = Pseudonymiser(b"p" * 32)
SEALER = Sealer(b"s" * 32)
KEYS = Keys(PSEUDONYMISER, SEALER)

# A BSN of nine digits that fails the 11-proef.
BAD_BSN = "123456789"

PERSON: Mapping[str, str] = {
    **dict.fromkeys(BRP_COLUMNS, ""),
    "voornamen": "Jan Pieter",
    "voorvoegsel": "van der",
    "geslachtsnaam": "Yılmaz",
    "naamgebruik": "E",
    "geslacht": "M",
    "geboortedatum": "19800229",
    "geheim": "0",
    "gemeentecode": "0363",
    "functie_adres": "W",
    "adres_id": "0363010000000052",
    "straat": "Steeg 1",
    "huisnummer": "53",
    "huisletter": "A",
    "postcode": "1063XZ",
    "woonplaats": "Amsterdam",
    "buurtcode": "BU03630012",
}


def bsns(start: int = 10_000_000) -> Iterator[str]:
    """Valid BSNs in rising order; `start` is what the first eight digits begin at."""
    for head in count(start):
        digits = f"{head:08d}"
        check = sum(weight * int(digit) for weight, digit in zip(range(9, 1, -1), digits, strict=True)) % 11
        if check < 10:
            yield f"{digits}{check}"


def some_bsns(number: int, start: int = 10_000_000) -> list[str]:
    numbers = bsns(start)
    return [next(numbers) for _ in range(number)]


def csv_text(
    rows: Iterable[Sequence[str]], *, delimiter: str = ";", eol: str = "\r\n", quote_all: bool = False
) -> str:
    quoting = csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator=eol, quoting=quoting).writerows(rows)
    return text.getvalue()


def csv_bytes(
    rows: Iterable[Sequence[str]], *, encoding: str = "utf-8", delimiter: str = ";", eol: str = "\r\n"
) -> bytes:
    return csv_text(rows, delimiter=delimiter, eol=eol).encode(encoding)


def people(*persons: Mapping[str, str], columns: Sequence[str] = BRP_COLUMNS) -> bytes:
    """A `brp` file; each person gives what differs from PERSON."""
    return csv_bytes([columns, *([{**PERSON, **person}[name] for name in columns] for person in persons)])


def opener(content: bytes) -> Callable[[], BinaryIO]:
    return lambda: io.BytesIO(content)


@dataclass
class Loaded:
    """What a load gave back, handed on, and left in the box."""

    number: int
    result: LoadResult
    refusals: list[RowRefusal]
    rows: list[dict[str, Any]]

    @property
    def problems(self) -> list[tuple[int, str, str]]:
        return [(refusal.line, refusal.column, str(refusal.rule)) for refusal in self.refusals]


def new_partition(connection: psycopg.Connection, table: str) -> int:
    number = connection.execute("SELECT nextval('poort.nummer')").fetchone()[0]
    connection.execute("SELECT poort.maak_levering(%s, %s)", (number, table))
    return number


def load_file(
    connection: psycopg.Connection,
    layout_name: str,
    content: bytes,
    *,
    allowed: Iterable[str] | None = None,
    keys: Keys = KEYS,
    **extra: Any,
) -> Loaded:
    """Examine a file and load it into a partition of its own."""
    layout = LAYOUTS[layout_name]
    facts = examine(layout, opener(content))
    number = new_partition(connection, layout.table)
    columns = layout.columns if allowed is None else tuple(allowed)
    delivered = Delivered(number, layout, facts, opener(content), columns, **extra)
    refusals: list[RowRefusal] = []
    result = load(connection, delivered, keys, on_refusals=refusals.extend)
    return Loaded(number, result, refusals, rows_of(connection, layout.table, number))


def rows_of(connection: psycopg.Connection, table: str, number: int) -> list[dict[str, Any]]:
    with connection.cursor(row_factory=dict_row) as cursor:
        order = "regel" if table == "inwoner" else "bsn"
        cursor.execute(f"SELECT * FROM blackbox.{table} WHERE levering = %s ORDER BY {order}", (number,))
        return cursor.fetchall()


def pseudonym(bsn: str) -> bytes:
    return PSEUDONYMISER.pseudonym(bsn)
