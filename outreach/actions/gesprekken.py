"""Writing down an attempt to speak with a household."""

import datetime
import uuid
from contextlib import suppress
from dataclasses import dataclass

from django.conf import settings
from django.db import models, transaction

from outreach import transitions
from outreach.actions import tasks
from outreach.actions.claims import give_back
from outreach.actions.next_try import times_in_vain
from outreach.actions.tasks import Doer, ToDo
from outreach.audit import Event, record
from outreach.kernel import clock
from outreach.models import (
    Approach,
    Gesprek,
    GesprekOutcome,
    Household,
    HouseholdMember,
    LooplijstItem,
    Round,
    SituationChange,
    User,
)
from outreach.models.approach import Contact, Response, Result
from outreach.models.gesprek import GONE, AttemptKind, DayPart, GesprekResult
from outreach.models.gesprek_said import ENDS, ChangeKind, Outcome
from outreach.models.looplijst import ItemState
from outreach.models.round import RoundKind
from outreach.models.task import Meeting, TaskKind
from outreach.permissions import Permission, check
from outreach.policies import can_reopen

# After these nobody needs to go past again. The others, and not having been reached, keep the address open.
CLOSING = frozenset(set(GesprekResult) - {GesprekResult.COME_BACK})


# What a gesprek may change: never a decision that was taken.
_SAID = (Result.OPEN, *ENDS.values())


@dataclass(frozen=True, slots=True)
class Said:
    """What became of one regeling (its code). Who does not want it says from when it may be asked again."""

    regeling: str
    outcome: Outcome
    ask_again_on: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """Something that changed in the household on a day."""

    kind: ChangeKind
    changed_on: datetime.date


@dataclass(frozen=True, slots=True)
class Planned:
    """A task that follows from the gesprek, and who does it."""

    todo: ToDo
    to: Doer


@dataclass(frozen=True, slots=True)
class Attempt:
    """What is written down. `result` is empty when nobody was reached and nothing was learnt.

    One word per regeling, one change of a kind, and one task of a kind: the rest says nothing twice.
    """

    kind: AttemptKind
    day_part: DayPart
    happened_on: datetime.date
    reached: bool
    result: GesprekResult | None = None
    note: str = ""
    said: frozenset[Said] = frozenset()
    changes: frozenset[Changed] = frozenset()
    planned: frozenset[Planned] = frozenset()


@transaction.atomic
def save(
    *, submission: uuid.UUID, household: Household, item: LooplijstItem | None, attempt: Attempt, by: User
) -> tuple[Gesprek, bool]:
    """Save once per submission; whether it was new. A second click or a retry gets the first one back.

    Raises PermissionDenied, and IntegrityError where the attempt contradicts itself.
    """
    check(by, Permission.GESPREK_SAVE)
    # Whoever saves for this address waits here for the other, so that attempts are counted one by one.
    if item is not None:
        _hold_round(item)
        item = LooplijstItem.objects.select_for_update().get(pk=item.pk)
    gesprek, created = Gesprek.objects.get_or_create(
        submission=submission,
        defaults={
            "household": household,
            "item": item,
            "kind": attempt.kind,
            "day_part": attempt.day_part,
            "happened_on": attempt.happened_on,
            "reached": attempt.reached,
            "result": attempt.result or "",
            "note": attempt.note,
            "by": by,
        },
    )
    if not created:
        return gesprek, False
    record(Event.GESPREK_SAVED, "huishouden", [household.pk], details={"gesprek": gesprek.pk})
    _write_down(gesprek, household, attempt, by)
    give_back(household=household, by=by)
    # First what ended: an address where nothing is left to bring up is not taken up again.
    _settle(household, attempt.said)
    if item is not None:
        _move_item(item, attempt, by)
        _move_approaches(item, attempt)
        _begin_round(item)
    return gesprek, True


def written(gesprek: Gesprek) -> Attempt:
    """What was saved, as it was sent. Costs three queries."""
    return Attempt(
        kind=AttemptKind(gesprek.kind),
        day_part=DayPart(gesprek.day_part),
        happened_on=gesprek.happened_on,
        reached=gesprek.reached,
        result=GesprekResult(gesprek.result) if gesprek.result else None,
        note=gesprek.note,
        said=frozenset(
            Said(one.regeling_id, Outcome(one.outcome), one.ask_again_on) for one in gesprek.outcomes.all()
        ),
        changes=frozenset(Changed(ChangeKind(one.kind), one.changed_on) for one in gesprek.changes.all()),
        planned=_planned(gesprek),
    )


