"""Nobody gets work who leaves at the same moment, and nobody goes to other work with his hands full."""

import datetime
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections, transaction
from django.test import Client
from django.urls import reverse

from outreach.actions import giving, leaving, tasks
from outreach.actions.giving import Part, Target
from outreach.actions.tasks import ToDo
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Looplijst, Role, Task, User
from outreach.models.task import TaskKind
from outreach.policies import NotNow
from tests import factories
from tests.outreach import visits
from tests.waiting import until_somebody_waits

pytestmark = pytest.mark.django_db
CALLING = ToDo(TaskKind.CALL_BACK, datetime.date(2099, 1, 1))


@pytest.fixture
def team():
    return factories.team()


@pytest.fixture
def leader() -> User:
    return factories.user(Role.TEAMLEIDER)


@pytest.fixture
def looplijst(team) -> Looplijst:
    return visits.list_of(team)


@pytest.fixture
def goes(team) -> User:
    """Somebody as he was read before he left."""
    return factories.user(Role.BUURTTEAM, team=team)


def _task(looplijst: Looplijst, to: User, by: User) -> Task:
    with acting_as(by.actor()):
        household = visits.items(looplijst)[0].household
        return tasks.make(household=household, todo=CALLING, to=to, by=by)[0]


def _gone(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def test_who_left_gets_no_task(looplijst, goes, leader):
    made = _task(looplijst, leader, leader)
    _gone(goes)
    with pytest.raises(NotNow, match="werkt hier niet meer"):
        _task(looplijst, goes, leader)
    with acting_as(leader.actor()), pytest.raises(NotNow, match="werkt hier niet meer"):
        tasks.assign(tasks=[made], to=goes, by=leader)


def test_who_left_gets_no_list(looplijst, goes, leader):
    parts, to = [Part(looplijst)], Target(person=goes)
    with acting_as(leader.actor()):
        known = giving.plan(parts=parts, to=to, by=leader).known
    _gone(goes)
    with acting_as(leader.actor()), pytest.raises(NotNow, match="loopt geen lijsten"):
        giving.hand_over(parts=parts, to=to, by=leader, known=known)


def test_who_left_takes_over_from_nobody(looplijst, goes, leader, team):
    """Whoever lets a colleague leave still has the page before him on which the other worked here."""
    leaver = factories.user(Role.BUURTTEAM, team=team)
    with acting_as(leader.actor()):
        parts, to = [Part(looplijst)], Target(person=leaver)
        known = giving.plan(parts=parts, to=to, by=leader).known
        giving.hand_over(parts=parts, to=to, by=leader, known=known)
    _gone(goes)
    with acting_as(leader.actor()), pytest.raises(NotNow, match="loopt geen lijsten"):
        leaving.leave(user=leaver, to=goes, by=leader)
    assert User.objects.get(pk=leaver.pk).is_active


def test_who_is_leaving_now_gets_no_task(looplijst, goes, leader, unblocked):
    made = _task(looplijst, leader, leader)

    def assign() -> str:
        try:
            with acting_as(leader.actor()):
                tasks.assign(tasks=[made], to=goes, by=leader)
            return ""
        except NotNow as refusal:
            return str(refusal)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with acting_as(leader.actor()), transaction.atomic():
            leaving.leave(user=goes, to=None, by=leader)
            assigning = pool.submit(assign)
            until_somebody_waits()
        assert "werkt hier niet meer" in assigning.result()
    with acting_as(SYSTEM_ACTOR):
        assert tasks.open_of(goes).count() == 0


def _moving(user: User) -> tuple[Client, str, dict[str, object]]:
    """Who keeps the users, the page of this one, and what it sends to give him another role and team."""
    client = Client()
    client.force_login(factories.user(Role.FUNCTIONEEL_BEHEERDER))
    sent = {
        "username": user.username,
        "first_name": "Nieuw",
        "last_name": user.last_name,
        "email": "",
        "role": "consulent",
        "team": factories.team("Anders").pk,
        "is_active": "on",
    }
    return client, reverse("admin:outreach_user_change", args=[user.pk]), sent


def test_who_is_given_work_now_keeps_his_role_and_team(looplijst, goes, leader, unblocked):
    """The page waits for who is giving, and then reads what is in his hands."""
    client, url, sent = _moving(goes)

    def move() -> int:
        try:
            return client.post(url, sent).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with acting_as(leader.actor()), transaction.atomic():
            _task(looplijst, goes, leader)
            moving = pool.submit(move)
            until_somebody_waits()
        assert moving.result() == 302
    kept = User.objects.get(pk=goes.pk)
    assert (kept.role, kept.team) == (Role.BUURTTEAM, goes.team)


def test_who_has_work_in_hand_keeps_his_role_and_team_until_it_is_handed_over(looplijst, goes, leader):
    made, (client, url, sent) = _task(looplijst, goes, leader), _moving(goes)
    page = client.get(url).content.decode()
    assert "1 taak" in page
    assert reverse("staff_leave", args=[goes.pk]) in page
    assert client.post(url, sent).status_code == 302
    kept = User.objects.get(pk=goes.pk)
    assert (kept.first_name, kept.role, kept.team) == ("Nieuw", Role.BUURTTEAM, goes.team)
    with acting_as(leader.actor()):
        tasks.assign(tasks=[made], to=leader, by=leader)
    assert reverse("staff_leave", args=[goes.pk]) not in client.get(url).content.decode()
    assert client.post(url, sent).status_code == 302
    assert User.objects.get(pk=goes.pk).role == Role.CONSULENT
