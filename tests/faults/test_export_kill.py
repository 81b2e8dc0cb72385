"""A worker that is killed while it makes an export: nothing half is on offer, and another makes it whole."""

from __future__ import annotations

import hashlib
import os
import signal
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from survey_service import jobs
from survey_service.audit import Actor
from survey_service.clock import system_clock
from survey_service.database import Database
from survey_service.exports import kept
from survey_service.exports.formats import Format
from survey_service.models import Account, AuditEntry, DataExport, JobState, Wave
from survey_service.processes.supervisor import Workers
from survey_service.secrets import KeyRing
from survey_service.services import Services
from survey_service.settings import Settings
from survey_service.writer import GroupWriter
from tests.faults import slow_export
from tests.faults.test_workers import job, until
from tests.service.conftest import world
from tests.service.made_exports import review
from tests.service.world import NOW, World

__all__ = ["world"]


@pytest.fixture
def running(settings: Settings, database: Database) -> Iterator[Services]:
    writer = GroupWriter(database.writing, queue_size=10, group_size=10)
    keys = KeyRing(settings.secret_key.get_secret_value())
    yield Services(settings=settings, database=database, writer=writer, keys=keys, clock=system_clock)
    writer.close()


def export(database: Database) -> DataExport:
    with database.reading.begin() as session:
        found = session.scalars(select(DataExport)).one()
        session.expunge(found)
        return found


def test_a_killed_worker_leaves_no_half_file_and_another_makes_it(
    running: Services, database: Database, world: World, settings: Settings
) -> None:
    review(database, world, settings)
    settings.data_dir.mkdir(exist_ok=True)
    with database.writing.begin() as session:
        account = session.scalars(select(Account).where(Account.user == "statistician")).one()
        wave = session.get_one(Wave, (world.survey_id, world.wave_id))
        order = kept.ExportChoice(formats=(Format.CSV, Format.SAV), language="zh", texts=False)
        export_id = kept.ask(session, wave, order, by=Actor(account.id), at=NOW).id
    place = settings.exports / str(export_id)
    workers = Workers(number=2, rounds=False, command=slow_export.COMMAND)
    workers.start(running)
    try:
        until((settings.data_dir / slow_export.BEGUN).exists)
        held = job(running)
        assert held.worker is not None
        os.kill(workers.process_id(held.worker), signal.SIGKILL)
        (settings.data_dir / slow_export.BEGUN).unlink()
        until((settings.data_dir / slow_export.BEGUN).exists, seconds=jobs.LEASE.total_seconds() / 2)
        assert not place.exists()
        assert (export(database).made_at, export(database).files) == (None, [])
        (settings.data_dir / slow_export.GO_ON).touch()
        until(lambda: job(running).state is JobState.DONE)
    finally:
        workers.stop()
    made = export(database)
    assert made.rows == len(world.case_ids)
    assert {one["name"] for one in made.files} == {path.name for path in place.iterdir()}
    for one in made.files:
        content = (place / one["name"]).read_bytes()
        assert (one["bytes"], one["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
    assert [path.name for path in settings.exports.iterdir()] == [place.name]
    with database.reading.begin() as session:
        actions = session.scalars(select(AuditEntry.action).where(AuditEntry.action.startswith("export.")))
        assert list(actions) == ["export.asked", "export.made"]
