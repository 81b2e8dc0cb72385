"""``survey-service estimate``: weighted estimates with confidence intervals from a file of responses."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from analysis.results import Estimate, Estimates, IntervalMethod, LonelyPsu, Statistic
from survey_service.commands.margins import (
    BoundsOption,
    CalibrationName,
    CalibrationOption,
    MarginsOption,
    calibrate_to_file,
    check_calibration,
    in_the_file,
    parse_bounds,
)

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import RenderableType

    from analysis.estimation.requests import Request
    from survey_service.tabular import Sheet


_WIDTH = 110  # of a printed table, in characters


class Format(StrEnum):
    TABLE = "table"
    JSON = "json"
    CSV = "csv"


def estimate(
    data: Annotated[Path, typer.Argument(help="CSV or .xlsx; row 1 names the columns.", metavar="DATA.csv")],
    weight: Annotated[str | None, typer.Option(metavar="COL", help="Weight of a respondent.")] = None,
    frequency: Annotated[
        str | None, typer.Option(metavar="COL", help="Number of equal respondents that a row stands for.")
    ] = None,
    strata: Annotated[str, typer.Option(metavar="COL[,COL]", help="Strata, one column per stage.")] = "",
    clusters: Annotated[str, typer.Option(metavar="COL[,COL]", help="Sampled units, one column per stage.")] = "",
    population_size: Annotated[
        str, typer.Option(metavar="COL[,COL]", help="Units there are in the stratum, one column per stage.")
    ] = "",
    mean: Annotated[list[str] | None, typer.Option(metavar="COL", help="Mean of a column; may be repeated.")] = None,
    total: Annotated[list[str] | None, typer.Option(metavar="COL", help="Total of a column; may be repeated.")] = None,
    proportion: Annotated[
        list[str] | None,
        typer.Option(metavar="COL[=VALUE]", help="Share of each category, or of one; may be repeated."),
    ] = None,
    ratio: Annotated[
        list[str] | None, typer.Option(metavar="NUM/DEN", help="Total of one column over another; may be repeated.")
    ] = None,
    by: Annotated[str, typer.Option(metavar="COL[,COL]", help="One estimate for each combination of these.")] = "",
    interval: Annotated[
        IntervalMethod, typer.Option(metavar="NAME", help="Interval of a share: " + ", ".join(IntervalMethod) + ".")
    ] = IntervalMethod.KORN_GRAUBARD,
    level: Annotated[float, typer.Option(help="Confidence level.", min=0.0001, max=0.9999)] = 0.95,
    lonely_psu: Annotated[
        LonelyPsu, typer.Option(metavar="POLICY", help="A stratum with one PSU: " + ", ".join(LonelyPsu) + ".")
    ] = LonelyPsu.FAIL,
    margins: MarginsOption = None,
    calibration: CalibrationOption = CalibrationName.RAKING,
    bounds: BoundsOption = "",
    format: Annotated[Format, typer.Option(help="Form of the result.")] = Format.TABLE,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the result there.")] = None,
) -> None:
    """Weighted estimates with standard errors and confidence intervals, from one row per respondent.

    Exit status 0 with the estimates, 1 where the data or the design do not allow them, 2 for a wrong call.

    Example: survey-service estimate responses.csv --weight weight --strata stratum --clusters household --proportion
    q1=yes --mean score --by street --format json --out estimates.json
    """
    check_calibration(margins, calibration, bounds)
    order = Order(
        data=data,
        weight=weight,
        frequency=frequency,
        strata=_names(strata),
        clusters=_names(clusters),
        population_sizes=_names(population_size),
        means=tuple(mean or ()),
        totals=tuple(total or ()),
        proportions=tuple(proportion or ()),
        ratios=tuple(ratio or ()),
        by=_names(by),
        interval=interval,
        level=level,
        lonely_psu=lonely_psu,
        margins=margins,
        calibration=calibration,
        bounds=parse_bounds(bounds),
    )
    if not (order.means or order.totals or order.proportions or order.ratios):
        raise typer.BadParameter("say what to estimate: --mean, --total, --proportion or --ratio")
    found = _carried_out(order)
    _write(found, format, out)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What was asked on the command line."""

    data: Path
    weight: str | None
    frequency: str | None
    strata: tuple[str, ...]
    clusters: tuple[str, ...]
    population_sizes: tuple[str, ...]
    means: tuple[str, ...]
    totals: tuple[str, ...]
    proportions: tuple[str, ...]
    ratios: tuple[str, ...]
    by: tuple[str, ...]
    interval: IntervalMethod
    level: float
    lonely_psu: LonelyPsu
    margins: Path | None = None
    calibration: CalibrationName = CalibrationName.RAKING
    bounds: tuple[float, float] | None = None

    @property
    def numbers(self) -> tuple[str, ...]:
        """Columns that are read as numbers."""
        design = [name for name in (self.weight, self.frequency) if name]
        parts = [part for ratio in self.ratios for part in _ratio(ratio)]
        return (*design, *self.population_sizes, *self.means, *self.totals, *parts)

    @property
    def labels(self) -> tuple[str, ...]:
        """Columns that are read as labels."""
        return (*self.strata, *self.clusters, *self.by)


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _ratio(text: str) -> tuple[str, str]:
    numerator, mark, denominator = text.partition("/")
    if not (mark and numerator.strip() and denominator.strip()):
        raise typer.BadParameter(f"--ratio takes NUM/DEN, two columns, not {text!r}")
    return numerator.strip(), denominator.strip()


