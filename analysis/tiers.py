"""How firmly a figure is shown: its error against what the rule asks.

``tiers``: shown where the effective sample is at least 30 and the interval narrower than 0.30 of the scale; coarsely
(误差大) from ten respondents on where it is at most 0.60 wide; else not alone. ``suppress`` and ``flag`` follow the
NCHS presentation standard for proportions (Parker et al. 2017, Vital and Health Statistics 2(175)) for shares, a rule
of our own for scores. A ratio of two totals has no scale to be wide on: it goes by its relative standard error, firm
up to 16.6 %, usable up to 33.3 %, as Statistics Canada releases estimates of its household surveys.
"""

from __future__ import annotations

import numpy as np

from analysis.arrays import BoolArray, FloatArray
from analysis.cells import Cells
from analysis.results import Domain, PublicationRule, PublishableCell, PublishableTable, Reliability, Tier

_NARROW = 0.05  # an interval this narrow is shown whatever its relative width
_RELATIVE_WIDTH = 1.30
_FIRM_ERROR, _USABLE_ERROR = 0.166, 0.333  # standard error of a ratio of totals, as a share of it
_EXACT = 1e-9


def firm(cells: Cells, low: FloatArray, high: FloatArray, effective: FloatArray, rule: PublicationRule) -> BoolArray:
    """Cells without a remark. ``low``, ``high`` and ``effective`` are those that would be shown."""
    width = _width(cells, low, high)
    enough = np.nan_to_num(effective) >= rule.minimum_effective_sample * (1 - _EXACT)
    narrow = width < rule.widest_interval
    found = enough & narrow
    if rule.reliability is not Reliability.TIERS:
        share = (cells.least == 0.0) & (cells.most == 1.0) & ~cells.alike & (width > _NARROW)
        with np.errstate(invalid="ignore"):
            found &= ~(share & (width > _RELATIVE_WIDTH * cells.value))
    found = np.where(cells.ratio, enough & (_relative(cells) <= _FIRM_ERROR), found | ~cells.bounded)
    return np.asarray(found | cells.complete)


def usable(cells: Cells, low: FloatArray, high: FloatArray, rule: PublicationRule) -> BoolArray:
    """Cells that may be shown coarsely under ``tiers``."""
    enough = cells.size >= rule.minimum_respondents
    narrow = _width(cells, low, high) <= rule.widest_coarse_interval + _EXACT
    return np.asarray(enough & np.where(cells.ratio, _relative(cells) <= _USABLE_ERROR, narrow))


def complement_unreliable(cells: Cells, value: FloatArray, low: FloatArray, high: FloatArray) -> BoolArray:
    """0.97 is as badly known as 0.03: the complement's relative width marks a share, but never hides it.

    Of the figures as they are printed, so that the mark says no more than they.
    """
    width = high - low
    share = (cells.least == 0.0) & (cells.most == 1.0) & cells.bounded & ~cells.alike & ~cells.complete
    with np.errstate(invalid="ignore"):
        return np.asarray(share & (width > _NARROW) & (width > _RELATIVE_WIDTH * (1 - value)))


def _relative(cells: Cells) -> FloatArray:
    """Standard error as a share of the figure; without an error nothing is known of it."""
    with np.errstate(invalid="ignore", divide="ignore"):
        share = cells.error / np.abs(cells.value)
    return np.where(np.isfinite(share), share, np.inf)


def _width(cells: Cells, low: FloatArray, high: FloatArray) -> FloatArray:
    return np.asarray((high - low) / (cells.most - cells.least))


def shown_as_points(published: PublishableTable) -> dict[tuple[Domain, str], PublishableCell]:
    """By domain and indicator the cells that may be held against each other: published, firm, and told themselves
    rather than by an end."""
    return {
        (row.domain, cell.variable): cell
        for row in published.rows
        for cell in row.cells
        if cell.category is None and comparable(cell)
    }


def comparable(cell: PublishableCell) -> bool:
    """Whether a figure may stand in an order, or be the side of a difference that is claimed."""
    told = cell.suppression is None and cell.value is not None and cell.coded is None
    return told and cell.tier is Tier.SHOWN and not cell.unreliable
