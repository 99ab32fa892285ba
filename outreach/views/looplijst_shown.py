"""How a looplijst looks: its figures, its columns, its rows, and the colour of each status."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Count, Q
from django.http import QueryDict
from django.urls import reverse
from django.utils.formats import date_format

from outreach.forms.looplijst import BY_CONTACT, TO_DO_CHOICE, LooplijstFilter
from outreach.models import Looplijst, LooplijstItem, User
from outreach.models.looplijst import ItemState
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


def status(item: LooplijstItem) -> dict[str, str]:
    """The badge of an address; how often somebody went past in vain stands in it."""
    label = str(item.get_state_display())
    if item.state == ItemState.VISITED:
        label = f"{label} ({item.attempts}×)"
    return {"label": label, "variant": STATUS_VARIANTS[item.state]}


def subtitle(looplijst: Looplijst) -> str:
    """The round, and the day on which the municipality looked."""
    peildatum = date_format(looplijst.round.handover.peildatum, "j F Y")
    return f"{looplijst.round.name} · peildatum {peildatum}"


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
    if looplijst.done < looplijst.total:
        url += f"?status={TO_DO_CHOICE}"
    state = looplijst.round.state
    return {
        "cells": [
            {"text": str(looplijst.team), "url": url, "sub": subtitle(looplijst)},
            {"progress": looplijst.done, "max": looplijst.total} if looplijst.total else None,
            amount(looplijst.total - looplijst.done - looplijst.visited),
            amount(looplijst.visited),
            {
                "status": {
                    "label": looplijst.round.get_state_display(),
                    "variant": _ROUND_VARIANTS.get(state, "neutral"),
                }
            },
            {"action": {"label": "Openen", "url": url}},
        ]
    }


def kpis(looplijst: Looplijst, path: str) -> list[dict[str, Any]]:
    """How far the list is; each figure leads to its addresses. Costs one query."""
    counts = looplijst.items.approachable().aggregate(
        total=Count("pk"), **{state.value: Count("pk", filter=Q(state=state)) for state in ItemState}
    )
    figures = [
        {"label": state.label, "value": amount(counts[state.value]), "url": f"{path}?status={state.value}"}
        for state in ItemState
    ]
    if not counts["total"]:
        return figures
    progress = {"label": "Voortgang", "progress": counts[ItemState.DONE], "max": counts["total"]}
    return [progress, *figures]


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


def sheet_columns() -> list[dict[str, str]]:
    """Columns of the sheet on paper; the last one is to write in."""
    return [
        {"label": "Nr.", "kind": "number"},
        {"label": "Adres"},
        {"label": "Mogelijk recht op"},
        {"label": "Laatste contact"},
        {"label": "Datum, wie gesproken, uitkomst"},
    ]


def item_rows(
    items: Iterable[LooplijstItem], looplijst: Looplijst, query: QueryDict, user: User
) -> list[dict[str, Any]]:
    """Rows for the templates of the list and of the sheet, from items of `with_list_data`."""
    return [_item_row(item, looplijst, query, user) for item in items]


def _item_row(item: LooplijstItem, looplijst: Looplijst, query: QueryDict, user: User) -> dict[str, Any]:
    household = item.household
    url = page_url("household", household.pk, looplijst.pk, query)
    done = item.state == ItemState.DONE or looplijst.round.state == RoundState.CLOSED
    return {
        "number": item.position,
        "address": household.address_line(),
        "postcode": f"{household.postcode[:4]} {household.postcode[4:]}",
        "people": people(item.adults, item.children),
        "url": url,
        "regelingen": [approach.regeling.name for approach in item.brought()],
        "status": status(item),
        "attempts": item.attempts,
        "last": date_format(item.last_contact_on, "D j b") if item.last_contact_on else "",
        "who": _last_by(item, user),
        "action": _ACTIONS[ItemState.DONE if done else item.state],
        "action_url": url if done else page_url("gesprek", household.pk, looplijst.pk, query),
    }


def _last_by(item: LooplijstItem, user: User) -> str:
    """Who was there last; `Jij` for whoever looks."""
    last = next(iter(item.gesprekken.all()), None)
    if last is None:
        return ""
    return "Jij" if last.by_id == user.pk else last.by.display_name()
