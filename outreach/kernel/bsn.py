"""The Dutch citizen service number (burgerservicenummer, BSN).

Source: Wet algemene bepalingen burgerservicenummer; the eleven test (11-proef) as
published by RvIG in the Logisch Ontwerp BSN.
"""

from operator import mul

LENGTH = 9
_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)
_CODE_SHARE = ord("0") * sum(_WEIGHTS)
_DIGITS = frozenset("0123456789")


def is_valid(bsn: str) -> bool:
    """Whether `bsn` is nine ASCII digits that pass the eleven test and are not all zero."""
    if len(bsn) != LENGTH or not _DIGITS.issuperset(bsn) or bsn == "000000000":
        return False
    # On the codes of the digits and without a Python loop: the intake does this millions of times.
    return (sum(map(mul, _WEIGHTS, bsn.encode("ascii"))) - _CODE_SHARE) % 11 == 0


def restore(text: str) -> tuple[str, bool]:
    """Put back the leading zeros that a spreadsheet ate.

    Returns the number and whether zeros were put back. Anything that is not one to eight
    ASCII digits comes back as it was; the eleven test then decides about it.
    """
    if 0 < len(text) < LENGTH and _DIGITS.issuperset(text):
        return text.zfill(LENGTH), True
    return text, False
