"""Persoonslijsten: which rows count, and the public test set of RvIG."""

import csv
import io
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings

from eligibility.bronnen import BRP_COLUMNS
from eligibility.intake.files import examine
from eligibility.intake.gba_v import Persoonslijsten
from eligibility.intake.layouts import LAYOUTS, read_heading
from eligibility.intake.refusals import RowRefusal, Rule
from tests.intake.builders import csv_bytes, load_file, opener, pseudonym, some_bsns

LAYOUT = LAYOUTS["gba_v"]
HEADER = ["", "01.01.10", *LAYOUT.columns, "05.H", "08.11.15", "06.88.10", "06.88.10", ""]
ME, FIRST, SECOND, THIRD = some_bsns(4)
RVIG = "shared/data/brp/20220502_Testset_persoonslijsten_proefomgeving_GBA-V.csv"


def row(list_id: str = "", **elements: str) -> list[str]:
    """One row; `m` is the marker of the marriages, `e050120` the element 05.01.20."""
    values = {f"{name[1:3]}.{name[3:5]}.{name[5:]}": value for name, value in elements.items() if name != "m"}
    values["05.H"] = elements.get("m", "")
    fields = [values.pop(name, "") for name in HEADER]
    assert not values
    return [list_id, *fields[1:]]


def married(bsn: str, marker: str, *, ended: str = "", list_id: str = "", **more: str) -> list[str]:
    return row(list_id, e050120=bsn, e050610="20100101", e050710=ended, m=marker, **more)


def read(*rows: list[str], allowed=LAYOUT.columns, neighbourhoods=None):
    heading = read_heading(LAYOUT, (1, HEADER), ";")
    lists = Persoonslijsten(heading, frozenset(allowed), neighbourhoods or {})
    return list(lists.rows(enumerate(map(list, rows), start=2)))


def person(*rows: list[str], **options) -> dict[str, str]:
    [(_line, values)] = read(*rows, **options)
    return dict(zip(BRP_COLUMNS, values, strict=True))


def partner(*rows: list[str]) -> str:
    first = [*rows[0]]
    first[0], first[HEADER.index("01.01.20")] = "1", ME
    return person(first, *rows[1:])["bsn_partner"]


def test_every_element_fills_its_column():
    elements = {
        "e010120": ME, "e010210": " Jan Pieter ", "e010230": "van der", "e010240": "Berg", "e016110": "P",
        "e010310": "19800101", "e010410": "M", "e020120": FIRST, "e030120": SECOND, "e050120": THIRD,
        "e050230": "de", "e050240": "Wit", "e050610": "20100101", "e060810": "20200000", "e076720": "O",
        "e077010": "7", "e080910": "0363", "e081010": "B", "e081110": "Steeg", "e081115": "Stg",
        "e081120": "5", "e081130": "A", "e081140": "hs", "e081160": "1011AB", "e081170": "Amsterdam",
        "e081180": "0363010000000052",
    }  # fmt: skip
    assert person(row("1", **elements), neighbourhoods={"1011AB": "BU03630001"}) == {
        "bsn": ME, "voornamen": "Jan Pieter", "voorvoegsel": "van der", "geslachtsnaam": "Berg",
        "naamgebruik": "P", "voorvoegsel_partner": "de", "geslachtsnaam_partner": "Wit", "geslacht": "M",
        "geboortedatum": "19800101", "overlijdensdatum": "20200000", "opschorting": "O", "geheim": "7",
        "bsn_partner": THIRD, "bsn_ouder1": FIRST, "bsn_ouder2": SECOND, "gemeentecode": "0363",
        "functie_adres": "B", "adres_id": "0363010000000052", "straat": "Steeg", "huisnummer": "5",
        "huisletter": "A", "toevoeging": "hs", "postcode": "1011AB", "woonplaats": "Amsterdam",
        "buurtcode": "BU03630001",
    }  # fmt: skip


