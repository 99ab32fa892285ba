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
from outreach.models.breach import BreachState
from outreach.models.destruction import ListState
from outreach.models.looplijst import ItemState
from outreach.models.referral import ReferralState
from outreach.models.round import RoundState
from outreach.models.safety import SafetyState
from outreach.models.sheet import SheetState
from outreach.models.subject_request import RequestState
from outreach.models.task import TaskState


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
GIVE_UP = Arrow(
    "niet bereikt",
    (ItemState.OPEN, ItemState.VISITED),
    ItemState.DONE,
    Event.ITEM_NOT_REACHED,
    FIELDWORKERS,
)
# Done is not for ever: who lives there asks to come back, or somebody tapped the wrong result.
COME_BACK = Arrow("terugkomen", (ItemState.DONE,), ItemState.VISITED, Event.ITEM_REOPENED, FIELDWORKERS)
REOPEN = Arrow(
    "heropend", (ItemState.DONE,), ItemState.VISITED, Event.ITEM_REOPENED, frozenset({Role.TEAMLEIDER})
)
ITEM_ARROWS = (VISIT, FINISH, GIVE_UP, COME_BACK, REOPEN)

TASK_DONE = Arrow("gedaan", (TaskState.OPEN,), TaskState.DONE, Event.TASK_DONE, FIELDWORKERS)
TASK_DROP = Arrow("vervallen", (TaskState.OPEN,), TaskState.DROPPED, Event.TASK_DROPPED, FIELDWORKERS)
TASK_ARROWS = (TASK_DONE, TASK_DROP)

SHRED = Arrow(
    "vernietigd", (SheetState.OUT, SheetState.LOST), SheetState.SHREDDED, Event.SHEET_SHREDDED, FIELDWORKERS
)
LOSE = Arrow("kwijt", (SheetState.OUT,), SheetState.LOST, Event.SHEET_LOST, FIELDWORKERS)
SHEET_ARROWS = (SHRED, LOSE)

REFERRAL_ACCEPT = Arrow(
    "geaccepteerd",
    (ReferralState.ASKED,),
    ReferralState.ACCEPTED,
    Event.REFERRAL_ACCEPTED,
    FIELDWORKERS,
)
REFERRAL_REFUSE = Arrow(
    "geweigerd", (ReferralState.ASKED,), ReferralState.REFUSED, Event.REFERRAL_REFUSED, FIELDWORKERS
)
REFERRAL_WITHDRAW = Arrow(
    "ingetrokken", (ReferralState.ASKED,), ReferralState.WITHDRAWN, Event.REFERRAL_WITHDRAWN, FIELDWORKERS
)
REFERRAL_ARROWS = (REFERRAL_ACCEPT, REFERRAL_REFUSE, REFERRAL_WITHDRAW)

SAFETY_APPROVERS = frozenset({Role.CONSULENT, Role.TEAMLEIDER})
SAFETY_APPROVE = Arrow(
    "goedgekeurd",
    (SafetyState.PROPOSED,),
    SafetyState.APPROVED,
    Event.SAFETY_APPROVED,
    SAFETY_APPROVERS,
)
SAFETY_REFUSE = Arrow(
    "afgekeurd", (SafetyState.PROPOSED,), SafetyState.REFUSED, Event.SAFETY_REFUSED, SAFETY_APPROVERS
)
SAFETY_TAKE_BACK = Arrow(
    "teruggenomen", (SafetyState.PROPOSED,), SafetyState.ENDED, Event.SAFETY_ENDED, FIELDWORKERS
)
SAFETY_END = Arrow(
    "beëindigd", (SafetyState.APPROVED,), SafetyState.ENDED, Event.SAFETY_ENDED, SAFETY_APPROVERS
)
SAFETY_ARROWS = (SAFETY_APPROVE, SAFETY_REFUSE, SAFETY_TAKE_BACK, SAFETY_END)

LIST_APPROVE = Arrow(
    "goedgekeurd",
    (ListState.CONCEPT,),
    ListState.APPROVED,
    Event.DESTRUCTION_APPROVED,
    frozenset({Role.PRIVACY_OFFICER}),
)
LIST_WITHDRAW = Arrow(
    "ingetrokken",
    (ListState.CONCEPT, ListState.APPROVED),
    ListState.WITHDRAWN,
    Event.DESTRUCTION_WITHDRAWN,
    frozenset({Role.FUNCTIONEEL_BEHEERDER, Role.PRIVACY_OFFICER}),
)
LIST_EXECUTE = Arrow("uitgevoerd", (ListState.APPROVED,), ListState.EXECUTED, Event.DESTRUCTION_EXECUTED)
LIST_ARROWS = (LIST_APPROVE, LIST_WITHDRAW, LIST_EXECUTE)

BREACH_CLOSE = Arrow(
    "afgesloten",
    (BreachState.REPORTED,),
    BreachState.CLOSED,
    Event.BREACH_CLOSED,
    frozenset({Role.PRIVACY_OFFICER}),
)
BREACH_ARROWS = (BREACH_CLOSE,)

_OFFICER = frozenset({Role.PRIVACY_OFFICER})
REQUEST_CHECK = Arrow(
    "identiteit gecontroleerd",
    (RequestState.RECEIVED,),
    RequestState.HANDLING,
    Event.SUBJECT_REQUEST_CHECKED,
    _OFFICER,
)
REQUEST_ANSWER = Arrow(
    "beantwoord", (RequestState.HANDLING,), RequestState.ANSWERED, Event.SUBJECT_REQUEST_ANSWERED, _OFFICER
)
REQUEST_REFUSE = Arrow(
    "afgewezen",
    (RequestState.RECEIVED, RequestState.HANDLING),
    RequestState.REFUSED,
    Event.SUBJECT_REQUEST_REFUSED,
    _OFFICER,
)
REQUEST_ARROWS = (REQUEST_CHECK, REQUEST_ANSWER, REQUEST_REFUSE)


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
