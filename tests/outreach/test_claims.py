"""Being busy with a household: one at a time, for all of its people, and over by itself."""

import datetime
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, connections
from django.urls import reverse

from outreach.actions import claims
from outreach.actions.claims import Taken
from outreach.audit import Event
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Approach, Claim, Household, Role, User
from outreach.models.looplijst import ItemState
from tests import factories
from tests.letters import rounds as letters
from tests.outreach import visits

pytestmark = pytest.mark.django_db
TOGETHER = 20


def walkers(count: int) -> tuple[object, list[User]]:
    team = factories.team("Noord", buurten=["BU03630001"])
    return team, [factories.user(Role.BUURTTEAM, team=team) for _ in range(count)]


def at_once(jobs: list[Callable[[], object]]) -> list[object]:
    """What each of these gave, begun at the same moment on a connection of its own; or that it was taken."""
    start = threading.Barrier(len(jobs))

    def run(job: Callable[[], object]) -> object:
        try:
            start.wait()
            return job()
        except Taken as taken:
            return taken
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def take(household: Household, by: User) -> datetime.datetime:
    with acting_as(by.actor()):
        return claims.take(household=household, by=by)


def test_of_twenty_at_once_one_wins_and_the_others_are_told_who(unblocked):
    team, users = walkers(TOGETHER)
    item = visits.items(visits.list_of(team))[0]
    outcomes = at_once([lambda by=by: take(item.household, by) for by in users])
    lost = [one for one in outcomes if isinstance(one, Taken)]
    assert len(lost) == TOGETHER - 1
    (winner,) = [by for by, one in zip(users, outcomes, strict=True) if not isinstance(one, Exception)]
    assert {one.holder.by.pk for one in lost} == {winner.pk}
    assert all(winner.display_name() in str(one) and "uur" in str(one) for one in lost)


def test_two_who_take_the_next_address_together_never_get_the_same(unblocked):
    team, (one, two) = walkers(2)
    looplijst = visits.list_of(team, visits.streets(*range(1, 2 * TOGETHER + 1)))

    def next_of(by: User) -> object:
        with acting_as(by.actor()):
            left = looplijst.items.filter(state=ItemState.OPEN).select_related("household")
            return claims.take_next(items=left.order_by("position"), by=by).pk

    taken: list[object] = []
    for _ in range(TOGETHER):
        taken += at_once([lambda: next_of(one), lambda: next_of(two)])
        # Each goes on to another address while the former is still his: as two fast walkers.
        with acting_as(SYSTEM_ACTOR):
            looplijst.items.filter(pk__in=taken).update(state=ItemState.VISITED)
    assert Counter(taken).most_common(1)[0][1] == 1
    assert len(taken) == 2 * TOGETHER


def test_what_a_colleague_was_ready_with_meanwhile_is_not_taken():
    """He took it, was there and saved, all between the reading of the list and the taking."""
    team, (one, two) = walkers(2)
    looplijst = visits.list_of(team, visits.streets(1, 3, 5))
    seen = visits.items(looplijst)
    take(seen[0].household, one)
    visits.save(seen[0], one)
    visits.opt_out(seen[1].household)
    with acting_as(two.actor()):
        assert claims.take_next(items=seen, by=two) == seen[2]
        assert claims.holder(seen[0].household) is None


def test_a_household_of_two_is_taken_as_a_whole(unblocked):
    """Two households that share a person, as after a new koppeling, are one household to a claim."""
    team, (one, two) = walkers(2)
    item = visits.items(visits.list_of(team))[0]
    with acting_as(SYSTEM_ACTOR):
        person = item.household.members.get(addressee=True).person
    later = factories.household(in_handover=factories.handover(), adults=[person])
    take(later, one)
    with pytest.raises(Taken) as refusal:
        take(item.household, two)
    assert refusal.value.holder.by == one


