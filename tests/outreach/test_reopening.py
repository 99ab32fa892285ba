"""An address that is done is gone past again: when who lives there asks for it, or a teamleider says so."""

import datetime
import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from outreach.actions import gesprekken, reopening, rounds
from outreach.actions.gesprekken import Attempt, Said
from outreach.audit import Event
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import LooplijstItem, Role, Team, User
from outreach.models.gesprek import AttemptKind, DayPart, GesprekResult
from outreach.models.gesprek_said import Outcome
from outreach.models.looplijst import ItemState
from outreach.policies import NotNow
from tests import factories
from tests.outreach import visits

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 3, 2)
TWICE = (GesprekResult.NO_HELP, GesprekResult.COME_BACK)


@pytest.fixture
def team() -> Team:
    return factories.team()


@pytest.fixture
def walker(team) -> User:
    return factories.user(Role.BUURTTEAM, team=team)


@pytest.fixture
def leader(team) -> User:
    return factories.user(Role.TEAMLEIDER, team=team)


@pytest.fixture
def stop(team) -> LooplijstItem:
    """The one address of a list."""
    return visits.items(visits.list_of(team))[0]


def _now(item: LooplijstItem) -> LooplijstItem:
    with acting_as(SYSTEM_ACTOR):
        return LooplijstItem.objects.select_related("looplijst__team", "round", "household").get(pk=item.pk)


def _said(item: LooplijstItem, by: User, result: GesprekResult, *outcomes: Outcome) -> None:
    said = frozenset(
        Said("stadspas", one, DAY + datetime.timedelta(days=200) if one == Outcome.DECLINED else None)
        for one in outcomes
    )
    attempt = Attempt(AttemptKind.VISIT, DayPart.MORNING, DAY, True, result, said=said)
    with acting_as(by.actor()):
        gesprekken.save(submission=uuid.uuid4(), household=item.household, item=item, attempt=attempt, by=by)


def _reopen(item: LooplijstItem, by: User) -> None:
    with acting_as(by.actor()):
        reopening.reopen(household=item.household, item=item, by=by)


def test_who_asks_to_come_back_is_gone_past_again(stop, walker):
    tail = visits.AuditTail()
    for result in TWICE:
        visits.save(stop, walker, result=result)
    assert (_now(stop).state, _now(stop).attempts) == (ItemState.VISITED, 2)
    [(actor, _, ids, _)] = tail.lines(Event.ITEM_REOPENED)
    assert (actor, ids) == (str(walker.pk), [str(stop.pk)])


def test_who_called_after_all_is_no_longer_not_reached(stop, walker, settings):
    settings.MAX_ATTEMPTS = 1
    visits.save(stop, walker)
    assert _now(stop).unreached
    visits.save(stop, walker, result=GesprekResult.COME_BACK)
    assert (_now(stop).state, _now(stop).unreached) == (ItemState.VISITED, False)


def test_nobody_comes_back_where_nothing_is_left_or_the_round_is_over(stop, walker, leader):
    _said(stop, walker, GesprekResult.NO_HELP, Outcome.DECLINED)
    _said(stop, walker, GesprekResult.COME_BACK)
    assert _now(stop).state == ItemState.DONE
    with pytest.raises(NotNow, match="niets meer om te bespreken"):
        _reopen(_now(stop), leader)
    # Said after all that he wants it: then there is something again.
    _said(stop, walker, GesprekResult.INFORMED, Outcome.WANTS)
    with acting_as(leader.actor()):
        rounds.close(round_=_now(stop).round, by=leader)
    _said(stop, walker, GesprekResult.COME_BACK)
    assert _now(stop).state == ItemState.DONE
    with pytest.raises(NotNow, match="Deze ronde is afgesloten"):
        _reopen(_now(stop), leader)


def test_what_he_wants_after_all_is_to_do_again(stop, walker):
    _said(stop, walker, GesprekResult.NO_HELP, Outcome.DECLINED)
    _said(stop, walker, GesprekResult.COME_BACK, Outcome.WANTS)
    assert _now(stop).state == ItemState.VISITED


def test_a_teamleider_reopens_it_on_its_page_once(stop, walker, leader):
    page, url = (f"/huishoudens/{stop.household_id}/{more}" for more in ("", "heropenen/"))
    client, tail = Client(), visits.AuditTail()
    client.force_login(leader)
    assert "Heropenen" not in client.get(page).content.decode()
    visits.save(stop, walker, result=GesprekResult.NO_HELP)
    assert url == reverse("item_reopen", args=[stop.household_id])
    assert f'action="{url}' in client.get(page).content.decode()
    said = [client.post(url, follow=True).content.decode() for _ in range(2)]
    assert "Dit adres staat weer bij ‘Opnieuw langs’" in said[0]
    assert "Dit adres is niet klaar" in said[1]
    assert (_now(stop).state, _now(stop).attempts) == (ItemState.VISITED, 1)
    assert [line[2] for line in tail.lines(Event.ITEM_REOPENED)] == [[str(stop.pk)]]
    shown = client.get(f"/looplijsten/{stop.looplijst_id}/?status=bezocht").content.decode()
    assert str(stop.household_id) in shown


def test_nobody_else_reopens_it(stop, walker):
    visits.save(stop, walker, result=GesprekResult.NO_HELP)
    elsewhere = factories.user(Role.TEAMLEIDER, team=factories.team("Team Oost"))
    for other in (walker, factories.user(Role.CONSULENT), elsewhere):
        client = Client()
        client.force_login(other)
        assert "Heropenen" not in client.get(f"/huishoudens/{stop.household_id}/").content.decode()
        with pytest.raises(PermissionDenied):
            _reopen(_now(stop), other)
    client = Client()
    client.force_login(factories.user(Role.TEAMLEIDER, team=factories.team("Zuid", buurten=["BU9"])))
    assert client.post(f"/huishoudens/{stop.household_id}/heropenen/").status_code == 404
    assert _now(stop).state == ItemState.DONE
