"""One inhabitant of an invented town, and how a row of `brp` is written from them."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from eligibility.town.names import Culture, NamePool, first_names, last_name
from eligibility.town.numbers import BsnSequence
from eligibility.town.streets import WOONPLAATS, Address

BRP_COLUMNS = (
    "bsn;voornamen;voorvoegsel;geslachtsnaam;naamgebruik;voorvoegsel_partner;geslachtsnaam_partner;geslacht;"
    "geboortedatum;overlijdensdatum;opschorting;geheim;bsn_partner;bsn_ouder1;bsn_ouder2;gemeentecode;"
    "functie_adres;adres_id;straat;huisnummer;huisletter;toevoeging;postcode;woonplaats;buurtcode"
)
OLDEST = 106
DAYS_A_YEAR = 365.2425


@dataclass(slots=True)
class Person:
    """A row of `brp` in the making. `age` is roughly, in years: enough to invent with, never to decide
    with.
    """

    bsn: str
    age: int
    voornamen: str
    voorvoegsel: str
    geslachtsnaam: str
    geslacht: str
    geboortedatum: str
    gemeentecode: str
    address: Address
    naamgebruik: str = "E"
    voorvoegsel_partner: str = ""
    geslachtsnaam_partner: str = ""
    overlijdensdatum: str = ""
    opschorting: str = ""
    geheim: str = "0"
    partner: str = ""
    ouder1: str = ""
    ouder2: str = ""
    functie_adres: str = "W"
    adres_id: str = ""
    straat: str = ""
    huisnummer: str = ""
    postcode: str = ""

    def row(self) -> str:
        a = self.address
        return (
            f"{self.bsn};{self.voornamen};{self.voorvoegsel};{self.geslachtsnaam};{self.naamgebruik};"
            f"{self.voorvoegsel_partner};{self.geslachtsnaam_partner};{self.geslacht};{self.geboortedatum};"
            f"{self.overlijdensdatum};{self.opschorting};{self.geheim};{self.partner};{self.ouder1};{self.ouder2};"
            f"{self.gemeentecode};{self.functie_adres};{self.adres_id};{self.straat};{self.huisnummer};"
            f"{a.huisletter};{a.toevoeging};{self.postcode};{WOONPLAATS};{a.buurtcode}"
        )


class Registry:
    """Invents persons: a number, a name, a birth date, at an address."""

    def __init__(self, rng: Random, *, peildatum: date, seed: int, gemeentecode: str) -> None:
        self.rng = rng
        self.numbers = BsnSequence(seed)
        self.names = NamePool(seed)
        self.gemeentecode = gemeentecode
        self.peildatum = peildatum
        days = int((OLDEST + 1) * DAYS_A_YEAR)
        # Formatting a date per person would cost more than all the rest of that person.
        self._day_texts = [(peildatum - timedelta(days=n)).strftime("%Y%m%d") for n in range(days + 1)]

    def culture(self) -> Culture:
        return self.names.culture(self.rng)

    def person(
        self,
        address: Address,
        youngest: int,
        oldest: int,
        culture: Culture,
        family: tuple[str, str] | None = None,
        geslacht: str = "",
    ) -> Person:
        """Someone of `youngest` to `oldest` (inclusive) years; `family` is a last name to share."""
        rng = self.rng
        years = youngest + rng.random() * (oldest + 1 - youngest)
        geslacht = geslacht or ("M" if rng.random() < 0.495 else "V")
        voorvoegsel, geslachtsnaam = family or last_name(culture, rng)
        return Person(
            self.numbers.next(),
            int(years),
            first_names(culture, geslacht, rng),
            voorvoegsel,
            geslachtsnaam,
            geslacht,
            self._day_texts[int(years * DAYS_A_YEAR)],
            self.gemeentecode,
            address,
            adres_id=address.adres_id,
            straat=address.straat,
            huisnummer=address.huisnummer,
            postcode=address.postcode,
        )

    def day_before(self, days: int) -> str:
        """The date `days` before the peildatum, as yyyymmdd."""
        return self._day_texts[days]
