"""``survey-service plan``: how many to ask, before anyone is visited."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

_EXAMPLE = """
How many completed questionnaires a question needs, how many cases to draw, and what each community will be able to say.

Ask for one of: [bold]--margin[/bold] (an interval no wider than that to each side), [bold]--target[/bold] (a verdict
with power, if the level is --share), [bold]--change[/bold] (a change between two waves), [bold]--size[/bold] (what so
many show). With a file of communities (columns code and adults; also name, households, share, response_rate,
eligibility_rate, design_effect) the answer is per community; --size is then shared out by --allocation, and the CSV is
what [bold]survey-service draw --sizes[/bold] reads.

Exit status 0 with a plan, 1 where the data do not allow one, 2 for a wrong call.

[bold]Example[/bold]

survey-service plan --target 0.9 --share 0.95 --population 3290 --per-grid 5 --rho 0.05 --response-rate 0.6

survey-service plan communities.csv --size 2400 --allocation square_root --minimum 60 --format csv --out plan.csv
"""


class AllocationName(StrEnum):
    PROPORTIONAL = "proportional"
    EQUAL = "equal"
    NEYMAN = "neyman"
    POWER = "power"
    SQUARE_ROOT = "square_root"


class Format(StrEnum):
    TABLE = "table"
    JSON = "json"
    CSV = "csv"


def plan(
    areas: Annotated[
        Path | None, typer.Argument(help="Communities: CSV or .xlsx; row 1 names the columns.", metavar="[AREAS.csv]")
    ] = None,
    margin: Annotated[float | None, typer.Option(help="Half the width of the interval, as 0.05.")] = None,
    target: Annotated[float | None, typer.Option(help="The target a verdict is wanted on, as 0.9.")] = None,
    at_most: Annotated[bool, typer.Option("--at-most", help="The target is a ceiling, not a floor.")] = False,
    change: Annotated[str, typer.Option(metavar="FROM,TO", help="Level in the first and second wave.")] = "",
    size: Annotated[int | None, typer.Option(help="Completed questionnaires in all.", min=1)] = None,
    share: Annotated[float, typer.Option(help="The level expected; 0.5 is the widest case.")] = 0.5,
    level: Annotated[float, typer.Option(help="Confidence level.", min=0.0001, max=0.9999)] = 0.95,
    power: Annotated[float, typer.Option(help="Chance that the target or the change is settled.")] = 0.8,
    correlation: Annotated[float, typer.Option(help="Of the two waves' estimates, from grids asked in both.")] = 0.0,
    first_wave: Annotated[int | None, typer.Option(help="Completed in the first wave already.", min=1)] = None,
    population: Annotated[int | None, typer.Option(help="Adults there are.", min=1)] = None,
    design_effect: Annotated[float | None, typer.Option(help="Against a simple random sample.")] = None,
    per_grid: Annotated[float, typer.Option(help="Completed questionnaires per grid, where grids are drawn.")] = 1.0,
    rho: Annotated[float, typer.Option(help="Likeness within a grid (intraclass correlation).")] = 0.0,
    weight_variation: Annotated[float, typer.Option(help="Standard deviation of the weights over their mean.")] = 0.0,
    response_rate: Annotated[float, typer.Option(help="Expected, as RR3 of the last wave.")] = 1.0,
    eligibility_rate: Annotated[float, typer.Option(help="Addresses where someone can be asked.")] = 1.0,
    allocation: Annotated[AllocationName, typer.Option(help="How --size is shared out.")] = AllocationName.PROPORTIONAL,
    exponent: Annotated[float, typer.Option(help="Of the power allocation: 0 equal, 1 proportional.")] = 0.5,
    minimum: Annotated[int, typer.Option(help="At least so many completed per community.", min=0)] = 0,
    maximum: Annotated[int | None, typer.Option(help="At most so many completed per community.", min=1)] = None,
    format: Annotated[Format, typer.Option(help="Form of the result.")] = Format.TABLE,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the result there.")] = None,
) -> None:
    offered = (("margin", margin), ("target", target), ("change", change or None), ("size", size))
    asked = [name for name, value in offered if value is not None]
    if len(asked) != 1:
        raise typer.BadParameter("ask for one of --margin, --target, --change, --size")
    if areas is not None and asked == ["change"]:
        raise typer.BadParameter("--change answers for one area; leave the file of communities out")
    from survey_service.commands.plan_work import PlanArguments, run

    given = PlanArguments(
        areas=areas,
        margin=margin,
        target=target,
        at_least=not at_most,
        change=_change(change),
        size=size,
        share=share,
        level=level,
        power=power,
        correlation=correlation,
        first_wave=first_wave,
        population=population,
        design_effect=design_effect,
        per_grid=per_grid,
        rho=rho,
        weight_variation=weight_variation,
        response_rate=response_rate,
        eligibility_rate=eligibility_rate,
        allocation=str(allocation),
        exponent=exponent,
        minimum=minimum,
        maximum=maximum,
        format=str(format),
        out=out,
    )
    raise typer.Exit(run(given))


def _change(text: str) -> tuple[float, float] | None:
    if not text:
        return None
    try:
        before, after = (float(part) for part in text.split(","))
    except ValueError as error:
        raise typer.BadParameter(f"--change takes two levels, as 0.80,0.85, not {text!r}") from error
    return before, after


plan.__doc__ = _EXAMPLE
