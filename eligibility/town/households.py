"""Who lives behind one door: singles, couples, families, and the rarer doors that a rule has to get right.

Each maker takes the registry and an address and gives the people there. `HOMES` says how often each occurs.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from eligibility.town.names import Culture
from eligibility.town.people import Person, Registry
from eligibility.town.streets import Address


@dataclass(slots=True)
class Home:
    """The people of one address. `families` are the groups that share a purse: what grants are invented
    for.
    """

    people: list[Person] = field(default_factory=list)
    families: list[list[Person]] = field(default_factory=list)

    def add(self, family: list[Person]) -> None:
        self.people += family
        self.families.append(family)


def marry(one: Person, other: Person) -> None:
    """Each names the other as partner; some take or join the other's name."""
    one.partner, other.partner = other.bsn, one.bsn
    for person, spouse in ((one, other), (other, one)):
        person.voorvoegsel_partner, person.geslachtsnaam_partner = spouse.voorvoegsel, spouse.geslachtsnaam
    other.naamgebruik = "EPVN"[other.age % 4] if other.geslacht == "V" else "E"


def _two_adults(town: Registry, at: Address, youngest: int, oldest: int) -> tuple[Person, Person, Culture]:
    culture = town.culture()
    one = town.person(at, youngest, oldest, culture)
    apart = town.rng.random()
    wanted = one.geslacht if apart < 0.04 else ("V" if one.geslacht == "M" else "M")
    lowest = max(18, one.age - 6)
    other = town.person(
        at, lowest, max(lowest, one.age + 2), culture if apart < 0.85 else town.culture(), None, wanted
    )
    return one, other, culture


def _children(
    town: Registry, at: Address, count: int, parents: list[Person], culture: Culture
) -> list[Person]:
    """Minors with one or two known parents; with one parent the other is sometimes known and lives
    elsewhere.
    """
    mother = next((p for p in parents if p.geslacht == "V"), parents[0])
    second = next((p.bsn for p in parents if p is not mother), "")
    highest = max(0, min(17, mother.age - 17))
    children = []
    for _ in range(count):
        named = mother if town.rng.random() < 0.3 else parents[0]
        child = town.person(
            at, max(0, highest - 9), highest, culture, (named.voorvoegsel, named.geslachtsnaam)
        )
        child.ouder1, child.ouder2 = (
            mother.bsn,
            second or (town.numbers.next() if town.rng.random() < 0.6 else ""),
        )
        if town.rng.random() < 0.5:
            child.ouder1, child.ouder2 = child.ouder2, child.ouder1
        children.append(child)
    return children


def single(town: Registry, at: Address) -> Home:
    home = Home()
    draw = town.rng.random()
    ages = (19, 34) if draw < 0.34 else (35, 66) if draw < 0.72 else (67, 96)
    home.add([town.person(at, *ages, town.culture())])
    return home


def couple(town: Registry, at: Address) -> Home:
    one, other, _ = _two_adults(town, at, *((22, 60) if town.rng.random() < 0.62 else (61, 92)))
    home = Home()
    if town.rng.random() < 0.7:
        marry(one, other)
        home.add([one, other])
    else:
        home.add([one])
        home.add([other])
    return home


def family(town: Registry, at: Address) -> Home:
    one, other, culture = _two_adults(town, at, 26, 52)
    if town.rng.random() < 0.62:
        marry(one, other)
    home = Home()
    home.add([one, other, *_children(town, at, 1 + int(town.rng.random() * 2.8), [one, other], culture)])
    return home


def single_parent(town: Registry, at: Address) -> Home:
    culture = town.culture()
    parent = town.person(at, 21, 54, culture, None, "V" if town.rng.random() < 0.85 else "M")
    home = Home()
    home.add([parent, *_children(town, at, 1 + int(town.rng.random() * 2.4), [parent], culture)])
    return home


