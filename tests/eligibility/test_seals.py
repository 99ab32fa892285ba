"""Why somebody was found lies sealed, opens for one person when two people agree, and goes after its term."""

import datetime
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import DatabaseError, ProgrammingError, connection, connections, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from eligibility import reasons, rules_told
from eligibility.actions import destroying as worker
from eligibility.actions import expiring, keys, repeating, seals, unsealing
from eligibility.models import RunSeal, UnsealAnswer, UnsealRequest
from eligibility.regelingen import REGELING_CODES
from outreach.actions import destruction
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.kernel.keys import KeyUnavailable, ReasonSealer
from outreach.models import Notification, Person, Role, User
from outreach.policies import NotNow
from tests import factories
from tests.blackbox import test_kill
from tests.eligibility import destroying
from tests.eligibility import unsealing as made
from tests.eligibility.unsealing import Town
from tests.eligibility.worker import wait_for
from tests.roles import as_role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("places")]


@pytest.fixture(autouse=True)
def log_folder(settings: Settings, tmp_path: Path) -> None:
    settings.DESTRUCTION_FOLDER = tmp_path / "vernietigd"
    settings.DATABASE_FILES = ""


@pytest.fixture
def town(manager: User) -> Town:
    return made.town(manager)


def sealed_rows() -> list[tuple]:
    return made.by_hand("SELECT run, person_id, inhoud FROM blackbox.verzegeld ORDER BY ctid")


def state_of(request: UnsealRequest) -> str:
    return made.by_hand("SELECT state FROM eligibility_unsealrequest WHERE id = %s", request.pk)[0][0]


# --- what is sealed ---


def test_of_everybody_who_came_out_and_nobody_else_a_reason_lies_sealed(town: Town):
    rows = sealed_rows()
    handed_over = made.by_hand("SELECT person_id FROM outreach_householdmember ORDER BY person_id")
    assert [person for _, person, _ in rows] == [person for (person,) in handed_over]
    assert len(rows) == 3
    # As long as each other, in the order of random keys, and nothing to read.
    assert len({len(content) for _, _, content in rows}) == 1
    assert not any(b"bijstand" in bytes(content) for _, _, content in rows)
    seal = RunSeal.objects.get()
    assert (seal.run_id, seal.people) == (town.run.pk, 3)
    key = keys.key_folder().load(seal.key_name)
    held = {
        person: reasons.read(ReasonSealer(key, town.run.pk).open(person, bytes(content)))
        for _, person, content in rows
    }
    aad, kid = held[town.person("Aad")], held[town.person("Kid")]
    assert aad.uses == (("bijstand", -1, "zeker"),)
    assert (aad.others_zeker, kid.uses, kid.school) == (True, (), (("PO", 7),))
    assert ("stadspas", "zeker", True) in aad.outcomes
    assert ("laptop", "zeker", False) in aad.outcomes
    assert ("laptop", "zeker", True) in kid.outcomes


def test_a_seal_opens_under_its_own_key_for_its_own_person_and_run():
    person, other = factories.uuid.uuid4(), factories.uuid.uuid4()
    key, another = b"1" * 32, b"2" * 32
    sealed = ReasonSealer(key, 7).seal(person, "kort")
    assert ReasonSealer(key, 7).open(person, sealed) == "kort"
    assert len(ReasonSealer(key, 7).seal(person, "bijstand " * 300)) == len(sealed)
    for sealer, whose in (
        (ReasonSealer(another, 7), person),
        (ReasonSealer(key, 8), person),
        (ReasonSealer(key, 7), other),
    ):
        with pytest.raises(KeyUnavailable):
            sealer.open(whose, sealed)


#: What the pages, and the worker, have no right to.
NOT_FOR_WEB = (
    "SELECT inhoud FROM blackbox.verzegeld",
    "SELECT count(*) FROM blackbox.verzegeld",
    "SELECT poort.maak_verzegeld(1)",
    "SELECT poort.vernietig_verzegeld(1)",
    "INSERT INTO eligibility_unsealanswer (request_id, sealed) VALUES (1, '')",
    "UPDATE eligibility_runseal SET destroyed_at = now()",
    "UPDATE eligibility_unsealrequest SET reason = ''",
    "DELETE FROM eligibility_unsealrequest",
)
NOT_FOR_THE_WORKER = (
    "UPDATE eligibility_unsealrequest SET adviser_id = asked_by_id",
    "UPDATE eligibility_unsealrequest SET reason = 'Iets anders'",
    "INSERT INTO eligibility_unsealrequest (person) VALUES (gen_random_uuid())",
    "DELETE FROM eligibility_unsealrequest",
    "DELETE FROM blackbox.verzegeld",
    "UPDATE blackbox.verzegeld SET inhoud = ''",
)


