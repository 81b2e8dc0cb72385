"""``survey-service blend``: open answers beside a probability sample, both apart and together, never with a verdict."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from survey_service.commands.design_options import AdultsOption, NestOption

_EXAMPLE = """
Open answers beside a probability sample, never with a verdict.

Open answers (web, anyone with the link) beside a probability sample: both
apart, and blended. Nobody needs this; open answers alone are counts and
unweighted shares. A blend rests on an assumption that is printed with it,
and no verdict, rank or table for publication can be made of it.

--on names the columns that explain who takes part; both files need them.
The standard error comes from replicates of both samples that repeat the
whole blend; the same --seed gives the same figures.

Exit status 0 with figures, 1 where the data do not allow them, 2 for a
wrong call.

[bold]Example[/bold]

survey-service blend sample.csv open.csv --weight w --strata stratum
--clusters grid --on age,sex --method calibration --proportion satisfied=1
--by street --seed 20261122
"""


class BlendMethodName(StrEnum):
    PROPENSITY = "propensity"
    CALIBRATION = "calibration"


class BlendFormat(StrEnum):
    TABLE = "table"
    JSON = "json"


def blend(
    sample: Annotated[Path, typer.Argument(help="The probability sample: CSV or .xlsx.", metavar="SAMPLE.csv")],
    open_answers: Annotated[Path, typer.Argument(help="The open answers: CSV or .xlsx.", metavar="OPEN.csv")],
    on: Annotated[str, typer.Option(metavar="COL[,COL]", help="Columns that explain who takes part.")],
    method: Annotated[BlendMethodName, typer.Option(help="How open answers are brought to the population.")],
    seed: Annotated[int, typer.Option(help="Of the replicates; kept with the result.")],
    weight: Annotated[str | None, typer.Option(metavar="COL", help="Weight of the probability sample.")] = None,
    strata: Annotated[str, typer.Option(metavar="COL[,COL]", help="Strata, one column per stage.")] = "",
    clusters: Annotated[str, typer.Option(metavar="COL[,COL]", help="Sampled units, one column per stage.")] = "",
    population_size: Annotated[
        str, typer.Option(metavar="COL[,COL]", help="Units there are in the stratum, one column per stage.")
    ] = "",
    nest: NestOption = False,
    adults: AdultsOption = None,
    mean: Annotated[list[str] | None, typer.Option(metavar="COL", help="Mean of a column; may be repeated.")] = None,
    proportion: Annotated[
        list[str] | None, typer.Option(metavar="COL=VALUE", help="Share of one category; may be repeated.")
    ] = None,
    ratio: Annotated[
        list[str] | None, typer.Option(metavar="NUM/DEN", help="Total of one column over another; may be repeated.")
    ] = None,
    by: Annotated[str, typer.Option(metavar="COL[,COL]", help="One figure for each combination of these.")] = "",
    replicates: Annotated[int, typer.Option(help="How often both samples are drawn anew.", min=20)] = 200,
    level: Annotated[float, typer.Option(help="Confidence level.", min=0.5, max=0.9999)] = 0.95,
    format: Annotated[BlendFormat, typer.Option(help="Form of the result.")] = BlendFormat.TABLE,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the result there.")] = None,
) -> None:
    if not (mean or proportion or ratio):
        raise typer.BadParameter("say what to estimate: --mean, --proportion COL=VALUE or --ratio")
    from survey_service.commands.blend_work import BlendArguments, run

    run(
        BlendArguments(
            sample=sample,
            open_answers=open_answers,
            on=_names(on),
            method=method.value,
            seed=seed,
            weight=weight,
            strata=_names(strata),
            clusters=_names(clusters),
            population_sizes=_names(population_size),
            nest=nest,
            adults=adults,
            means=tuple(mean or ()),
            proportions=tuple(_pair(text, "=", "--proportion takes COL=VALUE") for text in proportion or ()),
            ratios=tuple(_pair(text, "/", "--ratio takes NUM/DEN") for text in ratio or ()),
            by=_names(by),
            replicates=replicates,
            level=level,
        ),
        as_json=format is BlendFormat.JSON,
        out=out,
    )


blend.__doc__ = _EXAMPLE


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _pair(text: str, mark: str, what: str) -> tuple[str, str]:
    first, found, second = text.partition(mark)
    if not (found and first.strip() and second.strip()):
        raise typer.BadParameter(f"{what}, not {text!r}")
    return first.strip(), second.strip()
