"""Destroying deliveries and cycle keys: all of it, in order, once, and never what is held."""

import datetime
import json
import signal
import struct
import subprocess
import sys
from pathlib import Path

import psycopg
import pypdfium2
import pytest
from django.db import IntegrityError, ProgrammingError, connection, connections, transaction
from pytest_django import Settings

from eligibility.actions import box as boxes
from eligibility.actions import deliveries, expiring, facts, keys, sweeping
from eligibility.actions import destroying as worker
from eligibility.blackbox.run import LOCK_BROWSER
from eligibility.files import StoredFileBroken, open_clear
from eligibility.locks import holding
from eligibility.models import Agreement, Delivery
from outreach.actions import destruction
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.kernel.destruction_log import DestructionLog, LogBroken
from outreach.kernel.keys import KeyUnavailable
from outreach.models import LegalHold, Role, User
from outreach.policies import NotNow
from outreach.views.certificate_pdf import certificate
from tests import factories
from tests.blackbox import test_kill
from tests.days import pin
from tests.eligibility import deliver, destroying
from tests.eligibility.test_handover import delivered  # noqa: F401
from tests.eligibility.worker import wait_for
from tests.outreach import visits
from tests.roles import as_role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("places")]

NUMBERS = [deliver.bsn(20000000 + 10 * step) for step in range(30)]


@pytest.fixture(autouse=True)
def log_folder(settings: Settings, tmp_path: Path) -> Path:
    settings.DESTRUCTION_FOLDER = tmp_path / "vernietigd"
    settings.DATABASE_FILES = ""
    return settings.DESTRUCTION_FOLDER


@pytest.fixture
def clients(manager: User) -> Delivery:
    return deliver.deliver(deliver.client_file(NUMBERS), "bijstand", 2025, by=manager)


def what_is_left(delivery: Delivery, box: psycopg.Connection) -> list[str]:
    """What of a delivery can still be found: its table, its file, its key, what was searched for."""
    table = f"blackbox.klant_{delivery.box_number}"
    left = []
    if box.execute(b"SELECT to_regclass(%s) IS NOT NULL", (table,)).fetchone()[0]:
        left.append("table")
    if (worker.Path(worker.settings.UPLOAD_FOLDER) / delivery.stored_as).exists():
        left.append("file")
    if keys.key_folder().exists(delivery.key_id):
        left.append("key")
    if list(worker.Path(worker.settings.KEY_FOLDER).glob("zoek-*")):
        left.append("needles")
    return left


def test_the_partition_the_file_and_the_key_go_and_the_certificate_can_say_so(clients, box, audited):
    of = destroying.ready([clients])
    assert what_is_left(clients, box) == ["table", "file", "key"]
    assert destroying.carry_out() == [of.pk]
    clients.refresh_from_db()
    of.refresh_from_db()
    (item,) = destroying.items(of)
    assert what_is_left(clients, box) == []
    assert (clients.state, of.state, item.state) == ("vernietigd", "uitgevoerd", "vernietigd")
    assert item.facts["rijen"] == 30
    assert (item.facts["sporen_vooraf"], item.facts["gevonden"]) == (2, 0)
    assert item.facts["gezocht_naar"] == 32
    (line,) = DestructionLog(worker.settings.DESTRUCTION_FOLDER, "koppel").lines()
    assert (line["bestand"], line["sleutel"], line["nummer"]) == (
        clients.stored_as,
        clients.key_id,
        clients.box_number,
    )
    acts = [act for act, _, _ in audited("lijst")]
    assert acts[-2:] == ["levering_vernietigd", "vernietiging_uitgevoerd"]


