"""What may be asked of an estimate: one value per kind of statistic. Each turns columns of a frame into numerators y
and a denominator x per respondent, so that one pass and one variance serve all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from analysis.arrays import BoolArray, FloatArray, IntArray, blank_at_end, blank_note, dense_codes, without_blanks
from analysis.problems import LARGEST, DataProblem, DesignError
from analysis.psu_totals import Item
from analysis.results import IntervalMethod, Statistic

Scale: TypeAlias = tuple[float, float]
_ROWS_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """What one numerator estimates."""

    statistic: Statistic
    variable: str
    category: str | None = None
    scale: Scale | None = None  # the range its value can take
    share: bool = False  # gets the intervals of a share
    is_total: bool = False  # the sum itself, not divided by the denominator
    method: IntervalMethod = IntervalMethod.WALD  # of what is no share


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Prepared:
    """A request, read from a frame."""

    item: Item
    quantities: tuple[Quantity, ...]
    missing: int  # rows left out of the variable's domain
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mean:
    """Weighted mean of a column. ``scale``: the range of its values where it is bounded (points 0 to 100)."""

    variable: str
    scale: Scale | None = None

    def prepare(self, frame: pd.DataFrame) -> Prepared:
        values, observed, missing = numbers_of(frame, self.variable)
        quantity = Quantity(statistic=Statistic.MEAN, variable=self.variable, scale=self.scale, share=False)
        if self.scale is not None:
            refuse_outside(self.variable, values, self.scale)
        kept = values if observed is None else values[observed]
        zero_one = _zero_one(kept)
        return Prepared(
            item=Item(observed=observed, denominator=None, numerators=(values,), zero_one=zero_one),
            quantities=(quantity,),
            missing=missing,
        )


@dataclass(frozen=True, slots=True)
class Total:
    """Weighted total of a column."""

    variable: str

    def prepare(self, frame: pd.DataFrame) -> Prepared:
        values, observed, missing = numbers_of(frame, self.variable)
        quantity = Quantity(statistic=Statistic.TOTAL, variable=self.variable, is_total=True)
        return Prepared(
            item=Item(observed=observed, denominator=None, numerators=(values,)),
            quantities=(quantity,),
            missing=missing,
        )


@dataclass(frozen=True, slots=True)
class Proportion:
    """Share of each category of a column, or of one ``category``.

    Categories are those of a pandas Categorical, those named in ``categories``, or the values that occur, sorted. A
    category nobody chose is a row with 0, not a missing row.
    """

    variable: str
    category: str | None = None
    categories: tuple[str, ...] | None = None

    def prepare(self, frame: pd.DataFrame) -> Prepared:
        categories = None if self.categories is None else tuple(dict.fromkeys(one.strip() for one in self.categories))
        wanted = None if self.category is None else self.category.strip()
        codes, names, blank = labels_and_blanks(_column(frame, self.variable), categories)
        observed = codes >= 0
        missing = int((~observed).sum())
        kept = None if missing == 0 else observed
        notes = blank_note(self.variable, blank)
        shown: tuple[str | None, ...] = names
        if wanted is not None:
            # Where the categories are known a wrong one is a mistake; else it may be one that nobody chose.
            if categories is not None and wanted not in names:
                raise DesignError([_unknown_category(self.variable, wanted, names)])
            place = names.index(wanted) if wanted in names else len(names)
            if names and wanted not in names:
                notes = (*notes, _nobody(self.variable, wanted, names))
            chosen = (codes == place).astype(np.float64)
            item = Item(observed=kept, denominator=None, numerators=(chosen,), zero_one=True)
            shown = (wanted,)
        elif names:
            item = Item(observed=kept, denominator=None, codes=codes, categories=len(names), zero_one=True)
        else:  # nobody answered: one row that says so
            item = Item(observed=kept, denominator=None, numerators=(np.zeros(len(codes)),), zero_one=True)
            shown = (None,)
        quantities = tuple(
            Quantity(
                statistic=Statistic.PROPORTION, variable=self.variable, category=name, scale=(0.0, 1.0), share=True
            )
            for name in shown
        )
        return Prepared(item=item, quantities=quantities, missing=missing, notes=notes)


@dataclass(frozen=True, slots=True)
class Ratio:
    """Total of one column over the total of another: this is how indicators come in.

    ``variable`` names the result. Rows where either column is missing are not in its domain. With ``scale`` (0, 1) the
    intervals of a share apply; with another scale the t interval, cut to it; without, the t interval.
    """

    numerator: str
    denominator: str
    variable: str | None = None
    scale: Scale | None = None
    statistic: Statistic = Statistic.RATIO

    @property
    def name(self) -> str:
        return self.variable if self.variable is not None else f"{self.numerator}/{self.denominator}"

    def prepare(self, frame: pd.DataFrame) -> Prepared:
        y, y_seen, _ = numbers_of(frame, self.numerator)
        x, x_seen, _ = numbers_of(frame, self.denominator)
        observed: BoolArray | None = None
        for seen in (y_seen, x_seen):
            if seen is not None:
                observed = seen if observed is None else observed & seen
        share = self.scale == (0.0, 1.0)
        if self.scale is not None and not (share and observed is None and _all_one(x) and _zero_one(y)):
            self._within(y, x, observed)
            # Someone with x = 0 was not asked: outside the indicator's base, and not a PSU's observation.
            base = x > 0 if observed is None else observed & (x > 0)
            observed = None if base.all() else base
        plain = _all_one(x if observed is None else x[observed])
        zero_one = plain and _zero_one(y if observed is None else y[observed])
        quantity = Quantity(statistic=self.statistic, variable=self.name, scale=self.scale, share=share)
        item = Item(observed=observed, denominator=None if plain else x, numerators=(y,), zero_one=zero_one)
        missing = 0 if observed is None else int((~observed).sum())
        return Prepared(item=item, quantities=(quantity,), missing=missing)

    def _within(self, y: FloatArray, x: FloatArray, observed: BoolArray | None) -> None:
        assert self.scale is not None
        low, high = self.scale
        slack = 1e-9 * max(abs(low), abs(high), 1.0) * np.abs(x)
        wrong = (x < 0) | (y < low * x - slack) | (y > high * x + slack)
        if observed is not None:
            wrong &= observed
        if wrong.any():
            rows = tuple(int(row) for row in np.flatnonzero(wrong)[:_ROWS_SHOWN])
            raise DesignError(
                [
                    DataProblem(
                        column=self.numerator,
                        rows=rows,
                        message=f"{self.name} leaves its scale {low:.12g} to {high:.12g}",
                        remedy="Numerator and denominator must be of one indicator; correct them, or give its scale.",
                    )
                ]
            )


@dataclass(frozen=True, slots=True)
class Index:
    """Weighted sum of other estimates of the same domain, with their covariance: an index, a net, a difference."""

    variable: str
    parts: tuple[tuple[Ratio | Mean | Proportion, float], ...]
    scale: Scale | None = field(default=None)


Simple: TypeAlias = Mean | Total | Proportion | Ratio
Request: TypeAlias = Simple | Index


def _all_one(values: FloatArray) -> bool:
    return bool((values == 1).all())


def _zero_one(values: FloatArray) -> bool:
    """Of all numbers 0 and 1 alone are their own squares."""
    return bool((values * values == values).all())


def _unknown_category(variable: str, category: str, names: Sequence[str]) -> DataProblem:
    return DataProblem(
        column=variable,
        rows=(),
        message=f"there is no category {category!r}",
        remedy=f"The categories are: {', '.join(names)}.",
    )


def _nobody(variable: str, category: str, names: Sequence[str]) -> str:
    near = get_close_matches(category, names, n=1)
    hint = f"did you mean “{near[0]}”?" if near else f"the categories are: {', '.join(names[:20])}"
    return f"{variable}: nobody chose “{category}”; {hint}"


def refuse_outside(name: str, values: FloatArray, scale: Scale) -> None:
    """Raises DesignError where a value leaves the scale; NaN does not."""
    low, high = scale
    slack = 1e-9 * max(abs(low), abs(high), 1.0)
    wrong = (values < low - slack) | (values > high + slack)
    if wrong.any():
        problem = DataProblem(
            column=name,
            rows=tuple(int(row) for row in np.flatnonzero(wrong)[:_ROWS_SHOWN]),
            message=f"leaves its scale {low:.12g} to {high:.12g}",
            remedy="Correct the value, mark it as missing, or give the scale that the answers have.",
        )
        raise DesignError([problem])


def label_codes(column: pd.Series[Any], categories: Sequence[str] | None = None) -> tuple[IntArray, tuple[str, ...]]:
    """Codes (-1 where missing) and names of a column's categories; blanks at their ends part nothing."""
    codes, names, _ = labels_and_blanks(column, categories)
    return codes, names


