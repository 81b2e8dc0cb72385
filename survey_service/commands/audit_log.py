"""``survey-service audit-log``: who did what, when, and from where."""

from __future__ import annotations

from typing import Annotated

import typer

from survey_service.commands.installation_options import DatabaseOption, DataDirOption

_EXAMPLE = """
Searches the audit log of the installation, oldest entry first, and writes while it reads.

It may run while the service goes on. What is given together must hold together. Times are of the installation's zone.

[bold]Example[/bold]

survey-service audit-log --person wang.li --since 2026-09-01

survey-service audit-log --action account.sign_in --address 203.0.113.7

survey-service audit-log --record "paper_form 018f…" --format csv > looked.csv
"""


def audit_log(
    person: Annotated[
        str | None, typer.Option(metavar="USER", help="Who did it: the user name, or the account's id.")
    ] = None,
    record: Annotated[
        str | None, typer.Option(metavar="RECORD", help="What it was done to, as the log names it, or its beginning.")
    ] = None,
    action: Annotated[
        str | None, typer.Option(metavar="ACTION", help="What was done, or its beginning: account.sign_in")
    ] = None,
    since: Annotated[
        str | None, typer.Option(metavar="TIME", help="From then on: 2026-09-01, or 2026-09-01T08:30")
    ] = None,
    until: Annotated[str | None, typer.Option(metavar="TIME", help="Before then; a day counts as a whole.")] = None,
    address: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="From which network address or network: 10.1.0.0/16"),
    ] = None,
    survey: Annotated[
        str | None, typer.Option(metavar="KEY", help="Only the chain of this survey; system: of accounts and areas.")
    ] = None,
    data_dir: DataDirOption = None,
    database: DatabaseOption = None,
    format: Annotated[str, typer.Option(help="table, json or csv.")] = "table",
) -> None:
    from survey_service.commands.audit_log_work import AuditLogArguments, run_audit_log

    asked = AuditLogArguments(
        person=person, record=record, action=action, since=since, until=until, address=address, survey=survey
    )
    raise typer.Exit(run_audit_log(asked, data_dir=data_dir, database=database, form=format))


audit_log.__doc__ = _EXAMPLE