def _planned(gesprek: Gesprek) -> frozenset[Planned]:
    """The tasks that were asked for with it: not the one for the BRP, which comes by itself."""
    made = gesprek.tasks.exclude(kind=TaskKind.REPORT_MOVED).select_related("owner", "team")
    return frozenset(
        Planned(
            ToDo(
                kind=TaskKind(one.kind),
                due_on=one.due_on,
                text=one.text,
                meeting=Meeting(one.meeting) if one.meeting else None,
                place=one.place,
                at=one.at,
            ),
            one.doer(),
        )
        for one in made
    )


def _write_down(gesprek: Gesprek, household: Household, attempt: Attempt, by: User) -> None:
    """What was said and changed, and the tasks that follow."""
    GesprekOutcome.objects.bulk_create(
        GesprekOutcome(
            gesprek=gesprek, regeling_id=one.regeling, outcome=one.outcome, ask_again_on=one.ask_again_on
        )
        for one in sorted(attempt.said, key=lambda said: said.regeling)
    )
    SituationChange.objects.bulk_create(
        SituationChange(gesprek=gesprek, kind=one.kind, changed_on=one.changed_on)
        for one in sorted(attempt.changes, key=lambda change: change.kind)
    )
    for plan in sorted(attempt.planned, key=lambda each: each.todo.kind):
        tasks.make(household=household, todo=plan.todo, to=plan.to, by=by, gesprek=gesprek)
    if attempt.result in GONE:
        tasks.report_moved(household=household, by=by, gesprek=gesprek)


def _settle(household: Household, said: frozenset[Said]) -> None:
    """Let each regeling end where the resident said it ends, in each round; the last word counts.

    Except being helped: that ends the visit. A form that comes back by post is still to be decided on.
    """
    adults = HouseholdMember.objects.filter(adult=True)
    persons = adults.filter(household=household).values("person")
    theirs = adults.filter(person__in=persons).values("household")
    for one in said:
        brought = Approach.objects.filter(regeling=one.regeling, household__in=theirs, result__in=_SAID)
        if one.outcome == Outcome.HELPED:
            brought = brought.filter(round__kind=RoundKind.VISIT)
        brought.update(result=ENDS.get(one.outcome, Result.OPEN))


def _move_item(item: LooplijstItem, attempt: Attempt, by: User) -> None:
    """Done when the result closes it, or after as many tries in vain as one makes since somebody was spoken;
    again to do when who lives there asks to come back after all.

    Not reached is only where nobody ever was.
    """
    arrow = _way(item, attempt)
    if arrow is None:
        if attempt.reached and item.unreached:
            LooplijstItem.objects.filter(pk=item.pk).update(unreached=False)
        return
    transitions.apply(
        item,
        arrow,
        by=by,
        attempts=models.F("attempts") + 1,
        last_contact_at=clock.now(),
        unreached=arrow is transitions.GIVE_UP,
    )


def _way(item: LooplijstItem, attempt: Attempt) -> transitions.Arrow | None:
    """Where this attempt brings the address. None when it was done and stays so."""
    if item.state == ItemState.DONE:
        comes_back = attempt.result == GesprekResult.COME_BACK and can_reopen(item.household, item)
        return transitions.COME_BACK if comes_back else None
    if attempt.result in CLOSING:
        return transitions.FINISH
    tried = [] if attempt.reached else list(item.gesprekken.all())
    if times_in_vain(tried) < settings.MAX_ATTEMPTS:
        return transitions.VISIT
    return transitions.FINISH if any(one.reached for one in tried) else transitions.GIVE_UP


def _move_approaches(item: LooplijstItem, attempt: Attempt) -> None:
    """All regelingen of the round were brought to the door at once; what became of each comes later."""
    approaches = Approach.objects.filter(round_id=item.round_id, household_id=item.household_id)
    if attempt.kind == AttemptKind.VISIT:
        approaches.update(contact=Contact.VISIT)
    if attempt.reached:
        approaches.update(response=Response.GESPREK)


def _hold_round(item: LooplijstItem) -> None:
    """Lock a round that this may set going before the address is locked: whoever cuts or gives on a list
    holds the round first too. A round that runs is not locked, so that walkers do not wait for each other."""
    list(
        Round.objects.select_for_update(no_key=True).filter(
            pk=item.round_id, state__in=transitions.RUN.sources
        )
    )


def _begin_round(item: LooplijstItem) -> None:
    """The first attempt sets the round going; of two at once the second finds it done."""
    if transitions.leaves(item.round, transitions.RUN):
        with suppress(transitions.StateChanged):
            transitions.apply(item.round, transitions.RUN)
