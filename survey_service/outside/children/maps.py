"""A GeoJSON file of areas in the child: judged feature by feature, and its outlines made as coarse as they are printed.

Corners are moved to a grid that all features share, so that borders that were one stay one; what repeats a corner or
lies on the line between two is left out.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, Final

from survey_service.outside.children.bounds import Output

MOST_BYTES: Final = 20_000_000
MOST_FEATURES: Final = 2000
MOST_PROBLEMS: Final = 200
MOST_CORNERS: Final = 15_000  # of all outlines, as they are kept
GRIDS: Final = (1000, 700, 500, 350, 250, 120, 60)  # units of the longer side; the first that keeps few enough corners
LONGEST: Final = 60  # characters of a property that may be a code or a name
MOST_NAMES: Final = 40  # properties
WIDEST: Final = 8.0  # degrees: no city is larger
CHINA: Final = (73.0, 136.0, 3.0, 54.0)  # degrees: from, to east; from, to north
_NAMES: Final = ("crs84", "4326", "4490")  # of what has degrees of longitude and latitude, the Chinese one among them

Position = tuple[float, float]
Corner = tuple[int, int]


class Refused(Exception):
    """What is wrong: a code of ``InMap`` and the values of its words."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code, self.values = code, values


def answer(_given: Mapping[str, Any], stream: BinaryIO, out: Output) -> None:
    problems: list[dict[str, object]] = []
    features: list[tuple[dict[str, str], list[list[Position]]]] = []
    try:
        for number, one in enumerate(_features(stream.read(MOST_BYTES + 1)), start=1):
            try:
                features.append((_properties(one), list(_rings(one))))
            except Refused as fault:
                problems.append(_problem(fault, number=number, name=_called(one)))
                if len(problems) >= MOST_PROBLEMS:
                    break
        if not problems:
            _together(features)
    except Refused as fault:
        problems.append(_problem(fault))
    if problems:
        out.line({"problems": problems})
        return
    width, height, outlines = _drawn([rings for _, rings in features])
    out.line({"size": [width, height], "features": len(features)})
    for (properties, _), rings in zip(features, outlines, strict=True):
        out.line({"properties": properties, "rings": rings})


def _problem(fault: Refused, **further: object) -> dict[str, object]:
    return {"code": fault.code, "values": {**fault.values, **further}}


# ------------------------------------------------------------------ the file


