"""Somebody who stops working here: out at once, and nothing that was on his name is left behind."""

import datetime
import uuid

import pytest
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from letters.models import WorkItem
from outreach.actions import claims, giving, leaving, sheets, tasks
from outreach.actions.giving import Part, Target
from outreach.actions.tasks import ToDo
from outreach.audit import Event
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Claim, Looplijst, Role, Task, Team, User
from outreach.models.task import TaskKind
from outreach.policies import NotNow
from outreach.transitions import StateChanged
from tests import factories
from tests.outreach import visits
from tests.roles import as_role

pytestmark = pytest.mark.django_db
DAY = datetime.date(2099, 1, 1)


@pytest.fixture
def team() -> Team:
    return factories.team()


@pytest.fixture
def walker(team) -> User:
    return factories.user(Role.BUURTTEAM, team=team)


@pytest.fixture
def leader() -> User:
    return factories.user(Role.TEAMLEIDER)


@pytest.fixture
def busy(team, walker, leader) -> Looplijst:
    """A list of the walker's own, with a claim, a task and a print of his."""
    looplijst = visits.list_of(team, visits.streets(1, 3))
    with acting_as(leader.actor()):
        to = Target(person=walker)
        known = giving.plan(parts=[Part(looplijst)], to=to, by=leader).known
        giving.hand_over(parts=[Part(looplijst)], to=to, by=leader, known=known)
    household = visits.items(looplijst)[0].household
    with acting_as(walker.actor()):
        claims.take(household=household, by=walker)
        todo = ToDo(TaskKind.CALL_BACK, DAY)
        tasks.make(household=household, todo=todo, to=walker, by=walker)
        sheets.make(
            looplijst=looplijst, households=[household.pk], pages=1, submission=uuid.uuid4(), by=walker
        )
    return looplijst


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def leave(user: User, to: User | Team | None, by: User) -> leaving.InHand:
    with acting_as(by.actor()):
        return leaving.leave(user=user, to=to, by=by)


def left_behind(user: User) -> tuple[int, int, int, bool]:
    """Lists, tasks and claims that are still on his name, and whether he still works here."""
    with acting_as(SYSTEM_ACTOR):
        return (
            Looplijst.objects.filter(assigned_to=user).count(),
            tasks.open_of(user).count(),
            Claim.objects.in_force(clock.now()).filter(by=user).count(),
            User.objects.get(pk=user.pk).is_active,
        )


def test_his_next_request_is_signed_out_and_he_cannot_come_back(walker, leader):
    theirs = [client_of(walker), client_of(walker)]
    other = client_of(leader)
    assert all(one.get(reverse("looplijsten")).status_code == 200 for one in theirs)
    leave(walker, None, leader)
    for one in theirs:
        assert one.get(reverse("looplijsten")).url.startswith(reverse("account_login"))
    assert not Client().login(username=walker.username, password=factories.PASSWORD)
    assert other.get(reverse("looplijsten")).status_code == 200
    User.objects.filter(pk=walker.pk).update(is_active=True)
    assert theirs[0].get(reverse("looplijsten")).status_code == 302
    assert str(walker.pk) not in {one.get_decoded().get("_auth_user_id") for one in Session.objects.all()}


@pytest.mark.parametrize("role", [Role.TEAMLEIDER, Role.FUNCTIONEEL_BEHEERDER])
def test_all_that_is_on_his_name_goes_to_a_colleague(busy, walker, team, role):
    """Also when who lets him leave sees no people."""
    colleague, by = factories.user(Role.BUURTTEAM, team=team), factories.user(role)
    tail = visits.AuditTail()
    found = leave(walker, colleague, by)
    assert (found.lists, found.tasks, found.claims, found.sheets) == (1, 1, 1, 1)
    assert left_behind(walker) == (0, 0, 0, False)
    with acting_as(SYSTEM_ACTOR):
        assert Looplijst.objects.get().assigned_to == colleague
        assert Task.objects.get().owner == colleague
    [(actor, subject, keys, details)] = tail.lines(Event.USER_LEFT)
    assert (actor, subject, keys) == (str(by.pk), "gebruiker", [str(walker.pk)])
    assert details["aan"] == f"gebruiker {colleague.pk}"
    assert {line[0] for line in tail.lines(Event.TASK_GIVEN)} == {str(by.pk)}


