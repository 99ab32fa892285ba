"""What still has to be done: made once, seen where the household is seen, given on all or none."""

import datetime
import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, connection, transaction

from outreach.actions import gesprekken, tasks
from outreach.actions.gesprekken import Attempt
from outreach.actions.tasks import ToDo
from outreach.audit import Event
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Household, Notification, Role, Task, Team, User
from outreach.models.gesprek import AttemptKind, DayPart, GesprekResult
from outreach.models.notification import NotificationKind
from outreach.models.task import Meeting, TaskDropped, TaskKind, TaskState
from outreach.policies import NotNow
from outreach.transitions import StateChanged
from tests import factories
from tests.outreach.visits import AuditTail

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 11, 22)
CALL = ToDo(TaskKind.CALL_BACK, DAY, "Belt graag na zes uur")


@pytest.fixture
def team() -> Team:
    return factories.team()


@pytest.fixture
def walker(team):
    return factories.user(Role.BUURTTEAM, team=team)


@pytest.fixture
def of() -> Household:
    return factories.household()


def _make(of, by, *, to=None, todo=CALL, submission=None) -> Task:
    with acting_as(by.actor()):
        return tasks.make(household=of, todo=todo, to=to or by, by=by, submission=submission)[0]


def _seen(user) -> set[int]:
    with acting_as(user.actor()):
        return set(Task.objects.values_list("pk", flat=True))


def _now(task) -> Task:
    with acting_as(SYSTEM_ACTOR):
        return Task.objects.get(pk=task.pk)


def test_the_same_form_makes_one_task_and_one_line(walker, of):
    tail, submission = AuditTail(), uuid.uuid4()
    first, second = (_make(of, walker, submission=submission) for _ in range(2))
    assert first == second
    assert tail.lines(Event.TASK_MADE) == [
        (str(walker.pk), "huishouden", [str(of.pk)], {"taak": first.pk, "soort": "terugbellen"})
    ]


def test_a_task_is_seen_where_its_household_is(walker, of):
    made = _make(of, walker)
    neighbour = factories.user(Role.BUURTTEAM, team=factories.team("Team Zuid", buurten=["BU03630009"]))
    assert made.pk in _seen(walker)
    assert made.pk in _seen(factories.user(Role.CONSULENT))
    for other in (neighbour, factories.user(Role.ANALIST), factories.user(Role.PRIVACY_OFFICER)):
        assert _seen(other) == set()


def test_whose_it_is_decides_who_finds_it_under_his_own(team, walker, of):
    colleague = factories.user(Role.BUURTTEAM, team=team)
    mine, ours, his = _make(of, walker), _make(of, walker, to=team), _make(of, walker, to=colleague)
    with acting_as(walker.actor()):
        assert set(Task.objects.for_user(walker)) == {mine, ours}
        assert set(Task.objects.led_by(walker)) == {mine, ours, his}
    leader = factories.user(Role.TEAMLEIDER)
    with acting_as(leader.actor()):
        assert set(Task.objects.for_user(leader)) == set()
        assert set(Task.objects.led_by(leader)) == {mine, ours, his}


def test_the_last_day_is_in_time_and_the_day_after_is_late(walker, of):
    made = _make(of, walker)
    with acting_as(walker.actor()):
        assert list(Task.objects.overdue(DAY)) == []
        assert list(Task.objects.overdue(DAY + datetime.timedelta(days=1))) == [made]
        tasks.done(task=made, by=walker)
        assert list(Task.objects.overdue(DAY + datetime.timedelta(days=1))) == []
    assert not made.is_overdue(DAY + datetime.timedelta(days=1))


def _drop(*, task: Task, by: User) -> None:
    tasks.drop(task=task, why=TaskDropped.MISTAKE, by=by)


@pytest.mark.parametrize(
    ("state", "why"), [("vervallen", ""), ("gedaan", "vergissing"), ("vervallen", "zomaar")]
)
def test_the_database_wants_a_reason_of_the_list_for_what_is_dropped(walker, of, state, why):
    made = _make(of, walker)
    with pytest.raises(IntegrityError, match="task_dropped_because"), acting_as(walker.actor()):
        Task.objects.filter(pk=made.pk).update(
            state=state, dropped_because=why, done_by=walker, done_at=clock.now()
        )


@pytest.mark.parametrize(
    ("end", "state", "event"),
    [(tasks.done, TaskState.DONE, Event.TASK_DONE), (_drop, TaskState.DROPPED, Event.TASK_DROPPED)],
)
def test_a_task_ends_once(walker, of, end, state, event):
    tail, made = AuditTail(), _make(of, walker)
    with acting_as(walker.actor()):
        end(task=made, by=walker)
    with acting_as(walker.actor()), pytest.raises(StateChanged):
        end(task=_now(made), by=walker)
    after = _now(made)
    assert (after.state, after.done_by_id) == (state, walker.pk)
    assert after.done_at
    assert len(tail.lines(event)) == 1


