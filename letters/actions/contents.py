"""What stands on a letter, read from the casework."""

import datetime
from functools import cache
from zoneinfo import ZoneInfo

from django.conf import settings

from letters.composition.layout import LayoutProfile
from letters.composition.model import Address, LetterData, Municipality, NamedPerson, PersonName
from letters.models import Letter, LetterKind
from outreach.models import Household, Person

REFERENCE_LETTERS = 8


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


def letter_data(letter: Letter) -> LetterData:
    """One letter, read with `with_contents()`: no further queries."""
    household = letter.household
    candidacy = next(
        one for one in household.all_candidacies if one.regeling_id == letter.approach.regeling_id
    )
    form = letter.kind == LetterKind.FORM
    return LetterData(
        letter_id=str(letter.pk),
        reference=reference(letter),
        regeling=letter.approach.regeling_id,
        klasse=letter.klasse,
        mode=letter.approach.mode,
        addressee=_name(household.addressees[0].person),
        address=_address(household),
        persons=tuple(
            NamedPerson(person.full_name(), person.birth_date)
            for person in sorted(candidacy.persons.all(), key=lambda one: (one.birth_date, one.full_name()))
        ),
        letter_date=_letter_date(letter),
        reply_by=letter.round.reply_before if form else None,
        income_year=letter.round.handover.peildatum.year - 1 if form else None,
        form_code=letter.form_code if form else "",
    )


def reference(letter: Letter) -> str:
    """What a resident can read out on the phone: the round and the first letters of the code."""
    return f"{letter.round_id}-{letter.form_code[:REFERENCE_LETTERS]}"


def _letter_date(letter: Letter) -> datetime.date:
    """The day on which the part was planned, so that making it again gives the same letter."""
    return letter.part.planned_at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()


def _name(person: Person) -> PersonName:
    return PersonName(
        given_names=person.given_names,
        prefix=person.prefix,
        family_name=person.family_name,
        name_usage=person.name_usage,
        partner_prefix=person.partner_prefix,
        partner_family_name=person.partner_family_name,
        sex=person.sex,
    )


def _address(household: Household) -> Address:
    return Address(
        street=household.street,
        house_number=str(household.house_number),
        postcode=household.postcode,
        city=household.city,
        house_letter=household.house_letter,
        house_suffix=household.house_suffix,
    )
