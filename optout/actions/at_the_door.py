"""A gesprek in which somebody may say that he wants no contact any more."""

import uuid

from django.db import transaction

from optout.actions import opt_out
from optout.models import Channel
from outreach.actions import gesprekken
from outreach.actions.gesprekken import Attempt
from outreach.models import Gesprek, Household, LooplijstItem, User
from outreach.models.gesprek import AttemptKind, GesprekResult

_CHANNELS = {AttemptKind.PHONE: Channel.PHONE, AttemptKind.APPOINTMENT: Channel.DESK}


@transaction.atomic
def save_gesprek(
    *, submission: uuid.UUID, household: Household, item: LooplijstItem | None, attempt: Attempt, by: User
) -> tuple[Gesprek, bool]:
    """Save the attempt; who does not want contact any more is opted out with it, or neither is done.

    The same form sent again opts out nobody who has come back since. Raises as `gesprekken.save` does; the
    database refuses such a gesprek as long as one of the adults may still be approached.
    """
    saved, created = gesprekken.save(
        submission=submission, household=household, item=item, attempt=attempt, by=by
    )
    if created and attempt.result == GesprekResult.NO_CONTACT:
        channel = _CHANNELS.get(attempt.kind, Channel.DOOR)
        for adult in sorted(household.adults(), key=lambda person: person.pk):
            opt_out.register(person=adult, regeling=None, channel=channel, by=by)
    return saved, created
