"""Variance by replicates: jackknife, bootstrap, balanced half samples, and replicate weights that came with the data.

Every method re-estimates from sums per PSU: the weights of a replicate are made on PSUs, never as rows x replicates.
The variance is scale * sum r_k (theta_k - mean theta)^2, about the mean of the replicates as R does by default.
Jackknife replicates are not even made: leaving out a PSU changes only its stratum's sums. Sources: Rao, Wu & Yue
(1992), Survey Methodology 18(2); Wolter (2007), Introduction to Variance Estimation, 2nd edition, chapters 3 to 5;
Judkins (1990), J. Official Statistics 6(3).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import numpy as np
from scipy.linalg import hadamard
from scipy.sparse import csr_array

from analysis.arrays import FloatArray, IntArray, sum_by
from analysis.design import SurveyDesign
from analysis.estimation.requested_items import RequestedItems
from analysis.estimation.variance import Variance, lonely_strata, sampling_fractions
from analysis.problems import DataProblem, DesignError
from analysis.psu_totals import Item, PsuTotals
from analysis.results import LonelyPsu

_BLOCK = 64  # replicates held at once


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Sums:
    """What a replicate changes: sums per first-stage cell of every numerator and of its denominator."""

    design: SurveyDesign
    requested: RequestedItems
    linear: Variance
    above: FloatArray  # (numerators, cells)
    below: FloatArray  # (numerators, cells); for totals unused
    is_total: FloatArray  # (numerators, 1) bool
    value: FloatArray  # (numerators, domains)
    cell_domain: IntArray
    cell_unit: IntArray  # first-stage unit
    domain_of_row: IntArray
    lonely_psu: LonelyPsu

    @property
    def domains(self) -> int:
        return self.linear.domains

    def with_indices(self, deviations: FloatArray) -> FloatArray:
        """Rows of simple quantities and, below them, of the indices made of them."""
        indices = [np.tensordot(c, deviations[rows], axes=1) for _, rows, c, _ in self.requested.indices]
        return np.concatenate([deviations, np.stack(indices)]) if indices else deviations


class Replication(Protocol):
    """A way of making replicates."""

    def degrees_of_freedom(self, sums: Sums) -> FloatArray | None:
        """(domains,), or None: PSUs minus strata as with linearisation."""
        ...

    def variance(self, sums: Sums) -> FloatArray:
        """(numerators + indices, domains)"""
        ...


def first_stage_sums(
    design: SurveyDesign,
    requested: RequestedItems,
    linear: Variance,
    totals: PsuTotals,
    value: FloatArray,
    domain_of_row: IntArray,
    lonely_psu: LonelyPsu,
) -> Sums:
    """The sums of one pass, added up to stage one."""
    above = np.stack([linear.to_first(row) for row in totals.numerators])
    items = np.stack([linear.to_first(row) for row in totals.denominators])
    return Sums(
        design=design,
        requested=requested,
        linear=linear,
        above=above,
        below=items[totals.item_of],
        value=value,
        is_total=np.array([[quantity.is_total] for quantity in requested.quantities]),
        cell_domain=linear.first_domain,
        cell_unit=linear.first_unit,
        domain_of_row=domain_of_row,
        lonely_psu=lonely_psu,
    )


# ------------------------------------------------------------------ jackknife
@dataclass(frozen=True, slots=True)
class Jackknife:
    """Leaves out each PSU in turn: JKn, and JK1 where there is one stratum; (1 - f_h) from stage one.

    A stratum with a single PSU, as R's jknweights: under ``adjust`` one more replicate leaves it out and all other
    strata count H/(H - 1), with the factor (H - 1)/H, H strata in all; under ``average`` the whole is multiplied by
    PSUs over replicates; under ``certainty`` and ``remove`` it adds nothing.
    """

    def degrees_of_freedom(self, sums: Sums) -> FloatArray | None:
        """Those of the design."""
        return None

    def variance(self, sums: Sums) -> FloatArray:
        """(numerators + indices, domains)"""
        level = sums.linear.levels[0]
        stage = sums.design.stages[0]
        several = stage.sample_size > 1
        size = np.where(several, stage.sample_size, 2.0)
        scale = np.where(several, (size - 1) / size * np.maximum(1 - sums.linear.fractions[0], 0.0), 0.0)
        scale[scale < 1e-7] = 0.0
        counted = np.where(scale > 0, stage.sample_size, 0.0)
        present, absent = self._deviations(sums)
        multiplicity = np.ones(len(level.pair)) if level.divisor is None else level.divisor
        group_scale, gone = scale[level.pair_group], level.pair_absent * (scale[level.pair_group] > 0)
        cell_scale = group_scale[level.pair]
        inside = multiplicity * (cell_scale > 0)
        everywhere = float(scale @ counted)
        lonely = _LonelyReplicates.of(sums)
        replicates = float(counted.sum())
        found = np.zeros((len(present), sums.domains))
        for row in range(len(present)):
            here, there = present[row], absent[row]
            added = sum_by(sums.cell_domain, here * inside, sums.domains)
            added += sum_by(level.pair_domain, there * gone, sums.domains)
            mean = (added + lonely.added(row)) / max(replicates + lonely.count, 1.0)
            squares = sum_by(
                sums.cell_domain, cell_scale * multiplicity * (here - mean[sums.cell_domain]) ** 2, sums.domains
            )
            squares += sum_by(
                level.pair_domain,
                group_scale * level.pair_absent * (there - mean[level.pair_domain]) ** 2,
                sums.domains,
            )
            # Strata without a member of the domain: their replicates leave it as it is.
            touched = sum_by(level.pair_domain, group_scale * level.pair_units, sums.domains)
            found[row] = squares + (everywhere - touched) * mean**2 + lonely.squares(row, mean)
        if sums.lonely_psu is LonelyPsu.AVERAGE:
            found *= average_factor(replicates, float(lonely_strata(sums.design, sums.linear.fractions[0]).sum()))
        return found

    def _deviations(self, sums: Sums) -> tuple[FloatArray, FloatArray]:
        """theta without the PSU minus theta: for PSUs with a member (k, cells) and without one (k, pairs)."""
        level = sums.linear.levels[0]
        pairs = len(level.pair_domain)
        size = np.maximum(level.pair_units, 2.0)
        multiplicity = 1.0 if level.divisor is None else level.divisor
        present = np.zeros((len(sums.above), len(level.pair)))
        absent = np.zeros((len(sums.above), pairs))
        for row, (above, below) in enumerate(zip(sums.above, sums.below, strict=True)):
            theta = sums.value[row]
            changed: list[tuple[FloatArray, FloatArray]] = []
            for values in (above, below):
                total = sum_by(sums.cell_domain, values, sums.domains)
                pair = sum_by(level.pair, values, pairs)
                left = total[level.pair_domain] - pair + pair * size / (size - 1)
                without = left[level.pair] - values / multiplicity * (size / (size - 1))[level.pair]
                changed.append((without, left))
            for which, target, domain in ((0, present, sums.cell_domain), (1, absent, level.pair_domain)):
                with np.errstate(divide="ignore", invalid="ignore"):
                    estimate = changed[0][which] if sums.is_total[row, 0] else changed[0][which] / changed[1][which]
                target[row] = np.nan_to_num(estimate - theta[domain], nan=0.0, posinf=0.0, neginf=0.0)
        return sums.with_indices(present) if sums.requested.indices else present, _indices_over_pairs(sums, absent)


def _indices_over_pairs(sums: Sums, absent: FloatArray) -> FloatArray:
    return sums.with_indices(absent) if sums.requested.indices else absent


@dataclass(frozen=True, slots=True, eq=False)
class _LonelyReplicates:
    """Under ``adjust``: a replicate for every stratum with a single PSU; under the other policies there is none."""

    present: FloatArray  # (k, pairs) theta without the stratum minus theta, of strata with a member of the domain
    absent: FloatArray  # (k, domains) the same of strata without one
    pair_domain: IntArray  # (pairs,)
    missing: FloatArray  # (domains,) strata without a member
    count: float  # strata with a single PSU
    factor: float

    @staticmethod
    def of(sums: Sums) -> _LonelyReplicates:
        level, strata = sums.linear.levels[0], sums.design.stages[0].groups
        lonely = lonely_strata(sums.design, sums.linear.fractions[0])
        if sums.lonely_psu is not LonelyPsu.ADJUST or strata == 1:
            lonely = np.zeros_like(lonely)
        pairs = np.flatnonzero(lonely[level.pair_group])
        domain, more = level.pair_domain[pairs], strata / max(strata - 1, 1)
        present, absent = np.zeros((len(sums.above), len(pairs))), np.zeros_like(sums.value)
        for row, (above, below) in enumerate(zip(sums.above, sums.below, strict=True)):
            left = [
                sum_by(sums.cell_domain, values, sums.domains)[domain]
                - sum_by(level.pair, values, len(level.pair_domain))[pairs]
                for values in (above, below)
            ]
            theta = sums.value[row]
            with np.errstate(divide="ignore", invalid="ignore"):
                estimate = more * left[0] if sums.is_total[row, 0] else left[0] / left[1]
            present[row] = np.nan_to_num(estimate - theta[domain], nan=0.0, posinf=0.0, neginf=0.0)
            absent[row] = np.nan_to_num((more - 1) * theta) if sums.is_total[row, 0] else 0.0
        return _LonelyReplicates(
            present=sums.with_indices(present),
            absent=sums.with_indices(absent),
            pair_domain=domain,
            missing=float(lonely.sum()) - sum_by(domain, None, sums.domains),
            count=float(lonely.sum()),
            factor=(strata - 1) / strata,
        )

    def added(self, row: int) -> FloatArray:
        """The sum of all deviations, (domains,)."""
        added = sum_by(self.pair_domain, self.present[row], len(self.missing))
        return np.asarray(added + self.missing * self.absent[row])

    def squares(self, row: int, mean: FloatArray) -> FloatArray:
        """Their part of the variance about ``mean`` (domains,), (domains,)."""
        apart = (self.present[row] - mean[self.pair_domain]) ** 2
        added = sum_by(self.pair_domain, apart, len(self.missing))
        return np.asarray(self.factor * (added + self.missing * (self.absent[row] - mean) ** 2))


def average_factor(replicates: float, lonely: float) -> float:
    """What the jackknife's variance is multiplied by under ``average``; NaN where no stratum has several PSUs.

    R takes PSUs over replicates. It counts those of strata that were drawn whole, too, which show nothing: we do not.
    """
    return (replicates + lonely) / replicates if replicates else float("nan")


# ------------------------------------------------------------------ replicates that are made
def _from_multipliers(sums: Sums, blocks: Iterator[FloatArray], scale: Callable[[int], float]) -> FloatArray:
    """Variance from blocks of multipliers (replicates, first-stage units)."""
    alike = [int(np.flatnonzero([np.array_equal(row, other) for other in sums.below])[0]) for row in sums.below]
    bases = sorted(set(alike))
    place = {base: len(sums.above) + number for number, base in enumerate(bases)}
    needed = np.concatenate([sums.above, sums.below[bases]])
    added = _adder_over_replicates(sums, needed)
    count, total, squares = 0, 0.0, 0.0
    for multipliers in blocks:
        found = added(multipliers)  # (rows needed, domains, replicates)
        above = found[: len(sums.above)]
        below = found[[place[base] for base in alike]]
        with np.errstate(divide="ignore", invalid="ignore"):
            estimate = np.where(sums.is_total[:, :, None], above, above / below)
        deviations = np.nan_to_num(estimate - sums.value[:, :, None], nan=0.0, posinf=0.0, neginf=0.0)
        joined = sums.with_indices(deviations)
        count += len(multipliers)
        total = total + joined.sum(axis=2)
        squares = squares + (joined**2).sum(axis=2)
    return np.asarray(scale(count) * np.maximum(squares - np.asarray(total) ** 2 / count, 0.0))


def _adder_over_replicates(sums: Sums, needed: FloatArray) -> Callable[[FloatArray], FloatArray]:
    """Turns multipliers (replicates, units) into sums (rows needed, domains, replicates)."""
    if sums.domains == 1:
        whole = len(sums.cell_unit) == sums.design.stages[0].units and bool((np.diff(sums.cell_unit) == 1).all())

        def everyone(multipliers: FloatArray) -> FloatArray:
            cells = multipliers if whole else multipliers[:, sums.cell_unit]
            return np.asarray((needed @ cells.T)[:, None, :])

        return everyone
    order = np.argsort(sums.cell_domain, kind="stable")
    starts = np.searchsorted(sums.cell_domain[order], np.arange(sums.domains + 1))
    columns = np.arange(len(order))
    rows = [csr_array((row[order], columns, starts), shape=(sums.domains, len(order))) for row in needed]
    unit = sums.cell_unit[order]

    def by_domain(multipliers: FloatArray) -> FloatArray:
        cells = np.ascontiguousarray(multipliers.T)[unit]
        return np.stack([row @ cells for row in rows])

    return by_domain


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """Rao, Wu & Yue: n - 1 PSUs of each stratum with replacement, w [1 + l (n / (n - 1) k - 1)], l = sqrt(1 - f).

    Takes its generator, so that the same seed gives the same figures.
    """

    rng: np.random.Generator
    replicates: int = 500

    def degrees_of_freedom(self, sums: Sums) -> FloatArray | None:
        """Those of the design."""
        return None

    def variance(self, sums: Sums) -> FloatArray:
        """(numerators + indices, domains)"""
        return _from_multipliers(sums, self.multipliers(sums.design), lambda count: 1 / (count - 1))

    def multipliers(self, design: SurveyDesign) -> Iterator[FloatArray]:
        """Blocks of factors, (replicates, first-stage units) each."""
        stage = design.stages[0]
        if stage.multiplicity is not None:
            raise DesignError([_no_frequencies("bootstrap")])
        order = np.argsort(stage.group_of_unit, kind="stable")
        sorted_already = bool((order == np.arange(len(order))).all())
        size = stage.sample_size.astype(np.int64)
        start = np.repeat(np.concatenate([[0], np.cumsum(size)[:-1]]), np.maximum(size - 1, 0))
        drawn_from = np.repeat(size, np.maximum(size - 1, 0))
        of_unit = np.repeat(size, size).astype(np.float64)
        shrink = np.repeat(np.sqrt(np.maximum(1 - sampling_fractions(design)[0][0], 0.0)), size)
        shrink[of_unit == 1] = 0.0  # a single PSU stays as it is
        ratio = shrink * of_unit / np.maximum(of_unit - 1, 1)
        equal = int(size[0]) if np.ptp(size) == 0 else None
        left = self.replicates
        while left > 0:
            width = min(_BLOCK, left)
            block = np.empty((width, stage.units))
            for row in block:
                picks = self.rng.integers(0, drawn_from if equal is None else equal, size=len(start))
                times = np.bincount(start + picks, minlength=stage.units)
                factor = (1 - shrink) + ratio * times
                if sorted_already:
                    row[:] = factor
                else:
                    row[order] = factor
            yield block
            left -= width


@dataclass(frozen=True, slots=True)
class BalancedHalfSamples:
    """BRR, and Fay's method with ``fay`` above 0: of the two PSUs of each stratum one counts 2 - fay, the other fay.

    Half samples are balanced by a Hadamard matrix. A design with population sizes is refused unless ``ignore_fpc``.
    """

    fay: float = 0.0
    ignore_fpc: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.fay < 1:
            raise ValueError(f"Fay's factor lies between 0 and 1, not {self.fay!r}")

    def degrees_of_freedom(self, sums: Sums) -> FloatArray | None:
        """Those of the design."""
        return None

    def variance(self, sums: Sums) -> FloatArray:
        """(numerators + indices, domains)"""
        return _from_multipliers(sums, self.multipliers(sums.design), lambda count: 1 / (count * (1 - self.fay) ** 2))

    def multipliers(self, design: SurveyDesign) -> Iterator[FloatArray]:
        """Blocks of factors, (replicates, first-stage units) each."""
        stage = design.stages[0]
        if stage.multiplicity is not None:
            raise DesignError([_no_frequencies("balanced half samples")])
        if (stage.sample_size != 2).any():
            names = [design.stratum_names[group] for group in np.flatnonzero(stage.sample_size != 2)]
            raise DesignError(
                [
                    DataProblem(
                        column="strata",
                        rows=(),
                        message=f"{len(names)} strata do not have two PSUs: {', '.join(names[:10])}",
                        remedy="Balanced half samples need two PSUs in every stratum; take the jackknife or bootstrap.",
                    )
                ]
            )
        if (sampling_fractions(design)[0][0] > 0).any() and not self.ignore_fpc:
            raise DesignError(
                [
                    DataProblem(
                        column="population sizes",
                        rows=(),
                        message="balanced half samples know no finite population",
                        remedy="Leave the population sizes out, say ignore_fpc, or take the jackknife or bootstrap.",
                    )
                ]
            )
        order = 1 << int(np.ceil(np.log2(stage.groups + 1)))
        signs = hadamard(order)[1 : stage.groups + 1].astype(np.float64)  # (strata, replicates), rows orthogonal
        sorted_units = np.argsort(stage.group_of_unit, kind="stable").reshape(-1, 2)
        block = np.empty((order, stage.units))
        block[:, sorted_units[:, 0]] = 1 + (1 - self.fay) * signs.T
        block[:, sorted_units[:, 1]] = 1 - (1 - self.fay) * signs.T
        for start in range(0, order, _BLOCK):
            yield block[start : start + _BLOCK]


# ------------------------------------------------------------------ replicate weights that came with the data
class ReplicateKind(StrEnum):
    """How given replicate weights were made, which sets their scale as R's ``svrepdesign`` does."""

    JK1 = "jk1"  # (R - 1) / R
    BOOTSTRAP = "bootstrap"  # 1 / (R - 1)
    BRR = "brr"  # 1 / R
    FAY = "fay"  # 1 / (R (1 - rho)^2)
    JKN = "jkn"  # 1, with each replicate's own factor
    OTHER = "other"  # as given, else 1


