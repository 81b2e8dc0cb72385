"""``create_app``: the only place that wires things together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI

from survey_service.clock import Clock, system_clock
from survey_service.database import open_database
from survey_service.migrations import migrate
from survey_service.secrets import load_or_make_key
from survey_service.services import Services
from survey_service.settings import Settings
from survey_service.writer import GroupWriter


def create_app(settings: Settings, *, clock: Clock = system_clock) -> FastAPI:
    """The service on ``settings``; its tables are brought to this version before it answers."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        database = open_database(settings.resolved_database_url)
        migrate(database)
        writer = GroupWriter(database.writing, queue_size=settings.queue_size, group_size=settings.group_size)
        app.state.services = Services(
            settings=settings,
            database=database,
            writer=writer,
            keys=load_or_make_key(settings.data_dir, settings.secret_key.get_secret_value()),
            clock=clock,
        )
        try:
            yield
        finally:
            writer.close()
            database.dispose()

    return FastAPI(
        title="Survey service", version=version("survey-service"), lifespan=lifespan, docs_url=None, redoc_url=None
    )
