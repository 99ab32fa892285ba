"""The guards of the casework: states and names, claims, and the report to the BRP, for who writes to the table itself."""

import datetime
import uuid
from collections.abc import Callable

from django.db import DatabaseError
from django.db.models import QuerySet

from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, Actor, acting_as
from outreach.models import (
    Approach,
    Claim,
    Gesprek,
    Household,
    LooplijstItem,
    Referral,
    Role,
    SafetyInstruction,
    Sheet,
    Task,
    User,
)
from outreach.models.task import TaskDropped
from tests import factories
from tests.outreach import visits

DAY = datetime.date(2026, 3, 2)
HOUR = datetime.timedelta(hours=1)


def _refused(actor: Actor, change: Callable[[], object], words: str) -> None:
    try:
        with acting_as(actor):
            change()
    except DatabaseError as refusal:
        assert words in str(refusal), f"refused by another guard: {refusal}"
    else:
        raise AssertionError(f"allowed; nobody said: {words}")


def _task(of: Household, **fields: object) -> Task:
    return Task.objects.create(household=of, kind="overig", due_on=DAY, **fields)


def _sheet(**fields: object) -> Sheet:
    looplijst = visits.list_of(factories.team())
    with acting_as(SYSTEM_ACTOR):
        return Sheet(
            submission=uuid.uuid4(), looplijst_id=looplijst.pk, number=1, pages=1, households=[], **fields
        )


def tasks_follow_their_arrows() -> None:
    """A task begins as open, whatever writes it."""
    by, of = factories.user(Role.CONSULENT), factories.household()
    ended = {"state": "gedaan", "done_by": by, "done_at": clock.now()}
    _refused(by.actor(), lambda: _task(of, owner=by, made_by=by, **ended), "outreach_task begins as open")


def sheets_follow_their_arrows() -> None:
    """A print begins in use."""
    by = factories.user(Role.CONSULENT)
    sheet = _sheet(made_by=by, state="kwijt")
    _refused(by.actor(), lambda: sheet.save(force_insert=True), "outreach_sheet begins as in_gebruik")


def referrals_follow_their_arrows() -> None:
    """What was refused is not accepted after all."""
    by, of = factories.user(Role.CONSULENT), factories.household()
    with acting_as(SYSTEM_ACTOR):
        said = {"state": "geweigerd", "reason": "Vol", "answered_by": by, "answered_at": clock.now()}
        row = factories.referral(of, **said)
    again = Referral.objects.filter(pk=row.pk)
    _refused(
        by.actor(), lambda: again.update(state="geaccepteerd", reason=""), "no arrow of outreach_referral"
    )


def instructions_follow_their_arrows() -> None:
    """What was refused is not approved after all."""
    by, of = factories.user(Role.TEAMLEIDER), factories.household()
    with acting_as(SYSTEM_ACTOR):
        row = factories.safety(of, state="afgekeurd", decided_by=by, decided_at=clock.now())
    again = SafetyInstruction.objects.filter(pk=row.pk)
    words = "no arrow of outreach_safetyinstruction"
    _refused(by.actor(), lambda: again.update(state="goedgekeurd"), words)


def names_are_of_who_acts() -> None:
    """Nobody puts the name of another to a task, a print, a referral, an instruction or a gesprek."""
    by, other = factories.user(Role.CONSULENT), factories.user(Role.TEAMLEIDER)
    of = factories.household()
    sheet = _sheet(made_by=other)
    gesprek = Gesprek(household=of, by=other, submission=uuid.uuid4(), kind="huisbezoek", happened_on=DAY)
    forged: tuple[Callable[[], object], ...] = (
        lambda: _task(of, owner=by, made_by=other),
        lambda: sheet.save(force_insert=True),
        lambda: factories.referral(of, asked_by=other),
        lambda: factories.safety(of, made_by=other),
        lambda: gesprek.save(force_insert=True),
    )
    for make in forged:
        _refused(by.actor(), make, "is who acts")


def _claim(of: Household, **fields: object) -> Claim:
    with acting_as(SYSTEM_ACTOR):
        person = of.members.get().person
    return Claim(person=person, household=of, **fields)


def claims_are_short_and_ones_own() -> None:
    """Nobody claims for another, nor for longer than a working day by saying that he begins later."""
    by, other = factories.user(Role.CONSULENT), factories.user(Role.TEAMLEIDER)
    now, words = clock.now(), "row-level security"
    late = _claim(factories.household(), by=by, taken_at=now + 2 * HOUR, until=now + 9 * HOUR)
    _refused(by.actor(), lambda: late.save(force_insert=True), words)
    forged = _claim(factories.household(), by=other, taken_at=now, until=now + HOUR)
    _refused(by.actor(), lambda: forged.save(force_insert=True), words)


