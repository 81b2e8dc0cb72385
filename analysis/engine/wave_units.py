"""Strata and units of two waves under common codes: what has the same name in both is the same where it was kept.

A stratum is kept where both waves asked a same PSU of it. Every other is one of its own in each wave, and so are its
units.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.arrays import BoolArray, IntArray
from analysis.case_columns import CaseColumns, Labels

Two = tuple[IntArray, IntArray]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class CommonUnits:
    """Per wave, then per respondent; ``units`` by stage. Below a wave's last stage its last unit stands there."""

    stratum: tuple[pd.Categorical[str], pd.Categorical[str]]
    units: tuple[Two, ...]
    in_both: tuple[BoolArray, BoolArray]  # the stratum is one of both waves, kept or not

    @staticmethod
    def of(before: CaseColumns, after: CaseColumns) -> CommonUnits:
        waves = (before, after)
        rows = (before.respondents, after.respondents)
        strata, names = _common(before.stratum, after.stratum)
        # Kept is told by the cases: a unit in which nobody answered this time was asked all the same.
        first, count = _common(before.units[0], after.units[0])
        pairs = [stratum * len(count) + unit for stratum, unit in zip(strata, first, strict=True)]
        kept = np.zeros(len(names), dtype=bool)
        kept[np.intersect1d(pairs[0], pairs[1]) // len(count)] = True
        known = [np.isin(np.arange(len(names)), codes) for codes in _named(before.stratum, after.stratum)]
        both = known[0] & known[1]
        own = [stratum[some] for stratum, some in zip(strata, rows, strict=True)]
        alone = [np.where(kept[codes], 0, number + 1) for number, codes in enumerate(own)]
        units = []
        for stage in range(max(len(one.units) for one in waves)):
            labels = [one.units[min(stage, len(one.units) - 1)] for one in waves]
            codes, there = _common(*labels)
            units.append(tuple(c[r] + a * len(there) for c, r, a in zip(codes, rows, alone, strict=True)))
        # Strata keep their names, with the wave where they are its own: messages name them.
        every = pd.Index([*names, *(f"{name}@{number}" for number in range(2) for name in names)], dtype="str")
        named = [pd.Categorical.from_codes(c + a * len(names), every) for c, a in zip(own, alone, strict=True)]
        return CommonUnits(
            stratum=(named[0], named[1]),
            units=tuple((one[0], one[1]) for one in units),
            in_both=(both[own[0]], both[own[1]]),
        )


def _named(before: Labels, after: Labels) -> Two:
    """Places of the names of each wave among those of both."""
    earlier = pd.Index(list(before.names))
    place = earlier.get_indexer(pd.Index(list(after.names)))
    new = place < 0
    place[new] = len(earlier) + np.arange(int(new.sum()))
    return np.arange(len(earlier), dtype=np.int64), place.astype(np.int64)


def _common(before: Labels, after: Labels) -> tuple[Two, list[str]]:
    """Codes of every case of each wave into the names of both, and those names."""
    places = _named(before, after)
    names = list(before.names)
    names += [name for name, place in zip(after.names, places[1].tolist(), strict=True) if place >= len(before.names)]
    return (places[0][before.codes], places[1][after.codes]), names
