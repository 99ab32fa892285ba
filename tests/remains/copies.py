"""Copies of the database as an operator makes them, and what is left of it once all was destroyed."""

import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import psycopg
import pyrage

from outreach.kernel.keys import KeyFolder
from tests.remains import insides
from tests.remains.installation import Installation
from tools.postgres import binary

#: Without the rows that are in no backup; docs/operations.md asks for it.
WITHOUT_BOX = "--no-unlogged-table-data"
# A checkpoint leaves unlogged pages in memory; the one before files are copied writes them all.
_WRITE_ALL = b"CREATE DATABASE weggeschreven TEMPLATE template0 STRATEGY file_copy"
TRIES = 20


def dump(place: Installation, *words: str) -> str:
    """What `pg_dump` writes, as text."""
    return _tool(place, "pg_dump", *words, _address(place)).decode()


def base_backup(place: Installation) -> Iterator[tuple[str, bytes]]:
    """The files of a base backup, with the WAL that belongs to it."""
    folder = place.folder / "basisbackup"
    _tool(place, "pg_basebackup", "-D", str(folder), "-c", "fast", "-X", "stream", "-d", _address(place))
    return insides.stored(folder)


def _address(place: Installation) -> str:
    return place.role("admin")["DATABASE_ADMIN_URL"]


def _tool(place: Installation, name: str, *words: str) -> bytes:
    program = Path(binary("pg_ctl", place.home / "postgres")).parent / name
    done = subprocess.run([program, *words], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    return done.stdout


def box_on_disk(place: Installation, admin: psycopg.Connection) -> Iterator[tuple[str, bytes]]:
    """The files of unlogged tables, once what is in memory has been written."""
    admin.execute(_WRITE_ALL)
    admin.execute(b"DROP DATABASE weggeschreven")
    unlogged = insides.unlogged(admin)
    for path, content in insides.stored(place.data / "base"):
        if insides.relation_of(f"base/{path}") in unlogged:
            yield path, content


def destroy_all(place: Installation, admin: psycopg.Connection) -> None:
    """Every delivery and the key of every refertejaar, as two people agree to it; eight days are made up."""
    for asked in ("ask_deliveries", "ask_cycles"):
        _act(place, "web", asked)
        admin.execute(
            b"UPDATE outreach_destructionlist SET approved_at = approved_at - interval '8 days',"
            b" execute_from = execute_from - interval '8 days' WHERE state = 'goedgekeurd'"
        )
        _until_done(place, admin)


def _until_done(place: Installation, admin: psycopg.Connection) -> None:
    """The worker of the box may be at it already; then ours goes home."""
    for _ in range(TRIES):
        _act(place, "koppel", "destroy")
        (waiting,) = admin.execute(
            b"SELECT count(*) FROM outreach_destructionitem WHERE state = 'open'"
        ).fetchone()
        if not waiting:
            return
    problems = admin.execute(
        b"SELECT DISTINCT problem FROM outreach_destructionitem WHERE state = 'open'"
    ).fetchall()
    raise AssertionError(f"niet vernietigd: {problems}")


def mailed(place: Installation) -> str:
    """All mails of one morning, with their heads."""
    told = {
        "EMAIL_URL": "consolemail://",
        "EMAIL_FROM": "bereik@waterveen.example",
        "SITE_URL": "https://bereik.waterveen.example",
    }
    _act(place, "web", "mail", **told)
    return place.said("mail").read_text(encoding="utf-8")


def _act(place: Installation, role: str, name: str, **told: str) -> None:
    words = ("tools/with_env.py", role, "--", sys.executable, "-m", "tests.remains.acts", name)
    place.command(name, *words, BEREIK_ROLE=role, **told)


def opened(copies: Iterable[bytes], keys: KeyFolder, folder: Path) -> int:
    """How many kept copies of uploads open with a key that is still there."""
    names = [path.stem for path in folder.glob("levering-*.key")]
    left = [pyrage.x25519.Identity.from_str(keys.load(name).decode("ascii")) for name in names]
    return sum(_opens(copy, left) for copy in copies)


def _opens(copy: bytes, keys: list[pyrage.x25519.Identity]) -> bool:
    try:
        pyrage.decrypt(copy, keys)
    except pyrage.DecryptError:
        return False
    return True
