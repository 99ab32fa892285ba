"""Drafts of a form about a household: kept while somebody writes, offered when he comes back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.views.decorators.http import require_POST

from outreach.actions import drafts, versions
from outreach.forms import draft as sent
from outreach.kernel import clock
from outreach.middleware import in_background
from outreach.models import Draft, Gesprek, Household
from outreach.permissions import Permission
from outreach.views.access import require, signed_in
from outreach.views.household import BY_PHONE, THEMSELVES, get_household
from outreach.views.household_shown import events
from outreach.views.signed_out import keeps_draft
from outreach.views.walk import Walk, walk_to

#: In the address of the form: the draft to go on with.
WITH = "concept"
#: In the form, and so in its draft: how it was opened when nobody went past.
HOW = "wijze"
# More digits than these no number of a row has.
_DIGITS = 18
KEPT = "Concept bewaard. Je vindt het terug als je dit formulier weer opent."


@in_background("POST")
@keeps_draft
@require_POST
@require(Permission.GESPREK_SAVE)
def draft_keep(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Keep what stands in the form, while somebody writes. Answers with the line that says so."""
    household = get_household(request.user, pk)
    try:
        moment = keep(request, household)
    except ValidationError as refusal:
        return render(request, "outreach/draft_state.html", {"refused": refusal.messages[0]})
    return render(request, "outreach/draft_state.html", {"kept_at": moment})


def keep(request: HttpRequest, household: Household) -> datetime:
    """Keep the form that was sent as a draft; gives the moment. Raises ValidationError, in Dutch."""
    submission = sent.as_key(request.POST.get(sent.SUBMISSION))
    if submission is None:
        raise ValidationError("Dit formulier is niet meer geldig. Open het adres opnieuw.")
    fields = sent.fields_of(request.POST)
    # A button that somebody presses is never an answer that came too late.
    turn = _now() if sent.KEEP in request.POST else sent.turn_of(request.POST)
    return drafts.keep(
        submission=submission, household=household, fields=fields, by=signed_in(request), turn=turn
    )


def _now() -> int:
    return int(clock.now().timestamp() * 1000)


def keep_and_return(
    request: HttpRequest, household: Household, walk: Walk, form: Form
) -> HttpResponse | None:
    """The answer to the button that keeps a draft, without JavaScript: the form again. None when it was not
    kept; then the form says why."""
    try:
        keep(request, household)
    except ValidationError as refusal:
        form.add_error(None, refusal)
        return None
    messages.success(request, KEPT)
    return redirect(_with(walk, household, request.POST[sent.SUBMISSION], _how(request)))


@require_POST
@require(Permission.GESPREK_SAVE)
def draft_discard(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Throw one draft away, and back to the form as it was opened."""
    household = get_household(request.user, pk)
    submission = sent.as_key(request.POST.get(sent.SUBMISSION))
    if submission is not None:
        drafts.discard(submissions=[submission], by=signed_in(request))
        messages.success(request, "Je concept is weggegooid.")
    return redirect(_flagged(walk_to(request, household).url("gesprek", household.pk), _how(request)))


def fill_from_draft(request: HttpRequest, household: Household, form: Form) -> None:
    """Go on with the draft that the address names, when it is there and this user's own."""
    submission = sent.as_key(request.GET.get(WITH))
    draft = Draft.objects.waiting(household, signed_in(request)).filter(submission=submission).first()
    if draft is not None:
        sent.fill(form, draft)


def saved_since_opened(request: HttpRequest, household: Household, submission: UUID) -> list[Gesprek]:
    """What was saved about this household since the form that is sent was opened."""
    known = request.POST.get(sent.KNOWN, "")
    if not known.isdecimal() or len(known) > _DIGITS:
        return []
    return versions.saved_since(household, known=int(known), submission=submission)


def about(
    request: HttpRequest, household: Household, walk: Walk, form: Form, newer: Sequence[Gesprek]
) -> dict[str, Any]:
    """What the form carries and shows so that nothing is lost: templates/outreach/gesprek_kept.html."""
    user = signed_in(request)
    return {
        "draft_token": sent.token(user, household),
        "turn": _now(),
        "draft_url": walk.url("draft_keep", household.pk),
        "how": _how(request),
        "draft_offer": _offer(request, household, walk, form),
        "known": newer[-1].pk if newer else versions.last_known(household),
        "newer": [
            {**event, "saved_at": f"{localtime(each.saved_at):%H.%M} uur"}
            for each, event in zip(newer, events(newer, household, user), strict=True)
        ],
    }


def _offer(request: HttpRequest, household: Household, walk: Walk, form: Form) -> dict[str, Any] | None:
    """The newest draft that is not in this form already."""
    here = sent.as_key(form["submission"].value())
    draft = Draft.objects.waiting(household, signed_in(request)).exclude(submission=here).first()
    if draft is None:
        return None
    saved = localtime(draft.saved_at)
    day = "" if saved.date() == clock.today() else f"{date_format(saved, 'l j F')}, "
    return {
        "writer": draft.written_by(),
        "when": f"{day}{saved:%H.%M} uur",
        "url": _with(walk, household, draft.submission, *draft.fields.get(HOW, [])[:1]),
        "submission": draft.submission,
        "discard_url": _flagged(walk.url("draft_discard", household.pk), _how(request)),
    }


def _how(request: HttpRequest) -> str:
    """The word in the address that says that nobody goes past; empty where somebody does."""
    return next((word for word in (THEMSELVES, BY_PHONE) if word in request.GET), "")


def _flagged(url: str, how: str) -> str:
    """The address with that word, and with no other that a form may have brought."""
    return _more(url, f"{how}=1") if how in (THEMSELVES, BY_PHONE) else url


def _with(walk: Walk, household: Household, submission: object, how: str = "") -> str:
    return _more(_flagged(walk.url("gesprek", household.pk), how), f"{WITH}={submission}")


def _more(url: str, query: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}{query}"
