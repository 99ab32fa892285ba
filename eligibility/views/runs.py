"""Koppelingen: start one, see it go, and what came of it."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from eligibility import tasks
from eligibility.actions import agreements, runs
from eligibility.forms.deliveries import DayForm
from eligibility.models import OPEN_STATES, Run, RunState
from eligibility.policies import NotNow
from eligibility.selection import choose
from eligibility.transitions import CANCEL, RETRY
from eligibility.views import counts, shown
from eligibility.views.access import for_managers, soon
from outreach.kernel.clock import today
from outreach.middleware import in_background
from outreach.permissions import Permission, may
from outreach.transitions import StateChanged, leaves
from outreach.views.access import signed_in

_SHOWN = 50


@require_safe
@for_managers
def index(request: HttpRequest) -> HttpResponse:
    """All koppelingen, and the start of a new one: first the day, then what it would take."""
    form = DayForm(request.GET or None, initial={"peildatum": today()})
    choice = choose(form.cleaned_data["peildatum"]) if form.is_bound and form.is_valid() else None
    context = {
        "form": form,
        "choice": choice,
        "choice_columns": shown.choice_columns(),
        "choice_rows": shown.choice_rows(choice) if choice else [],
        "missing": [shown.gap_title(gap) for gap in choice.missing] if choice else [],
        "busy": Run.objects.open().first(),
        "ending": ", ".join(f"{one.bron} ({shown.day(one.valid_to)})" for one in agreements.ending(today())),
        "columns": [
            {"label": "Koppeling"},
            {"label": "Peildatum", "kind": "tight"},
            {"label": "Gestart", "kind": "tight"},
            {"label": "Door"},
            {"label": "Status", "kind": "tight"},
        ],
        "rows": [_row(run) for run in Run.objects.select_related("asked_by")[:_SHOWN]],
    }
    return render(request, "eligibility/runs.html", context)


def _row(run: Run) -> dict[str, Any]:
    return {
        "cells": [
            {"text": f"Koppeling {run.pk}", "url": reverse("run", args=[run.pk])},
            shown.day(run.peildatum),
            shown.moment(run.asked_at),
            run.asked_by.display_name(),
            {"status": shown.run_badge(run)},
        ]
    }


@require_POST
@for_managers
def start(request: HttpRequest) -> HttpResponse:
    """Start a koppeling on the day that was looked at."""
    form = DayForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Kies een peildatum van 2019 tot en met 2031.")
        return redirect("runs")
    try:
        run = runs.start(peildatum=form.cleaned_data["peildatum"], by=signed_in(request))
    except NotNow as refusal:
        messages.error(request, str(refusal))
        return redirect("runs")
    soon(tasks.carry_out_run, run.pk)
    messages.success(request, "De koppeling begint vanzelf.")
    return redirect("run", run.pk)


@require_safe
@for_managers
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One koppeling: its steps while it goes on, and its outcome."""
    run = get_object_or_404(Run.objects.select_related("asked_by", "transparency"), pk=pk)
    deliveries = sorted(run.deliveries.select_related("bron"), key=shown.title)
    context = {
        "run": run,
        "badge": shown.run_badge(run),
        "job": _job(run),
        "kpis": counts.headline(run.account) if run.account else [],
        "facts": _facts(run),
        "delivery_columns": shown.delivery_columns(),
        "delivery_rows": shown.delivery_rows(deliveries),
        "may_cancel": leaves(run, CANCEL),
        "may_retry": leaves(run, RETRY),
        "round_url": _round_url(request, run),
    }
    return render(request, "eligibility/run.html", context)


def _round_url(request: HttpRequest, run: Run) -> str:
    """Where the next thing is done, for who may: a round of what came out."""
    return reverse("round_new") if run.account and may(signed_in(request), Permission.ROUND_MAKE) else ""


def _facts(run: Run) -> list[dict[str, str]]:
    facts = [
        {"term": "Peildatum", "text": shown.day(run.peildatum)},
        {"term": "Refertejaar", "text": str(run.peildatum.year - 1)},
        {"term": "Transparantiedocument", "text": str(run.transparency or "–")},
        {"term": "Gestart", "text": f"{shown.moment(run.asked_at)}, {run.asked_by.display_name()}"},
    ]
    if run.finished_at:
        facts.append({"term": "Klaar", "text": shown.moment(run.finished_at)})
    return facts


@in_background("GET")
@require_safe
@for_managers
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The progress alone, for htmx; the whole page again once it is over."""
    run = get_object_or_404(Run, pk=pk)
    response = render(request, "eligibility/_job.html", {"job": _job(run)})
    if run.state not in OPEN_STATES:
        response["HX-Refresh"] = "true"
    return response


_LABELS: Mapping[str, str] = {
    RunState.WAITING: "Wacht op de werker",
    RunState.RUNNING: "De koppeling is bezig",
    RunState.DONE: "De koppeling is klaar",
    RunState.STRANDED: "De koppeling is gestrand",
    RunState.CANCELLED: "De koppeling is geannuleerd",
}


def _job(run: Run) -> dict[str, Any]:
    rows = list(run.steps.all())
    return {
        "id": "voortgang",
        "label": _LABELS[run.state],
        "value": sum(row.done for row in rows),
        "max": len(rows),
        "unit": "stappen",
        "note": run.problem,
        "steps": shown.steps(run, rows),
        "poll_url": reverse("run_progress", args=[run.pk]) if run.state in OPEN_STATES else "",
    }


@require_POST
@for_managers
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop a koppeling."""
    run = get_object_or_404(Run, pk=pk)
    return _do(
        request, run, lambda: runs.cancel(run=run, by=signed_in(request)), "De koppeling is geannuleerd."
    )


@require_POST
@for_managers
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin a stranded koppeling anew."""
    run = get_object_or_404(Run, pk=pk)
    return _do(
        request, run, lambda: runs.retry(run=run, by=signed_in(request)), "De koppeling begint opnieuw."
    )


def _do(request: HttpRequest, run: Run, action: Callable[[], None], done: str) -> HttpResponse:
    try:
        action()
    except (NotNow, StateChanged) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
        soon(tasks.carry_out_run, run.pk)
    return redirect("run", run.pk)


@require_safe
@for_managers
def account(request: HttpRequest, pk: int) -> HttpResponse:
    """The account of a finished koppeling: counts alone."""
    run = get_object_or_404(Run, pk=pk)
    if run.account is None:
        raise Http404
    context = {"run": run, "peildatum": shown.day(run.peildatum)} | counts.tables(run.account)
    return render(request, "eligibility/account.html", context)
