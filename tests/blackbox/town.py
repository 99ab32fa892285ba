"""A handful of invented people put straight into the box, and a run over them, step by step.

Everyone has a name of one word, which also makes the pseudonym; tables are read back with those names.
"""

import datetime as dt
import hashlib
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import psycopg

from eligibility.blackbox import run as runs
from eligibility.blackbox.run import RunConfig, StepDone, TakenDelivery
from eligibility.blackbox.steps import STEPS
from eligibility.regelingen import REGELINGEN, Regeling

DAY = dt.date(2026, 3, 1)

_PERSON = {
    "voorvoegsel": "", "geslachtsnaam": "Smit", "naamgebruik": "E", "voorvoegsel_partner": "",
    "geslachtsnaam_partner": "", "geslacht": "V", "geboortedatum": "19800101", "overlijdensdatum": "",
    "opschorting": "", "geheim": "0", "gemeentecode": "0363", "functie_adres": "W",
    "adres_id": "0363010000000001", "straat": "Laan", "huisnummer": "1", "huisletter": "", "toevoeging": "",
    "postcode": "1099AB", "woonplaats": "Amsterdam", "buurtcode": "BU03630001",
}  # fmt: skip

_COLUMNS = {
    "klant": ("bsn", "kind"),
    "leerling": ("bsn", "onderwijs", "leerjaar"),
    "antwoord": ("bsn", "antwoord"),
    "afmelding": ("bsn", "regeling"),
}


def pseudonym(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()[:16]


@dataclass
class Town:
    """Who lives there and who stands on which list; `run` then does the steps up to one of them."""

    connection: psycopg.Connection
    day: dt.date = DAY
    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    lists: dict[tuple[str, str, int], list[tuple[Any, ...]]] = field(default_factory=dict)
    grounds: dict[str, dict[int, str]] | None = None
    regelingen: tuple[Regeling, ...] = REGELINGEN
    number: int = 0

    def person(self, name: str, born: str = "19800101", at: int | None = 1, **values: Any) -> "Town":
        """Someone at the address with this number; `partner`, `ouder1` and `ouder2` are names."""
        address = {} if at is None else {"adres_id": f"036301{at:010d}", "huisnummer": str(at or 1)}
        self.people[name] = {**_PERSON, "voornamen": name, "geboortedatum": born, **address, **values}
        return self

    def on(self, bron: str, *names: str, year: int | None = None) -> "Town":
        """Put people on a client list; `parent/child` is a row with a child."""
        rows = [tuple(name.split("/")) if "/" in name else (name, None) for name in names]
        return self._add("klant", bron, self.day.year if year is None else year, rows)

    def pupil(self, name: str, onderwijs: str, leerjaar: int | None = None) -> "Town":
        return self._add("leerling", "leerlingen", 0, [(name, onderwijs, leerjaar)])

    def answered(self, name: str, antwoord: str) -> "Town":
        return self._add("antwoord", "ib_toets", self.day.year - 1, [(name, antwoord)])

    def opted_out(self, name: str, regeling: str = "") -> "Town":
        return self._add("afmelding", "optout", 0, [(name, regeling)])

    def _add(self, table: str, bron: str, year: int, rows: list[tuple[Any, ...]]) -> "Town":
        self.lists.setdefault((table, bron, year), []).extend(rows)
        return self

    def load(self) -> list[TakenDelivery]:
        """All of it in the box, and the run told; nothing done yet."""
        self.number = runs.next_number(self.connection)
        self.connection.execute("INSERT INTO blackbox.run (run, soort) VALUES (%s, 'map')", (self.number,))
        deliveries = [TakenDelivery("brp", 0, self._load_people())]
        for (table, bron, year), rows in self.lists.items():
            deliveries.append(TakenDelivery(bron, year, self._load_list(table, rows)))
        grounds = runs.seeded_grounds() if self.grounds is None else self.grounds
        config = RunConfig(self.day, "0363", tuple(deliveries), grounds, self.regelingen)
        runs.register(self.connection, self.number, "map", config)
        return deliveries

    def _load_people(self) -> int:
        levering = self._partition("inwoner")
        for line, (name, values) in enumerate(self.people.items(), start=2):
            row = {"levering": levering, "regel": line, "bsn": pseudonym(name), "zegel": b"sealed", **values}
            for relative in ("partner", "ouder1", "ouder2"):
                row[relative] = pseudonym(row[relative]) if row.get(relative) else None
            self._insert("inwoner", row)
        return levering

    def _load_list(self, table: str, rows: list[tuple[Any, ...]]) -> int:
        levering = self._partition(table)
        for values in rows:
            row = dict(zip(_COLUMNS[table], values, strict=True))
            for column in ("bsn", "kind"):
                if row.get(column):
                    row[column] = pseudonym(row[column])
            self._insert(table, {"levering": levering, **row})
        return levering

    def _partition(self, table: str) -> int:
        levering = runs.next_number(self.connection)
        self.connection.execute("INSERT INTO blackbox.werkruimte VALUES (%s, %s)", (levering, self.number))
        self.connection.execute("SELECT poort.maak_levering(%s, %s)", (levering, table))
        self.connection.execute("INSERT INTO blackbox.levering_merk VALUES (%s)", (levering,))
        return levering

    def _insert(self, table: str, row: dict[str, Any]) -> None:
        columns, marks = ", ".join(row), ", ".join(["%s"] * len(row))
        self.connection.execute(
            f"INSERT INTO blackbox.{table} ({columns}) VALUES ({marks})".encode(), list(row.values())
        )

    def run(self, upto: str = STEPS[-1].name) -> "Town":
        """Do the steps up to and including the named one."""
        self.load()
        last = next(step.number for step in STEPS if step.name == upto)

        def stop(done: StepDone) -> None:
            if done.number == last:
                raise StopAfterStep

        with suppress(StopAfterStep):
            runs.execute(self.connection, self.number, stop)
        return self

    def rows(self, query: str) -> set[tuple[Any, ...]]:
        """The rows of a query on this run; columns of persons (p) come back as names.

        Write `{lid}` for the partition of `run_lid`, and `p(column)` for a column with a person.
        """
        names = dict(enumerate(self.people, start=2))
        tables = {
            table.removeprefix("run_"): f"blackbox.{table}_{self.number}"
            for step in STEPS
            for table in step.fills
        }
        wanted = [part.strip() for part in query[len("SELECT ") : query.index(" FROM")].split(",")]
        sql = query.replace("p(", "(").format(**tables)
        return {
            tuple(
                names.get(value, value) if wanted[place].startswith("p(") else value
                for place, value in enumerate(row)
            )
            for row in self.connection.execute(sql.encode())
        }

    def counts(self, kind: str) -> dict[tuple[str, str], int]:
        rows = self.connection.execute(
            "SELECT sleutel, onder, aantal FROM blackbox.run_telling WHERE run = %s AND soort = %s",
            (self.number, kind),
        )
        return {(key, under): number for key, under, number in rows}


class StopAfterStep(Exception):
    """Raised by `Town.run` when the steps that a test asks for are done."""
