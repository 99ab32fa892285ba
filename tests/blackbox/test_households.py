"""Steps 5 to 9: couples, adults, minors and the addressee."""

import pytest

from tests.blackbox.town import Town

COUPLES = "SELECT p(een), p(ander), regel FROM {paar}"
MEMBERS = "SELECT p(huishouden), p(persoon) FROM {lid}"


def test_one_name_is_enough_for_a_couple(town: Town) -> None:
    town.person("aad", partner="bea").person("bea")
    assert town.run("partners").rows(COUPLES) == {("aad", "bea", 1)}


def test_who_names_each_other_is_one_couple(town: Town) -> None:
    town.person("aad", partner="bea").person("bea", partner="aad")
    assert town.run("partners").rows(COUPLES) == {("aad", "bea", 1)}


def test_naming_oneself_is_naming_nobody(town: Town) -> None:
    town.person("aad", partner="bea").person("bea", partner="bea")
    assert town.run("partners").rows(COUPLES) == {("aad", "bea", 1)}


def test_naming_a_third_person_elsewhere_forbids_the_couple(town: Town) -> None:
    town.person("aad", partner="bea").person("bea", partner="cor").person("cor", at=2)
    assert town.run("partners").rows(COUPLES) == set()


def test_naming_a_third_person_who_is_a_minor_forbids_the_couple(town: Town) -> None:
    town.person("aad", partner="bea").person("bea", partner="kim").person("kim", "20150101", at=2)
    assert town.run("partners").rows(COUPLES) == set()


def test_naming_someone_who_does_not_take_part_is_naming_nobody(town: Town) -> None:
    town.person("aad", partner="bea").person("bea", partner="cor").person("cor", opschorting="O")
    assert town.run("partners").rows(COUPLES) == {("aad", "bea", 1)}


@pytest.mark.parametrize("born", ["20080302", "20080000"])
def test_only_adults_are_couples(town: Town, born: str) -> None:
    town.person("aad", partner="bea").person("bea", born)
    assert town.run("partners").rows(COUPLES) == set()


def test_partners_at_two_addresses_are_two_households(town: Town) -> None:
    town.person("aad", partner="bea").person("bea", partner="aad", at=2)
    assert town.run("volwassenen").rows(MEMBERS) == {("aad", "aad"), ("bea", "bea")}


def test_who_is_named_by_two_pairs_with_nobody(town: Town) -> None:
    town.person("aad", partner="bea").person("bea").person("cor", partner="bea")
    assert town.run("partners").rows(COUPLES) == set()


def test_a_chain_of_names_makes_no_couple(town: Town) -> None:
    town.person("aad", partner="bea").person("bea", partner="cor").person("cor", partner="aad")
    assert town.run("partners").rows(COUPLES) == set()


def test_the_other_couple_at_an_address_stands(town: Town) -> None:
    town.person("aad", partner="bea").person("bea").person("cor", partner="dia").person("dia")
    assert town.run("partners").rows(COUPLES) == {("aad", "bea", 1), ("cor", "dia", 1)}


# -- rule 2 ----------------------------------------------------------------------------------------


def test_parents_of_one_minor_are_a_couple(town: Town) -> None:
    town.person("aad").person("bea").person("kim", "20150101", ouder1="bea", ouder2="aad")
    town.person("lot", "20160101", ouder1="aad", ouder2="bea")
    assert town.run("ouderparen").rows(COUPLES) == {("aad", "bea", 2)}


def test_parents_are_a_couple_whomever_they_name(town: Town) -> None:
    town.person("aad", partner="cor").person("bea", partner="cor").person("cor", at=2)
    town.person("kim", "20150101", ouder1="aad", ouder2="bea")
    assert town.run("ouderparen").rows(COUPLES) == {("aad", "bea", 2)}


def test_who_is_in_a_couple_by_rule_one_is_not_in_another(town: Town) -> None:
    town.person("aad", partner="bea").person("bea").person("cor")
    town.person("kim", "20150101", ouder1="aad", ouder2="cor")
    assert town.run("ouderparen").rows(COUPLES) == {("aad", "bea", 1)}


@pytest.mark.parametrize(
    "child",
    [
        {"born": "20080301"},  # of age
        {"born": "20080000"},  # perhaps of age
        {"born": "20150101", "at": 2},
        {"born": "20150101", "opschorting": "E"},
    ],
)
def test_the_child_must_be_a_minor_who_lives_there(town: Town, child: dict[str, str]) -> None:
    town.person("aad").person("bea").person("kim", ouder1="aad", ouder2="bea", **child)
    assert town.run("ouderparen").rows(COUPLES) == set()


def test_one_parent_named_twice_is_no_couple(town: Town) -> None:
    town.person("aad").person("kim", "20150101", ouder1="aad", ouder2="aad")
    assert town.run("ouderparen").rows(COUPLES) == set()


