"""``survey-service backup``: a consistent copy while the service goes on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from survey_service.commands.installation_options import DatabaseOption, DataDirOption

_EXAMPLE = """
A backup of the database and of all files, while the service goes on taking
answers.

It comes to lie in a new folder below [bold]--out[/bold], with a manifest
that says what is in it. SQLite is copied by its own online backup,
PostgreSQL by pg_dump (found by SURVEY_POSTGRESQL_BIN or on the PATH).
Interrupted, it leaves nothing that looks like a backup.

Not in it: contact data, and the secret key. Keep a copy of the key
elsewhere.

Exit status 0 with the backup whole, 1 without one, 3 where files that rows
name were missing or damaged.

[bold]Example[/bold]

survey-service backup --data-dir /srv/survey --out /mnt/backups
"""


def backup(
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder of all backups, best on another disk.")],
    data_dir: DataDirOption = None,
    database: DatabaseOption = None,
) -> None:
    from survey_service.commands.backup_work import run_backup

    raise typer.Exit(run_backup(out, data_dir=data_dir, database=database))


backup.__doc__ = _EXAMPLE
