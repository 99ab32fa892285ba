"""Laying a scanned page on the page as it was printed, so that a millimetre is where it was.

Everything is laid at `DPI`. The corners of both codes give a first guess; pieces of print all over the page,
found back near where they should be, make it exact. One code is enough for a guess: it is then unknown which
of the two it is, and the print says which.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import mul

from PIL import Image, ImageChops

from letters.composition.layout import PAGE_HEIGHT, PAGE_WIDTH
from letters.composition.places import CODES, Box
from letters.reading.model import Point, SeenCode

DPI = 200
PX = DPI / 25.4
SIZE = (round(PAGE_WIDTH * PX), round(PAGE_HEIGHT * PX))

#: Six numbers: where a pixel of the laid page comes from on the scan, as Pillow's AFFINE wants it.
Affine = tuple[float, float, float, float, float, float]
#: A piece of print and where it stands: enough of both to know it again.
_TILE = Box(0, 0, 34.0, 13.0)
_TILES_DOWN, _TILES_ACROSS = 9, 3
_LEAST_PRINT = 0.035
#: At which part of full size one looks for it, and how far, in pixels of that size: by two codes, by one.
_LOOKS = {2: ((2, 6), (1, 3)), 1: ((4, 12), (2, 5), (1, 3))}
#: Corners that lie further than this from a flat sheet (in pixels) belong to no sheet of ours.
_CROOKED = 12.0


@dataclass(frozen=True, slots=True)
class Laid:
    """A page as it was printed. `fit` is the share of the print that was found back (0–1)."""

    image: Image.Image
    fit: float
    codes: int


def corners_of(box: Box) -> list[Point]:
    """The corners of a box on the laid page, in the order of `SeenCode.corners`."""
    left, top, right, bottom = box.x * PX, box.y * PX, (box.x + box.w) * PX, (box.y + box.h) * PX
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def lay(page: Image.Image, codes: Sequence[SeenCode], expected: Image.Image) -> Laid | None:
    """The page laid on the expected print (at SIZE), by the places of one or both codes.

    None when the codes do not lie as on one of our sheets, or nothing of the print is found.
    """
    guesses = [guess for guess in _guesses(codes) if guess is not None]
    pieces = _pieces(expected)
    laid = [_refined(page, guess, pieces, expected, len(codes)) for guess in guesses]
    found = [one for one in laid if one is not None]
    return max(found, key=lambda one: one.fit, default=None)


def _guesses(codes: Sequence[SeenCode]) -> list[Affine | None]:
    if len(codes) == 1:
        return [_fit(corners_of(box), codes[0].corners) for box in CODES]
    one, two = codes
    pairs = ((one, two), (two, one))
    return [
        _fit([*corners_of(CODES[0]), *corners_of(CODES[1])], [*upper.corners, *lower.corners])
        for upper, lower in pairs
    ]


def _fit(laid: Sequence[Point], seen: Sequence[Point]) -> Affine | None:
    """The turn, shift and scale that bring the laid points nearest to the seen ones. None for no sheet.

    No more than that: two codes on a diagonal say little of what lies beside it, and the print says it all.
    """
    count = len(laid)
    mx, my = sum(x for x, _ in laid) / count, sum(y for _, y in laid) / count
    mu, mv = sum(u for u, _ in seen) / count, sum(v for _, v in seen) / count
    pairs = [(x - mx, y - my, u - mu, v - mv) for (x, y), (u, v) in zip(laid, seen, strict=True)]
    whole = sum(x * x + y * y for x, y, _, _ in pairs)
    p = sum(x * u + y * v for x, y, u, v in pairs) / whole
    q = sum(x * v - y * u for x, y, u, v in pairs) / whole
    worst = max(max(abs(p * x - q * y - u), abs(q * x + p * y - v)) for x, y, u, v in pairs)
    if worst > _CROOKED:
        return None
    return (p, -q, mu - p * mx + q * my, q, p, mv - q * mx - p * my)


def _least_squares(points: Sequence[Point], values: Sequence[float]) -> tuple[float, float, float]:
    """p, q and r for which p·x + q·y + r is nearest to the values. Raises ZeroDivisionError on a line."""
    count = len(points)
    mx, my = sum(x for x, _ in points) / count, sum(y for _, y in points) / count
    mean = sum(values) / count
    xx = sum((x - mx) ** 2 for x, _ in points)
    yy = sum((y - my) ** 2 for _, y in points)
    xy = sum((x - mx) * (y - my) for x, y in points)
    xv = sum((x - mx) * (v - mean) for (x, _), v in zip(points, values, strict=True))
    yv = sum((y - my) * (v - mean) for (_, y), v in zip(points, values, strict=True))
    whole = xx * yy - xy * xy
    p, q = (xv * yy - yv * xy) / whole, (yv * xx - xv * xy) / whole
    return p, q, mean - p * mx - q * my


@dataclass(frozen=True, slots=True)
class _Piece:
    """A rectangle with print on the expected page; its top left corner in pixels."""

    left: int
    top: int
    image: Image.Image


def _pieces(expected: Image.Image) -> list[_Piece]:
    """The darkest rectangle of each part of the page, so that they lie far apart."""
    width, height = round(_TILE.w * PX) // 4 * 4, round(_TILE.h * PX) // 4 * 4
    best: dict[tuple[int, int], tuple[float, _Piece]] = {}
    for top in _steps(SIZE[1] - height, _TILES_DOWN * 2):
        for left in _steps(SIZE[0] - width, _TILES_ACROSS * 2):
            piece = expected.crop((left, top, left + width, top + height))
            small = piece.reduce(4)
            dark = 1 - total(small) / (small.width * small.height) / 255
            place = (left * _TILES_ACROSS // SIZE[0], top * _TILES_DOWN // SIZE[1])
            if dark > _LEAST_PRINT and dark > best.get(place, (0.0,))[0]:
                best[place] = (dark, _Piece(left, top, piece))
    return [piece for _, piece in best.values()]


def _steps(most: int, count: int) -> Iterable[int]:
    return (most * step // count // 4 * 4 for step in range(count + 1))


def _refined(
    page: Image.Image, guess: Affine, pieces: Sequence[_Piece], expected: Image.Image, codes: int
) -> Laid | None:
    """The page laid by a guess, then moved so that the pieces of print lie on themselves."""
    affine = guess
    for part, reach in _LOOKS[codes]:
        moved = _found_back(page, affine, pieces, part, reach)
        better = _corrected(affine, moved, 2.0 * part)
        if better is None:
            return None
        affine = better
    image = laid_by(page, affine)
    return Laid(image, _share_found(image, expected), codes)


def laid_by(
    page: Image.Image, affine: Affine, at: tuple[int, int] = (0, 0), size: tuple[int, int] = SIZE
) -> Image.Image:
    """The page as it lies under a move, or a window of it; outside the scan it is white."""
    a, b, c, d, e, f = affine
    window = (a, b, c + a * at[0] + b * at[1], d, e, f + d * at[0] + e * at[1])
    return page.transform(size, Image.Transform.AFFINE, window, Image.Resampling.BILINEAR, fillcolor=255)


def _found_back(
    page: Image.Image, affine: Affine, pieces: Sequence[_Piece], part: int, reach: int
) -> list[tuple[Point, Point]]:
    """For each piece its middle, and where that middle was found. A piece that is nowhere is left out.

    Only a window round each piece is laid: the whole page is four times as much.
    """
    found, edge = [], part * reach
    for piece in pieces:
        size = (piece.image.width + 2 * edge, piece.image.height + 2 * edge)
        window = laid_by(page, affine, (piece.left - edge, piece.top - edge), size)
        shift = _best_shift(window.reduce(part), piece.image.reduce(part), reach)
        if shift is None:
            continue
        middle = (piece.left + piece.image.width / 2, piece.top + piece.image.height / 2)
        found.append((middle, (middle[0] + shift[0] * part, middle[1] + shift[1] * part)))
    return found


def _best_shift(window: Image.Image, model: Image.Image, reach: int) -> tuple[int, int] | None:
    """By how much the model is moved from the middle of a window; None when it lies at the edge of that."""
    scores: dict[tuple[int, int], float] = {}
    for step, span in ((2, reach), (1, 1)):
        near = min(scores, key=scores.__getitem__, default=(0, 0))
        for dy in range(near[1] - span, near[1] + span + 1, step):
            for dx in range(near[0] - span, near[0] + span + 1, step):
                if (dx, dy) not in scores:
                    left, top = reach + dx, reach + dy
                    there = window.crop((left, top, left + model.width, top + model.height))
                    scores[dx, dy] = total(ImageChops.difference(there, model))
    best = min(scores, key=scores.__getitem__)
    return None if max(abs(best[0]), abs(best[1])) >= reach else best


def _corrected(affine: Affine, moved: Sequence[tuple[Point, Point]], slack: float) -> Affine | None:
    """The move with the pieces put right; pieces that say something else than the rest are left out."""
    if len(moved) < 4:
        return None
    kept = list(moved)
    for _ in range(len(moved) // 2):
        try:
            p, q, r = _least_squares([a for a, _ in kept], [b[0] for _, b in kept])
            s, t, u = _least_squares([a for a, _ in kept], [b[1] for _, b in kept])
        except ZeroDivisionError:
            return None
        off = [max(abs(p * x + q * y + r - v), abs(s * x + t * y + u - w)) for (x, y), (v, w) in kept]
        if max(off) <= slack or len(kept) <= 5:
            break
        kept.pop(off.index(max(off)))
    a, b, c, d, e, f = affine
    return (
        a * p + b * s, a * q + b * t, a * r + b * u + c,
        d * p + e * s, d * q + e * t, d * r + e * u + f,
    )  # fmt: skip


def _share_found(laid: Image.Image, expected: Image.Image) -> float:
    """The share of the dark print that is dark on the laid page too, give or take a third of a millimetre."""
    printed = expected.point(lambda value: 255 if value < 90 else 0).reduce(2)
    dark = laid.point(lambda value: 255 if value < 165 else 0).reduce(2)
    around = dark.point(lambda value: 255 if value else 0)
    print_half = printed.point(lambda value: 255 if value > 127 else 0)
    there = total(print_half)
    return total(ImageChops.multiply(print_half, around)) / there if there else 0.0


def total(picture: Image.Image) -> int:
    """All values of a grey picture together."""
    return sum(map(mul, picture.histogram(), range(256)))
