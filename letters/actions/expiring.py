"""What of letters, scans, rounds and people is older than its term: for the draft of a list."""

import datetime
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import BooleanField, Exists, Func, OuterRef, Q, TextField
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
from outreach.models import Round
from outreach.models.round import RoundState

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
        return [Due(str(one.pk), localdate(one.made_at), named_file(one)) for one in old.order_by("pk")]


def named_file(part: Part) -> str:
    """`Ronde 3, deel 2`, for who reads a list or places a hold."""
    return f"Ronde {part.round_id}, deel {part.number}"


def named_share(file: ShareFile) -> str:
    """`Deling 2, bestand 1`, for the same reader."""
    return f"Deling {file.share_id}, bestand {file.number}"


def share_files(cutoff: datetime.date) -> list[Due]:
    """Files of shares, names and withdrawals, that were made on the day of the cutoff or before.

    Who stands in one stays written down as long as he does: who objects later is asked back all the same.
    """
    old = ShareFile.objects.filter(destroyed_at=None, made_at__date__lte=cutoff).order_by("made_at", "pk")
    return [Due(str(one.pk), localdate(one.made_at), named_share(one)) for one in old]


#: Whether the image of a form stays whatever its term, asked of the database, which sees all requests.
SCAN_STAYS = Func("pk", function="poort.scan_blijft", output_field=BooleanField())


def stays(scan: UUID) -> bool:
    """Whether the image of this form stays for now."""
    return Scan.objects.annotate(stays=SCAN_STAYS).filter(pk=scan, stays=True).exists()


def scans(cutoff: datetime.date) -> list[Due]:
    """Images that came in on the day of the cutoff or before, and on which nobody waits any more.

    Not of a household of which data of somebody stay (AVG art. 18, a request of his, a hold).
    """
    waiting = Application.objects.filter(letter=OuterRef("letter")).exclude(state__in=_DECIDED)
    work = WorkItem.objects.filter(scan=OuterRef("pk"), closed_at=None)
    with acting_as(SYSTEM_ACTOR):
        old = Scan.objects.filter(destroyed_at=None, received_at__date__lte=cutoff)
        done = old.exclude(outcome=ScanOutcome.WAITING).exclude(Exists(waiting)).exclude(Exists(work))
        done = done.annotate(stays=SCAN_STAYS).filter(stays=False)
        return [
            Due(str(one.pk), localdate(one.received_at), f"Scan {one.pk}")
            for one in done.order_by("received_at", "pk")
        ]


def rounds(cutoff: datetime.date) -> list[Due]:
    """Rounds that were closed on the day of the cutoff or before, with nothing under way any more.

    Their files and scans go first, under terms of their own.
    """
    closed = Round.objects.filter(state=RoundState.CLOSED, emptied_at=None, closed_at__date__lte=cutoff)
    waits = Func("pk", function="public.ronde_wacht_op", output_field=TextField())
    with acting_as(SYSTEM_ACTOR):
        done = closed.annotate(waits=waits).filter(waits=None).order_by("closed_at", "pk")
        return [Due(str(one.pk), localdate(one.closed_at), f"Ronde {one.pk}") for one in done]


def people(cutoff: datetime.date) -> list[Due]:
    """People who came out of no koppeling after the cutoff, and of whom no round has anything left.

    What is written down of their households (gesprekken, taken, overdrachten) begins the term anew.
    """
    with acting_as(SYSTEM_ACTOR), connection.cursor() as cursor:
        query = "SELECT persoon::text, sinds FROM public.personen_over(%s, %s, NULL) ORDER BY sinds, persoon"
        cursor.execute(query, [cutoff, settings.TIME_ZONE])
        return [Due(person, since, f"Persoon {person}") for person, since in cursor.fetchall()]
