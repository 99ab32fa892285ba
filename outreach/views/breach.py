"""Reporting a data breach, for everybody who works here."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from outreach.actions import breaches
from outreach.forms.breach import ReportBreachForm
from outreach.policies import NotNow
from outreach.views.access import signed_in


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """The form. Who reported it goes home: the privacy officer goes on with it."""
    user = signed_in(request)
    form = ReportBreachForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            breaches.report(found=form.found(), by=user)
        except NotNow as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Gemeld: de privacy officer weet het nu en neemt contact met je op.")
            return redirect("home")
    status = 422 if form.errors else 200
    return render(request, "outreach/breach_report.html", {"form": form}, status=status)
