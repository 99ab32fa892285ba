"""Tables of one delivery or one run in the box: made, marked as whole, and dropped."""

import time

import psycopg

#: Dropping waits for readers; a run on a folder may read for as long as its longest step takes.
PATIENCE_SECONDS = 60.0
_PAUSE_SECONDS = 0.2


class BoxBusy(Exception):
    """Somebody kept using a table that had to go. `str()` is Dutch."""

    def __str__(self) -> str:
        return "Een tabel van de black box bleef in gebruik. Probeer het later opnieuw."


def make_delivery(box: psycopg.Connection, number: int, table: str) -> None:
    """An empty partition for a delivery, whatever a former attempt left of it."""
    drop_delivery(box, number)
    _patiently(box, b"SELECT poort.maak_levering(%s, %s)", number, table)


def mark_whole(box: psycopg.Connection, number: int, table: str) -> None:
    """Say that all rows are in. In the transaction of the load: there is no mark without its rows."""
    box.execute(b"SELECT poort.analyseer(%s, %s)", (table, number))
    box.execute(b"INSERT INTO blackbox.levering_merk (levering) VALUES (%s)", (number,))


def is_whole(box: psycopg.Connection, number: int | None) -> bool:
    """Whether the rows of a delivery are still there; after a crash of the server they are not."""
    query = b"SELECT 1 FROM blackbox.levering_merk WHERE levering = %s"
    return number is not None and box.execute(query, (number,)).fetchone() is not None


def drop_delivery(box: psycopg.Connection, number: int) -> None:
    _patiently(box, b"SELECT poort.vernietig_levering(%s)", number)


def make_run(box: psycopg.Connection, number: int) -> None:
    """The tables of a run, empty, with nothing done in its ledger; not when they are there already."""
    if box.execute(b"SELECT 1 FROM blackbox.run_merk WHERE run = %s", (number,)).fetchone() is None:
        _patiently(box, b"SELECT poort.maak_run(%s)", number)


def drop_run(box: psycopg.Connection, number: int) -> None:
    """The rows about people of a run; its ledger and counts stay."""
    _patiently(box, b"SELECT poort.vernietig_run(%s)", number)


def forget_folder_run(box: psycopg.Connection, number: int) -> None:
    """All of a run on a folder: its deliveries, its tables, its ledger."""
    _patiently(box, b"SELECT poort.vergeet_run(%s)", number)


def drop_reasons(box: psycopg.Connection, run: int) -> None:
    """The sealed reasons of one koppeling, by its number in the casework."""
    _patiently(box, b"SELECT poort.vernietig_verzegeld(%s)", run)


def write_anew(box: psycopg.Connection, table: str) -> None:
    """A table of the casework without the rows that were removed from it. Raises BoxBusy."""
    _patiently(box, b"SELECT public.herschrijf(%s)", table)


def write_known_anew(box: psycopg.Connection) -> None:
    """The sealed numbers of who came out, without those that were removed. Raises BoxBusy."""
    _patiently(box, b"SELECT poort.herschrijf_bekenden()")


def runs_with_tables(box: psycopg.Connection) -> list[int]:
    """The numbers of browser runs of which rows about people are still there."""
    rows = box.execute(
        b"SELECT r.run FROM blackbox.run r JOIN blackbox.run_merk m ON m.run = r.run"
        b" WHERE r.soort = 'browser'"
    )
    return [number for (number,) in rows]


def _patiently(box: psycopg.Connection, query: bytes, *values: int | str) -> None:
    """Run a statement that needs a table for itself, again when PostgreSQL ended it. Raises BoxBusy."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            box.execute(query, values)
            return
        except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected):
            if time.monotonic() > until:
                raise BoxBusy from None
            time.sleep(_PAUSE_SECONDS)
