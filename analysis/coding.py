"""Ends of the scale that are told as a band: 80 % or more of 10 to 19 respondents, 90 % or more of 20 to 29.

That all of few said the same tells what each of them said. Hiding such a figure hides most high rates of a city that
asks twenty a community, and an empty cell is read as 100 %. A band says what the city needs and leaves open how many.
"""

from __future__ import annotations

import numpy as np

from analysis.arrays import BoolArray, FloatArray, IntArray
from analysis.cells import Cells
from analysis.estimation.intervals import share_limits
from analysis.results import IntervalMethod, PublicationRule

WIDE, SLIM = 0.80, 0.90  # inner ends of the upper bands; the lower ones mirror them
WIDE_BELOW = 20  # respondents
_TINY = 1e-9


def end_for(size: FloatArray) -> FloatArray:
    """The inner end of the upper band for so many respondents, on the scale 0..1."""
    return np.where(size < WIDE_BELOW, WIDE, SLIM)


def side_of(part: FloatArray, end: FloatArray) -> IntArray:
    """1 in the upper band, -1 in the lower, 0 in neither. ``end``: inner end of the upper band."""
    return np.where(part >= end - _TINY, 1, np.where(part <= 1 - end + _TINY, -1, 0))


def widest_end(part: FloatArray) -> FloatArray:
    """The inner end of the slimmest band, 0.90 or 0.80, that holds each place on the scale; NaN where none does."""
    far = np.maximum(part, 1 - part)
    return np.where(far >= SLIM - _TINY, SLIM, np.where(far >= WIDE - _TINY, WIDE, np.nan))


def usual_effects(cells: Cells, rule: PublicationRule) -> FloatArray:
    """The design effect that a coded cell is taken to have: the median of its neighbours', never its own.

    Where all answers are alike none can be estimated, so an interval by the cell's own effect would tell whether they
    were. Taken from the cells of the same variable at the same level that are in no band, else from all variables of
    the level, else 1; to one decimal, and at least 1.
    """
    levels: dict[tuple[str, ...], int] = {}
    level_of = np.array(
        [levels.setdefault(tuple(column for column, _ in domain), len(levels)) for domain in cells.domains],
        dtype=np.int64,
    )[cells.domain]
    inside = (side_of(cells.part, end_for(cells.size)) != 0) & (cells.size < rule.group_disclosure_below)
    usable = np.isfinite(cells.effect) & ~inside & (cells.size >= rule.minimum_respondents) & cells.bounded
    found = np.ones(len(cells))
    for level in range(len(levels)):
        here = level_of == level
        general = _median(cells.effect[here & usable], 1.0)
        for key in np.unique(cells.key[here]):
            those = here & (cells.key == key)
            found[those] = _median(cells.effect[those & usable], general)
    return found


def _median(effects: FloatArray, otherwise: float) -> float:
    return max(1.0, round(float(np.median(effects)), 1)) if len(effects) else otherwise


def coded_limits(
    cells: Cells, chosen: BoolArray, side: IntArray, end: FloatArray, effect: FloatArray, levels: tuple[float, str]
) -> tuple[FloatArray, FloatArray]:
    """Limits of ``chosen`` cells in the unit of each: the union of the intervals of all that their band may hold.

    Each count in the band has the interval that the rule of shares (``levels``: confidence level and rule) gives it
    with the respondents, the degrees of freedom and the usual design effect of the cell; all alike reaches the end of
    the scale. Limits rise with the share, so the union goes from the limit at the inner end of the band, which a
    weighted share can touch, to the end of the scale. Nothing in it depends on which count was the true one. Points on
    a scale vary at most as a share at the same place does (Bhatia & Davis 2000), so its interval holds for them too.
    """
    level, method = levels
    size, freedom = cells.size[chosen], cells.freedom[chosen]
    inner = end[chosen]
    variance = inner * (1 - inner) * effect[chosen] / np.maximum(size, 1)
    rule = np.where(cells.share[chosen], method, IntervalMethod.KORN_GRAUBARD.value)
    low = np.full(len(inner), np.nan)
    for one in np.unique(rule):
        those = rule == one
        share, spread = inner[those], variance[those]
        found, _ = share_limits(IntervalMethod(str(one)), share, spread, spread, size[those], freedom[those], level)
        low[those] = found
    low = np.where(cells.complete[chosen], inner, np.clip(low, 0.0, inner))
    up = side[chosen] > 0
    width = cells.most[chosen] - cells.least[chosen]
    bottom, top = np.where(up, low, 0.0), np.where(up, 1.0, 1 - low)
    unknown = np.isnan(low)
    bottom, top = np.where(unknown, np.nan, bottom), np.where(unknown, np.nan, top)
    return cells.least[chosen] + bottom * width, cells.least[chosen] + top * width
