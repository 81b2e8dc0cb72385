"""Figures of the city by the mode that was assigned to a household first, and how far the modes are apart.

Of the first mode, not of the one that was used in the end: who changed over is no picture of anybody. Where the first
mode was dealt by lot the difference is what asking otherwise does to the answers (and to who answers); where it was
not, it may as well be a difference of people.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.arrays import FloatArray
from analysis.case_columns import CaseColumns
from analysis.engine.figures import Respondents
from analysis.estimation.differences import differences

FIRST_MODE = "first_mode"
LEAST = 10  # respondents of a mode; fewer tell nothing of it


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ModeTable:
    """One row per indicator, one column per mode, the one with most respondents first: the others are held against
    it. NaN where nothing can be estimated, and in the first column of what is a difference."""

    indicators: tuple[str, ...]
    modes: tuple[str, ...]
    respondents: FloatArray  # (modes,)
    answers: FloatArray  # respondents who are in the indicator's base
    whole: FloatArray  # (indicators,) the figure of all modes together
    value: FloatArray
    low: FloatArray
    high: FloatArray
    difference: FloatArray
    difference_low: FloatArray
    difference_high: FloatArray


def mode_table(columns: CaseColumns, of: Respondents) -> ModeTable | None:
    """None where fewer than two modes have LEAST respondents."""
    mode = columns.first_mode.take(columns.respondents)
    counts = np.bincount(mode.codes, minlength=len(mode.names))
    order = [int(code) for code in np.argsort(-counts, kind="stable") if counts[code] >= LEAST]
    if len(order) < 2:
        return None
    estimator = of.estimator(FIRST_MODE, domains=pd.DataFrame({FIRST_MODE: mode.categorical()}))
    place = {key[0][1]: number for number, key in enumerate(estimator.domains.keys)}
    names = tuple(mode.names[code] for code in order)
    at = np.array([place[name] for name in names], dtype=np.int64)
    apart = np.full((3, len(of.indicators), len(names)), np.nan)
    for number in range(1, len(names)):
        table, found = differences(estimator, at[:1], at[number : number + 1])
        apart[:, :, number] = found.value[:, 0], found.low[:, 0], found.high[:, 0]
    figures = table.figures
    return ModeTable(
        indicators=tuple(one.id for one in of.indicators),
        modes=names,
        respondents=counts[order].astype(np.float64),
        answers=figures.sample_size[:, at],
        whole=_whole(figures.value, figures.weight),
        value=figures.value[:, at],
        low=figures.low[:, at],
        high=figures.high[:, at],
        difference=apart[0],
        difference_low=apart[1],
        difference_high=apart[2],
    )


def _whole(value: FloatArray, weight: FloatArray) -> FloatArray:
    """The mean of all modes, weighed by those who answered, (indicators,); NaN where nobody did."""
    counts = np.where(np.isnan(value), 0.0, weight)
    below = counts.sum(axis=1)
    above = (np.nan_to_num(value) * counts).sum(axis=1)
    return np.asarray(np.divide(above, below, out=np.full(len(below), np.nan), where=below > 0))
