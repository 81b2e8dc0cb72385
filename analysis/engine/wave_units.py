"""Strata and units of several waves under common codes: what has the same name in two is the same where it was kept.

A stratum is one of those waves together that asked a same PSU of it, one after another. Every other is one of its own
in its wave, and so are its units.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from analysis.arrays import IntArray
from analysis.case_columns import CaseColumns, Labels


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class CommonUnits:
    """Per wave, then per respondent; ``units`` by stage. Below a wave's last stage its last unit stands there."""

    stratum: tuple[pd.Categorical[str], ...]
    units: tuple[tuple[IntArray, ...], ...]
    known_in: tuple[IntArray, ...]  # how many waves have a stratum of this name, kept or not

    @staticmethod
    def of(waves: Sequence[CaseColumns], *, apart: bool = False) -> CommonUnits:
        """``apart``: as if no wave knew of another."""
        rows = [one.respondents for one in waves]
        places, names = _named([one.stratum for one in waves])
        strata = [place[one.stratum.codes] for place, one in zip(places, waves, strict=True)]
        together = _together(waves, () if apart else strata, len(names))
        known = np.sum([np.isin(np.arange(len(names)), place) for place in places], axis=0)
        own = [stratum[some] for stratum, some in zip(strata, rows, strict=True)]
        alone = [together[number][codes] for number, codes in enumerate(own)]
        units = []
        for stage in range(max(len(one.units) for one in waves)):
            codes, there = _common([one.units[min(stage, len(one.units) - 1)] for one in waves])
            units.append(tuple(c[r] + a * there for c, r, a in zip(codes, rows, alone, strict=True)))
        # Strata keep their names, with the wave where they are its own: messages name them.
        every = pd.Index([*names, *(f"{name}@{number}" for number in range(len(waves)) for name in names)], dtype="str")
        return CommonUnits(
            stratum=tuple(
                pd.Categorical.from_codes(c + a * len(names), every) for c, a in zip(own, alone, strict=True)
            ),
            units=tuple(units),
            known_in=tuple(np.ones_like(codes) if apart else known[codes] for codes in own),
        )


def _together(waves: Sequence[CaseColumns], strata: Sequence[IntArray], count: int) -> IntArray:
    """(waves, strata) 0 where all waves have the stratum together, else 1 + the first of those that have it together.

    Kept is told by the cases: a unit in which nobody answered this time was asked all the same. Without ``strata`` of
    the cases nothing was kept.
    """
    first, there = _common([one.units[0] for one in waves])
    pairs = [np.unique(stratum * there + unit) for stratum, unit in zip(strata, first, strict=False)]
    found = np.repeat(np.arange(len(waves), dtype=np.int64)[:, None], count, axis=1)
    for one, other in combinations(range(len(pairs)), 2):
        kept = np.zeros(count, dtype=bool)
        kept[np.intersect1d(pairs[one], pairs[other], assume_unique=True) // there] = True
        low, high = (kind(found[one], found[other]) for kind in (np.minimum, np.maximum))
        found = np.where(kept & (found == high), low, found)
    return np.where((found == 0).all(axis=0), 0, found + 1)


def _named(labels: Sequence[Labels]) -> tuple[list[IntArray], list[str]]:
    """Places of the names of each wave among those of all, and those names."""
    names, places = list(labels[0].names), [np.arange(len(labels[0].names), dtype=np.int64)]
    for one in labels[1:]:
        place = pd.Index(names).get_indexer(pd.Index(list(one.names))).astype(np.int64)
        new = place < 0
        place[new] = len(names) + np.arange(int(new.sum()))
        names += [one.names[number] for number in np.flatnonzero(new).tolist()]
        places.append(place)
    return places, names


def _common(labels: Sequence[Labels]) -> tuple[list[IntArray], int]:
    """Codes of every case of each wave into the names of all, and how many names there are."""
    places, names = _named(labels)
    return [place[one.codes] for place, one in zip(places, labels, strict=True)], len(names)
