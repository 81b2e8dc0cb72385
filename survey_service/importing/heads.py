"""Heads in more than one row are joined into one; a column that holds something must have a head."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from survey_service.tabular import TableError, TableProblem
from survey_service.tabular.cells import Grid, column_letters
from survey_service.tabular.problems import problem
from survey_service.tabular.words import Reader

_ANSWERS = frozenset({"", "response", "open-ended response", "回答", "答案", "回复", "开放式回答", "填写内容"})
_MARKS = '{"ImportId"'  # the third row of heads in an export of Qualtrics


def settled(grid: Grid) -> Grid:
    """The grid with one row of heads. Raises TableError for columns that hold something under no head.

    Two rows are joined where the first one parts into runs (a question, then blanks), and the second holds under each
    run a different word for every column, and elsewhere nothing or “Response”.
    """
    if len(grid.records) > 2 and sum(cell.startswith(_MARKS) for cell in grid.records[1]) > len(grid.heads) / 2:
        return _without_rows(grid, tuple(" ".join(cell.split()) for cell in grid.records[0]), 2)
    if grid.records and not any(cell.casefold() not in _ANSWERS for cell in grid.records[0]):
        return _without_rows(grid, grid.heads, 1)  # “Response” under every question
    bare = [
        place for place, head in enumerate(grid.heads) if not head and any(record[place] for record in grid.records)
    ]
    if not bare:
        return grid
    if len(grid.records) > 1 and not _repeated(grid, bare) and (joined := _joined(grid.heads, grid.records[0], bare)):
        return _without_rows(grid, joined, 1)
    raise TableError(grid.source, [_headless(grid, place) for place in bare])


def _joined(heads: Sequence[str], second: Sequence[str], bare: Sequence[int]) -> tuple[str, ...]:
    """“题目—选项” for each column of a run, the head alone elsewhere; nothing where the second row holds no heads."""
    runs: list[list[int]] = []
    for place, head in enumerate(heads):
        if head or not runs or place not in bare:
            runs.append([place])
        else:
            runs[-1].append(place)
    if all(len(run) > 1 for run in runs):  # nothing tells a second row of heads from the first answers
        return ()
    made = list(heads)
    for run in runs:
        words = [second[place].strip() for place in run]
        if len(run) == 1:
            if words[0].casefold() not in _ANSWERS and heads[run[0]]:
                return ()
            continue
        if not heads[run[0]] or not all(words) or len(set(words)) < len(words):
            return ()
        for place, word in zip(run, words, strict=True):
            made[place] = heads[run[0]] if word.casefold() in _ANSWERS else f"{heads[run[0]]}—{word}"
    return tuple(made)


def _repeated(grid: Grid, bare: Sequence[int]) -> bool:
    """Whether words of the second row stand under other heads below: then they are answers, and no heads."""
    for place in bare:
        others = {grid.records[0][other].strip() for other in bare if other != place} - {""}
        if any(record[place].strip() in others for record in grid.records[1:]):
            return True
    return False


def _without_rows(grid: Grid, heads: tuple[str, ...], count: int) -> Grid:
    return replace(
        grid,
        heads=heads,
        rows=grid.rows[count:],
        records=grid.records[count:],
        hidden_rows=tuple(row for row in grid.hidden_rows if row not in grid.rows[:count]),
        head_rows=1 + count,
    )


def _headless(grid: Grid, place: int) -> TableProblem:
    filled = sum(bool(record[place]) for record in grid.records)
    letters = column_letters(place + 1)
    return problem(Reader.HEADLESS_CELLS, row=grid.head_row, column=letters, letters=letters, count=filled)
