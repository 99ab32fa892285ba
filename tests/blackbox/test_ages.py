"""Step 1 and the ages of step 2: every rule on the exact day, and birth dates that are not wholly known."""

import datetime as dt

import pytest

from tests.blackbox.town import Town

LIMIT = "SELECT geboren_tot FROM {grens} WHERE leeftijd = '%s'"


def last_birth(town: Town, day: str, age: str) -> int:
    town.day = dt.date.fromisoformat(day)
    town.person("aad").run("grenzen")
    ((limit,),) = town.rows(LIMIT % age)
    return limit


@pytest.mark.parametrize(
    ("day", "age", "expected"),
    [
        ("2026-03-01", "18", 20080301),
        ("2026-02-28", "18", 20080228),
        # Who was born on 29 February comes of age on 1 March, not on the last of February.
        ("2025-03-01", "18", 20070301),
        ("2030-02-28", "18", 20120228),
        ("2030-03-01", "18", 20120301),
        ("2028-02-29", "18", 20100228),
        ("2028-02-29", "4", 20240229),
        ("2026-03-01", "10", 20160301),
        ("2026-03-01", "12", 20140301),
        ("2026-03-01", "21", 20050301),
    ],
)
def test_an_age_is_reached_on_the_anniversary(town: Town, day: str, age: str, expected: int) -> None:
    assert last_birth(town, day, age) == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2019-01-01", 19520901),  # 66 years and 4 months
        ("2021-12-31", 19550831),
        ("2022-01-01", 19550601),  # 66 and 7
        ("2022-09-30", 19560229),  # 29 February + 7 months is 29 September
        ("2023-12-31", 19570228),  # 66 and 10: 29 February does not exist, so nobody was born then
        ("2024-06-30", 19570630),  # 67
        ("2027-12-31", 19601231),
        ("2028-01-01", 19601001),  # 67 and 3
        ("2031-05-30", 19640229),
        ("2031-06-30", 19640330),  # who was born on the 31st gets there on 1 July
    ],
)
def test_the_age_of_aow_is_that_of_the_year_of_the_peildatum(town: Town, day: str, expected: int) -> None:
    assert last_birth(town, day, "aow") == expected


@pytest.mark.parametrize(
    ("born", "earliest", "latest"),
    [
        ("19800305", 19800305, 19800305),
        ("19800300", 19800301, 19800331),
        ("19800200", 19800201, 19800229),
        ("19810200", 19810201, 19810228),
        ("19801200", 19801201, 19801231),
        ("19800000", 19800101, 19801231),
        ("00000000", 0, 99991231),
        ("", 0, 99991231),
    ],
)
def test_an_unknown_day_or_month_leaves_a_stretch(town: Town, born: str, earliest: int, latest: int) -> None:
    town.person("aad", born).run("personen")
    assert town.rows("SELECT vroegst, laatst FROM {persoon}") == {(earliest, latest)}


@pytest.mark.parametrize(
    ("born", "group"),
    [
        ("20080301", "volwassen"),
        ("20080302", "minderjarig"),
        ("20080300", "onbekend"),  # 1 March would do, 2 March would not
        ("20080200", "volwassen"),
        ("20080400", "minderjarig"),
        ("20080000", "onbekend"),
        ("20070000", "volwassen"),
        ("20090000", "minderjarig"),
        ("00000000", "onbekend"),
        ("20270101", "minderjarig"),  # born after the peildatum
        ("19000101", "volwassen"),
    ],
)
def test_of_age_only_when_every_possible_day_says_so(town: Town, born: str, group: str) -> None:
    town.person("aad", born).run("deelnemers")
    assert town.rows("SELECT groep FROM {deelnemer}") == {(group,)}
