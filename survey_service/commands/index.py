"""``survey-service index``: a composite index whose weights are a file, with the variance of the sum."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from analysis.results import LonelyPsu
from survey_service.commands.design_options import (
    AdultsOption,
    ByOption,
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
from survey_service.commands.output import Format

_HELP = """
A composite index out of 100, its weights a file.

From one row per respondent: the weighted sum of the parts, each brought to
0 to 100 first, with the variance of the sum, covariance included.

--parts FILE.csv has one row per part:

  part,column,value,weight,lowest,highest
  tidy,q1,,0.5,0,100         the mean of q1, whose answers run from 0 to 100
  polite,q2,,0.3,1,5         the mean of q2, 1 is 0 points and 5 is 100
  safe,q3,yes,0.2,,          the share that answered yes

Weights are above 0 and add up to 1. --over COL --shares A=0.4,B=0.6 adds the
figure of several rounds (three quarters and the year's end) with given
weights; rounds that share PSUs bring their covariance.

Exit status 0 with the index and its parts, 1 where the data or the parts do
not allow it, 2 for a wrong call.

[bold]Example[/bold]

survey-service index answers.csv --parts parts.csv --name civility --weight
final_weight --strata stratum --clusters psu --by community
"""


def index(
    data: Annotated[Path, typer.Argument(help="CSV or .xlsx; row 1 names the columns.", metavar="DATA.csv")],
    parts: Annotated[Path, typer.Option(metavar="FILE.csv", help="part,column,value,weight,lowest,highest.")],
    name: Annotated[str, typer.Option(metavar="NAME", help="What the index is called.")] = "index",
    weight: WeightOption = None,
    strata: StrataOption = "",
    clusters: ClustersOption = "",
    population_size: PopulationOption = "",
    nest: NestOption = False,
    adults: AdultsOption = None,
    by: ByOption = "",
    over: Annotated[str, typer.Option(metavar="COL", help="Column of the rounds to put together.")] = "",
    shares: Annotated[str, typer.Option(metavar="A=0.4,B=0.6", help="Weight of each round.")] = "",
    level: LevelOption = 0.95,
    lonely_psu: LonelyOption = LonelyPsu.FAIL,
    format: FormatOption = Format.TABLE,
    out: OutOption = None,
) -> None:
    if bool(over) != bool(shares):
        raise typer.BadParameter("--over and --shares belong together: the column of the rounds, and their weights")
    from survey_service.commands.index_work import IndexArguments, run

    design = DesignNames(
        weight=weight, strata=strata, clusters=clusters, population_size=population_size, nest=nest, adults=adults
    )
    rounds = ",".join(filter(None, (by, f'"{over}"' if over else "")))
    given = IndexArguments(
        plain=arguments_of(data, design, by=rounds, level=level, lonely_psu=lonely_psu),
        parts=parts,
        name=name,
        over=over or None,
        shares=_shares(shares),
    )
    run(given, format, out)


def _shares(text: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for part in text.split(",") if text else ():
        label, mark, share = part.strip().rpartition("=")
        try:
            value = float(share)
        except ValueError:
            value = float("nan")
        if not mark or not label or value != value or label in found:
            raise typer.BadParameter(
                f"--shares takes LABEL=WEIGHT once for each round, as Q1=0.2, not {part.strip()!r}"
            )
        found[label] = value
    return found


index.__doc__ = _HELP
