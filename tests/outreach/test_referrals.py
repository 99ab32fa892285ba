"""Handing a household over: with consent, once, and an organisation says yes or no."""

import datetime
import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from outreach.actions import handing_over
from outreach.actions.handing_over import Consent
from outreach.audit import Event
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Household, Organisation, Person, Referral, Role, User
from outreach.policies import NotNow
from outreach.transitions import StateChanged
from tests import factories
from tests.outreach import visits
from tests.outreach.visits import AuditTail
from tests.roles import as_role

pytestmark = pytest.mark.django_db
WEEK = datetime.timedelta(days=7)


@pytest.fixture
def consulent() -> User:
    return factories.user(Role.CONSULENT)


@pytest.fixture
def organisation() -> Organisation:
    return Organisation.objects.create(name="Voedselbank", kind="voedselbank", phone="0123 456 789")


@pytest.fixture
def household() -> Household:
    return factories.household(adults=[factories.person(given_names="Kees", family_name="Boom")])


def _ask(household, organisation, by, **changes) -> Referral:
    with acting_as(by.actor()):
        fresh = Household.objects.with_page_data().get(pk=household.pk)
        fields = {
            "question": "Een pakket.",
            "consent": Consent(fresh.adults()[0], clock.today()),
            "submission": uuid.uuid4(),
        }
        return handing_over.ask(household=fresh, organisation=organisation, by=by, **{**fields, **changes})


def test_it_is_asked_with_consent_and_written_down(consulent, organisation, household):
    tail = AuditTail()
    made = _ask(household, organisation, consulent)
    assert made.state == "gevraagd"
    [(actor, thing, keys, details)] = tail.lines(Event.REFERRAL_ASKED)
    assert (actor, thing, keys) == (str(consulent.pk), "huishouden", [str(household.pk)])
    assert details == {"overdracht": made.pk, "organisatie": organisation.pk}


def test_the_same_form_twice_is_one(consulent, organisation, household):
    tail, submission = AuditTail(), uuid.uuid4()
    first, second = (_ask(household, organisation, consulent, submission=submission) for _ in range(2))
    assert first == second
    assert len(tail.lines(Event.REFERRAL_ASKED)) == 1


def test_two_questions_do_not_wait_at_one_organisation(consulent, organisation, household):
    _ask(household, organisation, consulent)
    with pytest.raises(NotNow, match="wacht al op antwoord"):
        _ask(household, organisation, consulent)


def test_consent_is_of_an_adult_who_lives_there_and_not_of_tomorrow(consulent, organisation, household):
    stranger = factories.household().members.model.objects
    with acting_as(SYSTEM_ACTOR):
        other = stranger.exclude(household=household).first().person
        own = household.members.get().person
    with pytest.raises(NotNow, match="volwassene van dit huishouden"):
        _ask(household, organisation, consulent, consent=Consent(other, clock.today()))
    tomorrow = clock.today() + datetime.timedelta(days=1)
    with pytest.raises(NotNow, match="toekomst"):
        _ask(household, organisation, consulent, consent=Consent(own, tomorrow))


def test_without_consent_there_is_no_row(consulent, organisation, household):
    with pytest.raises(IntegrityError), acting_as(SYSTEM_ACTOR):
        Referral.objects.create(
            household=household,
            organisation=organisation,
            question="x",
            asked_by=consulent,
            consent_on=clock.today(),
            owner=consulent,
        )


def test_nobody_is_handed_over_who_wants_no_contact_or_to_who_is_full(consulent, organisation, household):
    organisation.active = False
    with pytest.raises(NotNow, match="neemt nu niemand aan"):
        _ask(household, organisation, consulent)
    organisation.active = True
    visits.opt_out(household)
    with pytest.raises(NotNow, match="geen contact"):
        _ask(household, organisation, consulent)


