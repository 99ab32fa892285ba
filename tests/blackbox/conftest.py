"""A town in the box for tests of its steps."""

from collections.abc import Iterator

import psycopg
import pytest
from django.db import connections
from pytest_django.plugin import DjangoDbBlocker

from tests.blackbox.town import Town


@pytest.fixture(scope="session")
def koppel_session(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[psycopg.Connection]:
    """One connection as koppel, in autocommit, for all tests that touch nothing but the box."""
    with django_db_blocker.unblock():
        parameters = connections["koppel"].get_connection_params()
    for django_only in ("cursor_factory", "context", "prepare_threshold"):
        parameters.pop(django_only, None)
    with psycopg.connect(**parameters, autocommit=True) as connection:
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
