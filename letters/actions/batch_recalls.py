"""Asking back all letters of a batch at once, and planning anew what was withdrawn since it was wrong.

Both are asked by a person and done by a worker, part by part: one that is killed leaves whole parts, and the
next one goes on.
"""

from uuid import UUID

from django.db import transaction

from letters.actions import recalls, reprints
from letters.models import Batch, BatchState, Letter, RecallReason
from letters.permissions import check_releases
from outreach.audit import Event, record
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import User
from outreach.policies import NotNow

#: Why a person asks a whole batch back. What holds for one household is found by itself.
REASONS = (RecallReason.MISTAKE, RecallReason.HAS_IT)


@transaction.atomic
def ask(*, batch: Batch, reason: RecallReason, by: User) -> bool:
    """Have a worker ask back all letters of a released batch; false when that was asked already.

    Raises PermissionDenied, ValueError for another reason, and NotNow: not released, or the vendor confirmed
    all of it.
    """
    check_releases(by)
    if reason not in REASONS:
        raise ValueError("a batch is not asked back for that")
    locked = Batch.objects.select_for_update(no_key=True).get(pk=batch.pk)
    if locked.recall_asked_by_id:
        return False
    if locked.state != BatchState.RELEASED:
        raise NotNow("Deze partij is niet terug te vragen: hij is niet vrijgegeven, of al bevestigd.")
    Batch.objects.filter(pk=locked.pk).update(recall_asked_by=by, recall_reason=reason)
    record(Event.BATCH_RECALL_ASKED, "partij", [batch.pk], details={"reden": reason.value})
    return True


def due() -> list[UUID]:
    """Batches that somebody asked back, and of which not all letters were asked yet."""
    return list(Batch.objects.filter(recall_asked_by__isnull=False).values_list("pk", flat=True))


def carry_out(*, batch_id: UUID) -> int:
    """Ask back what is under way of a batch. Gives how many letters.

    Parts that the vendor did not confirm are emptied at once; of the others he is asked.
    """
    batch = Batch.objects.get(pk=batch_id)
    if batch.recall_asked_by_id is None:
        return 0
    reason = RecallReason(batch.recall_reason)
    count = sum(recalls.ask_part(part_id, reason) for part_id in _parts(batch))
    Batch.objects.filter(pk=batch_id).update(recall_asked_by=None)
    return count


def _parts(batch: Batch) -> list[int]:
    return list(batch.parts.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def ask_anew(*, batch: Batch, by: User) -> bool:
    """Have a worker plan anew what of a batch was withdrawn as wrong; false when that was asked already.

    Raises PermissionDenied, and NotNow when there is none.
    """
    check_releases(by)
    locked = Batch.objects.select_for_update(no_key=True).get(pk=batch.pk)
    if locked.anew_asked_by_id:
        return False
    if not wrong(locked):
        raise NotNow("Er zijn geen brieven ingetrokken omdat ze niet klopten.")
    Batch.objects.filter(pk=locked.pk).update(anew_asked_by=by)
    record(Event.BATCH_ANEW_ASKED, "partij", [batch.pk])
    return True


def wrong(batch: Batch) -> int:
    """How many letters of a batch were withdrawn as wrong, and may be planned anew. A count only."""
    with acting_as(SYSTEM_ACTOR):
        return reprints.withdrawn_as_wrong(Letter.objects.filter(part__batch=batch)).count()


def anew_due() -> list[UUID]:
    """Batches of which somebody asked to plan anew what was wrong."""
    return list(Batch.objects.filter(anew_asked_by__isnull=False).values_list("pk", flat=True))


def plan_anew(*, batch_id: UUID) -> int:
    """Plan the next print run of what was withdrawn as wrong. Gives how many letters.

    Who may get the letter no more is left out.
    """
    batch = Batch.objects.get(pk=batch_id)
    if batch.anew_asked_by_id is None:
        return 0
    count = sum(reprints.plan_anew(part_id) for part_id in _parts(batch))
    Batch.objects.filter(pk=batch_id).update(anew_asked_by=None)
    return count
