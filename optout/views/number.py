"""Wishes of who is known by his BSN alone. What is typed is encrypted at once, and shown nowhere again."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from eligibility.actions import typed_numbers
from eligibility.actions.keys import NoKeyReady
from optout.forms import NumberWishForm, SuccessorForm
from optout.models import Channel, Scope, TypedKind, TypedWish
from outreach.models import User
from outreach.permissions import Permission, may
from outreach.views.access import require, signed_in

_DONE = "Vastgelegd. Binnen een minuut is het verwerkt."
_NO_KEY = "Er ligt nog geen sleutel klaar om het BSN te versleutelen. Probeer het over een minuut opnieuw."
_SHOWN = 20


@sensitive_post_parameters("bsn")
@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.OPT_OUT_BY_NUMBER)
def wish(request: HttpRequest) -> HttpResponse:
    """Opt somebody out, or take that back. The page never says whether the number is known."""
    form = NumberWishForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _registered(form, signed_in(request)):
        messages.success(request, _DONE)
        return redirect("opt_out_number")
    return _page(request, form, "Afmelden met BSN")


def _registered(form: NumberWishForm, by: User) -> bool:
    said = form.cleaned_data
    try:
        typed_numbers.register(
            kind=TypedKind(said["kind"]),
            numbers=[said["bsn"]],
            scope=Scope(said["scope"]),
            regeling=said["regeling"] or None,
            channel=Channel(said["channel"]),
            by=by,
        )
    except NoKeyReady:
        form.add_error(None, _NO_KEY)
        return False
    return True


@sensitive_post_parameters("bsn", "new_bsn")
@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.OPT_OUT_BY_NUMBER)
def successor(request: HttpRequest) -> HttpResponse:
    """Somebody got another BSN: his wishes hold for that one too."""
    form = SuccessorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            typed_numbers.register(
                kind=TypedKind.SUCCESSOR,
                numbers=[said["bsn"], said["new_bsn"]],
                channel=Channel(said["channel"]),
                by=signed_in(request),
            )
        except NoKeyReady:
            form.add_error(None, _NO_KEY)
        else:
            messages.success(request, _DONE)
            return redirect("opt_out_number")
    return _page(request, form, "Nieuw BSN doorgeven")


def _page(request: HttpRequest, form: forms.Form, title: str) -> HttpResponse:
    recent = TypedWish.objects.defer("sealed", "key_name").select_related("registered_by", "regeling")
    context = {
        "form": form,
        "title": title,
        "may_search": may(request.user, Permission.HOUSEHOLD_SEARCH),
        "successor": isinstance(form, SuccessorForm),
        "rows": [_row(one) for one in recent[:_SHOWN]],
        "columns": [{"label": name} for name in ("Wat", "Wie legde het vast", "Wanneer", "Status")],
    }
    return render(request, "optout/number.html", context, status=422 if form.errors else 200)


def _row(one: TypedWish) -> dict[str, object]:
    what = f"Niet over {one.regeling.name}" if one.regeling else one.get_scope_display()
    status = {"label": "Verwerkt", "variant": "success"}
    if one.settled_at is None:
        status = {"label": "Wacht", "variant": "active"}
    return {
        "cells": [
            {"text": one.get_kind_display(), "sub": what},
            one.registered_by.display_name(),
            date_format(localtime(one.registered_at), "j b Y, H.i"),
            {"status": status},
        ]
    }
