"""What stands on the letters of a part, read from the casework in five queries for any number of letters."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from itertools import chain
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from letters.actions import dates, representing
from letters.actions.editions import text_sets
from letters.composition.house_style import house_style
from letters.composition.layout import LayoutProfile
from letters.composition.model import Address, LetterData, Municipality, NamedPerson, PersonName, Point
from letters.models import Application, Letter, LetterKind, Part
from letters.models.letter import WITH_FORM
from letters.models.vendor import OnPaper
from letters.texts.catalog import TextSet
from outreach.models import Candidacy, HouseholdMember, Mode, Person, Round

REFERENCE_LETTERS = 8
# The kinds of letters that answer an application.
_ANSWERS = (LetterKind.GRANT, LetterKind.MISSING, LetterKind.REFUSAL)
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
        style=house_style(settings.GEMEENTE_LOGO, settings.GEMEENTE_KLEUR),
    )


def layout(of: OnPaper | None = None) -> LayoutProfile:
    """How a vendor wants the pages, or a part was made; without one, as most do."""
    if of is None:
        return LayoutProfile()
    return LayoutProfile(*of.places(), of.duplex, float(of.code_zone))


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

    None for a household that has nobody to write to. A query more when somebody is represented. Each table
    is asked for the keys found before, instead of all in one join: just after a handover the statistics of
    the tables are old, and a join that is planned on them may take minutes.
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
    applications = _applications(rows)
    texts = text_sets(row["edition_id"] for row in rows)
    represented = representing.read(row["representative_id"] for row in rows)
    # The day of planning, so that making a part again gives the same letters.
    day = dates.letter_day(part)
    return {
        str(row["pk"]): _letter_data(
            row,
            part.round,
            people[addressees[row["household_id"]]],
            [people[one] for one in named[row["household_id"], row["approach__regeling_id"]]],
            day,
            _about(row, part.round, day, applications.get(row["approach_id"]), texts)
            | {"representative": represented.get(row["representative_id"])},
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
            "edition_id",
            "representative_id",
            "points",
            "reply_by",
            "approach_id",
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


def _applications(rows: Iterable[Mapping[str, Any]]) -> dict[int, Application]:
    """What the letters answer, by approach; no query when none of them is an answer."""
    approaches = [row["approach_id"] for row in rows if _is_answer(row)]
    if not approaches:
        return {}
    return {one.approach_id: one for one in Application.objects.filter(approach__in=approaches)}


def _is_answer(row: Mapping[str, Any]) -> bool:
    ambtshalve = row["kind"] == LetterKind.GRANT and row["approach__mode"] == Mode.AMBTSHALVE
    return row["kind"] in _ANSWERS and not ambtshalve


def _letter_data(
    row: Mapping[str, Any],
    round_: Round,
    addressee: Mapping[str, Any],
    people: Iterable[Mapping[str, Any]],
    day: datetime.date,
    letter: Mapping[str, Any],
) -> LetterData:
    form = row["kind"] in WITH_FORM
    address = {name: row[f"household__{name}"] for name in _ADDRESS}
    address["house_number"] = str(address["house_number"])
    return LetterData(
        letter_id=str(row["pk"]),
        reference=reference(round_.pk, row["form_code"]),
        regeling="" if row["kind"] == LetterKind.SHARE_NOTICE else row["approach__regeling_id"],
        klasse=row["klasse"],
        mode=row["approach__mode"],
        addressee=PersonName(**{name: addressee[name] for name in _NAME}),
        address=Address(**address),
        persons=_named_persons(people),
        letter_date=day,
        form_code=row["form_code"] if form else "",
        **letter,
    )


def _about(
    row: Mapping[str, Any],
    round_: Round,
    day: datetime.date,
    application: Application | None,
    texts: Mapping[int, TextSet],
) -> dict[str, Any]:
    """What depends on the kind of a letter: its text and versions, its dates, its points."""
    first = row["kind"] == LetterKind.FORM or (row["kind"] == LetterKind.GRANT and not _is_answer(row))
    return {
        "kind": "" if first else row["kind"],
        "texts": texts.get(row["edition_id"]),
        "reply_by": row["reply_by"] or dates.on_paper(row["kind"], round_, day, application),
        "income_year": None if first and row["kind"] == LetterKind.GRANT else _year(round_),
        "received_on": application.received_on if application else None,
        "share_on": round_.share.object_before if row["kind"] == LetterKind.SHARE_NOTICE else None,
        "points": tuple(Point(one["code"], one.get("bedrag"), one.get("grens")) for one in row["points"]),
    }


def _year(round_: Round) -> int:
    return income_year(round_.handover.peildatum)


def _named_persons(people: Iterable[Mapping[str, Any]]) -> tuple[NamedPerson, ...]:
    """For whom a regeling is, the oldest first."""
    named = (
        NamedPerson(
            " ".join(filter(None, (one["given_names"], one["prefix"], one["family_name"]))), one["birth_date"]
        )
        for one in people
    )
    return tuple(sorted(named, key=lambda one: (one.birth_date, one.full_name)))
