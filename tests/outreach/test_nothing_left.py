"""What ended is not brought up at a door, and nobody writes or goes where a person is said to be gone."""

import datetime
import uuid

import pytest

from outreach.actions import cutting, gesprekken, tasks
from outreach.actions.gesprekken import Attempt, Said
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Approach, Household, Looplijst, LooplijstItem, Person, Role, Task, Team
from outreach.models.approach import Result
from outreach.models.gesprek import GONE, AttemptKind, DayPart, GesprekResult
from outreach.models.gesprek_said import Outcome
from outreach.models.looplijst import ItemState
from outreach.models.person import Departed
from outreach.models.task import TaskDropped, TaskKind
from tests import factories
from tests.outreach import visits
from tests.roles import as_role

pytestmark = pytest.mark.django_db
ENDED = (Result.HAS_IT, Result.DECLINED, Result.NO_RIGHT, Result.GRANTED, Result.REFUSED, Result.HELPED)


@pytest.fixture
def team() -> Team:
    return factories.team()


@pytest.fixture
def lijst(team: Team) -> Looplijst:
    return visits.list_of(team, visits.streets(1, 3))


def first(lijst: Looplijst) -> LooplijstItem:
    with acting_as(SYSTEM_ACTOR):
        return lijst.items.select_related("household").get(household__house_number=1)


def to_do(lijst: Looplijst) -> list[int]:
    with acting_as(SYSTEM_ACTOR):
        left = lijst.items.approachable().to_do().order_by("position")
        return list(left.values_list("household__house_number", flat=True))


def may_be_cut(lijst: Looplijst) -> int:
    """How many addresses a shorter list may still be cut from."""
    chosen = cutting.criteria(
        team=lijst.team,
        buurten=["BU03630001"],
        regelingen=["stadspas"],
        klassen=["zeker", "onzeker"],
        at_most=10,
        seed=1,
    )
    leader = factories.user(Role.TEAMLEIDER)
    with acting_as(leader.actor()):
        found = cutting.preview(round_=lijst.round, chosen=chosen, by=leader)
    return found.left


@pytest.mark.parametrize("result", ENDED)
def test_an_address_with_nothing_left_to_bring_up_leaves_the_to_do(lijst: Looplijst, result: Result):
    item = first(lijst)
    with acting_as(SYSTEM_ACTOR):
        Approach.objects.filter(household=item.household).update(result=result)
    assert to_do(lijst) == [3]
    assert may_be_cut(lijst) == 1
    with acting_as(SYSTEM_ACTOR):
        LooplijstItem.objects.filter(pk=item.pk).update(state=ItemState.DONE)
        assert lijst.items.approachable().filter(pk=item.pk).exists()


def test_what_was_granted_in_a_round_of_letters_is_not_brought_up(lijst: Looplijst):
    item = first(lijst)
    visits.lists_of(item.household.handover, lijst.team, name="Andere ronde")
    with acting_as(SYSTEM_ACTOR):
        Approach.objects.filter(household=item.household).exclude(round=lijst.round).update(
            result=Result.GRANTED
        )
    assert to_do(lijst) == [3]
    assert may_be_cut(lijst) == 1


def test_what_ended_is_no_longer_named_beside_what_is_left(team: Team):
    handover = factories.handover()
    home = factories.household(in_handover=handover)
    factories.candidacy(home)
    factories.candidacy(home, "czv")
    lijst = visits.lists_of(handover, team)
    with acting_as(SYSTEM_ACTOR):
        Approach.objects.filter(household=home, regeling="czv").update(result=Result.DECLINED)
        (row,) = lijst.items.approachable().with_list_data()
        assert [one.regeling_id for one in row.brought()] == ["stadspas"]
        assert not lijst.items.approachable().about("czv").exists()


@pytest.mark.parametrize("result", GONE)
def test_who_is_said_to_be_gone_stands_on_no_list_and_comes_in_no_round(
    lijst: Looplijst, result: GesprekResult
):
    item, by = first(lijst), factories.user(Role.CONSULENT)
    other = visits.lists_of(item.household.handover, lijst.team, name="Andere ronde")
    assert to_do(other) == [1, 3]
    visits.save(item, by, result=result)
    assert to_do(other) == [3]
    assert may_be_cut(other) == 1
    with acting_as(SYSTEM_ACTOR):
        assert not Approach.objects.contactable().filter(household=item.household).exists()
    newer = visits.lists_of(item.household.handover, lijst.team, name="Nieuwe ronde")
    assert to_do(newer) == [3]
    with acting_as(SYSTEM_ACTOR):
        assert not Approach.objects.filter(round=newer.round, household=item.household).exists()


