"""How the sample was drawn: weight, strata and clusters by stage, population sizes. Checked once, then frozen.

Stages follow Särndal, Swensson & Wretman (1992), chapter 4: stage one draws PSUs in strata; each further stage draws
units within the units of the stage above. Without clusters every row is a PSU of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.arrays import (
    BoolArray,
    FloatArray,
    IntArray,
    blank_note,
    code_labels_and_blanks,
    combine_codes,
    first_rows,
    sum_by,
)
from analysis.problems import LARGEST, DataProblem, DesignError
from analysis.results import DesignSummary

if TYPE_CHECKING:
    from analysis.auxiliaries import Calibration

_ROWS_SHOWN = 5
_ASKED_IN_PART = (
    "blocks of the questionnaire are drawn for each respondent: no finite population correction counts for the last "
    "stage, whatever share of it answered, for other blocks might have been drawn"
)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Stage:
    """One stage of selection. A group is a stratum within one unit of the stage above."""

    unit_of_row: IntArray  # (rows,)
    group_of_unit: IntArray  # (units,)
    parent_of_unit: IntArray | None  # (units,); None at stage one
    multiplicity: FloatArray | None  # (units,) how many equal units one stands for; None: one each
    sample_size: FloatArray  # (groups,) units drawn
    population_size: FloatArray  # (groups,) units there are; inf where unknown or drawn with replacement

    @property
    def units(self) -> int:
        return len(self.group_of_unit)

    @property
    def groups(self) -> int:
        return len(self.sample_size)

    @property
    def sampling_fraction(self) -> FloatArray:
        """Share of a group's units that was drawn, shape (groups,)."""
        return self.sample_size / self.population_size


@dataclass(frozen=True, slots=True, weakref_slot=True, eq=False, kw_only=True)
class SurveyDesign:
    """The design of a frame's rows, in the frame's order. Make one with ``SurveyDesign.from_frame``."""

    weight: FloatArray  # (rows,) of one respondent
    frequency: FloatArray | None  # (rows,) respondents a row stands for; None: one each
    stages: tuple[Stage, ...]
    stratum_names: tuple[str, ...]  # of stage one, for messages
    elements_are_psus: bool  # no clusters were given
    stratum_column: str | None = None  # of stage one, for messages
    notes: tuple[str, ...] = ()  # of the variance: said of every estimate
    label_notes: tuple[str, ...] = ()  # how strata and clusters were read
    calibration: Calibration | None = None  # the weights meet margins: the variance takes their regression out

    @property
    def rows(self) -> int:
        return len(self.weight)

    @property
    def row_weight(self) -> FloatArray:
        """Weight of a row with all the respondents it stands for."""
        return self.weight if self.frequency is None else self.weight * self.frequency

    @property
    def respondents(self) -> FloatArray:
        """(rows,) how many respondents each row stands for; 0 where the weight is 0."""
        counted = self.weight > 0
        return np.asarray(counted * (1.0 if self.frequency is None else self.frequency), dtype=np.float64)

    def asked_in_part(self) -> SurveyDesign:
        """The design of a questionnaire of which each respondent was asked drawn blocks only: the last stage has no
        finite population correction and is never a complete enumeration, for other blocks might have been drawn.

        What the draw of blocks adds to the variance is within the last units, whose differences are counted whole.
        """
        last = self.stages[-1]
        population = np.full(last.groups, np.inf)
        corrected = bool(np.isfinite(last.population_size).any())
        stages = (*self.stages[:-1], replace(last, population_size=population))
        return replace(self, stages=stages, notes=(*self.notes, *((_ASKED_IN_PART,) if corrected else ())))

    def summary(self) -> DesignSummary:
        """Counts of what has a weight, as R's degf; in the variance a PSU without weight is an observed zero."""
        first = self.stages[0]
        respondents = self.weight > 0
        if self.frequency is not None:
            respondents &= self.frequency > 0
        size = int(respondents.sum() if self.frequency is None else self.frequency[respondents].sum())
        drawn = first.sample_size
        if not respondents.all():
            weighed = sum_by(first.unit_of_row, respondents, first.units) > 0
            counted = weighed if first.multiplicity is None else np.where(weighed, first.multiplicity, 0.0)
            drawn = sum_by(first.group_of_unit, counted, first.groups)
        psus, strata = int(drawn.sum()), int((drawn > 0).sum())
        return DesignSummary(strata=strata, psus=psus, degrees_of_freedom=psus - strata, sample_size=size)

    @staticmethod
    def from_frame(
        frame: pd.DataFrame,
        *,
        weight: str | None = None,
        strata: Sequence[str] = (),
        clusters: Sequence[str] = (),
        population_sizes: Sequence[str] = (),
        sampling_fractions: Sequence[str] = (),
        frequency: str | None = None,
        nest: bool = False,
        adults: str | None = None,
    ) -> SurveyDesign:
        """The design of ``frame``, whose rows are the respondents.

        One column per stage in ``strata``, ``clusters``, ``population_sizes`` (units there are in the stratum) or
        ``sampling_fractions``. An infinite size: drawn as if with replacement, without a correction. Cluster labels of
        later stages count within their unit above; those of stage one must be unique over strata unless ``nest``.
        Weights multiply to the population or to anything proportional to it.
        ``frequency``: a row stands for that many respondents, each a PSU of its own where there are no clusters.

        ``adults``: column of the adults there are in the respondent's household, which is the last of ``clusters`` (or
        the row, where there are none). Strata of households of which any was not asked whole (one adult per household)
        have no finite population correction and are never a complete enumeration, however many households were drawn:
        another adult might have been. ``weight`` has to count the adults.

        Raises DesignError with every problem at once.
        """
        reader = _Reader(frame, nest)
        drawn = reader.read(
            weight, tuple(strata), tuple(clusters), tuple(population_sizes), tuple(sampling_fractions), frequency
        )
        return drawn if adults is None else reader.with_adults(drawn, adults, clusters[-1] if clusters else None)


