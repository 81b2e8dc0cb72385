"""Workers in the foreground, until a signal."""

from __future__ import annotations

import signal
from pathlib import Path

from rich.console import Console

from survey_service import installation
from survey_service.commands.chosen_settings import chosen_settings
from survey_service.installation import Refused
from survey_service.processes.supervisor import Workers
from survey_service.web.logs import set_up_logs
from survey_service.worker.surroundings import services

ENDS = frozenset({signal.SIGTERM, signal.SIGINT, signal.SIGHUP})


def run_work(*, workers: int | None, data_dir: Path | None, database: str | None) -> int:
    """0: it was told to stop; 1: refused."""
    console = Console(stderr=True)
    # Before any thread is begun, which would take the signal for itself.
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDS)
    try:
        settings = chosen_settings(data_dir=data_dir, database=database)
        installation.open_existing(settings).dispose()
        set_up_logs()
        with services(settings) as made:
            installation.settle(settings, made.database, made.keys, at=made.clock())
            running = Workers(number=workers or settings.workers, rounds=False)
            running.start(made)
            console.print("后台处理进程已启动，Ctrl+C 停止。 Workers run; Ctrl+C stops them.", highlight=False)
            signal.sigwait(ENDS)
            running.stop()
    except Refused as refused:
        console.print(f"[bold red]✕[/] {refused}", highlight=False, soft_wrap=True)
        return 1
    return 0
