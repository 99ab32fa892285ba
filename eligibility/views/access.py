"""What every view of this room has around it."""

import functools

from celery import Task
from django.db import transaction

from outreach.permissions import Permission
from outreach.views.access import require

#: Closes a view to everybody but the applicatiebeheerder.
for_managers = require(Permission.DELIVERY_MANAGE)


def soon(task: Task, number: int) -> None:
    """Hand work to the worker once this request is committed.

    Without a broker the page still answers, since the sweep finds what is due; the error is in the log.
    """
    send = functools.partial(task.apply_async, (number,), retry=False)
    transaction.on_commit(send, robust=True)
