"""The columns of an export before its answers: how each case was drawn, what became of it, and its weights.

Whatever could lead back to a household is numbered anew, at random: a drawn unit keeps its name only where it is an
area of the city, a grid or a community.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import numpy as np

from analysis.arrays import BoolArray, FloatArray, IntArray
from analysis.case_columns import DISPOSITIONS, CaseColumns, Labels, PackedNames
from analysis.engine.run import Weighed
from analysis.engine.weights import probability_weighed
from analysis.plan import Adults, AnalysisPlan, PlannedMargin
from questionnaires.text import Text
from survey_service.analyses.wave_columns import WaveColumns
from survey_service.exports import words
from survey_service.exports.dataset import Holds, Margin, Measure, Role, Variable
from survey_service.exports.drawn import DrawnCases


@dataclass(frozen=True, slots=True, eq=False)
class Numbered:
    """A column of drawn units that were numbered anew."""

    numbers: np.ndarray  # (rows,) int32, from 1


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class CaseColumn:
    """One column with its value of every case, in the order of the draw."""

    variable: Variable
    values: FloatArray | BoolArray | Labels | Numbered
    places: IntArray | None = None  # (cases,) into ``values``, -1 for none; None: ``values`` are of the cases
    otherwise: float = np.nan  # where there is none

    def take(self, rows: IntArray) -> np.ndarray:
        places = rows if self.places is None else self.places[rows]
        if isinstance(self.values, Numbered):
            found = np.empty(len(rows), dtype=object)
            found[:] = list(map(str, self.values.numbers[places].tolist()))
            return found
        if isinstance(self.values, Labels):
            codes = np.where(places < 0, -1, self.values.codes[places])
            return np.asarray(np.array([*self.values.names, ""], dtype=object)[codes])
        return np.asarray(np.where(places < 0, self.otherwise, self.values[places]))


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Renamed:
    """Names of drawn units as an export may tell them: those of areas stay, the others are numbered anew."""

    units: np.ndarray  # (units,) UTF-8 bytes of every name of every stage, sorted
    numbers: np.ndarray  # (units,) int32, in their place; 0 for those that stay

    @staticmethod
    def of(columns: CaseColumns, areas: Collection[str], rng: np.random.Generator) -> Renamed:
        stages = [_encoded(labels.names) for labels in columns.units]
        units = stages[0] if len(stages) == 1 else np.unique(np.concatenate(stages))  # those of one are sorted
        hidden = ~np.isin(units, _encoded(sorted(areas)))
        numbers = np.zeros(len(units), dtype=np.int32)
        numbers[hidden] = rng.permutation(int(hidden.sum())) + 1
        return Renamed(units=units, numbers=numbers)

    def said(self, name: str) -> str:
        """How an export tells a name; one that no unit has stays."""
        written = np.bytes_(name.encode())
        place = int(np.searchsorted(self.units, written))
        if place == len(self.units) or self.units[place] != written or not self.numbers[place]:
            return name
        return str(self.numbers[place])

    def column(self, labels: Labels) -> Labels | Numbered:
        """The same column, its names sorted anew; as numbers where no name stays: those of households are many."""
        numbers = self.numbers[np.searchsorted(self.units, _encoded(labels.names))]
        if numbers.all() and not (labels.codes < 0).any():
            return Numbered(numbers[labels.codes])
        said = [str(number) if number else name for name, number in zip(labels.names, numbers.tolist(), strict=True)]
        order = np.lexsort((np.array(said, dtype=str), np.fromiter(map(len, said), np.int64, len(said))))
        place_of = np.empty(len(said) + 1, dtype=np.int64)
        place_of[order] = np.arange(len(said))
        place_of[-1] = -1
        return Labels(place_of[labels.codes], tuple(map(said.__getitem__, order.tolist())))


def _encoded(names: Sequence[str]) -> np.ndarray:
    """(names,) as bytes of the width of the longest: sorted as the texts are."""
    if isinstance(names, PackedNames):
        return names.wide()
    return np.array([name.encode() for name in names], dtype=np.bytes_)


@dataclass(slots=True)
class FixedColumns:
    """Builds them one after another."""

    wave: WaveColumns
    plan: AnalysisPlan
    weighed: Weighed
    drawn: DrawnCases
    renamed: Renamed
    found: list[CaseColumn] = field(default_factory=list)
    margins: list[Margin] = field(default_factory=list)
    respondents: IntArray = field(init=False)

    def __post_init__(self) -> None:
        responded = self.wave.columns.responded
        self.respondents = np.where(responded, np.cumsum(responded) - 1, -1).astype(np.int32)

    @property
    def columns(self) -> CaseColumns:
        return self.wave.columns

    def build(self) -> tuple[tuple[CaseColumn, ...], tuple[Margin, ...]]:
        self._places()
        self._stages()
        self._outcome()
        self._weighting()
        self._weights()
        return tuple(self.found), tuple(self.margins)

    def _text(
        self,
        name: str,
        labels: Labels | Numbered,
        role: Role,
        values: Sequence[tuple[str, Text]] = (),
        label: Text | None = None,
        answered: bool = False,
    ) -> None:
        """``answered``: of whoever did, as the next two."""
        variable = Variable(
            name=name,
            label=label or words.LABELS[name],
            measure=Measure.NOMINAL,
            holds=Holds.TEXT,
            role=role,
            values=tuple(values),
        )
        if isinstance(labels, Labels):
            labels = Labels(labels.codes.astype(np.min_scalar_type(-len(labels.names) - 1)), labels.names)
        self._put(variable, labels, answered)

    def _put(
        self,
        variable: Variable,
        values: FloatArray | BoolArray | Labels | Numbered,
        answered: bool,
        otherwise: float = np.nan,
    ) -> None:
        places = self.respondents if answered else None
        self.found.append(CaseColumn(variable=variable, values=values, places=places, otherwise=otherwise))

    def _number(
        self,
        name: str,
        values: FloatArray,
        role: Role,
        *,
        whole: bool,
        label: Text | None = None,
        places: IntArray | None = None,
    ) -> None:
        variable = Variable(
            name=name,
            label=label or words.LABELS[name],
            measure=Measure.SCALE,
            holds=Holds.WHOLE if whole else Holds.NUMBER,
            role=role,
        )
        self.found.append(CaseColumn(variable=variable, values=values, places=places))

    def _weight(self, name: str, values: FloatArray) -> None:
        """Of respondents; 0 for the others."""
        variable = Variable(
            name=name, label=words.LABELS[name], measure=Measure.SCALE, holds=Holds.NUMBER, role=Role.WEIGHT
        )
        self._put(variable, values, answered=True, otherwise=0.0)

    def _yes_no(self, name: str, values: BoolArray, role: Role, *, answered: bool = False) -> None:
        variable = Variable(
            name=name,
            label=words.LABELS[name],
            measure=Measure.NOMINAL,
            holds=Holds.WHOLE,
            role=role,
            values=words.YES_NO,
        )
        self._put(variable, values, answered)

    # -------------------------------------------------------------- where, and how it was drawn

    def _places(self) -> None:
        columns, asked = self.columns, set(self.columns.communities_asked.tolist())
        names = {one.code: Text(one.name_zh, one.name_en) for one in self.wave.communities}
        streets = {one.code: Text(one.name_zh, one.name_en) for one, _ in self.wave.streets}
        here = [code for place, code in enumerate(columns.community.names) if place in asked]
        known = {columns.streets[columns.street_of_community[place]] for place in asked}
        self._text("community", columns.community, Role.DESIGN, [(code, names[code]) for code in here])
        values = [(code, streets[code]) for code in columns.streets if code in known and code in streets]
        self._text("street", columns.street, Role.DESIGN, values)
        self._text("stratum", columns.stratum, Role.DESIGN)

    def _stages(self) -> None:
        columns = self.columns
        for stage, unit in enumerate(columns.units, start=1):
            name = {1: "psu", 2: "household"}.get(stage, f"unit_{stage}")
            label = None if name in words.LABELS else words.stage_words("unit", stage)
            self._text(name, self.renamed.column(unit), Role.DESIGN, label=label)
        for stage, population in enumerate(columns.populations, start=1):
            label = words.stage_words("population", stage)
            counted = np.where(np.isfinite(population), population, np.nan)  # empty: drawn as if with replacement
            self._number(f"population_{stage}", counted, Role.DESIGN, whole=True, label=label)
        self._number("adults", columns.adults, Role.DESIGN, whole=True)
        if self.plan.base_weight.adults is Adults.ASKED:
            adults = np.full(columns.cases, np.nan)
            adults[columns.responded] = columns.adults_of_respondents()
            self._number("adults_weighed", adults, Role.DESIGN, whole=True)
        self._number("probability", probability_weighed(columns, self.plan), Role.DESIGN, whole=False)
        for stage, probability in enumerate(self.drawn.probabilities, start=1):
            label = words.stage_words("probability", stage)
            self._number(f"probability_{stage}", probability, Role.DESIGN, whole=False, label=label)

    def _outcome(self) -> None:
        columns = self.columns
        outcomes = Labels(columns.disposition, tuple(one.value for one in DISPOSITIONS))
        self._text("outcome", outcomes, Role.OUTCOME, [(one.value, words.OUTCOMES[one]) for one in DISPOSITIONS])
        self._yes_no("answered", columns.responded, Role.OUTCOME)
        modes = [(name, words.MODE_WORDS[name]) for name in columns.mode.names]
        self._text("mode", columns.mode, Role.OUTCOME, modes)

    # -------------------------------------------------------------- what the weights were made of

    def _weighting(self) -> None:
        columns, weighed = self.columns, self.weighed
        self._text("weighting_class", self._joined_classes(), Role.WEIGHTING)
        shares = np.array([weighed.field.eligibility.get(name, np.nan) for name in columns.community.names])
        self._number("eligibility", shares, Role.WEIGHTING, whole=False, places=columns.community.codes)
        calibrated = weighed.calibrated
        completed = {} if calibrated is None else calibrated.groups
        for name in ("age", "sex"):
            own = columns.groups.get(name)
            if own is None:
                continue
            used = completed.get(name, own)
            values = [(one, words.SEXES[one]) for one in used.names if one in words.SEXES] if name == "sex" else []
            self._text(name, used, Role.WEIGHTING, values, answered=True)
            self._yes_no(f"{name}_drawn", (own.codes < 0) & (used.codes >= 0), Role.WEIGHTING, answered=True)
        if calibrated is None:
            return
        blocks = calibrated.calibration.auxiliaries.blocks
        for planned, block in zip(self.plan.calibration.margins, blocks, strict=True):
            name = _margin_name(planned)
            cells = Labels(block.code_of_row, block.columns)
            label = words.margin_words(planned)
            self._text(name, cells, Role.WEIGHTING, label=label, answered=True)
            totals = dict(zip(block.columns, block.totals.tolist(), strict=True))
            self.margins.append(Margin(column=name, label=label, totals=totals))

    def _joined_classes(self) -> Labels:
        """The class of every case as it was used: classes that were joined bear one name."""
        columns, raw = self.columns, self.columns.weighting_class
        of_joined = {
            (community, cell): " + ".join(map(self.renamed.said, joined.cells))
            for community, record in self.weighed.field.records.items()
            for joined in record.classes
            for cell in joined.cells
        }
        pair = columns.community.codes * (len(raw.names) + 1) + raw.codes
        seen, inverse = np.unique(pair, return_inverse=True)
        said = []
        for one in seen.tolist():
            community, code = divmod(one, len(raw.names) + 1)
            own = raw.names[code]
            said.append(of_joined.get((columns.community.names[community], own), self.renamed.said(own)))
        names = tuple(sorted(set(said)))
        place = {name: number for number, name in enumerate(names)}
        return Labels(np.array([place[one] for one in said], dtype=np.int64)[inverse], names)

    def _weights(self) -> None:
        field_weights, calibrated = self.weighed.field, self.weighed.calibrated
        self._number("weight_design", field_weights.design_weight, Role.WEIGHT, whole=False)
        self._number("weight_nonresponse", field_weights.nonresponse_weight, Role.WEIGHT, whole=False)
        # Without margins the two are those before; a script reads the same columns of every wave.
        first = self.weighed.final if calibrated is None else calibrated.before_trimming
        before = self.weighed.final if calibrated is None else calibrated.calibration.weight_before
        self._weight("weight_calibrated", first)
        self._weight("weight_trimmed", before)
        self._weight("weight_final", self.weighed.final)


def _margin_name(planned: PlannedMargin) -> str:
    within = "" if planned.within.value == "city" else f"_{planned.within.value}"
    return f"margin_{planned.of.value}{within}"
