"""Decisions that nobody was told of: the letter about one was asked back, or could not be made.

A grant is taken when its letter is released, a refusal when a person refuses. Neither goes away with the
paper, and it works for the household only once it is told (Awb 3:40 and 3:41): so a person has to tell it, or
to take the decision back.
"""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from letters.actions import work
from letters.actions.recheck import NOT_OUT
from letters.models import Axis, Letter, LetterEvent, LetterKind, Production, WorkItem, WorkKind


def letters() -> QuerySet[Letter]:
    """Letters about a decision that are not sent any more, and were never posted in an earlier print run."""
    decision = Q(kind=LetterKind.GRANT, approach__grant__isnull=False) | Q(kind=LetterKind.REFUSAL)
    not_sent = Q(production=Production.WITHDRAWN) | Q(production__in=NOT_OUT) & ~Q(rejected="")
    posted = LetterEvent.objects.filter(letter=OuterRef("pk"), axis=Axis.PRODUCTION, code=Production.SENT)
    return Letter.objects.filter(decision, not_sent).exclude(Exists(posted))


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
