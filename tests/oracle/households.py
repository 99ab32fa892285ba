"""Section 3: couples, parents, minors, the addressee."""

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import combinations

from tests.oracle.people import Ages, Person


@dataclass(eq=False)
class Household:
    adults: list[Person]
    minors: list[Person] = field(default_factory=list)

    @property
    def members(self) -> list[Person]:
        return self.adults + self.minors


def households(people: list[Person], ages: Ages) -> tuple[list[Household], list[Person]]:
    """The households, and the minors that are in none (`minderjarige_zonder_ouder`)."""
    adults = [person for person in people if ages.adult(person) is True]
    minors = [person for person in people if ages.adult(person) is False]
    partners = partner_couples(adults, {person.bsn for person in people})
    paired = {bsn for couple in partners for bsn in couple}
    parents = parent_couples([person for person in adults if person.bsn not in paired], minors)
    made = couples_and_singles(adults, partners + parents)
    return made, join_minors(made, minors)


def at_one_address(people: list[Person]) -> list[list[Person]]:
    homes = defaultdict(list)
    for person in people:
        homes[person.adres].append(person)
    return list(homes.values())


def named(person: Person, taking_part: set[str]) -> str | None:
    """Whom someone names as partner: only one "who takes part" matters; "naming oneself is naming nobody"."""
    partner = person.row["bsn_partner"]
    return partner if partner in taking_part and partner != person.bsn else None


def partner_couples(adults: list[Person], taking_part: set[str]) -> list[tuple[str, str]]:
    """ "Two adults on the same adres_id of whom at least one names the other as bsn_partner, and neither
    names a third person who takes part"."""
    could_pair = []
    for home in at_one_address(adults):
        for one, other in combinations(home, 2):
            names = {named(one, taking_part), named(other, taking_part)}
            one_names_other = named(one, taking_part) == other.bsn or named(other, taking_part) == one.bsn
            if one_names_other and names <= {one.bsn, other.bsn, None}:
                could_pair.append((one.bsn, other.bsn))
    return only_choices(could_pair)


def parent_couples(adults: list[Person], minors: list[Person]) -> list[tuple[str, str]]:
    """ "Two adults on the same adres_id, not in a couple by rule 1 (whomever they name), who are both
    bsn_ouder of the same minor who lives there too"."""
    home_of = {person.bsn: person.adres for person in adults}
    could_pair = set()
    for minor in minors:
        parents = {minor.row["bsn_ouder1"], minor.row["bsn_ouder2"]}
        here = sorted(bsn for bsn in parents if home_of.get(bsn) == minor.adres)
        if len(here) == 2:
            could_pair.add((here[0], here[1]))
    return only_choices(sorted(could_pair))


def only_choices(could_pair: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """ "An adult who could pair with more than one other under this rule pairs with nobody"."""
    others = defaultdict(set)
    for one, other in could_pair:
        others[one].add(other)
        others[other].add(one)
    return [(one, other) for one, other in could_pair if len(others[one]) == len(others[other]) == 1]


def couples_and_singles(adults: list[Person], couples: list[tuple[str, str]]) -> list[Household]:
    """ "Every other adult is a household alone"."""
    by_bsn = {person.bsn: person for person in adults}
    paired = {bsn for couple in couples for bsn in couple}
    return [Household([by_bsn[one], by_bsn[other]]) for one, other in couples] + [
        Household([person]) for person in adults if person.bsn not in paired
    ]


def join_minors(made: list[Household], minors: list[Person]) -> list[Person]:
    """ "Minors join the household of a parent, an adult, on the same adres_id (bsn_ouder1 first). A minor
    without such a parent is in no household"."""
    household_of = {adult.bsn: household for household in made for adult in household.adults}
    without = []
    for minor in minors:
        for parent in (minor.row["bsn_ouder1"], minor.row["bsn_ouder2"]):
            household = household_of.get(parent)
            if household and household.adults[0].adres == minor.adres:
                household.minors.append(minor)
                break
        else:
            without.append(minor)
    return without


def addressee(household: Household) -> Person:
    """ "the older adult; same birth date: the first by voornamen, then geslachtsnaam, by code point.
    Unknown parts of a birth date sort as 01" (someone whose birth date is wholly unknown is no adult)."""

    def order(person: Person) -> tuple[str, ...]:
        text, row = person.row["geboortedatum"], person.row
        month, day = text[4:6], text[6:]
        born = text[:4] + ("01" if month == "00" else month) + ("01" if day == "00" else day)
        return (born, row["voornamen"], row["geslachtsnaam"], row["voorvoegsel"])

    return min(household.adults, key=order)
