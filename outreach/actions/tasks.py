"""Making a task for a household, giving it to somebody else, and ending it."""

import datetime
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db import models, transaction
from django.db.models import QuerySet

from outreach import transitions
from outreach.actions import notifications
from outreach.actions.present import held
from outreach.audit import Event, record
from outreach.kernel import clock
from outreach.models import Gesprek, Household, HouseholdMember, Referral, Role, Task, Team, User
from outreach.models.gesprek import ToldGone
from outreach.models.task import IN_TOUCH, Meeting, TaskDropped, TaskKind, TaskState
from outreach.permissions import Permission, check, may
from outreach.policies import NotNow

#: Who does a task: a person, or a team of which anybody may take it.
Doer = User | Team

# Who sees all buurten when in no team, or in one for all of them.
_EVERYWHERE = (Role.CONSULENT, Role.TEAMLEIDER)
_OF_ANOTHER = "Deze taak is van een ander. Vraag de teamleider om hem door te geven."


_TO_THE_MUNICIPALITY = "Alleen de gemeente kan deze melding afronden. Geef hem aan iemand van de gemeente."


class Moved(NotNow):
    """It was moved since it was looked at."""


class Given(NotNow):
    """It was given to somebody else since it was looked at."""


@dataclass(frozen=True, slots=True)
class ToDo:
    """What has to be done, and before when. An appointment also has a meeting, a time and maybe a place."""

    kind: TaskKind
    due_on: datetime.date
    text: str = ""
    meeting: Meeting | None = None
    place: str = ""
    at: datetime.time | None = None


@transaction.atomic
def make(
    *,
    household: Household,
    todo: ToDo,
    to: Doer,
    by: User,
    gesprek: Gesprek | None = None,
    submission: uuid.UUID | None = None,
) -> tuple[Task, bool]:
    """Make a task once per submission; whether it was new.

    Raises PermissionDenied, NotNow when `to` does not see the household or somebody there wants no contact,
    and IntegrityError where an appointment is not whole, or the gesprek has a task of this kind.
    """
    check(by, Permission.TASK_DO)
    to = held(to) if isinstance(to, User) else to
    check_sees(to, [household.pk])
    if todo.kind in IN_TOUCH and household.refuses_contact():
        raise NotNow("Dit huishouden wil geen contact meer. Maak geen taak waarvoor je contact zoekt.")
    made, created = Task.objects.get_or_create(
        submission=submission or uuid.uuid4(),
        defaults={
            "household": household,
            "gesprek": gesprek,
            "kind": todo.kind,
            "due_on": todo.due_on,
            "text": todo.text,
            "meeting": todo.meeting or "",
            "place": todo.place,
            "at": todo.at,
            "made_by": by,
            **doer_columns(to),
        },
    )
    if created:
        details = {"taak": made.pk, "soort": todo.kind.value}
        record(Event.TASK_MADE, "huishouden", [household.pk], details=details)
        notifications.task_given([made.pk], to)
    return made, created


@transaction.atomic
def assign(*, tasks: Iterable[Task], to: Doer, by: User, known: str | None = None) -> int:
    """Give these tasks to somebody else, all or none; how many there were.

    `known` is whose they were on the page from which he gives (`whose`). Whose it was is told when another
    gave it. Raises PermissionDenied, Given when it went to somebody else since, NotNow when one is not his to
    give or `to` does not see its household, and StateChanged when one was ended meanwhile.
    """
    check(by, Permission.TASK_DO)
    to = held(to) if isinstance(to, User) else to
    keys = [task.pk for task in tasks]
    # Of two who give at once the second waits here, and then sees whose it is by now.
    found = list(Task.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=keys).order_by("pk"))
    if known is not None and any(whose(task) != known for task in found if task.doer() != to):
        raise Given
    if Task.objects.filter(pk__in=keys).exclude(pk__in=givable(by).values("pk")).exists():
        raise NotNow(_OF_ANOTHER)
    given = hand_over(keys=keys, to=to)
    for task in tasks:
        notifications.task_changed(task)
    return given


@transaction.atomic
def hand_over(*, keys: Iterable[int], to: Doer) -> int:
    """The same without asking who gives: for whoever lets somebody leave, who asks that himself.

    Raises NotNow when `to` does not see a household, and StateChanged when a task was ended meanwhile.
    """
    to = held(to) if isinstance(to, User) else to
    wanted = sorted(set(keys))
    locked = Task.objects.open().select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk")
    tasks = list(locked)
    if len(tasks) != len(wanted):
        raise transitions.StateChanged
    check_sees(to, [task.household_id for task in tasks])
    if not all(may_get(task, to) for task in tasks):
        raise NotNow(_TO_THE_MUNICIPALITY)
    Task.objects.filter(pk__in=wanted).update(**doer_columns(to))
    if wanted:
        record(Event.TASK_GIVEN, "taak", wanted, details={kind_of(to): to.pk})
        notifications.task_given(wanted, to)
    return len(wanted)


