"""Waiting: until a connection waits for another, to prove that it does, or until something can be seen."""

import time
from collections.abc import Callable

from django.db import connections

_PATIENCE = 120.0


def until(seen: Callable[[], object], what: str) -> None:
    """Until there is something to see of what another process does. Raises AssertionError that names it."""
    end = time.monotonic() + _PATIENCE
    while not seen():
        assert time.monotonic() < end, f"waited in vain for: {what}"
        time.sleep(0.05)


def until_somebody_waits() -> None:
    """Until a connection to this database waits for a lock that another holds.

    Asked outside any transaction: within one, PostgreSQL goes on showing the connections of the first look,
    and never those that came later.
    """
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        with connections["migrate"].cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
                " WHERE NOT l.granted AND a.datname = current_database()"
            )
            if cursor.fetchone()[0]:
                return
        time.sleep(0.05)
    raise AssertionError("nobody waits")
