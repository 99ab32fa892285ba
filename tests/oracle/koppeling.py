"""Section 6: what comes out. `oracle(folder, peildatum)` is the whole of the page."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from tests.oracle.households import Household, addressee, households
from tests.oracle.people import Ages, Person, participants
from tests.oracle.reading import VOORZIENINGEN, Delivery, newest, read_folder, rows_of
from tests.oracle.rights import CLOSED, Rights

HEADER = "klasse;naam;straat;huisnummer;huisletter;toevoeging;postcode;woonplaats;buurtcode;wijze;personen"


@dataclass
class Result:
    """Everything that the page lets be compared. `files` holds the bytes of `<regeling>.csv`."""

    files: dict[str, bytes] = field(default_factory=dict)
    waterval: dict[str, dict[str, int]] = field(default_factory=dict)
    kandidaten: dict[str, dict[str, int]] = field(default_factory=dict)
    huishoudens: dict[int, int] = field(default_factory=dict)
    doet_niet_mee: dict[str, int] = field(default_factory=dict)
    leeftijd_onzeker: int = 0
    minderjarige_zonder_ouder: int = 0
    toets_strijdig: int = 0
    deelnemers: int = 0
    paren: int = 0
    leveringen: list[Delivery] = field(default_factory=list)
    geteld: list[Delivery] = field(default_factory=list)

    @property
    def held(self) -> bool:
        """Whether a delivery that counts waits for a reason (one that does not count harms nobody)."""
        return any(delivery.held for delivery in self.geteld)


def oracle(folder: Path, peildatum: date, gemeentecode: str = "0363") -> Result:
    """The outcome of `manage.py koppel`. Held deliveries are taken as accepted; a refused one raises
    `Refused`.
    """
    ages = Ages(peildatum)
    deliveries = read_folder(folder)
    counting = newest(deliveries, peildatum)
    rows = rows_of(counting)
    inhabitants = rows("brp")
    people, reasons = participants(inhabitants, gemeentecode)
    made, without_parent = households(people, ages)
    rights = Rights(rows, ages, peildatum.year)
    result = Result(leveringen=deliveries, geteld=list(counting.values()))
    result.deelnemers, result.doet_niet_mee = len(people), dict(reasons)
    result.huishoudens = dict(Counter(len(household.members) for household in made))
    result.paren = sum(len(household.adults) == 2 for household in made)
    neither = sum(ages.adult(person) is None for person in people)  # "neither adult nor minor"
    result.leeftijd_onzeker = neither + sum(len(rights.unsure(household)) for household in made)
    result.minderjarige_zonder_ouder = len(without_parent)
    result.toets_strijdig = sum(rights.clashes(household) for household in made)
    waterfall = Waterfall({row["bsn"] for row in inhabitants}, people, made, rights)
    for regeling in VOORZIENINGEN:
        records = candidate_records(made, regeling, rights)
        result.files[regeling] = as_csv(records)
        result.kandidaten[regeling] = dict(Counter(record["klasse"] for record in records))
        result.waterval[regeling] = dict(
            Counter(waterfall.bucket(bsn, regeling) for bsn in waterfall.had(regeling))
        )
    return result


# -- DIR/<regeling>.csv ----------------------------------------------------------------------------


def candidate_records(made: list[Household], regeling: str, rights: Rights) -> list[dict[str, str]]:
    records = []
    for household in made:
        named = rights.candidates(household, regeling)
        if named:
            klasse = rights.klasse(household, regeling)
            assert klasse is not None
            records.append(as_record(household, named, regeling, klasse))
    return sorted(records, key=order)


def as_record(household: Household, named: list[Person], regeling: str, klasse: str) -> dict[str, str]:
    """ "`naam` the addressee"; "`personen` the named persons …, sorted, joined by |"."""
    to = addressee(household)
    columns = ("straat", "huisnummer", "huisletter", "toevoeging", "postcode", "woonplaats", "buurtcode")
    return {
        "klasse": klasse,
        "naam": to.name,
        **{column: to.row[column] for column in columns},
        "wijze": "ambtshalve" if regeling == "stadspas" and klasse == "zeker" else "formulier",
        "personen": "|".join(sorted(with_birth_date(person) for person in named)),
    }


def with_birth_date(person: Person) -> str:
    """ "`voornamen voorvoegsel geslachtsnaam geboortedatum` (the date as delivered, unknown parts 00)"."""
    return f"{person.name} {person.row['geboortedatum']}" if person.name else person.row["geboortedatum"]


def order(record: dict[str, str]) -> tuple[object, ...]:
    """ "Rows sorted by postcode, huisnummer (by value), huisletter, toevoeging, naam, klasse, personen".

    The page stops there; rows that are still equal are put in the order of the columns it does not name.
    """
    named = (
        record["postcode"],
        int(record["huisnummer"]),
        record["huisletter"],
        record["toevoeging"],
        record["naam"],
        record["klasse"],
        record["personen"],
    )
    return (*named, record["straat"], record["woonplaats"], record["buurtcode"], record["wijze"])


def quoted(value: str) -> str:
    """ "quotes only around a value that holds ;, ", CR or LF"."""
    if any(sign in value for sign in ';"\r\n'):
        return '"' + value.replace('"', '""') + '"'
    return value


def as_csv(records: list[dict[str, str]]) -> bytes:
    """ "UTF-8 without BOM, ;, … lines end in LF"."""
    lines = [
        HEADER,
        *(";".join(quoted(record[column]) for column in HEADER.split(";")) for record in records),
    ]
    return "".join(line + "\n" for line in lines).encode("utf-8")


# -- waterval --------------------------------------------------------------------------------------


class Waterfall:
    """ "per regeling R, every distinct bsn in R in Y-1 in exactly one bucket, the first that applies"."""

    def __init__(self, known: set[str], people: list[Person], made: list[Household], rights: Rights) -> None:
        self.known = known
        self.taking_part = {person.bsn for person in people}
        self.household_of = {member.bsn: household for household in made for member in household.members}
        self.rights = rights

    def had(self, regeling: str) -> set[str]:
        return self.rights.who(regeling, self.rights.year - 1)

    def bucket(self, bsn: str, regeling: str) -> str:
        if bsn not in self.known:
            return "niet_in_brp"  # "no valid single row"
        if bsn not in self.taking_part:
            return "doet_niet_mee"
        household = self.household_of.get(bsn)
        if household is None:
            return "geen_huishouden"
        if bsn not in {adult.bsn for adult in household.adults}:
            return "geen_volwassene"  # "a minor's own BSN"
        return self.of_household(household, regeling)

    def of_household(self, household: Household, regeling: str) -> str:
        rights = self.rights
        if rights.opt_out(household, regeling):
            return "opt_out"
        if regeling == CLOSED:
            return "gesloten"
        if rights.klasse(household, regeling) is None:
            return (
                "toets_nee"  # "only onzeker grounds, taken away": R in Y-1 itself is one, so it has a ground
            )
        target = rights.target(household, regeling)
        if not target:
            return "geen_doelgroep"  # "5, before looking at what it already has"
        if not rights.without_those_who_have_it(household, regeling, target):
            return "heeft_al"
        return "kandidaat"