def test_web_reaches_no_seal_and_the_worker_agrees_to_nothing():
    for role, statements in (("web", NOT_FOR_WEB), ("koppel", NOT_FOR_THE_WORKER)):
        for statement in statements:
            refused = pytest.raises(ProgrammingError, match="permission denied")
            with as_role(role), refused, transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)


# --- from asking to reading ---


def test_two_people_open_the_reason_of_one_person_and_read_it_for_two_weeks(town: Town, audited):
    request, officer, adviser = made.opened(town)
    lines = made.read(request, officer)
    assert lines == made.read(request, adviser)
    assert "Gebruikte bron: Bijstand (2025): dit bestand maakt zeker dat het inkomen laag genoeg is." in lines
    assert "Deze persoon is gevonden voor: Stadspas (zeker)." in lines
    assert "Door gegevens over een ander in het huishouden is zeker dat het inkomen laag genoeg is." in lines
    assert f"Stadspas: {rules_told.RULES['stadspas']}" in lines
    assert lines[lines.index(rules_told.INCOME[0]) :][:2] == list(rules_told.INCOME)
    assert set(rules_told.RULES) == set(REGELING_CODES)
    # Nothing of his partner: not her bron, and of nobody a name.
    assert not any("ouderen (2025)" in line or "Bea" in line or "Aad" in line for line in lines)
    with as_role("koppel"):
        box = unsealing.holding(unsealing.LOCK_UNSEAL, 2)
        with box as own:
            assert unsealing.opened_lines(own, town.person("Aad")) == {town.run.peildatum: lines}
            assert unsealing.opened_lines(own, town.person("Bea")) == {}
    acts = [act for act, _, _ in audited("verzoek") if act.startswith(("ontzegel",))]
    assert acts == [
        "ontzegelen_gevraagd",
        "ontzegelen_toegestaan",
        "ontzegelen_geopend",
        "ontzegeld_ingezien",
        "ontzegeld_ingezien",
    ]
    made.by_hand("UPDATE eligibility_unsealrequest SET readable_until = %s", clock.today())
    assert made.read(request, officer) == lines
    yesterday = clock.today() - datetime.timedelta(days=1)
    made.by_hand("UPDATE eligibility_unsealrequest SET readable_until = %s", yesterday)
    with pytest.raises(NotNow):
        made.read(request, officer)
    assert made.open_due() == 0
    assert state_of(request) == "verlopen"
    assert made.by_hand("SELECT sealed FROM eligibility_unsealanswer") == []
    assert made.by_hand("SELECT identity FROM eligibility_unsealrequest") == [("",)]


def test_nobody_else_reads_it_and_not_by_sql_either(town: Town):
    request, _, _ = made.opened(town)
    for role in (Role.PRIVACY_OFFICER, Role.JURIDISCH_ADVISEUR):
        another = factories.user(role)
        with pytest.raises(NotNow):
            made.read(request, another)
        with acting_as(another.actor()):
            assert not UnsealAnswer.objects.exists()
    consulent = factories.user(Role.CONSULENT)
    with acting_as(consulent.actor()):
        assert not UnsealRequest.objects.exists()
        assert not UnsealAnswer.objects.exists()
        with pytest.raises(seals.PermissionDenied):
            seals.read(request=request, by=consulent)


def test_what_is_refused_or_withdrawn_stays_closed(town: Town):
    officer, adviser = factories.user(Role.PRIVACY_OFFICER), factories.user(Role.JURIDISCH_ADVISEUR)
    refused = made.ask(town, "Aad", officer)
    with acting_as(adviser.actor()):
        seals.refuse(request=refused, by=adviser)
    withdrawn = made.ask(town, "Bea", officer)
    made.allow(withdrawn, adviser)
    with acting_as(officer.actor()):
        seals.withdraw(request=withdrawn, by=officer)
    assert made.open_due() == 0
    assert (state_of(refused), state_of(withdrawn)) == ("geweigerd", "ingetrokken")
    assert made.by_hand("SELECT 1 FROM eligibility_unsealanswer") == []


