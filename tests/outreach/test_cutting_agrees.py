"""What may be cut is said in SQL, for its speed, and in the models, for everybody else: the two agree."""

import datetime
import random
import uuid
from collections.abc import Callable
from uuid import UUID

import pytest

from outreach.actions import claims, cutting
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Approach, Claim, Household, Person, Role, Round, Team, User
from outreach.models.approach import Result
from outreach.models.gesprek import AttemptKind, DayPart, Gesprek, GesprekResult
from tests import factories
from tests.outreach import visits
from tests.outreach.test_cutting import BUURT, criteria
from tests.roles import as_role

pytestmark = pytest.mark.django_db
REGELINGEN = ["stadspas", "czv"]
DOORS = 40


def _adult(**fields: object) -> Callable[[Household], None]:
    """Something that is said of one adult of a household."""

    def change(home: Household) -> None:
        Person.objects.filter(pk=home.members.filter(adult=True).first().person_id).update(**fields)

    return change


def _home(**fields: object) -> Callable[[Household], None]:
    return lambda home: Household.objects.filter(pk=home.pk).update(**fields)


def _brought(round_: Round, **fields: object) -> Callable[[Household], None]:
    """Something that became of one regeling of a household in a round."""

    def change(home: Household) -> None:
        found = Approach.objects.filter(round=round_, household=home).order_by("regeling").first()
        Approach.objects.filter(pk=found.pk).update(**fields)

    return change


def _told_gone(by: User) -> Callable[[Household], None]:
    def change(home: Household) -> None:
        Gesprek.objects.create(
            submission=uuid.uuid4(),
            household=home,
            kind=AttemptKind.PHONE,
            day_part=DayPart.MORNING,
            happened_on=datetime.date(2026, 3, 2),
            reached=True,
            result=GesprekResult.MOVED,
            by=by,
        )

    return change


def _happen(dice: random.Random, homes: list[Household], round_: Round, other: Round, by: User) -> None:
    """To most households nothing, to the others one or two of all that can happen."""
    events = [
        *(_adult(**{field: True}) for field in ("no_contact", "no_visit", "no_letter", "no_share")),
        *(_adult(departed=how) for how in ("overleden", "verhuisd")),
        *(_adult(no_contact_for=some) for some in (["stadspas"], ["czv"], REGELINGEN)),
        *(_home(**{field: True}) for field in ("institution", "confidential")),
        _home(buurt_code="BU03639999"),
        *(_brought(round_, result=result) for result in (Result.GRANTED, Result.HAS_IT, Result.DECLINED)),
        *(_brought(other, result=result) for result in (Result.GRANTED, Result.HAS_IT)),
        _brought(round_, lapsed=True),
        _told_gone(by),
    ]
    with as_role("migrate"), acting_as(SYSTEM_ACTOR):
        for home in homes:
            for event in dice.sample(events, dice.choice([0, 1, 1, 2])):
                event(home)


def _by_the_models(round_: Round, team: Team, regelingen: list[str]) -> set[UUID]:
    """What the page of a list would show of them, where nobody went and nobody is busy."""
    busy = Claim.objects.in_force(clock.now()).values("person__memberships__household")
    brought = Approach.objects.visitable().filter(
        round=round_, regeling__in=regelingen, household__buurt_code=BUURT, household__institution=False
    )
    if not team.municipal:
        brought = brought.filter(household__confidential=False)
    return set(brought.exclude(household__in=busy).values_list("household_id", flat=True))


@pytest.mark.parametrize("municipal", [True, False])
@pytest.mark.parametrize("seed", range(3))
def test_what_may_be_cut_is_what_the_models_say(seed, municipal):
    dice = random.Random(seed)
    team, by = factories.team(municipal=municipal), factories.user(Role.CONSULENT)
    handover = factories.handover()
    homes = []
    for house in range(1, DOORS + 1):
        adults = [factories.person() for _ in range(dice.choice([1, 2]))]
        home = factories.household(in_handover=handover, adults=adults, house_number=house)
        for regeling in dice.sample(REGELINGEN, dice.choice([1, 2])):
            factories.candidacy(home, regeling)
        homes.append(home)
    round_ = visits.visit_round(handover, REGELINGEN)
    other = visits.visit_round(handover, REGELINGEN, "Andere ronde")
    _happen(dice, homes, round_, other, by)
    with acting_as(by.actor()):
        busy = dice.sample(homes, 8)
        for home in busy:
            claims.take(household=home, by=by)
        for home in busy[3:]:
            claims.give_back(household=home, by=by)
    with acting_as(SYSTEM_ACTOR):
        for regelingen in (REGELINGEN, *([one] for one in REGELINGEN)):
            chosen = criteria(team, regelingen=regelingen, at_most=cutting.AT_MOST)
            drawn = set(cutting._drawn(round_, chosen).households)
            assert drawn == _by_the_models(round_, team, regelingen)
            assert 0 < len(drawn) < DOORS
