"""The figures of a release as a file: Excel with a sheet for each language, CSV and JSON with both. No formula."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from questionnaires.text import Text
from survey_service.errors import NotFound
from survey_service.exports.figures import LEVELS, Figure, ReleaseFigures, release_figures
from survey_service.releases import queries
from survey_service.services import Services
from survey_service.tabular.harmless import harmless

if TYPE_CHECKING:
    from reports.content import Place

Cell = str | int | float | None


class FigureFormat(StrEnum):
    XLSX = "xlsx"
    CSV = "csv"
    JSON = "json"


MEDIA = {
    FigureFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FigureFormat.CSV: "text/csv; charset=utf-8",
    FigureFormat.JSON: "application/json",
}
MARKS = {
    "shown": Text("", ""),
    "coarse": Text("误差大，仅供参考", "for orientation only"),
    "end": Text("只公布到一端", "told by its end only"),
    "hidden": Text("不单独公布", "not published alone"),
}
_SHEETS = {"zh": ("数字", "说明"), "en": ("Figures", "About")}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the sheet: its head, and what a figure says in it."""

    head: Text
    cell: Callable[[Figure, str], Cell]
    width: int = 12


_COLUMNS: Sequence[Column] = (
    Column(Text("级别", "Level"), lambda one, language: LEVELS[one.level].in_language(language)),
    Column(Text("区划代码", "Area code"), lambda one, _: one.area, 15),
    Column(Text("地区", "Area"), lambda one, language: one.area_name.in_language(language), 24),
    Column(Text("分组", "Group"), lambda one, language: one.group.in_language(language) if one.group else ""),
    Column(Text("指标", "Indicator"), lambda one, language: one.name.in_language(language), 28),
    Column(Text("数字", "Figure"), lambda one, _: one.figure if one.value is None else one.value, 9),
    Column(Text("区间下限", "Interval from"), lambda one, _: one.low),
    Column(Text("区间上限", "Interval to"), lambda one, _: one.high),
    Column(Text("单位", "Unit"), lambda one, language: one.unit.in_language(language), 9),
    Column(Text("有效问卷", "Answered"), lambda one, _: one.respondents, 10),
    Column(Text("目标", "Target"), lambda one, _: one.target, 9),
    Column(Text("判定", "Verdict"), lambda one, language: one.verdict.in_language(language), 16),
    Column(Text("标记", "Mark"), lambda one, language: MARKS[one.mark].in_language(language), 22),
    Column(Text("说明", "Remark"), lambda one, language: one.remark.in_language(language), 60),
)


def figures_file(
    running: Services, survey_id: UUID, release_id: UUID, places: Sequence[Place], kind: FigureFormat
) -> bytes:
    """The figures of these places; called by name beside the server. NotFound for no such release."""
    with running.database.reading.begin() as session:
        found = queries.release(session, survey_id, release_id)
        if found is None:
            raise NotFound
        release, survey, wave = found
        figures = release_figures(session, (release, survey, wave), places, running.settings)
    return written(figures, kind)


def written(figures: ReleaseFigures, kind: FigureFormat) -> bytes:
    match kind:
        case FigureFormat.XLSX:
            return workbook(figures)
        case FigureFormat.CSV:
            return table(figures)
        case FigureFormat.JSON:
            return document(figures)


def table(figures: ReleaseFigures) -> bytes:
    """A line for every figure, UTF-8 with the mark that lets Excel read Chinese."""
    text = io.StringIO()
    lines = [_plain(one) for one in figures.figures]
    writer = csv.DictWriter(text, fieldnames=list(lines[0]) if lines else ["level"], lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({name: harmless(cell) for name, cell in line.items()} for line in lines)
    return text.getvalue().encode("utf-8-sig")


def document(figures: ReleaseFigures) -> bytes:
    about = [{"zh": head.zh, "en": head.en, "said_zh": said.zh, "said_en": said.en} for head, said in figures.about]
    made = {"release": figures.number, "about": about, "figures": [_plain(one) for one in figures.figures]}
    return (json.dumps(made, ensure_ascii=False, indent=1) + "\n").encode()


def _plain(one: Figure) -> dict[str, Cell]:
    return {
        "level": one.level,
        "area": one.area,
        "area_zh": one.area_name.zh,
        "area_en": one.area_name.en,
        "group": one.group_key,
        "indicator": one.indicator,
        "indicator_zh": one.name.zh,
        "indicator_en": one.name.en,
        "figure": one.figure,
        "value": one.value,
        "low": one.low,
        "high": one.high,
        "unit_zh": one.unit.zh,
        "unit_en": one.unit.en,
        "respondents": one.respondents,
        "target": one.target,
        "verdict_zh": one.verdict.zh,
        "verdict_en": one.verdict.en,
        "mark": one.mark,
        "remark_zh": one.remark.zh,
        "remark_en": one.remark.en,
    }


def workbook(figures: ReleaseFigures) -> bytes:
    """Numbers are numbers with the digits that are printed; text is never read as a formula."""
    import xlsxwriter

    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": figures.number, "created": figures.signed_at.replace(tzinfo=None)})
    bold = book.add_format({"bold": True})
    digits = {one.decimals for one in figures.figures}
    printed = {one: book.add_format({"num_format": f"0.{'0' * one}" if one > 0 else "0"}) for one in digits}
    for language, (name, about) in _SHEETS.items():
        sheet = book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        for place, column in enumerate(_COLUMNS):
            sheet.set_column(place, place, column.width)
            sheet.write_string(0, place, column.head.in_language(language), bold)
        for line, one in enumerate(figures.figures, start=1):
            for place, column in enumerate(_COLUMNS):
                cell = column.cell(one, language)
                if isinstance(cell, str):
                    sheet.write_string(line, place, cell)
                elif cell is not None:
                    sheet.write_number(line, place, cell, printed[one.decimals] if isinstance(cell, float) else None)
        sheet.autofilter(0, 0, len(figures.figures), len(_COLUMNS) - 1)
        beside = book.add_worksheet(about)
        beside.set_column(0, 0, 28)
        beside.set_column(1, 1, 100)
        for line, (head, said) in enumerate(figures.about):
            beside.write_string(line, 0, head.in_language(language), bold)
            beside.write_string(line, 1, said.in_language(language))
    book.close()
    return file.getvalue()
