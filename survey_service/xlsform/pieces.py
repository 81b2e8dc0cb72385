"""Parts of a definition that remember the row and the columns they came from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from survey_service.xlsform.book import Row


class Piece(dict[str, Any]):
    """Fields of a question, a rule, a calculated value. ``columns``: by field, the column it was read from."""

    def __init__(self, row: Row, columns: Mapping[str, str], fields: Mapping[str, Any]) -> None:
        super().__init__(fields)
        self.row = row
        self.columns = dict(columns)