def test_who_opted_out_since_is_told_apart_and_only_withdrawn(consulent, organisation, household):
    made = _ask(household, organisation, consulent)
    client = _client(consulent)
    pages = [reverse("referral", args=[household.pk, made.pk]), reverse("household", args=[household.pk])]
    assert "Niet benaderen" not in client.get(pages[0]).content.decode()
    visits.opt_out(household)
    for page in pages:
        assert "Niet benaderen" in client.get(page).content.decode()
    assert "Wacht op antwoord" not in client.get(pages[0]).content.decode()
    refused = client.post(pages[0], {"answer": "ja"})
    assert refused.status_code == 422
    assert "Kies dat je de vraag intrekt" in refused.content.decode()
    assert client.post(pages[0], {"answer": "intrekken"}).status_code == 302
    assert "Niet benaderen" not in client.get(pages[0]).content.decode()
    with acting_as(SYSTEM_ACTOR):
        assert Referral.objects.get().state == "ingetrokken"


def test_a_no_comes_with_a_reason_and_an_answer_comes_once(consulent, organisation, household):
    made = _ask(household, organisation, consulent)
    with acting_as(consulent.actor()):
        with pytest.raises(NotNow):
            handing_over.refuse(referral=made, reason=" ", by=consulent)
        handing_over.refuse(referral=made, reason="Wachtlijst.", by=consulent)
        stale = Referral.objects.get(pk=made.pk)
        stale.state = "gevraagd"
        with pytest.raises(StateChanged):
            handing_over.accept(referral=stale, by=consulent)
    with acting_as(SYSTEM_ACTOR):
        made.refresh_from_db()
    assert (made.state, made.reason, made.answered_by) == ("geweigerd", "Wachtlijst.", consulent)


def test_the_table_refuses_a_no_without_a_reason(household):
    with acting_as(SYSTEM_ACTOR):
        made = factories.referral(household)
        with pytest.raises(IntegrityError), transaction.atomic():
            Referral.objects.filter(pk=made.pk).update(
                state="geweigerd", answered_by=made.asked_by, answered_at=clock.now()
            )


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE outreach_referral SET question = 'x'",
        "UPDATE outreach_referral SET consent_by_id = NULL",
        "DELETE FROM outreach_referral",
        "DELETE FROM outreach_organisation",
    ],
)
def test_what_was_asked_stays_as_it_was(statement):
    with pytest.raises(Exception, match="permission denied"), acting_as(SYSTEM_ACTOR):
        connection.cursor().execute(statement)


def test_who_does_not_see_the_household_answers_nothing(household):
    with acting_as(SYSTEM_ACTOR):
        made = factories.referral(household)
    outsider = factories.user(Role.BUURTTEAM, team=factories.team("Zuid", buurten=["BU9"]))
    with acting_as(outsider.actor()):
        assert not Referral.objects.exists()
        with pytest.raises(PermissionDenied):
            handing_over.accept(referral=made, by=outsider)


