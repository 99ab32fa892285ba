"""The account of a koppeling as figures, charts and tables."""

from collections.abc import Iterable, Mapping
from typing import Any

from eligibility.models import Bron
from eligibility.views import shown
from outreach.models import Regeling
from outreach.templatetags.kit import amount

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
        {"label": "Personen die meedoen", "value": amount(account["personen"]["doet_mee"])},
        {"label": "Huishoudens", "value": amount(sum(account["huishoudens"].values()))},
        {"label": "Overgedragen huishoudens", "value": amount(account["overgedragen"])},
        {"label": "Kandidaten", "value": amount(candidates), "note": "een huishouden telt per regeling"},
    ]


def tables(account: Account) -> dict[str, Any]:
    """Everything on the page with counts."""
    names = dict(Regeling.objects.values_list("code", "name"))
    reasons = _bars(account["personen"]["doet_niet_mee"], _REASONS)
    sizes = _size_bars(account["huishoudens"])
    figures = {
        "kpis": headline(account),
        "reasons": reasons,
        "reasons_max": _largest(reasons),
        "sizes": sizes,
        "sizes_max": _largest(sizes),
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
    bars = [{"label": names.get(code, code), "value": sum(classes.values())} for code, classes in ordered]
    rows = [
        {"cells": [names.get(code, code), amount(classes["zeker"]), amount(classes["onzeker"])]}
        for code, classes in ordered
    ]
    columns = [
        {"label": "Regeling"},
        {"label": "Zeker", "kind": "number"},
        {"label": "Onzeker", "kind": "number"},
    ]
    return {
        "candidates": bars,
        "candidates_max": _largest(bars),
        "candidate_columns": columns,
        "candidate_rows": rows,
    }


def _bars(numbers: Mapping[str, int], labels: Mapping[str, str]) -> list[dict[str, Any]]:
    ordered = sorted(numbers.items(), key=lambda item: (-item[1], item[0]))
    return [{"label": labels.get(key, key), "value": number} for key, number in ordered]


def _size_bars(sizes: Mapping[str, int]) -> list[dict[str, Any]]:
    return [
        {"label": f"{size} {'persoon' if size == 1 else 'personen'}", "value": number}
        for size, number in sorted((int(size), number) for size, number in sizes.items())
    ]


def _largest(bars: Iterable[Mapping[str, Any]]) -> int:
    return max((bar["value"] for bar in bars), default=0) or 1


def _notable(account: Account) -> list[dict[str, str]]:
    return [
        {"term": "Leeftijd onzeker", "text": f"{amount(account['leeftijd_onzeker'])} personen"},
        {
            "term": "Minderjarig zonder ouder op het adres",
            "text": f"{amount(account['minderjarige_zonder_ouder'])} personen",
        },
        {
            "term": "Toets zegt nee, inkomen is al getoetst",
            "text": f"{amount(account['toets_strijdig'])} huishoudens",
        },
        {
            "term": "Op een adres met meer dan 20 personen",
            "text": f"{amount(account['instellingen'])} huishoudens",
        },
    ]


def _waterfall(waterfall: Mapping[str, Mapping[str, int]], names: Mapping[str, str]) -> dict[str, Any]:
    """Eleven buckets make no table for a phone: those that say why not are one text."""
    rows = []
    for code, found in sorted(waterfall.items(), key=lambda item: names.get(item[0], item[0])):
        if found:
            why = [f"{text} {amount(found[bucket])}" for bucket, text in _BUCKETS.items() if bucket in found]
            figures = (sum(found.values()), found.get("kandidaat", 0), found.get("heeft_al", 0))
            rows.append({"cells": [names.get(code, code), *map(amount, figures), ", ".join(why) or None]})
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


def _sources(sources: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    names = dict(Bron.objects.values_list("code", "name"))
    rows = []
    for source in sorted(sources, key=lambda one: (names.get(one["bron"], one["bron"]), one["jaar"] or 0)):
        name = names.get(source["bron"], source["bron"])
        refused = source["geweigerd"]
        rules = ", ".join(
            f"{shown.rule_text(rule)} {amount(number)}" for rule, number in sorted(refused.items())
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
