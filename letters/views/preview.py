"""What a letter of a round looks like."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from letters.actions.preview import kinds, preview
from outreach.models import Regeling, Round
from outreach.permissions import Permission
from outreach.views.access import require


@require_safe
@require(Permission.LETTER_SEE)
def letter_preview(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """One letter of a kind to a household that does not exist, as a PDF in the browser."""
    round_ = get_object_or_404(Round.objects.letter().select_related("handover"), pk=pk)
    regeling = Regeling.everything.get(pk=round_.regelingen[0])
    if kind not in kinds(round_, regeling):
        raise Http404
    response = HttpResponse(preview(round_, regeling, kind), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="voorbeeld-{kind}.pdf"'
    return response
