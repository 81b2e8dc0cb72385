"""The disk is full: nobody is told 已提交, /health says so, nothing is stored by half, and room is all that is needed.

SQLite only: a full disk of PostgreSQL is a commit that fails, which tests/faults/test_answers.py holds, and its file
system is not ours to fill.
"""

from __future__ import annotations

import resource
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event

from survey_service.app import create_app
from survey_service.database import Database
from survey_service.secrets import KeyRing
from survey_service.settings import Settings
from tests.conftest import free_port, serving
from tests.faults.killed import Killable
from tests.faults.oracle import Ledger, check
from tests.faults.phones import Phones, healthy, post, wait_until_healthy
from tests.faults.test_writer import Gate
from tests.service.conftest import TestClock
from tests.service.signed_in import HTML
from tests.service.world import NOW, PASSWORD, World, build

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


@pytest.fixture
def world(database: Database, settings: Settings) -> World:
    return build(database, KeyRing(settings.secret_key.get_secret_value()))


def test_a_database_that_may_not_grow_takes_whole_answers_or_none(
    settings: Settings, database: Database, world: World
) -> None:
    port = free_port()
    chosen = settings.model_copy(update={"public_url": f"http://127.0.0.1:{port}"})
    app = create_app(chosen, clock=TestClock(NOW))
    ledger = Ledger()
    with serving(app, port):
        served: Any = type("Served", (), {"port": port})
        phones = Phones(served, world, ledger, seed=7)
        services = app.state.services
        most = 0

        def limit(connection: Any) -> None:
            connection.exec_driver_sql(f"PRAGMA max_page_count = {most}")

        event.listen(services.database.writing_engine, "begin", limit)
        with database.reading_engine.connect() as connection:
            most = int(connection.exec_driver_sql("PRAGMA page_count").scalar_one()) + 2
        # Many in one group, so that the disk is full in the middle of it, after some of them and before others.
        statuses: list[int | None] = []
        for _ in range(4):
            gate = Gate()
            services.writer.submit(gate)
            assert gate.entered.wait(120)
            with ThreadPoolExecutor(20) as pool:
                sent = [pool.submit(post, port, phones.new(), ledger) for _ in range(20)]
                while services.writer.waiting < 20 and not any(one.done() for one in sent):
                    pass
                gate.open()
                statuses += [one.result() for one in sent]
            check(database, world, ledger)
        assert statuses[-1] == 503
        assert set(statuses) <= {200, 409, 503}
        assert not healthy(port)
        most = 1_000_000
        phones.catch_up()
        assert healthy(port)
        check(database, world, ledger, all_answered=True)


def test_a_full_disk_is_said_at_sign_in(settings: Settings, database: Database, world: World) -> None:
    most = 1_000_000

    def limit(connection: Any) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {most}")

    with TestClient(create_app(settings, clock=TestClock(NOW)), follow_redirects=False) as client:
        event.listen(client.app.state.services.database.writing_engine, "begin", limit)  # type: ignore[attr-defined]
        most = 1  # fewer than there are: SQLite takes the present number
        for _ in range(200):  # until the free pages inside the file are used up
            client.cookies.clear()
            answer = client.post("/sign-in", data={"user": "keyer", "password": PASSWORD}, headers=HTML)
            if answer.status_code != 303:
                break
        assert answer.status_code == 503
        assert "磁盘满了" in answer.text
        assert client.post("/sign-in", data={"user": "leader", "password": PASSWORD}).json()["error"]["code"] == "E015"
        most = 1_000_000
        assert client.post("/sign-in", data={"user": "keyer", "password": PASSWORD}).status_code == 303


def test_a_quota_that_is_used_up_and_raised_needs_no_restart(
    parent: subprocess.Popen[str], settings: Settings, database: Database, world: World
) -> None:
    ledger = Ledger()
    served = Killable(parent, settings)
    phones = Phones(served, world, ledger, seed=11)
    path = Path(settings.database_url.removeprefix("sqlite:///"))
    served.start(file_size=path.stat().st_size + 100_000)
    wait_until_healthy(served.port)
    for _ in range(500):
        if post(served.port, phones.new(), ledger) == 503:
            break
    else:
        pytest.fail("the quota was never reached")
    assert ledger.receipts  # some were stored before
    assert not healthy(served.port)
    check(database, world, ledger)
    resource.prlimit(served.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    phones.catch_up()
    assert healthy(served.port)
    assert check(database, world, ledger, all_answered=True) == len(ledger.receipts)
    served.end(signal.SIGKILL)
    check(database, world, ledger, all_answered=True)
