"""ANALYZE keeps no sample of what tells who somebody is: its catalogue is logged, and is in every backup."""

import pytest

from tests.border.guards import connected

pytestmark = pytest.mark.django_db

NUMBER = 900_077
SURNAME = "Steekproefnaam"
CODE = b"\x5a" * 16
SAMPLED = "SELECT attname, t::text FROM pg_stats t WHERE schemaname = 'blackbox' AND tablename = %s"


def sampled(table: str, insert: bytes) -> dict[str, str]:
    """What the planner keeps of a filled partition, per column."""
    with connected("koppel") as koppel:
        koppel.execute(b"SELECT poort.maak_levering(%s, %s)", (NUMBER, table))
        koppel.execute(insert)
        koppel.execute(b"SELECT poort.analyseer(%s, %s)", (table, NUMBER))
    with connected("migrate") as migrate:
        return dict(migrate.execute(SAMPLED.encode(), (f"{table}_{NUMBER}",)).fetchall())


def test_of_an_inhabitant_nothing_is_kept_but_numbers_of_ours():
    with connected("koppel") as koppel:
        columns = koppel.execute(
            b"SELECT attname, format_type(atttypid, NULL) FROM pg_attribute"
            b" WHERE attrelid = 'blackbox.inwoner'::regclass AND attnum > 0"
        ).fetchall()
    values = {
        "bytea": f"decode('{CODE.hex()}', 'hex')",
        "text": f"'{SURNAME}'",
        "bigint": str(NUMBER),
        "integer": "n",
    }
    insert = f"INSERT INTO blackbox.inwoner SELECT {', '.join(values[kind] for _, kind in columns)}"
    kept = sampled("inwoner", f"{insert} FROM generate_series(1, 50) n".encode())
    assert set(kept) == {"levering", "regel"}


@pytest.mark.parametrize(
    ("table", "columns", "kept"),
    [
        ("klant", "'{code}', '{code}'", {"levering"}),
        ("leerling", "'{code}', 'vo', 3", {"levering", "onderwijs", "leerjaar"}),
        ("antwoord", "'{code}', 'ja'", {"levering", "antwoord"}),
        ("afmelding", "'{code}', ''", {"levering", "regeling"}),
    ],
)
def test_of_a_list_no_pseudonym_is_kept(table, columns, kept):
    values = columns.format(code=f"\\x{CODE.hex()}")
    found = sampled(
        table, f"INSERT INTO blackbox.{table} SELECT {NUMBER}, {values} FROM generate_series(1, 50)".encode()
    )
    assert set(found) == kept
    assert CODE.hex() not in "".join(found.values())
