"""Sharing names with Gemeentebelastingen: proposed, signed, told by letter, and then one file."""

from collections.abc import Callable
from typing import Any

from celery import current_app
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from letters.actions import preview, sharing
from letters.actions.exports import NotAKey
from letters.forms.sharing import ShareForm
from letters.models import Share, ShareFile, ShareState
from letters.permissions import may_fetch
from letters.texts.catalog import TextMissing
from letters.views.shown import SHORT, amount, day, moment
from outreach.kernel import clock
from outreach.models import User
from outreach.permissions import Permission, check, may
from outreach.policies import NotNow
from outreach.transitions import StateChanged
from outreach.views.access import require, signed_in

PAGE_SIZE = 25
#: Sent by its name alone: these pages know nothing of the box.
_WORK = "eligibility.tasks.sweep_sharing"
_VARIANTS = {
    ShareState.PROPOSED: "neutral",
    ShareState.SIGNED: "active",
    ShareState.CHOSEN: "active",
    ShareState.ASKED: "active",
    ShareState.SHARED: "success",
    ShareState.WITHDRAWN: "inactive",
}
_COLUMNS = [
    {"label": "Deling"},
    {"label": "Bezwaar vóór", "kind": "tight"},
    {"label": "Gemaakt"},
    {"label": "Ondertekend"},
    {"label": "Status"},
]
_FILE_COLUMNS = [
    {"label": "Bestand"},
    {"label": "Regels", "kind": "number"},
    {"label": "Gemaakt"},
    {"label": "Vingerafdruk", "kind": "tight"},
    {"label": "Actie", "kind": "action"},
]


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.SHARE_SEE)
def share_list(request: HttpRequest) -> HttpResponse:
    """All shares, and for who may the form to propose one."""
    posted = request.method == "POST"
    if posted:
        check(request.user, Permission.SHARE_MAKE)
    form = ShareForm(request.POST if posted else None) if may(request.user, Permission.SHARE_MAKE) else None
    if posted and form and form.is_valid() and (made := _proposed(form, signed_in(request))):
        messages.success(request, "De deling is gemaakt. De juridisch adviseur kan nu ondertekenen.")
        return redirect("share", pk=made.pk)
    found = Share.objects.select_related("receiver", "made_by", "signed_by")
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "columns": _COLUMNS, "rows": [_row(one) for one in page]}
    status = 422 if form is not None and form.errors else 200
    return render(request, "letters/shares.html", context, status=status)


def _proposed(form: ShareForm, by: User) -> Share | None:
    try:
        return sharing.propose(**form.cleaned_data, by=by)
    except (NotNow, NotAKey) as refusal:
        form.add_error(None, str(refusal))
        return None


def _row(share: Share) -> dict[str, Any]:
    signed = share.signed_by.display_name() if share.signed_by else None
    return {
        "cells": [
            {
                "text": f"Deling {share.pk}",
                "url": reverse("share", args=[share.pk]),
                "sub": share.receiver.name,
            },
            day(share.object_before),
            {"text": share.made_by.display_name(), "sub": moment(share.made_at)},
            {"text": signed, "sub": moment(share.signed_at)} if signed else None,
            {"status": _badge(share)},
        ]
    }


def _badge(share: Share) -> dict[str, str]:
    state = ShareState(share.state)
    return {"label": state.label, "variant": _VARIANTS[state]}


