"""Who got what: the client files, the pupils and the opt-outs of an invented town.

Rates are those of households with a low income; the others now and then get something too.
"""

from random import Random

from eligibility.town.files import Folder
from eligibility.town.numbers import BsnSequence, broken, without_zeros
from eligibility.town.people import Person

FROM_AOW = 67
PER_CHILD = ("scholierenvergoeding", "laptop", "reiskosten")
# bron: share with it in Y-1, share of those who still have it in Y, share of the others who are new in Y.
YEARLY: dict[str, tuple[float, float, float]] = {
    "stadspas": (0.52, 0.62, 0.05), "czv": (0.40, 0.60, 0.06), "kwijtschelding": (0.62, 0.75, 0.05),
    "rtm": (0.06, 0.55, 0.01), "ov_mantelzorg": (0.035, 0.6, 0.01), "aov": (0.07, 0.6, 0.01),
}  # fmt: skip
# bron: (youngest, oldest, share in Y-1, share in Y) of the children of a low income.
CHILDREN: dict[str, tuple[int, int, float, float]] = {
    "scholierenvergoeding": (4, 17, 0.50, 0.32), "reiskosten": (12, 17, 0.42, 0.25),
}  # fmt: skip
LAPTOP_A_YEAR = 0.11
WITHOUT_CHILD = 0.2
ON_OTHER_PARENT = 0.05
ON_CHILD = 0.02
ON_FOSTER_CHILD = 0.2
STRANGER = 0.004
REFUSED = 0.002
LOST_ZEROS = 0.06
COMFORTABLE = 0.012


