"""The batch to test with: invented people with all that makes an address or a name hard, the same every time.

Nothing of it is in the database. It is written with the texts that come with the program.
"""

import datetime
import hashlib
import uuid
from dataclasses import dataclass
from functools import cache

from letters.actions.contents import layout, municipality
from letters.composition.codes import BASE32, CODE_LENGTH
from letters.composition.layout import LayoutProfile
from letters.composition.model import Address, LetterData, NamedPerson, PartResult, PersonName
from letters.composition.parts import render_part
from letters.models import Vendor
from letters.texts.catalog import load_texts

BATCH_ID = uuid.UUID("00000000-0000-4000-8000-000000000001")
PART = 1
#: The days that stand on it. They never change, so that its fingerprint never does.
DATED = datetime.date(2026, 3, 2)
REPLY_BY = datetime.date(2026, 5, 1)
_NAMESPACE = uuid.UUID("3f1b7f0e-9a52-4a55-8a5b-7c3f0f0b5f10")

_PEOPLE = (
    (PersonName("Ayşe", "", "Çelik", "E", "", "", "V"), Address("Proefstraat", "1", "1099ZZ", "Proefdam")),
    (
        PersonName("Miloš", "", "Đorđević", "E", "", "", "M"),
        Address("Proefstraat", "2", "1099ZZ", "IJmuiden", "A"),
    ),
    (
        PersonName("Łukasz", "", "Wiśniewski", "E", "", "", "M"),
        Address("Proefkade", "3", "1099ZZ", "'s-Gravenzande", "", "II"),
    ),
    (
        PersonName("Ḥusayn", "", "Ṣāliḥ", "E", "", "", "M"),
        Address("Proefkade", "4", "1099ZZ", "Proefdam", "B", "hs"),
    ),
    (
        PersonName("Thị Hồng", "", "Nguyễn", "E", "", "", "V"),
        Address("Proefplein", "5", "1099ZZ", "Proefdam"),
    ),
    (
        PersonName("İlknur", "", "Şahin", "P", "van der", "O’Neill", "V"),
        Address("Proefplein", "6", "1099ZZ", "Proefdam", "", "to", "to"),
    ),
    (
        PersonName("Anna Maria", "van", "Voorbeeld", "N", "de", "Bruin", "V"),
        Address("Burgemeester Van den Proefenberglaan", "12345", "1099ZZ", "Proefdam aan de Lange Waterkant"),
    ),
    (
        PersonName("Johannes Wilhelmus Bartholomeus", "", "Proefenberg", "V", "van", "Oudenaarden", "M"),
        Address("", "0", "1099ZZ", "Proefdam", location="Woonboot tegenover Proefkade 8"),
    ),
)


@dataclass(frozen=True, slots=True)
class Sandbox:
    """The file and the letters in it."""

    file: PartResult
    letters: tuple[LetterData, ...]


def batch(vendor: Vendor | None = None) -> Sandbox:
    """The batch as a vendor wants his pages."""
    return _drawn(layout(vendor))


@cache
def _drawn(pages: LayoutProfile) -> Sandbox:
    """Drawn once in the life of a process."""
    letters = tuple(_letter(number, *one) for number, one in enumerate(_PEOPLE, start=1))
    return Sandbox(render_part(letters, pages, load_texts(), municipality()), letters)


def has_letter(letter: uuid.UUID) -> bool:
    """Whether this is one of the letters to test with."""
    return letter in {_letter_id(number) for number in range(1, len(_PEOPLE) + 1)}


def _letter_id(number: int) -> uuid.UUID:
    return uuid.uuid5(_NAMESPACE, str(number))


def _letter(number: int, name: PersonName, address: Address) -> LetterData:
    klasse = ("zeker", "onzeker")[number % 2]
    code = _code(number)
    return LetterData(
        letter_id=str(_letter_id(number)),
        reference=f"0-{code[:8]}",
        regeling="scholierenvergoeding",
        klasse=klasse,
        mode="formulier",
        addressee=name,
        address=address,
        persons=(NamedPerson("Proef Voorbeeld", "20120615"),),
        letter_date=DATED,
        reply_by=REPLY_BY,
        income_year=DATED.year - 1,
        form_code=code,
    )


def _code(number: int) -> str:
    """A form code that no letter ever gets: eight zeros in front, where random ones have no eight digits."""
    letters = hashlib.sha256(f"proef {number}".encode()).digest()
    rest = "".join(BASE32[10 + byte % 22] for byte in letters[: CODE_LENGTH - 8])
    return "00000000" + rest
