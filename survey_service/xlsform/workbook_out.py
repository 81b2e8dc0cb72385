"""The sheets of a form as an .xlsx file, every cell a text."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import datetime

import xlsxwriter

from survey_service.xlsform.book import OWN

_MADE = datetime(2000, 1, 1)  # noqa: DTZ001 # equal questionnaires give equal files


def workbook(sheets: Mapping[str, Sequence[Sequence[str]]]) -> bytes:
    held = io.BytesIO()
    with xlsxwriter.Workbook(held, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"created": _MADE})
        head = book.add_format({"bold": True, "bottom": 1})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            for number, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if cell:
                        sheet.write_string(number, column, cell, head if number == 0 else wrapped)
            sheet.set_column(0, 1, 20)
            sheet.set_column(2, len(rows[0]), 36)
            if name == OWN:
                sheet.hide()
    return held.getvalue()
