"""``survey-service export``: the cases of a closed wave as files for other software."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from survey_service.commands.installation_options import DatabaseOption, DataDirOption

_HELP = """
The cases of a wave whose figures were opened, as files that R, SPSS, Stata,
Excel and Python read: how each case was drawn, its outcome, the weights of
every step, the indicators, and the answers.

Formats: csv, xlsx, sav, dta, parquet, ddi, codebook; several with commas.
Beside the rows lie plan.yaml and register.csv: with them survey-service
analyse gives the figures of the wave.

Contact data, addresses and numbers of cases are in no file. Open answers
are left out unless [bold]--texts[/bold] says otherwise: people write names
into them. Who exported what, with the hash of every file, is in the audit
log.

A file appears whole or not at all. Said again after it was killed, the
command goes on where it was.

[bold]Example[/bold]

survey-service export 2026Q3 --demo out/demo --format csv,sav --out export
"""


class Language(StrEnum):
    ZH = "zh"
    EN = "en"


def export(
    wave: Annotated[str, typer.Argument(metavar="WAVE", help="Key of the wave, such as 2026Q3.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the files; made where there is none.")],
    format: Annotated[str, typer.Option(metavar="LIST", help="Formats, with commas.")] = "csv,codebook",
    survey: Annotated[
        str | None, typer.Option(metavar="KEY", help="Key of the survey, where several have such a wave.")
    ] = None,
    demo: Annotated[Path | None, typer.Option(metavar="DIR", help="Folder of a demonstration city.")] = None,
    data_dir: DataDirOption = None,
    database: DatabaseOption = None,
    texts: Annotated[bool, typer.Option("--texts", help="Open answers too.")] = False,
    language: Annotated[Language, typer.Option(help="Of labels, in formats that hold one language.")] = Language.ZH,
) -> None:
    from survey_service.commands.export_work import ExportArguments, run

    given = ExportArguments(
        wave=wave,
        survey=survey,
        data_dir=demo or data_dir,
        database=database,
        formats=format,
        out=out,
        texts=texts,
        language=language.value,
    )
    raise typer.Exit(run(given))


export.__doc__ = _HELP
