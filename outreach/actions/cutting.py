"""Cutting a walk of at most so many addresses from what a round has left, by criteria and a lot.

Streets are drawn by lot and taken whole until the list is full, so that a list is one walk and not a handful
of doors all over town. Equal house numbers stay together. What does not fit waits for a next list.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction

from outreach.actions.looplijsten import DOORS, WALKING_ORDER
from outreach.audit import Event, record
from outreach.kernel import clock
from outreach.models import Looplijst, Round, Team, User
from outreach.models.round import RoundKind, RoundState
from outreach.permissions import Permission, check
from outreach.policies import NotNow

#: More addresses than anybody walks with one list.
AT_MOST = 500

# On no list yet, or on the pile of a team where nobody went there. Nobody is busy with it, and it is asked
# again who may be visited at all, and what there is left to bring up. Source: Approach.objects.visitable.
_LEFT = """
    SELECT DISTINCT h.id AS household_id, h.city, h.street, h.house_number, h.house_letter, h.house_suffix
    FROM outreach_approach a
    JOIN outreach_household h ON h.id = a.household_id
    JOIN outreach_team t ON t.id = %(team)s
    WHERE a.round_id = %(round)s AND NOT a.lapsed AND a.regeling_id = ANY (%(regelingen)s)
      AND a.klasse = ANY (%(klassen)s) AND h.buurt_code = ANY (%(buurten)s)
      AND NOT h.institution AND (t.municipal OR NOT h.confidential)
      AND a.result = 'open' AND NOT EXISTS (
        SELECT FROM outreach_approach g
        WHERE g.household_id = h.id AND g.regeling_id = a.regeling_id AND g.result = 'toegekend')
      AND NOT EXISTS (SELECT FROM outreach_toldgone w WHERE w.household_id = h.id)
      AND NOT EXISTS (
        SELECT FROM outreach_looplijstitem i JOIN outreach_looplijst l ON l.id = i.looplijst_id
        WHERE i.round_id = a.round_id AND i.household_id = h.id
          AND (NOT l.pile OR i.state <> 'open' OR i.attempts > 0))
      AND NOT EXISTS (
        SELECT FROM outreach_householdmember m JOIN outreach_person p ON p.id = m.person_id
        WHERE m.household_id = h.id AND m.adult
          AND (p.departed <> '' OR p.no_contact OR p.no_visit OR a.regeling_id = ANY (p.no_contact_for)))
      AND NOT EXISTS (
        SELECT FROM outreach_householdmember m JOIN outreach_claim c ON c.person_id = m.person_id
        WHERE m.household_id = h.id AND c.until > %(now)s)
"""
# `filled` is how full the list is with all equal numbers of one street on it. Only when the first of these
# are more than the list holds, they are parted.
_DRAWN = f"""
SELECT household_id, row_number() OVER (ORDER BY {WALKING_ORDER}), city, street, total FROM (
  SELECT *, count(*) OVER doors AS filled, rank() OVER doors AS place, count(*) OVER () AS total,
         row_number() OVER (ORDER BY lot, {WALKING_ORDER}) AS nth
  FROM (SELECT *, sha256(convert_to(concat_ws('|', %(seed)s, city, street), 'UTF8')) AS lot
        FROM ({_LEFT}) AS left_over) AS streets
  WINDOW doors AS (ORDER BY lot, {DOORS})
) AS counted
WHERE filled <= %(at_most)s OR (place = 1 AND nth <= %(at_most)s)
ORDER BY 2
"""
_ADDRESSES = "unnest(%(households)s::uuid[], %(positions)s::int[]) AS drawn (household_id, position)"
_MOVE = f"""
UPDATE outreach_looplijstitem i SET looplijst_id = %(looplijst)s, position = drawn.position
FROM {_ADDRESSES}
WHERE i.round_id = %(round)s AND i.household_id = drawn.household_id AND i.state = 'open' AND i.attempts = 0
  AND i.looplijst_id IN (SELECT l.id FROM outreach_looplijst l WHERE l.pile)
"""
_ADD = f"""
INSERT INTO outreach_looplijstitem (looplijst_id, round_id, household_id, position, state, attempts)
SELECT %(looplijst)s, %(round)s, drawn.household_id, drawn.position, 'open', 0
FROM {_ADDRESSES}
WHERE NOT EXISTS (SELECT FROM outreach_looplijstitem i
                  WHERE i.round_id = %(round)s AND i.household_id = drawn.household_id)