def test_the_certificate_says_it_all_and_names_nobody(clients, manager):
    held = deliver.deliver(deliver.client_file(NUMBERS[:5]), "bijstand", 2024, by=manager)
    of = destroying.ready([clients, held])
    officer = factories.user(Role.PRIVACY_OFFICER)
    with acting_as(officer.actor()):
        destruction.place_hold(kind="levering", subject=str(held.pk), reason="Bezwaar", by=officer)
    destroying.carry_out()
    of.refresh_from_db()
    with acting_as(SYSTEM_ACTOR):
        pdf = certificate(of, list(of.items.all()))
        assert certificate(of, list(of.items.all())) == pdf
    text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf))
    flat = " ".join(text.split())
    (gone,) = [item for item in destroying.items(of) if item.state == "vernietigd"]
    for said in (
        f"levering {clients.pk}",
        "24 maanden",
        "Besluit 26/12",
        "(DROP)",
        clients.key_id,
        "Rijen 30",
    ):
        assert said in flat
    assert gone.facts["bestand_sha256"] in text.replace("\n", "").replace("\r", "").replace(" ", "")
    assert "Gevonden: 0" in flat
    assert "Blijft bewaard door een verbod" in flat
    for secret in (*NUMBERS, "Sam", "de Wit", of.asked_by.username):
        assert secret not in flat


def test_a_kept_copy_of_the_file_opens_with_no_key_that_is_left(clients, places: Path, tmp_path: Path):
    """The positive control: before, its own key opens it."""
    assert open_clear(clients.stored_as, keys.identity_of(clients.key_id)).read().count(b"\n") == 31
    copy = tmp_path / "kopie.age"
    copy.write_bytes((places / clients.stored_as).read_bytes())
    destroying.ready([clients])
    destroying.carry_out()
    (places / clients.stored_as).write_bytes(copy.read_bytes())
    with pytest.raises(KeyUnavailable):
        keys.identity_of(clients.key_id)
    left = [path.stem for path in Path(worker.settings.KEY_FOLDER).glob("levering-*.key")]
    assert len(left) >= 30
    for name in left:
        with pytest.raises(StoredFileBroken), open_clear(clients.stored_as, keys.identity_of(name)) as file:
            file.read()


def test_nothing_goes_before_the_cooling_off_is_over(clients, box):
    of = destroying.approve(destroying.draft([clients.pk]))
    assert destroying.carry_out() == []
    assert what_is_left(clients, box) == ["table", "file", "key"]
    with as_role("koppel"), pytest.raises(IntegrityError, match="before its time"), acting_as(SYSTEM_ACTOR):
        of.items.update(begun_at=of.approved_at)


def test_a_hold_wins_over_an_approved_list(clients, manager, box):
    other = deliver.deliver(deliver.client_file(NUMBERS[:5]), "bijstand", 2024, by=manager)
    of = destroying.ready([clients, other])
    officer = factories.user(Role.PRIVACY_OFFICER)
    with acting_as(officer.actor()):
        destruction.place_hold(kind="levering", subject=str(clients.pk), reason="Bezwaar 26/3", by=officer)
    assert destroying.carry_out() == [of.pk]
    assert {item.subject: item.state for item in destroying.items(of)} == {
        str(clients.pk): "vastgehouden",
        str(other.pk): "vernietigd",
    }
    assert what_is_left(clients, box) == ["table", "file", "key"]
    with acting_as(officer.actor()), pytest.raises(NotNow, match="niets"):
        destruction.draft(
            rule=of.rule,
            cutoff=destroying.LONG_AGO,
            found=[destruction.Due(str(clients.pk), destroying.LONG_AGO, "x")],
            by=officer,
        )


def test_a_hold_that_comes_between_the_look_and_the_beginning_wins_in_the_database(
    clients, box, monkeypatch: pytest.MonkeyPatch
):
    of = destroying.ready([clients])
    officer = factories.user(Role.PRIVACY_OFFICER)
    with acting_as(officer.actor()):
        destruction.place_hold(kind="levering", subject="", reason="Onderzoek AP", by=officer)
    monkeypatch.setattr(type(LegalHold.objects), "covers", lambda *_: False, raising=False)
    monkeypatch.setattr("outreach.models.destruction.LegalHoldQuerySet.covers", lambda *_: False)
    destroying.carry_out()
    assert [item.state for item in destroying.items(of)] == ["vastgehouden"]
    assert what_is_left(clients, box) == ["table", "file", "key"]


