"""How deliveries and koppelingen look on a page: words, colours of a status, cells of a table."""

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime

from eligibility.intake.refusals import Rule
from eligibility.models import Delivery, DeliveryState, Run, RunState, RunStep
from eligibility.selection import Choice, Gap
from outreach.templatetags.kit import amount

_DELIVERY_VARIANTS: Mapping[str, str] = {
    DeliveryState.RECEIVED: "active",
    DeliveryState.CHECKED: "active",
    DeliveryState.LOADED: "success",
    DeliveryState.REFUSED: "danger",
    DeliveryState.HELD: "warning",
    DeliveryState.CANCELLED: "inactive",
    DeliveryState.DESTROYED: "inactive",
}

_RUN_VARIANTS: Mapping[str, str] = {
    RunState.WAITING: "neutral",
    RunState.RUNNING: "active",
    RunState.DONE: "success",
    RunState.STRANDED: "danger",
    RunState.CANCELLED: "inactive",
}

#: The steps of a koppeling, as somebody sees them who does not know the tables.
_STEP_NAMES: Mapping[str, str] = {
    "leveringen": "Leveringen klaarzetten",
    "grenzen": "Leeftijdsgrenzen bepalen",
    "personen": "Inwoners lezen",
    "adressen": "Adressen aanvullen",
    "deelnemers": "Bepalen wie meedoet",
    "partners": "Partners bij elkaar zetten",
    "ouderparen": "Ouders van één kind bij elkaar zetten",
    "volwassenen": "Volwassenen in huishoudens",
    "kinderen": "Kinderen in huishoudens",
    "huishoudens": "Huishoudens tellen",
    "gebruik": "Bronnen naast huishoudens leggen",
    "toetsen": "Antwoorden van het Inlichtingenbureau",
    "klassen": "Zeker of onzeker bepalen",
    "afmeldingen": "Afmeldingen toepassen",
    "leeftijden": "Leeftijden toetsen",
    "doelgroepen": "Doelgroepen bepalen",
    "heeft_al": "Weglaten wie de regeling al heeft",
    "kandidaten": "Kandidaten bepalen",
    "waterval": "Nagaan waar iedereen blijft",
    "tellingen": "Tellen",
    "overdracht": "Overdragen aan de uitvoering",
}


def day(value: datetime.date | None) -> str:
    """`di 17 nov 2026`; a dash where there is none."""
    return date_format(value, "D j b Y") if value else "–"


def moment(value: datetime.datetime | None) -> str:
    """`17 nov 2026, 14:02`."""
    return date_format(localtime(value), "j b Y, H:i") if value else "–"


def delivery_badge(delivery: Delivery) -> dict[str, str]:
    return {"label": delivery.get_state_display(), "variant": _DELIVERY_VARIANTS[delivery.state]}


def run_badge(run: Run) -> dict[str, str]:
    return {"label": run.get_state_display(), "variant": _RUN_VARIANTS[run.state]}


def title(delivery: Delivery) -> str:
    """The bron, and the year for a bron that has one."""
    return f"{delivery.bron.name} {delivery.year}" if delivery.year else delivery.bron.name


def gap_title(gap: Gap) -> str:
    return f"{gap.bron.name} {gap.year}" if gap.year else gap.bron.name


def delivery_columns() -> list[dict[str, str]]:
    return [
        {"label": "Levering"},
        {"label": "Peildatum", "kind": "tight"},
        {"label": "Regels", "kind": "number"},
        {"label": "Geweigerd", "kind": "number"},
        {"label": "Ontvangen", "kind": "tight"},
        {"label": "Status", "kind": "tight"},
    ]


def delivery_rows(deliveries: Iterable[Delivery], query: str = "") -> list[dict[str, Any]]:
    """Rows of a list of deliveries; with `query`, that of the list, each page leads back to the same list."""
    tail = f"?{query}" if query else ""
    return [
        {
            "cells": [
                {
                    "text": title(delivery),
                    "url": reverse("delivery", args=[delivery.pk]) + tail,
                    "sub": delivery.file_name,
                },
                day(delivery.peildatum),
                amount(delivery.rows_total),
                amount(delivery.rows_refused) if delivery.rows_total else None,
                moment(delivery.received_at),
                {"status": delivery_badge(delivery)},
            ]
        }
        for delivery in deliveries
    ]


def choice_rows(choice: Choice) -> list[dict[str, Any]]:
    """What a koppeling takes, as rows for `choice_columns`."""
    return [
        {
            "cells": [
                {"text": title(delivery), "url": reverse("delivery", args=[delivery.pk])},
                day(delivery.peildatum),
                amount(delivery.rows_kept),
            ]
        }
        for delivery in sorted(choice.taken, key=title)
    ]


def choice_columns() -> list[dict[str, str]]:
    return [
        {"label": "Levering"},
        {"label": "Peildatum", "kind": "tight"},
        {"label": "Regels", "kind": "number"},
    ]


def rule_text(code: str) -> str:
    """What a rule says in Dutch; its code, should it be of a version that had other rules."""
    try:
        return Rule(code).sentence  # type: ignore[call-arg]
    except ValueError:
        return code


def steps(run: Run, rows: Iterable[RunStep]) -> list[dict[str, Any]]:
    """The steps of a run for the kit: done, busy with the first that is not, and waiting."""
    shown = []
    busy_given = run.state != RunState.RUNNING
    for row in rows:
        state = "done" if row.done else "waiting"
        if not row.done and not busy_given:
            state, busy_given = "busy", True
        elif not row.done and run.state in (RunState.STRANDED, RunState.CANCELLED):
            state = "skipped"
        name = _STEP_NAMES.get(row.name, row.name)
        shown.append({"name": name, "state": state, "rows": row.rows, "seconds": row.seconds})
    return shown