def test_without_its_key_nothing_opens_and_the_page_says_so(town: Town):
    request = made.ask(town)
    made.allow(request)
    keys.key_folder().destroy(RunSeal.objects.get().key_name)
    assert made.open_due() == 0
    assert state_of(request) == "mislukt"


def test_the_adviser_is_told_of_a_request_and_led_to_it(town: Town, client: Client):
    adviser = factories.user(Role.JURIDISCH_ADVISEUR)
    request = made.ask(town)
    with acting_as(adviser.actor()):
        melding = Notification.objects.get(user=adviser)
    assert (melding.kind, melding.about) == ("ontzegelen_wacht", request.pk)
    client.force_login(adviser)
    answer = client.post(reverse("notification", args=[melding.pk]))
    assert answer["Location"] == reverse("admin:eligibility_unsealrequest_change", args=[request.pk])


def test_who_did_not_come_out_cannot_be_asked_about(town: Town):
    officer = factories.user(Role.PRIVACY_OFFICER)
    with acting_as(officer.actor()), pytest.raises(NotNow, match="niets verzegeld"):
        seals.ask(person=factories.uuid.uuid4(), run=town.run.pk, reason="Bezwaar", by=officer)
    made.ask(town, "Aad", officer)
    with pytest.raises(NotNow, match="loopt al"):
        made.ask(town, "Aad", officer)


# --- two people, whoever writes ---


def _decide(request: UnsealRequest, by: User, *, actor: User | None = None, **changes: object) -> None:
    fields = {"state": "toegestaan", "adviser": by, "decided_at": clock.now()} | changes
    with acting_as((actor or by).actor()):
        assert UnsealRequest.objects.filter(pk=request.pk).update(**fields) == 1


def _becomes(user: User, role: Role) -> None:
    made.by_hand("UPDATE outreach_user SET role = %s WHERE id = %s", role, user.pk)
    user.refresh_from_db()


def the_same_person_agrees(of: Town) -> None:
    officer = factories.user(Role.PRIVACY_OFFICER)
    request = made.ask(of, by=officer)
    _becomes(officer, Role.JURIDISCH_ADVISEUR)
    _decide(request, officer)


def a_second_privacy_officer_agrees(of: Town) -> None:
    _decide(made.ask(of), factories.user(Role.PRIVACY_OFFICER))


def somebody_agrees_for_the_adviser(of: Town) -> None:
    officer = factories.user(Role.PRIVACY_OFFICER)
    _decide(made.ask(of, by=officer), factories.user(Role.JURIDISCH_ADVISEUR), actor=officer)


def an_adviser_asks(of: Town) -> None:
    adviser = factories.user(Role.JURIDISCH_ADVISEUR)
    with acting_as(adviser.actor()):
        UnsealRequest.objects.create(
            person=of.person("Aad"), run=of.run, reason="Zomaar", asked_by=adviser, recipient="age1"
        )


def a_page_opens_it(of: Town) -> None:
    request = made.ask(of)
    adviser = made.allow(request)
    until = clock.today()
    with acting_as(adviser.actor()), connections["migrate"].cursor() as cursor:
        # Even with the right to write those columns.
        cursor.execute("GRANT UPDATE (opened_at, readable_until) ON eligibility_unsealrequest TO web")
        try:
            UnsealRequest.objects.filter(pk=request.pk).update(
                state="geopend", opened_at=clock.now(), readable_until=until
            )
        finally:
            cursor.execute("REVOKE UPDATE (opened_at, readable_until) ON eligibility_unsealrequest FROM web")


def the_worker_opens_what_the_adviser_did_not_see(of: Town) -> None:
    request = made.ask(of)
    with as_role("koppel"), acting_as(SYSTEM_ACTOR):
        UnsealRequest.objects.filter(pk=request.pk).update(
            state="geopend", opened_at=clock.now(), readable_until=clock.today()
        )


def it_is_asked_about_somebody_without_a_seal(of: Town) -> None:
    officer = factories.user(Role.PRIVACY_OFFICER)
    with acting_as(officer.actor()):
        UnsealRequest.objects.create(
            person=factories.uuid.uuid4(), run=of.run, reason="Zomaar", asked_by=officer, recipient="age1"
        )