def test_what_is_withdrawn_stays_while_it_is_held_and_is_logged_when_it_goes(clients, manager, box):
    officer = factories.user(Role.PRIVACY_OFFICER)
    with acting_as(officer.actor()):
        hold = destruction.place_hold(kind="levering", subject=str(clients.pk), reason="Bezwaar", by=officer)
    with acting_as(manager.actor()):
        deliveries.withdraw(delivery=clients, by=manager)
    assert not deliver.process(clients).settled
    assert what_is_left(clients, box) == ["table", "file", "key"]
    with acting_as(officer.actor()):
        destruction.lift_hold(hold=hold, by=officer)
    assert deliver.process(clients).settled
    assert what_is_left(clients, box) == []
    (line,) = DestructionLog(worker.settings.DESTRUCTION_FOLDER, "koppel").lines()
    assert (line["soort"], line["bestand"]) == ("levering", clients.stored_as)


def test_what_people_came_out_of_is_not_destroyed_by_who_withdraws_it(delivered, box):  # noqa: F811
    run = deliver.run_through(delivered)
    used = run.deliveries.get(bron_id="bijstand")
    with acting_as(delivered.actor()):
        deliveries.withdraw(delivery=used, by=delivered)
    with as_role("koppel"):
        assert used.pk not in sweeping.due_deliveries()
    assert not deliver.process(used).settled
    assert what_is_left(used, box) == ["table", "file", "key"]
    # Its term is far from over, and yet it stands on the next list; the other files do not.
    (due,) = expiring.deliveries(destroying.LONG_AGO)
    assert (due.subject, due.what) == (
        str(used.pk),
        f"Levering {used.pk}: {used.bron.name} 2025 (ingetrokken)",
    )
    destroying.ready([used])
    destroying.carry_out()
    used.refresh_from_db()
    assert (used.state, what_is_left(used, box)) == ("vernietigd", [])
    assert expiring.deliveries(destroying.LONG_AGO) == []


def test_its_key_of_the_refertejaar_waits_for_what_was_withdrawn(delivered):  # noqa: F811
    run = deliver.run_through(delivered)
    for one in run.deliveries.all():
        with acting_as(delivered.actor()):
            deliveries.withdraw(delivery=one, by=delivered)
        deliver.process(one)
    assert expiring.in_use(2025)
    destroying.ready(run.deliveries.all())
    destroying.carry_out()
    assert not expiring.in_use(2025)


def test_it_is_too_late_to_hold_what_has_begun(clients):
    of = destroying.ready([clients])
    with as_role("koppel"), acting_as(SYSTEM_ACTOR):
        of.items.update(begun_at=of.approved_at)
    officer = factories.user(Role.PRIVACY_OFFICER)
    with acting_as(officer.actor()), pytest.raises(NotNow, match="al begonnen"):
        destruction.place_hold(kind="levering", subject=str(clients.pk), reason="Bezwaar", by=officer)
    of.refresh_from_db()
    with acting_as(officer.actor()), pytest.raises(NotNow, match="al begonnen"):
        destruction.withdraw(of=of, by=officer)


def test_a_copy_that_is_found_keeps_the_list_open(clients, places: Path):
    of = destroying.ready([clients])
    copy = places / "kopie.age"
    copy.write_bytes((places / clients.stored_as).read_bytes())
    assert destroying.carry_out() == []
    (item,) = destroying.items(of)
    clients.refresh_from_db()
    assert (item.state, clients.state) == ("open", "ingeladen")
    assert "1 sporen" in item.problem
    copy.unlink()
    assert destroying.carry_out() == [of.pk]
    (item,) = destroying.items(of)
    assert (item.state, item.problem) == ("vernietigd", "")


def test_a_row_that_is_left_in_the_files_of_the_database_keeps_the_list_open(
    clients, box, settings, tmp_path
):
    """As PostgreSQL writes it: number of the delivery, length, pseudonym."""
    settings.DATABASE_FILES = str(tmp_path / "pg")
    file = tmp_path / "pg/base/16384/24576"
    file.parent.mkdir(parents=True)
    query = b"SELECT bsn FROM blackbox.klant WHERE levering = %s ORDER BY bsn LIMIT 1"
    pseudonym = bytes(box.execute(query, (clients.box_number,)).fetchone()[0])
    file.write_bytes(b"\0" * 100 + struct.pack("=q", clients.box_number) + b"\x23" + pseudonym + b"\0" * 100)
    of = destroying.ready([clients])
    assert destroying.carry_out() == []
    assert "1 sporen" in destroying.items(of)[0].problem
    file.unlink()
    assert destroying.carry_out() == [of.pk]
    facts = destroying.items(of)[0].facts
    assert (facts["database_doorzocht"], facts["sporen_vooraf"]) == (True, 3)


