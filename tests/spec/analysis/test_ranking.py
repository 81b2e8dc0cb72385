"""Confidence sets for ranks: critical values against integrals, sets against brute force, coverage by simulation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.stats import norm, studentized_range

from analysis.disclosure import protect
from analysis.ranking import METHOD, RankingRule, _critical, _spread, errors_drawn, rank_sets, rank_table
from analysis.results import (
    DesignSummary,
    Domain,
    Estimate,
    Estimates,
    Interval,
    IntervalMethod,
    PublicationRule,
    Reliability,
    Statistic,
)


def generator(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize("count", [2, 5, 13])
def test_all_pairs_of_equal_errors_give_tukeys_studentised_range(count: int) -> None:
    error = np.full(count, 0.02)
    drawn = errors_drawn(error, None, None, generator(), 60_000)
    found = _critical(_spread(error, None), drawn, ~np.eye(count, dtype=bool), 0.95)
    assert found == pytest.approx(studentized_range.ppf(0.95, count, np.inf) / np.sqrt(2), rel=0.015)


@pytest.mark.parametrize("count", [3, 13])
def test_one_against_the_others_gives_dunnetts_integral(count: int) -> None:
    def missed(critical: float) -> float:
        def inside(z: float) -> float:
            width = critical * np.sqrt(2)
            return float((norm.cdf(z + width) - norm.cdf(z - width)) ** (count - 1) * norm.pdf(z))

        return float(quad(inside, -8, 8)[0]) - 0.95

    error = np.ones(count)
    pairs = np.zeros((count, count), dtype=bool)
    pairs[0] = pairs[:, 0] = True
    pairs[0, 0] = False
    drawn = errors_drawn(error, None, None, generator(2), 60_000)
    assert _critical(_spread(error, None), drawn, pairs, 0.95) == pytest.approx(brentq(missed, 1, 5), rel=0.015)


def test_three_communities_by_hand() -> None:
    #  A 90 %, B 80 %, C 79 %, standard errors of 2 points: differences have 2.83; critical about 2.34.
    #  A - B = 3.54, A - C = 3.89: shown. B - C = 0.35: not.
    low, high, better = rank_sets(np.array([0.90, 0.80, 0.79]), np.full(3, 0.02), rng=generator())
    assert low.tolist() == [1, 2, 2]
    assert high.tolist() == [1, 3, 3]
    assert better.tolist() == [[False, True, True], [False] * 3, [False] * 3]
    # The other way round, for shares of which less is better.
    low, high, _ = rank_sets(
        np.array([0.90, 0.80, 0.79]), np.full(3, 0.02), rng=generator(), rule=RankingRule(highest_first=False)
    )
    assert (low.tolist(), high.tolist()) == ([3, 1, 1], [3, 2, 2])


def test_stepping_down_tells_more_apart_and_never_less() -> None:
    # Once the far one is shown to be first, two of six directions need no protection any more.
    errors = np.full(3, 0.02)
    drawn = errors_drawn(errors, None, None, generator(), 10_000)
    every = ~np.eye(3, dtype=bool)
    first = _critical(_spread(errors, None), drawn, every, 0.95)
    left = every.copy()
    left[0] = False
    second = _critical(_spread(errors, None), drawn, left, 0.95)
    assert second < first - 0.05
    between = (first + second) / 2 * 0.02 * np.sqrt(2)
    assert rank_sets(np.array([0.50, between, 0.00]), errors, rng=generator())[2][1, 2]
    assert not rank_sets(np.array([between, between, 0.00]), errors, rng=generator())[2].any()


def brute_force(values: np.ndarray, errors: np.ndarray, drawn: np.ndarray, level: float) -> set[tuple[int, int]]:
    """The paper's algorithm, pair by pair."""
    pairs = [(j, k) for j in range(len(values)) for k in range(len(values)) if j != k]
    shown: set[tuple[int, int]] = set()
    while True:
        left = [pair for pair in pairs if pair not in shown]
        if not left:
            return shown
        largest = [max((row[j] - row[k]) / np.hypot(errors[j], errors[k]) for j, k in left) for row in drawn]
        critical = np.quantile(largest, level)
        new = {(j, k) for j, k in left if (values[j] - values[k]) / np.hypot(errors[j], errors[k]) > critical}
        if not new:
            return shown
        shown |= new


@pytest.mark.parametrize("seed", range(5))
def test_against_brute_force(seed: int) -> None:
    rng = generator(seed)
    values, errors = rng.normal(0, 2, 5), rng.uniform(0.3, 1.0, 5)
    freedom = rng.integers(5, 40, 5).astype(float)
    _, _, better = rank_sets(values, errors, rng=generator(7), degrees_of_freedom=freedom, rule=RankingRule(draws=500))
    drawn = errors_drawn(errors, freedom, None, generator(7), 500)
    assert {(int(j), int(k)) for j, k in zip(*np.nonzero(better), strict=True)} == brute_force(
        values, errors, drawn, 0.95
    )


