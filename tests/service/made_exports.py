"""A wave whose figures are open, and an export of it, for tests that ask what becomes of the files."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from sqlalchemy import select, update

from survey_service import jobs
from survey_service.audit import Actor
from survey_service.audit.chain import SERVICE
from survey_service.database import Database
from survey_service.exports import kept, kept_queries
from survey_service.exports.formats import Format
from survey_service.exports.shelf import MadeFile, shelf_of
from survey_service.models import Account, DataExport, Job, JobState, Wave, WaveState
from survey_service.secrets import KeyRing
from survey_service.services import Services
from survey_service.settings import Settings
from survey_service.surveys import figures
from survey_service.surveys import service as surveys
from survey_service.writer import GroupWriter
from tests.service.test_estimates import twelve_answers
from tests.service.world import NOW, World

HERE = "/surveys/satisfaction/waves/2026Q3/exports"
API = f"/api/v1{HERE}"


def review(database: Database, world: World, settings: Settings, *, opened: bool = True) -> None:
    """Six answers in each community, the wave closed and under review."""
    with database.writing.begin() as session:
        twelve_answers(session, world, settings)
        surveys.close_wave(session, world.survey_id, world.wave_id, at=NOW, by=SERVICE)
        surveys.begin_review(session, world.survey_id, world.wave_id, at=NOW, by=SERVICE)
        if opened:
            figures.open_figures(session, world.survey_id, world.wave_id, at=NOW, by=SERVICE)


def lock(database: Database, *, opened: bool) -> None:
    """As if nobody had opened the figures, or somebody had."""
    with database.writing.begin() as session:
        session.execute(update(Wave).values(state=WaveState.UNDER_REVIEW, figures_opened_at=NOW if opened else None))


def content_of(one: Format) -> bytes:
    return f"the rows as {one}".encode()


def make(
    database: Database,
    world: World,
    settings: Settings,
    formats: Sequence[Format] = tuple(Format),
    *,
    texts: bool = False,
) -> DataExport:
    """An export as its job leaves it, with files that say what they are."""
    with database.writing.begin() as session:
        account = session.scalars(select(Account).where(Account.user == "statistician")).one()
        wave = session.get_one(Wave, (world.survey_id, world.wave_id))
        order = kept.ExportChoice(formats=tuple(formats), language="zh", texts=texts)
        export = kept.ask(session, wave, order, by=Actor(account.id, account.name), at=NOW)
        key = export.survey_id, export.id
        session.execute(update(Job).where(Job.id == export.job_id).values(state=JobState.DONE))
    shelf = shelf_of(settings, database)
    part = shelf.begin(key[1])
    files = []
    for one in formats:
        content = content_of(one)
        (part / f"wave.{one}").write_bytes(content)
        files.append(MadeFile(f"wave.{one}", len(content), hashlib.sha256(content).hexdigest()))
    shelf.publish(key[1], [one.name for one in files])
    with database.writing.begin() as session:
        export = session.get_one(DataExport, key)
        erased = kept_queries.erased(session, world.survey_id, world.wave_id)
        assert kept.note_made(session, export, files, rows=12, erased_before=erased, at=NOW)
    with database.reading.begin() as session:
        export = session.get_one(DataExport, key)
        session.expunge(export)
        return export


def make_by_job(database: Database, world: World, settings: Settings, *formats: Format) -> None:
    """An export as a worker makes it, of the rows that are there."""
    with database.writing.begin() as session:
        account = session.scalars(select(Account).where(Account.user == "statistician")).one()
        wave = session.get_one(Wave, (world.survey_id, world.wave_id))
        order = kept.ExportChoice(formats=formats, language="zh", texts=False)
        job = kept.ask(session, wave, order, by=Actor(account.id, account.name), at=NOW).job_id
    writer = GroupWriter(database.writing, queue_size=10, group_size=10)
    keys = KeyRing(settings.secret_key.get_secret_value())
    services = Services(settings=settings, database=database, writer=writer, keys=keys, clock=lambda: NOW)
    assert jobs.work(services, world.survey_id, job) is JobState.DONE
    writer.close()
