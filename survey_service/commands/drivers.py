"""``survey-service drivers``: what to mend first, importance against performance."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from analysis.results import LonelyPsu
from survey_service.commands.design_options import (
    AdultsOption,
    ClustersOption,
    DesignNames,
    FormatOption,
    LevelOption,
    LonelyOption,
    NestOption,
    OutOption,
    PopulationOption,
    StrataOption,
    WeightOption,
    arguments_of,
)
from survey_service.commands.estimate_names import scaled
from survey_service.commands.output import Format

_HELP = """
What to mend first: importance against performance.

How much each aspect goes with the whole, against how well it is done.

Importance is the design-weighted standardised regression of --outcome on
the aspects; performance is the aspect's mean. More important than the
average and done worse than it is 优先改进 (mend first). An association, not a
cause; the share of the outcome that the aspects explain is printed with it.

Give the scale of aspects whose points have different ranges, as
--aspect q3[1,5], so that performances are compared on one footing. Who left
one of the questions out is not counted, and the number is printed.

Exit status 0 with the drivers, 1 where the data do not allow them, 2 for a
wrong call.

[bold]Example[/bold]

survey-service drivers answers.csv --outcome overall --aspect tidy --aspect
polite --aspect fast --weight final_weight --strata stratum --clusters psu
"""


def drivers(
    data: Annotated[Path, typer.Argument(help="CSV or .xlsx; row 1 names the columns.", metavar="DATA.csv")],
    outcome: Annotated[str, typer.Option(metavar="COL", help="The whole, in points: overall satisfaction.")],
    aspect: Annotated[list[str], typer.Option(metavar="COL[LOW,HIGH]", help="An aspect, in points; repeatable.")],
    weight: WeightOption = None,
    strata: StrataOption = "",
    clusters: ClustersOption = "",
    population_size: PopulationOption = "",
    nest: NestOption = False,
    adults: AdultsOption = None,
    level: LevelOption = 0.95,
    lonely_psu: LonelyOption = LonelyPsu.FAIL,
    format: FormatOption = Format.TABLE,
    out: OutOption = None,
) -> None:
    aspects = tuple(map(scaled, aspect))
    whole, _ = scaled(outcome)
    named = [name for name, _ in aspects]
    if len(set(named)) < len(named) or whole in named:
        raise typer.BadParameter("--outcome and every --aspect are columns of their own, each named once")
    if any(scale is None for _, scale in aspects) and not all(scale is None for _, scale in aspects):
        raise typer.BadParameter("give the scale of every --aspect, as q3[1,5], or of none")
    from survey_service.commands.drivers_work import run

    design = DesignNames(
        weight=weight, strata=strata, clusters=clusters, population_size=population_size, nest=nest, adults=adults
    )
    means = [(whole, None), *((name, None) for name in named)]
    given = arguments_of(data, design, means=means, level=level, lonely_psu=lonely_psu)
    scales = {name: scale for name, scale in aspects if scale is not None}
    raise typer.Exit(run(given, scales, format, out))


drivers.__doc__ = _HELP
