"""Queues and tasks: what is declared is served, and the broker gets numbers alone."""

import inspect
from pathlib import Path

import pytest
from django.conf import settings

from eligibility import tasks
from eligibility.views.access import soon
from outreach.celery import app
from outreach.tasks import seal_audit, sweep_requests
from tools.serve import parts

LONG = (tasks.sweep_deliveries, tasks.sweep_runs, tasks.sweep_facts)
URGENT = (
    *(tasks.sweep_exports, tasks.sweep_typed, tasks.sweep_sharing, tasks.sweep_unsealing),
    tasks.sweep_lists,
)
SWEEPS = (*LONG, *URGENT)
TASKS = (tasks.process_delivery, tasks.process_list, tasks.carry_out_run, *SWEEPS)


def served_queues() -> dict[str, str]:
    """Which role serves which queue, according to what `make run` starts."""
    return {
        part.words[part.words.index("--queues") + 1]: part.role
        for part in parts(8000)
        if "--queues" in part.words
    }


def routed(task: str) -> str:
    return app.amqp.router.route({}, task)["queue"].name


def test_every_queue_that_is_used_is_served_by_the_role_that_may():
    used = {routed(task.name) for task in TASKS} | {settings.CELERY_TASK_DEFAULT_QUEUE}
    used |= {routed(entry["task"]) for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert served_queues() == {"koppel": "koppel", "spoed": "koppel", "kantoor": "web"}
    assert used == set(served_queues())
    assert {routed(task.name) for task in (tasks.process_delivery, tasks.carry_out_run, *LONG)} == {"koppel"}


def test_what_may_not_wait_for_a_koppeling_has_a_worker_of_its_own():
    """An opt-out or a restriction by BSN is effective within a minute, also during a koppeling."""
    urgent = {task.name for task in URGENT} | {seal_audit.name, sweep_requests.name}
    assert {routed(name) for name in (*urgent, tasks.process_list.name)} == {"spoed"}
    beat = {entry["task"]: entry["schedule"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert all(beat[name] <= 60 for name in urgent)


def test_the_makefile_starts_what_was_looked_at():
    makefile = (Path(settings.BASE_DIR) / "Makefile").read_text(encoding="utf-8")
    assert "tools/serve.py" in makefile
    assert "celery" not in makefile


def test_every_task_of_the_clock_exists():
    app.loader.import_default_modules()
    assert {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} <= set(app.tasks)


def test_a_sweep_that_waited_too_long_is_dropped():
    beat = {entry["task"]: entry["schedule"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    for task in SWEEPS:
        assert 0 < task._get_exec_options()["expires"] < beat[task.name] == 30.0


def test_a_task_takes_one_number_and_is_short():
    for task in TASKS:
        taken = inspect.signature(task.run).parameters.values()
        assert [one.annotation for one in taken] in ([int], [])
        assert len(inspect.getsource(task.run).splitlines()) <= 6


@pytest.mark.parametrize(
    ("role", "sent"), [("koppel", ["sweep_runs", "sweep_lists", "sweep_deliveries"]), ("web", [])]
)
def test_a_worker_of_the_box_sweeps_as_soon_as_it_is_ready(
    monkeypatch: pytest.MonkeyPatch, settings, role, sent
):
    heard = []
    for name in ("sweep_runs", "sweep_lists", "sweep_deliveries"):
        monkeypatch.setattr(getattr(tasks, name), "delay", lambda name=name: heard.append(name))
    settings.BEREIK_ROLE = role
    tasks.sweep_at_start()
    assert heard == sent


def test_a_broker_that_is_down_stops_no_page(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    from_views = []

    def refuse(*args: object, **kwargs: object) -> None:
        from_views.append(kwargs)
        raise ConnectionError("no broker")

    monkeypatch.setattr(tasks.carry_out_run, "apply_async", refuse)
    monkeypatch.setattr("eligibility.views.access.transaction.on_commit", _now)
    soon(tasks.carry_out_run, 1)
    assert from_views == [{"retry": False}]


def _now(send, *, robust: bool) -> None:
    assert robust
    with pytest.raises(ConnectionError):
        send()
