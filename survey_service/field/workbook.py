"""The list of cases as an Excel file, with what came of each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from typing import Final

import xlsxwriter

from survey_service.field.case_list import CaseRow
from survey_service.field.walk import GridNames
from survey_service.fieldwork.overdue import days_late, since
from survey_service.fieldwork.words import CLASSES, MODES, outcome_words
from survey_service.models import ListedUnit
from survey_service.sampling.unit_words import UNITS
from survey_service.surveys.mode_words import MODES as ASKED_IN
from survey_service.surveys.opened_doors import Doors
from survey_service.tabular.harmless import harmless

HEADS: Final = (
    ("编号", 16),
    ("社区", 18),
    ("网格", 20),
    ("先用的方式", 10),
    ("结果", 24),
    ("结果码", 8),
    ("结果的方式", 10),
    ("调查员", 12),
    ("上次上门", 17),
    ("约在", 17),
    ("晚了（天）", 10),
    ("上门次数", 9),
)
DOOR: Final = ("门牌", 36)


def workbook(rows: Sequence[CaseRow], doors: Doors, grids: GridNames, now: datetime, unit: ListedUnit) -> bytes:
    """Heads in Chinese, as the office's other lists; codes and numbers as text, so that no zero is lost. Doors in a
    last column, where they may be shown. ``now`` in the city's zone; 晚了 is empty where nothing is overdue."""
    file = BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(UNITS[unit].sampled.zh)
    bold = book.add_format({"bold": True})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    heads = (*HEADS, *((DOOR,) if doors.shown else ()))
    for column, (head, width) in enumerate(heads):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, head, bold)
    sheet.freeze_panes(1, 1)
    for place, row in enumerate(rows, start=1):
        for column, value in enumerate(_cells(row, grids, now, unit)):
            if isinstance(value, datetime):
                sheet.write_datetime(place, column, value, moment)
            elif isinstance(value, int):
                sheet.write_number(place, column, value)
            elif value is not None:
                sheet.write_string(place, column, str(harmless(value)))
        if doors.shown:
            sheet.write_string(place, len(HEADS), str(harmless(doors.texts.get(row.number, ""))))
    if rows:
        sheet.autofilter(0, 0, len(rows), len(heads) - 1)
    book.close()
    return file.getvalue()


def _cells(row: CaseRow, grids: GridNames, now: datetime, unit: ListedUnit) -> tuple[str | int | datetime | None, ...]:
    said = outcome_words(row.outcome_code, row.outcome_mode, unit) if row.outcome_code and row.outcome_mode else None
    return (
        row.number,
        row.community_zh,
        grids(row).zh,
        ASKED_IN[row.first_mode].zh,
        (said or CLASSES[row.disposition]).zh,
        row.outcome_code or "",
        MODES[row.outcome_mode].zh if row.outcome_mode else "",
        row.interviewer or "",
        _local(row.last_visit_at, now),
        _local(row.agreed_at, now),
        days_late(due, now) if (due := since(row.due_at, row.agreed_at, now)) is not None else None,
        row.visits,
    )


def _local(at: datetime | None, now: datetime) -> datetime | None:
    """As a file shows it, which knows no zones."""
    return at.astimezone(now.tzinfo).replace(tzinfo=None) if at is not None else None
