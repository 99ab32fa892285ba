"""Giving looplijsten or addresses to a colleague or another team, with a look at it first."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from outreach.actions import giving
from outreach.actions.giving import Plan, Target
from outreach.forms.giving import GiveForm
from outreach.models import Looplijst, User
from outreach.permissions import Permission
from outreach.policies import NotNow
from outreach.transitions import StateChanged
from outreach.views import looplijst_shown
from outreach.views.access import require, signed_in

_YES = {"label": "Ja", "variant": "success"}
_NO = {"label": "Kan niet", "variant": "danger"}
COLUMNS = [
    {"label": "Lijst"},
    {"label": "Adressen", "kind": "number"},
    {"label": "Nu van"},
    {"label": "Straks van"},
    {"label": "Kan dit?"},
]


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.LOOPLIJST_MAKE)
def looplijsten_give(request: HttpRequest) -> HttpResponse:
    """Several lists at once."""
    return _give(request, signed_in(request), None)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.LOOPLIJST_MAKE)
def looplijst_give(request: HttpRequest, pk: int) -> HttpResponse:
    """One list, or some addresses on it."""
    return _give(request, signed_in(request), pk)


def _give(request: HttpRequest, user: User, pk: int | None) -> HttpResponse:
    """The choice and its preview stand in the address; POST does what was looked at, or nothing."""
    lists = giving.led_by(user)
    one = next((each for each in lists if each.pk == pk), None)
    if pk is not None and one is None:
        raise Http404
    form = GiveForm(request.GET or None, lists=lists, one=one)
    plan = None
    if request.GET and form.is_valid():
        if request.method == "POST":
            return _given(request, form, user)
        plan = giving.plan(parts=form.parts(), to=form.target(), by=user)
    context: dict[str, Any] = {
        "form": form if lists else None,
        "one": one,
        "title": f"{looplijst_shown.title(one)} overdragen" if one else "Looplijsten overdragen",
        "back_url": reverse("looplijst", args=[one.pk]) if one else reverse("looplijsten"),
        "back_label": looplijst_shown.title(one) if one else "Looplijsten",
        "plan": plan,
        "problems": _problems(plan),
        "columns": COLUMNS,
        "rows": _rows(plan, form.target()) if plan else [],
    }
    status = 422 if form.errors or request.method == "POST" else 200
    return render(request, "outreach/looplijst_give.html", context, status=status)


def _given(request: HttpRequest, form: GiveForm, user: User) -> HttpResponse:
    """Do it, or say why nothing was done and show the preview as it is now."""
    to = form.target()
    try:
        given = giving.hand_over(parts=form.parts(), to=to, by=user, known=request.POST.get("bekeken", ""))
    except StateChanged:
        messages.error(
            request, "Er is niets overgedragen: er veranderde intussen iets. Kijk hieronder opnieuw."
        )
        return redirect(request.get_full_path())
    except NotNow as refusal:
        messages.error(request, f"Er is niets overgedragen. {refusal}")
        return redirect(request.get_full_path())
    except PermissionDenied:
        raise Http404 from None
    said = "De looplijst is" if len(given) == 1 else f"{len(given)} looplijsten zijn"
    messages.success(request, f"{said} nu van {to}.")
    return redirect("looplijsten")


def _rows(plan: Plan, to: Target) -> list[dict[str, Any]]:
    """Rows for COLUMNS."""
    return [
        {
            "cells": [
                {"text": looplijst_shown.title(line.looplijst)},
                str(line.addresses),
                _holder(line.looplijst),
                str(to),
                {"status": _NO if line.problem else _YES},
            ]
        }
        for line in plan.lines
    ]


def _problems(plan: Plan | None) -> list[str]:
    """Why it cannot be done, each with the list it is about."""
    lines = plan.lines if plan else []
    return [f"{looplijst_shown.title(line.looplijst)}: {line.problem}" for line in lines if line.problem]


def _holder(looplijst: Looplijst) -> str:
    return looplijst.assigned_to.display_name() if looplijst.assigned_to else str(looplijst.team)
