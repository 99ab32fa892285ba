"""One run of the koppeling: what it is told, and the doing of its steps, each exactly once.

The ledger in the box (``blackbox.run`` and ``blackbox.run_stap``) is the truth. A step's rows, its
statistics and its place in the ledger are one transaction, so a process that dies at any point leaves
either the whole step or nothing, and whoever resumes begins at the first step that is not done.
"""

import datetime as dt
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import psycopg

from eligibility.blackbox.steps import STEPS, Parameters, Step
from eligibility.bronnen import BRON_BY_CODE, BRONNEN, LAYOUT_IB_TOETS, LAYOUT_LEERLINGEN, LAYOUT_OPTOUT, Bron
from eligibility.regelingen import REGELINGEN, Regeling

#: For pg_try_advisory_lock(class, key): one run of the browser at a time (key 1) ...
LOCK_BROWSER = 7101
#: ... and one key per run on a folder, held as long as its process lives.
LOCK_FOLDER = 7102

#: How often a step is tried that PostgreSQL ended for somebody else's sake.
TRIES = 5

# The hash tables of the widest join stay in memory. Nothing has an index, so a nested loop over people is
# never right, and one wrong guess of the planner would cost minutes; sorting for a merge is always slower.
SETTINGS = (
    "SET LOCAL work_mem = '32MB'; SET LOCAL jit = off;"
    " SET LOCAL enable_nestloop = off; SET LOCAL enable_mergejoin = off"
)


class Overtaken(Exception):
    """Another process did this step in the meantime; this one must stop."""


class InputLost(Exception):
    """Deliveries of the run are not in the box, or no longer: the server crashed. Load them again."""

    def __init__(self, deliveries: list[int]) -> None:
        super().__init__(f"deliveries to load again: {deliveries}")
        self.deliveries = deliveries


class StepFailed(Exception):
    """PostgreSQL refused a step, which was undone. Its own words are not repeated: they may hold a value."""

    def __init__(self, step: str, sqlstate: str | None) -> None:
        super().__init__(step, sqlstate)
        self.step = step
        self.sqlstate = sqlstate

    def __str__(self) -> str:
        code = self.sqlstate or "onbekend"
        return f"Stap {self.step} is niet gelukt en ongedaan gemaakt (databasefout {code})."


@dataclass(frozen=True, slots=True)
class TakenDelivery:
    """A delivery that a run takes; ``year`` is 0 for a bron without a year."""

    bron: str
    year: int
    levering: int


@dataclass(frozen=True, slots=True)
class RunConfig:
    """What a run is told. ``grounds`` gives per bron the class per year offset (see ``bronnen``)."""

    reference_date: dt.date
    gemeentecode: str
    deliveries: tuple[TakenDelivery, ...]
    grounds: Mapping[str, Mapping[int, str]]
    regelingen: tuple[Regeling, ...] = REGELINGEN


@dataclass(frozen=True, slots=True)
class StepDone:
    """A finished step, for who reports progress: the rows it wrote and how long it took."""

    number: int
    total: int
    name: str
    rows: int
    seconds: float


def seeded_grounds() -> dict[str, Mapping[int, str]]:
    """The grounds as every installation starts with them."""
    return {bron.code: bron.grounds for bron in BRONNEN if bron.grounds}


def next_number(connection: psycopg.Connection) -> int:
    """A new number for a delivery or a run."""
    return _scalar(connection, "SELECT nextval('poort.nummer')")


def register(connection: psycopg.Connection, run: int, kind: str, config: RunConfig) -> None:
    """Write down what a run is told, and make its empty tables. ``kind`` is ``browser`` or ``map``.

    The row in ``blackbox.run`` may exist already (a run on a folder makes it to claim its workspace).
    """
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO blackbox.run (run, soort) VALUES (%s, %s) ON CONFLICT (run) DO NOTHING", (run, kind)
        )
        cursor.execute(
            "INSERT INTO blackbox.run_instelling (run, peildatum, gemeentecode) VALUES (%s, %s, %s)",
            (run, config.reference_date, config.gemeentecode),
        )
        cursor.executemany(
            "INSERT INTO blackbox.run_levering (run, bron, jaar, levering) VALUES (%s, %s, %s, %s)",
            [(run, taken.bron, taken.year, taken.levering) for taken in config.deliveries],
        )
        cursor.executemany(
            "INSERT INTO blackbox.run_grond (run, bron, jaar_offset, klasse) VALUES (%s, %s, %s, %s)",
            [
                (run, bron, offset, klasse)
                for bron, years in config.grounds.items()
                for offset, klasse in years.items()
            ],
        )
        cursor.executemany(
            "INSERT INTO blackbox.run_regeling (run, regeling, per_kind, ambtshalve, gesloten)"
            " VALUES (%s, %s, %s, %s, %s)",
            [(run, item.code, item.per_child, item.ambtshalve, item.closed) for item in config.regelingen],
        )
        cursor.execute("SELECT poort.maak_run(%s)", (run,))


