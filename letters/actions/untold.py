"""Decisions and questions that nobody was told of: the letter about one was asked back, or could not be made.

A grant is taken when its letter is released, a refusal when a person refuses. Neither goes away with the
paper, and it works for the household only once it is told (Awb 3:40 and 3:41): so a person has to tell it, or
to take the decision back. A question for what is missing that was never posted keeps an application waiting
for ever, and nobody may be refused for it (Awb 4:5).
"""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from letters.actions import terms, work
from letters.actions.recheck import NOT_OUT
from letters.models import (
    Application,
    ApplicationState,
    Axis,
    Letter,
    LetterEvent,
    LetterKind,
    Production,
    WorkItem,
    WorkKind,
)
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import User


def letters() -> QuerySet[Letter]:
    """Letters about a decision, and questions that an application waits for, that are not sent any more and
    were never posted in an earlier print run. A question also when its term is over and it is not posted."""
    decision = Q(kind=LetterKind.GRANT, approach__grant__isnull=False) | Q(kind=LetterKind.REFUSAL)
    not_sent = Q(production=Production.WITHDRAWN) | Q(production__in=NOT_OUT) & ~Q(rejected="")
    posted = LetterEvent.objects.filter(letter=OuterRef("pk"), axis=Axis.PRODUCTION, code=Production.SENT)
    waiting = Application.objects.filter(approach=OuterRef("approach"), state=ApplicationState.INCOMPLETE)
    question = Q(Exists(waiting), kind=LetterKind.MISSING)
    over = Q(Exists(waiting.filter(paused_until__lt=clock.today())))
    wanted = decision & not_sent | question & (not_sent | over)
    return Letter.objects.filter(wanted).exclude(Exists(posted))


def to_settle() -> QuerySet[Letter]:
    """The same, without those that a person did something about, or seeks an address for: they are not put
    before him again."""
    items = WorkItem.objects.filter(letter=OuterRef("pk"))
    settled = items.filter(kind=WorkKind.UNTOLD, closed_at__isnull=False, closed_by__isnull=False)
    address = items.filter(kind=WorkKind.ADDRESS).filter(Q(closed_at=None) | Q(resolution=work.SENT_BY_HAND))
    return letters().exclude(Exists(settled) | Exists(address))


def put_before_a_person(asked: Iterable[UUID]) -> None:
    """Open work for those of these letters that told a decision. Needs an actor who sees all households."""
    for letter in to_settle().filter(pk__in=list(asked)):
        work.open_item(WorkKind.UNTOLD, letter=letter)


@transaction.atomic
def settle(*, item: WorkItem, resolution: str, by: User) -> None:
    """Close such an item. An application that waited for the answer to a question is assessed with what there
    is; its clock did not stop. Raises PermissionDenied and AlreadySettled."""
    work.settle(item=item, resolution=resolution, by=by)
    if item.letter is None or item.letter.kind != LetterKind.MISSING:
        return
    with acting_as(SYSTEM_ACTOR):
        waiting = Application.objects.select_related("letter", "scan").filter(
            approach=item.letter.approach_id, state=ApplicationState.INCOMPLETE
        )
        application = waiting.select_for_update(of=["self"], no_key=True).first()
        if application is not None:
            terms.wait_no_longer(application)
