"""The letters of a round by household, what happened to one of them, and what may still be done about it."""

import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from letters.actions import recalls, reminders, reprints, untold
from letters.actions.contents import reference
from letters.forms.batches import LetterFilter, PauseForm
from letters.models import Letter, LetterEvent, LetterKind, Recall, RecallReason, ReminderPause
from letters.permissions import check_releases, may_release
from letters.views import history_shown as shown
from outreach.audit import Event, record
from outreach.kernel import clock
from outreach.models import Round
from outreach.permissions import Permission, may
from outreach.policies import NotNow
from outreach.views.access import require

PAGE_SIZE = 25
PAUSE_DAYS = 30


@require_safe
@require(Permission.LETTER_SEE)
@require(Permission.HOUSEHOLD_SEE)
def letter_list(request: HttpRequest, pk: int) -> HttpResponse:
    """The letters of a round, of the households one may see, in the order of the post."""
    round_ = get_object_or_404(Round.objects.letter(), pk=pk)
    form = LetterFilter(request.GET)
    found = Letter.objects.filter(round=round_).select_related("household").order_by("part_id", "position")
    page = Paginator(_narrowed(found, form), PAGE_SIZE).get_page(request.GET.get("page"))
    rows = list(page)
    record(Event.LETTERS_SEEN, "huishouden", [letter.household_id for letter in rows])
    context = {
        "round": round_,
        "filter_form": form,
        "columns": shown.LETTER_COLUMNS,
        "rows": shown.letter_rows(rows),
        "page": page,
    }
    return render(request, "letters/batch_letters.html", context)


def _narrowed(letters: QuerySet[Letter], form: LetterFilter) -> QuerySet[Letter]:
    if not form.is_valid():
        return letters
    if form.code():
        letters = letters.filter(form_code__startswith=form.code())
    if form.cleaned_data["stand"]:
        letters = letters.filter(production=form.cleaned_data["stand"])
    return letters


@require_safe
@require(Permission.HOUSEHOLD_SEE)
def letter(request: HttpRequest, pk: UUID) -> HttpResponse:
    """All that happened to one letter. Opening it is written down; when that fails, nothing is shown."""
    letter = _letter(pk)
    record(Event.LETTER_SEEN, "huishouden", [letter.household_id])
    events = LetterEvent.objects.filter(letter=letter).select_related("client__vendor")
    asked = Recall.objects.filter(letter=letter).select_related("vendor")
    releases = may_release(request.user)
    pauses = may(request.user, Permission.REMINDER_PAUSE)
    context = {
        **_heading(request, letter),
        "facts": shown.facts(letter, Letter.objects.filter(reminder_of=letter).first()),
        "events": shown.events(events, asked),
        "untold": shown.untold(letter) if untold.letters().filter(pk=letter.pk).exists() else None,
        "decides": letter.kind in (LetterKind.GRANT, LetterKind.REFUSAL),
        "pauses": shown.pauses(reminders.active_pauses(letter.household), letter) if pauses else [],
        "may_pause": pauses,
        "may_reprint": releases and reprints.reprintable(Letter.objects.filter(pk=letter.pk)).exists(),
        "may_recall": releases and letter.production in recalls.UNDER_WAY and not _is_asked(letter, asked),
    }
    return render(request, "letters/batch_letter.html", context)


def _letter(pk: UUID) -> Letter:
    """A letter to a household in the area of this user; 404 for another's, as for one that does not exist."""
    related = ("household", "round", "approach__regeling", "part__batch__vendor", "reminder_of")
    return get_object_or_404(Letter.objects.select_related(*related), pk=pk)


def _is_asked(letter: Letter, asked: QuerySet[Recall]) -> bool:
    return any(recall.print_run == letter.print_run for recall in asked)


def _heading(request: HttpRequest, letter: Letter) -> dict[str, Any]:
    """The letter, and the way back: the list for who may see it, else the household."""
    if may(request.user, Permission.LETTER_SEE):
        back = {"url": reverse("letter_list", args=[letter.round_id]), "label": "Brieven van deze ronde"}
    else:
        back = {"url": reverse("household", args=[letter.household_id]), "label": "Naar het huishouden"}
    return {
        "letter": letter,
        "title": f"Brief {reference(letter.round_id, letter.form_code)}",
        "sub": f"{letter.household.address_line()}, {letter.household.postcode_line()}",
        "badge": shown.badge(letter),
        "back": back,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.HOUSEHOLD_SEE)
@require(Permission.REMINDER_PAUSE)
def letter_pause(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Let a household have no reminder for a while. A second click makes no second pause."""
    letter = _letter(pk)
    record(Event.LETTER_SEEN, "huishouden", [letter.household_id])
    until = clock.today() + datetime.timedelta(days=PAUSE_DAYS)
    form = PauseForm(request.POST or None, initial={"until": until})
    if request.method == "POST" and form.is_valid():
        try:
            reminders.pause(household=letter.household, by=request.user, **form.cleaned_data)
        except NotNow as refusal:
            form.add_error("until", str(refusal))
        else:
            messages.success(request, "Dit huishouden krijgt voorlopig geen herinnering.")
            return redirect("letter", pk)
    context = {**_heading(request, letter), "form": form}
    return render(request, "letters/batch_pause.html", context, status=422 if form.errors else 200)


@require_POST
@require(Permission.HOUSEHOLD_SEE)
@require(Permission.REMINDER_PAUSE)
def letter_pause_end(request: HttpRequest, pk: UUID, pause: int) -> HttpResponse:
    """Let a pause end. Of a pause that is over nothing changes."""
    letter = _letter(pk)
    found = get_object_or_404(ReminderPause, pk=pause, household=letter.household_id)
    if reminders.end_pause(pause=found, by=request.user):
        messages.success(request, "De pauze is voorbij. Dit huishouden kan weer een herinnering krijgen.")
    return redirect("letter", pk)


@require_POST
@require(Permission.HOUSEHOLD_SEE)
@require(Permission.LETTER_RELEASE)
def letter_reprint(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Have a letter printed again. `druk` is the print run that the user saw: a second click does nothing."""
    check_releases(request.user)
    letter = _letter(pk)
    if request.POST.get("druk") != str(letter.print_run):
        messages.info(request, "Deze brief wordt al opnieuw gemaakt.")
        return redirect("letter", pk)
    try:
        reprints.reprint(letter=letter, by=request.user)
    except NotNow as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "De brief wordt opnieuw gemaakt. Hij gaat mee in de volgende partij.")
    return redirect("letter", pk)


@require_POST
@require(Permission.HOUSEHOLD_SEE)
@require(Permission.LETTER_RELEASE)
def letter_recall(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask a letter back that is wrong. What has another reason is asked back by itself."""
    check_releases(request.user)
    letter = _letter(pk)
    try:
        recall = recalls.ask(letter=letter, reason=RecallReason.MISTAKE)
    except NotNow as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, shown.asked_back(recall))
    return redirect("letter", pk)
