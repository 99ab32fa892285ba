"""The workspace of one run on a folder: numbers of its own in the box, gone when the run is.

Deliveries, opt-outs and runs of the browser have other numbers, so neither sees the other. The process
holds a lock on its run; of a process that was killed the lock is free, and the next run clears up.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from eligibility.actions.box import forget_folder_run, make_delivery
from eligibility.blackbox.run import LOCK_FOLDER, next_number

_KEYS = 2**31


@contextmanager
def workspace(connection: psycopg.Connection) -> Iterator[int]:
    """The number of a new run, whose rows are destroyed when the block ends, however it ends.

    ``connection`` is one of its own, in autocommit, with the rights of koppel. Raises BoxBusy when what
    has to go stays in use; the next run tries again.
    """
    sweep(connection)
    run = next_number(connection)
    # The lock before the row: a row without a lock is what a sweep takes for abandoned.
    connection.execute("SELECT pg_advisory_lock(%s, %s)", (LOCK_FOLDER, run % _KEYS))
    connection.execute("INSERT INTO blackbox.run (run, soort) VALUES (%s, 'map')", (run,))
    try:
        yield run
    finally:
        # A lost connection took the lock with it; the next run finds the rows.
        if not connection.closed:
            forget_folder_run(connection, run)
            connection.execute("SELECT pg_advisory_unlock(%s, %s)", (LOCK_FOLDER, run % _KEYS))


def add_delivery(connection: psycopg.Connection, run: int, table: str) -> int:
    """The number of a new, empty delivery in this workspace, for rows of ``table``."""
    levering = next_number(connection)
    # The row first: a partition that no row knows of would stay for ever.
    connection.execute("INSERT INTO blackbox.werkruimte (levering, run) VALUES (%s, %s)", (levering, run))
    make_delivery(connection, levering, table)
    return levering


def sweep(connection: psycopg.Connection) -> list[int]:
    """Destroy what killed runs left behind; the numbers of those runs."""
    abandoned = []
    runs = connection.execute("SELECT run FROM blackbox.run WHERE soort = 'map' ORDER BY run").fetchall()
    for (run,) in runs:
        if not _try_lock(connection, run):
            continue
        try:
            # It may have ended, and been forgotten, between the two questions.
            if connection.execute("SELECT 1 FROM blackbox.run WHERE run = %s", (run,)).fetchone():
                forget_folder_run(connection, run)
                abandoned.append(run)
        finally:
            connection.execute("SELECT pg_advisory_unlock(%s, %s)", (LOCK_FOLDER, run % _KEYS))
    return abandoned


def _try_lock(connection: psycopg.Connection, run: int) -> bool:
    row = connection.execute("SELECT pg_try_advisory_lock(%s, %s)", (LOCK_FOLDER, run % _KEYS)).fetchone()
    return bool(row and row[0])
