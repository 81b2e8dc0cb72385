"""Population margins from a file, for ``weight`` and ``estimate``: variable, category, total, and areas if any.

The columns ``within`` and ``area`` are for figures of one community or street: ``within`` names the data's column of
the areas, ``area`` its label. A category is empty where the variable is a number and the total its sum. Crossings are
written sex*age and male*18-39; the variable ``population`` stands for everyone.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    import pandas as pd

    from analysis.design import SurveyDesign
    from analysis.estimation.replicates import GivenReplicates
    from analysis.problems import DesignError
    from analysis.results import LonelyPsu
    from analysis.weighting import CalibrationRecord, Margin
    from analysis.weighting.recalibrated import Base
    from survey_service.tabular import Sheet, TableError, TableProblem

_POPULATION = "population"


class CalibrationName(StrEnum):
    RAKING = "raking"
    LINEAR = "linear"
    LOGIT = "logit"
    POSTSTRATIFY = "poststratify"


MarginsOption = Annotated[
    Path | None,
    typer.Option(metavar="FILE.csv", help="Population totals: columns variable, category, total (and within, area)."),
]
CalibrationOption = Annotated[
    CalibrationName,
    typer.Option(metavar="NAME", help="How weights meet the margins: " + ", ".join(CalibrationName) + "."),
]
BoundsOption = Annotated[
    str, typer.Option(metavar="LOW,HIGH", help="Least and largest ratio of a calibrated weight to the weight before.")
]


def parse_bounds(text: str) -> tuple[float, float] | None:
    """``0.5,2`` as two numbers; empty: none."""
    if not text:
        return None
    try:
        low, high = (float(part) for part in text.split(","))
    except ValueError as error:
        raise typer.BadParameter(f"--bounds takes LOW,HIGH, two numbers such as 0.5,2, not {text!r}") from error
    if not 0 <= low < 1 < high:
        raise typer.BadParameter(f"--bounds lie on both sides of 1, the lower not below 0, not {text!r}")
    return low, high


def check_calibration(margins: Path | None, method: CalibrationName, bounds: str) -> None:
    """Refuse calibration options that contradict each other."""
    given = parse_bounds(bounds)
    if margins is None and given is not None:
        raise typer.BadParameter("--bounds belongs to --margins, which is not given")
    if margins is None and method is not CalibrationName.RAKING:
        raise typer.BadParameter(f"--calibration {method} needs the population totals: --margins FILE.csv")
    if method is CalibrationName.LOGIT and given is None:
        raise typer.BadParameter("--calibration logit needs --bounds, such as --bounds 0.5,2")
    if method is CalibrationName.POSTSTRATIFY and given is not None:
        raise typer.BadParameter("--calibration poststratify has one factor per cell and takes no --bounds")


def read_margin_file(path: Path, data: Sheet) -> tuple[Margin, ...]:
    """The margins of a file, for the columns of ``data``. Raises TableError with every faulty row."""
    from survey_service.tabular import TableError, in_english, read_sheet

    sheet = read_sheet(path)
    missing = [name for name in ("variable", "category", "total") if name not in sheet.columns]
    if missing:
        remedy = "Row 1 names the columns variable, category, total; with areas also within, area."
        raise TableError(
            sheet.source,
            [in_english(row=1, column=name, message="the column is missing", remedy=remedy) for name in missing],
        )
    areas = [name for name in ("within", "area") if name in sheet.columns]
    numbers, _ = sheet.typed(numbers=["total"])
    labels, _ = sheet.typed(labels=["variable", "category", *areas])
    reader = _MarginRows(sheet, data)
    for position in range(len(labels)):
        cell = {name: _text(labels[name].iloc[position]) for name in labels.columns}
        reader.row(position, cell, float(numbers["total"].iloc[position]))
    return reader.margins()


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


class _MarginRows:
    def __init__(self, sheet: Sheet, data: Sheet) -> None:
        self.sheet, self.data = sheet, data
        self.problems: list[TableProblem] = []
        self.found: dict[tuple[tuple[str, ...], str, bool], list[tuple[tuple[str, ...], float]]] = {}

    def _problem(self, position: int, column: str, message: str, remedy: str) -> None:
        from survey_service.tabular import in_english

        row = self.sheet.row(position)
        self.problems.append(in_english(row=row, column=column, message=message, remedy=remedy))

    def row(self, position: int, cell: dict[str, str], total: float) -> None:
        variable, category = cell["variable"], cell["category"]
        within, area = cell.get("within", ""), cell.get("area", "")
        if not variable:
            self._problem(position, "variable", "the variable is missing", "Name a column of the data.")
            return
        if total != total:
            self._problem(position, "total", "the total is missing", "Give the number in the population.")
            return
        if bool(within) != bool(area):
            said = "Give both: the column of the areas, and the area."
            self._problem(position, "area", "within and area belong together", said)
            return
        everyone = variable == _POPULATION and variable not in self.data.columns
        crossed = variable not in self.data.columns and "*" in variable
        names = () if everyone else tuple(variable.split("*")) if crossed else (variable,)
        absent = [name for name in (*names, *([within] if within else [])) if name not in self.data.columns]
        if absent:
            column = "variable" if absent[0] in names else "within"
            said = f"The columns are: {', '.join(self.data.columns)}."
            self._problem(position, column, f"{self.data.source} has no column “{absent[0]}”", said)
            return
        quantity = not category and not everyone
        key = tuple(category.split("*")) if crossed else (category,) if category else ()
        if crossed and len(key) != len(names):
            said = f"Write one label for each of {variable}, with * between them."
            self._problem(position, "category", f"“{category}” is not a category of {variable}", said)
            return
        group = self.found.setdefault((names, within, quantity), [])
        full = (area, *key) if within else key
        if any(known == full for known, _ in group):
            shown = ", ".join(full) or variable
            self._problem(position, "category", f"{shown} is given twice", "Give each category one total.")
            return
        group.append((full, total))

    def margins(self) -> tuple[Margin, ...]:
        from analysis.weighting import Margin
        from survey_service.tabular import TableError, in_english

        if not self.found and not self.problems:
            said = "One row per category: variable, category, total."
            self.problems.append(in_english(message="there is no total", remedy=said))
        mixed = {names for names, within, quantity in self.found if quantity and (names, within, False) in self.found}
        self.problems += [
            in_english(
                column="category",
                message=f"{'*'.join(names)} has rows with and without a category",
                remedy="A number has one row without a category; a variable of categories one row for each.",
            )
            for names in mixed
        ]
        if self.problems:
            raise TableError(self.sheet.source, self.problems)
        return tuple(
            Margin(variables=names, totals=tuple(totals), within=within or None, quantity=quantity)
            for (names, within, quantity), totals in self.found.items()
        )


def margin_frame(data: Sheet, margins: tuple[Margin, ...]) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """The columns of the data that the margins name, and what was mended in them. Raises TableError."""
    import pandas as pd

    quantities = [margin.variables[0] for margin in margins if margin.quantity]
    named = [name for margin in margins if not margin.quantity for name in margin.variables]
    named += [margin.within for margin in margins if margin.within]
    labels, odd = data.typed(labels=named)
    numbers, mended = data.typed(numbers=quantities)
    return pd.concat([numbers, labels], axis=1), (*mended, *odd)


def calibrate_to_file(
    data: Sheet, design: SurveyDesign, path: Path, method: CalibrationName, bounds: tuple[float, float] | None
) -> tuple[SurveyDesign, tuple[str, ...]]:
    """The design calibrated to the margins of the file, and notes. Raises TableError and DesignError."""
    from analysis.weighting import CalibrationMethod, calibrate_design

    margins = read_margin_file(path, data)
    frame, notes = margin_frame(data, margins)
    one_margin(method, margins)
    calibrated, record = calibrate_design(frame, design, margins, method=CalibrationMethod(method), bounds=bounds)
    return calibrated, (*notes, said(record, margins))


def recalibrate_to_file(
    data: Sheet,
    design: SurveyDesign,
    base: Base,
    path: Path,
    method: CalibrationName,
    bounds: tuple[float, float] | None,
    lonely_psu: LonelyPsu,
) -> tuple[SurveyDesign, GivenReplicates]:
    """The design with calibrated weights, and replicates that repeat the calibration."""
    from analysis.weighting import CalibrationMethod, recalibrated

    margins = read_margin_file(path, data)
    frame, _ = margin_frame(data, margins)
    one_margin(method, margins)
    how = CalibrationMethod(method)
    return recalibrated(frame, design, margins, base, method=how, bounds=bounds, lonely_psu=lonely_psu)


def one_margin(method: CalibrationName, margins: tuple[Margin, ...]) -> None:
    """Post-stratification takes one margin."""
    if method is CalibrationName.POSTSTRATIFY and (len(margins) > 1 or margins[0].quantity):
        raise typer.BadParameter(
            "--calibration poststratify takes one margin of categories: cross them in the file (sex*age), or choose "
            "raking"
        )


def in_the_file(error: DesignError, sheet: Sheet, renamed: Mapping[str, str] | None = None) -> TableError:
    """The same fault, by the rows and the names of the file."""
    from survey_service.tabular import TableError, in_english

    names = {alias: name for name, alias in (renamed or {}).items()}
    problems: list[TableProblem] = []
    for problem in error.problems:
        rows = [sheet.row(position) for position in problem.rows]
        more = f" (also rows {', '.join(str(row) for row in rows[1:])})" if len(rows) > 1 else ""
        remedy = problem.remedy.replace("nest=True", "--nest")
        column = names.get(problem.column, problem.column)
        known = column in sheet.columns
        message = problem.message if known or column in ("data", "strata") else f"{column}: {problem.message}"
        problems.append(
            in_english(
                row=rows[0] if rows else None, column=column if known else None, message=message + more, remedy=remedy
            )
        )
    return TableError(sheet.source, problems)


def said(record: CalibrationRecord, margins: tuple[Margin, ...]) -> str:
    """The calibration in one sentence, for the notes of an estimate."""
    names = ", ".join(margin.name for margin in margins)
    return (
        f"weights calibrated ({record.method}) to {names}: factors {record.lowest_factor:.3g} to "
        f"{record.highest_factor:.3g}, worst gap {record.worst_gap:.1e}; standard errors count what the margins know"
    )
