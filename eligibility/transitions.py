"""The states of a delivery and of a koppeling, and the one door through which they change.

Each arrow says from where to where, who may, and what the audit then says. An arrow without roles is for
the worker alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import models, transaction

from eligibility.models import Delivery, DeliveryState, Run, RunState
from outreach.audit import Event, record
from outreach.models import Role, User

_MANAGER = frozenset({Role.APPLICATIEBEHEERDER})


class StateChanged(Exception):
    """The row is not, or no longer, in a state from which this arrow leaves. `str()` is Dutch."""

    def __str__(self) -> str:
        return "Dit kan nu niet meer: de status is intussen veranderd. Bekijk de nieuwe status."


@dataclass(frozen=True, slots=True)
class Arrow:
    """One change of state. `roles` may make it; the event goes into the audit in the same transaction."""

    name: str
    sources: tuple[str, ...]
    target: str
    event: Event
    roles: frozenset[Role] = frozenset()


CHECK = Arrow("gecontroleerd", (DeliveryState.RECEIVED,), DeliveryState.CHECKED, Event.DELIVERY_CHECKED)
LOAD = Arrow("ingeladen", (DeliveryState.CHECKED,), DeliveryState.LOADED, Event.DELIVERY_LOADED)
HOLD = Arrow(
    "aangehouden",
    (DeliveryState.RECEIVED, DeliveryState.CHECKED),
    DeliveryState.HELD,
    Event.DELIVERY_STOPPED,
)
REFUSE = Arrow(
    "geweigerd",
    (DeliveryState.RECEIVED, DeliveryState.CHECKED),
    DeliveryState.REFUSED,
    Event.DELIVERY_STOPPED,
)
ACCEPT = Arrow("geaccepteerd", (DeliveryState.HELD,), DeliveryState.LOADED, Event.DELIVERY_ACCEPTED, _MANAGER)
RELOAD = Arrow("opnieuw", (DeliveryState.HELD,), DeliveryState.RECEIVED, Event.DELIVERY_RETRIED, _MANAGER)
WITHDRAW = Arrow(
    "ingetrokken",
    (DeliveryState.RECEIVED, DeliveryState.CHECKED, DeliveryState.HELD, DeliveryState.LOADED),
    DeliveryState.CANCELLED,
    Event.DELIVERY_CANCELLED,
    _MANAGER,
)
DELIVERY_ARROWS = (CHECK, LOAD, HOLD, REFUSE, ACCEPT, RELOAD, WITHDRAW)

BEGIN = Arrow("begonnen", (RunState.WAITING,), RunState.RUNNING, Event.RUN_BEGUN)
FINISH = Arrow("klaar", (RunState.RUNNING,), RunState.DONE, Event.RUN_FINISHED)
STRAND = Arrow("gestrand", (RunState.WAITING, RunState.RUNNING), RunState.STRANDED, Event.RUN_STRANDED)
CANCEL = Arrow(
    "geannuleerd",
    (RunState.WAITING, RunState.RUNNING, RunState.STRANDED),
    RunState.CANCELLED,
    Event.RUN_CANCELLED,
    _MANAGER,
)
RETRY = Arrow("opnieuw", (RunState.STRANDED,), RunState.WAITING, Event.RUN_RETRIED, _MANAGER)
RUN_ARROWS = (BEGIN, FINISH, STRAND, CANCEL, RETRY)

_SUBJECTS: Mapping[type[models.Model], str] = {Delivery: "levering", Run: "koppeling"}


def leaves(row: Delivery | Run, arrow: Arrow) -> bool:
    """Whether the row, as it was read, is in a state that this arrow leaves from."""
    return row.state in arrow.sources


@transaction.atomic
def apply(
    row: Delivery | Run,
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
    record(arrow.event, _SUBJECTS[type(row)], [row.pk], details=details)
