"""The states of a delivery and of a koppeling. They change through the one door in outreach.transitions.

Each arrow says from where to where, who may, and what the audit then says. An arrow without roles is for
the worker alone.
"""

from eligibility.models import DeliveryState, RunState, UnsealState
from outreach.audit import Event
from outreach.models import Role
from outreach.transitions import Arrow, StateChanged, apply, leaves

_MANAGER = frozenset({Role.APPLICATIEBEHEERDER})
_OFFICER = frozenset({Role.PRIVACY_OFFICER})
_ADVISER = frozenset({Role.JURIDISCH_ADVISEUR})

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
DESTROY = Arrow(
    "vernietigd",
    (DeliveryState.LOADED, DeliveryState.HELD, DeliveryState.CANCELLED),
    DeliveryState.DESTROYED,
    Event.DELIVERY_DESTROYED,
)
# A backup may hold a delivery in any state that it was in before it was destroyed.
REPEAT = Arrow(
    "opnieuw vernietigd",
    tuple(state for state in DeliveryState if state != DeliveryState.DESTROYED),
    DeliveryState.DESTROYED,
    Event.DESTRUCTION_REPEATED,
)
DELIVERY_ARROWS = (CHECK, LOAD, HOLD, REFUSE, ACCEPT, RELOAD, WITHDRAW, DESTROY, REPEAT)

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

UNSEAL_ALLOW = Arrow("toegestaan", (UnsealState.ASKED,), UnsealState.ALLOWED, Event.UNSEAL_ALLOWED, _ADVISER)
UNSEAL_REFUSE = Arrow("geweigerd", (UnsealState.ASKED,), UnsealState.REFUSED, Event.UNSEAL_REFUSED, _ADVISER)
UNSEAL_WITHDRAW = Arrow(
    "ingetrokken",
    (UnsealState.ASKED, UnsealState.ALLOWED),
    UnsealState.WITHDRAWN,
    Event.UNSEAL_WITHDRAWN,
    _OFFICER,
)
UNSEAL_OPEN = Arrow("geopend", (UnsealState.ALLOWED,), UnsealState.OPENED, Event.UNSEAL_OPENED)
UNSEAL_FAIL = Arrow("mislukt", (UnsealState.ALLOWED,), UnsealState.FAILED, Event.UNSEAL_FAILED)
UNSEAL_EXPIRE = Arrow("verlopen", (UnsealState.OPENED,), UnsealState.EXPIRED, Event.UNSEAL_EXPIRED)
UNSEAL_ARROWS = (
    UNSEAL_ALLOW,
    UNSEAL_REFUSE,
    UNSEAL_WITHDRAW,
    UNSEAL_OPEN,
    UNSEAL_FAIL,
    UNSEAL_EXPIRE,
)

__all__ = [
    "ACCEPT",
    "BEGIN",
    "CANCEL",
    "CHECK",
    "DELIVERY_ARROWS",
    "DESTROY",
    "FINISH",
    "HOLD",
    "LOAD",
    "REFUSE",
    "RELOAD",
    "REPEAT",
    "RETRY",
    "RUN_ARROWS",
    "STRAND",
    "UNSEAL_ALLOW",
    "UNSEAL_ARROWS",
    "UNSEAL_EXPIRE",
    "UNSEAL_FAIL",
    "UNSEAL_OPEN",
    "UNSEAL_REFUSE",
    "UNSEAL_WITHDRAW",
    "WITHDRAW",
    "Arrow",
    "StateChanged",
    "apply",
    "leaves",
]
