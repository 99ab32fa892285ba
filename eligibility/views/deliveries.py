"""Deliveries: the list, one of them, its progress, its error report, and what one may do with it."""

import csv
import io
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from eligibility import tasks
from eligibility.actions import deliveries, facts
from eligibility.forms.deliveries import AcceptForm, DeliveryFilter
from eligibility.models import WORKING, Delivery, DeliveryState
from eligibility.policies import NotNow, was_loaded
from eligibility.transitions import WITHDRAW
from eligibility.uploads import size_text
from eligibility.views import shown
from eligibility.views.access import for_managers, soon
from outreach.middleware import in_background
from outreach.templatetags.kit import amount, percent_of
from outreach.transitions import StateChanged, leaves
from outreach.views.access import signed_in

_PER_PAGE = 50
_PROBLEMS_SHOWN = 20


@require_safe
@for_managers
def index(request: HttpRequest) -> HttpResponse:
    """All deliveries, newest first, by state and bron. The filters are in the address."""
    form = DeliveryFilter(request.GET)
    form.is_valid()
    state, bron = form.cleaned_data.get("status"), form.cleaned_data.get("bron")
    found = Delivery.objects.select_related("bron")
    found = found.filter(state=state) if state else found
    found = found.filter(bron=bron) if bron else found
    page = Paginator(found, _PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "filter_form": form,
        "chips": _chips(request, form),
        "page": page,
        "count_text": f"{amount(page.paginator.count)} leveringen gevonden",
        "columns": shown.delivery_columns(),
        "rows": shown.delivery_rows(page, request.GET.urlencode()),
    }
    context["stuck"] = [row.subject for row in facts.stuck()]
    return render(request, "eligibility/deliveries.html", context)


def _chips(request: HttpRequest, form: DeliveryFilter) -> list[dict[str, str]]:
    labels = {
        "status": dict(DeliveryState.choices).get(form.cleaned_data.get("status") or ""),
        "bron": form.cleaned_data.get("bron"),
    }
    chips = []
    for name, label in labels.items():
        if label:
            rest = request.GET.copy()
            rest.pop(name, None)
            rest.pop("page", None)
            chips.append({"label": str(label), "url": f"?{rest.urlencode()}"})
    return chips


@require_safe
@for_managers
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One delivery. While the worker is at it, the progress renews itself."""
    delivery = _get(pk)
    return _show(request, delivery, AcceptForm())


def _get(pk: int) -> Delivery:
    related = ("bron", "received_by", "accepted_by")
    return get_object_or_404(Delivery.objects.select_related(*related), pk=pk)


def _show(request: HttpRequest, delivery: Delivery, accept: AcceptForm, status: int = 200) -> HttpResponse:
    held = delivery.state == DeliveryState.HELD
    context = {
        "delivery": delivery,
        "title": shown.title(delivery),
        "badge": shown.delivery_badge(delivery),
        "back_url": f"{reverse('deliveries')}?{request.GET.urlencode()}".rstrip("?"),
        "job": _job(delivery),
        "kpis": _kpis(delivery),
        "facts": _facts(delivery),
        "rules": [(shown.rule_text(count.rule), count.rows) for count in delivery.rule_counts.all()],
        "problem_rows": _problem_rows(delivery),
        "problem_columns": [
            {"label": "Regel", "kind": "tight"},
            {"label": "Kolom"},
            {"label": "Wat er niet klopt"},
        ],
        "held_heading": "De levering wacht op een besluit"
        if was_loaded(delivery)
        else "Het inladen lukt niet",
        "accept_form": accept if held and was_loaded(delivery) else None,
        "may_retry": held and not was_loaded(delivery),
        "may_withdraw": leaves(delivery, WITHDRAW),
        "used": delivery.was_used(),
        "waits_for_list": delivery.waits_for_list(),
        "again_url": _again(delivery) if delivery.state == DeliveryState.REFUSED else "",
    }
    return render(request, "eligibility/delivery.html", context, status=status)


@in_background("GET")
@require_safe
@for_managers
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The progress alone, for htmx; the whole page again once the work is over."""
    delivery = _get(pk)
    response = render(request, "eligibility/_job.html", {"job": _job(delivery)})
    if delivery.state not in WORKING:
        response["HX-Refresh"] = "true"
    return response


def _job(delivery: Delivery) -> dict[str, Any]:
    """What kit/job.html asks. Checking has no end in sight: only then is known how many rows there are."""
    working = delivery.state in WORKING
    checked = delivery.state != DeliveryState.RECEIVED
    waiting = working and not checked and not delivery.attempts
    return {
        "id": "voortgang",
        "label": "Wacht op de werker" if waiting else "Inladen" if checked else "Bestand controleren",
        "value": delivery.rows_read,
        "max": delivery.rows_total if checked else None,
        "unit": "regels",
        "note": delivery.file_problem,
        "poll_url": reverse("delivery_progress", args=[delivery.pk]) if working else "",
    }