def test_it_waits_while_a_koppeling_is_at_work(clients, box):
    of = destroying.ready([clients])
    with as_role("koppel"), holding(LOCK_BROWSER, 1):
        assert worker.carry_out_due() == []
    assert what_is_left(clients, box) == ["table", "file", "key"]
    assert destroying.carry_out() == [of.pk]


def test_delete_instead_of_drop_is_noticed(clients, box, monkeypatch: pytest.MonkeyPatch):
    """The mutant: the rows are deleted, as a well-meaning change might do."""

    def delete(connection_: psycopg.Connection, number: int) -> None:
        with connections["migrate"].cursor() as cursor:
            cursor.execute(f"DELETE FROM blackbox.klant_{number}")

    monkeypatch.setattr(boxes, "drop_delivery", delete)
    of = destroying.ready([clients])
    assert destroying.carry_out() == []
    assert [item.state for item in destroying.items(of)] == ["open"]
    assert "table" in what_is_left(clients, box)


def test_the_key_of_a_cycle_goes_after_its_deliveries(clients, box):
    end = destroying.datetime.date(2026, 12, 31)
    assert expiring.cycles(end) == []
    of = destroying.approve(destroying.draft([2025], "cyclus"))
    destroying.cool_off(of)
    assert destroying.carry_out() == []
    assert "Die gaat eerst" in destroying.items(of)[0].problem
    destroying.ready([clients])
    destroying.carry_out()
    destroying.carry_out()
    assert not keys.key_folder().exists("cyclus-2025")
    assert [item.state for item in destroying.items(of)] == ["vernietigd"]
    with acting_as(SYSTEM_ACTOR):
        assert expiring.cycles(end) == []


def test_the_draft_names_what_is_old_but_not_the_newest_list_of_opt_outs(clients, manager):
    listed = deliver.deliver(deliver.client_file([f"{NUMBERS[0]};"], "bsn;regeling"), "optout", by=manager)
    today = clock.today()
    assert [one.subject for one in expiring.deliveries(today)] == [str(clients.pk)]
    assert expiring.deliveries(destroying.LONG_AGO) == []
    newer = deliver.deliver(deliver.client_file([f"{NUMBERS[1]};"], "bsn;regeling"), "optout", by=manager)
    assert str(listed.pk) in {one.subject for one in expiring.deliveries(today)}
    assert str(newer.pk) not in {one.subject for one in expiring.deliveries(today)}


def test_the_shorter_of_the_term_and_the_agreement_counts(clients, monkeypatch: pytest.MonkeyPatch):
    came = clock.today()
    agreed = Agreement.objects.get(bron="bijstand")
    with as_role("migrate"):
        Agreement.objects.filter(pk=agreed.pk).update(retention_months=6)
    try:
        for days, due in ((180, 0), (185, 1)):
            pin(monkeypatch, came + datetime.timedelta(days=days))
            found = expiring.deliveries(destroying.LONG_AGO)
            assert [one.subject for one in found] == [str(clients.pk)] * due
        assert found[0].what.endswith("(afspraak: 6 maanden)")
        (ours,) = expiring.deliveries(came + datetime.timedelta(days=100))
        assert "afspraak" not in ours.what
    finally:
        with as_role("migrate"):
            agreed.save()


def test_while_a_round_is_open_the_newest_files_stay_for_what_they_say(clients, manager):
    older, newest = clients, deliver.deliver(deliver.client_file(NUMBERS[9:]), "bijstand", 2024, by=manager)
    again = deliver.deliver(
        deliver.client_file(NUMBERS[1:]), "bijstand", 2025, by=manager, peildatum=deliver.DAY.replace(month=4)
    )
    today = clock.today()
    assert len(expiring.deliveries(today)) == 3
    handover = factories.handover()
    factories.candidacy(factories.household(in_handover=handover))
    visits.visit_round(handover)
    assert [one.subject for one in expiring.deliveries(today)] == [str(older.pk)]
    assert {newest.pk, again.pk}.isdisjoint(int(one.subject) for one in expiring.deliveries(today))


