"""What goes otherwise than planned: paper is lost, a colleague leaves, and somebody else gets the post."""

import datetime
import uuid

from eligibility.actions import seals
from eligibility.models import RunSeal, UnsealRequest
from outreach.actions import giving, leaving, representatives, sheets, tasks
from outreach.actions.giving import Part, Target
from outreach.actions.representatives import Representation
from outreach.actions.sheets import Loss
from outreach.actions.tasks import ToDo
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.management.demo import wishes
from outreach.management.demo.people import TEAMS
from outreach.models import Breach, Household, Looplijst, Representative, Role, Round, Team, User
from outreach.models.representative import RepresentativeKind
from outreach.models.task import TaskKind

LEAVER = "noor"


def happen(round_: Round, visited: list[Household], today: datetime.date) -> None:
    """All of it, once."""
    zeki, tess, carla = (User.objects.get(username=name) for name in ("zeki", "tess", "carla"))
    _lost(round_, zeki)
    _left(round_, today, tess)
    if visited:
        _represented(visited[0], today, carla)
        wishes.said(visited[-1], carla)
        _objected(visited[0], User.objects.get(username="pieter"))
    wishes.published(today, User.objects.get(username="pieter"))


def _lost(round_: Round, by: User) -> None:
    """A print that stayed behind in a tram: a breach record for the privacy officer."""
    with acting_as(by.actor()):
        looplijst = Looplijst.objects.filter(round=round_, team=by.team).first()
        if looplijst is None or Breach.objects.exists():
            return
        households = list(looplijst.items.order_by("position").values_list("household", flat=True)[:12])
        sheet, _ = sheets.make(
            looplijst=looplijst, households=households, pages=1, submission=uuid.uuid4(), by=by
        )
        loss = Loss(clock.now(), "In de tram laten liggen. De vervoerder zoekt mee.")
        sheets.lose(sheet=sheet, loss=loss, by=by)


def _left(round_: Round, today: datetime.date, leader: User) -> None:
    """A colleague of team Oost who had a list and a task in hand leaves; her team goes on with them."""
    team = Team.objects.get(name=TEAMS[1])
    user, made = User.objects.get_or_create(
        username=LEAVER,
        defaults={"first_name": "Noor", "last_name": "Peters", "role": Role.BUURTTEAM, "team": team},
    )
    if not made:
        return
    with acting_as(leader.actor()):
        looplijst = Looplijst.objects.filter(round=round_, team=team).first()
        item = looplijst.items.select_related("household").order_by("position").first() if looplijst else None
        if looplijst is None or item is None:
            return
        parts, to = [Part(looplijst)], Target(person=user)
        known = giving.plan(parts=parts, to=to, by=leader).known
        giving.hand_over(parts=parts, to=to, by=leader, known=known)
        todo = ToDo(TaskKind.HELP, today + datetime.timedelta(days=3), "Papieren liggen klaar.")
        tasks.make(household=item.household, todo=todo, to=user, by=leader)
        leaving.leave(user=user, to=team, by=leader)


def _represented(household: Household, today: datetime.date, by: User) -> None:
    """A bewindvoerder, to whom letters and calls go from now on."""
    said = Representation(
        kind=RepresentativeKind.BEWINDVOERDER,
        name="Bewindkantoor De Brug",
        postcode="1099ZZ",
        city="Waterveen",
        po_box=12,
        document="beschikking 26/114",
        phone="14 0999",
        starts_on=today - datetime.timedelta(days=30),
    )
    with acting_as(by.actor()):
        if not Representative.objects.exists():
            representatives.set_for(person=household.adults()[0], said=said, by=by)


def _objected(household: Household, by: User) -> None:
    """Who lives there wants to know why he was found; the juridisch adviseur of a visitor can agree."""
    run = household.handover_id
    if not RunSeal.objects.filter(run=run, destroyed_at=None).exists():
        return
    with acting_as(SYSTEM_ACTOR):
        person = household.adults()[0].pk
    with acting_as(by.actor()):
        if not UnsealRequest.objects.exists():
            reason = "Bezwaar van een inwoner, zaak 26/118: hij vraagt waarom hij een brief kreeg."
            seals.ask(person=person, run=run, reason=reason, by=by)
