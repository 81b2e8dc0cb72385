"""Differences and other linear contrasts of domain estimates, with their covariance.

The influence of sum c_d R_d is c_d z added up per PSU over the domains, so domains (or waves) that share PSUs bring
their covariance with them. Degrees of freedom are those of the union of the domains. A domain whose answers are all
alike, or whose variance is silent, has a variance of 0 that nobody believes: half the width of its own interval goes in
by quadrature (Zou & Donner 2008, Statistics in Medicine 27: MOVER); so do those of all domains where their differences
are the same in every PSU.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analysis.arrays import BoolArray, FloatArray, combine_codes, first_rows, sum_by
from analysis.design import SurveyDesign
from analysis.estimation.estimate import Estimator, prepare_estimator
from analysis.estimation.intervals import t_quantile
from analysis.estimation.options import Options, Sides, Simultaneous
from analysis.estimation.requests import Quantity, Request
from analysis.estimation.table import ROUNDING, EstimateTable, Figures
from analysis.estimation.variance import Variance, variance_of_cells
from analysis.problems import DataProblem, DesignError
from analysis.results import Domain, Estimates, IntervalMethod, LonelyPsu, Statistic


@dataclass(frozen=True, slots=True)
class Contrast:
    """A named weighted sum of the estimates of domains, for example {women: 1, men: -1}."""

    name: str
    coefficients: Mapping[Domain, float]

    @staticmethod
    def difference(one: Domain, other: Domain) -> Contrast:
        """``one`` minus ``other``."""
        return Contrast(f"{_words(one)} − {_words(other)}", {one: 1.0, other: -1.0})


def _words(domain: Domain) -> str:
    return ", ".join(label for _, label in domain)


def contrasts(
    frame: pd.DataFrame,
    design: SurveyDesign,
    requests: Sequence[Request],
    wanted: Sequence[Contrast],
    *,
    by: Sequence[str],
    level: float = 0.95,
    lonely_psu: LonelyPsu = LonelyPsu.FAIL,
    sides: Sides = Sides.BOTH,
    simultaneous: Simultaneous | None = None,
) -> Estimates:
    """Each contrast of each request's estimates over the domains that ``by`` makes, contrast by contrast.

    The domain of a result is (("contrast", name),). For change between waves, give both waves' rows in one frame with
    a column of the wave. Raises DesignError where a contrast names a domain that does not occur.
    """
    options = Options(
        interval=IntervalMethod.WALD, level=level, lonely_psu=lonely_psu, sides=sides, simultaneous=simultaneous
    )
    single = replace(options, interval=IntervalMethod.KORN_GRAUBARD, sides=Sides.BOTH, simultaneous=None)
    estimator = prepare_estimator(frame, design, requests, by=by, options=single)
    coefficients = _matrix(estimator, wanted)
    parts = estimator.table()
    figures = [_contrast(estimator, parts, row, options, len(wanted)) for row in coefficients]
    joined = Figures.side_by_side(figures)
    scales = [_scale(quantity, coefficients) for quantity in parts.quantities]
    table = EstimateTable(
        quantities=tuple(
            replace(quantity, statistic=Statistic.DIFFERENCE, share=False, scale=scale)
            for quantity, scale in zip(parts.quantities, scales, strict=True)
        ),
        domains=tuple((("contrast", contrast.name),) for contrast in wanted),
        figures=joined,
        level=options.two_sided_level(len(wanted)),
        options=options,
        design=design.summary(),
        notes=(*parts.notes, *options.notes(len(wanted))),
        estimate_notes=parts.estimate_notes,
    )
    return table.estimates()


def _matrix(estimator: Estimator, wanted: Sequence[Contrast]) -> FloatArray:
    places = {domain: place for place, domain in enumerate(estimator.domains.keys)}
    matrix = np.zeros((len(wanted), len(places)))
    for row, contrast in enumerate(wanted):
        for named, coefficient in contrast.coefficients.items():
            domain = tuple((column, label.strip()) for column, label in named)  # as the labels are read
            if domain not in places:
                there = "; ".join(_words(key) for key in list(places)[:20])
                raise DesignError(
                    [
                        DataProblem(
                            column=", ".join(column for column, _ in domain) or "by",
                            rows=(),
                            message=f"there is no domain {_words(domain)!r}",
                            remedy=f"The domains are: {there}.",
                        )
                    ]
                )
            matrix[row, places[domain]] += coefficient
    return matrix


def _scale(quantity: Quantity, coefficients: FloatArray) -> tuple[float, float] | None:
    """The range a contrast can take, the same for all rows only where their coefficients are alike; else unbounded."""
    if quantity.scale is None:
        return None
    low, high = quantity.scale
    positive, negative = np.clip(coefficients, 0, None).sum(axis=1), np.clip(coefficients, None, 0).sum(axis=1)
    if np.ptp(positive) > 0 or np.ptp(negative) > 0:
        return None
    return float(positive[0] * low + negative[0] * high), float(positive[0] * high + negative[0] * low)


def _contrast(
    estimator: Estimator, parts: EstimateTable, coefficients: FloatArray, options: Options, count: int
) -> Figures:
    """One contrast of every quantity: columns of one domain."""
    used = coefficients != 0
    figures = parts.figures
    with np.errstate(invalid="ignore"):
        value = (np.where(used, figures.value, 0.0) * coefficients).sum(axis=1, keepdims=True)
    variance, freedom = _variance_and_freedom(estimator, coefficients, options)
    size = (figures.sample_size * used).sum(axis=1, keepdims=True)
    usable = ~np.isnan(np.where(used, figures.low, 0.0)).any(axis=1, keepdims=True)
    error = np.where(usable, np.sqrt(variance), np.nan)
    level = options.two_sided_level(count)
    half = t_quantile(level, np.where(freedom > 0, freedom, np.nan)) * error
    complete = (figures.complete_enumeration | ~used).all(axis=1, keepdims=True)
    squares = np.nansum((coefficients * figures.standard_error) ** 2, axis=1, keepdims=True)
    cancels = (squares > 0) & (variance <= ROUNDING * squares)
    silent = (figures.silent_variance | cancels) & used
    unbelieved = (figures.all_alike | silent) & ~figures.complete_enumeration & used
    below, above = _own_widths(figures, unbelieved, coefficients)
    low, high = value - np.sqrt(half**2 + below), value + np.sqrt(half**2 + above)
    nowhere = np.full_like(value, np.nan)
    return Figures(
        value=value,
        standard_error=error,
        low=np.where(complete, value, low),
        high=np.where(complete, value, high),
        degrees_of_freedom=freedom,
        sample_size=size,
        design_effect=nowhere,
        effective_sample_size=nowhere,
        weight=nowhere,
        all_alike=(figures.all_alike | ~used).all(axis=1, keepdims=True),
        complete_enumeration=complete,
        hidden_variance=(figures.hidden_variance & used).any(axis=1, keepdims=True),
        unanswered=(figures.unanswered & used).any(axis=1, keepdims=True),
        dominated=(figures.dominated & used).any(axis=1, keepdims=True),
        silent_variance=silent.any(axis=1, keepdims=True) & ~complete,
    )


def _own_widths(figures: Figures, of: BoolArray, coefficients: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Squared half widths below and above of the domains ``of``, as the contrast counts them, (k, 1) each."""
    down = np.where(of, figures.value - figures.low, 0.0) * coefficients
    up = np.where(of, figures.high - figures.value, 0.0) * coefficients
    below, above = np.where(coefficients >= 0, down, up), np.where(coefficients >= 0, up, down)
    return (below**2).sum(axis=1, keepdims=True), (above**2).sum(axis=1, keepdims=True)


