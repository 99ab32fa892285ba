"""Steps 2 to 4: who takes part, at which address, and whom they name."""

import pytest

from tests.blackbox.town import Town

REASON = "SELECT reden FROM {persoon}"


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({}, None),
        ({"overlijdensdatum": "20300101"}, "overleden"),  # a death after the peildatum is a death
        ({"overlijdensdatum": "00000000"}, "overleden"),
        ({"opschorting": "E"}, "opgeschort"),
        ({"gemeentecode": "0364"}, "andere_gemeente"),
        ({"gemeentecode": ""}, "andere_gemeente"),
        ({"straat": ""}, "adres_onbekend"),
        ({"huisnummer": ""}, "adres_onbekend"),
        ({"huisnummer": "0"}, "adres_onbekend"),
        ({"huisnummer": "01"}, "adres_onbekend"),
        ({"huisnummer": "123456"}, "adres_onbekend"),
        ({"huisnummer": "12345"}, None),
        ({"huisnummer": "1a"}, "adres_onbekend"),
        ({"postcode": ""}, "adres_onbekend"),
        ({"postcode": "0999AB"}, "adres_onbekend"),
        ({"postcode": "1099 AB"}, "adres_onbekend"),
        ({"postcode": "1099ab"}, "adres_onbekend"),
        ({"postcode": "1099ÀB"}, "adres_onbekend"),
        ({"postcode": "1099AB\n"}, "adres_onbekend"),
        ({"functie_adres": "B"}, None),
        ({"overlijdensdatum": "20200101", "opschorting": "O", "gemeentecode": "0001"}, "overleden"),
    ],
)
def test_why_someone_does_not_take_part(town: Town, values: dict[str, str], reason: str | None) -> None:
    town.person("aad", **values).run("personen")
    assert town.rows(REASON) == {(reason,)}


ADDRESS = "SELECT p(persoon), adres FROM {deelnemer}"


def test_without_an_address_id_the_one_at_the_written_address_counts(town: Town) -> None:
    town.person("aad", at=7)
    town.person("bea", at=None, adres_id=None, huisnummer="7")
    town.person("cor", at=None, adres_id=None, huisnummer="7", huisletter="A")
    town.person("dia", at=None, adres_id=None, huisnummer="7", huisletter="A", straat="Elders")
    addresses = dict(town.run("deelnemers").rows(ADDRESS))
    assert addresses["bea"] == addresses["aad"] == 363010000000007
    # Nobody knows the id of 7 A: the written address is the address, without the street.
    assert addresses["cor"] == addresses["dia"] < 0


def test_two_ids_at_one_written_address_are_none(town: Town) -> None:
    town.person("aad", at=1)
    town.person("bea", at=None, adres_id="0363010000000002", huisnummer="1")
    town.person("cor", at=None, adres_id=None, huisnummer="1")
    town.person("dia", at=None, adres_id=None, huisnummer="1")
    addresses = dict(town.run("deelnemers").rows(ADDRESS))
    assert addresses["cor"] == addresses["dia"] < 0


def test_only_participants_tell_an_address(town: Town) -> None:
    town.person("aad", at=7, opschorting="O")
    town.person("bea", at=None, adres_id=None, huisnummer="7")
    assert dict(town.run("deelnemers").rows(ADDRESS))["bea"] < 0


def test_only_who_takes_part_can_be_named_and_not_oneself(town: Town) -> None:
    town.person("aad", partner="bea", ouder1="cor", ouder2="weg")
    town.person("bea", partner="bea")
    town.person("cor", overlijdensdatum="20200101")
    town.run("deelnemers")
    assert town.rows("SELECT p(persoon), p(partner), p(ouder1), p(ouder2) FROM {deelnemer}") == {
        ("aad", "bea", None, None),
        ("bea", None, None, None),
    }
