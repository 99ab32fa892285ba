"""Taking an address up again that was done, by who leads the team that walks there."""

from django.db import transaction

from outreach import transitions
from outreach.actions.cutting import check_leads
from outreach.models import Household, LooplijstItem, User
from outreach.models.looplijst import ItemState
from outreach.permissions import Permission, check, may
from outreach.policies import NotNow, can_reopen, check_can_reopen


def may_reopen(*, household: Household, item: LooplijstItem | None, by: User) -> bool:
    """Whether this user may, and the address is done and can be."""
    if item is None or not may(by, Permission.ITEM_REOPEN):
        return False
    leads = by.actor().all_areas or by.team_id == item.looplijst.team_id
    return leads and can_reopen(household, item)


def why_not(*, household: Household, item: LooplijstItem | None, by: User) -> str:
    """Why this user does not take an address that is done up again; empty when he can, or it is not done."""
    if item is None or item.state != ItemState.DONE or may_reopen(household=household, item=item, by=by):
        return ""
    try:
        check_can_reopen(household, item)
    except NotNow as refusal:
        return str(refusal)
    return f"Moet hier toch iemand langs? De teamleider van {item.looplijst.team} kan dit adres heropenen."


@transaction.atomic
def reopen(*, household: Household, item: LooplijstItem, by: User) -> None:
    """Let the address be gone past again, with the attempts that were made. What was said stays said.

    Raises PermissionDenied, NotNow where nobody may go or nothing is left to bring up, and StateChanged when
    it was taken up again meanwhile.
    """
    check(by, Permission.ITEM_REOPEN)
    check_leads(by, item.looplijst.team)
    check_can_reopen(household, item)
    transitions.apply(item, transitions.REOPEN, by=by, unreached=False)
