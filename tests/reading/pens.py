"""Made-up pens, stamps and scanners: what people and machines do to a form between our printer and us.

A sheet is a grey picture of the form at 200 dpi. All of it is drawn from a `random.Random`, so that a failing
picture can be drawn again.
"""

import io
import math
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from letters.composition.fonts import DEFAULT_FOLDER, REGULAR_FILE
from letters.composition.places import Box
from letters.reading.form import expected_page
from letters.reading.registration import PX

_OVER = 3


def sheet(pdf: bytes, page: int = 1) -> Image.Image:
    """The printed form."""
    return expected_page(pdf, page).copy()


def _stroke(image: Image.Image, points: list[tuple[float, float]], width: float, dark: int) -> None:
    """A pen line through points in millimetres, smooth at its edges."""
    xs, ys = [x * PX for x, _ in points], [y * PX for _, y in points]
    left, top = int(min(xs)) - 20, int(min(ys)) - 20
    size = (int(max(xs)) - left + 20, int(max(ys)) - top + 20)
    mask = Image.new("L", (size[0] * _OVER, size[1] * _OVER), 0)
    draw = ImageDraw.Draw(mask)
    placed = [((x - left) * _OVER, (y - top) * _OVER) for x, y in zip(xs, ys, strict=True)]
    thick = max(1, round(width * PX * _OVER))
    draw.line(placed, fill=255, width=thick, joint="curve")
    for x, y in (placed[0], placed[-1]):
        draw.ellipse((x - thick / 2, y - thick / 2, x + thick / 2, y + thick / 2), fill=255)
    mask = mask.resize(size, Image.Resampling.LANCZOS)
    image.paste(dark, (left, top), mask)


def _curve(knots: list[tuple[float, float]], steps: int = 12) -> list[tuple[float, float]]:
    """A smooth line through knots (Catmull-Rom)."""
    all_ = [knots[0], *knots, knots[-1]]
    points = []
    for p0, p1, p2, p3 in zip(all_, all_[1:], all_[2:], all_[3:], strict=False):
        for step in range(steps):
            t = step / steps
            points.append(
                tuple(
                    0.5
                    * (
                        2 * b
                        + (c - a) * t
                        + (2 * a - 5 * b + 4 * c - d) * t * t
                        + (3 * b - a - 3 * c + d) * t**3
                    )
                    for a, b, c, d in zip(p0, p1, p2, p3, strict=True)
                )
            )
    return [*points, knots[-1]]


def sign(image: Image.Image, box: Box, random: Random) -> None:
    """A signature: loops that run to the right, now and then a flourish under them."""
    width, dark = random.uniform(0.45, 0.7), random.randint(15, 80)
    inner = box.inset(3.5)
    length = inner.w * random.uniform(0.65, 0.95)
    left = inner.x + random.uniform(0, inner.w - length)
    middle = inner.y + inner.h * random.uniform(0.42, 0.6)
    loops = random.randint(7, 12)
    knots = []
    for at in range(loops * 2):
        high = inner.h * random.uniform(0.15, 0.42) * (1 if at % 2 else -1)
        back = random.uniform(-0.35, 0.35) * length / loops
        knots.append((left + length * at / (loops * 2) + back, middle + high))
    _stroke(image, _curve(knots), width, dark)
    if random.random() < 0.4:
        under = middle + inner.h * 0.25
        tail = [(left + length, middle), (left + length * 0.4, under + 1), (left + length * 0.9, under)]
        _stroke(image, _curve(tail), width, dark)


def write(image: Image.Image, x: float, y: float, length: float, random: Random) -> None:
    """Handwriting on a line: x and y where it begins, in millimetres."""
    width, dark = random.uniform(0.35, 0.55), random.randint(20, 90)
    knots, at = [], x
    while at < x + length:
        knots.append((at, y - random.uniform(0, 1)))
        knots.append((at + 0.5, y - random.uniform(2, 4.5)))
        at += random.uniform(0.9, 1.8)
    for start in range(0, len(knots), 10):
        part = knots[start : start + 9]
        if len(part) > 2:
            _stroke(image, _curve(part), width, dark)


def date(image: Image.Image, boxes: tuple[Box, ...], random: Random) -> None:
    """A date in the boxes for it."""
    for box in boxes:
        cells = round(box.w / 5.6)
        for at in range(cells):
            digit(image, Box(box.x + at * 5.6, box.y, 5.6, box.h), random)


def digit(image: Image.Image, cell: Box, random: Random) -> None:
    """A digit of some kind in one box."""
    inner = cell.inset(1.4)
    knots = [(inner.x + inner.w * random.random(), inner.y + inner.h * at / 3) for at in range(4)]
    _stroke(image, _curve(knots), 0.45, random.randint(15, 80))


def strike(image: Image.Image, x: float, y: float, length: float, random: Random, wavy: float = 0.3) -> None:
    """A line through a text, not quite straight."""
    rise = random.uniform(-0.8, 0.8)
    knots = [
        (x + length * at / 5, y + rise * (at / 5 - 0.5) + random.uniform(-wavy, wavy)) for at in range(6)
    ]
    _stroke(image, _curve(knots), random.uniform(0.4, 0.6), random.randint(15, 80))


