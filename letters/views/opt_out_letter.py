"""The confirmation of an opt-out, as a PDF."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_safe

from letters.actions.opt_out_letter import confirmation
from optout.models import OptOut
from outreach.audit import Event, record
from outreach.permissions import Permission
from outreach.policies import NotNow
from outreach.views.access import require, signed_in
from outreach.views.household import get_household


@require_safe
@require(Permission.OPT_OUT_SET)
def opt_out_letter(request: HttpRequest, pk: UUID, wish: int) -> HttpResponse:
    """To who opted out in this household, while it holds. Without an approved text one is told."""
    household = get_household(signed_in(request), pk)
    mine = OptOut.objects.filter(person__in=household.adults(), withdrawn_at__isnull=True)
    found = get_object_or_404(mine.select_related("person"), pk=wish)
    try:
        pdf = confirmation(found, household)
    except NotNow as refusal:
        messages.error(request, str(refusal))
        return redirect("opt_out", household.pk)
    record(Event.OPT_OUT_CONFIRMED, "persoon", [found.person_id], details={"afmelding": found.pk})
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="bevestiging-afmelding.pdf"'
    return response
