"""A file's table as plain text, before anybody asks what a column means."""

from __future__ import annotations

from dataclasses import dataclass

from survey_service.tabular.notices import TableNotice


@dataclass(frozen=True, slots=True)
class Table:
    """``records``: as many cells as heads, an absent one empty; ``rows``: the spreadsheet row of each."""

    heads: tuple[str, ...]
    rows: tuple[int, ...]
    records: tuple[tuple[str, ...], ...]
    notices: tuple[TableNotice, ...] = ()
