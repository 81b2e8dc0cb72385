"""A file of bytes to a table of text: CSV by its bytes, workbooks by their ending."""

from __future__ import annotations

from collections.abc import Sequence

from survey_service.tabular.delimited import read_delimited
from survey_service.tabular.limits import Limits
from survey_service.tabular.problems import TableError, problem
from survey_service.tabular.table import Table
from survey_service.tabular.words import Reader
from survey_service.tabular.workbook import read_workbook


def read_table(source: str, data: bytes, limits: Limits, wanted: Sequence[str] = ()) -> Table:
    """``source`` is the file's name, whose ending tells a workbook from text; ``wanted``: heads of the right sheet.

    Raises TableError.
    """
    if source.lower().endswith((".xlsx", ".xlsm")):
        return read_workbook(source, data, limits, wanted)
    if source.lower().endswith(".xls"):
        raise TableError(source, [problem(Reader.OLD_EXCEL)])
    return read_delimited(source, data, limits)
