"""Giving lists and addresses to a colleague or another team: as a whole, or not at all."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connections

from outreach.actions import claims, giving
from outreach.actions.giving import Part, Target
from outreach.audit import Event
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Looplijst, Role, Team, User
from outreach.models.gesprek import GesprekResult
from outreach.policies import NotNow
from outreach.transitions import StateChanged
from tests import factories
from tests.outreach import visits

pytestmark = pytest.mark.django_db
NORTH, SOUTH = "BU1", "BU2"


@pytest.fixture
def north() -> Team:
    return factories.team("Noord", buurten=[NORTH])


@pytest.fixture
def both() -> Team:
    """A team that also walks where Noord does."""
    return factories.team("Stad", buurten=[NORTH, SOUTH])


@pytest.fixture
def leader() -> User:
    return factories.user(Role.TEAMLEIDER)


def list_of(team: Team, *numbers: int, **fields: object) -> Looplijst:
    return visits.list_of(
        team, [{**one, "buurt_code": NORTH, **fields} for one in visits.streets(*(numbers or (1, 3, 5)))]
    )


def give(parts: Sequence[Part], to: Target, by: User) -> list[Looplijst]:
    with acting_as(by.actor()):
        known = giving.plan(parts=parts, to=to, by=by).known
        return giving.hand_over(parts=parts, to=to, by=by, known=known)


def problems(parts: Sequence[Part], to: Target, by: User) -> list[str]:
    with acting_as(by.actor()):
        return [line.problem for line in giving.plan(parts=parts, to=to, by=by).lines]


def fresh(looplijst: Looplijst) -> Looplijst:
    with acting_as(SYSTEM_ACTOR):
        return Looplijst.objects.select_related("team", "assigned_to").get(pk=looplijst.pk)


def numbers(looplijst: Looplijst) -> list[int]:
    return [item.household.house_number for item in visits.items(looplijst)]


def test_a_list_gets_somebody_and_then_another_and_then_the_team_again(north, leader):
    looplijst = list_of(north)
    first, second = (factories.user(Role.BUURTTEAM, team=north) for _ in range(2))
    for person in (first, second, None):
        give([Part(looplijst)], Target(person=person, team=None if person else north), leader)
        found = fresh(looplijst)
        assert (found.assigned_to, found.team, found.pile) == (person, north, True)
        looplijst = found


def test_several_lists_go_to_another_team_at_once(north, both, leader):
    lists = [list_of(north), list_of(north, 7, 9)]
    tail = visits.AuditTail()
    assert give([Part(one) for one in lists], Target(team=both), leader) == lists
    assert {fresh(one).team for one in lists} == {both}
    assert not fresh(lists[0]).pile
    [(_, subject, keys, details)] = tail.lines(Event.LOOPLIJST_GIVEN)
    assert (subject, set(keys)) == ("looplijst", {str(one.pk) for one in lists})
    assert details == {"aan": "", "team": both.pk, "adressen": 5}


def test_some_addresses_become_a_list_of_their_own_in_walking_order(north, both, leader):
    looplijst = list_of(north, 1, 3, 2, 4)
    assert numbers(looplijst) == [1, 3, 4, 2]
    walker = factories.user(Role.BUURTTEAM, team=both)
    [given] = give([Part(looplijst, (4, 2))], Target(person=walker), leader)
    assert numbers(given) == [3, 2]
    assert [item.position for item in visits.items(given)] == [1, 2]
    assert (fresh(given).team, fresh(given).assigned_to) == (both, walker)
    assert numbers(looplijst) == [1, 4]


def test_what_is_done_stays_and_what_was_tried_keeps_its_attempts(north, both, leader):
    walker = factories.user(Role.BUURTTEAM, team=north)
    looplijst = list_of(north, 1, 3, 5)
    done, tried, _ = visits.items(looplijst)
    visits.save(done, walker, result=GesprekResult.HELPED)
    visits.save(tried, walker)
    [given] = give([Part(looplijst, (1, 2, 3))], Target(team=both), leader)
    assert [(item.household.house_number, item.attempts) for item in visits.items(given)] == [(3, 1), (5, 0)]
    assert numbers(looplijst) == [1]


def test_when_one_cannot_go_none_goes(both, north, leader):
    """The second list has an address where the other team does not walk."""
    south = factories.team("Zuid", buurten=[SOUTH])
    fits = list_of(both, 1, 3)
    both_areas = visits.list_of(both, [{"buurt_code": NORTH}, {"buurt_code": SOUTH, "street": "Akker"}])
    parts = [Part(fits), Part(both_areas)]
    assert problems(parts, Target(team=north), leader) == ["", "1 adres ligt buiten de buurten van Noord."]
    with pytest.raises(NotNow, match="buiten de buurten"):
        give(parts, Target(team=north), leader)
    assert {fresh(one).team for one in (fits, both_areas)} == {both}
    assert problems([Part(fits)], Target(team=south), leader) == [
        "2 adressen liggen buiten de buurten van Zuid."
    ]


def test_a_protected_address_never_goes_outside_the_municipality(north, leader):
    outside = factories.team("Buiten", buurten=[NORTH], municipal=False)
    looplijst = list_of(north, 1, confidential=True)
    walker = factories.user(Role.BUURTTEAM, team=outside)
    for to in (Target(team=outside), Target(person=walker)):
        with pytest.raises(NotNow, match="1 adres is geheim"):
            give([Part(looplijst)], to, leader)


def test_an_address_that_somebody_is_busy_with_waits(north, both, leader):
    walker = factories.user(Role.BUURTTEAM, team=north)
    looplijst = list_of(north)
    with acting_as(walker.actor()):
        claims.take(household=visits.items(looplijst)[1].household, by=walker)
    with pytest.raises(NotNow, match="is hiermee bezig"):
        give([Part(looplijst)], Target(team=both), leader)
    give([Part(looplijst)], Target(person=walker), leader)
    assert fresh(looplijst).assigned_to == walker


def test_nobody_gets_a_list_who_walks_none(north, leader):
    looplijst = list_of(north)
    gone = factories.user(Role.BUURTTEAM, team=north)
    gone.is_active = False
    gone.save()
    for person in (gone, factories.user(Role.ANALIST)):
        with pytest.raises(NotNow, match="loopt geen lijsten"):
            give([Part(looplijst)], Target(person=person), leader)
    with pytest.raises(NotNow, match="is al van Noord"):
        give([Part(looplijst)], Target(team=north), leader)


def test_a_consulent_walks_a_list_of_the_team(north, leader):
    looplijst = list_of(north)
    consulent = factories.user(Role.CONSULENT)
    give([Part(looplijst)], Target(person=consulent), leader)
    assert (fresh(looplijst).team, fresh(looplijst).assigned_to) == (north, consulent)


def test_who_gives_on_and_what(north, both, leader):
    looplijst = list_of(north)
    for user in (
        factories.user(Role.BUURTTEAM, team=north),
        factories.user(Role.CONSULENT),
        factories.user(Role.TEAMLEIDER, team=both),
    ):
        with pytest.raises(PermissionDenied):
            give([Part(looplijst)], Target(team=both), user)
    own = factories.user(Role.TEAMLEIDER, team=north)
    with acting_as(own.actor()):
        assert giving.led_by(own) == [looplijst]
    [given] = give([Part(looplijst, (1,))], Target(team=both), own)
    assert fresh(given).team == both
    give([Part(fresh(looplijst))], Target(team=both), own)
    assert fresh(looplijst).team == both


def test_a_plan_that_is_no_longer_true_is_not_carried_out(north, both, leader):
    looplijst = list_of(north)
    to = Target(team=both)
    with acting_as(leader.actor()):
        known = giving.plan(parts=[Part(looplijst)], to=to, by=leader).known
    give([Part(looplijst, (1,))], to, leader)
    with acting_as(leader.actor()), pytest.raises(StateChanged):
        giving.hand_over(parts=[Part(looplijst)], to=to, by=leader, known=known)
    assert fresh(looplijst).team == north


def test_of_two_who_give_the_same_lists_at_once_one_does(north, both, leader, unblocked):
    third = factories.team("Derde", buurten=[NORTH])
    lists = [list_of(north), list_of(north, 7, 9)]
    leaders = [leader, factories.user(Role.TEAMLEIDER)]
    with acting_as(leader.actor()):
        known = giving.plan(parts=[Part(one) for one in lists], to=Target(team=both), by=leader).known
    barrier = threading.Barrier(2)

    def gives(number: int) -> str:
        parts = [Part(one) for one in (lists if number else reversed(lists))]
        barrier.wait()
        try:
            with acting_as(leaders[number].actor()):
                to = Target(team=(both, third)[number])
                giving.hand_over(parts=parts, to=to, by=leaders[number], known=known)
            return to.team.name
        except StateChanged:
            return ""
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(gives, range(2)))
    [winner] = filter(None, outcomes)
    assert {fresh(one).team.name for one in lists} == {winner}
