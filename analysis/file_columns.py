"""A table as columns of cases: which of its columns says what, and how its answers become indicators.

This is the second part of a plan's file: ``analysis.plan`` says what is computed, this where it stands in the data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from analysis.arrays import BoolArray, FloatArray, IntArray
from analysis.case_columns import DISPOSITIONS, CaseColumns, Labels, PopulationRegister
from analysis.dispositions import Disposition
from analysis.engine.figures import Asked
from analysis.outcome_codes import OutcomeMode, disposition_of
from analysis.plan import PlanError, from_plain
from analysis.problems import DataProblem, DesignError

_WHOLE = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePart:
    """One component of an index."""

    indicator: str
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FileIndicator:
    """A rate: the share of ``yes`` among the answers of ``column``; without ``yes`` the mean of its numbers; the ratio
    of two columns that were counted before; or a weighted sum of others."""

    id: str
    column: str = ""
    yes: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()  # answers that are outside the base
    numerator: str = ""  # columns of the ratio, empty cells outside the base
    denominator: str = ""
    share: bool = False  # whether the ratio is a proportion
    totals: bool = False  # whether it is of two totals, in which people count by their numbers
    beside: str = ""  # the indicator that it is the second base of
    numerator_of: str = ""  # an indicator before it that divides the same sum by another base
    parts: tuple[FilePart, ...] = ()
    lowest: float | None = None  # of a mean: the ends of its scale
    highest: float | None = None
    target: float | None = None
    at_least: bool = True

    def __post_init__(self) -> None:
        ways = (bool(self.column), bool(self.numerator and self.denominator), bool(self.parts))
        if sum(ways) != 1 or bool(self.numerator) != bool(self.denominator):
            raise ValueError(f"{self.id}: name its column, or its numerator and denominator, or its parts")

    @property
    def numbers(self) -> tuple[str, ...]:
        if self.parts:
            return ()
        return (self.numerator, self.denominator) if self.numerator else () if self.yes else (self.column,)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileColumns:
    """Names of columns; what a file has not is left out."""

    indicators: tuple[FileIndicator, ...]
    community: str | None = None
    street: str | None = None
    stratum: str | None = None
    units: tuple[str, ...] = ()  # per stage, outermost first; none: every row a unit of its own
    populations: tuple[str, ...] = ()  # per stage: units there are in the stratum; none: drawn with replacement
    adults: str | None = None  # of the household
    adults_told: str | None = None  # the same, of whoever answered alone, and not in the probability
    weighting_class: str | None = None  # none: the community
    probability: str | None = None  # of inclusion over all stages; none: all alike
    outcome: str | None = None  # AAPOR codes 1.1 to 4.9; none: every row answered
    answered: str | None = None  # 1 or 0: whether there are answers; none: where the outcome is complete
    mode: str | None = None
    age: str | None = None
    sex: str | None = None
    age_drawn: str | None = None  # 1 where the age was not answered and drawn by somebody before
    sex_drawn: str | None = None
    register: str | None = None  # file of the population, beside the plan

    @property
    def numbers(self) -> tuple[str, ...]:
        """Columns that hold numbers."""
        single = [name for name in (self.adults, self.adults_told, self.probability) if name is not None]
        single += [name for name in (self.answered, self.age_drawn, self.sex_drawn) if name is not None]
        return (*self.populations, *single, *(name for one in self.indicators for name in one.numbers))

    @property
    def labels(self) -> tuple[str, ...]:
        """Columns that hold texts."""
        single = [self.community, self.street, self.stratum, self.weighting_class, self.outcome, self.mode]
        single += [self.age, self.sex]
        answers = [one.column for one in self.indicators if one.yes and not one.parts]
        return (*self.units, *(name for name in single if name is not None), *answers)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ReadFile:
    columns: CaseColumns
    asked: tuple[Asked, ...]
    targets: Mapping[str, tuple[float, bool]] = field(default_factory=dict)  # indicator -> value, at least


def columns_from_document(document: Mapping[str, Any]) -> FileColumns:
    """PlanError names the place that cannot be read."""
    found = from_plain(FileColumns, document, "data")
    assert isinstance(found, FileColumns)
    if not found.indicators:
        raise PlanError("data.indicators: name at least one")
    return found


def read_frame(frame: pd.DataFrame, said: FileColumns) -> ReadFile:
    """The columns of a table of texts. DesignError names column, first rows and remedy, every fault at once."""
    return _Reader(frame, said).read()


class _Reader:
    def __init__(self, frame: pd.DataFrame, said: FileColumns) -> None:
        self.frame, self.said = frame, said
        self.problems: list[DataProblem] = []

    def read(self) -> ReadFile:
        self._known()
        said, rows = self.said, len(self.frame)
        disposition = self._outcomes()
        responded = self._answered(disposition)
        community = self._labels(said.community)
        stratum = self._labels(said.stratum)
        units = tuple(self._labels(name) for name in said.units) or (
            Labels(np.arange(rows), tuple(str(row + 1) for row in range(rows))),
        )
        populations = tuple(map(self._population, said.populations))
        endless = np.full(rows, np.inf)
        counted = [one for one in said.indicators if not one.parts]
        pairs = [self._pair(one, responded) for one in counted]
        probability = np.ones(rows) if said.probability is None else self._numbers(said.probability, above=0.0)
        adults = np.full(rows, np.nan) if said.adults is None else self._numbers(said.adults, above=0.0)
        asked_for = None if said.adults_told is None else self._told(said.adults_told)
        told = {
            name: self._labels(column, missing=True).take(np.flatnonzero(responded))
            for name, column in (("age", said.age), ("sex", said.sex))
            if column is not None
        }
        self._raise()
        street_names, street_of = self._streets(community)
        columns = CaseColumns(
            community=community,
            street_of_community=street_of,
            streets=street_names,
            stratum=stratum,
            units=units,
            populations=tuple(populations[at] if at < len(populations) else endless for at in range(len(units))),
            adults=adults,
            weighting_class=community if said.weighting_class is None else self._labels(said.weighting_class),
            probability=probability,
            disposition=disposition,
            first_mode=self._labels(said.mode),
            mode=self._labels(said.mode),
            responded=responded,
            indicators=tuple(one.id for one in counted),
            numerators=np.stack([y for y, _ in pairs]),
            denominators=np.stack([x for _, x in pairs]),
            groups={name: self._answered_group(labels, name, responded) for name, labels in told.items()},
            drawn=told if said.age_drawn or said.sex_drawn else {},
            told=asked_for,
        )
        self._raise()
        return ReadFile(
            columns=columns,
            asked=tuple(_asked(one) for one in said.indicators),
            targets={one.id: (one.target, one.at_least) for one in said.indicators if one.target is not None},
        )

    def _raise(self) -> None:
        if self.problems:
            raise DesignError(self.problems)

    def _problem(self, column: str, rows: Sequence[int], message: str, remedy: str) -> None:
        self.problems.append(DataProblem(column=column, rows=tuple(rows[:5]), message=message, remedy=remedy))

    def _known(self) -> None:
        said = self.said
        named = [*said.labels, *said.numbers]
        there = ", ".join(str(name) for name in self.frame.columns)
        for name in dict.fromkeys(named):
            if name not in self.frame.columns:
                self._problem(name, (), "there is no such column", f"The columns are: {there}.")
        if len(said.populations) > max(len(said.units), 1):
            self._problem(said.populations[-1], (), "more population sizes than stages", "Give one per stage.")
        self._raise()

    def _texts(self, name: str) -> list[str]:
        return ["" if pd.isna(value) else str(value).strip() for value in self.frame[name]]

    def _labels(self, name: str | None, *, missing: bool = False) -> Labels:
        if name is None:
            return Labels(np.zeros(len(self.frame), dtype=np.int64), (_WHOLE,))
        texts = self._texts(name)
        empty = [row for row, text in enumerate(texts) if not text]
        if empty and not missing:
            self._problem(name, empty, f"is empty in {len(empty)} rows", "Every case belongs somewhere; fill it in.")
        return Labels.of([text or None for text in texts])

    def _numbers(self, name: str, *, above: float | None = None) -> FloatArray:
        values = _floats(self.frame[name])
        wrong = ~np.isfinite(values) if above is None else ~(np.isfinite(values) & (values > above))
        if wrong.any():
            said = "is no number" if above is None else f"is no number above {above:g}"
            self._problem(name, list(np.flatnonzero(wrong)), f"{said} in {int(wrong.sum())} rows", "Correct it.")
        return values

    def _told(self, name: str) -> FloatArray:
        """Whole numbers from 1 on; empty where nobody told."""
        values = _floats(self.frame[name])
        wrong = ~np.isnan(values) & ~((values >= 1) & (values == np.floor(values)))
        if wrong.any():
            said = f"is no whole number from 1 on in {int(wrong.sum())} rows"
            self._problem(name, list(np.flatnonzero(wrong)), said, "Correct it, or leave it empty.")
        return values

    def _population(self, name: str) -> FloatArray:
        """An empty cell: units had unequal chances, and count as drawn with replacement."""
        empty = self.frame[name].isna().to_numpy()
        values = _floats(self.frame[name])
        wrong = ~empty & ~(np.isfinite(values) & (values > 0))
        if wrong.any():
            said = f"is no number above 0 in {int(wrong.sum())} rows"
            self._problem(name, list(np.flatnonzero(wrong)), said, "Correct it.")
        return np.where(empty, np.inf, values)

    def _outcomes(self) -> IntArray:
        if self.said.outcome is None:
            return np.full(len(self.frame), DISPOSITIONS.index(Disposition.COMPLETE), dtype=np.int64)
        found = np.zeros(len(self.frame), dtype=np.int64)
        strange: list[int] = []
        for row, text in enumerate(self._texts(self.said.outcome)):
            try:
                kind = Disposition(text) if text in tuple(Disposition) else disposition_of(text, OutcomeMode.IN_PERSON)
            except ValueError:
                strange.append(row)
                continue
            found[row] = DISPOSITIONS.index(kind)
        if strange:
            remedy = "Write AAPOR codes: 1.1 complete, 2.1 refusal, 2.2 no contact, 3.1 unknown, 4 not eligible."
            self._problem(self.said.outcome, strange, f"is no outcome code in {len(strange)} rows", remedy)
        return found

    def _answered(self, disposition: IntArray) -> BoolArray:
        if self.said.answered is None:
            return np.isin(disposition, [DISPOSITIONS.index(Disposition.COMPLETE)])
        found: BoolArray = self._numbers(self.said.answered) == 1.0
        return found

    def _answered_group(self, labels: Labels, name: str, responded: BoolArray) -> Labels:
        """Without what somebody drew before."""
        column = self.said.age_drawn if name == "age" else self.said.sex_drawn
        if column is None:
            return labels
        drawn = _floats(self.frame[column])[responded] == 1.0
        return Labels(np.where(drawn, -1, labels.codes), labels.names)

    def _streets(self, community: Labels) -> tuple[tuple[str, ...], IntArray]:
        size = len(community.names)
        if self.said.street is None:
            return (_WHOLE,), np.zeros(size, dtype=np.int64)
        street = self._labels(self.said.street)
        found = np.zeros(size, dtype=np.int64)
        found[community.codes] = street.codes
        split = np.flatnonzero(found[community.codes] != street.codes)
        if len(split):
            self._problem(self.said.street, list(split), "a community lies in two streets", "It belongs to one.")
        return tuple(street.names), found

    def _pair(self, one: FileIndicator, responded: BoolArray) -> tuple[FloatArray, FloatArray]:
        rows = np.flatnonzero(responded)
        if one.numerator:
            return _floats(self.frame[one.numerator])[rows], _floats(self.frame[one.denominator])[rows]
        if not one.yes:
            y = _floats(self.frame[one.column])[rows]
            return y, np.where(np.isnan(y), np.nan, 1.0)
        texts = np.array(self._texts(one.column), dtype=object)[rows]
        base = (texts != "") & ~np.isin(texts, list(one.excluded))
        said_yes = np.isin(texts, list(one.yes)).astype(np.float64)
        return np.where(base, said_yes, np.nan), np.where(base, 1.0, np.nan)


def _floats(column: pd.Series[Any]) -> FloatArray:
    return np.asarray(pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan))


def _asked(one: FileIndicator) -> Asked:
    beside, same = one.beside or None, one.numerator_of or None
    if one.yes or one.share:
        return Asked(id=one.id, totals=one.totals, beside=beside, numerator_of=same)
    scale = None if one.lowest is None or one.highest is None else (one.lowest, one.highest)
    parts = tuple((part.indicator, part.weight) for part in one.parts)
    return Asked(id=one.id, share=False, scale=scale, parts=parts, totals=one.totals, beside=beside, numerator_of=same)


def register_of_frame(frame: pd.DataFrame) -> PopulationRegister:
    """A register from a table with the columns community, age, sex and persons; DesignError where one is missing."""
    lacking = [name for name in ("community", "age", "sex", "persons") if name not in frame.columns]
    if lacking:
        raise DesignError(
            [
                DataProblem(
                    column=name,
                    rows=(),
                    message="the register has no such column",
                    remedy="It has the columns community, age, sex and persons.",
                )
                for name in lacking
            ]
        )
    adults: dict[str, float] = {}
    cells: dict[tuple[str, str, str], float] = {}
    for community, age, sex, persons in zip(
        *(frame[name].astype(str).str.strip() for name in ("community", "age", "sex")), frame["persons"], strict=True
    ):
        adults[community] = adults.get(community, 0.0) + float(persons)
        cells[community, age, sex] = cells.get((community, age, sex), 0.0) + float(persons)
    return PopulationRegister(
        adults=adults,
        cells=cells,
        age_groups=tuple(dict.fromkeys(age for _, age, _ in cells)),
        sexes=tuple(sorted({sex for _, _, sex in cells})),
    )
