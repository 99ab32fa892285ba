"""The calendar of deliveries: who is due, who is late, and what a koppeling on some day would take."""

import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from eligibility.forms.deliveries import DayForm
from eligibility.selection import Due, choose, due_dates
from eligibility.views import shown
from eligibility.views.access import for_managers
from outreach.kernel.clock import today


@require_safe
@for_managers
def calendar(request: HttpRequest) -> HttpResponse:
    """Every bron with its last delivery, and the deliveries for the peildatum in the address (or today)."""
    day = today()
    form = DayForm(request.GET or {"peildatum": day.isoformat()})
    choice = choose(form.cleaned_data["peildatum"]) if form.is_valid() else None
    dues = due_dates(day)
    context = {
        "form": form,
        "groups": _groups(dues),
        "irregular_columns": [{"label": "Bron"}, {"label": "Laatste levering", "kind": "tight"}],
        "irregular_rows": [_irregular_row(due) for due in dues if due.next_day is None],
        "choice": choice,
        "choice_columns": shown.choice_columns(),
        "choice_rows": shown.choice_rows(choice) if choice else [],
        "missing": [shown.gap_title(gap) for gap in choice.missing] if choice else [],
    }
    return render(request, "eligibility/calendar.html", context)


def _groups(dues: list[Due]) -> list[dict[str, Any]]:
    late = [_entry(due, due.last_day, "Te laat", "danger") for due in dues if due.late]
    coming = [
        _entry(due, due.next_day, "Verwacht", "neutral") for due in dues if due.next_day and not due.late
    ]
    groups = [{"name": "Te laat", "days": late}, {"name": "Verwacht", "days": coming}]
    return [group for group in groups if group["days"]]


def _entry(due: Due, day: datetime.date | None, word: str, variant: str) -> dict[str, Any]:
    return {
        "date": day,
        "text": due.bron.name,
        "url": reverse("delivery", args=[due.latest.pk]) if due.latest else "",
        "sub": _latest(due),
        "status": {"label": word, "variant": variant},
        "late": due.late,
    }


def _latest(due: Due) -> str:
    return f"Laatste levering: {shown.moment(due.latest.received_at)}" if due.latest else "Nog nooit geleverd"


def _irregular_row(due: Due) -> dict[str, Any]:
    cell = {"text": due.bron.name, "sub": due.bron.supplier}
    if due.latest:
        cell["url"] = reverse("delivery", args=[due.latest.pk])
    return {"cells": [cell, shown.moment(due.latest.received_at) if due.latest else None]}
