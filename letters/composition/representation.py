"""A letter to who acts for somebody: whose address, how he is greeted, and what the letter says first."""

from __future__ import annotations

from letters.composition.address import place_line, street_line
from letters.composition.model import PersonName, Representative
from letters.composition.names import envelope_name

#: Whoever opens the letters of an office.
SALUTATION = "Geachte heer, mevrouw,"
_TITLE = {"M": "de heer ", "V": "mevrouw "}
_OWN = {"M": ("zijn", "hem"), "V": ("haar", "haar")}
_OWN_OTHER = ("de", "deze persoon")


def address_lines(one: Representative, home_town: str) -> list[str]:
    """The lines in the window: never the name of whom the letter is about. Raises AddressFault."""
    attention = [f"t.a.v. {one.attention}"] if one.attention else []
    return [one.name, *attention, street_line(one.address), place_line(one.address, home_town)]


def client(person: PersonName) -> str:
    """`mevrouw A. de Vries`, and without a title when the sex is unknown. Raises NameMissing."""
    return _TITLE.get(person.sex, "") + envelope_name(person)


def opening(one: Representative, person: PersonName, *, signs: bool) -> str:
    """For whom the letter is and why it comes here; `signs` when there is a form. Raises NameMissing."""
    own, whom = _OWN.get(person.sex, _OWN_OTHER)
    signing = " Alleen de handtekening zet u zelf." if signs else ""
    return (
        f"Deze brief gaat over {client(person)}. U krijgt de brief omdat u {own} {one.role} bent."
        f" Met ‘u’ bedoelen wij hierna {whom}.{signing}"
    )
