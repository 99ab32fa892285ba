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
from letters.composition.representation import SALUTATION, address_lines, opening
from letters.texts.catalog import DECISIONS, WITH_FORM, WITH_POINTS, TextSet, places

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
    """A letter whose every personal text is in normal form C, drawable and known to fit its window.

    `street` and `place` are those of the household, wherever the letter goes. `opening` is the sentence that
    tells a representative whom the letter is about; without one it is empty.
    """

    data: LetterData
    texts: TextSet
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
    opening: str = ""


def prepare(
    letter: LetterData, layout: LayoutProfile, texts: TextSet, municipality: Municipality, fonts: FontSet
) -> PreparedLetter:
    """Check one letter. Raises LetterFault (its `code` says which) or TextMissing; never with a value."""
    kind, texts = letter.text_kind, letter.texts or texts
    texts.require(letter.regeling, kind)
    _require(letter, kind)
    _require_points(letter, kind, texts)
    street = clean(street_line(letter.address), fonts)
    place = clean(place_line(letter.address, municipality.name), fonts)
    name = clean(envelope_name(letter.addressee), fonts)
    to = letter.representative
    lines = (
        [clean(line, fonts) for line in address_lines(to, municipality.name)] if to else [name, street, place]
    )
    persons = tuple(
        PreparedPerson(clean(person.full_name, fonts), birth_date(person.birth_date))
        for person in letter.persons
    )
    return PreparedLetter(
        data=letter,
        texts=texts,
        kind=kind,
        address=lay_out(lines, layout, fonts),
        salutation=SALUTATION if to else clean(salutation(letter.addressee), fonts),
        full_name=clean(full_name(letter.addressee), fonts),
        street=street,
        place=place,
        reference=clean(letter.reference, fonts),
        persons=persons,
        payload=payload(letter.form_code, FORM_PAGE) if letter.form_code else "",
        human_code=human(letter.form_code),
        opening=clean(opening(to, letter.addressee, signs=kind in WITH_FORM), fonts) if to else "",
    )


def _require(letter: LetterData, kind: str) -> None:
    if not letter.persons and (kind in WITH_FORM or kind in DECISIONS):
        raise DataFault("Er is niemand genoemd voor wie de regeling is.")
    if letter.received_on is None and kind in ("toekenning", "aanvulling", "afwijzing", "afmelding"):
        raise DataFault("De dag waarop de aanvraag of afmelding binnenkwam ontbreekt.")
    if letter.share_on is None and kind == "deelbericht":
        raise DataFault("De dag waarop de gegevens worden gedeeld ontbreekt.")
    if kind in WITH_FORM:
        _require_form(letter)
    elif letter.form_code:
        raise DataFault("Een brief zonder formulier heeft geen formuliercode.")


def _require_form(letter: LetterData) -> None:
    if not letter.form_code or letter.reply_by is None:
        raise DataFault("Een formulier heeft een code en een uiterste datum nodig.")
    if letter.klasse == "onzeker" and letter.income_year is None:
        raise DataFault("Een onzeker formulier heeft het refertejaar nodig.")


def _require_points(letter: LetterData, kind: str, texts: TextSet) -> None:
    """Every point has a sentence, and every sentence what it names: nobody is refused without a reason."""
    if kind not in WITH_POINTS:
        return
    sentences = texts.shared[kind]["punten"]
    if not letter.points or any(point.code not in sentences for point in letter.points):
        raise DataFault("Er ontbreekt wat er mist, of waarom het niet kan.")
    for point in letter.points:
        asked = places(sentences[point.code])
        told = {"bedrag": point.amount, "grens": point.limit, "jaar": letter.income_year}
        if any(told[word] is None for word in asked & told.keys()):
            raise DataFault("Bij een punt ontbreekt het bedrag, de grens of het jaar.")
