"""A signature that was crossed out is none, however it was signed; one with a line under it still is."""

import pytest
from PIL import Image, ImageDraw

from letters.reading.registration import DPI as LAID
from letters.reading.strokes import oddity
from tests.drukker.paper import dice
from tools.drukker import hand
from tools.drukker.pages import DPI, Box, px

CROSSED = {"doorgehaald", "vol", "streep", "stempel"}


def ink_in_box(kind, seed, height, crossed):
    """The ink in a box, two millimetres from its edge, as the reader of forms sees it."""
    assert LAID == DPI
    rng = dice(seed)
    box = Box(20, 20, 20 + px(53), 20 + px(height))
    page = Image.new("L", (box.right + 20, box.bottom + 20), 255)
    pen = hand.any_pen(rng)
    hand.write(page, hand.sign(rng, box, kind), pen, rng)
    if crossed:
        hand.write(page, hand.strike_out(rng, box), pen, rng)
    inner = page.crop((box.left + px(2), box.top + px(2), box.right - px(2), box.bottom - px(2)))
    return inner.point([255 if grey < 150 else 0 for grey in range(256)])


@pytest.mark.parametrize("height", [19, 27])
@pytest.mark.parametrize("kind", hand.SIGNATURES)
def test_crossed_out_is_always_seen(kind, height):
    for seed in range(15):
        assert oddity(ink_in_box(kind, seed, height, crossed=True)) in CROSSED


@pytest.mark.parametrize("kind", hand.SIGNATURES)
def test_a_signature_is_seldom_doubted(kind):
    doubted = [oddity(ink_in_box(kind, seed, 19 + seed % 2 * 8, crossed=False)) for seed in range(30)]
    assert sum(map(bool, doubted)) <= 4


@pytest.mark.parametrize("shape", ["rectangle", "ellipse"])
@pytest.mark.parametrize("left", [120, 305, -35])
def test_what_stands_loose_in_a_closed_line_is_a_stamp(shape, left):
    """Wherever it lies in the box, and where the box ends it too."""
    ink = Image.new("L", (391, 176), 0)
    draw = ImageDraw.Draw(ink)
    for at in range(5):
        x = left + 14 + 22 * at
        draw.line((x, 70 + at % 3 * 5, x + 10, 108 - at % 4 * 9), fill=255, width=4)
    assert oddity(ink) != "stempel"
    getattr(draw, shape)((left, 50, left + 125, 125), outline=255, width=4)
    assert oddity(ink) == "stempel"
