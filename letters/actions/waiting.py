"""Letters that wait until nobody is busy with their household any more.

Somebody at the door talks about what the letter brings; it would come after the gesprek and contradict it.
And when somebody says that something of his data is wrong, that is looked into first (AVG art. 16, 18(1)(a)).
"""

from collections import defaultdict
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from letters.actions.recheck import BRINGS, NOT_OUT
from letters.actions.reprints import into_open_part
from letters.models import Letter, Rejection
from outreach.audit import Event, record
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Claim, HouseholdMember, Round
from outreach.models.round import RoundState


def _is_busy() -> Q:
    claims = Claim.objects.in_force(clock.now())
    claimed = claims.filter(person__memberships__household=OuterRef("household"))
    disputes = HouseholdMember.objects.filter(household=OuterRef("household"), person__disputed=True)
    return Q(Exists(claimed)) | Q(Exists(disputes))


def busy(letters: QuerySet[Letter]) -> dict[UUID, Rejection]:
    """Which of these letters wait for who is busy with their household, or for an answer. One query."""
    found = letters.filter(BRINGS).filter(_is_busy()).order_by()
    return dict.fromkeys(found.values_list("pk", flat=True), Rejection.BUSY)


def free() -> int:
    """Plan the letters anew that waited for somebody who is done by now. Gives how many.

    A lease ends by itself, so this is looked at again and again and nobody has to ask for it.
    """
    with acting_as(SYSTEM_ACTOR):
        rounds: defaultdict[int, list[UUID]] = defaultdict(list)
        for round_id, key in _over().order_by("pk").values_list("round_id", "pk"):
            rounds[round_id].append(key)
    return sum(_free(round_id, keys) for round_id, keys in rounds.items())


def _over() -> QuerySet[Letter]:
    waiting = Letter.objects.filter(rejected=Rejection.BUSY, production__in=NOT_OUT)
    return waiting.exclude(round__state=RoundState.CLOSED).exclude(_is_busy())


@transaction.atomic
def _free(round_id: int, keys: list[UUID]) -> int:
    with acting_as(SYSTEM_ACTOR):
        round_ = Round.objects.select_for_update(no_key=True).get(pk=round_id)
        chosen = _over().filter(round=round_, pk__in=keys).select_for_update(of=["self"], no_key=True)
        free_by_now = list(chosen.order_by("pk").values_list("pk", flat=True))
        if free_by_now:
            into_open_part(round_, free_by_now)
            record(Event.HELD_FREED, "ronde", [round_.pk], details={"brieven": len(free_by_now)})
    return len(free_by_now)
