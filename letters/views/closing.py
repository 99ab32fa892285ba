"""Closing a letter round: what of it is not over yet, and the choice to withdraw what was not sent."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from letters.actions import closing, errands
from letters.forms.batches import CloseRoundForm
from letters.views import batches_shown as shown
from outreach.models import Round
from outreach.permissions import Permission
from outreach.policies import NotNow, check_can_close
from outreach.templatetags.kit import amount
from outreach.transitions import StateChanged
from outreach.views.access import require


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.ROUND_CLOSE)
def letter_round_close(request: HttpRequest, pk: int) -> HttpResponse:
    """What is still open, and the button. Who clicks twice is told that the round is closed."""
    round_ = get_object_or_404(Round.objects.letter(), pk=pk)
    try:
        check_can_close(round_)
        found = closing.left(round_)
        form = CloseRoundForm(request.POST if request.method == "POST" else None, in_the_way=found.in_the_way)
        if request.method == "POST" and form.is_valid():
            return _close(request, round_, withdraw=form.chosen())
    except (NotNow, StateChanged) as refusal:
        messages.error(request, str(refusal))
        return redirect("round", pk)
    context = {
        "round": round_,
        "round_url": reverse("round", args=[pk]),
        "form": form,
        "blocks": [{"term": what.capitalize(), "text": amount(n)} for n, what in closing.named_counts(found)],
        "goes_on": [
            {"term": what, "text": amount(number)}
            for number, what in (
                (found.applications, "Aanvragen die op een besluit wachten"),
                (found.answers, "Brieven over een besluit die nog uitgaan"),
            )
            if number
        ],
    }
    return render(request, "letters/round_close.html", context, status=422 if form.errors else 200)


def _close(request: HttpRequest, round_: Round, *, withdraw: bool) -> HttpResponse:
    """At once when nothing is in the way. Taking back the letters of a whole town is for a worker."""
    if withdraw:
        asked = errands.ask_close(round_=round_, by=request.user)
        messages.success(request, shown.errand_asked(asked))
        return redirect("letter_round", round_.pk)
    gone = closing.close(round_=round_, by=request.user)
    messages.success(request, shown.withdrawn(gone))
    return redirect("round", round_.pk)
