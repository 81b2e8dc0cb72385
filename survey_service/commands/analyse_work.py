"""The work of ``survey-service analyse``: plan and table to the engine, its tables to the gate, and out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from analysis import engine
from analysis.case_columns import PopulationRegister
from analysis.disclosure import protect
from analysis.engine.figures import related
from analysis.engine.run import Analysis
from analysis.estimates_document import to_document
from analysis.file_columns import ReadFile, columns_from_document, read_frame, register_of_frame
from analysis.plan import FORMAT, PlanError, from_document
from analysis.plan import to_document as plan_document
from analysis.problems import DesignError
from analysis.results import Domain, Estimates, Goal, PublishableTable
from survey_service.commands.margins import in_the_file
from survey_service.commands.output import Format, carried_out, figure, in_form
from survey_service.commands.plan_commands import PLAN_COMMANDS
from survey_service.commands.plan_writing import call_of_plan, data_files
from survey_service.tabular import TableError, in_english, read_sheet

if TYPE_CHECKING:
    from rich.table import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalyseArguments:
    plan: Path
    data: tuple[Path, ...]
    register: Path | None
    raw: bool
    format: Format
    out: Path | None


def run(given: AnalyseArguments) -> int:
    """Figures by the plan; the exit status."""
    try:
        document = _document(given.plan)
        command = next((name for name in PLAN_COMMANDS if name in document), None)
        if command is not None:
            return _as_command(command, document, given)
        [data] = _files(given, 1)
    except (OSError, TableError) as error:
        typer.echo(str(error), err=True)
        return 1
    return carried_out(lambda: _text(given, document, data), given.out)


def _files(given: AnalyseArguments, number: int) -> tuple[Path, ...]:
    if len(given.data) != number:
        raise _in_plan(given.plan, f"it is for {number} file{'s' * (number != 1)} of data, not {len(given.data)}")
    return given.data


def _as_command(command: str, document: Mapping[str, Any], given: AnalyseArguments) -> int:
    """The call that wrote the plan, on these files."""
    from survey_service.commands import app

    function = PLAN_COMMANDS[command]
    extra = [name for name in document if name not in ("format", command)]
    if extra:
        raise _in_plan(given.plan, f"{extra[0]}: a plan of {command} has no such part")
    if given.register is not None or given.raw:
        raise typer.BadParameter(f"--register and --raw are not for a plan of {command}")
    files = data_files(function)
    if files is not None:
        _files(given, files)
    options = document[command]
    try:
        if document.get("format") != FORMAT:
            raise PlanError(f"format: this software reads format {FORMAT}, not {document.get('format')!r}")
        if not isinstance(options, Mapping):
            raise PlanError(f"{command}: a mapping of its options is needed")
        words = call_of_plan(function, options, given.plan.parent)
    except PlanError as error:
        raise _in_plan(given.plan, str(error)) from error
    if given.format is not Format.TABLE:
        words.append(f"--format={given.format}")
    if given.out is not None:
        words.append(f"--out={given.out}")
    try:
        status = app([command, *words, "--", *map(str, given.data)], standalone_mode=False)
    except typer.BadParameter as error:
        raise _in_plan(given.plan, f"{command}: {error.format_message()}") from error
    return status or 0


def _text(given: AnalyseArguments, document: Mapping[str, Any], data: Path) -> str:
    try:
        plan = from_document({"format": FORMAT, **document.get("plan", {})})
        said = columns_from_document(document.get("data", {}))
    except PlanError as error:
        raise _in_plan(given.plan, str(error)) from error
    sheet = read_sheet(data)
    try:
        frame, _ = sheet.typed(numbers=said.numbers, labels=said.labels)
        read = read_frame(frame, said)
        beside = None if said.register is None else given.plan.parent / said.register
        population = given.register or beside
        register = None if population is None else _register(population)
        found = engine.run(plan, read.columns, read.asked, register)
    except DesignError as error:
        raise in_the_file(error, sheet) from error
    tables = {name: table.estimates() for name, table in found.tables.items()}
    table = _protected(tables, read, found)
    lines = _raw_lines(tables) if given.raw else _lines(table)
    whole = {
        "plan": plan_document(plan),
        "weights": {
            name: {"kish_design_effect": one.kish_design_effect, "maximum_over_median": one.maximum_over_median}
            for name, one in found.weighed.steps.items()
        },
        "margins": _margins(found),
        "figures": {name: to_document(one) for name, one in tables.items()} if given.raw else lines,
    }
    return in_form(given.format, whole, lines, lambda: _table(lines))


def _register(path: Path) -> PopulationRegister:
    sheet = read_sheet(path)
    frame, _ = sheet.typed(numbers=["persons"], labels=["community", "age", "sex"])
    try:
        return register_of_frame(frame)
    except DesignError as error:
        raise in_the_file(error, sheet) from error


def _document(path: Path) -> Mapping[str, Any]:
    try:
        found = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    except (YAMLError, UnicodeDecodeError) as error:
        raise _in_plan(path, " ".join(str(error).split())) from error
    if not isinstance(found, Mapping):
        raise _in_plan(path, "a plan's file has the parts plan and data")
    return found


def _in_plan(path: Path, message: str) -> TableError:
    remedy = "survey-service plan-of writes a plan to begin with."
    return TableError(path.name, [in_english(message=message, remedy=remedy)])


def _protected(tables: Mapping[str, Estimates], read: ReadFile, found: Analysis) -> PublishableTable:
    goals = {name: Goal(value=value, at_least=at_least) for name, (value, at_least) in read.targets.items()}
    return protect(
        *tables.values(),
        rule=found.plan.rule,
        goals=goals,
        hierarchy=found.hierarchy,
        related=related(found.indicators),
    )


def _margins(found: Analysis) -> list[dict[str, Any]]:
    calibrated = found.weighed.calibrated
    if calibrated is None:
        return []
    return [
        {
            "margin": one.margin,
            "cell": one.cell,
            "population": one.population,
            "unweighted": one.unweighted,
            "before": one.before,
            "after": one.after,
        }
        for one in calibrated.cells
    ]


def _raw_lines(tables: Mapping[str, Estimates]) -> list[dict[str, Any]]:
    return [
        {
            "domain": _name(one.domain),
            "indicator": one.variable,
            "n": one.sample_size,
            "value": one.value,
            "low": None if one.interval is None else one.interval.low,
            "high": None if one.interval is None else one.interval.high,
            "standard_error": one.standard_error,
            "share": one.scale == (0.0, 1.0),
        }
        for table in tables.values()
        for one in table.estimates
    ]


def _lines(table: PublishableTable) -> list[dict[str, Any]]:
    return [
        {
            "domain": _name(row.domain),
            "indicator": cell.variable,
            "n": row.sample_size,
            "value": cell.value,
            "coded": cell.coded.value if cell.coded else "",
            "low": cell.low,
            "high": cell.high,
            "tier": "" if cell.suppression else cell.tier.value,
            "verdict": cell.verdict.value if cell.verdict else "",
            "hidden": cell.suppression is not None,
            "share": cell.scale == (0.0, 1.0),
        }
        for row in table.rows
        for cell in row.cells
    ]


def _name(domain: Domain) -> str:
    return ", ".join(f"{column}={label}" for column, label in domain) or "all"


def _table(lines: list[dict[str, Any]]) -> Table:
    from rich.table import Table

    table = Table("domain", "indicator", "n", "value", "interval", "", box=None)
    signs = {"at_least": "≥ ", "at_most": "≤ "}
    for line in lines:
        share = bool(line["share"])
        interval = f"{figure(line['low'], share)} – {figure(line['high'], share)}" if line["low"] is not None else "—"
        said = [line.get("tier", ""), line.get("verdict", ""), "not published alone" if line.get("hidden") else ""]
        value = signs.get(line.get("coded", ""), "") + figure(line["value"], share)
        count = "" if line["n"] is None else str(line["n"])
        table.add_row(line["domain"], line["indicator"], count, value, interval, " ".join(filter(None, said)))
    return table