@require_safe
@require(Permission.SHARE_SEE)
def share_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One share: what the adviser signs, how many were told, and its files."""
    share = _share(pk)
    user = signed_in(request)
    proposed = share.state == ShareState.PROPOSED
    context = {
        "share": share,
        "badge": _badge(share),
        "facts": _facts(share),
        "kpis": _kpis(share),
        "signs": proposed and may(user, Permission.SHARE_SIGN) and share.made_by_id != user.pk,
        "waits": proposed and not may(user, Permission.SHARE_SIGN),
        "asks": share.state == ShareState.CHOSEN
        and may(user, Permission.SHARE_MAKE)
        and clock.today() > share.ready_after(),
        "too_early": share.state == ShareState.CHOSEN and clock.today() <= share.ready_after(),
        "too_early_text": f"Vanaf de dag na {day(share.ready_after())} kan het bestand gemaakt worden.",
        "title": f"Deling {share.pk}",
        "withdraws": proposed,
        "letters_url": reverse("letter_round", args=[share.round_id])
        if share.round_id and may_fetch(user)
        else "",
        "columns": _FILE_COLUMNS,
        "rows": [_file_row(one, may(user, Permission.SHARE_FETCH)) for one in share.files.all()],
    }
    return render(request, "letters/share.html", context)


def _share(pk: int) -> Share:
    return get_object_or_404(
        Share.objects.select_related("receiver", "made_by", "signed_by", "handover"), pk=pk
    )


def _facts(share: Share) -> list[dict[str, Any]]:
    signed = share.signed_by
    return [
        {"term": "Wie krijgt de namen", "text": share.receiver.name},
        {"term": "Openbare sleutel", "text": share.public_key},
        {"term": "Doel", "text": share.purpose},
        {"term": "Peildatum van de koppeling", "text": day(share.handover.peildatum)},
        {"term": "Bezwaar maken vóór", "text": day(share.object_before)},
        {"term": "Bestand pas na", "text": day(share.ready_after())},
        {"term": "Waarom dit mag", "text": share.reason},
        {"term": "Gemaakt door", "text": f"{share.made_by.display_name()}, {moment(share.made_at)}"},
        {
            "term": "Ondertekend door",
            "text": f"{signed.display_name()}, {moment(share.signed_at)}" if signed else None,
        },
    ]


def _kpis(share: Share) -> list[dict[str, Any]]:
    if share.round_id is None:
        return []
    progress = sharing.progress(share)
    shared = next((one.rows for one in share.files.all() if one.number == 1), None)
    return [
        {"label": "Huishoudens gekozen", "value": amount(progress.chosen)},
        {"label": "Brief verstuurd", "value": amount(progress.told)},
        {"label": "Brief kwam terug", "value": amount(progress.returned)},
        {"label": "In het bestand", "value": "–" if shared is None else amount(shared)},
    ]


def _file_row(file: ShareFile, fetches: bool) -> dict[str, Any]:
    url = reverse("share_file", args=[file.pk])
    label = f"Bestand {file.number} ophalen"
    return {
        "cells": [
            {"text": f"Bestand {file.number}", "sub": _kind(file)},
            amount(file.rows),
            moment(file.made_at),
            file.sha256[:SHORT],
            {"action": {"label": label, "form_url": url, "icon": "download"}}
            if fetches and file.destroyed_at is None
            else "",
        ]
    }


def _kind(file: ShareFile) -> str:
    if file.destroyed_at is None:
        return str(file.get_kind_display())
    return f"{file.get_kind_display()}, vernietigd op {day(localdate(file.destroyed_at))}"


@require_safe
@require(Permission.SHARE_SEE)
def share_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """The letter that residents get, to a household that does not exist."""
    share = _share(pk)
    try:
        pdf = preview.share_notice(share)
    except TextMissing:
        messages.error(request, "De tekst van de brief is nog niet goedgekeurd. Kijk bij Briefteksten.")
        return redirect("share", pk=pk)
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="voorbeeld-deelbericht.pdf"'
    return response


@require_POST
@require(Permission.SHARE_SIGN)
def share_sign(request: HttpRequest, pk: int) -> HttpResponse:
    """The adviser lets it happen."""
    return _act(request, pk, sharing.sign, "Je hebt ondertekend. De werker kiest nu de huishoudens.")


@require_POST
@require(Permission.SHARE_SEE)
def share_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a proposal back, or refuse it."""
    return _act(request, pk, sharing.withdraw, "De deling is ingetrokken. Er gaat geen brief uit.")


@require_POST
@require(Permission.SHARE_MAKE)
def share_ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Have the file made, now that nobody's objection can be under way."""
    return _act(request, pk, sharing.ask, "De werker maakt het bestand. Dat duurt een minuut.")


def _act(request: HttpRequest, pk: int, act: Callable[..., None], done: str) -> HttpResponse:
    try:
        act(share=_share(pk), by=signed_in(request))
    except (NotNow, StateChanged) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
        # Without a broker the sweep finds it; the error is in the log.
        transaction.on_commit(lambda: current_app.send_task(_WORK, retry=False, expires=25), robust=True)
    return redirect("share", pk=pk)


@require_POST
@require(Permission.SHARE_FETCH)
def share_file(request: HttpRequest, pk: int) -> HttpResponse:
    """One encrypted file as a download. Each time is written down."""
    file = get_object_or_404(ShareFile, pk=pk)
    try:
        sealed = sharing.fetch(file=file, by=signed_in(request))
    except NotNow as refusal:
        messages.error(request, str(refusal))
        return redirect("share", pk=file.share_id)
    response = HttpResponse(sealed, content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{file.file_name()}"'
    response["Cache-Control"] = "no-store"
    return response
