"""How soon answers are stored again after PostgreSQL was gone: ``python -m tests.bench.recovery``, JSON lines.

From the moment at which the server takes connections again, until an answer is stored and /health says ok. A quiet
machine needs a tenth of a second after a crash and one after a dead network.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from survey_service.database import open_database
from survey_service.secrets import KeyRing
from survey_service.settings import Settings
from tests.faults.network import network
from tests.faults.test_database_gone import served, until_stored
from tests.faults.test_server_gone import (
    Fault,
    Server,
    copied,
    crash,
    dead_network,
    every_connection_ended,
    own_server,
    until_healthy,
)
from tests.service.world import build

FAULTS = (crash, every_connection_ended, dead_network(1.0), dead_network(15.0))
PROMISED_SECONDS = 5.0


def recovered(fault: Fault, server: Server, folder: Path) -> float:
    with network(server.socket) as way:
        url = copied(server, way)
        settings = Settings(data_dir=folder, database_url=url, secret_key="a key for the bench only, long enough")
        database = open_database(url)
        world = build(database, KeyRing(settings.secret_key.get_secret_value()))
        with served(settings) as (_, address):
            code = f"{address}/a/{world.open_codes[0]}"
            until_stored(code, "a" * 32)
            fault(server, way)
            server.ready()
            begun = time.perf_counter()
            until_stored(code, "b" * 32)
            until_healthy(address)
            seconds = time.perf_counter() - begun
        database.dispose()
    return seconds


def measure() -> Iterator[dict[str, Any]]:
    with own_server() as server:
        for fault in FAULTS:
            with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
                seconds = recovered(fault, server, Path(folder))
            yield {"fault": fault.__name__, "seconds": round(seconds, 2), "at_most": PROMISED_SECONDS}


if __name__ == "__main__":
    for line in measure():
        print(json.dumps(line), flush=True)
