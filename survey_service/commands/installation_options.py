"""Options of the commands that work on an installation: which one. Read by ``chosen_settings``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

DataDirOption = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Data folder of the installation; default: SURVEY_DATA_DIR.")
]
DatabaseOption = Annotated[
    str | None, typer.Option(metavar="URL", help="Database, URL or SQLite file; default: SURVEY_DATABASE_URL.")
]
