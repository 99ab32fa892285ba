"""What was told is what plain Python makes of the same deliveries, in whatever order they came and went."""

import datetime
import random
from dataclasses import dataclass, field

import pytest

from eligibility.actions import deliveries
from eligibility.models import Delivery
from outreach.kernel.db import acting_as
from outreach.models import Approach, Person, User
from tests.eligibility import deliver
from tests.eligibility.test_facts import approach, tell
from tests.roles import as_role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("places")]

ADULTS = [deliver.bsn(60000000 + 100 * number) for number in range(6)]
CHILDREN = [deliver.bsn(61000000 + 100 * number) for number in range(4)]
#: Child by child the adult it lives with; the first two adults are a couple.
PARENT = {CHILDREN[0]: ADULTS[0], CHILDREN[1]: ADULTS[0], CHILDREN[2]: ADULTS[2], CHILDREN[3]: ADULTS[3]}
PER_CHILD = ("laptop", "scholierenvergoeding")
REGELINGEN = ("stadspas", "czv", *PER_CHILD)
FATES: tuple[tuple[dict[str, str], str], ...] = (
    ({}, ""),
    ({}, ""),
    ({}, ""),
    ({"overlijdensdatum": "20260302"}, "overleden"),
    ({"opschorting": "O"}, "overleden"),
    ({"opschorting": "R"}, "verhuisd"),
    ({"gemeentecode": "0599"}, "verhuisd"),
    ({"huisletter": "X"}, "verhuisd"),
)


def household_of(number: str) -> int:
    adult = PARENT.get(number, number)
    return 0 if adult in ADULTS[:2] else ADULTS.index(adult)


@dataclass
class World:
    """The deliveries as they were made: newest last, by what they are about."""

    dice: random.Random
    by: User
    people: list[tuple[Delivery, datetime.date, dict[str, str]]] = field(default_factory=list)
    clients: list[tuple[Delivery, str, int, datetime.date, list[tuple[str, str]]]] = field(
        default_factory=list
    )

    def line(self, number: str, change: dict[str, str]) -> str:
        home = {"adres_id": str(363010000000001 + household_of(number)).zfill(16)}
        home |= {"huisnummer": str(10 + household_of(number)), "voornamen": f"P{number}"}
        if number in PARENT:
            home |= {"geboortedatum": "20140101", "bsn_ouder1": PARENT[number]}
        if number in ADULTS[:2]:
            home |= {"bsn_partner": ADULTS[1 - ADULTS.index(number)]}
        return deliver.resident(number, **(home | change))

    def deliver_people(self, day: datetime.date, *, quiet: bool = False) -> None:
        lines, truth = [], {}
        for number in [*ADULTS, *CHILDREN]:
            change, fate = FATES[0] if quiet else self.dice.choice(FATES)
            truth[number] = fate
            lines.append(self.line(number, change))
        if not quiet and self.dice.random() < 0.3:
            gone = self.dice.randrange(len(lines))
            truth[[*ADULTS, *CHILDREN][gone]] = "verhuisd"
            del lines[gone]
        made = self.take(deliver.brp(lines), "brp", None, day)
        self.people.append((made, day, truth))

    def deliver_clients(self, day: datetime.date) -> None:
        code, year = (
            self.dice.choice(REGELINGEN),
            self.dice.choice((2020, 2021, 2022, 2024, 2025, 2026, 2026, 2026)),
        )
        rows = [(adult, self.child()) for adult in self.dice.sample(ADULTS, 2)]
        rows.append((deliver.bsn(70000000 + self.dice.randrange(10**6)), self.dice.choice(CHILDREN)))
        # A line of its own, so that no two files have the same content.
        rows.append((deliver.bsn(80000000 + len(self.clients) * 500), ""))
        content = deliver.client_file([";".join(row) for row in rows], "bsn;bsn_kind")
        self.clients.append((self.take(content, code, year, day), code, year, day, rows))

    def child(self) -> str:
        return self.dice.choice(["", *CHILDREN, deliver.bsn(71000000)])

    def take(self, content: bytes, bron: str, year: int | None, day: datetime.date) -> Delivery:
        made = deliver.deliver(content, bron, year, by=self.by, peildatum=day)
        if made.state == "aangehouden":
            with acting_as(self.by.actor()):
                deliveries.accept(delivery=made, reason="Nagekeken", by=self.by)
            deliver.process(made)
        assert made.state == "ingeladen", made.file_problem
        return made

    def withdraw(self) -> None:
        if not self.clients and len(self.people) < 2:
            return
        pile = self.clients if self.clients and self.dice.random() < 0.6 else self.people[1:]
        if not pile:
            return
        gone = self.dice.choice(pile)
        (self.clients if gone in self.clients else self.people).remove(gone)
        with acting_as(self.by.actor()):
            deliveries.withdraw(delivery=gone[0], by=self.by)
        deliver.process(gone[0])

    def departed(self) -> dict[str, str]:
        _, _, truth = max(self.people, key=lambda one: (one[1], one[0].pk))
        return {number: fate for number, fate in truth.items() if fate}

    def rows(self, code: str) -> list[tuple[int, str, str]]:
        """The rows of the newest file of each year."""
        newest: dict[int, tuple] = {}
        for made, regeling, year, day, rows in self.clients:
            if regeling == code and (year not in newest or newest[year][0] < (day, made.pk)):
                newest[year] = ((day, made.pk), rows)
        return [(year, adult, child) for year, (_, rows) in newest.items() for adult, child in rows]

    def has(self, code: str, adults: list[str], named: list[str]) -> bool:
        since = 2022 if code == "laptop" else 2026
        rows = [(adult, child) for year, adult, child in self.rows(code) if since <= year <= 2026]
        if code not in PER_CHILD:
            return any(adult in adults for adult, _ in rows)
        return all(
            any(child == one or (adult in adults and not child) for adult, child in rows) for one in named
        )


