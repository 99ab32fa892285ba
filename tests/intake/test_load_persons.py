"""Loading a `brp` file: what is stored of a good row, and which rows are left out."""

import pytest

from eligibility.bronnen import BRP_COLUMNS
from tests.intake.builders import BAD_BSN, PERSON, SEALER, load_file, people, pseudonym, some_bsns

pytestmark = pytest.mark.django_db

ME, YOU, MOTHER, FATHER, CHILD = some_bsns(5)


def load_one(connection, **changes):
    return load_file(connection, "brp", people({"bsn": ME, **changes}))


def load_each(connection, cases):
    """One file with a row for each case; a case says what differs from PERSON."""
    numbers = some_bsns(len(cases))
    rows = [{"bsn": number, **changes} for number, changes in zip(numbers, cases, strict=True)]
    return load_file(connection, "brp", people(*rows))


def test_a_row_as_it_is_stored(box_connection):
    relatives = {"bsn_partner": YOU, "bsn_ouder1": MOTHER, "bsn_ouder2": FATHER}
    loaded = load_one(box_connection, **relatives, toevoeging=" hs ")
    [row] = loaded.rows
    assert SEALER.open(row.pop("zegel")) == ME
    assert row.pop("levering") == loaded.number
    assert row == {
        **{name: value for name, value in PERSON.items() if not name.startswith("bsn")},
        "toevoeging": "hs",
        "regel": 2,
        "bsn": pseudonym(ME),
        "partner": pseudonym(YOU),
        "ouder1": pseudonym(MOTHER),
        "ouder2": pseudonym(FATHER),
    }


def test_no_clear_number_is_in_the_box(box_connection):
    loaded = load_one(box_connection, bsn_partner=YOU, bsn_ouder1=MOTHER, bsn_ouder2=FATHER)
    [(text,)] = box_connection.execute(
        "SELECT i::text || encode(zegel, 'escape') FROM blackbox.inwoner i WHERE levering = %s",
        (loaded.number,),
    ).fetchall()
    assert PERSON["geslachtsnaam"] in text
    assert not [number for number in (ME, YOU, MOTHER, FATHER) if number in text]


def test_the_columns_may_stand_in_any_order(box_connection):
    content = people({"bsn": ME, "bsn_ouder1": MOTHER}, columns=BRP_COLUMNS[::-1])
    [row] = load_file(box_connection, "brp", content).rows
    assert (row["bsn"], row["ouder1"], row["straat"]) == (pseudonym(ME), pseudonym(MOTHER), "Steeg 1")


def test_columns_outside_the_agreement_are_never_stored(box_connection):
    dropped = {"bsn_partner", "geboortedatum", "adres_id", "geslacht", "straat"}
    content = people({"bsn": ME, "bsn_partner": YOU, "geslacht": "not a code", "geboortedatum": "no date"})
    loaded = load_file(box_connection, "brp", content, allowed=set(BRP_COLUMNS) - dropped)
    [row] = loaded.rows
    assert (row["partner"], row["adres_id"], row["geslacht"], row["straat"]) == (None, None, "", "")
    assert row["geboortedatum"] == "00000000"
    assert row["geslachtsnaam"] == PERSON["geslachtsnaam"]


def test_every_character_of_a_value_is_kept(box_connection):
    values = [
        "back\\slash",
        "two\nlines",
        "a\rb",
        "ta\tb",
        "\\N",
        'say "hi"',
        "se;mi",
        "\\.",
        "ÅßŁ漢",
        "a\x1fb",
    ]
    loaded = load_each(box_connection, [{"straat": value} for value in values])
    assert [row["straat"] for row in loaded.rows] == values
    assert {row["huisnummer"] for row in loaded.rows} == {PERSON["huisnummer"]}


def test_an_empty_birth_date_is_wholly_unknown(box_connection):
    loaded = load_each(box_connection, [{"geboortedatum": ""}, {"geboortedatum": "00000000"}])
    assert [row["geboortedatum"] for row in loaded.rows] == ["00000000", "00000000"]


def test_an_address_id_that_is_none(box_connection):
    odd = ["", "0000000000000000", "363010000000052", "x363010000000052"]
    loaded = load_each(box_connection, [{"adres_id": value} for value in odd])
    assert [row["adres_id"] for row in loaded.rows] == [None] * 4


REFUSED = [
    ({"bsn": BAD_BSN}, "bsn", "bsn_ongeldig"),
    ({"bsn": "000000000"}, "bsn", "bsn_ongeldig"),
    ({"bsn": ""}, "bsn", "bsn_ongeldig"),
    ({"bsn": "x"}, "bsn", "bsn_ongeldig"),
    ({"geboortedatum": "19800231"}, "geboortedatum", "datum_onmogelijk"),
    ({"geboortedatum": "19800012"}, "geboortedatum", "datum_onmogelijk"),
    ({"geboortedatum": "1980"}, "geboortedatum", "datum_onmogelijk"),
    ({"overlijdensdatum": "20201301"}, "overlijdensdatum", "datum_onmogelijk"),
    ({"overlijdensdatum": "00000101"}, "overlijdensdatum", "datum_onmogelijk"),
    ({"naamgebruik": "X"}, "naamgebruik", "code_onbekend"),
    ({"naamgebruik": "e"}, "naamgebruik", "code_onbekend"),
    ({"geslacht": "X"}, "geslacht", "code_onbekend"),
    ({"opschorting": "A"}, "opschorting", "code_onbekend"),
    ({"geheim": "8"}, "geheim", "code_onbekend"),
    ({"geheim": "00"}, "geheim", "code_onbekend"),
    ({"functie_adres": "X"}, "functie_adres", "code_onbekend"),
    ({"voornamen": "x" * 1001}, "voornamen", "waarde_te_lang"),
]


