"""That somebody acts for the people at an address: in rows who to call first, on a page who it is."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from outreach.actions.representatives import represented
from outreach.kernel import clock
from outreach.models import Household, User
from outreach.views import household_shown as shown
from outreach.views.household import call_first, represented_by

_CALL_HIM = "Er is een vertegenwoordiger: bel die eerst"


def in_lists(user: User, households: Iterable[UUID]) -> dict[UUID, str]:
    """Where who walks or calls first calls somebody else, in a few words for a row and without a name.

    A team outside the municipality calls the municipality, since it does not see who acts there. One query
    for any number of households.
    """
    keys = list(households)
    if user.actor().municipal:
        return dict.fromkeys(represented(keys), _CALL_HIM)
    return call_first(user, keys)


def at(household: Household, user: User) -> dict[str, Any]:
    """Who acts there today and how to reach him, or for who may not know that: that there is somebody.

    Seeing who it is is written down.
    """
    return {
        "representatives": shown.in_force(represented_by(household), clock.today()),
        "call_first": call_first(user, [household.pk]).get(household.pk, ""),
    }
