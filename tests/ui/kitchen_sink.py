"""Every part of the UI kit on one page, with invented content, for tests and for looking at it."""

from datetime import date
from pathlib import Path

from django import forms
from django.core.paginator import Paginator
from django.template import engines
from django.test import RequestFactory

HERE = Path(__file__).parent

MENU = [
    {"url": "/looplijst/", "label": "Looplijst", "current": True},
    {"url": "/huishoudens/", "label": "Huishoudens"},
    {"url": "/taken/", "label": "Taken", "badge": 4},
    {"url": "/campagnes/", "label": "Campagnes"},
    {"url": "/rapportage/", "label": "Rapportage"},
]


class Person:
    """Stands for a signed-in user, without a database."""

    is_authenticated = True

    def get_full_name(self) -> str:
        return "S. de Wit"

    def get_username(self) -> str:
        return "sdewit"


class FilterForm(forms.Form):
    """A list's filters."""

    q = forms.CharField(
        label="Zoek op straat of postcode", required=False, widget=forms.TextInput({"data-search": ""})
    )
    status = forms.ChoiceField(label="Status", required=False, choices=[("open", "Open (4 statussen)")])
    regeling = forms.ChoiceField(label="Regeling", required=False, choices=[("", "Alle regelingen")])
    team = forms.ChoiceField(label="Toegewezen aan", required=False, choices=[("", "Mijn team")])
    sort = forms.ChoiceField(label="Sorteren op", required=False, choices=[("route", "Looproute")])


class GesprekForm(forms.Form):
    """One field of each kind."""

    kind = forms.ChoiceField(
        label="Wat gebeurde er?",
        widget=forms.RadioSelect,
        choices=[
            ("g", "Gesproken"),
            ("n", "Niet thuis"),
            ("k", "Kaartje achtergelaten"),
            ("w", "Wil geen contact"),
        ],
    )
    agreed = forms.MultipleChoiceField(
        label="Wat is afgesproken?",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[("a", "Samen aanvragen, energietoeslag"), ("b", "Belt zelf terug")],
    )
    day = forms.DateField(
        label="Datum",
        help_text="Bijvoorbeeld 17-11-2026 (dd-mm-jjjj)",
        widget=forms.DateInput({"type": "date"}),
    )
    language = forms.ChoiceField(label="Spreektaal", choices=[("nl", "Nederlands"), ("tr", "Turks")])
    note = forms.CharField(
        label="Notitie",
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text="Schrijf niets op over gezondheid, geloof of herkomst.",
    )
    file = forms.FileField(label="Bestand", help_text="Een csv-bestand van hooguit 2 GB.")
    sure = forms.BooleanField(label="Ik heb de lijst gecontroleerd")


STREETS = [
    (
        "Banneplein 12",
        "1034 BS · 1 persoon",
        ["Energietoeslag"],
        ("Termijn loopt af", "warning"),
        "ma 16 nov",
    ),
    (
        "Banneplein 14-2",
        "1034 BT · gezin, 2 kinderen",
        ["Energietoeslag", "Kindpakket"],
        ("Nieuw", "neutral"),
        None,
    ),
    (
        "Bezaanjachtplein 201",
        "1034 CR · 1 ouder, 1 kind",
        ["Kindpakket"],
        ("Niet thuis (1×)", "inactive"),
        "di 17 nov",
    ),
    (
        "Dijkmanshuizenstraat 7",
        "1024 XX · 2 personen",
        ["Energietoeslag"],
        ("Aanvraag gestart", "success"),
        "wo 18 nov",
    ),
    (
        "Statenjachtstraat 88",
        "1034 DL · gezin, 4 kinderen",
        ["Energietoeslag", "Kindpakket", "Bijzondere bijstand"],
        ("In behandeling", "active"),
        None,
    ),
    (
        "Werengouw 310",
        "1024 NM · 1 persoon",
        ["Individuele inkomenstoeslag"],
        ("Wil geen contact", "danger"),
        "do 12 nov",
    ),
]


def street_rows() -> list[dict]:
    """Rows of the looplijst."""
    return [
        {
            "cells": [
                {"text": name, "url": "/h/1/", "sub": sub},
                {"badges": badges},
                {"status": {"label": status[0], "variant": status[1]}},
                last,
                {"text": "R. Bos"},
                {"action": {"label": "Bezoeken", "url": "/h/1/"}},
            ]
        }
        for name, sub, badges, status, last in STREETS
    ]


