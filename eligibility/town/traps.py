"""What goes wrong in a real delivery of inhabitants, a little of each.

A trap changes a person, or the row written from them. Rates are per hundred thousand persons; together the
rows that are refused stay far under 5%, so that the delivery is not held.
"""

from collections import Counter
from collections.abc import Callable

from eligibility.town.households import Home
from eligibility.town.numbers import broken, without_zeros
from eligibility.town.people import Person, Registry


def _died(person: Person, town: Registry) -> None:
    person.overlijdensdatum, person.opschorting = town.day_before(1 + int(town.rng.random() * 700)), "O"


def _died_without_suspension(person: Person, town: Registry) -> None:
    person.overlijdensdatum = town.day_before(int(town.rng.random() * 30))


def _emigrated(person: Person, town: Registry) -> None:
    person.opschorting = "E"


def _suspended(person: Person, town: Registry) -> None:
    person.opschorting = "FMRW"[int(town.rng.random() * 4)]


def _moved(person: Person, town: Registry) -> None:
    person.gemeentecode = "0599" if town.gemeentecode != "0599" else "0518"


def _secret(person: Person, town: Registry) -> None:
    person.geheim = "7" if town.rng.random() < 0.7 else str(1 + int(town.rng.random() * 6))


def _letter_address(person: Person, town: Registry) -> None:
    person.functie_adres = "B"


def _no_street(person: Person, town: Registry) -> None:
    person.straat = ""


def _no_number(person: Person, town: Registry) -> None:
    person.huisnummer = ("", "0", "012")[int(town.rng.random() * 3)]


def _odd_postcode(person: Person, town: Registry) -> None:
    whole = person.postcode
    person.postcode = ("", whole.lower(), f"{whole[:4]} {whole[4:]}", f"0{whole[1:]}")[
        int(town.rng.random() * 4)
    ]


def _no_object(person: Person, town: Registry) -> None:
    person.adres_id = ("", "0" * 16, "3630100000")[int(town.rng.random() * 3)]


def _unknown_day(person: Person, town: Registry) -> None:
    person.geboortedatum = person.geboortedatum[:6] + "00"


def _unknown_month(person: Person, town: Registry) -> None:
    person.geboortedatum = person.geboortedatum[:4] + "0000"


def _unknown_birth(person: Person, town: Registry) -> None:
    person.geboortedatum = "00000000" if town.rng.random() < 0.5 else ""


def _other_sex(person: Person, town: Registry) -> None:
    person.geslacht = "O"


def _no_codes(person: Person, town: Registry) -> None:
    person.naamgebruik = person.geheim = person.functie_adres = ""


def _broken_partner(person: Person, town: Registry) -> None:
    person.partner = broken(town.numbers.next())


def _blanks(person: Person, town: Registry) -> None:
    person.voornamen, person.straat = f" {person.voornamen}", f"{person.straat}  "


def _broken_bsn(person: Person, town: Registry) -> None:
    person.bsn = broken(person.bsn)


def _impossible_birth(person: Person, town: Registry) -> None:
    year = person.geboortedatum[:4] or "1980"
    person.geboortedatum = (f"{year}0230", f"{year}1301", f"{year}0015", f"{year}-1-1")[
        int(town.rng.random() * 4)
    ]


def _unknown_code(person: Person, town: Registry) -> None:
    person.naamgebruik = "X"


HARMLESS: dict[str, tuple[Callable[[Person, Registry], None], int]] = {
    "overleden": (_died, 750),
    "overleden_zonder_opschorting": (_died_without_suspension, 40),
    "vertrokken": (_emigrated, 1_300),
    "opgeschort": (_suspended, 120),
    "verhuisd": (_moved, 900),
    "geheim": (_secret, 2_900),
    "briefadres": (_letter_address, 700),
    "zonder_straat": (_no_street, 60),
    "zonder_huisnummer": (_no_number, 90),
    "vreemde_postcode": (_odd_postcode, 100),
    "zonder_adres_id": (_no_object, 1_000),
    "dag_onbekend": (_unknown_day, 180),
    "maand_onbekend": (_unknown_month, 160),
    "geboorte_onbekend": (_unknown_birth, 90),
    "geslacht_onbekend": (_other_sex, 120),
    "codes_leeg": (_no_codes, 150),
    "partner_ongeldig": (_broken_partner, 50),
    "spaties": (_blanks, 150),
}
# A row of this kind is refused whole, and so is every row of a BSN that stands there twice.
REFUSED: dict[str, tuple[Callable[[Person, Registry], None], int]] = {
    "bsn_ongeldig": (_broken_bsn, 60),
    "datum_onmogelijk": (_impossible_birth, 50),
    "code_onbekend": (_unknown_code, 40),
}
TWICE = 35
LOST_ZEROS = 4_000  # of those with a leading zero
REFUSED_AT_MOST = 0.02

_ALL = {**HARMLESS, **REFUSED}
_TOTAL = sum(rate for _, rate in _ALL.values())
_SHARE = _TOTAL / 100_000
_LADDER = [(name, spring) for name, (spring, rate) in _ALL.items() for _ in range(rate // 10)]


class Traps:
    """Springs traps on the people of each address and writes their rows of `brp`.

    `sprung` counts each trap by name.
    """

    def __init__(self, town: Registry) -> None:
        self._town = town
        self._rows = 0
        self._refused = 0
        self.sprung: Counter[str] = Counter()

    def _may_refuse(self, rows: int) -> bool:
        """Keeps a tiny town from being held by one unlucky row."""
        if self._refused + rows > (self._rows + rows) * REFUSED_AT_MOST:
            return False
        self._refused += rows
        return True

    def _spring(self, person: Person) -> None:
        name, spring = _LADDER[int(self._town.rng.random() * len(_LADDER))]
        if name in HARMLESS or self._may_refuse(1):
            spring(person, self._town)
            self.sprung[name] += 1

    def rows(self, home: Home) -> list[str]:
        rows = []
        draw = self._town.rng.random
        for person in home.people:
            if draw() < _SHARE:
                self._spring(person)
            row = person.row()
            if row[0] == "0" and draw() < LOST_ZEROS / 100_000:
                row = without_zeros(row)
                self.sprung["nullen_verloren"] += 1
            rows.append(row)
            if draw() < TWICE / 100_000 and self._may_refuse(2):
                rows.append(row.replace(";W;", ";B;", 1))
                self.sprung["dubbel"] += 1
        self._rows += len(rows)
        return rows
