"""Handing a household over to another organisation, and writing down what that said."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.formats import date_format
from django.views.decorators.http import require_http_methods, require_POST

from outreach.actions import handing_over
from outreach.actions.tasks import Doer, Given, Moved, takers, whose
from outreach.audit import Event, record
from outreach.forms.gesprek_more import doer_choices
from outreach.forms.referral import AnswerForm, ReferralForm, WaitForm
from outreach.forms.task import GiveForm
from outreach.models import Household, Referral, User
from outreach.models.referral import ReferralState
from outreach.permissions import Permission
from outreach.policies import NotNow
from outreach.transitions import StateChanged
from outreach.views import household_shown as shown
from outreach.views.access import require, signed_in
from outreach.views.household import get_household, heading
from outreach.views.tasks_shown import doer
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
    case = _case(request, pk, referral)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _answered(form, case.found, case.user):
        messages.success(request, "Opgeslagen.")
        return redirect(case.walk.url("household", case.household.pk))
    return _shown(request, case, form=form)


@require_POST
@require(Permission.REFERRAL_MAKE)
def give(request: HttpRequest, pk: UUID, referral: int) -> HttpResponse:
    """Let a colleague, a team or oneself wait for the answer."""
    case = _case(request, pk, referral)
    form = GiveForm(request.POST, of=case.found, doers=_doers(case))
    if form.is_valid():
        try:
            handing_over.give(
                referral=case.found, to=form.doer(), by=case.user, known=form.cleaned_data["known"]
            )
        except Given:
            case = _case(request, pk, referral)
            form = _given_meanwhile(request, case)
        except (NotNow, StateChanged) as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Opgeslagen: de overdracht is doorgegeven.")
            return redirect(case.url("referral"))
    return _shown(request, case, give_form=form)


def _given_meanwhile(request: HttpRequest, case: "_Case") -> GiveForm:
    """What was sent, beside who waits by now: sent once more it counts."""
    sent = request.POST.copy()
    sent["known"] = whose(case.found)
    form = GiveForm(sent, of=case.found, doers=_doers(case))
    form.full_clean()
    now = f"Een ander heeft deze overdracht net doorgegeven aan {doer(case.found, case.user)}."
    once_more = " Klopt jouw keuze nog? Kies dan nog eens ‘Doorgeven’."
    form.add_error(None, now + (once_more if handing_over.is_his(case.found, case.user) else ""))
    return form


@require_POST
@require(Permission.REFERRAL_MAKE)
def move(request: HttpRequest, pk: UUID, referral: int) -> HttpResponse:
    """Wait for the answer until another day."""
    case = _case(request, pk, referral)
    form = WaitForm(request.POST, referral=case.found)
    if form.is_valid():
        try:
            handing_over.move(referral=case.found, by=case.user, **form.cleaned_data)
        except Moved:
            case = _case(request, pk, referral)
            form = _moved_meanwhile(request, case.found)
        except (NotNow, StateChanged) as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Opgeslagen: de dag voor het antwoord is verzet.")
            return redirect(case.url("referral"))
    return _shown(request, case, wait_form=form)


def _moved_meanwhile(request: HttpRequest, found: Referral) -> WaitForm:
    """What was sent, beside the day by now: sent once more it counts."""
    sent = request.POST.copy()
    sent["known"] = handing_over.planned(found)
    form = WaitForm(sent, referral=found)
    form.full_clean()
    now = f"Een ander heeft deze overdracht net verzet. Nu staat er: {date_format(found.due_on, 'j F Y')}."
    form.add_error(None, f"{now} Klopt jouw keuze nog? Kies dan nog eens ‘Verzetten’.")
    return form


@dataclass(frozen=True, slots=True)
class _Case:
    """A referral as this user sees it: of which household, and from which list he came."""

    user: User
    household: Household
    walk: Walk
    found: Referral

    def url(self, name: str) -> str:
        return self.walk.url(name, self.household.pk, self.found.pk)


def _case(request: HttpRequest, pk: UUID, referral: int) -> _Case:
    """Raises Http404 for a household that he does not see, and for a referral of another household."""
    user = signed_in(request)
    household = get_household(user, pk)
    of_this = Referral.objects.filter(household=household).with_refusal()
    of_this = of_this.select_related("organisation", "consent_by", "asked_by", "answered_by", "owner", "team")
    return _Case(user, household, walk_to(request, household), get_object_or_404(of_this, pk=referral))


def _doers(case: _Case) -> dict[str, Doer]:
    """Who can wait for it: not who does."""
    offered = doer_choices(case.user, *takers(case.household, case.user))
    return {key: one for key, one in offered.items() if one not in (case.found.owner, case.found.team)}


def _shown(
    request: HttpRequest,
    case: _Case,
    *,
    form: AnswerForm | None = None,
    give_form: GiveForm | None = None,
    wait_form: WaitForm | None = None,
) -> HttpResponse:
    """The referral under its address, with the form that was wrong."""
    found = case.found
    waits = found.state == ReferralState.ASKED
    wrong = next((one for one in (form, give_form, wait_form) if one is not None and one.errors), None)
    context = {
        **_page(case.household, case.walk),
        "wrong": wrong,
        "form": (form or AnswerForm()) if waits else None,
        "organisation": found.organisation,
        "refused": found.refused,
        "unshared": found.unshared and not found.refused,
        "facts": _facts(found),
        "action_url": case.url("referral"),
    }
    if waits and handing_over.is_his(found, case.user):
        context |= {
            "give_form": give_form or GiveForm(of=found, doers=_doers(case)),
            "give_url": case.url("referral_give"),
            "wait_form": wait_form or WaitForm(referral=found),
            "wait_url": case.url("referral_move"),
        }
    return render(request, "outreach/referral.html", context, status=422 if wrong else 200)


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
