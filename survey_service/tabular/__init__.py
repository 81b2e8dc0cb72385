"""The one reader of CSV and Excel: encodings, damage, row and column of every problem."""

from survey_service.tabular.problems import TableError, TableProblem
from survey_service.tabular.sheet import Sheet, read_sheet, read_sheet_bytes

__all__ = ["Sheet", "TableError", "TableProblem", "read_sheet", "read_sheet_bytes"]
