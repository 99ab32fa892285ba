"""The checks on single values, against plain Python that shares nothing with them."""

import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility.intake.refusals import RowRefusal, Rule
from eligibility.intake.rows import address_id, checked_bsn, flat_rows, is_date


def exists(text: str) -> bool:
    """The same question, asked of the calendar of `datetime`."""
    if not re.fullmatch("[0-9]{8}", text):
        return False
    year, month, day = text[:4], text[4:6], text[6:]
    if year == "0000" or month == "00":
        return day == "00" and (month == "00" or year != "0000")
    try:
        dt.date(int(year), int(month), int(day) or 1)
    except ValueError:
        return False
    return True


_odd_dates = st.tuples(
    st.sampled_from(["0000", "0001", "1900", "1980", "2000", "2023", "2024", "9999"]),
    st.integers(0, 13),
    st.integers(0, 32),
).map(lambda parts: f"{parts[0]}{parts[1]:02d}{parts[2]:02d}")


@given(_odd_dates | st.text("0123456789", min_size=8, max_size=8) | st.text(max_size=10))
def test_a_date_exists_or_not(text):
    assert is_date(text) == exists(text)


@pytest.mark.parametrize(
    "text", ["20240229", "20000229", "19800000", "19800200", "00000000", "99991231", "00010101"]
)
def test_dates_that_pass(text):
    assert is_date(text)


@pytest.mark.parametrize(
    "text",
    ["20230229", "19000229", "20231301", "20230132", "19800012", "00000101", "00000001", "00000100",
     "1980", "1980-1-1", "198001011", "+1980101", "1_800101", "１９８００１０１", "²0240101", " 9800101"],
)  # fmt: skip
def test_dates_that_do_not(text):
    assert not is_date(text)


def eleven(digits: str) -> bool:
    a, b, c, d, e, f, g, h, i = map(int, digits)
    return (9 * a + 8 * b + 7 * c + 6 * d + 5 * e + 4 * f + 3 * g + 2 * h - i) % 11 == 0


@given(st.integers(0, 10**9 - 1).map(lambda number: f"{number:09d}"))
def test_the_11_proef(number):
    good = eleven(number) and number != "000000000"
    assert checked_bsn(number) == (number if good else None, False)


@given(st.integers(1, 10**8 - 1).map(str))
def test_lost_zeros_come_back_before_the_proof(number):
    whole = "0" * (9 - len(number)) + number
    assert checked_bsn(number) == (whole if eleven(whole) else None, True)


@pytest.mark.parametrize(
    "text", ["", "1234567820", "12345678a", "+12345678", "12 345 67", "１２３４５６７８２", "-1"]
)
def test_what_is_no_number_at_all(text):
    assert checked_bsn(text) == (None, False)


@pytest.mark.parametrize("text", ["0", "000000000", "00000"])
def test_nothing_but_zeros_is_nobody(text):
    assert checked_bsn(text)[0] is None


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("0363010000000052", "0363010000000052"),
        ("0000000000000001", "0000000000000001"),
        ("0000000000000000", ""),
        ("363010000000052", ""),
        ("03630100000000520", ""),
        ("036301000000005x", ""),
        ("０363010000000052", ""),
        ("", ""),
    ],
)
def test_an_address_id_is_sixteen_digits_or_none(text, kept):
    assert address_id(text) == kept


def test_blanks_at_the_ends_of_a_value_are_dropped():
    rows = flat_rows([(2, [" 1 ", "\tvan  der\u00a0", "  "])], 3, (0, 1, 2, 3))
    assert list(rows) == [(2, ("1", "van  der", "", ""))]


def test_a_row_with_too_few_or_too_many_fields():
    records = [(2, ["1"]), (3, ["1", "2"]), (4, ["1", "2", ""])]
    assert list(flat_rows(records, 2, (1,))) == [
        (2, RowRefusal(2, "", Rule.FIELD_COUNT)),
        (3, ("2",)),
        (4, RowRefusal(4, "", Rule.FIELD_COUNT)),
    ]
