import unicodedata

import pytest

from letters.composition.model import PersonName
from letters.composition.names import NameMissing, envelope_name, full_name, initials, salutation, surname


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("Henk", "H."),
        ("Anna Cornelia", "A.C."),
        ("Theo Philip IJsbrand", "T.P.I."),
        ("Anne-Fleur Belle", "A.B."),
        ("Suzie Q", "S.Q"),
        ("A", "A"),
        ("J P", "J P"),
        ("Anna Özil", "A.Ö."),
        ("ʿAbd Ḥusayn", "ʿA.Ḥ."),
        (unicodedata.normalize("NFD", "Łukasz Şahin"), "Ł.Ş."),
        ("", ""),
    ],
)
def test_initials_follow_the_brp_api(given, expected):
    assert initials(given) == expected


def _person(usage, sex="V", prefix="van", partner_prefix="de"):
    return PersonName("Jo Rene", prefix, "Velzen", usage, partner_prefix, "Boer", sex)


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        ("E", "van Velzen"),
        ("P", "de Boer"),
        ("V", "de Boer-van Velzen"),
        ("N", "van Velzen-de Boer"),
        ("", "van Velzen"),
    ],
)
def test_naamgebruik_decides_the_surname(usage, expected):
    person = _person(usage)
    assert surname(person) == expected
    assert envelope_name(person) == f"J.R. {expected}"
    assert full_name(person) == f"Jo Rene {expected}"
    assert salutation(person) == f"Geachte mevrouw {expected[0].upper()}{expected[1:]},"


@pytest.mark.parametrize("usage", ["E", "P", "V", "N"])
def test_an_unknown_partner_name_leaves_the_own_name(usage):
    person = PersonName("Jo", "de", "Boer", usage, "", ".", "M")
    assert salutation(person) == "Geachte heer De Boer,"


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        (_person("E", sex="M"), "Geachte heer Van Velzen,"),
        (_person("E", sex="O"), "Geachte heer of mevrouw Van Velzen,"),
        (_person("E", sex=""), "Geachte heer of mevrouw Van Velzen,"),
        (PersonName("Jo", "in het", "Zonnetje", "E", sex="V"), "Geachte mevrouw In het Zonnetje,"),
        (PersonName("Jo", "", "Velzen", "P", "'t", "Wolkje", "V"), "Geachte mevrouw 't Wolkje,"),
        (PersonName("Jo", "Op Den", "Berghe", "E", sex="M"), "Geachte heer Op Den Berghe,"),
        (PersonName("Jo", "", ".", "E", sex="M"), "Geachte heer,"),
        (PersonName("Jo", "", "", "E"), "Geachte heer of mevrouw,"),
        (PersonName("", "", ".", "P", "de", "Boer", "V"), "Geachte mevrouw De Boer,"),
        (PersonName("Jo", "", "ijzerman", "E", sex="M"), "Geachte heer IJzerman,"),
    ],
)
def test_salutation(person, expected):
    assert salutation(person) == expected


def test_a_naamketen_has_no_given_names():
    assert envelope_name(PersonName("", "", "Ali bin Mohammed", "E")) == "Ali bin Mohammed"
    assert envelope_name(PersonName("", "van", "Velzen", "E")) == "Van Velzen"


def test_without_a_family_name_the_given_names_stand_in_full():
    person = PersonName("Fatima Zahra", "", ".", "E", sex="V")
    assert envelope_name(person) == full_name(person) == "Fatima Zahra"


def test_nobody_is_addressed_without_any_name():
    with pytest.raises(NameMissing):
        envelope_name(PersonName("", "", ".", "E"))
