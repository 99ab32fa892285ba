"""What every view of this room has around it."""

import functools
from collections.abc import Callable

from celery import Task
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from eligibility.permissions import check_manages

View = Callable[..., HttpResponse]


def for_managers(view: View) -> View:
    """Closes a view to everybody but the applicatiebeheerder."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        check_manages(request.user)
        return view(request, *args, **kwargs)

    return guarded


def soon(task: Task, number: int) -> None:
    """Hand work to the worker once this request is committed.

    Without a broker the page still answers, since the sweep finds what is due; the error is in the log.
    """
    send = functools.partial(task.apply_async, (number,), retry=False)
    transaction.on_commit(send, robust=True)
