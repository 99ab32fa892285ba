"""Counting for the rapport: households for a regeling that were found, reached, applied and got it.

What each count means stands in docs/rapport.md. Whoever asks sees no people, and no count that is not told.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from django.conf import settings
from django.db import connection, transaction

from outreach.actions.report import TABLES, TOTAL, as_kept, told
from outreach.audit import Event, record
from outreach.disclosure import FOUND, STAGES, Stand, next_stand
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Buurt, PastCount, Regeling, ReportStand, User
from outreach.permissions import Permission, check
from outreach.small_cells import SMALLEST

#: One stand is made at a time, and no round is destroyed meanwhile (poort.vernietig_ronde takes it too).
_LOCK = 7_291_004

_COUNT = "SELECT * FROM public.rapport_telling(%s)"
# What `grouping` says of each set.
_SETS = {0b111: TOTAL, 0b011: "regeling", 0b101: "buurt", 0b110: "maand"}

Days = dict[str, dict[str, list[int | None]]]
_NO_DAYS: list[int | None] = [None] * (STAGES - 1)


@dataclass(slots=True)
class _Counted:
    tables: dict[str, dict[str, tuple[int, ...]]] = field(
        default_factory=lambda: {table: {} for table in (TOTAL, *TABLES)}
    )
    days: Days = field(default_factory=lambda: {table: {} for table in (TOTAL, *TABLES)})


def due() -> bool:
    """Whether this month has no stand yet."""
    return not ReportStand.objects.filter(month=clock.today().replace(day=1)).exists()


@transaction.atomic
def make(*, by: User | None = None) -> ReportStand | None:
    """Count, and keep what may be told. Once a month; None while too little changed to tell anything.

    Without `by` it is background work. Raises PermissionDenied.
    """
    if by is not None:
        check(by, Permission.REPORT_SEE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    if not due():
        return None
    with acting_as(SYSTEM_ACTOR):
        counted = _counted()
    before = [told(one) for one in ReportStand.objects.so_far()]
    stand = next_stand(before, {table: counted.tables[table] for table in TABLES})
    if stand is None:
        return None
    today = clock.today()
    with acting_as(by.actor() if by else SYSTEM_ACTOR):
        made = ReportStand.objects.create(
            month=today.replace(day=1),
            counted_on=today,
            figures=as_kept(stand),
            days=_days_told(stand, counted.days),
        )
        record(Event.REPORT_MADE, "stand", [made.pk])
    return made


def _counted() -> _Counted:
    """The true counts, those of destroyed rounds with them; the median days are of what is still there.

    A regeling, buurt or month for which nobody was found is a row too, of noughts.
    """
    found = _Counted()
    nobody = (0,) * STAGES
    found.tables["regeling"] |= dict.fromkeys(Regeling.objects.values_list("code", flat=True), nobody)
    found.tables["buurt"] |= dict.fromkeys(["", *Buurt.objects.values_list("code", flat=True)], nobody)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [settings.TIME_ZONE])
        for which, key, *numbers in cursor.fetchall():
            table = _SETS[which]
            counts, sizes, medians = numbers[:4], numbers[4:7], numbers[7:]
            found.tables[table][key] = tuple(counts)
            found.days[table][key] = [
                median if size >= SMALLEST else None for size, median in zip(sizes, medians, strict=True)
            ]
    for past in PastCount.objects.all():
        now = found.tables[past.table].get(past.key, nobody)
        gone = (past.found, past.reached, past.applied, past.granted)
        found.tables[past.table][past.key] = tuple(one + other for one, other in zip(now, gone, strict=True))
    months = _months(min(found.tables["maand"], default=""))
    found.tables["maand"] = dict.fromkeys(months, nobody) | found.tables["maand"]
    return found


def _months(first: str) -> Iterator[str]:
    """The months from this one (`2026-03`) to the one of today; none without a first."""
    last = clock.today()
    year, month = map(int, (first or "9999-12").split("-"))
    while (year, month) <= (last.year, last.month):
        yield f"{year}-{month:02d}"
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)


def _days_told(stand: Stand, days: Days) -> Days:
    """The median days of the steps between stages that are both told. Of buurten and months none are."""
    total = {"": _steps(stand.total, days[TOTAL].get("", _NO_DAYS))}
    rows = stand.tables["regeling"].items()
    return {
        TOTAL: total,
        "regeling": {key: _steps(row, days["regeling"].get(key, _NO_DAYS)) for key, row in rows},
    }


def _steps(row: Mapping[int, int], days: list[int | None]) -> list[int | None]:
    return [
        median if stage in row and stage + 1 in row else None
        for stage, median in enumerate(days, start=FOUND)
    ]
