"""Many variables for many domains in one pass: values, standard errors, intervals, degrees of freedom.

Linearisation (Binder 1983; Särndal, Swensson & Wretman 1992): a ratio R = Y / X has influence w (y - R x) / X per
respondent, added up per PSU; means and proportions are ratios with x = 1 in their domain, totals have influence w y. A
domain keeps every PSU of the design: one without members is an observed zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.arrays import BoolArray, FloatArray, IntArray, sum_by
from analysis.design import SurveyDesign
from analysis.estimation.combinations import combine, combined_influence
from analysis.estimation.domains import Domains, read_domains
from analysis.estimation.dominance import NO_TOTALS, Largest, dominated, largest_of
from analysis.estimation.intervals import (
    all_alike_limit,
    all_alike_limits,
    hypergeometric_limit,
    score_limits,
    share_limits,
)
from analysis.estimation.occasions import Again
from analysis.estimation.options import Options, Sides, Simultaneous
from analysis.estimation.requested_items import RequestedItems, items_of_requests
from analysis.estimation.requests import Request
from analysis.estimation.table import ROUNDING, EstimateTable, Figures
from analysis.estimation.variance import Variance, variance_of_cells
from analysis.problems import DataProblem, DesignError
from analysis.psu_totals import PsuTotals, by_domain, collapse
from analysis.results import Estimates, IntervalMethod, LonelyPsu

if TYPE_CHECKING:
    from analysis.estimation.calibrated import AuxiliarySums, CalibratedVariance
    from analysis.estimation.replicates import Replication


def estimate(
    frame: pd.DataFrame,
    design: SurveyDesign,
    requests: Sequence[Request],
    *,
    by: Sequence[str] = (),
    interval: IntervalMethod = IntervalMethod.KORN_GRAUBARD,
    level: float = 0.95,
    lonely_psu: LonelyPsu = LonelyPsu.FAIL,
    sides: Sides = Sides.BOTH,
    simultaneous: Simultaneous | None = None,
    replication: Replication | None = None,
    adjust_domain_lonely: bool = False,
) -> Estimates:
    """Estimates of ``requests`` for the whole sample or for every combination of the ``by`` columns that occurs.

    Order: domain by domain in the order of their values, within each in the order of the requests. Raises DesignError
    naming column, first rows and remedy; LonelyPsuError where a stratum has one PSU and ``lonely_psu`` is ``fail``.
    ``adjust_domain_lonely``: ``adjust`` or ``average`` also for strata of which a domain has a single PSU, as with R's
    option survey.adjust.domain.lonely.
    """
    options = Options(
        interval=interval,
        level=level,
        lonely_psu=lonely_psu,
        sides=sides,
        simultaneous=simultaneous,
        replication=replication,
        adjust_domain_lonely=adjust_domain_lonely,
    )
    return estimate_table(frame, design, requests, by=by, options=options).estimates()


def estimate_table(
    frame: pd.DataFrame,
    design: SurveyDesign,
    requests: Sequence[Request],
    *,
    by: Sequence[str] = (),
    options: Options | None = None,
) -> EstimateTable:
    """The same as ``estimate``, as columns of numbers."""
    return prepare_estimator(frame, design, requests, by=by, options=options or Options()).table()


def prepare_estimator(
    frame: pd.DataFrame, design: SurveyDesign, requests: Sequence[Request], *, by: Sequence[str], options: Options
) -> Estimator:
    """Makes the one pass over the rows and prepares the variance."""
    if len(frame) != design.rows:
        raise DesignError(
            [
                DataProblem(
                    column="data",
                    rows=(),
                    message=f"{len(frame)} rows beside a design of {design.rows}",
                    remedy="Make the design from the same frame; never subset first, name the domain in by.",
                )
            ]
        )
    return estimator_of(frame, design, items_of_requests(frame, requests, design.respondents), by=by, options=options)


def estimator_of(
    frame: pd.DataFrame, design: SurveyDesign, requested: RequestedItems, *, by: Sequence[str], options: Options
) -> Estimator:
    """The same of requests that were read already: of ``frame`` the columns ``by`` are looked at alone."""
    domains = read_domains(frame, by, design.respondents)
    totals = collapse(design, domains.code_of_row, domains.count, requested.items)
    return Estimator(design, requested, domains, totals, options, largest_of(design, domains, requested))


@dataclass(frozen=True, slots=True, eq=False)
class _Points:
    """Point estimates and what their variance needs, (numerators, domains) each."""

    value: FloatArray
    size: FloatArray
    simple_variance: FloatArray  # under simple random sampling with replacement of the same size
    alike: BoolArray
    influence: FloatArray  # (numerators, cells), after calibration followed by domain x margin cell
    weight: FloatArray  # sum of the denominators: of weights, where the figure is no ratio

    def silent(self, variance: FloatArray) -> BoolArray:
        """Where ``variance`` is 0 but for rounding although not all answers are alike; of totals also equal values."""
        least = np.where(self.simple_variance > 0, self.simple_variance, np.abs(self.value) ** 2 * ROUNDING)
        return np.asarray(~self.alike & (variance <= ROUNDING * least))

    def effects(self, variance: FloatArray, without_fpc: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Design effect, NaN where answers are all alike, and effective sample size."""
        with np.errstate(divide="ignore", invalid="ignore"):
            effect = variance / self.simple_variance
            gain = np.where(variance > 0, np.maximum(without_fpc / variance, 1.0), 1.0)
            effective = np.minimum(self.size * gain, self.size / effect)
        effect = np.where(self.alike | ~np.isfinite(effect), np.nan, effect)
        return effect, np.where(np.isfinite(effective) & ~self.alike, effective, self.size)


