"""Outlines of the invented communities, as a file that an office would upload: GeoJSON in degrees.

Each street has its part of the city and its communities their cells in it (a Voronoi diagram of points that were moved
to the middle of their cells); then the whole is bent by one smooth field, so that borders look grown and stay shared.
"""

from __future__ import annotations

import json
from typing import Any, Final

import numpy as np
from scipy.spatial import Voronoi

from analysis.arrays import FloatArray
from survey_service.demonstration.city import STREETS, StreetPlan, community_code

FILE_NAME: Final = "社区边界示例.geojson"
MIDDLE: Final = (105.42, 36.18)  # where no city of this name lies
DEGREES: Final = (0.105, 0.078)  # of half its width and half its height
RING: Final = 240  # corners of the outline of the city
STEP: Final = 0.03  # between two corners of a border, of half the city's width
FAR: Final = ((9.0, 0.0), (-9.0, 0.0), (0.0, 9.0), (0.0, -9.0))  # so that every cell ends
PLACES: Final = {1: ((0.02, -0.05), 0.26), 2: ((0.72, 0.02), 0.38), 101: ((-0.72, -0.2), 0.40), 3: ((0.1, 0.85), 0.2)}
"""Number of a street -> where its middle lies, and how far from it its communities."""


def outlines_file(seed: int) -> bytes:
    """The file; the same seed gives the same one."""
    rng = np.random.default_rng([seed, 7])
    city = _city()
    named = [one for street in STREETS for one in _points(street, rng)]
    points = _relaxed(np.array([point for _, _, point in named]), city)
    features = [_feature(code, name, cell) for (code, name, _), cell in zip(named, _cells(points, city), strict=True)]
    collection = {"type": "FeatureCollection", "name": "社区边界示例（虚构）", "features": features}
    return json.dumps(collection, ensure_ascii=False, separators=(",", ":")).encode()


def _points(street: StreetPlan, rng: np.random.Generator) -> list[tuple[str, str, FloatArray]]:
    middle, apart = PLACES[street.number]
    count = len(street.communities)
    turn = rng.uniform(0, 2 * np.pi)
    return [
        (
            community_code(street, position),
            plan.name_zh,
            np.array(middle) + apart * rng.uniform(0.7, 1.1) * _direction(turn + 2 * np.pi * position / count),
        )
        for position, plan in enumerate(street.communities, start=1)
    ]


def _direction(angle: float) -> FloatArray:
    return np.array([np.cos(angle), np.sin(angle)])


def _city() -> FloatArray:
    angle = np.linspace(0, 2 * np.pi, RING, endpoint=False)
    radius = 1.12 + 0.10 * np.cos(2 * angle + 0.6) + 0.07 * np.cos(3 * angle - 1.0) + 0.03 * np.cos(7 * angle)
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])


def _relaxed(points: FloatArray, city: FloatArray) -> FloatArray:
    """A little towards the middle of their cells: a town has no slivers."""
    for _ in range(2):
        middles = np.array([cell.mean(axis=0) for cell in _cells(points, city)])
        points = points + 0.6 * (middles - points)
    return points


def _cells(points: FloatArray, city: FloatArray) -> list[FloatArray]:
    """The part of the city that is nearer to each point than to any other."""
    diagram = Voronoi(np.vstack([points, FAR]))
    return [
        _clipped(city, diagram.vertices[diagram.regions[diagram.point_region[place]]], point)
        for place, point in enumerate(points)
    ]


def _clipped(ring: FloatArray, cell: FloatArray, middle: FloatArray) -> FloatArray:
    """What of a ring lies within a cell, which bends nowhere inwards: cut off along each of its sides."""
    for start, end in zip(cell, np.roll(cell, -1, axis=0), strict=True):
        across = np.array([start[1] - end[1], end[0] - start[0]])
        across = across if across @ (middle - start) > 0 else -across
        depth = (ring - start) @ across
        kept = []
        for one, following, a, b in zip(ring, np.roll(ring, -1, axis=0), depth, np.roll(depth, -1), strict=True):
            if a >= 0:
                kept.append(one)
            if (a >= 0) != (b >= 0):
                kept.append(one + (following - one) * a / (a - b))
        ring = np.array(kept)
    return ring


def _feature(code: str, name: str, cell: FloatArray) -> dict[str, Any]:
    ring = [
        _in_degrees(point)
        for start, end in zip(cell, np.roll(cell, -1, axis=0), strict=True)
        for point in _between(start, end)
    ]
    return {
        "type": "Feature",
        "properties": {"代码": code, "名称": name},
        "geometry": {"type": "Polygon", "coordinates": [[*ring, ring[0]]]},
    }


def _between(start: FloatArray, end: FloatArray) -> list[FloatArray]:
    """Corners from the start up to the end, the same ones whichever side of the border asks."""
    length = float(np.linalg.norm(end - start))
    count = max(1, round(length / STEP))
    return [start + (end - start) * part / count for part in range(count)]


def _in_degrees(point: FloatArray) -> list[float]:
    """Bent, then as longitude and latitude."""
    x, y = point
    bent_x = x + 0.035 * np.sin(4.1 * y + 1.3) + 0.016 * np.sin(9.7 * y - 5.3 * x) + 0.008 * np.sin(23 * y + 11 * x)
    bent_y = y + 0.035 * np.sin(3.7 * x - 0.4) + 0.016 * np.sin(8.9 * x + 6.1 * y) + 0.008 * np.sin(21 * x - 13 * y)
    return [round(MIDDLE[0] + DEGREES[0] * float(bent_x), 6), round(MIDDLE[1] + DEGREES[1] * float(bent_y), 6)]
