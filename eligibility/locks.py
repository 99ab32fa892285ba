"""One worker at a time for one job: an advisory lock on a connection of its own.

PostgreSQL lets go of the lock when the connection ends, so also when the process is killed.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from outreach.kernel.db import dedicated_connection

#: For pg_advisory_lock(class, key); blackbox/run.py has 7101 and 7102.
LOCK_DELIVERY = 7103
LOCK_UPLOAD = 7104
#: 7105 is that of a part of the letters.
LOCK_FACTS = 7106
LOCK_EXPORT = 7107
LOCK_DESTRUCTION = 7108
#: 7109 is taken in the database: who begins to destroy and who forbids it (poort.bewaak_vernietiging).
LOCK_TYPED = 7110
#: 7111 to 7113 are those of scans and errands in the letters.
LOCK_UNSEAL = 7114
LOCK_PACKS = 7115
LOCK_SHARE = 7116
#: The opt-outs of a list are registered, or people come out of a koppeling: never both at once.
LOCK_LISTS = 7117

_KEYS = 2**31


@contextmanager
def holding(lock_class: int, key: int, *, patience_ms: int = 0) -> Iterator[psycopg.Connection | None]:
    """A connection that holds the lock until the block ends; None when somebody else has it.

    Of a worker that was killed in the middle of a statement, the server only hears at its next look at
    the connection; `patience_ms` is how long to wait for that.
    """
    with dedicated_connection() as connection:
        connection.execute("SET client_connection_check_interval = '500ms'")
        yield connection if _take(connection, lock_class, key % _KEYS, patience_ms) else None


def _take(connection: psycopg.Connection, lock_class: int, key: int, patience_ms: int) -> bool:
    if not patience_ms:
        row = connection.execute("SELECT pg_try_advisory_lock(%s, %s)", (lock_class, key)).fetchone()
        return bool(row and row[0])
    connection.execute("SELECT set_config('lock_timeout', %s, false)", (f"{patience_ms}ms",))
    try:
        connection.execute("SELECT pg_advisory_lock(%s, %s)", (lock_class, key))
    except psycopg.errors.LockNotAvailable:
        return False
    connection.execute("RESET lock_timeout")
    return True
