"""What can be seen on a printed page: codes, boxes to write in and lines. Read from the picture alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import zxingcpp
from PIL import Image

DPI = 200
# A printed line is lighter than ink and darker than paper; what is shorter than this is a letter's edge.
_LINE = bytes(1 if 90 <= grey <= 236 else 0 for grey in range(256))
_SHORTEST = 34
_RUN = re.compile(rb"\x01{%d,}" % _SHORTEST)
_QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
# Two ends this near to each other (pixels) are one corner.
_NEAR = 5
_DARK = 110

Segment = tuple[int, int, int]


def px(millimetres: float) -> int:
    """Millimetres on paper as pixels of a print."""
    return round(millimetres / 25.4 * DPI)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels; `cells` are the places of its inner dividing lines."""

    left: int
    top: int
    right: int
    bottom: int
    cells: tuple[int, ...] = ()

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def height(self) -> int:
        return self.bottom - self.top

    def columns(self) -> list[Box]:
        """The boxes for one character each, from left to right."""
        edges = [self.left, *self.cells, self.right]
        return [Box(a, self.top, b, self.bottom) for a, b in pairwise(edges)]


@dataclass(frozen=True, slots=True)
class Form:
    """A form as its picture shows it: `named` are rows with something printed, `notes` empty ones."""

    signatures: tuple[Box, ...]
    date: tuple[Box, ...]
    amounts: tuple[Box, ...]
    choices: tuple[Box, ...]
    named: tuple[Box, ...]
    notes: tuple[Box, ...]


def read_codes(image: Image.Image) -> list[str]:
    """The texts of all QR codes in a picture, each once, in the order found."""
    found = zxingcpp.read_barcodes(image, formats=_QR)
    return list(dict.fromkeys(one.text for one in found if one.valid))


def look(page: Image.Image) -> Form:
    """Find the boxes of a clean print in grey at DPI."""
    across = _segments(page)
    down = _segments(page.transpose(Image.Transpose.TRANSPOSE))
    boxes = _boxes(across, down)
    signatures = [box for box in boxes if box.height >= px(12) and box.width >= px(30)]
    low = [box for box in boxes if px(3) <= box.height <= px(9)]
    amounts = [box for box in low if len(box.cells) >= 5]
    tops = {box.top for box in signatures}
    date = [box for box in low if any(abs(box.top - top) <= _NEAR for top in tops)]
    choices = [box for box in low if not box.cells and abs(box.width - box.height) <= _NEAR]
    rules = _rules(across, boxes)
    named = [rule for rule in rules if _written(page, rule)]
    return Form(
        tuple(sorted(signatures, key=lambda box: box.left)),
        tuple(sorted(date, key=lambda box: box.left)),
        tuple(sorted(amounts, key=lambda box: box.top)),
        tuple(sorted(choices, key=lambda box: box.left)),
        tuple(named),
        tuple(rule for rule in rules if rule not in named),
    )


def _segments(page: Image.Image) -> list[Segment]:
    """Thin straight lines along the rows of a picture: row, first and last pixel."""
    width, height = page.size
    mask = page.tobytes().translate(_LINE)
    lines: list[_Line] = []
    growing: list[_Line] = []
    for row in range(height):
        growing = [line for line in growing if line.last >= row - 2]
        for match in _RUN.finditer(mask, row * width, (row + 1) * width):
            start, end = match.start() - row * width, match.end() - row * width - 1
            if not any(line.grew(row, start, end) for line in growing):
                growing.append(_Line(row, row, start, end))
                lines.append(growing[-1])
    return [(line.row, line.start, line.end) for line in lines]


@dataclass(slots=True)
class _Line:
    """A line of a few rows thick while it is being found."""

    row: int
    last: int
    start: int
    end: int

    def grew(self, row: int, start: int, end: int) -> bool:
        """Take a run of the next row in, when it lies against this line."""
        if start > self.end or end < self.start:
            return False
        self.last, self.start, self.end = row, min(self.start, start), max(self.end, end)
        return True


def _boxes(across: Sequence[Segment], down: Sequence[Segment]) -> list[Box]:
    """Rectangles: two lines across with the same ends, and a line down at either end."""
    found: list[Box] = []
    for top, left, right in across:
        below = (line for line in across if line[0] - top >= px(3) and _alike(line, (top, left, right)))
        lower = min(below, default=None)
        if lower is None:
            continue
        inside = [x for x, upper, end in down if upper <= top + _NEAR and end >= lower[0] - _NEAR]
        if _has(inside, left) and _has(inside, right):
            cells = sorted(x for x in inside if left + 2 * _NEAR < x < right - 2 * _NEAR)
            found.append(Box(left, top, right, lower[0], tuple(cells)))
    return found


def _alike(one: Segment, other: Segment) -> bool:
    return abs(one[1] - other[1]) <= _NEAR and abs(one[2] - other[2]) <= _NEAR


def _has(places: Iterable[int], wanted: int) -> bool:
    return any(abs(place - wanted) <= _NEAR for place in places)


def _rules(across: Sequence[Segment], boxes: Sequence[Box]) -> list[Box]:
    """Long lines that belong to no box, each as the strip above it."""
    edges = {(y, box.left) for box in boxes for y in (box.top, box.bottom)}
    free = [line for line in across if line[2] - line[1] >= px(45) and (line[0], line[1]) not in edges]
    return [Box(left, y - px(5.5), right, y - px(0.8)) for y, left, right in sorted(free)]


def _written(page: Image.Image, strip: Box) -> bool:
    return written_part(page, strip) is not None


def written_part(page: Image.Image, strip: Box) -> Box | None:
    """Where in a strip something dark is printed, seen from the left up to the first wide gap."""
    cut = page.crop((strip.left, strip.top, strip.right, strip.bottom))
    dark = cut.point([255 if grey < _DARK else 0 for grey in range(256)])
    columns = dark.resize((dark.width, 1), Image.Resampling.BOX).tobytes()
    inked = [x for x, grey in enumerate(columns) if grey]
    if not inked:
        return None
    end = next((a for a, b in pairwise(inked) if b - a > px(8)), inked[-1])
    return Box(strip.left + inked[0], strip.top, strip.left + end, strip.bottom)
