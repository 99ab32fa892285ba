"""What of the letters and scans is older than its term: for the draft of a list."""

import datetime

from django.db.models import Exists, OuterRef, Q
from django.utils.timezone import localdate

from letters.actions.recheck import to_go
from letters.models import (
    Application,
    ApplicationState,
    BatchState,
    Part,
    PartState,
    Scan,
    ScanOutcome,
    ShareFile,
    WorkItem,
)
from outreach.actions.destruction import Due
from outreach.kernel.db import SYSTEM_ACTOR, acting_as

_DECIDED = (ApplicationState.GRANTED, ApplicationState.REFUSED)


def going_to_nobody() -> Q:
    """Made and never released, and none of its letters may go: all left the part, or the round is closed."""
    never = Q(batch=None) | Q(batch__state__in=(BatchState.COMPOSED, BatchState.WITHDRAWN))
    return never & Q(state=PartState.MADE) & ~Q(Exists(to_go().filter(part=OuterRef("pk"))))


def letter_files(cutoff: datetime.date) -> list[Due]:
    """Files that were made on the day of the cutoff or before, and that the vendor has or nobody gets."""
    with acting_as(SYSTEM_ACTOR):
        old = Part.objects.filter(
            Q(confirmed_at__isnull=False) | going_to_nobody(), destroyed_at=None, made_at__date__lte=cutoff
        ).select_related("round")
        return [
            Due(str(one.pk), localdate(one.made_at), f"Ronde {one.round_id}, deel {one.number}")
            for one in old.order_by("pk")
        ]


def share_files(cutoff: datetime.date) -> list[Due]:
    """Files of shares, names and withdrawals, that were made on the day of the cutoff or before.

    Who stands in one stays written down: who objects later is asked back all the same.
    """
    old = ShareFile.objects.filter(destroyed_at=None, made_at__date__lte=cutoff).order_by("made_at", "pk")
    return [
        Due(str(one.pk), localdate(one.made_at), f"Deling {one.share_id}, bestand {one.number}")
        for one in old
    ]


def scans(cutoff: datetime.date) -> list[Due]:
    """Images that came in on the day of the cutoff or before, and on which nobody waits any more."""
    waiting = Application.objects.filter(letter=OuterRef("letter")).exclude(state__in=_DECIDED)
    work = WorkItem.objects.filter(scan=OuterRef("pk"), closed_at=None)
    with acting_as(SYSTEM_ACTOR):
        old = Scan.objects.filter(destroyed_at=None, received_at__date__lte=cutoff)
        done = old.exclude(outcome=ScanOutcome.WAITING).exclude(Exists(waiting)).exclude(Exists(work))
        return [
            Due(str(one.pk), localdate(one.received_at), f"Scan {one.pk}")
            for one in done.order_by("received_at", "pk")
        ]
