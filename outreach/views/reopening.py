"""Taking an address of a looplijst up again that was done."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from outreach.actions import reopening
from outreach.permissions import Permission
from outreach.policies import NotNow
from outreach.transitions import StateChanged
from outreach.views.access import require, signed_in
from outreach.views.household import get_household
from outreach.views.walk import walk_to


@require_POST
@require(Permission.ITEM_REOPEN)
def item_reopen(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Put it back among what is left to do on its looplijst."""
    user = signed_in(request)
    household = get_household(user, pk)
    walk = walk_to(request, household)
    if walk.item is None:
        raise Http404
    try:
        reopening.reopen(household=household, item=walk.item, by=user)
    except (NotNow, StateChanged) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Heropend. Dit adres staat weer bij ‘Opnieuw langs’.")
    return redirect(walk.url("household", household.pk))
