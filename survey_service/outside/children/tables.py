"""A table in the child: heads and notices first, then rows in lines of moderate length."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any, BinaryIO

from survey_service.outside.children.bounds import Output
from survey_service.tabular.cells import Grid, Odd, read_cells
from survey_service.tabular.limits import UPLOADED
from survey_service.tabular.plain import plain_notice, plain_problem
from survey_service.tabular.problems import TableError
from survey_service.tabular.reading import read_table

# A line is read in one go by a thread that answers people too: long ones would keep the others waiting.
_CELLS_A_LINE = 4_000
_ROWS = ("source", "rows", "records")
_ABOUT = tuple(one.name for one in fields(Grid) if one.name not in _ROWS)


def answer(given: Mapping[str, Any], stream: BinaryIO, out: Output) -> None:
    """``as``: ``grid`` for answers, ``table`` for columns by their heads."""
    source, data = given["source"], stream.read()
    try:
        if given["as"] == "grid":
            grid = read_cells(source, data, given.get("wanted", ()))
            out.line({name: getattr(grid, name) for name in _ABOUT})
            _rows(out, grid.rows, grid.records)
        else:
            table = read_table(source, data, UPLOADED, given.get("wanted", ()))
            out.line({"heads": table.heads, "notices": [plain_notice(one) for one in table.notices]})
            _rows(out, table.rows, table.records)
    except TableError as fault:
        out.line({"problems": [plain_problem(one) for one in fault.problems], "more": fault.more})


def _rows(out: Output, rows: Sequence[int], records: Sequence[Iterable[str]]) -> None:
    line: list[list[object]] = []
    held = 0
    for row, record in zip(rows, records, strict=True):
        cells = [[str(cell), cell.mark.value] if isinstance(cell, Odd) else cell for cell in record]
        line.append([row, *cells])
        held += len(cells) + sum(map(len, record)) // 50
        if held > _CELLS_A_LINE:
            out.line(line)
            line, held = [], 0
    if line:
        out.line(line)
