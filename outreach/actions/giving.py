"""Giving looplijsten, or addresses of one, to a colleague or to another team: all of it, or nothing."""

import hashlib
import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from django.db import connection, transaction
from django.db.models import Count, Q

from outreach import transitions
from outreach.actions import claims, notifications
from outreach.actions.cutting import check_leads, check_walked
from outreach.actions.looplijsten import WALKING_ORDER
from outreach.actions.present import held
from outreach.audit import Event, record
from outreach.models import Household, Looplijst, LooplijstItem, Role, Round, Team, User
from outreach.models.looplijst import TO_DO
from outreach.permissions import Permission, check
from outreach.policies import NotNow
from outreach.transitions import FIELDWORKERS, StateChanged

_RENUMBER = f"""
UPDATE outreach_looplijstitem i SET looplijst_id = %(looplijst)s, position = walked.position
FROM (SELECT item_id, row_number() OVER (ORDER BY {WALKING_ORDER}) AS position
      FROM (SELECT i.id AS item_id, i.household_id, h.city, h.street, h.house_number, h.house_letter,
                   h.house_suffix
            FROM outreach_looplijstitem i JOIN outreach_household h ON h.id = i.household_id
            WHERE i.id = ANY (%(items)s)) AS given) AS walked
WHERE i.id = walked.item_id
"""


@dataclass(frozen=True, slots=True)
class Target:
    """Who walks from now on: a colleague, or a team of which anybody may."""

    person: User | None = None
    team: Team | None = None

    def __str__(self) -> str:
        return self.person.display_name() if self.person else str(self.team)

    def team_of(self, looplijst: Looplijst) -> Team:
        """Whose list it becomes. Who belongs to no buurtteam walks a list of the team that has it."""
        if self.person is not None:
            own = self.person.team if self.person.role == Role.BUURTTEAM else None
            return own or looplijst.team
        return self.team or looplijst.team


@dataclass(frozen=True, slots=True)
class Part:
    """A looplijst that is given on; with `positions` only those addresses on it that are left to do."""

    looplijst: Looplijst
    positions: tuple[int, ...] = ()

    def items(self) -> list[LooplijstItem]:
        """What goes over, in walking order."""
        items = self.looplijst.items.select_related("household").order_by("position")
        if self.positions:
            items = items.filter(position__in=self.positions, state__in=TO_DO)
        return list(items)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the preview. Where `problem` says something, nothing at all is given on."""

    looplijst: Looplijst
    addresses: int
    problem: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What would happen. `known` is the fingerprint of what it was made from."""

    lines: list[Line]
    known: str

    @property
    def possible(self) -> bool:
        return bool(self.lines) and not any(line.problem for line in self.lines)


def led_by(user: User) -> "list[Looplijst]":
    """The lists of rounds that still go on, which this teamleider may give on, with `todo`, what is left."""
    lists = Looplijst.objects.for_user(user).open().filter(round__state__in=transitions.CLOSE.sources)
    lists = lists if user.actor().all_areas else lists.filter(team=user.team_id)
    left = Count("items", filter=Q(items__state__in=TO_DO))
    return list(lists.select_related("team", "round", "assigned_to").annotate(todo=left).filter(todo__gt=0))


def colleagues() -> list[User]:
    """Everybody who can walk a list, by team."""
    found = User.objects.filter(is_active=True, role__in=FIELDWORKERS).select_related("team")
    return list(found.order_by("team__name", "last_name", "first_name", "pk"))


def plan(*, parts: Sequence[Part], to: Target, by: User) -> Plan:
    """Look at what giving on would do. Changes nothing. Raises PermissionDenied."""
    for part in parts:
        check_leads(by, part.looplijst.team)
    going = [(part, part.items()) for part in parts]
    lines = [Line(part.looplijst, len(items), _problem(part, items, to)) for part, items in going]
    return Plan(lines, _fingerprint(going))


