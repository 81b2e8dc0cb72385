"""``survey-service rank``: a table of areas that may be published, each rank with its confidence set."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

_EXAMPLE = """
A publishable table of areas, each rank with its confidence set.

From the JSON of survey-service estimate, with the
rank of each and the set of ranks that the data allow.

Give every level that is published in one call (city, streets, communities):
a figure is hidden where it, or another, could be had by subtraction. Ranks
are those of Mogstad, Romano, Shaikh & Wilhelm (2024); what is not shown to
differ 无法区分先后, and what is hidden has no rank.

Exit status 0 with the table, 1 where the estimates do not allow one.

[bold]Example[/bold]

survey-service rank city.json streets.json communities.json
--variable satisfied=1 --by community --format csv --out ranks.csv
"""


class Publication(StrEnum):
    TIERS = "tiers"
    SUPPRESS = "suppress"
    FLAG = "flag"


class Format(StrEnum):
    TABLE = "table"
    JSON = "json"
    CSV = "csv"


def rank(
    estimates: Annotated[list[Path], typer.Argument(help="JSON of survey-service estimate.", metavar="ESTIMATES.json")],
    variable: Annotated[str, typer.Option(metavar="NAME[=CATEGORY]", help="What to rank by.")],
    by: Annotated[str, typer.Option(metavar="COL", help="Column of the areas to rank.")],
    lowest_first: Annotated[bool, typer.Option("--lowest-first", help="Less is better.")] = False,
    each_alone: Annotated[
        bool, typer.Option("--each-alone", help="Each set holds at the level for itself, not all together.")
    ] = False,
    publication: Annotated[
        Publication,
        typer.Option(help="Figures with a large error: show them coarsely (tiers), suppress them, or flag them."),
    ] = Publication.TIERS,
    seed: Annotated[int, typer.Option(help="Starts the chance behind the critical values.", min=0)] = 20260930,
    format: Annotated[Format, typer.Option(help="Form of the result.")] = Format.TABLE,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the result there.")] = None,
) -> None:
    from survey_service.commands.rank_work import RankArguments, run

    given = RankArguments(
        estimates=tuple(estimates),
        variable=variable,
        by=by,
        highest_first=not lowest_first,
        simultaneous=not each_alone,
        publication=str(publication),
        seed=seed,
        format=str(format),
        out=out,
    )
    raise typer.Exit(run(given))


rank.__doc__ = _EXAMPLE
