"""Where things stand on paper: A4 in millimetres, y counted down from the top edge."""

from __future__ import annotations

from dataclasses import dataclass

from reportlab.lib.units import mm

PAGE_WIDTH = 210.0
PAGE_HEIGHT = 297.0
LEFT = 25.0
RIGHT = 190.0
# Text stays this far inside the edge of the window: the paper may slip.
WINDOW_SLACK = 2.0
# What else is on the two pages that have a window, so that one of a vendor's own can be held against it.
ROOM_TOP, ROOM_BOTTOM = 39.5, 88.0
EDGE = 10.0
BESIDE, BESIDE_WIDTH = 5.0, 70.0
LEAST_WIDTH, LEAST_HEIGHT = 60.0, 28.0
MOST_CLEAR = 15.0


@dataclass(frozen=True, slots=True)
class WindowProfile:
    """The window of an envelope on the page: place and size, the zone round it that stays empty, the fold.

    The position follows NEN 1026 as the NTG letter class has it; the height is an assumption that the
    printing vendor confirms with a dummy.
    """

    x: float
    y: float
    w: float
    h: float
    clear: float = 5.0
    fold: float = 107.0


def ill_placed(window: WindowProfile) -> str:
    """What is wrong with a window for our pages, in Dutch; empty when all fits round it.

    Above it stand the mark and the return address, below it the text, beside it date and kenmerk, or on the
    back how to send it.
    """
    left, right = window.x - window.clear, window.x + window.w + window.clear
    top, bottom = window.y - window.clear, window.y + window.h + window.clear
    beside = right + BESIDE <= RIGHT - BESIDE_WIDTH or left - BESIDE >= LEFT + BESIDE_WIDTH
    clear = WINDOW_SLACK <= window.clear <= MOST_CLEAR
    big = window.w >= LEAST_WIDTH and window.h >= LEAST_HEIGHT
    between = top >= ROOM_TOP and bottom <= ROOM_BOTTOM
    on_paper = left >= EDGE and right <= PAGE_WIDTH - EDGE
    folded = ROOM_BOTTOM <= window.fold <= PAGE_HEIGHT / 2
    rules = (
        (clear, f"De vrije zone is {WINDOW_SLACK:g} tot {MOST_CLEAR:g} mm."),
        (big, f"Een adres past pas in een venster van {LEAST_WIDTH:g} bij {LEAST_HEIGHT:g} mm."),
        (between, f"Met de vrije zone ligt het tussen {ROOM_TOP:g} en {ROOM_BOTTOM:g} mm van boven."),
        (on_paper, f"Met de vrije zone ligt het {EDGE:g} mm of meer van de rand van het papier."),
        (beside, f"Naast het venster is {BESIDE_WIDTH:g} mm nodig voor datum, kenmerk en uitleg."),
        (folded, f"De vouw ligt tussen {ROOM_BOTTOM:g} en {PAGE_HEIGHT / 2:g} mm van boven."),
    )
    return next((text for holds, text in rules if not holds), "")


WINDOWS = {"links": WindowProfile(35, 46, 70, 35), "rechts": WindowProfile(105, 46, 70, 35)}


@dataclass(frozen=True, slots=True)
class LayoutProfile:
    """How a vendor wants the pages.

    `window` is that of the envelope that goes out, `return_window` of the one that comes back. Two-sided
    printing needs an even number of pages per letter. `code_zone` is the height left free in the window
    for what the post prints there.
    """

    window: WindowProfile = WINDOWS["links"]
    return_window: WindowProfile = WINDOWS["links"]
    duplex: bool = True
    code_zone: float = 10.0


def pt(millimetres: float) -> float:
    """Millimetres as points."""
    return millimetres * mm
