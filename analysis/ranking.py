"""Who comes before whom, and what cannot be told apart: confidence sets for ranks.

The method, everywhere here: Mogstad, Romano, Shaikh & Wilhelm (2024), Inference for ranks with applications to mobility
across neighbourhoods and academic achievement across countries, Review of Economic Studies 91(1). Differences of all
pairs are tested in both directions with a stepdown critical value of the largest studentised difference; the rank of
one lies between 1 + those shown to be better and all - those shown to be worse. The errors are drawn with each
estimate's own degrees of freedom (t in the place of normal), because communities have few.

No rank without its set. What is not shown to differ is 无法区分先后; that is not transitive, so it makes no groups.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.special import stdtrit

from analysis.arrays import BoolArray, FloatArray, IntArray
from analysis.results import Domain, PublishableCell, PublishableTable, Tier

METHOD = "Mogstad, Romano, Shaikh & Wilhelm (2024), stepdown"
_CHUNK = 4_000_000  # draws x pairs held at once


@dataclass(frozen=True, slots=True, kw_only=True)
class RankSet:
    """Rank 1 is the best. ``low`` to ``high`` is the confidence set; ``rank`` is that of the estimate alone."""

    name: str
    domain: Domain
    value: float
    rank: int
    low: int
    high: int
    not_told_apart: tuple[str, ...]  # 无法区分先后


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """``simultaneous``: all sets hold together at ``level``; else each for itself."""

    sets: tuple[RankSet, ...]  # the best estimate first
    level: float
    simultaneous: bool
    left_out: tuple[str, ...] = ()  # hidden or not estimable: no rank
    method: str = field(default=METHOD)


@dataclass(frozen=True, slots=True, kw_only=True)
class RankingRule:
    """How ranks are given: which end is first, whether all sets hold together, and by how many draws."""

    simultaneous: bool = True
    highest_first: bool = True
    draws: int = 10_000


def rank_sets(
    values: FloatArray,
    standard_errors: FloatArray,
    *,
    rng: np.random.Generator,
    degrees_of_freedom: FloatArray | None = None,
    correlation: FloatArray | None = None,
    level: float = 0.95,
    rule: RankingRule = RankingRule(),
) -> tuple[FloatArray, FloatArray, BoolArray]:
    """Lowest and highest rank of each, (k,), and which is shown to be better than which, (k, k).

    ``correlation`` of the estimates, (k, k); None: independent, as communities that are strata. Standard errors are
    above 0: an answer that is all alike has its own (``rank_table``). Where the rule's ``simultaneous`` is False row j
    of the matrix is the test of j against the others alone, so it need not agree with row k.
    """
    chance = Chance.drawn(rng, len(values), degrees_of_freedom, rule.draws)
    return sets_by(values, standard_errors, chance, correlation=correlation, level=level, rule=rule)


def sets_by(
    values: FloatArray,
    standard_errors: FloatArray,
    chance: Chance,
    *,
    correlation: FloatArray | None = None,
    level: float = 0.95,
    rule: RankingRule = RankingRule(),
) -> tuple[FloatArray, FloatArray, BoolArray]:
    """``rank_sets`` by errors of which all but their sizes is drawn."""
    value = np.asarray(values, dtype=np.float64) * (1 if rule.highest_first else -1)
    error = np.asarray(standard_errors, dtype=np.float64)
    _check(value, error, level)
    count = len(value)
    spread = _spread(error, correlation)
    better = np.zeros((count, count), dtype=bool)
    if count == 1:
        return np.ones(1), np.ones(1), better
    drawn = chance.errors(error, correlation)
    every = ~np.eye(count, dtype=bool)
    if rule.simultaneous:
        better = _stepdown(value, spread, drawn, every, level)
        return 1.0 + better.sum(axis=0), count - better.sum(axis=1).astype(float), better
    low, high = np.empty(count), np.empty(count)
    for one in range(count):
        pairs = np.zeros_like(every)
        pairs[one] = pairs[:, one] = True
        pairs[one, one] = False
        shown = _stepdown(value, spread, drawn, pairs, level)
        low[one], high[one] = 1 + shown[:, one].sum(), count - shown[one].sum()
        better[one] = shown[one]
    return low, high, better


def rank_table(
    table: PublishableTable,
    variable: str,
    domains: Sequence[Domain],
    *,
    rng: np.random.Generator,
    names: Sequence[str] | None = None,
    category: str | None = None,
    rule: RankingRule = RankingRule(),
) -> Ranking:
    """Ranks of ``domains`` by one published figure; what is hidden has no rank and is named as left out.

    Where all answers are alike the error is that of p~ = (x + 2) / (n + 4): p~ (1 - p~) / (n + 4), never 0.
    """
    known = names or [domain[-1][1] if domain else "" for domain in domains]
    kept: list[tuple[str, Domain, PublishableCell]] = []
    left_out: list[str] = []
    for name, domain in zip(known, domains, strict=True):
        cell = table.row(domain).cell(variable, category)
        error = _error(cell, table.level)
        if cell.suppression is not None or cell.value is None or error is None or not cell.degrees_of_freedom:
            left_out.append(name)
        else:
            kept.append((name, domain, cell))
    if not kept:
        return Ranking(sets=(), level=table.level, simultaneous=rule.simultaneous, left_out=tuple(left_out))
    values = np.array([cell.value for *_, cell in kept], dtype=np.float64)
    low, high, better = rank_sets(
        values,
        np.array([_error(cell, table.level) for *_, cell in kept], dtype=np.float64),
        rng=rng,
        degrees_of_freedom=np.array([cell.degrees_of_freedom for *_, cell in kept], dtype=np.float64),
        level=table.level,
        rule=rule,
    )
    facing = values if rule.highest_first else -values
    sets = [
        RankSet(
            name=name,
            domain=domain,
            value=float(values[place]),
            rank=1 + int((facing > facing[place]).sum()),
            low=int(low[place]),
            high=int(high[place]),
            not_told_apart=tuple(
                other
                for spot, (other, *_) in enumerate(kept)
                if spot != place and not (better[place, spot] or better[spot, place])
            ),
        )
        for place, (name, domain, _) in enumerate(kept)
    ]
    sets.sort(key=lambda one: (one.rank, one.name))
    return Ranking(sets=tuple(sets), level=table.level, simultaneous=rule.simultaneous, left_out=tuple(left_out))


def _error(cell: PublishableCell, level: float) -> float | None:
    """Standard error that is never 0 in a sample; None for what is never ranked: coarse figures and coded ends.

    Below a hundred respondents no standard error is published; the interval gives one, a little too wide by its
    rounding.
    """
    if cell.suppression is not None or cell.value is None or cell.coded is not None or cell.tier is not Tier.SHOWN:
        return None
    if not cell.all_alike or cell.scale is None:
        return cell.standard_error or _by_interval(cell, level)
    size = cell.effective_sample_size or cell.sample_size or 0
    low, high = cell.scale
    part = (cell.value - low) / (high - low)
    centred = (part * size + 2) / (size + 4)
    return float((high - low) * np.sqrt(centred * (1 - centred) / (size + 4)))


def _by_interval(cell: PublishableCell, level: float) -> float | None:
    if cell.low is None or cell.high is None or not cell.degrees_of_freedom or cell.high <= cell.low:
        return None
    return (cell.high - cell.low) / (2 * float(stdtrit(cell.degrees_of_freedom, (1 + level) / 2)))


def _check(value: FloatArray, error: FloatArray, level: float) -> None:
    if len(value) == 0 or value.shape != error.shape:
        raise ValueError(f"{len(value)} values beside {len(error)} standard errors: one each, and at least one")
    if not (np.isfinite(value).all() and np.isfinite(error).all() and (error > 0).all()):
        raise ValueError("values are numbers and standard errors above 0; leave out what has none")
    if not 0 < level < 1:
        raise ValueError(f"the level is {level}; it lies between 0 and 1, as 0.95")


def _spread(error: FloatArray, correlation: FloatArray | None) -> FloatArray:
    """Standard errors of all differences, (k, k); 1 on the diagonal."""
    squares = np.add.outer(error**2, error**2)
    if correlation is not None:
        squares = squares - 2 * correlation * np.outer(error, error)
    np.fill_diagonal(squares, 1.0)
    return np.sqrt(np.maximum(squares, 1e-300))


@dataclass(frozen=True, slots=True, eq=False)
class Chance:
    """What chance draws for some estimates before anything is known of their errors: the same for all indicators that
    have their degrees of freedom."""

    normal: FloatArray  # (draws, k)
    stretched: FloatArray | None  # (draws, k) what makes a normal error one of t

    @classmethod
    def drawn(cls, rng: np.random.Generator, count: int, degrees_of_freedom: FloatArray | None, draws: int) -> Chance:
        normal = rng.standard_normal((draws, count))
        if degrees_of_freedom is None:
            return cls(np.asfortranarray(normal), None)
        freedom = np.asarray(degrees_of_freedom, dtype=np.float64)
        stretched = np.sqrt(freedom / rng.chisquare(freedom, size=(draws, count)))
        return cls(np.asfortranarray(normal), np.asfortranarray(stretched))

    def errors(self, error: FloatArray, correlation: FloatArray | None) -> FloatArray:
        """Errors of the estimates as chance could have made them, (draws, k)."""
        drawn = self.normal
        if correlation is not None:
            # Not Cholesky: waves and overlapping domains give singular matrices.
            sizes, vectors = np.linalg.eigh(correlation)
            drawn = ((vectors * np.sqrt(np.maximum(sizes, 0.0))) @ drawn.T).T
        if self.stretched is not None:
            drawn = drawn * self.stretched
        return np.asarray(drawn * error)


def errors_drawn(
    error: FloatArray,
    degrees_of_freedom: FloatArray | None,
    correlation: FloatArray | None,
    rng: np.random.Generator,
    draws: int,
) -> FloatArray:
    """Errors of the estimates as chance could have made them, (draws, k)."""
    return Chance.drawn(rng, len(error), degrees_of_freedom, draws).errors(error, correlation)


def _stepdown(value: FloatArray, spread: FloatArray, drawn: FloatArray, pairs: BoolArray, level: float) -> BoolArray:
    """Which j is shown to be better than which k, among the ordered ``pairs``, with one error rate for all of them.

    Each step takes the critical value over the pairs not rejected yet, until none is rejected.
    """
    studentised = np.subtract.outer(value, value) / spread
    left = pairs.copy()
    shown = np.zeros_like(pairs)
    while left.any():
        rejected = left & (studentised > _critical(spread, drawn, left, level))
        if not rejected.any():
            break
        shown |= rejected
        left &= ~rejected
    return shown


def _critical(spread: FloatArray, drawn: FloatArray, left: BoolArray, level: float) -> float:
    """Quantile of the largest studentised error over the pairs that are left; two that are left both ways are one
    difference, whatever its sign. Draws are looked at in the order of a bound of that error, until none that is left
    can be among those that the quantile is made of."""
    both = np.triu(left & left.T)
    first, second = (np.concatenate(ends) for ends in zip(np.nonzero(both), np.nonzero(left & ~left.T), strict=True))
    apart, of_both = spread[first, second], int(both.sum())
    bound = _largest_possible(drawn, _scales(spread), apart, (first, second))
    order = np.argsort(-bound)
    wanted = len(drawn) - int(np.floor(level * (len(drawn) - 1)))
    step = max(1, min(_CHUNK // len(first), wanted))
    largest = np.full(len(drawn), -np.inf)  # of what is not looked at: below the quantile, wherever
    for start in range(0, len(drawn), step):
        chosen, done = drawn[order[start : start + step]], start + step
        errors = (chosen[:, first] - chosen[:, second]) / apart
        np.abs(errors[:, :of_both], out=errors[:, :of_both])
        largest[start:done] = errors.max(axis=1)
        if wanted <= done < len(drawn) and _greatest(largest[:done], wanted) >= bound[order[done]]:
            break
    return float(np.quantile(largest, level))


def _greatest(values: FloatArray, place: int) -> float:
    """The one that so many less one exceed."""
    return float(np.partition(values, len(values) - place)[len(values) - place])


def _scales(spread: FloatArray) -> FloatArray:
    """(k,) The errors whose differences would vary as ``spread`` were they independent; near enough where not."""
    count = len(spread)
    squares = (spread**2).sum(axis=1) - 1.0  # without the diagonal
    total = squares.sum() / (2 * (count - 1))
    own = (squares - total) / (count - 2) if count > 2 else np.full(count, total / 2)
    return np.asarray(np.sqrt(np.maximum(own, 0.1 * total / count)))


def _largest_possible(
    drawn: FloatArray, scale: FloatArray, spread: FloatArray, pairs: tuple[IntArray, IntArray]
) -> FloatArray:
    """(draws,) What no studentised error of ``pairs`` exceeds: by Cauchy and Schwarz |a - b| is at most
    hypot(a / s, b / t) hypot(s, t), and where both have one sign at most the larger of the two."""
    studentised = drawn / scale
    up, down = np.maximum(studentised.max(axis=1), 0.0), np.minimum(studentised.min(axis=1), 0.0)
    most = (np.hypot(scale[pairs[0]], scale[pairs[1]]) / spread).max()
    return np.asarray(np.hypot(up, down) * (most * (1 + 1e-9)))
