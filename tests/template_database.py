"""A database in which all migrations ran, made once; test databases begin as copies of it.

Running them takes most of a minute, nearly all of it Python that renders models again after each step. A copy
takes a second. The name holds a digest of all that migrations read, so it is never that of other code.
"""

import hashlib
from pathlib import Path

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg import sql

_PREFIX = "mal_"
# Code of before, of a colleague's branch and of a mutant may each have one.
_KEPT = 3
_READ = (
    "*/migrations/**/*.py",
    "*/migrations/**/*.sql",
    "*/migrations/**/*.json",
    "eligibility/blackbox/*.sql",
)
_ALSO = ("outreach/kernel/sqlfile.py", "outreach/kernel/roles.py", "requirements.txt")


def template() -> str:
    """The name of the template for the code as it is; made when it is not there, by one process at a time."""
    name = _PREFIX + _digest()
    with _server() as server:
        server.execute("SELECT pg_advisory_lock(hashtext(%s))", [_PREFIX])
        if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            _make(server, name)
    return name


def _digest() -> str:
    root = Path(settings.BASE_DIR)
    paths = {path for pattern in _READ for path in root.glob(pattern)} | {root / name for name in _ALSO}
    digest = hashlib.sha256()
    for path in sorted(paths):
        # As a text: what a mutant breaks in one of them shows here too.
        digest.update(f"{path.relative_to(root)}\n{path.read_text(encoding='utf-8')}\n".encode())
    return digest.hexdigest()[:16]


def _server() -> psycopg.Connection:
    """A connection as `migrate`, to no database of ours."""
    given = connections["migrate"].get_connection_params()
    known = {name: given[name] for name in ("host", "port", "user", "password") if name in given}
    return psycopg.connect(**known, dbname="postgres", autocommit=True)


def _make(server: psycopg.Connection, name: str) -> None:
    """Under another name until it is whole: what a killed run left is never taken for a template."""
    draft = f"{name}_half"
    server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(draft)))
    server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(draft)))
    _migrate(draft)
    rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
    server.execute(rename.format(sql.Identifier(draft), sql.Identifier(name)))
    older = server.execute(
        "SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY oid DESC OFFSET %s",
        [_PREFIX, _KEPT],
    )
    for (one,) in older.fetchall():
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(one)))


def _migrate(database: str) -> None:
    connection = connections["migrate"]
    own = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = database
    try:
        call_command("migrate", verbosity=0, interactive=False, database="migrate", run_syncdb=True)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = own
