"""How work looks on a page: words for what is wrong, cells of the list, facts beside a scan."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.timezone import localtime

from letters.actions import editions
from letters.actions.contents import reference
from letters.actions.work import QUEUE_OF
from letters.models import Application, Letter, LetterKind, Scan, ScanDelivery, Signature, WorkItem, WorkKind
from letters.vendor_codes import ReturnReason
from letters.views.batches_shown import title
from letters.views.shown import day, moment
from outreach.kernel import clock
from outreach.models import Role

COLUMNS = [
    {"label": "Wat"},
    {"label": "Kenmerk", "kind": "tight"},
    {"label": "Ligt er", "kind": "tight"},
    {"label": "Uiterlijk", "kind": "tight"},
    {"label": "Eigenaar"},
]

#: Why a scan was linked to nobody. The codes are those of letters/reading and of scan_looks.
PROBLEMS: dict[str, str] = {
    "geen_code": "Op dit blad staat geen code van ons die te lezen is.",
    "meer_formulieren": "Op dit blad staan codes van meer dan één formulier.",
    "onbekende_code": "De code op dit blad hoort bij geen van onze formulieren.",
    "andere_bladzijde": "Dit is niet de bladzijde met de handtekening.",
    "code_wijkt_af": "De drukker las een andere code dan wij. Kijk zelf welke code er staat.",
    "bestandstype": "Het bestand is geen PDF, TIFF, PNG of JPEG.",
    "te_groot": "Het bestand is groter dan 10 MB.",
    "te_zwaar": "Het bestand kostte te veel rekenkracht om te openen.",
    "versleuteld": "Het bestand is met een wachtwoord beveiligd.",
    "script": "In het bestand zit een programma. Daarom openen we het niet.",
    "twee_soorten": "Het bestand is beschadigd, of er zit een ander bestand in verstopt.",
    "te_veel_bladzijden": "Het bestand heeft te veel bladzijden voor één blad papier.",
    "beschadigd": "Het bestand is beschadigd.",
    "beeld_weg": "Het beeld is er niet meer. Vraag de technisch beheerder om de back-up.",
    "verwerking_mislukt": "Het verwerken is drie keer mislukt. In het logboek van de werker staat waarom.",
}
_WHY: dict[str, str] = {
    "weinig_inkt": "er staat maar weinig in het vak",
    "vol": "het vak is bijna helemaal vol",
    "streep": "het lijkt een streep",
    "doorgehaald": "er gaat een streep door",
    "stempel": "het lijkt een stempel",
    "regels": "er staan meer regels in het vak",
    "losse_letters": "er staan losse letters in het vak",
    "gedrukt": "het lijkt gedrukt",
    "ligt_scheef": "het blad was niet goed te lezen",
    "geschreven": "er is iets bij geschreven",
    "doorgestreept": "er is iets doorgestreept",
    "druk_ontbreekt": "er is iets bedekt, of de tekst is niet de onze",
    "andere_druk": "er staat iets anders dan wij voor dit huishouden drukten",
}
_FIELDS = (("signature", "Handtekening"), ("partner", "Handtekening partner"), ("date", "Datum"))

UNTOLD = (
    "Het besluit geldt, maar de brief erover is niet verstuurd. Vertel het besluit op papier, of laat het"
    " herzien."
)
NOT_ASKED = (
    "De brief met de vraag om aanvulling is niet verstuurd. Daarom mag je hierop niet afwijzen. De termijn"
    " voor het besluit loopt door."
)
DELIVERY_OPEN = (
    "De drukker kondigde scans aan en sloot de aanlevering niet af. Zolang gaan er geen herinneringen uit."
    " Bel de drukker."
)


def late(item: WorkItem) -> bool:
    """Whether the day before which it had to be settled is past."""
    return item.closed_at is None and item.due_on < clock.today()


def age(item: WorkItem) -> str:
    """`3 dagen`; `vandaag` on the first day."""
    days = (clock.today() - localtime(item.opened_at).date()).days
    return "vandaag" if days < 1 else "1 dag" if days == 1 else f"{days} dagen"


def owner(item: WorkItem) -> str:
    """Who has it, or whose queue it is in."""
    if item.owner:
        return item.owner.display_name()
    return f"Niemand (wachtrij {Role(QUEUE_OF[WorkKind(item.kind)]).label.lower()})"


def due(item: WorkItem) -> dict[str, Any] | str:
    """The last day, in red when it is past."""
    if late(item):
        return {"status": {"label": f"Te laat: {_short(item.due_on)}", "variant": "danger"}}
    return _short(item.due_on)


def _short(value: datetime.date) -> str:
    return str(day(value))


def rows(items: Iterable[WorkItem]) -> list[dict[str, Any]]:
    return [
        {
            "cells": [
                {
                    "text": item.get_kind_display(),
                    "url": reverse("work_item", args=[item.pk]),
                    "sub": subject(item),
                },
                kenmerk(item.letter) if item.letter else None,
                age(item),
                due(item),
                owner(item),
            ]
        }
        for item in items
    ]


def subject(item: WorkItem) -> str:
    """What the work is about, where that is no letter: a part, a batch, or a pile of scans."""
    if item.letter_id:
        return ""
    if item.delivery:
        return f"Scans van {item.delivery.vendor.name}"
    if item.batch:
        return f"{title(item.batch)}, {item.batch.round.name}"
    return f"Deel {item.part.number}, {item.part.round.name}" if item.part else ""


def kenmerk(letter: Letter) -> str:
    return reference(letter.round_id, letter.form_code)


def badge(item: WorkItem) -> dict[str, str]:
    if item.closed_at:
        return {"label": "Afgehandeld", "variant": "inactive"}
    if late(item):
        return {"label": "Te laat", "variant": "danger"}
    return {"label": "Open", "variant": "active"}


def facts(item: WorkItem) -> list[dict[str, Any]]:
    """About the work itself."""
    found: list[dict[str, Any]] = [
        {"term": "Sinds", "text": moment(item.opened_at)},
        {"term": "Uiterlijk", "text": _short(item.due_on)},
        {"term": "Eigenaar", "text": owner(item)},
    ]
    if item.closed_at:
        by = item.closed_by.display_name() if item.closed_by else "Vanzelf"
        found.append({"term": "Afgehandeld", "text": f"{by}, {moment(item.closed_at)}"})
    if item.scan and item.scan.problem:
        found.append({"term": "Waarom", "text": PROBLEMS.get(item.scan.problem, item.scan.problem)})
    if item.kind == WorkKind.REJECTED_LETTER and item.letter and item.letter.rejected:
        found.append({"term": "Waarom", "text": item.letter.get_rejected_display()})
    if item.kind == WorkKind.UNTOLD:
        asked = item.letter is not None and item.letter.kind == LetterKind.MISSING
        found.append({"term": "Waarom", "text": NOT_ASKED if asked else UNTOLD})
    if item.delivery:
        found += _delivery_facts(item.delivery)
    if item.part:
        waits = editions.lacking_in([item.part.pk]).get(item.part.pk)
        if waits:
            texts = ", ".join(editions.in_words(sorted(waits)))
            found.append({"term": "Waarom", "text": f"Nog niet goedgekeurd: {texts}."})
        found.append(
            {
                "term": "Deel",
                "text": f"Deel {item.part.number} van {item.part.round.name}",
                "url": reverse("letter_round", args=[item.part.round_id]),
            }
        )
    if item.batch:
        found.append(
            {
                "term": "Partij",
                "text": f"{title(item.batch)} van {item.batch.round.name}",
                "url": reverse("letter_batch", args=[item.batch_id]),
            }
        )
    return found


def _delivery_facts(delivery: ScanDelivery) -> list[dict[str, Any]]:
    """A pile of scans that the vendor announced, and what he has to do about it."""
    return [
        {"term": "Drukker", "text": delivery.vendor.name},
        {"term": "Waarom", "text": DELIVERY_OPEN},
        {"term": "Aangekondigd", "text": f"{moment(delivery.announced_at)}, {delivery.expected} scans"},
        {"term": "Binnen", "text": str(delivery.scans.count())},
        {"term": "Aanlevering", "text": str(delivery.pk)},
    ]


def letter_facts(letter: Letter, application: Application | None) -> list[dict[str, Any]]:
    """About the letter, its household and its application."""
    regeling = f"{letter.approach.regeling.name}, {letter.get_klasse_display().lower()}"
    found: list[dict[str, Any]] = [
        {"term": "Kenmerk", "text": kenmerk(letter), "url": reverse("letter", args=[letter.pk])},
        {
            "term": "Huishouden",
            "text": letter.household.address_line(),
            "url": reverse("household", args=[letter.household_id]),
        },
        {"term": "Regeling", "text": regeling},
        {"term": "Soort brief", "text": letter.get_kind_display()},
        {"term": "Productie", "text": letter.get_production_display()},
        {"term": "Reactie", "text": letter.get_response_display()},
    ]
    if letter.rejected:
        found.append({"term": "Niet verstuurd", "text": letter.get_rejected_display()})
    if letter.delivery_reason:
        why = dict(ReturnReason.choices).get(letter.delivery_reason, letter.delivery_reason)
        found.append({"term": "Kwam terug", "text": why})
    if application:
        found += [
            {
                "term": "Aanvraag",
                "text": application.get_state_display(),
                "url": reverse("application", args=[application.pk]),
            },
            {"term": "Ontvangen op", "text": day(application.received_on)},
            {"term": "Beslissen voor", "text": day(application.decide_by)},
        ]
    return found


def reading_facts(scan: Scan) -> list[dict[str, Any]]:
    """What the machine saw on the form. A person decides what it means."""
    fields = scan.reading.get("fields")
    if not fields:
        return []
    needed = scan.reading.get("partner_needed")
    found = [
        {"term": label, "text": _field(fields[name])}
        for name, label in _FIELDS
        if name != "partner" or needed or fields[name]["presence"] != Signature.ABSENT
    ]
    remark = fields["remark"]
    text = "Niets gezien" if remark["presence"] == Signature.ABSENT else _sentence(_WHY, remark["why"])
    found.append({"term": "Ernaast", "text": text})
    amounts = [one for name, one in fields.items() if name.startswith("amount_")]
    if amounts:
        filled = sum(one["presence"] != Signature.ABSENT for one in amounts)
        found.append({"term": "Bedragen", "text": f"{filled} van {len(amounts)} ingevuld"})
    return found


def _field(field: dict[str, Any]) -> str:
    label = str(Signature(field["presence"]).label)
    return f"{label}: {_WHY[field['why']]}" if field["why"] in _WHY else label


def _sentence(words: dict[str, str], code: str) -> str:
    return words.get(code, "Onduidelijk").capitalize()