def cross(image: Image.Image, box: Box, random: Random, width: float = 0.5) -> None:
    """A cross from corner to corner."""
    dark = random.randint(15, 80)
    right, bottom = box.x + box.w, box.y + box.h
    _stroke(image, [(box.x, box.y), (right, bottom)], width, dark)
    _stroke(image, [(box.x, bottom), (right, box.y)], width, dark)


#: Capitals as somebody writes them: strokes through points, from 0 to 1.
_CAPITALS = {
    "N": [[(0, 1), (0, 0), (1, 1), (1, 0)]],
    "E": [[(1, 0), (0, 0), (0, 1), (1, 1)], [(0, 0.5), (0.8, 0.5)]],
    "V": [[(0, 0), (0.5, 1), (1, 0)]],
    "T": [[(0, 0), (1, 0)], [(0.5, 0), (0.5, 1)]],
    "A": [[(0, 1), (0.5, 0), (1, 1)], [(0.2, 0.65), (0.8, 0.65)]],
    "L": [[(0, 0), (0, 1), (1, 1)]],
}


def capitals(image: Image.Image, box: Box, text: str, random: Random) -> None:
    """A word in loose capitals, from side to side of a box."""
    width, dark = random.uniform(0.5, 0.75), random.randint(15, 80)
    step = box.w / len(text)
    for at, letter in enumerate(text):
        left, wide = box.x + step * (at + 0.1), step * random.uniform(0.6, 0.72)
        high = box.h * random.uniform(0.88, 1)
        for stroke in _CAPITALS[letter]:
            points = [
                (
                    left + wide * x + random.uniform(-0.25, 0.25),
                    box.y + high * y + random.uniform(-0.25, 0.25),
                )
                for x, y in stroke
            ]
            _stroke(image, points, width, dark)


def dot(image: Image.Image, x: float, y: float, size: float = 1.0) -> None:
    """A spot of ink."""
    _stroke(image, [(x, y), (x + 0.05, y)], size, 30)


def stamp(image: Image.Image, x: float, y: float, text: str, size: float = 9, frame: bool = True) -> None:
    """A rubber stamp of some lines, in a frame."""
    draw = ImageDraw.Draw(image)
    font = ImageFont.truetype(str(DEFAULT_FOLDER / REGULAR_FILE), round(size / 72 * 200))
    left, top = x * PX, y * PX
    box = draw.multiline_textbbox((left, top), text, font=font)
    draw.multiline_text((left, top), text, font=font, fill=70, spacing=4)
    if frame:
        draw.rectangle((box[0] - 8, box[1] - 8, box[2] + 8, box[3] + 8), outline=70, width=4)


def blot(image: Image.Image, box: Box, shade: int = 0) -> None:
    """A patch over something: ink, or with 255 a sticker."""
    left, top = box.x * PX, box.y * PX
    ImageDraw.Draw(image).rectangle((left, top, left + box.w * PX, top + box.h * PX), fill=shade)


def scan(
    image: Image.Image,
    random: Random,
    *,
    turn: float | None = None,
    upside_down: bool = False,
    noise: float = 6,
    quality: int = 60,
    dpi: int = 200,
) -> Image.Image:
    """The sheet on a scanner: turned at most 3 degrees, moved, blurred a little, grey and noisy, as JPEG."""
    angle = random.uniform(-3, 3) if turn is None else turn
    white = random.randint(232, 252)
    black = random.randint(8, 40)
    moved = image.point(lambda value: round(black + value * (white - black) / 255))
    size = (image.width + 40, image.height + 40)
    ground = Image.new("L", size, white)
    ground.paste(moved, (20 + random.randint(-12, 12), 20 + random.randint(-12, 12)))
    turned = ground.rotate(angle + (180 if upside_down else 0), Image.Resampling.BILINEAR, fillcolor=white)
    if dpi != 200:
        turned = turned.resize((size[0] * dpi // 200, size[1] * dpi // 200), Image.Resampling.BICUBIC)
    soft = turned.filter(ImageFilter.GaussianBlur(random.uniform(0.3, 0.8) * dpi / 200))
    if noise:
        # Between -1 and 1 times the noise, and no grey of its own.
        grain = Image.frombytes("L", soft.size, random.randbytes(soft.width * soft.height))
        part = noise / 128
        soft = ImageChops.add(soft, grain.point(lambda value: round(value * part)), 1, -round(127 * part))
    return Image.open(io.BytesIO(jpeg(soft, quality))).convert("L")


def jpeg(image: Image.Image, quality: int = 60) -> bytes:
    """A picture as JPEG."""
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, dpi=(200, 200))
    return out.getvalue()


def fold(image: Image.Image, y: float) -> None:
    """The shadow of a fold across the sheet."""
    row = round(y * PX)
    for down in range(-3, 4):
        shade = 200 + 10 * abs(down)
        line = image.crop((0, row + down, image.width, row + down + 1)).point(
            lambda value, shade=shade: min(value, shade)
        )
        image.paste(line, (0, row + down))


def turned_point(x: float, y: float, degrees: float) -> tuple[float, float]:
    """A point turned round the middle of A4, in millimetres."""
    turn = math.radians(degrees)
    cx, cy = 105.0, 148.5
    return (
        cx + (x - cx) * math.cos(turn) - (y - cy) * math.sin(turn),
        cy + (x - cx) * math.sin(turn) + (y - cy) * math.cos(turn),
    )
