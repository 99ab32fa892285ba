"""What somebody wrote, crossed out or pasted over outside the fields: the scan beside what we printed.

Four looks. Ink where nothing was printed; long level strokes where only letters were; print that is gone; and
print that is that of another form. Ink and lost print are counted in squares of two millimetres, so that a
speck is nothing and a word is something.
"""

from __future__ import annotations

import re

from PIL import Image, ImageChops, ImageDraw

from letters.composition.places import CODES, MARKS, Box, FormPlaces
from letters.reading.ink import around, pixels
from letters.reading.model import FieldReading, Presence
from letters.reading.registration import SIZE
from letters.reading.sameness import LEAST_ALIKE, least_alike

_SQUARE = 16
#: A scanner shows the edge of the paper, and a margin holds no form.
_EDGE = 55
_BESIDE_FIELD = 3.0
_BESIDE_CODE = 1.5
#: A square of which so much is foreign ink (of 255), and how many such squares make a remark.
_FOREIGN = 24
_GONE = 40
_SQUARES_FOREIGN = 2
_SQUARES_GONE = 3
#: Twelve pixels are a millimetre and a half; letters have no level stroke of twice that.
_RUN = 12
_STROKE = re.compile(rb"[\xe0-\xff]{2,}")
_SLOPES = (-0.24, -0.12, 0.0, 0.12, 0.24)
#: Clean forms show at most two, by chance; a line through a short name nine.
_ROWS_STROKE = 5


def remark_on(laid: Image.Image, ink: Image.Image, expected: Image.Image, places: FormPlaces) -> FieldReading:
    """Whether there is a remark on a laid page, given its ink and the page as we printed it."""
    looked = _looked_at(places)
    near_print = around(expected.point(lambda value: 255 if value < 225 else 0))
    foreign = _squares(ImageChops.multiply(ImageChops.subtract(ink, near_print), looked), _FOREIGN)
    printed = expected.point(lambda value: 255 if value < 160 else 0)
    struck = sum(_struck(ink, printed, box) for box in places.texts)
    near_ink = around(laid.point(lambda value: 255 if value < 190 else 0))
    dark = expected.point(lambda value: 255 if value < 120 else 0)
    gone = _squares(ImageChops.multiply(ImageChops.subtract(dark, near_ink), looked), _GONE)
    share = 100.0 * foreign / (SIZE[0] * SIZE[1] / _SQUARE**2)
    if foreign >= _SQUARES_FOREIGN:
        return FieldReading(Presence.PRESENT, share, min(1.0, 0.5 + foreign / 20), "geschreven")
    if struck >= _ROWS_STROKE:
        return FieldReading(Presence.PRESENT, share, 0.8, "doorgestreept")
    if gone >= _SQUARES_GONE:
        return FieldReading(Presence.DOUBTFUL, share, 0.6, "druk_ontbreekt")
    if least_alike(laid, expected, (*MARKS, *places.personal)) < LEAST_ALIKE:
        return FieldReading(Presence.DOUBTFUL, share, 0.8, "andere_druk")
    return FieldReading(Presence.ABSENT, share, 1.0 - foreign * 0.2 - gone * 0.1)


def _looked_at(places: FormPlaces) -> Image.Image:
    """White where a remark is looked for: not at the edge, in a field or on a code."""
    looked = Image.new("L", SIZE, 0)
    draw = ImageDraw.Draw(looked)
    draw.rectangle((_EDGE, _EDGE, SIZE[0] - _EDGE, SIZE[1] - _EDGE), fill=255)
    for box in places.all():
        draw.rectangle(pixels(box.inset(-_BESIDE_FIELD)), fill=0)
    for box in CODES:
        draw.rectangle(pixels(box.inset(-_BESIDE_CODE)), fill=0)
    return looked


def _squares(image: Image.Image, least: int) -> int:
    """The squares in which more than `least` (of 255) is white; two grids, half a square apart."""
    moved = ImageChops.offset(image, _SQUARE // 2, _SQUARE // 2)
    return max(sum(value > least for value in grid.reduce(_SQUARE).tobytes()) for grid in (image, moved))


def _struck(ink: Image.Image, printed: Image.Image, text: Box) -> int:
    """How many level strokes lie in a text that were not printed there."""
    window = pixels(text)
    there = _strokes(ink.crop(window))
    known = _strokes(printed.crop(window))
    return sum(not _near(stroke, known) for stroke in there)


def _strokes(ink: Image.Image) -> set[tuple[int, int, int]]:
    """Where strokes of three millimetres and more are that lie level, or nearly: slope, row and column."""
    found = set()
    for number, slope in enumerate(_SLOPES):
        # Skewed by the slope, a stroke that rises with it lies level.
        move = (1, 0, 0, slope, 1, -slope * ink.width / 2)
        across = ink.transform(ink.size, Image.Transform.AFFINE, move).reduce((_RUN, 1))
        data, width = across.tobytes(), across.width
        for match in _STROKE.finditer(data):
            row, column = divmod(match.start(), width)
            found.add((number, row, column))
    return found


def _near(stroke: tuple[int, int, int], known: set[tuple[int, int, int]]) -> bool:
    number, row, column = stroke
    return any((number, row + dy, column + dx) in known for dy in range(-4, 5) for dx in (-1, 0, 1))
