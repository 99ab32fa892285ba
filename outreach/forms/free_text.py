"""What staff may not write in a free text: a text is kept in clear, and a BSN never is."""

import re

from django.core.exceptions import ValidationError

from outreach.kernel import bsn

# As it is written: in one piece, as on a passport (1234.56.782) or in threes.
_NUMBER = re.compile(r"(?<!\d)(?:\d{4}[ .-]?\d{2}[ .-]?\d{3}|\d{3}[ .-]\d{3}[ .-]\d{3})(?!\d)")
#: Beside each free text about a resident: what of AVG art. 9 and 10 is written down by habit most.
NOTHING_SPECIAL = (
    "Schrijf niets op over gezondheid, geloof, afkomst, politiek, seksualiteit, vakbond of straf."
)
HOLDS_A_BSN = "Hier staat een getal dat een BSN kan zijn. Haal het weg: een BSN leg je hier nooit vast."


def refuse_bsn(text: str) -> None:
    """Raise ValidationError when nine digits in a text pass the 11-proef. Never repeats them."""
    for found in _NUMBER.findall(text):
        if bsn.is_valid(re.sub(r"\D", "", found)):
            raise ValidationError(HOLDS_A_BSN, code="bsn")


def without_bsn(text: str) -> str:
    """The text with dots in the place of what `refuse_bsn` would refuse."""

    def hidden(found: re.Match[str]) -> str:
        return "…" if bsn.is_valid(re.sub(r"\D", "", found.group())) else found.group()

    return _NUMBER.sub(hidden, text)