def _features(content: bytes) -> list[Any]:
    if len(content) > MOST_BYTES:
        raise Refused("too_large", most=MOST_BYTES // 1_000_000)
    try:
        document = json.loads(content.decode("utf-8-sig"), parse_constant=_no_number)
    except json.JSONDecodeError as fault:
        raise Refused("no_json", line=fault.lineno) from None
    except UnicodeDecodeError:
        raise Refused("no_utf8") from None
    if not isinstance(document, dict) or document.get("type") != "FeatureCollection":
        raise Refused("no_collection")
    features = document.get("features")
    if not isinstance(features, list) or not features:
        raise Refused("no_collection")
    if len(features) > MOST_FEATURES:
        raise Refused("too_many", count=len(features), most=MOST_FEATURES)
    system = json.dumps(document.get("crs") or "crs84").lower()
    if not any(name in system for name in _NAMES):
        raise Refused("other_system")
    return features


def _no_number(name: str) -> float:
    raise Refused("no_finite", seen=name)


def _called(feature: Any) -> str:
    """The first of its properties that may be a name; "" where it has none."""
    try:
        values = list(_properties(feature).values())
    except Refused:
        return ""
    return next((text for text in values if any(ord(letter) > 127 for letter in text)), values[0] if values else "")


def _properties(feature: Any) -> dict[str, str]:
    """Those that may be a code or a name, as texts."""
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise Refused("no_feature")
    found = feature.get("properties")
    if not isinstance(found, dict):
        return {}
    texts = {
        str(name)[:LONGEST]: _text(value)
        for name, value in list(found.items())[:MOST_NAMES]
        if isinstance(value, str | int | float) and not isinstance(value, bool)
    }
    return {name: text for name, text in texts.items() if 0 < len(text) <= LONGEST}


def _text(value: str | float) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


# ------------------------------------------------------------------ the outline of one feature


def _rings(feature: Mapping[str, Any]) -> Iterator[list[Position]]:
    given = feature.get("geometry")
    geometry: dict[str, Any] = given if isinstance(given, dict) else {}
    kind = geometry.get("type")
    if kind not in ("Polygon", "MultiPolygon"):
        raise Refused("no_polygon", seen=str(kind)[:LONGEST])
    found = geometry.get("coordinates")
    polygons = [found] if kind == "Polygon" else found
    if not isinstance(polygons, list) or not polygons:
        raise Refused("no_rings")
    for polygon in polygons:
        if not isinstance(polygon, list) or not polygon:
            raise Refused("no_rings")
        for ring in polygon:
            yield _ring(ring)


def _ring(found: Any) -> list[Position]:
    if not isinstance(found, list) or len(found) < 4:
        raise Refused("short_ring", count=len(found) if isinstance(found, list) else 0)
    ring = [_position(one) for one in found]
    if ring[0] != ring[-1]:
        raise Refused("open_ring")
    return ring[:-1]


def _position(found: Any) -> Position:
    if not isinstance(found, list) or len(found) < 2 or not all(_is_number(one) for one in found[:2]):
        raise Refused("no_position", seen=json.dumps(found, ensure_ascii=False)[:LONGEST])
    east, north = float(found[0]), float(found[1])
    from_east, to_east, from_north, to_north = CHINA
    seen = f"{found[0]}, {found[1]}"[:LONGEST]
    if from_north <= east <= to_north and from_east <= north <= to_east:
        raise Refused("swapped", seen=seen)
    if abs(east) > 180 or abs(north) > 90:
        raise Refused("no_degrees", seen=seen)
    if not (from_east <= east <= to_east and from_north <= north <= to_north):
        raise Refused("elsewhere", seen=seen)
    return east, north


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e12


def _together(features: list[tuple[dict[str, str], list[list[Position]]]]) -> None:
    """All of one city: not wider than any, and with an area."""
    positions = [position for _, rings in features for ring in rings for position in ring]
    spans = [max(one[axis] for one in positions) - min(one[axis] for one in positions) for axis in (0, 1)]
    if max(spans) > WIDEST:
        raise Refused("too_wide", degrees=math.ceil(max(spans)))
    if min(spans) <= 0:
        raise Refused("flat")


# ------------------------------------------------------------------ as coarse as print


def _drawn(every: list[list[list[Position]]]) -> tuple[int, int, list[list[list[Corner]]]]:
    """Width and height in units, and the rings of each feature on the finest grid that keeps few enough corners."""
    positions = [position for rings in every for ring in rings for position in ring]
    west, east = (edge(one[0] for one in positions) for edge in (min, max))
    south, north = (edge(one[1] for one in positions) for edge in (min, max))
    shrink = math.cos(math.radians((south + north) / 2))  # a degree east is so much shorter than one north
    across, down = (east - west) * shrink, north - south
    for units in GRIDS:
        scale = units / max(across, down)
        made = [
            _kept([[(round((x - west) * shrink * scale), round((north - y) * scale)) for x, y in r] for r in rings])
            for rings in every
        ]
        if sum(len(ring) for rings in made for ring in rings) <= MOST_CORNERS:
            break
    return max(1, round(across * scale)), max(1, round(down * scale)), made


def _kept(rings: list[list[Corner]]) -> list[list[Corner]]:
    """Without corners that say nothing; an area too small for the grid is one unit of it."""
    found = [ring for ring in map(_plain, rings) if len(ring) > 2]
    if found:
        return found
    x, y = rings[0][0]
    return [[(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)]]


def _plain(ring: list[Corner]) -> list[Corner]:
    while True:
        apart = [corner for place, corner in enumerate(ring) if corner != ring[place - 1]]
        beside = zip(apart, [*apart[-1:], *apart[:-1]], [*apart[1:], *apart[:1]], strict=True)
        left = [corner for corner, before, after in beside if not _straight(before, corner, after)]
        if len(left) == len(ring):
            return left
        ring = left


def _straight(a: Corner, b: Corner, c: Corner) -> bool:
    return (b[0] - a[0]) * (c[1] - a[1]) == (b[1] - a[1]) * (c[0] - a[0])
