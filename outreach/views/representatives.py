"""Writing down who acts for somebody in a household, and ending it."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from outreach.actions import representatives
from outreach.audit import Event, record
from outreach.forms.representative import EndForm, RepresentativeForm
from outreach.kernel import clock
from outreach.models import Household, Representative, User
from outreach.permissions import Permission
from outreach.policies import NotNow
from outreach.views import household_shown as shown
from outreach.views.access import require, signed_in
from outreach.views.household import get_household, heading
from outreach.views.walk import Walk, walk_to


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.REPRESENTATIVE_SET)
def representative_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The form, and saving it. The same form sent twice is saved once."""
    user = signed_in(request)
    household, walk = _household(request, user, pk)
    people = {person: shown.name(person) for person in household.adults()}
    form = RepresentativeForm(request.POST or None, people=people)
    if request.method == "POST" and form.is_valid():
        try:
            representatives.set_for(person=form.chosen(), said=form.said(), by=user)
        except NotNow as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Opgeslagen. Nieuwe brieven gaan vanaf de eerste dag naar dit adres.")
            return redirect(walk.url("household", household.pk))
    context = {**_page(household, walk), "form": form}
    status = 422 if form.errors else 200
    return render(request, "outreach/representative_new.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.REPRESENTATIVE_SET)
def representative_end(request: HttpRequest, pk: UUID, representative: int) -> HttpResponse:
    """Ask after which day it ends, and let it end. Of one that was ended nothing changes."""
    user = signed_in(request)
    household, walk = _household(request, user, pk)
    mine = Representative.objects.filter(person__in=household.adults()).select_related("person")
    found = get_object_or_404(mine, pk=representative)
    form = EndForm(request.POST or None, initial={"last_day": clock.today()})
    if request.method == "POST" and form.is_valid():
        try:
            ended = representatives.end(representative=found, by=user, **form.cleaned_data)
        except NotNow as refusal:
            found.refresh_from_db()
            form.add_error("last_day", str(refusal))
        else:
            done = "Opgeslagen. Daarna gaan nieuwe brieven weer naar de inwoner zelf."
            messages.success(request, done if ended else "Dit was al beëindigd.")
            return redirect(walk.url("household", household.pk))
    record(Event.REPRESENTATIVE_SEEN, "huishouden", [household.pk], details={"vertegenwoordiger": found.pk})
    context = {**_page(household, walk), "form": form, "one": shown.representative(found, clock.today())}
    status = 422 if form.errors else 200
    return render(request, "outreach/representative_end.html", context, status=status)


def _household(request: HttpRequest, user: User, pk: UUID) -> tuple[Household, Walk]:
    """A household of this user's area. Raises Http404, and PermissionDenied outside the municipality."""
    household = get_household(user, pk)
    representatives.check_sets(user)
    if not household.adults():
        raise Http404
    return household, walk_to(request, household)


def _page(household: Household, walk: Walk) -> dict[str, object]:
    """What stands above the form. Showing names is written down."""
    record(Event.HOUSEHOLD_SEEN, "huishouden", [household.pk])
    household_url = walk.url("household", household.pk)
    return {**heading(household, walk), "household_url": household_url, "badge": None}
