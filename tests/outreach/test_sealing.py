"""The seals of the audit: what somebody who may do anything does to a line is found; no line is missed."""

import base64
import datetime
import io
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from outreach.actions.seal_checks import Report, check, read_seal_file
from outreach.actions.sealing import SealsMissing, seal_due, sealing_key, stored_seals
from outreach.audit import Event, record
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as, dedicated_connection
from outreach.sealing import public_text
from tests.roles import as_role

pytestmark = pytest.mark.django_db

OWNER = "SET LOCAL ROLE bereik_eigenaar; "
UNLOCK = OWNER + (
    "ALTER TABLE audit.gebeurtenis DISABLE TRIGGER USER; ALTER TABLE audit.zegel DISABLE TRIGGER USER; "
)
LOCK = "; ALTER TABLE audit.gebeurtenis ENABLE TRIGGER USER; ALTER TABLE audit.zegel ENABLE TRIGGER USER"


@pytest.fixture
def seal_file(tmp_path: Path, settings) -> Iterator[Path]:
    """No seals yet, a key of this test's own, and a file of its own. The lines of other tests stay."""
    settings.KEY_FOLDER = str(tmp_path / "keys")
    settings.MASTER_KEY = base64.b64encode(os.urandom(32)).decode()
    settings.AUDIT_SEAL_FILE = str(tmp_path / "audit" / "zegels.jsonl")
    settings.AUDIT_PUBLIC_KEYS = []
    _forget_seals()
    yield Path(settings.AUDIT_SEAL_FILE)
    _forget_seals()


def _forget_seals() -> None:
    with as_role("migrate"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(UNLOCK + "DELETE FROM audit.zegel" + LOCK)


def write(count: int = 3) -> list[int]:
    """Lines, each in a transaction of its own; their numbers."""
    for number in range(count):
        with acting_as(SYSTEM_ACTOR):
            record(Event.ROUND_MADE, "ronde", [number])
    with as_role("migrate"), connection.cursor() as cursor:
        cursor.execute("SELECT id FROM audit.gebeurtenis ORDER BY id DESC LIMIT %s", [count])
        return [number for (number,) in reversed(cursor.fetchall())]


def seal() -> int:
    """Seal what can be sealed; how many lines."""
    with as_role("koppel"):
        return sum(one.lines for one in seal_due())


def seal_until(lines: list[int]) -> None:
    """Another test run on this server may keep a transaction open: wait for it, then seal all at once."""
    with as_role("migrate"), connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text")
        (now,) = cursor.fetchone()
        over = False
        while not over:
            cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot()) >= %s::text::xid8", [now])
            (over,) = cursor.fetchone()
            time.sleep(0 if over else 0.05)
    seal()
    with as_role("koppel"):
        assert any(one.last >= lines[-1] for one in stored_seals())


def look(seal_file: Path) -> Report:
    with as_role("koppel"):
        key = public_text(sealing_key().public_key())
    with as_role("migrate"), transaction.atomic():
        return check(read_seal_file(seal_file), [key])


