"""Fixtures that every room uses.

All database tests commit for real, since the roles see each other's rows only then. What a test wrote
is removed afterwards, except for the rows that migrations put there.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import psycopg
import pytest
from django.db import connections
from django.test import TransactionTestCase
from pytest_django.plugin import DjangoDbBlocker

from outreach.kernel.db import dedicated_connection
from tests import roles

ALIASES = ["default", "koppel", "migrate"]

# Filled by migrations; everything else is emptied after each test.
REFERENCE_TABLES = (
    "django_migrations",
    "django_content_type",
    "auth_permission",
    "eligibility_bron",
    "eligibility_bronground",
    "eligibility_agreement",
    "outreach_regeling",
    "letters_incomenorm",
    "letters_assetlimit",
    "letters_incomepercentage",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give every database test all three roles, with real commits."""
    for item in items:
        if item.get_closest_marker("django_db"):
            item.add_marker(pytest.mark.django_db(transaction=True, databases=ALIASES), append=False)


def empty_tables() -> None:
    """Remove what a test wrote: rows of our tables, and the partitions of the box."""
    with connections["migrate"].cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(format('%%I', tablename), ', ') FROM pg_catalog.pg_tables"
            " WHERE schemaname = 'public' AND NOT tablename = ANY (%s)",
            [list(REFERENCE_TABLES)],
        )
        cursor.execute(f"TRUNCATE {cursor.fetchone()[0]} RESTART IDENTITY CASCADE")
        cursor.execute(
            "SELECT c.oid::regclass::text FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class c"
            " ON c.oid = i.inhrelid WHERE c.relnamespace = 'blackbox'::regnamespace"
        )
        for (partition,) in cursor.fetchall():
            cursor.execute(f"DROP TABLE {partition}")
        cursor.execute(
            "SELECT string_agg(c.oid::regclass::text, ', ') FROM pg_catalog.pg_class c"
            " WHERE c.relnamespace = 'blackbox'::regnamespace AND c.relkind = 'r'"
            " AND c.relname <> 'aow_leeftijd'"
        )
        cursor.execute(f"TRUNCATE {cursor.fetchone()[0]} CASCADE")


def _fixture_teardown(self: TransactionTestCase) -> None:
    """Django's own flush would also remove the reference rows, and cannot see the box."""
    empty_tables()


TransactionTestCase._fixture_teardown = _fixture_teardown


@pytest.fixture
def as_role(transactional_db: None) -> Callable[[str], AbstractContextManager[None]]:
    """A context in which the code runs with the credentials of `web`, `koppel` or `migrate`."""
    return roles.as_role


@pytest.fixture
def box_connection(as_role: Callable[[str], AbstractContextManager[None]]) -> Iterator[psycopg.Connection]:
    """A connection of its own as `koppel`, in autocommit, as the worker of the box has it."""
    with as_role("koppel"), dedicated_connection() as connection:
        yield connection


@pytest.fixture
def web_connection(as_role: Callable[[str], AbstractContextManager[None]]) -> Iterator[psycopg.Connection]:
    """A connection of its own as `web`, in autocommit."""
    with as_role("web"), dedicated_connection() as connection:
        yield connection


@pytest.fixture
def unblocked(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """For code that opens connections in threads of its own."""
    with django_db_blocker.unblock():
        yield
