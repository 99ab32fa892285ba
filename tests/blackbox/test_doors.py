"""The doors of the box let koppel do what it must and no more."""

import psycopg
import pytest

from eligibility.blackbox.run import next_number
from tests.blackbox.town import Town


@pytest.mark.parametrize("soort", ["run_lid", "run", "pg_class", "inwoner; DROP TABLE blackbox.run", None])
def test_only_the_tables_of_deliveries_can_be_made(box: psycopg.Connection, soort: str | None) -> None:
    with pytest.raises(psycopg.errors.InvalidParameterValue):
        box.execute("SELECT poort.maak_levering(%s, %s)", (next_number(box), soort))


@pytest.mark.parametrize("table", ["pg_class", "run", "levering_merk", None])
def test_only_tables_of_the_box_are_analysed(box: psycopg.Connection, table: str | None) -> None:
    with pytest.raises(psycopg.errors.InvalidParameterValue):
        box.execute("SELECT poort.analyseer(%s, 1)", (table,))


def test_a_run_of_the_browser_is_not_forgotten(box: psycopg.Connection) -> None:
    run = next_number(box)
    with box.transaction(force_rollback=True):
        box.execute("INSERT INTO blackbox.run (run, soort) VALUES (%s, 'browser')", (run,))
        with pytest.raises(psycopg.errors.InvalidParameterValue), box.transaction():
            box.execute("SELECT poort.vergeet_run(%s)", (run,))


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM blackbox.run",
        "UPDATE blackbox.run SET soort = 'map'",
        "DELETE FROM {inwoner}",
        "UPDATE {inwoner} SET straat = ''",
        "TRUNCATE {inwoner}",
        "DROP TABLE {inwoner}",
        "SELECT poort.maak_deel('run_lid', 999)",
        "SELECT poort.laat_vallen(ARRAY['run_lid'], 999)",
        "UPDATE blackbox.run_grond SET klasse = 'zeker'",
        "CREATE TABLE blackbox.kopie ()",
    ],
)
def test_koppel_can_add_and_read_but_not_change(town: Town, statement: str) -> None:
    people = town.person("aad").load()[0].levering
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        town.connection.execute(statement.format(inwoner=f"blackbox.inwoner_{people}").encode())


def test_rows_about_people_are_unlogged(town: Town) -> None:
    town.person("aad").on("stadspas", "aad").run()
    kept = town.connection.execute(
        "SELECT c.relname FROM pg_class c JOIN pg_inherits i ON i.inhrelid = c.oid"
        " WHERE c.relnamespace = 'blackbox'::regnamespace AND c.relkind = 'r' AND c.relpersistence <> 'u'"
    )
    assert kept.fetchall() == []


def test_a_run_is_forgotten_as_a_whole(town: Town) -> None:
    town.person("aad").on("stadspas", "aad").run()
    town.connection.execute("SELECT poort.vergeet_run(%s)", (town.number,))
    left = town.connection.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'blackbox'::regnamespace AND relname ~ '_[0-9]+$'"
    )
    assert left.fetchall() == []
    for table in ("run", "run_stap", "run_telling", "run_levering", "run_merk", "werkruimte"):
        rows = town.connection.execute(
            f"SELECT count(*) FROM blackbox.{table} WHERE run = %s", (town.number,)
        )
        assert rows.fetchone() == (0,), table