@pytest.mark.parametrize("result", GONE)
def test_it_stands_until_the_task_for_the_brp_is_dropped(lijst: Looplijst, result: GesprekResult):
    item, by = first(lijst), factories.user(Role.CONSULENT)
    other = visits.lists_of(item.household.handover, lijst.team, name="Andere ronde")
    visits.save(item, by, result=result)
    with acting_as(SYSTEM_ACTOR):
        task = Task.objects.get(household=item.household, kind=TaskKind.REPORT_MOVED)
        tasks.drop(task=task, why=TaskDropped.LIVES_HERE, by=by)
        assert Approach.objects.contactable().filter(household=item.household).exists()
    assert to_do(other) == [1, 3]


def told_and_handed_over(
    team: Team, result: GesprekResult, **later: object
) -> tuple[Task, Household, list[Person]]:
    """Two adults of whom it is said that somebody is gone, and the household that a next koppeling makes."""
    adults = [factories.person(), factories.person()]
    address = {"house_number": 7, "house_letter": "A", "house_suffix": "2"}
    first_one = factories.handover(datetime.date(2026, 3, 1))
    home = factories.household(adults=adults, in_handover=first_one, **address)
    factories.candidacy(home)
    (item,) = visits.items(visits.lists_of(first_one, team))
    visits.save(item, factories.user(Role.CONSULENT), result=result)
    second = factories.handover(later.pop("peildatum", datetime.date(2099, 4, 1)))
    again = factories.household(
        adults=later.pop("adults", adults), in_handover=second, **{**address, **later}
    )
    factories.candidacy(again)
    with acting_as(SYSTEM_ACTOR):
        return Task.objects.select_related("household").get(kind=TaskKind.REPORT_MOVED), again, adults


def brought(household: Household, team: Team, name: str = "Volgende ronde") -> bool:
    """Whether a new round brings anything to this household."""
    lijst = visits.lists_of(household.handover, team, name=name)
    with acting_as(SYSTEM_ACTOR):
        found = Approach.objects.filter(household=household, round=lijst.round)
        return found.exists() and found.contactable().exists() and found.visitable().exists()


@pytest.mark.parametrize("result", GONE)
def test_a_newer_koppeling_does_not_forget_that_somebody_is_gone(team: Team, result: GesprekResult):
    """The BRP still says the same: that alone lifts nothing. The municipality that drops the task does."""
    task, again, _ = told_and_handed_over(team, result)
    factories.candidacy(factories.household(in_handover=again.handover))
    assert not brought(again, team)
    by = factories.user(Role.TEAMLEIDER)
    with acting_as(by.actor()):
        tasks.drop(task=task, why=TaskDropped.LIVES_HERE, by=by)
    assert brought(again, team, "Daarna")


@pytest.mark.parametrize("result", GONE)
@pytest.mark.parametrize(
    ("peildatum", "lifted"), [(datetime.date(2026, 3, 15), False), (datetime.date(2099, 4, 1), True)]
)
def test_what_the_brp_says_after_it_was_told_counts(
    team: Team, result: GesprekResult, peildatum: datetime.date, lifted: bool
):
    task, again, _ = told_and_handed_over(team, result, peildatum=peildatum)
    factories.candidacy(factories.household(in_handover=again.handover))
    by = factories.user(Role.TEAMLEIDER)
    with acting_as(by.actor()):
        tasks.done(task=task, by=by)
    assert brought(again, team) == lifted
    with acting_as(SYSTEM_ACTOR):
        first_one = Approach.objects.filter(household=task.household)
        assert not first_one.contactable().exists(), "of the older koppeling nothing goes any more"


def test_who_the_brp_has_at_another_address_may_be_visited_there(team: Team):
    _, again, _ = told_and_handed_over(team, GesprekResult.MOVED, house_suffix="3")
    assert brought(again, team)


def test_the_dead_may_not_be_visited_at_another_address_either(team: Team):
    _, again, adults = told_and_handed_over(team, GesprekResult.DECEASED, house_number=9)
    factories.candidacy(factories.household(in_handover=again.handover))
    assert not brought(again, team)
    with as_role("migrate"):
        Person.objects.filter(pk=adults[0].pk).update(departed=Departed.DIED)
        again.members.filter(person=adults[0]).delete()
    assert brought(again, team, "Daarna"), "the BRP knows who died, and the other lives there"


def test_of_strangers_at_the_same_address_nothing_was_said(team: Team):
    _, again, _ = told_and_handed_over(team, GesprekResult.MOVED, adults=[factories.person()])
    assert brought(again, team)


def test_declining_the_only_regeling_takes_the_address_off_other_lists(lijst: Looplijst):
    item = first(lijst)
    other = visits.lists_of(item.household.handover, lijst.team, name="Andere ronde")
    attempt = Attempt(
        AttemptKind.VISIT,
        DayPart.MORNING,
        datetime.date(2026, 3, 2),
        True,
        GesprekResult.NO_HELP,
        said=frozenset({Said("stadspas", Outcome.NO_RIGHT)}),
    )
    by = factories.user(Role.CONSULENT)
    with acting_as(by.actor()):
        gesprekken.save(submission=uuid.uuid4(), household=item.household, item=item, attempt=attempt, by=by)
    assert to_do(other) == [3]
