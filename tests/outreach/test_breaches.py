"""The register of data breaches: anybody reports, the privacy officer decides within 72 hours and closes."""

import datetime

import psycopg
import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, connection
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localtime

from outreach.actions import breaches, notifications
from outreach.actions.breaches import ANSWERS, Found
from outreach.audit import Event
from outreach.kernel import clock
from outreach.kernel.db import acting_as, dedicated_connection
from outreach.models import Breach, Notification, Role, User
from outreach.models.breach import BreachKind, BreachState
from outreach.policies import NotNow
from outreach.transitions import StateChanged
from tests import factories
from tests.outreach import visits
from tests.roles import as_role

pytestmark = pytest.mark.django_db

FORM = {
    "kind": "verkeerd_bezorgd",
    "on": "2026-03-02",
    "at": "10:15",
    "text": "De brief lag bij de buren.",
    "data": "naam en adres",
    "people_count": "2",
}
DECIDED = {
    "data": "naam en adres",
    "people_count": 2,
    "measures": "Brief opgehaald bij de buren.",
    "ap": False,
    "ap_at": None,
    "ap_reason": "Geen risico: de buren gaven de brief dicht terug.",
    "told": True,
    "told_at": None,
    "told_reason": "",
}


@pytest.fixture
def officer() -> User:
    return factories.user(Role.PRIVACY_OFFICER)


@pytest.fixture
def reporter() -> User:
    return factories.user(Role.CONSULENT)


def made(by: User, hours_ago: float = 1) -> Breach:
    found = Found(
        BreachKind.WRONG_PERSON, clock.now() - datetime.timedelta(hours=hours_ago), "Bij de buren bezorgd"
    )
    with acting_as(by.actor()):
        return breaches.report(found=found, by=by)


def decided(**other: object) -> dict[str, object]:
    return {**DECIDED, "told_at": clock.now(), **other}


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def read_back(breach: Breach, officer: User) -> Breach:
    with acting_as(officer.actor()):
        return Breach.objects.get(pk=breach.pk)


# --- reporting ---


@pytest.mark.parametrize("role", Role)
def test_everybody_reports_and_the_privacy_officer_hears_of_it(officer, role):
    team = factories.team() if role == Role.BUURTTEAM else None
    user = factories.user(role, team=team)
    tail = visits.AuditTail()
    client = client_of(user)
    assert reverse("breach_report") in client.get(reverse("home")).content.decode()
    assert client.post(reverse("breach_report"), FORM).url == reverse("home")
    with acting_as(officer.actor()):
        breach = Breach.objects.get()
        told = Notification.objects.filter(user=officer, kind="datalek_gemeld").count()
    assert (breach.reported_by_id, breach.kind, breach.people_count) == (user.pk, BreachKind.WRONG_PERSON, 2)
    assert f"{localtime(breach.discovered_at):%Y-%m-%d %H:%M}" == "2026-03-02 10:15"
    assert told == 1
    assert [line[:3] for line in tail.lines(Event.BREACH_REPORTED)] == [
        (str(user.pk), "datalek", [str(breach.pk)])
    ]


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"kind": ""}, "Kies wat voor datalek het is."),
        ({"kind": "looplijst_kwijt"}, "looplijst_kwijt"),
        ({"on": "2999-01-01"}, "Kies een tijd die al is geweest."),
        ({"text": "BSN 123456782 lag op straat"}, "een getal dat een BSN kan zijn"),
    ],
)
def test_what_cannot_be_reported_is_said(reporter, sent, says):
    answer = client_of(reporter).post(reverse("breach_report"), {**FORM, **sent})
    assert answer.status_code == 422
    assert says in answer.content.decode()


def test_nobody_without_a_role_reports(reporter):
    reporter.role = ""
    with pytest.raises(PermissionDenied):
        made(reporter)


def test_a_moment_to_come_and_a_lost_looplijst_are_refused_by_the_action_too(reporter):
    with pytest.raises(NotNow):
        made(reporter, hours_ago=-1)
    found = Found(BreachKind.LIST_LOST, clock.now(), "kwijt")
    with acting_as(reporter.actor()), pytest.raises(NotNow):
        breaches.report(found=found, by=reporter)


