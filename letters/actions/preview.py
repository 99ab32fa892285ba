"""What a letter of a round looks like, for a household that does not exist."""

import datetime

from letters.actions.contents import income_year, layout, municipality, reference
from letters.actions.editions import current
from letters.composition.model import Address, LetterData, NamedPerson, PersonName
from letters.composition.parts import render_part
from letters.texts.catalog import FIRST
from outreach.kernel import clock
from outreach.models import Klasse, Mode, Regeling, Round

# No letter ever gets this code: random ones hold no eight digits in a row.
CODE = "000000000000"
# For a round that has no date yet.
REPLY_WITHIN = datetime.timedelta(weeks=6)
ADDRESSEE = PersonName("Sanne Maria", "van", "Voorbeeld", "E", "", "", "V")
ADDRESS = Address("Voorbeeldstraat", "12", "1234AB", "", "A")
CHILDREN = (NamedPerson("Noor van Voorbeeld", "20110214"), NamedPerson("Sem van Voorbeeld", "20150903"))
ADULT = (NamedPerson("Sanne Maria van Voorbeeld", "19850310"),)


def kinds(round_: Round, regeling: Regeling) -> list[str]:
    """Which letters can come out of a round: zeker, onzeker, ambtshalve. None while it has no letter text."""
    possible = set(round_.klassen)
    if regeling.ambtshalve and Klasse.ZEKER in possible:
        possible = possible - {Klasse.ZEKER.value} | {Mode.AMBTSHALVE.value}
    written = {kind for code, kind in current().combinations if code == regeling.pk}
    return [kind for kind in FIRST if kind in possible & written]


def preview(round_: Round, regeling: Regeling, kind: str) -> bytes:
    """The PDF of one letter of a kind, with this round's dates. Raises TextMissing."""
    form = kind != Mode.AMBTSHALVE
    today = clock.today()
    letter = LetterData(
        letter_id="voorbeeld",
        reference=reference(round_.pk, CODE),
        regeling=regeling.pk,
        klasse=kind if form else Klasse.ZEKER.value,
        mode=Mode.FORMULIER.value if form else Mode.AMBTSHALVE.value,
        addressee=ADDRESSEE,
        address=ADDRESS,
        persons=CHILDREN if regeling.per_child else ADULT,
        letter_date=today,
        reply_by=(round_.reply_before or today + REPLY_WITHIN) if form else None,
        income_year=income_year(round_.handover.peildatum) if form else None,
        form_code=CODE if form else "",
    )
    return render_part([letter], layout(), current(), municipality()).pdf