def it_is_begun_as_allowed(of: Town) -> None:
    officer = factories.user(Role.PRIVACY_OFFICER)
    adviser = factories.user(Role.JURIDISCH_ADVISEUR)
    with acting_as(SYSTEM_ACTOR), connections["migrate"].cursor() as cursor:
        cursor.execute("SET SESSION AUTHORIZATION DEFAULT")
        cursor.execute(
            "INSERT INTO eligibility_unsealrequest (person, run_id, reason, state, asked_by_id, adviser_id,"
            " decided_at, recipient, identity, problem)"
            " VALUES (%s, %s, 'Zomaar', 'toegestaan', %s, %s, now(), 'age1', '', '')",
            [of.person("Aad"), of.run.pk, officer.pk, adviser.pk],
        )


#: What somebody tries, and what is between: a trigger, or a constraint.
GUARDS: list[tuple[Callable[[Town], None], tuple[str, ...]]] = [
    (the_same_person_agrees, ("unseal_second_person",)),
    (a_second_privacy_officer_agrees, ("rol",)),
    (somebody_agrees_for_the_adviser, ("wie",)),
    (an_adviser_asks, ("rol",)),
    (a_page_opens_it, ("bewaking",)),
    (the_worker_opens_what_the_adviser_did_not_see, ("stand", "unseal_decided_completely")),
    (it_is_asked_about_somebody_without_a_seal, ("bewaking",)),
    (it_is_begun_as_allowed, ("stand",)),
]
TABLE = "eligibility_unsealrequest"


def _clear() -> None:
    made.by_hand(f"DELETE FROM {TABLE}")


def _away(guard: str) -> str:
    """Takes a guard away; the statement that puts it back."""
    found = made.by_hand("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", guard)
    if not found:
        made.by_hand(f"ALTER TABLE {TABLE} DISABLE TRIGGER {guard}")
        return f"ALTER TABLE {TABLE} ENABLE TRIGGER {guard}"
    made.by_hand(f"ALTER TABLE {TABLE} DROP CONSTRAINT {guard}")
    return f"ALTER TABLE {TABLE} ADD CONSTRAINT {guard} {found[0][0]} NOT VALID"


def test_what_is_tried_in_sql_is_refused(town: Town):
    let_through = []
    for attempt, _ in GUARDS:
        _clear()
        try:
            attempt(town)
        except DatabaseError:
            continue
        let_through.append(attempt.__name__)
    assert let_through == []


def test_without_its_guard_each_of_these_would_get_through(town: Town):
    for attempt, guards in GUARDS:
        _clear()
        back = [_away(guard) for guard in guards]
        try:
            attempt(town)
        finally:
            for statement in back:
                made.by_hand(statement)


# --- kill -9 ---

#: A worker that dies at one place: just before, or just after, the call that is named.
VICTIM = """
import os, signal, sys
import django
django.setup()
from django.db import transaction
from eligibility.actions import unsealing
place = sys.argv[1]
def die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)
if place == "before the seal is opened":
    unsealing._lines = die
elif place == "before it says so":
    unsealing.transitions.apply = die
elif place == "before the answer":
    unsealing.UnsealAnswer.objects.create = die
elif place == "before the commit":
    create = unsealing.UnsealAnswer.objects.create
    unsealing.UnsealAnswer.objects.create = lambda **told: (create(**told), die())
elif place == "after the commit":
    unsealing._take_away = die
unsealing.open_due()
"""
PLACES = [
    "before the seal is opened",
    "before it says so",
    "before the answer",
    "before the commit",
    "after the commit",
]


@pytest.mark.proof
def test_killed_at_any_place_it_is_opened_once(town: Town, box, audited):
    own = {
        name: str(getattr(worker.settings, name)) for name in ("UPLOAD_FOLDER", "KEY_FOLDER", "MASTER_KEY")
    }
    env = test_kill.environment(box) | own | {"DJANGO_SETTINGS_MODULE": "outreach.settings"}
    request = made.ask(town)
    adviser = made.allow(request)
    for place in PLACES:
        words = [sys.executable, "-c", VICTIM, place]
        done = subprocess.run(words, env=env, cwd=worker.settings.BASE_DIR, check=False)
        assert done.returncode == -signal.SIGKILL, place
        answers = made.by_hand("SELECT 1 FROM eligibility_unsealanswer")
        assert (state_of(request), len(answers)) == (
            ("geopend", 1) if place == "after the commit" else ("toegestaan", 0)
        )
        with as_role("koppel"):
            # The server lets go of a dead worker's lock as soon as it looks at its connection.
            wait_for(_lock_is_free, "the lock of the dead worker")
    assert made.open_due() == 0
    assert len(made.read(request, adviser)) > 3
    assert [act for act, _, _ in audited("x")].count("ontzegelen_geopend") == 1


