"""Writing down a gesprek at the door, and on to the next address."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from operator import itemgetter
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_http_methods

from optout.actions import at_the_door
from outreach.actions import claims, gesprekken, tasks
from outreach.actions import drafts as kept
from outreach.actions.gesprekken import Attempt, Planned
from outreach.audit import Event, record
from outreach.forms.draft import KEEP
from outreach.forms.gesprek import GesprekForm
from outreach.forms.gesprek_more import Around, doer_choices
from outreach.kernel import clock
from outreach.models import Gesprek, Household, User
from outreach.models.task import IN_TOUCH
from outreach.permissions import Permission
from outreach.policies import NotNow
from outreach.views import drafts
from outreach.views import household_shown as shown
from outreach.views.access import require, signed_in
from outreach.views.claims import go_to_next
from outreach.views.household import (
    by_phone,
    call_first,
    came_themselves,
    get_household,
    heading,
    may_open_gesprek,
    represented_by,
)
from outreach.views.signed_out import keeps_draft
from outreach.views.walk import Walk, walk_to

_SAVED = "Opgeslagen."
_NOT_PLANNED = (
    "Dit huishouden wil geen contact meer. De afspraak of taak waarvoor je contact zoekt, is niet gemaakt."
)
_TELL_HIM = "Vertel je collega wat jij al hebt opgeslagen. Alles wat jullie allebei opslaan, blijft bewaard."
_OTHERWISE_SAVED = (
    "Dit formulier was al opgeslagen, met een ander antwoord."
    " Klopt dit antwoord ook? Sla het dan nog een keer op."
)


@keeps_draft
@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.GESPREK_SAVE)
def gesprek(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The form, and saving it. The same form sent twice is saved once."""
    household = get_household(request.user, pk)
    walk = walk_to(request, household)
    around = _around(household, signed_in(request), request.POST)
    fields = {
        "not_before": _first_day(household, walk),
        "around": around,
        "themselves": came_themselves(request),
        "by_phone": by_phone(request),
    }
    if request.method == "POST":
        form = GesprekForm(request.POST, **fields)
        if KEEP in request.POST:
            kept_now = drafts.keep_and_return(request, household, walk, form)
            return kept_now or _shown(request, household, walk, form)
        return _saved(request, household, walk, form)
    if not may_open_gesprek(request, household, walk):
        return redirect(walk.url("household", household.pk))
    form = GesprekForm(**fields)
    drafts.fill_from_draft(request, household, form)
    return _shown(request, household, walk, form)


def _saved(request: HttpRequest, household: Household, walk: Walk, form: GesprekForm) -> HttpResponse:
    """Save and go on; or the form again, with what is wrong and all that was filled in.

    What happened is written down also when somebody opted out or the round was closed since the form was
    opened. Only contact is not planned any more with who does not want it.
    """
    if not form.is_valid():
        return _shown(request, household, walk, form)
    submission, whole = form.cleaned_data["submission"], form.attempt()
    attempt = _without_contact(whole) if household.refuses_contact() else whole
    newer = drafts.saved_since_opened(request, household, submission)
    earlier = Gesprek.objects.filter(submission=submission).first()
    if earlier is None:
        if newer:
            return _shown(request, household, walk, form, newer)
        try:
            earlier = _save(submission, household, walk, attempt, request.user)
        except NotNow as refusal:
            # Who should do the task left meanwhile, or does not work here any more. Nothing was saved.
            form.add_error("task_for", str(refusal))
            return _shown(request, household, walk, form)
    if not _is_this(earlier, household, attempt, whole):
        return _shown(request, household, walk, _anew(form))
    _tell_who_is_there(request, household)
    return _go_on(request, household, walk, _SAVED if attempt == whole else f"{_SAVED} {_NOT_PLANNED}")


def _tell_who_is_there(request: HttpRequest, household: Household) -> None:
    """Say which colleague is busy with the household that was just saved about; it stays his."""
    other = claims.holder(household, other_than=signed_in(request))
    if other is not None:
        messages.warning(request, f"{other.text()} {_TELL_HIM}")