def whose(task: Task | Referral) -> str:
    """Whose it is, to see whether it was given on meanwhile: `gebruiker 7`, `team 3`."""
    return f"gebruiker {task.owner_id}" if task.owner_id else f"team {task.team_id}"


def planned(task: Task) -> str:
    """When and where it is to be done, to see whether that was moved meanwhile: `2026-03-02 10:00 Loket`."""
    at = f"{task.at:%H:%M}" if task.at else ""
    return " ".join(filter(None, (task.due_on.isoformat(), at, task.place))).strip()


@transaction.atomic
def move(
    *, task: Task, due_on: datetime.date, at: datetime.time | None, place: str, by: User, known: str
) -> None:
    """Do it on another day; of an appointment also the time and the place.

    `known` is what who moves it saw (`planned`). Its owner is told when another did. Raises PermissionDenied,
    Moved when it was moved elsewhere since, NotNow when it is not his (`givable`) or somebody there wants no
    contact, and StateChanged when it was ended meanwhile.
    """
    check(by, Permission.TASK_DO)
    found = _locked(task, by)
    if found.kind in IN_TOUCH and Task.objects.with_refusal().get(pk=found.pk).refused:
        raise NotNow("Dit huishouden wil geen contact meer. Verzet deze taak niet.")
    meets = found.kind == TaskKind.APPOINTMENT
    moved = {"due_on": due_on} | ({"at": at, "place": place} if meets else {})
    if all(getattr(found, name) == value for name, value in moved.items()):
        return
    if known != planned(found):
        raise Moved
    Task.objects.filter(pk=found.pk).update(**moved)
    details = {"huishouden": str(found.household_id), "van": found.due_on.isoformat()}
    record(Event.TASK_MOVED, "taak", [found.pk], details=details | {"naar": due_on.isoformat()})
    notifications.task_changed(found)


def done(*, task: Task, by: User) -> None:
    """It was done. Raises as `drop` does."""
    _end(task, transitions.TASK_DONE, by)


def drop(*, task: Task, why: TaskDropped, by: User) -> None:
    """It need not be done any more, and why. Raises PermissionDenied, and StateChanged when it ended before.

    Of a report to the BRP that says that somebody lives here after all, so that letters and visits go on.
    Its owner is told when another did. Raises NotNow when it is not his (`givable`) or `may_end` says no.
    """
    _end(task, transitions.TASK_DROP, by, why)


@transaction.atomic
def _end(task: Task, arrow: transitions.Arrow, by: User, why: TaskDropped | None = None) -> None:
    check(by, Permission.TASK_DO)
    found = _locked(task, by)
    if not may_end(task, by):
        raise NotNow("Alleen de gemeente kan deze melding afronden. Geef de taak aan haar door.")
    details = {"soort": str(task.kind)} | ({"reden": why.value} if why else {})
    ended = {"done_by": by, "done_at": clock.now(), "dropped_because": why.value if why else ""}
    transitions.apply(task, arrow, by=by, details=details, **ended)
    notifications.task_changed(found)


def _locked(task: Task, by: User) -> Task:
    """The open task behind a lock. Raises StateChanged when it ended, and NotNow when it is not his."""
    found = Task.objects.open().select_for_update(of=("self",)).filter(pk=task.pk).first()
    if found is None:
        raise transitions.StateChanged
    if not givable(by).filter(pk=found.pk).exists():
        raise NotNow(_OF_ANOTHER)
    return found


def may_end(task: Task, by: User) -> bool:
    """Whether this user may say that it was done, or need not be done.

    A report to the BRP, either way, is for the municipality: letters and visits go on after it. Source:
    decision 0013; trigger `melding_van_gemeente`.
    """
    return task.kind != TaskKind.REPORT_MOVED or by.actor().municipal


def may_get(task: Task, to: Doer) -> bool:
    """Whether this task can go to somebody: a report to the BRP not from the municipality to outside it.

    There nobody can end it (`may_end`). Trigger `melding_blijft` says the same.
    """
    return task.kind != TaskKind.REPORT_MOVED or _is_municipal(to) or not _is_municipal(task.doer())


def _is_municipal(doer: Doer) -> bool:
    team = doer.team if isinstance(doer, User) else doer
    return team is None or team.municipal


def givable(by: User) -> QuerySet[Task]:
    """Tasks that this user may give on, move and end: his own, his team's, and for a teamleider all he leads.

    The trigger `van_wie` says the same to who writes to the table itself.
    """
    return Task.objects.in_hands_of(by)


