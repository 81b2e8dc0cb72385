"""A file's cells as they wait in the database until it is taken in: without contact data, with their marks."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from survey_service.tabular.cells import Grid, Mark, Odd

_KEPT = (
    "source",
    "head_row",
    "heads",
    "rows",
    "hidden_rows",
    "skipped_rows",
    "other_sheets",
    "epoch_1904",
    "encoding",
    "unseen",
    "broken",
    "head_rows",
    "sheet",
)
_LISTS = ("heads", "rows", "hidden_rows", "skipped_rows", "broken")


def without(grid: Grid, places: Iterable[int]) -> Grid:
    """The grid with the cells of these columns emptied."""
    gone = frozenset(places)
    if not gone:
        return grid
    records = tuple(
        tuple("" if place in gone else cell for place, cell in enumerate(record)) for record in grid.records
    )
    return replace(grid, records=records)


def packed(grid: Grid) -> bytes:
    plain: dict[str, Any] = {name: getattr(grid, name) for name in _KEPT}
    plain["records"] = [[_cell(cell) for cell in record] for record in grid.records]
    return zlib.compress(json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode(), 6)


def unpacked(stored: bytes) -> Grid:
    plain: dict[str, Any] = json.loads(zlib.decompress(stored))
    records = tuple(tuple(_odd(cell) for cell in record) for record in plain.pop("records"))
    kept: dict[str, Any] = {name: tuple(one) if name in _LISTS else one for name, one in plain.items()}
    return Grid(records=records, **kept)


def _cell(cell: str) -> str | list[str]:
    return [str(cell), cell.mark.value] if isinstance(cell, Odd) else cell


def _odd(stored: str | list[str]) -> str:
    return stored if isinstance(stored, str) else Odd.of(stored[0], Mark(stored[1]))
