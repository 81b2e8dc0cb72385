"""Items that the same people rated, held against each other: every two of a group, within every area.

Who answered one item answered the other, so their figures vary together, and two intervals that overlap may well be
told apart: the variance is that of the difference, added up per PSU and calibrated as the figures are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.arrays import FloatArray
from analysis.engine.figures import Asked
from analysis.engine.prepared import AreaFigures
from analysis.estimation.table import ROUNDING
from analysis.results import Domain


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ItemTable:
    """One group of items. ``standard_error`` of every difference is (items, items, domains), NaN where it has none; 0
    where both are of a complete enumeration."""

    group: str
    items: tuple[str, ...]
    domains: tuple[Domain, ...]
    value: FloatArray  # (items, domains)
    standard_error: FloatArray
    degrees_of_freedom: FloatArray  # (items, domains)


def item_tables(areas: AreaFigures, indicators: Sequence[Asked]) -> tuple[ItemTable, ...]:
    """Of every group of two or more indicators that are measured alike."""
    groups: dict[tuple[object, ...], list[int]] = {}
    for place, one in enumerate(indicators):
        if one.group is not None and one.beside is None and not one.totals:
            groups.setdefault((one.group, one.share, one.scale), []).append(place)
    return tuple(
        _table(areas, str(group[0]), [indicators[place].id for place in places], places)
        for group, places in groups.items()
        if len(places) > 1
    )


def _table(areas: AreaFigures, group: str, items: list[str], places: list[int]) -> ItemTable:
    figures = areas.figures
    covariance = areas.covariances.of_quantities(places)
    own = np.stack([covariance[number, number] for number in range(len(places))])
    apart = own[:, None] + own[None]
    variance = apart - 2 * covariance
    doubted = figures.doubted[places]
    known = ~np.isnan(figures.low[places])
    # Two items that everybody answered alike differ by rounding alone.
    silent = (variance <= ROUNDING * apart) & (apart > 0)
    variance = np.where(silent, np.nan, np.maximum(variance, 0.0)) + doubted[:, None] + doubted[None]
    variance[~(known[:, None] & known[None])] = np.nan
    complete = figures.complete[places] > 0
    both = complete[:, None] & complete[None]
    nothing = (variance == 0) & ~both
    return ItemTable(
        group=group,
        items=tuple(items),
        domains=areas.domains,
        value=figures.value[places],
        standard_error=np.sqrt(np.where(nothing, np.nan, np.where(both, 0.0, variance))),
        degrees_of_freedom=figures.degrees_of_freedom[places],
    )
