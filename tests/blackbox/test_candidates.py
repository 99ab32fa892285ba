"""Steps 14 to 19: target groups, what a household already has, who comes out, and the counts."""

from dataclasses import replace

import pytest

from eligibility.regelingen import REGELINGEN
from tests.blackbox.town import Town

TARGETS = "SELECT regeling, p(persoon) FROM {doelgroep}"
NAMED = "SELECT regeling, p(persoon) FROM {kandidaat_persoon}"
OUT = "SELECT regeling, p(huishouden), klasse, wijze FROM {kandidaat}"
AGES = "SELECT regeling, p(persoon), past FROM {leeftijd}"


def named(town: Town, regeling: str) -> set[str]:
    return {person for code, person in town.run("kandidaten").rows(NAMED) if code == regeling}


def family(town: Town, born: str = "20120101") -> Town:
    """A parent with bijstand last year, so zeker, and a child."""
    return town.person("aad").person("kim", born, ouder1="aad").on("bijstand", "aad", year=2025)


# -- target groups ---------------------------------------------------------------------------------


def test_stadspas_names_all_members_and_the_insurance_the_adults(town: Town) -> None:
    family(town).run("doelgroepen")
    assert town.rows(TARGETS) == {("stadspas", "aad"), ("stadspas", "kim"), ("czv", "aad")}


@pytest.mark.parametrize(
    ("born", "onderwijs", "leerjaar", "regelingen"),
    [
        ("20220301", "PO", 1, {"scholierenvergoeding"}),  # four on the day
        ("20220302", "PO", 1, set()),
        ("20080302", "VO", 6, {"scholierenvergoeding", "laptop", "reiskosten"}),  # seventeen for one more day
        ("20160301", "VO", 1, {"scholierenvergoeding", "laptop"}),  # ten on the day
        ("20160302", "VO", 1, {"scholierenvergoeding"}),
        ("20140301", "VO", None, {"scholierenvergoeding", "laptop", "reiskosten"}),  # twelve
        ("20140302", "VO", None, {"scholierenvergoeding", "laptop"}),
        ("20140101", "PO", 6, {"scholierenvergoeding"}),
        ("20140101", "PO", 7, {"scholierenvergoeding", "laptop"}),
        ("20140101", "PO", 8, {"scholierenvergoeding", "laptop"}),
        ("20140101", "PO", None, {"scholierenvergoeding"}),
        ("20100101", "SO", 8, {"scholierenvergoeding"}),
        ("20100101", "MBO", 1, set()),
        ("20160000", "VO", 1, {"scholierenvergoeding"}),  # perhaps ten
    ],
)
def test_pupils_by_age_and_school(
    town: Town, born: str, onderwijs: str, leerjaar: int | None, regelingen: set[str]
) -> None:
    family(town, born).pupil("kim", onderwijs, leerjaar).run("doelgroepen")
    assert {code for code, person in town.rows(TARGETS) if person == "kim"} - {"stadspas"} == regelingen


def test_of_a_pupil_on_two_rows_any_row_will_do(town: Town) -> None:
    family(town).pupil("kim", "MBO").pupil("kim", "PO", 7).pupil("kim", "PO", 7).run("doelgroepen")
    assert {code for code, person in town.rows(TARGETS) if person == "kim"} == {
        "stadspas", "scholierenvergoeding", "laptop",
    }  # fmt: skip


def test_an_adult_pupil_is_no_child(town: Town) -> None:
    town.person("aad").on("bijstand", "aad", year=2025).pupil("aad", "VO", 6).run("doelgroepen")
    assert town.rows(TARGETS) == {("stadspas", "aad"), ("czv", "aad")}


@pytest.mark.parametrize(
    ("born", "years", "member"),
    [
        ("20050301", (2025, 2024, 2023), True),  # twenty-one on the day
        ("20050302", (2025, 2024, 2023), False),
        ("20050000", (2025, 2024, 2023), False),
        ("19590302", (2025, 2024, 2023), True),  # AOW tomorrow
        ("19590301", (2025, 2024, 2023), False),
        ("19800101", (2025, 2024), False),
        ("19800101", (2026, 2025, 2024), False),
        ("19800101", (2026, 2025, 2024, 2023, 2022), True),
    ],
)
def test_iit_asks_for_three_years_of_bijstand_between_21_and_aow(
    town: Town, born: str, years: tuple[int, ...], member: bool
) -> None:
    town.person("aad", born)
    for year in years:
        town.on("bijstand", "aad", "aad", year=year)
    town.run("doelgroepen")
    assert (("iit", "aad") in town.rows(TARGETS)) is member


def test_three_years_of_two_people_are_not_three_years(town: Town) -> None:
    town.person("aad", "19700101", partner="bea").person("bea")
    town.on("bijstand", "aad", year=2025).on("bijstand", "bea", year=2024).on("bijstand", "aad", year=2023)
    assert ("iit", "aad") not in town.run("doelgroepen").rows(TARGETS)