def sharing(town: Registry, at: Address) -> Home:
    home = Home()
    for _ in range(2 + int(town.rng.random() * 3)):
        home.add([town.person(at, 18, 36, town.culture())])
    return home


def grown_child(town: Registry, at: Address) -> Home:
    """Parents with a son or daughter of 18 or older, who is a household alone."""
    one, other, culture = _two_adults(town, at, 42, 66)
    marry(one, other)
    child = town.person(at, 18, 27, culture, (one.voorvoegsel, one.geslachtsnaam))
    child.ouder1, child.ouder2 = one.bsn, other.bsn
    home = Home()
    home.add([one, other])
    home.add([child])
    return home


def three_generations(town: Registry, at: Address) -> Home:
    home = single_parent(town, at)
    parent = home.families[0][0]
    grandparent = town.person(
        at, min(95, parent.age + 20), 97, town.culture(), (parent.voorvoegsel, parent.geslachtsnaam)
    )
    parent.ouder1 = grandparent.bsn
    home.add([grandparent])
    return home


def lodger(town: Registry, at: Address) -> Home:
    home = family(town, at) if town.rng.random() < 0.5 else couple(town, at)
    home.add([town.person(at, 18, 60, town.culture())])
    return home


def child_of_another(town: Registry, at: Address) -> Home:
    """A foster child: no parent at the address, so in no household."""
    home = couple(town, at)
    child = town.person(at, 0, 17, town.culture())
    child.ouder1 = town.numbers.next() if town.rng.random() < 0.5 else ""
    home.add([child])
    return home


def grandchild(town: Registry, at: Address) -> Home:
    """A minor with a grandparent, the parent between them registered as living nowhere here."""
    home = Home()
    home.add([town.person(at, 55, 80, town.culture())])
    child = town.person(at, 1, 17, town.culture())
    child.ouder1, child.ouder2 = town.numbers.next(), town.numbers.next()
    home.add([child])
    return home


def one_sided(town: Registry, at: Address) -> Home:
    """A couple of whom only one names the other; sometimes the other names themself."""
    one, other, _ = _two_adults(town, at, 25, 80)
    one.partner = other.bsn
    if town.rng.random() < 0.3:
        other.partner = other.bsn
    home = Home()
    home.add([one, other])
    return home


def ambiguous(town: Registry, at: Address) -> Home:
    """Two people name the same third as partner: nobody pairs."""
    one, other, culture = _two_adults(town, at, 25, 70)
    marry(one, other)
    third = town.person(at, 20, 70, culture)
    third.partner = one.bsn
    home = Home()
    for person in (one, other, third):
        home.add([person])
    return home


def two_unions(town: Registry, at: Address) -> Home:
    """A parent with children by two people who both live there: ambiguous under the rule of parents."""
    one, other, culture = _two_adults(town, at, 30, 50)
    third = town.person(at, 25, 50, culture)
    home = Home()
    home.add(
        [one, *_children(town, at, 1, [one, other], culture), *_children(town, at, 1, [one, third], culture)]
    )
    home.add([other])
    home.add([third])
    return home


def institution(town: Registry, at: Address) -> Home:
    """A home for the elderly or a student house with more than twenty people behind one door."""
    ages = (70, 99) if town.rng.random() < 0.6 else (18, 60)
    home = Home()
    for _ in range(18 + int(town.rng.random() * 45)):
        home.add([town.person(at, *ages, town.culture())])
    return home


# Occurrences per hundred thousand addresses.
HOMES: list[tuple[Callable[[Registry, Address], Home], int]] = [
    (single, 45_000), (couple, 21_500), (family, 14_500), (single_parent, 8_400), (sharing, 4_000),
    (grown_child, 3_600), (lodger, 1_400), (three_generations, 700), (child_of_another, 250),
    (grandchild, 120), (one_sided, 300), (ambiguous, 60), (two_unions, 40), (institution, 45),
]  # fmt: skip