def _carried_out(order: Order) -> Estimates:
    """Reads, estimates, and turns every fault into the row, the column and the remedy."""
    from survey_service.tabular import TableError

    try:
        with _progress("reading") as told:
            return _estimates(order, told)
    except OSError as error:
        typer.echo(f"{order.data}: {error.strerror or error}", err=True)
    except TableError as error:
        typer.echo(str(error), err=True)
    raise typer.Exit(1)


@contextmanager
def _progress(first: str) -> Iterator[Any]:
    """A bar on the terminal while there is work; ``told(what)`` moves it on. Silent where nobody watches."""
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(first, total=None)
        yield lambda what: progress.update(task, description=what)


def _estimates(order: Order, told: Any) -> Estimates:
    import pandas as pd

    from analysis.design import SurveyDesign
    from analysis.estimation import estimate as estimate_all
    from analysis.problems import DesignError
    from survey_service.tabular import read_sheet

    sheet = read_sheet(order.data)
    told("checking columns")
    numbers, mended = sheet.typed(numbers=order.numbers)
    chosen = {text: _category(sheet, text) for text in order.proportions}
    labels, odd = sheet.typed(labels=(*order.labels, *(column for column, _ in chosen.values())))
    renamed = {name: f"{name} (labels)" for name in labels.columns if name in numbers.columns}
    ordered = labels.apply(_in_order).rename(columns=renamed) if len(labels.columns) else labels
    frame = pd.concat([numbers, ordered], axis=1)
    try:
        told("working out the design")
        design = SurveyDesign.from_frame(
            frame,
            weight=order.weight,
            frequency=order.frequency,
            strata=[renamed.get(name, name) for name in order.strata],
            clusters=[renamed.get(name, name) for name in order.clusters],
            population_sizes=order.population_sizes,
        )
        known: tuple[str, ...] = ()
        if order.margins is not None:
            told("calibrating")
            design, known = calibrate_to_file(sheet, design, order.margins, order.calibration, order.bounds)
        told("estimating")
        found = estimate_all(
            frame,
            design,
            _requests(order, chosen, renamed),
            by=[renamed.get(name, name) for name in order.by],
            interval=order.interval,
            level=order.level,
            lonely_psu=order.lonely_psu,
        )
    except DesignError as error:
        raise in_the_file(error, sheet, renamed) from error
    notes = (*sheet.notices, *mended, *odd, *known)
    return _named_back(found, {alias: name for name, alias in renamed.items()}, notes)


def _category(sheet: Sheet, text: str) -> tuple[str, str | None]:
    """COL or COL=VALUE; a column whose own name has an equals sign is taken whole."""
    if text in sheet.columns or "=" not in text:
        return text, None
    column, _, value = text.rpartition("=") if text.rpartition("=")[0] in sheet.columns else text.partition("=")
    return column.strip(), value.strip()


def _in_order(column: pd.Series[str]) -> pd.Series[Any]:
    """Labels in the order a reader expects: numbers by size, then words."""
    import pandas as pd

    kinds = sorted(
        column.dropna().unique(), key=lambda label: (not label.isdigit(), len(label) * label.isdigit(), label)
    )
    return pd.Series(pd.Categorical(column, categories=kinds), index=column.index)


def _requests(order: Order, chosen: dict[str, tuple[str, str | None]], renamed: dict[str, str]) -> list[Request]:
    from analysis.estimation import Mean, Proportion, Ratio, Total

    wanted: list[Request] = [Mean(name) for name in order.means]
    wanted += [Total(name) for name in order.totals]
    wanted += [Proportion(renamed.get(column, column), category) for column, category in chosen.values()]
    wanted += [Ratio(numerator, denominator) for numerator, denominator in map(_ratio, order.ratios)]
    return list(dict.fromkeys(wanted))


