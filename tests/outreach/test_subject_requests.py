"""Requests of residents about their own data: who reads them, how they go on, what they do to the person."""

import datetime
import uuid

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, connections, transaction
from django.test import Client
from django.urls import reverse

from optout.actions import opt_out
from optout.models import Channel, Scope
from outreach.actions import daily_mail, notifications, subject_requests
from outreach.actions.subject_requests import Asked
from outreach.audit import Event
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Notification, Person, Role, SubjectRequest, User
from outreach.models.subject_request import IdentityCheck, RequestChannel, RequestKind, months_after
from outreach.policies import NotNow
from outreach.transitions import StateChanged
from tests import factories
from tests.days import pin
from tests.outreach import visits
from tests.roles import as_role

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer() -> User:
    return factories.user(Role.PRIVACY_OFFICER)


def asked(
    by: User, kind: RequestKind = RequestKind.RESTRICTION, person: uuid.UUID | None = None, **said: object
) -> SubjectRequest:
    """Somebody asks this by letter today."""
    told = {"channel": RequestChannel.LETTER, "received_on": clock.today()} | said
    with acting_as(by.actor()):
        return subject_requests.register(asked=Asked(kind=kind, **told), person=person, by=by)


def person_of(key: uuid.UUID) -> Person:
    with acting_as(SYSTEM_ACTOR):
        return Person.objects.get(pk=key)


def flags(key: uuid.UUID) -> tuple[bool, ...]:
    found = person_of(key)
    return found.restricted, found.no_contact, found.no_share, found.disputed


@pytest.fixture
def resident() -> uuid.UUID:
    """Noor Zilverberg, who came out of a koppeling."""
    person = factories.person(given_names="Noor", family_name="Zilverberg", birth_date="19710203")
    factories.household(adults=[person], street="Gerststraat", house_number=7)
    return person.pk


@pytest.mark.parametrize("kind", [RequestKind.RESTRICTION, RequestKind.OBJECTION])
def test_nobody_approaches_him_until_it_is_lifted(officer, resident, kind):
    made = asked(officer, kind, resident)
    assert flags(resident) == (True, True, True, False)
    with acting_as(officer.actor()):
        subject_requests.check_identity(request=made, how="balie", by=officer)
        subject_requests.answer(request=made, by=officer)
    assert flags(resident) == (True, True, True, False)
    with acting_as(officer.actor()):
        subject_requests.lift(request=made, by=officer)
    assert flags(resident) == (False, False, False, False)


@pytest.fixture
def family() -> tuple[uuid.UUID, uuid.UUID]:
    """Noor and her child."""
    parent = factories.person(given_names="Noor", birth_date="19810203")
    child = factories.person(given_names="Bo", birth_date="20110203")
    factories.household(adults=[parent], children=[child], street="Gerststraat", house_number=9)
    return parent.pk, child.pk


@pytest.mark.parametrize("kind", [RequestKind.RESTRICTION, RequestKind.OBJECTION])
def test_whose_child_asks_it_is_not_approached_either(officer, family, kind):
    """A letter or a visit would be about the child too. What the parent wants himself stays as it was."""
    parent, child = family
    made = asked(officer, kind, child)
    assert flags(child) == (True, True, True, False)
    assert flags(parent) == (False, True, True, False)
    with acting_as(officer.actor()):
        subject_requests.check_identity(request=made, how="balie", by=officer)
        subject_requests.answer(request=made, by=officer)
        subject_requests.lift(request=made, by=officer)
    assert not any(flags(child) + flags(parent))


def test_without_the_look_at_the_family_the_parent_would_be_approached(officer, family):
    parent, child = family
    with connections["migrate"].cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef('poort.volwassenen_bij(uuid[])'::regprocedure)")
        (whole,) = cursor.fetchone()
        cursor.execute("SET ROLE bereik_eigenaar")
        cursor.execute(whole.replace("AND NOT k.adult", "AND false").replace("%", "%%"))
    try:
        asked(officer, person=child)
        assert not any(flags(parent))
    finally:
        with connections["migrate"].cursor() as cursor:
            cursor.execute(whole.replace("%", "%%"))
            cursor.execute("RESET ROLE")


