"""A worker that is killed at its worst moments: in every step, in the handover, in the middle of a load.

A lock on the table that a step writes holds the worker inside that step, with the step half done, until it
is killed. So every kill is where it says it is, and every step gets one.
"""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
import redis
from django.conf import settings
from django.db import connections

from eligibility.blackbox.steps import STEPS
from eligibility.models import Delivery, Run
from outreach.kernel.db import dedicated_connection
from outreach.models import User
from tests import brokers
from tests.eligibility import deliver
from tests.eligibility.worker import Worker, wait_for
from tests.roles import as_role

pytestmark = [pytest.mark.proof, pytest.mark.django_db]

#: A new worker has to be at work again within so many seconds of being ready.
RESUMED_WITHIN = 5.0
#: Steps without a table of their own write counts.
COUNTS = "run_telling"
PEOPLE = 400
LINES = 150_000


@pytest.fixture
def log(places: Path, tmp_path: Path) -> Iterator[Path]:
    """Where the workers write; the broker is empty before and after."""
    broker = redis.Redis.from_url(brokers.for_workers(settings.REDIS_URL))
    broker.flushdb()
    yield tmp_path / "worker.log"
    broker.flushdb()


@pytest.fixture
def say(capsys: pytest.CaptureFixture) -> Callable[[str], None]:
    """Puts a line in the output of the test run, where it is evidence."""

    def tell(line: str) -> None:
        with capsys.disabled():
            sys.stdout.write(f"\n{line}\n")

    return tell


@pytest.fixture
def migrate(transactional_db: None) -> Iterator[psycopg.Connection]:
    """A connection that may lock the tables of the box."""
    with as_role("migrate"):
        connection = dedicated_connection()
    with connection:
        yield connection