def test_rows_that_are_refused(box_connection):
    loaded = load_each(box_connection, [changes for changes, _column, _rule in REFUSED])
    assert loaded.problems == [
        (line, column, rule) for line, (_, column, rule) in enumerate(REFUSED, start=2)
    ]
    assert loaded.rows == []
    assert loaded.result.rows_refused == loaded.result.rows_read == len(REFUSED)


KEPT = [
    *({column: ""} for column in ("naamgebruik", "geslacht", "opschorting", "geheim", "functie_adres")),
    *({"naamgebruik": code} for code in "EPVN"),
    *({"geslacht": code} for code in "MVO"),
    *({"opschorting": code} for code in "EFMORW"),
    *({"geheim": code} for code in "01234567"),
    *({"functie_adres": code} for code in "WB"),
    *({"overlijdensdatum": day} for day in ("", "00000000", "20200000", "20991231")),
    {"gemeentecode": "", "postcode": "no postcode", "huisnummer": "0", "straat": ""},
    {"voornamen": "x" * 1000},
    {"geslachtsnaam": ""},
]


def test_rows_that_are_kept(box_connection):
    loaded = load_each(box_connection, KEPT)
    assert loaded.problems == []
    stored = [{name: row[name] for name in changes} for row, changes in zip(loaded.rows, KEPT, strict=True)]
    assert stored == KEPT


def test_lost_zeros_come_back_and_are_counted(box_connection):
    me, you, mother = some_bsns(3, start=12_345)
    relatives = {"bsn_partner": you.lstrip("0"), "bsn_ouder1": mother.lstrip("0")}
    loaded = load_one(box_connection, bsn=me.lstrip("0"), **relatives)
    [row] = loaded.rows
    assert (row["bsn"], row["partner"], row["ouder1"]) == (pseudonym(me), pseudonym(you), pseudonym(mother))
    assert SEALER.open(row["zegel"]) == me
    assert loaded.result.restored_zeros == 3


def test_a_relative_who_fails_the_proof_is_emptied_and_counted(box_connection):
    relatives = {"bsn_partner": "000000000", "bsn_ouder1": BAD_BSN, "bsn_ouder2": "x"}
    loaded = load_one(box_connection, **relatives)
    [row] = loaded.rows
    assert (row["partner"], row["ouder1"], row["ouder2"]) == (None, None, None)
    assert (loaded.result.emptied_partner, loaded.result.emptied_parent) == (1, 2)
    assert loaded.result.rows_refused == 0


def test_of_two_rows_with_one_number_both_are_refused(box_connection):
    short = some_bsns(1, start=1234)[0]
    loaded = load_file(
        box_connection,
        "brp",
        people({"bsn": ME}, {"bsn": short}, {"bsn": YOU}, {"bsn": f" {ME}"}, {"bsn": short.lstrip("0")}),
    )
    assert loaded.problems == [(line, "bsn", "bsn_dubbel") for line in (2, 3, 5, 6)]
    assert [row["bsn"] for row in loaded.rows] == [pseudonym(YOU)]


def test_a_double_counts_when_the_other_row_is_refused_for_something_else(box_connection):
    loaded = load_file(box_connection, "brp", people({"bsn": ME}, {"bsn": ME, "geboortedatum": "x"}))
    assert loaded.problems == [(2, "bsn", "bsn_dubbel"), (3, "geboortedatum", "datum_onmogelijk")]
    assert loaded.rows == []


def test_too_few_and_too_many_fields(box_connection):
    lines = people({"bsn": ME}, {"bsn": YOU}, {"bsn": CHILD}).decode().splitlines()
    lines[1] += ";"
    lines[2] = lines[2].rpartition(";")[0]
    loaded = load_file(box_connection, "brp", "\n".join(lines).encode())
    assert loaded.problems == [(2, "", "aantal_velden"), (3, "", "aantal_velden")]
    assert [row["regel"] for row in loaded.rows] == [4]


def test_the_line_of_a_row_below_one_that_spans_lines(box_connection):
    loaded = load_file(
        box_connection, "brp", people({"bsn": ME, "straat": "a\r\nb"}, {"bsn": YOU, "geheim": "x"})
    )
    assert loaded.problems == [(4, "geheim", "code_onbekend")]


def test_counts_add_up(box_connection):
    rows = [
        {"bsn": number, "geslacht": "X" if place % 10 == 0 else "V"}
        for place, number in enumerate(some_bsns(2500))
    ]
    loaded = load_file(box_connection, "brp", people(*rows))
    assert (loaded.result.rows_read, loaded.result.rows_kept) == (2500, 2250)
    assert loaded.result.refused == {"code_onbekend": 250}
    assert len(loaded.refusals) == 250
    assert len(loaded.rows) == 2250
