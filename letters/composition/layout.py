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
