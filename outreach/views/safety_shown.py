"""How a warning looks: at the door in one box, in a list in a few words."""

import datetime
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.formats import date_format

from outreach.actions import safety
from outreach.kernel import clock
from outreach.models import Household, SafetyInstruction
from outreach.models.safety import SafetyState
from outreach.views.household_shown import name

_VARIANTS: dict[str, str] = {
    SafetyState.PROPOSED: "neutral",
    SafetyState.APPROVED: "warning",
    SafetyState.REFUSED: "inactive",
    SafetyState.ENDED: "inactive",
}

_LIVE = (SafetyState.PROPOSED, SafetyState.APPROVED)


def warnings(household: Household) -> list[dict[str, str]]:
    """What to look out for here now: the words of each approved instruction, for the alert above a page.

    Two queries at most.
    """
    found = safety.about(household).in_force(clock.today()).order_by("pk")  # type: ignore[attr-defined]
    return [warning(one) for one in found]


def warning(one: SafetyInstruction) -> dict[str, str]:
    """One instruction in words: what, about whom, and until when."""
    about = name(one.person) if one.person else "het adres"
    return {
        "what": str(one.get_category_display()),
        "about": f"Het gaat om {about}.",
        "text": one.text,
        "until": f"Geldt tot en met {date_format(one.ends_on, 'j F Y')}.",
    }


def extends(former: SafetyInstruction | None) -> str:
    """What approving an extension does to the one that holds now; empty for what is new."""
    if former is None:
        return ""
    until = date_format(former.ends_on, "j F Y")
    return f"Dit verlengt de instructie die geldt tot en met {until}. Na goedkeuring eindigt die."


def live(household: Household) -> list[dict[str, Any]]:
    """Instructions about this household that wait or hold, each with its badge. One query."""
    today = clock.today()
    found = safety.about(household).filter(ends_on__gte=today, state__in=_LIVE).order_by("pk")
    return [{"pk": one.pk, **warning(one), "status": badge(one, today)} for one in found]


def in_lists(households: Iterable[Household]) -> dict[UUID, str]:
    """What to look out for at which of these households, in a few words for a row. Three queries."""
    found = safety.in_force_at(households)
    return {
        key: ", ".join(dict.fromkeys(str(one.get_category_display()) for one in live))
        for key, live in found.items()
    }


def badge(one: SafetyInstruction, today: datetime.date) -> dict[str, str]:
    """How far an instruction is, as a badge; one whose day is over says so."""
    if one.ends_on < today and one.state in (SafetyState.PROPOSED, SafetyState.APPROVED):
        return {"label": "Verlopen", "variant": "inactive"}
    return {"label": str(one.get_state_display()), "variant": _VARIANTS[one.state]}


LIST_COLUMNS = [
    {"label": "Adres"},
    {"label": "Let op"},
    {"label": "Status"},
    {"label": "Tot en met", "kind": "tight"},
    {"label": "Geschreven door"},
]


def list_row(one: SafetyInstruction, home: Household, today: datetime.date) -> dict[str, Any]:
    """One instruction in the list of who approves, and where it is about now."""
    return {
        "cells": [
            {
                "text": home.address_line(),
                "url": reverse("safety", args=[home.pk, one.pk]),
                "sub": home.postcode_line(),
            },
            str(one.get_category_display()),
            {"status": badge(one, today)},
            date_format(one.ends_on, "j b Y"),
            one.made_by.display_name(),
        ]
    }
