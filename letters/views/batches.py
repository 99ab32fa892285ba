"""Batches: all of them, one, making one of a round, releasing it, and what was taken out of it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from letters.actions import batch_counts, batch_recalls, batches, errands, fitting, reminders
from letters.forms.batches import ComposeForm, RecallForm
from letters.models import Batch, BatchState, Errand
from letters.permissions import check_releases, may_release
from letters.views import batches_shown as shown
from outreach.audit import Event, record
from outreach.kernel import clock
from outreach.middleware import in_background
from outreach.models import Round, User
from outreach.permissions import Permission, may
from outreach.policies import NotNow
from outreach.transitions import StateChanged
from outreach.views.access import require

PAGE_SIZE = 25


@require_safe
@require(Permission.LETTER_SEE)
def letter_batches(request: HttpRequest) -> HttpResponse:
    """All batches, the newest first, and what the vendors may expect."""
    found = Batch.objects.select_related("vendor", "round").order_by("-made_at", "id")
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "columns": shown.BATCH_COLUMNS,
        "rows": shown.batch_rows(page, batch_counts.totals(page)),
        "announced_columns": shown.ANNOUNCED_COLUMNS,
        "announced_rows": shown.announced_rows(batch_counts.announced()),
    }
    return render(request, "letters/batches.html", context)


@require_safe
@require(Permission.LETTER_SEE)
def letter_batch(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One batch: how far it is, what was taken out, and for who may the button that releases it."""
    batch = _batch(pk)
    totals = batch_counts.totals([batch]).get(pk, batch_counts.BatchTotals())
    left = batch_counts.left(batch)
    releases = may_release(request.user)
    sees_people = may(request.user, Permission.HOUSEHOLD_SEE)
    context = {
        **_recalling(batch, releases),
        "batch": batch,
        "badge": shown.badge(batch),
        "title": shown.title(batch),
        "kpis": shown.kpis(batch, totals, left, sees_people),
        "facts": shown.facts(batch),
        "states": shown.state_bars(batch_counts.letter_states(batch)),
        "job": _job(batch),
        "totals": totals,
        "left": left,
        "misfits": fitting.misfits().filter(batch=batch).exists(),
        "may_release": releases and batch.state == BatchState.COMPOSED and not batch.release_asked_by_id,
        "may_free": releases and left.held and batch.state != BatchState.COMPOSED,
        "errands": [shown.errand(one) for one in errands.last(batch.round, batch)],
        "sees_people": sees_people,
    }
    return render(request, "letters/batch.html", context)


def _recalling(batch: Batch, releases: bool) -> dict[str, Any]:
    """Asking the whole batch back, and planning anew what was withdrawn as wrong; for who releases."""
    recalls = releases and batch.state == BatchState.RELEASED and not batch.recall_asked_by_id
    plans = releases and batch.released_at and not batch.anew_asked_by_id
    return {
        "recall_form": RecallForm() if recalls else None,
        "wrong": batch_recalls.wrong(batch) if plans else 0,
    }


def _batch(pk: UUID) -> Batch:
    related = ("vendor", "round", "made_by", "released_by", "release_asked_by")
    return get_object_or_404(Batch.objects.select_related(*related), pk=pk)


_RELEASING = (
    "Partij vrijgeven",
    "Alle brieven worden nog één keer bekeken. Je hoeft hier niet op te wachten.",
)
_RECALLING = ("Partij terugvragen", "Alle brieven worden teruggevraagd. Je hoeft hier niet op te wachten.")
_PLANNING = ("Opnieuw plannen", "De brieven worden opnieuw gepland. Je hoeft hier niet op te wachten.")


def _job(batch: Batch) -> dict[str, Any] | None:
    """What a worker does with this batch; None when nobody asked for anything."""
    if batch.state == BatchState.COMPOSED and batch.release_asked_by_id:
        label, note = _RELEASING
    elif batch.recall_asked_by_id:
        label, note = _RECALLING
    elif batch.anew_asked_by_id:
        label, note = _PLANNING
    else:
        return None
    poll_url = reverse("letter_batch_progress", args=[batch.pk])
    return {"id": "vrijgeven", "label": label, "note": note, "poll_url": poll_url}


