"""What a process beside the server stands on: the same settings, its own connections, and the end of the server."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from survey_service import private
from survey_service.clock import system_clock
from survey_service.database import open_database
from survey_service.environment import read_settings
from survey_service.secrets import load_or_make_key
from survey_service.services import Services
from survey_service.settings import Settings
from survey_service.writer import GroupWriter


@contextmanager
def services(settings: Settings | None = None) -> Iterator[Services]:
    """The database stands: the server brought it to this version before it began anybody."""
    private.only_ours()
    settings = settings or read_settings()
    with ExitStack() as opened:
        database = open_database(settings.resolved_database_url)
        opened.callback(database.dispose)
        keys = load_or_make_key(settings.data_dir, settings.secret_key.get_secret_value())
        writer = GroupWriter(database.writing, queue_size=settings.queue_size, group_size=settings.group_size)
        opened.callback(writer.close)
        yield Services(settings=settings, database=database, writer=writer, keys=keys, clock=system_clock)


def when_told_to_end(end: Callable[[], None]) -> None:
    """``end`` is called by another thread when standard input is closed, and by nothing else."""

    def wait_for_the_server() -> None:
        while os.read(0, 4096):
            pass
        end()

    threading.Thread(target=wait_for_the_server, name="server", daemon=True).start()
