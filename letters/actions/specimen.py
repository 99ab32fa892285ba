"""Letters to a household that does not exist: to look at a text on paper, and to see whether it fits."""

import datetime
from collections.abc import Mapping

from letters.actions.contents import income_year, reference
from letters.composition.model import Address, LetterData, NamedPerson, PersonName, Point, Representative
from letters.texts.catalog import DECISIONS, FIRST, NOTICES, WITH_FORM
from outreach.models import Klasse, Mode, Regeling

# No letter ever gets this code: random ones hold no eight digits in a row.
CODE = "000000000000"
REPLY_WITHIN = datetime.timedelta(weeks=6)
ADDRESSEE = PersonName("Sanne Maria", "van", "Voorbeeld", "E", "", "", "V")
ADDRESS = Address("Voorbeeldstraat", "12", "1234AB", "", "A")
CHILDREN = (NamedPerson("Noor van Voorbeeld", "20110214"), NamedPerson("Sem van Voorbeeld", "20150903"))
ADULT = (NamedPerson("Sanne Maria van Voorbeeld", "19850310"),)

# The worst that the paper must hold: the longest names, six address lines, eight persons.
LONG_ADDRESSEE = PersonName(
    "Maria Magdalena Wilhelmina",
    "van den",
    "Broek van Nieuwenhuizen-Voorbeeldsma",
    "N",
    "in 't",
    "Đorđević-Nguyễn Thị Minh",
    "O",
)
LONG_ADDRESS = Address(
    "Burgemeester van der Voorbeeldplein-Noordzijde",
    "1245",
    "1234AB",
    "Nieuwerkerk aan den IJssel",
    "C",
    "3 hoog",
)
# Who acts for somebody makes the letter longer by a few lines.
REPRESENTATIVE = Representative(
    "Voorbeeldkantoor voor Beschermingsbewind, Inkomensbeheer en Schuldhulp B.V.",
    "wettelijk vertegenwoordiger",
    Address("", "", "1234AB", "Nieuwerkerk aan den IJssel", location="Postbus 12345"),
    "mevrouw J.P. van den Voorbeeld-Nieuwenhuizen",
    "vertegenwoordiger",
)
MANY = tuple(
    NamedPerson(f"Maximiliaan Alexander {name} van den Broek-Nieuwenhuizen", f"201{number}0630")
    for number, name in enumerate(("Aad", "Bo", "Cas", "Dex", "Evi", "Fay", "Gijs", "Huub"))
)

_POINTS: Mapping[str, tuple[Point, ...]] = {
    "aanvulling": (Point("handtekening"), Point("inkomen"), Point("afschrift")),
    "afwijzing": (Point("inkomen", 31_200, 28_900),),
}
_MANY_POINTS: Mapping[str, tuple[Point, ...]] = {
    "aanvulling": tuple(
        Point(code)
        for code in (
            *("handtekening", "handtekening_partner", "datum", "personen", "inkomen", "inkomen_partner"),
            *("geld", "bezit", "schulden", "eigen_huis", "jaaropgave", "afschrift"),
        )
    ),
    "afwijzing": (Point("inkomen", 131_200, 128_900), Point("vermogen", 152_345, 115_540)),
}


def specimen(
    kind: str,
    regeling: Regeling | None,
    today: datetime.date,
    *,
    klasse: str = "",
    worst: bool = False,
    represented: bool = False,
) -> LetterData:
    """One letter of a kind of text. `klasse` chooses the form of a kind that has one for both classes.

    When `represented` it goes to who acts for the addressee.
    """
    form = kind in WITH_FORM
    grants = kind == Mode.AMBTSHALVE
    klasse = klasse or (kind if kind in Klasse.values else Klasse.ZEKER.value)
    persons = (CHILDREN if regeling and regeling.per_child else ADULT) if not worst else MANY
    points = (_MANY_POINTS if worst else _POINTS).get(kind, ())
    notice = kind in NOTICES
    return LetterData(
        letter_id="voorbeeld",
        reference=reference(0, CODE),
        regeling=regeling.pk if regeling else "",
        klasse=klasse,
        mode=Mode.AMBTSHALVE.value if grants else Mode.FORMULIER.value,
        addressee=LONG_ADDRESSEE if worst else ADDRESSEE,
        address=LONG_ADDRESS if worst else ADDRESS,
        persons=persons if form or kind in DECISIONS else (),
        letter_date=today,
        reply_by=today + REPLY_WITHIN if form else None,
        income_year=None if grants or notice else income_year(today),
        form_code=CODE if form else "",
        kind="" if kind in FIRST else kind,
        points=points,
        received_on=today - datetime.timedelta(days=9) if kind not in (*FIRST, "herinnering") else None,
        share_on=today + REPLY_WITHIN if kind == "deelbericht" else None,
        representative=REPRESENTATIVE if represented else None,
    )