@transaction.atomic
def _save(submission: UUID, household: Household, walk: Walk, attempt: Attempt, by: User) -> Gesprek:
    """Save the attempt, and throw its draft away with it."""
    saved, _ = at_the_door.save_gesprek(
        submission=submission, household=household, item=walk.item, attempt=attempt, by=by
    )
    kept.discard(submissions=[submission], by=by)
    return saved


def _without_contact(attempt: Attempt) -> Attempt:
    """The same without the tasks for which one would seek contact again."""

    def seeks(plan: Planned) -> bool:
        return plan.todo.kind in IN_TOUCH

    return replace(attempt, planned=frozenset(plan for plan in attempt.planned if not seeks(plan)))


def _is_this(saved: Gesprek, household: Household, *sent: Attempt) -> bool:
    """Whether what was saved is what is sent now, with or without its contact tasks. A browser may bring an
    old form back."""
    return saved.household_id == household.pk and gesprekken.written(saved) in sent


def _anew(form: GesprekForm) -> GesprekForm:
    """The same answers under a new submission, so that they can be saved after all."""
    sent = form.data.copy()
    sent["submission"] = str(form.get_initial_for_field(form.fields["submission"], "submission"))
    renewed = GesprekForm(
        sent,
        not_before=form.not_before,
        around=form.around,
        themselves=form.themselves,
        by_phone=form.by_phone,
    )
    renewed.add_error(None, _OTHERWISE_SAVED)
    return renewed


def _around(household: Household, user: User, sent: QueryDict) -> Around:
    """The regelingen that may be spoken about, or were when the form that is sent was open; and who can be
    given a task. About what was granted there is nothing to ask any more."""
    refused = {code for code in household.refused_regelingen() if not sent.get(f"said_{code}")}
    granted = household.granted
    found = {each.regeling_id: each.regeling.name for each in household.candidacies.all()}
    named = {code: name for code, name in sorted(found.items(), key=itemgetter(1)) if code not in refused}
    return Around(
        {code: name for code, name in named.items() if code not in granted},
        doer_choices(user, *tasks.takers(household, user)),
        {code: name for code, name in found.items() if code in granted},
    )


def _go_on(request: HttpRequest, household: Household, walk: Walk, said: str) -> HttpResponse:
    """To the next address of the list, or to the household when that was asked or nobody was on the way."""
    if "blijven" in request.POST or came_themselves(request) or by_phone(request) or not walk.from_list:
        messages.success(request, said)
        return redirect(walk.url("household", household.pk))
    return go_to_next(request, walk, said)


def _first_day(household: Household, walk: Walk) -> date:
    """The earliest day that a gesprek can be about: that of the round, else that of the koppeling."""
    if walk.item is not None and walk.item.round.fixed_at:
        return localdate(walk.item.round.fixed_at)
    return localdate(household.handover.handed_over_at)


def _shown(
    request: HttpRequest,
    household: Household,
    walk: Walk,
    form: GesprekForm,
    newer: Sequence[Gesprek] = (),
) -> HttpResponse:
    """The form under the name and address it is about, with what a colleague saved since it was opened
    (`newer`). Showing those is written down."""
    record(Event.HOUSEHOLD_SEEN, "huishouden", [household.pk])
    rights = shown.rights(household, clock.today())
    context = {
        **heading(household, walk),
        "form": form,
        "who": shown.who(household, clock.today()),
        "rights": rights,
        "to_discuss": ", ".join(right["name"] for right in rights if not right["granted"]),
        "said_before": any(right["said"] for right in rights),
        "household_url": walk.url("household", household.pk),
        "claim": shown.claim(household, request.user, walk),
        "preset": form.preset_text(),
        "preset_day": form.preset_day(),
        "on_a_list": walk.from_list and not form.nobody_went(),
        "refused": household.refuses_contact(),
        "representatives": shown.in_force(represented_by(household), clock.today()),
        "call_first": call_first(signed_in(request), [household.pk]).get(household.pk, ""),
        **drafts.about(request, household, walk, form, newer),
    }
    return render(request, "outreach/gesprek.html", context)
