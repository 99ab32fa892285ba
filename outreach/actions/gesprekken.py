"""Writing down an attempt to speak with a household."""

import datetime
import uuid
from contextlib import suppress
from dataclasses import dataclass

from django.db import models, transaction

from outreach import transitions
from outreach.audit import Event, record
from outreach.kernel import clock
from outreach.models import Approach, Gesprek, Household, LooplijstItem, User
from outreach.models.approach import Contact, Response
from outreach.models.gesprek import AttemptKind, DayPart, GesprekResult
from outreach.models.looplijst import ItemState
from outreach.permissions import Permission, check

# After these nobody needs to go past again. The others, and not having been reached, keep the address open.
CLOSING = frozenset(set(GesprekResult) - {GesprekResult.COME_BACK})


@dataclass(frozen=True, slots=True)
class Attempt:
    """What is written down. `result` is empty when nobody was reached and nothing was learnt."""

    kind: AttemptKind
    day_part: DayPart
    happened_on: datetime.date
    reached: bool
    result: GesprekResult | None = None
    note: str = ""


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
    if item is not None:
        _move_item(item, attempt, by)
        _move_approaches(item, attempt)
        _begin_round(item)
    return gesprek, True


def _move_item(item: LooplijstItem, attempt: Attempt, by: User) -> None:
    if item.state == ItemState.DONE:
        return
    arrow = transitions.FINISH if attempt.result in CLOSING else transitions.VISIT
    transitions.apply(item, arrow, by=by, attempts=models.F("attempts") + 1, last_contact_at=clock.now())


def _move_approaches(item: LooplijstItem, attempt: Attempt) -> None:
    """All regelingen of the round were brought to the door at once; what became of each comes later."""
    approaches = Approach.objects.filter(round_id=item.round_id, household_id=item.household_id)
    if attempt.kind == AttemptKind.VISIT:
        approaches.update(contact=Contact.VISIT)
    if attempt.reached:
        approaches.update(response=Response.GESPREK)


def _begin_round(item: LooplijstItem) -> None:
    """The first attempt sets the round going; of two at once the second finds it done."""
    if transitions.leaves(item.round, transitions.RUN):
        with suppress(transitions.StateChanged):
            transitions.apply(item.round, transitions.RUN)
