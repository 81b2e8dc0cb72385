"""``survey-service analyse``: a plan and a table in, every figure out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from survey_service.commands.output import Format

_HELP = """
Figures of a file by a plan that was written before them.

PLAN.yaml has two parts. [bold]plan[/bold] is what survey-service plan-of
writes: weights, margins, variance, interval, rule; what it leaves out takes
its default. [bold]data[/bold] names the columns: community, street,
stratum, units, populations, adults, adults_told, weighting_class,
probability, outcome, answered, mode, age, sex, register, and under
indicators what is estimated.
survey-service export writes both beside the rows of a wave.

A plan that another command wrote with [bold]--write-plan[/bold] (estimate,
weight, rank, small-areas, change, index, drivers, blend) is run as that
command would, on the DATA given here: two files for change and blend.

What is printed has been through the publication rule; --raw prints the
figures before it, which are for the statistician alone.

Exit status 0 with figures, 1 where plan, data or margins do not allow
them.

[bold]Example[/bold]

survey-service analyse plan.yaml cases.csv --register register.csv
"""


def analyse(
    plan: Annotated[Path, typer.Argument(metavar="PLAN.yaml", help="The plan, and where its columns stand.")],
    data: Annotated[list[Path], typer.Argument(metavar="DATA", help="One row a case: .csv, .tsv or .xlsx.")],
    register: Annotated[
        Path | None,
        typer.Option(metavar="FILE.csv", help="Population: columns community, age, sex, persons."),
    ] = None,
    raw: Annotated[bool, typer.Option("--raw", help="Before the publication rule.")] = False,
    format: Annotated[Format, typer.Option(help="For the eye, or for machines.")] = Format.TABLE,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Where to write; default: the terminal.")] = None,
) -> None:
    from survey_service.commands.analyse_work import AnalyseArguments, run

    given = AnalyseArguments(plan=plan, data=tuple(data), register=register, raw=raw, format=format, out=out)
    raise typer.Exit(run(given))


analyse.__doc__ = _HELP
