"""What came back of a round, in counts of households. Whoever asks sees no people.

A reminder is counted with the letter that it reminds of: a household counts once, whichever it answered.
"""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from letters.models import DeliveryState, Letter, LetterKind, Production, ResponseState
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Round
from outreach.models.approach import Result

_ASKED = (LetterKind.FORM, LetterKind.REMINDER)
_SILENT = (ResponseState.NONE, ResponseState.OPEN)


@dataclass(frozen=True, slots=True)
class Responses:
    """Households that were written to, whose letter came back by the post, who could answer, who did, and to
    whom it was granted. `answerable` is what a share is of."""

    sent: int = 0
    returned: int = 0
    answerable: int = 0
    answered: int = 0
    granted: int = 0


def of_round(round_: Round) -> Responses:
    """The counts of a round. Two queries, however many letters."""
    with acting_as(SYSTEM_ACTOR):
        asked = Letter.objects.filter(round=round_, kind__in=_ASKED)
        answered = ~Q(response__in=_SILENT)
        sent = Q(production=Production.SENT)
        return Responses(
            **_households(asked, sent=sent | answered, returned=sent & Q(delivery=DeliveryState.RETURNED)),
            **_households(
                asked.answerable(),
                answerable=Q(),
                answered=answered,
                granted=answered & Q(approach__result=Result.GRANTED),
            ),
        )


def _households(letters: QuerySet[Letter], **which: Q) -> dict[str, int]:
    counts = {name: Count("approach", distinct=True, filter=chosen) for name, chosen in which.items()}
    return letters.order_by().aggregate(**counts)
