"""``survey-service print-forms``: batches of forms with serials, as the page of a wave makes them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

_EXAMPLE = """
Print batches of forms of an open wave: a PDF each, with a cover sheet, serials and codes.

Without [bold]--open[/bold] every sampled case that is asked on paper and has no form yet gets one. With it, forms are
for whoever wishes; they are no part of the sample. [bold]--batch[/bold] draws a batch anew with the serials it has.

[bold]Example[/bold]

survey-service print-forms --wave 2026Q3 --languages zh-en --out forms

survey-service print-forms --wave 2026Q3 --open --community 110101000001 --size 50 --out forms

survey-service print-forms --wave 2026Q3 --batch 12 --out forms
"""


def print_forms(
    wave: Annotated[str, typer.Option(metavar="KEY", help="Key of the wave, for example 2026Q3.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the PDFs.")] = Path("forms"),
    survey: Annotated[str, typer.Option(metavar="KEY", help="Key of the survey; needed where there are several.")] = "",
    community: Annotated[
        list[str] | None, typer.Option(metavar="CODE", help="A community, may be repeated; all where left out.")
    ] = None,
    open: Annotated[bool, typer.Option("--open", help="Forms for whoever wishes, without cases.")] = False,
    size: Annotated[int, typer.Option(min=1, max=500, help="Forms a batch, at most.")] = 50,
    languages: Annotated[str, typer.Option(metavar="zh|en|zh-en", help="Languages of the forms.")] = "zh",
    large_print: Annotated[
        bool, typer.Option("--large-print", help="Options in 14 pt and larger boxes, on more sheets.")
    ] = False,
    batch: Annotated[int, typer.Option(metavar="NUMBER", help="Draw this batch anew; makes no serials.")] = 0,
    database: Annotated[
        str, typer.Option(metavar="URL", help="SQLAlchemy URL or path of a SQLite file; default SURVEY_DATABASE_URL.")
    ] = "",
) -> None:
    from survey_service.commands.print_forms_work import PrintArguments, run

    given = PrintArguments(
        wave=wave,
        survey=survey,
        community=tuple(community or ()),
        open=open,
        size=size,
        languages=languages,
        large_print=large_print,
        batch=batch,
        out=out,
        database=database,
    )
    raise typer.Exit(run(given))


print_forms.__doc__ = _EXAMPLE