@contextmanager
def tampered(statements: str, *params: object, guards_back: bool = True) -> Iterator[None]:
    """As somebody who owns everything: inside, the audit is as he left it; afterwards, as it was."""
    with as_role("migrate"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(UNLOCK)
            cursor.execute(statements, params or None)
            if guards_back:
                cursor.execute(LOCK.lstrip("; "))
        yield
        transaction.set_rollback(True)


def findings(seal_file: Path) -> list[str]:
    return [finding.text for finding in look(seal_file).findings]


def test_an_audit_that_nobody_touched_is_sound(seal_file: Path):
    lines = write()
    seal_until(lines)
    seal_until(write())
    report = look(seal_file)
    assert report.findings == []
    assert report.seals >= 2
    assert report.lines >= 6


TAMPERING = {
    "changed": (
        "UPDATE audit.gebeurtenis SET actor = 'iemand anders' WHERE id = %s",
        1,
        "veranderd of verwisseld",
    ),
    "deleted": ("DELETE FROM audit.gebeurtenis WHERE id = %s", 1, "1 van de"),
    "reordered": (
        """UPDATE audit.gebeurtenis g SET ids = o.ids FROM audit.gebeurtenis o
        WHERE (g.id, o.id) IN ((%s, %s), (%s, %s))""",
        4,
        "veranderd of verwisseld",
    ),
    "moved in time": (
        "UPDATE audit.gebeurtenis SET op = op - interval '1 microsecond' WHERE id = %s",
        1,
        "veranderd",
    ),
    "put under another transaction": (
        "UPDATE audit.gebeurtenis SET transactie = '18446744073709551614' WHERE id = %s",
        1,
        "1 van de",
    ),
    "put among the sealed": (
        """INSERT INTO audit.gebeurtenis (actor, soort, team, handeling, onderwerp, transactie)
        SELECT '1', 'consulent', '', 'x', 'x', transactie FROM audit.gebeurtenis WHERE id = %s""",
        1,
        "1 regels bij gezet",
    ),
}


@pytest.mark.parametrize("name", TAMPERING)
def test_the_range_somebody_was_in_is_named(seal_file: Path, name: str):
    """As owner of the table with its guards off. The ranges before and after stay sound."""
    seal_until(write())
    lines = write()
    seal_until(lines)
    seal_until(write())
    statement, count, says = TAMPERING[name]
    params = {1: lines[:1], 4: [lines[0], lines[1], lines[1], lines[0]]}[count]
    with tampered(statement, *params):
        found = look(seal_file).findings
    assert [says in finding.text for finding in found] == [True]
    assert found[0].first <= lines[0] <= found[0].last
    assert findings(seal_file) == []


def test_lines_cut_off_the_end_are_missed(seal_file: Path):
    seal_until(write())
    lines = write()
    seal_until(lines)
    with tampered("DELETE FROM audit.gebeurtenis WHERE id >= %s", lines[0]):
        found = look(seal_file).findings
    assert len(found) == 1
    assert "3 regels zijn weg" in found[0].text


def test_lines_cut_off_with_their_seal_are_missed_in_the_second_channel(seal_file: Path):
    """What is left is sound in itself; only what was shipped before knows better."""
    seal_until(write())
    lines = write()
    seal_until(lines)
    cut = "DELETE FROM audit.zegel WHERE laatste >= {0}; DELETE FROM audit.gebeurtenis WHERE id >= {0}"
    with tampered(cut.format(lines[0])):
        found = look(seal_file).findings
        assert len(found) == 1
        assert "het einde is afgekapt" in found[0].text
        assert (found[0].first, found[0].last) == (lines[0], lines[-1])
        seal_file.rename(seal_file.with_suffix(".weg"))
        assert look(seal_file).findings == []
    seal_file.with_suffix(".weg").rename(seal_file)


def test_a_seal_that_was_made_to_fit_is_not_signed(seal_file: Path):
    """Who may do anything in the database makes the digest fit, and has no key."""
    seal_until(write())
    lines = write()
    seal_until(lines)
    fit = (
        "DELETE FROM audit.gebeurtenis WHERE id = {0}; DELETE FROM audit.zegel WHERE eerste >= {1};"
        " INSERT INTO audit.zegel (nummer, cluster, van, tot, regels, eerste, laatste, inhoud, vorige,"
        " handtekening) SELECT (SELECT max(nummer) + 1 FROM audit.zegel), t.*, sha256(''),"
        " sha256('') || sha256('') FROM audit.te_verzegelen() t"
    )
    with tampered(fit.format(lines[1], lines[0])):
        texts = " ".join(findings(seal_file))
    assert "is niet ondertekend" in texts
    assert "volgt niet op het zegel ervoor" in texts
    assert "is een ander zegel dan in het bestand" in texts


def test_a_seal_that_is_taken_out_is_missed(seal_file: Path):
    for _ in range(3):
        seal_until(write())
    with as_role("koppel"):
        middle = stored_seals()[-2].number
    with tampered("DELETE FROM audit.zegel WHERE nummer = %s", middle):
        assert f"zegel {middle} is weg" in findings(seal_file)


def test_guards_that_are_off_are_named(seal_file: Path):
    seal_until(write())
    with tampered("SELECT 1", guards_back=False):
        assert sum("staat uit" in text for text in findings(seal_file)) == 4


def _committed_late(seal_file: Path) -> list[str]:
    """A line is written, a later one is committed and sealed, and only then the first is committed."""
    with as_role("web"), dedicated_connection() as slow:
        with slow.transaction():
            slow.execute(
                "SELECT set_config('bereik.actor', '7', true), set_config('bereik.soort', 'consulent', true),"
                " set_config('bereik.team', '', true)"
            )
            slow.execute("INSERT INTO audit.gebeurtenis (handeling, onderwerp) VALUES ('laat', 'proef')")
            later = write()
            seal()
            with as_role("koppel"):
                sealed = [one for one in stored_seals() if one.last >= later[0]]
        return [f"{len(sealed)} te vroeg"] * bool(sealed) + _after_commit(seal_file, later)


def _after_commit(seal_file: Path, later: list[int]) -> list[str]:
    seal_until(later)
    report = look(seal_file)
    with as_role("migrate"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM audit.gebeurtenis g JOIN audit.zegel z ON z.cluster = g.cluster"
            " AND g.transactie >= z.van AND g.transactie < z.tot WHERE g.handeling = 'laat' AND g.id > %s",
            [later[0] - 2],
        )
        covered = cursor.fetchone()[0]
    return [finding.text for finding in report.findings] + ["niet verzegeld"] * (covered != 1)


def test_a_transaction_that_is_open_during_sealing_loses_nothing(seal_file: Path):
    seal_until(write())
    assert _committed_late(seal_file) == []


NAIVE: dict[str, Callable[[str], str]] = {
    "up to the newest transaction": lambda text: text.replace("pg_snapshot_xmin", "pg_snapshot_xmax"),
    "up to the highest id": lambda text: text.replace(
        "grens := CASE",
        "grens := CASE WHEN true THEN (SELECT (max(g.transactie::text::numeric) + 1)::text::xid8"
        " FROM audit.gebeurtenis g) ELSE CASE",
    ).replace("'18446744073709551615' END", "'18446744073709551615' END END"),
}


@pytest.mark.parametrize("naive", NAIVE)
def test_without_the_horizon_the_late_line_is_lost(seal_file: Path, naive: str):
    seal_until(write())
    with as_role("migrate"), connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef('audit.te_verzegelen()'::regprocedure)")
        sound = cursor.fetchone()[0]
    broken = NAIVE[naive](sound)
    assert broken != sound
    _replace(broken)
    try:
        assert _committed_late(seal_file) != []
    finally:
        _replace(sound)


def _replace(function: str) -> None:
    with as_role("migrate"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(OWNER + function)


def test_a_worker_that_died_before_shipping_ships_with_the_next_seal(seal_file: Path):
    seal_until(write())
    whole = seal_file.read_text()
    seal_until(write())
    torn = seal_file.read_text()
    seal_file.write_text(torn[: len(whole) + 40])
    seal_until(write())
    assert seal_file.read_text().startswith(torn)
    assert findings(seal_file) == []


def test_sealing_stops_where_the_database_lost_seals(seal_file: Path):
    """Going on would give two seals one number, and hide the cut."""
    seal_until(write())
    line = json.loads(seal_file.read_text().splitlines()[-1])
    with seal_file.open("a") as file:
        file.write(json.dumps({**line, "number": line["number"] + 1}) + "\n")
    write()
    with pytest.raises(SealsMissing, match="De audit"):
        seal()


def test_lines_of_another_cluster_are_sealed_as_they_came(seal_file: Path):
    """After a dump was restored elsewhere transactions start anew: a number says nothing of what is open."""
    seal_until(write())
    lines = write()
    elsewhere = "UPDATE audit.gebeurtenis SET cluster = 1, transactie = '99999999999999' WHERE id = ANY(%s)"
    home = (
        "UPDATE audit.gebeurtenis SET cluster = (pg_control_system()).system_identifier,"
        " transactie = %s::text::xid8 WHERE id = ANY(%s)"
    )
    with as_role("migrate"), connection.cursor() as cursor:
        cursor.execute("SELECT min(transactie)::text FROM audit.gebeurtenis WHERE id = ANY(%s)", [lines])
        transaction_id = cursor.fetchone()[0]
    _as_owner(elsewhere, lines)
    try:
        seal_until(write())
        assert findings(seal_file) == []
        with as_role("koppel"):
            assert [one.lines for one in stored_seals() if one.cluster == 1] == [3]
    finally:
        _as_owner(home, transaction_id, lines)


def _as_owner(statement: str, *params: object) -> None:
    with as_role("migrate"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(UNLOCK)
        cursor.execute(statement, params)
        cursor.execute(LOCK.lstrip("; "))


def test_the_pages_seal_nothing_and_the_worker_changes_no_seal(seal_file: Path):
    seal_until(write())
    for role, statement in (
        ("web", "SELECT * FROM audit.zegel"),
        ("web", "SELECT * FROM audit.te_verzegelen()"),
        ("koppel", "UPDATE audit.zegel SET regels = 1"),
        ("koppel", "DELETE FROM audit.zegel"),
        ("koppel", "SELECT * FROM audit.gebeurtenis"),
        ("koppel", "INSERT INTO audit.zegel (op) VALUES (now())"),
    ):
        with (
            as_role(role),
            dedicated_connection() as own,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            own.execute(statement)


def test_without_a_seal_the_command_calls_nothing_sound(seal_file: Path):
    said = io.StringIO()
    with as_role("migrate"):
        call_command("controleer_audit", stdout=said)
    assert "Er is nog niets verzegeld" in said.getvalue()
    assert "klopt" not in said.getvalue()


@pytest.mark.parametrize(("minutes", "stopped"), [(50, False), (70, True)])
def test_the_command_fails_while_no_seals_are_made(seal_file: Path, monkeypatch, minutes: int, stopped: bool):
    """Whoever stops the worker could otherwise remove what was written since, and be called sound."""
    lines = write()
    seal_until(lines)
    write()
    later = clock.now() + datetime.timedelta(minutes=minutes)
    monkeypatch.setattr("outreach.management.commands.controleer_audit.clock.now", lambda: later)
    said = io.StringIO()
    with as_role("migrate"):
        if stopped:
            with pytest.raises(CommandError, match="Er wordt niet verzegeld"):
                call_command("controleer_audit", stdout=said)
        else:
            call_command("controleer_audit", stdout=said)
    assert ("De audit klopt." in said.getvalue()) is not stopped


def test_the_command_says_that_all_is_well_or_where_it_is_not(seal_file: Path, settings):
    lines = write()
    seal_until(lines)
    with as_role("koppel"):
        key = public_text(sealing_key().public_key())
    said = io.StringIO()
    with as_role("migrate"):
        call_command("controleer_audit", sleutel=[key], stdout=said)
    assert "De audit klopt." in said.getvalue()
    assert "komt uit het bestand zelf" not in said.getvalue()
    said = io.StringIO()
    other = base64.b64encode(os.urandom(32)).decode()
    with as_role("migrate"), pytest.raises(CommandError, match="De audit klopt niet"):
        call_command("controleer_audit", sleutel=[other], stdout=said)
    assert "is niet ondertekend met de sleutel van de werker (regel " in said.getvalue()
    seal_file.write_text("dit is geen zegel\n")
    with as_role("migrate"), pytest.raises(CommandError, match="regel 1 van het bestand"):
        call_command("controleer_audit", sleutel=[key], stdout=io.StringIO())
