"""The frame of page 1 and the mark of the municipality; the same for every letter of a part."""

from __future__ import annotations

from letters.composition.layout import LEFT, PAGE_HEIGHT, RIGHT, LayoutProfile, pt
from letters.composition.model import Municipality
from letters.composition.pen import GREY, INK, PAPER, Pen

LOGO_TOP = 14.0
MARK_SIDE = 15.0
LOGO_WIDTH = 80.0
FOOT = 287.0


def draw_logo(pen: Pen, municipality: Municipality) -> None:
    """The municipality's own logo; without one a plain mark, water and reed, and the name beside it."""
    x, y, side = LEFT, LOGO_TOP, MARK_SIDE
    if municipality.style.logo:
        pen.picture(x, y, LOGO_WIDTH, side, municipality.style.logo)
        return
    draw_mark(pen, x, y, side)
    pen.ink(INK)
    pen.text(x + side * 1.27, y + side * 0.42, "Gemeente", side * 0.78)
    pen.ink(pen.accent)
    pen.text(x + side * 1.27, y + side * 0.9, municipality.name, side * 1.2, bold=True)
    pen.ink(INK)


def draw_mark(pen: Pen, x: float, y: float, side: float) -> None:
    """A square with two waves and three stems of reed, its top left corner at x, y."""
    pen.panel(x, y, side, side, pen.accent, radius=side * 0.18)
    canvas = pen.canvas
    canvas.saveState()
    canvas.translate(pt(x), pt(PAGE_HEIGHT - y - side))
    canvas.scale(pt(side) / 100, pt(side) / 100)
    canvas.setStrokeColor(PAPER)
    canvas.setLineCap(1)
    canvas.setLineWidth(6)
    for height in (20, 36):
        path = canvas.beginPath()
        path.moveTo(14, height)
        for left in (14, 38, 62):
            path.curveTo(left + 8, height + 11, left + 16, height - 11, left + 24, height)
        canvas.drawPath(path)
    for foot, top, bulb in ((36, 76, 58), (50, 90, 70), (64, 80, 62)):
        canvas.setLineWidth(3)
        canvas.line(foot, 50, foot, top)
        canvas.setLineWidth(8)
        canvas.line(foot, bulb, foot, bulb + 10)
    canvas.restoreState()


def draw_frame(pen: Pen, municipality: Municipality, layout: LayoutProfile) -> float:
    """What page 1 has before a letter is on it: start mark, logo, return address, fold mark, labels."""
    # A vendor's machine finds the first page of a letter by this bar; no other page has it.
    pen.panel(6, 8, 1.2, 6, INK)
    draw_logo(pen, municipality)
    pen.rule(4, layout.window.fold, 8, layout.window.fold, 0.5, GREY)
    pen.ink(GREY)
    pen.text(LEFT, 37.5, f"Retouradres: {municipality.postal_address}", 7.5)
    x = details_left(layout)
    for y, label in zip(details_rows(), ("Datum", "Ons kenmerk", "Vragen? Bel"), strict=True):
        pen.text(x, y, label, 8.5)
    pen.ink(INK)
    pen.text(x, details_rows()[2] + 4.8, municipality.phone, 10.5, bold=True)
    return details_rows()[2]


def details_left(layout: LayoutProfile) -> float:
    """Where date and kenmerk stand: on the side of the page where the window is not."""
    window = layout.window
    beside = window.x + window.w + window.clear + 8
    return beside if beside < RIGHT - 50 else LEFT


def details_rows() -> tuple[float, float, float]:
    """The baselines of the three labels; the values come 4.8 mm lower."""
    return 49.5, 62.5, 75.5


def draw_foot(pen: Pen, page: int, pages: int) -> float:
    """`blad 1 van 2`, on every page."""
    pen.ink(GREY)
    pen.text_right(RIGHT, FOOT, f"blad {page} van {pages}", 8.5)
    pen.ink(INK)
    return FOOT
