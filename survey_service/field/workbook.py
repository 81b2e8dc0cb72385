"""The list of cases as an Excel file, with what came of each."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Final
from zoneinfo import ZoneInfo

import xlsxwriter

from survey_service.field.queries import CaseRow
from survey_service.fieldwork.words import CLASSES, MODES, outcome_words
from survey_service.surveys.mode_words import MODES as ASKED_IN
from survey_service.surveys.opened_doors import Doors
from survey_service.tabular.harmless import harmless

HEADS: Final = ("编号", "社区", "层", "先用的方式", "结果", "结果码", "结果的方式", "上次上门", "上门次数")
WIDTHS: Final = (16, 18, 20, 10, 24, 8, 10, 17, 9)
DOOR, DOOR_WIDTH = "门牌", 36


def workbook(rows: Sequence[CaseRow], doors: Doors, zone: ZoneInfo) -> bytes:
    """Heads in Chinese, as the office's other lists; codes and numbers as text, so that no zero is lost. Doors in a
    last column, where they may be shown."""
    file = BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("样本户")
    bold = book.add_format({"bold": True})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    heads = (*HEADS, *((DOOR,) if doors.shown else ()))
    for column, (head, width) in enumerate(zip(heads, (*WIDTHS, DOOR_WIDTH), strict=False)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, head, bold)
    sheet.freeze_panes(1, 1)
    for place, row in enumerate(rows, start=1):
        said = outcome_words(row.outcome_code, row.outcome_mode) if row.outcome_code and row.outcome_mode else None
        texts = (
            row.number,
            row.community_zh,
            row.stratum,
            ASKED_IN[row.first_mode].zh,
            (said or CLASSES[row.disposition]).zh,
            row.outcome_code or "",
            MODES[row.outcome_mode].zh if row.outcome_mode else "",
        )
        for column, text in enumerate(texts):
            sheet.write_string(place, column, str(harmless(text)))
        if row.last_visit_at is not None:
            local = row.last_visit_at.astimezone(zone).replace(tzinfo=None)
            sheet.write_datetime(place, len(texts), local, moment)
        sheet.write_number(place, len(texts) + 1, row.visits)
        if doors.shown:
            sheet.write_string(place, len(HEADS), str(harmless(doors.texts.get(row.number, ""))))
    if rows:
        sheet.autofilter(0, 0, len(rows), len(heads) - 1)
    book.close()
    return file.getvalue()
