"""The one reader of CSV and Excel: encodings, damage, row and column of every problem.

The reader of whole columns stands on pandas; it is imported where it is used, so that the server starts without.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from survey_service.tabular.problems import TableError, TableProblem, in_english

if TYPE_CHECKING:
    from survey_service.tabular.sheet import Sheet, read_sheet, read_sheet_bytes

__all__ = ["Sheet", "TableError", "TableProblem", "in_english", "read_sheet", "read_sheet_bytes"]


def __getattr__(name: str) -> Any:
    if name in ("Sheet", "read_sheet", "read_sheet_bytes"):
        return getattr(import_module("survey_service.tabular.sheet"), name)
    raise AttributeError(f"module 'survey_service.tabular' has no attribute {name!r}")
