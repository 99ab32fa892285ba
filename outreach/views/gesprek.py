"""Writing down a gesprek at the door, and on to the next address."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_http_methods

from optout.actions import opt_out
from optout.models import Channel
from outreach.actions import gesprekken
from outreach.actions.gesprekken import Attempt
from outreach.audit import Event, record
from outreach.forms.gesprek import GesprekForm
from outreach.kernel import clock
from outreach.models import Gesprek, Household, User
from outreach.models.gesprek import AttemptKind, DayPart, GesprekResult
from outreach.permissions import Permission
from outreach.policies import NotNow, can_visit, check_can_visit
from outreach.views import household_shown as shown
from outreach.views.access import require
from outreach.views.household import get_household, heading
from outreach.views.walk import Walk, walk_to

_OTHERWISE_SAVED = (
    "Dit formulier was al opgeslagen, met een ander antwoord."
    " Klopt dit antwoord ook? Sla het dan nog een keer op."
)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.GESPREK_SAVE)
def gesprek(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The form, and saving it. The same form sent twice is saved once."""
    household = get_household(request.user, pk)
    walk = walk_to(request, household)
    not_before = _first_day(household, walk)
    if request.method == "POST":
        return _saved(request, household, walk, GesprekForm(request.POST, not_before=not_before))
    if not can_visit(household, walk.item):
        return redirect(walk.url("household", household.pk))
    return _shown(request, household, walk, GesprekForm(not_before=not_before))


def _saved(request: HttpRequest, household: Household, walk: Walk, form: GesprekForm) -> HttpResponse:
    """Save and go on; or the form again, with what is wrong and all that was filled in."""
    if not form.is_valid():
        return _shown(request, household, walk, form)
    submission, attempt = form.cleaned_data["submission"], form.attempt()
    earlier = Gesprek.objects.filter(submission=submission).first()
    if earlier is None:
        try:
            check_can_visit(household, walk.item)
        except NotNow as refusal:
            form.add_error(None, f"{refusal} Dit gesprek is niet opgeslagen.")
            return _shown(request, household, walk, form)
        earlier = _save(submission, household, walk, attempt, request.user)
    if not _is_this(earlier, household, attempt):
        return _shown(request, household, walk, _anew(form))
    return _go_on(request, household, walk)


@transaction.atomic
def _save(submission: UUID, household: Household, walk: Walk, attempt: Attempt, by: User) -> Gesprek:
    """Save the attempt; who does not want contact any more is opted out with it, or neither is done."""
    saved, created = gesprekken.save(
        submission=submission, household=household, item=walk.item, attempt=attempt, by=by
    )
    if created and attempt.result == GesprekResult.NO_CONTACT:
        for adult in sorted(household.adults(), key=lambda person: person.pk):
            opt_out.register(person=adult, regeling=None, channel=Channel.DOOR, by=by)
    return saved


def _is_this(saved: Gesprek, household: Household, attempt: Attempt) -> bool:
    """Whether what was saved is what is sent now. A browser may bring an old form back."""
    stored = Attempt(
        kind=AttemptKind(saved.kind),
        day_part=DayPart(saved.day_part),
        happened_on=saved.happened_on,
        reached=saved.reached,
        result=GesprekResult(saved.result) if saved.result else None,
        note=saved.note,
    )
    return saved.household_id == household.pk and stored == attempt


def _anew(form: GesprekForm) -> GesprekForm:
    """The same answers under a new submission, so that they can be saved after all."""
    sent = form.data.copy()
    sent["submission"] = str(form.get_initial_for_field(form.fields["submission"], "submission"))
    renewed = GesprekForm(sent, not_before=form.not_before)
    renewed.add_error(None, _OTHERWISE_SAVED)
    return renewed


def _go_on(request: HttpRequest, household: Household, walk: Walk) -> HttpResponse:
    """To the next address of the list, or to the household when that was asked."""
    if "blijven" in request.POST:
        messages.success(request, "Opgeslagen.")
        return redirect(walk.url("household", household.pk))
    following = walk.next_item()
    if following is None:
        messages.success(request, "Opgeslagen. Er is geen volgend adres meer op deze lijst.")
        return redirect(walk.back_url)
    messages.success(request, "Opgeslagen. Dit is het volgende adres.")
    return redirect(walk.url("gesprek", following.household_id))


def _first_day(household: Household, walk: Walk) -> date:
    """The earliest day that a gesprek can be about: that of the round, else that of the koppeling."""
    if walk.item is not None and walk.item.round.fixed_at:
        return localdate(walk.item.round.fixed_at)
    return localdate(household.handover.handed_over_at)


def _shown(request: HttpRequest, household: Household, walk: Walk, form: GesprekForm) -> HttpResponse:
    """The form under the name and address it is about. Showing those is written down."""
    record(Event.HOUSEHOLD_SEEN, "huishouden", [household.pk])
    context = {
        **heading(household, walk),
        "form": form,
        "who": shown.who(household, clock.today()),
        "rights": shown.rights(household, clock.today()),
        "household_url": walk.url("household", household.pk),
        "preset": form.preset_text(),
        "on_a_list": walk.item is not None,
    }
    return render(request, "outreach/gesprek.html", context)
