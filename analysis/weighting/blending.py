"""An open collection beside a probability sample: only when asked for, labelled, and never with a verdict.

Whoever answers an open link chose to. Its answers are brought nearer to the population either by the chance to take
part, modelled against the probability sample (weight (1 - p) / p, Wang, Valliant & Li 2021, Statistics in Medicine
40), or by calibration to the probability sample's own estimates; then both are combined in proportion to their
effective sample sizes. The variance is that of replicates that repeat all of it on both samples, so the error of the
reference sample is in it (Rao, Wu & Yue 1992 for its PSUs, the ordinary bootstrap for the open answers). What no
replicate can show is what the model leaves out: the assumption stands with every figure. The result is no
``Estimate``: ``protect`` cannot take it, so no table, rank or verdict can come of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from analysis.arrays import FloatArray, IntArray, sum_by
from analysis.auxiliaries import Auxiliaries
from analysis.design import SurveyDesign
from analysis.estimation import Mean, Proportion, Ratio, estimate
from analysis.estimation.domains import read_domains
from analysis.problems import DataProblem, DesignError
from analysis.results import Domain, Estimate, Interval, IntervalMethod, LonelyPsu
from analysis.weighting.diagnostics import WeightDiagnostics, diagnose
from analysis.weighting.logistic import fit_logistic, model_columns
from analysis.weighting.margins import Margin, read_margins
from analysis.weighting.raking import rake

_FAILED = 0.05  # share of replicates that may fail before the blend is refused

ASSUMPTION_ZH = (
    "混合估计假定：在{on}相同的居民中，自愿上网作答者与其他人对所问之事看法一致。"
    "这一点无法由数据检验；若不成立，误差不会反映在所示区间内。不据此作达标判定。"
)
ASSUMPTION_EN = (
    "The blend assumes that among residents alike in {on}, those who chose to answer online think as the others do. "
    "The data cannot test this; where it fails, the interval does not show the error. No verdict is drawn from it."
)


class BlendMethod(StrEnum):
    PROPENSITY = "propensity"
    CALIBRATION = "calibration"


@dataclass(frozen=True, slots=True, kw_only=True)
class BlendedEstimate:
    """One figure from both samples, with each of them beside it."""

    variable: str
    category: str | None
    domain: Domain
    probability: Estimate  # the probability sample alone: the figure to publish
    open_unweighted: float | None  # the open answers as they came
    open_adjusted: float | None
    open_adjusted_standard_error: float | None
    open_sample_size: int
    value: float | None
    standard_error: float | None
    interval: Interval | None
    probability_share: float  # weight of the probability sample in the blend
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Blend:
    method: BlendMethod
    on: tuple[str, ...]
    replicates: int
    failed_replicates: int
    label_zh: str
    label_en: str
    assumption_zh: str
    assumption_en: str
    open_weights: WeightDiagnostics
    estimates: tuple[BlendedEstimate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """How open answers are brought to the probability sample.

    ``on``: columns of both frames that explain who takes part (for calibration: categories).
    """

    on: Sequence[str]
    method: BlendMethod
    rng: np.random.Generator  # of the replicates that the error is taken from
    replicates: int = 200


def blend(
    probability: pd.DataFrame,
    design: SurveyDesign,
    open_answers: pd.DataFrame,
    requests: Sequence[Mean | Proportion | Ratio],
    adjustment: Adjustment,
    *,
    by: Sequence[str] = (),
    level: float = 0.95,
    lonely_psu: LonelyPsu = LonelyPsu.FAIL,
) -> Blend:
    """Both samples, apart and blended, domain by domain.

    Proportions name their category. Raises DesignError for columns that are missing, categories that one of the samples
    lacks, a stratum with one PSU (replicates need two), and where more than 5 % of the replicates cannot be fitted.
    """
    on, method, replicates = tuple(adjustment.on), adjustment.method, adjustment.replicates
    _allowed(design, requests, on)
    alone = estimate(probability, design, requests, by=by, level=level, lonely_psu=lonely_psu).estimates
    work = _Work(probability, design, open_answers, requests, on, method, tuple(by))
    weights = work.open_weights(design.weight, np.ones(len(open_answers)))
    adjusted = work.open_values(weights)
    share = work.probability_share(alone, weights)
    drawn_open, drawn_blend, failed = work.replicated(adjustment.rng, replicates, share)
    _fitted(failed, replicates, on)
    plain = work.open_values(np.ones(len(open_answers)))
    sizes = work.open_sizes()
    found = []
    for place, one in enumerate(alone):
        at = divmod(place, len(requests))  # domain by domain, within each in the order of the requests
        found.append(
            _blended(
                one,
                plain=_number(plain[at[1], at[0]]),
                adjusted=_number(adjusted[at[1], at[0]]),
                size=int(sizes[at[1], at[0]]),
                share=float(share[at[1], at[0]]),
                drawn=(drawn_open[:, at[1], at[0]], drawn_blend[:, at[1], at[0]]),
                level=level,
            )
        )
    return Blend(
        method=method,
        on=on,
        replicates=replicates,
        failed_replicates=failed,
        label_zh="混合估计（含网上自愿作答）",
        label_en="Blended estimate (with voluntary online answers)",
        assumption_zh=ASSUMPTION_ZH.format(on="、".join(on)),
        assumption_en=ASSUMPTION_EN.format(on=", ".join(on)),
        open_weights=diagnose(weights),
        estimates=tuple(found),
    )


def _blended(
    one: Estimate,
    *,
    plain: float | None,
    adjusted: float | None,
    size: int,
    share: float,
    drawn: tuple[FloatArray, FloatArray],
    level: float,
) -> BlendedEstimate:
    notes: list[str] = []
    if adjusted is None:
        notes.append("no open answers in this domain: the figure is that of the probability sample")
    value = one.value if adjusted is None or one.value is None else share * one.value + (1 - share) * adjusted
    error, interval = _spread(drawn[1]), None
    if one.all_alike or not error:
        notes.append("no interval: all answers of the probability sample are alike, or nothing varies")
        error = None
    elif value is not None and one.degrees_of_freedom:
        half = float(stdtrit(one.degrees_of_freedom, (1 + level) / 2)) * error
        low, high = one.scale or (-np.inf, np.inf)
        interval = Interval(
            low=max(value - half, low), high=min(value + half, high), level=level, method=IntervalMethod.WALD
        )
    return BlendedEstimate(
        variable=one.variable,
        category=one.category,
        domain=one.domain,
        probability=one,
        open_unweighted=plain,
        open_adjusted=adjusted,
        open_adjusted_standard_error=_spread(drawn[0]) if adjusted is not None else None,
        open_sample_size=size,
        value=value,
        standard_error=error,
        interval=interval,
        probability_share=share,
        notes=tuple(notes),
    )


def _spread(drawn: FloatArray) -> float | None:
    known = drawn[~np.isnan(drawn)]
    return float(known.std(ddof=1)) if len(known) > 1 else None


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _allowed(design: SurveyDesign, requests: Sequence[Mean | Proportion | Ratio], on: Sequence[str]) -> None:
    if design.frequency is not None or design.calibration is not None:
        raise ValueError("blend takes a design of rows with weights, neither counted nor calibrated")
    if not on:
        raise ValueError("name the columns that explain who takes part")
    if any(isinstance(request, Proportion) and request.category is None for request in requests):
        raise ValueError("name the category of each proportion")
    _no_single_psu(design)


def _fitted(failed: int, replicates: int, on: Sequence[str]) -> None:
    if failed > _FAILED * replicates:
        problem = DataProblem(
            column=", ".join(on),
            rows=(),
            message=f"{failed} of {replicates} replicates could not be fitted: a group is nearly empty",
            remedy="Join small groups, or blend on fewer columns.",
        )
        raise DesignError([problem])


def _no_single_psu(design: SurveyDesign) -> None:
    first = design.stages[0]
    single = (first.sample_size == 1) & (first.sampling_fraction < 1)
    if single.any():
        names = ", ".join(design.stratum_names[place] for place in np.flatnonzero(single)[:10])
        problem = DataProblem(
            column="strata",
            rows=(),
            message=f"{int(single.sum())} strata have a single PSU: {names}",
            remedy="Replicates need two in each: join such strata with a neighbour.",
        )
        raise DesignError([problem])


@dataclass(frozen=True, slots=True, eq=False)
class _Answers:
    """Numerators and denominators of one sample, 0 where a row is not in the base, and its domains."""

    above: FloatArray  # (requests, rows)
    below: FloatArray  # (requests, rows)
    domain: IntArray  # (rows,), the last code: in none that both know
    domains: int

    @staticmethod
    def of(
        frame: pd.DataFrame, requests: Sequence[Mean | Proportion | Ratio], domain: IntArray, count: int
    ) -> _Answers:
        above, below = [], []
        for request in requests:
            item = request.prepare(frame).item
            seen = np.ones(len(frame)) if item.observed is None else item.observed.astype(np.float64)
            x = np.ones(len(frame)) if item.denominator is None else np.nan_to_num(item.denominator)
            above.append(np.nan_to_num(item.numerators[0]) * seen)
            below.append(x * seen)
        return _Answers(np.stack(above), np.stack(below), np.where(domain < 0, count, domain), count)

    def values(self, weights: FloatArray) -> FloatArray:
        """Ratios, (requests, domains), NaN where nobody is in the base."""
        found = np.full((len(self.above), self.domains), np.nan)
        for number, (above, below) in enumerate(zip(self.above, self.below, strict=True)):
            base = self._sums(weights * below)
            sums = self._sums(weights * above)
            np.divide(sums, base, out=found[number], where=base > 0)
        return found

    def effective(self, weights: FloatArray) -> FloatArray:
        """Kish's effective sample size of each base, (requests, domains); 0 where it is empty."""
        found = np.zeros((len(self.above), self.domains))
        for number, below in enumerate(self.below):
            used = weights * (below != 0)
            squares = self._sums(used * used)
            np.divide(self._sums(used) ** 2, squares, out=found[number], where=squares > 0)
        return found

    def _sums(self, values: FloatArray) -> FloatArray:
        return sum_by(self.domain, values, self.domains + 1)[: self.domains]


