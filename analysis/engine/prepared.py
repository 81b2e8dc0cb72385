"""What several figures of one analysis are made of: the estimators of the areas, one after another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from analysis.arrays import FloatArray
from analysis.estimation.covariances import Covariances
from analysis.estimation.estimate import Estimator
from analysis.estimation.intervals import t_quantile
from analysis.estimation.table import EstimateTable, Figures
from analysis.plan import Level
from analysis.results import Domain


class AreaFigures:
    """Communities, streets and the city, as far as the plan has them: their domains one after another.

    ``estimators`` and ``tables`` by level, in the order of the plan.
    """

    def __init__(self, estimators: Mapping[Level, Estimator], tables: Mapping[Level, EstimateTable]) -> None:
        self.levels = tuple(estimators)
        self.estimators, self.tables = estimators, tables
        self.domains: tuple[Domain, ...] = tuple(one for level in self.levels for one in tables[level].domains)
        self.confidence = next(iter(tables.values())).level

    @cached_property
    def covariances(self) -> Covariances:
        return Covariances(list(self.estimators.values()))

    @cached_property
    def figures(self) -> Beside:
        return Beside.of([self.tables[level].figures for level in self.levels], self.confidence)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Beside:
    """The figures of all domains side by side, (quantities, domains) each."""

    value: FloatArray
    low: FloatArray
    high: FloatArray
    degrees_of_freedom: FloatArray
    sample_size: FloatArray
    complete: FloatArray  # 1 where it is a complete enumeration
    doubted: FloatArray
    """Variance to be added where answers are all alike, or where the design shows none and nobody believes it: that of
    half the width of the figure's own interval."""

    @staticmethod
    def of(parts: Sequence[Figures], level: float) -> Beside:
        def joined(name: str) -> FloatArray:
            return np.concatenate([getattr(one, name) for one in parts], axis=1).astype(np.float64)

        value, low, high, freedom = (joined(name) for name in ("value", "low", "high", "degrees_of_freedom"))
        complete = joined("complete_enumeration")
        unbelieved = ((joined("all_alike") > 0) | (joined("silent_variance") > 0)) & (complete == 0)
        with np.errstate(invalid="ignore"):
            half = np.maximum(value - low, high - value) / t_quantile(level, np.where(freedom > 0, freedom, np.nan))
        return Beside(
            value=value,
            low=low,
            high=high,
            degrees_of_freedom=freedom,
            sample_size=joined("sample_size"),
            complete=complete,
            doubted=np.where(unbelieved, half**2, 0.0),
        )
