"""``survey-service restore``: a backup into an empty place, checked from end to end."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

_EXAMPLE = """
Restores a backup into a new folder and proves that it is what was saved.

The files are checked by their hashes, the database as a whole, the rows of
every table against the manifest, the audit log from its first entry to its
last. Then answers that residents had erased after the backup are erased
again: name the file that remembers them ([bold]tombstones.jsonl[/bold] of
the lost data folder, or of the newest backup) with
[bold]--tombstones[/bold], several times if there are several; or say
[bold]--without-tombstones[/bold] for a drill.

Nothing that exists is overwritten: the folder must be new or empty, and so
must a PostgreSQL database. Where a check fails, nothing stays.

Afterwards put the secret key into the new folder and start the service
there. Addresses of households open with the keys of their waves: put the
folder wave-keys there too, or paste the kept lines on the waves' pages.

[bold]Example[/bold]

survey-service restore /mnt/backups/survey-20260930T180000Z --into
/srv/survey-new --tombstones /srv/survey/tombstones.jsonl
"""


def restore(
    backup: Annotated[Path, typer.Argument(metavar="BACKUP", help="Folder of one backup.")],
    into: Annotated[Path, typer.Option(metavar="DIR", help="The new data folder.")],
    database: Annotated[
        str, typer.Option(metavar="URL", help="The empty PostgreSQL database for a backup of PostgreSQL.")
    ] = "",
    tombstones: Annotated[
        list[Path] | None, typer.Option(metavar="FILE", help="What remembers erased answers; may be repeated.")
    ] = None,
    without_tombstones: Annotated[
        bool, typer.Option("--without-tombstones", help="Nothing is erased again that the backup did not know of.")
    ] = False,
) -> None:
    from survey_service.commands.backup_work import run_restore

    raise typer.Exit(
        run_restore(
            backup,
            into=into,
            database=database,
            tombstones=list(tombstones or ()),
            without_tombstones=without_tombstones,
        )
    )


restore.__doc__ = _EXAMPLE
