"""Whether somebody who gets letters can stand in the window of an envelope; asked before he is kept."""

from collections.abc import Mapping
from typing import Any

from letters.actions.contents import layout, municipality
from letters.actions.representing import as_printed
from letters.composition.address import AddressFault, lay_out
from letters.composition.fonts import load_fonts
from letters.composition.glyphs import clean
from letters.composition.model import LetterFault
from letters.composition.representation import address_lines


def misfit(row: Mapping[str, Any]) -> str:
    """Why what a form says cannot stand in the window of an envelope, in Dutch; empty when it can."""
    fonts = load_fonts()
    try:
        lines = [clean(line, fonts) for line in address_lines(as_printed(row), municipality().name)]
        lay_out(lines, layout(), fonts)
    except AddressFault:
        return "Naam en adres passen samen niet in het venster van de envelop. Kort de naam in."
    except LetterFault:
        return "Hier staat een teken dat de drukker niet kan afdrukken. Schrijf het zonder dat teken."
    return ""
