"""Parts laid out as the vendor of their batch wants them: made again where they are not."""

from django.db import transaction
from django.db.models import F

from letters.actions import parts, representing
from letters.models import Batch, BatchState, Part, PartState
from letters.models.part import MAX_ATTEMPTS, PartQuerySet
from letters.models.vendor import ON_PAPER
from outreach.kernel.db import SYSTEM_ACTOR, acting_as


def misfits() -> PartQuerySet:
    """Parts of batches that are not released, made otherwise than the vendor wants his pages by now."""
    wanted = {name: F(f"batch__vendor__{name}") for name in ON_PAPER}
    made = Part.objects.filter(state=PartState.MADE, letters_count__gt=0, destroyed_at=None)
    return made.filter(batch__state=BatchState.COMPOSED).exclude(**wanted)


def due() -> list[int]:
    """Parts to make again. What failed three times waits until its batch is composed anew."""
    return list(misfits().filter(attempts__lt=MAX_ATTEMPTS).order_by("pk").values_list("pk", flat=True))


def fit(*, part_id: int) -> bool:
    """Make a part again as its vendor wants it: the next version. False when another worker has it.

    False too when it fits by now. A worker that is killed leaves the version before it whole. The same
    letters give the same PDF.
    """
    with parts.alone_with(part_id) as alone:
        return alone and _count_attempt(part_id) and _fit(part_id)


def _count_attempt(part_id: int) -> bool:
    """Counted and committed beforehand: a part that kills its worker must not do so for ever."""
    with transaction.atomic(durable=True), acting_as(SYSTEM_ACTOR):
        if not misfits().filter(pk=part_id, attempts__lt=MAX_ATTEMPTS).exists():
            return False
        return bool(Part.objects.filter(pk=part_id).update(attempts=F("attempts") + 1))


def _fit(part_id: int) -> bool:
    with acting_as(SYSTEM_ACTOR):
        # The batch before its parts, as who releases it does; the vendor too, so that his wish stays.
        batches = Batch.objects.select_for_update(of=["self", "vendor"], no_key=True).select_related("vendor")
        batch = batches.filter(parts=part_id, state=BatchState.COMPOSED).first()
        mine = misfits().filter(pk=part_id, batch=batch).select_related("round__handover")
        part = mine.select_for_update(of=["self"], no_key=True).first()
        if batch is None or part is None:
            return False
        for name in ON_PAPER:
            setattr(part, name, getattr(batch.vendor, name))
        representing.pin(part)
        parts.remake(part, {})
        Part.objects.filter(pk=part.pk).update(attempts=0)
    return True