def _one_adult(fallen: int, corrected: int) -> tuple[str, ...]:
    if not fallen:
        return ()
    where = "" if fallen == corrected else f"in {fallen} of {corrected} strata of households "
    return (
        f"one adult per household: {where}not every adult of the households was asked, so no finite population "
        "correction counts for households there, whatever share of them answered: another adult might have been asked",
    )


def _shown(mask: BoolArray) -> tuple[int, ...]:
    return tuple(int(row) for row in np.flatnonzero(mask)[:_ROWS_SHOWN])


class _Reader:
    """Reads one frame, collecting problems; raises when a later step would need what is wrong."""

    def __init__(self, frame: pd.DataFrame, nest: bool) -> None:
        self.frame = frame
        self.nest = nest
        self.problems: list[DataProblem] = []
        self.label_notes: tuple[str, ...] = ()

    def read(
        self,
        weight: str | None,
        strata: tuple[str, ...],
        clusters: tuple[str, ...],
        population_sizes: tuple[str, ...],
        sampling_fractions: tuple[str, ...],
        frequency: str | None,
    ) -> SurveyDesign:
        self._known([*([weight] if weight else []), *([frequency] if frequency else [])])
        self._known([*strata, *clusters, *population_sizes, *sampling_fractions])
        if population_sizes and sampling_fractions:
            self._problem(
                population_sizes[0], (), "population sizes and sampling fractions are both given", "Give one."
            )
        sizes = population_sizes or sampling_fractions
        stage_count = max(len(clusters), 1)
        for name, columns in (("strata", strata), ("population sizes", sizes)):
            if len(columns) > stage_count:
                self._problem(
                    columns[stage_count],
                    (),
                    f"{name} are given for {len(columns)} stages, clusters for {len(clusters)}",
                    "Name the column of the units at every stage as clusters; for persons a column with their number.",
                )
        if len(self.frame) == 0:
            self._problem("data", (), "there is no row", "Give at least one respondent.")
        self._raise()
        weights = self._weights(weight)
        counts = self._frequencies(frequency)
        strata_codes = [self._labels(column) for column in strata]
        cluster_codes = [self._labels(column) for column in clusters]
        size_values = [self._sizes(column, fraction=bool(sampling_fractions)) for column in sizes]
        self._raise()
        stages: list[Stage] = []
        for number in range(stage_count):
            stages.append(
                self._stage(
                    number,
                    stages[-1] if stages else None,
                    strata_codes[number] if number < len(strata) else None,
                    cluster_codes[number] if clusters else None,
                    (size_values[number], sizes[number], bool(sampling_fractions)) if number < len(sizes) else None,
                    clusters[number] if clusters else "",
                    None if clusters else counts,
                )
            )
            self._raise()
        return SurveyDesign(
            weight=weights,
            frequency=counts,
            stages=tuple(stages),
            elements_are_psus=not clusters,
            stratum_names=self._stratum_names(stages[0], strata[:1]),
            stratum_column=strata[0] if strata else None,
            label_notes=tuple(dict.fromkeys(self.label_notes)),
        )

    def with_adults(self, design: SurveyDesign, column: str, households: str | None) -> SurveyDesign:
        """The design without the correction of households whose adults were not all asked; ``households``: a label."""
        last = design.stages[-1]
        there = self._adults(design, column)
        of_household = there[first_rows(last.unit_of_row, last.units)]
        varies = there != of_household[last.unit_of_row]
        if varies.any():
            row = int(np.flatnonzero(varies)[0])
            seen = f"{there[row]:.12g} beside {of_household[last.unit_of_row[row]]:.12g}"
            self._problem(
                column, _shown(varies), f"it differs within one household: {seen}", "One number per household."
            )
        asked = sum_by(last.unit_of_row, design.weight > 0, last.units)
        more = (asked > of_household)[last.unit_of_row]
        if more.any():
            row = int(np.flatnonzero(more)[0])
            name = "" if households is None else f" {self.frame[households].iloc[row]}"
            self._problem(
                column,
                _shown(more),
                f"the household{name} has {asked[last.unit_of_row[row]]:.12g} respondents and {there[row]:.12g} adults",
                "The last of the clusters is the household: name it there, or correct the number.",
            )
        self._raise()
        partly = np.zeros(last.groups, dtype=bool)
        partly[last.group_of_unit[(asked > 0) & (asked < of_household)]] = True
        corrected = np.isfinite(last.population_size)
        population = np.where(partly, np.inf, last.population_size)
        stages = (*design.stages[:-1], replace(last, population_size=population))
        notes = _one_adult(int((partly & corrected).sum()), int(corrected.sum()))
        return replace(design, stages=stages, notes=(*design.notes, *notes))

    def _adults(self, design: SurveyDesign, column: str) -> FloatArray:
        self._known([column])
        self._raise()
        there = self._numbers(column, "the number of adults")
        wrong = ((there < 1) | (there != np.floor(there))) & ~np.isnan(there)
        if wrong.any():
            said = "the number of adults is not a whole number from 1 on"
            self._problem(column, _shown(wrong), said, "Count the adults of the household, the respondent among them.")
        if design.frequency is not None:
            said = "a row with a frequency stands for several households, so their adults are not told apart"
            self._problem(column, (), said, "Give one row per respondent.")
        self._raise()
        return there

    def _problem(self, column: str, rows: tuple[int, ...], message: str, remedy: str) -> None:
        self.problems.append(DataProblem(column=column, rows=rows, message=message, remedy=remedy))

    def _raise(self) -> None:
        if self.problems:
            raise DesignError(self.problems)

    def _known(self, columns: Sequence[str]) -> None:
        for column in columns:
            if column not in self.frame.columns:
                names = ", ".join(str(name) for name in self.frame.columns)
                self._problem(column, (), "there is no such column", f"The columns are: {names}.")

    def _numbers(self, column: str, what: str, *, endless: bool = False) -> FloatArray:
        """``endless``: infinity is a value."""
        series = self.frame[column]
        numbers = pd.to_numeric(series, errors="coerce")
        values = np.asarray(numbers.to_numpy(dtype=np.float64, na_value=np.nan))
        missing = np.asarray(series.isna())
        words = np.isnan(values) & ~missing
        if missing.any():
            self._problem(
                column,
                _shown(missing),
                f"{what} is missing in {int(missing.sum())} rows",
                "Fill it in, or leave those rows out and say so.",
            )
        if words.any():
            seen = series.iloc[int(np.flatnonzero(words)[0])]
            self._problem(column, _shown(words), f"{what} is not a number: {seen!r}", "Write a plain number.")
        too_large = np.abs(values) > LARGEST
        if endless:
            too_large &= values != np.inf
        if too_large.any():
            said = f"{what} is infinite, or too large to compute with"
            self._problem(column, _shown(too_large), said, "Write a finite number, in a larger unit where need be.")
        return values

    def _weights(self, column: str | None) -> FloatArray:
        if column is None:
            return np.ones(len(self.frame))
        values = self._numbers(column, "the weight")
        negative = values < 0
        if negative.any():
            self._problem(
                column,
                _shown(negative),
                f"the weight is negative in {int(negative.sum())} rows",
                "A weight is 1 / inclusion probability; correct the file, or calibrate with bounds.",
            )
        if not self.problems and not (values > 0).any():
            self._problem(column, (), "every weight is 0", "Give the rows that count a weight above 0.")
        return values

    def _frequencies(self, column: str | None) -> FloatArray | None:
        if column is None:
            return None
        values = self._numbers(column, "the frequency")
        wrong = (values < 0) | (values != np.floor(values))
        wrong &= ~np.isnan(values)
        if wrong.any():
            self._problem(
                column,
                _shown(wrong),
                "a frequency is not a whole number of respondents",
                "A frequency counts equal respondents; for weights use the weight column.",
            )
        elif not self.problems and values.sum() == 0:
            self._problem(column, (), "every frequency is 0", "Give the rows that count a frequency of 1 or more.")
        return values

    def _labels(self, column: str) -> tuple[IntArray, int]:
        codes, count, blank = code_labels_and_blanks(self.frame[column])
        self.label_notes += blank_note(column, blank)
        missing = codes < 0
        if missing.any():
            self._problem(
                column,
                _shown(missing),
                f"the label is missing in {int(missing.sum())} rows",
                "Every respondent belongs to one stratum and one unit per stage; fill it in.",
            )
        return codes, count

    def _sizes(self, column: str, *, fraction: bool) -> FloatArray:
        what = "the sampling fraction" if fraction else "the population size"
        values = self._numbers(column, what, endless=not fraction)
        wrong = (values <= 0) | (values > 1) if fraction else values <= 0
        wrong &= ~np.isnan(values)
        if wrong.any():
            what = "a sampling fraction is not between 0 and 1" if fraction else "a population size is not above 0"
            self._problem(column, _shown(wrong), what, "Give the units drawn from, per stratum and stage.")
        return values

    def _stage(
        self,
        number: int,
        above: Stage | None,
        stratum: tuple[IntArray, int] | None,
        cluster: tuple[IntArray, int] | None,
        size: tuple[FloatArray, str, bool] | None,
        cluster_column: str,
        frequency: FloatArray | None,
    ) -> Stage:
        rows = len(self.frame)
        groups, group_count = stratum or (np.zeros(rows, dtype=np.int64), 1)
        if above is not None:
            groups, group_count = combine_codes(above.unit_of_row, above.units, groups, group_count)
        if cluster is None:
            units, unit_count = np.arange(rows, dtype=np.int64), rows
        elif above is not None:
            units, unit_count = combine_codes(above.unit_of_row, above.units, *cluster)
        elif self.nest:
            units, unit_count = combine_codes(groups, group_count, *cluster)
        else:
            units, unit_count = cluster
        first = first_rows(units, unit_count)
        group_of_unit = groups[first]
        split = groups != group_of_unit[units]
        if split.any():
            label = self.frame[cluster_column].iloc[int(np.flatnonzero(split)[0])]
            self._problem(
                cluster_column,
                _shown(split),
                f"the unit {label!r} lies in two strata",
                "A unit belongs to one stratum. Where labels start anew in every stratum, say nest=True.",
            )
        sample_size = sum_by(group_of_unit, frequency, group_count)
        return Stage(
            unit_of_row=units,
            group_of_unit=group_of_unit,
            multiplicity=frequency,
            sample_size=sample_size,
            parent_of_unit=None if above is None else above.unit_of_row[first],
            population_size=self._population(size, groups, sample_size, number + 1),
        )

    def _population(
        self, size: tuple[FloatArray, str, bool] | None, groups: IntArray, sample_size: FloatArray, number: int
    ) -> FloatArray:
        if size is None:
            return np.full(len(sample_size), np.inf)
        values, column, fraction = size
        first = values[first_rows(groups, len(sample_size))]
        varies = values != first[groups]
        if varies.any():
            row = int(np.flatnonzero(varies)[0])
            self._problem(
                column,
                _shown(varies),
                f"it differs within one stratum of stage {number}: {values[row]:.12g} beside {first[groups[row]]:.12g}",
                "One population size per stratum and stage; leave it out where units had unequal probabilities.",
            )
        population = sample_size / first if fraction else first
        below = population[groups] < sample_size[groups] * (1 - 1e-9)
        if below.any():
            row = int(np.flatnonzero(below)[0])
            group = groups[row]
            self._problem(
                column,
                _shown(below),
                f"stage {number} has {sample_size[group]:.12g} sampled units "
                f"out of a population of {population[group]:.12g}",
                "It counts the units there are, not those drawn; correct it, or leave it out.",
            )
        return np.maximum(population, sample_size)

    def _stratum_names(self, first: Stage, columns: tuple[str, ...]) -> tuple[str, ...]:
        if not columns:
            return ("all",)
        row_of_group = first_rows(first.group_of_unit[first.unit_of_row], first.groups)
        return tuple(str(label) for label in self.frame[columns[0]].iloc[row_of_group])
