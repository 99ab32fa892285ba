"""Sections 4 and 5: zeker or onzeker, target groups, what a household already has, opt-outs."""

from collections import defaultdict
from collections.abc import Callable

from tests.oracle.households import Household
from tests.oracle.people import Ages, Person
from tests.oracle.reading import VOORZIENINGEN, Row

PER_CHILD = ["scholierenvergoeding", "laptop", "reiskosten"]
ADULT_AGE = ["iit", "ov_ouderen"]
CLOSED = "energietoeslag"

Rows = Callable[..., list[Row]]


class Rights:
    """What the sources say, asked by household and regeling. `rows(bron, jaar)` gives the rows of a
    delivery.
    """

    def __init__(self, rows: Rows, ages: Ages, year: int) -> None:
        self.rows, self.ages, self.year = rows, ages, year
        self.answers = self._answers()
        self.school = self._school()
        self.opted_out = {(row["bsn"], row["regeling"]) for row in rows("optout")}
        self._in: dict[tuple[str, int], set[str]] = {}

    # -- 1.3 ---------------------------------------------------------------------------------------

    def _answers(self) -> dict[str, str]:
        """ "two different ib_toets answers for one BSN are one onbekend"."""
        given = defaultdict(set)
        for row in self.rows("ib_toets", self.year - 1):
            given[row["bsn"]].add(row["antwoord"])
        return {bsn: answers.pop() if len(answers) == 1 else "onbekend" for bsn, answers in given.items()}

    def _school(self) -> dict[str, list[tuple[str, str]]]:
        """ "a pupil on two rows meets a rule if any row does": all the rows of a pupil."""
        school = defaultdict(list)
        for row in self.rows("leerlingen"):
            school[row["bsn"]].append((row["onderwijs"], row["leerjaar"]))
        return school

    def who(self, bron: str, year: int) -> set[str]:
        if (bron, year) not in self._in:
            self._in[bron, year] = {row["bsn"] for row in self.rows(bron, year)}
        return self._in[bron, year]

    # -- 4 -----------------------------------------------------------------------------------------

    def any_adult(self, household: Household, bron: str, year: int) -> bool:
        """ "A household is looked at through its adults' BSNs"."""
        return any(adult.bsn in self.who(bron, year) for adult in household.adults)

    def zeker(self, household: Household, regeling: str) -> bool:
        year = self.year
        if any(self.any_adult(household, bron, year - 1) for bron in ("bijstand", "aio", "bbz_gift")):
            return True  # "bijstand, aio, bbz_gift | in Y-1"
        if any(self.any_adult(household, other, year) for other in VOORZIENINGEN if other != regeling):
            return True  # "a voorziening other than R | in Y"
        if regeling in PER_CHILD and self.any_adult(household, regeling, year):
            return True  # "R itself | in Y, if R is granted per child (tested for a brother or sister)"
        return self.toets_ja(household)

    def onzeker(self, household: Household, regeling: str) -> bool:
        year = self.year
        if any(self.any_adult(household, other, year - 1) for other in VOORZIENINGEN):
            return True  # "a voorziening other than R … in Y-1"; "R itself … in Y-1"
        if self.any_adult(household, "bijzondere_bijstand", year - 1):
            return True  # "bijzondere_bijstand | – | in Y-1"
        return self.any_adult(household, "kwijtschelding", year)  # "kwijtschelding | – | in Y"

    def toets_ja(self, household: Household) -> bool:
        """ "all adults with an answer ja or nee say ja, at least one"; "onbekend counts as no answer"."""
        said = {self.answers.get(adult.bsn) for adult in household.adults} & {"ja", "nee"}
        return said == {"ja"}

    def toets_nee(self, household: Household) -> bool:
        """ "An ib_toets nee of any adult"."""
        return any(self.answers.get(adult.bsn) == "nee" for adult in household.adults)

    def klasse(self, household: Household, regeling: str) -> str | None:
        """ "Zeker wins; a household with neither is no candidate"; nee "takes away every onzeker ground"."""
        if self.zeker(household, regeling):
            return "zeker"
        if self.onzeker(household, regeling) and not self.toets_nee(household):
            return "onzeker"
        return None

    def clashes(self, household: Household) -> bool:
        """ "zeker grounds stand, and the clash is counted under toets_strijdig (each household once)"."""
        return self.toets_nee(household) and any(
            self.zeker(household, regeling) for regeling in VOORZIENINGEN
        )

    # -- 5 -----------------------------------------------------------------------------------------

    def target(self, household: Household, regeling: str) -> list[Person]:
        """The "persons named" of the table, before looking at what the household already has; none: no
        candidate."""
        if regeling == CLOSED:
            return []  # "closed: no candidates"
        if regeling == "stadspas":
            return household.members  # "it has an adult | all members"
        group = household.minors if regeling in PER_CHILD else household.adults
        return [person for person in group if self.meets(person, regeling) is True]

    def meets(self, person: Person, regeling: str) -> bool | None:
        """Whether a child or an adult meets the rule of a row of the table; None when that hangs on an
        unknown part: "the age counts for a rule only if every possible date gives the same answer"."""
        year, ages = self.year, self.ages
        if regeling == "scholierenvergoeding":  # "children aged 4–17 in leerlingen with PO, SO or VO"
            return self.at_school(person, {"PO", "SO", "VO"}) and ages.between(person, 4, 17)
        if regeling == "laptop":  # "children aged 10–17 in VO, or PO with leerjaar 7–8"
            return self.laptop_school(person) and ages.between(person, 10, 17)
        if regeling == "reiskosten":  # "children aged 12–17 in VO"
            return self.at_school(person, {"VO"}) and ages.between(person, 12, 17)
        if regeling == "iit":  # "an adult from 21 and under AOW age who is in bijstand in Y-1, Y-2 and Y-3"
            long = all(person.bsn in self.who("bijstand", past) for past in (year - 1, year - 2, year - 3))
            return long and ages.from_21_under_aow(person)
        if regeling == "ov_ouderen":  # "an adult at or over AOW age"
            return ages.at_or_over_aow(person)
        # czv: "it has an adult"; aov, ov_mantelzorg, rtm: "an adult had R in Y-1"
        return regeling == "czv" or person.bsn in self.who(regeling, year - 1)

    def at_school(self, child: Person, kinds: set[str]) -> bool:
        return any(onderwijs in kinds for onderwijs, _ in self.school[child.bsn])

    def laptop_school(self, child: Person) -> bool:
        return self.at_school(child, {"VO"}) or not {("PO", "7"), ("PO", "8")}.isdisjoint(
            self.school[child.bsn]
        )

    def unsure(self, household: Household) -> list[Person]:
        """ "otherwise that rule is not met, and the person is counted under leeftijd_onzeker": the members
        for whom the answer of some row of the table hangs on an unknown day or month."""
        return [
            *(minor for minor in household.minors if any(self.meets(minor, r) is None for r in PER_CHILD)),
            *(adult for adult in household.adults if any(self.meets(adult, r) is None for r in ADULT_AGE)),
        ]

    def without_those_who_have_it(
        self, household: Household, regeling: str, target: list[Person]
    ) -> list[Person]:
        """ "Children who already have it are left out"; "Per household: any adult in R in Y"."""
        if regeling in PER_CHILD:
            return [child for child in target if not self.child_has(household, child, regeling)]
        return [] if self.any_adult(household, regeling, self.year) else target

    def child_has(self, household: Household, child: Person, regeling: str) -> bool:
        """ "a row of R in Y whose bsn_kind is that child; for laptop a row in Y-4 … Y. A row without
        bsn_kind covers every minor in that adult's household"."""
        adults = {adult.bsn for adult in household.adults}
        for year in range(self.year - 4, self.year + 1) if regeling == "laptop" else [self.year]:
            for row in self.rows(regeling, year):
                kind = row.get("bsn_kind", "")
                if kind == child.bsn or (kind == "" and row["bsn"] in adults):
                    return True
        return False

    def opt_out(self, household: Household, regeling: str) -> bool:
        """ "A household with an adult who opted out of all, or of R, is not a candidate for that R"."""
        return any(
            (adult.bsn, which) in self.opted_out for adult in household.adults for which in ("", regeling)
        )

    def candidates(self, household: Household, regeling: str) -> list[Person]:
        """The persons named when the household is a candidate for `regeling`; none when it is not."""
        if self.klasse(household, regeling) is None or self.opt_out(household, regeling):
            return []
        return self.without_those_who_have_it(household, regeling, self.target(household, regeling))