def test_of_a_child_counts_the_household_that_it_is_in_now(officer, family):
    """It lives with another since: only who it lives with is left alone, as soon as that is known."""
    parent, child = family
    other = factories.person(given_names="Mees", birth_date="19800101")
    with as_role("migrate"):
        moved = Person.objects.get(pk=child)
    factories.household(
        adults=[other], children=[moved], street="Haverstraat", in_handover=factories.handover()
    )
    asked(officer, person=child)
    assert flags(other.pk) == (False, True, True, False)
    assert flags(parent) == (False, False, False, False)


def test_what_a_child_asked_before_holds_for_who_comes_out_with_it(officer, family):
    _, child = family
    asked(officer, person=child)
    other = factories.person(given_names="Mees", birth_date="19800101")
    with as_role("migrate"):
        moved = Person.objects.get(pk=child)
    factories.household(
        adults=[other], children=[moved], street="Haverstraat", in_handover=factories.handover()
    )
    assert not flags(other.pk)[1]
    with as_role("koppel"), connections["default"].cursor() as cursor:
        cursor.execute("SELECT poort.spiegel_kinderen()")
    assert flags(other.pk)[1]


def test_what_is_refused_restricts_nobody(officer, resident):
    made = asked(officer, person=resident)
    with acting_as(officer.actor()):
        subject_requests.refuse(request=made, reason="Het was een ander", by=officer)
    assert flags(resident) == (False, False, False, False)


def test_who_opted_out_as_well_stays_opted_out_and_the_other_way_round(officer, resident):
    consulent = factories.user(Role.CONSULENT)
    with acting_as(consulent.actor()):
        wish = opt_out.register(
            person=Person.objects.get(pk=resident),
            regeling=None,
            scope=Scope.ALL,
            channel=Channel.PHONE,
            by=consulent,
        )
    made = asked(officer, person=resident)
    with acting_as(consulent.actor()):
        opt_out.withdraw(opt_out=wish, by=consulent)
    assert flags(resident)[:2] == (True, True)
    with acting_as(officer.actor()):
        subject_requests.lift(request=made, by=officer)
    assert flags(resident)[:2] == (False, False)


def test_without_the_trigger_he_would_be_approached(officer, resident):
    with connections["migrate"].cursor() as cursor:
        cursor.execute("ALTER TABLE outreach_subjectrequest DISABLE TRIGGER spiegel_nieuw")
    try:
        asked(officer, person=resident)
        assert not any(flags(resident))
    finally:
        with connections["migrate"].cursor() as cursor:
            cursor.execute("ALTER TABLE outreach_subjectrequest ENABLE TRIGGER spiegel_nieuw")


def test_what_is_wrong_is_marked_on_the_person_until_it_is_told_and_answered(officer, resident):
    made = asked(officer, RequestKind.CORRECTION, resident, about="Het huisnummer is 9")
    assert flags(resident) == (False, False, False, True)
    with acting_as(officer.actor()):
        subject_requests.check_identity(request=made, how="digid", by=officer)
        with pytest.raises(NotNow):
            subject_requests.answer(request=made, by=officer)
        subject_requests.tell(request=made, whom="BRP", by=officer)
        made.refresh_from_db(fields=["told_to", "told_on"])
        subject_requests.answer(request=made, by=officer)
    assert (made.told_to, made.told_on, made.state) == ("BRP", clock.today(), "beantwoord")
    assert not any(flags(resident))


