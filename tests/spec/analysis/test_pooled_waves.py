"""Waves put together: what follows from what a pool is, whatever the waves."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.case_columns import CaseColumns
from analysis.engine.figures import Asked, Respondents, tables
from analysis.engine.joined_waves import WaveFigures
from analysis.engine.pooled_waves import PooledTable, pooled_tables
from analysis.engine.run import weigh
from analysis.estimation.table import EstimateTable
from analysis.plan import AnalysisPlan, Level, Unit
from tests.simulated.study import UNCALIBRATED
from tests.simulated.waves import Shape, asked, city, wave

SHAPE = Shape(streets=2, communities=3, grids=6, households=30, issued=8, drawn_grids=3, indicators=3)
WHOLE = replace(SHAPE, drawn_grids=0, grids=3)  # all grids are strata, households are drawn at once
INDICATORS = (*asked(SHAPE), Asked(id="index", share=False, parts=(("q1", 0.5), ("q3", 0.5))))
FIGURES = ("value", "standard_error", "low", "high", "degrees_of_freedom", "design_effect", "effective_sample_size")
PLANS = {
    "margins": AnalysisPlan(sensitivity=()),
    "none": AnalysisPlan(sensitivity=(), calibration=UNCALIBRATED),
}


@cache
def wave_figures(plan: str, seed: int, shape: Shape = SHAPE) -> WaveFigures:
    of = city(shape, 5)
    columns = wave(of, seed)
    found = weigh(PLANS[plan], columns, of.register())
    margins = None if found.calibrated is None else found.calibrated.calibration
    return WaveFigures(columns=columns, weight=found.final, calibration=margins, plan=PLANS[plan])


def alone(one: WaveFigures) -> dict[str, EstimateTable]:
    return tables(Respondents.of(one.columns, one.weight, one.calibration, INDICATORS, one.plan))[0]


def same(one: EstimateTable, other: EstimateTable, *, but: tuple[str, ...] = ()) -> None:
    assert one.domains == other.domains
    for name in FIGURES:
        if name not in but:
            found, wanted = getattr(one.figures, name), getattr(other.figures, name)
            np.testing.assert_allclose(found, wanted, rtol=1e-9, atol=1e-12, err_msg=name)


plans, seeds = st.sampled_from(sorted(PLANS)), st.integers(0, 5)
shapes = st.sampled_from([SHAPE, WHOLE])


@settings(max_examples=12, deadline=None)
@given(plan=plans, seed=seeds, shape=shapes)
def test_a_pool_of_one_wave_is_the_wave(plan: str, seed: int, shape: Shape) -> None:
    one = wave_figures(plan, seed, shape)
    found = pooled_tables([one], INDICATORS)
    for level, table in alone(one).items():
        same(found[level].table, table)
        np.testing.assert_array_equal(found[level].table.figures.sample_size, table.figures.sample_size)


@settings(max_examples=12, deadline=None)
@given(plan=plans, seed=seeds, shape=shapes, times=st.integers(2, 4))
def test_a_wave_pooled_with_itself_says_no_more_than_it_does_alone(
    plan: str, seed: int, shape: Shape, times: int
) -> None:
    one = wave_figures(plan, seed, shape)
    found = pooled_tables([one] * times, INDICATORS)
    for level, table in alone(one).items():
        same(found[level].table, table)
        np.testing.assert_array_equal(found[level].persons, table.figures.sample_size)
        np.testing.assert_array_equal(found[level].table.figures.sample_size, times * table.figures.sample_size)


@settings(max_examples=12, deadline=None)
@given(
    plan=plans, chosen=st.lists(seeds, min_size=2, max_size=4, unique=True), turned=st.randoms(use_true_random=False)
)
def test_the_order_of_the_waves_is_of_no_matter(plan: str, chosen: list[int], turned: object) -> None:
    waves = [wave_figures(plan, seed) for seed in chosen]
    order = list(range(len(waves)))
    turned.shuffle(order)  # type: ignore[attr-defined]
    found, other = pooled_tables(waves, INDICATORS), pooled_tables([waves[place] for place in order], INDICATORS)
    for level in found:
        same(found[level].table, other[level].table)
        np.testing.assert_array_equal(found[level].answers[order], other[level].answers)


@settings(max_examples=12, deadline=None)
@given(plan=plans, chosen=st.lists(seeds, min_size=2, max_size=4, unique=True))
def test_a_figure_is_the_waves_own_with_the_weights_it_tells(plan: str, chosen: list[int]) -> None:
    waves = [wave_figures(plan, seed) for seed in chosen]
    own = [alone(one) for one in waves]
    for level, found in pooled_tables(waves, INDICATORS).items():
        for place, domain in enumerate(found.domains):
            values = np.array([of[level].figures.value[:3, of[level].domains.index(domain)] for of in own])
            shares = found.shares[:, :3, place]
            np.testing.assert_allclose(shares.sum(axis=0), 1)
            np.testing.assert_allclose(found.table.figures.value[:3, place], (shares * values).sum(axis=0))


def test_by_default_a_wave_weighs_by_its_population_and_otherwise_as_it_is_told() -> None:
    waves = [wave_figures("margins", seed) for seed in (1, 2)]
    populations = [float(one.weight.sum()) for one in waves]
    by_population, plain = pooled_tables(waves, INDICATORS, populations), pooled_tables(waves, INDICATORS)
    for level in plain:
        same(by_population[level].table, plain[level].table)
    told = pooled_tables(waves, INDICATORS, (3, 1))["city"]
    assert told.shares[:, 0, 0] == pytest.approx([0.75, 0.25], abs=0.02)
    # Of a wave that hardly counts nothing is left in the figure.
    nearly = pooled_tables(waves, INDICATORS, (1, 1e-9))["city"].table
    np.testing.assert_allclose(nearly.figures.value, alone(waves[0])["city"].figures.value, rtol=1e-6)


def without(one: WaveFigures, community: int) -> WaveFigures:
    """The wave of whose one community nobody's answer is known."""
    columns, there = one.columns, one.columns.community.codes[one.columns.respondents] != community
    left = [np.where(there, rows, np.nan) for rows in (columns.numerators, columns.denominators)]
    return replace(one, columns=replace(columns, numerators=left[0], denominators=left[1]))


