"""The account of a koppeling as figures, charts and tables: no count of fewer than ten people.

Rows of files are no people yet; those are shown as they are, or nobody could mend a file.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from eligibility.models import Bron
from eligibility.views import shown
from outreach.models import Regeling
from outreach.small_cells import is_small, shielded
from outreach.templatetags.kit import amount
from outreach.views.counted import bars, count_text, largest, lone_text, texts

_REASONS: Mapping[str, str] = {
    "overleden": "Overleden",
    "opgeschort": "Bijhouding opgeschort",
    "andere_gemeente": "Andere gemeente",
    "adres_onbekend": "Adres onbekend",
}

#: Why somebody who had a regeling last year is no candidate now, in the order in which it is looked at.
_BUCKETS: Mapping[str, str] = {
    "niet_in_brp": "niet in de BRP",
    "doet_niet_mee": "doet niet mee",
    "geen_huishouden": "in geen huishouden",
    "geen_volwassene": "zelf minderjarig",
    "opt_out": "afgemeld",
    "gesloten": "regeling gesloten",
    "toets_nee": "toets zegt nee",
    "geen_grond": "geen grond",
    "geen_doelgroep": "niet in de doelgroep",
}

Account = Mapping[str, Any]


def headline(account: Account) -> list[dict[str, str]]:
    """The figures that come first."""
    candidates = sum(sum(classes.values()) for classes in account["kandidaten"].values())
    return [
        {"label": "Personen die meedoen", "value": lone_text(account["personen"]["doet_mee"])},
        {"label": "Huishoudens", "value": lone_text(sum(account["huishoudens"].values()))},
        {"label": "Overgedragen huishoudens", "value": lone_text(account["overgedragen"])},
        {
            "label": "Kandidaten",
            "value": lone_text(candidates),
            "note": "een huishouden telt per regeling",
        },
    ]


def tables(account: Account) -> dict[str, Any]:
    """Everything on the page with counts."""
    names = dict(Regeling.objects.values_list("code", "name"))
    reasons = _reason_bars(account["personen"]["doet_niet_mee"])
    sizes = _size_bars(account["huishoudens"])
    figures = {
        "kpis": headline(account),
        "reasons": reasons,
        "reasons_max": largest(reasons),
        "sizes": sizes,
        "sizes_max": largest(sizes),
        "notable": _notable(account),
    }
    return {
        **figures,
        **_candidates(account, names),
        **_waterfall(account["waterval"], names),
        **_sources(account["bronnen"]),
    }


def _candidates(account: Account, names: Mapping[str, str]) -> dict[str, Any]:
    ordered = sorted(account["kandidaten"].items(), key=lambda item: names.get(item[0], item[0]))
    labels = [names.get(code, code) for code, _ in ordered]
    totals = [sum(classes.values()) for _, classes in ordered]
    columns = [
        {"label": "Regeling"},
        {"label": "Zeker", "kind": "number"},
        {"label": "Onzeker", "kind": "number"},
    ]
    rows = []
    for label, (_, classes), total in zip(labels, ordered, shielded(totals), strict=True):
        rows.append({"cells": [label, *_classes([classes["zeker"], classes["onzeker"]], total is None)]})
    found = bars(labels, totals)
    return {
        "candidates": found,
        "candidates_max": largest(found),
        "candidate_columns": columns,
        "candidate_rows": rows,
    }


def _classes(counts: list[int], sum_hidden: bool) -> list[str]:
    """Zeker and onzeker of a regeling. Where the sum is hidden, its parts are too."""
    if not sum_hidden:
        return texts(counts)
    return [count_text(count, None if count else 0) for count in counts]


def _reason_bars(numbers: Mapping[str, int]) -> list[dict[str, Any]]:
    ordered = sorted(numbers.items(), key=lambda item: (-item[1], item[0]))
    return bars([_REASONS.get(key, key) for key, _ in ordered], [number for _, number in ordered])


def _size_bars(sizes: Mapping[str, int]) -> list[dict[str, Any]]:
    ordered = sorted((int(size), number) for size, number in sizes.items())
    labels = [f"{size} {'persoon' if size == 1 else 'personen'}" for size, _ in ordered]
    return bars(labels, [number for _, number in ordered])


def _notable(account: Account) -> list[dict[str, str]]:
    return [
        {"term": "Leeftijd onzeker", "text": f"{lone_text(account['leeftijd_onzeker'])} personen"},
        {
            "term": "Minderjarig zonder ouder op het adres",
            "text": f"{lone_text(account['minderjarige_zonder_ouder'])} personen",
        },
        {
            "term": "Toets zegt nee, inkomen is al getoetst",
            "text": f"{lone_text(account['toets_strijdig'])} huishoudens",
        },
        {
            "term": "Op een adres met meer dan 20 personen",
            "text": f"{lone_text(account['instellingen'])} huishoudens",
        },
    ]


def _waterfall(waterfall: Mapping[str, Mapping[str, int]], names: Mapping[str, str]) -> dict[str, Any]:
    """Eleven buckets make no table for a phone: those that say why not are one text."""
    rows = []
    for code, found in sorted(waterfall.items(), key=lambda item: names.get(item[0], item[0])):
        if found:
            rows.append({"cells": [names.get(code, code), *_waterfall_cells(found)]})
    return {
        "waterfall_columns": [
            {"label": "Regeling"},
            {"label": "Vorig jaar", "kind": "number"},
            {"label": "Nu kandidaat", "kind": "number"},
            {"label": "Heeft al", "kind": "number"},
            {"label": "Valt af"},
        ],
        "waterfall_rows": rows,
    }


def _waterfall_cells(found: Mapping[str, int]) -> list[str | None]:
    """All of last year, who is a candidate now, who has the regeling, and why the others fall away."""
    total = sum(found.values())
    if is_small(total):
        return [lone_text(total), None, None, None]
    shown_as = dict(zip(found, texts(list(found.values())), strict=True))
    why = [f"{text}: {shown_as[bucket]}" for bucket, text in _BUCKETS.items() if found.get(bucket)]
    return [
        lone_text(total),
        shown_as.get("kandidaat", "0"),
        shown_as.get("heeft_al", "0"),
        "; ".join(why) or None,
    ]


def _sources(sources: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    names = dict(Bron.objects.values_list("code", "name"))
    rows = []
    for source in sorted(sources, key=lambda one: (names.get(one["bron"], one["bron"]), one["jaar"] or 0)):
        name = names.get(source["bron"], source["bron"])
        refused = source["geweigerd"]
        rules = "; ".join(
            f"{shown.rule_text(rule).rstrip('.')}: {amount(number)}"
            for rule, number in sorted(refused.items())
        )
        rows.append(
            {
                "cells": [
                    {"text": f"{name} {source['jaar']}" if source["jaar"] else name, "sub": rules},
                    amount(source["gelezen"]),
                    amount(source["ingeladen"]),
                    amount(sum(refused.values())),
                    amount(source["nullen_hersteld"]),
                ]
            }
        )
    return {
        "source_columns": [
            {"label": "Bron"},
            {"label": "Gelezen", "kind": "number"},
            {"label": "Ingeladen", "kind": "number"},
            {"label": "Geweigerd", "kind": "number"},
            {"label": "Nullen hersteld", "kind": "number"},
        ],
        "source_rows": rows,
    }