def claims_are_not_overwritten() -> None:
    """Of another's claim nothing changes until it is over; one's own does not become longer than a working day."""
    by, other = factories.user(Role.CONSULENT), factories.user(Role.TEAMLEIDER)
    now = clock.now()
    claim = _claim(factories.household(), by=other, taken_at=now, until=now + HOUR)
    with acting_as(other.actor()):
        claim.save(force_insert=True)
    mine = Claim.objects.filter(pk=claim.pk)
    with acting_as(by.actor()):
        assert mine.update(by=by) == 0, "a claim was taken from another"
    longer = {"taken_at": now + 2 * HOUR, "until": now + 9 * HOUR}
    _refused(other.actor(), lambda: mine.update(**longer), "row-level security")


def claims_are_short() -> None:
    """No claim lasts longer than a working day, also of background work."""
    by, now = factories.user(Role.CONSULENT), clock.now()
    long = _claim(factories.household(), by=by, taken_at=now - 2 * HOUR, until=now + 7 * HOUR)
    _refused(SYSTEM_ACTOR, lambda: long.save(force_insert=True), "claim_is_short")


def the_municipality_drops_reports() -> None:
    """A team outside it does not say that the BRP was told, nor that somebody lives there after all."""
    by = factories.user(Role.BUURTTEAM, team=factories.team(municipal=False))
    of = factories.household()
    with acting_as(by.actor()):
        task = Task.objects.create(household=of, kind="terugmelding_brp", due_on=DAY, owner=by, made_by=by)
    ended = {"done_by": by, "done_at": clock.now()}
    again = Task.objects.filter(pk=task.pk)
    dropped = {"state": "vervallen", "dropped_because": TaskDropped.LIVES_HERE}
    for said in ({"state": "gedaan"}, dropped):
        _refused(
            by.actor(), lambda said=said: again.update(**ended, **said), "the municipality ends a report"
        )


def tasks_of_another_are_left_alone() -> None:
    """A colleague neither ends nor moves nor takes it; who leads them does."""
    team = factories.team()
    owner, other = (factories.user(Role.BUURTTEAM, team=team) for _ in range(2))
    of = factories.household()
    with acting_as(owner.actor()):
        row = Task.objects.filter(pk=_task(of, owner=owner, made_by=owner).pk)
    ended = {"state": "gedaan", "done_by": other, "done_at": clock.now()}
    for change in (ended, {"due_on": DAY + DAY.resolution}, {"owner": other}):
        _refused(other.actor(), lambda change=change: row.update(**change), "a task of another")
    leader = factories.user(Role.TEAMLEIDER, team=team)
    with acting_as(leader.actor()):
        assert row.update(owner=other) == 1, "who leads them may not change it"


def answers_are_waited_for_by_who_asked() -> None:
    """Nobody takes over from another, moves his day or adds to what was said; who leads him does, or lets him leave."""
    team, words = factories.team(), "changes with its state alone"
    by, other = factories.user(Role.CONSULENT, team=team), factories.user(Role.CONSULENT)
    elsewhere = factories.user(Role.TEAMLEIDER, team=factories.team("Zuid"))
    leader = factories.user(Role.TEAMLEIDER, team=team)
    with acting_as(SYSTEM_ACTOR):
        row = Referral.objects.filter(pk=factories.referral(factories.household(), asked_by=by).pk)
    for actor in (other.actor(), elsewhere.actor()):
        for change in ({"owner": other}, {"due_on": DAY}, {"reason": "Vol"}):
            _refused(actor, lambda change=change: row.update(**change), words)
    for change in ({"reason": "Vol"}, {"due_on": DAY}):
        _refused(SYSTEM_ACTOR, lambda change=change: row.update(**change), words)
    _refused(by.actor(), lambda: row.update(reason="Vol"), words)
    for user, changes in ((by, {"due_on": DAY}), (leader, {"due_on": DAY + HOUR * 24, "owner": leader})):
        with acting_as(user.actor()):
            assert row.update(**changes) == 1, "whose it is, and who leads him, may not change it"
    with acting_as(SYSTEM_ACTOR):
        assert row.update(owner=by) == 1, "who lets somebody leave may not pass it on"
        row.update(state="geaccepteerd", answered_by=by, answered_at=clock.now())
    for change in ({"owner": leader}, {"due_on": DAY}):
        _refused(by.actor(), lambda change=change: row.update(**change), words)