# --- the clock ---


@pytest.mark.parametrize(
    ("hours_ago", "answers", "says"),
    [
        (1.5, {}, "nog 70 uur"),
        (80.5, {}, "8 uur te laat"),
        (80, {"ap": True, "ap_at": 10}, "op tijd gemeld"),
        (80, {"ap": True, "ap_at": 75}, "te laat gemeld"),
        (80, {"ap": False}, "niet melden"),
    ],
)
def test_the_clock_says_what_is_left_or_was_decided(hours_ago, answers, says):
    discovered = clock.now() - datetime.timedelta(hours=hours_ago)
    breach = Breach(discovered_at=discovered, **answers)
    if "ap_at" in answers:
        breach.ap_at = discovered + datetime.timedelta(hours=answers["ap_at"])
    assert breach.clock(clock.now()) == says


# --- the privacy officer ---


def sent(**other: str) -> dict[str, str]:
    fields = {
        "data": "naam en adres",
        "people_count": "2",
        "measures": "Brief opgehaald.",
        "ap": "False",
        "ap_at": "",
        "ap_reason": "Geen risico.",
        "told": "True",
        "told_at": f"{localtime(clock.now()):%Y-%m-%dT%H:%M:%S}",
        "told_reason": "",
    }
    return fields | other


def test_the_privacy_officer_decides_and_closes(officer, reporter):
    breach = made(reporter)
    tail = visits.AuditTail()
    client = client_of(officer)
    url = reverse("admin:outreach_breach_change", args=[breach.pk])
    page = client.get(url).content.decode()
    assert "Bij de buren bezorgd" in page
    assert 'name="_close"' in page
    assert client.post(url, sent()).status_code == 302
    assert read_back(breach, officer).state == BreachState.REPORTED
    assert client.post(url, sent(_close="1")).status_code == 302
    kept = read_back(breach, officer)
    assert (kept.state, kept.closed_by_id, kept.ap, kept.told) == (
        BreachState.CLOSED,
        officer.pk,
        False,
        True,
    )
    assert kept.text == "Bij de buren bezorgd"
    assert len(tail.lines(Event.BREACH_ANSWERED)) == 2
    assert [line[0] for line in tail.lines(Event.BREACH_CLOSED)] == [str(officer.pk)]
    closed = client.get(url).content.decode()
    assert 'name="_close"' not in closed
    assert client.post(url, sent(data="iets anders")).status_code == 403
    assert "Afgesloten" in client.get(reverse("admin:outreach_breach_changelist")).content.decode()


@pytest.mark.parametrize(
    ("hours_ago", "other", "says"),
    [
        (1, {"_close": "1", "measures": ""}, "Vul dit in voor je afsluit."),
        (1, {"_close": "1", "ap": "", "ap_reason": ""}, "Vul dit in voor je afsluit."),
        (1, {"ap_reason": ""}, "Niet gemeld? Vul in waarom."),
        (1, {"ap": "True"}, "Gemeld bij de AP? Vul in wanneer."),
        (1, {"told": "False"}, "Verteld aan de inwoners? Vul in wanneer."),
        (80, {"ap": "True", "ap_reason": "", "now": "1"}, "Vul in waarom er later is gemeld."),
        (1, {"ap": "True", "ap_at": "2020-01-01T10:00"}, "voor het datalek ontdekt werd"),
        (1, {"measures": "Gebeld over 123456782"}, "een getal dat een BSN kan zijn"),
    ],
)
def test_what_is_not_complete_is_said(officer, reporter, hours_ago, other, says):
    breach = made(reporter, hours_ago)
    if other.pop("now", ""):
        other |= {"ap_at": f"{localtime(clock.now()):%Y-%m-%dT%H:%M:%S}"}
    url = reverse("admin:outreach_breach_change", args=[breach.pk])
    answer = client_of(officer).post(url, sent(**other))
    assert says in answer.content.decode()
    assert read_back(breach, officer).measures == ""


