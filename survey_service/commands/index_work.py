"""The work of ``survey-service index``: the file of parts, then the parts and their sum as any other estimates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd
import typer

from analysis.design import SurveyDesign
from analysis.estimation import Index, Mean, Proportion, estimate
from analysis.estimation.contrasts import contrasts
from analysis.index import Part, composite, over_waves
from analysis.problems import DesignError
from analysis.results import Domain, Estimates, Statistic
from questionnaires.figures import in_digits
from survey_service.commands.estimate_columns import EstimateArguments, in_order, named_back, read_columns, unused_name
from survey_service.commands.estimate_output import write
from survey_service.commands.margins import in_the_file
from survey_service.commands.output import Format
from survey_service.tabular import Sheet, TableError, TableProblem, in_english, read_sheet

_NEEDED = ("part", "column", "weight")
_ALL = (*_NEEDED, "value", "lowest", "highest")
_TOP = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexArguments:
    """What was asked on the command line; the column of the rounds is the last of ``plain.by``."""

    plain: EstimateArguments
    parts: Path
    name: str
    over: str | None
    shares: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """One row of the file of parts. ``value`` None: the mean of points from ``lowest`` to ``highest``."""

    part: str
    column: str
    value: str | None
    weight: float
    lowest: float
    highest: float
    row: int


def run(given: IndexArguments, format: Format, out: Path | None) -> None:
    """Estimates and writes as ``survey-service estimate`` does; exits with status 1 where it cannot."""
    try:
        found = _estimates(given)
    except OSError as error:
        typer.echo(f"{error.filename}: {error.strerror or error}", err=True)
        raise typer.Exit(1) from error
    except TableError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    write(found, (), format, out)


def _estimates(given: IndexArguments) -> Estimates:
    lines = _lines(given)
    sheet = read_sheet(given.plain.data)
    plain = replace(given.plain, means=tuple((one.column, None) for one in lines if one.value is None))
    _columns_there(given, lines, sheet)
    prepared = read_columns(plain, sheet)
    frame, parts = _parts(sheet, prepared.frame.copy(), lines)
    _in_scale(sheet, frame, lines, given.parts)
    by = prepared.labels(plain.by)
    whole = composite(given.name, parts)
    wanted = [whole, *(composite(name, {name: replace(part, weight=1.0)}) for name, part in parts.items())]
    common: dict[str, Any] = {"by": by, "level": plain.level, "lonely_psu": plain.lonely_psu}
    try:
        design = prepared.design(plain, frame)
        found = estimate(frame, design, wanted, **common)
        if given.over is not None:
            found = replace(found, estimates=(*found.estimates, *_together(given, frame, design, wanted, common)))
    except DesignError as error:
        raise TableError(sheet.source, in_the_file(error, sheet, prepared.renamed).problems, "estimated") from error
    return named_back(found, {alias: name for name, alias in prepared.renamed.items()}, prepared.notes)


# ------------------------------------------------------------------ the file of parts
def _lines(given: IndexArguments) -> list[_Line]:
    sheet = read_sheet(given.parts)
    missing = [name for name in _NEEDED if name not in sheet.columns]
    if missing:
        remedy = f"Row 1 names the columns {', '.join(_ALL)}; value, lowest and highest may be left out."
        raise TableError(
            sheet.source,
            [in_english(row=1, column=name, message="the column is missing", remedy=remedy) for name in missing],
        )
    numbers, _ = sheet.typed(numbers=[name for name in ("weight", "lowest", "highest") if name in sheet.columns])
    labels, _ = sheet.typed(labels=[name for name in ("part", "column", "value") if name in sheet.columns])
    problems: list[TableProblem] = []
    lines = [_line(sheet, labels.iloc[k], numbers.iloc[k], k, problems) for k in range(len(labels))]
    seen = [one.part for one in lines]
    problems += [
        in_english(row=one.row, column="part", message=f"{one.part} is given twice", remedy="Name each part once.")
        for place, one in enumerate(lines)
        if one.part in seen[:place]
    ]
    total = sum(one.weight for one in lines)
    if not problems and (not lines or abs(total - 1) > 1e-9):
        said = f"the weights add up to {total:g}, not to 1" if lines else "there is no part"
        problems.append(in_english(column="weight", message=said, remedy="Weights are above 0 and add up to 1."))
    if problems:
        raise TableError(sheet.source, problems)
    return lines


def _line(
    sheet: Sheet, labels: pd.Series[Any], numbers: pd.Series[Any], place: int, problems: list[TableProblem]
) -> _Line:
    row = sheet.row(place)

    def refused(column: str, message: str, remedy: str) -> None:
        problems.append(in_english(row=row, column=column, message=message, remedy=remedy))

    def text(name: str) -> str:
        found = labels.get(name)
        return found if isinstance(found, str) else ""

    def end(name: str, usual: float) -> float:
        found = float(numbers.get(name, float("nan")))
        return usual if found != found else found

    for name in ("part", "column"):
        if not text(name):
            refused(name, "the cell is empty", "Name the part, and the column of the data it comes from.")
    weight = end("weight", 0.0)
    if not weight > 0:
        refused("weight", "a weight is above 0", "Leave the part out, or give it a weight such as 0.2.")
    lowest, highest = end("lowest", 0.0), end("highest", 1.0 if text("value") else _TOP)
    if not lowest < highest:
        refused(
            "highest",
            f"the scale {in_digits(lowest)} to {in_digits(highest)} does not rise",
            "Give the least and the most points.",
        )
    if text("value") and (lowest, highest) != (0.0, 1.0):
        refused("value", "a share has no other scale", "Leave lowest and highest empty, or the value.")
    return _Line(
        part=text("part"),
        column=text("column"),
        value=text("value") or None,
        weight=weight,
        lowest=lowest,
        highest=highest,
        row=row,
    )


def _columns_there(given: IndexArguments, lines: list[_Line], sheet: Sheet) -> None:
    absent = [one for one in lines if one.column not in sheet.columns]
    if absent:
        remedy = f"The columns are: {', '.join(sheet.columns)}."
        raise TableError(
            given.parts.name,
            [
                in_english(row=one.row, column="column", message=f"{sheet.source} has no “{one.column}”", remedy=remedy)
                for one in absent
            ],
        )


def _parts(sheet: Sheet, frame: pd.DataFrame, lines: list[_Line]) -> tuple[pd.DataFrame, dict[str, Part]]:
    """Every part under a column of its own, points counted from 0."""
    parts = {}
    for one in lines:
        own = unused_name(one.part, list(frame.columns))
        if one.value is None:
            frame[own] = frame[one.column] - one.lowest
            request: Mean | Proportion = Mean(own, (0.0, one.highest - one.lowest))
        else:
            labels, _ = sheet.typed(labels=[one.column])
            column = in_order(labels[one.column])
            if one.value not in column.cat.categories:
                remedy = f"The answers are: {', '.join(map(str, column.cat.categories[:20]))}."
                problem = in_english(column=one.column, message=f"nobody chose “{one.value}”", remedy=remedy)
                raise TableError(sheet.source, [problem], "estimated")
            frame[own] = column
            request = Proportion(own, one.value)
        parts[one.part] = Part(request=request, weight=one.weight, scale=(0.0, one.highest - one.lowest))
    return frame, parts


def _in_scale(sheet: Sheet, frame: pd.DataFrame, lines: list[_Line], parts: Path) -> None:
    problems = []
    for one in lines:
        if one.value is not None:
            continue
        outside = [k for k, value in enumerate(frame[one.column]) if value < one.lowest or value > one.highest]
        if outside:
            problems.append(
                in_english(
                    row=sheet.row(outside[0]),
                    column=one.column,
                    message=f"{in_digits(frame[one.column].iloc[outside[0]])} leaves the scale {in_digits(one.lowest)} "
                    f"to {in_digits(one.highest)} of {one.part} ({len(outside):,} such)",
                    remedy=f"Mend the answers, or lowest and highest in row {one.row} of {parts.name}.",
                )
            )
    if problems:
        raise TableError(sheet.source, problems, "estimated")


# ------------------------------------------------------------------ rounds put together
def _together(
    given: IndexArguments, frame: pd.DataFrame, design: SurveyDesign, wanted: list[Index], common: dict[str, Any]
) -> list[Any]:
    """The figures over all rounds of every other domain; the label of the round then names the weights."""
    assert given.over is not None
    column = common["by"][-1]
    keys: list[Domain] = [()]
    if areas := common["by"][:-1]:
        others = frame[areas].dropna().drop_duplicates().sort_values(areas)
        keys = [
            tuple((name, str(label)) for name, label in zip(areas, values, strict=True))
            for values in others.itertuples(index=False, name=None)
        ]
    label = " + ".join(f"{share:g} {name}" for name, share in given.shares.items())
    try:
        contrast = [
            over_waves(str(place), {(*key, (column, name)): share for name, share in given.shares.items()})
            for place, key in enumerate(keys)
        ]
    except ValueError as error:
        raise typer.BadParameter(f"--shares: {error}") from error
    found = contrasts(frame, design, wanted, contrast, **common).estimates
    return [
        replace(
            one,
            statistic=Statistic.COMBINATION,
            domain=(*keys[int(one.domain[0][1])], (column, label)),
            scale=(0.0, _TOP),
        )
        for one in found
    ]