@dataclass(frozen=True, slots=True, eq=False)
class GivenReplicates:
    """Replicate weights given as columns, (rows, replicates): each the full weight of that replicate.

    ``factors`` are the replicates' own, R's rscales (JKn: (n_h - 1)/n_h (1 - f_h)); ``fay`` is rho of Fay's method;
    ``given_scale`` is R's scale: what all squares are multiplied by, in place of that of the kind.
    """

    weights: FloatArray
    kind: ReplicateKind
    fay: float = 0.0
    factors: FloatArray | None = None
    given_scale: float | None = None

    def __post_init__(self) -> None:
        if self.weights.ndim != 2 or self.weights.shape[1] < 2:
            raise ValueError("replicate weights are a table of rows and at least two replicates")
        if self.kind is ReplicateKind.JKN and self.factors is None:
            raise ValueError(
                "jkn replicates need the factor of each: (n - 1) / n of the stratum it leaves a PSU out of"
            )
        if self.factors is not None and self.factors.shape != self.weights.shape[1:]:
            raise ValueError(f"{len(self.factors)} factors beside {self.weights.shape[1]} replicates: one for each")
        if self.factors is not None and not ((self.factors >= 0) & np.isfinite(self.factors)).all():
            raise ValueError("the factor of a replicate is a number from 0 on")
        if self.given_scale is not None and self.kind in (ReplicateKind.BRR, ReplicateKind.FAY):
            raise ValueError(f"{self.kind} has a scale of its own; for another take the kind other")
        if self.given_scale is not None and not 0 < self.given_scale < np.inf:
            raise ValueError(f"the scale of replicates is a number above 0, not {self.given_scale!r}")

    @property
    def scale(self) -> float:
        if self.given_scale is not None:
            return self.given_scale
        count = self.weights.shape[1]
        scales: dict[ReplicateKind, float] = {
            ReplicateKind.JK1: (count - 1) / count,
            ReplicateKind.BOOTSTRAP: 1 / (count - 1),
            ReplicateKind.BRR: 1 / count,
            ReplicateKind.FAY: 1 / (count * (1 - self.fay) ** 2),
            ReplicateKind.JKN: 1.0,
            ReplicateKind.OTHER: 1.0,
        }
        return scales[self.kind]

    def degrees_of_freedom(self, sums: Sums) -> FloatArray | None:
        """Rank of the replicate weights of a domain's rows, minus 1 (R: ``degf``)."""
        found = [
            float(np.linalg.matrix_rank(self.weights[sums.domain_of_row == domain], rtol=1e-9)) - 1
            for domain in range(sums.domains)
        ]
        return np.array(found)

    def variance(self, sums: Sums) -> FloatArray:
        """(numerators + indices, domains)"""
        deviations = np.empty((len(sums.value), sums.domains, self.weights.shape[1]))
        row = 0
        for item in sums.requested.items:
            inside = sums.domain_of_row >= 0
            if item.observed is not None:
                inside &= item.observed
            kept = np.flatnonzero(inside)
            weights, domain = self.weights[kept], sums.domain_of_row[kept]
            x = np.ones(len(kept)) if item.denominator is None else item.denominator[kept]
            below = _by_domain(domain, x, sums.domains) @ weights
            for y in _numerators(item, kept):
                above = _by_domain(domain, y, sums.domains) @ weights
                with np.errstate(divide="ignore", invalid="ignore"):
                    estimate = above if sums.is_total[row, 0] else above / below
                deviations[row] = np.nan_to_num(estimate - sums.value[row][:, None], nan=0.0, posinf=0.0, neginf=0.0)
                row += 1
        joined = sums.with_indices(deviations)
        factors = np.ones(self.weights.shape[1]) if self.factors is None else self.factors
        centre = joined[..., factors > 0].mean(axis=2, keepdims=True)
        return np.asarray(self.scale * ((joined - centre) ** 2 @ factors))


def _by_domain(domain: IntArray, values: FloatArray, domains: int) -> csr_array:
    return csr_array((values, (domain, np.arange(len(domain)))), shape=(domains, len(domain)))


def _numerators(item: Item, kept: IntArray) -> Iterator[FloatArray]:
    if item.codes is not None:
        for category in range(item.categories):
            yield (item.codes[kept] == category).astype(np.float64)
        return
    for values in item.numerators:
        yield values[kept]


def _no_frequencies(what: str) -> DataProblem:
    return DataProblem(
        column="frequency",
        rows=(),
        message=f"{what} would need every respondent of a frequency as a PSU of its own",
        remedy="Take the jackknife, which needs no such rows, or name clusters.",
    )
