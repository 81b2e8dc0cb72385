"""Every unit is drawn as often as its recorded probability says, every pair too where a formula exists.

z = (count - R pi) / sqrt(R pi (1 - pi)); the largest of k must stay within the normal quantile at 1 - 0.001 / (2 k)
(Bonferroni). R is 1,500 in the ordinary run and 10,000 with ``make soak``.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtri

from analysis.arrays import FloatArray, IntArray
from analysis.sampling import (
    GridStage,
    ListDraw,
    Reserves,
    Sample,
    draw_stratified,
    draw_two_stage,
    inclusion_probabilities,
    joint_probabilities_of_simple,
    joint_probabilities_of_systematic,
    pps_systematic,
    simple_random,
    systematic,
)

DRAWS = pytest.mark.parametrize(
    "draws", [pytest.param(1500, id="1500"), pytest.param(10_000, id="10000", marks=pytest.mark.soak)]
)
SIZES = np.array([5.0, 40, 7, 7, 90, 12, 3, 18, 25, 8])  # with 3 drawn, 90 of 215 is certain


def worst(counts: FloatArray, probability: FloatArray, draws: int) -> float:
    """Largest |z|, over its Bonferroni bound: at most 1. What is certain, or impossible, must be exactly so."""
    sure = (probability > 1 - 1e-12) | (probability < 1e-12)
    assert (counts[sure] == draws * np.round(probability[sure])).all()
    expected = draws * probability[~sure]
    if not len(expected):
        return 0.0
    z = np.abs(counts[~sure] - expected) / np.sqrt(expected * (1 - probability[~sure]))
    return float(z.max() / ndtri(1 - 0.001 / (2 * len(z))))


def both(draw: Callable[[np.random.Generator], IntArray], population: int, draws: int) -> tuple[FloatArray, FloatArray]:
    """How often every unit, and every pair, was drawn."""
    rng = np.random.default_rng(20260930)
    drawn = np.zeros((draws, population))
    for number in range(draws):
        positions = draw(rng)
        assert len(np.unique(positions)) == len(positions)
        drawn[number, positions] = 1
    return drawn.sum(axis=0), (drawn.T @ drawn)[np.triu_indices(population, 1)]


@DRAWS
def test_simple_random(draws: int) -> None:
    single, pairs = both(lambda rng: simple_random(12, 4, rng).positions, 12, draws)
    joint = joint_probabilities_of_simple(12, 4)
    assert joint[0, 1] == pytest.approx(4 * 3 / (12 * 11))
    assert worst(single, np.diag(joint).copy(), draws) <= 1
    assert worst(pairs, joint[np.triu_indices(12, 1)], draws) <= 1


@DRAWS
def test_systematic(draws: int) -> None:
    single, pairs = both(lambda rng: systematic(11, 4, rng).positions, 11, draws)
    joint = joint_probabilities_of_systematic(np.full(11, 4 / 11))
    assert np.diag(joint) == pytest.approx(np.full(11, 4 / 11))
    assert joint[0, 1] == 0  # neighbours closer than the interval never come together
    assert worst(single, np.full(11, 4 / 11), draws) <= 1
    assert worst(pairs, joint[np.triu_indices(11, 1)], draws) <= 1


@DRAWS
def test_pps_systematic_with_a_certain_unit(draws: int) -> None:
    probability = inclusion_probabilities(SIZES, 3)
    single, pairs = both(lambda rng: pps_systematic(SIZES, 3, rng).positions, 10, draws)
    assert probability[4] == 1
    assert single[4] == draws
    rest = np.delete(np.arange(10), 4)
    joint = np.outer(probability, probability)  # the certain unit goes with every other at that one's own probability
    joint[np.ix_(rest, rest)] = joint_probabilities_of_systematic(probability[rest])
    assert worst(single, probability, draws) <= 1
    assert worst(pairs, joint[np.triu_indices(10, 1)], draws) <= 1


@DRAWS
def test_pps_systematic_of_a_shuffled_list_gives_every_pair_a_chance(draws: int) -> None:
    sizes = np.array([4.0, 5, 6, 7, 8, 9, 5, 6])
    single, pairs = both(lambda rng: pps_systematic(sizes, 3, rng, shuffle=True).positions, 8, draws)
    assert worst(single, inclusion_probabilities(sizes, 3), draws) <= 1
    assert (pairs > 0).all()


def test_certainty_is_found_again_and_again() -> None:
    # 4 of 1, 2, 3, 10, 40: 40 is certain; 3 of 16 makes 10 certain (30/16); 2 of 6 makes 3 certain (1); 1 of 3 is left.
    assert inclusion_probabilities(np.array([1.0, 2, 3, 10, 40]), 4) == pytest.approx([1 / 3, 2 / 3, 1, 1, 1])


@given(st.lists(st.floats(0.1, 1000), min_size=1, max_size=30), st.data(), st.integers(0, 2**32 - 1))
def test_a_draw_by_size_has_the_size_asked_for(sizes: list[float], data: st.DataObject, seed: int) -> None:
    size = data.draw(st.integers(0, len(sizes)))
    measure = np.array(sizes)
    probability = inclusion_probabilities(measure, size)
    assert probability.sum() == pytest.approx(size)
    assert (probability <= 1).all()
    drawn = pps_systematic(measure, size, np.random.default_rng(seed))
    assert len(set(drawn.positions.tolist())) == size
    assert drawn.probability == pytest.approx(probability[drawn.positions])


def test_a_size_of_zero_is_refused_by_place() -> None:
    with pytest.raises(ValueError, match="positions 1, 3"):
        inclusion_probabilities(np.array([1.0, 0, 2, -1]), 2)
    with pytest.raises(ValueError, match="5 units cannot be drawn from a list of 4"):
        simple_random(4, 5, np.random.default_rng(1))


# ------------------------------------------------------------------ cases

STRATA = ["A"] * 10 + ["B"] * 16
UNITS = [f"H{row:02d}" for row in range(26)]
GRIDS = ["A1"] * 10 + ["B1"] * 2 + ["B2"] * 8 + ["B3"] * 3 + ["B4"] * 3


def issued_counts(draw: Callable[[np.random.Generator], Sample], draws: int) -> tuple[FloatArray, FloatArray]:
    """How often each frame row was issued, and the probability recorded with it (0 where it never was)."""
    rng = np.random.default_rng(20260930)
    counts, recorded = np.zeros(26), np.zeros(26)
    for _ in range(draws):
        for case in draw(rng).issued():
            counts[case.position] += 1
            assert recorded[case.position] in (0.0, case.inclusion_probability)
            recorded[case.position] = case.inclusion_probability
    return counts, recorded


@pytest.mark.parametrize("method", ListDraw)
@DRAWS
def test_stratified_main_sample_and_a_released_reserve(draws: int, method: ListDraw) -> None:
    def draw(rng: np.random.Generator) -> Sample:
        sample = draw_stratified(
            UNITS, STRATA, {"A": 3, "B": 4}, method=method, reserves=Reserves(replicates=2, share=0.3), rng=rng
        )
        return sample.release("B", 1)

    counts, recorded = issued_counts(draw, draws)
    # A: 3 of 10. B: 4 and a replicate of 2 of 16: every case of B, the first ones too, has 6/16.
    assert recorded == pytest.approx(np.where(np.array(STRATA) == "A", 0.3, 6 / 16))
    assert worst(counts, recorded, draws) <= 1


@DRAWS
def test_two_stages_keep_one_chance_for_every_household(draws: int) -> None:
    # B: 2 of 4 grids of 2, 8, 3, 3 households: B2 is certain (2 * 8 / 16 = 1); one of the others by size.
    def draw(rng: np.random.Generator) -> Sample:
        return draw_two_stage(UNITS, STRATA, GRIDS, GridStage(drawn={"A": 1, "B": 2}, per_grid=2), rng=rng)

    counts, recorded = issued_counts(draw, draws)
    # A's one grid is certain: 2 of 10. In B the three: n m / N = 1 * 2 / 8 each; B2: a quarter of 8.
    assert recorded == pytest.approx(np.where(np.array(STRATA) == "A", 0.2, 0.25))
    assert worst(counts, recorded, draws) <= 1


def test_two_stages_by_hand() -> None:
    sample = draw_two_stage(UNITS, STRATA, GRIDS, GridStage(drawn={"B": 2}, per_grid=2), rng=np.random.default_rng(2))
    certain = [case for case in sample.cases if case.stratum == "B/B2"]
    others = [case for case in sample.cases if case.stratum == "B"]
    assert (len(certain), len(others)) == (2, 2)
    for case in certain:
        grid, household = case.stages
        assert (grid.probability, grid.variance, case.psu) == (1.0, False, case.unit)
        assert (household.population, household.sampled) == (8, 2)
    for case in others:
        grid, household = case.stages
        assert grid.unit == case.psu
        assert grid.population is None  # unequal chances: no finite population correction from a count of grids
        assert grid.probability * household.probability == pytest.approx(0.25)
        assert case.inclusion_probability == pytest.approx(0.25)
    assert [case.number for case in sample.cases] == ["B-0001", "B-0002", "B-0003", "B-0004"]


def test_a_release_is_whole_ordered_and_changes_every_case_of_its_stratum() -> None:
    sample = draw_stratified(
        UNITS, STRATA, {"A": 3, "B": 4}, reserves=Reserves(replicates=2, share=0.5), rng=np.random.default_rng(3)
    )
    assert [sum(case.replicate == number for case in sample.cases) for number in (0, 1, 2)] == [7, 4, 4]
    assert len(sample.issued()) == 7
    first = {case.number for case in sample.issued()}
    grown = sample.release("B", 2)
    assert len(grown.issued()) == 11
    assert first <= {case.number for case in grown.issued()}
    assert {case.inclusion_probability for case in grown.issued() if case.stratum == "B"} == {8 / 16}
    assert {case.inclusion_probability for case in grown.issued() if case.stratum == "A"} == {3 / 10}
    assert grown.frame(grown.issued())["household_weight"].sum() == pytest.approx(26)
    with pytest.raises(ValueError, match="2 are released already, 2 were drawn"):
        grown.release("B", 1)
    with pytest.raises(ValueError, match="there is no stratum 'Z'"):
        sample.release("Z", 1)


def test_reserves_of_a_grid_are_released_for_all_of_its_community() -> None:
    units = [f"{grid}-{house}" for grid in range(6) for house in range(20)]
    grids = [f"g{row // 20}" for row in range(120)]
    sample = draw_two_stage(
        units,
        ["C"] * 120,
        grids,
        GridStage(drawn={"C": 3}, per_grid=4),
        reserves=Reserves(replicates=1, share=0.5),
        rng=np.random.default_rng(4),
    )
    assert len(sample.issued()) == 12
    grown = sample.release("C", 1)
    assert len(grown.issued()) == 18
    assert {case.inclusion_probability for case in grown.issued()} == {3 * 20 / 120 * 6 / 20}


def test_a_list_too_short_gives_the_reserves_that_fit_whole() -> None:
    sample = draw_stratified(
        UNITS, STRATA, {"A": 7}, reserves=Reserves(replicates=3, share=0.2), rng=np.random.default_rng(5)
    )
    assert max(case.replicate for case in sample.cases) == 1  # 7 + 2 of 10; a second replicate would need 11


def test_a_substitute_is_marked_and_takes_nobodys_place() -> None:
    sample = draw_stratified(
        UNITS, STRATA, {"A": 3}, reserves=Reserves(replicates=1, share=0.3), rng=np.random.default_rng(6)
    )
    replaced = sample.substitute("A-0002", np.random.default_rng(7))
    (substitute,) = [case for case in replaced.cases if case.substitute_for]
    first = next(case for case in replaced.cases if case.number == "A-0002")
    assert (substitute.number, substitute.substitute_for) == ("A-0002S", "A-0002")
    assert substitute.position not in {case.position for case in sample.cases}  # reserves stay untouched
    assert substitute.psu == substitute.unit != first.unit
    assert substitute.inclusion_probability == first.inclusion_probability
    # The sample behind it is as large as before: a release counts issued cases, not substitutes.
    assert replaced.release("A", 1).cases[0].inclusion_probability == pytest.approx(0.4)
    with pytest.raises(ValueError, match="has a substitute already"):
        replaced.substitute("A-0002", np.random.default_rng(8))
    with pytest.raises(ValueError, match="is a substitute itself"):
        replaced.substitute("A-0002S", np.random.default_rng(8))


def test_the_same_seed_draws_the_same_cases() -> None:
    one, two = (
        draw_two_stage(
            UNITS, STRATA, GRIDS, GridStage(drawn={"A": 1, "B": 2}, per_grid=2), rng=np.random.default_rng(9)
        ).cases
        for _ in range(2)
    )
    assert one == two


def test_a_stratum_that_is_not_there_is_named() -> None:
    with pytest.raises(ValueError, match="these strata are not in the frame: C; it has A, B"):
        draw_stratified(UNITS, STRATA, {"C": 1}, rng=np.random.default_rng(1))
    with pytest.raises(ValueError, match="5 grids cannot be drawn from 4"):
        draw_two_stage(UNITS, STRATA, GRIDS, GridStage(drawn={"B": 5}, per_grid=2), rng=np.random.default_rng(1))
    with pytest.raises(ValueError, match="11 cannot be drawn from a list of 10"):
        draw_stratified(UNITS, STRATA, {"A": 11}, rng=np.random.default_rng(1))