def _named_back(found: Estimates, names: dict[str, str], notes: Sequence[str]) -> Estimates:
    from dataclasses import replace

    if not names and not notes:
        return found
    renamed = tuple(
        replace(
            one,
            variable=names.get(one.variable, one.variable),
            domain=tuple((names.get(column, column), label) for column, label in one.domain),
        )
        for one in found.estimates
    )
    spoken = []
    for note in found.notes:
        for alias, name in names.items():
            note = note.replace(alias, name)
        spoken.append(note)
    return replace(found, estimates=renamed, notes=(*notes, *spoken))


# ------------------------------------------------------------------ how it is written
def _write(found: Estimates, format: Format, out: Path | None) -> None:
    if format is Format.TABLE:
        _print_table(found, out)
        return
    text = _json(found) if format is Format.JSON else _csv(found)
    if out is None:
        typer.echo(text, nl=False)
        return
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        typer.echo(f"{out}: {error.strerror or error}", err=True)
        raise typer.Exit(1) from error


def _json(found: Estimates) -> str:
    from analysis.exchange import to_document

    return json.dumps(to_document(found), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def _csv(found: Estimates) -> str:
    from analysis.exchange import to_document

    columns = list(dict.fromkeys(column for one in found.estimates for column, _ in one.domain))
    written = io.StringIO()
    plain: list[str] = []
    for entry in to_document(found)["estimates"]:
        domain, notes = entry.pop("domain"), entry.pop("notes")
        plain = list(entry)
        cells = [domain.get(column, "") for column in columns]
        if not written.tell():
            csv.writer(written, lineterminator="\n").writerow(map(_harmless, [*columns, *plain, "notes"]))
        values = [*cells, *("" if value is None else value for value in entry.values()), "; ".join(notes)]
        csv.writer(written, lineterminator="\n").writerow(map(_harmless, values))
    return written.getvalue()


def _harmless(cell: object) -> object:
    """Text that a spreadsheet would run as a formula gets an apostrophe; numbers stay numbers."""
    if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")):
        return f"'{cell}"
    return cell


def _print_table(found: Estimates, out: Path | None) -> None:
    from rich.console import Console

    table = _table(found)
    if out is None:
        console = Console()
        # A pipe has no width of its own; a narrow terminal would fold the figures.
        Console(width=max(console.width, _WIDTH)).print(table)
        return
    with out.open("w", encoding="utf-8") as file:
        Console(file=file, width=_WIDTH).print(table)


def _table(found: Estimates) -> RenderableType:
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
        f"{design.sample_size:,} respondents, {design.psus:,} PSUs in {design.strata:,} "
        f"strat{'um' if design.strata == 1 else 'a'}, {design.degrees_of_freedom:,} degrees of freedom"
    )
    notes = [Text(f"[{number}] {note}") for note, number in marks.items()]
    return Group(design_line, *tables, *notes, *(Text(f"Note: {note}") for note in found.notes))


def _heading(one: Estimate) -> str:
    words = {Statistic.PROPORTION: "Share of", Statistic.MEAN: "Mean of", Statistic.TOTAL: "Total of"}
    return f"{words.get(one.statistic, 'Ratio')} {one.variable}"


def _one_table(heading: str, estimates: Sequence[Estimate], marks: dict[str, int]) -> RenderableType:
    from rich import box
    from rich.markup import escape
    from rich.table import Table
    from rich.text import Text

    columns = list(dict.fromkeys(column for one in estimates for column, _ in one.domain))
    category = any(one.category is not None for one in estimates)
    level = next((one.interval.level for one in estimates if one.interval is not None), None)
    table = Table(
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        padding=(0, 1),
        title=escape(heading),
        title_justify="left",
        title_style="bold",
    )
    for column in [*columns, *(["category"] if category else [])]:
        table.add_column(escape(column), no_wrap=True, max_width=24)
    for head in ("value", "se", f"{level:.4g} interval" if level else "interval", "df", "n", "deff", "eff. n", ""):
        table.add_column(head, justify="right", no_wrap=True)
    before: tuple[str, ...] | None = None
    for one in estimates:
        labels = tuple(dict(one.domain).get(column, "") for column in columns)
        shown = labels if labels != before else tuple("" for _ in labels)
        numbers = [marks.setdefault(note, len(marks) + 1) for note in one.notes]
        mark = f"[{','.join(str(number) for number in numbers)}]" if numbers else ""
        chosen = [one.category or ""] if category else []
        table.add_row(*map(Text, [*shown, *chosen, *_figures(one), mark]))
        before = labels
    return table


def _figures(one: Estimate) -> tuple[str, ...]:
    share = one.scale == (0.0, 1.0)

    def number(value: float | None) -> str:
        if value is None:
            return "—"
        return f"{value * 100:.1f}%" if share else f"{value:,.6g}"

    interval = one.interval
    limits = "—" if interval is None else f"{number(interval.low)} – {number(interval.high)}"
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
