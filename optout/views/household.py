"""The wishes of the people of one household: what holds, what is new, and what is taken back."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.views.decorators.http import require_http_methods

from optout.actions import opt_out
from optout.forms import PersonWishForm
from optout.models import Channel, OptOut, Scope
from outreach.audit import Event, record
from outreach.models import Household, User
from outreach.permissions import Permission
from outreach.views import household_shown as shown
from outreach.views.access import require, signed_in
from outreach.views.household import get_household, heading
from outreach.views.walk import Walk, walk_to

_REGISTERED = "Vastgelegd. Dit geldt meteen."
_WITHDRAWN = "Ingetrokken. Dit geldt meteen."


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.OPT_OUT_SET)
def wishes(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What each adult said about contact, with a button to take it back, and the form for a new wish."""
    user = signed_in(request)
    household = get_household(user, pk)
    walk = walk_to(request, household)
    people = [(one, shown.name(one)) for one in household.adults()]
    taken_back = "intrekken" in request.POST
    form = PersonWishForm(
        request.POST if request.method == "POST" and not taken_back else None, people=people
    )
    if taken_back:
        _withdraw(household, request.POST["intrekken"], user)
        messages.success(request, _WITHDRAWN)
        return redirect(walk.url("opt_out", household.pk))
    if request.method == "POST" and form.is_valid():
        opt_out.register(
            person=form.chosen(),
            regeling=form.cleaned_data["regeling"] or None,
            scope=Scope(form.cleaned_data["scope"]),
            channel=Channel(form.cleaned_data["channel"]),
            by=user,
        )
        messages.success(request, _REGISTERED)
        return redirect(walk.url("opt_out", household.pk))
    return render(
        request, "optout/wishes.html", _page(household, walk, form), status=422 if form.errors else 200
    )


def _withdraw(household: Household, key: str, by: User) -> None:
    """Raises Http404 for a wish of somebody elsewhere."""
    mine = OptOut.objects.filter(person__in=household.adults())
    opt_out.withdraw(opt_out=get_object_or_404(mine, pk=key if key.isdecimal() else 0), by=by)


def _page(household: Household, walk: Walk, form: PersonWishForm) -> dict[str, object]:
    record(Event.HOUSEHOLD_SEEN, "huishouden", [household.pk])
    return {
        **heading(household, walk),
        "form": form,
        "household_url": walk.url("household", household.pk),
        "wishes": standing(household),
        "badge": None,
    }


def _letter_url(household: Household, wish: OptOut) -> str:
    """Where its confirmation is; of letters, visits and sharing alone there is none."""
    told = wish.scope in (Scope.ALL, Scope.REGELING)
    return reverse("opt_out_letter", args=[household.pk, wish.pk]) if told else ""


def standing(household: Household) -> list[dict[str, object]]:
    """The wishes of its adults that hold now, for a page."""
    rows = OptOut.objects.filter(person__in=household.adults(), withdrawn_at__isnull=True)
    return [
        {
            "pk": one.pk,
            "who": shown.name(one.person),
            "what": f"Niet over {one.regeling.name}" if one.regeling else one.get_scope_display(),
            "how": one.get_channel_display(),
            "since": localtime(one.registered_at).date(),
            "letter_url": _letter_url(household, one),
        }
        for one in rows.select_related("person", "regeling").order_by("person_id", "pk")
    ]