def test_an_ended_task_does_not_change_in_the_database(walker, of):
    made = _make(of, walker)
    with acting_as(walker.actor()):
        tasks.done(task=made, by=walker)
    with pytest.raises(IntegrityError, match="a task that ended"), acting_as(walker.actor()):
        Task.objects.filter(pk=made.pk).update(due_on=DAY)


@pytest.mark.parametrize("change", ["DELETE FROM outreach_task", "UPDATE outreach_task SET text = ''"])
def test_what_was_asked_stays(walker, of, change):
    _make(of, walker)
    refused = pytest.raises(DatabaseError, match="permission denied")
    with refused, acting_as(walker.actor()), connection.cursor() as cursor:
        cursor.execute(change)


def test_one_person_or_one_team_and_never_both(walker, of):
    with pytest.raises(IntegrityError, match="task_owner_or_team"), acting_as(walker.actor()):
        Task.objects.create(
            household=of, kind="overig", due_on=DAY, owner=walker, team=walker.team, made_by=walker
        )


def test_an_appointment_has_a_time_and_says_how_one_meets(walker, of):
    whole = ToDo(TaskKind.APPOINTMENT, DAY, "", Meeting.DESK, "Stadsloket", datetime.time(14))
    assert _make(of, walker, todo=whole).at == datetime.time(14)
    for part in (ToDo(TaskKind.APPOINTMENT, DAY), ToDo(TaskKind.CALL_BACK, DAY, place="Stadsloket")):
        with pytest.raises(IntegrityError, match="task_appointment_whole"):
            _make(of, walker, todo=part)


# --- giving it to somebody else ---


def test_several_are_given_on_and_written_down_once(team, walker, of):
    colleague = factories.user(Role.BUURTTEAM, team=team)
    tail, made = AuditTail(), [_make(of, walker) for _ in range(3)]
    with acting_as(walker.actor()):
        assert tasks.assign(tasks=made, to=colleague, by=walker) == 3
    assert {_now(task).owner for task in made} == {colleague}
    assert tail.lines(Event.TASK_GIVEN) == [
        (str(walker.pk), "taak", [str(task.pk) for task in made], {"gebruiker": colleague.pk})
    ]


def test_one_that_the_other_may_not_see_keeps_them_all(walker, of):
    hidden = factories.household(confidential=True)
    outside = factories.user(Role.BUURTTEAM, team=factories.team("Buiten", municipal=False))
    made = [_make(of, walker), _make(hidden, walker)]
    with acting_as(walker.actor()), pytest.raises(NotNow, match="mag dit adres niet zien"):
        tasks.assign(tasks=made, to=outside, by=walker)
    assert {_now(task).owner for task in made} == {walker}


def test_one_that_was_ended_meanwhile_keeps_them_all(team, walker, of):
    made = [_make(of, walker), _make(of, walker)]
    with acting_as(walker.actor()):
        tasks.done(task=made[1], by=walker)
    with acting_as(walker.actor()), pytest.raises(StateChanged):
        tasks.assign(tasks=made, to=team, by=walker)
    assert _now(made[0]).owner == walker


def test_nobody_gives_away_what_is_anothers_but_the_teamleider_does(team, walker, of):
    colleague = factories.user(Role.BUURTTEAM, team=team)
    made = _make(of, colleague)
    with acting_as(walker.actor()), pytest.raises(NotNow, match="van een ander"):
        tasks.assign(tasks=[made], to=walker, by=walker)
    leader = factories.user(Role.TEAMLEIDER)
    with acting_as(leader.actor()):
        tasks.assign(tasks=[made], to=walker, by=leader)
    assert _now(made).owner == walker


def _move(*, task: Task, by: User) -> None:
    due_on, known = DAY + datetime.timedelta(days=7), tasks.planned(task)
    tasks.move(task=task, due_on=due_on, at=None, place="", by=by, known=known)


@pytest.mark.parametrize("change", [tasks.done, _drop, _move])
def test_a_task_of_another_is_changed_by_who_leads_them_and_its_owner_is_told(team, walker, of, change):
    colleague, made = factories.user(Role.BUURTTEAM, team=team), _make(of, walker)
    for other in (colleague, factories.user(Role.CONSULENT)):
        with acting_as(other.actor()), pytest.raises(NotNow, match="van een ander"):
            change(task=made, by=other)
    assert (_now(made).state, _now(made).due_on) == (TaskState.OPEN, DAY)
    leader = factories.user(Role.TEAMLEIDER, team=team)
    with acting_as(leader.actor()):
        change(task=made, by=leader)
    with acting_as(walker.actor()):
        told = Notification.objects.get(kind=NotificationKind.TASK_CHANGED)
    assert told.about == made.pk


