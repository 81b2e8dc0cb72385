"""Files of answers with known truth, damaged as Excel and careless hands damage them: seeded, without end."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import xlsxwriter

from questionnaires.loader import load
from questionnaires.model import QuestionType
from survey_service.importing.prepare import CaseRef, Ground, fold_name
from survey_service.importing.variables import variables
from survey_service.models import Mode

QUESTIONNAIRE = load(Path(__file__).parent / "survey.yaml")
VARIABLES = variables(QUESTIONNAIRE)
COMMUNITY = UUID(int=7)
TEXTS = (
    "多设一些停车位",
    "路灯坏了很久",
    "没有",
    "3-1",
    "007",
    "0571",
    "12栋301",
    "1:30",
    "希望早点通气，谢谢",
    "true",
    "=1+2",
    "1.10",
    "1234567890123456",
    "5%",
    "2-14",
    "好",
    "公交太少；车也太挤",
    "-",
    "第3排",
    "No. 4",
)


@dataclass(frozen=True)
class Cell:
    """How one cell goes into a workbook; CSV takes ``shown``."""

    shown: str
    kind: str = "text"  # text, number, date, formula, percent, error, empty_formula
    value: Any = None


@dataclass
class Made:
    """A file, and what every row of it truly says."""

    name: str
    data: bytes
    truth: dict[int, Mapping[str, object]]  # by spreadsheet row; a row that is no answer is not in it
    cases: dict[int, str]
    ground: Ground
    damages: list[str] = field(default_factory=list)


class Sheet:
    """The cells of a file before it is written."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.codes = rng.random() < 0.5  # codes instead of labels
        self.platform = rng.random() < 0.5  # as 问卷星 writes it
        self.split = rng.random() < 0.3  # a column for each option of a multiple choice
        self.padded = rng.random() < 0.5  # case numbers are digits with zeros in front
        self.workbook = rng.random() < 0.6
        self.damages: list[str] = []
        self.heads: list[str] = []
        self.fills: list[Callable[[Mapping[str, object], int], Cell]] = []
        self.variables: list[str] = []  # "" beside the answers
        self.truth: list[Mapping[str, object] | None] = []
        self.cases: list[str] = []
        self.rows: list[list[Cell]] = []
        self.hidden: set[int] = set()
        self.merged: list[tuple[int, int, int]] = []  # first row, last row, column
        self.title = 0
        self.touched: set[tuple[int, int]] = set()  # cells that are damaged already
        self._columns()
        for place in range(rng.randint(8, 20)):
            answers = {
                name: value for one in VARIABLES if (value := self._answer(one.name)) is not None for name in [one.name]
            }
            self._other(answers)
            self.truth.append(answers)
            self.cases.append(f"{place * 7 + 12:06d}" if self.padded else f"0001-{place + 1:03d}")
            self.rows.append([fill(answers, place) for fill in self.fills])

    # ---------------------------------------------------------- truth

    def _answer(self, variable: str) -> object:
        rng = self.rng
        one = next(each for each in VARIABLES if each.name == variable)
        if one.other or rng.random() < 0.12:
            return None
        question = one.question
        match question.type:
            case QuestionType.SINGLE_CHOICE | QuestionType.SCALE:
                return rng.choice(question.options).code
            case QuestionType.MULTIPLE_CHOICE:
                chosen = {option.code for option in question.options if rng.random() < 0.4}
                return [option.code for option in question.options if option.code in chosen] or None
            case QuestionType.NUMBER:
                return (
                    rng.randint(18, 90)
                    if question.id == "age"
                    else rng.choice([rng.randint(0, 400), rng.randint(0, 4000) / 10])
                )
            case QuestionType.DATE:
                return date.fromordinal(rng.randint(720_000, 739_000)).isoformat()
        return rng.choice(TEXTS)

    def _other(self, answers: dict[str, object]) -> None:
        chosen = answers.get("channels")
        if isinstance(chosen, list) and "5" in chosen and self.rng.random() < 0.8 and not self.split:
            answers["channels.other"] = self.rng.choice(("广播", "邻居说的", "报纸，电台", "3-1", "100"))

    # ---------------------------------------------------------- heads and cells

    def _columns(self) -> None:
        if self.platform:
            self._add("序号", "", lambda _, place: number(place + 1))
            self._add("提交答卷时间", "", lambda _, place: Cell(f"2026/9/{place % 28 + 1} 10:0{place % 10}:00"))
            self._add("来自IP", "", lambda _, place: Cell(f"10.0.0.{place}(浙江-杭州)"))
        self._add("表号", "", lambda _, place: Cell(self.cases[place]))
        for one in VARIABLES:
            if one.other:
                continue
            text = one.question.text.zh
            head = f"{one.number}、{text}" if self.platform else text
            if one.item:
                self._add(f"{head}—{one.item}", one.name, self._fill(one.name))
            elif one.question.type is QuestionType.MULTIPLE_CHOICE and self.split:
                for option in one.question.options:
                    self._add(f"{head}({option.label.zh})", one.name, self._tick(option.code))
            else:
                self._add(head, one.name, self._fill(one.name))

    def _add(self, head: str, variable: str, fill: Callable[[Mapping[str, object], int], Cell]) -> None:
        self.heads.append(head)
        self.variables.append(variable)
        self.fills.append(fill)

    def _tick(self, code: str) -> Callable[[Mapping[str, object], int], Cell]:
        def fill(answers: Mapping[str, object], _: int) -> Cell:
            chosen = answers.get("channels")
            if chosen is None:
                return Cell("")
            return number(1 if isinstance(chosen, list) and code in chosen else 0)

        return fill

    def _fill(self, variable: str) -> Callable[[Mapping[str, object], int], Cell]:
        question = next(one for one in VARIABLES if one.name == variable).question

        def fill(answers: Mapping[str, object], _: int) -> Cell:
            value = answers.get(variable)
            if value is None:
                return Cell(self.rng.choice(("(空)", "")) if self.platform else "")
            if isinstance(value, list):
                words = str(answers.get("channels.other", ""))
                between = "┋" if self.platform or not self.codes or words else self.rng.choice((",", "，", ";"))
                parts = [
                    self._said(question, code) + (f"〖{words}〗" if code == "5" and words else "") for code in value
                ]
                return Cell(between.join(parts))
            if question.options:
                said = self._said(question, str(value))
                return number(int(said)) if self.codes and said.isdigit() and said[0] != "0" else Cell(said)
            if isinstance(value, int | float):
                return number(value)
            if question.type is QuestionType.DATE:
                day = date.fromisoformat(str(value))
                return Cell(str(value), "date", day) if self.rng.random() < 0.6 else Cell(str(value))
            return Cell(str(value))

        return fill

    def _said(self, question: Any, code: str) -> str:
        return code if self.codes else str(question.option(code).label.zh)

    # ---------------------------------------------------------- the file

    def write(self, name: str) -> Made:
        truth, cases = {}, {}
        for place, answers in enumerate(self.truth):
            if answers is not None:
                truth[place + 2 + self.title] = answers
                cases[place + 2 + self.title] = self.cases[place]
        data = self._xlsx() if self.workbook else self._csv()
        ground = Ground(
            wave_id=UUID(int=1),
            cases={
                number: CaseRef(id=UUID(int=100 + place), number=number, area_id=COMMUNITY, mode=Mode.PAPER)
                for place, number in enumerate(sorted({case for case in self.cases if case}))
            },
            communities={fold_name("万寿桥社区"): COMMUNITY},
        )
        ending = "xlsx" if self.workbook else "csv"
        return Made(f"{name}.{ending}", data, truth, cases, ground, self.damages)

    def _csv(self) -> bytes:
        made = io.StringIO()
        writer = csv.writer(made, delimiter=self.rng.choice((",", ";", "\t")), lineterminator="\r\n")
        if self.title:
            writer.writerow(["示范市居民调查汇总表"])
        writer.writerow(self.heads)
        writer.writerows([[cell.shown for cell in row] for row in self.rows])
        encoding = self.rng.choice(("utf-8", "utf-8-sig", "gb18030"))
        return made.getvalue().encode(encoding)

    def _xlsx(self) -> bytes:
        made = io.BytesIO()
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        with xlsxwriter.Workbook(made, options) as book:
            sheet = book.add_worksheet("答卷")
            day, percent = book.add_format({"num_format": "yyyy/m/d"}), book.add_format({"num_format": "0%"})
            if self.title:
                sheet.write_string(0, 0, "示范市居民调查汇总表")
            for place, head in enumerate(self.heads):
                sheet.write_string(self.title, place, head)
            for row, cells in enumerate(self.rows, start=self.title + 1):
                for place, cell in enumerate(cells):
                    _write(sheet, row, place, cell, day, percent)
                if row - self.title - 1 in self.hidden:
                    sheet.set_row(row, None, None, {"hidden": True})
            for first, last, column in self.merged:
                sheet.merge_range(
                    first + self.title + 1, column, last + self.title + 1, column, self.rows[first][column].shown
                )
        return made.getvalue()


def _write(sheet: Any, row: int, place: int, cell: Cell, day: Any, percent: Any) -> None:
    match cell.kind:
        case "number":
            sheet.write_number(row, place, cell.value)
        case "date":
            sheet.write_datetime(row, place, cell.value, day)
        case "percent":
            sheet.write_number(row, place, cell.value, percent)
        case "formula":
            sheet.write_formula(row, place, "=A1", None, cell.value)
        case "empty_formula":
            sheet.write_formula(row, place, "=A1", None, "")
        case "error":
            sheet.write_formula(row, place, "=NA()", None, "#N/A")
        case _:
            if cell.shown:
                sheet.write_string(row, place, cell.shown)


def number(value: float) -> Cell:
    return Cell(f"{value:g}" if value < 1e6 else str(value), "number", value)
