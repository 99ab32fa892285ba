"""How a round looks: its status, its counts without the small ones, its looplijsten."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.timezone import localtime

from outreach.actions.looplijsten import ListSize
from outreach.actions.other_rounds import LeftOut
from outreach.actions.rounds import Count, Size
from outreach.models import Klasse, Looplijst, Round
from outreach.models.round import RoundKind, RoundState
from outreach.small_cells import shielded
from outreach.templatetags.kit import amount
from outreach.views.counted import WITHHELD, bars, count_text, largest, lone_text

#: As much of a fingerprint as two people compare on the phone.
SHORT = 12

_VARIANTS: Mapping[str, str] = {
    RoundState.CONCEPT: "neutral",
    RoundState.FIXED: "neutral",
    RoundState.RUNNING: "active",
    RoundState.CLOSED: "inactive",
    RoundState.WITHDRAWN: "inactive",
}

ROUND_COLUMNS = [
    {"label": "Ronde"},
    {"label": "Soort", "kind": "tight"},
    {"label": "Peildatum", "kind": "tight"},
    {"label": "Gemaakt door"},
    {"label": "Status", "kind": "tight"},
]
COUNT_COLUMNS = [
    {"label": "Regeling"},
    {"label": "Zeker", "kind": "number"},
    {"label": "Onzeker", "kind": "number"},
    {"label": "Samen", "kind": "number"},
]
LIST_COLUMNS = [
    {"label": "Team"},
    {"label": "Adressen", "kind": "number"},
]


def badge(round_: Round) -> dict[str, str]:
    return {"label": str(round_.get_state_display()), "variant": _VARIANTS[round_.state]}


def names(round_: Round, regelingen: Mapping[str, str]) -> list[str]:
    """The regelingen of a round as people call them."""
    return sorted(regelingen.get(code, code) for code in round_.regelingen)


def round_rows(rounds: Iterable[Round], regelingen: Mapping[str, str]) -> list[dict[str, Any]]:
    """Rows for ROUND_COLUMNS."""
    return [
        {
            "cells": [
                {
                    "text": one.name,
                    "url": reverse("round", args=[one.pk]),
                    "sub": ", ".join(names(one, regelingen)),
                },
                str(one.get_kind_display()),
                date_format(one.handover.peildatum, "D j b Y"),
                {"text": one.made_by.display_name(), "sub": date_format(localtime(one.made_at), "D j b Y")},
                {"status": badge(one)},
            ]
        }
        for one in rounds
    ]


def shown_totals(counts: Sequence[Count]) -> list[int | None]:
    """Households per regeling, or None. All the households of a round are at most these together, so a
    small one is hidden behind another."""
    return shielded([one.total for one in counts])


def count_labels(counts: Sequence[Count]) -> dict[str, str]:
    """By code, what stands under each regeling to choose: `1.233 huishoudens`."""
    texts = [count_text(one.total, total) for one, total in zip(counts, shown_totals(counts), strict=True)]
    return {
        one.regeling.pk: "Aantal niet getoond" if text == WITHHELD else f"{text} huishoudens".capitalize()
        for one, text in zip(counts, texts, strict=True)
    }


def count_rows(counts: Sequence[Count]) -> list[dict[str, Any]]:
    """Rows for COUNT_COLUMNS. Where the sum is hidden, its parts are too."""
    rows = []
    for one, total in zip(counts, shown_totals(counts), strict=True):
        parts = [one.zeker, one.onzeker]
        cells = shielded(parts) if total is not None else [None if part else 0 for part in parts]
        texts = [count_text(part, cell) for part, cell in zip(parts, cells, strict=True)]
        rows.append({"cells": [one.regeling.name, *texts, count_text(one.total, total)]})
    return rows


def count_chart(counts: Sequence[Count]) -> dict[str, Any]:
    """What kit/bar_chart.html asks: households per regeling. One bar says no more than its number."""
    found = bars([one.regeling.name for one in counts], [one.total for one in counts])
    return {"bars": found if len(found) > 1 else [], "max": largest(found)}


def list_rows(
    sizes: Sequence[ListSize], without_team: int, own: Collection[Looplijst]
) -> list[dict[str, Any]]:
    """Rows for LIST_COLUMNS, and one for who stands on no list. A team whose lists one walks is a link.

    All of them together are the households of the round, which stand above the table. Lists of one team count
    together: when a short list is cut from it, the difference would tell how short.
    """
    lists = [list(some) for _, some in groupby(sizes, key=lambda one: one.looplijst.team)]
    numbers = [sum(one.addresses for one in some) for some in lists] + [without_team]
    texts = [count_text(number, shown) for number, shown in zip(numbers, shielded(numbers), strict=True)]
    rows: list[dict[str, Any]] = []
    for some, text in zip(lists, texts[:-1], strict=True):
        team = {"text": some[0].looplijst.team.name}
        if len(some) > 1:
            team["sub"] = f"{len(some)} looplijsten"
        if mine := [one.looplijst for one in some if one.looplijst in own]:
            team["url"] = (
                reverse("looplijst", args=[mine[0].pk]) if len(some) == 1 else reverse("looplijsten")
            )
        rows.append({"cells": [team, text]})
    if without_team:
        why = "Geen team in die buurt, of het adres is geheim"
        rows.append({"cells": [{"text": "Zonder looplijst", "sub": why}, texts[-1]]})
    return rows


def kpis(round_: Round, size: Size, sizes: Sequence[ListSize]) -> list[dict[str, Any]]:
    """The figures that come first."""
    concept = round_.state == RoundState.CONCEPT
    households = lone_text(size.households)
    note = "als de ronde nu wordt vastgesteld" if concept else ""
    figures: list[dict[str, Any]] = [{"label": "Huishoudens", "value": households, "note": note}]
    if round_.kind == RoundKind.VISIT:
        figures.append({"label": "Regelingen", "value": amount(len(round_.regelingen))})
        if not concept:
            figures.append({"label": "Looplijsten", "value": amount(len(sizes))})
    return figures


def on_running(left: LeftOut) -> str:
    """`214 huishoudens staan al op een lopende ronde`; empty for nobody."""
    if not left.running:
        return ""
    return capfirst(f"{lone_text(left.running)} huishoudens staan al op een lopende ronde")


def settled(left: LeftOut) -> str:
    """Of whom everything was arranged before, and that nobody goes or writes there for it; empty for nobody.

    About contact alone: not one word about what the municipality knows of them.
    """
    if not left.settled:
        return ""
    return capfirst(
        f"{lone_text(left.settled)} huishoudens doen niet mee. Zij kregen in een eerdere ronde al hulp,"
        " hebben de regeling al, of kregen hem toegekend. Dat geldt voor alles wat deze ronde brengt."
    )


def facts(round_: Round, regelingen: Mapping[str, str]) -> list[dict[str, Any]]:
    """What was chosen, by whom, and what it was fixed as."""
    klassen = [str(klasse.label).lower() for klasse in Klasse if klasse in round_.klassen]
    found: list[dict[str, Any]] = [
        {"term": "Soort", "text": str(round_.get_kind_display())},
        {"term": "Regelingen", "badges": names(round_, regelingen)},
        {"term": "Voor wie", "text": " en ".join(klassen).capitalize()},
        {"term": "Koppeling", "text": str(round_.handover_id)},
        {"term": "Peildatum", "text": date_format(round_.handover.peildatum, "D j b Y")},
        {"term": "Doel", "text": round_.purpose},
    ]
    if round_.reply_before:
        found.append({"term": "Reageren voor", "text": date_format(round_.reply_before, "D j b Y")})
    found.append({"term": "Gemaakt", "text": _who(round_.made_by.display_name(), round_.made_at)})
    if round_.fixed_by and round_.fixed_at:
        found.append({"term": "Vastgesteld", "text": _who(round_.fixed_by.display_name(), round_.fixed_at)})
        found.append({"term": "Vingerafdruk", "text": round_.inputs_hash[:SHORT]})
    return found


def _who(name: str, moment: Any) -> str:
    return f"{name}, {date_format(localtime(moment), 'D j b Y, H:i')}"
