"""Whether any result of so many respondents could show that a target is reached, and how many it takes.

Where all say yes the exact limit is (alpha/2)^(1/n): to show 90 % takes 36 even then. Below thirty the best figure that
is printed is a coded end, whose interval starts lower.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from analysis.arrays import FloatArray
from analysis.coding import end_for
from analysis.estimation.intervals import clopper_pearson
from analysis.printed_figures import FINE_FROM
from analysis.results import PublicationRule

_LONGEST = 4000  # respondents; nobody plans more for one figure
_STEP = 16
_NOISE = 1e-9


def best_limits(sizes: FloatArray, shrunk: float, level: float, rule: PublicationRule) -> FloatArray:
    """The highest lower limit that is printed for so many respondents, if ``shrunk`` of each of them counts."""
    low, _ = clopper_pearson(np.where(sizes < rule.group_disclosure_below, end_for(sizes), 1.0), sizes * shrunk, level)
    factor = np.where(sizes >= FINE_FROM, 1000.0, 100.0)
    return np.asarray(np.floor(low * factor + _NOISE) / factor)


@lru_cache(maxsize=4096)
def needed(target: float, size: int, shrunk: float, level: float, rule: PublicationRule) -> tuple[bool, int | None]:
    """Whether ``size`` respondents could show at least ``target``; if not, how many could (None: no number)."""
    least, step = max(size, rule.minimum_respondents), _STEP
    while least < _LONGEST:  # most answers lie near: longer and longer stretches
        sizes = np.arange(least, min(least + step, _LONGEST), dtype=np.float64)
        enough = best_limits(sizes, shrunk, level, rule) >= target - _NOISE
        if enough.any():
            found = int(sizes[int(np.argmax(enough))])
            return (True, None) if found == size else (False, found)
        least, step = least + step, step * 2
    return False, None


def highest_target(size: int, *, level: float = 0.95, rule: PublicationRule | None = None) -> float:
    """The highest target, in 0..1, that a share of ``size`` respondents could be shown to reach, whatever they say.

    At best: with as many degrees of freedom as respondents. 0.90 takes 36.
    """
    rule = rule or PublicationRule()
    if size < rule.minimum_respondents:
        return 0.0
    return float(best_limits(np.array([float(size)]), 1.0, level, rule)[0])
