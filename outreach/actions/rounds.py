"""Making a round from what a koppeling handed over, and fixing it by a second person."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from outreach import transitions
from outreach.actions import looplijsten
from outreach.audit import Event, record
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Approach, Handover, Klasse, Regeling, Round, User
from outreach.models.round import RoundKind, RoundState
from outreach.permissions import Permission, check
from outreach.policies import check_can_close, check_can_fix

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
_TALLY = """
SELECT c.regeling_id, count(*) FILTER (WHERE c.klasse = 'zeker'),
       count(*) FILTER (WHERE c.klasse = 'onzeker'), count(*) FILTER (WHERE c.mode = 'formulier')
"""
_CHOSEN_BY_REGELING = f"{_TALLY} {_CHOSEN} GROUP BY c.regeling_id"
_CHOSEN_HOUSEHOLDS = f"SELECT count(DISTINCT h.id) {_CHOSEN}"
_BROUGHT = "FROM outreach_approach c WHERE c.round_id = %(round)s"
_BROUGHT_BY_REGELING = f"{_TALLY} {_BROUGHT} GROUP BY c.regeling_id"
_BROUGHT_HOUSEHOLDS = f"SELECT count(DISTINCT c.household_id) {_BROUGHT}"
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
    """Households for one regeling by class, and how many of them get a form to sign and send back."""

    regeling: Regeling
    zeker: int
    onzeker: int
    forms: int

    @property
    def total(self) -> int:
        """Each household has one class per regeling, so these add up."""
        return self.zeker + self.onzeker


@dataclass(frozen=True, slots=True)
class Size:
    """How large a round is. A household with two regelingen counts once in `households`."""

    households: int
    counts: list[Count]


def counts(handover: Handover, *, kind: RoundKind = RoundKind.LETTER) -> list[Count]:
    """What a round of this kind could bring in. Aggregates only: whoever asks sees no people."""
    chosen = {
        "handover": handover.pk,
        "regelingen": list(Regeling.objects.values_list("pk", flat=True)),
        "klassen": _list(Klasse.values),
        "visit": kind == RoundKind.VISIT,
    }
    with acting_as(SYSTEM_ACTOR):
        return _tallied(_CHOSEN_BY_REGELING, chosen)


def size(round_: Round) -> Size:
    """What a concept would bring in now, or what a fixed round brought in. Aggregates only."""
    concept = round_.state == RoundState.CONCEPT
    with acting_as(SYSTEM_ACTOR), connection.cursor() as cursor:
        chosen = _chosen(round_)
        cursor.execute(_CHOSEN_HOUSEHOLDS if concept else _BROUGHT_HOUSEHOLDS, chosen)
        households = cursor.fetchone()[0]
        return Size(households, _tallied(_CHOSEN_BY_REGELING if concept else _BROUGHT_BY_REGELING, chosen))


def _tallied(query: str, chosen: dict[str, Any]) -> list[Count]:
    with connection.cursor() as cursor:
        cursor.execute(query, chosen)
        found = {code: tally for code, *tally in cursor.fetchall()}
    return [Count(regeling, *found[regeling.pk]) for regeling in Regeling.objects.filter(pk__in=found)]


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
    """Make a concept. The same one of the same maker is made once, so that a second click does nothing.

    Raises PermissionDenied; IntegrityError for a letter round with several regelingen.
    """
    check(by, Permission.ROUND_MAKE)
    # Whoever clicks twice waits here for himself.
    User.objects.select_for_update().get(pk=by.pk)
    made, created = Round.objects.get_or_create(
        name=name,
        kind=kind,
        handover=handover,
        regelingen=sorted(regeling.pk for regeling in regelingen),
        klassen=sorted(klassen),
        reply_before=reply_before,
        made_by=by,
        state=RoundState.CONCEPT,
    )
    if not created:
        return made
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


def close(*, round_: Round, by: User, details: Mapping[str, object] | None = None) -> None:
    """End a round: nobody is approached for it any more. A letter round is closed in the room of the letters.

    Raises PermissionDenied, NotNow (never fixed, or already closed), StateChanged (two at once).
    """
    check(by, Permission.ROUND_CLOSE)
    check_can_close(round_)
    transitions.apply(round_, transitions.CLOSE, by=by, details=details)


def withdraw(*, round_: Round, by: User) -> None:
    """Take a concept back that was made by mistake, so that nobody fixes it.

    Raises PermissionDenied, StateChanged (fixed or withdrawn meanwhile).
    """
    check(by, Permission.ROUND_MAKE)
    transitions.apply(round_, transitions.WITHDRAW, by=by)


def _fix(round_: Round, by: User) -> Round:
    check_can_fix(round_, by)
    with acting_as(SYSTEM_ACTOR):
        fingerprint = _fill(round_)
        if round_.kind == RoundKind.VISIT:
            looplijsten.make(round_=round_)
        households = Approach.objects.filter(round=round_).values("household_id").distinct().count()
    with connection.cursor() as cursor:
        cursor.execute("SELECT poort.analyseer_ronde()")
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
    """Bring the households in; the fingerprint of what came in."""
    chosen = _chosen(round_)
    with connection.cursor() as cursor:
        cursor.execute(_APPROACHES, chosen)
        cursor.execute(_FINGERPRINT, chosen)
        return cursor.fetchone()[0]


def _chosen(round_: Round) -> dict[str, Any]:
    """The parameters of `_CHOSEN` and of what was brought in."""
    return {
        "round": round_.pk,
        "handover": round_.handover_id,
        "regelingen": _list(round_.regelingen),
        "klassen": _list(round_.klassen),
        "visit": round_.kind == RoundKind.VISIT,
    }


def _list(values: Sequence[str]) -> list[str]:
    return [str(value) for value in values]