def context() -> dict:
    """What the kitchen sink shows."""
    status = {"label": "Aangehouden", "variant": "warning"}
    return {
        "menu": MENU,
        "account": {"name": "S. de Wit", "role": "Consulent Noord"},
        "user": Person(),
        "gemeente": "Gemeente Waterveen",
        "app_version": "0.1.0",
        "help_url": "/hulp/",
        "privacy_url": "/privacy/",
        "crumbs": [
            {"url": "/", "label": "Koppelen"},
            {"url": "/l/", "label": "Leveringen"},
            {"label": "BRP november"},
        ],
        "actions": [
            {"label": "Afdrukken", "url": "#", "icon": "print"},
            {"label": "Pak volgende adres", "form_url": "#", "variant": "primary-action"},
        ],
        "kpis": [
            {"label": "Voortgang van de wijkronde", "progress": 96, "max": 214},
            {"label": "Nog te bezoeken", "value": 118, "url": "#"},
            {"label": "Niet thuis, opnieuw", "value": 31, "url": "#"},
            {"label": "Aanvraag gestart", "value": 38},
            {"label": "Termijn loopt af", "value": 7, "note": "binnen 14 dagen"},
        ],
        "filter_form": FilterForm(),
        "chips": [
            {"label": "Status: open", "url": "?team=1"},
            {"label": "Team: Banne", "url": "?status=open"},
        ],
        "columns": [
            {"label": "Adres"},
            {"label": "Mogelijk recht op"},
            {"label": "Status"},
            {"label": "Laatste contact", "kind": "tight", "sort_url": "?sort=last", "sorted": "ascending"},
            {"label": "Wie"},
            {"label": "Actie", "kind": "action", "card": "hide"},
        ],
        "rows": street_rows(),
        "page": Paginator(range(118), 10).page(4),
        "delivery_columns": [
            {"label": "Bron"},
            {"label": "Regels", "kind": "number"},
            {"label": "Voortgang"},
            {"label": "Staat"},
        ],
        "delivery_rows": [
            {
                "cells": [
                    {"text": "Basisregistratie Personen", "url": "#", "sub": "peildatum 1 november 2026"},
                    "930.000",
                    {"progress": 403120, "max": 930000},
                    {"status": {"label": "Bezig", "variant": "active"}},
                ]
            },
            {"cells": [{"text": "Bijstand", "url": "#"}, "41.207", None, {"status": status}]},
        ],
        "steps": [
            {"name": "Bestanden controleren", "state": "done", "rows": 1240881, "seconds": 12.4},
            {"name": "Huishoudens maken", "state": "busy", "rows": 402113, "seconds": 7.1},
            {"name": "Inkomen toetsen", "state": "waiting"},
            {
                "name": "Vermogen toetsen",
                "state": "failed",
                "note": "De verbinding met de database viel weg. Probeer opnieuw.",
            },
            {"name": "Overdragen", "state": "skipped"},
        ],
        "events": [
            {
                "icon": "door",
                "title": "Niet thuis",
                "when": "di 17 nov 14:32",
                "machine_when": "2026-11-17T14:32",
                "who": "R. Bos",
                "text": "Kaartje achtergelaten.\nOverdag aan het werk.",
            },
            {
                "icon": "letter",
                "title": "Brief verstuurd",
                "when": "ma 2 nov",
                "status": {"label": "Bezorgd", "variant": "success"},
            },
            {
                "icon": "phone",
                "title": "Gebeld",
                "when": "do 22 okt",
                "who": "S. de Wit",
                "text": "Geen gehoor.",
            },
        ],
        "groups": [
            {
                "name": "November 2026",
                "days": [
                    {
                        "date": date(2026, 11, 3),
                        "text": "Bijstand",
                        "url": "#",
                        "sub": "Werk en Inkomen",
                        "late": True,
                        "status": {"label": "19 dagen te laat", "variant": "danger"},
                    },
                    {
                        "date": date(2026, 11, 24),
                        "text": "Basisregistratie Personen",
                        "sub": "Burgerzaken",
                        "soon": True,
                        "status": {"label": "Over 2 dagen", "variant": "warning"},
                    },
                ],
            }
        ],
        "bars": [
            {"label": "Gevonden", "value": 2140, "note": "100%"},
            {"label": "Bezocht", "value": 1218, "note": "57%"},
            {"label": "Aanvraag gestart", "value": 388, "note": "18%"},
            {"label": "Afgewezen", "hidden": True},
        ],
        "facts": [
            {"term": "Bron", "text": "Basisregistratie Personen"},
            {"term": "Staat", "status": status},
            {"term": "Regelingen", "badges": ["Energietoeslag", "Kindpakket"]},
            {"term": "Overeenkomst", "text": "BRP 2026", "url": "#"},
            {"term": "Vorige levering", "text": None},
        ],
        "form": GesprekForm({"kind": "g", "day": "31-02-2026", "agreed": ["a"], "language": "tr"}, {}),
    }


def render() -> str:
    """The kitchen sink as HTML."""
    template = engines["django"].from_string((HERE / "kitchen_sink.html").read_text(encoding="utf-8"))
    request = RequestFactory().get("/", {"team": "banne", "page": "4"})
    request.user = Person()
    return template.render(context(), request)
