"""What a user decides for himself: whether he gets the mail of each working day."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from outreach.forms.own_settings import OwnSettingsForm
from outreach.views.access import signed_in


@require_http_methods(["GET", "HEAD", "POST"])
def own_settings(request: HttpRequest) -> HttpResponse:
    """The form, and keeping what he chose."""
    user = signed_in(request)
    # An unticked box sends nothing: what was sent says less than that something was.
    form = OwnSettingsForm(request.POST if request.method == "POST" else None, instance=user)
    if form.is_valid():
        form.save()
        messages.success(request, "Opgeslagen: je instellingen zijn bewaard.")
        return redirect("own_settings")
    context = {"form": form, "email": user.email, "mails": settings.SENDS_MAIL}
    return render(request, "outreach/own_settings.html", context)
