"""The figures of an axis where it stands: those that have room, and with them its gridlines."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Protocol

from reports import style
from reports.blocks import Axis
from reports.charts import Scale, round_step
from reports.layout.setting import Setter
from reports.marks import Mark
from reports.style import Role

CLEAR = 3.0  # pt between two figures
Tick = tuple[float, str]


class Measures(Protocol):
    """What knows how wide a text is: the setter of a page, or whoever draws for a screen."""

    def width(self, role: Role, text: str) -> float: ...


def axis_insets(setter: Setter, axis: Axis | None) -> tuple[float, float]:
    """How far the axis begins and ends inside its column, so that its figures keep clear of their neighbours."""
    if axis is None or not axis.ticks:
        return 3.0, 3.0
    first, last = (setter.width(style.AXIS, axis.ticks[i][1]) / 2 for i in (0, -1))
    return max(first - 2, 3.0), max(last - 2, 3.0)


def labelled(setter: Measures, scale: Scale) -> tuple[Tick, ...]:
    """Both ends, the target where it keeps clear of them, and between them the finest round step that has room.

    The target's figure goes before the rest; where it has no room it stands in the head of its column all the same.
    """
    axis = scale.axis
    kept = [axis.ticks[0], axis.ticks[-1]] if len(axis.ticks) > 1 else list(axis.ticks)
    inner = list(axis.ticks[1:-1])
    aims = [tick for tick in inner if tick[0] == axis.target]
    kept += [tick for tick in aims if _clear(setter, scale, [*kept, tick])]
    regular = [tick for tick in inner if tick not in aims]
    if not regular:
        return tuple(sorted(kept))
    span = axis.high - axis.low
    step = min((b - a for (a, _), (b, _) in pairwise(regular)), default=span)
    while step < span * (1 + 1e-9):
        even = inner if len(regular) == 1 else [tick for tick in inner if _whole(tick[0] / step)]
        chosen = [
            tick for tick in even if tick in regular and all(_clear(setter, scale, [tick, other]) for other in kept)
        ]
        if _clear(setter, scale, chosen) and (len(regular) == 1 or _even(even, step)):
            return tuple(sorted([*kept, *chosen]))
        step = round_step(step * 1.01)
    return tuple(sorted(kept))


def axis_marks(setter: Setter, scale: Scale, y: float) -> list[Mark]:
    """The figures of an axis with their baseline at ``y``."""
    target = scale.axis.target
    return [
        setter.centred(style.SMALL if value == target else style.AXIS, text, scale.at(value), y)
        for value, text in labelled(setter, scale)
    ]


def _whole(number: float) -> bool:
    return abs(number - round(number)) < 1e-6


def _even(ticks: Sequence[Tick], step: float) -> bool:
    """Whether none is missing between two: a step of fifty is none where the axis goes by twenty."""
    return all(abs(b - a - step) < step * 1e-6 for (a, _), (b, _) in pairwise(ticks))


def _clear(setter: Measures, scale: Scale, ticks: Sequence[Tick]) -> bool:
    """Whether no two of these figures touch."""
    places = sorted((scale.at(value), setter.width(style.AXIS, text) / 2) for value, text in ticks)
    return all(a + half + CLEAR <= b - other for (a, half), (b, other) in pairwise(places))
