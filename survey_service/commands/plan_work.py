"""The work of ``survey-service plan``: the question, per community or overall, and its answer in three forms."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import typer

from analysis.attainable import highest_target
from analysis.results import Goal
from analysis.sampling import (
    Allocation,
    AreaField,
    FieldAssumptions,
    PlannedSize,
    Prospect,
    Stratum,
    allocate,
    margin_curve,
    margin_table,
    planned_design_effect,
    prospect,
    prospects,
    size_for_change,
    size_for_margin,
    size_for_verdict,
)
from survey_service.tabular import Sheet, TableError, TableProblem, in_english, read_sheet
from survey_service.tabular.harmless import harmless

_SIZES = (20, 30, 40, 60, 80, 100, 150, 200, 300, 400, 600, 800, 1000, 1500, 2000)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanArguments:
    """What was asked on the command line."""

    areas: Path | None
    margin: float | None
    target: float | None
    at_least: bool
    change: tuple[float, float] | None
    size: int | None
    share: float
    level: float
    power: float
    correlation: float
    first_wave: int | None
    population: int | None
    design_effect: float | None
    per_grid: float
    rho: float
    weight_variation: float
    response_rate: float
    eligibility_rate: float
    allocation: str
    exponent: float
    minimum: int
    maximum: int | None
    format: str
    out: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Community:
    """One row of the file of communities."""

    code: str
    name: str
    area: AreaField
    households: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One community, or the whole (code ""), in the answer."""

    code: str
    name: str
    adults: int | None
    planned: PlannedSize
    prospect: Prospect | None
    warnings: tuple[str, ...] = ()

    def highest_target(self, level: float) -> float | None:
        """The highest target, a share in 0..1, that any result of so many could show reached; None without a size."""
        return highest_target(self.planned.completed, level=level) if self.planned.completed else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    lines: tuple[Line, ...]
    table: tuple[Prospect, ...]
    curve: tuple[tuple[int, float], ...]
    notices: tuple[str, ...] = ()


def run(given: PlanArguments) -> int:
    """Plans and writes; the exit status."""
    try:
        answer = _answer(given)
        _write(answer, given)
    except OSError as error:
        typer.echo(f"{error.filename or given.areas}: {error.strerror or error}", err=True)
        return 1
    except ValueError as error:  # TableError too
        typer.echo(str(error), err=True)
        return 1
    return 0


def _answer(given: PlanArguments) -> Answer:
    effect = given.design_effect
    if effect is None:
        effect = planned_design_effect(
            per_psu=given.per_grid, intraclass_correlation=given.rho, weight_variation=given.weight_variation
        )
    field = FieldAssumptions(
        population=given.population,
        design_effect=effect,
        response_rate=given.response_rate,
        eligibility_rate=given.eligibility_rate,
    )
    if given.areas is None:
        planned = _planned(given, field, given.share)
        shown = _shown(planned, given.share, field, given.level)
        lines = [Line(code="", name="", adults=field.population, planned=planned, prospect=shown)]
        notices: tuple[str, ...] = ()
    else:
        sheet = read_sheet(given.areas)
        communities = _communities(sheet, given, field)
        lines, notices = _lines(given, communities), sheet.notices
        field = replace(field, population=sum(one.area.field.population or 0 for one in communities))
    return Answer(
        lines=tuple(lines),
        table=margin_table(_SIZES, share=given.share, level=given.level, field=field),
        curve=margin_curve(share=given.share, level=given.level, field=field),
        notices=notices,
    )


def _planned(given: PlanArguments, field: FieldAssumptions, share: float) -> PlannedSize:
    if given.margin is not None:
        return size_for_margin(given.margin, share=share, level=given.level, field=field)
    if given.target is not None:
        goal = Goal(value=given.target, at_least=given.at_least)
        return size_for_verdict(share, goal, power=given.power, level=given.level, field=field)
    if given.change is not None:
        return size_for_change(
            *given.change,
            power=given.power,
            level=given.level,
            correlation=given.correlation,
            first_wave=given.first_wave,
            field=field,
        )
    assert given.size is not None
    if field.population is not None and given.size > field.population:
        raise ValueError(f"--size {given.size} is more than the {field.population} adults there are")
    return PlannedSize(completed=given.size, cases=field.cases(given.size))


def _shown(planned: PlannedSize, share: float, field: FieldAssumptions, level: float) -> Prospect | None:
    if planned.completed is None:
        return None
    return prospect(planned.completed, share=share, level=level, field=field)


