"""The states of a delivery and of a koppeling. They change through the one door in outreach.transitions.

Each arrow says from where to where, who may, and what the audit then says. An arrow without roles is for
the worker alone.
"""

from eligibility.models import DeliveryState, RunState
from outreach.audit import Event
from outreach.models import Role
from outreach.transitions import Arrow, StateChanged, apply, leaves

_MANAGER = frozenset({Role.APPLICATIEBEHEERDER})

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

__all__ = [
    "ACCEPT",
    "BEGIN",
    "CANCEL",
    "CHECK",
    "DELIVERY_ARROWS",
    "FINISH",
    "HOLD",
    "LOAD",
    "REFUSE",
    "RELOAD",
    "RETRY",
    "RUN_ARROWS",
    "STRAND",
    "WITHDRAW",
    "Arrow",
    "StateChanged",
    "apply",
    "leaves",
]
