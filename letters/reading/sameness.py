"""Whether the print of a scanned form is that of this letter and of no other.

Two forms of a round differ in little: a kenmerk, a name, a house number. What is personal is looked at
through small windows, each laid on the print as exactly as can be, so that one other digit is seen.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from PIL import Image, ImageChops, ImageFilter

from letters.composition.places import Box
from letters.reading.ink import paper_of, pixels
from letters.reading.registration import total

#: A window in pixels, two letters wide and a line high; and the print (per cent) that one holds.
_WIDE, _HIGH = 16, 24
#: Six windows are laid at once.
_LONG = 6 * _WIDE
_LEAST_PRINT = 5.0
_SPREAD = ImageFilter.BoxBlur(1)
#: How far a window may lie off, in pixels of the laid page.
_REACH = 2
#: Below this likeness (1 is the same) the print is another. Measured on 40 scans of 1 to 6 persons, coarse,
#: noisy and copied: the least like window is 0.86 or more, of one copy 0.83. Of forms with one other digit or
#: letter (3 for 9, 3 for 8, 1 for 7, a for e) it is 0.81 or less.
LEAST_ALIKE = 0.84

Window = tuple[int, int, int, int]


def least_alike(laid: Image.Image, expected: Image.Image, zones: Sequence[Box]) -> float:
    """How much the least like window with print in these zones is like what was printed, -1 to 1."""
    inks = _inks(paper_of(laid))
    found = (
        likeness
        for zone in zones
        for stretch in _stretches(zone)
        for likeness in _likenesses(laid, expected, stretch, inks)
    )
    return min(found, default=1.0)


def _stretches(zone: Box) -> Iterator[Window]:
    """A zone in pieces of one line high, which lie on a scan as they were printed but for a shift."""
    left, top, right, bottom = pixels(zone)
    for y in range(top, bottom, _HIGH):
        for x in range(left, right, _LONG):
            yield (x, y, min(x + _LONG, right), min(y + _HIGH, bottom))


def _likenesses(
    laid: Image.Image, expected: Image.Image, stretch: Window, inks: list[int]
) -> Iterator[float]:
    """How much each window of a stretch is like its print."""
    drawn = expected.crop(stretch)
    if _printed(drawn) * drawn.width < _LEAST_PRINT * _WIDE:
        return
    printed = _soft(drawn, _DRAWN)
    left, top, right, bottom = stretch
    around = laid.crop((left - _REACH, top - _REACH, right + _REACH, bottom + _REACH))
    seen = _nearest(_soft(around, inks), printed)
    for x in range(0, printed.width - _WIDE + 1, _WIDE):
        window = (x, 0, x + _WIDE, printed.height)
        if _printed(drawn.crop(window)) > _LEAST_PRINT:
            yield _correlation(printed.crop(window), seen.crop(window))


def _printed(piece: Image.Image) -> float:
    return 100 * (1 - total(piece) / (255 * piece.width * piece.height))


def _nearest(seen: Image.Image, printed: Image.Image) -> Image.Image:
    """The part of what is seen that is nearest to the print: step by step from the middle, while it helps."""
    apart: dict[tuple[int, int], int] = {}
    at, before = (_REACH, _REACH), None
    while at != before:
        before = at
        for place in _round(at):
            if place not in apart:
                apart[place] = total(ImageChops.difference(_part(seen, place, printed.size), printed))
        at = min(apart, key=apart.__getitem__)
    return _part(seen, at, printed.size)


def _round(at: tuple[int, int]) -> list[tuple[int, int]]:
    """A place and its eight neighbours that are within reach."""
    x, y = at
    near = [(x + dx, y + dy) for dy in (0, -1, 1) for dx in (0, -1, 1)]
    return [(x, y) for x, y in near if 0 <= x <= 2 * _REACH and 0 <= y <= 2 * _REACH]


def _part(seen: Image.Image, at: tuple[int, int], size: tuple[int, int]) -> Image.Image:
    return seen.crop((at[0], at[1], at[0] + size[0], at[1] + size[1]))


def _inks(paper: int) -> list[int]:
    """For each value of a pixel how much ink it is, paper of this lightness being 0."""
    return [max(0, (paper - value) * 255 // paper) for value in range(256)]


_DRAWN = _inks(255)


def _soft(piece: Image.Image, inks: list[int]) -> Image.Image:
    """The ink of a piece, spread a pixel: a scanner is never sharp."""
    return piece.point(inks).filter(_SPREAD)


def _correlation(one: Image.Image, other: Image.Image) -> float:
    """Pearson's correlation of two pieces; 0 when one of them is even."""
    count = one.width * one.height
    mean, there = total(one) / count, total(other) / count
    both = _product(one, other) / count - mean * there
    spread = (_product(one, one) / count - mean**2) * (_product(other, other) / count - there**2)
    return both / math.sqrt(spread) if spread > 0 else 0.0


def _product(one: Image.Image, other: Image.Image) -> int:
    return 255 * total(ImageChops.multiply(one, other))
