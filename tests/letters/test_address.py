import pytest

from letters.composition.address import AddressFault, dutch_upper, lay_out, place_line, street_line
from letters.composition.layout import WINDOW_SLACK, LayoutProfile, pt
from letters.composition.model import Address


def _address(**changes):
    return Address(
        **{"street": "Kerkstraat", "house_number": "12", "postcode": "1234AB", "city": "Waterveen"} | changes
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "Kerkstraat 12"),
        ({"house_letter": "c"}, "Kerkstraat 12 c"),
        ({"house_suffix": "III"}, "Kerkstraat 12 III"),
        ({"house_suffix": "2"}, "Kerkstraat 12-2"),
        ({"house_letter": "L", "house_suffix": "Toe"}, "Kerkstraat 12 LToe"),
        ({"house_letter": "B", "house_suffix": "73c"}, "Kerkstraat 12 B73c"),
        ({"house_sign": "by"}, "Kerkstraat bij 12"),
        ({"house_sign": "to"}, "Kerkstraat t/o 12"),
        ({"street": "", "location": "Woonboot tegenover de sluis"}, "Woonboot tegenover de sluis"),
    ],
)
def test_street_line_follows_nen_5825(changes, expected):
    assert street_line(_address(**changes)) == expected


def test_an_address_without_street_or_location_is_refused():
    with pytest.raises(AddressFault) as caught:
        street_line(_address(street="", house_number="77"))
    assert "77" not in str(caught.value)


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("IJmuiden", "1234 AB  IJMUIDEN"),
        ("ĳmuiden", "1234 AB  IJMUIDEN"),
        ("'s-Gravenhage", "1234 AB  'S-GRAVENHAGE"),
        ("Súdwest-Fryslân", "1234 AB  SÚDWEST-FRYSLÂN"),
        ("", "1234 AB  WATERVEEN"),
    ],
)
def test_place_line_has_two_blanks_and_capitals(place, expected):
    assert place_line(_address(city=place), "Waterveen") == expected


def test_capitals_hold_for_a_place_that_begins_with_an_apostrophe():
    assert dutch_upper("'t Harde") == "'T HARDE"


def test_a_normal_address_keeps_its_lines_and_size(fonts):
    block = lay_out(["J. de Vries", "Kerkstraat 12", "1234 AB  WATERVEEN"], LayoutProfile(), fonts)
    assert block.lines == ("J. de Vries", "Kerkstraat 12", "1234 AB  WATERVEEN")
    assert block.size == 10.5


@pytest.mark.parametrize(
    "line",
    [
        "J.P. van den Broek van Nieuwenhuizen-de Vries",
        "Burgemeester van der Wervenplein-Noordzijde 1245 C3 hoog achter",
        "Llanfairpwllgwyngyllgogerychwyrndrobwll-Krungthepmahanakhonamonrat",
    ],
)
def test_a_long_line_is_broken_within_the_window(line, fonts):
    layout = LayoutProfile()
    block = lay_out([line, "Kerkstraat 12", "1234 AB  NIEUWERKERK AAN DEN IJSSEL"], layout, fonts)
    width = pt(layout.window.w - 2 * WINDOW_SLACK)
    assert all(fonts.width(part, block.size) <= width for part in block.lines)
    assert len(block.lines) <= 6
    assert "".join(block.lines[:-2]).replace(" ", "") == line.replace(" ", "")
    assert len(block.lines) * block.leading <= pt(layout.window.h - WINDOW_SLACK - layout.code_zone) + 0.01


@pytest.mark.parametrize("line", ["W" * 80, "Wilhelmina " * 25], ids=["one word", "too many lines"])
def test_what_cannot_fit_is_refused_without_the_value(line, fonts):
    with pytest.raises(AddressFault) as caught:
        lay_out([line, "Kerkstraat 12", "1234 AB  WATERVEEN"], LayoutProfile(), fonts)
    assert "W" not in str(caught.value)
