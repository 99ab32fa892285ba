"""How a letter and what happened to it look on a page."""

from collections.abc import Iterable
from operator import itemgetter
from typing import Any

from django.urls import reverse
from django.utils.timezone import localtime

from letters.actions.contents import reference
from letters.actions.recheck import Lapse
from letters.models import (
    Axis,
    DeliveryState,
    Letter,
    LetterEvent,
    LetterKind,
    Outcome,
    Production,
    Recall,
    RecallReason,
    RecallResult,
    ReminderPause,
    ResponseState,
)
from letters.projection import SPOILED
from letters.vendor_codes import RefusalReason, ReturnReason
from letters.views.batches_shown import PRODUCTION_VARIANTS, address
from letters.views.shown import day, moment
from outreach.templatetags.kit import amount

LETTER_COLUMNS = [
    {"label": "Adres"},
    {"label": "Soort"},
    {"label": "Productie", "kind": "tight"},
    {"label": "Bezorging"},
    {"label": "Reactie"},
    {"label": "Kenmerk", "kind": "tight"},
]
_TITLES: dict[str, dict[str, str]] = {
    Axis.PRODUCTION: {**dict(Production.choices), SPOILED: "Beschadigd, wordt opnieuw geprint"},
    Axis.DELIVERY: dict(DeliveryState.choices),
    Axis.RESPONSE: dict(ResponseState.choices),
}
_ICONS = {Axis.PRODUCTION: "print", Axis.DELIVERY: "letter", Axis.RESPONSE: "file"}
_REASONS: dict[str, str] = {
    **dict(RecallReason.choices),
    **dict(Lapse.choices),
    **dict(RefusalReason.choices),
    **dict(ReturnReason.choices),
}

UNTOLD = (
    "Het besluit blijft staan, maar het huishouden heeft het niet op papier gekregen. Via de werkvoorraad"
    " zorgt iemand dat het wordt verteld of herzien."
)
NOT_ASKED = (
    "Het huishouden heeft de vraag om aanvulling niet gekregen. Via de werkvoorraad zorgt iemand dat de"
    " aanvraag verder gaat."
)


def untold(letter: Letter) -> dict[str, str]:
    """What somebody should know of a letter that told something and was not sent."""
    if letter.kind == LetterKind.MISSING:
        return {"heading": "Deze vraag is niet gesteld", "text": NOT_ASKED}
    return {"heading": "Dit besluit is niet verteld", "text": UNTOLD}


def badge(letter: Letter) -> dict[str, str]:
    return {
        "label": letter.get_production_display(),
        "variant": PRODUCTION_VARIANTS[letter.production],
    }


def letter_rows(letters: Iterable[Letter]) -> list[dict[str, Any]]:
    return [
        {
            "cells": [
                address(letter),
                letter.get_kind_display(),
                {"status": badge(letter)},
                letter.get_delivery_display() if letter.delivery != DeliveryState.UNKNOWN else None,
                letter.get_response_display() if letter.response != ResponseState.NONE else None,
                reference(letter.round_id, letter.form_code),
            ]
        }
        for letter in letters
    ]


def facts(letter: Letter, reminder: Letter | None) -> list[dict[str, Any]]:
    batch = letter.part.batch
    shown: list[dict[str, Any]] = [
        {
            "term": "Huishouden",
            "text": letter.household.address_line(),
            "url": reverse("household", args=[letter.household_id]),
        },
        {"term": "Regeling", "text": letter.approach.regeling.name},
        {"term": "Soort", "text": letter.get_kind_display()},
        {"term": "Ronde", "text": letter.round.name},
        {"term": "Deel en volgnummer", "text": f"{letter.part.number}, nummer {letter.position}"},
        {"term": "Druk", "text": amount(letter.print_run)},
        {"term": "Drukker", "text": batch.vendor.name if batch else None},
        {"term": "Bezorging", "text": letter.get_delivery_display()},
        {"term": "Reactie", "text": letter.get_response_display()},
    ]
    if letter.rejected:
        shown.append({"term": "Uitgevallen", "text": letter.get_rejected_display()})
    for label, other in (("Herinnert aan", letter.reminder_of), ("Herinnering", reminder)):
        if other is not None:
            shown.append(
                {
                    "term": label,
                    "text": reference(other.round_id, other.form_code),
                    "url": reverse("letter", args=[other.pk]),
                }
            )
    return shown


def events(told: Iterable[LetterEvent], asked: Iterable[Recall]) -> list[dict[str, Any]]:
    """What happened, the newest first. What came too late to change anything is in it too."""
    found = [_event(one) for one in told]
    for recall in asked:
        found += _recalled(recall)
    # Of one moment the last that was told comes first.
    return sorted(found, key=itemgetter("at"))[::-1]


def _event(event: LetterEvent) -> dict[str, Any]:
    late = event.outcome == Outcome.LATE
    return {
        "at": event.occurred_at,
        "icon": _ICONS[Axis(event.axis)],
        "title": _TITLES[event.axis].get(event.code, event.code),
        "when": moment(event.occurred_at),
        "machine_when": localtime(event.occurred_at).isoformat(),
        "who": event.client.vendor.name if event.client else "",
        "text": _text(event),
        "status": {"label": "Achterhaald", "variant": "inactive"} if late else None,
    }


def _text(event: LetterEvent) -> str:
    reason = _REASONS.get(event.reason, event.reason)
    run = f"Druk {event.print_run}" if event.print_run > 1 else ""
    return ". ".join(filter(None, (reason, run)))


def _recalled(recall: Recall) -> list[dict[str, Any]]:
    rows = [_recall_row("Teruggevraagd bij de drukker", recall.asked_at, recall.get_reason_display(), "")]
    if recall.result == RecallResult.TOO_LATE and recall.answered_at:
        text = "De brief is toch verstuurd, of gaat nog op de post."
        rows.append(_recall_row("Te laat om in te trekken", recall.answered_at, text, recall.vendor.name))
    return rows


def _recall_row(title: str, at: Any, text: str, who: str) -> dict[str, Any]:
    return {
        "at": at,
        "icon": "left",
        "title": title,
        "when": moment(at),
        "machine_when": localtime(at).isoformat(),
        "who": who,
        "text": text,
        "status": None,
    }


def pauses(active: Iterable[ReminderPause], letter: Letter) -> list[dict[str, str]]:
    return [
        {
            "text": f"{pause.get_reason_display()}, tot en met {day(pause.until)}."
            f" Ingesteld door {pause.made_by.display_name()}.",
            "end_url": reverse("letter_pause_end", args=[letter.pk, pause.pk]),
        }
        for pause in active
    ]


def asked_back(recall: Recall) -> str:
    """After a letter was asked back."""
    if recall.result == RecallResult.WITHDRAWN:
        return "De brief is uit het deel gehaald. De drukker krijgt hem niet."
    return "De brief is teruggevraagd. De drukker zegt of dat nog lukt."
