"""Writing what a colleague has to look out for, and letting a second person approve it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from outreach.actions import safety as actions
from outreach.audit import Event, record
from outreach.forms.safety import ProlongForm, SafetyForm
from outreach.kernel import clock
from outreach.models import Household, SafetyInstruction, User
from outreach.models.safety import SafetyState
from outreach.permissions import Permission, may
from outreach.policies import NotNow
from outreach.transitions import StateChanged
from outreach.views import household_shown, safety_shown
from outreach.views.access import require, signed_in
from outreach.views.household import get_household, heading
from outreach.views.walk import Walk, walk_to

PAGE_SIZE = 25
_DONE = {
    "goedkeuren": "Goedgekeurd. Collega’s zien dit nu aan de deur.",
    "afkeuren": "Afgekeurd. Niemand ziet dit aan de deur.",
    "beeindigen": "Beëindigd. Niemand ziet dit nog aan de deur.",
}


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.SAFETY_PROPOSE)
def safety_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The form, and saving it. It holds nowhere until another approves it."""
    user = signed_in(request)
    household = get_household(user, pk)
    walk = walk_to(request, household)
    people = {member.person: household_shown.name(member.person) for member in household.members.all()}
    form = SafetyForm(request.POST or None, people=people)
    if request.method == "POST" and form.is_valid():
        try:
            submission = form.cleaned_data["submission"]
            actions.propose(household=household, warned=form.said(), by=user, submission=submission)
        except NotNow as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Opgeslagen. Een collega moet dit nog goedkeuren.")
            return redirect(walk.url("household", household.pk))
    context = {**_page(household, walk), "form": form}
    return render(request, "outreach/safety_new.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.SAFETY_PROPOSE)
def safety(request: HttpRequest, pk: UUID, safety: int) -> HttpResponse:
    """One instruction, and what this user may decide about it."""
    user = signed_in(request)
    household = get_household(user, pk)
    walk = walk_to(request, household)
    found = get_object_or_404(actions.about(household), pk=safety)
    prolongs = request.POST.get("besluit") == "verlengen"
    form = ProlongForm(request.POST if prolongs else None)
    if request.method == "POST" and not prolongs:
        _decide(request, user, found)
        return redirect(walk.url("safety", household.pk, found.pk))
    if form.is_valid() and (longer := _prolonged(form, found, household, user)):
        messages.success(request, "Opgeslagen. Een collega moet de nieuwe dag nog goedkeuren.")
        return redirect(walk.url("safety", household.pk, longer.pk))
    context = {
        **_page(household, walk),
        "warning": safety_shown.warning(found),
        "status": safety_shown.badge(found, clock.today()),
        "written": f"Geschreven door {found.made_by.display_name()}.",
        "extends": safety_shown.extends(actions.takes_the_place_of(found)),
        "form": form if found.state == SafetyState.APPROVED or prolongs else None,
        **_choices(user, found),
    }
    return render(request, "outreach/safety.html", context, status=422 if form.errors else 200)


def _prolonged(
    form: ProlongForm, found: SafetyInstruction, household: Household, by: User
) -> SafetyInstruction | None:
    """What now waits for approval; None when something forbids it, which the form then says."""
    ends_on = form.cleaned_data["ends_on"]
    try:
        return actions.prolong(instruction=found, household=household, ends_on=ends_on, by=by)
    except (NotNow, StateChanged) as refusal:
        form.add_error("ends_on", str(refusal))
        return None


def _choices(user: User, found: SafetyInstruction) -> dict[str, Any]:
    waits = found.state == SafetyState.PROPOSED and found.ends_on >= clock.today()
    own = found.made_by_id == user.pk
    approves = may(user, Permission.SAFETY_APPROVE)
    return {
        "decides": waits and approves and not own,
        "own_waits": waits and own,
        "ends": actions.may_end(found, user),
    }


def _decide(request: HttpRequest, user: User, found: SafetyInstruction) -> None:
    """Do what the button says; who may not, or comes too late, is told why."""
    acts = {"goedkeuren": actions.approve, "afkeuren": actions.refuse, "beeindigen": actions.end}
    chosen = request.POST.get("besluit", "")
    if chosen not in acts:
        messages.error(request, "Kies wat je met deze instructie doet.")
        return
    try:
        acts[chosen](instruction=found, by=user)
    except (NotNow, StateChanged) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _DONE[chosen])


@require_safe
@require(Permission.SAFETY_APPROVE)
def safety_list(request: HttpRequest) -> HttpResponse:
    """What waits for a second person, and what holds now, with what ends first on top."""
    today = clock.today()
    live = SafetyInstruction.objects.waiting(today) | SafetyInstruction.objects.in_force(today)
    rows = live.with_place().select_related("made_by").order_by("-state", "ends_on", "pk")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    shown = list(page)
    homes = Household.objects.in_bulk({one.place for one in shown})
    record(Event.SAFETY_SEEN, "huishouden", [one.place for one in shown])
    context = {
        "columns": safety_shown.LIST_COLUMNS,
        "rows": [safety_shown.list_row(one, homes[one.place], today) for one in shown],
        "page": page,
    }
    return render(request, "outreach/safety_list.html", context)


def _page(household: Household, walk: Walk) -> dict[str, object]:
    """What stands above the page. Showing names is written down."""
    record(Event.HOUSEHOLD_SEEN, "huishouden", [household.pk])
    household_url = walk.url("household", household.pk)
    return {**heading(household, walk), "household_url": household_url, "badge": None}
