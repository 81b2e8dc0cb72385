"""Every interval of a share has its rule, its words and its row in the manual; what is missing is named."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from analysis.estimation.intervals import share_limits
from analysis.results import SHARE_INTERVALS, IntervalMethod
from reports.wording.phrases import METHODS

ROOT = Path(__file__).parents[2]


def test_every_interval_of_a_share_has_a_rule() -> None:
    share, variance = np.array([0.2, 0.5, 0.9]), np.array([0.002, 0.004, 0.001])
    size, freedom = np.array([80.0, 90.0, 100.0]), np.array([40.0, 40.0, 40.0])
    for method in SHARE_INTERVALS:
        try:
            low, high = share_limits(method, share, variance, variance, size, freedom, 0.95)
        except KeyError as fault:
            raise AssertionError(f"interval {method} has no rule in analysis/estimation/intervals.py") from fault
        assert ((low < share) & (share < high)).all(), method


def test_every_interval_has_its_words_and_its_row_in_the_manual() -> None:
    worded = [
        f"interval {method} has no words in reports/wording/phrases.py"
        for method in IntervalMethod
        if method not in METHODS
    ]
    manual = (ROOT / "docs" / "statistics.md").read_text(encoding="utf-8")
    rows = [
        f"interval {method} has no row in docs/statistics.md"
        for method in SHARE_INTERVALS
        if not re.search(rf"^\| `{method}`", manual, re.MULTILINE)
    ]
    assert not worded + rows, "; ".join(worded + rows)
