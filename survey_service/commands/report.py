"""``survey-service report``: a PDF per domain and one of all domains, from the JSON of ``estimate``."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Language(StrEnum):
    ZH = "zh"
    EN = "en"


class Publication(StrEnum):
    TIERS = "tiers"
    FLAG = "flag"
    SUPPRESS = "suppress"


_EXAMPLE = """
A PDF for each domain and one of all domains, from the JSON that [bold]estimate[/bold] writes.

Figures of fewer than ten respondents, and those that would give them away, are never printed.

[bold]Example[/bold]

survey-service estimate responses.csv --proportion q1 --by street --format json --out estimates.json

survey-service report estimates.json --out reports --title 满意度调查
"""


def report(
    estimates: Annotated[Path, typer.Argument(help="JSON of survey-service estimate", metavar="ESTIMATES.json")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="folder for the PDFs; made when missing")],
    language: Annotated[Language, typer.Option(help="language of the fixed words")] = Language.ZH,
    title: Annotated[str, typer.Option(metavar="TEXT", help="title of the summary, named on every PDF")] = "",
    publication: Annotated[
        Publication,
        typer.Option(
            help="figures with a large error: print them coarsely (tiers), leave them out, or print them with a mark"
        ),
    ] = Publication.TIERS,
    date: Annotated[
        str,
        typer.Option(metavar="YYYY-MM-DD", help="date printed and kept as the file's creation date; none if absent"),
    ] = "",
    regular: Annotated[Path | None, typer.Option(metavar="FILE", help="own font, regular (TTF or OTF)")] = None,
    bold: Annotated[Path | None, typer.Option(metavar="FILE", help="own font, bold (TTF or OTF)")] = None,
    font_cache: Annotated[Path | None, typer.Option(metavar="DIR", help="where drawn type is kept")] = None,
) -> None:
    from survey_service.commands.report_work import ReportArguments, run

    given = ReportArguments(
        estimates=estimates,
        out=out,
        language=str(language),
        title=title,
        publication=str(publication),
        date=date,
        regular=regular,
        bold=bold,
        font_cache=font_cache,
    )
    raise typer.Exit(run(given))


report.__doc__ = _EXAMPLE
