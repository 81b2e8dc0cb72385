"""``survey-service change``: what changed between two waves, with the covariance of the PSUs asked in both."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from analysis.results import LonelyPsu
from survey_service.commands.design_options import (
    ByOption,
    DesignNames,
    FormatOption,
    LevelOption,
    LonelyOption,
    NestOption,
    OutOption,
    WeightOption,
    arguments_of,
)
from survey_service.commands.estimate_names import scaled
from survey_service.commands.output import Format

_HELP = """
What changed between two waves, or that no change can be detected.

After minus before, from one file of respondents per wave, with the standard
error and a verdict: risen, fallen, or no detectable change, which is a
result.

PSUs that were asked in both waves must have the same label in the same
stratum of both files: only then does the error count that they resemble
themselves. A stratum that was drawn anew counts as two.

A change is one only where both waves asked alike. --mode names the column
of the mode: a share that moved by more than 10 points is not comparable.
--conditions FILE.csv has the rows definition, selection and frame, with the
columns what,before,after; where they differ the verdict is not comparable.

Exit status 0 with the changes, 1 where the data do not allow them, 2 for a
wrong call.

[bold]Example[/bold]

survey-service change q2.csv q3.csv --labels 2026Q2,2026Q3 --weight
final_weight --strata stratum --clusters psu --proportion satisfied=1
--by community --mode mode
"""


def change(
    before: Annotated[Path, typer.Argument(help="The earlier wave: CSV or .xlsx.", metavar="BEFORE.csv")],
    after: Annotated[Path, typer.Argument(help="The later wave.", metavar="AFTER.csv")],
    labels: Annotated[str, typer.Option(metavar="A,B", help="Names of the waves; else those of the files.")] = "",
    weight: WeightOption = None,
    strata: Annotated[str, typer.Option(metavar="COL", help="Stratum of the first stage.")] = "",
    clusters: Annotated[str, typer.Option(metavar="COL", help="First sampled unit (PSU), named alike in both.")] = "",
    nest: NestOption = False,
    mean: Annotated[
        list[str] | None, typer.Option(metavar="COL[LOW,HIGH]", help="Mean of a column, with its scale; repeatable.")
    ] = None,
    proportion: Annotated[
        list[str] | None, typer.Option(metavar="COL=VALUE", help="Share of a category, or of each; repeatable.")
    ] = None,
    by: ByOption = "",
    mode: Annotated[str, typer.Option(metavar="COL", help="Mode of each response, whose shares must agree.")] = "",
    conditions: Annotated[
        Path | None, typer.Option(metavar="FILE.csv", help="What else must agree: what,before,after.")
    ] = None,
    level: LevelOption = 0.95,
    lonely_psu: LonelyOption = LonelyPsu.FAIL,
    format: FormatOption = Format.TABLE,
    out: OutOption = None,
) -> None:
    if not (mean or proportion):
        raise typer.BadParameter("say what may have changed: --mean or --proportion")
    if "," in strata or "," in clusters:
        raise typer.BadParameter("--strata and --clusters take one column each here: the first stage alone counts")
    named = tuple(part.strip() for part in labels.split(",")) if labels else (before.stem, after.stem)
    if len(named) != 2 or not all(named) or named[0] == named[1]:
        raise typer.BadParameter("--labels takes two different names with a comma between them, as 2026Q2,2026Q3")
    from survey_service.commands.change_work import ChangeArguments, run

    design = DesignNames(weight=weight, strata=strata, clusters=clusters, nest=nest)
    asked = {
        "by": by,
        "means": tuple(map(scaled, mean or ())),
        "proportions": tuple(proportion or ()),
        "level": level,
        "lonely_psu": lonely_psu,
    }
    given = ChangeArguments(
        before=arguments_of(before, design, **asked),  # type: ignore[arg-type]
        after=arguments_of(after, design, **asked),  # type: ignore[arg-type]
        labels=(named[0], named[1]),
        mode=mode or None,
        conditions=conditions,
    )
    raise typer.Exit(run(given, format, out))


change.__doc__ = _HELP