def _let_end(household: Household) -> None:
    """As if its time had gone by, for the clock of the database as well."""
    ago = clock.now() - datetime.timedelta(hours=2)
    with acting_as(SYSTEM_ACTOR):
        Claim.objects.on(household).update(taken_at=ago, until=ago + datetime.timedelta(hours=1))


def test_it_ends_by_itself_and_can_be_taken_anew(settings):
    team, (one, two) = walkers(2)
    household = visits.items(visits.list_of(team))[0].household
    until = take(household, one)
    assert until == pytest.approx(
        clock.now() + datetime.timedelta(minutes=settings.CLAIM_MINUTES), abs=datetime.timedelta(seconds=30)
    )
    with time_machine.travel(until - datetime.timedelta(seconds=1)), pytest.raises(Taken):
        take(household, two)
    _let_end(household)
    take(household, two)
    with acting_as(one.actor()):
        assert claims.holder(household).by == two


def test_a_server_whose_clock_is_ahead_takes_nothing_that_is_not_over():
    team, (one, two) = walkers(2)
    household = visits.items(visits.list_of(team))[0].household
    until = take(household, one)
    with time_machine.travel(until + datetime.timedelta(minutes=1)), pytest.raises(Taken):
        take(household, two)
    with acting_as(two.actor()):
        assert claims.holder(household).by == one


def test_it_ends_when_it_is_given_back_or_something_was_written_down():
    team, (one, two) = walkers(2)
    given, visited = visits.items(visits.list_of(team, visits.streets(1, 3)))
    take(given.household, one)
    with acting_as(one.actor()):
        assert claims.give_back(household=given.household, by=one)
        assert not claims.give_back(household=given.household, by=one)
    take(given.household, two)
    take(visited.household, one)
    visits.save(visited, one)
    take(visited.household, two)


def test_nobody_gives_back_what_another_has():
    team, (one, two) = walkers(2)
    household = visits.items(visits.list_of(team))[0].household
    take(household, one)
    with acting_as(two.actor()):
        assert not claims.give_back(household=household, by=two)
        assert claims.holder(household).by == one


def test_who_writes_no_gesprekken_takes_nothing():
    team, _ = walkers(1)
    household = visits.items(visits.list_of(team))[0].household
    with pytest.raises(PermissionDenied):
        take(household, factories.user(Role.APPLICATIEBEHEERDER))


def test_a_letter_that_is_due_waits_for_it():
    (one,) = walkers(1)[1]
    handover = factories.handover()
    household = factories.household(in_handover=handover)
    factories.candidacy(household)
    round_ = letters.letter_round([household], regeling="stadspas")
    with acting_as(SYSTEM_ACTOR):
        assert Approach.objects.due_for_letter(round_).count() == 1
    until = take(household, one)
    with acting_as(SYSTEM_ACTOR):
        assert Approach.objects.due_for_letter(round_).count() == 0
        with time_machine.travel(until):
            assert Approach.objects.due_for_letter(round_).count() == 1


def test_the_next_address_is_the_one_that_somebody_has_already(client):
    team, (one, two) = walkers(2)
    looplijst = visits.list_of(team, visits.streets(1, 3))
    first, second = visits.items(looplijst)
    for user, expected in ((one, first), (one, first), (two, second)):
        client.force_login(user)
        answer = client.post(reverse("claim_next", args=[looplijst.pk]))
        assert answer["Location"].startswith(reverse("gesprek", args=[expected.household_id]))
    page = client.get(reverse("looplijst", args=[looplijst.pk])).content.decode()
    assert "Jij bent bezig" in page
    assert f"{one.display_name()} is hiermee bezig" in page


