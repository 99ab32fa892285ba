"""A walk that is cut from what a round has left: who may stand on it, how many, and that the lot decides."""

import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connections

from outreach.actions import claims, cutting
from outreach.actions.cutting import Criteria
from outreach.audit import Event
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Handover, Looplijst, LooplijstItem, Role, Round, Team, User
from outreach.policies import NotNow
from tests import factories
from tests.outreach import visits
from tests.roles import as_role

pytestmark = pytest.mark.django_db
BUURT = "BU03630001"


@pytest.fixture
def team() -> Team:
    return factories.team()


@pytest.fixture
def leader() -> User:
    return factories.user(Role.TEAMLEIDER)


def town(*households: dict[str, object]) -> Handover:
    """A handover with households with these fields, each a candidate for the Stadspas."""
    handover = factories.handover()
    for fields in households:
        factories.candidacy(factories.household(in_handover=handover, **fields))
    return handover


def streets(*sizes: int) -> list[dict[str, object]]:
    """So many houses in each of some streets."""
    return [
        {"street": f"Straat {number}", "house_number": house}
        for number, size in enumerate(sizes)
        for house in range(1, size + 1)
    ]


def criteria(team: Team, **changed: object) -> Criteria:
    defaults = {"buurten": [BUURT], "regelingen": ["stadspas"], "klassen": ["zeker", "onzeker"]}
    return cutting.criteria(**{"team": team, "at_most": 10, "seed": 1, **defaults, **changed})


def cut(round_: Round, chosen: Criteria, by: User) -> tuple[Looplijst, bool]:
    with acting_as(by.actor()):
        return cutting.cut(round_=round_, chosen=chosen, by=by)


def addresses(looplijst: Looplijst) -> list[tuple[str, int]]:
    return [(item.household.street, item.household.house_number) for item in visits.items(looplijst)]


def pile(round_: Round, team: Team) -> Looplijst:
    with acting_as(SYSTEM_ACTOR):
        return Looplijst.objects.get(round=round_, team=team, pile=True)


def test_the_same_criteria_and_lot_give_the_same_list(team, leader):
    handover = town(*streets(4, 5, 3, 6, 2))
    one, other = (visits.visit_round(handover, ["stadspas"], name) for name in ("Een", "Twee"))
    chosen = criteria(team, at_most=8, seed=42)
    with acting_as(leader.actor()):
        first, again = (cutting.preview(round_=one, chosen=chosen, by=leader) for _ in range(2))
    assert first == again
    made, new = cut(one, chosen, leader)
    assert new
    assert tuple(item.household_id for item in visits.items(made)) == first.households
    assert cut(one, chosen, leader) == (made, False)
    assert addresses(cut(other, chosen, leader)[0]) == addresses(made)
    with acting_as(SYSTEM_ACTOR):
        assert Looplijst.objects.filter(round=one).count() == 2


def test_criteria_in_another_order_are_the_same_and_another_lot_draws_others(team, leader):
    round_ = visits.visit_round(town(*streets(*[3] * 12)), ["stadspas"])
    chosen = criteria(team, at_most=6, klassen=["onzeker", "zeker"])
    assert chosen == criteria(team, at_most=6, klassen=["zeker", "onzeker", "zeker"])
    with acting_as(leader.actor()):
        drawn = {
            seed: cutting.preview(round_=round_, chosen=criteria(team, at_most=6, seed=seed), by=leader)
            for seed in range(1, 9)
        }
    assert len({one.households for one in drawn.values()}) > 1
    assert {(len(one.households), one.left) for one in drawn.values()} == {(6, 36)}


def test_it_takes_whole_streets_until_it_is_full_and_the_rest_waits_for_a_next_list(team, leader):
    round_ = visits.visit_round(town(*streets(4, 4, 4)), ["stadspas"])
    first, _ = cut(round_, criteria(team, at_most=6, seed=1), leader)
    walked = addresses(first)
    assert len(walked) == 6
    assert sorted(len(list(houses)) for _, houses in groupby(walked, key=lambda one: one[0])) == [2, 4]
    second, _ = cut(round_, criteria(team, at_most=100, seed=2), leader)
    assert len(addresses(second)) == 6
    assert not set(addresses(second)) & set(walked)
    assert addresses(pile(round_, team)) == []
    with pytest.raises(NotNow, match="geen adres over"):
        cut(round_, criteria(team, seed=3), leader)


def test_equal_house_numbers_are_not_parted_unless_they_are_more_than_a_list(team, leader):
    porch = [{"house_number": 3, "house_suffix": str(floor)} for floor in range(4)]
    round_ = visits.visit_round(town({"house_number": 1}, *porch), ["stadspas"])
    assert addresses(cut(round_, criteria(team, at_most=4, seed=1), leader)[0]) == [("Gerststraat", 1)]
    assert len(addresses(cut(round_, criteria(team, at_most=3, seed=2), leader)[0])) == 3


