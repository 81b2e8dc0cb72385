"""Identity and mobile numbers in a file: never stored, not even while it waits to be mapped."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from questionnaires.personal_numbers import NAMES, personal_numbers
from questionnaires.text import Text
from survey_service.importing.plan import ImportPlan, Target
from survey_service.importing.words import Kind
from survey_service.tabular.cells import Grid, column_letters
from survey_service.tabular.problems import TableProblem, problem

_SHORTEST = 11  # digits of a mobile number


def holds(cell: str) -> Text | None:
    """What number of a person stands in a cell; None where there is none."""
    if len(cell) < _SHORTEST:
        return None
    return next((NAMES[one.kind] for one in personal_numbers(str(cell))), None)


def shielded(grid: Grid, plan: ImportPlan, cases: Collection[str]) -> tuple[ImportPlan, list[TableProblem]]:
    """The plan with columns that are not taken in anyway given up to contact data where a cell holds such a number;
    and every other cell that does: while one is left, the file must not be kept. A case may be numbered so."""
    problems: list[TableProblem] = []
    columns = list(plan.columns)
    for place, column in enumerate(columns):
        if column.target is Target.PERSONAL:
            continue
        for number, record in zip(grid.rows, grid.records, strict=True):
            what = holds(record[place])
            if what is None or (column.target is Target.CASE and record[place].strip() in cases):
                continue
            if column.target is Target.IGNORE:
                columns[place] = replace(column, target=Target.PERSONAL, sure=True)
                break
            problems.append(held(number, column.head or column_letters(place + 1), what))
    return replace(plan, columns=tuple(columns)), problems


def held(row: int, column: str, what: Text) -> TableProblem:
    """One cell by its place. What it holds is not repeated."""
    return problem(Kind.PERSONAL, row=row, column=column, judged=what)
