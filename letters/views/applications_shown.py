"""How applications look on a page: the list, the sum with its sources, and two versions beside each other."""

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format

from letters.actions import terms
from letters.actions.figures import Figures, Sum
from letters.actions.limits import Limits, NormPeriod
from letters.actions.scans import arrived_on
from letters.forms.applications import GROUNDS, MISSING
from letters.models import Application, ApplicationState, HouseholdType, Scan
from letters.views.shown import day, moment
from outreach.templatetags.kit import euro

_VARIANTS: Mapping[str, str] = {
    ApplicationState.RECEIVED: "neutral",
    ApplicationState.TO_ASSESS: "active",
    ApplicationState.SECOND_LOOK: "warning",
    ApplicationState.INCOMPLETE: "inactive",
    ApplicationState.GRANTED: "success",
    ApplicationState.REFUSED: "danger",
}
COLUMNS = [
    {"label": "Adres"},
    {"label": "Regeling"},
    {"label": "Ontvangen", "kind": "tight"},
    {"label": "Beslissen voor", "kind": "tight"},
    {"label": "Status", "kind": "tight"},
]
SUM_COLUMNS = [
    {"label": "Wat"},
    {"label": "Bedrag", "kind": "number"},
    {"label": "Hoe we daaraan komen"},
]
BOTH_COLUMNS = [{"label": "Vraag"}, {"label": "Wat jij invulde"}, {"label": "Wat er nu staat"}]
_LABELS = {
    "household_type": "Soort huishouden",
    "income": "Inkomen",
    "partner_income": "Inkomen van de partner",
    "savings": "Geld op alle rekeningen",
    "assets": "Auto of ander bezit",
    "debts": "Schulden",
}


def badge(application: Application) -> dict[str, str]:
    return {"label": application.get_state_display(), "variant": _VARIANTS[application.state]}


def deadline(application: Application, today: datetime.date) -> dict[str, Any]:
    """By when to decide; red when that day is gone, and what it waits for when it waits."""
    if application.state == ApplicationState.INCOMPLETE:
        waits = f"Wacht op aanvulling tot {day(application.paused_until)}"
        return {"status": {"label": waits, "variant": "inactive"}}
    if terms.overdue(application, today):
        return {"status": {"label": f"Te laat: {day(application.decide_by)}", "variant": "danger"}}
    return {"text": day(application.decide_by)}


def rows(applications: Iterable[Application], today: datetime.date, query: str) -> list[dict[str, Any]]:
    return [
        {
            "cells": [
                {
                    "text": one.approach.household.address_line(),
                    "url": f"{reverse('application', args=[one.pk])}{f'?{query}' if query else ''}",
                    "sub": one.approach.household.postcode_line(),
                },
                one.approach.regeling.name,
                day(one.received_on),
                deadline(one, today),
                {"status": badge(one)},
            ]
        }
        for one in applications
    ]


def facts(application: Application, who: str, today: datetime.date) -> list[dict[str, Any]]:
    """When it came in, by when to decide, and who did what."""
    found: list[dict[str, Any]] = [
        {"term": "Nummer", "text": str(application.pk)},
        {"term": "Van", "text": who},
        {"term": "Ontvangen op", "text": day(application.received_on)},
        {"term": "Beslissen voor", **deadline(application, today)},
    ]
    if application.asked_on:
        posted = day(terms.posted_on(application)) or "Nog niet op de post"
        found.append({"term": "Aanvulling gevraagd op", "text": day(application.asked_on)})
        found.append({"term": "Vraag verstuurd op", "text": posted})
    if application.assessed_by:
        found.append({"term": "Ingevuld door", "text": application.assessed_by.display_name()})
    if application.decided_at:
        by = application.decided_by.display_name() if application.decided_by else "vanzelf"
        found.append({"term": "Besloten door", "text": f"{by}, {moment(application.decided_at)}"})
    if application.second_by:
        found.append({"term": "Tweede blik door", "text": application.second_by.display_name()})
    if application.points:
        found.append({"term": "Daarin staat", "text": points(application)})
    if application.motivation:
        found.append({"term": "Toelichting", "text": application.motivation})
    return found


def points(application: Application) -> str:
    """What was asked for or why it was refused, in the words of the one who chose it."""
    words = GROUNDS | MISSING if application.state != ApplicationState.INCOMPLETE else MISSING
    return ", ".join(words.get(point["code"], point["code"]) for point in application.points)


