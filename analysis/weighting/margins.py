"""Population margins: what is known of the population, read against the rows of a frame. Every fault is named at once.

A margin gives the totals of the categories of one variable, of the crossing of several, or of a quantity; for the whole
population or within areas that have figures of their own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.arrays import BoolArray, FloatArray, IntArray, blank_note, sum_by
from analysis.auxiliaries import Auxiliaries, AuxiliaryBlock
from analysis.estimation.requests import labels_and_blanks
from analysis.problems import DataProblem, DesignError

_AGREE = 1e-6  # relative; two margins of one population may differ by the rounding of their source
_SHOWN = 5

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Margin:
    """Known totals. A key holds the labels of ``variables``; the label of ``within`` comes first where it is given."""

    variables: tuple[str, ...]  # empty: the population itself
    totals: tuple[tuple[Key, float], ...]
    within: str | None = None  # column of the areas; areas without totals are left as they are
    quantity: bool = False  # the variable is a number, and the total its sum

    @property
    def name(self) -> str:
        name = "*".join(self.variables) or "population"
        return name if self.within is None else f"{name} within {self.within}"

    @staticmethod
    def of(variable: str, totals: Mapping[str, float]) -> Margin:
        """Of one categorical variable for the whole population."""
        return Margin(variables=(variable,), totals=tuple(((key,), float(total)) for key, total in totals.items()))

    @staticmethod
    def crossed(variables: Sequence[str], totals: Mapping[Key, float], *, within: str | None = None) -> Margin:
        """Of the crossing of variables; within areas the area's label comes first in every key."""
        return Margin(
            variables=tuple(variables),
            within=within,
            totals=tuple((key, float(total)) for key, total in totals.items()),
        )

    @staticmethod
    def quantity_of(variable: str, total: float) -> Margin:
        """A margin that is the sum of a number over the population."""
        return Margin(variables=(variable,), totals=(((), float(total)),), quantity=True)

    @staticmethod
    def population(total: float) -> Margin:
        """A margin that is the size of the population."""
        return Margin(variables=(), totals=(((), float(total)),))


def read_margins(
    frame: pd.DataFrame,
    margins: Sequence[Margin],
    *,
    counted: BoolArray | None = None,
    minimum_respondents: int = 0,
) -> Auxiliaries:
    """The columns of ``margins`` over the rows of ``frame``.

    ``counted`` (rows,): rows with a weight above 0; the others may lack labels and fill no cell. A category with fewer
    than ``minimum_respondents`` is joined with its smaller neighbour, in the order in which the margin gives them,
    never across areas. Raises DesignError with every fault: unknown columns, missing labels, margins that disagree on
    their total, population cells without a row, categories of the sample without a total.
    """
    if not margins:
        raise ValueError("give at least one margin")
    everyone = np.ones(len(frame), dtype=bool) if counted is None else counted
    return _Reader(frame, everyone, minimum_respondents).read(margins)


