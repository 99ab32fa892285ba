"""The address block in the window, up to six lines.

The rules are those of NEN 5825:2002 as the public specification of the BRP API has them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from letters.composition.fonts import FontSet
from letters.composition.layout import WINDOW_SLACK, LayoutProfile, pt
from letters.composition.model import Address, LetterFault

MAX_LINES = 6
# Points. The post asks for 10 to 12; smaller only when a line cannot be broken.
SIZES = (10.5, 10.0, 9.5, 9.0, 8.5, 8.0, 7.5, 7.0)
NORMAL_LEADING = 14.0
_SIGNS = {"to": "t/o", "by": "bij"}


class AddressFault(LetterFault):
    """The address is incomplete, or does not fit the window in any allowed way."""

    code = "adres"


@dataclass(frozen=True, slots=True)
class AddressBlock:
    """The lines as they are drawn: size and leading in points."""

    lines: tuple[str, ...]
    size: float
    leading: float


def street_line(address: Address) -> str:
    """`Kerkstraat 12 A`, `Atatürkstraat 9-2`, `Graan voor Visch bij 15201`; or the locatiebeschrijving.

    A hyphen parts the number from an addition that begins with a digit, a blank from any other.
    Raises AddressFault when there is neither a street with a number nor a location.
    """
    if not address.street or not address.house_number:
        if address.location:
            return address.location
        raise AddressFault("Het adres heeft geen straat met huisnummer.")
    addition = address.house_letter + address.house_suffix
    glue = "-" if addition[:1].isdigit() else " "
    number = f"{address.house_number}{glue}{addition}" if addition else address.house_number
    sign = _SIGNS.get(address.house_sign, "")
    return " ".join(part for part in (address.street, sign, number) if part)


def place_line(address: Address, home_town: str) -> str:
    """`1234 AB  IJMUIDEN`: two blanks before the place, in capitals.

    `home_town` stands in for an empty woonplaats: everyone written to lives in the municipality.
    """
    place = dutch_upper(address.city or home_town)
    return f"{address.postcode[:4]} {address.postcode[4:]}  {place}" if address.postcode else place


def dutch_upper(text: str) -> str:
    """Capitals as the post asks: IJMUIDEN, 'S-GRAVENHAGE; the single sign for ij becomes two letters."""
    return text.upper().replace("Ĳ", "IJ")


def lay_out(lines: list[str], layout: LayoutProfile, fonts: FontSet) -> AddressBlock:
    """Fit the lines in the window at the largest size that holds them; a long line is broken first.

    The last line, postcode and place, is never broken. Raises AddressFault when nothing fits.
    """
    width = pt(layout.window.w - 2 * WINDOW_SLACK)
    height = pt(layout.window.h - WINDOW_SLACK - layout.code_zone)
    for size in SIZES:
        broken = [part for line in lines[:-1] for part in _broken(line, width, size, fonts)] + lines[-1:]
        leading = min(NORMAL_LEADING, height / len(broken))
        fits = all(fonts.width(line, size) <= width for line in broken)
        if fits and len(broken) <= MAX_LINES and leading >= size:
            return AddressBlock(tuple(broken), size, leading)
    raise AddressFault("Het adres past niet in het venster.")


def _broken(line: str, width: float, size: float, fonts: FontSet) -> Iterator[str]:
    """The line in as few parts as fit the width, broken at a blank or behind a hyphen."""
    current = ""
    for piece in _pieces(line):
        if current and fonts.width((current + piece).rstrip(), size) > width:
            yield current.rstrip()
            current = ""
        current += piece
    yield current.rstrip()


def _pieces(line: str) -> Iterator[str]:
    piece = ""
    for char in line:
        piece += char
        if char in " -":
            yield piece
            piece = ""
    if piece:
        yield piece
