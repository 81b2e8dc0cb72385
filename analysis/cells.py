"""The cells of all tables that leave together, as columns: what the publication rule works on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter

import numpy as np

from analysis.arrays import BoolArray, FloatArray, IntArray
from analysis.results import Domain, Estimate, IntervalMethod, Statistic

Key = tuple[str, str | None]
Place = tuple[Domain, Key]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Cells:
    """One entry a cell, in the order of the estimates; NaN where nothing is known."""

    estimates: Sequence[Estimate]
    domains: tuple[Domain, ...]
    keys: tuple[Key, ...]
    domain: IntArray  # places in ``domains``
    key: IntArray  # places in ``keys``
    value: FloatArray
    low: FloatArray
    high: FloatArray
    error: FloatArray  # standard error
    size: FloatArray  # respondents
    freedom: FloatArray
    effect: FloatArray  # design effect
    effective: FloatArray  # effective sample size
    weight: FloatArray
    least: FloatArray  # ends of the scale; of what has none, those of the figures themselves
    most: FloatArray
    bounded: BoolArray
    alike: BoolArray
    complete: BoolArray
    dominated: BoolArray  # one respondent's number makes up a total
    ratio: BoolArray  # of two totals, without a scale: reliable or not by its relative error
    share: BoolArray  # a share with an interval for shares
    additive: BoolArray  # parts make up their whole, by their weights

    def __len__(self) -> int:
        return len(self.value)

    def place(self, cell: int) -> Place:
        return self.domains[self.domain[cell]], self.keys[self.key[cell]]

    @property
    def part(self) -> FloatArray:
        """The place on the scale, 0..1; a share is its own. Halfway where there is no value."""
        return self.part_of(slice(None))

    def part_of(self, cells: IntArray | int | slice) -> FloatArray:
        """The same of some cells."""
        least = self.least[cells]
        with np.errstate(invalid="ignore", divide="ignore"):
            part = (self.value[cells] - least) / (self.most[cells] - least)
        return np.clip(np.where(np.isfinite(part), part, 0.5), 0.0, 1.0)

    def at(self) -> IntArray:
        """Domain x key -> the cell, -1 where there is none."""
        table = np.full((len(self.domains), len(self.keys)), -1, dtype=np.int64)
        table[self.domain, self.key] = np.arange(len(self))
        return table


_NOT_ADDITIVE = (Statistic.DIFFERENCE, Statistic.QUANTILE, Statistic.VARIANCE)
_NO_SHARES = (*_NOT_ADDITIVE, Statistic.COMBINATION, Statistic.TOTAL)


def cells_of(estimates: Sequence[Estimate]) -> Cells:
    """Raises ValueError when a domain and variable come twice."""
    domains: dict[Domain, int] = {}
    keys: dict[Key, int] = {}
    domain = np.array([domains.setdefault(one.domain, len(domains)) for one in estimates], dtype=np.int64)
    key = np.array([keys.setdefault((one.variable, one.category), len(keys)) for one in estimates], dtype=np.int64)
    _once(estimates, domain * max(len(keys), 1) + key)
    value = _column(estimates, "value")
    bounded = np.array([one.scale is not None for one in estimates], dtype=bool)
    least = _numbers(None if one.scale is None else one.scale[0] for one in estimates)
    most = _numbers(None if one.scale is None else one.scale[1] for one in estimates)
    for unbounded in np.unique(key[~bounded]):
        those = (key == unbounded) & ~bounded
        known = value[those & ~np.isnan(value)]
        least[those] = min(0.0, known.min()) if len(known) else 0.0
        most[those] = max(known.max(), least[those][0]) if len(known) else 1.0
    return Cells(
        estimates=estimates,
        domains=tuple(domains),
        keys=tuple(keys),
        domain=domain,
        key=key,
        value=value,
        low=_numbers(None if one.interval is None else one.interval.low for one in estimates),
        high=_numbers(None if one.interval is None else one.interval.high for one in estimates),
        error=_column(estimates, "standard_error"),
        size=_column(estimates, "sample_size"),
        freedom=_column(estimates, "degrees_of_freedom"),
        effect=_column(estimates, "design_effect"),
        effective=_column(estimates, "effective_sample_size"),
        weight=_column(estimates, "weight"),
        least=least,
        most=np.where(most > least, most, least + 1.0),
        bounded=bounded,
        alike=_marks(estimates, "all_alike"),
        complete=_marks(estimates, "complete_enumeration"),
        dominated=_marks(estimates, "dominated"),
        ratio=np.array([one.statistic is Statistic.RATIO and one.scale is None for one in estimates], dtype=bool),
        share=np.array([_is_share(one) for one in estimates], dtype=bool),
        additive=np.array([one.statistic not in _NOT_ADDITIVE for one in estimates], dtype=bool),
    )


def _is_share(one: Estimate) -> bool:
    if one.scale != (0.0, 1.0) or one.statistic in _NO_SHARES or one.interval is None:
        return False
    return one.interval.method is not IntervalMethod.WALD


def _column(estimates: Sequence[Estimate], name: str) -> FloatArray:
    return _numbers(map(attrgetter(name), estimates))


def _marks(estimates: Sequence[Estimate], name: str) -> BoolArray:
    return np.array(list(map(attrgetter(name), estimates)), dtype=bool)


def _numbers(values: Iterable[float | None]) -> FloatArray:
    return np.array(list(values), dtype=np.float64)  # None becomes NaN


def _once(estimates: Sequence[Estimate], code: IntArray) -> None:
    kinds, first = np.unique(code, return_index=True)
    if len(kinds) < len(code):
        twice = estimates[int(np.setdiff1d(np.arange(len(code)), first)[0])]
        raise ValueError(f"{twice.variable} comes twice for {twice.domain}; name the results apart")
