"""``survey-service work``: background work for a service that another process serves."""

from __future__ import annotations

from typing import Annotated

import typer

from survey_service.commands.installation_options import DatabaseOption, DataDirOption

_EXAMPLE = """
Does the background work (PDFs, printed forms, imports) of a service that is
served elsewhere, until it is stopped.

`serve` has workers of its own. This is for more hands on other machines (with
PostgreSQL, the same keys in the environment), or beside `serve` in the same
folder. Ctrl+C or SIGTERM stops it: what a worker is at ends within seconds, or
is given back and done by another.

[bold]Example[/bold]

SURVEY_DATABASE_URL=postgresql+psycopg://survey@db/survey survey-service work --workers 4
"""


def work(
    workers: Annotated[
        int | None, typer.Option(min=1, max=64, help="Processes that work; default: SURVEY_WORKERS.")
    ] = None,
    data_dir: DataDirOption = None,
    database: DatabaseOption = None,
) -> None:
    from survey_service.commands.work_work import run_work

    raise typer.Exit(run_work(workers=workers, data_dir=data_dir, database=database))


work.__doc__ = _EXAMPLE
