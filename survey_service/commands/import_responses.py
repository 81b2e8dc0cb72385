"""``survey-service import-responses``: answers that an office has already, from CSV, Excel or an export of 问卷星."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

_EXAMPLE = """
Take in answers that exist already, from CSV, Excel or an export of 问卷星: all of the file or nothing.

The columns are matched with the questions by their heads; [bold]--write-map[/bold] writes what was found, to be
corrected and given back with [bold]--map[/bold]. Rows that name no case are no part of the sample: they are counted
apart and enter no estimate. The same file again changes nothing.

[bold]Example[/bold]

survey-service import-responses answers.xlsx --wave 2026Q3 --write-map map.json --check

survey-service import-responses answers.xlsx --wave 2026Q3 --map map.json
"""


def import_responses(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV, TSV, .xlsx or .xls with one response a row.")],
    wave: Annotated[str, typer.Option(metavar="KEY", help="Key of the wave, for example 2026Q3.")],
    survey: Annotated[str, typer.Option(metavar="KEY", help="Key of the survey; needed where there are several.")] = "",
    map: Annotated[Path | None, typer.Option(metavar="FILE.json", help="What each column holds.")] = None,
    write_map: Annotated[Path | None, typer.Option(metavar="FILE.json", help="Write what each column holds.")] = None,
    case: Annotated[str, typer.Option(metavar="HEAD", help="Head of the column that names the case.")] = "",
    community: Annotated[
        str, typer.Option(metavar="CODE", help="Community of rows that name neither a case nor a community.")
    ] = "",
    check: Annotated[bool, typer.Option("--check", help="Only check; store nothing.")] = False,
    database: Annotated[
        str, typer.Option(metavar="URL", help="SQLAlchemy URL or path of a SQLite file; default SURVEY_DATABASE_URL.")
    ] = "",
) -> None:
    from survey_service.commands.import_responses_work import ImportArguments, run

    given = ImportArguments(
        file=file,
        wave=wave,
        survey=survey,
        map=map,
        write_map=write_map,
        case=case,
        community=community,
        check=check,
        database=database,
    )
    raise typer.Exit(run(given))


import_responses.__doc__ = _EXAMPLE