def test_where_a_wave_has_no_answer_there_is_no_figure_and_how_many_there_are_is_told() -> None:
    waves = [wave_figures("none", 1), without(wave_figures("none", 2), 0)]
    found = pooled_tables(waves, INDICATORS)["community"]
    figures = found.table.figures
    assert found.answers[0, 0, 0] > 0
    assert found.answers[1, 0, 0] == 0
    for name in ("value", "standard_error", "low", "high"):
        assert np.isnan(getattr(figures, name)[:, 0]).all()
        assert not np.isnan(getattr(figures, name)[0, 1:]).any()


def panel(one: WaveFigures, rng: np.random.Generator, agree: float) -> WaveFigures:
    """The same households once more; ``agree``: the part that answers as it did."""
    again = one.columns.numerators.copy()
    turned = rng.random(again.shape) >= agree
    again[turned] = 1 - again[turned]
    return replace(one, columns=replace(one.columns, numerators=again))


def drawn_anew(one: WaveFigures) -> WaveFigures:
    """The same answers of other grids."""

    def renamed(columns: CaseColumns) -> CaseColumns:
        units = tuple(replace(unit, names=tuple(f"{name}'" for name in unit.names)) for unit in columns.units)
        return replace(columns, units=units)

    return replace(one, columns=renamed(one.columns))


def test_households_asked_again_bring_less_than_others_do() -> None:
    one = wave_figures("none", 3)
    again = pooled_tables([one, panel(one, np.random.default_rng(1), 0.9)], asked(SHAPE))["city"]
    anew = pooled_tables([one, drawn_anew(one)], asked(SHAPE))["city"]
    single = alone(one)["city"].figures.standard_error[:3]
    assert 0.85 < float((again.table.figures.standard_error / single).mean()) < 1.15
    assert 0.60 < float((anew.table.figures.standard_error / single).mean()) < 0.85
    assert (again.persons < anew.persons).all()


def all_yes(one: WaveFigures) -> WaveFigures:
    return replace(one, columns=replace(one.columns, numerators=np.ones_like(one.columns.numerators)))


def test_where_all_said_yes_the_same_households_again_prove_nothing_new() -> None:
    one = all_yes(wave_figures("none", 4))

    def limit(found: PooledTable) -> float:
        return float(found.table.figures.low[0, 0])

    single = float(alone(one)[Level.COMMUNITY].figures.low[0, 0])
    assert limit(pooled_tables([one, one], INDICATORS)["community"]) == pytest.approx(single, rel=1e-12)
    assert limit(pooled_tables([one, drawn_anew(one)], INDICATORS)["community"]) > single + 0.05


def test_what_cannot_be_pooled_is_refused() -> None:
    one = wave_figures("none", 1)
    of_households = replace(one, plan=replace(one.plan, unit=Unit.HOUSEHOLD))
    with pytest.raises(ValueError, match="households"):
        pooled_tables([of_households, one], INDICATORS)
    with pytest.raises(ValueError, match="1 to 12 waves"):
        pooled_tables([one] * 13, INDICATORS)
    with pytest.raises(ValueError, match="above 0"):
        pooled_tables([one, one], INDICATORS, (1, 0))
    for wrong in (0, 13, -1):
        with pytest.raises(ValueError, match="pooled"):
            AnalysisPlan(pooled=wrong)