class _Reader:
    def __init__(self, frame: pd.DataFrame, counted: BoolArray, minimum: int) -> None:
        self.frame = frame
        self.counted = counted
        self.minimum = minimum
        self.collapsed: list[str] = []
        self.notes: tuple[str, ...] = ()
        self.problems: list[DataProblem] = []

    def read(self, margins: Sequence[Margin]) -> Auxiliaries:
        self._columns(margins)
        blocks = [self._block(margin) for margin in margins] if not self.problems else []
        for problem in disagreements(margins):
            self.problems.append(problem)
        if self.problems:
            raise DesignError(self.problems)
        notes = tuple(dict.fromkeys(self.notes))
        return Auxiliaries(rows=len(self.frame), blocks=tuple(blocks), collapsed=tuple(self.collapsed), notes=notes)

    def _problem(self, column: str, message: str, remedy: str, rows: BoolArray | None = None) -> None:
        shown = () if rows is None else tuple(int(row) for row in np.flatnonzero(rows)[:_SHOWN])
        self.problems.append(DataProblem(column=column, rows=shown, message=message, remedy=remedy))

    def _columns(self, margins: Sequence[Margin]) -> None:
        there = ", ".join(str(column) for column in self.frame.columns)
        named = dict.fromkeys(
            name for margin in margins for name in (*margin.variables, *([margin.within] if margin.within else []))
        )
        for name in named:
            if name not in self.frame.columns:
                self._problem(name, "a margin names this column, which is not there", f"The columns are: {there}.")

    def _block(self, margin: Margin) -> AuxiliaryBlock:
        for key, total in margin.totals:
            if not np.isfinite(total) or (total < 0 and not margin.quantity):
                self._problem(
                    margin.name, f"the total of {_cell(margin, key)} is {total:.12g}", "Give a number of at least 0."
                )
        labels = [*([margin.within] if margin.within else []), *(() if margin.quantity else margin.variables)]
        keys = {key: place for place, (key, _) in enumerate(margin.totals)}
        if len(keys) < len(margin.totals):
            self._problem(margin.name, "a category is given twice", "Give each category one total.")
        codes = self._codes(margin, labels, keys)
        values = self._values(margin.variables[0]) if margin.quantity else None
        block = AuxiliaryBlock(
            margin=margin.name,
            columns=tuple(_cell(margin, key) for key in keys),
            code_of_row=codes,
            value_of_row=values,
            totals=np.array([total for _, total in margin.totals][: len(keys)]),
        )
        if self.minimum > 0 and not margin.quantity:
            block = self._joined(margin, block)
        self._filled(margin, block)
        return self._without_empty(block)

    def _joined(self, margin: Margin, block: AuxiliaryBlock) -> AuxiliaryBlock:
        """Neighbouring categories joined until each has the respondents it needs, or its area has one left."""
        members = sum_by(block.code_of_row + 1, None, len(block.columns) + 1)[1:]
        areas = [key[0] if margin.within else "" for key, _ in margin.totals]
        joined: list[list[int]] = []
        for area in dict.fromkeys(areas):
            groups = [[place] for place, own in enumerate(areas) if own == area]
            joined += self._join(margin, block, members, groups)
        place_of = np.full(len(block.columns) + 1, -1, dtype=np.int64)
        for number, group in enumerate(joined):
            place_of[group] = number
        return AuxiliaryBlock(
            margin=block.margin,
            columns=tuple(" + ".join(block.columns[place] for place in group) for group in joined),
            code_of_row=place_of[block.code_of_row],
            value_of_row=None,
            totals=np.array([block.totals[group].sum() for group in joined]),
        )

    def _join(
        self, margin: Margin, block: AuxiliaryBlock, members: FloatArray, groups: list[list[int]]
    ) -> list[list[int]]:
        while len(groups) > 1:
            sizes = [float(members[group].sum()) for group in groups]
            place = int(np.argmin(sizes))
            if sizes[place] >= self.minimum:
                break
            beside = [position for position in (place - 1, place + 1) if 0 <= position < len(groups)]
            neighbour = min(beside, key=lambda position: sizes[position])
            names = [" + ".join(block.columns[column] for column in groups[at]) for at in (place, neighbour)]
            self.collapsed.append(
                f"{margin.name}: {names[0]} ({sizes[place]:.0f} respondents) joined with {names[1]} "
                f"({sizes[neighbour]:.0f})"
            )
            first, second = sorted((place, neighbour))
            groups[first] += groups[second]
            del groups[second]
        return groups

    def _codes(self, margin: Margin, labels: Sequence[str], keys: Mapping[Key, int]) -> IntArray:
        """The place of each row's key, -1 where an area has no totals or the row does not count."""
        keys = {tuple(one.strip() for one in key): place for key, place in keys.items()}  # as the labels are read
        combined, grid = np.zeros(len(self.frame), dtype=np.int64), 1
        parts: list[tuple[IntArray, tuple[str, ...]]] = []
        for name in labels:
            codes, names, blank = labels_and_blanks(self.frame[name])
            self.notes += blank_note(name, blank)
            missing = (codes < 0) & self.counted
            if missing.any() and name != margin.within:
                self._problem(
                    name,
                    f"a margin needs this column, and it is missing in {int(missing.sum())} rows",
                    "Fill it in, impute it, or make the missing ones a category with a total of their own.",
                    missing,
                )
            width = max(len(names), 1)
            combined = np.where((codes < 0) | (combined < 0), -1, combined * width + codes) if parts else codes
            grid *= width
            parts.append((codes, names))
        seen, inverse = _kinds(combined, grid)
        areas = {key[0] for key in keys} if margin.within else set()
        place = np.full(len(seen), -1, dtype=np.int64)
        for position, code in enumerate(seen):
            if code < 0:
                continue
            key = _labels(int(code), parts)
            place[position] = keys.get(key, -1)
            if key in keys or (margin.within and key[0] not in areas):
                continue
            rows = (inverse == position) & self.counted
            if rows.any():
                self._problem(
                    margin.name,
                    f"{_cell(margin, key)} occurs in {int(rows.sum())} rows and has no total in the margin",
                    "Add its total, or join the category with one that has a total.",
                    rows,
                )
        found = place[inverse]
        return found if self.counted.all() else np.where(self.counted, found, -1)

    def _values(self, name: str) -> FloatArray:
        values = np.asarray(pd.to_numeric(self.frame[name], errors="coerce").to_numpy(dtype=np.float64))
        missing = ~np.isfinite(values) & self.counted
        if missing.any():
            self._problem(
                name,
                f"a margin needs a number here, and {int(missing.sum())} rows have none",
                "Fill it in, or impute it.",
                missing,
            )
        return np.where(np.isfinite(values), values, 0.0)

    def _filled(self, margin: Margin, block: AuxiliaryBlock) -> None:
        members = sum_by(block.code_of_row + 1, None, len(block.columns) + 1)[1:]
        for place in np.flatnonzero((members == 0) & (block.totals != 0)):
            self._problem(
                margin.name,
                f"{block.columns[place]} has {block.totals[place]:,.10g} in the population and nobody in the sample",
                "Join the category with a neighbour: weights cannot reach a cell that nobody answered from.",
            )
        if margin.quantity:
            return
        for place in np.flatnonzero((members > 0) & (block.totals == 0)):
            self._problem(
                margin.name,
                f"{block.columns[place]} has a total of 0 and {int(members[place])} rows in the sample",
                "Correct the total, or correct the category of those rows.",
                block.code_of_row == place,
            )

    def _without_empty(self, block: AuxiliaryBlock) -> AuxiliaryBlock:
        """Without the columns that are empty in the population and in the sample."""
        members = sum_by(block.code_of_row + 1, None, len(block.columns) + 1)[1:]
        kept = members > 0
        if kept.all():
            return block
        place = np.append(np.cumsum(kept) - 1, -1)
        return AuxiliaryBlock(
            margin=block.margin,
            columns=tuple(name for name, keep in zip(block.columns, kept, strict=True) if keep),
            code_of_row=place[block.code_of_row],
            value_of_row=block.value_of_row,
            totals=block.totals[kept],
        )