@in_background("GET")
@require_safe
@require(Permission.LETTER_SEE)
def letter_batch_progress(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Whether the release goes on, for the page that asks every two seconds; at the end it comes anew."""
    job = _job(_batch(pk))
    response = render(request, "letters/_job.html", {"job": job or {"id": "vrijgeven", "label": "Klaar"}})
    if job is None:
        response["HX-Refresh"] = "true"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.LETTER_RELEASE)
def letter_batch_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a batch of what a round has made. A second click finds nothing left to put in."""
    check_releases(request.user)
    round_ = get_object_or_404(Round.objects.letter(), pk=pk)
    form = ComposeForm(request.POST or None, initial={"planned_on": clock.today()})
    if request.method == "POST" and form.is_valid():
        try:
            batch = batches.compose(round_=round_, by=request.user, **form.cleaned_data)
        except NotNow as refusal:
            messages.error(request, str(refusal))
            return redirect("letter_round", round_.pk)
        messages.success(request, "De partij is gemaakt. Controleer hem, en geef hem daarna vrij.")
        return redirect("letter_batch", batch.pk)
    loose = list(batches.unbatched(round_))
    context = {
        "form": form,
        "round": round_,
        "parts": len(loose),
        "letters": sum(part.letters_count for part in loose),
    }
    return render(request, "letters/batch_new.html", context, status=422 if form.errors else 200)


@require_POST
@require(Permission.LETTER_RELEASE)
def letter_batch_release(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask for the release; a worker does it. A second click changes nothing."""
    batch = get_object_or_404(Batch, pk=pk)
    try:
        asked = batches.ask_release(batch=batch, by=request.user)
    except NotNow as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request,
            "De partij wordt binnen een minuut vrijgegeven."
            if asked
            else "Deze partij wordt al vrijgegeven.",
        )
    return redirect("letter_batch", pk)


@require_POST
@require(Permission.LETTER_RELEASE)
def letter_batch_withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a batch apart that was not released."""
    batch = get_object_or_404(Batch, pk=pk)
    try:
        batches.withdraw(batch=batch, by=request.user)
    except StateChanged as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "De partij is ingetrokken. De brieven kunnen in een nieuwe partij.")
    return redirect("letter_batch", pk)


@require_POST
@require(Permission.LETTER_RELEASE)
def letter_batch_recall(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask for all letters of a batch; a worker does it. A second click changes nothing."""
    check_releases(request.user)
    batch = get_object_or_404(Batch, pk=pk)
    form = RecallForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Kies waarom je de partij terugvraagt.")
        return redirect("letter_batch", pk)
    try:
        asked = batch_recalls.ask(batch=batch, reason=form.chosen(), by=request.user)
    except NotNow as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request,
            "De partij wordt binnen een minuut teruggevraagd."
            if asked
            else "Deze partij wordt al teruggevraagd.",
        )
    return redirect("letter_batch", pk)


@require_POST
@require(Permission.LETTER_RELEASE)
def letter_batch_anew(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Have the letters made again that were withdrawn as wrong. A second click changes nothing."""
    batch = get_object_or_404(Batch, pk=pk)
    try:
        batch_recalls.ask_anew(batch=batch, by=request.user)
    except NotNow as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "De brieven worden opnieuw gemaakt. Maak daarna een nieuwe partij.")
    return redirect("letter_batch", pk)


@require_POST
@require(Permission.LETTER_RELEASE)
def letter_batch_free(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Have the held letters made again, now that there is a legal basis."""
    batch = get_object_or_404(Batch, pk=pk)
    try:
        asked = errands.ask_free(batch=batch, by=request.user)
    except NotNow as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, shown.errand_asked(asked))
    return redirect("letter_batch", pk)


@require_safe
@require(Permission.LETTER_SEE)
@require(Permission.HOUSEHOLD_SEE)
def letter_batch_left(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Letters of a batch that are in none of its files, with the reason; of the households one may see."""
    batch = _batch(pk)
    found = batch_counts.left_out(batch).select_related("household", "part")
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    rows = list(page)
    record(Event.LETTERS_SEEN, "huishouden", [letter.household_id for letter in rows])
    context = {
        "batch": batch,
        "title": shown.title(batch),
        "columns": shown.LEFT_COLUMNS,
        "rows": shown.left_rows(rows),
        "page": page,
    }
    return render(request, "letters/batch_left.html", context)


@require_safe
@require(Permission.LETTER_SEE)
@require(Permission.HOUSEHOLD_SEE)
def letter_batch_recalls(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What was asked back of a batch, and what the vendor answered; of the households one may see."""
    batch = _batch(pk)
    found = batch_counts.recalls(batch).select_related("letter__household").order_by("-asked_at", "id")
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    rows = list(page)
    record(Event.LETTERS_SEEN, "huishouden", [recall.letter.household_id for recall in rows])
    context = {
        "batch": batch,
        "title": shown.title(batch),
        "columns": shown.RECALL_COLUMNS,
        "rows": shown.recall_rows(rows),
        "page": page,
    }
    return render(request, "letters/batch_recalls.html", context)


@require_POST
@require(Permission.LETTER_RELEASE)
def letter_round_remind(request: HttpRequest, pk: int) -> HttpResponse:
    """Have the reminders of a round planned. A second click asks nothing more."""
    round_ = get_object_or_404(Round.objects.letter(), pk=pk)
    try:
        asked = errands.ask_reminders(round_=round_, by=request.user)
    except NotNow as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, shown.errand_asked(asked))
    return redirect("letter_round", pk)


@in_background("GET")
@require_safe
@require(Permission.LETTER_SEE)
def letter_errand_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a worker is with what was asked, every two seconds; at the end the page comes anew."""
    told = shown.errand(get_object_or_404(Errand.objects.select_related("asked_by"), pk=pk))
    job = told.get("job")
    response = render(request, "letters/_job.html", {"job": job or {"id": "opdracht", "label": "Klaar"}})
    if job is None:
        response["HX-Refresh"] = "true"
    return response


def round_panels(user: User, round_: Round) -> dict[str, Any]:
    """What the page of a round shows about batches and reminders."""
    found = list(round_.batches.select_related("vendor", "round").order_by("-made_at", "id"))
    releases = may_release(user)
    return {
        "batch_columns": shown.BATCH_COLUMNS,
        "batch_rows": shown.batch_rows(found, batch_counts.totals(found)),
        "may_compose": releases and batches.unbatched(round_).exists(),
        "reminding": _reminding(round_) if releases and found else None,
        "errands": [shown.errand(one) for one in errands.last(round_)],
    }


def _reminding(round_: Round) -> dict[str, Any]:
    """How many reminders would go now, or the reason why none may."""
    try:
        reminders.check_can_plan(round_)
    except NotNow as refusal:
        first = reminders.due_from(round_)
        ahead = first if first and first > clock.today() else None
        return {"count": 0, "why_not": str(refusal), "first": shown.day(ahead)}
    return {"count": reminders.count_due(round_), "why_not": ""}