def _variance_and_freedom(
    estimator: Estimator, coefficients: FloatArray, options: Options
) -> tuple[FloatArray, FloatArray]:
    """Variance and degrees of freedom of every quantity asked for, (k, 1) each."""
    totals = estimator.totals
    last = estimator.design.stages[-1]
    zeros = np.zeros_like(totals.cell_unit)
    unit, units = combine_codes(totals.cell_unit, last.units, zeros, 1)
    of_cells = variance_of_cells(
        estimator.design, totals.cell_unit[first_rows(unit, units)], zeros[:units], 1, options.lonely_psu
    )
    cells = len(totals.cell_unit)
    factor = coefficients[totals.cell_domain]
    influence, counts = estimator.asked_influence()
    seen = np.stack([sum_by(unit, row * (factor != 0), units) for row in counts])
    psus, strata = of_cells.touched(seen)
    if isinstance(estimator.variance, Variance):
        added = np.stack([sum_by(unit, row * factor, units) for row in influence])
        return of_cells.corrected(added, seen), psus - strata
    # After calibration every unit has a residual: what the margins explain of the contrast is taken off.
    calibrated = estimator.variance
    residuals = []
    for row in influence:
        explained = calibrated.explained(coefficients, row[cells:])
        residuals.append(sum_by(totals.cell_unit, row[:cells] * factor, last.units) - explained)
    return calibrated.whole.corrected(np.stack(residuals)), psus - strata
