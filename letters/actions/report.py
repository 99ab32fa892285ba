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
from outreach.models import Buurt, Regeling, ReportStand, User
from outreach.models.regeling import SHARED
from outreach.permissions import Permission, check
from outreach.small_cells import SMALLEST

#: One stand is made at a time.
_LOCK = 7_291_004

_COUNT = """
WITH gepost AS (
  SELECT l.approach_id, min(e.occurred_at AT TIME ZONE %(zone)s)::date AS op
  FROM letters_letter l
  LEFT JOIN letters_letterevent e ON e.letter_id = l.id AND e.axis = 'productie' AND e.code = 'verzonden'
  WHERE l.production = 'verzonden' AND l.delivery <> 'onbestelbaar'
  GROUP BY l.approach_id
), benaderd AS (
  SELECT a.household_id, a.regeling_id, coalesce(w.code, '') AS buurt_code,
         min(r.fixed_at AT TIME ZONE %(zone)s)::date AS gevonden,
         bool_or(g.approach_id IS NOT NULL) AS gepost, min(g.op) AS gepost_op,
         bool_or(a.result = 'hulp_bij_aanvraag') AS geholpen,
         bool_or(a.result IN ('toegekend', 'afgewezen') OR f.id IS NOT NULL) AS beslist,
         min(f.received_on) AS aanvraag_op,
         bool_or(a.result = 'toegekend' OR t.id IS NOT NULL) AS toegekend, min(t.granted_on) AS toegekend_op
  FROM outreach_approach a
  JOIN outreach_round r ON r.id = a.round_id AND r.fixed_at IS NOT NULL
  JOIN outreach_household h ON h.id = a.household_id
  LEFT JOIN outreach_buurt w ON w.code = h.buurt_code
  LEFT JOIN gepost g ON g.approach_id = a.id
  LEFT JOIN letters_application f ON f.approach_id = a.id
  LEFT JOIN letters_grant t ON t.approach_id = a.id
  -- Who was told that names are shared was not brought a regeling.
  WHERE a.regeling_id <> %(shared)s
  GROUP BY a.household_id, a.regeling_id, w.code
), gesproken AS (
  SELECT b.household_id, b.regeling_id, min(g.happened_on) AS op
  FROM benaderd b JOIN outreach_gesprek g ON g.household_id = b.household_id
  WHERE g.reached AND g.happened_on >= b.gevonden
  GROUP BY b.household_id, b.regeling_id
), hulp AS (
  SELECT g.household_id, o.regeling_id, min(g.happened_on) AS op
  FROM outreach_gesprekoutcome o JOIN outreach_gesprek g ON g.id = o.gesprek_id
  WHERE o.outcome = 'geholpen'
  GROUP BY g.household_id, o.regeling_id
), eenheid AS (
  SELECT b.regeling_id, b.buurt_code, b.gevonden,
         CASE WHEN b.toegekend THEN 3 WHEN b.geholpen OR b.beslist OR u.op IS NOT NULL THEN 2
              WHEN b.gepost OR s.op IS NOT NULL THEN 1 ELSE 0 END AS trap,
         least(b.gepost_op, s.op) AS bereikt, least(b.aanvraag_op, u.op) AS aangevraagd, b.toegekend_op
  FROM benaderd b
  LEFT JOIN gesproken s USING (household_id, regeling_id)
  LEFT JOIN hulp u USING (household_id, regeling_id)
), stap AS (
  -- Who skipped a step has no days for it; GREATEST would make them nought.
  SELECT regeling_id, buurt_code, to_char(gevonden, 'YYYY-MM') AS maand, trap,
         CASE WHEN bereikt < gevonden THEN 0 ELSE bereikt - gevonden END AS d1,
         CASE WHEN aangevraagd < bereikt THEN 0 ELSE aangevraagd - bereikt END AS d2,
         CASE WHEN toegekend_op < aangevraagd THEN 0 ELSE toegekend_op - aangevraagd END AS d3
  FROM eenheid
)
SELECT grouping(regeling_id, buurt_code, maand), coalesce(regeling_id, buurt_code, maand, ''),
       count(*), count(*) FILTER (WHERE trap >= 1), count(*) FILTER (WHERE trap >= 2),
       count(*) FILTER (WHERE trap >= 3),
       count(d1), count(d2), count(d3),
       percentile_disc(0.5) WITHIN GROUP (ORDER BY d1), percentile_disc(0.5) WITHIN GROUP (ORDER BY d2),
       percentile_disc(0.5) WITHIN GROUP (ORDER BY d3)
FROM stap GROUP BY GROUPING SETS ((), (regeling_id), (buurt_code), (maand))
"""
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
    """The true counts. A regeling, buurt or month for which nobody was found is a row too, of noughts."""
    found = _Counted()
    nobody = (0,) * STAGES
    found.tables["regeling"] |= dict.fromkeys(Regeling.objects.values_list("code", flat=True), nobody)
    found.tables["buurt"] |= dict.fromkeys(["", *Buurt.objects.values_list("code", flat=True)], nobody)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"zone": settings.TIME_ZONE, "shared": SHARED})
        for which, key, *numbers in cursor.fetchall():
            table = _SETS[which]
            counts, sizes, medians = numbers[:4], numbers[4:7], numbers[7:]
            found.tables[table][key] = tuple(counts)
            found.days[table][key] = [
                median if size >= SMALLEST else None for size, median in zip(sizes, medians, strict=True)
            ]
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
