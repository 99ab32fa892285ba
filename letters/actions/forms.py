"""What comes back from a household: an application on a form, or the letter itself."""

import datetime
from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from letters import transitions
from letters.actions.ledger import Told, tell
from letters.actions.work import open_item, settle_all
from letters.models import Application, ApplicationState, Axis, Letter, ResponseState, Scan, WorkKind
from letters.models.application import DECIDE_WITHIN
from outreach.audit import Event, record
from outreach.kernel import clock
from outreach.models import Approach, User
from outreach.models.approach import Response
from outreach.transitions import apply

#: How long somebody gets to send what was missing. Source: Awb 4:5, a reasonable term; two weeks in practice.
COMPLETE_WITHIN = datetime.timedelta(weeks=2)


@transaction.atomic
def came_back(letters: Iterable[UUID], reason: str) -> int:
    """What follows from post that could not be delivered: somebody looks for the right address.

    To be called, in the same transaction and as SYSTEM_ACTOR, by who told these letters `onbestelbaar` through
    `ledger.tell`; `reason` is the vendor's code. Reminders stop by themselves, since none goes to a letter
    whose delivery is `onbestelbaar`, and such a letter leaves `Letter.objects.answerable()`. One open item per
    letter; a letter of which the form came back all the same needs none. The number of letters put in the queue.
    """
    found = Letter.objects.filter(pk__in=set(letters)).exclude(response__in=_ANSWERED).order_by("pk")
    asked = [open_item(WorkKind.ADDRESS, letter=letter).pk for letter in found]
    if asked:
        record(Event.LETTERS_RETURNED, "werk", asked, details={"reden": reason, "brieven": len(asked)})
    return len(asked)


#: Answers by which the household shows that the letter reached it.
_ANSWERED = (
    ResponseState.RECEIVED,
    ResponseState.COMPLETE,
    ResponseState.UNSIGNED,
    ResponseState.INCOMPLETE,
)


@transaction.atomic
def receive(*, letter: Letter, scan: Scan, received_on: datetime.date) -> Application:
    """The application of an approach, made when this is the first form that came back for it.

    Whichever of its letters came back, there is one application, with the day of the first form as the day it
    was received. A form sent after something was asked takes the place of the incomplete one, and the term
    runs on (Awb 4:15).
    """
    Approach.objects.select_for_update(of=["self"], no_key=True).get(pk=letter.approach_id)
    application = Application.objects.select_related("letter").filter(approach=letter.approach_id).first()
    if application is None:
        application = Application.objects.create(
            letter=letter,
            approach=letter.approach,
            scan=scan,
            received_on=received_on,
            decide_by=received_on + DECIDE_WITHIN,
        )
        record(Event.APPLICATION_RECEIVED, "aanvraag", [application.pk])
    Approach.objects.filter(pk=letter.approach_id).update(response=Response.FORM)
    tell([letter.pk], Told(Axis.RESPONSE, ResponseState.RECEIVED))
    settle_all(letter, (WorkKind.ADDRESS,), "formulier_terug", None)
    return application
