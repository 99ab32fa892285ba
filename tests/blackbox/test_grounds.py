"""Steps 10 to 13: what the lists say about a household, and who opted out."""

import pytest

from eligibility.regelingen import REGELING_CODES
from tests.blackbox.town import Town

CLASSES = "SELECT p(huishouden), regeling, klasse FROM {klasse}"
USE = "SELECT p(persoon), p(huishouden), p(kind), bron, jaar_offset, volwassen, voor_kind FROM {gebruik}"


def classes(town: Town, name: str = "aad") -> dict[str, str]:
    """The class of a household per regeling that has one of its own, and '' for all others."""
    rows = town.run("klassen").rows(CLASSES)
    return {regeling: klasse for household, regeling, klasse in rows if household == name}


def test_rows_of_lists_find_their_person_household_and_child(town: Town) -> None:
    town.person("aad").person("kim", "20150101", ouder1="aad").person("weg", opschorting="E")
    town.on("laptop", "aad/kim", "weg/kim", "aad/weg", "onbekend", year=2022).on(
        "stadspas", "kim", "aad", "aad"
    )
    town.run("gebruik")
    assert town.rows(USE) == {
        ("aad", "aad", "kim", "laptop", -4, True, True),
        (None, None, "kim", "laptop", -4, None, True),
        ("aad", "aad", None, "laptop", -4, True, True),
        (None, None, None, "laptop", -4, None, False),
        ("kim", "aad", None, "stadspas", 0, False, False),
        ("aad", "aad", None, "stadspas", 0, True, False),
    }


@pytest.mark.parametrize(
    ("bron", "year", "expected"),
    [
        ("bijstand", 2025, {"": "zeker"}),
        ("aio", 2025, {"": "zeker"}),
        ("bbz_gift", 2025, {"": "zeker"}),
        ("bijstand", 2026, {}),
        ("aio", 2026, {}),
        ("bijstand", 2024, {}),
        ("bijzondere_bijstand", 2025, {"": "onzeker"}),
        ("bijzondere_bijstand", 2026, {}),
        ("kwijtschelding", 2026, {"": "onzeker"}),
        ("kwijtschelding", 2025, {}),
        ("energietoeslag", 2025, {"": "onzeker"}),
        # Who has the Stadspas is certain for all but the Stadspas; a child's sister has not got it yet.
        ("stadspas", 2026, {"": "zeker", "stadspas": "geen"}),
        ("laptop", 2026, {"": "zeker"}),
        ("stadspas", 2025, {"": "onzeker"}),
        ("stadspas", 2024, {}),
    ],
)
def test_the_class_of_a_bron_goes_by_its_year(
    town: Town, bron: str, year: int, expected: dict[str, str]
) -> None:
    assert classes(town.person("aad").on(bron, "aad", year=year)) == expected


def test_zeker_wins(town: Town) -> None:
    town.person("aad").on("kwijtschelding", "aad").on("aio", "aad", year=2025)
    assert classes(town) == {"": "zeker"}


def test_the_other_grounds_decide_for_the_regeling_itself(town: Town) -> None:
    town.person("aad").on("stadspas", "aad").on("stadspas", "aad", year=2025)
    assert classes(town) == {"": "zeker", "stadspas": "onzeker"}


def test_two_voorzieningen_are_zeker_for_each_other(town: Town) -> None:
    town.person("aad").on("stadspas", "aad").on("czv", "aad")
    assert classes(town) == {"": "zeker", "stadspas": "zeker", "czv": "zeker"}


def test_a_household_is_looked_at_through_all_its_adults_and_no_child(town: Town) -> None:
    town.person("aad", "19700101", partner="bea").person("bea").person("kim", "20150101", ouder1="bea")
    town.on("bijstand", "bea", year=2025)
    assert classes(town) == {"": "zeker"}


def test_a_row_on_a_minor_is_no_ground(town: Town) -> None:
    town.person("aad").person("kim", "20150101", ouder1="aad").on("bijstand", "kim", year=2025)
    assert classes(town) == {}


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"aad": "ja"}, {"": "zeker"}),
        ({"aad": "ja", "bea": "ja"}, {"": "zeker"}),
        ({"aad": "ja", "bea": "onbekend"}, {"": "zeker"}),
        ({"aad": "onbekend"}, {}),
        ({"aad": "nee"}, {}),
        ({"aad": "ja", "bea": "nee"}, {}),
        ({"kim": "ja"}, {}),
    ],
)
def test_ib_toets_is_zeker_when_all_answers_are_ja(
    town: Town, answers: dict[str, str], expected: dict[str, str]
) -> None:
    town.person("aad", "19700101", partner="bea").person("bea").person("kim", "20150101", ouder1="aad")
    for name, answer in answers.items():
        town.answered(name, answer)
    assert classes(town) == expected


def test_two_different_answers_for_one_person_are_none(town: Town) -> None:
    town.person("aad").on("kwijtschelding", "aad").answered("aad", "nee").answered("aad", "ja")
    assert classes(town) == {"": "onzeker"}


def test_a_nee_takes_away_what_is_onzeker_and_leaves_what_is_zeker(town: Town) -> None:
    town.person("aad", "19700101", partner="bea").person("bea").person("cor", at=2)
    town.on("kwijtschelding", "aad", "cor").on("czv", "cor").on("czv", "aad", year=2025)
    town.answered("bea", "nee").answered("cor", "nee")
    town.run()
    rows = town.rows(CLASSES)
    assert rows == {("aad", "", "toets_nee"), ("cor", "", "zeker"), ("cor", "czv", "toets_nee")}
    assert town.counts("toets_strijdig") == {("", ""): 1}


def test_a_nee_over_another_year_says_nothing(town: Town) -> None:
    town.person("aad").on("kwijtschelding", "aad")
    town.lists["antwoord", "ib_toets", 2024] = [("aad", "nee")]
    assert classes(town) == {"": "onzeker"}


def test_grounds_are_rows_and_not_code(town: Town) -> None:
    town.grounds = {"bijstand": {0: "onzeker"}, "stadspas": {-1: "zeker"}, "aio": {}}
    town.person("aad").on("bijstand", "aad").on("aio", "aad", year=2025)
    town.person("bea", at=2).on("stadspas", "bea", year=2025)
    town.run("klassen")
    assert town.rows(CLASSES) == {("aad", "", "onzeker"), ("bea", "", "zeker")}


def test_who_opts_out_takes_the_household_along(town: Town) -> None:
    town.person("aad", "19700101", partner="bea").person("bea").person("cor", at=2)
    town.person("kim", "20150101", at=2, ouder1="cor").person("dia", at=3)
    town.opted_out("bea", "czv").opted_out("bea", "iit").opted_out("dia").opted_out("dia", "rtm")
    town.opted_out("kim")
    rows = town.run("afmeldingen").rows("SELECT p(huishouden), regeling FROM {afmelding}")
    assert rows == {("aad", "czv"), ("aad", "iit")} | {("dia", code) for code in REGELING_CODES}
