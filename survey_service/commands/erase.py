"""``survey-service erase``: a wave's contact data, now."""

from __future__ import annotations

from typing import Annotated

import typer

from survey_service.commands.installation_options import DatabaseOption, DataDirOption

_EXAMPLE = """
Erases the contact data that residents of one wave left, at once.

They go by themselves some days after the wave closes (the wave says how
many); this is for whoever needs them gone earlier. Answers are not touched:
a resident deletes their own with the receipt code.

[bold]Example[/bold]

survey-service erase satisfaction 2026Q3 --yes
"""


def erase(
    survey: Annotated[str, typer.Argument(metavar="SURVEY", help="Short name of the survey.")],
    wave: Annotated[str, typer.Argument(metavar="WAVE", help="Short name of the wave.")],
    yes: Annotated[
        bool, typer.Option("--yes", help="Do it; without it the command only says what it would erase.")
    ] = False,
    data_dir: DataDirOption = None,
    database: DatabaseOption = None,
) -> None:
    from survey_service.commands.erase_work import run_erase

    raise typer.Exit(run_erase(survey, wave, yes=yes, data_dir=data_dir, database=database))


erase.__doc__ = _EXAMPLE
