"""``survey-service verify-audit``: has anybody changed the audit log behind the service's back?"""

from __future__ import annotations

from typing import Annotated

import typer

from survey_service.commands.installation_options import DatabaseOption, DataDirOption

_EXAMPLE = """
Walks every chain of the audit log, one per survey and one for the system, from its first entry to its head.

It may run while the service goes on: it reads one snapshot and locks nothing. The head it prints is a fingerprint of
the whole chain. Write the heads down outside this machine now and then; [bold]--expect[/bold] then says whether an
entry of that time is still what it was, also where somebody has rewritten a chain from end to end.

Exit status 0 where every chain holds, 1 where one is broken or nothing could be read.

[bold]Example[/bold]

survey-service verify-audit --data-dir /srv/survey

survey-service verify-audit --database city.db --format json

survey-service verify-audit --expect system:128:9f2c41d07b6e85a3
"""


def verify_audit(
    data_dir: DataDirOption = None,
    database: DatabaseOption = None,
    expect: Annotated[
        list[str] | None,
        typer.Option(metavar="CHAIN:ENTRY:HEAD", help="An entry as it was printed before; may be given again."),
    ] = None,
    format: Annotated[str, typer.Option(help="table or json.")] = "table",
) -> None:
    from survey_service.commands.verify_audit_work import run_verify_audit

    raise typer.Exit(run_verify_audit(data_dir=data_dir, database=database, expect=expect or [], form=format))


verify_audit.__doc__ = _EXAMPLE
