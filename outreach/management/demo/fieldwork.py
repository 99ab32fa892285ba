"""What some weeks of walking leave behind: paper, tasks, a warning, a hand-over, and the rapport."""

import datetime
import math
import uuid
from random import Random

from letters.actions import report
from outreach.actions import cutting, giving, handing_over, notifications, outlines, safety, sheets, tasks
from outreach.actions.giving import Part, Target
from outreach.actions.handing_over import Consent
from outreach.actions.safety import Warned
from outreach.actions.tasks import ToDo
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.management.demo import mishaps
from outreach.models import (
    Buurt,
    Household,
    Klasse,
    Looplijst,
    LooplijstItem,
    Organisation,
    Round,
    SafetyInstruction,
    Task,
    User,
)
from outreach.models.looplijst import ItemState
from outreach.models.referral import OrganisationKind
from outreach.models.safety import SafetyCategory
from outreach.models.task import TaskKind
from outreach.outlines import Point, Ring

SHORT_LIST = 20
# Where the invented town lies, and how large a buurt is, in meters of the Rijksdriehoeksmeting.
_EAST, _NORTH, _SIZE = 121_000, 487_000, 700


def leave_behind(round_: Round, today: datetime.date) -> None:
    """All of it, once."""
    tess, bea = (User.objects.get(username=name) for name in ("tess", "bea"))
    looplijst = _short_list(round_, tess, bea)
    with acting_as(SYSTEM_ACTOR):
        visited = list(
            LooplijstItem.objects.filter(round=round_, looplijst__team=bea.team, state=ItemState.VISITED)
            .select_related("household")
            .order_by("position")[:4]
        )
    _on_paper(looplijst, bea)
    _tasks([item.household for item in visited], today, bea, tess)
    if visited:
        _warning(visited[0].household, today, bea, tess)
        _handed_over(visited[-1].household, today, bea)
    mishaps.happen(round_, [item.household for item in visited], today)
    notifications.sweep()


def _short_list(round_: Round, leader: User, walker: User) -> Looplijst:
    """A walk of at most so many addresses, for one person."""
    with acting_as(leader.actor()):
        chosen = cutting.criteria(
            team=walker.team,
            buurten=walker.team.buurten.values_list("code", flat=True),
            regelingen=round_.regelingen,
            klassen=Klasse.values,
            at_most=SHORT_LIST,
            seed=cutting.next_seed(round_),
        )
        made, _ = cutting.cut(round_=round_, chosen=chosen, by=leader)
        parts, to = [Part(made)], Target(person=walker)
        known = giving.plan(parts=parts, to=to, by=leader).known
        [given] = giving.hand_over(parts=parts, to=to, by=leader, known=known)
    return given


def _on_paper(looplijst: Looplijst, by: User) -> None:
    with acting_as(by.actor()):
        households = list(looplijst.items.order_by("position").values_list("household", flat=True))
        sheets.make(looplijst=looplijst, households=households, pages=1, submission=uuid.uuid4(), by=by)


def _tasks(households: list[Household], today: datetime.date, by: User, leader: User) -> None:
    """For oneself, for the team and for who leads it; of two of them the term is over."""
    late = today - datetime.timedelta(days=4)
    wanted = (
        (ToDo(TaskKind.CALL_BACK, today, "Belt liever na zes uur."), by),
        (ToDo(TaskKind.HELP, today + datetime.timedelta(days=7), "Zoekt de brief nog."), by.team),
        (ToDo(TaskKind.CALL_BACK, late, "Vroeg wanneer de pas komt."), by),
        (ToDo(TaskKind.HELP, late, "Wil dat iemand van de gemeente meekijkt."), leader),
    )
    with acting_as(by.actor()):
        if Task.objects.exists():
            return
        for household, (todo, to) in zip(households, wanted, strict=False):
            tasks.make(household=household, todo=todo, to=to, by=by)


def _warning(household: Household, today: datetime.date, author: User, approver: User) -> None:
    until = today + datetime.timedelta(days=90)
    warned = Warned(SafetyCategory.ANIMAL, until, "De hond loopt los in de voortuin.")
    with acting_as(author.actor()):
        if SafetyInstruction.objects.exists():
            return
        made = safety.propose(household=household, warned=warned, by=author)
    with acting_as(approver.actor()):
        safety.approve(instruction=made, by=approver)


def _handed_over(household: Household, today: datetime.date, by: User) -> None:
    organisation, _ = Organisation.objects.get_or_create(
        name="Schuldhulp Waterveen", defaults={"kind": OrganisationKind.DEBT, "phone": "14 0999"}
    )
    Organisation.objects.get_or_create(name="Voedselbank Waterveen", defaults={"kind": OrganisationKind.FOOD})
    with acting_as(by.actor()):
        adult = household.adults()[0]
        handing_over.ask(
            household=household,
            organisation=organisation,
            question="Wil hulp bij een betalingsregeling.",
            consent=Consent(adult, today),
            by=by,
            submission=uuid.uuid5(household.pk, "demo"),
        )


def draw_map(by: User) -> int:
    """Give the buurten of the invented town an outline, so that the rapport has a map. How many."""
    buurten = list(Buurt.objects.order_by("code"))
    across = math.ceil(math.sqrt(len(buurten)))
    rng = Random(5)  # noqa: S311 - where an invented street ends is not a secret
    steps = range(across + 1)
    corners = {(column, row): _corner(column, row, rng) for row in steps for column in steps}
    drawn: dict[str, list[Ring]] = {}
    for number, buurt in enumerate(buurten):
        row, column = divmod(number, across)
        around = [(column, row), (column + 1, row), (column + 1, row + 1), (column, row + 1), (column, row)]
        drawn[buurt.code] = [[corners[corner] for corner in around]]
    with acting_as(by.actor()):
        return outlines.read_in(outlines=drawn, by=by).drawn


def _corner(column: int, row: int, rng: Random) -> Point:
    shifted = rng.randint(-90, 90), rng.randint(-90, 90)
    return _EAST + column * _SIZE + shifted[0], _NORTH + row * _SIZE + shifted[1]


def count(by: User) -> bool:
    """Make the first stand of the rapport; false when this month has one."""
    with acting_as(by.actor()):
        return report.make(by=by) is not None
