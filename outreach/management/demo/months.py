"""The months before today: the rounds of the demo were fixed earlier, and grants came week after week.

The acts themselves are those of every day and happen now; only the days that they bear are moved back, by the
demo and nobody else.
"""

import datetime

from letters.actions import batches, legal_bases
from letters.models import Grant, Vendor
from letters.models.grant import GrantBasis
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Regeling, Round, User

#: How many days ago each round was fixed.
GRANTED_AGO, VISITS_AGO, LETTERS_AGO = 84, 56, 28
#: Weeks over which the grants without a form are spread.
_WEEKS = 10


def fixed_ago(round_: Round, days: int) -> None:
    """Let a round have been made and fixed so many days ago."""
    then = clock.now() - datetime.timedelta(days=days)
    with acting_as(SYSTEM_ACTOR):
        Round.objects.filter(pk=round_.pk).update(made_at=then, fixed_at=then)
    round_.made_at = round_.fixed_at = then


def grant_without_form(round_: Round, today: datetime.date, lawyer: User, by: User) -> int:
    """Grant what a round brings without a form, by releasing its letters; how many were granted.

    The batch waits at the vendor. The grants are of the weeks after the round was fixed.
    """
    with acting_as(lawyer.actor()):
        legal_bases.sign(
            regeling=Regeling.objects.get(pk=round_.regelingen[0]),
            text="Besluit van het college: wie bijstand of kwijtschelding heeft, krijgt de pas vanzelf.",
            dated=today - datetime.timedelta(days=GRANTED_AGO),
            valid_until=None,
            by=lawyer,
        )
    vendor = Vendor.objects.get_or_create(name="Drukkerij De Proef")[0]
    if not batches.unbatched(round_).exists():
        return 0
    with acting_as(by.actor()):
        batch = batches.compose(round_=round_, vendor=vendor, planned_on=today, by=by)
        batches.release(batch=batch, by=by)
    with acting_as(SYSTEM_ACTOR):
        given = Grant.objects.filter(approach__round=round_, basis=GrantBasis.AMBTSHALVE).order_by("pk")
        keys = list(given.values_list("pk", flat=True))
        for week in range(_WEEKS):
            day = today - datetime.timedelta(days=GRANTED_AGO - 7 * (week + 1))
            Grant.objects.filter(pk__in=keys[week::_WEEKS]).update(granted_on=day)
    return len(keys)