def test_a_breach_that_is_decided_asks_for_no_report_any_more(officer, reporter):
    open_, answered = made(reporter, 80), made(reporter, 80)
    with acting_as(officer.actor()):
        breaches.answer(breach=answered, answers=decided(), by=officer)
    notifications.sweep()
    with acting_as(officer.actor()):
        late = Notification.objects.filter(user=officer, kind="datalek_te_laat")
        assert set(late.values_list("about", flat=True)) == {open_.pk}


# --- held by the database ---


def test_only_the_privacy_officer_goes_on_with_it_and_closes_in_his_own_name(officer, reporter):
    breach, leader = made(reporter), factories.user(Role.TEAMLEIDER)
    for user in (reporter, leader):
        with acting_as(user.actor()):
            assert Breach.objects.filter(pk=breach.pk).update(measures="niets aan de hand") == 0
    with acting_as(leader.actor()), pytest.raises(PermissionDenied):
        breaches.answer(breach=breach, answers=decided(), by=leader)
    with acting_as(officer.actor()):
        breaches.answer(breach=breach, answers=decided(), by=officer)
    changes = {"state": "gesloten", "closed_at": clock.now(), "closed_by": reporter}
    with pytest.raises(DatabaseError, match="who acts"), acting_as(officer.actor()):
        Breach.objects.filter(pk=breach.pk).update(**changes)


@pytest.mark.parametrize("name", ["data", "people_count", "measures", "ap", "told"])
def test_nothing_is_closed_with_an_answer_missing_not_even_in_sql(officer, reporter, name):
    breach = made(reporter)
    empty = {"ap": {"ap": None, "ap_reason": ""}, "told": {"told": None, "told_at": None}}
    answers = decided(**empty.get(name, {name: None if name == "people_count" else ""}))
    with acting_as(officer.actor()):
        breaches.answer(breach=breach, answers=answers, by=officer)
    with pytest.raises(IntegrityError, match="breach_closed_is_complete"), acting_as(officer.actor()):
        breaches.close(breach=breach, by=officer)


def test_a_late_report_has_a_reason_also_in_sql(officer, reporter):
    breach = made(reporter, 80)
    with pytest.raises(IntegrityError, match="breach_late_has_reason"), acting_as(officer.actor()):
        breaches.answer(breach=breach, answers=decided(ap=True, ap_at=clock.now(), ap_reason=""), by=officer)


def closed(officer: User, reporter: User) -> Breach:
    breach = made(reporter)
    with acting_as(officer.actor()):
        breaches.answer(breach=breach, answers=decided(), by=officer)
        breaches.close(breach=breach, by=officer)
    return breach


def test_what_was_closed_stays_as_it_was(officer, reporter):
    breach = closed(officer, reporter)
    with acting_as(officer.actor()), pytest.raises(NotNow):
        breaches.answer(breach=breach, answers=decided(), by=officer)
    with acting_as(officer.actor()), pytest.raises(StateChanged):
        breaches.close(breach=breach, by=officer)
    with pytest.raises(IntegrityError, match="stays as it was"), acting_as(officer.actor()):
        Breach.objects.filter(pk=breach.pk).update(measures="toch niet")


def test_without_its_guard_what_was_closed_changes(officer, reporter):
    breach = closed(officer, reporter)
    with as_role("migrate"), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE outreach_breach DISABLE TRIGGER gesloten")
    try:
        with acting_as(officer.actor()):
            assert Breach.objects.filter(pk=breach.pk).update(measures="toch niet") == 1
    finally:
        with as_role("migrate"), connection.cursor() as cursor:
            cursor.execute("ALTER TABLE outreach_breach ENABLE TRIGGER gesloten")


def test_what_was_reported_is_not_rewritten():
    with as_role("web"), dedicated_connection() as web:
        for column in ("text", "discovered_at", "reported_by_id", "persons", "kind"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                web.execute(f"UPDATE outreach_breach SET {column} = {column}".encode())


def test_the_answers_are_all_that_the_form_asks():
    assert set(ANSWERS) == set(decided())