def test_a_month_and_three_with_a_reason_in_time(officer, monkeypatch):
    received = datetime.date(2026, 1, 31)
    pin(monkeypatch, datetime.date(2026, 2, 28))
    made = asked(officer, received_on=received)
    assert made.due_on == datetime.date(2026, 2, 28)
    with acting_as(officer.actor()):
        subject_requests.extend(request=made, reason="Veel verzoeken", by=officer)
        made.refresh_from_db(fields=["due_on", "extended_because"])
        with pytest.raises(NotNow):
            subject_requests.extend(request=made, reason="Nog een keer", by=officer)
    assert made.due_on == datetime.date(2026, 4, 30)
    pin(monkeypatch, datetime.date(2026, 3, 1))
    late = asked(officer, received_on=received)
    assert late.overdue(clock.today())
    with acting_as(officer.actor()), pytest.raises(NotNow):
        subject_requests.extend(request=late, reason="Te laat", by=officer)


def told(by: User) -> list[tuple[str, int, datetime.date]]:
    """What the sweep told this user of requests by now."""
    notifications.sweep()
    with acting_as(by.actor()):
        mine = Notification.objects.filter(user=by, kind__startswith="verzoek_").order_by("pk")
        return list(mine.values_list("kind", "about", "day"))


def test_the_officer_is_told_a_week_before_the_term_and_when_it_is_over(officer, resident, monkeypatch):
    other = factories.user(Role.FUNCTIONEEL_BEHEERDER)
    made = asked(officer, RequestKind.ACCESS, resident)
    day = datetime.timedelta(days=1)
    pin(monkeypatch, made.due_on - 8 * day)
    assert told(officer) == []
    for ahead in (7, 0):
        pin(monkeypatch, made.due_on - ahead * day)
        assert told(officer) == [("verzoek_termijn", made.pk, made.due_on)]
    pin(monkeypatch, made.due_on + day)
    late = ("verzoek_te_laat", made.pk, made.due_on)
    assert told(officer)[1:] == told(officer)[1:] == [late]
    assert told(other) == []


def test_the_way_from_the_melding_and_the_mail_say_nothing_of_who_asked(officer, resident, settings):
    settings.SENDS_MAIL = True
    User.objects.filter(pk=officer.pk).update(email="pieter@example.org")
    made = asked(officer, person=resident, received_on=clock.today() - datetime.timedelta(days=60))
    assert told(officer)
    assert daily_mail.send(datetime.date(2026, 11, 23)) == 1
    client = Client()
    client.force_login(officer)
    shown = client.get(reverse("notifications")).content.decode()
    assert "Een inwoner had al antwoord moeten hebben" in shown
    assert f"Verzoek {made.pk}, uiterlijk" in shown
    for text in (shown, mail.outbox[0].subject + mail.outbox[0].body):
        assert not any(word in text for word in ("Zilverberg", "Gerststraat", str(resident)))
    with acting_as(officer.actor()):
        row = Notification.objects.get(kind="verzoek_te_laat")
    way = client.post(reverse("notification", args=[row.pk]))["Location"]
    assert way == reverse("admin:outreach_subjectrequest_change", args=[made.pk])
    assert client.get(way).status_code == 200


def test_what_was_answered_or_got_more_time_is_not_told(officer, monkeypatch):
    answered, longer = (asked(officer, reference=f"zaak {number}") for number in range(2))
    with acting_as(officer.actor()):
        subject_requests.check_identity(request=answered, how=IdentityCheck.DESK, by=officer)
        answered.refresh_from_db(fields=["state", "identity"])
        subject_requests.answer(request=answered, by=officer)
        subject_requests.extend(request=longer, reason="Veel verzoeken", by=officer)
    pin(monkeypatch, answered.due_on + datetime.timedelta(days=1))
    assert told(officer) == []


def test_months_are_those_of_the_database():
    with connections["migrate"].cursor() as cursor:
        for day in (datetime.date(2027, 12, 31), datetime.date(2028, 1, 30), datetime.date(2026, 11, 30)):
            for months in (1, 3):
                cursor.execute("SELECT (%s::date + make_interval(months => %s))::date", [day, months])
                assert cursor.fetchone()[0] == months_after(day, months)


