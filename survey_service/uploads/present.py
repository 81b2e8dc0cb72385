"""The table of a list, in the form that is brought in: to be changed in a spreadsheet and given back."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from starlette.responses import Response

from survey_service.tabular.harmless import harmless
from survey_service.uploads.records import Column
from survey_service.web.downloads import WORKBOOK, content_disposition

WIDTH: Final = 16  # of a column, in characters


def present_table(name: str, columns: Sequence[Column], rows: Iterable[Sequence[object]]) -> Response:
    """A CSV file of that name with our own heads in Chinese; cells that a spreadsheet would run are marked as text."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow([one.title.zh for one in columns])
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    headers = {"Content-Disposition": content_disposition("attachment", name), "Cache-Control": "no-store"}
    text = "\ufeff" + written.getvalue()  # the mark that makes Excel read it as UTF-8
    return Response(text.encode(), media_type="text/csv; charset=utf-8", headers=headers)


def empty_workbook(name: str, columns: Sequence[Column], choices: Mapping[str, Sequence[str]], rows: int) -> Response:
    """The heads alone as an .xlsx file of that name, with room for so many rows. Cells are text, so that no zero in
    front is lost; ``choices``: by the name of a column, what a cell of it offers."""
    import xlsxwriter

    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet()
    text, head = book.add_format({"num_format": "@"}), book.add_format({"bold": True, "num_format": "@"})
    for place, column in enumerate(columns):
        sheet.set_column(place, place, WIDTH, text)
        sheet.write_string(0, place, column.title.zh, head)
        if column.name in choices:
            sheet.data_validation(1, place, rows, place, {"validate": "list", "source": [*choices[column.name]]})
    sheet.freeze_panes(1, 0)
    book.close()
    headers = {"Content-Disposition": content_disposition("attachment", name), "Cache-Control": "no-store"}
    return Response(file.getvalue(), media_type=WORKBOOK, headers=headers)