def execute(
    connection: psycopg.Connection, run: int, after_step: Callable[[StepDone], None] | None = None
) -> None:
    """Do every step of a run that is not done yet, in order.

    ``connection`` is one of its own, in autocommit, with the rights of koppel. ``after_step`` is called
    after each commit. Raises InputLost before anything is done when a delivery is not in the box;
    Overtaken when another process works on the same run; StepFailed when PostgreSQL refuses a step.
    """
    # The server notices within half a second that this process is gone, and lets go of its locks.
    connection.execute("SET client_connection_check_interval = '500ms'")
    _check_input(connection, run)
    done = _resume_point(connection, run)
    parameters = step_parameters(connection, run)
    for step in STEPS[done:]:
        finished = _perform(connection, run, step, parameters)
        if after_step:
            after_step(finished)


def step_parameters(connection: psycopg.Connection, run: int) -> Parameters:
    """The run and the numbers of its deliveries by kind, for the SQL of the steps."""
    population = 0
    by_kind: dict[str, list[int]] = {"klanten": [], "leerlingen": [], "antwoorden": [], "afmeldingen": []}
    rows = connection.execute("SELECT bron, levering FROM blackbox.run_levering WHERE run = %s", (run,))
    for code, levering in rows:
        bron = BRON_BY_CODE[code]
        if bron.holds_population:
            population = levering
        else:
            by_kind[_kind(bron)].append(levering)
    return {"run": run, "bevolking": population} | {kind: sorted(found) for kind, found in by_kind.items()}


_KIND_OF_LAYOUT = {
    LAYOUT_LEERLINGEN: "leerlingen",
    LAYOUT_IB_TOETS: "antwoorden",
    LAYOUT_OPTOUT: "afmeldingen",
}


def _kind(bron: Bron) -> str:
    return _KIND_OF_LAYOUT.get(bron.layout, "klanten")


def _check_input(connection: psycopg.Connection, run: int) -> None:
    missing = connection.execute(
        "SELECT levering FROM blackbox.run_levering WHERE run = %s"
        " AND levering NOT IN (SELECT levering FROM blackbox.levering_merk) ORDER BY levering",
        (run,),
    ).fetchall()
    if missing:
        raise InputLost([levering for (levering,) in missing])


def _resume_point(connection: psycopg.Connection, run: int) -> int:
    """How many steps are done. After a crash of the server the tables are empty: then none."""
    marked = _scalar(connection, "SELECT count(*) FROM blackbox.run_merk WHERE run = %s", run)
    if not marked:
        connection.execute("SELECT poort.maak_run(%s)", (run,))
    return _scalar(connection, "SELECT gedaan FROM blackbox.run WHERE run = %s", run)


def _perform(connection: psycopg.Connection, run: int, step: Step, parameters: Parameters) -> StepDone:
    """Do one step. Who drops the tables of another run may wait for us while we wait for him: PostgreSQL then
    ends one of the two, and what it ended is undone and can be done again."""
    tries = TRIES
    while True:
        tries -= 1
        try:
            return _try(connection, run, step, parameters)
        except psycopg.errors.DeadlockDetected as error:
            if not tries:
                raise StepFailed(step.name, error.sqlstate) from None
        except psycopg.Error as error:
            raise StepFailed(step.name, error.sqlstate) from None


def _try(connection: psycopg.Connection, run: int, step: Step, parameters: Parameters) -> StepDone:
    began = time.perf_counter()
    with connection.transaction():
        _claim(connection, run, step)
        rows = _run_sql(connection, step, parameters)
        for table in step.fills:
            connection.execute("SELECT poort.analyseer(%s, %s)", (table, run))
        seconds = time.perf_counter() - began
        connection.execute(
            "INSERT INTO blackbox.run_stap (run, nummer, naam, rijen, seconden) VALUES (%s, %s, %s, %s, %s)",
            (run, step.number, step.name, rows, seconds),
        )
    return StepDone(step.number, len(STEPS), step.name, rows, seconds)


def _claim(connection: psycopg.Connection, run: int, step: Step) -> None:
    """Move the ledger on, first of all: a second process waits here and then finds that it is too late."""
    moved = connection.execute(
        "UPDATE blackbox.run SET gedaan = %s WHERE run = %s AND gedaan = %s",
        (step.number, run, step.number - 1),
    )
    if moved.rowcount != 1:
        raise Overtaken(f"step {step.number} of run {run}")


def _run_sql(connection: psycopg.Connection, step: Step, parameters: Parameters) -> int:
    """Run the statements of a step; the number of rows that they wrote."""
    connection.execute(SETTINGS)
    with psycopg.ClientCursor(connection) as cursor:
        cursor.execute(step.sql.encode(), parameters)
        rows = cursor.rowcount
        while cursor.nextset():
            rows += cursor.rowcount
    return rows


def _scalar(connection: psycopg.Connection, query: str, *values: int) -> int:
    row = connection.execute(query.encode(), values).fetchone()
    if row is None:
        raise LookupError("no such run")
    return int(row[0])