def check_sees(to: Doer, households: Iterable[uuid.UUID]) -> None:
    """Raise NotNow unless he may do tasks and sees all these households."""
    wanted = set(households)
    if isinstance(to, User) and not may(to, Permission.TASK_DO):
        raise NotNow(f"{to.display_name()} doet geen taken, of werkt hier niet meer.")
    if _seen_by(to).filter(pk__in=wanted).count() != len(wanted):
        name = to.display_name() if isinstance(to, User) else to.name
        raise NotNow(f"{name} werkt niet in deze buurt, of mag dit adres niet zien. Kies iemand anders.")


def _seen_by(to: Doer) -> QuerySet[Household]:
    """Households that somebody sees, as far as the one who asks sees them himself."""
    if isinstance(to, User):
        return Household.objects.for_user(to)
    seen = Household.objects.all()
    if not to.all_areas:
        seen = seen.filter(buurt_code__in=to.buurten.values("code"))
    return seen if to.municipal else seen.filter(confidential=False)


def takers(household: Household, by: User) -> tuple[list[Team], list[User]]:
    """The teams that work where this household is, and the colleagues of this user's own team, but him.

    Who leads no one team may give a task to anybody in those teams. Costs three queries at most.
    """
    here = models.Q(buurten=household.buurt_code) | models.Q(all_areas=True)
    if household.confidential:
        here &= models.Q(municipal=True)
    teams = list(Team.objects.filter(here).distinct().order_by("name"))
    colleagues = User.objects.filter(is_active=True, role__in=transitions.FIELDWORKERS).exclude(pk=by.pk)
    mine = models.Q(team=by.team_id) if by.team_id else models.Q(team=None) | models.Q(team__in=teams)
    seeing = models.Q(team=None) | models.Q(team__in=teams)
    # Without a team a buurtteam sees nothing (user_buurtteam_has_team), the others see everything.
    found = colleagues.filter(mine, seeing).order_by("first_name", "last_name", "username")
    return teams, list(found)


def desk_for_brp(household: Household, by: User) -> Doer:
    """Who tells the BRP that somebody does not live where it says: only the municipality can (`may_end`).

    Its own desk, a team for all areas with somebody in it who decides; else who found out or his team when
    they are of the municipality; else its team in this buurt, or who sees all buurten, a teamleider first.
    Where the municipality has nobody at all, the team of who found out, until it has.
    """
    if desk := _municipal(_EVERYWHERE).filter(all_areas=True).first():
        return desk
    if by.actor().municipal:
        return by.team or by
    near = _municipal(transitions.FIELDWORKERS).filter(buurten=household.buurt_code).first()
    return near or _sees_all() or by.team or by


def _municipal(roles: Iterable[Role]) -> QuerySet[Team]:
    """Teams of the municipality in which somebody of these roles works."""
    found = Team.objects.filter(municipal=True, users__is_active=True, users__role__in=roles)
    return found.order_by("pk")


def _sees_all() -> User | None:
    """Who leads no one team, else a consulent without a team: the first who came to work here."""
    found = User.objects.filter(is_active=True, team=None, role__in=_EVERYWHERE)
    leads = models.Case(models.When(role=Role.TEAMLEIDER, then=0), default=1)
    return found.order_by(leads, "pk").first()


def brp_since(task: Task) -> datetime.date | None:
    """The peildatum of the newest koppeling since in which the BRP still says what a report says is wrong.

    None when there is none, the task ended, or it is no report. One query.
    """
    if task.kind != TaskKind.REPORT_MOVED or task.state != TaskState.OPEN or task.gesprek is None:
        return None
    adults = HouseholdMember.objects.filter(household=task.household_id, adult=True)
    later = HouseholdMember.objects.filter(
        ToldGone("household"),
        person__in=adults.values("person"),
        adult=True,
        household__handover__gt=task.household.handover_id,
        household__handover__peildatum__gt=task.gesprek.happened_on,
    )
    return later.aggregate(newest=models.Max("household__handover__peildatum"))["newest"]


def report_moved(*, household: Household, by: User, gesprek: Gesprek) -> Task:
    """The task to tell the BRP that somebody does not live here. Source: Wet BRP, art. 2.34."""
    due_on = clock.today() + datetime.timedelta(days=settings.BRP_REPORT_DAYS)
    todo = ToDo(TaskKind.REPORT_MOVED, due_on)
    return make(household=household, todo=todo, to=desk_for_brp(household, by), by=by, gesprek=gesprek)[0]


def doer_columns(to: Doer) -> dict[str, Doer | None]:
    """The columns that say whose it is from now on."""
    if isinstance(to, User):
        return {"owner": to, "team": None}
    return {"owner": None, "team": to}


def kind_of(to: Doer) -> str:
    """What the audit calls it."""
    return "gebruiker" if isinstance(to, User) else "team"


def open_of(user: User) -> QuerySet[Task]:
    """What is open in the name of this user himself, wherever it is; for when he leaves."""
    return Task.objects.filter(owner=user, state=TaskState.OPEN)