def test_a_postcode_outside_the_table_has_no_neighbourhood_and_a_town_may_be_unknown():
    found = person(row("1", e010120=ME, e081160="1011AB"), neighbourhoods={"1011AC": "BU1"})
    assert (found["buurtcode"], found["woonplaats"]) == ("", "")


def test_only_the_first_row_counts_for_a_category_with_one_current_row():
    found = person(
        row("1", e010120=ME, e010240="Now", e081110="Here", e020120=FIRST),
        row(
            e010120=SECOND, e010240="Then", e081110="There", e020120=THIRD, e080910="0363", e060810="20200101"
        ),
    )
    assert (found["bsn"], found["geslachtsnaam"], found["straat"]) == (ME, "Now", "Here")
    assert (found["bsn_ouder1"], found["gemeentecode"], found["overlijdensdatum"]) == (FIRST, "", "")


def test_the_first_row_is_current():
    assert partner(married(FIRST, "")) == FIRST


@pytest.mark.parametrize("marker", [str(number) for number in range(51, 65)])
def test_below_a_history_marker_stands_history(marker):
    assert partner(row(m=marker), married(FIRST, "")) == ""


@pytest.mark.parametrize("marker", ["04", "05", "09", "12"])
def test_below_another_marker_stands_a_current_row(marker):
    assert partner(row(m=marker), married(FIRST, "")) == FIRST


@pytest.mark.parametrize("marker", ["", "50", "65", "o", "5"])
def test_below_an_empty_or_unknown_marker_nothing_counts(marker):
    assert partner(row(m=marker), married(FIRST, "05"), married(SECOND, "")) == ""


def test_the_marker_of_a_history_row_counts_too():
    assert partner(row(m="55"), married(FIRST, "05"), married(SECOND, "")) == SECOND


def test_an_ended_marriage_has_no_partner():
    assert partner(married(FIRST, "05", ended="20150101"), married(SECOND, "")) == SECOND
    assert partner(married(FIRST, "", ended="20150101")) == ""
    assert partner(row(e050120=FIRST)) == ""


def test_the_names_of_the_partner_are_those_of_the_current_marriage():
    ended = married(FIRST, "05", ended="20150101", list_id="1", e050240="Former", e010120=ME)
    found = person(ended, married("", "", e050230="van", e050240="Present"))
    assert (found["bsn_partner"], found["voorvoegsel_partner"]) == ("", "van")
    assert found["geslachtsnaam_partner"] == "Present"


def test_of_two_open_marriages_the_first_counts():
    assert partner(married(FIRST, "05"), married(SECOND, "")) == FIRST


def test_lists_follow_one_another_at_the_lines_of_their_first_rows():
    rows = read(row("1", e010120=ME), row(), row("2", e010120=FIRST))
    assert [(line, values[0]) for line, values in rows] == [(2, ME), (4, FIRST)]


def test_elements_outside_the_agreement_are_not_looked_at():
    allowed = set(LAYOUT.columns) - {"05.07.10", "01.02.40"}
    found = person(row("1", e010120=ME, e010240="Berg"), allowed=allowed)
    assert found["geslachtsnaam"] == ""
    found = person(married(FIRST, "", list_id="1", e010120=ME), allowed=set(LAYOUT.columns) - {"05.06.10"})
    assert found["bsn_partner"] == ""


def test_lists_that_are_left_out():
    rows = read(
        row(e010120=THIRD),
        row("1"),
        row("2", e010120=ME)[:-1],
        row("3", e010120=FIRST),
        row()[:-1],
        row()[:-1],
        row("4", e010120=SECOND),
    )
    assert rows[:-1] == [
        (2, RowRefusal(2, "", Rule.NO_LIST_ABOVE)),
        (3, RowRefusal(3, "01.01.20", Rule.BSN_MISSING)),
        (4, RowRefusal(4, "", Rule.FIELD_COUNT)),
        (5, RowRefusal(6, "", Rule.FIELD_COUNT)),
    ]
    assert rows[-1][1][0] == SECOND