def _kpis(delivery: Delivery) -> list[dict[str, Any]]:
    if not was_loaded(delivery):
        return []
    figures = [
        {"label": "Regels gelezen", "value": amount(delivery.rows_read)},
        {"label": "Ingeladen", "value": amount(delivery.rows_kept)},
        {"label": "Geweigerd", "value": amount(delivery.rows_refused), "note": _share_refused(delivery)},
        {"label": "Nullen hersteld", "value": amount(delivery.zeros_restored)},
    ]
    if delivery.relations_emptied:
        figures.append({"label": "Relaties leeggemaakt", "value": amount(delivery.relations_emptied)})
    if delivery.previous_rows is not None:
        figures.append(
            {"label": "Vorige levering", "value": amount(delivery.previous_rows), "note": "regels"}
        )
    return figures


def _share_refused(delivery: Delivery) -> str:
    """`12% van de regels`. A few of many are not nought."""
    share = percent_of(delivery.rows_refused, delivery.rows_read)
    return f"{share}% van de regels" if share or not delivery.rows_refused else "minder dan 1% van de regels"


def _again(delivery: Delivery) -> str:
    """Where a mended file for the same bron, year and day is delivered."""
    about = {"bron": delivery.bron_id, "jaar": delivery.year or "", "peildatum": delivery.peildatum}
    return f"{reverse('delivery_upload')}?{urlencode(about)}"


def _facts(delivery: Delivery) -> list[dict[str, Any]]:
    facts = [
        {"term": "Leverancier", "text": delivery.bron.supplier},
        {"term": "Peildatum", "text": shown.day(delivery.peildatum)},
        {"term": "Bestand", "text": f"{delivery.file_name} ({size_text(delivery.size)})"},
        {
            "term": "Ontvangen",
            "text": f"{shown.moment(delivery.received_at)}, {delivery.received_by.display_name()}",
        },
    ]
    if delivery.accepted_by:
        facts.append({"term": "Geaccepteerd door", "text": delivery.accepted_by.display_name()})
        facts.append({"term": "Waarom", "text": delivery.accept_reason})
    return facts


def _problem_rows(delivery: Delivery) -> list[dict[str, Any]]:
    return [
        {"cells": [{"text": f"Regel {amount(row.line)}"}, row.column or None, shown.rule_text(row.rule)]}
        for row in delivery.row_problems.all()[:_PROBLEMS_SHOWN]
    ]


@require_safe
@for_managers
def error_report(request: HttpRequest, pk: int) -> HttpResponse:
    """The refused rows by line, column and rule, to send back to the supplier. Never a value."""
    delivery = _get(pk)
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(["regelnummer", "kolom", "regel", "uitleg"])
    problems = delivery.row_problems.values_list("line", "column", "rule")
    count = 0
    for line, column, rule in problems.iterator():
        writer.writerow([line, column, rule, shown.rule_text(rule)])
        count += 1
    left_off = delivery.rows_refused - count
    if left_off > 0:
        writer.writerow(["", "", "", f"Nog {left_off} geweigerde regels staan hier niet bij."])
    # With a byte order mark, since this is opened in Excel.
    response = HttpResponse(text.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="foutrapport-levering-{delivery.pk}.csv"'
    return response


@require_POST
@for_managers
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a held delivery after all, with a reason."""
    delivery = _get(pk)
    form = AcceptForm(request.POST)
    if not form.is_valid():
        return _show(request, delivery, form, status=422)
    reason = form.cleaned_data["reden"]
    return _do(
        request,
        delivery,
        lambda: deliveries.accept(delivery=delivery, reason=reason, by=signed_in(request)),
        "De levering is geaccepteerd.",
    )


@require_POST
@for_managers
def offer_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the worker try once more."""
    delivery = _get(pk)
    return _do(
        request,
        delivery,
        lambda: deliveries.offer_again(delivery=delivery, by=signed_in(request)),
        "De werker probeert het opnieuw.",
    )


@require_POST
@for_managers
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a delivery back. Its rows, its file and its key go; at once when no koppeling used it."""
    delivery = _get(pk)
    goes = "wachten op een vernietigingslijst" if delivery.was_used() else "worden verwijderd"
    return _do(
        request,
        delivery,
        lambda: deliveries.withdraw(delivery=delivery, by=signed_in(request)),
        f"De levering is ingetrokken. Het bestand en de regels {goes}.",
    )


def _do(request: HttpRequest, delivery: Delivery, action: Callable[[], None], done: str) -> HttpResponse:
    try:
        action()
    except (NotNow, StateChanged) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
        soon(tasks.processing_of(delivery), delivery.pk)
    return redirect("delivery", delivery.pk)