def addresses_follow_their_arrows() -> None:
    """Where nobody has been is not done in silence, and what was tried is not as if nobody had been."""
    by, stop = _stop()
    with acting_as(by.actor()):
        assert stop.update(state="bezocht", attempts=1) == 1, "who walks may not go past"
    for state in ("open", "weg"):
        _refused(
            by.actor(), lambda state=state: stop.update(state=state), "no arrow of outreach_looplijstitem"
        )


def addresses_stay_on_their_list() -> None:
    """Who walks puts no address on another list or in another place; who leads does."""
    by, stop = _stop()
    _refused(by.actor(), lambda: stop.update(position=900), "a teamleider puts an address")
    _refused(by.actor(), lambda: stop.update(household=factories.household()), "permission denied")
    leader = factories.user(Role.TEAMLEIDER, team=by.team)
    with acting_as(leader.actor()):
        assert stop.update(position=900) == 1, "who leads the walkers may not move it"


def decisions_are_not_of_who_walks() -> None:
    """A buurtteam neither grants nor takes back, and no page says what a delivery said."""
    by, stop = _stop()
    with acting_as(SYSTEM_ACTOR):
        brought = Approach.objects.filter(round=stop.get().round_id)
    _refused(by.actor(), lambda: brought.update(result="toegekend"), "decides on no application")
    with acting_as(SYSTEM_ACTOR):
        assert brought.update(result="afgewezen"), "the worker may not decide"
    _refused(by.actor(), lambda: brought.update(result="open"), "decides on no application")
    for change in ({"lapsed": True}, {"klasse": "zeker"}, {"mode": "ambtshalve"}):
        _refused(SYSTEM_ACTOR, lambda change=change: brought.update(**change), "permission denied")


def reports_stay_with_the_municipality() -> None:
    """Who is of it gives a report to the BRP to a colleague, and not to who cannot end it."""
    inside, outside = factories.team(), factories.team("Buiten", municipal=False)
    by, of = factories.user(Role.CONSULENT), factories.household()
    with acting_as(by.actor()):
        task = Task.objects.create(household=of, kind="terugmelding_brp", due_on=DAY, owner=by, made_by=by)
    row = Task.objects.filter(pk=task.pk)
    for there in (
        {"owner": None, "team": outside},
        {"owner": factories.user(Role.BUURTTEAM, team=outside)},
    ):
        for actor in (by.actor(), SYSTEM_ACTOR):
            _refused(actor, lambda there=there: row.update(**there), "stays with the municipality")
    with acting_as(by.actor()):
        assert row.update(owner=None, team=inside) == 1, "it may not go to a team of the municipality"


def rounds_are_filled_by_who_makes_them() -> None:
    """Who walks puts no household on a list, and brings nobody a regeling; nor does a consulent."""
    walker, stop = _stop()
    with acting_as(SYSTEM_ACTOR):
        item = stop.get()
    of = factories.household()
    brought = {"round_id": item.round_id, "household": of, "regeling_id": "stadspas"}
    put = {"looplijst_id": item.looplijst_id, "round_id": item.round_id, "household": of, "position": 99}
    for by in (walker, factories.user(Role.CONSULENT)):
        _refused(by.actor(), lambda: LooplijstItem.objects.create(**put), "who makes rounds")
        _refused(
            by.actor(),
            lambda: Approach.objects.create(klasse="zeker", mode="aanvraag", **brought),
            "who makes rounds",
        )


def _stop() -> tuple[User, QuerySet[LooplijstItem]]:
    """Somebody of a buurtteam, and the one address that it walks to."""
    team = factories.team()
    [item] = visits.items(visits.list_of(team))
    return factories.user(Role.BUURTTEAM, team=team), LooplijstItem.objects.filter(pk=item.pk)


WORK_GUARDS: tuple[Callable[[], None], ...] = (
    tasks_follow_their_arrows,
    sheets_follow_their_arrows,
    referrals_follow_their_arrows,
    instructions_follow_their_arrows,
    names_are_of_who_acts,
    claims_are_short_and_ones_own,
    claims_are_not_overwritten,
    claims_are_short,
    the_municipality_drops_reports,
    tasks_of_another_are_left_alone,
    answers_are_waited_for_by_who_asked,
    addresses_follow_their_arrows,
    addresses_stay_on_their_list,
    decisions_are_not_of_who_walks,
    reports_stay_with_the_municipality,
    rounds_are_filled_by_who_makes_them,
)
