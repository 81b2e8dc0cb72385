"""The work of ``survey-service drivers``: regression, then one line per aspect, what to mend first at the top."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from analysis.city_results import Priority
from analysis.drivers import Driver, Drivers, drivers
from analysis.problems import DesignError
from questionnaires.figures import in_digits, significant
from survey_service.commands.estimate_columns import EstimateArguments, read_columns
from survey_service.commands.estimate_names import Scale
from survey_service.commands.margins import in_the_file
from survey_service.commands.output import Format, carried_out, in_form
from survey_service.tabular import TableError, in_english, read_sheet

WORDS = {
    Priority.MEND_FIRST: "mend first 优先改进",
    Priority.KEEP: "keep 继续保持",
    Priority.WATCH: "watch 次要改进",
    Priority.ENOUGH: "enough 维持现状",
}


def run(given: EstimateArguments, scales: dict[str, Scale], format: Format, out: Path | None) -> int:
    """Works out and writes; the exit status. The first of ``given.means`` is the outcome."""

    def work() -> str:
        found, notes = _found(given, scales)
        rows = [_row(one) for one in found.drivers]
        document = {
            "outcome": found.outcome,
            "explained": found.explained,
            "sample_size": found.sample_size,
            "degrees_of_freedom": found.degrees_of_freedom,
            "level": given.level,
            "drivers": rows,
            "notes": list(notes),
        }
        return in_form(format, document, rows, lambda: _table(given, found, notes))

    return carried_out(work, out)


def _found(given: EstimateArguments, scales: dict[str, Scale]) -> tuple[Drivers, tuple[str, ...]]:
    sheet = read_sheet(given.data)
    prepared = read_columns(given, sheet)
    outcome, *aspects = (column for column, _ in given.means)
    _in_scale(sheet.source, sheet, prepared.frame, scales)
    try:
        found = drivers(
            prepared.frame,
            prepared.design(given),
            outcome,
            aspects,
            scales=scales or None,
            level=given.level,
            lonely_psu=given.lonely_psu,
        )
    except DesignError as error:
        raise TableError(sheet.source, in_the_file(error, sheet, prepared.renamed).problems, "estimated") from error
    except ValueError as error:
        problem = in_english(message=str(error), remedy="Leave it out, or take a question whose answers differ.")
        raise TableError(sheet.source, [problem], "estimated") from error
    return found, prepared.notes


def _in_scale(source: str, sheet: Any, frame: Any, scales: dict[str, Scale]) -> None:
    problems = []
    for name, (low, high) in scales.items():
        outside = [k for k, value in enumerate(frame[name]) if value < low or value > high]
        if outside:
            value = frame[name].iloc[outside[0]]
            said = f"{in_digits(value)} leaves its scale {in_digits(low)} to {in_digits(high)} ({len(outside):,} such)"
            remedy = "Code what is no answer as missing, or mend the scale."
            problems.append(in_english(row=sheet.row(outside[0]), column=name, message=said, remedy=remedy))
    if problems:
        raise TableError(source, problems, "estimated")


def _row(one: Driver) -> dict[str, Any]:
    return {
        "aspect": one.variable,
        "importance": one.importance,
        "standard_error": one.standard_error,
        "ci_low": one.low,
        "ci_high": one.high,
        "performance": one.performance,
        "priority": str(one.priority),
        "told_from_zero": one.told_from_zero,
    }


def _table(given: EstimateArguments, found: Drivers, notes: tuple[str, ...]) -> RenderableType:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1))
    table.add_column("aspect", overflow="fold")
    for head in ("importance", f"{given.level:.4g} interval", "performance"):
        table.add_column(head, justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    for one in found.drivers:
        word = WORDS[one.priority] + ("" if one.told_from_zero else " (not told from 0)")
        limits = f"{one.low:.2f} to {one.high:.2f}"
        shown = significant(one.performance, 4)
        table.add_row(*map(Text, (one.variable, f"{one.importance:.2f}", limits, shown, word)))
    lines = [
        f"Importance for {found.outcome}: standard deviations of it that go with one of the aspect. "
        f"The aspects explain {found.explained:.0%} of its variance.",
        f"{found.sample_size:,} respondents answered all of it; {found.degrees_of_freedom:,} degrees of freedom.",
        "An association, not a cause.",
    ]
    return Group(table, *map(Text, lines), *(Text(f"Note: {note}") for note in notes))