def test_with_the_team_it_is_for_whoever_takes_it(busy, walker, team, leader):
    leave(walker, team, leader)
    assert left_behind(walker) == (0, 0, 0, False)
    with acting_as(SYSTEM_ACTOR):
        assert Looplijst.objects.get().assigned_to is None
        assert Task.objects.get().team == team


def test_who_cannot_see_it_does_not_get_it_and_then_nothing_happens(busy, walker, leader):
    elsewhere = factories.user(Role.BUURTTEAM, team=factories.team("Zuid", buurten=["BU2"]))
    gone = factories.user(Role.CONSULENT)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    gone.refresh_from_db()
    theirs = client_of(walker)
    for to in (elsewhere, gone, None):
        with pytest.raises(NotNow):
            leave(walker, to, leader)
    assert left_behind(walker) == (1, 1, 1, True)
    assert theirs.get(reverse("looplijsten")).status_code == 200


def test_when_the_tasks_cannot_go_the_lists_stay_too(busy, walker, team, leader):
    """The task is about a household in another buurt than the list."""
    with as_role("migrate"):
        beyond = factories.household(buurt_code="BU9")
        Task.objects.update(household=beyond)
    with pytest.raises(NotNow, match="deze buurt"):
        leave(walker, factories.user(Role.BUURTTEAM, team=team), leader)
    assert left_behind(walker) == (1, 1, 1, True)


def test_twice_is_told(walker, leader):
    leave(walker, None, leader)
    with pytest.raises(StateChanged):
        leave(walker, None, leader)


def test_who_lets_whom_leave(team, walker):
    other = factories.team("Zuid", buurten=["BU2"])
    manager = factories.user(Role.FUNCTIONEEL_BEHEERDER)
    for by, user in (
        (factories.user(Role.BUURTTEAM, team=team), walker),
        (factories.user(Role.PRIVACY_OFFICER), walker),
        (factories.user(Role.TEAMLEIDER, team=other), walker),
        (factories.user(Role.TEAMLEIDER), manager),
        (manager, manager),
    ):
        with pytest.raises(PermissionDenied):
            leave(user, None, by)
    own = factories.user(Role.TEAMLEIDER, team=team)
    assert set(leaving.staff_of(own)) >= {walker}
    assert {one.team for one in leaving.staff_of(own)} == {team}
    leave(walker, None, own)


def test_the_page_asks_who_takes_over_and_does_it_once(busy, walker, team, leader):
    colleague = factories.user(Role.BUURTTEAM, team=team)
    with as_role("migrate"):
        item = WorkItem.objects.create(kind="geen_handtekening", due_on=DAY, owner=walker)
    client = client_of(leader)
    url = reverse("staff_leave", args=[walker.pk])
    assert url in client.get(reverse("staff")).content.decode()
    page = client.get(url).content.decode()
    assert "Wie neemt het werk over?" in page
    assert "nog papier met adressen" in page
    assert "Kies wie het overneemt" in client.post(url, {}).content.decode()
    for _ in range(2):
        answer = client.post(url, {"aan": f"medewerker-{colleague.pk}"}, follow=True)
        assert answer.redirect_chain[-1][0] == reverse("staff")
    assert left_behind(walker) == (0, 0, 0, False)
    with acting_as(SYSTEM_ACTOR):
        assert WorkItem.objects.get(pk=item.pk).owner is None


def test_the_page_asks_nothing_when_there_is_nothing(walker, leader):
    client = client_of(leader)
    url = reverse("staff_leave", args=[walker.pk])
    assert "over?" not in client.get(url).content.decode()
    assert "is uit dienst" in client.post(url, follow=True).content.decode()
    assert not User.objects.get(pk=walker.pk).is_active
