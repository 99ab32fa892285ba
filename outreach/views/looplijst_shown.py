"""How a looplijst looks: its figures, its columns, its rows, and the colour of each status."""

import datetime
from collections import Counter
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.db import models
from django.http import QueryDict
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.timezone import localtime

from outreach.actions.next_try import in_vain, propose
from outreach.forms.looplijst import BY_CONTACT, TO_DO_CHOICE, LooplijstFilter
from outreach.kernel import clock
from outreach.models import (
    Approach,
    Candidacy,
    Gesprek,
    HouseholdMember,
    Looplijst,
    LooplijstItem,
    Task,
    User,
)
from outreach.models.approach import Result
from outreach.models.looplijst import COUNTED_UP_TO, TO_DO, ItemState
from outreach.models.round import RoundState
from outreach.templatetags.kit import amount
from outreach.views.walk import page_url

STATUS_VARIANTS: Mapping[str, str] = {
    ItemState.OPEN: "neutral",
    ItemState.VISITED: "warning",
    ItemState.DONE: "success",
}
_ROUND_VARIANTS: Mapping[str, str] = {
    RoundState.FIXED: "neutral",
    RoundState.RUNNING: "active",
    RoundState.CLOSED: "inactive",
    RoundState.WITHDRAWN: "inactive",
}
# What the button of a row says: what somebody comes to do there.
_ACTIONS: Mapping[str, str] = {
    ItemState.OPEN: "Bezoeken",
    ItemState.VISITED: "Opnieuw",
    ItemState.DONE: "Bekijken",
}


def households(number: int) -> str:
    """`1 huishouden`, `214 huishoudens`."""
    return "1 huishouden" if number == 1 else f"{amount(number)} huishoudens"


def people(adults: int, children: int) -> str:
    """Who live somewhere, without a name: `1 persoon`, `1 ouder, 2 kinderen`, `gezin, 1 kind`."""
    if not children:
        return "1 persoon" if adults == 1 else f"{adults} personen"
    parents = {0: "", 1: "1 ouder, "}.get(adults, "gezin, ")
    return f"{parents}{children} {'kind' if children == 1 else 'kinderen'}"


def appointments(households: Iterable[UUID]) -> dict[UUID, datetime.date]:
    """On which day from today on somebody there has an appointment. One query."""
    return Task.objects.next_of(households, clock.today())


def status(item: LooplijstItem, appointment: datetime.date | None = None) -> dict[str, str]:
    """The badge of an address; how often somebody went past in vain stands in it, or on what day he comes."""
    if appointment and item.state != ItemState.DONE:
        return {"label": f"Afspraak op {date_format(appointment, 'D j b')}", "variant": "active"}
    if item.unreached:
        return {"label": "Niet bereikt", "variant": "inactive"}
    label = str(item.get_state_display())
    if item.state == ItemState.VISITED:
        label = f"{label} ({item.attempts}×)"
    return {"label": label, "variant": STATUS_VARIANTS[item.state]}


def next_try(item: LooplijstItem, appointment: datetime.date | None = None) -> str:
    """When to go past again: `Probeer: donderdagavond`. Empty where nobody has to go in vain."""
    if item.state != ItemState.VISITED or appointment:
        return ""
    proposed = propose(in_vain(item.gesprekken.all()))
    return f"Probeer: {proposed.text()}" if proposed else ""


def subtitle(looplijst: Looplijst) -> str:
    """The day on which the municipality looked; the round stands in the title."""
    return capfirst(f"gegevens van {date_format(looplijst.round.handover.peildatum, 'j F Y')}")


def title(looplijst: Looplijst) -> str:
    """`Looplijst Team Noord · Bezoek voorjaar`; one that was cut has its number: `Looplijst 12 Team …`.

    A team has a list of each round, so the round stands in the name.
    """
    number = "" if looplijst.pile else f" {looplijst.pk}"
    return f"Looplijst{number} {looplijst.team} · {looplijst.round.name}"


def whose(looplijst: Looplijst) -> str:
    """For whom a list is, when it is for one person."""
    return f"Voor {looplijst.assigned_to.display_name()}" if looplijst.assigned_to else ""


