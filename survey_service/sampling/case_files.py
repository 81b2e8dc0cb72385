"""The list that ``survey-service draw`` makes, read back as cases: what was issued, with every stage's probability.

Reserves stay in the file: they are no cases until they are released, and then the draw is repeated and loaded anew.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from questionnaires.figures import in_digits
from questionnaires.text import Text
from survey_service import audit
from survey_service.ids import new_id
from survey_service.models import Case, Disposition, Mode, Wave
from survey_service.outside.tables import read_sheet
from survey_service.tabular import Sheet, TableError
from survey_service.tabular.in_chinese import in_chinese

if TYPE_CHECKING:
    import pandas as pd

LABELS: Final = ("case", "community", "stratum", "psu")
LONGEST: Final = {"case": 30, "stratum": 60, "psu": 60}  # characters, as the table holds them
STAGE: Final = re.compile(r"stage_(\d)_probability")
HEADS: Final = (*LABELS, "issued", "stage_1_unit", "stage_1_probability", "inclusion_probability")
TOLERANCE: Final = 1e-6  # relative: a spreadsheet keeps 15 digits
DRAW: Final = Text(
    "请用 survey-service draw 写出的 CSV，不要改动它的列。",
    "Make the list with survey-service draw, as CSV, and do not change its columns.",
)


EMPTY: Final = Text("是空的", "it is empty")
IN_PROPORTION: Final = Text(
    "没有总数：网格是按户数的比例抽的（PPS），这里还不能载入",
    "it is empty: grids drawn in proportion to size, which waves do not take yet",
)
OTHERWISE: Final = Text(
    "改用简单随机或等距抽网格；或者用 survey-service estimate 计算。",
    "Draw the grids by simple random or systematic selection, or estimate with survey-service estimate.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseProblem:
    """``row`` as a spreadsheet counts; None: the file or the whole column."""

    message: Text
    remedy: Text
    row: int | None = None
    column: str | None = None


class BadCases(ValueError):
    """The list cannot be loaded as it is; nothing was stored."""

    def __init__(self, problems: Sequence[CaseProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(f"{one.row}, {one.column}: {one.message.en}. {one.remedy.en}" for one in problems))


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


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    cases: tuple[ReadCase, ...]
    reserves: int  # rows that are not issued
    adults_known: bool
    notices: tuple[str, ...]


def read_file(source: str, content: bytes) -> Sheet:
    """The table of an uploaded file; BadCases where there is none."""
    try:
        return read_sheet(source, content, HEADS)
    except TableError as fault:
        raise unreadable(fault) from fault


def read_cases(sheet: Sheet, communities: Mapping[str, UUID], modes: Sequence[Mode]) -> CaseFile:
    """Raises BadCases with every problem, each by its row.

    ``communities``: code -> area of the wave. ``modes``: the wave's modes for sampled households; a file without
    ``first_mode`` gives the first of them to every case.
    """
    stages = sorted(int(found[1]) for name in sheet.columns if (found := STAGE.fullmatch(name)))
    if not stages:
        missing = Text("没有“stage_1_probability”一列", "it has no column stage_1_probability")
        raise BadCases([CaseProblem(message=missing, remedy=DRAW)])
    table, odd = _table(sheet, stages)
    reader = _Reader(sheet, communities, tuple(modes), stages, [])
    issued = [place for place in range(len(table)) if _issued(table, place)]
    rows = table.to_dict("records")
    cases = [reader.case(place, {str(name): cell for name, cell in rows[place].items()}) for place in issued]
    reader.refuse_repeated([case for case in cases if case is not None])
    if not issued:
        nobody = Text("没有一行是发出的（issued 都不是 1）", "no row is issued")
        reader.problems.append(CaseProblem(message=nobody, remedy=DRAW))
    if reader.problems:
        raise BadCases(reader.problems)
    return CaseFile(
        cases=tuple(case for case in cases if case is not None),
        reserves=len(table) - len(issued),
        adults_known="adults" in sheet.columns,
        notices=(*sheet.notices, *odd),
    )


def _table(sheet: Sheet, stages: Sequence[int]) -> tuple[pd.DataFrame, tuple[str, ...]]:
    numbers = ["inclusion_probability"]
    numbers += [f"stage_{stage}_{what}" for stage in stages for what in ("population", "sampled", "probability")]
    numbers += [name for name in ("issued", "adults") if name in sheet.columns]
    labels = [*LABELS, *(f"stage_{stage}_unit" for stage in stages)]
    labels += [name for name in ("first_mode",) if name in sheet.columns]
    try:
        return sheet.typed(numbers=numbers, labels=labels)
    except TableError as fault:
        raise unreadable(fault) from fault


def unreadable(fault: TableError) -> BadCases:
    """What the reader of tables found, in both languages."""
    return BadCases(
        [
            CaseProblem(
                row=one.row, column=one.column, message=Text(in_chinese(one), one.message), remedy=Text("", one.remedy)
            )
            for one in fault.problems
        ]
    )


def _issued(table: pd.DataFrame, place: int) -> bool:
    return "issued" not in table or table["issued"].iloc[place] == 1


@dataclass(slots=True)
class _Reader:
    sheet: Sheet
    communities: Mapping[str, UUID]
    modes: tuple[Mode, ...]
    stages: list[int]
    problems: list[CaseProblem]

    def case(self, place: int, record: Mapping[str, Any]) -> ReadCase | None:
        """The case of one row, or None with what is wrong with it among ``problems``."""
        before = len(self.problems)
        for name in LABELS:
            self._label(place, name, record[name])
        area = self.communities.get(record["community"])
        if area is None and isinstance(record["community"], str):
            seen = record["community"]
            message = Text(f"“{seen}”不是这一期的社区", f"“{seen}” is no community of this wave")
            remedy = Text("改正代码，或者先把社区加进地区。", "Correct it, or add the area first.")
            self._tell(place, "community", message, remedy)
        stages = [one for stage in self.stages if (one := self._stage(place, stage, record)) is not None]
        probability = self._product(place, record, stages)
        if (adults := record.get("adults")) is not None:
            stages, probability = self._with_adults(place, adults, stages, probability)
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
        )

    def refuse_repeated(self, cases: Sequence[ReadCase]) -> None:
        first: dict[str, int] = {}
        for case in cases:
            earlier = first.setdefault("".join(case.number.split()).upper(), case.row)
            if earlier != case.row:
                message = Text(
                    f"“{case.number}”在第 {earlier} 行已经有了（大小写和空格不算不同）",
                    f"“{case.number}” is in row {earlier} already (capitals and blanks make no difference)",
                )
                remedy = Text("每一户用自己的编号。", "Every case has its own number.")
                self.problems.append(CaseProblem(row=case.row, column="case", message=message, remedy=remedy))

    def _label(self, place: int, name: str, value: object) -> None:
        if not isinstance(value, str):
            self._tell(place, name, EMPTY, DRAW)
        elif len(value) > (most := LONGEST.get(name, 60)):
            message = Text(f"“{value[:20]}…”超过 {most} 个字", f"“{value[:20]}…” is longer than {most} characters")
            self._tell(place, name, message, Text("换一个短的。", "Give it a shorter one."))

    def _stage(self, place: int, stage: int, record: Mapping[str, Any]) -> dict[str, Any] | None:
        unit, population, sampled, probability = (
            record[f"stage_{stage}_{what}"] for what in ("unit", "population", "sampled", "probability")
        )
        name = f"stage_{stage}_population"
        if not isinstance(unit, str):
            self._tell(place, f"stage_{stage}_unit", EMPTY, DRAW)
        elif math.isnan(population):
            self._tell(place, name, IN_PROPORTION, OTHERWISE)
        elif not (population >= sampled >= 1 and float(population).is_integer() and float(sampled).is_integer()):
            message = Text(
                f"从 {in_digits(population)} 个里抽 {in_digits(sampled)} 个，不可能",
                f"{in_digits(sampled)} sampled of {in_digits(population)} cannot be",
            )
            self._tell(place, name, message, DRAW)
        elif not 0 < probability <= 1:
            message = Text(f"{in_digits(probability)} 不是概率", f"{in_digits(probability)} is no probability")
            self._tell(place, f"stage_{stage}_probability", message, DRAW)
        else:
            return {
                "unit": unit,
                "population": int(population),
                "sampled": int(sampled),
                "probability": float(probability),
                "variance": True,
            }
        return None

    def _product(self, place: int, record: Mapping[str, Any], stages: Sequence[Mapping[str, Any]]) -> float:
        given = float(record["inclusion_probability"])
        product: float = math.prod(stage["probability"] for stage in stages)
        if len(stages) == len(self.stages) and not math.isclose(given, product, rel_tol=TOLERANCE):
            message = Text(
                f"{given:g} 不等于各级概率的乘积 {product:g}",
                f"{given:g} is not the product of the stages, {product:g}",
            )
            remedy = Text("有一个数被手改过，请重新抽。", "One of them was changed by hand; draw anew.")
            self._tell(place, "inclusion_probability", message, remedy)
        return product

    def _with_adults(
        self, place: int, adults: float, stages: list[dict[str, Any]], probability: float
    ) -> tuple[list[dict[str, Any]], float]:
        if not (adults >= 1 and float(adults).is_integer()):
            message = Text("不是成年人数", "it is no number of adults")
            remedy = Text("写 1 以上的整数，按登记的算。", "A whole number from 1; who is registered counts.")
            self._tell(place, "adults", message, remedy)
            return stages, probability
        chosen = {"unit": "adult", "population": int(adults), "sampled": 1, "probability": 1 / adults}
        return [*stages, {**chosen, "variance": False}], probability / adults

    def _mode(self, place: int, record: Mapping[str, Any]) -> Mode:
        seen = record.get("first_mode")
        if seen is None:
            return self.modes[0]
        found = next((mode for mode in self.modes if mode.value == seen), None)
        if found is None:
            allowed = ", ".join(mode.value for mode in self.modes)
            message = Text(f"“{seen}”不是这一期的方式", f"“{seen}” is no mode of this wave")
            self._tell(place, "first_mode", message, Text(f"写其中一个：{allowed}。", f"Write one of: {allowed}."))
        return found or self.modes[0]

    def _tell(self, place: int, column: str, message: Text, remedy: Text) -> None:
        self.problems.append(CaseProblem(row=self.sheet.row(place), column=column, message=message, remedy=remedy))


def store_cases(session: Session, wave: Wave, file: CaseFile, *, source: str, at: datetime, by: audit.Actor) -> int:
    """All cases of a file; the caller holds the draft. One audit row names how many."""
    session.execute(
        insert(Case),
        [
            {
                "survey_id": wave.survey_id,
                "id": new_id(),
                "wave_id": wave.id,
                "area_id": case.area_id,
                "number": case.number,
                "stratum": case.stratum,
                "psu": case.psu,
                "stages": list(case.stages),
                "inclusion_probability": case.inclusion_probability,
                "first_mode": case.first_mode,
                "reserve_replicate": 0,
                "disposition": Disposition.UNKNOWN,
            }
            for case in file.cases
        ],
    )
    detail = {"cases": len(file.cases), "reserves": file.reserves, "file": source}
    audit.record(
        session, survey_id=wave.survey_id, at=at, by=by, action="cases.loaded", record=f"wave {wave.id}", detail=detail
    )
    return len(file.cases)
