"""The table of a list, in the form that is brought in: to be changed in a spreadsheet and given back."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from starlette.responses import Response

from survey_service.tabular.harmless import harmless
from survey_service.uploads.records import Column
from survey_service.web.downloads import content_disposition


def present_table(name: str, columns: Sequence[Column], rows: Iterable[Sequence[object]]) -> Response:
    """A CSV file of that name with our own heads in Chinese; cells that a spreadsheet would run are marked as text."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow([one.title.zh for one in columns])
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    headers = {"Content-Disposition": content_disposition("attachment", name), "Cache-Control": "no-store"}
    text = "\ufeff" + written.getvalue()  # the mark that makes Excel read it as UTF-8
    return Response(text.encode(), media_type="text/csv; charset=utf-8", headers=headers)
