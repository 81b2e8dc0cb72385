"""The PDFs of a release, two workers at them, one of them killed: each is there once, whole, and none is missing."""

from __future__ import annotations

import os
import signal

import pytest
from sqlalchemy import select

from reports.fonts import TypeSettings
from survey_service import jobs
from survey_service.audit.chain import SERVICE
from survey_service.database import Database
from survey_service.models import Job, JobState, ReleaseDocument
from survey_service.processes.supervisor import Workers
from survey_service.releases import DOCUMENTS_JOB, documents
from survey_service.services import Services
from survey_service.settings import Settings
from survey_service.stored_files import files_of
from tests.faults import slow_documents
from tests.faults.test_export_kill import running
from tests.faults.test_workers import until
from tests.service.conftest import world
from tests.service.test_releases import release, reviewed
from tests.service.world import World

__all__ = ["reviewed", "running", "world"]

PARTS = 2
LANGUAGES = {"zh": None}
SHEETS = 4  # two communities, their street and the city


def all_jobs(database: Database) -> list[Job]:
    with database.reading.begin() as session:
        found = list(session.scalars(select(Job).order_by(Job.id)))
        session.expunge_all()
        return found


@pytest.mark.parametrize("backend", ["sqlite", "postgresql"], indirect=True)
def test_a_worker_killed_between_a_file_and_its_row_leaves_each_pdf_once(
    running: Services,
    database: Database,
    reviewed: World,
    settings: Settings,
    type_settings: TypeSettings,
) -> None:
    settings.cache_dir.mkdir(parents=True, exist_ok=True)
    assert type_settings.cache is not None
    (settings.cache_dir / "type").symlink_to(type_settings.cache)
    release_id = str(release(database, reviewed))
    with database.writing.begin() as session:
        for part in range(PARTS):
            arguments = {"release_id": release_id, "languages": LANGUAGES, "part": part, "of": PARTS}
            jobs.enqueue(
                session,
                survey_id=reviewed.survey_id,
                kind=DOCUMENTS_JOB,
                arguments=arguments,
                by=SERVICE,
                at=running.clock(),
            )
    made = settings.data_dir / slow_documents.MADE
    workers = Workers(number=PARTS, rounds=False, command=slow_documents.COMMAND)
    workers.start(running)
    try:
        until(lambda: made.exists() and len(made.read_text().splitlines()) == PARTS * (slow_documents.FIRST + 1), 300)
        held = all_jobs(database)[0]
        assert held.worker is not None
        os.kill(workers.process_id(held.worker), signal.SIGKILL)
        (settings.data_dir / slow_documents.GO_ON).touch()
        until(lambda: {one.state for one in all_jobs(database)} == {JobState.DONE})
    finally:
        workers.stop()
    with database.reading.begin() as session:
        rows = list(session.scalars(select(ReleaseDocument)))
        assert len({(row.area_id, row.language) for row in rows}) == len(rows) == SHEETS
        store = files_of(settings, database)
        assert all(documents._pages(store.get(row.blob_sha256)) == row.pages for row in rows)
    assert sorted(one.attempt for one in all_jobs(database)) == [1, 2]
    assert all((one.done, one.total) == (SHEETS, SHEETS) for one in all_jobs(database))
    drawn = [line.split()[1:] for line in made.read_text().splitlines()]
    assert len(drawn) <= SHEETS + PARTS, "what was made is not made again, but for the one that was in hand"