def labels_and_blanks(
    column: pd.Series[Any], categories: Sequence[str] | None = None
) -> tuple[IntArray, tuple[str, ...], str | None]:
    """The same, and a label that had blanks at its ends, if any."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        names = tuple(label(value) for value in column.cat.categories)
        codes = np.asarray(column.cat.codes, dtype=np.int64)
    else:
        dense = dense_codes(column.to_numpy()) if isinstance(column.dtype, np.dtype) else None
        found, unique = pd.factorize(column, sort=True) if dense is None else dense
        numbers = dense is not None  # whole ones, without blanks and decimal points
        names = tuple(map(str, unique.tolist())) if numbers else tuple(label(value) for value in unique)
        codes = np.asarray(found, dtype=np.int64)
        if numbers and categories is None:
            return codes, names, None
    blank = blank_at_end(names)
    if blank is not None:
        codes, names = without_blanks(codes, names, sort=not isinstance(column.dtype, pd.CategoricalDtype))
    if categories is None or tuple(categories) == names:
        return codes, names, blank
    place = {name: position for position, name in enumerate(categories)}
    unknown = [name for name in names if name not in place]
    if unknown:
        raise DesignError(
            [
                DataProblem(
                    column=str(column.name),
                    rows=(),
                    message=f"values beside the categories: {', '.join(unknown)}",
                    remedy="Name every category, or mark those values as missing.",
                )
            ]
        )
    moved = np.array([place[name] for name in names] + [-1], dtype=np.int64)
    return moved[codes], tuple(categories), blank


def label(value: object) -> str:
    """A category's name: whole numbers without a decimal point."""
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return str(int(value))
    return str(value)


