"""Making a round from what a koppeling handed over, and fixing it by a second person."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, connection, transaction

from outreach import transitions
from outreach.actions import looplijsten
from outreach.actions.other_rounds import RUNNING, SETTLED, LeftOut
from outreach.actions.purposes import check_gathered_for, refusal
from outreach.audit import Event, record
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.kernel.purposes import MINIMA
from outreach.models import Approach, Handover, Klasse, Regeling, Round, User
from outreach.models.round import RoundKind, RoundState
from outreach.permissions import Permission, check
from outreach.policies import NotNow, check_can_close, check_can_fix

# Somebody may opt out between the choice of a household and its approach; then the choice is made again.
_RETRIES = 5
ALL_RUNNING = (
    "Alle huishoudens van deze ronde staan al op een lopende ronde. Sluit die af, of kies dat ze meegaan."
)

# What a round is about. Who does not want contact is left out; a visit round leaves institutions out too.
# So is where somebody said at the door that a person died or moved. Source: the view outreach_toldgone.
# What somebody said he does not want waits until he may be asked again, unless he said otherwise since.
_WANTED = """
    FROM outreach_candidacy c
    JOIN outreach_household h ON h.id = c.household_id
    WHERE h.handover_id = %(handover)s
      AND c.regeling_id = ANY (%(regelingen)s)
      AND c.klasse = ANY (%(klassen)s)
      AND NOT (%(visit)s AND h.institution)
      AND NOT EXISTS (SELECT FROM outreach_toldgone w WHERE w.household_id = h.id)
      AND NOT EXISTS (
        SELECT FROM outreach_householdmember m JOIN outreach_person p ON p.id = m.person_id
        WHERE m.household_id = h.id AND m.adult
          AND (p.no_contact OR c.regeling_id = ANY (p.no_contact_for)
            OR CASE WHEN %(visit)s THEN p.no_visit ELSE p.no_letter END))
      AND NOT EXISTS (
        SELECT FROM outreach_gesprekoutcome o
        JOIN outreach_gesprek g ON g.id = o.gesprek_id
        JOIN outreach_householdmember said ON said.household_id = g.household_id AND said.adult
        JOIN outreach_householdmember m ON m.person_id = said.person_id AND m.adult
        WHERE m.household_id = h.id AND o.regeling_id = c.regeling_id
          AND o.outcome = 'wil_niet' AND o.ask_again_on > %(today)s
          AND NOT EXISTS (
            SELECT FROM outreach_gesprekoutcome since JOIN outreach_gesprek l ON l.id = since.gesprek_id
            WHERE l.household_id = g.household_id AND since.regeling_id = o.regeling_id
              AND (l.happened_on, l.id) > (g.happened_on, g.id)))