@pytest.mark.parametrize(
    ("born", "member"), [("19590301", True), ("19590302", False), ("19590000", False), ("19580000", True)]
)
def test_free_transport_from_the_age_of_aow(town: Town, born: str, member: bool) -> None:
    town.person("aad", born).on("bijstand", "aad", year=2025).run("doelgroepen")
    assert (("ov_ouderen", "aad") in town.rows(TARGETS)) is member


@pytest.mark.parametrize("regeling", ["aov", "ov_mantelzorg", "rtm"])
def test_renewal_names_only_who_had_it_last_year(town: Town, regeling: str) -> None:
    town.person("aad", "19700101", partner="bea").person("bea").person("kim", "20150101", ouder1="aad")
    town.on(regeling, "bea", "bea", "kim", year=2025)
    assert named(town, regeling) == {"bea"}


@pytest.mark.parametrize("year", [2024, 2023])
def test_renewal_is_of_last_year_alone(town: Town, year: int) -> None:
    town.person("aad").on("rtm", "aad", year=year).on("bijstand", "aad", year=2025)
    assert named(town, "rtm") == set()


def test_who_the_toets_took_the_ground_from_does_not_come_out(town: Town) -> None:
    town.person("aad").on("kwijtschelding", "aad").on("rtm", "aad", year=2025).answered("aad", "nee").run()
    assert town.rows(OUT) == set()


def test_a_closed_regeling_has_no_candidates(town: Town) -> None:
    town.person("aad").on("energietoeslag", "aad", year=2025).run()
    assert "energietoeslag" not in {regeling for regeling, *_ in town.rows(OUT)}
    assert town.counts("waterval")["energietoeslag", "gesloten"] == 1


def test_a_regeling_is_closed_by_its_row(town: Town) -> None:
    town.regelingen = tuple(replace(item, closed=True) for item in REGELINGEN)
    children(town).pupil("jet", "VO").on("rtm", "aad", year=2025).run()
    assert town.rows(TARGETS) == set()
    assert town.counts("waterval") == {("rtm", "gesloten"): 1}


# -- what it already has ---------------------------------------------------------------------------


def test_any_adult_who_has_it_this_year_is_enough(town: Town) -> None:
    town.person("aad", "19700101", partner="bea").person("bea").on("bijstand", "aad", year=2025)
    town.on("czv", "bea").on("stadspas", "aad", year=2025)
    town.run("kandidaten")
    assert named(town, "czv") == set()
    assert ("stadspas", "aad", "zeker", "ambtshalve") in town.rows(OUT)


def test_what_stands_on_a_minor_is_not_of_the_household(town: Town) -> None:
    assert named(family(town).on("stadspas", "kim"), "stadspas") == {"aad", "kim"}


def children(town: Town) -> Town:
    family(town).person("lot", "20130101", ouder1="aad").pupil("kim", "VO", 1).pupil("lot", "VO", 1)
    return town.person("bea", at=2).person("jet", "20130101", at=2, ouder1="aad", ouder2="bea")


def test_a_child_who_has_it_is_left_out_and_the_sister_stays(town: Town) -> None:
    assert named(children(town).on("laptop", "aad/kim"), "laptop") == {"lot"}


def test_a_row_for_a_child_counts_on_whoevers_number_it_stands(town: Town) -> None:
    assert named(children(town).on("laptop", "bea/kim", "vreemd/lot"), "laptop") == set()


def test_a_row_without_a_child_covers_every_minor_of_the_household_and_nobody_outside(town: Town) -> None:
    children(town).person("tim", "20130101").pupil("jet", "VO", 1).on("bijstand", "bea", year=2025)
    assert named(town.on("reiskosten", "aad"), "reiskosten") == {"jet"}


def test_a_row_without_a_child_on_a_minor_covers_nobody(town: Town) -> None:
    assert named(children(town).on("reiskosten", "kim"), "reiskosten") == {"kim", "lot"}


@pytest.mark.parametrize(("year", "left"), [(2022, {"lot"}), (2021, {"kim", "lot"}), (2026, {"lot"})])
def test_a_laptop_lasts_five_years(town: Town, year: int, left: set[str]) -> None:
    assert named(children(town).on("laptop", "aad/kim", year=year), "laptop") == left


def test_last_years_travel_money_is_not_this_years(town: Town) -> None:
    assert named(children(town).on("reiskosten", "aad/kim", year=2025), "reiskosten") == {"kim", "lot"}


# -- out -------------------------------------------------------------------------------------------


def test_who_opted_out_of_one_comes_out_for_the_others(town: Town) -> None:
    family(town).opted_out("aad", "stadspas").run("kandidaten")
    assert town.rows(OUT) == {("czv", "aad", "zeker", "formulier")}


