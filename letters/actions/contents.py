"""What stands on the letters of a part, read from the casework in five queries for any number of letters."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from itertools import chain
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet

from letters.composition.layout import LayoutProfile
from letters.composition.model import Address, LetterData, Municipality, NamedPerson, PersonName
from letters.models import Letter, LetterKind, Part
from outreach.models import Candidacy, HouseholdMember, Person, Round

REFERENCE_LETTERS = 8
_ADDRESS = ("street", "house_number", "house_letter", "house_suffix", "postcode", "city")
_NAME = (
    "given_names",
    "prefix",
    "family_name",
    "name_usage",
    "partner_prefix",
    "partner_family_name",
    "sex",
)


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

    None for a household that has nobody to write to. Each table is asked for the keys found before, instead
    of all in one join: just after a handover the statistics of the tables are old, and a join that is
    planned on them may take minutes.
    """
    rows = list(_letters(part).exclude(pk__in=list(left_out)))
    households = [row["household_id"] for row in rows]
    addressees = dict(
        HouseholdMember.objects.filter(addressee=True, household__in=households).values_list(
            "household_id", "person_id"
        )
    )
    named = _named(households, {row["approach__regeling_id"] for row in rows})
    people = _people([*addressees.values(), *chain.from_iterable(named.values())])
    # The day of planning, so that making a part again gives the same letters.
    day = part.planned_at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    return {
        str(row["pk"]): _letter_data(
            row,
            part.round,
            people[addressees[row["household_id"]]],
            [people[one] for one in named[row["household_id"], row["approach__regeling_id"]]],
            day,
        )
        if row["household_id"] in addressees
        else None
        for row in rows
    }


def _letters(part: Part) -> QuerySet:
    return (
        Letter.objects.filter(part=part)
        .printable()
        .order_by("position")
        .values(
            "pk",
            "form_code",
            "kind",
            "klasse",
            "household_id",
            "approach__mode",
            "approach__regeling_id",
            *(f"household__{name}" for name in _ADDRESS),
        )
    )


def _named(households: list[UUID], regelingen: set[str]) -> Mapping[tuple[UUID, str], list[UUID]]:
    """The persons that a regeling is for, by household and regeling."""
    candidacies = {
        pk: (household, regeling)
        for pk, household, regeling in Candidacy.objects.filter(
            household__in=households, regeling__in=regelingen
        ).values_list("pk", "household_id", "regeling_id")
    }
    links = Candidacy.persons.through.objects.filter(candidacy__in=list(candidacies))
    found: defaultdict[tuple[UUID, str], list[UUID]] = defaultdict(list)
    for candidacy, person in links.values_list("candidacy_id", "person_id"):
        found[candidacies[candidacy]].append(person)
    return found


def _people(keys: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    people = Person.objects.filter(pk__in=set(keys)).order_by()
    return {row.pop("pk"): row for row in people.values("pk", "birth_date", *_NAME)}


def _letter_data(
    row: Mapping[str, Any],
    round_: Round,
    addressee: Mapping[str, Any],
    people: Iterable[Mapping[str, Any]],
    day: datetime.date,
) -> LetterData:
    form = row["kind"] == LetterKind.FORM
    address = {name: row[f"household__{name}"] for name in _ADDRESS}
    address["house_number"] = str(address["house_number"])
    return LetterData(
        letter_id=str(row["pk"]),
        reference=reference(round_.pk, row["form_code"]),
        regeling=row["approach__regeling_id"],
        klasse=row["klasse"],
        mode=row["approach__mode"],
        addressee=PersonName(**{name: addressee[name] for name in _NAME}),
        address=Address(**address),
        persons=_named_persons(people),
        letter_date=day,
        reply_by=round_.reply_before if form else None,
        income_year=income_year(round_.handover.peildatum) if form else None,
        form_code=row["form_code"] if form else "",
    )


def _named_persons(people: Iterable[Mapping[str, Any]]) -> tuple[NamedPerson, ...]:
    """For whom a regeling is, the oldest first."""
    named = (
        NamedPerson(
            " ".join(filter(None, (one["given_names"], one["prefix"], one["family_name"]))), one["birth_date"]
        )
        for one in people
    )
    return tuple(sorted(named, key=lambda one: (one.birth_date, one.full_name)))
