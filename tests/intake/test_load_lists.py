"""Loading the other layouts: clients, pupils, answers and opt-outs."""

import pytest

from eligibility.regelingen import REGELING_CODES
from tests.intake.builders import BAD_BSN, csv_bytes, load_file, pseudonym, some_bsns

pytestmark = pytest.mark.django_db

ME, YOU, CHILD, OTHER = some_bsns(4)


def values(loaded, *columns):
    """The rows as tuples of these columns, in an order of their own."""
    found = [tuple(row[column] for column in columns) for row in loaded.rows]
    return sorted(found, key=repr)


def expected(*rows):
    return sorted(rows, key=repr)


def test_recipients(box_connection):
    short = some_bsns(1, start=1234)[0]
    content = csv_bytes([["bsn"], [ME], [f" {YOU} "], [short.lstrip("0")], [BAD_BSN], ["000000000"]])
    loaded = load_file(box_connection, "ontvangers", content)
    assert values(loaded, "bsn", "kind") == expected(*((pseudonym(bsn), None) for bsn in (ME, YOU, short)))
    assert loaded.problems == [(5, "bsn", "bsn_ongeldig"), (6, "bsn", "bsn_ongeldig")]
    assert loaded.result.restored_zeros == 1


def test_a_duplicate_row_is_counted_once(box_connection):
    loaded = load_file(box_connection, "ontvangers", csv_bytes([["bsn"], [ME], [YOU], [f"{ME} "], [ME]]))
    assert values(loaded, "bsn") == expected((pseudonym(ME),), (pseudonym(YOU),))
    result = loaded.result
    assert (result.rows_read, result.rows_kept, result.merged, result.rows_refused) == (4, 2, 2, 0)


def test_a_voorziening_without_children(box_connection):
    loaded = load_file(box_connection, "voorziening", csv_bytes([["bsn"], [ME]]))
    assert values(loaded, "bsn", "kind") == [(pseudonym(ME), None)]


def test_a_voorziening_with_children(box_connection):
    short = some_bsns(1, start=1234)[0]
    content = csv_bytes(
        [["bsn", "bsn_kind"], [ME, CHILD], [ME, OTHER], [ME, ""], [YOU, short.lstrip("0")], [ME, CHILD],
         [YOU, BAD_BSN], [YOU, "000000000"], [BAD_BSN, BAD_BSN]]
    )  # fmt: skip
    loaded = load_file(box_connection, "voorziening", content)
    assert values(loaded, "bsn", "kind") == expected(
        (pseudonym(ME), pseudonym(CHILD)),
        (pseudonym(ME), pseudonym(OTHER)),
        (pseudonym(ME), None),
        (pseudonym(YOU), pseudonym(short)),
    )
    assert loaded.problems == [
        (7, "bsn_kind", "bsn_kind_ongeldig"),
        (8, "bsn_kind", "bsn_kind_ongeldig"),
        (9, "bsn", "bsn_ongeldig"),
    ]
    assert (loaded.result.merged, loaded.result.restored_zeros) == (1, 1)


def test_a_child_outside_the_agreement_is_not_stored(box_connection):
    content = csv_bytes([["bsn", "bsn_kind"], [ME, CHILD], [YOU, BAD_BSN]])
    loaded = load_file(box_connection, "voorziening", content, allowed=["bsn"])
    assert values(loaded, "kind") == [(None,), (None,)]


def test_pupils(box_connection):
    content = csv_bytes(
        [["bsn", "onderwijs", "leerjaar"], [ME, "PO", "8"], [ME, "VO", "1"], [ME, "PO", "8"],
         [YOU, "MBO", ""], [CHILD, "", "1"], [CHILD, "HBO", "1"], [CHILD, "po", "1"], [CHILD, "PO", "9"],
         [CHILD, "PO", "0"], [CHILD, "PO", "1.0"], [OTHER, "SO", "1"]]
    )  # fmt: skip
    loaded = load_file(box_connection, "leerlingen", content)
    assert values(loaded, "bsn", "onderwijs", "leerjaar") == expected(
        (pseudonym(ME), "PO", 8),
        (pseudonym(ME), "VO", 1),
        (pseudonym(YOU), "MBO", None),
        (pseudonym(OTHER), "SO", 1),
    )
    assert loaded.problems == [
        *((line, "onderwijs", "code_onbekend") for line in (6, 7, 8)),
        *((line, "leerjaar", "code_onbekend") for line in (9, 10, 11)),
    ]


@pytest.mark.parametrize(
    ("answers", "kept"),
    [
        (["ja"], "ja"),
        (["nee", "nee"], "nee"),
        (["ja", "nee"], "onbekend"),
        (["ja", "onbekend"], "onbekend"),
        (["nee", "ja", "nee"], "onbekend"),
        (["ja", "nee", "ja", "ja"], "onbekend"),
        (["nee", "misschien"], "nee"),
    ],
)
def test_answers_of_one_person(box_connection, answers, kept):
    rows = [["bsn", "antwoord"], *([ME, answer] for answer in answers), [YOU, "ja"]]
    loaded = load_file(box_connection, "ib_toets", csv_bytes(rows))
    assert values(loaded, "bsn", "antwoord") == expected((pseudonym(ME), kept), (pseudonym(YOU), "ja"))
    result = loaded.result
    assert result.rows_read == result.rows_kept + result.merged + result.rows_refused


@pytest.mark.parametrize("answer", ["", "JA", "misschien"])
def test_an_answer_that_is_none(box_connection, answer):
    loaded = load_file(box_connection, "ib_toets", csv_bytes([["bsn", "antwoord"], [ME, answer]]))
    assert loaded.problems == [(2, "antwoord", "code_onbekend")]
    assert loaded.rows == []


def test_opt_outs(box_connection):
    content = csv_bytes(
        [["bsn", "regeling"], [ME, ""], [YOU, "stadspas"], [YOU, "czv"], [YOU, "czv"], [CHILD, "bijstand"]]
    )
    loaded = load_file(box_connection, "optout", content)
    assert values(loaded, "bsn", "regeling") == expected(
        (pseudonym(ME), ""), (pseudonym(YOU), "stadspas"), (pseudonym(YOU), "czv")
    )
    assert loaded.problems == [(6, "regeling", "code_onbekend")]


def test_every_regeling_can_be_opted_out_of(box_connection):
    rows = [["bsn", "regeling"], *([ME, code] for code in REGELING_CODES)]
    assert len(load_file(box_connection, "optout", csv_bytes(rows)).rows) == 11


def test_an_opt_out_without_its_regeling_in_the_agreement_is_one_of_all(box_connection):
    content = csv_bytes([["bsn", "regeling"], [ME, "czv"]])
    loaded = load_file(box_connection, "optout", content, allowed=["bsn"])
    assert values(loaded, "regeling") == [("",)]
