"""The code on a form: random, checked, and never a number that could be a BSN.

Payload of the QR: `V`, 12 characters of 5 bits (Crockford's base 32), the page of the form, and a check
character (ISO/IEC 7064 MOD 37,36). The first letter tells it from codes of the post or of an inserter.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import zxingcpp

from letters.composition.model import LetterFault

FAMILY = "V"
BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 12
CODE_BITS = 5 * CODE_LENGTH
PAYLOAD = re.compile(rf"^{FAMILY}([{BASE32}]{{{CODE_LENGTH}}})([1-9])([0-9A-Z])$")
MODULES = 21

# zxing draws a dark module as 0 and a light one as 255.
_BITS = b"0" + b"1" * 255
_BASE36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# A BSN has nine digits, eight when it lost a leading zero; the page digit behind the code makes one more.
_DIGITS_LIKE_BSN = re.compile(r"\d{8}")


class FormCodeInvalid(LetterFault):
    """This is no form code of ours, or it was read wrongly."""

    code = "formuliercode"


def new_code(randbits: Callable[[int], int]) -> str:
    """Twelve random characters that hold nothing like a BSN; `randbits` is asked again until that is so.

    `randbits` must be that of a CSPRNG, as `secrets.randbits` is.
    """
    while True:
        value = randbits(CODE_BITS)
        code = "".join(BASE32[value >> shift & 31] for shift in range(CODE_BITS - 5, -1, -5))
        if not _DIGITS_LIKE_BSN.search(code):
            return code


def human(code: str) -> str:
    """`K7QF-3MZD-8W2X`, as printed under the QR."""
    return "-".join(code[start : start + 4] for start in range(0, CODE_LENGTH, 4))


def check_character(text: str) -> str:
    """The check character of digits and capitals (ISO/IEC 7064 MOD 37,36, hybrid system)."""
    product = 36
    for char in text:
        total = (product + _BASE36.index(char)) % 36 or 36
        product = total * 2 % 37
    return _BASE36[(37 - product) % 36]


def payload(code: str, page: int) -> str:
    """The 15 characters of the QR on a page of a form. Raises FormCodeInvalid on a malformed code or page."""
    body = f"{FAMILY}{code}{page}"
    if PAYLOAD.match(body + "0") is None:
        raise FormCodeInvalid("De formuliercode heeft niet de juiste vorm.")
    return body + check_character(body)


def parse(text: str) -> tuple[str, int]:
    """Code and page out of a read QR. Raises FormCodeInvalid when shape or check character is wrong."""
    match = PAYLOAD.match(text)
    if match is None or check_character(text[:-1]) != text[-1]:
        raise FormCodeInvalid("De formuliercode klopt niet.")
    return match[1], int(match[2])


def qr_mask(text: str) -> str:
    """The QR of a payload as rows of bits in hex, 0 for dark, each row filled up to whole bytes.

    Version 1 with error correction Q: 21 × 21 modules hold 16 characters, and a quarter may be damaged.
    Raises FormCodeInvalid when the text needs a larger symbol.
    """
    symbol = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="Q")
    drawn = zxingcpp.write_barcode_to_image(symbol, scale=1, add_quiet_zones=False)
    image = memoryview(drawn)  # type: ignore[arg-type]  # it is a buffer; its stub cannot say so before 3.12
    if image.shape != (MODULES, MODULES):
        raise FormCodeInvalid("De formuliercode past niet in een QR van versie 1.")
    pixels = image.tobytes()
    rows = (pixels[start : start + MODULES] for start in range(0, MODULES * MODULES, MODULES))
    bits = "".join(row.translate(_BITS).decode("ascii") + "111" for row in rows)
    return f"{int(bits, 2):0{len(bits) // 4}x}"
