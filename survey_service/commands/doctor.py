"""``survey-service doctor``: what is wrong with an installation, and the way out; nothing is started or changed."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from survey_service.commands.installation_options import DatabaseOption, DataDirOption


class Form(StrEnum):
    TEXT = "text"
    JSON = "json"


class Speaks(StrEnum):
    ZH = "zh"
    EN = "en"


def doctor(
    data_dir: DataDirOption = None,
    database: DatabaseOption = None,
    form: Annotated[Form, typer.Option("--format", help="Lines for people, or one JSON object.")] = Form.TEXT,
    language: Annotated[Speaks, typer.Option(help="Language of the lines.")] = Speaks.ZH,
) -> None:
    """Go through settings, keys, file modes, proxy, disks, clock, time zone, fonts, second factors and shared files.

    A line each: ✓ well, ! to be seen to, ✕ wrong, with the way out. Exit status 1 where something is wrong, else 0.
    Nothing is started or changed.

    Example: survey-service doctor --data-dir /srv/survey --language en
    """
    from survey_service.commands.doctor_work import run_doctor

    raise typer.Exit(run_doctor(data_dir=data_dir, database=database, as_json=form is Form.JSON, language=language))
