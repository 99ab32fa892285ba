"""Which columns a file must and may have, and where they stand."""

import pytest

from eligibility.bronnen import BRONNEN, BRP_COLUMNS, seeded_agreements
from eligibility.intake.layouts import LAYOUTS, check_agreed, read_heading
from eligibility.intake.refusals import FileRefused, Rule


def refused(layout: str, header: list[str], delimiter: str = ";") -> tuple[Rule, int | None, str | None]:
    with pytest.raises(FileRefused) as caught:
        read_heading(LAYOUTS[layout], (1, header), delimiter)
    return caught.value.rule, caught.value.line, caught.value.column


def test_every_bron_has_a_layout_with_its_columns():
    for bron in BRONNEN:
        layout = LAYOUTS[bron.layout]
        assert set(layout.columns) - layout.optional <= set(bron.columns)
        assert set(bron.columns) | set(bron.optional_columns) <= set(layout.columns)


def test_every_seeded_agreement_has_what_its_layout_cannot_do_without():
    layout_of = {bron.code: LAYOUTS[bron.layout] for bron in BRONNEN}
    for agreement in seeded_agreements():
        check_agreed(layout_of[agreement.bron], agreement.columns)


def test_columns_in_any_order_and_with_blanks_around_their_names():
    heading = read_heading(LAYOUTS["leerlingen"], (1, [" leerjaar", "bsn ", "onderwijs"]), ";")
    assert heading.width == 3
    assert heading.order(("bsn", "onderwijs", "leerjaar"), {"bsn", "onderwijs", "leerjaar"}) == (1, 2, 0)


def test_a_column_outside_the_agreement_is_not_looked_at():
    heading = read_heading(LAYOUTS["leerlingen"], (1, ["bsn", "onderwijs", "leerjaar"]), ";")
    assert heading.order(("bsn", "onderwijs", "leerjaar"), {"bsn", "onderwijs"}) == (0, 1, 3)


@pytest.mark.parametrize("header", [["bsn"], ["bsn", "bsn_kind"], ["bsn_kind", "bsn"]])
def test_a_voorziening_may_name_the_child(header):
    assert read_heading(LAYOUTS["voorziening"], (1, header), ";").places["bsn"] == header.index("bsn")


@pytest.mark.parametrize(
    ("layout", "header", "expected"),
    [
        ("ontvangers", ["bsn", "bsn_kind"], (Rule.COLUMN_UNKNOWN, 1, "bsn_kind")),
        ("ontvangers", ["BSN"], (Rule.COLUMN_MISSING, 1, "bsn")),
        ("voorziening", ["bsn_kind"], (Rule.COLUMN_MISSING, 1, "bsn")),
        ("leerlingen", ["bsn", "onderwijs"], (Rule.COLUMN_MISSING, 1, "leerjaar")),
        ("leerlingen", ["bsn", "onderwijs", "leerjaar", ""], (Rule.COLUMN_UNKNOWN, 1, "4")),
        ("leerlingen", ["bsn", "onderwijs", "leerjaar", "bsn"], (Rule.COLUMN_TWICE, 1, "bsn")),
        ("brp", list(BRP_COLUMNS[:-1]), (Rule.COLUMN_MISSING, 1, "buurtcode")),
        ("brp", [*BRP_COLUMNS, "inkomen"], (Rule.COLUMN_UNKNOWN, 1, "26")),
        ("ib_toets", ["bsn,antwoord"], (Rule.DELIMITER, 1, None)),
        ("ib_toets", ["bsn\tantwoord"], (Rule.DELIMITER, 1, None)),
        ("optout", ["bsn|regeling"], (Rule.DELIMITER, 1, None)),
        ("gba_v", [",01.01.10,01.01.20"], (Rule.DELIMITER, 1, None)),
    ],
)
def test_a_wrong_header_refuses_the_file(layout, header, expected):
    assert refused(layout, header) == expected


def test_a_file_without_a_header_gives_no_number_away():
    """Its first line is a person, so what looks like the name of a column is not repeated."""
    with pytest.raises(FileRefused) as caught:
        read_heading(LAYOUTS["ib_toets"], (1, ["bsn", "antwoord", "123456782"]), ";")
    assert caught.value.column == "3"
    assert "123456782" not in str(caught.value)


def gba_v_header() -> list[str]:
    return ["", "01.01.10", *LAYOUTS["gba_v"].columns, "05.H", "06.88.10", "06.88.10", ""]


def test_other_columns_of_a_persoonslijst_are_not_looked_at():
    heading = read_heading(LAYOUTS["gba_v"], (1, gba_v_header()), ";")
    assert heading.places["01.01.20"] == 2
    assert "01.01.10" not in heading.places


@pytest.mark.parametrize("element", ["01.01.20", "08.11.80", "05.H"])
def test_an_element_that_is_kept_must_be_there_once(element):
    header = gba_v_header()
    header.append(element)
    assert refused("gba_v", header) == (Rule.COLUMN_TWICE, 1, element)
    header = [name for name in header if name != element]
    assert refused("gba_v", header) == (Rule.COLUMN_MISSING, 1, element)


def test_persoonslijsten_without_their_ids():
    assert refused("gba_v", gba_v_header()[1:]) == (Rule.COLUMN_MISSING, 1, "persoonslijst")


@pytest.mark.parametrize(
    ("layout", "column"),
    [("brp", "bsn"), ("ontvangers", "bsn"), ("gba_v", "01.01.20"), ("ib_toets", "antwoord"),
     ("leerlingen", "onderwijs")],
)  # fmt: skip
def test_without_this_column_in_the_agreement_nothing_can_be_loaded(layout, column):
    allowed = [name for name in LAYOUTS[layout].columns if name != column]
    with pytest.raises(FileRefused) as caught:
        check_agreed(LAYOUTS[layout], allowed)
    assert (caught.value.rule, caught.value.column) == (Rule.NOT_AGREED, column)
