"""Fixtures that every room uses.

All database tests commit for real, since the roles see each other's rows only then. What a test wrote
is removed afterwards, except for the rows that migrations put there.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from functools import cache
from typing import Any

import psycopg
import pytest
from django.contrib.auth.signals import user_logged_in
from django.db import connections
from django.dispatch import receiver
from django.http import HttpRequest
from django.test import TransactionTestCase
from playwright.sync_api import expect
from pytest_django.plugin import DjangoDbBlocker

from outreach.kernel.db import dedicated_connection
from outreach.sessions import SECOND_STEP
from tests import agreements, roles
from tests.template_database import template
from tools.servers import environment
from tools.state import ServersError

ALIASES = ["default", "koppel", "migrate"]


# A page may be slow where everything runs at once; what is waited for is a state, not a time.
expect.set_options(timeout=30_000)


@receiver(user_logged_in)
def second_step_of_a_test(request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """`force_login` stands for both steps of signing in. It alone has a request without an address."""
    if not request.path:
        request.session[SECOND_STEP] = str(user.pk)


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


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """No long bytes in the name of a test: a workbook differs by the second, and a name may not."""
    return argname if isinstance(val, bytes) and len(val) > 40 else None


#: How often a test that drives a browser is tried again; see docs/decisions/0018.
_AGAIN = int(os.environ.get("BEREIK_AGAIN", "0"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every database test gets all three roles, with real commits; what drives a browser a second chance."""
    for item in items:
        if item.get_closest_marker("django_db"):
            item.add_marker(pytest.mark.django_db(transaction=True, databases=ALIASES), append=False)
        if _AGAIN and item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=_AGAIN))


#: Bytes of one page of PostgreSQL.
_ONE_PAGE = 8192


def empty_tables() -> None:
    """Remove what a test wrote: rows of our tables, and the partitions of the box.

    Only tables with pages can have rows. On the embedded server a superuser deletes those rows, with no
    trigger or foreign key asked: emptying a hundred tables whole takes longer than most tests.
    """
    admin = _superuser()
    with connections["migrate"].cursor() if admin is None else admin.cursor() as cursor:
        if admin is None:
            _truncate_all(cursor)
        else:
            _delete_rows(cursor)
        cursor.execute(
            "SELECT c.oid::regclass::text FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class c"
            " ON c.oid = i.inhrelid WHERE c.relnamespace = 'blackbox'::regnamespace"
        )
        for (partition,) in cursor.fetchall():
            cursor.execute(f"DROP TABLE {partition}")
        cursor.execute(
            "SELECT string_agg(c.oid::regclass::text, ', ') FROM pg_catalog.pg_class c"
            " WHERE c.relnamespace = 'blackbox'::regnamespace AND c.relkind = 'r'"
            " AND c.relname <> 'aow_leeftijd' AND pg_relation_size(c.oid) > 0"
        )
        if filled := cursor.fetchone()[0]:
            cursor.execute(f"TRUNCATE {filled} CASCADE")


def _truncate_all(cursor: Any) -> None:
    cursor.execute(
        "SELECT string_agg(format('%%I', tablename), ', ') FROM pg_catalog.pg_tables"
        " WHERE schemaname = 'public' AND NOT tablename = ANY (%s)",
        [list(REFERENCE_TABLES)],
    )
    cursor.execute(f"TRUNCATE {cursor.fetchone()[0]} RESTART IDENTITY CASCADE")


def _delete_rows(cursor: Any) -> None:
    cursor.execute(
        "SELECT c.oid::regclass::text, pg_relation_size(c.oid) > %s FROM pg_catalog.pg_class c"
        " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND pg_relation_size(c.oid) > 0"
        " AND NOT c.relname = ANY (%s)",
        [_ONE_PAGE, list(REFERENCE_TABLES)],
    )
    found = cursor.fetchall()
    if large := ", ".join(table for table, is_large in found if is_large):
        # Deleted rows leave pages behind, by which the planner would guess how many rows the next test has.
        # Somebody may still look at one of them; deleting waits for nobody who only reads.
        cursor.execute("SET lock_timeout = '300ms'")
        with suppress(psycopg.errors.LockNotAvailable):
            cursor.execute(f"TRUNCATE {large} CASCADE")
        cursor.execute("RESET lock_timeout")
    for table, _ in found:
        cursor.execute(f"DELETE FROM {table}")
    cursor.execute(
        "SELECT setval(format('%%I.%%I', schemaname, sequencename), start_value, false)"
        " FROM pg_catalog.pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL"
        " AND NOT sequencename = ANY (%s)",
        [[f"{table}_id_seq" for table in REFERENCE_TABLES]],
    )


@cache
def _superuser() -> psycopg.Connection | None:
    """A connection past every policy and trigger, to empty tables with; None on servers from outside."""
    try:
        address = environment("admin")["DATABASE_ADMIN_URL"]
    except ServersError:
        return None
    name = connections["migrate"].settings_dict["NAME"]
    admin = psycopg.connect(address, dbname=name, autocommit=True)
    admin.execute("SET session_replication_role = replica")
    return admin


def _leave_statistics_alone() -> None:
    """No cleaner that counts a table just when it is empty: the next test would get the plans for that."""
    if admin := _superuser():
        tables = "relkind = 'r' AND relnamespace = 'public'::regnamespace"
        for (table,) in admin.execute(f"SELECT oid::regclass::text FROM pg_class WHERE {tables}").fetchall():
            admin.execute(f"ALTER TABLE {table} SET (autovacuum_enabled = false)")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings: None, django_db_blocker: DjangoDbBlocker
) -> None:
    """The database of the tests begins as a copy of one in which all migrations ran."""
    with django_db_blocker.unblock():
        connections["migrate"].settings_dict["TEST"]["TEMPLATE"] = template()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The database of the tests, with agreements that count; nobody holds on to it when it goes.

    Without a test that asked for it there is none, and the connection is to what the site works in.
    """
    about = connections["migrate"].settings_dict
    if about["NAME"] == about["TEST"]["NAME"]:
        with django_db_blocker.unblock():
            _leave_statistics_alone()
            agreements.write_down()
    yield
    if _superuser.cache_info().currsize and (admin := _superuser()):
        admin.close()


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
