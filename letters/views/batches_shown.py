"""How batches, letters and what happened to them look on a page."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.urls import reverse

from letters.actions.batch_counts import Announced, BatchTotals, Left
from letters.actions.contents import reference
from letters.models import (
    Batch,
    BatchState,
    Errand,
    ErrandKind,
    Letter,
    Production,
    Recall,
    RecallResult,
)
from letters.views.shown import day, moment
from outreach.templatetags.kit import amount

_VARIANTS: Mapping[str, str] = {
    BatchState.COMPOSED: "neutral",
    BatchState.RELEASED: "active",
    BatchState.CONFIRMED: "success",
    BatchState.WITHDRAWN: "inactive",
}
PRODUCTION_VARIANTS: Mapping[str, str] = {
    Production.PLANNED: "neutral",
    Production.MADE: "neutral",
    Production.RELEASED: "active",
    Production.CONFIRMED: "active",
    Production.PRINTED: "active",
    Production.SENT: "success",
    Production.LAPSED: "inactive",
    Production.REFUSED: "danger",
    Production.WITHDRAWN: "inactive",
}
_ANSWERS: Mapping[str, dict[str, str]] = {
    "": {"label": "Nog geen antwoord", "variant": "warning"},
    RecallResult.WITHDRAWN: {"label": "Ingetrokken", "variant": "success"},
    RecallResult.TOO_LATE: {"label": "Te laat", "variant": "danger"},
}

BATCH_COLUMNS = [
    {"label": "Partij"},
    {"label": "Printdatum", "kind": "tight"},
    {"label": "Drukker"},
    {"label": "Brieven", "kind": "number"},
    {"label": "Vellen", "kind": "number"},
    {"label": "Bevestigd"},
    {"label": "Status", "kind": "tight"},
]
ANNOUNCED_COLUMNS = [
    {"label": "Printdatum"},
    {"label": "Drukker"},
    {"label": "Partijen", "kind": "number"},
    {"label": "Brieven", "kind": "number"},
    {"label": "Vellen", "kind": "number"},
]
LEFT_COLUMNS = [
    {"label": "Adres"},
    {"label": "Waarom"},
    {"label": "Kenmerk", "kind": "tight"},
]
RECALL_COLUMNS = [
    {"label": "Adres"},
    {"label": "Waarom"},
    {"label": "Gevraagd", "kind": "tight"},
    {"label": "Antwoord", "kind": "tight"},
    {"label": "Kenmerk", "kind": "tight"},
]


def title(batch: Batch) -> str:
    """`Partij 12-8a3f`: a batch has no name, so the round and the beginning of its id."""
    return f"Partij {batch.round_id}-{str(batch.pk)[:4]}"


def badge(batch: Batch) -> dict[str, str]:
    return {"label": batch.get_state_display(), "variant": _VARIANTS[batch.state]}


def planned(count: int) -> str:
    """After the reminders were planned."""
    if not count:
        return "Er is niemand die nu een herinnering krijgt."
    return f"{amount(count)} herinneringen staan klaar en worden nu gemaakt. Maak daarna een partij."


def withdrawn(count: int) -> str:
    """After a round was closed."""
    if not count:
        return "De ronde is afgesloten."
    what = "1 brief is ingetrokken" if count == 1 else f"{amount(count)} brieven zijn ingetrokken"
    return f"De ronde is afgesloten. {what}."


def freed(count: int) -> str:
    """After held letters were planned anew."""
    what = "1 brief wordt" if count == 1 else f"{amount(count)} brieven worden"
    return f"{what} opnieuw gemaakt. Maak daarna een nieuwe partij."


_ENDED = {ErrandKind.REMIND: planned, ErrandKind.CLOSE: withdrawn, ErrandKind.FREE: freed}


def errand_asked(asked: bool) -> str:
    """After somebody asked for work that takes long."""
    if not asked:
        return "Dit is al gevraagd. Je hoeft er niet op te wachten."
    return "Dit wordt binnen een minuut gedaan. Je hoeft er niet op te wachten."


def errand(one: Errand) -> dict[str, Any]:
    """What was asked last: a job while a worker has it, and then the outcome, or why it could not be."""
    who = f"{one.asked_by.display_name()}, {moment(one.asked_at)}"
    label = one.get_kind_display()
    if one.ended_at is None:
        note = f"Gevraagd door {who}. Je hoeft hier niet op te wachten."
        if one.letters:
            note = f"{amount(one.letters)} brieven zijn klaar. {note}"
        url = reverse("letter_errand_progress", args=[one.pk])
        return {"job": {"id": f"opdracht-{one.pk}", "label": label, "note": note, "poll_url": url}}
    if one.problem:
        return {"type": "error", "heading": f"{label} is niet gelukt", "text": one.problem}
    outcome = _ENDED[ErrandKind(one.kind)](one.letters)
    return {"type": "info", "heading": label, "text": f"{outcome} Gevraagd door {who}."}


def batch_rows(batches: Iterable[Batch], totals: Mapping[UUID, BatchTotals]) -> list[dict[str, Any]]:
    return [_batch_row(batch, totals.get(batch.pk, BatchTotals())) for batch in batches]


def _batch_row(batch: Batch, totals: BatchTotals) -> dict[str, Any]:
    return {
        "cells": [
            {
                "text": title(batch),
                "url": reverse("letter_batch", args=[batch.pk]),
                "sub": batch.round.name,
            },
            day(batch.planned_on),
            batch.vendor.name,
            amount(totals.letters),
            amount(totals.sheets),
            {"progress": totals.parts_confirmed, "max": totals.parts} if totals.parts else None,
            {"status": badge(batch)},
        ]
    }


def announced_rows(announced: Iterable[Announced]) -> list[dict[str, Any]]:
    return [
        {
            "cells": [
                {"text": day(one.day)},
                one.vendor,
                amount(one.batches),
                amount(one.letters),
                amount(one.sheets),
            ]
        }
        for one in announced
    ]


def kpis(batch: Batch, totals: BatchTotals, left: Left, sees_people: bool) -> list[dict[str, Any]]:
    """The counts of one batch; the people behind them for who may see households."""
    shown: list[dict[str, Any]] = [
        {"label": "Brieven", "value": amount(totals.letters)},
        {"label": "Vellen", "value": amount(totals.sheets)},
        {"label": "Vastgehouden", "value": amount(left.held + left.homeless + left.busy)},
        {"label": "Vervallen of uitgevallen", "value": amount(left.lapsed + left.unfit)},
        {
            "label": "Teruggevraagd",
            "value": amount(left.recalls),
            "note": f"{amount(left.recalled)} ingetrokken, {amount(left.too_late)} te laat",
        },
    ]
    if sees_people and left.out:
        shown[3]["url"] = reverse("letter_batch_left", args=[batch.pk])
    if sees_people and left.recalls:
        shown[4]["url"] = reverse("letter_batch_recalls", args=[batch.pk])
    return shown


def facts(batch: Batch) -> list[dict[str, Any]]:
    released = (
        f"{batch.released_by.display_name()}, {moment(batch.released_at)}" if batch.released_by else None
    )
    return [
        {"term": "Ronde", "text": batch.round.name, "url": reverse("letter_round", args=[batch.round_id])},
        {"term": "Drukker", "text": batch.vendor.name},
        {"term": "Printdatum", "text": day(batch.planned_on)},
        {"term": "Retourenvelop", "text": "Ja" if batch.return_envelope else "Nee"},
        {
            "term": "Samengesteld door",
            "text": f"{batch.made_by.display_name()}, {moment(batch.made_at)}",
        },
        {"term": "Vrijgegeven door", "text": released},
        {"term": "Bevestigd door de drukker", "text": moment(batch.confirmed_at)},
    ]


def state_bars(states: Mapping[str, int]) -> list[dict[str, Any]]:
    return [{"term": str(Production(state).label), "text": amount(count)} for state, count in states.items()]


def address(letter: Letter) -> dict[str, str]:
    """The household of a letter, as a link to what happened to the letter."""
    return {
        "text": letter.household.address_line(),
        "url": reverse("letter", args=[letter.pk]),
        "sub": letter.household.postcode_line(),
    }


def left_rows(letters: Iterable[Letter]) -> list[dict[str, Any]]:
    return [
        {
            "cells": [
                address(letter),
                letter.get_rejected_display(),
                reference(letter.round_id, letter.form_code),
            ]
        }
        for letter in letters
    ]


def recall_rows(recalls: Iterable[Recall]) -> list[dict[str, Any]]:
    return [
        {
            "cells": [
                address(recall.letter),
                recall.get_reason_display(),
                moment(recall.asked_at),
                {"status": _ANSWERS[recall.result]},
                reference(recall.letter.round_id, recall.letter.form_code),
            ]
        }
        for recall in recalls
    ]
