"""Files of grants for the administrations that pay: asked by one person, fetched once by another."""

import datetime
from typing import Any

from celery import current_app
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from letters.actions import exports
from letters.actions.exports import FetchedAlready
from letters.forms.paying import AskExportForm
from letters.models import GrantExport, PayingAdministration
from letters.views.shown import SHORT, moment
from outreach.kernel import clock
from outreach.permissions import Permission, may
from outreach.policies import NotNow
from outreach.templatetags.kit import amount
from outreach.views.access import require

PAGE_SIZE = 25
#: The worker of the box needs a second or two; after this long something is wrong.
_LONG = datetime.timedelta(minutes=10)
#: Sent by its name alone: these pages know nothing of the box.
_MAKE = "eligibility.tasks.sweep_exports"
_COLUMNS = [
    {"label": "Bestand"},
    {"label": "Toekenningen", "kind": "number"},
    {"label": "Gevraagd"},
    {"label": "Vingerafdruk", "kind": "tight"},
    {"label": "Status"},
    {"label": "Actie", "kind": "action"},
]


@require_safe
@require(Permission.EXPORT_FETCH)
def export_list(request: HttpRequest) -> HttpResponse:
    """All files, the newest first, and for who may the way to ask for one."""
    found = GrantExport.objects.select_related("administration", "asked_by", "fetched_by", "repeated_by")
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    asks = may(request.user, Permission.EXPORT_ASK)
    context = {
        "page": page,
        "columns": _COLUMNS,
        "rows": [_row(one, request.user.pk, asks) for one in page],
        "asks": asks,
        "form": AskExportForm(),
        "administrations": _administrations() if asks else [],
        "slow": any(_slow(one) for one in page),
    }
    return render(request, "letters/exports.html", context)


def _administrations() -> list[dict[str, Any]]:
    """What waits for each, with the key to compare before anything is sent."""
    waiting = exports.waiting()
    return [
        {"term": one.name, "text": f"{amount(waiting.get(one.pk, 0))} wachten. Sleutel: {one.public_key}"}
        for one in PayingAdministration.objects.all()
    ]


def _slow(export: GrantExport) -> bool:
    return export.made_at is None and export.asked_at < clock.now() - _LONG


def _row(export: GrantExport, user: int, asks: bool) -> dict[str, Any]:
    return {
        "cells": [
            {"text": f"Bestand {export.pk}", "sub": export.administration.name},
            amount(export.grants_count) if export.made_at else None,
            {"text": export.asked_by.display_name(), "sub": moment(export.asked_at)},
            export.sha256[:SHORT] or None,
            _status(export),
            _action(export, user, asks),
        ]
    }


def _status(export: GrantExport) -> dict[str, Any]:
    if export.fetched_at:
        who = export.fetched_by.display_name() if export.fetched_by else ""
        return {
            "status": {"label": "Opgehaald", "variant": "success"},
            "sub": f"{who}, {moment(export.fetched_at)}",
        }
    if export.made_at:
        return {"status": {"label": "Klaar om op te halen", "variant": "active"}}
    return {"status": {"label": "De werker maakt het", "variant": "danger" if _slow(export) else "neutral"}}


def _action(export: GrantExport, user: int, asks: bool) -> Any:
    if export.fetched_at:
        if not asks or hasattr(export, "repeated_by"):
            return ""
        url = reverse("export_again", args=[export.pk])
        return {"action": {"label": f"Bestand {export.pk} opnieuw vragen", "form_url": url}}
    if export.made_at and export.asked_by_id != user:
        url = reverse("export_fetch", args=[export.pk])
        return {"action": {"label": f"Bestand {export.pk} ophalen", "form_url": url, "icon": "download"}}
    return "Een collega haalt dit op" if export.made_at else ""


@require_POST
@require(Permission.EXPORT_ASK)
def export_ask(request: HttpRequest) -> HttpResponse:
    """Ask for a file of all that was not sent yet."""
    form = AskExportForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Kies een administratie.")
        return redirect("exports")
    try:
        made = exports.ask(administration=form.cleaned_data["administration"], by=request.user)
    except (NotNow, exports.NotAKey) as refusal:
        messages.error(request, str(refusal))
    else:
        _told(request, made)
    return redirect("exports")


@require_POST
@require(Permission.EXPORT_ASK)
def export_again(request: HttpRequest, pk: int) -> HttpResponse:
    """The same grants in a new file, since the first got lost."""
    try:
        made = exports.again(export=get_object_or_404(GrantExport, pk=pk), by=request.user)
    except (NotNow, exports.NotAKey) as refusal:
        messages.error(request, str(refusal))
    else:
        _told(request, made)
    return redirect("exports")


def _told(request: HttpRequest, made: GrantExport) -> None:
    messages.success(
        request, f"De werker maakt bestand {made.pk}. Een collega kan het bestand over een minuut ophalen."
    )
    # Without a broker the sweep finds it; the error is in the log.
    transaction.on_commit(lambda: current_app.send_task(_MAKE, retry=False, expires=25), robust=True)


@require_POST
@require(Permission.EXPORT_FETCH)
def export_fetch(request: HttpRequest, pk: int) -> HttpResponse:
    """The encrypted file as a download, once. A second time is refused and written down."""
    export = get_object_or_404(GrantExport, pk=pk)
    try:
        sealed = exports.fetch(export=export, by=request.user)
    except FetchedAlready as refusal:
        exports.note_refusal(export=export)
        messages.error(request, str(refusal))
        return redirect("exports")
    except NotNow as refusal:
        messages.error(request, str(refusal))
        return redirect("exports")
    response = HttpResponse(sealed, content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{export.file_name()}"'
    response["Cache-Control"] = "no-store"
    return response
