"""``survey-service page-words``: buttons and messages of residents' pages in a further language."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

page_words = typer.Typer(
    name="page-words",
    help="Buttons and messages of residents' pages in languages beyond Chinese and English.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)


@page_words.command()
def write(tag: Annotated[str, typer.Argument(help="Tag of the language: ug, bo, kk-Arab.", metavar="TAG")]) -> None:
    """Print the file that a translator fills in: every message in Chinese, with its English where there is one.

    Exit status 2 where the tag is none.

    Example: survey-service page-words write ug > words/ug.po
    """
    from questionnaires.languages import USUAL, fault_of_tag
    from survey_service.collection.page_messages import empty_file

    fault = "Chinese and English come with the service" if tag in USUAL else fault_of_tag(tag)
    if fault:
        typer.echo(f"{tag}: {fault}", err=True)
        raise typer.Exit(2)
    typer.echo(empty_file(tag).decode(), nl=False)


@page_words.command()
def check(files: Annotated[list[Path], typer.Argument(help="Files of page words.", metavar="FILE...")]) -> None:
    """Say what is missing in files of page words, and what cannot be used as it stands.

    Exit status 0 where every file is whole, 1 where one is not.

    Example: survey-service page-words check words/ug.po
    """
    from survey_service.collection.page_messages import told_of

    sound = True
    for file in files:
        told = told_of(file)
        sound = sound and not told.faults and not told.missing
        for line in (*told.faults, *(f"{file.name}  “{message}” is not translated" for message in told.missing)):
            typer.echo(line)
        typer.echo(f"{file}: {told.there} of {told.there + len(told.missing)} messages.")
    if not sound:
        raise typer.Exit(1)