def _lock_is_free() -> bool:
    with unsealing.holding(unsealing.LOCK_UNSEAL, 1) as box:
        return box is not None


# --- after the term ---


def _listed(town: Town) -> object:
    return destroying.approve(destroying.draft([town.run.pk], "verzegeld"))


def _left(town: Town, name: str) -> list[str]:
    table = made.by_hand("SELECT to_regclass(%s)", f"blackbox.verzegeld_{town.run.pk}")[0][0]
    return [*(["table"] if table else []), *(["key"] if keys.key_folder().exists(name) else [])]


def test_after_the_term_the_rows_and_the_key_are_destroyed(town: Town, audited):
    name = RunSeal.objects.get().key_name
    of = _listed(town)
    destroying.cool_off(of)
    assert _left(town, name) == ["table", "key"]
    assert destroying.carry_out() == [of.pk]
    (item,) = destroying.items(of)
    assert _left(town, name) == []
    assert (item.state, item.facts["rijen"], item.facts["gevonden"]) == ("vernietigd", 3, 0)
    assert RunSeal.objects.get().destroyed_at is not None
    with pytest.raises(NotNow, match="al vernietigd"):
        made.ask(town)
    acts = [act for act, _, _ in audited("sleutel")]
    assert acts[-2:] == ["verzegeld_vernietigd", "vernietiging_uitgevoerd"]


def test_a_hold_wins_over_the_list(town: Town):
    name = RunSeal.objects.get().key_name
    of = _listed(town)
    destroying.cool_off(of)
    officer = factories.user(Role.PRIVACY_OFFICER)
    with acting_as(officer.actor()):
        destruction.place_hold(kind="verzegeld", subject=str(town.run.pk), reason="Beroep", by=officer)
    destroying.carry_out()
    assert _left(town, name) == ["table", "key"]
    assert [item.state for item in destroying.items(of)] == ["vastgehouden"]


def test_while_somebody_asks_or_a_round_is_open_it_stays(town: Town):
    due = clock.today() + datetime.timedelta(days=1)
    assert [one.subject for one in expiring.reasons(due)] == [str(town.run.pk)]
    of = _listed(town)
    destroying.cool_off(of)
    name = RunSeal.objects.get().key_name
    request = made.ask(town)
    assert destroying.carry_out() == []
    assert _left(town, name) == ["table", "key"]
    with acting_as(request.asked_by.actor()):
        assert expiring.reasons(due) == []
        seals.withdraw(request=request, by=request.asked_by)
    made.by_hand(
        "INSERT INTO outreach_round"
        " (name, kind, handover_id, regelingen, klassen, state, made_by_id, inputs_hash)"
        " VALUES ('Ronde', 'bezoek', %s, '{stadspas}', '{zeker}', 'concept', %s, '')",
        town.run.pk,
        request.asked_by_id,
    )
    assert expiring.reasons(due) == []


@pytest.mark.parametrize("why", ["restricted", "disputed"])
def test_reasons_stay_while_data_of_one_of_them_stay(town: Town, why: str):
    of = _listed(town)
    destroying.cool_off(of)
    name = RunSeal.objects.get().key_name
    with as_role("migrate"):
        Person.objects.filter(pk=town.person("Aad")).update(**{why: True})
    assert destroying.carry_out() == []
    assert _left(town, name) == ["table", "key"]
    with as_role("migrate"):
        Person.objects.filter(pk=town.person("Aad")).update(**{why: False})
    assert destroying.carry_out() == [of.pk]
    assert _left(town, name) == []


def test_an_older_backup_does_not_bring_a_seal_back(town: Town):
    """What a backup holds of it: the row that says there is a seal, its rows, and its key."""
    name = RunSeal.objects.get().key_name
    key = keys.key_folder().load(name)
    of = _listed(town)
    destroying.cool_off(of)
    destroying.carry_out()
    keys.key_folder().store(name, key)
    made.by_hand("UPDATE eligibility_runseal SET destroyed_at = NULL")
    with as_role("koppel"), connection.cursor() as cursor:
        cursor.execute("SELECT poort.maak_verzegeld(%s)", [town.run.pk])
        back, held = repeating.repeat()
    assert (back, held, _left(town, name)) == (1, [], [])
    assert RunSeal.objects.get().destroyed_at is not None
