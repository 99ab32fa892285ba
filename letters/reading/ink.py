"""Where there is ink on a laid page."""

from __future__ import annotations

from PIL import Image, ImageChops, ImageFilter

from letters.composition.places import Box
from letters.reading.registration import PX, total

_MEAN = ImageFilter.Kernel((3, 3), [1] * 9, 9)
#: Ink is what is darker than this share of the paper. The light grey of boxes and lines is not.
_DARK = 0.62


def ink_of(laid: Image.Image) -> Image.Image:
    """A picture that is white where there is ink, after specks of one pixel are taken out.

    A pixel is ink when five of the nine round it are dark: the median, an eighth of the work.
    """
    limit = paper_of(laid) * _DARK
    dark = laid.point(lambda value: 255 if value < limit else 0)
    return dark.filter(_MEAN).point(lambda value: 255 if value > 127 else 0)


def around(ink: Image.Image) -> Image.Image:
    """The ink and three pixels round it (0.4 mm): how far print and scan may lie apart."""
    for dx, dy in ((1, 0), (0, 1)):
        for step in (1, 2, 3):  # a row of 2, of 4, of 7
            ink = ImageChops.lighter(ink, ImageChops.offset(ink, dx * step, dy * step))
    return ImageChops.offset(ink, -3, -3)


def paper_of(laid: Image.Image) -> int:
    """How light the paper is: the value that one pixel in five is lighter than."""
    left, histogram = laid.width * laid.height // 5, laid.histogram()
    for value in range(255, -1, -1):
        left -= histogram[value]
        if left <= 0:
            return max(value, 100)
    return 255


def pixels(box: Box) -> tuple[int, int, int, int]:
    """A box in pixels of the laid page, as Pillow crops it."""
    return (round(box.x * PX), round(box.y * PX), round((box.x + box.w) * PX), round((box.y + box.h) * PX))


def share(ink: Image.Image) -> float:
    """The part of a picture that is ink, in per cent."""
    return total(ink) / (ink.width * ink.height) / 2.55