def test_each_for_itself_is_never_wider_than_all_together() -> None:
    rng = generator(3)
    values, errors = rng.normal(0, 2, 12), rng.uniform(0.3, 1.0, 12)
    alone_low, alone_high, _ = rank_sets(values, errors, rng=generator(4), rule=RankingRule(simultaneous=False))
    low, high, _ = rank_sets(values, errors, rng=generator(4))
    assert (alone_low >= low).all()
    assert (alone_high <= high).all()
    assert (alone_high - alone_low).sum() < (high - low).sum()
    # The rank of the estimates lies in every set.
    rank = 1 + (values[:, None] < values).sum(axis=1)
    assert ((low <= rank) & (rank <= high)).all()


def test_correlated_estimates_are_told_apart_more_easily() -> None:
    correlation = np.full((2, 2), 0.9)
    np.fill_diagonal(correlation, 1.0)
    values, errors = np.array([0.85, 0.82]), np.full(2, 0.02)
    assert not rank_sets(values, errors, rng=generator())[2].any()
    assert rank_sets(values, errors, rng=generator(), correlation=correlation)[2][0, 1]


@pytest.mark.parametrize("repetitions", [pytest.param(150), pytest.param(2000, marks=pytest.mark.soak)])
@pytest.mark.parametrize("simultaneous", [True, False])
def test_coverage(repetitions: int, simultaneous: bool) -> None:
    """Communities of 40 with equal and unequal levels: the true ranks lie in the sets as often as claimed."""
    rng = generator(20260930)
    levels = np.array([0.92, 0.90, 0.90, 0.85, 0.85, 0.70, 0.60, 0.60])
    size = 40
    # With ties every rank between those of the tied is true; the set must hold them all.
    best = 1 + (levels[:, None] < levels).sum(axis=1)
    worst = len(levels) - (levels[:, None] > levels).sum(axis=1)
    covered = np.zeros((repetitions, len(levels)), dtype=bool)
    for number in range(repetitions):
        yes = rng.binomial(size, levels)
        centred = (yes + 2) / (size + 4)
        errors = np.sqrt(centred * (1 - centred) / (size + 4))
        low, high, _ = rank_sets(
            yes / size,
            errors,
            rng=rng,
            degrees_of_freedom=np.full(8, size - 1.0),
            rule=RankingRule(simultaneous=simultaneous, draws=1000),
        )
        covered[number] = (low <= best) & (high >= worst)
    share = covered.all(axis=1).mean() if simultaneous else covered.mean(axis=0).min()
    assert share >= 0.95 - 3 * np.sqrt(0.05 * 0.95 / repetitions)


def estimate(name: str, value: float, size: int, error: float) -> Estimate:
    return Estimate(
        statistic=Statistic.RATIO,
        variable="aware",
        domain=(("community", name),),
        value=value,
        standard_error=error,
        interval=Interval(
            low=value - 1.97 * error,
            high=min(1.0, value + 1.97 * error),
            level=0.95,
            method=IntervalMethod.KORN_GRAUBARD,
        ),
        degrees_of_freedom=size - 1,
        sample_size=size,
        design_effect=1.0,
        effective_sample_size=float(size),
        all_alike=value == 1.0,
    )


def test_a_published_table_is_ranked_and_what_is_hidden_is_not() -> None:
    cells = [
        estimate("A", 0.70, 80, 0.051),
        estimate("B", 1.0, 60, 0.0),
        estimate("C", 0.93, 90, 0.027),
        estimate("D", 0.9, 8, 0.1),
    ]
    design = DesignSummary(strata=4, psus=238, degrees_of_freedom=234, sample_size=238)
    table = protect(
        Estimates(design=design, estimates=tuple(cells)), rule=PublicationRule(reliability=Reliability.FLAG)
    )
    domains: list[Domain] = [one.domain for one in cells]
    ranking = rank_table(table, "aware", domains, rng=generator())
    assert [(one.name, one.rank, one.low, one.high) for one in ranking.sets] == [
        ("B", 1, 1, 2),
        ("C", 2, 1, 2),
        ("A", 3, 3, 3),
    ]
    # 60 of 60 has an error of its own, (x + 2)/(n + 4): it cannot be told from 93 %.
    assert ranking.sets[0].not_told_apart == ("C",)
    assert ranking.left_out == ("D",)
    assert ranking.method == METHOD
    assert rank_table(table, "aware", domains[3:], rng=generator()).sets == ()


def test_what_cannot_be_ranked_is_refused() -> None:
    with pytest.raises(ValueError, match="standard errors above 0"):
        rank_sets(np.array([1.0, 2.0]), np.array([0.1, 0.0]), rng=generator())
    assert [part.tolist() for part in rank_sets(np.array([0.5]), np.array([0.1]), rng=generator())] == [
        [1],
        [1],
        [[False]],
    ]
