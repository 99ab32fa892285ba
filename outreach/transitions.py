"""The one door through which a state changes: the arrows, who may, and which audit event.

A table of arrows per machine stands beside the models it is about: rounds and looplijst items here,
deliveries and koppelingen in their own room. docs/states.md is made from them.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import models, transaction

from outreach.audit import Event, record
from outreach.models import Role, User
from outreach.models.looplijst import ItemState
from outreach.models.round import RoundState


class StateChanged(Exception):
    """The row is not, or no longer, in a state from which this arrow leaves. `str()` is Dutch."""

    def __str__(self) -> str:
        return "Dit kan nu niet meer: de status is intussen veranderd. Bekijk de nieuwe status."


@dataclass(frozen=True, slots=True)
class Arrow:
    """One change of state. `roles` may make it; an arrow without roles is for background work alone."""

    name: str
    sources: tuple[str, ...]
    target: str
    event: Event
    roles: frozenset[Role] = frozenset()


ROUND_MAKERS = frozenset({Role.APPLICATIEBEHEERDER, Role.TEAMLEIDER})
FIELDWORKERS = frozenset({Role.BUURTTEAM, Role.CONSULENT, Role.TEAMLEIDER})

FIX = Arrow("vastgesteld", (RoundState.CONCEPT,), RoundState.FIXED, Event.ROUND_FIXED, ROUND_MAKERS)
RUN = Arrow("lopend", (RoundState.FIXED,), RoundState.RUNNING, Event.ROUND_RUNNING)
CLOSE = Arrow(
    "afgesloten",
    (RoundState.FIXED, RoundState.RUNNING),
    RoundState.CLOSED,
    Event.ROUND_CLOSED,
    ROUND_MAKERS,
)
WITHDRAW = Arrow(
    "ingetrokken", (RoundState.CONCEPT,), RoundState.WITHDRAWN, Event.ROUND_WITHDRAWN, ROUND_MAKERS
)
ROUND_ARROWS = (FIX, RUN, CLOSE, WITHDRAW)

VISIT = Arrow(
    "bezocht", (ItemState.OPEN, ItemState.VISITED), ItemState.VISITED, Event.ITEM_VISITED, FIELDWORKERS
)
FINISH = Arrow("klaar", (ItemState.OPEN, ItemState.VISITED), ItemState.DONE, Event.ITEM_DONE, FIELDWORKERS)
ITEM_ARROWS = (VISIT, FINISH)


def leaves(row: models.Model, arrow: Arrow) -> bool:
    """Whether the row, as it was read, is in a state that this arrow leaves from."""
    return row.state in arrow.sources  # type: ignore[attr-defined]


@transaction.atomic
def apply(
    row: models.Model,
    arrow: Arrow,
    *,
    by: User | None = None,
    details: Mapping[str, object] | None = None,
    **changes: object,
) -> None:
    """Move a row along an arrow, with other columns beside it, and write the audit line.

    The state is in the filter of the update, so of two who try at once one wins. Raises PermissionDenied
    when `by` has no role for it, StateChanged when the row is in another state by now.
    """
    if arrow.roles and (by is None or by.role not in arrow.roles):
        raise PermissionDenied
    changed = (
        type(row)
        ._default_manager.filter(pk=row.pk, state__in=arrow.sources)
        .update(state=arrow.target, **changes)
    )
    if changed != 1:
        raise StateChanged
    for name, value in ({"state": arrow.target} | changes).items():
        setattr(row, name, value)
    record(arrow.event, str(row._meta.verbose_name), [row.pk], details=details)
