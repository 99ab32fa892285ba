"""Making a round from what a koppeling handed over, and fixing it by a second person."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from outreach import transitions
from outreach.actions import looplijsten
from outreach.audit import Event, record
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Approach, Handover, Klasse, Regeling, Round, User
from outreach.models.round import RoundKind
from outreach.permissions import Permission, check
from outreach.policies import check_can_fix

# Somebody may opt out between the choice of a household and its approach; then the choice is made again.
_RETRIES = 5

# What a round is about. Who does not want contact is left out; a visit round leaves institutions out too.
_CHOSEN = """
    FROM outreach_candidacy c
    JOIN outreach_household h ON h.id = c.household_id
    WHERE h.handover_id = %(handover)s
      AND c.regeling_id = ANY (%(regelingen)s)
      AND c.klasse = ANY (%(klassen)s)
      AND NOT (%(visit)s AND h.institution)
      AND NOT EXISTS (
        SELECT FROM outreach_householdmember m JOIN outreach_person p ON p.id = m.person_id
        WHERE m.household_id = h.id AND m.adult AND (p.no_contact OR c.regeling_id = ANY (p.no_contact_for)))
"""
_APPROACHES = f"""
INSERT INTO outreach_approach (round_id, household_id, regeling_id, klasse, mode, contact, response, result)
SELECT %(round)s, h.id, c.regeling_id, c.klasse, c.mode, 'geen', 'geen', 'open'
{_CHOSEN}
ORDER BY h.id, c.regeling_id
"""
# Of what came in, so that nobody can have opted out between the choice and its fingerprint.
_FINGERPRINT = """
SELECT encode(sha256(convert_to(coalesce(string_agg(rij, E'\\n' ORDER BY rij), ''), 'UTF8')), 'hex')
FROM (
    SELECT concat_ws('|', a.household_id, a.regeling_id, a.klasse, a.mode, (
        SELECT string_agg(cp.person_id::text, ',' ORDER BY cp.person_id)
        FROM outreach_candidacy_persons cp WHERE cp.candidacy_id = c.id)) COLLATE "C" AS rij
    FROM outreach_approach a
    JOIN outreach_candidacy c ON c.household_id = a.household_id AND c.regeling_id = a.regeling_id
    WHERE a.round_id = %(round)s
) AS rijen
"""


@dataclass(frozen=True, slots=True)
class Count:
    """How many households of a handover may have a right to a regeling, by class."""

    regeling: Regeling
    zeker: int
    onzeker: int


def counts(handover: Handover) -> list[Count]:
    """Households per regeling and class. Aggregates only: whoever asks sees no people."""
    with acting_as(SYSTEM_ACTOR), connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.regeling_id, count(*) FILTER (WHERE c.klasse = 'zeker'),"
            " count(*) FILTER (WHERE c.klasse = 'onzeker') FROM outreach_candidacy c"
            " JOIN outreach_household h ON h.id = c.household_id WHERE h.handover_id = %s"
            " GROUP BY c.regeling_id",
            [handover.pk],
        )
        found = {code: (zeker, onzeker) for code, zeker, onzeker in cursor.fetchall()}
    regelingen = Regeling.objects.filter(pk__in=found)
    return [Count(regeling, *found[regeling.pk]) for regeling in regelingen]


@transaction.atomic
def make(
    *,
    name: str,
    kind: RoundKind,
    handover: Handover,
    regelingen: Iterable[Regeling],
    klassen: Iterable[Klasse],
    reply_before: datetime.date | None,
    by: User,
) -> Round:
    """Make a concept. Raises PermissionDenied; IntegrityError for a letter round with several regelingen."""
    check(by, Permission.ROUND_MAKE)
    made = Round.objects.create(
        name=name,
        kind=kind,
        handover=handover,
        regelingen=sorted(regeling.pk for regeling in regelingen),
        klassen=sorted(klassen),
        reply_before=reply_before,
        made_by=by,
    )
    record(Event.ROUND_MADE, "ronde", [made.pk], details={"soort": kind, "regelingen": made.regelingen})
    return made


def fix(*, round_: Round, by: User) -> Round:
    """Freeze a concept: its households come in, each once, and a visit round gets its looplijsten.

    Raises PermissionDenied, NotNow (the maker himself, or already fixed), StateChanged (two at once).
    """
    check(by, Permission.ROUND_FIX)
    for _ in range(_RETRIES):
        try:
            with transaction.atomic():
                return _fix(Round.objects.select_for_update().get(pk=round_.pk), by)
        except IntegrityError as error:
            if getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") != "geen_contact":
                raise
    raise IntegrityError("opt-outs kept coming in between")


def _fix(round_: Round, by: User) -> Round:
    check_can_fix(round_, by)
    with acting_as(SYSTEM_ACTOR):
        fingerprint = _fill(round_)
        if round_.kind == RoundKind.VISIT:
            looplijsten.make(round_=round_)
        households = Approach.objects.filter(round=round_).values("household_id").distinct().count()
    transitions.apply(
        round_,
        transitions.FIX,
        by=by,
        details={"huishoudens": households, "vingerafdruk": fingerprint},
        fixed_by=by,
        fixed_at=timezone.now(),
        inputs_hash=fingerprint,
    )
    return round_


def _fill(round_: Round) -> str:
    """Bring the households in; the fingerprint of what was chosen."""
    chosen: dict[str, object] = {
        "round": round_.pk,
        "handover": round_.handover_id,
        "regelingen": _list(round_.regelingen),
        "klassen": _list(round_.klassen),
        "visit": round_.kind == RoundKind.VISIT,
    }
    with connection.cursor() as cursor:
        cursor.execute(_APPROACHES, chosen)
        cursor.execute(_FINGERPRINT, chosen)
        return cursor.fetchone()[0]


def _list(values: Sequence[str]) -> list[str]:
    return [str(value) for value in values]