@transaction.atomic
def hand_over(*, parts: Sequence[Part], to: Target, by: User, known: str) -> list[Looplijst]:
    """Give all of it on, and tell which lists it stands on now.

    `known` is the fingerprint of the plan that somebody agreed to. Raises PermissionDenied, NotNow with the
    first problem, StateChanged when anything changed since the plan: then nothing is given on.
    """
    check(by, Permission.LOOPLIJST_MAKE)
    to = replace(to, person=held(to.person)) if to.person else to
    parts = _locked(parts)
    planned = plan(parts=parts, to=to, by=by)
    if planned.known != known:
        raise StateChanged
    if not planned.possible:
        raise NotNow(next((line.problem for line in planned.lines if line.problem), "Kies een looplijst."))
    given = [_give(part, to, by) for part in parts]
    details = {"aan": to.person.pk if to.person else "", "team": to.team.pk if to.team else ""}
    addresses = {"adressen": sum(line.addresses for line in planned.lines)}
    record(Event.LOOPLIJST_GIVEN, "looplijst", [one.pk for one in given], details=details | addresses)
    notifications.list_given(given, to.person)
    return given


def _locked(parts: Iterable[Part]) -> list[Part]:
    """The same, read again behind locks in one order, so that two who give on wait for each other once."""
    positions = {part.looplijst.pk: part.positions for part in parts}
    rounds = Looplijst.objects.filter(pk__in=positions).values("round")
    list(Round.objects.select_for_update().filter(pk__in=rounds).order_by("pk"))
    lists = Looplijst.objects.select_for_update(of=("self",)).filter(pk__in=positions).order_by("pk")
    found = list(lists.select_related("team", "round"))
    if len(found) != len(positions):
        raise StateChanged
    return [Part(one, positions[one.pk]) for one in found]


def _problem(part: Part, items: Collection[LooplijstItem], to: Target) -> str:
    """Why this part cannot be given on; empty when it can."""
    try:
        check_walked(part.looplijst.round)
    except NotNow as refusal:
        return str(refusal)
    if not items:
        return "Er is geen adres meer te doen."
    team = to.team_of(part.looplijst)
    if not part.positions and (team.pk, to.person and to.person.pk) == (
        part.looplijst.team_id,
        part.looplijst.assigned_to_id,
    ):
        return f"Deze lijst is al van {to}."
    return unseen([item.household for item in items], to, team) or _busy(items, to)


def unseen(households: Collection[Household], to: Target, team: Team) -> str:
    """Whether who gets them may see all of these households: the row policies would hide the rest."""
    if to.person is not None and (not to.person.is_active or to.person.role not in FIELDWORKERS):
        return f"{to} loopt geen lijsten."
    actor = to.person.actor() if to.person else None
    areas = set(actor.areas) if actor else set(team.buurten.values_list("code", flat=True))
    everywhere = actor.all_areas if actor else team.all_areas
    outside = 0 if everywhere else sum(one.buurt_code not in areas for one in households)
    if outside:
        return f"{_lie(outside)} buiten de buurten van {to}."
    # Also the team of the list: its members walk along.
    municipal = team.municipal and (actor is None or actor.municipal)
    hidden = 0 if municipal else sum(one.confidential for one in households)
    return f"{_addresses(hidden)} geheim. {to} is niet van de gemeente." if hidden else ""


def _busy(items: Collection[LooplijstItem], to: Target) -> str:
    holders = claims.holders(item.household_id for item in items)
    others = [one for one in holders.values() if to.person is None or one.by.pk != to.person.pk]
    return f"{others[0].text()} Wacht tot dat adres vrij is." if others else ""


def _lie(number: int) -> str:
    return "1 adres ligt" if number == 1 else f"{number} adressen liggen"


def _addresses(number: int) -> str:
    return "1 adres is" if number == 1 else f"{number} adressen zijn"


def _give(part: Part, to: Target, by: User) -> Looplijst:
    """The list itself, or a new one with the addresses, in walking order."""
    given, team = part.looplijst, to.team_of(part.looplijst)
    if part.positions:
        items = [item.pk for item in part.items()]
        given = Looplijst.objects.create(round=given.round, team=given.team, made_by=by, pile=False)
        with connection.cursor() as cursor:
            cursor.execute(_RENUMBER, {"looplijst": given.pk, "items": items})
    given.pile = given.pile and team == given.team
    given.team, given.assigned_to = team, to.person
    given.save(update_fields=["pile", "team", "assigned_to"])
    return given


def _fingerprint(going: Iterable[tuple[Part, Collection[LooplijstItem]]]) -> str:
    """What it is made from: which lists of whom, and which addresses."""
    said = [
        [
            part.looplijst.pk,
            part.looplijst.team_id,
            part.looplijst.assigned_to_id,
            *(item.pk for item in items),
        ]
        for part, items in going
    ]
    return hashlib.sha256(json.dumps(sorted(said)).encode()).hexdigest()
