"""``survey-service xlsform``: a form of ODK or KoboToolbox becomes a definition file, and back."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

_HELP = """
XLSForm in and out: the workbook that ODK, KoboToolbox, SurveyCTO and others
read becomes a definition file, and the other way round.

In: what the definition cannot say is listed by sheet, row and column, each
with its reason; what is written passes [bold]check[/bold]. Exit status 0 where
everything that is asked is carried, 2 where something is left behind, 1 where
there is nothing to write.

With [bold]--survey[/bold] a folder of forms is read and nothing is written: how
many are carried whole, and what keeps the others from it.

Out: a device without this service knows no soft rules; they are listed. The
hidden sheet survey_service holds what XLSForm has no word for, so that the
way back is exact.

[bold]Examples[/bold]

survey-service xlsform household.xlsx --out questionnaire.yaml

survey-service xlsform --from civilized_city --out form.xlsx

survey-service xlsform --survey forms/
"""


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"


def xlsform(
    form: Annotated[Path | None, typer.Argument(metavar="[FILE.xlsx]", help="The form, .xlsx or .xls.")] = None,
    from_: Annotated[
        str | None, typer.Option("--from", metavar="KEY|FILE", help="A programme's key or a definition file.")
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="The file that is written.")] = None,
    survey: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Forms of which to say how many are carried whole.")
    ] = None,
    format: Annotated[Format, typer.Option(help="How remarks are written.")] = Format.TEXT,
) -> None:
    from survey_service.commands.xlsform_work import read_form, survey_forms, write_form

    as_json = format is Format.JSON
    if survey is not None and form is None and from_ is None and out is None:
        raise typer.Exit(survey_forms(survey, as_json=as_json))
    if (form is None) == (from_ is None) or out is None or survey is not None:
        typer.echo("Give a form to read, or --from with what to write, and --out; or --survey alone.", err=True)
        raise typer.Exit(2)
    raise typer.Exit(read_form(form, out, as_json=as_json) if form else write_form(from_ or "", out, as_json=as_json))


xlsform.__doc__ = _HELP