def overview_columns() -> list[dict[str, str]]:
    """Columns of the page with all lists."""
    return [
        {"label": "Looplijst"},
        {"label": "Klaar"},
        {"label": "Nog te bezoeken", "kind": "number"},
        {"label": "Opnieuw langs", "kind": "number"},
        {"label": "Ronde"},
        {"label": "Actie", "kind": "action", "card": "hide"},
    ]


def overview_row(looplijst: Looplijst) -> dict[str, Any]:
    """One list with its counts, which `with_counts` brought. The link opens what is left to do."""
    url = reverse("looplijst", args=[looplijst.pk])
    counts, (done, total) = _counts(looplijst), _progress(looplijst)
    if counts[ItemState.OPEN] or counts[ItemState.VISITED]:
        url += f"?status={TO_DO_CHOICE}"
    state = looplijst.round.state
    return {
        "cells": [
            {"text": title(looplijst), "url": url, "sub": below(looplijst)},
            {"progress": done, "max": total} if total else counted_text(counts[ItemState.DONE]),
            counted_text(counts[ItemState.OPEN]),
            counted_text(counts[ItemState.VISITED]),
            {
                "status": {
                    "label": looplijst.round.get_state_display(),
                    "variant": _ROUND_VARIANTS.get(state, "neutral"),
                }
            },
            {"action": {"label": "Openen", "url": url}},
        ]
    }


def below(looplijst: Looplijst) -> str:
    """What stands below the name of a list: for whom it is, of when when it was cut, and its peildatum."""
    cut = "" if looplijst.pile else f"Korte lijst van {date_format(localtime(looplijst.made_at), 'j F')}"
    return " · ".join(filter(None, (whose(looplijst), cut, subtitle(looplijst))))


def kpis(counted: Looplijst, path: str) -> list[dict[str, Any]]:
    """How far the list is, which `with_counts` brought; each figure leads to its addresses."""
    figures = [
        {"label": state.label, "value": counted_text(number), "url": f"{path}?status={state.value}"}
        for state, number in _counts(counted).items()
    ]
    done, total = _progress(counted)
    return [{"label": "Voortgang", "progress": done, "max": total}, *figures] if total else figures


def left(looplijst: Looplijst) -> dict[ItemState, int]:
    """The addresses that somebody still has to go past, per state, which `with_counts` brought."""
    return {state: number for state, number in _counts(looplijst).items() if state in TO_DO}


def is_counted(looplijst: Looplijst) -> bool:
    """Whether all its addresses were counted, and not up to `COUNTED_UP_TO` alone."""
    return max(_counts(looplijst).values()) <= COUNTED_UP_TO


def counted_text(number: int) -> str:
    """`118`, or `meer dan 1.000` where nobody counted on."""
    return f"meer dan {amount(COUNTED_UP_TO)}" if number > COUNTED_UP_TO else amount(number)


def _counts(looplijst: Looplijst) -> dict[ItemState, int]:
    """The addresses per state, as `with_counts` brought them."""
    return {state: getattr(looplijst, f"n_{state.value}") for state in ItemState}


def _progress(looplijst: Looplijst) -> tuple[int, int]:
    """How many are done of how many; of none where a list is too long to count."""
    if not is_counted(looplijst):
        return 0, 0
    counts = _counts(looplijst)
    return counts[ItemState.DONE], sum(counts.values())


def item_columns(form: LooplijstFilter, path: str) -> list[dict[str, str]]:
    """Columns of the list. The last contact can be sorted on by its heading."""
    by_contact = form.cleaned_data.get("sort") == BY_CONTACT
    contact = {"label": "Laatste contact", "kind": "tight"}
    contact["sort_url"] = path + form.query(sort="" if by_contact else BY_CONTACT)
    if by_contact:
        contact["sorted"] = "ascending"
    return [
        {"label": "Nr.", "kind": "number"},
        {"label": "Adres"},
        {"label": "Mogelijk recht op"},
        {"label": "Status"},
        contact,
        {"label": "Wie"},
        {"label": "Actie", "kind": "action"},
    ]


