"""Taking the file of a part, and offering a stranded part to the workers again."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from letters.actions import parts
from letters.actions.storage import FileDamaged
from letters.models import Part
from outreach.permissions import Permission
from outreach.transitions import StateChanged
from outreach.views.access import require


@require_GET
@require(Permission.LETTER_FETCH)
def letter_part(request: HttpRequest, pk: int) -> HttpResponse:
    """The merged PDF as a download. Who took it stands in the audit; no cache keeps it."""
    part = get_object_or_404(Part, pk=pk)
    try:
        pdf = parts.fetch(part=part, by=request.user)
    except Part.DoesNotExist:
        raise Http404 from None
    except FileDamaged as damage:
        return render(request, "letters/damaged.html", {"part": part, "problem": str(damage)}, status=500)
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{part.download_name()}"'
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@require(Permission.LETTER_RELEASE)
def letter_part_now(request: HttpRequest, pk: int) -> HttpResponse:
    """Have a part made that waits for the end of the day. A second click changes nothing."""
    part = get_object_or_404(Part, pk=pk)
    if parts.hurry(part=part, by=request.user):
        messages.success(request, f"Deel {part.number} wordt binnen een minuut gemaakt.")
    else:
        messages.info(request, f"Deel {part.number} wordt al gemaakt.")
    return redirect("letter_round", part.round_id)


@require_POST
@require(Permission.LETTER_FETCH)
def letter_part_retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Have a stranded part made again; the next sweep hands it to a worker."""
    part = get_object_or_404(Part, pk=pk)
    try:
        parts.retry(part=part, by=request.user)
    except StateChanged as change:
        messages.info(request, str(change))
    else:
        messages.success(request, f"Deel {part.number} wordt binnen een minuut opnieuw gemaakt.")
    return redirect("letter_round", part.round_id)
