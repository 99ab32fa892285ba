"""Outlines of buurten from a map (GeoJSON in the coordinates of the Rijksdriehoeksmeting), made small.

A point is a pair of whole meters, east and north. Source of the reach: RD covers x 0 to 300 km and y 300 to
625 km over the Netherlands.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

Point = tuple[int, int]
Ring = list[Point]

#: How far, in meters, a line may be from where it was; and what is too small to be seen on a page.
TOLERANCE = 15.0
LEAST_POINTS = 4
MOST_BUURTEN = 5000
MOST_POINTS = 200_000
CODES = ("buurtcode", "statcode", "code", "bu_code")

_EAST, _NORTH = (-10_000, 310_000), (290_000, 640_000)


class MapRefused(Exception):
    """The file is no map of buurten that can be used. `str()` is Dutch and says what is wrong, never what is
    in it."""


def read_map(content: bytes) -> dict[str, list[Ring]]:
    """The outlines of a GeoJSON file by the code of the buurt. Raises MapRefused."""
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        raise MapRefused("Dit bestand is geen GeoJSON.") from None
    features = found.get("features") if isinstance(found, dict) else None
    if not isinstance(features, list) or not features:
        raise MapRefused("In dit bestand staan geen buurten (features).")
    if len(features) > MOST_BUURTEN:
        raise MapRefused(f"In dit bestand staan meer dan {MOST_BUURTEN} buurten.")
    outlines: dict[str, list[Ring]] = {}
    points = 0
    for number, feature in enumerate(features, start=1):
        code, rings = _code(feature, number), list(_rings(feature, number))
        points += sum(len(ring) for ring in rings)
        if points > MOST_POINTS:
            raise MapRefused(f"De kaart heeft meer dan {MOST_POINTS} punten. Kies een grovere kaart.")
        outlines.setdefault(code, []).extend(
            made for ring in rings if len(made := simple(ring)) >= LEAST_POINTS
        )
    return outlines


def _code(feature: Any, number: int) -> str:
    properties = feature.get("properties") if isinstance(feature, Mapping) else None
    if isinstance(properties, Mapping):
        lower = {str(key).lower(): value for key, value in properties.items()}
        for name in CODES:
            if isinstance(lower.get(name), str):
                return str(lower[name])
    raise MapRefused(f"Buurt {number} in het bestand heeft geen code. Die staat in {', '.join(CODES)}.")


def _rings(feature: Mapping[str, Any], number: int) -> Iterator[Ring]:
    geometry = feature.get("geometry")
    if not isinstance(geometry, Mapping) or geometry.get("type") not in ("Polygon", "MultiPolygon"):
        raise MapRefused(f"Buurt {number} in het bestand heeft geen vlak (Polygon of MultiPolygon).")
    parts: Any = geometry.get("coordinates")
    try:
        for polygon in [parts] if geometry["type"] == "Polygon" else parts:
            for ring in polygon:
                yield [_point(point) for point in ring]
    except (TypeError, ValueError, IndexError, OverflowError):
        raise MapRefused(f"De punten van buurt {number} in het bestand kloppen niet.") from None
    except _Elsewhere:
        raise MapRefused(
            f"Buurt {number} in het bestand ligt buiten Nederland. Is de kaart in Rijksdriehoekscoördinaten?"
        ) from None


class _Elsewhere(Exception):
    """The point is not in the Netherlands."""


def _point(found: Any) -> Point:
    east, north = round(found[0]), round(found[1])
    if not (_EAST[0] <= east <= _EAST[1] and _NORTH[0] <= north <= _NORTH[1]):
        raise _Elsewhere
    return east, north


def simple(ring: Ring) -> Ring:
    """The ring with as few points as keep it within TOLERANCE (Ramer, Douglas and Peucker)."""
    if len(ring) < LEAST_POINTS:
        return ring
    # A ring ends where it begins: cut it at the point furthest from there, or nothing would be far from it.
    far = max(range(len(ring)), key=lambda place: _distance(ring[place], ring[0], ring[0]))
    keep = {0, far, len(ring) - 1}
    todo = [(0, far), (far, len(ring) - 1)]
    while todo:
        start, end = todo.pop()
        between = range(start + 1, end)
        if not between:
            continue
        furthest = max(between, key=lambda place: _distance(ring[place], ring[start], ring[end]))
        if _distance(ring[furthest], ring[start], ring[end]) > TOLERANCE:
            keep.add(furthest)
            todo += [(start, furthest), (furthest, end)]
    return [ring[place] for place in sorted(keep)]


def _distance(point: Point, start: Point, end: Point) -> float:
    """From a point to a line, in meters; to its start where it has no length."""
    along = (end[0] - start[0], end[1] - start[1])
    off = (point[0] - start[0], point[1] - start[1])
    length = (along[0] ** 2 + along[1] ** 2) ** 0.5
    if not length:
        return float((off[0] ** 2 + off[1] ** 2) ** 0.5)
    return abs(along[0] * off[1] - along[1] * off[0]) / length
