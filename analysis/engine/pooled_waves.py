"""Several waves of a survey together: one figure of an indicator over all of them, where one wave has too few answers.

The figure is sum a_t Y_t / sum a_t X_t over the waves' calibrated totals: the waves' own figures, each with a weight of
a_t X_t. By default a_t is 1: every adult counts once a wave, and so a wave weighs by its population, as a person asked
in every wave would count (equal person-time). ``counts`` gives each wave another share of the city in its place.

Where X counts a part only (those who used a service) a wave weighs by the size of that part in it. A wave with few of
them then brings little, and not a wild figure with a full weight.

All waves stand in one design (``joined_waves``): PSUs asked in several bring their covariance, degrees of freedom are
PSUs less strata of all, intervals are made as those of one wave. What was asked again is no further sample
(``occasions``). Where a wave has no answer there is no figure: it would be one of other waves than it says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.arrays import BoolArray, FloatArray, IntArray
from analysis.auxiliaries import Auxiliaries, Calibration
from analysis.engine.figures import BY_LEVEL, Asked, options_of, requests_of
from analysis.engine.joined_waves import WAVE, JoinedWaves, WaveFigures
from analysis.estimation.estimate import Estimator, prepare_estimator
from analysis.estimation.occasions import Again, larger, persons
from analysis.estimation.small_sample import Expected, expected_of
from analysis.estimation.table import EstimateTable, Figures
from analysis.plan import MOST_POOLED, AnalysisPlan
from analysis.psu_totals import by_domain
from analysis.results import Domain

_Fitted = tuple[Expected, Expected]  # of the joined design, and of the waves each for itself


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PooledTable:
    """One row per indicator, one column per domain. ``table`` has the figures, NaN where a wave has no answer; its
    ``sample_size`` counts answers, those of who was asked again too."""

    table: EstimateTable
    answers: FloatArray  # (waves, indicators, domains)
    shares: FloatArray  # (waves, indicators, domains) what each wave weighs in the figure; of an index NaN
    persons: FloatArray  # (indicators, domains) answers, of a household that was asked again those of one time
    linearised_error: FloatArray  # (indicators, domains) that of R's survey: as if one centre had been fitted

    @property
    def domains(self) -> tuple[Domain, ...]:
        return self.table.domains


def pooled_tables(
    waves: Sequence[WaveFigures], indicators: Sequence[Asked], counts: Sequence[float] | None = None
) -> dict[str, PooledTable]:
    """By level of the last wave's plan: community, street, city. Confidence level, interval and lonely PSUs are those
    of that plan too.

    ``indicators`` are those whose definition is the same in all waves. ``counts``: what every wave counts for in the
    city, in any unit (default: its population). The order of the waves is of no matter but for whose plan it is.
    """
    if not 1 <= len(waves) <= MOST_POOLED:
        raise ValueError(f"1 to {MOST_POOLED} waves are pooled, not {len(waves)}")
    if len({one.plan.unit for one in waves}) > 1:
        raise ValueError("figures of adults and of households are not pooled")
    given = waves if counts is None else [_counting(one, count) for one, count in zip(waves, counts, strict=True)]
    joined, apart = (JoinedWaves.of(given, indicators, apart=alone) for alone in (False, True))
    plan, found = waves[-1].plan, {}
    fitted: _Fitted | None = None
    for level in plan.levels:
        together = _estimator(joined, indicators, BY_LEVEL[level], plan)
        each = _estimator(apart, indicators, (*BY_LEVEL[level], WAVE), plan)
        if fitted is None or joined.design.calibration is None:  # what margins fit is the same in every table
            fitted = expected_of(together), expected_of(each)
        found[level.value] = _table(together, each, fitted, _wave(joined))
    return found


def _counting(wave: WaveFigures, count: float) -> WaveFigures:
    """The wave with weights that sum to ``count``, margins and all."""
    if not count > 0:
        raise ValueError(f"a wave counts for something above 0, not {count!r}")
    factor = count / float(wave.weight.sum())
    known = wave.calibration
    if known is not None:
        blocks = tuple(replace(one, totals=one.totals * factor) for one in known.auxiliaries.blocks)
        known = Calibration(
            weight_before=known.weight_before * factor,
            auxiliaries=Auxiliaries(rows=known.auxiliaries.rows, blocks=blocks),
        )
    return replace(wave, weight=wave.weight * factor, calibration=known)


def _estimator(waves: JoinedWaves, indicators: Sequence[Asked], by: tuple[str, ...], plan: AnalysisPlan) -> Estimator:
    return prepare_estimator(waves.frame, waves.design, requests_of(indicators), by=by, options=options_of(plan))


def _wave(waves: JoinedWaves) -> IntArray:
    """(rows,) the number of the wave of each."""
    return waves.frame[WAVE].cat.codes.to_numpy().astype(np.int64)


def _table(together: Estimator, each: Estimator, fitted: _Fitted, wave: IntArray) -> PooledTable:
    """``each`` has every domain once for every wave."""
    requested, waves = together.requested, int(wave.max()) + 1
    answers, below, freedom = (_by_wave(of, together, each, waves) for of in _sums(each))
    again = Again(
        persons=persons(together, wave),
        larger=larger(together, fitted[0].left, fitted[1].left),
        freedom=freedom.sum(axis=0),
    )
    simple = len(together.totals.item_of)
    items = [*together.totals.item_of.tolist(), *(item for *_, item in requested.indices)]
    asked, index = [items[row] for row in requested.asked], [row >= simple for row in requested.asked]
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = (below / below.sum(axis=0))[:, asked]
    shares[:, index] = np.nan
    table = together.asked_again(again).table()
    whole = _whole(table, answers[:, asked])
    return PooledTable(
        table=replace(table, figures=whole),
        answers=answers[:, asked],
        shares=shares,
        persons=again.persons[asked],
        linearised_error=whole.standard_error / np.sqrt(again.larger[asked]),
    )


def _sums(each: Estimator) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Answers, weighted sums of the denominator and degrees of freedom, (items, domains of ``each``) each."""
    psus, strata = each.variance.touched(each.totals.counts)
    return each.size, by_domain(each.totals, each.totals.denominators), psus - strata


def _by_wave(values: FloatArray, together: Estimator, each: Estimator, waves: int) -> FloatArray:
    """(waves, items, domains) of a column for every domain and wave that occur; 0 where they do not."""
    place = {key: number for number, key in enumerate(together.domains.keys)}
    found = np.zeros((waves, len(values), together.domains.count))
    for number, key in enumerate(each.domains.keys):
        found[int(key[-1][1]), :, place[key[:-1]]] = values[:, number]
    return found


def _whole(table: EstimateTable, answers: FloatArray) -> Figures:
    """The figures to which every wave has an answer."""
    there: BoolArray = np.asarray((answers > 0).all(axis=0))
    figures = table.figures
    numbers = {
        name: np.where(there, getattr(figures, name), np.nan)
        for name in ("value", "standard_error", "low", "high", "design_effect", "effective_sample_size")
    }
    told = {
        name: getattr(figures, name) & there
        for name in ("all_alike", "complete_enumeration", "hidden_variance", "unanswered", "silent_variance")
    }
    return replace(figures, sample_size=answers.sum(axis=0), **numbers, **told)
