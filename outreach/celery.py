"""The Celery application. Queues: `koppel` (the box), `spoed` (the box, at once) and `kantoor`."""

import os

from celery import Celery, Task
from celery.signals import before_task_publish, task_postrun, task_prerun

from outreach.kernel import trace

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "outreach.settings")

app = Celery("bereik")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@before_task_publish.connect
def _send_trace(headers: dict[str, object] | None = None, **_: object) -> None:
    """What a request leaves for later stays part of its trace; what the clock asks begins one."""
    if headers is not None:
        headers.setdefault(trace.HEADER, (trace.current() or trace.fresh()).header())


@task_prerun.connect
def _take_trace(task: Task, **_: object) -> None:
    # What runs within who asked it is part of his trace already.
    if not task.request.is_eager:
        trace.follow(trace.from_own(getattr(task.request, trace.HEADER, None)))


@task_postrun.connect
def _end_trace(task: Task, **_: object) -> None:
    if not task.request.is_eager:
        trace.follow(None)
