"""What is left on disk of a delivery: nothing after a DROP, all of it after a DELETE.

In a cluster of its own, which is stopped in an orderly way: then every page is in its file.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from eligibility.actions import box as boxes
from eligibility.actions.destroying import Work, _rows_as_stored
from outreach.kernel.remains import Needles, Searched, search
from outreach.kernel.roles import OWNER
from tools.own_cluster import OwnCluster, own_cluster

pytestmark = pytest.mark.proof
ROWS = 2_000
TABLES = {"klant": 41, "inwoner": 42}


@pytest.fixture
def own() -> Iterator[OwnCluster]:
    """The schemas of the box, and in each kind of table one delivery."""
    schema = Path(settings.BASE_DIR) / "eligibility/blackbox/schema.sql"
    with own_cluster() as cluster:
        with psycopg.connect(cluster.url("postgres"), autocommit=True) as admin:
            admin.execute(f"CREATE SCHEMA blackbox AUTHORIZATION {OWNER}".encode())
            admin.execute(f"CREATE SCHEMA poort AUTHORIZATION {OWNER}".encode())
            admin.execute(f"SET ROLE {OWNER}; {schema.read_text(encoding='utf-8')}".encode())
        yield cluster


def fill(koppel: psycopg.Connection, table: str, number: int) -> Needles:
    """Rows of one delivery, and what to search for: as the worker does before it destroys."""
    boxes.make_delivery(koppel, number, table)
    columns = koppel.execute(
        b"SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = 'blackbox'"
        b" AND table_name = %s AND column_name NOT IN ('levering', 'kind', 'partner', 'ouder1', 'ouder2')",
        (table,),
    ).fetchall()
    values = {"bytea": "decode(md5(n::text), 'hex')", "integer": "n", "text": "'Kanarievogelzang'"}
    names = ", ".join(name for name, _ in columns)
    made = ", ".join(values[kind] for _, kind in columns)
    koppel.execute(
        f"INSERT INTO blackbox.{table} (levering, {names})"
        f" SELECT {number}, {made} FROM generate_series(1, {ROWS}) n".encode()
    )
    boxes.mark_whole(koppel, number, table)
    rows = _rows_as_stored(Work(koppel, None, number, table))  # type: ignore[arg-type]
    return Needles(number.to_bytes(8, "little"), rows)


def drop(own: OwnCluster, table: str, number: int) -> None:
    with psycopg.connect(own.url("koppel"), autocommit=True) as koppel:
        boxes.drop_delivery(koppel, number)


def delete(own: OwnCluster, table: str, number: int) -> None:
    with psycopg.connect(own.url("postgres"), autocommit=True) as admin:
        admin.execute(f"DELETE FROM blackbox.{table}_{number}".encode())


def nothing(own: OwnCluster, table: str, number: int) -> None:
    """The positive control."""


def left(own: OwnCluster, way: Callable[[OwnCluster, str, int], None]) -> dict[str, Searched]:
    """What lies on disk of each delivery after it was destroyed in a way, and the server was stopped."""
    with psycopg.connect(own.url("koppel"), autocommit=True) as koppel:
        needles = {table: fill(koppel, table, number) for table, number in TABLES.items()}
    for table, number in TABLES.items():
        way(own, table, number)
    own.cluster.stop(own.process)
    try:
        return {table: search([own.cluster.data], [one]) for table, one in needles.items()}
    finally:
        own.process = own.cluster.start()


def test_after_a_drop_nothing_is_left_and_after_a_delete_everything(own: OwnCluster):
    there = left(own, nothing)
    drop(own, "", TABLES["klant"])
    drop(own, "", TABLES["inwoner"])
    assert {table: found.hits for table, found in there.items()} == {"klant": 500, "inwoner": 500}
    after_drop = left(own, drop)
    assert {table: found.hits for table, found in after_drop.items()} == {"klant": 0, "inwoner": 0}
    assert all(found.files > 500 for found in after_drop.values())
    after_delete = left(own, delete)
    assert {table: found.hits for table, found in after_delete.items()} == {"klant": 500, "inwoner": 500}
