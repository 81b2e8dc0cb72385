"""Rows of a list read in this process, for tests of what is said of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import pytest

from survey_service.tabular import TableProblem, read_sheet_bytes
from survey_service.uploads.records import Column, Record, read_records

Problems = Iterable[TableProblem]
Meets = Callable[[], Problems]


def read_here(content: bytes, columns: Sequence[Column]) -> Sequence[Record]:
    """Read in this process: the child has tests of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "survey_service.uploads.records.read_sheet", lambda source, data, _: read_sheet_bytes(source, data)
        )
        return read_records("a.csv", content, columns).rows
