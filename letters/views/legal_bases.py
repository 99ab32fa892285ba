"""The bases on which a regeling is granted without a form: signed and withdrawn by the juridisch adviseur."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from letters.actions import legal_bases
from letters.forms.paying import BasisForm
from letters.models import LegalBasis
from letters.views.shown import day, moment
from outreach.kernel import clock
from outreach.permissions import Permission
from outreach.policies import NotNow
from outreach.views.access import require

_COLUMNS = [
    {"label": "Regeling"},
    {"label": "Grondslag"},
    {"label": "Geldig", "kind": "tight"},
    {"label": "Ondertekend"},
    {"label": "Status", "kind": "tight"},
    {"label": "Actie", "kind": "action"},
]


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.LEGAL_BASIS_SIGN)
def legal_basis_list(request: HttpRequest) -> HttpResponse:
    """All bases, and the form to sign another one."""
    form = BasisForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _signed(request, form):
        return redirect("legal_bases")
    found = LegalBasis.objects.select_related("regeling", "signed_by", "withdrawn_by")
    context = {"form": form, "columns": _COLUMNS, "rows": [_row(one) for one in found]}
    return render(request, "letters/legal_bases.html", context, status=422 if form.errors else 200)


def _signed(request: HttpRequest, form: BasisForm) -> bool:
    chosen = form.cleaned_data
    try:
        legal_bases.sign(
            regeling=chosen["regeling"],
            text=chosen["text"],
            dated=chosen["dated"],
            valid_until=chosen["valid_until"],
            by=request.user,
        )
    except NotNow as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, f"Je hebt de grondslag voor {chosen['regeling'].name} ondertekend.")
    return True


def _row(basis: LegalBasis) -> dict[str, Any]:
    until = f"tot en met {day(basis.valid_until)}" if basis.valid_until else "zonder einde"
    status = _status(basis)
    withdraw = {
        "action": {
            "label": f"Grondslag {basis.pk} intrekken",
            "form_url": reverse("legal_basis_withdraw", args=[basis.pk]),
        }
    }
    return {
        "cells": [
            {"text": basis.regeling.name},
            basis.text,
            {"text": day(basis.dated), "sub": until},
            {"text": basis.signed_by.display_name(), "sub": moment(basis.signed_at)},
            {"status": status},
            "" if basis.withdrawn_at else withdraw,
        ]
    }


def _status(basis: LegalBasis) -> dict[str, str]:
    today = clock.today()
    if basis.withdrawn_at:
        return {"label": "Ingetrokken", "variant": "inactive"}
    if basis.dated > today:
        return {"label": "Nog niet geldig", "variant": "neutral"}
    if basis.valid_until and basis.valid_until < today:
        return {"label": "Verlopen", "variant": "inactive"}
    return {"label": "Geldig", "variant": "success"}


@require_POST
@require(Permission.LEGAL_BASIS_SIGN)
def legal_basis_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """From now on nothing is granted on it."""
    basis = get_object_or_404(LegalBasis, pk=pk)
    try:
        legal_bases.withdraw(basis=basis, by=request.user)
    except NotNow as refusal:
        messages.info(request, str(refusal))
    else:
        messages.success(request, "De grondslag is ingetrokken. Wat al is toegekend, blijft toegekend.")
    return redirect("legal_bases")
