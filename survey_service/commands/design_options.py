"""Options that the commands about change, indices and drivers share: the design, the output, the lonely PSU."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from analysis.results import IntervalMethod, LonelyPsu
from survey_service.commands.estimate_columns import EstimateArguments
from survey_service.commands.estimate_names import Scale, names
from survey_service.commands.output import Format

WeightOption = Annotated[str | None, typer.Option(metavar="COL", help="Weight of a respondent.")]
StrataOption = Annotated[str, typer.Option(metavar="COL[,COL]", help="Strata, one column per stage.")]
ClustersOption = Annotated[
    str,
    typer.Option(
        metavar="COL[,COL]", help="Sampled units, one column per stage; no label in two strata without --nest."
    ),
]
NestOption = Annotated[bool, typer.Option("--nest", help="Labels of --clusters start anew in every stratum.")]
AdultsOption = Annotated[
    str | None,
    typer.Option(
        metavar="COL",
        help="Adults there are in the household, the last of --clusters: where not all of them were asked no "
        "--population-size counts for households.",
    ),
]
PopulationOption = Annotated[
    str, typer.Option(metavar="COL[,COL]", help="Units there are in the stratum, one column per stage.")
]
ByOption = Annotated[str, typer.Option(metavar="COL[,COL]", help="One result for each combination of these.")]
LevelOption = Annotated[float, typer.Option(help="Confidence level, a share such as 0.95.", min=0.5, max=0.9999)]
LonelyOption = Annotated[
    LonelyPsu, typer.Option(metavar="POLICY", help="A stratum with one PSU: " + ", ".join(LonelyPsu) + ".")
]
FormatOption = Annotated[Format, typer.Option(help="Form of the result.")]
OutOption = Annotated[Path | None, typer.Option(metavar="FILE", help="Write the result there.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignNames:
    """The columns of the design, as they were typed."""

    weight: str | None
    strata: str = ""
    clusters: str = ""
    population_size: str = ""
    nest: bool = False
    adults: str | None = None


def arguments_of(
    data: Path,
    design: DesignNames,
    *,
    by: str = "",
    means: Sequence[tuple[str, Scale | None]] = (),
    proportions: Sequence[str] = (),
    level: float = 0.95,
    lonely_psu: LonelyPsu = LonelyPsu.FAIL,
) -> EstimateArguments:
    """The order of ``survey-service estimate`` with what these commands have of it."""
    return EstimateArguments(
        data=data,
        weight=design.weight,
        frequency=None,
        strata=names(design.strata, "--strata"),
        clusters=names(design.clusters, "--clusters"),
        population_sizes=names(design.population_size, "--population-size"),
        nest=design.nest,
        adults=design.adults,
        means=tuple(means),
        totals=(),
        proportions=tuple(proportions),
        ratios=(),
        by=names(by, "--by"),
        interval=IntervalMethod.KORN_GRAUBARD,
        level=level,
        lonely_psu=lonely_psu,
    )
