"""Letter texts as they are shown: rows, facts, what the check says, and what differs between two versions."""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.urls import reverse

from letters.actions.text_check import Check, Sample
from letters.forms.texts import field_name
from letters.models import Template, TemplateKind, TemplateState
from letters.texts.language import MAX_AVERAGE, MAX_SENTENCE, MIN_FLESCH
from letters.texts.versions import allowed_places, fields_of
from letters.views.shown import day, moment
from outreach.models import User

FOR_ALL = "Voor alle regelingen"
SHIPPED = "Met de software meegekomen"

VARIANTS: Mapping[str, str] = {
    TemplateState.CONCEPT: "active",
    TemplateState.APPROVED: "success",
    TemplateState.REPLACED: "inactive",
    TemplateState.REFUSED: "danger",
}
TEXT_COLUMNS = [
    {"label": "Tekst"},
    {"label": "Geldt nu", "kind": "tight"},
    {"label": "Sinds", "kind": "tight"},
    {"label": "Concept"},
]
CONCEPT_COLUMNS = [
    {"label": "Tekst"},
    {"label": "Versie", "kind": "number"},
    {"label": "Geschreven door"},
    {"label": "Taal getoetst"},
]
VERSION_COLUMNS = [
    {"label": "Versie"},
    {"label": "Status", "kind": "tight"},
    {"label": "Geschreven door"},
    {"label": "Goedgekeurd"},
    {"label": "Vergelijken", "kind": "action"},
]
SAMPLE_COLUMNS = [
    {"label": "Brief"},
    {"label": "Voorbeeld", "kind": "action"},
    {"label": "Met de langste namen", "kind": "action"},
]
#: What each word is replaced by, in the words of a writer.
PLACES: Mapping[str, str] = {
    "gemeente": "de naam van de gemeente",
    "telefoon": "het telefoonnummer",
    "bereikbaar": "wanneer de gemeente de telefoon opneemt",
    "website": "de website over regelingen",
    "afmeldpagina": "de website om je af te melden",
    "privacypagina": "de website over privacy",
    "bezoekadres": "waar iemand langs kan komen",
    "postadres": "het postadres",
    "ondertekenaar": "wie besluit",
    "uiterlijk": "de dag waarvóór het formulier terug moet zijn",
    "jaar": "het jaar van het inkomen",
    "plek": "waar de andere bladzijde staat: ‘op de achterkant’",
    "de_regeling": "de regeling in een zin: ‘de Stadspas’",
    "ontvangen": "de dag waarop de aanvraag of afmelding binnenkwam",
    "deeldatum": "de dag waarop de gegevens worden gedeeld",
    "bedrag": "het bedrag van dit huishouden",
    "grens": "de grens",
}


def name(version: Template) -> str:
    """`Formulier, zeker`."""
    return version.get_kind_display()


def about(version: Template) -> str:
    """`Stadspas`, or that it is for all."""
    return version.regeling.name if version.regeling else FOR_ALL


def who(user: User | None) -> str:
    return user.display_name() if user else SHIPPED


def badge(version: Template) -> dict[str, str]:
    return {"label": version.get_state_display(), "variant": VARIANTS[version.state]}


def text_rows(versions: Sequence[Template]) -> list[dict[str, Any]]:
    """A row per text, of its approved version and its concept. `versions` holds both, of one regeling."""
    approved = {one.kind: one for one in versions if one.state == TemplateState.APPROVED}
    concepts = {one.kind: one for one in versions if one.state == TemplateState.CONCEPT}
    kinds = [kind for kind in TemplateKind if kind in approved or kind in concepts]
    return [_text_row(kind, approved.get(kind), concepts.get(kind)) for kind in kinds]


def _text_row(kind: TemplateKind, approved: Template | None, concept: Template | None) -> dict[str, Any]:
    shown = approved or concept
    return {
        "cells": [
            {"text": kind.label, "url": reverse("letter_text", args=[shown.pk])} if shown else kind.label,
            f"Versie {approved.number}" if approved else {"status": _NONE_YET},
            day(approved.approved_at.date()) if approved and approved.approved_at else None,
            {"text": f"Versie {concept.number}", "url": reverse("letter_text", args=[concept.pk])}
            if concept
            else None,
        ]
    }


_NONE_YET = {"label": "Nog niet goedgekeurd", "variant": "warning"}


def concept_rows(versions: Iterable[Template]) -> list[dict[str, Any]]:
    return [
        {
            "cells": [
                {"text": name(one), "url": reverse("letter_text", args=[one.pk]), "sub": about(one)},
                str(one.number),
                who(one.made_by),
                f"{who(one.judged_by)}, {day(one.judged_on)}" if one.judged_by else "Nog niet",
            ]
        }
        for one in versions
    ]