def test_who_skips_gives_it_back_and_gets_the_one_after(client):
    team, (one, two) = walkers(2)
    looplijst = visits.list_of(team, visits.streets(1, 3, 5))
    first, second, third = visits.items(looplijst)
    take(second.household, two)
    client.force_login(one)
    client.post(reverse("claim_next", args=[looplijst.pk]))
    answer = client.post(f"{reverse('claim_skip', args=[first.household_id])}?lijst={looplijst.pk}")
    assert answer["Location"].startswith(reverse("gesprek", args=[third.household_id]))
    with acting_as(one.actor()):
        assert claims.holder(first.household) is None
        assert claims.holder(third.household).by == one
    # A number is what colleagues, paper and giving on call an address by: skipping it moves none.
    assert [(item.pk, item.position) for item in visits.items(looplijst)] == [
        (item.pk, number) for number, item in enumerate((first, second, third), start=1)
    ]


def test_the_page_says_who_is_there_and_he_who_came_later_is_refused(client):
    team, (one, two) = walkers(2)
    household = visits.items(visits.list_of(team))[0].household
    client.force_login(one)
    client.post(reverse("claim_take", args=[household.pk]))
    assert "Je bent hiermee bezig" in client.get(reverse("household", args=[household.pk])).content.decode()
    client.force_login(two)
    answer = client.post(reverse("claim_take", args=[household.pk]), follow=True)
    assert f"{one.display_name()} is hiermee bezig" in answer.content.decode()
    for name in ("household", "gesprek"):
        assert "Een collega is hier al" in client.get(reverse(name, args=[household.pk])).content.decode()
    client.force_login(one)
    client.post(reverse("claim_give_back", args=[household.pk]))
    page = client.get(reverse("household", args=[household.pk])).content.decode()
    assert "Je bent hiermee bezig" not in page


def test_the_database_itself_keeps_it():
    """The key is the person: a second row for one cannot be, whoever writes it; and none is removed."""
    team, (one, two) = walkers(2)
    household = visits.items(visits.list_of(team))[0].household
    take(household, one)
    now = clock.now()

    def insert() -> None:
        with acting_as(two.actor()):
            person = household.members.first().person
            second = Claim(person=person, household=household, by=two, taken_at=now, until=now)
            Claim.objects.bulk_create([second])

    def remove() -> None:
        with acting_as(two.actor()), connection.cursor() as cursor:
            cursor.execute("DELETE FROM outreach_claim")

    with pytest.raises(IntegrityError):
        insert()
    with pytest.raises(ProgrammingError):
        remove()


YEARS = datetime.timedelta(days=3650)


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"until": YEARS}, "claim_is_short|row-level security"),
        ({"taken_at": YEARS, "until": YEARS}, "row-level security"),
    ],
)
def test_nobody_keeps_a_household_for_years(change, refused):
    team, (one,) = walkers(1)
    household = visits.items(visits.list_of(team))[0].household
    take(household, one)
    moments = {name: clock.now() + later for name, later in change.items()}
    with pytest.raises(DatabaseError, match=refused), acting_as(one.actor()):
        Claim.objects.on(household).update(**moments)


def test_what_another_has_is_not_overwritten_until_it_is_over():
    team, (one, two) = walkers(2)
    household = visits.items(visits.list_of(team))[0].household
    take(household, one)
    with acting_as(two.actor()):
        assert Claim.objects.on(household).update(by=two) == 0
        assert Claim.objects.on(household).update(until=clock.now()) == 0
    with pytest.raises(ProgrammingError, match="row-level security"), acting_as(one.actor()):
        Claim.objects.on(household).update(by=two)
    _let_end(household)
    with acting_as(two.actor()):
        assert Claim.objects.on(household).update(by=two) == 1


def test_it_is_written_down_without_a_name():
    team, (one,) = walkers(1)
    household = visits.items(visits.list_of(team))[0].household
    tail = visits.AuditTail()
    take(household, one)
    with acting_as(one.actor()):
        claims.give_back(household=household, by=one)
    for event in (Event.CLAIM_TAKEN, Event.CLAIM_GIVEN_BACK):
        ((_, subject, keys, details),) = tail.lines(event)
        assert (subject, keys, details) == ("huishouden", [str(household.pk)], {})
