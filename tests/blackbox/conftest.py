"""A town in the box for tests of its steps."""

import io
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.core.management import call_command
from django.db import connections
from django.test.utils import setup_databases, teardown_databases
from pytest_django.plugin import DjangoDbBlocker

from tests import roles
from tests.blackbox.command import Ended, Koppel
from tests.blackbox.town import Town


@pytest.fixture(scope="session")
def test_database(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The test database, also when no test that was chosen has the mark by which pytest-django makes it.

    Without it these tests would work in the database of the demo.
    """
    settings = connections["migrate"].settings_dict
    made = []
    if settings["NAME"] != settings["TEST"]["NAME"]:
        with django_db_blocker.unblock():
            made = setup_databases(verbosity=0, interactive=False, aliases={"default", "koppel", "migrate"})
    yield
    with django_db_blocker.unblock():
        teardown_databases(made, verbosity=0)


@pytest.fixture(scope="session")
def koppel_session(test_database: None) -> Iterator[psycopg.Connection]:
    """One connection as koppel, in autocommit, for all tests that touch nothing but the box."""
    parameters = connections["koppel"].get_connection_params()
    for django_only in ("cursor_factory", "context", "prepare_threshold"):
        parameters.pop(django_only, None)
    with psycopg.connect(**parameters, autocommit=True) as connection:
        assert connection.info.dbname.startswith("test_")
        yield connection


@pytest.fixture
def box(koppel_session: psycopg.Connection) -> Iterator[psycopg.Connection]:
    """The box, emptied afterwards of what the test put into it: far quicker than emptying every table."""
    yield koppel_session
    runs = koppel_session.execute("SELECT run FROM blackbox.run WHERE soort = 'map'").fetchall()
    for (run,) in runs:
        koppel_session.execute("SELECT poort.vergeet_run(%s)", (run,))


@pytest.fixture
def town(box: psycopg.Connection) -> Town:
    return Town(box)


@pytest.fixture
def koppel(box: psycopg.Connection, django_db_blocker: DjangoDbBlocker) -> Iterator[Koppel]:
    """`manage.py koppel` in this process, as role koppel: `koppel(folder, "2026-03-01", target)`."""

    def run(folder: Path, peildatum: str, uit: Path, **options: str) -> Ended:
        said = io.StringIO()
        try:
            call_command("koppel", str(folder), peildatum=peildatum, uit=str(uit), stderr=said, **options)
        except SystemExit as stopped:
            return Ended(int(stopped.code or 0), said.getvalue())
        return Ended(0, said.getvalue())

    with django_db_blocker.unblock(), roles.as_role("koppel"):
        yield run
