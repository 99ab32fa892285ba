"""How prints of looplijsten look: what they are called, their state, and what to do when one is lost."""

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime

from outreach.models import Sheet
from outreach.models.sheet import SheetState
from outreach.templatetags.kit import amount

COLUMNS = [
    {"label": "Afdruk"},
    {"label": "Bladen", "kind": "number"},
    {"label": "Door"},
    {"label": "Vernietigen vóór", "kind": "tight"},
    {"label": "Status", "kind": "tight"},
    {"label": "Actie", "kind": "action", "card": "hide"},
]
#: Instead of the team of a list that whoever printed it does not see any more.
GIVEN_ON = "Een ander team"
_VARIANTS: Mapping[str, str] = {
    SheetState.OUT: "active",
    SheetState.SHREDDED: "success",
    SheetState.LOST: "danger",
}


def name(sheet: Sheet) -> str:
    """`Looplijst 12, afdruk 3`."""
    return f"Looplijst {sheet.looplijst_id}, afdruk {sheet.number}"


def badge(sheet: Sheet, today: datetime.date) -> dict[str, str]:
    """Its state; paper that is around for too long says so."""
    if sheet.state == SheetState.OUT and sheet.shred_before() < today:
        return {"label": "Te laat", "variant": "warning"}
    return {"label": str(sheet.get_state_display()), "variant": _VARIANTS[sheet.state]}


def rows(sheets: Iterable[Sheet], today: datetime.date) -> list[dict[str, Any]]:
    """Rows for COLUMNS."""
    return [
        {
            "cells": [
                {
                    "text": name(one),
                    "url": reverse("sheet", args=[one.pk]),
                    "sub": _below(one),
                },
                amount(one.pages),
                {
                    "text": one.made_by.display_name(),
                    "sub": date_format(localtime(one.made_at), "D j b, H.i"),
                },
                date_format(one.shred_before(), "D j b"),
                {"status": badge(one, today)},
                {"action": {"label": "Afmelden", "url": reverse("sheet", args=[one.pk])}},
            ]
        }
        for one in sheets
    ]


def _below(sheet: Sheet) -> str:
    looplijst = sheet.seen_list()
    return f"{looplijst.team if looplijst else GIVEN_ON} · {amount(len(sheet.households))} adressen"


def facts(sheet: Sheet) -> list[dict[str, str]]:
    """Which paper it is, and what became of it."""
    looplijst = sheet.seen_list()
    found = [
        {"term": "Team", "text": str(looplijst.team) if looplijst else GIVEN_ON},
        {"term": "Ronde", "text": looplijst.round.name if looplijst else "–"},
        {"term": "Afgedrukt", "text": _who(sheet.made_by.display_name(), sheet.made_at)},
        {"term": "Bladen", "text": f"{sheet.pages}, met {amount(len(sheet.households))} adressen"},
        {"term": "Vernietigen vóór", "text": date_format(sheet.shred_before(), "l j F Y")},
    ]
    if sheet.shredded_on and sheet.shredded_by:
        day = date_format(sheet.shredded_on, "j F Y")
        found.append({"term": "Vernietigd", "text": f"{sheet.shredded_by.display_name()}, {day}"})
    return found


def breach(sheet: Sheet) -> dict[str, Any]:
    """What stands on the page of paper that was lost; empty when it was not, or is not for this user."""
    try:
        found = sheet.breach
    except ObjectDoesNotExist:
        return {}
    return {
        "facts": [
            {"term": "Ontdekt", "text": date_format(localtime(found.discovered_at), "l j F Y, H.i") + " uur"},
            {"term": "Gemeld door", "text": _who(found.reported_by.display_name(), found.reported_at)},
            {"term": "Wat er gebeurde", "text": found.text},
            {"term": "Inwoners op de lijst", "text": str(amount(len(found.persons)))},
        ],
        "before": date_format(localtime(found.deadline()), "l j F, H.i"),
    }


def _who(who: str, moment: datetime.datetime) -> str:
    return f"{who}, {date_format(localtime(moment), 'D j b Y, H.i')} uur"