def _lines(given: PlanArguments, communities: Sequence[Community]) -> list[Line]:
    if given.size is None:
        planned = [_planned(given, one.area.field, one.area.share) for one in communities]
    else:
        sizes = _shared_out(given, communities)
        planned = [
            PlannedSize(completed=size, cases=one.area.field.cases(size))
            for one, size in zip(communities, sizes, strict=True)
        ]
    lines = [
        Line(
            code=one.code,
            name=one.name,
            adults=one.area.field.population,
            planned=answer,
            prospect=_shown(answer, one.area.share, one.area.field, given.level) if answer.completed else None,
            warnings=_short_list(one, answer),
        )
        for one, answer in zip(communities, planned, strict=True)
    ]
    completed = [answer.completed or 0 for answer in planned]
    if len(communities) > 1 and all(completed):
        whole = prospects([one.area for one in communities], completed, level=given.level)[-1].prospect
        adults = sum(one.area.field.population or 0 for one in communities)
        size = PlannedSize(completed=whole.completed, cases=whole.cases)
        lines.append(Line(code="", name="", adults=adults, planned=size, prospect=whole))
    return lines


def _shared_out(given: PlanArguments, communities: Sequence[Community]) -> tuple[int, ...]:
    assert given.size is not None
    strata = []
    for one in communities:
        share = one.area.share
        assert one.area.field.population is not None
        strata.append(
            Stratum(
                name=one.code,
                population=one.area.field.population,
                standard_deviation=(share * (1 - share)) ** 0.5,
            )
        )
    return allocate(
        given.size,
        strata,
        Allocation(given.allocation),
        exponent=given.exponent,
        minimum=given.minimum,
        maximum=given.maximum,
    )


def _short_list(community: Community, planned: PlannedSize) -> tuple[str, ...]:
    if community.households is None or planned.cases is None or planned.cases <= community.households:
        return ()
    return (f"{planned.cases} cases from a list of {community.households} households",)


def _communities(sheet: Sheet, given: PlanArguments, field: FieldAssumptions) -> list[Community]:
    """The file's communities; every row that cannot be one is named."""
    known = set(sheet.columns)
    rates = [name for name in ("share", "response_rate", "eligibility_rate", "design_effect") if name in known]
    counts = ["adults", *(["households"] if "households" in known else [])]
    labels = ["code", *(["name"] if "name" in known else [])]
    frame, _ = sheet.typed(numbers=(*counts, *rates), labels=labels)
    problems: list[TableProblem] = []
    found: dict[str, Community] = {}
    for position, row in enumerate(frame.to_dict("records")):
        code = row["code"]
        if not isinstance(code, str):
            problems.append(_problem(sheet, position, "code", "the code is missing", "Every community has its code."))
            continue
        if code in found:
            remedy = "One row per community; remove or join the rows."
            problems.append(_problem(sheet, position, "code", f"{code} came before", remedy))
            continue
        numbers = {name: row[name] for name in (*counts, *rates) if row[name] == row[name]}  # NaN: as for all
        wrong = [name for name in counts if name in numbers and (numbers[name] < 1 or numbers[name] % 1)]
        if "adults" not in numbers or wrong:
            column = wrong[0] if wrong else "adults"
            problems.append(_problem(sheet, position, column, "not a count of at least 1", "Fill in a whole number."))
            continue
        try:
            area = AreaField(
                name=code,
                share=numbers.get("share", given.share),
                field=FieldAssumptions(
                    population=int(numbers["adults"]),
                    design_effect=numbers.get("design_effect", field.design_effect),
                    response_rate=numbers.get("response_rate", field.response_rate),
                    eligibility_rate=numbers.get("eligibility_rate", field.eligibility_rate),
                ),
            )
        except ValueError as error:
            problems.append(_problem(sheet, position, None, str(error), "Correct the cell, or leave it empty."))
            continue
        name = row.get("name")
        found[code] = Community(
            code=code,
            name=name if isinstance(name, str) else "",
            area=area,
            households=int(numbers["households"]) if "households" in numbers else None,
        )
    if problems or not found:
        raise TableError(sheet.source, problems or [in_english(message="no communities", remedy="One row each.")])
    return list(found.values())


def _problem(sheet: Sheet, position: int, column: str | None, message: str, remedy: str) -> TableProblem:
    return in_english(row=sheet.row(position), column=column, message=message, remedy=remedy)


# ------------------------------------------------------------------ how it is written
def _write(answer: Answer, given: PlanArguments) -> None:
    if given.format == "json":
        text = json.dumps(_document(answer, given), ensure_ascii=False, indent=2) + "\n"
    elif given.format == "csv":
        text = _csv(answer, given.level)
    else:
        text = _table(answer, given)
    if given.out is None:
        typer.echo(text, nl=False)
    else:
        given.out.write_text(text, encoding="utf-8")