"""
# Of those who other rounds leave to this one: `apart` keeps it away from visit rounds that run.
_CHOSEN = f"{_WANTED} AND NOT {SETTLED} AND NOT (%(visit)s AND %(apart)s AND {RUNNING})"
_LEFT_OUT = f"""
SELECT count(*) FILTER (WHERE on_their_way), count(*) FILTER (WHERE arranged)
FROM (
    SELECT bool_and(settled) AS arranged, bool_or(NOT settled AND running) AS on_their_way
    FROM (SELECT h.id, {SETTLED} AS settled, %(visit)s AND {RUNNING} AS running {_WANTED}) AS each
    GROUP BY id
) AS households
"""
_ANY_RUNNING = f"SELECT EXISTS (SELECT 1 {_WANTED} AND {RUNNING})"
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
    with acting_as(SYSTEM_ACTOR):
        return _tallied(_CHOSEN_BY_REGELING, _all_of(handover, kind))


def meets_running(handover: Handover) -> bool:
    """Whether a visit round of this koppeling would meet another one that runs. Costs one query."""
    with acting_as(SYSTEM_ACTOR), connection.cursor() as cursor:
        cursor.execute(_ANY_RUNNING, _all_of(handover, RoundKind.VISIT))
        return cursor.fetchone()[0]


def _all_of(handover: Handover, kind: RoundKind) -> dict[str, Any]:
    """The parameters of `_CHOSEN` for all that a round of this kind could be about."""
    return {
        "handover": handover.pk,
        "regelingen": list(Regeling.objects.values_list("pk", flat=True)),
        "klassen": _list(Klasse.values),
        "visit": kind == RoundKind.VISIT,
        # Whether they come along is chosen when the round is fixed, so they may be asked for.
        "apart": False,
        "today": clock.today(),
    }


def size(round_: Round) -> Size:
    """What a concept would bring in now, or what a fixed round brought in. Aggregates only."""
    concept = round_.state == RoundState.CONCEPT
    with acting_as(SYSTEM_ACTOR), connection.cursor() as cursor:
        chosen = _chosen(round_)
        cursor.execute(_CHOSEN_HOUSEHOLDS if concept else _BROUGHT_HOUSEHOLDS, chosen)
        households = cursor.fetchone()[0]
        return Size(households, _tallied(_CHOSEN_BY_REGELING if concept else _BROUGHT_BY_REGELING, chosen))


def left_out(round_: Round) -> LeftOut:
    """Whom a concept would leave out because of other rounds if it were fixed now; of others nobody.

    Aggregates only. Costs one query.
    """
    if round_.state != RoundState.CONCEPT:
        return LeftOut()
    with acting_as(SYSTEM_ACTOR), connection.cursor() as cursor:
        cursor.execute(_LEFT_OUT, _chosen(round_))
        return LeftOut(*cursor.fetchone())


def _tallied(query: str, chosen: dict[str, Any]) -> list[Count]:
    with connection.cursor() as cursor:
        cursor.execute(query, chosen)
        found = {code: tally for code, *tally in cursor.fetchall()}
    return [Count(regeling, *found[regeling.pk]) for regeling in Regeling.everything.filter(pk__in=found)]


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

    Raises PermissionDenied; NotNow where the data were gathered for something else, or an agreement ended;
    IntegrityError for a letter round with several regelingen.
    """
    check(by, Permission.ROUND_MAKE)
    check_gathered_for(handover, MINIMA)
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


def fix(*, round_: Round, by: User, with_running: bool = False) -> Round:
    """Freeze a concept: its households come in, each once, and a visit round gets its looplijsten.

    A visit round leaves out who stands on another one that runs, unless `with_running`: what runs is known
    only now (decision 0017). Raises PermissionDenied, NotNow (the maker himself, already fixed, an agreement
    that ended, or all stand on another round), StateChanged (two at once).
    """
    check(by, Permission.ROUND_FIX)
    for _ in range(_RETRIES):
        try:
            with transaction.atomic():
                return _fix(Round.objects.select_for_update().get(pk=round_.pk), by, with_running)
        except IntegrityError as error:
            if said := refusal(error):
                raise NotNow(said) from None
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


def _fix(round_: Round, by: User, with_running: bool) -> Round:
    check_can_fix(round_, by)
    check_gathered_for(round_.handover, round_.purpose)
    left = left_out(round_)
    with acting_as(SYSTEM_ACTOR):
        fingerprint = _fill(round_, with_running)
        if round_.kind == RoundKind.VISIT:
            looplijsten.make(round_=round_)
        households = Approach.objects.filter(round=round_).values("household_id").distinct().count()
    if left.running and not households:
        raise NotNow(ALL_RUNNING)
    with connection.cursor() as cursor:
        cursor.execute("SELECT poort.analyseer_ronde()")
    transitions.apply(
        round_,
        transitions.FIX,
        by=by,
        details={
            "huishoudens": households,
            "vingerafdruk": fingerprint,
            "op_lopende_ronde": left.running,
            "lopend_meegenomen": with_running,
            "al_geregeld": left.settled,
        },
        fixed_by=by,
        fixed_at=clock.now(),
        inputs_hash=fingerprint,
    )
    return round_


def _fill(round_: Round, with_running: bool) -> str:
    """Bring the households in; the fingerprint of what came in."""
    chosen = _chosen(round_) | {"apart": not with_running}
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
        "apart": True,
        "today": clock.today(),
    }


def _list(values: Sequence[str]) -> list[str]:
    return [str(value) for value in values]
