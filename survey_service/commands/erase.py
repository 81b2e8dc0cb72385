"""``survey-service erase``: a wave's contact data, or its addresses, now."""

from __future__ import annotations

from typing import Annotated

import typer

from survey_service.commands.installation_options import DatabaseOption, DataDirOption

_EXAMPLE = """
Erases the contact data that residents of one wave left, at once.

They go by themselves some days after the wave closes (the wave says how
many); this is for whoever needs them gone earlier. Answers are not touched:
a resident deletes their own with the receipt code.

With [bold]--addresses[/bold] it destroys the key that opens the addresses of
the wave's sampled households instead: nothing opens them any more, from no
backup either. Numbers, grids, order of walking and weights stay.

[bold]Example[/bold]

survey-service erase satisfaction 2026Q3 --yes
survey-service erase satisfaction 2026Q3 --addresses --yes
"""


def erase(
    survey: Annotated[str, typer.Argument(metavar="SURVEY", help="Short name of the survey.")],
    wave: Annotated[str, typer.Argument(metavar="WAVE", help="Short name of the wave.")],
    yes: Annotated[
        bool, typer.Option("--yes", help="Do it; without it the command only says what it would erase.")
    ] = False,
    addresses: Annotated[
        bool, typer.Option("--addresses", help="Destroy the key of the wave's addresses, not its contact data.")
    ] = False,
    data_dir: DataDirOption = None,
    database: DatabaseOption = None,
) -> None:
    from survey_service.commands.erase_work import run_destroy, run_erase

    run = run_destroy if addresses else run_erase
    raise typer.Exit(run(survey, wave, yes=yes, data_dir=data_dir, database=database))


erase.__doc__ = _EXAMPLE
