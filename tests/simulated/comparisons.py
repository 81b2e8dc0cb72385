"""Cities in which items are rated alike, or communities are: how often one is said to be lower, and whether the sets of
ranks hold the true ranks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np

from analysis.arrays import BoolArray, FloatArray, IntArray
from analysis.engine.figures import Asked
from analysis.engine.run import Analysis, run
from analysis.plan import AnalysisPlan
from analysis.problems import DesignError
from analysis.published_areas import sets_of
from analysis.published_items import told_apart
from analysis.ranking import RankingRule
from tests.simulated.waves import City, Shape, asked, city, wave

LEVEL = 0.95


def rated_alike(shape: Shape, seed: int, share: float = 0.7) -> City:
    """Every item has the same share of yes in every grid; who says yes to one says it more often to another."""
    of = city(shape, seed)
    rng = np.random.default_rng([seed, 2])
    grid = of.grid_of_household[of.household]
    mood = rng.normal(size=len(grid)) + shape.opinion * of.age
    return replace(of, yes=np.stack([_so_many(grid, mood, share, rng) for _ in range(shape.indicators)]))


def _so_many(grid: IntArray, mood: FloatArray, share: float, rng: np.random.Generator) -> BoolArray:
    """The same number of yes of every grid, from those in the best mood on."""
    order = np.lexsort((-(mood + rng.normal(size=len(mood))), grid))
    starts = np.searchsorted(grid[order], np.arange(int(grid.max()) + 1))
    size = np.bincount(grid)
    place = np.arange(len(grid)) - np.repeat(starts, size)
    found = np.zeros(len(grid), dtype=bool)
    found[order] = place < np.repeat(np.round(share * size), size)
    return found


def analyses(of: City, plan: AnalysisPlan, waves: int, seed: int) -> Iterator[Analysis]:
    """Of as many waves as could be weighed."""
    items = tuple(replace(one, group="items") for one in asked(of.shape))
    for number in range(waves):
        with suppress(DesignError):
            yield _analysed(of, plan, items, int(np.random.SeedSequence([seed, number]).generate_state(1)[0]))


def _analysed(of: City, plan: AnalysisPlan, items: tuple[Asked, ...], seed: int) -> Analysis:
    return run(plan, wave(of, seed), items, of.register())


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemStudy:
    """Shares of waves (of waves and communities), where all items are rated alike."""

    waves: int
    city: float  # any two said to differ in the city
    communities: float
    lowest: float  # one item called the lowest of all, in the city

    def figures(self) -> dict[str, object]:
        return {"waves": self.waves, "city": self.city, "communities": self.communities, "lowest": self.lowest}


def item_study(shape: Shape, plan: AnalysisPlan, *, waves: int, seed: int) -> ItemStudy:
    """Every figure is taken, as if all might be published."""
    claims, lowest = [], []
    for found in analyses(rated_alike(shape, seed), plan, waves, seed):
        [table] = found.items
        in_wave = []
        for column in range(len(table.domains)):
            value, freedom = table.value[:, column], table.degrees_of_freedom[:, column]
            apart = told_apart(value, table.standard_error[:, :, column], freedom, LEVEL)
            in_wave.append(bool(apart.any()))
            if not table.domains[column]:
                lowest.append(apart[int(np.argmin(value))].sum() == len(value) - 1)
        claims.append((in_wave[-1], float(np.mean(in_wave[:-1]))))
    of_city, of_communities = np.array(claims, dtype=np.float64).mean(axis=0)
    return ItemStudy(
        waves=len(claims), city=float(of_city), communities=float(of_communities), lowest=float(np.mean(lowest))
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RankStudy:
    """Shares of waves and indicators in which all sets of ranks hold the true ranks at once."""

    waves: int
    respondents: float  # of a community, on average
    covered: float
    told_apart: float  # of all pairs, those that were told apart
    error_ratio: float  # estimated standard error of a community over the standard deviation from wave to wave

    def figures(self) -> dict[str, object]:
        return {
            "waves": self.waves,
            "respondents": round(self.respondents, 1),
            "covered": round(self.covered, 4),
            "pairs told apart": round(self.told_apart, 4),
            "error ratio": round(self.error_ratio, 3),
        }


def rank_study(of: City, plan: AnalysisPlan, *, waves: int, seed: int) -> RankStudy:
    """Of a city of one street. Where two communities are truly alike any order of them is true."""
    truth = np.stack(
        [np.bincount(of.community_of_adult, weights=yes) / np.bincount(of.community_of_adult) for yes in of.yes]
    )
    best, worst = 1 + _above(truth), truth.shape[1] - _above(-truth)
    held, claims, sizes, values, variances = [], [], [], [], []
    for found in analyses(of, plan, waves, seed):
        assert found.areas is not None
        [siblings] = [one for one in found.areas.siblings if one.domains[0][0][0] == "community"]
        sizes.append(siblings.sample_size.mean())
        values.append(siblings.value)
        variances.append(np.einsum("kii->ki", siblings.covariance))
        for row in range(len(truth)):
            freedom = siblings.degrees_of_freedom[row]
            low, high, better = sets_of(
                siblings.value[row], siblings.covariance[row], freedom, LEVEL, RankingRule(draws=2000)
            )
            held.append(bool(((low <= worst[row]) & (high >= best[row])).all() & _true(better, truth[row])))
            claims.append(better.sum() / (better.size - len(better)) * 2)
    ratio = np.sqrt(np.mean(variances, axis=0)) / np.std(values, axis=0, ddof=1)
    return RankStudy(
        waves=len(sizes),
        respondents=float(np.mean(sizes)),
        covered=float(np.mean(held)),
        told_apart=float(np.mean(claims)),
        error_ratio=float(np.mean(ratio)),
    )


def _above(truth: FloatArray) -> IntArray:
    """How many are truly higher, (indicators, communities)."""
    return np.asarray((truth[:, None, :] > truth[:, :, None]).sum(axis=2))


def _true(better: BoolArray, truth: FloatArray) -> bool:
    """Whether all that were called better are."""
    return bool((np.subtract.outer(truth, truth)[better] > 0).all())
