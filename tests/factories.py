"""Rows to test with. People are written as `migrate`, since only the handover may bring them in."""

import datetime
import itertools
import uuid
from collections.abc import Iterable
from typing import TypeVar

from outreach.kernel import clock
from outreach.models import (
    Buurt,
    Candidacy,
    Handover,
    Household,
    HouseholdMember,
    Klasse,
    Mode,
    Organisation,
    Person,
    Referral,
    Representative,
    Role,
    SafetyInstruction,
    Team,
    User,
)
from tests.roles import as_role

_numbers = itertools.count(1)
PASSWORD = "een lang wachtwoord voor proeven"


def buurt(code: str = "BU03630001", name: str = "Oude Haven") -> Buurt:
    return Buurt.objects.get_or_create(code=code, defaults={"name": name})[0]


def team(
    name: str = "Team Noord", *, buurten: Iterable[str] = ("BU03630001",), municipal: bool = True
) -> Team:
    made, _ = Team.objects.get_or_create(name=name, defaults={"municipal": municipal})
    made.buurten.set([buurt(code) for code in buurten])
    return made


def user(role: Role = Role.CONSULENT, *, team: Team | None = None, username: str = "") -> User:
    """A user who can sign in with PASSWORD."""
    return User.objects.create_user(
        username=username or f"{role.value}{next(_numbers)}",
        password=PASSWORD,
        role=role,
        team=team,
        first_name="Sam",
        last_name="de Wit",
    )


@as_role("migrate")
def handover(peildatum: datetime.date = datetime.date(2026, 3, 1)) -> Handover:
    return Handover.objects.create(id=next(_numbers), peildatum=peildatum, handed_over_at=clock.now())


@as_role("migrate")
def person(**fields: object) -> Person:
    """A made-up adult, unless told otherwise."""
    defaults = {
        "given_names": "Aad",
        "family_name": f"Proef{next(_numbers)}",
        "name_usage": "E",
        "sex": "V",
        "birth_date": "19800310",
    }
    return Person.objects.create(**{**defaults, **fields})


@as_role("migrate")
def household(
    *,
    adults: Iterable[Person] | None = None,
    children: Iterable[Person] = (),
    in_handover: Handover | None = None,
    **fields: object,
) -> Household:
    """A household of one adult in the Gerststraat, unless told otherwise. The first adult is addressed."""
    defaults = {
        "street": "Gerststraat",
        "house_number": next(_numbers),
        "postcode": "1099AB",
        "city": "Waterveen",
        "address_function": "W",
        "buurt_code": "BU03630001",
    }
    made = Household.objects.create(
        id=uuid.uuid4(), handover=in_handover or handover(), **{**defaults, **fields}
    )
    members = HouseholdMember.objects
    for number, adult in enumerate([person()] if adults is None else adults):
        members.create(household=made, person=adult, adult=True, addressee=number == 0)
    for child in children:
        members.create(household=made, person=child, adult=False)
    return made


@as_role("migrate")
def candidacy(
    of: Household, regeling: str = "stadspas", klasse: Klasse = Klasse.ZEKER, mode: Mode = Mode.FORMULIER
) -> Candidacy:
    """That a household may have a right to a regeling, naming all its members."""
    made = Candidacy.objects.create(household=of, regeling_id=regeling, klasse=klasse, mode=mode)
    made.persons.set(Person.objects.filter(memberships__household=of))
    return made


def representative(of: Person, **fields: object) -> Representative:
    """A bewindvoerder of somebody, since the beginning of the year; for inside `acting_as`."""
    defaults = {
        "kind": "bewindvoerder",
        "name": "Bewindkantoor De Brug",
        "street": "Singel",
        "house_number": 8,
        "postcode": "1234AB",
        "city": "Waterveen",
        "document": "beschikking 26/114",
        "starts_on": datetime.date(2026, 1, 1),
    }
    setter = fields.pop("set_by", None) or user(Role.CONSULENT)
    return Representative.objects.create(person=of, set_by=setter, **{**defaults, **fields})


def referral(of: Household, **fields: object) -> Referral:
    """A household that waits for the answer of an organisation; for inside `acting_as`."""
    organisation, _ = Organisation.objects.get_or_create(name="Voedselbank Waterveen", kind="voedselbank")
    defaults = {
        "organisation": organisation,
        "question": "Een pakket voor vier weken.",
        "consent_by": of.members.filter(adult=True).first().person,
        "consent_on": datetime.date(2026, 3, 2),
    }
    asker = fields.pop("asked_by", None) or user(Role.CONSULENT)
    return _moved_on(Referral(household=of, asked_by=asker, owner=asker, **defaults), fields)


def safety(of: Household, **fields: object) -> SafetyInstruction:
    """An instruction about the address that waits for a second person; for inside `acting_as`."""
    today = clock.today()
    defaults = {
        "category": "met_twee",
        "starts_on": today,
        "ends_on": today + datetime.timedelta(days=30),
    }
    writer = fields.pop("made_by", None) or user(Role.CONSULENT)
    return _moved_on(SafetyInstruction(household=of, made_by=writer, **defaults), fields)


_Row = TypeVar("_Row", Referral, SafetyInstruction)
_LATER = ("state", "reason", "answered_by", "answered_at", "decided_by", "decided_at", "ended_by", "ended_at")


def _moved_on(row: _Row, fields: dict[str, object]) -> _Row:
    """Saved in its first state, as the database wants it, and moved on from there."""
    later = {name: fields.pop(name) for name in _LATER if name in fields}
    for name, value in fields.items():
        setattr(row, name, value)
    row.save(force_insert=True)
    if later:
        type(row).objects.filter(pk=row.pk).update(**later)
        row.refresh_from_db()
    return row
