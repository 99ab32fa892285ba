"""What stands on the letters of a part, read from the casework in two queries for any number of letters."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import F, FilteredRelation, Q

from letters.composition.layout import LayoutProfile
from letters.composition.model import Address, LetterData, Municipality, NamedPerson, PersonName
from letters.models import Letter, LetterKind, Part
from outreach.models import Round

REFERENCE_LETTERS = 8
_HOUSEHOLD = ("street", "house_number", "house_letter", "house_suffix", "postcode", "city")
_ADDRESSEE = (
    "given_names",
    "prefix",
    "family_name",
    "name_usage",
    "partner_prefix",
    "partner_family_name",
    "sex",
)
_NAMED = ("birth_date", "given_names", "prefix", "family_name")


@cache
def municipality() -> Municipality:
    """The sender, from the settings."""
    return Municipality(
        name=settings.GEMEENTE_NAAM,
        phone=settings.GEMEENTE_TELEFOON,
        phone_hours=settings.GEMEENTE_BEREIKBAAR,
        website=settings.GEMEENTE_WEBSITE,
        opt_out_page=settings.GEMEENTE_AFMELDPAGINA,
        privacy_page=settings.GEMEENTE_PRIVACYPAGINA,
        visit_address=settings.GEMEENTE_BEZOEKADRES,
        postal_address=settings.GEMEENTE_POSTADRES,
        return_lines=tuple(settings.GEMEENTE_RETOURADRES),
        signed_by=settings.GEMEENTE_ONDERTEKENAAR,
    )


@cache
def layout() -> LayoutProfile:
    """How the printing vendor wants the pages."""
    return LayoutProfile()


def reference(round_id: int, form_code: str) -> str:
    """The kenmerk, which a resident reads out on the phone: the round and the first characters of the code.

    Both say nothing about anybody: the one is a number of ours, the other is random.
    """
    return f"{round_id}-{form_code[:REFERENCE_LETTERS]}"


def income_year(peildatum: datetime.date) -> int:
    """The refertejaar, over which the income is tested. Source: docs/glossary.md."""
    return peildatum.year - 1


def read_part(part: Part, left_out: Iterable[str] = ()) -> dict[str, LetterData | None]:
    """The contents of the letters of a part by their id, in the order of the part, without those left out.

    None for a household that has nobody to write to.
    """
    rows = list(_letters(part).exclude(pk__in=list(left_out)))
    persons = _named_persons(part)
    # The day of planning, so that making a part again gives the same letters.
    day = part.planned_at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    return {
        str(row["pk"]): _letter_data(row, part.round, persons[row["pk"]], day)
        if row["addressee__person__sex"] is not None
        else None
        for row in rows
    }


def _letters(part: Part) -> Any:
    return (
        Letter.objects.filter(part=part)
        .printable()
        .annotate(
            addressee=FilteredRelation("household__members", condition=Q(household__members__addressee=True))
        )
        .order_by("position")
        .values(
            "pk",
            "form_code",
            "kind",
            "klasse",
            "approach__mode",
            "approach__regeling_id",
            *(f"household__{name}" for name in _HOUSEHOLD),
            *(f"addressee__person__{name}" for name in _ADDRESSEE),
        )
    )


def _named_persons(part: Part) -> Mapping[object, tuple[NamedPerson, ...]]:
    """For whom each letter's regeling is, the oldest first."""
    fields = (f"household__candidacies__persons__{name}" for name in _NAMED)
    rows = Letter.objects.filter(part=part, household__candidacies__regeling=F("approach__regeling"))
    found: defaultdict[object, list[NamedPerson]] = defaultdict(list)
    for letter, birth_date, *names in rows.values_list("pk", *fields):
        if birth_date is not None:
            found[letter].append(NamedPerson(" ".join(filter(None, names)), birth_date))
    return defaultdict(
        tuple,
        {
            letter: tuple(sorted(people, key=lambda one: (one.birth_date, one.full_name)))
            for letter, people in found.items()
        },
    )


def _letter_data(
    row: Mapping[str, Any], round_: Round, persons: tuple[NamedPerson, ...], day: datetime.date
) -> LetterData:
    form = row["kind"] == LetterKind.FORM
    household = {name: row[f"household__{name}"] for name in _HOUSEHOLD}
    household["house_number"] = str(household["house_number"])
    return LetterData(
        letter_id=str(row["pk"]),
        reference=reference(round_.pk, row["form_code"]),
        regeling=row["approach__regeling_id"],
        klasse=row["klasse"],
        mode=row["approach__mode"],
        addressee=PersonName(**{name: row[f"addressee__person__{name}"] for name in _ADDRESSEE}),
        address=Address(**household),
        persons=persons,
        letter_date=day,
        reply_by=round_.reply_before if form else None,
        income_year=income_year(round_.handover.peildatum) if form else None,
        form_code=row["form_code"] if form else "",
    )