@pytest.fixture
def town(manager: User, places: Path) -> User:
    """People of all ages, some with a partner or a child, and a few lists about them."""
    numbers = [deliver.bsn(10_000_000 + 100 * place) for place in range(PEOPLE)]
    lines = []
    for place, number in enumerate(numbers):
        home = {"adres_id": f"03630100{place // 3:08d}", "huisnummer": str(1 + place // 3)}
        kind = place % 3
        if kind == 1:
            home |= {"bsn_partner": numbers[place - 1], "geboortedatum": "19551231"}
        elif kind == 2:
            home |= {"bsn_ouder1": numbers[place - 2], "geboortedatum": "20150401"}
        lines.append(deliver.resident(number, voornamen=f"Aad {place}", **home))
    deliver.deliver(deliver.brp(lines), "brp", by=manager)
    pupils = [f"{number};PO;7" for number in numbers[2::3]]
    deliver.deliver(deliver.client_file(pupils, "bsn;onderwijs;leerjaar"), "leerlingen", by=manager)
    for bron, year, part in (("bijstand", 2025, 4), ("stadspas", 2025, 5), ("kwijtschelding", 2026, 7)):
        deliver.deliver(deliver.client_file(numbers[::part]), bron, year, by=manager)
    answers = [f"{number};nee" for number in numbers[::11]]
    deliver.deliver(deliver.client_file(answers, "bsn;antwoord"), "ib_toets", 2025, by=manager)
    deliver.deliver(deliver.client_file([f"{numbers[0]};"], "bsn;regeling"), "optout", by=manager)
    return manager


HOME = (
    "h.street, h.house_number, h.house_letter, h.house_suffix, h.postcode, h.city, h.address_function,"
    " h.buurt_code, h.confidential, h.institution"
)
PERSON = (
    "p.given_names, p.prefix, p.family_name, p.name_usage, p.partner_prefix, p.partner_family_name,"
    " p.sex, p.birth_date, p.no_contact, p.no_contact_for::text"
)
MEMBERS = f"""SELECT {HOME}, {PERSON}, m.adult, m.addressee FROM outreach_household h
    JOIN outreach_householdmember m ON m.household_id = h.id JOIN outreach_person p ON p.id = m.person_id
    WHERE h.handover_id = %s"""
CANDIDATES = f"""SELECT {HOME}, c.regeling_id, c.klasse, c.mode, {PERSON} FROM outreach_household h
    JOIN outreach_candidacy c ON c.household_id = h.id
    JOIN outreach_candidacy_persons n ON n.candidacy_id = c.id JOIN outreach_person p ON p.id = n.person_id
    WHERE h.handover_id = %s"""


def casework(run: Run) -> str:
    """Everything that the run handed over, as bytes that know no ids, and its counts."""
    found = []
    with connections["migrate"].cursor() as cursor:
        for query in (MEMBERS, CANDIDATES):
            cursor.execute(query, [run.pk])
            found.append(sorted(cursor.fetchall()))
    counts = {key: value for key, value in run.account.items() if key != "bronnen"}
    return json.dumps([found, counts], default=str, sort_keys=True)


@contextmanager
def held(migrate: psycopg.Connection, table: str) -> Iterator[None]:
    """Nobody writes to this table for as long as the block lasts."""
    with migrate.transaction():
        migrate.execute(f"LOCK TABLE {table} IN SHARE MODE".encode())
        yield


def waiting(table: str, migrate: psycopg.Connection) -> bool:
    """Whether the worker stands still at this table, in the middle of a transaction."""
    query = b"SELECT 1 FROM pg_locks WHERE NOT granted AND relation = %s::regclass"
    return migrate.execute(query, (table,)).fetchone() is not None


def sessions_ended(migrate: psycopg.Connection, box: psycopg.Connection) -> bool:
    """Whether the server has let go of the worker's sessions; those of this test process stay."""
    query = (
        b"SELECT count(*) FROM pg_stat_activity WHERE usename = 'koppel' AND datname = current_database()"
        b" AND pid <> ALL (%s)"
    )
    wrapper = connections["koppel"].connection
    own = [box.info.backend_pid, *([wrapper.info.backend_pid] if wrapper else [])]
    return migrate.execute(query, (own,)).fetchone() == (0,)


def done(run: Run, box: psycopg.Connection) -> int:
    row = box.execute(b"SELECT gedaan FROM blackbox.run WHERE run = %s", (run.box_number,)).fetchone()
    return row[0] if row else 0


def start_in_box(run: Run, migrate: psycopg.Connection, box: psycopg.Connection, log: Path) -> None:
    """Let a worker make the tables of the run, so that they can be locked. Two are killed over it."""
    with held(migrate, "blackbox.run_instelling"):
        worker = Worker(log)
        wait_for(lambda: waiting("blackbox.run_instelling", migrate), "the first words to the box")
        worker.kill()
    worker = Worker(log)
    wait_for(lambda: Run.objects.get(pk=run.pk).box_number, "a number for the run")
    run.refresh_from_db()
    query = b"SELECT 1 FROM blackbox.run_merk WHERE run = %s"
    wait_for(lambda: box.execute(query, (run.box_number,)).fetchone(), "the tables of the run")
    # The page knows that the run got on, so this death is no sign that it is stuck.
    wait_for(lambda: Run.objects.filter(pk=run.pk, attempts=1).exists(), "a new count of attempts")
    worker.kill()


def test_killed_in_every_step_and_in_the_handover_the_same_comes_out(town: User, migrate, box, log, say):
    whole = casework(deliver.run_through(town))
    run = deliver.start(town)
    start_in_box(run, migrate, box, log)
    kills, slowest, inside = 2, 0.0, []
    for step in STEPS:
        if done(run, box) >= step.number or step.fills == STEPS[step.number - 2].fills:
            # Of two steps in a row that write one table the lock holds the first.
            continue
        table = f"blackbox.{step.fills[0]}_{run.box_number}" if step.fills else f"blackbox.{COUNTS}"
        with held(migrate, table):
            worker = Worker(log)
            wait_for(lambda table=table: waiting(table, migrate), f"step {step.name}")
            slowest = max(slowest, worker.since_ready())
            worker.kill()
            assert done(run, box) == step.number - 1
            inside.append(step.name)
            kills += 1
    wait_for(lambda: sessions_ended(migrate, box), "the end of the sessions")
    # At its beginning, and with the people written but nothing committed.
    for table in ("outreach_handover", "outreach_candidacy"):
        with held(migrate, table):
            worker = Worker(log)
            wait_for(lambda table=table: waiting(table, migrate), f"the handover, at {table}")
            slowest = max(slowest, worker.since_ready())
            worker.kill()
            inside.append(f"overdracht ({table})")
            kills += 1
        wait_for(lambda: sessions_ended(migrate, box), "the end of the sessions")
    worker = Worker(log)
    try:
        wait_for(lambda: not Run.objects.open().filter(pk=run.pk).exists(), "the end of the run")
    finally:
        worker.end()
    run.refresh_from_db()
    say(
        f"{kills} times kill -9, of which {len(inside)} inside a step: {', '.join(inside)};"
        f" slowest to be back: {slowest:.1f} s"
    )
    assert (run.state, run.problem) == ("klaar", "")
    assert kills >= 20
    assert len(inside) >= 15
    assert slowest <= RESUMED_WITHIN
    assert casework(run) == whole


def first_rows(delivery: Delivery) -> int:
    """The rows read so far, once the worker is copying them into the box."""
    copying = Delivery.objects.filter(pk=delivery.pk, state="gecontroleerd", rows_read__gt=0)
    return copying.values_list("rows_read", flat=True).first() or 0


def test_killed_in_the_middle_and_at_the_end_of_a_load_it_is_loaded_once(
    manager: User, migrate, box, log, say
):
    numbers = [deliver.bsn(10_000_000 + 100 * place) for place in range(LINES)]
    delivery = deliver.upload(deliver.brp(map(deliver.resident, numbers)), "brp", by=manager)
    worker = Worker(log)
    halfway = wait_for(lambda: first_rows(delivery), "the first rows")
    worker.kill()
    wait_for(lambda: sessions_ended(migrate, box), "the end of the sessions")
    with held(migrate, "blackbox.levering_merk"):
        worker = Worker(log)
        # All rows are in the box by now, and nothing of it is committed.
        wait_for(lambda: waiting("blackbox.levering_merk", migrate), "the end of the load")
        worker.kill()
    wait_for(lambda: sessions_ended(migrate, box), "the end of the sessions")
    query = b"SELECT count(*), count(DISTINCT bsn) FROM blackbox.inwoner WHERE levering = %s"
    delivery.refresh_from_db()
    assert box.execute(query, (delivery.box_number,)).fetchone() == (0, 0)
    worker = Worker(log)
    try:
        wait_for(lambda: Delivery.objects.filter(pk=delivery.pk, attempts=3).exists(), "the third attempt")
        back = worker.since_ready()
        wait_for(
            lambda: not Delivery.objects.working().filter(pk=delivery.pk).exists(), "the end of the load"
        )
    finally:
        worker.end()
    delivery.refresh_from_db()
    say(f"kill -9 inside a load after {halfway} rows and after all {LINES}; back after {back:.1f} s")
    assert (delivery.state, delivery.rows_kept) == ("ingeladen", LINES)
    assert box.execute(query, (delivery.box_number,)).fetchone() == (LINES, LINES)
    assert back <= RESUMED_WITHIN
