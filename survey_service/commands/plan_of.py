"""``survey-service plan-of``: the analysis plan of a wave, as YAML."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from survey_service.commands.installation_options import DatabaseOption, DataDirOption

_HELP = """
The analysis plan of a wave as YAML: what will be computed, and by which rules.

The plan in force, or where nobody changed it the one made of the wave's
rows and the city's register. Nothing of an answer is in it. With a part
[bold]data[/bold] that names the columns of a table it is what
survey-service analyse runs.

[bold]Example[/bold]

survey-service plan-of 2026Q3 --demo out/demo --out plan.yaml
"""


def plan_of(
    wave: Annotated[str, typer.Argument(metavar="WAVE", help="Key of the wave, such as 2026Q3.")],
    survey: Annotated[
        str | None, typer.Option(metavar="KEY", help="Key of the survey, where several have such a wave.")
    ] = None,
    demo: Annotated[Path | None, typer.Option(metavar="DIR", help="Folder of a demonstration city.")] = None,
    data_dir: DataDirOption = None,
    database: DatabaseOption = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Where to write; default: the terminal.")] = None,
) -> None:
    from survey_service.commands.plan_of_work import run

    raise typer.Exit(run(wave, survey, data_dir=demo or data_dir, database=database, out=out))


plan_of.__doc__ = _HELP