def _client(user: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def _sent(household: Household, to: Organisation, **changes: object) -> dict[str, object]:
    with acting_as(SYSTEM_ACTOR):
        person = household.members.get().person_id
    sent = {
        "submission": str(uuid.uuid4()),
        "organisation": to.pk,
        "question": "Een pakket.",
        "consent_by": str(person),
        "consent_on": clock.today().isoformat(),
        "due_on": (clock.today() + WEEK).isoformat(),
        "consent": "on",
    }
    return {key: value for key, value in {**sent, **changes}.items() if value is not None}


def test_the_page_asks_and_the_timeline_tells(consulent, organisation, household):
    client = _client(consulent)
    url = reverse("referral_new", args=[household.pk])
    page = client.get(url).content.decode()
    assert "Kees Boom" in page
    assert "Voedselbank" in page
    assert client.post(url, _sent(household, organisation)).status_code == 302
    shown = client.get(reverse("household", args=[household.pk])).content.decode()
    assert "Overgedragen aan Voedselbank" in shown
    assert "Wacht op antwoord" in shown
    with acting_as(SYSTEM_ACTOR):
        made = Referral.objects.get()
    answer = reverse("referral", args=[household.pk, made.pk])
    assert "0123 456 789" in client.get(answer).content.decode()
    refused = client.post(answer, {"answer": "nee", "reason": ""})
    assert refused.status_code == 422
    assert "Vul in waarom de organisatie nee zei." in refused.content.decode()
    assert client.post(answer, {"answer": "nee", "reason": "Wachtlijst."}).status_code == 302
    shown = client.get(reverse("household", args=[household.pk])).content.decode()
    assert "Antwoord van Voedselbank" in shown
    assert "Wachtlijst." in shown
    assert "Antwoord vastleggen" not in client.get(answer).content.decode()


@pytest.mark.parametrize(
    "changes",
    [
        {"consent": None},
        {"consent_by": None},
        {"organisation": ""},
        {"question": ""},
        {"question": "BSN 999990019"},
        {"question": "x" * 201},
        {"due_on": ""},
        {"due_on": "2020-01-01"},
    ],
)
def test_a_form_that_is_not_whole_saves_nothing(consulent, organisation, household, changes):
    url = reverse("referral_new", args=[household.pk])
    assert _client(consulent).post(url, _sent(household, organisation, **changes)).status_code == 422
    with acting_as(SYSTEM_ACTOR):
        assert not Referral.objects.exists()


def _unshared(household: Household) -> None:
    with as_role("migrate"):
        Person.objects.filter(memberships__household=household).update(no_share=True)


def test_who_wants_nothing_shared_is_handed_over_to_nobody(consulent, organisation, household):
    made = _ask(household, organisation, consulent)
    client, elsewhere = _client(consulent), Organisation.objects.create(name="Hulp", kind="anders")
    url = reverse("referral_new", args=[household.pk])
    assert url in client.get(reverse("household", args=[household.pk])).content.decode()
    _unshared(household)
    with pytest.raises(NotNow, match="niet dat wij gegevens delen"):
        _ask(household, elsewhere, consulent)
    assert client.post(url, _sent(household, elsewhere)).status_code == 422
    shown = client.get(reverse("household", args=[household.pk])).content.decode()
    assert url not in shown
    assert "Niet delen" in shown
    page = reverse("referral", args=[household.pk, made.pk])
    assert "Trek de vraag in" in client.get(page).content.decode()
    refused = client.post(page, {"answer": "ja"})
    assert refused.status_code == 422
    assert "Kies dat je de vraag intrekt" in refused.content.decode()


def test_it_waits_two_weeks_or_until_the_day_that_was_chosen(consulent, organisation, household):
    other = Organisation.objects.create(name="Hulp", kind="anders")
    made = _ask(household, organisation, consulent)
    chosen = _ask(household, other, consulent, due_on=clock.today())
    assert (made.due_on, made.owner) == (clock.today() + 2 * WEEK, consulent)
    assert chosen.due_on == clock.today()
    with pytest.raises(NotNow, match="al voorbij"):
        _ask(factories.household(), other, consulent, due_on=clock.today() - WEEK)


def test_what_waits_is_on_the_page_of_tasks_of_who_asked_and_of_who_leads_him(consulent, household):
    today = clock.today()
    with acting_as(SYSTEM_ACTOR):
        made = factories.referral(household, asked_by=consulent, due_on=today - WEEK)
        done = factories.referral(factories.household(), asked_by=consulent)
        handing_over.accept(referral=done, by=consulent)
    answer = reverse("referral", args=[household.pk, made.pk])
    tail = AuditTail()
    page = _client(consulent).get(reverse("tasks")).content.decode()
    assert answer in page
    assert "Antwoord is te laat" in page
    assert reverse("referral", args=[done.household_id, done.pk]) not in page
    [(_, _, keys, _)] = tail.lines(Event.TASKS_SEEN)
    assert keys == [str(household.pk)]
    leader = _client(factories.user(Role.TEAMLEIDER))
    assert answer not in leader.get(reverse("tasks")).content.decode()
    assert answer in leader.get(reverse("tasks") + "?van=team").content.decode()
    outside = _client(factories.user(Role.TEAMLEIDER, team=factories.team("Zuid", buurten=["BU9"])))
    assert answer not in outside.get(reverse("tasks") + "?van=team").content.decode()