def test_only_a_zekere_stadspas_is_ambtshalve(town: Town) -> None:
    family(town).person("bea", at=2).on("kwijtschelding", "bea").run("kandidaten")
    assert {row for row in town.rows(OUT) if row[0] == "stadspas"} == {
        ("stadspas", "aad", "zeker", "ambtshalve"),
        ("stadspas", "bea", "onzeker", "formulier"),
    }


# -- counts ----------------------------------------------------------------------------------------


def test_everyone_of_last_year_is_in_the_first_bucket_that_applies(town: Town) -> None:
    town.person("weg", opschorting="E").person("half", "20080000").person("aad").person("bea", at=2)
    town.person("kim", "20150101", ouder1="aad").person("los", "20150101").person("cor", at=3)
    town.person("dia", at=4).person("eef", at=5).person("fin", at=6)
    town.on("czv", *town.people, "onbekend", year=2025)
    town.opted_out("bea").answered("cor", "nee").on("czv", "dia")
    # A nee goes before having it already; what is zeker otherwise stands.
    town.answered("eef", "nee").on("czv", "eef").answered("fin", "nee").on("stadspas", "fin")
    town.run()
    assert town.counts("waterval") == {
        ("czv", "niet_in_brp"): 1,
        ("czv", "doet_niet_mee"): 1,
        ("czv", "geen_huishouden"): 2,
        ("czv", "geen_volwassene"): 1,
        ("czv", "opt_out"): 1,
        ("czv", "toets_nee"): 2,
        ("czv", "heeft_al"): 1,
        ("czv", "kandidaat"): 2,
    }


def test_the_target_group_comes_before_having_it_already(town: Town) -> None:
    children(town).on("laptop", "aad/kim", "bea/jet", year=2025).on("laptop", "aad")
    town.run()
    # The child of bea is in the household of aad's address neither, and no pupil.
    assert town.counts("waterval") == {("laptop", "heeft_al"): 1, ("laptop", "geen_doelgroep"): 1}


def test_opting_out_comes_before_closed(town: Town) -> None:
    town.person("aad").opted_out("aad", "energietoeslag").on("energietoeslag", "aad", year=2025).run()
    assert town.counts("waterval") == {("energietoeslag", "opt_out"): 1}


def test_everyone_counts_once_however_many_rows(town: Town) -> None:
    children(town).on("laptop", "aad/kim", "aad/lot", "aad", "vreemd/kim", "vreemd", year=2025).run()
    assert town.counts("waterval") == {("laptop", "heeft_al"): 1, ("laptop", "niet_in_brp"): 1}


def test_a_list_that_is_no_ground_any_more_is_its_own_bucket(town: Town) -> None:
    town.grounds = {}
    town.person("aad").on("rtm", "aad", year=2025).run()
    assert town.counts("waterval") == {("rtm", "geen_grond"): 1}


def test_an_uncertain_age_counts_once_and_only_where_it_decides(town: Town) -> None:
    town.person("half", "20080000").person("nul", "00000000")  # adult or not: two
    town.person("oud", "19590000")  # perhaps AOW: one
    town.person("jong", "20050000")  # perhaps 21, but no bijstand: none
    town.person("lang", "20050000", at=2)  # the same with bijstand: one
    for year in (2025, 2024, 2023):
        town.on("bijstand", "lang", year=year)
    town.person("kim", "20160000", ouder1="oud").pupil("kim", "VO", 1)  # perhaps ten: one
    town.person("lot", "20160000", ouder1="oud")  # no pupil: none
    town.person("los", "20220000").pupil("los", "PO", 1)  # perhaps four, but in no household: none
    town.person("grens", "19590000", at=3).person("ouder", "19500101", at=4)  # perhaps AOW; surely AOW
    for year in (2025, 2024, 2023):
        town.on("bijstand", "grens", "ouder", year=year)
    town.run()
    assert town.counts("leeftijd_onzeker") == {("", ""): 6}
    assert {row[:2] for row in town.rows(AGES) if row[2] == "onzeker"} == {
        ("ov_ouderen", "oud"), ("iit", "lang"), ("laptop", "kim"), ("ov_ouderen", "grens"), ("iit", "grens"),
    }  # fmt: skip


def test_the_other_counts(town: Town) -> None:
    town.person("aad", "19700101", partner="bea").person("bea").person("kim", "20150101", ouder1="aad")
    town.person("cor", at=2).person("los", "20150101").person("weg", opschorting="E")
    town.person("dood", overlijdensdatum="20200101").on("bijstand", "cor", year=2025)
    town.run()
    assert town.counts("deelname") == {("doet_mee", ""): 5, ("opgeschort", ""): 1, ("overleden", ""): 1}
    assert town.counts("huishoudens") == {("3", ""): 1, ("1", ""): 1}
    assert town.counts("minderjarige_zonder_ouder") == {("", ""): 1}
    assert town.counts("kandidaten") == {("stadspas", "zeker"): 1, ("czv", "zeker"): 1}
    assert town.counts("toets_strijdig") == {("", ""): 0}
