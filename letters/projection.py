"""Where a letter stands, worked out from what is known about it: the same facts in any order give the same.

Three axes. A vendor may tell late, twice and out of order; a jump (released, then sent) is as good as every
step. The newest print run counts for the paper, and for whether the post brought it back; a form that came
back is never forgotten, for every print run has the same form. No database here.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from letters.models import Axis, DeliveryState, Production, ResponseState
from letters.models.letter import WITH_FORM

#: The paper as it goes on its way. A higher one means that the lower ones happened.
_WAY = (
    Production.PLANNED,
    Production.MADE,
    Production.RELEASED,
    Production.CONFIRMED,
    Production.PRINTED,
    Production.SENT,
)
#: Ends of a print run that never reached the post. What was posted was posted, whatever came after.
_ENDS = (Production.LAPSED, Production.WITHDRAWN, Production.REFUSED)
#: A vendor spoiled the paper: it is printed again, so it is back where it was confirmed.
SPOILED = "beschadigd"

#: What is known about the form, the least first. A complete form stays complete.
_ANSWERS = (
    ResponseState.OPEN,
    ResponseState.RECEIVED,
    ResponseState.UNSIGNED,
    ResponseState.INCOMPLETE,
    ResponseState.COMPLETE,
)

CODES: dict[str, frozenset[str]] = {
    Axis.PRODUCTION: frozenset({*_WAY, *_ENDS, SPOILED}),
    Axis.DELIVERY: frozenset({DeliveryState.RETURNED}),
    Axis.RESPONSE: frozenset(_ANSWERS[1:]),
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that happened to a letter."""

    axis: str
    code: str
    reason: str = ""
    print_run: int = 1


@dataclass(frozen=True, slots=True)
class Standing:
    """The three axes of a letter, and why it came back."""

    production: str
    delivery: str
    delivery_reason: str
    response: str


def standing(kind: str, print_run: int, facts: Iterable[Fact]) -> Standing:
    """Where a letter of this kind stands in its current print run."""
    known = list(facts)
    paper = [fact for fact in known if fact.print_run == print_run]
    reasons = sorted(fact.reason for fact in paper if fact.axis == Axis.DELIVERY)
    return Standing(
        production=_production([fact.code for fact in paper if fact.axis == Axis.PRODUCTION]),
        delivery=DeliveryState.RETURNED if reasons else DeliveryState.UNKNOWN,
        delivery_reason=next(filter(None, reasons), ""),
        response=_response(kind, {f.code for f in known if f.axis == Axis.RESPONSE}),
    )


def _production(codes: list[str]) -> str:
    told = set(codes)
    if Production.SENT in told:
        return Production.SENT
    for end in _ENDS:
        if end in told:
            return end
    return next((step for step in reversed(_WAY) if step in told), Production.PLANNED)


def _response(kind: str, codes: set[str]) -> str:
    if kind not in WITH_FORM:
        return ResponseState.NONE
    return next((answer for answer in reversed(_ANSWERS) if answer in codes), ResponseState.OPEN)
