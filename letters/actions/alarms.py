"""What stays in one state for too long is put before a person, and taken away again once it moves on.

How long a state may last is a choice of ours: long enough for the vendor's own working days.
"""

import datetime
from collections.abc import Callable, Iterable

from django.db.models import Exists, F, Model, OuterRef, Q, QuerySet

from letters.actions import left_out, untold, work
from letters.actions.recalls import UNDER_WAY, open_recalls
from letters.actions.recheck import to_go
from letters.models import (
    Batch,
    BatchState,
    Letter,
    Part,
    PartState,
    ScanDelivery,
    WorkItem,
    WorkKind,
)
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as

#: A worker makes a part within minutes.
MAKE_WITHIN = datetime.timedelta(days=1)
#: A vendor asks for work every day and confirms what he got.
CONFIRM_WITHIN = datetime.timedelta(days=2)
#: After the planned print date the paper is in the post.
POST_WITHIN = datetime.timedelta(days=7)
#: A recall is of use only while the paper is at the vendor.
ANSWER_WITHIN = datetime.timedelta(days=2)
#: Letters that were made wait for somebody to put them in a batch.
COMPOSE_WITHIN = datetime.timedelta(days=14)
#: A vendor hands a pile of scans over in one go; until he closes it no reminder goes.
CLOSE_WITHIN = datetime.timedelta(days=3)

_SUBJECTS = ("letter", "scan", "part", "batch", "delivery")


def stuck_parts() -> QuerySet[Part]:
    """Not made by now, made and forgotten, or confirmed and never posted."""
    now = clock.now()
    not_made = Q(state=PartState.STRANDED) | Q(state=PartState.PLANNED, planned_at__lt=now - MAKE_WITHIN)
    forgotten = Q(
        state=PartState.MADE, batch=None, letters_count__gt=0, made_at__lt=now - COMPOSE_WITHIN
    ) & Q(destroyed_at=None)
    on_paper = Letter.objects.filter(production__in=UNDER_WAY, first_page__isnull=False)
    not_posted = Q(
        confirmed_at__isnull=False,
        batch__planned_on__lt=clock.today() - POST_WITHIN,
        pk__in=on_paper.values("part"),
    )
    return Part.objects.filter(not_made | forgotten & Q(pk__in=to_go().values("part")) | not_posted)


def stuck_batches() -> QuerySet[Batch]:
    """Not released on its print date, or not confirmed by the vendor."""
    not_released = Q(state=BatchState.COMPOSED, planned_on__lt=clock.today())
    # Of a batch that was asked back whole nothing is left to confirm.
    to_confirm = Exists(Part.objects.filter(batch=OuterRef("pk"), letters_count__gt=0, confirmed_at=None))
    not_confirmed = Q(to_confirm, state=BatchState.RELEASED, released_at__lt=clock.now() - CONFIRM_WITHIN)
    return Batch.objects.filter(not_released | not_confirmed)


def stuck_letters() -> QuerySet[Letter]:
    """Asked back, and the vendor says nothing."""
    silent = open_recalls().filter(asked_at__lt=clock.now() - ANSWER_WITHIN)
    return Letter.objects.filter(recalls__in=silent.values("pk"), recalls__print_run=F("print_run"))


def stuck_deliveries() -> QuerySet[ScanDelivery]:
    """Announced, and not closed by the vendor."""
    return ScanDelivery.objects.filter(closed_at=None, announced_at__lt=clock.now() - CLOSE_WITHIN)


def sweep() -> tuple[int, int]:
    """Open an item of work for all that is stuck, and settle those that moved on. How many of each."""
    with acting_as(SYSTEM_ACTOR):
        opened = (
            _open(stuck_parts().select_related("round__made_by"), "part")
            + _open(stuck_batches().select_related("made_by"), "batch")
            + _open(stuck_letters(), "letter")
            + _open(stuck_deliveries(), "delivery")
            + _open(untold.to_settle(), "letter", WorkKind.UNTOLD)
            + left_out.put_before_a_person()
        )
        return opened, _settle()


def _open(stuck: Iterable[Model], name: str, kind: WorkKind = WorkKind.STUCK) -> int:
    known = set(_items(name, kind).values_list(name, flat=True))
    fresh = [one for one in stuck if one.pk not in known]
    for one in fresh:
        work.open_item(kind, **{name: one})
    return len(fresh)


def _settle() -> int:
    """What a person would find gone when he looked."""
    rules: tuple[tuple[WorkKind, str, Callable[[], QuerySet]], ...] = (
        (WorkKind.STUCK, "part", stuck_parts),
        (WorkKind.STUCK, "batch", stuck_batches),
        (WorkKind.STUCK, "letter", stuck_letters),
        (WorkKind.STUCK, "delivery", stuck_deliveries),
        (WorkKind.UNTOLD, "letter", untold.to_settle),
        (WorkKind.REJECTED_LETTER, "letter", left_out.to_settle),
    )
    over = [
        item
        for kind, name, rule in rules
        for item in _items(name, kind).exclude(**{f"{name}__in": rule().values("pk")})
    ]
    for item in over:
        work.settle(item=item, resolution=work.BY_ITSELF, by=None)
    return len(over)


def _items(name: str, kind: WorkKind) -> QuerySet[WorkItem]:
    """Open items about one kind of thing alone."""
    others = {f"{other}__isnull": True for other in _SUBJECTS if other != name}
    return WorkItem.objects.open().filter(kind=kind, **{f"{name}__isnull": False}, **others)