def test_nobody_else_registers_searches_or_reads(officer, resident):
    made = asked(officer, person=resident)
    for role in (Role.CONSULENT, Role.TEAMLEIDER, Role.JURIDISCH_ADVISEUR, Role.FUNCTIONEEL_BEHEERDER):
        other = factories.user(role)
        with acting_as(other.actor()):
            assert not SubjectRequest.objects.exists()
        with pytest.raises(PermissionDenied):
            asked(other)
        for statement in (
            "SELECT * FROM poort.zoek_inwoner('noor', '19710203')",
            f"SELECT * FROM poort.wie_vroeg({made.pk})",
        ):
            with (
                pytest.raises(DatabaseError),
                acting_as(other.actor()),
                connections["default"].cursor() as one,
            ):
                one.execute(statement)


def test_a_resident_is_found_by_his_whole_name_and_birth_date_and_that_is_written_down(officer, resident):
    tail = visits.AuditTail()

    def found(name: str, born: datetime.date = datetime.date(1971, 2, 3)) -> list[tuple[str, str]]:
        with acting_as(officer.actor()):
            return [
                (one.name, one.address) for one in subject_requests.search(name=name, born=born, by=officer)
            ]

    assert found("zilverberg") == [("Noor Zilverberg", "Gerststraat 7, Waterveen")]
    assert found("Zilver") == found("%") == found(" ") == []
    assert found("Zilverberg", datetime.date(1971, 2, 4)) == []
    lines = tail.lines(Event.SUBJECT_SEARCHED)
    assert [ids for _, _, ids, _ in lines] == [[str(resident)], [], [], [], []]
    made = asked(officer, person=resident)
    with acting_as(officer.actor()):
        assert subject_requests.who_asked(made) == "Noor Zilverberg, geboren 03-02-1971"
    assert len(tail.lines(Event.SUBJECT_REQUEST_SEEN)) == 1


def test_no_state_is_skipped_and_what_is_ended_stays(officer, resident):
    made = asked(officer, person=resident)
    with acting_as(officer.actor()), pytest.raises(StateChanged):
        subject_requests.answer(request=made, by=officer)
    with acting_as(officer.actor()):
        subject_requests.refuse(request=made, reason="Niet zijn gegevens", by=officer)
        with pytest.raises(NotNow):
            subject_requests.lift(request=made, by=officer)
    changes = (
        "state = 'in_behandeling', answered_at = NULL, answered_by_id = NULL, refusal = ''",
        "refusal = 'anders'",
        f"told_to = 'BRP', told_on = '{clock.today()}'",
    )
    for change in changes:
        with pytest.raises(IntegrityError):
            _sql(f"UPDATE outreach_subjectrequest SET {change} WHERE id = {made.pk}", officer)


def _sql(statement: str, by: User) -> None:
    with acting_as(by.actor()), transaction.atomic(), connections["default"].cursor() as cursor:
        cursor.execute(statement)


def test_the_database_refuses_what_the_form_refuses(officer, resident):
    made = asked(officer, RequestKind.CORRECTION, resident, about="De naam klopt niet")
    for change in (
        "state = 'in_behandeling'",
        "due_on = due_on + 1",
        "extended_because = 'omdat', extended_on = current_date",
        "lifted_at = now(), lifted_by_id = registered_by_id",
        "told_to = 'BRP'",
    ):
        with pytest.raises(IntegrityError):
            _sql(f"UPDATE outreach_subjectrequest SET {change} WHERE id = {made.pk}", officer)
    with pytest.raises(DatabaseError):
        _sql(f"UPDATE outreach_subjectrequest SET person = NULL WHERE id = {made.pk}", officer)
    with pytest.raises(IntegrityError):
        _sql(
            "INSERT INTO outreach_subjectnumber (request_id, sealed, key_name)"
            f" VALUES ({made.pk}, '999999990'::bytea, 'x')",
            officer,
        )
