"""How far batches are, in counts: from the rows themselves and kept nowhere. Whoever asks sees no people."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Sum, When

from letters.models import Batch, BatchState, Letter, Part, Production, Recall, RecallResult, Rejection
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as

#: What is asked of the vendor, or will be.
_AHEAD = (BatchState.COMPOSED, BatchState.RELEASED, BatchState.CONFIRMED)


def sheets(of: str = "") -> Case:
    """Sheets of paper of a part: two pages on one when made for both sides; a letter has an even number.

    `of` is the way to the part, such as `parts__`.
    """
    pages = F(f"{of}pages")
    return Case(When(**{f"{of}duplex": True}, then=pages / 2), default=pages, output_field=IntegerField())


@dataclass(frozen=True, slots=True)
class BatchTotals:
    """Of one batch: `parts` that still have letters, of which the vendor confirmed some."""

    parts: int = 0
    parts_confirmed: int = 0
    letters: int = 0
    pages: int = 0
    sheets: int = 0
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Left:
    """Letters of a batch that are in no file of it, and what became of the ones that were asked back.

    `held` wait for a legal basis, `homeless` for a person who finds out where they go, `busy` until nobody is
    busy with the household.
    """

    held: int = 0
    homeless: int = 0
    busy: int = 0
    lapsed: int = 0
    unfit: int = 0
    recalls_open: int = 0
    recalled: int = 0
    too_late: int = 0

    @property
    def out(self) -> int:
        """In none of the files."""
        return self.held + self.homeless + self.busy + self.lapsed + self.unfit

    @property
    def recalls(self) -> int:
        """Asked back."""
        return self.recalls_open + self.recalled + self.too_late


@dataclass(frozen=True, slots=True)
class Announced:
    """The vooraankondiging for one vendor and one day."""

    vendor: str
    day: datetime.date
    batches: int
    letters: int
    sheets: int


def totals(batches: Iterable[Batch]) -> dict[UUID, BatchTotals]:
    """The totals of each of these batches that has parts. One query."""
    filled = Q(letters_count__gt=0)
    counted = (
        Part.objects.filter(batch__in=[batch.pk for batch in batches])
        .order_by()
        .values("batch_id")
        .annotate(
            parts=Count("pk", filter=filled),
            parts_confirmed=Count("pk", filter=filled & Q(confirmed_at__isnull=False)),
            letters=Sum("letters_count"),
            # Before the sum that bears the name of the column it is counted from.
            sheets=Sum(sheets()),
            pages=Sum("pages"),
            left_out=Sum("rejected_count"),
        )
    )
    return {row.pop("batch_id"): BatchTotals(**row) for row in counted}


def left(batch: Batch) -> Left:
    """What is not in its files any more, and why. Two queries."""
    gone = (Rejection.OPTED_OUT, Rejection.LAPSED)
    held, homeless = Q(rejected=Rejection.NO_BASIS), Q(rejected=Rejection.DEPARTED)
    busy = Q(rejected=Rejection.BUSY)
    with acting_as(SYSTEM_ACTOR):
        out = left_out(batch).aggregate(
            held=Count("pk", filter=held),
            lapsed=Count("pk", filter=Q(rejected__in=gone)),
            homeless=Count("pk", filter=homeless),
            busy=Count("pk", filter=busy),
            unfit=Count("pk", filter=~held & ~homeless & ~busy & ~Q(rejected__in=gone)),
        )
        asked = recalls(batch).aggregate(
            recalls_open=Count("pk", filter=Q(result="")),
            recalled=Count("pk", filter=Q(result=RecallResult.WITHDRAWN)),
            too_late=Count("pk", filter=Q(result=RecallResult.TOO_LATE)),
        )
    return Left(**out, **asked)


def left_out(batch: Batch) -> QuerySet[Letter]:
    """Letters of a batch that are in none of its files, in the order of the post."""
    return Letter.objects.filter(part__batch=batch).rejected()


def recalls(batch: Batch) -> QuerySet[Recall]:
    """What was asked back of the letters that stand in this batch now."""
    return Recall.objects.filter(letter__part__batch=batch, print_run=F("letter__print_run"))


def announced() -> list[Announced]:
    """What each vendor may expect from today on, by day: the vooraankondiging. One query."""
    ahead = Part.objects.filter(batch__planned_on__gte=clock.today(), batch__state__in=_AHEAD)
    rows = (
        ahead.values("batch__vendor__name", "batch__planned_on")
        .annotate(batches=Count("batch", distinct=True), letters=Sum("letters_count"), sheets=Sum(sheets()))
        .order_by("batch__planned_on", "batch__vendor__name")
    )
    return [
        Announced(
            row["batch__vendor__name"],
            row["batch__planned_on"],
            row["batches"],
            row["letters"],
            row["sheets"],
        )
        for row in rows
    ]


def letter_states(batch: Batch) -> dict[str, int]:
    """How many of its letters are in each state of production, in the order in which they happen."""
    with acting_as(SYSTEM_ACTOR):
        counted = dict(
            Letter.objects.filter(part__batch=batch)
            .printable()
            .order_by()
            .values_list("production")
            .annotate(count=Count("pk"))
        )
    return {state: counted[state] for state in Production.values if state in counted}