class Grants:
    """Writes the rows that the families of the town have in the files of the suppliers."""

    def __init__(self, folder: Folder, rng: Random, numbers: BsnSequence, jaar: int) -> None:
        self._folder, self._rng, self._numbers, self._jaar = folder, rng, numbers, jaar

    # -- rows --------------------------------------------------------------------------------------

    def _client(self, bron: str, jaar: int, bsn: str, child: str | None = None) -> None:
        """A row of a client file; sometimes with a stranger beside it, a number that cannot be, or lost
        zeros.
        """
        draw = self._rng.random()
        if draw < REFUSED and self._folder.count(bron, jaar) > 100:
            bsn = broken(bsn)
        elif draw < REFUSED + STRANGER:
            bsn = self._numbers.next()
        elif bsn[0] == "0" and self._rng.random() < LOST_ZEROS:
            bsn = without_zeros(bsn)
        if bron in PER_CHILD:
            self._folder.add(bron, jaar, "bsn;bsn_kind", f"{bsn};{child or ''}")
        else:
            self._folder.add(bron, jaar, "bsn", bsn)

    def _pupil(self, child: Person) -> None:
        if child.age > 3:
            onderwijs, leerjaar = _school(child.age, self._rng.random())
            self._folder.add(
                "leerlingen", None, "bsn;onderwijs;leerjaar", f"{child.bsn};{onderwijs};{leerjaar}"
            )
            if self._rng.random() < 0.004:
                self._folder.add("leerlingen", None, "bsn;onderwijs;leerjaar", f"{child.bsn};SO;")

    def _answer(self, bsn: str) -> None:
        draw = self._rng.random()
        answer = "ja" if draw < 0.66 else "nee" if draw < 0.86 else "onbekend"
        self._folder.add("ib_toets", self._jaar - 1, "bsn;antwoord", f"{bsn};{answer}")
        if draw > 0.998:
            self._folder.add("ib_toets", self._jaar - 1, "bsn;antwoord", f"{bsn};ja")

    def _opt_out(self, bsn: str) -> None:
        draw = self._rng.random()
        regeling = "" if draw < 0.6 else ("stadspas", "czv", "scholierenvergoeding", "iit")[int(draw * 4) % 4]
        self._folder.add("optout", None, "bsn;regeling", f"{bsn};{regeling}")

    # -- families ----------------------------------------------------------------------------------

    def record(self, family: list[Person], low_income: bool) -> None:
        """Everything the sources know of one family: its adults first, then its children."""
        draw = self._rng.random
        adults = [person for person in family if person.age >= 18]
        children = [person for person in family if person.age < 18]
        for child in children:
            self._pupil(child)
        for adult in adults:
            if draw() < (0.012 if low_income else 0.001):
                self._opt_out(adult.bsn)
        if low_income and adults:
            self._income(adults)
            self._yearly(adults[0].bsn)
            self._for_children(adults[0].bsn, children)
        elif not adults and draw() < ON_FOSTER_CHILD:
            self._client("stadspas", self._jaar - 1, children[0].bsn)
        elif adults and draw() < COMFORTABLE * 3:
            self._comfortable(adults[0])

    def _income(self, adults: list[Person]) -> None:
        draw, jaar = self._rng.random, self._jaar
        if adults[0].age >= FROM_AOW:
            self._elderly(adults)
        elif draw() < 0.56:
            self._bijstand(adults)
        elif draw() < 0.06:
            self._client("bbz_gift", jaar - 1, adults[0].bsn)
        else:
            for adult in adults:
                if draw() < 0.3:
                    self._answer(adult.bsn)
        if draw() < 0.22:
            self._client("bijzondere_bijstand", jaar - 1, adults[0].bsn)

    def _elderly(self, adults: list[Person]) -> None:
        draw, jaar = self._rng.random, self._jaar
        if draw() < 0.3:
            for adult in adults:
                self._client("aio", jaar - 1, adult.bsn)
                if draw() < 0.95:
                    self._client("aio", jaar, adult.bsn)
        for adult in adults:
            if draw() < 0.4:
                self._client("ov_ouderen", jaar - 1, adult.bsn)
            if draw() < 0.28:
                self._client("ov_ouderen", jaar, adult.bsn)

    def _bijstand(self, adults: list[Person]) -> None:
        """Bijstand of up to four years; who has it for long may have had the toeslag for that."""
        draw, jaar = self._rng.random, self._jaar
        years = [jaar - 1]
        for back in (2, 3):
            if draw() < 0.84:
                years.append(jaar - back)
        if draw() < 0.9:
            years.append(jaar)
        for year in years:
            for adult in adults:
                self._client("bijstand", year, adult.bsn)
        for adult in adults:
            if draw() < 0.4:
                self._client("iit", jaar - 1, adult.bsn)
            if draw() < 0.24:
                self._client("iit", jaar, adult.bsn)

    def _yearly(self, bsn: str) -> None:
        draw, jaar = self._rng.random, self._jaar
        for bron, (before, still, new) in YEARLY.items():
            had = draw() < before
            if had:
                self._client(bron, jaar - 1, bsn)
            if draw() < (still if had else new):
                self._client(bron, jaar, bsn)
        if draw() < 0.4:
            self._client("energietoeslag", jaar - 1, bsn)

    def _for_children(self, bsn: str, children: list[Person]) -> None:
        for child in children:
            if self._rng.random() < ON_CHILD:
                self._client("stadspas", self._jaar - 1, child.bsn)
            for bron, (youngest, oldest, before, now) in CHILDREN.items():
                if youngest <= child.age <= oldest:
                    self._per_child(bron, self._jaar - 1, bsn, child, before)
                    self._per_child(bron, self._jaar, bsn, child, now)
            if child.age >= 10:
                for back in range(5):
                    self._per_child("laptop", self._jaar - back, bsn, child, LAPTOP_A_YEAR)

    def _per_child(self, bron: str, jaar: int, bsn: str, child: Person, share: float) -> None:
        """A row for a child, or for all children of that adult; sometimes on a parent who lives elsewhere."""
        draw = self._rng.random
        if draw() >= share:
            return
        if draw() < WITHOUT_CHILD:
            self._client(bron, jaar, bsn)
        elif draw() < ON_OTHER_PARENT and child.ouder2:
            self._client(bron, jaar, child.ouder2, child.bsn)
        else:
            self._client(bron, jaar, bsn, child.bsn)

    def _comfortable(self, adult: Person) -> None:
        """A household above the limit that is in a file all the same: wealthier since, or asked and
        refused.
        """
        draw, jaar = self._rng.random(), self._jaar
        if draw < 0.3:
            self._folder.add("ib_toets", jaar - 1, "bsn;antwoord", f"{adult.bsn};nee")
            self._client("kwijtschelding", jaar, adult.bsn)
        elif draw < 0.7:
            self._client("kwijtschelding", jaar, adult.bsn)
        else:
            self._client(("aov", "rtm", "ov_mantelzorg")[int(draw * 100) % 3], jaar - 1, adult.bsn)


def _school(age: int, draw: float) -> tuple[str, str]:
    """(onderwijs, leerjaar) of a pupil of 4 to 17."""
    if draw < 0.04:
        return "SO", "" if draw < 0.02 else str(1 + age % 8)
    if age < 12 or (age == 12 and draw < 0.5):
        return "PO", str(min(8, max(1, age - 3)))
    if age >= 16 and draw < 0.4:
        return "MBO", str(age - 15)
    return "VO", str(min(6, max(1, age - 11)))
