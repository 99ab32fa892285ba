"""The people who work here, and letting one of them leave."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from letters.actions import work
from outreach.actions import leaving
from outreach.actions.leaving import InHand
from outreach.forms.leaving import LeavingForm
from outreach.kernel.db import acting_as
from outreach.models import Team, User
from outreach.permissions import Permission
from outreach.policies import NotNow
from outreach.templatetags.kit import amount
from outreach.transitions import StateChanged
from outreach.views.access import require, signed_in

PER_PAGE = 50
COLUMNS = [
    {"label": "Naam"},
    {"label": "Rol"},
    {"label": "Team"},
    {"label": "Actie", "kind": "action", "card": "hide"},
]


@require_safe
@require(Permission.STAFF_LEAVE)
def staff(request: HttpRequest) -> HttpResponse:
    """Who works here, as far as this user may let them leave."""
    page = Paginator(leaving.staff_of(signed_in(request)), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "columns": COLUMNS, "rows": [_row(one) for one in page]}
    return render(request, "outreach/staff.html", context)


def _row(user: User) -> dict[str, Any]:
    url = reverse("staff_leave", args=[user.pk])
    return {
        "cells": [
            {"text": user.display_name(), "url": url, "sub": user.username},
            user.get_role_display() or None,
            str(user.team) if user.team else None,
            {"action": {"label": "Uit dienst", "url": url}},
        ]
    }


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.STAFF_LEAVE)
def staff_leave(request: HttpRequest, pk: int) -> HttpResponse:
    """What is on somebody's name, who takes it over, and letting him leave."""
    by = signed_in(request)
    user = get_object_or_404(User.objects.select_related("team"), pk=pk)
    found = leaving.in_hand(user=user, by=by)
    if not user.is_active:
        messages.info(request, f"{user.display_name()} werkt hier niet meer.")
        return redirect("staff")
    team: Team | None = user.team
    form = LeavingForm(
        request.POST if request.method == "POST" else None,
        team=team,
        people=leaving.successors(user) if found.to_take_over else [],
        needed=found.to_take_over,
    )
    if request.method == "POST" and form.is_valid():
        try:
            _leave(user, form, by)
        except NotNow as refusal:
            form.add_error("aan" if "aan" in form.fields else None, str(refusal))
        except StateChanged:
            # A second tap: the first one let him leave.
            return redirect("staff")
        else:
            messages.success(request, f"{user.display_name()} is uit dienst en meteen uitgelogd.")
            return redirect("staff")
    context = {
        "title": f"{user.display_name()} uit dienst",
        "sub": " · ".join(filter(None, (user.get_role_display(), team.name if team else ""))),
        "form": form,
        "facts": _facts(found),
        "sheets": found.sheets,
    }
    return render(request, "outreach/staff_leave.html", context, status=422 if form.errors else 200)


@transaction.atomic
def _leave(user: User, form: LeavingForm, by: User) -> None:
    """He leaves, and work on post that was on his name goes back to the queue."""
    leaving.leave(user=user, to=form.taker(), by=by)
    with acting_as(leaving.everywhere(by)):
        work.give_back_all(of=user)


def _facts(found: InHand) -> list[dict[str, str]]:
    """What is on his name, in numbers."""
    return [
        {"term": "Looplijsten", "text": str(amount(found.lists))},
        {"term": "Open taken", "text": str(amount(found.tasks))},
        {"term": "Wacht op antwoord van een organisatie", "text": str(amount(found.referrals))},
        {"term": "Concepten van gesprekken", "text": str(amount(found.drafts))},
        {"term": "Nu mee bezig", "text": str(amount(found.claims))},
        {"term": "Afdrukken niet vernietigd", "text": str(amount(found.sheets))},
    ]