def _column(frame: pd.DataFrame, name: str) -> pd.Series[Any]:
    if name not in frame.columns:
        names = ", ".join(str(column) for column in frame.columns)
        raise DesignError(
            [DataProblem(column=name, rows=(), message="there is no such column", remedy=f"The columns are: {names}.")]
        )
    return frame[name]


def numbers_of(frame: pd.DataFrame, name: str) -> tuple[FloatArray, BoolArray | None, int]:
    """The column as numbers, the rows that have one (None: all), and how many have none."""
    column = _column(frame, name)
    if column.dtype == np.float64:
        values = column.to_numpy()
    else:
        try:
            values = np.asarray(column.to_numpy(dtype=np.float64, na_value=np.nan))
        except (TypeError, ValueError) as error:
            numbers = pd.to_numeric(column, errors="coerce")
            wrong = np.asarray(numbers.isna() & column.notna())
            rows = np.flatnonzero(wrong)
            raise DesignError(
                [
                    DataProblem(
                        column=name,
                        rows=tuple(int(row) for row in rows[:_ROWS_SHOWN]),
                        message=f"not a number: {column.iloc[int(rows[0])]!r}" if len(rows) else "not numbers",
                        remedy="For words ask for a proportion.",
                    )
                ]
            ) from error
    # NaN passes through both: a column without one needs no further pass.
    least, most = (float(values.min()), float(values.max())) if len(values) else (0.0, 0.0)
    if least >= -LARGEST and most <= LARGEST:
        return values, None, 0
    if (values > LARGEST).any() or (values < -LARGEST).any():
        rows = np.flatnonzero(np.abs(values) > LARGEST)
        raise DesignError(
            [
                DataProblem(
                    column=name,
                    rows=tuple(int(row) for row in rows[:_ROWS_SHOWN]),
                    message="a value is infinite, or too large to compute with",
                    remedy="Mark it as missing, or write it in a larger unit.",
                )
            ]
        )
    observed = ~np.isnan(values)
    missing = int(len(values) - observed.sum())
    return values, (None if missing == 0 else observed), missing
