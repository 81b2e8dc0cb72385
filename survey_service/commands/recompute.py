"""``survey-service recompute``: a release computed again, and where its digits differ."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from survey_service.commands.installation_options import DatabaseOption, DataDirOption

_HELP = """
Computes a release again, from the answers and by the plan that it kept, with
the software that is installed, and compares every raw figure to 12 digits.

What differs is shown side by side, and how many answers were erased since the
signature. Nothing is changed: what was published stays as it was.

Exit status 0 where every figure is the same, 1 where one differs or nothing
could be computed.

[bold]Example[/bold]

survey-service recompute CIVIL-2026Q3-01 --demo out/demo

survey-service recompute CIVIL-2026Q3-01 --database city.db --format json
"""


def recompute(
    release: Annotated[str, typer.Argument(metavar="RELEASE", help="Number of the release, such as CIVIL-2026Q3-01.")],
    survey: Annotated[
        str | None, typer.Option(metavar="KEY", help="Key of the survey, where several have such a release.")
    ] = None,
    demo: Annotated[Path | None, typer.Option(metavar="DIR", help="Folder of a demonstration city.")] = None,
    data_dir: DataDirOption = None,
    database: DatabaseOption = None,
    format: Annotated[str, typer.Option(help="table or json.")] = "table",
) -> None:
    from survey_service.commands.recompute_work import run

    raise typer.Exit(run(release, survey, data_dir=demo or data_dir, database=database, form=format))


recompute.__doc__ = _HELP
