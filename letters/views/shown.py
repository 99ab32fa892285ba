"""How rounds, parts and letters look on a page: words, colours of a status, cells of a table."""

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localdate, localtime

from letters.actions.contents import reference
from letters.models import Letter, Part, PartState, PartTotals
from outreach.kernel import clock
from outreach.models import Round
from outreach.models.round import RoundState
from outreach.templatetags.kit import amount

#: As much of a fingerprint as two people compare on the phone.
SHORT = 12

_ROUND_VARIANTS: Mapping[str, str] = {
    RoundState.CONCEPT: "neutral",
    RoundState.FIXED: "neutral",
    RoundState.RUNNING: "active",
    RoundState.CLOSED: "inactive",
    RoundState.WITHDRAWN: "inactive",
}
_PART_VARIANTS: Mapping[str, str] = {
    PartState.PLANNED: "active",
    PartState.MADE: "success",
    PartState.STRANDED: "danger",
}

ROUND_COLUMNS = [
    {"label": "Ronde"},
    {"label": "Reageren voor", "kind": "tight"},
    {"label": "Brieven gemaakt"},
    {"label": "Uitgevallen", "kind": "number"},
    {"label": "Status", "kind": "tight"},
]
PART_COLUMNS = [
    {"label": "Deel"},
    {"label": "Status", "kind": "tight"},
    {"label": "Brieven", "kind": "number"},
    {"label": "Uitgevallen", "kind": "number"},
    {"label": "Bladzijden", "kind": "number"},
    {"label": "Grootte", "kind": "number"},
    {"label": "Vingerafdruk", "kind": "tight"},
    {"label": "Gemaakt", "kind": "tight"},
]
REJECTED_COLUMNS = [
    {"label": "Adres"},
    {"label": "Waarom"},
    {"label": "Deel", "kind": "number"},
    {"label": "Kenmerk", "kind": "tight"},
]


def day(value: datetime.date | None) -> str | None:
    """`vr 1 mei 2026`."""
    return date_format(value, "D j b Y") if value else None


def moment(value: datetime.datetime | None) -> str | None:
    """`17 nov 2026, 14:02`."""
    return date_format(localtime(value), "j b Y, H:i") if value else None


def round_badge(round_: Round) -> dict[str, str]:
    return {"label": round_.get_state_display(), "variant": _ROUND_VARIANTS[round_.state]}


def round_rows(
    rounds: Iterable[Round], totals: Mapping[int, PartTotals], regelingen: Mapping[str, str]
) -> list[dict[str, Any]]:
    return [_round_row(one, totals.get(one.pk, PartTotals()), regelingen) for one in rounds]


def _round_row(round_: Round, totals: PartTotals, regelingen: Mapping[str, str]) -> dict[str, Any]:
    progress = {"progress": totals.made, "max": totals.planned} if totals.planned else None
    return {
        "cells": [
            {
                "text": round_.name,
                "url": reverse("letter_round", args=[round_.pk]),
                "sub": ", ".join(regelingen.get(code, code) for code in round_.regelingen),
            },
            day(round_.reply_before),
            progress,
            amount(totals.rejected) if totals.planned else None,
            {"status": round_badge(round_)},
        ]
    }


def part_columns(may_fetch: bool) -> list[dict[str, str]]:
    """The last column is for who may take the file, or have it made again."""
    return [*PART_COLUMNS, {"label": "Actie", "kind": "action"}] if may_fetch else PART_COLUMNS


def part_rows(parts: Iterable[Part], may_fetch: bool) -> list[dict[str, Any]]:
    """Rows for `part_columns`."""
    return [
        {
            "cells": [
                {"text": f"Deel {part.number}"},
                {
                    "status": {"label": part.get_state_display(), "variant": _PART_VARIANTS[part.state]},
                    "sub": _part_note(part),
                },
                amount(part.letters_count),
                amount(part.rejected_count) if part.state == PartState.MADE else None,
                amount(part.pages),
                filesizeformat(part.size) if part.size else None,
                part.sha256[:SHORT] or None,
                moment(part.made_at),
                *([_part_action(part)] if may_fetch else []),
            ]
        }
        for part in parts
    ]


def _part_note(part: Part) -> str:
    if part.destroyed_at is not None:
        return f"bestand vernietigd op {day(localdate(part.destroyed_at))}"
    return f"vanaf {moment(part.planned_at)}" if part.waits(clock.now()) else ""


def _part_action(part: Part) -> dict[str, Any] | str:
    if part.destroyed_at is not None:
        return ""
    if part.state == PartState.MADE and part.letters_count:
        url = reverse("letter_part", args=[part.pk])
        return {"action": {"label": f"Deel {part.number} ophalen", "url": url, "icon": "download"}}
    if part.waits(clock.now()):
        url = reverse("letter_part_now", args=[part.pk])
        return {"action": {"label": f"Deel {part.number} nu maken", "form_url": url}}
    if part.state == PartState.STRANDED:
        url = reverse("letter_part_retry", args=[part.pk])
        return {"action": {"label": f"Deel {part.number} opnieuw proberen", "form_url": url}}
    return ""


def rejected_rows(letters: Iterable[Letter]) -> list[dict[str, Any]]:
    return [
        {
            "cells": [
                {
                    "text": letter.household.address_line(),
                    "url": reverse("household", args=[letter.household_id]),
                    "sub": letter.household.postcode_line(),
                },
                letter.get_rejected_display(),
                amount(letter.part.number),
                reference(letter.round_id, letter.form_code),
            ]
        }
        for letter in letters
    ]
