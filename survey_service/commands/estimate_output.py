"""How ``survey-service estimate`` writes what it found: a table for the eye, JSON and CSV for machines."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from analysis.results import Estimate, Estimates, IntervalMethod, Statistic
from questionnaires.figures import significant
from survey_service.commands.output import WIDTH, Format
from survey_service.tabular.harmless import harmless

if TYPE_CHECKING:
    from rich.console import RenderableType

    from analysis.association import TestResult


def write(found: Estimates, tests: Sequence[TestResult], format: Format, out: Path | None) -> None:
    """To ``out``, or to the terminal. Exits with status 1 where the file cannot be written."""
    if format is Format.TABLE:
        _print_table(found, tests, out)
        return
    text = _json(found, tests) if format is Format.JSON else _csv(found)
    if out is None:
        typer.echo(text, nl=False)
        return
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        typer.echo(f"{out}: {error.strerror or error}", err=True)
        raise typer.Exit(1) from error


def _json(found: Estimates, tests: Sequence[TestResult]) -> str:
    from analysis.estimates_document import test_document, to_document

    document = to_document(found)
    if tests:
        document["tests"] = [test_document(test) for test in tests]
    return json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def _csv(found: Estimates) -> str:
    from analysis.estimates_document import to_document

    columns = list(dict.fromkeys(column for one in found.estimates for column, _ in one.domain))
    written = io.StringIO()
    plain: list[str] = []
    for entry in to_document(found)["estimates"]:
        domain, notes = entry.pop("domain"), entry.pop("notes")
        for name in ("scale", "all_alike", "complete_enumeration"):  # for machines that protect; the JSON has them
            entry.pop(name)
        plain = list(entry)
        cells = [domain.get(column, "") for column in columns]
        if not written.tell():
            csv.writer(written, lineterminator="\n").writerow(map(harmless, [*columns, *plain, "notes"]))
        values = [*cells, *("" if value is None else value for value in entry.values()), "; ".join(notes)]
        csv.writer(written, lineterminator="\n").writerow(map(harmless, values))
    return written.getvalue()


def _print_table(found: Estimates, tests: Sequence[TestResult], out: Path | None) -> None:
    from rich.console import Console

    table = _table(found, tests)
    if out is None:
        console = Console()
        # A pipe has no width of its own; a narrow terminal would fold the figures.
        Console(width=max(console.width, WIDTH)).print(table)
        return
    try:
        with out.open("w", encoding="utf-8") as file:
            Console(file=file, width=WIDTH).print(table)
    except OSError as error:
        typer.echo(f"{out}: {error.strerror or error}", err=True)
        raise typer.Exit(1) from error


def _table(found: Estimates, tests: Sequence[TestResult]) -> RenderableType:
    """One table per variable, under a line about the design; notes by number below."""
    from rich.console import Group
    from rich.text import Text

    groups: dict[str, list[Estimate]] = {}
    for one in found.estimates:
        groups.setdefault(_heading(one), []).append(one)
    marks: dict[str, int] = {}
    tables = [_one_table(heading, estimates, marks) for heading, estimates in groups.items()]
    design = found.design
    design_line = Text(
        f"{_count(design.sample_size, 'respondent', 'respondents')}, {_count(design.psus, 'PSU', 'PSUs')} in "
        f"{_count(design.strata, 'stratum', 'strata')}, "
        f"{_count(design.degrees_of_freedom, 'degree', 'degrees')} of freedom"
    )
    notes = [Text(f"[{number}] {note}") for note, number in marks.items()]
    spoken = [Text(_test_line(test)) for test in tests]
    return Group(design_line, *tables, *spoken, *notes, *(Text(f"Note: {note}") for note in found.notes))


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def _test_line(test: TestResult) -> str:
    top, below = test.numerator_degrees_of_freedom, test.denominator_degrees_of_freedom
    law = f"F({top:.4g}, {below:.4g})" if below is not None else f"chi-square({top:.4g})"
    return (
        f"{test.variables}: {test.name}: {law} = {test.statistic:.4g}, p = {test.p_value:.3g}, n = {test.sample_size:,}"
    )


def _heading(one: Estimate) -> str:
    words = {
        Statistic.PROPORTION: "Share of",
        Statistic.MEAN: "Mean of",
        Statistic.TOTAL: "Total of",
        Statistic.RATIO: "Ratio",
        Statistic.QUANTILE: "Quantiles of",
        Statistic.DIFFERENCE: "Difference in",
        Statistic.COMBINATION: "Index",
        Statistic.VARIANCE: "Variance of",
    }
    return f"{words[one.statistic]} {one.variable}"


def _one_table(heading: str, estimates: Sequence[Estimate], marks: dict[str, int]) -> RenderableType:
    from rich import box
    from rich.markup import escape
    from rich.table import Table
    from rich.text import Text

    columns = list(dict.fromkeys(column for one in estimates for column, _ in one.domain))
    category = any(one.category is not None for one in estimates)
    drawn = next((one.interval for one in estimates if one.interval is not None), None)
    limits = "interval"
    if drawn is not None:
        limits = f"{drawn.level * 100:.6g} % interval\n{_method(estimates[0].statistic, drawn.method)}"
    digits = _digits(estimates)
    table = Table(
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        padding=(0, 1),
        title=escape(heading),
        title_justify="left",
        title_style="bold",
    )
    for column in [*columns, *(["category"] if category else [])]:
        table.add_column(escape(column), overflow="fold", max_width=24)
    for head in ("value", "se", limits, "df", "n", "deff", "eff. n", ""):
        table.add_column(head, justify="right", no_wrap=True)
    before: tuple[str, ...] | None = None
    for one in estimates:
        labels = tuple(dict(one.domain).get(column, "") for column in columns)
        shown = labels if labels != before else tuple("" for _ in labels)
        numbers = [marks.setdefault(note, len(marks) + 1) for note in one.notes]
        mark = f"[{','.join(str(number) for number in numbers)}]" if numbers else ""
        chosen = [one.category or ""] if category else []
        table.add_row(*map(Text, [*shown, *chosen, *_figures(one, digits), mark]))
        before = labels
    return table


def _method(statistic: Statistic, method: IntervalMethod) -> str:
    if method is IntervalMethod.WALD and statistic is not Statistic.PROPORTION:
        return "t"
    return method.replace("_", "-").title()


def _digits(estimates: Sequence[Estimate]) -> int | None:
    """Digits after the point, the same for a whole table: the largest value has five that count. None: write 1e+20."""
    largest = max((abs(one.value) for one in estimates if one.value is not None), default=0.0)
    largest = largest or max((one.standard_error or 0.0 for one in estimates), default=0.0)
    if largest == 0:
        return 1
    if not 1e-6 <= largest < 1e15:
        return None
    return max(4 - math.floor(math.log10(largest)), 0)


def _figures(one: Estimate, digits: int | None) -> tuple[str, ...]:
    share = one.scale in ((0.0, 1.0), (-1.0, 1.0))

    def number(value: float | None) -> str:
        if value is None:
            return "—"
        if share:
            return f"{value * 100:.1f}%"
        return significant(value, 6) if digits is None else f"{value:,.{digits}f}"

    interval = one.interval
    limits = "—"
    if interval is not None:
        dash = " to " if interval.low < 0 else " – "  # a dash beside a minus sign misleads
        limits = f"{number(interval.low)}{dash}{number(interval.high)}"
    freedom = "—" if one.degrees_of_freedom is None else f"{one.degrees_of_freedom:,}"
    effect = "—" if one.design_effect is None else f"{one.design_effect:.2f}"
    effective = "—" if one.effective_sample_size is None else f"{one.effective_sample_size:,.0f}"
    return (
        number(one.value),
        number(one.standard_error),
        limits,
        freedom,
        f"{one.sample_size:,}",
        effect,
        effective,
    )
