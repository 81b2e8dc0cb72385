"""Tables that were handed in, read by a child process; what stopped it is a problem like any other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from survey_service.outside.door import TABLES, Stopped, parsed
from survey_service.tabular.cells import Grid, Mark, Odd
from survey_service.tabular.plain import notice_of, problem_of
from survey_service.tabular.problems import TableError, problem
from survey_service.tabular.table import Table
from survey_service.tabular.words import Reader

if TYPE_CHECKING:
    from survey_service.tabular.sheet import Sheet

_STOPPED: Final[Mapping[str, Reader]] = {
    "time": Reader.TOOK_TOO_LONG,
    "memory": Reader.TOOK_TOO_MUCH_MEMORY,
    "output": Reader.MORE_THAN_READ,
    "busy": Reader.OTHERS_READ,
    "died": Reader.CANNOT_BE_READ,
}


def read_grid(source: str, data: bytes, wanted: Sequence[str] = ()) -> Grid:
    """``tabular.cells.read_cells``, done by a child process."""
    answer = _answer(source, data, {"as": "grid", "wanted": list(wanted)})
    head = next(answer)
    rows, records = _rows(answer)
    plain: dict[str, Any] = {name: tuple(one) if isinstance(one, list) else one for name, one in head.items()}
    return Grid(source=source, rows=rows, records=records, **plain)


def read_sheet(source: str, data: bytes, wanted: Sequence[str] = ()) -> Sheet:
    """``tabular.read_sheet_bytes``, done by a child process."""
    from survey_service.tabular.sheet import sheet_of  # pandas: the server starts without

    answer = _answer(source, data, {"as": "table", "wanted": list(wanted)})
    head = next(answer)
    rows, records = _rows(answer)
    return sheet_of(source, Table(tuple(head["heads"]), rows, records, tuple(map(notice_of, head["notices"]))))


def _answer(source: str, data: bytes, given: Mapping[str, object]) -> Iterator[Any]:
    """Heads, then lists of rows. Raises TableError, also for what was stopped on the way."""
    try:
        with parsed("tables", data, TABLES, {"source": source[-200:], **given}) as reply:
            for line in reply.lines():
                if isinstance(line, dict) and "problems" in line:
                    raise TableError(source, map(problem_of, line["problems"]), more=line["more"])
                yield line
    except Stopped as stopped:
        raise TableError(source, [problem(_STOPPED.get(stopped.reason, Reader.CANNOT_BE_READ))]) from None


def _rows(answer: Iterator[list[list[Any]]]) -> tuple[tuple[int, ...], tuple[tuple[str, ...], ...]]:
    numbers, records = [], []
    for line in answer:
        for row, *cells in line:
            numbers.append(row)
            records.append(tuple(cell if isinstance(cell, str) else Odd.of(cell[0], Mark(cell[1])) for cell in cells))
    return tuple(numbers), tuple(records)