def test_what_a_file_said_stays_said_when_it_is_destroyed(manager):
    """Who has the Stadspas would else get a letter about it after all."""
    factories.handover()
    said = [
        deliver.deliver(deliver.client_file(NUMBERS[at:]), "stadspas", year, by=manager)
        for at, year in ((0, 2025), (3, 2026))
    ]
    subjects = lambda: {subject.name for subject in facts._subjects()}  # noqa: E731
    with as_role("koppel"):
        assert "stadspas" in subjects()
    destroying.ready(said[:1])
    assert destroying.carry_out()
    with as_role("koppel"):
        assert "stadspas" not in subjects()
        assert "czv" in subjects()
    later = deliver.DAY.replace(month=4)
    deliver.deliver(deliver.client_file(NUMBERS[5:]), "stadspas", 2026, by=manager, peildatum=later)
    with as_role("koppel"):
        assert "stadspas" in subjects()


# --- kill -9 ---

#: A worker that dies at one place: just before the call that is named.
VICTIM = """
import os, signal, sys
import django
django.setup()
from eligibility.actions import destroying
from outreach.actions import destruction
place = sys.argv[1]
def die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)
if place.startswith("step "):
    at = int(place[5:])
    destroying.STEPS = (*destroying.STEPS[:at], die)
elif place == "begin":
    destruction.begin = die
elif place == "in say":
    destroying.transitions.apply = die
elif place == "close":
    destruction.close_finished = die
destroying.carry_out_due()
"""
PLACES = [f"step {at}" for at in range(len(worker.STEPS) + 1)] + ["begin", "in say", "close"]


def killed_at(place: str, box: psycopg.Connection) -> int:
    own = {
        name: str(getattr(worker.settings, name))
        for name in ("UPLOAD_FOLDER", "KEY_FOLDER", "MASTER_KEY", "DESTRUCTION_FOLDER", "GEMEENTECODE")
    }
    env = test_kill.environment(box) | own | {"DJANGO_SETTINGS_MODULE": "outreach.settings"}
    words = [sys.executable, "-c", VICTIM, place]
    return subprocess.run(words, env=env, cwd=worker.settings.BASE_DIR, check=False).returncode


@pytest.mark.proof
def test_killed_at_any_place_the_next_worker_ends_the_same(manager: User, box):
    """One delivery for each place; what is gone is gone, and nothing half is said to be done."""
    ends = []
    for number, place in enumerate(PLACES):
        client = deliver.deliver(deliver.client_file(NUMBERS[number:]), "bijstand", 2025, by=manager)
        of = destroying.ready([client])
        wait_for(lambda at=place: killed_at(at, box) == -signal.SIGKILL, f"a kill at {place}")
        client.refresh_from_db()
        (item,) = destroying.items(of)
        of.refresh_from_db()
        assert of.state == "goedgekeurd"
        assert (item.state == "vernietigd") == (client.state == "vernietigd")
        if item.state == "vernietigd":
            assert what_is_left(client, box) in ([], ["needles"])
        with as_role("koppel"):
            # The server lets go of a dead worker's locks as soon as it looks at its connection.
            wait_for(lambda of=of: of.pk in worker.carry_out_due(), "the end of the list")
            worker.forget_searches()
        client.refresh_from_db()
        of.refresh_from_db()
        (item,) = destroying.items(of)
        assert (client.state, item.state, of.state) == ("vernietigd", "vernietigd", "uitgevoerd"), place
        assert what_is_left(client, box) == [], place
        ends.append((item.facts["rijen"] + number, item.facts["gevonden"], sorted(item.facts)))
    assert ends == [ends[0]] * len(PLACES)
    lines = list(DestructionLog(worker.settings.DESTRUCTION_FOLDER, "koppel").lines())
    assert len(lines) == len({line["bestand"] for line in lines}) == len(PLACES)


# --- four eyes and the order of things, in SQL ---


