"""A place of its own for files and keys, and somebody who may deliver."""

import base64
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import connections
from pytest_django import Settings

from outreach.kernel.db import dedicated_connection
from outreach.models import Role, User
from tests import factories
from tests.roles import as_role


@pytest.fixture
def places(settings: Settings, tmp_path: Path) -> Path:
    """Folders for uploads and keys that nobody else uses; gives the one for uploads."""
    settings.UPLOAD_FOLDER = tmp_path / "uploads"
    settings.KEY_FOLDER = str(tmp_path / "keys")
    settings.MASTER_KEY = base64.b64encode(os.urandom(32)).decode()
    settings.DESTRUCTION_FOLDER = tmp_path / "vernietigd"
    settings.GEMEENTECODE = "0363"
    settings.UPLOAD_FOLDER.mkdir()
    return settings.UPLOAD_FOLDER


@pytest.fixture
def manager(transactional_db: None) -> User:
    """An applicatiebeheerder."""
    return factories.user(Role.APPLICATIEBEHEERDER)


def _ask(query: str, *values: object) -> list[tuple]:
    with connections["migrate"].cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall()


@pytest.fixture
def audited(transactional_db: None) -> Callable[..., list[tuple]]:
    """What the audit says was done since the test began, with one of the details; nothing ever goes from it.

    What the database itself counts of rows beside that is given for `rows` alone, and then nothing else.
    """
    before = _ask("SELECT coalesce(max(id), 0) FROM audit.gebeurtenis")[0][0]
    query = (
        "SELECT handeling, onderwerp, bijzonderheden->>%s FROM audit.gebeurtenis"
        " WHERE id > %s AND (handeling LIKE 'rijen%%') = %s ORDER BY id"
    )
    return lambda detail, *, rows=False: _ask(query, detail, before, rows)


@pytest.fixture
def box(transactional_db: None) -> Iterator[psycopg.Connection]:
    """A look into the box as `koppel`, while the test itself stays `web`."""
    with as_role("koppel"):
        connection = dedicated_connection()
    with connection:
        yield connection
