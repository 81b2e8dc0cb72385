"""``survey-service check``: every problem of definition files, before anyone is asked anything."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"


def check(
    files: Annotated[list[Path], typer.Argument(help="Definition files (YAML).", metavar="FILE...")],
    format: Annotated[Format, typer.Option(help="How problems are written.")] = Format.TEXT,
) -> None:
    """Check questionnaire definitions and print every problem with file, line and column.

    A language beside Chinese and English whose texts are not all there is told text by text; it is no problem, and the
    language is not offered to residents.

    Exit status 0 where there is none, 1 where there is one.

    Example: survey-service check questionnaires/definitions/civilized_city/questionnaire.yaml
    """
    # Read when the command runs: the YAML reader would slow every --help.
    from questionnaires.loader import look
    from questionnaires.offered import offered
    from questionnaires.problems import Problem, as_json, listing

    problems: list[Problem] = []
    told: list[Problem] = []
    loaded: list[str] = []
    for file in files:
        questionnaire, found, remarks = look(file)
        problems.extend(found)
        told.extend(remarks)
        if questionnaire is not None:
            questions = sum(1 for _ in questionnaire.questions())
            counts = f"{questions} questions, {len(questionnaire.indicators)} indicators"
            spoken = f"offered in {', '.join(offered(questionnaire))}; " if remarks else ""
            loaded.append(f"{file}: {questionnaire.key} {questionnaire.version}, {counts}; {spoken}no problems.")
    if format is Format.JSON:
        typer.echo(as_json(problems, told))
    else:
        for line in (*map(str, told), *loaded):
            typer.echo(line)
        if problems:
            typer.echo(listing(problems))
    if problems:
        raise typer.Exit(1)
