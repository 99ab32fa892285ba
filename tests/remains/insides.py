"""What a role of the database may read, the audit, the sessions, the processes and the files on disk."""

import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
from django.core import signing
from psycopg import errors, sql

from outreach.kernel.db import SYSTEM
from tests.remains.installation import Installation, processes

_RELATIONS = """
    SELECT n.nspname, c.relname, array_agg(a.attname ORDER BY a.attnum)
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname !~ '^pg_toast'
        AND has_schema_privilege(n.oid, 'USAGE') AND has_column_privilege(c.oid, a.attnum, 'SELECT')
    GROUP BY 1, 2 ORDER BY 1, 2
"""
_ACTOR = """
    SELECT set_config('bereik.soort', %s, true), set_config('bereik.actor', %s, true),
        set_config('bereik.overal', 'ja', true), set_config('bereik.gemeentelijk', 'ja', true)
"""
# Readable for all, but only by a superuser's switch or for a standby.
_CLOSED = (errors.InsufficientPrivilege, errors.ObjectNotInPrerequisiteState, errors.FeatureNotSupported)
SESSION_SALT = "django.contrib.sessions.SessionStore"


def readable(web: psycopg.Connection) -> Iterator[tuple[str, str]]:
    """Every relation of which the role may read a column, with all that it may read there as text."""
    with web.transaction(force_rollback=True):
        relations = web.execute(_RELATIONS.encode()).fetchall()
    for schema, name, columns in relations:
        with web.transaction(force_rollback=True):
            web.execute(_ACTOR.encode(), (SYSTEM, SYSTEM))
            query = sql.SQL("SELECT ROW({})::text FROM {}").format(
                sql.SQL(", ").join(map(sql.Identifier, columns)), sql.Identifier(schema, name)
            )
            try:
                rows = web.execute(query).fetchall()
            except _CLOSED:
                continue
        yield f"{schema}.{name}", "\n".join(text for (text,) in rows)


def audited(admin: psycopg.Connection) -> Iterator[tuple[str, str]]:
    """Every line of the audit, which `web` may write and not read."""
    tables = admin.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'audit' ORDER BY 1").fetchall()
    for (name,) in tables:
        query = sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier("audit", name))
        yield from ((f"audit.{name}", row) for (row,) in admin.execute(query).fetchall())


def sessions(admin: psycopg.Connection, secret_key: str) -> Iterator[tuple[str, str]]:
    """What each session holds, once its signature is taken off."""
    for key, data in admin.execute("SELECT session_key, session_data FROM django_session").fetchall():
        held = signing.loads(data, key=secret_key, salt=SESSION_SALT)
        yield "django_session", f"{key} {held}"


def statistics(admin: psycopg.Connection) -> Iterator[tuple[str, str]]:
    """The samples of values that the planner keeps: in a catalogue that is logged and backed up."""
    query = "SELECT tablename || '.' || attname, t::text FROM pg_stats t WHERE schemaname = 'blackbox'"
    yield from admin.execute(query).fetchall()


def secrets_of(installation: Installation, *names: str) -> list[str]:
    return [(installation.run / "secrets" / name).read_text(encoding="utf-8") for name in names]


def of_role(installation: Installation, role: str) -> Iterator[tuple[int, bytes]]:
    """Pid, and environment with command line, of each process that was started as this role."""
    mark = re.compile(rb"(^|\0)BEREIK_ROLE=" + role.encode() + rb"\0")
    for pid, command_line, environment in processes(installation):
        if mark.search(environment + b"\0"):
            yield pid, command_line + b"\0" + environment


def unlogged(admin: psycopg.Connection) -> set[str]:
    """Files, below the data folder, of relations that are in no WAL and no backup."""
    query = b"SELECT pg_relation_filepath(oid) FROM pg_class WHERE relpersistence = 'u'"
    return {path for (path,) in admin.execute(query).fetchall() if path}


def partitions(admin: psycopg.Connection) -> list[tuple[str, bool]]:
    """Every partition of the box with rows that can be read, and whether it is unlogged.

    Sealed reasons are not: they have to outlive a crash, and are closed for good with their key.
    """
    return admin.execute(
        "SELECT c.oid::regclass::text, c.relpersistence = 'u' FROM pg_inherits i"
        " JOIN pg_class c ON c.oid = i.inhrelid WHERE c.relnamespace = 'blackbox'::regnamespace"
        " AND c.relname !~ '^verzegeld_'"
    ).fetchall()


def stored(data: Path) -> Iterator[tuple[str, bytes]]:
    """Every file of a cluster by its path below the data folder, in pieces' own file (`1234.1`) and all."""
    for path in sorted(data.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield str(path.relative_to(data)), path.read_bytes()


def relation_of(path: str) -> str:
    """The file of a relation to which a segment, map or init file belongs."""
    return re.sub(r"(_(fsm|vm|init))?(\.\d+)?$", "", path)
