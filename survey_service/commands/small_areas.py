"""``survey-service small-areas``: what a model adds where a community has few respondents."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from survey_service.commands.design_options import FormatOption, OutOption
from survey_service.commands.output import Format

_HELP = """
A model beside the direct estimates of areas with few respondents.

Fay & Herriot (1979): the figure of each area borrows from the others
through what is known of every area.

ESTIMATES.json comes from survey-service estimate --by COL; --areas FILE.csv
has one row per area, also those where nobody was asked, with the column of
--by and the columns of --covariates. Areas without respondents get the
model's value alone, marked synthetic.

Direct variances are smoothed first, so that 20 alike answers do not count
as certain; --variances direct takes them as they are. Model figures stand
beside direct ones, never instead, and no verdict or rank is made of them.
What may be published of the direct figures is for survey-service rank to say.

Exit status 0 with the figures, 1 where the data do not allow them, 2 for a
wrong call.

[bold]Example[/bold]

survey-service small-areas communities.json --variable satisfied=1 --by
community --areas areas.csv --covariates share_60,new_estate
"""


class FitName(StrEnum):
    REML = "reml"
    ML = "ml"


class VarianceName(StrEnum):
    SMOOTHED = "smoothed"
    DIRECT = "direct"


def small_areas(
    estimates: Annotated[Path, typer.Argument(help="JSON of survey-service estimate.", metavar="ESTIMATES.json")],
    variable: Annotated[str, typer.Option(metavar="NAME[=CATEGORY]", help="Which of the estimates.")],
    by: Annotated[str, typer.Option(metavar="COL", help="Column of the areas, in both files.")],
    areas: Annotated[Path, typer.Option(metavar="FILE.csv", help="One row per area, with what is known of it.")],
    covariates: Annotated[str, typer.Option(metavar="COL[,COL]", help="Columns of --areas that explain.")] = "",
    method: Annotated[FitName, typer.Option(help="How the model's variance is fitted.")] = FitName.REML,
    variances: Annotated[
        VarianceName, typer.Option(help="Direct variances smoothed over the areas, or each as it is.")
    ] = VarianceName.SMOOTHED,
    format: FormatOption = Format.TABLE,
    out: OutOption = None,
) -> None:
    from survey_service.commands.estimate_names import names
    from survey_service.commands.small_areas_work import SmallAreaArguments, run

    given = SmallAreaArguments(
        estimates=estimates,
        variable=variable,
        by=by,
        areas=areas,
        covariates=names(covariates, "--covariates"),
        method=method.value,
        smoothed=variances is VarianceName.SMOOTHED,
    )
    raise typer.Exit(run(given, format, out))


small_areas.__doc__ = _HELP