class _Work:
    def __init__(
        self,
        probability: pd.DataFrame,
        design: SurveyDesign,
        open_answers: pd.DataFrame,
        requests: Sequence[Mean | Proportion | Ratio],
        on: tuple[str, ...],
        method: BlendMethod,
        by: tuple[str, ...],
    ) -> None:
        self.design, self.method, self.on = design, method, on
        domains = read_domains(probability, by)
        place = {key: number for number, key in enumerate(domains.keys)}
        other = read_domains(open_answers, by)
        known = np.array([place.get(key, -1) for key in other.keys] + [-1], dtype=np.int64)
        self.inside = _Answers.of(probability, requests, domains.code_of_row, domains.count)
        self.open = _Answers.of(open_answers, requests, known[other.code_of_row], domains.count)
        self.size = len(open_answers)
        self.columns: FloatArray = np.zeros((0, 0))
        self.kind: IntArray = np.zeros(0, dtype=np.int64)
        self.names: tuple[str, ...] = ()
        self.known: Auxiliaries | None = None
        self.reference: Auxiliaries | None = None
        if method is BlendMethod.PROPENSITY:
            both = pd.concat([open_answers[_there(open_answers, on)], probability[_there(probability, on)]])
            columns, self.names = model_columns(both.reset_index(drop=True), on)
            # Rows alike in all columns are one row of the model with the sum of their weights.
            self.columns, kind = np.unique(columns, axis=0, return_inverse=True)
            self.kind = np.asarray(kind, dtype=np.int64).ravel()
        else:
            self._margins(probability, open_answers)

    def _margins(self, probability: pd.DataFrame, open_answers: pd.DataFrame) -> None:
        """The same categories over both samples, in the same order."""
        margins = []
        for name in self.on:
            _there(probability, [name]), _there(open_answers, [name])
            totals = pd.Series(self.design.weight).groupby(probability[name].astype(str).to_numpy()).sum()
            margins.append(Margin.of(name, {str(label): float(total) for label, total in totals.items()}))
        labels = open_answers[list(self.on)].apply(
            lambda column: column.astype(object).where(column.notna()).map(_text)
        )
        own = probability[list(self.on)].apply(lambda column: column.map(_text))
        self.known = read_margins(labels, margins)
        self.reference = read_margins(own, margins)

    def open_weights(self, reference: FloatArray, counts: FloatArray) -> FloatArray:
        """Weights of the open answers, (rows,), given weights of the probability sample and how often each counts."""
        if self.method is BlendMethod.CALIBRATION:
            assert self.known is not None
            assert self.reference is not None
            targets = self.reference.sums(reference)
            blocks = [
                replace(block, totals=targets[offset : offset + len(block.columns)])
                for offset, block in zip(self.reference.offsets, self.known.blocks, strict=False)
            ]
            start = counts * (reference.sum() / counts.sum())
            return rake(start, Auxiliaries(rows=self.size, blocks=tuple(blocks)), tolerance=1e-8)[0]
        kinds = len(self.columns)
        weights = np.concatenate(
            [sum_by(self.kind[: self.size], counts, kinds), sum_by(self.kind[self.size :], reference, kinds)]
        )
        outcome = np.repeat([1.0, 0.0], kinds)
        used = weights > 0
        fit = fit_logistic(outcome[used], np.tile(self.columns, (2, 1))[used], self.names, weights[used])
        linear = (self.columns @ fit.coefficients)[self.kind[: self.size]]
        # The weighted reference stands for everybody: the odds are the chance to take part, their inverse the weight.
        return np.asarray(counts * np.exp(-linear))

    def open_values(self, weights: FloatArray) -> FloatArray:
        return self.open.values(weights)

    def open_sizes(self) -> FloatArray:
        return np.round(self.open.effective(np.ones(self.size)))

    def probability_share(self, alone: Sequence[Estimate], weights: FloatArray) -> FloatArray:
        """n_eff of the probability sample over the sum of both, (requests, domains)."""
        requests, domains = self.inside.above.shape[0], self.inside.domains
        own = np.array([one.effective_sample_size or 0.0 for one in alone]).reshape(domains, requests).T
        other = self.open.effective(weights)
        total = own + other
        share = np.ones_like(own)
        np.divide(own, total, out=share, where=(other > 0) & (total > 0))
        return share

    def replicated(self, rng: np.random.Generator, count: int, share: FloatArray) -> tuple[FloatArray, FloatArray, int]:
        """Open and blended values of each replicate, (replicates that could be fitted, requests, domains) each."""
        drawn_open, drawn_blend, failed = [], [], 0
        for _ in range(count):
            reference = self.design.weight * bootstrap_factors(self.design, rng)
            counts = np.bincount(rng.integers(0, self.size, self.size), minlength=self.size).astype(np.float64)
            try:
                values = self.open_values(self.open_weights(reference, counts))
            except DesignError:
                failed += 1
                continue
            own = self.inside.values(reference)
            drawn_open.append(values)
            drawn_blend.append(np.where(np.isnan(values), own, share * own + (1 - share) * values))
        if not drawn_open:
            empty = np.zeros((0, *share.shape))
            return empty, empty, failed
        return np.stack(drawn_open), np.stack(drawn_blend), failed


