"""Section 2: who takes part, and how old they are; with the addresses of 1.2a."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from tests.oracle.reading import DIGITS, Row, days_in_month

Moment = tuple[int, int, int]
AgeRule = Callable[[Moment], bool]


@dataclass
class Person:
    """A participant: the row of `brp`, and the address that counts for sections 3 and 5."""

    row: Row
    adres: tuple[str, ...]

    @property
    def bsn(self) -> str:
        return self.row["bsn"]

    @property
    def name(self) -> str:
        """ "`voornamen voorvoegsel geslachtsnaam` (empty parts left out)"."""
        parts = [self.row["voornamen"], self.row["voorvoegsel"], self.row["geslachtsnaam"]]
        return " ".join(part for part in parts if part)


# -- who -------------------------------------------------------------------------------------------


def address_known(row: Row) -> bool:
    """ "a postcode of four digits not starting with 0 and two capitals without a blank, a street, and a
    house number of 1–5 digits without a leading zero"."""
    return (
        re.fullmatch("[1-9][0-9][0-9][0-9][A-Z][A-Z]", row["postcode"]) is not None
        and row["straat"] != ""
        and re.fullmatch("[1-9][0-9]{0,4}", row["huisnummer"]) is not None
    )


def reason_to_stay_out(row: Row, gemeentecode: str) -> str | None:
    """ "the BSN is valid, overlijdensdatum is empty, opschorting is empty, the gemeentecode is the
    municipality's, and the address is known" (the BSN is valid in every row that 1.3 kept). The first that
    fails is the reason."""
    if row["overlijdensdatum"]:
        return "overleden"
    if row["opschorting"]:
        return "opschorting"
    if row["gemeentecode"] != gemeentecode:
        return "gemeente"
    if not address_known(row):
        return "adres"
    return None


def participants(rows: list[Row], gemeentecode: str) -> tuple[list[Person], Counter[str]]:
    reasons: Counter[str] = Counter()
    inside = []
    for row in rows:
        reason = reason_to_stay_out(row, gemeentecode)
        if reason is None:
            inside.append(row)
        else:
            reasons[reason] += 1
    return with_addresses(inside), reasons


# -- where -----------------------------------------------------------------------------------------


def object_id(row: Row) -> str | None:
    """ "`adres_id` is 16 digits, not all zero; anything else is none"."""
    text = row["adres_id"]
    return text if len(text) == 16 and set(text) <= DIGITS and text != "0" * 16 else None


def written(row: Row) -> tuple[str, ...]:
    """ "the same written address (postcode, huisnummer, huisletter, toevoeging)"."""
    return (row["postcode"], row["huisnummer"], row["huisletter"], row["toevoeging"])


def with_addresses(rows: list[Row]) -> list[Person]:
    """ "A participant without one has that of the participants at the same written address if those have
    exactly one between them; else the written address is the adres_id"."""
    ids_at: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for row in rows:
        own = object_id(row)
        if own:
            ids_at[written(row)].add(own)
    people = []
    for row in rows:
        own = object_id(row)
        if own is None and len(ids_at[written(row)]) == 1:
            (own,) = ids_at[written(row)]
        people.append(Person(row, (own,) if own else written(row)))
    return people


# -- how old ---------------------------------------------------------------------------------------


def anniversary(birth: Moment, years: int, months: int = 0) -> Moment:
    """ "an anniversary on a day that does not exist falls on the first day after it (29 February: 1
    March)"."""
    year, month, day = birth
    month += months
    year += years + (month - 1) // 12
    month = (month - 1) % 12 + 1
    if day <= days_in_month(year, month):
        return (year, month, day)
    return (year, month + 1, 1)  # December has 31 days, so the month after is of the same year


def aow_age(year: int) -> tuple[int, int]:
    """ "66y4m in 2019–2021, 66y7m in 2022, 66y10m in 2023, 67y in 2024–2027, 67y3m in 2028–2031"."""
    if 2019 <= year <= 2021:
        return 66, 4
    if year == 2022:
        return 66, 7
    if year == 2023:
        return 66, 10
    if 2024 <= year <= 2027:
        return 67, 0
    if 2028 <= year <= 2031:
        return 67, 3
    raise ValueError('"A D outside 2019–2031 is refused"')


class Ages:
    """The age rules of the page on one peildatum. Each answers True, False, or None when not every date
    agrees.
    """

    def __init__(self, peildatum: date) -> None:
        self.day: Moment = (peildatum.year, peildatum.month, peildatum.day)
        self.aow = aow_age(peildatum.year)

    def reached(self, birth: Moment, years: int, months: int = 0) -> bool:
        return anniversary(birth, years, months) <= self.day

    def adult(self, person: Person) -> bool | None:
        """ "An adult is 18 or older on D"; "Someone born after D is a minor"."""
        return every_date(person, lambda birth: self.reached(birth, 18))

    def between(self, person: Person, youngest: int, oldest: int) -> bool | None:
        """ "aged 4–17": youngest has been reached, the year after oldest has not."""
        return every_date(
            person, lambda birth: self.reached(birth, youngest) and not self.reached(birth, oldest + 1)
        )

    def from_21_under_aow(self, person: Person) -> bool | None:
        """ "an adult from 21 and under AOW age"."""
        return every_date(
            person, lambda birth: self.reached(birth, 21) and not self.reached(birth, *self.aow)
        )

    def at_or_over_aow(self, person: Person) -> bool | None:
        """ "an adult at or over AOW age"."""
        return every_date(person, lambda birth: self.reached(birth, *self.aow))


def possible_dates(text: str) -> list[Moment] | None:
    """Every date that a birth date with unknown parts may be; None when wholly unknown.

    1.2a: "An empty birth date is wholly unknown".
    """
    if text in ("", "00000000"):
        return None
    year, month, day = int(text[:4]), int(text[4:6]), int(text[6:])
    months = [month] if month else range(1, 13)
    return [
        (year, one_month, one_day)
        for one_month in months
        for one_day in ([day] if day else range(1, days_in_month(year, one_month) + 1))
    ]


def every_date(person: Person, rule: AgeRule) -> bool | None:
    """ "the age counts for a rule only if every possible date gives the same answer"."""
    dates = possible_dates(person.row["geboortedatum"])
    answers = {rule(birth) for birth in dates} if dates else {True, False}
    return answers.pop() if len(answers) == 1 else None