def _document(answer: Answer, given: PlanArguments) -> dict[str, Any]:
    asked = {
        name: value
        for name, value in asdict(given).items()
        if name not in ("areas", "format", "out") and value is not None
    }
    return {
        "question": asked,
        "areas": [
            {
                "code": line.code,
                "name": line.name,
                "adults": line.adults,
                "completed": line.planned.completed,
                "cases": line.planned.cases,
                "reason": line.planned.reason,
                "margin": line.prospect.margin if line.prospect else None,
                "ci_low": line.prospect.low if line.prospect else None,
                "ci_high": line.prospect.high if line.prospect else None,
                "effective_sample_size": line.prospect.effective_sample_size if line.prospect else None,
                "tier": str(line.prospect.tier) if line.prospect else None,
                "highest_target": line.highest_target(given.level),
                "warnings": _warnings(line),
            }
            for line in answer.lines
        ],
        "table": [asdict(row) for row in answer.table],
        "curve": [{"completed": size, "margin": margin} for size, margin in answer.curve],
        "notes": list(answer.notices),
    }


def _warnings(line: Line) -> list[str]:
    foretold = line.prospect.warnings if line.prospect else ()
    return [*([line.planned.reason] if line.planned.reason else []), *foretold, *line.warnings]


def _csv(answer: Answer, level: float) -> str:
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    figures_told = ["margin", "ci_low", "ci_high", "tier", "highest_target"]
    writer.writerow(["code", "name", "adults", "completed", "cases", *figures_told, "warnings"])
    for line in answer.lines:
        if not line.code and len(answer.lines) > 1:
            continue  # the whole is not a community that draw could draw from
        shown = line.prospect
        figures = ["", "", ""] if shown is None else [f"{x:.6f}" for x in (shown.margin, shown.low, shown.high)]
        highest = line.highest_target(level)
        figures += ["" if shown is None else str(shown.tier), "" if highest is None else f"{highest:g}"]
        counts = [line.adults, line.planned.completed, line.planned.cases]
        cells = ["" if count is None else count for count in counts]
        writer.writerow([harmless(line.code), harmless(line.name), *cells, *figures, "; ".join(_warnings(line))])
    return written.getvalue()


def _table(answer: Answer, given: PlanArguments) -> str:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    written = io.StringIO()
    console = Console(file=written, width=124)
    # A margin is that of a share: which one is said, once where it is the same everywhere.
    shares = [None if line.prospect is None else f"{line.prospect.share:.0%}" for line in answer.lines]
    supposed = sorted({share for share in shares if share is not None})
    title = f"The plan, if the level is {supposed[0]}" if len(supposed) == 1 else "The plan"
    main = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left", title_style="bold")
    several = len(answer.lines) > 1
    for head in ("code", "name") if several else ():
        main.add_column(head, no_wrap=head == "code", overflow="fold")
    heads = ("adults", "completed", "cases", *(("level",) if len(supposed) > 1 else ()), "margin")
    for head in (*heads, f"{given.level:.4g} interval", "targets to"):
        main.add_column(head, justify="right", no_wrap=True)
    main.add_column("told", overflow="fold")
    for line, share in zip(answer.lines, shares, strict=True):
        names = [line.code or "all", line.name] if several else []
        counts = [line.adults, line.planned.completed, line.planned.cases]
        level = (share or "—",) if len(supposed) > 1 else ()
        highest = line.highest_target(given.level)
        told = "; ".join(_warnings(line)) or ("shown" if line.prospect else "—")
        reached = "—" if highest is None else f"{highest:.0%}"
        main.add_row(*names, *map(_count, counts), *level, *_foretold(line.prospect), reached, told)
    console.print(main)
    console.print("Targets to: the highest target that any result of so many could show reached.")
    table = Table(
        box=box.SIMPLE_HEAD,
        title=f"Size and margin, if the level is {given.share:.0%}",
        title_justify="left",
        title_style="bold",
    )
    for head in ("completed", "cases", "margin", f"{given.level:.4g} interval"):
        table.add_column(head, justify="right", no_wrap=True)
    table.add_column("told")
    for row in answer.table:
        table.add_row(_count(row.completed), _count(row.cases), *_foretold(row), "; ".join(row.warnings) or "shown")
    console.print(table)
    for notice in answer.notices:
        console.print(f"Note: {notice}")
    return "\n".join(line.rstrip() for line in written.getvalue().splitlines()) + "\n"


def _count(count: int | None) -> str:
    return "—" if count is None else f"{count:,}"


def _foretold(shown: Prospect | None) -> tuple[str, str]:
    if shown is None:
        return "—", "—"
    return f"±{shown.margin:.1%}", f"{shown.low:.1%} - {shown.high:.1%}"