def test_a_number_on_two_lists_is_found_by_current_rows_alone():
    content = csv_bytes(
        [HEADER, row("1", e010120=ME), row("2", e010120=FIRST), row(e010120=SECOND), row("3", e010120=ME),
         row("4", e010120=SECOND)]
    )  # fmt: skip
    facts = examine(LAYOUT, opener(content))
    assert (facts.rows, facts.repeated) == (4, {ME})


@pytest.mark.django_db
def test_lists_in_the_box(box_connection):
    content = csv_bytes(
        [
            HEADER,
            row("1", e010120=ME.lstrip("0"), e010310="19800101", e081160="1011AB", e010240="Berg"),
            row("2", e010120=FIRST, e010310="19801301"),
            row("3", e010120=SECOND),
            row("4", e010120=SECOND),
            married(ME, "", list_id="5", e010120=THIRD, e077010="8"),
        ]
    )
    loaded = load_file(box_connection, "gba_v", content, neighbourhoods={"1011AB": "BU1"})
    assert loaded.problems == [
        (3, "01.03.10", "datum_onmogelijk"),
        (4, "01.01.20", "bsn_dubbel"),
        (5, "01.01.20", "bsn_dubbel"),
        (6, "07.70.10", "code_onbekend"),
    ]
    [kept] = loaded.rows
    assert (kept["bsn"], kept["regel"], kept["buurtcode"]) == (pseudonym(ME), 2, "BU1")


@pytest.fixture
def rvig() -> bytes:
    path = Path(settings.BASE_DIR).parent / RVIG
    if not path.exists():
        pytest.skip("the public test set of RvIG is not here")
    return path.read_bytes()


def first_rows_by_town(content: bytes, refusals: list[RowRefusal]) -> Counter[str]:
    """The municipality on the first row of each list that was not refused, read in the plainest way."""
    # Two columns of the real header have no name; the first gets one here.
    text = "_" + content.decode("utf-8-sig")
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=";")
    refused_lines = {refusal.line for refusal in refusals}
    return Counter(
        row["08.09.10"] for line, row in enumerate(reader, 2) if row["_"] and line not in refused_lines
    )


@pytest.mark.django_db
def test_the_public_test_set(box_connection, rvig):
    """687 persoonslijsten, of which 14 are left out; the three towns are those that docs name."""
    loaded = load_file(box_connection, "gba_v", rvig)
    assert (loaded.result.rows_read, loaded.result.rows_kept) == (687, 673)
    assert loaded.result.refused == {
        Rule.BSN_TWICE: 10,
        Rule.BSN_MISSING: 2,
        Rule.DATE_IMPOSSIBLE: 2,
    }
    assert [problem for problem in loaded.problems if problem[2] != Rule.BSN_TWICE] == [
        (604, "01.01.20", "bsn_ontbreekt"),
        (668, "01.01.20", "bsn_ontbreekt"),
        (1569, "01.03.10", "datum_onmogelijk"),
        (1692, "06.08.10", "datum_onmogelijk"),
    ]
    people = Counter(row["gemeentecode"] for row in loaded.rows)
    alive = Counter(
        row["gemeentecode"] for row in loaded.rows if not row["overlijdensdatum"] and not row["opschorting"]
    )
    partners = Counter(row["gemeentecode"] for row in loaded.rows if row["partner"])
    assert {code: (people[code], alive[code], partners[code]) for code in ("0363", "0518", "0599")} == {
        "0363": (115, 112, 21),
        "0518": (173, 164, 62),
        "0599": (140, 136, 29),
    }
    assert {code: people[code] for code in people} == first_rows_by_town(rvig, loaded.refusals)
    # Codes of Amsterdam and of the BAG begin with a zero.
    assert all(len(row["gemeentecode"]) in (0, 4) for row in loaded.rows)
    assert Counter(len(row["adres_id"]) for row in loaded.rows if row["adres_id"]).keys() == {16}