def test_who_asked_does_not_approve_in_the_form_nor_in_sql(clients):
    officer = factories.user(Role.PRIVACY_OFFICER)
    of = destroying.draft([clients.pk], asker=officer)
    with acting_as(officer.actor()), pytest.raises(NotNow, match="zelf gevraagd"):
        destruction.approve(of=of, by=officer)
    with pytest.raises(IntegrityError, match="destruction_second_person"), acting_as(officer.actor()):
        type(of).objects.filter(pk=of.pk).update(
            state="goedgekeurd", approved_by=officer, approved_at="2020-01-01T00:00Z",
            execute_from="2020-01-08T00:00Z",
        )  # fmt: skip


@pytest.mark.parametrize("role", [Role.FUNCTIONEEL_BEHEERDER, Role.TEAMLEIDER])
def test_another_role_does_not_approve_in_sql(clients, role):
    of, other = destroying.draft([clients.pk]), factories.user(role)
    with pytest.raises(IntegrityError, match="another role"), acting_as(other.actor()):
        type(of).objects.filter(pk=of.pk).update(state="goedgekeurd", approved_by=other)


def test_the_cooling_off_is_that_of_the_database(clients):
    of, officer = destroying.draft([clients.pk]), factories.user(Role.PRIVACY_OFFICER)
    with acting_as(officer.actor()):
        type(of).objects.filter(pk=of.pk).update(
            state="goedgekeurd", approved_by=officer, approved_at="2020-01-01T00:00Z",
            execute_from="2020-01-08T00:00Z",
        )  # fmt: skip
    of.refresh_from_db()
    assert of.execute_from - of.approved_at == destroying.datetime.timedelta(days=7)
    assert of.approved_at.year > 2020


def test_a_page_says_of_no_delivery_that_it_is_destroyed(clients):
    with pytest.raises(ProgrammingError, match="the worker"), transaction.atomic():
        Delivery.objects.filter(pk=clients.pk).update(state="vernietigd")
    of = destroying.ready([clients])
    with pytest.raises(ProgrammingError, match="the worker"), acting_as(SYSTEM_ACTOR):
        of.items.update(begun_at=of.approved_at)


def test_a_rule_holds_after_two_people_and_never_changes(clients):
    maker = factories.user(Role.FUNCTIONEEL_BEHEERDER)
    with acting_as(maker.actor()):
        made = destruction.set_rule(kind="scan", term=84, unit="maanden", ground="Besluit", by=maker)
        with pytest.raises(NotNow, match="nog geen"):
            destruction.current_rule("scan")
    with pytest.raises(IntegrityError), acting_as(maker.actor()):
        type(made).objects.filter(pk=made.pk).update(agreed_by=maker, agreed_at=made.made_at)
    agreed = destroying.rule("scan")
    with pytest.raises(IntegrityError, match="signed stays"), acting_as(SYSTEM_ACTOR):
        type(made).objects.filter(pk=agreed.pk).update(agreed_at=None, agreed_by=None)
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        connection.cursor().execute("UPDATE outreach_retentionrule SET term = 1")


def test_an_approved_list_takes_nothing_more(clients, manager):
    of = destroying.approve(destroying.draft([clients.pk]))
    with pytest.raises(IntegrityError, match="only a draft"), acting_as(SYSTEM_ACTOR):
        of.items.create(kind="levering", subject="9", what="x", since=destroying.LONG_AGO)


# --- the log ---


def test_the_log_knows_a_line_that_was_changed_and_goes_on_after_one_that_was_cut_off(tmp_path: Path):
    log = DestructionLog(tmp_path, "proef")
    for item in "abc":
        log.add(item, {"soort": "levering"})
    log.add("b", {"soort": "levering"})
    path = tmp_path / "proef.jsonl"
    assert [line["onderdeel"] for line in log.lines()] == ["a", "b", "c"]
    path.write_bytes(path.read_bytes()[:-5])
    log.add("d", {})
    assert [line["onderdeel"] for line in log.lines()] == ["a", "b", "d"]
    lines = path.read_text().splitlines()
    first = json.loads(lines[0]) | {"soort": "scan"}
    path.write_text("\n".join([json.dumps(first, sort_keys=True), *lines[1:], ""]))
    with pytest.raises(LogBroken, match="Regel 2"):
        list(log.lines())
