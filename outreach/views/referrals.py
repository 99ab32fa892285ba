"""Handing a household over to another organisation, and writing down what that said."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.formats import date_format
from django.views.decorators.http import require_http_methods

from outreach.actions import handing_over
from outreach.audit import Event, record
from outreach.forms.referral import AnswerForm, ReferralForm
from outreach.models import Household, Referral, User
from outreach.models.referral import ReferralState
from outreach.permissions import Permission
from outreach.policies import NotNow
from outreach.transitions import StateChanged
from outreach.views import household_shown as shown
from outreach.views.access import require, signed_in
from outreach.views.household import get_household, heading
from outreach.views.walk import Walk, walk_to


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.REFERRAL_MAKE)
def referral_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The form, and saving it. The same form sent twice is saved once."""
    user = signed_in(request)
    household = get_household(user, pk)
    walk = walk_to(request, household)
    people = {person: shown.name(person) for person in household.adults()}
    if not people:
        raise Http404
    form = ReferralForm(request.POST or None, people=people)
    if request.method == "POST" and form.is_valid() and _asked(form, household, user):
        messages.success(request, "Opgeslagen. Leg het antwoord van de organisatie hier ook vast.")
        return redirect(walk.url("household", household.pk))
    context = {**_page(household, walk), "form": form}
    return render(request, "outreach/referral_new.html", context, status=422 if form.errors else 200)


def _asked(form: ReferralForm, household: Household, by: User) -> bool:
    """Save it; false when something forbids it, which the form then says."""
    cleaned = form.cleaned_data
    try:
        handing_over.ask(
            household=household,
            organisation=cleaned["organisation"],
            question=cleaned["question"],
            consent=form.said(),
            by=by,
            submission=cleaned["submission"],
            due_on=cleaned["due_on"],
        )
    except NotNow as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.REFERRAL_MAKE)
def referral(request: HttpRequest, pk: UUID, referral: int) -> HttpResponse:
    """What was asked of whom, and the answer: to read, or to write down as long as there is none."""
    user = signed_in(request)
    household = get_household(user, pk)
    walk = walk_to(request, household)
    mine = Referral.objects.filter(household=household).with_refusal()
    mine = mine.select_related("organisation", "consent_by", "asked_by", "answered_by", "owner", "team")
    found = get_object_or_404(mine, pk=referral)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _answered(form, found, user):
        messages.success(request, "Opgeslagen.")
        return redirect(walk.url("household", household.pk))
    context = {
        **_page(household, walk),
        "form": form if found.state == ReferralState.ASKED else None,
        "organisation": found.organisation,
        "refused": found.refused,
        "unshared": found.unshared and not found.refused,
        "facts": _facts(found),
    }
    return render(request, "outreach/referral.html", context, status=422 if form.errors else 200)


def _answered(form: AnswerForm, found: Referral, by: User) -> bool:
    answer = form.cleaned_data["answer"]
    try:
        if answer == AnswerForm.YES:
            handing_over.accept(referral=found, by=by)
        elif answer == AnswerForm.NO:
            handing_over.refuse(referral=found, reason=form.cleaned_data["reason"], by=by)
        else:
            handing_over.withdraw(referral=found, by=by)
    except (NotNow, StateChanged) as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


def _facts(found: Referral) -> list[dict[str, object]]:
    by, on = shown.name(found.consent_by), date_format(found.consent_on, "j F Y")
    reach = ", ".join(filter(None, (found.organisation.phone, found.organisation.email)))
    facts: list[dict[str, object]] = [
        {"term": "Organisatie", "text": found.organisation.name},
        {"term": "Bereikbaar", "text": reach or "Niet bekend"},
        {"term": "Waarmee helpen", "text": found.question},
        {"term": "Toestemming", "text": f"{by}, {on}"},
        {"term": "Gevraagd door", "text": found.asked_by.display_name()},
        {"term": "Antwoord", "status": shown.referral_badge(found)},
    ]
    if found.state == ReferralState.ASKED:
        facts.append({"term": "Antwoord uiterlijk op", "text": date_format(found.due_on, "j F Y")})
        if found.owner_id != found.asked_by_id:
            waits = found.owner.display_name() if found.owner else str(found.team)
            facts.append({"term": "Wacht nu op antwoord", "text": waits})
    if found.reason:
        facts.append({"term": "Waarom niet", "text": found.reason})
    return facts


def _page(household: Household, walk: Walk) -> dict[str, object]:
    """What stands above the page. Showing names is written down."""
    record(Event.HOUSEHOLD_SEEN, "huishouden", [household.pk])
    household_url = walk.url("household", household.pk)
    return {**heading(household, walk), "household_url": household_url, "badge": None}