"""


@dataclass(frozen=True, slots=True)
class Criteria:
    """What a list is made from. The same ones, with the same lot, give the same list."""

    team: int
    buurten: tuple[str, ...]
    regelingen: tuple[str, ...]
    klassen: tuple[str, ...]
    at_most: int
    seed: int

    def fingerprint(self, round_: Round) -> str:
        """What two equal questions about one round have in common."""
        said = json.dumps({"ronde": round_.pk, **asdict(self)}, sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Cut:
    """What a list would hold: its addresses in walking order, its streets, and how many fit the criteria."""

    households: tuple[UUID, ...]
    streets: int
    left: int


def criteria(
    *,
    team: Team,
    buurten: Iterable[str],
    regelingen: Iterable[str],
    klassen: Iterable[str],
    at_most: int,
    seed: int,
) -> Criteria:
    """Criteria in one order, whichever order they were chosen in."""
    chosen = [tuple(sorted({str(one) for one in some})) for some in (buurten, regelingen, klassen)]
    return Criteria(team.pk, *chosen, min(at_most, AT_MOST), seed)


def teams_of(user: User) -> list[Team]:
    """The teams for which this teamleider makes lists: all that walk somewhere, or his own."""
    walking = Team.objects.filter(all_areas=False, buurten__isnull=False).distinct().order_by("name")
    return list(walking if user.actor().all_areas else walking.filter(pk=user.team_id))


def check_leads(user: User, team: Team) -> None:
    """Raise PermissionDenied unless this user makes lists for this team."""
    check(user, Permission.LOOPLIJST_MAKE)
    if not user.actor().all_areas and user.team_id != team.pk:
        raise PermissionDenied


def preview(*, round_: Round, chosen: Criteria, by: User) -> Cut:
    """What the list would hold now. Changes nothing. Raises as `cut` does, but not for an empty one."""
    _check(round_, chosen, by)
    return _drawn(round_, chosen)


def made_before(*, round_: Round, chosen: Criteria) -> Looplijst | None:
    """The list that the same question about a round gave, wherever it went since."""
    found = Looplijst.objects.filter(cut_as=chosen.fingerprint(round_))
    return found.select_related("team", "assigned_to").first()


@transaction.atomic
def cut(*, round_: Round, chosen: Criteria, by: User) -> tuple[Looplijst, bool]:
    """Make the list, and whether it is new: the same question about a round gives the list that is there.

    Raises PermissionDenied, and NotNow when the round is not walked or nothing is left.
    """
    _check(round_, chosen, by)
    # Two who cut at once do so one after the other, so that no address is drawn twice.
    round_ = Round.objects.select_for_update().get(pk=round_.pk)
    found = made_before(round_=round_, chosen=chosen)
    if found is not None:
        return found, False
    drawn = _drawn(round_, chosen)
    if not drawn.households:
        raise NotNow(
            "Er is geen adres over dat hierbij past. Kies ruimer, of kijk op de lijsten die er al zijn."
        )
    made = Looplijst.objects.create(
        round=round_,
        team_id=chosen.team,
        made_by=by,
        pile=False,
        criteria=asdict(chosen),
        cut_as=chosen.fingerprint(round_),
    )
    put = _fill(made, drawn)
    if not put:
        raise NotNow("Deze adressen zijn net door een ander bezocht. Probeer het nog een keer.")
    details = {"ronde": round_.pk, "adressen": put, "lot": chosen.seed}
    record(Event.LOOPLIJST_CUT, "looplijst", [made.pk], details=details)
    return made, True


def next_seed(round_: Round) -> int:
    """A lot that was not drawn with yet in this round."""
    return Looplijst.objects.filter(round=round_, cut_as__isnull=False).count() + 1


def check_walked(round_: Round) -> None:
    """Raise NotNow unless people walk for this round now."""
    if round_.kind != RoundKind.VISIT:
        raise NotNow("Alleen een ronde met bezoeken heeft looplijsten.")
    if round_.state not in (RoundState.FIXED, RoundState.RUNNING):
        raise NotNow("Voor deze ronde gaat nu niemand langs.")


def _check(round_: Round, chosen: Criteria, by: User) -> None:
    check_leads(by, Team.objects.get(pk=chosen.team))
    check_walked(round_)


def _drawn(round_: Round, chosen: Criteria) -> Cut:
    own = Team.objects.get(pk=chosen.team).buurten.filter(pk__in=chosen.buurten)
    values: dict[str, Any] = {
        "round": round_.pk,
        "team": chosen.team,
        "regelingen": list(chosen.regelingen),
        "klassen": list(chosen.klassen),
        "buurten": list(own.values_list("code", flat=True)),
        "seed": str(chosen.seed),
        "at_most": chosen.at_most,
        "now": clock.now(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_DRAWN, values)
        rows = cursor.fetchall()
    streets = {(city, street) for _, _, city, street, _ in rows}
    return Cut(tuple(row[0] for row in rows), len(streets), rows[0][4] if rows else 0)


def _fill(made: Looplijst, drawn: Cut) -> int:
    """Put them on the list; how many. Where somebody went since they were drawn stays on its own list."""
    values = {
        "looplijst": made.pk,
        "round": made.round_id,
        "households": list(drawn.households),
        "positions": list(range(1, len(drawn.households) + 1)),
    }
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, values)
        moved = cursor.rowcount
        cursor.execute(_ADD, values)
        return moved + cursor.rowcount
