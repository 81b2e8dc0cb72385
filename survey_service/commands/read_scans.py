"""``survey-service read-scans``: tick boxes of scanned or photographed forms."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

_EXAMPLE = """
Read scans of printed forms: PDF or pictures, from a scanner (150 dpi or more) or a phone with all four corner marks.

What is read for sure stands in the boxes of the form's first keying; a keyer finishes it and sees a picture of every
field that is doubtful or handwritten. The same page again changes nothing. Needs the extra [bold]scan[/bold].
Exit status 1 where a page could not be read; every such page is named.

[bold]Example[/bold]

survey-service read-scans scans/ --wave 2026Q3
"""


def read_scans(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder with PDF, PNG, JPEG, TIFF; searched whole.")],
    wave: Annotated[str, typer.Option(metavar="KEY", help="Key of the wave, for example 2026Q3.")],
    survey: Annotated[str, typer.Option(metavar="KEY", help="Key of the survey; needed where there are several.")] = "",
    database: Annotated[
        str, typer.Option(metavar="URL", help="SQLAlchemy URL or path of a SQLite file; default SURVEY_DATABASE_URL.")
    ] = "",
) -> None:
    from survey_service.commands.read_scans_work import ScanArguments, run

    raise typer.Exit(run(ScanArguments(folder=folder, wave=wave, survey=survey, database=database)))


read_scans.__doc__ = _EXAMPLE
