"""The term within which is decided, and how it stands still while something is asked.

Source: Awb 4:13 (eight weeks), 4:5 (a term to complete the application), 4:15 (until then it is suspended).
"""

import datetime
from typing import Any

from letters import transitions
from letters.actions.work import open_item
from letters.models import Application, ApplicationState, WorkKind
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.transitions import apply

#: How long somebody gets to send what was missing, from the day that the letter is planned.
COMPLETE_WITHIN = datetime.timedelta(weeks=3)


def paused(today: datetime.date) -> dict[str, Any]:
    """The columns of an application of which something is asked today: it waits for the answer."""
    return {"asked_on": today, "paused_until": today + COMPLETE_WITHIN}


def resumed(application: Application, today: datetime.date) -> dict[str, Any]:
    """The columns of an application that waits no longer: the term is longer by the days it stood still.

    It stands still from the day of asking up to the day of the answer, or the last day for one.
    """
    if application.asked_on is None or application.paused_until is None:
        return {"paused_until": None}
    stood_still = max(min(today, application.paused_until) - application.asked_on, datetime.timedelta())
    return {"paused_until": None, "decide_by": application.decide_by + stood_still}


def end_pauses() -> int:
    """Put before somebody what was asked and never came; how many. For the worker.

    Nothing is refused by itself: a person decides with what there is, or refuses since it is not complete.
    """
    with acting_as(SYSTEM_ACTOR):
        today = clock.today()
        waiting = Application.objects.select_related("letter", "scan").filter(
            state=ApplicationState.INCOMPLETE, paused_until__lt=today
        )
        over = list(waiting.select_for_update(of=["self"], no_key=True, skip_locked=True).order_by("pk"))
        for application in over:
            apply(application, transitions.TO_ASSESS, **resumed(application, today))
            open_item(WorkKind.ASSESS, letter=application.letter, scan=application.scan)
    return len(over)


def overdue(application: Application, today: datetime.date) -> bool:
    """Whether it should have been decided by now. What waits for an answer is never overdue."""
    undecided = application.state in OPEN and application.state != ApplicationState.INCOMPLETE
    return undecided and application.decide_by < today


#: Not decided yet.
OPEN = (
    ApplicationState.RECEIVED,
    ApplicationState.TO_ASSESS,
    ApplicationState.SECOND_LOOK,
    ApplicationState.INCOMPLETE,
)