def _once(points: _Points, size: FloatArray) -> _Points:
    """The same where some were asked again, who are no further sample: a plain one has ``size`` respondents."""
    with np.errstate(divide="ignore", invalid="ignore"):
        fewer = (points.size - 1) / (size - 1)
    return replace(points, size=size, simple_variance=np.where(size > 1, points.simple_variance * fewer, np.nan))


_ALL_STRATA = DataProblem(
    column="weight",
    rows=(),
    message="after calibration every PSU has a residual in every domain, so that none is alone in a domain",
    remedy="Leave adjust_domain_lonely out; R knows it for designs without calibration only, too.",
)


class Estimator:
    """Turns the sums of one pass into figures."""

    def __init__(
        self,
        design: SurveyDesign,
        requested: RequestedItems,
        domains: Domains,
        totals: PsuTotals,
        options: Options,
        largest: Largest = NO_TOTALS,
    ) -> None:
        self.design, self.requested, self.domains, self.totals = design, requested, domains, totals
        self.largest = largest
        self.options, self.level = options, options.two_sided_level(domains.count)
        plain = variance_of_cells(
            design,
            totals.cell_unit,
            totals.cell_domain,
            domains.count,
            options.lonely_psu,
            in_domains=options.adjust_domain_lonely,
        )
        self.fractions = plain.fractions
        self.variance: Variance | CalibratedVariance = plain
        self.auxiliary: AuxiliarySums | None = None
        if design.calibration is not None:
            from analysis.estimation.calibrated import CalibratedVariance, auxiliary_sums

            if options.adjust_domain_lonely:
                raise DesignError([_ALL_STRATA])
            self.auxiliary = auxiliary_sums(design, domains.code_of_row, domains.count, requested.items)
            self.variance = CalibratedVariance(design, plain, totals, self.auxiliary, options.lonely_psu)
        self.size = by_domain(totals, totals.counts)
        self.points = self._points(self.size)
        self.again: Again | None = None

    def asked_again(self, again: Again) -> Estimator:
        """The same sample where some of it was asked at several times."""
        found = copy(self)
        found.again, found.points = again, _once(self.points, again.persons[self.totals.item_of])
        return found

    def asked_influence(self) -> tuple[FloatArray, FloatArray]:
        """Influence and respondents per cell of every quantity asked for, indices included, (k, cells) each."""
        requested, simple = self.requested, self.points.influence
        influence = np.concatenate([simple, combined_influence(requested, simple)]) if requested.indices else simple
        items = np.concatenate(
            [self.totals.item_of, np.array([item for *_, item in requested.indices], dtype=np.int64)]
        )
        order = np.array(requested.asked, dtype=np.int64)
        return influence[order], self.totals.counts[items[order]]

    def table(self) -> EstimateTable:
        """Made once, however often it is asked for: tests and differences begin from it."""
        return self._table

    @cached_property
    def _table(self) -> EstimateTable:
        totals = self.totals
        size = self.size
        points = self.points
        variance, without_fpc = self._variances(points.influence)
        item_freedom = self._freedom()
        combined: FloatArray | None = None
        if self.options.replication is not None:
            linear = variance
            found, rank = self._replicated(self.options.replication)
            item_freedom = item_freedom if rank is None else np.broadcast_to(rank, item_freedom.shape)
            variance, combined = found[: len(linear)], found[len(linear) :]
            without_fpc = variance * np.divide(without_fpc, linear, out=np.ones_like(linear), where=linear > 0)
        freedom = item_freedom[totals.item_of]
        drawn, equal, answered = self._everyone(size)
        complete = (drawn & equal & answered)[totals.item_of]
        drawn, unanswered = drawn[totals.item_of], (drawn & equal & ~answered)[totals.item_of]
        is_total = np.array([[quantity.is_total] for quantity in self.requested.quantities])
        silent = ~complete & ~drawn & points.silent(variance) & points.silent(without_fpc)
        variance, without_fpc = np.where(silent, 0.0, variance), np.where(silent, 0.0, without_fpc)
        # All categories of a question alike, also one that nobody or everybody chose.
        hidden = ~complete & (drawn | ((variance == 0) & (without_fpc > 0) & ~points.alike))
        effect, effective = points.effects(variance, without_fpc)
        effect = np.where(silent, np.nan, effect)
        # A total of equal values: a simple sample would show no variance to compare with.
        effective = np.where(is_total & (points.simple_variance == 0), np.nan, effective)
        known = ~np.isnan(points.value) & ~np.isnan(variance)
        # A domain in one PSU shows no variance: its ratio has none to give, its total keeps that of the zeros beside
        # it.
        measurable = known & ~hidden & ((freedom > 0) | is_total | complete)
        low, high = self._limits(points, variance, without_fpc, freedom, silent, complete)
        # Of equal values a simple sample shows no variance either.
        limited = measurable & ((freedom > 0) | complete) & ~(silent & (points.simple_variance == 0))
        figures = Figures(
            value=points.value,
            standard_error=np.where(measurable, np.sqrt(variance), np.nan),
            low=np.where(limited, low, np.nan),
            high=np.where(limited, high, np.nan),
            degrees_of_freedom=freedom,
            sample_size=points.size,
            design_effect=np.where(measurable, effect, np.nan),
            effective_sample_size=np.where(measurable, effective, np.nan),
            weight=np.where(is_total, 1.0, points.weight),
            all_alike=points.alike & ~np.isnan(points.value),
            complete_enumeration=complete & known,
            hidden_variance=hidden,
            unanswered=unanswered,
            dominated=dominated(self.largest, points.value.shape),
            silent_variance=silent & known,
        )
        table = EstimateTable(
            quantities=self.requested.quantities,
            domains=self.domains.keys,
            figures=figures,
            level=self.level,
            options=self.options,
            design=self.design.summary(),
            notes=self._notes(),
            estimate_notes=self.variance.notes,
        )
        if combined is None and self.requested.indices:
            base = np.array([item for *_, item in self.requested.indices], dtype=np.int64)
            combined = self.variance.corrected(combined_influence(self.requested, points.influence), self._counts(base))
            combined = combined if self.again is None else combined * self.again.larger[base]
        return combine(self.requested, table, combined, size, item_freedom)

    def _variances(self, influence: FloatArray) -> tuple[FloatArray, FloatArray]:
        """With finite population correction and without it."""
        items = self.totals.item_of
        found, without = self.variance.of(influence, self._counts(items))
        if self.again is None:
            return found, without
        return found * self.again.larger[items], without * self.again.larger[items]

    def _freedom(self) -> FloatArray:
        """(items, domains)"""
        psus, strata = self.variance.touched(self.totals.counts)
        return psus - strata if self.again is None else np.fmin(psus - strata, self.again.freedom)

    def _counts(self, items: IntArray) -> FloatArray | None:
        """Respondents per cell, for the policies that ask which strata have any, or which PSUs."""
        asked = self.options.lonely_psu is LonelyPsu.AVERAGE or self.options.adjust_domain_lonely
        return self.totals.counts[items] if asked else None

    def _replicated(self, replication: Replication) -> tuple[FloatArray, FloatArray | None]:
        """Variances of the quantities and, below them, of the indices; their degrees of freedom by domain."""
        from analysis.estimation.replicates import first_stage_sums

        if not isinstance(self.variance, Variance):
            raise DesignError(
                [
                    DataProblem(
                        column="weight",
                        rows=(),
                        message="replicates of a calibrated design would have to repeat the calibration",
                        remedy="Take the linearised variance, which counts it, or bring replicate weights.",
                    )
                ]
            )
        sums = first_stage_sums(
            self.design,
            self.requested,
            self.variance,
            self.totals,
            self.points.value,
            self.domains.code_of_row,
            self.options.lonely_psu,
        )
        return replication.variance(sums), replication.degrees_of_freedom(sums)

    def _points(self, size: FloatArray) -> _Points:
        totals, item = self.totals, self.totals.item_of
        above = by_domain(totals, totals.numerators) if len(item) else np.zeros((0, totals.domains))
        below = by_domain(totals, totals.denominators)[item]
        count, weight = size[item], totals.weights[item]
        is_total = np.array([[quantity.is_total] for quantity in self.requested.quantities], dtype=bool).reshape(-1, 1)
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.where(below != 0, above / np.where(below == 0, 1.0, below), np.nan)
            offset = ratio - totals.centres[:, None]
            squares = totals.squares - 2 * offset * totals.products + offset**2 * totals.denominator_squares[item]
            squares = np.maximum(squares, 0.0)
            noise = 1e-12 * totals.squares + 1e-26 * totals.centres[:, None] ** 2 * totals.denominator_squares[item]
            zero_one = np.array([[self.requested.items[number].zero_one] for number in item]).reshape(-1, 1)
            alike = np.where(zero_one, (above == 0) | (above == below), squares <= noise) & (count > 0)
            squares[alike] = 0.0
            simple = squares * weight / (count - 1) / np.where(is_total, 1.0, below) ** 2
        value = np.where(is_total, np.where(count > 0, above, np.nan), ratio)
        numerators, denominators, domain = totals.numerators, totals.denominators, totals.cell_domain
        if self.auxiliary is not None:  # influence on the margins stands beside that of the cells
            numerators = np.concatenate([numerators, self.auxiliary.numerators], axis=1)
            denominators = np.concatenate([denominators, self.auxiliary.denominators], axis=1)
            domain = np.concatenate([domain, self.auxiliary.entry_domain])
        influence = np.empty_like(numerators)
        scale = np.divide(1.0, below, out=np.zeros_like(below), where=(below != 0) & ~alike)
        centre = np.nan_to_num(ratio)
        for row, number in enumerate(item):
            if is_total[row, 0]:
                influence[row] = numerators[row]
                continue
            np.multiply(centre[row][domain], denominators[number], out=influence[row])
            np.subtract(numerators[row], influence[row], out=influence[row])
            influence[row] *= scale[row][domain]
        return _Points(value, count, np.where(count > 1, simple, np.nan), alike & ~is_total, influence, below)

    def _everyone(self, size: FloatArray) -> tuple[BoolArray, BoolArray, BoolArray]:
        """Where every unit of every stage was drawn; where every weight is 1; where nobody left the item out.

        Shape (items, domains) each. All three together are a complete enumeration.
        """
        totals, stages = self.totals, self.design.stages
        units = totals.cell_unit
        drawn = np.ones(len(units), dtype=bool)
        for number in range(len(stages) - 1, -1, -1):
            drawn &= self.fractions[number][stages[number].group_of_unit[units]] > 1 - 1e-7
            parents = stages[number].parent_of_unit
            if parents is not None:
                units = parents[units]
        all_drawn = np.zeros(size.shape, dtype=bool)
        if drawn.any():
            domain, left = totals.cell_domain, ~drawn
            some_left = [sum_by(domain, left & (counts > 0), totals.domains) > 0 for counts in totals.counts]
            all_drawn = ~np.array(some_left).reshape(size.shape) & (size > 0)
        equal = totals.squared_weights - 2 * totals.weights + size <= 1e-9 * np.maximum(size, 1)
        answered = self.requested.answered_by_all[:, None] | (size >= totals.respondents)
        # Someone of no known domain may belong to any of them.
        return all_drawn, equal, answered & (self.domains.missing == 0)

    def _limits(
        self,
        points: _Points,
        variance: FloatArray,
        without_fpc: FloatArray,
        freedom: FloatArray,
        silent: BoolArray,
        complete: BoolArray,
    ) -> tuple[FloatArray, FloatArray]:
        # Where a sample shows no variance (PSUs that happen to agree, margins that explain every answer) the interval
        # is that of a plain sample: the data cannot tell such chance from a figure that is fixed.
        believed = np.where(silent, np.nan_to_num(points.simple_variance), variance)
        # The cap of Korn and Graubard says as much by itself, without a second penalty for few degrees of freedom.
        capped = self.options.interval is IntervalMethod.KORN_GRAUBARD and self.auxiliary is None
        of_shares = variance if capped else believed
        low, high = np.full_like(points.value, np.nan), np.full_like(points.value, np.nan)
        scales = np.array([quantity.scale or (-np.inf, np.inf) for quantity in self.requested.quantities]).reshape(
            -1, 2
        )
        least, most = np.broadcast_to(scales[:, :1], low.shape), np.broadcast_to(scales[:, 1:], low.shape)
        share = np.broadcast_to(
            np.array([[quantity.share] for quantity in self.requested.quantities]).reshape(-1, 1), low.shape
        )
        plain = share & ~points.alike
        if plain.any():
            low[plain], high[plain] = share_limits(
                self.options.interval,
                points.value[plain],
                of_shares[plain],
                without_fpc[plain],
                points.size[plain],
                freedom[plain],
                self.level,
            )
        score = ~share
        if score.any():
            low[score], high[score] = score_limits(
                points.value[score], np.sqrt(believed[score]), freedom[score], self.level, least[score], most[score]
            )
        bounded = points.alike & np.isfinite(least) & np.isfinite(most)
        if bounded.any():
            limit = all_alike_limit(points.size[bounded], freedom[bounded], self.level)
            limit = np.maximum(limit, self._hypergeometric(bounded, points.size))
            low[bounded], high[bounded] = all_alike_limits(points.value[bounded], limit, least[bounded], most[bounded])
        boundless = points.alike & score & ~bounded  # nothing says how far the others may lie
        low[boundless], high[boundless] = np.nan, np.nan
        low[complete], high[complete] = points.value[complete], points.value[complete]
        return low, high

    def _hypergeometric(self, cells: BoolArray, size: FloatArray) -> FloatArray:
        """The exact limit where a domain is one whole stratum of persons drawn simply from a known number; else 0."""
        found = np.zeros(int(cells.sum()))
        stage = self.design.stages[0]
        if len(self.design.stages) > 1 or not self.design.elements_are_psus or np.isinf(stage.population_size).all():
            return found
        level = self.variance.levels[0]
        strata = sum_by(level.pair_domain, None, self.domains.count)
        group = np.zeros(self.domains.count, dtype=np.int64)
        group[level.pair_domain] = level.pair_group
        for place, (row, domain) in enumerate(zip(*np.nonzero(cells), strict=True)):
            item, drawn = self.totals.item_of[row], stage.sample_size[group[domain]]
            population, count = stage.population_size[group[domain]], size[row, domain]
            mean_square = self.totals.squared_weights[item, domain] * count
            equal = mean_square <= self.totals.weights[item, domain] ** 2 * (1 + 1e-9)
            if strata[domain] == 1 and drawn == count and equal and np.isfinite(population):
                found[place] = hypergeometric_limit(int(count), int(population), self.level)
        return found

    def _notes(self) -> tuple[str, ...]:
        notes = [*self.requested.notes, *self.domains.notes, *self.design.label_notes]
        if self.domains.missing:
            notes.append(f"{self.domains.missing} respondents have no value in the by columns and belong to no domain")
        return (*dict.fromkeys(notes), *self.options.notes(self.domains.count))