def _kinds(codes: IntArray, grid: int) -> tuple[IntArray, IntArray]:
    """The codes that occur, and which of them each row has; in one pass where the grid of codes is small."""
    if grid > 4 * len(codes) + 1024:
        seen, inverse = np.unique(codes, return_inverse=True)
        return seen, inverse
    occurs = sum_by(codes + 1, None, grid + 1) > 0
    seen = np.flatnonzero(occurs) - 1
    if len(seen) == grid and seen[0] == 0:
        return seen, codes
    return seen, (np.cumsum(occurs) - 1)[codes + 1]


def _labels(code: int, parts: Sequence[tuple[IntArray, tuple[str, ...]]]) -> Key:
    key: list[str] = []
    for _, names in reversed(parts):
        code, position = divmod(code, max(len(names), 1))
        key.append(names[position])
    return tuple(reversed(key))


def _cell(margin: Margin, key: Key) -> str:
    """How messages call a cell: sex=male, or street=S1, sex=male."""
    names = [*([margin.within] if margin.within else []), *margin.variables]
    if len(key) == len(names):
        return ", ".join(f"{name}={label}" for name, label in zip(names, key, strict=True)) or "population"
    area = f"{names[0]}={key[0]}, " if margin.within and key else ""
    return area + ("*".join(margin.variables) or "population")


def disagreements(margins: Sequence[Margin]) -> list[DataProblem]:
    """Margins of one population, or of one area, that do not sum to the same number."""
    whole: list[tuple[str, float]] = []
    areas: dict[tuple[str, str], list[tuple[str, float]]] = {}
    for margin in margins:
        if margin.quantity:
            continue
        if margin.within is None:
            whole.append((margin.name, sum(total for _, total in margin.totals)))
            if len(margin.variables) == 1:  # a margin of the areas themselves says how many each has
                for key, total in margin.totals:
                    areas.setdefault((margin.variables[0], key[0]), []).append((margin.name, total))
            continue
        sums: dict[str, float] = {}
        for key, total in margin.totals:
            sums[key[0]] = sums.get(key[0], 0.0) + total
        for area, total in sums.items():
            areas.setdefault((margin.within, area), []).append((margin.name, total))
    found = _apart("the population", whole)
    for (column, area), said in areas.items():
        found += _apart(f"{column}={area}", said)
    return found


def _apart(where: str, said: Sequence[tuple[str, float]]) -> list[DataProblem]:
    if not said:
        return []
    first, expected = said[0]
    return [
        DataProblem(
            column=name,
            rows=(),
            message=f"the margin sums to {total:,.10g} for {where}, the margin {first} to {expected:,.10g}",
            remedy="Margins of one population have one total: take them from one source, or scale one to the other.",
        )
        for name, total in said[1:]
        if abs(total - expected) > _AGREE * max(abs(total), abs(expected))
    ]
