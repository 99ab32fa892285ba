"""The map of the rapport: buurten as paths of an SVG, or as tiles when no map was read in."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from outreach.actions.report import Line
from outreach.disclosure import FOUND
from outreach.models import Buurt

#: The map is so many units wide; the share of a buurt stands in it where there is this much room for it,
#: across and down, on a desk and on a phone.
WIDTH = 1000
_ROOM, _ROOM_ON_A_PHONE = (52, 30), (110, 56)
#: How wide a character of a name is, and how high number and name are together.
_CHARACTER, _TWO_LINES = 11, 62
_SHADES = 5


@dataclass(frozen=True, slots=True)
class Shades:
    """Five shades of the same breadth over the shares that there are, so that a difference can be seen."""

    lowest: int
    breadth: int

    @classmethod
    def over(cls, shares: Iterable[int | None]) -> "Shades":
        known = [one for one in shares if one is not None]
        lowest, highest = min(known, default=0), max(known, default=100)
        return cls(lowest, max(math.ceil((highest - lowest + 1) / _SHADES), 1))

    def of(self, percent: int | None) -> str:
        """The class of a share; `hidden` where it is not told."""
        return "hidden" if percent is None else str((percent - self.lowest) // self.breadth)

    def legend(self) -> list[dict[str, str]]:
        """What each shade stands for."""
        lows = [self.lowest + number * self.breadth for number in range(_SHADES)]
        ends = [(low, min(low + self.breadth - 1, 100)) for low in lows if low <= 100]
        shades = [
            {"shade": str(number), "label": f"{low}%" if low == high else f"{low}–{high}%"}
            for number, (low, high) in enumerate(ends)
        ]
        return [*shades, {"shade": "hidden", "label": "niet getoond, of niemand gevonden"}]


def share(line: Line | None, stage: int) -> int | None:
    """Which part of who was found came this far, in whole per cents; None where one of both is not told."""
    if line is None or line.counts[stage] is None or not line.counts[FOUND]:
        return None
    return round(100 * line.counts[stage] / line.counts[FOUND])  # type: ignore[operator]


def areas(buurten: Sequence[Buurt], lines: Mapping[str, Line], stage: int) -> dict[str, Any]:
    """What report_map.html asks: every buurt with its share, and its path where a map was read in."""
    shares = [share(lines.get(buurt.code), stage) for buurt in buurten]
    shades = Shades.over(shares)
    found = [_area(buurt, percent, shades) for buurt, percent in zip(buurten, shares, strict=True)]
    drawn = [buurt for buurt in buurten if buurt.outline]
    if not drawn:
        return {"tiles": found, "legend": shades.legend()}
    box = _box(drawn)
    for buurt, area in zip(buurten, found, strict=True):
        area |= _placed(buurt, box)
    return {
        "paths": [area for area in found if area.get("path")],
        "without": [area["name"] for area in found if not area.get("path")],
        "width": WIDTH,
        "height": _height(box),
        "legend": shades.legend(),
    }


def _area(buurt: Buurt, percent: int | None, shades: Shades) -> dict[str, Any]:
    text = "–" if percent is None else f"{percent}%"
    return {"name": buurt.name, "shade": shades.of(percent), "text": text, "known": percent is not None}


Box = tuple[int, int, int, int]


def _box(buurten: Sequence[Buurt]) -> Box:
    points = [point for buurt in buurten for ring in buurt.outline for point in ring]
    east, north = [point[0] for point in points], [point[1] for point in points]
    return min(east), min(north), max(east), max(north)


def _scale(box: Box) -> float:
    return WIDTH / max(box[2] - box[0], 1)


def _height(box: Box) -> int:
    return max(round((box[3] - box[1]) * _scale(box)), 1)


def _placed(buurt: Buurt, box: Box) -> dict[str, Any]:
    """The path of a buurt, north up, and where its number fits."""
    if not buurt.outline:
        return {}
    scale = _scale(box)
    rings = [
        [(round((east - box[0]) * scale), round((box[3] - north) * scale)) for east, north in ring]
        for ring in buurt.outline
    ]
    path = " ".join("M" + "L".join(f"{x} {y}" for x, y in ring) + "Z" for ring in rings)
    largest = max(rings, key=lambda ring: abs(_surface(ring)))
    x, y = _middle(largest)
    return {
        "path": path,
        "x": x,
        "y": y,
        "room": _room(largest),
        "named": _fits(largest, _CHARACTER * len(buurt.name), _TWO_LINES),
    }


def _surface(ring: Sequence[tuple[int, int]]) -> float:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in _sides(ring)) / 2


def _sides(ring: Sequence[tuple[int, int]]) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    return list(zip(ring, [*ring[1:], ring[0]], strict=True))


def _room(ring: Sequence[tuple[int, int]]) -> str:
    """Where there is room for a number: `phone` (and on a desk too), `desk` or nowhere."""
    for name, room in (("phone", _ROOM_ON_A_PHONE), ("desk", _ROOM)):
        if _fits(ring, *room):
            return name
    return ""


def _fits(ring: Sequence[tuple[int, int]], width: int, height: int) -> bool:
    across, down = [point[0] for point in ring], [point[1] for point in ring]
    return max(across) - min(across) >= width and max(down) - min(down) >= height


def _middle(ring: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """The centre of mass; a corner of what has no surface."""
    surface = _surface(ring)
    if not surface:
        return ring[0]
    x = sum((a[0] + b[0]) * (a[0] * b[1] - b[0] * a[1]) for a, b in _sides(ring)) / (6 * surface)
    y = sum((a[1] + b[1]) * (a[0] * b[1] - b[0] * a[1]) for a, b in _sides(ring)) / (6 * surface)
    return round(x), round(y)