def _on_a_list(
    team: Team, leader: User, *, municipal: bool = True, **fields: object
) -> list[tuple[str, int]]:
    """What a list holds over one ordinary household and one with these fields."""
    Team.objects.filter(pk=team.pk).update(municipal=municipal)
    round_ = visits.visit_round(
        town({"street": "Gewoon", "house_number": 1}, {"street": "Anders", "house_number": 2, **fields}),
        ["stadspas"],
    )
    return addresses(cut(round_, criteria(team), leader)[0])


ORDINARY = [("Gewoon", 1)]


def test_never_an_institution(team, leader):
    assert _on_a_list(team, leader, institution=True) == ORDINARY


def test_a_protected_address_for_the_municipality_alone(team, leader):
    assert _on_a_list(team, leader, municipal=False, confidential=True) == ORDINARY


def test_the_municipality_itself_goes_past_protected_addresses(team, leader):
    assert len(_on_a_list(team, leader, confidential=True)) == 2


@pytest.mark.parametrize(
    "fields",
    [
        {"no_contact": True},
        {"no_contact_for": ["stadspas"]},
        {"departed": "overleden"},
        {"departed": "verhuisd"},
    ],
)
def test_never_who_opted_out_died_or_moved(team, leader, fields):
    adults = [factories.person(), factories.person(**fields)]
    assert _on_a_list(team, leader, adults=adults) == ORDINARY


@pytest.mark.parametrize(
    "fields",
    [
        {"no_contact": True},
        {"no_contact_for": ["stadspas"]},
        {"departed": "overleden"},
        {"departed": "verhuisd"},
    ],
)
def test_a_list_that_is_opened_asks_again(team, leader, fields):
    round_ = visits.visit_round(town(*streets(2)), ["stadspas"])
    made, _ = cut(round_, criteria(team), leader)
    gone = visits.items(made)[0]
    with as_role("migrate"):
        member = gone.household.members.get()
        type(member.person).objects.filter(pk=member.person_id).update(**fields)
    with acting_as(leader.actor()):
        assert [item.position for item in made.items.approachable()] == [2]


@pytest.mark.parametrize("fields", [{"institution": True}, {"confidential": True}])
def test_an_address_that_became_one_to_pass_by_is_gone_when_opened(leader, fields):
    team = factories.team(municipal=False)
    round_ = visits.visit_round(town(*streets(2)), ["stadspas"])
    made, _ = cut(round_, criteria(team), leader)
    with as_role("migrate"):
        household = visits.items(made)[0].household
        type(household).objects.filter(pk=household.pk).update(**fields)
    for user in (leader, factories.user(Role.BUURTTEAM, team=team)):
        with acting_as(user.actor()):
            assert [item.position for item in made.items.approachable()] == [2]


@pytest.mark.parametrize(
    "fields",
    [
        {"institution": True},
        {"confidential": True},
        {"no_contact": True},
        {"no_contact_for": ["stadspas"]},
        {"departed": "overleden"},
        {"departed": "verhuisd"},
    ],
)
def test_what_changed_since_the_round_was_fixed_is_asked_again_when_cutting(leader, fields):
    team = factories.team(municipal=False)
    round_ = visits.visit_round(town(*streets(2)), ["stadspas"])
    household = visits.items(pile(round_, team))[0].household
    with as_role("migrate"):
        person = household.members.select_related("person").get().person
        changed = person if hasattr(person, next(iter(fields))) else household
        type(changed).objects.filter(pk=changed.pk).update(**fields)
    assert addresses(cut(round_, criteria(team), leader)[0]) == [("Straat 0", 2)]


def test_what_a_newer_delivery_made_needless_is_not_walked_for(team, leader):
    round_ = visits.visit_round(town(*streets(2)), ["stadspas"])
    with as_role("migrate"):
        round_.approaches.filter(household__house_number=1).update(lapsed=True)
    made, _ = cut(round_, criteria(team), leader)
    assert addresses(made) == [("Straat 0", 2)]


def test_where_somebody_went_or_is_busy_the_address_stays_where_it_is(team, leader):
    walker = factories.user(Role.BUURTTEAM, team=team)
    round_ = visits.visit_round(town(*streets(3)), ["stadspas"])
    first, second, _ = visits.items(pile(round_, team))
    visits.save(first, walker)
    with acting_as(walker.actor()):
        claims.take(household=second.household, by=walker)
    made, _ = cut(round_, criteria(team), leader)
    assert len(addresses(made)) == 1
    assert {item.pk for item in visits.items(pile(round_, team))} == {first.pk, second.pk}


