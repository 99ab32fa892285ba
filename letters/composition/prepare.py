"""All that is personal in a letter, checked and measured before anything is drawn."""

from __future__ import annotations

from dataclasses import dataclass

from letters.composition.address import AddressBlock, lay_out, place_line, street_line
from letters.composition.codes import human, payload
from letters.composition.dutch import birth_date
from letters.composition.fonts import FontSet
from letters.composition.glyphs import clean
from letters.composition.layout import LayoutProfile
from letters.composition.model import LetterData, LetterFault, Municipality
from letters.composition.names import envelope_name, full_name, salutation
from letters.texts.catalog import TextSet, kind_of

FORM_PAGE = 1


class DataFault(LetterFault):
    """The letter lacks something that its kind needs: a date, a year, a code, a person."""

    code = "gegevens"


@dataclass(frozen=True, slots=True)
class PreparedPerson:
    """A named person as printed."""

    name: str
    born: str


@dataclass(frozen=True, slots=True)
class PreparedLetter:
    """A letter whose every personal text is in normal form C, drawable and known to fit its window."""

    data: LetterData
    kind: str
    address: AddressBlock
    salutation: str
    full_name: str
    street: str
    place: str
    reference: str
    persons: tuple[PreparedPerson, ...]
    payload: str
    human_code: str


def prepare(
    letter: LetterData, layout: LayoutProfile, texts: TextSet, municipality: Municipality, fonts: FontSet
) -> PreparedLetter:
    """Check one letter. Raises LetterFault (its `code` says which) or TextMissing; never with a value."""
    kind = kind_of(letter.klasse, letter.mode)
    texts.opening(letter.regeling, kind)
    _require(letter, kind)
    street = clean(street_line(letter.address), fonts)
    place = clean(place_line(letter.address, municipality.name), fonts)
    name = clean(envelope_name(letter.addressee), fonts)
    persons = tuple(
        PreparedPerson(clean(person.full_name, fonts), birth_date(person.birth_date))
        for person in letter.persons
    )
    return PreparedLetter(
        data=letter,
        kind=kind,
        address=lay_out([name, street, place], layout, fonts),
        salutation=clean(salutation(letter.addressee), fonts),
        full_name=clean(full_name(letter.addressee), fonts),
        street=street,
        place=place,
        reference=clean(letter.reference, fonts),
        persons=persons,
        payload=payload(letter.form_code, FORM_PAGE) if letter.form_code else "",
        human_code=human(letter.form_code),
    )


def _require(letter: LetterData, kind: str) -> None:
    if not letter.persons:
        raise DataFault("Er is niemand genoemd voor wie de regeling is.")
    if kind == "ambtshalve":
        if letter.form_code:
            raise DataFault("Een brief zonder formulier heeft geen formuliercode.")
        return
    if not letter.form_code or letter.reply_by is None:
        raise DataFault("Een formulier heeft een code en een uiterste datum nodig.")
    if kind == "onzeker" and letter.income_year is None:
        raise DataFault("Een onzeker formulier heeft het refertejaar nodig.")
