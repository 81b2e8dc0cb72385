"""``survey-service``: one file per command. A command imports its heavy parts when it runs, so that --help is fast."""

from __future__ import annotations

import sys
from collections.abc import Callable

import typer

from survey_service import private
from survey_service.commands.analyse import analyse
from survey_service.commands.audit_log import audit_log
from survey_service.commands.backup import backup
from survey_service.commands.catalogue import catalogue
from survey_service.commands.check import check
from survey_service.commands.demo import demo
from survey_service.commands.doctor import doctor
from survey_service.commands.draw import draw
from survey_service.commands.erase import erase
from survey_service.commands.export import export
from survey_service.commands.import_responses import import_responses
from survey_service.commands.page_words import page_words
from survey_service.commands.plan import plan
from survey_service.commands.plan_commands import PLAN_COMMANDS
from survey_service.commands.plan_of import plan_of
from survey_service.commands.plan_writing import writes_plans
from survey_service.commands.print_forms import print_forms
from survey_service.commands.rates import rates
from survey_service.commands.read_scans import read_scans
from survey_service.commands.recompute import recompute
from survey_service.commands.report import report
from survey_service.commands.restore import restore
from survey_service.commands.serve import serve
from survey_service.commands.verify_audit import verify_audit
from survey_service.commands.work import work
from survey_service.commands.xlsform import xlsform
from survey_service.installation import Refused
from survey_service.processes.manners import behind_the_server

# They write into an installation or copy from one: nothing of it is for others, whatever the umask.
KEEPERS = frozenset(
    {
        "serve",
        "work",
        "demo",
        "backup",
        "restore",
        "erase",
        "import-responses",
        "print-forms",
        "read-scans",
        "verify-audit",
        "audit-log",
        "plan-of",
        "recompute",
        "export",
    }
)

# They compute for minutes on the machine that serves: residents go first.
BEHIND = frozenset({"print-forms", "read-scans", "export"})

app = typer.Typer(
    name="survey-service",
    help="Questionnaires, collection, weighted estimates with confidence intervals, a PDF for every community.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_show_locals=False,  # a traceback must not print answers
)


def _logs_to_standard_error() -> None:
    """What a command says stands in its output alone; ``serve`` and ``work`` set up logs of their own."""
    import structlog

    # The stream is looked up with every line: whoever calls a command inside of a process may exchange it meanwhile.
    structlog.configure(logger_factory=lambda *_: structlog.PrintLogger(sys.stderr))


@app.callback()
def _surroundings(context: typer.Context) -> None:
    if context.invoked_subcommand in KEEPERS:
        private.only_ours()
    _logs_to_standard_error()


_COMPUTING: tuple[Callable[..., object], ...] = (
    serve,
    demo,
    check,
    xlsform,
    plan,
    draw,
    rates,
    *map(writes_plans, PLAN_COMMANDS.values()),
    analyse,
    plan_of,
    recompute,
    export,
    report,
    import_responses,
    verify_audit,
    audit_log,
    print_forms,
    read_scans,
)
for command in _COMPUTING:
    app.command()(command)
app.add_typer(catalogue)
app.add_typer(page_words)
# Care of the installation.
for care in (work, doctor, backup, restore, erase):
    app.command()(care)


def main() -> None:
    if sys.argv[1:2] and sys.argv[1] in BEHIND:
        behind_the_server()
    try:
        app()
    except Refused as refused:  # of a command that has no words of its own for it
        typer.echo(f"✕ {refused}", err=True)
        sys.exit(1)
