"""``survey-service catalogue``: what comes with the service, as a list or one by one."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

catalogue = typer.Typer(
    name="catalogue",
    help="The questionnaires that come with the service.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)


class Language(StrEnum):
    ZH = "zh"
    EN = "en"


@catalogue.command("list")
def list_programmes(language: Annotated[Language, typer.Option(help="Language of the list.")] = Language.ZH) -> None:
    """Every questionnaire with whom it may be asked, how long it takes and how many questions it has.

    Example: survey-service catalogue list --language en
    """
    from survey_service.catalogue.shelf import groups

    for group in groups():
        typer.echo(f"\n{group.name.in_language(language)}")
        for one in group.programmes:
            minutes = one.questionnaire.notice.minutes
            length = f"{one.questions} / {minutes or '–'} min"
            typer.echo(f"  {one.key:<26} {one.questionnaire.version:<5} {length:<12} {one.name.in_language(language)}")


@catalogue.command()
def show(
    key: Annotated[str, typer.Argument(help="Key of a questionnaire, as the list has it.", metavar="KEY")],
    language: Annotated[Language, typer.Option(help="Language of what is told.")] = Language.ZH,
    definition: Annotated[bool, typer.Option("--definition", help="Print the definition file instead.")] = False,
) -> None:
    """What a questionnaire measures, whom it may be asked, its questions and its indicators.

    Exit status 2 where none of that key comes with the service.

    Example: survey-service catalogue show civilized_city --definition > ours.yaml
    """
    from questionnaires.rosters import as_written
    from survey_service.catalogue.shelf import programme
    from survey_service.errors import NotFound

    try:
        one = programme(key)
    except NotFound:
        typer.echo(f"No questionnaire {key} comes with the service; see: survey-service catalogue list", err=True)
        raise typer.Exit(2) from None
    if definition:
        typer.echo(one.source, nl=False)
        return
    asked = one.questionnaire
    typer.echo(f"{one.key} {asked.version}  {one.name.in_language(language)}\n{one.title.in_language(language)}\n")
    typer.echo(f"{one.measures.in_language(language)}\n{one.who.in_language(language)}\n")
    for section in as_written(asked).sections:
        typer.echo(section.title.in_language(language))
        for question in section.questions:
            typer.echo(f"  {question.id:<16} {question.type.value:<16} {question.text.in_language(language)}")
    typer.echo("")
    for indicator in asked.indicators:
        typer.echo(f"  {indicator.id:<26} {indicator.kind.value:<14} {indicator.name.in_language(language)}")