def scans(application: Application, found: Iterable[Scan]) -> list[dict[str, Any]]:
    """What came back, each with its pages: the form, the other forms, and the papers."""
    forms_seen, papers_seen, made = 0, 0, []
    for scan in found:
        if scan.attachment:
            papers_seen += 1
            name = f"Bijlage {papers_seen}"
        else:
            forms_seen += 1
            name = "Het formulier" if scan.pk == application.scan_id else f"Ander formulier {forms_seen - 1}"
        made.append(
            {
                "name": name,
                "on": f"Binnen op {day(arrived_on(scan))}",
                "images": _images(application, scan),
            }
        )
    return made


def _images(application: Application, scan: Scan) -> list[dict[str, str]]:
    """The pages of a scan. Of one that was destroyed there are none."""
    pages = 0 if scan.destroyed_at else scan.reading.get("pages", 0)
    return [
        {"url": _image_url(application, scan, page), "label": f"bladzijde {page}"}
        for page in range(1, pages + 1)
    ]


def _image_url(application: Application, scan: Scan, page: int) -> str:
    if scan.pk == application.scan_id:
        return reverse("application_image", args=[application.pk, page])
    return reverse("application_scan", args=[application.pk, scan.pk, page])


# -- the sum ---------------------------------------------------------------------------------------


def sum_rows(made: Sum, figures: Figures, limits: Limits) -> list[dict[str, Any]]:
    """Every step of the sum with its source: the limit on income and what came in, then what is owned."""
    return [*_income_rows(made, figures, limits), *_asset_rows(made, figures, limits)]


def _row(what: str, value: str, how: Any, sub: str = "") -> dict[str, Any]:
    return {"cells": [{"text": what, "sub": sub}, value, how]}


def _norm_row(period: NormPeriod) -> dict[str, Any]:
    months = "1 maand" if period.months == 1 else f"{period.months} maanden"
    since = date_format(period.valid_from, "j F Y")
    kind = "Voorlopig bedrag" if period.provisional else "Definitief bedrag"
    return _row(
        f"Norm vanaf {since}",
        euro(period.months * period.amount),
        {"text": period.source, "sub": f"{months} × {euro(period.amount)} per maand. {kind}."},
    )


def _income_rows(made: Sum, figures: Figures, limits: Limits) -> list[dict[str, Any]]:
    rows = [_norm_row(period) for period in limits.norms]
    rows.append(
        _row(
            "Inkomen mag hoogstens zijn",
            euro(limits.income_limit),
            {
                "text": limits.percentage_source,
                "sub": f"{limits.percentage}% van {euro(limits.norm_of_year)}.",
            },
        )
    )
    parts = f"{euro(figures.income)} + {euro(figures.partner_income)} van de partner"
    how = parts if figures.partner_income else "Zoals het op het formulier staat"
    rows.append(_row(f"Inkomen over {limits.refertejaar}", euro(made.income), {"text": how}))
    rows.append(
        _row(
            "Uitkomst inkomen",
            euro(abs(limits.income_limit - made.income)),
            _verdict(made.income_fits, made.near_income),
        )
    )
    return rows


def _asset_rows(made: Sum, figures: Figures, limits: Limits) -> list[dict[str, Any]]:
    kind = "Voorlopig bedrag." if limits.asset_provisional else "Definitief bedrag."
    parts = f"{euro(figures.savings)} + {euro(figures.assets)} − {euro(figures.debts)} schuld"
    return [
        _row(
            "Vermogen mag hoogstens zijn",
            euro(limits.asset_limit),
            {"text": limits.asset_source, "sub": kind},
        ),
        _row("Vermogen nu", euro(made.assets), {"text": parts, "sub": "Minder dan niets telt als niets."}),
        _row(
            "Uitkomst vermogen",
            euro(abs(limits.asset_limit - made.assets)),
            _verdict(made.assets_fit, made.near_assets),
        ),
    ]


def _verdict(fits: bool, near: bool) -> dict[str, Any]:
    if fits:
        label, variant = ("Net onder de grens", "warning") if near else ("Onder de grens", "success")
    else:
        label, variant = ("Net boven de grens", "warning") if near else ("Boven de grens", "danger")
    return {"status": {"label": label, "variant": variant}}


# -- two who saved -----------------------------------------------------------------------------------


def both(mine: Mapping[str, Any], theirs: Application) -> list[dict[str, Any]]:
    """What somebody filled in beside what a colleague saved meanwhile."""
    return [
        {
            "cells": [
                {"text": label},
                _value(name, mine.get(name)),
                _value(name, getattr(theirs, name)),
            ]
        }
        for name, label in _LABELS.items()
    ]


def _value(name: str, value: Any) -> str | None:
    if value in (None, ""):
        return None
    return str(HouseholdType(value).label) if name == "household_type" else euro(value)
