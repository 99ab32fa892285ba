"""The term within which is decided, and how it stands still while something is asked.

Source: Awb 4:13 (eight weeks), 4:5 (a term to complete the application), 4:15 (until then it is suspended).
"""

import datetime
from collections.abc import Mapping
from typing import Any

from django.db.models import Min, OuterRef, QuerySet, Subquery
from django.utils.timezone import localdate

from letters import transitions
from letters.actions.work import open_item
from letters.models import (
    Application,
    ApplicationState,
    Axis,
    Letter,
    LetterEvent,
    LetterKind,
    Production,
    ResponseState,
    WorkKind,
)
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.policies import NotNow
from outreach.transitions import apply

#: How long somebody gets to send what was missing: from the day that the letter is in the post, and until
#: then from the day that it is made. On the letter stands the last day counted from its making.
COMPLETE_WITHIN = datetime.timedelta(weeks=3)
#: How much longer a person may give, from today.
EXTEND_AT_MOST = datetime.timedelta(weeks=12)


def paused(today: datetime.date) -> dict[str, Any]:
    """The columns of an application of which something is asked today: it waits for the answer."""
    return {"asked_on": today, "paused_until": today + COMPLETE_WITHIN}


def resumed(application: Application, today: datetime.date) -> dict[str, Any]:
    """The columns of an application that waits no longer: the term is longer by the days it stood still.

    It stands still from the day that the question was posted up to the day of the answer, or the last day for
    one (Awb 4:15). A question that was never posted stopped no clock.
    """
    since = _stopped_on(application)
    if since is None or application.paused_until is None:
        return {"paused_until": None}
    stood_still = max(min(today, application.paused_until) - since, datetime.timedelta())
    return {"paused_until": None, "decide_by": application.decide_by + stood_still}


def _stopped_on(application: Application) -> datetime.date | None:
    posted = posted_on(application)
    if posted is None and _questions(application).exclude(response=ResponseState.OPEN).exists():
        return application.asked_on  # it came back, so it was posted, whatever the vendor told
    return posted


def _questions(application: Application) -> QuerySet[Letter]:
    return Letter.objects.filter(approach=application.approach_id, kind=LetterKind.MISSING)


def _postings() -> QuerySet[LetterEvent]:
    return LetterEvent.objects.filter(axis=Axis.PRODUCTION, code=Production.SENT)


def posted_on(application: Application) -> datetime.date | None:
    """When the question for what is missing went into the post, says the vendor; None while it did not."""
    told = _postings().filter(letter__in=_questions(application)).aggregate(first=Min("occurred_at"))
    return localdate(told["first"]) if told["first"] else None


def check_can_extend(application: Application, until: datetime.date) -> None:
    """Raises NotNow when this is no later day than the one there is, or too late a one."""
    if application.paused_until is None or until <= application.paused_until:
        raise NotNow("Kies een dag na de dag waarop de termijn nu eindigt.")
    if until > clock.today() + EXTEND_AT_MOST:
        raise NotNow("Kies een dag binnen twaalf weken.")


def end_pauses() -> int:
    """Put before somebody what was asked and never came; how many. For the worker.

    Nothing is refused by itself: a person decides with what there is, or refuses since it is not complete.
    What was asked in a letter that was never posted does not end here: that is work (letters.actions.untold).
    """
    with acting_as(SYSTEM_ACTOR):
        posted = _posted()
        _follow_the_post(posted)
        waiting = Application.objects.select_related("letter", "scan").filter(
            state=ApplicationState.INCOMPLETE, paused_until__lt=clock.today(), pk__in=list(posted)
        )
        over = list(waiting.select_for_update(of=["self"], no_key=True, skip_locked=True).order_by("pk"))
        for application in over:
            wait_no_longer(application)
    return len(over)


def wait_no_longer(application: Application) -> None:
    """Put an application before who assesses it, with what there is. As SYSTEM_ACTOR."""
    apply(application, transitions.TO_ASSESS, **resumed(application, clock.today()))
    open_item(WorkKind.ASSESS, letter=application.letter, scan=application.scan)


def _posted() -> dict[int, datetime.date]:
    """Applications that wait for the answer to a question that is in the post, with the day of the post."""
    of_question = _postings().filter(letter__approach=OuterRef("approach"), letter__kind=LetterKind.MISSING)
    first = Subquery(of_question.order_by("occurred_at").values("occurred_at")[:1])
    waiting = Application.objects.filter(state=ApplicationState.INCOMPLETE)
    rows = waiting.annotate(posted=first).order_by("pk").values_list("pk", "posted")
    return {key: localdate(posted) for key, posted in rows if posted is not None}


def _follow_the_post(posted: Mapping[int, datetime.date]) -> None:
    """The term runs from the day of the post, and never ends before the day that stands on the letter."""
    for key, day in posted.items():
        until = day + COMPLETE_WITHIN
        Application.objects.filter(pk=key, state=ApplicationState.INCOMPLETE, paused_until__lt=until).update(
            paused_until=until
        )


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
