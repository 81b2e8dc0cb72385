"""Tests of association under the sample's design: independence, means, trend, correlation.

Sources: Rao & Scott (1981), J. American Statistical Association 76, and (1984), Annals of Statistics 12; Thomas & Rao
(1987), J. American Statistical Association 82; R's survey::svychisq.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.linalg import qr
from scipy.special import chdtrc, fdtrc, stdtr, stdtrit

from analysis.arrays import FloatArray, IntArray, sum_by
from analysis.design import SurveyDesign
from analysis.estimation.influence import WholeVariance, covariance_of, whole_variance
from analysis.estimation.requests import label_codes, numbers_of
from analysis.problems import DataProblem, DesignError
from analysis.results import LonelyPsu


class IndependenceTest(StrEnum):
    RAO_SCOTT = "rao_scott"  # second order, F
    RAO_SCOTT_FIRST_ORDER = "rao_scott_first_order"  # Pearson's chi-square over the mean eigenvalue
    WALD = "wald"
    ADJUSTED_WALD = "adjusted_wald"


@dataclass(frozen=True, slots=True, kw_only=True)
class TestResult:
    """One test. ``statistic`` follows F (both degrees of freedom), chi-square (the first only) or t (the second
    only)."""

    __test__ = False  # not a test case of pytest's

    name: str
    statistic: float
    numerator_degrees_of_freedom: float | None
    denominator_degrees_of_freedom: float | None
    p_value: float
    sample_size: int
    estimate: float | None = None  # mean, difference, slope or correlation
    standard_error: float | None = None
    low: float | None = None
    high: float | None = None
    variables: str = ""  # what was tested, in words


# ------------------------------------------------------------------ independence of two classifications
def independence(
    frame: pd.DataFrame,
    design: SurveyDesign,
    one: str,
    other: str,
    *,
    test: IndependenceTest = IndependenceTest.RAO_SCOTT,
    lonely_psu: LonelyPsu = LonelyPsu.FAIL,
) -> TestResult:
    """Whether two classifications are independent in the population. Rows where either is missing are left out.

    Raises DesignError where either has fewer than two categories.
    """
    table = _Table.read(frame, design, one, other)
    variance = whole_variance(design, table.cell >= 0, lonely_psu)
    if test in (IndependenceTest.WALD, IndependenceTest.ADJUSTED_WALD):
        return _wald(table, variance, adjusted=test is IndependenceTest.ADJUSTED_WALD)
    return _rao_scott(table, variance, first_order=test is IndependenceTest.RAO_SCOTT_FIRST_ORDER)


@dataclass(frozen=True, slots=True, eq=False)
class _Table:
    design: SurveyDesign
    cell: IntArray  # (rows,) row * columns + column, -1 where missing
    rows: int
    columns: int
    share: FloatArray  # (rows * columns,) weighted
    size: int

    @staticmethod
    def read(frame: pd.DataFrame, design: SurveyDesign, one: str, other: str) -> _Table:
        for name in (one, other):
            if name not in frame.columns:
                names = ", ".join(str(column) for column in frame.columns)
                problem = DataProblem(
                    column=name, rows=(), message="there is no such column", remedy=f"The columns are: {names}."
                )
                raise DesignError([problem])
        codes = [label_codes(frame[name]) for name in (one, other)]
        used = (codes[0][0] >= 0) & (codes[1][0] >= 0) & (design.weight > 0)
        occurring = []
        for (values, labels), name in zip(codes, (one, other), strict=True):
            present = np.unique(values[used])
            if len(present) < 2:
                problem = DataProblem(
                    column=name,
                    rows=(),
                    message=f"{len(present)} category occurs: {', '.join(labels[k] for k in present)}",
                    remedy="A test of independence needs two or more.",
                )
                raise DesignError([problem])
            place = np.full(len(labels) + 1, -1, dtype=np.int64)
            place[present] = np.arange(len(present))
            occurring.append((place[values], len(present)))
        (first, rows), (second, columns) = occurring
        cell = np.where(used, first * columns + second, -1)
        weight = np.where(used, design.row_weight, 0.0)
        share = sum_by(cell[used], weight[used], rows * columns) / weight.sum()
        counted = used.sum() if design.frequency is None else design.frequency[used].sum()
        return _Table(design, cell, rows, columns, share, int(counted))

    @property
    def freedom(self) -> int:
        return (self.rows - 1) * (self.columns - 1)

    def pearson(self) -> float:
        """Pearson's chi-square of the weighted shares, times the number of respondents."""
        table = self.share.reshape(self.rows, self.columns)
        expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0, keepdims=True)
        return self.size * float(((table - expected) ** 2 / expected).sum())


