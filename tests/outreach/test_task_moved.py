"""A task or an appointment goes to another day, and that is written down."""

import datetime
import re
import threading

import pytest
from django.db import connections
from django.test import Client

from outreach.actions import tasks
from outreach.actions.tasks import ToDo
from outreach.audit import Event
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Role, Task
from outreach.models.task import Meeting, TaskKind
from tests import factories
from tests.outreach import visits

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


@pytest.fixture
def walker():
    return factories.user(Role.BUURTTEAM, team=factories.team())


def _task(walker, kind: TaskKind) -> Task:
    meets = kind == TaskKind.APPOINTMENT
    todo = ToDo(
        kind,
        clock.today() + DAY,
        meeting=Meeting.DESK if meets else None,
        place="Loket" if meets else "",
        at=datetime.time(10) if meets else None,
    )
    with acting_as(walker.actor()):
        return tasks.make(household=factories.household(), todo=todo, to=walker, by=walker)[0]


def _post(walker, task: Task, **sent: str):
    """As from a page that was opened when the task was as given, unless told otherwise."""
    client = Client()
    client.force_login(walker)
    return client.post(f"/taken/{task.pk}/verzetten/", {"known": tasks.planned(task)} | sent)


def _now(task: Task) -> tuple[datetime.date, datetime.time | None, str]:
    with acting_as(SYSTEM_ACTOR):
        return Task.objects.values_list("due_on", "at", "place").get(pk=task.pk)


def test_an_appointment_moves_in_day_time_and_place(walker):
    task, tail, day = _task(walker, TaskKind.APPOINTMENT), visits.AuditTail(), clock.today() + 3 * DAY
    sent = {"due_on": day.isoformat(), "at": "14:30", "place": "Bibliotheek"}
    for _ in range(2):
        assert _post(walker, task, **sent).status_code == 302
    assert _now(task) == (day, datetime.time(14, 30), "Bibliotheek")
    ((actor, thing, keys, details),) = tail.lines(Event.TASK_MOVED)
    assert (actor, thing, keys) == (str(walker.pk), "taak", [str(task.pk)])
    assert (details["van"], details["naar"]) == ((clock.today() + DAY).isoformat(), day.isoformat())


def test_another_task_moves_in_day_alone(walker):
    task, day = _task(walker, TaskKind.OTHER), clock.today() + 3 * DAY
    assert _post(walker, task, due_on=day.isoformat(), at="14:30", place="Hier").status_code == 302
    assert _now(task) == (day, None, "")


def test_not_to_the_past_nor_after_it_was_done_nor_where_contact_is_refused(walker):
    task, day = _task(walker, TaskKind.CALL_BACK), clock.today() + 3 * DAY
    assert _post(walker, task, due_on=(clock.today() - DAY).isoformat()).status_code == 422
    visits.opt_out(task.household)
    assert _post(walker, task, due_on=day.isoformat()).status_code == 422
    done = _task(walker, TaskKind.OTHER)
    with acting_as(walker.actor()):
        tasks.done(task=done, by=walker)
    assert _post(walker, done, due_on=day.isoformat()).status_code == 422
    assert _now(task)[0] == _now(done)[0] == clock.today() + DAY


def _known(page: str) -> str:
    return re.search(r'name="known" value="([^"]*)"', page)[1]


def test_who_moves_what_was_moved_meanwhile_is_told_and_keeps_what_he_chose(walker):
    task, colleague = _task(walker, TaskKind.APPOINTMENT), factories.user(Role.TEAMLEIDER)
    first, second = (
        {"due_on": (clock.today() + days * DAY).isoformat(), "at": at, "place": place}
        for days, at, place in ((3, "14:30", "Bibliotheek"), (5, "09:00", "Loket West"))
    )
    client = Client()
    client.force_login(walker)
    opened = _known(client.get(f"/taken/{task.pk}/").content.decode())
    assert _post(colleague, task, known=opened, **first).status_code == 302
    refused = _post(walker, task, known=opened, **second)
    page = refused.content.decode()
    assert refused.status_code == 422
    assert "Een ander heeft deze taak net verzet" in page
    assert "14.30 uur, Bibliotheek. Klopt jouw keuze nog?" in page
    assert (f'value="{second["due_on"]}"' in page, 'value="Loket West"' in page) == (True, True)
    assert _now(task) == (clock.today() + 3 * DAY, datetime.time(14, 30), "Bibliotheek")
    # Nothing known is as good as what is no longer so. Who read it and wants it still, sends it again.
    assert _post(walker, task, known="", **second).status_code == 422
    assert _post(walker, task, known=_known(page), **second).status_code == 302
    assert _now(task) == (clock.today() + 5 * DAY, datetime.time(9), "Loket West")


def test_of_two_who_move_it_at_once_one_does(walker, unblocked):
    task, answers = _task(walker, TaskKind.OTHER), []

    def moves(days: int) -> None:
        try:
            with acting_as(walker.actor()):
                tasks.move(
                    task=task,
                    due_on=clock.today() + days * DAY,
                    at=None,
                    place="",
                    by=walker,
                    known=tasks.planned(task),
                )
            answers.append("moved")
        except tasks.Moved:
            answers.append("told")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=moves, args=(days,)) for days in (3, 4, 5, 6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["moved", "told", "told", "told"]
