"""The service of the load bench, as ``survey-service serve`` runs it: ``python -m tests.bench._city URL PORT FOLDER``.

Begun with ``--make`` it makes the tables and an open wave of forty questions first, and prints its open code.
"""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import uvicorn

from survey_service.app import create_app
from survey_service.commands.serve import spare_the_collector
from survey_service.database import open_database
from survey_service.migrations import migrate
from survey_service.secrets import KeyRing
from survey_service.settings import Settings
from survey_service.web.logs import set_up_logs
from tests.bench._questions import questionnaire
from tests.service.world import NOW, build

KEY = "a key for the bench only, long enough to be taken"


class Server(uvicorn.Server):
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        spare_the_collector()


def settings(url: str, port: int, folder: Path, **other: object) -> Settings:
    return Settings(
        data_dir=folder,
        database_url=url,
        secret_key=KEY,
        public_url=f"http://127.0.0.1:{port}",
        answers_per_minute=0,  # everything comes from one address here
        second_factor_required="nobody",
        **other,
    )


def make(url: str) -> str:
    """Tables and a small city whose open wave asks forty questions; its open code."""
    database = open_database(url)
    migrate(database)
    code = build(database, KeyRing(KEY), questionnaire()).open_codes[0]
    database.dispose()
    return code


def serve(url: str, port: int, folder: Path) -> None:
    set_up_logs(for_people=False)
    configuration = uvicorn.Config(
        create_app(settings(url, port, folder), clock=lambda: NOW),
        host="127.0.0.1",
        port=port,
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        backlog=2048,
    )
    Server(configuration).run()


if __name__ == "__main__":
    if sys.argv[1] == "--make":
        print(make(sys.argv[2]))
    else:
        serve(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