def told() -> tuple[dict[str, str], set[tuple[str, int]]]:
    with as_role("migrate"):
        departed = {who.given_names[1:]: who.departed for who in Person.objects.exclude(departed="")}
        lapsed = Approach.objects.filter(lapsed=True).values_list("regeling_id", "household__house_number")
        return departed, {(code, number - 10) for code, number in lapsed}


def expected(world: World, shown: dict[tuple[str, int], list[str]]) -> set[tuple[str, int]]:
    found = set()
    for (code, home), named in shown.items():
        adults = [number for number in ADULTS if household_of(number) == home]
        if code in REGELINGEN and world.has(code, adults, named):
            found.add((code, home))
    return found


def approached() -> dict[tuple[str, int], list[str]]:
    with as_role("migrate"):
        made = Approach.objects.select_related("household")
        return {
            (one.regeling_id, one.household.house_number - 10): [
                who.given_names[1:]
                for candidacy in one.household.candidacies.filter(regeling=one.regeling_id)
                for who in candidacy.persons.all()
            ]
            for one in made
        }


@pytest.mark.parametrize("seed", range(6))
def test_plain_python_agrees(manager: User, seed: int):
    world = World(random.Random(seed), manager)
    world.deliver_people(deliver.DAY, quiet=True)
    world.take(
        deliver.client_file([f"{one};VO;1" for one in CHILDREN], "bsn;onderwijs;leerjaar"),
        "leerlingen", None, deliver.DAY,
    )  # fmt: skip
    world.take(deliver.client_file(ADULTS), "bijstand", 2025, deliver.DAY)
    assert deliver.run_through(manager).state == "klaar"
    approach()
    shown = approached()
    assert {code for code, _ in shown} >= set(REGELINGEN)
    seen = set()
    for step in range(12):
        day = deliver.DAY + datetime.timedelta(days=world.dice.randrange(90))
        kind = world.dice.random()
        if kind < 0.3:
            world.deliver_people(day)
        elif kind < 0.85:
            world.deliver_clients(day)
        else:
            world.withdraw()
        tell()
        departed, lapsed = told()
        assert (step, departed) == (step, world.departed())
        assert (step, lapsed) == (step, expected(world, shown))
        seen |= lapsed
    assert seen or seed
