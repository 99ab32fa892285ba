"""Handwriting: signatures of several kinds, figures, words and strokes, drawn with a pen on a picture."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from tools.drukker.pages import Box, px

Point = tuple[float, float]
Stroke = list[Point]
Signature = Callable[[Random], list[Stroke]]

# Figures as one stroke in a unit square, as most people in the Netherlands write them.
_FIGURES: dict[str, tuple[Point, ...]] = {
    "0": ((0.5, 0.0), (0.1, 0.3), (0.1, 0.75), (0.5, 1.0), (0.9, 0.7), (0.9, 0.25), (0.5, 0.0)),
    "1": ((0.2, 0.3), (0.55, 0.0), (0.55, 1.0)),
    "2": ((0.1, 0.2), (0.5, 0.0), (0.9, 0.25), (0.6, 0.6), (0.1, 1.0), (0.95, 1.0)),
    "3": ((0.1, 0.1), (0.6, 0.0), (0.85, 0.25), (0.4, 0.45), (0.9, 0.7), (0.5, 1.0), (0.1, 0.9)),
    "4": ((0.5, 0.0), (0.1, 0.6), (0.95, 0.6), (0.7, 0.35), (0.7, 1.0)),
    "5": ((0.9, 0.0), (0.25, 0.0), (0.2, 0.45), (0.7, 0.4), (0.85, 0.75), (0.45, 1.0), (0.1, 0.9)),
    "6": ((0.75, 0.0), (0.25, 0.4), (0.15, 0.8), (0.5, 1.0), (0.85, 0.75), (0.5, 0.5), (0.2, 0.7)),
    "7": ((0.1, 0.05), (0.9, 0.0), (0.5, 1.0)),
    "8": ((0.8, 0.15), (0.4, 0.0), (0.2, 0.25), (0.8, 0.7), (0.5, 1.0), (0.15, 0.75), (0.8, 0.15)),
    "9": ((0.8, 0.3), (0.45, 0.5), (0.15, 0.25), (0.5, 0.0), (0.85, 0.2), (0.75, 1.0)),
}


@dataclass(frozen=True, slots=True)
class Ink:
    """A pen: how dark it writes (0 is black) and how wide, in millimetres."""

    grey: int
    width: float


def any_pen(rng: Random) -> Ink:
    """A ballpoint or a felt tip, as people have lying about."""
    return Ink(rng.randint(20, 95), rng.uniform(0.45, 0.8))


def sign(rng: Random, box: Box, kind: Signature | None = None) -> list[Stroke]:
    """A signature that fills a good part of a box, of any kind when none is given."""
    kind = kind or rng.choice(SIGNATURES)
    wide, high = rng.uniform(0.6, 0.92), rng.uniform(0.5, 0.85)
    left = box.left + (1 - wide) * box.width * rng.uniform(0.25, 0.75)
    top = box.top + (1 - high) * box.height * rng.uniform(0.25, 0.75)
    slant = rng.uniform(-0.12, 0.12)
    return [
        [(left + x * wide * box.width, top + (y + slant * (x - 0.5)) * high * box.height) for x, y in stroke]
        for stroke in kind(rng)
    ]


def _loops(rng: Random) -> list[Stroke]:
    """A row of loops that grows smaller, and a line back under it."""
    turns, size = rng.randint(4, 8), rng.uniform(0.3, 0.48)
    steps = turns * 24
    row = [
        (
            0.08 + 0.8 * t / steps + 0.09 * math.cos(math.tau * t / 24),
            0.5 + size * (1 - 0.55 * t / steps) * math.sin(math.tau * t / 24),
        )
        for t in range(steps)
    ]
    return [row, [(0.95, 0.75), (0.4, 0.95), (0.05, 0.88)]]


def _peaks(rng: Random) -> list[Stroke]:
    """Two high initials, then a name that runs out into a wave."""
    stroke: Stroke = [(0.0, 0.95)]
    for number in range(rng.randint(3, 5)):
        x = 0.04 + 0.1 * number
        stroke += [(x, rng.uniform(0.0, 0.2)), (x + 0.05, rng.uniform(0.75, 1.0))]
    start = stroke[-1][0]
    count = 60
    stroke += [
        (start + (1 - start) * t / count, 0.75 + 0.16 * (1 - t / count) * math.sin(t * 0.9))
        for t in range(count)
    ]
    return [stroke, [(0.1, 0.55), (0.55, 0.45)]]


def _waves(rng: Random) -> list[Stroke]:
    """One line that swings about: the sum of a few slow waves."""
    terms = [(rng.uniform(0.08, 0.2), rng.uniform(2, 7), rng.uniform(0, math.tau)) for _ in range(4)]
    steps = 240
    line = []
    for t in range(steps):
        u = t / steps
        y = 0.5 + sum(a * math.sin(math.tau * f * u + phase) for a, f, phase in terms)
        line.append((u + 0.06 * math.sin(math.tau * 6 * u), min(1.0, max(0.0, y))))
    return [line]


def _letters(rng: Random) -> list[Stroke]:
    """Joined letters with tall and low ones, and a firm line below."""
    stroke: Stroke = []
    count = rng.randint(7, 11)
    for number in range(count):
        x, step = number / count, 1 / count
        high = 0.05 if rng.random() < 0.35 else 0.45
        low = 1.0 if rng.random() < 0.2 else 0.72
        arc = [(x, low), (x + 0.6 * step, high), (x + 0.3 * step, high - 0.02), (x + 0.45 * step, low)]
        stroke += _smooth([*arc, (x + step, 0.6)], 6)
    return [stroke, [(0.0, 0.9), (0.5, 0.97), (1.0, 0.86)]]


def _paraph(rng: Random) -> list[Stroke]:
    """An initial inside an oval, with a tail and a dot."""
    oval = [
        (0.38 + 0.36 * math.cos(math.tau * t / 50 + 0.4), 0.5 + 0.44 * math.sin(math.tau * t / 50 + 0.4))
        for t in range(54)
    ]
    first = _smooth([(0.2, 0.85), (0.3, 0.1), (0.45, 0.15), (0.28, 0.5), (0.5, 0.55), (0.25, 0.9)], 8)
    tail = _smooth([(0.5, 0.6), (0.7, 0.3), (0.62, 0.75), (0.85, 0.4), (1.0, rng.uniform(0.4, 0.8))], 8)
    return [oval, first, tail, [(0.93, 0.15), (0.95, 0.17)]]


SIGNATURES = (_loops, _peaks, _waves, _letters, _paraph)


def _smooth(points: Sequence[Point], steps: int) -> Stroke:
    """A curve through points (Catmull-Rom)."""
    padded = [points[0], *points, points[-1]]
    curve: Stroke = []
    for a, b, c, d in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        curve += [_between(a, b, c, d, step / steps) for step in range(steps)]
    return [*curve, points[-1]]


def _between(a: Point, b: Point, c: Point, d: Point, t: float) -> Point:
    def one(p: float, q: float, r: float, s: float) -> float:
        return 0.5 * (
            2 * q + (r - p) * t + (2 * p - 5 * q + 4 * r - s) * t**2 + (3 * q - p - 3 * r + s) * t**3
        )

    return one(a[0], b[0], c[0], d[0]), one(a[1], b[1], c[1], d[1])


def figure(rng: Random, digit: str, box: Box) -> list[Stroke]:
    """One figure in a box for one character."""
    wide, high = box.width * rng.uniform(0.42, 0.58), box.height * rng.uniform(0.6, 0.74)
    left = box.left + (box.width - wide) * rng.uniform(0.35, 0.65)
    top = box.top + (box.height - high) * rng.uniform(0.35, 0.65)
    points = [(left + x * wide, top + y * high) for x, y in _FIGURES[digit]]
    return [_smooth(points, 6)]


def number(rng: Random, text: str, box: Box) -> list[Stroke]:
    """Figures in the boxes of a row, against its right side."""
    columns = box.columns()[-len(text) :]
    return [stroke for digit, cell in zip(text, columns, strict=True) for stroke in figure(rng, digit, cell)]


def cross(box: Box) -> list[Stroke]:
    """A cross in a choice box."""
    a, b = 0.18 * box.width, 0.18 * box.height
    ends = (box.left + a, box.top + b, box.right - a, box.bottom - b)
    return [[(ends[0], ends[1]), (ends[2], ends[3])], [(ends[2], ends[1]), (ends[0], ends[3])]]


def words(rng: Random, left: float, base: float, width: float, height: float) -> list[Stroke]:
    """A few written words on a line: nobody needs to read them, but they are ink where none should be."""
    strokes: list[Stroke] = []
    x = left
    while x < left + width:
        length = px(rng.uniform(8, 22))
        tops = [rng.choice((0.5, 0.55, 1.0)) for _ in range(max(3, round(length / height)))]
        turns = [
            (x + length * t / len(tops), base - height * (top if t % 2 else 0)) for t, top in enumerate(tops)
        ]
        strokes.append(_smooth(turns, 6))
        x += length + px(rng.uniform(2, 4))
    return strokes


def strike(rng: Random, part: Box) -> list[Stroke]:
    """A line through something that is printed, twice when one is in earnest."""
    y = (part.top + part.bottom) / 2 - px(0.3)
    lines: list[Stroke] = [[(part.left - px(1), y + px(rng.uniform(-0.5, 0.5))), (part.right + px(2), y)]]
    if rng.random() < 0.5:
        lines.append([(part.right, y + px(1)), (part.left, y - px(rng.uniform(0, 0.8)))])
    return lines


def strike_out(rng: Random, box: Box) -> list[Stroke]:
    """A whole box crossed out: two lines from corner to corner, lines one above the other, or a zigzag."""
    left, right = box.left + px(rng.uniform(2, 6)), box.right - px(rng.uniform(2, 6))
    top, bottom = box.top + px(rng.uniform(1, 3)), box.bottom - px(rng.uniform(1, 3))
    kind = rng.choice(("kruis", "lijnen", "zigzag"))
    if kind == "kruis":
        return [[(left, top), (right, bottom)], [(left, bottom), (right, top)]]
    count = rng.randint(2, 4)
    levels = [top + (bottom - top) * (number + 0.7) / (count + 0.4) for number in range(count)]
    if kind == "lijnen":
        return [[(left, y), (right, y + px(rng.uniform(-1.5, 1.5)))] for y in levels]
    ends = [(left if number % 2 else right, y) for number, y in enumerate([top, *levels, bottom])]
    return [ends]


def write(page: Image.Image, strokes: Sequence[Stroke], ink: Ink, rng: Random) -> None:
    """Put strokes on the page: the pen presses harder here than there, and nobody's hand is quite steady."""
    layer = Image.new("L", page.size, 255)
    draw = ImageDraw.Draw(layer)
    for stroke in strokes:
        pressure = rng.uniform(0.85, 1.1)
        points = [(x + rng.gauss(0, 0.5), y + rng.gauss(0, 0.5)) for x, y in stroke]
        for index, (a, b) in enumerate(pairwise(points)):
            width = px(ink.width) * pressure * (1 + 0.2 * math.sin(index / 7))
            draw.line([a, b], fill=ink.grey, width=max(2, round(width)))
    around = layer.point([255 - grey for grey in range(256)]).getbbox()
    if around is None:
        return
    spread = (around[0] - 3, around[1] - 3, around[2] + 3, around[3] + 3)
    soft = layer.crop(spread).filter(ImageFilter.GaussianBlur(0.6))
    page.paste(ImageChops.darker(page.crop(spread), soft), spread[:2])