@pytest.mark.parametrize("change", [tasks.done, _drop, _move])
def test_of_what_one_does_oneself_one_is_not_told(walker, of, change):
    made = _make(of, walker)
    with acting_as(walker.actor()):
        change(task=made, by=walker)
        assert not Notification.objects.exists()


def test_no_task_for_who_does_not_work_with_people_or_left(walker, of):
    analyst, gone = factories.user(Role.ANALIST), factories.user(Role.CONSULENT)
    gone.is_active = False
    gone.save()
    for nobody in (analyst, gone):
        with pytest.raises(NotNow, match="doet geen taken"):
            _make(of, walker, to=nobody)
    with pytest.raises(PermissionDenied):
        _make(of, analyst, to=walker)


def test_who_can_be_given_a_task(team, walker, of):
    colleague = factories.user(Role.BUURTTEAM, team=team)
    elsewhere = factories.team("Team Zuid", buurten=["BU03630009"])
    factories.user(Role.BUURTTEAM, team=elsewhere)
    teams, people = tasks.takers(of, walker)
    assert (teams, people) == ([team], [colleague])
    consulent, other = factories.user(Role.CONSULENT), factories.user(Role.CONSULENT)
    _, people = tasks.takers(of, consulent)
    assert set(people) == {walker, colleague, other}


# --- the BRP ---


def test_the_brp_is_told_by_the_desk_of_the_municipality(walker, team, of):
    assert tasks.desk_for_brp(of, walker) == team
    assert tasks.desk_for_brp(of, consulent := factories.user(Role.CONSULENT)) == consulent
    desk = factories.team("Burgerzaken", buurten=[])
    desk.all_areas = True
    desk.save()
    for role in (Role.ANALIST, Role.BUURTTEAM):
        factories.user(role, team=desk)
    assert tasks.desk_for_brp(of, walker) == team
    factories.user(Role.CONSULENT, team=desk)
    assert tasks.desk_for_brp(of, walker) == desk


def test_without_a_desk_what_an_outside_team_found_goes_to_who_may_end_it(of):
    outside = factories.user(Role.BUURTTEAM, team=factories.team("Stichting", municipal=False))
    factories.user(Role.TEAMLEIDER, team=outside.team)
    factories.user(Role.BUURTTEAM, team=factories.team("Elders", buurten=["BU9"]))
    assert tasks.desk_for_brp(of, outside) == outside.team
    for role in (Role.CONSULENT, Role.TEAMLEIDER):
        anybody = factories.user(role)
        assert tasks.desk_for_brp(of, outside) == anybody
    near = factories.team("Buurtteam van de gemeente")
    assert tasks.desk_for_brp(of, outside) == anybody
    near_by = factories.user(Role.BUURTTEAM, team=near)
    assert tasks.desk_for_brp(of, outside) == near
    with acting_as(outside.actor()):
        attempt = Attempt(AttemptKind.VISIT, DayPart.MORNING, DAY, reached=False, result=GesprekResult.MOVED)
        gesprekken.save(submission=uuid.uuid4(), household=of, item=None, attempt=attempt, by=outside)
    with acting_as(near_by.actor()):
        made = Task.objects.for_user(near_by).get()
        tasks.done(task=made, by=near_by)
    assert _now(made).state == TaskState.DONE


REPORT = ToDo(TaskKind.REPORT_MOVED, datetime.date(2099, 1, 1))


_TOLD = {"state": TaskState.DONE}
_LIVES_HERE = {"state": TaskState.DROPPED, "dropped_because": TaskDropped.LIVES_HERE}


@pytest.mark.parametrize(("end", "said"), [(tasks.done, _TOLD), (_drop, _LIVES_HERE)])
def test_a_team_outside_the_municipality_does_not_end_a_report_to_the_brp(walker, of, end, said):
    """Either way letters and visits go on after it."""
    team = walker.team
    team.municipal = False
    team.save()
    task = _make(of, walker, todo=REPORT)
    with acting_as(walker.actor()), pytest.raises(NotNow, match="gemeente"):
        end(task=task, by=walker)
    with acting_as(walker.actor()), pytest.raises(IntegrityError, match="municipality"), transaction.atomic():
        Task.objects.filter(pk=task.pk).update(done_by=walker, done_at=clock.now(), **said)
    municipal = factories.user(Role.TEAMLEIDER)
    with acting_as(municipal.actor()):
        end(task=task, by=municipal)
    assert _now(task).state == said["state"]
