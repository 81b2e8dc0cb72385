"""Places inside an outline: from where to where it goes at a height, and where a line of text has most room."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

TRIED: Final = 25  # heights at which a name is tried in its outline
Point = tuple[float, float]
Rings = Sequence[Sequence[Point]]
Outline = tuple[tuple[Point, ...], ...]
Room = tuple[float, float, float]  # left, right, and the height at which it is


def inside(rings: Rings, y: float) -> list[tuple[float, float]]:
    """From where to where a row at ``y`` lies within the rings, by the even-odd rule."""
    met = []
    for ring in rings:
        for (x0, y0), (x1, y1) in zip(ring, (*ring[1:], ring[0]), strict=True):
            if (y0 <= y) != (y1 <= y):
                met.append(x0 + (y - y0) / (y1 - y0) * (x1 - x0))
    met.sort()
    return list(zip(met[::2], met[1::2], strict=True))


def rooms(rings: Rings, height: float) -> Iterator[Room]:
    """The widest place for a box of this height at each of some heights."""
    ys = [y for ring in rings for _, y in ring]
    top, bottom = min(ys), max(ys)
    for number in range(1, TRIED):
        middle = top + (bottom - top) * number / TRIED
        rows = [inside(rings, middle + part * height) for part in (-0.5, -0.25, 0.0, 0.25, 0.5)]
        for left, right in rows[2]:
            for row in rows:
                held = [(a, b) for a, b in row if a < right and b > left]
                left, right = (max(left, held[0][0]), min(right, held[0][1])) if len(held) == 1 else (0.0, 0.0)
            if right > left:
                yield left, right, middle


def widest(rings: Rings, height: float) -> Room | None:
    return max(rooms(rings, height), key=lambda room: room[1] - room[0], default=None)


def path_of(rings: Rings) -> str:
    """Rings as the path of a picture on the web."""
    return "".join("M" + "L".join(f"{x} {y}" for x, y in ring) + "Z" for ring in rings)