def test_criteria_narrow_by_buurt_regeling_and_klasse(leader):
    team = factories.team(buurten=[BUURT, "BU2"])
    handover = town({"street": "A"}, {"street": "B", "buurt_code": "BU2"})
    care = factories.household(in_handover=handover, street="C")
    factories.candidacy(care, "czv", klasse="onzeker")
    round_ = visits.visit_round(handover)

    def found(**changed: object) -> set[str]:
        chosen = criteria(team, **{"buurten": [BUURT, "BU2"], "regelingen": ["stadspas", "czv"], **changed})
        with acting_as(leader.actor()):
            keys = cutting.preview(round_=round_, chosen=chosen, by=leader).households
            return set(type(care).objects.filter(pk__in=keys).values_list("street", flat=True))

    assert found() == {"A", "B", "C"}
    assert found(buurten=["BU2"]) == {"B"}
    assert found(regelingen=["czv"]) == {"C"}
    assert found(klassen=["zeker"]) == {"A", "B"}


def test_an_address_in_no_teams_area_is_on_no_list_of_a_team_that_does_not_walk_there(team, leader):
    factories.buurt("BU9")
    round_ = visits.visit_round(town({"buurt_code": "BU9"}), ["stadspas"])
    with pytest.raises(NotNow, match="geen adres over"):
        cut(round_, criteria(team, buurten=["BU9"]), leader)
    team.buurten.add(factories.buurt("BU9"))
    assert len(addresses(cut(round_, criteria(team, buurten=["BU9"]), leader)[0])) == 1


def test_who_makes_lists_and_for_whom(team, leader):
    round_ = visits.visit_round(town(*streets(2)), ["stadspas"])
    other = factories.team("Zuid", buurten=["BU2"])
    own = factories.user(Role.TEAMLEIDER, team=team)
    for user in (
        factories.user(Role.BUURTTEAM, team=team),
        factories.user(Role.CONSULENT),
        factories.user(Role.TEAMLEIDER, team=other),
    ):
        with pytest.raises(PermissionDenied):
            cut(round_, criteria(team), user)
    with acting_as(own.actor()):
        assert cutting.teams_of(own) == [team]
    assert len(addresses(cut(round_, criteria(team), own)[0])) == 2


def test_a_round_that_is_not_walked_has_no_lists(team, leader):
    handover = town(*streets(2))
    closed = visits.visit_round(handover, ["stadspas"])
    Round.objects.filter(pk=closed.pk).update(state="afgesloten")
    with pytest.raises(NotNow, match="nu niemand langs"):
        cut(Round.objects.get(pk=closed.pk), criteria(team), leader)


def test_cutting_is_written_down_once(team, leader):
    round_ = visits.visit_round(town(*streets(2)), ["stadspas"])
    tail = visits.AuditTail()
    made, _ = cut(round_, criteria(team, seed=7), leader)
    cut(round_, criteria(team, seed=7), leader)
    [(actor, subject, keys, details)] = tail.lines(Event.LOOPLIJST_CUT)
    assert (actor, subject, keys) == (str(leader.pk), "looplijst", [str(made.pk)])
    assert details == {"ronde": round_.pk, "adressen": 2, "lot": 7}


def _visited_meanwhile(monkeypatch, number: int) -> None:
    """So many of the drawn addresses are visited between the draw and the list."""
    real = cutting._drawn

    def drawn(round_: Round, chosen: Criteria) -> cutting.Cut:
        found = real(round_, chosen)
        gone = LooplijstItem.objects.filter(round=round_, household__in=found.households[:number])
        assert gone.update(attempts=1) == number
        return found

    monkeypatch.setattr(cutting, "_drawn", drawn)


def test_what_was_put_on_the_list_is_written_down_and_not_what_was_drawn(team, leader, monkeypatch):
    round_ = visits.visit_round(town(*streets(3)), ["stadspas"])
    tail = visits.AuditTail()
    _visited_meanwhile(monkeypatch, 1)
    made, _ = cut(round_, criteria(team), leader)
    assert len(addresses(made)) == 2
    [(_, _, _, details)] = tail.lines(Event.LOOPLIJST_CUT)
    assert details["adressen"] == 2


def test_a_list_on_which_nothing_could_be_put_is_not_made(team, leader, monkeypatch):
    round_ = visits.visit_round(town(*streets(2)), ["stadspas"])
    tail = visits.AuditTail()
    _visited_meanwhile(monkeypatch, 2)
    with pytest.raises(NotNow, match="door een ander bezocht"):
        cut(round_, criteria(team), leader)
    assert tail.lines(Event.LOOPLIJST_CUT) == []
    with acting_as(SYSTEM_ACTOR):
        assert not Looplijst.objects.filter(round=round_, pile=False).exists()


def test_two_who_cut_at_once_never_get_the_same_address(team, unblocked):
    leaders = [factories.user(Role.TEAMLEIDER) for _ in range(4)]
    round_ = visits.visit_round(town(*streets(*[2] * 10)), ["stadspas"])
    barrier = threading.Barrier(len(leaders))

    def cuts(number: int) -> Looplijst:
        barrier.wait()
        try:
            return cut(round_, criteria(team, at_most=4, seed=number), leaders[number])[0]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(leaders)) as pool:
        lists = list(pool.map(cuts, range(len(leaders))))
    found = [address for one in lists for address in addresses(one)]
    assert len(found) == len(set(found)) == 16
    assert len(addresses(pile(round_, team))) == 4