def bootstrap_factors(design: SurveyDesign, rng: np.random.Generator) -> FloatArray:
    """Factors on the weights of one Rao-Wu-Yue replicate, (rows,): n_h - 1 PSUs drawn in each stratum, with fpc."""
    first = design.stages[0]
    size = first.sample_size.astype(np.int64)
    order = np.argsort(first.group_of_unit, kind="stable")
    start = np.concatenate([[0], np.cumsum(size)[:-1]])
    draws = np.maximum(size - 1, 0)
    group = np.repeat(np.arange(first.groups), draws)
    picked = order[start[group] + (rng.random(len(group)) * size[group]).astype(np.int64)]
    times = np.bincount(picked, minlength=first.units)
    scale = np.sqrt(1 - first.sampling_fraction)  # m = n - 1 draws: l = sqrt(m (1 - f) / (n - 1))
    n, m = size[first.group_of_unit], draws[first.group_of_unit]
    spread = np.where(m > 0, n / np.maximum(m, 1) * times - 1, 0.0)
    return np.asarray((1 + scale[first.group_of_unit] * spread)[first.unit_of_row])


def _there(frame: pd.DataFrame, names: Sequence[str]) -> list[str]:
    absent = [name for name in names if name not in frame.columns]
    if absent:
        there = ", ".join(str(name) for name in frame.columns)
        raise DesignError(
            [
                DataProblem(
                    column=name,
                    rows=(),
                    message="one of the samples lacks this column",
                    remedy=f"The columns are: {there}.",
                )
                for name in absent
            ]
        )
    return list(names)


def _text(value: object) -> object:
    return value if value is None or value != value else str(value)