def test_a_child_of_one_parent_named_twice_forbids_nothing(town: Town) -> None:
    town.person("aad").person("bea").person("kim", "20150101", ouder1="aad", ouder2="aad")
    town.person("lot", "20150101", ouder1="aad", ouder2="bea")
    assert town.run("ouderparen").rows(COUPLES) == {("aad", "bea", 2)}


def test_a_parent_with_two_other_parents_pairs_with_nobody(town: Town) -> None:
    town.person("aad").person("bea").person("cor")
    town.person("kim", "20150101", ouder1="aad", ouder2="bea")
    town.person("lot", "20150101", ouder1="aad", ouder2="cor")
    assert town.run("ouderparen").rows(COUPLES) == set()


def test_two_who_could_pair_with_nobody_by_rule_one_can_by_rule_two(town: Town) -> None:
    town.person("aad", partner="bea").person("bea").person("cor", partner="bea")
    town.person("kim", "20150101", ouder1="aad", ouder2="bea")
    assert town.run("ouderparen").rows(COUPLES) == {("aad", "bea", 2)}


# -- addressee -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("aad", "bea", "addressee"),
    [
        ({"born": "19800102"}, {"born": "19800101"}, "bea"),
        ({"born": "19800000"}, {"born": "19800102"}, "aad"),  # unknown parts as 01
        ({"born": "19800200"}, {"born": "19800201", "voornamen": "Aaa"}, "bea"),
        ({"voornamen": "bea"}, {"voornamen": "Zoë"}, "bea"),  # by code point: capitals first
        ({"voornamen": "Z"}, {"voornamen": "É"}, "aad"),
        ({"voornamen": "A", "geslachtsnaam": "Z"}, {"voornamen": "A", "geslachtsnaam": "B"}, "bea"),
        ({"voornamen": "A", "geslachtsnaam": "Z"}, {"voornamen": "B", "geslachtsnaam": "A"}, "aad"),
        ({"voornamen": "A", "voorvoegsel": "van"}, {"voornamen": "A", "voorvoegsel": "de"}, "bea"),
        ({"voornamen": "A"}, {"voornamen": "A"}, "aad"),  # the first in the file
    ],
)
def test_the_addressee_is_the_older_then_the_first_by_name(
    town: Town, aad: dict[str, str], bea: dict[str, str], addressee: str
) -> None:
    town.person("aad", partner="bea", **aad).person("bea", **bea)
    assert town.run("volwassenen").rows(MEMBERS) == {(addressee, "aad"), (addressee, "bea")}


# -- minors ----------------------------------------------------------------------------------------


def test_a_minor_joins_the_first_parent_who_lives_there(town: Town) -> None:
    town.person("aad").person("bea").person("cor", at=2)
    town.person("kim", "20150101", ouder1="aad", ouder2="cor")
    town.person("lot", "20150101", ouder1="cor", ouder2="bea")
    assert town.run("kinderen").rows(MEMBERS) == {
        ("aad", "aad"), ("aad", "kim"), ("bea", "bea"), ("bea", "lot"), ("cor", "cor"),
    }  # fmt: skip


def test_of_two_parents_there_who_are_no_couple_the_first_counts(town: Town) -> None:
    town.person("aad", partner="cor").person("bea").person("cor")
    town.person("kim", "20150101", ouder1="bea", ouder2="aad")
    town.person("lot", "20150101", ouder1="aad", ouder2="bea")
    members = town.run("kinderen").rows(MEMBERS)
    assert {("bea", "kim"), ("aad", "lot")} <= members


@pytest.mark.parametrize(
    "parent",
    [{"born": "20100101"}, {"born": "20080000"}, {"at": 2}, {"overlijdensdatum": "20200101"}],
)
@pytest.mark.parametrize("place", ["ouder1", "ouder2"])
def test_a_minor_without_an_adult_parent_there_is_in_no_household(
    town: Town, parent: dict[str, str], place: str
) -> None:
    town.person("aad", **parent).person("kim", "20200101", **{place: "aad"})
    town.run()
    assert ("aad", "kim") not in town.rows(MEMBERS)
    alone = 2 if parent.get("born") == "20100101" else 1
    assert town.counts("minderjarige_zonder_ouder") == {("", ""): alone}


def test_sharing_an_address_joins_nobody(town: Town) -> None:
    town.person("oma", "19500101").person("aad", ouder1="oma").person("zus", "20000101", ouder1="aad")
    assert town.run("kinderen").rows(MEMBERS) == {("oma", "oma"), ("aad", "aad"), ("zus", "zus")}


# -- the household as a whole ----------------------------------------------------------------------


@pytest.mark.parametrize(("others", "institution"), [(18, False), (19, True)])
def test_more_than_twenty_persons_make_an_institution(town: Town, others: int, institution: bool) -> None:
    town.person("aad").person("kim", "20150101", ouder1="aad")
    town.person("weg", opschorting="E").person("jan", at=2)
    for number in range(others):
        town.person(f"x{number}", "00000000" if number else "20150101")
    town.run("huishoudens")
    assert town.rows("SELECT p(huishouden), leden, instelling FROM {huishouden}") == {
        ("aad", 2, institution),
        ("jan", 1, False),
    }