def _rao_scott(table: _Table, variance: WholeVariance, *, first_order: bool) -> TestResult:
    """Traces of the design effects' matrix, without ever making it: in whitened cells the contrasts are what main
    effects leave, and communities that are strata make the covariance block-diagonal."""
    trace, trace_of_square = _traces(table, variance)
    freedom = table.freedom
    noise = 1e-12 * freedom
    if trace <= noise or trace_of_square <= noise**2 or variance.degrees_of_freedom < 1:
        raise DesignError(
            [
                DataProblem(
                    column="clusters",
                    rows=(),
                    message="the PSUs show no variation that the two classifications could be tested by",
                    remedy="Join categories, or test a larger domain.",
                )
            ]
        )
    if first_order:
        statistic = table.pearson() * freedom / trace
        return TestResult(
            name="Pearson's chi-square with the first-order Rao-Scott correction",
            statistic=statistic,
            numerator_degrees_of_freedom=freedom,
            denominator_degrees_of_freedom=None,
            p_value=float(chdtrc(freedom, statistic)),
            sample_size=table.size,
        )
    statistic = table.pearson() / trace
    numerator = trace**2 / trace_of_square
    denominator = numerator * variance.degrees_of_freedom
    return TestResult(
        name="Pearson's chi-square with the second-order Rao-Scott correction",
        statistic=statistic,
        numerator_degrees_of_freedom=numerator,
        denominator_degrees_of_freedom=denominator,
        p_value=float(fdtrc(numerator, denominator, statistic)),
        sample_size=table.size,
    )


def _traces(table: _Table, variance: WholeVariance) -> tuple[float, float]:
    """tr(Delta) and tr(Delta^2), Delta the matrix of design effects of the interaction contrasts."""
    root = np.sqrt(table.share)
    if (table.share == 0).any():
        return _traces_with_empty_cells(table, variance)
    covariance = _whitened(table, variance, np.divide(1.0, root, out=np.zeros_like(root), where=root > 0))
    place = np.arange(len(root))
    row, column = place // table.columns, place % table.columns
    mains = sparse.csr_array(
        (np.concatenate([root, root]), (np.concatenate([place, place]), np.concatenate([row, table.rows + column]))),
        shape=(len(root), table.rows + table.columns),
    )
    inverse = _inverse_of_mains(table)
    inside = (mains.T @ (covariance @ mains)).toarray()
    squared = (mains.T @ (covariance @ (covariance @ mains))).toarray()
    both = inverse @ inside
    trace = float(covariance.diagonal().sum()) - float(np.trace(both))
    trace_of_square = float(covariance.multiply(covariance).sum()) - 2 * float((inverse * squared).sum())
    trace_of_square += float((both * both.T).sum())
    return table.size * trace, table.size**2 * trace_of_square