def item_rows(
    items: Iterable[LooplijstItem],
    looplijst: Looplijst,
    query: QueryDict,
    user: User,
    busy: Mapping[UUID, str] = MappingProxyType({}),
    dangers: Mapping[UUID, str] = MappingProxyType({}),
    call_first: Mapping[UUID, str] = MappingProxyType({}),
) -> list[dict[str, Any]]:
    """Rows for the templates of the list and of the sheet, from items of `with_list_data`.

    `busy` says in words who is busy with which household, `dangers` what to look out for there,
    `call_first` where one calls whom first, since somebody acts for who lives there.
    """
    items = list(items)
    which, beside = beside_each_other(items, looplijst), others(items)
    homes = [item.household_id for item in items]
    last, agreed = Gesprek.objects.last_of(homes), appointments(homes)
    rows = [
        _item_row(item, looplijst, query, agreed.get(item.household_id))
        | _last(last.get(item.household_id), user)
        for item in items
    ]
    return [
        row
        | {
            "people": " · ".join(filter(None, (which.get(row["household"]), row["people"]))),
            "others": beside.get(row["household"], ""),
            "busy": busy.get(row["household"], ""),
            "danger": dangers.get(row["household"], ""),
            "call_first": call_first.get(row["household"], ""),
        }
        for row in rows
    ]


def beside_each_other(items: Iterable[LooplijstItem], looplijst: Looplijst) -> dict[UUID, str]:
    """`2e huishouden`, of the households that share their address with another of the list. One query."""
    homes = [item.household for item in items]
    alike = looplijst.items.approachable().filter(
        household__postcode__in={home.postcode for home in homes},
        household__house_number__in={home.house_number for home in homes},
    )
    together: dict[tuple[str, str], list[UUID]] = {}
    for item in alike.select_related("household").order_by("position"):
        home = item.household
        together.setdefault((home.postcode, home.address_line()), []).append(home.pk)
    return {
        key: f"{number}e huishouden"
        for keys in together.values()
        if len(keys) > 1
        for number, key in enumerate(keys, start=1)
    }


def others(items: Iterable[LooplijstItem]) -> dict[UUID, str]:
    """`en nog 2 regelingen` per household whose page has more to talk about than this round brings.

    One query.

    Of an address to which the round brings nothing any more the row names nothing, so nothing is added to it.
    """
    refusing = HouseholdMember.objects.filter(
        adult=True,
        household=models.OuterRef("household"),
        person__no_contact_for__contains=[models.OuterRef("regeling")],
    )
    here = {item.household_id: {each.regeling_id for each in item.brought()} for item in items}
    brought = {home: codes for home, codes in here.items() if codes}
    granted = Approach.objects.filter(
        household=models.OuterRef("household"), regeling=models.OuterRef("regeling"), result=Result.GRANTED
    )
    found = Candidacy.objects.filter(~models.Exists(refusing), ~models.Exists(granted), household__in=brought)
    left = Counter(
        home for home, code in found.values_list("household", "regeling") if code not in brought[home]
    )
    return {home: f"en nog {number} regeling{'en' if number > 1 else ''}" for home, number in left.items()}


def _item_row(
    item: LooplijstItem, looplijst: Looplijst, query: QueryDict, appointment: datetime.date | None
) -> dict[str, Any]:
    household = item.household
    url = page_url("household", household.pk, looplijst.pk, query)
    done = item.state == ItemState.DONE or looplijst.round.state == RoundState.CLOSED
    return {
        "household": household.pk,
        "number": item.position,
        "address": household.address_line(),
        "postcode": f"{household.postcode[:4]} {household.postcode[4:]}",
        "people": people(item.adults, item.children),
        "url": url,
        "regelingen": [approach.regeling.name for approach in item.brought()],
        "status": status(item, appointment),
        "appointment": status(item, appointment)["label"] if appointment else "",
        "attempts": item.attempts,
        "next_try": next_try(item, appointment),
        "action": _ACTIONS[ItemState.DONE if done else item.state],
        "action_url": url if done else page_url("gesprek", household.pk, looplijst.pk, query),
    }


def _last(gesprek: Gesprek | None, user: User) -> dict[str, str]:
    """When somebody was there last for any round, and who; `Jij` for whoever looks."""
    if gesprek is None:
        return {"last": "", "who": ""}
    who = "Jij" if gesprek.by_id == user.pk else gesprek.by.display_name()
    return {"last": date_format(gesprek.happened_on, "D j b"), "who": who}
