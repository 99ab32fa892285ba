"""That somebody acts for a household: the municipality reads who, and who walks for it that there is one."""

import datetime
import uuid

import pypdfium2
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from outreach.actions.representatives import represented
from outreach.audit import Event
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Household, Role, Task, Team, User
from tests import factories
from tests.outreach import visits

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
FLAG = "Er is een vertegenwoordiger: bel eerst de gemeente"
OWN_FLAG = "Er is een vertegenwoordiger: bel die eerst"
NAME, PHONE = "Bewindkantoor De Brug", "0612345678"


@pytest.fixture
def outside() -> Team:
    return factories.team("Buiten", municipal=False)


def _act_for(household: Household, **fields: object) -> None:
    with acting_as(SYSTEM_ACTOR):
        factories.representative(household.members.first().person, **fields)


def _client(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def _pages(stop) -> list[str]:
    return [
        reverse("household", args=[stop.household_id]),
        reverse("gesprek", args=[stop.household_id]),
        reverse("looplijst", args=[stop.looplijst_id]),
    ]


def test_a_team_outside_the_municipality_sees_that_there_is_one_and_not_who(outside):
    walker = factories.user(Role.BUURTTEAM, team=outside)
    [stop] = visits.items(visits.list_of(outside))
    client = _client(walker)
    assert [page for page in _pages(stop) if FLAG in client.get(page).content.decode()] == []
    _act_for(stop.household, phone=PHONE)
    for page in _pages(stop):
        text = client.get(page).content.decode()
        assert FLAG in text
        for word in (NAME, PHONE, "Singel", "ewindvoerder", "beschikking"):
            assert word not in text


@pytest.mark.parametrize("municipal", [False, True])
def test_on_paper_stands_a_sign(municipal):
    """Whoever walks with it: paper is lost, and says the same in every hand."""
    team = factories.team(municipal=municipal)
    walker = factories.user(Role.BUURTTEAM, team=team)
    looplijst = visits.list_of(team, visits.streets(1, 3))
    _act_for(visits.items(looplijst)[0].household)
    url = reverse("looplijst_print", args=[looplijst.pk])
    response = _client(walker).post(url, {"submission": uuid.uuid4()})
    with pypdfium2.PdfDocument(response.content) as document:
        text = "".join(page.get_textpage().get_text_range() for page in document)
    assert text.count("! Bel eerst de gemeente") == 1
    assert "vertegenwoordiger" not in text


def test_a_list_of_ones_own_says_to_call_who_acts_there():
    consulent = factories.user(Role.CONSULENT)
    looplijst = visits.list_of(factories.team(), visits.streets(1, 3))
    url = reverse("looplijst", args=[looplijst.pk])
    assert OWN_FLAG not in _client(consulent).get(url).content.decode()
    _act_for(visits.items(looplijst)[0].household)
    text = _client(consulent).get(url).content.decode()
    assert text.count(OWN_FLAG) == 2, "in the table and on the card"
    assert FLAG not in text
    assert NAME not in text


def _task(of: Household, kind: str, to: User) -> Task:
    with acting_as(SYSTEM_ACTOR):
        return Task.objects.create(household=of, kind=kind, due_on=clock.today(), owner=to, made_by=to)


@pytest.mark.parametrize(
    ("kind", "seeks"), [("terugbellen", True), ("hulp_bij_aanvraag", True), ("overig", False)]
)
def test_who_is_to_call_back_reads_whom_and_that_is_written_down(kind, seeks):
    consulent, household = factories.user(Role.CONSULENT), factories.household()
    task = _task(household, kind, consulent)
    _act_for(household, phone=PHONE)
    client, tail = _client(consulent), visits.AuditTail()
    text = client.get(reverse("task", args=[task.pk])).content.decode()
    assert ((f": {NAME}" in text), (f"Telefoon {PHONE}" in text)) == (seeks, seeks)
    seen = [(str(consulent.pk), [str(household.pk)])] if seeks else []
    assert [(line[0], line[2]) for line in tail.lines(Event.REPRESENTATIVE_SEEN)] == seen
    rows = client.get(reverse("tasks")).content.decode()
    assert (OWN_FLAG in rows) == seeks
    assert NAME not in rows


def test_who_may_not_see_him_is_told_with_the_task_to_call_the_municipality(outside):
    walker, household = factories.user(Role.BUURTTEAM, team=outside), factories.household()
    task = _task(household, "terugbellen", walker)
    _act_for(household, phone=PHONE)
    client = _client(walker)
    for url in (reverse("task", args=[task.pk]), reverse("tasks")):
        text = client.get(url).content.decode()
        assert FLAG in text
        assert NAME not in text
        assert PHONE not in text


@pytest.mark.parametrize("phone", [PHONE, ""])
def test_who_may_see_him_reads_at_the_door_how_to_reach_him_and_that_is_written_down(phone):
    team = factories.team()
    walker = factories.user(Role.BUURTTEAM, team=team)
    [stop] = visits.items(visits.list_of(team))
    _act_for(stop.household, phone=phone)
    tail = visits.AuditTail()
    text = _client(walker).get(reverse("gesprek", args=[stop.household_id])).content.decode()
    assert FLAG not in text
    assert f": {NAME}" in text
    assert (f"Telefoon {PHONE}" in text) == bool(phone)
    assert ("Singel 8, 1234 AB Waterveen" in text) != bool(phone)
    [(actor, _, keys, _)] = tail.lines(Event.REPRESENTATIVE_SEEN)
    assert (actor, keys) == (str(walker.pk), [str(stop.household_id)])


@pytest.mark.parametrize("days", [{"starts_on": 1}, {"starts_on": -9, "ends_on": -1}])
def test_who_does_not_act_today_is_no_reason_to_call(outside, days):
    walker = factories.user(Role.BUURTTEAM, team=outside)
    [stop] = visits.items(visits.list_of(outside))
    _act_for(stop.household, **{name: clock.today() + number * DAY for name, number in days.items()})
    for page in _pages(stop):
        assert FLAG not in _client(walker).get(page).content.decode()


def test_of_a_household_elsewhere_or_protected_nobody_learns_it(outside):
    walker = factories.user(Role.BUURTTEAM, team=outside)
    here, elsewhere = factories.household(), factories.household(buurt_code="BU9")
    protected = factories.household(confidential=True)
    for one in (here, elsewhere, protected):
        _act_for(one)
    keys = [here.pk, elsewhere.pk, protected.pk]
    with acting_as(walker.actor()):
        assert represented(keys) == {here.pk}
    with acting_as(factories.user(Role.ANALIST).actor()):
        assert represented(keys) == set()


def test_a_list_costs_as_many_queries_with_more_of_them(outside):
    looplijst = visits.list_of(outside, visits.streets(1, 3, 5, 7))
    client, counts = _client(factories.user(Role.BUURTTEAM, team=outside)), []
    stops = visits.items(looplijst)
    for some in (stops[:1], stops[1:]):
        for stop in some:
            _act_for(stop.household)
        with CaptureQueriesContext(connection) as asked:
            text = client.get(reverse("looplijst", args=[looplijst.pk])).content.decode()
        counts.append(len(asked))
    assert text.count(FLAG) == 8
    assert counts[0] == counts[1]
