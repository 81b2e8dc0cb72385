"""The list that ``survey-service draw`` makes, read back: cases that were issued, with every stage's probability, and
reserves with the replicate in which they are released while the wave is open."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from questionnaires.figures import in_digits
from survey_service import audit
from survey_service.ids import new_id
from survey_service.models import Case, Disposition, Mode, ReserveCase, Wave
from survey_service.outside.tables import read_sheet
from survey_service.sampling.drawing import adult_stage
from survey_service.sampling.reserves import last_of_list, list_of
from survey_service.sampling.words import InSample
from survey_service.tabular import Sheet, TableError
from survey_service.tabular.notices import TableNotice
from survey_service.tabular.problems import TableProblem, Value, by_cause, excerpt, problem

if TYPE_CHECKING:
    import pandas as pd

LABELS: Final = ("case", "community", "stratum", "psu")
LONGEST: Final = {"case": 30, "stratum": 60, "psu": 60}  # characters, as the table holds them
STAGE: Final = re.compile(r"stage_(\d)_probability")
HEADS: Final = (*LABELS, "issued", "stage_1_unit", "stage_1_probability", "inclusion_probability")
KISH_TABLES: Final = ("A", "B1", "B2", "C", "D", "E1", "E2", "F")  # of analysis.sampling.KishTable
TOLERANCE: Final = 1e-6  # relative: a spreadsheet keeps 15 digits


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadCase:
    row: int  # of the spreadsheet
    number: str
    area_id: UUID
    stratum: str
    psu: str
    stages: tuple[dict[str, Any], ...]
    inclusion_probability: float
    first_mode: Mode
    kish_table: str | None = None
    replicate: int = 0  # of the reserves; 0: the main sample


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    """``left_out``: rows that were not issued and have no replicate, where the file has no such column."""

    cases: tuple[ReadCase, ...]
    reserves: tuple[ReadCase, ...]
    left_out: int
    adults_known: bool
    with_kish: bool
    notices: tuple[TableNotice, ...]
    doors: tuple[str, ...] = ()  # of ``listed``, where the file has any; sealed when they are stored

    @property
    def listed(self) -> tuple[ReadCase, ...]:
        """Cases and reserves in the order of the file."""
        return tuple(sorted((*self.cases, *self.reserves), key=lambda one: one.row))


def read_file(source: str, content: bytes) -> Sheet:
    """The table of an uploaded file. Raises TableError."""
    return read_sheet(source, content, HEADS)


def read_cases(sheet: Sheet, communities: Mapping[str, UUID], modes: Sequence[Mode]) -> CaseFile:
    """Raises TableError with every problem, each by its row.

    ``communities``: code -> area of the wave. ``modes``: the wave's modes for sampled households; a file without
    ``first_mode`` gives the first of them to every case.
    """
    stages = sorted(int(found[1]) for name in sheet.columns if (found := STAGE.fullmatch(name)))
    if not stages:
        raise TableError(sheet.source, [problem(InSample.NO_STAGE)])
    table, odd = _table(sheet, stages)
    reader = _Reader(sheet, communities, tuple(modes), stages, [])
    issued = {place for place in range(len(table)) if _issued(table, place)}
    taken = range(len(table)) if "replicate" in table else sorted(issued)
    rows = table.to_dict("records")
    read = {
        place: reader.case(place, {str(name): cell for name, cell in rows[place].items()}, issued=place in issued)
        for place in taken
    }
    cases = [case for place, case in read.items() if case is not None and place in issued]
    spare = [case for place, case in read.items() if case is not None and place not in issued]
    reader.refuse_repeated([case for case in read.values() if case is not None])
    reader.refuse_too_many(cases, spare)
    if not issued:
        reader.problems.append(problem(InSample.NONE_ISSUED))
    if reader.problems:
        raise TableError(sheet.source, by_cause(reader.problems))
    return CaseFile(
        cases=tuple(cases),
        reserves=tuple(spare),
        left_out=len(table) - len(taken),
        adults_known="adults" in sheet.columns,
        with_kish="kish_table" in sheet.columns,
        notices=(*sheet.notices, *odd),
    )


def _table(sheet: Sheet, stages: Sequence[int]) -> tuple[pd.DataFrame, tuple[TableNotice, ...]]:
    numbers = ["inclusion_probability"]
    numbers += [f"stage_{stage}_{what}" for stage in stages for what in ("population", "sampled", "probability")]
    numbers += [name for name in ("issued", "replicate", "adults") if name in sheet.columns]
    labels = [*LABELS, *(f"stage_{stage}_unit" for stage in stages)]
    labels += [name for name in ("first_mode", "kish_table") if name in sheet.columns]
    return sheet.typed(numbers=numbers, labels=labels)


def _issued(table: pd.DataFrame, place: int) -> bool:
    return "issued" not in table or table["issued"].iloc[place] == 1


@dataclass(slots=True)
class _Reader:
    sheet: Sheet
    communities: Mapping[str, UUID]
    modes: tuple[Mode, ...]
    stages: list[int]
    problems: list[TableProblem]

    def case(self, place: int, record: Mapping[str, Any], *, issued: bool) -> ReadCase | None:
        """The case or reserve of one row, or None with what is wrong with it among ``problems``."""
        before = len(self.problems)
        for name in LABELS:
            self._label(place, name, record[name])
        area = self.communities.get(record["community"])
        if area is None and isinstance(record["community"], str):
            self._tell(place, "community", InSample.NO_COMMUNITY, seen=excerpt(record["community"]))
        stages = [one for stage in self.stages if (one := self._stage(place, stage, record)) is not None]
        probability = self._product(place, record, stages, issued=issued)
        replicate = self._replicate(place, record, issued=issued)
        _leave_out_certain_grids(stages, record["psu"])
        table = self._kish_table(place, record)
        if (adults := record.get("adults")) is not None:
            stages, probability = self._with_adults(place, adults, stages, probability, table)
        mode = self._mode(place, record)
        if len(self.problems) > before or area is None:
            return None
        return ReadCase(
            row=self.sheet.row(place),
            number=record["case"],
            area_id=area,
            stratum=record["stratum"],
            psu=record["psu"],
            stages=tuple(stages),
            inclusion_probability=probability,
            first_mode=mode,
            kish_table=table,
            replicate=replicate,
        )

    def _replicate(self, place: int, record: Mapping[str, Any], *, issued: bool) -> int:
        seen = float(record.get("replicate", 0))
        if math.isnan(seen) and issued:
            return 0
        if not (seen >= (0 if issued else 1) and seen.is_integer()):
            self._tell(place, "replicate", InSample.NO_REPLICATE, seen="" if math.isnan(seen) else f"{seen:g}")
            return 0
        return int(seen)

    def _kish_table(self, place: int, record: Mapping[str, Any]) -> str | None:
        seen = record.get("kish_table")
        if not isinstance(seen, str):
            return None
        if seen not in KISH_TABLES:
            self._tell(place, "kish_table", InSample.NO_KISH_TABLE, seen=excerpt(seen), tables=KISH_TABLES)
        return seen

    def refuse_repeated(self, cases: Sequence[ReadCase]) -> None:
        first: dict[str, int] = {}
        for case in cases:
            earlier = first.setdefault("".join(case.number.split()).upper(), case.row)
            if earlier != case.row:
                twice = problem(InSample.NUMBER_TWICE, row=case.row, column="case", seen=case.number, other=earlier)
                self.problems.append(twice)

    def refuse_too_many(self, cases: Sequence[ReadCase], spare: Sequence[ReadCase]) -> None:
        """With all reserves released no list may have given more than it has."""
        drawn = {_list_of(case): last_of_list(case.stages) for case in cases}
        waiting: Counter[tuple[str, str]] = Counter()
        for one in spare:
            waiting[_list_of(one)] += 1
            stage = drawn.get(_list_of(one), last_of_list(one.stages))
            if stage["sampled"] + waiting[_list_of(one)] > stage["population"]:
                of = {"sampled": str(stage["sampled"] + waiting[_list_of(one)]), "population": str(stage["population"])}
                told = problem(InSample.IMPOSSIBLE_SHARE, row=one.row, column="replicate", **of)
                self.problems.append(told)

    def _label(self, place: int, name: str, value: object) -> None:
        if not isinstance(value, str):
            self._tell(place, name, InSample.EMPTY)
        elif len(value) > (most := LONGEST.get(name, 60)):
            self._tell(place, name, InSample.TOO_LONG, seen=f"{value[:20]}…", most=most)

    def _stage(self, place: int, stage: int, record: Mapping[str, Any]) -> dict[str, Any] | None:
        unit, population, sampled, probability = (
            record[f"stage_{stage}_{what}"] for what in ("unit", "population", "sampled", "probability")
        )
        name = f"stage_{stage}_population"
        if not isinstance(unit, str):
            self._tell(place, f"stage_{stage}_unit", InSample.EMPTY)
        elif math.isnan(population) and stage == self.stages[-1]:
            self._tell(place, name, InSample.NO_POPULATION)
        elif not math.isnan(population) and not (
            population >= sampled >= 1 and float(population).is_integer() and float(sampled).is_integer()
        ):
            of = {"sampled": in_digits(sampled), "population": in_digits(population)}
            self._tell(place, name, InSample.IMPOSSIBLE_SHARE, **of)
        elif not 0 < probability <= 1:
            seen = in_digits(probability)
            self._tell(place, f"stage_{stage}_probability", InSample.NO_PROBABILITY, seen=seen)
        else:
            return {
                "unit": unit,
                "population": None if math.isnan(population) else int(population),
                "sampled": 1 if math.isnan(sampled) else int(sampled),
                "probability": float(probability),
                "variance": True,
            }
        return None

    def _product(
        self, place: int, record: Mapping[str, Any], stages: Sequence[Mapping[str, Any]], *, issued: bool
    ) -> float:
        """A reserve in the drawer has no probability yet."""
        given = float(record["inclusion_probability"])
        product: float = math.prod(stage["probability"] for stage in stages)
        told = issued or not math.isnan(given)
        if told and len(stages) == len(self.stages) and not math.isclose(given, product, rel_tol=TOLERANCE):
            seen = {"seen": f"{given:g}", "product": f"{product:g}"}
            self._tell(place, "inclusion_probability", InSample.NOT_THE_PRODUCT, **seen)
        return product

    def _with_adults(
        self, place: int, adults: float, stages: list[dict[str, Any]], probability: float, table: str | None
    ) -> tuple[list[dict[str, Any]], float]:
        if not (adults >= 1 and float(adults).is_integer()):
            self._tell(place, "adults", InSample.NO_ADULTS, seen="" if math.isnan(adults) else f"{adults:g}")
            return stages, probability
        chosen, stood_for = adult_stage(int(adults), table if table in KISH_TABLES else None)
        return [*stages, chosen], probability / stood_for

    def _mode(self, place: int, record: Mapping[str, Any]) -> Mode:
        seen = record.get("first_mode")
        if seen is None:
            return self.modes[0]
        found = next((mode for mode in self.modes if mode.value == seen), None)
        if found is None:
            modes = tuple(mode.value for mode in self.modes)
            self._tell(place, "first_mode", InSample.NO_MODE, seen=excerpt(seen), modes=modes)
        return found or self.modes[0]

    def _tell(self, place: int, column: str, kind: InSample, **values: Value) -> None:
        self.problems.append(problem(kind, row=self.sheet.row(place), column=column, **values))


def _list_of(case: ReadCase) -> tuple[str, str]:
    return list_of(case.stratum, case.psu, case.stages)


def _leave_out_certain_grids(stages: list[dict[str, Any]], psu: object) -> None:
    """A grid that was sure to be drawn is a stratum whose households are primary units: no stage of the variance."""
    units = [stage["unit"] for stage in stages]
    if psu in units:
        for stage in stages[: units.index(psu)]:
            stage["variance"] = False


def store_cases(session: Session, wave: Wave, file: CaseFile, *, source: str, at: datetime, by: audit.Actor) -> int:
    """Cases and reserves of a file; the caller holds the draft. One audit row names how many."""
    session.execute(
        insert(Case),
        [
            {
                **_row(wave, case),
                "inclusion_probability": case.inclusion_probability,
                "reserve_replicate": 0,  # what the file had issued is the sample that the wave begins with
                "disposition": Disposition.UNKNOWN,
            }
            for case in file.cases
        ],
    )
    if file.reserves:
        session.execute(insert(ReserveCase), [{**_row(wave, one), "replicate": one.replicate} for one in file.reserves])
    audit.record(
        session,
        survey_id=wave.survey_id,
        at=at,
        by=by,
        action="cases.loaded",
        record=audit.Rows(f"wave {wave.id}", wave.id),
        detail={"cases": len(file.cases), "reserves": len(file.reserves), "file": source},
    )
    return len(file.cases)


def _row(wave: Wave, case: ReadCase) -> dict[str, Any]:
    return {
        "survey_id": wave.survey_id,
        "id": new_id(),
        "wave_id": wave.id,
        "area_id": case.area_id,
        "number": case.number,
        "stratum": case.stratum,
        "psu": case.psu,
        "stages": list(case.stages),
        "first_mode": case.first_mode,
        "kish_table": case.kish_table,
    }