def version_rows(versions: Iterable[Template], shown: Template) -> list[dict[str, Any]]:
    """All versions of a text, the newest first, each to compare with the one that is shown."""
    rows = []
    for one in versions:
        compare = {"label": f"Vergelijk met versie {one.number}", "url": _compare(one, shown)}
        approved = f"{who(one.approved_by)}, {moment(one.approved_at)}" if one.approved_by else None
        link = {"text": f"Versie {one.number}", "url": reverse("letter_text", args=[one.pk])}
        cells = [
            {"text": f"Versie {one.number} (deze)"} if one.pk == shown.pk else link,
            {"status": badge(one)},
            who(one.made_by),
            approved,
            "" if one.pk == shown.pk else {"action": compare},
        ]
        rows.append({"cells": cells})
    return rows


def _compare(one: Template, shown: Template) -> str:
    former, later = sorted((one, shown), key=lambda version: version.number)
    return reverse("letter_text_compare", args=[former.pk, later.pk])


def facts(version: Template) -> list[dict[str, Any]]:
    found = [
        {"term": "Voor", "text": about(version)},
        {"term": "Geschreven door", "text": f"{who(version.made_by)}, {moment(version.made_at)}"},
    ]
    if version.judged_by:
        judged = f"{who(version.judged_by)}, {day(version.judged_on)}: {version.judgement}"
        found.append({"term": "Taal getoetst door", "text": judged})
    if version.approved_by:
        approved = f"{who(version.approved_by)}, {moment(version.approved_at)}"
        found.append({"term": "Goedgekeurd door", "text": approved})
    if version.refused_by:
        refused = f"{who(version.refused_by)}, {moment(version.refused_at)}: {version.refusal}"
        found.append({"term": "Afgekeurd door", "text": refused})
    return found


def paragraphs(version: Template) -> list[dict[str, str]]:
    return [{"label": one.label, "text": one.text} for one in fields_of(version.content)]


def sample_rows(version: Template, samples: Sequence[Sample]) -> list[dict[str, Any]]:
    """Two previews per letter: of a common household, and of the worst."""

    def link(number: int, size: str, label: str) -> dict[str, Any]:
        url = reverse("letter_text_preview", args=[version.pk, number, size])
        return {"action": {"label": label, "url": url, "icon": "file"}}

    return [
        {
            "cells": [
                {"text": one.label() + (f" ({one.klasse})" if one.kind in _BOTH else "")},
                link(number, "gewoon", "Voorbeeld (pdf)"),
                link(number, "lang", "Langste namen (pdf)"),
            ]
        }
        for number, one in enumerate(samples)
    ]


_BOTH = ("herinnering", "aanvulling")


def places(version: Template) -> list[dict[str, str]]:
    """The words that may be filled in, and by what."""
    allowed = allowed_places(version.kind, "punten.") | allowed_places(version.kind)
    return [{"word": f"{{{word}}}", "text": text} for word, text in PLACES.items() if word in allowed]


def checked(version: Template, check: Check, content: dict[str, Any]) -> dict[str, Any]:
    """What the check says, for the panel beside the text."""
    labels = {one.path: one.label for one in fields_of(content)}
    wrong = check.problems | {path: note for path, note in check.notes.items() if path not in check.problems}
    score = check.hardest
    return {
        "passes": check.passes,
        "problems": [
            {"label": labels.get(path, "Tekst"), "text": text, "anchor": f"id_{field_name(path)}"}
            for path, text in wrong.items()
        ],
        "language": check.language,
        "paper": check.paper,
        "figures": [
            {"term": "Woorden per zin", "text": f"{_number(score.average)} (hoogstens {MAX_AVERAGE:.0f})"},
            {"term": "Langste zin", "text": f"{score.longest} woorden (hoogstens {MAX_SENTENCE})"},
            {"term": "Leesbaarheid", "text": f"{score.flesch:.0f} (minstens {MIN_FLESCH:.0f})"},
        ]
        if score
        else [],
    }


def _number(value: float) -> str:
    return f"{value:.1f}".replace(".", ",")


def differences(former: Template, later: Template) -> list[dict[str, Any]]:
    """The paragraphs of two versions that differ, each in pieces: `same`, `gone` or `new`."""
    before = {one.path: one for one in fields_of(former.content)}
    after = {one.path: one for one in fields_of(later.content)}
    rows = []
    for path in dict.fromkeys([*after, *before]):
        old, new = (side[path].text if path in side else "" for side in (before, after))
        if old != new:
            label = (after.get(path) or before[path]).label
            rows.append({"label": label, "pieces": list(_pieces(old, new))})
    return rows


def _pieces(old: str, new: str) -> Iterator[dict[str, str]]:
    before, after = (re.findall(r"\s+|\S+", text) for text in (old, new))
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for kind, start, stop, begin, end in matcher.get_opcodes():
        if kind == "equal":
            yield {"kind": "same", "text": "".join(before[start:stop])}
            continue
        if start < stop:
            # What came in its place does not stand right up against it.
            yield {"kind": "gone", "text": "".join(before[start:stop])}
            yield {"kind": "same", "text": " " if begin < end else ""}
        if begin < end:
            yield {"kind": "new", "text": "".join(after[begin:end])}