def _traces_with_empty_cells(table: _Table, variance: WholeVariance) -> tuple[float, float]:
    """The same where cells are empty, as R: an empty cell drops out of every contrast.

    What is left to the main effects are then those that vanish at the empty cells.
    """
    seen = np.flatnonzero(table.share > 0)
    root = np.sqrt(table.share)
    scale = np.divide(1.0, root, out=np.zeros_like(root), where=root > 0)
    covariance = _whitened(table, variance, scale, with_total=True).toarray()
    if len(covariance) > len(root):  # the last column is the weight itself, which the shares are centred by
        crossed, square = covariance[:-1, -1], covariance[-1, -1]
        covariance = (
            covariance[:-1, :-1] - np.outer(crossed, root) - np.outer(root, crossed) + square * np.outer(root, root)
        )
    covariance = covariance[np.ix_(seen, seen)]
    place = np.arange(len(root))
    mains = np.zeros((len(root), table.rows + table.columns))
    mains[place, place // table.columns] = mains[place, table.rows + place % table.columns] = 1.0
    # One combination of the main effects is nothing at all: all rows together less all columns together.
    nothing = np.repeat([1.0, -1.0], [table.rows, table.columns])
    directions, triangle, _ = qr(np.vstack([mains[table.share == 0], nothing]).T, pivoting=True)
    rank = int((np.abs(np.diag(triangle)) > 1e-9).sum())
    basis = root[seen, None] * (mains[seen] @ directions[:, rank:])
    across = covariance @ basis
    gram = basis.T @ basis
    both = np.linalg.solve(gram, basis.T @ across)
    trace = float(np.trace(covariance) - np.trace(both))
    trace_of_square = float((covariance**2).sum()) - 2 * float(np.trace(np.linalg.solve(gram, across.T @ across)))
    trace_of_square += float((both * both.T).sum())
    return table.size * trace, table.size**2 * trace_of_square


def _inverse_of_mains(table: _Table) -> FloatArray:
    """A generalised inverse of the main effects' cross products [[R, P], [P', C]], R and C diagonal, P the shares.

    By the Schur complement of the larger side, so that two answers by a thousand communities cost a 2 x 2 inverse.
    """
    shares = table.share.reshape(table.rows, table.columns)
    turned = table.rows > table.columns
    if turned:
        shares = shares.T
    few, many = shares.sum(axis=1), shares.sum(axis=0)
    scaled = shares / many  # P C^-1
    small = np.linalg.pinv(np.diag(few) - scaled @ shares.T, rcond=1e-12, hermitian=True)
    corner = -small @ scaled
    joined = np.block([[small, corner], [corner.T, np.diag(1 / many) - scaled.T @ corner]])
    if not turned:
        return joined
    order = np.concatenate([np.arange(len(few), len(few) + len(many)), np.arange(len(few))])
    return np.asarray(joined[np.ix_(order, order)])


def _whitened(table: _Table, variance: WholeVariance, scale: FloatArray, *, with_total: bool = False) -> Any:
    """D^(-1/2) V D^(-1/2) of the cell shares, up to what main effects take away: sparse (cells, cells).

    ``with_total`` adds a last row and column for the weight, by which shares are centred; after calibration they are
    centred already.
    """
    design, of_units = table.design, variance.of_units
    last = design.stages[-1]
    used = np.flatnonzero(table.cell >= 0)
    weight = design.row_weight[used]
    values = weight * scale[table.cell[used]] / weight.sum()
    shape = (last.units, len(table.share))
    if design.calibration is not None:
        influence = np.zeros((len(table.share), design.rows))
        influence[table.cell[used], used] = values
        total = design.row_weight / weight.sum() * (table.cell >= 0)
        influence -= np.outer(np.sqrt(table.share), total)
        return sparse.csr_array(variance.covariance(influence))
    sums = sparse.coo_array((values, (last.unit_of_row[used], table.cell[used])), shape=shape).tocsr()
    if with_total:
        whole = sum_by(last.unit_of_row[used], weight / weight.sum(), last.units)
        sums = sparse.hstack([sums, sparse.csr_array(whole[:, None])], format="csr")
    found: Any = None
    for depth in range(len(of_units.levels) - 1, -1, -1):
        level = of_units.levels[depth]
        if level.from_below is not None:
            sums = _adder(level.from_below, level.cells) @ sums
        multiplicity = np.ones(level.cells) if level.divisor is None else np.maximum(level.divisor, 1e-300)
        groups = _adder(level.pair, len(level.pair_domain)) @ sums
        stretch = of_units.stretch[0] if depth == 0 else 1.0
        part = sums.T @ sparse.diags_array(level.factor[level.pair] * stretch / multiplicity) @ sums
        beside = level.adjusted - level.factor * stretch / np.maximum(level.pair_units, 1)
        part = part + groups.T @ sparse.diags_array(beside) @ groups
        found = part if found is None else found + part
    return found.tocsr()


def _adder(place: IntArray, size: int) -> Any:
    return sparse.csr_array((np.ones(len(place)), (place, np.arange(len(place)))), shape=(size, len(place)))


def _wald(table: _Table, variance: WholeVariance, *, adjusted: bool) -> TestResult:
    """Wald's test that every cell is the product of its margins (Koch, Freeman & Freeman 1975), on totals."""
    used = table.cell >= 0
    weight = np.where(used, table.design.row_weight, 0.0)
    row, column = table.cell // table.columns, table.cell % table.columns
    shares = table.share.reshape(table.rows, table.columns)
    of_row, of_column = shares.sum(axis=1), shares.sum(axis=0)
    apart, influence = [], []
    for i in range(1, table.rows):
        for j in range(1, table.columns):
            apart.append(shares[i, j] - of_row[i] * of_column[j])
            here = (row == i).astype(np.float64), (column == j).astype(np.float64)
            both = here[0] * here[1] - here[0] * of_column[j] - here[1] * of_row[i] + of_row[i] * of_column[j]
            influence.append(np.where(used, both, 0.0) * weight / weight.sum())
    covariance = variance.covariance(np.stack(influence))
    distance = np.array(apart)
    wald = float(distance @ np.linalg.solve(covariance, distance))
    k, freedom = table.freedom, variance.degrees_of_freedom
    below = freedom - k + 1 if adjusted else freedom
    statistic = wald * below / (k * freedom) if adjusted else wald / k
    return TestResult(
        name="Wald test of independence, adjusted" if adjusted else "Wald test of independence",
        statistic=statistic,
        numerator_degrees_of_freedom=k,
        denominator_degrees_of_freedom=below,
        p_value=float(fdtrc(k, below, statistic)) if below > 0 else float("nan"),
        sample_size=table.size,
    )


# ------------------------------------------------------------------ means, trend, correlation
def difference_test(
    frame: pd.DataFrame,
    design: SurveyDesign,
    variable: str,
    group: str,
    *,
    level: float = 0.95,
    lonely_psu: LonelyPsu = LonelyPsu.FAIL,
) -> TestResult:
    """Two-sample t-test: the mean of the second group minus that of the first, in the order of the labels."""
    y, used = _used(frame, design, [variable])
    codes, names = label_codes(frame[group])
    used &= codes >= 0
    present = np.unique(codes[used])
    if len(present) != 2:
        problem = DataProblem(
            column=group,
            rows=(),
            message=f"{len(present)} groups occur: {', '.join(names[k] for k in present)}",
            remedy="A two-sample test compares two groups; name a domain or join groups.",
        )
        raise DesignError([problem])
    variance = whole_variance(design, used, lonely_psu)
    influence, means = np.zeros(design.rows), []
    for sign, code in zip((-1.0, 1.0), present, strict=True):
        weight = np.where(used & (codes == code), design.row_weight, 0.0)
        mean = float(weight @ y[0] / weight.sum())
        means.append(mean)
        influence += sign * weight * (y[0] - mean) / weight.sum()
    difference = means[1] - means[0]
    return _t_result("two-sample t-test", difference, 0.0, influence, variance, level, _size(design, used))


def trend_test(
    frame: pd.DataFrame,
    design: SurveyDesign,
    variable: str,
    order: str,
    *,
    level: float = 0.95,
    lonely_psu: LonelyPsu = LonelyPsu.FAIL,
) -> TestResult:
    """Linear trend: the slope of the variable over ``order``, a column of numbers (age group 1, 2, 3; wave)."""
    (y, x), used = _used(frame, design, [variable, order])
    variance = whole_variance(design, used, lonely_psu)
    weight = np.where(used, design.row_weight, 0.0)
    x_apart = x - weight @ x / weight.sum()
    y_apart = y - weight @ y / weight.sum()
    spread = float(weight @ x_apart**2)
    slope = float(weight @ (x_apart * y_apart)) / spread
    influence = weight * x_apart * (y_apart - slope * x_apart) / spread
    return _t_result("linear trend", slope, 0.0, influence, variance, level, _size(design, used))


class Correlation(StrEnum):
    PEARSON = "pearson"
    SPEARMAN = "spearman"  # Pearson's of the weighted mid-ranks


def correlation(
    frame: pd.DataFrame,
    design: SurveyDesign,
    one: str,
    other: str,
    *,
    kind: Correlation = Correlation.PEARSON,
    level: float = 0.95,
    lonely_psu: LonelyPsu = LonelyPsu.FAIL,
) -> TestResult:
    """Correlation with its linearised error. The interval is made on Fisher's scale; the test is of no correlation.

    Influence: w/W [a b - r (a^2 + b^2) / 2] of the standardised values. For Spearman ranks are taken as given.
    """
    (x, y), used = _used(frame, design, [one, other])
    weight = np.where(used, design.row_weight, 0.0)
    if kind is Correlation.SPEARMAN:
        x, y = _mid_ranks(x, weight), _mid_ranks(y, weight)
    total = weight.sum()
    a, b = x - weight @ x / total, y - weight @ y / total
    a = a / np.sqrt(weight @ a**2 / total)
    b = b / np.sqrt(weight @ b**2 / total)
    r = float(weight @ (a * b) / total)
    variance = whole_variance(design, used, lonely_psu)
    influence = weight / total * (a * b - r * (a**2 + b**2) / 2)
    error = float(np.sqrt(covariance_of(variance.of_units, variance.unit_sums(influence[None, :]))[0, 0]))
    freedom = variance.degrees_of_freedom
    half = float(stdtrit(freedom, (1 + level) / 2)) * error / (1 - r**2) if abs(r) < 1 else 0.0
    low, high = (float(np.tanh(np.arctanh(r) + sign * half)) for sign in (-1, 1)) if abs(r) < 1 else (r, r)
    null = weight / total * a * b  # under no correlation the second term is gone
    null_error = float(np.sqrt(covariance_of(variance.of_units, variance.unit_sums(null[None, :]))[0, 0]))
    statistic = r / null_error
    return TestResult(
        name=f"{kind} correlation",
        statistic=statistic,
        numerator_degrees_of_freedom=None,
        denominator_degrees_of_freedom=freedom,
        p_value=_two_sided(statistic, freedom),
        sample_size=_size(design, used),
        estimate=r,
        standard_error=error,
        low=low,
        high=high,
    )


def _mid_ranks(values: FloatArray, weight: FloatArray) -> FloatArray:
    """Weighted share below each value plus half of that at it."""
    kinds, place = np.unique(np.where(weight > 0, values, np.inf), return_inverse=True)
    at = sum_by(np.asarray(place, dtype=np.int64), weight, len(kinds))
    return np.asarray((np.cumsum(at) - at / 2)[place] / weight.sum())


def _used(frame: pd.DataFrame, design: SurveyDesign, columns: Sequence[str]) -> tuple[list[FloatArray], Any]:
    """The columns with 0 where any is missing, and the rows where none is."""
    used = design.weight > 0
    if design.frequency is not None:
        used &= design.frequency > 0
    read = []
    for column in columns:
        values, observed, _ = numbers_of(frame, column)
        read.append(values)
        if observed is not None:
            used = used & observed
    return [np.where(used, values, 0.0) for values in read], used


def _size(design: SurveyDesign, used: Any) -> int:
    return int(used.sum() if design.frequency is None else design.frequency[used].sum())


def _two_sided(statistic: float, freedom: float) -> float:
    return 2 * float(stdtr(freedom, -abs(statistic))) if freedom > 0 else float("nan")


def _t_result(
    name: str, value: float, against: float, influence: FloatArray, variance: WholeVariance, level: float, size: int
) -> TestResult:
    error = float(np.sqrt(variance.covariance(influence[None, :])[0, 0]))
    freedom = variance.degrees_of_freedom
    statistic = (value - against) / error if error > 0 else float("nan")
    half = float(stdtrit(freedom, (1 + level) / 2)) * error if freedom > 0 else float("nan")
    return TestResult(
        name=name,
        statistic=statistic,
        numerator_degrees_of_freedom=None,
        denominator_degrees_of_freedom=freedom,
        p_value=_two_sided(statistic, freedom),
        sample_size=size,
        estimate=value,
        standard_error=error,
        low=value - half,
        high=value + half,
    )
