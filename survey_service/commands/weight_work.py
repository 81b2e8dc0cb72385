"""The work of ``survey-service weight``: the steps in their order, the record, and how both are shown."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import typer
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from analysis.arrays import FloatArray
from analysis.engine.table_weights import TableCases, TableRecipe, WeightSteps, weigh_table
from analysis.problems import DesignError
from analysis.weighting import CalibrationMethod, CalibrationRecord, CaseStatus, PropensityUse, TrimmingRecord
from questionnaires.figures import in_digits, significant
from survey_service.commands.margins import (
    CalibrationName,
    in_the_file,
    margin_frame,
    one_margin,
    read_margin_file,
)
from survey_service.tabular import Sheet, TableError, in_english, read_sheet
from survey_service.tabular.harmless import harmless

_WIDTH = 120
_MARGINS_SHOWN = 40
_CODE = re.compile(r"^[1-4]\.\d")
_BY_DIGIT = {
    "1": CaseStatus.RESPONDENT,
    "2": CaseStatus.NONRESPONDENT,
    "3": CaseStatus.UNKNOWN,
    "4": CaseStatus.INELIGIBLE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightArguments:
    """What was asked on the command line."""

    data: Path
    design_weight: str | None
    probabilities: tuple[str, ...]
    status: str | None
    classes: tuple[str, ...]
    propensity: tuple[str, ...]
    propensity_use: str
    minimum: int
    margins: Path | None
    calibration: CalibrationName
    bounds: tuple[float, float] | None
    minimum_cell: int
    trim: float | None


def run(given: WeightArguments, out: Path | None, record: Path | None) -> None:
    """Reads, weighs, writes; every fault with its row, column and remedy on standard error, exit status 1."""
    try:
        sheet = read_sheet(given.data)
        steps, notices = _weighed(sheet, given)
        if out is not None:
            _frame(sheet, steps).to_csv(out, index=False, encoding="utf-8-sig")
        if record is not None:
            text = json.dumps(document(given, steps, notices), ensure_ascii=False, indent=2, allow_nan=False)
            record.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        typer.echo(f"{error.filename or given.data}: {error.strerror or error}", err=True)
        raise typer.Exit(1) from error
    except TableError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    _show(given, steps, notices)


def _weighed(sheet: Sheet, given: WeightArguments) -> tuple[WeightSteps, tuple[str, ...]]:
    """The steps, and what was mended in the file on the way."""
    notices: list[str] = list(sheet.notices)
    recipe = TableRecipe(
        minimum_respondents=given.minimum,
        propensity_use=PropensityUse(given.propensity_use),
        method=CalibrationMethod(given.calibration),
        bounds=given.bounds,
        minimum_cell=given.minimum_cell,
        trim=given.trim,
    )
    try:
        cases = replace(
            _base(sheet, given, notices), **_field(sheet, given, notices), **_margins(sheet, given, notices)
        )
        steps = weigh_table(recipe, cases)
    except DesignError as error:
        raise in_the_file(error, sheet) from error
    clash = [name for name in (*steps.columns, "final_weight") if name in sheet.columns]
    if clash:
        said = "Rename it, so that the result cannot be taken for it."
        raise TableError(
            sheet.source, [in_english(row=1, column=name, message="the name is ours", remedy=said) for name in clash]
        )
    return steps, tuple(notices)


def _base(sheet: Sheet, given: WeightArguments, notices: list[str]) -> TableCases:
    names = [given.design_weight] if given.design_weight else list(given.probabilities)
    numbers, mended = sheet.typed(numbers=names)
    notices += mended
    problems = [
        in_english(row=sheet.row(place), column=name, message=message, remedy="Every case has one above 0.")
        for name in names
        for place, message in _doubtful(numbers[name].to_numpy())
    ]
    if problems:
        raise TableError(sheet.source, problems)
    if given.design_weight:
        return TableCases(design_weight=numbers[given.design_weight].to_numpy())
    return TableCases(probabilities=np.array([numbers[name].to_numpy() for name in names]), stages=tuple(names))


def _doubtful(values: FloatArray) -> list[tuple[int, str]]:
    wrong = ~(values > 0)
    return [
        (int(place), "it is missing" if np.isnan(values[place]) else f"it is {in_digits(float(values[place]))}")
        for place in np.flatnonzero(wrong)
    ]


# ------------------------------------------------------------------ the field
def _field(sheet: Sheet, given: WeightArguments, notices: list[str]) -> dict[str, Any]:
    if given.status is None:
        return {}
    labels, odd = sheet.typed(labels=[given.status, *given.classes])
    notices += odd
    status = _status(sheet, labels[given.status], given.status)
    classes = _cells(sheet, labels, given.classes)
    model = _model_frame(sheet, given.propensity, notices) if given.propensity else None
    return {"status": tuple(status), "classes": tuple(classes), "model": model}


def _status(sheet: Sheet, told: pd.Series[Any], column: str) -> Any:
    status = np.empty(len(told), dtype=object)
    problems = []
    for place, label in enumerate(told):
        seen = str(label).strip().lower() if isinstance(label, str) else ""
        if _CODE.match(seen):
            status[place] = _BY_DIGIT[seen[0]]
        elif seen in set(CaseStatus):
            status[place] = CaseStatus(seen)
        else:
            said = f"A status is one of: {', '.join(CaseStatus)}, or an AAPOR code such as 2.11."
            message = f"“{label}” is no status of a case" if seen else "the status is missing"
            problems.append(in_english(row=sheet.row(place), column=column, message=message, remedy=said))
    if problems:
        raise TableError(sheet.source, problems)
    return status


def _cells(sheet: Sheet, labels: pd.DataFrame, classes: Sequence[str]) -> list[str]:
    if not classes:
        return ["all"] * len(labels)
    missing = [
        in_english(
            row=sheet.row(int(place)), column=name, message="the label is missing", remedy="Every case has a class."
        )
        for name in classes
        for place in np.flatnonzero(np.asarray(labels[name].isna()))
    ]
    if missing:
        raise TableError(sheet.source, missing)
    return [" · ".join(row) for row in zip(*(labels[name] for name in classes), strict=True)]


def _model_frame(sheet: Sheet, names: Sequence[str], notices: list[str]) -> pd.DataFrame:
    """Columns of nothing but numbers are numbers, the others categories."""
    labels, _ = sheet.typed(labels=names)
    plain = [name for name in names if pd.to_numeric(labels[name].dropna(), errors="coerce").notna().all()]
    numbers, mended = sheet.typed(numbers=plain)
    notices += mended
    return pd.concat([numbers, labels.drop(columns=plain)], axis=1)[list(names)]


# ------------------------------------------------------------------ the margins
def _margins(sheet: Sheet, given: WeightArguments, notices: list[str]) -> dict[str, Any]:
    if given.margins is None:
        return {}
    margins = read_margin_file(given.margins, sheet)
    one_margin(given.calibration, margins)
    frame, mended = margin_frame(sheet, margins)
    notices += mended
    return {"margins": margins, "margin_frame": frame}


# ------------------------------------------------------------------ how it is written and shown
def _frame(sheet: Sheet, steps: WeightSteps) -> pd.DataFrame:
    columns = {**steps.columns, "final_weight": steps.last}
    # The rows as they came hold what respondents wrote: a spreadsheet must not run it.
    text = sheet.text.map(harmless, na_action="ignore").rename(columns=harmless)
    return pd.concat([text, pd.DataFrame(columns, index=sheet.text.index)], axis=1)


def document(given: WeightArguments, steps: WeightSteps, notices: tuple[str, ...]) -> dict[str, Any]:
    """The record as plain values."""
    said = []
    for name, weights in steps.columns.items():
        record = steps.records[name]
        said.append(
            {
                "step": name,
                "cases": int((weights > 0).sum()),
                "diagnostics": asdict(steps.diagnostics[name]),
                "record": None if record is None else asdict(record),
            }
        )
    return {
        "format": "survey-service weights 1",
        "data": given.data.name,
        "margins": given.margins.name if given.margins else None,
        "steps": said,
        "notices": list(notices),
    }


def _show(given: WeightArguments, steps: WeightSteps, notices: tuple[str, ...]) -> None:
    console = Console(width=max(Console().width, _WIDTH))
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), title="Weights, step by step")
    table.title_justify, table.title_style = "left", "bold"
    table.add_column("step", no_wrap=True)
    heads = ("cases", "sum", "min", "median", "max", "max/median", "Kish effect", "eff. n", "top 1 %")
    for head in heads:
        table.add_column(head, justify="right", no_wrap=True)
    for name, told in steps.diagnostics.items():
        table.add_row(
            name,
            f"{told.count:,}",
            f"{told.total:,.1f}",
            significant(told.minimum, 4),
            significant(told.median, 4),
            significant(told.maximum, 4),
            f"{told.maximum_over_median:.2f}",
            f"{told.kish_design_effect:.3f}",
            f"{told.kish_effective_sample_size:,.0f}",
            f"{told.top_percent_share:.1%}",
        )
    console.print(table)
    for record in steps.records.values():
        for sentence in getattr(record, "collapsed", ()):
            console.print(f"Joined: {sentence}", markup=False)
        if isinstance(record, CalibrationRecord):
            _show_margins(console, record)
        if isinstance(record, TrimmingRecord):
            console.print(
                f"Trimmed: {record.trimmed} weights to at most {significant(record.cap, 4)}, "
                f"{record.moved:,.1f} shared out, "
                f"{record.rounds} round{'s' if record.rounds != 1 else ''}"
            )
    for notice in notices:
        console.print(f"Note: {notice}", markup=False)
    if given.margins is not None:
        console.print(
            "For standard errors that count the margins, give survey-service estimate the weight before calibration "
            "and the same --margins.",
            style="dim",
        )


def _show_margins(console: Console, record: CalibrationRecord) -> None:
    console.print(
        f"Margins ({record.method}): {record.iterations} iterations, worst gap {record.worst_gap:.1e} "
        f"({record.worst_cell}), factors {record.lowest_factor:.3g} to {record.highest_factor:.3g}",
        markup=False,
    )
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1))
    for head in ("margin", "cell"):
        table.add_column(head, no_wrap=True, max_width=40)
    for head in ("population", "before", "after", "factor"):
        table.add_column(head, justify="right", no_wrap=True)
    for line in record.margins[:_MARGINS_SHOWN]:
        factor = f"{line.after / line.before:.3f}" if line.before else "—"
        numbers = (line.population, line.before, line.after)
        table.add_row(escape(line.margin), escape(line.cell), *(f"{number:,.1f}" for number in numbers), factor)
    console.print(table)
    if len(record.margins) > _MARGINS_SHOWN:
        console.print(f"… and {len(record.margins) - _MARGINS_SHOWN} more cells; --record FILE.json has all of them")
