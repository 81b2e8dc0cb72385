"""The power goes: what was acknowledged is on the disk, whatever became of the writes that were not synced yet.

Everything that SQLite writes and syncs under load is recorded; then the disk is made anew as it may be after a cut at
any moment, with dropped, torn and reordered writes, and the oracle judges what the service finds on it.
"""

from __future__ import annotations

import random
import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from survey_service.app import create_app
from survey_service.database import Database, open_database
from survey_service.secrets import KeyRing
from survey_service.settings import Settings
from tests.conftest import free_port, serving
from tests.faults import disk
from tests.faults.disk import Record, Synced, Told, Written
from tests.faults.oracle import Ledger, check
from tests.faults.phones import Phones, wait_until_healthy
from tests.service.conftest import TestClock
from tests.service.world import NOW, World, build

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)

SEED = 20261126
ANSWERS = 120
PHONES = 4


class Noting(Ledger):
    """A ledger that also notes, among what the disk did, when a phone was told."""

    def __init__(self, record: Record) -> None:
        super().__init__()
        self._record = record

    def acknowledge(self, client_id: str, receipt: str) -> None:
        super().acknowledge(client_id, receipt)
        self._record.notes.append(Told(client_id))


def under_load(settings: Settings, database: Database, *, synchronous: str = "FULL") -> tuple[Record, Ledger, World]:
    """Phones answer; what the database's files were asked to hold meanwhile, until just before the service ends."""
    sqlite = disk.library()
    if sqlite is None:
        pytest.skip("Python has SQLite built in here, so that nobody can look over its shoulder")
    world = build(database, KeyRing(settings.secret_key.get_secret_value()))
    database.dispose()  # the last connection: everything is in the one file now
    path = Path(settings.database_url.removeprefix("sqlite:///"))
    port = free_port()
    chosen = settings.model_copy(update={"public_url": f"http://127.0.0.1:{port}", "answers_per_minute": 0})
    with disk.recorded(sqlite, path) as record:
        ledger = Noting(record)
        app = create_app(chosen, clock=TestClock(NOW))
        with serving(app, port):

            @event.listens_for(app.state.services.database.writing_engine, "checkout")
            def prepare(connection: Any, *_: Any) -> None:
                connection.execute("PRAGMA wal_autocheckpoint = 60")  # pages: many rounds through the log
                connection.execute(f"PRAGMA synchronous = {synchronous}")

            wait_until_healthy(port)
            served: Any = type("Served", (), {"port": port})
            stop, receipts = threading.Event(), threading.Semaphore(0)
            running = Phones(served, world, ledger, SEED).answer_until(stop, phones=PHONES, acknowledged=receipts)
            for _ in range(ANSWERS):
                assert receipts.acquire(timeout=120)
            stop.set()
            for one in running:
                one.join(120)
            record.notes = list(record.notes)  # what the end of the service does is no longer of interest
    return record, ledger, world


def found_after(record: Record, moment: int, chance: random.Random, folder: Path) -> Path:
    folder.mkdir(parents=True)
    for name, held in record.after_a_power_cut(moment, chance).items():
        (folder / Path(name).name).write_bytes(held)
    return folder / Path(record.path).name


def judge(path: Path, record: Record, moment: int, ledger: Ledger, world: World) -> int:
    """The oracle's word: what had been told by then is stored on that disk, and nothing that nobody sent."""
    known = Ledger(posted=dict(ledger.posted))
    for note in record.notes[:moment]:
        if isinstance(note, Told):
            known.receipts[note.name] = ledger.receipts[note.name]
    database = open_database(f"sqlite:///{path}")
    try:
        with database.reading_engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
        return check(database, world, known)
    finally:
        database.dispose()


def cut(record: Record, ledger: Ledger, world: World, folder: Path, *, times: int, seed: int) -> list[int]:
    chance = random.Random(seed)
    stored = []
    for number in range(times):
        moment = chance.randrange(len(record.notes)) + 1
        path = found_after(record, moment, chance, folder / str(number))
        stored.append(judge(path, record, moment, ledger, world))
    return stored


@pytest.mark.parametrize("times", [40, pytest.param(2_000, marks=pytest.mark.soak)])
def test_what_was_acknowledged_survives_a_power_cut(
    settings: Settings, database: Database, tmp_path: Path, times: int
) -> None:
    record, ledger, world = under_load(settings, database)
    logged = [note for note in record.notes if isinstance(note, Written) and note.path.endswith("-wal")]
    copied = [note for note in record.notes if isinstance(note, Written) and not note.path.endswith("-wal")]
    assert logged
    assert copied  # pages went back from the log into the database meanwhile
    assert sum(isinstance(note, Synced) for note in record.notes) > 20
    stored = cut(record, ledger, world, tmp_path / "cuts", times=times, seed=SEED)
    assert len(set(stored)) > 10  # cuts at many moments, not all before the first answer


def test_the_cut_would_find_a_commit_that_was_not_synced(
    settings: Settings, database: Database, tmp_path: Path
) -> None:
    record, ledger, world = under_load(settings, database, synchronous="NORMAL")
    with pytest.raises(AssertionError, match="acknowledged and not stored"):
        cut(record, ledger, world, tmp_path / "cuts", times=40, seed=SEED)
