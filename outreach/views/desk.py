"""The desk: finding a household by what a resident says about himself."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from letters.actions import desk_letters
from outreach.actions import desk
from outreach.actions.desk import Asked, Found
from outreach.forms.desk import SearchForm
from outreach.models import Household
from outreach.permissions import Permission, may
from outreach.views import household_shown as shown
from outreach.views.access import require, signed_in

_COLUMNS = [{"label": "Adres"}, {"label": "Wie wonen hier"}, {"label": "Status"}]
_NOT_WANTED = {"label": "Niet benaderen", "variant": "danger"}


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.HOUSEHOLD_SEARCH)
def search(request: HttpRequest) -> HttpResponse:
    """The field, and what was found. Words come as POST: they stand in no address, and are kept nowhere."""
    user = signed_in(request)
    form = SearchForm(request.POST or None)
    context: dict[str, Any] = {
        "form": form,
        "desk_url": reverse("desk_letter") if may(user, Permission.DESK_LETTER_OPEN) else "",
    }
    if request.method == "POST" and form.is_valid():
        found = desk.find(households=_households(form), asked=form.asked(), by=user)
        context |= _found(found) | {"by_code": form.asked() == Asked.CODE}
    return render(request, "outreach/search.html", context, status=422 if form.errors else 200)


def _households(form: SearchForm) -> QuerySet[Household]:
    """Whom the typed words mean; the form must be valid."""
    asked = form.asked()
    if asked == Asked.ADDRESS:
        return desk.by_address(form.address())
    if asked == Asked.CODE:
        letters = desk_letters.with_code(form.printed())
        return Household.objects.filter(pk__in=letters.values("household"))
    return desk.by_name(form.cleaned_data["zoek"])


def _found(found: Found) -> dict[str, Any]:
    number = len(found.households)
    noun = "huishouden" if number == 1 else "huishoudens"
    return {
        "searched": True,
        "more": found.more,
        "count_text": f"{'Meer dan ' if found.more else ''}{number} {noun} gevonden",
        "columns": _COLUMNS,
        "rows": [_row(household) for household in found.households],
    }


def _status(household: Household) -> dict[str, str] | None:
    """Whether nobody may go there, or may go there or write in one way alone."""
    if household.refuses_contact():
        return _NOT_WANTED
    if household.refuses_visits():
        return {"label": "Geen bezoek", "variant": "warning"}
    return {"label": "Geen brieven", "variant": "warning"} if household.refuses_letters() else None


def _row(household: Household) -> dict[str, Any]:
    """One household: where, who, and whether nobody may go there."""
    names = [shown.name(adult) for adult in household.adults()]
    return {
        "cells": [
            {
                "text": household.address_line(),
                "url": reverse("household", args=[household.pk]),
                "sub": household.postcode_line(),
            },
            ", ".join(names) or "Geen volwassene bekend",
            {"status": status} if (status := _status(household)) else "",
        ]
    }
